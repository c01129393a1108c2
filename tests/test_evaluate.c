/* tests/test_evaluate.c -- values against exact rationals and against MPFR,
 * scopes, and the leading order in the drive.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <mpfr.h>
#include <string.h>

#include <lindbound/evaluate.h>
#include <lindbound/text.h>

#include "lb_test.h"

static lb_status
evaluate(lb_scalar_t x, const lb_scope_t scope, const char * text,
         int leading_order, slong prec)
{
    lb_expr * e = NULL;
    lb_env_t env;
    lb_status status = lb_expr_parse(&e, text, NULL);

    lb_scalar_indeterminate(x);
    if (status != LB_OK)
        return status;
    lb_env_init(env, scope, prec);
    env->leading_order = leading_order;
    status = lb_env_scalar(x, env, e, NULL);
    lb_env_clear(env);
    lb_expr_free(e);
    return status;
}

static void
add_parameter(lb_scope_t scope, const char * name, const char * text)
{
    lb_expr * e = NULL;

    CU_ASSERT(lb_expr_parse(&e, text, NULL) == LB_OK);
    CU_ASSERT(
        lb_scope_add(scope, LB_SYMBOL_PARAMETER, name, e, NULL, NULL, NULL)
        == LB_OK);
    lb_expr_free(e);
}

/* A random rational expression (release with flint_free) and its exact
   value. */
static char *
random_rational(fmpq_t q, flint_rand_t state, int depth)
{
    char *left, *right, *text;
    fmpq_t a, b;

    if (depth == 0 || n_randint(state, 4) == 0)
    {
        fmpq_set_si(q, (slong) n_randint(state, 19) - 9,
                    1 + n_randint(state, 9));
        left = fmpq_get_str(NULL, 10, q);
        text = lb_text_print("(%s)", left);
        flint_free(left);
        return text;
    }
    fmpq_init(a);
    fmpq_init(b);
    left = random_rational(a, state, depth - 1);
    right = random_rational(b, state, depth - 1);
    switch (n_randint(state, fmpq_is_zero(b) ? 4 : 5))
    {
    case 0:
        fmpq_add(q, a, b);
        text = lb_text_print("(%s+%s)", left, right);
        break;
    case 1:
        fmpq_sub(q, a, b);
        text = lb_text_print("(%s-%s)", left, right);
        break;
    case 2:
        fmpq_mul(q, a, b);
        text = lb_text_print("%s*%s", left, right);
        break;
    case 3:
        fmpq_pow_si(q, a, 3);
        text = lb_text_print("(%s)^3", left);
        break;
    default:
        fmpq_div(q, a, b);
        text = lb_text_print("%s/(%s)", left, right);
    }
    fmpq_clear(a);
    fmpq_clear(b);
    flint_free(left);
    flint_free(right);
    return text;
}

static void
test_rational(void)
{
    flint_rand_t state;
    slong n = lb_test_iters(4000), finite = 0, tight = 0;
    lb_scope_t scope;
    lb_scalar_t x;

    lb_test_rand_init(state);
    lb_scope_init(scope);
    lb_scalar_init(x);
    for (slong iter = 0; iter < n; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 300);
        char * text;
        fmpq_t q;

        fmpq_init(q);
        text = random_rational(q, state, 3);
        CU_ASSERT(evaluate(x, scope, text, 0, prec) == LB_OK);
        if (!arb_contains_fmpq(acb_realref(x->coefficient), q))
        {
            printf("\niter %ld seed %lu prec %ld: %s\n", (long) iter,
                   lb_test_seed(), (long) prec, text);
            CU_FAIL("the exact value is outside");
        }
        if (prec > 150 && acb_is_finite(x->coefficient))
        {
            mag_t m;

            finite++;
            mag_init(m);
            mag_set(m, arb_radref(acb_realref(x->coefficient)));
            tight += mag_cmp_2exp_si(m, 60 - prec) < 0;
            mag_clear(m);
        }
        flint_free(text);
        fmpq_clear(q);
    }
    /* the balls are not only right but useful */
    CU_ASSERT(finite > n / 4 && tight * 100 > finite * 97);
    lb_scalar_clear(x);
    lb_scope_clear(scope);
    lb_rand_clear(state);
}

/* Elementary functions at rational points against MPFR, which knows no
   balls. */
