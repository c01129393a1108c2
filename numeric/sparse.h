/* numeric/sparse.h -- sparse complex matrices of truncated operators.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compressed rows.  Every entry is kept twice: as a double for the fast
 * loops, and as a long double for residuals, whose cancellation is what
 * limits the digits of a solution.  Both are rounded: nothing here is
 * certified.
 *
 * Dense matrices everywhere in numeric/ are row-major arrays without padding:
 * entry (i, j) of an n x m matrix is x[i*m + j]. */
#ifndef LB_SPARSE_H
#define LB_SPARSE_H

#include <lindbound/basis.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef double _Complex lb_complex;
typedef long double _Complex lb_extended;

typedef struct
{
    slong rows, columns;
    slong * start;         /* rows + 1: row i has the entries start[i]..   */
    slong * column;        /* ascending within a row                       */
    lb_complex * value;    /* the entries, rounded                         */
    lb_extended * extended; /* the entries, rounded to long double         */
} lb_sparse_struct;

typedef lb_sparse_struct lb_sparse_t[1];

/** The zero matrix. */
void lb_sparse_init(lb_sparse_t a, slong rows, slong columns);
void lb_sparse_clear(lb_sparse_t a);
void lb_sparse_swap(lb_sparse_t a, lb_sparse_t b);

/** Number of stored entries. */
slong lb_sparse_nonzeros(const lb_sparse_t a);

/**
 * a = P op P on the states of @p basis, from the midpoints of the
 * coefficients; each matrix element sqrt(integer) is exact before rounding.
 *
 * @return LB_OK; LB_EPREC (a coefficient is not finite), LB_EMODEL (a
 *         coefficient of the weak-drive limit): then a is zero
 */
LB_MUST_CHECK lb_status lb_sparse_set_opoly_approx(lb_sparse_t a,
                                                   const lb_opoly_t op,
                                                   const lb_basis_t basis,
                                                   lb_error * err);

/** Algebra; outputs may alias inputs; entries that cancel exactly are
 *  dropped. */
void lb_sparse_adjoint(lb_sparse_t b, const lb_sparse_t a);
/** c = a + factor * b */
void lb_sparse_add_scaled(lb_sparse_t c, const lb_sparse_t a,
                          lb_extended factor, const lb_sparse_t b);
/** c = a b */
void lb_sparse_mul(lb_sparse_t c, const lb_sparse_t a, const lb_sparse_t b);

/** a_ij *= 2^(row_exponent[i] + column_exponent[j]), exactly unless it over-
 *  or underflows; a NULL exponent is zero. */
void lb_sparse_scale_2exp(lb_sparse_t a, const slong * row_exponent,
                          const slong * column_exponent);

/** y = a x, x of a->columns rows and @p n columns. */
void lb_sparse_mul_dense(lb_complex * y, const lb_sparse_t a,
                         const lb_complex * x, slong n);
/** y = x a, x of @p n rows and a->rows columns. */
void lb_sparse_dense_mul(lb_complex * y, const lb_complex * x,
                         const lb_sparse_t a, slong n);
/** y = a as a dense matrix */
void lb_sparse_get_dense(lb_complex * y, const lb_sparse_t a);

/** Midpoint of a ball as a long double, not finite if the ball is not. */
lb_extended lb_extended_from_acb(const acb_t x);
/** The point ball of @p x (exact); indeterminate if x is not finite. */
void lb_extended_get_acb(acb_t y, lb_extended x);

#ifdef __cplusplus
}
#endif

#endif /* LB_SPARSE_H */
