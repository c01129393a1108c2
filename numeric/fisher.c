/* numeric/fisher.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <cblas.h>
#include <lapacke.h>
#include <lindbound/fisher.h>

/* Sums of eigenvalues below this are rounding. */
#define NOISE 1e-15

/* --- the reduced state --------------------------------------------------- */

/* States i, j of the basis with the same levels outside of the part. */
static int
same_rest(const slong * x, const slong * y, const int * inside, slong n)
{
    for (slong k = 0; k < n; k++)
        if (!inside[k] && x[k] != y[k])
            return 0;
    return 1;
}

void
lb_reduced_state_approx(lb_complex * rho, const lb_basis_t part,
                        const slong * which, const lb_steady_state_t s)
{
    const lb_basis_struct * b = s->basis;
    slong d = part->dimension, n = b->subsystems;
    int * inside = flint_calloc((size_t) n + 1, sizeof(int));
    slong * levels = flint_malloc((size_t) (n + 1) * sizeof(slong));
    slong * place = flint_malloc((size_t) (b->dimension + 1) * sizeof(slong));

    memset(rho, 0, (size_t) (d * d) * sizeof(lb_complex));
    for (slong k = 0; k < part->subsystems; k++)
        inside[which[k]] = 1;
    for (slong i = 0; i < b->dimension; i++)
    {
        for (slong k = 0; k < part->subsystems; k++)
            levels[k] = lb_basis_state(b, i)[which[k]];
        place[i] = lb_basis_find(part, levels);
    }
    for (slong i = 0; i < b->dimension; i++)
        for (slong j = 0; j < b->dimension; j++)
            if (place[i] >= 0 && place[j] >= 0
                && same_rest(lb_basis_state(b, i), lb_basis_state(b, j), inside,
                             n))
                rho[place[i] * d + place[j]]
                    += (lb_complex) lb_steady_state_element_approx(s, i, j);
    flint_free(inside);
    flint_free(levels);
    flint_free(place);
}

/* --- eigenvectors -------------------------------------------------------- */

lb_status
lb_spectrum_init_approx(lb_spectrum_t s, const lb_complex * rho, slong d,
                        lb_error * err)
{
    s->dimension = d;
    s->p = flint_calloc((size_t) d + 1, sizeof(double));
    s->vectors = flint_malloc((size_t) (d * d + 1) * sizeof(lb_complex));
    memcpy(s->vectors, rho, (size_t) (d * d) * sizeof(lb_complex));
    if (LAPACKE_zheev(LAPACK_ROW_MAJOR, 'V', 'U', (lapack_int) d, s->vectors,
                      (lapack_int) d, s->p)
        != 0)
        return lb_error_set(err, LB_ENOCONV,
                            "the eigenvectors of the reduced state were not "
                            "found");
    return LB_OK;
}

void
lb_spectrum_clear(lb_spectrum_t s)
{
    flint_free(s->p);
    flint_free(s->vectors);
}

void
lb_spectrum_transform_approx(lb_complex * a, const lb_spectrum_t s, int back)
{
    static const lb_complex one = 1.0, zero = 0.0;
    blasint d = (blasint) s->dimension;
    lb_complex * t = flint_malloc((size_t) (d * d + 1) * sizeof(lb_complex));

    cblas_zgemm(CblasRowMajor, back ? CblasNoTrans : CblasConjTrans,
                CblasNoTrans, d, d, d, &one, s->vectors, d, a, d, &zero, t, d);
    cblas_zgemm(CblasRowMajor, CblasNoTrans,
                back ? CblasConjTrans : CblasNoTrans, d, d, d, &one, t, d,
                s->vectors, d, &zero, a, d);
    flint_free(t);
}

/* --- Fisher information -------------------------------------------------- */

double
lb_fisher_approx(const lb_complex * a, const lb_complex * b,
                 const lb_spectrum_t s)
{
    slong d = s->dimension;
    double sum = 0.0;

    for (slong k = 0; k < d; k++)
        for (slong l = 0; l < d; l++)
        {
            double total = s->p[k] + s->p[l], gap = s->p[k] - s->p[l];

            if (total > NOISE)
                sum += gap * gap / total * creal(a[k * d + l] * b[l * d + k]);
        }
    return 2.0 * sum;
}

/* tr(rho a) */
static double
mean(const lb_complex * a, const lb_spectrum_t s)
{
    double sum = 0.0;

    for (slong k = 0; k < s->dimension; k++)
        sum += s->p[k] * creal(a[k * s->dimension + k]);
    return sum;
}

double
lb_covariance_approx(const lb_complex * a, const lb_complex * b,
                     const lb_spectrum_t s)
{
    slong d = s->dimension;
    double sum = 0.0;

    for (slong k = 0; k < d; k++)
        for (slong l = 0; l < d; l++)
            sum += s->p[k] * creal(a[k * d + l] * b[l * d + k]);
    return sum - mean(a, s) * mean(b, s);
}

void
lb_sld_approx(lb_complex * x, const lb_complex * a, const lb_spectrum_t s)
{
    slong d = s->dimension;

    for (slong k = 0; k < d; k++)
        for (slong l = 0; l < d; l++)
        {
            double total = s->p[k] + s->p[l], gap = s->p[k] - s->p[l];
            lb_complex factor = CMPLX(0.0, 2.0 * gap / total);

            x[k * d + l] = total > NOISE ? factor * a[k * d + l] : 0.0;
        }
}

lb_status
lb_largest_eigenvalue_approx(double * value, double * vector, const double * a,
                             slong n, lb_error * err)
{
    double * t = flint_malloc((size_t) (n * n) * sizeof(double));
    double * w = flint_malloc((size_t) n * sizeof(double));
    lb_status status = LB_OK;

    memcpy(t, a, (size_t) (n * n) * sizeof(double));
    if (LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'V', 'U', (lapack_int) n, t,
                      (lapack_int) n, w)
        != 0)
        status = lb_error_set(err, LB_ENOCONV, "no eigenvalues were found");
    *value = status == LB_OK ? w[n - 1] : (double) NAN;
    for (slong k = 0; k < n; k++)
        vector[k] = status == LB_OK ? t[k * n + n - 1] : (double) NAN;
    flint_free(t);
    flint_free(w);
    return status;
}
