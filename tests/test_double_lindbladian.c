/* tests/test_double_lindbladian.c -- residuals in doubles and their bounds.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The reference is the residual in balls at so many bits that it counts as
 * exact. */
#include <fenv.h>
#include <math.h>

#include <lindbound/enclosure.h>

#include "lb_test_certify.h"

#define EXACT_PREC 4000

/* One model, its Lindbladian in balls and in doubles, and an observable. */
typedef struct
{
    lb_model_t model;
    lb_problem_t problem;
    lb_basis_t inner, outer;
    lb_ball_lindbladian_t balls;
    lb_double_lindbladian_t doubles;
    int usable; /* lb_double_lindbladian_init */
    lb_ball_sparse_t op;
} fixture;

static void
fixture_init(fixture * x, const char * text, const char * op, slong total,
             int full, slong prec)
{
    slong shift;
    char cutoff[16];
    lb_opoly_t o;
    lb_error err;
    lb_status status;

    lb_error_clear(&err);
    test_model_init(x->model, text);
    if (lb_problem_init_at(x->problem, x->model, x->model->scope, prec, &err)
        != LB_OK)
        test_fail(text, &err);
    shift = full ? lb_ball_lindbladian_shift(x->problem) : 0;
    snprintf(cutoff, sizeof(cutoff), "%ld", (long) total);
    test_basis_init(x->inner, x->model, cutoff);
    snprintf(cutoff, sizeof(cutoff), "%ld", (long) (total + shift));
    test_basis_init(x->outer, x->model, cutoff);
    status = full ? lb_ball_lindbladian_init_full(
                 x->balls, x->problem, x->inner, x->outer, prec, &err)
                  : lb_ball_lindbladian_init_truncated(x->balls, x->problem,
                                                       x->inner, prec, &err);
    if (status != LB_OK)
        test_fail(text, &err);
    x->usable = lb_double_lindbladian_init(x->doubles, x->balls);
    test_operator_init(o, x->model, op);
    lb_ball_sparse_init(x->op, x->outer->dimension, x->outer->dimension);
    if (lb_ball_sparse_set_opoly(x->op, o, x->outer, x->outer, prec, &err)
        != LB_OK)
        test_fail(op, &err);
    lb_opoly_clear(o);
}

static void
fixture_clear(fixture * x)
{
    lb_double_lindbladian_clear(x->doubles);
    lb_ball_lindbladian_clear(x->balls);
    lb_ball_sparse_clear(x->op);
    lb_problem_clear(x->problem);
    lb_basis_clear(x->inner);
    lb_basis_clear(x->outer);
    lb_model_clear(x->model);
}

static void
residual_in_balls(acb_ptr r, const fixture * x, const lb_proposal_t p)
{
    lb_enclosure_space s
        = { .inner = x->inner, .outer = x->outer, .lindbladian = x->balls };

    lb_enclosure_residual(r, &s, x->op, p);
}

static int
residual_in_doubles(acb_ptr r, const fixture * x, const lb_proposal_t p)
{
    return lb_double_lindbladian_residual(r, x->doubles, x->op, p->y, p->o,
                                          p->shift);
}

/* --- the terms of an entry ----------------------------------------------- */

static double
modulus(const acb_t z)
{
    double m;
    mag_t x;

    mag_init(x);
    acb_get_mag(x, z);
    m = mag_get_d(x);
    mag_clear(x);
    return m;
}

static double
entry_modulus(const lb_ball_sparse_struct * a, slong i, slong j)
{
    if (i < a->rows)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
            if (a->column[k] == j)
                return modulus(a->entry + k);
    return 0.0;
}

