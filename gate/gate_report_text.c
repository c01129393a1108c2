/* gate/gate_report_text.c -- for people at a terminal.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/gate_report_internal.h>
#include <lindbound/text.h>

#define RED "\033[31m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

#define VERDICT_WIDTH 15

static void
write_failure(FILE * stream, const lb_gate_case * c,
              const lb_gate_write_options * o)
{
    char before[VERDICT_WIDTH + 1];
    char * details;

    memset(before, ' ', VERDICT_WIDTH);
    before[VERDICT_WIDTH] = '\0';
    details = lb_gate_details_text(c, before, "\n");
    fprintf(stream, "%s%-*s%s%s\n%s", o->colour ? RED : "", VERDICT_WIDTH,
            lb_gate_word(c), o->colour ? PLAIN : "", c->vector->id, details);
    flint_free(details);
}

/* --- the table of counts ------------------------------------------------- */

#define SYSTEM_WIDTH 26

/* Columns: the verdicts that occur, and known failures. */
static void
write_row(FILE * stream, const char * name, const lb_gate_counts * counts,
          const lb_gate_counts * all)
{
    fprintf(stream, "%-*s", SYSTEM_WIDTH, name);
    for (int v = 0; v < LB_N_VERDICTS; v++)
    {
        const char * word = lb_gate_verdict_str((lb_gate_verdict) v);

        if (all->verdicts[v] == 0)
            continue;
        if (counts == NULL)
            fprintf(stream, "  %s", word);
        else
            fprintf(stream, "  %*ld", (int) strlen(word),
                    (long) counts->verdicts[v]);
    }
    if (all->known > 0 && counts == NULL)
        fputs("  known", stream);
    else if (all->known > 0)
        fprintf(stream, "  %5ld", (long) counts->known);
    fputc('\n', stream);
}

static void
write_counts(FILE * stream, const lb_gate_report_t r)
{
    lb_gate_counts all = lb_gate_counts_of(r, -1);
    int rows = 0;

    write_row(stream, "system", NULL, &all);
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

void
lb_gate_write_text(FILE * stream, const lb_gate_report_t r,
                   const lb_gate_write_options * o)
{
    char * candidate = lb_gate_candidate(r);
    char * mended = lb_gate_mended_text(r, o);
    char * summary = lb_gate_summary(r);
    int good = lb_gate_report_status(r) == 0, failures = 0;

    if (candidate != NULL)
        fprintf(stream, "candidate: %s\n", candidate);
    for (slong k = 0; k < r->n; k++)
        if (lb_gate_is_failure(r->cases + k))
        {
            write_failure(stream, r->cases + k, o);
            failures++;
        }
    if (failures > 0)
        fputc('\n', stream);
    if (r->n > 0)
        write_counts(stream, r);
    if (mended != NULL)
        fprintf(stream, "%s\n", mended);
    fprintf(stream, "%s%s%s in %.2f s\n",
            !o->colour ? ""
            : good     ? GREEN
                       : RED,
            summary, o->colour ? PLAIN : "", r->seconds);
    flint_free(candidate);
    flint_free(mended);
    flint_free(summary);
}
