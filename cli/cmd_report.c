/* cli/cmd_report.c -- lindbound report [NAME...]
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <lindbound/audit_json.h>
#include <lindbound/file_read.h>
#include <lindbound/file_write.h>
#include <lindbound/report.h>
#include <lindbound/text.h>
#include <lindbound/verify_json.h>

#include "cli.h"

static const char help[]
    = "Usage: lindbound report [NAME]... [-O FILE] [--tables DIR]\n"
      "       [--no-verify] [--no-audit] [--threads T] [--max-dimension D]\n\n"
      "Makes one HTML page that needs no network: the verdicts of 'lindbound\n"
      "verify' and 'lindbound audit' and the certified tables, their "
      "pictures,\n"
      "and every number with its level and its exact form (docs/report.md).\n"
      "Says on standard output how many of everything there are.\n\n"
      "  NAME            a system of verify, a paper of audit or PAPER/CLAIM:\n"
      "                  only these, and the tables of these systems\n"
      "  -O FILE         the page (lindbound-report.html)\n"
      "  --tables DIR    the tables DIR/*.json, each with its picture .svg\n"
      "                  beside it (the built-in ones)\n"
      "  --no-verify     without the printed formulas\n"
      "  --no-audit      without the claims of the papers\n"
      "  --threads T     values of audit computed at the same time (as many "
      "as\n"
      "                  there are processors)\n"
      "  --max-dimension refuse larger Hilbert spaces (1024); a proof uses\n"
      "                  half of it at most\n\n"
      "The page states no time unless SOURCE_DATE_EPOCH is set.\n\n"
      "Examples:\n"
      "  lindbound report\n"
      "  lindbound report nanotip -O nanotip.html\n"
      "  lindbound report --no-verify --no-audit --tables results\n\n"
      "Exit status: 0 good, 1 a form disagrees or a claim is not as recorded,\n"
      "2 usage or bad input, 3 a form is undecided, a table is not complete "
      "or\n"
      "some of its values did not reach their digits.\n";

#define DEFAULT_OUTPUT "lindbound-report.html"

typedef struct
{
    const lb_options * options;
    json_t * systems; /* NULL: not judged */
    json_t * papers;
    json_t * tables;
} session;

/* --- forms and claims ---------------------------------------------------- */

static json_t *
group(const char * name, const char * title, const char * source)
{
    return json_pack("{s:s,s:s,s:s*,s:[]}", "name", name, "title", title,
                     "source", source, "rows");
}

static int
is_last(const json_t * groups, const char * name)
{
    const json_t * last = json_array_get(groups, json_array_size(groups) - 1);
    const char * its = json_string_value(json_object_get(last, "name"));

    return its != NULL && strcmp(its, name) == 0;
}

static json_t *
last_rows(json_t * groups)
{
    return json_object_get(json_array_get(groups, json_array_size(groups) - 1),
                           "rows");
}

static void
begin_system(void * context, const lb_model_t m, const char * source)
{
    session * s = context;

    json_array_append_new(s->systems, group(m->name, m->title, source));
}

static void
add_form(void * context, const lb_model_t m, const lb_verify_row * row)
{
    session * s = context;

    json_array_append_new(last_rows(s->systems),
                          lb_verify_row_json(row, m->name, s->options->digits));
}

static void
end_system(void * context)
{
    (void) context;
}

static void
add_claims(void * context, const lb_claims_t claims, const lb_audit_row * rows,
           slong n)
{
    session * s = context;

    if (!is_last(s->papers, claims->paper))
        json_array_append_new(
            s->papers, group(claims->paper, claims->title, claims->source));
    for (slong k = 0; k < n; k++)
        json_array_append_new(last_rows(s->papers),
                              lb_audit_row_json(rows + k, claims->paper));
}

/* --- names --------------------------------------------------------------- */

/* Is there FOLDER/NAME.json, NAME up to a '/' in it? */
static int
has_file(const char * folder, const char * name)
{
    char * first = lb_text_print("%.*s", (int) strcspn(name, "/"), name);
    char * path = lb_data_file(folder, first);
    int there = access(path, F_OK) == 0;

    flint_free(path);
    flint_free(first);
    return there;
}

static int
is_system(const char * name)
{
    return strchr(name, '/') == NULL && has_file("forms", name);
}

static int
is_claim(const char * name)
{
    return has_file("claims", name);
}