static void
test_functions(void)
{
    static const struct
    {
        const char * name;
        int (*mpfr)(mpfr_t, const mpfr_t, mpfr_rnd_t);
    } functions[] = {
        { "sqrt", mpfr_sqrt },   { "exp", mpfr_exp },   { "log", mpfr_log },
        { "log10", mpfr_log10 }, { "sin", mpfr_sin },   { "cos", mpfr_cos },
        { "tan", mpfr_tan },     { "atan", mpfr_atan }, { "sinh", mpfr_sinh },
        { "cosh", mpfr_cosh },   { "tanh", mpfr_tanh },
    };
    flint_rand_t state;
    slong n = lb_test_iters(300);
    lb_scope_t scope;
    lb_scalar_t x;

    lb_test_rand_init(state);
    lb_scope_init(scope);
    lb_scalar_init(x);
    for (slong iter = 0; iter < n; iter++)
        for (size_t k = 0; k < sizeof(functions) / sizeof(functions[0]); k++)
        {
            slong prec = 2 + (slong) n_randint(state, 200);
            slong numerator = 1 + (slong) n_randint(state, 640);
            char text[60];
            mpfr_t y;
            arb_t exact;

            /* multiples of 1/64: the argument itself is exact */
            snprintf(text, sizeof(text), "%s(%ld/64)", functions[k].name,
                     (long) numerator);
            mpfr_init2(y, 400);
            arb_init(exact);
            mpfr_set_si_2exp(y, numerator, -6, MPFR_RNDN);
            functions[k].mpfr(y, y, MPFR_RNDN);
            arf_set_mpfr(arb_midref(exact), y);
            if (mpfr_regular_p(y))
                arb_add_error_2exp_si(exact, mpfr_get_exp(y) - 399);
            CU_ASSERT(evaluate(x, scope, text, 0, prec) == LB_OK);
            if (!arb_overlaps(exact, acb_realref(x->coefficient)))
                printf("\n%s at %ld bits, iter %ld seed %lu\n", text,
                       (long) prec, (long) iter, lb_test_seed());
            LB_CHECK_OVERLAP(exact, acb_realref(x->coefficient), iter);
            if (evaluate(x, scope, text, 0, 300) == LB_OK)
                CU_ASSERT(acb_rel_accuracy_bits(x->coefficient) > 280
                          || mpfr_zero_p(y));
            mpfr_clear(y);
            arb_clear(exact);
        }
    lb_scalar_clear(x);
    lb_scope_clear(scope);
    lb_rand_clear(state);
    mpfr_free_cache();
}

static void
test_scope(void)
{
    lb_scope_t scope;
    lb_scalar_t x;
    lb_error err;
    lb_expr * e = NULL;

    lb_scope_init(scope);
    lb_scalar_init(x);
    CU_ASSERT(lb_scope_add_subsystem(scope, "a", LB_MODE, NULL) == LB_OK);
    add_parameter(scope, "kappa", "2");
    add_parameter(scope, "chi", "kappa/4");
    CU_ASSERT(evaluate(x, scope, "chi + kappa", 0, 64) == LB_OK);
    CU_ASSERT(acb_contains_zero(x->coefficient) == 0);
    CU_ASSERT(arf_cmp_d(arb_midref(acb_realref(x->coefficient)), 2.5) == 0);
    CU_ASSERT(lb_scope_override(scope, "kappa", "4", "f", NULL, NULL) == LB_OK);
    CU_ASSERT(evaluate(x, scope, "chi", 0, 64) == LB_OK);
    CU_ASSERT(acb_is_one(x->coefficient));

    /* an operator is no number, a wrong name gets a suggestion */
    CU_ASSERT(evaluate(x, scope, "a + 1", 0, 64) == LB_EDOM);
    CU_ASSERT(!acb_is_finite(x->coefficient));
    CU_ASSERT(evaluate(x, scope, "<a'*a>", 0, 64) == LB_EMODEL);
    CU_ASSERT(evaluate(x, scope, "kapa", 0, 64) == LB_ENAME);
    lb_error_clear(&err);
    CU_ASSERT(lb_scope_override(scope, "kap", "1", "f", NULL, &err)
              == LB_ENAME);
    CU_ASSERT(strstr(err.text, "kappa, chi") != NULL);

    /* reserved, taken, malformed names */
    CU_ASSERT(lb_expr_parse(&e, "1", NULL) == LB_OK);
    CU_ASSERT(
        lb_scope_add(scope, LB_SYMBOL_PARAMETER, "pi", e, NULL, NULL, NULL)
        == LB_ENAME);
    CU_ASSERT(
        lb_scope_add(scope, LB_SYMBOL_PARAMETER, "si_x", e, NULL, NULL, NULL)
        == LB_ENAME);
    CU_ASSERT(lb_scope_add(scope, LB_SYMBOL_PARAMETER, "a", e, NULL, NULL, NULL)
              == LB_ENAME);
    CU_ASSERT(
        lb_scope_add(scope, LB_SYMBOL_PARAMETER, "2x", e, NULL, NULL, NULL)
        == LB_ENAME);
    lb_expr_free(e);

    CU_ASSERT(lb_scope_check_cycles(scope, NULL) == LB_OK);
    CU_ASSERT(lb_scope_override(scope, "kappa", "chi^2", "f", NULL, NULL)
              == LB_OK);
    lb_error_clear(&err);
    CU_ASSERT(lb_scope_check_cycles(scope, &err) == LB_EDOM);
    CU_ASSERT(strstr(err.text, "kappa -> chi -> kappa") != NULL);
    lb_scalar_clear(x);
    lb_scope_clear(scope);
}

