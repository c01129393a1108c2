/* gate/gate_report.h -- the report of the gate, written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A failure is a case that fails and is not known to, or one that is known to
 * fail and does not any more.  What comes from the candidate is made harmless
 * by gate/gate_text.h. */
#ifndef LB_GATE_REPORT_H
#define LB_GATE_REPORT_H

#include <stdio.h>
#include <lindbound/gate.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_GATE_FORMAT_TEXT,     /* failures, counts, a line of summary              */
    LB_GATE_FORMAT_JSON,     /* JSON lines: each vector, then a summary          */
    LB_GATE_FORMAT_JUNIT,    /* XML; a test suite for each vector file           */
    LB_GATE_FORMAT_TAP,      /* TAP 13; known failures are TODO                  */
    LB_GATE_FORMAT_MARKDOWN, /* counts and at most 50 failures                   */
    LB_GATE_FORMAT_GITHUB    /* workflow commands: 10 errors and a notice        */
} lb_gate_format;

/** The format that @p name says ("text", "json", "junit", "tap", "markdown",
 *  "github"), or -1. */
int lb_gate_format_find(const char * name);

typedef struct
{
    const char * known_file; /* where the known failures are listed; NULL: not
                                said                                         */
    int colour;              /* of text: escape sequences of a terminal      */
} lb_gate_write_options;

/** The certified value of a vector for people, or "no value (REASON)" if its
 *  problem is to be refused; release with flint_free. */
char * lb_gate_reference_text(const lb_vector * vector,
                              const lb_vector_problem * problem);

/** Writes the report to @p stream, whose errors are left to the caller. */
void lb_gate_report_write(FILE * stream, const lb_gate_report_t r,
                          lb_gate_format format,
                          const lb_gate_write_options * options);

#ifdef __cplusplus
}
#endif

#endif /* LB_GATE_REPORT_H */
