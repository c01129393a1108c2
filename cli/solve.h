/* cli/solve.h -- what the files of `lindbound solve` share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cmd_solve.c reads the options and runs the points of a sweep.  At each,
 * solve_closed.c takes what needs no Fock space; solve_proved.c or
 * solve_estimate.c takes the rest.  What returns an int returns 0 or, after a
 * message, the exit status. */
#ifndef LB_SOLVE_H
#define LB_SOLVE_H

#include "cli.h"

typedef enum
{
    LB_SOLVE_ESTIMATE,
    LB_SOLVE_WEAK_DRIVE,
    LB_SOLVE_TRUNCATED,
    LB_SOLVE_FULL,
    LB_SOLVE_AUTO
} lb_solve_level;

/* What to compute: an expression and the settings it is meant for. */
typedef struct
{
    char * name;
    lb_expr * expr;
    lb_settings_t at;
    const char * file;    /* where the expression stands, for messages */
    const char * pointer; /* NULL: on the command line                 */
    int done;
} lb_solve_task;

/* One run of the command; the tasks are those of the present point of a
   sweep. */
typedef struct
{
    const lb_options * options;
    const lb_model_struct * model;
    lb_solve_level level;
    lb_solve_task * tasks;
    slong n_tasks;
    lb_output out;
    json_t * results; /* NULL in text */
    json_t * proofs;  /* of the certificate, NULL: none is wanted */
    int undecided;
    double seconds;
    char note[512]; /* why the level is not full, "" if nothing to say */
    double leakage; /* then: of the truncated steady state, or NaN */
} lb_solve_session;

/* --- tasks (solve_task.c) ------------------------------------------------ */

/** Makes a task of each observable of the options, or of all that the model
 *  has; release with lb_solve_free_tasks, whatever the outcome. */
int lb_solve_make_tasks(lb_solve_session * s);
void lb_solve_free_tasks(lb_solve_session * s);

/** Takes the tasks with the settings of task @p first that are not done, for
 *  one steady state serves them all, and marks them done.
 *
 * @param which  their indices, the first of them @p first
 * @param exprs  their expressions, shared
 * @return how many; both arrays have room for s->n_tasks */
slong lb_solve_take_group(slong * which, lb_expr ** exprs,
                          lb_solve_session * s, slong first);

/** Completes @p entry by what names the task and adds it to s->results. */
void lb_solve_add_result(lb_solve_session * s, const lb_solve_task * t,
                         json_t * entry);
/** Ends a line of text by the settings of a task. */
void lb_solve_print_at(FILE * stream, const lb_settings_t at);
/** lb_cli_error of what is wrong in the model. */
int lb_solve_fail_in_model(const lb_solve_session * s, lb_error * err);

/* --- levels (solve_closed.c, solve_proved.c, solve_estimate.c) ----------- */

/** The limit of weak drive, proved. */
int lb_solve_weak(lb_solve_session * s, const lb_solve_task * t);

/** A quantity such as S, or at level auto a moment of a linear network: proved
 *  without a Fock space.  Any other task is left as it is, not done. */
int lb_solve_closed(lb_solve_session * s, lb_solve_task * t);

/** All tasks that are not done, at levels auto, full and truncated; adds to
 *  s->proofs if there is one. */
int lb_solve_certified(lb_solve_session * s);

/** Writes s->proofs as the certificate, unless there are none. */
int lb_solve_write_certificate(const lb_solve_session * s);

/** Estimates of all tasks that are not done. */
int lb_solve_estimates(lb_solve_session * s);

#endif /* LB_SOLVE_H */
