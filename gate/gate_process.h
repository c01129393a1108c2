/* gate/gate_process.h -- a candidate that is a command.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     lb_gate_process_new(&p, &options, &err);
 *     lb_gate_run(report, vectors, &gate_options, lb_gate_process_solve, p);
 *     lb_gate_process_finish(p, report);
 *     lb_gate_process_free(p);
 *
 * Lines and rules: docs/vectors.md, "The protocol".  Whatever the command does,
 * it costs the problem it is asked about and no other one, memory stays bounded
 * (a line has at most 4 MiB and 100000 values), and nothing of its process group
 * is left when it has been finished, when its problem timed out, or when this
 * program ends, be it by SIGKILL.  What leaves its process group is not seen. */
#ifndef LB_GATE_PROCESS_H
#define LB_GATE_PROCESS_H

#include <lindbound/gate.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    const char * command; /* for /bin/sh                                     */
    const char * version; /* of lindbound, as the candidate is told          */
    int jobs;             /* processes, at most; that of lb_gate_options     */
    double timeout;       /* seconds for one answer, and for one start       */
    /* Nonzero: nothing is waited for any more, what was asked is NONE; called
       by all jobs.  NULL: never. */
    int (*stop)(void * context);
    void * stop_context;
} lb_gate_process_options;

/* One process for each job, started when the job has its first problem. */
typedef struct lb_gate_process_struct lb_gate_process;

/** Starts nothing yet; *p is NULL on failure.  LB_EDOM: an empty command, no
 *  job, a timeout that is not above 0. */
LB_MUST_CHECK lb_status lb_gate_process_new(
    lb_gate_process ** p, const lb_gate_process_options * options,
    lb_error * err);

/**
 * The lb_gate_solver; @p context is the lb_gate_process.
 *
 * ERRORED and TIMEOUT say in their reason what the candidate did.  After three
 * starts in a row that failed it is not started any more.
 */
void lb_gate_process_solve(lb_answer_struct * answers,
                           const lb_gate_request * request, int job,
                           void * context);

/**
 * Tells all processes to stop, waits for two seconds and kills them.  Then
 * writes name and version, as the candidate said them, into @p r and makes
 * ERRORED there what a solver cannot: problems after whose answer the candidate
 * wrote something else, or ended; problems to be refused at which it crashed.
 */
void lb_gate_process_finish(lb_gate_process * p, lb_gate_report_t r);

/** Kills what still runs.  NULL: nothing happens. */
void lb_gate_process_free(lb_gate_process * p);

#ifdef __cplusplus
}
#endif

#endif /* LB_GATE_PROCESS_H */
