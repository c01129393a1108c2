/* report/report_audit.c -- the claims of a report.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/report_internal.h>

/* The number of a claim: of a trend its first and last. */
static void
number(FILE * page, const json_t * result)
{
    if (json_is_object(json_object_get(result, "first")))
    {
        lb_report_value(page, json_object_get(result, "first"));
        fputs(" &hellip; ", page);
    }
    if (json_is_object(json_object_get(result, "number")))
        lb_report_value(page, json_object_get(result, "number"));
    else
        lb_html(page, "?<small class=\"level\">%s</small>",
                lb_report_string(result, "level"));
}

/* What is right where a claim is refuted. */
static void
correction(FILE * page, const json_t * result)
{
    if (result == NULL)
        return;
    lb_html(page, "<div class=\"right\"><i>Right:</i> %s: <b>%s</b>, ",
            lb_report_string(result, "why"),
            lb_report_string(result, "printed"));
    number(page, result);
    fputs(" ", page);
    lb_report_verdict(page, lb_report_string(result, "verdict"));
    lb_report_note(page, "", lb_report_string(result, "note"));
    fputs("</div>", page);
}

static void
exact(FILE * page, const json_t * row)
{
    const json_t * right = json_object_get(row, "correction");

    if (!json_is_object(json_object_get(row, "number"))
        && !json_is_object(json_object_get(right, "number")))
        return;
    fputs("<details><summary>exact values</summary><dl>\n", page);
    lb_report_exact(page, "first", json_object_get(row, "first"));
    lb_report_exact(page, "enclosure", json_object_get(row, "number"));
    lb_report_exact(page, "right: first", json_object_get(right, "first"));
    lb_report_exact(page, "right", json_object_get(right, "number"));
    fputs("</dl></details>", page);
}

static void
claim(FILE * page, const json_t * row)
{
    const char * paper = lb_report_string(row, "paper");
    const char * name = lb_report_string(row, "claim");

    fputs("<tbody id=\"", page);
    lb_html_id(page, "claim", paper, name);
    fputs("\"><tr><th scope=\"row\"><a href=\"#", page);
    lb_html_id(page, "claim", paper, name);
    lb_html(page, "\">%s</a></th><td class=\"quotation\"><q>%s</q> ", name,
            lb_report_string(row, "quotation"));
    lb_html(page, "<span class=\"source\">%s</span></td>",
            lb_report_string(row, "place"));
    lb_html(page, "<td class=\"relation\">%s</td><td class=\"number\">",
            lb_report_string(row, "printed"));
    number(page, row);
    fputs("</td><td class=\"verdict\">", page);
    lb_report_verdict(page, lb_report_string(row, "verdict"));
    if (!json_is_true(json_object_get(row, "as_recorded")))
        lb_html(page, "<p>NOT AS RECORDED: %s</p>",
                lb_report_string(row, "recorded"));
    fputs("</td></tr>\n<tr class=\"more\"><td colspan=\"5\">", page);
    correction(page, json_object_get(row, "correction"));
    lb_report_note(page, "Read as:", lb_report_string(row, "reading"));
    lb_report_note(page, "Scan:", lb_report_string(row, "garbled"));
    lb_report_note(page, "", lb_report_string(row, "remark"));
    lb_report_note(page, "", lb_report_string(row, "note"));
    exact(page, row);
    fputs("</td></tr></tbody>\n", page);
}

void
lb_report_papers(FILE * page, const json_t * papers)
{
    const json_t *paper, *row;
    size_t p, k;

    json_array_foreach(papers, p, paper)
    {
        fputs("<section><h3 id=\"", page);
        lb_html_id(page, "paper", lb_report_string(paper, "name"), NULL);
        lb_html(page, "\">%s</h3>\n<p class=\"source\">%s</p>\n",
                lb_report_string(paper, "title"),
                lb_report_string(paper, "source"));
        fputs("<div class=\"box\"><table class=\"judged claims\"><thead><tr>"
              "<th>claim</th><th>the paper prints</th><th>relation</th>"
              "<th>enclosure</th><th>verdict</th></tr></thead>\n",
              page);
        json_array_foreach(json_object_get(paper, "rows"), k, row)
        {
            claim(page, row);
        }
        fputs("</table></div></section>\n", page);
    }
}
