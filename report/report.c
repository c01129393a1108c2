/* report/report.c -- the page of a report, from head to foot.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <lindbound/report_internal.h>

/* --- counts -------------------------------------------------------------- */

static int
says(const json_t * row, const char * key, const char * word)
{
    return strcmp(lb_report_string(row, key), word) == 0;
}

static void
count_forms(lb_report_counts * n, const json_t * rows)
{
    const json_t *row, *printed;
    size_t k;

    json_array_foreach(rows, k, row)
    {
        printed = json_object_get(row, "printed");
        n->forms++;
        n->agree += says(row, "verdict", "AGREE");
        n->undecided_forms += says(row, "verdict", "UNDECIDED");
        n->disagree += says(row, "verdict", "DISAGREE");
        n->underived += says(row, "verdict", "-");
        n->holds += says(printed, "finding", "holds");
        n->fails += says(printed, "finding", "does not hold");
    }
}

static void
count_claims(lb_report_counts * n, const json_t * rows)
{
    const json_t * row;
    size_t k;

    json_array_foreach(rows, k, row)
    {
        n->claims++;
        n->confirmed += says(row, "verdict", "CONFIRMED");
        n->consistent += says(row, "verdict", "CONSISTENT");
        n->refuted += says(row, "verdict", "REFUTED");
        n->misprint += says(row, "verdict", "MISPRINT");
        n->undecided_claims += says(row, "verdict", "UNDECIDED");
        n->changed += !json_is_true(json_object_get(row, "as_recorded"));
    }
}

static void
count_table(lb_report_counts * n, const json_t * table)
{
    const json_t * head = json_object_get(table, "head");
    const json_t * spec = json_object_get(head, "spec");
    long undecided
        = (long) json_integer_value(json_object_get(table, "undecided"));

    n->tables++;
    n->incomplete += !json_is_true(json_object_get(head, "complete"));
    n->values += (long) json_integer_value(json_object_get(table, "known"))
                 * (long) json_array_size(json_object_get(head, "columns"));
    n->undecided_values += undecided;
    n->flagged += says(spec, "undecided", "accept") ? 0 : undecided;
}

static lb_report_counts
count(const lb_report * r)
{
    lb_report_counts n;
    const json_t * item;
    size_t k;

    memset(&n, 0, sizeof(n));
    json_array_foreach(r->systems, k, item)
    {
        count_forms(&n, json_object_get(item, "rows"));
    }
    json_array_foreach(r->papers, k, item)
    {
        count_claims(&n, json_object_get(item, "rows"));
    }
    json_array_foreach(r->tables, k, item)
    {
        count_table(&n, item);
    }
    return n;
}

/* --- head ---------------------------------------------------------------- */

static void
put_head(FILE * page, const lb_report * r)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n"
          "<title>lindbound: report</title>\n<style>\n",
          page);
    fputs(r->style, page);
    fputs("</style>\n</head>\n<body>\n", page);
}

static void
put_title(FILE * page, const lb_report * r)
{
    fputs("<header>\n<h1>Reference values of driven-dissipative quantum "
          "optics</h1>\n<p>What is printed, what is derived, what is proved. "
          "Every number here is an enclosure that contains the exact value, "
          "at the level that stands under it; what is only measured or "
          "estimated says so.</p>\n",
          page);
    lb_html(page,
            "<p class=\"source\">Made by <code>%s</code> with lindbound %s, "
            "FLINT %s, Arb %s",
            r->command, r->lindbound, r->flint, r->arb);
    if (r->date != NULL)
        lb_html(page, ", %s", r->date);
    fputs(". The same numbers as JSON: <code>lindbound verify --format "
          "json</code>, <code>lindbound audit --format json</code>, the files "
          "of the tables.</p>\n"
          "<nav><a href=\"#verdicts\">Verdicts</a> "
          "<a href=\"#pictures\">Pictures</a> "
          "<a href=\"#levels\">How to read a number</a> "
          "<a href=\"#forms\">Forms</a> <a href=\"#claims\">Claims</a> "
          "<a href=\"#tables\">Tables</a></nav>\n</header>\n<main>\n",
          page);
}

/* --- verdicts ------------------------------------------------------------ */

static void
tally(FILE * page, const char * word, long n)
{
    lb_html(page, "<div class=\"v %s\"><dd>%ld</dd><dt>%s</dt></div>\n",
            n > 0 ? word : "", n, word);
}

static void
plain_tally(FILE * page, const char * word, long n)
{
    lb_html(page, "<div><dd>%ld</dd><dt>%s</dt></div>\n", n, word);
}

