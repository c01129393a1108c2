/* gate/expanded_build.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model becomes numbers.  Everything is evaluated in balls, at a precision
 * that is raised until every ball has one nearest double: then that double is
 * the nearest one to the exact number as well.  A number is a double for sure
 * only where its ball is that double exactly; a ball of any width, however
 * thin, says that the number may be another one: the problem is `rounded`. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/expanded_internal.h>
#include <lindbound/functions.h>

#define FIRST_PREC 128
/* beyond what the smallest double needs, 2^-1074 */
#define LAST_PREC 8192

/* --- rounding ------------------------------------------------------------ */

void
lb_expanded_note(int * what, lb_expanded_rounding * r)
{
    if (r->where == NULL)
        r->where = r->here;
    *what = 1;
}

double
lb_expanded_nearest(const arb_t x, lb_expanded_rounding * r)
{
    double d, other;
    arf_t low, high;

    if (!arb_is_finite(x))
    {
        lb_expanded_note(&r->undecided, r);
        lb_expanded_note(&r->not_finite, r);
        return 0;
    }
    if (arb_is_exact(x))
    {
        d = other = arf_get_d(arb_midref(x), ARF_RND_NEAR);
        if (arf_cmp_d(arb_midref(x), d) != 0)
            r->rounded = 1;
    }
    else
    {
        arf_init(low);
        arf_init(high);
        arb_get_interval_arf(low, high, x, 2 * LAST_PREC);
        d = arf_get_d(low, ARF_RND_NEAR);
        other = arf_get_d(high, ARF_RND_NEAR);
        arf_clear(low);
        arf_clear(high);
        r->rounded = 1;
    }
    if (d != other)
        lb_expanded_note(&r->undecided, r);
    else if (isinf(d))
        lb_expanded_note(&r->too_large, r);
    return d + 0.0;
}

void
lb_expanded_round_operator(lb_expanded_operator * op, const lb_opoly_t p,
                           lb_expanded_rounding * r)
{
    for (slong i = 0; i < p->length; i++)
    {
        const lb_factor * f = lb_opoly_term(p, i);
        double re = lb_expanded_nearest(
            acb_realref(p->coefficients[i].coefficient), r);
        double im = lb_expanded_nearest(
            acb_imagref(p->coefficients[i].coefficient), r);
        lb_expanded_term * term;

        if (re == 0 && im == 0)
            continue;
        term = lb_expanded_add_term(op, re, im);
        for (int k = 0; k < (int) p->subsystems; k++)
            if (f[k].matrix_unit || f[k].create != 0 || f[k].annihilate != 0)
                lb_expanded_add_factor(term, k, f[k].create, f[k].annihilate,
                                       f[k].matrix_unit != 0);
    }
}

/* --- what is one number -------------------------------------------------- */

static int
has_radius(const lb_node * node)
{
    if (node->kind == LB_NODE_NUMBER)
        return !fmpq_is_zero(node->radius);
    for (slong k = 0; k < node->arity; k++)
        if (has_radius(node->args[k]))
            return 1;
    return 0;
}

static lb_status
refuse_ball(const char * what, const char * file, const char * pointer,
            lb_error * err)
{
    lb_error_set(err, LB_EDOM,
                 "%s is a ball (+/-), which stands for many problems; an "
                 "expanded problem needs one number",
                 what);
    lb_error_in(err, file, pointer);
    return LB_EDOM;
}

static lb_status
check_symbols(const lb_scope_t scope, lb_error * err)
{
    for (slong k = 0; k < scope->length; k++)
    {
        const lb_symbol * s = scope->symbols + k;

        if (s->value != NULL ? !acb_is_exact(s->value)
                             : s->expr != NULL && has_radius(s->expr->root))
        {
            char what[80];

            snprintf(what, sizeof(what), "'%.60s'", s->name);
            return refuse_ball(what, s->file, s->pointer, err);
        }
    }
    return LB_OK;
}

