/* tests/test_expression.c -- parsing: structure, exact literals, errors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/evaluate.h>

#include "lb_test.h"

/* Value of a text without names, or indeterminate. */
static void
value_of(acb_t out, const char * text, slong prec)
{
    lb_expr * e = NULL;
    lb_scope_t scope;
    lb_scalar_t x;
    lb_env_t env;

    acb_indeterminate(out);
    if (lb_expr_parse(&e, text, NULL) != LB_OK)
        return;
    lb_scope_init(scope);
    lb_env_init(env, scope, prec);
    lb_scalar_init(x);
    if (lb_env_scalar(x, env, e, NULL) == LB_OK)
        acb_set(out, x->coefficient);
    lb_scalar_clear(x);
    lb_env_clear(env);
    lb_scope_clear(scope);
    lb_expr_free(e);
}

static void
test_precedence(void)
{
    static const struct
    {
        const char * text;
        const char * rational;
    } cases[] = {
        { "1+2*3", "7" },
        { "2^3^2", "512" },
        { "-2^2", "-4" },
        { "2^-1", "1/2" },
        { "2^-1^2", "1/2" },
        { "1-2-3", "-4" },
        { "8/4/2", "1" },
        { "2*-3", "-6" },
        { "--3", "3" },
        { "(1+2)*3", "9" },
        { "0.1", "1/10" },
        { "1e-3", "1/1000" },
        { ".5", "1/2" },
        { "5.", "5" },
        { "1.25e2", "125" },
        { "1/3", "1/3" },
        { "3'", "3" },
        { "2^2'", "4" },
        { "binomial(5,2)", "10" },
        { "factorial(5)", "120" },
        { "rising(1/2,3)", "15/8" },
        { "min(3,1/2,2)", "1/2" },
        { "abs2(3+4*i)", "25" },
        { "re((1+i)^2)", "0" },
        { "im((1+i)^2)", "2" },
        { "si_c", "299792458" },
        { "si_h*1e42", "662607015" },
        { "si_kB*1e29", "1380649" },
        { "si_e*1e28", "1602176634" },
        { "si_eps0*1e22", "88541878128" },
        { "si_hbar*2*pi/si_h", "1" },
        { "factorial(1/2)^2*4/pi", "1" },
        { "max(1,2,7/2)", "7/2" },
        { "log10(1/100)", "-2" },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        acb_t x;
        fmpq_t q;

        acb_init(x);
        fmpq_init(q);
        fmpq_set_str(q, cases[k].rational, 10);
        value_of(x, cases[k].text, 100);
        if (!acb_is_real(x) || !arb_contains_fmpq(acb_realref(x), q)
            || acb_rel_accuracy_bits(x) < 90)
        {
            printf("\n%s is not %s\n", cases[k].text, cases[k].rational);
            CU_FAIL("wrong value");
        }
        else
            CU_PASS("value");
        acb_clear(x);
        fmpq_clear(q);
    }
}

/* Random decimal literals against the rational they spell. */
static void
test_literals(void)
{
    flint_rand_t state;
    slong n = lb_test_iters(2000);

    lb_test_rand_init(state);
    for (slong iter = 0; iter < n; iter++)
    {
        slong decimals = (slong) n_randint(state, 12);
        slong exponent = (slong) n_randint(state, 41) - 20;
        ulong digits = n_randint(state, 1000000000UL);
        slong prec = 2 + (slong) n_randint(state, 200);
        char text[80];
        fmpz_t power;
        fmpq_t q;
        acb_t x;

        snprintf(text, sizeof(text), "%lu.%0*lue%ld", digits,
                 (int) decimals + 1, n_randint(state, 10UL), (long) exponent);
        acb_init(x);
        fmpq_init(q);
        fmpz_init(power);
        /* the same digits without the point, over a power of ten */
        {
            char plain[80];
            slong shift = exponent;
            char * point;

            strcpy(plain, text);
            *strchr(plain, 'e') = '\0';
            point = strchr(plain, '.');
            shift -= (slong) strlen(point + 1);
            memmove(point, point + 1, strlen(point));
            fmpz_set_str(fmpq_numref(q), plain, 10);
            fmpz_one(fmpq_denref(q));
            fmpz_ui_pow_ui(power, 10, (ulong) FLINT_ABS(shift));
            if (shift >= 0)
                fmpq_mul_fmpz(q, q, power);
            else
                fmpq_div_fmpz(q, q, power);
        }
        value_of(x, text, prec);
        if (!arb_contains_fmpq(acb_realref(x), q)
            || (!fmpq_is_zero(q) && acb_rel_accuracy_bits(x) < prec - 3))
        {
            printf("\niter %ld seed %lu prec %ld: %s\n", (long) iter,
                   lb_test_seed(), (long) prec, text);
            CU_FAIL("literal");
        }
        else
            CU_PASS("literal");
        acb_clear(x);
        fmpq_clear(q);
        fmpz_clear(power);
    }
    lb_rand_clear(state);
}

