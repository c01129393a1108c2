/* tests/test_hermitian.c -- eigenvalues of matrices whose spectrum is known
 * exactly, degenerate ones as a rule.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/hermitian.h>

#include "lb_test.h"

#define MAX_SIZE 8
#define EXACT 600 /* bits at which the matrices are formed */

static int
compare_slong(const void * x, const void * y)
{
    slong a = *(const slong *) x, b = *(const slong *) y;

    return (a > b) - (a < b);
}

/* q <- q (1 - 2 v v'/|v|^2), v with small Gaussian integers */
static void
reflect(acb_mat_t q, flint_rand_t state)
{
    slong n = acb_mat_nrows(q), norm = 0;
    acb_mat_t v, p, t;
    arb_t scale;

    acb_mat_init(v, n, 1);
    acb_mat_init(t, 1, n);
    acb_mat_init(p, n, n);
    arb_init(scale);
    while (norm == 0)
        for (slong k = 0; k < n; k++)
        {
            slong x = (slong) n_randint(state, 7) - 3;
            slong y = (slong) n_randint(state, 7) - 3;

            acb_set_si_si(acb_mat_entry(v, k, 0), x, y);
            norm += x * x + y * y;
        }
    acb_mat_conjugate_transpose(t, v);
    acb_mat_mul(p, v, t, EXACT);
    arb_set_si(scale, -2);
    arb_div_si(scale, scale, norm, EXACT);
    acb_mat_scalar_mul_arb(p, p, scale, EXACT);
    for (slong k = 0; k < n; k++)
        acb_add_ui(acb_mat_entry(p, k, k), acb_mat_entry(p, k, k), 1, EXACT);
    acb_mat_mul(q, q, p, EXACT);
    acb_mat_clear(v);
    acb_mat_clear(t);
    acb_mat_clear(p);
    arb_clear(scale);
}

/* a = q diag(values) q', few different integers; values sorted */
static void
random_hermitian(acb_mat_t a, slong * values, flint_rand_t state)
{
    slong n = acb_mat_nrows(a);
    acb_mat_t q, t;

    acb_mat_init(q, n, n);
    acb_mat_init(t, n, n);
    acb_mat_one(q);
    for (int k = 0; k < 3; k++)
        reflect(q, state);
    acb_mat_zero(t);
    for (slong k = 0; k < n; k++)
        values[k] = (slong) n_randint(state, 7) - 3;
    qsort(values, (size_t) n, sizeof(slong), compare_slong);
    for (slong k = 0; k < n; k++)
        acb_set_si(acb_mat_entry(t, k, k), values[k]);
    acb_mat_mul(t, q, t, EXACT);
    acb_mat_conjugate_transpose(q, q);
    acb_mat_mul(a, t, q, EXACT);
    acb_mat_clear(q);
    acb_mat_clear(t);
}

/* Balls of radius 2^bits whose centres are off by as much. */
static void
blur(acb_mat_t a, slong bits, flint_rand_t state)
{
    acb_t shift;

    acb_init(shift);
    for (slong i = 0; i < acb_mat_nrows(a); i++)
        for (slong j = 0; j < acb_mat_ncols(a); j++)
        {
            acb_ptr z = acb_mat_entry(a, i, j);

            acb_set_si_si(shift, n_randint(state, 2) ? 1 : -1,
                          n_randint(state, 2) ? 1 : -1);
            acb_mul_2exp_si(shift, shift, bits);
            acb_add(z, z, shift, EXACT);
            arb_add_error_2exp_si(acb_realref(z), bits);
            arb_add_error_2exp_si(acb_imagref(z), bits);
        }
    acb_clear(shift);
}

static void
check_values(arb_srcptr found, const slong * values, slong n, slong iter)
{
    for (slong k = 0; k < n; k++)
    {
        if (!arb_contains_si(found + k, values[k]))
            printf("\niter %ld seed %lu: eigenvalue %ld of %ld, %ld, is "
                   "outside",
                   (long) iter, lb_test_seed(), (long) k, (long) n,
                   (long) values[k]);
        CU_ASSERT(arb_contains_si(found + k, values[k]));
    }
}

