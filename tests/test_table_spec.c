/* tests/test_table_spec.c -- axes with exact values, and what a spec says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <mpfr.h>
#include <string.h>

#include <lindbound/rational.h>
#include <lindbound/table_spec.h>
#include <lindbound/table_write.h>

#include "lb_test.h"
#include "lb_test_table.h"

/* --- numbers ------------------------------------------------------------- */

static void
rationals_survive_their_text(void)
{
    slong iters = lb_test_iters(2000);
    flint_rand_t state;
    fmpq_t x, y;

    lb_test_rand_init(state);
    fmpq_init(x);
    fmpq_init(y);
    for (slong k = 0; k < iters; k++)
    {
        fmpz_t ten;
        char * text;

        fmpq_randtest(x, state, 60);
        if (k % 2 == 0) /* a decimal */
        {
            fmpz_init(ten);
            fmpz_ui_pow_ui(ten, 10, n_randint(state, 45));
            fmpz_set(fmpq_denref(x), ten);
            fmpq_canonicalise(x);
            fmpz_clear(ten);
        }
        text = lb_rational_text(x);
        CU_ASSERT(lb_rational_read(y, text, NULL) == LB_OK);
        CU_ASSERT(fmpq_equal(x, y));
        flint_free(text);
    }
    fmpq_clear(x);
    fmpq_clear(y);
    lb_rand_clear(state);
}

static void
other_texts_are_no_numbers(void)
{
    static const char * const good[][2] = { { "-1/3", "-1/3" },
                                            { " 1.5 / -0.5", "-3" },
                                            { "1e-2", "1/100" },
                                            { "-.25e1", "-5/2" },
                                            { "0", "0" } };
    static const char * const bad[]
        = { "",    "pi", "1+1", "1/0", "1/2/3", "1 +/- 0.1",
            "2*3", "x",  "nan", "(1",  "1/3+0" };
    fmpq_t x, y;

    fmpq_init(x);
    fmpq_init(y);
    for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
    {
        lb_status status = lb_rational_read(x, good[k][0], NULL);

        if (good[k][0][1] == '.')
            continue; /* a literal starts with a digit */
        CU_ASSERT(status == LB_OK);
        CU_ASSERT(fmpq_set_str(y, good[k][1], 10) == 0);
        CU_ASSERT(fmpq_equal(x, y));
    }
    for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
    {
        fmpq_one(x);
        CU_ASSERT(lb_rational_read(x, bad[k], NULL) == LB_EPARSE);
        CU_ASSERT(fmpq_is_zero(x));
    }
    fmpq_clear(x);
    fmpq_clear(y);
}

/* --- axes ---------------------------------------------------------------- */

