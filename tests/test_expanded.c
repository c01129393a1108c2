/* tests/test_expanded.c -- problems as numbers, against the models they are of.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lindbound/certifier.h>
#include <lindbound/expanded.h>
#include <lindbound/json_file.h>
#include <lindbound/model_file.h>
#include <lindbound/model_quantity.h>

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
            check_operator(&e->dissipators[k].jump, p->jumps + k, iter);
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

/* --- reading ------------------------------------------------------------- */

static json_t *
through_text(const lb_expanded_t e)
{
    json_t * json = lb_expanded_json(e);
    char * text = json_dumps(json, 0);
    json_t * back = json_loads(text, 0, NULL);

    CU_ASSERT_FATAL(back != NULL);
    free(text);
    json_decref(json);
    return back;
}

static double
random_double(flint_rand_t state)
{
    static const double special[]
        = { 0, 1, 0x1p-1074, -0x1.fffffffffffffp1023, 1e300, -1e-320, 0.1 };
    double d;

    if (n_randint(state, 2))
        return special[n_randint(state, 7)];
    d = (double) n_randbits(state, 53)
        * pow(2, (double) n_randint(state, 2000) - 1060);
    return isfinite(d) ? d : 1;
}

/* The numbers of a tree and of an operator replaced. */
static void
scramble_operator(lb_expanded_operator * op, flint_rand_t state)
{
    for (int k = 0; k < op->n_terms; k++)
    {
        op->terms[k].re = random_double(state);
        op->terms[k].im = random_double(state);
    }
}

static void
scramble_tree(lb_tree * t, flint_rand_t state)
{
    scramble_operator(&t->mean, state);
    if (t->kind == LB_TREE_NUMBER)
    {
        t->re = random_double(state);
        t->im = random_double(state);
    }
    for (int k = 0; k < t->n_args; k++)
        scramble_tree(t->args + k, state);
}

/* Written, read, copied: the same to the last bit. */
static void
test_round_trip(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(60); iter++)
    {
        static const char * const asked[] = { "g2(a)/(0.3 + i*<a>)^3 - P(a,2)",
                                              "abs2(<a*b'>) + S(a,b)", "-<a>" };
        lb_expanded_t e, f, g;
        json_t *json, *back;
        char text[2000];
        lb_model_t m;
        lb_error err;

        put_model(text, 1, 0, state);
        test_model_init(m, text);
        lb_expanded_init(e);
        lb_expanded_init(f);
        lb_expanded_init(g);
        expand(e, m, asked[iter % 3]);
        scramble_operator(&e->hamiltonian, state);
        e->dissipators[1].rate = random_double(state) * 0 + 0x1p-1074;
        scramble_operator(&e->dissipators[2].jump, state);
        scramble_tree(e->trees, state);
        e->dissipators[0].port = lb_text_copy("port 1");

        json = through_text(e);
        if (lb_expanded_read(f, json, "/expanded", &err) != LB_OK)
            test_fail(text, &err);
        CU_ASSERT(!f->rounded);
        lb_expanded_set(g, f);
        lb_expanded_clear(f);
        back = lb_expanded_json(g);
        CU_ASSERT(json_equal(json, back));
        json_decref(back);
        back = lb_expanded_json(e);
        CU_ASSERT(json_equal(json, back));
        json_decref(back);
        json_decref(json);
        lb_expanded_clear(e);
        lb_expanded_clear(g);
        lb_model_clear(m);
    }
    lb_rand_clear(state);
}

static const char well_formed[]
    = "{\"subsystems\": [{\"name\": \"a\", \"kind\": \"mode\"},"
      " {\"name\": \"s\", \"kind\": \"two-level\"}],"
      "\"hamiltonian\": [[1, 2, [[0, 1, 2], [1, 0, 1]]],"
      " [1, -2, [[0, 2, 1], [1, 1, 0]]]],"
      "\"dissipators\": [{\"rate\": 1, \"operator\": [[1, 0, [[0, 0, 1, 1]]]],"
      " \"port\": \"p\"}],"
      "\"scattering\": {\"ports\": [\"p\"], \"D\": [[[1, 0], [0, 0]]],"
      " \"C\": [[[1, 1]]], \"X\": [[[2, 2]]], \"B\": [[[3, 3], [4, 4]]]},"
      "\"observables\": {\"x\": [\"/\", [\"mean\", [[1, 0, []]]], 7],"
      " \"y\": [\"abs2\", [\"S\", 0, 1]], \"z\": null,"
      " \"w\": [\"+\", [\"dressed\", 1, 1], [\"complex\", 5, 6]]}}";

