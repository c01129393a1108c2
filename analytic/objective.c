/* analytic/objective.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/derivative.h>
#include <lindbound/objective.h>
#include <lindbound/model_quantity.h>

#define MAX_NODES (LB_OPTIMUM_MAX_PARAMETERS + 1)

void
lb_objective_init(lb_objective_t o, const lb_model_struct * m,
                  const lb_scope_t scope, const lb_expr * expr,
                  const slong * symbols, slong n)
{
    acb_t unknown;

    memset(o, 0, sizeof(*o));
    o->model = m;
    o->expr = expr;
    o->n = n;
    o->differentiable = 1;
    lb_scope_init_copy(o->scope, scope);
    /* a parameter that is searched no longer follows from the others: the
       derivatives must not know its text */
    acb_init(unknown);
    acb_indeterminate(unknown);
    for (slong i = 0; i < n; i++)
    {
        o->symbols[i] = symbols[i];
        lb_scope_set_value(o->scope, symbols[i], unknown);
    }
    acb_clear(unknown);
    for (slong i = 0; i < n && o->differentiable; i++)
        o->differentiable = lb_derivative(o->gradient + i, expr->root, o->scope,
                                          symbols[i], NULL)
                            == LB_OK;
}

void
lb_objective_clear(lb_objective_t o)
{
    for (slong i = 0; i < o->n; i++)
        lb_node_free(o->gradient[i]);
    lb_scope_clear(o->scope);
}

/* Values of the trees; a precision that does not suffice proves nothing. */
static lb_status
evaluate(lb_scalar_struct * values, const lb_node * const * nodes, slong count,
         const lb_objective_t o, int continuous, slong prec, lb_error * err)
{
    lb_status status
        = lb_model_quantity_nodes(values, nodes, count, o->model, o->scope,
                                  o->leading_order, continuous, prec, err);

    for (slong k = 0; k < count && status == LB_OK; k++)
        if (values[k].order != 0 && !lb_scalar_is_zero(values + k))
            return lb_error_set(err, LB_EMODEL,
                                "an optimum of a weak-drive limit is sought "
                                "where the limit is neither zero nor infinite");
    if (status != LB_EPREC)
        return status;
    for (slong k = 0; k < count; k++)
        lb_scalar_indeterminate(values + k);
    return LB_OK;
}

static lb_status
set_real(arb_t value, const acb_t z, lb_error * err)
{
    if (!acb_is_real(z))
        return lb_error_set(err, LB_EDOM,
                            "an optimum is sought of a real expression; use "
                            "re(...) or abs2(...)");
    arb_set(value, acb_realref(z));
    return LB_OK;
}

/* f and its gradient where it is differentiable on the whole box */
static lb_status
with_gradient(arb_t value, arb_ptr gradient, const lb_objective_t o, slong prec,
              lb_error * err)
{
    const lb_node * nodes[MAX_NODES] = { o->expr->root };
    lb_scalar_struct values[MAX_NODES];
    slong count = 1;
    lb_status status;

    for (slong i = 0; i < o->n; i++)
        if (o->gradient[i] != NULL)
            nodes[count++] = o->gradient[i];
    for (slong k = 0; k < count; k++)
        lb_scalar_init(values + k);
    status = evaluate(values, nodes, count, o, 1, prec, err);
    if (status == LB_OK && acb_is_finite(values[0].coefficient))
    {
        slong next = 1;

        status = set_real(value, values[0].coefficient, err);
        for (slong i = 0; i < o->n; i++)
            if (o->gradient[i] == NULL)
                arb_zero(gradient + i);
            else
                arb_set(gradient + i, acb_realref(values[next++].coefficient));
    }
    for (slong k = 0; k < count; k++)
        lb_scalar_clear(values + k);
    return status;
}

static lb_status
without_gradient(arb_t value, const lb_objective_t o, slong prec,
                 lb_error * err)
{
    const lb_node * root = o->expr->root;
    lb_scalar_t x;
    lb_status status;

    lb_scalar_init(x);
    status = evaluate(x, &root, 1, o, 0, prec, err);
    if (status == LB_OK && acb_is_finite(x->coefficient))
        status = set_real(value, x->coefficient, err);
    lb_scalar_clear(x);
    return status;
}

lb_status
lb_objective_evaluate(arb_t value, arb_ptr gradient, arb_srcptr x,
                      void * context, slong prec, lb_error * err)
{
    lb_objective_struct * o = context;
    lb_status status = LB_OK;
    acb_t z;

    acb_init(z);
    for (slong i = 0; i < o->n; i++)
    {
        acb_set_arb(z, x + i);
        lb_scope_set_value(o->scope, o->symbols[i], z);
    }
    acb_clear(z);
    arb_indeterminate(value);
    if (gradient != NULL)
        _arb_vec_indeterminate(gradient, o->n);
    if (gradient != NULL && o->differentiable)
    {
        status = with_gradient(value, gradient, o, prec, err);
        if (status == LB_EMODEL) /* the model itself has no derivative */
        {
            o->differentiable = 0;
            status = LB_OK;
        }
    }
    if (status == LB_OK && !arb_is_finite(value))
        status = without_gradient(value, o, prec, err);
    return status;
}
