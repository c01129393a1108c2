/* analytic/optimum.h -- the largest value of a function over a box, enclosed.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Branch and bound in balls: no sampling, no local search.  Every part of the
 * box either is proved not to hold the optimum or remains.  Proof:
 * docs/theory.md, [O1]. */
#ifndef LB_OPTIMUM_H
#define LB_OPTIMUM_H

#include <lindbound/error.h>
#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* parameters of a box */
#define LB_OPTIMUM_MAX_PARAMETERS 3

/**
 * A real function f of n real numbers.
 *
 * @param value     encloses f on all of the box @p x; indeterminate if it
 *                  cannot be enclosed there
 * @param gradient  NULL, or n balls: entries that are finite enclose the
 *                  partial derivatives, all of them only if f is differentiable
 *                  at every point of the box
 * @return LB_OK, or an error that ends the search
 */
typedef lb_status (*lb_objective_hook)(arb_t value, arb_ptr gradient,
                                       arb_srcptr x, void * context, slong prec,
                                       lb_error * err);

typedef struct
{
    int minimize;    /* 0: the largest value, 1: the smallest       */
    slong digits;    /* relative width wanted: 10^-digits           */
    slong max_boxes; /* parts that may be looked at                 */
    slong prec;
    /* NULL, or called now and then with the enclosure so far */
    void (*progress)(slong boxes, const arb_t optimum, void * context);
    void * progress_context;
} lb_optimum_options;

/** Options with defaults: largest value, 6 digits, 100000 parts. */
lb_optimum_options lb_optimum_defaults(void);

/**
 * Encloses the largest (smallest) value of f over the box of the points x with
 * low[i] <= x[i] <= high[i], for every choice of points in the balls low and
 * high and in whatever else enters f.
 *
 * @param optimum   contains the optimum; at most 10^-digits of it wide, or
 *                  10^-digits if it may be zero, unless the status says else
 * @param location  length n: x[i] of every point where f takes its optimum lies
 *                  in location[i]
 * @param boxes     NULL, or set to the number of parts that were looked at
 * @return LB_OK; LB_ENOCONV: max_boxes was reached first: the enclosures hold
 *         but are wider, or not finite; LB_EDOM: an interval is not provably
 *         longer than zero, or there are too many; or what @p f returns (then
 *         all is indeterminate)
 */
LB_MUST_CHECK lb_status lb_optimum(arb_t optimum, arb_ptr location,
                                   slong * boxes, lb_objective_hook f,
                                   void * context, arb_srcptr low,
                                   arb_srcptr high, slong n,
                                   const lb_optimum_options * options,
                                   lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_OPTIMUM_H */
