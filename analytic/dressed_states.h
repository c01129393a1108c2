/* analytic/dressed_states.h -- energies of the undamped, undriven system.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * H is the Hamiltonian with all drive parameters of the model set to zero.  It
 * must conserve the number N of excitations; its block of n excitations is then
 * a finite Hermitian matrix.  Energies are counted from the vacuum's,
 * <0|H|0>, in the rotating frame of the model: where one is zero, n photons of
 * the drive excite that dressed state resonantly.  Losses do not enter.
 *
 * Units: of the model, hbar = 1. */
#ifndef LB_DRESSED_STATES_H
#define LB_DRESSED_STATES_H

#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Blocks with more states than this are refused: the work grows as the cube. */
#define LB_DRESSED_MAX_BLOCK 200

/**
 * Encloses the @p k-th smallest energy (k = 1, 2, ..., with multiplicity) of
 * the block of @p n excitations.
 *
 * @return LB_OK; LB_EDOM: the block has fewer than k states; LB_EMODEL: a term
 *         of H, which @p err names, changes N; LB_EDIM: the block is too large;
 *         LB_EPREC; or what evaluating returns.  On failure e is indeterminate.
 */
LB_MUST_CHECK lb_status lb_dressed_energy(arb_t e, const lb_model_t m,
                                          const lb_scope_t scope, slong n,
                                          slong k, slong prec, lb_error * err);

/**
 * Encloses the @p k-th smallest real value of the parameter at place @p symbol
 * of @p scope for which the block of @p n excitations has an energy zero, all
 * other parameters as in the scope.  What is defined by the parameter follows
 * it.
 *
 * H must be affine in the parameter, as its text shows, H = A + p B, and the
 * block of B definite: then the block has as many real resonances as states.
 *
 * @return as lb_dressed_energy; LB_EMODEL also if H is not affine in the
 *         parameter or the parameter is a drive; LB_EPREC if B is not proved
 *         definite.  On failure x is indeterminate.
 */
LB_MUST_CHECK lb_status lb_resonance(arb_t x, const lb_model_t m,
                                     const lb_scope_t scope, slong symbol,
                                     slong n, slong k, slong prec,
                                     lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_DRESSED_STATES_H */
