/* table/table_value.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/json_file.h>
#include <lindbound/table_value.h>
#include <lindbound/text.h>

/* Longer exponents than these belong to no number that a table holds; they
   would only cost time and memory. */
#define MAX_EXPONENT_DIGITS 9
#define MAX_INTEGER 1000000000

void
lb_table_value_init(lb_table_value_struct * v)
{
    memset(v, 0, sizeof(*v));
    arb_init(v->ball);
    arb_indeterminate(v->ball);
}

void
lb_table_value_clear(lb_table_value_struct * v)
{
    arb_clear(v->ball);
    flint_free(v->cutoff);
}

/* Error at pointer/member (NULL: at pointer). */
static lb_status
fail_at(lb_error * err, const char * pointer, const char * member,
        const char * text)
{
    lb_error_set(err, LB_EPARSE, "%s", text);
    if (err != NULL)
        lb_text_append(err->pointer, sizeof(err->pointer), "%s%s%s", pointer,
                       member != NULL ? "/" : "", member != NULL ? member : "");
    return LB_EPARSE;
}

/* --- exact balls --------------------------------------------------------- */

/* An integer in hexadecimal, of at most so many digits, from *text on. */
static int
skip_hex(const char ** text, int sign, size_t digits)
{
    const char * start = *text + (sign && **text == '-');
    size_t n = strspn(start, "0123456789abcdef");

    *text = start + n;
    return n > 0 && n <= digits;
}

/* The form is checked before arb_load_str() sees it, which aborts on a radius
   of more than 30 bits; what it is lax about shows in the dump. */
static int
read_dump(arb_t x, const char * text)
{
    const char * at = text;
    const char * radius;
    char * dump;
    int ok;

    if (!skip_hex(&at, 1, (size_t) -1) || *at++ != ' '
        || !skip_hex(&at, 1, MAX_EXPONENT_DIGITS) || *at++ != ' ')
        return 0;
    radius = at;
    if (!skip_hex(&at, 0, 8) || *at++ != ' '
        || strtoul(radius, NULL, 16) >= 1UL << 30
        || !skip_hex(&at, 1, MAX_EXPONENT_DIGITS) || *at != '\0'
        || arb_load_str(x, text) != 0)
        return 0;
    dump = arb_dump_str(x);
    ok = strcmp(dump, text) == 0;
    flint_free(dump);
    return ok;
}

/* --- decimals ------------------------------------------------------------ */

/* The length of the decimal number that starts at @p text; 0: none does. */
static size_t
decimal_length(const char * text, int sign)
{
    const char * at = text + (sign && *text == '-');
    size_t n = strspn(at, "0123456789");

    at += n;
    if (n > 0 && *at == '.')
    {
        n = strspn(at + 1, "0123456789");
        at += 1 + n;
    }
    if (n > 0 && *at == 'e')
    {
        at += 1 + (at[1] == '-' || at[1] == '+');
        n = strspn(at, "0123456789");
        at += n;
        if (n > MAX_EXPONENT_DIGITS)
            n = 0;
    }
    return n > 0 ? (size_t) (at - text) : 0;
}

/* The decimal of @p length characters; exact if it is dyadic, else to @p prec
   bits. */
static void
set_decimal(arb_t x, const char * text, size_t length, slong prec)
{
    char * copy = lb_text_print("%.*s", (int) length, text);

    if (arb_set_str(x, copy, prec) != 0)
        arb_indeterminate(x);
    flint_free(copy);
}

/* Midpoint and radius of "x", "[x +/- r]" or "[+/- r]"; 0: it is none. */
static int
read_decimal_ball(arb_t mid, arb_t rad, const char * text, slong prec)
{
    int bracket = *text == '[';
    const char * at = text + bracket;
    size_t n = decimal_length(at, 1);

    arb_zero(mid);
    arb_zero(rad);
    if (n > 0)
        set_decimal(mid, at, n, prec);
    at += n;
    if (!bracket)
        return n > 0 && *at == '\0';
    if (n > 0 && *at++ != ' ')
        return 0;
    if (strncmp(at, "+/- ", 4) != 0)
        return 0;
    at += 4;
    n = decimal_length(at, 0);
    if (n == 0)
        return 0;
    set_decimal(rad, at, n, prec);
    return strcmp(at + n, "]") == 0;
}

/* True if all points of @p x are proved to lie in mid +/- rad. */
static int
is_inside(const arb_t x, const arb_t mid, const arb_t rad, slong prec)
{
    arb_t lower, upper, bound;
    int inside;

    arb_init(lower);
    arb_init(upper);
    arb_init(bound);
    arb_get_lbound_arf(arb_midref(lower), x, prec);
    arb_get_ubound_arf(arb_midref(upper), x, prec);
    arb_sub(bound, mid, rad, prec);
    inside = arb_ge(lower, bound);
    arb_add(bound, mid, rad, prec);
    inside = inside && arb_le(upper, bound);
    arb_clear(lower);
    arb_clear(upper);
    arb_clear(bound);
    return inside;
}

