/* tests/test_steady_state.c -- numeric/lindbladian.c, gmres.c,
 * full_sylvester.c and steady_state.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Independent routes: dense formulas, LAPACK on the whole d^2 x d^2
 * Liouvillian, the exact moments of a driven Kerr mode (no Fock space), and
 * numbers from another package. */
#include <complex.h>
#include <math.h>

#include <lindbound/full_sylvester.h>
#include <lindbound/gmres.h>

#include "lb_test.h"
#include "lb_test_dense.h"
#include "lb_test_kerr.h"

/* --- the Lindbladian ----------------------------------------------------- */

static void
test_lindbladian(void)
{
    flint_rand_t state;
    slong iters = lb_test_iters(36), scaled = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong d, which = iter % N_RANDOM_MODELS;
        lb_complex *x, *y, *z, *t, *u, left = 0.0, right = 0.0, trace = 0.0;
        lb_extended *xe, *ye;
        lb_lindbladian_t l;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;
        double size;

        random_model_init(m, which, state);
        random_basis_init(b, m, which);
        test_problem_init(p, m);
        CU_ASSERT_FATAL(
            lb_lindbladian_init(l, p, b, (slong) n_randint(state, 4), &err)
            == LB_OK);
        scaled += l->scale > 0;
        d = b->dimension;
        x = new_dense(d * d);
        y = new_dense(d * d);
        z = new_dense(d * d);
        t = new_dense(d * d);
        u = new_dense(d * d);
        xe = flint_malloc((size_t) (d * d) * sizeof(lb_extended));
        ye = flint_malloc((size_t) (d * d) * sizeof(lb_extended));

        /* the textbook formula, in the unscaled frame */
        random_matrix(x, d * d, state);
        lb_lindbladian_apply(y, l, x);
        scale(t, x, l, 1);
        dense_lindbladian(u, p, b, t);
        scale(z, u, l, -1);
        size = norm(y, d * d);
        CHECK(distance(y, z, d * d) <= 1e-13 * size, iter, "dense formula");

        /* the trace is preserved: of S y S */
        scale(t, y, l, 1);
        for (slong i = 0; i < d; i++)
            trace += t[i * d + i];
        CHECK(cabs(trace) <= 1e-13 * size, iter, "trace");
        CHECK(cabs(trace - lb_lindbladian_trace_double(l, y)) <= 1e-13 * size,
              iter, "trace function");

        /* the same in long double, to more digits than a double has */
        for (slong i = 0; i < d * d; i++)
            xe[i] = x[i];
        lb_lindbladian_apply_extended(ye, l, xe);
        for (slong i = 0; i < d * d; i++)
            z[i] = (lb_complex) ye[i];
        CHECK(distance(y, z, d * d) <= 1e-13 * size, iter, "long double");
        trace = (lb_complex) lb_lindbladian_trace(l, ye);
        CHECK(cabs(trace) <= 1e-16 * size, iter, "long double trace");

        /* tr(x' L(w)) = tr(L*(x)' w) */
        random_matrix(t, d * d, state);
        lb_lindbladian_apply(y, l, t);
        lb_lindbladian_apply_adjoint(z, l, x);
        for (slong i = 0; i < d * d; i++)
        {
            left += conj(x[i]) * y[i];
            right += conj(z[i]) * t[i];
        }
        CHECK(cabs(left - right) <= 1e-12 * size, iter, "adjoint");

        flint_free(x);
        flint_free(y);
        flint_free(z);
        flint_free(t);
        flint_free(u);
        flint_free(xe);
        flint_free(ye);
        lb_lindbladian_clear(l);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
    CU_ASSERT(scaled > 0);
    lb_rand_clear(state);
}

