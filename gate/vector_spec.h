/* gate/vector_spec.h -- what a vector file is to hold.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File format: docs/vectors.md, schema "lindbound-vector-spec/1". */
#ifndef LB_VECTOR_SPEC_H
#define LB_VECTOR_SPEC_H

#include <lindbound/table_spec.h>
#include <lindbound/vectors.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One value that is wanted. */
typedef struct
{
    char * name; /* last part of the id */
    lb_expr * expr;
    slong digits;    /* relative; of an exact zero 10^-digits, and as many as
                        its tolerance needs */
    char * relative; /* tolerance, exact decimals             */
    char * absolute;
    slong n_flags; /* with those of its problem, each once */
    char ** flags;
    lb_difficulty difficulty;
    slong n_cutoffs; /* of its truncated values: "N<=3" */
    char ** cutoffs;
    char * pointer; /* of its expression, for messages */
} lb_spec_value;

typedef struct
{
    char * id; /* "kerr/weak_10" */
    lb_settings_t parameters;
    lb_table_level level; /* full, closed-form, truncated   */
    char * cutoff;        /* of level truncated, else NULL  */
    char * refuse;        /* why there is no value, or NULL */
    slong max_dimension;
    slong n_values;
    lb_spec_value * values;
    char * pointer; /* of its object, for messages */
} lb_spec_problem;

typedef struct
{
    char * file; /* as opened, for messages */
    char * name;
    char * version;
    char * title;
    json_t * model_json; /* the model's or network's file */
    char * spec_hash;    /* "sha256:..."                  */
    char * model_hash;
    lb_model_t model;
    slong n_problems;
    lb_spec_problem * problems;
} lb_vector_spec_struct;

typedef lb_vector_spec_struct lb_vector_spec_t[1];

void lb_vector_spec_init(lb_vector_spec_t s);
void lb_vector_spec_clear(lb_vector_spec_t s);

/** Reads the spec file @p path and its model and checks names, settings,
 *  expressions, cutoffs and flags; nothing is proved.  LB_EIO, LB_EPARSE,
 *  LB_ENAME, ...: file and JSON pointer are in @p err.
 *
 *  @param o  where models are found */
LB_MUST_CHECK lb_status lb_vector_spec_read(lb_vector_spec_t s,
                                            const char * path,
                                            const lb_table_spec_options * o,
                                            lb_error * err);

/** The same from a spec and its model that are there; @p file is for
 *  messages. */
LB_MUST_CHECK lb_status lb_vector_spec_from_json(lb_vector_spec_t s,
                                                 const json_t * spec,
                                                 const json_t * model,
                                                 const char * file,
                                                 lb_error * err);

/** How many vectors it makes. */
slong lb_vector_spec_length(const lb_vector_spec_t s);
/** 1: some flag of @p value is @p flag. */
int lb_spec_value_has_flag(const lb_spec_value * value, const char * flag);

#ifdef __cplusplus
}
#endif

#endif /* LB_VECTOR_SPEC_H */
