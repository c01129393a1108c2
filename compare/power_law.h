/* compare/power_law.h -- y = A x^alpha, fitted to data and enclosed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The fit minimizes sum_i w_i (ln y_i - ln A - alpha ln x_i)^2.  Its result is
 * a linear function of the ln y_i, so that enclosures of the data give
 * enclosures of what the fit of the exact data is: docs/theory.md, [P1].  How
 * far the data are from a power law is another question: the standard error,
 * the largest residual and r^2 say that.
 *
 * The members approx_... are the same fit by GSL, in double precision at the
 * middles of the balls: no proof. */
#ifndef LB_POWER_LAW_H
#define LB_POWER_LAW_H

#include <lindbound/error.h>
#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    arb_t exponent;         /* alpha                                         */
    arb_t prefactor;        /* A                                             */
    arb_t standard_error;   /* of alpha, from the scatter of the residuals:
                               (chi^2/(n-2) / sum w (ln x - mean)^2)^(1/2)   */
    arb_t largest_residual; /* max |ln y_i - ln A - alpha ln x_i|            */
    arb_t r_squared;        /* 1 - chi^2 / sum w (ln y - mean)^2; means are
                               weighted; indeterminate if all y are equal    */
    double approx_exponent;
    double approx_prefactor;
    double approx_standard_error;
} lb_power_law_struct;

typedef lb_power_law_struct lb_power_law_t[1];

void lb_power_law_init(lb_power_law_t fit);
void lb_power_law_clear(lb_power_law_t fit);

/**
 * Fits n >= 3 points.
 *
 * @param weights  of the squares of the residuals of ln y; NULL: all 1
 * @return LB_OK; LB_EDOM: an x, y or weight is not provably positive and
 *         finite, which @p err names, or n < 3; LB_EPREC: the x are not
 *         provably different.  On failure all balls are indeterminate and the
 *         approximations NaN.
 */
LB_MUST_CHECK lb_status lb_power_law_fit(lb_power_law_t fit, arb_srcptr x,
                                         arb_srcptr y, arb_srcptr weights,
                                         slong n, slong prec, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_POWER_LAW_H */
