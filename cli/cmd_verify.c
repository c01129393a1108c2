/* cli/cmd_verify.c -- lindbound verify [NAME...]
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <lindbound/ball_text.h>
#include <lindbound/blas_threads.h>
#include <lindbound/json_file.h>
#include <lindbound/text.h>
#include <lindbound/verify.h>

#include "cli.h"

static const char help[]
    = "Usage: lindbound verify [NAME...]\n"
      "       lindbound verify MODEL --form EXPR --observable OBS\n"
      "                        [--limit weak-drive|exact]\n"
      "       [-p NAME=EXPR]... [--cutoff N | a=5,b=5] [--digits K]\n"
      "       [--level auto|full|truncated|estimate] [--max-dimension D]\n"
      "       [--threads T] [--format text|json] [-O FILE]\n\n"
      "Judges printed closed forms. For every form:\n"
      "  closed form    the formula, in balls\n"
      "  derived        the same quantity from the model without a Fock space\n"
      "                 (weak-drive hierarchy, coupled-mode solve), in balls;\n"
      "                 must overlap the closed form, tightly\n"
      "  steady state   of the master equation at the stated drive; a\n"
      "                 weak-drive form must be approached at order 2 as the\n"
      "                 drive is halved, an exact one be met; only level full\n"
      "                 refutes a form, at other levels it is UNDECIDED\n"
      "  level          what the steady state is: full or truncated, a proved\n"
      "                 ball, of the model or of the model at a cutoff; or an\n"
      "                 estimate\n"
      "  distance       steady state minus closed form, relative unless 'abs'\n"
      "  difference     its coefficient of drive^2: a ball, from the next "
      "order\n"
      "                 of the hierarchy; or measured by halving the drive\n"
      "  printed        whether the number the paper prints holds: a finding\n"
      "                 that never changes the verdict\n"
      "Without NAME: every built-in system. With --form: your own formula for\n"
      "an observable of a built-in model or a model file.\n\n"
      "  --level          auto (default): the first of full, truncated and\n"
      "                   estimate that proves 12 digits, or 6 at least;\n"
      "                   truncated if --cutoff is given\n"
      "  --digits K       of closed and derived values (15); a steady state "
      "is\n"
      "                   proved to K digits, too, but not more than 12\n"
      "  --max-dimension  refuse larger Hilbert spaces (1024); a proof uses\n"
      "                   half of it at most\n\n"
      "Examples:\n"
      "  lindbound verify\n"
      "  lindbound verify nanotip --format json -O nanotip.json\n"
      "  lindbound verify nanotip --observable g2_cw -p J=0 \\\n"
      "      --form '1/(4*(chi/gamma)^2+1)'\n\n"
      "Exit status: 0 all agree, 1 a disagreement, 2 usage or bad input,\n"
      "3 something is undecided.\n";

/* Digits shown in a table cell */
#define CELL_DIGITS 12
#define CELL_DIGITS_COMPLEX 6
#define DISTANCE_DIGITS 6

/* Rows of text, printed when all of them are known. */
typedef struct
{
    slong length;
    char ** cells; /* length x COLUMNS          */
    char ** notes; /* lines under a row or NULL */
} table;

typedef struct
{
    const lb_options * options;
    lb_verify_options verify;
    table table;
    lb_output out;
    json_t * results; /* NULL in text */
    slong counts[LB_DISAGREE + 1];
    slong holds, fails;
    lb_verdict worst;
} session;

/* --- one row ------------------------------------------------------------- */

/* Value and, if not 0, the order in the drive: "4.2 e^2" */
static char *
scalar_cell(int has, const lb_scalar_t x)
{
    char *value, *cell;

    if (!has)
        return lb_text_copy("-");
    value = lb_scalar_plain_str(
        x, acb_is_real(x->coefficient) ? CELL_DIGITS : CELL_DIGITS_COMPLEX);
    if (x->order == 0 || lb_scalar_is_zero(x))
        return value;
    cell = lb_text_print("%s x^%ld", value, (long) x->order);
    flint_free(value);
    return cell;
}