/* Orders in the drive: x of order 1, k of order 0. */
static void
test_leading_order(void)
{
    static const struct
    {
        const char * text;
        slong order;
        const char * value; /* coefficient */
    } cases[] = {
        { "x", 1, "1/2" },         { "x^2*k", 2, "3/4" },
        { "k/x^2", -2, "12" },     { "x + k", 0, "3" },
        { "x - x^2", 1, "1/2" },   { "abs2(i*x)", 2, "1/4" },
        { "sqrt(x^2*4)", 1, "1" }, { "x^-3", -3, "8" },
        { "(2*x)/x", 0, "2" },     { "re(x*(1+i))", 1, "1/2" },
        { "0*x + k", 0, "3" },     { "k^2", 0, "9" },
        { "k*exp(x)", 0, "3" },    { "x*cosh(k*x)", 1, "1/2" },
        { "2*cos(x^2)", 0, "2" },
    };
    lb_scope_t scope;
    lb_scalar_t x;
    acb_t next;

    lb_scope_init(scope);
    lb_scalar_init(x);
    acb_init(next);
    add_parameter(scope, "x", "1/2");
    add_parameter(scope, "k", "3");
    scope->symbols[0].drive = 1;
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        fmpq_t q;

        fmpq_init(q);
        fmpq_set_str(q, cases[k].value, 10);
        if (evaluate(x, scope, cases[k].text, 1, 80) != LB_OK
            || x->order != cases[k].order
            || !arb_contains_fmpq(acb_realref(x->coefficient), q)
            || acb_rel_accuracy_bits(x->coefficient) < 70)
        {
            printf("\n%s: order %ld\n", cases[k].text, (long) x->order);
            CU_FAIL("leading order");
        }
        else
            CU_PASS("leading order");
        fmpq_clear(q);
    }
    /* a leading term that cancels is no exact zero, also behind a function */
    CU_ASSERT(evaluate(x, scope, "(k + x) - k", 1, 64) == LB_OK);
    CU_ASSERT(acb_contains_zero(x->coefficient) && !lb_scalar_is_zero(x));
    CU_ASSERT(evaluate(x, scope, "re(k + x) - k", 1, 64) == LB_OK);
    CU_ASSERT(acb_contains_zero(x->coefficient) && !lb_scalar_is_zero(x));
    CU_ASSERT(evaluate(x, scope, "(exp(k + x) - exp(k))/x", 1, 64) == LB_OK);
    CU_ASSERT(x->order == -1 && !lb_scalar_is_zero(x));
    CU_ASSERT(evaluate(x, scope, "exp(x) - 1", 1, 64) == LB_OK);
    CU_ASSERT(acb_contains_zero(x->coefficient) && !lb_scalar_is_zero(x));
    CU_ASSERT(!lb_scalar_get_next(next, x));
    CU_ASSERT(evaluate(x, scope, "k*exp(x^2)", 1, 64) == LB_OK);
    CU_ASSERT(lb_scalar_get_next(next, x) && !acb_contains_zero(next));
    acb_mul_2exp_si(next, next, 2);
    CU_ASSERT(
        acb_is_finite(next)
        && arb_contains_si(acb_realref(next), 3)); /* 3 (1 + x^2), x = d/2 */
    CU_ASSERT(evaluate(x, scope, "cos(x^2)", 1, 64) == LB_OK);
    CU_ASSERT(!lb_scalar_get_next(next, x));
    CU_ASSERT(evaluate(x, scope, "exp(x/(k-k))", 1, 64) == LB_OK);
    CU_ASSERT(!acb_is_finite(x->coefficient));
    CU_ASSERT(evaluate(x, scope, "exp(1/x)", 1, 64) == LB_EMODEL);
    CU_ASSERT(evaluate(x, scope, "sin(x)", 1, 64) == LB_EMODEL);
    CU_ASSERT(evaluate(x, scope, "sqrt(x)", 1, 64) == LB_EMODEL);
    CU_ASSERT(evaluate(x, scope, "k^x", 1, 64) == LB_EMODEL);
    /* on a branch cut a limit proves nothing */
    CU_ASSERT(evaluate(x, scope, "sqrt(0-k)", 1, 64) == LB_OK);
    CU_ASSERT(!acb_is_finite(x->coefficient));
    /* without the limit the drive is an ordinary number */
    CU_ASSERT(evaluate(x, scope, "x + k", 0, 64) == LB_OK);
    CU_ASSERT(x->order == 0
              && arf_cmp_d(arb_midref(acb_realref(x->coefficient)), 3.5) == 0);
    lb_scalar_clear(x);
    acb_clear(next);
    lb_scope_clear(scope);
}

