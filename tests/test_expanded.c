/* tests/test_expanded.c -- problems as numbers, against the models they are of.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lindbound/expanded.h>
#include <lindbound/json_file.h>

#include "lb_test.h"
#include "lb_test_numeric.h"

/* --- random models ------------------------------------------------------- */

/* Random numbers stand at $ (any sign) and % (positive). */
static const char * const templates[] = {
    "modes: a; H: $*a'*a + $*a'^2*a^2; H: ($ + $*i)*a' + h.c.; %: a; %: a'*a",
    "modes: a b; H: $*a'*a + $*b'*b; H: ($ - i*$)*a'*b + h.c.;"
    "H: $*(a + a'); H: $*a'*a*b'*b; %: a + ($ + $*i)*b; %: b; %: b'",
    "modes: a; two-level: s; H: $*s'*s + $*sx(s); H: $*a'*s + h.c.;"
    "H: $*proj(a,2); H: i*$*ketbra(a,0,2) + h.c.; %: a; %: s; %: sz(s)",
    "two-level: s t; H: $*sz(s) + $*sy(t); H: ($ + i)*s'*t + h.c.;"
    "%: s + $*t; %: t; %: s'",
};
#define N_TEMPLATES ((slong) (sizeof(templates) / sizeof(templates[0])))

/* With `dyadic` a number of few bits, else a decimal, a root or such, none of
   which is a double. */
static void
put_number(char * text, size_t size, int positive, int dyadic,
           flint_rand_t state)
{
    ulong m = n_randint(state, 1024) + 1, k = n_randint(state, 12) + 1;
    const char * sign = !positive && n_randint(state, 2) ? "-" : "";

    switch (dyadic ? 5 : n_randint(state, 5))
    {
    case 0:
        snprintf(text, size, "(%s%lu.%lu1)", sign, m, k);
        break;
    case 1:
        snprintf(text, size, "(%s(sqrt(%lu) + 1/%lu7))", sign, m, k);
        break;
    case 2:
        snprintf(text, size, "(%s(%lu/%lu7 + 1/3))", sign, m, k);
        break;
    case 3:
        snprintf(text, size, "(%ssin(%lu + 1/%lu9)^2*1e-7)", sign, m, k);
        break;
    case 4:
        snprintf(text, size, "(%s1e20*exp(%lu/%lu3))", sign, k, m);
        break;
    default:
        snprintf(text, size, "(%s%lu/2^%lu)", sign, m, k);
    }
}

static void
put_model(char * text, slong which, int dyadic, flint_rand_t state)
{
    for (const char * p = templates[which]; *p != '\0'; p++)
        if (*p == '$' || *p == '%')
        {
            put_number(text, 80, *p == '%', dyadic, state);
            text += strlen(text);
        }
        else
            *text++ = *p;
    *text = '\0';
}

/* --- expanding ----------------------------------------------------------- */

static lb_status
try_expand(lb_expanded_t e, const lb_model_t m, const char * observable,
           lb_error * err)
{
    char name[] = "x";
    char * names[] = { name };
    lb_expr * expr = observable != NULL ? test_parse(observable) : NULL;
    lb_status status;

    lb_error_clear(err);
    status = lb_expanded_from_model(e, m, m->scope, names, &expr, expr != NULL,
                                    err);
    lb_expr_free(expr);
    return status;
}

/* m with one observable x (NULL: none); e is initialized */
static void
expand(lb_expanded_t e, const lb_model_t m, const char * observable)
{
    lb_error err;

    if (try_expand(e, m, observable, &err) != LB_OK)
        test_fail(observable != NULL ? observable : "expand", &err);
}

/* Shows both texts if the JSON form is not `text`. */
static void
expect_json(const lb_expanded_t e, const char * text)
{
    json_t * json = lb_expanded_json(e);
    json_t * expected = json_loads(text, 0, NULL);

    CU_ASSERT_FATAL(expected != NULL);
    if (!json_equal(json, expected))
    {
        char * got = json_dumps(json, JSON_COMPACT);

        printf("\n%s\nexpected %s\n", got, text);
        free(got);
        CU_FAIL("another JSON");
    }
    else
        CU_ASSERT(1);
    json_decref(json);
    json_decref(expected);
}