static char *
state_cell(const lb_verify_row * row)
{
    char text[LB_APPROX_TEXT];

    if (!row->has_state)
        return lb_text_copy("-");
    if (row->state->level != LB_LEVEL_ESTIMATE)
        return lb_ball_plain_str(row->state->ball, CELL_DIGITS);
    lb_approx_value_str(text, sizeof(text), &row->state->approx, CELL_DIGITS);
    return lb_text_copy(text);
}

/* A truncated value is a statement about its cutoff. */
static char *
level_cell(const lb_verify_row * row)
{
    if (!row->has_state)
        return lb_text_copy("-");
    if (row->state->level == LB_LEVEL_TRUNCATED)
        return lb_text_print("truncated at %s", row->state->cutoff);
    return lb_text_copy(lb_level_str(row->state->level));
}

static char *
difference_cell(const lb_verify_row * row)
{
    const char * absolute = row->relative ? "" : " abs";
    char *value, *cell;
    acb_t x;

    if (row->has_coefficient)
    {
        acb_init(x);
        acb_set_arb(x, row->coefficient);
        value = lb_ball_plain_str(x, CELL_DIGITS);
        cell = lb_text_print("%s %s%s", value, row->drive_text, absolute);
        flint_free(value);
        acb_clear(x);
        return cell;
    }
    if (!isnan(row->measured))
        return lb_text_print("%.6g %s%s measured", row->measured,
                             row->drive_text, absolute);
    if (row->n_drives == 0 || row->has_distance)
        return lb_text_copy("-");
    return lb_text_print("%.1e%s measured", row->difference[0], absolute);
}

/* C - A at the stated drive. */
static char *
distance_cell(const lb_verify_row * row)
{
    char *value, *cell;

    if (!row->has_distance)
        return lb_text_copy("-");
    value = lb_ball_plain_str(row->distance, DISTANCE_DIGITS);
    cell = lb_text_print("%s%s", value, row->relative ? "" : " abs");
    flint_free(value);
    return cell;
}

static char *
printed_cell(const lb_verify_row * row)
{
    const lb_form_struct * f = row->form;

    if (f->printed_value != NULL)
        return lb_text_print("%s %s: %s", f->printed_relation, f->printed_value,
                             lb_finding_str(row->finding));
    if (row->has_printed_formula)
        return lb_text_print(
            "formula misprinted%s",
            row->printed_formula_verdict == LB_AGREE ? "? it agrees" : "");
    return lb_text_copy("");
}

/* --- the table ----------------------------------------------------------- */

#define COLUMNS 10

static const char * const column_names[COLUMNS]
    = { "form",     "closed form", "derived", "steady state", "level",
        "distance", "difference",  "order",   "verdict",      "printed" };

/* Appends to a text that grows; frees the piece. */
static void
add_note(char ** notes, char * line)
{
    char * longer = lb_text_print("%s%s", *notes != NULL ? *notes : "", line);

    flint_free(*notes);
    flint_free(line);
    *notes = longer;
}

/* Why a cell is empty, and what was mended; NULL if nothing needs saying. */
static char *
make_notes(const lb_verify_row * row)
{
    const lb_form_struct * f = row->form;
    char * notes = NULL;

    if (f->mended != NULL)
        add_note(&notes,
                 lb_text_print("    %s prints: %s\n    mended: %s\n", f->source,
                               f->as_printed->text, f->mended_why));
    if (row->closed_note[0] != '\0')
        add_note(&notes,
                 lb_text_print("    no closed form: %s\n", row->closed_note));
    if (row->derived_note[0] != '\0')
        add_note(&notes,
                 lb_text_print("    not derived: %s\n", row->derived_note));
    if (row->coefficient_note[0] != '\0')
        add_note(&notes, lb_text_print("    coefficient of drive^2: %s\n",
                                       row->coefficient_note));
    if (row->state_note[0] != '\0')
        add_note(&notes,
                 lb_text_print("    no steady state: %s\n", row->state_note));
    if (row->has_state && row->state->note[0] != '\0')
        add_note(&notes, lb_text_print("    %s\n", row->state->note));
    return notes;
}

