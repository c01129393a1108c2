/* model/functions.h -- the functions and constants of the language.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Branches are principal.  Every function encloses: for all points of the
 * argument balls the exact value lies in the result; where that cannot be
 * ensured (a pole, a non-real argument of `min`) the result is indeterminate
 * or the call is refused. */
#ifndef LB_FUNCTIONS_H
#define LB_FUNCTIONS_H

#include <lindbound/error.h>
#include <lindbound/scalar.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LB_MAX_ARITY 18

typedef enum
{
    LB_FUNCTION_NUMBER,   /* numbers to a number: sqrt, hyp0f2, ...        */
    LB_FUNCTION_OPERATOR, /* gives an operator: dag, sz, proj, ketbra      */
    LB_FUNCTION_STATE,    /* of the steady state: n, g2, g3, g4, P         */
    LB_FUNCTION_QUANTITY  /* of the model, in a form's `quantity`: S, ...  */
} lb_function_kind;

typedef struct
{
    const char * name;
    lb_function_kind kind;
    slong min_arity, max_arity;
    /* LB_FUNCTION_NUMBER: value of the coefficients, all of order 0 */
    lb_status (*number)(acb_t z, const acb_struct * x, slong n, slong prec,
                        lb_error * err);
    const char * usage; /* "sqrt(x)" */
    int of_ports; /* LB_FUNCTION_QUANTITY: the arguments name ports */
} lb_function;

/** The function @p name, or NULL. */
const lb_function * lb_function_find(const char * name);

/**
 * Value of a number function at scalars.  Functions that are homogeneous
 * (abs, abs2, re, im, conj, sqrt of an even order) take any order in the
 * drive, exp, cos and cosh any that is not negative (the value is then that at
 * 0, with a remainder); all others need order 0 (LB_EMODEL otherwise).  The
 * next coefficient passes through the former and through exp, log and log10.
 *
 * @param exact_branch  0 where the argument is only a limit or the function
 *        must be continuous: a value on a branch cut is indeterminate
 */
LB_MUST_CHECK lb_status lb_function_apply(lb_scalar_t z, const lb_function * f,
                                          const lb_scalar_struct * x, slong n,
                                          int exact_branch, slong prec,
                                          lb_error * err);

/** Encloses the constant @p name (i, pi, si_c, si_h, si_hbar, si_kB, si_e,
 *  si_eps0: CODATA 2018, SI units); 0 if there is no such constant. */
int lb_constant(acb_t z, const char * name, slong prec);

#ifdef __cplusplus
}
#endif

#endif /* LB_FUNCTIONS_H */
