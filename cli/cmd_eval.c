/* cli/cmd_eval.c -- lindbound eval EXPR
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/evaluate.h>
#include <lindbound/json_file.h>
#include <lindbound/objective.h>
#include <lindbound/text.h>
#include <lindbound/model_quantity.h>

#include "cli.h"

static const char help[]
    = "Usage: lindbound eval EXPR [-p NAME=EXPR]... [--model MODEL]\n"
      "                      [--maximize NAME=LOW:HIGH]... [--digits K]\n"
      "                      [--format text|json] [-O FILE]\n\n"
      "Evaluates a formula in ball arithmetic: the printed ball contains the\n"
      "exact value.  Decimals are exact (0.1 is one tenth); 120 +/- 0.5 is a\n"
      "ball.\n\n"
      "  -p NAME=EXPR   defines a name, also by other names; with --model\n"
      "                 replaces a parameter\n"
      "  --model MODEL  a built-in name or a file: its parameters and\n"
      "                 quantities (S(out,in), resonance(n,k,PARAMETER), ...)\n"
      "  --maximize NAME=LOW:HIGH\n"
      "                 encloses the largest value over the interval of this\n"
      "                 parameter; up to three parameters.  Proved: no "
      "sampling.\n"
      "                 Shown with intervals that hold every point where it "
      "is\n"
      "                 taken\n"
      "  --minimize NAME=LOW:HIGH\n"
      "                 the smallest value\n"
      "  --digits K     relative significant digits (15; of an optimum 6); "
      "for\n"
      "                 an exact zero an absolute bound of 10^-K\n\n"
      "Examples:\n"
      "  lindbound eval 'sqrt(2)/2' --digits 50\n"
      "  lindbound eval '1/(4*x^2+1)' -p 'x=chi/gamma' -p chi=5.3 -p gamma=1\n"
      "  lindbound eval 'abs2(hyp0f2(1/2-3*i, 1/2+3*i, 1/10))'\n"
      "  lindbound eval 'kappa/2' -p 'kappa=120 +/- 0.5'\n"
      "  lindbound eval 'abs2(S(c,a)) - abs2(S(a,c))' --model three_cavity \\\n"
      "      --maximize Delta=-2:2 --maximize kappa_b=0:3\n\n"
      "An EXPR that begins with '-' goes after '--'.\n"
      "Exit status: 0, 2 for malformed input, 3 if the value is not finite\n"
      "(a pole, a division by zero, or too wide a ball) or an optimum is not\n"
      "enclosed to the digits.\n";

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
evaluate(lb_scalar_t value, const lb_expr * e, const lb_model_struct * m,
         const lb_scope_t scope, slong digits, lb_error * err)
{
    slong start = digits * 10 / 3 + 32;
    lb_status status = LB_OK;
    lb_scalar_t x;

    lb_scalar_init(x);
    lb_scalar_indeterminate(value);
    for (slong prec = start; prec <= FLINT_MAX(MAX_PREC, start); prec *= 2)
    {
        const lb_node * root = e->root;
        int done;

        status
            = lb_model_quantity_nodes(x, &root, 1, m, scope, 0, 0, prec, err);
        if (status == LB_EPREC && prec < MAX_PREC / 2)
            continue;
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
report_json(lb_output * out, const lb_options * options, json_t * entry)
{
    json_t * root = json_object();
    json_t * results = json_array();

    json_object_set_new(entry, "expression",
                        json_string(options->arguments[0]));
    json_array_append_new(results, entry);
    json_object_set_new(root, "command", json_string("eval"));
    if (options->model != NULL)
        json_object_set_new(root, "model", json_string(options->model));
    json_object_set_new(root, "parameters",
                        lb_settings_json(options->settings));
    json_object_set_new(root, "results", results);
    lb_output_json(out, root);
}

static int
run_value(const lb_options * options, const lb_expr * e,
          const lb_model_struct * m, const lb_scope_t scope, lb_error * err)
{
    lb_output out;
    lb_scalar_t value;
    int status;

    lb_scalar_init(value);
    if (evaluate(value, e, m, scope, options->digits, err) != LB_OK)
    {
        lb_error_in(err, "EXPR", NULL);
        status = lb_cli_error(err);
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
                report_json(
                    &out, options,
                    lb_scalar_json(value, options->digits, "closed-form"));
            else
                fprintf(out.stream, "%s\n", text);
            flint_free(text);
            status = lb_output_deliver(&out, options->output, status);
        }
    }
    lb_scalar_clear(value);
    return status;
}

/* --- optima -------------------------------------------------------------- */

