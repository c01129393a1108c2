/* tests/test_power_law.c -- certified fits against exact power laws, against
 * GSL, and against the definition: least squares.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/power_law.h>

#include "lb_test.h"

#define MAX_POINTS 40

/* Data on a grid: x_i = i/8, y = A x^(p/q) exp(noise), weights. */
static void
random_data(arb_ptr x, arb_ptr y, arb_ptr w, slong n, slong p, slong a,
            slong noise, flint_rand_t state, slong prec)
{
    arb_t power, t;

    arb_init(power);
    arb_init(t);
    arb_set_si(power, p);
    arb_div_si(power, power, 7, prec);
    for (slong i = 0; i < n; i++)
    {
        arb_set_si(x + i, 2 + i);
        arb_mul_2exp_si(x + i, x + i, -3);
        arb_pow(y + i, x + i, power, prec);
        arb_mul_si(y + i, y + i, a, prec);
        arb_set_si(t, (slong) n_randint(state, 2001) - 1000);
        arb_mul_si(t, t, noise, prec);
        arb_div_si(t, t, 10000, prec);
        arb_exp(t, t, prec);
        arb_mul(y + i, y + i, t, prec);
        arb_set_si(w + i, 1 + (slong) n_randint(state, 9));
    }
    arb_clear(power);
    arb_clear(t);
}

/* Without noise: the law itself, no residuals, r^2 = 1. */
static void
test_exact(void)
{
    flint_rand_t state;
    arb_ptr x = _arb_vec_init(MAX_POINTS), y = _arb_vec_init(MAX_POINTS);
    arb_ptr w = _arb_vec_init(MAX_POINTS);
    lb_power_law_t fit;

    lb_test_rand_init(state);
    lb_power_law_init(fit);
    for (slong iter = 0; iter < lb_test_iters(200); iter++)
    {
        slong n = 3 + (slong) n_randint(state, MAX_POINTS - 2);
        slong prec = 2 + (slong) n_randint(state, 200);
        slong p = (slong) n_randint(state, 60) - 30;
        slong a = 1 + (slong) n_randint(state, 9);
        int weighted = n_randint(state, 2);
        lb_status status;
        fmpq_t q;

        fmpq_init(q);
        fmpq_set_si(q, p, 7);
        random_data(x, y, w, n, p, a, 0, state, 300);
        status
            = lb_power_law_fit(fit, x, y, weighted ? w : NULL, n, prec, NULL);
        CU_ASSERT(status == LB_OK || (status == LB_EPREC && prec < 40));
        CU_ASSERT(arb_contains_fmpq(fit->exponent, q));
        CU_ASSERT(arb_contains_si(fit->prefactor, a));
        CU_ASSERT(arb_contains_si(fit->standard_error, 0));
        CU_ASSERT(arb_contains_si(fit->largest_residual, 0));
        CU_ASSERT(p == 0 || arb_contains_si(fit->r_squared, 1));
        if (prec > 100)
        {
            CU_ASSERT(status == LB_OK);
            CU_ASSERT(mag_cmp_2exp_si(arb_radref(fit->exponent), 30 - prec)
                      < 0);
            CU_ASSERT(arb_rel_accuracy_bits(fit->prefactor) > prec - 30);
            CU_ASSERT(
                mag_cmp_2exp_si(arb_radref(fit->largest_residual), 40 - prec)
                < 0);
        }
        fmpq_clear(q);
    }
    _arb_vec_clear(x, MAX_POINTS);
    _arb_vec_clear(y, MAX_POINTS);
    _arb_vec_clear(w, MAX_POINTS);
    lb_power_law_clear(fit);
    lb_rand_clear(state);
}

static int
close_to(const arb_t x, double approx)
{
    double middle = arf_get_d(arb_midref(x), ARF_RND_NEAR);

    return arb_rel_accuracy_bits(x) > 60
           && fabs(middle - approx) <= 1e-9 * (fabs(middle) + 1e-6);
}

/* Noisy data: GSL's fit in doubles is beside the certified one. */
static void
test_gsl(void)
{
    flint_rand_t state;
    arb_ptr x = _arb_vec_init(MAX_POINTS), y = _arb_vec_init(MAX_POINTS);
    arb_ptr w = _arb_vec_init(MAX_POINTS);
    lb_power_law_t fit;

    lb_test_rand_init(state);
    lb_power_law_init(fit);
    for (slong iter = 0; iter < lb_test_iters(200); iter++)
    {
        slong n = 3 + (slong) n_randint(state, MAX_POINTS - 2);
        slong p = (slong) n_randint(state, 60) - 30;
        int weighted = n_randint(state, 2);

        random_data(x, y, w, n, p, 3, 1, state, 200);
        CU_ASSERT(lb_power_law_fit(fit, x, y, weighted ? w : NULL, n, 150, NULL)
                  == LB_OK);
        CU_ASSERT(close_to(fit->exponent, fit->approx_exponent));
        CU_ASSERT(close_to(fit->prefactor, fit->approx_prefactor));
        CU_ASSERT(close_to(fit->standard_error, fit->approx_standard_error));
        CU_ASSERT(arb_is_positive(fit->largest_residual));
    }
    _arb_vec_clear(x, MAX_POINTS);
    _arb_vec_clear(y, MAX_POINTS);
    _arb_vec_clear(w, MAX_POINTS);
    lb_power_law_clear(fit);
    lb_rand_clear(state);
}

