/* certify/ball_lindbladian.h -- the adjoint Lindbladian in balls.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     L*(Y) = i[H, Y] + sum_k r_k (c_k' Y c_k - {c_k' c_k, Y}/2)
 *           = Y K + (Y K)' + sum_k r_k c_k' Y c_k   for Hermitian Y,
 *     K = -i H - (1/2) sum_k r_k c_k' c_k.
 *
 * Two versions, one code: Y lives on the states of an *inner* basis P and L*(Y)
 * on those of an *outer* basis B that contains it; K and the c_k are the blocks
 * P . B.
 *
 * Truncated  B = P, H_P = P H P, c_P = P c P, and in K the product c_P' c_P,
 *            not P c' c P: so L_P*(1) = 0 and L_P is a Lindblad problem.
 * Full       Y is extended by zeros, B holds all states with N <= J; exact
 *            (nothing of L*(Y) lies outside B) if J is at least the J of
 *            lb_ball_lindbladian_shift, theory.md [T5].
 *
 * The rates stay beside the jump operators: no square root of a ball. */
#ifndef LB_BALL_LINDBLADIAN_H
#define LB_BALL_LINDBLADIAN_H

#include <lindbound/ball_sparse.h>
#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    slong inner; /* dimension d of P, the first d states of B */
    slong outer; /* dimension of B                            */
    lb_ball_sparse_t generator; /* K, inner x outer           */
    slong n_jumps;
    arb_ptr rates;
    lb_ball_sparse_struct * jumps; /* inner x outer, without rates */
    lb_ball_sparse_t unit; /* L*(1_P), i <= j; zero if truncated */
    slong prec;
} lb_ball_lindbladian_struct;

typedef lb_ball_lindbladian_struct lb_ball_lindbladian_t[1];

/** Truncated to @p basis.  Clear with lb_ball_lindbladian_clear whatever the
 *  status.  LB_EPREC or LB_EMODEL from the coefficients. */
LB_MUST_CHECK lb_status lb_ball_lindbladian_init_truncated(
    lb_ball_lindbladian_t l, const lb_problem_t problem,
    const lb_basis_t basis, slong prec, lb_error * err);

/** Full; @p inner must be the first states of @p outer, which must hold all
 *  states with N <= J, J >= M + shift.  Statuses as above; LB_EDIM if that is
 *  not so. */
LB_MUST_CHECK lb_status lb_ball_lindbladian_init_full(
    lb_ball_lindbladian_t l, const lb_problem_t problem,
    const lb_basis_t inner, const lb_basis_t outer, slong prec,
    lb_error * err);

void lb_ball_lindbladian_clear(lb_ball_lindbladian_t l);

/** Largest change of N by one term of H, of c_k' or of c_k' c_k: L*(Y) of Y on
 *  the shells N <= M lies on the shells N <= M + shift. */
slong lb_ball_lindbladian_shift(const lb_problem_t problem);

/**
 * r = L*(y).
 *
 * @param r  outer x outer, row-major; only r_ij with i <= j is set (r is
 *           Hermitian), the rest is untouched
 * @param y  inner x inner, row-major, exactly Hermitian
 */
void lb_ball_lindbladian_apply_adjoint(acb_ptr r,
                                       const lb_ball_lindbladian_t l,
                                       acb_srcptr y);

#ifdef __cplusplus
}
#endif

#endif /* LB_BALL_LINDBLADIAN_H */
