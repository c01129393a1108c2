/* model/ball_text.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/text.h>

slong
lb_ball_digits(const arb_t x, slong cap)
{
    slong bits = arb_rel_accuracy_bits(x), digits;

    if (arb_is_exact(x) && arb_is_finite(x))
        return cap;
    if (bits <= 0)
        return 0;
    /* 3.3220 > log2(10): rounds down */
    digits = bits > 4 * cap ? cap : (slong) ((double) bits / 3.3220);
    return digits > cap ? cap : digits;
}

char *
lb_ball_str(const arb_t x, slong digits)
{
    return arb_get_str(x, digits, 0);
}

char *
lb_ball_complex_str(const acb_t x, slong digits)
{
    char *re, *im, *both;

    if (!acb_is_finite(x))
        return lb_text_copy("indeterminate");
    re = lb_ball_str(acb_realref(x), digits);
    if (acb_is_real(x))
        return re;
    im = lb_ball_str(acb_imagref(x), digits);
    both = lb_text_print("%s %s %s*i", re, im[0] == '-' ? "-" : "+",
                         im + (im[0] == '-'));
    flint_free(re);
    flint_free(im);
    return both;
}

/* Radius in two digits, rounded up: "3.2e-15". */
static void
radius_str(char * text, size_t size, const arb_t x)
{
    arb_t bound;
    double lo, hi;
    mag_t m;

    arb_init(bound);
    mag_init(m);
    if (arb_contains_zero(x))
        arb_get_mag(m, x);
    else
        mag_set(m, arb_radref(x));
    arf_set_mag(arb_midref(bound), m);
    lb_ball_bounds(&lo, &hi, bound);
    if (hi > 0 && isfinite(hi))
        snprintf(text, size, "%.1e", hi + 0.05 * pow(10.0, floor(log10(hi))));
    else
        snprintf(text, size, "%s", hi > 0 ? "inf" : "0");
    arb_clear(bound);
    mag_clear(m);
}

/* Digits without their radius: "0.97231586". */
static char *
real_plain_str(const arb_t x, slong digits)
{
    slong proved = lb_ball_digits(x, digits);
    char radius[32];
    char *number, *text;
    arb_t mid;

    if (!arb_is_finite(x))
        return lb_text_copy("?");
    if (arb_is_zero(x))
        return lb_text_copy("0");
    radius_str(radius, sizeof(radius), x);
    if (proved == 0)
    {
        if (arb_contains_zero(x))
            return lb_text_print("0 (+/- %s)", radius);
        proved = 1;
    }
    arb_init(mid);
    arb_get_mid_arb(mid, x);
    number = arb_get_str(mid, proved, ARB_STR_NO_RADIUS);
    arb_clear(mid);
    if (proved >= digits)
        return number;
    text = lb_text_print("%s (+/- %s)", number, radius);
    flint_free(number);
    return text;
}

/* True if x is a ball around zero below 10^-digits of every point of y. */
static int
is_negligible(const arb_t x, const arb_t y, slong digits)
{
    mag_t size, least, ten;
    int small;

    if (!arb_contains_zero(x))
        return 0;
    mag_init(size);
    mag_init(least);
    mag_init(ten);
    arb_get_mag(size, x);
    mag_set_ui(ten, 10);
    mag_pow_ui(ten, ten, (ulong) digits);
    mag_mul(size, size, ten);
    arb_get_mag_lower(least, y);
    small = mag_cmp(size, least) < 0;
    mag_clear(size);
    mag_clear(least);
    mag_clear(ten);
    return small;
}

/* "0 (+/- r)" with a bound r of the modulus */
static char *
zero_plain_str(const acb_t x, slong digits)
{
    char * text;
    arb_t ball;

    arb_init(ball);
    acb_get_mag(arb_radref(ball), x);
    text = real_plain_str(ball, digits);
    arb_clear(ball);
    return text;
}

char *
lb_ball_plain_str(const acb_t x, slong digits)
{
    char *re, *im, *both;

    if (!acb_is_finite(x))
        return lb_text_copy("?");
    if (acb_is_real(x) || is_negligible(acb_imagref(x), acb_realref(x), digits))
        return real_plain_str(acb_realref(x), digits);
    if (acb_contains_zero(x))
        return zero_plain_str(x, digits);
    if (is_negligible(acb_realref(x), acb_imagref(x), digits))
    {
        im = real_plain_str(acb_imagref(x), digits);
        both = lb_text_print("%s*i", im);
        flint_free(im);
        return both;
    }
    re = real_plain_str(acb_realref(x), digits);
    im = real_plain_str(acb_imagref(x), digits);
    both = lb_text_print("%s %s %s*i", re, im[0] == '-' ? "-" : "+",
                         im + (im[0] == '-'));
    flint_free(re);
    flint_free(im);
    return both;
}

