/* table/table_run.h -- all tiles of a table, on all cores.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TABLE_RUN_H
#define LB_TABLE_RUN_H

#include <lindbound/table_journal.h>
#include <lindbound/table_tile.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    int threads; /* >= 1; each has a worker, BLAS has one thread */
    /* asked between points: nonzero ends the run early; NULL: never */
    int (*stop)(void * context);
    /* told after points, about ten times a second; NULL: nobody */
    void (*progress)(void * context, slong done, slong points);
    void * context;
} lb_table_run_options;

/** Computes the points that @p j does not hold and appends them to it.
 *
 *  @param undecided  set to the number of entries in @p j that did not reach
 *                    their digits, those of former runs included
 *  @return LB_OK, also if it was stopped (lb_table_journal_length tells); LB_EIO
 *          of the journal; or the first error of a point */
LB_MUST_CHECK lb_status lb_table_run(const lb_table_spec_t s,
                                     lb_table_journal * j,
                                     const lb_table_run_options * o,
                                     lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_RUN_H */
