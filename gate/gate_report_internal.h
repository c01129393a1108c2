/* gate/gate_report_internal.h -- what the writers of reports share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_GATE_REPORT_INTERNAL_H
#define LB_GATE_REPORT_INTERNAL_H

#include <lindbound/gate_report.h>
#include <lindbound/gate_text.h>

/* --- the formats --------------------------------------------------------- */

void lb_gate_write_text(FILE * stream, const lb_gate_report_t r,
                        const lb_gate_write_options * o);
void lb_gate_write_json(FILE * stream, const lb_gate_report_t r,
                        const lb_gate_write_options * o);
void lb_gate_write_junit(FILE * stream, const lb_gate_report_t r,
                         const lb_gate_write_options * o);
void lb_gate_write_tap(FILE * stream, const lb_gate_report_t r,
                       const lb_gate_write_options * o);
void lb_gate_write_markdown(FILE * stream, const lb_gate_report_t r,
                            const lb_gate_write_options * o);
void lb_gate_write_github(FILE * stream, const lb_gate_report_t r,
                          const lb_gate_write_options * o);

/* --- counts -------------------------------------------------------------- */

#define LB_N_VERDICTS (LB_GATE_TIMEOUT + 1)

typedef struct
{
    slong n;                       /* cases                               */
    slong verdicts[LB_N_VERDICTS]; /* without known failures              */
    slong known, mended;           /* known failures that do, do not fail */
} lb_gate_counts;

/** Those of the vector file @p set, or if it is negative of all. */
lb_gate_counts lb_gate_counts_of(const lb_gate_report_t r, slong set);

/** "12 vectors: 10 good (8 INSIDE, 2 PASS), 1 FAIL, 1 SKIPPED"; release with
 *  flint_free. */
char * lb_gate_summary(const lb_gate_report_t r);

/** "NAME VERSION", clean, or NULL if the candidate did not say; release with
 *  flint_free. */
char * lb_gate_candidate(const lb_gate_report_t r);

/** That known failures pass now and where to remove them, or NULL if none does;
 *  release with flint_free. */
char * lb_gate_mended_text(const lb_gate_report_t r,
                           const lb_gate_write_options * o);

/* --- cases --------------------------------------------------------------- */

/** 1: the case makes the gate fail. */
int lb_gate_is_failure(const lb_gate_case * c);
/** Name of the vector file. */
const char * lb_gate_system(const lb_gate_report_t r, const lb_gate_case * c);
/** Its share of the time of the problem. */
double lb_gate_seconds(const lb_gate_report_t r, slong which);

/** The verdict; of a known failure that is mended "MENDED". */
const char * lb_gate_word(const lb_gate_case * c);

/* Clean texts, each "" if there is nothing to say; release with flint_free. */

/** What the candidate said: value, own error, cutoff. */
char * lb_gate_answer_text(const lb_gate_case * c);
/** "0.0012 instead of 0.00249 (0.3 correct digits)". */
char * lb_gate_difference_text(const lb_gate_case * c);
/** The note. */
char * lb_gate_note_text(const lb_gate_case * c);

/** The three lines a failure needs, difference, note, explanations, each
 *  behind @p before and followed by @p after. */
char * lb_gate_details_text(const lb_gate_case * c, const char * before,
                            const char * after);

#endif /* LB_GATE_REPORT_INTERNAL_H */
