/* analytic/next_order.h -- the weak-drive expansion one order further.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model    As in analytic/hierarchy.h, with H_0, V, jumps and rates that do
 *          not change with the drive d.
 * Gives    The blocks of the steady state between j and k excitations,
 *              rho_jk = d^(j+k) (C^(j) C^(k)' + d^2 R_jk + O(d^4)),
 *          and with them expectation values to the same order
 *          (docs/theory.md, [W4]):
 *              H^(j) R_jk - R_jk H^(k)' = - (V R_{j-1,k} - R_{j,k-1} V')
 *                  - (V' C^(j+1) C^(k)' - C^(j) C^(k+1)' V)
 *                  - i sum_k r_k c_k C^(j+1) C^(k+1)' c_k',
 *              R_00 = - |C^(1)|^2,
 *          where the last sum is over the jumps that lower N by one.  Each
 *          block is one linear system in balls.
 * Source   Perturbation theory of the stationary equation.
 * Units    Of the problem; hbar = 1. */
#ifndef LB_NEXT_ORDER_H
#define LB_NEXT_ORDER_H

#include <lindbound/hierarchy.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Blocks R_jk with more elements than this are refused. */
#define LB_NEXT_ORDER_MAX_ELEMENTS 400

typedef struct
{
    lb_hierarchy_struct * hierarchy;
    lb_opoly_t annihilating; /* V'                                         */
    slong length;            /* of blocks: R_jk, j <= k, at k(k+1)/2 + j   */
    acb_mat_struct * blocks; /* 0 x 0 if not known                         */
} lb_next_order_struct;

typedef lb_next_order_struct lb_next_order_t[1];

/** @p h must outlive @p x, which makes more of its blocks known. */
void lb_next_order_init(lb_next_order_t x, lb_hierarchy_t h);
void lb_next_order_clear(lb_next_order_t x);

/**
 * Encloses <op> to the next order in the drive: as lb_hierarchy_expectation,
 * and the next coefficient (model/scalar.h) unless orders of different parity
 * or operators that depend on the drive leave it unknown.
 *
 * @return LB_OK; LB_EMODEL: the Hamiltonian, a jump or a rate depends on the
 *         drive beyond its drive terms; LB_EDIM: a block has more than
 *         LB_NEXT_ORDER_MAX_ELEMENTS; LB_EPREC: a block is not provably
 *         solvable at this precision; or as lb_hierarchy_extend.  out is
 *         indeterminate on failure.
 */
LB_MUST_CHECK lb_status lb_next_order_expectation(lb_scalar_t out,
                                                  lb_next_order_t x,
                                                  const lb_opoly_t op,
                                                  slong prec, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_NEXT_ORDER_H */
