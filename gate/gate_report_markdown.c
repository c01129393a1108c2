/* gate/gate_report_markdown.c -- for the summary of a CI step.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GitHub refuses a summary of more than 1 MiB: failures beyond MAX_FAILURES are
 * counted, every text is cut. */
#include <lindbound/gate_report_internal.h>
#include <lindbound/text.h>

#define MAX_FAILURES 50
#define MAX_CELL 600

/* A text in a cell, with nothing in it that is Markdown or HTML. */
static void
write_cell(FILE * stream, const char * text)
{
    static const char * const replacement[]
        = { "&amp;", "&lt;",  "&gt;",  "&#124;", "&#96;",  "&#42;", "&#95;",
            "&#91;", "&#93;", "&#64;", "&#92;",  "&#126;", "&#35;", "&#33;" };
    char * clean = lb_gate_clean(text, MAX_CELL);
    char * escaped = lb_gate_escape(clean, "&<>|`*_[]@\\~#!", replacement);

    fputs(escaped, stream);
    flint_free(escaped);
    flint_free(clean);
}

/* --- counts -------------------------------------------------------------- */

static void
write_row(FILE * stream, const char * name, const lb_gate_counts * counts,
          const lb_gate_counts * all)
{
    fputs("| ", stream);
    write_cell(stream, name);
    for (int v = 0; v < LB_N_VERDICTS; v++)
        if (all->verdicts[v] > 0)
            fprintf(stream, " | %ld", (long) counts->verdicts[v]);
    if (all->known > 0)
        fprintf(stream, " | %ld", (long) counts->known);
    fputs(" |\n", stream);
}

static void
write_counts(FILE * stream, const lb_gate_report_t r)
{
    lb_gate_counts all = lb_gate_counts_of(r, -1);
    int columns = 0, rows = 0;

    fputs("| system", stream);
    for (int v = 0; v < LB_N_VERDICTS; v++)
        if (all.verdicts[v] > 0)
        {
            fprintf(stream, " | %s", lb_gate_verdict_str((lb_gate_verdict) v));
            columns++;
        }
    if (all.known > 0)
    {
        fputs(" | known to fail", stream);
        columns++;
    }
    fputs(" |\n| :--", stream);
    for (int k = 0; k < columns; k++)
        fputs(" | --:", stream);
    fputs(" |\n", stream);
    for (slong s = 0; s < r->vectors->n_sets; s++)
    {
        lb_gate_counts counts = lb_gate_counts_of(r, s);

        if (counts.n == 0)
            continue;
        write_row(stream, r->vectors->sets[s].name, &counts, &all);
        rows++;
    }
    if (rows > 1)
        write_row(stream, "all", &all, &all);
}

/* --- failures ------------------------------------------------------------ */

static void
write_failure(FILE * stream, const lb_gate_case * c)
{
    char * answer = lb_gate_answer_text(c);
    char * reference = lb_gate_reference_text(c->vector, c->problem);
    const char * why
        = c->n_explanations > 0 ? c->explanations[0] : c->result->note;

    fprintf(stream, "| %s | ", lb_gate_word(c));
    write_cell(stream, c->vector->id);
    fputs(" | ", stream);
    write_cell(stream, answer);
    fputs(" | ", stream);
    write_cell(stream, reference);
    if (c->answer->kind == LB_ANSWER_VALUE && c->result->digits >= 0)
        fprintf(stream, " | %.1f | ", c->result->digits);
    else
        fputs(" | | ", stream);
    write_cell(stream, why);
    fputs(" |\n", stream);
    flint_free(answer);
    flint_free(reference);
}

static void
write_failures(FILE * stream, const lb_gate_report_t r)
{
    slong n = 0;

    for (slong k = 0; k < r->n; k++)
    {
        if (!lb_gate_is_failure(r->cases + k))
            continue;
        if (n == 0)
            fputs("\n| verdict | vector | value | reference | correct digits | "
                  "note |\n| :-- | :-- | :-- | :-- | --: | :-- |\n",
                  stream);
        if (n < MAX_FAILURES)
            write_failure(stream, r->cases + k);
        n++;
    }
    if (n > MAX_FAILURES)
        fprintf(stream, "\nand %ld more.\n", (long) (n - MAX_FAILURES));
}

void
lb_gate_write_markdown(FILE * stream, const lb_gate_report_t r,
                       const lb_gate_write_options * o)
{
    char * candidate = lb_gate_candidate(r);
    char * mended = lb_gate_mended_text(r, o);
    char * summary = lb_gate_summary(r);

    fputs("## lindbound gate", stream);
    if (candidate != NULL)
    {
        fputs(": ", stream);
        write_cell(stream, candidate);
    }
    fprintf(stream, "\n\n%s %s.\n\n",
            lb_gate_report_status(r) == 0 ? "**Passed.**" : "**Not passed.**",
            summary);
    if (mended != NULL)
    {
        write_cell(stream, mended);
        fputs(".\n\n", stream);
    }
    if (r->n > 0)
        write_counts(stream, r);
    write_failures(stream, r);
    flint_free(candidate);
    flint_free(mended);
    flint_free(summary);
}