/* A row that begins with a link to what it sums up. */
static void
begin_row(FILE * page, const char * kind, const char * name, const char * title)
{
    fputs("<tr><th scope=\"row\"><a href=\"#", page);
    lb_html_id(page, kind, name, NULL);
    lb_html(page, "\">%s</a> <small>%s</small></th>", name, title);
}

static void
cell(FILE * page, const char * word, long n)
{
    if (n == 0)
        fputs("<td class=\"none\">0</td>", page);
    else
        lb_html(page, "<td class=\"v %s\" data-of=\"%s\">%ld</td>", word, word,
                n);
}

/* One number of a summary, under its word. */
typedef struct
{
    const char * word;
    long n;
    int plain; /* no verdict: not coloured in the tally */
} lb_report_sum;

#define N_FORM_SUMS 6
#define N_CLAIM_SUMS 5

static void
set_form_sums(lb_report_sum * sums, const lb_report_counts * n)
{
    const lb_report_sum all[N_FORM_SUMS]
        = { { "AGREE", n->agree, 0 },
            { "UNDECIDED", n->undecided_forms, 0 },
            { "DISAGREE", n->disagree, 0 },
            { "no formula", n->underived, 1 },
            { "printed numbers hold", n->holds, 1 },
            { "do not", n->fails, 1 } };

    memcpy(sums, all, sizeof(all));
}

static void
set_claim_sums(lb_report_sum * sums, const lb_report_counts * n)
{
    const lb_report_sum all[N_CLAIM_SUMS]
        = { { "CONFIRMED", n->confirmed, 0 },
            { "CONSISTENT", n->consistent, 0 },
            { "REFUTED", n->refuted, 0 },
            { "MISPRINT", n->misprint, 0 },
            { "UNDECIDED", n->undecided_claims, 0 } };

    memcpy(sums, all, sizeof(all));
}

static void
put_tallies(FILE * page, const lb_report_sum * sums, int n)
{
    for (int k = 0; k < n; k++)
        (sums[k].plain ? plain_tally : tally)(page, sums[k].word, sums[k].n);
}

/* The table below the tallies: its head, then rows by put_sums_row. */
static void
begin_sums(FILE * page, const char * kind, const lb_report_sum * sums, int n)
{
    lb_html(page,
            "</dl>\n<div class=\"box\"><table class=\"sums\"><thead><tr>"
            "<th>%s</th>",
            kind);
    for (int k = 0; k < n; k++)
        lb_html(page, "<th>%s</th>", sums[k].word);
    fputs("</tr></thead><tbody>\n", page);
}

static void
put_sums_row(FILE * page, const char * kind, const json_t * item,
             const lb_report_sum * sums, int n)
{
    begin_row(page, kind, lb_report_string(item, "name"),
              lb_report_string(item, "title"));
    for (int k = 0; k < n; k++)
        cell(page, sums[k].word, sums[k].n);
    fputs("</tr>\n", page);
}

static void
sum_up_forms(FILE * page, const lb_report * r, const lb_report_counts * n)
{
    lb_report_sum sums[N_FORM_SUMS];
    const json_t * system;
    lb_report_counts one;
    size_t k;

    lb_html(page,
            "<h3>%ld forms: printed formulas and numbers</h3>\n<dl "
            "class=\"tally\">\n",
            n->forms);
    set_form_sums(sums, n);
    put_tallies(page, sums, N_FORM_SUMS);
    begin_sums(page, "system", sums, N_FORM_SUMS);
    json_array_foreach(r->systems, k, system)
    {
        memset(&one, 0, sizeof(one));
        count_forms(&one, json_object_get(system, "rows"));
        set_form_sums(sums, &one);
        put_sums_row(page, "system", system, sums, N_FORM_SUMS);
    }
    fputs("</tbody></table></div>\n", page);
}

static void
sum_up_claims(FILE * page, const lb_report * r, const lb_report_counts * n)
{
    lb_report_sum sums[N_CLAIM_SUMS];
    const json_t * paper;
    lb_report_counts one;
    size_t k;

    lb_html(page, "<h3>%ld claims of papers</h3>\n<dl class=\"tally\">\n",
            n->claims);
    set_claim_sums(sums, n);
    put_tallies(page, sums, N_CLAIM_SUMS);
    if (n->changed > 0)
        tally(page, "NOT AS RECORDED", n->changed);
    begin_sums(page, "paper", sums, N_CLAIM_SUMS);
    json_array_foreach(r->papers, k, paper)
    {
        memset(&one, 0, sizeof(one));
        count_claims(&one, json_object_get(paper, "rows"));
        set_claim_sums(sums, &one);
        put_sums_row(page, "paper", paper, sums, N_CLAIM_SUMS);
    }
    fputs("</tbody></table></div>\n", page);
}

