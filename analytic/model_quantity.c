/* analytic/model_quantity.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/dressed_states.h>
#include <lindbound/excitation_block.h>
#include <lindbound/model_derivative.h>
#include <lindbound/model_quantity.h>
#include <lindbound/network_quantity.h>
#include <lindbound/next_order.h>
#include <lindbound/scattering.h>

#define MAX_DERIVATIVES 4

/* What the model offers, built when first asked for. */
typedef struct
{
    const lb_model_struct * model;
    const lb_scope_struct * scope;
    lb_env_struct * env;
    lb_problem_t problem;
    int has_network, has_hierarchy, has_scattering, wants_next;
    lb_network_view_t network;
    lb_hierarchy_t hierarchy;
    lb_next_order_t next; /* if has_hierarchy */
    acb_mat_t m, s;
    arb_ptr gamma;
    slong derivatives; /* of S that are known */
    slong by[MAX_DERIVATIVES];
    acb_mat_t ds[MAX_DERIVATIVES];
} quantities;

/* --- arguments ------------------------------------------------------------ */

/* The modes that the first two arguments name. */
static lb_status
two_modes(slong index[2], const lb_node * call, const quantities * w,
          lb_error * err)
{
    for (int k = 0; k < 2; k++)
    {
        const lb_node * arg = call->args[k];
        slong symbol = arg->kind == LB_NODE_NAME
                           ? lb_scope_find(w->scope, arg->name)
                           : -1;

        if (symbol < 0 || w->scope->symbols[symbol].kind != LB_SYMBOL_SUBSYSTEM)
        {
            lb_error_set(err, LB_EDOM,
                         "%s(out,in%s) takes the names of two modes",
                         call->name, call->arity > 2 ? ",PARAMETER" : "");
            lb_error_at_column(err, arg->column);
            return LB_EDOM;
        }
        index[k] = w->scope->symbols[symbol].index;
    }
    return LB_OK;
}

/* The parameter that the third argument names. */
static lb_status
parameter_argument(slong * symbol, const lb_node * call, const quantities * w,
                   lb_error * err)
{
    const lb_node * arg = call->args[2];

    *symbol
        = arg->kind == LB_NODE_NAME ? lb_scope_find(w->scope, arg->name) : -1;
    if (*symbol >= 0 && w->scope->symbols[*symbol].kind == LB_SYMBOL_PARAMETER)
        return LB_OK;
    lb_error_set(err, LB_EDOM,
                 "the third argument of %s must be the name of a parameter",
                 call->name);
    lb_error_at_column(err, arg->column);
    return LB_EDOM;
}

/* An argument that is an exact integer from low to high. */
static lb_status
integer_argument(slong * value, const lb_node * arg, lb_env_t env, slong low,
                 slong high, const char * what, lb_error * err)
{
    lb_scalar_t x;
    lb_status status;

    lb_scalar_init(x);
    status = lb_env_scalar_node(x, env, arg, err);
    if (status == LB_OK
        && (!acb_is_int(x->coefficient)
            || arf_cmp_si(arb_midref(acb_realref(x->coefficient)), low) < 0
            || arf_cmp_si(arb_midref(acb_realref(x->coefficient)), high) > 0))
    {
        status = lb_error_set(err, LB_EDOM,
                              "%s must be an exact integer from %ld to %ld",
                              what, (long) low, (long) high);
        lb_error_at_column(err, arg->column);
    }
    if (status == LB_OK)
        *value
            = arf_get_si(arb_midref(acb_realref(x->coefficient)), ARF_RND_DOWN);
    lb_scalar_clear(x);
    return status;
}

/* --- networks ------------------------------------------------------------- */

static lb_status
need_network(quantities * w, lb_error * err)
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
network_expectation(lb_scalar_t out, quantities * w, const lb_opoly_t op,
                    slong prec, lb_error * err)
{
    lb_status status = need_network(w, err);

    if (status == LB_OK)
        status = lb_network_view_expectation(out, w->network, op, prec, err);
    return status;
}

/* --- the weak-drive hierarchy --------------------------------------------- */

static lb_status
need_hierarchy(quantities * w, slong prec, lb_error * err)
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
hierarchy_expectation(lb_scalar_t out, quantities * w, const lb_opoly_t op,
                      slong prec, lb_error * err)
{
    lb_status status = need_hierarchy(w, prec, err);

    if (status == LB_OK && w->wants_next)
        status = lb_next_order_expectation(out, w->next, op, prec, err);
    else if (status == LB_OK)
        status = lb_hierarchy_expectation(out, w->hierarchy, op, prec, err);
    return status;
}

