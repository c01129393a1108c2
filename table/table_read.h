/* table/table_read.h -- a table read back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File format: docs/tables.md, schema "lindbound-table-values/1". */
#ifndef LB_TABLE_READ_H
#define LB_TABLE_READ_H

#include <lindbound/table_value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A table read back. */
typedef struct
{
    char * file;
    json_t * json; /* without the rows */
    int complete;
    slong n_axes, n_columns, points;
    lb_table_axis_t axes[LB_TABLE_MAX_AXES]; /* names, texts, values        */
    char ** columns;                          /* names, n_columns            */
    lb_table_value_struct * values;           /* points x n_columns          */
} lb_table_struct;

typedef lb_table_struct lb_table_t[1];

void lb_table_init(lb_table_t t);
void lb_table_clear(lb_table_t t);

/** Reads BASE.json and checks its form: members, grid, that ball, arb, lo and hi
 *  of every value agree.  Errors name the file and the place. */
LB_MUST_CHECK lb_status lb_table_read(lb_table_t t, const char * path,
                                      lb_error * err);

/** The same, and tells of every row as JSON once its values are read.  Points
 *  increase; if they start anew, the file was laid out otherwise than it had
 *  seemed, and is read from its start. */
LB_MUST_CHECK lb_status lb_table_read_rows(
    lb_table_t t, const char * path,
    void (*take)(void * context, slong point, const json_t * row),
    void * context, lb_error * err);

/** The value of @p column at @p point. */
const lb_table_value_struct * lb_table_at(const lb_table_t t, slong point,
                                          slong column);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_READ_H */
