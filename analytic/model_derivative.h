/* analytic/model_derivative.h -- a model differentiated by a parameter.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_MODEL_DERIVATIVE_H
#define LB_MODEL_DERIVATIVE_H

#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Encloses dH/dp, p the parameter at place @p symbol of env->scope: the
 * Hermitian part of the derivative of what the text says.
 *
 * @param out     initialized for the subsystems of the scope
 * @param affine  NULL, or set to 1 if the text shows that dH/dp does not depend
 *                on p, so that H is affine in p; else to 0
 * @return LB_OK or what lb_derivative and evaluating return; then @p out has
 *         no terms
 */
LB_MUST_CHECK lb_status lb_hamiltonian_derivative(lb_opoly_t out, int * affine,
                                                  const lb_model_t m,
                                                  lb_env_t env, slong symbol,
                                                  lb_error * err);

/**
 * The same as a problem: H and the rates are those of lb_problem_init
 * differentiated by p (rates may be negative then), the jumps are unchanged.
 * Initializes @p p; clear with lb_problem_clear whatever the status.
 *
 * @return as above; LB_EMODEL also for a jump that depends on the parameter
 */
LB_MUST_CHECK lb_status lb_problem_init_derivative(lb_problem_t p,
                                                   const lb_model_t m,
                                                   lb_env_t env, slong symbol,
                                                   lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_MODEL_DERIVATIVE_H */
