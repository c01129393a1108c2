/* numeric/graded.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One shell.  A block between the shells j and k, stored by rows, is to BLAS
 * the transpose Z = x^T stored by columns, of d_k rows.  Transposing
 *
 *     M_j x + x M_k' = g        M_j' y + y M_k = g   (adjoint)
 *
 * gives, with the decomposition conj(M_k) = V_k T_k V_k^-1,
 *
 *     T_k W + W T_j' = V_k^-1 G V_j^-1',   Z = V_k W V_j' ;
 *     T_k' W + W T_j = V_k' G V_j,         Z = V_k^-1' W V_j^-1 .
 *
 * T is diagonal (eigenvectors V) or upper triangular (Schur form, V unitary).
 *
 * The vacuum.  L preserves the trace, so a solution of the deflated equation
 * L(x) + g tr(x) e = r has tr(x) = tr(r) / g; that gives x_00 after all other
 * entries, which do not depend on it.  The adjoint: y_00 = r_00 / g, and
 * y - y_00 S^2 solves L_0*(y) = r - r_00 S^2. */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>
#include <lindbound/graded.h>
#include <lindbound/triangular_sylvester.h>

/* eigenvectors worse than this: Schur form instead */
#define BAD_CONDITION 1e5
/* denominators below this fraction of the damping: a stationary state */
#define STATIONARY 1e-8
/* a number of the deflation below this cannot be divided by */
#define NO_NUMBER 1e-3
/* what is Hermitian but for a part of this relative size is taken as such */
#define NOT_HERMITIAN 1e-6

typedef struct
{
    slong first, n;            /* its states                           */
    int diagonal;              /* T is                                 */
    lb_complex *v, *v_inverse; /* n x n, by columns                    */
    lb_complex * t;            /* n x n by columns, or its diagonal    */
} shell;

/* a jump of the sweep */
typedef struct
{
    slong drop; /* lowers N by this much */
    lb_sparse_t c, adjoint;
} feed;

typedef struct
{
    slong d, shells, feeds;
    double damping;
    double * one; /* the diagonal of S^2 */
    shell * shell;
    feed * feed;
    lb_complex *g, *w; /* scratch: blocks         */
    double * row;      /* scratch: row of a block */
    /* driven: what raises N in M, and that in M'; the answers to S^2 and to
       the vacuum, and their numbers in the deflation */
    lb_sparse_t raise, raise_adjoint;
    lb_complex *of_one, *of_vacuum, one_number, vacuum_number;
} graded;

/* --- one block ----------------------------------------------------------- */

/* c = op(a) op(b) by columns, c of m rows and n columns */
static void
multiply(lb_complex * c, slong ldc, CBLAS_TRANSPOSE op_a, const lb_complex * a,
         CBLAS_TRANSPOSE op_b, const lb_complex * b, slong m, slong n,
         slong inner)
{
    const lb_complex one = 1.0, zero = 0.0;
    slong lda = op_a == CblasNoTrans ? m : inner;
    slong ldb = op_b == CblasNoTrans ? inner : n;

    cblas_zgemm(CblasColMajor, op_a, op_b, (int) m, (int) n, (int) inner, &one,
                a, (int) lda, b, (int) ldb, &zero, c, (int) ldc);
}

static lb_complex
diagonal_entry(const shell * s, slong i)
{
    return s->diagonal ? s->t[i] : s->t[i * s->n + i];
}

/* w_ab /= t_a + conj(t_b), or its conjugate for the adjoint */
static void
divide(lb_complex * w, const shell * left, const shell * right, double sign)
{
    double * to = (double *) w;

    for (slong b = 0; b < right->n; b++)
        for (slong a = 0; a < left->n; a++, to += 2)
        {
            double re = creal(left->t[a]) + creal(right->t[b]);
            double im = sign * (cimag(left->t[a]) - cimag(right->t[b]));
            double scale = 1.0 / (re * re + im * im);
            double u = to[0], v = to[1];

            to[0] = (u * re + v * im) * scale;
            to[1] = (v * re - u * im) * scale;
        }
}

