/* table/table_spec.c -- the spec but for its columns (table_column.c).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/cutoff.h>
#include <lindbound/json_file.h>
#include <lindbound/model_file.h>
#include <lindbound/table_hash.h>
#include <lindbound/table_internal.h>
#include <lindbound/text.h>

#define SCHEMA "lindbound-table/1"
#define MAX_DIMENSION 1024
#define TILE 16          /* points whose states share work */
#define TILE_CLOSED 1024 /* where there is no state        */
#define MAX_TILE 1000000

void
lb_table_spec_init(lb_table_spec_t s)
{
    memset(s, 0, sizeof(*s));
    lb_model_init(s->model);
    lb_settings_init(s->parameters);
    for (int k = 0; k < LB_TABLE_MAX_AXES; k++)
        lb_table_axis_init(s->axes[k]);
}

static void
column_clear(lb_table_column * c)
{
    flint_free(c->name);
    flint_free(c->unit);
    flint_free(c->label);
    lb_expr_free(c->expr);
    lb_form_clear(c->form);
    fmpq_clear(c->absolute);
    flint_free(c->of);
    flint_free(c->pointer);
}

void
lb_table_spec_clear(lb_table_spec_t s)
{
    flint_free(s->file);
    flint_free(s->model_file);
    flint_free(s->name);
    flint_free(s->version);
    flint_free(s->title);
    flint_free(s->source);
    json_decref(s->json);
    json_decref(s->model_json);
    flint_free(s->spec_hash);
    flint_free(s->model_hash);
    for (slong k = 0; k < s->n_columns; k++)
        column_clear(s->columns + k);
    flint_free(s->columns);
    lb_model_clear(s->model);
    lb_settings_clear(s->parameters);
    for (int k = 0; k < LB_TABLE_MAX_AXES; k++)
        lb_table_axis_clear(s->axes[k]);
    flint_free(s->cutoff);
    lb_table_spec_init(s);
}

/* --- small members ------------------------------------------------------- */

int
lb_table_is_version(const char * text)
{
    for (int part = 0; part < 3; part++)
    {
        size_t n = strspn(text, "0123456789");

        if (n == 0 || (n > 1 && *text == '0'))
            return 0;
        text += n;
        if (part < 2 && *text++ != '.')
            return 0;
    }
    return *text == '\0';
}

static lb_status
read_notes(const json_t * root, lb_error * err)
{
    const json_t * notes = json_object_get(root, "notes");

    if (notes == NULL)
        return LB_OK;
    if (!json_is_array(notes))
        return lb_json_fail(err, "", "notes", "'notes' is a list of texts");
    for (size_t k = 0; k < json_array_size(notes); k++)
        if (!json_is_string(json_array_get(notes, k)))
            return lb_json_fail(err, "", "notes", "'notes' is a list of texts");
    return LB_OK;
}

static lb_status
read_undecided(lb_table_spec_t s, const json_t * root, lb_error * err)
{
    const char * text = NULL;
    lb_status status = lb_json_get_string(&text, root, "undecided", 0, "", err);

    if (status != LB_OK || text == NULL)
        return status;
    s->accept_undecided = strcmp(text, "accept") == 0;
    if (!s->accept_undecided && strcmp(text, "flag") != 0)
        return lb_json_fail(err, "", "undecided",
                            "'%.40s' is not \"flag\" or \"accept\"", text);
    return LB_OK;
}

lb_status
lb_table_check_name(const char * name, lb_error * err)
{
    if (lb_name_is_valid(name))
        return LB_OK;
    return lb_json_fail(err, "", "name",
                        "'%.60s' is not a name; use a letter, then letters, "
                        "digits and '_'",
                        name);
}

lb_status
lb_table_check_version(const char * version, lb_error * err)
{
    if (lb_table_is_version(version))
        return LB_OK;
    return lb_json_fail(err, "", "version",
                        "'%.40s' is not a version such as 1.0.0", version);
}

