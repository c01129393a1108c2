/* tests/test_peak.c -- where quantities peak: known places, exact Kerr values,
 * and what must be refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <string.h>

#include <lindbound/model_file.h>
#include <lindbound/peak.h>

#include "lb_test_kerr.h"

#define PREC 256

static lb_model_t kerr;

static int
read_kerr(void)
{
    const char * data = getenv("LINDBOUND_DATA");
    char path[1000];
    lb_error err;

    lb_error_clear(&err);
    lb_model_init(kerr);
    snprintf(path, sizeof(path), "%s/models/kerr.json",
             data != NULL ? data : "data");
    return lb_model_read(kerr, path, &err) == LB_OK;
}

/* Settings are "NAME=TEXT" or NULL. */
static lb_status
find(lb_peak_t p, const char * quantity, const char * low, const char * high,
     const char * chi, const char * xi, const lb_peak_options * options,
     lb_error * err)
{
    lb_expr * e = test_parse(quantity);
    lb_settings_t settings;
    lb_scope_t scope;
    lb_status status;
    acb_t a, b;

    acb_init(a);
    acb_init(b);
    test_number(a, low, PREC);
    test_number(b, high, PREC);
    lb_settings_init(settings);
    lb_settings_set(settings, "chi", chi, "test", NULL);
    lb_settings_set(settings, "xi", xi, "test", NULL);
    lb_error_clear(err);
    CU_ASSERT_FATAL(lb_model_scope_at(scope, kerr, settings, err) == LB_OK);
    status = lb_peak_find(p, kerr, scope, lb_scope_find(scope, "Delta"),
                          acb_realref(a), acb_realref(b), e, options, err);
    lb_scope_clear(scope);
    lb_settings_clear(settings);
    lb_expr_free(e);
    acb_clear(a);
    acb_clear(b);
    return status;
}

/* The same, which must succeed. */
static void
must_find(lb_peak_t p, const char * quantity, const char * low,
          const char * high, const char * chi, const char * xi,
          const lb_peak_options * options)
{
    lb_error err;

    if (find(p, quantity, low, high, chi, xi, options, &err) != LB_OK)
        test_fail(quantity, &err);
}

static double
radius(const arb_t x)
{
    return mag_get_d(arb_radref(x));
}

static int
contains_text(const arb_t x, const char * text)
{
    int inside;
    acb_t y;

    acb_init(y);
    test_number(y, text, 4 * PREC);
    inside = arb_overlaps(x, acb_realref(y));
    acb_clear(y);
    return inside;
}

static int
is_indeterminate(const lb_peak_t p)
{
    return !arb_is_finite(p->location) && !arb_is_finite(p->x)
           && !arb_is_finite(p->value_there) && !arb_is_finite(p->value)
           && !p->reached && p->cutoff == NULL;
}

/* A linear mode: n = xi^2/(Delta^2 + gamma^2/4) peaks at 0 exactly. */
static void
test_linear(void)
{
    lb_peak_options options = lb_peak_defaults();
    lb_peak_t p;

    lb_peak_init(p);
    CU_ASSERT(is_indeterminate(p));
    must_find(p, "<a'*a>", "-1", "1.3", "0", "0.1", &options);
    CU_ASSERT(p->reached && !p->closed && p->level == LB_LEVEL_FULL);
    CU_ASSERT(arb_contains_zero(p->location));
    CU_ASSERT(radius(p->location) <= 2.3e-4);
    CU_ASSERT(contains_text(p->value, "0.04"));
    CU_ASSERT(radius(p->value) < 4e-6 && p->peaks == 1 && p->end == 0);

    /* more digits than doubles have */
    options.digits = 25;
    must_find(p, "<a'*a>", "-1", "1.3", "0", "0.1", &options);
    CU_ASSERT(p->reached && arb_contains_zero(p->location));
    CU_ASSERT(radius(p->location) <= 2.3e-25);
    CU_ASSERT(contains_text(p->value, "0.04"));
    CU_ASSERT(radius(p->value) < 4e-27);
    lb_peak_clear(p);
}

/* n, or g2, of the exact Kerr mode */
static void
exact(arb_t value, const arb_t delta, const char * chi, const char * xi,
      slong order)
{
    lb_kerr_t k;
    acb_t x;

    acb_init(x);
    test_kerr_init(k, "0", chi, xi, "1", 2 * PREC);
    arb_set(k->delta, delta);
    test_kerr_correlation(x, k, order, 2 * PREC);
    arb_set(value, acb_realref(x));
    lb_kerr_clear(k);
    acb_clear(x);
}

/* The location by the exact solution: f is larger (sign -1: smaller) in the
   middle than at both ends, and nowhere above the value. */
