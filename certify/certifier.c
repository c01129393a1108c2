/* certify/certifier.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/certifier_internal.h>
#include <lindbound/text.h>

/* --- making one ---------------------------------------------------------- */

static lb_certifier *
new_certifier(const lb_model_t m, const lb_scope_t scope, slong max_dimension)
{
    lb_certifier * c = flint_calloc(1, sizeof(lb_certifier));

    c->model = m;
    c->scope = scope;
    c->max_dimension = max_dimension;
    lb_cutoff_init(c->cutoff, scope->kinds, scope->subsystems);
    acb_init(c->last_value);
    mag_init(c->scale);
    return c;
}

static void
free_unready(lb_certifier * c)
{
    if (c->full)
        lb_tail_clear(c->tail);
    lb_cutoff_clear(c->cutoff);
    acb_clear(c->last_value);
    mag_clear(c->scale);
    flint_free(c->parts);
    flint_free(c);
}

/* Sets up the space of @p c, if all went well so far, and hands it over; what
   fails is freed and *out is NULL. */
static lb_status
finish(lb_certifier ** out, lb_certifier * c, lb_status status, lb_error * err)
{
    if (status == LB_OK)
        status = lb_certifier_set_up_space(c, err);
    if (status != LB_OK)
    {
        free_unready(c);
        c = NULL;
    }
    *out = c;
    return status;
}

lb_status
lb_certifier_new_truncated(lb_certifier ** out, const lb_model_t m,
                           const lb_scope_t scope, const lb_cutoff_t cutoff,
                           slong max_dimension, lb_error * err)
{
    lb_certifier * c = new_certifier(m, scope, max_dimension);
    lb_status status = lb_check_rounding(err);

    lb_cutoff_set(c->cutoff, cutoff);
    return finish(out, c, status, err);
}

lb_status
lb_certifier_new_full(lb_certifier ** out, const lb_model_t m,
                      const lb_scope_t scope, slong max_dimension,
                      lb_error * err)
{
    lb_certifier * c = new_certifier(m, scope, max_dimension);
    lb_status status = lb_check_rounding(err);

    /* two-level systems only: nothing is truncated, [F4] */
    if (status == LB_OK && lb_scope_has_modes(scope))
        status = lb_certifier_set_up_tail(c, err);
    return finish(out, c, status, err);
}

lb_status
lb_certifier_new_near(lb_certifier ** out, const lb_certifier * anchor,
                      const lb_scope_t scope, lb_error * err)
{
    lb_certifier * c
        = new_certifier(anchor->model, scope, anchor->max_dimension);
    lb_status status = lb_check_rounding(err);

    c->anchor = anchor;
    if (status == LB_OK && anchor->full)
    {
        status = lb_certifier_set_up_tail(c, err);
        if (status == LB_OK)
            c->cutoff->total
                = FLINT_MAX(c->cutoff->total, anchor->cutoff->total);
    }
    else
        lb_cutoff_set(c->cutoff, anchor->cutoff);
    return finish(out, c, status, err);
}

void
lb_certifier_free(lb_certifier * c)
{
    if (c == NULL)
        return;
    lb_certifier_forget(c);
    lb_certifier_clear_space(c);
    free_unready(c);
}

/* --- what it holds ------------------------------------------------------- */

const char *
lb_certifier_level(const lb_certifier * c)
{
    return c->full || lb_certifier_holds_all_states(c) ? "full" : "truncated";
}

const lb_cutoff_struct *
lb_certifier_cutoff(const lb_certifier * c)
{
    return c->cutoff;
}

const lb_certified_part *
lb_certifier_parts(slong * length, const lb_certifier * c)
{
    *length = c->n_parts;
    return c->parts;
}

const lb_populations_struct *
lb_certifier_populations(const lb_certifier * c)
{
    return c->has_populations ? c->populations : NULL;
}

slong
lb_certifier_prec(const lb_certifier * c)
{
    return FLINT_MAX(c->prec, LB_CERTIFIER_MODEL_PREC);
}

void
lb_certifier_last_value(acb_t value, const lb_certifier * c)
{
    acb_set(value, c->last_value);
}

/* --- values -------------------------------------------------------------- */

lb_status
lb_certifier_value(acb_t value, lb_certified_info * info, lb_certifier * c,
                   const lb_expr * e, slong digits, lb_error * err)
{
    c->expression = e;
    c->what[0] = '\0';
    lb_text_append(c->what, sizeof(c->what), "observable '%.80s'", e->text);
    return lb_certifier_find_value(value, info, c, digits, err);
}

lb_status
lb_certifier_mean(arb_t value, lb_certified_info * info, lb_certifier * c,
                  const lb_opoly_t op, slong digits, const mag_t scale,
                  lb_error * err)
{
    lb_status status;
    acb_t z;

    acb_init(z);
    c->expression = NULL;
    c->mean_of = op;
    mag_set(c->scale, scale);
    status = lb_certifier_find_value(z, info, c, digits, err);
    arb_swap(value, acb_realref(z));
    c->mean_of = NULL;
    acb_clear(z);
    return status;
}
