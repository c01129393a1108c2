/* analytic/network_stability.c -- where the eigenvalues of the dynamics lie.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/network_internal.h>

static int
real_linked(const void * context, slong i, slong j)
{
    const arb_mat_struct * m = context;

    return !arb_is_zero(arb_mat_entry(m, i, j));
}

/* --- stability ----------------------------------------------------------- */

/* Routh: 1 if all roots of the real polynomial with these coefficients (low
   powers first, leading one positive) have negative real parts, -1 if provably
   not all, 0 if open.  Two rows of Routh's table; c is used up. */
static int
routh(arb_ptr c, slong degree, slong prec)
{
    slong width = degree / 2 + 1;
    arb_ptr row[2];
    int answer = 1;
    arb_t ratio;

    row[0] = _arb_vec_init(width + 1);
    row[1] = _arb_vec_init(width + 1);
    arb_init(ratio);
    for (slong k = degree; k >= 0; k--)
    {
        slong from_top = degree - k;

        /* a polynomial with negative roots only has positive coefficients */
        if (arb_is_nonpositive(c + k))
            answer = -1;
        arb_set(row[from_top % 2] + from_top / 2, c + k);
    }
    for (slong step = 0; step < degree && answer == 1; step++)
    {
        arb_ptr top = row[step % 2], next = row[(step + 1) % 2];

        if (arb_is_nonpositive(next))
            answer = -1;
        else if (!arb_is_positive(next))
            answer = 0;
        if (answer != 1)
            break;
        /* the row after next replaces the top one */
        arb_div(ratio, top, next, prec);
        for (slong k = 0; k + 1 <= width; k++)
        {
            arb_set(top + k, top + k + 1);
            arb_submul(top + k, ratio, next + k + 1, prec);
        }
        arb_zero(top + width);
    }
    _arb_vec_clear(row[0], width + 1);
    _arb_vec_clear(row[1], width + 1);
    arb_clear(ratio);
    return answer;
}

/* Routh's answer for the roots with s added: 1 if all real parts are < s. */
static int
routh_at(const arb_poly_t p, const arb_t s, slong prec)
{
    slong degree = arb_poly_degree(p);
    arb_ptr c = _arb_vec_init(degree + 1);
    int answer;

    _arb_vec_set(c, p->coeffs, degree + 1);
    _arb_poly_taylor_shift(c, s, degree + 1, prec);
    answer = routh(c, degree, prec);
    _arb_vec_clear(c, degree + 1);
    return answer;
}

/* Characteristic polynomials of the parts of the real dynamics. */
static slong
characteristic_polynomials(arb_poly_struct ** p, const lb_network_t net,
                           slong prec)
{
    slong n = 2 * net->modes, parts;
    slong * label = flint_malloc((size_t) (n + 1) * sizeof(slong));
    slong * rows = flint_malloc((size_t) (n + 1) * sizeof(slong));
    arb_mat_t m, part;

    arb_mat_init(m, n, n);
    lb_network_real_dynamics(m, net, prec);
    parts = lb_network_find_parts(label, n, real_linked, m);
    *p = flint_malloc((size_t) (parts + 1) * sizeof(arb_poly_struct));
    for (slong k = 0; k < parts; k++)
    {
        slong count = lb_network_part_rows(rows, label, n, k);

        arb_mat_init(part, count, count);
        for (slong i = 0; i < count; i++)
            for (slong j = 0; j < count; j++)
                arb_set(arb_mat_entry(part, i, j),
                        arb_mat_entry(m, rows[i], rows[j]));
        arb_poly_init(*p + k);
        arb_mat_charpoly(*p + k, part, prec);
        arb_mat_clear(part);
    }
    arb_mat_clear(m);
    flint_free(label);
    flint_free(rows);
    return parts;
}

static void
free_polynomials(arb_poly_struct * p, slong parts)
{
    for (slong k = 0; k < parts; k++)
        arb_poly_clear(p + k);
    flint_free(p);
}

/* 1 if all parts say 1, -1 if one says -1. */
static int
all_below(const arb_poly_struct * p, slong parts, const arb_t s, slong prec)
{
    int answer = 1;

    for (slong k = 0; k < parts; k++)
    {
        int one = routh_at(p + k, s, prec);

        if (one < 0)
            return -1;
        if (one == 0)
            answer = 0;
    }
    return answer;
}

int
lb_network_stable(const lb_network_t net, slong prec)
{
    arb_poly_struct * p;
    slong parts = characteristic_polynomials(&p, net, prec);
    int answer;
    arb_t s;

    arb_init(s);
    answer = all_below(p, parts, s, prec);
    arb_clear(s);
    free_polynomials(p, parts);
    return answer;
}

/* A point of [low, high]: low + (high - low) num/16, with few bits. */
static void
between(arb_t s, const arf_t low, const arf_t high, ulong num, slong prec)
{
    arf_t t;

    arf_init(t);
    arf_sub(t, high, low, prec, ARF_RND_DOWN);
    arf_mul_ui(t, t, num, prec, ARF_RND_DOWN);
    arf_mul_2exp_si(t, t, -4);
    arb_zero(s);
    arf_add(arb_midref(s), low, t, prec, ARF_RND_DOWN);
    arf_clear(t);
}

void
lb_network_abscissa(arb_t x, const lb_network_t net, slong prec)
{
    static const ulong places[] = { 8, 5, 11, 2, 14 };
    arb_poly_struct * p;
    slong parts = characteristic_polynomials(&p, net, prec);
    arf_t low, high;
    arb_mat_t m;
    arb_t s;
    mag_t norm;
    int decided = 1;

    arf_init(low);
    arf_init(high);
    arb_init(s);
    mag_init(norm);
    arb_mat_init(m, 2 * net->modes, 2 * net->modes);
    lb_network_real_dynamics(m, net, prec);
    arb_mat_bound_inf_norm(norm, m);
    arf_set_mag(high, norm);
    arf_add_ui(high, high, 1, prec, ARF_RND_UP);
    arf_neg(low, high);
    for (slong step = 0; step < 2 * prec && decided; step++)
    {
        decided = 0;
        for (size_t k = 0; k < sizeof(places) / sizeof(places[0]) && !decided;
             k++)
        {
            between(s, low, high, places[k], prec);
            if (arf_cmp(arb_midref(s), low) <= 0
                || arf_cmp(arb_midref(s), high) >= 0)
                break;
            decided = all_below(p, parts, s, prec);
            if (decided > 0)
                arf_set(high, arb_midref(s));
            else if (decided < 0)
                arf_set(low, arb_midref(s));
        }
    }
    arb_set_interval_arf(x, low, high, prec);
    if (!mag_is_finite(norm))
        arb_indeterminate(x);
    free_polynomials(p, parts);
    arf_clear(low);
    arf_clear(high);
    arb_clear(s);
    mag_clear(norm);
    arb_mat_clear(m);
}

lb_status
lb_network_require_stable(const lb_network_t net, slong prec, lb_error * err)
{
    int stable = lb_network_is_passive(net) ? 1 : lb_network_stable(net, prec);

    if (stable < 0)
        return lb_error_set(err, LB_EUNSTABLE,
                            "the network is provably not stable (an eigenvalue "
                            "of its dynamics has a real part >= 0): it has no "
                            "steady state and no stationary scattering");
    if (stable == 0)
        return lb_error_set(err, LB_EPREC,
                            "the network is not provably stable at this "
                            "precision");
    return LB_OK;
}
