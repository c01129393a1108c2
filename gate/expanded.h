/* gate/expanded.h -- a problem as numbers: what a solver without a parser needs.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Meaning and JSON form: docs/vectors.md, "The expanded problem".  Coefficients
 * are doubles, the nearest ones to those of the model; a problem that doubles
 * cannot state exactly is `rounded`. */
#ifndef LB_EXPANDED_H
#define LB_EXPANDED_H

#include <complex.h>
#include <jansson.h>
#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A factor of a term: a_k'^create a_k^annihilate of subsystem k, or its matrix
   unit |create><annihilate|. */
typedef struct
{
    int subsystem, create, annihilate;
    int matrix_unit;
} lb_expanded_factor;

typedef struct
{
    double re, im;
    int n_factors;
    lb_expanded_factor * factors;
} lb_expanded_term;

typedef struct
{
    int n_terms;
    lb_expanded_term * terms;
} lb_expanded_operator;

typedef struct
{
    double rate; /* >= 0 */
    lb_expanded_operator jump;
    char * port; /* NULL: none */
} lb_expanded_dissipator;

typedef enum
{
    LB_TREE_NUMBER,   /* re + i im                                       */
    LB_TREE_MEAN,     /* tr(rho mean)                                    */
    LB_TREE_CALL,     /* function(args): "+", "/", "abs2", ...           */
    LB_TREE_S,        /* row, column of D + C X^-1 B                     */
    LB_TREE_DRESSED,  /* row-th excitation block, column-th energy       */
    LB_TREE_UNKNOWN   /* not expanded                                    */
} lb_tree_kind;

typedef struct lb_tree_struct
{
    lb_tree_kind kind;
    double re, im;
    lb_expanded_operator mean;
    const char * function; /* static text */
    int row, column;
    int n_args;
    struct lb_tree_struct * args;
} lb_tree;

/* C++ has no double complex, but numbers of the same layout. */
#ifdef __cplusplus
typedef struct
{
    double re, im;
} lb_expanded_number;
#else
typedef double complex lb_expanded_number;
#endif

/* Row-major. */
typedef struct
{
    int rows, columns;
    lb_expanded_number * entries;
} lb_expanded_matrix;

typedef struct
{
    int n_subsystems;
    char ** names;
    lb_kind * kinds;
    lb_expanded_operator hamiltonian;
    int n_dissipators;
    lb_expanded_dissipator * dissipators;
    int has_scattering; /* S = D + C X^-1 B */
    int n_ports;
    char ** ports;
    lb_expanded_matrix d, c, x, b;
    int n_observables;
    char ** observables; /* their names */
    lb_tree * trees;
    int rounded; /* of a model: some number is not a double; read: 0 */
} lb_expanded_struct;

typedef lb_expanded_struct lb_expanded_t[1];

void lb_expanded_init(lb_expanded_t e);
void lb_expanded_clear(lb_expanded_t e);
/** e = f; both initialized. */
void lb_expanded_set(lb_expanded_t e, const lb_expanded_t f);

/**
 * Expands @p m with the parameters of @p scope.
 *
 * @param names, exprs  the observables, @p n of them; one that is not made of
 *        expectation values, S or dressed energies becomes LB_TREE_UNKNOWN
 * @return LB_OK; LB_EDOM: a parameter is a ball, a number not finite or beyond
 *         the doubles; LB_EPREC: a number that may be halfway between two
 *         doubles; or what evaluating returns.  On failure @p e is empty.
 */
LB_MUST_CHECK lb_status lb_expanded_from_model(lb_expanded_t e,
                                               const lb_model_t m,
                                               const lb_scope_t scope,
                                               char * const * names,
                                               lb_expr * const * exprs,
                                               slong n, lb_error * err);

/** The JSON form; a new reference. */
json_t * lb_expanded_json(const lb_expanded_t e);

/** Reads it back.  LB_EPARSE with a pointer below @p pointer. */
LB_MUST_CHECK lb_status lb_expanded_read(lb_expanded_t e, const json_t * json,
                                         const char * pointer, lb_error * err);

/**
 * The problem as a model (into the initialized @p m): the doubles as exact
 * numbers, every observable whose tree is known and needs no S an observable of
 * the same name.  What is proved of @p m is proved of the expanded problem.
 * Terms of H that change the number of excitations are the drive; baths of a
 * linear network with ports are reservoirs, so that its moments need no Fock
 * space.
 *
 * @return LB_OK; LB_EDOM: H is not Hermitian to the last bit; or what reading
 *         a model returns.  On failure m is left empty.
 */
LB_MUST_CHECK lb_status lb_expanded_model(lb_model_t m, const lb_expanded_t e,
                                          lb_error * err);

/** Encloses observable @p which, of whose tree no part is a mean; the doubles
 *  are exact.  Whether a network is stable is not asked.
 *  @return LB_OK; LB_EMODEL: it needs a state, or is not expanded; LB_EPREC; or
 *  what evaluating returns.  On failure x is indeterminate. */
LB_MUST_CHECK lb_status lb_expanded_closed(acb_t x, const lb_expanded_t e,
                                           int which, slong prec,
                                           lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_EXPANDED_H */