/* --- the form ------------------------------------------------------------ */

/* What docs/vectors.md says, term by term; exact zeros are not there. */
static void
test_form(void)
{
    lb_expanded_t e;
    lb_model_t m;

    lb_expanded_init(e);
    test_model_init(m, "modes: a b; two-level: s; J = 3/4;"
                       "H: 2*a'*a + 0*b'*b; H: J*i*a'*s + h.c.;"
                       "H: a'*a - proj(b,2);"
                       "1/2: a + (1 - 2*i)*b; 0: b; 2: 0*b; 3: s*b^2");
    expand(e, m, "-g2(a)/(J + 1) + abs2(<s> - i*J)");
    CU_ASSERT(!e->rounded);
    expect_json(
        e,
        "{\"subsystems\": [{\"name\": \"a\", \"kind\": \"mode\"},"
        " {\"name\": \"b\", \"kind\": \"mode\"},"
        " {\"name\": \"s\", \"kind\": \"two-level\"}],"
        "\"hamiltonian\": [[-1.0, 0.0, [[1, 2, 2, 1]]],"
        " [0.0, -0.75, [[0, 0, 1], [2, 1, 0]]],"
        " [0.0, 0.75, [[0, 1, 0], [2, 0, 1]]],"
        " [3.0, 0.0, [[0, 1, 1]]]],"
        "\"dissipators\": ["
        " {\"rate\": 0.5, \"operator\": [[1.0, -2.0, [[1, 0, 1]]],"
        "  [1.0, 0.0, [[0, 0, 1]]]]},"
        " {\"rate\": 3.0, \"operator\": [[1.0, 0.0, [[1, 0, 2], [2, 0, 1]]]]}],"
        "\"observables\": {\"x\": [\"+\", [\"/\", [\"neg\","
        " [\"/\", [\"mean\", [[1.0, 0.0, [[0, 2, 2]]]]],"
        "  [\"^\", [\"mean\", [[1.0, 0.0, [[0, 1, 1]]]]], 2.0]]], 1.75],"
        " [\"abs2\", [\"-\", [\"mean\", [[1.0, 0.0, [[2, 0, 1]]]]],"
        "  [\"complex\", 0.0, 0.75]]]]}}");
    /* what no state or S matrix gives is not expanded */
    expand(e, m, "1 + <a>*noise_out(a)");
    CU_ASSERT(e->n_observables == 1 && e->trees[0].kind == LB_TREE_UNKNOWN);
    lb_expanded_clear(e);
    lb_model_clear(m);
}

/* --- rounding ------------------------------------------------------------ */

/* The nearest double by the C library's reading of a decimal text: the
   midpoint of a ball that is much narrower than a double. */
static double
nearest_by_decimals(const arb_t x)
{
    char * text;
    double d;

    if (arb_is_zero(x))
        return 0;
    CU_ASSERT_FATAL(arb_rel_accuracy_bits(x) > 200);
    text = arb_get_str(x, 70, ARB_STR_NO_RADIUS);
    d = strtod(text, NULL);
    flint_free(text);
    return d;
}

static void
check_operator(const lb_expanded_operator * op, const lb_opoly_t p, slong iter)
{
    CU_ASSERT_FATAL(op->n_terms == p->length);
    for (int i = 0; i < op->n_terms; i++)
    {
        acb_srcptr z = p->coefficients[i].coefficient;
        double re = nearest_by_decimals(acb_realref(z));
        double im = nearest_by_decimals(acb_imagref(z));
        int same = op->terms[i].re == re && op->terms[i].im == im;

        if (!same)
            printf("\niter %ld seed %lu: %a + %a i, nearest %a + %a i\n",
                   (long) iter, (unsigned long) lb_test_seed(), op->terms[i].re,
                   op->terms[i].im, re, im);
        CU_ASSERT(same);
    }
}

