/* tests/test_poisson.c -- numeric/poisson.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Independent routes: the adjoint by dense formulas, LAPACK on the d^2 x d^2
 * adjoint Liouvillian, tr(rho O) of LAPACK's and of the solver's steady
 * state, the exact moments of a driven Kerr mode. */
#include <complex.h>
#include <math.h>

#include <lindbound/poisson.h>

#include "lb_test.h"
#include "lb_test_dense.h"

static lb_complex
trace_of_product(const lb_complex * x, const lb_complex * y, slong d)
{
    lb_complex sum = 0.0;

    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
            sum += x[i * d + j] * y[j * d + i];
    return sum;
}

/* y = L*(x) by the textbook formula. */
static void
dense_adjoint_lindbladian(lb_complex * y, const lb_problem_t p,
                          const lb_basis_t b, const lb_complex * x)
{
    slong d = b->dimension;
    lb_complex *h = new_dense(d * d), *c = new_dense(d * d),
               *cd = new_dense(d * d), *n = new_dense(d * d),
               *t = new_dense(d * d);
    lb_sparse_t a;
    lb_error err;

    memset(y, 0, (size_t) (d * d) * sizeof(lb_complex));
    lb_sparse_init(a, d, d);
    CU_ASSERT_FATAL(lb_sparse_set_opoly_approx(a, p->hamiltonian, b, &err)
                    == LB_OK);
    lb_sparse_get_dense(h, a);
    add_product(y, CMPLX(0.0, 1.0), h, x, d);
    add_product(y, CMPLX(0.0, -1.0), x, h, d);
    for (slong k = 0; k < p->n_jumps; k++)
    {
        double rate = arf_get_d(arb_midref(p->rates + k), ARF_RND_NEAR);

        CU_ASSERT_FATAL(lb_sparse_set_opoly_approx(a, p->jumps + k, b, &err)
                        == LB_OK);
        lb_sparse_get_dense(c, a);
        dense_adjoint(cd, c, d);
        memset(n, 0, (size_t) (d * d) * sizeof(lb_complex));
        memset(t, 0, (size_t) (d * d) * sizeof(lb_complex));
        add_product(n, 1.0, cd, c, d);
        add_product(t, 1.0, cd, x, d);
        add_product(y, rate, t, c, d);
        add_product(y, -0.5 * rate, n, x, d);
        add_product(y, -0.5 * rate, x, n, d);
    }
    lb_sparse_clear(a);
    flint_free(h);
    flint_free(c);
    flint_free(cd);
    flint_free(n);
    flint_free(t);
}

/* Y and o of L*(Y) - o 1 = -R from LAPACK, not scaled: o takes the place of
   the vacuum entry. */
static void
dense_poisson(lb_complex * y, lb_complex * o, const lb_problem_t p,
              const lb_basis_t b, const lb_complex * r)
{
    slong d = b->dimension, n = d * d;
    lb_complex *a = new_dense(n * n), *x = new_dense(n), *t = new_dense(n);
    lapack_int * pivots = flint_malloc((size_t) n * sizeof(lapack_int));

    for (slong j = 0; j < n; j++)
    {
        memset(x, 0, (size_t) n * sizeof(lb_complex));
        memset(t, 0, (size_t) n * sizeof(lb_complex));
        x[j] = 1.0;
        if (j > 0)
            dense_adjoint_lindbladian(t, p, b, x);
        else
            for (slong i = 0; i < d; i++)
                t[i * d + i] = -1.0;
        for (slong i = 0; i < n; i++)
            a[i * n + j] = t[i];
    }
    for (slong i = 0; i < n; i++)
        y[i] = -r[i];
    CU_ASSERT_FATAL(LAPACKE_zgesv(LAPACK_ROW_MAJOR, (lapack_int) n, 1, a,
                                  (lapack_int) n, pivots, y, 1)
                    == 0);
    *o = y[0];
    y[0] = 0.0;
    flint_free(a);
    flint_free(x);
    flint_free(t);
    flint_free(pivots);
}

/* Frobenius norm of the generator in the scaled frame. */
static double
generator_norm(const lb_lindbladian_t l)
{
    return norm(l->generator->value, lb_sparse_nonzeros(l->generator));
}

/* Random models and random R: the defining identity, LAPACK's solution and
   LAPACK's steady state. */
