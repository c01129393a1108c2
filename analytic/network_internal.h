/* analytic/network_internal.h -- what the files of a network share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Not installed.  network.c reads a model, makes the matrices and S;
 * network_stability.c and network_moments.c work on the real matrix of the
 * quadratures. */
#ifndef LB_NETWORK_INTERNAL_H
#define LB_NETWORK_INTERNAL_H

#include <lindbound/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The ladder operators of term @p i: mode[k], and dagger[k] for a creation;
 *  returns their number, or -1 if there are more than @p most or a matrix
 *  unit. */
slong lb_network_ladder(slong * mode, int * dagger, slong most,
                        const lb_opoly_t p, slong i);

/** Entry (j, p) of F = sz U' sz without the root of the rate. */
void lb_network_in_coefficient(acb_t z, const lb_network_t net, slong j,
                               slong p);

/** Rows i with label[i] = k make up part k; returns the number of parts.
 *  @p linked says whether i and j interact. */
slong lb_network_find_parts(slong * label, slong n,
                            int (*linked)(const void *, slong, slong),
                            const void * context);
/** The rows of part k; returns their number. */
slong lb_network_part_rows(slong * rows, const slong * label, slong n, slong k);

/** The real matrix, 2 rows x 2 columns, that the upper half of @p z, acting on
 *  (a, a'), is on the quadratures (X, P). */
void lb_network_real_matrix(arb_mat_t r, const acb_mat_t z, slong rows,
                            slong columns, slong prec);
/** That of the dynamics. */
void lb_network_real_dynamics(arb_mat_t r, const lb_network_t net, slong prec);

/** LB_EUNSTABLE if the network is proved unstable, LB_EPREC if it is not proved
 *  stable. */
LB_MUST_CHECK lb_status lb_network_require_stable(const lb_network_t net,
                                                  slong prec, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_NETWORK_INTERNAL_H */
