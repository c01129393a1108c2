/* numeric/sparse.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Complex products are spelled out in real and imaginary parts: the built-in
 * product tests every result for NaN, which costs more than the product. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/sparse.h>

typedef struct
{
    slong row, column;
    lb_extended value;
} entry;

static lb_extended
product(lb_extended x, lb_extended y)
{
    long double a = creall(x), b = cimagl(x), c = creall(y), d = cimagl(y);

    return CMPLXL(a * c - b * d, a * d + b * c);
}

/* --- numbers ------------------------------------------------------------- */

static long double
extended_from_arf(const arf_t x)
{
    double high = arf_get_d(x, ARF_RND_NEAR), low;
    arf_t rest;

    if (!isfinite(high))
        return high;
    arf_init(rest);
    arf_set_d(rest, high);
    arf_sub(rest, x, rest, 64, ARF_RND_NEAR);
    low = arf_get_d(rest, ARF_RND_NEAR);
    arf_clear(rest);
    return (long double) high + (long double) low;
}

lb_extended
lb_extended_from_acb(const acb_t x)
{
    if (!acb_is_finite(x))
        return CMPLXL((long double) NAN, (long double) NAN);
    return CMPLXL(extended_from_arf(arb_midref(acb_realref(x))),
                  extended_from_arf(arb_midref(acb_imagref(x))));
}

