/* tests/test_certify_full.c -- level full against exact results.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>

#include <lapacke.h>

#include <lindbound/full.h>

#include "lb_test_certify.h"
#include "lb_test_kerr.h"

#define PREC 400

/* The value of a number expression at PREC. */
static void
number(acb_t x, const char * text)
{
    test_number(x, text, PREC);
}

/* --- the driven Kerr mode, [K1] ------------------------------------------ */

static void
check_kerr(const char * delta, const char * chi, const char * xi,
           const char * gamma, slong digits, slong iter)
{
    static const char * const observables[] = { "<a'*a>", "g2(a)", "g3(a)" };
    char * text = lb_text_print(
        "modes: a; H: %s*a'*a + %s*a'^2*a^2 + %s*(a' + a); %s: a", delta, chi,
        xi, gamma);
    lb_kerr_t k;
    certified s;
    acb_t x;

    acb_init(x);
    test_kerr_init(k, delta, chi, xi, gamma, PREC);
    certified_init_full(&s, text);
    for (slong order = 1; order <= 3; order++)
    {
        test_kerr_correlation(x, k, order, PREC);
        check_value(&s, observables[order - 1], digits, x, iter, text);
    }
    certified_clear(&s);
    lb_kerr_clear(k);
    acb_clear(x);
    flint_free(text);
}

static void
test_kerr(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(12); i++)
    {
        char d[40], c[40], x[40], g[40];

        random_number(d, sizeof(d), -3.0, 3.0, state);
        random_number(c, sizeof(c), 0.1, 5.0, state);
        random_number(x, sizeof(x), 0.01, 1.5, state);
        random_number(g, sizeof(g), 0.4, 2.0, state);
        check_kerr(d, c, x, g, 2 + (slong) n_randint(state, 16), i);
    }
    lb_rand_clear(state);
}

/* --- coherent states, thermal states ------------------------------------- */

/* One linear mode: a displaced thermal state with amplitude
   alpha = -i xi / (i Delta + (down - up)/2) and nth = up/(down - up). */
static void
test_linear(void)
{
    flint_rand_t state;
    acb_t x, y;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    for (slong i = 0; i < lb_test_iters(16); i++)
    {
        char d[40], xi[40], down[40], up[40];
        char *text, *alpha, *nth, *expected;
        certified s;

        random_number(d, sizeof(d), -2.0, 2.0, state);
        random_number(xi, sizeof(xi), 0.02, i % 4 == 0 ? 1.5 : 0.6, state);
        random_number(down, sizeof(down), 0.8, 2.0, state);
        random_number(up, sizeof(up), 0.01, 0.3, state);
        if (i % 2 == 0)
            snprintf(up, sizeof(up), "0");
        text = lb_text_print("modes: a; H: %s*a'*a + %s*(a' + a); %s: a; "
                             "%s: a'",
                             d, xi, down, up);
        alpha = lb_text_print("(-i*%s/(i*%s + (%s - %s)/2))", xi, d, down, up);
        nth = lb_text_print("(%s/(%s - %s))", up, down, up);
        certified_init_full(&s, text);
        number(x, alpha);
        check_value(&s, "<a>", 9, x, i, text);
        expected = lb_text_print("abs2(%s) + %s", alpha, nth);
        number(x, expected);
        check_value(&s, "<a'*a>", 8, x, i, text);
        flint_free(expected);
        expected = lb_text_print("(%s)^2 + abs2(%s)*%s*0", alpha, alpha, nth);
        number(x, expected);
        check_value(&s, "<a^2>", 8, x, i, text);
        if (strcmp(up, "0") == 0)
        {
            flint_free(expected);
            expected
                = lb_text_print("exp(-abs2(%s))*abs2(%s)^2/2", alpha, alpha);
            number(x, expected);
            check_value(&s, "P(a,2)", 8, x, i, text);
        }
        certified_clear(&s);
        flint_free(text);
        flint_free(alpha);
        flint_free(nth);
        flint_free(expected);
    }
    acb_clear(x);
    acb_clear(y);
    lb_rand_clear(state);
}

