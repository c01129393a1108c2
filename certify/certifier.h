/* certify/certifier.h -- proved values of expressions of a steady state.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A certifier holds one model at one setting of its parameters and evaluates
 * expressions such as g2(a), <a'*b>, P(a,2) or ratios of them in balls.  Each
 * expectation value is enclosed to the digits that the whole expression needs;
 * precision, rounds of refinement and, at level `full`, the truncation are
 * chosen on the way.
 *
 * Limits, so that nothing hangs: LB_MAX_ROUNDS corrections per enclosure,
 * LB_CERTIFIER_MAX_PREC bits, LB_CERTIFIER_MAX_STEPS changes of precision or
 * truncation per value, the dimension.  Reaching one gives a wider ball, and
 * the info says which. */
#ifndef LB_CERTIFIER_H
#define LB_CERTIFIER_H

#include <lindbound/cutoff.h>
#include <lindbound/populations.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LB_CERTIFIER_MAX_PREC 8192
#define LB_CERTIFIER_MAX_STEPS 40

typedef struct lb_certifier_struct lb_certifier;

/* How a value was obtained. */
typedef struct
{
    int reached;        /* the digits asked for are there                   */
    const char * limit; /* why not, static text; NULL if reached            */
    slong prec;         /* bits                                             */
    slong rounds;       /* corrections, in all                              */
    slong dimension;    /* of the space that was solved                     */
    slong total;        /* level full: its total excitation number M        */
    double above;       /* level full: bound of the population of N > M, [L1];
                           1 if there is none, 0 if nothing is above        */
    double seconds;     /* in all ...                                       */
    /* ... of which: bases, decompositions and the estimate of the populations;
       the proof of their bounds; corrections; residuals in balls */
    double setup_seconds, bound_seconds, solve_seconds, residual_seconds;
} lb_certified_info;

/**
 * Level `truncated`: the model on the states that @p cutoff keeps.
 *
 * @param c      set to a new certifier, or NULL on failure; release with
 *               lb_certifier_free
 * @param m      must outlive the certifier; so must @p scope, which holds its
 *               parameters as wanted (lb_model_scope_at)
 * @return LB_OK; LB_EDIM (dimension) or what evaluating the model returns
 */
LB_MUST_CHECK lb_status lb_certifier_new_truncated(lb_certifier ** c,
                                                   const lb_model_t m,
                                                   const lb_scope_t scope,
                                                   const lb_cutoff_t cutoff,
                                                   slong max_dimension,
                                                   lb_error * err);

/**
 * Level `full`: the untruncated model.  The truncation N <= M of the solver is
 * raised as far as a value needs it and @p max_dimension allows.
 *
 * @return LB_OK; LB_EMODEL (the message names the term that prevents it),
 *         LB_EPREC (no bound on high shells could be proved), LB_EDIM (the
 *         first truncation worth trying has too many states), or what
 *         evaluating the model returns
 */
LB_MUST_CHECK lb_status lb_certifier_new_full(lb_certifier ** c,
                                              const lb_model_t m,
                                              const lb_scope_t scope,
                                              slong max_dimension,
                                              lb_error * err);

/** A certifier of the same model, level and limits as @p anchor at other
 *  parameters, which may take over whatever of the anchor saves work: the
 *  cutoff, precision, bases, decompositions, proposals.  Nothing of that is
 *  trusted: what it proves is proved of @p scope alone.  @p anchor is not
 *  changed in what it would answer next, and must outlive *c; one thread
 *  uses both.
 *  @return as lb_certifier_new_truncated or lb_certifier_new_full */
LB_MUST_CHECK lb_status lb_certifier_new_near(lb_certifier ** c,
                                              const lb_certifier * anchor,
                                              const lb_scope_t scope,
                                              lb_error * err);

void lb_certifier_free(lb_certifier * c);

/** "truncated" or "full". */
const char * lb_certifier_level(const lb_certifier * c);
/** What is kept: as given, or as chosen for the last value. */
const lb_cutoff_struct * lb_certifier_cutoff(const lb_certifier * c);

/**
 * Encloses the value of @p e.
 *
 * @param value   contains it for every steady state and every point of the
 *                ball parameters, or indeterminate
 * @param info    NULL: not wanted
 * @param digits  relative significant digits; for an exact zero 10^-digits
 * @return LB_OK also if the digits were not reached (info->reached); LB_EDIM
 *         (an operator that the cutoff cannot see), or what evaluating the
 *         expression returns
 */
LB_MUST_CHECK lb_status lb_certifier_value(acb_t value,
                                           lb_certified_info * info,
                                           lb_certifier * c,
                                           const lb_expr * e, slong digits,
                                           lb_error * err);

/**
 * Encloses tr(rho op).  Unlike in an expression, the cutoff of level
 * `truncated` need not reach what @p op acts on: there rho is the state of the
 * kept levels, zero beyond them.
 *
 * @param op      Hermitian for every choice of points in its coefficients'
 *                balls that is meant; those of the subsystems of the model
 * @param digits  relative to the larger of |value| and @p scale
 * @return as lb_certifier_value
 */
LB_MUST_CHECK lb_status lb_certifier_mean(arb_t value,
                                          lb_certified_info * info,
                                          lb_certifier * c,
                                          const lb_opoly_t op, slong digits,
                                          const mag_t scale, lb_error * err);

/* --- what the last value rests on, for a certificate ---------------------- */

/* A Hermitian operator and what encloses its expectation value. */
typedef struct
{
    const lb_opoly_struct * op;
    const lb_proposal_struct * proposal;
} lb_certified_part;

/** The parts of the last lb_certifier_value, each once, in the order in which
 *  its expression met them; valid until the next one. */
const lb_certified_part * lb_certifier_parts(slong * length,
                                             const lb_certifier * c);
/** The bounds of the populations it uses; NULL: none. */
const lb_populations_struct *
lb_certifier_populations(const lb_certifier * c);
/** Bits at which all of that was proved. */
slong lb_certifier_prec(const lb_certifier * c);
/** What those parts prove; may be wider than the value that was returned,
 *  which may be of a former step. */
void lb_certifier_last_value(acb_t value, const lb_certifier * c);

#ifdef __cplusplus
}
#endif

#endif /* LB_CERTIFIER_H */