/* The names that are something, of those asked for: how many. */
static int
names_that(int (*is)(const char * name), const char ** names,
           const lb_options * options)
{
    int n = 0;

    for (int k = 0; k < options->n_arguments; k++)
        if (is(options->arguments[k]))
            names[n++] = options->arguments[k];
    return n;
}

/* PAPER and PAPER/CLAIM overlap, too. */
static int
overlap(const char * a, const char * b)
{
    size_t n = strlen(a) < strlen(b) ? strlen(a) : strlen(b);

    return strncmp(a, b, n) == 0 && (a[n] == '\0' || a[n] == '/')
           && (b[n] == '\0' || b[n] == '/');
}

static int
check_names(const lb_options * options)
{
    const char * const * names = options->arguments;

    for (int k = 0; k < options->n_arguments; k++)
    {
        if (!is_system(names[k]) && !is_claim(names[k]))
            return lb_cli_fail("'%s' is neither a built-in system with forms "
                               "nor a paper; without NAME the report is of all",
                               names[k]);
        for (int j = 0; j < k; j++)
            if (overlap(names[j], names[k]))
                return lb_cli_fail("'%s' and '%s': the same twice", names[j],
                                   names[k]);
    }
    return 0;
}

static int
is_wanted(const lb_options * options, const char * name)
{
    for (int k = 0; k < options->n_arguments; k++)
        if (name != NULL && strcmp(options->arguments[k], name) == 0)
            return 1;
    return options->n_arguments == 0;
}

static int
judge_forms(session * s)
{
    const char * names[64];
    lb_options options = *s->options;
    lb_verifier v;
    int n = names_that(is_system, names, s->options);

    s->systems = json_array();
    if (n == 0 && options.n_arguments > 0)
        return 0;
    options.threads = 1; /* an estimate may depend on it */
    if (lb_verifier_init(&v, &options) != 0)
        return -1;
    v.begin = begin_system;
    v.row = add_form;
    v.end = end_system;
    v.context = s;
    return lb_verifier_systems(&v, names, n);
}

static int
judge_claims(session * s)
{
    const char * names[64];
    lb_auditor a;
    int n = names_that(is_claim, names, s->options), bad;

    s->papers = json_array();
    if (n == 0 && s->options->n_arguments > 0)
        return 0;
    lb_auditor_init(&a, s->options);
    a.rows = add_claims;
    a.context = s;
    bad = lb_auditor_papers(&a, names, n);
    lb_auditor_clear(&a);
    return bad;
}

/* --- tables -------------------------------------------------------------- */

static int
add_table(session * s, const char * folder, const char * name)
{
    char * path = lb_text_print("%s/%s.json", folder, name);
    json_t * table;
    lb_error err;
    int bad = 0;

    lb_error_clear(&err);
    lb_cli_progress("%s ...", name);
    table = lb_report_table(path, &err);
    lb_cli_progress_end();
    if (table == NULL)
        bad = lb_cli_error(&err);
    else if (is_wanted(s->options, lb_report_table_model(table)))
        json_array_append(s->tables, table);
    json_decref(table);
    flint_free(path);
    return bad;
}

/* All tables of --tables, or of the data folder, which may have none. */
static int
read_tables(session * s)
{
    const char * stated = s->options->tables;
    char * folder = stated != NULL ? lb_text_copy(stated)
                                   : lb_data_path("tables/results", "");
    char ** names = NULL;
    int count = 0, bad = 0;

    s->tables = json_array();
    if (stated != NULL || access(folder, F_OK) == 0)
    {
        names = lb_folder_list(folder, &count);
        if (names == NULL)
            bad = lb_cli_fail("%s: cannot read the folder: %s", folder,
                              strerror(errno));
    }
    for (int k = 0; k < count && !bad; k++)
        bad = add_table(s, folder, names[k]);
    lb_data_list_free(names, count);
    flint_free(folder);
    return bad;
}

/* --- the page ------------------------------------------------------------ */

/* "YYYY-MM-DD" of SOURCE_DATE_EPOCH; "" if it is not set. */
static int
read_date(char * date, size_t size)
{
    const char * text = getenv("SOURCE_DATE_EPOCH");
    struct tm day;
    time_t seconds;
    char * end;

    date[0] = '\0';
    if (text == NULL)
        return 0;
    seconds = (time_t) strtoll(text, &end, 10);
    if (end == text || *end != '\0' || gmtime_r(&seconds, &day) == NULL
        || strftime(date, size, "%Y-%m-%d", &day) == 0)
        return lb_cli_fail("SOURCE_DATE_EPOCH is a number of seconds, not '%s'",
                           text);
    return 0;
}

