/* report/html.h -- pieces of an HTML page, escaped.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_HTML_H
#define LB_HTML_H

#include <stdio.h>
#include <lindbound/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Writes @p text so that it is text wherever it stands: between tags or in an
 *  attribute's quotes.  NULL writes nothing. */
void lb_html_text(FILE * page, const char * text);

/** Writes @p format, which is markup; of printf's conversions it knows %s, a
 *  text to be escaped, %ld and %%. */
LB_PRINTF(2, 3)
void lb_html(FILE * page, const char * format, ...);

/** Writes "KIND-NAME[-PART]" as an id or the end of a link: what is not a
 *  letter, digit or '_' becomes its code, so that different names give
 *  different ids.  @p part may be NULL. */
void lb_html_id(FILE * page, const char * kind, const char * name,
                const char * part);

/**
 * Writes an SVG picture for the inside of a page: without prolog and comments,
 * its ids and what refers to them beginning with @p prefix, so that pictures do
 * not clash.
 *
 * @return LB_EPARSE  not an SVG, or one that holds more than shapes and text:
 *                    scripts, styles, handlers of events, other documents */
LB_MUST_CHECK lb_status lb_html_svg(FILE * page, const char * svg,
                                    const char * prefix, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_HTML_H */
