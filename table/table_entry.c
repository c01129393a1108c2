/* table/table_entry.c -- one entry: rounding, and the text of a row.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/table_internal.h>
#include <lindbound/text.h>

#define SPARE_BITS 4    /* stated beyond those wanted: a digit      */
#define RADIUS_BITS 10  /* at most, of the radius of a rounded ball */
#define MAX_DIGITS 1000 /* that an absolute radius is said to be worth */
/* Entries are below 2^x and multiples of 2^-x, as the reader of a table wants:
   exponents of five digits, hexadecimal or decimal. */
#define MAX_EXPONENT (1L << 18)

void
lb_table_entry_init(lb_table_entry_t e)
{
    memset(e, 0, sizeof(*e));
    lb_scalar_init(e->value);
}

void
lb_table_entry_clear(lb_table_entry_t e)
{
    lb_scalar_clear(e->value);
    flint_free(e->cutoff);
    flint_free(e->undecided);
}

/* --- rounding ------------------------------------------------------------ */

/* exponent e of 2^(e-1) <= |x| < 2^e, kept where a slong is safe; x != 0 */
static slong
exponent(const fmpz_t e)
{
    if (fmpz_cmp_si(e, MAX_EXPONENT) > 0)
        return MAX_EXPONENT;
    return fmpz_cmp_si(e, -MAX_EXPONENT) < 0 ? -MAX_EXPONENT : fmpz_get_si(e);
}

/* Whether no entry can hold x: not finite, or too large. */
static int
is_out_of_range(const arb_t x)
{
    return !arb_is_finite(x)
           || arf_cmpabs_2exp_si(arb_midref(x), MAX_EXPONENT) > 0
           || mag_cmp_2exp_si(arb_radref(x), MAX_EXPONENT) > 0;
}

/* With the unit u = 2^place: the midpoint m becomes n u, the nearest multiple,
   and the radius r the least multiple of u not below r + |m - n u|. */
