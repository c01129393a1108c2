/* cli/cmd_audit.c -- lindbound audit [PAPER[/CLAIM]...]
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <unistd.h>

#include <lindbound/audit.h>
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
    lb_catalog_t catalog;
    lb_output out;
    json_t * results; /* NULL: text or markdown */
    slong counts[LB_AUDIT_VERDICTS];
    slong changed; /* verdicts other than recorded */
    slong claims;
} session;

/* --- pieces of text ------------------------------------------------------ */

/* "~ 0.012", "in [1, 2]", "increases along DF", "formula" */
static char *
printed_str(const lb_claim_struct * c)
{
    if (c->formula != NULL)
        return lb_text_copy("formula");
    if (c->along != NULL)
        return lb_text_print("%s along %s", c->relation, c->along);
    if (c->value_to != NULL)
        return lb_text_print("in [%s, %s]", c->value, c->value_to);
    return lb_text_print("%s %s", c->relation, c->value);
}

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
    printed = printed_str(row->correction.claim);
    text = lb_text_print("%s: %s (%s), %s, %s", row->correction.claim->why,
                         number, printed, row->correction.level,
                         lb_audit_verdict_str(row->correction.verdict));
    flint_free(number);
    flint_free(printed);
    return text;
}

static int
as_recorded(const lb_audit_row * row)
{
    return row->same_verdict && row->correction_holds;
}

/* --- text ---------------------------------------------------------------- */

