/* table/table_judge.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <lindbound/ball_text.h>
#include <lindbound/table_judge.h>

/* --- enclosures with an infinite end ------------------------------------- */

/* The recorded value as a scalar: real, perhaps one-sided. */
static void
scalar_of(lb_scalar_t x, const lb_table_value_struct * v)
{
    arf_t bound;

    if (!v->one_sided)
    {
        lb_scalar_zero(x);
        acb_set_arb(x->coefficient, v->ball);
        x->order = v->order;
        return;
    }
    arf_init(bound);
    arf_set_d(bound, isinf(v->lo) ? v->hi : v->lo);
    lb_scalar_one_sided(x, isinf(v->lo) ? -1 : 1, bound);
    arf_clear(bound);
}

/* Lower and upper end of what x encloses; bounds are doubles or nearly so,
   which is why these are exact. */
static void
ends(arf_t low, arf_t high, const lb_scalar_t x)
{
    arf_neg_inf(low);
    arf_pos_inf(high);
    if (acb_is_finite(x->coefficient))
    {
        arb_get_lbound_arf(low, acb_realref(x->coefficient), ARF_PREC_EXACT);
        arb_get_ubound_arf(high, acb_realref(x->coefficient), ARF_PREC_EXACT);
    }
    else if (x->side < 0)
        arf_set(high, x->bound);
    else if (x->side > 0)
        arf_set(low, x->bound);
}

static lb_table_relation
relate_ends(const lb_scalar_t old, const lb_scalar_t new)
{
    lb_table_relation relation = LB_TABLE_OVERLAP;
    arf_t low, high, a, b;

    arf_init(low);
    arf_init(high);
    arf_init(a);
    arf_init(b);
    ends(low, high, old);
    ends(a, b, new);
    if (arf_cmp(b, low) < 0 || arf_cmp(a, high) > 0)
        relation = LB_TABLE_DISJOINT;
    else if (arf_cmp(low, a) <= 0 && arf_cmp(b, high) <= 0)
        relation = LB_TABLE_INSIDE;
    arf_clear(low);
    arf_clear(high);
    arf_clear(a);
    arf_clear(b);
    return relation;
}

lb_table_relation
lb_table_relate(const lb_table_value_struct * recorded,
                const lb_table_entry_struct * fresh)
{
    const lb_scalar_struct * new = fresh->value;
    arb_srcptr ball = acb_realref(new->coefficient);
    lb_table_relation relation;
    lb_scalar_t old;

    if (!recorded->one_sided && new->side == 0)
    {
        /* an exact zero is of any order in the drive */
        if (recorded->order != new->order && !lb_scalar_is_zero(new)
            && acb_is_finite(new->coefficient))
            return LB_TABLE_DISJOINT;
        return arb_contains(recorded->ball, ball)   ? LB_TABLE_INSIDE
               : arb_overlaps(recorded->ball, ball) ? LB_TABLE_OVERLAP
                                                    : LB_TABLE_DISJOINT;
    }
    lb_scalar_init(old);
    scalar_of(old, recorded);
    relation = relate_ends(old, new);
    lb_scalar_clear(old);
    return relation;
}

int
lb_table_proves_nothing(const lb_table_value_struct * recorded)
{
    return !recorded->one_sided && !arb_is_finite(recorded->ball);
}

/* --- digits and widths --------------------------------------------------- */

/* A zero in dB must be as far below as an exact zero is small, where the column
   wants an absolute radius as far as that is worth beside 1. */
static int
bound_has_digits(const lb_table_value_struct * v,
                 const lb_table_column * column)
{
    enum
    {
        MOST = 1000
    };
    double bound = isinf(v->lo) ? -v->hi : v->lo; /* large is good */
    slong digits = column->digits;
    arb_t worth;

    if (fmpq_sgn(column->absolute) > 0)
    {
        arb_init(worth);
        arb_set_fmpq(worth, column->absolute, 64);
        arb_get_mag(arb_radref(worth), worth);
        arf_one(arb_midref(worth));
        digits = FLINT_MAX(lb_ball_digits(worth, MOST), 1);
        arb_clear(worth);
    }
    return bound >= 10.0 * (double) digits;
}

int
lb_table_has_digits(const lb_table_value_struct * recorded,
                    const lb_table_column * column)
{
    arb_t bound, size;
    int enough;

    if (recorded->one_sided)
        return bound_has_digits(recorded, column);
    if (!arb_is_finite(recorded->ball))
        return 0;
    arb_init(bound);
    arb_init(size);
    if (fmpq_sgn(column->absolute) > 0)
    {
        arb_set_fmpq(bound, column->absolute, 64);
        arb_get_rad_arb(size, recorded->ball);
        enough = arb_le(size, bound);
    }
    else
    {
        /* relative digits, or a zero as small as they are */
        arb_set_ui(bound, 10);
        arb_pow_ui(bound, bound, (ulong) column->digits, 64);
        arb_inv(bound, bound, 64);
        arb_get_abs_ubound_arf(arb_midref(size), recorded->ball, 64);
        enough
            = lb_ball_digits(recorded->ball, column->digits) >= column->digits
              || (arb_contains_zero(recorded->ball) && arb_le(size, bound));
    }
    arb_clear(bound);
    arb_clear(size);
    return enough;
}

int
lb_table_is_no_wider(const arb_t ball, const arb_t other, ulong factor)
{
    mag_t most;
    int narrow;

    mag_init(most);
    mag_mul_ui_lower(most, arb_radref(other), factor);
    narrow = mag_cmp(arb_radref(ball), most) <= 0;
    mag_clear(most);
    return narrow;
}

/* --- for messages -------------------------------------------------------- */

/* Digits beyond those that the radius leaves are shown as well. */
static char *
scalar_text(const lb_scalar_t x, slong digits)
{
    enum
    {
        MORE = 6
    };

    if (!acb_is_finite(x->coefficient))
        return lb_scalar_str(x, digits);
    return arb_get_str(acb_realref(x->coefficient), digits + MORE,
                       ARB_STR_MORE);
}

char *
lb_table_value_str(const lb_table_value_struct * recorded, slong digits)
{
    char * text;
    lb_scalar_t x;

    lb_scalar_init(x);
    scalar_of(x, recorded);
    text = scalar_text(x, digits);
    lb_scalar_clear(x);
    return text;
}

char *
lb_table_entry_str(const lb_table_entry_struct * fresh, slong digits)
{
    return scalar_text(fresh->value, digits);
}