/* T as a matrix by columns: of a diagonal one in @p storage. */
static const lb_complex *
triangle(lb_complex * storage, const shell * s)
{
    if (!s->diagonal)
        return s->t;
    memset(storage, 0, (size_t) (s->n * s->n) * sizeof(lb_complex));
    for (slong i = 0; i < s->n; i++)
        storage[i * s->n + i] = s->t[i];
    return storage;
}

static void
solve_triangular(lb_complex * w, const shell * left, const shell * right,
                 int adjoint)
{
    slong m = left->n, n = right->n;
    lb_complex * a = flint_malloc((size_t) (m * m) * sizeof(lb_complex));
    lb_complex * b = flint_malloc((size_t) (n * n) * sizeof(lb_complex));

    lb_triangular_sylvester(w, m, triangle(a, left), m, m, triangle(b, right),
                            n, n, adjoint, NULL);
    flint_free(a);
    flint_free(b);
}

/* The block of @p y between the shells j and k from the right side s->g. */
static void
solve_block(lb_complex * y, graded * s, slong j, slong k, int adjoint)
{
    const shell *left = s->shell + k, *right = s->shell + j;
    slong m = left->n, n = right->n;
    CBLAS_TRANSPOSE before = adjoint ? CblasConjTrans : CblasNoTrans;
    CBLAS_TRANSPOSE after = adjoint ? CblasNoTrans : CblasConjTrans;

    multiply(s->w, m, before, adjoint ? left->v : left->v_inverse, CblasNoTrans,
             s->g, m, n, m);
    multiply(s->g, m, CblasNoTrans, s->w, after,
             adjoint ? right->v : right->v_inverse, m, n, n);
    if (left->diagonal && right->diagonal)
        divide(s->g, left, right, adjoint ? -1.0 : 1.0);
    else
        solve_triangular(s->g, left, right, adjoint);
    multiply(s->w, m, before, adjoint ? left->v_inverse : left->v, CblasNoTrans,
             s->g, m, n, m);
    multiply(y + right->first * s->d + left->first, s->d, CblasNoTrans, s->w,
             after, adjoint ? right->v_inverse : right->v, m, n, n);
}

/* --- the sweep ----------------------------------------------------------- */

/* s->g -= the block (j, k) of a y a', which a makes of the block (j_from,
   k_from) of y */
static void
subtract_feed(graded * s, const lb_sparse_t a, const lb_complex * y, slong j,
              slong k, slong k_from)
{
    const shell *rows = s->shell + j, *columns = s->shell + k;
    slong first = s->shell[k_from].first, n = s->shell[k_from].n;
    const double * value = (const double *) a->value;

    for (slong i = 0; i < rows->n; i++)
    {
        slong begin = a->start[rows->first + i];
        slong end = a->start[rows->first + i + 1];
        double * to = (double *) (s->g + i * columns->n);

        if (begin == end)
            continue;
        memset(s->row, 0, (size_t) n * sizeof(lb_complex));
        for (slong e = begin; e < end; e++)
        {
            const double * from
                = (const double *) (y + a->column[e] * s->d + first);
            double re = value[2 * e], im = value[2 * e + 1];

            for (slong l = 0; l < 2 * n; l += 2)
            {
                s->row[l] += re * from[l] - im * from[l + 1];
                s->row[l + 1] += re * from[l + 1] + im * from[l];
            }
        }
        for (slong l = 0; l < columns->n; l++)
            for (slong e = a->start[columns->first + l];
                 e < a->start[columns->first + l + 1]; e++)
            {
                const double * x = s->row + 2 * (a->column[e] - first);
                double re = value[2 * e], im = value[2 * e + 1];

                to[2 * l] -= x[0] * re + x[1] * im;
                to[2 * l + 1] -= x[1] * re - x[0] * im;
            }
    }
}

