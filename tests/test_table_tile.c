/* tests/test_table_tile.c -- entries: rounding, what they contain, and that
 * they do not depend on who computes what.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/certifier.h>
#include <lindbound/closed_value.h>
#include <lindbound/table_internal.h>

#include "lb_test.h"
#include "lb_test_table.h"

/* --- rounding ------------------------------------------------------------ */

static int
is_multiple(const arf_t x, slong place)
{
    int whole;
    arf_t t;

    arf_init(t);
    arf_mul_2exp_si(t, x, -place);
    whole = arf_is_int(t);
    arf_clear(t);
    return whole;
}

static void
rounding_encloses(void)
{
    slong iters = lb_test_iters(20000), exact = 0;
    flint_rand_t state;
    arb_t x, y, most;
    arf_t radius;

    lb_test_rand_init(state);
    arb_init(x);
    arb_init(y);
    arb_init(most);
    arf_init(radius);
    for (slong k = 0; k < iters; k++)
    {
        slong place = (slong) n_randint(state, 80) - 40;

        arb_randtest(x, state, 2 + (slong) n_randint(state, 200),
                     1 + (slong) n_randint(state, 17));
        if (k % 3 == 0)
            mag_zero(arb_radref(x));
        lb_table_round(y, x, place);
        CU_ASSERT(arb_contains(y, x));
        CU_ASSERT(is_multiple(arb_midref(y), place)
                  || mag_cmp_2exp_si(arb_radref(x), place) > 0);
        arf_set_mag(radius, arb_radref(y));
        if (arb_is_exact(y))
        {
            exact++;
            CU_ASSERT(arb_equal(x, y));
        }
        else
            CU_ASSERT(arf_cmp_2exp_si(radius, place) >= 0);
        /* at most 3/2 units, or 2^-8 of itself, are added to the radius */
        arf_set_mag(arb_midref(most), arb_radref(x));
        mag_zero(arb_radref(most));
        arb_mul_2exp_si(y, most, -8);
        arb_add(most, most, y, 64);
        arb_one(y);
        arb_mul_2exp_si(y, y, place - 1);
        arb_addmul_ui(most, y, 3, 64);
        CU_ASSERT(arf_cmp(radius, arb_midref(most)) <= 0);
    }
    CU_ASSERT(exact > iters / 50 && exact < iters / 2);
    arb_pos_inf(x);
    lb_table_round(y, x, 0);
    CU_ASSERT(arb_contains(y, x) && arf_is_zero(arb_midref(y)));
    arb_indeterminate(x);
    lb_table_round(y, x, 0);
    CU_ASSERT(!arb_is_finite(y) && arf_is_zero(arb_midref(y)));
    for (slong e = -1; e <= 1; e += 2)
    {
        arb_set_si(x, 5);
        arb_mul_2exp_si(x, x, e * (WORD_MAX / 4));
        lb_table_round(y, x, 0);
        CU_ASSERT(arb_contains(y, x) && arb_is_finite(y) == (e < 0));
        lb_table_round(y, x, e * (WORD_MAX / 4) - 10);
        CU_ASSERT(arb_contains(y, x) && arb_is_finite(y) == (e < 0));
    }
    arb_clear(x);
    arb_clear(y);
    arb_clear(most);
    arf_clear(radius);
    lb_rand_clear(state);
}

/* --- tables -------------------------------------------------------------- */

static void
read_table(lb_table_spec_t s, const char * members)
{
    lb_table_spec_options o = lb_test_table_options();
    lb_error err;

    lb_table_spec_init(s);
    if (lb_test_table_read(s, members, &o, &err) != LB_OK)
        printf("\n%s: %s\n", err.pointer, err.text);
    CU_ASSERT_FATAL(s->name != NULL);
}

/* The rows of the points that were emitted. */
typedef struct
{
    const lb_table_spec_struct * spec;
    char ** rows;
    slong count, stop_after;
} rows;

static void
rows_init(rows * r, const lb_table_spec_t s)
{
    r->spec = s;
    r->rows = flint_calloc((size_t) s->points, sizeof(char *));
    r->count = 0;
    r->stop_after = 0;
}

static void
rows_clear(rows * r)
{
    for (slong k = 0; k < r->spec->points; k++)
        flint_free(r->rows[k]);
    flint_free(r->rows);
}

static int
take_row(void * context, slong point, const lb_table_entry_struct * entries)
{
    rows * r = context;

    CU_ASSERT_FATAL(r->rows[point] == NULL);
    r->rows[point] = lb_table_row_text(r->spec, point, entries);
    return ++r->count == r->stop_after;
}

