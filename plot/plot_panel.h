/* plot/plot_panel.h -- one panel of a picture: what is drawn, and where.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pixels are counted from the upper left corner of the picture. */
#ifndef LB_PLOT_PANEL_H
#define LB_PLOT_PANEL_H

#include <stdio.h>

#include <lindbound/table_read.h>

/* Characters of a label, and of the text of a mark, at most. */
#define LB_PLOT_LABEL 40
#define LB_PLOT_MARK 30
/* An axis of at most so many values has a tic at each. */
#define LB_PLOT_FEW 8

typedef enum
{
    LB_PLOT_LINE,
    LB_PLOT_POINTS,
    LB_PLOT_DASHES
} lb_plot_style;

/* A point worth showing. */
typedef struct
{
    double x, y;
    const char * text;
} lb_plot_mark;

/* An axis of a panel, or its colours: in what it is drawn. */
typedef struct
{
    int log;
    double low, high; /* range that is shown */
} lb_plot_scale;

typedef struct
{
    int map;                      /* or curves                              */
    slong x, y;                   /* axes of the table; y: of a map         */
    slong by;                     /* a curve for each of its values; -1     */
    slong at[LB_TABLE_MAX_AXES];  /* index of the axes that are fixed       */
    slong n_columns;
    slong * columns;
    lb_plot_style * styles;       /* n_columns                              */
    lb_plot_scale scales[2];      /* of x, and of y                         */
    lb_plot_scale value;          /* y of curves, colours of a map          */
    int has_range;                /* the range of `value` is given          */
    int diverging;
    const char * title;           /* NULL: none                             */
    const char * ylabel;          /* NULL: from the columns                 */
    slong n_marks;
    lb_plot_mark * marks;
} lb_plot_panel;

/* The rectangle within the axes, in a picture of so many pixels. */
typedef struct
{
    double width, height; /* of the picture */
    double left, right, top, bottom;
} lb_plot_frame;

/** The panels that @p t asks for; release with lb_plot_panels_free.  Of @p t are
 *  used axes, columns and the spec, which stands at @p pointer of its file.
 *  LB_EPARSE with the place: a panel is wrong. */
LB_MUST_CHECK lb_status lb_plot_panels_read(lb_plot_panel ** panels, slong * n,
                                            const lb_table_t t,
                                            const char * pointer,
                                            lb_error * err);
void lb_plot_panels_free(lb_plot_panel * panels, slong n);

/** The point of the table with these indices of x and of y (of a map) or by (of
 *  curves). */
slong lb_plot_point(const lb_plot_panel * p, const lb_table_t t, slong x,
                    slong y);

/** Value @p k of an axis. */
double lb_plot_axis_value(const lb_table_t t, slong axis, slong k);

/** Position of @p v on a scale: v or log10(v), NAN if it has none; and back. */
double lb_plot_position(const lb_plot_scale * s, double v);
double lb_plot_value_at(const lb_plot_scale * s, double position);

/** Where @p v is between the ends of what is shown: 0 to 1. */
double lb_plot_fraction(const lb_plot_scale * s, double v);

/** The range of @p s from @p low to @p high, widened a little, and enough to be
 *  one. */
void lb_plot_set_range(lb_plot_scale * s, double low, double high);

/** Midpoint of @p v, NAN if it has none. */
double lb_plot_middle(const lb_table_value_struct * v);

/** Writes gnuplot's commands that draw the panel; @p number tells its data
 *  from those of others.  Of a map, @p cells: its cells one by one, not as an
 *  image. */
void lb_plot_curves(FILE * script, const lb_table_t t, const lb_plot_panel * p,
                    const lb_plot_frame * frame, slong number);
void lb_plot_map(FILE * script, const lb_table_t t, const lb_plot_panel * p,
                 const lb_plot_frame * frame, slong number, int cells);

/** What both share: margins, scales, tics, axis labels, marks. */
void lb_plot_axes(FILE * script, const lb_table_t t, const lb_plot_panel * p,
                  const lb_plot_frame * frame);

/** Tics of axis @p axis ("x", "y", "cb") of @p s. */
void lb_plot_tics(FILE * script, const char * axis, const lb_plot_scale * s);

/** Writes the quoted label and unit of column @p k: "label (unit)". */
void lb_plot_column_label(FILE * script, const lb_table_t t, slong k);
/** The same of an axis of the table. */
void lb_plot_axis_label(FILE * script, const lb_table_t t, slong axis);

/** Colour @p x, from 0 to 1, of the sequence that is used for numbers:
 *  "#rrggbb". */
void lb_plot_colour(char colour[8], double x);

/** Makes colours 0 to @p end of that sequence the palette, and puts a colour bar
 *  with the range of @p s beside the frame; its label is left to the caller. */
void lb_plot_colour_bar(FILE * script, const lb_plot_frame * frame,
                        const lb_plot_scale * s, double end);

/** 1: a panel of curves tells them apart by a colour bar. */
int lb_plot_has_bar(const lb_plot_panel * p, const lb_table_t t);

#endif /* LB_PLOT_PANEL_H */
