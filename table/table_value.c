/* table/table_value.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/json_file.h>
#include <lindbound/table_internal.h>
#include <lindbound/table_value.h>
#include <lindbound/text.h>

/* Longer exponents than these, decimal or hexadecimal, belong to no number that
   a table holds; they would only cost time and memory. */
#define MAX_EXPONENT_DIGITS 5
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

/* mantissa * 10^exponent, exactly */
typedef struct
{
    fmpz_t mantissa;
    slong exponent;
} decimal;

static void
decimal_init(decimal * d)
{
    fmpz_init(d->mantissa);
    d->exponent = 0;
}

static void
decimal_clear(decimal * d)
{
    fmpz_clear(d->mantissa);
}

/* Reads the number at *text, and moves it to what follows; 0: there is none. */
static int
read_decimal(decimal * d, const char ** text)
{
    const char *at = *text + (**text == '-'), *rest;
    size_t whole = strspn(at, "0123456789"), places = 0;
    char * digits;

    rest = at + whole;
    if (whole > 0 && *rest == '.')
        places = strspn(rest + 1, "0123456789");
    rest += places > 0 ? 1 + places : 0;
    d->exponent = -(slong) places;
    if (whole > 0 && *rest == 'e')
    {
        size_t sign = rest[1] == '-' || rest[1] == '+';
        size_t n = strspn(rest + 1 + sign, "0123456789");

        if (n == 0 || n > MAX_EXPONENT_DIGITS)
            return 0;
        d->exponent += strtol(rest + 1, NULL, 10);
        rest += 1 + sign + n;
    }
    if (whole == 0)
        return 0;
    digits = lb_text_print("%s%.*s%.*s", **text == '-' ? "-" : "", (int) whole,
                           at, (int) places, at + whole + 1);
    fmpz_set_str(d->mantissa, digits, 10);
    flint_free(digits);
    *text = rest;
    return 1;
}

/* x *= 10^n, n >= 0 */
static void
scale(fmpz_t x, slong n)
{
    fmpz_t power;

    fmpz_init(power);
    fmpz_ui_pow_ui(power, 10, (ulong) n);
    fmpz_mul(x, x, power);
    fmpz_clear(power);
}

/* d += sign r */
static void
decimal_add(decimal * d, const decimal * r, int sign)
{
    slong least = FLINT_MIN(d->exponent, r->exponent);
    fmpz_t term;

    fmpz_init_set(term, r->mantissa);
    scale(term, r->exponent - least);
    scale(d->mantissa, d->exponent - least);
    d->exponent = least;
    if (sign < 0)
        fmpz_sub(d->mantissa, d->mantissa, term);
    else
        fmpz_add(d->mantissa, d->mantissa, term);
    fmpz_clear(term);
}

/* The sign of d - x. */
static int
decimal_compare(const decimal * d, const arf_t x)
{
    fmpz_t left, right;
    arf_t a, b;
    int order;

    fmpz_init_set(left, d->mantissa);
    fmpz_init_set_ui(right, 1);
    arf_init(a);
    arf_init(b);
    scale(left, FLINT_MAX(d->exponent, 0));
    scale(right, FLINT_MAX(-d->exponent, 0));
    arf_set_fmpz(a, left);
    arf_mul_fmpz(b, x, right, ARF_PREC_EXACT, ARF_RND_DOWN);
    order = arf_cmp(a, b);
    fmpz_clear(left);
    fmpz_clear(right);
    arf_clear(a);
    arf_clear(b);
    return order;
}

static void
decimal_get_arb(arb_t x, const decimal * d, slong prec)
{
    fmpz_t power;

    fmpz_init_set_ui(power, 1);
    scale(power, FLINT_ABS(d->exponent));
    arb_set_fmpz(x, d->mantissa);
    if (d->exponent >= 0)
        arb_mul_fmpz(x, x, power, prec);
    else
        arb_div_fmpz(x, x, power, prec);
    fmpz_clear(power);
}

/* --- the ball in decimals ------------------------------------------------ */

/* Midpoint and radius of "x", "[x +/- r]" or "[+/- r]"; 0: it is none. */
static int
read_decimal_ball(decimal * mid, decimal * rad, const char * text)
{
    fmpz_zero(mid->mantissa);
    fmpz_zero(rad->mantissa);
    if (*text != '[')
        return read_decimal(mid, &text) && *text == '\0';
    text++;
    if (*text != '+' && (!read_decimal(mid, &text) || *text++ != ' '))
        return 0;
    if (strncmp(text, "+/- ", 4) != 0)
        return 0;
    text += 4;
    return *text != '-' && read_decimal(rad, &text) && strcmp(text, "]") == 0;
}

/* True if all points of @p x lie in mid +/- rad. */
static int
is_inside(const arb_t x, const decimal * mid, const decimal * rad)
{
    decimal bound;
    arf_t radius, end;
    int inside;

    decimal_init(&bound);
    arf_init(radius);
    arf_init(end);
    arf_set_mag(radius, arb_radref(x));

    fmpz_set(bound.mantissa, mid->mantissa);
    bound.exponent = mid->exponent;
    decimal_add(&bound, rad, -1);
    arf_sub(end, arb_midref(x), radius, ARF_PREC_EXACT, ARF_RND_DOWN);
    inside = decimal_compare(&bound, end) <= 0;

    fmpz_set(bound.mantissa, mid->mantissa);
    bound.exponent = mid->exponent;
    decimal_add(&bound, rad, 1);
    arf_add(end, arb_midref(x), radius, ARF_PREC_EXACT, ARF_RND_DOWN);
    inside = inside && decimal_compare(&bound, end) >= 0;

    decimal_clear(&bound);
    arf_clear(radius);
    arf_clear(end);
    return inside;
}

