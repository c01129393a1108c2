/* analytic/hermitian.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Jacobi's method proposes eigenvectors U of the midpoint M: it converges
 * whatever the degeneracies.  What is proved rests on U'U, U'MU and A - M
 * alone, in balls. */
#include <lindbound/hermitian.h>
#include <lindbound/order_statistic.h>

/* sweeps of Jacobi's method; it needs about ten */
#define MAX_SWEEPS 60

/* --- the proposal -------------------------------------------------------- */

/* A rotation of the columns p, q: (x_p, x_q) -> (c x_p - s x_q,
   conj(s) x_p + c x_q) */
typedef struct
{
    arb_t c;
    acb_t s;
} rotation;

/* The rotation for which (J'AJ)_pq = 0:  t = tan of the angle is the smaller
   root of t^2 + 2 tau t - 1,  tau = (a_qq - a_pp)/(2|a_pq|);  s carries the
   phase of conj(a_pq).  0 if a_pq is zero. */
static int
set_rotation(rotation * r, const acb_mat_t a, slong p, slong q, slong prec)
{
    arb_t size, tau, t;
    int needed;

    arb_init(size);
    arb_init(tau);
    arb_init(t);
    acb_abs(size, acb_mat_entry(a, p, q), prec);
    mag_zero(arb_radref(size));
    needed = !arb_is_zero(size);
    if (needed)
    {
        arb_sub(tau, acb_realref(acb_mat_entry(a, q, q)),
                acb_realref(acb_mat_entry(a, p, p)), prec);
        arb_div(tau, tau, size, prec);
        arb_mul_2exp_si(tau, tau, -1);
        arb_get_mid_arb(tau, tau);
        arb_sqr(t, tau, prec);
        arb_add_ui(t, t, 1, prec);
        arb_sqrt(t, t, prec);
        if (arb_is_negative(tau))
            arb_neg(t, t);
        arb_add(t, t, tau, prec);
        arb_inv(t, t, prec);
        arb_get_mid_arb(t, t);
        arb_sqr(tau, t, prec);
        arb_add_ui(tau, tau, 1, prec);
        arb_rsqrt(r->c, tau, prec);
        arb_mul(t, t, r->c, prec);
        acb_conj(r->s, acb_mat_entry(a, p, q));
        acb_div_arb(r->s, r->s, size, prec);
        acb_mul_arb(r->s, r->s, t, prec);
        arb_get_mid_arb(r->c, r->c);
        acb_get_mid(r->s, r->s);
    }
    arb_clear(size);
    arb_clear(tau);
    arb_clear(t);
    return needed;
}

/* (x, y) -> (c x - s y, conj(s) x + c y), or with conj(s) for s */
static void
rotate(acb_t x, acb_t y, const rotation * r, int conjugate, slong prec)
{
    acb_t s, t, u;

    acb_init(s);
    acb_init(t);
    acb_init(u);
    if (conjugate)
        acb_conj(s, r->s);
    else
        acb_set(s, r->s);
    acb_mul_arb(t, x, r->c, prec);
    acb_submul(t, s, y, prec);
    acb_conj(s, s);
    acb_mul_arb(u, y, r->c, prec);
    acb_addmul(u, s, x, prec);
    acb_get_mid(x, t);
    acb_get_mid(y, u);
    acb_clear(s);
    acb_clear(t);
    acb_clear(u);
}

static void
apply_rotation(acb_mat_t a, acb_mat_t u, const rotation * r, slong p, slong q,
               slong prec)
{
    for (slong k = 0; k < acb_mat_nrows(a); k++)
    {
        rotate(acb_mat_entry(a, k, p), acb_mat_entry(a, k, q), r, 0, prec);
        rotate(acb_mat_entry(u, k, p), acb_mat_entry(u, k, q), r, 0, prec);
    }
    for (slong k = 0; k < acb_mat_nrows(a); k++)
        rotate(acb_mat_entry(a, p, k), acb_mat_entry(a, q, k), r, 1, prec);
}