/* The command that makes the page again, wherever its files are. */
static char *
command_line(const lb_options * options)
{
    char text[4096] = "lindbound report";

    for (int k = 0; k < options->n_arguments; k++)
        lb_text_append(text, sizeof(text), " %s", options->arguments[k]);
    if (options->without_verify)
        lb_text_append(text, sizeof(text), " --no-verify");
    if (options->without_audit)
        lb_text_append(text, sizeof(text), " --no-audit");
    if (options->tables != NULL)
        lb_text_append(text, sizeof(text), " --tables DIR");
    return lb_text_copy(text);
}

static char *
read_part(const char * name)
{
    char * path = lb_data_path("report", name);
    char * text = NULL;
    size_t size;
    lb_error err;

    lb_error_clear(&err);
    if (lb_file_read(&text, &size, path, &err) != LB_OK)
        lb_cli_error(&err);
    flint_free(path);
    return text;
}

static void
print_counts(const char * path, const session * s, const lb_report_counts * n)
{
    const char * between = ": ";

    fputs(path, stdout);
    if (s->systems != NULL)
    {
        printf("%s%ld forms (%ld AGREE, %ld UNDECIDED, %ld DISAGREE)", between,
               n->forms, n->agree, n->undecided_forms, n->disagree);
        between = "; ";
    }
    if (s->papers != NULL)
    {
        printf("%s%ld claims (%ld CONFIRMED, %ld CONSISTENT, %ld REFUTED, %ld "
               "MISPRINT, %ld UNDECIDED)",
               between, n->claims, n->confirmed, n->consistent, n->refuted,
               n->misprint, n->undecided_claims);
        between = "; ";
    }
    if (n->tables > 0)
        printf("%s%ld tables (%ld not complete; %ld of %ld values undecided)",
               between, n->tables, n->incomplete, n->undecided_values,
               n->values);
    puts(".");
}

static int
exit_status(const lb_report_counts * n)
{
    if (n->disagree > 0 || n->changed > 0)
        return LB_EXIT_DISAGREE;
    if (n->undecided_forms > 0 || n->incomplete > 0 || n->flagged > 0)
        return LB_EXIT_UNDECIDED;
    return LB_EXIT_GOOD;
}

static int
write_page(const session * s, const lb_report * r)
{
    const char * path
        = s->options->output != NULL ? s->options->output : DEFAULT_OUTPUT;
    lb_report_counts n;
    lb_error err;
    char * html;
    size_t size;
    int status;

    lb_error_clear(&err);
    if (lb_report_html(&html, &size, &n, r, &err) != LB_OK)
        return lb_cli_error(&err);
    if (lb_file_write(path, html, size, &err) == LB_OK)
    {
        print_counts(path, s, &n);
        status = exit_status(&n);
    }
    else
        status = lb_cli_error(&err);
    free(html);
    return status;
}

static int
make_page(const session * s)
{
    char * command = command_line(s->options);
    char * style = read_part("report.css");
    char * script = read_part("report.js");
    char date[32];
    int status = LB_EXIT_USAGE;

    if (style != NULL && script != NULL && read_date(date, sizeof(date)) == 0)
    {
        lb_report r = { .command = command,
                        .lindbound = LB_VERSION,
                        .flint = FLINT_VERSION,
                        .arb = arb_version,
                        .date = date[0] != '\0' ? date : NULL,
                        .style = style,
                        .script = script,
                        .systems = s->systems,
                        .papers = s->papers,
                        .tables = s->tables };

        status = write_page(s, &r);
    }
    flint_free(script);
    flint_free(style);
    flint_free(command);
    return status;
}

/* --- the command --------------------------------------------------------- */

static int
run(const lb_options * options)
{
    session s;
    int status = LB_EXIT_USAGE;

    memset(&s, 0, sizeof(s));
    s.options = options;
    if (check_names(options) == 0 && read_tables(&s) == 0
        && (options->without_verify || judge_forms(&s) == 0)
        && (options->without_audit || judge_claims(&s) == 0))
        status = make_page(&s);
    json_decref(s.systems);
    json_decref(s.papers);
    json_decref(s.tables);
    return status;
}

int
lb_cmd_report(int argc, char ** argv)
{
    return lb_cli_command(argc, argv, "report", "OtmN", help, run);
}