static lb_status
read_head(lb_table_spec_t s, const json_t * root, lb_error * err)
{
    static const char * const members[]
        = { "schema",        "name",   "version",    "title",   "source",
            "notes",         "model",  "parameters", "axes",    "level",
            "cutoff",        "digits", "absolute",   "columns", "undecided",
            "max_dimension", "tile",   "plots",      NULL };
    lb_status status = lb_json_check_schema(root, SCHEMA, err);

    if (status == LB_OK)
        status = lb_json_check_members(root, members, "", err);
    if (status == LB_OK)
        status = lb_json_copy_string(&s->name, root, "name", 1, "", err);
    if (status == LB_OK)
        status = lb_table_check_name(s->name, err);
    if (status == LB_OK)
        status = lb_json_copy_string(&s->version, root, "version", 0, "", err);
    if (status == LB_OK && s->version == NULL)
        s->version = lb_text_copy("1.0.0");
    if (status == LB_OK)
        status = lb_table_check_version(s->version, err);
    if (status == LB_OK)
        status = lb_json_copy_string(&s->title, root, "title", 0, "", err);
    if (status == LB_OK)
        status = lb_json_copy_string(&s->source, root, "source", 0, "", err);
    if (status == LB_OK)
        status = read_notes(root, err);
    if (status == LB_OK)
        status = read_undecided(s, root, err);
    s->max_dimension = MAX_DIMENSION;
    if (status == LB_OK)
        status = lb_json_get_integer(&s->max_dimension, root, "max_dimension",
                                     1, 1000000, "", err);
    if (status == LB_OK)
        status
            = lb_json_get_integer(&s->tile, root, "tile", 1, MAX_TILE, "", err);
    if (status == LB_OK && json_object_get(root, "plots") != NULL
        && !json_is_array(json_object_get(root, "plots")))
        status = lb_json_fail(err, "", "plots", "'plots' is a list of panels");
    return status;
}

/* --- the model ----------------------------------------------------------- */

static int
is_path(const char * name)
{
    size_t n = strlen(name);

    return strchr(name, '/') != NULL
           || (n > 5 && strcmp(name + n - 5, ".json") == 0);
}

/* @p name from the folder of the file @p base */
static char *
path_beside(const char * base, const char * name)
{
    const char * slash = strrchr(base, '/');

    if (name[0] == '/' || slash == NULL)
        return lb_text_copy(name);
    return lb_text_print("%.*s/%s", (int) (slash - base), base, name);
}

lb_status
lb_table_find_model(json_t ** json, char ** file, const char * name,
                    const char * spec, const lb_table_spec_options * o,
                    lb_error * err)
{
    lb_status status = LB_OK;

    *json = NULL;
    *file = NULL;
    if (is_path(name))
    {
        *file = path_beside(spec, name);
        *json = lb_json_read(*file, err);
        if (*json == NULL)
            status = err != NULL ? err->status : LB_EPARSE;
    }
    else if (o->find_model == NULL)
        status = lb_error_set(err, LB_ENAME,
                              "no model is built in here; '%.60s' must be a "
                              "path",
                              name);
    else
        status = o->find_model(json, file, name, err);
    return status;
}

char *
lb_table_model_hash(const json_t * model)
{
    static const char * const ignored[]
        = { "title", "source", "conventions", "doc", "unit", NULL };

    return lb_hash_json(model, ignored);
}

/* @p given: the model as JSON, NULL: it is looked for */
static lb_status
read_model(lb_table_spec_t s, const json_t * root, const json_t * given,
           const lb_table_spec_options * o, lb_error * err)
{
    const char * name = NULL;
    char * file = NULL;
    lb_status status = lb_json_get_string(&name, root, "model", 1, "", err);

    if (status == LB_OK && given != NULL)
    {
        s->model_json = json_deep_copy(given);
        file = lb_text_copy(s->file);
    }
    else if (status == LB_OK)
        status
            = lb_table_find_model(&s->model_json, &file, name, s->file, o, err);
    if (status != LB_OK)
        lb_json_error_at(err, "/model");
    s->model_file = file;
    if (status == LB_OK)
        status = lb_model_from_json(s->model, s->model_json, file, err);
    if (status == LB_OK)
        s->model_hash = lb_table_model_hash(s->model_json);
    return status;
}

/* --- parameters and axes ------------------------------------------------- */

/* Those of the spec, then -p, which also enter @p root. */
static lb_status
read_parameters(lb_table_spec_t s, json_t * root,
                const lb_table_spec_options * o, lb_error * err)
{
    json_t * stated = json_object_get(root, "parameters");
    lb_status status = lb_json_get_settings(s->parameters, stated, s->file,
                                            "/parameters", err);

    if (status != LB_OK || o->settings == NULL || o->settings->length == 0)
        return status;
    if (stated == NULL)
    {
        stated = json_object();
        json_object_set_new(root, "parameters", stated);
    }
    lb_settings_merge(s->parameters, o->settings);
    for (slong k = 0; k < o->settings->length; k++)
        json_object_set_new(stated, o->settings->names[k],
                            json_string(o->settings->texts[k]));
    return LB_OK;
}

