/* analytic/model_derivative.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/derivative.h>
#include <lindbound/model_derivative.h>

/* out += derivative of one text */
static lb_status
add_term(lb_opoly_t out, int * affine, const lb_expr * text, lb_env_t env,
         slong symbol, lb_error * err)
{
    lb_node *first = NULL, *second = NULL;
    lb_opoly_t term;
    lb_status status
        = lb_derivative(&first, text->root, env->scope, symbol, err);

    if (status != LB_OK || first == NULL)
        return status;
    if (affine != NULL)
    {
        /* a second derivative that cannot be had is not known to vanish */
        if (lb_derivative(&second, first, env->scope, symbol, NULL) != LB_OK
            || second != NULL)
            *affine = 0;
        lb_node_free(second);
    }
    lb_opoly_init(term, env->scope->kinds, env->scope->subsystems);
    status = lb_env_operator_node(term, env, first, err);
    if (status == LB_OK)
        lb_opoly_add(out, out, term, env->prec);
    lb_opoly_clear(term);
    lb_node_free(first);
    return status;
}

lb_status
lb_hamiltonian_derivative(lb_opoly_t out, int * affine, const lb_model_t m,
                          lb_env_t env, slong symbol, lb_error * err)
{
    lb_status status = LB_OK;

    if (affine != NULL)
        *affine = 1;
    lb_opoly_zero(out);
    for (slong k = 0; k < m->n_hamiltonian && status == LB_OK; k++)
    {
        status = add_term(out, affine, m->hamiltonian[k], env, symbol, err);
        if (status != LB_OK)
            lb_error_in(err, m->file, m->hamiltonian_pointers[k]);
    }
    lb_opoly_hermitian_part(out, out, env->prec);
    if (status != LB_OK)
        lb_opoly_zero(out);
    return status;
}

static lb_status
rate_derivative(arb_t rate, const lb_dissipator * d, lb_env_t env, slong symbol,
                lb_error * err)
{
    lb_node * node = NULL;
    lb_scalar_t x;
    lb_status status
        = lb_derivative(&node, d->jump->root, env->scope, symbol, err);

    if (status == LB_OK && node != NULL)
        status = lb_error_set(err, LB_EMODEL,
                              "no derivative: a jump operator depends on '%s'",
                              env->scope->symbols[symbol].name);
    lb_node_free(node);
    node = NULL;
    if (status == LB_OK)
        status = lb_derivative(&node, d->rate->root, env->scope, symbol, err);
    arb_zero(rate);
    if (status == LB_OK && node != NULL)
    {
        lb_scalar_init(x);
        status = lb_env_scalar_node(x, env, node, err);
        arb_set(rate, acb_realref(x->coefficient));
        lb_scalar_clear(x);
    }
    lb_node_free(node);
    return status;
}

lb_status
lb_problem_init_derivative(lb_problem_t p, const lb_model_t m, lb_env_t env,
                           slong symbol, lb_error * err)
{
    lb_status status = lb_problem_init(p, m, env, err);

    if (status == LB_OK)
        status = lb_hamiltonian_derivative(p->hamiltonian, NULL, m, env, symbol,
                                           err);
    for (slong k = 0; k < m->n_dissipators && status == LB_OK; k++)
    {
        status = rate_derivative(p->rates + k, m->dissipators + k, env, symbol,
                                 err);
        if (status != LB_OK)
            lb_error_in(err, m->file, m->dissipators[k].rate_pointer);
    }
    return status;
}
