/* table/table_read.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table is written with every row on a line of its own, and is read so: what
 * stands before the rows is parsed as one JSON text, every row as another, so
 * that a table of a million values takes little more memory than its balls.  A
 * file that is laid out differently is parsed as a whole. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/json_file.h>
#include <lindbound/table_internal.h>
#include <lindbound/table_read.h>
#include <lindbound/text.h>

#define SCHEMA "lindbound-table-values/1"
#define MAX_HEAD_BYTES (64L << 20)

void
lb_table_init(lb_table_t t)
{
    memset(t, 0, sizeof(*t));
    for (int k = 0; k < LB_TABLE_MAX_AXES; k++)
        lb_table_axis_init(t->axes[k]);
}

void
lb_table_clear(lb_table_t t)
{
    for (slong k = 0; t->values != NULL && k < t->points * t->n_columns; k++)
        lb_table_value_clear(t->values + k);
    free(t->values);
    for (slong k = 0; t->columns != NULL && k < t->n_columns; k++)
        flint_free(t->columns[k]);
    flint_free(t->columns);
    for (int k = 0; k < LB_TABLE_MAX_AXES; k++)
        lb_table_axis_clear(t->axes[k]);
    flint_free(t->file);
    json_decref(t->json);
    lb_table_init(t);
}

const lb_table_value_struct *
lb_table_at(const lb_table_t t, slong point, slong column)
{
    return t->values + point * t->n_columns + column;
}

/* --- what stands before the rows ----------------------------------------- */

/* Member @p key of @p object, of type @p type; *out is borrowed. */
static lb_status
get_member(json_t ** out, const json_t * object, const char * key,
           json_type type, const char * pointer, lb_error * err)
{
    *out = json_object_get(object, key);
    if (*out == NULL)
        return lb_json_fail(err, pointer, NULL, "the member '%s' is missing",
                            key);
    if (json_typeof(*out) != type)
    {
        char * place = lb_text_print("%s/%s", pointer, key);

        (void) lb_json_fail(err, place, NULL, "%s is expected",
                            type == JSON_OBJECT    ? "an object"
                            : type == JSON_ARRAY   ? "an array"
                            : type == JSON_INTEGER ? "an integer"
                                                   : "a string");
        flint_free(place);
        return LB_EPARSE;
    }
    return LB_OK;
}

static lb_status
check_provenance(const json_t * root, lb_error * err)
{
    static const char * const members[]
        = { "command",   "lindbound",  "flint", "arb",
            "spec_hash", "model_hash", NULL };
    json_t *object, *member;
    lb_status status
        = get_member(&object, root, "provenance", JSON_OBJECT, "", err);

    if (status == LB_OK)
        status = lb_json_check_members(object, members, "/provenance", err);
    for (int k = 0; members[k] != NULL && status == LB_OK; k++)
        status = get_member(&member, object, members[k], JSON_STRING,
                            "/provenance", err);
    return status;
}

static lb_status
check_head(lb_table_t t, lb_error * err)
{
    static const char * const members[]
        = { "schema", "name",   "version", "complete", "provenance", "spec",
            "model",  "points", "axes",    "columns",  NULL };
    const json_t * complete = json_object_get(t->json, "complete");
    json_t *name, *version, *object;
    lb_status status = lb_json_check_schema(t->json, SCHEMA, err);

    if (status == LB_OK)
        status = lb_json_check_members(t->json, members, "", err);
    if (status == LB_OK)
        status = get_member(&name, t->json, "name", JSON_STRING, "", err);
    if (status == LB_OK)
        status = get_member(&version, t->json, "version", JSON_STRING, "", err);
    if (status == LB_OK && !lb_table_is_version(json_string_value(version)))
        status = lb_json_fail(err, "/version", NULL,
                              "not a semantic version such as 1.0.0");
    if (status == LB_OK && !json_is_boolean(complete))
        status = lb_json_fail(err, complete == NULL ? "" : "/complete", NULL,
                              "the member 'complete' must be true or false");
    t->complete = json_is_true(complete);
    if (status == LB_OK)
        status = check_provenance(t->json, err);
    if (status == LB_OK)
        status = get_member(&object, t->json, "spec", JSON_OBJECT, "", err);
    if (status == LB_OK)
        status = get_member(&object, t->json, "model", JSON_OBJECT, "", err);
    return status;
}

