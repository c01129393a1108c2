/* numeric/gmres.h -- restarted GMRES for complex linear maps.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Preconditioned from the right: A M u = b, x = M u, so that the residual that
 * is minimized and reported is the true one, b - A x.  The preconditioned
 * vectors are kept (the "flexible" variant), so M may be inexact.  Reference:
 * Y. Saad, Iterative Methods for Sparse Linear Systems, 2nd ed., section
 * 9.4.1. */
#ifndef LB_GMRES_H
#define LB_GMRES_H

#include <lindbound/sparse.h>

#ifdef __cplusplus
extern "C" {
#endif

/* out = A in; the arrays never overlap */
typedef void (*lb_gmres_map)(lb_complex * out, const lb_complex * in,
                             void * context);

typedef struct
{
    double tolerance;      /* of the residual, relative to ||b||            */
    slong max_iterations;  /* applications of A M in all                    */
    size_t memory;         /* bytes that may go to Krylov vectors; bounds
                              the length of a cycle (from 20 to 200)        */
} lb_gmres_options;

#define LB_GMRES_OPTIONS { 1e-8, 1000, (size_t) 128 << 20 }

typedef struct
{
    slong iterations;
    double residual; /* ||b - A x|| / ||b||, recomputed from x */
} lb_gmres_report;

/**
 * Solves A x = b from x = 0.
 *
 * @param x             solution, or the best one reached; finite whatever the
 *                      status
 * @param precondition  NULL: none
 * @return LB_OK; LB_ENOCONV (iterations used up, stagnation, or a map gave
 *         something that is not finite)
 */
LB_MUST_CHECK lb_status lb_gmres_approx(lb_complex * x,
                                        lb_gmres_report * report,
                                        const lb_complex * b, slong n,
                                        lb_gmres_map apply,
                                        lb_gmres_map precondition,
                                        void * context,
                                        const lb_gmres_options * options);

#ifdef __cplusplus
}
#endif

#endif /* LB_GMRES_H */
