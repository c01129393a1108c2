/* cli/table_check.c -- lindbound table --check and --point
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <lindbound/clock.h>
#include <lindbound/table_check.h>
#include <lindbound/text.h>

#include "cli.h"
#include "table.h"

/* --- check --------------------------------------------------------------- */

static void
show_progress(void * context, slong done, slong points)
{
    double seconds = lb_clock_seconds() - *(const double *) context;

    lb_cli_progress("%ld of %ld evaluations, %.0f s", (long) done,
                    (long) points, seconds);
}

static int
exit_status(const lb_table_check_result * r)
{
    if (r->failures > 0)
        return LB_EXIT_DISAGREE;
    if (r->missing > 0 || r->stopped
        || (r->undecided > 0 && !r->accept_undecided))
        return LB_EXIT_UNDECIDED;
    return LB_EXIT_GOOD;
}

/* What the checked values are, in one line. */
static void
report_text(FILE * stream, const char * file, const lb_table_check_result * r,
            double seconds)
{
    fputs(r->messages, stream);
    if (r->failures > 10)
        fprintf(stream, "... and %ld more\n", (long) r->failures - 10);
    fprintf(stream, "%s: %ld points, %ld values", file, (long) r->points,
            (long) r->values);
    if (r->missing > 0)
        fprintf(stream, " (%ld points are missing)", (long) r->missing);
    if (r->checked < r->values)
        fprintf(stream, ", %ld of them computed again%s", (long) r->checked,
                r->stopped ? " before it was stopped" : "");
    fprintf(stream, ": %ld proved again", (long) r->proved);
    if (r->overlapping > 0)
        fprintf(stream, ", %ld overlap", (long) r->overlapping);
    fprintf(stream, ", %ld failures, %ld undecided", (long) r->failures,
            (long) r->undecided);
    if (r->regenerated > 0 && r->different == 0)
        fprintf(stream, "; %ld rows regenerated bit by bit",
                (long) r->regenerated);
    else if (r->regenerated > 0)
        fprintf(stream, "; %ld rows regenerated, %ld not bit by bit",
                (long) r->regenerated, (long) r->different);
    fprintf(stream, "; %.1f s\n", seconds);
    if (r->no_csv)
        fputs("note: there is no CSV beside it\n", stream);
    if (r->model_changed)
        fprintf(stream,
                "note: the built-in model %s is another one today; the values "
                "are of the model in the table\n",
                r->model);
}

static json_t *
report_json(const char * file, const lb_table_check_result * r, double seconds)
{
    return json_pack(
        "{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:b,s:b,s:f}",
        "command", "table --check", "file", file, "points",
        (json_int_t) r->points, "values", (json_int_t) r->values, "missing",
        (json_int_t) r->missing, "checked", (json_int_t) r->checked, "proved",
        (json_int_t) r->proved, "overlapping", (json_int_t) r->overlapping,
        "undecided", (json_int_t) r->undecided, "failures",
        (json_int_t) r->failures, "regenerated", (json_int_t) r->regenerated,
        "different", (json_int_t) r->different, "stopped", r->stopped, "no_csv",
        r->no_csv, "model_changed", r->model_changed, "seconds", seconds);
}
