/* tests/test_table_read.c -- a table is read back as it is, and refused at the
 * right place if anything in it is damaged.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>
#include <unistd.h>

#include <lindbound/ball_text.h>
#include <lindbound/table_read.h>
#include <lindbound/text.h>

#include "lb_test.h"

#define POINTS 6
#define COLUMNS 2

/* What stands before the rows; the axes are 3 x 2 points. */
static const char head[]
    = "{\n"
      "  \"schema\": \"lindbound-table-values/1\",\n"
      "  \"name\": \"test\",\n"
      "  \"version\": \"1.2.3\",\n"
      "  \"complete\": true,\n"
      "  \"provenance\": {\"command\": \"-\", \"lindbound\": \"-\", "
      "\"flint\": \"-\", \"arb\": \"-\", \"spec_hash\": \"-\", "
      "\"model_hash\": \"-\"},\n"
      "  \"spec\": {\"axes\": [{\"name\": \"x\", \"values\": [\"0\", \"1/3\", "
      "\"2\"], \"unit\": \"pi\"}, {\"name\": \"y\", \"scale\": \"log\", "
      "\"from\": \"1\", \"to\": \"10\", \"points\": 2}], "
      "\"columns\": [\"A\", {\"name\": \"B\"}]},\n"
      "  \"model\": {},\n"
      "  \"points\": 6,\n"
      "  \"axes\": [\n"
      "    {\"name\": \"x\", \"values\": [\"0\", \"1/3\", \"2\"]},\n"
      "    {\"name\": \"y\", \"values\": [\"1\", \"10\"]}\n"
      "  ],\n"
      "  \"columns\": [\n"
      "    {\"name\": \"A\", \"expression\": \"a\"},\n"
      "    {\"name\": \"B\", \"expression\": \"b\", \"at\": {\"x\": \"1\"}, "
      "\"unit\": \"1\", \"label\": \"l\"}\n"
      "  ],\n"
      "  \"rows\": [\n";

/* --- making tables ------------------------------------------------------- */

static void
write_value(FILE * f, const arb_t x)
{
    char *ball = lb_ball_str(x, 15), *dump = arb_dump_str(x);
    double lo, hi;

    lb_ball_bounds(&lo, &hi, x);
    fprintf(f,
            "{\"ball\": \"%s\", \"arb\": \"%s\", \"lo\": \"%a\", \"hi\": "
            "\"%a\", \"digits\": %ld, \"level\": \"full\", \"cutoff\": "
            "\"N<=5\", \"dimension\": 21, \"precision\": 120}",
            ball, dump, lo, hi, (long) lb_ball_digits(x, 12));
    flint_free(ball);
    flint_free(dump);
}

/* Point k has 1/(k + 3) in the first column, wide by 2^-40, and k exactly in
   the second; the last point a bound and nothing. */
static void
set_value(arb_t x, slong point, slong column)
{
    arb_set_si(x, column == 0 ? 1 : point);
    if (column == 0)
    {
        arb_div_si(x, x, point + 3, 52);
        mag_zero(arb_radref(x));
        mag_set_ui_2exp_si(arb_radref(x), 1, -40);
    }
}

static void
write_row(FILE * f, slong point)
{
    arb_t x;

    arb_init(x);
    fprintf(f, "    [%ld, ", (long) point);
    if (point == POINTS - 1)
        fputs("{\"ball\": \"<= -312.4\", \"lo\": \"-inf\", \"hi\": "
              "\"-0x1.38866666666p+8\", \"digits\": 0, \"level\": "
              "\"closed-form\", \"precision\": 64, \"order\": -2}, "
              "{\"ball\": \"[0 +/- inf]\", \"lo\": \"-inf\", \"hi\": \"inf\", "
              "\"digits\": 0, \"level\": \"truncated\", \"precision\": 0, "
              "\"undecided\": \"why\"}",
              f);
    for (slong k = 0; k < COLUMNS && point < POINTS - 1; k++)
    {
        set_value(x, point, k);
        fputs(k > 0 ? ", " : "", f);
        write_value(f, x);
    }
    fputs("]", f);
    arb_clear(x);
}

