/* compare/closed_value.h -- a quantity without a Fock space, to given digits.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Precision is doubled until the digits are proved, up to
 * LB_CLOSED_VALUE_MAX_PREC bits (more if more digits are asked for): what is
 * not known then stays a wide ball. */
#ifndef LB_CLOSED_VALUE_H
#define LB_CLOSED_VALUE_H

#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LB_CLOSED_VALUE_MAX_PREC 4096

/**
 * Encloses @p e: a formula, or what coupled-mode scattering and the weak-drive
 * hierarchy say of a quantity of the model.
 *
 * @param leading_order  1: coefficient and order as the drives go to zero; 0:
 *                       at the stated drives
 * @param digits         relative; of an exact zero 10^-digits
 * @return LB_OK also if the digits were not reached, or what evaluating
 *         returns; on failure out is indeterminate
 */
LB_MUST_CHECK lb_status lb_closed_value_compute(
    lb_scalar_t out, const lb_expr * e, const lb_model_t m,
    const lb_scope_t scope, int leading_order, slong digits, lb_error * err);

/** Whether @p x proves so many digits. */
int lb_closed_value_is_tight(const lb_scalar_t x, slong digits);

#ifdef __cplusplus
}
#endif

#endif /* LB_CLOSED_VALUE_H */
