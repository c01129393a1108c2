/* analytic/network_quantity.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/functions.h>
#include <lindbound/network_quantity.h>
#include <lindbound/text.h>

lb_status
lb_network_view_init(lb_network_view_t view, const lb_model_t m,
                     const lb_problem_t p, lb_env_t env, lb_error * err)
{
    view->model = m;
    view->has_scattering = view->has_moments = 0;
    acb_mat_init(view->s, 2 * m->n_channels, 2 * m->n_channels);
    lb_moments_init(view->moments, p->subsystems);
    return lb_network_from_model(view->network, m, p, env, err);
}

void
lb_network_view_clear(lb_network_view_t view)
{
    lb_network_clear(view->network);
    acb_mat_clear(view->s);
    lb_moments_clear(view->moments);
}

static lb_status
need_scattering(lb_network_view_t view, slong prec, lb_error * err)
{
    lb_status status;

    if (view->has_scattering)
        return LB_OK;
    status = lb_network_scattering(view->s, view->network, prec, err);
    view->has_scattering = status == LB_OK;
    return status;
}

/* (1/2) (S11 + a S12 + b S21 + a b S22) with signs a, b, times i^power:
       S_xx: a = b = 1          S_xp: i, a = -1, b = 1
       S_px: -i, a = 1, b = -1  S_pp: a = b = -1, of which the factor
                                      (-i) i = 1 is left */
static void
quadrature(acb_t z, const acb_mat_t s, slong p, slong q, char out, char in,
           slong prec)
{
    slong n = acb_mat_nrows(s) / 2;
    acb_t lower;

    acb_init(lower);
    acb_set(z, acb_mat_entry(s, p, q));
    acb_set(lower, acb_mat_entry(s, n + p, q));
    if (in == 'x')
    {
        acb_add(z, z, acb_mat_entry(s, p, n + q), prec);
        acb_add(lower, lower, acb_mat_entry(s, n + p, n + q), prec);
    }
    else
    {
        acb_sub(z, z, acb_mat_entry(s, p, n + q), prec);
        acb_sub(lower, lower, acb_mat_entry(s, n + p, n + q), prec);
        acb_mul_onei(z, z);
        acb_mul_onei(lower, lower);
    }
    if (out == 'x')
        acb_add(z, z, lower, prec);
    else
    {
        acb_sub(z, z, lower, prec);
        acb_div_onei(z, z);
    }
    acb_mul_2exp_si(z, z, -1);
    acb_clear(lower);
}

static void
add_abs2(arb_t sum, const acb_t z, const arb_t weight, slong prec)
{
    arb_t t;

    arb_init(t);
    arb_sqr(t, acb_realref(z), prec);
    arb_addmul(sum, t, weight, prec);
    arb_sqr(t, acb_imagref(z), prec);
    arb_addmul(sum, t, weight, prec);
    arb_clear(t);
}

/* noise_x, noise_p */
static void
quadrature_noise(arb_t sum, const lb_network_view_t view, slong p, char out,
                 slong prec)
{
    arb_t weight, half;
    acb_t z;

    arb_init(weight);
    arb_init(half);
    acb_init(z);
    arb_set_d(half, 0.5);
    arb_zero(sum);
    for (slong q = 0; q < view->network->channels; q++)
    {
        arb_add(weight, view->network->thermal + q, half, prec);
        quadrature(z, view->s, p, q, out, 'x', prec);
        add_abs2(sum, z, weight, prec);
        quadrature(z, view->s, p, q, out, 'p', prec);
        add_abs2(sum, z, weight, prec);
    }
    arb_clear(weight);
    arb_clear(half);
    acb_clear(z);
}

