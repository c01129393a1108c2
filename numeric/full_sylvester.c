/* numeric/full_sylvester.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The slowest eigenvector of M is close to the vacuum at weak drive, and
 * there mu + conj(mu) ~ -drive^2: K is nearly singular where the deflated
 * Lindbladian is not, for |v><v| ~ |0><0| has trace 1 and is mapped to
 * damping * |0><0|.  So that denominator becomes +damping.  All others that
 * are tiny (undamped coherences) are lengthened to TINY * damping.
 *
 * LAPACK does not balance M: that would undo the shell scaling.
 *
 * Where the eigenvectors are ill conditioned (near an exceptional point) the
 * Schur form conj(M) = U T U' takes their place, with the slowest eigenvalue
 * first.  A matrix x stored by rows is, by columns, its transpose Z, and
 *
 *     M x + x M' = g      becomes    T W + W T' = U' G U,   Z = U W U' ;
 *     M' y + y M = g                 T' W + W T = U' G U  (adjoint). */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>
#include <lindbound/full_sylvester.h>
#include <lindbound/triangular_sylvester.h>

#define TINY 1e-4
/* |mu_0 + conj(mu_0)| below this fraction of the damping: nearly the vacuum */
#define VACUUM 0.1
/* eigenvectors worse than this: Schur form instead */
#define BAD_CONDITION 1e6

typedef struct
{
    slong d;
    int schur;                 /* which of the two is in use           */
    lb_complex *x, *x_inverse; /* eigenvectors, or NULL                */
    lb_complex * reciprocal;   /* 1 / denominators, or NULL            */
    lb_complex *u, *triangle;  /* Schur form, by columns, or NULL      */
    lb_triangular_sylvester_options replaced;
    lb_complex * t; /* scratch matrix */
} sylvester;

static lb_complex *
new_matrix(slong d)
{
    return flint_malloc((size_t) (d * d) * sizeof(lb_complex));
}

/* c = op(a) op(b) */
static void
multiply(lb_complex * c, CBLAS_TRANSPOSE op_a, const lb_complex * a,
         CBLAS_TRANSPOSE op_b, const lb_complex * b, slong d)
{
    const lb_complex one = 1.0, zero = 0.0;
    int n = (int) d;

    cblas_zgemm(CblasRowMajor, op_a, op_b, n, n, n, &one, a, n, b, n, &zero, c,
                n);
}

static void
divide(lb_complex * y, const lb_complex * reciprocal, slong n, double sign)
{
    double * to = (double *) y;
    const double * by = (const double *) reciprocal;

    for (slong i = 0; i < 2 * n; i += 2)
    {
        double re = by[i], im = sign * by[i + 1], u = to[i], v = to[i + 1];

        to[i] = u * re - v * im;
        to[i + 1] = u * im + v * re;
    }
}

/* c = op(a) op(b), stored by columns */
static void
multiply_columns(lb_complex * c, CBLAS_TRANSPOSE op_a, const lb_complex * a,
                 CBLAS_TRANSPOSE op_b, const lb_complex * b, slong d)
{
    const lb_complex one = 1.0, zero = 0.0;
    int n = (int) d;

    cblas_zgemm(CblasColMajor, op_a, op_b, n, n, n, &one, a, n, b, n, &zero, c,
                n);
}

static void
apply_schur(lb_complex * y, const lb_complex * x, sylvester * s, int adjoint)
{
    slong d = s->d;

    multiply_columns(s->t, CblasConjTrans, s->u, CblasNoTrans, x, d);
    multiply_columns(y, CblasNoTrans, s->t, CblasNoTrans, s->u, d);
    lb_triangular_sylvester(y, d, s->triangle, d, d, s->triangle, d, d, adjoint,
                            &s->replaced);
    multiply_columns(s->t, CblasNoTrans, s->u, CblasNoTrans, y, d);
    multiply_columns(y, CblasNoTrans, s->t, CblasConjTrans, s->u, d);
}

static void
apply(lb_complex * y, const lb_complex * x, void * data)
{
    sylvester * s = data;

    if (s->schur)
    {
        apply_schur(y, x, s, 0);
        return;
    }
    multiply(s->t, CblasNoTrans, s->x_inverse, CblasNoTrans, x, s->d);
    multiply(y, CblasNoTrans, s->t, CblasConjTrans, s->x_inverse, s->d);
    divide(y, s->reciprocal, s->d * s->d, 1.0);
    multiply(s->t, CblasNoTrans, s->x, CblasNoTrans, y, s->d);
    multiply(y, CblasNoTrans, s->t, CblasConjTrans, s->x, s->d);
}

static void
apply_adjoint(lb_complex * y, const lb_complex * x, void * data)
{
    sylvester * s = data;

    if (s->schur)
    {
        apply_schur(y, x, s, 1);
        return;
    }
    multiply(s->t, CblasConjTrans, s->x, CblasNoTrans, x, s->d);
    multiply(y, CblasNoTrans, s->t, CblasNoTrans, s->x, s->d);
    divide(y, s->reciprocal, s->d * s->d, -1.0);
    multiply(s->t, CblasConjTrans, s->x_inverse, CblasNoTrans, y, s->d);
    multiply(y, CblasNoTrans, s->t, CblasNoTrans, s->x_inverse, s->d);
}

static void
clear(void * data)
{
    sylvester * s = data;

    flint_free(s->x);
    flint_free(s->x_inverse);
    flint_free(s->reciprocal);
    flint_free(s->u);
    flint_free(s->triangle);
    flint_free(s->t);
    flint_free(s);
}

