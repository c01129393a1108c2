/* tests/test_leakage.c -- L of the full model on a truncated steady state.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/leakage.h>

#include "lb_test_dense.h"

static lb_status
leakage(double * norm, const lb_model_t m, const char * cutoff, slong most)
{
    lb_status status;
    lb_cutoff_t c;
    lb_error err;

    lb_error_clear(&err);
    lb_cutoff_init(c, m->scope->kinds, m->scope->subsystems);
    if (cutoff[0] != '\0'
        && lb_cutoff_parse(c, cutoff, m->scope, &err) != LB_OK)
        test_fail(cutoff, &err);
    status = lb_leakage_approx(norm, m, m->scope, c, most, &err);
    lb_cutoff_clear(c);
    return status;
}

/* The steady state from LAPACK, embedded in a space much larger than L can
   reach, and the textbook formula there. */
static void
test_dense(void)
{
    static const struct
    {
        slong which; /* of the random models */
        const char * cutoff;
        const char * wide;
    } some[]
        = { { 0, "a=4", "a=9" }, { 1, "5", "10" },      { 2, "a=2", "a=6" },
            { 3, "2", "5" },     { 3, "a=1,b=2", "5" }, { 5, "2,a=1", "6" } };
    flint_rand_t state;
    slong compared = 0;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(12); i++)
    {
        lb_complex *rho, *x, *y;
        lb_basis_t b, wide;
        lb_problem_t p;
        lb_model_t m;
        double value, expected;
        slong d, n;

        random_model_init(m, some[i % 6].which, state);
        test_problem_init(p, m);
        test_basis_init(b, m, some[i % 6].cutoff);
        test_basis_init(wide, m, some[i % 6].wide);
        d = b->dimension;
        n = wide->dimension;
        rho = new_dense(d * d);
        x = new_dense(n * n);
        y = new_dense(n * n);
        dense_steady_state(rho, p, b);
        for (slong j = 0; j < d; j++)
            for (slong k = 0; k < d; k++)
                x[lb_basis_find(wide, lb_basis_state(b, j)) * n
                  + lb_basis_find(wide, lb_basis_state(b, k))]
                    = rho[j * d + k];
        dense_lindbladian(y, p, wide, x);
        expected = norm(y, n * n);
        CU_ASSERT_FATAL(leakage(&value, m, some[i % 6].cutoff, 500) == LB_OK);
        CHECK(fabs(value - expected) <= 1e-9 * fmax(1.0, expected), i,
              "leakage");
        compared += expected > 1e-3;
        flint_free(rho);
        flint_free(x);
        flint_free(y);
        lb_basis_clear(b);
        lb_basis_clear(wide);
        lb_problem_clear(p);
        lb_model_clear(m);
    }
    CU_ASSERT(2 * compared >= lb_test_iters(12));
    lb_rand_clear(state);
}

/* Nothing leaks from a complete space or from the vacuum; less from more. */
static void
test_limits(void)
{
    double value, before = 1e9;
    lb_model_t m;

    test_model_init(m, "two-level: s t; H: sx(s) + sx(s)*sx(t); 1: s; 1: t'");
    CU_ASSERT(leakage(&value, m, "", 100) == LB_OK && value < 1e-12);
    lb_model_clear(m);

    test_model_init(m, "modes: a b; H: a'*b + b'*a + a'^2*a^2; 1: a; 1: b");
    CU_ASSERT(leakage(&value, m, "3", 100) == LB_OK && value < 1e-12);
    lb_model_clear(m);

    test_model_init(m, "modes: a; H: a'*a/2 + (a^2 + a'^2)/10; 1: a");
    for (int k = 4; k <= 20; k += 4)
    {
        char cutoff[20];

        snprintf(cutoff, sizeof(cutoff), "%d", k);
        CU_ASSERT(leakage(&value, m, cutoff, 100) == LB_OK);
        CU_ASSERT(value > 0.0 && value < before / 5.0);
        before = value;
    }
    /* a limit of the dimension, and a model without an answer */
    CU_ASSERT(leakage(&value, m, "20", 22) == LB_EDIM && isnan(value));
    lb_model_clear(m);
    test_model_init(m, "modes: a; H: a^2 + a'^2; 1: a^2");
    CU_ASSERT(leakage(&value, m, "6", 100) == LB_ENOCONV && isnan(value));
    lb_model_clear(m);
}

/* [L6]: a constant in a jump is a drive, also on the way out of the cutoff. */
static void
test_constant(void)
{
    double value, expected;
    lb_model_t m;

    test_model_init(m, "modes: a; H: a'*a/3; 1: a + 1/2");
    CU_ASSERT(leakage(&value, m, "4", 100) == LB_OK);
    lb_model_clear(m);
    test_model_init(m, "modes: a; H: a'*a/3 + i/4*(a - a'); 1: a");
    CU_ASSERT(leakage(&expected, m, "4", 100) == LB_OK);
    lb_model_clear(m);
    CU_ASSERT(expected > 1e-4);
    CU_ASSERT_DOUBLE_EQUAL(value, expected, 1e-12);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "against the dense formula (random)", test_dense },
        { "a constant in a jump", test_constant },
        { "where nothing leaks, and convergence", test_limits },
    };
    return lb_test_main("leakage", cases, sizeof(cases) / sizeof(cases[0]));
}
