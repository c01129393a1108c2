/* plot/plot_panel.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/json_file.h>
#include <lindbound/plot_panel.h>
#include <lindbound/rational.h>
#include <lindbound/text.h>

/* --- numbers ------------------------------------------------------------- */

static double
double_of(const fmpq_t x)
{
    double value;
    arb_t ball;

    arb_init(ball);
    arb_set_fmpq(ball, x, 64);
    value = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
    arb_clear(ball);
    return value;
}

double
lb_plot_axis_value(const lb_table_t t, slong axis, slong k)
{
    return double_of(t->axes[axis]->values + k);
}

double
lb_plot_position(const lb_plot_scale * s, double v)
{
    if (isnan(v))
        return NAN;
    if (!s->log)
        return v;
    return v > 0 ? log10(v) : NAN;
}

double
lb_plot_value_at(const lb_plot_scale * s, double position)
{
    return s->log ? pow(10, position) : position;
}

double
lb_plot_fraction(const lb_plot_scale * s, double v)
{
    double low = lb_plot_position(s, s->low);

    return (lb_plot_position(s, v) - low)
           / (lb_plot_position(s, s->high) - low);
}

double
lb_plot_middle(const lb_table_value_struct * v)
{
    return v->known && arb_is_finite(v->ball)
               ? arf_get_d(arb_midref(v->ball), ARF_RND_NEAR)
               : NAN;
}

slong
lb_plot_point(const lb_plot_panel * p, const lb_table_t t, slong x, slong y)
{
    slong point = 0, other = p->map ? p->y : p->by;

    for (slong k = 0; k < t->n_axes; k++)
        point = point * t->axes[k]->count
                + (k == p->x    ? x
                   : k == other ? y
                                : p->at[k]);
    return point;
}

void
lb_plot_set_range(lb_plot_scale * s, double low, double high)
{
    double a = lb_plot_position(s, low), b = lb_plot_position(s, high);
    double size, pad;

    if (!isfinite(a) || !isfinite(b))
        a = b = 0; /* there is nothing to show */
    size = fmax(fabs(a), fabs(b));
    pad = 0.04 * (b - a);
    /* a constant: enclosures of one number differ by their roundings */
    if (b - a <= 1e-9 * size)
        pad = s->log ? 0.5 : size > 0 ? 0.1 * size : 1;
    a -= pad;
    b += pad;
    s->low = lb_plot_value_at(s, a);
    s->high = lb_plot_value_at(s, b);
}

/* --- reading ------------------------------------------------------------- */

/* A panel that is being read.  Once `err` holds a failure nothing is read any
   more. */
typedef struct
{
    const lb_table_struct * table;
    const json_t * object;
    char pointer[64];
    lb_error * err;
} reader;

static const char *
get_text(const reader * r, const char * key)
{
    const char * text = NULL;

    if (r->err->status == LB_OK
        && lb_json_get_string(&text, r->object, key, 0, r->pointer, r->err)
               != LB_OK)
        return NULL;
    return text;
}

/* The axis that member @p key names; -1: there is none, an error if it is
   required. */
static slong
get_axis(const reader * r, const char * key, int required)
{
    const char * name = get_text(r, key);

    if (name == NULL)
    {
        if (required && r->err->status == LB_OK)
            (void) lb_json_fail(r->err, r->pointer, NULL,
                                "the member '%s' is missing", key);
        return -1;
    }
    for (slong k = 0; k < r->table->n_axes; k++)
        if (strcmp(r->table->axes[k]->name, name) == 0)
            return k;
    (void) lb_json_fail(r->err, r->pointer, key,
                        "'%.60s' is not an axis of this table", name);
    return -1;
}

static slong
find_column(const reader * r, const char * name)
{
    for (slong k = 0; name != NULL && k < r->table->n_columns; k++)
        if (strcmp(r->table->columns[k], name) == 0)
            return k;
    (void) lb_json_fail(r->err, r->pointer, "columns",
                        "'%.60s' is not a column of this table",
                        name != NULL ? name : "?");
    return 0;
}