static lb_status
read_axis(lb_table_axis_t axis, slong refine, slong most, const char * text,
          lb_error * err)
{
    char * copy = lb_text_copy(text);
    json_t * json;
    lb_status status;

    for (char * c = copy; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    json = json_loads(copy, 0, NULL);
    CU_ASSERT_FATAL(json != NULL);
    lb_error_clear(err);
    status = lb_table_axis_read(axis, json, refine, most, "/axes/0", err);
    json_decref(json);
    flint_free(copy);
    return status;
}

static char *
range_text(const char * scale, const fmpq_t from, const fmpq_t to, slong points,
           const char * more)
{
    char *low = fmpq_get_str(NULL, 10, from),
         *high = fmpq_get_str(NULL, 10, to);
    char * text = lb_text_print("{'name': 'x', 'scale': '%s', 'from': '%s', "
                                "'to': '%s', 'points': %ld%s}",
                                scale, low, high, (long) points, more);

    flint_free(low);
    flint_free(high);
    return text;
}

/* two different random numbers in order, positive if asked */
static void
random_ends(fmpq_t from, fmpq_t to, int positive, flint_rand_t state)
{
    do
    {
        fmpq_randtest(from, state, 20);
        fmpq_randtest(to, state, 20);
        if (positive)
        {
            fmpq_abs(from, from);
            fmpq_abs(to, to);
        }
    } while (fmpq_equal(from, to)
             || (positive && (fmpq_is_zero(from) || fmpq_is_zero(to))));
    if (fmpq_cmp(from, to) > 0)
        fmpq_swap(from, to);
}

/* x is what the text and the expression of value k stand for */
static void
check_texts(const lb_table_axis_t axis, slong k)
{
    fmpq_t x;

    fmpq_init(x);
    CU_ASSERT(lb_rational_read(x, axis->texts[k], NULL) == LB_OK);
    CU_ASSERT(fmpq_equal(x, axis->values + k));
    CU_ASSERT(lb_rational_read(x, axis->exprs[k]->text, NULL) == LB_OK);
    CU_ASSERT(fmpq_equal(x, axis->values + k));
    fmpq_clear(x);
}

static void
linear_values_are_exact(void)
{
    slong iters = lb_test_iters(200);
    flint_rand_t state;
    fmpq_t from, to, x;

    lb_test_rand_init(state);
    fmpq_init(from);
    fmpq_init(to);
    fmpq_init(x);
    for (slong i = 0; i < iters; i++)
    {
        slong n = 2 + (slong) n_randint(state, 20);
        lb_table_axis_t axis;
        lb_error err;
        char * text;

        random_ends(from, to, 0, state);
        text = range_text("linear", from, to, n, "");
        lb_table_axis_init(axis);
        CU_ASSERT_FATAL(read_axis(axis, 1, 100, text, &err) == LB_OK);
        CU_ASSERT_FATAL(axis->count == n);
        CU_ASSERT(!axis->log);
        for (slong k = 0; k < n; k++)
        {
            /* ((n - 1 - k) from + k to)/(n - 1) */
            fmpq_mul_si(x, from, n - 1 - k);
            for (slong j = 0; j < k; j++)
                fmpq_add(x, x, to);
            fmpq_div_fmpz(x, x, (fmpz[]) { n - 1 });
            CU_ASSERT(fmpq_equal(x, axis->values + k));
            check_texts(axis, k);
        }
        lb_table_axis_clear(axis);
        flint_free(text);
    }
    fmpq_clear(from);
    fmpq_clear(to);
    fmpq_clear(x);
    lb_rand_clear(state);
}

/* from^(1-t) to^t, t = k/last, rounded to so many decimals, by MPFR alone */
static void
log_value_mpfr(fmpq_t x, const fmpq_t from, const fmpq_t to, slong k,
               slong last, slong significant)
{
    char text[100];
    mpfr_t u, v;
    mpq_t q;

    mpfr_init2(u, 500);
    mpfr_init2(v, 500);
    mpq_init(q);
    fmpq_get_mpq(q, from);
    mpfr_set_q(u, q, MPFR_RNDN);
    mpfr_log2(u, u, MPFR_RNDN);
    mpfr_mul_si(u, u, last - k, MPFR_RNDN);
    fmpq_get_mpq(q, to);
    mpfr_set_q(v, q, MPFR_RNDN);
    mpfr_log2(v, v, MPFR_RNDN);
    mpfr_mul_si(v, v, k, MPFR_RNDN);
    mpfr_add(u, u, v, MPFR_RNDN);
    mpfr_div_si(u, u, last, MPFR_RNDN);
    mpfr_exp2(u, u, MPFR_RNDN);
    mpfr_snprintf(text, sizeof(text), "%.*RNe", (int) significant - 1, u);
    CU_ASSERT(lb_rational_read(x, text, NULL) == LB_OK);
    mpfr_clear(u);
    mpfr_clear(v);
    mpq_clear(q);
}

static void
log_values_are_rounded_right(void)
{
    slong iters = lb_test_iters(100);
    flint_rand_t state;
    fmpq_t from, to, x;

    lb_test_rand_init(state);
    fmpq_init(from);
    fmpq_init(to);
    fmpq_init(x);
    for (slong i = 0; i < iters; i++)
    {
        slong n = 2 + (slong) n_randint(state, 9);
        slong significant = 8 + (slong) n_randint(state, 30);
        char more[50], *text;
        lb_table_axis_t axis;
        lb_error err;

        random_ends(from, to, 1, state);
        snprintf(more, sizeof(more), ", 'significant': %ld",
                 (long) significant);
        text = range_text("log", from, to, n, more);
        lb_table_axis_init(axis);
        CU_ASSERT_FATAL(read_axis(axis, 1, 100, text, &err) == LB_OK);
        CU_ASSERT_FATAL(axis->count == n);
        CU_ASSERT(axis->log);
        CU_ASSERT(fmpq_equal(axis->values, from));
        CU_ASSERT(fmpq_equal(axis->values + n - 1, to));
        for (slong k = 1; k < n - 1; k++)
        {
            log_value_mpfr(x, from, to, k, n - 1, significant);
            CU_ASSERT(fmpq_equal(x, axis->values + k));
            check_texts(axis, k);
        }
        lb_table_axis_clear(axis);
        flint_free(text);
    }
    fmpq_clear(from);
    fmpq_clear(to);
    fmpq_clear(x);
    lb_rand_clear(state);
}

/* powers of ten, and ties, whose way is upward */
static void
known_log_axes(void)
{
    static const struct
    {
        const char * text;
        slong n;
        const char * values[5];
    } axes[] = { { "{'name': 'x', 'scale': 'log', 'from': '0.01', 'to': '10', "
                   "'points': 4}",
                   4,
                   { "0.01", "0.1", "1", "10" } },
                 { "{'name': 'x', 'scale': 'log', 'from': '1', 'to': '2.25', "
                   "'points': 3, 'significant': 1}",
                   3,
                   { "1", "2", "2.25" } },
                 { "{'name': 'x', 'scale': 'log', 'from': '1/3', 'to': '3', "
                   "'points': 3}",
                   3,
                   { "1/3", "1", "3" } },
                 { "{'name': 'x', 'scale': 'log', 'from': '1', 'to': '1e300', "
                   "'points': 4}",
                   4,
                   { "1", "1e100", "1e200", "1e300" } },
                 { "{'name': 'x', 'values': ['-1/2', '0', '1e-3']}",
                   3,
                   { "-0.5", "0", "0.001" } } };
    fmpq_t x;

    fmpq_init(x);
    for (size_t i = 0; i < sizeof(axes) / sizeof(axes[0]); i++)
    {
        lb_table_axis_t axis;
        lb_error err;

        lb_table_axis_init(axis);
        if (read_axis(axis, 1, 100, axes[i].text, &err) != LB_OK)
            printf("\n%s: %s\n", axes[i].text, err.text);
        CU_ASSERT_FATAL(axis->count == axes[i].n);
        for (slong k = 0; k < axis->count; k++)
        {
            CU_ASSERT(lb_rational_read(x, axes[i].values[k], NULL) == LB_OK);
            CU_ASSERT(fmpq_equal(x, axis->values + k));
        }
        lb_table_axis_clear(axis);
    }
    fmpq_clear(x);
}

static void
refined_axes_hold_the_coarse_ones(void)
{
    slong iters = lb_test_iters(100);
    flint_rand_t state;
    fmpq_t from, to;

    lb_test_rand_init(state);
    fmpq_init(from);
    fmpq_init(to);
    for (slong i = 0; i < iters; i++)
    {
        slong n = 2 + (slong) n_randint(state, 6);
        slong r = 1 + (slong) n_randint(state, 5);
        int log = i % 2 == 0;
        lb_table_axis_t coarse, fine;
        lb_error err;
        char * text;

        random_ends(from, to, log, state);
        text = range_text(log ? "log" : "linear", from, to, n,
                          log ? ", 'significant': 20" : "");
        lb_table_axis_init(coarse);
        lb_table_axis_init(fine);
        CU_ASSERT_FATAL(read_axis(coarse, 1, 100, text, &err) == LB_OK);
        CU_ASSERT_FATAL(read_axis(fine, r, 100, text, &err) == LB_OK);
        CU_ASSERT_FATAL(fine->count == (n - 1) * r + 1);
        for (slong k = 0; k < n; k++)
            CU_ASSERT(fmpq_equal(coarse->values + k, fine->values + k * r));
        lb_table_axis_clear(coarse);
        lb_table_axis_clear(fine);
        flint_free(text);
    }
    fmpq_clear(from);
    fmpq_clear(to);
    lb_rand_clear(state);
}

/* --- refusals ------------------------------------------------------------ */

#define MODEL "'model': 'three_cavity', "
#define AXES                                                                   \
    "'axes': [{'name': 'Delta', 'from': '-1', 'to': '1', 'points': 3}], "
#define COLUMNS "'level': 'full', 'columns': ['T_ac']"
#define AXIS(members) MODEL "'axes': [{'name': 'Delta'" members "}], " COLUMNS
#define COLUMN(members) MODEL AXES "'columns': [{'name': 'T'" members "}]"
#define DERIVED(members)                                                       \
    MODEL AXES "'columns': ['T_ac', {'name': 'D', " members "}]"

static const struct
{
    const char * members;
    const char * pointer;
    const char * message; /* a part of it */
} refusals[] = {
    { MODEL AXES COLUMNS ", 'extra': '1'", "", "unknown member 'extra'" },
    { MODEL AXES COLUMNS ", 'version': '1.0'", "/version", "1.0.0" },
    { MODEL AXES COLUMNS ", 'version': '1.02.0'", "/version", "1.0.0" },
    { MODEL AXES COLUMNS ", 'undecided': 'no'", "/undecided", "accept" },
    { MODEL AXES COLUMNS ", 'notes': 'one'", "/notes", "list" },
    { MODEL AXES COLUMNS ", 'plots': {}", "/plots", "list" },
    { MODEL AXES COLUMNS ", 'tile': 0", "/tile", "at least 1" },
    { MODEL AXES COLUMNS ", 'digits': 0", "/digits", "at least 1" },
    { MODEL AXES COLUMNS ", 'digits': '6'", "/digits", "integer" },
    { MODEL AXES COLUMNS ", 'digits': 6, 'absolute': '1e-3'", "/absolute",
      "exclude" },
    { MODEL AXES COLUMNS ", 'absolute': '0'", "/absolute", "positive" },
    { MODEL AXES COLUMNS ", 'absolute': 0.001", "/absolute", "\"0.001\"" },
    { MODEL AXES COLUMNS ", 'cutoff': 5", "/cutoff", "\"5\"" },
    { MODEL AXES COLUMNS ", 'cutoff': 'q=5'", "/cutoff", "'q'" },
    { AXES COLUMNS, "", "'model' is missing" },
    { "'model': 'no_such', " AXES COLUMNS, "/model", "no_such" },
    { "'model': './no.json', " AXES COLUMNS, "", "cannot read" },
    { MODEL "'axes': [], " COLUMNS, "/axes", "one to 3" },
    { MODEL COLUMNS, "/axes", "one to 3" },
    { AXIS(", 'values': []"), "/axes/0/values", "empty" },
    { AXIS(", 'values': ['0', '0']"), "/axes/0/values", "not increase" },
    { AXIS(", 'values': ['0', '-1']"), "/axes/0/values", "from 0 to -1" },
    { AXIS(", 'values': [0.5]"), "/axes/0/values/0", "\"0.5\"" },
    { AXIS(", 'values': ['pi']"), "/axes/0/values/0", "1/3" },
    { AXIS(", 'from': '1', 'to': '1', 'points': 2"), "/axes/0/from",
      "less than" },
    { AXIS(", 'from': '1', 'to': '0', 'points': 2"), "/axes/0/from",
      "less than" },
    { AXIS(", 'from': -1, 'to': '0', 'points': 2"), "/axes/0/from", "\"-1\"" },
    { AXIS(", 'to': '0', 'points': 2"), "/axes/0", "'from' is missing" },
    { AXIS(", 'from': '0', 'to': '1'"), "/axes/0", "'points' is missing" },
    { AXIS(", 'from': '0', 'to': '1', 'points': 1"), "/axes/0/points",
      "at least 2" },
    { AXIS(", 'from': '0', 'to': '1', 'points': 1001"), "/axes/0/points",
      "--max-points" },
    { AXIS(", 'from': '0', 'to': '1', 'points': 3, 'step': '1'"), "/axes/0",
      "unknown member 'step'" },
    { AXIS(", 'from': '0', 'to': '1', 'points': 3, 'significant': 3"),
      "/axes/0", "unknown member 'significant'" },
    { AXIS(", 'scale': 'log', 'from': '0', 'to': '1', 'points': 3"),
      "/axes/0/from", "positive" },
    { AXIS(", 'scale': 'square', 'from': '0', 'to': '1', 'points': 3"),
      "/axes/0/scale", "linear" },
    { AXIS(", 'scale': 'log', 'from': '1', 'to': '2', 'points': 90, "
           "'significant': 2"),
      "/axes/0/significant", "raise 'significant'" },
    { MODEL "'axes': [{'name': 'Delta', 'from': '0', 'to': '1', 'points': 40}, "
            "{'name': 'J', 'from': '1', 'to': '2', 'points': 30}], " COLUMNS,
      "/axes", "--max-points" },
    { MODEL "'axes': [{'name': 'J', 'values': ['1']}, "
            "{'name': 'J', 'values': ['1']}], " COLUMNS,
      "/axes/1/name", "two axes" },
    { MODEL "'axes': [{'name': 'a', 'values': ['1']}], " COLUMNS,
      "/axes/0/name", "subsystem" },
    { MODEL "'axes': [{'name': 'pi', 'values': ['1']}], " COLUMNS,
      "/axes/0/name", "reserved" },
    { MODEL "'axes': [{'name': '1x', 'values': ['1']}], " COLUMNS,
      "/axes/0/name", "not a name" },
    { MODEL "'axes': [{'name': 'kapa_b', 'values': ['1']}], " COLUMNS,
      "/axes/0/name", "did you mean 'kappa_b'" },
    { MODEL "'axes': [{'name': 'zzz', 'values': ['1']}], " COLUMNS,
      "/axes/0/name", "it has kappa" },
    { MODEL AXES "'parameters': {'Delta': '1'}, " COLUMNS, "/parameters/Delta",
      "axis" },
    { MODEL AXES "'parameters': {'Dleta': '1'}, " COLUMNS, "/parameters/Dleta",
      "no parameter is called" },
    { MODEL AXES "'parameters': {'U': '1+'}, " COLUMNS, "/parameters/U",
      "expected" },
    { MODEL AXES "'parameters': {'U': 'q'}, " COLUMNS, "/parameters/U",
      "unknown name 'q'" },
    { MODEL AXES "'parameters': {'U': 'U + 1'}, " COLUMNS, "/parameters/U",
      "through itself" },
    { MODEL AXES "'parameters': {'U': 5}, " COLUMNS, "/parameters/U", "\"5\"" },
    { MODEL AXES "'columns': []", "/columns", "at least one" },
    { MODEL AXES "'columns': ['T_a']", "/columns/0", "did you mean 'T_ac'" },
    { MODEL AXES "'columns': ['xyzxyz']", "/columns/0", "it has T_ac" },
    { MODEL AXES "'columns': ['n(a)']", "/columns/0", "no observable" },
    { MODEL AXES "'columns': ['T_ac', 'T_ac']", "/columns/1/name", "two" },
    { MODEL AXES "'columns': ['T_ac', {'name': 'T_ac_level', 'value': '1'}]",
      "/columns/1/name", "CSV" },
    { MODEL AXES "'columns': [{'name': 'Delta', 'value': '1'}]",
      "/columns/0/name", "CSV" },
    { MODEL AXES "'columns': [{'name': 'a b', 'value': '1'}]",
      "/columns/0/name", "word" },
    { MODEL AXES "'columns': [{'value': '1'}]", "/columns/0",
      "'name' is missing" },
    { COLUMN(""), "/columns/0/name", "no observable 'T'" },
    { COLUMN(", 'value': 'T_bc'"), "/columns/0/value", "did you mean" },
    { COLUMN(", 'value': '<a`*q>'"), "/columns/0/value", "unknown name 'q'" },
    { COLUMN(", 'value': '1+'"), "/columns/0/value", "expected" },
    { COLUMN(", 'value': 'a'"), "/columns/0/value", "operator" },
    { COLUMN(", 'value': '1', 'form': 'T_ac'"), "/columns/0/form", "exclude" },
    { COLUMN(", 'form': 'T_aq'"), "/columns/0/form", "did you mean 'T_ac'" },
    { COLUMN(", 'value': '1', 'as_printed': true"), "/columns/0/as_printed",
      "of a form" },
    { COLUMN(", 'value': 'U', 'at': {'V': '1'}"), "/columns/0/at/V",
      "no parameter" },
    { COLUMN(", 'value': 'U', 'at': {'Delta': '1'}"), "/columns/0/at",
      "an axis of the table" },
    { COLUMN(", 'value': 'y', 'where': {'y': 'z'}"), "/columns/0", "'z'" },
    { COLUMN(", 'value': 'U', 'where': {'U': '1'}"), "/columns/0/where/U",
      "already used" },
    { COLUMN(", 'value': 'U', 'level': 'best'"), "/columns/0/level", "auto" },
    { COLUMN(", 'value': 'U', 'level': 'full'"), "/columns/0/level",
      "no state" },
    { COLUMN(", 'value': 'abs(S(c,a))', 'level': 'full'"), "/columns/0/level",
      "closed-form" },
    { COLUMN(", 'value': 'n(a)', 'level': 'truncated'"), "/columns/0/level",
      "'cutoff'" },
    { COLUMN(", 'value': 'n(a)', 'level': 'closed-form'"), "/columns/0/level",
      "network" },
    { COLUMN(", 'value': 'y', 'where': {'y': 'n(a)'}, 'level': 'closed-form'"),
      "/columns/0/level", "network" },
    { COLUMN(", 'value': 'n(a) - abs(S(c,a))'"), "/columns/0/level", "mixes" },
    { COLUMN(", 'value': 'U', 'of': ['T_ac']"), "/columns/0/of",
      "no column before" },
    { DERIVED("'of': ['D'], 'value': 'D'"), "/columns/1/of",
      "'D' is no column before" },
    { DERIVED("'of': [], 'value': 'U'"), "/columns/1/of", "a list" },
    { DERIVED("'of': [1], 'value': 'U'"), "/columns/1/of", "no column" },
    { DERIVED("'of': ['T_ac']"), "/columns/1/of", "'value' must be" },
    { DERIVED("'of': ['T_ac'], 'value': 'T_ac', 'at': {'U': '1'}"),
      "/columns/1/at", "exclude" },
    { DERIVED("'of': ['T_ac'], 'value': 'T_ac', 'where': {'y': '1'}"),
      "/columns/1/where", "exclude" },
    { DERIVED("'of': ['T_ac'], 'value': 'T_ac', 'level': 'full'"),
      "/columns/1/level", "exclude" },
    { DERIVED("'of': ['T_ac'], 'form': 'T_ac'"), "/columns/1/form", "exclude" },
    { DERIVED("'of': ['T_ac'], 'value': 'T_ac - T_ca'"), "/columns/1/value",
      "unknown name 'T_ca'" },
    { DERIVED("'of': ['T_ac'], 'value': 'T_ac - n(a)'"), "/columns/1/value",
      "cannot ask for a state" },
    { DERIVED("'of': ['T_ac'], 'value': 'T_ac - abs(S(c,a))'"),
      "/columns/1/value", "cannot ask for a state" },
    { MODEL AXES "'columns': [{'name': 'T', 'value': 'T_ac', 'level': "
                 "'weak-drive'}, {'name': 'D', 'of': ['T'], 'value': 'T'}]",
      "/columns/1/of", "leading order" },
    { MODEL AXES "'columns': [{'name': 'U', 'value': 'T_ac'}, {'name': 'D', "
                 "'of': ['U'], 'value': 'U'}]",
      "/columns/1", "already used" },
};

static void
bad_specs_are_refused(void)
{
    lb_table_spec_options o = lb_test_table_options();
    lb_table_spec_t s;
    lb_error err;

    o.max_points = 1000;
    lb_table_spec_init(s);
    CU_ASSERT(lb_test_table_read(s, MODEL AXES COLUMNS, &o, &err) == LB_OK);
    for (size_t k = 0; k < sizeof(refusals) / sizeof(refusals[0]); k++)
    {
        lb_status status = lb_test_table_read(s, refusals[k].members, &o, &err);
        int good = status != LB_OK && err.status == status
                   && strstr(err.text, refusals[k].message) != NULL
                   && strncmp(err.pointer, refusals[k].pointer,
                              strlen(refusals[k].pointer))
                          == 0
                   && err.file[0] != '\0' && s->name == NULL;

        if (!good)
            printf("\n%s\n  gave %s: %s: %s\n", refusals[k].members, err.file,
                   err.pointer, err.text);
        CU_ASSERT(good);
    }
    lb_table_spec_clear(s);
}

static void
settings_of_the_command_line(void)
{
    lb_table_spec_options o = lb_test_table_options();
    lb_table_spec_t s;
    lb_settings_t p;
    lb_error err;

    lb_settings_init(p);
    o.settings = p;
    lb_table_spec_init(s);
    lb_settings_set(p, "Delta", "1", "-p Delta", NULL);
    CU_ASSERT(lb_test_table_read(s, MODEL AXES COLUMNS, &o, &err) != LB_OK);
    CU_ASSERT_STRING_EQUAL(err.file, "-p Delta");
    lb_settings_clear(p);
    lb_settings_set(p, "Dleta", "1", "-p Dleta", NULL);
    CU_ASSERT(lb_test_table_read(s, MODEL AXES COLUMNS, &o, &err) == LB_ENAME);
    CU_ASSERT_STRING_EQUAL(err.file, "-p Dleta");
    lb_settings_clear(p);
    lb_table_spec_clear(s);
}

/* --- what a spec means --------------------------------------------------- */

/* the parameter @p name of column k at point @p point */
static double
value_of(const lb_table_spec_t s, slong k, slong point, const char * name)
{
    lb_scope_t scope;
    double value;
    arb_t x;

    CU_ASSERT_FATAL(lb_table_scope(scope, s, s->columns + k, NULL) == LB_OK);
    lb_table_scope_move(scope, s, point);
    arb_init(x);
    CU_ASSERT(lb_scope_real(x, name, scope, 64, NULL) == LB_OK);
    value = arf_get_d(arb_midref(x), ARF_RND_NEAR);
    arb_clear(x);
    lb_scope_clear(scope);
    return value;
}

/* the model's, the spec's, -p, `at` of the observable, `at` of the column, the
   axis: the later ones win */
static void
settings_apply_in_order(void)
{
    lb_table_spec_options o = lb_test_table_options();
    lb_table_spec_t s;
    lb_settings_t p;
    lb_error err;

    lb_settings_init(p);
    lb_table_spec_init(s);
    CU_ASSERT_FATAL(
        lb_test_table_read(
            s,
            MODEL "'parameters': {'J': '2', 'U': '3', 'Omega_c': '4'}, "
                  "'axes': [{'name': 'y', 'values': ['1']}, "
                  "{'name': 'Delta', 'values': ['7', '8']}], 'level': 'full', "
                  "'columns': ['T_ac', {'name': 'T', 'value': 'T_ac', "
                  "'at': {'Omega_c': '6', 'U': 'y+5'}}]",
            &o, &err)
        == LB_OK);
    CU_ASSERT(value_of(s, 0, 0, "kappa") == 1.0); /* the model's */
    CU_ASSERT(value_of(s, 0, 0, "J") == 2.0);
    CU_ASSERT(value_of(s, 0, 0, "Omega_c") == 0.0); /* the observable's */
    CU_ASSERT(value_of(s, 1, 0, "Omega_c") == 6.0);
    CU_ASSERT(value_of(s, 0, 0, "U") == 3.0);
    CU_ASSERT(value_of(s, 1, 0, "U") == 6.0);
    CU_ASSERT(value_of(s, 1, 1, "Delta") == 8.0);
    lb_settings_set(p, "J", "20", "-p J", NULL);
    lb_settings_set(p, "U", "30", "-p U", NULL);
    o.settings = p;
    CU_ASSERT_FATAL(lb_test_table_read(s,
                                       MODEL
                                       "'parameters': {'J': '2'}, " AXES
                                       "'level': 'full', 'columns': ['T_ac', "
                                       "{'name': 'T', 'value': 'T_ac', "
                                       "'at': {'U': '4'}}]",
                                       &o, &err)
                    == LB_OK);
    CU_ASSERT(value_of(s, 0, 0, "J") == 20.0);
    CU_ASSERT(value_of(s, 0, 0, "U") == 30.0);
    CU_ASSERT(value_of(s, 1, 0, "U") == 4.0);
    lb_settings_clear(p);
    lb_table_spec_clear(s);
}

/* the settings and the definitions of a form come with its formula */
static void
forms_are_columns(void)
{
    lb_table_spec_options o = lb_test_table_options();
    json_t *columns, *column;
    lb_table_spec_t s;
    lb_error err;

    lb_table_spec_init(s);
    CU_ASSERT_FATAL(
        lb_test_table_read(s,
                           MODEL AXES
                           "'level': 'closed-form', 'columns': ["
                           "{'name': 'mended', 'form': 'S_21_from_eq_12'}, "
                           "{'name': 'printed', 'form': 'S_21_from_eq_12', "
                           "'as_printed': true, 'at': {'J': '7'}}]",
                           &o, &err)
        == LB_OK);
    CU_ASSERT(strstr(s->columns[0].expr->text, "/D*sqrt(kappa_a)") != NULL);
    CU_ASSERT(strstr(s->columns[1].expr->text, "/D*kappa_a") != NULL);
    CU_ASSERT(s->columns[0].form->n_where > 0);
    CU_ASSERT(s->columns[0].form->n_where == s->columns[1].form->n_where);
    CU_ASSERT(value_of(s, 1, 0, "J") == 7.0);
    columns = lb_table_columns_json(s);
    column = json_array_get(columns, 1);
    CU_ASSERT((slong) json_object_size(json_object_get(column, "where"))
              == s->columns[1].form->n_where);
    CU_ASSERT_STRING_EQUAL(
        json_string_value(json_object_get(json_object_get(column, "at"), "J")),
        "7");
    json_decref(columns);
    /* what the form says of an axis has no effect, and is not told */
    CU_ASSERT_FATAL(
        lb_test_table_read(s,
                           MODEL "'axes': [{'name': 'kappa_b', "
                                 "'values': ['2']}], 'columns': [{'name': "
                                 "'T', 'form': 'T_ca_kappa_b_125'}]",
                           &o, &err)
        == LB_OK);
    CU_ASSERT(lb_settings_get(s->columns[0].form->at, "kappa_b") != NULL);
    CU_ASSERT(value_of(s, 0, 0, "kappa_b") == 2.0);
    columns = lb_table_columns_json(s);
    column = json_array_get(columns, 0);
    CU_ASSERT(json_object_get(json_object_get(column, "at"), "kappa_b")
              == NULL);
    json_decref(columns);
    lb_table_spec_clear(s);
}

static void
points_and_tiles_cover_the_grid(void)
{
    lb_table_spec_options o = lb_test_table_options();
    lb_table_spec_t s;
    lb_error err;
    slong next = 0;

    lb_table_spec_init(s);
    CU_ASSERT_FATAL(
        lb_test_table_read(
            s,
            MODEL "'axes': [{'name': 'U', 'values': ['1', '2']}, "
                  "{'name': 'J', 'values': ['1', '2', '3']}, "
                  "{'name': 'Delta', 'from': '0', 'to': '1', 'points': 7}], "
                  "'tile': 3, " COLUMNS,
            &o, &err)
        == LB_OK);
    CU_ASSERT_FATAL(s->points == 42);
    CU_ASSERT_FATAL(lb_table_tiles(s) == 18);
    for (slong t = 0; t < 18; t++)
    {
        slong first, count;

        lb_table_tile_points(&first, &count, s, t);
        CU_ASSERT(first == next);
        CU_ASSERT(count == (t % 3 == 2 ? 1 : 3));
        next = first + count;
    }
    CU_ASSERT(next == 42);
    for (slong p = 0; p < 42; p++)
        CU_ASSERT(
            p
            == (lb_table_axis_index(s, 0, p) * 3 + lb_table_axis_index(s, 1, p))
                       * 7
                   + lb_table_axis_index(s, 2, p));
    lb_table_spec_clear(s);
}

static void
tiles_are_longer_without_states(void)
{
    static const struct
    {
        const char * columns;
        slong tile;
    } cases[] = { { "'columns': ['T_ac']", 16 },
                  { "'columns': ['T_ac'], 'tile': 5", 5 },
                  { "'columns': ['T_ac'], 'level': 'weak-drive'", 1024 },
                  { "'columns': [{'name': 'x', 'value': 'U'}]", 1024 },
                  { "'columns': [{'name': 'x', 'value': 'y', "
                    "'where': {'y': 'n(a)'}}]",
                    16 } };
    lb_table_spec_options o = lb_test_table_options();
    lb_table_spec_t s;
    lb_error err;

    lb_table_spec_init(s);
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        char * text = lb_text_print(MODEL AXES "%s", cases[k].columns);

        CU_ASSERT(lb_test_table_read(s, text, &o, &err) == LB_OK);
        CU_ASSERT(s->tile == cases[k].tile);
        flint_free(text);
    }
    lb_table_spec_clear(s);
}