static void
table_add(table * t, const lb_verify_row * row)
{
    char ** cells;

    t->cells = flint_realloc(t->cells, (size_t) (t->length + 1) * COLUMNS
                                           * sizeof(char *));
    t->notes
        = flint_realloc(t->notes, (size_t) (t->length + 1) * sizeof(char *));
    cells = t->cells + t->length * COLUMNS;
    cells[0] = lb_text_copy(row->form->id);
    cells[1] = scalar_cell(row->has_closed, row->closed);
    cells[2] = scalar_cell(row->has_derived, row->derived);
    cells[3] = state_cell(row);
    cells[4] = level_cell(row);
    cells[5] = distance_cell(row);
    cells[6] = difference_cell(row);
    cells[7] = isnan(row->order) ? lb_text_copy("-")
                                 : lb_text_print("%.2f", row->order);
    cells[8] = lb_text_copy(lb_verdict_str(row->verdict));
    cells[9] = printed_cell(row);
    t->notes[t->length++] = make_notes(row);
}

/* One line, without blanks at its end. */
static void
print_cells(FILE * s, const int * width, const char * const * cells)
{
    int last = COLUMNS - 1;

    while (last > 0 && cells[last][0] == '\0')
        last--;
    for (int c = 0; c < last; c++)
        fprintf(s, "%-*s  ", width[c], cells[c]);
    fprintf(s, "%s\n", cells[last]);
}

/* Prints the table with columns as wide as they need to be, and empties it. */
static void
table_print(FILE * s, table * t)
{
    int width[COLUMNS];

    for (int c = 0; c < COLUMNS; c++)
    {
        width[c] = (int) strlen(column_names[c]);
        for (slong r = 0; r < t->length; r++)
        {
            int n = (int) strlen(t->cells[r * COLUMNS + c]);

            width[c] = n > width[c] ? n : width[c];
        }
    }
    if (t->length > 0)
        print_cells(s, width, column_names);
    for (slong r = 0; r < t->length; r++)
    {
        print_cells(s, width, (const char * const *) (t->cells + r * COLUMNS));
        if (t->notes[r] != NULL)
            fputs(t->notes[r], s);
        for (int c = 0; c < COLUMNS; c++)
            flint_free(t->cells[r * COLUMNS + c]);
        flint_free(t->notes[r]);
    }
    flint_free(t->cells);
    flint_free(t->notes);
    memset(t, 0, sizeof(*t));
}

/* --- JSON ---------------------------------------------------------------- */

static json_t *
scalar_json(int has, const lb_scalar_t x, const char * level, slong digits)
{
    json_t * object;

    if (!has)
        return json_null();
    object = lb_scalar_json(x, digits, level);
    json_object_set_new(object, "drive_order", json_integer(x->order));
    return object;
}

