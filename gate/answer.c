/* gate/answer.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/answer.h>
#include <lindbound/rational.h>
#include <lindbound/text.h>

/* Longer numbers say nothing more, and would only cost time: all digits of a
   double in decimals are fewer than 1100. */
#define MAX_NUMBER 4096
#define MAX_EXPONENT_DIGITS 5

#define DIGITS "0123456789"
#define HEX_DIGITS "0123456789abcdefABCDEF"

void
lb_answer_init(lb_answer_t a)
{
    memset(a, 0, sizeof(*a));
    fmpq_init(a->value);
    fmpq_init(a->error);
}

void
lb_answer_clear(lb_answer_t a)
{
    fmpq_clear(a->value);
    fmpq_clear(a->error);
    flint_free(a->text);
    flint_free(a->reason);
    flint_free(a->cutoff);
}

/* --- numbers ------------------------------------------------------------- */

/* Where the parts of a number are in its text. */
typedef struct
{
    const char *whole, *fraction;
    size_t n_whole, n_fraction;
    long exponent;
} parts;

static const char no_number[] = "not a finite number";
static const char no_error[] = "the error is not a finite number >= 0";

/* "e-12", if @p text starts with the letter in either case, and nothing more;
   NULL, or what is wrong. */
static const char *
scan_exponent(parts * p, const char * text, char letter)
{
    size_t sign, n;

    p->exponent = 0;
    if (*text == '\0')
        return NULL;
    if (tolower((unsigned char) *text++) != letter)
        return no_number;
    sign = *text == '+' || *text == '-';
    n = strspn(text + sign, DIGITS);
    if (n == 0 || text[sign + n] != '\0')
        return no_number;
    if (n > MAX_EXPONENT_DIGITS)
        return "an exponent of more than 5 digits";
    p->exponent = strtol(text, NULL, 10);
    return NULL;
}

/* Digits, perhaps with a point among them or at an end, and the exponent. */
static const char *
scan_number(parts * p, const char * text, const char * digits, char letter)
{
    p->whole = text;
    p->n_whole = strspn(text, digits);
    text += p->n_whole;
    p->fraction = text + (*text == '.');
    p->n_fraction = *text == '.' ? strspn(p->fraction, digits) : 0;
    text = p->fraction + p->n_fraction;
    return p->n_whole + p->n_fraction > 0 ? scan_exponent(p, text, letter)
                                          : no_number;
}

/* x = whole.fraction 10^exponent */
static void
read_decimal(fmpq_t x, const parts * p)
{
    char * text = lb_text_print("0%.*s.%.*s0", (int) p->n_whole, p->whole,
                                (int) p->n_fraction, p->fraction);
    fmpz_t power;

    /* what scan_number() found is a number there as well */
    if (lb_rational_read(x, text, NULL) != LB_OK)
        flint_abort();
    flint_free(text);
    fmpz_init(power);
    fmpz_ui_pow_ui(power, 10, (ulong) labs(p->exponent));
    if (p->exponent >= 0)
        fmpq_mul_fmpz(x, x, power);
    else
        fmpq_div_fmpz(x, x, power);
    fmpz_clear(power);
}

/* x = whole.fraction 2^exponent, the digits hexadecimal */
static void
read_hexadecimal(fmpq_t x, const parts * p)
{
    char * text = lb_text_print("%.*s%.*s", (int) p->n_whole, p->whole,
                                (int) p->n_fraction, p->fraction);
    slong shift = (slong) p->exponent - 4 * (slong) p->n_fraction;

    fmpz_set_str(fmpq_numref(x), text, 16);
    flint_free(text);
    fmpz_one(fmpq_denref(x));
    if (shift >= 0)
        fmpq_mul_2exp(x, x, (ulong) shift);
    else
        fmpq_div_2exp(x, x, (ulong) -shift);
}

/* Reads the number that @p text says; NULL, or what is wrong. */
static const char *
read_number(fmpq_t x, const char * text)
{
    int negative = *text == '-', hexadecimal;
    const char * problem;
    parts p;

    if (strlen(text) > MAX_NUMBER)
        return "a number of more than 4096 characters";
    text += *text == '-' || *text == '+';
    hexadecimal = text[0] == '0' && tolower((unsigned char) text[1]) == 'x';
    problem = hexadecimal ? scan_number(&p, text + 2, HEX_DIGITS, 'p')
                          : scan_number(&p, text, DIGITS, 'e');
    if (problem != NULL)
        return problem;
    if (hexadecimal)
        read_hexadecimal(x, &p);
    else
        read_decimal(x, &p);
    if (negative)
        fmpq_neg(x, x);
    return NULL;
}

/* The double, finite, exactly. */
static void
set_double(fmpq_t x, double value)
{
    arf_t y;

    arf_init(y);
    arf_set_d(y, value);
    arf_get_fmpq(x, y);
    arf_clear(y);
}

/* --- what was said ------------------------------------------------------- */

/* Forgets all but the cutoff and the time. */
static void
start(lb_answer_t a, lb_answer_kind kind)
{
    flint_free(a->text);
    flint_free(a->reason);
    a->text = NULL;
    a->reason = NULL;
    a->has_error = 0;
    fmpq_zero(a->value);
    fmpq_zero(a->error);
    a->kind = kind;
}

/* ERRORED, as @p what is followed by the first bytes of @p text. */
static void
refuse(lb_answer_t a, const char * what, const char * text)
{
    char quote[41];
    size_t n = 0;

    for (; n < sizeof(quote) - 1 && text[n] != '\0'; n++)
        quote[n] = text[n] >= ' ' && text[n] <= '~' ? text[n] : '?';
    quote[n] = '\0';
    start(a, LB_ANSWER_ERRORED);
    a->reason = lb_text_print("%s: '%s%s'", what, quote,
                              text[n] != '\0' ? "..." : "");
}