/* s is about drive / damping, and 1 where there is nothing to scale */
static void
test_scale(void)
{
    static const struct
    {
        const char * text;
        slong scale;
    } cases[] = {
        { "modes: a; H: a'*a; 1: a", 0 },
        { "modes: a; H: 0.05*(a + a'); 1: a", 3 },   /* 0.1     */
        { "modes: a; H: 0.0005*(a + a'); 1: a", 9 }, /* 0.001   */
        { "modes: a; H: 1e-15*(a + a'); 1: a", 26 }, /* clamped */
        { "modes: a; H: 3*(a + a'); 1: a", 0 },
        { "modes: a; H: 3*(a + a') + 3000*a'*a; 1: a", 9 }, /* 0.001  */
        { "modes: a; H: 1e-4*(a^2 + a'^2); 1: a", 6 },      /* sqrt    */
        { "modes: a; 1: a; 1e-4: a'", 6 },                  /* thermal */
        { "modes: a; H: 0.1*(a + a')", 0 },                 /* undamped */
        /* 1e-3 / 10: energies count from the vacuum's */
        { "modes: a; two-level: s; 1: a; H: 1e-3*sx(s) + 5*sz(s); 1: s", 13 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_lindbladian_t l;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;

        test_model_init(m, cases[i].text);
        test_problem_init(p, m);
        test_basis_init(b, m, "5");
        CU_ASSERT_FATAL(lb_lindbladian_init(l, p, b, LB_SCALE_AUTO, &err)
                        == LB_OK);
        if (l->scale != cases[i].scale)
            printf("\n%s: scale %ld\n", cases[i].text, (long) l->scale);
        CU_ASSERT(l->scale == cases[i].scale);
        CU_ASSERT(l->damping > 0.0);
        lb_lindbladian_clear(l);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
}

/* --- GMRES --------------------------------------------------------------- */

typedef struct
{
    slong n;
    lb_complex * a;
    int calls_left; /* before the map turns to NaN; -1: never */
} dense_map;

static void
apply_dense(lb_complex * y, const lb_complex * x, void * context)
{
    dense_map * map = context;

    for (slong i = 0; i < map->n; i++)
    {
        y[i] = 0.0;
        for (slong j = 0; j < map->n; j++)
            y[i] += map->a[i * map->n + j] * x[j];
    }
    if (map->calls_left == 0)
        y[0] = NAN;
    else if (map->calls_left > 0)
        map->calls_left--;
}

/* a crude preconditioner: the inverse diagonal */
static void
apply_diagonal(lb_complex * y, const lb_complex * x, void * context)
{
    dense_map * map = context;

    for (slong i = 0; i < map->n; i++)
        y[i] = x[i] / map->a[i * map->n + i];
}

static void
test_gmres(void)
{
    flint_rand_t state;
    slong iters = lb_test_iters(40), restarted = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        /* the first system is large and hard enough for a restart */
        slong n = iter == 0 ? 60 : 1 + (slong) n_randint(state, 60);
        double spread = iter == 0 ? 1 : 1 + (double) n_randint(state, 5);
        lb_gmres_options options = LB_GMRES_OPTIONS;
        lb_gmres_report report;
        dense_map map = { n, new_dense(n * n), -1 };
        lb_complex *b = new_dense(n), *x = new_dense(n), *r = new_dense(n);

        random_matrix(map.a, n * n, state);
        for (slong i = 0; i < n; i++)
            map.a[i * n + i] += 1.5 * sqrt((double) n) * spread;
        random_matrix(b, n, state);
        options.tolerance = 1e-12;
        if (iter % 2 == 0)
            options.memory = 0; /* shortest cycles */
        CHECK(lb_gmres_approx(x, &report, b, n, apply_dense,
                              iter % 3 == 0 ? NULL : apply_diagonal, &map,
                              &options)
                  == LB_OK,
              iter, "converges");
        apply_dense(r, x, &map);
        CHECK(distance(r, b, n) <= 1e-12 * norm(b, n), iter, "residual");
        CHECK(fabs(report.residual * norm(b, n) - distance(r, b, n))
                  <= 1e-14 * norm(b, n),
              iter, "reported residual");
        restarted += report.iterations > 20 && options.memory == 0;
        /* one cycle ends in n steps */
        CHECK(options.memory == 0 || report.iterations <= n, iter,
              "finite termination");

        /* a map that fails midway leaves a finite x */
        map.calls_left = 2;
        options.tolerance = 1e-30;
        CHECK(
            lb_gmres_approx(x, &report, b, n, apply_dense, NULL, &map, &options)
                    == LB_ENOCONV
                || n <= 2, /* these may be solved before */
            iter, "fails");
        CHECK(isfinite(norm(x, n)), iter, "finite");
        flint_free(map.a);
        flint_free(b);
        flint_free(x);
        flint_free(r);
    }
    CU_ASSERT(restarted > 0);
    lb_rand_clear(state);
}

/* y_i = x_(i+1), cyclic: no progress at all before step n */
static void
apply_cyclic(lb_complex * y, const lb_complex * x, void * context)
{
    const slong * n = context;

    for (slong i = 0; i < *n; i++)
        y[i] = x[(i + 1) % *n];
}

static void
test_gmres_stagnation(void)
{
    enum
    {
        N = 60
    };
    slong n = N;
    lb_complex b[N] = { 1.0 }, x[N];
    lb_gmres_options options = LB_GMRES_OPTIONS;
    lb_gmres_report report;

    CU_ASSERT(
        lb_gmres_approx(x, &report, b, n, apply_cyclic, NULL, &n, &options)
        == LB_OK);
    CU_ASSERT(report.iterations == N && cabs(x[1] - 1.0) < 1e-8);
    options.memory = 0;
    CU_ASSERT(
        lb_gmres_approx(x, &report, b, n, apply_cyclic, NULL, &n, &options)
        == LB_ENOCONV);
    CU_ASSERT(report.iterations == 20 && norm(x, n) < 1e-8);
    CU_ASSERT(report.residual == 1.0);
}

/* Eigenvalues over eight decades: the Krylov vectors lose their orthogonality
   unless it is seen to, and the solution then takes more than n steps.  With
   a large part off the diagonal the matrix is singular to all practical
   purposes: what is returned must not be worse than nothing. */
static void
test_gmres_orthogonality(void)
{
    enum
    {
        N = 80
    };
    dense_map map = { N, new_dense(N * N), -1 };
    lb_complex b[N], x[N], r[N];
    lb_gmres_options options = LB_GMRES_OPTIONS;
    lb_gmres_report report;

    for (slong i = 0; i < N; i++)
    {
        map.a[i * N + i] = pow(10.0, -8.0 * (double) i / N);
        b[i] = map.a[i * N + i];
    }
    options.tolerance = 1e-12;
    CU_ASSERT(
        lb_gmres_approx(x, &report, b, N, apply_dense, NULL, &map, &options)
        == LB_OK);
    apply_dense(r, x, &map);
    CU_ASSERT(distance(r, b, N) <= 1e-12 * norm(b, N));
    CU_ASSERT(report.iterations <= N);

    for (slong i = 0; i < N; i++)
    {
        b[i] = 1.0;
        if (i + 1 < N)
            map.a[i * N + i + 1] = 0.5;
    }
    CU_ASSERT(
        lb_gmres_approx(x, &report, b, N, apply_dense, NULL, &map, &options)
        == LB_ENOCONV);
    apply_dense(r, x, &map);
    CU_ASSERT(distance(r, b, N) <= norm(b, N));
    CU_ASSERT(fabs(report.residual * norm(b, N) - distance(r, b, N))
              <= 1e-6 * norm(b, N));
    flint_free(map.a);
}

static void
test_gmres_limits(void)
{
    lb_complex a[4] = { 1.0, 0.0, 0.0, 0.0 }, b[2] = { 0.0, 1.0 }, x[2];
    dense_map map = { 2, a, -1 };
    lb_gmres_options options = LB_GMRES_OPTIONS;
    lb_gmres_report report;

    /* b is not in the range of a */
    CU_ASSERT(
        lb_gmres_approx(x, &report, b, 2, apply_dense, NULL, &map, &options)
        == LB_ENOCONV);
    CU_ASSERT(isfinite(norm(x, 2)));
    CU_ASSERT(report.iterations <= 4);
    /* b = 0 */
    b[1] = 0.0;
    CU_ASSERT(
        lb_gmres_approx(x, &report, b, 2, apply_dense, NULL, &map, &options)
        == LB_OK);
    CU_ASSERT(norm(x, 2) == 0.0 && report.residual == 0.0);
    b[0] = NAN;
    CU_ASSERT(
        lb_gmres_approx(x, &report, b, 2, apply_dense, NULL, &map, &options)
        == LB_ENOCONV);
    CU_ASSERT(norm(x, 2) == 0.0);
}

/* --- the preconditioner -------------------------------------------------- */

static void
test_full_sylvester(void)
{
    flint_rand_t state;
    slong iters = lb_test_iters(24), exact = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong d, which = iter % N_RANDOM_MODELS;
        lb_complex *x, *y, *k, *m, *md, left = 0.0, right = 0.0;
        lb_preconditioner_t pre;
        lb_lindbladian_t l;
        lb_problem_t p;
        lb_model_t model;
        lb_basis_t b;
        lb_error err;

        random_model_init(model, which, state);
        random_basis_init(b, model, which);
        test_problem_init(p, model);
        CU_ASSERT_FATAL(lb_lindbladian_init(l, p, b, LB_SCALE_AUTO, &err)
                        == LB_OK);
        CU_ASSERT_FATAL(lb_full_sylvester_init(pre, l, &err) == LB_OK);
        CU_ASSERT(pre->condition >= 1.0);
        CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(pre), "full-sylvester");
        d = b->dimension;
        x = new_dense(d * d);
        y = new_dense(d * d);
        k = new_dense(d * d);
        m = new_dense(d * d);
        md = new_dense(d * d);

        /* K(K^-1(x)) = x, unless a small denominator was replaced */
        random_matrix(x, d * d, state);
        lb_preconditioner_apply(y, pre, x);
        lb_sparse_get_dense(m, l->generator);
        dense_adjoint(md, m, d);
        add_product(k, 1.0, m, y, d);
        add_product(k, 1.0, y, md, d);
        exact += distance(k, x, d * d) <= 1e-10 * norm(x, d * d);

        /* always: the adjoint of one is the other */
        random_matrix(md, d * d, state);
        lb_preconditioner_apply_adjoint(k, pre, md);
        for (slong i = 0; i < d * d; i++)
        {
            left += conj(md[i]) * y[i];
            right += conj(k[i]) * x[i];
        }
        CHECK(cabs(left - right) <= 1e-10 * norm(k, d * d) * norm(x, d * d),
              iter, "adjoint");

        flint_free(x);
        flint_free(y);
        flint_free(k);
        flint_free(m);
        flint_free(md);
        lb_preconditioner_clear(pre);
        lb_lindbladian_clear(l);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(model);
    }
    CU_ASSERT(2 * exact > iters);
    lb_rand_clear(state);
}

