/* model/operator_polynomial.h -- sums of products of ladder operators.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A polynomial is a sum of terms  coefficient * F_0 F_1 ... F_{n-1},  one
 * factor per subsystem.  A factor is normal-ordered, a'^create a^annihilate,
 * or, on a mode, the matrix unit |create><annihilate| (`matrix_unit`), which
 * no polynomial in a, a' equals.  For a two-level system create and annihilate
 * are 0 or 1 (|0><0| is 1 - s's).  Products are brought into this form at
 * once, so equal operators have equal terms, kept sorted and without
 * exactly-zero coefficients.
 *
 * Conventions: mode levels 0,1,2,...; a|n> = sqrt(n)|n-1>; two-level |1> is
 * excited, s = |0><1|.  Units are those of the coefficients.
 *
 * Coefficients are scalars (model/scalar.h): complex balls, in the weak-drive
 * limit with their order in the drive. */
#ifndef LB_OPERATOR_POLYNOMIAL_H
#define LB_OPERATOR_POLYNOMIAL_H

#include <stddef.h>
#include <lindbound/flint_compat.h>
#include <lindbound/scalar.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_MODE,     /* a boson: levels 0, 1, 2, ... */
    LB_TWO_LEVEL /* levels 0 and 1               */
} lb_kind;

typedef struct
{
    short create;
    short annihilate;
    short matrix_unit; /* 0: a'^create a^annihilate; 1: |create><annihilate| */
} lb_factor;

/* highest power or level in a factor; larger ones are refused when parsed */
#define LB_MAX_POWER 64

typedef struct
{
    slong subsystems;      /* factors per term                              */
    const lb_kind * kinds; /* of the subsystems; borrowed, not owned        */
    slong length;          /* number of terms                               */
    slong alloc;
    lb_factor * factors;            /* length x subsystems, row-major       */
    lb_scalar_struct * coefficients; /* length                              */
} lb_opoly_struct;

typedef lb_opoly_struct lb_opoly_t[1];

/** @p kinds (length @p subsystems) must outlive the polynomial. */
void lb_opoly_init(lb_opoly_t p, const lb_kind * kinds, slong subsystems);
void lb_opoly_clear(lb_opoly_t p);
void lb_opoly_swap(lb_opoly_t p, lb_opoly_t q);
void lb_opoly_set(lb_opoly_t p, const lb_opoly_t q);
void lb_opoly_zero(lb_opoly_t p);

/** p = x * identity */
void lb_opoly_set_scalar(lb_opoly_t p, const lb_scalar_t x);
/** p = annihilation (lowering) operator of subsystem @p which */
void lb_opoly_set_lowering(lb_opoly_t p, slong which);
/** p = |m><n| on subsystem @p which; 0 <= m, n (<= 1 for two-level) */
void lb_opoly_set_ketbra(lb_opoly_t p, slong which, slong m, slong n);

/** Algebra; the output may alias an input. */
void lb_opoly_add(lb_opoly_t r, const lb_opoly_t p, const lb_opoly_t q,
                  slong prec);
void lb_opoly_neg(lb_opoly_t r, const lb_opoly_t p);
void lb_opoly_mul(lb_opoly_t r, const lb_opoly_t p, const lb_opoly_t q,
                  slong prec);
void lb_opoly_scalar_mul(lb_opoly_t r, const lb_opoly_t p, const lb_scalar_t x,
                         slong prec);
void lb_opoly_pow_ui(lb_opoly_t r, const lb_opoly_t p, ulong n, slong prec);
void lb_opoly_adjoint(lb_opoly_t r, const lb_opoly_t p);
/** r = (p + p') / 2 */
void lb_opoly_hermitian_part(lb_opoly_t r, const lb_opoly_t p, slong prec);

/** Largest power of a or a' (or level in a matrix unit) of one subsystem:
 *  the level a cutoff must keep for the operator to be seen at all. */
slong lb_opoly_highest_level(const lb_opoly_t p, slong which);

/** Factors of term @p i (array of length p->subsystems). */
const lb_factor * lb_opoly_term(const lb_opoly_t p, slong i);

/** Change of the total excitation number by term @p i: sum of create minus
 *  annihilate over the subsystems. */
slong lb_opoly_term_shift(const lb_opoly_t p, slong i);

/** Largest |change of the total excitation number| by a term; 0 for no term. */
slong lb_opoly_largest_shift(const lb_opoly_t p);

/** Excitations of the lowest states that @p p acts on or makes: the largest sum
 *  of create, or of annihilate, over the subsystems in a term; 0 for no term. */
slong lb_opoly_highest_total(const lb_opoly_t p);

/** Writes the factors of term @p i, such as "a'^2*a*s", for messages.
 *
 * @param names  of the subsystems; NULL: c0, c1, ... in basis order */
void lb_opoly_term_text(char * buffer, size_t size, const lb_opoly_t p,
                        slong i, const char * const * names);

/**
 * Applies the factors of term @p i (without its coefficient) to the product
 * state |from>:  the result is  sqrt(weight) |to>.
 *
 * @param weight  exact square of the matrix element, a nonnegative integer
 * @param to      levels of the resulting state, length p->subsystems
 * @param from    levels of the state acted on; may alias @p to
 * @return 1 if the result is nonzero; 0 if the term annihilates |from>
 *         (then @p weight is 0 and @p to is unspecified)
 */
int lb_opoly_term_apply(fmpz_t weight, slong * to, const lb_opoly_t p, slong i,
                        const slong * from);

#ifdef __cplusplus
}
#endif

#endif /* LB_OPERATOR_POLYNOMIAL_H */
