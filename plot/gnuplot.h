/* plot/gnuplot.h -- runs gnuplot.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_GNUPLOT_H
#define LB_GNUPLOT_H

#include <lindbound/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What gnuplot draws, when it is given @p script, to its standard output: no
 * shell, no start-up files, and of the environment only PATH.
 *
 * @param svg  text; release with flint_free
 * @return LB_EIO: gnuplot is not installed, or failed: the message is what it
 *         said first
 */
LB_MUST_CHECK lb_status lb_gnuplot_run(char ** svg, const char * script,
                                       lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_GNUPLOT_H */
