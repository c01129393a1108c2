/* cli/cmd_solve.c -- lindbound solve MODEL
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>
#include <time.h>

#include <lindbound/ball_text.h>
#include <lindbound/basis.h>
#include <lindbound/blas_threads.h>
#include <lindbound/certificate.h>
#include <lindbound/certifier.h>
#include <lindbound/estimate.h>
#include <lindbound/file_write.h>
#include <lindbound/form.h>
#include <lindbound/json_file.h>
#include <lindbound/leakage.h>
#include <lindbound/steady_value.h>
#include <lindbound/text.h>
#include <lindbound/touchstone.h>
#include <lindbound/model_quantity.h>

#include "cli.h"

static const char help[]
    = "Usage: lindbound solve MODEL [-p NAME=EXPR]... [-o OBS]...\n"
      "       [--cutoff N | a=5,b=5]\n"
      "       [--level auto|full|truncated|estimate|weak-drive]\n"
      "       [--maximize NAME=LOW:HIGH | --minimize NAME=LOW:HIGH]\n"
      "       [--digits K] [--max-dimension D] [--threads T]\n"
      "       [--certificate FILE] [--touchstone FILE] [--witness A,B[,C...]]\n"
      "       [--format text|json] [-O FILE]\n\n"
      "Observables of the steady state, and S of a network. MODEL is a "
      "built-in\n"
      "name or a file.\n\n"
      "  -p NAME=EXPR     replaces the expression of a parameter\n"
      "  -p NAME=FROM:TO:STEP   sweeps it: all observables at every point\n"
      "  -o OBS           an observable of the model or an expression such as\n"
      "                   'g2(a)' or '<a'\"'\"'*b>' (shell-safe: "
      "'<dag(a)*b>');\n"
      "                   default: all observables of the model\n"
      "  --cutoff N       total excitation number at most N; 'a=5,b=5' caps\n"
      "                   levels of single subsystems; default: raised until\n"
      "                   the values are stable\n"
      "  --level          auto (default): full if it applies, else truncated\n"
      "                   and what prevents full; truncated if --cutoff is "
      "given\n"
      "                   full: proved for the infinite-dimensional model, as\n"
      "                   a ball; the truncation is chosen, and a bound of "
      "what\n"
      "                   is above it is shown\n"
      "                   truncated: proved for the model at the cutoff; "
      "without\n"
      "                   --cutoff, at one where the values are stable\n"
      "                   estimate: truncated Fock space, in double "
      "precision,\n"
      "                   without proof; shows only digits stable under\n"
      "                   refinement; fast\n"
      "                   weak-drive: proved limit as the drives go to zero,\n"
      "                   as a ball; 'x^k' is the leading order in the drive\n"
      "  --maximize NAME=LOW:HIGH   where one observable has a local maximum\n"
      "                   along that parameter: an interval that is proved to\n"
      "                   hold one, found by 33 equidistant values and "
      "Brent's\n"
      "                   method; with the observable inside of it and its\n"
      "                   largest value there.  That no other is larger is "
      "not\n"
      "                   proved: 'lindbound eval --maximize' does that, of\n"
      "                   closed forms\n"
      "  --minimize NAME=LOW:HIGH   a local minimum\n"
      "  --digits K       relative digits to prove, or to show (15); of the\n"
      "                   place of a maximum or minimum (4)\n"
      "  --max-dimension  refuse larger Hilbert spaces (1024)\n"
      "  --certificate FILE   writes what the proofs rest on, for 'lindbound\n"
      "                   check'; levels auto, full and truncated\n"
      "  --touchstone FILE   writes S of a network of N ports as FILE, which\n"
      "                   ends in .sNp, over a sweep of its frequency\n"
      "  --witness A,B    entanglement of these subsystems: proves a lower "
      "bound\n"
      "                   of F_Q - 4 sum Var (quantum Fisher information "
      "against\n"
      "                   the variances of local observables), greatest over\n"
      "                   the observables, and an upper bound; above 0 the\n"
      "                   state is entangled. The model is that at --cutoff;\n"
      "                   observables only with -o\n"
      "S and its like (docs/networks.md), and the moments of a network, need "
      "no\n"
      "Fock space: they are proved at level closed-form, whatever --level "
      "says\n"
      "of the rest.\n\n"
      "Examples:\n"
      "  lindbound solve three_cavity\n"
      "  lindbound solve three_cavity -p kappa_b=1.25 -o g2_ca -o g3_ca\n"
      "  lindbound solve nanotip --digits 10 --certificate proof.json\n"
      "  lindbound solve nanotip --level weak-drive --digits 30\n"
      "  lindbound solve bundle -o P_101m --maximize Delta_ad=1.33:1.35 \\\n"
      "      --cutoff 5\n"
      "  lindbound solve bundle --witness a,b,s --cutoff 6 -p "
      "Delta_ad=1.3695597\n"
      "  lindbound solve ./my_model.json --cutoff a=8,b=4 --format json\n\n"
      "Exit status: 0, 2 for bad input, 3 if a value is not determined: "
      "digits\n"
      "not reached, no convergence, several steady states.\n";

typedef enum
{
    LEVEL_ESTIMATE,
    LEVEL_WEAK_DRIVE,
    LEVEL_TRUNCATED,
    LEVEL_FULL,
    LEVEL_AUTO
} level;

/* What to compute: an expression and the settings it is meant for. */
typedef struct
{
    char * name;
    lb_expr * expr;
    lb_settings_t at;
    const char * file;    /* where the expression stands, for messages */
    const char * pointer; /* NULL: on the command line                 */
    int done;
} task;

