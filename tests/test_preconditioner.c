/* tests/test_preconditioner.c -- numeric/triangular_sylvester.c, graded.c,
 * full_sylvester.c in Schur form, and the choice in preconditioner.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An inverse is checked by applying what it inverts, by the independent
 * Lindbladian. */
#include <complex.h>
#include <math.h>

#include <lindbound/full_sylvester.h>
#include <lindbound/gmres.h>
#include <lindbound/graded.h>
#include <lindbound/poisson.h>
#include <lindbound/triangular_sylvester.h>

#include "lb_test.h"
#include "lb_test_dense.h"

/* sum conj(x_i) y_i */
static lb_complex
inner(const lb_complex * x, const lb_complex * y, slong n)
{
    lb_complex sum = 0.0;

    for (slong i = 0; i < n; i++)
        sum += conj(x[i]) * y[i];
    return sum;
}

/* --- triangular Sylvester equations -------------------------------------- */

/* Upper triangular by columns, with leading dimension ld; NaN elsewhere. */
static void
random_triangle(lb_complex * t, slong n, slong ld, flint_rand_t state)
{
    for (slong i = 0; i < ld * n; i++)
        t[i] = NAN;
    for (slong j = 0; j < n; j++)
        for (slong i = 0; i <= j; i++)
            t[i + j * ld] = 0.2 * CMPLX(uniform(state), uniform(state));
    for (slong j = 0; j < n; j++)
        t[j + j * ld] = CMPLX(-1.5 - uniform(state), 3.0 * uniform(state));
}

/* T W + W R', or T' W + W R, entry by entry */
static lb_complex
sylvester_entry(const lb_complex * w, slong ldw, const lb_complex * t,
                slong ldt, slong m, const lb_complex * r, slong ldr, slong n,
                int adjoint, slong i, slong j)
{
    lb_complex sum = 0.0;

    for (slong k = 0; k < m; k++)
        if (!adjoint && k >= i)
            sum += t[i + k * ldt] * w[k + j * ldw];
        else if (adjoint && k <= i)
            sum += conj(t[k + i * ldt]) * w[k + j * ldw];
    for (slong k = 0; k < n; k++)
        if (!adjoint && k >= j)
            sum += w[i + k * ldw] * conj(r[j + k * ldr]);
        else if (adjoint && k <= j)
            sum += w[i + k * ldw] * r[k + j * ldr];
    return sum;
}

static void
test_triangular_sylvester(void)
{
    flint_rand_t state;
    slong iters = lb_test_iters(60), large = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        /* the second case is as large as they come */
        ulong top_m = iter % 2 == 0 ? 20 : 70, top_n = iter % 3 == 0 ? 20 : 70;
        slong m = 1 + (slong) (iter == 1 ? 69 : n_randint(state, top_m));
        slong n = 1 + (slong) (iter == 1 ? 69 : n_randint(state, top_n));
        slong ldt = m + (slong) n_randint(state, 3);
        slong ldr = n + (slong) n_randint(state, 3);
        slong ldw = m + (slong) n_randint(state, 3);
        lb_complex *t = new_dense(ldt * m), *r = new_dense(ldr * n);
        lb_complex *w = new_dense(ldw * n), *x = new_dense(ldw * n),
                   *y = new_dense(ldw * n), *z = new_dense(ldw * n);
        lb_triangular_sylvester_options options = { 0.0, 0.0 };
        lb_complex left, right;

        large += m > 32 && n > 32;
        random_triangle(t, m, ldt, state);
        random_triangle(r, n, ldr, state);
        random_matrix(x, ldw * n, state);
        for (int adjoint = 0; adjoint < 2; adjoint++)
        {
            double rest = 0.0, size = 0.0;

            memcpy(w, x, (size_t) (ldw * n) * sizeof(lb_complex));
            lb_triangular_sylvester(w, ldw, t, ldt, m, r, ldr, n, adjoint,
                                    NULL);
            for (slong j = 0; j < n; j++)
                for (slong i = 0; i < m; i++)
                {
                    rest += cabs(sylvester_entry(w, ldw, t, ldt, m, r, ldr, n,
                                                 adjoint, i, j)
                                 - x[i + j * ldw]);
                    size += cabs(w[i + j * ldw]);
                }
            CHECK(rest <= 1e-12 * size && size > 0.0, iter,
                  adjoint ? "adjoint equation" : "equation");
            for (slong i = m + (n - 1) * ldw; i < ldw * n; i++)
                CHECK(w[i] == x[i], iter, "padding");
        }

        /* replaced denominators: first and a vanishing one; still adjoint */
        if (m > 1 && n > 1)
        {
            t[m - 1 + (m - 1) * ldt] = -conj(r[n - 1 + (n - 1) * ldr]);
            options.tiny = 1e-3;
            options.first = CMPLX(0.7, 0.2);
        }
        for (slong j = 0; j < n; j++)
            for (slong i = m; i < ldw; i++)
                x[i + j * ldw] = 0.0;
        memcpy(w, x, (size_t) (ldw * n) * sizeof(lb_complex));
        lb_triangular_sylvester(w, ldw, t, ldt, m, r, ldr, n, 0, &options);
        random_matrix(y, ldw * n, state);
        for (slong j = 0; j < n; j++)
            for (slong i = m; i < ldw; i++)
                y[i + j * ldw] = 0.0;
        memcpy(z, y, (size_t) (ldw * n) * sizeof(lb_complex));
        lb_triangular_sylvester(z, ldw, t, ldt, m, r, ldr, n, 1, &options);
        left = inner(y, w, ldw * n);
        right = inner(z, x, ldw * n);
        CHECK(cabs(left - right) <= 1e-12 * norm(z, ldw * n) * norm(x, ldw * n),
              iter, "adjoint of each other");
        if (m > 1 && n > 1)
            CHECK(cabs(w[m - 1 + (n - 1) * ldw] * -1e-3
                       - x[m - 1 + (n - 1) * ldw])
                      <= 1e-12,
                  iter, "tiny denominator");
        flint_free(t);
        flint_free(r);
        flint_free(w);
        flint_free(x);
        flint_free(y);
        flint_free(z);
    }
    CU_ASSERT(large > 0);
    lb_rand_clear(state);
}

