/* compare/witness_internal.h -- what the files of the witness share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Not installed.  witness.c reads the parties and puts the bounds together,
 * witness_proposal.c finds c and X, witness_lower.c and witness_upper.c prove
 * what follows from them. */
#ifndef LB_WITNESS_INTERNAL_H
#define LB_WITNESS_INTERNAL_H

#include <lindbound/ball_sparse.h>
#include <lindbound/witness.h>

#ifdef __cplusplus
extern "C" {
#endif

void lb_witness_forget_proposal(lb_witness_t w);

/* --- local observables (witness.c) --------------------------------------- */

/** r += (re + i im) p */
void lb_witness_add_multiple(lb_opoly_t r, double re, double im,
                             const lb_opoly_t p, slong prec);
/** The observable of that number of the subsystem at @p place. */
void lb_witness_set_observable(lb_opoly_t r, slong number, slong place,
                               slong prec);
/** A_j of party j without its mean; @p of_model: among the subsystems of the
 *  model, else among the parties. */
void lb_witness_set_party(lb_opoly_t r, const lb_witness_t w, slong j,
                          int of_model, slong prec);

/* --- states of the parties (witness_lower.c) ----------------------------- */

/** Indices in w->part of the states that the cutoff keeps; returns how many. */
slong lb_witness_kept_states(slong * place, const lb_witness_t w);
void lb_witness_set_dense(acb_mat_t a, const lb_ball_sparse_t sparse);
/** r = z |i><j| of the parties, identity elsewhere. */
void lb_witness_set_unit(lb_opoly_t r, const acb_t z, const lb_witness_t w,
                         slong i, slong j, slong prec);

/* --- bounds -------------------------------------------------------------- */

/** w->upper: the smaller of the largest eigenvalues of the matrices of [E2] and
 *  [E3]; errors as of lb_witness_prove. */
LB_MUST_CHECK lb_status lb_witness_prove_upper(lb_witness_t w,
                                               lb_certifier * c,
                                               lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_WITNESS_INTERNAL_H */