/* Two coupled linear modes with different losses: coherent amplitudes. */
static void
test_coupled(void)
{
    const char * text
        = "modes: a b; H: a'*a/2 - b'*b/3; H: (3/4 + i/5)*a'*b + h.c.;"
          "H: (a + a')/4; 1: a; 3: b";
    certified s;
    acb_t x;

    /* -i xi = (i D + G/2) v with the couplings */
    acb_init(x);
    certified_init_full(&s, text);
    number(x, "-i/4/((i/2 + 1/2) + abs2(3/4 + i/5)/(-i/3 + 3/2))");
    check_value(&s, "<a>", 12, x, 0, text);
    number(x, "-i*(3/4 - i/5)/(-i/3 + 3/2)"
              "*(-i/4/((i/2 + 1/2) + abs2(3/4 + i/5)/(-i/3 + 3/2)))");
    check_value(&s, "<b>", 12, x, 0, text);
    certified_clear(&s);

    /* correlated loss and a constant in a jump:
       d<a>/dt = -(1/2)(1 + 1)<a> - (1/2)<b> - (1/2)*(2/3), and so on */
    text = "modes: a b; 1: a + b + 2/3; 1: a; 1: b";
    certified_init_full(&s, text);
    number(x, "-2/9");
    check_value(&s, "<a>", 12, x, 1, text);
    check_value(&s, "<b>", 12, x, 1, text);
    certified_clear(&s);
    acb_clear(x);
}

/* The trap: a number-changing observable at a strong drive. */
static void
test_strong_drive(void)
{
    const char * text = "modes: a; H: (3/2)*(a + a'); 1: a";
    certified s;
    acb_t x;

    acb_init(x);
    certified_init_full(&s, text);
    number(x, "-3*i");
    check_value(&s, "<a>", 6, x, 0, text);
    certified_clear(&s);
    acb_clear(x);
}

/* Two-level systems only are full at once: resonance fluorescence. */
static void
test_two_level(void)
{
    const char * text
        = "two-level: s; H: s'*s/3 + (s + s')*7/5; 2: s; 1/7: s'; 1/2: s'*s";
    certified s;
    acb_t x;

    acb_init(x);
    certified_init_full(&s, text);
    CU_ASSERT_STRING_EQUAL(lb_certifier_level(s.certifier), "full");
    /* pe = (up + W) / (up + down + 2 W), W = |2 e|^2 g / (2 (g^2 + D^2)) */
    number(x, "(1/7 + 49/25*4/2*(2 + 1/7 + 1/2)/2"
              "/(((2 + 1/7 + 1/2)/2)^2 + 1/9))"
              "/(1/7 + 2 + 2*49/25*4/2*(2 + 1/7 + 1/2)/2"
              "/(((2 + 1/7 + 1/2)/2)^2 + 1/9))");
    check_value(&s, "<s'*s>", 40, x, 0, text);
    certified_clear(&s);
    acb_clear(x);
}

/* --- the pieces of the bound --------------------------------------------- */

/* Bounds with given populations. */
static void
fake_lyapunov_init(lb_lyapunov_t ly)
{
    memset(ly, 0, sizeof(*ly));
    ly->population = _mag_vec_init(LB_LYAPUNOV_SHELLS);
    ly->weights = flint_malloc(sizeof(lb_weight_struct));
}

/* [F1] is an equality for a pure state and R_jk = psi_j psi_k' / (|psi_j|
   |psi_k|): all blocks count, those off the diagonal twice; the split into
   refinable and boundary adds up. */
