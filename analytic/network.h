/* analytic/network.h -- scattering, stability and moments of linear networks.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model    Modes a_j, hbar = 1, fields ~ exp(-i w t) with w measured from the
 *          frequency of the frame:
 *              H = sum A_jk a_j' a_k + sum (B_jk a_j' a_k' + h.c.)/2
 *                  + sum (h_j a_j' + h.c.),
 *          and channels p, each a white bath b_p, coupled by
 *              L_p = sqrt(r_p) (u_p . a + v_p . a'),   b_out = b_in + L.
 *          With psi = (a, a'), U = sqrt(r) [[u, v], [v*, u*]],
 *          sz = diag(1, -1) and F = sz U' sz the Heisenberg equations are
 *              d psi/dt = M psi - F b_in + const,
 *              M = -i sz [[A, B], [B*, A*]] - F U / 2,
 *          so that  b_out = S(w) b_in,  S(w) = 1 + U (M + i w)^(-1) F,
 *          where b = (b, b') and the lower half at w is the adjoint of the
 *          upper half at -w.  S sz S' = sz: commutators are kept.
 * Sign     b_out = b_in + L: an undamped port on resonance reflects with -1.
 *          (analytic/scattering.h uses out = -in + L, the sign of the paper
 *          it serves.)
 * Source   C. W. Gardiner and M. J. Collett, Input and output in damped
 *          quantum systems, Phys. Rev. A 31, 3761 (1985), for general L;
 *          derived in docs/networks.md.
 * Units    A, B, r and w share one unit; r is a decay rate of energy.
 *
 * Everything is a certified linear solve; nothing is truncated. */
#ifndef LB_NETWORK_H
#define LB_NETWORK_H

#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    slong modes, channels;
    acb_mat_t a; /* modes x modes, Hermitian                              */
    acb_mat_t b; /* modes x modes, symmetric                              */
    acb_mat_t u; /* channels x modes: coefficients of a, without sqrt(r)  */
    acb_mat_t v; /* channels x modes: coefficients of a'                  */
    acb_ptr h;   /* modes: coefficients of a' in H                        */
    arb_ptr rates;   /* channels, >= 0                                    */
    arb_ptr thermal; /* channels: photons of the bath, >= 0               */
    arb_t frequency; /* w                                                 */
} lb_network_struct;

typedef lb_network_struct lb_network_t[1];

/** All entries zero; the caller fills them, all of them. */
void lb_network_init(lb_network_t net, slong modes, slong channels);
void lb_network_clear(lb_network_t net);

/**
 * Reads the network off @p m, evaluated as @p p in @p env.  Initializes
 * @p net; clear it whatever the status.
 *
 * @return LB_OK; LB_EMODEL: a term is not quadratic, a coupling not linear, a
 *         dissipator neither port nor reservoir, a coefficient depends on the
 *         drive; LB_EDOM: the frequency is not real; or what evaluating
 *         returns
 */
LB_MUST_CHECK lb_status lb_network_from_model(lb_network_t net,
                                              const lb_model_t m,
                                              const lb_problem_t p,
                                              lb_env_t env, lb_error * err);

/** Encloses M, 2 modes x 2 modes. */
void lb_network_dynamics(acb_mat_t m, const lb_network_t net, slong prec);

/** 1 if no term creates or annihilates pairs and no channel couples to a':
 *  then M + M' = -U' U <= 0 and the network cannot be unstable. */
int lb_network_is_passive(const lb_network_t net);

/**
 * Encloses S(w), 2 channels x 2 channels: S[p][q] from b_q to b_p and
 * S[p][channels + q] from b_q' to b_p.  Parts that nothing connects are
 * exactly zero.
 *
 * @return LB_OK; LB_EPREC: M + iw is not provably invertible, or the network
 *         is neither passive nor provably stable, at this precision;
 *         LB_EUNSTABLE: the network is provably not stable, so that there is
 *         no stationary scattering.  On failure s is indeterminate.
 */
LB_MUST_CHECK lb_status lb_network_scattering(acb_mat_t s,
                                              const lb_network_t net,
                                              slong prec, lb_error * err);

/** Encloses the spectral abscissa max Re eig(M), also where eigenvalues
 *  coincide.  Method: characteristic polynomials of the parts of M as real
 *  matrices, Routh's criterion after a shift, bisection. */
void lb_network_abscissa(arb_t x, const lb_network_t net, slong prec);

/** 1: max Re eig(M) < 0 is proved; -1: max Re eig(M) >= 0 is proved; 0:
 *  neither at this precision. */
int lb_network_stable(const lb_network_t net, slong prec);

/* First and second moments of the steady state. */
typedef struct
{
    slong modes;
    acb_ptr mean;     /* <a_j>                                            */
    acb_mat_t number; /* <a_j' a_k> - <a_j'><a_k>                         */
    acb_mat_t pair;   /* <a_j a_k> - <a_j><a_k>                           */
} lb_moments_struct;

typedef lb_moments_struct lb_moments_t[1];

void lb_moments_init(lb_moments_t g, slong modes);
void lb_moments_clear(lb_moments_t g);

/**
 * Encloses the moments of the steady state of the whole, infinite-dimensional
 * network, which is Gaussian: the solution of the Lyapunov equation
 * M V + V M' + F N F' = 0, N = thermal + 1/2.
 *
 * @param g  initialized for net->modes
 * @return LB_OK; LB_EUNSTABLE: no steady state; LB_EPREC: not provably
 *         stable at this precision; LB_EDIM: a part of more than 22 modes.
 */
LB_MUST_CHECK lb_status lb_network_moments(lb_moments_t g,
                                           const lb_network_t net, slong prec,
                                           lb_error * err);

/**
 * Encloses <op> in the Gaussian state with moments @p g, by Wick's theorem.
 *
 * @return LB_OK; LB_EMODEL: op holds a matrix unit; LB_EDIM: a product of more
 *         than 12 ladder operators
 */
LB_MUST_CHECK lb_status lb_moments_expectation(lb_scalar_t out,
                                               const lb_moments_t g,
                                               const lb_opoly_t op, slong prec,
                                               lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_NETWORK_H */
