/* gate/expanded_internal.h -- what the files of an expanded problem share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Not installed.  expanded.c owns the struct and writes it; expanded_build.c
 * makes it from a model, expanded_read.c from JSON, expanded_model.c goes back
 * to a model and to values. */
#ifndef LB_EXPANDED_INTERNAL_H
#define LB_EXPANDED_INTERNAL_H

#include <lindbound/expanded.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Adds re + i im times the identity; the factors come next. */
lb_expanded_term * lb_expanded_add_term(lb_expanded_operator * op, double re,
                                        double im);
void lb_expanded_add_factor(lb_expanded_term * term, int subsystem, int create,
                            int annihilate, int matrix_unit);
void lb_expanded_operator_clear(lb_expanded_operator * op);

/** A subsystem; the name is copied. */
void lb_expanded_add_subsystem(lb_expanded_t e, const char * name,
                               lb_kind kind);
/** A dissipator; returns its operator, 0 so far.  @p port is copied (NULL:
 *  none). */
lb_expanded_operator * lb_expanded_add_dissipator(lb_expanded_t e, double rate,
                                                  const char * port);
/** An observable whose tree is the number 0; the name is copied. */
lb_tree * lb_expanded_add_observable(lb_expanded_t e, const char * name);

/** The entries are zero. */
void lb_expanded_matrix_init(lb_expanded_matrix * m, int rows, int columns);

/** @p tree, a number so far, becomes a call of @p function (static text) with
 *  @p n arguments, numbers 0. */
void lb_tree_set_call(lb_tree * tree, const char * function, int n);
/** @p tree becomes the number 0. */
void lb_tree_clear(lb_tree * tree);

#ifdef __cplusplus
}
#endif

#endif /* LB_EXPANDED_INTERNAL_H */
