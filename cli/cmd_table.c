/* cli/cmd_table.c -- lindbound table SPEC
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lindbound/clock.h>
#include <lindbound/json_file.h>
#include <lindbound/table_plot.h>
#include <lindbound/table_run.h>
#include <lindbound/table_write.h>
#include <lindbound/text.h>

#include "table.h"

static const char help[]
    = "Usage: lindbound table SPEC [-O BASE] [--plot] [--force] [--refine K]\n"
      "       [-p NAME=EXPR]... [--threads N] [--max-points N] [--quiet]\n"
      "       lindbound table --list\n"
      "       lindbound table --plot FILE.json\n"
      "       lindbound table --check FILE.json [--sample N] [--regenerate]\n"
      "       [--threads N] [--format text|json]\n"
      "       lindbound table --point K FILE.json [--certificate OUT.json]\n\n"
      "Enclosures over a grid of parameters, each with the level at which it\n"
      "is proved. SPEC is the name of a built-in table or a file: model, "
      "axes,\n"
      "columns (docs/tables.md). Writes BASE.json, exact, and BASE.csv; BASE "
      "is\n"
      "the table's name in this folder if -O is missing.\n\n"
      "Points that are finished are in BASE.journal: after Ctrl-C, a kill or "
      "a\n"
      "full disk the same command goes on with the others. The result is the\n"
      "same whatever the threads and interruptions.\n\n"
      "  --plot           also draws BASE.svg; of a table FILE.json that is\n"
      "                   there already, FILE.svg; gnuplot is needed\n"
      "  --force          replaces an output that is there\n"
      "  --refine K       divides every interval of linear and log axes into "
      "K\n"
      "  -p NAME=EXPR     replaces the expression of a parameter\n"
      "  --threads N      as many points at once (as many as there are\n"
      "                   processors; under mpirun 1 for each rank)\n"
      "  --max-points N   refuses larger grids (1000000)\n"
      "  --rank-timeout S under 'mpirun -n 8 lindbound table ...', which "
      "shares\n"
      "                   the points out among processes: gives up one that "
      "is\n"
      "                   silent so long (30)\n"
      "  --quiet          no progress and no summary\n"
      "  --list           the built-in tables\n"
      "  --check          proves a table again: form, hashes, CSV, and every\n"
      "                   entry by an evaluation of its own; with --sample N,\n"
      "                   those of N points; with --regenerate their tiles\n"
      "                   also as they were made\n"
      "  --point K        evaluates one point, numbered from 0, by itself, "
      "and\n"
      "                   with --certificate writes what its proofs rest on\n\n"
      "Examples:\n"
      "  lindbound table --list\n"
      "  lindbound table three_cavity_fig2a --plot\n"
      "  lindbound table ./my_map.json -O results/my_map --refine 2\n"
      "  lindbound table --check my_map.json --sample 10\n\n"
      "Exit status: 0; 3 if an entry did not reach its digits and the spec\n"
      "does not accept that; 1 if a check fails; 2 for bad input. After "
      "Ctrl-C\n"
      "the process ends by that signal.\n";

/* A table that is being made. */
typedef struct
{
    const lb_options * options;
    lb_table_spec_t spec;
    char *base, *json_path, *csv_path, *svg_path, *journal_path;
    char * command; /* as it is recorded */
    lb_table_journal * journal;
    lb_table_summary summary;
    lb_cli_work work;
    lb_cli_ranks ranks;
    int stopped;  /* by a signal, before it was complete */
    int finished; /* all of it is on disk                 */
} table_job;

/* --- what it is made from ------------------------------------------------ */

lb_table_spec_options
lb_cli_spec_options(const lb_options * options)
{
    lb_table_spec_options o
        = { .settings = options->settings,
            .refine = FLINT_MAX(1, options->refine),
            .max_points = options->max_points > 0 ? options->max_points
                                                  : LB_TABLE_MAX_POINTS,
            .find_model = lb_data_find_model,
            .find_forms = lb_data_forms };

    return o;
}

/* The text as a word of a shell; release with flint_free. */
static char *
shell_word(const char * text)
{
    static const char plain[]
        = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
          "_-+=./:,@%^";
    char *word, *to;

    if (text[0] != '\0' && strspn(text, plain) == strlen(text))
        return lb_text_copy(text);
    word = to = flint_malloc(4 * strlen(text) + 3);
    *to++ = '\'';
    for (; *text != '\0'; text++)
        if (*text == '\'')
        {
            memcpy(to, "'\\''", 4);
            to += 4;
        }
        else
            *to++ = *text;
    *to++ = '\'';
    *to = '\0';
    return word;
}

