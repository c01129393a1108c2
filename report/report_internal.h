/* report/report_internal.h -- the parts of a report; not installed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_REPORT_INTERNAL_H
#define LB_REPORT_INTERNAL_H

#include <lindbound/html.h>
#include <lindbound/report.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- values (report_value.c) --------------------------------------------- */

/** The text @p key of @p object; "" if there is none. */
const char * lb_report_string(const json_t * object, const char * key);

/** Writes a verdict in its colour. */
void lb_report_verdict(FILE * page, const char * verdict);

/** Writes a value for people, the digits that all points of its ball share,
 *  and under it its level; @p value may be null. */
void lb_report_value(FILE * page, const json_t * value);

/** Writes the exact forms of a value called @p name: ball, dump, bounds.  Of
 *  an estimate, that it has none. */
void lb_report_exact(FILE * page, const char * name, const json_t * value);

/** Writes a text with a word in front, if there is one. */
void lb_report_note(FILE * page, const char * word, const char * text);

/* --- parts of the page ---------------------------------------------------- */

/** Writes the forms of all systems (report_verify.c). */
void lb_report_systems(FILE * page, const json_t * systems);
/** Writes the claims of all papers (report_audit.c). */
void lb_report_papers(FILE * page, const json_t * papers);
/** Writes the pictures and the rows of all tables (report_tables.c). */
LB_MUST_CHECK lb_status lb_report_pictures(FILE * page, const json_t * tables,
                                           lb_error * err);
void lb_report_tables(FILE * page, const json_t * tables);

#ifdef __cplusplus
}
#endif

#endif /* LB_REPORT_INTERNAL_H */
