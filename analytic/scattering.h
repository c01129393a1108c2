/* analytic/scattering.h -- coupled-mode scattering.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model    Modes a_j with H = sum_jk h_jk a_j' a_k and losses gamma_j, each
 *          loss a port, with out_j = -in_j + sqrt(gamma_j) a_j.
 *          With M = h - (i/2) diag(gamma), taken in the frame rotating at the
 *          light's frequency (so that "- omega" is already in the diagonal),
 *
 *              S = -1 - i sqrt(Gamma) M^(-1) sqrt(Gamma),
 *
 *          rows: output port, columns: input port; T(j -> k) = |S[k][j]|^2.
 * Source   Loss-induced nonreciprocity with three cavities, eqs (9)-(12).
 *          Its eq (12) prints Gamma for the square root on the right, which
 *          is not unitary; its eqs (13)-(15) follow from the form used here.
 * Units    Rates, couplings and detunings share one unit.
 * Sign     h_jj = Delta_j = omega_j - omega (mode minus light).
 *
 * No Fock space: S is exact for linear modes, and for Kerr modes it is the
 * weak-drive limit, because terms a'^2 a^2 do not act on one excitation. */
#ifndef LB_SCATTERING_H
#define LB_SCATTERING_H

#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Encloses S = -1 - i sqrt(Gamma) M^(-1) sqrt(Gamma).
 *
 * For every choice of points in the balls of @p m and @p gamma the exact
 * matrix lies in @p s.  M is any square matrix; with gamma_j smaller than the
 * damping in M, mode j has losses that are no port and S is not unitary.
 *
 * @param s      n x n; may alias @p m
 * @param gamma  n rates into the ports
 * @return LB_OK    s is enclosed
 *         LB_EDOM  some gamma is not provably >= 0
 *         LB_EPREC M is not provably invertible at this precision
 *         LB_EDIM  s and m are not both n x n
 *         On any status but LB_OK every entry of s is indeterminate.
 */
LB_MUST_CHECK lb_status lb_scattering_matrix(acb_mat_t s, const acb_mat_t m,
                                             arb_srcptr gamma, slong prec);

/** Encloses det M, the denominator of all entries of S (eq (15)). */
void lb_scattering_determinant(acb_t det, const acb_mat_t m, slong prec);

/**
 * Encloses dS/dp from M, Gamma and their derivatives by a real parameter p:
 *
 *     dS_jk/dp = (S_jk + delta_jk) (gamma_j'/gamma_j + gamma_k'/gamma_k)/2
 *                + i (sqrt(Gamma) M^(-1) M' M^(-1) sqrt(Gamma))_jk,
 *
 * a term with gamma' exactly zero being left out.
 *
 * @param ds  n x n; may alias @p dm.  Indeterminate where M is not provably
 *            invertible or a gamma with gamma' != 0 not provably positive.
 */
void lb_scattering_derivative(acb_mat_t ds, const acb_mat_t m, arb_srcptr gamma,
                              const acb_mat_t dm, arb_srcptr dgamma,
                              slong prec);

/**
 * Reads M and Gamma off a problem whose subsystems are all modes.
 *
 * h_jk is the coefficient of a_j' a_k in H.  Constants and linear drive terms
 * do not enter M; nor do terms a'^k a^k with k >= 2 ladder operators on each
 * side, which vanish on one excitation.  gamma_j is the sum of r |u|^2 over
 * the jumps u a_j; jumps of rate exactly zero are ignored.
 *
 * @param m      n x n, n the number of subsystems
 * @param gamma  length n
 * @return LB_OK; LB_EMODEL: H or a jump holds something else, which @p err
 *         names; LB_EDIM: m is not n x n.  On failure m and gamma are
 *         indeterminate.
 */
LB_MUST_CHECK lb_status lb_scattering_from_problem(acb_mat_t m, arb_ptr gamma,
                                                   const lb_problem_t p,
                                                   slong prec,
                                                   lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_SCATTERING_H */
