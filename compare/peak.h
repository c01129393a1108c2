/* compare/peak.h -- where a quantity of the steady state peaks along one
 * parameter: found in double precision, proved by enclosures.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Search, in doubles: LB_PEAK_SCAN equidistant values, both ends among them;
 * of those that are larger than both neighbours the largest; there GSL's
 * minimizer of Brent.  So a peak narrower than the scan may be missed, and of
 * several peaks one is taken: nothing says that it is the largest.
 *
 * Proof, docs/theory.md, [X1]: enclosures with f(x) > f(x-h) and f(x) > f(x+h),
 * and one of f over all of [x-h, x+h]. */
#ifndef LB_PEAK_H
#define LB_PEAK_H

#include <lindbound/steady_value.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LB_PEAK_SCAN 33
#define LB_PEAK_DIGITS 4

typedef struct
{
    int minimize;
    slong digits; /* of the value and of the location: h is at most 10^-digits
                     of |x|, or of the length of the interval if that is
                     greater                                                */
    lb_level level; /* auto, full or truncated                              */
    const char * cutoff; /* NULL: chosen, once, in the middle of the interval */
    slong max_dimension;
    /* NULL, or called before each evaluation */
    void (*progress)(const char * step, slong evaluations, void * context);
    void * progress_context;
} lb_peak_options;

/** A maximum, LB_PEAK_DIGITS digits, level auto. */
lb_peak_options lb_peak_defaults(void);

typedef struct
{
    arb_t location;    /* [x-h, x+h]: a local maximum lies inside           */
    arb_t x;           /* exact                                             */
    arb_t value_there; /* f(x)                                              */
    arb_t value;       /* of the largest value over that interval           */
    int reached;       /* location and value have their digits             */
    int closed;        /* no steady state was needed                        */
    lb_level level;    /* else: full or truncated                           */
    char * cutoff;     /* of level truncated; else NULL                     */
    /* seen in the search, not proved: */
    slong peaks; /* values of the scan larger than both neighbours          */
    int end;     /* -1, 1: the lower or the upper end is better still; 0    */
    slong evaluations, proofs;
    double seconds;
} lb_peak_struct;

typedef lb_peak_struct lb_peak_t[1];

void lb_peak_init(lb_peak_t p);
void lb_peak_clear(lb_peak_t p);

/**
 * Finds and proves a local maximum (minimum) of @p e along one parameter.
 *
 * A GSL error handler that aborts must have been turned off by the program.
 *
 * @param p       initialized
 * @param scope   of @p m, with its parameters as wanted; other parameters may
 *                be balls, then all holds for each of their points
 * @param symbol  place of the parameter in @p scope
 * @return LB_OK, also if not all digits were reached; LB_ENOCONV: no peak is
 *         seen inside, or none could be proved; LB_EDOM: an interval that is not
 *         provably longer than zero, or a value that is not real; LB_EMODEL: @p e
 *         or the model is not shown to be continuous; or what evaluating
 *         returns.  On failure the balls are indeterminate.
 */
LB_MUST_CHECK lb_status lb_peak_find(lb_peak_t p, const lb_model_t m,
                                     const lb_scope_t scope, slong symbol,
                                     const arb_t low, const arb_t high,
                                     lb_expr * e,
                                     const lb_peak_options * options,
                                     lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_PEAK_H */
