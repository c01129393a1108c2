/* cli/table_ranks.c -- lindbound table under mpirun
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "table.h"

/* What launchers tell their processes: Open MPI, MPICH and Slurm. */
static const char * const ranks_of[] = { "OMPI_COMM_WORLD_SIZE", "PMI_SIZE" };
static const char * const rank_of[]
    = { "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK" };

/* The largest number among the variables; -1 if none is set. */
static int
largest(const char * const * names, size_t n)
{
    int most = -1;

    for (size_t k = 0; k < n; k++)
    {
        const char * text = getenv(names[k]);

        if (text != NULL && atoi(text) > most)
            most = atoi(text);
    }
    return most;
}

static int
stated_ranks(void)
{
    return largest(ranks_of, sizeof(ranks_of) / sizeof(ranks_of[0]));
}

static int
stated_rank(void)
{
    return largest(rank_of, sizeof(rank_of) / sizeof(rank_of[0]));
}

#ifdef LB_MPI

#include <lindbound/table_mpi.h>

/* Without a launcher there is no use in starting MPI. */
static int
is_launched(void)
{
    return stated_ranks() >= 0 || stated_rank() >= 0;
}

static void
say_lost(void * context, int rank, double seconds)
{
    (void) context;
    lb_cli_fail("rank %d is given up: not a word for %.0f s; its points go to "
                "the others",
                rank, seconds);
}

int
lb_cli_ranks_begin(lb_cli_ranks * r)
{
    lb_error err;

    r->rank = r->lost = 0;
    r->ranks = 1;
    if (!is_launched())
        return 0;
    lb_error_clear(&err);
    return lb_table_mpi_begin(&r->rank, &r->ranks, &err) == LB_OK
               ? 0
               : lb_cli_error(&err);
}

void
lb_cli_ranks_announce(const lb_cli_ranks * r, const lb_table_spec_struct * s)
{
    if (r->ranks > 1)
        lb_table_mpi_send_spec(s);
}

lb_status
lb_cli_ranks_run(lb_cli_ranks * r, const lb_table_spec_t s,
                 lb_table_journal * j, const lb_table_run_options * o,
                 double timeout, lb_error * err)
{
    lb_table_mpi_options m
        = { .run = *o, .timeout = timeout, .lost = say_lost };

    if (r->ranks == 1)
        return lb_table_run(s, j, o, err);
    return lb_table_mpi_run(&r->lost, s, j, &m, err);
}

void
lb_cli_ranks_serve(const lb_options * options)
{
    lb_table_spec_options o = lb_cli_spec_options(options);
    lb_table_spec_t s;
    lb_error err;
    int given;

    lb_error_clear(&err);
    lb_cli_catch_signals(); /* rank 0 says when to stop */
    lb_table_spec_init(s);
    if (lb_table_mpi_take_spec(&given, s, &o, &err) != LB_OK)
        lb_table_mpi_serve(NULL, 1, &err);
    else if (given)
        lb_table_mpi_serve(s, FLINT_MAX(1, options->threads), NULL);
    lb_table_spec_clear(s);
}

void
lb_cli_ranks_end(const lb_cli_ranks * r, int exit_status)
{
    if (!is_launched())
        return;
    fflush(NULL);
    lb_table_mpi_end(r->lost, exit_status);
}

#else

int
lb_cli_ranks_begin(lb_cli_ranks * r)
{
    r->rank = r->lost = 0;
    r->ranks = 1;
    if (stated_ranks() > 1 || stated_rank() > 0)
        return lb_cli_fail("this lindbound was built without MPI; build it "
                           "with -D LB_MPI=ON, or use --threads");
    return 0;
}

void
lb_cli_ranks_announce(const lb_cli_ranks * r, const lb_table_spec_struct * s)
{
    (void) r;
    (void) s;
}

lb_status
lb_cli_ranks_run(lb_cli_ranks * r, const lb_table_spec_t s,
                 lb_table_journal * j, const lb_table_run_options * o,
                 double timeout, lb_error * err)
{
    (void) r;
    (void) timeout;
    return lb_table_run(s, j, o, err);
}

void
lb_cli_ranks_serve(const lb_options * options)
{
    (void) options;
}

void
lb_cli_ranks_end(const lb_cli_ranks * r, int exit_status)
{
    (void) r;
    (void) exit_status;
}

#endif