static void
test_weighted_bound(void)
{
    flint_rand_t state;
    lb_model_t m;

    lb_test_rand_init(state);
    test_model_init(m, "modes: a b; H: a'*a; 1: a");
    for (slong i = 0; i < lb_test_iters(50); i++)
    {
        slong last = (slong) n_randint(state, 5), d;
        double psi[15], weight[5] = { 0.0 }, exact = 0.0, sum;
        lb_residual_bound_t bound;
        lb_lyapunov_t ly;
        lb_basis_t b;
        acb_ptr r;

        test_basis_init(b, m, "4");
        d = b->dimension;
        fake_lyapunov_init(ly);
        lb_residual_bound_init(bound);
        for (slong k = 0; k < d; k++)
        {
            psi[k] = (double) n_randint(state, 1000) / 1000.0 - 0.5;
            weight[b->excitations[k]] += psi[k] * psi[k];
        }
        for (slong n = 0; n < 5; n++)
            mag_set_d(ly->population + n, weight[n]);
        r = _acb_vec_init(d * d);
        for (slong j = 0; j < d; j++)
            for (slong k = j; k < d; k++)
            {
                double x = psi[j] * psi[k]
                           / sqrt(weight[b->excitations[j]]
                                  * weight[b->excitations[k]]);

                acb_set_d(r + j * d + k, x);
                exact += (j == k ? 1.0 : 2.0) * x * psi[j] * psi[k];
            }
        lb_weighted_bound(bound, r, b, ly, last);
        sum = mag_get_d(bound->refinable) + mag_get_d(bound->boundary);
        if (!(sum >= exact * (1.0 - 1e-12) && sum <= exact * 1.001))
            printf("\niter %ld seed %lu: bound %g, exact %g\n", (long) i,
                   (unsigned long) lb_test_seed(), sum, exact);
        CU_ASSERT(sum >= exact * (1.0 - 1e-12));
        CU_ASSERT(sum <= exact * 1.001);
        CU_ASSERT((last == 4) == mag_is_zero(bound->boundary));
        /* radii count, too */
        mag_set_d(arb_radref(acb_imagref(r + d - 1)), 1e6);
        lb_weighted_bound(bound, r, b, ly, last);
        exact = 2e6 * sqrt(weight[0] * weight[4]);
        CU_ASSERT(mag_get_d(bound->refinable) + mag_get_d(bound->boundary)
                  >= exact * (1.0 - 1e-12));
        _acb_vec_clear(r, d * d);
        lb_residual_bound_clear(bound);
        lb_lyapunov_clear(ly);
        lb_basis_clear(b);
    }
    lb_model_clear(m);
    lb_rand_clear(state);
}

/* [F3] against the sum itself, taken far out in doubles. */
static void
test_tail(void)
{
    static const struct
    {
        const char * text;
        slong create, annihilate;
    } ops[] = { { "a'*a", 1, 1 },   { "a", 0, 1 },   { "a'^2*a^2", 2, 2 },
                { "a'^3*a", 3, 1 }, { "a^4", 0, 4 }, { "a'", 1, 0 } };
    flint_rand_t state;
    lb_model_t m;

    lb_test_rand_init(state);
    test_model_init(m, "modes: a; H: a'*a; 1: a");
    for (slong i = 0; i < lb_test_iters(100); i++)
    {
        slong which = (slong) n_randint(state, 6);
        slong top = 4 + (slong) n_randint(state, 12);
        slong c = ops[which].create, a = ops[which].annihilate;
        double ratio = 1.5 + (double) n_randint(state, 100) / 10.0;
        double growth = i % 2 ? 0.0 : (double) n_randint(state, 20) / 20.0;
        double bound = 0.1 + (double) n_randint(state, 100);
        double o = (double) n_randint(state, 10), sum = 0.0;
        double w[300];
        lb_lyapunov_t ly;
        lb_opoly_t op;
        arf_t number_o;
        mag_t tail;

        fake_lyapunov_init(ly);
        lb_weight_init(ly->weights);
        ly->n_weights = 1;
        arb_set_d(ly->weights->ratio, ratio);
        arb_set_d(ly->weights->growth, growth);
        mag_set_d(ly->weights->bound, bound);
        mag_init(tail);
        arf_init(number_o);
        arf_set_d(number_o, -o);
        test_operator_init(op, m, ops[which].text);
        lb_lyapunov_tail(tail, ly, op, number_o, top);
        w[0] = 1.0;
        for (slong n = 1; n < 300; n++)
            w[n] = w[n - 1] * ratio * (1.0 + growth * (double) (n - 1));
        for (slong k = a; k < 90; k++)
        {
            slong j = k - a + c;
            double element = 1.0;

            for (slong q = 0; q < a; q++)
                element *= (double) (k - q);
            for (slong q = 0; q < c; q++)
                element *= (double) (j - q);
            if (j > top || k > top)
                sum += sqrt(element) * bound / sqrt(w[j]) / sqrt(w[k]);
        }
        for (slong k = top + 1; k < 90; k++)
            sum += o * bound / w[k];
        if (!(mag_get_d(tail) >= sum * (1.0 - 1e-10)))
            printf("\niter %ld seed %lu: %s top %ld r %g: tail %g < %g\n",
                   (long) i, (unsigned long) lb_test_seed(), ops[which].text,
                   (long) top, ratio, mag_get_d(tail), sum);
        CU_ASSERT(mag_get_d(tail) >= sum * (1.0 - 1e-10));
        if (!mag_is_inf(tail) && top > 8 && ratio > 3.0)
            CU_ASSERT(mag_get_d(tail) <= 4.0 * sum);
        lb_opoly_clear(op);
        arf_clear(number_o);
        mag_clear(tail);
        lb_lyapunov_clear(ly);
    }
    lb_model_clear(m);
    lb_rand_clear(state);
}

