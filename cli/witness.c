/* cli/witness.c -- solve --witness
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <mpfr.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/json_file.h>
#include <lindbound/text.h>
#include <lindbound/witness.h>

#include "cli.h"

/* of the bounds, unless --digits asks for others */
#define DIGITS 8
/* of the upper bound, which is made of coarser enclosures */
#define UPPER_DIGITS 6

typedef struct
{
    const lb_options * options;
    const lb_model_struct * model;
    lb_output * out;
    json_t * results; /* NULL in text */
    char * cutoff;
    slong dimension;
    const char * level;
} session;

/* The lower end of x rounded down, or the upper end rounded up. */
static char *
end_str(const arb_t x, int upper, slong digits)
{
    char *text = NULL, *copy;
    mpfr_t lo, hi;

    mpfr_init2(lo, 256);
    mpfr_init2(hi, 256);
    arb_get_interval_mpfr(lo, hi, x);
    if (upper)
        mpfr_asprintf(&text, "%.*RUg", (int) digits, hi);
    else
        mpfr_asprintf(&text, "%.*RDg", (int) digits, lo);
    copy = lb_text_copy(text);
    mpfr_free_str(text);
    mpfr_clear(lo);
    mpfr_clear(hi);
    return copy;
}

/* "entangled" is a proof, anything else is not one of separability. */
static int
is_entangled(const lb_witness_t w)
{
    return arb_is_positive(w->lower);
}

static void
print_operators(const session * s, const lb_witness_t w)
{
    for (slong j = 0; j < w->parties; j++)
    {
        fprintf(s->out->stream,
                "    A_%s = ", lb_cutoff_subsystem_name(w->scope, w->which[j]));
        for (slong k = 0, n = 0; k < w->operators; k++)
            if (w->party[k] == j)
                fprintf(s->out->stream, "%s%.4f %s",
                        n++ == 0        ? (w->c[k] < 0 ? "-" : "")
                        : w->c[k] < 0.0 ? " - "
                                        : " + ",
                        fabs(w->c[k]), lb_witness_operator_name(w, k));
        fputc('\n', s->out->stream);
    }
}

static json_t *
operators_json(const lb_witness_t w)
{
    json_t * array = json_array();

    for (slong k = 0; k < w->operators; k++)
        json_array_append_new(
            array,
            json_pack("{s:s,s:s,s:f}", "subsystem",
                      lb_cutoff_subsystem_name(w->scope, w->which[w->party[k]]),
                      "operator", lb_witness_operator_name(w, k), "coefficient",
                      w->c[k]));
    return array;
}

static void
report_json(const session * s, const lb_witness_t w, slong digits)
{
    json_t * entry;
    acb_t z;

    acb_init(z);
    acb_set_arb(z, w->value);
    entry = lb_ball_json(z, digits, s->level);
    json_object_set_new(entry, "observable", json_string(s->options->witness));
    json_object_set_new(entry, "expression", json_string("witness"));
    json_object_set_new(entry, "at", lb_settings_json(s->options->settings));
    acb_set_arb(z, w->lower);
    json_object_set_new(entry, "lower_bound",
                        lb_ball_json(z, digits, s->level));
    acb_set_arb(z, w->upper);
    json_object_set_new(entry, "upper_bound",
                        lb_ball_json(z, digits, s->level));
    json_object_set_new(entry, "estimate", json_real(w->approx));
    json_object_set_new(entry, "entangled", json_boolean(is_entangled(w)));
    json_object_set_new(entry, "operators", operators_json(w));
    json_object_set_new(entry, "reached", json_boolean(w->reached));
    if (w->limit != NULL)
        json_object_set_new(entry, "limit", json_string(w->limit));
    json_object_set_new(entry, "cutoff", json_string(s->cutoff));
    json_object_set_new(entry, "dimension", json_integer(s->dimension));
    json_object_set_new(entry, "seconds", json_real(w->seconds));
    json_array_append_new(s->results, entry);
    acb_clear(z);
}