/* M with a Jordan block has no eigenvectors to speak of; the solver must not
   mind.  H = g (a'b + h.c.) with loss 4g on a alone is exactly critical. */
static void
test_exceptional_point(void)
{
    lb_steady_state_t s;
    lb_problem_t p;
    lb_model_t m;
    lb_basis_t b;
    lb_error err;

    lb_error_clear(&err);
    test_model_init(m, "modes: a b; H: a'*b + b'*a + (a + a')/8; 4: a");
    test_problem_init(p, m);
    test_basis_init(b, m, "8");
    lb_steady_state_init(s);
    if (lb_steady_state_solve_approx(s, p, b, NULL, &err) != LB_OK)
        test_fail("exceptional point", &err);
    CU_ASSERT(s->residual <= 1e-14);
    CU_ASSERT(isfinite(s->preconditioner->condition));
    /* linear: coherent states with b = -F/g, a = 0, up to the cutoff */
    check_close(creall(test_expectation(s, m, "b'*b")), 1.0L / 64, 1e-9,
                "photons in b");
    CU_ASSERT(creall(test_expectation(s, m, "a'*a")) < 1e-9L);
    lb_steady_state_clear(s);
    lb_problem_clear(p);
    lb_basis_clear(b);
    lb_model_clear(m);
}