static void
thermal_out(arb_t sum, const lb_network_view_t view, slong p, slong prec)
{
    slong n = view->network->channels;
    arb_t weight;

    arb_init(weight);
    arb_zero(sum);
    for (slong q = 0; q < n; q++)
    {
        const arb_struct * thermal = view->network->thermal + q;

        add_abs2(sum, acb_mat_entry(view->s, p, q), thermal, prec);
        arb_add_ui(weight, thermal, 1, prec);
        add_abs2(sum, acb_mat_entry(view->s, p, n + q), weight, prec);
    }
    arb_clear(weight);
}

/* The channel that argument k names. */
static lb_status
port_argument(slong * channel, const lb_node * call, slong k,
              const lb_network_view_t view, lb_error * err)
{
    const lb_node * arg = call->args[k];
    char names[300] = "";

    *channel = arg->kind == LB_NODE_NAME
                   ? lb_model_find_port(view->model, arg->name)
                   : -1;
    if (*channel >= 0)
        return LB_OK;
    for (slong p = 0; p < view->model->n_channels; p++)
        if (view->model->channels[p].name != NULL)
            lb_text_append(names, sizeof(names), "%s%s",
                           names[0] != '\0' ? ", " : "",
                           view->model->channels[p].name);
    lb_error_set(err, LB_EDOM, "%s takes names of ports; there are: %s",
                 call->name, names);
    lb_error_at_column(err, arg->column);
    return LB_EDOM;
}

static lb_status
scattered(acb_t z, const lb_node * call, lb_network_view_t view, slong prec,
          lb_error * err)
{
    slong port[2] = { 0, 0 };
    lb_status status = LB_OK;
    arb_t half;

    for (slong k = 0; k < call->arity && status == LB_OK; k++)
        status = port_argument(port + k, call, k, view, err);
    if (status == LB_OK)
        status = need_scattering(view, prec, err);
    if (status != LB_OK)
        return status;
    acb_zero(z);
    if (strcmp(call->name, "S") == 0)
        acb_set(z, acb_mat_entry(view->s, port[0], port[1]));
    else if (strcmp(call->name, "S_conj") == 0)
        acb_set(z, acb_mat_entry(view->s, port[0],
                                 view->network->channels + port[1]));
    else if (strncmp(call->name, "S_", 2) == 0)
        quadrature(z, view->s, port[0], port[1], call->name[2], call->name[3],
                   prec);
    else if (strcmp(call->name, "noise_x") == 0
             || strcmp(call->name, "noise_p") == 0)
        quadrature_noise(acb_realref(z), view, port[0], call->name[6], prec);
    else
        thermal_out(acb_realref(z), view, port[0], prec);
    if (strcmp(call->name, "noise_out") == 0)
    {
        arb_init(half);
        arb_set_d(half, 0.5);
        acb_add_arb(z, z, half, prec);
        arb_clear(half);
    }
    return LB_OK;
}

lb_status
lb_network_view_quantity(lb_scalar_t out, lb_network_view_t view,
                         const lb_node * call, slong prec, lb_error * err)
{
    const lb_function * f = lb_function_find(call->name);
    lb_status status = LB_OK;
    acb_t z;

    if (f == NULL || (!f->of_ports && strcmp(call->name, "stability") != 0))
        return LB_ENAME;
    acb_init(z);
    if (f->of_ports)
        status = scattered(z, call, view, prec, err);
    else
        lb_network_abscissa(acb_realref(z), view->network, prec);
    lb_scalar_set_acb(out, z);
    if (status != LB_OK)
        lb_scalar_indeterminate(out);
    acb_clear(z);
    return status;
}

lb_status
lb_network_view_expectation(lb_scalar_t out, lb_network_view_t view,
                            const lb_opoly_t op, slong prec, lb_error * err)
{
    lb_status status = LB_OK;

    if (!view->has_moments)
        status = lb_network_moments(view->moments, view->network, prec, err);
    view->has_moments = status == LB_OK;
    if (status == LB_OK)
        status = lb_moments_expectation(out, view->moments, op, prec, err);
    else
        lb_scalar_indeterminate(out);
    return status;
}