typedef struct
{
    const lb_options * options;
    const lb_model_struct * model;
    level level;
    task * tasks;
    slong n_tasks;
    lb_output out;
    json_t * results; /* NULL in text */
    json_t * proofs;  /* of the certificate, NULL: none is wanted */
    int undecided;
    double seconds;
    char note[512]; /* why the level is not full, "" if nothing to say */
    double leakage; /* then: of the truncated steady state, or NaN */
} session;

/* --- what to compute ----------------------------------------------------- */

static task *
add_task(session * s, const char * name, lb_expr * e)
{
    task * t = s->tasks + s->n_tasks++;

    t->name = lb_text_copy(name);
    t->expr = lb_expr_share(e);
    t->file = "-o";
    t->done = 0;
    t->pointer = NULL;
    lb_settings_init(t->at);
    lb_settings_merge(t->at, s->options->settings);
    return t;
}

static void
add_observable(session * s, slong k)
{
    const lb_observable * o = s->model->observables + k;
    task * t = add_task(s, o->name, o->expr);

    t->file = s->model->file;
    t->pointer = o->pointer;
    lb_settings_merge(t->at, o->at);
    lb_settings_merge(t->at, s->options->settings); /* -p wins */
}

static int
add_stated(session * s, const char * text)
{
    const lb_model_struct * m = s->model;
    slong k = lb_model_find_observable(m, text);
    lb_expr * e = NULL;
    lb_error err;

    if (k >= 0)
    {
        add_observable(s, k);
        return 0;
    }
    lb_error_clear(&err);
    if (lb_expr_parse(&e, text, &err) != LB_OK)
    {
        lb_error_in(&err,
                    lb_name_is_valid(text) ? "-o (no such observable)" : "-o",
                    NULL);
        return lb_cli_error(&err);
    }
    if (lb_name_is_valid(text) && lb_scope_find(m->scope, text) < 0)
    {
        char names[400] = "";

        for (slong j = 0; j < m->n_observables; j++)
            lb_text_append(names, sizeof(names), "%s%s", j > 0 ? ", " : "",
                           m->observables[j].name);
        lb_expr_free(e);
        return lb_cli_fail("-o %s: the model has no such observable; it has "
                           "%s",
                           text, names[0] ? names : "none");
    }
    add_task(s, text, e);
    lb_expr_free(e);
    return 0;
}

