/* plot/plot_axes.c -- what curves and maps share: scales, tics, labels, marks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/plot_panel.h>
#include <lindbound/plot_text.h>
#include <lindbound/text.h>

/* --- labels -------------------------------------------------------------- */

/* @p label, or @p name, and the unit if it is one. */
static void
write_label(FILE * script, const char * label, const char * name,
            const char * unit)
{
    const char * shown = label != NULL ? label : name;
    char * text = unit == NULL || unit[0] == '\0' || strcmp(unit, "1") == 0
                      ? lb_text_copy(shown)
                      : lb_text_print("%s (%s)", shown, unit);

    fputc('\'', script);
    lb_plot_text_short(script, LB_PLOT_LABEL, text);
    fputc('\'', script);
    flint_free(text);
}

void
lb_plot_column_label(FILE * script, const lb_table_t t, slong k)
{
    const json_t * column
        = json_array_get(json_object_get(t->json, "columns"), (size_t) k);

    write_label(script, json_string_value(json_object_get(column, "label")),
                t->columns[k],
                json_string_value(json_object_get(column, "unit")));
}

void
lb_plot_axis_label(FILE * script, const lb_table_t t, slong axis)
{
    write_label(script, t->axes[axis]->label, t->axes[axis]->name,
                t->axes[axis]->unit);
}

/* --- tics ---------------------------------------------------------------- */

/* 1, 2 and 5 in every decade of a scale that has few decades. */
static void
write_few_tics(FILE * script, const char * axis, const lb_plot_scale * s)
{
    static const int steps[] = { 1, 2, 5 };
    int first = (int) floor(log10(s->low)), n = 0;

    fprintf(script, "set %stics (", axis);
    for (int decade = first; pow(10, decade) <= s->high; decade++)
        for (int k = 0; k < 3; k++)
        {
            double v = steps[k] * pow(10, decade);

            if (v >= s->low * (1 - 1e-9) && v <= s->high * (1 + 1e-9))
                fprintf(script, "%s%.12g", n++ > 0 ? "," : "", v);
        }
    fputs(")\n", script);
}

void
lb_plot_tics(FILE * script, const char * axis, const lb_plot_scale * s)
{
    double decades = s->log ? log10(s->high / s->low) : 0;

    fprintf(script, "unset logscale %s\n", axis);
    fprintf(script, "set %srange [%.12g:%.12g]\n", axis, s->low, s->high);
    fprintf(script, "set %stics autofreq\nset m%stics default\n", axis, axis);
    fprintf(script, "set format %s '%%h'\n", axis);
    if (!s->log)
        return;
    fprintf(script, "set logscale %s\n", axis);
    if (decades >= 0.8 && decades < 2.5)
        write_few_tics(script, axis, s);
    else if (decades >= 2.5)
        fprintf(script,
                "set format %s '10^{%%T}'\nset %stics %.12g\n"
                "set m%stics %d\n",
                axis, axis, pow(10, ceil(decades / 7)), axis,
                decades > 7 ? 1 : 10);
}

/* --- frame and marks ----------------------------------------------------- */

static void
write_margins(FILE * script, const lb_plot_frame * f)
{
    fprintf(script, "set lmargin at screen %.6f\n", f->left / f->width);
    fprintf(script, "set rmargin at screen %.6f\n", f->right / f->width);
    fprintf(script, "set tmargin at screen %.6f\n", 1 - f->top / f->height);
    fprintf(script, "set bmargin at screen %.6f\n", 1 - f->bottom / f->height);
}

/* A mark in pixels, and its text beside it. */
typedef struct
{
    double x, y;
    double left, right; /* of the text */
} placed_mark;

/* Pixels of a character, and of a line, of a mark's text. */
#define MARK_CHARACTER 6.6
#define MARK_LINE 15
#define MARK_GAP 7

static int
is_hit(const placed_mark * m, double left, double right, double y)
{
    return fabs(m->y - y) < MARK_LINE && m->right > left && m->left < right;
}

/* How much is hit by the text of mark k if it spans left to right: texts that
   are placed, points, the frame. */
static int
count_hits(const placed_mark * marks, slong k, slong n, double left,
           double right, const lb_plot_frame * f)
{
    int hits = (left < f->left) + (right > f->right);

    for (slong i = 0; i < n; i++)
    {
        placed_mark point = marks[i];

        point.left = point.x - 4;
        point.right = point.x + 4;
        hits += i < k && is_hit(marks + i, left, right, marks[k].y);
        hits += i != k && is_hit(&point, left, right, marks[k].y);
    }
    return hits;
}

/* The text at (x, y), on a halo of white. */
static void
write_halo(FILE * script, const char * text, double x, double y,
           const char * side, const lb_plot_frame * f)
{
    static const double shifts[][2]
        = { { -1.3, 0 }, { 1.3, 0 }, { 0, -1.3 }, { 0, 1.3 }, { -1, -1 },
            { 1, -1 },   { -1, 1 },  { 1, 1 },    { 0, 0 } };

    for (size_t k = 0; k < sizeof(shifts) / sizeof(shifts[0]); k++)
    {
        fputs("set label '", script);
        lb_plot_text_short(script, LB_PLOT_MARK, text);
        fprintf(script,
                "' at screen %.6f, screen %.6f %s front font ',11' textcolor "
                "rgb '%s'\n",
                (x + shifts[k][0]) / f->width,
                1 - (y + shifts[k][1]) / f->height, side,
                shifts[k][0] == 0 && shifts[k][1] == 0 ? "#000000" : "#ffffff");
    }
}

