/* tests/test_sparse.c -- numeric/sparse.c against dense matrices.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>

#include "lb_test.h"
#include "lb_test_numeric.h"

static double
uniform(flint_rand_t state)
{
    return (double) n_randint(state, 2000001) / 1000000.0 - 1.0;
}

/* c = a b, dense */
static void
dense_mul(lb_complex * c, const lb_complex * a, const lb_complex * b, slong n,
          slong k, slong m)
{
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < m; j++)
        {
            c[i * m + j] = 0.0;
            for (slong l = 0; l < k; l++)
                c[i * m + j] += a[i * k + l] * b[l * m + j];
        }
}

static double
distance(const lb_complex * a, const lb_complex * b, slong n)
{
    double most = 0.0;

    for (slong i = 0; i < n; i++)
        most = fmax(most, cabs(a[i] - b[i]));
    return most;
}

static lb_complex *
new_dense(slong n)
{
    return flint_calloc((size_t) n + 1, sizeof(lb_complex));
}

#define CHECK_DENSE(a, b, n, tolerance, iter)                                  \
    do                                                                         \
    {                                                                          \
        double d_ = distance(a, b, n);                                         \
        if (!(d_ <= (tolerance)))                                              \
            printf("\n%s:%d iter %ld seed %lu: distance %.2e\n", __FILE__,     \
                   __LINE__, (long) (iter), lb_test_seed(), d_);               \
        CU_ASSERT(d_ <= (tolerance));                                          \
    } while (0)

/* --- operators ----------------------------------------------------------- */

/* The letter `which` (>= 0: lowering, < 0: raising, -1 - which) as a dense
   matrix on levels 0..top of every subsystem, by its definition. */
static void
letter(lb_complex * x, const lb_kind * kinds, slong n, slong top, slong which)
{
    slong size = 1, levels[4], other[4];
    int up = which < 0;

    which = up ? -1 - which : which;
    for (slong k = 0; k < n; k++)
        size *= top + 1;
    memset(x, 0, (size_t) (size * size) * sizeof(lb_complex));
    for (slong j = 0; j < size; j++)
    {
        slong i = 0, rest = j, level;
        double element;

        for (slong k = 0; k < n; k++, rest /= top + 1)
            levels[k] = rest % (top + 1);
        memcpy(other, levels, sizeof(levels));
        level = other[which] += up ? 1 : -1;
        if (level < 0 || level > top
            || (kinds[which] == LB_TWO_LEVEL
                && (level > 1 || levels[which] > 1)))
            continue;
        element = kinds[which] == LB_TWO_LEVEL ? 1.0
                  : up                         ? sqrt((double) level)
                                               : sqrt((double) levels[which]);
        for (slong k = n - 1; k >= 0; k--)
            i = i * (top + 1) + other[k];
        x[i * size + j] = element;
    }
}

static slong
place(const slong * levels, slong n, slong top)
{
    slong i = 0;

    for (slong k = n - 1; k >= 0; k--)
        i = i * (top + 1) + levels[k];
    return i;
}

/* Random products of up to four letters, multiplied as polynomials and as
   matrices on a space that the truncated one never sees the end of. */
