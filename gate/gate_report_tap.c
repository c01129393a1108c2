/* gate/gate_report_tap.c -- the Test Anything Protocol, version 13.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/gate_report_internal.h>

/* Behind the '#' of a directive; no '#' of its own. */
static void
write_directive(FILE * stream, const char * directive, const char * reason)
{
    static const char * const replacement[] = { "\\\\", "\\#" };
    char * escaped = lb_gate_escape(reason, "\\#", replacement);

    fprintf(stream, " # %s%s%s", directive, escaped[0] ? " " : "", escaped);
    flint_free(escaped);
}

/* A YAML block; the texts in single quotes, where only ' is special. */
static void
write_diagnostic(FILE * stream, const lb_gate_case * c)
{
    static const char * const replacement[] = { "''" };
    static const char * const names[]
        = { "value", "reference", "note", "explanation" };
    char * texts[4];

    texts[0] = lb_gate_answer_text(c);
    texts[1] = lb_gate_reference_text(c->vector, c->problem);
    texts[2] = lb_gate_note_text(c);
    texts[3]
        = lb_gate_clean(c->n_explanations > 0 ? c->explanations[0] : "", 400);
    fprintf(stream, "  ---\n  verdict: %s\n", lb_gate_word(c));
    for (int k = 0; k < 4; k++)
    {
        char * escaped = lb_gate_escape(texts[k], "'", replacement);

        if (escaped[0] != '\0')
            fprintf(stream, "  %s: '%s'\n", names[k], escaped);
        flint_free(escaped);
        flint_free(texts[k]);
    }
    fputs("  ...\n", stream);
}

static void
write_case(FILE * stream, const lb_gate_case * c, slong number)
{
    int good = !lb_gate_case_fails(c) && !lb_gate_case_is_mended(c);
    char * note = lb_gate_note_text(c);

    fprintf(stream, "%s %ld - %s", good ? "ok" : "not ok", (long) number,
            c->vector->id);
    if (lb_gate_case_is_known(c))
        write_directive(stream, "TODO", "known failure");
    else if (c->result->verdict == LB_GATE_SKIPPED)
        write_directive(stream, "SKIP", note);
    fputc('\n', stream);
    if (!good)
        write_diagnostic(stream, c);
    flint_free(note);
}

void
lb_gate_write_tap(FILE * stream, const lb_gate_report_t r,
                  const lb_gate_write_options * o)
{
    char * mended = lb_gate_mended_text(r, o);
    char * summary = lb_gate_summary(r);

    fprintf(stream, "TAP version 13\n1..%ld%s\n", (long) r->n,
            r->n == 0 ? " # SKIP no vector was judged" : "");
    for (slong k = 0; k < r->n; k++)
        write_case(stream, r->cases + k, k + 1);
    if (mended != NULL)
        fprintf(stream, "# %s\n", mended);
    fprintf(stream, "# %s\n", summary);
    if (r->stopped)
        fputs("Bail out! stopped before the end\n", stream);
    flint_free(mended);
    flint_free(summary);
}