/* Release with free. */
static char *
table_text(void)
{
    char * text = NULL;
    size_t size;
    FILE * f = open_memstream(&text, &size);

    fputs(head, f);
    for (slong k = 0; k < POINTS; k++)
    {
        write_row(f, k);
        fputs(k < POINTS - 1 ? ",\n" : "\n  ]\n}\n", f);
    }
    fclose(f);
    return text;
}

/* --- reading them -------------------------------------------------------- */

static lb_status
read_text(lb_table_t t, const char * text, size_t size, lb_error * err)
{
    char path[] = "table_read_XXXXXX";
    int descriptor = mkstemp(path);
    FILE * f = fdopen(descriptor, "wb");
    lb_status status;

    fwrite(text, 1, size, f);
    fclose(f);
    lb_error_clear(err);
    status = lb_table_read(t, path, err);
    CU_ASSERT(status == err->status);
    CU_ASSERT(status == LB_OK || strcmp(err->file, path) == 0);
    unlink(path);
    return status;
}

/* The text with the first `from` after `after` replaced by `to`; it must be
   there. Release with flint_free. */
static char *
replaced(const char * text, const char * after, const char * from,
         const char * to)
{
    const char * at = strstr(text, after);

    if (at != NULL)
        at = strstr(at, from);
    if (at == NULL)
    {
        printf("\nno '%s' after '%s'\n", from, after);
        CU_FAIL("the damage is none");
        return lb_text_copy(text);
    }
    return lb_text_print("%.*s%s%s", (int) (at - text), text, to,
                         at + strlen(from));
}

/* With that replacement the table must be refused at `pointer`, and the message
   hold `message`. */
static void
check_refused(const char * text, const char * after, const char * from,
              const char * to, const char * pointer, const char * message)
{
    char * damaged = replaced(text, after, from, to);
    lb_error err;
    lb_table_t t;

    lb_table_init(t);
    if (read_text(t, damaged, strlen(damaged), &err) == LB_OK
        || strcmp(err.pointer, pointer) != 0
        || strstr(err.text, message) == NULL)
    {
        printf("\n'%s' -> '%s': %s: %s\n", from, to, err.pointer, err.text);
        CU_FAIL("not refused, or not there");
    }
    CU_ASSERT(t->values == NULL && t->json == NULL);
    lb_table_clear(t);
    flint_free(damaged);
}

static void
check_table(const lb_table_t t)
{
    const lb_table_value_struct * v;
    arb_t x;

    arb_init(x);
    CU_ASSERT_FATAL(t->n_axes == 2 && t->n_columns == COLUMNS
                    && t->points == POINTS && t->complete);
    CU_ASSERT(strcmp(t->columns[1], "B") == 0);
    CU_ASSERT(strcmp(t->axes[0]->texts[1], "1/3") == 0);
    CU_ASSERT(strcmp(t->axes[0]->unit, "pi") == 0 && t->axes[1]->log);
    CU_ASSERT(json_object_get(t->json, "rows") == NULL);
    for (slong k = 0; k < POINTS - 1; k++)
        for (slong c = 0; c < COLUMNS; c++)
        {
            v = lb_table_at(t, k, c);
            set_value(x, k, c);
            CU_ASSERT(v->known && !v->one_sided && !v->undecided);
            CU_ASSERT(arb_equal(v->ball, x));
            CU_ASSERT(v->level == LB_TABLE_FULL);
            CU_ASSERT(v->digits == lb_ball_digits(x, 12));
        }
    v = lb_table_at(t, POINTS - 1, 0);
    CU_ASSERT(v->known && v->one_sided && v->order == -2);
    CU_ASSERT(v->lo == -INFINITY && v->hi < -312 && v->hi > -313);
    CU_ASSERT(!arb_is_finite(v->ball));
    v = lb_table_at(t, POINTS - 1, 1);
    CU_ASSERT(v->known && !v->one_sided && v->undecided);
    arb_clear(x);
}

