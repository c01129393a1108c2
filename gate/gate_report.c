/* gate/gate_report.c -- what the writers of reports share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/gate_report_internal.h>
#include <lindbound/text.h>

static const struct
{
    const char * name;
    void (*write)(FILE * stream, const lb_gate_report_t r,
                  const lb_gate_write_options * o);
} formats[] = {
    [LB_GATE_FORMAT_TEXT] = { "text", lb_gate_write_text },
    [LB_GATE_FORMAT_JSON] = { "json", lb_gate_write_json },
    [LB_GATE_FORMAT_JUNIT] = { "junit", lb_gate_write_junit },
    [LB_GATE_FORMAT_TAP] = { "tap", lb_gate_write_tap },
    [LB_GATE_FORMAT_MARKDOWN] = { "markdown", lb_gate_write_markdown },
    [LB_GATE_FORMAT_GITHUB] = { "github", lb_gate_write_github },
};

int
lb_gate_format_find(const char * name)
{
    for (size_t k = 0; k < sizeof(formats) / sizeof(formats[0]); k++)
        if (strcmp(formats[k].name, name) == 0)
            return (int) k;
    return -1;
}

void
lb_gate_report_write(FILE * stream, const lb_gate_report_t r,
                     lb_gate_format format,
                     const lb_gate_write_options * options)
{
    formats[format].write(stream, r, options);
}

/* --- counts -------------------------------------------------------------- */

lb_gate_counts
lb_gate_counts_of(const lb_gate_report_t r, slong set)
{
    lb_gate_counts counts;

    memset(&counts, 0, sizeof(counts));
    for (slong k = 0; k < r->n; k++)
    {
        const lb_gate_case * c = r->cases + k;

        if (set >= 0 && c->problem->set != set)
            continue;
        counts.n++;
        counts.known += lb_gate_case_is_known(c);
        counts.mended += lb_gate_case_is_mended(c);
        counts.verdicts[c->result->verdict] += !lb_gate_case_is_known(c);
    }
    return counts;
}

char *
lb_gate_summary(const lb_gate_report_t r)
{
    lb_gate_counts counts = lb_gate_counts_of(r, -1);
    slong inside = counts.verdicts[LB_GATE_INSIDE];
    slong pass = counts.verdicts[LB_GATE_PASS];
    char text[600] = "";

    lb_text_append(
        text, sizeof(text), "%ld vectors: %ld good (%ld INSIDE, %ld PASS)",
        (long) counts.n, (long) (inside + pass), (long) inside, (long) pass);
    for (int v = LB_GATE_PASS + 1; v < LB_N_VERDICTS; v++)
        if (counts.verdicts[v] > 0)
            lb_text_append(text, sizeof(text), ", %ld %s",
                           (long) counts.verdicts[v],
                           lb_gate_verdict_str((lb_gate_verdict) v));
    if (counts.known > 0)
        lb_text_append(text, sizeof(text), ", %ld known to fail",
                       (long) counts.known);
    if (counts.mended > 0)
        lb_text_append(text, sizeof(text), "; %ld known to fail that pass",
                       (long) counts.mended);
    if (r->stopped)
        lb_text_append(text, sizeof(text), "; stopped before the end");
    return lb_text_copy(text);
}

#define MAX_NAME 120

char *
lb_gate_candidate(const lb_gate_report_t r)
{
    char *text, *clean;

    if (r->candidate[0] == '\0')
        return NULL;
    text = lb_text_print("%s%s%s", r->candidate, r->version[0] ? " " : "",
                         r->version);
    clean = lb_gate_clean(text, MAX_NAME);
    flint_free(text);
    return clean;
}

char *
lb_gate_mended_text(const lb_gate_report_t r, const lb_gate_write_options * o)
{
    slong n = lb_gate_report_mended(r);

    if (n == 0)
        return NULL;
    return lb_text_print("%ld known failure%s now: remove %s from %s", (long) n,
                         n == 1 ? " passes" : "s pass", n == 1 ? "it" : "them",
                         o->known_file != NULL ? o->known_file : "the list");
}

/* --- cases --------------------------------------------------------------- */

int
lb_gate_is_failure(const lb_gate_case * c)
{
    return lb_gate_case_is_mended(c)
           || (lb_gate_case_fails(c) && !lb_gate_case_is_known(c));
}

