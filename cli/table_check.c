/* cli/table_check.c -- lindbound table --check and --point
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/certificate.h>
#include <lindbound/clock.h>
#include <lindbound/model_file.h>
#include <lindbound/table_check.h>
#include <lindbound/table_judge.h>
#include <lindbound/table_open.h>
#include <lindbound/table_texts.h>
#include <lindbound/text.h>

#include "cli.h"
#include "table.h"

/* --- a table is checked -------------------------------------------------- */

static int
exit_status(const lb_table_check_result * r)
{
    if (r->failures > 0)
        return LB_EXIT_DISAGREE;
    if (r->missing > 0 || (r->undecided > 0 && !r->accept_undecided))
        return LB_EXIT_UNDECIDED;
    return LB_EXIT_GOOD;
}

static void
report_text(FILE * stream, const char * file, const lb_table_check_result * r,
            double seconds)
{
    fputs(r->messages, stream);
    if (r->failures > LB_TABLE_CHECK_MESSAGES)
        fputs("...\n", stream);
    fprintf(stream, "%s: %ld points, %ld values", file, (long) r->points,
            (long) r->values);
    if (r->missing > 0)
        fprintf(stream, " (%ld points are missing)", (long) r->missing);
    if (r->checked < r->values)
        fprintf(stream, ", %ld of them computed again%s", (long) r->checked,
                r->stopped ? " before it was stopped" : "");
    fprintf(stream, ": %ld proved again", (long) r->proved);
    if (r->overlapping > 0)
        fprintf(stream, ", %ld overlap", (long) r->overlapping);
    fprintf(stream, ", %ld failures, %ld undecided", (long) r->failures,
            (long) r->undecided);
    if (r->regenerated > 0)
        fprintf(stream, "; %ld rows made again, %ld differ",
                (long) r->regenerated, (long) r->different);
    fprintf(stream, "; %.1f s\n", seconds);
    if (r->no_csv)
        fputs("note: there is no CSV beside it\n", stream);
    if (r->model_changed != NULL)
        fprintf(stream,
                "note: the built-in model %s differs; the values are of the "
                "model in the table\n",
                r->model_changed);
}

static json_t *
report_json(const char * file, const lb_table_check_result * r, double seconds)
{
    json_t * root = json_pack(
        "{s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:b,s:s?,s:f}",
        "command", "table --check", "file", file, "points",
        (json_int_t) r->points, "values", (json_int_t) r->values, "missing",
        (json_int_t) r->missing, "checked", (json_int_t) r->checked, "proved",
        (json_int_t) r->proved, "overlapping", (json_int_t) r->overlapping,
        "undecided", (json_int_t) r->undecided, "failures",
        (json_int_t) r->failures, "regenerated", (json_int_t) r->regenerated,
        "different", (json_int_t) r->different, "stopped", r->stopped, "csv",
        !r->no_csv, "model_changed", r->model_changed, "seconds", seconds);
    json_t * messages = json_array();

    for (const char * line = r->messages; *line != '\0';)
    {
        size_t n = strcspn(line, "\n");

        json_array_append_new(messages, json_stringn(line, n));
        line += n + 1;
    }
    json_object_set_new(root, "messages", messages);
    return root;
}

int
lb_cli_table_check(const lb_options * options)
{
    const char * file = options->arguments[0];
    lb_table_check_result result;
    lb_table_check_options o;
    lb_cli_work work;
    lb_output out;
    lb_error err;
    int status;

    memset(&o, 0, sizeof(o));
    o.sample = options->sample;
    o.regenerate = options->regenerate;
    o.threads = lb_options_threads(options);
    o.stop = lb_cli_is_stopped;
    o.progress = lb_cli_work_progress;
    o.context = &work;
    o.spec = lb_cli_spec_options(options);

    lb_error_clear(&err);
    lb_table_check_result_init(&result);
    lb_cli_work_begin(&work, options->quiet);
    lb_cli_catch_signals();
    if (lb_table_check(&result, file, &o, &err) != LB_OK)
        status = lb_cli_error(&err);
    else if (lb_output_open(&out) != 0)
        status = LB_EXIT_USAGE;
    else
    {
        double seconds = lb_clock_seconds() - work.start;

        lb_cli_progress_end();
        if (options->format == LB_FORMAT_JSON)
            lb_output_json(&out, report_json(file, &result, seconds));
        else
            report_text(out.stream, file, &result, seconds);
        status = lb_output_deliver(&out, NULL, exit_status(&result));
        if (result.stopped)
            lb_cli_end_by_signal();
    }
    lb_table_check_result_clear(&result);
    return status;
}

