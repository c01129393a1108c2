/* cli/solve_proved.c -- solve at levels auto, full and truncated.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/basis.h>
#include <lindbound/certificate.h>
#include <lindbound/certifier.h>
#include <lindbound/estimate.h>
#include <lindbound/leakage.h>
#include <lindbound/text.h>

#include "solve.h"

#define LEAKAGE_MEANING "information, not a bound"

/* --- one value ----------------------------------------------------------- */

static void
report_certified(lb_solve_session * s, const lb_solve_task * t,
                 const acb_t value, const lb_certified_info * info,
                 const char * cutoff, const char * name)
{
    char * text;

    if (!info->reached)
        s->undecided = 1;
    s->seconds += info->seconds;
    if (s->results != NULL)
    {
        json_t * entry = lb_ball_json(value, s->options->digits, name);

        if (s->note[0] != '\0')
            json_object_set_new(entry, "note", json_string(s->note));
        if (isfinite(s->leakage))
            json_object_set_new(entry, "leakage",
                                json_pack("{s:f,s:s}", "norm", s->leakage,
                                          "meaning", LEAKAGE_MEANING));
        json_object_set_new(entry, "reached", json_boolean(info->reached));
        if (info->limit != NULL)
            json_object_set_new(entry, "limit", json_string(info->limit));
        json_object_set_new(entry, "cutoff", json_string(cutoff));
        json_object_set_new(entry, "dimension", json_integer(info->dimension));
        if (strcmp(name, "full") == 0)
            json_object_set_new(entry, "population_above",
                                json_real(info->above));
        json_object_set_new(entry, "precision", json_integer(info->prec));
        json_object_set_new(entry, "rounds", json_integer(info->rounds));
        json_object_set_new(entry, "seconds", json_real(info->seconds));
        json_object_set_new(entry, "setup_seconds",
                            json_real(info->setup_seconds));
        json_object_set_new(entry, "bound_seconds",
                            json_real(info->bound_seconds));
        json_object_set_new(entry, "solve_seconds",
                            json_real(info->solve_seconds));
        json_object_set_new(entry, "residual_seconds",
                            json_real(info->residual_seconds));
        lb_solve_add_result(s, t, entry);
        return;
    }
    text = lb_ball_complex_str(value, s->options->digits);
    fprintf(s->out.stream, "  %-14s %s  %s", t->name, text, name);
    if (strcmp(name, "truncated") == 0) /* a statement about this cutoff */
        fprintf(s->out.stream, " at %s", cutoff);
    else if (info->above > 0.0 && info->above < 1.0)
        fprintf(s->out.stream, ", %s, P(N>%ld) < 1e%d", cutoff,
                (long) info->total, 1 + (int) floor(log10(info->above)));
    fputs(info->reached ? "" : "  UNDECIDED", s->out.stream);
    lb_solve_print_at(s->out.stream, t->at);
    fputc('\n', s->out.stream);
    if (!info->reached)
        fprintf(s->out.stream, "    not all digits: %s\n",
                info->limit != NULL ? info->limit : "?");
    flint_free(text);
}

/* What proves the last value, for the certificate if one is wanted. */
static void
add_proof(lb_solve_session * s, const lb_solve_task * t, const lb_certifier * c,
          const lb_scope_t scope)
{
    json_t * proof = NULL;

    if (s->proofs != NULL)
        proof = lb_certificate_proof(c, t->name, t->expr, t->at, scope);
    if (proof != NULL)
        json_array_append_new(s->proofs, proof);
}

/* Says so if a value is not determined because the model has several steady
   states; the text, to be freed, or NULL. */
static char *
diagnose(const lb_solve_session * s, lb_certifier * c, const lb_solve_task * t,
         const acb_t value, const lb_certified_info * info,
         const lb_scope_t scope)
{
    if (info->reached || !lb_ball_is_wide(value)
        || !lb_several_steady_states_approx(
            s->model, scope, lb_certifier_cutoff(c), info->dimension))
        return NULL;
    return lb_several_steady_states_str(t->name);
}

