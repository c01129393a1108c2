/* analytic/weak_drive.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/network_quantity.h>
#include <lindbound/next_order.h>
#include <lindbound/scattering.h>
#include <lindbound/weak_drive.h>

/* What the model offers, built when first asked for. */
typedef struct
{
    const lb_scope_struct * scope;
    const lb_model_struct * model;
    lb_env_struct * env;
    lb_problem_t problem;
    int has_network, has_hierarchy, has_scattering, wants_next;
    lb_network_view_t network;
    lb_hierarchy_t hierarchy;
    lb_next_order_t next; /* if has_hierarchy */
    acb_mat_t m, s;
} weak_model;

static lb_status
need_network(weak_model * w, lb_error * err)
{
    lb_status status;

    if (w->has_network)
        return LB_OK;
    status
        = lb_network_view_init(w->network, w->model, w->problem, w->env, err);
    w->has_network = status == LB_OK;
    if (status != LB_OK)
        lb_network_view_clear(w->network);
    return status;
}

static lb_status
need_hierarchy(weak_model * w, slong prec, lb_error * err)
{
    lb_status status;

    if (w->has_hierarchy)
        return LB_OK;
    status = lb_hierarchy_init(w->hierarchy, w->problem, prec, err);
    w->has_hierarchy = status == LB_OK;
    if (status == LB_OK)
        lb_next_order_init(w->next, w->hierarchy);
    else
        lb_hierarchy_clear(w->hierarchy);
    return status;
}

static lb_status
need_scattering(weak_model * w, slong prec, lb_error * err)
{
    slong n = w->problem->subsystems;
    lb_status status;
    arb_ptr gamma;

    if (w->has_scattering)
        return LB_OK;
    acb_mat_init(w->m, n, n);
    acb_mat_init(w->s, n, n);
    gamma = _arb_vec_init(n);
    status = lb_scattering_from_problem(w->m, gamma, w->problem, prec, err);
    if (status == LB_OK)
        status = lb_scattering_matrix(w->s, w->m, gamma, prec);
    if (status == LB_EPREC)
        lb_error_set(err, LB_EPREC,
                     "the coupled-mode matrix is not provably invertible");
    _arb_vec_clear(gamma, n);
    w->has_scattering = status == LB_OK;
    if (status != LB_OK)
    {
        acb_mat_clear(w->m);
        acb_mat_clear(w->s);
    }
    return status;
}

static lb_status
expectation_hook(lb_scalar_t out, const lb_opoly_t op, void * context,
                 slong prec, lb_error * err)
{
    weak_model * w = context;
    lb_status status;

    if (w->model->n_channels > 0 && !w->env->leading_order)
    {
        status = need_network(w, err);
        if (status == LB_OK)
            status
                = lb_network_view_expectation(out, w->network, op, prec, err);
        else
            lb_scalar_indeterminate(out);
        return status;
    }
    status = need_hierarchy(w, prec, err);
    if (status == LB_OK && w->wants_next)
        status = lb_next_order_expectation(out, w->next, op, prec, err);
    else if (status == LB_OK)
        status = lb_hierarchy_expectation(out, w->hierarchy, op, prec, err);
    if (status != LB_OK)
        lb_scalar_indeterminate(out);
    return status;
}

/* S(out,in): both arguments name modes */
static lb_status
scattering_element(lb_scalar_t out, const lb_node * call, weak_model * w,
                   slong prec, lb_error * err)
{
    slong index[2];
    lb_status status = need_scattering(w, prec, err);

    for (int k = 0; k < 2 && status == LB_OK; k++)
    {
        const lb_node * arg = call->args[k];
        slong symbol = arg->kind == LB_NODE_NAME
                           ? lb_scope_find(w->scope, arg->name)
                           : -1;

        if (symbol < 0 || w->scope->symbols[symbol].kind != LB_SYMBOL_SUBSYSTEM)
        {
            status = lb_error_set(err, LB_EDOM,
                                  "S(out,in) takes the names of two modes");
            lb_error_at_column(err, arg->column);
        }
        else
            index[k] = w->scope->symbols[symbol].index;
    }
    if (status == LB_OK)
        lb_scalar_set_acb(out, acb_mat_entry(w->s, index[0], index[1]));
    return status;
}

