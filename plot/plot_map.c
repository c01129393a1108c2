/* plot/plot_map.c -- a column as colours over two axes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A cell reaches half way to its neighbours, on the scale that is drawn.  A
 * large map is an image, drawn on two more axes, of the frame, from 0 to 1. */
#include <math.h>

#include <lindbound/plot_panel.h>
#include <lindbound/plot_text.h>

/* Pixels of an image for one of the picture. */
#define RESOLUTION 2

/* A map that is being written. */
typedef struct
{
    FILE * script;
    const lb_table_struct * table;
    const lb_plot_panel * panel;
    const lb_plot_frame * frame;
    slong number;
    slong size[2];     /* values of x and of y             */
    double * edges[2]; /* size + 1 positions on the scales */
} map_writer;

static const lb_table_value_struct *
value_at(const map_writer * w, slong x, slong y)
{
    return lb_table_at(w->table, lb_plot_point(w->panel, w->table, x, y),
                       w->panel->columns[0]);
}

/* What is drawn: NAN if there is nothing. */
static double
colour_at(const map_writer * w, slong x, slong y)
{
    double v = lb_plot_middle(value_at(w, x, y));

    return isnan(lb_plot_position(&w->panel->value, v)) ? NAN : v;
}

/* Positions that a scale lacks, as of -1 on a logarithmic one, are NAN. */
static void
set_edges(map_writer * w, int k, slong axis)
{
    const lb_plot_scale * s = &w->panel->scales[k];
    slong n = w->table->axes[axis]->count;
    double * at = flint_malloc((size_t) n * sizeof(double));
    double * edges = flint_malloc((size_t) (n + 1) * sizeof(double));

    for (slong i = 0; i < n; i++)
        at[i] = lb_plot_position(s, lb_plot_axis_value(w->table, axis, i));
    for (slong i = 1; i < n; i++)
        edges[i] = (at[i - 1] + at[i]) / 2;
    if (n > 1)
    {
        edges[0] = at[0] - (edges[1] - at[0]);
        edges[n] = at[n - 1] + (at[n - 1] - edges[n - 1]);
    }
    for (slong i = 1; i < n; i++) /* the first cell of a log scale */
        if (isnan(edges[i]) && !isnan(at[i]))
            edges[i] = 2 * at[i] - edges[i + 1];
    if (n == 1)
    {
        edges[0] = at[0] - 0.5;
        edges[1] = at[0] + 0.5;
    }
    flint_free(at);
    w->size[k] = n;
    w->edges[k] = edges;
}

/* The frame reaches to the outermost edges. */
static void
set_scale(const map_writer * w, int k, lb_plot_scale * s)
{
    double low = NAN, high = NAN;

    *s = w->panel->scales[k];
    for (slong i = 0; i <= w->size[k]; i++)
        if (!isnan(w->edges[k][i]))
        {
            low = isnan(low) ? w->edges[k][i] : low;
            high = w->edges[k][i];
        }
    if (low < high)
    {
        s->low = lb_plot_value_at(s, low);
        s->high = lb_plot_value_at(s, high);
    }
}

static void
set_colours(const map_writer * w, lb_plot_scale * s)
{
    double low = INFINITY, high = -INFINITY;

    *s = w->panel->value;
    if (w->panel->has_range)
        return;
    for (slong x = 0; x < w->size[0]; x++)
        for (slong y = 0; y < w->size[1]; y++)
        {
            double v = colour_at(w, x, y);

            low = v < low ? v : low;
            high = v > high ? v : high;
        }
    if (w->panel->diverging)
    {
        high = fmax(fabs(low), fabs(high));
        low = -high;
    }
    /* colours need no room at the ends */
    if (isfinite(low) && isfinite(high)
        && high - low > 1e-9 * fmax(fabs(low), fabs(high)))
    {
        s->low = low;
        s->high = high;
    }
    else
        lb_plot_set_range(s, low, high);
}

static void
write_palette(const map_writer * w, const lb_plot_scale * s)
{
    lb_plot_colour_bar(w->script, w->frame, s, 1);
    if (w->panel->diverging)
        /* RdBu of ColorBrewer, C. Brewer */
        fputs("set palette defined (0 '#053061', 1 '#2166ac', 2 '#4393c3', "
              "3 '#92c5de', 4 '#d1e5f0', 5 '#f7f7f7', 6 '#fddbc7', "
              "7 '#f4a582', 8 '#d6604d', 9 '#b2182b', 10 '#67001f')\n",
              w->script);
    fputs("set cblabel ", w->script);
    lb_plot_column_label(w->script, w->table, w->panel->columns[0]);
    fputs(" offset 0.5,0\n", w->script);
}

/* Returns how many there are. */
static slong
write_cells(const map_writer * w)
{
    const lb_plot_scale *sx = &w->panel->scales[0], *sy = &w->panel->scales[1];
    slong n = 0;

    fprintf(w->script, "$m%ld << EOD\n", (long) w->number);
    for (slong y = 0; y < w->size[1]; y++)
        for (slong x = 0; x < w->size[0]; x++)
        {
            const double *ex = w->edges[0] + x, *ey = w->edges[1] + y;
            double v = colour_at(w, x, y);

            if (isnan(v) || isnan(ex[0] + ex[1] + ey[0] + ey[1]))
                continue;
            fprintf(w->script, "%.8g %.8g %.8g %.8g %.8g %.8g %.8g\n",
                    lb_plot_axis_value(w->table, w->panel->x, x),
                    lb_plot_axis_value(w->table, w->panel->y, y),
                    lb_plot_value_at(sx, ex[0]), lb_plot_value_at(sx, ex[1]),
                    lb_plot_value_at(sy, ey[0]), lb_plot_value_at(sy, ey[1]),
                    v);
            n++;
        }
    fputs("EOD\n", w->script);
    return n;
}

