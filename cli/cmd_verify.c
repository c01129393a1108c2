/* cli/cmd_verify.c -- lindbound verify [NAME...]
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/json_file.h>
#include <lindbound/text.h>
#include <lindbound/verify_json.h>

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

/* --- sessions ------------------------------------------------------------ */

static void
begin_system(void * context, const lb_model_t m, const char * source)
{
    session * s = context;

    if (s->results != NULL)
        return;
    fprintf(s->out.stream, "\n%s: %s\n", m->name, m->title);
    if (source != NULL && source[0] != '\0')
        fprintf(s->out.stream, "%s\n", source);
    fprintf(s->out.stream, "\n");
}

static void
add_row(void * context, const lb_model_t m, const lb_verify_row * row)
{
    session * s = context;

    if (s->results != NULL)
        json_array_append_new(
            s->results, lb_verify_row_json(row, m->name, s->options->digits));
    else
        table_add(&s->table, row);
    s->counts[row->verdict]++;
    s->holds += row->finding == LB_FINDING_HOLDS;
    s->fails += row->finding == LB_FINDING_FAILS;
    s->worst = lb_verdict_worst(s->worst, row->verdict);
}

static void
end_system(void * context)
{
    session * s = context;

    table_print(s->out.stream, &s->table);
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
verify_own_form(const session * s, const lb_verifier * v)
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
        bad = lb_verifier_forms(v, m, m->source, form, 1);
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
run(const lb_options * options)
{
    lb_verifier v;
    session s;
    int bad;

    memset(&s, 0, sizeof(s));
    s.options = options;
    if (lb_verifier_init(&v, options) != 0 || lb_output_open(&s.out) != 0)
        return LB_EXIT_USAGE;
    v.begin = begin_system;
    v.row = add_row;
    v.end = end_system;
    v.context = &s;
    if (options->format == LB_FORMAT_JSON)
        s.results = json_array();

    if (options->form != NULL || options->n_observables > 0)
        bad = verify_own_form(&s, &v);
    else
        bad = lb_verifier_systems(&v, options->arguments, options->n_arguments);

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
    return lb_cli_command(argc, argv, "verify", "pocldmfFOt", help, run);
}
