/* numeric/poisson.h -- the adjoint equation that bounds an observable.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On a truncated space, given a matrix R, proposes a matrix Y and a number o
 * with
 *
 *     L*(Y) - o 1 = -R ,        <vacuum| Y |vacuum> = 0 ,
 *
 * so that L*(Y) + R - o 1 is small.  With R = O this is the adjoint (Poisson)
 * equation whose o is tr(rho O); with R the residual of a former solution it
 * is the correction of a refinement.  Works in the shell-scaled frame of
 * numeric/lindbladian.h: all matrices here are S X S with S = diag(s^N),
 * s = 2^-scale, row-major d x d, so entry (i,j) of an operator is multiplied
 * by the exact power 2^-(scale (N_i + N_j)); 1 becomes S^2.
 *
 * Nothing here is proved: the residual is certified elsewhere, in balls. */
#ifndef LB_POISSON_H
#define LB_POISSON_H

#include <lindbound/lindbladian.h>
#include <lindbound/preconditioner.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    const lb_basis_struct * basis; /* borrowed: must outlive the solver */
    lb_lindbladian_t lindbladian;
    lb_preconditioner_t preconditioner;
    slong iterations; /* of GMRES so far                               */
    double residual;  /* of the last solve, relative as its tolerance  */
    double * weight;  /* per state, or NULL: see lb_poisson_set_weights */
} lb_poisson_struct;

typedef lb_poisson_struct lb_poisson_t[1];

/**
 * Sets the solver up for @p problem on @p basis; clear with lb_poisson_clear
 * whatever the status.
 *
 * @param scale  as lb_lindbladian_init: 0 .. LB_SCALE_MAX or LB_SCALE_AUTO
 * @return LB_OK; LB_EPREC or LB_EMODEL from the coefficients; LB_ENOCONV: no
 *         preconditioner was found
 */
LB_MUST_CHECK lb_status lb_poisson_init(lb_poisson_t p,
                                        const lb_problem_t problem,
                                        const lb_basis_t basis, slong scale,
                                        lb_error * err);
void lb_poisson_clear(lb_poisson_t p);

/**
 * Residuals are minimized and measured in the norm of the entries
 * u_j r_jk u_k, where u_j = @p shell_weight[j] (rounded to a power of two)
 * belongs to the shell j and r_jk is not scaled; it should be near
 * sqrt(p_j), p_j the population of the shell or a bound on it.  NULL: all
 * entries in the scaled frame weigh alike, the default.
 *
 * Matters where populations do not fall like s^(2j), at strong drives and
 * large cutoffs: entries of R between the highest shells are then large and
 * mean nothing, and an unweighted solve is as inaccurate everywhere.
 *
 * @param shell_weight  basis->shells numbers; those that are not positive and
 *                      finite, or too small, are replaced by the smallest
 *                      that is used, 2^-400
 */
void lb_poisson_set_weights(lb_poisson_t p, const double * shell_weight);

/**
 * Solves L*(Y) - o 1 = -R in the scaled frame.
 *
 * The equation is linear and R may have any size: it is normalized inside.
 * An R whose entries in the scaled frame are tiny because O is an observable
 * of high order keeps its relative digits, since o is as tiny.
 *
 * @param y          d x d, output; its vacuum entry is 0
 * @param o          output
 * @param r          d x d
 * @param tolerance  of the residual, relative to R, both in the scaled frame
 *                   and weighted
 * @return LB_OK; LB_ENOCONV: the tolerance was not reached; y and o hold the
 *         best found, finite in any case
 */
LB_MUST_CHECK lb_status lb_poisson_solve_approx(lb_complex * y, lb_complex * o,
                                                lb_poisson_t p,
                                                const lb_complex * r,
                                                double tolerance,
                                                lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_POISSON_H */
