/* tests/test_optimum.c -- certified optima against functions whose optimum is
 * known, flat, at a corner or not there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/model_file.h>
#include <lindbound/objective.h>

#include "lb_test.h"

typedef struct
{
    arb_t optimum;
    arb_ptr location;
    slong boxes;
    lb_status status;
    lb_error err;
} result;

static void
result_init(result * r)
{
    memset(r, 0, sizeof(*r));
    arb_init(r->optimum);
    r->location = _arb_vec_init(LB_OPTIMUM_MAX_PARAMETERS);
}

static void
result_clear(result * r)
{
    arb_clear(r->optimum);
    _arb_vec_clear(r->location, LB_OPTIMUM_MAX_PARAMETERS);
}

/* The optimum of text over [low_i, high_i], eighths, of the parameters names;
   parameters that the scope lacks are added. */
static void
find(result * r, const char * text, const lb_model_struct * m, lb_scope_t scope,
     const char * const * names, const slong * low, const slong * high, slong n,
     const lb_optimum_options * options)
{
    arb_ptr a = _arb_vec_init(n), b = _arb_vec_init(n);
    slong symbols[LB_OPTIMUM_MAX_PARAMETERS];
    lb_objective_t objective;
    lb_expr *e = NULL, *zero = NULL;

    lb_error_clear(&r->err);
    CU_ASSERT_FATAL(lb_expr_parse(&zero, "0", NULL) == LB_OK);
    CU_ASSERT_FATAL(lb_expr_parse(&e, text, NULL) == LB_OK);
    for (slong i = 0; i < n; i++)
    {
        if (lb_scope_find(scope, names[i]) < 0)
            CU_ASSERT_FATAL(lb_scope_add(scope, LB_SYMBOL_PARAMETER, names[i],
                                         zero, NULL, NULL, NULL)
                            == LB_OK);
        symbols[i] = lb_scope_find(scope, names[i]);
        arb_set_si(a + i, low[i]);
        arb_set_si(b + i, high[i]);
        arb_mul_2exp_si(a + i, a + i, -3);
        arb_mul_2exp_si(b + i, b + i, -3);
    }
    lb_objective_init(objective, m, scope, e, symbols, n);
    r->status
        = lb_optimum(r->optimum, r->location, &r->boxes, lb_objective_evaluate,
                     objective, a, b, n, options, &r->err);
    lb_objective_clear(objective);
    lb_expr_free(e);
    lb_expr_free(zero);
    _arb_vec_clear(a, n);
    _arb_vec_clear(b, n);
}

static const char * const xyz[] = { "x", "y", "z" };

