/* gate/gate_filter.h -- which vectors are wanted.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A filter is a list of terms `KEY=VALUE|VALUE...`, separated by commas, that
 * all must hold; `!` in front negates one.  Keys: id, system (the name of the
 * vector file), flag, difficulty.  `*` in a value stands for any text. */
#ifndef LB_GATE_FILTER_H
#define LB_GATE_FILTER_H

#include <lindbound/vectors.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_FILTER_ID,
    LB_FILTER_SYSTEM,
    LB_FILTER_FLAG,
    LB_FILTER_DIFFICULTY
} lb_filter_key;

typedef struct
{
    int negated;
    lb_filter_key key;
    slong n;
    char ** values;
} lb_filter_term;

typedef struct
{
    slong n;
    lb_filter_term * terms;
} lb_gate_filter;

void lb_gate_filter_init(lb_gate_filter * filter);
void lb_gate_filter_clear(lb_gate_filter * filter);

/** Adds the terms of @p text.  LB_EPARSE: malformed, another key, no such
 *  difficulty; LB_ENAME: no such flag.  Then some terms may be there. */
LB_MUST_CHECK lb_status lb_gate_filter_add(lb_gate_filter * filter,
                                           const char * text, lb_error * err);

/** 1: all terms hold.  To be `wanted` of lb_gate_options, with the filter as
 *  its context. */
int lb_gate_filter_wants(const lb_vectors_struct * vectors, slong vector,
                         void * filter);

#ifdef __cplusplus
}
#endif

#endif /* LB_GATE_FILTER_H */
