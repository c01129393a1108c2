/* plot/table_plot.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Panels stand in two columns, the caption below them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/file_write.h>
#include <lindbound/flint_compat.h>
#include <lindbound/gnuplot.h>
#include <lindbound/plot_panel.h>
#include <lindbound/plot_text.h>
#include <lindbound/table_plot.h>
#include <lindbound/text.h>

/* Pixels. */
#define PANEL_WIDTH 520
#define PANEL_HEIGHT 360
#define CAPTION_LINE 16
#define CAPTION_MARGIN 14
#define CHARACTER 6.3 /* of the caption, on the average */
#define TITLE 58      /* characters of a panel's title    */

/* More cells of maps than these, in all panels, become images: a cell is some
   110 bytes, and a picture should stay below 2 MB. */
#define MAX_CELLS 12000

#define FONT "DejaVu Sans"
#define FONTS "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"

/* A picture that is being written. */
typedef struct
{
    FILE * script;
    const lb_table_struct * table;
    lb_plot_panel * panels;
    slong n_panels;
    double width, height;
} picture;

static const char *
spec_text(const lb_table_t t, const char * key)
{
    return json_string_value(
        json_object_get(json_object_get(t->json, "spec"), key));
}

/* --- caption ------------------------------------------------------------- */

/* Lines of the caption; counted only if there is no script. */
typedef struct
{
    FILE * script;
    double width, height; /* of the picture             */
    double top;           /* of the caption             */
    int characters;       /* of a line                  */
    int lines;            /* so far                     */
} caption;

static void
write_line(const caption * c, const char * text, int bold)
{
    double y = c->top + (c->lines + 0.5) * CAPTION_LINE;

    fprintf(c->script, "set label '%s", bold ? "{/:Bold " : "");
    lb_plot_text(c->script, text);
    fprintf(c->script,
            "%s' at screen %.6f, screen %.6f left font ',11' textcolor rgb "
            "'%s'\n",
            bold ? "}" : "", CAPTION_MARGIN / c->width, 1 - y / c->height,
            bold ? "#000000" : "#404040");
}

static void
add_text(caption * c, const char * text, int bold)
{
    while (text != NULL && *text != '\0')
    {
        size_t length = lb_plot_text_line(text, c->characters);
        char * line = lb_text_print("%.*s", (int) length, text);

        if (c->script != NULL)
            write_line(c, line, bold);
        c->lines++;
        flint_free(line);
        text += length;
        while (isspace((unsigned char) *text))
            text++;
    }
}

static int
has_undecided(const lb_table_t t)
{
    for (slong k = 0; k < t->points * t->n_columns; k++)
        if (t->values[k].known && t->values[k].undecided)
            return 1;
    return 0;
}

static void
add_caption(caption * c, const lb_table_t t)
{
    const json_t * notes
        = json_object_get(json_object_get(t->json, "spec"), "notes");
    json_t * note;
    size_t k;

    add_text(c, spec_text(t, "title"), 1);
    add_text(c, spec_text(t, "source"), 0);
    json_array_foreach(notes, k, note) add_text(c, json_string_value(note), 0);
    if (has_undecided(t))
        add_text(c,
                 "Bars, or dots on a map: entries that did not reach their "
                 "digits.",
                 0);
    if (!t->complete)
        add_text(c, "The table is not complete.", 0);
}

/* --- panels -------------------------------------------------------------- */

static slong
columns_of(const picture * p)
{
    return p->n_panels > 1 ? 2 : 1;
}

static lb_plot_frame
frame_of(const picture * p, slong k)
{
    const lb_plot_panel * panel = p->panels + k;
    int bar = panel->map || lb_plot_has_bar(panel, p->table);
    slong columns = columns_of(p);
    double x = PANEL_WIDTH * (double) (k % columns);
    double y = PANEL_HEIGHT * (double) (k / columns);
    lb_plot_frame frame = { p->width, p->height,
                            x + 80,   x + PANEL_WIDTH - (bar ? 104 : 18),
                            y + 38,   y + PANEL_HEIGHT - 56 };

    return frame;
}

