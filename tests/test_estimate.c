/* tests/test_estimate.c -- numeric/estimate.c and numeric/approx_value.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A value is judged twice: the digits it claims must be right, and there must
 * be enough of them. */
#include <math.h>

#include <lindbound/estimate.h>

#include "lb_test.h"
#include "lb_test_numeric.h"

#define MAX_OBSERVABLES 8

/* Estimates the observables in @p texts (separated by ';') of @p model. */
static lb_status
estimate(lb_approx_value * values, lb_estimate_info * info, const char * model,
         const char * texts, const fmpq * drive_scale,
         const lb_estimate_options * options, lb_error * err)
{
    lb_expr * observables[MAX_OBSERVABLES];
    lb_model_t m;
    lb_status status;
    slong n = 0;

    test_model_init(m, model);
    while (*texts != '\0')
    {
        size_t length = strcspn(texts, ";");
        char * text = test_cut(texts, texts + length);

        observables[n++] = test_parse(text);
        flint_free(text);
        texts += length;
        texts += *texts == ';';
    }
    lb_error_clear(err);
    status = lb_estimate_approx(values, info, m, m->scope, drive_scale,
                                observables, n, options, err);
    for (slong k = 0; k < n; k++)
        lb_expr_free(observables[k]);
    lb_model_clear(m);
    return status;
}

/* The claimed digits are right, up to the last, and at least @p needed;
   @p expected is known to the relative accuracy @p known. */
static void
check_value_known(const lb_approx_value * x, double expected, double known,
                  slong needed, const char * what)
{
    double error = fabs(x->re - expected);
    double allowed = 2.0 * pow(10.0, -(double) x->digits) * fabs(expected);
    int ok = error <= allowed + known * fabs(expected) && x->digits >= needed
             && x->digits <= 15;

    if (!ok)
        printf("\n%s: %.17g, %ld digits, expected %.17g (error %.1e)\n", what,
               x->re, (long) x->digits, expected, error / fabs(expected));
    CU_ASSERT(ok);
}

static void
check_value(const lb_approx_value * x, double expected, slong needed,
            const char * what)
{
    check_value_known(x, expected, 1e-15, needed, what);
}

static void
must(lb_status status, const lb_error * err)
{
    if (status != LB_OK)
        printf("\nstatus %d: %s\n", (int) status, err->text);
    CU_ASSERT_FATAL(status == LB_OK);
}

/* --- values -------------------------------------------------------------- */