/* The sum of the moduli of all terms of entry (i, j). */
static double
size_of_terms(const fixture * x, const lb_proposal_t p, slong i, slong j)
{
    const lb_ball_lindbladian_struct * l = x->balls;
    slong d = l->inner;
    double sum = entry_modulus(x->op, i, j);

    for (slong q = 0; q < d; q++)
    {
        if (i < d)
            sum += modulus(p->y + i * d + q)
                   * entry_modulus(l->generator, q, j);
        if (j < d)
            sum += modulus(p->y + j * d + q)
                   * entry_modulus(l->generator, q, i);
        for (slong k = 0; k < l->n_jumps; k++)
            for (slong w = 0; w < d; w++)
                sum += fabs(arf_get_d(arb_midref(l->rates + k), ARF_RND_NEAR))
                       * entry_modulus(l->jumps + k, q, i)
                       * modulus(p->y + q * d + w)
                       * entry_modulus(l->jumps + k, w, j);
    }
    sum += fabs(arf_get_d(p->shift, ARF_RND_NEAR))
           * entry_modulus(l->unit, i, j);
    if (i == j)
        sum += fabs(arf_get_d(p->o, ARF_RND_NEAR));
    return sum;
}

/* --- random data --------------------------------------------------------- */

static double
random_double(flint_rand_t state, slong range)
{
    double x = ldexp((double) n_randbits(state, 53), -53);
    slong e = (slong) n_randint(state, (ulong) (2 * range + 1)) - range;

    if (n_randint(state, 12) == 0)
        return 0.0;
    return ldexp(n_randint(state, 2) ? x : -x, (int) e);
}

/* @p range: exponents are from -range to range; @p near_one: Y is a multiple of
   1 but for 2^-near_one of it, so that R all but cancels. */
static void
random_proposal(lb_proposal_t p, slong d, slong range, int near_one,
                flint_rand_t state)
{
    double one = 1.0 + ldexp((double) n_randbits(state, 40), -40);

    lb_proposal_init(p, d);
    for (slong i = 0; i < d; i++)
        for (slong j = i; j < d; j++)
        {
            double re = random_double(state, range);
            double im = i == j ? 0.0 : random_double(state, range);
            acb_ptr z = p->y + i * d + j;

            if (near_one > 0)
            {
                re = (i == j ? one : 0.0) + ldexp(re, -near_one);
                im = ldexp(im, -near_one);
            }
            acb_set_d_d(z, re, im);
            acb_conj(p->y + j * d + i, z);
        }
    arf_set_d(p->o, random_double(state, range));
    arf_set_d(p->shift, random_double(state, range));
    CU_ASSERT(lb_proposal_round(p));
}

static const struct
{
    const char *text, *op;
    slong total;
} models[] = {
    { "modes: a; H: 3*a'*a/7 + a'^2*a^2/3 + (a + a')/9; 1/3: a", "a'*a", 7 },
    { "modes: a b; H: a'*b*exp(i/3) + h.c.; H: 5*b'^2*b^2 + (2/7)*i*(a - a');"
      "1: a; sqrt(2): a + i*b/3; 1/5: b'*b",
      "a'*b + b'*a", 4 },
    { "modes: a; two-level: s t; H: pi*a'*s + h.c.; H: t'*s/3 + h.c.; 1/10: a;"
      "1: s; 1/7: t + s; 1/50: s'",
      "s'*s + a'^2*a^2/3", 3 },
    { "modes: a b; H: 1e-60*(a'*b + b'*a) + 1e40*a'*a/3; 1e30/3: b; 1e-40: a",
      "b'*b*1e-50", 3 },
    { "modes: a; H: 1e-80*a'*a + (a + a')*1e-200; 1e-70: a", "a'*a/3", 4 },
    /* a coefficient that is too small to be kept */
    { "modes: a; H: 1e-92*a'*a; 0: a", "a'*a/3", 4 },
    /* boxes of parameters */
    { "modes: a; d = 0.333 +/- 1e-5; H: d*a'*a + (a + a')/9; d: a; 0: a^2",
      "d*a'*a", 5 },
    { "modes: a; d = 0 +/- 1e-9; H: a'*a + d*(a + a')/9; 1: a; 1e-8 + d: a'",
      "a'*a", 5 },
};
#define N_MODELS ((slong) (sizeof(models) / sizeof(models[0])))

static const slong ranges[] = { 0, 3, 30, 120, 240 };
#define N_RANGES 5

/* --- tests --------------------------------------------------------------- */

/* Every entry of the exact residual lies in its ball. */
static int
contains(const acb_struct * ball, const acb_struct * exact, int is_box)
{
    return is_box ? acb_overlaps(ball, exact) : acb_contains(ball, exact);
}