#define MAX_RANGES LB_OPTIMUM_MAX_PARAMETERS

typedef struct
{
    slong n;
    char * names[MAX_RANGES];
    slong symbols[MAX_RANGES];
    arb_struct low[MAX_RANGES], high[MAX_RANGES];
} box;

static void
box_init(box * b)
{
    memset(b, 0, sizeof(*b));
    for (int i = 0; i < MAX_RANGES; i++)
    {
        arb_init(b->low + i);
        arb_init(b->high + i);
    }
}

static void
box_clear(box * b)
{
    for (int i = 0; i < MAX_RANGES; i++)
    {
        flint_free(b->names[i]);
        arb_clear(b->low + i);
        arb_clear(b->high + i);
    }
}

/* The place of the parameter in the scope; without a model it is added. */
static lb_status
range_symbol(slong * symbol, const char * name, lb_scope_t scope, int model,
             lb_error * err)
{
    lb_expr * zero = NULL;
    lb_status status = LB_OK;

    *symbol = lb_scope_find(scope, name);
    if (*symbol < 0 && !model)
    {
        status = lb_expr_parse(&zero, "0", err);
        if (status == LB_OK)
            status = lb_scope_add(scope, LB_SYMBOL_PARAMETER, name, zero, NULL,
                                  NULL, err);
        lb_expr_free(zero);
        *symbol = lb_scope_find(scope, name);
    }
    else if (*symbol < 0 || scope->symbols[*symbol].kind != LB_SYMBOL_PARAMETER)
        status = lb_scope_override(scope, name, "0", NULL, NULL, err);
    return status;
}

static lb_status
read_range(box * b, const char * text, lb_scope_t scope, int model, slong prec,
           lb_error * err)
{
    slong i = b->n;
    lb_status status;

    if (i == MAX_RANGES)
        return lb_error_set(err, LB_EDOM,
                            "an optimum is sought over at most %d parameters",
                            MAX_RANGES);
    status = lb_cli_read_range(b->names + i, b->low + i, b->high + i, text,
                               scope, prec, err);
    b->n++;
    if (status != LB_OK)
        return status;
    status = range_symbol(b->symbols + i, b->names[i], scope, model, err);
    for (slong k = 0; k < i && status == LB_OK; k++)
        if (b->symbols[k] == b->symbols[i])
            status = lb_error_set(err, LB_EDOM, "the parameter is there twice");
    if (status != LB_OK)
    {
        char * place = lb_text_print("range of %s", b->names[i]);

        lb_error_in(err, place, NULL);
        flint_free(place);
    }
    return status;
}

static void
show_progress(slong boxes, const arb_t optimum, void * context)
{
    char * text = arb_get_str(optimum, 8, 0);

    (void) context;
    lb_cli_progress("optimum %s, %ld boxes", text, (long) boxes);
    flint_free(text);
}

static char *
real_text(const arb_t x, slong digits)
{
    acb_t z;
    char * text;

    acb_init(z);
    acb_set_arb(z, x);
    text = lb_ball_complex_str(z, digits);
    acb_clear(z);
    return text;
}

static json_t *
real_json(const arb_t x, slong digits)
{
    acb_t z;
    json_t * entry;

    acb_init(z);
    acb_set_arb(z, x);
    entry = lb_ball_json(z, digits, "closed-form");
    acb_clear(z);
    return entry;
}