/* The text with `from`, which is in it, replaced; read. */
static lb_status
read_changed(lb_expanded_t e, const char * from, const char * to,
             lb_error * err)
{
    const char * at = strstr(well_formed, from);
    lb_status status;
    json_t * json;
    char * text;

    CU_ASSERT_FATAL(at != NULL);
    text = lb_text_print("%.*s%s%s", (int) (at - well_formed), well_formed, to,
                         at + strlen(from));
    json = json_loads(text, 0, NULL);
    CU_ASSERT_FATAL(json != NULL);
    lb_error_clear(err);
    status = lb_expanded_read(e, json, "/problems/3/expanded", err);
    json_decref(json);
    flint_free(text);
    return status;
}

static void
test_broken(void)
{
    static const struct
    {
        const char *from, *to, *pointer;
    } cases[] = {
        { "\"hamiltonian\"", "\"hamilton\"", "" },
        { "\"kind\": \"mode\"", "\"kind\": \"qubit\"", "/subsystems/0" },
        { "\"name\": \"a\"", "\"name\": \"sqrt\"", "/subsystems/0" },
        { "\"name\": \"s\"", "\"name\": \"a\"", "/subsystems/1" },
        { "\"name\": \"s\"", "\"name\": 3", "/subsystems/1/name" },
        { "[[1, 2, [[0, 1, 2], [1, 0, 1]]],", "[[1, 2],", "/hamiltonian/0" },
        { "[[1, 2, [[0", "[[1, \"2\", [[0", "/hamiltonian/0/1" },
        { "[[0, 2, 1], [1,", "[[0, 2, 1], [2,", "/hamiltonian/1/2/1/0" },
        { "[[0, 2, 1], [1,", "[[1, 0, 1], [1,", "/hamiltonian/1/2/1" },
        { "[[0, 2, 1], [1, 1", "[[0, 2, 1], [1, 2", "/hamiltonian/1/2/1/1" },
        { "[[0, 2, 1]", "[[0, 2, 65]", "/hamiltonian/1/2/0/2" },
        { "[[0, 2, 1]", "[[0, -2, 1]", "/hamiltonian/1/2/0/1" },
        { "[[0, 2, 1]", "[[0, 2.0, 1]", "/hamiltonian/1/2/0/1" },
        { "[0, 0, 1, 1]", "[0, 0, 1, 0]", "/dissipators/0/operator/0/2/0/3" },
        { "[0, 0, 1, 1]", "[0, 0]", "/dissipators/0/operator/0/2/0" },
        { "\"rate\": 1", "\"rate\": -1", "/dissipators/0/rate" },
        { "\"rate\": 1", "\"rate\": \"1\"", "/dissipators/0/rate" },
        { "\"rate\": 1,", "", "/dissipators/0/rate" },
        { "\"port\": \"p\"", "\"port\": 1", "/dissipators/0/port" },
        { "\"ports\": [\"p\"]", "\"ports\": [1]", "/scattering/ports/0" },
        { "\"ports\": [\"p\"]", "\"ports\": [\"p\", \"q\"]", "/scattering/D" },
        { "[[[2, 2]]]", "[[[2, 2], [1, 1]]]", "/scattering/X/0" },
        { "[[[3, 3], [4, 4]]]", "[[[3, 3]]]", "/scattering/B/0" },
        { "[[[3, 3], [4, 4]]]", "[[[3, 3], [4]]]", "/scattering/B/0/1" },
        { "\"C\": [[[1, 1]]]", "\"C\": []", "/scattering/C" },
        { "[[1, 0, []]]", "[[1, 0, [0]]]", "/observables/x/1/1/0/2/0" },
        { "[\"/\", [", "[\"/\", 3, [", "/observables/x" },
        { "\"abs2\"", "\"abs3\"", "/observables/y" },
        { "\"abs2\"", "\"g2\"", "/observables/y" },
        { "[\"S\", 0, 1]", "[\"S\", 1, 1]", "/observables/y/1/1" },
        { "[\"S\", 0, 1]", "[\"S\", 0, 2]", "/observables/y/1/2" },
        { "[\"S\", 0, 1]", "[]", "/observables/y/1" },
        { "[\"S\", 0, 1]", "null", "/observables/y/1" },
        { "[\"dressed\", 1, 1]", "[\"dressed\", 1, 0]", "/observables/w/1/2" },
        { "5, 6", "5, null", "/observables/w/2/2" },
        { "\"observables\"", "\"observable\"", "" },
    };
    lb_expanded_t e;
    lb_error err;

    lb_expanded_init(e);
    CU_ASSERT(read_changed(e, "1", "1", &err) == LB_OK);
    CU_ASSERT(e->n_observables == 4 && e->has_scattering
              && e->trees[2].kind == LB_TREE_UNKNOWN);
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        char * pointer
            = lb_text_print("/problems/3/expanded%s", cases[k].pointer);
        lb_status status = read_changed(e, cases[k].from, cases[k].to, &err);
        int right = status == LB_EPARSE && strcmp(err.pointer, pointer) == 0;

        if (!right)
            printf("\n%s: status %d at %s: %s\n", cases[k].to, status,
                   err.pointer, err.text);
        CU_ASSERT(right);
        CU_ASSERT(e->n_subsystems == 0 && e->n_observables == 0);
        flint_free(pointer);
    }
    lb_expanded_clear(e);
}

