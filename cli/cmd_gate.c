/* cli/cmd_gate.c -- lindbound gate [VECTORS...] RESULTS
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lindbound/gate.h>
#include <lindbound/gate_filter.h>
#include <lindbound/gate_names.h>
#include <lindbound/gate_process.h>
#include <lindbound/gate_report.h>
#include <lindbound/gate_results.h>
#include <lindbound/known_failures.h>
#include <lindbound/rational.h>
#include <lindbound/text.h>

#include "table.h"

static const char help[]
    = "Usage: lindbound gate [VECTORS...] RESULTS\n"
      "       lindbound gate [VECTORS...] --exec COMMAND [--jobs N]\n"
      "       [--timeout S]\n"
      "       lindbound gate [VECTORS...] --list [--format text|json]\n\n"
      "Judges another implementation by certified values. VECTORS are files,\n"
      "folders or names of built-in files, all of these if there is none;\n"
      "RESULTS is CSV (id,value[,error[,cutoff]]) or JSON; COMMAND is started\n"
      "once for each job and asked line by line (docs/vectors.md).\n\n"
      "  --exec COMMAND   asks COMMAND, by /bin/sh\n"
      "  --jobs N         as many processes at once (1)\n"
      "  --timeout S      seconds for one problem (60)\n"
      "  --filter EXPR    judges vectors with KEY=VALUE: id, system, flag,\n"
      "                   difficulty; * is a wildcard, A|B one of two, !KEY=\n"
      "                   VALUE negates, commas mean and; may be repeated\n"
      "  --known-failures FILE\n"
      "                   ids that may fail, one per line; one that does not\n"
      "                   any more fails the gate until it is removed\n"
      "  --write-known-failures FILE\n"
      "                   writes what fails as such a list and counts it as\n"
      "                   known; ids, with their comments, that are in the\n"
      "                   list of --known-failures and do not pass are kept\n"
      "  --rtol X, --atol X\n"
      "                   tolerances in place of those of the vectors:\n"
      "                   |x - v| <= ATOL + RTOL |v|\n"
      "  --format F       text, json (one object per line), junit, tap,\n"
      "                   markdown or github (annotations)\n"
      "  -O FILE          writes the report to FILE\n"
      "  --report F:FILE  another report, in format F; may be repeated\n"
      "  --quiet          no progress, no report on standard output\n"
      "  --list           the vectors that the filter leaves: difficulty,\n"
      "                   value, flags\n\n"
      "Examples:\n"
      "  lindbound gate kerr --list --filter 'flag=weak-drive'\n"
      "  lindbound gate results.csv --report junit:gate.xml\n"
      "  lindbound gate --exec './my_solver.py --fast' --jobs 4\n"
      "  lindbound gate --exec ./my_solver.py --write-known-failures "
      "known.txt\n"
      "  lindbound gate --exec ./my_solver.py --known-failures known.txt\n\n"
      "Exit status: 0; 1 if a value is wrong or a known failure passes; else "
      "4\n"
      "if the candidate crashed, timed out or gave no valid answer; else 3 if\n"
      "the reference is too wide to decide; 2 for bad input, or if no vector\n"
      "was judged. After Ctrl-C the report says what is there, and the "
      "process\n"
      "ends by that signal.\n";

/* --format or --report: where it goes, and how. */
typedef struct
{
    lb_gate_format format;
    const char * path; /* NULL: standard output */
} report_target;

#define MAX_TARGETS 65

/* One run of the command. */
typedef struct
{
    const lb_options * options;
    const char * results_path; /* NULL: --exec or --list */
    int n_vector_arguments;
    report_target targets[MAX_TARGETS];
    int n_targets;
    lb_vectors_t vectors;
    lb_gate_filter filter;
    lb_gate_tolerance tolerance;
    lb_known_failures known;
    lb_gate_report_t report;
} gate_job;

/* --- options ------------------------------------------------------------- */

/* What returns an int returns 0 or, after a message, the exit status. */

static int
read_format(lb_gate_format * format, const char * name, size_t length)
{
    char * text = lb_text_print("%.*s", (int) length, name);
    int found = lb_gate_format_find(text), bad = 0;

    if (found < 0)
        bad = lb_cli_fail("the formats are text, json, junit, tap, markdown "
                          "and github, not '%.40s'",
                          text);
    else
        *format = (lb_gate_format) found;
    flint_free(text);
    return bad;
}

