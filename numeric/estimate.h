/* numeric/estimate.h -- observables of a model at level `estimate`.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steady state of the model in a truncated Fock space, in doubles, without
 * proof.  A value carries the number of its decimal digits that stayed the
 * same when the solution was refined and, unless the cutoff was prescribed,
 * when the cutoff was raised. */
#ifndef LB_ESTIMATE_H
#define LB_ESTIMATE_H

#include <jansson.h>
#include <lindbound/approx_value.h>
#include <lindbound/cutoff.h>
#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a set of values was obtained. */
typedef struct
{
    char * cutoff;   /* "N<=8", "a<=5, b<=5"; NULL before there is one */
    slong dimension;
    slong iterations; /* of GMRES, at this cutoff                      */
    double residual;  /* see numeric/steady_state.h                    */
    double condition; /* of the preconditioner                         */
    const char * preconditioner;
    double seconds;   /* in all */
} lb_estimate_info;

void lb_estimate_info_init(lb_estimate_info * info);
void lb_estimate_info_clear(lb_estimate_info * info);
void lb_estimate_info_swap(lb_estimate_info * x, lb_estimate_info * y);

/** Sets the members cutoff, dimension, iterations, residual, preconditioner
 *  and seconds of @p object. */
void lb_estimate_info_json(json_t * object, const lb_estimate_info * info);

typedef struct
{
    const char * cutoff_text; /* as of --cutoff; NULL: raised automatically  */
    slong max_dimension;
    slong digits;     /* wanted, at most 15                                  */
    double tolerance; /* relative change at which the automatic cutoff is
                         high enough; 0: from digits, at least 1e-12         */
    /* called after each cutoff, if not NULL */
    void (*progress)(void * context, const lb_estimate_info * info);
    void * progress_context;
} lb_estimate_options;

/** Automatic cutoff, LB_MAX_DIMENSION, 15 digits, no progress. */
void lb_estimate_options_init(lb_estimate_options * options);

/**
 * Estimates @p n observables of @p m.
 *
 * @param values       results, length @p n; NaN with 0 digits where the
 *                     expression is not defined (0/0)
 * @param info         initialized; tells how they were obtained
 * @param scope        of @p m, with its parameters as wanted
 *                     (lb_model_scope_at)
 * @param drive_scale  exact factor on the drives of the model; NULL: 1
 * @param options      NULL: as after lb_estimate_options_init
 *
 * @return LB_OK; LB_EDIM (cutoff or dimension; an observable that the cutoff
 *         cannot see); LB_ENOCONV (no steady state found, or several); or what
 *         parsing the cutoff, building the model or evaluating an observable
 *         returns.  On failure all values are NaN with 0 digits.
 */
LB_MUST_CHECK lb_status lb_estimate_approx(
    lb_approx_value * values, lb_estimate_info * info, const lb_model_t m,
    const lb_scope_t scope, const fmpq_t drive_scale,
    lb_expr * const * observables, slong n,
    const lb_estimate_options * options, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_ESTIMATE_H */
