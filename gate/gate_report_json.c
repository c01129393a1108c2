/* gate/gate_report_json.c -- JSON lines, for programs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <lindbound/ball_text.h>
#include <lindbound/gate_report_internal.h>
#include <lindbound/text.h>

#define MAX_TEXT 4096

/* @p text, made clean, or null. */
static json_t *
text_json(const char * text)
{
    json_t * json;
    char * clean;

    if (text == NULL || text[0] == '\0')
        return json_null();
    clean = lb_gate_clean(text, MAX_TEXT);
    json = json_string(clean);
    flint_free(clean);
    return json;
}

static json_t *
taken(char * text)
{
    json_t * json = text_json(text);

    flint_free(text);
    return json;
}

static json_t *
reference_json(const lb_gate_case * c)
{
    const lb_table_value_struct * v = &c->vector->value;

    if (c->problem->refuse != NULL)
        return json_pack("{s:o}", "refuse", text_json(c->problem->refuse));
    return json_pack(
        "{s:o,s:o,s:o,s:I}", "ball", taken(lb_ball_str(v->ball, v->digits)),
        "lo", taken(lb_text_print("%a", v->lo)), "hi",
        taken(lb_text_print("%a", v->hi)), "digits", (json_int_t) v->digits);
}

/* The candidate's own error bar, as a decimal. */
static json_t *
error_json(const lb_answer_struct * a)
{
    json_t * json;
    arb_t x;

    if (a->kind != LB_ANSWER_VALUE || !a->has_error)
        return json_null();
    arb_init(x);
    arb_set_fmpq(x, a->error, 64);
    json = taken(arb_get_str(x, 17, ARB_STR_NO_RADIUS));
    arb_clear(x);
    return json;
}

static json_t *
case_json(const lb_gate_report_t r, slong which)
{
    const lb_gate_case * c = r->cases + which;
    const lb_answer_struct * a = c->answer;
    json_t *flags = json_array(), *explanations = json_array();

    for (slong k = 0; k < c->vector->n_flags; k++)
        json_array_append_new(flags, json_string(c->vector->flags[k]));
    for (slong k = 0; k < c->n_explanations; k++)
        json_array_append_new(explanations, text_json(c->explanations[k]));
    return json_pack(
        "{s:s,s:s,s:s,s:s,s:b,s:b,s:o,s:o,s:o,s:o,s:o,s:b,s:s,s:o,s:o,s:o,s:f}",
        "type", "vector", "id", c->vector->id, "system", lb_gate_system(r, c),
        "verdict", lb_gate_verdict_str(c->result->verdict), "known_failure",
        c->known, "failure", lb_gate_is_failure(c), "value",
        a->kind == LB_ANSWER_VALUE ? text_json(a->text) : json_null(), "error",
        error_json(a), "cutoff", text_json(a->cutoff), "reference",
        reference_json(c), "correct_digits",
        isfinite(c->result->digits) ? json_real(c->result->digits)
                                    : json_null(),
        "rounded", c->result->rounded, "difficulty",
        lb_difficulty_str(c->vector->difficulty), "flags", flags, "note",
        text_json(c->result->note), "explanations", explanations, "seconds",
        lb_gate_seconds(r, which));
}

static json_t *
summary_json(const lb_gate_report_t r)
{
    lb_gate_counts counts = lb_gate_counts_of(r, -1);
    json_t * verdicts = json_object();

    for (int v = 0; v < LB_N_VERDICTS; v++)
        json_object_set_new(verdicts, lb_gate_verdict_str((lb_gate_verdict) v),
                            json_integer(counts.verdicts[v]));
    return json_pack("{s:s,s:o,s:o,s:I,s:o,s:I,s:I,s:b,s:i,s:f}", "type",
                     "summary", "candidate", text_json(r->candidate), "version",
                     text_json(r->version), "vectors", (json_int_t) counts.n,
                     "verdicts", verdicts, "known_failures",
                     (json_int_t) counts.known, "mended",
                     (json_int_t) counts.mended, "stopped", r->stopped,
                     "status", lb_gate_report_status(r), "seconds", r->seconds);
}

static void
write_line(FILE * stream, json_t * json)
{
    json_dumpf(json, stream, JSON_COMPACT | JSON_PRESERVE_ORDER);
    fputc('\n', stream);
    json_decref(json);
}

void
lb_gate_write_json(FILE * stream, const lb_gate_report_t r,
                   const lb_gate_write_options * o)
{
    (void) o;
    for (slong k = 0; k < r->n; k++)
        write_line(stream, case_json(r, k));
    write_line(stream, summary_json(r));
}
