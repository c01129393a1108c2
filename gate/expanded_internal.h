/* gate/expanded_internal.h -- what the files of an expanded problem share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Not installed.  expanded.c owns the struct and writes it; expanded_build.c
 * makes it from a model, with S and dressed energies by expanded_quantity.c;
 * expanded_read.c reads it; expanded_model.c goes back to a model and to
 * values. */
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
/** Change of the number of excitations: sum of create minus annihilate. */
int lb_expanded_term_shift(const lb_expanded_term * t);

/** A subsystem; the name is copied. */
void lb_expanded_add_subsystem(lb_expanded_t e, const char * name,
                               lb_kind kind);
/** A dissipator; returns its operator, 0 so far.  @p port is copied (NULL:
 *  none). */
lb_expanded_operator * lb_expanded_add_dissipator(lb_expanded_t e, double rate,
                                                  const char * port);
/** A port; the name is copied. */
void lb_expanded_add_port(lb_expanded_t e, const char * name);
/** An observable whose tree is the number 0; the name is copied. */
lb_tree * lb_expanded_add_observable(lb_expanded_t e, const char * name);

/** The entries are zero. */
void lb_expanded_matrix_init(lb_expanded_matrix * m, int rows, int columns);

/** @p tree, a number so far, becomes a call of @p function (static text) with
 *  @p n arguments, numbers 0. */
void lb_tree_set_call(lb_tree * tree, const char * function, int n);
/** @p tree becomes the number 0. */
void lb_tree_clear(lb_tree * tree);

/* --- from a model -------------------------------------------------------- */

/* What became of the numbers. */
typedef struct
{
    int undecided; /* a ball has several nearest doubles, or is not finite */
    int not_finite;
    int too_large;
    int rounded;
    const char * where; /* the first of the former three; static text */
    const char * here;  /* what is being rounded                      */
} lb_expanded_rounding;

/** *what = 1, one of the first three of @p r. */
void lb_expanded_note(int * what, lb_expanded_rounding * r);
/** The nearest double (ties to even), without the sign of zero. */
double lb_expanded_nearest(const arb_t x, lb_expanded_rounding * r);
/** op, which is empty, = p without the terms that are zero as doubles. */
void lb_expanded_round_operator(lb_expanded_operator * op, const lb_opoly_t p,
                                lb_expanded_rounding * r);

/* One evaluation at one precision. */
typedef struct
{
    lb_expanded_struct * e;
    const lb_model_struct * model;
    lb_env_struct * env;
    const lb_problem_struct * problem;
    lb_expanded_rounding * rounding;
    int unknown; /* the present tree cannot be expanded */
} lb_expanded_builder;

/** 0 if @p node asks for a state or a quantity of the model. */
int lb_expanded_is_closed(const lb_scope_t s, const lb_node * node);

/** S(out,in) or S_conj(out,in) into @p t, a number so far; with the first one
 *  come the matrices.  What has no scattering matrix is b->unknown.
 *  @return LB_OK; LB_EPREC; or what evaluating returns */
LB_MUST_CHECK lb_status lb_expanded_scattered(lb_tree * t,
                                              lb_expanded_builder * b,
                                              const lb_node * node,
                                              lb_error * err);
/** The same of dressed(n,k). */
LB_MUST_CHECK lb_status lb_expanded_dressed(lb_tree * t,
                                            lb_expanded_builder * b,
                                            const lb_node * node,
                                            lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_EXPANDED_INTERNAL_H */
