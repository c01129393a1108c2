/* compare/witness_proposal.c -- c and X of the witness, from a steady state in
 * doubles. SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lindbound/clock.h>
#include <lindbound/witness_internal.h>

/* of what only the proposal uses */
#define MODEL_PREC 128
/* By how much one A_j raises a level. */
#define REACH 2

/* The levels of the parties that are kept, and those two above. */
static lb_status
set_part(lb_witness_t w, const lb_cutoff_t cutoff, slong max_dimension,
         lb_error * err)
{
    lb_cutoff_t wider;
    lb_status status;

    lb_witness_forget_proposal(w);
    w->kept->total = cutoff->total;
    lb_cutoff_init(wider, w->kinds, w->parties);
    for (slong j = 0; j < w->parties; j++)
    {
        slong level = cutoff->levels[w->which[j]];

        w->kept->levels[j] = level;
        if (w->kinds[j] == LB_MODE && level >= 0)
            wider->levels[j] = level + REACH;
    }
    if (cutoff->total >= 0)
        wider->total = cutoff->total + REACH;
    status = lb_basis_init(w->part, wider, max_dimension, err);
    lb_cutoff_clear(wider);
    if (status == LB_OK)
    {
        size_t entries = (size_t) (w->part->dimension * w->part->dimension);

        w->x = flint_calloc(entries, sizeof(lb_complex));
        w->rho = flint_calloc(entries, sizeof(lb_complex));
    }
    return status;
}

/* The observable k on the states of the parties, in the basis of s. */
static lb_status
transformed_observable(lb_complex * a, const lb_witness_t w, slong k,
                       const lb_spectrum_t s, lb_error * err)
{
    lb_status status;
    lb_sparse_t sparse;
    lb_opoly_t op;

    lb_opoly_init(op, w->kinds, w->parties);
    lb_sparse_init(sparse, s->dimension, s->dimension);
    lb_witness_set_observable(op, w->number[k], w->party[k], MODEL_PREC);
    status = lb_sparse_set_opoly_approx(sparse, op, w->part, err);
    lb_sparse_get_dense(a, sparse);
    lb_spectrum_transform_approx(a, s, 0);
    lb_sparse_clear(sparse);
    lb_opoly_clear(op);
    return status;
}

/* The largest of the c is positive: c and -c are as good. */
static void
fix_sign(lb_witness_t w)
{
    double largest = 0.0;

    for (slong k = 0; k < w->operators; k++)
        if (fabs(w->c[k]) > fabs(largest) * (1.0 + 1e-6))
            largest = w->c[k];
    for (slong k = 0; k < w->operators && largest < 0.0; k++)
        w->c[k] = -w->c[k];
}

/* c, the means and X, from the observables a[k] in the basis of s. */
static lb_status
choose(lb_witness_t w, lb_complex * const * a, const lb_spectrum_t s,
       lb_error * err)
{
    slong n = w->operators, d = s->dimension;
    double * q = flint_calloc((size_t) (n * n), sizeof(double));
    lb_complex * sum = flint_calloc((size_t) (d * d), sizeof(lb_complex));
    lb_status status;

    for (slong k = 0; k < n; k++)
        for (slong l = 0; l < n; l++)
        {
            q[k * n + l] = lb_fisher_approx(a[k], a[l], s);
            if (w->party[k] == w->party[l])
                q[k * n + l] -= 4.0 * lb_covariance_approx(a[k], a[l], s);
        }
    status = lb_largest_eigenvalue_approx(&w->approx, w->c, q, n, err);
    fix_sign(w);
    memset(w->mean, 0, sizeof(w->mean));
    for (slong k = 0; k < n && status == LB_OK; k++)
    {
        for (slong i = 0; i < d * d; i++)
            sum[i] += w->c[k] * a[k][i];
        for (slong i = 0; i < d; i++)
            w->mean[w->party[k]] += w->c[k] * s->p[i] * creal(a[k][i * d + i]);
    }
    if (status == LB_OK)
    {
        lb_sld_approx(w->x, sum, s);
        lb_spectrum_transform_approx(w->x, s, 1);
    }
    flint_free(q);
    flint_free(sum);
    return status;
}

static lb_status
choose_from_state(lb_witness_t w, const lb_steady_state_t state, lb_error * err)
{
    slong d = w->part->dimension;
    lb_complex ** a = flint_calloc((size_t) w->operators, sizeof(*a));
    lb_status status;
    lb_spectrum_t s;

    lb_reduced_state_approx(w->rho, w->part, w->which, state);
    status = lb_spectrum_init_approx(s, w->rho, d, err);
    for (slong k = 0; k < w->operators && status == LB_OK; k++)
    {
        a[k] = flint_malloc((size_t) (d * d) * sizeof(lb_complex));
        status = transformed_observable(a[k], w, k, s, err);
    }
    if (status == LB_OK)
        status = choose(w, a, s, err);
    for (slong k = 0; k < w->operators; k++)
        flint_free(a[k]);
    flint_free(a);
    lb_spectrum_clear(s);
    return status;
}

lb_status
lb_witness_propose_approx(lb_witness_t w, const lb_model_t m,
                          const lb_cutoff_t cutoff, slong max_dimension,
                          lb_error * err)
{
    double start = lb_clock_seconds();
    lb_steady_state_t state;
    lb_problem_t problem;
    lb_status status;
    lb_basis_t basis;

    status = lb_basis_init(basis, cutoff, max_dimension, err);
    if (status != LB_OK)
        return status;
    status = set_part(w, cutoff, max_dimension, err);
    if (status == LB_OK)
    {
        lb_steady_state_init(state);
        status = lb_problem_init_at(problem, m, w->scope, MODEL_PREC, err);
        if (status == LB_OK)
            status = lb_steady_state_solve_approx(state, problem, basis, NULL,
                                                  err);
        if (status == LB_OK)
            status = choose_from_state(w, state, err);
        lb_steady_state_clear(state);
        lb_problem_clear(problem);
    }
    lb_basis_clear(basis);
    w->seconds += lb_clock_seconds() - start;
    return status;
}
