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
 * exact zero at every order.
 *
 * One order further, x = d^m (c + c' d^2 + o(d^2)) and y = d^n (e + e' d^2 +
 * o(d^2)),
 *
 *     x y    has the next coefficient   c e' + c' e,
 *     x / y                             (c' - (c/e) e') / e,
 *     x^k                               k c^(k-1) c',
 *     x + y                             c' + e'    if m = n,
 *                                       c' + e     if n = m + 2,
 *                                       c'         if n > m + 2,
 *
 * where n >= m + 2 needs nothing of y's own next coefficient.  For n = m + 1
 * there is none: the sum has a term between. */
#include <lindbound/scalar.h>

/* Forgets remainder and next coefficient. */
static void
set_exact(lb_scalar_t x, slong order)
{
    x->order = order;
    x->remainder = 0;
    x->has_next = 0;
    x->side = 0;
}

void
lb_scalar_init(lb_scalar_t x)
{
    acb_init(x->coefficient);
    acb_init(x->next);
    arf_init(x->bound);
    set_exact(x, 0);
}

void
lb_scalar_clear(lb_scalar_t x)
{
    acb_clear(x->coefficient);
    acb_clear(x->next);
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
    set_exact(x, 0);
}

void
lb_scalar_set(lb_scalar_t x, const lb_scalar_t y)
{
    acb_set(x->coefficient, y->coefficient);
    x->order = y->order;
    x->remainder = y->remainder;
    x->has_next = y->has_next;
    if (y->has_next)
        acb_set(x->next, y->next);
    x->side = y->side;
    arf_set(x->bound, y->bound);
}

void
lb_scalar_set_acb(lb_scalar_t x, const acb_t y)
{
    acb_set(x->coefficient, y);
    set_exact(x, 0);
}