static lb_status
check_texts(const lb_model_t m, lb_expr * const * exprs, slong n,
            lb_error * err)
{
    for (slong k = 0; k < m->n_hamiltonian; k++)
        if (has_radius(m->hamiltonian[k]->root))
            return refuse_ball("a coefficient", m->file,
                               m->hamiltonian_pointers[k], err);
    for (slong k = 0; k < m->n_dissipators; k++)
    {
        const lb_dissipator * d = m->dissipators + k;

        if (has_radius(d->rate->root))
            return refuse_ball("the rate", m->file, d->rate_pointer, err);
        if (has_radius(d->jump->root))
            return refuse_ball("a coefficient", m->file, d->jump_pointer, err);
    }
    for (slong k = 0; k < n; k++)
        if (has_radius(exprs[k]->root))
            return refuse_ball("a number of an observable", NULL, NULL, err);
    return LB_OK;
}

/* --- trees --------------------------------------------------------------- */

int
lb_expanded_is_closed(const lb_scope_t s, const lb_node * node)
{
    if (node->kind == LB_NODE_EXPECTATION)
        return 0;
    if (node->kind == LB_NODE_CALL)
    {
        lb_function_kind kind = lb_function_find(node->name)->kind;

        if (kind == LB_FUNCTION_STATE || kind == LB_FUNCTION_QUANTITY)
            return 0;
    }
    if (node->kind == LB_NODE_NAME)
    {
        slong k = lb_scope_find(s, node->name);

        return k < 0 || s->symbols[k].kind != LB_SYMBOL_DEFINITION
               || s->symbols[k].expr == NULL
               || lb_expanded_is_closed(s, s->symbols[k].expr->root);
    }
    for (slong k = 0; k < node->arity; k++)
        if (!lb_expanded_is_closed(s, node->args[k]))
            return 0;
    return 1;
}

static lb_status
fold(lb_tree * t, lb_expanded_builder * b, const lb_node * node, lb_error * err)
{
    lb_status status;
    lb_scalar_t x;

    lb_scalar_init(x);
    status = lb_env_scalar_node(x, b->env, node, err);
    if (status == LB_OK)
    {
        t->re = lb_expanded_nearest(acb_realref(x->coefficient), b->rounding);
        t->im = lb_expanded_nearest(acb_imagref(x->coefficient), b->rounding);
    }
    lb_scalar_clear(x);
    return status;
}

/* The operators whose means a function of the state asks for. */
typedef struct
{
    int n;
    lb_opoly_struct ops[2];
} captured;

static lb_status
capture(lb_scalar_t out, const lb_opoly_t op, void * context, slong prec,
        lb_error * err)
{
    captured * c = context;

    (void) prec;
    lb_scalar_zero(out);
    if (c->n == 2)
        return lb_error_set(err, LB_EMODEL,
                            "a function of more than two means");
    lb_opoly_init(c->ops + c->n, op->kinds, op->subsystems);
    lb_opoly_set(c->ops + c->n, op);
    c->n++;
    acb_one(out->coefficient);
    return LB_OK;
}

static void
set_mean(lb_tree * t, const lb_opoly_t op, lb_expanded_builder * b)
{
    t->kind = LB_TREE_MEAN;
    lb_expanded_round_operator(&t->mean, op, b->rounding);
}

