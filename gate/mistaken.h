/* gate/mistaken.h -- the values that a problem has with mistakes in it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Level `estimate`: nothing here is proved. */
#ifndef LB_MISTAKEN_H
#define LB_MISTAKEN_H

#include <lindbound/approx_value.h>
#include <lindbound/mistake.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    const char * cutoff; /* as of --cutoff; NULL: raised automatically */
    slong max_dimension;
    double tolerance;    /* relative                                   */
} lb_mistaken_options;

/* Mistakes of the value that are made in a state, one or two; -1: none.  Places
   in the list of mistakes. */
typedef struct
{
    slong first, second;
} lb_reading;

/**
 * Solves @p e once with the mistakes @p dynamics and reads @p n_observables
 * observables off it, with each of @p n_readings mistakes.
 *
 * @param values       n_readings x n_observables, row-major; NaN with 0 digits:
 *                     there is no value
 * @param changed      of the same shape: 0 where the mistakes of a reading
 *                     change nothing in that observable, so that the value is
 *                     the one without them; or NULL
 * @param dimension    of the space that was solved, 0: none was; or NULL
 * @param dynamics     places in @p mistakes, n_dynamics of them
 */
void lb_mistaken_values_approx(lb_approx_value * values, char * changed,
                               slong * dimension, const lb_expanded_t e,
                               const int * observables, slong n_observables,
                               const lb_mistake * mistakes,
                               const slong * dynamics, slong n_dynamics,
                               const lb_reading * readings, slong n_readings,
                               const lb_mistaken_options * options);

#ifdef __cplusplus
}
#endif

#endif /* LB_MISTAKEN_H */