/* --- as a model ---------------------------------------------------------- */

typedef struct
{
    const char * name;
    const char * fixed;  /* "name = text; ..." */
    const char * random; /* positive dyadic numbers for these parameters */
    const char * cutoff;
    int n_known; /* observables whose values are compared; the others have a
                    zero in the denominator */
} built_in;

static const built_in built_ins[] = {
    { "kerr", "", "gamma chi Delta xi", "3", 8 },
    { "dark_dimer", "", "gamma delta Omega", "", 6 },
    { "quantum_battery", "J = 1/4 - 3*i/2", "kappa_a kappa_b Gamma epsilon",
      "2", 3 },
    { "one_way_shift", "", "lambda Gamma kappa gamma pump Delta delta F Omega",
      "3", 4 },
    { "three_cavity", "theta = 0; J = 3/4; Omega = 1/8",
      "kappa_a kappa_b kappa_c U J_ac Delta Omega_a Omega_c", "3", 4 },
    { "two_atoms", "phi = 0; delta = 5/16", "g kappa gamma DF Delta_c Omega",
      "2", 2 },
};
#define N_BUILT_INS ((slong) (sizeof(built_ins) / sizeof(built_ins[0])))

static void
read_built_in(lb_model_t m, const char * folder, const char * name)
{
    const char * data = getenv("LINDBOUND_DATA");
    char * path = lb_text_print("%s/%s/%s.json", data != NULL ? data : "data",
                                folder, name);
    lb_error err;

    lb_error_clear(&err);
    lb_model_init(m);
    if (lb_model_read(m, path, &err) != LB_OK)
        test_fail(path, &err);
    flint_free(path);
}

static void
set(lb_scope_t scope, const char * name, const char * text)
{
    lb_error err;

    lb_error_clear(&err);
    if (lb_scope_override(scope, name, text, NULL, NULL, &err) != LB_OK)
        test_fail(name, &err);
}

/* The parameters of a built-in model: those that are fixed, and random ones */
static void
set_parameters(lb_scope_t scope, const char * fixed, const char * random,
               int dyadic, flint_rand_t state)
{
    char number[80], name[40], value[80];
    int used;

    while (sscanf(fixed, " %39s = %79[^;]%n", name, value, &used) == 2)
    {
        set(scope, name, value);
        fixed += used + (fixed[used] == ';');
    }
    while (sscanf(random, " %39s%n", name, &used) == 1)
    {
        put_number(number, sizeof(number), 1, dyadic, state);
        set(scope, name, number);
        random += used;
    }
}

/* All observables of m at the parameters of the scope. */
static void
expand_all(lb_expanded_t e, const lb_model_t m, const lb_scope_t scope)
{
    size_t n = (size_t) m->n_observables;
    char ** names = flint_malloc(n * sizeof(char *));
    lb_expr ** exprs = flint_malloc(n * sizeof(lb_expr *));
    lb_error err;

    for (size_t k = 0; k < n; k++)
    {
        names[k] = m->observables[k].name;
        exprs[k] = m->observables[k].expr;
    }
    lb_error_clear(&err);
    if (lb_expanded_from_model(e, m, scope, names, exprs, (slong) n, &err)
        != LB_OK)
        test_fail(m->name, &err);
    flint_free(names);
    flint_free(exprs);
}

static lb_certifier *
new_certifier(const lb_model_t m, const lb_scope_t scope, const char * cutoff)
{
    lb_certifier * c = NULL;
    lb_cutoff_t kept;
    lb_error err;

    lb_error_clear(&err);
    lb_cutoff_init(kept, scope->kinds, scope->subsystems);
    if ((cutoff[0] != '\0' && lb_cutoff_parse(kept, cutoff, scope, &err))
        || lb_certifier_new_truncated(&c, m, scope, kept, 500, &err) != LB_OK)
        test_fail(m->name, &err);
    lb_cutoff_clear(kept);
    return c;
}

