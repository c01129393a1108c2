/* compare/verdict.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/verdict.h>

const char *
lb_verdict_str(lb_verdict v)
{
    switch (v)
    {
    case LB_AGREE:
        return "AGREE";
    case LB_UNDECIDED:
        return "UNDECIDED";
    case LB_DISAGREE:
        return "DISAGREE";
    case LB_NOT_JUDGED:
        break;
    }
    return "-";
}

lb_verdict
lb_verdict_worst(lb_verdict v, lb_verdict w)
{
    return v > w ? v : w;
}

#define PREC 64

/* True if |z| <= rtol * max(|x|, |y|), or atol for zeros, for all points. */
static int
within(const acb_t z, const acb_t x, const acb_t y, double rtol, double atol)
{
    arb_t size, bound, t;
    int good;

    arb_init(size);
    arb_init(bound);
    arb_init(t);
    acb_abs(size, x, PREC);
    acb_abs(t, y, PREC);
    arb_max(size, size, t, PREC);
    arb_set_d(bound, rtol);
    arb_mul(bound, bound, size, PREC);
    if (acb_contains_zero(x) && acb_contains_zero(y))
        arb_set_d(bound, atol);
    acb_abs(t, z, PREC);
    good = arb_le(t, bound);
    arb_clear(size);
    arb_clear(bound);
    arb_clear(t);
    return good;
}

lb_verdict
lb_verdict_balls(const acb_t x, const acb_t y, double rtol, double atol)
{
    lb_verdict verdict = LB_UNDECIDED;
    acb_t difference;
    slong prec;

    if (!acb_is_finite(x) || !acb_is_finite(y))
        return LB_UNDECIDED;
    if (!acb_overlaps(x, y))
        return LB_DISAGREE;
    /* enough bits to subtract nearly equal numbers without adding radius */
    prec = FLINT_MAX(acb_rel_accuracy_bits(x), acb_rel_accuracy_bits(y));
    prec = FLINT_MIN(FLINT_MAX(prec, PREC), 100000) + PREC;
    acb_init(difference);
    acb_sub(difference, x, y, prec);
    if (within(difference, x, y, rtol, atol))
        verdict = LB_AGREE;
    acb_clear(difference);
    return verdict;
}