/* --- the graded preconditioner ------------------------------------------- */

/* y = L(x) + damping tr(x) |0><0|, or its adjoint */
static void
deflated(lb_complex * y, const lb_lindbladian_t l, const lb_complex * x,
         int adjoint)
{
    slong d = l->dimension;

    if (!adjoint)
    {
        lb_lindbladian_apply(y, l, x);
        y[0] += l->damping * lb_lindbladian_trace_double(l, x);
        return;
    }
    lb_lindbladian_apply_adjoint(y, l, x);
    for (slong i = 0; i < d; i++)
        y[i * d + i] += l->damping * x[0]
                        * ldexp(1.0, -2 * (int) (l->scale * l->excitations[i]));
}

static void
make_hermitian(lb_complex * x, slong d)
{
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j <= i; j++)
        {
            lb_complex a = 0.5 * (x[i * d + j] + conj(x[j * d + i]));

            x[i * d + j] = a;
            x[j * d + i] = conj(a);
        }
}

/* $ in [-2, 2], % in (0.1, 2] as in the random models; ^: drives, and what
   the sweep leaves out */
static const struct
{
    const char * text;
    const char * cutoff;
} graded_models[] = {
    { "modes: a b; H: $*a'*a + $*b'*b; H: ($ + $*i)*a'*b + h.c.;"
      "H: $*a'^2*a^2 + $*a'*a*b'*b; %: a; %: b; ^*a; ^*(1+i)*b",
      "4" },
    /* correlated loss, two-photon loss, other jumps left out */
    { "modes: a b c; H: $*a'*a + $*b'*b; H: $*(a'*b + b'*c) + h.c.;"
      "%: a + (0.5 + $*i)*b; %: b; %: c; %: a^2; %: a*b; ^*(a + c)",
      "3" },
    /* atoms */
    { "modes: a; two-level: s t; H: $*a'*a + $*s'*s;"
      "H: $*a'*s + $*a'*t + h.c.; %: a; %: s; %: t; %: s + t; ^*s; ^*t'*s*a",
      "5" },
    /* per-mode cutoffs: shells of all sizes */
    { "modes: a b; H: $*a'*a + $*b'^2*b^2; H: $*a'*b + h.c.;"
      "%: a; %: b; %: b^3; ^*a",
      "a=2,b=5" },
    /* exceptional point: Schur form */
    { "modes: a b; H: a'*b + h.c.; 4: a; ^*a", "5" },
    { "modes: a; H: $*a'*a + $*a'^2*a^2; %: a; ^*a^2", "7" },
    /* large shells */
    { "modes: a b c e; H: $*a'*b + $*b'*c + $*c'*e + h.c.; H: $*e'^2*e^2;"
      "%: a; %: b; %: c; %: e; ^*a",
      "3" },
};
#define N_GRADED_MODELS                                                        \
    ((slong) (sizeof(graded_models) / sizeof(graded_models[0])))

