/* table/report_tables.c -- the tables of a report.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <mpfr.h>

#include <lindbound/file_read.h>
#include <lindbound/json_file.h>
#include <lindbound/report_internal.h>
#include <lindbound/table_hash.h>
#include <lindbound/text.h>

/* --- read ---------------------------------------------------------------- */

/* What a column holds, over all its values. */
typedef struct
{
    double lo, hi;   /* contain all of them */
    json_t * levels; /* level: how many   */
} column_facts;

static double
bound(const json_t * value, const char * key, double otherwise)
{
    const char * text = lb_report_string(value, key);

    return text[0] != '\0' ? strtod(text, NULL) : otherwise;
}

static void
count_level(json_t * levels, const char * level)
{
    const json_t * so_far = json_object_get(levels, level);

    json_object_set_new(levels, level,
                        json_integer(json_integer_value(so_far) + 1));
}

/* Returns 1 if the value is undecided. */
static int
add_value(column_facts * facts, const json_t * value)
{
    facts->lo = fmin(facts->lo, bound(value, "lo", -INFINITY));
    facts->hi = fmax(facts->hi, bound(value, "hi", INFINITY));
    count_level(facts->levels, lb_report_string(value, "level"));
    return json_object_get(value, "undecided") != NULL;
}

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

static json_t *
columns_json(const json_t * rows, size_t n, long * undecided)
{
    json_t * columns = json_array();
    const json_t * row;
    column_facts facts;
    size_t k;

    *undecided = 0;
    for (size_t c = 1; c <= n; c++)
    {
        facts.lo = INFINITY;
        facts.hi = -INFINITY;
        facts.levels = json_object();
        json_array_foreach(rows, k, row)
        {
            *undecided += add_value(&facts, json_array_get(row, c));
        }
        json_array_append_new(columns, json_pack("{s:o,s:o,s:o}", "lo",
                                                 bound_json(facts.lo, 0), "hi",
                                                 bound_json(facts.hi, 1),
                                                 "levels", facts.levels));
    }
    return columns;
}

/* Rows that are spread evenly over all, the first and the last among them. */
static json_t *
spread_rows(const json_t * rows, size_t columns)
{
    size_t n = json_array_size(rows), most = LB_REPORT_ROWS;
    json_t * some = json_array();

    if (columns > 0 && LB_REPORT_VALUES / columns < most)
        most = LB_REPORT_VALUES / columns > 2 ? LB_REPORT_VALUES / columns : 2;
    if (most > n)
        most = n;
    for (size_t k = 0; k < most; k++)
        json_array_append(
            some,
            json_array_get(rows, most > 1 ? k * (n - 1) / (most - 1) : 0));
    return some;
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

/* "sha256:..." of the file; NULL on failure. */
static json_t *
hash_json(const char * path, lb_error * err)
{
    json_t * hash = NULL;
    lb_hash digits;
    char * text;
    size_t size;

    if (lb_file_read(&text, &size, path, err) == LB_OK)
    {
        lb_hash_bytes(digits, text, size);
        hash = json_sprintf("sha256:%s", digits);
    }
    flint_free(text);
    return hash;
}

/* What the page needs of the table @p json, which is cut down. */
static json_t *
cut_down(json_t * json, const char * path, json_t * hash, json_t * svg)
{
    const json_t * rows = json_object_get(json, "rows");
    size_t n = json_array_size(json_object_get(json, "columns"));
    json_t * table = json_object();
    json_t * columns;
    long undecided;

    columns = columns_json(rows, n, &undecided);
    json_object_set_new(table, "file", json_string(base_name(path)));
    json_object_set_new(table, "hash", hash);
    json_object_set_new(table, "svg", svg);
    json_object_set_new(table, "known", json_integer(json_array_size(rows)));
    json_object_set_new(table, "undecided", json_integer(undecided));
    json_object_set_new(table, "facts", columns);
    json_object_set_new(table, "rows", spread_rows(rows, n));
    json_object_del(json, "rows");
    json_object_del(json, "model");
    json_object_set(table, "head", json);
    return table;
}

json_t *
lb_report_table(const char * path, lb_error * err)
{
    json_t *json, *hash, *svg = NULL, *table = NULL;

    json = lb_json_read(path, err);
    hash = json != NULL ? hash_json(path, err) : NULL;
    if (hash == NULL || read_picture(&svg, path, err) != LB_OK)
        json_decref(hash);
    else
        table = cut_down(json, path, hash, svg);
    json_decref(json);
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

static void
put_notes(FILE * page, const json_t * spec)
{
    const json_t * note;
    size_t k;

    json_array_foreach(json_object_get(spec, "notes"), k, note)
    {
        lb_html(page, ". %s", json_string_value(note));
    }
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
        snprintf(prefix, sizeof(prefix), "p%lu-", (unsigned long) t);
        status = lb_html_svg(page, json_string_value(svg), prefix, err);
        if (status != LB_OK)
        {
            lb_error_in(err, lb_report_string(table, "file"), NULL);
            return status;
        }
        fputs("</div><figcaption><a href=\"#", page);
        lb_html_id(page, "table", lb_report_string(head, "name"), NULL);
        lb_html(page, "\">%s</a>. <span class=\"source\">%s</span>",
                lb_report_string(spec, "title"),
                lb_report_string(spec, "source"));
        put_notes(page, spec);
        fputs("</figcaption></figure>\n", page);
    }
    return status;
}

/* --- columns ------------------------------------------------------------- */

/* "name = expression at x = y" */
static void
column_definition(FILE * page, const json_t * column)
{
    const char * between = " at ";
    const char * name;
    const json_t * text;

    lb_html(page, "<code>%s</code>", lb_report_string(column, "expression"));
    json_object_foreach((json_t *) json_object_get(column, "at"), name, text)
    {
        lb_html(page, "%s<code>%s = %s</code>", between, name,
                json_string_value(text));
        between = ", ";
    }
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