/* How many values an axis of a spec says it has. */
static slong
count_axis(const json_t * spec)
{
    const json_t * list = json_object_get(spec, "values");

    return list != NULL
               ? (slong) json_array_size(list)
               : (slong) json_integer_value(json_object_get(spec, "points"));
}

/* Axis k: that of the spec, which must have the values that are listed. */
static lb_status
read_axis(lb_table_t t, slong k, const json_t * listed, const json_t * spec,
          lb_error * err)
{
    static const char * const members[] = { "name", "values", NULL };
    lb_table_axis_struct * axis = t->axes[k];
    slong count = (slong) json_array_size(json_object_get(listed, "values"));
    char pointer[40] = "", place[40] = "";
    const char * name;
    json_t * values;
    lb_status status;

    lb_text_append(pointer, sizeof(pointer), "/axes/%ld", (long) k);
    lb_text_append(place, sizeof(place), "/spec/axes/%ld", (long) k);
    status = lb_json_check_members(listed, members, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&name, listed, "name", 1, pointer, err);
    if (status == LB_OK)
        status
            = get_member(&values, listed, "values", JSON_ARRAY, pointer, err);
    if (status == LB_OK)
        status = count_axis(spec) == count
                     ? lb_table_axis_read(axis, spec, 1, FLINT_MAX(count, 1),
                                          place, err)
                     : lb_json_fail(err, pointer, NULL,
                                    "not the axis of the spec");
    if (status == LB_OK && strcmp(axis->name, name) != 0)
        status = lb_json_fail(err, pointer, NULL, "not the axis of the spec");
    for (slong n = 0; n < axis->count && status == LB_OK; n++)
    {
        const char * text
            = json_string_value(json_array_get(values, (size_t) n));

        if (text == NULL || strcmp(text, axis->texts[n]) != 0)
        {
            lb_text_append(pointer, sizeof(pointer), "/values/%ld", (long) n);
            status = lb_json_fail(err, pointer, NULL,
                                  "the axis of the spec has %.60s here",
                                  axis->texts[n]);
        }
    }
    return status;
}

static lb_status
read_axes(lb_table_t t, lb_error * err)
{
    const json_t * spec
        = json_object_get(json_object_get(t->json, "spec"), "axes");
    json_t *axes, *points;
    lb_status status = get_member(&axes, t->json, "axes", JSON_ARRAY, "", err);

    if (status == LB_OK
        && (json_array_size(axes) < 1
            || json_array_size(axes) > LB_TABLE_MAX_AXES
            || json_array_size(axes) != json_array_size(spec)))
        status = lb_json_fail(err, "/axes", NULL,
                              "not as many axes as the spec has");
    if (status == LB_OK)
        status = get_member(&points, t->json, "points", JSON_INTEGER, "", err);
    if (status != LB_OK)
        return status;
    t->n_axes = (slong) json_array_size(axes);
    t->points = 1;
    for (slong k = 0; k < t->n_axes && status == LB_OK; k++)
    {
        status = read_axis(t, k, json_array_get(axes, (size_t) k),
                           json_array_get(spec, (size_t) k), err);
        if (status == LB_OK && t->axes[k]->count > WORD_MAX / t->points)
            status = lb_json_fail(err, "/axes", NULL, "too many points");
        if (status == LB_OK)
            t->points *= t->axes[k]->count;
    }
    if (status == LB_OK && json_integer_value(points) != (json_int_t) t->points)
        status = lb_json_fail(err, "/points", NULL, "the axes have %ld points",
                              (long) t->points);
    return status;
}

