/* tests/lb_test_dense.h -- random models and the dense route to their results.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The textbook formula with dense matrices, and LAPACK on the d^2 x d^2
 * Liouvillian: nothing is shared with numeric/ but the matrices of operator
 * polynomials. */
#ifndef LB_TEST_DENSE_H
#define LB_TEST_DENSE_H

#include <complex.h>
#include <math.h>

#include <lapacke.h>

#include "lb_test.h"
#include "lb_test_numeric.h"

static inline double
uniform(flint_rand_t state)
{
    return (double) n_randint(state, 2000001) / 1000000.0 - 1.0;
}

static inline lb_complex *
new_dense(slong n)
{
    return flint_calloc((size_t) n + 1, sizeof(lb_complex));
}

static inline void
random_matrix(lb_complex * x, slong n, flint_rand_t state)
{
    for (slong i = 0; i < n; i++)
        x[i] = CMPLX(uniform(state), uniform(state));
}

static inline double
norm(const lb_complex * x, slong n)
{
    double sum = 0.0;

    for (slong i = 0; i < n; i++)
        sum += creal(x[i] * conj(x[i]));
    return sqrt(sum);
}

static inline double
distance(const lb_complex * x, const lb_complex * y, slong n)
{
    double sum = 0.0;

    for (slong i = 0; i < n; i++)
        sum += creal((x[i] - y[i]) * conj(x[i] - y[i]));
    return sqrt(sum);
}

/* c += factor a b, dense */
static inline void
add_product(lb_complex * c, lb_complex factor, const lb_complex * a,
            const lb_complex * b, slong d)
{
    for (slong i = 0; i < d; i++)
        for (slong k = 0; k < d; k++)
            for (slong j = 0; j < d; j++)
                c[i * d + j] += factor * a[i * d + k] * b[k * d + j];
}

static inline void
dense_adjoint(lb_complex * b, const lb_complex * a, slong d)
{
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
            b[i * d + j] = conj(a[j * d + i]);
}

#define CHECK(condition, iter, what)                                          \
    do                                                                        \
    {                                                                         \
        int ok_ = (condition);                                                \
        if (!ok_)                                                             \
            printf("\n%s:%d iter %ld seed %lu: %s\n", __FILE__, __LINE__,     \
                   (long) (iter), lb_test_seed(), what);                      \
        CU_ASSERT(ok_);                                                       \
    } while (0)

/* a and b agree to the relative tolerance; prints both if not. */
static inline void
check_close(long double a, long double b, double tolerance, const char * what)
{
    int ok = fabsl(a - b) <= (long double) tolerance * fabsl(b);

    if (!ok)
        printf("\n%s: got %.17Lg, expected %.17Lg (%.1e)\n", what, a, b,
               (double) fabsl(a / b - 1.0L));
    CU_ASSERT(ok);
}

/* --- random models ------------------------------------------------------- */

/* Texts with the places of random numbers marked: $ in [-2, 2], % in
   (0.1, 2]. */
static const struct
{
    const char * text;
    const char * cutoff;
} random_models[] = {
    /* strong and weak drive, thermal photons, dephasing */
    { "modes: a; H: $*a'*a + $*a'^2*a^2 + $*(a + a') + $*i*(a - a');"
      "%: a; %/4: a'; %: a'*a",
      "a=6" },
    /* two-photon drive and loss */
    { "modes: a; H: $*a'*a + $*(a^2 + a'^2); %: a^2; %: a; %/8: a'", "6" },
    /* Jaynes-Cummings, inverted by pumping */
    { "modes: a; two-level: s;"
      "H: $*a'*a + $*s'*s + $*(a'*s + a*s') + $*(a + a') + $*(s + s');"
      "%: a; %: s; %: s'; %: sz(s)",
      "3" },
    /* two modes, counter-rotating, correlated loss */
    { "modes: a b; H: $*a'*a + $*b'*b; H: ($ + $*i)*a'*b + h.c.;"
      "H: $*(a + a')*(b + b') + $*(a + a'); %: a; %: b; %: a + b; %/4: b'",
      "2" },
    /* two-level systems only: no truncation at all */
    { "two-level: s t u; H: $*sz(s) + $*sz(t) + $*sx(s)*sx(t) + $*sy(t)*sx(u);"
      "%: s; %: t; %: u; %: s'; %: sz(t); H: $*sx(u)",
      "" },
    /* a jump with a constant, |m><n| jumps, per-mode and total cutoff */
    { "modes: a b; H: $*a'*a + $*b'*b + $*(a'*b + a*b') + $*(b + b');"
      "%: a + $; %: b; %: ketbra(b,0,2); %/4: ketbra(a,1,0)",
      "3,a=1" },
};
#define N_RANDOM_MODELS                                                       \
    ((slong) (sizeof(random_models) / sizeof(random_models[0])))