static void
test_nearest(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(100); iter++)
    {
        int dyadic = iter % 4 == 0;
        lb_problem_t p;
        lb_expanded_t e;
        char text[2000];
        lb_model_t m;
        lb_error err;

        put_model(text, iter % N_TEMPLATES, dyadic, state);
        test_model_init(m, text);
        lb_expanded_init(e);
        expand(e, m, NULL);
        CU_ASSERT(e->rounded == !dyadic);
        if (lb_problem_init_at(p, m, m->scope, 300, &err) != LB_OK)
            test_fail(text, &err);
        check_operator(&e->hamiltonian, p->hamiltonian, iter);
        CU_ASSERT_FATAL(e->n_dissipators == p->n_jumps);
        for (int k = 0; k < e->n_dissipators; k++)
        {
            CU_ASSERT(e->dissipators[k].rate
                      == nearest_by_decimals(p->rates + k));
            check_operator(&e->dissipators[k].operator, p->jumps + k, iter);
        }
        lb_problem_clear(p);
        lb_expanded_clear(e);
        lb_model_clear(m);
    }
    lb_rand_clear(state);
}

/* H = x a'a + (1 + i y) a + h.c.: what becomes of the numbers, and whether they
   were doubles. */
static void
expect_rounding(const char * x, const char * y, double dx, double dy,
                int rounded)
{
    char * text = lb_text_print("modes: a; H: (%s)*a'*a; "
                                "H: (1 + i*(%s))*a' + h.c.; 1: a",
                                x, y);
    const lb_expanded_term * terms;
    lb_expanded_t e;
    lb_model_t m;
    int n;

    test_model_init(m, text);
    lb_expanded_init(e);
    expand(e, m, NULL);
    n = e->hamiltonian.n_terms;
    terms = e->hamiltonian.terms;
    CU_ASSERT_FATAL(n == (dx != 0 ? 3 : 2));
    CU_ASSERT(terms[0].im == -dy && terms[1].im == dy);
    CU_ASSERT(dx == 0 || terms[2].re == dx);
    CU_ASSERT(e->rounded == rounded);
    if (e->rounded != rounded || terms[0].im != -dy)
        printf("\n%s, %s: %a %d\n", x, y, terms[0].im, e->rounded);
    lb_expanded_clear(e);
    lb_model_clear(m);
    flint_free(text);
}

static void
expect_refusal(const char * text, lb_status status, const char * word)
{
    lb_expanded_t e;
    lb_model_t m;
    lb_error err;

    test_model_init(m, text);
    lb_expanded_init(e);
    CU_ASSERT(try_expand(e, m, "<a>", &err) == status);
    CU_ASSERT(strstr(err.text, word) != NULL);
    if (strstr(err.text, word) == NULL)
        printf("\n%s: %s\n", text, err.text);
    CU_ASSERT(e->n_subsystems == 0 && e->n_observables == 0);
    lb_expanded_clear(e);
    lb_model_clear(m);
}

static void
test_rounding(void)
{
    expect_rounding("1e300", "-3/2^1074", 1e300, -0x3p-1074, 1);
    expect_rounding("2^1000", "-3/2^1074", 0x1p1000, -0x3p-1074, 0);
    /* zero, but not by the arithmetic of balls */
    expect_rounding("cos(pi/2)", "0", 0, 0, 1);
    expect_rounding("1", "sin(pi)", 1, 0, 1);
    expect_rounding("1/3 - 1/3", "0", 0, 0, 1);
    expect_rounding("1/4 - 1/4", "0", 0, 0, 0);
    /* one to a double, by a root; underflow; halfway, to even, and beyond it */
    expect_rounding("sqrt(2)^2", "0", 2, 0, 1);
    expect_rounding("1", "1e-400", 1, 0, 1);
    expect_rounding("1 + 2^-53", "1 + 3*2^-53", 1, 1 + 0x1p-51, 1);
    expect_rounding("1 + 2^-53 + 2^-400", "1", 1 + 0x1p-52, 1, 1);
    expect_rounding("2^-1075", "3*2^-1075", 0, 0x1p-1073, 1);

    expect_refusal("modes: a; H: 1e400*a'*a; 1: a", LB_EDOM, "beyond");
    expect_refusal("modes: a; H: a'*a; 1e400: a", LB_EDOM, "beyond");
    expect_refusal("modes: a; H: a'*a/(1/3 - 1/3); 1: a", LB_EPREC, "");
    /* halfway, and not by the arithmetic of balls */
    expect_refusal("modes: a; H: (1 + 2^-53*sqrt(2)^2/2)*a'*a; 1: a", LB_EPREC,
                   "halfway");
    expect_refusal("modes: a; U = 120 +/- 0.5; H: U*a'*a; 1: a", LB_EDOM,
                   "'U' is a ball");
    expect_refusal("modes: a; H: (1 +/- 0.5)*a'*a; 1: a", LB_EDOM, "a ball");
    expect_refusal("modes: a; H: a'*a; 1 +/- 0.5: a", LB_EDOM, "a ball");
    expect_refusal("modes: a; H: a'*a; 1: (1 +/- 0.5)*a", LB_EDOM, "a ball");
}