/* Balls hold the fit of every choice of points in them, and little more than
   what the radii can do. */
static void
test_balls(void)
{
    flint_rand_t state;
    arb_ptr x = _arb_vec_init(MAX_POINTS), y = _arb_vec_init(MAX_POINTS);
    arb_ptr w = _arb_vec_init(MAX_POINTS), z = _arb_vec_init(MAX_POINTS);
    lb_power_law_t fit, inside;
    arb_t shift;

    lb_test_rand_init(state);
    lb_power_law_init(fit);
    lb_power_law_init(inside);
    arb_init(shift);
    for (slong iter = 0; iter < lb_test_iters(100); iter++)
    {
        slong n = 3 + (slong) n_randint(state, MAX_POINTS - 2);
        slong bits = -6 - (slong) n_randint(state, 60);

        random_data(x, y, w, n, 10, 3, 1, state, 200);
        for (slong i = 0; i < n; i++)
        {
            arb_get_mid_arb(y + i, y + i);
            arb_set_si(shift, (slong) n_randint(state, 3) - 1);
            arb_mul_2exp_si(shift, shift, bits);
            arb_add(z + i, y + i, shift, ARF_PREC_EXACT);
            arb_add_error_2exp_si(y + i, bits);
        }
        CU_ASSERT(lb_power_law_fit(fit, x, y, w, n, 120, NULL) == LB_OK);
        CU_ASSERT(lb_power_law_fit(inside, x, z, w, n, 200, NULL) == LB_OK);
        CU_ASSERT(arb_contains(fit->exponent, inside->exponent));
        CU_ASSERT(arb_contains(fit->prefactor, inside->prefactor));
        CU_ASSERT(arb_contains(fit->standard_error, inside->standard_error));
        CU_ASSERT(
            arb_contains(fit->largest_residual, inside->largest_residual));
        CU_ASSERT(arb_contains(fit->r_squared, inside->r_squared));
        CU_ASSERT(mag_cmp_2exp_si(arb_radref(fit->exponent), bits + 8) < 0);
    }
    _arb_vec_clear(x, MAX_POINTS);
    _arb_vec_clear(y, MAX_POINTS);
    _arb_vec_clear(w, MAX_POINTS);
    _arb_vec_clear(z, MAX_POINTS);
    lb_power_law_clear(fit);
    lb_power_law_clear(inside);
    arb_clear(shift);
    lb_rand_clear(state);
}

static void
test_refused(void)
{
    arb_ptr x = _arb_vec_init(3), y = _arb_vec_init(3);
    lb_power_law_t fit;
    lb_error err;

    lb_power_law_init(fit);
    lb_error_clear(&err);
    for (slong i = 0; i < 3; i++)
    {
        arb_set_si(x + i, i + 1);
        arb_set_si(y + i, 2 * i + 1);
    }
    CU_ASSERT(lb_power_law_fit(fit, x, y, NULL, 3, 60, &err) == LB_OK);
    CU_ASSERT(lb_power_law_fit(fit, x, y, NULL, 2, 60, &err) == LB_EDOM);
    CU_ASSERT(!arb_is_finite(fit->exponent) && isnan(fit->approx_exponent));
    arb_zero(y + 1);
    CU_ASSERT(lb_power_law_fit(fit, x, y, NULL, 3, 60, &err) == LB_EDOM);
    CU_ASSERT(strstr(err.text, "y of point 2") != NULL);
    arb_one(y + 1);
    CU_ASSERT(lb_power_law_fit(fit, y + 1, y, NULL, 1, 60, &err) == LB_EDOM);
    for (slong i = 0; i < 3; i++)
        arb_set_si(x + i, 2);
    CU_ASSERT(lb_power_law_fit(fit, x, y, NULL, 3, 60, &err) == LB_EPREC);
    CU_ASSERT(!arb_is_finite(fit->r_squared));
    _arb_vec_clear(x, 3);
    _arb_vec_clear(y, 3);
    lb_power_law_clear(fit);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "exact power laws", test_exact },
        { "against GSL", test_gsl },
        { "data that are balls", test_balls },
        { "what is refused", test_refused },
    };

    return lb_test_main("power_law", cases, sizeof(cases) / sizeof(cases[0]));
}
