/* tests/test_real_roots.c -- the k-th real root against polynomials made of
 * known factors, and against signs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/evaluate.h>
#include <lindbound/real_roots.h>

#include "lb_test.h"

#define MAX_REAL 6

static int
compare_slong(const void * x, const void * y)
{
    slong a = *(const slong *) x, b = *(const slong *) y;

    return (a > b) - (a < b);
}

/* p = s prod (d x - r_i) prod ((x-u_j)^2 + v_j), all integers; r sorted */
static void
random_polynomial(fmpz_poly_t p, slong * r, slong n_real, slong n_pairs,
                  slong d, int distinct, flint_rand_t state)
{
    fmpz_poly_t factor;

    fmpz_poly_init(factor);
    fmpz_poly_zero(p);
    fmpz_poly_set_coeff_si(p, 0, n_randint(state, 2) ? 3 : -2);
    for (slong i = 0; i < n_real; i++)
    {
        int again;

        do
        {
            again = 0;
            r[i] = (slong) n_randint(state, 60) - 30;
            for (slong j = 0; j < i && distinct; j++)
                again |= r[j] == r[i];
        } while (again);
        fmpz_poly_zero(factor);
        fmpz_poly_set_coeff_si(factor, 0, -r[i]);
        fmpz_poly_set_coeff_si(factor, 1, d);
        fmpz_poly_mul(p, p, factor);
    }
    qsort(r, (size_t) n_real, sizeof(slong), compare_slong);
    for (slong j = 0; j < n_pairs; j++)
    {
        slong u = (slong) n_randint(state, 9) - 4;
        slong v = 1 + (slong) n_randint(state, 5);

        fmpz_poly_zero(factor);
        fmpz_poly_set_coeff_si(factor, 0, u * u + v);
        fmpz_poly_set_coeff_si(factor, 1, -2 * u);
        fmpz_poly_set_coeff_si(factor, 2, 1);
        fmpz_poly_mul(p, p, factor);
    }
    fmpz_poly_clear(factor);
}

static int
contains_ratio(const arb_t x, slong num, slong den)
{
    fmpq_t q;
    int inside;

    fmpq_init(q);
    fmpq_set_si(q, num, (ulong) den);
    inside = arb_contains_fmpq(x, q);
    fmpq_clear(q);
    return inside;
}

/* Exact coefficients: every root, multiple ones too, at any precision. */
static void
test_exact(void)
{
    flint_rand_t state;
    fmpz_poly_t p;
    slong multiple = 0;
    arb_t x;

    lb_test_rand_init(state);
    fmpz_poly_init(p);
    arb_init(x);
    for (slong iter = 0; iter < lb_test_iters(300); iter++)
    {
        slong r[MAX_REAL], prec = 2 + (slong) n_randint(state, 200);
        slong n_real = (slong) n_randint(state, MAX_REAL + 1);
        slong n_pairs = (slong) n_randint(state, 3), n, d;
        int scale = (int) n_randint(state, 40) - 20;
        arb_ptr c;

        d = 1 + (slong) n_randint(state, 7);
        random_polynomial(p, r, n_real, n_pairs, d, 0, state);
        n = fmpz_poly_degree(p);
        c = _arb_vec_init(n + 3); /* two zeros on top */
        for (slong k = 0; k <= n; k++)
        {
            arb_set_fmpz(c + k, fmpz_poly_get_coeff_ptr(p, k));
            arb_mul_2exp_si(c + k, c + k, scale);
        }
        for (slong k = 1; k <= n_real; k++)
        {
            CU_ASSERT(lb_real_root(x, c, n + 2, k, prec) == 1);
            CU_ASSERT(contains_ratio(x, r[k - 1], d));
            CU_ASSERT(lb_real_root(x, c, n + 2, k, 100) == 1);
            CU_ASSERT(arb_is_zero(x) || arb_rel_accuracy_bits(x) >= 90);
            multiple += k > 1 && r[k - 1] == r[k - 2];
        }
        CU_ASSERT(lb_real_root(x, c, n + 2, n_real + 1, prec) == -1);
        CU_ASSERT(!arb_is_finite(x));
        _arb_vec_clear(c, n + 3);
    }
    CU_ASSERT(multiple > 10 || lb_test_iters(300) < 300);
    fmpz_poly_clear(p);
    arb_clear(x);
    lb_rand_clear(state);
}

static int
distinct(const slong * r, slong n)
{
    for (slong k = 1; k < n; k++)
        if (r[k] == r[k - 1])
            return 0;
    return 1;
}