static void
certify(acb_t value, lb_certifier * c, const lb_model_t m, slong which)
{
    lb_error err;

    lb_error_clear(&err);
    if (lb_certifier_value(value, NULL, c, m->observables[which].expr, 10, &err)
        != LB_OK)
        test_fail(m->observables[which].name, &err);
}

/* Two enclosures of one thing: they overlap, and say something: six digits, or
   that it is zero. */
static void
check_same(const acb_t x, const acb_t y, const char * what, slong iter)
{
    int narrow;
    arb_t size;
    acb_t d;

    LB_CHECK_OVERLAP_ACB(x, y, iter);
    arb_init(size);
    acb_init(d);
    acb_set(d, x);
    acb_add_error_mag(d, arb_radref(acb_realref(y)));
    narrow = acb_rel_accuracy_bits(d) >= 20;
    acb_abs(size, d, 64);
    arb_mul_2exp_si(size, size, 30);
    arb_sub_ui(size, size, 1, 64);
    narrow |= arb_is_negative(size);
    if (!narrow)
    {
        printf("\n%s: ", what);
        acb_printn(d, 20, 0);
    }
    CU_ASSERT(narrow);
    arb_clear(size);
    acb_clear(d);
}

/* Proved values of the model and of the expanded one, which the solver gets
   from texts that have nothing in common. */
static void
test_model(void)
{
    flint_rand_t state;
    acb_t x, y;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    for (slong iter = 0; iter < lb_test_iters(2 * N_BUILT_INS); iter++)
    {
        const built_in * b = built_ins + iter % N_BUILT_INS;
        lb_certifier *of_model, *of_expanded;
        lb_expanded_t e;
        lb_model_t m, n;
        lb_scope_t scope;
        lb_error err;

        read_built_in(m, "models", b->name);
        lb_scope_init_copy(scope, m->scope);
        set_parameters(scope, b->fixed, b->random, 1, state);
        lb_expanded_init(e);
        expand_all(e, m, scope);
        CU_ASSERT(!e->rounded);
        lb_model_init(n);
        lb_error_clear(&err);
        if (lb_expanded_model(n, e, &err) != LB_OK)
            test_fail(b->name, &err);
        of_model = new_certifier(m, scope, b->cutoff);
        of_expanded = new_certifier(n, n->scope, b->cutoff);
        CU_ASSERT_FATAL(n->n_observables == m->n_observables);
        for (int k = 0; k < b->n_known; k++)
        {
            CU_ASSERT_STRING_EQUAL(n->observables[k].name,
                                   m->observables[k].name);
            certify(x, of_model, m, k);
            certify(y, of_expanded, n, k);
            check_same(x, y, m->observables[k].name, iter);
        }
        lb_certifier_free(of_model);
        lb_certifier_free(of_expanded);
        lb_model_clear(n);
        lb_expanded_clear(e);
        lb_scope_clear(scope);
        lb_model_clear(m);
    }
    acb_clear(x);
    acb_clear(y);
    lb_rand_clear(state);
}

/* H = x a'a + conj(y) a + y a' as read, and as the model says it. */
static void
test_exact_texts(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(100); iter++)
    {
        double x = random_double(state), re = random_double(state);
        double im = -random_double(state), rate = fabs(random_double(state));
        lb_expanded_t e;
        lb_problem_t p;
        lb_model_t m;
        json_t * json = json_pack(
            "{s:[{s:s,s:s}],s:[[f,i,[[i,i,i]]],[f,f,[[i,i,i]]],[f,f,[[i,i,i]]]]"
            ",s:[{s:f,s:[[i,i,[[i,i,i]]]]}],s:{s:f}}",
            "subsystems", "name", "a", "kind", "mode", "hamiltonian", x, 0, 0,
            1, 1, re, -im, 0, 0, 1, re, im, 0, 1, 0, "dissipators", "rate",
            rate == 0 ? 1 : rate, "operator", 1, 0, 0, 0, 1, "observables",
            "P(a, 1)", re);
        lb_error err;

        lb_error_clear(&err);
        lb_expanded_init(e);
        lb_model_init(m);
        if (lb_expanded_read(e, json, "", &err) != LB_OK
            || lb_expanded_model(m, e, &err) != LB_OK
            || lb_problem_init_at(p, m, m->scope, 64, &err) != LB_OK)
            test_fail("exact texts", &err);
        CU_ASSERT(m->n_observables == 1
                  && strcmp(m->observables[0].name, "P(a, 1)") == 0);
        if (x != 0 && (re != 0 || im != 0))
        {
            const lb_scalar_struct * c = p->hamiltonian->coefficients;

            CU_ASSERT_FATAL(p->hamiltonian->length == 3);
            CU_ASSERT(acb_is_exact(c[0].coefficient)
                      && acb_is_exact(c[1].coefficient)
                      && acb_is_exact(c[2].coefficient));
            CU_ASSERT(arf_cmp_d(arb_midref(acb_realref(c[1].coefficient)), re)
                      == 0);
            CU_ASSERT(arf_cmp_d(arb_midref(acb_imagref(c[1].coefficient)), im)
                      == 0);
            CU_ASSERT(arf_cmp_d(arb_midref(acb_imagref(c[0].coefficient)), -im)
                      == 0);
            CU_ASSERT(arf_cmp_d(arb_midref(acb_realref(c[2].coefficient)), x)
                      == 0);
        }
        CU_ASSERT_FATAL(p->n_jumps == 1 && arb_is_exact(p->rates));
        CU_ASSERT(arf_cmp_d(arb_midref(p->rates), rate == 0 ? 1 : rate) == 0);
        lb_problem_clear(p);
        lb_model_clear(m);
        lb_expanded_clear(e);
        json_decref(json);
    }
    lb_rand_clear(state);
}

