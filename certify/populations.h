/* certify/populations.h -- proved bounds of the populations of the shells.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much of a steady state lies on the shell N = n, p_n = tr(rho 1_{N=n}).
 * A solver proposes Y for the observable sum_n v_n 1_{N=n}, v_n near 1/p_n;
 * its residual on the shells up to J, with the weights f(n) = tau r^(n-m-1) on
 * the shells above some m <= M (certify/tail.h), proves
 *
 *     p_n <= 2 o / v_n              for n <= M,
 *     p_n <= o/(c tau) r^(m+1-n)    for n > m (level full),
 *
 * for every steady state and every point of the parameter balls, theory.md
 * [L1]; for a truncated model without its second half, [L5]. */
#ifndef LB_POPULATIONS_H
#define LB_POPULATIONS_H

#include <lindbound/enclosure.h>
#include <lindbound/tail.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    slong top;             /* M                                          */
    slong start;           /* m <= M: f(n) > 0 for n > m; M without tail */
    slong * exponents;     /* v_n = 2^exponents[n], n = 0..M             */
    lb_proposal_t proposal; /* Y and o >= 0                              */
    int has_tail;          /* level full                                 */
    lb_tail_weights_t weights; /* r, eta, k, c, tau; exact               */
    int all_pairs;         /* how the tail reads two-photon losses       */
    mag_ptr inner;         /* bounds of p_0..p_M, at most 1              */
    mag_t first;           /* bound of p_{M+1} before the cut at 1; with
                              has_tail                                   */
} lb_populations_struct;

typedef lb_populations_struct lb_populations_t[1];

/**
 * Proposes and proves bounds; clear with lb_populations_clear whatever the
 * status.
 *
 * @param space     where Y and its residual live; its member `bound` is not
 *                  used
 * @param tail      of the untruncated model, then space->outer holds all
 *                  states with N <= J; NULL for a truncated one
 * @param estimate  log2 of estimates of p_0..p_M; decides how good the bounds
 *                  are, not whether they hold
 * @return LB_OK; LB_EPREC: a higher M may do; LB_ENOCONV: no Y was found, and
 *         a higher M will not help (several steady states, a parameter box too
 *         wide, a model too hard for double precision); LB_EDOM:
 *         floating-point numbers are not rounded to nearest
 */
LB_MUST_CHECK lb_status lb_populations_init(lb_populations_t p,
                                            const lb_enclosure_space * space,
                                            const lb_tail_struct * tail,
                                            const double * estimate,
                                            lb_error * err);

/**
 * The same where bounds of the same model on the same space at other
 * parameters are known: with the exponents and the start of the tail of
 * @p near in place of an estimate.  Their Y is no start: it belongs to weights
 * that are large where little is, and is worse than none.
 *
 * @return LB_OK; LB_EPREC: @p near is too far; LB_EDOM as above
 */
LB_MUST_CHECK lb_status lb_populations_init_near(
    lb_populations_t p, const lb_enclosure_space * space,
    const lb_tail_struct * tail, const lb_populations_t near, lb_error * err);
void lb_populations_clear(lb_populations_t p);

/** Upper bound of p_n, at most 1. */
void lb_populations_bound(mag_t bound, const lb_populations_t p, slong n);

/** Upper bound of the population of all shells above M, at most 1. */
void lb_populations_above(mag_t bound, const lb_populations_t p);

/**
 * Upper bound of the sum of |tr(rho_kj (op - o)_jk)| over the shells with
 * max(j, k) > @p last, [F3]; infinite if it cannot be bounded.  @p last >= M;
 * needs has_tail.
 */
void lb_populations_tail(mag_t sum, const lb_populations_t p,
                         const lb_opoly_t op, const arf_t o, slong last);

#ifdef __cplusplus
}
#endif

#endif /* LB_POPULATIONS_H */