void
lb_answer_set_reason(lb_answer_t a, lb_answer_kind kind, const char * reason)
{
    char * copy = lb_text_copy(reason);

    start(a, kind);
    a->reason = copy;
}

void
lb_answer_set_double(lb_answer_t a, double value)
{
    char text[32];

    snprintf(text, sizeof(text), "%.15g", value);
    if (!isfinite(value))
    {
        refuse(a, no_number, text);
        return;
    }
    if (strtod(text, NULL) != value)
        snprintf(text, sizeof(text), "%.17g", value);
    start(a, LB_ANSWER_VALUE);
    set_double(a->value, value);
    a->text = lb_text_copy(text);
}

void
lb_answer_set_text(lb_answer_t a, const char * text)
{
    char * copy = lb_text_copy(text); /* text may be a part of a */
    const char * problem;
    fmpq_t x;

    fmpq_init(x);
    problem = read_number(x, copy);
    if (problem != NULL)
        refuse(a, problem, copy);
    else
    {
        start(a, LB_ANSWER_VALUE);
        fmpq_swap(a->value, x);
        a->text = lb_text_copy(copy);
    }
    fmpq_clear(x);
    flint_free(copy);
}

void
lb_answer_set_error_text(lb_answer_t a, const char * text)
{
    char * copy = lb_text_copy(text);
    fmpq_t x;

    fmpq_init(x);
    if (read_number(x, copy) != NULL || fmpq_sgn(x) < 0)
        refuse(a, no_error, copy);
    else
    {
        fmpq_swap(a->error, x);
        a->has_error = 1;
    }
    fmpq_clear(x);
    flint_free(copy);
}

void
lb_answer_set_cutoff(lb_answer_t a, const char * cutoff)
{
    char * copy = lb_text_copy(cutoff);

    flint_free(a->cutoff);
    a->cutoff = copy;
}

/* --- JSON ---------------------------------------------------------------- */

/* ERRORED, with what @p value looks like. */
static void
refuse_json(lb_answer_t a, const char * what, const json_t * value)
{
    char * text = value == NULL
                      ? NULL
                      : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);

    refuse(a, what, text != NULL ? text : "");
    free(text);
}

/* An integer or a string as a text, or NULL; release with flint_free. */
static char *
number_text(const json_t * value)
{
    if (json_is_string(value)
        && strlen(json_string_value(value)) == json_string_length(value))
        return lb_text_copy(json_string_value(value));
    if (json_is_integer(value))
        return lb_text_print("%" JSON_INTEGER_FORMAT,
                             json_integer_value(value));
    return NULL;
}

static void
read_value(lb_answer_t a, const json_t * value)
{
    char * text = number_text(value);

    if (json_is_real(value))
        lb_answer_set_double(a, json_real_value(value));
    else if (text != NULL)
        lb_answer_set_text(a, text);
    else
        refuse_json(a, "neither a number nor a string with one", value);
    flint_free(text);
}

static void
read_error(lb_answer_t a, const json_t * error)
{
    char * text = number_text(error);

    if (json_is_real(error) && json_real_value(error) >= 0)
    {
        set_double(a->error, json_real_value(error));
        a->has_error = 1;
    }
    else if (text != NULL)
        lb_answer_set_error_text(a, text);
    else
        refuse_json(a, no_error, error);
    flint_free(text);
}

void
lb_answer_read_json(lb_answer_t a, const json_t * value)
{
    const json_t *number = json_object_get(value, "value"),
                 *error = json_object_get(value, "error"),
                 *skipped = json_object_get(value, "skipped"),
                 *errored = json_object_get(value, "errored");
    size_t size = json_object_size(value);

    if (!json_is_object(value))
        read_value(a, value);
    else if (number != NULL && size == 1 + (size_t) (error != NULL))
    {
        read_value(a, number);
        if (a->kind == LB_ANSWER_VALUE && error != NULL)
            read_error(a, error);
    }
    else if (size == 1 && json_is_string(skipped))
        lb_answer_set_reason(a, LB_ANSWER_SKIPPED, json_string_value(skipped));
    else if (size == 1 && json_is_string(errored))
        lb_answer_set_reason(a, LB_ANSWER_ERRORED, json_string_value(errored));
    else
        refuse_json(a,
                    "not a value, {\"value\", \"error\"}, {\"skipped\"} or "
                    "{\"errored\"}",
                    value);
}

/* {"a": 4, "b": 4} as "a=4,b=4" to @p stream; 0: some level is no integer. */
static int
write_levels(FILE * stream, const json_t * cutoff)
{
    const char *name, *comma = "";
    json_t * level;

    json_object_foreach((json_t *) cutoff, name, level)
    {
        if (!json_is_integer(level))
            return 0;
        fprintf(stream, "%s%s=%" JSON_INTEGER_FORMAT, comma, name,
                json_integer_value(level));
        comma = ",";
    }
    return 1;
}

char *
lb_answer_cutoff_text(const json_t * cutoff)
{
    char *text = NULL, *copy = NULL;
    size_t size;
    FILE * stream;

    if (json_is_string(cutoff))
        return lb_text_copy(json_string_value(cutoff));
    if (json_is_integer(cutoff))
        return lb_text_print("%" JSON_INTEGER_FORMAT,
                             json_integer_value(cutoff));
    if (json_object_size(cutoff) == 0)
        return NULL;
    stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    if (write_levels(stream, cutoff))
    {
        fclose(stream);
        copy = lb_text_copy(text);
    }
    else
        fclose(stream);
    free(text);
    return copy;
}
