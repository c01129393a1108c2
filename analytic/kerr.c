/* analytic/kerr.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * theory.md [K1]: with d_m = Delta + chi m - i gamma/2, D_k = d_0 ... d_{k-1},
 *
 *     F(j,k;t) = sum_n t^n / (n! prod_{m<n} conj(d_{j+m}) d_{k+m})
 *     A(j,k)   = conj((-xi)^j / D_j) (-xi)^k / D_k
 *
 *     <a'^j a^k>  = A(j,k) F(j,k; 2|xi|^2) / F(0,0; 2|xi|^2)
 *     <k| rho |j> = A(j,k) F(j,k; |xi|^2) / F(0,0; 2|xi|^2) / sqrt(j! k!). */
#include <lindbound/kerr.h>

void
lb_kerr_init(lb_kerr_t k)
{
    arb_init(k->delta);
    arb_init(k->chi);
    arb_init(k->gamma);
    acb_init(k->xi);
}

void
lb_kerr_clear(lb_kerr_t k)
{
    arb_clear(k->delta);
    arb_clear(k->chi);
    arb_clear(k->gamma);
    acb_clear(k->xi);
}

/* --- the denominators ---------------------------------------------------- */

/* y = x^2; for a wide ball, too, never below zero */
static void
square(arb_t y, const arb_t x, slong prec)
{
    mag_t low, high;
    arb_t range;

    mag_init(low);
    mag_init(high);
    arb_init(range);
    arb_get_mag_lower(low, x);
    mag_mul_lower(low, low, low);
    arb_get_mag(high, x);
    mag_mul(high, high, high);
    arb_set_interval_mag(range, low, high, prec);
    arb_sqr(y, x, prec);
    if (mag_cmp(arb_radref(range), arb_radref(y)) < 0)
        arb_swap(y, range);
    mag_clear(low);
    mag_clear(high);
    arb_clear(range);
}

/* y = |z|^2 */
static void
abs2(arb_t y, const acb_t z, slong prec)
{
    arb_t t;

    arb_init(t);
    square(t, acb_realref(z), prec);
    square(y, acb_imagref(z), prec);
    arb_add(y, y, t, prec);
    arb_clear(t);
}

/* y = d_m */
static void
denominator(acb_t y, const lb_kerr_t k, slong m, slong prec)
{
    arb_set(acb_realref(y), k->delta);
    arb_addmul_si(acb_realref(y), k->chi, m, prec);
    arb_mul_2exp_si(acb_imagref(y), k->gamma, -1);
    arb_neg(acb_imagref(y), acb_imagref(y));
}

/* y = 1 / d_m = conj(d_m) / |d_m|^2 */
static void
inverse_denominator(acb_t y, const lb_kerr_t k, slong m, slong prec)
{
    arb_t t;

    arb_init(t);
    denominator(y, k, m, prec);
    abs2(t, y, prec);
    acb_conj(y, y);
    acb_div_arb(y, y, t, prec);
    arb_clear(t);
}

/* y = 1 / (conj(d_j) d_k), real if j = k */
static void
inverse_pair(acb_t y, const lb_kerr_t k, slong row, slong column, slong prec)
{
    acb_t x;

    acb_init(x);
    if (row == column)
    {
        denominator(x, k, row, prec);
        abs2(acb_realref(x), x, prec);
        arb_inv(acb_realref(y), acb_realref(x), prec);
        arb_zero(acb_imagref(y));
    }
    else
    {
        inverse_denominator(x, k, row, prec);
        acb_conj(x, x);
        inverse_denominator(y, k, column, prec);
        acb_mul(y, y, x, prec);
    }
    acb_clear(x);
}

/* Lower bound of |d_l| for all l >= m: |d_m| where |Delta + chi l| provably
   grows with l from m on, else gamma/2. */
static void
denominator_lower(mag_t bound, const lb_kerr_t k, slong m)
{
    slong prec = 2 * MAG_BITS;
    acb_t d;
    arb_t slope;

    acb_init(d);
    arb_init(slope);
    denominator(d, k, m, prec);
    arb_mul(slope, acb_realref(d), k->chi, prec);
    if (arb_is_nonnegative(slope))
        acb_get_mag_lower(bound, d);
    else
        arb_get_mag_lower(bound, acb_imagref(d));
    acb_clear(d);
    arb_clear(slope);
}

/* --- the series ---------------------------------------------------------- */

/* Upper bound of sum_{l>=n} |term l|, for |term n| <= term: the ratios of
   neighbours are at most q = t / ((n+1) |d_{j+n}| |d_{k+n}|), each modulus
   bounded below for all larger indices.  False if q >= 1/2. */
static int
tail_bound(mag_t tail, const mag_t term, const lb_kerr_t k, slong j, slong c,
           const mag_t t, slong n)
{
    mag_t q, lower;
    int small;

    mag_init(q);
    mag_init(lower);
    mag_set(q, t);
    denominator_lower(lower, k, j + n);
    mag_div(q, q, lower);
    denominator_lower(lower, k, c + n);
    mag_div(q, q, lower);
    mag_div_ui(q, q, (ulong) n + 1);
    small = mag_cmp_2exp_si(q, -1) < 0;
    if (small)
        mag_mul_2exp_si(tail, term, 1); /* 1/(1 - q) <= 2 */
    mag_clear(q);
    mag_clear(lower);
    return small;
}

