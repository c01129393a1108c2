/* table/table_write.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows come one by one from the journal and go into both files at once, so that
 * a table of any size takes no memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/file_write.h>
#include <lindbound/json_file.h>
#include <lindbound/table_write.h>
#include <lindbound/text.h>

#define SCHEMA "lindbound-table-values/1"
#define ROWS "  \"rows\": ["

/* Both files, while rows are written. */
typedef struct
{
    const lb_table_spec_struct * spec;
    FILE *json, *csv;
    lb_table_summary * summary;
    int bad; /* a row is not what it should be */
} table_writer;

/* --- the head of the JSON ------------------------------------------------ */

/* Release with free. */
static char *
dump(json_t * value, size_t flags)
{
    char * text
        = json_dumps(value, flags | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);

    json_decref(value);
    return text;
}

static json_t *
provenance(const lb_table_spec_t s, const char * command, const char * version)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "command", command,
                     "lindbound", version, "flint", flint_version, "arb",
                     lb_arb_version, "spec_hash", s->spec_hash, "model_hash",
                     s->model_hash);
}

static json_t *
axis_json(const lb_table_axis_struct * axis)
{
    json_t * values = json_array();

    for (slong k = 0; k < axis->count; k++)
        json_array_append_new(values, json_string(axis->texts[k]));
    return json_pack("{s:s,s:o}", "name", axis->name, "values", values);
}

/* The definitions of a column, perhaps of its form. */
static json_t *
where_json(const lb_table_column * c)
{
    json_t * where = json_object();

    for (slong k = 0; k < c->form->n_where; k++)
        json_object_set_new(where, c->form->where[k].name,
                            json_string(c->form->where[k].expr->text));
    return where;
}

static json_t *
column_json(const lb_table_column * c, const lb_table_spec_t s)
{
    json_t * at = lb_settings_json(c->form->at);
    json_t * column = json_pack("{s:s,s:s,s:o}", "name", c->name, "expression",
                                c->expr->text, "at", at);

    /* those of its observable or form over which an axis wins */
    for (slong k = 0; k < s->n_axes; k++)
        json_object_del(at, s->axes[k]->name);
    if (c->form->n_where > 0)
        json_object_set_new(column, "where", where_json(c));
    if (c->unit != NULL)
        json_object_set_new(column, "unit", json_string(c->unit));
    if (c->label != NULL)
        json_object_set_new(column, "label", json_string(c->label));
    return column;
}

json_t *
lb_table_columns_json(const lb_table_spec_t s)
{
    json_t * columns = json_array();

    for (slong k = 0; k < s->n_columns; k++)
        json_array_append_new(columns, column_json(s->columns + k, s));
    return columns;
}

json_t *
lb_table_head_json(const lb_table_spec_t s, int complete, const char * command,
                   const char * version)
{
    json_t * axes = json_array();

    for (slong k = 0; k < s->n_axes; k++)
        json_array_append_new(axes, axis_json(s->axes[k]));
    return json_pack("{s:s,s:s,s:s,s:b,s:o,s:O,s:O,s:I,s:o,s:o}", "schema",
                     SCHEMA, "name", s->name, "version", s->version, "complete",
                     complete, "provenance", provenance(s, command, version),
                     "spec", s->json, "model", s->model_json, "points",
                     (json_int_t) s->points, "axes", axes, "columns",
                     lb_table_columns_json(s));
}

/* The member @p name of @p head, a list, its elements on a line each. */
static void
write_list(FILE * stream, const json_t * head, const char * name)
{
    const json_t * list = json_object_get(head, name);
    size_t n = json_array_size(list);

    fprintf(stream, ",\n  \"%s\": [\n", name);
    for (size_t k = 0; k < n; k++)
    {
        char * text = dump(json_incref(json_array_get(list, k)), 0);

        fprintf(stream, "    %s%s\n", text, k + 1 < n ? "," : "");
        free(text);
    }
    fputs("  ]", stream);
}

