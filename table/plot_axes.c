/* table/plot_axes.c -- what curves and maps share: scales, tics, labels, marks.
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

/* The text stands on the side where there is room. */
static void
write_mark(FILE * script, const lb_plot_panel * p, const lb_plot_mark * m)
{
    const lb_plot_scale * y = p->map ? &p->scales[1] : &p->value;
    double right = lb_plot_fraction(&p->scales[0], m->x),
           up = lb_plot_fraction(y, m->y);

    if (!(right >= 0 && right <= 1 && up >= 0 && up <= 1))
        return;
    fputs("set label '", script);
    lb_plot_text_short(script, LB_PLOT_MARK, m->text != NULL ? m->text : "");
    fprintf(script,
            "' at first %.12g, first %.12g %s point pt 7 ps 0.55 lc rgb "
            "'#000000' offset character %s, %s front font ',11'%s\n",
            m->x, m->y, right > 0.6 ? "right" : "left",
            right > 0.6 ? "-0.9" : "0.9", up > 0.9 ? "-0.7" : "0.5",
            p->map ? " boxed" : "");
}

void
lb_plot_axes(FILE * script, const lb_table_t t, const lb_plot_panel * p,
             const lb_plot_frame * frame)
{
    write_margins(script, frame);
    lb_plot_tics(script, "x", &p->scales[0]);
    lb_plot_tics(script, "y", p->map ? &p->scales[1] : &p->value);
    fputs("set xlabel ", script);
    lb_plot_axis_label(script, t, p->x);
    fputs(" offset 0,0.3\n", script);
    for (slong k = 0; k < p->n_marks; k++)
        write_mark(script, p, p->marks + k);
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