/* True if panels are told apart by letters: not if the titles have some of
   their own, as "(c) transmission". */
static int
has_letters(const picture * p)
{
    for (slong k = 0; k < p->n_panels; k++)
        if (p->panels[k].title != NULL && p->panels[k].title[0] == '(')
            return 0;
    return p->n_panels > 1 && p->n_panels <= 26;
}

/* "(a) title", above the upper left corner of the frame. */
static void
write_title(const picture * p, const lb_plot_frame * f, slong k)
{
    const char * title = p->panels[k].title;

    if (!has_letters(p) && title == NULL)
        return;
    fputs("set label '", p->script);
    if (has_letters(p))
        fprintf(p->script, "{/:Bold (%c)}%s", (char) ('a' + k),
                title != NULL ? "  " : "");
    if (title != NULL)
        lb_plot_text_short(p->script, TITLE, title);
    fprintf(p->script, "' at screen %.6f, screen %.6f left font ',13'\n",
            (f->left - 40) / f->width, 1 - (f->top - 18) / f->height);
}

static slong
cells_of(const picture * p)
{
    slong cells = 0;

    for (slong k = 0; k < p->n_panels; k++)
        if (p->panels[k].map)
            cells += p->table->axes[p->panels[k].x]->count
                     * p->table->axes[p->panels[k].y]->count;
    return cells;
}

static void
write_panel(const picture * p, slong k, int cells)
{
    lb_plot_frame frame = frame_of(p, k);

    fputs("unset label\n", p->script);
    write_title(p, &frame, k);
    if (k == p->n_panels - 1)
    {
        caption c = { p->script,
                      p->width,
                      p->height,
                      PANEL_HEIGHT
                          * (double) ((p->n_panels + columns_of(p) - 1)
                                      / columns_of(p)),
                      (int) ((p->width - 2 * CAPTION_MARGIN) / CHARACTER),
                      0 };

        add_caption(&c, p->table);
    }
    if (p->panels[k].map)
        lb_plot_map(p->script, p->table, p->panels + k, &frame, k, cells);
    else
        lb_plot_curves(p->script, p->table, p->panels + k, &frame, k);
}

static void
set_size(picture * p)
{
    slong columns = columns_of(p);
    caption c = { NULL, 0, 0, 0, 0, 0 };

    p->width = PANEL_WIDTH * (double) columns;
    c.characters = (int) ((p->width - 2 * CAPTION_MARGIN) / CHARACTER);
    add_caption(&c, p->table);
    p->height = PANEL_HEIGHT * (double) ((p->n_panels + columns - 1) / columns)
                + (c.lines > 0 ? CAPTION_LINE * c.lines + CAPTION_MARGIN : 0);
}

static void
write_script(const picture * p)
{
    int cells = cells_of(p) <= MAX_CELLS;

    fprintf(p->script,
            "set encoding utf8\n"
            "set terminal svg enhanced size %.0f,%.0f dynamic font '" FONT
            ",12' background rgb 'white' linewidth 1 butt\n"
            "set minussign\n"
            "set clip one\nset clip two\n"
            "set border 31 lw 0.8 lc rgb '#333333'\n"
            "set xtics scale 0.6 font ',11'\nset ytics scale 0.6 font ',11'\n"
            "set cbtics scale 0.4 font ',11'\n"
            "set multiplot\n",
            p->width, p->height);
    for (slong k = 0; k < p->n_panels; k++)
        write_panel(p, k, cells);
    fputs("unset multiplot\n", p->script);
}

/* --- the SVG ------------------------------------------------------------- */

/* The title and the source as <title> and <desc>, for readers who listen. */
static const char *
write_description(FILE * out, const char * svg, const lb_table_t t)
{
    const char *title = spec_text(t, "title"), *source = spec_text(t, "source");
    const char * name = json_string_value(json_object_get(t->json, "name"));
    char * xml_title = lb_plot_text_xml(title != NULL ? title : name);
    char * xml_source = lb_plot_text_xml(source != NULL ? source : "");
    const char * rest = strstr(svg, "<title>");
    const char * end = rest != NULL ? strstr(rest, "</desc>") : NULL;

    if (end != NULL)
    {
        fwrite(svg, 1, (size_t) (rest - svg), out);
        fprintf(out, "<title>%s</title>\n<desc>%s</desc>", xml_title,
                xml_source);
        svg = end + strlen("</desc>");
    }
    flint_free(xml_title);
    flint_free(xml_source);
    return svg;
}

