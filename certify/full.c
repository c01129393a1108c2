/* certify/full.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/block_norm.h>
#include <lindbound/full.h>
#include <lindbound/truncated.h>

/* The sum of [F1] over the blocks of r, those with max(j, k) <= last counted
   as refinable, the others as boundary. */
static void
weighted_bound(lb_residual_bound_t b, acb_srcptr r, const lb_basis_t basis,
               const lb_populations_t p, slong last)
{
    mag_ptr roots = _mag_vec_init(basis->shells);
    mag_t norm, radius, weight;

    mag_init(norm);
    mag_init(radius);
    mag_init(weight);
    mag_zero(b->refinable);
    mag_zero(b->radius);
    mag_zero(b->boundary);
    for (slong n = 0; n < basis->shells; n++)
    {
        lb_populations_bound(roots + n, p, n);
        mag_sqrt(roots + n, roots + n);
    }
    for (slong j = 0; j < basis->shells; j++)
        for (slong k = j; k < basis->shells; k++)
        {
            lb_block_norm(norm, radius, r, basis, j, k);
            mag_mul(weight, roots + j, roots + k);
            if (k > j) /* the blocks (j, k) and (k, j) */
                mag_mul_2exp_si(weight, weight, 1);
            mag_addmul(k <= last ? b->refinable : b->boundary, norm, weight);
            if (k <= last)
                mag_addmul(b->radius, radius, weight);
        }
    mag_clear(norm);
    mag_clear(radius);
    mag_clear(weight);
    _mag_vec_clear(roots, basis->shells);
}

/* --- level full ---------------------------------------------------------- */

static void
full_bound(lb_residual_bound_t b, acb_srcptr r, const lb_opoly_t op,
           const arf_t o, void * context)
{
    const lb_full_space_struct * s = context;
    slong last = s->space.inner->shells - 1 - (s->raises != 0);
    mag_t tail;

    mag_init(tail);
    weighted_bound(b, r, s->space.outer, s->populations, last);
    lb_populations_tail(tail, s->populations, op, o,
                        s->space.outer->shells - 1);
    mag_add(b->boundary, b->boundary, tail);
    mag_clear(tail);
}

void
lb_full_space_set(lb_full_space_struct * s, const lb_populations_t populations,
                  int raises)
{
    s->space.bound = full_bound;
    s->space.context = s;
    s->populations = populations;
    s->raises = raises;
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
    weighted_bound(b, r, s->space.outer, s->populations,
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
                                const lb_populations_t populations)
{
    lb_full_space_set(s, populations, 0);
    s->space.bound = weighted_truncated_bound;
}
