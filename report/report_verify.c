/* report/report_verify.c -- the forms of a report.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/report_internal.h>

/* --- cells --------------------------------------------------------------- */

/* What was measured at several drives is not proved, and its name says so. */
static void
measured(FILE * page, const char * name, const json_t * x, const char * unit)
{
    if (json_is_number(x))
        lb_html(page, "<small class=\"estimate\">%s ", name);
    else
        return;
    fprintf(page, "%.6g", json_number_value(x));
    lb_html(page, "%s%s (measured)</small>", unit[0] != '\0' ? " " : "", unit);
}

static void
distance_cell(FILE * page, const json_t * row)
{
    const json_t * state = json_object_get(row, "steady_state");
    const json_t * coefficient = json_object_get(row, "coefficient_ball");
    const json_t * drives = json_object_get(state, "drives");
    int relative = json_is_true(json_object_get(state, "relative"));

    fputs("<td class=\"distance\">", page);
    if (json_is_object(json_object_get(state, "distance")))
    {
        lb_report_value(page, json_object_get(state, "distance"));
        fputs(relative ? "<small>relative</small>" : "<small>absolute</small>",
              page);
    }
    else if (json_array_size(drives) > 0)
        measured(page, relative ? "relative" : "absolute",
                 json_object_get(json_array_get(drives, 0), "difference"), "");
    else
        fputs("&ndash;", page);
    measured(page, "order", json_object_get(state, "order"), "");
    if (json_is_object(coefficient))
    {
        fputs("<hr>", page);
        lb_report_value(page, coefficient);
        lb_html(page, "<small>of %s</small>",
                lb_report_string(coefficient, "of"));
    }
    else
        measured(page, "coefficient", json_object_get(state, "coefficient"),
                 lb_report_string(state, "coefficient_of"));
    fputs("</td>", page);
}

static void
printed_cell(FILE * page, const json_t * row)
{
    const json_t * printed = json_object_get(row, "printed");
    const json_t * formula = json_object_get(row, "as_printed");

    fputs("<td class=\"printed\">", page);
    if (printed != NULL)
        lb_html(page, "%s %s: %s", lb_report_string(printed, "relation"),
                lb_report_string(printed, "value"),
                lb_report_string(printed, "finding"));
    if (formula != NULL)
        fputs(strcmp(lb_report_string(formula, "verdict"), "AGREE") == 0
                  ? "<p>formula misprinted? it agrees</p>"
                  : "<p>formula misprinted</p>",
              page);
    fputs("</td>", page);
}

static void
value_cell(FILE * page, const char * class, const json_t * value)
{
    lb_html(page, "<td class=\"%s\">", class);
    lb_report_value(page, value);
    fputs("</td>", page);
}

/* --- under a row --------------------------------------------------------- */

/* "<c'*c> at Omega = 0 = formula" */
static void
definition(FILE * page, const json_t * row)
{
    const char * between = " at ";
    const char * name;
    const json_t * text;

    lb_html(page, "<p class=\"formula\"><code>%s</code>",
            lb_report_string(row, "quantity"));
    json_object_foreach((json_t *) json_object_get(row, "at"), name, text)
    {
        lb_html(page, "%s<code>%s = %s</code>", between, name,
                json_string_value(text));
        between = ", ";
    }
    if (lb_report_string(row, "formula")[0] != '\0')
        lb_html(page, "; formula <code>%s</code>",
                lb_report_string(row, "formula"));
    lb_html(page, " <span class=\"source\">%s</span></p>",
            lb_report_string(row, "source"));
}

static void
notes(FILE * page, const json_t * row)
{
    const json_t * printed = json_object_get(row, "as_printed");

    lb_report_note(page, "Printed:", lb_report_string(printed, "formula"));
    lb_report_note(page, "Mended:", lb_report_string(printed, "mended"));
    lb_report_note(page, "Not derived:", lb_report_string(row, "derived_note"));
    lb_report_note(page, "Coefficient of drive^2:",
                   lb_report_string(row, "coefficient_note"));
    lb_report_note(
        page, "No steady state:", lb_report_string(row, "steady_state_note"));
    lb_report_note(
        page, "Steady state:",
        lb_report_string(json_object_get(row, "steady_state"), "note"));
}

