/* table/table_prove.c -- the value of one entry.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/closed_value.h>
#include <lindbound/model_quantity.h>
#include <lindbound/table_internal.h>
#include <lindbound/text.h>

void
lb_table_entry_reason(lb_table_entry_t e, const char * reason)
{
    flint_free(e->undecided);
    e->undecided = lb_text_copy(reason);
}

void
lb_table_entry_nothing(lb_table_entry_t e, const lb_table_column * column,
                       slong more, lb_table_level level, slong prec,
                       const char * reason)
{
    lb_scalar_t x;

    lb_scalar_init(x);
    lb_scalar_indeterminate(x);
    (void) lb_table_entry_take(e, x, column, more);
    lb_scalar_clear(x);
    e->level = level;
    e->prec = prec;
    lb_table_entry_reason(e, reason);
}

lb_status
lb_table_check_real(const acb_t x, lb_error * err)
{
    if (!acb_is_finite(x) || arb_contains_zero(acb_imagref(x)))
        return LB_OK;
    return lb_error_set(err, LB_EDOM,
                        "the value is not real; take re, im, abs or arg of "
                        "it");
}

/* --- without a Fock space ------------------------------------------------ */

static int
is_finite(const lb_scalar_t x)
{
    return x->side != 0 || acb_is_finite(x->coefficient);
}

lb_status
lb_table_entry_closed(lb_table_entry_t e, int * reached,
                      const lb_model_struct * m, const lb_scope_t scope,
                      int leading_order, const lb_table_column * column,
                      slong more, lb_error * err)
{
    const lb_node * root = column->expr->root;
    lb_table_level level
        = leading_order ? LB_TABLE_WEAK_DRIVE : LB_TABLE_CLOSED_FORM;
    slong digits = column->digits + more;
    slong end = lb_closed_value_end(digits), prec;
    lb_status status = LB_OK;
    lb_scalar_t x;

    *reached = 0;
    lb_scalar_init(x);
    for (prec = lb_closed_value_start(digits); !*reached && prec <= end;
         prec *= 2)
    {
        lb_error_clear(err);
        status = lb_model_quantity_nodes(x, &root, 1, m, scope, leading_order,
                                         0, prec, err);
        if (status == LB_OK)
            status = lb_table_check_real(x->coefficient, err);
        if (status != LB_OK && status != LB_EPREC)
            break;
        *reached = lb_table_entry_take(e, x, column, more);
        e->prec = prec;
    }
    e->level = level;
    if (status == LB_EUNSTABLE)
        lb_table_entry_nothing(e, column, more, level, prec,
                               err != NULL ? err->text : lb_status_str(status));
    else if (!*reached && (status == LB_OK || status == LB_EPREC))
        lb_table_entry_reason(
            e, is_finite(e->value)
                   ? "not the digits wanted at the highest precision"
                   : "not finite, or not provably so: a pole, or 0/0");
    if (status == LB_EPREC || status == LB_EUNSTABLE)
        status = LB_OK;
    lb_scalar_clear(x);
    return status;
}

/* --- by a certifier ------------------------------------------------------ */

/* Digits to ask for so that the radius falls below `absolute`; x is what is
   known. */
static slong
digits_for_absolute(const acb_t x, const fmpq_t absolute, slong more)
{
    arb_t ratio, size;
    slong digits;

    arb_init(ratio);
    arb_init(size);
    arb_set_fmpq(ratio, absolute, 64);
    acb_get_mag(arb_radref(size), x);
    arf_set_mag(arb_midref(size), arb_radref(size));
    mag_zero(arb_radref(size));
    /* of a ball around zero the digits are absolute */
    if (acb_contains_zero(x))
        arb_one(size);
    arb_div(ratio, size, ratio, 64);
    arb_log_base_ui(ratio, ratio, 10, 64);
    digits = arb_is_finite(ratio)
                 ? arf_get_si(arb_midref(ratio), ARF_RND_CEIL) + 1 + more
                 : 1;
    arb_clear(ratio);
    arb_clear(size);
    return FLINT_MAX(digits, 1);
}

/* With more and more digits, until they are enough; a radius stated absolutely,
   or rounding, may take a second time.  GUARD digits more are asked for than
   wanted, so that next to the place to which an entry is rounded the radius is
   nothing: what doubles do differently on another machine does not show. */
lb_status
lb_table_entry_certified(lb_table_entry_t e, int * reached, lb_certifier * c,
                         const lb_scope_t scope, const lb_table_column * column,
                         slong more, lb_error * err)
{
    enum
    {
        FEW = 2,
        GUARD = 2,
        TIMES = 4
    };
    int absolute = !fmpq_is_zero(column->absolute);
    slong digits = absolute ? FEW : column->digits + more + GUARD, asked = 0;
    lb_certified_info info;
    lb_status status = LB_OK;
    lb_scalar_t x;

    *reached = 0;
    lb_scalar_init(x);
    for (int times = 0; times < TIMES && !*reached; times++)
    {
        asked = digits;
        lb_scalar_zero(x);
        lb_error_clear(err);
        status = lb_certifier_value(x->coefficient, &info, c, column->expr,
                                    digits, err);
        if (status == LB_OK)
            status = lb_table_check_real(x->coefficient, err);
        if (status != LB_OK)
            break;
        *reached = lb_table_entry_take(e, x, column, more);
        e->prec = info.prec;
        e->dimension = info.dimension;
        lb_table_entry_reason(e, *reached ? NULL
                                 : info.limit != NULL
                                     ? info.limit
                                     : "not the digits wanted, for no stated "
                                       "reason");
        if (!info.reached)
            break;
        digits = asked + 1;
        if (absolute)
            digits
                = FLINT_MAX(digits, digits_for_absolute(x->coefficient,
                                                        column->absolute, more)
                                        + GUARD);
    }
    if (status == LB_OK)
    {
        flint_free(e->cutoff);
        e->cutoff = lb_cutoff_get_str(lb_certifier_cutoff(c), scope);
        e->level = strcmp(lb_certifier_level(c), "full") == 0
                       ? LB_TABLE_FULL
                       : LB_TABLE_TRUNCATED;
    }
    lb_scalar_clear(x);
    return status;
}
