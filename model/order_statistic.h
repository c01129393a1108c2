/* model/order_statistic.h -- the k-th smallest of numbers known by balls.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_ORDER_STATISTIC_H
#define LB_ORDER_STATISTIC_H

#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Encloses the @p k-th smallest (1 <= k <= n) of n real numbers, the i-th of
 *  which lies in x[i]: it lies between the k-th smallest of the lower and the
 *  k-th smallest of the upper ends. */
void lb_order_statistic(arb_t z, arb_srcptr x, slong n, slong k, slong prec);

#ifdef __cplusplus
}
#endif

#endif /* LB_ORDER_STATISTIC_H */
