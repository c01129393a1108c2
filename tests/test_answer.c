/* tests/test_answer.c -- what a candidate says is read exactly, and what is no
 * number is no answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <lindbound/answer.h>
#include <lindbound/text.h>

#include "lb_test.h"

/* a is the value x, whatever it was before. */
static void
check_value(const lb_answer_t a, const fmpq_t x, const char * said)
{
    if (a->kind != LB_ANSWER_VALUE || !fmpq_equal(a->value, x)
        || a->reason != NULL || a->text == NULL)
    {
        printf("\n'%s': kind %d, reason %s, value ", said, (int) a->kind,
               a->reason != NULL ? a->reason : "-");
        fmpq_print(a->value);
        printf("\n");
        CU_FAIL("not the value");
    }
    CU_ASSERT(!a->has_error);
}

/* x = sum of m 2^e, exactly, without lindbound. */
static void
set_dyadic(fmpq_t x, double value)
{
    int exponent;
    double mantissa = frexp(value, &exponent);

    fmpz_set_d(fmpq_numref(x), ldexp(mantissa, DBL_MANT_DIG));
    fmpz_one(fmpq_denref(x));
    exponent -= DBL_MANT_DIG;
    if (exponent >= 0)
        fmpz_mul_2exp(fmpq_numref(x), fmpq_numref(x), (ulong) exponent);
    else
        fmpz_mul_2exp(fmpq_denref(x), fmpq_denref(x), (ulong) -exponent);
    fmpq_canonicalise(x);
}

static double
random_double(flint_rand_t state)
{
    union
    {
        uint64_t bits;
        double value;
    } u;

    do
        u.bits = n_randlimb(state);
    while (!isfinite(u.value));
    return n_randint(state, 20) == 0 ? DBL_TRUE_MIN : u.value;
}

/* --- numbers ------------------------------------------------------------- */

static void
test_doubles(void)
{
    static const double bad[] = { NAN, INFINITY, -INFINITY };
    slong n = lb_test_iters(2000);
    flint_rand_t state;
    lb_answer_t a;
    fmpq_t x;

    lb_test_rand_init(state);
    lb_answer_init(a);
    fmpq_init(x);
    CU_ASSERT(a->kind == LB_ANSWER_NONE);
    for (slong iter = 0; iter < n; iter++)
    {
        double value = random_double(state);
        json_t * json = json_real(value);
        char hex[64];

        set_dyadic(x, value);
        lb_answer_set_double(a, value);
        check_value(a, x, "double");
        CU_ASSERT(strtod(a->text, NULL) == value);
        lb_answer_read_json(a, json);
        check_value(a, x, "JSON");
        snprintf(hex, sizeof(hex), iter % 2 == 0 ? "%a" : "%A", value);
        lb_answer_set_text(a, hex);
        check_value(a, x, hex);
        CU_ASSERT(strcmp(a->text, hex) == 0);
        json_decref(json);
    }
    for (int k = 0; k < 3; k++)
    {
        lb_answer_set_double(a, bad[k]);
        CU_ASSERT(a->kind == LB_ANSWER_ERRORED && a->reason != NULL
                  && a->text == NULL);
        CU_ASSERT(strstr(a->reason, k == 0 ? "nan" : "inf") != NULL);
    }
    fmpq_clear(x);
    lb_answer_clear(a);
    lb_rand_clear(state);
}

/* Digits with a point anywhere and a power of ten, in the ways that languages
   write them. */
static void
test_decimals(void)
{
    slong n = lb_test_iters(2000);
    flint_rand_t state;
    lb_answer_t a;
    fmpz_t power;
    fmpq_t x;

    lb_test_rand_init(state);
    lb_answer_init(a);
    fmpq_init(x);
    fmpz_init(power);
    for (slong iter = 0; iter < n; iter++)
    {
        static const char * const signs[] = { "", "-", "+" };
        static const char * const letters[] = { "e", "E", "e+", "E+" };
        char digits[50];
        size_t size = 1 + n_randint(state, 40), point = n_randint(state, 41);
        slong exponent = (slong) n_randint(state, 700) - 350;
        int sign = (int) n_randint(state, 3);
        int letter = (int) n_randint(state, 4);
        char * text;

        for (size_t k = 0; k < size; k++)
            digits[k] = (char) ('0' + n_randint(state, 10));
        digits[size] = '\0';
        point = FLINT_MIN(point, size);
        if (exponent < 0 && letter > 1)
            letter -= 2;
        text = lb_text_print("%s%.*s.%s%s%ld", signs[sign], (int) point, digits,
                             digits + point, letters[letter], (long) exponent);
        fmpz_set_str(fmpq_numref(x), digits, 10);
        fmpz_one(fmpq_denref(x));
        exponent -= (slong) (size - point);
        fmpz_ui_pow_ui(power, 10, (ulong) FLINT_ABS(exponent));
        fmpz_mul(exponent < 0 ? fmpq_denref(x) : fmpq_numref(x),
                 exponent < 0 ? fmpq_denref(x) : fmpq_numref(x), power);
        fmpq_canonicalise(x);
        if (sign == 1)
            fmpq_neg(x, x);
        lb_answer_set_text(a, text);
        check_value(a, x, text);
        flint_free(text);
    }
    fmpz_clear(power);
    fmpq_clear(x);
    lb_answer_clear(a);
    lb_rand_clear(state);
}