/* The model @p which; "^*x" becomes "H: 0.2*x + h.c.", or 0 times that. */
static void
graded_model_init(lb_model_t m, lb_basis_t b, slong which, int driven,
                  flint_rand_t state)
{
    const char * p = graded_models[which].text;
    char text[4096];
    size_t n = 0;
    int drive = 0;

    for (; *p != '\0'; p++)
    {
        if (*p == '$')
            n += (size_t) sprintf(text + n, "(%.3f)", 2.0 * uniform(state));
        else if (*p == '%')
            n += (size_t) sprintf(text + n, "(%.3f)",
                                  0.1 + 0.95 * (1.0 + uniform(state)));
        else if (*p == '^' && p[1] == '*')
        {
            n += (size_t) sprintf(text + n, "H: 0.%d", driven ? 2 : 0);
            drive = driven;
        }
        else
            text[n++] = *p;
        if (drive && (p[1] == ';' || p[1] == '\0'))
        {
            n += (size_t) sprintf(text + n, " + h.c.");
            drive = 0;
        }
    }
    text[n] = '\0';
    test_model_init(m, text);
    test_basis_init(b, m, graded_models[which].cutoff);
}

/* Random x and t, Hermitian on demand; y = pre x and z = pre* t. */
static void
apply_both(lb_complex * y, lb_complex * z, lb_preconditioner_t pre,
           lb_complex * x, lb_complex * t, slong d, int hermitian,
           flint_rand_t state)
{
    random_matrix(x, d * d, state);
    random_matrix(t, d * d, state);
    if (hermitian)
    {
        make_hermitian(x, d);
        make_hermitian(t, d);
    }
    lb_preconditioner_apply(y, pre, x);
    lb_preconditioner_apply_adjoint(z, pre, t);
}

/* |<t, pre x> - <pre* t, x>| against the norms of those. */
static double
adjoint_error(const lb_complex * x, const lb_complex * y, const lb_complex * z,
              const lb_complex * t, slong d)
{
    return cabs(inner(t, y, d * d) - inner(z, x, d * d))
           / (norm(z, d * d) * norm(x, d * d));
}

/* Without drives it is the exact inverse of the deflated Lindbladian; with
   them its two directions are still adjoints of each other. */
static void
test_graded(void)
{
    flint_rand_t state;
    slong iters = lb_test_iters(84), schur = 0, compared = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong d, which = iter % N_GRADED_MODELS;
        int driven = iter / N_GRADED_MODELS % 3 == 2;
        int hermitian = iter / N_GRADED_MODELS % 3 == 1;
        lb_complex *x, *y, *z, *t;
        lb_preconditioner_t pre;
        lb_lindbladian_t l;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;

        lb_error_clear(&err);
        graded_model_init(m, b, which, driven, state);
        test_problem_init(p, m);
        CU_ASSERT_FATAL(
            lb_lindbladian_init(l, p, b, (slong) n_randint(state, 4), &err)
            == LB_OK);
        if (lb_graded_init(pre, l, &err) != LB_OK)
            test_fail(graded_models[which].text, &err);
        CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(pre), "graded");
        CHECK(pre->condition >= 1.0 && pre->condition <= 1e5, iter,
              "condition");
        schur += which == 4 && pre->condition < 2.0;
        d = b->dimension;
        x = new_dense(d * d);
        y = new_dense(d * d);
        z = new_dense(d * d);
        t = new_dense(d * d);
        apply_both(y, z, pre, x, t, d, hermitian, state);
        CHECK(adjoint_error(x, y, z, t, d) <= 1e-11, iter, "adjoint");
        if (!driven)
        {
            lb_complex * image = new_dense(d * d);

            deflated(image, l, y, 0);
            CHECK(distance(image, x, d * d)
                      <= 1e-13 * pre->condition * norm(y, d * d),
                  iter, "L_0 of the inverse");
            deflated(image, l, z, 1);
            CHECK(distance(image, t, d * d)
                      <= 1e-13 * pre->condition * norm(z, d * d),
                  iter, "L_0* of the inverse");
            compared++;
            flint_free(image);
        }
        if (hermitian)
            for (slong i = 0; i < d; i++)
                for (slong j = 0; j < i; j++)
                    CHECK(y[i * d + j] == conj(y[j * d + i])
                              && z[i * d + j] == conj(z[j * d + i]),
                          iter, "Hermitian");
        flint_free(x);
        flint_free(y);
        flint_free(z);
        flint_free(t);
        lb_preconditioner_clear(pre);
        lb_lindbladian_clear(l);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
    CU_ASSERT(schur > 0 && 2 * compared >= iters);
    lb_rand_clear(state);
}

