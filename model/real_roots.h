/* model/real_roots.h -- the real roots of a real polynomial, with a count.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Proof: docs/theory.md, [R1]. */
#ifndef LB_REAL_ROOTS_H
#define LB_REAL_ROOTS_H

#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Encloses the @p k-th real root, k = 1 the smallest, multiple roots counted
 * as often as they occur, of c[0] + c[1] x + ... + c[n] x^n.
 *
 * For every choice of points in the balls of @p c the k-th real root of that
 * polynomial lies in @p root.  Coefficients that are exactly zero at the top
 * lower the degree.
 *
 * @return 1   root is enclosed
 *         0   not proved at this precision: the leading coefficient may be
 *             zero, or two roots, real or not, are too close to be told apart
 *             (always so for a multiple root, unless all coefficients are
 *             exact).  root is indeterminate.
 *         -1  proved that there are fewer than k real roots, or that the
 *             polynomial is constant.  root is indeterminate.
 */
int lb_real_root(arb_t root, arb_srcptr c, slong n, slong k, slong prec);

#ifdef __cplusplus
}
#endif

#endif /* LB_REAL_ROOTS_H */