static void
test_balls(void)
{
    acb_t x;
    arb_t low, high;

    acb_init(x);
    arb_init(low);
    arb_init(high);
    value_of(x, "120 +/- 0.5", 64);
    arb_set_d(low, 119.5);
    arb_set_d(high, 120.5);
    CU_ASSERT(arb_contains(acb_realref(x), low));
    CU_ASSERT(arb_contains(acb_realref(x), high));
    arb_set_d(high, 120.51);
    CU_ASSERT(!arb_contains(acb_realref(x), high));
    value_of(x, "2*120 +/- 0.5", 64); /* binds to the literal 120 */
    arb_set_d(high, 240.9);
    CU_ASSERT(arb_contains(acb_realref(x), high));
    acb_clear(x);
    arb_clear(low);
    arb_clear(high);
}

static void
test_errors(void)
{
    static const struct
    {
        const char * text;
        long column;
        const char * part; /* of the message */
    } cases[] = {
        { "", 1, "found the end" },
        { "1 +", 4, "found the end" },
        { "2a", 1, "malformed number" },
        { "1..2", 1, "malformed number" },
        { "1e", 1, "malformed number" },
        { "a b", 3, "found 'b'" },
        { "(1+2", 5, "')'" },
        { "1)", 2, "found ')'" },
        { "<a", 3, "'>'" },
        { "foo(1)", 1, "unknown function 'foo'" },
        { "1 + sqrt(1,2)", 5, "takes 1 argument" },
        { "hyp0f2(1,2)", 1, "hyp0f2(b1,b2,z)" },
        { "sqrt", 5, "'(' after the name of a function" },
        { "nan", 1, "NaN" },
        { "1 + Inf", 5, "NaN and infinities" },
        { "1 +/- x", 7, "number literal" },
        { "x +/- 1", 3, "found '+/-'" },
        { "h.c.", 1, "found 'h.c.'" },
        { "a + h.c. + b", 10, "the end of the text" },
        { "(a + h.c.)", 10, "the end of the text" },
        { "a & b", 3, "unexpected character" },
        { "\xce\xba", 1, "outside ASCII" },
        { "1e999999", 1, "exponent" },
        { "a ^ ^ b", 5, "found '^'" },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        lb_expr * e = NULL;
        lb_error err;
        lb_status status;

        lb_error_clear(&err);
        status = lb_expr_parse(&e, cases[k].text, &err);
        if (status == LB_OK || e != NULL || err.column != cases[k].column
            || strstr(err.text, cases[k].part) == NULL)
        {
            printf("\n\"%s\": status %d column %ld: %s\n", cases[k].text,
                   (int) status, err.column, err.text);
            CU_FAIL("message");
        }
        else
            CU_PASS("message");
        lb_expr_free(e);
    }
}

/* Hostile texts end in an error, not in a crash. */
static void
test_limits(void)
{
    static char text[150000];
    lb_expr * e = NULL;

    memset(text, '(', 100000);
    text[100000] = '\0';
    CU_ASSERT(lb_expr_parse(&e, text, NULL) == LB_EPARSE && e == NULL);
    memset(text, '-', 50000);
    text[50000] = '\0';
    CU_ASSERT(lb_expr_parse(&e, text, NULL) == LB_EPARSE && e == NULL);
    memset(text, '9', 20000);
    text[20000] = '\0';
    CU_ASSERT(lb_expr_parse(&e, text, NULL) == LB_EPARSE && e == NULL);
    memset(text, '\'', 20000);
    text[0] = 'a';
    CU_ASSERT(lb_expr_parse(&e, text, NULL) == LB_EPARSE && e == NULL);
    for (int k = 0; k < 40000; k += 2)
        memcpy(text + k, "1+", 2);
    text[40000] = '\0';
    CU_ASSERT(lb_expr_parse(&e, text, NULL) == LB_EPARSE && e == NULL);
    memset(text, ' ', 140000);
    text[140000] = '\0';
    CU_ASSERT(lb_expr_parse(&e, text, NULL) == LB_EPARSE && e == NULL);
}

/* Random bytes over the language's alphabet never crash the parser. */
static void
test_random_texts(void)
{
    static const char alphabet[] = "0123456789.eab'()<>+-*/^, h.c.sqrt";
    flint_rand_t state;
    slong n = lb_test_iters(20000), parsed = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < n; iter++)
    {
        char text[24];
        size_t length = n_randint(state, sizeof(text) - 1);
        lb_expr * e = NULL;

        for (size_t k = 0; k < length; k++)
            text[k] = alphabet[n_randint(state, sizeof(alphabet) - 1)];
        text[length] = '\0';
        if (lb_expr_parse(&e, text, NULL) == LB_OK)
            parsed++;
        lb_expr_free(e);
    }
    CU_ASSERT(parsed > 0 && parsed < n);
    lb_rand_clear(state);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "precedence and functions", test_precedence },
        { "decimal literals are exact", test_literals },
        { "ball literals", test_balls },
        { "messages with columns", test_errors },
        { "limits", test_limits },
        { "random texts", test_random_texts },
    };

    return lb_test_main("expression", cases, sizeof(cases) / sizeof(cases[0]));
}