static int
read_targets(gate_job * g)
{
    const lb_gate_cli_options * o = &g->options->gate;
    report_target * t = g->targets;
    int bad;

    bad = read_format(&t->format, o->format, strlen(o->format));
    t->path = g->options->output;
    if (t->path != NULL || !g->options->quiet)
        g->n_targets++;
    for (int k = 0; k < o->reports.n && !bad; k++)
    {
        const char * text = o->reports.texts[k];
        const char * colon = strchr(text, ':');

        if (colon == NULL || colon[1] == '\0')
            return lb_cli_fail("--report takes FORMAT:FILE, not '%s'", text);
        t = g->targets + g->n_targets++;
        t->path = colon + 1;
        bad = read_format(&t->format, text, (size_t) (colon - text));
    }
    return bad;
}

static int
read_bound(fmpq_t x, int * given, const char * name, const char * text)
{
    lb_error err;

    if (text == NULL)
        return 0;
    lb_error_clear(&err);
    if (lb_rational_read(x, text, &err) != LB_OK || fmpq_sgn(x) < 0)
        return lb_cli_fail("--%s takes a number >= 0, not '%.60s'", name, text);
    *given = 1;
    return 0;
}

static int
read_tolerance(gate_job * g)
{
    lb_gate_tolerance * t = &g->tolerance;
    int bad;

    bad = read_bound(t->relative, &t->has_relative, "rtol",
                     g->options->gate.rtol);
    if (!bad)
        bad = read_bound(t->absolute, &t->has_absolute, "atol",
                         g->options->gate.atol);
    return bad;
}

static int
read_filter(gate_job * g)
{
    const lb_option_list * filters = &g->options->gate.filters;
    lb_error err;

    lb_error_clear(&err);
    for (int k = 0; k < filters->n; k++)
        if (lb_gate_filter_add(&g->filter, filters->texts[k], &err) != LB_OK)
        {
            lb_error_in(&err, "--filter", NULL);
            return lb_cli_error(&err);
        }
    return 0;
}

/* Which arguments are vectors, and which one is the results. */
static int
read_arguments(gate_job * g)
{
    const lb_options * o = g->options;

    g->n_vector_arguments = o->n_arguments;
    if (o->list && o->gate.command != NULL)
        return lb_cli_fail("gate: --list needs no candidate: without --exec");
    if (o->list || o->gate.command != NULL)
        return 0;
    if (o->n_arguments == 0)
        return lb_cli_fail(
            "gate takes a file of RESULTS or --exec COMMAND; see "
            "'lindbound gate --help'");
    g->results_path = o->arguments[--g->n_vector_arguments];
    return 0;
}

/* --- vectors ------------------------------------------------------------- */

static int
read_file(gate_job * g, const char * path)
{
    lb_error err;

    lb_error_clear(&err);
    return lb_vectors_read(g->vectors, path, &err) == LB_OK
               ? 0
               : lb_cli_error(&err);
}

/* The files that @p names of the folder @p path are, without the manifest. */
static int
read_files(gate_job * g, const char * path, char ** names, int count)
{
    int bad = 0;

    for (int k = 0; k < count && !bad; k++)
        if (strcmp(names[k], "manifest") != 0)
        {
            char * file = lb_text_print("%s/%s.json", path, names[k]);

            bad = read_file(g, file);
            flint_free(file);
        }
    return bad;
}

static int
read_folder(gate_job * g, const char * path)
{
    slong before = g->vectors->n_sets;
    int count, bad;
    char ** names = lb_folder_list(path, &count);

    if (names == NULL)
        return lb_cli_fail("%s: cannot read the folder: %s", path,
                           strerror(errno));
    bad = read_files(g, path, names, count);
    lb_data_list_free(names, count);
    if (!bad && g->vectors->n_sets == before)
        bad = lb_cli_fail("%s: no file of vectors is in this folder", path);
    return bad;
}

static const char *
name_at(const void * names, slong k)
{
    return ((char * const *) names)[k];
}

static int
no_such_vectors(const char * name)
{
    int count;
    char ** names = lb_data_list("vectors", &count);
    lb_error err;

    if (names == NULL)
        return LB_EXIT_USAGE;
    lb_error_clear(&err);
    lb_gate_refuse_name("built-in file of vectors", name, name_at, names, count,
                        &err);
    lb_data_list_free(names, count);
    return lb_cli_fail("%s; a file or folder of your own needs a '/' or "
                       "'.json' in its name",
                       err.text);
}

static int
read_argument(gate_job * g, const char * name)
{
    struct stat st;
    char * path;
    int bad;

    if (lb_data_is_path(name))
        return stat(name, &st) == 0 && S_ISDIR(st.st_mode)
                   ? read_folder(g, name)
                   : read_file(g, name);
    path = lb_data_file("vectors", name);
    bad = access(path, F_OK) == 0 ? read_file(g, path) : no_such_vectors(name);
    flint_free(path);
    return bad;
}

static int
read_vectors(gate_job * g)
{
    int bad = 0;

    if (g->n_vector_arguments == 0)
    {
        char * path = lb_data_path("vectors", "");

        bad = read_folder(g, path);
        flint_free(path);
    }
    for (int k = 0; k < g->n_vector_arguments && !bad; k++)
        bad = read_argument(g, g->options->arguments[k]);
    return bad;
}

