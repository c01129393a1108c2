/* certify/full.h -- bounds weighted by the populations of the shells.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With bounds p_j of the populations of the shells (certify/populations.h),
 *
 *     |tr(rho R)| <= sum_jk ||R_jk|| sqrt(p_j p_k)        theory.md [F1], [F2]
 *
 * Level `full`: Y on the shells N <= M, R exact on N <= J, and the part of
 * O - o beyond J bounded by [F3].  The blocks up to M can be refined, the
 * others are boundary; if a jump raises N, so are the blocks (M, .), where the
 * truncated problem of the solver differs from the full one. */
#ifndef LB_FULL_H
#define LB_FULL_H

#include <lindbound/populations.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    lb_enclosure_space space;
    const lb_populations_struct * populations;
    int raises; /* some jump raises N */
} lb_full_space_struct;

typedef lb_full_space_struct lb_full_space_t[1];

/** Makes @p s, whose member `space` is set but for how it bounds, a space of
 *  level full.  It must stay where it is, its parts are borrowed. */
void lb_full_space_set(lb_full_space_struct * s,
                       const lb_populations_t populations, int raises);

/** The same for a truncated problem: the smaller of lb_truncated_bound and the
 *  weighted bound, theory.md [L5]. */
void lb_weighted_truncated_space_set(lb_full_space_struct * s,
                                     const lb_populations_t populations);

#ifdef __cplusplus
}
#endif

#endif /* LB_FULL_H */