/* Any limit of the dimension gives a true ball, however wide: at these drives
   and dimensions nearly all of the bound is boundary and tail. */
static void
test_small_dimension(void)
{
    static const struct
    {
        const char *model, *observable, *exact;
    } cases[] = {
        { "modes: a; H: (3/2)*(a + a'); 1: a", "<a>", "-3*i" },
        { "modes: a; H: (3/2)*(a + a'); 1: a", "<a'*a>", "9" },
        { "modes: a; H: (3/2)*(a + a'); 1: a", "<a^2>", "-9" },
        { "modes: a; H: (3/2)*(a + a'); 1: a", "P(a,0)", "exp(-9)" },
        { "modes: a; H: a'*a*0; 1: a; 2/3: a'", "<a'*a>", "2" },
        { "modes: a; H: a'*a*0; 1: a; 2/3: a'", "P(a,1)", "2/9" },
        { "modes: a; H: (1/2)*(a + a'); 1: a; 1/2: a'", "<a>", "-2*i" },
    };
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (slong d = 3; d < 34; d += 1 + d / 4)
        {
            lb_certifier * c;
            lb_expr * e = test_parse(cases[i].observable);
            lb_model_t m;
            lb_error err;

            number(y, cases[i].exact);
            test_model_init(m, cases[i].model);
            if (lb_certifier_new_full(&c, m, m->scope, d, &err) != LB_OK
                || lb_certifier_value(x, NULL, c, e, 6, &err) != LB_OK)
                test_fail(cases[i].model, &err);
            if (!acb_overlaps(x, y))
                printf("\n%s of %s, dimension %ld\n", cases[i].observable,
                       cases[i].model, (long) d);
            LB_CHECK_OVERLAP_ACB(x, y, (slong) i);
            lb_certifier_free(c);
            lb_model_clear(m);
            lb_expr_free(e);
        }
    acb_clear(x);
    acb_clear(y);
}

/* --- the inequality itself ----------------------------------------------- */

/* Models of the class, $ in [-2, 2], % in (0.5, 1.5], & in (0, 0.2]. */
static const char * const class_models[] = {
    "modes: a; H: $*a'*a + $*a'^2*a^2 + &*3*(a + a'); %: a; &/2: a'",
    "modes: a b; H: $*a'*a + $*b'*b + $*(a'*b + b'*a) + $*a'^2*a^2;"
    "H: &*(a + a') + &*(b + b'); %: a; %: a + b; %: b; &/3: b'; %: a^2",
    "modes: a; two-level: s; H: $*a'*a + $*(a'*s + s'*a) + &*2*(s + s');"
    "%: a; %: s; &: s'; %: s'*s",
    /* an undamped two-level system */
    "modes: a; two-level: s; H: $*a'*a + $*(a'*s + s'*a) + &*2*(a + a');"
    "%: a; %: s'*s",
    /* a jump that mixes a mode with it */
    "modes: a; two-level: s; H: $*a'*a + &*2*(a + a') + $*s'*s;"
    "%: a + (1/2)*s; %: sz(s)",
    /* one that is nearly dark to it: the bound knows, and is poor */
    "modes: a; two-level: s; H: &*(a + a')/4; %: a + 3*s; &: sz(s)",
    "modes: a b; H: $*a'*b + h.c.; H: &*i*(a - a') + $*a'*a; %: a; %: b + &;"
    "%: a'*a",
};
#define N_CLASS ((slong) (sizeof(class_models) / sizeof(class_models[0])))

