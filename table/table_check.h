/* table/table_check.h -- a table is proved once more.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TABLE_CHECK_H
#define LB_TABLE_CHECK_H

#include <lindbound/table_read.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    slong sample;   /* tiles, spread over the table; 0: all              */
    int regenerate; /* also compute the tiles as they were: at most twice as
                       wide                                              */
    int threads;
    int (*stop)(void * context); /* NULL: never */
    void (*progress)(void * context, slong done, slong points);
    void * context;
    lb_table_spec_options spec;
} lb_table_check_options;

typedef struct
{
    slong points, values; /* compared */
    slong failures;       /* values that do not overlap, or are too wide     */
    slong undecided;      /* values without their digits, as the table says  */
    char * messages;      /* a line for each of the first ten failures       */
    int model_changed;    /* the built-in model of that name is another now  */
} lb_table_check_result;

/** Checks the table file @p path as docs/tables.md says; release
 *  result->messages with flint_free.
 *
 *  @return LB_OK also if values fail; LB_EPARSE or LB_EIO: not a table, or its
 *          hashes or its CSV do not fit; or what evaluating returns */
LB_MUST_CHECK lb_status lb_table_check(lb_table_check_result * result,
                                       const char * path,
                                       const lb_table_check_options * o,
                                       lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_CHECK_H */
