/* cli/options.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <lindbound/text.h>

#include "cli.h"

enum
{
    OPTION_CUTOFF = 256,
    OPTION_LEVEL,
    OPTION_DIGITS,
    OPTION_MAX_DIMENSION,
    OPTION_FORM,
    OPTION_OBSERVABLE,
    OPTION_LIMIT,
    OPTION_FORMAT,
    OPTION_THREADS,
    OPTION_CERTIFICATE,
    OPTION_MODEL,
    OPTION_MAXIMIZE,
    OPTION_MINIMIZE,
    OPTION_TOUCHSTONE,
    OPTION_WITNESS,
    OPTION_QUIET,
    OPTION_LIST,
    OPTION_CHECK,
    OPTION_TABLE_FIRST, /* of table alone */
    OPTION_PLOT = OPTION_TABLE_FIRST,
    OPTION_FORCE,
    OPTION_REFINE,
    OPTION_MAX_POINTS,
    OPTION_SAMPLE,
    OPTION_REGENERATE,
    OPTION_RANK_TIMEOUT,
    OPTION_POINT,
    OPTION_TABLE_LAST = OPTION_POINT,
    OPTION_GATE_FIRST, /* of gate alone */
    OPTION_EXEC = OPTION_GATE_FIRST,
    OPTION_JOBS,
    OPTION_TIMEOUT,
    OPTION_FILTER,
    OPTION_KNOWN_FAILURES,
    OPTION_WRITE_KNOWN_FAILURES,
    OPTION_RTOL,
    OPTION_ATOL,
    OPTION_EXPLAIN,
    OPTION_REPORT,
    OPTION_GATE_LAST = OPTION_REPORT,
    OPTION_TABLES,
    OPTION_NO_VERIFY,
    OPTION_NO_AUDIT,
    OPTION_HELP
};

static const struct option long_options[]
    = { { "cutoff", required_argument, NULL, OPTION_CUTOFF },
        { "level", required_argument, NULL, OPTION_LEVEL },
        { "digits", required_argument, NULL, OPTION_DIGITS },
        { "max-dimension", required_argument, NULL, OPTION_MAX_DIMENSION },
        { "form", required_argument, NULL, OPTION_FORM },
        { "observable", required_argument, NULL, OPTION_OBSERVABLE },
        { "limit", required_argument, NULL, OPTION_LIMIT },
        { "format", required_argument, NULL, OPTION_FORMAT },
        { "threads", required_argument, NULL, OPTION_THREADS },
        { "certificate", required_argument, NULL, OPTION_CERTIFICATE },
        { "model", required_argument, NULL, OPTION_MODEL },
        { "maximize", required_argument, NULL, OPTION_MAXIMIZE },
        { "minimize", required_argument, NULL, OPTION_MINIMIZE },
        { "touchstone", required_argument, NULL, OPTION_TOUCHSTONE },
        { "witness", required_argument, NULL, OPTION_WITNESS },
        { "plot", no_argument, NULL, OPTION_PLOT },
        { "force", no_argument, NULL, OPTION_FORCE },
        { "refine", required_argument, NULL, OPTION_REFINE },
        { "max-points", required_argument, NULL, OPTION_MAX_POINTS },
        { "quiet", no_argument, NULL, OPTION_QUIET },
        { "list", no_argument, NULL, OPTION_LIST },
        { "check", no_argument, NULL, OPTION_CHECK },
        { "sample", required_argument, NULL, OPTION_SAMPLE },
        { "regenerate", no_argument, NULL, OPTION_REGENERATE },
        { "rank-timeout", required_argument, NULL, OPTION_RANK_TIMEOUT },
        { "point", required_argument, NULL, OPTION_POINT },
        { "exec", required_argument, NULL, OPTION_EXEC },
        { "jobs", required_argument, NULL, OPTION_JOBS },
        { "timeout", required_argument, NULL, OPTION_TIMEOUT },
        { "filter", required_argument, NULL, OPTION_FILTER },
        { "known-failures", required_argument, NULL, OPTION_KNOWN_FAILURES },
        { "write-known-failures", required_argument, NULL,
          OPTION_WRITE_KNOWN_FAILURES },
        { "rtol", required_argument, NULL, OPTION_RTOL },
        { "atol", required_argument, NULL, OPTION_ATOL },
        { "explain", no_argument, NULL, OPTION_EXPLAIN },
        { "report", required_argument, NULL, OPTION_REPORT },
        { "tables", required_argument, NULL, OPTION_TABLES },
        { "no-verify", no_argument, NULL, OPTION_NO_VERIFY },
        { "no-audit", no_argument, NULL, OPTION_NO_AUDIT },
        { "help", no_argument, NULL, OPTION_HELP },
        { NULL, 0, NULL, 0 } };

