/* tests/test_derivative.c -- derivatives by the mean value theorem: over an
 * interval, f(b) - f(a) lies in (b - a) times the enclosure of f'; over a small
 * one this is tight.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/derivative.h>
#include <lindbound/evaluate.h>
#include <lindbound/model_file.h>
#include <lindbound/text.h>
#include <lindbound/model_quantity.h>

#include "lb_test.h"

#define PREC 128

/* A quantity of a model, or with m = NULL a plain expression. */
static lb_status
evaluate(acb_t z, const lb_node * node, const lb_model_struct * m,
         const lb_scope_t scope)
{
    lb_scalar_t x;
    lb_status status;

    lb_scalar_init(x);
    if (m == NULL)
    {
        lb_env_t env;

        lb_env_init(env, scope, PREC);
        env->continuous = 1;
        status = lb_env_scalar_node(x, env, node, NULL);
        lb_env_clear(env);
    }
    else
    {
        lb_expr view = { 1, NULL, (lb_node *) node };

        status = lb_model_quantity(x, &view, m, scope, 0, PREC, NULL);
    }
    acb_set(z, x->coefficient);
    lb_scalar_clear(x);
    return status;
}

/* b if the radius is about 2^-b */
static slong
absolute_bits(const acb_t z)
{
    mag_t radius;
    slong bits;

    mag_init(radius);
    mag_max(radius, arb_radref(acb_realref(z)), arb_radref(acb_imagref(z)));
    bits = mag_is_zero(radius) ? ARF_PREC_EXACT : -MAG_EXP(radius);
    mag_clear(radius);
    return bits;
}

/* Checks f(b) - f(a) = (b - a) f' at a, b = a + width; returns the number of
   bits to which f' is known, or -1 if it is not finite. */
static slong
check_mean_value(const lb_node * f, const lb_node * slope,
                 const lb_model_struct * m, lb_scope_t scope, slong symbol,
                 const arb_t a, slong log_width)
{
    acb_t end, left, right, d;
    arb_t width;
    slong bits = -1;

    acb_init(end);
    acb_init(left);
    acb_init(right);
    acb_init(d);
    arb_init(width);
    arb_one(width);
    arb_mul_2exp_si(width, width, log_width);
    acb_set_arb(end, a);
    lb_scope_set_value(scope, symbol, end);
    CU_ASSERT(evaluate(left, f, m, scope) == LB_OK);
    arb_add(acb_realref(end), a, width, ARF_PREC_EXACT);
    lb_scope_set_value(scope, symbol, end);
    CU_ASSERT(evaluate(right, f, m, scope) == LB_OK);
    arb_union(acb_realref(end), acb_realref(end), a, PREC);
    lb_scope_set_value(scope, symbol, end);
    CU_ASSERT(evaluate(d, f, m, scope) == LB_OK);
    if (acb_is_finite(d))
    {
        CU_ASSERT(evaluate(d, slope, m, scope) == LB_OK);
        acb_sub(right, right, left, PREC);
        acb_div_arb(right, right, width, PREC);
        if (acb_is_finite(d))
        {
            CU_ASSERT(acb_overlaps(d, right));
            bits = absolute_bits(d);
        }
    }
    acb_clear(end);
    acb_clear(left);
    acb_clear(right);
    acb_clear(d);
    arb_clear(width);
    return bits;
}

static void
add(lb_scope_t scope, const char * name, const char * text)
{
    lb_expr * e = NULL;

    CU_ASSERT_FATAL(lb_expr_parse(&e, text, NULL) == LB_OK);
    CU_ASSERT_FATAL(
        lb_scope_add(scope, LB_SYMBOL_PARAMETER, name, e, NULL, NULL, NULL)
        == LB_OK);
    lb_expr_free(e);
}

static void
test_expressions(void)
{
    static const char * const texts[] = {
        "x",
        "-x + 3*x*y - 7",
        "x/(1 + x^2)",
        "(2 - x)/y^3 + x^-2",
        "(x + i)^5/(x - i)",
        "sqrt(x + i*y)",
        "exp(-x^2)*sin(3*x)",
        "log(1 + x^2) + log10(2 + x*y)",
        "cos(x)*tan(x/4) - sinh(x)/cosh(y)",
        "tanh(x + i) + asin(x/9) + acos(x/10)",
        "atan(x^2)",
        "abs(x + 2*i)*abs2(x^2 - i*x)",
        "re((x + i)^3) + im(exp(i*x))",
        "conj(exp(i*x))*(x - 2*i)'",
        "arg(x + i)",
        "f^2*x",
    };
    flint_rand_t state;
    lb_scope_t scope;
    arb_t a;

    lb_test_rand_init(state);
    lb_scope_init(scope);
    arb_init(a);
    add(scope, "x", "1");
    add(scope, "y", "1 + x^2");
    add(scope, "f", "abs2(y + i*x)/3");
    for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
    {
        lb_expr * e = NULL;
        lb_node * slope = NULL;

        CU_ASSERT_FATAL(lb_expr_parse(&e, texts[k], NULL) == LB_OK);
        CU_ASSERT(lb_derivative(&slope, e->root, scope, 0, NULL) == LB_OK);
        CU_ASSERT_FATAL(slope != NULL);
        for (slong iter = 0; iter < lb_test_iters(40); iter++)
        {
            slong bits;

            arb_set_si(a, 1 + (slong) n_randint(state, 300));
            arb_mul_2exp_si(a, a, -7);
            check_mean_value(e->root, slope, NULL, scope, 0, a,
                             -(slong) n_randint(state, 12));
            bits = check_mean_value(e->root, slope, NULL, scope, 0, a, -60);
            if (bits < 30)
                printf("\n%s: %ld bits", texts[k], (long) bits);
            CU_ASSERT(bits >= 30);
        }
        lb_node_free(slope);
        lb_expr_free(e);
    }
    arb_clear(a);
    lb_scope_clear(scope);
    lb_rand_clear(state);
}