void
lb_scalar_indeterminate(lb_scalar_t x)
{
    acb_indeterminate(x->coefficient);
    set_exact(x, 0);
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

/* --- the next coefficient ------------------------------------------------ */

int
lb_scalar_get_next(acb_t z, const lb_scalar_t x)
{
    if (!x->remainder)
        acb_zero(z);
    else if (x->has_next)
        acb_set(z, x->next);
    else
        acb_indeterminate(z);
    return !x->remainder || x->has_next;
}

void
lb_scalar_set_next(lb_scalar_t x, const acb_t next)
{
    x->remainder = 1;
    x->has_next = acb_is_finite(next);
    if (x->has_next)
        acb_set(x->next, next);
}

/* Makes z, whose coefficient is known, a scalar of the given order.  next is
   its next coefficient if known, and not looked at without a remainder. */
static void
finish(lb_scalar_t z, slong order, int remainder, int known, const acb_t next)
{
    set_exact(z, order);
    z->remainder = remainder;
    if (remainder && known)
        lb_scalar_set_next(z, next);
}

/* --- operations ---------------------------------------------------------- */

void
lb_scalar_neg(lb_scalar_t z, const lb_scalar_t x)
{
    lb_scalar_set(z, x);
    acb_neg(z->coefficient, z->coefficient);
    acb_neg(z->next, z->next);
    z->side = -z->side;
    arf_neg(z->bound, z->bound);
}

void
lb_scalar_conj(lb_scalar_t z, const lb_scalar_t x)
{
    lb_scalar_set(z, x);
    z->side = 0;
    acb_conj(z->coefficient, z->coefficient);
    acb_conj(z->next, z->next);
}

void
lb_scalar_mul_acb(lb_scalar_t z, const lb_scalar_t x, const acb_t c, slong prec)
{
    lb_scalar_t y;

    lb_scalar_init(y);
    lb_scalar_set_acb(y, c);
    lb_scalar_mul(z, x, y, prec);
    lb_scalar_clear(y);
}

static int
both_finite(const lb_scalar_t x, const lb_scalar_t y)
{
    return acb_is_finite(x->coefficient) && acb_is_finite(y->coefficient);
}

/* z = low + high, orders different; z is neither of them */
static void
add_orders(lb_scalar_t z, const lb_scalar_t low, const lb_scalar_t high,
           slong prec)
{
    slong step = high->order - low->order;
    acb_t next;
    int known;

    acb_init(next);
    known = lb_scalar_get_next(next, low) && step >= 2;
    if (step == 2)
        acb_add(next, next, high->coefficient, prec);
    acb_set(z->coefficient, low->coefficient);
    finish(z, low->order, 1, known, next);
    acb_clear(next);
}

/* z = x + y, of one order */
static void
add_equal_orders(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
                 slong prec)
{
    acb_t u, v;
    int known;

    acb_init(u);
    acb_init(v);
    known = lb_scalar_get_next(u, x) && lb_scalar_get_next(v, y);
    acb_add(u, u, v, prec);
    acb_add(z->coefficient, x->coefficient, y->coefficient, prec);
    finish(z, x->order, x->remainder || y->remainder, known, u);
    acb_clear(u);
    acb_clear(v);
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
    else if (x->order < y->order)
        add_orders(z, x, y, prec);
    else if (x->order > y->order)
        add_orders(z, y, x, prec);
    else
        add_equal_orders(z, x, y, prec);
}

void
lb_scalar_mul(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
              slong prec)
{
    acb_t c, u, v;
    int known;

    if (!both_finite(x, y))
    {
        lb_scalar_indeterminate(z);
        return;
    }
    if (lb_scalar_is_zero(x) || lb_scalar_is_zero(y))
    {
        lb_scalar_zero(z);
        return;
    }
    acb_init(c);
    acb_init(u);
    acb_init(v);
    known = lb_scalar_get_next(u, x) && lb_scalar_get_next(v, y);
    acb_mul(u, u, y->coefficient, prec);
    acb_addmul(u, v, x->coefficient, prec);
    acb_mul(c, x->coefficient, y->coefficient, prec);
    acb_swap(z->coefficient, c);
    finish(z, x->order + y->order, x->remainder || y->remainder, known, u);
    acb_clear(c);
    acb_clear(u);
    acb_clear(v);
}

void
lb_scalar_div(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
              slong prec)
{
    acb_t c, u, v;
    int known;

    if (!both_finite(x, y) || acb_contains_zero(y->coefficient))
    {
        lb_scalar_indeterminate(z);
        return;
    }
    if (lb_scalar_is_zero(x))
    {
        lb_scalar_zero(z);
        return;
    }
    acb_init(c);
    acb_init(u);
    acb_init(v);
    known = lb_scalar_get_next(u, x) && lb_scalar_get_next(v, y);
    acb_div(c, x->coefficient, y->coefficient, prec);
    acb_submul(u, c, v, prec);
    acb_div(u, u, y->coefficient, prec);
    acb_swap(z->coefficient, c);
    finish(z, x->order - y->order, x->remainder || y->remainder, known, u);
    acb_clear(c);
    acb_clear(u);
    acb_clear(v);
}

void
lb_scalar_pow_si(lb_scalar_t z, const lb_scalar_t x, slong n, slong prec)
{
    acb_t c, u;
    int known;

    if (!acb_is_finite(x->coefficient)
        || (n < 0 && acb_contains_zero(x->coefficient)))
    {
        lb_scalar_indeterminate(z);
        return;
    }
    if (n == 0)
    {
        lb_scalar_zero(z);
        acb_one(z->coefficient);
        return;
    }
    if (lb_scalar_is_zero(x))
    {
        lb_scalar_zero(z);
        return;
    }
    acb_init(c);
    acb_init(u);
    known = lb_scalar_get_next(u, x);
    acb_pow_si(c, x->coefficient, n - 1, prec);
    acb_mul(u, u, c, prec);
    acb_mul_si(u, u, n, prec);
    acb_pow_si(c, x->coefficient, n, prec);
    acb_swap(z->coefficient, c);
    finish(z, x->order * n, x->remainder, known, u);
    acb_clear(c);
    acb_clear(u);
}