static const lb_preconditioner_methods methods
    = { "full-sylvester", apply, apply_adjoint, clear };

/* Largest column sum of moduli; NaN if an entry is. */
static double
norm1(const lb_complex * a, slong d)
{
    return LAPACKE_zlange(LAPACK_ROW_MAJOR, '1', (lapack_int) d, (lapack_int) d,
                          a, (lapack_int) d);
}

/* Eigenvectors x, their inverse and eigenvalues mu of M; returns the condition
   of x, infinity if there is none. */
static double
diagonalize(sylvester * s, lb_complex * mu, const lb_lindbladian_t l)
{
    lapack_int n = (lapack_int) s->d, low, high;
    lapack_int * pivots = flint_malloc((size_t) n * sizeof(lapack_int));
    double * scale = flint_malloc((size_t) n * sizeof(double));
    double norm, condition = INFINITY;

    s->x = new_matrix(s->d);
    s->x_inverse = new_matrix(s->d);
    s->reciprocal = new_matrix(s->d);
    lb_sparse_get_dense(s->t, l->generator);
    if (LAPACKE_zgeevx(LAPACK_ROW_MAJOR, 'N', 'N', 'V', 'N', n, s->t, n, mu,
                       NULL, n, s->x, n, &low, &high, scale, &norm, NULL, NULL)
        == 0)
    {
        memcpy(s->x_inverse, s->x, (size_t) (s->d * s->d) * sizeof(lb_complex));
        if (LAPACKE_zgetrf(LAPACK_ROW_MAJOR, n, n, s->x_inverse, n, pivots) == 0
            && LAPACKE_zgetri(LAPACK_ROW_MAJOR, n, s->x_inverse, n, pivots)
                   == 0)
            condition = norm1(s->x, s->d) * norm1(s->x_inverse, s->d);
    }
    flint_free(pivots);
    flint_free(scale);
    return isfinite(condition) ? condition : INFINITY;
}

/* Index of the eigenvalue of largest real part. */
static slong
slowest_of(const lb_complex * mu, slong d)
{
    slong slowest = 0;

    for (slong j = 0; j < d; j++)
        if (creal(mu[j]) > creal(mu[slowest]))
            slowest = j;
    return slowest;
}

/* Schur form of conj(M), its slowest eigenvalue first; 0 on failure. */
static int
triangularize(sylvester * s, lb_complex * mu, const lb_lindbladian_t l)
{
    const lb_sparse_struct * m = l->generator;
    slong d = s->d;
    lapack_int n = (lapack_int) d, selected;
    int ok;

    s->u = new_matrix(d);
    s->triangle = new_matrix(d);
    memset(s->triangle, 0, (size_t) (d * d) * sizeof(lb_complex));
    for (slong i = 0; i < d; i++)
        for (slong e = m->start[i]; e < m->start[i + 1]; e++)
            s->triangle[m->column[e] * d + i] = conj(m->value[e]);
    ok = LAPACKE_zgees(LAPACK_COL_MAJOR, 'V', 'N', NULL, n, s->triangle, n,
                       &selected, mu, s->u, n)
             == 0
         && LAPACKE_ztrexc(LAPACK_COL_MAJOR, 'V', n, s->triangle, n, s->u, n,
                           (lapack_int) slowest_of(mu, d) + 1, 1)
                == 0;
    s->replaced.tiny = TINY * l->damping;
    s->replaced.first = 0.0;
    if (ok && -2.0 * creal(s->triangle[0]) < VACUUM * l->damping)
        s->replaced.first = l->damping;
    s->schur = 1;
    return ok && isfinite(norm1(s->triangle, d)) && isfinite(norm1(s->u, d));
}

static void
set_reciprocals(sylvester * s, const lb_complex * mu, double damping)
{
    slong slowest = slowest_of(mu, s->d);

    for (slong j = 0; j < s->d; j++)
        for (slong k = 0; k < s->d; k++)
        {
            lb_complex denominator = mu[j] + conj(mu[k]);
            double size = cabs(denominator);

            if (j == slowest && k == slowest && size < VACUUM * damping)
                denominator = damping;
            else if (size < TINY * damping)
                denominator = -TINY * damping;
            s->reciprocal[j * s->d + k] = 1.0 / denominator;
        }
}

lb_status
lb_full_sylvester_init(lb_preconditioner_t p, const lb_lindbladian_t l,
                       lb_error * err)
{
    slong d = l->dimension;
    double condition;
    lb_complex * mu = flint_malloc((size_t) d * sizeof(lb_complex));
    sylvester * s = flint_calloc(1, sizeof(sylvester));
    int ok = 1;

    lb_preconditioner_init(p, d);
    s->d = d;
    s->t = new_matrix(d);
    condition = diagonalize(s, mu, l);
    if (condition <= BAD_CONDITION)
        set_reciprocals(s, mu, l->damping);
    else
    {
        ok = triangularize(s, mu, l);
        condition = 1.0;
    }
    flint_free(mu);
    if (!ok)
    {
        clear(s);
        return lb_error_set(err, LB_ENOCONV,
                            "the effective Hamiltonian (dimension %ld) could "
                            "not be decomposed",
                            (long) d);
    }
    if (s->schur)
    {
        flint_free(s->x);
        flint_free(s->x_inverse);
        flint_free(s->reciprocal);
        s->x = s->x_inverse = s->reciprocal = NULL;
    }
    p->methods = &methods;
    p->data = s;
    p->condition = condition;
    return LB_OK;
}
