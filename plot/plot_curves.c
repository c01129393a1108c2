/* plot/plot_curves.c -- columns against an axis.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A curve is drawn by its midpoints, over a band from lo to hi.  An entry that
 * did not reach its digits is a bar from lo to hi as well, and the curve goes
 * through it only if the bar is too short to see much of it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/plot_panel.h>
#include <lindbound/plot_text.h>
#include <lindbound/text.h>

/* A longer bar, as a part of the frame, interrupts its curve. */
#define SHORT_BAR 0.01
/* About so many markers are drawn on a curve of points. */
#define MARKERS 45
/* Half the width of the end of a bar, in pixels. */
#define CAP 3
/* Pixels of the legend: a line, a character, the sample of a curve. */
#define KEY_LINE 17
#define KEY_CHARACTER 6.9
#define KEY_SAMPLE 58
#define MAX_KEY 12   /* lines */
#define KEY_WIDTH 30 /* characters of a label */
#define KEY_NAME                                                               \
    12 /* and of the label of `by`; if longer, its name is shown               \
        */
/* The end of the sequence of colours is too pale for lines. */
#define PALE 0.92

/* Okabe and Ito: told apart by the colour-blind; their yellow is too pale for a
   line. */
static const char * const colours[]
    = { "#0072b2", "#d55e00", "#009e73", "#cc79a7",
        "#e69f00", "#56b4e9", "#000000" };
#define N_COLOURS 7

/* Curves that are being written. */
typedef struct
{
    FILE * script;
    const lb_table_struct * table;
    lb_plot_panel panel; /* its scales are being set */
    const lb_plot_frame * frame;
    slong number;
    slong n_by;     /* curves of each column */
    slong n_curves; /* n_by * n_columns      */
    slong n_x;
    lb_plot_scale by; /* of the colour bar */
} curve_writer;

/* --- values -------------------------------------------------------------- */

static const lb_table_value_struct *
value_at(const curve_writer * w, slong curve, slong x)
{
    slong column = curve / w->n_by, by = curve % w->n_by;

    return lb_table_at(w->table, lb_plot_point(&w->panel, w->table, x, by),
                       w->panel.columns[column]);
}

static double
x_at(const curve_writer * w, slong x)
{
    return lb_plot_axis_value(w->table, w->panel.x, x);
}

static int
has_x(const curve_writer * w, slong x)
{
    return !isnan(lb_plot_position(&w->panel.scales[0], x_at(w, x)));
}

/* The part of the frame's height that lies between lo and hi, which are cut to
   what is shown. */
static double
clip(const curve_writer * w, double * lo, double * hi)
{
    const lb_plot_scale * s = &w->panel.value;

    *lo = fmin(fmax(*lo, s->low), s->high);
    *hi = fmin(fmax(*hi, s->low), s->high);
    return lb_plot_fraction(s, *hi) - lb_plot_fraction(s, *lo);
}

/* True if the curve goes through this entry. */
static int
is_on_curve(const curve_writer * w, slong curve, slong x)
{
    const lb_table_value_struct * v = value_at(w, curve, x);
    double lo = v->lo, hi = v->hi;

    if (!has_x(w, x)
        || isnan(lb_plot_position(&w->panel.value, lb_plot_middle(v))))
        return 0;
    return !v->undecided || clip(w, &lo, &hi) <= SHORT_BAR;
}

/* True if this entry is a bar. */
static int
is_bar(const curve_writer * w, slong curve, slong x)
{
    const lb_table_value_struct * v = value_at(w, curve, x);

    return has_x(w, x) && v->known && (v->undecided || v->one_sided);
}

/* -1, 1: the whole of a value is below, above what is shown. */
static int
is_outside(const curve_writer * w, const lb_table_value_struct * v)
{
    if (v->hi < w->panel.value.low)
        return -1;
    return v->lo > w->panel.value.high;
}

/* --- the range of values ------------------------------------------------- */

static void
widen(const lb_plot_scale * s, double * low, double * high, double v)
{
    if (isfinite(v) && isfinite(lb_plot_position(s, v)))
    {
        *low = fmin(*low, v);
        *high = fmax(*high, v);
    }
}

