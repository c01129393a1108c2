/* report/report_tables.c -- the tables of a report.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <mpfr.h>

#include <lindbound/file_read.h>
#include <lindbound/report_internal.h>
#include <lindbound/table_hash.h>
#include <lindbound/table_read.h>
#include <lindbound/text.h>

/* --- read ---------------------------------------------------------------- */

/* A double in decimal, not above it (or not below it): proved bounds stay
   bounds. */
static json_t *
bound_json(double x, int up)
{
    char text[40];
    mpfr_t t;

    mpfr_init2(t, 53);
    mpfr_set_d(t, x, MPFR_RNDN);
    mpfr_snprintf(text, sizeof(text), up ? "%.6RUg" : "%.6RDg", t);
    mpfr_clear(t);
    return json_string(text);
}

static void
count_level(json_t * levels, const char * level)
{
    const json_t * so_far = json_object_get(levels, level);

    json_object_set_new(levels, level,
                        json_integer(json_integer_value(so_far) + 1));
}

/* Bounds of all values of a column, and how many there are of each level. */
static json_t *
column_facts(long * undecided, const lb_table_t t, slong column)
{
    double lo = INFINITY, hi = -INFINITY;
    json_t * levels = json_object();

    for (slong p = 0; p < t->points; p++)
    {
        const lb_table_value_struct * v = lb_table_at(t, p, column);

        if (!v->known)
            continue;
        lo = fmin(lo, v->lo);
        hi = fmax(hi, v->hi);
        count_level(levels, lb_table_level_str(v->level));
        *undecided += v->undecided;
    }
    return json_pack("{s:o,s:o,s:o}", "lo", bound_json(lo, 0), "hi",
                     bound_json(hi, 1), "levels", levels);
}

/* The rows that the page shows: evenly spread over those there are. */
typedef struct
{
    slong known, shown;
    slong seen; /* rows told of so far */
    slong last; /* point, -1: none     */
    json_t * rows;
} choice;

/* The place of the k-th row shown among those there are: first and last, too.
 */
static slong
place(const choice * c, slong k)
{
    return c->shown > 1 ? k * (c->known - 1) / (c->shown - 1) : 0;
}

static void
take_row(void * context, slong point, const json_t * row)
{
    choice * c = context;
    slong taken;

    if (point <= c->last) /* the file is read anew */
    {
        json_array_clear(c->rows);
        c->seen = 0;
    }
    c->last = point;
    taken = (slong) json_array_size(c->rows);
    if (taken < c->shown && c->seen == place(c, taken))
        json_array_append(c->rows, (json_t *) row);
    c->seen++;
}

static slong
known_points(const lb_table_t t)
{
    slong known = 0;

    for (slong p = 0; p < t->points; p++)
        known += t->n_columns > 0 && lb_table_at(t, p, 0)->known;
    return known;
}