/* Contains the exact value, to the digits asked for, at the exact place. */
static void
test_known(void)
{
    static const struct
    {
        const char * text;
        slong n;
        slong low[3], high[3]; /* eighths */
        int minimize;
        const char * value;
        const char * at[3];
    } cases[] = {
        { "x*(1 - x)", 1, { 0 }, { 8 }, 0, "1/4", { "1/2" } },
        { "x*(1 - x)", 1, { 0 }, { 24 }, 1, "-6", { "3" } },
        { "1/3 - (x - 1/3)^4", 1, { -8 }, { 8 }, 0, "1/3", { "1/3" } },
        { "abs(x - 1/3) + 2", 1, { -16 }, { 16 }, 1, "2", { "1/3" } },
        { "min(x, 1 - 2*x)", 1, { -16 }, { 16 }, 0, "1/3", { "1/3" } },
        { "sin(x)", 1, { 0 }, { 24 }, 0, "1", { "pi/2" } },
        { "sqrt(x)", 1, { 0 }, { 16 }, 0, "sqrt(2)", { "2" } },
        { "arg(x + i*y)",
          2,
          { -8, 2 },
          { 8, 8 },
          0,
          "pi - atan(1/4)",
          { "-1", "1/4" } },
        { "exp(-x^2 - (y - 1/5)^2)*(1 + x/10)",
          2,
          { -16, -16 },
          { 16, 16 },
          0,
          "exp(-(sqrt(102) - 10)^2/4)*(1 + (sqrt(102) - 10)/20)",
          { "(sqrt(102) - 10)/2", "1/5" } },
        { "x*y*z*(4 - x - y - z)",
          3,
          { 0, 0, 0 },
          { 16, 16, 16 },
          0,
          "1",
          { "1", "1", "1" } },
        { "1/(1 + (x - 1/7)^2)", 1, { -80 }, { 80 }, 0, "1", { "1/7" } },
        { "abs2(x + i)/(2 + x)",
          1,
          { 0 },
          { 16 },
          1,
          "2*sqrt(5) - 4",
          { "sqrt(5) - 2" } },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
        for (slong digits = 2; digits <= 8; digits += 3)
        {
            lb_optimum_options options = lb_optimum_defaults();
            lb_scope_t scope;
            lb_env_t env;
            lb_scalar_t exact;
            lb_expr * e = NULL;
            result r;

            options.digits = digits;
            options.minimize = cases[k].minimize;
            lb_scope_init(scope);
            lb_scalar_init(exact);
            result_init(&r);
            find(&r, cases[k].text, NULL, scope, xyz, cases[k].low,
                 cases[k].high, cases[k].n, &options);
            CU_ASSERT(r.status == LB_OK);
            lb_env_init(env, scope, 200);
            for (slong i = -1; i < cases[k].n; i++)
            {
                arb_srcptr found = i < 0 ? r.optimum : r.location + i;
                int inside;

                CU_ASSERT_FATAL(
                    lb_expr_parse(&e, i < 0 ? cases[k].value : cases[k].at[i],
                                  NULL)
                    == LB_OK);
                CU_ASSERT(lb_env_scalar(exact, env, e, NULL) == LB_OK);
                inside = arb_overlaps(found, acb_realref(exact->coefficient));
                if (!inside)
                    printf("\n%s: %s is outside at %ld digits", cases[k].text,
                           e->text, (long) digits);
                CU_ASSERT(inside);
                lb_expr_free(e);
            }
            if (r.boxes > 20000)
                printf("\n%s: %ld boxes", cases[k].text, (long) r.boxes);
            CU_ASSERT(r.boxes <= 20000);
            CU_ASSERT(arb_rel_accuracy_bits(r.optimum) >= 3 * digits - 1);
            lb_env_clear(env);
            lb_scalar_clear(exact);
            lb_scope_clear(scope);
            result_clear(&r);
        }
}

/* Random polynomials: no sampled value is above, and some come close. */
static void
test_random(void)
{
    static const slong low[] = { -8, -8 }, high[] = { 8, 8 };
    lb_optimum_options options = lb_optimum_defaults();
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(12); iter++)
    {
        char text[300];
        double c[6], most = -1e9;
        lb_scope_t scope;
        result r;
        arb_t t;

        for (int k = 0; k < 6; k++)
            c[k] = (double) ((slong) n_randint(state, 33) - 16) / 8.0;
        snprintf(text, sizeof(text),
                 "%.3f*x + (%.3f)*y + (%.3f)*x*y + (%.3f)*x^3 + (%.3f)*y^2 + "
                 "(%.3f)*x^2*y",
                 c[0], c[1], c[2], c[3], c[4], c[5]);
        for (int i = -64; i <= 64; i++)
            for (int j = -64; j <= 64; j++)
            {
                double x = i / 64.0, y = j / 64.0;
                double f = c[0] * x + c[1] * y + c[2] * x * y + c[3] * x * x * x
                           + c[4] * y * y + c[5] * x * x * y;

                most = f > most ? f : most;
            }
        lb_scope_init(scope);
        result_init(&r);
        arb_init(t);
        find(&r, text, NULL, scope, xyz, low, high, 2, &options);
        CU_ASSERT(r.status == LB_OK);
        arb_set_d(t, most - 1e-12);
        CU_ASSERT(!arb_lt(r.optimum, t));
        arb_set_d(t, most + 0.002);
        CU_ASSERT(arb_lt(r.optimum, t));
        arb_clear(t);
        lb_scope_clear(scope);
        result_clear(&r);
    }
    lb_rand_clear(state);
}

static void
test_three_cavities(void)
{
    static const char * const names[] = { "Delta", "kappa_b" };
    static const slong low[] = { -16, 0 }, high[] = { 16, 24 };
    const char * data = getenv("LINDBOUND_DATA");
    lb_optimum_options options = lb_optimum_defaults();
    char path[1000];
    lb_scope_t scope;
    lb_model_t m;
    result r;
    arb_t half;

    lb_model_init(m);
    result_init(&r);
    arb_init(half);
    options.digits = 4;
    snprintf(path, sizeof(path), "%s/models/three_cavity.json",
             data != NULL ? data : "data");
    CU_ASSERT_FATAL(lb_model_read(m, path, NULL) == LB_OK);
    CU_ASSERT_FATAL(lb_model_scope_at(scope, m, NULL, NULL) == LB_OK);
    find(&r, "abs2(S(c,a)) - abs2(S(a,c))", m, scope, names, low, high, 2,
         &options);
    CU_ASSERT(r.status == LB_OK);
    CU_ASSERT(arb_contains_si(r.optimum, 1));
    arb_set_d(half, 0.5);
    CU_ASSERT(arb_contains(r.location, half));
    CU_ASSERT(arb_contains_si(r.location + 1, 1));
    CU_ASSERT(mag_cmp_2exp_si(arb_radref(r.location), -3) < 0);
    CU_ASSERT(mag_cmp_2exp_si(arb_radref(r.location + 1), -1) < 0);
    lb_scope_clear(scope);
    lb_model_clear(m);
    result_clear(&r);
    arb_clear(half);
}

