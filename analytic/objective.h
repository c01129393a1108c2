/* analytic/objective.h -- an expression as a function of some parameters, with
 * its gradient: what a certified optimum is sought of.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_OBJECTIVE_H
#define LB_OBJECTIVE_H

#include <lindbound/model.h>
#include <lindbound/optimum.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    const lb_model_struct * model; /* NULL: a plain expression         */
    lb_scope_t scope;              /* a copy; the parameters are set   */
    const lb_expr * expr;
    slong n;
    slong symbols[LB_OPTIMUM_MAX_PARAMETERS];
    int leading_order;  /* 1: the weak-drive limit; 0, as
                           lb_objective_init sets it: at the stated drives */
    int differentiable; /* 0: no gradient is known     */
    lb_node * gradient[LB_OPTIMUM_MAX_PARAMETERS]; /* NULL: zero       */
} lb_objective_struct;

typedef lb_objective_struct lb_objective_t[1];

/**
 * Prepares @p expr as a function of @p n parameters of @p scope.  Where
 * model/derivative.h has no derivative of it the function has no gradient: that
 * is no error, the optimum takes longer.
 *
 * @param m        model whose quantities @p expr may use (S(out,in), ...);
 *                 NULL: none.  Must outlive @p o, and so must @p expr.
 * @param symbols  places of the parameters in @p scope
 */
void lb_objective_init(lb_objective_t o, const lb_model_struct * m,
                       const lb_scope_t scope, const lb_expr * expr,
                       const slong * symbols, slong n);
void lb_objective_clear(lb_objective_t o);

/** An lb_objective_hook; @p context is the lb_objective_struct.  LB_EDOM: the
 *  expression is not real; LB_EMODEL: its limit is zero or infinite. */
lb_status lb_objective_evaluate(arb_t value, arb_ptr gradient, arb_srcptr x,
                                void * context, slong prec, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_OBJECTIVE_H */