static void
sum_up_tables(FILE * page, const lb_report * r, const lb_report_counts * n)
{
    const json_t * table;
    lb_report_counts one;
    size_t k;

    lb_html(page, "<h3>%ld tables</h3>\n<dl class=\"tally\">\n", n->tables);
    plain_tally(page, "complete", n->tables - n->incomplete);
    plain_tally(page, "not complete", n->incomplete);
    plain_tally(page, "enclosures with their digits",
                n->values - n->undecided_values);
    tally(page, "UNDECIDED", n->undecided_values);
    fputs("</dl>\n<div class=\"box\"><table class=\"sums\"><thead><tr>"
          "<th>table</th><th></th><th>enclosures</th>"
          "<th>UNDECIDED</th></tr></thead><tbody>\n",
          page);
    json_array_foreach(r->tables, k, table)
    {
        const json_t * head = json_object_get(table, "head");

        memset(&one, 0, sizeof(one));
        count_table(&one, table);
        begin_row(page, "table", lb_report_string(head, "name"),
                  lb_report_string(json_object_get(head, "spec"), "title"));
        fputs(one.incomplete ? "<td class=\"v UNDECIDED\">not complete</td>"
                             : "<td>complete</td>",
              page);
        cell(page, "enclosures", one.values);
        cell(page, "UNDECIDED", one.undecided_values);
        fputs("</tr>\n", page);
    }
    fputs("</tbody></table></div>\n", page);
}

/* The claims that are not as printed, one line each. */
static void
list_refuted(FILE * page, const lb_report * r, long n)
{
    const json_t *paper, *row;
    size_t p, k;

    if (n == 0)
        return;
    fputs("<h3>Not as printed</h3>\n<ul class=\"refuted\">\n", page);
    json_array_foreach(r->papers, p, paper)
    {
        json_array_foreach(json_object_get(paper, "rows"), k, row)
        {
            if (says(row, "verdict", "CONFIRMED")
                || says(row, "verdict", "CONSISTENT"))
                continue;
            fputs("<li>", page);
            lb_report_verdict(page, lb_report_string(row, "verdict"));
            fputs(" <a href=\"#", page);
            lb_html_id(page, "claim", lb_report_string(row, "paper"),
                       lb_report_string(row, "claim"));
            lb_html(page, "\">%s/%s</a> ", lb_report_string(row, "paper"),
                    lb_report_string(row, "claim"));
            lb_html(page, "<q>%s</q></li>\n",
                    lb_report_string(row, "quotation"));
        }
    }
    fputs("</ul>\n", page);
}

static void
put_verdicts(FILE * page, const lb_report * r, const lb_report_counts * n)
{
    fputs("<section><h2 id=\"verdicts\">Verdicts</h2>\n", page);
    if (r->systems != NULL)
        sum_up_forms(page, r, n);
    else
        fputs("<p>Forms were not judged for this page.</p>\n", page);
    if (r->papers != NULL)
    {
        sum_up_claims(page, r, n);
        list_refuted(page, r, n->claims - n->confirmed - n->consistent);
    }
    else
        fputs("<p>Claims of papers were not judged for this page.</p>\n", page);
    if (n->tables > 0)
        sum_up_tables(page, r, n);
    else
        fputs("<p>No tables were found for this page.</p>\n", page);
    fputs("</section>\n", page);
}

/* --- how to read --------------------------------------------------------- */

