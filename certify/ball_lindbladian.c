/* certify/ball_lindbladian.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/ball_lindbladian.h>

static void
init_empty(lb_ball_lindbladian_t l, const lb_problem_t problem,
           const lb_basis_t inner, const lb_basis_t outer, slong prec)
{
    l->inner = inner->dimension;
    l->outer = outer->dimension;
    l->prec = prec;
    l->n_jumps = problem->n_jumps;
    lb_ball_sparse_init(l->generator, l->inner, l->outer);
    lb_ball_sparse_init(l->unit, l->outer, l->outer);
    l->rates = _arb_vec_init(l->n_jumps);
    l->jumps = flint_malloc((size_t) (l->n_jumps + 1)
                            * sizeof(lb_ball_sparse_struct));
    for (slong k = 0; k < l->n_jumps; k++)
    {
        lb_ball_sparse_init(l->jumps + k, l->inner, l->outer);
        arb_set(l->rates + k, problem->rates + k);
    }
}

void
lb_ball_lindbladian_clear(lb_ball_lindbladian_t l)
{
    lb_ball_sparse_clear(l->generator);
    lb_ball_sparse_clear(l->unit);
    for (slong k = 0; k < l->n_jumps; k++)
        lb_ball_sparse_clear(l->jumps + k);
    flint_free(l->jumps);
    _arb_vec_clear(l->rates, l->n_jumps);
}

/* generator += -i H, the jumps' blocks */
static lb_status
set_hamiltonian_and_jumps(lb_ball_lindbladian_t l, const lb_problem_t problem,
                          const lb_basis_t inner, const lb_basis_t outer,
                          lb_error * err)
{
    lb_status status;
    lb_ball_sparse_t h;
    acb_t factor;

    acb_init(factor);
    acb_onei(factor);
    acb_neg(factor, factor);
    lb_ball_sparse_init(h, l->inner, l->outer);
    status = lb_ball_sparse_set_opoly(h, problem->hamiltonian, inner, outer,
                                      l->prec, err);
    lb_ball_sparse_add_scaled(l->generator, l->generator, factor, h, l->prec);
    for (slong k = 0; k < l->n_jumps && status == LB_OK; k++)
        status = lb_ball_sparse_set_opoly(l->jumps + k, problem->jumps + k,
                                          inner, outer, l->prec, err);
    lb_ball_sparse_clear(h);
    acb_clear(factor);
    return status;
}

/* generator -= (rate/2) c'c */
static void
subtract_loss(lb_ball_lindbladian_t l, slong k, const lb_ball_sparse_t loss)
{
    acb_t factor;

    acb_init(factor);
    acb_set_arb(factor, l->rates + k);
    acb_mul_2exp_si(factor, factor, -1);
    acb_neg(factor, factor);
    lb_ball_sparse_add_scaled(l->generator, l->generator, factor, loss,
                              l->prec);
    acb_clear(factor);
}

lb_status
lb_ball_lindbladian_init_truncated(lb_ball_lindbladian_t l,
                                   const lb_problem_t problem,
                                   const lb_basis_t basis, slong prec,
                                   lb_error * err)
{
    lb_status status;

    init_empty(l, problem, basis, basis, prec);
    status = set_hamiltonian_and_jumps(l, problem, basis, basis, err);
    for (slong k = 0; k < l->n_jumps && status == LB_OK; k++)
    {
        lb_ball_sparse_t loss;

        /* c_P' c_P, the product of the truncated matrices */
        lb_ball_sparse_init(loss, l->inner, l->outer);
        lb_ball_sparse_gram(loss, l->jumps + k, prec);
        subtract_loss(l, k, loss);
        lb_ball_sparse_clear(loss);
    }
    return status;
}

static void
set_loss_polynomial(lb_opoly_t loss, const lb_opoly_t jump, slong prec)
{
    lb_opoly_adjoint(loss, jump);
    lb_opoly_mul(loss, loss, jump, prec);
}

slong
lb_ball_lindbladian_shift(const lb_problem_t problem)
{
    slong shift = lb_opoly_largest_shift(problem->hamiltonian);

    for (slong k = 0; k < problem->n_jumps; k++)
    {
        lb_opoly_t loss;

        lb_opoly_init(loss, problem->kinds, problem->subsystems);
        set_loss_polynomial(loss, problem->jumps + k, problem->prec);
        shift = FLINT_MAX(shift, lb_opoly_largest_shift(problem->jumps + k));
        shift = FLINT_MAX(shift, lb_opoly_largest_shift(loss));
        lb_opoly_clear(loss);
    }
    return shift;
}

/* The first states of outer are those of inner. */
static int
is_prefix(const lb_basis_t inner, const lb_basis_t outer)
{
    if (inner->dimension > outer->dimension
        || inner->subsystems != outer->subsystems)
        return 0;
    for (slong k = 0; k < inner->dimension * inner->subsystems; k++)
        if (inner->levels[k] != outer->levels[k])
            return 0;
    return 1;
}

/* The basis holds every state with N below its number of shells. */
static int
is_complete(const lb_basis_t basis, const lb_problem_t problem)
{
    lb_cutoff_t cutoff;
    slong count;

    lb_cutoff_init(cutoff, problem->kinds, problem->subsystems);
    cutoff->total = basis->shells - 1;
    count = lb_basis_count(cutoff);
    lb_cutoff_clear(cutoff);
    return count == basis->dimension;
}

