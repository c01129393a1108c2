/* plot/table_plot.h -- pictures of a table, by gnuplot.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TABLE_PLOT_H
#define LB_TABLE_PLOT_H

#include <lindbound/table_read.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Draws the panels that the spec of @p t asks for (docs/tables.md), or one of
 *  all its columns if it asks for none, as the SVG @p path, whole or not at
 *  all.  LB_EPARSE: a panel is wrong; LB_EIO: gnuplot is not installed or
 *  failed (the message says what it said). */
LB_MUST_CHECK lb_status lb_table_plot(const char * path, const lb_table_t t,
                                      lb_error * err);

/** Checks the panels that a spec asks for, so that what is wrong with them is
 *  known before the table is made.  LB_EPARSE with file and JSON pointer. */
LB_MUST_CHECK lb_status lb_table_plot_check(const lb_table_spec_t s,
                                            lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_PLOT_H */