/* All tasks of the group with one certifier. */
static int
certify_group(lb_solve_session * s, lb_certifier * c, const slong * which,
              slong n, const lb_scope_t scope)
{
    int bad = 0;
    acb_t value;

    acb_init(value);
    for (slong k = 0; k < n && !bad; k++)
    {
        const lb_solve_task * t = s->tasks + which[k];
        lb_certified_info info;
        lb_error err;

        lb_error_clear(&err);
        if (lb_certifier_value(value, &info, c, t->expr, s->options->digits,
                               &err)
            != LB_OK)
            bad = lb_solve_fail_in_model(s, &err);
        else
        {
            char * cutoff = lb_cutoff_get_str(lb_certifier_cutoff(c), scope);
            char * why = diagnose(s, c, t, value, &info, scope);

            if (why != NULL)
                info.limit = why;
            report_certified(s, t, value, &info, cutoff, lb_certifier_level(c));
            flint_free(cutoff);
            flint_free(why);
            add_proof(s, t, c, scope);
        }
    }
    acb_clear(value);
    return bad;
}

/* --- the cutoff of level truncated --------------------------------------- */

/* No estimate because there are several steady states: at some cutoff, the
   values that all of them share can be proved all the same. */
#define UNDETERMINED_TOTAL 8

static int
undetermined(lb_cutoff_t cutoff, const lb_solve_session * s,
             const lb_scope_t scope)
{
    cutoff->total = UNDETERMINED_TOTAL;
    while (cutoff->total > 1
           && lb_basis_count(cutoff) > s->options->max_dimension)
        cutoff->total--;
    return lb_several_steady_states_approx(s->model, scope, cutoff,
                                           s->options->max_dimension);
}

/* The cutoff asked for, or one at which estimates are stable. */
static int
choose_cutoff(lb_cutoff_t cutoff, lb_solve_session * s, lb_expr * const * exprs,
              slong n, const lb_scope_t scope)
{
    lb_approx_value * values;
    lb_estimate_options options;
    lb_estimate_info info;
    lb_status status;
    lb_error err;
    long total;

    lb_error_clear(&err);
    if (s->options->cutoff != NULL)
    {
        status = lb_cutoff_parse(cutoff, s->options->cutoff, scope, &err);
        if (status == LB_OK)
            return 0;
        err.column = 0; /* of the option's text, which is short */
        lb_error_in(&err, "--cutoff", NULL);
        return lb_cli_error(&err);
    }
    if (!lb_scope_has_modes(scope))
        return 0;
    values = flint_calloc((size_t) n + 1, sizeof(lb_approx_value));
    lb_estimate_info_init(&info);
    lb_estimate_options_init(&options);
    options.max_dimension = s->options->max_dimension;
    status = lb_estimate_approx(values, &info, s->model, scope, NULL, exprs, n,
                                &options, &err);
    /* an automatic cutoff caps N alone */
    if (status == LB_OK && sscanf(info.cutoff, "N<=%ld", &total) == 1)
        cutoff->total = total;
    lb_estimate_info_clear(&info);
    flint_free(values);
    if (status == LB_ENOCONV && undetermined(cutoff, s, scope))
        return 0;
    return status == LB_OK ? 0 : lb_solve_fail_in_model(s, &err);
}

/* --- levels -------------------------------------------------------------- */

/* Says why level full does not apply to the n tasks. */
static void
report_not_full(lb_solve_session * s, const slong * which, slong n,
                const lb_error * err)
{
    if (s->level == LB_SOLVE_AUTO)
    {
        lb_text_append(s->note, sizeof(s->note), "%s", err->text);
        if (s->results == NULL)
            fprintf(s->out.stream, "note: %s\n", s->note);
        return;
    }
    s->undecided = 1;
    for (slong k = 0; k < n; k++)
    {
        const lb_solve_task * t = s->tasks + which[k];
        json_t * entry;
        acb_t value;

        if (s->results == NULL)
        {
            fprintf(s->out.stream, "  %-14s UNDECIDED: %s\n", t->name,
                    err->text);
            continue;
        }
        acb_init(value);
        acb_indeterminate(value);
        entry = lb_ball_json(value, s->options->digits, "full");
        json_object_set_new(entry, "reached", json_false());
        json_object_set_new(entry, "limit", json_string(err->text));
        lb_solve_add_result(s, t, entry);
        acb_clear(value);
    }
}