/* --- steady states ------------------------------------------------------- */

static void
test_random_steady_states(void)
{
    flint_rand_t state;
    slong iters = lb_test_iters(36), compared = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong d, which = iter % N_RANDOM_MODELS;
        lb_steady_state_options options = LB_STEADY_STATE_OPTIONS;
        lb_complex *rho, *got;
        lb_steady_state_t s;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;
        lb_status status;

        lb_error_clear(&err);
        random_model_init(m, which, state);
        random_basis_init(b, m, which);
        test_problem_init(p, m);
        if (iter % 2 == 1)
            options.scale = (slong) n_randint(state, 3);
        lb_steady_state_init(s);
        status = lb_steady_state_solve_approx(s, p, b, &options, &err);
        /* a scale that does not suit the state costs digits; they come back */
        if (status == LB_OK && options.scale > 0)
            status = lb_steady_state_refine_approx(s, &err);
        CHECK(status == LB_OK, iter, err.text);
        if (status == LB_OK)
        {
            double hermitian = 0.0;
            lb_extended trace = 0.0L;

            d = b->dimension;
            rho = new_dense(d * d);
            got = new_dense(d * d);
            dense_steady_state(rho, p, b);
            for (slong i = 0; i < d; i++)
                for (slong j = 0; j < d; j++)
                    got[i * d + j]
                        = (lb_complex) lb_steady_state_element_approx(s, i, j);
            CHECK(distance(got, rho, d * d) <= 1e-11, iter, "LAPACK");
            for (slong i = 0; i < d; i++)
            {
                trace += lb_steady_state_element_approx(s, i, i);
                for (slong j = 0; j < d; j++)
                    hermitian = fmax(
                        hermitian, cabs(got[i * d + j] - conj(got[j * d + i])));
            }
            CHECK(cabsl(trace - 1.0L) <= 1e-14L, iter, "trace");
            CHECK(hermitian == 0.0, iter, "Hermitian");
            CHECK(s->residual <= 1e-14, iter, "residual");
            compared++;
            flint_free(rho);
            flint_free(got);
        }
        lb_steady_state_clear(s);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
    CU_ASSERT(compared == iters);
    lb_rand_clear(state);
}

