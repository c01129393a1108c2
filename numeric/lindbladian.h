/* numeric/lindbladian.h -- the master equation on a truncated space.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model   With P the projector on the basis, H_P = P H P and c_P = P c P,
 *             L(rho) = M rho + rho M' + sum_k r_k c_P rho c_P',
 *             M = -i (H_P - (i/2) sum_k r_k c_P' c_P),
 *         a Lindblad problem on the truncated space: the anticommutator holds
 *         the product c_P' c_P, not P c'c P (they differ for raising jumps).
 * Units   Those of the model; rates and frequencies alike.
 *
 * Shell scaling.  At weak drive the entries of rho between the shells j and k
 * fall like s^(j+k), s ~ drive / damping, and double precision, which keeps
 * absolute digits, loses the small ones.  So everything here is expressed in
 *
 *     sigma = S^-1 rho S^-1,   S = diag(s^N),   s = 2^-scale,
 *
 * which obeys the same equation with M -> S^-1 M S and c -> S^-1 c S; these
 * only rescale the entries of sparse matrices, by powers of two and so without
 * rounding.  Traces and expectation values pick up s^(j+k).
 *
 * A d x d matrix takes O(d^2) memory; the d^2 x d^2 matrix of L is never
 * formed. */
#ifndef LB_LINDBLADIAN_H
#define LB_LINDBLADIAN_H

#include <lindbound/model.h>
#include <lindbound/sparse.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LB_SCALE_AUTO (-1)
#define LB_SCALE_MAX 26

typedef struct
{
    slong dimension;
    slong scale;         /* s = 2^-scale, 0: not scaled                     */
    slong * excitations; /* N of each state                                 */
    double damping;      /* largest loss rate of the lowest lossy shell; a
                            typical rate of the problem, > 0                */
    lb_sparse_t generator;         /* S^-1 M S                              */
    lb_sparse_t generator_adjoint; /* its adjoint                           */
    slong n_jumps;
    lb_sparse_struct * jumps;         /* S^-1 sqrt(r) c_P S, nonzero ones   */
    lb_sparse_struct * jumps_adjoint; /* their adjoints                     */
} lb_lindbladian_struct;

typedef lb_lindbladian_struct lb_lindbladian_t[1];

/**
 * Initializes @p l; clear with lb_lindbladian_clear whatever the status.
 *
 * @param scale  from 0 to LB_SCALE_MAX, or LB_SCALE_AUTO: then s is the
 *        response of the vacuum, to first order in what raises it: the norm of
 *        the amplitudes that H_eff drives from the vacuum into a shell k,
 *        to the power 1/k, and the like for raising jumps; the largest of
 *        these for k <= 4, at most 1; and 1 if nothing raises the vacuum or
 *        that response does not exist
 * @return LB_OK; LB_EPREC or LB_EMODEL from the coefficients
 */
LB_MUST_CHECK lb_status lb_lindbladian_init(lb_lindbladian_t l,
                                            const lb_problem_t problem,
                                            const lb_basis_t basis,
                                            slong scale, lb_error * err);
void lb_lindbladian_clear(lb_lindbladian_t l);

/** y = L(x), x any matrix in the scaled frame; y and x do not overlap. */
void lb_lindbladian_apply(lb_complex * y, const lb_lindbladian_t l,
                          const lb_complex * x);

/** y = L*(x), the adjoint of lb_lindbladian_apply for tr(x' y): in the scaled
 *  frame an observable O is S O S. */
void lb_lindbladian_apply_adjoint(lb_complex * y, const lb_lindbladian_t l,
                                  const lb_complex * x);

/** y = L(x) in long double, for residuals. */
void lb_lindbladian_apply_extended(lb_extended * y, const lb_lindbladian_t l,
                                   const lb_extended * x);

/** Trace of S x S: the trace of the matrix that @p x stands for. */
lb_extended lb_lindbladian_trace(const lb_lindbladian_t l,
                                 const lb_extended * x);
lb_complex lb_lindbladian_trace_double(const lb_lindbladian_t l,
                                       const lb_complex * x);

#ifdef __cplusplus
}
#endif

#endif /* LB_LINDBLADIAN_H */
