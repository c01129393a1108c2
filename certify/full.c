/* certify/full.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <lindbound/full.h>
#include <lindbound/truncated.h>

/* --- norms of blocks ----------------------------------------------------- */

/* Upper bounds of the norm of the block (j, k), j <= k, of |r| and of its
   radii: min(Frobenius, sqrt(largest row sum * largest column sum)), [T3]. */
static void
block_norms(mag_t norm, mag_t radius, acb_srcptr r, const lb_basis_t basis,
            slong j, slong k, mag_ptr rows, mag_ptr columns)
{
    slong n = basis->dimension;
    slong r0 = basis->shell_start[j], r1 = basis->shell_start[j + 1];
    slong c0 = basis->shell_start[k], c1 = basis->shell_start[k + 1];
    mag_t m, x, y, squares;

    mag_init(m);
    mag_init(x);
    mag_init(y);
    mag_init(squares);
    mag_zero(radius);
    for (slong i = r0; i < r1; i++)
        mag_zero(rows + i);
    for (slong i = c0; i < c1; i++)
        mag_zero(columns + i);
    for (slong i = r0; i < r1; i++)
        for (slong l = c0; l < c1; l++)
        {
            /* diagonal blocks are Hermitian: entry (i, l) from (l, i) */
            const acb_struct * z = i <= l ? r + i * n + l : r + l * n + i;

            acb_get_mag(m, z);
            if (mag_is_zero(m))
                continue;
            mag_add(rows + i, rows + i, m);
            mag_add(columns + l, columns + l, m);
            mag_addmul(squares, m, m);
            mag_hypot(m, arb_radref(acb_realref(z)),
                      arb_radref(acb_imagref(z)));
            mag_addmul(radius, m, m);
        }
    for (slong i = r0; i < r1; i++)
        mag_max(x, x, rows + i);
    for (slong i = c0; i < c1; i++)
        mag_max(y, y, columns + i);
    mag_mul(x, x, y);
    mag_min(norm, squares, x);
    mag_sqrt(norm, norm);
    mag_sqrt(radius, radius);
    mag_clear(m);
    mag_clear(x);
    mag_clear(y);
    mag_clear(squares);
}

void
lb_weighted_bound(lb_residual_bound_t b, acb_srcptr r, const lb_basis_t basis,
                  const lb_lyapunov_t ly, slong last)
{
    mag_ptr rows = _mag_vec_init(basis->dimension);
    mag_ptr columns = _mag_vec_init(basis->dimension);
    mag_t norm, radius, weight;

    mag_init(norm);
    mag_init(radius);
    mag_init(weight);
    mag_zero(b->refinable);
    mag_zero(b->radius);
    mag_zero(b->boundary);
    for (slong j = 0; j < basis->shells; j++)
        for (slong k = j; k < basis->shells; k++)
        {
            block_norms(norm, radius, r, basis, j, k, rows, columns);
            mag_one(weight);
            if (k < LB_LYAPUNOV_SHELLS)
            {
                mag_mul(weight, ly->population + j, ly->population + k);
                mag_sqrt(weight, weight);
            }
            if (k > j) /* the blocks (j, k) and (k, j) */
                mag_mul_2exp_si(weight, weight, 1);
            mag_addmul(k <= last ? b->refinable : b->boundary, norm, weight);
            if (k <= last)
                mag_addmul(b->radius, radius, weight);
        }
    mag_clear(norm);
    mag_clear(radius);
    mag_clear(weight);
    _mag_vec_clear(rows, basis->dimension);
    _mag_vec_clear(columns, basis->dimension);
}

/* --- level full ---------------------------------------------------------- */

void
lb_full_bound(lb_residual_bound_t b, acb_srcptr r, const lb_opoly_t op,
              const arf_t o, void * context)
{
    const lb_full_space_struct * s = context;
    slong last = s->space.inner->shells - 1 - (s->lyapunov->raises != 0);
    mag_t tail;

    mag_init(tail);
    lb_weighted_bound(b, r, s->space.outer, s->lyapunov, last);
    lb_lyapunov_tail(tail, s->lyapunov, op, o, s->space.outer->shells - 1);
    mag_add(b->boundary, b->boundary, tail);
    mag_clear(tail);
}

void
lb_full_space_set(lb_full_space_struct * s, const lb_basis_t inner,
                  const lb_basis_t outer,
                  const lb_ball_lindbladian_t lindbladian, lb_poisson_t solver,
                  const lb_lyapunov_t lyapunov)
{
    s->space.inner = inner;
    s->space.outer = outer;
    s->space.lindbladian = lindbladian;
    s->space.solver = solver;
    s->space.bound = lb_full_bound;
    s->space.context = s;
    s->lyapunov = lyapunov;
}

/* Bits by which a shell may weigh less in the frame than in the bound: about
   what a correction in double precision has to spare. */
#define SPARE_BITS 16

slong
lb_weighted_scale(const lb_lyapunov_t ly, slong top)
{
    slong scale = LB_SCALE_MAX;

    for (slong n = 1; n <= top; n++)
    {
        double bits
            = n < LB_LYAPUNOV_SHELLS ? -lb_lyapunov_fall(ly, n, 0) : 0.0;

        bits = floor((fmax(bits, 0.0) + SPARE_BITS) / (2.0 * (double) n));
        if (bits < (double) scale)
            scale = (slong) bits;
    }
    return top < 1 ? 0 : scale;
}

/* --- level truncated, weighted ------------------------------------------- */

static void
weighted_truncated_bound(lb_residual_bound_t b, acb_srcptr r,
                         const lb_opoly_t op, const arf_t o, void * context)
{
    lb_full_space_struct * s = context;
    lb_residual_bound_t plain;

    lb_residual_bound_init(plain);
    lb_truncated_bound(plain, r, op, o, &s->space);
    lb_weighted_bound(b, r, s->space.outer, s->lyapunov,
                      s->space.outer->shells);
    if (mag_cmp(plain->refinable, b->refinable) < 0)
    {
        mag_swap(b->refinable, plain->refinable);
        mag_swap(b->radius, plain->radius);
    }
    lb_residual_bound_clear(plain);
}

void
lb_weighted_truncated_space_set(lb_full_space_struct * s,
                                const lb_basis_t basis,
                                const lb_ball_lindbladian_t lindbladian,
                                lb_poisson_t solver,
                                const lb_lyapunov_t lyapunov)
{
    lb_full_space_set(s, basis, basis, lindbladian, solver, lyapunov);
    s->space.bound = weighted_truncated_bound;
}