/* What lowers N in @p l is set to zero. */
static void
drop_lowering(lb_sparse_t a, const slong * excitations, int adjoint)
{
    for (slong i = 0; i < a->rows; i++)
        for (slong e = a->start[i]; e < a->start[i + 1]; e++)
        {
            slong raised = excitations[i] - excitations[a->column[e]];

            if (adjoint ? raised > 0 : raised < 0)
                a->value[e] = 0.0;
        }
}

/* Driven it is the exact inverse without jumps and what lowers N, but for the
   vacuum row, in whose place is the trace; and the adjoint is its adjoint. */
static void
test_driven(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(84); iter++)
    {
        slong d, jumps, which = iter % N_GRADED_MODELS;
        int hermitian = iter / N_GRADED_MODELS % 2;
        lb_complex *x, *y, *z, *t, *image, number;
        lb_preconditioner_t pre;
        lb_lindbladian_t l;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;

        lb_error_clear(&err);
        graded_model_init(m, b, which, 1, state);
        test_problem_init(p, m);
        CU_ASSERT_FATAL(
            lb_lindbladian_init(l, p, b, (slong) n_randint(state, 4), &err)
            == LB_OK);
        if (lb_graded_init(pre, l, &err) != LB_OK)
            test_fail(graded_models[which].text, &err);
        CU_ASSERT_FATAL(lb_preconditioner_drive(pre, l));
        CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(pre), "driven");
        CU_ASSERT(!lb_preconditioner_drive(pre, l));
        d = b->dimension;
        image = new_dense(d * d);
        x = new_dense(d * d);
        y = new_dense(d * d);
        z = new_dense(d * d);
        t = new_dense(d * d);
        apply_both(y, z, pre, x, t, d, hermitian, state);
        CHECK(adjoint_error(x, y, z, t, d) <= 1e-10, iter, "adjoint");
        CHECK(cabs(l->damping * lb_lindbladian_trace_double(l, y)
                   - lb_lindbladian_trace_double(l, x))
                  <= 1e-12 * l->damping * norm(y, d * d),
              iter, "trace");

        jumps = l->n_jumps;
        l->n_jumps = 0;
        drop_lowering(l->generator, l->excitations, 0);
        drop_lowering(l->generator_adjoint, l->excitations, 1);
        lb_lindbladian_apply(image, l, y);
        image[0] = x[0];
        CHECK(distance(image, x, d * d)
                  <= 1e-12 * pre->condition * norm(y, d * d),
              iter, "inverse");
        for (slong i = 1; i < d; i++)
            z[i * d + i]
                -= z[0] * ldexp(1.0, -2 * (int) (l->scale * l->excitations[i]));
        number = z[0];
        z[0] = 0.0;
        lb_lindbladian_apply_adjoint(image, l, z);
        for (slong i = 0; i < d; i++)
            image[i * d + i]
                += l->damping * number
                   * ldexp(1.0, -2 * (int) (l->scale * l->excitations[i]));
        CHECK(distance(image, t, d * d)
                  <= 1e-11 * pre->condition * norm(z, d * d),
              iter, "inverse of the adjoint");
        l->n_jumps = jumps;
        CU_ASSERT(lb_preconditioner_fall_back(pre, l));
        CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(pre), "graded");
        flint_free(x);
        flint_free(y);
        flint_free(z);
        flint_free(t);
        flint_free(image);
        lb_preconditioner_clear(pre);
        lb_lindbladian_clear(l);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
    lb_rand_clear(state);
}