/* The block (j, k) of y, where all blocks that feed it are known. */
static void
sweep_block(lb_complex * y, graded * s, const lb_complex * x, slong j, slong k,
            int adjoint)
{
    const shell *rows = s->shell + j, *columns = s->shell + k;

    if (rows->n == 0 || columns->n == 0)
        return;
    for (slong i = 0; i < rows->n; i++)
        memcpy(s->g + i * columns->n,
               x + (rows->first + i) * s->d + columns->first,
               (size_t) columns->n * sizeof(lb_complex));
    for (slong q = 0; q < s->feeds; q++)
    {
        const feed * f = s->feed + q;
        slong step = adjoint ? -f->drop : f->drop;
        slong j_from = j + step, k_from = k + step;

        if (j_from >= 0 && k_from >= 0 && j_from < s->shells
            && k_from < s->shells)
            subtract_feed(s, adjoint ? f->adjoint : f->c, y, j, k, k_from);
    }
    solve_block(y, s, j, k, adjoint);
}

static double
norm2(lb_complex x)
{
    return creal(x) * creal(x) + cimag(x) * cimag(x);
}

/* Is x Hermitian, up to what a preconditioner may leave out? */
static int
is_nearly_hermitian(const lb_complex * x, slong d)
{
    double size = 0.0, rest = 0.0;

    for (slong i = 0; i < d; i++)
        for (slong j = 0; j <= i; j++)
        {
            size += norm2(x[i * d + j]) + norm2(x[j * d + i]);
            rest += norm2(x[i * d + j] - conj(x[j * d + i]));
        }
    return rest <= NOT_HERMITIAN * NOT_HERMITIAN * size;
}

/* All blocks of y but the vacuum's; of a Hermitian one half suffices, for a
   block feeds blocks on its side of the diagonal. */
static void
sweep(lb_complex * y, graded * s, const lb_complex * x, int adjoint)
{
    int hermitian = is_nearly_hermitian(x, s->d);

    for (slong m = 0; m < s->shells; m++)
        for (slong n = 0; n < s->shells; n++)
        {
            slong j = adjoint ? m : s->shells - 1 - m;
            slong k = adjoint ? n : s->shells - 1 - n;

            if ((j > 0 || k > 0) && (j >= k || !hermitian))
                sweep_block(y, s, x, j, k, adjoint);
        }
    if (hermitian)
        for (slong i = 0; i < s->d; i++)
            for (slong j = 0; j < i; j++)
                y[j * s->d + i] = conj(y[i * s->d + j]);
}

static void
apply(lb_complex * y, const lb_complex * x, void * data)
{
    graded * s = data;
    lb_complex trace = 0.0, rest = 0.0;

    sweep(y, s, x, 0);
    for (slong i = s->d - 1; i >= 0; i--)
        trace += s->one[i] * x[i * (s->d + 1)];
    for (slong i = s->d - 1; i > 0; i--)
        rest += s->one[i] * y[i * (s->d + 1)];
    y[0] = trace / s->damping - rest;
}

static void
apply_adjoint(lb_complex * y, const lb_complex * x, void * data)
{
    graded * s = data;
    lb_complex vacuum = x[0];
    lb_complex * r = flint_malloc((size_t) (s->d * s->d) * sizeof(lb_complex));

    memcpy(r, x, (size_t) (s->d * s->d) * sizeof(lb_complex));
    for (slong i = 1; i < s->d; i++)
        r[i * (s->d + 1)] -= s->one[i] * vacuum;
    y[0] = 0.0; /* feeds nothing */
    sweep(y, s, r, 1);
    for (slong i = 0; i < s->d; i++)
        y[i * (s->d + 1)] += s->one[i] * vacuum / s->damping;
    flint_free(r);
}

/* --- driven -------------------------------------------------------------- */

