/* tests/test_forms_random.c -- every closed form at random parameters.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each form in data/forms is judged with the parameters that it leaves open
 * multiplied by random factors, exact rationals in [1/2, 2]: those whose
 * default is a plain positive number and which are not in its `at`, and those
 * named in `open` below.  A form that holds at special points only must say so
 * in its `at`.  A form of a limit is compared with the weak-drive hierarchy or
 * the coupled-mode solve, an exact one about a state with the proved steady
 * state. */
#include <dirent.h>
#include <string.h>
#include <unistd.h>

#include <lindbound/model_file.h>
#include <lindbound/text.h>
#include <lindbound/verify.h>

#include "lb_test.h"

/* Proofs that need more states are given up: at some of the random parameters
   they would take too long, and for a limit they are not the first route. */
#define MAX_DIMENSION 120
#define MAX_DIMENSION_LIMIT 16
#define DRAWS 3
/* more, while no route could be taken */
#define MORE_DRAWS 200

/* Forms that hold for any values of more parameters: those fixed to keep off
   special points and those whose default is a formula. */
static const struct
{
    const char *model, *forms, *parameters;
} open_parameters[] = {
    { "three_cavity",
      " S_21 S_12 det_M det_M_from_eq_7 S_21_from_eq_12 S_11_from_eq_12"
      " T_ac_detuned T_ca_detuned isolation_detuned T_ac T_ca ",
      " kappa_a kappa_b kappa_c Delta theta J J_ac " },
    { "nanotip",
      " C_20 C_11 C_02 C_30 C_40 P10 P01 g2 g2_general g3_general g4_general"
      " N_strong_exact g2_strong_exact g3_strong_exact ",
      " gamma chi J Delta xi " },
    { "two_qubit_diode", " t_R t_L T_R_weak T_L_weak ",
      " theta delta_1 delta_2 power " },
    { "two_qubit_diode", " T_R_over_power T_L_over_power ",
      " theta delta_2 power " },
    { "two_qubit_diode",
      " dark_fidelity dark_singlet dark_p1_R dark_purity dark_T_R dark_T_L ",
      " delta_1 power " },
    { "emitter_pair", " P_R P_L flux ", " theta phi J " },
    { "giant_atom", " t_R t_L T_R T_L p_R p_L ", " theta phi " },
    { "two_atoms", " C_first_atom C_cw C_ccw n_cw_weak n_ccw_weak ",
      " phi DF delta " },
    { "bundle", " E_plus_characteristic E_minus_characteristic c_plus c_minus ",
      " Delta_sa Delta_ad xi " },
};

#define N_OPEN (sizeof(open_parameters) / sizeof(open_parameters[0]))

static const char *
data_folder(void)
{
    const char * data = getenv("LINDBOUND_DATA");

    return data != NULL ? data : "data";
}

/* --- random settings ----------------------------------------------------- */

static int
is_word_of(const char * word, const char * words)
{
    char * padded = lb_text_print(" %s ", word);
    int found = strstr(words, padded) != NULL;

    flint_free(padded);
    return found;
}

static int
is_plain_positive(const lb_expr * e)
{
    return e->root->kind == LB_NODE_NUMBER && fmpq_sgn(e->root->value) > 0
           && fmpq_is_zero(e->root->radius);
}

static int
is_open(const char * model, const lb_form_t form, const lb_symbol * parameter)
{
    for (size_t k = 0; k < N_OPEN; k++)
        if (strcmp(model, open_parameters[k].model) == 0
            && is_word_of(form->id, open_parameters[k].forms)
            && is_word_of(parameter->name, open_parameters[k].parameters))
            return 1;
    return lb_settings_get(form->at, parameter->name) == NULL
           && is_plain_positive(parameter->expr);
}

/* Draws a factor up to @p most for every open parameter; returns how many there
   are. */
static slong
draw(lb_settings_t settings, const lb_model_t m, const lb_form_t form,
     ulong most, flint_rand_t state)
{
    slong count = 0;

    for (slong k = 0; k < m->scope->length; k++)
    {
        const lb_symbol * p = m->scope->symbols + k;
        const char * text;
        char * changed;

        if (p->kind != LB_SYMBOL_PARAMETER || !is_open(m->name, form, p))
            continue;
        text = lb_settings_get(form->at, p->name);
        changed = lb_text_print(
            "(%s)*%lu/64", text != NULL ? text : p->expr->text,
            (unsigned long) (32 + n_randint(state, 64 * most - 31)));
        lb_settings_set(settings, p->name, changed, "test", NULL);
        flint_free(changed);
        count++;
    }
    return count;
}