/* --- a point by itself --------------------------------------------------- */

typedef struct
{
    const lb_options * options;
    lb_table_t table;
    lb_table_spec_t spec;
    lb_table_pin * pins;
    lb_table_entry_struct * entries;
    json_t * proofs; /* NULL: no certificate is wanted */
    slong point;
} table_point;

#define MORE_DIGITS 3

static void
point_init(table_point * p, const lb_options * options)
{
    memset(p, 0, sizeof(*p));
    p->options = options;
    p->point = options->point;
    lb_table_init(p->table);
    lb_table_spec_init(p->spec);
    if (options->certificate != NULL)
        p->proofs = json_array();
}

static void
point_clear(table_point * p)
{
    for (slong k = 0; p->entries != NULL && k < p->spec->n_columns; k++)
        lb_table_entry_clear(p->entries + k);
    flint_free(p->entries);
    flint_free(p->pins);
    lb_table_clear(p->table);
    lb_table_spec_clear(p->spec);
    json_decref(p->proofs);
}

/* "N<=8, a<=5" as --cutoff takes it: "8,a=5". */
static char *
cutoff_option(const char * shown)
{
    char *text = flint_malloc(strlen(shown) + 1), *to = text;

    for (; *shown != '\0'; shown++)
        if (strncmp(shown, "N<=", 3) == 0)
            shown += 2;
        else if (strncmp(shown, "<=", 2) == 0)
        {
            *to++ = '=';
            shown++;
        }
        else if (*shown != ' ')
            *to++ = *shown;
    *to = '\0';
    return text;
}

/* Adds -p NAME=TEXT for each. */
static void
add_settings(char ** command, const lb_settings_t settings)
{
    for (slong k = 0; k < settings->length; k++)
    {
        char * setting
            = lb_text_print("%s=%s", settings->names[k], settings->texts[k]);

        lb_cli_add_word(command, "-p");
        lb_cli_add_word(command, setting);
        flint_free(setting);
    }
}

/* The level, but closed-form, which is no level of solve. */
static void
add_level(char ** command, const lb_table_entry_struct * e)
{
    char * cutoff;

    if (e->level == LB_TABLE_CLOSED_FORM)
        return;
    lb_cli_add_word(command, "--level");
    lb_cli_add_word(command, lb_table_level_str(e->level));
    /* "all levels" of two-level systems needs none */
    if (e->level != LB_TABLE_TRUNCATED || e->cutoff == NULL
        || strchr(e->cutoff, '<') == NULL)
        return;
    cutoff = cutoff_option(e->cutoff);
    lb_cli_add_word(command, "--cutoff");
    lb_cli_add_word(command, cutoff);
    flint_free(cutoff);
}

/* The command that says the same without the table, or what a formula of other
   columns is; release with flint_free. */
static char *
origin_of(const table_point * p, slong column)
{
    const lb_table_entry_struct * e = p->entries + column;
    const char * model
        = json_string_value(json_object_get(p->spec->json, "model"));
    /* formulas are for eval; a moment of a network is not */
    int solve = e->level != LB_TABLE_CLOSED_FORM
                || lb_node_uses_state(p->spec->columns[column].expr->root);
    char *command, *quantity, *digits;
    lb_settings_t settings;

    if (p->spec->columns[column].n_of > 0)
        return lb_text_print("= %s", p->spec->columns[column].expr->text);
    lb_settings_init(settings);
    lb_table_point_texts(settings, &quantity, p->spec, column, p->point);
    command
        = lb_text_copy(solve ? "lindbound solve" : "lindbound eval --model");
    lb_cli_add_word(&command, model);
    add_settings(&command, settings);
    add_level(&command, e);
    digits = lb_text_print("%ld", (long) e->digits);
    lb_cli_add_word(&command, "--digits");
    lb_cli_add_word(&command, digits);
    lb_cli_add_word(&command, solve ? "-o" : "--");
    lb_cli_add_word(&command, quantity);
    flint_free(digits);
    flint_free(quantity);
    lb_settings_clear(settings);
    return command;
}

static void
print_value(FILE * stream, const char * name, const lb_table_entry_struct * e)
{
    char * text = lb_table_entry_str(e, e->digits);

    fprintf(stream, "  %-14s %s  %s", name, text, lb_table_level_str(e->level));
    if (e->cutoff != NULL)
        fprintf(stream, "%s %s", e->level == LB_TABLE_TRUNCATED ? " at" : ",",
                e->cutoff);
    fprintf(stream, ", %ld bits\n", (long) e->prec);
    if (e->undecided != NULL)
        fprintf(stream, "    not %ld digits: %s\n", (long) e->digits,
                e->undecided);
    if (e->value->order != 0)
        fprintf(stream, "    times the drive to the power %ld\n",
                (long) e->value->order);
    flint_free(text);
}

