/* table/table_check.h -- a table is proved once more.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is read: the form of the file (table_read.h), both hashes, that head,
 * grid and columns are those of its spec, and that the CSV beside it says the
 * same.  What is computed: every point, or some of them, solved cold, at the level
 * and cutoff that the table records and at more digits.
 *
 * A value that is not marked must be as narrow as its column wants, and the new
 * ball must lie inside it: then the recorded claim itself is proved again, and
 * no false claim of digits or of a level can pass.  Where more digits are out of
 * reach, both balls must overlap and the recorded one must not be narrower than
 * half of one that is computed at the digits of the spec.  A marked value must
 * overlap. */
#ifndef LB_TABLE_CHECK_H
#define LB_TABLE_CHECK_H

#include <lindbound/table_read.h>
#include <lindbound/table_tile.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LB_TABLE_CHECK_MESSAGES 10 /* at most */

typedef struct
{
    slong sample;   /* points, from the first to the last; 0: all        */
    int regenerate; /* also compute their tiles as they were: no ball may be
                       more than twice as wide as the recorded one       */
    int threads;    /* >= 1                                              */
    /* asked by every thread between points: nonzero ends early; NULL: never */
    int (*stop)(void * context);
    /* told after points, by one thread at a time; NULL: nobody */
    void (*progress)(void * context, slong done, slong points);
    void * context;
    lb_table_spec_options spec;
} lb_table_check_options;

typedef struct
{
    slong points, values; /* of the grid; of the table                     */
    slong missing;        /* points, of a table that is not complete       */
    slong checked;        /* values that were evaluated again, of which    */
    slong proved;         /* ... the new ball lies inside                  */
    slong overlapping;    /* ... it overlaps: more digits are out of reach */
    slong undecided;      /* ... are marked, and overlap                   */
    slong failures;       /* ... none of that                              */
    slong regenerated;    /* rows that were computed as they were, of which */
    slong different;      /* ... are not the same text                     */
    int accept_undecided; /* as the spec says                              */
    int stopped;
    int no_csv;           /* there is none beside it                       */
    char * model_changed; /* name of the built-in model if that is another one
                             now; NULL: it is not                          */
    char * messages;      /* a line for each of the first failures         */
} lb_table_check_result;

void lb_table_check_result_init(lb_table_check_result * result);
void lb_table_check_result_clear(lb_table_check_result * result);

/** How the entries of @p point are recorded; @p pins has n_columns. */
void lb_table_pins(lb_table_pin * pins, const lb_table_t t,
                   const lb_table_spec_t s, slong point);

/** Checks the table file @p path, and BASE.csv beside it if there is one.
 *
 *  @return LB_OK also if values fail or it was stopped; LB_EPARSE or LB_EIO: not
 *          a table, or it or its CSV does not fit its spec; or what reading the
 *          spec returns */
LB_MUST_CHECK lb_status lb_table_check(lb_table_check_result * result,
                                       const char * path,
                                       const lb_table_check_options * o,
                                       lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_CHECK_H */