/* amplitude(m,n,...): levels in the order of the subsystems */
static lb_status
amplitude(lb_scalar_t out, const lb_node * call, lb_env_t env, weak_model * w,
          slong prec, lb_error * err)
{
    slong n = w->problem->subsystems;
    slong * levels = flint_calloc((size_t) n + 1, sizeof(slong));
    lb_status status = LB_OK;
    slong order = 0;
    lb_scalar_t x;

    lb_scalar_init(x);
    if (call->arity != n)
        status = lb_error_set(err, LB_EDOM,
                              "amplitude takes one level per subsystem: %ld "
                              "of them",
                              (long) n);
    for (slong k = 0; k < n && status == LB_OK; k++)
    {
        status = lb_env_scalar_node(x, env, call->args[k], err);
        if (status == LB_OK
            && (!acb_is_int(x->coefficient)
                || arb_is_negative(acb_realref(x->coefficient))
                || arf_cmp_si(arb_midref(acb_realref(x->coefficient)),
                              LB_MAX_POWER)
                       > 0))
            status = lb_error_set(err, LB_EDOM,
                                  "a level must be an exact integer from 0 "
                                  "to %d",
                                  LB_MAX_POWER);
        if (status == LB_OK)
            levels[k] = arf_get_si(arb_midref(acb_realref(x->coefficient)),
                                   ARF_RND_DOWN);
        order += levels[k];
    }
    if (status == LB_OK)
        status = need_hierarchy(w, prec, err);
    if (status == LB_OK)
        status = lb_hierarchy_amplitude(out->coefficient, w->hierarchy, levels,
                                        err);
    out->order = order;
    out->remainder = 0; /* C_mn is defined as the coefficient */
    lb_scalar_clear(x);
    flint_free(levels);
    return status;
}

static lb_status
quantity_hook(lb_scalar_t out, const lb_node * call, struct lb_env_struct * env,
              void * context, slong prec, lb_error * err)
{
    weak_model * w = context;
    lb_status status;

    if (w->model->n_channels > 0 && strcmp(call->name, "amplitude") != 0)
    {
        status = need_network(w, err);
        if (status == LB_OK)
            status = lb_network_view_quantity(out, w->network, call, prec, err);
        if (status == LB_ENAME)
            status = lb_error_set(err, LB_EMODEL,
                                  "%s is not defined for a network with ports",
                                  call->name);
    }
    else if (strcmp(call->name, "S") == 0)
        status = scattering_element(out, call, w, prec, err);
    else if (strcmp(call->name, "amplitude") == 0)
        status = amplitude(out, call, env, w, prec, err);
    else if (strcmp(call->name, "det_M") == 0)
    {
        status = need_scattering(w, prec, err);
        if (status == LB_OK)
        {
            lb_scattering_determinant(out->coefficient, w->m, prec);
            out->order = 0;
            out->remainder = 0;
        }
    }
    else
        status = lb_error_set(err, LB_EMODEL,
                              "%s needs a network: a model with ports",
                              call->name);
    if (status != LB_OK)
        lb_scalar_indeterminate(out);
    return status;
}

lb_status
lb_weak_drive_quantity(lb_scalar_t out, const lb_expr * quantity,
                       const lb_model_t m, const lb_scope_t scope, int orders,
                       slong prec, lb_error * err)
{
    weak_model w;
    lb_env_t env;
    lb_status status;

    memset(&w, 0, sizeof(w));
    w.scope = scope;
    w.model = m;
    w.env = env;
    lb_env_init(env, scope, prec);
    env->leading_order = orders > 0;
    w.wants_next = orders > 1;
    status = lb_problem_init(w.problem, m, env, err);
    if (status == LB_OK)
    {
        env->expectation = expectation_hook;
        env->expectation_context = &w;
        env->quantity = quantity_hook;
        env->quantity_context = &w;
        status = lb_env_scalar(out, env, quantity, err);
    }
    else
        lb_scalar_indeterminate(out);
    if (w.has_network)
        lb_network_view_clear(w.network);
    if (w.has_hierarchy)
    {
        lb_next_order_clear(w.next);
        lb_hierarchy_clear(w.hierarchy);
    }
    if (w.has_scattering)
    {
        acb_mat_clear(w.m);
        acb_mat_clear(w.s);
    }
    lb_problem_clear(w.problem);
    lb_env_clear(env);
    return status;
}