/* One column; returns its exit status. */
static int
report_column(FILE * stream, const table_point * p, slong column)
{
    static const char * const words[] = { [LB_TABLE_DISJOINT] = "DISJOINT",
                                          [LB_TABLE_OVERLAP] = "they overlap",
                                          [LB_TABLE_INSIDE] = "proved again" };
    const lb_table_entry_struct * e = p->entries + column;
    const lb_table_value_struct * v = lb_table_at(p->table, p->point, column);
    lb_table_relation relation = lb_table_relate(v, e);
    char * recorded = lb_table_value_str(v, e->digits);
    char * origin = origin_of(p, column);

    print_value(stream, p->spec->columns[column].name, e);
    fprintf(stream, "    recorded: %s  %s%s\n    %s\n", recorded,
            v->undecided ? "UNDECIDED, " : "", words[relation], origin);
    flint_free(recorded);
    flint_free(origin);
    if (relation == LB_TABLE_DISJOINT)
        return LB_EXIT_DISAGREE;
    return v->undecided && !p->spec->accept_undecided ? LB_EXIT_UNDECIDED
                                                      : LB_EXIT_GOOD;
}

/* A disagreement counts more than what is undecided. */
static int
worse(int a, int b)
{
    return a == LB_EXIT_DISAGREE || b == LB_EXIT_GOOD ? a : b;
}

static int
report_point(const table_point * p)
{
    char * place = lb_table_point_str(p->spec, p->point);
    int status = LB_EXIT_GOOD;
    lb_output out;

    if (lb_output_open(&out) != 0)
        status = LB_EXIT_USAGE;
    else
    {
        fprintf(out.stream, "%s: %s\n", p->options->arguments[0], place);
        for (slong k = 0; k < p->spec->n_columns; k++)
            status = worse(report_column(out.stream, p, k), status);
        status = lb_output_deliver(&out, NULL, status);
    }
    flint_free(place);
    return status;
}

/* Of the model as the table has it, without the names that its spec adds. */
static int
write_certificate(const table_point * p)
{
    const char * path = p->options->certificate;
    lb_model_t model;
    lb_error err;
    int bad = 0;

    if (json_array_size(p->proofs) == 0)
        return lb_cli_fail("%s: no value of this point has a Fock space, no "
                           "certificate is written",
                           path);
    lb_error_clear(&err);
    lb_model_init(model);
    if (lb_model_from_json(model, p->spec->model_json, p->options->arguments[0],
                           &err)
            != LB_OK
        || lb_certificate_write(path, model, p->proofs, &err) != LB_OK)
        bad = lb_cli_error(&err);
    lb_model_clear(model);
    return bad;
}

static lb_status
compute_point(table_point * p, lb_error * err)
{
    slong n = p->spec->n_columns;
    lb_table_worker * w = lb_table_worker_new(p->spec);
    lb_status status;

    p->pins = flint_calloc((size_t) n, sizeof(lb_table_pin));
    p->entries = flint_calloc((size_t) n, sizeof(lb_table_entry_struct));
    for (slong k = 0; k < n; k++)
        lb_table_entry_init(p->entries + k);
    lb_table_pins(p->pins, p->table, p->spec, p->point);
    status = lb_table_worker_point(p->entries, w, p->point, MORE_DIGITS,
                                   p->pins, p->proofs, err);
    lb_table_worker_free(w);
    return status;
}

int
lb_cli_table_point(const lb_options * options)
{
    const char * file = options->arguments[0];
    lb_table_spec_options o = lb_cli_spec_options(options);
    table_point p;
    lb_error err;
    int status;

    lb_error_clear(&err);
    point_init(&p, options);
    if (lb_table_open(p.table, p.spec, file, &o, &err) != LB_OK)
        status = lb_cli_error(&err);
    else if (p.point >= p.spec->points)
        status = lb_cli_fail("%s: there is no point %ld, the last one is %ld",
                             file, (long) p.point, (long) p.spec->points - 1);
    else if (!lb_table_at(p.table, p.point, 0)->known)
        status = lb_cli_fail("%s: the table is not complete, point %ld is "
                             "missing",
                             file, (long) p.point);
    else if (compute_point(&p, &err) != LB_OK)
        status = lb_cli_error(&err);
    else
    {
        status = report_point(&p);
        if (options->certificate != NULL && write_certificate(&p) != 0)
            status = LB_EXIT_USAGE;
    }
    point_clear(&p);
    return status;
}
