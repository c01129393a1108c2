/* model/scalar.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With x = c d^m + o(d^m), y = e d^n + o(d^n) as the drive d -> 0,
 *
 *     x y = c e d^(m+n) + o(d^(m+n)),
 *     x / y = (c/e) d^(m-n) + o(d^(m-n))        if e is not 0,
 *     x + y = (c + e) d^m + o(d^m)              if m = n,
 *           = c d^m + o(d^m)                    if m < n.
 *
 * All four hold for c = 0 or e = 0 too, which is why the order of a vanishing
 * coefficient is kept as long as there is a remainder.  An exact zero is an
 * exact zero at every order. */
#include <lindbound/scalar.h>

void
lb_scalar_init(lb_scalar_t x)
{
    acb_init(x->coefficient);
    x->order = 0;
    x->remainder = 0;
    x->side = 0;
    arf_init(x->bound);
}

void
lb_scalar_clear(lb_scalar_t x)
{
    acb_clear(x->coefficient);
    arf_clear(x->bound);
}

void
lb_scalar_swap(lb_scalar_t x, lb_scalar_t y)
{
    lb_scalar_struct t = *x;

    *x = *y;
    *y = t;
}

void
lb_scalar_zero(lb_scalar_t x)
{
    acb_zero(x->coefficient);
    x->order = 0;
    x->side = 0;
    x->remainder = 0;
}

void
lb_scalar_set(lb_scalar_t x, const lb_scalar_t y)
{
    acb_set(x->coefficient, y->coefficient);
    x->order = y->order;
    x->remainder = y->remainder;
    x->side = y->side;
    arf_set(x->bound, y->bound);
}

void
lb_scalar_set_acb(lb_scalar_t x, const acb_t y)
{
    acb_set(x->coefficient, y);
    x->order = 0;
    x->side = 0;
    x->remainder = 0;
}

void
lb_scalar_indeterminate(lb_scalar_t x)
{
    acb_indeterminate(x->coefficient);
    x->order = 0;
    x->side = 0;
    x->remainder = 1;
}

void
lb_scalar_one_sided(lb_scalar_t x, int side, const arf_t bound)
{
    lb_scalar_indeterminate(x);
    x->side = side;
    arf_set(x->bound, bound);
}

int
lb_scalar_is_zero(const lb_scalar_t x)
{
    return acb_is_zero(x->coefficient) && !x->remainder;
}

void
lb_scalar_neg(lb_scalar_t z, const lb_scalar_t x)
{
    acb_neg(z->coefficient, x->coefficient);
    z->order = x->order;
    z->remainder = x->remainder;
    z->side = -x->side;
    arf_neg(z->bound, x->bound);
}

void
lb_scalar_conj(lb_scalar_t z, const lb_scalar_t x)
{
    acb_conj(z->coefficient, x->coefficient);
    z->order = x->order;
    z->side = 0;
    z->remainder = x->remainder;
}

static int
both_finite(const lb_scalar_t x, const lb_scalar_t y)
{
    return acb_is_finite(x->coefficient) && acb_is_finite(y->coefficient);
}

/* a finite real number of order 0 */
static int
is_number(const lb_scalar_t x)
{
    return acb_is_finite(x->coefficient) && acb_is_real(x->coefficient)
           && x->order == 0 && !x->remainder;
}

/* x is one-sided, y a number */
static void
add_to_bound(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
             slong prec)
{
    int side = x->side;
    arf_t t;

    arf_init(t);
    if (side < 0)
        arb_get_ubound_arf(t, acb_realref(y->coefficient), prec);
    else
        arb_get_lbound_arf(t, acb_realref(y->coefficient), prec);
    arf_add(t, t, x->bound, prec, side < 0 ? ARF_RND_CEIL : ARF_RND_FLOOR);
    lb_scalar_one_sided(z, side, t);
    arf_clear(t);
}

void
lb_scalar_add(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
              slong prec)
{
    if (x->side != 0 && is_number(y))
        add_to_bound(z, x, y, prec);
    else if (y->side != 0 && is_number(x))
        add_to_bound(z, y, x, prec);
    else if (!both_finite(x, y))
        lb_scalar_indeterminate(z);
    else if (lb_scalar_is_zero(x))
        lb_scalar_set(z, y);
    else if (lb_scalar_is_zero(y))
        lb_scalar_set(z, x);
    else if (x->order != y->order)
    {
        lb_scalar_set(z, x->order < y->order ? x : y);
        z->side = 0;
        z->remainder = 1;
    }
    else
    {
        acb_add(z->coefficient, x->coefficient, y->coefficient, prec);
        z->order = x->order;
        z->side = 0;
        z->remainder = x->remainder || y->remainder;
    }
}

void
lb_scalar_mul(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
              slong prec)
{
    acb_t c;

    acb_init(c);
    acb_mul(c, x->coefficient, y->coefficient, prec);
    if (!both_finite(x, y))
        lb_scalar_indeterminate(z);
    else if (lb_scalar_is_zero(x) || lb_scalar_is_zero(y))
        lb_scalar_zero(z);
    else
    {
        acb_swap(z->coefficient, c);
        z->order = x->order + y->order;
        z->side = 0;
        z->remainder = x->remainder || y->remainder;
    }
    acb_clear(c);
}

void
lb_scalar_div(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
              slong prec)
{
    acb_t c;

    acb_init(c);
    acb_div(c, x->coefficient, y->coefficient, prec);
    if (!both_finite(x, y) || acb_contains_zero(y->coefficient))
        lb_scalar_indeterminate(z);
    else if (lb_scalar_is_zero(x))
        lb_scalar_zero(z);
    else
    {
        acb_swap(z->coefficient, c);
        z->order = x->order - y->order;
        z->side = 0;
        z->remainder = x->remainder || y->remainder;
    }
    acb_clear(c);
}

void
lb_scalar_pow_si(lb_scalar_t z, const lb_scalar_t x, slong n, slong prec)
{
    acb_t c;

    acb_init(c);
    acb_pow_si(c, x->coefficient, n, prec);
    if (!acb_is_finite(x->coefficient)
        || (n < 0 && acb_contains_zero(x->coefficient)))
        lb_scalar_indeterminate(z);
    else if (n == 0)
    {
        lb_scalar_zero(z);
        acb_one(z->coefficient);
    }
    else if (lb_scalar_is_zero(x))
        lb_scalar_zero(z);
    else
    {
        acb_swap(z->coefficient, c);
        z->order = x->order * n;
        z->side = 0;
        z->remainder = x->remainder;
    }
    acb_clear(c);
}