/* H is refused unless it is Hermitian to the last bit. */
static void
test_not_hermitian(void)
{
    static const char * const conjugates[]
        = { "[1, -2, [[0, 2, 1], [1, 1, 0]]]",
            "[1, 2, [[0, 2, 1], [1, 1, 0]]]",
            "[1.0000000000000002, -2, [[0, 2, 1], [1, 1, 0]]]",
            "[1, -2, [[0, 2, 1, 1], [1, 1, 0]]]",
            "[1, -2, [[0, 2, 1], [1, 0, 1]]]",
            "[1, -2, [[0, 2, 1]]]" };
    lb_expanded_t e;
    lb_error err;

    lb_expanded_init(e);
    for (size_t k = 0; k < sizeof(conjugates) / sizeof(conjugates[0]); k++)
    {
        lb_model_t m;
        lb_status status;

        if (read_changed(e, conjugates[0], conjugates[k], &err) != LB_OK)
            test_fail(conjugates[k], &err);
        lb_model_init(m);
        status = lb_expanded_model(m, e, &err);
        CU_ASSERT(status == (k == 0 ? LB_OK : LB_EDOM));
        if (status == LB_OK) /* y needs S and z is not known */
        {
            CU_ASSERT_FATAL(m->n_observables == 2);
            CU_ASSERT_STRING_EQUAL(m->observables[1].name, "w");
        }
        else
        {
            CU_ASSERT(strstr(err.text, "has no adjoint") != NULL);
        }
        lb_model_clear(m);
    }
    lb_expanded_clear(e);
}

/* --- without a state ----------------------------------------------------- */

/* A network of two modes with ports of dyadic roots, damped enough to be
   stable; with or without pairs. */
static char *
network_text(int pairs, flint_rand_t state)
{
    char x[12][80];

    for (int k = 0; k < 12; k++) /* so that all sums of products are doubles */
        snprintf(x[k], sizeof(x[k]), "(%d/%d)", (int) n_randint(state, 8) + 1,
                 n_randint(state, 2) ? 8 : -4);
    return lb_text_print(
        "{\"schema\": \"lindbound-model/1\", \"name\": \"n\","
        "\"parameters\": {\"w\": \"%s\"}, \"frequency\": \"w\","
        "\"subsystems\": [{\"name\": \"a\", \"kind\": \"mode\"},"
        " {\"name\": \"b\", \"kind\": \"mode\"}],"
        "\"hamiltonian\": [\"%s*a'*a + %s*b'*b\","
        " \"(%s + i*%s)*a'*b + h.c.\", \"%s*a'*b'*(%d) + h.c.\","
        " \"%s*a + h.c.\"],"
        "\"ports\": ["
        " {\"name\": \"p\", \"rate\": \"2^24*(%s)^2\","
        "  \"operator\": \"a + i*b*%s\", \"thermal\": \"1/4\"},"
        " {\"name\": \"q\", \"rate\": \"2^24*(%s)^2\","
        "  \"operator\": \"b + (%d)*a'*%s/2^12\"}],"
        "\"reservoirs\": [{\"rate\": \"2^26\", \"operator\": \"b + a/3*0\"},"
        " {\"rate\": \"2^26\", \"operator\": \"a\"}],"
        "\"observables\": {\"S_pq\": \"S(p,q)\", \"S_qp\": \"S(q,p)\","
        " \"S_pp\": \"S(p,p)\", \"S_qq\": \"S(q,q)\","
        " \"C_pq\": \"S_conj(p,q)\", \"C_qp\": \"S_conj(q,p)\","
        " \"C_pp\": \"S_conj(p,p)\", \"C_qq\": \"S_conj(q,q)\","
        " \"dB\": \"-dB(abs2(S(p,q))/abs2(S(q,p) + i))\","
        " \"n\": \"<a'*a>\", \"out\": \"noise_out(p)\"}}",
        x[0], x[1], x[2], x[3], x[4], x[5], pairs, x[6], x[7], x[8], x[9],
        pairs, x[10]);
}

