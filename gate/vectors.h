/* gate/vectors.h -- certified values that judge other implementations.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File format: docs/vectors.md, schema "lindbound-vectors/1". */
#ifndef LB_VECTORS_H
#define LB_VECTORS_H

#include <lindbound/expanded.h>
#include <lindbound/table_value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_LOWER,   /* any correct solver in doubles          */
    LB_AVERAGE, /* needs care                             */
    LB_HIGHER   /* direct elimination in doubles fails    */
} lb_difficulty;

/** "lower", "average", "higher". */
const char * lb_difficulty_str(lb_difficulty difficulty);
/** The difficulty @p text says, or -1. */
int lb_difficulty_find(const char * text);

/* The value of the same problem at a cutoff. */
typedef struct
{
    char * cutoff; /* "N<=3" */
    lb_table_value_struct value;
} lb_vector_truncation;

typedef struct
{
    char * id;
    char * observable;
    char * expression;
    slong problem; /* its place */
    slong n_flags;
    char ** flags;
    lb_difficulty difficulty;
    fmpq_t relative, absolute; /* tolerance */
    lb_table_value_struct value;   /* not known: the problem is to be refused */
    lb_table_value_struct rounded; /* of the problem in doubles; not known: the
                                      same */
    slong n_truncations;
    lb_vector_truncation * truncations;
} lb_vector;

typedef struct
{
    char * id;
    slong set;      /* the file it is from                                  */
    json_t * json;  /* as a candidate gets it: without vectors, with model  */
    char * cutoff;  /* the problem is the truncated model; NULL: it is not  */
    char * refuse;  /* why there is no value; NULL: there is                */
    lb_expanded_t expanded;
    slong first, n; /* its vectors                                          */
} lb_vector_problem;

/* One file. */
typedef struct
{
    char * file;
    char * name;
    char * version;
    char * title;
    json_t * provenance;
} lb_vector_set;

typedef struct
{
    slong n_sets;
    lb_vector_set * sets;
    slong n_problems;
    lb_vector_problem * problems;
    slong n_vectors;
    lb_vector * vectors;
} lb_vectors_struct;

typedef lb_vectors_struct lb_vectors_t[1];

void lb_vectors_init(lb_vectors_t v);
void lb_vectors_clear(lb_vectors_t v);

/** Adds the vectors of the file @p path.  LB_EIO; LB_EPARSE: malformed, an
 *  inconsistent value, an id that is there already; file and JSON pointer are
 *  in @p err.  On failure v is as it was. */
LB_MUST_CHECK lb_status lb_vectors_read(lb_vectors_t v, const char * path,
                                        lb_error * err);

/** The vector @p id, or -1. */
slong lb_vectors_find(const lb_vectors_t v, const char * id);
int lb_vector_has_flag(const lb_vector * vector, const char * flag);
/** 1: @p flag is one of those in docs/vectors.md. */
int lb_vector_flag_is_known(const char * flag);

#ifdef __cplusplus
}
#endif

#endif /* LB_VECTORS_H */
