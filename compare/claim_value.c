/* compare/claim_value.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/claim_value.h>
#include <lindbound/closed_value.h>
#include <lindbound/objective.h>
#include <lindbound/text.h>
#include <lindbound/witness.h>

/* A quantity without a Fock space. */
static lb_status
closed_value(lb_claim_job * job, const lb_scope_t scope, lb_error * err)
{
    const lb_claim_value * v = job->value;
    const lb_node * quantity = v->form->quantity->root;
    int leading = v->form->limit == LB_LIMIT_WEAK_DRIVE;
    int of_model
        = lb_node_uses_state(quantity) || lb_node_uses_quantity(quantity);
    lb_status status;
    lb_scalar_t x;

    lb_scalar_init(x);
    status = lb_closed_value_compute(x, of_model ? LB_BY_MODEL : LB_BY_FORMULA,
                                     v->form->quantity, v->model, scope,
                                     leading, v->digits, err);
    if (status == LB_OK && x->order < 0)
        lb_text_append(job->note, sizeof(job->note),
                       "grows without bound as the drive goes to zero");
    else if (status == LB_OK)
    {
        acb_swap(job->ball, x->coefficient);
        job->known = leading ? LB_KNOWN_WEAK_DRIVE : LB_KNOWN_CLOSED_FORM;
    }
    lb_scalar_clear(x);
    return status;
}

/* The greatest or least value over the box, or where it lies. */
static lb_status
extremum(lb_claim_job * job, const lb_scope_t scope, lb_error * err)
{
    const lb_claim_value * v = job->value;
    lb_optimum_options options = lb_optimum_defaults();
    arb_ptr low = _arb_vec_init(3 * LB_CLAIM_MAX_BOX);
    arb_ptr high = low + LB_CLAIM_MAX_BOX, at = high + LB_CLAIM_MAX_BOX;
    slong symbols[LB_CLAIM_MAX_BOX];
    arb_ptr found = acb_realref(job->ball);
    lb_objective_t objective;
    lb_status status = LB_OK;

    for (slong k = 0; k < v->n_over && status == LB_OK; k++)
    {
        symbols[k] = lb_scope_find(scope, v->over[k]);
        status = lb_scope_real(low + k, v->from[k], scope, LB_CLAIM_PREC, err);
        if (status == LB_OK)
            status
                = lb_scope_real(high + k, v->to[k], scope, LB_CLAIM_PREC, err);
    }
    if (status == LB_OK)
    {
        options.minimize = v->kind == LB_VALUE_MINIMUM;
        options.digits = FLINT_MIN(v->digits, options.digits);
        lb_objective_init(objective, v->model, scope, v->form->quantity,
                          symbols, v->n_over);
        objective->leading_order = v->form->limit == LB_LIMIT_WEAK_DRIVE;
        status = lb_optimum(found, at, NULL, lb_objective_evaluate, objective,
                            low, high, v->n_over, &options, err);
        lb_objective_clear(objective);
    }
    for (slong k = 0; k < v->n_over; k++)
        if (v->locate != NULL && strcmp(v->locate, v->over[k]) == 0)
            arb_swap(found, at + k);
    /* enough parts were looked at: the enclosure holds, though wider */
    if (status == LB_ENOCONV)
        status = LB_OK;
    if (status == LB_OK)
    {
        arb_zero(acb_imagref(job->ball));
        job->known = v->form->limit == LB_LIMIT_WEAK_DRIVE
                         ? LB_KNOWN_WEAK_DRIVE
                         : LB_KNOWN_CLOSED_FORM;
    }
    _arb_vec_clear(low, 3 * LB_CLAIM_MAX_BOX);
    return status;
}

/* All that is known of the witness: from what is proved to an upper bound. */
static lb_status
witness(lb_claim_job * job, const lb_scope_t scope, slong max_dimension,
        lb_error * err)
{
    const lb_claim_value * v = job->value;
    lb_certifier * c = NULL;
    lb_cutoff_t cutoff;
    lb_status status;
    lb_witness_t w;

    lb_cutoff_init(cutoff, scope->kinds, scope->subsystems);
    status = lb_witness_init(w, v->witness, scope, err);
    /* of two-level systems alone none is needed */
    if (status == LB_OK && v->cutoff != NULL)
        status = lb_cutoff_parse(cutoff, v->cutoff, scope, err);
    if (status == LB_OK)
        status = lb_witness_propose_approx(w, v->model, cutoff, max_dimension,
                                           err);
    if (status == LB_OK)
        status = lb_certifier_new_truncated(&c, v->model, scope, cutoff,
                                            max_dimension, err);
    if (status == LB_OK)
        status = lb_witness_prove(w, c, v->digits, err);
    if (status == LB_OK)
    {
        acb_set_arb(job->ball, w->value);
        job->known = strcmp(lb_certifier_level(c), "full") == 0
                         ? LB_KNOWN_FULL
                         : LB_KNOWN_TRUNCATED;
        if (job->known == LB_KNOWN_TRUNCATED)
            job->cutoff = lb_cutoff_get_str(cutoff, scope);
    }
    lb_certifier_free(c);
    lb_witness_clear(w);
    lb_cutoff_clear(cutoff);
    return status;
}

lb_status
lb_claim_value_alone(lb_claim_job * job, const lb_scope_t scope,
                     slong max_dimension, lb_error * err)
{
    switch (job->value->kind)
    {
    case LB_VALUE_MAXIMUM:
    case LB_VALUE_MINIMUM:
        return extremum(job, scope, err);
    case LB_VALUE_WITNESS:
        return witness(job, scope, max_dimension, err);
    case LB_VALUE_PLAIN:
    case LB_VALUE_FIT:
    case LB_VALUE_PEAK: /* a group of its own */
        break;
    }
    return closed_value(job, scope, err);
}
