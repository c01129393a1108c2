/* table/table_open.h -- a table together with the spec in it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TABLE_OPEN_H
#define LB_TABLE_OPEN_H

#include <lindbound/table_read.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Reads a table, with its values, and the spec in it; both initialized.
 *  Hashes, head, grid and columns are those of that spec.
 *
 *  @return what lb_table_read and lb_table_spec_read_json return; LB_EPARSE: the
 *          table does not fit its spec */
LB_MUST_CHECK lb_status lb_table_open(lb_table_t t, lb_table_spec_t s,
                                      const char * path,
                                      const lb_table_spec_options * o,
                                      lb_error * err);

/** The same of a table whose head is read, its rows perhaps not yet. */
LB_MUST_CHECK lb_status lb_table_open_spec(lb_table_spec_t s,
                                           const lb_table_t t,
                                           const char * path,
                                           const lb_table_spec_options * o,
                                           lb_error * err);

/** The command in the provenance of @p t; borrowed. */
const char * lb_table_command(const lb_table_t t);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_OPEN_H */
