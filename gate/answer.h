/* gate/answer.h -- what a candidate says of one observable.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers are exact: a double is the dyadic it is, a text the decimal it says. */
#ifndef LB_ANSWER_H
#define LB_ANSWER_H

#include <jansson.h>
#include <lindbound/error.h>
#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_ANSWER_NONE,    /* nothing was said                    */
    LB_ANSWER_VALUE,
    LB_ANSWER_SKIPPED, /* the candidate does not do this      */
    LB_ANSWER_ERRORED, /* it failed, or its answer is no answer */
    LB_ANSWER_TIMEOUT
} lb_answer_kind;

typedef struct
{
    lb_answer_kind kind;
    fmpq_t value;
    int has_error;
    fmpq_t error;  /* >= 0: the candidate's own bound of |value - truth| */
    char * text;   /* the value as it was written                        */
    char * reason; /* skipped, errored, timeout; NULL: none              */
    char * cutoff; /* what the candidate kept, as it was written ("N<=5",
                      "a=4,b=4"; an object becomes the latter); NULL     */
    double seconds; /* of the problem                                    */
} lb_answer_struct;

typedef lb_answer_struct lb_answer_t[1];

void lb_answer_init(lb_answer_t a);
void lb_answer_clear(lb_answer_t a);

/** The answer is @p value; not finite: ERRORED, with that as the reason. */
void lb_answer_set_double(lb_answer_t a, double value);
/** The answer is the number in @p text, decimal or C99 hexadecimal; anything
 *  else, exponents beyond 5 digits and more than 4096 characters: ERRORED. */
void lb_answer_set_text(lb_answer_t a, const char * text);
/** The candidate's error bar; not a finite number >= 0: ERRORED. */
void lb_answer_set_error_text(lb_answer_t a, const char * text);
/** Skipped, errored or timed out, because of @p reason (copied; NULL: none). */
void lb_answer_set_reason(lb_answer_t a, lb_answer_kind kind,
                          const char * reason);
/** What the candidate kept; @p cutoff is copied. */
void lb_answer_set_cutoff(lb_answer_t a, const char * cutoff);

/** A value as docs/vectors.md has it: number, text, {"value", "error"},
 *  {"skipped"}, {"errored"}; whatever else it is, is ERRORED. */
void lb_answer_read_json(lb_answer_t a, const json_t * value);

/** {"a": 4, "b": 4}, "..." or 5 as a text, or NULL; release with flint_free. */
char * lb_answer_cutoff_text(const json_t * cutoff);

#ifdef __cplusplus
}
#endif

#endif /* LB_ANSWER_H */
