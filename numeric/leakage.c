/* numeric/leakage.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>

#include <lindbound/leakage.h>
#include <lindbound/steady_state.h>

#define PREC 128

/* By how much a term of an operator raises and lowers subsystem k at most; the
   total excitation number for k = op->subsystems. */
static void
changes(slong * up, slong * down, const lb_opoly_t op, slong k)
{
    *up = 0;
    *down = 0;
    for (slong i = 0; i < op->length; i++)
    {
        slong change = k < op->subsystems
                           ? lb_opoly_term(op, i)[k].create
                                 - lb_opoly_term(op, i)[k].annihilate
                           : lb_opoly_term_shift(op, i);

        *up = FLINT_MAX(*up, change);
        *down = FLINT_MAX(*down, -change);
    }
}

/* How far H, the c_k and the c_k'c_k reach upwards. */
static slong
reach(const lb_problem_t p, slong k)
{
    slong up, down, most;

    changes(&most, &down, p->hamiltonian, k);
    for (slong j = 0; j < p->n_jumps; j++)
    {
        changes(&up, &down, p->jumps + j, k);
        most = FLINT_MAX(most, up + down);
    }
    return most;
}

/* All states that L reaches from those of @p inner, and what is between: on
   them the truncated L is the full one. */
static lb_status
outer_basis(lb_basis_t outer, const lb_basis_t inner, const lb_problem_t p,
            slong max_dimension, lb_error * err)
{
    lb_status status;
    lb_cutoff_t c;

    lb_cutoff_init(c, p->kinds, p->subsystems);
    c->total = inner->shells - 1 + reach(p, p->subsystems);
    for (slong k = 0; k < p->subsystems; k++)
    {
        slong highest = 0;

        if (p->kinds[k] != LB_MODE)
            continue;
        for (slong i = 0; i < inner->dimension; i++)
            highest = FLINT_MAX(highest, lb_basis_state(inner, i)[k]);
        c->levels[k] = highest + reach(p, k);
    }
    status = lb_basis_init(outer, c, max_dimension, err);
    lb_cutoff_clear(c);
    return status;
}

/* The norm of L(rho) on the outer basis. */
static lb_status
embedded_norm(double * norm, const lb_steady_state_t s, const lb_problem_t p,
              const lb_basis_t outer, lb_error * err)
{
    slong d = s->basis->dimension, n = outer->dimension;
    lb_extended *x, *y;
    lb_lindbladian_t l;
    long double sum = 0.0L;
    slong * place;
    lb_status status = lb_lindbladian_init(l, p, outer, 0, err);

    if (status != LB_OK)
    {
        lb_lindbladian_clear(l);
        return status;
    }
    place = flint_malloc((size_t) d * sizeof(slong));
    x = flint_calloc((size_t) (n * n), sizeof(lb_extended));
    y = flint_malloc((size_t) (n * n) * sizeof(lb_extended));
    for (slong i = 0; i < d; i++)
        place[i] = lb_basis_find(outer, lb_basis_state(s->basis, i));
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
            x[place[i] * n + place[j]]
                = lb_steady_state_element_approx(s, i, j);
    lb_lindbladian_apply_extended(y, l, x);
    for (slong i = 0; i < n * n; i++)
        sum += creall(y[i]) * creall(y[i]) + cimagl(y[i]) * cimagl(y[i]);
    *norm = (double) sqrtl(sum);
    flint_free(place);
    flint_free(x);
    flint_free(y);
    lb_lindbladian_clear(l);
    return LB_OK;
}

static lb_status
solve(double * norm, const lb_problem_t p, const lb_cutoff_t cutoff,
      slong max_dimension, lb_error * err)
{
    lb_steady_state_t s;
    lb_basis_t inner, outer;
    lb_status status = lb_basis_init(inner, cutoff, max_dimension, err);

    if (status == LB_OK)
    {
        lb_steady_state_init(s);
        status = outer_basis(outer, inner, p, max_dimension, err);
        if (status == LB_OK)
            status = lb_steady_state_solve_approx(s, p, inner, NULL, err);
        if (status == LB_OK)
            status = embedded_norm(norm, s, p, outer, err);
        lb_basis_clear(outer);
        lb_steady_state_clear(s);
    }
    lb_basis_clear(inner);
    return status;
}

lb_status
lb_leakage_approx(double * norm, const lb_model_t m, const lb_scope_t scope,
                  const lb_cutoff_t cutoff, slong max_dimension, lb_error * err)
{
    lb_problem_t problem;
    lb_status status = lb_problem_init_at(problem, m, scope, PREC, err);

    *norm = (double) NAN;
    if (status == LB_OK)
        status = solve(norm, problem, cutoff, max_dimension, err);
    lb_problem_clear(problem);
    return status;
}
