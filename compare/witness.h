/* compare/witness.h -- an entanglement witness, proved.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For parties j = 1..n, each one subsystem, and local observables
 * A_j = sum_m c_jm A_j^(m),
 *
 *     W(c) = F_Q[rho, A_1 + ... + A_n] - 4 sum_j Var(A_j),
 *
 * rho the reduced steady state of the parties and F_Q the quantum Fisher
 * information.  No fully separable state has W > 0.
 *
 * Source  M. Gessner, L. Pezze and A. Smerzi, Phys. Rev. A 94, 020101(R)
 *         (2016); Bin et al., Phys. Rev. Lett. 133, 043601 (2024), Eq. (4).
 * A_j     of a mode: x = o + o', p = -i(o - o'), x^2, p^2, (xp + px)/2; of a
 *         two-level system sx, sy, sz.  They are the operators of the whole
 *         mode, no truncated matrices.
 * rho     of the model at the cutoff, a state of the whole modes without
 *         weight beyond the levels that are kept.
 * Proof   theory.md [E1] to [E3]: a Hermitian matrix X of finite support and c,
 *         both proposed in double precision, give a lower bound of W whatever
 *         they are; so do covariances, or all elements of rho, an upper one. */
#ifndef LB_WITNESS_H
#define LB_WITNESS_H

#include <lindbound/certifier.h>
#include <lindbound/fisher.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LB_WITNESS_MAX_PARTIES 8
#define LB_WITNESS_OPERATORS 5 /* of one party, at most */
/* kept states of the parties, up to which all elements of rho are enclosed */
#define LB_WITNESS_STATES 16

typedef struct
{
    /* what is asked */
    const lb_scope_struct * scope; /* borrowed */
    slong parties;
    slong which[LB_WITNESS_MAX_PARTIES]; /* places in the basis of the model */

    /* the proposal */
    lb_kind kinds[LB_WITNESS_MAX_PARTIES];
    slong operators; /* in all */
    slong party[LB_WITNESS_MAX_PARTIES * LB_WITNESS_OPERATORS];
    slong number[LB_WITNESS_MAX_PARTIES * LB_WITNESS_OPERATORS];
    double c[LB_WITNESS_MAX_PARTIES * LB_WITNESS_OPERATORS];
    double mean[LB_WITNESS_MAX_PARTIES]; /* of A_j, subtracted from it */
    lb_cutoff_t kept; /* of the parties */
    lb_basis_t part;  /* their states: those and two levels more */
    lb_complex * x;   /* on these states; its upper triangle is used */
    lb_complex * rho; /* likewise; only [E3] uses it */
    double approx;    /* W(c)/|c|^2, the largest eigenvalue of Q - 4 Gamma */

    /* what is proved */
    arb_t lower; /* contains a lower bound of W(c)/|c|^2: its lower end is one */
    arb_t upper; /* contains an upper bound of it, whatever c: the better of
                    [E2] and, of at most LB_WITNESS_STATES states, [E3] */
    arb_t value; /* from the lower end of `lower` to the upper end of `upper`:
                    contains the maximum of W(c)/|c|^2 over c */
    int reached; /* the digits are there */
    const char * limit; /* why not, static text; NULL */
    double seconds;
} lb_witness_struct;

typedef lb_witness_struct lb_witness_t[1];

/**
 * Reads the parties, such as "a,b" or "a,b,s": two or more different
 * subsystems of @p scope.
 *
 * @param w      is initialized; clear with lb_witness_clear whatever the
 *               status
 * @param scope  must outlive @p w
 * @return LB_OK; LB_EPARSE, LB_ENAME
 */
LB_MUST_CHECK lb_status lb_witness_init(lb_witness_t w, const char * parties,
                                        const lb_scope_t scope,
                                        lb_error * err);
void lb_witness_clear(lb_witness_t w);

/** Name of the observable @p k of the proposal, such as "x^2". */
const char * lb_witness_operator_name(const lb_witness_t w, slong k);

/**
 * Proposes c and X from the steady state at @p cutoff in double precision.
 *
 * @return LB_OK; LB_EDIM; LB_ENOCONV (no steady state was found, or several);
 *         or what evaluating the model returns
 */
LB_MUST_CHECK lb_status lb_witness_propose_approx(
    lb_witness_t w, const lb_model_t m, const lb_cutoff_t cutoff,
    slong max_dimension, lb_error * err);

/**
 * Proves what the proposal gives: w->lower, w->upper, w->value.
 *
 * @param c       of the same model and cutoff
 * @param digits  of `lower`, of what it is about; `upper` gets a few
 * @return LB_OK also if the digits were not reached; as lb_certifier_mean, or
 *         LB_EPREC.  On failure all three are indeterminate.
 */
LB_MUST_CHECK lb_status lb_witness_prove(lb_witness_t w, lb_certifier * c,
                                         slong digits, lb_error * err);

/** w->lower alone, by one expectation value; the others are indeterminate. */
LB_MUST_CHECK lb_status lb_witness_prove_lower(lb_witness_t w,
                                               lb_certifier * c, slong digits,
                                               lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_WITNESS_H */
