/* gate/gate.h -- another implementation, judged.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     static void
 *     solve(lb_answer_struct * answers, const lb_gate_request * request,
 *           int job, void * context)
 *     {
 *         for (slong k = 0; k < request->n; k++)
 *             lb_answer_set_double(answers + k, ...);
 *     }
 *
 *     lb_vectors_read(vectors, "kerr.json", &err);
 *     lb_gate_options_init(&options);
 *     lb_gate_run(report, vectors, &options, solve, NULL);
 *     status = lb_gate_report_status(report);
 *
 * A full program: examples/find_package. */
#ifndef LB_GATE_H
#define LB_GATE_H

#include <lindbound/judge.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is asked of a candidate: values of one problem. */
typedef struct
{
    const lb_vector_problem * problem;
    slong n;
    const lb_vector * const * vectors; /* whose observables are wanted */
} lb_gate_request;

/**
 * Sets request->n answers, initialized as NONE, which is judged as SKIPPED.
 *
 * @param job  from 0: calls of the same job never run at the same time, of
 *             different jobs they may
 */
typedef void (*lb_gate_solver)(lb_answer_struct * answers,
                               const lb_gate_request * request, int job,
                               void * context);

/* Ids of vectors that are known to fail, sorted; gate/known_failures.h. */
typedef struct
{
    slong n;
    char ** ids;
    char ** reasons; /* the comment behind each; NULL: none */
} lb_known_failures;

typedef struct
{
    const lb_gate_tolerance * tolerance; /* NULL: those of the vectors       */
    const lb_known_failures * known;     /* NULL: none                       */
    /* 1: the vector is judged; NULL: all are */
    int (*wanted)(const lb_vectors_struct * v, slong vector, void * context);
    void * wanted_context;
    int jobs; /* at the same time */
    /* called after each problem, by one thread at a time; NULL: not */
    void (*progress)(void * context, slong done, slong total);
    void * progress_context;
    /* nonzero: no more problems; by one thread at a time; NULL: never */
    int (*stop)(void * context);
    void * stop_context;
} lb_gate_options;

/** All vectors, one job. */
void lb_gate_options_init(lb_gate_options * options);

/* One vector and what became of it. */
typedef struct
{
    const lb_vector * vector;
    const lb_vector_problem * problem;
    lb_answer_t answer;
    lb_gate_result_t result;
    int known;  /* it is in the list of known failures            */
    char ** explanations; /* gate/explain.h; the best first       */
    slong n_explanations;
} lb_gate_case;

typedef struct
{
    const lb_vectors_struct * vectors;
    char * candidate; /* name and version, as it says; "" */
    char * version;
    slong n;
    lb_gate_case * cases; /* in the order of the vectors */
    double seconds;
    int stopped; /* not all were judged */
} lb_gate_report_struct;

typedef lb_gate_report_struct lb_gate_report_t[1];

void lb_gate_report_init(lb_gate_report_t r);
void lb_gate_report_clear(lb_gate_report_t r);

/** Asks @p solver for all vectors that are wanted and judges its answers; the
 *  report is the same whatever the number of jobs.  @p vectors must outlive the
 *  report.  What is not asked for after a stop is SKIPPED. */
void lb_gate_run(lb_gate_report_t r, const lb_vectors_t vectors,
                 const lb_gate_options * options, lb_gate_solver solver,
                 void * context);

/** The candidate's name and version; copied, NULL: "". */
void lb_gate_report_set_candidate(lb_gate_report_t r, const char * name,
                                  const char * version);
/** What the candidate said of @p problem turned out to be no answer: its cases
 *  become ERRORED, those that were to be refused as well. */
void lb_gate_report_error(lb_gate_report_t r,
                          const lb_vector_problem * problem,
                          const char * reason);
/** Marks the cases that are in @p known, and no others; NULL: none. */
void lb_gate_report_set_known(lb_gate_report_t r,
                              const lb_known_failures * known);

/** 1: neither good nor SKIPPED. */
int lb_gate_case_fails(const lb_gate_case * c);
/** 1: known to fail, and does. */
int lb_gate_case_is_known(const lb_gate_case * c);
/** 1: known to fail, and good.  One that is SKIPPED is neither. */
int lb_gate_case_is_mended(const lb_gate_case * c);

/** How many cases have @p verdict and are not known failures. */
slong lb_gate_report_count(const lb_gate_report_t r, lb_gate_verdict verdict);
/** Cases that are known to fail and do, and those that do not any more. */
slong lb_gate_report_known(const lb_gate_report_t r);
slong lb_gate_report_mended(const lb_gate_report_t r);

/** The exit status of the gate: 2 no case was judged (all are SKIPPED, or there
 *  is none); else 1 a case failed, one that is known to fail did not, or the
 *  run was stopped; else 4 a candidate crashed or timed out; else 3 a case is
 *  undecided; else 0.  Known failures count as judged, and as nothing else. */
int lb_gate_report_status(const lb_gate_report_t r);

#ifdef __cplusplus
}
#endif

#endif /* LB_GATE_H */