static char
letter_of(int option)
{
    if (option >= OPTION_TABLE_FIRST && option <= OPTION_TABLE_LAST)
        return 'B';
    if (option >= OPTION_GATE_FIRST && option <= OPTION_GATE_LAST)
        return 'G';
    switch (option)
    {
    case OPTION_QUIET:
        return 'q';
    case OPTION_LIST:
        return 'L';
    case OPTION_CHECK:
        return 'k';
    case OPTION_CUTOFF:
        return 'c';
    case OPTION_LEVEL:
        return 'l';
    case OPTION_DIGITS:
        return 'd';
    case OPTION_MAX_DIMENSION:
        return 'm';
    case OPTION_FORM:
    case OPTION_OBSERVABLE:
    case OPTION_LIMIT:
        return 'f';
    case OPTION_THREADS:
        return 't';
    case OPTION_CERTIFICATE:
        return 'C';
    case OPTION_MODEL:
        return 'M';
    case OPTION_MAXIMIZE:
    case OPTION_MINIMIZE:
        return 'R';
    case OPTION_TOUCHSTONE:
        return 'T';
    case OPTION_WITNESS:
        return 'W';
    case OPTION_TABLES:
    case OPTION_NO_VERIFY:
    case OPTION_NO_AUDIT:
        return 'N';
    case OPTION_FORMAT:
        return 'F';
    default:
        return (char) option;
    }
}

static const char *
name_of(int option)
{
    static char letter[3] = "-?";

    for (const struct option * o = long_options; o->name != NULL; o++)
        if (o->val == option)
            return o->name;
    letter[1] = (char) option;
    return letter;
}

static int
read_integer(slong * value, const char * text, long low, long high,
             const char * name)
{
    char * end;
    long number = strtol(text, &end, 10);

    if (end == text || *end != '\0' || number < low || number > high)
    {
        lb_cli_fail("--%s takes an integer from %ld to %ld, not '%s'", name,
                    low, high, text);
        return -1;
    }
    *value = number;
    return 0;
}

static int
read_setting(lb_options * options, const char * text)
{
    const char * equals = strchr(text, '=');
    char *name, *place;

    if (equals == NULL || equals == text)
    {
        lb_cli_fail("-p takes NAME=EXPR, not '%s'", text);
        return -1;
    }
    name = lb_text_print("%.*s", (int) (equals - text), text);
    place = lb_text_print("-p %s", name);
    lb_settings_set(options->settings, name, equals + 1, place, NULL);
    flint_free(name);
    flint_free(place);
    return 0;
}

static int
read_format(lb_options * options, const char * text, int markdown)
{
    if (strcmp(text, "text") == 0)
        options->format = LB_FORMAT_TEXT;
    else if (strcmp(text, "json") == 0)
        options->format = LB_FORMAT_JSON;
    else if (strcmp(text, "markdown") == 0 && markdown)
        options->format = LB_FORMAT_MARKDOWN;
    else
    {
        lb_cli_fail("--format is %s, not '%s'",
                    markdown ? "'text', 'json' or 'markdown'"
                             : "'text' or 'json'",
                    text);
        return -1;
    }
    return 0;
}

static int
add_observable(lb_options * options, const char * text)
{
    size_t room
        = sizeof(options->observables) / sizeof(options->observables[0]);

    if ((size_t) options->n_observables == room)
    {
        lb_cli_fail("more than %zu observables", room);
        return -1;
    }
    options->observables[options->n_observables++] = text;
    return 0;
}

