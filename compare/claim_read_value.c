/* compare/claim_read_value.c -- the values that a claim is made of.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/claim_internal.h>
#include <lindbound/json_file.h>
#include <lindbound/peak.h>
#include <lindbound/text.h>
#include <lindbound/witness.h>

void
lb_claim_value_clear(lb_claim_value * v)
{
    flint_free(v->name);
    lb_form_clear(v->form);
    flint_free(v->cutoff);
    for (slong k = 0; k < v->n_over; k++)
    {
        flint_free(v->over[k]);
        flint_free(v->from[k]);
        flint_free(v->to[k]);
    }
    flint_free(v->locate);
    flint_free(v->witness);
}

/* "over": {"Delta": ["-2", "2"]} */
static lb_status
read_over(const lb_claim_reader * r, lb_claim_value * v, const json_t * object,
          slong most, const char * pointer)
{
    const json_t * over = json_object_get(object, "over");
    lb_status status = LB_OK;
    const char * name;
    json_t * range;

    if (!json_is_object(over) || json_object_size(over) == 0
        || (slong) json_object_size(over) > most)
        return lb_claim_fail(
            r, pointer,
            "'over' must be an object of NAME: [\"from\", \"to\"], of "
            "one parameter for a fit or a peak and of at most three "
            "for an extremum");
    json_object_foreach((json_t *) over, name, range)
    {
        slong k = v->n_over;

        status = lb_claim_check_parameter(r, v->model, name, pointer);
        if (status == LB_OK)
            status
                = lb_claim_get_pair(r, v->from + k, v->to + k, range, pointer);
        if (status != LB_OK)
            return status;
        v->over[k] = lb_text_copy(name);
        v->n_over++;
    }
    return status;
}

static lb_status
read_optimum_kind(const lb_claim_reader * r, int * minimize,
                  const json_t * object, const char * pointer)
{
    const char * kind = NULL;
    lb_status status
        = lb_json_get_string(&kind, object, "kind", 1, pointer, r->err);

    if (status != LB_OK)
        return status;
    *minimize = strcmp(kind, "minimum") == 0;
    if (!*minimize && strcmp(kind, "maximum") != 0)
        return lb_claim_fail(r, pointer,
                             "'kind' is \"maximum\" or \"minimum\"");
    return LB_OK;
}

static lb_status
read_extremum(const lb_claim_reader * r, lb_claim_value * v,
              const json_t * object, const char * pointer)
{
    static const char * const members[] = { "kind", "over", "locate", NULL };
    int minimize = 0;
    lb_status status = lb_json_check_members(object, members, pointer, r->err);

    if (status == LB_OK)
        status = read_optimum_kind(r, &minimize, object, pointer);
    if (status != LB_OK)
        return status;
    v->kind = minimize ? LB_VALUE_MINIMUM : LB_VALUE_MAXIMUM;
    status = read_over(r, v, object, LB_CLAIM_MAX_BOX, pointer);
    if (status == LB_OK)
        status = lb_claim_get_text(r, &v->locate, object, "locate", 0, pointer);
    if (status == LB_OK && v->locate != NULL)
    {
        slong k = 0;

        while (k < v->n_over && strcmp(v->over[k], v->locate) != 0)
            k++;
        if (k == v->n_over)
            return lb_claim_fail(r, pointer,
                                 "'locate' must be a parameter of 'over'");
    }
    if (status == LB_OK && lb_node_uses_state(v->form->quantity->root)
        && v->form->limit == LB_LIMIT_EXACT)
        return lb_claim_fail(
            r, pointer,
            "an extremum over a box is proved for quantities without a "
            "steady state; name points instead, or the limit "
            "weak-drive");
    return status;
}

static lb_status
read_peak(const lb_claim_reader * r, lb_claim_value * v, const json_t * object,
          const char * pointer)
{
    static const char * const members[]
        = { "kind", "over", "gives", "digits", NULL };
    const char * gives = NULL;
    lb_status status = lb_json_check_members(object, members, pointer, r->err);

    v->kind = LB_VALUE_PEAK;
    v->digits = LB_PEAK_DIGITS;
    if (status == LB_OK)
        status = read_optimum_kind(r, &v->minimize, object, pointer);
    if (status == LB_OK)
        status = read_over(r, v, object, 1, pointer);
    if (status == LB_OK)
        status = lb_claim_get_integer(r, &v->digits, object, "digits", 1, 100,
                                      pointer);
    if (status == LB_OK)
        status
            = lb_json_get_string(&gives, object, "gives", 1, pointer, r->err);
    if (status != LB_OK)
        return status;
    v->peak_value = strcmp(gives, "value") == 0;
    if (!v->peak_value && strcmp(gives, "location") != 0)
        return lb_claim_fail(r, pointer,
                             "'gives' is \"location\" or \"value\"");
    if (v->form->limit != LB_LIMIT_EXACT)
        return lb_claim_fail(
            r, pointer,
            "a peak is sought at the stated drive, not in the limit "
            "weak-drive; 'extremum' encloses that");
    return LB_OK;
}