static void
test_texts(void)
{
    static const struct
    {
        const char * text;
        slong p;
        ulong q;
    } good[] = {
        { "0", 0, 1 },        { "-0", 0, 1 },         { "-0.0e5", 0, 1 },
        { "00012", 12, 1 },   { "5.", 5, 1 },         { ".5", 1, 2 },
        { "-.25E+1", -5, 2 }, { "1e-3", 1, 1000 },    { "0x1p-1074", 0, 0 },
        { "0X.8P1", 1, 1 },   { "-0x1.8p+1", -3, 1 }, { "0xff", 255, 1 },
        { "0xA.", 10, 1 },    { "1e00002", 100, 1 },
    };
    static const char * const bad[]
        = { "",         " ",        "-",        "+",           ".",    "e5",
            "1e",       "1e+",      "1.2.3",    "1 ",          " 1",   "1,5",
            "1/3",      "--1",      "+-1",      "1e5.0",       "0x",   "0xp1",
            "0x1p",     "0x1e5g",   "1p5",      "nan",         "NaN",  "inf",
            "-inf",     "Infinity", "1e100000", "0x1p-100000", "1+2j", "1e5\n",
            "\xff\xfe", "one",      "1_000" };
    lb_answer_t a;
    fmpq_t x;

    lb_answer_init(a);
    fmpq_init(x);
    for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
    {
        if (good[k].q > 0)
            fmpq_set_si(x, good[k].p, good[k].q);
        else
            set_dyadic(x, DBL_TRUE_MIN);
        lb_answer_set_text(a, good[k].text);
        check_value(a, x, good[k].text);
    }
    for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
    {
        lb_answer_set_text(a, bad[k]);
        if (a->kind != LB_ANSWER_ERRORED || a->reason == NULL)
        {
            printf("\n'%s'\n", bad[k]);
            CU_FAIL("this is no number");
        }
        CU_ASSERT(a->text == NULL && !a->has_error);
        for (const char * c = a->reason; *c != '\0'; c++)
            CU_ASSERT(*c >= ' ' && *c <= '~');
    }
    lb_answer_set_text(a, "0123456789012345678901234567890123456789x");
    CU_ASSERT(strstr(a->reason, "'0123456789012345678901234567890123456789...'")
              != NULL);
    lb_answer_set_text(a, "1e100000");
    CU_ASSERT(strstr(a->reason, "exponent") != NULL);
    fmpq_clear(x);
    lb_answer_clear(a);
}

/* The longest numbers there may be, and texts that are longer. */
static void
test_cost(void)
{
    static const char * const large[]
        = { "1e99999",   "-9.999e-99999", "1e-99999",
            "0x1p99999", "0x1.8p-99999",  "123e99999" };
    size_t size = 4u << 20;
    char * text = flint_malloc(size + 1);
    clock_t begin = clock();
    lb_answer_t a;

    lb_answer_init(a);
    for (size_t k = 0; k < sizeof(large) / sizeof(large[0]); k++)
    {
        lb_answer_set_text(a, large[k]);
        CU_ASSERT(a->kind == LB_ANSWER_VALUE && !fmpq_is_zero(a->value));
    }
    memset(text, '7', size);
    text[size] = '\0';
    lb_answer_set_text(a, text);
    CU_ASSERT(a->kind == LB_ANSWER_ERRORED);
    CU_ASSERT(strlen(a->reason) < 120);
    text[4096] = '\0';
    lb_answer_set_text(a, text);
    CU_ASSERT(a->kind == LB_ANSWER_VALUE);
    CU_ASSERT(fmpz_sizeinbase(fmpq_numref(a->value), 10) >= 4096);
    CU_ASSERT((double) (clock() - begin) / CLOCKS_PER_SEC < 2);
    lb_answer_clear(a);
    flint_free(text);
}

/* --- JSON ---------------------------------------------------------------- */

static void
read(lb_answer_t a, const char * text)
{
    json_t * json = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    if (json == NULL)
        printf("\n%s\n", text);
    CU_ASSERT_FATAL(json != NULL);
    lb_answer_read_json(a, json);
    json_decref(json);
}

