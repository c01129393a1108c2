/* compare/verify.h -- a closed form judged by independent routes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   A  the closed form, in balls
 *   B  the same quantity derived from the model without a Fock space: the
 *      weak-drive hierarchy or the coupled-mode solve, in balls
 *   C  the steady state of the master equation at the stated drive and at
 *      smaller ones, proved where it can be (compare/steady_value.h)
 *
 * A and B must overlap, tightly; if they are disjoint, that is a proof at any
 * level of C.  C differs from a weak-drive form by O(drive^2): the order is
 * measured by halving the drive, and the coefficient is derived in balls from
 * the hierarchy at next order.  An exact form must equal C: a ball of level
 * full that is disjoint from the form's is a proof that it does not.
 *
 * At the other levels C has the digits that were stable, of a truncated model.
 * That can support a form, never refute it: the statement is about the model
 * without a cutoff, and its exact zeros, for instance, need not be zeros of the
 * truncated model.  An exact form that C differs from is UNDECIDED then; so is
 * a weak-drive form from which C is not seen to converge, since a truncation
 * may have another limit where more than the drives excites the model (thermal
 * photons, a cutoff below the order of the quantity).  At level full a
 * difference that stays as the drive is halved is DISAGREE: every value is
 * proved, that it stays for smaller drives is extrapolated.
 *
 * Whether a printed number holds is a finding and enters no verdict. */
#ifndef LB_VERIFY_H
#define LB_VERIFY_H

#include <lindbound/form.h>
#include <lindbound/printed.h>
#include <lindbound/steady_value.h>
#include <lindbound/verdict.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The drive is halved at most LB_VERIFY_DRIVES - 1 times. */
#define LB_VERIFY_DRIVES 8

typedef struct
{
    slong digits;            /* wanted of A and B, relative            */
    const lb_steady_options * steady; /* how C is found; NULL: not     */
    lb_settings_struct * overrides; /* -p; NULL: none                  */
} lb_verify_options;

typedef struct
{
    const lb_form_struct * form;

    /* A: the formula held to be right; coefficient and order of the drive */
    int has_closed;
    lb_scalar_t closed;
    char closed_note[512]; /* why there is none, "" if there is */

    /* the formula as printed where it is mended, and its verdict against B */
    int has_printed_formula;
    lb_scalar_t printed_formula;
    lb_verdict printed_formula_verdict;

    /* B */
    int has_derived;
    int no_state; /* provably: the network is not stable */
    lb_scalar_t derived;
    char derived_note[512];
    lb_verdict derived_verdict;

    /* C at the stated drive */
    int has_state;
    lb_steady_value_t state;
    char state_note[512];
    /* the difference C - A at the stated drive, as a ball, proved at the level
       of the state; relative like the others */
    int has_distance;
    acb_t distance;
    /* difference C - A at the drives scale[k] = 2^-k, relative to A unless A
       is zero; complex differences by their modulus with the sign of the real
       part */
    int relative;
    int n_drives;
    int all_full; /* C is of level full at each of them */
    double scale[LB_VERIFY_DRIVES];
    double difference[LB_VERIFY_DRIVES];
    double noise[LB_VERIFY_DRIVES]; /* of the difference: at level full the
                                       radius of its ball                   */
    double order;        /* log2 of the ratio of the last two; NaN if none  */
    double order_radius; /* what the noise leaves open of it                */
    double measured;     /* difference / (drive/unit)^2 as drive -> 0,
                            extrapolated; NaN                               */
    char drive_text[64]; /* "(xi/gamma)^2": what the coefficient multiplies */
    lb_verdict state_verdict;

    /* the coefficient derived: the hierarchy at next order against the
       expansion of A; its place is that of `measured`, which must be close */
    int has_coefficient;
    arb_t coefficient;
    char coefficient_note[512];

    /* the printed number against C, or against A where no state enters */
    lb_finding finding;

    lb_verdict verdict; /* of the row */
} lb_verify_row;

void lb_verify_row_init(lb_verify_row * row);
void lb_verify_row_clear(lb_verify_row * row);

/**
 * Judges one form of @p m.  A method that does not apply leaves its part of
 * the row empty and says why in its note; only bad input (unknown names,
 * malformed settings) is an error.
 *
 * @param row  initialized; borrows @p form
 */
LB_MUST_CHECK lb_status lb_verify_form(lb_verify_row * row,
                                       const lb_form_t form,
                                       const lb_model_t m,
                                       const lb_verify_options * options,
                                       lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_VERIFY_H */