/* No parameter of the spec may be an axis: it would have no effect. */
static lb_status
check_parameters(const lb_table_spec_t s, lb_error * err)
{
    for (slong k = 0; k < s->n_axes; k++)
        for (slong j = 0; j < s->parameters->length; j++)
            if (strcmp(s->parameters->names[j], s->axes[k]->name) == 0)
            {
                lb_error_set(err, LB_EPARSE,
                             "'%.60s' is an axis of the table and cannot be "
                             "set as well",
                             s->axes[k]->name);
                lb_error_in(err, s->parameters->places[j],
                            s->parameters->pointers[j]);
                return LB_EPARSE;
            }
    return LB_OK;
}

/* A name that the model lacks becomes a parameter. */
static lb_status
declare_axis(lb_table_spec_t s, const lb_table_axis_struct * axis,
             const char * pointer, lb_error * err)
{
    slong k = lb_scope_find(s->model->scope, axis->name);

    if (k >= 0 && s->model->scope->symbols[k].kind == LB_SYMBOL_PARAMETER)
        return LB_OK;
    if (k >= 0)
        return lb_json_fail(err, pointer, "name",
                            "'%.60s' is a subsystem of the model; an axis "
                            "is a parameter",
                            axis->name);
    return lb_scope_add(s->model->scope, LB_SYMBOL_PARAMETER, axis->name,
                        axis->exprs[0], s->file, pointer, err);
}

static lb_status
read_axis(lb_table_spec_t s, json_t * value, slong room,
          const lb_table_spec_options * o, lb_error * err)
{
    lb_table_axis_struct * axis = s->axes[s->n_axes];
    slong refine = FLINT_MAX(o->refine, 1);
    char * pointer = lb_text_print("/axes/%ld", (long) s->n_axes);
    lb_status status
        = lb_table_axis_read(axis, value, refine, room, pointer, err);

    for (slong k = 0; k < s->n_axes && status == LB_OK; k++)
        if (strcmp(s->axes[k]->name, axis->name) == 0)
            status = lb_json_fail(err, pointer, "name",
                                  "there are two axes '%.60s'", axis->name);
    if (status == LB_OK)
        status = declare_axis(s, axis, pointer, err);
    if (status == LB_OK && json_object_get(value, "points") != NULL)
        json_object_set_new(value, "points", json_integer(axis->count));
    s->n_axes++;
    flint_free(pointer);
    return status;
}

static lb_status
read_axes(lb_table_spec_t s, json_t * root, const lb_table_spec_options * o,
          lb_error * err)
{
    slong most = o->max_points > 0 ? o->max_points : LB_TABLE_MAX_POINTS;
    json_t * list = json_object_get(root, "axes");
    lb_status status = LB_OK;

    if (!json_is_array(list) || json_array_size(list) == 0
        || json_array_size(list) > LB_TABLE_MAX_AXES)
        return lb_json_fail(err, "", "axes",
                            "'axes' must be a list of one to %d axes",
                            LB_TABLE_MAX_AXES);
    s->points = 1;
    for (size_t k = 0; k < json_array_size(list) && status == LB_OK; k++)
    {
        status = read_axis(s, json_array_get(list, k), most, o, err);
        if (status == LB_OK && s->points > most / s->axes[k]->count)
            status = lb_json_fail(err, "", "axes",
                                  "the grid has more than the %ld points "
                                  "allowed; raise --max-points",
                                  (long) most);
        if (status == LB_OK)
            s->points *= s->axes[k]->count;
    }
    return status;
}

static lb_status
read_cutoff(lb_table_spec_t s, const json_t * root, lb_error * err)
{
    const json_t * value = json_object_get(root, "cutoff");
    const char * text;
    lb_status status;
    lb_cutoff_t cutoff;

    if (value == NULL)
        return LB_OK;
    status = lb_json_text(&text, value, "/cutoff", err);
    if (status != LB_OK)
        return status;
    lb_cutoff_init(cutoff, s->model->scope->kinds, s->model->scope->subsystems);
    status = lb_cutoff_parse(cutoff, text, s->model->scope, err);
    if (status != LB_OK)
        lb_json_error_at(err, "/cutoff");
    lb_cutoff_clear(cutoff);
    s->cutoff = lb_text_copy(text);
    return status;
}

/* --- names of a column --------------------------------------------------- */

/* The columns that @p column is made of become names, of unknown value. */
static lb_status
declare_columns(lb_scope_t scope, const lb_table_spec_t s,
                const lb_table_column * column, lb_error * err)
{
    lb_status status = LB_OK;
    acb_t unknown;

    acb_init(unknown);
    acb_indeterminate(unknown);
    for (slong k = 0; k < column->n_of && status == LB_OK; k++)
        status = lb_scope_add_value(scope, s->columns[column->of[k]].name,
                                    unknown, err);
    if (status != LB_OK)
        lb_json_error_at(err, column->pointer);
    acb_clear(unknown);
    return status;
}

