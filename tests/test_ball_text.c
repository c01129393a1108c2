/* tests/test_ball_text.c -- everything written contains what it was made from.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/ball_text.h>

#include "lb_test.h"

static void
test_strings_contain(void)
{
    flint_rand_t state;
    slong n = lb_test_iters(3000);

    lb_test_rand_init(state);
    for (slong iter = 0; iter < n; iter++)
    {
        slong digits = 1 + (slong) n_randint(state, 40);
        char *text, *dump;
        double lo, hi;
        arb_t x, y;
        arf_t bound;

        arb_init(x);
        arb_init(y);
        arf_init(bound);
        arb_randtest(x, state, 2 + (slong) n_randint(state, 200), 12);
        text = lb_ball_str(x, digits);
        CU_ASSERT(arb_set_str(y, text, 300) == 0);
        if (!arb_contains(y, x))
        {
            printf("\niter %ld seed %lu: %s\n", (long) iter, lb_test_seed(),
                   text);
            CU_FAIL("the text does not contain the ball");
        }
        dump = arb_dump_str(x);
        CU_ASSERT(arb_load_str(y, dump) == 0 && arb_equal(x, y));

        lb_ball_bounds(&lo, &hi, x);
        arf_set_d(bound, lo);
        arb_set_arf(y, bound);
        CU_ASSERT(arb_le(y, x) || lo == -INFINITY
                  || arf_cmp(bound, arb_midref(x)) <= 0);
        arb_set_interval_arf(y, bound, bound, 53);
        {
            arb_t hull;
            arf_t top;

            arb_init(hull);
            arf_init(top);
            arf_set_d(top, hi);
            arb_set_interval_arf(hull, bound, top, 400);
            CU_ASSERT(arb_contains(hull, x));
            /* tight: not wider than the ball by more than two ulps */
            if (arb_is_exact(x) && !arb_is_zero(x)
                && arf_cmpabs_2exp_si(arb_midref(x), -1000) > 0)
                CU_ASSERT(hi - lo <= ldexp(fabs(hi) + fabs(lo), -51));
            arb_clear(hull);
            arf_clear(top);
        }
        flint_free(text);
        flint_free(dump);
        arb_clear(x);
        arb_clear(y);
        arf_clear(bound);
    }
    lb_rand_clear(state);
}

static void
check_plain(const char * ball, slong digits, const char * expected)
{
    char * text;
    acb_t x;

    acb_init(x);
    CU_ASSERT(arb_set_str(acb_realref(x), ball, 200) == 0);
    text = lb_ball_plain_str(x, digits);
    if (strcmp(text, expected) != 0)
    {
        printf("\n%s gives '%s', not '%s'\n", ball, text, expected);
        CU_FAIL("text");
    }
    else
        CU_PASS("text");
    flint_free(text);
    acb_clear(x);
}

static void
check_plain_complex(const char * re, const char * im, const char * expected)
{
    char * text;
    acb_t x;

    acb_init(x);
    CU_ASSERT(arb_set_str(acb_realref(x), re, 200) == 0);
    CU_ASSERT(arb_set_str(acb_imagref(x), im, 200) == 0);
    text = lb_ball_plain_str(x, 5);
    if (strcmp(text, expected) != 0)
    {
        printf("\n%s, %s gives '%s', not '%s'\n", re, im, text, expected);
        CU_FAIL("text");
    }
    else
        CU_PASS("text");
    flint_free(text);
    acb_clear(x);
}

static void
test_plain(void)
{
    check_plain_complex("1.5", "-0.25", "1.5000 - 0.25000*i");
    check_plain_complex("1.5", "[0 +/- 1e-30]", "1.5000");
    check_plain_complex("[0 +/- 1e-30]", "-0.25", "-0.25000*i");
    check_plain_complex("1.5", "[0 +/- 1e-3]", "1.5000 + 0 (+/- 1.1e-03)*i");
    check_plain_complex("[0 +/- 3e-9]", "[0 +/- 4e-9]", "0 (+/- 5.1e-09)");
    check_plain("0.25", 12, "0.250000000000");
    check_plain("0", 12, "0");
    check_plain("[1.5 +/- 1e-30]", 6, "1.50000");
    check_plain("[1.5 +/- 1e-4]", 12, "1.50 (+/- 1.1e-04)");
    check_plain("[0 +/- 1e-20]", 12, "0 (+/- 1.1e-20)");
    check_plain("[+/- inf]", 12, "?");
}

static void
test_digits(void)
{
    arb_t x;

    arb_init(x);
    arb_set_str(x, "[1 +/- 1e-10]", 200);
    CU_ASSERT(lb_ball_digits(x, 15) >= 9 && lb_ball_digits(x, 15) <= 10);
    CU_ASSERT(lb_ball_digits(x, 5) == 5);
    arb_set_str(x, "[0 +/- 1e-10]", 200);
    CU_ASSERT(lb_ball_digits(x, 15) == 0);
    arb_set_si(x, 3);
    CU_ASSERT(lb_ball_digits(x, 15) == 15);
    arb_indeterminate(x);
    CU_ASSERT(lb_ball_digits(x, 15) == 0);
    arb_clear(x);
}

static void
test_json(void)
{
    json_t * object;
    acb_t x;
    arb_t y;

    acb_init(x);
    arb_init(y);
    acb_set_d(x, 0.375);
    object = lb_ball_json(x, 15, "closed-form");
    CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(object, "lo")),
                           "0x1.8p-2");
    CU_ASSERT(arb_load_str(y, json_string_value(json_object_get(object, "arb")))
              == 0);
    CU_ASSERT(arb_equal(y, acb_realref(x)));
    CU_ASSERT(json_real_value(json_object_get(object, "value")) == 0.375);
    json_decref(object);
    acb_set_d_d(x, 1, 2);
    object = lb_ball_json(x, 15, "closed-form");
    CU_ASSERT(json_object_get(json_object_get(object, "im"), "ball") != NULL);
    json_decref(object);
    acb_indeterminate(x);
    object = lb_ball_json(x, 15, "closed-form");
    CU_ASSERT(object != NULL);
    json_decref(object);
    acb_clear(x);
    arb_clear(y);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "texts and bounds contain the ball", test_strings_contain },
        { "plain texts", test_plain },
        { "digits", test_digits },
        { "JSON", test_json },
    };

    return lb_test_main("ball_text", cases, sizeof(cases) / sizeof(cases[0]));
}
