/* model/order_statistic.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <lindbound/order_statistic.h>

static int
compare_midpoints(const void * x, const void * y)
{
    return arf_cmp(arb_midref((arb_srcptr) x), arb_midref((arb_srcptr) y));
}

void
lb_order_statistic(arb_t z, arb_srcptr x, slong n, slong k, slong prec)
{
    arb_ptr low = _arb_vec_init(n), high = _arb_vec_init(n); /* exact */

    for (slong i = 0; i < n; i++)
        arb_get_interval_arf(arb_midref(low + i), arb_midref(high + i), x + i,
                             prec + 30);
    qsort(low, (size_t) n, sizeof(arb_struct), compare_midpoints);
    qsort(high, (size_t) n, sizeof(arb_struct), compare_midpoints);
    arb_set_interval_arf(z, arb_midref(low + k - 1), arb_midref(high + k - 1),
                         prec);
    _arb_vec_clear(low, n);
    _arb_vec_clear(high, n);
}
