/* cli/cmd_solve.c -- lindbound solve MODEL
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/blas_threads.h>
#include <lindbound/file_write.h>
#include <lindbound/json_file.h>
#include <lindbound/text.h>
#include <lindbound/touchstone.h>

#include "solve.h"

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

/* --- touchstone ---------------------------------------------------------- */

/* The text of the network's frequency, with -p; to be freed. */
static char *
frequency_text(const lb_solve_session * s)
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
write_touchstone(const lb_solve_session * s, const lb_sweep * sweep)
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

/* --- all observables ----------------------------------------------------- */

/* Where the observable peaks. */
static int
solve_peak(lb_solve_session * s)
{
    static const lb_level levels[]
        = { [LB_SOLVE_AUTO] = LB_LEVEL_AUTO,
            [LB_SOLVE_FULL] = LB_LEVEL_FULL,
            [LB_SOLVE_TRUNCATED] = LB_LEVEL_TRUNCATED };
    const lb_solve_task * t = s->tasks;
    json_t * entry = NULL;
    int bad = lb_cli_peak(s->results != NULL ? &entry : NULL, s->out.stream,
                          &s->undecided, s->options, s->model, levels[s->level],
                          t->name, t->expr, t->at);

    if (entry != NULL)
    {
        s->seconds += json_number_value(json_object_get(entry, "seconds"));
        lb_solve_add_result(s, t, entry);
    }
    return bad;
}

static int
solve_tasks(lb_solve_session * s)
{
    int bad = 0;

    for (slong k = 0; k < s->n_tasks && !bad && s->level != LB_SOLVE_WEAK_DRIVE;
         k++)
        bad = lb_solve_closed(s, s->tasks + k);
    if (!bad && s->level == LB_SOLVE_ESTIMATE)
        bad = lb_solve_estimates(s);
    if (!bad && s->level != LB_SOLVE_ESTIMATE
        && s->level != LB_SOLVE_WEAK_DRIVE)
        bad = lb_solve_certified(s);
    for (slong k = 0; k < s->n_tasks && !bad && s->level == LB_SOLVE_WEAK_DRIVE;
         k++)
        bad = lb_solve_weak(s, s->tasks + k);
    return bad;
}

/* All tasks with the settings of s->options. */
static int
solve_point(lb_solve_session * s)
{
    const lb_options * o = s->options;
    int bad = 0;

    if (o->witness != NULL)
        bad = lb_cli_witness(&s->out, s->results, o, s->model, &s->undecided,
                             &s->seconds);
    if (bad || (o->witness != NULL && o->n_observables == 0))
        return bad;
    bad = lb_solve_make_tasks(s);
    if (!bad)
        bad = s->options->n_ranges > 0 ? solve_peak(s) : solve_tasks(s);
    lb_solve_free_tasks(s);
    s->tasks = NULL;
    s->n_tasks = 0;
    return bad;
}

/* --- the command --------------------------------------------------------- */

static int
read_level(lb_solve_level * l, const char * text)
{
    static const struct
    {
        const char * name;
        lb_solve_level l;
    } known[] = { { "auto", LB_SOLVE_AUTO },
                  { "full", LB_SOLVE_FULL },
                  { "truncated", LB_SOLVE_TRUNCATED },
                  { "estimate", LB_SOLVE_ESTIMATE },
                  { "weak-drive", LB_SOLVE_WEAK_DRIVE } };

    *l = LB_SOLVE_AUTO;
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

static json_t *
envelope(const lb_solve_session * s)
{
    return json_pack("{s:s,s:s,s:o,s:f,s:o}", "command", "solve", "model",
                     s->model->name, "parameters",
                     lb_settings_json(s->options->settings), "seconds",
                     s->seconds, "results", s->results);
}

/* Once, or for every point of a sweep. */
static int
solve_sweep(lb_solve_session * s)
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
check_peak(const lb_options * options, lb_solve_level l)
{
    const char * what = options->minimize ? "--minimize" : "--maximize";

    if (options->n_ranges == 0)
        return 0;
    if (options->n_ranges > 1)
        return lb_cli_fail("solve takes %s of one parameter", what);
    if (options->n_observables != 1)
        return lb_cli_fail("%s takes one observable: -o OBS", what);
    if (l == LB_SOLVE_ESTIMATE || l == LB_SOLVE_WEAK_DRIVE)
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
    lb_solve_session s;
    int bad;

    memset(&s, 0, sizeof(s));
    s.options = options;
    s.model = m;
    if (read_level(&s.level, options->level) != 0)
        return LB_EXIT_USAGE;
    if (options->certificate != NULL
        && (s.level == LB_SOLVE_ESTIMATE || s.level == LB_SOLVE_WEAK_DRIVE))
        return lb_cli_fail("--certificate needs proved values: --level full, "
                           "truncated or auto");
    if (check_peak(options, s.level) != 0)
        return LB_EXIT_USAGE;
    if (options->witness != NULL
        && (s.level == LB_SOLVE_ESTIMATE || s.level == LB_SOLVE_WEAK_DRIVE
            || (s.level == LB_SOLVE_FULL && lb_scope_has_modes(m->scope))))
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
        bad = lb_solve_write_certificate(&s);
    json_decref(s.proofs);
    if (s.results != NULL)
        lb_output_json(&s.out, envelope(&s));
    if (bad)
        return lb_output_discard(&s.out, bad);
    return lb_output_deliver(&s.out, options->output,
                             s.undecided ? LB_EXIT_UNDECIDED : LB_EXIT_GOOD);
}

static int
run_model(const lb_options * options)
{
    lb_model_t m;
    int status;

    if (options->n_arguments != 1)
        return lb_cli_fail("solve takes one MODEL; see 'lindbound solve "
                           "--help'");
    lb_model_init(m);
    status = lb_cli_read_model(m, options->arguments[0]) != 0 ? LB_EXIT_USAGE
                                                              : run(options, m);
    lb_model_clear(m);
    return status;
}

int
lb_cmd_solve(int argc, char ** argv)
{
    return lb_cli_command(argc, argv, "solve", "pocldmFOtCTRW", help,
                          run_model);
}
