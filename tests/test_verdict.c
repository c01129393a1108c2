/* tests/test_verdict.c -- verdicts on balls, findings on printed numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

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
    CU_ASSERT(judge("[+/- inf]", "1") == LB_UNDECIDED);
    CU_ASSERT(lb_verdict_worst(LB_AGREE, LB_UNDECIDED) == LB_UNDECIDED);
    CU_ASSERT(lb_verdict_worst(LB_DISAGREE, LB_UNDECIDED) == LB_DISAGREE);
    CU_ASSERT(lb_verdict_worst(LB_AGREE, LB_NOT_JUDGED) == LB_AGREE);
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
    } cases[] = {
        { 0.012003, 0.012004, "~", "0.012", LB_FINDING_HOLDS },
        { 0.00907, 0.00908, "~", "0.012", LB_FINDING_FAILS },
        { 0.0124, 0.0126, "~", "0.012", LB_FINDING_OPEN },
        { 3.632e-5, 3.633e-5, "~", "3.6e-5", LB_FINDING_HOLDS },
        { 4.893e-8, 4.894e-8, "~", "4.8e-8", LB_FINDING_FAILS },
        { 5.32, 5.33, "=", "5.3", LB_FINDING_HOLDS },
        { 5.36, 5.37, "=", "5.3", LB_FINDING_FAILS },
        { 0.97, 0.98, "=", "1", LB_FINDING_FAILS },
        { 1, 1, "=", "1", LB_FINDING_HOLDS },
        { 0.97, 0.98, "~", "1", LB_FINDING_HOLDS },
        { 0.97, 1.02, "=", "1", LB_FINDING_OPEN },
        { 0.39, 0.40, "~", "0", LB_FINDING_FAILS },
        { 0.002, 0.003, "~", "0", LB_FINDING_HOLDS },
        { 97, 98, "~", "100", LB_FINDING_HOLDS },
        { 90, 91, "~", "100", LB_FINDING_FAILS },
        { 0.5, 0.6, "<", "1", LB_FINDING_HOLDS },
        { 1.5, 1.6, "<", "1", LB_FINDING_FAILS },
        { 0.5, 0.6, "<<", "1", LB_FINDING_FAILS },
        { 0.05, 0.06, "<<", "1", LB_FINDING_HOLDS },
        { 72.8, 72.9, ">>", "1", LB_FINDING_HOLDS },
        { 2, 3, ">>", "1", LB_FINDING_FAILS },
        { 2, 3, ">", "1", LB_FINDING_HOLDS },
        { -1.9996, -1.9996, "=", "-2.0", LB_FINDING_HOLDS },
        { 1, 1, "?", "1", LB_FINDING_NONE },
        { 1, 1, "=", "one", LB_FINDING_NONE },
        { NAN, NAN, "=", "1", LB_FINDING_OPEN },
        { -INFINITY, INFINITY, "=", "1", LB_FINDING_OPEN },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        lb_finding f = lb_printed_judge(cases[k].lo, cases[k].hi,
                                        cases[k].relation, cases[k].text);

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