static int
make_tasks(session * s)
{
    const lb_model_struct * m = s->model;
    slong n = s->options->n_observables;
    int bad = 0;

    s->tasks = flint_calloc((size_t) (n + m->n_observables + 1), sizeof(task));
    for (slong k = 0; k < n && !bad; k++)
        bad = add_stated(s, s->options->observables[k]);
    for (slong k = 0; n == 0 && k < m->n_observables; k++)
        add_observable(s, k);
    if (!bad && s->n_tasks == 0)
        bad = lb_cli_fail("the model defines no observables; name one with "
                          "-o");
    return bad;
}

static void
free_tasks(session * s)
{
    for (slong k = 0; k < s->n_tasks; k++)
    {
        flint_free(s->tasks[k].name);
        lb_expr_free(s->tasks[k].expr);
        lb_settings_clear(s->tasks[k].at);
    }
    flint_free(s->tasks);
}

/* --- results ------------------------------------------------------------- */

static void
print_at(FILE * stream, const lb_settings_t at)
{
    for (slong k = 0; k < at->length; k++)
        fprintf(stream, "%s%s = %s", k > 0 ? ", " : "   ", at->names[k],
                at->texts[k]);
}

static void
add_result(session * s, const task * t, json_t * entry)
{
    json_object_set_new(entry, "observable", json_string(t->name));
    json_object_set_new(entry, "expression", json_string(t->expr->text));
    json_object_set_new(entry, "at", lb_settings_json(t->at));
    json_array_append_new(s->results, entry);
}

static void
report_estimate(session * s, const task * t, const lb_approx_value * value,
                const lb_estimate_info * info)
{
    char text[LB_APPROX_TEXT];

    if (value->digits == 0)
        s->undecided = 1;
    if (s->results != NULL)
    {
        json_t * entry = lb_approx_value_json(value);

        lb_estimate_info_json(entry, info);
        add_result(s, t, entry);
        return;
    }
    lb_approx_value_str(text, sizeof(text), value, s->options->digits);
    fprintf(s->out.stream, "  %-14s %-24s estimate", t->name, text);
    print_at(s->out.stream, t->at);
    fputc('\n', s->out.stream);
}

static void
report_weak(session * s, const task * t, const lb_scalar_t x, const char * name)
{
    char * text;

    if (!acb_is_finite(x->coefficient) && x->side == 0)
        s->undecided = 1;
    if (s->results != NULL)
    {
        json_t * entry = lb_scalar_json(x, s->options->digits, name);

        if (strcmp(name, "weak-drive") == 0)
            json_object_set_new(entry, "drive_order", json_integer(x->order));
        add_result(s, t, entry);
        return;
    }
    text = lb_scalar_str(x, s->options->digits);
    fprintf(s->out.stream, "  %-14s %s", t->name, text);
    if (x->order != 0)
        fprintf(s->out.stream, " x^%ld", (long) x->order);
    fprintf(s->out.stream, "  %s", name);
    print_at(s->out.stream, t->at);
    fputc('\n', s->out.stream);
    flint_free(text);
}

/* --- estimates ----------------------------------------------------------- */

static int
fail_in_model(const session * s, lb_error * err)
{
    /* which of the observables is not known: the text names it */
    err->column = err->pointer[0] != '\0' ? err->column : 0;
    lb_error_in(err, s->model->file, NULL);
    return lb_cli_error(err);
}