static const char legend[]
    = "<section><h2 id=\"levels\">How to read a number</h2>\n"
      "<p>A number shows the digits that all points of its enclosure share, "
      "followed by <span class=\"n\">(+/- r)</span> where those are few. Its "
      "level says what the enclosure contains:</p>\n"
      "<dl class=\"levels\">\n"
      "<dt>closed-form</dt><dd>the exact value of a formula, an S matrix or a "
      "moment of a linear network; no Fock space enters</dd>\n"
      "<dt>weak-drive</dt><dd>the exact coefficient of the leading order in "
      "the drive, or of the next one, as the drive goes to zero; "
      "x<sup>k</sup> is that order</dd>\n"
      "<dt>full</dt><dd>the exact value in the infinite-dimensional model, for "
      "every steady state: what a cutoff leaves out is bounded and in the "
      "radius</dd>\n"
      "<dt>truncated at ...</dt><dd>the exact value in the model at the stated "
      "cutoff, and of that model only</dd>\n"
      "<dt class=\"estimate\">estimate, measured</dt><dd>&asymp;: double "
      "precision, no proof; never an enclosure, and no verdict of a claim "
      "rests on one</dd>\n"
      "</dl>\n"
      "<p><i>Exact values</i> opens three forms of every number: the ball in "
      "decimal; its exact dump, which <code>arb_load_str</code> of Arb reads "
      "(midpoint and radius, each mantissa and exponent of 2 in hexadecimal); "
      "and two doubles, rounded outward, as C99 hexadecimal. A printed page "
      "leaves them out unless they are open.</p>\n"
      "<p><b class=\"v AGREE\">AGREE</b> closed form and derivation overlap, "
      "tightly, and the steady state meets the formula or approaches it as the "
      "drive is halved; <b class=\"v DISAGREE\">DISAGREE</b> two of them are "
      "provably apart, or the steady state, proved at each drive, is not seen "
      "to approach the formula. "
      "<b class=\"v CONFIRMED\">CONFIRMED</b> the enclosure "
      "lies in what is printed; <b class=\"v CONSISTENT\">CONSISTENT</b> the "
      "same of words such as &sim; and &Lt;, as read there; "
      "<b class=\"v REFUTED\">REFUTED</b> it lies outside, provably; "
      "<b class=\"v MISPRINT\">MISPRINT</b> refuted, and the mended form is "
      "proved; <b class=\"v UNDECIDED\">UNDECIDED</b> not known well enough."
      "</p>\n</section>\n";

/* --- the page ------------------------------------------------------------ */

static int
has_pictures(const json_t * tables)
{
    const json_t * table;
    size_t k;

    json_array_foreach(tables, k, table)
    {
        if (json_is_string(json_object_get(table, "svg")))
            return 1;
    }
    return 0;
}

static lb_status
put_body(FILE * page, const lb_report * r, const lb_report_counts * n,
         lb_error * err)
{
    lb_status status;

    put_verdicts(page, r, n);
    fputs("<section><h2 id=\"pictures\">Pictures</h2>\n", page);
    if (!has_pictures(r->tables))
        fputs("<p>No pictures were found for this page.</p>\n", page);
    status = lb_report_pictures(page, r->tables, err);
    fputs("</section>\n", page);
    fputs(legend, page);
    fputs("<h2 id=\"forms\">Forms</h2>\n", page);
    fputs(r->systems == NULL
              ? "<p>Not judged for this page.</p>\n"
              : "<p><i>Closed form</i> is the printed formula, <i>derived</i> "
                "the same quantity from the model without a Fock space, "
                "<i>steady state</i> that of the master equation at the "
                "stated drive; <i>distance</i> is steady state minus closed "
                "form, its <i>order</i> the measured power of the drive, and "
                "its coefficient a ball from the next order of the weak-drive "
                "hierarchy. <i>Printed</i> is whether a number of the paper "
                "holds: a finding, not a failure.</p>\n",
          page);
    lb_report_systems(page, r->systems);
    fputs("<h2 id=\"claims\">Claims</h2>\n", page);
    if (r->papers == NULL)
        fputs("<p>Not judged for this page.</p>\n", page);
    lb_report_papers(page, r->papers);
    fputs("<h2 id=\"tables\">Tables</h2>\n", page);
    if (n->tables == 0)
        fputs("<p>None were found for this page.</p>\n", page);
    lb_report_tables(page, r->tables);
    return status;
}

lb_status
lb_report_html(char ** html, size_t * size, lb_report_counts * counts,
               const lb_report * r, lb_error * err)
{
    lb_report_counts n = count(r);
    lb_status status;
    FILE * page;
    int failed;

    *html = NULL;
    page = open_memstream(html, size);
    if (page == NULL)
        return lb_error_set(err, LB_EMEM, "out of memory");
    put_head(page, r);
    put_title(page, r);
    status = put_body(page, r, &n, err);
    fputs("</main>\n<script>\n", page);
    fputs(r->script, page);
    fputs("</script>\n</body>\n</html>\n", page);
    failed = ferror(page);
    if ((fclose(page) != 0 || failed) && status == LB_OK)
        status = lb_error_set(err, LB_EMEM, "out of memory");
    if (status != LB_OK)
    {
        free(*html);
        *html = NULL;
    }
    if (counts != NULL)
        *counts = n;
    return status;
}