/* s->g -= the block (j, k) of a y + y a' */
static void
subtract_drive(graded * s, const lb_sparse_t a, const lb_complex * y, slong j,
               slong k)
{
    const shell *rows = s->shell + j, *columns = s->shell + k;
    const double * value = (const double *) a->value;
    slong d = s->d;

    for (slong i = 0; i < rows->n; i++)
    {
        double * to = (double *) (s->g + i * columns->n);
        slong row = rows->first + i;

        for (slong e = a->start[row]; e < a->start[row + 1]; e++)
        {
            const double * from
                = (const double *) (y + a->column[e] * d + columns->first);
            double re = value[2 * e], im = value[2 * e + 1];

            for (slong l = 0; l < 2 * columns->n; l += 2)
            {
                to[l] -= re * from[l] - im * from[l + 1];
                to[l + 1] -= re * from[l + 1] + im * from[l];
            }
        }
        for (slong l = 0; l < columns->n; l++)
            for (slong e = a->start[columns->first + l];
                 e < a->start[columns->first + l + 1]; e++)
            {
                const double * x
                    = (const double *) (y + row * d + a->column[e]);
                double re = value[2 * e], im = value[2 * e + 1];

                to[2 * l] -= x[0] * re + x[1] * im;
                to[2 * l + 1] -= x[1] * re - x[0] * im;
            }
    }
}

/* y_kj = y_jk' */
static void
mirror(lb_complex * y, const graded * s, slong j, slong k)
{
    const shell *rows = s->shell + j, *columns = s->shell + k;

    for (slong i = rows->first; i < rows->first + rows->n; i++)
        for (slong l = columns->first; l < columns->first + columns->n; l++)
            y[l * s->d + i] = conj(y[i * s->d + l]);
}

/* Solves M_0 y + y M_0' + U y + y U' = x for all entries but the vacuum's,
   which is given; or the adjoint equation. */
static void
sweep_driven(lb_complex * y, graded * s, const lb_complex * x, int adjoint)
{
    int hermitian = is_nearly_hermitian(x, s->d);
    const lb_sparse_struct * drive = adjoint ? s->raise_adjoint : s->raise;

    for (slong m = 0; m < s->shells; m++)
        for (slong n = 0; n < s->shells; n++)
        {
            slong j = adjoint ? s->shells - 1 - m : m;
            slong k = adjoint ? s->shells - 1 - n : n;
            const shell *rows = s->shell + j, *columns = s->shell + k;

            if ((j == 0 && k == 0) || (j < k && hermitian) || rows->n == 0
                || columns->n == 0)
                continue;
            for (slong i = 0; i < rows->n; i++)
                memcpy(s->g + i * columns->n,
                       x + (rows->first + i) * s->d + columns->first,
                       (size_t) columns->n * sizeof(lb_complex));
            subtract_drive(s, drive, y, j, k);
            solve_block(y, s, j, k, adjoint);
            if (hermitian && j > k)
                mirror(y, s, j, k);
        }
}

/* The vacuum entry of U' y + y U. */
static lb_complex
lowered_to_vacuum(const lb_complex * y, const graded * s)
{
    const lb_sparse_struct * a = s->raise_adjoint;
    lb_complex sum = 0.0;

    for (slong e = a->start[0]; e < a->start[1]; e++)
        sum += a->value[e] * y[a->column[e] * s->d]
               + y[a->column[e]] * conj(a->value[e]);
    return sum;
}

static lb_complex
trace_above_vacuum(const lb_complex * x, const graded * s)
{
    lb_complex sum = 0.0;

    for (slong i = s->d - 1; i > 0; i--)
        sum += s->one[i] * x[i * (s->d + 1)];
    return sum;
}

