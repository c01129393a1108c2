/* cli/cmd_eval.c -- lindbound eval EXPR
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/evaluate.h>
#include <lindbound/json_file.h>

#include "cli.h"

static const char help[]
    = "Usage: lindbound eval EXPR [-p NAME=EXPR]... [--digits K]\n"
      "                      [--format text|json] [-O FILE]\n\n"
      "Evaluates a formula in ball arithmetic: the printed ball contains the\n"
      "exact value.  Decimals are exact (0.1 is one tenth); 120 +/- 0.5 is a\n"
      "ball.\n\n"
      "  -p NAME=EXPR   defines a name, also by other names\n"
      "  --digits K     relative significant digits (15); for an exact zero\n"
      "                 an absolute bound of 10^-K\n\n"
      "Examples:\n"
      "  lindbound eval 'sqrt(2)/2' --digits 50\n"
      "  lindbound eval '1/(4*x^2+1)' -p 'x=chi/gamma' -p chi=5.3 -p gamma=1\n"
      "  lindbound eval 'abs2(hyp0f2(1/2-3*i, 1/2+3*i, 1/10))'\n"
      "  lindbound eval 'kappa/2' -p 'kappa=120 +/- 0.5'\n\n"
      "An EXPR that begins with '-' goes after '--'.\n"
      "Exit status: 0, 2 for malformed input, 3 if the value is not finite\n"
      "(a pole, a division by zero, or too wide a ball).\n";

/* Precision is doubled until the digits are there, up to this many bits. */
#define MAX_PREC 65536

static lb_status
make_scope(lb_scope_t scope, const lb_settings_t settings, lb_error * err)
{
    lb_status status = LB_OK;

    lb_scope_init(scope);
    for (slong k = 0; k < settings->length && status == LB_OK; k++)
    {
        lb_expr * e = NULL;

        status = lb_expr_parse(&e, settings->texts[k], err);
        if (status == LB_OK)
            status
                = lb_scope_add(scope, LB_SYMBOL_PARAMETER, settings->names[k],
                               e, settings->places[k], NULL, err);
        if (status != LB_OK)
            lb_error_in(err, settings->places[k], NULL);
        lb_expr_free(e);
    }
    if (status == LB_OK)
        status = lb_scope_check_cycles(scope, err);
    if (status != LB_OK)
        lb_scope_clear(scope);
    return status;
}

/* Relative digits of both parts, or the absolute bound around zero. */
static int
precise_enough(const acb_t x, slong digits)
{
    mag_t bound, radius;
    int enough = 1;

    if (!acb_is_finite(x))
        return 0;
    mag_init(bound);
    mag_init(radius);
    mag_set_ui(bound, 10);
    mag_pow_ui(bound, bound, (ulong) digits);
    mag_inv(bound, bound);
    for (int part = 0; part < 2; part++)
    {
        arb_srcptr y = part == 0 ? acb_realref(x) : acb_imagref(x);

        arb_get_mag(radius, y);
        if (lb_ball_digits(y, digits) < digits
            && !(arb_contains_zero(y) && mag_cmp(radius, bound) <= 0))
            enough = 0;
    }
    mag_clear(bound);
    mag_clear(radius);
    return enough;
}

/* More bits no longer help once the radius stays put: the input is a ball. */
static int
stalled(const acb_t before, const acb_t now)
{
    return acb_is_finite(now)
           && acb_rel_error_bits(now) >= acb_rel_error_bits(before) - 2;
}

static lb_status
evaluate(lb_scalar_t value, const lb_expr * e, const lb_scope_t scope,
         slong digits, lb_error * err)
{
    slong start = digits * 10 / 3 + 32;
    lb_status status = LB_OK;
    lb_scalar_t x;

    lb_scalar_init(x);
    lb_scalar_indeterminate(value);
    for (slong prec = start; prec <= FLINT_MAX(MAX_PREC, start); prec *= 2)
    {
        lb_env_t env;
        int done;

        lb_env_init(env, scope, prec);
        status = lb_env_scalar(x, env, e, err);
        lb_env_clear(env);
        if (status != LB_OK)
            break;
        done = precise_enough(x->coefficient, digits)
               || (prec > start && stalled(value->coefficient, x->coefficient));
        lb_scalar_set(value, x);
        if (done)
            break;
    }
    lb_scalar_clear(x);
    return status;
}

static void
report_json(lb_output * out, const lb_options * options,
            const lb_scalar_t value)
{
    json_t * root = json_object();
    json_t * results = json_array();
    json_t * entry = lb_scalar_json(value, options->digits, "closed-form");

    json_object_set_new(entry, "expression",
                        json_string(options->arguments[0]));
    json_array_append_new(results, entry);
    json_object_set_new(root, "command", json_string("eval"));
    json_object_set_new(root, "parameters",
                        lb_settings_json(options->settings));
    json_object_set_new(root, "results", results);
    lb_output_json(out, root);
}

static int
run(const lb_options * options)
{
    lb_expr * e = NULL;
    lb_output out;
    lb_scope_t scope;
    lb_error err;
    lb_scalar_t value;
    int status;

    lb_error_clear(&err);
    if (lb_expr_parse(&e, options->arguments[0], &err) != LB_OK)
    {
        lb_error_in(&err, "EXPR", NULL);
        return lb_cli_error(&err);
    }
    if (make_scope(scope, options->settings, &err) != LB_OK)
    {
        lb_expr_free(e);
        return lb_cli_error(&err);
    }
    lb_scalar_init(value);
    if (evaluate(value, e, scope, options->digits, &err) != LB_OK)
    {
        lb_error_in(&err, "EXPR", NULL);
        status = lb_cli_error(&err);
    }
    else
    {
        status = acb_is_finite(value->coefficient) || value->side != 0
                     ? LB_EXIT_GOOD
                     : LB_EXIT_UNDECIDED;
        if (lb_output_open(&out) != 0)
            status = LB_EXIT_USAGE;
        else
        {
            char * text = lb_scalar_str(value, options->digits);

            if (options->format == LB_FORMAT_JSON)
                report_json(&out, options, value);
            else
                fprintf(out.stream, "%s\n", text);
            flint_free(text);
            status = lb_output_deliver(&out, options->output, status);
        }
    }
    lb_scalar_clear(value);
    lb_scope_clear(scope);
    lb_expr_free(e);
    return status;
}

int
lb_cmd_eval(int argc, char ** argv)
{
    lb_options options;
    int status;

    if (lb_options_read(&options, argc, argv, "eval", "pdFO") != 0)
        status = LB_EXIT_USAGE;
    else if (options.help)
    {
        fputs(help, stdout);
        status = LB_EXIT_GOOD;
    }
    else if (options.n_arguments != 1)
        status = lb_cli_fail("eval takes one expression (quote it); see "
                             "'lindbound eval --help'");
    else
        status = run(&options);
    lb_options_clear(&options);
    return status;
}