static void
test_contains(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(400); iter++)
    {
        slong k = (slong) n_randint(state, (ulong) N_MODELS), n;
        int full = (int) n_randint(state, 2), is_box = k >= N_MODELS - 2;
        slong range = ranges[n_randint(state, N_RANGES)], bad = 0;
        int near_one = n_randint(state, 3) == 0 ? (int) range + 10 : 0;
        slong prec = 40 + (slong) n_randint(state, 200);
        lb_proposal_t p;
        acb_ptr r, exact;
        fixture x, y;

        fixture_init(&x, models[k].text, models[k].op, models[k].total, full,
                     prec);
        fixture_init(&y, models[k].text, models[k].op, models[k].total, full,
                     EXACT_PREC);
        CU_ASSERT(x.usable);
        n = x.balls->outer;
        r = _acb_vec_init(n * n);
        exact = _acb_vec_init(n * n);
        random_proposal(p, x.balls->inner, range, near_one, state);
        CU_ASSERT(residual_in_doubles(r, &x, p));
        residual_in_balls(exact, &y, p);
        for (slong i = 0; i < n; i++)
            for (slong j = i; j < n; j++)
                bad += !contains(r + i * n + j, exact + i * n + j, is_box);
        if (bad > 0)
            printf("\niter %ld seed %lu: model %ld, range %ld: %ld entries "
                   "outside\n",
                   (long) iter, (unsigned long) lb_test_seed(), (long) k,
                   (long) range, (long) bad);
        CU_ASSERT(bad == 0);
        _acb_vec_clear(r, n * n);
        _acb_vec_clear(exact, n * n);
        lb_proposal_clear(p);
        fixture_clear(&x);
        fixture_clear(&y);
    }
    lb_rand_clear(state);
}

/* Points of a box: the residual of each lies in the balls of the box. */
static void
test_boxes(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(60); iter++)
    {
        slong k = (slong) n_randint(state, 2001) - 1000, n, bad = 0;
        int full = (int) n_randint(state, 2);
        char text[200];
        lb_proposal_t p;
        acb_ptr r, exact;
        fixture x, y;

        fixture_init(&x,
                     "modes: a; d = 0.333 +/- 1e-5;"
                     "H: d*a'*a + d*(a + a')/9; d: d*a; 1: a",
                     "d*a'*a", 5, full, 128);
        snprintf(text, sizeof(text),
                 "modes: a; d = 0.333 + %ld/100000000;"
                 "H: d*a'*a + d*(a + a')/9; d: d*a; 1: a",
                 (long) k);
        fixture_init(&y, text, "d*a'*a", 5, full, EXACT_PREC);
        n = x.balls->outer;
        r = _acb_vec_init(n * n);
        exact = _acb_vec_init(n * n);
        random_proposal(p, x.balls->inner, 3, 0, state);
        CU_ASSERT(residual_in_doubles(r, &x, p));
        residual_in_balls(exact, &y, p);
        for (slong i = 0; i < n; i++)
            for (slong j = i; j < n; j++)
                bad += !acb_contains(r + i * n + j, exact + i * n + j);
        CU_ASSERT(bad == 0);
        _acb_vec_clear(r, n * n);
        _acb_vec_clear(exact, n * n);
        lb_proposal_clear(p);
        fixture_clear(&x);
        fixture_clear(&y);
    }
    lb_rand_clear(state);
}

/* Radii are a small multiple of the rounding of the terms they bound, unless
   these are near the limits of what is kept at all. */
#define ROUNDINGS 64
#define N_TIGHT 4

