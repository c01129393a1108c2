/* certify/ball_sparse.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include <lindbound/ball_sparse.h>

void
lb_ball_sparse_init(lb_ball_sparse_t a, slong rows, slong columns)
{
    a->rows = rows;
    a->columns = columns;
    a->start = flint_calloc((size_t) rows + 1, sizeof(slong));
    a->column = NULL;
    a->entry = NULL;
    a->length = 0;
}

void
lb_ball_sparse_clear(lb_ball_sparse_t a)
{
    flint_free(a->start);
    flint_free(a->column);
    if (a->entry != NULL)
        _acb_vec_clear(a->entry, a->length);
}

void
lb_ball_sparse_swap(lb_ball_sparse_t a, lb_ball_sparse_t b)
{
    lb_ball_sparse_struct t = *a;

    *a = *b;
    *b = t;
}

/* --- sums of entries ----------------------------------------------------- */

typedef struct
{
    slong row, column;
    acb_ptr value;
} place;

/* Entries yet to be sorted and added up. */
typedef struct
{
    slong length, alloc;
    slong * row;
    slong * column;
    acb_ptr value;
} entries;

static void
entries_init(entries * e, slong alloc)
{
    e->length = 0;
    e->alloc = alloc + 1;
    e->row = flint_malloc((size_t) e->alloc * sizeof(slong));
    e->column = flint_malloc((size_t) e->alloc * sizeof(slong));
    e->value = _acb_vec_init(e->alloc);
}

static void
entries_clear(entries * e)
{
    flint_free(e->row);
    flint_free(e->column);
    _acb_vec_clear(e->value, e->alloc);
}

/* The value of a new entry, yet to be set. */
static acb_ptr
entries_add(entries * e, slong row, slong column)
{
    e->row[e->length] = row;
    e->column[e->length] = column;
    return e->value + e->length++;
}

static int
compare_places(const void * x, const void * y)
{
    const place *a = x, *b = y;

    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

/* a = sum of the entries; exact zeros are dropped. */
static void
set_entries(lb_ball_sparse_t a, entries * e, slong rows, slong columns,
            slong prec)
{
    place * p = flint_malloc((size_t) (e->length + 1) * sizeof(place));
    slong kept = 0;
    lb_ball_sparse_t b;

    lb_ball_sparse_init(b, rows, columns);
    b->length = e->length;
    b->column = flint_malloc((size_t) (e->length + 1) * sizeof(slong));
    b->entry = _acb_vec_init(e->length);
    for (slong k = 0; k < e->length; k++)
    {
        p[k].row = e->row[k];
        p[k].column = e->column[k];
        p[k].value = e->value + k;
    }
    qsort(p, (size_t) e->length, sizeof(place), compare_places);
    for (slong k = 0; k < e->length;)
    {
        slong l = k + 1;

        acb_set(b->entry + kept, p[k].value);
        for (; l < e->length && compare_places(p + k, p + l) == 0; l++)
            acb_add(b->entry + kept, b->entry + kept, p[l].value, prec);
        if (!acb_is_zero(b->entry + kept))
        {
            b->column[kept++] = p[k].column;
            b->start[p[k].row + 1] = kept;
        }
        k = l;
    }
    for (slong i = 0; i < rows; i++)
        if (b->start[i + 1] < b->start[i])
            b->start[i + 1] = b->start[i];
    lb_ball_sparse_swap(a, b);
    lb_ball_sparse_clear(b);
    flint_free(p);
}

/* --- from operators ------------------------------------------------------ */

static lb_status
check_coefficient(const lb_scalar_t c, lb_error * err)
{
    if (c->remainder || (c->order != 0 && !acb_is_zero(c->coefficient)))
        return lb_error_set(err, LB_EMODEL,
                            "a quantity of the weak-drive limit has no matrix "
                            "elements");
    if (!acb_is_finite(c->coefficient))
        return lb_error_set(err, LB_EPREC,
                            "a coefficient of an operator is not finite");
    return LB_OK;
}

lb_status
lb_ball_sparse_set_opoly(lb_ball_sparse_t a, const lb_opoly_t op,
                         const lb_basis_t rows, const lb_basis_t columns,
                         slong prec, lb_error * err)
{
    slong * to = flint_malloc((size_t) (rows->subsystems + 1) * sizeof(slong));
    lb_status status = LB_OK;
    entries e;
    fmpz_t weight;
    arb_t root;

    fmpz_init(weight);
    arb_init(root);
    entries_init(&e, op->length * columns->dimension);
    for (slong i = 0; i < op->length && status == LB_OK; i++)
    {
        const lb_scalar_struct * c = op->coefficients + i;

        status = check_coefficient(c, err);
        for (slong j = 0; j < columns->dimension && status == LB_OK; j++)
        {
            slong row;
            acb_ptr value;

            if (!lb_opoly_term_apply(weight, to, op, i,
                                     lb_basis_state(columns, j)))
                continue;
            row = lb_basis_find(rows, to);
            if (row < 0)
                continue;
            value = entries_add(&e, row, j);
            if (fmpz_is_one(weight))
                acb_set(value, c->coefficient);
            else
            {
                arb_sqrt_fmpz(root, weight, prec);
                acb_mul_arb(value, c->coefficient, root, prec);
            }
        }
    }
    if (status != LB_OK)
        e.length = 0;
    set_entries(a, &e, rows->dimension, columns->dimension, prec);
    entries_clear(&e);
    arb_clear(root);
    fmpz_clear(weight);
    flint_free(to);
    return status;
}

/* --- algebra ------------------------------------------------------------- */

static void
append(entries * e, const lb_ball_sparse_t a)
{
    for (slong i = 0; i < a->rows; i++)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
            acb_set(entries_add(e, i, a->column[k]), a->entry + k);
}

void
lb_ball_sparse_add_scaled(lb_ball_sparse_t c, const lb_ball_sparse_t a,
                          const acb_t factor, const lb_ball_sparse_t b,
                          slong prec)
{
    slong rows = a->rows, columns = a->columns, split;
    entries e;

    entries_init(&e, a->start[a->rows] + b->start[b->rows]);
    append(&e, a);
    split = e.length;
    append(&e, b);
    for (slong k = split; k < e.length; k++)
        acb_mul(e.value + k, e.value + k, factor, prec);
    set_entries(c, &e, rows, columns, prec);
    entries_clear(&e);
}

void
lb_ball_sparse_gram(lb_ball_sparse_t c, const lb_ball_sparse_t a, slong prec)
{
    slong columns = a->columns, n = 0;
    entries e;

    for (slong i = 0; i < a->rows; i++)
        n += (a->start[i + 1] - a->start[i]) * (a->start[i + 1] - a->start[i]);
    entries_init(&e, n);
    for (slong i = 0; i < a->rows; i++)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
            for (slong l = a->start[i]; l < a->start[i + 1]; l++)
            {
                acb_ptr value = entries_add(&e, a->column[k], a->column[l]);

                acb_conj(value, a->entry + k);
                acb_mul(value, value, a->entry + l, prec);
            }
    set_entries(c, &e, columns, columns, prec);
    entries_clear(&e);
}