static json_t *
text_json(const char * text)
{
    return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *
real_json(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *
value_json(const lb_steady_value_t v, slong digits)
{
    json_t * object;

    if (v->level == LB_LEVEL_ESTIMATE)
    {
        object = lb_approx_value_json(&v->approx);
        lb_estimate_info_json(object, &v->info);
    }
    else
    {
        object = lb_ball_json(v->ball, digits, lb_level_str(v->level));
        json_object_set_new(object, "reached",
                            json_boolean(v->certified.reached));
        json_object_set_new(object, "cutoff", json_string(v->cutoff));
        json_object_set_new(object, "dimension", json_integer(v->dimension));
        json_object_set_new(object, "precision",
                            json_integer(v->certified.prec));
        json_object_set_new(object, "rounds",
                            json_integer(v->certified.rounds));
        json_object_set_new(object, "seconds", json_real(v->seconds));
    }
    json_object_set_new(object, "note", text_json(v->note));
    return object;
}

static json_t *
state_json(const lb_verify_row * row, slong digits)
{
    json_t *object, *drives;

    if (!row->has_state)
        return json_null();
    object = value_json(row->state, digits);
    drives = json_array();
    for (int k = 0; k < row->n_drives; k++)
        json_array_append_new(
            drives, json_pack("{s:f,s:o,s:o}", "scale", row->scale[k],
                              "difference", real_json(row->difference[k]),
                              "noise", real_json(row->noise[k])));
    json_object_set_new(object, "relative", json_boolean(row->relative));
    json_object_set_new(object, "drives", drives);
    json_object_set_new(object, "order", real_json(row->order));
    json_object_set_new(object, "order_radius", real_json(row->order_radius));
    json_object_set_new(object, "coefficient", real_json(row->measured));
    json_object_set_new(object, "coefficient_of", text_json(row->drive_text));
    json_object_set_new(object, "distance",
                        row->has_distance
                            ? lb_ball_json(row->distance, digits,
                                           lb_level_str(row->state->level))
                            : json_null());
    json_object_set_new(object, "verdict",
                        json_string(lb_verdict_str(row->state_verdict)));
    return object;
}

static json_t *
coefficient_json(const lb_verify_row * row, slong digits)
{
    json_t * object;
    acb_t x;

    if (!row->has_coefficient)
        return json_null();
    acb_init(x);
    acb_set_arb(x, row->coefficient);
    object = lb_ball_json(x, digits, "weak-drive");
    json_object_set_new(object, "of", json_string(row->drive_text));
    acb_clear(x);
    return object;
}

static json_t *
row_json(const lb_verify_row * row, const char * model, slong digits)
{
    const lb_form_struct * f = row->form;
    const lb_expr * formula = lb_form_formula(f);
    const char * level
        = f->limit == LB_LIMIT_EXACT ? "closed-form" : "weak-drive";
    json_t * o = json_object();

    json_object_set_new(o, "model", json_string(model));
    json_object_set_new(o, "form", json_string(f->id));
    json_object_set_new(o, "source", text_json(f->source));
    json_object_set_new(o, "quantity", json_string(f->quantity->text));
    json_object_set_new(o, "at", lb_settings_json(f->at));
    json_object_set_new(o, "formula",
                        text_json(formula != NULL ? formula->text : NULL));
    json_object_set_new(
        o, "closed_form",
        scalar_json(row->has_closed, row->closed, "closed-form", digits));
    json_object_set_new(
        o, "derived",
        scalar_json(row->has_derived, row->derived, level, digits));
    json_object_set_new(o, "derived_note", text_json(row->derived_note));
    json_object_set_new(o, "derived_verdict",
                        json_string(lb_verdict_str(row->derived_verdict)));
    if (row->has_printed_formula)
        json_object_set_new(
            o, "as_printed",
            json_pack(
                "{s:s,s:s,s:o,s:s}", "formula", f->as_printed->text, "mended",
                f->mended_why, "value",
                scalar_json(1, row->printed_formula, "closed-form", digits),
                "verdict", lb_verdict_str(row->printed_formula_verdict)));
    json_object_set_new(o, "coefficient_ball", coefficient_json(row, digits));
    json_object_set_new(o, "coefficient_note",
                        text_json(row->coefficient_note));
    json_object_set_new(o, "steady_state", state_json(row, digits));
    json_object_set_new(o, "steady_state_note", text_json(row->state_note));
    if (f->printed_value != NULL)
        json_object_set_new(o, "printed",
                            json_pack("{s:s,s:s,s:s}", "relation",
                                      f->printed_relation, "value",
                                      f->printed_value, "finding",
                                      lb_finding_str(row->finding)));
    json_object_set_new(o, "verdict",
                        json_string(lb_verdict_str(row->verdict)));
    return o;
}

/* --- sessions ------------------------------------------------------------ */

/* 0, or -1 after a message */
static int
judge(session * s, const lb_form_t form, const lb_model_t m)
{
    lb_verify_row row;
    lb_error err;
    int bad = 0;

    lb_error_clear(&err);
    lb_verify_row_init(&row);
    lb_cli_progress("%s: %s ...", m->name, form->id);
    if (lb_verify_form(&row, form, m, &s->verify, &err) != LB_OK)
    {
        lb_error_in(&err, form->file, form->quantity_pointer);
        lb_cli_error(&err);
        bad = -1;
    }
    else
    {
        if (s->results != NULL)
            json_array_append_new(s->results,
                                  row_json(&row, m->name, s->verify.digits));
        else
            table_add(&s->table, &row);
        s->counts[row.verdict]++;
        s->holds += row.finding == LB_FINDING_HOLDS;
        s->fails += row.finding == LB_FINDING_FAILS;
        s->worst = lb_verdict_worst(s->worst, row.verdict);
    }
    lb_cli_progress_end();
    lb_verify_row_clear(&row);
    return bad;
}

static void
print_title(session * s, const lb_model_t m, const char * source)
{
    if (s->results != NULL)
        return;
    fprintf(s->out.stream, "\n%s: %s\n", m->name, m->title);
    if (source != NULL && source[0] != '\0')
        fprintf(s->out.stream, "%s\n", source);
    fprintf(s->out.stream, "\n");
}

static int
verify_builtin(session * s, const char * name)
{
    char * file = lb_text_print("%s.json", name);
    char * path = lb_data_path("forms", file);
    lb_forms_t forms;
    lb_model_t m;
    lb_error err;
    int bad;

    lb_error_clear(&err);
    lb_model_init(m);
    lb_forms_init(forms);
    bad = lb_cli_read_model(m, name);
    if (!bad && access(path, F_OK) != 0)
        bad = lb_cli_fail("'%s' has no built-in forms; use --form EXPR "
                          "--observable OBS",
                          name);
    else if (!bad && lb_forms_read(forms, path, m, &err) != LB_OK)
        bad = lb_cli_error(&err);
    if (!bad)
        print_title(s, m, forms->source);
    for (slong k = 0; k < forms->length && !bad; k++)
        bad = judge(s, forms->forms + k, m);
    table_print(s->out.stream, &s->table);
    lb_forms_clear(forms);
    lb_model_clear(m);
    flint_free(path);
    flint_free(file);
    return bad;
}

static int
verify_all(session * s)
{
    int count, bad = 0;
    char ** names = lb_data_list("forms", &count);

    if (names == NULL)
        return -1;
    if (count == 0)
        bad = lb_cli_fail("the data folder holds no forms");
    for (int k = 0; k < count && !bad; k++)
        bad = verify_builtin(s, names[k]);
    lb_data_list_free(names, count);
    return bad;
}

static int
has_drive(const lb_model_t m)
{
    for (slong k = 0; k < m->scope->length; k++)
        if (m->scope->symbols[k].drive)
            return 1;
    return 0;
}

static int
read_limit(lb_limit * limit, const lb_options * options, const lb_model_t m)
{
    *limit = has_drive(m) ? LB_LIMIT_WEAK_DRIVE : LB_LIMIT_EXACT;
    if (options->limit == NULL)
        return 0;
    if (strcmp(options->limit, "weak-drive") == 0)
        *limit = LB_LIMIT_WEAK_DRIVE;
    else if (strcmp(options->limit, "exact") == 0)
        *limit = LB_LIMIT_EXACT;
    else
        return lb_cli_fail("--limit is 'weak-drive' or 'exact', not '%s'",
                           options->limit);
    return 0;
}

static int
verify_own_form(session * s)
{
    const lb_options * options = s->options;
    lb_form_t form;
    lb_limit limit;
    lb_model_t m;
    lb_error err;
    int bad;

    if (options->form == NULL || options->n_observables != 1
        || options->n_arguments != 1)
        return lb_cli_fail("a formula of your own needs one MODEL, --form and "
                           "--observable; see 'lindbound verify --help'");
    lb_error_clear(&err);
    lb_model_init(m);
    lb_form_init(form);
    bad = lb_cli_read_model(m, options->arguments[0]);
    if (!bad)
        bad = read_limit(&limit, options, m);
    if (!bad
        && lb_form_set_texts(form, m, options->observables[0], options->form,
                             limit, &err)
               != LB_OK)
        bad = lb_cli_error(&err);
    if (!bad)
    {
        print_title(s, m, m->source);
        bad = judge(s, form, m);
        table_print(s->out.stream, &s->table);
    }
    lb_form_clear(form);
    lb_model_clear(m);
    return bad;
}

static void
print_summary(const session * s)
{
    FILE * stream = s->out.stream;

    fprintf(stream, "\nverdicts: %ld AGREE, %ld UNDECIDED, %ld DISAGREE",
            (long) s->counts[LB_AGREE], (long) s->counts[LB_UNDECIDED],
            (long) s->counts[LB_DISAGREE]);
    fprintf(stream, "; printed numbers: %ld hold, %ld do not.\n",
            (long) s->holds, (long) s->fails);
    fprintf(stream,
            "Closed forms and derived values are proved enclosures, shown to "
            "the digits they prove;\nso are steady states of level full or "
            "truncated. An estimate shows the digits stable under\nrefinement. "
            "x^k: leading order in the drive. Distance: steady state minus "
            "closed form, relative\nunless 'abs'. Difference: its coefficient "
            "of drive^2, a ball from the next order of the\nhierarchy unless "
            "'measured'.\n");
}

static int
exit_status(const session * s)
{
    switch (s->worst)
    {
    case LB_DISAGREE:
        return LB_EXIT_DISAGREE;
    case LB_UNDECIDED:
        return LB_EXIT_UNDECIDED;
    default:
        return LB_EXIT_GOOD;
    }
}

static int
read_level(lb_level * level, const char * text)
{
    *level = LB_LEVEL_AUTO;
    if (text == NULL)
        return 0;
    for (lb_level l = LB_LEVEL_AUTO; l <= LB_LEVEL_ESTIMATE; l++)
        if (strcmp(text, lb_level_str(l)) == 0)
        {
            *level = l;
            return 0;
        }
    return lb_cli_fail("--level is 'auto', 'full', 'truncated' or 'estimate', "
                       "not '%s'",
                       text);
}

static int
run(const lb_options * options)
{
    lb_estimate_options estimate;
    lb_steady_options steady;
    session s;
    int bad = 0;

    memset(&s, 0, sizeof(s));
    if (read_level(&steady.level, options->level) != 0)
        return LB_EXIT_USAGE;
    steady.digits = FLINT_MIN(options->digits, CELL_DIGITS);
    /* a proof costs more than an estimate of the same dimension */
    steady.max_dimension = FLINT_MAX(1, options->max_dimension / 2);
    steady.estimate = &estimate;
    lb_estimate_options_init(&estimate);
    estimate.max_dimension = options->max_dimension;
    estimate.cutoff_text = options->cutoff;
    s.options = options;
    s.verify.digits = options->digits;
    s.verify.steady = &steady;
    s.verify.overrides = (lb_settings_struct *) options->settings;
    if (lb_output_open(&s.out) != 0)
        return LB_EXIT_USAGE;
    lb_blas_set_threads(FLINT_MAX(1, options->threads));
    if (options->format == LB_FORMAT_JSON)
        s.results = json_array();

    if (options->form != NULL || options->n_observables > 0)
        bad = verify_own_form(&s);
    else if (options->n_arguments == 0)
        bad = verify_all(&s);
    else
        for (int k = 0; k < options->n_arguments && !bad; k++)
            bad = verify_builtin(&s, options->arguments[k]);

    if (s.results != NULL)
        lb_output_json(&s.out, json_pack("{s:s,s:o,s:s,s:o}", "command",
                                         "verify", "parameters",
                                         lb_settings_json(options->settings),
                                         "verdict", lb_verdict_str(s.worst),
                                         "results", s.results));
    else if (!bad)
        print_summary(&s);
    return bad ? lb_output_discard(&s.out, LB_EXIT_USAGE)
               : lb_output_deliver(&s.out, options->output, exit_status(&s));
}

int
lb_cmd_verify(int argc, char ** argv)
{
    lb_options options;
    int status;

    if (lb_options_read(&options, argc, argv, "verify", "pocldmfFOt") != 0)
        status = LB_EXIT_USAGE;
    else if (options.help)
    {
        fputs(help, stdout);
        status = LB_EXIT_GOOD;
    }
    else
        status = run(&options);
    lb_options_clear(&options);
    return status;
}