void
lb_ball_bounds(double * lo, double * hi, const arb_t x)
{
    mpfr_t a, b;

    if (!arb_is_finite(x))
    {
        *lo = -INFINITY;
        *hi = INFINITY;
        return;
    }
    mpfr_init2(a, 53);
    mpfr_init2(b, 53);
    arb_get_interval_mpfr(a, b, x);
    *lo = mpfr_get_d(a, MPFR_RNDD);
    *hi = mpfr_get_d(b, MPFR_RNDU);
    mpfr_clear(a);
    mpfr_clear(b);
}

static void
real_members(json_t * object, const arb_t x, slong digits)
{
    char * ball = lb_ball_str(x, digits + 3);
    char * dump = arb_dump_str(x);
    char bound[64];
    double lo, hi, value;

    json_object_set_new(object, "ball", json_string(ball));
    json_object_set_new(object, "arb", json_string(dump));
    lb_ball_bounds(&lo, &hi, x);
    snprintf(bound, sizeof(bound), "%a", lo);
    json_object_set_new(object, "lo", json_string(bound));
    snprintf(bound, sizeof(bound), "%a", hi);
    json_object_set_new(object, "hi", json_string(bound));
    value = arf_get_d(arb_midref(x), ARF_RND_NEAR);
    json_object_set_new(object, "value",
                        arb_is_finite(x) && isfinite(value) ? json_real(value)
                                                            : json_null());
    json_object_set_new(object, "digits",
                        json_integer(lb_ball_digits(x, digits)));
    flint_free(ball);
    flint_free(dump);
}

json_t *
lb_ball_json(const acb_t x, slong digits, const char * level)
{
    json_t * object = json_object();

    if (acb_is_real(x))
        real_members(object, acb_realref(x), digits);
    else
    {
        json_t *re = json_object(), *im = json_object();

        real_members(re, acb_realref(x), digits);
        real_members(im, acb_imagref(x), digits);
        json_object_set_new(object, "re", re);
        json_object_set_new(object, "im", im);
    }
    json_object_set_new(object, "level", json_string(level));
    return object;
}

/* --- one-sided values ---------------------------------------------------- */

static int
is_one_sided(const lb_scalar_t x)
{
    return x->side != 0 && !acb_is_finite(x->coefficient);
}

/* "<= -312.4" or ">= 312.4": to a tenth, away from the bound. */
static char *
one_sided_str(const lb_scalar_t x)
{
    double away = x->side < 0 ? INFINITY : -INFINITY, bound, tenths;

    bound = arf_get_d(x->bound, x->side < 0 ? ARF_RND_CEIL : ARF_RND_FLOOR);
    if (isinf(bound) && (bound < 0) == (x->side < 0))
        return lb_text_copy(bound < 0 ? "-inf" : "inf");
    tenths = nextafter(10.0 * bound, away);
    tenths = x->side < 0 ? ceil(tenths) : floor(tenths);
    return lb_text_print("%s %.1f", x->side < 0 ? "<=" : ">=", tenths / 10.0);
}

char *
lb_scalar_str(const lb_scalar_t x, slong digits)
{
    return is_one_sided(x) ? one_sided_str(x)
                           : lb_ball_complex_str(x->coefficient, digits);
}

char *
lb_scalar_plain_str(const lb_scalar_t x, slong digits)
{
    return is_one_sided(x) ? one_sided_str(x)
                           : lb_ball_plain_str(x->coefficient, digits);
}

json_t *
lb_scalar_json(const lb_scalar_t x, slong digits, const char * level)
{
    json_t * object;
    char *text, bound[64];

    if (!is_one_sided(x))
        return lb_ball_json(x->coefficient, digits, level);
    object = json_object();
    text = one_sided_str(x);
    snprintf(bound, sizeof(bound), "%a",
             arf_get_d(x->bound, x->side < 0 ? ARF_RND_CEIL : ARF_RND_FLOOR));
    json_object_set_new(object, "ball", json_string(text));
    json_object_set_new(object, "arb", json_null());
    json_object_set_new(object, "lo",
                        json_string(x->side < 0 ? "-inf" : bound));
    json_object_set_new(object, "hi", json_string(x->side < 0 ? bound : "inf"));
    json_object_set_new(object, "value", json_null());
    json_object_set_new(object, "digits", json_integer(0));
    json_object_set_new(object, "level", json_string(level));
    flint_free(text);
    return object;
}
