/* model/ball_text.h -- certified values as text and JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every form written here contains the ball it was made from: decimals
 * re-parse to a superset, bounds in doubles are rounded outward. */
#ifndef LB_BALL_TEXT_H
#define LB_BALL_TEXT_H

#include <jansson.h>
#include <lindbound/flint_compat.h>
#include <lindbound/scalar.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Relative significant decimal digits that @p x proves, from 0 to @p cap;
 *  an exact number has @p cap. */
slong lb_ball_digits(const arb_t x, slong cap);

/** "[mid +/- rad]" with at most @p digits digits; release with flint_free. */
char * lb_ball_str(const arb_t x, slong digits);

/** As lb_ball_str for a complex ball: "re", or "re + im*i" if the imaginary
 *  part is not exactly zero; "indeterminate" if it proves nothing. */
char * lb_ball_complex_str(const acb_t x, slong digits);

/**
 * A number for people: the digits all points of the ball share, at most
 * @p digits, followed by "(+/- r)" only if those are fewer; a ball around
 * zero is "0 (+/- r)", the indeterminate ball "?".  A real or imaginary part
 * that is a ball around zero and too small to touch the shown digits of the
 * other is left out.  Release with flint_free.
 */
char * lb_ball_plain_str(const acb_t x, slong digits);

/** Largest double <= every point of @p x and smallest double >= them. */
void lb_ball_bounds(double * lo, double * hi, const arb_t x);

/** {"ball","arb","lo","hi","value","digits","level"}; a complex value that is
 *  not exactly real is {"re":{...},"im":{...},"level"}. */
json_t * lb_ball_json(const acb_t x, slong digits, const char * level);

/** As lb_ball_complex_str, lb_ball_plain_str and lb_ball_json for the
 *  coefficient of a scalar.  A one-sided value is "<= -312.4" or ">= 312.4",
 *  rounded away; its JSON has lo "-inf" (or hi "inf") and no arb. */
char * lb_scalar_str(const lb_scalar_t x, slong digits);
char * lb_scalar_plain_str(const lb_scalar_t x, slong digits);
json_t * lb_scalar_json(const lb_scalar_t x, slong digits, const char * level);

#ifdef __cplusplus
}
#endif

#endif /* LB_BALL_TEXT_H */