/* From the entries that have their digits, or, if there are none, from all. */
static void
set_value_range(curve_writer * w)
{
    lb_plot_scale * s = &w->panel.value;
    double low = INFINITY, high = -INFINITY;

    if (w->panel.has_range)
        return;
    for (int all = 0; all < 2 && low > high; all++)
        for (slong c = 0; c < w->n_curves; c++)
            for (slong x = 0; x < w->n_x; x++)
            {
                const lb_table_value_struct * v = value_at(w, c, x);

                if (!all && !v->undecided)
                    widen(s, &low, &high, lb_plot_middle(v));
                else if (all && v->known)
                {
                    widen(s, &low, &high, v->lo);
                    widen(s, &low, &high, v->hi);
                }
            }
    for (slong k = 0; low <= high && k < w->panel.n_marks; k++)
        widen(s, &low, &high, w->panel.marks[k].y);
    lb_plot_set_range(s, low, high);
}

/* --- the legend ---------------------------------------------------------- */

int
lb_plot_has_bar(const lb_plot_panel * p, const lb_table_t t)
{
    return p->by >= 0 && t->axes[p->by]->count > N_COLOURS;
}

/* Curve c has an entry of its own in the legend: where a colour bar tells the
   values of `by`, only the first of a column. */
static int
has_key(const curve_writer * w, slong c)
{
    if (w->n_curves == 1)
        return 0;
    if (lb_plot_has_bar(&w->panel, w->table))
        return w->panel.n_columns > 1 && c % w->n_by == 0;
    return 1;
}

static void
write_key_text(FILE * script, const curve_writer * w, slong curve)
{
    slong column = curve / w->n_by;
    const json_t * json
        = json_array_get(json_object_get(w->table->json, "columns"),
                         (size_t) w->panel.columns[column]);
    const char * label = json_string_value(json_object_get(json, "label"));

    if (w->n_by == 1 || w->panel.n_columns > 1)
        lb_plot_text_short(script, KEY_WIDTH,
                           label != NULL
                               ? label
                               : w->table->columns[w->panel.columns[column]]);
    if (w->n_by > 1 && !lb_plot_has_bar(&w->panel, w->table))
    {
        const lb_table_axis_struct * by = w->table->axes[w->panel.by];

        fputs(w->panel.n_columns > 1 ? ", " : "", script);
        lb_plot_text(script,
                     by->label != NULL
                             && lb_plot_text_width(by->label) <= KEY_NAME
                         ? by->label
                         : by->name);
        fprintf(script, " = %s", by->texts[curve % w->n_by]);
        if (by->unit != NULL && strcmp(by->unit, "1") != 0)
        {
            fputc(' ', script);
            lb_plot_text(script, by->unit);
        }
    }
}

/* Size of the legend as a part of the frame. */
static void
key_size(const curve_writer * w, double * width, double * height)
{
    slong lines = 0;
    int longest = 0;

    for (slong c = 0; c < w->n_curves; c++)
    {
        char * text = NULL;
        size_t size;
        FILE * stream;

        if (!has_key(w, c))
            continue;
        stream = open_memstream(&text, &size);
        write_key_text(stream, w, c);
        fclose(stream);
        longest = (int) fmax(longest, lb_plot_text_width(text));
        free(text);
        lines++;
    }
    *width = (KEY_SAMPLE + KEY_CHARACTER * longest)
             / (w->frame->right - w->frame->left);
    *height
        = (KEY_LINE * (double) lines + 16) / (w->frame->bottom - w->frame->top);
}

/* Where curves run: a grid of the frame, one byte for each field. */
#define FIELDS 64
typedef char field_map[FIELDS][FIELDS];

static void
mark_field(field_map map, double x, double y)
{
    int i = (int) floor(x * FIELDS), j = (int) floor(y * FIELDS);

    if (i >= 0 && i < FIELDS && j >= 0 && j < FIELDS)
        map[i][j] = 1;
}

static void
mark_bar(const curve_writer * w, field_map map, slong curve, slong x)
{
    const lb_table_value_struct * v = value_at(w, curve, x);
    double lo = v->lo, hi = v->hi, length = clip(w, &lo, &hi);

    for (int k = 0; k <= FIELDS; k++)
        mark_field(map, lb_plot_fraction(&w->panel.scales[0], x_at(w, x)),
                   lb_plot_fraction(&w->panel.value, lo) + length * k / FIELDS);
}