static void
test_operators(void)
{
    enum
    {
        CAP = 2,
        WORD = 4,
        TOP = CAP + WORD
    };
    flint_rand_t state;
    slong iters = lb_test_iters(60), compared = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong n = 1 + (slong) n_randint(state, 2), size = n == 1 ? 7 : 49;
        lb_kind kinds[2];
        lb_complex *product = new_dense(size * size),
                   *sum = new_dense(size * size), *one = new_dense(size * size),
                   *t = new_dense(size * size), *expected, *got;
        lb_opoly_t op, word, factor;
        lb_sparse_t a;
        lb_cutoff_t c;
        lb_basis_t b;
        lb_error err;
        slong d;

        for (slong k = 0; k < n; k++)
            kinds[k] = n_randint(state, 3) == 0 ? LB_TWO_LEVEL : LB_MODE;
        lb_opoly_init(op, kinds, n);
        lb_opoly_init(word, kinds, n);
        lb_opoly_init(factor, kinds, n);
        for (int w = 0; w < 2; w++)
        {
            double re = uniform(state), im = uniform(state);
            lb_scalar_t x;

            lb_scalar_init(x);
            acb_set_d_d(x->coefficient, re, im);
            lb_opoly_set_scalar(word, x);
            lb_scalar_clear(x);
            for (slong i = 0; i < size * size; i++)
                product[i] = i % (size + 1) == 0 ? CMPLX(re, im) : 0.0;
            for (ulong l = n_randint(state, WORD + 1); l > 0; l--)
            {
                slong which = (slong) n_randint(state, (ulong) n);
                int up = (int) n_randint(state, 2);

                lb_opoly_set_lowering(factor, which);
                if (up)
                    lb_opoly_adjoint(factor, factor);
                lb_opoly_mul(word, word, factor, TEST_PREC);
                letter(one, kinds, n, TOP, up ? -1 - which : which);
                dense_mul(t, product, one, size, size, size);
                memcpy(product, t, (size_t) (size * size) * sizeof(*t));
            }
            lb_opoly_add(op, op, word, TEST_PREC);
            for (slong i = 0; i < size * size; i++)
                sum[i] += product[i];
        }

        lb_cutoff_init(c, kinds, n);
        c->total = CAP;
        CU_ASSERT_FATAL(lb_basis_init(b, c, 1000, &err) == LB_OK);
        d = b->dimension;
        lb_sparse_init(a, d, d);
        CU_ASSERT_FATAL(lb_sparse_set_opoly_approx(a, op, b, &err) == LB_OK);
        expected = new_dense(d * d);
        got = new_dense(d * d);
        for (slong i = 0; i < d; i++)
            for (slong j = 0; j < d; j++)
                expected[i * d + j]
                    = sum[place(lb_basis_state(b, i), n, TOP) * size
                          + place(lb_basis_state(b, j), n, TOP)];
        lb_sparse_get_dense(got, a);
        CHECK_DENSE(got, expected, d * d, 1e-13, iter);
        compared += lb_sparse_nonzeros(a);

        lb_sparse_clear(a);
        lb_basis_clear(b);
        lb_cutoff_clear(c);
        lb_opoly_clear(op);
        lb_opoly_clear(word);
        lb_opoly_clear(factor);
        flint_free(product);
        flint_free(sum);
        flint_free(one);
        flint_free(t);
        flint_free(expected);
        flint_free(got);
    }
    CU_ASSERT(compared > iters);
    lb_rand_clear(state);
}

static void
test_exact_elements(void)
{
    lb_model_t m;
    lb_basis_t b;
    lb_opoly_t op;
    lb_sparse_t a;
    lb_error err;

    test_model_init(m, "modes: a");
    test_basis_init(b, m, "60");
    test_operator_init(op, m, "a^2/3");
    lb_sparse_init(a, b->dimension, b->dimension);
    CU_ASSERT_FATAL(lb_sparse_set_opoly_approx(a, op, b, &err) == LB_OK);
    CU_ASSERT(lb_sparse_nonzeros(a) == 59);
    for (slong n = 2; n <= 60; n++)
    {
        long double exact = sqrtl((long double) (n * (n - 1))) / 3.0L;
        lb_extended x = a->extended[n - 2];

        CU_ASSERT(a->column[n - 2] == n);
        CU_ASSERT(fabsl(creall(x) - exact) <= 1e-18L * exact);
        CU_ASSERT(cimagl(x) == 0.0L);
        CU_ASSERT(creal(a->value[n - 2]) == (double) creall(x));
    }
    lb_sparse_clear(a);
    lb_opoly_clear(op);
    lb_basis_clear(b);
    lb_model_clear(m);
}