/* --- judging ------------------------------------------------------------- */

typedef struct
{
    slong forms;   /* with a formula                              */
    slong agreed;  /* draws in which a route agreed               */
    slong refused; /* draws in which no route could be taken      */
    slong derived; /* draws compared with the hierarchy or a solve */
    slong proved;  /* draws compared with a proved steady state   */
} tally;

static void
print_failure(const lb_model_t m, const lb_form_t form,
              const lb_settings_t settings, slong iter,
              const lb_verify_row * row)
{
    printf("\n%s %s, draw %ld, seed %lu: %s (derived %s, state %s)", m->name,
           form->id, (long) iter, (unsigned long) lb_test_seed(),
           lb_verdict_str(row->verdict), lb_verdict_str(row->derived_verdict),
           lb_verdict_str(row->state_verdict));
    for (slong k = 0; k < settings->length; k++)
        printf("\n  -p '%s=%s'", settings->names[k], settings->texts[k]);
    if (row->has_closed)
    {
        printf("\n  closed form ");
        acb_printn(row->closed->coefficient, 20, 0);
    }
    if (row->has_derived)
    {
        printf("\n  derived ");
        acb_printn(row->derived->coefficient, 20, 0);
    }
    if (row->has_state)
    {
        printf("\n  steady state ");
        acb_printn(row->state->ball, 20, 0);
    }
    printf("\n  %s %s %s\n", row->closed_note, row->derived_note,
           row->state_note);
}

/* One draw: 1 agreed, 0 no route could be taken, -1 failed. */
static int
judge(const lb_verify_row * row, tally * t)
{
    t->derived += row->derived_verdict == LB_AGREE;
    t->proved += row->state_verdict == LB_AGREE;
    if (!row->has_closed || row->derived_verdict == LB_DISAGREE
        || row->state_verdict == LB_DISAGREE
        || (row->has_derived && row->derived_verdict != LB_AGREE))
        return -1;
    return row->derived_verdict == LB_AGREE || row->state_verdict == LB_AGREE;
}

static void
test_form(const lb_form_t form, const lb_model_t m, flint_rand_t state,
          tally * t)
{
    slong draws = lb_test_iters(DRAWS), agreed = 0, failed = 0, iter;

    for (iter = 0;
         iter < draws || (agreed + failed == 0 && iter < draws + MORE_DRAWS);
         iter++)
    {
        lb_estimate_options estimate;
        lb_steady_options steady
            = { LB_LEVEL_FULL, 8,
                form->limit == LB_LIMIT_EXACT ? MAX_DIMENSION
                                              : MAX_DIMENSION_LIMIT,
                &estimate };
        lb_settings_t settings;
        lb_verify_options options = { 15, &steady, settings };
        lb_verify_row row;
        lb_status status;
        lb_error err;
        int result;

        lb_error_clear(&err);
        lb_estimate_options_init(&estimate);
        lb_settings_init(settings);
        lb_verify_row_init(&row);
        /* shares and the like may not grow */
        draw(settings, m, form, iter < draws || iter % 2 == 0 ? 2 : 1, state);
        status = lb_verify_form(&row, form, m, &options, &err);
        /* outside the model's domain: a negative rate, an unstable network */
        result = status == LB_OK ? judge(&row, t) : status == LB_EDOM ? 0 : -1;
        if (result < 0)
            print_failure(m, form, settings, iter, &row);
        CU_ASSERT(result >= 0);
        agreed += result > 0;
        failed += result < 0;
        t->refused += result == 0;
        lb_verify_row_clear(&row);
        lb_settings_clear(settings);
    }
    if (agreed + failed == 0)
        printf("\n%s %s: no route could be taken in %ld draws\n", m->name,
               form->id, (long) iter);
    CU_ASSERT(agreed > 0);
    t->agreed += agreed;
    t->forms++;
}

/* The model or network file of a system. */
static char *
model_path(const char * name)
{
    char * path = lb_text_print("%s/models/%s.json", data_folder(), name);

    if (access(path, F_OK) == 0)
        return path;
    flint_free(path);
    return lb_text_print("%s/networks/%s.json", data_folder(), name);
}