static void
print_row(FILE * s, const lb_audit_row * row, const int * width)
{
    const lb_claim_struct * c = row->result.claim;
    char * number = number_str(&row->result);
    char * printed = printed_str(c);
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
        widen(width + 1, printed_str(rows[k].result.claim));
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
    char * printed = printed_str(c);
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
    print_remark(s, "NOT AS RECORDED: ", as_recorded(row) ? NULL : c->verdict);
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

/* --- JSON ---------------------------------------------------------------- */

static json_t *
text_json(const char * text)
{
    return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *
result_json(const lb_audit_result * r)
{
    char * printed = printed_str(r->claim);
    json_t * o = json_object();

    json_object_set_new(o, "printed", json_string(printed));
    json_object_set_new(o, "verdict",
                        json_string(lb_audit_verdict_str(r->verdict)));
    json_object_set_new(o, "level", json_string(r->level));
    json_object_set_new(o, "number",
                        acb_is_finite(r->number)
                            ? lb_ball_json(r->number, 15, r->level)
                            : json_null());
    if (r->claim->along != NULL)
        json_object_set_new(o, "first",
                            acb_is_finite(r->first)
                                ? lb_ball_json(r->first, 15, r->level)
                                : json_null());
    json_object_set_new(o, "note", text_json(r->note));
    json_object_set_new(o, "seconds", json_real(r->seconds));
    flint_free(printed);
    return o;
}

static json_t *
row_json(const lb_audit_row * row, const char * paper)
{
    const lb_claim_struct * c = row->result.claim;
    json_t * o = json_object();
    json_t * right;

    json_object_set_new(o, "paper", json_string(paper));
    json_object_set_new(o, "claim", json_string(c->id));
    json_object_set_new(o, "place", json_string(c->place));
    json_object_set_new(o, "quotation", json_string(c->quotation));
    json_object_set_new(o, "garbled", text_json(c->garbled));
    json_object_set_new(o, "reading", text_json(c->reading));
    json_object_set_new(o, "remark", text_json(c->note));
    right = result_json(&row->result);
    json_object_update(o, right);
    json_decref(right);
    if (row->has_correction)
    {
        right = result_json(&row->correction);
        json_object_set_new(right, "why",
                            json_string(row->correction.claim->why));
        json_object_set_new(o, "correction", right);
    }
    json_object_set_new(o, "recorded", json_string(c->verdict));
    json_object_set_new(o, "as_recorded", json_boolean(as_recorded(row)));
    return o;
}

/* --- a paper ------------------------------------------------------------- */

static void
show_progress(slong done, slong all, const char * model)
{
    lb_cli_progress("%ld of %ld (%s)", (long) done, (long) all, model);
}

static void
deliver_rows(session * s, const lb_claims_t claims, const lb_audit_row * rows,
             slong n)
{
    for (slong k = 0; k < n; k++)
    {
        s->counts[rows[k].result.verdict]++;
        s->changed += !as_recorded(rows + k);
        if (s->results != NULL)
            json_array_append_new(s->results,
                                  row_json(rows + k, claims->paper));
    }
    s->claims += n;
    if (s->options->format == LB_FORMAT_TEXT)
        print_text(s, claims, rows, n);
    else if (s->options->format == LB_FORMAT_MARKDOWN)
        print_markdown(s, claims, rows, n);
}

/* Judges the claim @p id of a file, or all if NULL. */
static int
audit_claims(session * s, const lb_claims_t claims, const char * id)
{
    slong n = id == NULL ? claims->length : 1;
    slong first = id == NULL ? 0 : lb_claims_find(claims, id);
    const lb_claim_struct ** chosen;
    lb_audit_options options;
    lb_audit_row * rows;
    lb_error err;
    int bad = 0;

    if (first < 0)
        return lb_cli_fail("%s has no claim '%s'", claims->paper, id);
    lb_error_clear(&err);
    /* a proof costs more than an estimate of the same dimension */
    options.max_dimension = FLINT_MAX(1, s->options->max_dimension / 2);
    options.threads = s->options->threads;
    options.progress = show_progress;
    chosen = flint_malloc((size_t) n * sizeof(*chosen));
    rows = flint_malloc((size_t) n * sizeof(*rows));
    for (slong k = 0; k < n; k++)
        chosen[k] = claims->claims + first + k;
    lb_audit_rows_init(rows, n);
    if (lb_audit(rows, chosen, n, &options, &err) != LB_OK)
        bad = lb_cli_error(&err);
    lb_cli_progress_end();
    if (!bad)
        deliver_rows(s, claims, rows, n);
    lb_audit_rows_clear(rows, n);
    flint_free(rows);
    flint_free(chosen);
    return bad;
}

static int
audit_file(session * s, const char * path, const char * id)
{
    lb_claims_t claims;
    lb_error err;
    int bad;

    lb_error_clear(&err);
    lb_claims_init(claims);
    if (lb_claims_read(claims, path, s->catalog, &err) != LB_OK)
        return lb_cli_error(&err);
    bad = audit_claims(s, claims, id);
    lb_claims_clear(claims);
    return bad;
}

/* PAPER, PAPER/CLAIM or a path that ends in .json */
static int
audit_argument(session * s, const char * argument)
{
    size_t n = strlen(argument);
    const char * slash = strchr(argument, '/');
    size_t length = slash != NULL ? (size_t) (slash - argument) : n;
    char *file, *path;
    int bad;

    if (n > 5 && strcmp(argument + n - 5, ".json") == 0)
        return audit_file(s, argument, NULL);
    file = lb_text_print("%.*s.json", (int) length, argument);
    path = lb_data_path("claims", file);
    if (access(path, F_OK) != 0)
        bad = lb_cli_fail("no paper is called '%.*s'; 'lindbound audit' "
                          "without arguments judges all of them, a file of "
                          "your own must end in '.json'",
                          (int) length, argument);
    else
        bad = audit_file(s, path, slash != NULL ? slash + 1 : NULL);
    flint_free(path);
    flint_free(file);
    return bad;
}

static int
audit_all(session * s)
{
    int count, bad = 0;
    char ** names = lb_data_list("claims", &count);

    if (names == NULL)
        return -1;
    for (int k = 0; k < count && !bad; k++)
        bad = audit_argument(s, names[k]);
    lb_data_list_free(names, count);
    return bad;
}

/* --- the command --------------------------------------------------------- */

static char *
forms_path(const char * name)
{
    char * file = lb_text_print("%s.json", name);
    char * path = lb_data_path("forms", file);

    flint_free(file);
    return path;
}

static int
run(const lb_options * options)
{
    static const lb_catalog_source source = { lb_data_read_model, forms_path };
    session s;
    int bad = 0;

    memset(&s, 0, sizeof(s));
    s.options = options;
    if (lb_output_open(&s.out) != 0)
        return LB_EXIT_USAGE;
    lb_catalog_init(s.catalog, &source);
    if (options->format == LB_FORMAT_JSON)
        s.results = json_array();
    if (options->format == LB_FORMAT_MARKDOWN)
        print_markdown_head(s.out.stream);

    if (options->n_arguments == 0)
        bad = audit_all(&s);
    for (int k = 0; k < options->n_arguments && !bad; k++)
        bad = audit_argument(&s, options->arguments[k]);

    if (s.results != NULL)
        lb_output_json(&s.out, json_pack("{s:s,s:b,s:o}", "command", "audit",
                                         "as_recorded", s.changed == 0,
                                         "results", s.results));
    else if (!bad)
        print_summary(&s);
    lb_catalog_clear(s.catalog);
    if (bad)
        return lb_output_discard(&s.out, LB_EXIT_USAGE);
    return lb_output_deliver(&s.out, options->output,
                             s.changed > 0 ? LB_EXIT_DISAGREE : LB_EXIT_GOOD);
}

static int
processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    return n > 0 && n < 1024 ? (int) n : 1;
}

int
lb_cmd_audit(int argc, char ** argv)
{
    lb_options options;
    int status;

    if (lb_options_read(&options, argc, argv, "audit", "mFKOt") != 0)
        status = LB_EXIT_USAGE;
    else if (options.help)
    {
        fputs(help, stdout);
        status = LB_EXIT_GOOD;
    }
    else
    {
        if (options.threads == 0)
            options.threads = processors();
        status = run(&options);
    }
    lb_options_clear(&options);
    return status;
}