static lb_status
read_column(lb_table_t t, slong k, const json_t * column, const json_t * spec,
            lb_error * err)
{
    static const char * const members[]
        = { "name", "expression", "at", "where", "unit", "label", NULL };
    const char *name, *text, *wanted = json_string_value(spec);
    char pointer[40] = "";
    lb_settings_t at;
    lb_status status;

    if (wanted == NULL)
        wanted = json_string_value(json_object_get(spec, "name"));
    lb_text_append(pointer, sizeof(pointer), "/columns/%ld", (long) k);
    status = lb_json_check_members(column, members, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&name, column, "name", 1, pointer, err);
    if (status == LB_OK && (wanted == NULL || strcmp(name, wanted) != 0))
        status = lb_json_fail(err, pointer, NULL, "not the column of the spec");
    if (status == LB_OK)
        status
            = lb_json_get_string(&text, column, "expression", 1, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&text, column, "unit", 0, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&text, column, "label", 0, pointer, err);
    if (status == LB_OK)
    {
        lb_text_append(pointer, sizeof(pointer), "/at");
        lb_settings_init(at);
        status = lb_json_get_settings(at, json_object_get(column, "at"), "",
                                      pointer, err);
        lb_settings_clear(at);
    }
    if (status == LB_OK)
        t->columns[k] = lb_text_copy(name);
    return status;
}

static lb_status
read_columns(lb_table_t t, lb_error * err)
{
    const json_t * spec
        = json_object_get(json_object_get(t->json, "spec"), "columns");
    json_t * columns;
    lb_status status
        = get_member(&columns, t->json, "columns", JSON_ARRAY, "", err);

    if (status == LB_OK
        && (json_array_size(columns) == 0
            || json_array_size(columns) != json_array_size(spec)))
        status = lb_json_fail(err, "/columns", NULL,
                              "not as many columns as the spec has");
    if (status != LB_OK)
        return status;
    t->n_columns = (slong) json_array_size(columns);
    t->columns = flint_calloc((size_t) t->n_columns, sizeof(char *));
    for (slong k = 0; k < t->n_columns && status == LB_OK; k++)
        status = read_column(t, k, json_array_get(columns, (size_t) k),
                             json_array_get(spec, (size_t) k), err);
    return status;
}

static lb_status
allocate_values(lb_table_t t, lb_error * err)
{
    if (t->n_columns > WORD_MAX / t->points
        || (t->values
            = calloc((size_t) (t->points * t->n_columns), sizeof(t->values[0])))
               == NULL)
        return lb_error_set(err, LB_EMEM, "out of memory for %ld points",
                            (long) t->points);
    for (slong k = 0; k < t->points * t->n_columns; k++)
        lb_table_value_init(t->values + k);
    return LB_OK;
}

/* Everything but the rows, which t->json must not have any more. */
static lb_status
read_head(lb_table_t t, lb_error * err)
{
    lb_status status = check_head(t, err);

    if (status == LB_OK)
        status = read_axes(t, err);
    if (status == LB_OK)
        status = read_columns(t, err);
    return status == LB_OK ? allocate_values(t, err) : status;
}

/* --- rows ---------------------------------------------------------------- */

/* Rows read so far, and who is told of them. */
typedef struct
{
    slong count;
    slong point; /* of the last one, -1 if there is none */
    void (*take)(void * context, slong point, const json_t * row);
    void * context;
} row_counter;

