/* compare/steady_value.h -- one steady-state quantity at the best level.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Level `auto` takes the first of these that answers:
 *   full       a ball, proved for the untruncated model
 *   truncated  a ball, proved at a cutoff where estimates are stable
 *   estimate   a number without proof
 * A ball answers if it proves the digits wanted (of an exact zero: is as
 * small), or at least LB_STEADY_LEAST_DIGITS; if parameters are balls, any
 * finite one does.  What limits the work is the dimension, not the time, so
 * that every machine finds the same level.
 *
 * A solver keeps the bases and decompositions of one model at one setting of
 * its parameters, so that further quantities of the same steady state cost
 * little. */
#ifndef LB_STEADY_VALUE_H
#define LB_STEADY_VALUE_H

#include <lindbound/certifier.h>
#include <lindbound/estimate.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LB_STEADY_LEAST_DIGITS 6

typedef enum
{
    LB_LEVEL_AUTO,
    LB_LEVEL_FULL,
    LB_LEVEL_TRUNCATED,
    LB_LEVEL_ESTIMATE
} lb_level;

/** "auto", "full", "truncated", "estimate". */
const char * lb_level_str(lb_level level);

typedef struct
{
    lb_level level;      /* wanted; auto with a cutoff means truncated        */
    slong digits;        /* wanted of a ball                                  */
    slong max_dimension; /* of a proof                                        */
    const lb_estimate_options * estimate; /* its cutoff is that of level
                                             truncated, too                   */
} lb_steady_options;

typedef struct
{
    lb_level level;         /* obtained: never auto                          */
    acb_t ball;             /* proved at that level; estimate: indeterminate */
    lb_approx_value approx; /* levels truncated and estimate; else NaN       */
    lb_estimate_info info;  /* of approx                                     */
    lb_certified_info certified; /* of ball                                  */
    char * cutoff;               /* "N<=8": what was kept; NULL before       */
    slong dimension;
    double seconds; /* in all */
    char note[512]; /* auto: why not a higher level, "" if nothing to say */
} lb_steady_value_struct;

typedef lb_steady_value_struct lb_steady_value_t[1];

void lb_steady_value_init(lb_steady_value_t v);
void lb_steady_value_clear(lb_steady_value_t v);
void lb_steady_value_swap(lb_steady_value_t x, lb_steady_value_t y);

/** What is not known of the value, in modulus: nothing is proved by it except
 *  at level full, where it is an upper bound of the radius. */
double lb_steady_value_noise(const lb_steady_value_t v);

typedef struct lb_steady_solver_struct lb_steady_solver;

/**
 * A solver of @p m; release with lb_steady_solver_free.
 *
 * @param m         must outlive the solver
 * @param scope     of @p m, with its parameters as wanted; copied
 * @param halvings  every drive of the model is multiplied by 2^-halvings
 * @param options   what they point to must outlive the solver
 */
LB_MUST_CHECK lb_status lb_steady_solver_new(lb_steady_solver ** s,
                                             const lb_model_t m,
                                             const lb_scope_t scope,
                                             slong halvings,
                                             const lb_steady_options * options,
                                             lb_error * err);
void lb_steady_solver_free(lb_steady_solver * s);

/**
 * Evaluates @p e in the steady state.
 *
 * @param v  initialized; a former value is forgotten
 * @return LB_OK; LB_ENOCONV (no value at the level wanted: the message says
 *         why; several steady states) or what lb_estimate_approx and
 *         lb_certifier_value return.  On failure the ball is indeterminate.
 */
LB_MUST_CHECK lb_status lb_steady_solver_value(lb_steady_value_t v,
                                               lb_steady_solver * s,
                                               lb_expr * e, lb_error * err);

/** The value of @p e by a solver of its own. */
LB_MUST_CHECK lb_status lb_steady_value_compute(
    lb_steady_value_t v, const lb_model_t m, const lb_scope_t scope,
    slong halvings, lb_expr * e, const lb_steady_options * options,
    lb_error * err);

/** 1: a second steady state of the model at @p cutoff seems to be there, or a
 *  state that decays extremely slowly: an unproved diagnosis of a value that
 *  is not determined; 0: not found, or nothing could be solved. */
int lb_several_steady_states_approx(const lb_model_t m, const lb_scope_t scope,
                                    const lb_cutoff_t cutoff,
                                    slong max_dimension);

/** Whether a ball is so wide that several steady states may be the reason:
 *  radius above 2^-20. */
int lb_ball_is_wide(const acb_t x);

/** What is said of a wide ball of @p name then; release with flint_free. */
char * lb_several_steady_states_str(const char * name);

#ifdef __cplusplus
}
#endif

#endif /* LB_STEADY_VALUE_H */