static lb_status
read_fit(const lb_claim_reader * r, lb_claim_value * v, const json_t * object,
         const char * pointer)
{
    static const char * const members[]
        = { "kind", "over", "points", "skip", "gives", NULL };
    static const char * const results[]
        = { "exponent", "prefactor", "residual", "exponent_error", NULL };
    const char *kind = NULL, *gives = NULL;
    lb_status status = lb_json_check_members(object, members, pointer, r->err);
    int k = 0;

    if (status == LB_OK)
        status = lb_json_get_string(&kind, object, "kind", 1, pointer, r->err);
    if (status == LB_OK && strcmp(kind, "power-law") != 0)
        status = lb_claim_fail(r, pointer,
                               "the only 'kind' of fit is \"power-law\"");
    if (status == LB_OK)
        status = read_over(r, v, object, 1, pointer);
    if (status == LB_OK)
        status = lb_claim_get_integer(r, &v->points, object, "points", 3,
                                      LB_CLAIM_MAX_POINTS, pointer);
    if (status == LB_OK)
        status = lb_claim_get_integer(r, &v->skip, object, "skip", 0,
                                      v->points - 3, pointer);
    if (status == LB_OK)
        status
            = lb_json_get_string(&gives, object, "gives", 1, pointer, r->err);
    if (status != LB_OK)
        return status;
    if (v->points == 0)
        return lb_claim_fail(r, pointer, "'points' is missing");
    while (results[k] != NULL && strcmp(results[k], gives) != 0)
        k++;
    if (results[k] == NULL)
        return lb_claim_fail(
            r, pointer,
            "'gives' is \"exponent\", \"prefactor\", \"residual\" or "
            "\"exponent_error\"");
    v->kind = LB_VALUE_FIT;
    v->gives = (lb_fit_result) k;
    return LB_OK;
}

lb_status
lb_claim_read_value_options(const lb_claim_reader * r, lb_claim_value * v,
                            const json_t * object, const char * pointer)
{
    const json_t * extremum = json_object_get(object, "extremum");
    const json_t * fit = json_object_get(object, "fit");
    const json_t * peak = json_object_get(object, "peak");
    lb_status status
        = lb_claim_get_text(r, &v->cutoff, object, "cutoff", 0, pointer);

    if (status == LB_OK)
        status = lb_claim_get_integer(r, &v->digits, object, "digits", 1, 1000,
                                      pointer);
    if (status == LB_OK
        && (extremum != NULL) + (fit != NULL) + (peak != NULL) > 1)
        status
            = lb_claim_fail(r, pointer, "one of 'extremum', 'fit' and 'peak'");
    if (status == LB_OK && extremum != NULL)
        status = read_extremum(r, v, extremum, pointer);
    if (status == LB_OK && fit != NULL)
        status = read_fit(r, v, fit, pointer);
    if (status == LB_OK && peak != NULL)
        status = read_peak(r, v, peak, pointer);
    return status;
}

/* "witness": "a,b", which stands in place of a quantity. */
static lb_status
read_witness(const lb_claim_reader * r, lb_claim_value * v,
             const json_t * object, const char * pointer)
{
    static const char * const other[]
        = { "quantity", "limit", "extremum", "fit", "peak", NULL };
    lb_status status
        = lb_claim_refuse(r, object, other, "beside 'witness'", pointer);
    lb_witness_t w;

    if (status == LB_OK)
        status
            = lb_claim_get_text(r, &v->witness, object, "witness", 1, pointer);
    if (status != LB_OK)
        return status;
    v->kind = LB_VALUE_WITNESS;
    if (v->cutoff == NULL && lb_scope_has_modes(v->model->scope))
        return lb_claim_fail(r, pointer, "'witness' needs a 'cutoff'");
    status = lb_witness_init(w, v->witness, v->model->scope, r->err);
    if (status != LB_OK)
        lb_error_in(r->err, r->file, pointer);
    lb_witness_clear(w);
    return status;
}

lb_status
lb_claim_read_value(const lb_claim_reader * r, lb_claim_value * v,
                    const json_t * object, const char * pointer)
{
    json_t * without;
    lb_status status;

    if (json_object_get(object, "witness") == NULL)
    {
        status = lb_form_read_quantity(v->form, object, r->file, pointer,
                                       v->model, r->err);
        return status == LB_OK && json_is_object(object)
                   ? lb_claim_read_value_options(r, v, object, pointer)
                   : status;
    }
    without = json_copy((json_t *) object);
    json_object_set_new(without, "quantity", json_string("0"));
    status = lb_form_read_quantity(v->form, without, r->file, pointer, v->model,
                                   r->err);
    json_decref(without);
    if (status == LB_OK)
        status = lb_claim_read_value_options(r, v, object, pointer);
    return status == LB_OK ? read_witness(r, v, object, pointer) : status;
}
