/* model/scope.h -- the names an expression may use.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A scope is one flat table of parameters (scalar expressions), subsystems
 * and `where` definitions (scalar or operator expressions).  Copies are cheap
 * (expressions are shared), so overriding a parameter or adding definitions
 * is done on a copy. */
#ifndef LB_SCOPE_H
#define LB_SCOPE_H

#include <lindbound/expression.h>
#include <lindbound/operator_polynomial.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_SYMBOL_PARAMETER,
    LB_SYMBOL_SUBSYSTEM,
    LB_SYMBOL_DEFINITION
} lb_symbol_kind;

typedef struct
{
    char * name;
    lb_symbol_kind kind;
    lb_expr * expr;   /* parameter, definition                              */
    acb_ptr value;    /* parameter, definition: instead of expr, see
                         lb_scope_set_value; else NULL                      */
    slong index;      /* subsystem: its place in the product basis          */
    int drive;        /* parameter: scaled to zero in the weak-drive limit  */
    char * file;      /* where it is defined, for messages; may be NULL     */
    char * pointer;   /* JSON pointer of its text; may be NULL              */
    char * unit;      /* parameter: as stated, or NULL                      */
    char * doc;       /* parameter: as stated, or NULL                      */
} lb_symbol;

typedef struct
{
    slong length, alloc;
    lb_symbol * symbols;
    slong subsystems;
    lb_kind * kinds; /* of the subsystems, in basis order */
} lb_scope_struct;

typedef lb_scope_struct lb_scope_t[1];

void lb_scope_init(lb_scope_t s);
void lb_scope_clear(lb_scope_t s);
/** Initializes @p s as a copy of @p t. */
void lb_scope_init_copy(lb_scope_t s, const lb_scope_t t);

/** Adds a subsystem.  LB_ENAME: name invalid, reserved or taken. */
LB_MUST_CHECK lb_status lb_scope_add_subsystem(lb_scope_t s, const char * name,
                                               lb_kind kind, lb_error * err);

/** Adds a parameter or definition; takes its own reference to @p expr.
 *  LB_ENAME: name invalid, reserved or taken. */
LB_MUST_CHECK lb_status lb_scope_add(lb_scope_t s, lb_symbol_kind kind,
                                     const char * name, lb_expr * expr,
                                     const char * file, const char * pointer,
                                     lb_error * err);

/** Replaces the expression of an existing parameter by @p text.
 *  LB_ENAME: no such parameter (the message lists those there are);
 *  LB_EPARSE: @p text is malformed. */
LB_MUST_CHECK lb_status lb_scope_override(lb_scope_t s, const char * name,
                                          const char * text,
                                          const char * file,
                                          const char * pointer,
                                          lb_error * err);

/** Replaces the expression of the parameter or definition at place @p which by
 *  @p expr, of which it takes a reference. */
void lb_scope_set_expr(lb_scope_t s, slong which, lb_expr * expr);

/** Replaces the expression of the parameter or definition at place @p which by
 *  a value, which need not have a text: an enclosure, a piece of a box. */
void lb_scope_set_value(lb_scope_t s, slong which, const acb_t value);

/** Adds a definition that is a value.  LB_ENAME as lb_scope_add. */
LB_MUST_CHECK lb_status lb_scope_add_value(lb_scope_t s, const char * name,
                                           const acb_t value, lb_error * err);

/** 1 if some subsystem is a mode: then the space is infinite-dimensional. */
int lb_scope_has_modes(const lb_scope_t s);

/** Index of @p name, or -1. */
slong lb_scope_find(const lb_scope_t s, const char * name);

/** True if @p node uses a subsystem outside `<...>`, directly or through a
 *  definition: then it stands for an operator, else for a number. */
int lb_scope_is_operator(const lb_scope_t s, const lb_node * node);

/** Sets used[i] = 1 for every symbol that @p node refers to, also through
 *  other symbols.  @p used has s->length entries. */
void lb_scope_mark_used(char * used, const lb_scope_t s,
                        const lb_node * node);

/** Refuses parameters and definitions that refer to each other in a cycle
 *  (LB_EDOM, naming the cycle) . */
LB_MUST_CHECK lb_status lb_scope_check_cycles(const lb_scope_t s,
                                              lb_error * err);

/** Writes "a, b, ..." or "none": the names of one kind (all if kind < 0). */
void lb_scope_list_names(char * buffer, size_t size, const lb_scope_t s,
                         int kind);

#ifdef __cplusplus
}
#endif

#endif /* LB_SCOPE_H */
