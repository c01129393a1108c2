/* numeric/approx_value.h -- an unproved number and its stable digits.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Printed only to the digits that were stable under refinement, never as a
 * ball.  Digits are counted relative to the modulus of the complex number. */
#ifndef LB_APPROX_VALUE_H
#define LB_APPROX_VALUE_H

#include <stddef.h>
#include <jansson.h>
#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

/* no double has more */
#define LB_APPROX_DIGITS 15

/* bytes that hold the text of any value */
#define LB_APPROX_TEXT 96

typedef struct
{
    double re, im; /* NaN if undefined                                 */
    slong digits;  /* decimal digits that were stable, 0 .. 15         */
} lb_approx_value;

/** Decimal digits on which two computations of one number agree, relative to
 *  @p y: 15 if they are equal, 0 if one of them is not finite. */
slong lb_approx_digits(double x_re, double x_im, double y_re, double y_im);

/** "72.867162", "1.5 - 0.2*i"; at most @p digits digits and no more than were
 *  stable; "?" if none were. */
void lb_approx_value_str(char * text, size_t size, const lb_approx_value * x,
                         slong digits);

/** {"value", "digits", "level": "estimate"}, the value rounded to its stable
 *  digits, null if there are none; a value that is not real to these digits
 *  is {"re": {...}, "im": {...}, "level"}. */
json_t * lb_approx_value_json(const lb_approx_value * x);

#ifdef __cplusplus
}
#endif

#endif /* LB_APPROX_VALUE_H */