/* The table, as it is written and laid out in other ways. */
static void
test_round_trip(void)
{
    static const size_t layouts[]
        = { JSON_INDENT(1), JSON_COMPACT, JSON_INDENT(4) | JSON_SORT_KEYS };
    char * text = table_text();
    json_t * root = json_loads(text, 0, NULL);
    lb_error err;
    lb_table_t t;

    lb_table_init(t);
    CU_ASSERT_FATAL(read_text(t, text, strlen(text), &err) == LB_OK);
    check_table(t);
    for (size_t k = 0; k < sizeof(layouts) / sizeof(layouts[0]); k++)
    {
        char * other = json_dumps(root, layouts[k]);

        if (read_text(t, other, strlen(other), &err) != LB_OK)
            printf("\n%s: %s\n", err.pointer, err.text);
        CU_ASSERT_FATAL(err.status == LB_OK);
        check_table(t);
        free(other);
    }
    lb_table_clear(t);
    json_decref(root);
    free(text);
}

/* Random balls of all sizes and precisions. */
static void
test_random_values(void)
{
    slong n = lb_test_iters(2000);
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < n; iter++)
    {
        lb_table_value_struct v;
        char * text = NULL;
        size_t size;
        FILE * f = open_memstream(&text, &size);
        json_t * json;
        lb_error err;
        arb_t x;

        arb_init(x);
        arb_randtest(x, state, 2 + (slong) n_randint(state, 300),
                     2 + (slong) n_randint(state, 14));
        lb_table_value_init(&v);
        write_value(f, x);
        fclose(f);
        json = json_loads(text, 0, NULL);
        lb_error_clear(&err);
        if (lb_table_value_read(&v, json, "", &err) != LB_OK
            || !arb_equal(v.ball, x))
        {
            printf("\niter %ld seed %lu: %s\n%s %s\n", (long) iter,
                   lb_test_seed(), text, err.pointer, err.text);
            CU_FAIL("a value is not read back");
        }
        CU_ASSERT(v.known);
        json_decref(json);
        free(text);
        lb_table_value_clear(&v);
        arb_clear(x);
    }
    lb_rand_clear(state);
}

/* --- damages ------------------------------------------------------------- */

static void
test_damaged_values(void)
{
    char * text = table_text();

    /* point 2 of column A is 0.2 +/- 2^-40 */
    check_refused(text, "[2, ", "\"[0.2000", "\"[0.2001", "/rows/2/1/ball",
                  "does not contain");
    check_refused(text, "[2, ", "\"[0.2000", "\"[0.1999", "/rows/2/1/ball",
                  "does not contain");
    check_refused(text, "[2, ", "e-13]", "e-14]", "/rows/2/1/ball",
                  "does not contain");
    check_refused(text, "[2, ", "e-13]", "e-09]", "/rows/2/1/ball",
                  "fewer digits");
    check_refused(text, "[2, ", "\"[0.2", "\"0.2", "/rows/2/1/ball",
                  "not a ball");
    check_refused(text, "[2, ", "3333 -", "3332 -", "/rows/2/1/arb",
                  "exact dump"); /* even: not how it is dumped */
    check_refused(text, "[2, ", "3333 -", "3331 -", "/rows/2/1/lo",
                  "lower bound");
    check_refused(text, "[2, ", " 1 -28\"", " 1 -27\"", "/rows/2/1/lo",
                  "lower bound");
    check_refused(text, "[2, ", " 1 -28\"", " 100000001 -28\"", "/rows/2/1/arb",
                  "exact dump");
    check_refused(text, "[2, ", " 1 -28\"", " 40000001 -28\"", "/rows/2/1/arb",
                  "exact dump");
    check_refused(text, "[2, ",
                  "\"arb\": ", "\"arb\": \"x\", \"x\": ", "/rows/2/1",
                  "unknown member 'x'");
    check_refused(text, "[2, ", "\"lo\": \"0x1.99", "\"lo\": \"0x1.98",
                  "/rows/2/1/lo", "lower bound");
    check_refused(text, "[2, ", "\"hi\": \"0x1.99", "\"hi\": \"0x1.9a",
                  "/rows/2/1/hi", "upper bound");
    check_refused(text, "[2, ", "\"hi\": \"0x1.99", "\"hi\": \"1.99",
                  "/rows/2/1/hi", "hexadecimal");
    check_refused(text, "[2, ", "\"hi\": \"0x1.99", "\"hi\": \"-0x1.99",
                  "/rows/2/1/hi", "below");
    check_refused(text, "[2, ", "\"digits\": 10", "\"digits\": 11",
                  "/rows/2/1/digits", "so many digits");
    check_refused(text, "[2, ", "\"digits\": 10", "\"digits\": \"10\"",
                  "/rows/2/1/digits", "integer");
    check_refused(text, "[2, ", "\"digits\": 10, ", "", "/rows/2/1/digits",
                  "missing");
    check_refused(text, "[2, ", "\"full\"", "\"auto\"", "/rows/2/1/level",
                  "not a level");
    check_refused(text, "[2, ", "\"precision\": 120", "\"precision\": 0",
                  "/rows/2/1/precision", "range");
    check_refused(text, "[2, ", "\"cutoff\"", "\"cut\"", "/rows/2/1",
                  "unknown member 'cut'");
    check_refused(text, "[2, ", "\"cutoff\": \"N<=5\"", "\"cutoff\": 5",
                  "/rows/2/1/cutoff", "string");
    /* column B: exact */
    check_refused(text, "[2, ", "\"ball\": \"2.0000", "\"ball\": \"2.0001",
                  "/rows/2/2/ball", "does not contain");
    /* the values that are no balls */
    check_refused(text, "[5, ", "<= -312.4", "<= -312.6", "/rows/5/1/ball",
                  "lo");
    check_refused(text, "[5, ", "<= -312.4", ">= -312.4", "/rows/5/1/ball",
                  "bounded from above");
    check_refused(text, "[5, ", "-0x1.388", "-0x1.380", "/rows/5/1/ball", "lo");
    check_refused(text, "[5, ", "\"-inf\"", "\"-0x1p+9\"", "/rows/5/1",
                  "'arb' is missing");
    check_refused(text, "[5, ", "[0 +/- inf]", "[0 +/- 1]", "/rows/5/2/ball",
                  "[0 +/- inf]");
    check_refused(text, "\"inf\"", "\"digits\": 0", "\"digits\": 3",
                  "/rows/5/2/digits", "no digits");
    free(text);
}