static void
write_head(FILE * stream, const lb_table_spec_t s, int complete,
           const char * command, const char * version)
{
    json_t * head = lb_table_head_json(s, complete, command, version);
    json_t * first = json_copy(head);
    char * text;

    json_object_del(first, "axes");
    json_object_del(first, "columns");
    text = dump(first, JSON_INDENT(2));
    /* without the brace that ends it */
    fwrite(text, 1, strlen(text) - strlen("\n}"), stream);
    free(text);
    write_list(stream, head, "axes");
    write_list(stream, head, "columns");
    json_decref(head);
    fputs(",\n" ROWS, stream);
}

/* --- the CSV ------------------------------------------------------------- */

/* "# NAME: TEXT", on one line. */
static void
write_comment(FILE * stream, const char * name, const char * text)
{
    fprintf(stream, "# %s: ", name);
    for (; *text != '\0'; text++)
        fputc((unsigned char) *text < ' ' ? ' ' : *text, stream);
    fputc('\n', stream);
}

void
lb_table_write_csv_head(FILE * stream, const lb_table_spec_t s,
                        const char * command)
{
    const json_t * notes = json_object_get(s->json, "notes");
    const json_t * note;
    size_t k;

    if (s->title != NULL)
        write_comment(stream, "title", s->title);
    if (s->source != NULL)
        write_comment(stream, "source", s->source);
    json_array_foreach(notes, k, note) if (json_is_string(note))
        write_comment(stream, "note", json_string_value(note));
    write_comment(stream, "command", command);
    write_comment(stream, "spec", s->spec_hash);
    write_comment(stream, "model", s->model_hash);
    for (slong a = 0; a < s->n_axes; a++)
        fprintf(stream, "%s%s", a > 0 ? "," : "", s->axes[a]->name);
    for (slong c = 0; c < s->n_columns; c++)
    {
        const char * name = s->columns[c].name;

        fprintf(stream, ",%s,%s_radius,%s_digits,%s_level", name, name, name,
                name);
    }
    fputc('\n', stream);
}

/* "[m +/- r]" as m,r; "[+/- r]" as 0,r; an exact "m" as m,0; a bound "<= x" as
   <= x,inf. */
static void
write_ball(FILE * stream, const char * ball)
{
    const char * plus_minus = strstr(ball, "+/- ");
    int middle;

    if (ball[0] != '[' || plus_minus == NULL)
    {
        fprintf(stream, ",%s,%s", ball, strchr("<>", ball[0]) ? "inf" : "0");
        return;
    }
    middle = (int) (plus_minus - ball) - 2; /* without bracket and blank */
    fprintf(stream, ",%.*s,%.*s", middle > 0 ? middle : 1,
            middle > 0 ? ball + 1 : "0", (int) strlen(plus_minus + 4) - 1,
            plus_minus + 4);
}

/* --- rows ---------------------------------------------------------------- */

int
lb_table_write_csv_row(FILE * stream, const lb_table_spec_t s, slong point,
                       const json_t * row)
{
    int undecided = 0;

    if (json_array_size(row) != (size_t) s->n_columns + 1)
        return -1;
    for (slong a = 0; a < s->n_axes; a++)
        fprintf(stream, "%s%s", a > 0 ? "," : "",
                s->axes[a]->texts[lb_table_axis_index(s, a, point)]);
    for (slong c = 0; c < s->n_columns; c++)
    {
        const json_t * entry = json_array_get(row, (size_t) c + 1);
        const char *ball, *level;
        json_int_t digits;
        int marked = json_object_get(entry, "undecided") != NULL;

        if (json_unpack((json_t *) entry, "{s:s,s:I,s:s}", "ball", &ball,
                        "digits", &digits, "level", &level)
            != 0)
            return -1;
        write_ball(stream, ball);
        fprintf(stream, ",%ld,%s", (long) digits, marked ? "undecided" : level);
        undecided += marked;
    }
    fputc('\n', stream);
    return undecided;
}