/* Models with closed forms. */
static void
test_closed_forms(void)
{
    static const struct
    {
        const char * model;
        const char * observable;
        double value;
        slong needed;
    } cases[] = {
        /* driven damped mode: a coherent state, a = -F/(Delta - i kappa/2) */
        { "modes: a; H: 3*(a + a') + a'*a; 1: a", "n(a)", 7.2, 11 },
        { "modes: a; H: 3*(a + a') + a'*a; 1: a", "g2(a)", 1.0, 11 },
        { "modes: a; H: 3*(a + a') + a'*a; 1: a", "re(<a>)", -2.4, 11 },
        { "modes: a; H: 1e-6*(a + a') + a'*a; 1: a", "g3(a)", 1.0, 11 },
        /* thermal mode: n = 1, g2 = 2, P(k) = 2^-(k+1) */
        { "modes: a; 1: a; 1/2: a'", "n(a)", 1.0, 11 },
        { "modes: a; 1: a; 1/2: a'", "g3(a)", 6.0, 11 },
        { "modes: a; 1: a; 1/2: a'", "P(a,7)", 1.0 / 256, 11 },
        /* parametric oscillator below threshold, resonant: with
           H = (e/2)(a^2 + a'^2), n = 2 e^2 / (kappa^2 - 4 e^2), even photon
           numbers only */
        { "modes: a; H: (a^2 + a'^2)/10; 1: a", "n(a)", 2.0 / 21, 11 },
        { "modes: a; H: 1e-4*(a^2 + a'^2); 1: a", "n(a)",
          2 * 4e-8 / (1 - 16e-8), 11 },
        /* two-level system driven by W sx: <s's> = 4 W^2/(g^2 + 8 W^2) */
        { "two-level: s; H: sx(s)/2; 1: s", "n(s)", 1.0 / 3, 15 },
        { "two-level: s; H: 1e-5*sx(s); 1: s", "n(s)", 4e-10 / (1 + 8e-10),
          14 },
        { "two-level: s; 1: s; 3: s'", "<sz(s)>", 0.5, 15 },
        /* no state at all */
        { "modes: a; x = 2; H: a + a'; 1: a", "x^2 + 1/2", 4.5, 15 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_approx_value value;
        lb_estimate_info info;
        lb_error err;

        lb_estimate_info_init(&info);
        must(estimate(&value, &info, cases[i].model, cases[i].observable, NULL,
                      NULL, &err),
             &err);
        check_value(&value, cases[i].value, cases[i].needed,
                    cases[i].observable);
        CU_ASSERT(fabs(value.im) <= 1e-12 * fabs(value.re));
        CU_ASSERT(info.cutoff != NULL && info.dimension >= 2);
        CU_ASSERT(info.residual <= 1e-14 && info.iterations > 0);
        CU_ASSERT(strcmp(info.preconditioner, "graded") == 0
                  || strcmp(info.preconditioner, "full-sylvester") == 0);
        CU_ASSERT(info.seconds > 0.0);
        lb_estimate_info_clear(&info);
    }
}

static void
test_nonreciprocal_cavities(void)
{
    char * model = test_three_cavities("1/10", "1", "c");
    lb_approx_value v[MAX_OBSERVABLES];
    lb_estimate_options options;
    lb_estimate_info info;
    lb_error err;
    fmpq_t scale;

    /* automatic */
    lb_estimate_info_init(&info);
    must(estimate(v, &info, model,
                  "n(a)/Omega^2; g2(a); g3(a); <a>; 1/(n(a) - n(a))", NULL,
                  NULL, &err),
         &err);
    check_value_known(v, 2.419839721346e-3, 2e-13, 11, "T_ca");
    check_value_known(v + 1, 72.8671623191, 7e-13, 11, "g2_ca");
    check_value_known(v + 2, 96.10711738, 5e-11, 11, "g3_ca");
    CU_ASSERT(v[3].im != 0.0 && v[3].digits >= 11);
    /* division by an exact zero */
    CU_ASSERT(isnan(v[4].re) && isnan(v[4].im) && v[4].digits == 0);

    /* prescribed; the truncated model has its own, different, values */
    lb_estimate_options_init(&options);
    options.cutoff_text = "a=3,b=3,c=3";
    must(estimate(v, &info, model, "g2(a)", NULL, &options, &err), &err);
    CU_ASSERT_STRING_EQUAL(info.cutoff, "a<=3, c<=3, b<=3");
    CU_ASSERT(info.dimension == 64);
    CU_ASSERT(fabs(v[0].re / 72.8670060 - 1.0) < 1e-9 && v[0].digits >= 13);
    options.cutoff_text = "4";
    options.digits = 6;
    must(estimate(v, &info, model, "g2(a)", NULL, &options, &err), &err);
    CU_ASSERT(fabs(v[0].re / 72.86716583 - 1.0) < 1e-9 && v[0].digits == 6);

    /* drives scaled by 1/100: 0.1 -> 1e-3; Omega in the observable, too */
    fmpq_init(scale);
    fmpq_set_si(scale, 1, 100);
    must(estimate(v, &info, model, "g2(a); n(a)/Omega^2", scale, NULL, &err),
         &err);
    CU_ASSERT(fabs(v[0].re / 7.0248e9 - 1.0) < 1e-4 && v[0].digits >= 9);
    CU_ASSERT(fabs(v[1].re / 2.48868e-7 - 1.0) < 1e-5 && v[1].digits >= 9);
    fmpq_clear(scale);
    lb_estimate_info_clear(&info);
    flint_free(model);
}

/* Photon pairs near threshold: the cutoff converges very slowly. */
static void
test_pairs(void)
{
    const char * model = "modes: a; H: 0.24*(a^2 + a'^2); 1: a";
    double e = 0.48;
    lb_approx_value v;
    lb_estimate_options options;
    lb_estimate_info info;
    lb_error err;

    lb_estimate_info_init(&info);
    lb_estimate_options_init(&options);
    options.max_dimension = 40;
    must(estimate(&v, &info, model, "n(a)", NULL, &options, &err), &err);
    /* near threshold 40 levels are not enough for many digits: the claim must
       be modest and right */
    check_value(&v, 2 * e * e / (1 - 4 * e * e), 0, "near threshold");
    CU_ASSERT(v.digits <= 3);
    CU_ASSERT(info.dimension > 30);
    lb_estimate_info_clear(&info);
}

/* An observable that vanishes by symmetry does not drive the cutoff up. */
static void
test_symmetric_zero(void)
{
    lb_approx_value v[2];
    lb_estimate_info info;
    lb_error err;

    lb_estimate_info_init(&info);
    must(estimate(v, &info, "modes: a; H: (a^2 + a'^2)/100; 1: a", "<a>; n(a)",
                  NULL, NULL, &err),
         &err);
    CU_ASSERT(hypot(v[0].re, v[0].im) < 1e-15);
    CU_ASSERT(v[0].digits == 0 || (v[0].re == 0.0 && v[0].im == 0.0));
    CU_ASSERT(info.dimension < 40);
    CU_ASSERT(v[1].digits >= 11);
    lb_estimate_info_clear(&info);
}

typedef struct
{
    slong calls, dimension;
} progress_log;

static void
log_progress(void * context, const lb_estimate_info * info)
{
    progress_log * log = context;

    CU_ASSERT(info->dimension > log->dimension);
    log->dimension = info->dimension;
    log->calls++;
}

static void
test_limits_of_the_cutoff(void)
{
    const char * model = "modes: a; H: 3*(a + a'); 1: a";
    progress_log log = { 0, 0 };
    lb_estimate_options options;
    lb_estimate_info info;
    lb_approx_value v;
    lb_error err;

    lb_estimate_info_init(&info);
    lb_estimate_options_init(&options);
    options.progress = log_progress;
    options.progress_context = &log;
    /* 36 photons do not fit into 20 levels: no digit is stable */
    options.max_dimension = 20;
    must(estimate(&v, &info, model, "n(a)", NULL, &options, &err), &err);
    CU_ASSERT(v.digits <= 1 && isfinite(v.re));
    CU_ASSERT(info.dimension <= 20 && info.dimension > 15);
    CU_ASSERT(log.calls > 3 && log.dimension == info.dimension);
    options.progress = NULL;
    /* a single cutoff is compared with a lower one */
    options.max_dimension = 5;
    must(estimate(&v, &info, "modes: a; H: 1e-3*(a + a'); 1: a", "n(a)", NULL,
                  &options, &err),
         &err);
    CU_ASSERT(info.dimension == 5);
    check_value(&v, 4e-6, 6, "one cutoff");
    /* which g4 does not allow here */
    must(estimate(&v, &info, "modes: a; H: 1e-3*(a + a'); 1: a", "g4(a)", NULL,
                  &options, &err),
         &err);
    CU_ASSERT(v.digits == 0 && isfinite(v.re));
    lb_estimate_info_clear(&info);
}

/* --- failures ------------------------------------------------------------ */

static void
test_refused(void)
{
    static const struct
    {
        const char * model;
        const char * observables;
        const char * cutoff;
        lb_status status;
        const char * message;
    } cases[] = {
        { "modes: a; H: a + a'; 1: a", "n(a); g3(a)", "2", LB_EDIM,
          "observable 'g3(a)' needs level 3 of a; the cutoff keeps 0..2: "
          "raise --cutoff" },
        { "modes: a b; H: a + a'; 1: a; 1: b", "<a'*b'*a*b>", "1", LB_EDIM,
          "needs 2 excitations" },
        { "modes: a b; H: a + a'; 1: a; 1: b", "n(a)", "a=3", LB_EDIM,
          "'b' is unbounded" },
        { "modes: a b; H: a + a'; 1: a; 1: b", "n(a)", "2000", LB_EDIM,
          "2003001 states, the limit is 1024" },
        { "modes: a; H: a + a'; 1: a", "n(q)", NULL, LB_ENAME, "'q'" },
        { "modes: a; H: a + a'; 1: a", "x + n(a)", NULL, LB_ENAME, "'x'" },
        { "modes: a; H: a + a'; 1: a", "n(a)", "x", LB_ENAME, "'x'" },
        { "modes: a; H: a'*a", "n(a)", NULL, LB_ENOCONV, "steady state" },
        { "modes: a; H: a + a'; -1: a", "n(a)", NULL, LB_EDOM, "" },
        { "modes: a; H: (a + a')/0; 1: a", "n(a)", NULL, LB_EPREC, "" },
        { "modes: a; H: a + a'; 1: a", "P(a,50)", "10", LB_EDIM,
          "needs level 50" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_approx_value v[MAX_OBSERVABLES];
        lb_estimate_options options;
        lb_estimate_info info;
        lb_error err;
        lb_status status;
        int ok;

        lb_estimate_info_init(&info);
        lb_estimate_options_init(&options);
        options.cutoff_text = cases[i].cutoff;
        v[0].re = 1.0;
        v[0].digits = 15;
        status = estimate(v, &info, cases[i].model, cases[i].observables, NULL,
                          &options, &err);
        ok = status == cases[i].status && err.status == status
             && strstr(err.text, cases[i].message) != NULL;
        if (!ok)
            printf("\ncase %zu: status %d: %s\n", i, (int) status, err.text);
        CU_ASSERT(ok);
        /* nothing that could be mistaken for a result */
        CU_ASSERT(isnan(v[0].re) && isnan(v[0].im) && v[0].digits == 0);
        lb_estimate_info_clear(&info);
    }
}

/* --- text ---------------------------------------------------------------- */

static void
test_value_text(void)
{
    static const struct
    {
        lb_approx_value x;
        slong digits;
        const char * text;
        const char * json;
    } cases[] = {
        { { 72.867162319, 0.0, 15 }, 15, "72.8671623190000", "72.867162319" },
        { { 72.867162319, 0.0, 9 }, 15, "72.8671623", "72.8671623" },
        { { 72.867162319, 0.0, 15 }, 4, "72.87", "72.867162319" },
        { { 72.867162319, 0.0, 1 }, 15, "7e+01", "70" },
        { { 5.4, 0.0, 1 }, 15, "5", "5" },
        { { 9.99996, 1e-9, 4 }, 15, "10.00", "10" },
        { { -2.5e-9, 0.0, 3 }, 15, "-2.50e-09", "-2.5e-09" },
        { { 1.5, -0.25, 3 }, 15, "1.50 - 0.25*i", NULL },
        { { 1.5, -0.25, 1 }, 15, "2", "2" },
        { { 1e-8, 2.0, 4 }, 15, "0 + 2.000*i", NULL },
        { { 0.0, 0.0, 15 }, 15, "0", "0" },
        { { 1.5, 0.0, 0 }, 15, "?", NULL },
        { { NAN, NAN, 0 }, 15, "?", NULL },
        { { NAN, 0.0, 7 }, 15, "?", NULL },
        { { INFINITY, 0.0, 7 }, 15, "?", NULL },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        char text[LB_APPROX_TEXT];
        json_t * json = lb_approx_value_json(&cases[i].x);
        json_t * value = json_object_get(json, "value");

        lb_approx_value_str(text, sizeof(text), &cases[i].x, cases[i].digits);
        if (strcmp(text, cases[i].text) != 0)
            printf("\ncase %zu: '%s'\n", i, text);
        CU_ASSERT_STRING_EQUAL(text, cases[i].text);
        CU_ASSERT_STRING_EQUAL(
            json_string_value(json_object_get(json, "level")), "estimate");
        CU_ASSERT(json_object_get(json, "ball") == NULL);
        if (cases[i].json != NULL)
        {
            CU_ASSERT(json_number_value(value) == strtod(cases[i].json, NULL));
            CU_ASSERT(json_integer_value(json_object_get(json, "digits"))
                      == cases[i].x.digits);
        }
        else if (text[0] == '?')
            CU_ASSERT(json_is_null(value))
        else
            CU_ASSERT(json_is_object(json_object_get(json, "re"))
                      && json_is_object(json_object_get(json, "im")))
        json_decref(json);
    }
}

static void
test_digits(void)
{
    CU_ASSERT(lb_approx_digits(1.0, 0.0, 1.0, 0.0) == 15);
    CU_ASSERT(lb_approx_digits(0.0, 0.0, 0.0, 0.0) == 15);
    CU_ASSERT(lb_approx_digits(1e-300, 0.0, 0.0, 0.0) == 0);
    CU_ASSERT(lb_approx_digits(1.0, 0.0, 1.0 + 3e-7, 0.0) == 6);
    CU_ASSERT(lb_approx_digits(1e-20, 3e-27, 1e-20, 0.0) == 6);
    CU_ASSERT(lb_approx_digits(1.0, 0.0, -1.0, 0.0) == 0);
    CU_ASSERT(lb_approx_digits(0.0, 1.0, 1.0, 0.0) == 0);
    CU_ASSERT(lb_approx_digits(NAN, 0.0, NAN, 0.0) == 0);
    CU_ASSERT(lb_approx_digits(INFINITY, 0.0, INFINITY, 0.0) == 0);
    CU_ASSERT(lb_approx_digits(1.0, NAN, 1.0, 0.0) == 0);
}

static void
test_info_json(void)
{
    lb_estimate_info info, other;
    json_t * object = json_object();

    lb_estimate_info_init(&info);
    lb_estimate_info_init(&other);
    lb_estimate_info_json(object, &info);
    CU_ASSERT(json_is_null(json_object_get(object, "cutoff")));
    CU_ASSERT(json_is_null(json_object_get(object, "residual")));
    info.cutoff = lb_text_copy("N<=3");
    info.dimension = 20;
    info.residual = 0.5;
    lb_estimate_info_swap(&info, &other);
    lb_estimate_info_json(object, &other);
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(object, "cutoff")),
                           "N<=3");
    CU_ASSERT(json_integer_value(json_object_get(object, "dimension")) == 20);
    CU_ASSERT(json_real_value(json_object_get(object, "residual")) == 0.5);
    json_decref(object);
    lb_estimate_info_clear(&info);
    lb_estimate_info_clear(&other);
    CU_ASSERT(other.cutoff == NULL);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "closed forms", test_closed_forms },
        { "three cavities", test_nonreciprocal_cavities },
        { "photon pairs near threshold", test_pairs },
        { "zero by symmetry", test_symmetric_zero },
        { "limits of the automatic cutoff", test_limits_of_the_cutoff },
        { "refused", test_refused },
        { "values as text and JSON", test_value_text },
        { "agreeing digits", test_digits },
        { "info as JSON", test_info_json },
    };

    return lb_test_main("estimate", cases, sizeof(cases) / sizeof(cases[0]));
}