/* One steady state serves all tasks with the same settings, from `first` on. */
static int
solve_group(session * s, slong first, const lb_estimate_options * estimate)
{
    lb_approx_value * values
        = flint_calloc((size_t) s->n_tasks, sizeof(lb_approx_value));
    lb_expr ** exprs = flint_calloc((size_t) s->n_tasks, sizeof(lb_expr *));
    slong * which = flint_calloc((size_t) s->n_tasks, sizeof(slong));
    const task * t = s->tasks + first;
    lb_estimate_info info;
    lb_scope_t scope;
    lb_error err;
    slong n = 0;
    int bad = 0;

    for (slong k = first; k < s->n_tasks; k++)
        if (!s->tasks[k].done && lb_settings_equal(s->tasks[k].at, t->at))
        {
            which[n] = k;
            exprs[n++] = s->tasks[k].expr;
            s->tasks[k].done = 1;
        }
    lb_error_clear(&err);
    lb_estimate_info_init(&info);
    if (lb_model_scope_at(scope, s->model, t->at, &err) != LB_OK)
        bad = lb_cli_error(&err);
    else
    {
        if (lb_estimate_approx(values, &info, s->model, scope, NULL, exprs, n,
                               estimate, &err)
            != LB_OK)
            bad = fail_in_model(s, &err);
        lb_scope_clear(scope);
    }
    s->seconds += info.seconds;
    if (!bad && s->results == NULL)
        fprintf(s->out.stream, "cutoff %s, dimension %ld, residual %.1e, %s\n",
                info.cutoff, (long) info.dimension, info.residual,
                info.preconditioner);
    for (slong k = 0; k < n && !bad; k++)
        report_estimate(s, s->tasks + which[k], values + k, &info);
    lb_estimate_info_clear(&info);
    flint_free(values);
    flint_free(exprs);
    flint_free(which);
    return bad;
}

static int
solve_estimates(session * s)
{
    lb_estimate_options estimate;
    int bad = 0;

    lb_estimate_options_init(&estimate);
    estimate.max_dimension = s->options->max_dimension;
    estimate.cutoff_text = s->options->cutoff;
    for (slong k = 0; k < s->n_tasks && !bad; k++)
        if (!s->tasks[k].done)
            bad = solve_group(s, k, &estimate);
    return bad;
}

/* --- without a Fock space ------------------------------------------------ */

/* Precision is doubled until the digits are there, up to this many bits. */
#define MAX_PREC 16384
#define CLOSED_MAX_PREC 2048

/* The digits asked for; of a ball around zero, as many places. */
static int
enough_digits(const lb_scalar_t x, slong digits)
{
    slong bits = digits * 10 / 3 + 4;
    mag_t size;
    int small;

    if (acb_rel_accuracy_bits(x->coefficient) >= bits)
        return 1;
    mag_init(size);
    acb_get_mag(size, x->coefficient);
    small = acb_contains_zero(x->coefficient)
            && mag_cmp_2exp_si(size, -2 * bits) < 0;
    mag_clear(size);
    return small;
}

/* The limit of weak drive, or the value at the stated drive. */
static lb_status
refine(lb_scalar_t x, const session * s, const task * t, int leading_order,
       lb_error * err)
{
    slong start = s->options->digits * 10 / 3 + 64;
    slong most = FLINT_MAX(leading_order ? MAX_PREC : CLOSED_MAX_PREC, start);
    lb_status status;
    lb_scope_t scope;

    lb_error_clear(err);
    status = lb_model_scope_at(scope, s->model, t->at, err);
    if (status != LB_OK)
        return status;
    for (slong prec = start; prec <= most; prec *= 2)
    {
        lb_error_clear(err);
        status = lb_model_quantity(x, t->expr, s->model, scope, leading_order,
                                   prec, err);
        if ((status != LB_OK && status != LB_EPREC)
            || (status == LB_OK && enough_digits(x, s->options->digits)))
            break;
    }
    lb_scope_clear(scope);
    return status;
}

static int
solve_weak(session * s, const task * t)
{
    lb_scalar_t x;
    lb_error err;
    lb_status status;
    int bad = 0;

    lb_scalar_init(x);
    status = refine(x, s, t, 1, &err);
    if (status != LB_OK && status != LB_EPREC)
    {
        lb_error_in(&err, t->file, t->pointer);
        bad = lb_cli_error(&err);
    }
    else
        report_weak(s, t, x, "weak-drive");
    lb_scalar_clear(x);
    return bad;
}

/* Quantities such as S need no state; the state of a linear network is
   Gaussian and known by its moments.  What the network lacks -- a projector, a
   nonlinear term -- is left to the Fock space, but not a state that is proved
   not to be there: a truncated space always has one. */