/* tr(rho op) of operators that are not Hermitian, against the dense sum */
static void
test_expectations(void)
{
    static const char * const ops[] = { "1",
                                        "a",
                                        "a'*b^2",
                                        "a'^2*a^2",
                                        "(1+2*i)*a*b' - s",
                                        "proj(b,2)",
                                        "ketbra(a,0,1)*s'",
                                        "sy(s)",
                                        "0*a" };
    flint_rand_t state;
    lb_steady_state_t s;
    lb_problem_t p;
    lb_model_t m;
    lb_basis_t b;
    lb_error err;

    lb_error_clear(&err);
    lb_test_rand_init(state);
    test_model_init(m, "modes: a b; two-level: s; 1: a; 1: b; 1: s;"
                       "H: 0.02*a + 0.1*a'*b + 0.2*a'*s + h.c.;"
                       "H: (1-i)*0.03*s + h.c.");
    test_problem_init(p, m);
    test_basis_init(b, m, "4");
    lb_steady_state_init(s);
    if (lb_steady_state_solve_approx(s, p, b, NULL, &err) != LB_OK)
        test_fail("expectations", &err);
    CU_ASSERT(s->lindbladian->scale > 0);
    for (size_t k = 0; k < sizeof(ops) / sizeof(ops[0]); k++)
    {
        slong d = b->dimension;
        lb_complex *o = new_dense(d * d), sum = 0.0, got;
        lb_sparse_t a;
        lb_opoly_t op;

        lb_sparse_init(a, d, d);
        test_operator_init(op, m, ops[k]);
        CU_ASSERT_FATAL(lb_sparse_set_opoly_approx(a, op, b, &err) == LB_OK);
        lb_sparse_get_dense(o, a);
        for (slong i = 0; i < d; i++)
            for (slong j = 0; j < d; j++)
                sum += (lb_complex) lb_steady_state_element_approx(s, i, j)
                       * o[j * d + i];
        got = (lb_complex) test_expectation(s, m, ops[k]);
        CHECK(cabs(got - sum) <= 1e-14 * cabs(sum), (slong) k, ops[k]);
        CU_ASSERT(k == 8 || cabs(sum) > 1e-12);
        lb_opoly_clear(op);
        lb_sparse_clear(a);
        flint_free(o);
    }
    lb_steady_state_clear(s);
    lb_problem_clear(p);
    lb_basis_clear(b);
    lb_model_clear(m);
    lb_rand_clear(state);
}

/* --- three cavities ------------------------------------------------------ */

typedef struct
{
    long double t, g2, g3;
    double residual;
} moments;

