/* tests/test_certify_truncated.c -- balls of L*, level truncated.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/truncated.h>

#include "lb_test_certify.h"
#include "lb_test_dense.h"

/* A random Hermitian matrix of exact numbers. */
static void
random_hermitian(acb_ptr y, slong d, flint_rand_t state)
{
    for (slong i = 0; i < d; i++)
        for (slong j = i; j < d; j++)
        {
            acb_set_si_si(y + i * d + j, (slong) n_randint(state, 41) - 20,
                          i == j ? 0 : (slong) n_randint(state, 41) - 20);
            acb_mul_2exp_si(y + i * d + j, y + i * d + j, -3);
            acb_conj(y + j * d + i, y + i * d + j);
        }
}

/* tr(x' y) of L and L* is the same number: L from the textbook formula in
   doubles, L* in balls; and L* at two precisions overlaps. */
static void
test_adjoint(void)
{
    flint_rand_t state;
    slong compared = 0;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(10 * N_RANDOM_MODELS); i++)
    {
        slong which = i % N_RANDOM_MODELS, d;
        lb_ball_lindbladian_t l, m;
        lb_complex *x, *lx;
        lb_problem_t p;
        lb_basis_t b;
        lb_model_t model;
        lb_error err;
        acb_ptr y, r, s;
        double sum = 0.0, other = 0.0, size = 0.0;

        random_model_init(model, which, state);
        test_problem_init(p, model);
        random_basis_init(b, model, which);
        d = b->dimension;
        y = _acb_vec_init(d * d);
        r = _acb_vec_init(d * d);
        s = _acb_vec_init(d * d);
        x = new_dense(d * d);
        lx = new_dense(d * d);
        random_hermitian(y, d, state);
        random_matrix(x, d * d, state);
        for (slong j = 0; j < d; j++)
            for (slong k = 0; k <= j; k++)
                x[j * d + k]
                    = j == k ? creal(x[j * d + k]) : conj(x[k * d + j]);
        CU_ASSERT_FATAL(lb_ball_lindbladian_init_truncated(
                            l, p, b, 2 + (slong) n_randint(state, 100), &err)
                        == LB_OK);
        CU_ASSERT_FATAL(lb_ball_lindbladian_init_truncated(m, p, b, 128, &err)
                        == LB_OK);
        lb_ball_lindbladian_apply_adjoint(r, l, y);
        lb_ball_lindbladian_apply_adjoint(s, m, y);
        dense_lindbladian(lx, p, b, x);
        for (slong j = 0; j < d; j++)
            for (slong k = 0; k < d; k++)
            {
                const acb_struct * z = s + (j <= k ? j * d + k : k * d + j);
                double re = arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR);
                double im = arf_get_d(arb_midref(acb_imagref(z)), ARF_RND_NEAR);
                const acb_struct * w = y + j * d + k;
                lb_complex u = CMPLX(re, j <= k ? im : -im);
                lb_complex v = CMPLX(
                    arf_get_d(arb_midref(acb_realref(w)), ARF_RND_NEAR),
                    arf_get_d(arb_midref(acb_imagref(w)), ARF_RND_NEAR));

                sum += creal(u * x[k * d + j]);
                other += creal(v * lx[k * d + j]);
                size += cabs(u) + cabs(v);
                if (j <= k)
                {
                    LB_CHECK_OVERLAP_ACB(r + j * d + k, s + j * d + k, i);
                    compared++;
                }
            }
        CHECK(fabs(sum - other) <= 1e-12 * size, i, "tr(L*(Y) x)");
        lb_ball_lindbladian_clear(l);
        lb_ball_lindbladian_clear(m);
        _acb_vec_clear(y, d * d);
        _acb_vec_clear(r, d * d);
        _acb_vec_clear(s, d * d);
        flint_free(x);
        flint_free(lx);
        lb_basis_clear(b);
        lb_problem_clear(p);
        lb_model_clear(model);
    }
    CU_ASSERT(compared >= lb_test_iters(500));
    printf(" %ld comparisons ", (long) compared);
    lb_rand_clear(state);
}

/* The full L* of a Y on N <= M equals the truncated one on a much larger space,
   where the truncation is out of reach; nothing of it lies beyond J. */