lb_status
lb_table_scope(lb_scope_t scope, const lb_table_spec_t s,
               const lb_table_column * column, lb_error * err)
{
    lb_form_struct form = *column->form; /* with other settings */
    lb_status status;

    lb_settings_init(form.at);
    lb_settings_merge(form.at, s->parameters);
    lb_settings_merge(form.at, column->form->at);
    status = lb_form_scope(scope, &form, s->model, NULL, err);
    lb_settings_clear(form.at);
    if (status != LB_OK)
        return status;
    lb_table_scope_move(scope, s, 0);
    status = declare_columns(scope, s, column, err);
    if (status != LB_OK)
        lb_scope_clear(scope);
    return status;
}

void
lb_table_scope_move(lb_scope_t scope, const lb_table_spec_t s, slong point)
{
    for (slong k = 0; k < s->n_axes; k++)
        lb_scope_set_expr(scope, lb_scope_find(scope, s->axes[k]->name),
                          s->axes[k]->exprs[lb_table_axis_index(s, k, point)]);
}

/* --- points and tiles ---------------------------------------------------- */

slong
lb_table_axis_index(const lb_table_spec_t s, slong axis, slong point)
{
    for (slong k = s->n_axes - 1; k > axis; k--)
        point /= s->axes[k]->count;
    return point % s->axes[axis]->count;
}

static slong
tiles_of_row(const lb_table_spec_t s)
{
    return (s->axes[s->n_axes - 1]->count + s->tile - 1) / s->tile;
}

slong
lb_table_tiles(const lb_table_spec_t s)
{
    return s->points / s->axes[s->n_axes - 1]->count * tiles_of_row(s);
}

void
lb_table_tile_points(slong * first, slong * count, const lb_table_spec_t s,
                     slong tile)
{
    slong row = tile / tiles_of_row(s),
          start = tile % tiles_of_row(s) * s->tile;
    slong length = s->axes[s->n_axes - 1]->count;

    *first = row * length + start;
    *count = FLINT_MIN(s->tile, length - start);
}

/* --- the whole ----------------------------------------------------------- */

/* Whether some column has, or may have, a state in a Fock space. */
static int
needs_fock_space(const lb_table_spec_t s)
{
    for (slong k = 0; k < s->n_columns; k++)
    {
        const lb_table_column * c = s->columns + k;
        lb_scope_t scope;
        int needs = 0;

        if (c->level == LB_TABLE_FULL || c->level == LB_TABLE_TRUNCATED)
            return 1;
        if (c->level == LB_TABLE_AUTO && s->model->n_channels == 0
            && lb_table_scope(scope, s, c, NULL) == LB_OK)
        {
            needs = lb_table_column_needs(scope, c).state;
            lb_scope_clear(scope);
        }
        if (needs)
            return 1;
    }
    return 0;
}

/* @p root is s->json */
static lb_status
read_all(lb_table_spec_t s, json_t * root, const json_t * model,
         const lb_table_spec_options * o, lb_error * err)
{
    lb_status status = read_head(s, root, err);
    slong n_model;

    if (status == LB_OK)
        status = read_model(s, root, model, o, err);
    n_model = s->model->scope->length;
    if (status == LB_OK)
        status = read_parameters(s, root, o, err);
    if (status == LB_OK)
        status = read_axes(s, root, o, err);
    if (status == LB_OK)
        status = check_parameters(s, err);
    if (status == LB_OK)
        status = read_cutoff(s, root, err);
    if (status == LB_OK)
        status = lb_table_columns_read(s, root, n_model, o, err);
    if (status == LB_OK && s->tile == 0)
        s->tile = needs_fock_space(s) ? TILE : TILE_CLOSED;
    if (status == LB_OK)
        s->spec_hash = lb_hash_json(root, NULL);
    return status;
}

lb_status
lb_table_spec_read_json(lb_table_spec_t s, const json_t * spec,
                        const json_t * model, const char * file,
                        const lb_table_spec_options * o, lb_error * err)
{
    lb_status status;

    lb_table_spec_clear(s);
    s->file = lb_text_copy(file);
    s->json = json_deep_copy(spec);
    status = read_all(s, s->json, model, o, err);
    if (status != LB_OK)
    {
        lb_error_in(err, file, NULL);
        lb_table_spec_clear(s);
    }
    return status;
}

lb_status
lb_table_spec_read(lb_table_spec_t s, const char * path,
                   const lb_table_spec_options * o, lb_error * err)
{
    json_t * spec = lb_json_read(path, err);
    lb_status status;

    lb_table_spec_clear(s);
    if (spec == NULL)
        return err != NULL ? err->status : LB_EPARSE;
    status = lb_table_spec_read_json(s, spec, NULL, path, o, err);
    json_decref(spec);
    return status;
}
