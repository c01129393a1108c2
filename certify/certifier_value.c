/* certify/certifier_value.c -- one evaluation of what is asked.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/certifier_internal.h>

/* Proposals are remembered up to this many matrix entries. */
#define MEMORY_ENTRIES 2000000

/* --- proposals that are remembered --------------------------------------- */

void
lb_certifier_forget(lb_certifier * c)
{
    for (slong k = 0; k < c->n_memories; k++)
    {
        lb_opoly_clear(c->memories[k]->op);
        lb_proposal_clear(c->memories[k]->proposal);
        arb_clear(c->memories[k]->value);
        flint_free(c->memories[k]);
    }
    flint_free(c->memories);
    c->memories = NULL;
    c->n_memories = 0;
    c->n_parts = 0;
}

/* The same terms, with coefficients of which @p same is true. */
static int
compare(const lb_opoly_t p, const lb_opoly_t q,
        int (*same)(const acb_t x, const acb_t y))
{
    if (p->length != q->length)
        return 0;
    for (slong k = 0; k < p->length; k++)
        if (memcmp(lb_opoly_term(p, k), lb_opoly_term(q, k),
                   (size_t) p->subsystems * sizeof(lb_factor))
                != 0
            || !same(p->coefficients[k].coefficient,
                     q->coefficients[k].coefficient))
            return 0;
    return 1;
}

static lb_certifier_memory *
find_memory(const lb_certifier * c, const lb_opoly_t op)
{
    for (slong k = 0; k < c->n_memories; k++)
        if (compare(c->memories[k]->op, op, acb_overlaps))
            return c->memories[k];
    return NULL;
}

/* A start for Y: the one last used for this operator, or that of the anchor, or
   zero.  Which is only a question of speed. */
static lb_certifier_memory *
recall(lb_certifier * c, const lb_opoly_t op)
{
    slong d = c->basis->dimension;
    lb_certifier_memory * x = find_memory(c, op);
    const lb_certifier_memory * start = NULL;

    if (x != NULL)
    {
        lb_proposal_resize(x->proposal, d);
        return x;
    }
    if ((c->n_memories + 1) * d * d > MEMORY_ENTRIES && c->n_memories > 1)
        lb_certifier_forget(c);
    c->memories
        = flint_realloc(c->memories, (size_t) (c->n_memories + 1)
                                         * sizeof(lb_certifier_memory *));
    x = flint_malloc(sizeof(lb_certifier_memory));
    c->memories[c->n_memories++] = x;
    lb_opoly_init(x->op, op->kinds, op->subsystems);
    lb_opoly_set(x->op, op);
    lb_proposal_init(x->proposal, d);
    if (c->anchor != NULL)
        start = find_memory(c->anchor, op);
    if (start != NULL)
    {
        lb_proposal_set(x->proposal, start->proposal);
        lb_proposal_resize(x->proposal, d);
    }
    arb_init(x->value);
    x->balls = -1;
    return x;
}

/* Notes that the value rests on @p x, unless it has been noted. */
static void
add_part(lb_certifier * c, const lb_certifier_memory * x)
{
    for (slong k = 0; k < c->n_parts; k++)
        if (c->parts[k].op == x->op)
            return;
    c->parts = flint_realloc(c->parts, (size_t) (c->n_parts + 1)
                                           * sizeof(lb_certified_part));
    c->parts[c->n_parts].op = x->op;
    c->parts[c->n_parts].proposal = x->proposal;
    c->n_parts++;
}

/* --- expectation values -------------------------------------------------- */

static void
note_limit(lb_certifier * c, const lb_enclosure_info * info)
{
    c->info.rounds += info->rounds;
    c->info.solve_seconds += info->solve_seconds;
    c->info.residual_seconds += info->residual_seconds;
    switch (info->limit)
    {
    case LB_STOP_NONE:
        break;
    case LB_STOP_PRECISION:
        c->missing_precision
            = FLINT_MAX(c->missing_precision, info->missing_bits);
        break;
    case LB_STOP_BOUNDARY:
        c->missing_boundary
            = FLINT_MAX(c->missing_boundary, info->missing_bits);
        break;
    case LB_STOP_SOLVER:
        c->solver_failed = 1;
    }
}

