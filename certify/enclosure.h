/* certify/enclosure.h -- propose, evaluate the residual, refine.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For a Hermitian observable O, a Hermitian matrix Y and a real number o,
 *
 *     R = L*(Y) + O - o,     tr(rho O) - o = tr(rho R)
 *
 * for every steady state rho (theory.md [T1], [T2]); what is left is to bound
 * tr(rho R), which is what the levels `truncated` and `full` do differently.
 * Y and o come from a solver in double precision and are held as exact dyadic
 * numbers; R is evaluated in balls; a correction of Y and o is the same
 * solver's answer to R.  Every round gains the solver's digits.  Nothing the
 * solver does can make an enclosure wrong. */
#ifndef LB_ENCLOSURE_H
#define LB_ENCLOSURE_H

#include <lindbound/double_lindbladian.h>
#include <lindbound/poisson.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Corrections at most; reaching it gives a wider ball. */
#define LB_MAX_ROUNDS 64

/* --- Y and o ------------------------------------------------------------- */

typedef struct
{
    slong dimension;
    acb_ptr y; /* dimension^2, row-major; exact and exactly Hermitian */
    arf_t o;
    arf_t shift; /* alpha: what is meant is Y + alpha 1_P, [T5]; it changes
                    the residual only where L* leaves the inner space */
} lb_proposal_struct;

typedef lb_proposal_struct lb_proposal_t[1];

/** Y = 0, o = 0, no shift. */
void lb_proposal_init(lb_proposal_t p, slong dimension);
void lb_proposal_clear(lb_proposal_t p);
void lb_proposal_set(lb_proposal_t p, const lb_proposal_t q);
/** Rounds Y, o and the shift to doubles of double_lindbladian.h; 0: one is too
 *  large (some are then rounded, others not). */
int lb_proposal_round(lb_proposal_t p);
/** Extends Y by zeros to more states, or cuts it to the first ones; no shift
 *  then. */
void lb_proposal_resize(lb_proposal_t p, slong dimension);

/* --- bounds of tr(rho R) ------------------------------------------------- */

typedef struct
{
    mag_t refinable; /* what a better Y can reduce, radii included       */
    mag_t radius;    /* of that, what comes from the radii of the balls  */
    mag_t boundary;  /* what it cannot reduce                            */
} lb_residual_bound_struct;

typedef lb_residual_bound_struct lb_residual_bound_t[1];

void lb_residual_bound_init(lb_residual_bound_t b);
void lb_residual_bound_clear(lb_residual_bound_t b);

/** Upper bound of the operator norm of the Hermitian matrix r (n x n; the
 *  entries i <= j are used): the smaller of the Frobenius norm and the largest
 *  row sum of moduli, [T3]. */
void lb_hermitian_norm_bound(mag_t norm, acb_srcptr r, slong n);
/** The same for the matrix of the radii. */
void lb_hermitian_radius_bound(mag_t norm, acb_srcptr r, slong n);

/* --- the enclosure ------------------------------------------------------- */

/* Where Y and R live, and how tr(rho R) is bounded. */
typedef struct
{
    const lb_basis_struct * inner; /* of Y */
    const lb_basis_struct * outer; /* of R */
    const lb_ball_lindbladian_struct * lindbladian;
    /* of the same model: residuals are evaluated in doubles first; NULL: in
       balls only */
    const lb_double_lindbladian_struct * fast;
    lb_poisson_struct * solver; /* on inner */
    /* |tr(rho (L*(Y) + op - o))| <= refinable + boundary; @p r as of
       lb_ball_lindbladian_apply_adjoint */
    void (*bound)(lb_residual_bound_t b, acb_srcptr r, const lb_opoly_t op,
                  const arf_t o, void * context);
    void * context;
} lb_enclosure_space;

/** r = L*(Y + alpha 1_P) + op - o, outer x outer; the entries i <= j are
 *  set. */
void lb_enclosure_residual(acb_ptr r, const lb_enclosure_space * s,
                           const lb_ball_sparse_t op, const lb_proposal_t p);

/** The same in doubles: wider balls, sooner; rounds @p p first.
 *
 *  @return 0: cannot be done, there is no s->fast or numbers are too large;
 *  @p r is untouched then */
int lb_enclosure_residual_fast(acb_ptr r, const lb_enclosure_space * s,
                               const lb_ball_sparse_t op, lb_proposal_t p);

/** Adds the solver's answer to the midpoints of the residual @p r to @p p.  If
 *  there are states beyond the inner space, alpha is chosen so that Y + alpha
 *  is centred at zero on the highest inner shell.
 *
 *  @param tolerance  of the solver, relative to r
 *  @return 0: there is nothing to correct */
int lb_enclosure_correct(lb_proposal_t p, acb_srcptr r, double tolerance,
                         const lb_enclosure_space * s);

typedef enum
{
    LB_STOP_NONE,      /* the tolerance was reached                    */
    LB_STOP_PRECISION, /* radii: of rounding or of the parameters      */
    LB_STOP_BOUNDARY,  /* what is outside of the inner space           */
    LB_STOP_SOLVER     /* corrections bring nothing, or LB_MAX_ROUNDS  */
} lb_stop;

/* When a refinement may stop. */
typedef struct
{
    slong bits;      /* bound <= 2^-bits max(|o|, |reference|), ...          */
    slong zero_bits; /* ... or the ball contains zero and bound <= 2^-zero_bits */
    const mag_struct * reference;
    int past_boundary; /* refine Y until that holds without `boundary`, too,
                          though the ball gains nothing by it: o tells then
                          what the value is on the inner space alone */
} lb_enclosure_goal;

typedef struct
{
    lb_stop limit;
    slong rounds;
    slong missing_bits; /* by which the bound exceeds the goal; if the ball
                           contains zero, that of zero_bits */
    slong refinable;    /* log2 of that part of the bound, rounded up */
    double solve_seconds, residual_seconds;
} lb_enclosure_info;

/** LB_EDOM unless floating-point numbers are rounded to nearest: Arb's bounds
 *  of magnitudes pass through doubles in places. */
LB_MUST_CHECK lb_status lb_check_rounding(lb_error * err);

/**
 * Encloses tr(rho op), refining @p p (any start is allowed).
 *
 * @param p          on return what proves @p value
 * @param value      o +/- bound; contains tr(rho op) for every steady state
 *                   and every point of the balls; indeterminate on failure
 * @param op         Hermitian
 * @return LB_OK also if the goal was not reached (see @p info);
 *         LB_EPREC or LB_EMODEL (a coefficient of op); LB_EDOM: floating-point
 *         numbers are not rounded to nearest
 */
LB_MUST_CHECK lb_status lb_enclose(arb_t value, lb_enclosure_info * info,
                                   lb_proposal_t p,
                                   const lb_enclosure_space * space,
                                   const lb_opoly_t op,
                                   const lb_enclosure_goal * goal,
                                   lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_ENCLOSURE_H */