static int
write_row(void * context, slong point, const char * text)
{
    table_writer * w = context;
    json_t * row = json_loads(text, 0, NULL);
    int undecided = lb_table_write_csv_row(w->csv, w->spec, point, row);

    if (undecided < 0)
        w->bad = 1;
    else
    {
        fprintf(w->json, "%s\n    %s", w->summary->points > 0 ? "," : "", text);
        w->summary->undecided += undecided;
        w->summary->points++;
        w->summary->entries += w->spec->n_columns;
    }
    json_decref(row);
    return w->bad || ferror(w->json) || ferror(w->csv);
}

static lb_status
write_both(lb_file_t json, lb_file_t csv, const lb_table_spec_t s,
           lb_table_journal * j, const char * command, const char * version,
           lb_table_summary * summary, lb_error * err)
{
    table_writer w = { s, json->stream, csv->stream, summary, 0 };
    int complete = lb_table_journal_length(j) == s->points;
    lb_status status;

    write_head(json->stream, s, complete, command, version);
    lb_table_write_csv_head(csv->stream, s, command);
    status = lb_table_journal_rows(j, write_row, &w, err);
    if (status == LB_OK && w.bad)
        status = lb_error_set(err, LB_EIO,
                              "a row of the journal is not one of this table");
    fputs("\n  ]\n}\n", json->stream);
    return status;
}

lb_status
lb_table_write(lb_table_summary * summary, const char * base,
               const lb_table_spec_t s, lb_table_journal * j,
               const char * command, const char * version, lb_error * err)
{
    char * json_path = lb_text_print("%s.json", base);
    char * csv_path = lb_text_print("%s.csv", base);
    lb_file_t json, csv;
    lb_status status;

    memset(summary, 0, sizeof(*summary));
    /* alone: the journal is locked */
    status = lb_file_begin(json, json_path, 1, err);
    if (status == LB_OK)
    {
        status = lb_file_begin(csv, csv_path, 1, err);
        if (status != LB_OK)
            lb_file_drop(json);
    }
    flint_free(json_path);
    flint_free(csv_path);
    if (status != LB_OK)
        return status;

    /* neither has its name before both are on disk */
    status = write_both(json, csv, s, j, command, version, summary, err);
    if (status == LB_OK)
        status = lb_file_sync(json, err);
    if (status == LB_OK)
        status = lb_file_sync(csv, err);
    if (status == LB_OK)
        status = lb_file_finish(json, err);
    else
        lb_file_drop(json);
    if (status == LB_OK)
        status = lb_file_finish(csv, err);
    else
        lb_file_drop(csv);
    return status;
}

/* --- a table that is there ----------------------------------------------- */

/* The text before the rows, closed; NULL if there are none.  Release with
   flint_free. */
static char *
read_head(FILE * stream)
{
    char *line = NULL, *head = lb_text_copy("");
    size_t room = 0, size = 0;
    ssize_t n;

    while ((n = getline(&line, &room, stream)) > 0)
    {
        head = flint_realloc(head, size + (size_t) n + 8);
        memcpy(head + size, line, (size_t) n);
        size += (size_t) n;
        if (strncmp(line, ROWS, strlen(ROWS)) == 0)
            break;
    }
    free(line);
    if (n <= 0)
    {
        flint_free(head);
        return NULL;
    }
    strcpy(head + size - (size_t) n + strlen(ROWS), "]}");
    return head;
}

int
lb_table_is_of(const char * path, const lb_table_spec_t s)
{
    FILE * stream = fopen(path, "r");
    char * head = stream != NULL ? read_head(stream) : NULL;
    json_t * root = head != NULL ? json_loads(head, 0, NULL) : NULL;
    const char *schema, *spec;
    int same = json_unpack(root, "{s:s,s:{s:s}}", "schema", &schema,
                           "provenance", "spec_hash", &spec)
                   == 0
               && strcmp(schema, SCHEMA) == 0
               && strcmp(spec, s->spec_hash) == 0;

    if (stream != NULL)
        fclose(stream);
    flint_free(head);
    json_decref(root);
    return same;
}