/* The number that @p value, below member @p key, states. */
static double
get_number(const reader * r, const json_t * value, const char * key)
{
    char * place = lb_text_print("%s/%s", r->pointer, key);
    const char * text = NULL;
    double x = NAN;
    fmpq_t exact;

    fmpq_init(exact);
    if (r->err->status == LB_OK
        && lb_json_text(&text, value, place, r->err) == LB_OK)
    {
        if (lb_rational_read(exact, text, r->err) == LB_OK)
            x = double_of(exact);
        else
            (void) lb_json_fail(r->err, r->pointer, key,
                                "'%.60s' is not an exact number", text);
    }
    fmpq_clear(exact);
    flint_free(place);
    return x;
}

static void
read_columns(lb_plot_panel * p, const reader * r)
{
    const json_t * list = json_object_get(r->object, "columns");
    slong n = (slong) json_array_size(list);

    if (n == 0)
    {
        (void) lb_json_fail(r->err, r->pointer, "columns",
                            "a list of columns is expected");
        return;
    }
    p->n_columns = n;
    p->columns = flint_calloc((size_t) n, sizeof(slong));
    p->styles = flint_calloc((size_t) n, sizeof(lb_plot_style));
    for (slong k = 0; k < n && r->err->status == LB_OK; k++)
        p->columns[k] = find_column(
            r, json_string_value(json_array_get(list, (size_t) k)));
}

static void
read_styles(lb_plot_panel * p, const reader * r)
{
    static const char * const names[] = { "line", "points", "dashes" };
    const json_t * styles = json_object_get(r->object, "style");
    const char * column;
    json_t * value;

    if (styles != NULL && (!json_is_object(styles) || p->map))
        (void) lb_json_fail(r->err, r->pointer, "style",
                            p->map ? "a map has no style"
                                   : "an object of column: style is expected");
    json_object_foreach((json_t *) styles, column, value)
    {
        const char * name = json_string_value(value);
        slong k, style = 0;

        for (k = 0; k < p->n_columns; k++)
            if (strcmp(r->table->columns[p->columns[k]], column) == 0)
                break;
        while (style < 3 && (name == NULL || strcmp(name, names[style]) != 0))
            style++;
        if (k == p->n_columns || style == 3)
        {
            (void) lb_json_fail(r->err, r->pointer, "style",
                                k == p->n_columns
                                    ? "'%.60s' is not a column of this panel"
                                    : "the style of '%.60s' must be line, "
                                      "points or dashes",
                                column);
            return;
        }
        p->styles[k] = (lb_plot_style) style;
    }
}

/* The axes across, and those that stay where they are. */
static void
read_axes(lb_plot_panel * p, const reader * r)
{
    const lb_table_struct * t = r->table;
    const json_t * at = json_object_get(r->object, "at");
    size_t fixed = 0;

    p->x = get_axis(r, "x", 1);
    p->y = p->map ? get_axis(r, "y", 1) : -1;
    p->by = p->map ? -1 : get_axis(r, "by", 0);
    if (r->err->status != LB_OK)
        return;
    if (p->x == p->y || p->x == p->by)
        (void) lb_json_fail(r->err, r->pointer, "x",
                            "two different axes are needed");
    if (at != NULL && !json_is_object(at))
        (void) lb_json_fail(r->err, r->pointer, "at",
                            "an object of axis: value is expected");
    for (slong k = 0; k < t->n_axes && r->err->status == LB_OK; k++)
    {
        const json_t * value = json_object_get(at, t->axes[k]->name);
        double x;

        if (k == p->x || k == p->y || k == p->by)
            continue;
        p->at[k] = 0;
        fixed += value != NULL;
        if (value == NULL && t->axes[k]->count == 1)
            continue;
        if (value == NULL)
        {
            (void) lb_json_fail(r->err, r->pointer, "at",
                                "the axis '%.60s' must be fixed",
                                t->axes[k]->name);
            return;
        }
        x = get_number(r, value, "at");
        while (p->at[k] < t->axes[k]->count
               && lb_plot_axis_value(t, k, p->at[k]) != x)
            p->at[k]++;
        if (p->at[k] == t->axes[k]->count)
        {
            p->at[k] = 0;
            (void) lb_json_fail(r->err, r->pointer, "at",
                                "not a value of the axis '%.60s'",
                                t->axes[k]->name);
        }
    }
    if (r->err->status == LB_OK && fixed != json_object_size(at))
        (void) lb_json_fail(r->err, r->pointer, "at",
                            "an axis that is fixed is one of the table, and "
                            "not x, y or by");
}

