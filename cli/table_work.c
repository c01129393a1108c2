/* cli/table_work.c -- progress and signals of long work.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <stdatomic.h>

#include <lindbound/clock.h>

#include "table.h"

/* --- progress ------------------------------------------------------------ */

void
lb_cli_work_begin(lb_cli_work * work, int quiet)
{
    work->quiet = quiet;
    work->before = -1;
    work->start = lb_clock_seconds();
}

void
lb_cli_work_progress(void * context, slong done, slong points)
{
    lb_cli_work * work = context;
    double seconds = lb_clock_seconds() - work->start, rate;

    if (work->before < 0)
        work->before = done - 1;
    rate = seconds > 0 ? (double) (done - work->before) / seconds : 0;
    if (work->quiet)
        return;
    if (seconds < 1 || rate <= 0)
        lb_cli_progress("%ld of %ld points", (long) done, (long) points);
    else
        lb_cli_progress("%ld of %ld points, %.3g per second, %.0f s left",
                        (long) done, (long) points, rate,
                        (double) (points - done) / rate);
}

/* --- signals ------------------------------------------------------------- */

static atomic_int caught; /* 0: none */

static void
catch_signal(int number)
{
    atomic_store(&caught, number);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

/* A signal that is ignored, as in a background job, stays so. */
static void
take_over(int number)
{
    struct sigaction action;

    if (sigaction(number, NULL, &action) != 0 || action.sa_handler == SIG_IGN)
        return;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    action.sa_handler = catch_signal;
    sigaction(number, &action, NULL);
}

void
lb_cli_catch_signals(void)
{
    take_over(SIGINT);
    take_over(SIGTERM);
    signal(SIGXFSZ, SIG_IGN);
}

int
lb_cli_is_stopped(void * context)
{
    (void) context;
    return atomic_load(&caught) != 0;
}

void
lb_cli_end_by_signal(void)
{
    if (atomic_load(&caught) == 0)
        return;
    fflush(NULL);
    signal(atomic_load(&caught), SIG_DFL);
    raise(atomic_load(&caught));
}