static void
report_text(const session * s, const lb_witness_t w, slong digits)
{
    char * lower = end_str(w->lower, 0, digits);
    char * upper = end_str(w->upper, 1, FLINT_MIN(digits, UPPER_DIGITS));

    fprintf(s->out->stream, "  witness %s  W >= %s, W <= %s  %s",
            s->options->witness, lower, upper, s->level);
    if (strcmp(s->level, "truncated") == 0)
        fprintf(s->out->stream, " at %s", s->cutoff);
    fputs(is_entangled(w) ? "  entangled" : "  not shown to be entangled",
          s->out->stream);
    fputs(w->reached ? "" : "  UNDECIDED", s->out->stream);
    for (slong k = 0; k < s->options->settings->length; k++)
        fprintf(s->out->stream, "%s%s = %s", k > 0 ? ", " : "   ",
                s->options->settings->names[k], s->options->settings->texts[k]);
    fputc('\n', s->out->stream);
    print_operators(s, w);
    if (!w->reached)
        fprintf(s->out->stream, "    not all digits: %s\n",
                w->limit != NULL ? w->limit : "?");
    flint_free(lower);
    flint_free(upper);
}

static lb_status
read_cutoff(lb_cutoff_t cutoff, const lb_options * options,
            const lb_scope_t scope, lb_error * err)
{
    lb_status status = LB_OK;

    if (options->cutoff != NULL)
        status = lb_cutoff_parse(cutoff, options->cutoff, scope, err);
    else if (lb_scope_has_modes(scope))
        status = lb_error_set(err, LB_EPARSE,
                              "--witness is about the model at a cutoff; give "
                              "--cutoff");
    if (status != LB_OK)
    {
        err->column = 0; /* of the option's text, which is short */
        lb_error_in(err, "--cutoff", NULL);
    }
    return status;
}

/* Proposal and proof at a cutoff. */
static lb_status
prove(session * s, lb_witness_t w, const lb_cutoff_t cutoff, slong digits,
      lb_error * err)
{
    slong most = s->options->max_dimension;
    lb_certifier * c = NULL;
    lb_status status
        = lb_witness_propose_approx(w, s->model, cutoff, most, err);

    if (status == LB_OK)
        status = lb_certifier_new_truncated(&c, s->model, w->scope, cutoff,
                                            most, err);
    if (status == LB_OK)
        status = lb_witness_prove(w, c, digits, err);
    if (status == LB_OK)
    {
        s->level = lb_certifier_level(c);
        s->dimension = lb_basis_count(cutoff);
    }
    lb_certifier_free(c);
    return status;
}

int
lb_cli_witness(lb_output * out, json_t * results, const lb_options * options,
               const lb_model_t m, int * undecided, double * seconds)
{
    slong digits = options->digits_given ? options->digits : DIGITS;
    session s = { options, m, out, results, NULL, 0, "" };
    lb_cutoff_t cutoff;
    lb_status status;
    lb_scope_t scope;
    lb_witness_t w;
    lb_error err;

    lb_error_clear(&err);
    if (lb_model_scope_at(scope, m, options->settings, &err) != LB_OK)
        return lb_cli_error(&err);
    lb_cutoff_init(cutoff, scope->kinds, scope->subsystems);
    status = lb_witness_init(w, options->witness, scope, &err);
    if (status != LB_OK)
        lb_error_in(&err, "--witness", NULL);
    if (status == LB_OK)
        status = read_cutoff(cutoff, options, scope, &err);
    if (status == LB_OK)
        status = prove(&s, w, cutoff, digits, &err);
    if (status == LB_OK)
    {
        s.cutoff = lb_cutoff_get_str(cutoff, scope);
        if (results != NULL)
            report_json(&s, w, digits);
        else
            report_text(&s, w, digits);
        flint_free(s.cutoff);
        *undecided |= !w->reached;
        *seconds += w->seconds;
    }
    lb_witness_clear(w);
    lb_cutoff_clear(cutoff);
    lb_scope_clear(scope);
    return status == LB_OK ? 0 : lb_cli_error(&err);
}