static void
all_rows(rows * r, const lb_table_spec_t s)
{
    lb_table_worker * w = lb_table_worker_new(s);

    rows_init(r, s);
    for (slong t = 0; t < lb_table_tiles(s); t++)
    {
        lb_error err;
        lb_status status = lb_table_worker_tile(w, t, NULL, take_row, r, &err);

        if (status != LB_OK)
            printf("\n%s\n", err.text);
        CU_ASSERT_FATAL(status == LB_OK);
    }
    CU_ASSERT(r->count == s->points);
    lb_table_worker_free(w);
}

/* Every level, closed forms with poles, and entries that fail. */
#define MIXED                                                                  \
    "'model': 'three_cavity', 'cutoff': '2', 'digits': 5, 'tile': 3, "         \
    "'parameters': {'theta': 'x*pi'}, "                                        \
    "'axes': [{'name': 'x', 'values': ['-1/3', '0.5']}, "                      \
    "{'name': 'kappa_b', 'scale': 'log', 'from': '0.1', 'to': '10', "          \
    "'points': 5}], 'columns': ["                                              \
    "{'name': 'T', 'value': 'T_ac', 'level': 'truncated'}, "                   \
    "{'name': 'g', 'value': 'g2_ac', 'level': 'truncated', 'digits': 3}, "     \
    "{'name': 'n', 'value': 'n(c)', 'level': 'truncated', "                    \
    "'absolute': '1e-7', 'at': {'Omega_c': '0.1'}}, "                          \
    "{'name': 'Q', 'value': 'abs2(S(c,a))', 'digits': 12}, "                   \
    "{'name': 'f', 'form': 'T_ac', 'level': 'closed-form', "                   \
    "'at': {'theta': 'x*pi'}}, "                                               \
    "{'name': 'pole', 'value': '1/(kappa_b - 1)'}, "                           \
    "{'name': 'w', 'value': 'n(c)', 'level': 'weak-drive'}, "                  \
    "{'name': 'D', 'of': ['T', 'Q'], 'value': 'T - Q', "                       \
    "'absolute': '1e-3'}]"

static void
rows_do_not_depend_on_the_way(void)
{
    slong iters = lb_test_iters(4);
    flint_rand_t state;
    lb_table_spec_t s;
    rows all;

    lb_test_rand_init(state);
    read_table(s, MIXED);
    CU_ASSERT_FATAL(s->points == 10);
    all_rows(&all, s);
    for (slong i = 0; i < iters; i++)
    {
        lb_table_worker * w = lb_table_worker_new(s);
        slong tiles = lb_table_tiles(s), wanted = 0;
        rows some;

        rows_init(&some, s);
        for (slong j = 0; j < tiles; j++)
        {
            slong first, count, tile = i % 2 == 0 ? tiles - 1 - j : j;
            char done[3] = { 0 };

            lb_table_tile_points(&first, &count, s, tile);
            for (slong k = 0; k < count; k++)
            {
                done[k] = (char) n_randint(state, 2);
                wanted += !done[k];
            }
            CU_ASSERT(lb_table_worker_tile(w, tile, done, take_row, &some, NULL)
                      == LB_OK);
        }
        CU_ASSERT(some.count == wanted);
        for (slong k = 0; k < s->points; k++)
            if (some.rows[k] != NULL)
                CU_ASSERT_STRING_EQUAL(some.rows[k], all.rows[k]);
        rows_clear(&some);
        lb_table_worker_free(w);
    }
    rows_clear(&all);
    lb_table_spec_clear(s);
    lb_rand_clear(state);
}

static void
a_tile_stops_when_told(void)
{
    lb_table_spec_t s;
    lb_table_worker * w;
    rows r;

    read_table(s, "'model': 'kerr', 'axes': [{'name': 'Delta', 'from': '0', "
                  "'to': '1', 'points': 9}], 'columns': [{'name': 'x', "
                  "'value': 'chi'}]");
    w = lb_table_worker_new(s);
    rows_init(&r, s);
    r.stop_after = 4;
    CU_ASSERT(lb_table_worker_tile(w, 0, NULL, take_row, &r, NULL) == LB_OK);
    CU_ASSERT(r.count == 4);
    rows_clear(&r);
    lb_table_worker_free(w);
    lb_table_spec_clear(s);
}

/* --- what a row says ----------------------------------------------------- */