/* Solves and refines the three cavities driven at @p port. */
static moments
three_cavities(const char * omega, const char * kappa_b, const char * port,
               const char * cutoff, slong scale_log2)
{
    const char * out = port[0] == 'c' ? "a" : "c";
    lb_steady_state_options options = LB_STEADY_STATE_OPTIONS;
    char * text = test_three_cavities(omega, kappa_b, port);
    char * ops[3];
    lb_steady_state_t s;
    lb_problem_t p;
    lb_model_t m;
    lb_basis_t b;
    lb_error err;
    moments x;
    long double n;

    lb_error_clear(&err);
    options.scale = scale_log2;
    test_model_init(m, text);
    test_problem_init(p, m);
    test_basis_init(b, m, cutoff);
    lb_steady_state_init(s);
    if (lb_steady_state_solve_approx(s, p, b, &options, &err) != LB_OK
        || (scale_log2 != 0 && lb_steady_state_refine_approx(s, &err) != LB_OK))
        test_fail(text, &err);
    for (int k = 0; k < 3; k++)
        ops[k] = lb_text_print("%s'^%d*%s^%d", out, k + 1, out, k + 1);
    n = creall(test_expectation(s, m, ops[0]));
    x.t = n / powl(strtold(omega, NULL), 2);
    x.g2 = creall(test_expectation(s, m, ops[1])) / (n * n);
    x.g3 = creall(test_expectation(s, m, ops[2])) / (n * n * n);
    x.residual = s->residual;
    for (int k = 0; k < 3; k++)
        flint_free(ops[k]);
    lb_steady_state_clear(s);
    lb_problem_clear(p);
    lb_basis_clear(b);
    lb_model_clear(m);
    flint_free(text);
    return x;
}