/* 1 if |a_pq| is below 2^-prec of the largest entry */
static int
negligible(const acb_mat_t a, slong p, slong q, const mag_t largest, slong prec)
{
    mag_t size;
    int small;

    mag_init(size);
    acb_get_mag(size, acb_mat_entry(a, p, q));
    mag_mul_2exp_si(size, size, prec);
    small = mag_cmp(size, largest) <= 0;
    mag_clear(size);
    return small;
}

/* approximate eigenvectors of a, as columns */
static void
approx_eigenvectors(acb_mat_t u, const acb_mat_t a, slong prec)
{
    slong n = acb_mat_nrows(a), rotated = 1;
    acb_mat_t work;
    rotation r;
    mag_t largest;

    acb_mat_init(work, n, n);
    arb_init(r.c);
    acb_init(r.s);
    mag_init(largest);
    acb_mat_set(work, a);
    acb_mat_one(u);
    acb_mat_bound_inf_norm(largest, work);
    for (slong sweep = 0; sweep < MAX_SWEEPS && rotated > 0; sweep++)
    {
        rotated = 0;
        for (slong p = 0; p < n; p++)
            for (slong q = p + 1; q < n; q++)
                if (!negligible(work, p, q, largest, prec)
                    && set_rotation(&r, work, p, q, prec))
                {
                    apply_rotation(work, u, &r, p, q, prec);
                    rotated++;
                }
    }
    acb_mat_clear(work);
    arb_clear(r.c);
    acb_clear(r.s);
    mag_clear(largest);
}

/* --- the proof ----------------------------------------------------------- */

/* Schur's bound, and the Frobenius norm: the smaller one, of m with its
   diagonal left out if asked for. */
static void
norm_bound(mag_t bound, const acb_mat_t m, int without_diagonal)
{
    acb_mat_t copy;
    mag_t rows, columns;

    acb_mat_init(copy, acb_mat_nrows(m), acb_mat_ncols(m));
    mag_init(rows);
    mag_init(columns);
    acb_mat_set(copy, m);
    for (slong k = 0; k < acb_mat_nrows(m) && without_diagonal; k++)
        acb_zero(acb_mat_entry(copy, k, k));
    acb_mat_bound_inf_norm(rows, copy);
    acb_mat_bound_frobenius_norm(bound, copy);
    acb_mat_transpose(copy, copy);
    acb_mat_bound_inf_norm(columns, copy);
    mag_mul(rows, rows, columns);
    mag_sqrt(rows, rows);
    mag_min(bound, bound, rows);
    acb_mat_clear(copy);
    mag_clear(rows);
    mag_clear(columns);
}

/* 1 and theta, which contains the squares of all singular values of u */
static int
nearly_unitary(arb_t theta, const acb_mat_t u, slong prec)
{
    slong n = acb_mat_nrows(u);
    acb_mat_t gram;
    mag_t distance;
    int near;

    acb_mat_init(gram, n, n);
    mag_init(distance);
    acb_mat_conjugate_transpose(gram, u);
    acb_mat_mul(gram, gram, u, prec);
    for (slong k = 0; k < n; k++)
        acb_sub_ui(acb_mat_entry(gram, k, k), acb_mat_entry(gram, k, k), 1,
                   prec);
    norm_bound(distance, gram, 0);
    near = mag_cmp_2exp_si(distance, -1) < 0;
    arb_one(theta);
    arb_add_error_mag(theta, distance);
    acb_mat_clear(gram);
    mag_clear(distance);
    return near;
}

/* The Hermitian part of the midpoints, exactly. */
static void
hermitian_middle(acb_mat_t middle, const acb_mat_t a)
{
    acb_mat_t adjoint;

    acb_mat_init(adjoint, acb_mat_nrows(a), acb_mat_ncols(a));
    acb_mat_get_mid(middle, a);
    acb_mat_conjugate_transpose(adjoint, middle);
    acb_mat_add(middle, middle, adjoint, ARF_PREC_EXACT);
    acb_mat_scalar_mul_2exp_si(middle, middle, -1);
    acb_mat_clear(adjoint);
}

