/* compare/claim_value.h -- values of claims that need no steady state, or one of
 * their own: closed forms and limits, extrema over a box, entanglement
 * witnesses.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_CLAIM_VALUE_H
#define LB_CLAIM_VALUE_H

#include <lindbound/claim_job.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One end of a range: a real number in the names of @p scope.  LB_EDOM: it is
 *  not real; or what parsing and evaluating return. */
LB_MUST_CHECK lb_status lb_claim_range_end(arb_t x, const char * text,
                                           const lb_scope_t scope,
                                           lb_error * err);

/**
 * Encloses the value of @p job: sets its ball, what is known of it, cutoff and
 * note.
 *
 * @param scope          of the value, with the settings of the job
 * @param max_dimension  of a proof
 * @return LB_OK also if nothing is known (then the ball is indeterminate), or
 *         why it is not
 */
LB_MUST_CHECK lb_status lb_claim_value_alone(lb_claim_job * job,
                                             const lb_scope_t scope,
                                             slong max_dimension,
                                             lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_CLAIM_VALUE_H */
