/* gate/mistake.h -- usual mistakes, made on purpose.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a solver's author gets wrong more often than the algebra: a rate that is
 * half or twice what is meant, the sign of a detuning, 20 log10 for 10 log10.
 * Each is a change of an expanded problem, either of what is solved or of what
 * is read off the state.  To solve the changed problem and to compare is the
 * work of gate/explain.h. */
#ifndef LB_MISTAKE_H
#define LB_MISTAKE_H

#include <lindbound/expanded.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A mistake in one problem. */
typedef struct
{
    int kind;          /* place in the list of all                   */
    int first, second; /* subsystems it is made with; -1: all of them */
} lb_mistake;

/** How many kinds there are. */
int lb_mistake_kinds(void);

/** 1: it changes what is read off the state; 0: the dynamics (and, where the
 *  direction is exchanged, the observables with them). */
int lb_mistake_is_of_value(const lb_mistake * m);

/**
 * The mistakes that change @p e, in the order in which two of them are made in
 * one problem.  Of several that make the same of it the first is listed.
 *
 * @param n  their number
 * @return   release with flint_free
 */
lb_mistake * lb_mistakes_of(slong * n, const lb_expanded_t e);

/** Makes the mistake in @p e.  0: it changes nothing there, e is as before. */
int lb_mistake_make(lb_expanded_t e, const lb_mistake * m);

/** Makes a mistake of the value in the tree of one observable of @p e. */
int lb_mistake_make_in_tree(lb_tree * tree, const lb_expanded_t e,
                            const lb_mistake * m);

/** "kappa/2", "-Delta of a": the same text for the same mistake in any problem;
 *  release with flint_free. */
char * lb_mistake_name(const lb_mistake * m, const lb_expanded_t e);
/** What was done, in words; static text. */
const char * lb_mistake_sentence(const lb_mistake * m);

#ifdef __cplusplus
}
#endif

#endif /* LB_MISTAKE_H */