/* amplitude(m,n,...): levels in the order of the subsystems */
static lb_status
amplitude(lb_scalar_t out, const lb_node * call, lb_env_t env, quantities * w,
          slong prec, lb_error * err)
{
    slong n = w->problem->subsystems;
    slong * levels = flint_calloc((size_t) n + 1, sizeof(slong));
    lb_status status = LB_OK;
    slong order = 0;

    if (call->arity != n)
        status = lb_error_set(err, LB_EDOM,
                              "amplitude takes one level per subsystem: %ld "
                              "of them",
                              (long) n);
    for (slong k = 0; k < n && status == LB_OK; k++)
    {
        status = integer_argument(levels + k, call->args[k], env, 0,
                                  LB_MAX_POWER, "a level", err);
        order += levels[k];
    }
    if (status == LB_OK)
        status = need_hierarchy(w, prec, err);
    if (status == LB_OK)
        status = lb_hierarchy_amplitude(out->coefficient, w->hierarchy, levels,
                                        err);
    out->order = order;
    out->remainder = 0; /* C_mn is defined as the coefficient */
    flint_free(levels);
    return status;
}

/* --- coupled-mode scattering ---------------------------------------------- */

static void
clear_scattering(quantities * w)
{
    acb_mat_clear(w->m);
    acb_mat_clear(w->s);
    _arb_vec_clear(w->gamma, w->problem->subsystems);
    while (w->derivatives > 0)
        acb_mat_clear(w->ds[--w->derivatives]);
}

static lb_status
need_scattering(quantities * w, slong prec, lb_error * err)
{
    slong n = w->problem->subsystems;
    lb_status status;

    if (w->has_scattering)
        return LB_OK;
    acb_mat_init(w->m, n, n);
    acb_mat_init(w->s, n, n);
    w->gamma = _arb_vec_init(n);
    status = lb_scattering_from_problem(w->m, w->gamma, w->problem, prec, err);
    if (status == LB_OK)
        status = lb_scattering_matrix(w->s, w->m, w->gamma, prec);
    if (status == LB_EPREC)
        lb_error_set(err, LB_EPREC,
                     "the coupled-mode matrix is not provably invertible");
    w->has_scattering = status == LB_OK;
    if (status != LB_OK)
        clear_scattering(w);
    return status;
}

/* S(out,in) */
static lb_status
scattering_element(lb_scalar_t out, const lb_node * call, quantities * w,
                   slong prec, lb_error * err)
{
    slong index[2];
    lb_status status = need_scattering(w, prec, err);

    if (status == LB_OK)
        status = two_modes(index, call, w, err);
    if (status == LB_OK)
        lb_scalar_set_acb(out, acb_mat_entry(w->s, index[0], index[1]));
    return status;
}

/* Makes dS/dp the last of the known derivatives, in place of another one if
   there are many. */
static lb_status
add_derivative(quantities * w, slong symbol, lb_env_t env, slong prec,
               lb_error * err)
{
    slong n = w->problem->subsystems;
    lb_problem_t derivative;
    acb_mat_t dm;
    arb_ptr dgamma = _arb_vec_init(n);
    lb_status status;

    acb_mat_init(dm, n, n);
    status = lb_problem_init_derivative(derivative, w->model, env, symbol, err);
    if (status == LB_OK)
        status = lb_scattering_from_problem(dm, dgamma, derivative, prec, err);
    if (status == LB_OK)
    {
        if (w->derivatives == MAX_DERIVATIVES)
            acb_mat_clear(w->ds[--w->derivatives]);
        w->by[w->derivatives] = symbol;
        acb_mat_init(w->ds[w->derivatives], n, n);
        lb_scattering_derivative(w->ds[w->derivatives], w->m, w->gamma, dm,
                                 dgamma, prec);
        w->derivatives++;
    }
    lb_problem_clear(derivative);
    acb_mat_clear(dm);
    _arb_vec_clear(dgamma, n);
    return status;
}

/* dS(out,in,PARAMETER) */
static lb_status
scattering_derivative(lb_scalar_t out, const lb_node * call, lb_env_t env,
                      quantities * w, slong prec, lb_error * err)
{
    slong index[2], symbol = -1, k = 0;
    lb_status status = need_scattering(w, prec, err);

    if (status == LB_OK)
        status = two_modes(index, call, w, err);
    if (status == LB_OK)
        status = parameter_argument(&symbol, call, w, err);
    if (status != LB_OK)
        return status;
    while (k < w->derivatives && w->by[k] != symbol)
        k++;
    if (k == w->derivatives)
    {
        status = add_derivative(w, symbol, env, prec, err);
        k = w->derivatives - 1;
    }
    if (status == LB_OK)
        lb_scalar_set_acb(out, acb_mat_entry(w->ds[k], index[0], index[1]));
    return status;
}

/* --- dressed states ------------------------------------------------------- */