static void
class_text(char * text, slong which, flint_rand_t state)
{
    size_t n = 0;

    for (const char * p = class_models[which]; *p != '\0'; p++)
    {
        double low = *p == '$' ? -2.0 : *p == '%' ? 0.5 : 0.01;
        double high = *p == '$' ? 2.0 : *p == '%' ? 1.5 : 0.2;

        if (*p == '$' || *p == '%' || *p == '&')
        {
            random_number(text + n, 40, low, high, state);
            n = strlen(text);
        }
        else
            text[n++] = *p;
        text[n] = '\0';
    }
}

/* Populations of the shells of a numerical steady state lie below the bounds,
   and the bounds are worth something. */
static void
test_populations(void)
{
    flint_rand_t state;
    slong compared = 0, useful = 0, solved = 0;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(4 * N_CLASS); i++)
    {
        char text[2000];
        lb_model_t m;
        lb_problem_t p;
        lb_basis_t b;
        lb_lyapunov_t ly;
        lb_steady_state_t s;
        lb_error err;

        lb_error_clear(&err);
        class_text(text, i % N_CLASS, state);
        test_model_init(m, text);
        test_problem_init(p, m);
        test_basis_init(b, m, "8");
        lb_steady_state_init(s);
        if (lb_lyapunov_init(ly, p, &err) != LB_OK)
            test_fail(text, &err);
        if (lb_steady_state_solve_approx(s, p, b, NULL, &err) == LB_OK)
        {
            long double sum = 0.0L;
            double bound = mag_get_d(ly->population + 8);

            for (slong n = 0; n < b->shells; n++)
            {
                long double shell = 0.0L;

                for (slong k = b->shell_start[n]; k < b->shell_start[n + 1];
                     k++)
                    shell += creall(lb_steady_state_element_approx(s, k, k));
                if (!(shell <= mag_get_d(ly->population + n) + 1e-12L))
                    printf("\niter %ld seed %lu %s: p_%ld = %Lg > %g\n",
                           (long) i, lb_test_seed(), text, (long) n, shell,
                           mag_get_d(ly->population + n));
                CU_ASSERT(shell <= mag_get_d(ly->population + n) + 1e-12L);
                compared++;
            }
            /* every single inequality, sum_n w_n p_n <= D */
            for (slong q = 0; q < ly->n_weights; q++)
            {
                double r
                    = arf_get_d(arb_midref(ly->weights[q].ratio), ARF_RND_NEAR);
                double g = arf_get_d(arb_midref(ly->weights[q].growth),
                                     ARF_RND_NEAR);
                double w = 1.0;

                sum = 0.0L;
                for (slong n = 0; n < b->shells; n++)
                {
                    for (slong k = b->shell_start[n]; k < b->shell_start[n + 1];
                         k++)
                    {
                        long double x
                            = creall(lb_steady_state_element_approx(s, k, k));

                        /* below the noise of the solver: not counted */
                        sum += x > 1e-17L ? x * w : 0.0L;
                    }
                    w *= r * (1.0 + g * (double) n);
                }
                CU_ASSERT(sum <= mag_get_d(ly->weights[q].bound) * 1.000001);
                compared++;
            }
            if (strstr(text, "3*s") == NULL) /* that one is known as poor */
            {
                useful += bound < 0.1;
                solved++;
            }
        }
        lb_steady_state_clear(s);
        lb_lyapunov_clear(ly);
        lb_basis_clear(b);
        lb_problem_clear(p);
        lb_model_clear(m);
    }
    CU_ASSERT(compared >= lb_test_iters(100));
    CU_ASSERT(4 * useful >= 3 * solved);
    printf(" %ld comparisons, %ld of %ld useful ", (long) compared,
           (long) useful, (long) solved);
    lb_rand_clear(state);
}