static lb_status
read_row(lb_table_t t, row_counter * rows, const json_t * row, lb_error * err)
{
    const json_t * number = json_array_get(row, 0);
    char pointer[64] = "";
    lb_status status = LB_OK;
    slong point;

    lb_text_append(pointer, sizeof(pointer), "/rows/%ld", (long) rows->count);
    if (json_array_size(row) != (size_t) t->n_columns + 1
        || !json_is_integer(number))
        return lb_json_fail(err, pointer, NULL,
                            "a row is [POINT, VALUE, ...] with %ld values",
                            (long) t->n_columns);
    if (json_integer_value(number) <= rows->point)
        return lb_json_fail(err, pointer, NULL,
                            "point %" JSON_INTEGER_FORMAT
                            " after point %ld: points increase from row to row",
                            json_integer_value(number), (long) rows->point);
    if (json_integer_value(number) >= t->points)
        return lb_json_fail(err, pointer, NULL,
                            "there is no point %" JSON_INTEGER_FORMAT
                            ": the last one is %ld",
                            json_integer_value(number), (long) t->points - 1);
    point = (slong) json_integer_value(number);
    if (t->complete && point != rows->point + 1)
        return lb_json_fail(err, pointer, NULL, "point %ld is missing",
                            (long) rows->point + 1);
    for (slong k = 0; k < t->n_columns && status == LB_OK; k++)
    {
        char place[64] = "";

        lb_text_append(place, sizeof(place), "%s/%ld", pointer, (long) k + 1);
        status = lb_table_value_read(t->values + point * t->n_columns + k,
                                     json_array_get(row, (size_t) k + 1), place,
                                     err);
    }
    rows->count++;
    rows->point = point;
    if (status == LB_OK && rows->take != NULL)
        rows->take(rows->context, point, row);
    return status;
}

static lb_status
end_rows(const lb_table_t t, const row_counter * rows, lb_error * err)
{
    if (t->complete && rows->count < t->points)
        return lb_json_fail(err, "/rows", NULL, "point %ld is missing",
                            (long) rows->count);
    if (!t->complete && rows->count == t->points)
        return lb_json_fail(err, "/complete", NULL, "no point is missing");
    return LB_OK;
}

/* --- line by line -------------------------------------------------------- */

typedef struct
{
    FILE * stream;
    char * line; /* without white space at both ends */
    char * buffer;
    size_t room;
    long number;
} line_reader;

/* 0 at the end of the file. */
static int
next_line(line_reader * r)
{
    ssize_t n = getline(&r->buffer, &r->room, r->stream);

    if (n < 0)
        return 0;
    r->number++;
    /* no JSON: what follows a NUL must not be overlooked */
    if (strlen(r->buffer) != (size_t) n)
        strcpy(r->buffer, "?");
    n = (ssize_t) strlen(r->buffer);
    while (n > 0 && isspace((unsigned char) r->buffer[n - 1]))
        r->buffer[--n] = '\0';
    r->line = r->buffer + strspn(r->buffer, " \t");
    return 1;
}

/* The lines before the rows and the brackets that close them as JSON; NULL if
   they are none: the file is laid out differently. */
static json_t *
parse_head(line_reader * r)
{
    char * text = NULL;
    size_t size = 0;
    FILE * head = open_memstream(&text, &size);
    json_t * root = NULL;
    int found = 0;

    while (!found && ftell(head) < MAX_HEAD_BYTES && next_line(r))
    {
        found = strcmp(r->line, "\"rows\": [") == 0;
        fprintf(head, "%s\n", r->line);
    }
    fputs("]}", head);
    fclose(head);
    if (found)
        root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    free(text);
    return root;
}

/* The JSON of a row's line; NULL if there is none on it.  *last: no comma
   follows. */
static json_t *
parse_row(line_reader * r, int * last)
{
    size_t n = strlen(r->line);

    *last = n == 0 || r->line[n - 1] != ',';
    if (!*last)
        r->line[n - 1] = '\0';
    return json_loads(r->line, JSON_REJECT_DUPLICATES, NULL);
}

/* True if "] }" follows and nothing else. */
static int
ends_well(line_reader * r)
{
    int bracket = 0, brace = 0;

    do
    {
        for (const char * at = r->line; *at != '\0'; at++)
            if (*at == ']' && !bracket)
                bracket = 1;
            else if (*at == '}' && bracket && !brace)
                brace = 1;
            else if (!isspace((unsigned char) *at))
                return 0;
    } while (next_line(r));
    return brace && !ferror(r->stream);
}

/* Rows, one a line, to the end of the file.  *regular = 0: they are not, and
   nothing is said about the table. */
