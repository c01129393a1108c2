/* model/derivative.h -- expressions differentiated by a real parameter.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Symbolic: the derivative is a tree of the same language, evaluated like any
 * other.  Numbers and operators alike.  Proof: docs/theory.md, [D1]. */
#ifndef LB_DERIVATIVE_H
#define LB_DERIVATIVE_H

#include <lindbound/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Differentiates @p node by the parameter at place @p symbol of @p scope,
 * taken as a real variable, through everything that is defined by it.
 *
 * Where the value of @p node, evaluated in balls with env->continuous set, and
 * that of the derivative are both finite, @p node is differentiable at every
 * point of the parameter balls and the derivative lies in its enclosure.
 *
 * @param out  the tree, to be released with lb_node_free; NULL if the text
 *             shows that @p node does not depend on the parameter
 * @return LB_OK; LB_EMODEL: something that depends on the parameter has no
 *         derivative here (min, real_root, <...>, a power whose exponent is not
 *         an integer, ...); LB_EDIM: the derivative has too many terms.
 *         On failure *out = NULL.
 */
LB_MUST_CHECK lb_status lb_derivative(lb_node ** out, const lb_node * node,
                                      const lb_scope_t scope, slong symbol,
                                      lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_DERIVATIVE_H */