/* The file's name without its folder. */
static const char *
base_name(const char * path)
{
    const char * slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* The text of BASE.svg beside BASE.json; null: there is none. */
static lb_status
read_picture(json_t ** svg, const char * path, lb_error * err)
{
    char * file = lb_text_print("%.*s.svg", (int) strlen(path) - 5, path);
    lb_status status = LB_OK;
    char * text = NULL;
    size_t size;

    *svg = NULL;
    if (access(file, F_OK) != 0)
        *svg = json_null();
    else if ((status = lb_file_read(&text, &size, file, err)) == LB_OK)
    {
        *svg = json_string(text);
        if (*svg == NULL)
        {
            status = lb_error_set(err, LB_EPARSE, "not UTF-8");
            lb_error_in(err, file, NULL);
        }
    }
    flint_free(text);
    flint_free(file);
    return status;
}

/* What the page needs of the table @p t, without its rows. */
static json_t *
summary(const lb_table_t t, const char * path, const char * hash, slong known)
{
    json_t *table = json_object(), *head = json_copy(t->json);
    json_t * facts = json_array();
    long undecided = 0;

    for (slong c = 0; c < t->n_columns; c++)
        json_array_append_new(facts, column_facts(&undecided, t, c));
    json_object_del(head, "model");
    json_object_set_new(table, "file", json_string(base_name(path)));
    json_object_set_new(table, "hash", json_sprintf("sha256:%s", hash));
    json_object_set_new(table, "known", json_integer(known));
    json_object_set_new(table, "undecided", json_integer(undecided));
    json_object_set_new(table, "facts", facts);
    json_object_set_new(table, "head", head);
    return table;
}

json_t *
lb_report_table(const char * path, lb_error * err)
{
    json_t *svg = NULL, *table = NULL;
    choice c = { .last = -1, .rows = json_array() };
    lb_status status;
    lb_hash hash;
    lb_table_t t;

    lb_table_init(t);
    status = lb_table_read(t, path, err);
    if (status == LB_OK)
        status = lb_hash_file(hash, path, err);
    if (status == LB_OK)
        status = read_picture(&svg, path, err);
    if (status == LB_OK)
    {
        c.known = known_points(t);
        c.shown = FLINT_MIN(FLINT_MIN(c.known, LB_REPORT_ROWS),
                            FLINT_MAX(2, LB_REPORT_VALUES / t->n_columns));
        table = summary(t, path, hash, c.known);
        json_object_set_new(table, "svg", svg);
        lb_table_clear(t);
        lb_table_init(t);
        status = lb_table_read_rows(t, path, take_row, &c, err);
        json_object_set(table, "rows", c.rows);
    }
    if (status != LB_OK)
    {
        json_decref(table);
        table = NULL;
    }
    json_decref(c.rows);
    lb_table_clear(t);
    return table;
}

const char *
lb_report_table_model(const json_t * table)
{
    const json_t * head = json_object_get(table, "head");
    const json_t * spec = json_object_get(head, "spec");

    return json_string_value(json_object_get(spec, "model"));
}

/* --- pictures ------------------------------------------------------------ */

/* The width that the picture's own units mean; 720 if it does not say. */
static long
picture_width(const char * svg)
{
    const char * box = strstr(svg, "viewBox=\"");
    double width = 0;

    if (box == NULL || sscanf(box, "viewBox=\"%*f %*f %lf", &width) != 1
        || !(width >= 1 && width <= 10000))
        return 720;
    return (long) width;
}

lb_status
lb_report_pictures(FILE * page, const json_t * tables, lb_error * err)
{
    lb_status status = LB_OK;
    const json_t * table;
    char prefix[24];
    size_t t;

    json_array_foreach(tables, t, table)
    {
        const json_t * svg = json_object_get(table, "svg");
        const json_t * head = json_object_get(table, "head");
        const json_t * spec = json_object_get(head, "spec");

        if (!json_is_string(svg))
            continue;
        lb_html(page,
                "<figure><div class=\"picture\" role=\"img\" "
                "aria-label=\"%s\">\n",
                lb_report_string(spec, "title"));
        lb_html(page, "<div style=\"width: %ldpx\">\n",
                picture_width(json_string_value(svg)));
        snprintf(prefix, sizeof(prefix), "p%lu-", (unsigned long) t);
        status = lb_html_svg(page, json_string_value(svg), prefix, err);
        if (status != LB_OK)
        {
            lb_error_in(err, lb_report_string(table, "file"), NULL);
            return status;
        }
        fputs("</div></div><figcaption><a href=\"#", page);
        lb_html_id(page, "table", lb_report_string(head, "name"), NULL);
        lb_html(page, "\">%s</a>. <span class=\"source\">%s</span>",
                lb_report_string(spec, "title"),
                lb_report_string(spec, "source"));
        fputs("</figcaption></figure>\n", page);
    }
    return status;
}

/* --- columns ------------------------------------------------------------- */

/* " where x = y, z = 1" */
static void
column_names(FILE * page, const json_t * names, const char * between)
{
    const char * name;
    const json_t * text;

    json_object_foreach((json_t *) names, name, text)
    {
        lb_html(page, "%s<code>%s = %s</code>", between, name,
                json_string_value(text));
        between = ", ";
    }
}

/* "expression where x = y at z = 1" */
static void
column_definition(FILE * page, const json_t * column)
{
    lb_html(page, "<code>%s</code>", lb_report_string(column, "expression"));
    column_names(page, json_object_get(column, "where"), " where ");
    column_names(page, json_object_get(column, "at"), " at ");
}

static void
column_levels(FILE * page, const json_t * levels)
{
    const char * between = "";
    const char * level;
    const json_t * n;

    json_object_foreach((json_t *) levels, level, n)
    {
        lb_html(page, "%s%s (%ld)", between, level,
                (long) json_integer_value(n));
        between = ", ";
    }
}

static void
put_columns(FILE * page, const json_t * table)
{
    const json_t * columns
        = json_object_get(json_object_get(table, "head"), "columns");
    const json_t *column, *facts;
    size_t c;

    fputs("<div class=\"box\"><table class=\"columns\"><thead><tr>"
          "<th>column</th><th>is</th><th>unit</th><th>levels</th>"
          "<th>all values in</th></tr></thead><tbody>\n",
          page);
    json_array_foreach(columns, c, column)
    {
        facts = json_array_get(json_object_get(table, "facts"), c);
        lb_html(page, "<tr><th scope=\"row\">%s</th><td>",
                lb_report_string(column, "name"));
        lb_html(page, "%s ", lb_report_string(column, "label"));
        column_definition(page, column);
        lb_html(page, "</td><td>%s</td><td>", lb_report_string(column, "unit"));
        column_levels(page, json_object_get(facts, "levels"));
        lb_html(page, "</td><td>[%s, %s]</td></tr>\n",
                lb_report_string(facts, "lo"), lb_report_string(facts, "hi"));
    }
    fputs("</tbody></table></div>\n", page);
}

/* --- rows ---------------------------------------------------------------- */

static void
put_header(FILE * page, const json_t * head)
{
    const json_t * spec_axes
        = json_object_get(json_object_get(head, "spec"), "axes");
    const json_t * item;
    const char * unit;
    size_t k;

    fputs("<thead><tr>", page);
    json_array_foreach(json_object_get(head, "axes"), k, item)
    {
        unit = lb_report_string(json_array_get(spec_axes, k), "unit");
        lb_html(page, "<th>%s", lb_report_string(item, "name"));
        if (unit[0] != '\0')
            lb_html(page, " <small>/ %s</small>", unit);
        fputs("</th>", page);
    }
    json_array_foreach(json_object_get(head, "columns"), k, item)
    {
        lb_html(page, "<th>%s</th>", lb_report_string(item, "name"));
    }
    fputs("<th>exact</th></tr></thead><tbody>\n", page);
}

/* The axes' values at @p point: the last axis is the fastest. */
static void
put_point(FILE * page, const json_t * axes, size_t point)
{
    size_t after = 1, length;
    const json_t * values;

    for (size_t k = 1; k < json_array_size(axes); k++)
        after *= json_array_size(
            json_object_get(json_array_get(axes, k), "values"));
    for (size_t k = 0; k < json_array_size(axes); k++)
    {
        values = json_object_get(json_array_get(axes, k), "values");
        length = json_array_size(values);
        lb_html(
            page, "<th scope=\"row\">%s</th>",
            json_string_value(json_array_get(values, point / after % length)));
        if (k + 1 < json_array_size(axes))
            after /= json_array_size(
                json_object_get(json_array_get(axes, k + 1), "values"));
    }
}

static void
put_row(FILE * page, const json_t * head, const json_t * row)
{
    const json_t * columns = json_object_get(head, "columns");
    size_t n = json_array_size(columns);
    const char * undecided;

    fputs("<tr>", page);
    put_point(page, json_object_get(head, "axes"),
              (size_t) json_integer_value(json_array_get(row, 0)));
    for (size_t c = 1; c <= n; c++)
    {
        fputs("<td>", page);
        lb_report_value(page, json_array_get(row, c));
        undecided = lb_report_string(json_array_get(row, c), "undecided");
        if (undecided[0] != '\0')
            lb_html(page, "<b class=\"v UNDECIDED\" title=\"%s\">UNDECIDED</b>",
                    undecided);
        fputs("</td>", page);
    }
    fputs("<td><details><summary>exact</summary><dl>", page);
    for (size_t c = 1; c <= n; c++)
        lb_report_exact(
            page, lb_report_string(json_array_get(columns, c - 1), "name"),
            json_array_get(row, c));
    fputs("</dl></details></td></tr>\n", page);
}

static void
put_rows(FILE * page, const json_t * table)
{
    const json_t * head = json_object_get(table, "head");
    const json_t * rows = json_object_get(table, "rows");
    size_t k;
    const json_t * row;

    lb_html(page, "<div class=\"box rows\"><table class=\"grid\">");
    put_header(page, head);
    json_array_foreach(rows, k, row)
    {
        put_row(page, head, row);
    }
    fputs("</tbody></table></div>\n", page);
}

/* --- tables -------------------------------------------------------------- */

static void
put_notes(FILE * page, const json_t * spec)
{
    const json_t * note;
    size_t k;

    json_array_foreach(json_object_get(spec, "notes"), k, note)
    {
        lb_html(page, "<br>%s", json_string_value(note));
    }
}

/* How many points there are, are known, are shown. */
static void
put_extent(FILE * page, const json_t * table)
{
    const json_t * head = json_object_get(table, "head");
    long points = (long) json_integer_value(json_object_get(head, "points"));
    long known = (long) json_integer_value(json_object_get(table, "known"));
    long undecided
        = (long) json_integer_value(json_object_get(table, "undecided"));
    long shown = (long) json_array_size(json_object_get(table, "rows"));

    lb_html(page, "<p>%ld points", points);
    if (known < points)
        lb_html(page, ", of which %ld are known: NOT COMPLETE", known);
    if (shown < known)
        lb_html(page, "; %ld of them, evenly spread, are shown here", shown);
    if (undecided > 0)
        lb_html(page, ". Values without their digits: %ld", undecided);
    lb_html(page, ". The whole table: <code>%s</code>, <code>%s</code>.</p>\n",
            lb_report_string(table, "file"), lb_report_string(table, "hash"));
}

static void
put_commands(FILE * page, const json_t * table)
{
    const json_t * head = json_object_get(table, "head");
    const json_t * provenance = json_object_get(head, "provenance");

    lb_html(page,
            "<p class=\"source\">Made by <code>%s</code>, version %s of the "
            "data, lindbound %s, FLINT %s, Arb %s. Proved once more by "
            "<code>lindbound table --check %s</code>.<br>Spec "
            "<code>%s</code>, model <code>%s</code>.</p>\n",
            lb_report_string(provenance, "command"),
            lb_report_string(head, "version"),
            lb_report_string(provenance, "lindbound"),
            lb_report_string(provenance, "flint"),
            lb_report_string(provenance, "arb"),
            lb_report_string(table, "file"),
            lb_report_string(provenance, "spec_hash"),
            lb_report_string(provenance, "model_hash"));
}

void
lb_report_tables(FILE * page, const json_t * tables)
{
    const json_t * table;
    size_t t;

    json_array_foreach(tables, t, table)
    {
        const json_t * head = json_object_get(table, "head");
        const json_t * spec = json_object_get(head, "spec");

        fputs("<section><h3 id=\"", page);
        lb_html_id(page, "table", lb_report_string(head, "name"), NULL);
        lb_html(page, "\"><code>%s</code> %s</h3>\n<p class=\"source\">%s",
                lb_report_string(head, "name"), lb_report_string(spec, "title"),
                lb_report_string(spec, "source"));
        put_notes(page, spec);
        fputs("</p>\n", page);
        put_extent(page, table);
        put_columns(page, table);
        put_rows(page, table);
        put_commands(page, table);
        fputs("</section>\n", page);
    }
}
