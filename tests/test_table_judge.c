/* tests/test_table_judge.c -- recorded against new enclosures; texts put in.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/table_judge.h>
#include <lindbound/table_texts.h>

#include "lb_test.h"

/* --- relations ----------------------------------------------------------- */

/* Ends far enough apart to be exact in doubles. */
typedef struct
{
    double low, high;
} interval;

static interval
random_interval(flint_rand_t state)
{
    double a = (double) n_randint(state, 9) - 4;
    double b = (double) n_randint(state, 9) - 4;
    interval x = { fmin(a, b), fmax(a, b) };

    if (n_randint(state, 6) == 0)
        x.low = -INFINITY;
    else if (n_randint(state, 6) == 0)
        x.high = INFINITY;
    return x;
}

static void
set_ball(arb_t x, interval i)
{
    if (isinf(i.low) || isinf(i.high))
    {
        arb_indeterminate(x);
        return;
    }
    arb_set_d(x, (i.low + i.high) / 2);
    mag_set_ui_2exp_si(arb_radref(x), (ulong) (i.high - i.low), -1); /* exact */
}

static void
set_recorded(lb_table_value_struct * v, interval i)
{
    v->one_sided = isinf(i.low) || isinf(i.high);
    v->lo = i.low;
    v->hi = i.high;
    set_ball(v->ball, i);
}

static void
set_fresh(lb_table_entry_struct * e, interval i)
{
    arf_t bound;

    arf_init(bound);
    lb_scalar_zero(e->value);
    set_ball(acb_realref(e->value->coefficient), i);
    if (isinf(i.low) || isinf(i.high))
    {
        arf_set_d(bound, isinf(i.low) ? i.high : i.low);
        lb_scalar_one_sided(e->value, isinf(i.low) ? -1 : 1, bound);
    }
    arf_clear(bound);
}

static lb_table_relation
expected_relation(interval old, interval new)
{
    if (new.high < old.low || new.low > old.high)
        return LB_TABLE_DISJOINT;
    return old.low <= new.low && new.high <= old.high ? LB_TABLE_INSIDE
                                                      : LB_TABLE_OVERLAP;
}

static void
test_relations(void)
{
    slong seen[3] = { 0, 0, 0 };
    lb_table_value_struct v;
    lb_table_entry_t e;
    flint_rand_t state;

    lb_table_value_init(&v);
    lb_table_entry_init(e);
    lb_test_rand_init(state);
    for (slong iter = 0; iter < 3000; iter++)
    {
        interval old = random_interval(state), new = random_interval(state);
        lb_table_relation relation;

        set_recorded(&v, old);
        set_fresh(e, new);
        relation = lb_table_relate(&v, e);
        seen[relation]++;
        if (relation != expected_relation(old, new))
        {
            printf("\n[%g, %g] and [%g, %g]: %d", old.low, old.high, new.low,
                   new.high, (int) relation);
            CU_FAIL("wrong relation");
        }
    }
    CU_ASSERT(seen[0] > 100 && seen[1] > 100 && seen[2] > 100);

    /* nothing is known of one of them: that proves nothing of the record */
    set_recorded(&v, (interval) { 1, 2 });
    lb_scalar_indeterminate(e->value);
    CU_ASSERT(lb_table_relate(&v, e) == LB_TABLE_OVERLAP);
    arb_indeterminate(v.ball);
    set_fresh(e, (interval) { 1, 2 });
    CU_ASSERT(lb_table_relate(&v, e) == LB_TABLE_INSIDE);

    /* equal coefficients of different orders are different; zero is of any */
    set_recorded(&v, (interval) { 1, 2 });
    e->value->order = 2;
    CU_ASSERT(lb_table_relate(&v, e) == LB_TABLE_DISJOINT);
    v.order = 2;
    CU_ASSERT(lb_table_relate(&v, e) == LB_TABLE_INSIDE);
    set_recorded(&v, (interval) { 0, 0 });
    set_fresh(e, (interval) { 0, 0 });
    CU_ASSERT(lb_table_relate(&v, e) == LB_TABLE_INSIDE);
    flint_randclear(state);
    lb_table_value_clear(&v);
    lb_table_entry_clear(e);
}

/* --- digits -------------------------------------------------------------- */