static void
test_tight(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(100); iter++)
    {
        slong k = (slong) n_randint(state, N_TIGHT), n;
        int full = (int) n_randint(state, 2);
        slong range = ranges[n_randint(state, 3)], bad = 0;
        lb_proposal_t p;
        acb_ptr r;
        fixture x;

        fixture_init(&x, models[k].text, models[k].op, models[k].total, full,
                     128);
        n = x.balls->outer;
        r = _acb_vec_init(n * n);
        random_proposal(p, x.balls->inner, range, 0, state);
        CU_ASSERT(residual_in_doubles(r, &x, p));
        for (slong i = 0; i < n; i++)
            for (slong j = i; j < n; j++)
            {
                const mag_struct * rad = arb_radref(acb_realref(r + i * n + j));

                bad += mag_get_d(rad)
                       > ROUNDINGS * 0x1p-53 * size_of_terms(&x, p, i, j)
                             + 1e-90;
            }
        if (bad > 0)
            printf("\niter %ld seed %lu: model %ld: %ld radii too large\n",
                   (long) iter, (unsigned long) lb_test_seed(), (long) k,
                   (long) bad);
        CU_ASSERT(bad == 0);
        _acb_vec_clear(r, n * n);
        lb_proposal_clear(p);
        fixture_clear(&x);
    }
    lb_rand_clear(state);
}

static int
rounds_to(const arf_t expected, double x, int e)
{
    arf_t y;
    int good;

    arf_init(y);
    arf_set_d(y, x);
    arf_mul_2exp_si(y, y, e);
    good = lb_double_round(y) && arf_equal(y, expected);
    arf_clear(y);
    return good;
}

/* Numbers that are too large are refused, small ones dropped, and what is no
   double is not taken for one. */
static void
test_limits(void)
{
    acb_ptr r;
    lb_proposal_t p;
    fixture x;
    arf_t y;

    arf_init(y);
    CU_ASSERT(rounds_to(y, 1.0, -251));
    CU_ASSERT(rounds_to(y, 0.75, -100000));
    arf_one(y);
    CU_ASSERT(rounds_to(y, 1.0, 0));
    arf_set_si_2exp_si(y, 1, 251);
    CU_ASSERT(!lb_double_round(y));
    arf_nan(y);
    CU_ASSERT(!lb_double_round(y));
    arf_pos_inf(y);
    CU_ASSERT(!lb_double_round(y));

    fixture_init(&x, models[0].text, models[0].op, 3, 0, 128);
    CU_ASSERT(x.usable);
    r = _acb_vec_init(16);
    lb_proposal_init(p, 4);
    CU_ASSERT(residual_in_doubles(r, &x, p));
    arf_set_si_2exp_si(p->o, 1, 251); /* too large */
    CU_ASSERT(!residual_in_doubles(r, &x, p));
    arf_set_si_2exp_si(p->o, 1, -400); /* too small */
    CU_ASSERT(!residual_in_doubles(r, &x, p));
    arf_set_si_2exp_si(p->o, 1, 60); /* 61 bits */
    arf_add_si(p->o, p->o, 1, 100, ARF_RND_DOWN);
    CU_ASSERT(!residual_in_doubles(r, &x, p));
    arf_zero(p->o);
    arf_set_si_2exp_si(arb_midref(acb_realref(p->y)), 1, -1000);
    CU_ASSERT(!residual_in_doubles(r, &x, p));
    CU_ASSERT(lb_proposal_round(p));
    CU_ASSERT(arf_is_zero(arb_midref(acb_realref(p->y))));
    CU_ASSERT(residual_in_doubles(r, &x, p));
    arf_set_si_2exp_si(arb_midref(acb_realref(p->y)), 1, 400);
    CU_ASSERT(!lb_proposal_round(p));
    _acb_vec_clear(r, 16);
    lb_proposal_clear(p);
    fixture_clear(&x);

    /* coefficients that are too large */
    fixture_init(&x, "modes: a; H: 1e120*a'*a; 1: a", "a'*a", 3, 0, 128);
    CU_ASSERT(!x.usable);
    fixture_clear(&x);
    fixture_init(&x, "modes: a; H: a'*a; 1: a", "1e120*a'*a", 3, 0, 128);
    CU_ASSERT(x.usable);
    r = _acb_vec_init(16);
    lb_proposal_init(p, 4);
    CU_ASSERT(!residual_in_doubles(r, &x, p));
    _acb_vec_clear(r, 16);
    lb_proposal_clear(p);
    fixture_clear(&x);
    arf_clear(y);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "the exact residual is inside (random)", test_contains },
        { "those of the points of a box, too (random)", test_boxes },
        { "radii are a few roundings of the terms (random)", test_tight },
        { "numbers that are too large or too small", test_limits },
    };

    return lb_test_main("double_lindbladian", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