static void
apply_driven(lb_complex * y, const lb_complex * x, void * data)
{
    graded * s = data;
    lb_complex vacuum;

    y[0] = 0.0;
    sweep_driven(y, s, x, 0);
    vacuum = ((trace_above_vacuum(x, s) + x[0]) / s->damping
              - trace_above_vacuum(y, s))
             / s->vacuum_number;
    for (slong i = 1; i < s->d * s->d; i++)
        y[i] += vacuum * s->of_vacuum[i];
    y[0] = vacuum;
}

static void
apply_driven_adjoint(lb_complex * y, const lb_complex * x, void * data)
{
    graded * s = data;
    lb_complex q;

    y[0] = 0.0;
    sweep_driven(y, s, x, 1);
    q = (x[0] - lowered_to_vacuum(y, s)) / s->one_number;
    for (slong i = 1; i < s->d * s->d; i++)
        y[i] -= q * s->of_one[i];
    for (slong i = 0; i < s->d; i++)
        y[i * (s->d + 1)] += q * s->one[i] / s->damping;
}

static void
clear_driven(graded * s)
{
    if (s->of_one == NULL)
        return;
    lb_sparse_clear(s->raise);
    lb_sparse_clear(s->raise_adjoint);
    flint_free(s->of_one);
    flint_free(s->of_vacuum);
    s->of_one = NULL;
}

static void
clear(void * data)
{
    graded * s = data;

    for (slong k = 0; k < s->shells; k++)
    {
        flint_free(s->shell[k].v);
        flint_free(s->shell[k].v_inverse);
        flint_free(s->shell[k].t);
    }
    clear_driven(s);
    for (slong q = 0; q < s->feeds; q++)
    {
        lb_sparse_clear(s->feed[q].c);
        lb_sparse_clear(s->feed[q].adjoint);
    }
    flint_free(s->shell);
    flint_free(s->feed);
    flint_free(s->one);
    flint_free(s->g);
    flint_free(s->w);
    flint_free(s->row);
    flint_free(s);
}

static const lb_preconditioner_methods methods
    = { "graded", apply, apply_adjoint, clear };
static const lb_preconditioner_methods driven_methods
    = { "driven", apply_driven, apply_driven_adjoint, clear };

/* --- decomposition ------------------------------------------------------- */

/* conj of the block of m on the shell, by columns */
static void
get_block(lb_complex * a, const lb_sparse_t m, const shell * s)
{
    memset(a, 0, (size_t) (s->n * s->n) * sizeof(lb_complex));
    for (slong i = 0; i < s->n; i++)
        for (slong e = m->start[s->first + i]; e < m->start[s->first + i + 1];
             e++)
        {
            slong j = m->column[e] - s->first;

            if (j >= 0 && j < s->n)
                a[j * s->n + i] = conj(m->value[e]);
        }
}

static double
norm1(const lb_complex * a, slong n)
{
    return LAPACKE_zlange(LAPACK_COL_MAJOR, '1', (lapack_int) n, (lapack_int) n,
                          a, (lapack_int) n);
}

/* Eigenvectors of a (overwritten); returns their condition, infinity if there
   are none. */
static double
diagonalize(shell * s, lb_complex * a)
{
    lapack_int n = (lapack_int) s->n;
    lapack_int * pivots = flint_malloc((size_t) n * sizeof(lapack_int));
    double condition = INFINITY;

    if (LAPACKE_zgeev(LAPACK_COL_MAJOR, 'N', 'V', n, a, n, s->t, NULL, n, s->v,
                      n)
        == 0)
    {
        memcpy(s->v_inverse, s->v, (size_t) (s->n * s->n) * sizeof(lb_complex));
        if (LAPACKE_zgetrf(LAPACK_COL_MAJOR, n, n, s->v_inverse, n, pivots) == 0
            && LAPACKE_zgetri(LAPACK_COL_MAJOR, n, s->v_inverse, n, pivots)
                   == 0)
            condition = norm1(s->v, s->n) * norm1(s->v_inverse, s->n);
    }
    flint_free(pivots);
    return isfinite(condition) ? condition : INFINITY;
}