static slong
precision_of(const char * text, const arb_t x)
{
    return 64 + 4 * (slong) strlen(text) + arb_bits(x);
}

/* NULL: the decimal ball @p text contains @p x and proves its digits as well,
   up to one; or what is wrong. */
static const char *
ball_problem(const char * text, const arb_t x, slong digits)
{
    slong prec = precision_of(text, x);
    const char * problem = NULL;
    arb_t mid, rad;

    if (!arb_is_finite(x))
        return strcmp(text, "[0 +/- inf]") == 0
                   ? NULL
                   : "the ball of this value is [0 +/- inf]";
    arb_init(mid);
    arb_init(rad);
    if (!read_decimal_ball(mid, rad, text, prec))
        problem = "not a ball such as [0.25 +/- 1.5e-10]";
    else if (!is_inside(x, mid, rad, prec))
        problem = "the ball does not contain the exact one, 'arb'";
    else
    {
        arb_add_error(mid, rad);
        /* that of a decimal with few digits is wider than the exact one */
        if (lb_ball_digits(mid, digits) < digits - 1)
            problem = "the ball proves fewer digits than are stated";
    }
    arb_clear(mid);
    arb_clear(rad);
    return problem;
}

/* The same for "<= x" or ">= x" and the bound of a one-sided value. */
static const char *
one_sided_problem(const char * text, const lb_table_value_struct * v)
{
    int above = v->lo == -INFINITY; /* bounded from above */
    double stated = above ? v->hi : v->lo;
    const char * problem = NULL;
    slong prec = 64 + 4 * (slong) strlen(text);
    arb_t decimal, bound;
    size_t n;

    if (isinf(stated))
        return strcmp(text, stated < 0 ? "-inf" : "inf") == 0
                   ? NULL
                   : "the ball of this value is an infinity";
    if (strncmp(text, above ? "<= " : ">= ", 3) != 0
        || (n = decimal_length(text + 3, 1)) == 0 || text[3 + n] != '\0')
        return above ? "a value bounded from above is '<= NUMBER'"
                     : "a value bounded from below is '>= NUMBER'";
    arb_init(decimal);
    arb_init(bound);
    set_decimal(decimal, text + 3, n, prec);
    arb_set_d(bound, stated);
    if (above ? !arb_ge(decimal, bound) : !arb_le(decimal, bound))
        problem = "the ball does not contain what 'lo' and 'hi' allow";
    arb_clear(decimal);
    arb_clear(bound);
    return problem;
}

/* --- doubles ------------------------------------------------------------- */

/* A double as "%a" writes it. */
static int
read_double(double * x, const char * text)
{
    const char * digits = text + (*text == '-');
    char * end;

    if (strcmp(digits, "inf") != 0
        && (strncmp(digits, "0x", 2) != 0
            || !isxdigit((unsigned char) digits[2])
            || strchr(digits, 'p') == NULL
            || digits[strspn(digits, "0123456789abcdefxp.+-")] != '\0'))
        return 0;
    *x = strtod(text, &end);
    return *end == '\0';
}

static lb_status
read_bounds(lb_table_value_struct * v, const char * lo, const char * hi,
            const char * pointer, lb_error * err)
{
    if (!read_double(&v->lo, lo))
        return fail_at(err, pointer, "lo",
                       "not a C99 hexadecimal double such as 0x1.8p-1");
    if (!read_double(&v->hi, hi))
        return fail_at(err, pointer, "hi",
                       "not a C99 hexadecimal double such as 0x1.8p-1");
    if (!(v->lo <= v->hi))
        return fail_at(err, pointer, "hi", "'hi' is below 'lo'");
    return LB_OK;
}

/* --- members ------------------------------------------------------------- */

/* @p value of 0 in *out if the member is missing and @p required is 0 */
static lb_status
read_integer(slong * out, const json_t * value, const char * key, int required,
             slong least, const char * pointer, lb_error * err)
{
    const json_t * member = json_object_get(value, key);

    *out = 0;
    if (member == NULL && !required)
        return LB_OK;
    if (!json_is_integer(member) || json_integer_value(member) < least
        || json_integer_value(member) > MAX_INTEGER)
        return fail_at(err, pointer, key,
                       member == NULL ? "this member is missing"
                                      : "not an integer in its range");
    *out = (slong) json_integer_value(member);
    return LB_OK;
}