static void
mark_curves(const curve_writer * w, field_map map)
{
    memset(map, 0, sizeof(field_map));
    for (slong c = 0; c < w->n_curves; c++)
        for (slong x = 0; x < w->n_x; x++)
        {
            double u, v, before_u, before_v;

            if (is_bar(w, c, x))
                mark_bar(w, map, c, x);
            if (!is_on_curve(w, c, x))
                continue;
            u = lb_plot_fraction(&w->panel.scales[0], x_at(w, x));
            v = lb_plot_fraction(&w->panel.value,
                                 lb_plot_middle(value_at(w, c, x)));
            mark_field(map, u, v);
            if (x == 0 || !is_on_curve(w, c, x - 1))
                continue;
            before_u = lb_plot_fraction(&w->panel.scales[0], x_at(w, x - 1));
            before_v = lb_plot_fraction(&w->panel.value,
                                        lb_plot_middle(value_at(w, c, x - 1)));
            for (int k = 1; k < 2 * FIELDS; k++)
                mark_field(map, before_u + (u - before_u) * k / (2.0 * FIELDS),
                           before_v + (v - before_v) * k / (2.0 * FIELDS));
        }
}

static int
count_fields(field_map map, double left, double bottom, double width,
             double height)
{
    int n = 0;

    for (int i = 0; i < FIELDS; i++)
        for (int j = 0; j < FIELDS; j++)
            if (map[i][j] && (i + 1.0) / FIELDS > left
                && i / (double) FIELDS < left + width
                && (j + 1.0) / FIELDS > bottom
                && j / (double) FIELDS < bottom + height)
                n++;
    return n;
}

/* Puts the legend where no curve is; if there is no such place, and the range
   is free, makes room for it above the curves. */
static void
place_key(curve_writer * w)
{
    static const struct
    {
        double x, y;
        const char * name;
    } places[] = { { 1, 1, "right top" },      { 0, 1, "left top" },
                   { 1, 0, "right bottom" },   { 0, 0, "left bottom" },
                   { 0.5, 1, "center top" },   { 0.5, 0, "center bottom" },
                   { 1, 0.5, "right center" }, { 0, 0.5, "left center" } };
    lb_plot_scale * s = &w->panel.value;
    field_map map;
    double width, height;
    int best = 0, least = FIELDS * FIELDS + 1;

    key_size(w, &width, &height);
    mark_curves(w, map);
    for (int k = 0; k < 8; k++)
    {
        int n = count_fields(map, places[k].x * (1 - width),
                             places[k].y * (1 - height), width, height);

        if (n < least)
        {
            least = n;
            best = k;
        }
    }
    if (least > 0 && !w->panel.has_range && height < 0.5)
    {
        double low = lb_plot_position(s, s->low);
        double high = lb_plot_position(s, s->high);

        high += (high - low) * height / (1 - height);
        s->high = lb_plot_value_at(s, high);
        best = 0;
    }
    fprintf(w->script,
            "set key inside %s vertical Left reverse opaque samplen 2 "
            "spacing 1.1 font ',11' maxrows %d\n",
            places[best].name, MAX_KEY);
}

/* The bar that tells the values of `by`. */
static void
write_bar(curve_writer * w)
{
    slong by = w->panel.by;
    slong last = w->table->axes[by]->count - 1;

    w->by.low = lb_plot_axis_value(w->table, by, 0);
    w->by.high = lb_plot_axis_value(w->table, by, last);
    w->by.log = w->table->axes[by]->log;
    lb_plot_colour_bar(w->script, w->frame, &w->by, PALE);
    fputs("set cblabel ", w->script);
    lb_plot_axis_label(w->script, w->table, by);
    fputs(" offset 0.5,0\n", w->script);
}

/* --- data ---------------------------------------------------------------- */

/* x, middle, lo, hi of the entries on a curve; a blank line where it is
   interrupted. */
static slong
write_line(const curve_writer * w, slong curve)
{
    int open = 0;
    slong n = 0;

    fprintf(w->script, "$l%ldc%ld << EOD\n", (long) w->number, (long) curve);
    for (slong x = 0; x < w->n_x; x++)
    {
        const lb_table_value_struct * v = value_at(w, curve, x);
        double lo = v->lo, hi = v->hi;

        if (!is_on_curve(w, curve, x))
        {
            fputs(open ? "\n" : "", w->script);
            open = 0;
            continue;
        }
        (void) clip(w, &lo, &hi);
        fprintf(w->script, "%.12g %.12g %.12g %.12g\n", x_at(w, x),
                lb_plot_middle(v), lo, hi);
        open = 1;
        n++;
    }
    fputs("EOD\n", w->script);
    return n;
}