static void
check_exact(const lb_peak_t p, const char * chi, const char * xi, slong order,
            int sign)
{
    arb_t end, middle, f;
    arf_t at;

    arb_init(end);
    arb_init(middle);
    arb_init(f);
    arf_init(at);
    exact(middle, p->x, chi, xi, order);
    LB_CHECK_OVERLAP(middle, p->value_there, order);
    CU_ASSERT(arb_overlaps(middle, p->value));
    CU_ASSERT(arb_contains(p->location, p->x));
    for (int side = 0; side < 2; side++)
    {
        if (side == 0)
            arb_get_lbound_arf(at, p->location, 2 * PREC);
        else
            arb_get_ubound_arf(at, p->location, 2 * PREC);
        arb_set_arf(end, at);
        exact(f, end, chi, xi, order);
        arb_sub(f, middle, f, PREC);
        CU_ASSERT(sign > 0 ? arb_is_positive(f) : arb_is_negative(f));
        /* and the value holds what is between */
        arb_add(end, end, p->x, PREC);
        arb_mul_2exp_si(end, end, -1);
        exact(f, end, chi, xi, order);
        arb_sub(f, p->value, f, PREC);
        CU_ASSERT(sign > 0 ? !arb_is_negative(f) : !arb_is_positive(f));
    }
    arb_clear(end);
    arb_clear(middle);
    arb_clear(f);
    arf_clear(at);
}

static void
test_kerr(void)
{
    lb_peak_options options = lb_peak_defaults();
    lb_peak_t p;

    lb_peak_init(p);
    options.digits = 6;
    must_find(p, "<a'*a>", "-3", "1", "1", "1", &options);
    CU_ASSERT(p->reached && p->level == LB_LEVEL_FULL && p->cutoff == NULL);
    CU_ASSERT(radius(p->location) <= 4e-6 && radius(p->value) < 2e-6);
    check_exact(p, "1", "1", 1, 1);

    options.minimize = 1;
    must_find(p, "g2(a)", "-1", "3", "1", "0.1", &options);
    CU_ASSERT(p->reached && radius(p->location) <= 4e-6);
    check_exact(p, "1", "0.1", 2, -1);
    lb_peak_clear(p);
}

/* One truncated model throughout, and another one than the full. */
static void
test_truncated(void)
{
    lb_peak_options options = lb_peak_defaults();
    lb_peak_t p, full;

    lb_peak_init(p);
    lb_peak_init(full);
    options.cutoff = "2";
    must_find(p, "<a'*a>", "-3", "1", "1", "1", &options);
    CU_ASSERT(p->reached && p->level == LB_LEVEL_TRUNCATED);
    CU_ASSERT_FATAL(p->cutoff != NULL);
    CU_ASSERT(strcmp(p->cutoff, "N<=2") == 0);
    options.cutoff = NULL;
    must_find(full, "<a'*a>", "-3", "1", "1", "1", &options);
    CU_ASSERT(!arb_overlaps(p->location, full->location));
    CU_ASSERT(!arb_overlaps(p->value, full->value));

    /* without a cutoff one is chosen, high enough */
    options.level = LB_LEVEL_TRUNCATED;
    must_find(p, "<a'*a>", "-3", "1", "1", "1", &options);
    CU_ASSERT(p->level == LB_LEVEL_TRUNCATED && p->cutoff != NULL);
    CU_ASSERT(arb_overlaps(p->location, full->location));
    CU_ASSERT(arb_overlaps(p->value, full->value));
    lb_peak_clear(p);
    lb_peak_clear(full);
}

/* A parameter that is a ball: every point of it has a peak in there. */
static void
test_ball(void)
{
    static const char * const points[] = { "0.999999", "1", "1.000001" };
    lb_peak_options options = lb_peak_defaults();
    lb_peak_t all, one;

    lb_peak_init(all);
    lb_peak_init(one);
    must_find(all, "<a'*a>", "-1", "1", "1 +/- 0.000001", "0.3", &options);
    CU_ASSERT(!all->reached && radius(all->location) < 0.1);
    for (int k = 0; k < 3; k++)
    {
        must_find(one, "<a'*a>", "-1", "1", points[k], "0.3", &options);
        CU_ASSERT(arb_contains(all->location, one->location));
        CU_ASSERT(arb_overlaps(all->value, one->value));
    }
    lb_peak_clear(all);
    lb_peak_clear(one);
}