static lb_status
read_level(lb_table_value_struct * v, const json_t * value,
           const char * pointer, lb_error * err)
{
    static const lb_table_level levels[]
        = { LB_TABLE_CLOSED_FORM, LB_TABLE_WEAK_DRIVE, LB_TABLE_FULL,
            LB_TABLE_TRUNCATED };
    const char * text;
    lb_status status
        = lb_json_get_string(&text, value, "level", 1, pointer, err);

    if (status != LB_OK)
        return status;
    for (size_t k = 0; k < sizeof(levels) / sizeof(levels[0]); k++)
        if (strcmp(text, lb_table_level_str(levels[k])) == 0)
        {
            v->level = levels[k];
            return LB_OK;
        }
    return fail_at(err, pointer, "level",
                   "not a level of a table: closed-form, weak-drive, full, "
                   "truncated");
}

/* What is there beside the numbers. */
static lb_status
read_record(lb_table_value_struct * v, const json_t * value,
            const char * pointer, lb_error * err)
{
    const char *cutoff, *undecided;
    slong dimension, precision;
    lb_status status = read_level(v, value, pointer, err);

    if (status == LB_OK)
        status = read_integer(&v->digits, value, "digits", 1, 0, pointer, err);
    if (status == LB_OK)
        status
            = read_integer(&precision, value, "precision", 1, 2, pointer, err);
    if (status == LB_OK)
        status
            = read_integer(&dimension, value, "dimension", 0, 1, pointer, err);
    if (status == LB_OK)
        status = read_integer(&v->order, value, "order", 0, -MAX_INTEGER,
                              pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&cutoff, value, "cutoff", 0, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&undecided, value, "undecided", 0, pointer,
                                    err);
    if (status == LB_OK)
    {
        v->cutoff = lb_text_copy(cutoff);
        v->undecided = undecided != NULL;
    }
    return status;
}

/* A value with a ball. */
static lb_status
check_ball(lb_table_value_struct * v, const char * ball, const char * arb,
           const char * pointer, lb_error * err)
{
    const char * problem;
    double lo, hi;

    if (!read_dump(v->ball, arb) || arf_is_nan(arb_midref(v->ball)))
        return fail_at(err, pointer, "arb",
                       "not the exact dump of a ball, as of arb_dump_str");
    lb_ball_bounds(&lo, &hi, v->ball);
    if (v->lo != lo)
        return fail_at(err, pointer, "lo",
                       "not the lower bound of 'arb', rounded down");
    if (v->hi != hi)
        return fail_at(err, pointer, "hi",
                       "not the upper bound of 'arb', rounded up");
    problem = ball_problem(ball, v->ball, v->digits);
    if (problem != NULL)
        return fail_at(err, pointer, "ball", problem);
    if (lb_ball_digits(v->ball, v->digits) < v->digits)
        return fail_at(err, pointer, "digits",
                       "the ball does not prove so many digits");
    return LB_OK;
}

/* A value without one: bounded on one side, or on none. */
static lb_status
check_no_ball(lb_table_value_struct * v, const char * ball,
              const char * pointer, lb_error * err)
{
    int nothing = v->lo == -INFINITY && v->hi == INFINITY;
    const char * problem;

    if (isfinite(v->lo) && isfinite(v->hi))
        return fail_at(err, pointer, NULL, "the member 'arb' is missing");
    problem
        = nothing ? ball_problem(ball, v->ball, 0) : one_sided_problem(ball, v);
    if (problem != NULL)
        return fail_at(err, pointer, "ball", problem);
    if (v->digits != 0)
        return fail_at(err, pointer, "digits",
                       "a value without a ball proves no digits");
    v->one_sided = !nothing;
    return LB_OK;
}

lb_status
lb_table_value_read(lb_table_value_struct * v, const json_t * value,
                    const char * pointer, lb_error * err)
{
    static const char * const members[]
        = { "ball",   "arb",       "lo",        "hi",    "digits",    "level",
            "cutoff", "dimension", "precision", "order", "undecided", NULL };
    const char *ball, *arb, *lo, *hi;
    lb_status status = lb_json_check_members(value, members, pointer, err);

    lb_table_value_clear(v);
    lb_table_value_init(v);
    if (status == LB_OK)
        status = lb_json_get_string(&ball, value, "ball", 1, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&arb, value, "arb", 0, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&lo, value, "lo", 1, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&hi, value, "hi", 1, pointer, err);
    if (status == LB_OK)
        status = read_record(v, value, pointer, err);
    if (status == LB_OK)
        status = read_bounds(v, lo, hi, pointer, err);
    if (status == LB_OK)
        status = arb != NULL ? check_ball(v, ball, arb, pointer, err)
                             : check_no_ball(v, ball, pointer, err);
    if (status == LB_OK)
        v->known = 1;
    else
        arb_indeterminate(v->ball);
    return status;
}
