/* certify/block_norm.h -- norms of the blocks between shells.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_BLOCK_NORM_H
#define LB_BLOCK_NORM_H

#include <lindbound/basis.h>
#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Upper bounds of the operator norm of the block of @p r between the shells j
 * and k and of the matrix of its radii: the smaller of the Frobenius norm and
 * sqrt(largest row sum * largest column sum), theory.md [T3].
 *
 * @param r  d x d of the basis, Hermitian; the entries i <= j are used
 * @param j  shell, j <= @p k
 */
void lb_block_norm(mag_t norm, mag_t radius, acb_srcptr r,
                   const lb_basis_t basis, slong j, slong k);

#ifdef __cplusplus
}
#endif

#endif /* LB_BLOCK_NORM_H */
