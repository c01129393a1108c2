/* numeric/blas_threads.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>

#include <lindbound/blas_threads.h>

/* Weak: the reference BLAS has no such function. */
#if defined(__GNUC__) || defined(__clang__)
extern void openblas_set_num_threads(int n) __attribute__((weak));
#else
#define openblas_set_num_threads ((void (*)(int)) NULL)
#endif

void
lb_blas_set_threads(int n)
{
    if (openblas_set_num_threads != NULL)
        openblas_set_num_threads(n);
}
