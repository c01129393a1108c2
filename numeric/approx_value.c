/* numeric/approx_value.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Real and imaginary part are rounded at the same decimal place, the last
 * stable one of the modulus. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/approx_value.h>
#include <lindbound/text.h>

slong
lb_approx_digits(double x_re, double x_im, double y_re, double y_im)
{
    double difference = hypot(x_re - y_re, x_im - y_im);
    double size = hypot(y_re, y_im), digits;

    if (!isfinite(difference) || !isfinite(size))
        return 0;
    if (difference == 0.0)
        return LB_APPROX_DIGITS;
    digits = -log10(difference / size);
    if (!(digits > 0.0))
        return 0;
    return digits < LB_APPROX_DIGITS ? (slong) digits : LB_APPROX_DIGITS;
}

static int
is_defined(const lb_approx_value * x)
{
    return x->digits > 0 && isfinite(x->re) && isfinite(x->im);
}

/* Decimal exponent of |x|: |x| = m 10^e, 1 <= m < 10; x is not zero. */
static int
exponent10(double x)
{
    char text[32];

    snprintf(text, sizeof(text), "%.16e", fabs(x));
    return atoi(strchr(text, 'e') + 1);
}

/* Significant digits of a part of a number of modulus @p size that has
   @p digits of them; 0 if the part is below the last one. */
static int
part_digits(double part, double size, slong digits)
{
    int left;

    if (part == 0.0 || size == 0.0)
        return 0;
    left = (int) digits - (exponent10(size) - exponent10(part));
    return left > 0 ? left : 0;
}

static void
part_str(char * text, size_t size, double part, int digits)
{
    char * point;

    if (digits == 0)
    {
        snprintf(text, size, "0");
        return;
    }
    snprintf(text, size, "%#.*g", digits, part);
    point = strchr(text, '.');
    if (point != NULL && (point[1] == '\0' || point[1] == 'e'))
        memmove(point, point + 1, strlen(point));
}

void
lb_approx_value_str(char * text, size_t size, const lb_approx_value * x,
                    slong digits)
{
    double modulus = hypot(x->re, x->im);
    char re[40], im[40];
    int im_digits;

    if (digits > x->digits)
        digits = x->digits;
    if (!is_defined(x) || digits <= 0)
    {
        snprintf(text, size, "?");
        return;
    }
    part_str(re, sizeof(re), x->re, part_digits(x->re, modulus, digits));
    im_digits = part_digits(x->im, modulus, digits);
    if (im_digits == 0)
    {
        snprintf(text, size, "%s", re);
        return;
    }
    part_str(im, sizeof(im), fabs(x->im), im_digits);
    snprintf(text, size, "%s %c %s*i", re, x->im < 0 ? '-' : '+', im);
}

static void
set_part(json_t * object, double part, double modulus, slong digits)
{
    char text[40];
    int own = part_digits(part, modulus, digits);

    part_str(text, sizeof(text), part, own);
    json_object_set_new(object, "value", json_real(strtod(text, NULL)));
    json_object_set_new(object, "digits", json_integer(own));
}

json_t *
lb_approx_value_json(const lb_approx_value * x)
{
    double modulus = hypot(x->re, x->im);
    json_t * object = json_object();

    if (!is_defined(x))
    {
        json_object_set_new(object, "value", json_null());
        json_object_set_new(object, "digits", json_integer(0));
    }
    else if (part_digits(x->im, modulus, x->digits) == 0)
    {
        set_part(object, x->re, modulus, x->digits);
        json_object_set_new(object, "digits", json_integer(x->digits));
    }
    else
    {
        json_t *re = json_object(), *im = json_object();

        set_part(re, x->re, modulus, x->digits);
        set_part(im, x->im, modulus, x->digits);
        json_object_set_new(object, "re", re);
        json_object_set_new(object, "im", im);
    }
    json_object_set_new(object, "level", json_string("estimate"));
    return object;
}
