/* cli/peak.c -- solve MODEL -o OBS --maximize NAME=LOW:HIGH
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/peak.h>

#include "cli.h"

/* bits of the ends, and digits of values that are shown */
#define PREC 256
#define VALUE_DIGITS 15

static void
show_progress(const char * step, slong evaluations, void * context)
{
    (void) context;
    lb_cli_progress("%s, %ld values", step, (long) evaluations);
}

static const char *
level_of(const lb_peak_t p)
{
    return p->closed ? "closed-form" : lb_level_str(p->level);
}

static json_t *
real_json(const arb_t x, slong digits, const char * level)
{
    json_t * entry;
    acb_t z;

    acb_init(z);
    acb_set_arb(z, x);
    entry = lb_ball_json(z, digits, level);
    acb_clear(z);
    return entry;
}

/* A little more than are proved: the rounding of the middle is no part of what
   limits it. */
static slong
location_digits(const lb_peak_t p, const lb_peak_options * o)
{
    return FLINT_MAX(o->digits, lb_ball_digits(p->location, 2 * o->digits + 10))
           + 2;
}

static json_t *
report_json(const lb_peak_t p, const lb_peak_options * o, const char * name)
{
    const char * level = level_of(p);
    json_t * entry = real_json(p->value, VALUE_DIGITS, level);
    json_t * location = json_object();

    json_object_set_new(location, name,
                        real_json(p->location, location_digits(p, o), level));
    json_object_set_new(entry, "peak",
                        json_string(o->minimize ? "minimum" : "maximum"));
    json_object_set_new(entry, "location", location);
    json_object_set_new(entry, "middle", real_json(p->x, VALUE_DIGITS, level));
    json_object_set_new(entry, "value_there",
                        real_json(p->value_there, VALUE_DIGITS, level));
    json_object_set_new(entry, "reached", json_boolean(p->reached));
    if (p->cutoff != NULL)
        json_object_set_new(entry, "cutoff", json_string(p->cutoff));
    json_object_set_new(entry, "peaks_seen", json_integer(p->peaks));
    if (p->end != 0)
        json_object_set_new(entry, "better_end",
                            json_string(p->end < 0 ? "lower" : "upper"));
    json_object_set_new(entry, "evaluations", json_integer(p->evaluations));
    json_object_set_new(entry, "proofs", json_integer(p->proofs));
    json_object_set_new(entry, "seconds", json_real(p->seconds));
    return entry;
}

static void
print_value(FILE * stream, const char * what, const arb_t x)
{
    char * text = lb_ball_str(x, VALUE_DIGITS);

    fprintf(stream, "    %-14s %s\n", what, text);
    flint_free(text);
}

static void
report_text(FILE * stream, const lb_peak_t p, const lb_peak_options * o,
            const char * name, const char * observable, const lb_settings_t at)
{
    const char * what = o->minimize ? "minimum" : "maximum";
    char * text = arb_get_str(p->location, location_digits(p, o), ARB_STR_MORE);

    fprintf(stream, "  %-14s %s at %s = %s  %s", observable, what, name, text,
            level_of(p));
    if (p->cutoff != NULL) /* a statement about this cutoff */
        fprintf(stream, " at %s", p->cutoff);
    fputs(p->reached ? "" : "  UNDECIDED", stream);
    for (slong k = 0; k < at->length; k++)
        fprintf(stream, "%s%s = %s", k > 0 ? ", " : "   ", at->names[k],
                at->texts[k]);
    fputc('\n', stream);
    print_value(stream, "in the middle", p->value_there);
    print_value(stream, what, p->value);
    if (!p->reached)
        fputs("    not all digits: the enclosures do not tell the values "
              "apart\n",
              stream);
    if (p->peaks > 1)
        fprintf(stream, "    one of %ld that were seen\n", (long) p->peaks);
    if (p->end != 0)
        fprintf(stream,
                "    a local one: the %s end of the interval is "
                "better\n",
                p->end < 0 ? "lower" : "upper");
    flint_free(text);
}

/* The parameter's place; a name that is none is refused with those there are.
 */
static lb_status
find_parameter(slong * symbol, const char * name, lb_scope_t scope,
               lb_error * err)
{
    *symbol = lb_scope_find(scope, name);
    if (*symbol >= 0 && scope->symbols[*symbol].kind == LB_SYMBOL_PARAMETER)
        return LB_OK;
    return lb_scope_override(scope, name, "0", NULL, NULL, err);
}

static lb_status
find(lb_peak_t p, char ** name, const char * range, const lb_model_t m,
     lb_expr * e, const lb_settings_t at, const lb_peak_options * o,
     lb_error * err)
{
    slong symbol = -1;
    lb_scope_t scope;
    lb_status status;
    arb_t low, high;

    status = lb_model_scope_at(scope, m, at, err);
    if (status != LB_OK)
        return status;
    arb_init(low);
    arb_init(high);
    status = lb_cli_read_range(name, low, high, range, scope, PREC, err);
    if (status == LB_OK)
        status = find_parameter(&symbol, *name, scope, err);
    if (status == LB_OK)
        status = lb_peak_find(p, m, scope, symbol, low, high, e, o, err);
    lb_cli_progress_end();
    arb_clear(low);
    arb_clear(high);
    lb_scope_clear(scope);
    return status;
}

int
lb_cli_peak(json_t ** entry, FILE * stream, int * undecided,
            const lb_options * options, const lb_model_t m, lb_level level,
            const char * observable, lb_expr * e, const lb_settings_t at)
{
    lb_peak_options o = lb_peak_defaults();
    char * name = NULL;
    lb_peak_t p;
    lb_error err;
    int bad = 0;

    if (entry != NULL)
        *entry = NULL;
    lb_error_clear(&err);
    o.minimize = options->minimize;
    if (options->digits_given)
        o.digits = options->digits;
    o.level = level;
    o.cutoff = options->cutoff;
    o.max_dimension = options->max_dimension;
    o.progress = show_progress;
    lb_peak_init(p);
    if (find(p, &name, options->ranges[0], m, e, at, &o, &err) != LB_OK)
    {
        err.column = 0; /* of a short text, or of one that it names */
        lb_error_in(&err, observable, NULL);
        bad = lb_cli_error(&err);
    }
    else
    {
        *undecided |= !p->reached;
        if (entry != NULL)
            *entry = report_json(p, &o, name);
        else
            report_text(stream, p, &o, name, observable, at);
    }
    lb_peak_clear(p);
    flint_free(name);
    return bad;
}
