/* compare/witness_lower.c -- the proved lower bound, theory.md [E1].
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lindbound/clock.h>
#include <lindbound/witness_internal.h>

/* of the operator that is enclosed, beyond the digits */
#define GUARD_BITS 192
/* What is proved need not be finer than this. */
#define SMALLEST_SCALE 1e-9

slong
lb_witness_kept_states(slong * place, const lb_witness_t w)
{
    slong n = 0;

    for (slong i = 0; i < w->part->dimension; i++)
    {
        const slong * levels = lb_basis_state(w->part, i);
        int kept
            = w->kept->total < 0 || w->part->excitations[i] <= w->kept->total;

        for (slong j = 0; j < w->parties && kept; j++)
            kept = w->kept->levels[j] < 0 || levels[j] <= w->kept->levels[j];
        if (kept)
            place[n++] = i;
    }
    return n;
}

/* X, exactly Hermitian. */
static void
set_x(acb_mat_t x, const lb_witness_t w)
{
    slong d = w->part->dimension;

    for (slong i = 0; i < d; i++)
        for (slong j = i; j < d; j++)
        {
            acb_ptr z = acb_mat_entry(x, i, j);

            acb_set_d_d(z, creal(w->x[i * d + j]),
                        i == j ? 0.0 : cimag(w->x[i * d + j]));
            acb_conj(acb_mat_entry(x, j, i), z);
        }
}

void
lb_witness_set_dense(acb_mat_t a, const lb_ball_sparse_t sparse)
{
    acb_mat_zero(a);
    for (slong i = 0; i < sparse->rows; i++)
        for (slong k = sparse->start[i]; k < sparse->start[i + 1]; k++)
            acb_set(acb_mat_entry(a, i, sparse->column[k]), sparse->entry + k);
}

/* The sum of all A_j on the states of the parties. */
static lb_status
set_sum(acb_mat_t a, const lb_witness_t w, slong prec, lb_error * err)
{
    lb_opoly_t sum, op;
    lb_ball_sparse_t sparse;
    lb_status status;

    lb_opoly_init(sum, w->kinds, w->parties);
    lb_opoly_init(op, w->kinds, w->parties);
    for (slong j = 0; j < w->parties; j++)
    {
        lb_witness_set_party(op, w, j, 0, prec);
        lb_opoly_add(sum, sum, op, prec);
    }
    lb_ball_sparse_init(sparse, w->part->dimension, w->part->dimension);
    status = lb_ball_sparse_set_opoly(sparse, sum, w->part, w->part, prec, err);
    lb_witness_set_dense(a, sparse);
    lb_ball_sparse_clear(sparse);
    lb_opoly_clear(sum);
    lb_opoly_clear(op);
    return status;
}

/* g = the block of 2i (A X - X A) - X^2 between the kept states, [E1]: the
   states of X are all that is summed over, so nothing is left out. */
static void
set_block(acb_mat_t g, const acb_mat_t a, const acb_mat_t x,
          const slong * place, slong prec)
{
    slong n = acb_mat_nrows(g), d = acb_mat_nrows(x);
    acb_mat_t rows, columns, t;

    acb_mat_init(rows, n, d);
    acb_mat_init(columns, d, n);
    acb_mat_init(t, n, n);
    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < d; k++)
        {
            acb_set(acb_mat_entry(rows, i, k), acb_mat_entry(a, place[i], k));
            acb_set(acb_mat_entry(columns, k, i),
                    acb_mat_entry(x, k, place[i]));
        }
    acb_mat_mul(t, rows, columns, prec); /* A X */
    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < d; k++)
            acb_set(acb_mat_entry(rows, i, k), acb_mat_entry(x, place[i], k));
    acb_mat_mul(g, rows, columns, prec); /* X^2 */
    acb_mat_neg(g, g);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            acb_t z; /* (A X - X A)_ij, X A = (A X)' */

            acb_init(z);
            acb_conj(z, acb_mat_entry(t, j, i));
            acb_sub(z, acb_mat_entry(t, i, j), z, prec);
            acb_mul_onei(z, z);
            acb_mul_2exp_si(z, z, 1);
            acb_add(acb_mat_entry(g, i, j), acb_mat_entry(g, i, j), z, prec);
            acb_clear(z);
        }
    acb_mat_clear(rows);
    acb_mat_clear(columns);
    acb_mat_clear(t);
}

