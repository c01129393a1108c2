/* numeric/blas_threads.h -- threads of the dense kernels.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_BLAS_THREADS_H
#define LB_BLAS_THREADS_H

#ifdef __cplusplus
extern "C" {
#endif

/** Lets OpenBLAS use at most @p n threads, n >= 1; without effect on another
 *  BLAS.  With more than one, last digits may differ from run to run. */
void lb_blas_set_threads(int n);

#ifdef __cplusplus
}
#endif

#endif /* LB_BLAS_THREADS_H */