/* Entry (i, j), i <= j, of L*(1_P) = -L*(1 - 1_P) is exactly zero unless both
   states are on shells above M - s, [T5]. */
static void
set_unit(lb_ball_lindbladian_t l, const lb_basis_t inner,
         const lb_basis_t outer)
{
    slong d = l->inner, n = l->outer;
    slong lowest = 2 * inner->shells - outer->shells;
    acb_ptr one = _acb_vec_init(d * d), r = _acb_vec_init(n * n);
    lb_ball_sparse_struct * unit = l->unit;

    for (slong i = 0; i < d; i++)
        acb_one(one + i * d + i);
    lb_ball_lindbladian_apply_adjoint(r, l, one);
    for (slong i = 0; i < n; i++)
    {
        for (slong j = i; j < n; j++)
        {
            if (outer->excitations[i] < lowest)
                acb_zero(r + i * n + j);
            unit->length += !acb_is_zero(r + i * n + j);
        }
        unit->start[i + 1] = unit->length;
    }
    unit->column = flint_malloc((size_t) (unit->length + 1) * sizeof(slong));
    unit->entry = _acb_vec_init(unit->length);
    for (slong i = 0; i < n; i++)
        for (slong j = i, k = unit->start[i]; j < n; j++)
            if (!acb_is_zero(r + i * n + j))
            {
                unit->column[k] = j;
                acb_swap(unit->entry + k++, r + i * n + j);
            }
    _acb_vec_clear(one, d * d);
    _acb_vec_clear(r, n * n);
}

lb_status
lb_ball_lindbladian_init_full(lb_ball_lindbladian_t l,
                              const lb_problem_t problem,
                              const lb_basis_t inner, const lb_basis_t outer,
                              slong prec, lb_error * err)
{
    lb_status status;

    init_empty(l, problem, inner, outer, prec);
    if (!is_prefix(inner, outer) || !is_complete(outer, problem)
        || outer->shells < inner->shells + lb_ball_lindbladian_shift(problem))
        return lb_error_set(err, LB_EDIM,
                            "the outer states are not all that L* reaches "
                            "from the inner ones"); /* [T5] */
    status = set_hamiltonian_and_jumps(l, problem, inner, outer, err);
    for (slong k = 0; k < l->n_jumps && status == LB_OK; k++)
    {
        lb_ball_sparse_t block;
        lb_opoly_t loss;

        /* P c'c, the full product, with nothing cut off between c' and c */
        lb_opoly_init(loss, problem->kinds, problem->subsystems);
        set_loss_polynomial(loss, problem->jumps + k, prec);
        lb_ball_sparse_init(block, l->inner, l->outer);
        status = lb_ball_sparse_set_opoly(block, loss, inner, outer, prec, err);
        subtract_loss(l, k, block);
        lb_ball_sparse_clear(block);
        lb_opoly_clear(loss);
    }
    if (status == LB_OK)
        set_unit(l, inner, outer);
    return status;
}

/* t = y a (inner x outer) */
static void
dense_times_sparse(acb_ptr t, acb_srcptr y, const lb_ball_sparse_t a,
                   slong prec)
{
    slong d = a->rows, n = a->columns;

    _acb_vec_zero(t, d * n);
    for (slong i = 0; i < d; i++)
        for (slong q = 0; q < d; q++)
        {
            if (acb_is_zero(y + i * d + q))
                continue;
            for (slong k = a->start[q]; k < a->start[q + 1]; k++)
                acb_addmul(t + i * n + a->column[k], y + i * d + q,
                           a->entry + k, prec);
        }
}

/* The upper triangle of r += rate c' t, t = y c */
static void
add_jump(acb_ptr r, const arb_t rate, const lb_ball_sparse_t c, acb_srcptr t,
         slong prec)
{
    slong n = c->columns;
    acb_t factor;

    acb_init(factor);
    for (slong p = 0; p < c->rows; p++)
        for (slong k = c->start[p]; k < c->start[p + 1]; k++)
        {
            slong i = c->column[k];

            acb_conj(factor, c->entry + k);
            acb_mul_arb(factor, factor, rate, prec);
            for (slong j = i; j < n; j++)
                if (!acb_is_zero(t + p * n + j))
                    acb_addmul(r + i * n + j, factor, t + p * n + j, prec);
        }
    acb_clear(factor);
}

void
lb_ball_lindbladian_apply_adjoint(acb_ptr r, const lb_ball_lindbladian_t l,
                                  acb_srcptr y)
{
    slong d = l->inner, n = l->outer;
    acb_ptr t = _acb_vec_init(d * n);
    acb_t z;

    acb_init(z);
    dense_times_sparse(t, y, l->generator, l->prec);
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
        {
            acb_ptr to = r + i * n + j;

            if (i < d)
                acb_set(to, t + i * n + j);
            else
                acb_zero(to);
            if (j < d) /* then i < d, too */
            {
                acb_conj(z, t + j * n + i);
                acb_add(to, to, z, l->prec);
            }
        }
    for (slong k = 0; k < l->n_jumps; k++)
    {
        if (arb_is_zero(l->rates + k))
            continue;
        dense_times_sparse(t, y, l->jumps + k, l->prec);
        add_jump(r, l->rates + k, l->jumps + k, t, l->prec);
    }
    acb_clear(z);
    _acb_vec_clear(t, d * n);
}