static void
test_full_adjoint(void)
{
    flint_rand_t state;
    slong compared = 0;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(6 * 4); i++)
    {
        /* those of the random models whose modes the total cutoff bounds */
        static const slong some[] = { 0, 1, 2, 3 };
        char inner[24], outer[24], wide[24];
        slong m = 1 + (slong) n_randint(state, 3), shift, d, n, w;
        lb_ball_lindbladian_t l, large;
        lb_basis_t b, bo, bw;
        lb_problem_t p;
        lb_model_t model;
        lb_error err;
        acb_ptr y, yw, r, rw;

        random_model_init(model, some[i % 4], state);
        test_problem_init(p, model);
        shift = lb_ball_lindbladian_shift(p);
        snprintf(inner, sizeof(inner), "%ld", (long) m);
        snprintf(outer, sizeof(outer), "%ld", (long) (m + shift));
        snprintf(wide, sizeof(wide), "%ld", (long) (m + 3 * shift));
        test_basis_init(b, model, inner);
        test_basis_init(bo, model, outer);
        test_basis_init(bw, model, wide);
        d = b->dimension;
        n = bo->dimension;
        w = bw->dimension;
        y = _acb_vec_init(d * d);
        yw = _acb_vec_init(w * w);
        r = _acb_vec_init(n * n);
        rw = _acb_vec_init(w * w);
        random_hermitian(y, d, state);
        for (slong j = 0; j < d; j++)
            for (slong k = 0; k < d; k++)
                acb_set(yw + j * w + k, y + j * d + k);
        CU_ASSERT_FATAL(
            lb_ball_lindbladian_init_full(
                l, p, b, bo, 20 + (slong) n_randint(state, 80), &err)
            == LB_OK);
        CU_ASSERT_FATAL(
            lb_ball_lindbladian_init_truncated(large, p, bw, 200, &err)
            == LB_OK);
        if (shift > 0)
        {
            /* a space that L* leaves is refused */
            lb_ball_lindbladian_t small;
            lb_basis_t less;
            char text[24];

            snprintf(text, sizeof(text), "%ld", (long) (m + shift - 1));
            test_basis_init(less, model, text);
            CU_ASSERT(lb_ball_lindbladian_init_full(small, p, b, less, 64, &err)
                      == LB_EDIM);
            lb_ball_lindbladian_clear(small);
            lb_basis_clear(less);
        }
        lb_ball_lindbladian_apply_adjoint(r, l, y);
        lb_ball_lindbladian_apply_adjoint(rw, large, yw);
        for (slong j = 0; j < w; j++)
            for (slong k = j; k < w; k++)
            {
                if (j < n && k < n)
                    LB_CHECK_OVERLAP_ACB(r + j * n + k, rw + j * w + k, i);
                else
                    CHECK(acb_contains_zero(rw + j * w + k), i, "beyond J");
                compared++;
            }
        lb_ball_lindbladian_clear(l);
        lb_ball_lindbladian_clear(large);
        _acb_vec_clear(y, d * d);
        _acb_vec_clear(yw, w * w);
        _acb_vec_clear(r, n * n);
        _acb_vec_clear(rw, w * w);
        lb_basis_clear(b);
        lb_basis_clear(bo);
        lb_basis_clear(bw);
        lb_problem_clear(p);
        lb_model_clear(model);
    }
    CU_ASSERT(compared >= lb_test_iters(500));
    printf(" %ld comparisons ", (long) compared);
    lb_rand_clear(state);
}

/* The norm bound is not below any Rayleigh quotient, and exact for a matrix
   with one row; every radius counts. */
static void
test_norm(void)
{
    flint_rand_t state;
    mag_t bound, radius;

    lb_test_rand_init(state);
    mag_init(bound);
    mag_init(radius);
    for (slong i = 0; i < lb_test_iters(200); i++)
    {
        slong d = 1 + (slong) n_randint(state, 6);
        acb_ptr r = _acb_vec_init(d * d);
        double quotient = 0.0, square = 0.0, largest = 0.0;
        lb_complex v[6], u[6];
        slong at = (slong) n_randint(state, (ulong) d);

        random_hermitian(r, d, state);
        for (slong j = 0; j < d; j++)
            v[j] = CMPLX(uniform(state), uniform(state));
        for (int power = 0; power < 40; power++)
        {
            square = 0.0;
            for (slong j = 0; j < d; j++)
            {
                u[j] = 0.0;
                for (slong k = 0; k < d; k++)
                {
                    const acb_struct * z = r + j * d + k;

                    u[j] += CMPLX(arf_get_d(arb_midref(acb_realref(z)),
                                            ARF_RND_NEAR),
                                  arf_get_d(arb_midref(acb_imagref(z)),
                                            ARF_RND_NEAR))
                            * v[k];
                }
            }
            square = norm(u, d);
            quotient = square / norm(v, d);
            largest = fmax(largest, quotient);
            for (slong j = 0; j < d; j++)
                v[j] = square > 0.0 ? u[j] / square : 1.0;
        }
        lb_hermitian_norm_bound(bound, r, d);
        CHECK(mag_get_d(bound) >= largest * (1.0 - 1e-12), i, "norm");
        CHECK(mag_get_d(bound) <= largest * sqrt((double) d) * 1.001 + 1e-12, i,
              "norm is tight");
        mag_set_d(arb_radref(acb_realref(r + at * d + at)), 1000.0);
        lb_hermitian_norm_bound(bound, r, d);
        lb_hermitian_radius_bound(radius, r, d);
        CHECK(mag_get_d(bound) >= 1000.0, i, "radius in the norm");
        CHECK(mag_get_d(radius) >= 1000.0, i, "radius");
        _acb_vec_clear(r, d * d);
    }
    mag_clear(bound);
    mag_clear(radius);
    lb_rand_clear(state);
}