/* For every pixel of an image along an axis the cell it is in, -1 if none. */
static slong *
cells_of_pixels(const map_writer * w, int k, slong pixels)
{
    const double * edges = w->edges[k];
    slong * cells = flint_malloc((size_t) pixels * sizeof(slong));
    slong first = 0, cell, n = w->size[k];

    while (first < n && isnan(edges[first]))
        first++;
    cell = first;
    for (slong i = 0; i < pixels; i++)
    {
        double at = edges[first]
                    + (edges[n] - edges[first]) * ((double) i + 0.5)
                          / (double) pixels;

        while (cell < n - 1 && edges[cell + 1] < at)
            cell++;
        cells[i] = first < n ? cell : -1;
    }
    return cells;
}

static void
write_image(const map_writer * w)
{
    const lb_plot_frame * f = w->frame;
    slong nx = RESOLUTION * (slong) (f->right - f->left);
    slong ny = RESOLUTION * (slong) (f->bottom - f->top);
    slong *xs = cells_of_pixels(w, 0, nx), *ys = cells_of_pixels(w, 1, ny);

    fprintf(w->script, "set x2range [0:%ld]\nset y2range [0:%ld]\n", (long) nx,
            (long) ny);
    fprintf(w->script, "$m%ld << EOD\n", (long) w->number);
    for (slong y = 0; y < ny; y++)
    {
        for (slong x = 0; x < nx; x++)
        {
            double v
                = xs[x] < 0 || ys[y] < 0 ? NAN : colour_at(w, xs[x], ys[y]);

            if (isnan(v))
                fputs("NaN ", w->script);
            else
                fprintf(w->script, "%.5g ", v);
        }
        fputc('\n', w->script);
    }
    fputs("EOD\n", w->script);
    flint_free(xs);
    flint_free(ys);
}

/* Entries that did not reach their digits; returns how many. */
static slong
write_undecided(const map_writer * w)
{
    slong n = 0;

    fprintf(w->script, "$u%ld << EOD\n", (long) w->number);
    for (slong x = 0; x < w->size[0]; x++)
        for (slong y = 0; y < w->size[1]; y++)
            if (value_at(w, x, y)->known && value_at(w, x, y)->undecided)
            {
                fprintf(w->script, "%.8g %.8g\n",
                        lb_plot_axis_value(w->table, w->panel->x, x),
                        lb_plot_axis_value(w->table, w->panel->y, y));
                n++;
            }
    fputs("EOD\n", w->script);
    return n;
}

static void
write_plot(const map_writer * w, int cells)
{
    slong drawn = 1, undecided = write_undecided(w);

    if (cells)
        drawn = write_cells(w);
    else
        write_image(w);
    fputs("plot ", w->script);
    if (drawn == 0)
        fputs("NaN notitle", w->script);
    else if (cells)
        fprintf(w->script,
                "$m%ld using 1:2:3:4:5:6:7 with boxxyerror fs solid 1 noborder "
                "lc palette notitle",
                (long) w->number);
    else
        fprintf(w->script,
                "$m%ld matrix using ($1+0.5):($2+0.5):3 with image axes x2y2 "
                "notitle",
                (long) w->number);
    if (undecided > 0)
        fprintf(w->script,
                ", $u%ld using 1:2 with points pt 7 ps 0.3 lc rgb '#ffffff' "
                "notitle, $u%ld using 1:2 with points pt 7 ps 0.18 lc rgb "
                "'#000000' notitle",
                (long) w->number, (long) w->number);
    fputc('\n', w->script);
}

void
lb_plot_map(FILE * script, const lb_table_t t, const lb_plot_panel * p,
            const lb_plot_frame * frame, slong number, int cells)
{
    lb_plot_panel drawn = *p;
    map_writer w = { script, t, p, frame, number, { 0, 0 }, { NULL, NULL } };

    set_edges(&w, 0, p->x);
    set_edges(&w, 1, p->y);
    for (int k = 0; k < 2; k++)
        set_scale(&w, k, &drawn.scales[k]);
    lb_plot_axes(script, t, &drawn, frame);
    fputs("set ylabel ", script);
    lb_plot_axis_label(script, t, p->y);
    fputs(" offset 1.2,0\nset xtics out nomirror\nset ytics out "
          "nomirror\nunset grid\nunset key\n"
          /* entries that are not there */
          "set object 1 rectangle from graph 0,0 to graph 1,1 behind "
          "fillcolor rgb '#dcdcdc' fillstyle solid 1 noborder\n",
          script);
    set_colours(&w, &drawn.value);
    write_palette(&w, &drawn.value);
    write_plot(&w, cells);
    flint_free(w.edges[0]);
    flint_free(w.edges[1]);
}