static void
ball_of(arb_t x, const json_t * value)
{
    CU_ASSERT_FATAL(
        arb_load_str(x, json_string_value(json_object_get(value, "arb"))) == 0);
}

/* the representations of one value agree */
static void
check_value(const json_t * value)
{
    const char * text = json_string_value(json_object_get(value, "ball"));
    double lo = strtod(json_string_value(json_object_get(value, "lo")), NULL);
    double hi = strtod(json_string_value(json_object_get(value, "hi")), NULL);
    arb_t x, y;
    arf_t a;

    CU_ASSERT_FATAL(text != NULL);
    CU_ASSERT(json_is_integer(json_object_get(value, "digits")));
    CU_ASSERT(json_is_integer(json_object_get(value, "precision")));
    CU_ASSERT(json_is_string(json_object_get(value, "level")));
    if (json_object_get(value, "arb") == NULL)
    {
        CU_ASSERT(isinf(lo) || isinf(hi));
        return;
    }
    arb_init(x);
    arb_init(y);
    arf_init(a);
    ball_of(x, value);
    CU_ASSERT(arb_set_str(y, text, 256) == 0);
    CU_ASSERT(arb_contains(y, x));
    arf_set_d(a, lo);
    arb_set_interval_arf(y, a, a, 53);
    CU_ASSERT(arb_le(y, x) || arb_contains(x, y));
    arb_get_lbound_arf(arb_midref(y), x, 200);
    CU_ASSERT(arf_cmp(a, arb_midref(y)) <= 0);
    arf_set_d(a, hi);
    arb_get_ubound_arf(arb_midref(y), x, 200);
    CU_ASSERT(arf_cmp(a, arb_midref(y)) >= 0);
    CU_ASSERT(json_integer_value(json_object_get(value, "digits"))
              <= lb_ball_digits(x, 1000));
    arb_clear(x);
    arb_clear(y);
    arf_clear(a);
}

/* the values of point k, a new reference */
static json_t *
parse_row(const rows * r, slong k)
{
    json_t * row = json_loads(r->rows[k], JSON_REJECT_DUPLICATES, NULL);

    CU_ASSERT_FATAL(json_is_array(row));
    CU_ASSERT(strchr(r->rows[k], '\n') == NULL);
    CU_ASSERT(json_array_size(row) == (size_t) r->spec->n_columns + 1);
    CU_ASSERT(json_integer_value(json_array_get(row, 0)) == k);
    return row;
}

static void
rows_say_what_they_hold(void)
{
    slong undecided = 0;
    lb_table_spec_t s;
    rows all;

    read_table(s, MIXED);
    all_rows(&all, s);
    for (slong k = 0; k < s->points; k++)
    {
        json_t * row = parse_row(&all, k);

        for (slong j = 1; j <= s->n_columns; j++)
        {
            const json_t * value = json_array_get(row, (size_t) j);

            check_value(value);
            undecided += json_object_get(value, "undecided") != NULL;
        }
        json_decref(row);
    }
    CU_ASSERT(undecided == 2); /* kappa_b = 1 in two rows of the grid */
    rows_clear(&all);
    lb_table_spec_clear(s);
}

/* Column k at the only point of @p members, which is undecided or not. */
static json_t *
only_value(const char * members)
{
    lb_table_spec_t s;
    json_t *row, *value;
    rows all;

    read_table(s, members);
    all_rows(&all, s);
    row = parse_row(&all, 0);
    value = json_deep_copy(json_array_get(row, 1));
    check_value(value);
    json_decref(row);
    rows_clear(&all);
    lb_table_spec_clear(s);
    return value;
}

static const char *
member(const json_t * value, const char * key)
{
    const char * text = json_string_value(json_object_get(value, key));

    return text != NULL ? text : "";
}

#define KERR(columns)                                                          \
    "'model': 'kerr', 'axes': [{'name': 'Delta', 'values': ['0']}], "          \
    "'columns': [{'name': 'x', " columns "}]"
#define CIRCULATOR(columns)                                                    \
    "'model': 'circulator', 'axes': [{'name': 'omega', 'values': ['0']}], "    \
    "'columns': [{'name': 'x', " columns "}]"

