/* analytic/network_quantity.h -- the language's functions of a network.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With S = [[s, t], [t~, s~]] of analytic/network.h at the model's frequency,
 * n_q the thermal photons of channel q, b = (X + iP)/sqrt(2):
 *
 *   S(out,in)       s: amplitude out from amplitude in
 *   S_conj(out,in)  t: amplitude out from the conjugate amplitude in
 *   S_xp(out,in)    quadrature X out from quadrature P in; S_xx, S_px, S_pp
 *   thermal_out(p)  <b' b> of the outgoing field:
 *                   sum_q |s_pq|^2 n_q + |t_pq|^2 (n_q + 1)
 *   noise_out(p)    <b' b + b b'>/2 = thermal_out + 1/2: the sum over q of
 *                   (|s_pq|^2 + |t_pq|^2) (n_q + 1/2)
 *   noise_x(p)      symmetrized variance of X out: the sum over q of
 *                   (|S_xx|^2 + |S_xp|^2) (n_q + 1/2); noise_p alike
 *   stability()     max Re eig(M): negative if and only if stable
 *
 * The sums run over all channels, reservoirs included. */
#ifndef LB_NETWORK_QUANTITY_H
#define LB_NETWORK_QUANTITY_H

#include <lindbound/network.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A network and what was computed of it, when first asked for. */
typedef struct
{
    const lb_model_struct * model;
    lb_network_t network;
    int has_scattering, has_moments;
    acb_mat_t s;
    lb_moments_t moments;
} lb_network_view_struct;

typedef lb_network_view_struct lb_network_view_t[1];

/** Initializes @p view from @p m (which it borrows); clear it whatever the
 *  status.  Errors as of lb_network_from_model. */
LB_MUST_CHECK lb_status lb_network_view_init(lb_network_view_t view,
                                             const lb_model_t m,
                                             const lb_problem_t p,
                                             lb_env_t env, lb_error * err);
void lb_network_view_clear(lb_network_view_t view);

/** Encloses the value of @p call.  LB_ENAME without touching @p err if it is
 *  none of the functions above; else errors as of lb_network_scattering. */
LB_MUST_CHECK lb_status lb_network_view_quantity(lb_scalar_t out,
                                                 lb_network_view_t view,
                                                 const lb_node * call,
                                                 slong prec, lb_error * err);

/** Encloses <op> in the steady state; errors as of lb_network_moments. */
LB_MUST_CHECK lb_status lb_network_view_expectation(lb_scalar_t out,
                                                    lb_network_view_t view,
                                                    const lb_opoly_t op,
                                                    slong prec,
                                                    lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_NETWORK_QUANTITY_H */
