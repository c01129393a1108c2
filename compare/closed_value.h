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

typedef enum
{
    LB_BY_FORMULA, /* a closed form: no state and no quantity of a model  */
    LB_BY_MODEL    /* what coupled-mode scattering and the weak-drive
                      hierarchy say of a quantity                         */
} lb_route;

/**
 * Encloses @p e.
 *
 * @param leading_order  1: coefficient and order as the drives go to zero; 0:
 *                       at the stated drives
 * @param digits         relative; of an exact zero 10^-digits
 * @return LB_OK also if the digits were not reached, or what evaluating
 *         returns; on failure out is indeterminate
 */
LB_MUST_CHECK lb_status lb_closed_value_compute(
    lb_scalar_t out, lb_route route, const lb_expr * e, const lb_model_t m,
    const lb_scope_t scope, int leading_order, slong digits, lb_error * err);

/** First precision to try for so many digits. */
slong lb_closed_value_start(slong digits);
/** Last one. */
slong lb_closed_value_end(slong digits);
/** Whether @p x proves so many digits. */
int lb_closed_value_is_tight(const acb_t x, slong digits);

#ifdef __cplusplus
}
#endif

#endif /* LB_CLOSED_VALUE_H */