static void
test_random_models(void)
{
    flint_rand_t state;
    slong iters = lb_test_iters(48), compared = 0, scaled = 0;
    slong floored = 0, plain = 0, graded = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong d, which = iter % N_RANDOM_MODELS;
        slong chosen
            = iter % 3 == 0 ? LB_SCALE_AUTO : (slong) n_randint(state, 3);
        lb_complex *r, *y, *expected, *t, *rho, o, expected_o;
        lb_poisson_t q;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;
        lb_status status;
        double size, rest, floor;

        lb_error_clear(&err);
        random_model_init(m, which, state);
        random_basis_init(b, m, which);
        test_problem_init(p, m);
        d = b->dimension;
        CU_ASSERT_FATAL(lb_poisson_init(q, p, b, chosen, &err) == LB_OK);
        CHECK(chosen == LB_SCALE_AUTO || q->lindbladian->scale == chosen, iter,
              "scale");
        scaled += q->lindbladian->scale > 0;
        graded
            += strcmp(lb_preconditioner_name(q->preconditioner), "graded") == 0;
        r = new_dense(d * d);
        y = new_dense(d * d);
        t = new_dense(d * d);
        rho = new_dense(d * d);
        expected = new_dense(d * d);

        random_matrix(r, d * d, state); /* not Hermitian */
        size = norm(r, d * d);
        status = lb_poisson_solve_approx(y, &o, q, r, 1e-13, &err);
        /* a Y much larger than R cannot do better than its own rounding */
        floor = 1e-15 * generator_norm(q->lindbladian) * norm(y, d * d) / size;
        floored += floor > 1e-13;
        CHECK(status == LB_OK || (status == LB_ENOCONV && floor > 1e-13), iter,
              err.text);
        CHECK(q->residual <= fmax(1e-13, floor), iter, "reported residual");
        CHECK(y[0] == 0.0, iter, "vacuum entry");
        CHECK(q->iterations > 0, iter, "iterations");

        /* L*(Y) + R - o 1 = 0, in the frame that is not scaled */
        scale(t, y, q->lindbladian, -1);
        dense_adjoint_lindbladian(expected, p, b, t);
        scale(t, r, q->lindbladian, -1);
        for (slong i = 0; i < d * d; i++)
            expected[i] += t[i];
        for (slong i = 0; i < d; i++)
            expected[i * d + i] -= o;
        scale(expected, expected, q->lindbladian, 1);
        rest = norm(expected, d * d);
        CHECK(rest <= 2.0 * fmax(1e-13, floor) * size, iter,
              "L*(Y) + R - o = 0");

        /* |o - tr(rho O)| <= ||rest|| ||S^-1 rho S^-1||, and rounding */
        dense_steady_state(rho, p, b);
        expected_o = trace_of_product(rho, t, d);
        scale(rho, rho, q->lindbladian, -1);
        CHECK(cabs(o - expected_o)
                  <= rest * norm(rho, d * d) + 1e-11 * norm(t, d * d),
              iter, "tr(rho O)");

        /* Y of LAPACK, where the scale does not spoil its digits */
        if (q->lindbladian->scale == 0)
        {
            dense_poisson(expected, &expected_o, p, b, t);
            CHECK(cabs(o - expected_o) <= 1e-11 * size, iter, "o of LAPACK");
            CHECK(distance(y, expected, d * d) <= 1e-10 * norm(y, d * d), iter,
                  "Y of LAPACK");
            plain++;
        }
        compared++;

        flint_free(r);
        flint_free(y);
        flint_free(t);
        flint_free(rho);
        flint_free(expected);
        lb_poisson_clear(q);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
    CU_ASSERT(compared == iters && scaled > 0 && plain > 0);
    CU_ASSERT(graded > 0 && graded < iters);
    CU_ASSERT(4 * floored < iters);
    printf(" %ld solutions compared, %ld at the limit of doubles ",
           (long) compared, (long) floored);
    lb_rand_clear(state);
}

/* O of @p text in the scaled frame of @p q, and its Frobenius norm there. */
static double
observable(lb_complex * r, const lb_poisson_t q, const lb_model_t m,
           const char * text)
{
    slong d = q->basis->dimension;
    lb_sparse_t a;
    lb_opoly_t op;
    lb_error err;

    lb_sparse_init(a, d, d);
    test_operator_init(op, m, text);
    CU_ASSERT_FATAL(lb_sparse_set_opoly_approx(a, op, q->basis, &err) == LB_OK);
    lb_sparse_get_dense(r, a);
    scale(r, r, q->lindbladian, 1);
    lb_opoly_clear(op);
    lb_sparse_clear(a);
    return norm(r, d * d);
}