/* --maximize NAME=LOW:HIGH, or --minimize */
static int
add_range(lb_options * options, const char * text, int minimize)
{
    size_t room = sizeof(options->ranges) / sizeof(options->ranges[0]);

    if (options->n_ranges > 0 && options->minimize != minimize)
    {
        lb_cli_fail("--maximize and --minimize exclude each other");
        return -1;
    }
    if ((size_t) options->n_ranges == room)
    {
        lb_cli_fail("more than %zu ranges", room);
        return -1;
    }
    options->minimize = minimize;
    options->ranges[options->n_ranges++] = text;
    return 0;
}

/* Those of table. */
static int
read_table_option(lb_options * options, int option, const char * value)
{
    switch (option)
    {
    case OPTION_PLOT:
        options->plot = 1;
        return 0;
    case OPTION_FORCE:
        options->force = 1;
        return 0;
    case OPTION_REGENERATE:
        options->regenerate = 1;
        return 0;
    case OPTION_REFINE:
        return read_integer(&options->refine, value, 1, 10000, "refine");
    case OPTION_MAX_POINTS:
        return read_integer(&options->max_points, value, 1, 1000000000,
                            "max-points");
    case OPTION_SAMPLE:
        return read_integer(&options->sample, value, 1, 1000000000, "sample");
    case OPTION_RANK_TIMEOUT:
        return read_integer(&options->rank_timeout, value, 1, 86400,
                            "rank-timeout");
    default:
        return read_integer(&options->point, value, 0, 1000000000, "point");
    }
}

/* --timeout: seconds */
static int
read_seconds(double * seconds, const char * text)
{
    char * end;
    double number = strtod(text, &end);

    if (end == text || *end != '\0' || !(number > 0 && number <= 86400))
    {
        lb_cli_fail("--timeout takes seconds, more than 0 and at most 86400, "
                    "not '%s'",
                    text);
        return -1;
    }
    *seconds = number;
    return 0;
}

/* Adds to one of the lists of gate. */
static int
add_to_list(lb_option_list * list, const char * text, const char * name)
{
    size_t room = sizeof(list->texts) / sizeof(list->texts[0]);

    if ((size_t) list->n == room)
    {
        lb_cli_fail("more than %zu times --%s", room, name);
        return -1;
    }
    list->texts[list->n++] = text;
    return 0;
}

/* Those of gate. */
static int
read_gate_option(lb_gate_cli_options * gate, int option, const char * value)
{
    slong number = 0;
    int bad = 0;

    switch (option)
    {
    case OPTION_EXEC:
        gate->command = value;
        return 0;
    case OPTION_JOBS:
        bad = read_integer(&number, value, 1, 1024, "jobs");
        gate->jobs = (int) number;
        return bad;
    case OPTION_TIMEOUT:
        return read_seconds(&gate->timeout, value);
    case OPTION_FILTER:
        return add_to_list(&gate->filters, value, "filter");
    case OPTION_KNOWN_FAILURES:
        gate->known_failures = value;
        return 0;
    case OPTION_WRITE_KNOWN_FAILURES:
        gate->write_known_failures = value;
        return 0;
    case OPTION_RTOL:
        gate->rtol = value;
        return 0;
    case OPTION_ATOL:
        gate->atol = value;
        return 0;
    case OPTION_EXPLAIN:
        gate->explain = 1;
        return 0;
    default:
        return add_to_list(&gate->reports, value, "report");
    }
}