/* Whether the ball that is remembered is of this very operator, still proved by
   its proposal, and tight enough; not of one that may be zero. */
static int
is_known(const lb_certifier_memory * x, const lb_certifier * c,
         const lb_opoly_t op, const lb_enclosure_goal * goal)
{
    mag_t size;
    int known;

    if (x->balls != c->balls || goal->past_boundary
        || !compare(x->op, op, acb_equal))
        return 0;
    mag_init(size);
    arf_get_mag_lower(size, arb_midref(x->value));
    mag_max(size, size, goal->reference);
    mag_mul_2exp_si(size, size, -goal->bits);
    known = mag_cmp(arb_radref(x->value), size) <= 0;
    mag_clear(size);
    return known;
}

/* tr(rho op) of a Hermitian operator */
static lb_status
enclose_hermitian(arb_t value, lb_certifier * c, const lb_opoly_t op,
                  const mag_t reference, lb_error * err)
{
    lb_enclosure_goal goal
        = { c->bits, c->zero_bits, reference, c->past_boundary };
    lb_enclosure_info info;
    lb_status status;
    lb_certifier_memory * x;

    if (op->length == 0)
    {
        arb_zero(value);
        return LB_OK;
    }
    x = recall(c, op);
    if (is_known(x, c, op, &goal))
    {
        status = lb_check_rounding(err);
        if (status == LB_OK)
            arb_set(value, x->value);
        else
            arb_indeterminate(value);
        add_part(c, x);
        return status;
    }
    status = lb_enclose(value, &info, x->proposal, &c->space->space, op, &goal,
                        err);
    if (status == LB_OK)
    {
        x->refinable = info.refinable;
        x->balls = c->balls;
        arb_set(x->value, value);
        lb_opoly_set(x->op, op);
        add_part(c, x);
        note_limit(c, &info);
    }
    return status;
}

/* What the last enclosure says of tr(rho op) if nothing is beyond the states
   that are kept.  This proves nothing where there is. */
static void
recall_kept(arb_t value, const lb_certifier * c, const lb_opoly_t op)
{
    const lb_certifier_memory * x = find_memory(c, op);
    mag_t refinable;

    arb_zero(value);
    if (op->length == 0)
        return;
    arb_indeterminate(value);
    if (x == NULL)
        return;
    mag_init(refinable);
    mag_set_ui_2exp_si(refinable, 1, x->refinable);
    arb_set_arf(value, x->proposal->o);
    arb_add_error_mag(value, refinable);
    mag_clear(refinable);
}

/* The Hermitian parts X, Z of op = X + i Z. */
static void
hermitian_parts(lb_opoly_t x, lb_opoly_t z, const lb_opoly_t op, slong prec)
{
    lb_scalar_t factor;

    lb_scalar_init(factor);
    lb_scalar_zero(factor);
    acb_onei(factor->coefficient);
    acb_neg(factor->coefficient, factor->coefficient);
    lb_opoly_hermitian_part(x, op, prec);
    lb_opoly_scalar_mul(z, op, factor, prec);
    lb_opoly_hermitian_part(z, z, prec);
    lb_scalar_clear(factor);
}

/* Whether the truncation is high enough for @p op; level full raises it
   first if not. */
static int
sees(lb_certifier * c, const lb_opoly_t op)
{
    if (!c->full)
        return 1;
    c->needed_total = FLINT_MAX(c->needed_total, lb_opoly_highest_total(op));
    return c->needed_total <= c->cutoff->total && c->has_populations;
}

