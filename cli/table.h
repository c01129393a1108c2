/* cli/table.h -- lindbound table in its forms.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_CLI_TABLE_H
#define LB_CLI_TABLE_H

#include <lindbound/table_run.h>

#include "cli.h"

/** How specs are read: -p, --refine and --max-points of @p options, built-in
 *  models and forms. */
lb_table_spec_options lb_cli_spec_options(const lb_options * options);

/** Adds " WORD", quoted for a shell; replaces *command. */
void lb_cli_add_word(char ** command, const char * word);

/* --- long work (table_work.c) --------------------------------------------- */

/* Where work stands, for the terminal; to be a context of the library. */
typedef struct
{
    int quiet;
    slong before; /* points that were there at the start; -1: not known yet */
    double start;
} lb_cli_work;

void lb_cli_work_begin(lb_cli_work * work, int quiet);

/** Shows points, rate and remaining time on a terminal. */
void lb_cli_work_progress(void * work, slong done, slong points);

/** From now on the first SIGINT or SIGTERM asks the work to end, a second one
 *  ends the process at once; a file that grows too large is an error like any
 *  other. */
void lb_cli_catch_signals(void);
/** Nonzero once such a signal has come. */
int lb_cli_is_stopped(void * context);
/** Ends the process by the signal that has come, if one has, as if it had not
 *  been caught. */
void lb_cli_end_by_signal(void);

/* --- many machines (table_ranks.c) --------------------------------------- */

/* This process among those that mpirun started; 0 of 1 without it. */
typedef struct
{
    int rank, ranks;
    int lost; /* ranks that were given up */
} lb_cli_ranks;

/** 0, or the exit status after a message: started by mpirun, but built without
 *  MPI. */
int lb_cli_ranks_begin(lb_cli_ranks * r);
/** Rank 0: tells the others the spec; NULL: that there is nothing to do. */
void lb_cli_ranks_announce(const lb_cli_ranks * r,
                           const lb_table_spec_struct * s);
/** Rank 0: lb_table_run with the others. */
LB_MUST_CHECK lb_status lb_cli_ranks_run(lb_cli_ranks * r,
                                         const lb_table_spec_t s,
                                         lb_table_journal * j,
                                         const lb_table_run_options * o,
                                         double timeout, lb_error * err);
/** The others: compute what rank 0 gives out. */
void lb_cli_ranks_serve(const lb_options * options);
/** Before the process ends with @p exit_status; ends it itself if ranks are
 *  lost. */
void lb_cli_ranks_end(const lb_cli_ranks * r, int exit_status);

/* --- the other forms ------------------------------------------------------ */

/** lindbound table --check FILE, --point K FILE: the exit status. */
int lb_cli_table_check(const lb_options * options);
int lb_cli_table_point(const lb_options * options);

#endif /* LB_CLI_TABLE_H */
