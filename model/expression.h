/* model/expression.h -- the expression language, parsed into a tree.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One language serves parameters, Hamiltonians, observables and printed
 * closed forms; docs/language.md describes it.  Parsing needs no knowledge of
 * names: whether a name is a parameter, a subsystem or a definition is decided
 * when the tree is evaluated in a scope (model/scope.h, model/evaluate.h).
 * No number passes through a double: literals are exact rationals. */
#ifndef LB_EXPRESSION_H
#define LB_EXPRESSION_H

#include <lindbound/error.h>
#include <lindbound/flint_compat.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_NODE_NUMBER,      /* value +/- radius                            */
    LB_NODE_NAME,        /* name                                        */
    LB_NODE_NEGATE,      /* -args[0]                                    */
    LB_NODE_ADD,         /* args[0] + args[1]                           */
    LB_NODE_SUBTRACT,    /* args[0] - args[1]                           */
    LB_NODE_MULTIPLY,    /* args[0] * args[1]                           */
    LB_NODE_DIVIDE,      /* args[0] / args[1]                           */
    LB_NODE_POWER,       /* args[0] ^ args[1]                           */
    LB_NODE_ADJOINT,     /* args[0]'                                    */
    LB_NODE_CALL,        /* name(args...)                               */
    LB_NODE_EXPECTATION, /* <args[0]>                                   */
    LB_NODE_PLUS_HC      /* args[0] + h.c.                              */
} lb_node_kind;

typedef struct lb_node_struct
{
    lb_node_kind kind;
    long column; /* of the node's first (binary: operator) character, from 1 */
    fmpq_t value, radius; /* LB_NODE_NUMBER                                  */
    char * name;          /* LB_NODE_NAME, LB_NODE_CALL; else NULL           */
    slong arity;
    struct lb_node_struct ** args;
} lb_node;

/* A parsed text; shared by reference count, also between threads, and never
   changed. */
typedef struct
{
    int references;
    char * text;
    lb_node * root;
} lb_expr;

/**
 * Parses @p text.
 *
 * @return LB_OK and a new expression in @p out (release with lb_expr_free), or
 *         LB_EPARSE with column and what was expected in @p err and
 *         *out = NULL
 */
LB_MUST_CHECK lb_status lb_expr_parse(lb_expr ** out, const char * text,
                                      lb_error * err);

/** One more reference to @p e; returns e. */
lb_expr * lb_expr_share(lb_expr * e);

/** Drops one reference; frees the tree with the last.  NULL is allowed. */
void lb_expr_free(lb_expr * e);

/** A node with @p arity empty places for arguments, which it will own. */
lb_node * lb_node_new(lb_node_kind kind, long column, slong arity);
/** A deep copy. */
lb_node * lb_node_copy(const lb_node * node);
/** Frees a tree that belongs to no expression.  NULL is allowed. */
void lb_node_free(lb_node * node);

/** True if @p name is an identifier: a letter, then letters, digits, `_`. */
int lb_name_is_valid(const char * name);

/** True if @p name is a function or constant of the language (`sqrt`, `i`,
 *  `pi`, `si_*`, ...), which no model may redefine. */
int lb_name_is_reserved(const char * name);

#ifdef __cplusplus
}
#endif

#endif /* LB_EXPRESSION_H */
