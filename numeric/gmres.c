/* numeric/gmres.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arnoldi by classical Gram-Schmidt, repeated when a vector loses more than
 * 0.3 of its length (it is then orthogonal to working precision: L. Giraud,
 * J. Langou, M. Rozloznik, J. van den Eshof, Numer. Math. 101 (2005) 87); it
 * goes through memory in pieces that stay in the cache.  Givens rotations keep
 * the Hessenberg matrix triangular. */
#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cblas.h>
#include <lindbound/gmres.h>

#define MIN_CYCLE 20
#define MAX_CYCLE 200
/* a whole cycle that leaves more than this of the residual is stagnation */
#define STAGNATION 0.9
/* entries of all vectors that are worked on at a time */
#define PIECE 1024
/* orthogonalization is repeated if less of a vector is left */
#define REPEAT 0.7

typedef struct
{
    slong n, length;          /* of a vector; of the longest cycle       */
    lb_complex ** v;          /* length + 1 Krylov vectors, NULL if not
                                 yet needed                              */
    lb_complex ** z;          /* M v: kept, which saves one M per cycle  */
    lb_complex * h;           /* Hessenberg matrix, column by column     */
    lb_complex *sine, *g, *y; /* rotations, rotated right side, solution */
    double * cosine;
} krylov;

static lb_complex *
new_vector(slong n)
{
    return flint_malloc((size_t) n * sizeof(lb_complex));
}

static void
krylov_init(krylov * s, slong n, const lb_gmres_options * options)
{
    size_t fit = options->memory / (2 * (size_t) n * sizeof(lb_complex));

    s->n = n;
    s->length = fit < MIN_CYCLE   ? MIN_CYCLE
                : fit > MAX_CYCLE ? MAX_CYCLE
                                  : (slong) fit;
    if (s->length > n)
        s->length = n;
    s->v = flint_calloc((size_t) s->length + 1, sizeof(lb_complex *));
    s->z = flint_calloc((size_t) s->length + 1, sizeof(lb_complex *));
    s->h = new_vector((s->length + 1) * s->length);
    s->sine = new_vector(s->length + 1);
    s->g = new_vector(s->length + 1);
    s->y = new_vector(s->length + 1);
    s->cosine = flint_malloc((size_t) (s->length + 1) * sizeof(double));
}

static void
krylov_clear(krylov * s)
{
    for (slong j = 0; j <= s->length; j++)
    {
        flint_free(s->v[j]);
        flint_free(s->z[j]);
    }
    flint_free(s->v);
    flint_free(s->z);
    flint_free(s->h);
    flint_free(s->sine);
    flint_free(s->g);
    flint_free(s->y);
    flint_free(s->cosine);
}

static double
norm(const lb_complex * x, slong n)
{
    return cblas_dznrm2((int) n, x, 1);
}

/* w -= sum_i <v_i, w> v_i for i <= j; adds the coefficients to h. */
static void
orthogonalize(lb_complex * w, lb_complex * h, const krylov * s, slong j)
{
    lb_complex minus[MAX_CYCLE] = { 0.0 };

    for (slong first = 0; first < s->n; first += PIECE)
    {
        int n = (int) (s->n - first < PIECE ? s->n - first : PIECE);

        for (slong i = 0; i <= j; i++)
        {
            lb_complex c;

            cblas_zdotc_sub(n, s->v[i] + first, 1, w + first, 1, &c);
            minus[i] -= c;
        }
    }
    for (slong first = 0; first < s->n; first += PIECE)
    {
        int n = (int) (s->n - first < PIECE ? s->n - first : PIECE);

        for (slong i = 0; i <= j; i++)
            cblas_zaxpy(n, minus + i, s->v[i] + first, 1, w + first, 1);
    }
    for (slong i = 0; i <= j; i++)
        h[i] -= minus[i];
}

/* Applies the former rotations to column j and makes the one that removes its
   last entry; returns the new residual norm. */
static double
rotate(krylov * s, lb_complex * h, slong j)
{
    double length;

    for (slong i = 0; i < j; i++)
    {
        lb_complex t = s->cosine[i] * h[i] + s->sine[i] * h[i + 1];

        h[i + 1] = -conj(s->sine[i]) * h[i] + s->cosine[i] * h[i + 1];
        h[i] = t;
    }
    length = hypot(cabs(h[j]), cabs(h[j + 1]));
    if (cabs(h[j]) == 0.0)
    {
        s->cosine[j] = 0.0;
        s->sine[j] = 1.0;
        h[j] = h[j + 1];
    }
    else
    {
        lb_complex phase = h[j] / cabs(h[j]);

        s->cosine[j] = cabs(h[j]) / length;
        s->sine[j] = phase * conj(h[j + 1]) / length;
        h[j] = phase * length;
    }
    h[j + 1] = 0.0;
    s->g[j + 1] = -conj(s->sine[j]) * s->g[j];
    s->g[j] = s->cosine[j] * s->g[j];
    return cabs(s->g[j + 1]);
}

