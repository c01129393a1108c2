/* numeric/triangular_sylvester.h -- T W + W R' = C with triangular T and R.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is left of a Sylvester equation after Schur decompositions, for the
 * preconditioners.  Matrices are stored by columns here, as LAPACK's Schur
 * forms are: entry (i, j) of T is t[i + j*ldt].
 *
 * Unlike LAPACK's trsyl, denominators that (nearly) vanish are replaced by
 * given numbers, and most of the work is in products of matrices.  Reference
 * for the splitting: I. Jonsson and B. Kagstrom, ACM Trans. Math. Software 28
 * (2002) 392. */
#ifndef LB_TRIANGULAR_SYLVESTER_H
#define LB_TRIANGULAR_SYLVESTER_H

#include <lindbound/sparse.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    double tiny;      /* a denominator of smaller modulus becomes -tiny   */
    lb_complex first; /* the denominator t_00 + conj(r_00); 0: as it is   */
} lb_triangular_sylvester_options;

/**
 * Replaces the m x n matrix @p w by the solution W of
 *
 *     T W + W R' = w      or, if @p adjoint,      T' W + W R = w ,
 *
 * where ' is the Hermitian conjugate, T is upper triangular m x m and R upper
 * triangular n x n (what is stored below the diagonals is not read).  The
 * maps w -> W of the two are adjoints of each other, replacements included.
 *
 * @param options  NULL: nothing is replaced
 */
void lb_triangular_sylvester(lb_complex * w, slong ldw, const lb_complex * t,
                             slong ldt, slong m, const lb_complex * r,
                             slong ldr, slong n, int adjoint,
                             const lb_triangular_sylvester_options * options);

#ifdef __cplusplus
}
#endif

#endif /* LB_TRIANGULAR_SYLVESTER_H */
