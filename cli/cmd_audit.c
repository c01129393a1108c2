/* cli/cmd_audit.c -- lindbound audit [PAPER[/CLAIM]...]
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/audit_json.h>
#include <lindbound/ball_text.h>
#include <lindbound/text.h>

#include "cli.h"

static const char help[]
    = "Usage: lindbound audit [PAPER | PAPER/CLAIM | FILE.json]...\n"
      "       [--threads T] [--max-dimension D] [--format text|json|markdown]\n"
      "       [-O FILE]\n\n"
      "Judges what the papers print -- numbers, formulas, inequalities, "
      "trends --\nby enclosures of its own (docs/claims.md):\n"
      "  CONFIRMED    the enclosure lies in what is printed\n"
      "  CONSISTENT   the same of '~', '<<' and the like, as read there\n"
      "  REFUTED      it lies outside, provably\n"
      "  MISPRINT     refuted, and the mended form is proved\n"
      "  UNDECIDED    not known well enough\n"
      "Each verdict is compared with the one recorded in data/claims.\n"
      "Without PAPER: all of them.\n\n"
      "  --threads T      values computed at the same time (as many as there\n"
      "                   are processors)\n"
      "  --max-dimension  refuse larger Hilbert spaces (1024); a proof uses\n"
      "                   half of it at most\n\n"
      "Examples:\n"
      "  lindbound audit\n"
      "  lindbound audit three_cavity\n"
      "  lindbound audit nanotip --format markdown -O nanotip.md\n\n"
      "Exit status: 0 every verdict is the recorded one, 1 another came out,\n"
      "2 usage or bad input.\n";

/* digits of an enclosure that are shown */
#define SHOWN_DIGITS 6

typedef struct
{
    const lb_options * options;
    lb_output out;
    json_t * results; /* NULL: text or markdown */
    slong counts[LB_AUDIT_VERDICTS];
    slong changed; /* verdicts other than recorded */
    slong claims;
} session;

/* --- pieces of text ------------------------------------------------------ */

static char *
number_str(const lb_audit_result * r)
{
    char *last, *first, *both;

    if (!acb_is_finite(r->number))
        return lb_text_copy("?");
    last = lb_ball_plain_str(r->number, SHOWN_DIGITS);
    if (r->claim->along == NULL)
        return last;
    first = lb_ball_plain_str(r->first, SHOWN_DIGITS);
    both = lb_text_print("%s ... %s", first, last);
    flint_free(first);
    flint_free(last);
    return both;
}

/* What the correction changes and gives: "why: 5.02 (>= 5), full" */
static char *
correction_str(const lb_audit_row * row)
{
    char *number, *printed, *text;

    if (!row->has_correction)
        return NULL;
    number = number_str(&row->correction);
    printed = lb_claim_printed_str(row->correction.claim);
    text = lb_text_print("%s: %s (%s), %s, %s", row->correction.claim->why,
                         number, printed, row->correction.level,
                         lb_audit_verdict_str(row->correction.verdict));
    flint_free(number);
    flint_free(printed);
    return text;
}

/* --- text ---------------------------------------------------------------- */

static void
print_row(FILE * s, const lb_audit_row * row, const int * width)
{
    const lb_claim_struct * c = row->result.claim;
    char * number = number_str(&row->result);
    char * printed = lb_claim_printed_str(c);
    char * correction = correction_str(row);

    fprintf(s, "%-10s  %-*s  %-*s  %-*s  %s\n",
            lb_audit_verdict_str(row->result.verdict), width[0], c->id,
            width[1], printed, width[2], number, row->result.level);
    if (row->result.verdict > LB_AUDIT_CONSISTENT)
        fprintf(s, "    %s: \"%s\"\n", c->place, c->quotation);
    if (correction != NULL)
        fprintf(s, "    right: %s\n", correction);
    if (row->result.note[0] != '\0')
        fprintf(s, "    %s\n", row->result.note);
    if (!row->same_verdict)
        fprintf(s, "    RECORDED: %s\n", c->verdict);
    if (!row->correction_holds)
        fprintf(s, "    THE CORRECTION DOES NOT HOLD\n");
    flint_free(number);
    flint_free(printed);
    flint_free(correction);
}

static void
widen(int * width, char * text)
{
    int n = (int) strlen(text);

    *width = n > *width ? n : *width;
    flint_free(text);
}

static void
print_text(session * s, const lb_claims_t claims, const lb_audit_row * rows,
           slong n)
{
    int width[3] = { 0, 0, 0 };

    fprintf(s->out.stream, "\n%s: %s\n%s\n\n", claims->paper, claims->title,
            claims->source);
    for (slong k = 0; k < n; k++)
    {
        widen(width + 0, lb_text_copy(rows[k].result.claim->id));
        widen(width + 1, lb_claim_printed_str(rows[k].result.claim));
        widen(width + 2, number_str(&rows[k].result));
    }
    for (slong k = 0; k < n; k++)
        print_row(s->out.stream, rows + k, width);
}

/* --- markdown ------------------------------------------------------------ */

/* A table cell: no '|', no line ends, no markup. */
static void
print_cell(FILE * s, const char * text)
{
    for (; text != NULL && *text != '\0'; text++)
        if (*text == '\n')
            fputc(' ', s);
        else
        {
            if (strchr("|*_<>[]`\\", *text) != NULL)
                fputc('\\', s);
            fputc(*text, s);
        }
}

static void
print_remark(FILE * s, const char * word, const char * text)
{
    if (text == NULL || text[0] == '\0')
        return;
    fputs(" ", s);
    fputs(word, s);
    print_cell(s, text);
    fputs(".", s);
}