/* Random models against a dense solve, with an observable of every kind. */
static void
test_dense(void)
{
    static const char * const observables[][3] = {
        { "<a'*a>", "<a>", "<a'^2*a^2>" }, { "<a'*a>", "<a^2>", "P(a,1)" },
        { "<s'*s>", "<a'*s>", "<a>" },     { "<b'*b>", "<a'*b>", "<a>" },
        { "<s'*s>", "<s'*t>", "<sz(u)>" }, { "<b'*b>", "<a'*b>", "<b^2>" },
    };
    flint_rand_t state;
    slong compared = 0;
    acb_t x, y;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    for (slong i = 0; i < lb_test_iters(4 * N_RANDOM_MODELS); i++)
    {
        slong which = i % N_RANDOM_MODELS, d;
        lb_complex * rho;
        certified c;
        lb_problem_t p;
        lb_basis_t b;
        lb_cutoff_t cutoff;
        lb_error err;

        lb_error_clear(&err);
        random_model_init(c.model, which, state);
        test_problem_init(p, c.model);
        random_basis_init(b, c.model, which);
        d = b->dimension;
        rho = new_dense(d * d);
        dense_steady_state(rho, p, b);
        lb_cutoff_init(cutoff, c.model->scope->kinds,
                       c.model->scope->subsystems);
        if (random_models[which].cutoff[0] != '\0')
            CU_ASSERT_FATAL(lb_cutoff_parse(cutoff, random_models[which].cutoff,
                                            c.model->scope, &err)
                            == LB_OK);
        CU_ASSERT_FATAL(lb_certifier_new_truncated(&c.certifier, c.model,
                                                   c.model->scope, cutoff, 1000,
                                                   &err)
                        == LB_OK);
        for (int k = 0; k < 3; k++)
        {
            const char * o = observables[which][k];
            slong digits = 3 + (slong) n_randint(state, 30);
            int reached = certified_value(x, &c, o, digits);
            lb_complex sum = 0.0;
            char text[100];
            lb_opoly_t op;
            lb_sparse_t a;
            double mid[2];

            CHECK(reached, i, o);
            CHECK(acb_rel_accuracy_bits(x) >= (slong) (3.32 * digits), i,
                  "tight");
            /* at another precision */
            certified_value(y, &c, o, 4 + (slong) n_randint(state, 30));
            LB_CHECK_OVERLAP_ACB(x, y, i);
            if (o[0] != '<')
                continue;
            snprintf(text, sizeof(text), "%.*s", (int) strlen(o) - 2, o + 1);
            test_operator_init(op, c.model, text);
            lb_sparse_init(a, d, d);
            CU_ASSERT_FATAL(lb_sparse_set_opoly_approx(a, op, b, &err)
                            == LB_OK);
            for (slong j = 0; j < d; j++)
                for (slong q = a->start[j]; q < a->start[j + 1]; q++)
                    sum += a->value[q] * rho[a->column[q] * d + j];
            mid[0] = arf_get_d(arb_midref(acb_realref(x)), ARF_RND_NEAR);
            mid[1] = arf_get_d(arb_midref(acb_imagref(x)), ARF_RND_NEAR);
            if (digits >= 10)
                CHECK(cabs(CMPLX(mid[0], mid[1]) - sum) < 1e-9, i, o);
            compared++;
            lb_sparse_clear(a);
            lb_opoly_clear(op);
        }
        lb_cutoff_clear(cutoff);
        certified_clear(&c);
        flint_free(rho);
        lb_basis_clear(b);
        lb_problem_clear(p);
    }
    CU_ASSERT(compared >= lb_test_iters(10));
    printf(" %ld comparisons ", (long) compared);
    acb_clear(x);
    acb_clear(y);
    lb_rand_clear(state);
}