static void
model_value(acb_t x, const lb_model_t m, const lb_expr * e)
{
    lb_scalar_t value;
    lb_error err;

    lb_error_clear(&err);
    lb_scalar_init(value);
    if (lb_model_quantity(value, e, m, m->scope, 0, 256, &err) != LB_OK)
        test_fail(e->text, &err);
    acb_set(x, value->coefficient);
    lb_scalar_clear(value);
}

/* As a reader of the JSON form has it. */
static void
reread(lb_expanded_t e)
{
    json_t * json = through_text(e);
    lb_error err;

    lb_error_clear(&err);
    if (lb_expanded_read(e, json, "", &err) != LB_OK)
        test_fail("reread", &err);
    json_decref(json);
}

static void
closed_value(acb_t x, const lb_expanded_t e, int which)
{
    lb_error err;

    lb_error_clear(&err);
    if (lb_expanded_closed(x, e, which, 256, &err) != LB_OK)
        test_fail(e->observables[which], &err);
}

/* How many channels the model of a mode with one port and this H has. */
static slong
channels_of(const char * hamiltonian, const char * jump, const char * tree)
{
    char * text = lb_text_print(
        "{\"subsystems\": [{\"name\": \"a\", \"kind\": \"mode\"}],"
        "\"hamiltonian\": [[1, 0, %s]], \"dissipators\": [{\"rate\": 1,"
        "\"operator\": [[1, 0, %s]], \"port\": \"p\"}],"
        "\"observables\": {\"x\": %s}}",
        hamiltonian, jump, tree);
    json_t * json = json_loads(text, 0, NULL);
    slong n;
    lb_expanded_t e;
    lb_model_t m;
    lb_error err;

    lb_error_clear(&err);
    lb_model_init(m);
    lb_expanded_init(e);
    if (json == NULL || lb_expanded_read(e, json, "", &err) != LB_OK
        || lb_expanded_model(m, e, &err) != LB_OK)
        test_fail(text, &err);
    n = m->n_channels;
    lb_expanded_clear(e);
    lb_model_clear(m);
    json_decref(json);
    flint_free(text);
    return n;
}

/* Baths are reservoirs of a linear network, dissipators of other models. */
static void
test_reservoirs(void)
{
    CU_ASSERT(channels_of("[[0, 1, 1]]", "[[0, 0, 1]]", "1") == 1);
    CU_ASSERT(channels_of("[[0, 2, 2]]", "[[0, 0, 1]]", "1") == 0);
    CU_ASSERT(channels_of("[[0, 1, 1, 1]]", "[[0, 0, 1]]", "1") == 0);
    CU_ASSERT(channels_of("[[0, 1, 1]]", "[[0, 1, 1]]", "1") == 0);
    CU_ASSERT(channels_of("[[0, 1, 1]]", "[]", "1") == 0);
    CU_ASSERT(channels_of("[[0, 1, 1]]", "[[0, 0, 1]]",
                          "[\"neg\", [\"dressed\", 1, 1]]")
              == 0);
}