/* text = p with numbers in the places of $ and % */
static inline void
fill_random_text(char * text, const char * p, flint_rand_t state)
{
    size_t n = 0;

    for (; *p != '\0'; p++)
        if (*p == '$')
            n += (size_t) sprintf(text + n, "(%.3f)", 2.0 * uniform(state));
        else if (*p == '%')
            n += (size_t) sprintf(text + n, "(%.3f)",
                                  0.1 + 0.95 * (1.0 + uniform(state)));
        else
            text[n++] = *p;
    text[n] = '\0';
}

static inline void
random_model_init(lb_model_t m, slong which, flint_rand_t state)
{
    char text[4096];

    fill_random_text(text, random_models[which].text, state);
    test_model_init(m, text);
}

static inline void
random_basis_init(lb_basis_t b, const lb_model_t m, slong which)
{
    lb_cutoff_t c;
    lb_error err;

    if (random_models[which].cutoff[0] != '\0')
    {
        test_basis_init(b, m, random_models[which].cutoff);
        return;
    }
    lb_cutoff_init(c, m->scope->kinds, m->scope->subsystems);
    CU_ASSERT_FATAL(lb_basis_init(b, c, 1000, &err) == LB_OK);
    lb_cutoff_clear(c);
}

/* --- the Lindbladian ----------------------------------------------------- */

/* L(x) from the problem by the textbook formula with dense matrices. */
static inline void
dense_lindbladian(lb_complex * y, const lb_problem_t p, const lb_basis_t b,
                  const lb_complex * x)
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
    add_product(y, CMPLX(0.0, -1.0), h, x, d);
    add_product(y, CMPLX(0.0, 1.0), x, h, d);
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
        add_product(t, 1.0, c, x, d);
        add_product(y, rate, t, cd, d);
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

/* y = S^sign x S^sign */
static inline void
scale(lb_complex * y, const lb_complex * x, const lb_lindbladian_t l, int sign)
{
    slong d = l->dimension;

    for (slong i = 0; i < d * d; i++)
        y[i] = x[i]
               * ldexp(1.0, -sign * (int) (l->scale
                                           * (l->excitations[i / d]
                                              + l->excitations[i % d])));
}

/* rho from LAPACK: row 0 of the d^2 x d^2 Liouvillian replaced by the trace */
static inline void
dense_steady_state(lb_complex * rho, const lb_problem_t p, const lb_basis_t b)
{
    slong d = b->dimension, n = d * d;
    lb_complex *a = new_dense(n * n), *x = new_dense(n), *y = new_dense(n);
    lapack_int * pivots = flint_malloc((size_t) n * sizeof(lapack_int));

    for (slong j = 0; j < n; j++)
    {
        memset(x, 0, (size_t) n * sizeof(lb_complex));
        x[j] = 1.0;
        dense_lindbladian(y, p, b, x);
        y[0] = j % (d + 1) == 0 ? 1.0 : 0.0;
        for (slong i = 0; i < n; i++)
            a[i * n + j] = y[i];
    }
    memset(rho, 0, (size_t) n * sizeof(lb_complex));
    rho[0] = 1.0;
    CU_ASSERT_FATAL(LAPACKE_zgesv(LAPACK_ROW_MAJOR, (lapack_int) n, 1, a,
                                  (lapack_int) n, pivots, rho, 1)
                    == 0);
    flint_free(a);
    flint_free(x);
    flint_free(y);
    flint_free(pivots);
}

#endif /* LB_TEST_DENSE_H */
