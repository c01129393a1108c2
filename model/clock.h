/* model/clock.h -- wall-clock time, for reports.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_CLOCK_H
#define LB_CLOCK_H

#ifdef __cplusplus
extern "C" {
#endif

/** Seconds since some fixed moment; never goes back. */
double lb_clock_seconds(void);

#ifdef __cplusplus
}
#endif

#endif /* LB_CLOCK_H */