static void
test_three_cavity(void)
{
    char * text = test_three_cavities("1/10", "1", "a");
    certified s;
    acb_t x;

    acb_init(x);
    certified_init_truncated(&s, text, "8");
    arb_set_str(acb_realref(x), "0.972315858926440 +/- 5e-16", 128);
    check_value(&s, "<c'*c>*100", 12, x, 0, text);
    check_value(&s, "<c'*c>*100", 14, x, 1, text);
    /* 50 digits, found to contain what 60 say */
    CU_ASSERT(certified_value(x, &s, "g2(c)", 60));
    check_value(&s, "g2(c)", 50, x, 2, text);
    certified_clear(&s);
    flint_free(text);

    /* numerators of 1e-32 and 1e-48: relative digits all the same */
    text = test_three_cavities("1e-8", "1", "a");
    certified_init_truncated(&s, text, "5");
    arb_set_str(acb_realref(x), "0.0106160807518 +/- 1e-13", 128);
    check_value(&s, "g2(c)", 10, x, 3, text);
    CU_ASSERT(certified_value(x, &s, "<c'^3*c^3>", 12));
    CU_ASSERT(mag_cmp_2exp_si(arb_radref(acb_realref(x)), -190) < 0);
    certified_clear(&s);
    flint_free(text);
    acb_clear(x);
}

/* A box of parameters: contains the corners and the midpoint; the level of
   radii stops the refinement. */
static void
test_box(void)
{
    static const char * const plain
        = "modes: a; two-level: s; H: (%s)*a'*a + a'*s + a*s' + (a + a')/3;"
          "%s: a; 1/2: s; 1/9: a'";
    static const char * const points[][2] = {
        { "0.499", "0.999" }, { "0.501", "1.001" }, { "0.499", "1.001" },
        { "0.501", "0.999" }, { "0.5", "1" },       { "0.5003", "0.9998" }
    };
    char * text = lb_text_print(plain, "0.5 +/- 0.001", "1 +/- 0.001");
    certified box;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    certified_init_truncated(&box, text, "a=4");
    CU_ASSERT(!certified_value(x, &box, "<a'*a>", 12));
    CU_ASSERT(acb_is_finite(x) && acb_rel_accuracy_bits(x) >= 1);
    for (int i = 0; i < 6; i++)
    {
        char * point = lb_text_print(plain, points[i][0], points[i][1]);
        certified c;

        certified_init_truncated(&c, point, "a=4");
        CU_ASSERT(certified_value(y, &c, "<a'*a>", 20));
        CU_ASSERT(acb_contains(x, y));
        certified_clear(&c);
        flint_free(point);
    }
    certified_clear(&box);
    flint_free(text);
    acb_clear(x);
    acb_clear(y);
}

/* Two steady states: nothing is certified about what tells them apart, and no
   hang; what they share is certified. */
static void
test_several(void)
{
    certified s;
    acb_t x;

    acb_init(x);
    certified_init_truncated(&s, "modes: a; H: (a^2 + a'^2); 1: a^2", "9");
    CU_ASSERT(!certified_value(x, &s, "<a'*a>", 10));
    /* vacuum of the odd and of the even states: the ball has both */
    CU_ASSERT(!acb_is_finite(x)
              || mag_cmp_2exp_si(arb_radref(acb_realref(x)), -3) > 0);
    certified_clear(&s);
    acb_clear(x);
}

/* A cutoff may keep states of two-level systems out, too: then the value is not
   that of the model, and must not be called so, [F4]. */
static void
test_two_level_cutoff(void)
{
    const char * text
        = "two-level: s t; H: s'*s + (s + s') + (t + t')/2; 1: s; 2: t";
    certified all, few;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    certified_init_truncated(&all, text, "2");
    certified_init_truncated(&few, text, "1");
    CU_ASSERT_STRING_EQUAL(lb_certifier_level(all.certifier), "full");
    CU_ASSERT_STRING_EQUAL(lb_certifier_level(few.certifier), "truncated");
    CU_ASSERT(certified_value(x, &all, "<s'*s>", 8));
    CU_ASSERT(certified_value(y, &few, "<s'*s>", 8));
    CU_ASSERT(!acb_overlaps(x, y));
    certified_clear(&all);
    certified_clear(&few);
    acb_clear(x);
    acb_clear(y);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "L* in balls against L in doubles (random)", test_adjoint },
        { "L* of the full model (random)", test_full_adjoint },
        { "norm bounds (random)", test_norm },
        { "expectation values against a dense solve (random)", test_dense },
        { "three cavities, 50 digits, tiny numerators", test_three_cavity },
        { "a box contains its points", test_box },
        { "several steady states", test_several },
        { "a cutoff of two-level systems", test_two_level_cutoff },
    };
    return lb_test_main("certify_truncated", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
