/* numeric/full_sylvester.h -- L without its jumps, inverted by eigenvectors.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * K(x) = M x + x M',  M = -i H_eff = X diag(mu) X^-1,  is diagonal in the
 * eigenvectors:
 *     K^-1(x) = X [ (X^-1 x X^-1')_jk / (mu_j + conj(mu_k)) ] X'.
 * One diagonalization, O(d^3), then four products of d x d matrices per
 * application; no assumption on H.  Works best where the jumps bring back
 * little: weak and moderate drives. */
#ifndef LB_FULL_SYLVESTER_H
#define LB_FULL_SYLVESTER_H

#include <lindbound/preconditioner.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Initializes @p p from @p l (which may be cleared afterwards); clear with
 * lb_preconditioner_clear whatever the status.
 *
 * Where M is (nearly) defective its Schur form is used instead, which always
 * exists; denominators that are nearly zero are replaced.
 *
 * @return LB_OK; LB_ENOCONV: LAPACK failed (p is then the identity)
 */
LB_MUST_CHECK lb_status lb_full_sylvester_init(lb_preconditioner_t p,
                                               const lb_lindbladian_t l,
                                               lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_FULL_SYLVESTER_H */