static void
test_damaged_rows(void)
{
    char * text = table_text();

    check_refused(text, "rows", "[1, ", "[2, ", "/rows/1",
                  "point 1 is missing");
    check_refused(text, "rows", "[1, ", "[0, ", "/rows/1",
                  "point 0 after point 0");
    check_refused(text, "rows", "[3, ", "[1, ", "/rows/3",
                  "point 1 after point 2");
    check_refused(text, "rows", "[5, ", "[6, ", "/rows/5", "no point 6");
    check_refused(text, "rows", "[3, ", "[\"3\", ", "/rows/3", "a row is");
    check_refused(text, "rows", "[3, ", "[3, 0, ", "/rows/3", "a row is");
    check_refused(text, "rows", "[3, {", "[3, {\"digits\": 0, ", "",
                  "duplicate");
    /* a complete table that says it is not, and the other way round */
    check_refused(text, "complete", "true", "false", "/complete",
                  "no point is missing");
    check_refused(text, "complete", "true", "1", "/complete", "true or false");
    check_refused(text, "rows", "  ]\n}", "  ]\n}\n{}", "", "end of file");
    free(text);
}

/* A row left out is found where the table is said to be complete, and is not
   known otherwise. */
static void
test_missing_row(void)
{
    char *text = table_text(), *from = strstr(text, "    [2, ");
    char * partial;
    lb_error err;
    lb_table_t t;

    memmove(from, strstr(text, "    [3, "),
            strlen(strstr(text, "    [3, ")) + 1);
    lb_table_init(t);
    CU_ASSERT(read_text(t, text, strlen(text), &err) == LB_EPARSE);
    CU_ASSERT(strstr(err.text, "point 2 is missing") != NULL);
    CU_ASSERT(strcmp(err.pointer, "/rows/2") == 0);
    CU_ASSERT(err.line == 21);
    partial = replaced(text, "complete", "true", "false");
    CU_ASSERT_FATAL(read_text(t, partial, strlen(partial), &err) == LB_OK);
    CU_ASSERT(!t->complete && t->points == POINTS);
    CU_ASSERT(lb_table_at(t, 1, 0)->known && lb_table_at(t, 3, 1)->known);
    CU_ASSERT(!lb_table_at(t, 2, 0)->known && !lb_table_at(t, 2, 1)->known);
    CU_ASSERT(!arb_is_finite(lb_table_at(t, 2, 0)->ball));
    flint_free(partial);
    free(text);
    /* and the last one */
    text = table_text();
    strcpy(strstr(text, ",\n    [5, "), "\n]}");
    CU_ASSERT(read_text(t, text, strlen(text), &err) == LB_EPARSE);
    CU_ASSERT(strstr(err.text, "point 5 is missing") != NULL);
    partial = replaced(text, "complete", "true", "false");
    CU_ASSERT(read_text(t, partial, strlen(partial), &err) == LB_OK);
    lb_table_clear(t);
    flint_free(partial);
    free(text);
}

