/* compare/continuous.h -- whether texts are continuous in a parameter.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What makes the steady states of neighbouring parameter values neighbours:
 * docs/theory.md, [X1]. */
#ifndef LB_CONTINUOUS_H
#define LB_CONTINUOUS_H

#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Shows that the Hamiltonian, the rates and the jumps of @p m are continuous in
 * one parameter, and that @p e is continuous in it and in the expectation
 * values, wherever they are finite.  Of sqrt, log and the like of a ball, which
 * jump on a branch cut, this is shown for the ball; of an expectation value it
 * is not.
 *
 * @param scope   of @p m; the parameter's value is the ball over which it runs
 * @param symbol  place of the parameter in @p scope
 * @return LB_OK; LB_EMODEL: not shown, the message says of which function; or
 *         what evaluating a text returns
 */
LB_MUST_CHECK lb_status lb_continuous_along(const lb_model_t m,
                                            const lb_scope_t scope,
                                            slong symbol, const lb_expr * e,
                                            slong prec, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_CONTINUOUS_H */
