/* model/evaluate.h -- expressions to balls and operator polynomials.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An environment is a scope seen at one precision: every symbol is evaluated
 * at most once.  All values are enclosures: for every choice of points in the
 * ball parameters the exact value lies in the result.  On any failure the
 * output is indeterminate (scalars) or zero terms with an error status
 * (operators), and @p err says where in the text.
 *
 * Quantities that need more than the text -- expectation values <O> and the
 * functions of a form's quantity (S, amplitude, ...) -- come from hooks that
 * the caller sets: the hierarchy, the S matrix or a steady state. */
#ifndef LB_EVALUATE_H
#define LB_EVALUATE_H

#include <lindbound/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

struct lb_env_struct;

/** Gives <op>.  Must set @p out to indeterminate on failure. */
typedef lb_status (*lb_expectation_hook)(lb_scalar_t out, const lb_opoly_t op,
                                         void * context, slong prec,
                                         lb_error * err);

/** A hook for checking texts: every expectation value is indeterminate. */
lb_status lb_expectation_unknown(lb_scalar_t out, const lb_opoly_t op,
                                 void * context, slong prec, lb_error * err);

/** Gives a model quantity `name(args)` that the language itself lacks; the
 *  arguments are unevaluated.  LB_ENAME without touching @p err if the hook
 *  does not know @p call->name. */
typedef lb_status (*lb_quantity_hook)(lb_scalar_t out, const lb_node * call,
                                      struct lb_env_struct * env,
                                      void * context, slong prec,
                                      lb_error * err);

/** A hook for checking texts: every model quantity is indeterminate. */
lb_status lb_quantity_unknown(lb_scalar_t out, const lb_node * call,
                              struct lb_env_struct * env, void * context,
                              slong prec, lb_error * err);

typedef struct lb_env_struct
{
    const lb_scope_struct * scope;
    slong prec;

    /* weak-drive limit: drive parameters get order 1 (model/scalar.h) */
    int leading_order;
    /* values on a branch cut, where a function jumps, are indeterminate */
    int continuous;
    /* factor on every drive parameter, exact, 1 unless set after init */
    fmpq_t drive_scale;

    lb_expectation_hook expectation; /* NULL: <O> is refused */
    void * expectation_context;
    lb_quantity_hook quantity; /* NULL: unknown functions are refused */
    void * quantity_context;

    lb_scalar_struct * values; /* memo, one per symbol */
    char * known;
} lb_env_struct;

typedef lb_env_struct lb_env_t[1];

/** @p scope must outlive the environment and stay unchanged. */
void lb_env_init(lb_env_t env, const lb_scope_t scope, slong prec);
void lb_env_clear(lb_env_t env);

/**
 * Value of a number expression.
 *
 * @return LB_OK; LB_ENAME, LB_EDOM (an operator where a number is needed, a
 *         function outside its domain of arguments), LB_EMODEL (an
 *         expectation value where none is to be had) or what a hook returns.
 *         LB_OK says nothing about tightness: 1/0 is the indeterminate ball.
 */
LB_MUST_CHECK lb_status lb_env_scalar(lb_scalar_t out, lb_env_t env,
                                      const lb_expr * e, lb_error * err);

/** As lb_env_scalar for a node of an expression's tree. */
LB_MUST_CHECK lb_status lb_env_scalar_node(lb_scalar_t out, lb_env_t env,
                                           const lb_node * node,
                                           lb_error * err);

/** Value of an operator (or number) expression in normal-ordered form;
 *  @p out must be initialized for env->scope's subsystems. */
LB_MUST_CHECK lb_status lb_env_operator(lb_opoly_t out, lb_env_t env,
                                        const lb_expr * e, lb_error * err);
LB_MUST_CHECK lb_status lb_env_operator_node(lb_opoly_t out, lb_env_t env,
                                             const lb_node * node,
                                             lb_error * err);

/** The finite real number that @p text stands for in the names of @p scope, at
 *  @p prec bits.  LB_EDOM: it is not finite or not real; or what parsing and
 *  evaluating return.  On failure x is indeterminate. */
LB_MUST_CHECK lb_status lb_scope_real(arb_t x, const char * text,
                                      const lb_scope_t scope, slong prec,
                                      lb_error * err);

/** Value of one named parameter or definition of the scope. */
LB_MUST_CHECK lb_status lb_env_symbol(lb_scalar_t out, lb_env_t env,
                                      slong symbol, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_EVALUATE_H */