/* No derivative across a branch cut or a kink, and none that is not known. */
static void
test_refused(void)
{
    static const struct
    {
        const char * text;
        lb_status status;
        int finite; /* value and derivative over [-1, 1] */
    } cases[] = {
        { "sqrt(x - 2)", LB_OK, 0 },
        { "arg(x - 2)", LB_OK, 0 },
        { "log(i*x - 1)", LB_OK, 0 },
        { "abs(x)", LB_OK, 0 },
        { "1/x", LB_OK, 0 },
        { "log(i*x + 1)", LB_OK, 1 },
        { "min(x, 1)", LB_EMODEL, 0 },
        { "2^x", LB_EMODEL, 0 },
        { "x^(1/2)", LB_EMODEL, 0 },
        { "real_root(1, x, 1)", LB_EMODEL, 0 },
        { "factorial(x)", LB_EMODEL, 0 },
    };
    lb_scope_t scope;
    acb_t z;

    lb_scope_init(scope);
    acb_init(z);
    add(scope, "x", "0 +/- 1");
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        lb_expr * e = NULL;
        lb_node * slope = NULL;
        int finite;

        CU_ASSERT_FATAL(lb_expr_parse(&e, cases[k].text, NULL) == LB_OK);
        CU_ASSERT(lb_derivative(&slope, e->root, scope, 0, NULL)
                  == cases[k].status);
        CU_ASSERT((slope != NULL) == (cases[k].status == LB_OK));
        if (slope != NULL)
        {
            CU_ASSERT(evaluate(z, e->root, NULL, scope) == LB_OK);
            finite = acb_is_finite(z);
            CU_ASSERT(evaluate(z, slope, NULL, scope) == LB_OK);
            CU_ASSERT((finite && acb_is_finite(z)) == cases[k].finite);
        }
        lb_node_free(slope);
        lb_expr_free(e);
    }
    acb_clear(z);
    lb_scope_clear(scope);
}

/* S and dS of the three cavities, by every parameter they depend on */
static void
test_scattering(void)
{
    static const char * const parameters[]
        = { "Delta", "kappa_b", "kappa_a", "J", "theta", "J_ac", "kappa" };
    static const char * const texts[]
        = { "S(c,a)", "S(a,a)", "abs2(S(c,a)) - abs2(S(a,c))" };
    const char * data = getenv("LINDBOUND_DATA");
    flint_rand_t state;
    char path[1000];
    lb_model_t m;
    arb_t a;

    lb_test_rand_init(state);
    arb_init(a);
    lb_model_init(m);
    snprintf(path, sizeof(path), "%s/models/three_cavity.json",
             data != NULL ? data : "data");
    CU_ASSERT_FATAL(lb_model_read(m, path, NULL) == LB_OK);
    for (size_t p = 0; p < sizeof(parameters) / sizeof(parameters[0]); p++)
        for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
        {
            lb_expr * e = NULL;
            lb_node * slope = NULL;
            lb_scope_t scope;
            slong symbol;

            CU_ASSERT_FATAL(lb_model_scope_at(scope, m, NULL, NULL) == LB_OK);
            symbol = lb_scope_find(scope, parameters[p]);
            CU_ASSERT_FATAL(symbol >= 0);
            CU_ASSERT_FATAL(lb_expr_parse(&e, texts[k], NULL) == LB_OK);
            CU_ASSERT(lb_derivative(&slope, e->root, scope, symbol, NULL)
                      == LB_OK);
            CU_ASSERT_FATAL(slope != NULL);
            for (slong iter = 0; iter < lb_test_iters(6); iter++)
            {
                arb_set_si(a, 40 + (slong) n_randint(state, 300));
                arb_mul_2exp_si(a, a, -7);
                check_mean_value(e->root, slope, m, scope, symbol, a, -8);
                CU_ASSERT(
                    check_mean_value(e->root, slope, m, scope, symbol, a, -60)
                    >= 30);
            }
            lb_node_free(slope);
            lb_expr_free(e);
            lb_scope_clear(scope);
        }
    lb_model_clear(m);
    arb_clear(a);
    lb_rand_clear(state);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "expressions", test_expressions },
        { "what is refused", test_refused },
        { "scattering", test_scattering },
    };

    return lb_test_main("derivative", cases, sizeof(cases) / sizeof(cases[0]));
}
