/* certify/certifier_internal.h -- what the files of a certifier share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Not installed.  certifier.c makes a certifier and answers for it;
 * certifier_space.c holds the space that is solved, certifier_value.c
 * evaluates what is asked there once, certifier_plan.c decides from the ball
 * that comes out what to change. */
#ifndef LB_CERTIFIER_INTERNAL_H
#define LB_CERTIFIER_INTERNAL_H

#include <lindbound/certifier.h>
#include <lindbound/full.h>

/* Precision for the solver and for what is independent of the digits. */
#define LB_CERTIFIER_MODEL_PREC 128

/* An operator, and the proposal last used for it. */
typedef struct
{
    lb_opoly_t op;
    lb_proposal_t proposal;
    slong refinable; /* of lb_enclosure_info */
    arb_t value;     /* the ball that it proves for op ...         */
    slong balls;     /* ... as long as c->balls is this; -1: never */
} lb_certifier_memory;

struct lb_certifier_struct
{
    const lb_model_struct * model;
    const lb_scope_struct * scope;
    slong max_dimension;
    int full; /* the level */
    lb_cutoff_t cutoff;
    const lb_certifier * anchor; /* at other parameters; NULL: none */

    lb_tail_t tail; /* level full */

    /* the space, and the solver on it */
    lb_basis_t basis;
    lb_basis_t outer; /* level full: the states that L* reaches */
    lb_poisson_t solver;
    int plain; /* the solver without shell scaling, after it failed with it */
    int has_populations; /* proved bounds of them */
    int hopeless;        /* there are none, and would be none higher up */
    slong stalled; /* truncations that brought less than a bit in four shells */
    lb_populations_t populations;

    /* the model at the working precision */
    slong prec; /* 0: not yet */
    lb_problem_t problem;
    lb_ball_lindbladian_t lindbladian;
    lb_double_lindbladian_t fast;
    int has_fast;
    lb_full_space_t space;
    slong balls; /* how often what residuals are made of has changed */

    lb_certifier_memory ** memories;
    slong n_memories;

    /* what the last value rests on, in the order in which its expression met
       the operators; each is one of the memories */
    lb_certified_part * parts;
    slong n_parts;
    acb_t last_value;

    /* what is asked: an expression, or the mean of an operator to a scale */
    const lb_expr * expression; /* NULL: the mean */
    const lb_opoly_struct * mean_of;
    mag_t scale;

    /* while it is evaluated */
    slong bits, zero_bits;
    slong most_guard; /* most bits beyond those of the digits that a value took,
                         for certifiers near this one */
    int past_boundary;                         /* of lb_enclosure_goal */
    slong missing_precision, missing_boundary; /* bits; 0: none */
    slong needed_total; /* level full: excitations an operator looks at */
    int solver_failed;
    char what[160];
    lb_certified_info info;
};

/* --- the space (certifier_space.c) --------------------------------------- */

/** Level full: the class of the model, and as cutoff the first total
 *  excitation number above which the drives are outweighed at all, or the
 *  first to be tried.
 *  @return LB_OK; LB_EPREC (there is none), or what lb_certifier_new_full
 *  returns of the model; c->full says whether the tail is to be cleared */
LB_MUST_CHECK lb_status lb_certifier_set_up_tail(lb_certifier * c,
                                                 lb_error * err);

/** The bases, the solver and the populations for the present cutoff; nothing
 *  is left to clear on failure. */
LB_MUST_CHECK lb_status lb_certifier_set_up_space(lb_certifier * c,
                                                  lb_error * err);
void lb_certifier_clear_space(lb_certifier * c);

/** Level full: another truncation.  On failure the former one is kept. */
LB_MUST_CHECK lb_status lb_certifier_set_total(lb_certifier * c, slong total,
                                               lb_error * err);

/** The model and its Lindbladian at @p prec bits, and how residuals are
 *  bounded. */
LB_MUST_CHECK lb_status lb_certifier_set_precision(lb_certifier * c,
                                                   slong prec, lb_error * err);

/** Two-level systems only, and no cutoff keeps a state out: [F4]. */
int lb_certifier_holds_all_states(const lb_certifier * c);

/* --- one evaluation (certifier_value.c) ---------------------------------- */

/** What is asked, at the present space, precision and bits; what limits the
 *  ball is left in c->missing_precision and those after it.
 *  @return LB_OK also of a wide ball or, where the truncation is too low for
 *  an operator, an indeterminate one; else what lb_certifier_value returns */
LB_MUST_CHECK lb_status lb_certifier_evaluate(acb_t value, lb_certifier * c,
                                              lb_error * err);

/** What the last evaluation says if nothing is beyond the states that are
 *  kept.  This proves nothing where there is. */
LB_MUST_CHECK lb_status lb_certifier_evaluate_kept(acb_t value,
                                                   lb_certifier * c,
                                                   lb_error * err);

/** Forgets all proposals, and what the last value rests on. */
void lb_certifier_forget(lb_certifier * c);

/* --- the steps (certifier_plan.c) ---------------------------------------- */

/** Encloses what is asked of @p c, in as many steps as it needs; parameters
 *  and errors as of lb_certifier_value. */
LB_MUST_CHECK lb_status lb_certifier_find_value(acb_t value,
                                                lb_certified_info * info,
                                                lb_certifier * c, slong digits,
                                                lb_error * err);

#endif /* LB_CERTIFIER_INTERNAL_H */
