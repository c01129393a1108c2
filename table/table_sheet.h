/* table/table_sheet.h -- whether a CSV says what its table says.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Line by line as the table is read, so that a table of any size takes no
 * memory. */
#ifndef LB_TABLE_SHEET_H
#define LB_TABLE_SHEET_H

#include <stdio.h>

#include <lindbound/table_spec.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    char * path;
    FILE * stream; /* NULL: there is none          */
    char * line;   /* the last one read            */
    size_t room;
    long number;    /* of it                        */
    lb_error error; /* the first line that is wrong; status LB_OK: none yet */
} lb_table_sheet_struct;

typedef lb_table_sheet_struct lb_table_sheet_t[1];

/** BASE.csv beside @p path, BASE.json; opens it if it is there. */
void lb_table_sheet_init(lb_table_sheet_t f, const char * path);
void lb_table_sheet_clear(lb_table_sheet_t f);

/** The next line must be @p line, which has its end; NULL: there must be none.
 *  Nothing is read any more after a line that is wrong. */
void lb_table_sheet_line(lb_table_sheet_t f, const char * line);
/** The same of comments and header, and of the line of a row. */
void lb_table_sheet_head(lb_table_sheet_t f, const lb_table_spec_t s,
                         const char * command);
void lb_table_sheet_row(lb_table_sheet_t f, const lb_table_spec_t s,
                        slong point, const json_t * row);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_SHEET_H */