void
lb_cli_add_word(char ** command, const char * text)
{
    char * word = shell_word(text);
    char * longer = lb_text_print("%s %s", *command, word);

    flint_free(*command);
    flint_free(word);
    *command = longer;
}

/* What decides about the numbers, and nothing else. */
static char *
command_of(const lb_options * options)
{
    const lb_settings_struct * settings = options->settings;
    char * command = lb_text_copy("lindbound table");

    lb_cli_add_word(&command, options->arguments[0]);
    if (options->refine > 1)
    {
        char * refine = lb_text_print("%ld", (long) options->refine);

        lb_cli_add_word(&command, "--refine");
        lb_cli_add_word(&command, refine);
        flint_free(refine);
    }
    for (slong k = 0; k < settings->length; k++)
    {
        char * setting
            = lb_text_print("%s=%s", settings->names[k], settings->texts[k]);

        lb_cli_add_word(&command, "-p");
        lb_cli_add_word(&command, setting);
        flint_free(setting);
    }
    return command;
}

static int
read_spec(table_job * t)
{
    const char * name = t->options->arguments[0];
    lb_table_spec_options o = lb_cli_spec_options(t->options);
    char * path;
    lb_error err;
    int bad = 0;

    if (lb_data_is_path(name))
        path = lb_text_copy(name);
    else
    {
        path = lb_data_file("tables", name);
        if (access(path, F_OK) != 0)
            bad = lb_cli_fail("no built-in table is called '%.60s'; 'lindbound "
                              "table --list' shows them, a file of your own "
                              "needs a '/' or '.json' in its name",
                              name);
    }
    lb_error_clear(&err);
    if (!bad
        && (lb_table_spec_read(t->spec, path, &o, &err) != LB_OK
            || lb_table_plot_check(t->spec, &err) != LB_OK))
        bad = lb_cli_error(&err);
    flint_free(path);
    return bad;
}

/* --- where it goes ------------------------------------------------------- */

static void
name_files(table_job * t)
{
    const char * base = t->options->output;
    size_t n;

    if (base == NULL)
        base = t->spec->name;
    n = strlen(base);
    if (n > 5 && strcmp(base + n - 5, ".json") == 0)
        n -= 5;
    else if (n > 4 && strcmp(base + n - 4, ".csv") == 0)
        n -= 4;
    t->base = lb_text_print("%.*s%s", (int) n, base,
                            n > 0 && base[n - 1] == '/' ? t->spec->name : "");
    t->json_path = lb_text_print("%s.json", t->base);
    t->csv_path = lb_text_print("%s.csv", t->base);
    t->svg_path = lb_text_print("%s.svg", t->base);
    t->journal_path = lb_text_print("%s.journal", t->base);
}

