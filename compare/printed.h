/* compare/printed.h -- does what a paper prints about a number hold?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A finding, never a verdict on lindbound or on a formula.  What the printed
 * relations are taken to mean, for a printed value v:
 *   =      the number rounds to the digits of the decimal v; if v prints none
 *          (an integer, an expression), v is meant exactly: the enclosures
 *          meet and all their points differ by at most 1e-12 max(1, |v|)
 *   ~      the number rounds to the digits of v; if v prints none, it differs
 *          by at most 0.05 max(1, |v|); with a stated tolerance t, by at most
 *          t |v|, or t if v is 0
 *   < > <= >=   as they stand
 *   << >>       by a factor of at least 10, of the moduli
 *   order       |v|/sqrt(10) <= |x| <= sqrt(10) |v|
 * A finding other than `open` is a proof about the enclosure. */
#ifndef LB_PRINTED_H
#define LB_PRINTED_H

#include <lindbound/flint_compat.h>
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

/** 1 if @p relation is one of the above. */
int lb_printed_relation_is_known(const char * relation);

/**
 * Judges "number RELATION TEXT" for a number enclosed by @p x.
 *
 * @param text       what is printed, such as "0.012", "3.6e-5" or "1/4"
 * @param value      encloses what @p text means; NULL: @p text is a decimal
 * @param tolerance  a decimal, for `~`; NULL: none stated
 * @return LB_FINDING_NONE if a relation, decimal or tolerance is not one
 */
lb_finding lb_printed_judge(const arb_t x, const char * relation,
                            const char * text, const arb_t value,
                            const char * tolerance);

#ifdef __cplusplus
}
#endif

#endif /* LB_PRINTED_H */