static int
read_option(lb_options * options, int option, const char * value,
            const char * allowed)
{
    slong number = 0;
    int bad = 0;

    if (option >= OPTION_TABLE_FIRST && option <= OPTION_TABLE_LAST)
        return read_table_option(options, option, value);
    if (option >= OPTION_GATE_FIRST && option <= OPTION_GATE_LAST)
        return read_gate_option(&options->gate, option, value);
    switch (option)
    {
    case OPTION_QUIET:
        options->quiet = 1;
        return 0;
    case OPTION_LIST:
        options->list = 1;
        return 0;
    case OPTION_CHECK:
        options->check = 1;
        return 0;
    case 'p':
        return read_setting(options, value);
    case 'o':
    case OPTION_OBSERVABLE:
        return add_observable(options, value);
    case 'O':
        options->output = value;
        return 0;
    case OPTION_CERTIFICATE:
        options->certificate = value;
        return 0;
    case OPTION_MODEL:
        options->model = value;
        return 0;
    case OPTION_MAXIMIZE:
    case OPTION_MINIMIZE:
        return add_range(options, value, option == OPTION_MINIMIZE);
    case OPTION_TOUCHSTONE:
        options->touchstone = value;
        return 0;
    case OPTION_WITNESS:
        options->witness = value;
        return 0;
    case OPTION_TABLES:
        options->tables = value;
        return 0;
    case OPTION_NO_VERIFY:
        options->without_verify = 1;
        return 0;
    case OPTION_NO_AUDIT:
        options->without_audit = 1;
        return 0;
    case OPTION_CUTOFF:
        options->cutoff = value;
        return 0;
    case OPTION_LEVEL:
        options->level = value;
        return 0;
    case OPTION_FORM:
        options->form = value;
        return 0;
    case OPTION_LIMIT:
        options->limit = value;
        return 0;
    case OPTION_FORMAT:
        if (strchr(allowed, 'G') != NULL)
        {
            options->gate.format = value;
            return 0;
        }
        return read_format(options, value, strchr(allowed, 'K') != NULL);
    case OPTION_DIGITS:
        options->digits_given = 1;
        return read_integer(&options->digits, value, 1, 10000, "digits");
    case OPTION_MAX_DIMENSION:
        return read_integer(&options->max_dimension, value, 1, 20000,
                            "max-dimension");
    case OPTION_THREADS:
        bad = read_integer(&number, value, 1, 1024, "threads");
        options->threads = (int) number;
        return bad;
    default:
        options->help = 1;
        return 0;
    }
}

/* optopt: the letter of a short option, 0 or a code for a long one */
static void
refuse_option(const char * command, int needs_value, const char * word)
{
    char letter[3] = { '-', (char) optopt, '\0' };

    lb_cli_fail("%s: option '%s' %s; see 'lindbound %s --help'", command,
                optopt > 0 && optopt < 256 ? letter : word,
                needs_value ? "needs a value"
                            : "is not known (an argument that begins with "
                              "'-' goes after '--')",
                command);
}

static int
read_options(lb_options * options, int argc, char ** argv, const char * command,
             const char * allowed)
{
    size_t room = sizeof(options->arguments) / sizeof(options->arguments[0]);
    int option;

    memset(options, 0, sizeof(*options));
    lb_settings_init(options->settings);
    options->digits = 15;
    options->max_dimension = 1024;
    options->point = -1;
    options->rank_timeout = 30;
    options->gate.jobs = 1;
    options->gate.timeout = 60;
    options->gate.format = "text";

    optind = 1;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":p:o:O:h", long_options, NULL))
           != -1)
    {
        if (option == '?' || option == ':')
        {
            refuse_option(command, option == ':', argv[optind - 1]);
            return -1;
        }
        if (option != OPTION_HELP && option != 'h'
            && strchr(allowed, letter_of(option)) == NULL)
        {
            lb_cli_fail("%s: option '%s' does not apply here; see 'lindbound "
                        "%s --help'",
                        command, name_of(option), command);
            return -1;
        }
        if (read_option(options, option, optarg, allowed) != 0)
            return -1;
    }
    for (; optind < argc; optind++)
    {
        if ((size_t) options->n_arguments == room)
        {
            lb_cli_fail("%s: more than %zu arguments", command, room);
            return -1;
        }
        options->arguments[options->n_arguments++] = argv[optind];
    }
    return 0;
}

static void
clear_options(lb_options * options)
{
    lb_settings_clear(options->settings);
}

int
lb_options_threads(const lb_options * options)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);

    if (options->threads > 0)
        return options->threads;
    return n > 0 && n < 1024 ? (int) n : 1;
}

int
lb_cli_command(int argc, char ** argv, const char * command,
               const char * allowed, const char * help,
               int (*run)(const lb_options * options))
{
    lb_options options;
    int status = LB_EXIT_GOOD;

    if (read_options(&options, argc, argv, command, allowed) != 0)
        status = LB_EXIT_USAGE;
    else if (options.help)
        fputs(help, stdout);
    else
        status = run(&options);
    clear_options(&options);
    return status;
}