static void
test_system(const char * name, flint_rand_t state)
{
    char * file = model_path(name);
    char * forms_file = lb_text_print("%s/forms/%s.json", data_folder(), name);
    tally t = { 0, 0, 0, 0, 0 };
    lb_forms_t forms;
    lb_model_t m;
    lb_error err;

    lb_error_clear(&err);
    lb_model_init(m);
    lb_forms_init(forms);
    if (lb_model_read(m, file, &err) != LB_OK
        || lb_forms_read(forms, forms_file, m, &err) != LB_OK)
    {
        printf("\n%s: %s\n", name, err.text);
        CU_FAIL("cannot read the system");
    }
    for (slong k = 0; k < forms->length; k++)
        if (lb_form_formula(forms->forms + k) != NULL)
            test_form(forms->forms + k, m, state, &t);
    printf("\n  %-18s %ld forms, %ld draws agreed, %ld of them with a derived "
           "value, %ld with a proved steady state; %ld refused",
           name, (long) t.forms, (long) t.agreed, (long) t.derived,
           (long) t.proved, (long) t.refused);
    CU_ASSERT(t.forms > 0);
    lb_forms_clear(forms);
    lb_model_clear(m);
    flint_free(file);
    flint_free(forms_file);
}

/* --- all systems --------------------------------------------------------- */

static int
compare_names(const void * a, const void * b)
{
    return strcmp(*(char * const *) a, *(char * const *) b);
}

/* The names of the form files, sorted. */
static char **
systems_with_forms(slong * count)
{
    char * folder = lb_text_print("%s/forms", data_folder());
    DIR * directory = opendir(folder);
    struct dirent * entry;
    char ** names = NULL;

    *count = 0;
    CU_ASSERT_FATAL(directory != NULL);
    while ((entry = readdir(directory)) != NULL)
    {
        size_t n = strlen(entry->d_name);

        if (n <= 5 || strcmp(entry->d_name + n - 5, ".json") != 0)
            continue;
        names = flint_realloc(names, (size_t) (*count + 1) * sizeof(char *));
        names[(*count)++] = lb_text_print("%.*s", (int) n - 5, entry->d_name);
    }
    closedir(directory);
    flint_free(folder);
    qsort(names, (size_t) *count, sizeof(char *), compare_names);
    return names;
}

static void
test_all(void)
{
    flint_rand_t state;
    slong count;
    char ** names = systems_with_forms(&count);

    lb_test_rand_init(state);
    CU_ASSERT(count >= 11);
    for (slong k = 0; k < count; k++)
    {
        test_system(names[k], state);
        flint_free(names[k]);
    }
    flint_free(names);
    lb_rand_clear(state);
}

/* --- the test itself ----------------------------------------------------- */

/* A form that is true at the defaults alone is found out. */
static void
test_special_point(void)
{
    char * file = lb_text_print("%s/models/chiral_emitter.json", data_folder());
    static const char * const formulas[][2] = {
        { "T_R", "1 - gamma_R/2/((gamma_R + gamma_L + gamma_0)^2/4 + delta^2"
                 " + 2*gamma_R*abs2(alpha))" },
        { "t_R", "1 - 1/(3/4 + i/10)" },
    };
    flint_rand_t state;
    lb_model_t m;
    lb_error err;

    lb_test_rand_init(state);
    lb_error_clear(&err);
    lb_model_init(m);
    CU_ASSERT_FATAL(lb_model_read(m, file, &err) == LB_OK);
    for (int k = 0; k < 2; k++)
    {
        lb_limit limit = k == 0 ? LB_LIMIT_EXACT : LB_LIMIT_WEAK_DRIVE;

        for (int random = 0; random < 2; random++)
        {
            lb_estimate_options estimate;
            lb_steady_options steady
                = { LB_LEVEL_FULL, 8, MAX_DIMENSION, &estimate };
            lb_settings_t settings;
            lb_verify_options options = { 15, &steady, settings };
            tally t = { 0, 0, 0, 0, 0 };
            lb_verify_row row;
            lb_form_t form;

            lb_estimate_options_init(&estimate);
            lb_settings_init(settings);
            lb_verify_row_init(&row);
            lb_form_init(form);
            CU_ASSERT_FATAL(lb_form_set_texts(form, m, formulas[k][0],
                                              formulas[k][1], limit, &err)
                            == LB_OK);
            if (random)
                CU_ASSERT(draw(settings, m, form, 2, state) == 5);
            CU_ASSERT(lb_verify_form(&row, form, m, &options, &err) == LB_OK);
            CU_ASSERT(judge(&row, &t) == (random ? -1 : 1));
            lb_form_clear(form);
            lb_verify_row_clear(&row);
            lb_settings_clear(settings);
        }
    }
    lb_model_clear(m);
    lb_rand_clear(state);
    flint_free(file);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "every form at random parameters", test_all },
        { "a form of one point is found out", test_special_point },
    };

    return lb_test_main("forms_random", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