const char *
lb_gate_system(const lb_gate_report_t r, const lb_gate_case * c)
{
    return r->vectors->sets[c->problem->set].name;
}

double
lb_gate_seconds(const lb_gate_report_t r, slong which)
{
    const lb_vector_problem * problem = r->cases[which].problem;
    slong first = which, end = which;

    while (first > 0 && r->cases[first - 1].problem == problem)
        first--;
    while (end < r->n && r->cases[end].problem == problem)
        end++;
    return r->cases[which].answer->seconds / (double) (end - first);
}

const char *
lb_gate_word(const lb_gate_case * c)
{
    return lb_gate_case_is_mended(c) ? "MENDED"
                                     : lb_gate_verdict_str(c->result->verdict);
}

/* of one text of a candidate */
#define MAX_TEXT 400
#define MAX_NUMBER 60

char *
lb_gate_answer_text(const lb_gate_case * c)
{
    const lb_answer_struct * a = c->answer;
    char *value, *cutoff, *error = NULL, *text;

    if (a->kind != LB_ANSWER_VALUE)
        return lb_text_copy("");
    value = lb_gate_clean(a->text, MAX_NUMBER);
    cutoff = lb_gate_clean(a->cutoff, MAX_NUMBER);
    if (a->has_error)
    {
        arb_t x;

        arb_init(x);
        arb_set_fmpq(x, a->error, 53);
        error = arb_get_str(x, 3, ARB_STR_NO_RADIUS);
        arb_clear(x);
    }
    text = lb_text_print("%s%s%s%s%s", value, error != NULL ? " +/- " : "",
                         error != NULL ? error : "", cutoff[0] ? " at " : "",
                         cutoff);
    flint_free(value);
    flint_free(cutoff);
    flint_free(error);
    return text;
}

char *
lb_gate_reference_text(const lb_vector * vector,
                       const lb_vector_problem * problem)
{
    const lb_table_value_struct * v = &vector->value;
    acb_t x;
    char *text, *clean;

    if (problem->refuse != NULL)
        text = lb_text_print("no value (%s)", problem->refuse);
    else
    {
        acb_init(x);
        acb_set_arb(x, v->ball);
        text = lb_ball_plain_str(x, FLINT_MAX(1, FLINT_MIN(12, v->digits)));
        acb_clear(x);
    }
    clean = lb_gate_clean(text, MAX_TEXT);
    flint_free(text);
    return clean;
}

char *
lb_gate_difference_text(const lb_gate_case * c)
{
    const char * relation
        = lb_gate_is_good(c->result->verdict) ? "agrees with" : "instead of";
    char *answer, *reference, *text;

    if (c->answer->kind != LB_ANSWER_VALUE)
        return lb_text_copy("");
    answer = lb_gate_answer_text(c);
    reference = lb_gate_reference_text(c->vector, c->problem);
    text = isnan(c->result->digits)
               ? lb_text_print("%s %s %s", answer, relation, reference)
               : lb_text_print("%s %s %s (%.1f correct digits)", answer,
                               relation, reference, c->result->digits);
    flint_free(answer);
    flint_free(reference);
    return text;
}

char *
lb_gate_note_text(const lb_gate_case * c)
{
    return lb_gate_clean(c->result->note, MAX_TEXT);
}

/* Appends BEFORE line AFTER, unless the line is empty; releases both. */
static char *
add_line(char * text, const char * before, char * line, const char * after)
{
    char * longer;

    if (line[0] == '\0')
    {
        flint_free(line);
        return text;
    }
    longer = lb_text_print("%s%s%s%s", text, before, line, after);
    flint_free(text);
    flint_free(line);
    return longer;
}

char *
lb_gate_details_text(const lb_gate_case * c, const char * before,
                     const char * after)
{
    char * text = lb_text_copy("");

    /* the note of a FAIL says the same */
    if (c->result->verdict != LB_GATE_FAIL)
        text = add_line(text, before, lb_gate_difference_text(c), after);
    text = add_line(text, before, lb_gate_note_text(c), after);
    for (slong k = 0; k < c->n_explanations; k++)
        text = add_line(text, before,
                        lb_gate_clean(c->explanations[k], MAX_TEXT), after);
    return text;
}
