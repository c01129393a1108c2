/* numeric/fisher.h -- quantum Fisher information of a density matrix.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With rho = sum_k p_k |k><k| and Hermitian A,
 *
 *     F_Q[rho, A] = 2 sum_kl (p_k - p_l)^2 / (p_k + p_l) |<k|A|l>|^2,
 *
 * a quadratic form in A; the symmetric logarithmic derivative is
 * X_kl = 2i (p_k - p_l) / (p_k + p_l) <k|A|l>.  Double precision: nothing here
 * is proved, theory.md [E1] says what a proof takes from it. */
#ifndef LB_FISHER_H
#define LB_FISHER_H

#include <lindbound/steady_state.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The reduced steady state of some subsystems.
 *
 * @param rho    d x d, row-major, d the dimension of @p part
 * @param part   states of the subsystems @p which, in that order; its states
 *               that occur in no state of the basis of @p s get zeros
 * @param which  places in the basis of @p s, all different
 */
void lb_reduced_state_approx(lb_complex * rho, const lb_basis_t part,
                             const slong * which, const lb_steady_state_t s);

/* Eigenvalues p_k and eigenvectors |k>. */
typedef struct
{
    slong dimension;
    double * p;
    lb_complex * vectors; /* row-major, |k> is the column k */
} lb_spectrum_struct;

typedef lb_spectrum_struct lb_spectrum_t[1];

/** Of the Hermitian matrix @p rho, d x d; clear with lb_spectrum_clear
 *  whatever the status.  LB_ENOCONV from LAPACK. */
LB_MUST_CHECK lb_status lb_spectrum_init_approx(lb_spectrum_t s,
                                                const lb_complex * rho,
                                                slong d, lb_error * err);
void lb_spectrum_clear(lb_spectrum_t s);

/** a = V' a V of the eigenvectors, or V a V' (@p back); d x d. */
void lb_spectrum_transform_approx(lb_complex * a, const lb_spectrum_t s,
                                  int back);

/** The polar form of F_Q at a, b, in the basis of the eigenvectors:
 *  2 sum_kl (p_k - p_l)^2 / (p_k + p_l) Re(a_kl b_lk). */
double lb_fisher_approx(const lb_complex * a, const lb_complex * b,
                        const lb_spectrum_t s);

/** The covariance Re tr(rho a b) - tr(rho a) tr(rho b), likewise. */
double lb_covariance_approx(const lb_complex * a, const lb_complex * b,
                            const lb_spectrum_t s);

/** x = the symmetric logarithmic derivative for @p a, both in the basis of the
 *  eigenvectors; zero between eigenvectors without weight. */
void lb_sld_approx(lb_complex * x, const lb_complex * a,
                   const lb_spectrum_t s);

/** The largest eigenvalue of the symmetric n x n matrix @p a, n >= 1, and its
 *  eigenvector of norm 1.  LB_ENOCONV from LAPACK. */
LB_MUST_CHECK lb_status lb_largest_eigenvalue_approx(double * value,
                                                     double * vector,
                                                     const double * a, slong n,
                                                     lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_FISHER_H */