static void
arf_set_extended(arf_t y, long double x)
{
    double high = (double) x, low = (double) (x - (long double) high);
    arf_t rest;

    arf_init(rest);
    arf_set_d(y, high);
    arf_set_d(rest, low);
    arf_add(y, y, rest, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_clear(rest);
}

void
lb_extended_get_acb(acb_t y, lb_extended x)
{
    if (!isfinite((double) creall(x)) || !isfinite((double) cimagl(x)))
    {
        acb_indeterminate(y);
        return;
    }
    acb_zero(y);
    arf_set_extended(arb_midref(acb_realref(y)), creall(x));
    arf_set_extended(arb_midref(acb_imagref(y)), cimagl(x));
}

/* sqrt(weight) */
static long double
root(const fmpz_t weight)
{
    long double x;
    arf_t w;

    if (fmpz_abs_fits_ui(weight))
        return sqrtl((long double) fmpz_get_ui(weight));
    arf_init(w);
    arf_set_fmpz(w, weight);
    arf_sqrt(w, w, 80, ARF_RND_NEAR);
    x = extended_from_arf(w);
    arf_clear(w);
    return x;
}

/* --- storage ------------------------------------------------------------- */

void
lb_sparse_init(lb_sparse_t a, slong rows, slong columns)
{
    a->rows = rows;
    a->columns = columns;
    a->start = flint_calloc((size_t) rows + 1, sizeof(slong));
    a->column = NULL;
    a->value = NULL;
    a->extended = NULL;
}

void
lb_sparse_clear(lb_sparse_t a)
{
    flint_free(a->start);
    flint_free(a->column);
    flint_free(a->value);
    flint_free(a->extended);
}

void
lb_sparse_swap(lb_sparse_t a, lb_sparse_t b)
{
    lb_sparse_struct t = *a;

    *a = *b;
    *b = t;
}

slong
lb_sparse_nonzeros(const lb_sparse_t a)
{
    return a->start[a->rows];
}

static void
set_entry(lb_sparse_t a, slong k, slong column, lb_extended x)
{
    a->column[k] = column;
    a->extended[k] = x;
    a->value[k] = CMPLX((double) creall(x), (double) cimagl(x));
}

static void
allocate_entries(lb_sparse_t a, slong n)
{
    a->column = flint_malloc((size_t) (n + 1) * sizeof(slong));
    a->value = flint_malloc((size_t) (n + 1) * sizeof(lb_complex));
    a->extended = flint_malloc((size_t) (n + 1) * sizeof(lb_extended));
}

static int
compare_entries(const void * x, const void * y)
{
    const entry *a = x, *b = y;

    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

/* a = sum of the entries; equal places are added up, zeros dropped. */
static void
set_entries(lb_sparse_t a, entry * entries, slong n, slong rows, slong columns)
{
    slong kept = 0;
    lb_sparse_t b;

    lb_sparse_init(b, rows, columns);
    allocate_entries(b, n);
    qsort(entries, (size_t) n, sizeof(entry), compare_entries);
    for (slong i = 0; i < n;)
    {
        lb_extended sum = entries[i].value;
        slong j = i + 1;

        for (; j < n && compare_entries(entries + i, entries + j) == 0; j++)
            sum += entries[j].value;
        if (sum != 0)
        {
            set_entry(b, kept++, entries[i].column, sum);
            b->start[entries[i].row + 1] = kept;
        }
        i = j;
    }
    for (slong i = 0; i < rows; i++)
        if (b->start[i + 1] < b->start[i])
            b->start[i + 1] = b->start[i];
    lb_sparse_swap(a, b);
    lb_sparse_clear(b);
}

/* --- from operators ------------------------------------------------------ */

static lb_status
check_coefficient(const lb_scalar_t c, lb_error * err)
{
    if (c->order != 0 && !acb_is_zero(c->coefficient))
        return lb_error_set(err, LB_EMODEL,
                            "a quantity of the weak-drive limit has no matrix "
                            "elements");
    if (!acb_is_finite(c->coefficient))
        return lb_error_set(err, LB_EPREC,
                            "a coefficient of an operator is not finite");
    return LB_OK;
}

lb_status
lb_sparse_set_opoly_approx(lb_sparse_t a, const lb_opoly_t op,
                           const lb_basis_t basis, lb_error * err)
{
    slong d = basis->dimension, n = 0;
    slong * to = flint_malloc((size_t) (basis->subsystems + 1) * sizeof(slong));
    entry * entries
        = flint_malloc((size_t) (op->length * d + 1) * sizeof(entry));
    lb_status status = LB_OK;
    fmpz_t weight;

    fmpz_init(weight);
    for (slong i = 0; i < op->length && status == LB_OK; i++)
    {
        lb_extended c = lb_extended_from_acb(op->coefficients[i].coefficient);

        status = check_coefficient(op->coefficients + i, err);
        for (slong j = 0; j < d && status == LB_OK; j++)
        {
            if (!lb_opoly_term_apply(weight, to, op, i,
                                     lb_basis_state(basis, j)))
                continue;
            entries[n].row = lb_basis_find(basis, to);
            entries[n].column = j;
            entries[n].value = product(c, CMPLXL(root(weight), 0.0L));
            n += entries[n].row >= 0;
        }
    }
    set_entries(a, entries, status == LB_OK ? n : 0, d, d);
    fmpz_clear(weight);
    flint_free(to);
    flint_free(entries);
    return status;
}

/* --- algebra ------------------------------------------------------------- */

void
lb_sparse_adjoint(lb_sparse_t b, const lb_sparse_t a)
{
    slong n = lb_sparse_nonzeros(a);
    entry * entries = flint_malloc((size_t) (n + 1) * sizeof(entry));

    for (slong i = 0; i < a->rows; i++)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
        {
            entries[k].row = a->column[k];
            entries[k].column = i;
            entries[k].value = conjl(a->extended[k]);
        }
    set_entries(b, entries, n, a->columns, a->rows);
    flint_free(entries);
}

static slong
append_scaled(entry * entries, slong n, const lb_sparse_t a, lb_extended factor)
{
    for (slong i = 0; i < a->rows; i++)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
        {
            entries[n].row = i;
            entries[n].column = a->column[k];
            entries[n].value = product(factor, a->extended[k]);
            n++;
        }
    return n;
}

void
lb_sparse_add_scaled(lb_sparse_t c, const lb_sparse_t a, lb_extended factor,
                     const lb_sparse_t b)
{
    slong n = lb_sparse_nonzeros(a) + lb_sparse_nonzeros(b);
    entry * entries = flint_malloc((size_t) (n + 1) * sizeof(entry));

    n = append_scaled(entries, 0, a, 1.0L);
    n = append_scaled(entries, n, b, factor);
    set_entries(c, entries, n, a->rows, a->columns);
    flint_free(entries);
}

void
lb_sparse_mul(lb_sparse_t c, const lb_sparse_t a, const lb_sparse_t b)
{
    slong n = 0;
    entry * entries;

    for (slong k = 0; k < lb_sparse_nonzeros(a); k++)
        n += b->start[a->column[k] + 1] - b->start[a->column[k]];
    entries = flint_malloc((size_t) (n + 1) * sizeof(entry));
    n = 0;
    for (slong i = 0; i < a->rows; i++)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
            for (slong l = b->start[a->column[k]];
                 l < b->start[a->column[k] + 1]; l++)
            {
                entries[n].row = i;
                entries[n].column = b->column[l];
                entries[n].value = product(a->extended[k], b->extended[l]);
                n++;
            }
    set_entries(c, entries, n, a->rows, b->columns);
    flint_free(entries);
}

void
lb_sparse_scale_2exp(lb_sparse_t a, const slong * row_exponent,
                     const slong * column_exponent)
{
    for (slong i = 0; i < a->rows; i++)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
        {
            slong e = (row_exponent != NULL ? row_exponent[i] : 0)
                      + (column_exponent != NULL ? column_exponent[a->column[k]]
                                                 : 0);

            set_entry(a, k, a->column[k],
                      CMPLXL(scalblnl(creall(a->extended[k]), e),
                             scalblnl(cimagl(a->extended[k]), e)));
        }
}

/* --- dense --------------------------------------------------------------- */

void
lb_sparse_mul_dense(lb_complex * y, const lb_sparse_t a, const lb_complex * x,
                    slong n)
{
    memset(y, 0, (size_t) (a->rows * n) * sizeof(lb_complex));
    for (slong i = 0; i < a->rows; i++)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
        {
            double re = creal(a->value[k]), im = cimag(a->value[k]);
            const double * from = (const double *) (x + a->column[k] * n);
            double * to = (double *) (y + i * n);

            for (slong j = 0; j < 2 * n; j += 2)
            {
                to[j] += re * from[j] - im * from[j + 1];
                to[j + 1] += re * from[j + 1] + im * from[j];
            }
        }
}

void
lb_sparse_dense_mul(lb_complex * y, const lb_complex * x, const lb_sparse_t a,
                    slong n)
{
    memset(y, 0, (size_t) (n * a->columns) * sizeof(lb_complex));
    for (slong r = 0; r < n; r++)
        for (slong i = 0; i < a->rows; i++)
        {
            double re = creal(x[r * a->rows + i]);
            double im = cimag(x[r * a->rows + i]);
            double * to = (double *) (y + r * a->columns);

            for (slong k = a->start[i]; k < a->start[i + 1]; k++)
            {
                double c = creal(a->value[k]), d = cimag(a->value[k]);

                to[2 * a->column[k]] += re * c - im * d;
                to[2 * a->column[k] + 1] += re * d + im * c;
            }
        }
}

void
lb_sparse_get_dense(lb_complex * y, const lb_sparse_t a)
{
    memset(y, 0, (size_t) (a->rows * a->columns) * sizeof(lb_complex));
    for (slong i = 0; i < a->rows; i++)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
            y[i * a->columns + a->column[k]] = a->value[k];
}