static int
solve_closed(session * s, task * t)
{
    int quantity = lb_node_uses_quantity(t->expr->root);
    lb_scalar_t x;
    lb_error err;
    lb_status status;
    int bad = 0;

    if (!quantity
        && (s->model->n_channels == 0 || !lb_node_uses_state(t->expr->root)
            || s->level != LEVEL_AUTO || s->options->cutoff != NULL))
        return 0;
    lb_scalar_init(x);
    status = refine(x, s, t, 0, &err);
    t->done = quantity || status == LB_OK || status == LB_EUNSTABLE;
    if (t->done && status != LB_OK && status != LB_EPREC)
    {
        lb_error_in(&err, t->file, t->pointer);
        bad = lb_cli_error(&err);
    }
    else if (t->done)
        report_weak(s, t, x, "closed-form");
    lb_scalar_clear(x);
    return bad;
}

/* --- proved values ------------------------------------------------------- */

#define LEAKAGE_MEANING "information, not a bound"

static void
report_certified(session * s, const task * t, const acb_t value,
                 const lb_certified_info * info, const char * cutoff,
                 const char * name)
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
        if (s->note[0] != '\0' && isfinite(s->leakage))
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
        add_result(s, t, entry);
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
    print_at(s->out.stream, t->at);
    fputc('\n', s->out.stream);
    if (!info->reached)
        fprintf(s->out.stream, "    not all digits: %s\n",
                info->limit != NULL ? info->limit : "?");
    flint_free(text);
}

