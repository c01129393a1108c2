/* gate/explain.h -- why another implementation is wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes the failed cases of a report and asks which usual mistake gives just
 * these numbers.
 *
 * CUTOFF      The value is right for the same model at the cutoff that the
 *             candidate states, or at one that the vector records: proved, by
 *             the enclosure of the truncated model.
 * CONVENTION  The value is right for the problem with one or two mistakes of
 *             gate/mistake.h.  The wrong problem is solved at level `estimate`:
 *             no proof, but more than chance.  With N mistakes tried, the odds
 *             that wrong numbers x, off by |x - v|, land by accident as close
 *             as d to one of the N are at most about N prod min(1, 2 d/|x - v|),
 *             the product over values that are wrong by different factors.
 *             Odds above 1/1000 explain nothing, nor does a mistake that would
 *             have made wrong what the candidate has right.
 *
 * Nothing but FAIL becomes anything else. */
#ifndef LB_EXPLAIN_H
#define LB_EXPLAIN_H

#include <lindbound/gate.h>
#include <lindbound/mistake.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    slong max_dimension;      /* of what is solved: 1000                      */
    slong max_pair_dimension; /* two mistakes only below: 400                 */
    slong max_pair_problems;  /* problems in which all pairs are tried; what
                                 fits there is tried in the others: 8         */
    int jobs;                 /* problems at the same time: 1                 */
    /* called after each problem of each round, by one thread at a time */
    void (*progress)(void * context, slong done, slong total);
    void * progress_context;
    int (*stop)(void * context); /* nonzero: no more; NULL: never; called with
                                    progress_context, by any thread          */
} lb_explain_options;

void lb_explain_options_init(lb_explain_options * options);

/* One or two mistakes and how much they explain. */
typedef struct
{
    char * name;     /* "kappa/2", "kappa/2 and -Delta" */
    char * sentence;
    slong fits;      /* failed cases that it explains, whether or not another
                        one explains them as well */
} lb_explain_line;

typedef struct
{
    slong failures;  /* cases that FAILED before */
    slong cutoff;    /* of them, CUTOFF          */
    slong convention;
    slong n;
    lb_explain_line * lines; /* what explains most first */
} lb_explain_summary_struct;

typedef lb_explain_summary_struct lb_explain_summary_t[1];

void lb_explain_summary_init(lb_explain_summary_t s);
void lb_explain_summary_clear(lb_explain_summary_t s);

/**
 * Explains the failed cases of @p report: their verdict becomes CUTOFF or
 * CONVENTION, where it does, and their explanations say why, the best first.
 *
 * @param options  NULL: as after lb_explain_options_init
 */
void lb_gate_explain(lb_explain_summary_t summary, lb_gate_report_t report,
                     const lb_explain_options * options);

#ifdef __cplusplus
}
#endif

#endif /* LB_EXPLAIN_H */
