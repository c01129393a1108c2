/* cli/cmd_show.c -- lindbound show MODEL
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/model_file.h>
#include <lindbound/text.h>

#include "cli.h"

static const char help[]
    = "Usage: lindbound show MODEL [-p NAME=EXPR]...\n"
      "                      [--format text|json] [-O FILE]\n\n"
      "Shows a system: Hamiltonian, rates, parameters with their values,\n"
      "conventions, observables.  MODEL is a built-in name or a file.\n\n"
      "  -p NAME=EXPR   replaces the expression of a parameter\n\n"
      "Examples:\n"
      "  lindbound show nanotip\n"
      "  lindbound show ./my_model.json -p kappa=2\n";

#define PREC 128
#define DIGITS 10

/* Ports and reservoirs: thermal photons stand for two dissipators. */
static void
show_channels(FILE * s, const lb_model_t m)
{
    for (slong k = 0; k < m->n_channels; k++)
    {
        const lb_channel * c = m->channels + k;

        fprintf(s, "  %s%s: rate %s, c = %s%s%s\n",
                c->name != NULL ? "port " : "reservoir",
                c->name != NULL ? c->name : "", c->rate->text,
                c->coupling->text,
                c->thermal != NULL ? ", thermal photons " : "",
                c->thermal != NULL ? c->thermal->text : "");
    }
    if (m->frequency != NULL)
        fprintf(s, "  frequency of the light (minus carrier): %s\n",
                m->frequency);
}

static void
show_header(FILE * s, const lb_model_t m)
{
    const char * separator = "Subsystems  ";

    fprintf(s, "%s: %s\n", m->name, m->title);
    if (m->source[0] != '\0')
        fprintf(s, "Source      %s\n", m->source);
    for (slong k = 0; k < m->scope->length; k++)
    {
        const lb_symbol * symbol = m->scope->symbols + k;

        if (symbol->kind != LB_SYMBOL_SUBSYSTEM)
            continue;
        fprintf(s, "%s%s (%s)", separator, symbol->name,
                m->scope->kinds[symbol->index] == LB_MODE ? "mode"
                                                          : "two-level");
        separator = ", ";
    }
    fprintf(s, "\n\nMaster equation  d rho/dt = -i[H, rho] + sum of "
               "rate * (c rho c' - {c'c, rho}/2)\n");
    for (slong k = 0; k < m->n_hamiltonian; k++)
        fprintf(s, "%s%s\n", k == 0 ? "  H =   " : "      + ",
                m->hamiltonian[k]->text);
    for (slong k = 0; k < m->n_dissipators; k++)
        if (!m->dissipators[k].of_channel)
            fprintf(s, "  rate %s, c = %s\n", m->dissipators[k].rate->text,
                    m->dissipators[k].jump->text);
    show_channels(s, m);
}

static int
show_parameters(FILE * s, const lb_scope_t scope)
{
    lb_error err;
    lb_scalar_t x;
    lb_env_t env;
    int bad = 0;

    lb_error_clear(&err);
    lb_scalar_init(x);
    lb_env_init(env, scope, PREC);
    fprintf(s, "\nParameters\n");
    for (slong k = 0; k < scope->length && !bad; k++)
    {
        const lb_symbol * symbol = scope->symbols + k;
        char * value;

        if (symbol->kind != LB_SYMBOL_PARAMETER)
            continue;
        if (lb_env_symbol(x, env, k, &err) != LB_OK)
        {
            lb_cli_error(&err);
            bad = 1;
            break;
        }
        if (symbol->expr->root->kind == LB_NODE_NUMBER)
            value = lb_text_copy(symbol->expr->text);
        else
            value = lb_ball_plain_str(x->coefficient, DIGITS);
        fprintf(s, "  %-20s = %s%s%s", symbol->name, value,
                symbol->unit != NULL ? " " : "",
                symbol->unit != NULL ? symbol->unit : "");
        if (strcmp(symbol->expr->text, value) != 0)
            fprintf(s, "   [%s]", symbol->expr->text);
        fprintf(s, "%s%s%s\n", symbol->drive ? "  (drive)" : "",
                symbol->doc != NULL ? "  " : "",
                symbol->doc != NULL ? symbol->doc : "");
        flint_free(value);
    }
    lb_env_clear(env);
    lb_scalar_clear(x);
    return bad;
}