/* A second stationary state of the drive-free model. */
static void
test_graded_refused(void)
{
    static const char * const cases[] = {
        "modes: a; two-level: s; H: 0.3*(a + a') + sz(s); 1: a",
        "modes: a; H: 0.2*(a^2 + a'^2); 1: a^2",
        "modes: a b; H: a'*a + 0.1*(a + a') + 2*b'*b + 0.1*(b + b'); 1: a",
        "modes: a b; H: 0.1*(a + a'); 1: a + b", /* a - b is dark */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_complex x[1024] = { 1.0, 2.0 }, y[1024];
        lb_preconditioner_t pre;
        lb_lindbladian_t l;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;

        lb_error_clear(&err);
        test_model_init(m, cases[i]);
        test_problem_init(p, m);
        test_basis_init(b, m, "3");
        CU_ASSERT_FATAL(lb_lindbladian_init(l, p, b, LB_SCALE_AUTO, &err)
                        == LB_OK);
        CHECK(lb_graded_init(pre, l, &err) == LB_ENOCONV, (slong) i, cases[i]);
        CHECK(strstr(err.text, "stationary") != NULL, (slong) i, err.text);
        CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(pre), "none");
        lb_preconditioner_apply(y, pre, x);
        CHECK(distance(x, y, b->dimension * b->dimension) == 0.0, (slong) i,
              "the identity");
        lb_preconditioner_clear(pre);

        /* the choice is the other one */
        lb_error_clear(&err);
        CU_ASSERT(lb_preconditioner_init_best(pre, l, &err) == LB_OK);
        CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(pre), "full-sylvester");
        CU_ASSERT(!lb_preconditioner_fall_back(pre, l));
        CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(pre), "full-sylvester");
        lb_preconditioner_clear(pre);
        lb_lindbladian_clear(l);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
    }
}

/* --- full Sylvester in Schur form ---------------------------------------- */

static void
test_full_schur(void)
{
    flint_rand_t state;
    lb_complex *x, *y, *z, *t, *m, *md;
    lb_preconditioner_t pre;
    lb_lindbladian_t l;
    lb_problem_t p;
    lb_model_t model;
    lb_basis_t b;
    lb_error err;
    slong d;

    lb_error_clear(&err);
    lb_test_rand_init(state);
    /* exactly critical; detuned: no denominator is replaced */
    test_model_init(model, "modes: a b; H: a'*b + b'*a + a + a' + b + b';"
                           "4: a; H: 3*a'*a + 3*b'*b");
    test_problem_init(p, model);
    test_basis_init(b, model, "6");
    d = b->dimension;
    CU_ASSERT_FATAL(lb_lindbladian_init(l, p, b, 1, &err) == LB_OK);
    /* without the drive, which would lift the degeneracy */
    for (slong i = 0; i < d; i++)
        for (slong e = l->generator->start[i]; e < l->generator->start[i + 1];
             e++)
            if (l->excitations[i] != l->excitations[l->generator->column[e]])
                l->generator->value[e] = 0.0;
    CU_ASSERT_FATAL(lb_full_sylvester_init(pre, l, &err) == LB_OK);
    CU_ASSERT(pre->condition == 1.0);
    x = new_dense(d * d);
    y = new_dense(d * d);
    z = new_dense(d * d);
    t = new_dense(d * d);
    m = new_dense(d * d);
    md = new_dense(d * d);
    random_matrix(x, d * d, state);
    random_matrix(t, d * d, state);
    lb_sparse_get_dense(m, l->generator);
    dense_adjoint(md, m, d);

    /* K^-1 but for the vacuum, whose denominator 0 became the damping */
    lb_preconditioner_apply(y, pre, x);
    memset(z, 0, (size_t) (d * d) * sizeof(lb_complex));
    add_product(z, 1.0, m, y, d);
    add_product(z, 1.0, y, md, d);
    z[0] += l->damping * y[0];
    CHECK(distance(z, x, d * d) <= 1e-11 * norm(y, d * d), 0, "K");
    CHECK(cabs(y[0]) > 0.0, 0, "vacuum");

    lb_preconditioner_apply_adjoint(z, pre, t);
    CHECK(cabs(inner(t, y, d * d) - inner(z, x, d * d))
              <= 1e-11 * norm(z, d * d) * norm(x, d * d),
          0, "adjoint");
    flint_free(x);
    flint_free(y);
    flint_free(z);
    flint_free(t);
    flint_free(m);
    flint_free(md);
    lb_preconditioner_clear(pre);
    lb_lindbladian_clear(l);
    lb_problem_clear(p);
    lb_basis_clear(b);
    lb_model_clear(model);
    lb_rand_clear(state);
}

