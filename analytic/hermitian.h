/* analytic/hermitian.h -- certified eigenvalues of Hermitian matrices.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Degenerate eigenvalues are enclosed like all others.  Proof:
 * docs/theory.md, [H1]. */
#ifndef LB_HERMITIAN_H
#define LB_HERMITIAN_H

#include <lindbound/flint_compat.h>
#include <lindbound/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Encloses the eigenvalues of every Hermitian matrix in the ball matrix @p a,
 * in ascending order with their multiplicities: values[k] contains the
 * (k+1)-th smallest eigenvalue of each of them.
 *
 * @param values  length n
 * @param a       n x n
 * @return LB_OK; LB_EPREC: the proposed eigenvectors are not provably close to
 *         orthonormal, or an entry is not finite.  Then the values are
 *         indeterminate.
 */
LB_MUST_CHECK lb_status lb_hermitian_eigenvalues(arb_ptr values,
                                                 const acb_mat_t a,
                                                 slong prec);

/**
 * The same for a x = z b x with b positive definite: the n real numbers z for
 * which a - z b is singular.
 *
 * @return LB_OK; LB_EPREC as above, or b is not provably positive definite
 */
LB_MUST_CHECK lb_status lb_hermitian_pencil(arb_ptr values, const acb_mat_t a,
                                            const acb_mat_t b, slong prec);

#ifdef __cplusplus
}
#endif

#endif /* LB_HERMITIAN_H */
