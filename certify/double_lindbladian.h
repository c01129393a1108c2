/* certify/double_lindbladian.h -- residuals in doubles, with a proved bound.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The residual
 *
 *     R = L*(Y) + alpha L*(1_P) + O - o
 *
 * of a Y, o and alpha that are doubles, evaluated in doubles: every entry comes
 * with a bound of all that rounding, and the radii of the coefficients, can
 * have done to it, theory.md [T6].  That takes a small part of the time of an
 * evaluation in balls, and gives no more than about 15 digits of each entry
 * relative to the terms it is made of; where more are wanted, or numbers are
 * outside of 2^-250 .. 2^250, the balls are there. */
#ifndef LB_DOUBLE_LINDBLADIAN_H
#define LB_DOUBLE_LINDBLADIAN_H

#include <lindbound/ball_lindbladian.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Compressed rows, like the matrix of balls that it encloses. */
typedef struct
{
    slong rows, columns;
    slong *start, *column;
    double * middle; /* real and imaginary part of each entry              */
    double * size;   /* upper bound of the modulus over the ball           */
    double * doubt;  /* what an entry adds to the bound, per unit of the
                        modulus of what it is multiplied by                */
} lb_double_sparse_struct;

typedef lb_double_sparse_struct lb_double_sparse_t[1];

typedef struct
{
    slong inner, outer; /* as of the Lindbladian in balls */
    lb_double_sparse_t generator, unit;
    slong n_jumps; /* of those whose rate is not zero */
    lb_double_sparse_struct * right; /* c                 */
    lb_double_sparse_struct * left;  /* rate * conj(c)    */
    double unit_roundings; /* gamma_N of [T6] */
    slong prec;            /* of the factors  */
} lb_double_lindbladian_struct;

typedef lb_double_lindbladian_struct lb_double_lindbladian_t[1];

/** Rounds the coefficients of @p l; clear with lb_double_lindbladian_clear
 *  whatever is returned.
 *
 *  @return 0: they are too large or too many, or the machine's arithmetic is
 *  not that of [T6]; @p x cannot be used then */
int lb_double_lindbladian_init(lb_double_lindbladian_t x,
                               const lb_ball_lindbladian_t l);
void lb_double_lindbladian_clear(lb_double_lindbladian_t x);

/** Rounds the real number @p x to a double that [T6] admits, zero if it is
 *  small; 0: it is too large or not finite. */
int lb_double_round(arf_t x);

/**
 * Encloses the residual; floating-point numbers must be rounded to nearest
 * (lb_check_rounding).
 *
 * @param r   outer x outer, row-major; only r_ij with i <= j is set, and with
 *            imaginary part zero if i = j
 * @param op  outer x outer
 * @param y   inner x inner, exactly Hermitian; its entries, @p o and @p shift
 *            made by lb_double_round
 * @return 0: one of them is not, or an entry of @p op is too large; @p r is
 *         untouched then
 */
int lb_double_lindbladian_residual(acb_ptr r, const lb_double_lindbladian_t x,
                                   const lb_ball_sparse_t op, acb_srcptr y,
                                   const arf_t o, const arf_t shift);

#ifdef __cplusplus
}
#endif

#endif /* LB_DOUBLE_LINDBLADIAN_H */