/* --- the choice ---------------------------------------------------------- */

typedef struct
{
    const lb_lindbladian_struct * l;
    lb_preconditioner_struct * p;
} solving;

static void
apply_deflated(lb_complex * y, const lb_complex * x, void * context)
{
    solving * s = context;

    deflated(y, s->l, x, 1);
}

static void
precondition(lb_complex * y, const lb_complex * x, void * context)
{
    solving * s = context;

    lb_preconditioner_apply_adjoint(y, s->p, x);
}

/* Iterations of one adjoint solve to 1e-12; 1001 if that fails. */
static slong
iterations(lb_preconditioner_t pre, const lb_lindbladian_t l)
{
    slong d = l->dimension;
    lb_complex *r = new_dense(d * d), *x = new_dense(d * d);
    lb_gmres_options options = LB_GMRES_OPTIONS;
    lb_gmres_report report;
    solving s = { l, pre };
    lb_status status;

    for (slong i = 1; i < d; i++)
        r[i * d + i]
            = (double) l->excitations[i]
              * ldexp(1.0, -2 * (int) (l->scale * (l->excitations[i] - 1)));
    options.tolerance = 1e-12;
    status = lb_gmres_approx(x, &report, r, d * d, apply_deflated, precondition,
                             &s, &options);
    flint_free(r);
    flint_free(x);
    return status == LB_OK ? report.iterations : 1001;
}

/* Which one is chosen, and how many iterations it may take. */
static void
test_choice(void)
{
    static const struct
    {
        const char * text;
        const char * cutoff;
        int graded;
        slong most;
    } cases[] = {
        { "three 1e-8", "6", 1, 8 },
        { "three 1e-3", "6", 1, 8 },
        { "three 0.1", "6", 1, 14 },
        { "three 0.3", "6", 1, 22 },
        { "three 3", "6", 0, 60 },
        /* an undamped mode that decays through another */
        { "modes: a b; H: 0.02*(a + a') + a'*b + a*b'; 1: b", "8", 1, 30 },
        /* jumps that lower N by several amounts, or not at all */
        { "modes: a b; H: 0.03*(a + a') + a'*a; 1: a + b^2/8; 1: b;"
          "0.1: a'*a; 0.01: b'",
          "7", 1, 40 },
        /* strongly driven, although work per application would be small */
        { "modes: a; H: 5*(a + a') + a'^2*a^2; 1: a", "60", 0, 200 },
        /* strongly driven atoms */
        { "modes: a; two-level: s t; H: 30*a'*a + 1.5*(a'*s + a*s');"
          "H: 1.4*(a'*t + a*t') + 24*(s + s' + t + t');"
          "H: 30*s'*s + 30*t'*t; 0.15: a; 0.2: s; 0.2: t",
          "6", 0, 60 },
        /* strongly counter-rotating */
        { "modes: a b; H: 2*a'*a + 2*b'*b + 3*(a + a')*(b + b'); 1: a; 1: b",
          "7", 0, 120 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        char * text = strncmp(cases[i].text, "three ", 6) == 0
                          ? test_three_cavities(cases[i].text + 6, "1", "a")
                          : lb_text_copy(cases[i].text);
        lb_preconditioner_t pre;
        lb_lindbladian_t l;
        lb_problem_t p;
        lb_model_t m;
        lb_basis_t b;
        lb_error err;
        slong used;

        lb_error_clear(&err);
        test_model_init(m, text);
        test_problem_init(p, m);
        test_basis_init(b, m, cases[i].cutoff);
        if (lb_lindbladian_init(l, p, b, LB_SCALE_AUTO, &err) != LB_OK
            || lb_preconditioner_init_best(pre, l, &err) != LB_OK)
            test_fail(text, &err);
        CHECK(strcmp(lb_preconditioner_name(pre),
                     cases[i].graded ? "graded" : "full-sylvester")
                  == 0,
              (slong) i, text);
        used = iterations(pre, l);
        if (used > cases[i].most)
            printf("\n%s: %ld iterations", text, (long) used);
        CU_ASSERT(used <= cases[i].most);
        CU_ASSERT(lb_preconditioner_patience(pre, 1000)
                  == (cases[i].graded ? 250 : 1000));
        CU_ASSERT(lb_preconditioner_fall_back(pre, l) == cases[i].graded);
        CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(pre), "full-sylvester");
        lb_preconditioner_clear(pre);
        lb_lindbladian_clear(l);
        lb_problem_clear(p);
        lb_basis_clear(b);
        lb_model_clear(m);
        flint_free(text);
    }
}

