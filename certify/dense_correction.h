/* certify/dense_correction.h -- a proposal by brute force.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For models so ill-conditioned that double precision cannot even propose, and
 * small enough: the d^2 x d^2 matrix of L* is solved in Arb's floating-point
 * arithmetic at the working precision.  O(d^6); nothing is proved by it. */
#ifndef LB_DENSE_CORRECTION_H
#define LB_DENSE_CORRECTION_H

#include <lindbound/ball_lindbladian.h>

#ifdef __cplusplus
extern "C" {
#endif

/* states at most */
#define LB_DENSE_STATES 16

/**
 * Approximately solves L*(Y) - o 1 = -R, Y_00 = 0, on the inner space.
 *
 * @param y  inner x inner, output; points, not exactly Hermitian
 * @param o  output
 * @param r  outer x outer, its upper triangle is used
 * @return 1; 0: too many states or no solution was found (y is untouched)
 */
int lb_dense_correction_approx(acb_ptr y, acb_t o,
                               const lb_ball_lindbladian_t l, acb_srcptr r);

#ifdef __cplusplus
}
#endif

#endif /* LB_DENSE_CORRECTION_H */