static int
is_folder(const char * path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
is_same_file(const char * a, const char * b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev
           && x.st_ino == y.st_ino;
}

/* Nothing is replaced without being asked for, but what an interrupted run of
   the same table has left. */
static int
check_outputs(const table_job * t)
{
    const char * const paths[] = { t->json_path, t->csv_path, t->svg_path };
    const char * there = NULL;

    for (int k = 0; k < 3; k++)
        if (is_folder(paths[k]))
            return lb_cli_fail("%s: is a folder; -O chooses another place",
                               paths[k]);
    if (is_same_file(t->json_path, t->spec->file)
        || is_same_file(t->json_path, t->spec->model_file))
        return lb_cli_fail("%s: is the spec itself or its model; -O chooses "
                           "another place for the table",
                           t->json_path);
    if (access(t->csv_path, F_OK) == 0)
        there = t->csv_path;
    if (t->options->plot && access(t->svg_path, F_OK) == 0)
        there = t->svg_path;
    if (access(t->json_path, F_OK) == 0)
        there = t->json_path;
    if (there == NULL || t->options->force
        || (access(t->journal_path, F_OK) == 0
            && lb_table_is_of(t->json_path, t->spec)))
        return 0;
    return lb_cli_fail("%s: is there already; --force replaces it, -O chooses "
                       "another place",
                       there);
}

/* --- making it ----------------------------------------------------------- */

static int
draw(const char * table, const char * svg)
{
    lb_table_t t;
    lb_error err;
    int bad = 0;

    lb_error_clear(&err);
    lb_table_init(t);
    if (lb_table_read(t, table, &err) != LB_OK
        || lb_table_plot(svg, t, &err) != LB_OK)
        bad = lb_cli_error(&err);
    lb_table_clear(t);
    return bad;
}

/* "6" or "6 to 10": relative digits wanted. */
static void
print_digits(const lb_table_spec_t s)
{
    slong low = WORD_MAX, high = 0;

    for (slong k = 0; k < s->n_columns; k++)
        if (fmpq_is_zero(s->columns[k].absolute))
        {
            low = FLINT_MIN(low, s->columns[k].digits);
            high = FLINT_MAX(high, s->columns[k].digits);
        }
    if (high == 0)
        return;
    if (low < high)
        printf(" of %ld to %ld digits", (long) low, (long) high);
    else
        printf(" of %ld digits", (long) low);
}

static void
print_summary(const table_job * t, int drawn, slong computed, double seconds)
{
    if (t->options->quiet)
        return;
    printf("%s\n%s\n", t->json_path, t->csv_path);
    if (drawn)
        printf("%s\n", t->svg_path);
    printf("%s: %ld points, %ld entries", t->spec->name,
           (long) t->summary.points, (long) t->summary.entries);
    print_digits(t->spec);
    printf(", %ld undecided; ", (long) t->summary.undecided);
    if (computed < t->summary.points)
        printf("%ld points ", (long) computed);
    printf("in %.2f s", seconds);
    if (computed > 0)
        printf(", %.3g ms per point", 1000 * seconds / (double) computed);
    putchar('\n');
}

/* A run that was stopped: what there is as a table, and how to go on. */
static int
leave_partial(table_job * t)
{
    slong done = lb_table_journal_length(t->journal);
    lb_error err;

    lb_error_clear(&err);
    t->stopped = 1;
    if (done == 0)
        return lb_cli_fail("stopped before the first point was finished");
    if (lb_table_write(&t->summary, t->base, t->spec, t->journal, t->command,
                       LB_VERSION, &err)
        != LB_OK)
        lb_cli_error(&err);
    return lb_cli_fail("stopped with %ld of %ld points, which are in %s; the "
                       "same command goes on with the others",
                       (long) done, (long) t->spec->points, t->journal_path);
}

/* All processors, or one for each rank, of which there is one for each. */
static int
threads_of(const table_job * t)
{
    return t->ranks.ranks == 1 ? lb_options_threads(t->options)
                               : FLINT_MAX(1, t->options->threads);
}

static int
make_table(table_job * t)
{
    double start = lb_clock_seconds();
    slong before = lb_table_journal_length(t->journal), points;
    lb_table_run_options o = { .threads = threads_of(t),
                               .stop = lb_cli_is_stopped,
                               .progress = lb_cli_work_progress,
                               .context = &t->work };
    lb_error err;
    int drawn;

    lb_error_clear(&err);
    lb_cli_work_begin(&t->work, t->options->quiet);
    if (lb_cli_ranks_run(&t->ranks, t->spec, t->journal, &o,
                         (double) t->options->rank_timeout, &err)
        != LB_OK)
        return lb_cli_error(&err);
    lb_cli_progress_end();
    points = lb_table_journal_length(t->journal);
    if (points < t->spec->points)
        return leave_partial(t);
    if (lb_table_write(&t->summary, t->base, t->spec, t->journal, t->command,
                       LB_VERSION, &err)
        != LB_OK)
        return lb_cli_error(&err);
    t->finished = 1;
    drawn = t->options->plot && draw(t->json_path, t->svg_path) == 0;
    print_summary(t, drawn, points - before, lb_clock_seconds() - start);
    if (t->options->plot && !drawn)
        return LB_EXIT_USAGE;
    return t->summary.undecided > 0 && !t->spec->accept_undecided
               ? LB_EXIT_UNDECIDED
               : LB_EXIT_GOOD;
}

/* Spec, places, journal: everything that may be refused. */
static int
prepare(table_job * t)
{
    lb_error err;
    int status = read_spec(t);

    if (status != 0)
        return status;
    name_files(t);
    t->command = command_of(t->options);
    status = check_outputs(t);
    if (status != 0)
        return status;
    lb_error_clear(&err);
    return lb_table_journal_open(&t->journal, t->journal_path, t->spec,
                                 LB_VERSION, &err)
                   == LB_OK
               ? 0
               : lb_cli_error(&err);
}

/* Rank 0, or the only one. */
static int
preside(table_job * t)
{
    int status;

    lb_table_spec_init(t->spec);
    lb_cli_catch_signals();
    status = prepare(t);
    lb_cli_ranks_announce(&t->ranks, status == 0 ? t->spec : NULL);
    if (status == 0)
        status = make_table(t);
    lb_table_journal_close(t->journal, t->finished);
    flint_free(t->base);
    flint_free(t->json_path);
    flint_free(t->csv_path);
    flint_free(t->svg_path);
    flint_free(t->journal_path);
    flint_free(t->command);
    lb_table_spec_clear(t->spec);
    return status;
}

static int
run(const lb_options * options)
{
    table_job t;
    int status;

    memset(&t, 0, sizeof(t));
    t.options = options;
    status = lb_cli_ranks_begin(&t.ranks);
    if (status != 0)
        return status;
    if (t.ranks.rank == 0)
        status = preside(&t);
    else
        lb_cli_ranks_serve(options);
    lb_cli_ranks_end(&t.ranks, status);
    if (t.stopped)
        lb_cli_end_by_signal();
    return status;
}

/* --- the other forms ----------------------------------------------------- */

static int
list_tables(void)
{
    int count, bad = 0;
    char ** names = lb_data_list("tables", &count);

    if (names == NULL)
        return LB_EXIT_USAGE;
    for (int k = 0; k < count && !bad; k++)
    {
        char * path = lb_data_file("tables", names[k]);
        lb_error err;
        json_t * spec;
        const char * title = "";

        lb_error_clear(&err);
        spec = lb_json_read(path, &err);
        if (spec == NULL)
            bad = lb_cli_error(&err);
        else
        {
            json_unpack(spec, "{s:s}", "title", &title);
            printf("%-28s %s\n", names[k], title);
        }
        json_decref(spec);
        flint_free(path);
    }
    lb_data_list_free(names, count);
    return bad;
}

/* 1 if the file is a table that is there, not the spec of one. */
static int
is_table(const char * path)
{
    char start[4096];
    FILE * stream = fopen(path, "r");
    size_t n = stream != NULL ? fread(start, 1, sizeof(start) - 1, stream) : 0;

    if (stream != NULL)
        fclose(stream);
    start[n] = '\0';
    return strstr(start, "\"lindbound-table-values/") != NULL;
}

/* --plot FILE.json */
static int
draw_again(const lb_options * options)
{
    const char * path = options->arguments[0];
    size_t n = strlen(path);
    char * svg;
    int status;

    if (n > 5 && strcmp(path + n - 5, ".json") == 0)
        n -= 5;
    svg = options->output != NULL ? lb_text_copy(options->output)
                                  : lb_text_print("%.*s.svg", (int) n, path);
    if (access(svg, F_OK) == 0 && !options->force)
        status = lb_cli_fail("%s: is there already; --force replaces it, -O "
                             "chooses another place",
                             svg);
    else
        status = draw(path, svg);
    if (status == 0 && !options->quiet)
        puts(svg);
    flint_free(svg);
    return status;
}

/* What does not go together. */
static int
check_options(const lb_options * o)
{
    int forms = o->list + o->check + (o->point >= 0);

    if (forms > 1)
        return lb_cli_fail("table: --list, --check and --point exclude each "
                           "other");
    if (!o->check && (o->sample > 0 || o->regenerate || o->format))
        return lb_cli_fail("table: --sample, --regenerate and --format go with "
                           "--check");
    if (o->point < 0 && o->certificate != NULL)
        return lb_cli_fail("table: --certificate goes with --point");
    if (forms == 1
        && (o->plot || o->refine > 0 || o->max_points > 0
            || o->settings->length > 0 || o->output != NULL))
        return lb_cli_fail("table: --plot, --refine, --max-points, -p and -O "
                           "are for making a table");
    if (o->n_arguments != (o->list ? 0 : 1))
        return lb_cli_fail("table takes one %s; see 'lindbound table --help'",
                           forms == 1 ? "FILE" : "SPEC");
    return 0;
}

static int
run_form(const lb_options * o)
{
    if (check_options(o) != 0)
        return LB_EXIT_USAGE;
    if (o->list)
        return list_tables();
    if (o->check)
        return lb_cli_table_check(o);
    if (o->point >= 0)
        return lb_cli_table_point(o);
    if (!is_table(o->arguments[0]))
        return run(o);
    if (o->plot)
        return draw_again(o);
    return lb_cli_fail("%s: is a table, not the spec of one; --check, --plot "
                       "and --point take it",
                       o->arguments[0]);
}

int
lb_cmd_table(int argc, char ** argv)
{
    return lb_cli_command(argc, argv, "table", "pOtFCBqLk", help, run_form);
}
