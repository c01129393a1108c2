/* tests/test_table_hash.c -- checksums count what they must and nothing else.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/flint_compat.h>
#include <lindbound/table_hash.h>

#include "lb_test.h"

/* FIPS 180-4, example of one block. */
static void
test_bytes(void)
{
    lb_hash hash;

    lb_hash_bytes(hash, "abc", 3);
    CU_ASSERT_STRING_EQUAL(
        hash,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static char *
hash_of(const char * text, const char * const * ignored)
{
    json_t * value = json_loads(text, JSON_DECODE_ANY, NULL);
    char * hash;

    CU_ASSERT_FATAL(value != NULL);
    hash = lb_hash_json(value, ignored);
    json_decref(value);
    return hash;
}

static const char * const ignored[]
    = { "title", "source", "conventions", "doc", "unit", NULL };

static void
expect_equal(const char * a, const char * b, int equal)
{
    char *x = hash_of(a, ignored), *y = hash_of(b, ignored);

    if ((strcmp(x, y) == 0) != equal)
    {
        printf("\n%s hash: %s and %s", equal ? "not one" : "the same", a, b);
        CU_FAIL("wrong hash");
    }
    flint_free(x);
    flint_free(y);
}

/* The text that is hashed, written out. */
static void
test_canonical(void)
{
    static const char * const texts[][2] = {
        { "{\"b\": [1, \"x\"], \"a\": {}}", "{\"a\":{},\"b\":[1,\"x\"]}" },
        /* upper case before lower, bytes of UTF-8 last; none is escaped */
        { "{\"\\u03ba\": \"\\u00e9/\\ud835\\udf05\", \"a\": 0, \"B\": 1}",
          "{\"B\":1,\"a\":0,\"\xce\xba\":\"\xc3\xa9/\xf0\x9d\x9c\x85\"}" },
        { "[\"\\u001f\\t\\n\\\"\\\\\\u007f\"]",
          "[\"\\u001F\\t\\n\\\"\\\\\x7f\"]" },
        { "\"text\"", "\"text\"" },
    };

    for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]); k++)
    {
        char * hash = hash_of(texts[k][0], NULL);
        lb_hash expected;

        lb_hash_bytes(expected, texts[k][1], strlen(texts[k][1]));
        CU_ASSERT(strncmp(hash, "sha256:", 7) == 0);
        CU_ASSERT_STRING_EQUAL(hash + 7, expected);
        flint_free(hash);
    }
}

static void
test_ignored(void)
{
    /* prose does not count, where it is prose */
    expect_equal("{\"name\": \"m\", \"title\": \"T\", \"source\": \"S\"}",
                 "{\"name\": \"m\", \"conventions\": [\"C\"]}", 1);
    expect_equal(
        "{\"parameters\": {\"U\": {\"value\": \"1\", \"doc\": \"D\"}}}",
        "{\"parameters\": {\"U\": {\"value\": \"1\"}}}", 1);
    expect_equal("{\"ports\": [{\"rate\": \"1\", \"doc\": \"D\"}]}",
                 "{\"ports\": [{\"rate\": \"1\"}]}", 1);
    /* a parameter of that name does, and so do numbers */
    expect_equal("{\"parameters\": {\"unit\": \"1\"}}",
                 "{\"parameters\": {\"unit\": \"2\"}}", 0);
    expect_equal("{\"observables\": {\"n\": {\"at\": {\"source\": \"0\"}}}}",
                 "{\"observables\": {\"n\": {\"at\": {\"source\": \"1\"}}}}",
                 0);
    expect_equal("{\"parameters\": {\"U\": {\"value\": \"1\"}}}",
                 "{\"parameters\": {\"U\": {\"value\": \"2\"}}}", 0);
    /* a parameter called `at` is not a map of settings: its doc is prose */
    expect_equal(
        "{\"parameters\": {\"at\": {\"value\": \"1\", \"doc\": \"D\"}}}",
        "{\"parameters\": {\"at\": {\"value\": \"1\"}}}", 1);
    /* order does not matter in objects, but in arrays */
    expect_equal("{\"a\": 1, \"b\": 2}", "{\"b\": 2, \"a\": 1}", 1);
    expect_equal("[1, 2]", "[2, 1]", 0);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "SHA-256", test_bytes },
        { "canonical text", test_canonical },
        { "what does not count", test_ignored },
    };

    return lb_test_main("table_hash", cases, sizeof(cases) / sizeof(cases[0]));
}