/* The inequality of [L1] by eigenvalues: with d_N <= D c / w_N,
   T + c - sum_{N<=n*} (D c / w_N) 1_N has no positive eigenvalue on N <= K,
   where T = W^(-1/2) L*(W) W^(-1/2) comes from the doubles of numeric/. */
static void
test_inequality(void)
{
    enum
    {
        top = 6
    };
    flint_rand_t state;
    slong compared = 0;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(6 * N_CLASS); i++)
    {
        char text[2000];
        lb_lindbladian_t l;
        lb_lyapunov_t ly;
        lb_problem_t p;
        lb_basis_t b;
        lb_model_t m;
        lb_error err;
        lb_complex *w, *t;
        double * values;
        slong d, n;

        lb_error_clear(&err);
        class_text(text, i % N_CLASS, state);
        test_model_init(m, text);
        test_problem_init(p, m);
        test_basis_init(b, m, "7"); /* top + 1: what raises N is not cut */
        if (lb_lyapunov_init(ly, p, &err) != LB_OK
            || lb_lindbladian_init(l, p, b, 0, &err) != LB_OK)
            test_fail(text, &err);
        d = b->dimension;
        n = b->shell_start[top + 1];
        w = flint_calloc((size_t) (d * d), sizeof(lb_complex));
        t = flint_calloc((size_t) (d * d), sizeof(lb_complex));
        values = flint_calloc((size_t) d, sizeof(double));
        for (slong q = 0; q < ly->n_weights; q++)
        {
            const lb_weight_struct * x = ly->weights + q;
            double r = arf_get_d(arb_midref(x->ratio), ARF_RND_NEAR);
            double g = arf_get_d(arb_midref(x->growth), ARF_RND_NEAR);
            double c = arf_get_d(arb_midref(x->rate), ARF_RND_NEAR);
            double bound = mag_get_d(x->bound), log_w[top + 2] = { 0.0 };

            if (x->n_star > top - 2 || !(bound < 1e100) || r > 1e4)
                continue;
            for (slong k = 1; k < top + 2; k++)
                log_w[k] = log_w[k - 1] + log(r * (1.0 + g * (double) (k - 1)));
            memset(w, 0, (size_t) (d * d) * sizeof(lb_complex));
            for (slong k = 0; k < d; k++)
                w[k * d + k] = exp(log_w[b->excitations[k]]);
            lb_lindbladian_apply_adjoint(t, l, w);
            for (slong j = 0; j < n; j++)
                for (slong k = 0; k < n; k++)
                {
                    slong u = b->excitations[j], v = b->excitations[k];

                    w[j * n + k]
                        = t[j * d + k] * exp(-0.5 * (log_w[u] + log_w[v]));
                    if (j == k)
                        w[j * n + k]
                            += c
                               - (u <= x->n_star ? bound * c * exp(-log_w[u])
                                                 : 0.0);
                }
            CU_ASSERT_FATAL(LAPACKE_zheev(LAPACK_ROW_MAJOR, 'N', 'U',
                                          (lapack_int) n, w, (lapack_int) n,
                                          values)
                            == 0);
            if (!(values[n - 1] <= 1e-9 * (fabs(values[0]) + 1.0)))
                printf("\niter %ld seed %lu %s: r %g beta %g c %g n* %ld D %g: "
                       "%g > 0\n",
                       (long) i, lb_test_seed(), text, r, g, c,
                       (long) x->n_star, bound, values[n - 1]);
            CU_ASSERT(values[n - 1] <= 1e-9 * (fabs(values[0]) + 1.0));
            compared++;
        }
        flint_free(w);
        flint_free(t);
        flint_free(values);
        lb_lindbladian_clear(l);
        lb_lyapunov_clear(ly);
        lb_basis_clear(b);
        lb_problem_clear(p);
        lb_model_clear(m);
    }
    CU_ASSERT(compared >= lb_test_iters(30));
    printf(" %ld comparisons ", (long) compared);
    lb_rand_clear(state);
}