static int
wants(const gate_job * g, slong vector)
{
    return lb_gate_filter_wants(g->vectors, vector, (void *) &g->filter);
}

static slong
count_wanted(const gate_job * g)
{
    slong n = 0;

    for (slong k = 0; k < g->vectors->n_vectors; k++)
        n += wants(g, k);
    return n;
}

/* --- list ---------------------------------------------------------------- */

static json_t *
vector_json(const gate_job * g, const lb_vector * v)
{
    const lb_vector_problem * problem = g->vectors->problems + v->problem;
    json_t * flags = json_array();
    char * value = lb_gate_reference_text(v, problem);
    json_t * json;

    for (slong k = 0; k < v->n_flags; k++)
        json_array_append_new(flags, json_string(v->flags[k]));
    json = json_pack("{s:s,s:s,s:s,s:o,s:o}", "id", v->id, "system",
                     g->vectors->sets[problem->set].name, "difficulty",
                     lb_difficulty_str(v->difficulty), "value",
                     problem->refuse != NULL ? json_null() : json_string(value),
                     "flags", flags);
    flint_free(value);
    return json;
}

static void
list_vector(const gate_job * g, FILE * stream, const lb_vector * v, int width)
{
    char * value = lb_gate_reference_text(v, g->vectors->problems + v->problem);

    fprintf(stream, "%-*s  %-10s  %-24s ", width, v->id,
            lb_difficulty_str(v->difficulty), value);
    for (slong k = 0; k < v->n_flags; k++)
        fprintf(stream, "%s%s", k > 0 ? "," : " ", v->flags[k]);
    fputc('\n', stream);
    flint_free(value);
}

static int
list_vectors(const gate_job * g)
{
    const lb_vectors_struct * v = g->vectors;
    lb_output out;
    int width = 0;

    if (g->targets[0].format > LB_GATE_FORMAT_JSON)
        return lb_cli_fail("gate: the formats of --list are text and json");
    if (lb_output_open(&out) != 0)
        return LB_EXIT_USAGE;
    for (slong k = 0; k < v->n_vectors; k++)
        if (wants(g, k))
            width = FLINT_MAX(width, (int) strlen(v->vectors[k].id));
    for (slong k = 0; k < v->n_vectors; k++)
    {
        json_t * json;

        if (!wants(g, k))
            continue;
        if (g->targets[0].format == LB_GATE_FORMAT_TEXT)
        {
            list_vector(g, out.stream, v->vectors + k, width);
            continue;
        }
        json = vector_json(g, v->vectors + k);
        json_dumpf(json, out.stream, JSON_COMPACT | JSON_PRESERVE_ORDER);
        fputc('\n', out.stream);
        json_decref(json);
    }
    if (g->targets[0].format == LB_GATE_FORMAT_TEXT)
        fprintf(out.stream, "%ld of %ld vectors\n", (long) count_wanted(g),
                (long) v->n_vectors);
    return lb_output_deliver(&out, g->options->output, LB_EXIT_GOOD);
}

/* --- the run ------------------------------------------------------------- */

static void
show_progress(void * context, slong done, slong total)
{
    const gate_job * g = context;

    if (!g->options->quiet)
        lb_cli_progress("%ld of %ld problems", (long) done, (long) total);
}

static void
run(gate_job * g, lb_gate_solver solver, void * context)
{
    lb_gate_options o;

    lb_gate_options_init(&o);
    o.tolerance = &g->tolerance;
    o.known = &g->known;
    o.wanted = lb_gate_filter_wants;
    o.wanted_context = &g->filter;
    o.jobs = g->options->gate.jobs;
    o.progress = show_progress;
    o.progress_context = g;
    o.stop = lb_cli_is_stopped;
    lb_cli_catch_signals();
    lb_gate_run(g->report, g->vectors, &o, solver, context);
    lb_cli_progress_end();
}

static int
run_results(gate_job * g)
{
    lb_gate_results_t results;
    lb_error err;
    int bad = 0;

    lb_error_clear(&err);
    lb_gate_results_init(results);
    if (lb_gate_results_read(results, g->vectors, g->results_path, &err)
        != LB_OK)
        bad = lb_cli_error(&err);
    else
    {
        run(g, lb_gate_results_solve, results);
        lb_gate_report_set_candidate(g->report, results->candidate,
                                     results->version);
    }
    lb_gate_results_clear(results);
    return bad;
}