/* The hook of model/evaluate.h: tr(rho op). */
static lb_status
expectation(lb_scalar_t out, const lb_opoly_t op, void * context, slong prec,
            lb_error * err)
{
    lb_certifier * c = context;
    lb_opoly_t x, z;
    lb_status status;
    arb_t re, im;
    mag_t reference;

    lb_scalar_indeterminate(out);
    if (!sees(c, op))
        return LB_OK;
    if (!c->full)
    {
        status = lb_basis_check_operator(c->basis, op, c->what, c->cutoff,
                                         c->scope, err);
        if (status != LB_OK)
            return status;
    }
    lb_opoly_init(x, op->kinds, op->subsystems);
    lb_opoly_init(z, op->kinds, op->subsystems);
    arb_init(re);
    arb_init(im);
    mag_init(reference);
    hermitian_parts(x, z, op, prec);
    status = enclose_hermitian(re, c, x, reference, err);
    arb_get_mag_lower(reference, re);
    if (status == LB_OK)
        status = enclose_hermitian(im, c, z, reference, err);
    if (status == LB_OK)
    {
        lb_scalar_zero(out);
        arb_swap(acb_realref(out->coefficient), re);
        arb_swap(acb_imagref(out->coefficient), im);
    }
    mag_clear(reference);
    arb_clear(re);
    arb_clear(im);
    lb_opoly_clear(x);
    lb_opoly_clear(z);
    return status;
}

/* The hook: tr(rho op) by recall_kept. */
static lb_status
kept_expectation(lb_scalar_t out, const lb_opoly_t op, void * context,
                 slong prec, lb_error * err)
{
    const lb_certifier * c = context;
    lb_opoly_t x, z;

    (void) err;
    lb_opoly_init(x, op->kinds, op->subsystems);
    lb_opoly_init(z, op->kinds, op->subsystems);
    hermitian_parts(x, z, op, prec);
    lb_scalar_zero(out);
    recall_kept(acb_realref(out->coefficient), c, x);
    recall_kept(acb_imagref(out->coefficient), c, z);
    lb_opoly_clear(x);
    lb_opoly_clear(z);
    return LB_OK;
}

/* --- what is asked ------------------------------------------------------- */

/* e with expectation values by @p hook */
static lb_status
evaluate_with(acb_t value, lb_certifier * c,
              lb_status (*hook)(lb_scalar_t out, const lb_opoly_t op,
                                void * context, slong prec, lb_error * err),
              lb_error * err)
{
    lb_status status;
    lb_scalar_t x;
    lb_env_t env;

    lb_scalar_init(x);
    lb_env_init(env, c->scope, c->prec);
    env->expectation = hook;
    env->expectation_context = c;
    status = lb_env_scalar(x, env, c->expression, err);
    if (status == LB_OK)
        acb_set(value, x->coefficient);
    else
        acb_indeterminate(value);
    lb_env_clear(env);
    lb_scalar_clear(x);
    return status;
}

static lb_status
evaluate_mean(acb_t value, lb_certifier * c, lb_error * err)
{
    acb_indeterminate(value);
    if (!sees(c, c->mean_of))
        return LB_OK;
    arb_zero(acb_imagref(value));
    return enclose_hermitian(acb_realref(value), c, c->mean_of, c->scale, err);
}

lb_status
lb_certifier_evaluate(acb_t value, lb_certifier * c, lb_error * err)
{
    lb_status status;

    c->missing_precision = 0;
    c->missing_boundary = 0;
    c->needed_total = 0;
    c->solver_failed = 0;
    c->n_parts = 0;
    status = c->expression != NULL ? evaluate_with(value, c, expectation, err)
                                   : evaluate_mean(value, c, err);
    if (status != LB_OK)
        acb_indeterminate(value);
    acb_set(c->last_value, value);
    return status;
}

lb_status
lb_certifier_evaluate_kept(acb_t value, lb_certifier * c, lb_error * err)
{
    if (c->expression != NULL)
        return evaluate_with(value, c, kept_expectation, err);
    recall_kept(acb_realref(value), c, c->mean_of);
    arb_zero(acb_imagref(value));
    return LB_OK;
}