/* sum = F(j, c; t) */
static lb_status
series(acb_t sum, const lb_kerr_t k, slong j, slong c, const arb_t t,
       slong prec)
{
    lb_status status = LB_EPREC;
    mag_t size, tail, t_upper, wanted;
    acb_t term, x;

    mag_init(size);
    mag_init(tail);
    mag_init(t_upper);
    mag_init(wanted);
    acb_init(term);
    acb_init(x);
    arb_get_mag(t_upper, t);
    acb_one(term);
    acb_zero(sum);
    for (slong n = 0; n < LB_KERR_MAX_TERMS && acb_is_finite(term); n++)
    {
        acb_get_mag(size, term);
        acb_get_mag(wanted, sum);
        mag_mul_2exp_si(wanted, wanted, -prec);
        if ((mag_is_zero(size) || mag_cmp(size, wanted) < 0)
            && tail_bound(tail, size, k, j, c, t_upper, n))
        {
            arb_add_error_mag(acb_realref(sum), tail);
            if (j != c)
                arb_add_error_mag(acb_imagref(sum), tail);
            status = LB_OK;
            break;
        }
        acb_add(sum, sum, term, prec);
        inverse_pair(x, k, j + n, c + n, prec);
        acb_mul_arb(x, x, t, prec);
        acb_div_ui(x, x, (ulong) n + 1, prec);
        acb_mul(term, term, x, prec);
    }
    mag_clear(size);
    mag_clear(tail);
    mag_clear(t_upper);
    mag_clear(wanted);
    acb_clear(term);
    acb_clear(x);
    return status;
}

/* --- moments and matrix elements ----------------------------------------- */

/* y = A(j, c) for j <= c */
static void
prefactor(acb_t y, const lb_kerr_t k, slong j, slong c, slong prec)
{
    arb_t intensity;
    acb_t x;

    arb_init(intensity);
    acb_init(x);
    abs2(intensity, k->xi, prec);
    acb_one(y);
    for (slong m = 0; m < c; m++)
    {
        if (m < j)
        {
            inverse_pair(x, k, m, m, prec);
            acb_mul_arb(x, x, intensity, prec);
        }
        else
        {
            inverse_denominator(x, k, m, prec);
            acb_mul(x, x, k->xi, prec);
            acb_neg(x, x);
        }
        acb_mul(y, y, x, prec);
    }
    arb_clear(intensity);
    acb_clear(x);
}

/* value = A(j,c) F(j,c; t) / F(0,0; 2|xi|^2), t = |xi|^2, doubled for a moment;
   j > c by its conjugate */
static lb_status
evaluate(acb_t value, const lb_kerr_t k, slong j, slong c, int moment,
         slong prec)
{
    slong low = j < c ? j : c, high = j < c ? c : j;
    lb_status status = LB_EDOM;
    acb_t norm, result, y;
    arb_t t;

    acb_init(norm);
    acb_init(result);
    acb_init(y);
    arb_init(t);
    if (low >= 0 && arb_is_positive(k->gamma))
    {
        abs2(t, k->xi, prec);
        if (moment)
            arb_mul_2exp_si(t, t, 1);
        status = series(result, k, low, high, t, prec);
        if (!moment)
            arb_mul_2exp_si(t, t, 1);
        if (status == LB_OK)
            status = series(norm, k, 0, 0, t, prec);
    }
    if (status == LB_OK)
    {
        prefactor(y, k, low, high, prec);
        acb_mul(result, result, y, prec);
        acb_div_arb(result, result, acb_realref(norm), prec);
        if (j > c)
            acb_conj(result, result);
        if (!acb_is_finite(result))
            status = LB_EPREC;
    }
    if (status == LB_OK)
        acb_swap(value, result);
    else
        acb_indeterminate(value);
    acb_clear(norm);
    acb_clear(result);
    acb_clear(y);
    arb_clear(t);
    return status;
}

lb_status
lb_kerr_moment(acb_t value, const lb_kerr_t k, slong create, slong annihilate,
               slong prec)
{
    return evaluate(value, k, create, annihilate, 1, prec);
}

lb_status
lb_kerr_element(acb_t value, const lb_kerr_t k, slong row, slong column,
                slong prec)
{
    lb_status status = evaluate(value, k, column, row, 0, prec);
    arb_t factorials, f;

    if (status != LB_OK)
        return status;
    arb_init(factorials);
    arb_init(f);
    arb_fac_ui(factorials, (ulong) row, prec);
    if (row == column)
        arb_set(f, factorials);
    else
    {
        arb_fac_ui(f, (ulong) column, prec);
        arb_mul(f, f, factorials, prec);
        arb_sqrt(f, f, prec);
    }
    acb_div_arb(value, value, f, prec);
    arb_clear(factorials);
    arb_clear(f);
    return LB_OK;
}
