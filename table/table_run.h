/* table/table_run.h -- all tiles of a table, on all cores.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TABLE_RUN_H
#define LB_TABLE_RUN_H

#include <lindbound/table_journal.h>
#include <lindbound/table_tile.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- one thread ---------------------------------------------------------- */

/* Where a thread gets its tiles and leaves its rows; called by several at
   once. */
typedef struct
{
    /* the next tile, or -1 if there is nothing more to do; sets a mark in
       `done` for those of its points that are not wanted */
    slong (*next)(void * context, char * done);
    /* a finished row of a point; nonzero: no more */
    int (*keep)(void * context, slong point, const char * row);
    /* a point cannot be evaluated */
    void (*fail)(void * context, lb_status status, const lb_error * err);
    void * context;
} lb_table_source;

/** Computes tiles of @p source until there are no more, in this thread. */
void lb_table_work(const lb_table_spec_t s, const lb_table_source * source);

/* --- all threads --------------------------------------------------------- */

typedef struct
{
    int threads; /* >= 1; each has a worker, BLAS has one thread */
    /* asked by every thread between points: nonzero ends the run early; NULL:
       never */
    int (*stop)(void * context);
    /* told after points, about ten times a second, by one thread at a time;
       NULL: nobody */
    void (*progress)(void * context, slong done, slong points);
    void * context;
} lb_table_run_options;

/** Computes the points that @p j does not hold and appends them to it.
 *
 *  @return LB_OK, also if it was stopped (lb_table_journal_length tells);
 *          LB_EIO of the journal; or the first error of a point, after which
 *          the other threads finish their present points */
LB_MUST_CHECK lb_status lb_table_run(const lb_table_spec_t s,
                                     lb_table_journal * j,
                                     const lb_table_run_options * o,
                                     lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_RUN_H */