static void
special_values(void)
{
    static const struct
    {
        const char *members, *ball, *lo, *hi, *level;
        int undecided;
    } cases[] = {
        { KERR("'value': '3*Delta'"), "0", "0x0p+0", "0x0p+0", "closed-form",
          0 },
        { KERR("'value': '1 - Delta'"), "1.0000000000000000000", "0x1p+0",
          "0x1p+0", "closed-form", 0 },
        { KERR("'value': '1/Delta'"), "[0 +/- inf]", "-inf", "inf",
          "closed-form", 1 },
        { KERR("'value': 'dB(Delta)'"), "-inf", "-inf", "-inf", "closed-form",
          0 },
        { KERR("'value': '-dB(Delta)'"), "inf", "inf", "inf", "closed-form",
          0 },
        { KERR("'value': 'dB(sqrt(2)^2 - 2)', 'digits': 12"), NULL, "-inf",
          NULL, "closed-form", 0 },
        { KERR("'value': 'sqrt(2)^2 - 2'"), NULL, NULL, NULL, "closed-form",
          0 },
        { KERR("'value': 'n', 'level': 'weak-drive'"), NULL, NULL, NULL,
          "weak-drive", 0 },
        { KERR("'value': 'n', 'digits': 4"), NULL, NULL, NULL, "full", 0 },
        { KERR("'value': 'exp(1e-2*n(a))', 'digits': 4"), NULL, NULL, NULL,
          "full", 0 },
        { KERR("'value': 'exp(exp(30))'"), "[0 +/- inf]", "-inf", "inf",
          "closed-form", 1 },
        { KERR("'value': 'exp(-exp(30))'"), NULL, "-0x0.0000000000001p-1022",
          "0x0.0000000000001p-1022", "closed-form", 1 },
        { KERR("'value': '(5 +/- 0.1)*chi'"), NULL, NULL, NULL, "closed-form",
          1 },
        { CIRCULATOR("'value': '<a1`*a1>'"), NULL, NULL, NULL, "closed-form",
          0 },
        { CIRCULATOR("'value': '<a1`*a1>', 'level': 'closed-form', "
                     "'at': {'n1': '1/2'}"),
          NULL, NULL, NULL, "closed-form", 0 },
        { "'model': 'parametric_amplifier', 'axes': [{'name': 'nu', "
          "'values': ['100']}], 'columns': [{'name': 'x', 'value': "
          "'<a1`*a1>'}]",
          "[0 +/- inf]", "-inf", "inf", "closed-form", 1 },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        json_t * value = only_value(cases[k].members);
        int good = (cases[k].ball == NULL
                    || strncmp(member(value, "ball"), cases[k].ball,
                               strlen(member(value, "ball")))
                           == 0)
                   && (cases[k].lo == NULL
                       || strcmp(member(value, "lo"), cases[k].lo) == 0)
                   && (cases[k].hi == NULL
                       || strcmp(member(value, "hi"), cases[k].hi) == 0)
                   && strcmp(member(value, "level"), cases[k].level) == 0
                   && (json_object_get(value, "undecided") != NULL)
                          == cases[k].undecided;

        if (!good)
        {
            char * text = json_dumps(value, 0);

            printf("\n%s\n  gave %s\n", cases[k].members, text);
            free(text);
        }
        CU_ASSERT(good);
        json_decref(value);
    }
}

static void
orders_and_cutoffs_are_recorded(void)
{
    json_t * value = only_value(KERR("'value': 'n', 'level': 'weak-drive'"));

    CU_ASSERT(json_integer_value(json_object_get(value, "order")) == 2);
    CU_ASSERT(json_object_get(value, "cutoff") == NULL);
    json_decref(value);
    value = only_value("'cutoff': '3', " KERR("'value': 'n', "
                                              "'level': 'truncated'"));
    CU_ASSERT(json_object_get(value, "order") == NULL);
    CU_ASSERT_STRING_EQUAL(member(value, "cutoff"), "N<=3");
    CU_ASSERT_STRING_EQUAL(member(value, "level"), "truncated");
    CU_ASSERT(json_integer_value(json_object_get(value, "dimension")) == 4);
    json_decref(value);
}

/* --- failures ------------------------------------------------------------ */