static void
read_logs(lb_plot_panel * p, const reader * r)
{
    const char * log = get_text(r, "log");

    if (log == NULL)
        log = "";
    if (log[strspn(log, p->map ? "xyc" : "xy")] != '\0')
        (void) lb_json_fail(r->err, r->pointer, "log",
                            p->map ? "only x, y and c can be logarithmic"
                                   : "only x and y can be logarithmic");
    p->scales[0].log = strchr(log, 'x') != NULL || r->table->axes[p->x]->log;
    if (p->map)
        p->scales[1].log
            = strchr(log, 'y') != NULL || r->table->axes[p->y]->log;
    p->value.log = strchr(log, p->map ? 'c' : 'y') != NULL;
}

static void
read_range(lb_plot_panel * p, const reader * r)
{
    const char * key = p->map ? "crange" : "yrange";
    const json_t * range = json_object_get(r->object, key);

    if (range == NULL)
        return;
    if (json_array_size(range) != 2)
    {
        (void) lb_json_fail(r->err, r->pointer, key,
                            "a list of two numbers is expected");
        return;
    }
    p->value.low = get_number(r, json_array_get(range, 0), key);
    p->value.high = get_number(r, json_array_get(range, 1), key);
    p->has_range = 1;
    if (r->err->status == LB_OK
        && (!(p->value.low < p->value.high)
            || (p->value.log && p->value.low <= 0)))
        (void) lb_json_fail(r->err, r->pointer, key,
                            p->value.log
                                ? "not an increasing range of positive numbers"
                                : "not an increasing range");
}

static void
read_marks(lb_plot_panel * p, const reader * r)
{
    static const char * const members[] = { "x", "y", "text", NULL };
    const json_t * marks = json_object_get(r->object, "mark");
    json_t * mark;
    size_t k;

    if (marks != NULL && !json_is_array(marks))
        (void) lb_json_fail(r->err, r->pointer, "mark",
                            "a list of points is expected");
    p->marks = flint_calloc(json_array_size(marks) + 1, sizeof(lb_plot_mark));
    json_array_foreach(marks, k, mark)
    {
        char place[sizeof(r->pointer) + 40] = "";
        lb_plot_mark * m = p->marks + k;

        lb_text_append(place, sizeof(place), "%s/mark/%zu", r->pointer, k);
        if (r->err->status != LB_OK
            || lb_json_check_members(mark, members, place, r->err) != LB_OK
            || lb_json_get_string(&m->text, mark, "text", 0, place, r->err)
                   != LB_OK)
            return;
        m->x = get_number(r, json_object_get(mark, "x"), "mark");
        m->y = get_number(r, json_object_get(mark, "y"), "mark");
        p->n_marks++;
    }
}

static void
read_kind(lb_plot_panel * p, const reader * r)
{
    const char *kind = get_text(r, "kind"), *palette = get_text(r, "palette");

    p->map = kind != NULL ? strcmp(kind, "map") == 0
                          : json_object_get(r->object, "y") != NULL;
    if (kind != NULL && !p->map && strcmp(kind, "curves") != 0)
        (void) lb_json_fail(r->err, r->pointer, "kind",
                            "a panel shows \"curves\" or a \"map\"");
    if (p->map && r->table->n_axes < 2)
        (void) lb_json_fail(r->err, r->pointer, "kind", "a map needs two axes");
    p->diverging = palette != NULL && strcmp(palette, "diverging") == 0;
    if (palette != NULL && !p->diverging && strcmp(palette, "sequential") != 0)
        (void) lb_json_fail(r->err, r->pointer, "palette",
                            "a palette is \"sequential\" or \"diverging\"");
}

/* From the first to the last value that the scale has; of few values, whose
   points are looked at one by one, a little beyond. */
static void
set_axis_range(lb_plot_scale * s, const lb_table_struct * t, slong axis)
{
    slong first = 0, last = t->axes[axis]->count - 1;
    double a, b, low, high;

    while (first < last
           && isnan(lb_plot_position(s, lb_plot_axis_value(t, axis, first))))
        first++;
    low = lb_plot_axis_value(t, axis, first);
    high = lb_plot_axis_value(t, axis, last);
    a = lb_plot_position(s, low);
    b = lb_plot_position(s, high);
    if (!isfinite(a) || !isfinite(b) || b <= a || last < LB_PLOT_FEW)
    {
        lb_plot_set_range(s, low, high);
        return;
    }
    s->low = low;
    s->high = high;
}