/* Cut anywhere, it is no table. */
static void
test_truncated_file(void)
{
    char * text = table_text();
    size_t size = strlen(text);
    lb_error err;
    lb_table_t t;

    lb_table_init(t);
    for (size_t n = 0; n < size - 2; n += 1 + size / 200)
        CU_ASSERT(read_text(t, text, n, &err) == LB_EPARSE
                  && t->values == NULL);
    /* without the brace, and without the line end, which nobody needs */
    CU_ASSERT(read_text(t, text, size - 2, &err) == LB_EPARSE);
    CU_ASSERT(read_text(t, text, size - 1, &err) == LB_OK);
    /* what hides behind a NUL */
    text[size - 1] = '\0';
    CU_ASSERT(read_text(t, text, size, &err) == LB_EPARSE);
    CU_ASSERT(lb_table_read(t, "no/such/file.json", &err) == LB_EIO);
    lb_table_clear(t);
    free(text);
}

static void
test_damaged_head(void)
{
    char * text = table_text();

    check_refused(text, "", "values/1", "values/2", "/schema", "schema");
    check_refused(text, "", "\"name\"", "\"nam\"", "", "unknown member 'nam'");
    check_refused(text, "", "1.2.3", "1.2", "/version", "1.0.0");
    check_refused(text, "", "1.2.3", "01.2.3", "/version", "1.0.0");
    check_refused(text, "", "1.2.3", "1.2.3.4", "/version", "1.0.0");
    check_refused(text, "", "\"arb\"", "\"arp\"", "/provenance",
                  "unknown member 'arp'");
    check_refused(text, "", ", \"model_hash\": \"-\"", "", "/provenance",
                  "'model_hash' is missing");
    check_refused(text, "", "\"model\": {}", "\"model\": []", "/model",
                  "object");
    check_refused(text, "", "\"points\": 6", "\"points\": 7", "/points",
                  "6 points");
    check_refused(text, "\"axes\": [\n", "\"1/3\"", "\"1/4\"",
                  "/axes/0/values/1", "1/3");
    check_refused(text, "\"axes\": [\n", "\"1\", \"10\"", "\"1\"", "/axes/1",
                  "axis of the spec");
    check_refused(text, "\"axes\": [\n", "\"y\"", "\"z\"", "/axes/1",
                  "axis of the spec");
    check_refused(text, "\"columns\": [\n", "\"B\"", "\"C\"", "/columns/1",
                  "column of the spec");
    check_refused(text, "\"columns\": [\n", "{\"x\": \"1\"}", "{\"x\": 1}",
                  "/columns/1/at/x", "\"1\"");
    check_refused(text, "\"columns\": [\n", "\"expression\": \"a\"",
                  "\"unit\": \"a\"", "/columns/0", "'expression'");
    free(text);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "a table is read back, whatever its layout", test_round_trip },
        { "random values are read back", test_random_values },
        { "damaged values are refused", test_damaged_values },
        { "damaged rows are refused", test_damaged_rows },
        { "missing rows are found", test_missing_row },
        { "a file that was cut is refused", test_truncated_file },
        { "a damaged head is refused", test_damaged_head },
    };

    return lb_test_main("table_read", cases, sizeof(cases) / sizeof(cases[0]));
}