/* x += sum_i y_i z_i, where the triangular system gives y; 0 if that is not
   finite (x is then left alone). */
static int
update(lb_complex * x, const krylov * s, slong columns, int preconditioned)
{
    lb_complex * const * z = preconditioned ? s->z : s->v;

    for (slong i = columns - 1; i >= 0; i--)
    {
        lb_complex sum = s->g[i], pivot = s->h[i * (s->length + 1) + i];

        for (slong k = i + 1; k < columns; k++)
            sum -= s->h[k * (s->length + 1) + i] * s->y[k];
        s->y[i] = sum / pivot;
        if (!isfinite(cabs(s->y[i])))
            return 0;
    }
    for (slong i = 0; i < columns; i++)
        cblas_zaxpy((int) s->n, s->y + i, z[i], 1, x, 1);
    return 1;
}

/* One cycle from the residual in v[0] (not normalized) of norm @p beta;
   returns the number of columns made. */
static slong
cycle(krylov * s, double beta, double goal, slong max_columns,
      lb_gmres_map apply, lb_gmres_map precondition, void * context)
{
    double residual = beta;
    slong j;

    cblas_zdscal((int) s->n, 1.0 / beta, s->v[0], 1);
    memset(s->g, 0, (size_t) (s->length + 1) * sizeof(lb_complex));
    s->g[0] = beta;
    for (j = 0; j < s->length && j < max_columns && residual > goal; j++)
    {
        lb_complex * h = s->h + j * (s->length + 1);
        double before, after;

        if (s->v[j + 1] == NULL)
            s->v[j + 1] = new_vector(s->n);
        if (precondition != NULL)
        {
            if (s->z[j] == NULL)
                s->z[j] = new_vector(s->n);
            precondition(s->z[j], s->v[j], context);
            apply(s->v[j + 1], s->z[j], context);
        }
        else
            apply(s->v[j + 1], s->v[j], context);

        memset(h, 0, (size_t) (s->length + 1) * sizeof(lb_complex));
        before = norm(s->v[j + 1], s->n);
        if (!isfinite(before))
            return j;
        orthogonalize(s->v[j + 1], h, s, j);
        after = norm(s->v[j + 1], s->n);
        if (after < REPEAT * before)
        {
            orthogonalize(s->v[j + 1], h, s, j);
            after = norm(s->v[j + 1], s->n);
        }
        h[j + 1] = after;
        residual = rotate(s, h, j);
        if (after <= 1e-15 * before) /* the space is exhausted */
            return j + 1;
        cblas_zdscal((int) s->n, 1.0 / after, s->v[j + 1], 1);
    }
    return j;
}

lb_status
lb_gmres_approx(lb_complex * x, lb_gmres_report * report, const lb_complex * b,
                slong n, lb_gmres_map apply, lb_gmres_map precondition,
                void * context, const lb_gmres_options * options)
{
    double size = norm(b, n), beta = size, goal = options->tolerance * size;
    const lb_complex minus_one = -1.0;
    lb_complex * former_x;
    lb_status status = LB_ENOCONV;
    krylov s;

    memset(x, 0, (size_t) n * sizeof(lb_complex));
    report->iterations = 0;
    report->residual = 1.0;
    if (size == 0.0)
    {
        report->residual = 0.0;
        return LB_OK;
    }
    if (!isfinite(size))
        return LB_ENOCONV;

    krylov_init(&s, n, options);
    former_x = new_vector(n);
    s.v[0] = new_vector(n);
    memcpy(s.v[0], b, (size_t) n * sizeof(lb_complex));
    while (report->iterations < options->max_iterations)
    {
        double former = beta;
        slong columns = cycle(&s, beta, 0.5 * goal,
                              options->max_iterations - report->iterations,
                              apply, precondition, context);

        report->iterations += columns;
        memcpy(former_x, x, (size_t) n * sizeof(lb_complex));
        if (columns == 0 || !update(x, &s, columns, precondition != NULL))
            break;
        apply(s.v[0], x, context);
        cblas_zaxpy((int) n, &minus_one, b, 1, s.v[0], 1);
        cblas_zdscal((int) n, -1.0, s.v[0], 1);
        beta = norm(s.v[0], n);
        if (!(beta <= former)) /* rounding in a nearly singular system */
        {
            memcpy(x, former_x, (size_t) n * sizeof(lb_complex));
            break;
        }
        report->residual = beta / size;
        if (beta <= goal)
        {
            status = LB_OK;
            break;
        }
        if (!(beta < STAGNATION * former))
            break;
    }
    flint_free(former_x);
    krylov_clear(&s);
    return status;
}