static void
test_bad_coefficients(void)
{
    lb_kind kind = LB_MODE;
    lb_opoly_t op;
    lb_cutoff_t c;
    lb_basis_t b;
    lb_sparse_t a;
    lb_error err;

    lb_cutoff_init(c, &kind, 1);
    c->total = 3;
    CU_ASSERT_FATAL(lb_basis_init(b, c, 10, &err) == LB_OK);
    lb_sparse_init(a, 4, 4);
    lb_opoly_init(op, &kind, 1);
    lb_opoly_set_lowering(op, 0);
    acb_indeterminate(op->coefficients[0].coefficient);
    CU_ASSERT(lb_sparse_set_opoly_approx(a, op, b, &err) == LB_EPREC);
    CU_ASSERT(lb_sparse_nonzeros(a) == 0);
    acb_one(op->coefficients[0].coefficient);
    op->coefficients[0].order = 1;
    CU_ASSERT(lb_sparse_set_opoly_approx(a, op, b, &err) == LB_EMODEL);
    CU_ASSERT(lb_sparse_nonzeros(a) == 0);
    op->coefficients[0].order = 0;
    CU_ASSERT(lb_sparse_set_opoly_approx(a, op, b, &err) == LB_OK);
    CU_ASSERT(lb_sparse_nonzeros(a) == 3);
    lb_opoly_clear(op);
    lb_sparse_clear(a);
    lb_basis_clear(b);
    lb_cutoff_clear(c);
}

/* --- algebra ------------------------------------------------------------- */

/* A random n x n matrix made of a few random operators of one mode. */
static void
random_sparse(lb_sparse_t a, const lb_basis_t b, const lb_kind * kind,
              flint_rand_t state)
{
    lb_opoly_t op, term;
    lb_scalar_t x;
    lb_error err;

    lb_opoly_init(op, kind, 1);
    lb_opoly_init(term, kind, 1);
    lb_scalar_init(x);
    for (ulong k = n_randint(state, 4); k > 0; k--)
    {
        lb_opoly_set_ketbra(term, 0,
                            (slong) n_randint(state, (ulong) b->dimension),
                            (slong) n_randint(state, (ulong) b->dimension));
        acb_set_d_d(x->coefficient, uniform(state), uniform(state));
        lb_opoly_scalar_mul(term, term, x, TEST_PREC);
        lb_opoly_add(op, op, term, TEST_PREC);
        lb_opoly_set_lowering(term, 0);
        lb_opoly_pow_ui(term, term, n_randint(state, 4), TEST_PREC);
        lb_opoly_add(op, op, term, TEST_PREC);
    }
    CU_ASSERT_FATAL(lb_sparse_set_opoly_approx(a, op, b, &err) == LB_OK);
    lb_scalar_clear(x);
    lb_opoly_clear(op);
    lb_opoly_clear(term);
}

