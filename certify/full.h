/* certify/full.h -- bounds weighted by the populations of the shells.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With bounds p_j of the populations of the shells (certify/lyapunov.h),
 *
 *     |tr(rho R)| <= sum_jk ||R_jk|| sqrt(p_j p_k)        theory.md [F1], [F2]
 *
 * Level `full`: Y on the shells N <= M, R exact on N <= J, and the part of
 * O - o beyond J bounded by [F3].  The blocks up to M can be refined, the
 * others are boundary; if a jump raises N, so are the blocks (M, .), where the
 * truncated problem of the solver differs from the full one. */
#ifndef LB_FULL_H
#define LB_FULL_H

#include <lindbound/enclosure.h>
#include <lindbound/lyapunov.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The member `bound` of an lb_enclosure_space of level full; @p context is the
 * lb_full_space_struct.
 */
void lb_full_bound(lb_residual_bound_t b, acb_srcptr r, const lb_opoly_t op,
                   const arf_t o, void * context);

/** The sum of [F1] over the blocks of @p r, max(j, k) <= @p last counted as
 *  refinable, the others as boundary. */
void lb_weighted_bound(lb_residual_bound_t b, acb_srcptr r,
                       const lb_basis_t basis, const lb_lyapunov_t ly,
                       slong last);

/** The largest scale (numeric/lindbladian.h) whose frame does not weigh any
 *  shell up to @p top much less than the bound does. */
slong lb_weighted_scale(const lb_lyapunov_t ly, slong top);

typedef struct
{
    lb_enclosure_space space;
    const lb_lyapunov_struct * lyapunov;
} lb_full_space_struct;

typedef lb_full_space_struct lb_full_space_t[1];

/** Sets a space for it; it must stay where it is, its parts are borrowed. */
void lb_full_space_set(lb_full_space_struct * s, const lb_basis_t inner,
                       const lb_basis_t outer,
                       const lb_ball_lindbladian_t lindbladian,
                       lb_poisson_t solver, const lb_lyapunov_t lyapunov);

/** The same for a truncated problem on @p basis whose class is known: the
 *  smaller of lb_truncated_bound and the weighted bound, theory.md [L5]. */
void lb_weighted_truncated_space_set(lb_full_space_struct * s,
                                     const lb_basis_t basis,
                                     const lb_ball_lindbladian_t lindbladian,
                                     lb_poisson_t solver,
                                     const lb_lyapunov_t lyapunov);

#ifdef __cplusplus
}
#endif

#endif /* LB_FULL_H */