/* Definitions may be operators, also through other definitions. */
static void
test_operator_definitions(void)
{
    static const char * const definitions[][2]
        = { { "N", "a'*a + s'*s" }, { "twice", "2*N" } };
    lb_scope_t scope;
    lb_opoly_t p, q;
    lb_env_t env;
    lb_expr * e = NULL;

    lb_scope_init(scope);
    CU_ASSERT(lb_scope_add_subsystem(scope, "a", LB_MODE, NULL) == LB_OK);
    CU_ASSERT(lb_scope_add_subsystem(scope, "s", LB_TWO_LEVEL, NULL) == LB_OK);
    for (int k = 0; k < 2; k++)
    {
        CU_ASSERT(lb_expr_parse(&e, definitions[k][1], NULL) == LB_OK);
        CU_ASSERT(lb_scope_add(scope, LB_SYMBOL_DEFINITION, definitions[k][0],
                               e, NULL, NULL, NULL)
                  == LB_OK);
        lb_expr_free(e);
    }
    lb_env_init(env, scope, 64);
    lb_opoly_init(p, scope->kinds, scope->subsystems);
    lb_opoly_init(q, scope->kinds, scope->subsystems);
    CU_ASSERT(lb_expr_parse(&e, "twice/2 - N + sz(s)", NULL) == LB_OK);
    CU_ASSERT(lb_scope_is_operator(scope, e->root));
    CU_ASSERT(lb_env_operator(p, env, e, NULL) == LB_OK);
    lb_expr_free(e);
    CU_ASSERT(lb_expr_parse(&e, "sx(s)*sy(s)/i", NULL) == LB_OK);
    CU_ASSERT(lb_env_operator(q, env, e, NULL) == LB_OK);
    lb_expr_free(e);
    /* sx sy = i sz */
    lb_opoly_neg(q, q);
    lb_opoly_add(p, p, q, 64);
    CU_ASSERT(p->length == 0);
    lb_opoly_clear(p);
    lb_opoly_clear(q);
    lb_env_clear(env);
    lb_scope_clear(scope);
}

/* A wider parameter gives a superset. */
static void
test_wider_input(void)
{
    static const char * const texts[]
        = { "1/(4*x^2+1)", "sqrt(x)*exp(-x)", "hyp0f2(x,x+1,1/3)",
            "atan(x)/x^3", "abs(x+i)^2" };
    flint_rand_t state;
    slong n = lb_test_iters(300);

    lb_test_rand_init(state);
    for (slong iter = 0; iter < n; iter++)
        for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
        {
            slong number = 8 + (slong) n_randint(state, 60);
            char point[40], ball[60];
            lb_scope_t scope, wide;
            lb_scalar_t x, y;

            snprintf(point, sizeof(point), "%ld/8", (long) number);
            snprintf(ball, sizeof(ball), "(%ld +/- 0.%lu)/8", (long) number,
                     1 + n_randint(state, 9));
            lb_scope_init(scope);
            lb_scope_init(wide);
            lb_scalar_init(x);
            lb_scalar_init(y);
            add_parameter(scope, "x", point);
            add_parameter(wide, "x", ball);
            CU_ASSERT(evaluate(x, scope, texts[k], 0, 200) == LB_OK);
            CU_ASSERT(evaluate(y, wide, texts[k], 0,
                               2 + (slong) n_randint(state, 100))
                      == LB_OK);
            LB_CHECK_OVERLAP_ACB(x->coefficient, y->coefficient, iter);
            lb_scalar_clear(x);
            lb_scalar_clear(y);
            lb_scope_clear(scope);
            lb_scope_clear(wide);
        }
    lb_rand_clear(state);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "rational expressions against fmpq", test_rational },
        { "functions against MPFR", test_functions },
        { "scopes and names", test_scope },
        { "leading order in the drive", test_leading_order },
        { "operator definitions", test_operator_definitions },
        { "wider input, wider output", test_wider_input },
    };

    return lb_test_main("evaluate", cases, sizeof(cases) / sizeof(cases[0]));
}