/* The entries of a curve that have no neighbour on it: no line shows them. */
static slong
write_alone(const curve_writer * w, slong curve)
{
    slong n = 0;

    fprintf(w->script, "$a%ldc%ld << EOD\n", (long) w->number, (long) curve);
    for (slong x = 0; x < w->n_x; x++)
        if (is_on_curve(w, curve, x)
            && (x == 0 || !is_on_curve(w, curve, x - 1))
            && (x == w->n_x - 1 || !is_on_curve(w, curve, x + 1)))
        {
            fprintf(w->script, "%.12g %.12g\n", x_at(w, x),
                    lb_plot_middle(value_at(w, curve, x)));
            n++;
        }
    fputs("EOD\n", w->script);
    return n;
}

/* A line of the bar at @p x, from @p x_from pixels right of it to @p x_to. */
static void
write_stroke(const curve_writer * w, double x, double x_from, double from,
             double x_to, double to)
{
    const lb_plot_scale * s = &w->panel.scales[0];
    double low = lb_plot_position(s, s->low),
           high = lb_plot_position(s, s->high);
    double pixel = (high - low) / (w->frame->right - w->frame->left);
    double at = lb_plot_position(s, x);

    fprintf(w->script, "%.12g %.12g\n%.12g %.12g\n\n",
            lb_plot_value_at(s, at + x_from * pixel), from,
            lb_plot_value_at(s, at + x_to * pixel), to);
}

/* Bars from lo to hi, with caps where they end within the frame. */
static slong
write_bars(const curve_writer * w, slong curve)
{
    slong n = 0;

    fprintf(w->script, "$b%ldc%ld << EOD\n", (long) w->number, (long) curve);
    for (slong x = 0; x < w->n_x; x++)
    {
        const lb_table_value_struct * v = value_at(w, curve, x);
        double lo = v->lo, hi = v->hi;

        if (!is_bar(w, curve, x) || is_outside(w, v) != 0)
            continue;
        (void) clip(w, &lo, &hi);
        write_stroke(w, x_at(w, x), 0, lo, 0, hi);
        if (lo == v->lo)
            write_stroke(w, x_at(w, x), -CAP, lo, CAP, lo);
        if (hi == v->hi)
            write_stroke(w, x_at(w, x), -CAP, hi, CAP, hi);
        n++;
    }
    fputs("EOD\n", w->script);
    return n;
}

/* Triangles at the edge for bars beyond it: x, y, type of the point. */
static slong
write_outside(const curve_writer * w, slong curve)
{
    const lb_plot_scale * s = &w->panel.value;
    slong n = 0;

    fprintf(w->script, "$o%ldc%ld << EOD\n", (long) w->number, (long) curve);
    for (slong x = 0; x < w->n_x; x++)
    {
        int side = is_outside(w, value_at(w, curve, x));

        if (!is_bar(w, curve, x) || side == 0)
            continue;
        fprintf(w->script, "%.12g %.12g %d\n", x_at(w, x),
                side < 0 ? s->low : s->high, side < 0 ? 11 : 9);
        n++;
    }
    fputs("EOD\n", w->script);
    return n;
}

/* --- the plot ------------------------------------------------------------ */

static void
curve_colour(const curve_writer * w, slong curve, char colour[8])
{
    slong k = w->n_by > 1 ? curve % w->n_by : curve / w->n_by;
    slong n = w->n_by > 1 ? w->n_by : w->panel.n_columns;

    colour[0] = '\0';
    if (lb_plot_has_bar(&w->panel, w->table))
        lb_plot_colour(colour, PALE
                                   * lb_plot_fraction(
                                       &w->by, lb_plot_axis_value(
                                                   w->table, w->panel.by, k)));
    else if (n <= N_COLOURS)
        lb_text_append(colour, 8, "%s", colours[k]);
    else
        lb_plot_colour(colour, PALE * (double) k / (double) (n - 1));
}

/* What a curve is drawn with. */
static void
write_style(const curve_writer * w, slong curve)
{
    slong column = curve / w->n_by;
    lb_plot_style style = w->panel.styles[column];
    char colour[8];

    curve_colour(w, curve, colour);
    if (style == LB_PLOT_POINTS)
        fprintf(w->script,
                "every %ld with points pt 6 ps %s lw 1.2 lc rgb '%s'",
                (long) ((w->n_x + MARKERS - 1) / MARKERS),
                w->n_x > MARKERS / 2 ? "0.5" : "0.8", colour);
    else
        fprintf(w->script, "with lines lw 1.8 dt %s lc rgb '%s'",
                style == LB_PLOT_DASHES          ? "(8,5)"
                : w->n_by > 1 && column % 3 == 1 ? "(8,3)"
                : w->n_by > 1 && column % 3 == 2 ? "(2,3)"
                                                 : "solid",
                colour);
}