/* --- values of trees ----------------------------------------------------- */

/* A linear functional of operators, which need be no state: every product of
   ladder operators has a value of its own, a double. */
static double complex
product_value(const lb_expanded_factor * f, int n)
{
    ulong h = 17;

    for (int k = 0; k < n; k++)
        h = (((h * 31 + (ulong) f[k].subsystem) * 31 + (ulong) f[k].create) * 31
             + (ulong) f[k].annihilate)
                * 31
            + (ulong) f[k].matrix_unit;
    return 0.5 + (double) (h % 97) / 128 + I * (double) (h % 89) / 64;
}

static lb_status
functional(lb_scalar_t out, const lb_opoly_t op, void * context, slong prec,
           lb_error * err)
{
    acb_t z;

    (void) context;
    (void) err;
    acb_init(z);
    lb_scalar_zero(out);
    for (slong i = 0; i < op->length; i++)
    {
        lb_expanded_factor factors[8];
        double complex v;
        int n = 0;

        for (slong k = 0; k < op->subsystems; k++)
        {
            const lb_factor * f = lb_opoly_term(op, i) + k;

            if (f->matrix_unit || f->create || f->annihilate)
                factors[n++]
                    = (lb_expanded_factor) { (int) k, f->create, f->annihilate,
                                             f->matrix_unit };
        }
        v = product_value(factors, n);
        acb_set_d_d(z, creal(v), cimag(v));
        acb_addmul(out->coefficient, z, op->coefficients[i].coefficient, prec);
    }
    acb_clear(z);
    return LB_OK;
}

static double complex
mean_of(const lb_expanded_operator * op)
{
    double complex sum = 0;

    for (int i = 0; i < op->n_terms; i++)
        sum += (op->terms[i].re + I * op->terms[i].im)
               * product_value(op->terms[i].factors, op->terms[i].n_factors);
    return sum;
}

/* What an adapter does, in doubles. */
static double complex
tree_value(const lb_tree * t)
{
    double complex x[4] = { 0 };
    const char * f = t->function;

    if (t->kind == LB_TREE_NUMBER)
        return t->re + I * t->im;
    if (t->kind == LB_TREE_MEAN)
        return mean_of(&t->mean);
    CU_ASSERT_FATAL(t->kind == LB_TREE_CALL && t->n_args <= 4);
    for (int k = 0; k < t->n_args; k++)
        x[k] = tree_value(t->args + k);
    if (strcmp(f, "+") == 0)
        return x[0] + x[1];
    if (strcmp(f, "-") == 0)
        return x[0] - x[1];
    if (strcmp(f, "*") == 0)
        return x[0] * x[1];
    if (strcmp(f, "/") == 0)
        return x[0] / x[1];
    if (strcmp(f, "^") == 0)
        return cpow(x[0], x[1]);
    if (strcmp(f, "neg") == 0)
        return -x[0];
    if (strcmp(f, "conj") == 0)
        return conj(x[0]);
    if (strcmp(f, "re") == 0)
        return creal(x[0]);
    if (strcmp(f, "im") == 0)
        return cimag(x[0]);
    if (strcmp(f, "abs") == 0)
        return cabs(x[0]);
    if (strcmp(f, "abs2") == 0)
        return creal(x[0] * conj(x[0]));
    if (strcmp(f, "sqrt") == 0)
        return csqrt(x[0]);
    if (strcmp(f, "exp") == 0)
        return cexp(x[0]);
    if (strcmp(f, "log10") == 0)
        return clog(x[0]) / log(10);
    if (strcmp(f, "dB") == 0)
        return 10 * log10(creal(x[0]));
    if (strcmp(f, "max") == 0)
        return fmax(creal(x[0]), creal(x[1]));
    CU_FAIL_FATAL("a function without a value");
    return NAN;
}