/* S by the network's own formulas, and by the four matrices. */
static void
test_network(void)
{
    flint_rand_t state;
    acb_t x, y;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    for (slong iter = 0; iter < lb_test_iters(20); iter++)
    {
        int pairs = (int) (iter % 2);
        char * text = network_text(pairs, state);
        slong which;
        json_t * json = json_loads(text, 0, NULL);
        lb_expanded_t e;
        lb_model_t m, n;
        lb_error err;

        lb_error_clear(&err);
        lb_model_init(m);
        lb_model_init(n);
        if (json == NULL || lb_model_from_json(m, json, "test", &err) != LB_OK)
            test_fail(text, &err);
        lb_expanded_init(e);
        expand_all(e, m, m->scope);
        CU_ASSERT(!e->rounded && e->has_scattering);
        CU_ASSERT(e->x.rows == (pairs ? 4 : 2) && e->n_ports == 2
                  && e->d.columns == (pairs ? 4 : 2));
        CU_ASSERT(e->n_dissipators == 5);
        CU_ASSERT_STRING_EQUAL(e->dissipators[0].port, "p");
        CU_ASSERT_STRING_EQUAL(e->dissipators[1].port, "p");
        CU_ASSERT_STRING_EQUAL(e->dissipators[2].port, "q");
        CU_ASSERT(e->dissipators[3].port == NULL);
        reread(e);
        for (int k = 0; k < 9; k++)
        {
            model_value(x, m, m->observables[k].expr);
            closed_value(y, e, k);
            check_same(x, y, e->observables[k], iter);
        }
        CU_ASSERT(lb_expanded_closed(x, e, 9, 64, &err) == LB_EMODEL);
        CU_ASSERT(strstr(err.text, "state") != NULL && !acb_is_finite(x));
        CU_ASSERT(lb_expanded_closed(x, e, 10, 64, &err) == LB_EMODEL);
        CU_ASSERT(strstr(err.text, "not expanded") != NULL);

        /* moments: without a Fock space, of both */
        if (lb_expanded_model(n, e, &err) != LB_OK)
            test_fail(text, &err);
        which = lb_model_find_observable(n, "n");
        CU_ASSERT_FATAL(which >= 0 && n->n_channels == 5);
        model_value(x, m, m->observables[9].expr);
        model_value(y, n, n->observables[which].expr);
        check_same(x, y, "n", iter);

        lb_model_clear(n);
        lb_expanded_clear(e);
        lb_model_clear(m);
        json_decref(json);
        flint_free(text);
    }
    acb_clear(x);
    acb_clear(y);
    lb_rand_clear(state);
}

/* Built-in networks as they stand, whose roots are no doubles: every S in
   doubles is the exact one to rounding. */
static void
test_built_in_networks(void)
{
    static const char * const names[]
        = { "circulator", "josephson_amplifier", "harper_hofstadter",
            "kitaev_chain", "magnonics" };
    slong compared = 0;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    {
        lb_expanded_t e;
        lb_model_t m;

        read_built_in(m, "networks", names[i]);
        lb_expanded_init(e);
        expand_all(e, m, m->scope);
        CU_ASSERT(e->n_observables == m->n_observables);
        reread(e);
        for (int k = 0; k < e->n_observables; k++)
            if (e->trees[k].kind == LB_TREE_S)
            {
                double size;

                model_value(x, m, m->observables[k].expr);
                closed_value(y, e, k);
                size
                    = fabs(arf_get_d(arb_midref(acb_realref(x)), ARF_RND_UP))
                      + fabs(arf_get_d(arb_midref(acb_imagref(x)), ARF_RND_UP));
                acb_sub(x, x, y, 256);
                acb_get_mag(arb_radref(acb_realref(y)), x);
                CU_ASSERT(mag_get_d(arb_radref(acb_realref(y)))
                          < 1e-10 * (1 + size));
                compared++;
            }
        lb_expanded_clear(e);
        lb_model_clear(m);
    }
    CU_ASSERT(compared >= 8);
    acb_clear(x);
    acb_clear(y);
}

/* A model without channels: its modes are the ports. */
static void
test_modes(void)
{
    flint_rand_t state;
    acb_t x, y;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    for (slong iter = 0; iter < lb_test_iters(20); iter++)
    {
        char r[6][80], text[1000];
        lb_expanded_t e;
        lb_model_t m;
        lb_expr * expr;

        for (int k = 0; k < 6; k++)
            put_number(r[k], sizeof(r[k]), 0, 1, state);
        snprintf(text, sizeof(text),
                 "modes: a b; H: %s*a'*a + %s*b'*b + 3*a'^2*a^2;"
                 "H: (%s + i*%s)*a'*b + h.c.; H: b + b'; %s^2: a; %s^2: 2*i*b",
                 r[0], r[1], r[2], r[3], r[4], r[5]);
        test_model_init(m, text);
        expr = test_parse("S(b,a)/2 - S(a,b)*S(b,b)");
        lb_expanded_init(e);
        expand(e, m, expr->text);
        CU_ASSERT(!e->rounded);
        CU_ASSERT_STRING_EQUAL(e->ports[1], "b");
        reread(e);
        model_value(x, m, expr);
        closed_value(y, e, 0);
        check_same(x, y, text, iter);
        lb_expanded_clear(e);
        lb_expr_free(expr);
        lb_model_clear(m);
    }
    acb_clear(x);
    acb_clear(y);
    lb_rand_clear(state);
}