/* gnuplot numbers the plots of every panel from 1, and names them so: neither
   ids twice nor such titles are wanted. */
static void
write_body(FILE * out, const char * svg)
{
    static const char font[] = "font-family=\"" FONT "\"";
    static const char plot[] = "<g id=\"gnuplot_plot_";
    static const char end[] = "]]>";     /* of text, not allowed in XML */
    static const char text[] = "<text>"; /* keeps its blanks */

    while (*svg != '\0')
    {
        size_t n = strcspn(svg, "<f]");

        fwrite(svg, 1, n, out);
        svg += n;
        if (strncmp(svg, font, strlen(font)) == 0)
        {
            fputs("font-family=\"" FONTS "\"", out);
            svg += strlen(font);
        }
        else if (strncmp(svg, text, strlen(text)) == 0)
        {
            fputs("<text xml:space=\"preserve\">", out);
            svg += strlen(text);
        }
        else if (strncmp(svg, end, strlen(end)) == 0)
        {
            fputs("]]&gt;", out);
            svg += strlen(end);
        }
        else if (strncmp(svg, plot, strlen(plot)) == 0
                 && strstr(svg, "</title>") != NULL)
        {
            fputs("<g class=\"plot\">", out);
            svg = strstr(svg, "</title>") + strlen("</title>");
        }
        else if (*svg != '\0')
            fputc(*svg++, out);
    }
}

static lb_status
write_svg(const char * path, const char * svg, const lb_table_t t,
          lb_error * err)
{
    char * text = NULL;
    size_t size;
    FILE * out = open_memstream(&text, &size);
    lb_status status;

    write_body(out, write_description(out, svg, t));
    if (fclose(out) != 0)
        status = lb_error_set(err, LB_EMEM, "out of memory");
    else
        status = lb_file_write(path, text, size, err);
    free(text);
    return status;
}

lb_status
lb_table_plot(const char * path, const lb_table_t t, lb_error * err)
{
    picture p = { NULL, t, NULL, 0, 0, 0 };
    char *script = NULL, *svg = NULL;
    size_t size;
    lb_status status
        = lb_plot_panels_read(&p.panels, &p.n_panels, t, "/spec", err);

    if (status != LB_OK)
        return status;
    set_size(&p);
    p.script = open_memstream(&script, &size);
    write_script(&p);
    if (fclose(p.script) != 0)
        status = lb_error_set(err, LB_EMEM, "out of memory");
    else
        status = lb_gnuplot_run(&svg, script, err);
    if (status == LB_OK)
        status = write_svg(path, svg, t, err);
    free(script);
    flint_free(svg);
    lb_plot_panels_free(p.panels, p.n_panels);
    return status;
}

lb_status
lb_table_plot_check(const lb_table_spec_t s, lb_error * err)
{
    lb_plot_panel * panels;
    lb_table_t t;
    lb_status status;
    slong n;

    /* all but the names and the spec is borrowed, and goes back below */
    lb_table_init(t);
    t->file = s->file;
    t->json = json_pack("{s:O}", "spec", s->json);
    t->n_axes = s->n_axes;
    for (slong k = 0; k < s->n_axes; k++)
        t->axes[k][0] = s->axes[k][0];
    t->n_columns = s->n_columns;
    t->columns = flint_calloc((size_t) s->n_columns, sizeof(char *));
    for (slong k = 0; k < s->n_columns; k++)
        t->columns[k] = s->columns[k].name;
    status = lb_plot_panels_read(&panels, &n, t, "", err);
    lb_plot_panels_free(panels, n);
    flint_free(t->columns);
    json_decref(t->json);
    return status;
}
