/* table/table_write.h -- finished points as a table: JSON and CSV.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File format: docs/tables.md, schema "lindbound-table-values/1". */
#ifndef LB_TABLE_WRITE_H
#define LB_TABLE_WRITE_H

#include <stdio.h>

#include <lindbound/table_journal.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is said of the entries written. */
typedef struct
{
    slong points, entries;
    slong undecided; /* entries without their digits */
} lb_table_summary;

/** Writes BASE.json and BASE.csv of the rows that @p j holds, each whole or not
 *  at all; complete if those are all.
 *
 *  @param command   as in the provenance: "lindbound table NAME ..."
 *  @param version   of lindbound
 *  @return LB_EIO: a file cannot be written, or the journal not be read back */
LB_MUST_CHECK lb_status lb_table_write(lb_table_summary * summary,
                                       const char * base,
                                       const lb_table_spec_t s,
                                       lb_table_journal * j,
                                       const char * command,
                                       const char * version, lb_error * err);

/** What the columns are, as in the table file: all that the spec and the model
 *  do not say of them comes from forms; a new reference. */
json_t * lb_table_columns_json(const lb_table_spec_t s);

/** All members of the table file but the rows; a new reference. */
json_t * lb_table_head_json(const lb_table_spec_t s, int complete,
                            const char * command, const char * version);

/** The comments and the header of the CSV. */
void lb_table_write_csv_head(FILE * stream, const lb_table_spec_t s,
                             const char * command);
/** The line of @p point, whose row is @p row: how many of its values are marked
 *  undecided, or -1 if it is not a row of this table. */
int lb_table_write_csv_row(FILE * stream, const lb_table_spec_t s, slong point,
                           const json_t * row);

/** 1 if the file @p path is a table of @p s, complete or not; 0 if it is not,
 *  or cannot be read. */
int lb_table_is_of(const char * path, const lb_table_spec_t s);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_WRITE_H */
