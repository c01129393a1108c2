/* analytic/excitation_block.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/excitation_block.h>

static slong
capacity(lb_kind kind, slong excitations)
{
    return kind == LB_TWO_LEVEL && excitations > 1 ? 1 : excitations;
}

/* Spreads excitations over the subsystems from k on, as far right as
   possible; 0 if they do not fit. */
static int
fill_right(slong * levels, const lb_kind * kinds, slong n, slong k,
           slong excitations)
{
    for (slong i = n - 1; i >= k; i--)
    {
        levels[i] = capacity(kinds[i], excitations);
        excitations -= levels[i];
    }
    return excitations == 0;
}

/* Lexicographically next state with as many excitations; 0 after the last. */
static int
next_state(slong * levels, const lb_kind * kinds, slong n)
{
    slong right = 0; /* excitations to the right of k */

    for (slong k = n - 1; k >= 0; k--)
    {
        if (right > 0 && levels[k] < capacity(kinds[k], levels[k] + right))
        {
            levels[k]++;
            fill_right(levels, kinds, n, k + 1, right - 1);
            return 1;
        }
        right += levels[k];
    }
    return 0;
}

static int
compare_levels(const slong * x, const slong * y, slong n)
{
    for (slong k = 0; k < n; k++)
        if (x[k] != y[k])
            return x[k] < y[k] ? -1 : 1;
    return 0;
}

slong
lb_block_find(const slong * levels, slong size, slong n, const slong * state)
{
    slong low = 0, high = size - 1;

    while (low < high)
    {
        slong middle = low + (high - low) / 2;

        if (compare_levels(levels + middle * n, state, n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

lb_status
lb_block_states(slong ** levels, slong * size, const lb_kind * kinds, slong n,
                slong excitations, lb_error * err)
{
    size_t bytes = (size_t) n * sizeof(slong);
    slong * state = flint_malloc(bytes + 1);
    int more = fill_right(state, kinds, n, 0, excitations);
    slong alloc = 0;

    *size = 0;
    *levels = NULL;
    for (; more && *size <= LB_BLOCK_MAX; more = next_state(state, kinds, n))
    {
        if (*size == alloc)
        {
            alloc = 2 * alloc + 8;
            *levels = flint_realloc(*levels, (size_t) alloc * bytes);
        }
        memcpy(*levels + *size * n, state, bytes);
        ++*size;
    }
    flint_free(state);
    if (!more)
        return LB_OK;
    flint_free(*levels);
    *levels = NULL;
    *size = 0;
    return lb_error_set(err, LB_EDIM,
                        "the block of %ld excitations has more than %d states",
                        (long) excitations, LB_BLOCK_MAX);
}

/* True if the term maps the vacuum to itself; then its factors are 1 or
   |0><0|, and it maps every state to itself or to zero. */
static int
keeps_vacuum(const lb_opoly_t p, slong i)
{
    for (slong k = 0; k < p->subsystems; k++)
    {
        const lb_factor * f = lb_opoly_term(p, i) + k;

        if (f->create != 0 || f->annihilate != 0)
            return 0;
    }
    return 1;
}

/* The vacuum value c of a term c |0><0| is subtracted from the diagonal only
   where the term itself gives zero, so that no ball is subtracted from
   itself. */
void
lb_block_matrix(acb_mat_t m, const lb_opoly_t p, const slong * levels,
                slong prec)
{
    slong n = p->subsystems, size = acb_mat_nrows(m);
    slong * to = flint_malloc((size_t) (n + 1) * sizeof(slong));
    fmpz_t weight;
    arb_t root;

    fmpz_init(weight);
    arb_init(root);
    acb_mat_zero(m);
    for (slong i = 0; i < p->length; i++)
    {
        acb_srcptr c = p->coefficients[i].coefficient;
        int vacuum = keeps_vacuum(p, i);

        for (slong j = 0; j < size; j++)
        {
            acb_ptr diagonal = acb_mat_entry(m, j, j);
            int nonzero = lb_opoly_term_apply(weight, to, p, i, levels + j * n);

            if (vacuum)
            {
                if (!nonzero)
                    acb_sub(diagonal, diagonal, c, prec);
            }
            else if (nonzero)
            {
                acb_ptr z
                    = acb_mat_entry(m, lb_block_find(levels, size, n, to), j);

                arb_sqrt_fmpz(root, weight, prec);
                acb_addmul_arb(z, c, root, prec);
            }
        }
    }
    fmpz_clear(weight);
    arb_clear(root);
    flint_free(to);
}
