/* compare/audit.h -- are the numbers and formulas that a paper prints right?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every verdict rests on enclosures alone; an estimate decides nothing.  The
 * verdicts and readings are defined in docs/claims.md. */
#ifndef LB_AUDIT_H
#define LB_AUDIT_H

#include <lindbound/claim.h>
#include <lindbound/steady_value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_AUDIT_CONFIRMED,
    LB_AUDIT_CONSISTENT,
    LB_AUDIT_REFUTED,
    LB_AUDIT_MISPRINT,
    LB_AUDIT_UNDECIDED
} lb_audit_verdict;

#define LB_AUDIT_VERDICTS 5

/** "CONFIRMED", ... */
const char * lb_audit_verdict_str(lb_audit_verdict v);

/* What is known of the number of a claim.  Of a trend: of its last point. */
typedef struct
{
    const lb_claim_struct * claim;
    acb_t number;    /* indeterminate for a formula                       */
    acb_t first;     /* of a trend: at its first point                    */
    char level[160]; /* "closed-form", "truncated at N<=8", ... of the
                        weakest value it is made of                       */
    char note[512];  /* why nothing better is known, "" if nothing to say */
    lb_audit_verdict verdict;
    double seconds; /* of its values, whoever asked for them first */
} lb_audit_result;

typedef struct
{
    lb_audit_result result;
    int has_correction;
    lb_audit_result correction;
    int same_verdict;     /* as recorded                        */
    int correction_holds; /* 1 also if there is none            */
} lb_audit_row;

typedef struct
{
    slong max_dimension; /* of a proof */
    int threads;         /* at least 1 */
    /* called by one thread after each group of values, if not NULL */
    void (*progress)(slong done, slong all, const char * model);
} lb_audit_options;

void lb_audit_rows_init(lb_audit_row * rows, slong n);
void lb_audit_rows_clear(lb_audit_row * rows, slong n);

/** 1: the verdict is the recorded one and a correction, if any, holds. */
int lb_audit_as_recorded(const lb_audit_row * row);

/**
 * Judges @p n claims.  Values of one steady state are solved together, and
 * groups of them by as many threads as @p options allows.
 *
 * @param rows  initialized, length @p n; row k borrows claims[k]
 * @return LB_OK; bad input (a setting that makes no sense) is an error; a
 *         value that cannot be had leaves its claim UNDECIDED, with a note
 */
LB_MUST_CHECK lb_status lb_audit(lb_audit_row * rows,
                                 const lb_claim_struct * const * claims,
                                 slong n, const lb_audit_options * options,
                                 lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_AUDIT_H */
