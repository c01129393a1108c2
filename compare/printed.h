/* compare/printed.h -- does a number a paper prints hold?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A finding, never a verdict on lindbound or on a formula.  What the printed
 * relations are taken to mean:
 *   =  the value rounds to the printed digits; an integer is meant exactly
 *   ~  the value rounds to the printed digits; for an integer v, which prints
 *      no digits to round to, within 0.05 max(1, |v|)
 *   <  >   as they stand
 *   << >>  by a factor of at least 10 */
#ifndef LB_PRINTED_H
#define LB_PRINTED_H

#include <lindbound/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_FINDING_NONE,
    LB_FINDING_HOLDS,
    LB_FINDING_FAILS,
    LB_FINDING_OPEN /* the value is not known well enough */
} lb_finding;

/** "holds", "does not hold", "open", "". */
const char * lb_finding_str(lb_finding f);

/**
 * Judges "quantity RELATION TEXT" for a quantity known to lie in [lo, hi].
 *
 * @param relation  one of = ~ < > << >>
 * @param text      the printed decimal, such as "0.012" or "3.6e-5"
 * @return LB_FINDING_NONE if @p relation or @p text is not of that form
 */
lb_finding lb_printed_judge(double lo, double hi, const char * relation,
                            const char * text);

#ifdef __cplusplus
}
#endif

#endif /* LB_PRINTED_H */
