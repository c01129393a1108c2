/* numeric/basis.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The number of states with total excitation N follows subsystem by
 * subsystem: with one more subsystem of levels 0..l,
 *     count'[N] = count[N] + count[N-1] + ... + count[N-l],
 * a running sum.  Sums saturate at WORD_MAX. */
#include <string.h>

#include <lindbound/basis.h>

/* --- counting ------------------------------------------------------------ */

static slong
saturated_add(slong x, slong y)
{
    return x > WORD_MAX - y ? WORD_MAX : x + y;
}

/* Highest total excitation number, or -1 if a mode is unbounded. */
static slong
highest_total(const lb_cutoff_t c)
{
    slong sum = 0;

    for (slong k = 0; k < c->subsystems; k++)
    {
        slong level = lb_cutoff_level(c, k);

        if (level < 0)
            return -1;
        sum = saturated_add(sum, level);
    }
    return c->total >= 0 && sum > c->total ? c->total : sum;
}

slong
lb_basis_count(const lb_cutoff_t c)
{
    slong top = highest_total(c), sum = 0;
    slong *count, *next;

    if (top < 0)
        return -1;
    if (top > LB_MAX_LEVEL * (c->subsystems + 1))
        return WORD_MAX;
    count = flint_calloc((size_t) top + 1, sizeof(slong));
    next = flint_calloc((size_t) top + 1, sizeof(slong));
    count[0] = 1;
    for (slong k = 0; k < c->subsystems && sum < WORD_MAX; k++)
    {
        slong level = lb_cutoff_level(c, k), *swap;

        sum = 0;
        for (slong n = 0; n <= top && sum < WORD_MAX; n++)
        {
            sum = saturated_add(sum, count[n]);
            if (n > level && sum < WORD_MAX)
                sum -= count[n - 1 - level];
            next[n] = sum;
        }
        swap = count;
        count = next;
        next = swap;
    }
    /* if one shell overflowed, with whatever subsystems, so does the total */
    if (sum < WORD_MAX)
    {
        sum = 0;
        for (slong n = 0; n <= top; n++)
            sum = saturated_add(sum, count[n]);
    }
    flint_free(count);
    flint_free(next);
    return sum;
}

/* --- states -------------------------------------------------------------- */

/* Fills levels[k..] in all ways with total excitation @p left, in
   lexicographic order; returns the number of states written at @p row. */
static slong
fill(slong * row, slong * levels, const lb_cutoff_t c, slong k, slong left)
{
    slong written = 0, level;

    if (k == c->subsystems)
    {
        if (left > 0)
            return 0;
        memcpy(row, levels, (size_t) k * sizeof(slong));
        return 1;
    }
    level = lb_cutoff_level(c, k);
    for (slong n = 0; n <= level && n <= left; n++)
    {
        levels[k] = n;
        written
            += fill(row + written * c->subsystems, levels, c, k + 1, left - n);
    }
    return written;
}

static lb_status
refuse_dimension(slong count, slong max_dimension, lb_error * err)
{
    if (count == WORD_MAX)
        return lb_error_set(err, LB_EDIM,
                            "the truncated space has more than 10^18 states, "
                            "the limit is %ld; lower --cutoff",
                            (long) max_dimension);
    return lb_error_set(err, LB_EDIM,
                        "the truncated space has %ld states, the limit is "
                        "%ld; lower --cutoff or raise --max-dimension",
                        (long) count, (long) max_dimension);
}

lb_status
lb_basis_init(lb_basis_t b, const lb_cutoff_t c, slong max_dimension,
              lb_error * err)
{
    slong count = lb_basis_count(c), index = 0;
    slong * levels;

    memset(b, 0, sizeof(*b));
    b->subsystems = c->subsystems;
    if (count < 0)
        return lb_error_set(err, LB_EDIM,
                            "a mode has no cutoff; give --cutoff");
    if (count > max_dimension)
        return refuse_dimension(count, max_dimension, err);

    b->shells = highest_total(c) + 1;
    b->levels
        = flint_malloc((size_t) (count * c->subsystems + 1) * sizeof(slong));
    b->excitations = flint_malloc((size_t) count * sizeof(slong));
    b->shell_start = flint_malloc((size_t) (b->shells + 1) * sizeof(slong));
    levels = flint_calloc((size_t) c->subsystems + 1, sizeof(slong));
    for (slong n = 0; n < b->shells; n++)
    {
        slong size = fill(b->levels + index * c->subsystems, levels, c, 0, n);

        b->shell_start[n] = index;
        for (slong i = 0; i < size; i++)
            b->excitations[index + i] = n;
        index += size;
    }
    b->shell_start[b->shells] = index;
    b->dimension = index;
    flint_free(levels);
    return LB_OK;
}

void
lb_basis_clear(lb_basis_t b)
{
    flint_free(b->levels);
    flint_free(b->excitations);
    flint_free(b->shell_start);
}

const slong *
lb_basis_state(const lb_basis_t b, slong i)
{
    return b->levels + i * b->subsystems;
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
lb_basis_find(const lb_basis_t b, const slong * levels)
{
    slong total = 0, low, high;

    for (slong k = 0; k < b->subsystems; k++)
    {
        if (levels[k] < 0 || levels[k] >= b->shells)
            return -1;
        total += levels[k];
    }
    if (total >= b->shells)
        return -1;
    low = b->shell_start[total];
    high = b->shell_start[total + 1];
    while (low < high)
    {
        slong middle = low + (high - low) / 2;
        int order
            = compare_levels(levels, lb_basis_state(b, middle), b->subsystems);

        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

/* --- what the basis can see ---------------------------------------------- */

static lb_status
refuse_operator(const slong * levels, const char * what, const lb_cutoff_t c,
                const lb_scope_t scope, lb_error * err)
{
    slong total = 0;

    for (slong k = 0; k < c->subsystems; k++)
    {
        slong level = lb_cutoff_level(c, k);

        if (levels[k] > level)
            return lb_error_set(err, LB_EDIM,
                                "%s needs level %ld of %s; the cutoff keeps "
                                "0..%ld: raise --cutoff",
                                what, (long) levels[k],
                                lb_cutoff_subsystem_name(scope, k),
                                (long) level);
        total += levels[k];
    }
    return lb_error_set(err, LB_EDIM,
                        "%s needs %ld excitations in total; the cutoff keeps "
                        "%ld: raise --cutoff",
                        what, (long) total, (long) c->total);
}

lb_status
lb_basis_check_operator(const lb_basis_t b, const lb_opoly_t op,
                        const char * what, const lb_cutoff_t c,
                        const lb_scope_t scope, lb_error * err)
{
    slong * levels = flint_malloc((size_t) (b->subsystems + 1) * sizeof(slong));
    lb_status status = LB_OK;

    for (slong i = 0; i < op->length && status == LB_OK; i++)
    {
        const lb_factor * term = lb_opoly_term(op, i);

        for (slong k = 0; k < b->subsystems; k++)
            levels[k] = term[k].annihilate;
        if (lb_basis_find(b, levels) < 0)
            status = refuse_operator(levels, what, c, scope, err);
        for (slong k = 0; k < b->subsystems; k++)
            levels[k] = term[k].create;
        if (status == LB_OK && lb_basis_find(b, levels) < 0)
            status = refuse_operator(levels, what, c, scope, err);
    }
    flint_free(levels);
    return status;
}