/* dressed(n,k), resonance(n,k,PARAMETER) */
static lb_status
dressed(lb_scalar_t out, const lb_node * call, lb_env_t env, quantities * w,
        slong prec, lb_error * err)
{
    slong n, k, symbol = -1;
    lb_status status = integer_argument(&n, call->args[0], env, 0, LB_BLOCK_MAX,
                                        "the number of excitations", err);

    if (status == LB_OK)
        status = integer_argument(&k, call->args[1], env, 1, LB_BLOCK_MAX,
                                  "the number of the level", err);
    if (status == LB_OK && call->arity == 3)
        status = parameter_argument(&symbol, call, w, err);
    if (status == LB_OK)
        status = call->arity == 2
                     ? lb_dressed_energy(acb_realref(out->coefficient),
                                         w->model, w->scope, n, k, prec, err)
                     : lb_resonance(acb_realref(out->coefficient), w->model,
                                    w->scope, symbol, n, k, prec, err);
    arb_zero(acb_imagref(out->coefficient));
    out->order = 0;
    out->remainder = 0;
    return status;
}

/* --- the hooks of model/evaluate.h ---------------------------------------- */

static lb_status
expectation_hook(lb_scalar_t out, const lb_opoly_t op, void * context,
                 slong prec, lb_error * err)
{
    quantities * w = context;
    lb_status status;

    if (w->model->n_channels > 0 && !w->env->leading_order)
        status = network_expectation(out, w, op, prec, err);
    else
        status = hierarchy_expectation(out, w, op, prec, err);
    if (status != LB_OK)
        lb_scalar_indeterminate(out);
    return status;
}

static lb_status
quantity_hook(lb_scalar_t out, const lb_node * call, struct lb_env_struct * env,
              void * context, slong prec, lb_error * err)
{
    quantities * w = context;
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
    else if (strcmp(call->name, "dS") == 0)
        status = scattering_derivative(out, call, env, w, prec, err);
    else if (strcmp(call->name, "dressed") == 0
             || strcmp(call->name, "resonance") == 0)
        status = dressed(out, call, env, w, prec, err);
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

/* --- evaluation ----------------------------------------------------------- */

static lb_status
evaluate_nodes(lb_scalar_struct * out, const lb_node * const * nodes,
               slong count, lb_env_t env, lb_error * err)
{
    lb_status status = LB_OK;

    for (slong k = 0; k < count && status == LB_OK; k++)
        status = lb_env_scalar_node(out + k, env, nodes[k], err);
    for (slong k = 0; k < count && status != LB_OK; k++)
        lb_scalar_indeterminate(out + k);
    return status;
}

static lb_status
evaluate_of_model(lb_scalar_struct * out, const lb_node * const * nodes,
                  slong count, const lb_model_struct * m, lb_env_t env,
                  int wants_next, lb_error * err)
{
    quantities w;
    lb_status status;

    memset(&w, 0, sizeof(w));
    w.model = m;
    w.scope = env->scope;
    w.env = env;
    w.wants_next = wants_next;
    status = lb_problem_init(w.problem, m, env, err);
    if (status == LB_OK)
    {
        env->expectation = expectation_hook;
        env->expectation_context = &w;
        env->quantity = quantity_hook;
        env->quantity_context = &w;
        status = evaluate_nodes(out, nodes, count, env, err);
    }
    for (slong k = 0; k < count && status != LB_OK; k++)
        lb_scalar_indeterminate(out + k);
    if (w.has_network)
        lb_network_view_clear(w.network);
    if (w.has_hierarchy)
    {
        lb_next_order_clear(w.next);
        lb_hierarchy_clear(w.hierarchy);
    }
    if (w.has_scattering)
        clear_scattering(&w);
    lb_problem_clear(w.problem);
    return status;
}

lb_status
lb_model_quantity(lb_scalar_t out, const lb_expr * quantity, const lb_model_t m,
                  const lb_scope_t scope, int orders, slong prec,
                  lb_error * err)
{
    const lb_node * root = quantity->root;
    lb_env_t env;
    lb_status status;

    lb_env_init(env, scope, prec);
    env->leading_order = orders > 0;
    status = evaluate_of_model(out, &root, 1, m, env, orders > 1, err);
    lb_env_clear(env);
    return status;
}

lb_status
lb_model_quantity_nodes(lb_scalar_struct * out, const lb_node * const * nodes,
                        slong count, const lb_model_struct * m,
                        const lb_scope_t scope, int leading, int continuous,
                        slong prec, lb_error * err)
{
    lb_env_t env;
    lb_status status;

    lb_env_init(env, scope, prec);
    env->leading_order = leading;
    env->continuous = continuous;
    status = m == NULL ? evaluate_nodes(out, nodes, count, env, err)
                       : evaluate_of_model(out, nodes, count, m, env, 0, err);
    lb_env_clear(env);
    return status;
}
