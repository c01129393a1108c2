/* numeric/graded.h -- the drive-free Lindbladian, inverted shell by shell.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Let M_0 be the part of M = -i H_eff that conserves the excitation number N,
 * and c the jumps that lower N by a definite amount.  The drive-free
 *
 *     L_0(x) = M_0 x + x M_0' + sum c x c'
 *
 * maps the block x_jk between the shells j and k to itself, by the Sylvester
 * operator of two small matrices, and to x_(j-q)(k-q) by the jumps that lower
 * N by q.  So L_0, jumps included, is inverted exactly by one sweep over the
 * blocks, from the top shells down; its adjoint from the vacuum up.  What
 * changes N in H, and jumps that keep or raise N, stay outside: works best
 * for weak and moderate drives.
 *
 * Only the blocks of shells are decomposed.  An application takes
 * sum_jk 2 d_j d_k (d_j + d_k) multiplications, d_j the sizes of the shells,
 * instead of the 4 d^3 of numeric/full_sylvester.h.
 *
 * L_0 has the vacuum as a stationary state; the deflation of
 * numeric/preconditioner.h is inverted exactly with it.  If L_0 has a second
 * one (an undamped two-level system, say) there is no inverse. */
#ifndef LB_GRADED_H
#define LB_GRADED_H

#include <lindbound/preconditioner.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Initializes @p p from @p l (which may be cleared afterwards); clear with
 * lb_preconditioner_clear whatever the status.
 *
 * A shell is diagonalized if its eigenvectors are well conditioned, and
 * brought to Schur form if not (near exceptional points).
 *
 * @return LB_OK; LB_ENOCONV: the drive-free model has, nearly, a second
 *         stationary state, or LAPACK failed (p is then the identity)
 */
LB_MUST_CHECK lb_status lb_graded_init(lb_preconditioner_t p,
                                       const lb_lindbladian_t l,
                                       lb_error * err);

/**
 * Exchanges, in a preconditioner made by lb_graded_init from @p l, the jumps
 * for what raises N in H: then L_0 is the Lindbladian without its jumps that
 * change N and without what lowers N in H, inverted exactly by a sweep in the
 * other direction.
 *
 * In the frame in which the populations are of one size these are of the order
 * of the population of the first shell, and what raises N is not small: where
 * drives are weak, equations are solved in fewer iterations.
 *
 * @return 0: @p p is not such a preconditioner, or there is no inverse; it is
 *         as before then
 */
int lb_graded_drive(lb_preconditioner_t p, const lb_lindbladian_t l);

/** Undoes lb_graded_drive; 0: there is nothing to undo. */
int lb_graded_undrive(lb_preconditioner_t p);

#ifdef __cplusplus
}
#endif

#endif /* LB_GRADED_H */