static void
failures_name_point_and_column(void)
{
    static const struct
    {
        const char *column, *message;
    } cases[] = {
        { "'value': 'S(c,a)'", "not real" },
        { "'value': 'amplitude', 'level': 'full'", "not real" },
        { "'value': 'abs(S(c,q))'", "takes the names of two modes" },
    };

    for (size_t k = 0; k < 3; k++)
    {
        char * members = lb_text_print(
            "'model': '%s', 'axes': [{'name': 'Delta', 'values': "
            "['1/2', '3']}], 'columns': [{'name': 'one', 'value': '1'}, "
            "{'name': 'bad', %s}]",
            k == 1 ? "kerr" : "three_cavity", cases[k].column);
        lb_table_spec_t s;
        lb_table_worker * w;
        lb_error err;
        rows r;

        read_table(s, members);
        w = lb_table_worker_new(s);
        rows_init(&r, s);
        lb_error_clear(&err);
        CU_ASSERT(lb_table_worker_tile(w, 0, "\1\0", take_row, &r, &err)
                  == LB_EDOM);
        CU_ASSERT(r.count == 0);
        CU_ASSERT(strstr(err.text, k == 1
                                       ? "point 0 (Delta = 0.5), column bad: "
                                       : "point 1 (Delta = 3), column bad: ")
                  == err.text);
        CU_ASSERT(strstr(err.text, cases[k].message) != NULL);
        CU_ASSERT_STRING_EQUAL(err.pointer, "/columns/1/value");
        rows_clear(&r);
        lb_table_worker_free(w);
        lb_table_spec_clear(s);
        flint_free(members);
    }
}

/* --- values -------------------------------------------------------------- */

/* column k at a point, by the functions that tables are made from, to many
   more digits */
static void
high_precision(acb_t x, const lb_table_spec_t s, slong k, slong point)
{
    const lb_table_column * c = s->columns + k;
    lb_scope_t scope;
    lb_scalar_t z;

    CU_ASSERT_FATAL(lb_table_scope(scope, s, c, NULL) == LB_OK);
    lb_table_scope_move(scope, s, point);
    lb_scalar_init(z);
    if (c->level == LB_TABLE_FULL || c->level == LB_TABLE_TRUNCATED)
    {
        lb_certifier * certifier = NULL;
        lb_cutoff_t cutoff;

        lb_cutoff_init(cutoff, scope->kinds, scope->subsystems);
        if (s->cutoff != NULL
            && lb_cutoff_parse(cutoff, s->cutoff, scope, NULL) != LB_OK)
            CU_FAIL_FATAL("cutoff");
        CU_ASSERT((c->level == LB_TABLE_FULL
                       ? lb_certifier_new_full(&certifier, s->model, scope,
                                               1024, NULL)
                       : lb_certifier_new_truncated(&certifier, s->model, scope,
                                                    cutoff, 1024, NULL))
                  == LB_OK);
        CU_ASSERT(lb_certifier_value(x, NULL, certifier, c->expr, 20, NULL)
                  == LB_OK);
        lb_certifier_free(certifier);
        lb_cutoff_clear(cutoff);
    }
    else
    {
        CU_ASSERT(
            lb_closed_value_compute(z, LB_BY_MODEL, c->expr, s->model, scope,
                                    c->level == LB_TABLE_WEAK_DRIVE, 60, NULL)
            == LB_OK);
        acb_set(x, z->coefficient);
    }
    lb_scalar_clear(z);
    lb_scope_clear(scope);
}

/* the digits wanted, and hardly more */
static void
check_goal(arb_t x, const json_t * value, const lb_table_column * c)
{
    slong digits = json_integer_value(json_object_get(value, "digits"));
    arb_t r;

    if (fmpq_is_zero(c->absolute))
    {
        CU_ASSERT(digits == c->digits);
        CU_ASSERT(arb_is_exact(x) || lb_ball_digits(x, 100) <= c->digits + 4);
        return;
    }
    arb_init(r);
    arb_set_fmpq(r, c->absolute, 64);
    arf_set_mag(arb_midref(x), arb_radref(x));
    mag_zero(arb_radref(x));
    CU_ASSERT(!arb_gt(x, r));
    arb_mul_2exp_si(r, r, -10);
    CU_ASSERT(!arb_lt(x, r));
    arb_clear(r);
}

