/* tests/test_verdict.c -- verdicts on balls, findings on printed numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/printed.h>
#include <lindbound/verdict.h>

#include "lb_test.h"

static lb_verdict
judge(const char * x, const char * y)
{
    lb_verdict v;
    acb_t a, b;

    acb_init(a);
    acb_init(b);
    CU_ASSERT(arb_set_str(acb_realref(a), x, 200) == 0);
    CU_ASSERT(arb_set_str(acb_realref(b), y, 200) == 0);
    v = lb_verdict_balls(a, b, 1e-12, 1e-12);
    CU_ASSERT(v == lb_verdict_balls(b, a, 1e-12, 1e-12));
    acb_clear(a);
    acb_clear(b);
    return v;
}

static void
test_balls(void)
{
    CU_ASSERT(judge("1", "1") == LB_AGREE);
    CU_ASSERT(judge("[1 +/- 1e-20]", "[1 +/- 1e-15]") == LB_AGREE);
    CU_ASSERT(judge("[1 +/- 1e-20]", "1.0000000001") == LB_DISAGREE);
    CU_ASSERT(judge("[1 +/- 1e-20]", "1.00000000000001") == LB_DISAGREE);
    CU_ASSERT(judge("[1 +/- 0.1]", "[1 +/- 0.1]") == LB_UNDECIDED);
    CU_ASSERT(judge("[1e10 +/- 1e-3]", "1e10") == LB_AGREE);
    CU_ASSERT(judge("0", "[0 +/- 1e-30]") == LB_AGREE);
    CU_ASSERT(judge("0", "[0 +/- 1e-3]") == LB_UNDECIDED);
    /* nothing absolute about a number that is not zero */
    CU_ASSERT(judge("1.3e-20", "[1e-20 +/- 0.5e-20]") == LB_UNDECIDED);
    CU_ASSERT(judge("1.3e-20", "[0 +/- 1e-15]") == LB_UNDECIDED);
    CU_ASSERT(judge("1e-20", "[1e-20 +/- 1e-40]") == LB_AGREE);
    CU_ASSERT(judge("[+/- inf]", "1") == LB_UNDECIDED);
    CU_ASSERT(lb_verdict_worst(LB_AGREE, LB_UNDECIDED) == LB_UNDECIDED);
    CU_ASSERT(lb_verdict_worst(LB_DISAGREE, LB_UNDECIDED) == LB_DISAGREE);
    CU_ASSERT(lb_verdict_worst(LB_AGREE, LB_NOT_JUDGED) == LB_AGREE);
}

/* Text that is no decimal is evaluated here as `1/2` or `sqrt(2)/2`. */
static lb_finding
find(double lo, double hi, const char * relation, const char * text,
     const char * tolerance)
{
    lb_finding f;
    arb_t x, v;
    arf_t a, b;

    arb_init(x);
    arb_init(v);
    arf_init(a);
    arf_init(b);
    if (isnan(lo))
        arb_indeterminate(x);
    else
    {
        arf_set_d(a, lo);
        arf_set_d(b, hi);
        arb_set_interval_arf(x, a, b, 128);
    }
    arb_set_ui(v, strcmp(text, "1/2") == 0 ? 1 : 2);
    if (strcmp(text, "sqrt(2)/2") == 0)
        arb_sqrt(v, v, 128);
    arb_div_ui(v, v, 2, 128);
    if (strcmp(text, "1/1e20") == 0)
        arb_set_str(v, "1e-20", 128);
    f = lb_printed_judge(x, relation, text,
                         strchr(text, '/') != NULL ? v : NULL, tolerance);
    arb_clear(x);
    arb_clear(v);
    arf_clear(a);
    arf_clear(b);
    return f;
}