/* Full enclosures to different digits, hence at different truncations, and
   truncated ones at a high cutoff overlap. */
static void
test_overlap(void)
{
    static const char * const observables[]
        = { "<a'*a>", "<a>", "g2(a)", "P(a,1)" };
    flint_rand_t state;
    acb_t x, y, z;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    acb_init(z);
    for (slong i = 0; i < lb_test_iters(2 * N_CLASS); i++)
    {
        char text[2000];
        certified low, high, truncated;
        const char * o = observables[n_randint(state, 4)];

        class_text(text, i % N_CLASS, state);
        certified_init_full(&low, text);
        certified_init_full(&high, text);
        certified_init_truncated(&truncated, text,
                                 i % N_CLASS == 0 ? "40" : "14");
        certified_value(x, &low, o, 2);
        certified_value(y, &high, o, 5);
        certified_value(z, &truncated, o, 12);
        if (!acb_overlaps(x, y))
            printf("\n%s of %s\n", o, text);
        LB_CHECK_OVERLAP_ACB(x, y, i);
        /* the truncation error is far below 5 digits */
        if (!acb_overlaps(y, z))
            printf("\n%s of %s\n", o, text);
        LB_CHECK_OVERLAP_ACB(y, z, i);
        certified_clear(&low);
        certified_clear(&high);
        certified_clear(&truncated);
    }
    acb_clear(x);
    acb_clear(y);
    acb_clear(z);
    lb_rand_clear(state);
}

/* --- three cavities ------------------------------------------------------ */

static void
test_three_cavity(void)
{
    char * text = test_three_cavities("1/10", "1", "a");
    certified s;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    arb_set_str(acb_realref(x), "0.972315858926440 +/- 5e-16", 128);
    certified_init_full(&s, text);
    check_value(&s, "<c'*c>*100", 12, x, 0, text);
    certified_clear(&s);
    flint_free(text);
    acb_clear(x);
    acb_clear(y);
}

/* --- uncertain parameters ------------------------------------------------ */

static void
test_box(void)
{
    static const char * const corners[][2]
        = { { "0.99999", "0.39999" }, { "1.00001", "0.40001" },
            { "0.99999", "0.40001" }, { "1.00001", "0.39999" },
            { "1", "2/5" },           { "1 + 1/300000", "2/5 - 1/170000" } };
    certified box;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    certified_init_full(&box,
                        "modes: a; H: a'^2*a^2 + (0.4 +/- 0.00001)*(a + a');"
                        "1 +/- 0.00001: a");
    CU_ASSERT(!certified_value(x, &box, "g2(a)", 10));
    CU_ASSERT(acb_is_finite(x));
    /* useful: not much wider than the box */
    CU_ASSERT(acb_rel_accuracy_bits(x) >= 3);
    for (int i = 0; i < 6; i++)
    {
        char * text = lb_text_print("modes: a; H: a'^2*a^2 + (%s)*(a + a');"
                                    "%s: a",
                                    corners[i][1], corners[i][0]);
        certified point;

        certified_init_full(&point, text);
        CU_ASSERT(certified_value(y, &point, "g2(a)", 20));
        CU_ASSERT(acb_contains(x, y));
        certified_clear(&point);
        flint_free(text);
    }
    certified_clear(&box);
    acb_clear(x);
    acb_clear(y);
}

/* --- what is refused ----------------------------------------------------- */

