/* model/scalar.h -- a complex ball times a power of the drive.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scalar stands for   coefficient * drive^order + o(drive^order), or, if the
 * next order is known, for
 *     coefficient * drive^order + next * drive^(order+2) + o(drive^(order+2)),
 * as the drives of a model are scaled to zero together.  Ordinary values
 * have order 0 throughout and no remainder: plain ball arithmetic.  In the
 * weak-drive limit (section "leading order" of docs/theory.md) the parameters
 * a model lists as drives have order 1, and a sum keeps its lowest order; what
 * it adds at the second order above is the next coefficient.  A term at the
 * first order above leaves the next order unknown: the expansions of steady
 * states go in steps of two.  So one evaluator serves all.
 *
 * `remainder` tells whether the o(drive^order) is there.  Without it a leading
 * term that cancels exactly would pass for an exact zero: (T - 1)/drive^2 with
 * T = 1 + o(1) is not 0.
 *
 * On failure a scalar is indeterminate (contains every number). */
#ifndef LB_SCALAR_H
#define LB_SCALAR_H

#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    acb_t coefficient;
    slong order;
    int remainder; /* 0: exactly coefficient * drive^order; 1: + o(...) */
    int has_next;  /* of a scalar with a remainder: next is known       */
    acb_t next;    /* meaningful only then                              */
    /* A real value of which only one side is known, such as a zero in dB: then
       the coefficient is indeterminate, and the value is <= bound (side < 0,
       -inf included) or >= bound (side > 0).  Negation and the addition of
       a number keep it, everything else forgets it. */
    int side;
    arf_t bound;
} lb_scalar_struct;

typedef lb_scalar_struct lb_scalar_t[1];

void lb_scalar_init(lb_scalar_t x);
void lb_scalar_clear(lb_scalar_t x);
void lb_scalar_swap(lb_scalar_t x, lb_scalar_t y);
void lb_scalar_zero(lb_scalar_t x);
void lb_scalar_set(lb_scalar_t x, const lb_scalar_t y);
/** x = y, order 0, no remainder */
void lb_scalar_set_acb(lb_scalar_t x, const acb_t y);
void lb_scalar_indeterminate(lb_scalar_t x);
/** x is real and <= bound (side < 0) or >= bound (side > 0) */
void lb_scalar_one_sided(lb_scalar_t x, int side, const arf_t bound);

/** True if x is exactly zero: coefficient zero and no remainder (then the order
 *  is meaningless). */
int lb_scalar_is_zero(const lb_scalar_t x);

/** z = the coefficient of drive^(order+2), which is 0 for a scalar
 *  without remainder.  Returns 0 if it is not known; z is indeterminate then. */
int lb_scalar_get_next(acb_t z, const lb_scalar_t x);
/** Says that x, which gets a remainder, has this next coefficient; one that is
 *  not finite is forgotten. */
void lb_scalar_set_next(lb_scalar_t x, const acb_t next);

/** z = c x for an exact factor of order 0: a ball around one number, the same
 *  at all drives */
void lb_scalar_mul_acb(lb_scalar_t z, const lb_scalar_t x, const acb_t c,
                       slong prec);

/** Ring and field operations; outputs may alias inputs.  A sum of different
 *  orders keeps the lower one and a remainder.  The next coefficient is
 *  carried along where that of both operands is known.  Division by a ball that
 *  contains zero gives the indeterminate ball, and so does any operation on a
 *  ball that is not finite, whatever the orders. */
void lb_scalar_neg(lb_scalar_t z, const lb_scalar_t x);
void lb_scalar_conj(lb_scalar_t z, const lb_scalar_t x);
void lb_scalar_add(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
                   slong prec);
void lb_scalar_mul(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
                   slong prec);
void lb_scalar_div(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
                   slong prec);
void lb_scalar_pow_si(lb_scalar_t z, const lb_scalar_t x, slong n, slong prec);

#ifdef __cplusplus
}
#endif

#endif /* LB_SCALAR_H */
