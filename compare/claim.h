/* compare/claim.h -- what a paper prints, read from data/claims.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File format: docs/claims.md, schema "lindbound-claims/1".  A claim is about
 * one number, put together from named values, or about a printed formula (a
 * form).  Every name and text is checked when the file is read. */
#ifndef LB_CLAIM_H
#define LB_CLAIM_H

#include <lindbound/catalog.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LB_CLAIM_MAX_BOX 3 /* parameters of an extremum */

typedef enum
{
    LB_VALUE_PLAIN,   /* the quantity                             */
    LB_VALUE_MAXIMUM, /* the greatest value over a box            */
    LB_VALUE_MINIMUM, /* the least one                            */
    LB_VALUE_FIT,     /* of a power law along one parameter       */
    LB_VALUE_PEAK,    /* a local maximum or minimum along one     */
    LB_VALUE_WITNESS  /* of entanglement (compare/witness.h)      */
} lb_value_kind;

/* What a fit gives. */
typedef enum
{
    LB_FIT_EXPONENT,
    LB_FIT_PREFACTOR,
    LB_FIT_RESIDUAL,
    LB_FIT_EXPONENT_ERROR
} lb_fit_result;

typedef struct
{
    char * name; /* in the claim's formula; NULL: the claim is this value */
    const lb_model_struct * model;
    lb_form_t form; /* quantity, settings, definitions, limit */
    char * cutoff;  /* NULL: chosen */
    slong digits;   /* wanted */
    lb_value_kind kind;
    slong n_over; /* parameters of the box, fit or peak, and their ranges */
    char * over[LB_CLAIM_MAX_BOX];
    char * from[LB_CLAIM_MAX_BOX];
    char * to[LB_CLAIM_MAX_BOX];
    char * locate; /* extremum: where it lies along this one; NULL: its value */
    slong points, skip; /* fit: of the uniform grid, and how many come first */
    lb_fit_result gives;
    int minimize;   /* peak */
    int peak_value; /* peak: 1: its value, 0: where it is */
    char * witness; /* its parties; the quantity of the form is none */
} lb_claim_value;

typedef struct lb_claim_struct
{
    char * id;
    char * place;
    char * quotation;
    char * garbled; /* why the quotation cannot be read; NULL: it can */
    char * reading; /* how words are read; NULL */
    char * note;    /* NULL */
    char * pointer; /* JSON pointer, for messages */

    /* a printed formula, with its model; else NULL */
    const lb_form_struct * formula;
    const lb_model_struct * model;

    /* a number: the only value, or `combination` of the named ones */
    slong n_values;
    lb_claim_value * values;
    lb_form_t combination; /* quantity NULL: none */
    char * relation;
    char * value;    /* printed */
    char * value_to; /* of the relation `in`; else NULL */
    char * tolerance;
    char * along; /* relations of a trend: the parameter and its values */
    slong n_points;
    char ** points;

    char * verdict; /* recorded; NULL in a correction */
    struct lb_claim_struct * correction; /* NULL: none */
    /* of a correction */
    char * why;
    int misprint;
} lb_claim_struct;

typedef lb_claim_struct lb_claim_t[1];

typedef struct
{
    char * file;
    char * paper;
    char * title;
    char * source;
    slong length;
    lb_claim_struct * claims;
} lb_claims_struct;

typedef lb_claims_struct lb_claims_t[1];

void lb_claims_init(lb_claims_t c);
void lb_claims_clear(lb_claims_t c);

/** Reads the claims file @p path.  Models and forms are those of @p catalog,
 *  which must outlive the claims. */
LB_MUST_CHECK lb_status lb_claims_read(lb_claims_t c, const char * path,
                                       lb_catalog_t catalog, lb_error * err);

/** Index of the claim @p id, or -1. */
slong lb_claims_find(const lb_claims_t c, const char * id);

/** What is printed, in short: "~ 0.012", "in [1, 2]", "increases along DF",
 *  "formula"; release with flint_free. */
char * lb_claim_printed_str(const lb_claim_struct * c);

#ifdef __cplusplus
}
#endif

#endif /* LB_CLAIM_H */
