/* analytic/model_quantity.h -- quantities of a model without a Fock space.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second route to a form's quantity: evaluates an expression and sends
 * what it asks of the model where that is found.  Expectation values: the
 * weak-drive hierarchy (analytic/hierarchy.h, analytic/next_order.h), or the
 * Gaussian state of a network at its stated drives
 * (analytic/network_quantity.h).
 * amplitude: the hierarchy.  S, dS, det_M: coupled-mode scattering
 * (analytic/scattering.h), or the network.  dressed, resonance: the blocks of
 * H (analytic/dressed_states.h).  Each is built from the model itself, in
 * balls, and only when an expression asks for it. */
#ifndef LB_MODEL_QUANTITY_H
#define LB_MODEL_QUANTITY_H

#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Encloses the leading order of @p quantity as all drives of @p m go to zero
 * together: coefficient * drive^order, with the coefficient at the drives'
 * nominal values.  A quantity of order 0 has the coefficient as its limit.
 *
 * @param orders  1: the leading order; 2: and the next coefficient of it
 *        (model/scalar.h), where it can be had; 0: the value at the stated
 *        drives instead, then amplitudes are refused, and expectation values
 *        unless the model is a network with ports
 * @param scope  names and values, from lb_model_scope_at or lb_form_scope
 * @return LB_OK; LB_EPREC: retry with more bits; LB_EMODEL: the hierarchy or
 *         the scattering matrix does not apply (the message says which term
 *         of the model prevents it); or what evaluating returns.  On failure
 *         out is indeterminate.
 */
LB_MUST_CHECK lb_status lb_model_quantity(lb_scalar_t out,
                                          const lb_expr * quantity,
                                          const lb_model_t m,
                                          const lb_scope_t scope, int orders,
                                          slong prec, lb_error * err);

/**
 * Encloses several quantities as above, sharing what they have in common.
 *
 * @param out         @p count scalars; indeterminate on failure
 * @param m           NULL: plain expressions, without a model
 * @param leading     1: leading orders in the drive; 0: at the stated drives
 * @param continuous  1: values on a branch cut are indeterminate
 */
LB_MUST_CHECK lb_status
lb_model_quantity_nodes(lb_scalar_struct * out, const lb_node * const * nodes,
                        slong count, const lb_model_struct * m,
                        const lb_scope_t scope, int leading, int continuous,
                        slong prec, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_MODEL_QUANTITY_H */
