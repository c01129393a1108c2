/* numeric/leakage.h -- what a truncated steady state loses in the full model.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steady state rho of the truncated model, embedded with zeros, is not one
 * of the full model: L(rho) does not vanish.  Its Frobenius norm, in the units
 * of rates, tells how much the cutoff disturbs.  Information, not a bound of
 * anything: without a proved decay rate nothing follows from it. */
#ifndef LB_LEAKAGE_H
#define LB_LEAKAGE_H

#include <lindbound/cutoff.h>
#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The norm of L(rho) for the steady state rho at @p cutoff, L that of the
 * untruncated model; evaluated in long double on all states that L reaches.
 *
 * @param norm           NaN on failure
 * @param scope          of @p m, with its parameters as wanted
 * @param max_dimension  of the states that are reached
 * @return LB_OK; LB_EDIM; LB_ENOCONV (no steady state, or several), or what
 *         evaluating the model returns
 */
LB_MUST_CHECK lb_status lb_leakage_approx(double * norm, const lb_model_t m,
                                          const lb_scope_t scope,
                                          const lb_cutoff_t cutoff,
                                          slong max_dimension, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_LEAKAGE_H */