/* Mark k, its text on the side where it hits less; not if it is outside. */
static void
write_mark(FILE * script, const lb_plot_panel * p, placed_mark * marks, slong k,
           const lb_plot_frame * f)
{
    placed_mark * m = marks + k;
    const char * text = p->marks[k].text != NULL ? p->marks[k].text : "";
    int characters = lb_plot_text_width(text), right;
    double length;

    if (!(m->x >= f->left && m->x <= f->right && m->y >= f->top
          && m->y <= f->bottom))
        return;
    characters = characters < LB_PLOT_MARK ? characters : LB_PLOT_MARK;
    length = MARK_GAP + MARK_CHARACTER * characters;
    right = count_hits(marks, k, p->n_marks, m->x + MARK_GAP, m->x + length, f)
            <= count_hits(marks, k, p->n_marks, m->x - length, m->x - MARK_GAP,
                          f);
    m->left = right ? m->x + MARK_GAP : m->x - length;
    m->right = right ? m->x + length : m->x - MARK_GAP;
    fprintf(script,
            "set label '' at screen %.6f, screen %.6f point pt 7 ps 0.55 lc "
            "rgb '#000000' front\n",
            m->x / f->width, 1 - m->y / f->height);
    if (characters > 0)
        write_halo(script, text, right ? m->left : m->right,
                   m->y - f->top < MARK_LINE ? m->y + 9 : m->y - 7,
                   right ? "left" : "right", f);
}

static void
write_marks(FILE * script, const lb_plot_panel * p, const lb_plot_frame * f)
{
    const lb_plot_scale * y = p->map ? &p->scales[1] : &p->value;
    placed_mark * marks
        = flint_calloc((size_t) p->n_marks + 1, sizeof(placed_mark));

    for (slong k = 0; k < p->n_marks; k++)
    {
        marks[k].x = f->left
                     + lb_plot_fraction(&p->scales[0], p->marks[k].x)
                           * (f->right - f->left);
        marks[k].y
            = f->bottom
              - lb_plot_fraction(y, p->marks[k].y) * (f->bottom - f->top);
    }
    for (slong k = 0; k < p->n_marks; k++)
        write_mark(script, p, marks, k, f);
    flint_free(marks);
}

/* A tic at every value of an axis that has few, if they are equidistant. */
static void
write_value_tics(FILE * script, const lb_table_t t, const char * name,
                 slong axis, const lb_plot_scale * s)
{
    slong n = t->axes[axis]->count;
    double first = lb_plot_axis_value(t, axis, 0);
    double last = lb_plot_axis_value(t, axis, n - 1);

    if (s->log || n > LB_PLOT_FEW)
        return;
    for (slong k = 0; k < n; k++)
        if (fabs(lb_plot_axis_value(t, axis, k) - first
                 - (last - first) * (double) k / (double) (n > 1 ? n - 1 : 1))
            > 1e-9 * (last - first))
            return;
    fprintf(script, "set %stics (", name);
    for (slong k = 0; k < n; k++)
        fprintf(script, "%s%.12g", k > 0 ? "," : "",
                lb_plot_axis_value(t, axis, k));
    fputs(")\n", script);
}

void
lb_plot_axes(FILE * script, const lb_table_t t, const lb_plot_panel * p,
             const lb_plot_frame * frame)
{
    write_margins(script, frame);
    lb_plot_tics(script, "x", &p->scales[0]);
    write_value_tics(script, t, "x", p->x, &p->scales[0]);
    lb_plot_tics(script, "y", p->map ? &p->scales[1] : &p->value);
    if (p->map)
        write_value_tics(script, t, "y", p->y, &p->scales[1]);
    fputs("set xlabel ", script);
    lb_plot_axis_label(script, t, p->x);
    fputs(" offset 0,0.3\n", script);
    write_marks(script, p, frame);
}

/* --- colours ------------------------------------------------------------- */

/* viridis, of matplotlib, in steps of a tenth */
static const unsigned char viridis[][3] = {
    { 0x44, 0x01, 0x54 }, { 0x48, 0x24, 0x75 }, { 0x41, 0x44, 0x87 },
    { 0x35, 0x5f, 0x8d }, { 0x2a, 0x78, 0x8e }, { 0x21, 0x91, 0x8c },
    { 0x22, 0xa8, 0x84 }, { 0x44, 0xbf, 0x70 }, { 0x7a, 0xd1, 0x51 },
    { 0xbd, 0xdf, 0x26 }, { 0xfd, 0xe7, 0x25 },
};

void
lb_plot_colour(char colour[8], double x)
{
    int steps = (int) (sizeof(viridis) / sizeof(viridis[0])) - 1;
    int k = (int) fmin(fmax(floor(x * steps), 0), steps - 1);
    double rest = x * steps - k;
    int rgb[3];

    for (int c = 0; c < 3; c++)
        rgb[c] = (int) lround(viridis[k][c]
                              + rest * (viridis[k + 1][c] - viridis[k][c]));
    colour[0] = '\0';
    lb_text_append(colour, 8, "#%02x%02x%02x", rgb[0] & 255, rgb[1] & 255,
                   rgb[2] & 255);
}

void
lb_plot_colour_bar(FILE * script, const lb_plot_frame * frame,
                   const lb_plot_scale * s, double end)
{
    fputs("set palette defined (", script);
    for (int k = 0; k <= 10; k++)
    {
        char colour[8];

        lb_plot_colour(colour, end * k / 10.0);
        fprintf(script, "%s%d '%s'", k > 0 ? ", " : "", k, colour);
    }
    fputs(")\n", script);
    lb_plot_tics(script, "cb", s);
    fprintf(script,
            "set colorbox vertical user origin screen %.6f, screen %.6f "
            "size screen %.6f, screen %.6f\n",
            (frame->right + 12) / frame->width,
            1 - frame->bottom / frame->height, 14 / frame->width,
            (frame->bottom - frame->top) / frame->height);
}
