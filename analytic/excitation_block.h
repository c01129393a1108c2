/* analytic/excitation_block.h -- the states with N excitations, and operators
 * between them.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A block is the span of all product states whose levels add up to N, listed
 * in lexicographic order: size x subsystems, row-major. */
#ifndef LB_EXCITATION_BLOCK_H
#define LB_EXCITATION_BLOCK_H

#include <lindbound/error.h>
#include <lindbound/operator_polynomial.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Blocks with more states than this are refused. */
#define LB_BLOCK_MAX 2000

/** Lists the states of @p excitations excitations of @p n subsystems; release
 *  *levels with flint_free.  LB_EDIM: more than LB_BLOCK_MAX of them. */
LB_MUST_CHECK lb_status lb_block_states(slong ** levels, slong * size,
                                        const lb_kind * kinds, slong n,
                                        slong excitations, lb_error * err);

/** Index of @p state, which the block must hold. */
slong lb_block_find(const slong * levels, slong size, slong n,
                    const slong * state);

/** m = matrix of @p p, every term of which keeps N, on the block, minus
 *  <0|p|0>. */
void lb_block_matrix(acb_mat_t m, const lb_opoly_t p, const slong * levels,
                     slong prec);

#ifdef __cplusplus
}
#endif

#endif /* LB_EXCITATION_BLOCK_H */