/* The digits that mid +/- rad proves, up to @p cap. */
static slong
decimal_digits(const decimal * mid, const decimal * rad, slong cap)
{
    slong digits;
    arb_t x, r;

    arb_init(x);
    arb_init(r);
    decimal_get_arb(x, mid, 64 + 4 * cap);
    decimal_get_arb(r, rad, 64);
    arb_add_error(x, r);
    digits = lb_ball_digits(x, cap);
    arb_clear(x);
    arb_clear(r);
    return digits;
}

/* NULL: the decimal ball @p text contains @p x and proves its digits as well,
   up to one; or what is wrong. */
static const char *
ball_problem(const char * text, const arb_t x, slong digits)
{
    const char * problem = NULL;
    decimal mid, rad;

    if (!arb_is_finite(x))
        return strcmp(text, "[0 +/- inf]") == 0
                   ? NULL
                   : "the ball of this value is [0 +/- inf]";
    decimal_init(&mid);
    decimal_init(&rad);
    if (!read_decimal_ball(&mid, &rad, text))
        problem = "not a ball such as [0.25 +/- 1.5e-10]";
    else if (!is_inside(x, &mid, &rad))
        problem = "the ball does not contain the exact one, 'arb'";
    /* that of a decimal with few digits is wider than the exact one */
    else if (decimal_digits(&mid, &rad, digits) < digits - 1)
        problem = "the ball proves fewer digits than are stated";
    decimal_clear(&mid);
    decimal_clear(&rad);
    return problem;
}

/* The same for "<= x" or ">= x" and the bound of a one-sided value. */
static const char *
one_sided_problem(const char * text, const lb_table_value_struct * v)
{
    int above = v->lo == -INFINITY; /* bounded from above */
    double stated = above ? v->hi : v->lo;
    const char *number = text + 3, *problem = NULL;
    decimal d;
    arf_t bound;
    int order;

    if (isinf(stated))
        return strcmp(text, stated < 0 ? "-inf" : "inf") == 0
                   ? NULL
                   : "the ball of this value is an infinity";
    decimal_init(&d);
    arf_init(bound);
    arf_set_d(bound, stated);
    if (strncmp(text, above ? "<= " : ">= ", 3) != 0
        || !read_decimal(&d, &number) || *number != '\0')
        problem = above ? "a value bounded from above is '<= NUMBER'"
                        : "a value bounded from below is '>= NUMBER'";
    else
    {
        order = decimal_compare(&d, bound);
        if (above ? order < 0 : order > 0)
            problem = "the ball does not contain what 'lo' and 'hi' allow";
    }
    decimal_clear(&d);
    arf_clear(bound);
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
        return lb_json_fail(err, pointer, "lo",
                            "not a C99 hexadecimal double such as 0x1.8p-1");
    if (!read_double(&v->hi, hi))
        return lb_json_fail(err, pointer, "hi",
                            "not a C99 hexadecimal double such as 0x1.8p-1");
    if (!(v->lo <= v->hi))
        return lb_json_fail(err, pointer, "hi", "'hi' is below 'lo'");
    return LB_OK;
}

/* --- members ------------------------------------------------------------- */

/* *out = 0 if the member is missing and not @p required. */
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
        return lb_json_fail(err, pointer, key,
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
    return lb_json_fail(
        err, pointer, "level",
        "not a level of a table: closed-form, weak-drive, full, "
        "truncated");
}

/* What is there beside the numbers. */
static lb_status
read_record(lb_table_value_struct * v, const json_t * value,
            const char * pointer, lb_error * err)
{
    const char *cutoff, *undecided;
    /* nothing may have been evaluated where there is no ball */
    slong least = json_object_get(value, "arb") == NULL ? 0 : 2;
    slong dimension, precision;
    lb_status status = read_level(v, value, pointer, err);

    if (status == LB_OK)
        status = read_integer(&v->digits, value, "digits", 1, 0, pointer, err);
    if (status == LB_OK)
        status = read_integer(&precision, value, "precision", 1, least, pointer,
                              err);
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
        return lb_json_fail(err, pointer, "arb",
                            "not the exact dump of a ball, as of arb_dump_str");
    lb_ball_bounds(&lo, &hi, v->ball);
    if (v->lo != lo)
        return lb_json_fail(err, pointer, "lo",
                            "not the lower bound of 'arb', rounded down");
    if (v->hi != hi)
        return lb_json_fail(err, pointer, "hi",
                            "not the upper bound of 'arb', rounded up");
    problem = ball_problem(ball, v->ball, v->digits);
    if (problem != NULL)
        return lb_json_fail(err, pointer, "ball", "%s", problem);
    if (lb_ball_digits(v->ball, v->digits) < v->digits)
        return lb_json_fail(err, pointer, "digits",
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
        return lb_json_fail(err, pointer, NULL, "the member 'arb' is missing");
    problem
        = nothing ? ball_problem(ball, v->ball, 0) : one_sided_problem(ball, v);
    if (problem != NULL)
        return lb_json_fail(err, pointer, "ball", "%s", problem);
    if (v->digits != 0)
        return lb_json_fail(err, pointer, "digits",
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