/* Reference numbers of another package, to the digits it has; NAN: none. */
static void
test_three_cavities_numbers(void)
{
    static const struct
    {
        const char *omega, *kappa_b, *port, *cutoff;
        long double t, t_tolerance, g2, g2_tolerance, g3, g3_tolerance;
    } cases[] = {
        /* 5e-12 and 2e-8: what LAPACK at N = 4 and the unscaled solution leave
           of the other package's last digits */
        { "1/10", "1", "a", "7", 0.972315858929L, 5e-12, 0.0109471169L, 5e-9, 0,
          0 },
        { "1/10", "1", "c", "7", 2.41983972135e-3L, 3e-12, 72.8671623191L,
          1e-12, 96.10711738L, 1e-10 },
        { "1/10", "5/4", "c", "7", 0, 0, 1.390913774L, 1e-9, 0.175866326L,
          2e-8 },
        /* truncation at the optimum */
        { "1/10", "1", "c", "2", 2.4258856e-3L, 2e-8, 72.3277L, 1e-6, 0, 0 },
        { "1/10", "1", "c", "3", 2.419850121e-3L, 3e-10, 72.8701393L, 1e-9,
          96.55354L, 1e-7 },
        { "1/10", "1", "c", "4", 2.4198397287e-3L, 3e-11, 72.86716583L, 1e-10,
          96.108472L, 1e-8 },
        { "1/10", "1", "c", "5", 2.41983972135e-3L, 3e-12, 72.867162321L, 1e-11,
          96.1071183L, 1e-9 },
        { "1/10", "1", "c", "6", 2.419839721346e-3L, 3e-13, 72.8671623191L,
          1e-12, 96.10711738L, 1e-10 },
        { "1/10", "1", "c", "a=3,b=3,c=3", 2.4198391194e-3L, 3e-11, 72.8670060L,
          1e-9, 96.107735L, 1e-8 },
        { "1/10", "1", "c", "a=4,b=4,c=4", 2.41983972065e-3L, 3e-12,
          72.867162009L, 1e-11, 96.107059L, 1e-8 },
        /* weaker drives */
        { "1/50", "1", "c", "5", 9.94354e-5L, 1e-6, 43970.0L, 2e-4, 1.433e6L,
          1e-3 },
        { "1/100", "1", "c", "5", 2.48799e-5L, 2e-6, 7.027e5L, 1e-4, 9.16e7L,
          1e-3 },
        { "1e-3", "1", "c", "5", 2.48868e-7L, 2e-6, 7.02e9L, 1e-3, 0, 0 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        const char * slash = strchr(cases[i].omega, '/');
        char what[64], omega[32];
        moments x;

        /* the model takes the exact fraction; strtold needs the decimal */
        snprintf(omega, sizeof(omega), "%.3g",
                 slash != NULL ? 1.0 / atof(slash + 1) : atof(cases[i].omega));
        x = three_cavities(omega, cases[i].kappa_b, cases[i].port,
                           cases[i].cutoff, LB_SCALE_AUTO);
        snprintf(what, sizeof(what), "case %zu, cutoff %s", i, cases[i].cutoff);
        if (cases[i].t > 0)
            check_close(x.t, cases[i].t, cases[i].t_tolerance, what);
        if (cases[i].g2 > 0)
            check_close(x.g2, cases[i].g2, cases[i].g2_tolerance, what);
        if (cases[i].g3 > 0)
            check_close(x.g3, cases[i].g3, cases[i].g3_tolerance, what);
        CU_ASSERT(x.residual <= 1e-17);
    }
}

/* Without the shell scaling doubles cannot do the weakest drive; with it the
   leading orders T = 0.248869 Omega^2 and g2 = 0.00702478 Omega^-4 hold at
   any drive. */
static void
test_weak_drives(void)
{
    moments scaled = three_cavities("1e-5", "1", "c", "4", LB_SCALE_AUTO);
    moments plain = three_cavities("1e-5", "1", "c", "4", 0);

    check_close(scaled.t, 0.248869e-10L, 2e-6, "T at 1e-5");
    check_close(scaled.g2, 0.00702478e20L, 1e-5, "g2 at 1e-5");
    CU_ASSERT(fabsl(plain.g2 / scaled.g2 - 1.0L) > 1e-3L);
    scaled = three_cavities("1e-2", "1", "a", "4", LB_SCALE_AUTO);
    check_close(scaled.t, 1.0L - 2.836286e-4L + 6.94e-8L, 1e-9, "T_ac");
}

/* --- one driven Kerr mode ------------------------------------------------ */

/* <a'^k a^k>, [K1] */
static double
kerr_moment(double delta, double gamma, double chi, double xi, slong k)
{
    lb_kerr_t kerr;
    double result;
    acb_t x;

    lb_kerr_init(kerr);
    acb_init(x);
    arb_set_d(kerr->delta, delta);
    arb_set_d(kerr->gamma, gamma);
    arb_set_d(kerr->chi, chi);
    acb_set_d(kerr->xi, xi);
    CU_ASSERT(lb_kerr_moment(x, kerr, k, k, 200) == LB_OK);
    CU_ASSERT(acb_rel_accuracy_bits(x) > 60);
    result = arf_get_d(arb_midref(acb_realref(x)), ARF_RND_NEAR);
    lb_kerr_clear(kerr);
    acb_clear(x);
    return result;
}

static void
test_kerr_mode(void)
{
    static const struct
    {
        double delta, gamma, chi, xi;
        const char * cutoff;
    } cases[] = {
        { 0.0, 1.0, 5.327, 0.1, "12" }, { 0.0, 1.0, 5.327, 1e-4, "8" },
        { 0.5, 1.0, 0.25, 1.5, "40" },  { -3.0, 1.0, 1.0, 2.0, "40" },
        { 1.0, 0.125, 2.0, 0.5, "24" }, { -0.25, 4.0, -0.5, 3.0, "40" },
    };
    slong compared = 0;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        char * text = lb_text_print(
            "modes: a; H: (%.17g)*a'*a + (%.17g)*a'^2*a^2 + (%.17g)*(a' + a);"
            "%.17g: a",
            cases[i].delta, cases[i].chi, cases[i].xi, cases[i].gamma);
        lb_steady_state_t s;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;

        lb_error_clear(&err);
        test_model_init(m, text);
        test_problem_init(p, m);
        test_basis_init(b, m, cases[i].cutoff);
        lb_steady_state_init(s);
        if (lb_steady_state_solve_approx(s, p, b, NULL, &err) != LB_OK
            || lb_steady_state_refine_approx(s, &err) != LB_OK)
            test_fail(text, &err);
        for (slong k = 1; k <= 4; k++)
        {
            char op[64];

            snprintf(op, sizeof(op), "a'^%ld*a^%ld", (long) k, (long) k);
            check_close(creall(test_expectation(s, m, op)),
                        kerr_moment(cases[i].delta, cases[i].gamma,
                                    cases[i].chi, cases[i].xi, k),
                        1e-13, text);
            compared++;
        }
        lb_steady_state_clear(s);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
        flint_free(text);
    }
    CU_ASSERT(compared == 24);
}