/* What the observable of a model becomes; *rounded unless it is NULL. */
static lb_tree_kind
kind_of(const char * model, const char * observable, int * rounded)
{
    lb_tree_kind kind;
    lb_expanded_t e;
    lb_model_t m;

    test_model_init(m, model);
    lb_expanded_init(e);
    expand(e, m, observable);
    kind = e->trees[0].kind;
    if (rounded != NULL)
        *rounded = e->rounded;
    lb_expanded_clear(e);
    lb_model_clear(m);
    return kind;
}

static void
test_dressed(void)
{
    static const char text[]
        = "modes: a b; two-level: s; g = 3/4; F = 1/8; drive: F;"
          "H: a'*a/2 - b'*b + 3*a'^2*a^2 + s'*s/4; H: g*a'*s + i*b'*a + h.c.;"
          "H: F*(a + a'); 1: a; 1: b; 1: s";
    static const char * const asked[]
        = { "dressed(1,1)", "dressed(2,3) - dressed(1,2)^2",
            "dressed(g*4,1)/dressed(2,1)", "dressed(0,1)" };
    int rounded;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    for (size_t k = 0; k < sizeof(asked) / sizeof(asked[0]); k++)
    {
        lb_expr * expr = test_parse(asked[k]);
        lb_expanded_t e;
        lb_model_t m, n;
        lb_error err;

        test_model_init(m, text);
        lb_model_init(n);
        lb_expanded_init(e);
        expand(e, m, asked[k]);
        CU_ASSERT(!e->rounded);
        reread(e);
        model_value(x, m, expr);
        closed_value(y, e, 0);
        check_same(x, y, asked[k], (slong) k);
        if (lb_expanded_model(n, e, &err) != LB_OK)
            test_fail(asked[k], &err);
        model_value(y, n, n->observables[0].expr);
        check_same(x, y, asked[k], (slong) k);
        lb_expanded_clear(e);
        lb_expr_free(expr);
        lb_model_clear(n);
        lb_model_clear(m);
    }
    acb_clear(x);
    acb_clear(y);

    CU_ASSERT(kind_of(text, "dressed(1,1)", NULL) == LB_TREE_DRESSED);
    CU_ASSERT(kind_of(text, "dressed(1,g)", NULL) == LB_TREE_UNKNOWN);
    CU_ASSERT(kind_of(text, "dressed(1,<a>)", NULL) == LB_TREE_UNKNOWN);
    CU_ASSERT(kind_of(text, "resonance(1,1,g)", NULL) == LB_TREE_UNKNOWN);
    CU_ASSERT(kind_of(text, "S(a,b)", NULL) == LB_TREE_UNKNOWN);
    /* what changes the number of excitations is not the drive, or not all */
    CU_ASSERT(kind_of("modes: a; H: a'*a + a + a'; 1: a", "dressed(1,1)", NULL)
              == LB_TREE_UNKNOWN);
    CU_ASSERT(kind_of("modes: a; F = 1; drive: F; H: F*a'*a + F*(a + a'); 1: a",
                      "dressed(1,1)", NULL)
              == LB_TREE_UNKNOWN);
    CU_ASSERT(kind_of("modes: a b; F = 1; drive: F;"
                      "H: (1 - F)*a'*a + b'*b + F*(b + b'); 1: a; 1: b",
                      "dressed(1,1)", NULL)
              == LB_TREE_UNKNOWN);
    CU_ASSERT(kind_of("modes: a b; F = 1; drive: F;"
                      "H: a'*a + F*b'*b + F*(a + a'); 1: a; 1: b",
                      "dressed(1,1)", NULL)
              == LB_TREE_UNKNOWN);
    /* without the drive the number is none of doubles, but rounds to one */
    CU_ASSERT(kind_of("modes: a; F = 1; drive: F;"
                      "H: (1 + (F - 1)/2^60)*a'*a + F*(a + a'); 1: a",
                      "dressed(1,1)", &rounded)
              == LB_TREE_DRESSED);
    CU_ASSERT(rounded);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "the JSON form", test_form },
        { "nearest doubles of random models", test_nearest },
        { "hard numbers, and what is refused", test_rounding },
        { "trees evaluated in doubles", test_values },
        { "written, read and copied", test_round_trip },
        { "broken JSON", test_broken },
        { "proved values of the model", test_model },
        { "doubles as exact texts", test_exact_texts },
        { "not Hermitian", test_not_hermitian },
        { "reservoirs", test_reservoirs },
        { "scattering of networks", test_network },
        { "scattering of built-in networks", test_built_in_networks },
        { "scattering of modes", test_modes },
        { "dressed states", test_dressed },
    };

    return lb_test_main("expanded", cases, sizeof(cases) / sizeof(cases[0]));
}