static void
test_eigenvalues(void)
{
    flint_rand_t state;
    arb_ptr found = _arb_vec_init(MAX_SIZE);

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(150); iter++)
    {
        slong n = 1 + (slong) n_randint(state, MAX_SIZE);
        slong prec = 2 + (slong) n_randint(state, 250);
        slong values[MAX_SIZE], bits = -8 - (slong) n_randint(state, 100);
        lb_status status;
        acb_mat_t a;

        acb_mat_init(a, n, n);
        random_hermitian(a, values, state);
        CU_ASSERT(lb_hermitian_eigenvalues(found, a, prec) == LB_OK);
        check_values(found, values, n, iter);
        for (slong k = 0; k < n; k++)
            CU_ASSERT(mag_cmp_2exp_si(arb_radref(found + k), 4 - prec) < 0);

        blur(a, bits, state);
        status = lb_hermitian_eigenvalues(found, a, prec);
        CU_ASSERT(status == LB_OK);
        check_values(found, values, n, iter);
        /* what n^2 entries of that size can do, and rounding */
        for (slong k = 0; k < n && prec > 140; k++)
            CU_ASSERT(mag_cmp_2exp_si(arb_radref(found + k), bits + 5) < 0);
        acb_mat_clear(a);
    }
    _arb_vec_clear(found, MAX_SIZE);
    lb_rand_clear(state);
}

/* a = l c l', b = l l': the spectrum of c */
static void
test_pencil(void)
{
    flint_rand_t state;
    arb_ptr found = _arb_vec_init(MAX_SIZE);
    slong proved = 0, tried = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(100); iter++)
    {
        slong n = 1 + (slong) n_randint(state, 5);
        slong prec = 2 + (slong) n_randint(state, 250), values[MAX_SIZE];
        acb_mat_t a, b, l, t;
        lb_status status;

        acb_mat_init(a, n, n);
        acb_mat_init(b, n, n);
        acb_mat_init(l, n, n);
        acb_mat_init(t, n, n);
        random_hermitian(a, values, state);
        for (slong i = 0; i < n; i++)
            for (slong j = 0; j <= i; j++)
                acb_set_si_si(acb_mat_entry(l, i, j),
                              i == j ? 1 + (slong) n_randint(state, 3)
                                     : (slong) n_randint(state, 5) - 2,
                              i == j ? 0 : (slong) n_randint(state, 5) - 2);
        acb_mat_conjugate_transpose(t, l);
        acb_mat_mul(a, l, a, EXACT);
        acb_mat_mul(a, a, t, EXACT);
        acb_mat_mul(b, l, t, EXACT);
        status = lb_hermitian_pencil(found, a, b, prec);
        CU_ASSERT(status == LB_OK || status == LB_EPREC);
        check_values(found, values, n, iter);
        tried += prec > 100;
        proved += prec > 100 && status == LB_OK
                  && mag_cmp_2exp_si(arb_radref(found), 30 - prec) < 0;

        /* an indefinite b proves nothing */
        acb_neg(acb_mat_entry(b, n - 1, n - 1), acb_mat_entry(b, n - 1, n - 1));
        CU_ASSERT(lb_hermitian_pencil(found, a, b, prec) == LB_EPREC);
        CU_ASSERT(!arb_is_finite(found));
        acb_mat_clear(a);
        acb_mat_clear(b);
        acb_mat_clear(l);
        acb_mat_clear(t);
    }
    CU_ASSERT(proved == tried);
    _arb_vec_clear(found, MAX_SIZE);
    lb_rand_clear(state);
}

static void
test_refused(void)
{
    arb_ptr found = _arb_vec_init(2);
    acb_mat_t a;

    acb_mat_init(a, 2, 2);
    CU_ASSERT(lb_hermitian_eigenvalues(found, a, 30) == LB_OK);
    CU_ASSERT(arb_is_zero(found) || arb_contains_zero(found));
    acb_indeterminate(acb_mat_entry(a, 0, 1));
    CU_ASSERT(lb_hermitian_eigenvalues(found, a, 30) == LB_EPREC);
    CU_ASSERT(!arb_is_finite(found) && !arb_is_finite(found + 1));
    acb_mat_clear(a);
    _arb_vec_clear(found, 2);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "eigenvalues", test_eigenvalues },
        { "pencils", test_pencil },
        { "what is refused", test_refused },
    };

    return lb_test_main("hermitian", cases, sizeof(cases) / sizeof(cases[0]));
}