/* The radius is at most three times sum_k rad(c_k) |r|^k / |p'(r)|, the width
   to first order. */
static int
narrow_enough(const arb_t x, arb_srcptr c, const fmpz_poly_t p, slong r)
{
    slong n = fmpz_poly_degree(p);
    fmpz_poly_t derivative;
    fmpz_t slope, at;
    arb_t bound, t, power;
    int narrow;

    fmpz_poly_init(derivative);
    fmpz_init(slope);
    fmpz_init(at);
    arb_init(bound);
    arb_init(t);
    arb_init(power);
    fmpz_set_si(at, r);
    fmpz_poly_derivative(derivative, p);
    fmpz_poly_evaluate_fmpz(slope, derivative, at);
    fmpz_abs(slope, slope);
    arb_set_si(power, 3);
    for (slong k = 0; k <= n; k++)
    {
        arf_set_mag(arb_midref(t), arb_radref(c + k));
        arb_addmul(bound, t, power, 60);
        arb_mul_si(power, power, labs(r), 60);
    }
    arb_div_fmpz(bound, bound, slope, 60);
    narrow = arf_cmpabs_mag(arb_midref(bound), arb_radref(x)) >= 0;
    fmpz_poly_clear(derivative);
    fmpz_clear(slope);
    fmpz_clear(at);
    arb_clear(bound);
    arb_clear(t);
    arb_clear(power);
    return narrow;
}

/* Coefficients that are balls: the roots of every polynomial in them. */
static void
test_balls(void)
{
    flint_rand_t state;
    fmpz_poly_t p;
    slong proved = 0, tried = 0;
    arb_t x;

    lb_test_rand_init(state);
    fmpz_poly_init(p);
    arb_init(x);
    for (slong iter = 0; iter < lb_test_iters(500); iter++)
    {
        slong r[MAX_REAL], prec = 2 + (slong) n_randint(state, 200);
        slong n_real = 1 + (slong) n_randint(state, MAX_REAL);
        slong n_pairs = (slong) n_randint(state, 3), n;
        slong bits = -2 - (slong) n_randint(state, 150);
        arb_ptr c;

        random_polynomial(p, r, n_real, n_pairs, 1, n_randint(state, 4) > 0,
                          state);
        n = fmpz_poly_degree(p);
        c = _arb_vec_init(n + 1);
        /* a ball whose centre is off, but which holds the coefficient */
        for (slong k = 0; k <= n; k++)
        {
            mag_t size, off;
            arb_t shift;

            mag_init(size);
            mag_init(off);
            arb_init(shift);
            arb_set_fmpz(c + k, fmpz_poly_get_coeff_ptr(p, k));
            arb_get_mag(size, c + k);
            mag_mul_2exp_si(size, size, bits);
            arf_set_mag(arb_midref(shift), size);
            if (n_randint(state, 2))
                arb_neg(shift, shift);
            arb_add(c + k, c + k, shift, ARF_PREC_EXACT);
            arb_add_error_mag(c + k, size);
            mag_clear(size);
            mag_clear(off);
            arb_clear(shift);
        }
        for (slong k = 1; k <= n_real; k++)
        {
            int found = lb_real_root(x, c, n, k, prec);

            CU_ASSERT(found >= 0);
            if (!arb_contains_si(x, r[k - 1]))
                printf("\niter %ld seed %lu prec %ld k %ld: %ld outside",
                       (long) iter, lb_test_seed(), (long) prec, (long) k,
                       (long) r[k - 1]);
            CU_ASSERT(arb_contains_si(x, r[k - 1]));
            CU_ASSERT(found == arb_is_finite(x));
        }
        CU_ASSERT(lb_real_root(x, c, n, n_real + 1, prec) <= 0);
        if (bits < -100 && prec > 180 && n_pairs < 2 && distinct(r, n_real))
        {
            tried++;
            proved += lb_real_root(x, c, n, 1, prec) == 1
                      && narrow_enough(x, c, p, r[0]);
        }
        _arb_vec_clear(c, n + 1);
    }
    CU_ASSERT(proved == tried && (tried > 0 || lb_test_iters(500) < 500));
    fmpz_poly_clear(p);
    arb_clear(x);
    lb_rand_clear(state);
}