/* The steady state of a model for which the graded one is chosen, and does not
   converge: the solver gives it up. */
static void
test_fall_back_steady_state(void)
{
    lb_steady_state_options options = LB_STEADY_STATE_OPTIONS;
    lb_preconditioner_t pre;
    lb_steady_state_t s;
    lb_problem_t p;
    lb_model_t m;
    lb_basis_t b;
    lb_error err;

    lb_error_clear(&err);
    test_model_init(m, "modes: a; two-level: s t; H: 3*(a'*a + s'*s + t'*t);"
                       "H: 1.5*(a'*s + a*s') + 1.4*(a'*t + a*t');"
                       "H: 1.5*(s + s' + t + t'); 0.5: a; 0.2: s; 0.2: t");
    test_problem_init(p, m);
    test_basis_init(b, m, "24");
    options.max_iterations = 200;
    options.check_unique = 0;
    lb_steady_state_init(s);
    if (lb_steady_state_solve_approx(s, p, b, &options, &err) != LB_OK)
        test_fail("fall back", &err);
    CU_ASSERT(s->iterations > 50 && s->iterations <= 200);
    CU_ASSERT(s->residual <= 1e-13);
    CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(s->preconditioner),
                           "full-sylvester");
    CU_ASSERT_FATAL(lb_preconditioner_init_best(pre, s->lindbladian, &err)
                    == LB_OK);
    CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(pre), "graded");
    lb_preconditioner_clear(pre);
    lb_steady_state_clear(s);
    lb_problem_clear(p);
    lb_basis_clear(b);
    lb_model_clear(m);
}

/* The graded one, forced upon a strong drive: the solver gives it up. */
static void
test_fall_back(void)
{
    lb_complex *r, *y, o;
    lb_poisson_t q;
    lb_problem_t p;
    lb_model_t m;
    lb_basis_t b;
    lb_error err;
    slong d;

    lb_error_clear(&err);
    test_model_init(m, "modes: a; two-level: s t; H: 30*a'*a + 30*s'*s;"
                       "H: 1.5*(a'*s + a*s') + 1.4*(a'*t + a*t') + 30*t'*t;"
                       "H: 24*(s + s' + t + t'); 0.15: a; 0.2: s; 0.2: t");
    test_problem_init(p, m);
    test_basis_init(b, m, "7");
    d = b->dimension;
    r = new_dense(d * d);
    y = new_dense(d * d);
    if (lb_poisson_init(q, p, b, 0, &err) != LB_OK)
        test_fail("fall back", &err);
    lb_preconditioner_clear(q->preconditioner);
    if (lb_graded_init(q->preconditioner, q->lindbladian, &err) != LB_OK)
        test_fail("fall back", &err);
    for (slong i = 0; i < d; i++)
        r[i * d + i] = (double) lb_basis_state(b, i)[0];
    CU_ASSERT(lb_poisson_solve_approx(y, &o, q, r, 1e-12, &err) == LB_OK);
    CU_ASSERT_STRING_EQUAL(lb_preconditioner_name(q->preconditioner),
                           "full-sylvester");
    CU_ASSERT(q->iterations > 250 && q->iterations < 400);
    CU_ASSERT(q->residual <= 1e-12);
    flint_free(r);
    flint_free(y);
    lb_poisson_clear(q);
    lb_problem_clear(p);
    lb_basis_clear(b);
    lb_model_clear(m);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "triangular Sylvester equations", test_triangular_sylvester },
        { "graded: exact inverse, adjoint", test_graded },
        { "driven: exact inverse, adjoint", test_driven },
        { "graded: several stationary states", test_graded_refused },
        { "full Sylvester in Schur form", test_full_schur },
        { "which one is chosen", test_choice },
        { "falling back: adjoint", test_fall_back },
        { "falling back: steady state", test_fall_back_steady_state },
    };

    return lb_test_main("preconditioner", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
