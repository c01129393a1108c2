/* table/table_write.h -- finished points as a table: JSON and CSV.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File format: docs/tables.md, schema "lindbound-table-values/1". */
#ifndef LB_TABLE_WRITE_H
#define LB_TABLE_WRITE_H

#include <lindbound/table_journal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Writes BASE.json and BASE.csv of the rows that @p j holds, each whole or not
 *  at all; complete if those are all.
 *
 *  @param command   as in the provenance: "lindbound table NAME ..."
 *  @param version   of lindbound
 *  @param undecided set to the number of entries without their digits */
LB_MUST_CHECK lb_status lb_table_write(slong * undecided,
                                            const char * base,
                                            const lb_table_spec_t s,
                                            lb_table_journal * j,
                                            const char * command,
                                            const char * version,
                                            lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_WRITE_H */