static void
entries_contain_the_values(void)
{
    static const char * const tables[] = {
        "'model': 'three_cavity', 'cutoff': '2', 'tile': 4, "
        "'parameters': {'theta': 'x*pi'}, 'axes': ["
        "{'name': 'x', 'values': ['-1/3', '0.25']}, "
        "{'name': 'kappa_b', 'from': '1/3', 'to': '2', 'points': 4}], "
        "'columns': ["
        "{'name': 'T', 'value': 'T_ac', 'level': 'truncated', 'digits': 6}, "
        "{'name': 'n', 'value': 'n_c', 'level': 'truncated', "
        "'absolute': '1e-9'}, "
        "{'name': 'S', 'value': 'abs2(S(c,a))', 'digits': 9, "
        "'level': 'closed-form'}, "
        "{'name': 'f', 'form': 'T_ac', 'at': {'theta': 'x*pi'}, "
        "'digits': 1, 'level': 'closed-form'}, "
        "{'name': 'y1', 'value': 'y*kappa_b', 'where': {'y': 'U'}}, "
        "{'name': 'y2', 'value': 'y*kappa_b', 'where': {'y': 'J'}}, "
        "{'name': 'y3', 'value': 'y*kappa_b', 'where': {'y': 'U'}, "
        "'at': {'U': '7'}}, "
        "{'name': 'w', 'value': 'T_ac', 'level': 'weak-drive', "
        "'absolute': '1/300'}]",
        "'model': 'kerr', 'level': 'full', 'axes': [{'name': 'Delta', "
        "'from': '-1', 'to': '1/7', 'points': 4}], 'columns': ["
        "{'name': 'n', 'digits': 4}, {'name': 'g2', 'absolute': '1e-4'}, "
        "{'name': 'rare', 'value': 'P(a,3)', 'absolute': '1e-12'}, "
        "{'name': 'rarer', 'value': 'P(a,5)', 'absolute': '1e-3'}]"
    };

    for (size_t t = 0; t < 2; t++)
    {
        lb_table_spec_t s;
        acb_t exact;
        arb_t x;
        rows all;

        acb_init(exact);
        arb_init(x);
        read_table(s, tables[t]);
        all_rows(&all, s);
        for (slong p = 0; p < s->points; p++)
        {
            json_t * row = parse_row(&all, p);

            for (slong k = 0; k < s->n_columns; k++)
            {
                const json_t * value = json_array_get(row, (size_t) k + 1);

                ball_of(x, value);
                high_precision(exact, s, k, p);
                CU_ASSERT(arb_contains(x, acb_realref(exact)));
                CU_ASSERT(json_object_get(value, "undecided") == NULL);
                check_goal(x, value, s->columns + k);
            }
            json_decref(row);
        }
        rows_clear(&all);
        lb_table_spec_clear(s);
        acb_clear(exact);
        arb_clear(x);
    }
}

/* A cold point with more digits lies in the entry or overlaps it, and has the
   digits. */
static void
cold_points_agree(void)
{
    lb_table_entry_struct entries[8];
    lb_table_spec_t s;
    arb_t x;
    rows all;

    arb_init(x);
    read_table(s, MIXED);
    CU_ASSERT_FATAL(s->n_columns == 8);
    for (slong k = 0; k < 8; k++)
        lb_table_entry_init(entries + k);
    all_rows(&all, s);
    for (slong p = 1; p < s->points; p += 4)
    {
        json_t * row = parse_row(&all, p);

        CU_ASSERT(lb_table_point(entries, s, p, 3, NULL) == LB_OK);
        for (slong k = 0; k < 7; k++)
        {
            const json_t * value = json_array_get(row, (size_t) k + 1);
            const arb_struct * y = acb_realref(entries[k].value->coefficient);

            if (json_object_get(value, "arb") == NULL)
                continue;
            ball_of(x, value);
            CU_ASSERT(arb_overlaps(x, y));
            CU_ASSERT(mag_cmp(arb_radref(y), arb_radref(x)) < 0
                      || arb_is_exact(x));
            CU_ASSERT_STRING_EQUAL(member(value, "level"),
                                   lb_table_level_str(entries[k].level));
            CU_ASSERT(entries[k].undecided == NULL);
        }
        json_decref(row);
    }
    for (slong k = 0; k < 8; k++)
        lb_table_entry_clear(entries + k);
    rows_clear(&all);
    lb_table_spec_clear(s);
    arb_clear(x);
}

/* a mode with a term that level full does not take */
static json_t *
quartic_model(void)
{
    json_t * json = json_loads(
        "{\"schema\": \"lindbound-model/1\", \"name\": \"quartic\", "
        "\"title\": \"a quartic potential\", "
        "\"parameters\": {\"Delta\": \"1\", \"u\": \"0.004\"}, "
        "\"subsystems\": [{\"name\": \"a\", \"kind\": \"mode\"}], "
        "\"hamiltonian\": [\"Delta*a'*a + u*(a + a')^4\"], "
        "\"dissipators\": [{\"rate\": \"1\", \"operator\": \"a\"}], "
        "\"observables\": {\"n\": \"<a'*a>\"}}",
        0, NULL);

    CU_ASSERT_FATAL(json != NULL);
    return json;
}