lb_status
lb_hermitian_eigenvalues(arb_ptr values, const acb_mat_t a, slong prec)
{
    slong n = acb_mat_nrows(a);
    slong working = prec + 20 + 2 * FLINT_BIT_COUNT((ulong) n);
    lb_status status = LB_EPREC;
    acb_mat_t middle, u, b, t;
    arb_ptr diagonal;
    mag_t rest, spread;
    arb_t theta;

    for (slong k = 0; k < n; k++)
        arb_indeterminate(values + k);
    if (!acb_mat_is_finite(a))
        return LB_EPREC;

    acb_mat_init(middle, n, n);
    acb_mat_init(u, n, n);
    acb_mat_init(b, n, n);
    acb_mat_init(t, n, n);
    mag_init(spread);
    diagonal = _arb_vec_init(n);
    mag_init(rest);
    arb_init(theta);
    hermitian_middle(middle, a);
    acb_mat_sub(t, a, middle, working);
    norm_bound(spread, t, 0);
    approx_eigenvectors(u, middle, working);
    if (nearly_unitary(theta, u, working))
    {
        acb_mat_conjugate_transpose(t, u);
        acb_mat_mul(b, t, middle, working);
        acb_mat_mul(b, b, u, working);
        norm_bound(rest, b, 1);
        for (slong k = 0; k < n; k++)
            arb_set(diagonal + k, acb_realref(acb_mat_entry(b, k, k)));
        for (slong k = 0; k < n; k++)
        {
            lb_order_statistic(values + k, diagonal, n, k + 1, working);
            arb_add_error_mag(values + k, rest);
            arb_div(values + k, values + k, theta, working);
            arb_add_error_mag(values + k, spread);
            arb_set_round(values + k, values + k, prec);
        }
        status = LB_OK;
    }
    acb_mat_clear(middle);
    acb_mat_clear(u);
    acb_mat_clear(b);
    acb_mat_clear(t);
    _arb_vec_clear(diagonal, n);
    mag_clear(rest);
    mag_clear(spread);
    arb_clear(theta);
    return status;
}

/* b = l l', l lower triangular; 0 if b is not provably positive definite */
static int
cholesky(acb_mat_t l, const acb_mat_t b, slong prec)
{
    slong n = acb_mat_nrows(b);
    int positive = 1;
    acb_t z;

    acb_init(z);
    acb_mat_zero(l);
    for (slong j = 0; j < n && positive; j++)
        for (slong i = j; i < n && positive; i++)
        {
            acb_ptr entry = acb_mat_entry(l, i, j);

            acb_set(entry, acb_mat_entry(b, i, j));
            for (slong k = 0; k < j; k++)
            {
                acb_conj(z, acb_mat_entry(l, j, k));
                acb_submul(entry, acb_mat_entry(l, i, k), z, prec);
            }
            if (i > j)
                acb_div(entry, entry, acb_mat_entry(l, j, j), prec);
            else
            {
                arb_zero(acb_imagref(entry));
                positive = arb_is_positive(acb_realref(entry));
                arb_sqrt(acb_realref(entry), acb_realref(entry), prec);
            }
        }
    acb_clear(z);
    return positive;
}

lb_status
lb_hermitian_pencil(arb_ptr values, const acb_mat_t a, const acb_mat_t b,
                    slong prec)
{
    slong n = acb_mat_nrows(a), working = prec + 20;
    acb_mat_t l, c;
    lb_status status = LB_EPREC;

    for (slong k = 0; k < n; k++)
        arb_indeterminate(values + k);
    acb_mat_init(l, n, n);
    acb_mat_init(c, n, n);
    if (cholesky(l, b, working))
    {
        /* c = l^-1 a l'^-1 */
        acb_mat_solve_tril(c, l, a, 0, working);
        acb_mat_conjugate_transpose(c, c);
        acb_mat_solve_tril(c, l, c, 0, working);
        status = lb_hermitian_eigenvalues(values, c, prec);
    }
    acb_mat_clear(l);
    acb_mat_clear(c);
    return status;
}
