/* gate/expanded_quantity.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Quantities of the model that need no state, S and dressed energies, in
 * numbers. */
#include <string.h>

#include <lindbound/excitation_block.h>
#include <lindbound/expanded_internal.h>
#include <lindbound/network.h>
#include <lindbound/scattering.h>
#include <lindbound/text.h>

/* --- scattering ---------------------------------------------------------- */

static void
set_entry(lb_expanded_matrix * m, slong i, slong j, const acb_t z,
          lb_expanded_rounding * r)
{
    double re = lb_expanded_nearest(acb_realref(z), r),
           im = lb_expanded_nearest(acb_imagref(z), r);

    m->entries[i * m->columns + j] = CMPLX(re, im);
}

/* The matrices, zero but for D = d; the ports are known. */
static void
start_scattering(lb_expanded_t e, double d, int inputs, int size)
{
    e->has_scattering = 1;
    lb_expanded_matrix_init(&e->d, e->n_ports, inputs);
    lb_expanded_matrix_init(&e->c, e->n_ports, size);
    lb_expanded_matrix_init(&e->x, size, size);
    lb_expanded_matrix_init(&e->b, size, inputs);
    for (int p = 0; p < e->n_ports; p++)
        e->d.entries[p * inputs + p] = d;
}

/* out = -in - i sqrt(Gamma) M^(-1) sqrt(Gamma) in: every subsystem is a port */
static lb_status
scatter_modes(lb_expanded_builder * b, lb_error * err)
{
    const lb_problem_struct * p = b->problem;
    slong n = p->subsystems, prec = p->prec;
    lb_expanded_struct * e = b->e;
    arb_ptr gamma = _arb_vec_init(n);
    lb_status status;
    acb_mat_t m;
    acb_t z;

    acb_init(z);
    acb_mat_init(m, n, n);
    status = lb_scattering_from_problem(m, gamma, p, prec, err);
    if (status == LB_OK)
    {
        for (slong j = 0; j < n; j++)
            lb_expanded_add_port(e, p->names[j]);
        start_scattering(e, -1, (int) n, (int) n);
    }
    for (slong j = 0; j < n && status == LB_OK; j++)
    {
        acb_zero(z);
        arb_sqrtpos(acb_realref(z), gamma + j, prec);
        set_entry(&e->b, j, j, z, b->rounding);
        acb_div_onei(z, z);
        set_entry(&e->c, j, j, z, b->rounding);
        for (slong k = 0; k < n; k++)
            set_entry(&e->x, j, k, acb_mat_entry(m, j, k), b->rounding);
    }
    acb_clear(z);
    acb_mat_clear(m);
    _arb_vec_clear(gamma, n);
    return status;
}

/* Port q, channel p: its row of C = sqrt(r) (u, v) and, as inputs b_p and b_p',
   its columns sqrt(r) (u*, -v*) and sqrt(r) (-v, u) of B = F. */
static void
set_couplings(lb_expanded_t e, int q, const lb_network_t net, slong p,
              slong prec, lb_expanded_rounding * r)
{
    slong n = net->modes;
    int active = e->x.rows > n;
    arb_t root;
    acb_t u, v;

    arb_init(root);
    acb_init(u);
    acb_init(v);
    arb_sqrtpos(root, net->rates + p, prec);
    for (slong j = 0; j < n; j++)
    {
        acb_mul_arb(u, acb_mat_entry(net->u, p, j), root, prec);
        acb_mul_arb(v, acb_mat_entry(net->v, p, j), root, prec);
        set_entry(&e->c, q, j, u, r);
        if (active)
        {
            set_entry(&e->c, q, n + j, v, r);
            set_entry(&e->b, n + j, e->n_ports + q, u, r);
            acb_neg(v, v);
            set_entry(&e->b, j, e->n_ports + q, v, r);
            acb_conj(v, v);
            set_entry(&e->b, n + j, q, v, r);
        }
        acb_conj(u, u);
        set_entry(&e->b, j, q, u, r);
    }
    arb_clear(root);
    acb_clear(u);
    acb_clear(v);
}

/* S = 1 + U (M + iw)^(-1) F of analytic/network.h, in the rows of the fields of
   ports and the columns of those and of their adjoints.  Without pairs the
   modes and their adjoints are apart: then the former are all. */
static lb_status
scatter_network(lb_expanded_builder * b, lb_error * err)
{
    const lb_model_struct * m = b->model;
    slong prec = b->problem->prec;
    lb_expanded_struct * e = b->e;
    lb_network_t net;
    lb_status status = lb_network_from_model(net, m, b->problem, b->env, err);
    acb_mat_t x;
    int q = 0;

    acb_mat_init(x, 2 * net->modes, 2 * net->modes);
    if (status == LB_OK)
    {
        int halves = lb_network_is_passive(net) ? 1 : 2;

        for (slong p = 0; p < m->n_channels; p++)
            if (m->channels[p].name != NULL)
                lb_expanded_add_port(e, m->channels[p].name);
        start_scattering(e, 1, halves * e->n_ports, halves * (int) net->modes);
        lb_network_dynamics(x, net, prec);
    }
    for (slong i = 0; i < e->x.rows && status == LB_OK; i++)
    {
        arb_ptr im = acb_imagref(acb_mat_entry(x, i, i));

        arb_add(im, im, net->frequency, prec);
        for (slong j = 0; j < e->x.columns; j++)
            set_entry(&e->x, i, j, acb_mat_entry(x, i, j), b->rounding);
    }
    for (slong p = 0; p < m->n_channels && status == LB_OK; p++)
        if (m->channels[p].name != NULL)
            set_couplings(e, q++, net, p, prec, b->rounding);
    acb_mat_clear(x);
    lb_network_clear(net);
    return status;
}

