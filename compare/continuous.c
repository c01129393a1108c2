/* compare/continuous.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/continuous.h>
#include <lindbound/evaluate.h>
#include <lindbound/form.h>
#include <lindbound/functions.h>

typedef struct
{
    const lb_scope_struct * scope;
    slong symbol;
    lb_env_struct * env; /* values on a cut are indeterminate */
} search;

static lb_status check(const search * s, const lb_node * node, lb_error * err);

static int
is_of_model(const lb_node * node)
{
    return lb_node_uses_state(node) || lb_node_uses_quantity(node);
}

/* Neither the parameter nor a state nor the model is in it, nor in what its
   names stand for. */
static int
is_constant(const search * s, const lb_node * node)
{
    char * used = flint_calloc((size_t) s->scope->length + 1, 1);
    int constant = !is_of_model(node);

    lb_scope_mark_used(used, s->scope, node);
    constant = constant && !used[s->symbol];
    for (slong k = 0; k < s->scope->length && constant; k++)
    {
        const lb_expr * e = s->scope->symbols[k].expr;

        constant = !used[k] || e == NULL || !is_of_model(e->root);
    }
    flint_free(used);
    return constant;
}

/* Functions of numbers that are continuous wherever they are finite. */
static int
has_no_cut(const char * name)
{
    static const char * const names[]
        = { "exp", "sin",  "cos", "tan", "sinh", "cosh", "tanh", "dB",
            "abs", "abs2", "re",  "im",  "conj", "min",  "max",  NULL };

    for (int k = 0; names[k] != NULL; k++)
        if (strcmp(names[k], name) == 0)
            return 1;
    return 0;
}

/* A function that may jump: it does not where its ball is off the cuts. */
static lb_status
check_value(const search * s, const lb_node * node, const char * name,
            lb_error * err)
{
    lb_status status = LB_EMODEL;
    lb_scalar_t x;

    lb_scalar_init(x);
    if (!is_of_model(node))
        status = lb_env_scalar_node(x, s->env, node, err);
    if (status == LB_OK && !acb_is_finite(x->coefficient))
        status = LB_EMODEL;
    if (status == LB_EMODEL)
        lb_error_set(err, LB_EMODEL, "%s is not shown to be continuous there",
                     name);
    lb_scalar_clear(x);
    return status;
}

static lb_status
check_args(const search * s, const lb_node * node, lb_error * err)
{
    lb_status status = LB_OK;

    for (slong k = 0; k < node->arity && status == LB_OK; k++)
        status = check(s, node->args[k], err);
    return status;
}

static lb_status
check_name(const search * s, const char * name, lb_error * err)
{
    slong k = lb_scope_find(s->scope, name);
    const lb_symbol * symbol = k < 0 ? NULL : s->scope->symbols + k;

    if (symbol == NULL || symbol->kind == LB_SYMBOL_SUBSYSTEM
        || symbol->value != NULL)
        return LB_OK;
    return check(s, symbol->expr->root, err);
}

static int
is_integer(const lb_node * node)
{
    if (node->kind == LB_NODE_NEGATE)
        node = node->args[0];
    return node->kind == LB_NODE_NUMBER && fmpq_is_zero(node->radius)
           && fmpz_is_one(fmpq_denref(node->value));
}

static lb_status
check_call(const search * s, const lb_node * call, lb_error * err)
{
    const lb_function * f = lb_function_find(call->name);

    /* rational in the matrices of the model, or their ordered eigenvalues; the
       arguments are names and integers */
    if (f != NULL && f->kind == LB_FUNCTION_QUANTITY)
        return LB_OK;
    if (f != NULL && f->kind == LB_FUNCTION_NUMBER && !has_no_cut(call->name))
        return check_value(s, call, call->name, err);
    return check_args(s, call, err);
}

static lb_status
check(const search * s, const lb_node * node, lb_error * err)
{
    if (is_constant(s, node))
        return LB_OK;
    if (node->kind == LB_NODE_NAME)
        return check_name(s, node->name, err);
    if (node->kind == LB_NODE_CALL)
        return check_call(s, node, err);
    if (node->kind == LB_NODE_POWER && !is_integer(node->args[1]))
        return lb_error_set(err, LB_EMODEL,
                            "a power that is no integer is not shown to be "
                            "continuous there; use sqrt or exp");
    /* sums and products; a quotient that is finite has no zero beneath it */
    return check_args(s, node, err);
}

lb_status
lb_continuous_along(const lb_model_t m, const lb_scope_t scope, slong symbol,
                    const lb_expr * e, slong prec, lb_error * err)
{
    search s = { scope, symbol, NULL };
    lb_status status;
    lb_env_t env;

    lb_env_init(env, scope, prec);
    env->continuous = 1;
    s.env = env;
    status = check(&s, e->root, err);
    for (slong k = 0; k < m->n_hamiltonian && status == LB_OK; k++)
        status = check(&s, m->hamiltonian[k]->root, err);
    for (slong k = 0; k < m->n_dissipators && status == LB_OK; k++)
    {
        status = check(&s, m->dissipators[k].rate->root, err);
        if (status == LB_OK)
            status = check(&s, m->dissipators[k].jump->root, err);
    }
    for (slong k = 0; k < m->n_channels && status == LB_OK; k++)
    {
        const lb_channel * c = m->channels + k;

        status = check(&s, c->rate->root, err);
        if (status == LB_OK)
            status = check(&s, c->coupling->root, err);
        if (status == LB_OK && c->thermal != NULL)
            status = check(&s, c->thermal->root, err);
    }
    lb_env_clear(env);
    return status;
}