/* --- failures ------------------------------------------------------------ */

static void
test_refused(void)
{
    static const struct
    {
        const char * text;
        const char * message;
    } cases[] = {
        /* nothing decays */
        { "modes: a; H: a'*a", "steady state" },
        /* an undamped two-level system beside a damped mode */
        { "modes: a; two-level: s; H: 0.3*(a + a') + sz(s); 1: a",
          "several steady states" },
        /* parity is conserved: even and odd have their own */
        { "modes: a; H: 0.2*(a^2 + a'^2); 1: a^2", "several steady states" },
        { "modes: a; H: 0.1*(a + a') + a'*a; 1: a'*a",
          NULL }, /* heated by dephasing: unique when truncated */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_steady_state_t s;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_opoly_t op;
        lb_extended x;
        lb_error err;
        lb_status status;
        int ok;

        lb_error_clear(&err);
        test_model_init(m, cases[i].text);
        test_problem_init(p, m);
        test_basis_init(b, m, "4");
        test_operator_init(op, m, "a'*a");
        lb_steady_state_init(s);
        status = lb_steady_state_solve_approx(s, p, b, NULL, &err);
        ok = cases[i].message == NULL
                 ? status == LB_OK
                 : status == LB_ENOCONV
                       && strstr(err.text, cases[i].message) != NULL;
        if (!ok)
            printf("\n%s: status %d: %s\n", cases[i].text, (int) status,
                   err.text);
        CU_ASSERT(ok);
        if (status != LB_OK)
        {
            CU_ASSERT(lb_steady_state_expectation_approx(&x, s, op, &err)
                      == LB_ENOCONV);
            CU_ASSERT(isnan((double) creall(x)));
            CU_ASSERT(isnan(
                (double) creall(lb_steady_state_element_approx(s, 0, 0))));
            CU_ASSERT(lb_steady_state_refine_approx(s, &err) == LB_ENOCONV);
        }
        else
            /* the completely mixed state of 5 levels */
            check_close(creall(test_expectation(s, m, "a'*a")), 2.0L, 1e-12,
                        "heated");
        lb_opoly_clear(op);
        lb_steady_state_clear(s);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
}

static void
test_out_of_iterations(void)
{
    lb_steady_state_options options = LB_STEADY_STATE_OPTIONS;
    lb_steady_state_t s;
    lb_problem_t p;
    lb_model_t m;
    lb_basis_t b;
    lb_error err;

    options.max_iterations = 3;
    test_model_init(m, "modes: a; H: 2*(a + a') + a'^2*a^2; 1: a");
    test_problem_init(p, m);
    test_basis_init(b, m, "12");
    lb_steady_state_init(s);
    CU_ASSERT(lb_steady_state_solve_approx(s, p, b, &options, &err)
              == LB_ENOCONV);
    CU_ASSERT(strstr(err.text, "after 3 iterations") != NULL);
    CU_ASSERT(s->sigma == NULL);
    lb_steady_state_clear(s);
    lb_problem_clear(p);
    lb_basis_clear(b);
    lb_model_clear(m);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "Lindbladian: dense formula, trace, adjoint", test_lindbladian },
        { "choice of the shell scaling", test_scale },
        { "GMRES on random systems", test_gmres },
        { "GMRES that stagnates", test_gmres_stagnation },
        { "GMRES: orthogonality", test_gmres_orthogonality },
        { "GMRES at its limits", test_gmres_limits },
        { "Sylvester preconditioner and its adjoint", test_full_sylvester },
        { "exceptional point", test_exceptional_point },
        { "random models against LAPACK", test_random_steady_states },
        { "expectation values", test_expectations },
        { "three cavities, reference numbers", test_three_cavities_numbers },
        { "weak drives need the scaling", test_weak_drives },
        { "Kerr mode against its exact moments", test_kerr_mode },
        { "models without a unique steady state", test_refused },
        { "iterations used up", test_out_of_iterations },
    };

    return lb_test_main("steady_state", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