static lb_status
read_lines(lb_table_t t, line_reader * r, row_counter rows, int * regular,
           lb_error * err)
{
    lb_status status = LB_OK;
    int more = next_line(r), last = 1;

    *regular = more;
    /* rows, if there are any, until one without a comma */
    for (int any = more && r->line[0] == '['; any && *regular; any = !last)
    {
        json_t * row = parse_row(r, &last);

        *regular = row != NULL;
        if (*regular && status == LB_OK)
        {
            status = read_row(t, &rows, row, err);
            if (status != LB_OK && err != NULL)
            {
                err->line = r->number;
                err->column = 1;
            }
        }
        json_decref(row);
        *regular = *regular && next_line(r);
    }
    *regular = *regular && ends_well(r);
    return *regular && status == LB_OK ? end_rows(t, &rows, err) : status;
}

/* --- as a whole ---------------------------------------------------------- */

static lb_status
read_whole(lb_table_t t, const char * path, row_counter rows, lb_error * err)
{
    json_t * root = lb_json_read(path, err);
    json_t *list, *row;
    lb_status status;
    size_t k;

    if (root == NULL)
        return err->status;
    status = lb_json_check_schema(root, SCHEMA, err);
    if (status == LB_OK)
        status = get_member(&list, root, "rows", JSON_ARRAY, "", err);
    if (status != LB_OK)
    {
        json_decref(root);
        return status;
    }
    json_incref(list);
    json_object_del(root, "rows");
    t->json = root;
    status = read_head(t, err);
    if (status == LB_OK)
        json_array_foreach(list, k, row)
        {
            status = read_row(t, &rows, row, err);
            if (status != LB_OK)
                break;
        }
    json_decref(list);
    return status == LB_OK ? end_rows(t, &rows, err) : status;
}

/* --- both ---------------------------------------------------------------- */

/* *regular = 0: the file is not laid out by lines, from *line on. */
static lb_status
read_by_lines(lb_table_t t, const char * path, row_counter rows, int * regular,
              long * line, lb_error * err)
{
    line_reader r = { fopen(path, "rb"), NULL, NULL, 0, 0 };
    lb_status status = LB_OK;

    *regular = 0;
    /* what is wrong with a file that is not there, lb_json_read() says */
    if (r.stream == NULL)
        return LB_OK;
    t->json = parse_head(&r);
    if (t->json != NULL)
    {
        json_object_del(t->json, "rows");
        status = read_head(t, err);
        /* perhaps a part of the head stands behind the rows */
        *regular = status == LB_OK;
        if (status == LB_OK)
            status = read_lines(t, &r, rows, regular, err);
    }
    *line = r.number;
    free(r.buffer);
    fclose(r.stream);
    return status;
}

lb_status
lb_table_read(lb_table_t t, const char * path, lb_error * err)
{
    return lb_table_read_rows(t, path, NULL, NULL, err);
}

lb_status
lb_table_read_rows(lb_table_t t, const char * path,
                   void (*take)(void * context, slong point,
                                const json_t * row),
                   void * context, lb_error * err)
{
    row_counter none = { 0, -1, take, context };
    lb_error own, first;
    int regular;
    long line = 0;
    lb_status status;

    lb_error_clear(&own);
    lb_table_clear(t);
    status = read_by_lines(t, path, none, &regular, &line, &own);
    if (!regular)
    {
        lb_table_clear(t);
        first = own;
        lb_error_clear(&own);
        status = read_whole(t, path, none, &own);
        if (status == LB_EIO && first.status != LB_OK)
        {
            own = first;
            status = own.status;
        }
        else if (status == LB_EIO && line > 0)
            lb_error_set(&own, status = LB_EPARSE,
                         "line %ld is neither a row nor the end of a table, "
                         "and the file is too large to be read otherwise",
                         line);
    }
    if (status == LB_OK)
        t->file = lb_text_copy(path);
    else
    {
        lb_error_in(&own, path, NULL);
        lb_table_clear(t);
    }
    if (err != NULL)
        *err = own;
    return status;
}