static void
print_markdown_row(FILE * s, const lb_audit_row * row)
{
    const lb_claim_struct * c = row->result.claim;
    char * number = number_str(&row->result);
    char * printed = lb_claim_printed_str(c);
    char * correction = correction_str(row);

    fputs("| ", s);
    print_cell(s, c->id);
    fputs(" | ", s);
    print_cell(s, c->place);
    fputs(": \"", s);
    print_cell(s, c->quotation);
    fputs("\" | ", s);
    print_cell(s, printed);
    fputs(" | ", s);
    print_cell(s, number);
    fputs(" | ", s);
    print_cell(s, row->result.level);
    fprintf(s, " | %s |", lb_audit_verdict_str(row->result.verdict));
    print_remark(s, "Read as: ", c->reading);
    print_remark(s, "Right: ", correction);
    print_remark(s, "Scan: ", c->garbled);
    print_remark(s, "", c->note);
    print_remark(s, "", row->result.note);
    print_remark(
        s, "NOT AS RECORDED: ", lb_audit_as_recorded(row) ? NULL : c->verdict);
    fputs(" |\n", s);
    flint_free(number);
    flint_free(printed);
    flint_free(correction);
}

/* "3 CONFIRMED, 1 REFUTED" */
static void
print_counts(FILE * s, const slong * counts)
{
    const char * between = "";

    for (int v = 0; v < LB_AUDIT_VERDICTS; v++)
        if (counts[v] > 0)
        {
            fprintf(s, "%s%ld %s", between, (long) counts[v],
                    lb_audit_verdict_str(v));
            between = ", ";
        }
}

/* The rows whose verdict is good, or is not. */
static void
print_markdown_table(FILE * s, const char * title, const lb_audit_row * rows,
                     slong n, int good)
{
    slong printed = 0;

    for (slong k = 0; k < n; k++)
    {
        if ((rows[k].result.verdict <= LB_AUDIT_CONSISTENT) != good)
            continue;
        if (printed++ == 0)
            fprintf(s,
                    "\n### %s\n\n"
                    "| claim | printed | relation | enclosure | level | "
                    "verdict | remarks |\n|---|---|---|---|---|---|---|\n",
                    title);
        print_markdown_row(s, rows + k);
    }
}

static void
print_markdown(session * s, const lb_claims_t claims, const lb_audit_row * rows,
               slong n)
{
    FILE * stream = s->out.stream;
    slong counts[LB_AUDIT_VERDICTS] = { 0 };

    for (slong k = 0; k < n; k++)
        counts[rows[k].result.verdict]++;
    fprintf(stream, "\n## %s\n\n%s.\n`lindbound audit %s`: ", claims->title,
            claims->source, claims->paper);
    print_counts(stream, counts);
    fprintf(stream, ".\n");
    print_markdown_table(stream, "Not as printed", rows, n, 0);
    print_markdown_table(stream, "As printed", rows, n, 1);
}

static void
print_markdown_head(FILE * s)
{
    fprintf(s,
            "# Audit: what the papers print\n\n"
            "Made by `lindbound audit --format markdown`; not to be edited.\n"
            "docs/claims.md says what the verdicts and relations mean. Every "
            "enclosure is\nproved; `truncated at ...` is a proof about the "
            "model at that cutoff only.\nWords are judged as *read* in the "
            "remarks.\n");
}

/* --- both ---------------------------------------------------------------- */

static void
print_summary(const session * s)
{
    fprintf(s->out.stream, "\n%ld claim%s: ", (long) s->claims,
            s->claims == 1 ? "" : "s");
    print_counts(s->out.stream, s->counts);
    if (s->changed > 0)
        fprintf(s->out.stream, "; %ld NOT AS RECORDED", (long) s->changed);
    fprintf(s->out.stream, ".\n");
}

/* --- a paper ------------------------------------------------------------- */

static void
deliver_rows(void * context, const lb_claims_t claims,
             const lb_audit_row * rows, slong n)
{
    session * s = context;

    for (slong k = 0; k < n; k++)
    {
        s->counts[rows[k].result.verdict]++;
        s->changed += !lb_audit_as_recorded(rows + k);
        if (s->results != NULL)
            json_array_append_new(s->results,
                                  lb_audit_row_json(rows + k, claims->paper));
    }
    s->claims += n;
    if (s->options->format == LB_FORMAT_TEXT)
        print_text(s, claims, rows, n);
    else if (s->options->format == LB_FORMAT_MARKDOWN)
        print_markdown(s, claims, rows, n);
}

/* --- the command --------------------------------------------------------- */

static int
run(const lb_options * options)
{
    lb_auditor a;
    session s;
    int bad;

    memset(&s, 0, sizeof(s));
    s.options = options;
    if (lb_output_open(&s.out) != 0)
        return LB_EXIT_USAGE;
    lb_auditor_init(&a, options);
    a.rows = deliver_rows;
    a.context = &s;
    if (options->format == LB_FORMAT_JSON)
        s.results = json_array();
    if (options->format == LB_FORMAT_MARKDOWN)
        print_markdown_head(s.out.stream);

    bad = lb_auditor_papers(&a, options->arguments, options->n_arguments);

    if (s.results != NULL)
        lb_output_json(&s.out, json_pack("{s:s,s:b,s:o}", "command", "audit",
                                         "as_recorded", s.changed == 0,
                                         "results", s.results));
    else if (!bad)
        print_summary(&s);
    lb_auditor_clear(&a);
    if (bad)
        return lb_output_discard(&s.out, LB_EXIT_USAGE);
    return lb_output_deliver(&s.out, options->output,
                             s.changed > 0 ? LB_EXIT_DISAGREE : LB_EXIT_GOOD);
}

int
lb_cmd_audit(int argc, char ** argv)
{
    return lb_cli_command(argc, argv, "audit", "mFKOt", help, run);
}
