/* model/model.h -- an open quantum system as exact text.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Master equation   d rho/dt = -i [H, rho]
 *                     + sum_k r_k (c_k rho c_k' - {c_k' c_k, rho}/2),
 * hbar = 1, in a frame where H does not depend on time.  r_k is the rate at
 * which the energy (excitation number) decays when c_k is a lowering
 * operator.  Parameters, H, r_k, c_k and the observables are expressions;
 * they become balls only when a model is evaluated at some precision. */
#ifndef LB_MODEL_H
#define LB_MODEL_H

#include <lindbound/evaluate.h>
#include <lindbound/settings.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    lb_expr * rate;
    lb_expr * jump;
    char * rate_pointer;
    char * jump_pointer;
    int of_channel; /* 1: made from a channel, not stated in the file */
} lb_dissipator;

/* A bath that linear modes couple to, of which a port is one whose field goes
 * in and out: with L = sqrt(rate) coupling, b_out = b_in + L.  Its field is in
 * a thermal state of `thermal` photons, the same at all frequencies, so that
 * the dissipators are rate (thermal + 1) D[coupling] and rate thermal
 * D[coupling']. */
typedef struct
{
    char * name; /* of a port; NULL: a reservoir, which nobody looks at */
    lb_expr * rate;
    lb_expr * coupling;
    lb_expr * thermal; /* NULL: vacuum */
    char * pointer;    /* of the JSON object; members rate, operator, thermal */
    char * note;       /* "" or " with j = 3": which turn of a loop           */
} lb_channel;

typedef struct
{
    char * name;
    lb_expr * expr;
    char * pointer;
    char * doc;         /* NULL if none */
    lb_settings_t at;   /* parameter values the observable is meant for,
                           e.g. the drive of its direction */
} lb_observable;

typedef struct
{
    char * file;   /* as opened, for messages */
    char * name;
    char * title;
    char * source; /* "" if not stated */
    char ** conventions; /* sentences on units and signs */
    slong n_conventions;
    lb_scope_t scope;
    lb_expr * drive_unit; /* what drives are measured in; NULL: 1 */
    lb_expr ** hamiltonian; /* H is their sum */
    char ** hamiltonian_pointers;
    slong n_hamiltonian;
    lb_dissipator * dissipators;
    slong n_dissipators; /* those of the channels last */
    lb_channel * channels; /* ports and reservoirs; none: an ordinary model */
    slong n_channels;
    char * frequency; /* parameter: light minus carrier; NULL: always 0 */
    lb_observable * observables;
    slong n_observables;
} lb_model_struct;

typedef lb_model_struct lb_model_t[1];

void lb_model_init(lb_model_t m);
void lb_model_clear(lb_model_t m);

/** Index of the observable @p name, or -1. */
slong lb_model_find_observable(const lb_model_t m, const char * name);

/** Index of the channel of the port @p name, or -1. */
slong lb_model_find_port(const lb_model_t m, const char * name);

/** Copies the scope of @p m into the uninitialized @p scope and applies
 *  @p settings (NULL: none).  On failure scope is left cleared. */
LB_MUST_CHECK lb_status lb_model_scope_at(lb_scope_t scope, const lb_model_t m,
                                          const lb_settings_t settings,
                                          lb_error * err);

/* H and the dissipators at one precision.  The rates stay beside the jump
 * operators: no square root of a ball is taken. */
typedef struct
{
    slong subsystems;
    lb_kind * kinds;
    char ** names; /* of the subsystems, for messages; NULL: none */
    slong prec;
    lb_opoly_t hamiltonian; /* the Hermitian part of the text's operator */
    slong n_jumps;
    arb_ptr rates;              /* provably >= 0, length n_jumps          */
    int rates_remainder;        /* weak-drive limit: a rate changes with the
                                   drive, and only its limit is here      */
    lb_opoly_struct * jumps;    /* length n_jumps                         */
} lb_problem_struct;

typedef lb_problem_struct lb_problem_t[1];

/**
 * Evaluates H and the dissipators of @p m in @p env (whose scope comes from
 * lb_model_scope_at).  Initializes @p p; clear with lb_problem_clear whatever
 * the status.
 *
 * H is the Hermitian part of what the text says; a text whose anti-Hermitian
 * part is provably nonzero is refused.
 *
 * @return LB_EDOM: a rate is provably negative or not provably real, or the
 *         Hamiltonian provably not Hermitian; LB_EPREC: a rate is not provably
 *         >= 0 or a coefficient not finite at this precision; or what
 *         evaluating an expression returns
 */
LB_MUST_CHECK lb_status lb_problem_init(lb_problem_t p, const lb_model_t m,
                                        lb_env_t env, lb_error * err);
/** The same with the parameters of @p scope, at @p prec bits. */
LB_MUST_CHECK lb_status lb_problem_init_at(lb_problem_t p, const lb_model_t m,
                                           const lb_scope_t scope, slong prec,
                                           lb_error * err);
void lb_problem_clear(lb_problem_t p);

/**
 * Evaluates channel @p k of @p m.
 *
 * @param rate, thermal  provably >= 0
 * @param coupling       initialized for the subsystems of env
 * @return as lb_problem_init; on failure the outputs are indeterminate
 */
LB_MUST_CHECK lb_status lb_channel_evaluate(arb_t rate, arb_t thermal,
                                            lb_opoly_t coupling,
                                            const lb_model_t m, slong k,
                                            lb_env_t env, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_MODEL_H */
