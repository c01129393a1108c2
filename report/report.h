/* report/report.h -- everything that was proved, as one HTML page.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The page needs nothing but itself: style, script and pictures are inside, and
 * without the script nothing is missing.  It is a function of what it is made
 * from: no times, no places. */
#ifndef LB_REPORT_H
#define LB_REPORT_H

#include <jansson.h>
#include <lindbound/error.h>
#include <lindbound/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Most rows of a table that the page shows, and most values. */
#define LB_REPORT_ROWS 200
#define LB_REPORT_VALUES 600

/* What the page is made from.  A NULL array: not asked for, which the page
   says. */
typedef struct
{
    const char * command;   /* that makes this page                        */
    const char * lindbound; /* versions                                    */
    const char * flint;
    const char * arb;
    const char * date;      /* NULL: none                                  */
    const char * style;     /* CSS                                         */
    const char * script;    /* JavaScript                                  */
    const json_t * systems; /* {name, title, source, rows}, rows as of
                               lb_verify_row_json                          */
    const json_t * papers;  /* {name, title, source, rows}, rows as of
                               lb_audit_row_json                           */
    const json_t * tables;  /* as of lb_report_table                       */
} lb_report;

/* How many of everything, as in the page. */
typedef struct
{
    long forms, agree, undecided_forms, disagree, underived;
    long holds, fails; /* printed numbers */
    long claims, confirmed, consistent, refuted, misprint, undecided_claims;
    long changed; /* claims whose verdict is not the recorded one */
    long tables, incomplete, values, undecided_values;
    long flagged; /* of them, of tables that do not accept them */
} lb_report_counts;

/** The table BASE.json at @p path and the picture BASE.svg beside it, if there
 *  is one, cut down to what a page shows; NULL with a reason in @p err. */
json_t * lb_report_table(const char * path, lb_error * err);

/** The name of the model of a table that was read; NULL: it is no name. */
const char * lb_report_table_model(const json_t * table);

/** The page as @p size bytes; release with free.  @p counts may be NULL.
 *  @return LB_EPARSE if a picture is not one, LB_EMEM */
LB_MUST_CHECK lb_status lb_report_html(char ** html, size_t * size,
                                       lb_report_counts * counts,
                                       const lb_report * r, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_REPORT_H */
