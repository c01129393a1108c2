/* compare/closed_value.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/closed_value.h>
#include <lindbound/form.h>
#include <lindbound/model_quantity.h>

#define START_PREC 128

slong
lb_closed_value_start(slong digits)
{
    return FLINT_MAX(START_PREC, digits * 10 / 3 + 64);
}

slong
lb_closed_value_end(slong digits)
{
    return FLINT_MAX(LB_CLOSED_VALUE_MAX_PREC, lb_closed_value_start(digits));
}

int
lb_closed_value_is_tight(const acb_t x, slong digits)
{
    slong bits = digits * 10 / 3 + 1;
    mag_t size;
    int tight;

    if (!acb_is_finite(x))
        return 0;
    if (acb_rel_accuracy_bits(x) >= bits)
        return 1;
    mag_init(size);
    acb_get_mag(size, x);
    tight = acb_contains_zero(x) && mag_cmp_2exp_si(size, -bits) < 0;
    mag_clear(size);
    return tight;
}

lb_status
lb_closed_value_compute(lb_scalar_t out, lb_route route, const lb_expr * e,
                        const lb_model_t m, const lb_scope_t scope,
                        int leading_order, slong digits, lb_error * err)
{
    lb_status status = LB_EPREC;

    for (slong prec = lb_closed_value_start(digits);
         prec <= lb_closed_value_end(digits); prec *= 2)
    {
        lb_error_clear(err);
        if (route == LB_BY_MODEL)
            status
                = lb_model_quantity(out, e, m, scope, leading_order, prec, err);
        else
            status = lb_form_evaluate(out, e, scope, leading_order, NULL, prec,
                                      err);
        if (status != LB_OK && status != LB_EPREC)
            return status;
        if (status == LB_OK
            && lb_closed_value_is_tight(out->coefficient, digits))
            return LB_OK;
    }
    return status;
}