static void
report_optimum(lb_output * out, const lb_options * options, const box * b,
               const arb_t optimum, arb_srcptr location, slong digits)
{
    const char * what = options->minimize ? "minimum" : "maximum";
    char * text;

    if (options->format == LB_FORMAT_JSON)
    {
        json_t * entry = real_json(optimum, digits);
        json_t * places = json_object();

        for (slong i = 0; i < b->n; i++)
            json_object_set_new(places, b->names[i],
                                real_json(location + i, digits));
        json_object_set_new(entry, "optimum", json_string(what));
        json_object_set_new(entry, "location", places);
        report_json(out, options, entry);
        return;
    }
    text = real_text(optimum, digits);
    fprintf(out->stream, "%s %s\n", what, text);
    flint_free(text);
    for (slong i = 0; i < b->n; i++)
    {
        text = arb_get_str(location + i, 5, ARB_STR_MORE);
        fprintf(out->stream, "  at %s = %s\n", b->names[i], text);
        flint_free(text);
    }
}

static int
run_optimum(const lb_options * options, const lb_expr * e,
            const lb_model_struct * m, lb_scope_t scope, lb_error * err)
{
    lb_optimum_options search = lb_optimum_defaults();
    arb_ptr location = _arb_vec_init(MAX_RANGES);
    lb_status found = LB_OK;
    lb_objective_t objective;
    lb_output out;
    arb_t optimum;
    int status;
    box b;

    arb_init(optimum);
    box_init(&b);
    if (options->digits_given)
        search.digits = options->digits;
    search.prec = search.digits * 10 / 3 + 64;
    search.minimize = options->minimize;
    search.progress = show_progress;
    for (int i = 0; i < options->n_ranges && found == LB_OK; i++)
        found = read_range(&b, options->ranges[i], scope, m != NULL,
                           search.prec, err);
    if (found == LB_OK)
    {
        lb_objective_init(objective, m, scope, e, b.symbols, b.n);
        found = lb_optimum(optimum, location, NULL, lb_objective_evaluate,
                           objective, b.low, b.high, b.n, &search, err);
        lb_objective_clear(objective);
        if (found != LB_OK)
            lb_error_in(err, "EXPR", NULL);
    }
    lb_cli_progress_end();
    status = found == LB_OK ? LB_EXIT_GOOD : lb_cli_error(err);
    if (found == LB_OK || found == LB_ENOCONV)
    {
        if (lb_output_open(&out) != 0)
            status = LB_EXIT_USAGE;
        else
        {
            report_optimum(&out, options, &b, optimum, location, search.digits);
            status = lb_output_deliver(&out, options->output, status);
        }
    }
    box_clear(&b);
    arb_clear(optimum);
    _arb_vec_clear(location, MAX_RANGES);
    return status;
}

/* --- the command --------------------------------------------------------- */

static int
run(const lb_options * options)
{
    lb_expr * e = NULL;
    lb_model_t model;
    lb_scope_t scope;
    lb_error err;
    lb_status found;
    int status;

    if (options->n_arguments != 1)
        return lb_cli_fail("eval takes one expression (quote it); see "
                           "'lindbound eval --help'");
    lb_error_clear(&err);
    lb_model_init(model);
    if (options->model != NULL && lb_cli_read_model(model, options->model) != 0)
        return LB_EXIT_USAGE;
    found = lb_expr_parse(&e, options->arguments[0], &err);
    if (found != LB_OK)
        lb_error_in(&err, "EXPR", NULL);
    else
        found = options->model == NULL
                    ? make_scope(scope, options->settings, &err)
                    : lb_model_scope_at(scope, model, options->settings, &err);
    if (found != LB_OK)
        status = lb_cli_error(&err);
    else
    {
        const lb_model_struct * m = options->model == NULL ? NULL : model;

        status = options->n_ranges > 0 ? run_optimum(options, e, m, scope, &err)
                                       : run_value(options, e, m, scope, &err);
        lb_scope_clear(scope);
    }
    lb_expr_free(e);
    lb_model_clear(model);
    return status;
}

int
lb_cmd_eval(int argc, char ** argv)
{
    return lb_cli_command(argc, argv, "eval", "pdFOMR", help, run);
}