static void
test_algebra(void)
{
    enum
    {
        D = 7,
        COLUMNS = 5
    };
    const lb_kind kind = LB_MODE;
    flint_rand_t state;
    slong iters = lb_test_iters(200), nonzeros = 0;
    lb_cutoff_t c;
    lb_basis_t basis;
    lb_error err;

    lb_test_rand_init(state);
    lb_cutoff_init(c, &kind, 1);
    c->total = D - 1;
    CU_ASSERT_FATAL(lb_basis_init(basis, c, D, &err) == LB_OK);
    for (slong iter = 0; iter < iters; iter++)
    {
        lb_complex da[D * D], db[D * D], dc[D * D], expected[D * D];
        lb_complex x[D * COLUMNS], y[D * COLUMNS], z[D * COLUMNS];
        lb_extended factor = CMPLXL(uniform(state), uniform(state));
        slong rows[D], columns[D];
        lb_sparse_t a, b, r;

        lb_sparse_init(a, D, D);
        lb_sparse_init(b, D, D);
        lb_sparse_init(r, D, D);
        random_sparse(a, basis, &kind, state);
        random_sparse(b, basis, &kind, state);
        nonzeros += lb_sparse_nonzeros(a);
        lb_sparse_get_dense(da, a);
        lb_sparse_get_dense(db, b);

        lb_sparse_mul(r, a, b);
        lb_sparse_get_dense(dc, r);
        dense_mul(expected, da, db, D, D, D);
        CHECK_DENSE(dc, expected, D * D, 1e-13, iter);

        lb_sparse_add_scaled(r, a, factor, b);
        lb_sparse_get_dense(dc, r);
        for (slong i = 0; i < D * D; i++)
            expected[i] = da[i] + (lb_complex) factor * db[i];
        CHECK_DENSE(dc, expected, D * D, 1e-13, iter);

        lb_sparse_add_scaled(r, r, -factor, b); /* aliasing; cancels */
        lb_sparse_get_dense(dc, r);
        CHECK_DENSE(dc, da, D * D, 1e-13, iter);

        lb_sparse_adjoint(r, a);
        lb_sparse_get_dense(dc, r);
        for (slong i = 0; i < D; i++)
            for (slong j = 0; j < D; j++)
                expected[i * D + j] = conj(da[j * D + i]);
        CHECK_DENSE(dc, expected, D * D, 0.0, iter);

        for (slong i = 0; i < D; i++)
        {
            rows[i] = (slong) n_randint(state, 40) - 20;
            columns[i] = (slong) n_randint(state, 40) - 20;
        }
        lb_sparse_add_scaled(r, a, 0.0L, a);
        lb_sparse_scale_2exp(r, rows, columns);
        lb_sparse_get_dense(dc, r);
        for (slong i = 0; i < D * D; i++)
            expected[i]
                = da[i] * ldexp(1.0, (int) (rows[i / D] + columns[i % D]));
        CHECK_DENSE(dc, expected, D * D, 0.0, iter);

        for (slong i = 0; i < D * COLUMNS; i++)
            x[i] = CMPLX(uniform(state), uniform(state));
        lb_sparse_mul_dense(y, a, x, COLUMNS);
        dense_mul(z, da, x, D, D, COLUMNS);
        CHECK_DENSE(y, z, D * COLUMNS, 1e-13, iter);
        lb_sparse_dense_mul(y, x, a, COLUMNS); /* x now has COLUMNS rows */
        dense_mul(z, x, da, COLUMNS, D, D);
        CHECK_DENSE(y, z, D * COLUMNS, 1e-13, iter);

        lb_sparse_clear(a);
        lb_sparse_clear(b);
        lb_sparse_clear(r);
    }
    CU_ASSERT(nonzeros > 3 * iters);
    lb_basis_clear(basis);
    lb_cutoff_clear(c);
    lb_rand_clear(state);
}

static void
test_extended_numbers(void)
{
    flint_rand_t state;
    slong iters = lb_test_iters(1000);
    acb_t x, y;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    for (slong iter = 0; iter < iters; iter++)
    {
        /* exact both ways: a long double has 53 bits or more */
        arf_randtest(arb_midref(acb_realref(x)), state, 53, 8);
        arf_randtest(arb_midref(acb_imagref(x)), state, 53, 8);
        lb_extended_get_acb(y, lb_extended_from_acb(x));
        CU_ASSERT(acb_equal(x, y));
    }
    acb_indeterminate(x);
    CU_ASSERT(isnan((double) creall(lb_extended_from_acb(x))));
    lb_extended_get_acb(y, CMPLXL(1.0L, (long double) NAN));
    CU_ASSERT(!acb_is_finite(y));
    acb_clear(x);
    acb_clear(y);
    lb_rand_clear(state);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "operators against products of dense matrices", test_operators },
        { "elements are correctly rounded", test_exact_elements },
        { "bad coefficients are refused", test_bad_coefficients },
        { "algebra against dense matrices", test_algebra },
        { "numbers to and from balls", test_extended_numbers },
    };

    return lb_test_main("sparse", cases, sizeof(cases) / sizeof(cases[0]));
}
