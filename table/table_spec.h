/* table/table_spec.h -- what a table holds: model, grid, columns, digits.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File format: docs/tables.md, schema "lindbound-table/1". */
#ifndef LB_TABLE_SPEC_H
#define LB_TABLE_SPEC_H

#include <lindbound/form.h>
#include <lindbound/table_axis.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LB_TABLE_MAX_AXES 3
#define LB_TABLE_MAX_POINTS 1000000 /* unless more are allowed */

typedef enum
{
    LB_TABLE_AUTO,
    LB_TABLE_CLOSED_FORM,
    LB_TABLE_WEAK_DRIVE,
    LB_TABLE_FULL,
    LB_TABLE_TRUNCATED
} lb_table_level;

/** "auto", "closed-form", "weak-drive", "full", "truncated". */
const char * lb_table_level_str(lb_table_level level);

typedef struct
{
    char * name;
    char * unit;  /* NULL: none */
    char * label; /* NULL: none */
    lb_expr * expr;
    lb_form_t form;     /* its settings and definitions; the quantity is not
                           used: expr is what is evaluated */
    lb_table_level level;
    slong digits;       /* relative, if absolute is 0       */
    fmpq_t absolute;    /* largest radius; 0: relative digits */
    slong n_of, *of;    /* a formula of these columns before it; 0: it is not */
    char * pointer;     /* of the expression, for messages  */
} lb_table_column;

typedef struct
{
    char * file;       /* as opened, for messages */
    char * model_file; /* the same of the model */
    char * name;
    char * version;
    char * title;
    char * source;
    json_t * json;       /* the spec in effect, with -p and --refine          */
    json_t * model_json; /* the model's or network's file                     */
    char * spec_hash;    /* "sha256:..."                                      */
    char * model_hash;
    lb_model_t model;
    lb_settings_t parameters;
    slong n_axes;
    lb_table_axis_t axes[LB_TABLE_MAX_AXES];
    slong points; /* of the grid */
    slong n_columns;
    lb_table_column * columns;
    char * cutoff; /* NULL: none stated */
    slong max_dimension;
    int accept_undecided;
    slong tile; /* points of a tile at most */
} lb_table_spec_struct;

typedef lb_table_spec_struct lb_table_spec_t[1];

/* What the command line changes. */
typedef struct
{
    const lb_settings_struct * settings; /* over the spec's; NULL: none */
    slong refine;                        /* 1: as the spec says         */
    slong max_points;
    /* reads a model that is not a path: a built-in one, as JSON and from where;
       release *file with flint_free */
    lb_status (*find_model)(json_t ** json, char ** file, const char * name,
                            lb_error * err);
    /* path of the form file of a model; release with flint_free */
    char * (*find_forms)(const char * model);
} lb_table_spec_options;

void lb_table_spec_init(lb_table_spec_t s);
void lb_table_spec_clear(lb_table_spec_t s);

/** Reads the spec file @p path, its model and forms, and checks all names,
 *  settings and expressions; nothing is evaluated.  Errors name file and
 *  JSON pointer. */
LB_MUST_CHECK lb_status lb_table_spec_read(lb_table_spec_t s,
                                           const char * path,
                                           const lb_table_spec_options * o,
                                           lb_error * err);

/** The same from a spec and a model that are there, as in a table; @p file is
 *  for messages. */
LB_MUST_CHECK lb_status lb_table_spec_read_json(lb_table_spec_t s,
                                                const json_t * spec,
                                                const json_t * model,
                                                const char * file,
                                                const lb_table_spec_options * o,
                                                lb_error * err);

/** Initializes @p scope with the names that @p column may use, at its settings
 *  and at the first point; left cleared on failure. */
LB_MUST_CHECK lb_status lb_table_scope(lb_scope_t scope,
                                       const lb_table_spec_t s,
                                       const lb_table_column * column,
                                       lb_error * err);
/** Moves @p scope to @p point. */
void lb_table_scope_move(lb_scope_t scope, const lb_table_spec_t s,
                         slong point);

/** The model @p name as JSON and where it is from: a path, from the folder of
 *  the file @p spec, or else what o->find_model knows.  Release *file with
 *  flint_free; on failure it may be NULL, and *json is. */
LB_MUST_CHECK lb_status lb_table_find_model(json_t ** json, char ** file,
                                            const char * name,
                                            const char * spec,
                                            const lb_table_spec_options * o,
                                            lb_error * err);

/** The hash of a model or network: of what enters numbers.  Release with
 *  flint_free. */
char * lb_table_model_hash(const json_t * model);

/** MAJOR.MINOR.PATCH, without zeros in front. */
int lb_table_is_version(const char * text);

/** LB_EPARSE at /name and /version of a spec: not a name, not a version. */
LB_MUST_CHECK lb_status lb_table_check_name(const char * name, lb_error * err);
LB_MUST_CHECK lb_status lb_table_check_version(const char * version,
                                               lb_error * err);

/** Index of axis @p axis at @p point. */
slong lb_table_axis_index(const lb_table_spec_t s, slong axis, slong point);

/** How many tiles there are. */
slong lb_table_tiles(const lb_table_spec_t s);
/** First point of @p tile and how many it has. */
void lb_table_tile_points(slong * first, slong * count,
                          const lb_table_spec_t s, slong tile);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_SPEC_H */