/* x^2 - 2 with a radius: the enclosure is hardly wider than it must be */
static void
test_tight(void)
{
    arb_t x, bound;
    arb_ptr c = _arb_vec_init(3);

    arb_init(x);
    arb_init(bound);
    arb_set_si(c, -2);
    arb_add_error_2exp_si(c, -20);
    arb_one(c + 2);
    CU_ASSERT(lb_real_root(x, c, 2, 2, 100) == 1);
    arb_sqrt_ui(bound, 2, 100);
    CU_ASSERT(arb_contains(x, bound));
    /* the exact radius is 2^-20/(2 sqrt 2) */
    arb_set_d(bound, 0.354);
    arb_mul_2exp_si(bound, bound, -20);
    CU_ASSERT(mag_cmp_2exp_si(arb_radref(x), -22) > 0);
    arf_sub_ui(arb_midref(bound), arb_midref(bound), 0, 53, ARF_RND_UP);
    CU_ASSERT(arf_cmpabs_mag(arb_midref(bound), arb_radref(x)) >= 0);

    /* a leading coefficient that may be zero, a double root in balls */
    arb_zero(c + 2);
    arb_add_error_2exp_si(c + 2, -20);
    arb_one(c + 1);
    CU_ASSERT(lb_real_root(x, c, 2, 1, 100) == 0);
    arb_set_si(c, 1);
    arb_set_si(c + 1, -2);
    arb_set_si(c + 2, 1);
    arb_add_error_2exp_si(c + 1, -60);
    CU_ASSERT(lb_real_root(x, c, 2, 1, 100) == 0);
    arb_set_si(c + 1, 0);
    arb_add_error_2exp_si(c + 1, -60);
    CU_ASSERT(lb_real_root(x, c, 2, 1, 100) == -1);
    CU_ASSERT(lb_real_root(x, c, 0, 1, 100) == -1);
    _arb_vec_clear(c, 3);
    arb_clear(x);
    arb_clear(bound);
}

static lb_status
evaluate(acb_t z, const char * text, int leading_order)
{
    lb_expr * e = NULL;
    lb_scope_t scope;
    lb_scalar_t x;
    lb_env_t env;
    lb_status status = lb_expr_parse(&e, text, NULL);

    acb_indeterminate(z);
    if (status != LB_OK)
        return status;
    lb_scope_init(scope);
    lb_scalar_init(x);
    lb_env_init(env, scope, 128);
    env->leading_order = leading_order;
    status = lb_env_scalar(x, env, e, NULL);
    acb_set(z, x->coefficient);
    lb_env_clear(env);
    lb_scalar_clear(x);
    lb_scope_clear(scope);
    lb_expr_free(e);
    return status;
}

static void
test_language(void)
{
    acb_t z, y;

    acb_init(z);
    acb_init(y);
    /* the smallest real root of a cubic of Cardano */
    CU_ASSERT(evaluate(z, "real_root(1, -6, 11, -6, 1)", 0) == LB_OK);
    CU_ASSERT(acb_contains_int(z) && arb_contains_si(acb_realref(z), 1));
    CU_ASSERT(evaluate(z, "real_root(2, -0.3, 0.1, 0, 1)", 0) == LB_EDOM);
    CU_ASSERT(evaluate(z, "real_root(2, -1/3, 0, 1)", 0) == LB_OK);
    CU_ASSERT(evaluate(y, "1/sqrt(3)", 0) == LB_OK);
    CU_ASSERT(acb_overlaps(z, y) && acb_rel_accuracy_bits(z) > 120);
    CU_ASSERT(evaluate(z, "real_root(2, -1/3, 0, 1)", 1) == LB_OK);
    CU_ASSERT(acb_overlaps(z, y) && acb_is_finite(z));
    CU_ASSERT(evaluate(z, "real_root(1, 1/9, -2/3, 1)", 0) == LB_OK);
    CU_ASSERT(!acb_is_finite(z));
    CU_ASSERT(evaluate(z, "real_root(0, 1, 1)", 0) == LB_EDOM);
    CU_ASSERT(evaluate(z, "real_root(1/2, 1, 1)", 0) == LB_EDOM);
    CU_ASSERT(evaluate(z, "real_root(1, i, 1)", 0) == LB_EDOM);
    CU_ASSERT(evaluate(z, "real_root(1, 1/0, 1)", 0) == LB_OK);
    CU_ASSERT(!acb_is_finite(z));
    CU_ASSERT(evaluate(z, "real_root(1, 1)", 0) == LB_EPARSE);
    acb_clear(z);
    acb_clear(y);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "exact coefficients", test_exact },
        { "coefficients that are balls", test_balls },
        { "width, and what cannot be proved", test_tight },
        { "in the language", test_language },
    };

    return lb_test_main("real_roots", cases, sizeof(cases) / sizeof(cases[0]));
}