/* <op>, n(c), P(a,n): one mean; gk(c): <c'^k c^k>/<c'c>^k */
static lb_status
expand_state(lb_tree * t, lb_expanded_builder * b, const lb_node * node,
             lb_error * err)
{
    lb_status status;
    captured c;
    lb_scalar_t x;

    for (slong k = 0; k < node->arity; k++)
        if (!lb_expanded_is_closed(b->env->scope, node->args[k]))
        {
            b->unknown = 1; /* an operator made of means */
            return LB_OK;
        }
    c.n = 0;
    lb_scalar_init(x);
    b->env->expectation = capture;
    b->env->expectation_context = &c;
    status = lb_env_scalar_node(x, b->env, node, err);
    b->env->expectation = NULL;
    if (status == LB_OK && c.n == 1)
        set_mean(t, c.ops, b);
    else if (status == LB_OK)
    {
        lb_tree_set_call(t, "/", 2);
        set_mean(t->args, c.ops, b);
        lb_tree_set_call(t->args + 1, "^", 2);
        set_mean(t->args[1].args, c.ops + 1, b);
        t->args[1].args[1].re = node->name[1] - '0';
    }
    for (int k = 0; k < c.n; k++)
        lb_opoly_clear(c.ops + k);
    lb_scalar_clear(x);
    return status;
}

static lb_status expand_node(lb_tree * t, lb_expanded_builder * b,
                             const lb_node * node, lb_error * err);

static lb_status
expand_call(lb_tree * t, lb_expanded_builder * b, const char * function,
            const lb_node * node, lb_error * err)
{
    lb_status status = LB_OK;

    lb_tree_set_call(t, function, (int) node->arity);
    for (slong k = 0; k < node->arity && status == LB_OK; k++)
        status = expand_node(t->args + k, b, node->args[k], err);
    return status;
}

static lb_status
expand_function(lb_tree * t, lb_expanded_builder * b, const lb_node * node,
                lb_error * err)
{
    const lb_function * f = lb_function_find(node->name);

    if (f->kind == LB_FUNCTION_STATE)
        return expand_state(t, b, node, err);
    if (f->kind == LB_FUNCTION_NUMBER)
        return expand_call(t, b, f->name, node, err);
    if (f->kind == LB_FUNCTION_OPERATOR)
        return fold(t, b, node, err); /* which says what is wrong */
    if (strcmp(f->name, "S") == 0 || strcmp(f->name, "S_conj") == 0)
        return lb_expanded_scattered(t, b, node, err);
    if (strcmp(f->name, "dressed") == 0 && b->model->n_channels == 0)
        return lb_expanded_dressed(t, b, node, err);
    b->unknown = 1;
    return LB_OK;
}

static lb_status
expand_node(lb_tree * t, lb_expanded_builder * b, const lb_node * node,
            lb_error * err)
{
    const lb_scope_struct * scope = b->env->scope;

    if (lb_expanded_is_closed(scope, node))
        return fold(t, b, node, err);
    switch (node->kind)
    {
    case LB_NODE_NAME: /* a definition */
        return expand_node(
            t, b, scope->symbols[lb_scope_find(scope, node->name)].expr->root,
            err);
    case LB_NODE_EXPECTATION:
        return expand_state(t, b, node, err);
    case LB_NODE_CALL:
        return expand_function(t, b, node, err);
    case LB_NODE_NEGATE:
        return expand_call(t, b, "neg", node, err);
    case LB_NODE_ADJOINT:
        return expand_call(t, b, "conj", node, err);
    case LB_NODE_ADD:
        return expand_call(t, b, "+", node, err);
    case LB_NODE_SUBTRACT:
        return expand_call(t, b, "-", node, err);
    case LB_NODE_MULTIPLY:
        return expand_call(t, b, "*", node, err);
    case LB_NODE_DIVIDE:
        return expand_call(t, b, "/", node, err);
    case LB_NODE_POWER:
        return expand_call(t, b, "^", node, err);
    case LB_NODE_NUMBER:
    case LB_NODE_PLUS_HC:
        break;
    }
    return fold(t, b, node, err); /* which says what is wrong */
}

static lb_status
expand_observable(lb_expanded_builder * b, const char * name,
                  const lb_expr * expr, lb_error * err)
{
    lb_tree * t = lb_expanded_add_observable(b->e, name);
    lb_status status;

    b->unknown = 0;
    b->rounding->here = "an observable";
    status = expand_node(t, b, expr->root, err);
    if (b->unknown)
    {
        lb_tree_clear(t);
        t->kind = LB_TREE_UNKNOWN;
    }
    return status;
}