/* Schur form of t, in place; 0 on failure. */
static int
triangularize(shell * s)
{
    lapack_int n = (lapack_int) s->n, selected;
    lb_complex * eigenvalues = flint_malloc((size_t) n * sizeof(lb_complex));
    int ok = LAPACKE_zgees(LAPACK_COL_MAJOR, 'V', 'N', NULL, n, s->t, n,
                           &selected, eigenvalues, s->v, n)
             == 0;

    for (slong i = 0; i < s->n && ok; i++)
        for (slong j = 0; j < s->n; j++)
            s->v_inverse[i * s->n + j] = conj(s->v[j * s->n + i]);
    flint_free(eigenvalues);
    return ok;
}

/* Decomposes a shell; returns the condition of V, infinity on failure. */
static double
decompose(shell * s, const lb_sparse_t m)
{
    size_t size = (size_t) (s->n * s->n) * sizeof(lb_complex);
    lb_complex * a;
    double condition;

    if (s->n == 0)
        return 1.0;
    s->v = flint_malloc(size);
    s->v_inverse = flint_malloc(size);
    s->t = flint_malloc(size);
    a = flint_malloc(size);
    get_block(a, m, s);
    condition = diagonalize(s, a);
    s->diagonal = condition <= BAD_CONDITION;
    if (!s->diagonal)
    {
        get_block(s->t, m, s);
        condition = triangularize(s) ? 1.0 : INFINITY;
    }
    flint_free(a);
    return condition;
}

/* Smallest denominator of all blocks but the vacuum's; NaN if one is. */
static double
smallest_denominator(const graded * s)
{
    double least = INFINITY;

    for (slong j = 0; j < s->shells; j++)
        for (slong k = j > 0 ? 0 : 1; k < s->shells; k++)
            for (slong a = 0; a < s->shell[j].n; a++)
                for (slong b = 0; b < s->shell[k].n; b++)
                {
                    double size = cabs(diagonal_entry(s->shell + j, a)
                                       + conj(diagonal_entry(s->shell + k, b)));

                    if (isnan(size))
                        return size;
                    least = fmin(least, size);
                }
    return least;
}

/* --- set-up -------------------------------------------------------------- */

/* By how much the jump lowers N; 0 if it does not lower it or by several
   amounts. */
static slong
definite_drop(const lb_sparse_t c, const slong * excitations)
{
    slong drop = 0;

    for (slong i = 0; i < c->rows; i++)
        for (slong e = c->start[i]; e < c->start[i + 1]; e++)
        {
            slong x = excitations[c->column[e]] - excitations[i];

            if (x <= 0 || (drop > 0 && x != drop))
                return 0;
            drop = x;
        }
    return drop;
}

static void
set_shells(graded * s, const slong * excitations)
{
    slong largest = 1;

    s->shells = excitations[s->d - 1] + 1;
    s->shell = flint_calloc((size_t) s->shells, sizeof(shell));
    for (slong i = s->d - 1; i >= 0; i--)
    {
        shell * h = s->shell + excitations[i];

        h->first = i;
        h->n++;
        largest = h->n > largest ? h->n : largest;
    }
    s->g = flint_malloc((size_t) (largest * largest) * sizeof(lb_complex));
    s->w = flint_malloc((size_t) (largest * largest) * sizeof(lb_complex));
    s->row = flint_malloc((size_t) largest * sizeof(lb_complex));
}

static void
set_feeds(graded * s, const lb_lindbladian_t l)
{
    s->feeds = 0;
    s->feed = flint_malloc((size_t) (l->n_jumps + 1) * sizeof(feed));
    for (slong q = 0; q < l->n_jumps; q++)
    {
        feed * f = s->feed + s->feeds;

        f->drop = definite_drop(l->jumps + q, l->excitations);
        if (f->drop == 0)
            continue;
        lb_sparse_init(f->c, s->d, s->d);
        lb_sparse_init(f->adjoint, s->d, s->d);
        lb_sparse_adjoint(f->c, l->jumps_adjoint + q);
        lb_sparse_adjoint(f->adjoint, l->jumps + q);
        s->feeds++;
    }
}