/* What proves the last value, for the certificate if one is wanted. */
static void
add_proof(session * s, const task * t, const lb_certifier * c,
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
diagnose(const session * s, lb_certifier * c, const task * t, const acb_t value,
         const lb_certified_info * info, const lb_scope_t scope)
{
    if (info->reached || !lb_ball_is_wide(value)
        || !lb_several_steady_states_approx(
            s->model, scope, lb_certifier_cutoff(c), info->dimension))
        return NULL;
    return lb_several_steady_states_str(t->name);
}

/* All tasks of the group with one certifier. */
static int
certify_group(session * s, lb_certifier * c, const slong * which, slong n,
              const lb_scope_t scope)
{
    int bad = 0;
    acb_t value;

    acb_init(value);
    for (slong k = 0; k < n && !bad; k++)
    {
        const task * t = s->tasks + which[k];
        lb_certified_info info;
        lb_error err;

        lb_error_clear(&err);
        if (lb_certifier_value(value, &info, c, t->expr, s->options->digits,
                               &err)
            != LB_OK)
            bad = fail_in_model(s, &err);
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

/* No estimate because there are several steady states: at some cutoff, the
   values that all of them share can be proved all the same. */
#define UNDETERMINED_TOTAL 8

static int
undetermined(lb_cutoff_t cutoff, const session * s, const lb_scope_t scope)
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
choose_cutoff(lb_cutoff_t cutoff, session * s, lb_expr * const * exprs, slong n,
              const lb_scope_t scope)
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
    return status == LB_OK ? 0 : fail_in_model(s, &err);
}

/* Says why level full does not apply to the n tasks. */
static void
report_not_full(session * s, const slong * which, slong n, const lb_error * err)
{
    if (s->level == LEVEL_AUTO)
    {
        lb_text_append(s->note, sizeof(s->note), "%s", err->text);
        if (s->results == NULL)
            fprintf(s->out.stream, "note: %s\n", s->note);
        return;
    }
    s->undecided = 1;
    for (slong k = 0; k < n; k++)
    {
        const task * t = s->tasks + which[k];
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
        add_result(s, t, entry);
        acb_clear(value);
    }
}

/* A certifier of level full, if it is wanted and applies. */
static int
make_full(lb_certifier ** c, session * s, const slong * which, slong n,
          const lb_scope_t scope)
{
    lb_status status;
    lb_error err;

    lb_error_clear(&err);
    *c = NULL;
    s->note[0] = '\0';
    s->leakage = (double) NAN;
    if (s->level == LEVEL_TRUNCATED
        || (s->level == LEVEL_AUTO && s->options->cutoff != NULL))
        return 0;
    status = lb_certifier_new_full(c, s->model, scope,
                                   s->options->max_dimension, &err);
    if (status == LB_EMODEL || status == LB_EPREC)
        report_not_full(s, which, n, &err);
    else if (status != LB_OK)
        return fail_in_model(s, &err);
    return 0;
}

/* What the cutoff of the fallback disturbs: not known if the model is too
   large or has no steady state that is found. */
static void
report_leakage(session * s, const lb_cutoff_t cutoff, const lb_scope_t scope)
{
    char * text;

    if (s->note[0] == '\0'
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
certify_settings(session * s, const slong * which, lb_expr * const * exprs,
                 slong n)
{
    const task * t = s->tasks + which[0];
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
    if (!bad && c == NULL && s->level != LEVEL_FULL)
    {
        bad = choose_cutoff(cutoff, s, exprs, n, scope);
        if (!bad
            && lb_certifier_new_truncated(&c, s->model, scope, cutoff,
                                          s->options->max_dimension, &err)
                   != LB_OK)
            bad = fail_in_model(s, &err);
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

static int
solve_certified(session * s)
{
    slong * which = flint_calloc((size_t) s->n_tasks, sizeof(slong));
    lb_expr ** exprs = flint_calloc((size_t) s->n_tasks, sizeof(lb_expr *));
    int bad = 0;

    for (slong first = 0; first < s->n_tasks && !bad; first++)
    {
        slong n = 0;

        if (s->tasks[first].done)
            continue;
        for (slong k = first; k < s->n_tasks; k++)
            if (!s->tasks[k].done
                && lb_settings_equal(s->tasks[k].at, s->tasks[first].at))
            {
                which[n] = k;
                exprs[n++] = s->tasks[k].expr;
                s->tasks[k].done = 1;
            }
        bad = certify_settings(s, which, exprs, n);
    }
    flint_free(which);
    flint_free(exprs);
    return bad;
}

/* --- the command --------------------------------------------------------- */

static int
read_level(level * l, const char * text)
{
    static const struct
    {
        const char * name;
        level l;
    } known[] = { { "auto", LEVEL_AUTO },
                  { "full", LEVEL_FULL },
                  { "truncated", LEVEL_TRUNCATED },
                  { "estimate", LEVEL_ESTIMATE },
                  { "weak-drive", LEVEL_WEAK_DRIVE } };

    *l = LEVEL_AUTO;
    for (size_t k = 0; text != NULL && k < sizeof(known) / sizeof(known[0]);
         k++)
        if (strcmp(text, known[k].name) == 0)
        {
            *l = known[k].l;
            return 0;
        }
    if (text == NULL)
        return 0;
    return lb_cli_fail("--level is 'auto', 'full', 'truncated', 'estimate' or "
                       "'weak-drive', not '%s'",
                       text);
}

static int
write_certificate(const session * s)
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

static json_t *
envelope(const session * s)
{
    return json_pack("{s:s,s:s,s:o,s:f,s:o}", "command", "solve", "model",
                     s->model->name, "parameters",
                     lb_settings_json(s->options->settings), "seconds",
                     s->seconds, "results", s->results);
}

/* Where the observable peaks. */
static int
solve_peak(session * s)
{
    static const lb_level levels[] = { [LEVEL_AUTO] = LB_LEVEL_AUTO,
                                       [LEVEL_FULL] = LB_LEVEL_FULL,
                                       [LEVEL_TRUNCATED] = LB_LEVEL_TRUNCATED };
    const task * t = s->tasks;
    json_t * entry = NULL;
    int bad = lb_cli_peak(s->results != NULL ? &entry : NULL, s->out.stream,
                          &s->undecided, s->options, s->model, levels[s->level],
                          t->name, t->expr, t->at);

    if (entry != NULL)
    {
        s->seconds += json_number_value(json_object_get(entry, "seconds"));
        add_result(s, t, entry);
    }
    return bad;
}

static int
solve_tasks(session * s)
{
    int bad = 0;

    for (slong k = 0; k < s->n_tasks && !bad && s->level != LEVEL_WEAK_DRIVE;
         k++)
        bad = solve_closed(s, s->tasks + k);
    if (!bad && s->level == LEVEL_ESTIMATE)
        bad = solve_estimates(s);
    if (!bad && s->level != LEVEL_ESTIMATE && s->level != LEVEL_WEAK_DRIVE)
        bad = solve_certified(s);
    for (slong k = 0; k < s->n_tasks && !bad && s->level == LEVEL_WEAK_DRIVE;
         k++)
        bad = solve_weak(s, s->tasks + k);
    return bad;
}

/* All tasks with the settings of s->options. */
static int
solve_point(session * s)
{
    const lb_options * o = s->options;
    int bad = 0;

    if (o->witness != NULL)
        bad = lb_cli_witness(&s->out, s->results, o, s->model, &s->undecided,
                             &s->seconds);
    if (bad || (o->witness != NULL && o->n_observables == 0))
        return bad;
    bad = make_tasks(s);
    if (!bad)
        bad = s->options->n_ranges > 0 ? solve_peak(s) : solve_tasks(s);
    free_tasks(s);
    s->tasks = NULL;
    s->n_tasks = 0;
    return bad;
}

/* The text of the network's frequency, with -p; to be freed. */
static char *
frequency_text(const session * s)
{
    const lb_model_struct * m = s->model;
    const char * text = lb_settings_get(s->options->settings, m->frequency);

    if (text == NULL)
        text = m->scope->symbols[lb_scope_find(m->scope, m->frequency)]
                   .expr->text;
    return lb_text_copy(text);
}

/* Writes S of a network at the frequencies of the sweep, or at the one that is
   set. */
static int
write_touchstone(const session * s, const lb_sweep * sweep)
{
    const char * path = s->options->touchstone;
    const lb_model_struct * m = s->model;
    char * wanted = lb_text_print(".s%ldp", (long) lb_touchstone_ports(m));
    char *set, *text = NULL;
    size_t n = strlen(path), k = strlen(wanted);
    lb_error err;
    int bad = 0;

    lb_error_clear(&err);
    if (n < k || strcmp(path + n - k, wanted) != 0)
        bad = lb_cli_fail("--touchstone %s: a file of %ld ports ends in %s",
                          path, (long) lb_touchstone_ports(m), wanted);
    else if (sweep->falling)
        bad = lb_cli_fail("--touchstone takes a sweep from small to large "
                          "frequencies");
    else if (m->frequency != NULL && sweep->name != NULL
             && strcmp(sweep->name, m->frequency) != 0)
        bad = lb_cli_fail("--touchstone sweeps the frequency, %s, not %s",
                          m->frequency, sweep->name);
    else
    {
        lb_status status;

        set = m->frequency == NULL ? NULL : frequency_text(s);
        status
            = lb_touchstone_text(&text, m, s->options->settings,
                                 sweep->name != NULL ? sweep->points : &set,
                                 sweep->name != NULL ? sweep->count : 1, &err);
        if (status == LB_OK)
            status = lb_file_write(path, text, strlen(text), &err);
        if (status != LB_OK)
        {
            lb_error_in(&err, m->file, NULL);
            bad = lb_cli_error(&err);
        }
        flint_free(set);
    }
    flint_free(wanted);
    flint_free(text);
    return bad;
}

/* Once, or for every point of a sweep. */
static int
solve_sweep(session * s)
{
    const lb_options * options = s->options;
    lb_sweep sweep;
    int bad = lb_sweep_read(&sweep, options->settings);

    if (!bad && options->touchstone != NULL)
        bad = write_touchstone(s, &sweep);
    if (!bad && sweep.name == NULL)
        bad = solve_point(s);
    for (slong k = 0; k < sweep.count && !bad; k++)
    {
        lb_options point = *options;
        char * place = lb_text_print("-p %s", sweep.name);

        lb_settings_init(point.settings);
        lb_settings_merge(point.settings, options->settings);
        lb_settings_set(point.settings, sweep.name, sweep.points[k], place,
                        NULL);
        s->options = &point;
        bad = solve_point(s);
        s->options = options;
        lb_settings_clear(point.settings);
        flint_free(place);
    }
    lb_sweep_clear(&sweep);
    return bad;
}

/* What a peak goes with: one observable, one parameter, proofs. */
static int
check_peak(const lb_options * options, level l)
{
    const char * what = options->minimize ? "--minimize" : "--maximize";

    if (options->n_ranges == 0)
        return 0;
    if (options->n_ranges > 1)
        return lb_cli_fail("solve takes %s of one parameter", what);
    if (options->n_observables != 1)
        return lb_cli_fail("%s takes one observable: -o OBS", what);
    if (l == LEVEL_ESTIMATE || l == LEVEL_WEAK_DRIVE)
        return lb_cli_fail("%s needs proved values: --level full, truncated or "
                           "auto",
                           what);
    if (options->certificate != NULL || options->touchstone != NULL
        || options->witness != NULL)
        return lb_cli_fail("%s does not go with --certificate, --touchstone or "
                           "--witness",
                           what);
    return 0;
}

static int
run(const lb_options * options, const lb_model_t m)
{
    session s;
    int bad;

    memset(&s, 0, sizeof(s));
    s.options = options;
    s.model = m;
    if (read_level(&s.level, options->level) != 0)
        return LB_EXIT_USAGE;
    if (options->certificate != NULL
        && (s.level == LEVEL_ESTIMATE || s.level == LEVEL_WEAK_DRIVE))
        return lb_cli_fail("--certificate needs proved values: --level full, "
                           "truncated or auto");
    if (check_peak(options, s.level) != 0)
        return LB_EXIT_USAGE;
    if (options->witness != NULL
        && (s.level == LEVEL_ESTIMATE || s.level == LEVEL_WEAK_DRIVE
            || (s.level == LEVEL_FULL && lb_scope_has_modes(m->scope))))
        return lb_cli_fail("--witness is proved of the model at a cutoff: "
                           "--level truncated or auto, or full of two-level "
                           "systems");
    if (options->witness != NULL && options->certificate != NULL)
        return lb_cli_fail("--witness has no --certificate");
    if (lb_output_open(&s.out) != 0)
        return LB_EXIT_USAGE;
    if (options->certificate != NULL)
        s.proofs = json_array();
    lb_blas_set_threads(FLINT_MAX(1, options->threads));
    if (options->format == LB_FORMAT_JSON)
        s.results = json_array();
    else
        fprintf(s.out.stream, "%s: %s\n", m->name, m->title);
    bad = solve_sweep(&s);
    if (!bad && s.proofs != NULL)
        bad = write_certificate(&s);
    json_decref(s.proofs);
    if (s.results != NULL)
        lb_output_json(&s.out, envelope(&s));
    if (bad)
        return lb_output_discard(&s.out, bad);
    return lb_output_deliver(&s.out, options->output,
                             s.undecided ? LB_EXIT_UNDECIDED : LB_EXIT_GOOD);
}

int
lb_cmd_solve(int argc, char ** argv)
{
    lb_options options;
    lb_model_t m;
    int status;

    lb_model_init(m);
    if (lb_options_read(&options, argc, argv, "solve", "pocldmFOtCTRW") != 0)
        status = LB_EXIT_USAGE;
    else if (options.help)
    {
        fputs(help, stdout);
        status = LB_EXIT_GOOD;
    }
    else if (options.n_arguments != 1)
        status = lb_cli_fail("solve takes one MODEL; see 'lindbound solve "
                             "--help'");
    else if (lb_cli_read_model(m, options.arguments[0]) != 0)
        status = LB_EXIT_USAGE;
    else
        status = run(&options, m);
    lb_model_clear(m);
    lb_options_clear(&options);
    return status;
}
