/* certify/ball_sparse.h -- sparse matrices of balls.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compressed rows of complex balls.  The matrix elements of an operator
 * polynomial are coefficient * sqrt(integer) with the exact integer of
 * lb_opoly_term_apply, so every entry contains the exact matrix element for
 * every point of the coefficients' balls. */
#ifndef LB_BALL_SPARSE_H
#define LB_BALL_SPARSE_H

#include <lindbound/basis.h>
#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    slong rows, columns;
    slong * start;  /* rows + 1: row i has the entries start[i]..       */
    slong * column; /* ascending within a row                           */
    acb_ptr entry;
    slong length;   /* of column and entry                              */
} lb_ball_sparse_struct;

typedef lb_ball_sparse_struct lb_ball_sparse_t[1];

/** The zero matrix. */
void lb_ball_sparse_init(lb_ball_sparse_t a, slong rows, slong columns);
void lb_ball_sparse_clear(lb_ball_sparse_t a);
void lb_ball_sparse_swap(lb_ball_sparse_t a, lb_ball_sparse_t b);

/**
 * a_ij = <i| op |j>, i a state of @p rows, j one of @p columns.
 *
 * @return LB_OK; LB_EPREC (a coefficient is not finite), LB_EMODEL (a
 *         coefficient of the weak-drive limit): then a is zero
 */
LB_MUST_CHECK lb_status lb_ball_sparse_set_opoly(lb_ball_sparse_t a,
                                                 const lb_opoly_t op,
                                                 const lb_basis_t rows,
                                                 const lb_basis_t columns,
                                                 slong prec, lb_error * err);

/** c = a + factor * b; c may alias a or b. */
void lb_ball_sparse_add_scaled(lb_ball_sparse_t c, const lb_ball_sparse_t a,
                               const acb_t factor, const lb_ball_sparse_t b,
                               slong prec);

/** c = a' a, of a->columns rows and columns; c may alias a. */
void lb_ball_sparse_gram(lb_ball_sparse_t c, const lb_ball_sparse_t a,
                         slong prec);

#ifdef __cplusplus
}
#endif

#endif /* LB_BALL_SPARSE_H */