/* A certifier of level full, if it is wanted and applies. */
static int
make_full(lb_certifier ** c, lb_solve_session * s, const slong * which, slong n,
          const lb_scope_t scope)
{
    lb_status status;
    lb_error err;

    lb_error_clear(&err);
    *c = NULL;
    s->note[0] = '\0';
    s->leakage = (double) NAN;
    if (s->level == LB_SOLVE_TRUNCATED
        || (s->level == LB_SOLVE_AUTO && s->options->cutoff != NULL))
        return 0;
    status = lb_certifier_new_full(c, s->model, scope,
                                   s->options->max_dimension, &err);
    if (status == LB_EMODEL || status == LB_EPREC)
        report_not_full(s, which, n, &err);
    else if (status != LB_OK)
        return lb_solve_fail_in_model(s, &err);
    return 0;
}

/* What the cutoff disturbs: not known if the model is too large or has no
   steady state that is found. */
static void
report_leakage(lb_solve_session * s, const lb_cutoff_t cutoff,
               const lb_scope_t scope)
{
    char * text;

    if (!lb_scope_has_modes(scope)
        || lb_leakage_approx(&s->leakage, s->model, scope, cutoff,
                             s->options->max_dimension, NULL)
               != LB_OK)
        return;
    if (s->results != NULL)
        return;
    text = lb_cutoff_get_str(cutoff, scope);
    fprintf(s->out.stream,
            "note: ||L(rho)|| = %.1e in the full model for rho at %s "
            "(" LEAKAGE_MEANING ")\n",
            s->leakage, text);
    flint_free(text);
}

static int
certify_settings(lb_solve_session * s, const slong * which,
                 lb_expr * const * exprs, slong n)
{
    const lb_solve_task * t = s->tasks + which[0];
    lb_certifier * c = NULL;
    lb_cutoff_t cutoff;
    lb_scope_t scope;
    lb_error err;
    int bad;

    lb_error_clear(&err);
    if (lb_model_scope_at(scope, s->model, t->at, &err) != LB_OK)
        return lb_cli_error(&err);
    lb_cutoff_init(cutoff, scope->kinds, scope->subsystems);
    bad = make_full(&c, s, which, n, scope);
    if (!bad && c == NULL && s->level != LB_SOLVE_FULL)
    {
        bad = choose_cutoff(cutoff, s, exprs, n, scope);
        if (!bad
            && lb_certifier_new_truncated(&c, s->model, scope, cutoff,
                                          s->options->max_dimension, &err)
                   != LB_OK)
            bad = lb_solve_fail_in_model(s, &err);
        if (!bad)
            report_leakage(s, cutoff, scope);
    }
    if (!bad && c != NULL)
        bad = certify_group(s, c, which, n, scope);
    lb_certifier_free(c);
    lb_cutoff_clear(cutoff);
    lb_scope_clear(scope);
    return bad;
}

int
lb_solve_certified(lb_solve_session * s)
{
    slong * which = flint_calloc((size_t) s->n_tasks, sizeof(slong));
    lb_expr ** exprs = flint_calloc((size_t) s->n_tasks, sizeof(lb_expr *));
    int bad = 0;

    for (slong first = 0; first < s->n_tasks && !bad; first++)
        if (!s->tasks[first].done)
        {
            slong n = lb_solve_take_group(which, exprs, s, first);

            bad = certify_settings(s, which, exprs, n);
        }
    flint_free(which);
    flint_free(exprs);
    return bad;
}

/* --- the certificate ----------------------------------------------------- */

int
lb_solve_write_certificate(const lb_solve_session * s)
{
    const char * path = s->options->certificate;
    lb_error err;

    lb_error_clear(&err);
    if (json_array_size(s->proofs) == 0)
        lb_cli_fail("%s: nothing is proved, no certificate is written", path);
    else if (lb_certificate_write(path, s->model, s->proofs, &err) != LB_OK)
        return lb_cli_error(&err);
    return 0;
}
