/* gate/judge.h -- the verdict on one answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_JUDGE_H
#define LB_JUDGE_H

#include <lindbound/answer.h>
#include <lindbound/vectors.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The best comes first. */
typedef enum
{
    LB_GATE_INSIDE,         /* in the reference ball                         */
    LB_GATE_PASS,           /* within the tolerance of every point of it; or
                               refused what must be refused                  */
    LB_GATE_SKIPPED,
    LB_GATE_UNDECIDED,      /* the reference is wider than the tolerance     */
    LB_GATE_CLAIM_VIOLATED, /* within the tolerance, outside its own error   */
    LB_GATE_CUTOFF,         /* wrong, but right at the candidate's cutoff    */
    LB_GATE_CONVENTION,     /* wrong, but right for a known variant          */
    LB_GATE_FAIL,           /* proved to be outside the tolerance            */
    LB_GATE_ERRORED,
    LB_GATE_TIMEOUT
} lb_gate_verdict;

/** "INSIDE", ..., "CLAIM-VIOLATED", ... */
const char * lb_gate_verdict_str(lb_gate_verdict verdict);
/** INSIDE and PASS. */
int lb_gate_is_good(lb_gate_verdict verdict);

/* Tolerances that stand for those of the vectors. */
typedef struct
{
    int has_relative, has_absolute;
    fmpq_t relative, absolute;
} lb_gate_tolerance;

typedef struct
{
    lb_gate_verdict verdict;
    double digits; /* correct ones, -log10 of the relative error (of an exact
                      zero the absolute one), at least 0, at most those that
                      the reference knows; NaN: no value                     */
    int rounded;   /* judged by the value of the problem in doubles          */
    char * note;   /* why, in words; NULL: nothing to say                    */
} lb_gate_result_struct;

typedef lb_gate_result_struct lb_gate_result_t[1];

void lb_gate_result_init(lb_gate_result_t r);
void lb_gate_result_clear(lb_gate_result_t r);

/**
 * Judges @p answer.  CUTOFF only if the vector holds the value at the
 * candidate's cutoff; CONVENTION never (gate/explain.h).
 *
 * @param tolerance  NULL: that of the vector
 */
void lb_gate_judge(lb_gate_result_t r, const lb_vector * vector,
                   const lb_vector_problem * problem,
                   const lb_answer_t answer,
                   const lb_gate_tolerance * tolerance);

/** Whether two texts say the same cutoff: "N<=5" and "5", "a<=4, b<=4" and
 *  "b=4,a=4". */
int lb_same_cutoff(const char * x, const char * y);

#ifdef __cplusplus
}
#endif

#endif /* LB_JUDGE_H */
