/* numeric/steady_state.h -- the steady state of a truncated model, in doubles.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Solves L(rho) = 0, tr(rho) = 1 in the shell-scaled frame of
 * numeric/lindbladian.h.  Steps are computed in double; the residual that each
 * of them corrects is computed in long double, and so is what is kept.
 *
 * Nothing here is proved: names of results carry `_approx`. */
#ifndef LB_STEADY_STATE_H
#define LB_STEADY_STATE_H

#include <lindbound/preconditioner.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    double tolerance;     /* of the residual, see lb_steady_state_struct   */
    slong max_iterations; /* of GMRES, in all                              */
    slong scale;          /* 0 .. LB_SCALE_MAX, or LB_SCALE_AUTO: as of
                             lb_lindbladian_init, and less if the state turns
                             out to be stronger                            */
    int check_unique;     /* refuse models with several steady states      */
} lb_steady_state_options;

#define LB_STEADY_STATE_OPTIONS { 1e-14, 1000, LB_SCALE_AUTO, 1 }

typedef struct
{
    const lb_basis_struct * basis; /* borrowed: must outlive the state       */
    lb_lindbladian_t lindbladian;
    lb_preconditioner_t preconditioner;
    lb_extended * sigma; /* S^-1 rho S^-1, d x d, Hermitian, or NULL         */
    slong iterations;    /* of GMRES so far                                  */
    double residual;     /* ||L(sigma)|| / (damping max(1, ||sigma||)),
                            Frobenius norms in the scaled frame              */
} lb_steady_state_struct;

typedef lb_steady_state_struct lb_steady_state_t[1];

void lb_steady_state_init(lb_steady_state_t s);
void lb_steady_state_clear(lb_steady_state_t s);

/**
 * Finds the steady state of @p problem truncated to @p basis.
 *
 * @param s        initialized; a former state is forgotten
 * @param options  NULL: LB_STEADY_STATE_OPTIONS
 * @return LB_OK; LB_ENOCONV (not converged: says iterations, residual and
 *         what may help; or several steady states); LB_EPREC (coefficients not
 *         finite).  On failure there is no state: expectation values are NaN.
 */
LB_MUST_CHECK lb_status lb_steady_state_solve_approx(
    lb_steady_state_t s, const lb_problem_t problem, const lb_basis_t basis,
    const lb_steady_state_options * options, lb_error * err);

/** One correction from the residual in long double.  What it changes is a
 *  measure of the error before it.  LB_ENOCONV: the residual grew or there is
 *  no state; the state is as before. */
LB_MUST_CHECK lb_status lb_steady_state_refine_approx(lb_steady_state_t s,
                                                      lb_error * err);

/** 1: a second steady state was looked for and not found (an unproved
 *  statement); 0: there seems to be one, or a state that decays extremely
 *  slowly. */
int lb_steady_state_is_unique_approx(lb_steady_state_t s);

/**
 * tr(rho op) = sum of op_ij rho_ji; the weight s^(N_i + N_j) is applied to
 * the sums, so that tiny moments keep their relative accuracy.  @p op need
 * not be Hermitian.
 *
 * @return LB_OK; LB_EPREC or LB_EMODEL (a coefficient of op), LB_ENOCONV
 *         (there is no state): then @p value is NaN
 */
LB_MUST_CHECK lb_status lb_steady_state_expectation_approx(
    lb_extended * value, const lb_steady_state_t s, const lb_opoly_t op,
    lb_error * err);

/** log2 of the populations tr(rho 1_{N=n}) of the shells n of the basis,
 *  bits[0..shells-1]; from the first shell on that is lost in rounding, the
 *  trend of those below. */
void lb_steady_state_populations_approx(double * bits,
                                        const lb_steady_state_t s);

/** rho_ij; NaN if there is no state. */
lb_extended lb_steady_state_element_approx(const lb_steady_state_t s, slong i,
                                           slong j);

#ifdef __cplusplus
}
#endif

#endif /* LB_STEADY_STATE_H */