/* The differences from which the order was measured. */
static void
drives(FILE * page, const json_t * state)
{
    const json_t * list = json_object_get(state, "drives");
    const json_t * drive;
    size_t k;

    if (json_array_size(list) == 0)
        return;
    fputs("<dt>differences <small>measured, not proved</small></dt><dd>", page);
    json_array_foreach(list, k, drive)
    {
        const json_t * difference = json_object_get(drive, "difference");
        const json_t * noise = json_object_get(drive, "noise");

        fprintf(page, "%sdrive &times; %g: ", k > 0 ? "; " : "",
                json_number_value(json_object_get(drive, "scale")));
        if (json_is_number(difference))
            fprintf(page, "%.6g", json_number_value(difference));
        else
            fputc('?', page);
        if (json_is_number(noise))
            fprintf(page, " (noise %.2g)", json_number_value(noise));
    }
    fputs("</dd>\n", page);
}

static void
exact(FILE * page, const json_t * row)
{
    const json_t * state = json_object_get(row, "steady_state");

    fputs("<details><summary>exact values</summary><dl>\n", page);
    lb_report_exact(page, "closed form", json_object_get(row, "closed_form"));
    lb_report_exact(page, "derived", json_object_get(row, "derived"));
    lb_report_exact(page, "steady state", state);
    lb_report_exact(page, "distance", json_object_get(state, "distance"));
    lb_report_exact(page, "coefficient of drive^2",
                    json_object_get(row, "coefficient_ball"));
    lb_report_exact(
        page, "formula as printed",
        json_object_get(json_object_get(row, "as_printed"), "value"));
    drives(page, state);
    fputs("</dl></details>", page);
}

/* --- rows and systems ---------------------------------------------------- */

static void
form(FILE * page, const json_t * row)
{
    const char * name = lb_report_string(row, "form");

    fputs("<tbody id=\"", page);
    lb_html_id(page, "form", lb_report_string(row, "model"), name);
    fputs("\"><tr><th scope=\"row\"><a href=\"#", page);
    lb_html_id(page, "form", lb_report_string(row, "model"), name);
    lb_html(page, "\">%s</a></th>", name);
    value_cell(page, "closed", json_object_get(row, "closed_form"));
    value_cell(page, "derived", json_object_get(row, "derived"));
    value_cell(page, "state", json_object_get(row, "steady_state"));
    distance_cell(page, row);
    fputs("<td class=\"verdict\">", page);
    lb_report_verdict(page, lb_report_string(row, "verdict"));
    fputs("</td>", page);
    printed_cell(page, row);
    fputs("</tr>\n<tr class=\"more\"><td colspan=\"7\">", page);
    definition(page, row);
    notes(page, row);
    exact(page, row);
    fputs("</td></tr></tbody>\n", page);
}

void
lb_report_systems(FILE * page, const json_t * systems)
{
    const json_t *system, *row;
    size_t s, k;

    json_array_foreach(systems, s, system)
    {
        const char * name = lb_report_string(system, "name");

        fputs("<section><h3 id=\"", page);
        lb_html_id(page, "system", name, NULL);
        lb_html(page, "\"><code>%s</code> %s</h3>\n", name,
                lb_report_string(system, "title"));
        lb_html(page, "<p class=\"source\">%s</p>\n",
                lb_report_string(system, "source"));
        fputs("<div class=\"box\"><table class=\"judged forms\"><thead><tr>"
              "<th>form</th><th>closed form</th><th>derived</th>"
              "<th>steady state</th><th>distance</th><th>verdict</th>"
              "<th>printed</th></tr></thead>\n",
              page);
        json_array_foreach(json_object_get(system, "rows"), k, row)
        {
            form(page, row);
        }
        fputs("</table></div></section>\n", page);
    }
}