static void
test_json(void)
{
    static const char * const bad[]
        = { "true",
            "false",
            "null",
            "[]",
            "[1]",
            "{}",
            "\"\"",
            "\"abc\"",
            "\"1\\u0000\"",
            "{\"value\": null}",
            "{\"value\": [1]}",
            "{\"value\": 1, \"eror\": 2}",
            "{\"error\": 1}",
            "{\"value\": 1, \"error\": -1}",
            "{\"value\": 1, \"error\": -0.5}",
            "{\"value\": 1, \"error\": \"-1\"}",
            "{\"value\": 1, \"error\": \"nan\"}",
            "{\"value\": 1, \"error\": null}",
            "{\"value\": 1, \"error\": 1, \"skipped\": \"x\"}",
            "{\"value\": 1, \"skipped\": \"x\"}",
            "{\"skipped\": true}",
            "{\"skipped\": \"x\", \"errored\": \"y\"}",
            "{\"errored\": 3}",
            "{\"value\": {\"value\": 1}}" };
    lb_answer_t a;
    fmpq_t x;

    lb_answer_init(a);
    fmpq_init(x);
    for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
    {
        lb_answer_set_cutoff(a, "N<=5");
        read(a, bad[k]);
        if (a->kind != LB_ANSWER_ERRORED || a->reason == NULL || a->has_error)
        {
            printf("\n%s\n", bad[k]);
            CU_FAIL("this is no answer");
        }
        CU_ASSERT(strcmp(a->cutoff, "N<=5") == 0);
    }
    lb_answer_read_json(a, NULL);
    CU_ASSERT(a->kind == LB_ANSWER_ERRORED);

    read(a, "9223372036854775807");
    fmpq_set_si(x, WORD_MAX, 1);
    check_value(a, x, "integer");
    read(a, "0.1");
    set_dyadic(x, 0.1);
    check_value(a, x, "0.1");
    CU_ASSERT(strcmp(a->text, "0.1") == 0);
    read(a, "\"0.1\"");
    fmpq_set_si(x, 1, 10);
    check_value(a, x, "\"0.1\"");
    read(a, "{\"value\": \"0.1\"}");
    check_value(a, x, "value");

    read(a, "{\"error\": 1e-3, \"value\": \"0.1\"}");
    CU_ASSERT(a->has_error);
    CU_ASSERT(a->kind == LB_ANSWER_VALUE && fmpq_equal(a->value, x));
    set_dyadic(x, 1e-3);
    CU_ASSERT(fmpq_equal(a->error, x));
    read(a, "{\"value\": 2, \"error\": \"1e-3\"}");
    CU_ASSERT(a->has_error);
    fmpq_set_si(x, 1, 1000);
    CU_ASSERT(fmpq_equal(a->error, x));
    read(a, "{\"value\": 2, \"error\": 0}");
    CU_ASSERT(a->has_error && fmpq_is_zero(a->error));

    read(a, "{\"skipped\": \"too large\"}");
    CU_ASSERT(a->kind == LB_ANSWER_SKIPPED && !a->has_error);
    CU_ASSERT(strcmp(a->reason, "too large") == 0 && a->text == NULL);
    read(a, "{\"errored\": \"singular\"}");
    CU_ASSERT(a->kind == LB_ANSWER_ERRORED);
    CU_ASSERT(strcmp(a->reason, "singular") == 0);
    lb_answer_set_reason(a, LB_ANSWER_TIMEOUT, NULL);
    CU_ASSERT(a->kind == LB_ANSWER_TIMEOUT && a->reason == NULL);
    fmpq_clear(x);
    lb_answer_clear(a);
}

static void
test_cutoffs(void)
{
    static const char * const cases[][2] = {
        { "\"N<=5\"", "N<=5" },
        { "{\"a\": 4}", "a=4" },
        { "{\"a\": 4, \"b\": 12}", "a=4,b=12" },
        { "5", "5" },
        { "{}", NULL },
        { "{\"a\": \"4\"}", NULL },
        { "{\"a\": 4, \"b\": 1.5}", NULL },
        { "[4]", NULL },
        { "null", NULL },
        { "5.0", NULL },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        json_t * json = json_loads(cases[k][0], JSON_DECODE_ANY, NULL);
        char * text = lb_answer_cutoff_text(json);

        CU_ASSERT((text == NULL) == (cases[k][1] == NULL));
        if (text != NULL && cases[k][1] != NULL)
            CU_ASSERT(strcmp(text, cases[k][1]) == 0);
        flint_free(text);
        json_decref(json);
    }
    CU_ASSERT(lb_answer_cutoff_text(NULL) == NULL);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "doubles", test_doubles }, { "decimals", test_decimals },
        { "texts", test_texts },     { "cost", test_cost },
        { "JSON", test_json },       { "cutoffs", test_cutoffs },
    };

    return lb_test_main("answer", cases, sizeof(cases) / sizeof(cases[0]));
}
