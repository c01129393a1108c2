/* analytic/hierarchy.h -- weak-drive amplitudes, excitation block by block.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model    H = H_0 + d (V + V'), [H_0, N] = 0, where N counts the excitations
 *          and V creates one; jumps c_k at rates r_k, each lowering N by a
 *          definite amount.  H_eff = H_0 - (i/2) sum_k r_k c_k' c_k.  The
 *          drive d scales all drives together.
 * Gives    C^(0) = 1,  (H_eff^(N) - E_0) C^(N) = -V C^(N-1),
 *          with E_0 = <0|H_0|0>, by certified linear solves, any N.
 *          As d -> 0 the steady state has rho_jk = d^(j+k) C^(j) C^(k)'
 *          + o(d^(j+k)) between the blocks of j and k excitations (proof in
 *          hierarchy.c), so
 *          <a'^p a^q> = sqrt(p! q!) conj(C_p) C_q d^(p+q) + o(d^(p+q)).
 * Source   Loss-induced nonreciprocity with three cavities (amplitudes of the
 *          g^(n)); nanotip paper, eqs (5)-(7), of which this is the general
 *          recursion.
 * Units    Of the problem; hbar = 1.
 *
 * Dephasing, thermal jumps and anything else that keeps or raises N move
 * population at leading order: such models are refused. */
#ifndef LB_HIERARCHY_H
#define LB_HIERARCHY_H

#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The states of one excitation number, in lexicographic order. */
typedef struct
{
    slong size;
    slong * levels;       /* size x subsystems, row-major          */
    acb_ptr amplitudes;   /* length size: coefficient of drive^N   */
} lb_hierarchy_block;

typedef struct
{
    slong subsystems;
    lb_kind * kinds;
    slong prec;
    lb_opoly_t conserving; /* H_0 without its constant   */
    lb_opoly_t creating;   /* V                          */
    lb_opoly_t damping;    /* sum_k r_k c_k' c_k         */
    slong n_jumps;         /* that lower N by one        */
    lb_opoly_struct * jumps;
    arb_ptr rates;
    int fixed;             /* H_0, V, rates and jumps do not change with the
                              drive, up to d^2 relative to them */
    slong length;          /* blocks 0 .. length-1 known */
    lb_hierarchy_block * blocks;
} lb_hierarchy_struct;

typedef lb_hierarchy_struct lb_hierarchy_t[1];

/**
 * Sorts the terms of a problem evaluated in the weak-drive limit
 * (env->leading_order = 1: drives have order 1, all else order 0).  Clear with
 * lb_hierarchy_clear whatever the status; @p p is copied.
 *
 * Of H: a term that keeps N is taken at order 0 and ignored at higher orders;
 * a linear drive is taken at order 1 and ignored at higher orders.
 *
 * @return LB_OK; LB_EMODEL: a term of H or a jump is outside the class above,
 *         or nothing is driven; @p err names the term
 */
LB_MUST_CHECK lb_status lb_hierarchy_init(lb_hierarchy_t h,
                                          const lb_problem_t p, slong prec,
                                          lb_error * err);
void lb_hierarchy_clear(lb_hierarchy_t h);

/**
 * Makes the blocks up to @p order known.  The functions below do so
 * themselves.
 *
 * @return LB_OK
 *         LB_EPREC  a block is not provably invertible, or it is not proved
 *                   that all its states decay: retry with more bits
 *         LB_EMODEL a state provably never decays, so that the limit depends
 *                   on the past
 *         LB_EDIM   a block has more than LB_BLOCK_MAX states
 *         Blocks known before stay known.
 */
LB_MUST_CHECK lb_status lb_hierarchy_extend(lb_hierarchy_t h, slong order,
                                            lb_error * err);

/**
 * Encloses the amplitude C of the product state @p levels: the coefficient of
 * drive^N, N the sum of the levels.
 *
 * @return as lb_hierarchy_extend; LB_EDOM: not a state of the model.  On
 *         failure c is indeterminate.
 */
LB_MUST_CHECK lb_status lb_hierarchy_amplitude(acb_t c, lb_hierarchy_t h,
                                               const slong * levels,
                                               lb_error * err);

/**
 * Encloses the leading order of <F>, F the factors of term @p i of @p op
 * without its coefficient.
 *
 * @return as lb_hierarchy_extend; x is indeterminate on failure
 */
LB_MUST_CHECK lb_status lb_hierarchy_term(lb_scalar_t x, lb_hierarchy_t h,
                                          const lb_opoly_t op, slong i,
                                          slong prec, lb_error * err);

/**
 * Encloses the leading order in the drive of <op>: each term with creations P
 * and annihilations Q gives its own leading order |P| + |Q|, and the sum keeps
 * the lowest.  A matrix unit |m><n| counts as m creations, n annihilations.
 *
 * The result says `coefficient * drive^order + o(drive^order)`; a coefficient
 * that is or contains zero does not say that <op> vanishes.
 *
 * @return as lb_hierarchy_extend; out is indeterminate on failure
 */
LB_MUST_CHECK lb_status lb_hierarchy_expectation(lb_scalar_t out,
                                                 lb_hierarchy_t h,
                                                 const lb_opoly_t op,
                                                 slong prec, lb_error * err);

/* Of blocks that lb_hierarchy_extend has made known: */

/** c (size x 1) = the amplitudes of a block. */
void lb_hierarchy_column(acb_mat_t c, const lb_hierarchy_t h,
                         slong excitations);

/** Place of the state @p levels in its block, which holds it. */
slong lb_hierarchy_index(const lb_hierarchy_t h, const slong * levels,
                         slong excitations);

/** y = p x, x (any number of columns) on the block @p from and y on the block
 *  @p to; every term of @p p changes N by to - from.  y is not x. */
void lb_hierarchy_apply(acb_mat_t y, const lb_hierarchy_t h, const lb_opoly_t p,
                        slong to, slong from, const acb_mat_t x);

/** m (square) = H_eff - E_0 on a block. */
void lb_hierarchy_effective(acb_mat_t m, const lb_hierarchy_t h,
                            slong excitations);

#ifdef __cplusplus
}
#endif

#endif /* LB_HIERARCHY_H */