/* --- the master equation ------------------------------------------------- */

/* The port that dissipator k belongs to, or NULL. */
static const char *
port_of(const lb_model_t m, slong k)
{
    slong next = 0;

    while (next < m->n_dissipators && !m->dissipators[next].of_channel)
        next++;
    if (k < next)
        return NULL;
    for (slong c = 0; c < m->n_channels; c++)
    {
        next += m->channels[c].thermal != NULL ? 2 : 1;
        if (k < next)
            return m->channels[c].name;
    }
    return NULL;
}

static void
expand_problem(lb_expanded_builder * b)
{
    const lb_problem_struct * p = b->problem;

    b->rounding->here = "the Hamiltonian";
    for (slong k = 0; k < p->subsystems; k++)
        lb_expanded_add_subsystem(b->e, p->names[k], p->kinds[k]);
    lb_expanded_round_operator(&b->e->hamiltonian, p->hamiltonian, b->rounding);
    b->rounding->here = "a dissipator";
    for (slong k = 0; k < p->n_jumps; k++)
    {
        double rate = lb_expanded_nearest(p->rates + k, b->rounding);

        if (rate != 0 && p->jumps[k].length > 0)
            lb_expanded_round_operator(
                lb_expanded_add_dissipator(b->e, rate, port_of(b->model, k)),
                p->jumps + k, b->rounding);
    }
}

/* Everything at one precision. */
static lb_status
expand_at(lb_expanded_t e, lb_expanded_rounding * r, const lb_model_t m,
          const lb_scope_t scope, char * const * names, lb_expr * const * exprs,
          slong n, slong prec, lb_error * err)
{
    lb_expanded_builder b = { .e = e, .model = m, .rounding = r };
    lb_problem_t p;
    lb_status status;
    lb_env_t env;

    lb_env_init(env, scope, prec);
    b.env = env;
    b.problem = p;
    status = lb_problem_init(p, m, env, err);
    if (status == LB_OK)
        expand_problem(&b);
    for (slong k = 0; k < n && status == LB_OK; k++)
        status = expand_observable(&b, names[k], exprs[k], err);
    e->rounded = r->rounded;
    lb_problem_clear(p);
    lb_env_clear(env);
    return status;
}

static lb_status
check_rounding(const lb_expanded_rounding * r, lb_error * err)
{
    if (r->too_large)
        return lb_error_set(err, LB_EDOM,
                            "%s holds a number beyond the range of doubles",
                            r->where);
    if (r->not_finite)
        return lb_error_set(err, LB_EDOM,
                            "%s holds a number that is not finite", r->where);
    if (r->undecided)
        return lb_error_set(err, LB_EPREC,
                            "%s holds a number that may be halfway between two "
                            "doubles",
                            r->where);
    return LB_OK;
}

lb_status
lb_expanded_from_model(lb_expanded_t e, const lb_model_t m,
                       const lb_scope_t scope, char * const * names,
                       lb_expr * const * exprs, slong n, lb_error * err)
{
    lb_status status = check_symbols(scope, err);
    lb_expanded_rounding r;

    lb_expanded_clear(e);
    if (status == LB_OK)
        status = check_texts(m, exprs, n, err);
    if (status != LB_OK)
        return status;
    for (slong prec = FIRST_PREC; prec <= LAST_PREC; prec *= 2)
    {
        memset(&r, 0, sizeof(r));
        lb_expanded_clear(e);
        lb_error_clear(err);
        status = expand_at(e, &r, m, scope, names, exprs, n, prec, err);
        if (status != LB_EPREC && (status != LB_OK || !r.undecided))
            break;
    }
    if (status == LB_OK)
        status = check_rounding(&r, err);
    if (status != LB_OK)
        lb_expanded_clear(e);
    return status;
}