void
lb_table_round(arb_t y, const arb_t x, slong place)
{
    arf_t t, error;
    fmpz_t n, k;

    if (is_out_of_range(x))
    {
        arb_zero_pm_inf(y);
        return;
    }
    place = FLINT_MAX(place, -MAX_EXPONENT);
    if (!mag_is_zero(arb_radref(x)))
        place = FLINT_MAX(place,
                          exponent(MAG_EXPREF(arb_radref(x))) - RADIUS_BITS);
    arf_init(t);
    arf_init(error);
    fmpz_init(n);
    fmpz_init(k);
    arf_mul_2exp_si(t, arb_midref(x), -place);
    arf_get_fmpz(n, t, ARF_RND_NEAR);
    arf_sub_fmpz(error, t, n, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_abs(error, error);
    if (arf_is_zero(error) && mag_is_zero(arb_radref(x)))
        arb_set(y, x);
    else
    {
        arf_set_mag(t, arb_radref(x));
        arf_mul_2exp_si(t, t, -place);
        arf_add(t, t, error, 64, ARF_RND_UP);
        arf_get_fmpz(k, t, ARF_RND_CEIL);
        arf_set_fmpz(arb_midref(y), n);
        arf_mul_2exp_si(arb_midref(y), arb_midref(y), place);
        mag_set_fmpz(arb_radref(y), k);
        mag_mul_2exp_si(arb_radref(y), arb_radref(y), place);
    }
    arf_clear(t);
    arf_clear(error);
    fmpz_clear(n);
    fmpz_clear(k);
}

/* 2^bits > 10^digits */
static slong
bits_of_digits(slong digits)
{
    return digits * 10 / 3 + 1;
}

/* The largest radius wanted: of an absolute one itself, over 10^more. */
static void
largest_radius(arf_t r, const lb_table_column * column, slong more)
{
    fmpq_t x;
    fmpz_t ten;
    arb_t t;

    fmpq_init(x);
    fmpz_init(ten);
    arb_init(t);
    fmpz_ui_pow_ui(ten, 10, (ulong) more);
    fmpq_div_fmpz(x, column->absolute, ten);
    arb_set_fmpq(t, x, 64);
    arb_get_lbound_arf(r, t, 64);
    fmpq_clear(x);
    fmpz_clear(ten);
    arb_clear(t);
}

/* Digits that a radius @p r is worth beside @p x, at least 1. */
static slong
worth(const arb_t x, const arf_t r)
{
    slong digits;
    arb_t t;

    arb_init(t);
    arf_set(arb_midref(t), arb_midref(x));
    arf_get_mag(arb_radref(t), r);
    digits = lb_ball_digits(t, MAX_DIGITS);
    arb_clear(t);
    return FLINT_MAX(digits, 1);
}

static int
take_absolute(lb_table_entry_t e, arb_t y, const arb_t x, const arf_t r)
{
    arf_t radius;
    int reached;

    lb_table_round(y, x, exponent(ARF_EXPREF(r)) - 1 - SPARE_BITS);
    e->digits = worth(y, r);
    arf_init(radius);
    arf_set_mag(radius, arb_radref(y));
    reached = arb_is_finite(y) && arf_cmp(radius, r) <= 0;
    arf_clear(radius);
    return reached;
}

/* of an exact zero 10^-digits */
static int
take_relative(lb_table_entry_t e, arb_t y, const arb_t x, slong digits)
{
    slong bits = bits_of_digits(digits);
    int zero = arb_contains_zero(x);
    mag_t size;
    int small;

    lb_table_round(y, x,
                   (zero ? 0 : exponent(ARF_EXPREF(arb_midref(x)))) - bits
                       - SPARE_BITS);
    e->digits = digits;
    if (!zero)
        return lb_ball_digits(y, digits) >= digits;
    mag_init(size);
    arb_get_mag(size, y);
    small = mag_cmp_2exp_si(size, -bits) <= 0;
    mag_clear(size);
    return small;
}

/* A zero in decibels: as far below as an exact zero has to be. */
static int
take_one_sided(const lb_scalar_t x, slong digits)
{
    return x->side < 0 ? arf_cmp_si(x->bound, -10 * digits) <= 0
                       : arf_cmp_si(x->bound, 10 * digits) >= 0;
}

int
lb_table_entry_take(lb_table_entry_t e, const lb_scalar_t x,
                    const lb_table_column * column, slong more)
{
    int relative = fmpq_is_zero(column->absolute), reached;
    arb_t y;
    arf_t r;

    arb_init(y);
    arf_init(r);
    lb_scalar_set(e->value, x);
    if (!relative)
        largest_radius(r, column, more);
    if (x->side != 0)
    {
        arb_one(y);
        e->digits = relative ? column->digits + more : worth(y, r);
        reached = take_one_sided(x, e->digits);
    }
    else
    {
        reached = relative
                      ? take_relative(e, y, acb_realref(x->coefficient),
                                      column->digits + more)
                      : take_absolute(e, y, acb_realref(x->coefficient), r);
        acb_set_arb(e->value->coefficient, y);
    }
    arb_clear(y);
    arf_clear(r);
    return reached;
}

/* --- the text of a row --------------------------------------------------- */

typedef struct
{
    char * text;
    size_t used, size;
} buffer;

static void
append_bytes(buffer * b, const char * bytes, size_t n)
{
    if (b->used + n + 1 > b->size)
    {
        b->size = 2 * (b->used + n + 1);
        b->text = flint_realloc(b->text, b->size);
    }
    memcpy(b->text + b->used, bytes, n);
    b->used += n;
    b->text[b->used] = '\0';
}

static void
append(buffer * b, const char * text)
{
    append_bytes(b, text, strlen(text));
}

LB_PRINTF(2, 3)
static void
append_format(buffer * b, const char * format, ...)
{
    char text[128];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    append(b, text);
}

/* as a JSON string */
static void
append_string(buffer * b, const char * text)
{
    append(b, "\"");
    for (; *text != '\0'; text++)
        if (*text == '"' || *text == '\\')
        {
            append_bytes(b, "\\", 1);
            append_bytes(b, text, 1);
        }
        else if ((unsigned char) *text < 0x20)
            append_format(b, "\\u%04x", (unsigned) *text);
        else
            append_bytes(b, text, 1);
    append(b, "\"");
}

/* ball, arb, lo, hi of a finite ball */
static void
append_ball(buffer * b, const arb_t x, slong digits)
{
    char * text = lb_ball_str(x, digits + 3);
    double lo, hi;

    append(b, "{\"ball\": \"");
    append(b, text);
    flint_free(text);
    text = arb_dump_str(x);
    append(b, "\", \"arb\": \"");
    append(b, text);
    flint_free(text);
    lb_ball_bounds(&lo, &hi, x);
    append_format(b, "\", \"lo\": \"%a\", \"hi\": \"%a\"", lo, hi);
}

/* the same without arb: one side is known, or nothing */
static void
append_unbounded(buffer * b, const lb_scalar_t x)
{
    char * text = x->side != 0 ? lb_scalar_str(x, 1) : NULL;
    double bound
        = x->side == 0
              ? 0.0
              : arf_get_d(x->bound, x->side < 0 ? ARF_RND_CEIL : ARF_RND_FLOOR);

    append_format(b, "{\"ball\": \"%s\"", text != NULL ? text : "[0 +/- inf]");
    append_format(b, ", \"lo\": \"%a\", \"hi\": \"%a\"",
                  x->side > 0 ? bound : -INFINITY,
                  x->side < 0 ? bound : INFINITY);
    flint_free(text);
}

static void
append_entry(buffer * b, const lb_table_entry_struct * e)
{
    const arb_struct * x = acb_realref(e->value->coefficient);
    slong digits = 0;

    if (e->value->side == 0 && arb_is_finite(x))
    {
        digits = lb_ball_digits(x, e->digits);
        append_ball(b, x, e->digits);
    }
    else
        append_unbounded(b, e->value);
    append_format(b, ", \"digits\": %ld, \"level\": \"%s\"", (long) digits,
                  lb_table_level_str(e->level));
    if (e->cutoff != NULL)
    {
        append(b, ", \"cutoff\": ");
        append_string(b, e->cutoff);
        append_format(b, ", \"dimension\": %ld", (long) e->dimension);
    }
    append_format(b, ", \"precision\": %ld", (long) e->prec);
    if (e->value->order != 0)
        append_format(b, ", \"order\": %ld", (long) e->value->order);
    if (e->undecided != NULL)
    {
        append(b, ", \"undecided\": ");
        append_string(b, e->undecided);
    }
    append(b, "}");
}

char *
lb_table_entry_text(const lb_table_entry_t e)
{
    buffer b = { NULL, 0, 0 };

    append_entry(&b, e);
    return b.text;
}

char *
lb_table_row_text(const lb_table_spec_t s, slong point,
                  const lb_table_entry_struct * entries)
{
    buffer b = { NULL, 0, 0 };

    append_format(&b, "[%ld", (long) point);
    for (slong k = 0; k < s->n_columns; k++)
    {
        append(&b, ", ");
        append_entry(&b, entries + k);
    }
    append(&b, "]");
    return b.text;
}