/* The port that an argument names, or -1. */
static int
port_argument(const lb_expanded_t e, const lb_node * arg)
{
    for (int p = 0; p < e->n_ports && arg->kind == LB_NODE_NAME; p++)
        if (strcmp(arg->name, e->ports[p]) == 0)
            return p;
    return -1;
}

/* S(out,in), S_conj(out,in) */
lb_status
lb_expanded_scattered(lb_tree * t, lb_expanded_builder * b,
                      const lb_node * node, lb_error * err)
{
    int network = b->model->n_channels > 0;
    int adjoint = strcmp(node->name, "S_conj") == 0;
    lb_status status = LB_OK;

    if (!b->e->has_scattering)
    {
        const char * here = b->rounding->here;

        b->rounding->here = "the scattering matrix";
        status = network ? scatter_network(b, err) : scatter_modes(b, err);
        b->rounding->here = here;
    }
    if (status == LB_EMODEL || (adjoint && !network))
    {
        lb_error_clear(err);
        b->unknown = 1;
        return LB_OK;
    }
    if (status != LB_OK)
        return status;
    t->kind = LB_TREE_S;
    t->row = port_argument(b->e, node->args[0]);
    t->column = port_argument(b->e, node->args[1]);
    b->unknown |= t->row < 0 || t->column < 0;
    if (adjoint && b->e->d.columns == b->e->n_ports)
        t->kind = LB_TREE_NUMBER; /* 0: nothing joins a mode and an adjoint */
    else if (adjoint)
        t->column += b->e->n_ports;
    return LB_OK;
}

/* --- dressed states ------------------------------------------------------ */

static int
terms_equal(const lb_expanded_term * s, const lb_expanded_term * t)
{
    return s->re == t->re && s->im == t->im && s->n_factors == t->n_factors
           && (s->n_factors == 0
               || memcmp(s->factors, t->factors,
                         (size_t) s->n_factors * sizeof(*s->factors))
                      == 0);
}

/* 1 if h is what is left of `driven` without the terms that change the number
   of excitations.  Both are sorted. */
static int
is_conserving_part(const lb_expanded_operator * h,
                   const lb_expanded_operator * driven)
{
    int next = 0;

    for (int k = 0; k < driven->n_terms; k++)
        if (lb_expanded_term_shift(driven->terms + k) == 0
            && (next == h->n_terms
                || !terms_equal(h->terms + next++, driven->terms + k)))
            return 0;
    return next == h->n_terms;
}

/* Dressed states are those of H without its drives.  Who has only numbers
   leaves out what changes the number of excitations: is that the same? */
static lb_status
check_undriven(lb_expanded_builder * b, lb_error * err)
{
    lb_expanded_operator h = { 0 };
    lb_expanded_rounding r = { .here = b->rounding->here };
    lb_problem_t p;
    lb_status status;
    lb_env_t env;

    lb_env_init(env, b->env->scope, b->env->prec);
    fmpq_zero(env->drive_scale);
    status = lb_problem_init(p, b->model, env, err);
    if (status == LB_OK)
        lb_expanded_round_operator(&h, p->hamiltonian, &r);
    if (r.undecided)
        lb_expanded_note(&b->rounding->undecided, b->rounding);
    if (status == LB_OK && is_conserving_part(&h, &b->e->hamiltonian))
        b->rounding->rounded |= r.rounded;
    else
        b->unknown = 1;
    lb_expanded_operator_clear(&h);
    lb_problem_clear(p);
    lb_env_clear(env);
    if (status == LB_EPREC)
        return status;
    lb_error_clear(err);
    return LB_OK;
}

/* *value, if the argument is an exact integer from low to LB_BLOCK_MAX. */
static lb_status
integer_argument(int * value, lb_expanded_builder * b, const lb_node * arg,
                 slong low, lb_error * err)
{
    lb_status status;
    lb_scalar_t x;
    arf_srcptr mid;

    if (!lb_expanded_is_closed(b->env->scope, arg))
    {
        b->unknown = 1;
        return LB_OK;
    }
    lb_scalar_init(x);
    status = lb_env_scalar_node(x, b->env, arg, err);
    mid = arb_midref(acb_realref(x->coefficient));
    if (status == LB_OK && acb_is_int(x->coefficient)
        && arf_cmp_si(mid, low) >= 0 && arf_cmp_si(mid, LB_BLOCK_MAX) <= 0)
        *value = (int) arf_get_si(mid, ARF_RND_DOWN);
    else
        b->unknown = 1;
    lb_scalar_clear(x);
    return status;
}

/* dressed(n,k) */
lb_status
lb_expanded_dressed(lb_tree * t, lb_expanded_builder * b, const lb_node * node,
                    lb_error * err)
{
    lb_status status = integer_argument(&t->row, b, node->args[0], 0, err);

    t->kind = LB_TREE_DRESSED;
    if (status == LB_OK)
        status = integer_argument(&t->column, b, node->args[1], 1, err);
    if (status == LB_OK && !b->unknown)
        status = check_undriven(b, err);
    return status;
}