static json_t *
quartic_spec(void)
{
    json_t * json = json_loads(
        "{\"schema\": \"lindbound-table/1\", \"name\": \"t\", "
        "\"model\": \"quartic\", \"digits\": 3, \"axes\": [{\"name\": "
        "\"Delta\", \"from\": \"1\", \"to\": \"2\", \"points\": 2}], "
        "\"columns\": [\"n\"]}",
        0, NULL);

    CU_ASSERT_FATAL(json != NULL);
    return json;
}

/* Level auto where level full does not apply: the cutoff is that of the first
   point of the tile, everywhere in it, also for a cold point. */
static void
auto_keeps_one_cutoff_in_a_tile(void)
{
    json_t *model = quartic_model(), *spec = quartic_spec();
    lb_table_spec_options o = lb_test_table_options();
    char * cutoff = NULL;
    lb_table_entry_t e;
    lb_table_spec_t s;
    lb_error err;
    arb_t x;
    rows all;

    arb_init(x);
    lb_table_spec_init(s);
    CU_ASSERT_FATAL(lb_table_spec_read_json(s, spec, model, "t", &o, &err)
                    == LB_OK);
    all_rows(&all, s);
    for (slong p = 0; p < s->points; p++)
    {
        json_t * row = parse_row(&all, p);
        const json_t * value = json_array_get(row, 1);

        if (p == 0)
            cutoff = lb_text_copy(member(value, "cutoff"));
        CU_ASSERT(strncmp(member(value, "cutoff"), "N<=", 3) == 0);
        CU_ASSERT_STRING_EQUAL(member(value, "cutoff"), cutoff);
        CU_ASSERT_STRING_EQUAL(member(value, "level"), "truncated");
        CU_ASSERT(json_object_get(value, "undecided") == NULL);
        lb_table_entry_init(e);
        CU_ASSERT(lb_table_point(e, s, p, 3, NULL) == LB_OK);
        CU_ASSERT_STRING_EQUAL(e->cutoff, cutoff);
        ball_of(x, value);
        CU_ASSERT(arb_overlaps(x, acb_realref(e->value->coefficient)));
        lb_table_entry_clear(e);
        json_decref(row);
    }
    flint_free(cutoff);
    rows_clear(&all);
    lb_table_spec_clear(s);
    json_decref(model);
    json_decref(spec);
    arb_clear(x);
}

/* Where the term appears only after the first point of a tile, level full
   serves the first and does not apply to the others, which choose for
   themselves: as cold points do. */
static void
auto_takes_another_class(void)
{
    json_t *model = quartic_model(), *spec = quartic_spec();
    lb_table_spec_options o = lb_test_table_options();
    lb_table_entry_t e;
    lb_table_spec_t s;
    arb_t x;
    rows all;

    arb_init(x);
    json_object_set_new(spec, "axes",
                        json_pack("[{s:s,s:[s,s,s]}]", "name", "u", "values",
                                  "0", "0.004", "0.03"));
    lb_table_spec_init(s);
    CU_ASSERT_FATAL(lb_table_spec_read_json(s, spec, model, "t", &o, NULL)
                    == LB_OK);
    all_rows(&all, s);
    for (slong p = 0; p < s->points; p++)
    {
        json_t * row = parse_row(&all, p);
        const json_t * value = json_array_get(row, 1);

        CU_ASSERT_STRING_EQUAL(member(value, "level"),
                               p == 0 ? "full" : "truncated");
        CU_ASSERT(json_object_get(value, "undecided") == NULL);
        lb_table_entry_init(e);
        CU_ASSERT(lb_table_point(e, s, p, 3, NULL) == LB_OK);
        CU_ASSERT(p == 0 || strcmp(e->cutoff, member(value, "cutoff")) == 0);
        ball_of(x, value);
        CU_ASSERT(arb_overlaps(x, acb_realref(e->value->coefficient)));
        lb_table_entry_clear(e);
        json_decref(row);
    }
    rows_clear(&all);
    lb_table_spec_clear(s);
    json_decref(model);
    json_decref(spec);
    arb_clear(x);
}