static void
show_observables(FILE * s, const lb_model_t m)
{
    if (m->n_observables > 0)
        fprintf(s, "\nObservables\n");
    for (slong k = 0; k < m->n_observables; k++)
    {
        const lb_observable * o = m->observables + k;

        fprintf(s, "  %-20s = %s", o->name, o->expr->text);
        for (slong j = 0; j < o->at->length; j++)
            fprintf(s, "%s%s = %s", j == 0 ? "   at " : ", ", o->at->names[j],
                    o->at->texts[j]);
        fprintf(s, "%s%s\n", o->doc != NULL ? "  " : "",
                o->doc != NULL ? o->doc : "");
    }
    if (m->n_conventions > 0)
        fprintf(s, "\nConventions\n");
    for (slong k = 0; k < m->n_conventions; k++)
        fprintf(s, "  - %s\n", m->conventions[k]);
}

static json_t *
parameters_json(const lb_scope_t scope)
{
    json_t * parameters = json_object();
    lb_scalar_t x;
    lb_env_t env;

    lb_scalar_init(x);
    lb_env_init(env, scope, PREC);
    for (slong k = 0; k < scope->length; k++)
    {
        const lb_symbol * symbol = scope->symbols + k;
        json_t * entry;

        if (symbol->kind != LB_SYMBOL_PARAMETER
            || lb_env_symbol(x, env, k, NULL) != LB_OK)
            continue;
        entry = lb_ball_json(x->coefficient, 15, "closed-form");
        json_object_set_new(entry, "expression",
                            json_string(symbol->expr->text));
        json_object_set_new(parameters, symbol->name, entry);
    }
    lb_env_clear(env);
    lb_scalar_clear(x);
    return parameters;
}

static json_t *
model_json(const lb_model_t m, const lb_scope_t scope)
{
    json_t *hamiltonian = json_array(), *dissipators = json_array(),
           *observables = json_object();

    for (slong k = 0; k < m->n_hamiltonian; k++)
        json_array_append_new(hamiltonian,
                              json_string(m->hamiltonian[k]->text));
    for (slong k = 0; k < m->n_dissipators; k++)
        json_array_append_new(
            dissipators,
            json_pack("{s:s,s:s}", "rate", m->dissipators[k].rate->text,
                      "operator", m->dissipators[k].jump->text));
    for (slong k = 0; k < m->n_observables; k++)
        json_object_set_new(observables, m->observables[k].name,
                            json_string(m->observables[k].expr->text));
    return json_pack("{s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:o}", "command", "show",
                     "model", m->name, "title", m->title, "source", m->source,
                     "parameters", parameters_json(scope), "hamiltonian",
                     hamiltonian, "dissipators", dissipators, "observables",
                     observables);
}

static int
show(const lb_options * options, const lb_model_t m)
{
    lb_output out;
    lb_scope_t scope;
    lb_error err;
    int bad = 0;

    lb_error_clear(&err);
    if (lb_model_scope_at(scope, m, options->settings, &err) != LB_OK)
        return lb_cli_error(&err);
    if (lb_output_open(&out) != 0)
        return LB_EXIT_USAGE;
    if (options->format == LB_FORMAT_JSON)
        lb_output_json(&out, model_json(m, scope));
    else
    {
        show_header(out.stream, m);
        bad = show_parameters(out.stream, scope);
        show_observables(out.stream, m);
    }
    lb_scope_clear(scope);
    return bad ? lb_output_discard(&out, LB_EXIT_USAGE)
               : lb_output_deliver(&out, options->output, LB_EXIT_GOOD);
}

static int
run_model(const lb_options * options)
{
    lb_model_t m;
    int status;

    if (options->n_arguments != 1)
        return lb_cli_fail("show takes one MODEL; 'lindbound list' shows "
                           "the built-in ones");
    lb_model_init(m);
    status = lb_cli_read_model(m, options->arguments[0]) != 0
                 ? LB_EXIT_USAGE
                 : show(options, m);
    lb_model_clear(m);
    return status;
}

int
lb_cmd_show(int argc, char ** argv)
{
    return lb_cli_command(argc, argv, "show", "pFO", help, run_model);
}