/* --- what is recorded ---------------------------------------------------- */

/* The spec in effect and its model read back as the same table; what changes
   the numbers changes a hash, what does not does not. */
static void
the_spec_in_effect_says_all(void)
{
    lb_table_spec_options o = lb_test_table_options(), plain = o;
    lb_table_spec_t s, again;
    lb_settings_t p;
    json_t *model, *theta;
    lb_error err;

    lb_settings_init(p);
    lb_settings_set(p, "U", "4", "-p U", NULL);
    lb_table_spec_init(s);
    lb_table_spec_init(again);
    CU_ASSERT_FATAL(lb_test_table_read(again, MODEL AXES COLUMNS, &o, &err)
                    == LB_OK);
    o.settings = p;
    o.refine = 4;
    CU_ASSERT_FATAL(lb_test_table_read(s, MODEL AXES COLUMNS, &o, &err)
                    == LB_OK);
    CU_ASSERT(s->points == 9);
    CU_ASSERT(strcmp(s->spec_hash, again->spec_hash) != 0);
    CU_ASSERT_STRING_EQUAL(s->model_hash, again->model_hash);
    CU_ASSERT(lb_table_spec_read_json(again, s->json, s->model_json, "again",
                                      &plain, &err)
              == LB_OK);
    CU_ASSERT_STRING_EQUAL(s->spec_hash, again->spec_hash);
    CU_ASSERT(again->points == 9);
    CU_ASSERT(value_of(again, 0, 0, "U") == 4.0);
    model = json_deep_copy(s->model_json);
    json_object_set_new(model, "title", json_string("other"));
    theta = json_object_get(json_object_get(model, "parameters"), "kappa");
    CU_ASSERT(
        lb_table_spec_read_json(again, s->json, model, "again", &plain, &err)
        == LB_OK);
    CU_ASSERT_STRING_EQUAL(s->model_hash, again->model_hash);
    if (json_is_object(theta))
        json_object_set_new(theta, "value", json_string("2"));
    else
        json_object_set_new(json_object_get(model, "parameters"), "kappa",
                            json_string("2"));
    CU_ASSERT(
        lb_table_spec_read_json(again, s->json, model, "again", &plain, &err)
        == LB_OK);
    CU_ASSERT(strcmp(s->model_hash, again->model_hash) != 0);
    json_decref(model);
    lb_settings_clear(p);
    lb_table_spec_clear(s);
    lb_table_spec_clear(again);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "rationals survive their text", rationals_survive_their_text },
        { "other texts are no numbers", other_texts_are_no_numbers },
        { "linear values are exact", linear_values_are_exact },
        { "log values are rounded right", log_values_are_rounded_right },
        { "known log axes", known_log_axes },
        { "refined axes hold the coarse ones",
          refined_axes_hold_the_coarse_ones },
        { "bad specs are refused", bad_specs_are_refused },
        { "settings of the command line", settings_of_the_command_line },
        { "settings apply in order", settings_apply_in_order },
        { "forms are columns", forms_are_columns },
        { "points and tiles cover the grid", points_and_tiles_cover_the_grid },
        { "tiles are longer without states", tiles_are_longer_without_states },
        { "the spec in effect says all", the_spec_in_effect_says_all },
    };

    return lb_test_main("table_spec", cases, sizeof(cases) / sizeof(cases[0]));
}