/* The same model at level full is an error that names the term. */
static void
full_that_does_not_apply_is_an_error(void)
{
    json_t *model = quartic_model(), *spec = quartic_spec();
    lb_table_spec_options o = lb_test_table_options();
    lb_table_worker * w;
    lb_table_spec_t s;
    lb_error err;
    rows r;

    json_object_set_new(spec, "level", json_string("full"));
    lb_table_spec_init(s);
    CU_ASSERT_FATAL(lb_table_spec_read_json(s, spec, model, "t", &o, &err)
                    == LB_OK);
    w = lb_table_worker_new(s);
    rows_init(&r, s);
    CU_ASSERT(lb_table_worker_tile(w, 0, NULL, take_row, &r, &err)
              == LB_EMODEL);
    CU_ASSERT(strstr(err.text, "point 0 (Delta = 1), column n: ") == err.text);
    CU_ASSERT(strstr(err.text, "a") != NULL);
    rows_clear(&r);
    lb_table_worker_free(w);
    lb_table_spec_clear(s);
    json_decref(model);
    json_decref(spec);
}

/* --- columns of columns -------------------------------------------------- */

/* x, y of two states, D their difference in units of U: it holds every
   difference of points of theirs, at the level of the weaker; E wants more
   digits than they have. */
static void
columns_of_columns(void)
{
    lb_table_spec_t s;
    rows all;

    read_table(s, "'model': 'kerr', 'cutoff': '4', 'digits': 6, "
                  "'axes': [{'name': 'chi', 'from': '1', 'to': '4', "
                  "'points': 4}], 'columns': ["
                  "{'name': 'x', 'value': 'n', 'level': 'full'}, "
                  "{'name': 'y', 'value': 'n', 'level': 'truncated', "
                  "'at': {'xi': '0.3'}}, "
                  "{'name': 'D', 'of': ['x', 'y'], 'value': '(x - y)/chi', "
                  "'absolute': '1e-6'}, "
                  "{'name': 'E', 'of': ['D', 'x'], 'value': 'D*x', "
                  "'digits': 12}, "
                  "{'name': 'F', 'of': ['x'], 'value': '2*x', 'digits': 5}, "
                  "{'name': 'G', 'of': ['x'], 'value': '2^(x/2)', "
                  "'digits': 4}]");
    all_rows(&all, s);
    for (slong k = 0; k < s->points; k++)
    {
        json_t * row = parse_row(&all, k);
        arb_t x, y, d;

        arb_init(x);
        arb_init(y);
        arb_init(d);
        ball_of(x, json_array_get(row, 1));
        ball_of(y, json_array_get(row, 2));
        ball_of(d, json_array_get(row, 3));
        arb_sub(x, x, y, 300);
        arb_div_ui(x, x, (ulong) k + 1, 300);
        CU_ASSERT(arb_contains(d, x));
        CU_ASSERT(arb_rel_accuracy_bits(d) > 10 && !arb_contains_zero(d));
        CU_ASSERT_STRING_EQUAL(member(json_array_get(row, 3), "level"),
                               "truncated");
        CU_ASSERT(json_object_get(json_array_get(row, 3), "undecided") == NULL);
        CU_ASSERT_STRING_EQUAL(member(json_array_get(row, 4), "undecided"),
                               "the columns it is made of have too few "
                               "digits");
        CU_ASSERT_STRING_EQUAL(member(json_array_get(row, 4), "level"),
                               "truncated");
        CU_ASSERT_STRING_EQUAL(member(json_array_get(row, 5), "level"), "full");
        CU_ASSERT(json_object_get(json_array_get(row, 6), "undecided") == NULL);
        arb_clear(x);
        arb_clear(y);
        arb_clear(d);
        json_decref(row);
    }
    rows_clear(&all);
    lb_table_spec_clear(s);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "rounding encloses", rounding_encloses },
        { "rows do not depend on the way", rows_do_not_depend_on_the_way },
        { "a tile stops when told", a_tile_stops_when_told },
        { "rows say what they hold", rows_say_what_they_hold },
        { "special values", special_values },
        { "orders and cutoffs are recorded", orders_and_cutoffs_are_recorded },
        { "failures name point and column", failures_name_point_and_column },
        { "entries contain the values", entries_contain_the_values },
        { "cold points agree", cold_points_agree },
        { "auto keeps one cutoff in a tile", auto_keeps_one_cutoff_in_a_tile },
        { "auto takes another class", auto_takes_another_class },
        { "full that does not apply is an error",
          full_that_does_not_apply_is_an_error },
        { "columns of columns", columns_of_columns },
    };

    return lb_test_main("table_tile", cases, sizeof(cases) / sizeof(cases[0]));
}