static void
test_printed(void)
{
    static const struct
    {
        double lo, hi;
        const char * relation;
        const char * text;
        lb_finding finding;
        const char * tolerance;
    } cases[] = {
        { 0.012003, 0.012004, "~", "0.012", LB_FINDING_HOLDS, NULL },
        { 0.00907, 0.00908, "~", "0.012", LB_FINDING_FAILS, NULL },
        { 0.0124, 0.0126, "~", "0.012", LB_FINDING_OPEN, NULL },
        { 3.632e-5, 3.633e-5, "~", "3.6e-5", LB_FINDING_HOLDS, NULL },
        { 4.893e-8, 4.894e-8, "~", "4.8e-8", LB_FINDING_FAILS, NULL },
        { 5.32, 5.33, "=", "5.3", LB_FINDING_HOLDS, NULL },
        { 5.36, 5.37, "=", "5.3", LB_FINDING_FAILS, NULL },
        { 0.97, 0.98, "=", "1", LB_FINDING_FAILS, NULL },
        { 1, 1, "=", "1", LB_FINDING_HOLDS, NULL },
        { 0.97, 0.98, "~", "1", LB_FINDING_HOLDS, NULL },
        { 0.97, 1.02, "=", "1", LB_FINDING_OPEN, NULL },
        { 0.39, 0.40, "~", "0", LB_FINDING_FAILS, NULL },
        { 0.002, 0.003, "~", "0", LB_FINDING_HOLDS, NULL },
        { 97, 98, "~", "100", LB_FINDING_HOLDS, NULL },
        { 90, 91, "~", "100", LB_FINDING_FAILS, NULL },
        { 0.5, 0.6, "<", "1", LB_FINDING_HOLDS, NULL },
        { 1.5, 1.6, "<", "1", LB_FINDING_FAILS, NULL },
        { 0.5, 0.6, "<<", "1", LB_FINDING_FAILS, NULL },
        { 0.05, 0.06, "<<", "1", LB_FINDING_HOLDS, NULL },
        { 72.8, 72.9, ">>", "1", LB_FINDING_HOLDS, NULL },
        { 2, 3, ">>", "1", LB_FINDING_FAILS, NULL },
        { 2, 3, ">", "1", LB_FINDING_HOLDS, NULL },
        { -1.9996, -1.9996, "=", "-2.0", LB_FINDING_HOLDS, NULL },
        { 1, 1, "?", "1", LB_FINDING_NONE, NULL },
        { 1, 1, "=", "one", LB_FINDING_NONE, NULL },
        { 0.0205, 0.0215, "=", "0.02", LB_FINDING_HOLDS, NULL },
        { 0.5, 0.5, "=", "1/2", LB_FINDING_HOLDS, NULL },
        { 0.5, 0.5 + 1e-9, "=", "1/2", LB_FINDING_OPEN, NULL },
        { 5e-21, 1.5e-20, "=", "1/1e20", LB_FINDING_OPEN, NULL },
        { 9.9999999999999e-21, 1.00000000000001e-20, "=", "1/1e20",
          LB_FINDING_HOLDS, NULL },
        { -1e-13, 1e-13, "=", "0", LB_FINDING_HOLDS, NULL },
        { 0.1247, 0.1248, "=", "(0.12)", LB_FINDING_HOLDS, NULL },
        { 0.1247, 0.1248, "=", "0.12 ", LB_FINDING_HOLDS, NULL },
        { -0.1247, -0.1246, "~", "-(0.12)", LB_FINDING_HOLDS, NULL },
        { 124.7, 124.8, "~", "(1.2e2)", LB_FINDING_HOLDS, NULL },
        { 0.5 + 1e-15, 0.5 + 2e-15, "=", "1/2", LB_FINDING_FAILS, NULL },
        { 0.7071, 0.7072, "~", "sqrt(2)/2", LB_FINDING_HOLDS, NULL },
        { 1, 1, "<=", "1", LB_FINDING_HOLDS, NULL },
        { 1, 1, ">=", "1", LB_FINDING_HOLDS, NULL },
        { 1, 1, "<", "1", LB_FINDING_FAILS, NULL },
        { 0.9, 1.1, ">=", "1", LB_FINDING_OPEN, NULL },
        { -0.05, -0.04, "<<", "1", LB_FINDING_HOLDS, NULL },
        { 4e4, 5e4, "order", "1e5", LB_FINDING_HOLDS, NULL },
        { 6e3, 7e3, "order", "1e5", LB_FINDING_FAILS, NULL },
        { 3e4, 4e4, "order", "1e5", LB_FINDING_OPEN, NULL },
        { 6, 6.1, "~", "5.5", LB_FINDING_HOLDS, "0.2" },
        { 6.7, 6.8, "~", "5.5", LB_FINDING_FAILS, "0.2" },
        { 0.1, 0.15, "~", "0", LB_FINDING_HOLDS, "0.2" },
        { 0.1, 0.15, "~", "0", LB_FINDING_NONE, "wide" },
        { NAN, NAN, "=", "1", LB_FINDING_OPEN, NULL },
        { -INFINITY, INFINITY, "=", "1", LB_FINDING_OPEN, NULL },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        lb_finding f = find(cases[k].lo, cases[k].hi, cases[k].relation,
                            cases[k].text, cases[k].tolerance);

        if (f != cases[k].finding)
        {
            printf("\n[%g, %g] %s %s: %s\n", cases[k].lo, cases[k].hi,
                   cases[k].relation, cases[k].text, lb_finding_str(f));
            CU_FAIL("finding");
        }
        else
            CU_PASS("finding");
    }
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "two enclosures of one number", test_balls },
        { "printed numbers", test_printed },
    };

    return lb_test_main("verdict", cases, sizeof(cases) / sizeof(cases[0]));
}
