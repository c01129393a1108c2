/* certify/lyapunov.h -- how much of a steady state lies in high shells.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For weights w_0 = 1, w_{n+1}/w_n = r (1 + beta n), the Lyapunov inequality of
 * theory.md [L1]-[L4], proved here in balls, gives
 *
 *     sum_n w_n p_n <= D,   p_n = tr(rho 1_{N=n}) <= D / w_n ,
 *
 * for every steady state rho of the untruncated model and for every point of
 * its ball parameters; and for every steady state of a truncation of it to a
 * set of states that lowering does not leave, [L5].
 *
 * The class of models: H = H0 + drives, H0 conserving N, drives linear in the
 * ladder operators; every jump changes N by a definite amount (a constant
 * added to a linear loss is moved into H first); every mode is damped, alone or
 * through a positive damping matrix; jumps that raise N are linear, on modes
 * alone or on two-level systems alone, and slower than the damping. */
#ifndef LB_LYAPUNOV_H
#define LB_LYAPUNOV_H

#include <lindbound/flint_compat.h>
#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* shells whose populations are bounded one by one */
#define LB_LYAPUNOV_SHELLS 400

typedef struct
{
    arb_t ratio;  /* r > 1, exact                   */
    arb_t growth; /* beta >= 0, exact               */
    slong n_star; /* the inequality has Pi = N <= n* */
    arb_t rate;   /* the c of the inequality, exact */
    mag_t bound;  /* D                              */
} lb_weight_struct;

typedef lb_weight_struct lb_weight_t[1];

typedef struct
{
    lb_weight_struct * weights; /* proved */
    slong n_weights;
    mag_ptr population; /* bounds of p_n, LB_LYAPUNOV_SHELLS of them; they
                           are at most 1 */
    int raises;         /* some jump raises N */
} lb_lyapunov_struct;

typedef lb_lyapunov_struct lb_lyapunov_t[1];

/**
 * Finds the class of @p problem and proves bounds; clear with
 * lb_lyapunov_clear whatever the status.
 *
 * @return LB_OK; LB_EMODEL (the message names the term that prevents it);
 *         LB_EPREC (in the class, but no inequality could be proved)
 */
LB_MUST_CHECK lb_status lb_lyapunov_init(lb_lyapunov_t ly,
                                         const lb_problem_t problem,
                                         lb_error * err);
void lb_lyapunov_clear(lb_lyapunov_t ly);

/** Lower bound of w_n of one weight, exact products in balls. */
void lb_weight_at(arb_t w, const lb_weight_t weight, slong n, slong prec);

/**
 * Upper bound of the sum of |tr(rho_kj (op - o)_jk)| over the shells with
 * max(j, k) > @p top, [F3]; infinite if it cannot be bounded.
 */
void lb_lyapunov_tail(mag_t tail, const lb_lyapunov_t ly, const lb_opoly_t op,
                      const arf_t o, slong top);

/** About how many bits the bound of the population falls from shell @p low to
 *  shell @p high; for choosing, nothing is proved by it. */
double lb_lyapunov_fall(const lb_lyapunov_t ly, slong low, slong high);

/* Exposed for the tests: what the class looks like to the inequality. */
typedef struct
{
    slong prec;
    slong subsystems;
    const lb_kind * kinds;
    acb_mat_t loss;       /* Gamma_jl of the linear losses               */
    acb_mat_t mode_loss;  /* of mode operators, mixed jumps halved       */
    acb_mat_t gain;       /* of the linear raising jumps on modes        */
    arb_t pump;           /* of those on two-level systems               */
    arb_t mixed;          /* constant of the mixed jumps                 */
    acb_ptr drive;        /* coefficient of c_j' in H, with what constants
                             in jumps add                                */
    arb_t mode_drive;     /* upper bound of sqrt(sum |e_j|^2), modes     */
    arb_t atom_drive;     /* upper bound of sum |e_j|, two-level systems */
    int raises;
} lb_lyapunov_class_struct;

typedef lb_lyapunov_class_struct lb_lyapunov_class_t[1];

LB_MUST_CHECK lb_status lb_lyapunov_class_init(lb_lyapunov_class_t k,
                                               const lb_problem_t problem,
                                               lb_error * err);
void lb_lyapunov_class_clear(lb_lyapunov_class_t k);

/** Tries to prove the inequality with the given r, beta and c (exact numbers);
 *  1 and @p weight set if it succeeded, 0 if not. */
int lb_lyapunov_prove(lb_weight_t weight, const lb_lyapunov_class_t k,
                      const arb_t ratio, const arb_t growth, const arb_t rate);

void lb_weight_init(lb_weight_t w);
void lb_weight_clear(lb_weight_t w);

#ifdef __cplusplus
}
#endif

#endif /* LB_LYAPUNOV_H */