static void
test_refusals(void)
{
    static const struct
    {
        const char * text;
        const char * message;
    } cases[] = {
        { "modes: a; H: a^2 + a'^2 + a + a'; 1: a", "a^2" },
        { "modes: a b; H: a'*b + h.c.; H: a + a'; 1: a", "mode b" },
        { "modes: a b; H: (a + a')*(b + b'); 1: a; 1: b", "a*b" },
        { "modes: a; H: a'*a; 1: a + (1/2)*a'", "a'" },
        { "modes: a; H: a'*a; 1: a; 1/9: a'^2", "a'^2" },
        { "modes: a; H: a'*a^2 + a'^2*a; 1: a", "a'*a^2" },
        { "modes: a; H: a'*a; 1: a; 2: a'", "could be proved" },
        { "modes: a; two-level: s; H: a + a'; 1: a; 1/9: a' + s'", "together" },
        { "modes: a; H: ketbra(a,0,1) + ketbra(a,1,0); 1: a", "ketbra" },
        { "modes: a; H: a + a'; 1: a^2", "mode a" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_certifier * c;
        lb_model_t m;
        lb_error err;
        lb_status status;

        lb_error_clear(&err);
        test_model_init(m, cases[i].text);
        status = lb_certifier_new_full(&c, m, m->scope, 500, &err);
        CU_ASSERT(status == LB_EMODEL || status == LB_EPREC);
        CU_ASSERT(c == NULL);
        if (strstr(err.text, cases[i].message) == NULL)
            printf("\n%s: %s\n", cases[i].text, err.text);
        CU_ASSERT(strstr(err.text, cases[i].message) != NULL);
        if (status == LB_OK)
            lb_certifier_free(c);
        lb_model_clear(m);
    }
}

/* D proved for the jump a + u s on an undamped two-level system s. */
static void
mixed_jump_bound(mag_t bound, const char * text)
{
    lb_lyapunov_class_t k;
    arb_t ratio, growth, rate;
    lb_problem_t p;
    lb_weight_t w;
    lb_model_t m;
    lb_env_t env;

    arb_init(ratio);
    arb_init(growth);
    arb_init(rate);
    arb_set_si(ratio, 2);
    arb_set_d(rate, 0.125);
    test_model_init(m, text);
    lb_env_init(env, m->scope, TEST_PREC);
    lb_weight_init(w);
    CU_ASSERT_FATAL(lb_problem_init(p, m, env, NULL) == LB_OK);
    CU_ASSERT_FATAL(lb_lyapunov_class_init(k, p, NULL) == LB_OK);
    CU_ASSERT(lb_lyapunov_prove(w, k, ratio, growth, rate));
    mag_set(bound, w->bound);
    lb_lyapunov_class_clear(k);
    lb_problem_clear(p);
    lb_env_clear(env);
    lb_model_clear(m);
    lb_weight_clear(w);
    arb_clear(ratio);
    arb_clear(growth);
    arb_clear(rate);
}

/* An amplitude that is a ball around zero leaves s out of the count but couples
   it to a, [L3]: the bound of the box is no better than at its points. */
static void
test_coupled_by_a_ball(void)
{
    mag_t box, point;

    mag_init(box);
    mag_init(point);
    mixed_jump_bound(box, "modes: a; two-level: s; u = 0.3 +/- 0.4; "
                          "H: 0.1*(a + a'); 1: a + u*s");
    mixed_jump_bound(point, "modes: a; two-level: s; u = 0.69; "
                            "H: 0.1*(a + a'); 1: a + u*s");
    CU_ASSERT(mag_cmp(box, point) >= 0);
    mag_clear(box);
    mag_clear(point);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "driven Kerr mode, exact moments", test_kerr },
        { "displaced thermal states, exact", test_linear },
        { "coupled and correlated linear modes, exact", test_coupled },
        { "strong drive, O = a", test_strong_drive },
        { "two-level system, exact", test_two_level },
        { "coupled by a ball around zero", test_coupled_by_a_ball },
        { "weighted bound is exact where it should be", test_weighted_bound },
        { "tails of observables (random)", test_tail },
        { "small dimensions give true balls", test_small_dimension },
        { "populations below their bounds (random)", test_populations },
        { "the inequality by eigenvalues (random)", test_inequality },
        { "different truncations overlap (random)", test_overlap },
        { "three cavities, golden value", test_three_cavity },
        { "a box contains its points", test_box },
        { "terms outside of the class are named", test_refusals },
    };
    return lb_test_main("certify_full", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