/* Functions of the parameter alone, whose peaks are known. */
static void
test_closed(void)
{
    lb_peak_options options = lb_peak_defaults();
    lb_peak_t p;

    lb_peak_init(p);
    options.digits = 40;
    must_find(p, "Delta^3 - 3*Delta", "-1.9", "1.8", "0", "0", &options);
    CU_ASSERT(p->reached && p->closed && p->end == 0);
    CU_ASSERT(contains_text(p->location, "-1") && contains_text(p->value, "2"));
    CU_ASSERT(radius(p->location) <= 4e-40 && radius(p->value) < 2e-40);
    options.digits = 4;
    options.minimize = 1;
    must_find(p, "Delta^3 - 3*Delta", "-2", "3", "0", "0", &options);
    CU_ASSERT(contains_text(p->location, "1") && contains_text(p->value, "-2"));
    options.minimize = 0;
    /* a local one: the upper end has 18 */
    must_find(p, "Delta^3 - 3*Delta", "-2", "3", "0", "0", &options);
    CU_ASSERT(contains_text(p->location, "-1") && p->end == 1);
    /* sqrt away from its cut */
    must_find(p, "sqrt(2 - Delta^2)", "-1.3", "1.2", "0", "0", &options);
    CU_ASSERT(contains_text(p->location, "0"));
    CU_ASSERT(contains_text(p->value, "sqrt(2)"));
    /* between an end and the first value beside it */
    must_find(p, "-(Delta - 1/300)^2", "0", "1", "0", "0", &options);
    CU_ASSERT(p->reached && contains_text(p->location, "1/300"));

    /* tan(Delta) = 4/5 at two of them: the highest that is seen */
    must_find(p, "exp(-Delta/9)*(sin(Delta) + cos(Delta))", "-4", "8", "0", "0",
              &options);
    CU_ASSERT(p->peaks == 2 && p->reached);
    CU_ASSERT(contains_text(p->location, "atan(4/5)"));
    lb_peak_clear(p);
}

static void
check_refused(const char * quantity, const char * low, const char * high,
              lb_status wanted, const char * words)
{
    lb_peak_options options = lb_peak_defaults();
    lb_error err;
    lb_status status;
    lb_peak_t p;

    lb_peak_init(p);
    status = find(p, quantity, low, high, "0", "0.1", &options, &err);
    if (status != wanted || strstr(err.text, words) == NULL)
        printf("\n%s: status %d, %s\n", quantity, (int) status, err.text);
    CU_ASSERT(status == wanted);
    CU_ASSERT(strstr(err.text, words) != NULL);
    CU_ASSERT(is_indeterminate(p));
    lb_peak_clear(p);
}

static void
test_refused(void)
{
    /* monotone: says so, and where it is better */
    check_refused("<a'*a>", "0.5", "2", LB_ENOCONV, "at the end Delta = 0.5");
    check_refused("Delta", "-1", "2", LB_ENOCONV,
                  "no maximum is seen between the ends; the largest value, "
                  "about 2, is at the end Delta = 2");
    check_refused("1", "0", "1", LB_ENOCONV, "no maximum is seen");
    /* poles, on either side of the nearest binary fraction: values that are
       larger than both neighbours, and no largest one between */
    check_refused("1/(Delta - 1/3)", "-1", "1.1", LB_ENOCONV,
                  "do not prove it");
    check_refused("1/(Delta - 2/3)", "-1", "1.1", LB_ENOCONV,
                  "do not prove it");
    check_refused("(1 + 0*<a'*a>)/(Delta - 1/3)", "-1", "1.1", LB_ENOCONV,
                  "do not prove it");
    check_refused("(1 + 0*<a'*a>)/(Delta - 2/3)", "-1", "1.1", LB_ENOCONV,
                  "do not prove it");
    /* values that are larger than both neighbours, but it jumps: no maximum */
    check_refused("-im(log(-1 + i*(Delta - 1/3)))", "-1", "0.6", LB_EMODEL,
                  "log is not shown to be continuous");
    check_refused("-arg(-1 + i*(Delta - 1/3))*(1 + 0*<a'*a>)", "-1", "0.6",
                  LB_EMODEL, "arg is not shown to be continuous");
    check_refused("-arg(i + <a'*a>)", "-1", "1.1", LB_EMODEL, "arg");
    check_refused("(2 - Delta^2)^(1/2)", "-1", "1.1", LB_EMODEL, "power");
    check_refused("<a>", "-1", "1.1", LB_EDOM, "real");
    check_refused("i*Delta^2 - Delta^2", "-1", "1.1", LB_EDOM, "real");
    check_refused("<a'*a>", "1", "1", LB_EDOM, "not below");
    check_refused("<a'*a>", "2", "1", LB_EDOM, "not below");
    check_refused("nothing", "0", "1", LB_ENAME, "nothing");
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "a linear mode", test_linear },
        { "a Kerr mode, against its exact solution", test_kerr },
        { "truncated", test_truncated },
        { "a parameter that is a ball", test_ball },
        { "functions of the parameter", test_closed },
        { "refused", test_refused },
    };
    int status;

    gsl_set_error_handler_off();
    if (!read_kerr())
        return EXIT_FAILURE;
    status = lb_test_main("peak", cases, sizeof(cases) / sizeof(cases[0]));
    lb_model_clear(kerr);
    return status;
}
