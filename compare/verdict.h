/* compare/verdict.h -- AGREE, DISAGREE or UNDECIDED.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_VERDICT_H
#define LB_VERDICT_H

#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In order of weight: the worst of several is the largest. */
typedef enum
{
    LB_NOT_JUDGED, /* nothing to compare with                             */
    LB_AGREE,      /* equal as far as the stated tolerance                */
    LB_UNDECIDED,  /* neither agreement nor disagreement is shown         */
    LB_DISAGREE    /* shown to differ                                     */
} lb_verdict;

/** "AGREE", ..., "-" for LB_NOT_JUDGED. */
const char * lb_verdict_str(lb_verdict v);

/** The larger of two verdicts. */
lb_verdict lb_verdict_worst(lb_verdict v, lb_verdict w);

/**
 * Judges two enclosures of what should be one number.
 *
 * DISAGREE: they are disjoint (a proof).  AGREE: they overlap and all points
 * of both lie within  rtol * max(|x|, |y|)  of each other, or within atol if
 * both balls contain zero; overlap of wide balls is not agreement, however
 * small the number.  Else UNDECIDED.
 */
lb_verdict lb_verdict_balls(const acb_t x, const acb_t y, double rtol,
                            double atol);

#ifdef __cplusplus
}
#endif

#endif /* LB_VERDICT_H */