static const char * const observables[] = {
    "g2(a)",
    "g3(a + s/2)*g4(a)",
    "n(c)/n(a)",
    "P(a,2)/P(s,1) - P(s,0)",
    "dB(abs2(<a>)/0.3)",
    "sqrt(<a'*a> + i)*log10(abs2(<a>))",
    "-<sx(s)>^2 + conj(<a*s'>)",
    "(re(<a>)*im(<a'^2*s>))'",
    "abs(<(J + i)*ketbra(a,1,3)*s - a>)",
    "max(re(<a>), 2^-3)^(1/2)",
    "exp(-<a'*a>/4)*J",
    "depth/J + depth",
    "<a>'*<a'*a*s'*s>/(2 - <1>)",
    "<c'*c - c*c'>",
    "<0*a> + <J>*<sz(s)>",
    "1/3 + J^2*pi",
};
#define N_OBSERVABLES ((slong) (sizeof(observables) / sizeof(observables[0])))

static void
define(lb_model_t m, const char * name, const char * text)
{
    lb_expr * e = test_parse(text);
    lb_error err;

    if (lb_scope_add(m->scope, LB_SYMBOL_DEFINITION, name, e, NULL, NULL, &err)
        != LB_OK)
        test_fail(name, &err);
    lb_expr_free(e);
}

static void
test_values(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(3 * N_OBSERVABLES); iter++)
    {
        const char * text = observables[iter % N_OBSERVABLES];
        char number[80], model[300];
        double complex got;
        lb_expanded_t e;
        lb_scalar_t x;
        lb_expr * expr;
        lb_model_t m;
        lb_error err;
        lb_env_t env;
        double re, im;
        int close;

        put_number(number, sizeof(number), 0, iter < N_OBSERVABLES, state);
        snprintf(model, sizeof(model),
                 "modes: a; two-level: s; J = %s; H: J*a'*s + h.c.; 1: a",
                 number);
        test_model_init(m, model);
        define(m, "c", "a + J*s");
        define(m, "depth", "1 - <a'*a>/J");
        lb_expanded_init(e);
        expand(e, m, text);
        got = tree_value(e->trees);

        expr = test_parse(text);
        lb_scalar_init(x);
        lb_env_init(env, m->scope, 200);
        env->expectation = functional;
        if (lb_env_scalar(x, env, expr, &err) != LB_OK)
            test_fail(text, &err);
        re = arf_get_d(arb_midref(acb_realref(x->coefficient)), ARF_RND_NEAR);
        im = arf_get_d(arb_midref(acb_imagref(x->coefficient)), ARF_RND_NEAR);
        close = cabs(got - re - I * im) <= 1e-12 * (cabs(re + I * im) + 1e-30);
        if (!close)
            printf("\n%s at J = %s: %.17g + %.17g i, exactly %.17g + %.17g i\n",
                   text, number, creal(got), cimag(got), re, im);
        CU_ASSERT(close);
        lb_env_clear(env);
        lb_scalar_clear(x);
        lb_expr_free(expr);
        lb_expanded_clear(e);
        lb_model_clear(m);
    }
    lb_rand_clear(state);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "the JSON form", test_form },
        { "nearest doubles of random models", test_nearest },
        { "hard numbers, and what is refused", test_rounding },
        { "trees evaluated in doubles", test_values },
    };

    return lb_test_main("expanded", cases, sizeof(cases) / sizeof(cases[0]));
}
