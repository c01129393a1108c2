/* model/rational.h -- exact rational numbers as text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_RATIONAL_H
#define LB_RATIONAL_H

#include <flint/fmpq.h>
#include <lindbound/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The number that @p text states: a decimal such as -0.25 or 1e-3, or a
 *  quotient of two decimals such as -1/3.  LB_EPARSE: it is none; x is then
 *  zero. */
LB_MUST_CHECK lb_status lb_rational_read(fmpq_t x, const char * text,
                                         lb_error * err);

/** The decimal, if @p x has one of at most 40 places, else "p/q": a text that
 *  lb_rational_read and the expression language read back exactly; release
 *  with flint_free. */
char * lb_rational_text(const fmpq_t x);

#ifdef __cplusplus
}
#endif

#endif /* LB_RATIONAL_H */