static void
read_panel(lb_plot_panel * p, const reader * r)
{
    static const char * const curves[]
        = { "kind",  "x",      "by",     "columns", "log",  "at",
            "title", "ylabel", "yrange", "style",   "mark", NULL };
    static const char * const map[]
        = { "kind",  "x",      "y",       "columns", "log", "at",
            "title", "crange", "palette", "mark",    NULL };

    if (!json_is_object(r->object))
    {
        (void) lb_json_fail(r->err, r->pointer, NULL, "a panel is an object");
        return;
    }
    read_kind(p, r);
    if (r->err->status == LB_OK
        && lb_json_check_members(r->object, p->map ? map : curves, r->pointer,
                                 r->err)
               != LB_OK)
        return;
    p->title = get_text(r, "title");
    p->ylabel = get_text(r, "ylabel");
    if (r->err->status == LB_OK)
        read_columns(p, r);
    if (r->err->status == LB_OK)
        read_axes(p, r);
    if (r->err->status == LB_OK)
        read_logs(p, r);
    if (r->err->status == LB_OK)
        read_styles(p, r);
    if (r->err->status == LB_OK)
        read_range(p, r);
    if (r->err->status == LB_OK)
        read_marks(p, r);
    if (r->err->status == LB_OK && p->map && p->n_columns != 1)
        (void) lb_json_fail(r->err, r->pointer, "columns",
                            "a map shows one column");
    if (r->err->status == LB_OK && p->map && p->diverging && p->value.log)
        (void) lb_json_fail(r->err, r->pointer, "palette",
                            "a logarithmic colour has no sign");
    if (r->err->status == LB_OK)
    {
        set_axis_range(&p->scales[0], r->table, p->x);
        if (p->map)
            set_axis_range(&p->scales[1], r->table, p->y);
    }
}

/* The panels of a table that asks for none: curves of all columns, or a map of
   each over the last two axes, at the first value of the other one. */
static json_t *
default_panels(const lb_table_t t)
{
    json_t *panels = json_array(), *columns = json_array(), *panel;

    for (slong k = 0; k < t->n_columns; k++)
    {
        json_array_append_new(columns, json_string(t->columns[k]));
        if (t->n_axes == 1)
            continue;
        panel
            = json_pack("{s:s,s:s,s:s,s:[s]}", "kind", "map", "x",
                        t->axes[t->n_axes - 2]->name, "y",
                        t->axes[t->n_axes - 1]->name, "columns", t->columns[k]);
        if (t->n_axes > 2)
            json_object_set_new(
                panel, "at",
                json_pack("{s:s}", t->axes[0]->name, t->axes[0]->texts[0]));
        json_array_append_new(panels, panel);
    }
    if (t->n_axes == 1)
        json_array_append_new(
            panels,
            json_pack("{s:s,s:O}", "x", t->axes[0]->name, "columns", columns));
    json_decref(columns);
    return panels;
}

lb_status
lb_plot_panels_read(lb_plot_panel ** panels, slong * n, const lb_table_t t,
                    const char * pointer, lb_error * err)
{
    json_t * list = json_object_get(json_object_get(t->json, "spec"), "plots");
    lb_error own;

    lb_error_clear(&own);
    if (json_array_size(list) > 0)
        json_incref(list);
    else
        list = default_panels(t);
    *n = (slong) json_array_size(list);
    *panels = flint_calloc((size_t) *n, sizeof(lb_plot_panel));
    for (slong k = 0; k < *n && own.status == LB_OK; k++)
    {
        reader r = { t, json_array_get(list, (size_t) k), "", &own };

        lb_text_append(r.pointer, sizeof(r.pointer), "%s/plots/%ld", pointer,
                       (long) k);
        read_panel(*panels + k, &r);
    }
    json_decref(list);
    if (own.status != LB_OK)
    {
        lb_error_in(&own, t->file, NULL);
        lb_plot_panels_free(*panels, *n);
        *panels = NULL;
        *n = 0;
    }
    if (err != NULL)
        *err = own;
    return own.status;
}

void
lb_plot_panels_free(lb_plot_panel * panels, slong n)
{
    for (slong k = 0; k < n; k++)
    {
        flint_free(panels[k].columns);
        flint_free(panels[k].styles);
        flint_free(panels[k].marks);
    }
    flint_free(panels);
}