/* Where the work ends too soon the enclosure is wide but holds. */
static void
test_limits(void)
{
    static const slong low[] = { 0, 0, 0 }, high[] = { 8, 8, 8 };
    static const slong across[] = { -8 };
    lb_optimum_options options = lb_optimum_defaults();
    lb_scope_t scope;
    result r;

    lb_scope_init(scope);
    result_init(&r);
    options.max_boxes = 7;
    find(&r, "abs(x - 1/3)*y*(1 - y)", NULL, scope, xyz, low, high, 2,
         &options);
    CU_ASSERT(r.status == LB_ENOCONV && r.boxes <= 8);
    CU_ASSERT(arb_is_finite(r.optimum) && arb_is_finite(r.location));
    CU_ASSERT(arb_rel_accuracy_bits(r.optimum) < 10);
    options.max_boxes = 300;
    find(&r, "1/x", NULL, scope, xyz, low, high, 1, &options);
    CU_ASSERT(r.status == LB_ENOCONV && !arb_is_finite(r.optimum));
    CU_ASSERT(arb_contains_si(r.location, 0));
    find(&r, "x + i", NULL, scope, xyz, low, high, 1, &options);
    CU_ASSERT(r.status == LB_EDOM && !arb_is_finite(r.optimum));
    find(&r, "x", NULL, scope, xyz, high, low, 1, &options);
    CU_ASSERT(r.status == LB_EDOM);
    /* a jump of arg across its branch cut is not taken for a slope */
    find(&r, "arg(-1 + i*x)", NULL, scope, xyz, across, high, 1, &options);
    CU_ASSERT(!arb_is_finite(r.optimum)
              || (arb_rel_accuracy_bits(r.optimum) >= 3
                  && arf_cmp_d(arb_midref(r.optimum), 3.0) > 0));
    result_clear(&r);
    lb_scope_clear(scope);
}

/* A parameter whose text follows from another one is free once both are
   searched; else it follows, and the chain rule counts. */
static void
test_dependent_parameters(void)
{
    static const slong low[] = { -8, -8 }, high[] = { 8, 8 };
    static const char * const both[] = { "x", "y" };
    lb_optimum_options options = lb_optimum_defaults();
    lb_expr *text = NULL, *zero = NULL;
    lb_scope_t scope;
    result r;

    lb_scope_init(scope);
    result_init(&r);
    CU_ASSERT_FATAL(lb_expr_parse(&zero, "0", NULL) == LB_OK);
    CU_ASSERT_FATAL(lb_expr_parse(&text, "2*y", NULL) == LB_OK);
    CU_ASSERT_FATAL(
        lb_scope_add(scope, LB_SYMBOL_PARAMETER, "x", text, NULL, NULL, NULL)
            == LB_OK
        && lb_scope_add(scope, LB_SYMBOL_PARAMETER, "y", zero, NULL, NULL, NULL)
               == LB_OK);
    find(&r, "x - y", NULL, scope, both, low, high, 2, &options);
    CU_ASSERT(r.status == LB_OK && arb_contains_si(r.optimum, 2));
    CU_ASSERT(arb_contains_si(r.location, 1)
              && arb_contains_si(r.location + 1, -1));
    find(&r, "x - y", NULL, scope, both + 1, low, high, 1, &options);
    CU_ASSERT(r.status == LB_OK && arb_contains_si(r.optimum, 1));
    CU_ASSERT(arb_contains_si(r.location, 1));
    lb_expr_free(text);
    lb_expr_free(zero);
    result_clear(&r);
    lb_scope_clear(scope);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "known optima", test_known },
        { "random polynomials against samples", test_random },
        { "isolation of three cavities", test_three_cavities },
        { "limits", test_limits },
        { "parameters that follow from others", test_dependent_parameters },
    };

    return lb_test_main("optimum", cases, sizeof(cases) / sizeof(cases[0]));
}
