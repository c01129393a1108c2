/* certify/tail.h -- why a steady state has little in high shells.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The weights f(n) = tau r^(n-m-1) of the shells n > m, 0 below, obey
 *
 *     L*(f(N)) <= -2c f(N)  above m,   up to C_n on the shells below
 *
 * once damping, which grows with n, outweighs what the drives lift,
 * theory.md [L1]-[L4]: one inequality at n = m + 1 proves it for all n.
 * The argument @p start of the functions is m.
 *
 * The class of models: every jump changes N by a definite amount (a constant
 * beside a linear loss is moved into H, [L6]); every mode has a linear or a
 * two-photon loss; H conserves N apart from linear drives and from drives
 * whose monomials are carried by losses of the same monomials (a'^2 + a^2 by
 * a loss a^2); jumps that raise N are linear, on modes alone or on two-level
 * systems alone, and slower than the damping. */
#ifndef LB_TAIL_H
#define LB_TAIL_H

#include <lindbound/flint_compat.h>
#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A drive that changes N by s > 0 and is not linear. */
typedef struct
{
    slong shift; /* s                        */
    arb_t cost;  /* upper bound of eps_s     */
} lb_tail_drive;

typedef struct
{
    slong prec;
    slong modes;    /* number of modes, in the order of the subsystems    */
    slong q;        /* number of two-level systems                        */
    acb_mat_t loss; /* Gamma, modes x modes                               */
    acb_mat_t gain; /* G^T, modes x modes                                 */
    arb_t gain_trace;
    arb_t pump;     /* P, raising jumps of two-level systems              */
    arb_t constant; /* mu                                                 */
    arb_t mode_drive; /* upper bound of eps = e' Gamma^-1 e               */
    arb_t atom_drive; /* upper bound of E = sum |e_j|, two-level systems  */
    lb_tail_drive * drives;
    slong n_drives;
    int raises;    /* some jump raises N */
    int all_pairs; /* two-photon losses damp modes with a linear loss, too */
    int has_pairs; /* there are two-photon losses for which that matters   */
} lb_tail_struct;

typedef lb_tail_struct lb_tail_t[1];

/**
 * Finds the class of @p problem; clear with lb_tail_clear whatever the status.
 *
 * @param all_pairs  as the member: both are valid, [L3]; which is better
 *                   depends on the rates
 *
 * @return LB_OK; LB_EMODEL (not of the class: the message names the term that
 *         prevents it); LB_EPREC (a damping or a carried drive could not be
 *         proved positive at the precision and box of the problem)
 */
LB_MUST_CHECK lb_status lb_tail_init(lb_tail_t t, const lb_problem_t problem,
                                     int all_pairs, lb_error * err);
void lb_tail_clear(lb_tail_t t);

/* All exact. */
typedef struct
{
    arb_t ratio;   /* r > 1                    */
    arb_t share;   /* eta in [0, 1): the part of the linear losses that
                      carries the linear drives */
    arb_t damping; /* k > 0 of [L4]            */
    arb_t rate;    /* c > 0                    */
    slong scale;   /* tau = 2^scale            */
} lb_tail_weights_struct;

typedef lb_tail_weights_struct lb_tail_weights_t[1];

void lb_tail_weights_init(lb_tail_weights_t w);
void lb_tail_weights_clear(lb_tail_weights_t w);

/** Sets @p w->damping and @p w->rate, for @p w->ratio and @p w->share as they
 *  are, to numbers for which lb_tail_prove succeeds; 0 if there are none at
 *  this @p start. */
int lb_tail_propose(lb_tail_weights_t w, const lb_tail_t t, slong start);

/** The smallest total excitation number from @p first to @p last above which
 *  the inequality can be proved with some weights; -1 if there is none. */
slong lb_tail_start(const lb_tail_t t, slong first, slong last);

/** 1 only if the inequality of [L4] holds for all shells above @p start. */
int lb_tail_prove(const lb_tail_weights_t w, const lb_tail_t t, slong start);

/** Upper bounds of C_n / tau, n <= @p start, and of C' / tau. */
void lb_tail_cost(mag_t cost, const lb_tail_weights_t w, const lb_tail_t t,
                  slong start, slong n);
void lb_tail_link(mag_t cost, const lb_tail_t t);

#ifdef __cplusplus
}
#endif

#endif /* LB_TAIL_H */