lb_status
lb_graded_init(lb_preconditioner_t p, const lb_lindbladian_t l, lb_error * err)
{
    graded * s = flint_calloc(1, sizeof(graded));
    double condition = 1.0, least;

    lb_preconditioner_init(p, l->dimension);
    s->d = l->dimension;
    s->damping = l->damping;
    s->one = flint_malloc((size_t) s->d * sizeof(double));
    for (slong i = 0; i < s->d; i++)
        s->one[i] = scalbln(1.0, -2 * l->scale * l->excitations[i]);
    set_shells(s, l->excitations);
    set_feeds(s, l);

    for (slong k = 0; k < s->shells && isfinite(condition); k++)
        condition = fmax(condition, decompose(s->shell + k, l->generator));
    least = isfinite(condition) ? smallest_denominator(s) : 0.0;
    if (!(least > STATIONARY * l->damping))
    {
        clear(s);
        return lb_error_set(err, LB_ENOCONV,
                            "without its drives the model (dimension %ld) has "
                            "a second stationary state, or could not be "
                            "decomposed",
                            (long) l->dimension);
    }
    p->methods = &methods;
    p->data = s;
    p->condition = condition;
    return LB_OK;
}

/* b = what raises N in a, or lowers it */
static void
take_changing(lb_sparse_t b, const lb_sparse_t a, const slong * excitations,
              int lowers)
{
    slong kept = 0;

    lb_sparse_add_scaled(b, b, 1.0L, a);
    for (slong i = 0; i < b->rows; i++)
    {
        b->start[i] = kept;
        for (slong e = a->start[i]; e < a->start[i + 1]; e++)
        {
            slong raised = excitations[i] - excitations[a->column[e]];

            if (lowers ? raised >= 0 : raised <= 0)
                continue;
            b->column[kept] = a->column[e];
            b->value[kept] = a->value[e];
            b->extended[kept++] = a->extended[e];
        }
    }
    b->start[b->rows] = kept;
}

int
lb_graded_drive(lb_preconditioner_t p, const lb_lindbladian_t l)
{
    graded * s = p->data;
    slong n = s->d * s->d;
    lb_complex * x;

    if (p->methods != &methods)
        return 0;
    x = flint_calloc((size_t) n, sizeof(lb_complex));
    lb_sparse_init(s->raise, s->d, s->d);
    lb_sparse_init(s->raise_adjoint, s->d, s->d);
    take_changing(s->raise, l->generator, l->excitations, 0);
    take_changing(s->raise_adjoint, l->generator_adjoint, l->excitations, 1);
    s->of_one = flint_calloc((size_t) n, sizeof(lb_complex));
    s->of_vacuum = flint_calloc((size_t) n, sizeof(lb_complex));

    s->of_vacuum[0] = 1.0;
    sweep_driven(s->of_vacuum, s, x, 0);
    s->vacuum_number = 1.0 + trace_above_vacuum(s->of_vacuum, s);
    for (slong i = 0; i < s->d; i++)
        x[i * (s->d + 1)] = s->one[i];
    sweep_driven(s->of_one, s, x, 1);
    s->one_number = 1.0 - lowered_to_vacuum(s->of_one, s);
    flint_free(x);
    if (!(cabs(s->one_number) > NO_NUMBER)
        || !(cabs(s->vacuum_number) > NO_NUMBER))
    {
        clear_driven(s);
        return 0;
    }
    p->methods = &driven_methods;
    return 1;
}

int
lb_graded_undrive(lb_preconditioner_t p)
{
    if (p->methods != &driven_methods)
        return 0;
    clear_driven(p->data);
    p->methods = &methods;
    return 1;
}