void
lb_witness_set_unit(lb_opoly_t r, const acb_t z, const lb_witness_t w, slong i,
                    slong j, slong prec)
{
    lb_scalar_t x;
    lb_opoly_t u;

    lb_scalar_init(x);
    lb_scalar_set_acb(x, z);
    lb_opoly_init(u, r->kinds, r->subsystems);
    lb_opoly_set_scalar(r, x);
    for (slong k = 0; k < w->parties; k++)
    {
        lb_opoly_set_ketbra(u, w->which[k], lb_basis_state(w->part, i)[k],
                            lb_basis_state(w->part, j)[k]);
        lb_opoly_mul(r, r, u, prec);
    }
    lb_opoly_clear(u);
    lb_scalar_clear(x);
}

/* r = sum over the rows from lo to hi - 1 of g_ij |i><j|, j > i, and of half
   of g_ii |i><i|; halves first, so that few long sums are made. */
static void
set_rows(lb_opoly_t r, const acb_mat_t g, const lb_witness_t w,
         const slong * place, slong lo, slong hi, slong prec)
{
    lb_opoly_t other;
    acb_t z;

    lb_opoly_init(other, r->kinds, r->subsystems);
    acb_init(z);
    lb_opoly_zero(r);
    if (hi - lo > 1)
    {
        set_rows(r, g, w, place, lo, (lo + hi) / 2, prec);
        set_rows(other, g, w, place, (lo + hi) / 2, hi, prec);
        lb_opoly_add(r, r, other, prec);
    }
    else
        for (slong j = lo; j < acb_mat_ncols(g); j++)
        {
            acb_set(z, acb_mat_entry(g, lo, j));
            if (acb_is_zero(z))
                continue;
            if (j == lo)
            {
                arb_zero(acb_imagref(z));
                acb_mul_2exp_si(z, z, -1);
            }
            lb_witness_set_unit(other, z, w, place[lo], place[j], prec);
            lb_opoly_add(r, r, other, prec);
        }
    acb_clear(z);
    lb_opoly_clear(other);
}

/* r = 2i [A, X] - X^2 - 4 sum_j A_j^2 on the kept states. */
static lb_status
set_witness(lb_opoly_t r, const lb_witness_t w, slong prec, lb_error * err)
{
    slong d = w->part->dimension, n;
    slong * place = flint_malloc((size_t) d * sizeof(slong));
    acb_mat_t a, x, g;
    lb_status status;
    lb_opoly_t op;

    n = lb_witness_kept_states(place, w);
    acb_mat_init(a, d, d);
    acb_mat_init(x, d, d);
    acb_mat_init(g, n, n);
    lb_opoly_init(op, r->kinds, r->subsystems);
    set_x(x, w);
    status = set_sum(a, w, prec, err);
    if (status == LB_OK)
    {
        set_block(g, a, x, place, prec);
        set_rows(r, g, w, place, 0, n, prec);
        lb_opoly_adjoint(op, r);
        lb_opoly_add(r, r, op, prec);
    }
    for (slong j = 0; j < w->parties && status == LB_OK; j++)
    {
        lb_witness_set_party(op, w, j, 1, prec);
        lb_opoly_mul(op, op, op, prec);
        lb_witness_add_multiple(r, -4.0, 0.0, op, prec);
    }
    acb_mat_clear(a);
    acb_mat_clear(x);
    acb_mat_clear(g);
    lb_opoly_clear(op);
    flint_free(place);
    return status;
}

static void
take_info(lb_witness_t w, const lb_certified_info * info)
{
    w->reached = info->reached;
    w->limit = info->limit;
}

lb_status
lb_witness_prove_lower(lb_witness_t w, lb_certifier * c, slong digits,
                       lb_error * err)
{
    double start = lb_clock_seconds();
    slong prec = digits * 10 / 3 + GUARD_BITS;
    lb_certified_info info;
    lb_status status;
    lb_opoly_t op;
    mag_t scale;
    arb_t norm, square;

    mag_init(scale);
    arb_init(norm);
    arb_init(square);
    arb_indeterminate(w->lower);
    arb_indeterminate(w->upper);
    arb_indeterminate(w->value);
    lb_opoly_init(op, w->scope->kinds, w->scope->subsystems);
    mag_set_d(scale, fmax(fabs(w->approx), SMALLEST_SCALE));
    status = set_witness(op, w, prec, err);
    if (status == LB_OK)
        status = lb_certifier_mean(w->lower, &info, c, op, digits, scale, err);
    if (status == LB_OK)
        take_info(w, &info);
    for (slong k = 0; k < w->operators; k++)
    {
        arb_set_d(square, w->c[k]);
        arb_sqr(square, square, prec);
        arb_add(norm, norm, square, prec);
    }
    arb_div(w->lower, w->lower, norm, prec);
    w->seconds += lb_clock_seconds() - start;
    lb_opoly_clear(op);
    mag_clear(scale);
    arb_clear(norm);
    arb_clear(square);
    return status;
}