/* The adjoint and the steady state agree on moments, from strong drives down
   to 1e-8 of the damping: to 12 digits of the scaled observable always (an
   isolated port or a blockade cancels some of them), and to as many of the
   moment itself where nothing cancels. */
static void
test_weak_drives(void)
{
    static const char * const drives[]
        = { "1", "0.3", "0.1", "1e-2", "1e-3", "1e-5", "1e-8" };
    static const char * const ops[]
        = { "c'*c", "c'^2*c^2", "a'*a",          "a'^2*a^2", "c",
            "a'*c", "c'^3*c^3", "ketbra(a,0,2)", "c'*c*a'*a" };
    slong compared = 0, relative = 0;

    for (size_t i = 0; i < sizeof(drives) / sizeof(drives[0]); i++)
    {
        char * text
            = test_three_cavities(drives[i], "1", i % 2 == 0 ? "a" : "c");
        lb_complex *r, *y, o;
        lb_steady_state_t s;
        lb_poisson_t q;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;
        slong d;

        lb_error_clear(&err);
        test_model_init(m, text);
        test_problem_init(p, m);
        test_basis_init(b, m, "5");
        d = b->dimension;
        r = new_dense(d * d);
        y = new_dense(d * d);
        lb_steady_state_init(s);
        if (lb_steady_state_solve_approx(s, p, b, NULL, &err) != LB_OK
            || lb_steady_state_refine_approx(s, &err) != LB_OK
            || lb_poisson_init(q, p, b, s->lindbladian->scale, &err) != LB_OK)
            test_fail(text, &err);
        for (size_t k = 0; k < sizeof(ops) / sizeof(ops[0]); k++)
        {
            double size = observable(r, q, m, ops[k]);
            lb_complex expected = (lb_complex) test_expectation(s, m, ops[k]);
            char what[128];

            snprintf(what, sizeof(what), "drive %s, <%s>: %.16g, state %.16g",
                     drives[i], ops[k], size, cabs(expected));
            if (lb_poisson_solve_approx(y, &o, q, r, 1e-13, &err) != LB_OK)
                test_fail(what, &err);
            snprintf(what, sizeof(what), "drive %s, <%s>: %.16g, state %.16g",
                     drives[i], ops[k], creal(o), creal(expected));
            CHECK(cabs(o - expected) <= 3e-13 * size, (slong) i, what);
            if (cabs(expected) >= 1e-2 * size)
            {
                CHECK(cabs(o - expected) <= 3e-12 * cabs(expected), (slong) i,
                      what);
                relative++;
            }
            compared++;
        }
        flint_free(r);
        flint_free(y);
        flint_free(text);
        lb_poisson_clear(q);
        lb_steady_state_clear(s);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
    CU_ASSERT(compared == 63 && relative >= 20);
    printf(" %ld to their own digits ", (long) relative);
}

/* The deflated preconditioner fits the equation: few iterations. */
static void
test_iterations(void)
{
    for (slong scale_log2 = 0; scale_log2 < 4; scale_log2++)
    {
        char * text = test_three_cavities("0.1", "1", "a");
        lb_complex *r, *y, o;
        lb_poisson_t q;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;
        slong d;

        lb_error_clear(&err);
        test_model_init(m, text);
        test_problem_init(p, m);
        test_basis_init(b, m, "6");
        d = b->dimension;
        r = new_dense(d * d);
        y = new_dense(d * d);
        if (lb_poisson_init(q, p, b, scale_log2, &err) != LB_OK)
            test_fail(text, &err);
        observable(r, q, m, "c'*c");
        CU_ASSERT(lb_poisson_solve_approx(y, &o, q, r, 1e-12, &err) == LB_OK);
        if (q->iterations > 13)
            printf("\nscale %ld: %ld iterations", (long) scale_log2,
                   (long) q->iterations);
        CU_ASSERT(q->iterations <= 13);
        flint_free(r);
        flint_free(y);
        flint_free(text);
        lb_poisson_clear(q);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
}

/* A strong drive and a cutoff far above the occupied levels: the entries of R
   there are large and mean nothing.  The weights make the digits of o those
   of the residual again; without them most are lost. */
static void
test_weights(void)
{
    static const char * const drives[] = { "2", "3/2" };
    static const char * const cutoffs[] = { "40", "100" };

    for (int i = 0; i < 4; i++)
    {
        char * text = lb_text_print("modes: a; H: a'^2*a^2 + %s*(a' + a);"
                                    "1: a",
                                    drives[i / 2]);
        lb_complex *r, *y, *t, o, plain, expected;
        double * weight;
        lb_steady_state_t s;
        lb_poisson_t q;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;
        double size, rest = 0.0;
        slong d;

        lb_error_clear(&err);
        test_model_init(m, text);
        test_problem_init(p, m);
        lb_steady_state_init(s);
        test_basis_init(b, m, "24");
        if (lb_steady_state_solve_approx(s, p, b, NULL, &err) != LB_OK
            || lb_steady_state_refine_approx(s, &err) != LB_OK)
            test_fail(text, &err);
        expected = (lb_complex) test_expectation(s, m, "a'^3*a^3");
        lb_steady_state_clear(s);
        lb_basis_clear(b);

        test_basis_init(b, m, cutoffs[i % 2]);
        d = b->dimension;
        r = new_dense(d * d);
        y = new_dense(d * d);
        t = new_dense(d * d);
        weight = flint_malloc((size_t) d * sizeof(double));
        if (lb_poisson_init(q, p, b, i / 2, &err) != LB_OK)
            test_fail(text, &err);
        observable(r, q, m, "a'^3*a^3");
        CU_ASSERT(lb_poisson_solve_approx(y, &plain, q, r, 1e-9, &err)
                  == LB_OK);
        /* sqrt(p_n) of a coherent state of the size of this one */
        weight[0] = 1.0;
        for (slong n = 1; n < d; n++)
            weight[n] = weight[n - 1] * sqrt(2.0 / (double) n);
        lb_poisson_set_weights(q, weight);
        CU_ASSERT(lb_poisson_solve_approx(y, &o, q, r, 1e-9, &err) == LB_OK);
        CHECK(cabs(o - expected) <= 3e-8 * cabs(expected), i, "weighted");
        if (i == 1)
            CHECK(cabs(plain - expected) >= 1e-7 * cabs(expected), i,
                  "the test is not about weights");

        /* the reported residual, from its definition */
        size = 0.0;
        lb_lindbladian_apply_adjoint(t, q->lindbladian, y);
        for (slong j = 0; j < d; j++)
            t[j * d + j]
                -= o * ldexp(1.0, -2 * (int) (q->lindbladian->scale * j));
        for (slong j = 0; j < d; j++)
            for (slong k = 0; k < d; k++)
            {
                double v = exp2(floor(log2(weight[j]) + 0.5)
                                + floor(log2(weight[k]) + 0.5)
                                + (double) (q->lindbladian->scale * (j + k)));

                rest += pow(v * cabs(t[j * d + k] + r[j * d + k]), 2);
                size += pow(v * cabs(r[j * d + k]), 2);
            }
        CHECK(sqrt(rest / size) <= 1e-9, i, "residual");
        CHECK(fabs(sqrt(rest / size) - q->residual) <= 1e-3 * q->residual, i,
              "reported residual");

        /* back to the default */
        lb_poisson_set_weights(q, NULL);
        CU_ASSERT(lb_poisson_solve_approx(y, &o, q, r, 1e-9, &err) == LB_OK);
        CU_ASSERT(o == plain);
        flint_free(weight);
        flint_free(r);
        flint_free(y);
        flint_free(t);
        flint_free(text);
        lb_poisson_clear(q);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
}

/* R = 1, R = L*(X), R = 0, and R of any size. */
static void
test_special(void)
{
    flint_rand_t state;
    slong iters = lb_test_iters(12), graded = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong d, which = iter % N_RANDOM_MODELS;
        lb_complex *x, *r, *y, *z, *one, o, o2;
        lb_poisson_t q;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;

        lb_error_clear(&err);
        random_model_init(m, which, state);
        random_basis_init(b, m, which);
        test_problem_init(p, m);
        d = b->dimension;
        CU_ASSERT_FATAL(lb_poisson_init(q, p, b, 0, &err) == LB_OK);
        x = new_dense(d * d);
        r = new_dense(d * d);
        y = new_dense(d * d);
        z = new_dense(d * d);
        one = new_dense(d * d);
        for (slong i = 0; i < d; i++)
            one[i * d + i] = 1.0;
        scale(one, one, q->lindbladian, 1);

        CHECK(lb_poisson_solve_approx(y, &o, q, one, 1e-13, &err) == LB_OK,
              iter, err.text);
        CHECK(cabs(o - 1.0) <= 1e-11 && norm(y, d * d) <= 1e-10, iter, "R = 1");
        /* the graded preconditioner deflates exactly, whatever the drive */
        if (strcmp(lb_preconditioner_name(q->preconditioner), "graded") == 0)
        {
            CHECK(q->iterations == 1, iter, "R = 1 at once");
            graded++;
        }

        random_matrix(x, d * d, state);
        lb_lindbladian_apply_adjoint(r, q->lindbladian, x);
        CHECK(lb_poisson_solve_approx(y, &o, q, r, 1e-13, &err) == LB_OK, iter,
              err.text);
        for (slong i = 0; i < d * d; i++)
            z[i] = -(x[i] - x[0] * one[i]);
        CHECK(distance(y, z, d * d) <= 1e-9 * norm(z, d * d), iter,
              "R = L*(X)");
        CHECK(cabs(o) <= 1e-10 * norm(r, d * d), iter, "o = 0");

        /* powers of two change nothing but the exponent */
        for (slong i = 0; i < d * d; i++)
            x[i] = CMPLX(ldexp(creal(r[i]), -900), ldexp(cimag(r[i]), -900));
        CHECK(lb_poisson_solve_approx(z, &o2, q, x, 1e-13, &err) == LB_OK, iter,
              err.text);
        for (slong i = 0; i < d * d; i++)
            z[i] = CMPLX(ldexp(creal(z[i]), 900), ldexp(cimag(z[i]), 900));
        CHECK(distance(y, z, d * d) == 0.0, iter, "tiny R");
        CHECK(cabs(o2 * ldexp(1.0, 900) - o) == 0.0, iter, "tiny R: o");

        memset(x, 0, (size_t) (d * d) * sizeof(lb_complex));
        CHECK(lb_poisson_solve_approx(y, &o, q, x, 1e-13, &err) == LB_OK
                  && o == 0.0 && norm(y, d * d) == 0.0,
              iter, "R = 0");
        x[1] = NAN;
        CHECK(lb_poisson_solve_approx(y, &o, q, x, 1e-13, &err) == LB_ENOCONV
                  && isfinite(cabs(o)) && isfinite(norm(y, d * d)),
              iter, "R = NaN");
        CHECK(strstr(err.text, "adjoint") != NULL, iter, err.text);

        flint_free(x);
        flint_free(r);
        flint_free(y);
        flint_free(z);
        flint_free(one);
        lb_poisson_clear(q);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
    CU_ASSERT(graded > 0);
    lb_rand_clear(state);
}

/* Several steady states: an observable that tells them apart has no Y, one
   that does not has. */
static void
test_not_unique(void)
{
    static const struct
    {
        const char * text;
        const char * op;
        int solvable;
    } cases[] = {
        { "modes: a; H: 0.2*(a^2 + a'^2) + a'*a; 1: a^2", "a'*a", 0 },
        { "modes: a; two-level: s; H: 0.3*(a + a') + sz(s); 1: a", "s'*s", 0 },
        { "modes: a; H: a'*a", "a'*a", 0 },
        { "modes: a; two-level: s; H: 0.3*(a + a') + sz(s); 1: a", "a'*a", 1 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_complex *r, *y, o;
        lb_poisson_t q;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;
        lb_status status;
        slong d;

        lb_error_clear(&err);
        test_model_init(m, cases[i].text);
        test_problem_init(p, m);
        test_basis_init(b, m, i == 3 ? "a=6" : "6");
        d = b->dimension;
        r = new_dense(d * d);
        y = new_dense(d * d);
        if (lb_poisson_init(q, p, b, LB_SCALE_AUTO, &err) != LB_OK)
            test_fail(cases[i].text, &err);
        observable(r, q, m, cases[i].op);
        status = lb_poisson_solve_approx(y, &o, q, r, 1e-10, &err);
        CHECK(status == (cases[i].solvable ? LB_OK : LB_ENOCONV), (slong) i,
              cases[i].text);
        CHECK(isfinite(norm(y, d * d)) && isfinite(cabs(o)), (slong) i,
              "finite");
        CHECK(cases[i].solvable || q->residual > 1e-6, (slong) i, "residual");
        if (cases[i].solvable)
            CHECK(fabs(creal(o) - 0.36) < 1e-3, (slong) i, "coherent state");
        flint_free(r);
        flint_free(y);
        lb_poisson_clear(q);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "random models: identity, LAPACK, tr(rho O)", test_random_models },
        { "from strong to very weak drives", test_weak_drives },
        { "few iterations", test_iterations },
        { "weights of the shells", test_weights },
        { "R = 1, R = L*(X), R = 0, any size", test_special },
        { "several steady states", test_not_unique },
    };

    return lb_test_main("poisson", cases, sizeof(cases) / sizeof(cases[0]));
}