static int
run_process(gate_job * g)
{
    const lb_gate_cli_options * o = &g->options->gate;
    const lb_gate_process_options options = { .command = o->command,
                                              .version = LB_VERSION,
                                              .jobs = o->jobs,
                                              .timeout = o->timeout,
                                              .stop = lb_cli_is_stopped };
    lb_gate_process * p;
    lb_error err;

    lb_error_clear(&err);
    if (lb_gate_process_new(&p, &options, &err) != LB_OK)
    {
        lb_error_in(&err, "--exec", NULL);
        return lb_cli_error(&err);
    }
    run(g, lb_gate_process_solve, p);
    lb_gate_process_finish(p, g->report);
    lb_gate_process_free(p);
    return 0;
}

static int
read_known(gate_job * g)
{
    const char * path = g->options->gate.known_failures;
    lb_error err;

    lb_error_clear(&err);
    if (path == NULL
        || lb_known_failures_read(&g->known, g->vectors, path, &err) == LB_OK)
        return 0;
    return lb_cli_error(&err);
}

/* --write-known-failures: what fails is known from now on. */
static int
write_known(gate_job * g)
{
    const char * path = g->options->gate.write_known_failures;
    lb_known_failures list;
    lb_error err;
    char * head;
    int bad = 0;

    if (path == NULL)
        return 0;
    if (g->report->stopped)
        return lb_cli_fail("%s: not written, for the run was stopped", path);
    lb_known_failures_init(&list);
    lb_known_failures_of_report(&list, g->report, &g->known);
    head = lb_text_print("Known failures%s%s, written by 'lindbound gate "
                         "--write-known-failures'",
                         g->report->candidate[0] ? " of " : "",
                         g->report->candidate);
    lb_error_clear(&err);
    if (lb_known_failures_write(&list, head, path, &err) != LB_OK)
        bad = lb_cli_error(&err);
    else
        lb_gate_report_set_known(g->report, &list);
    flint_free(head);
    lb_known_failures_clear(&list);
    return bad;
}

/* --- the report ---------------------------------------------------------- */

static int
wants_colour(const report_target * t)
{
    const char * no_colour = getenv("NO_COLOR");

    return t->path == NULL && t->format == LB_GATE_FORMAT_TEXT
           && isatty(STDOUT_FILENO)
           && (no_colour == NULL || no_colour[0] == '\0');
}

static int
write_reports(const gate_job * g)
{
    const lb_gate_cli_options * o = &g->options->gate;
    int bad = 0;

    for (int k = 0; k < g->n_targets; k++)
    {
        const report_target * t = g->targets + k;
        lb_gate_write_options w
            = { .known_file = o->known_failures, .colour = wants_colour(t) };
        lb_output out;
        int status;

        if (lb_output_open(&out) != 0)
            return LB_EXIT_USAGE;
        lb_gate_report_write(out.stream, g->report, t->format, &w);
        status = lb_output_deliver(&out, t->path, 0);
        bad = bad ? bad : status;
    }
    return bad;
}

static int
judge(gate_job * g)
{
    int bad, status;

    if (count_wanted(g) == 0)
        return lb_cli_fail("no vector was judged: the filter leaves none of "
                           "%ld; 'lindbound gate --list' shows them",
                           (long) g->vectors->n_vectors);
    bad = read_known(g);
    if (!bad)
        bad = g->results_path != NULL ? run_results(g) : run_process(g);
    if (bad)
        return bad;
    bad = write_known(g);
    status = write_reports(g);
    if (bad || status)
        return bad ? bad : status;
    status = lb_gate_report_status(g->report);
    if (status == 2)
        lb_cli_fail("no vector was judged: all %ld are SKIPPED",
                    (long) g->report->n);
    return status;
}

static int
run_gate(const lb_options * options)
{
    gate_job g;
    int bad;

    memset(&g, 0, sizeof(g));
    g.options = options;
    lb_vectors_init(g.vectors);
    lb_gate_filter_init(&g.filter);
    fmpq_init(g.tolerance.relative);
    fmpq_init(g.tolerance.absolute);
    lb_known_failures_init(&g.known);
    lb_gate_report_init(g.report);
    bad = read_arguments(&g);
    if (!bad)
        bad = read_targets(&g);
    if (!bad)
        bad = read_tolerance(&g);
    if (!bad)
        bad = read_filter(&g);
    if (!bad)
        bad = read_vectors(&g);
    if (!bad)
        bad = options->list ? list_vectors(&g) : judge(&g);
    if (g.report->stopped)
        lb_cli_end_by_signal();
    lb_gate_report_clear(g.report);
    lb_known_failures_clear(&g.known);
    fmpq_clear(g.tolerance.relative);
    fmpq_clear(g.tolerance.absolute);
    lb_gate_filter_clear(&g.filter);
    lb_vectors_clear(g.vectors);
    return bad;
}

int
lb_cmd_gate(int argc, char ** argv)
{
    return lb_cli_command(argc, argv, "gate", "FOqLG", help, run_gate);
}