static void
expect_digits(const char * ball, slong digits, const char * absolute,
              int enough)
{
    lb_table_column column;
    lb_table_value_struct v;

    memset(&column, 0, sizeof(column));
    fmpq_init(column.absolute);
    if (absolute != NULL)
        CU_ASSERT(fmpq_set_str(column.absolute, absolute, 10) == 0);
    column.digits = digits;
    lb_table_value_init(&v);
    if (ball[0] == '<' || ball[0] == '>')
    {
        double bound = strtod(ball + 3, NULL);

        set_recorded(&v, ball[0] == '<' ? (interval) { -INFINITY, bound }
                                        : (interval) { bound, INFINITY });
    }
    else if (strcmp(ball, "?") != 0)
        CU_ASSERT(arb_set_str(v.ball, ball, 200) == 0);
    if (lb_table_has_digits(&v, &column) != enough)
    {
        printf("\n%s, %ld digits, %s", ball, (long) digits,
               absolute != NULL ? absolute : "relative");
        CU_FAIL("wrong digits");
    }
    lb_table_value_clear(&v);
    fmpq_clear(column.absolute);
}

static void
test_digits(void)
{
    expect_digits("123.456 +/- 1e-5", 6, NULL, 1);
    expect_digits("123.456 +/- 1e-2", 6, NULL, 0);
    expect_digits("1", 6, NULL, 1);
    /* a zero is as small as its digits; a small number is none */
    expect_digits("0 +/- 1e-7", 6, NULL, 1);
    expect_digits("0 +/- 1e-5", 6, NULL, 0);
    expect_digits("1e-9 +/- 1e-10", 6, NULL, 0);
    /* an absolute radius, of numbers of any size */
    expect_digits("123.456 +/- 1e-2", 6, "1/50", 1);
    expect_digits("123.456 +/- 3e-2", 6, "1/50", 0);
    expect_digits("1e-9 +/- 1e-8", 6, "1/50", 1);
    /* zeros in dB */
    expect_digits("<= -61", 6, NULL, 1);
    expect_digits("<= -59", 6, NULL, 0);
    expect_digits("<= 61", 6, NULL, 0);
    expect_digits(">= 61", 6, NULL, 1);
    expect_digits("<= -31", 6, "1/1100", 1);
    expect_digits("<= -5", 6, "1/1100", 0);
    expect_digits("?", 1, NULL, 0);
    expect_digits("?", 1, "1/2", 0);
}

static void
expect_no_wider(const char * a, const char * b, int narrow)
{
    arb_t x, y;

    arb_init(x);
    arb_init(y);
    CU_ASSERT(arb_set_str(x, a, 100) == 0 && arb_set_str(y, b, 100) == 0);
    CU_ASSERT(lb_table_is_no_wider(x, y, 2) == narrow);
    arb_clear(x);
    arb_clear(y);
}

static void
test_widths(void)
{
    expect_no_wider("1 +/- 1e-3", "1 +/- 0.51e-3", 1);
    expect_no_wider("1 +/- 1e-3", "1 +/- 0.49e-3", 0);
    expect_no_wider("1", "1", 1);
    expect_no_wider("1 +/- 1e-300", "1", 0);
}

/* --- texts --------------------------------------------------------------- */

static void
expect_text(const char * text, const char * expected)
{
    char * found;
    lb_settings_t names;

    lb_settings_init(names);
    lb_settings_set(names, "x", "1/3", NULL, NULL);
    lb_settings_set(names, "y", "x + e", NULL, NULL);
    lb_settings_set(names, "e", "2", NULL, NULL);
    lb_settings_set(names, "h", "3", NULL, NULL);
    found = lb_table_substitute(text, names);
    CU_ASSERT_STRING_EQUAL(found, expected);
    flint_free(found);
    lb_settings_clear(names);
}

static void
test_texts(void)
{
    expect_text("x", "(1/3)");
    expect_text("2*y^x", "2*((1/3) + (2))^(1/3)");
    /* whole names only; the e of a number is none */
    expect_text("x1*xx*x_ + ax", "x1*xx*x_ + ax");
    expect_text("1e5 + 2.5e-3*e", "1e5 + 2.5e-3*(2)");
    expect_text("x' + h.c.", "(1/3)' + h.c.");
    expect_text("", "");
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "how new enclosures relate to recorded ones", test_relations },
        { "digits of recorded values", test_digits },
        { "widths", test_widths },
        { "names replaced by their texts", test_texts },
    };

    return lb_test_main("table_judge", cases, sizeof(cases) / sizeof(cases[0]));
}
