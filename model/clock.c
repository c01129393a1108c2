/* model/clock.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <time.h>

#include <lindbound/clock.h>

double
lb_clock_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}