static void
write_key_title(const curve_writer * w, slong curve)
{
    if (!has_key(w, curve))
    {
        fputs(" notitle", w->script);
        return;
    }
    fputs(" title '", w->script);
    write_key_text(w->script, w, curve);
    fputc('\'', w->script);
}

/* What is drawn of the data of a curve, after what is already there. */
static void
write_element(const curve_writer * w, int * any, char kind, slong curve)
{
    fprintf(w->script, "%s$%c%ldc%ld ", *any ? ", \\\n  " : "plot ", kind,
            (long) w->number, (long) curve);
    *any = 1;
}

static void
write_plot(const curve_writer * w)
{
    slong n = w->n_curves;
    slong * counts = flint_calloc((size_t) (4 * n), sizeof(slong));
    slong *line = counts, *alone = line + n, *bars = alone + n,
          *outside = bars + n;
    char colour[8];
    int any = 0;

    for (slong c = 0; c < n; c++)
    {
        line[c] = write_line(w, c);
        alone[c] = write_alone(w, c);
        bars[c] = write_bars(w, c);
        outside[c] = write_outside(w, c);
    }
    for (slong c = 0; c < n; c++)
        if (line[c] > 1)
        {
            curve_colour(w, c, colour);
            write_element(w, &any, 'l', c);
            fprintf(w->script,
                    "using 1:3:4 with filledcurves fillcolor rgb '%s' "
                    "fillstyle transparent solid 0.3 noborder notitle",
                    colour);
        }
    for (slong c = 0; c < n; c++)
        if (line[c] > 0)
        {
            write_element(w, &any, 'l', c);
            fputs("using 1:2 ", w->script);
            write_style(w, c);
            write_key_title(w, c);
        }
    for (slong c = 0; c < n; c++)
    {
        curve_colour(w, c, colour);
        if (alone[c] > 0 && w->panel.styles[c / w->n_by] != LB_PLOT_POINTS)
        {
            write_element(w, &any, 'a', c);
            fprintf(w->script,
                    "using 1:2 with points pt 7 ps 0.5 lc rgb '%s' "
                    "notitle",
                    colour);
        }
        if (bars[c] > 0)
        {
            write_element(w, &any, 'b', c);
            fprintf(w->script,
                    "using 1:2 with lines lw 1.2 lc rgb '%s' notitle", colour);
        }
        if (outside[c] > 0)
        {
            write_element(w, &any, 'o', c);
            fprintf(w->script,
                    "using 1:2:3 with points pt variable ps 0.5 lc rgb '%s' "
                    "notitle",
                    colour);
        }
    }
    fprintf(w->script, "%sNaN %s notitle\n", any ? ", \\\n  " : "plot ",
            lb_plot_has_bar(&w->panel, w->table) ? "with lines lc palette"
                                                 : "with lines");
    flint_free(counts);
}

static void
write_ylabel(const curve_writer * w)
{
    fputs("set ylabel ", w->script);
    if (w->panel.ylabel != NULL)
    {
        fputc('\'', w->script);
        lb_plot_text_short(w->script, LB_PLOT_LABEL, w->panel.ylabel);
        fputc('\'', w->script);
    }
    else if (w->panel.n_columns == 1)
        lb_plot_column_label(w->script, w->table, w->panel.columns[0]);
    else
        fputs("''", w->script);
    fputs(" offset 1.2,0\n", w->script);
}

void
lb_plot_curves(FILE * script, const lb_table_t t, const lb_plot_panel * p,
               const lb_plot_frame * frame, slong number)
{
    curve_writer w
        = { script,     t, *p, frame, number, 1, 0, t->axes[p->x]->count,
            { 0, 0, 0 } };

    if (p->by >= 0)
        w.n_by = t->axes[p->by]->count;
    w.n_curves = w.n_by * p->n_columns;
    set_value_range(&w);
    fputs("unset object\nunset colorbox\n"
          "set xtics in mirror\nset ytics in mirror\n"
          "set grid xtics ytics back lt 1 lw 0.5 lc rgb '#dddddd'\n",
          script);
    if (lb_plot_has_bar(p, t))
        write_bar(&w);
    if (has_key(&w, 0))
        place_key(&w);
    else
        fputs("unset key\n", script);
    lb_plot_axes(script, t, &w.panel, frame);
    write_ylabel(&w);
    write_plot(&w);
}
