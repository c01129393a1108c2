/* analytic/touchstone.h -- S of a network as a Touchstone file.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Source  Touchstone File Format Specification, version 1.1 (EIA/IBIS Open
 *         Forum): option line "# HZ S RI R 50"; of two ports N11 N21 N12 N22 on
 *         one line, else rows of the matrix, each on a new line and at most
 *         four pairs to a line; frequencies increase; ASCII, '!' comments.
 * Units   The frequency column is the network's frequency parameter as it
 *         stands: angular, light minus carrier, in the model's unit.
 *
 * The numbers are midpoints; a comment states a proved bound of their distance
 * from the exact values. */
#ifndef LB_TOUCHSTONE_H
#define LB_TOUCHSTONE_H

#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The file's text for the ports of @p m at the @p count frequencies
 * @p points, in increasing order, with the parameters of @p settings.
 *
 * @param text  to be released with flint_free; NULL on failure
 * @return LB_OK; LB_EMODEL: no ports, no frequency, a conjugating part between
 *         ports that is not provably zero, or provably not stable; LB_EPREC; or
 *         what evaluating returns
 */
LB_MUST_CHECK lb_status lb_touchstone_text(char ** text, const lb_model_t m,
                                           const lb_settings_t settings,
                                           char * const * points, slong count,
                                           lb_error * err);

/** The number of ports of @p m: NAME.sNp is the name of the file. */
slong lb_touchstone_ports(const lb_model_t m);

#ifdef __cplusplus
}
#endif

#endif /* LB_TOUCHSTONE_H */
