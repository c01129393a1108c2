/* numeric/triangular_sylvester.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The longer side is halved.  With T = (T11 T12; 0 T22), W = (W1; W2),
 *
 *     T22 W2 + W2 R' = C2,   then  T11 W1 + W1 R' = C1 - T12 W2 ;
 *     T11' W1 + W1 R = C1,   then  T22' W2 + W2 R = C2 - T12' W1  (adjoint),
 *
 * and with R = (R11 R12; 0 R22), W = (W1 W2),
 *
 *     T W2 + W2 R22' = C2,   then  T W1 + W1 R11' = C1 - W2 R12' ;
 *     T' W1 + W1 R11 = C1,   then  T' W2 + W2 R22 = C2 - W1 R12  (adjoint). */
#include <complex.h>

#include <cblas.h>
#include <lindbound/triangular_sylvester.h>

/* both sides at most so long: entry by entry */
#define SMALL 16

static lb_complex
product(lb_complex x, lb_complex y)
{
    return CMPLX(creal(x) * creal(y) - cimag(x) * cimag(y),
                 creal(x) * cimag(y) + cimag(x) * creal(y));
}

/* c -= op(a) op(b) */
static void
subtract_product(lb_complex * c, slong ldc, CBLAS_TRANSPOSE op_a,
                 const lb_complex * a, slong lda, CBLAS_TRANSPOSE op_b,
                 const lb_complex * b, slong ldb, slong m, slong n, slong inner)
{
    const lb_complex one = 1.0, minus_one = -1.0;

    cblas_zgemm(CblasColMajor, op_a, op_b, (int) m, (int) n, (int) inner,
                &minus_one, a, (int) lda, b, (int) ldb, &one, c, (int) ldc);
}

/* x divided by the denominator t + conj(r), conjugated for the adjoint */
static lb_complex
divide(lb_complex x, lb_complex t, lb_complex r, int is_first, int adjoint,
       const lb_triangular_sylvester_options * options)
{
    lb_complex denominator = t + conj(r);

    if (is_first && options->first != 0.0)
        denominator = options->first;
    else if (cabs(denominator) < options->tiny)
        denominator = -options->tiny;
    return x / (adjoint ? conj(denominator) : denominator);
}

static void
solve_small(lb_complex * w, slong ldw, const lb_complex * t, slong ldt, slong m,
            const lb_complex * r, slong ldr, slong n, int has_first,
            const lb_triangular_sylvester_options * options)
{
    for (slong j = n - 1; j >= 0; j--)
        for (slong i = m - 1; i >= 0; i--)
        {
            lb_complex sum = w[i + j * ldw];

            for (slong k = i + 1; k < m; k++)
                sum -= product(t[i + k * ldt], w[k + j * ldw]);
            for (slong k = j + 1; k < n; k++)
                sum -= product(w[i + k * ldw], conj(r[j + k * ldr]));
            w[i + j * ldw] = divide(sum, t[i + i * ldt], r[j + j * ldr],
                                    has_first && i == 0 && j == 0, 0, options);
        }
}

static void
solve_small_adjoint(lb_complex * w, slong ldw, const lb_complex * t, slong ldt,
                    slong m, const lb_complex * r, slong ldr, slong n,
                    int has_first,
                    const lb_triangular_sylvester_options * options)
{
    for (slong j = 0; j < n; j++)
        for (slong i = 0; i < m; i++)
        {
            lb_complex sum = w[i + j * ldw];

            for (slong k = 0; k < i; k++)
                sum -= product(conj(t[k + i * ldt]), w[k + j * ldw]);
            for (slong k = 0; k < j; k++)
                sum -= product(w[i + k * ldw], r[k + j * ldr]);
            w[i + j * ldw] = divide(sum, t[i + i * ldt], r[j + j * ldr],
                                    has_first && i == 0 && j == 0, 1, options);
        }
}

static void
solve(lb_complex * w, slong ldw, const lb_complex * t, slong ldt, slong m,
      const lb_complex * r, slong ldr, slong n, int has_first,
      const lb_triangular_sylvester_options * options)
{
    if (m <= SMALL && n <= SMALL)
        solve_small(w, ldw, t, ldt, m, r, ldr, n, has_first, options);
    else if (m >= n)
    {
        slong h = m / 2;

        solve(w + h, ldw, t + h + h * ldt, ldt, m - h, r, ldr, n, 0, options);
        subtract_product(w, ldw, CblasNoTrans, t + h * ldt, ldt, CblasNoTrans,
                         w + h, ldw, h, n, m - h);
        solve(w, ldw, t, ldt, h, r, ldr, n, has_first, options);
    }
    else
    {
        slong h = n / 2;

        solve(w + h * ldw, ldw, t, ldt, m, r + h + h * ldr, ldr, n - h, 0,
              options);
        subtract_product(w, ldw, CblasNoTrans, w + h * ldw, ldw, CblasConjTrans,
                         r + h * ldr, ldr, m, h, n - h);
        solve(w, ldw, t, ldt, m, r, ldr, h, has_first, options);
    }
}

static void
solve_adjoint(lb_complex * w, slong ldw, const lb_complex * t, slong ldt,
              slong m, const lb_complex * r, slong ldr, slong n, int has_first,
              const lb_triangular_sylvester_options * options)
{
    if (m <= SMALL && n <= SMALL)
        solve_small_adjoint(w, ldw, t, ldt, m, r, ldr, n, has_first, options);
    else if (m >= n)
    {
        slong h = m / 2;

        solve_adjoint(w, ldw, t, ldt, h, r, ldr, n, has_first, options);
        subtract_product(w + h, ldw, CblasConjTrans, t + h * ldt, ldt,
                         CblasNoTrans, w, ldw, m - h, n, h);
        solve_adjoint(w + h, ldw, t + h + h * ldt, ldt, m - h, r, ldr, n, 0,
                      options);
    }
    else
    {
        slong h = n / 2;

        solve_adjoint(w, ldw, t, ldt, m, r, ldr, h, has_first, options);
        subtract_product(w + h * ldw, ldw, CblasNoTrans, w, ldw, CblasNoTrans,
                         r + h * ldr, ldr, m, n - h, h);
        solve_adjoint(w + h * ldw, ldw, t, ldt, m, r + h + h * ldr, ldr, n - h,
                      0, options);
    }
}

void
lb_triangular_sylvester(lb_complex * w, slong ldw, const lb_complex * t,
                        slong ldt, slong m, const lb_complex * r, slong ldr,
                        slong n, int adjoint,
                        const lb_triangular_sylvester_options * options)
{
    static const lb_triangular_sylvester_options none = { 0.0, 0.0 };

    if (options == NULL)
        options = &none;
    if (m == 0 || n == 0)
        return;
    if (adjoint)
        solve_adjoint(w, ldw, t, ldt, m, r, ldr, n, 1, options);
    else
        solve(w, ldw, t, ldt, m, r, ldr, n, 1, options);
}
