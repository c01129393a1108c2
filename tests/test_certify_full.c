/* tests/test_certify_full.c -- level full against exact results.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>

#include <lindbound/full.h>

#include "lb_test_class.h"
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

/* Strong drives, up to twice the damping. */
static void
test_strong_kerr(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(4); i++)
    {
        char d[40], c[40], x[40];

        random_number(d, sizeof(d), -3.0, 3.0, state);
        random_number(c, sizeof(c), 0.5, 5.0, state);
        random_number(x, sizeof(x), 1.0, 2.0, state);
        check_kerr(d, c, x, "1", 2 + (slong) n_randint(state, 8), i);
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

/* Bounds of given populations of the shells 0..top, none above. */
static void
fake_populations_init(lb_populations_t p, slong top, const double * weight)
{
    memset(p, 0, sizeof(*p));
    p->top = top;
    p->start = top;
    p->has_tail = 1;
    p->exponents = flint_calloc((size_t) top + 1, sizeof(slong));
    p->inner = _mag_vec_init(top + 1);
    mag_init(p->first);
    lb_proposal_init(p->proposal, 0); /* o = 0 */
    lb_tail_weights_init(p->weights);
    arb_set_si(p->weights->ratio, 2);
    arb_one(p->weights->rate);
    for (slong n = 0; n <= top; n++)
        mag_set_d(p->inner + n, weight[n]);
}

/* [F1] is an equality for a pure state and R_jk = psi_j psi_k' / (|psi_j|
   |psi_k|): all blocks count, those off the diagonal twice; the split into
   refinable and boundary adds up. */
static void
test_weighted_bound(void)
{
    flint_rand_t state;
    lb_model_t m;
    lb_opoly_t number_op;
    mag_t tail;

    lb_test_rand_init(state);
    test_model_init(m, "modes: a b; H: a'*a; 1: a");
    test_operator_init(number_op, m, "a'*a + b'*b");
    mag_init(tail);
    for (slong i = 0; i < lb_test_iters(50); i++)
    {
        slong last = (slong) n_randint(state, 5), d;
        double psi[15], weight[5] = { 0.0 }, exact = 0.0, sum;
        int raises = (int) n_randint(state, 2);
        lb_residual_bound_t bound;
        lb_populations_t p;
        lb_full_space_t full;
        lb_basis_t b, inner;
        lb_opoly_t op;
        char cutoff[8];
        acb_ptr r;
        arf_t o;

        test_basis_init(b, m, "4");
        snprintf(cutoff, sizeof(cutoff), "%ld", (long) last);
        test_basis_init(inner, m, cutoff);
        lb_opoly_init(op, m->scope->kinds, m->scope->subsystems);
        arf_init(o);
        d = b->dimension;
        lb_residual_bound_init(bound);
        for (slong k = 0; k < d; k++)
        {
            psi[k] = (double) n_randint(state, 1000) / 1000.0 - 0.5;
            weight[b->excitations[k]] += psi[k] * psi[k];
        }
        fake_populations_init(p, 4, weight);
        full->space.inner = inner;
        full->space.outer = b;
        lb_full_space_set(full, p, raises);
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
        full->space.bound(bound, r, op, o, full->space.context);
        sum = mag_get_d(bound->refinable) + mag_get_d(bound->boundary);
        if (!(sum >= exact * (1.0 - 1e-12) && sum <= exact * 1.001))
            printf("\niter %ld seed %lu: bound %g, exact %g\n", (long) i,
                   (unsigned long) lb_test_seed(), sum, exact);
        CU_ASSERT(sum >= exact * (1.0 - 1e-12));
        CU_ASSERT(sum <= exact * 1.001);
        CU_ASSERT((last - raises == 4) == mag_is_zero(bound->boundary));
        CU_ASSERT((last - raises == -1) == mag_is_zero(bound->refinable));
        CU_ASSERT(mag_is_zero(bound->radius));
        /* what lies above the outer space counts, all of it and once */
        sum = mag_get_d(bound->boundary);
        arf_one(p->proposal->o);
        full->space.bound(bound, r, number_op, o, full->space.context);
        lb_populations_tail(tail, p, number_op, o, 4);
        sum += mag_get_d(tail);
        CU_ASSERT(fabs(mag_get_d(bound->boundary) - sum) <= 1e-6 * sum);
        arf_zero(p->proposal->o);
        /* radii count, too */
        mag_set_d(arb_radref(acb_imagref(r + d - 1)), 1e6);
        full->space.bound(bound, r, op, o, full->space.context);
        exact = 2e6 * sqrt(weight[0] * weight[4]);
        CU_ASSERT(mag_get_d(bound->refinable) + mag_get_d(bound->boundary)
                  >= exact * (1.0 - 1e-12));
        CU_ASSERT((last - raises == 4) == !mag_is_zero(bound->radius));
        _acb_vec_clear(r, d * d);
        lb_residual_bound_clear(bound);
        lb_populations_clear(p);
        lb_opoly_clear(op);
        lb_basis_clear(b);
        lb_basis_clear(inner);
        arf_clear(o);
    }
    mag_clear(tail);
    lb_opoly_clear(number_op);
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
    slong finite = 0;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (slong d = 3; d < 50; d += 1 + d / 2)
        {
            lb_certifier * c;
            lb_expr * e = test_parse(cases[i].observable);
            lb_model_t m;
            lb_error err;
            lb_status status;

            number(y, cases[i].exact);
            test_model_init(m, cases[i].model);
            status = lb_certifier_new_full(&c, m, m->scope, d, &err);
            if (status != LB_OK) /* damping only wins above d states */
            {
                CU_ASSERT(status == LB_EDIM && d < 30);
                lb_model_clear(m);
                lb_expr_free(e);
                continue;
            }
            if (lb_certifier_value(x, NULL, c, e, 6, &err) != LB_OK)
                test_fail(cases[i].model, &err);
            finite += acb_is_finite(x);
            if (!acb_overlaps(x, y))
                printf("\n%s of %s, dimension %ld\n", cases[i].observable,
                       cases[i].model, (long) d);
            LB_CHECK_OVERLAP_ACB(x, y, (slong) i);
            lb_certifier_free(c);
            lb_model_clear(m);
            lb_expr_free(e);
        }
    CU_ASSERT(finite >= 8);
    printf(" %ld balls ", (long) finite);
    acb_clear(x);
    acb_clear(y);
}

/* --- the class ----------------------------------------------------------- */

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
    for (slong i = 0; i < lb_test_iters(N_CLASS); i++)
    {
        char text[2000];
        certified low, high, truncated;
        const char * o = observables[n_randint(state, 4)];

        class_text(text, i % N_CLASS, state);
        if (strstr(text, "3/4: a'") != NULL) /* would need N <= 120 */
            continue;
        certified_init_full(&low, text);
        certified_init_full(&high, text);
        /* a second subsystem follows "b" or "two-level" */
        certified_init_truncated(&truncated, text,
                                 strstr(text, "modes: a;") == text
                                         && strstr(text, "level") == NULL
                                     ? "90"
                                     : "14");
        certified_value(x, &low, o, 2);
        certified_value(y, &high, o, 4);
        certified_value(z, &truncated, o, 9);
        if (!acb_overlaps(x, y))
            printf("\n%s of %s\n", o, text);
        LB_CHECK_OVERLAP_ACB(x, y, i);
        /* the truncation error is far below 4 digits */
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

/* The text with each "&" replaced by a number: +/- 1/1000 if @p state is NULL,
   else a random point of that. */
static char *
box_text(const char * text, flint_rand_t state)
{
    char * filled = flint_malloc(strlen(text) * 20 + 1);
    size_t n = 0;

    for (; *text != '\0'; text++)
        if (*text != '&')
            filled[n++] = *text;
        else if (state == NULL)
            n += (size_t) sprintf(filled + n, "(0 +/- 0.001)");
        else
        {
            slong k = (slong) n_randint(state, 5);

            /* corners more often than not */
            n += (size_t) sprintf(filled + n, "(%ld/10000)",
                                  k == 0   ? (long) n_randint(state, 21) - 10
                                  : k <= 2 ? -10L
                                           : 10L);
        }
    filled[n] = '\0';
    return filled;
}

/* The ball of a box contains the values at its points and is not much wider
   than they are apart. */
static void
test_box(void)
{
    static const struct
    {
        const char *text, *observable;
        double ratio; /* at most, of the radius to half the spread */
    } cases[] = {
        { "modes: a; H: a'^2*a^2 + (2/5 + &)*(a + a'); 1: a", "<a'*a>", 30.0 },
        { "modes: a; H: (1/2 + &)*a'*a + (1 + &)*a'^2*a^2;"
          "H: (2/5 + &)*(a + a'); 1 + &: a",
          "<a'*a>", 30.0 },
        { "modes: a; H: (1/2 + &)*a'*a + (1 + &)*a'^2*a^2;"
          "H: (2/5 + &)*(a + a'); 1 + &: a",
          "P(a,1)", 30.0 },
        { "modes: a c b; H: (a'*a + b'*b + c'*c)*(1/2 + &);"
          "H: (5 + &)*(a'^2*a^2 + c'^2*c^2);"
          "H: (exp(-i*pi/4)*c'*a + b'*a + b'*c)/sqrt(2) + h.c.;"
          "H: (a' + a)*(1/10 + &/10); 1 + &: a; 1: c; 1 + &: b",
          "<c'*c>", 30.0 },
        /* quotients and high orders know less of what cancels */
        { "modes: a; H: a'^2*a^2 + (2/5 + &/100)*(a + a'); 1 + &/100: a",
          "g2(a)", 1000.0 },
        /* an amplitude that may vanish, a loss that may be larger */
        { "modes: a; two-level: s; H: (a + a')/5 + a'*s + s'*a; 1: a;"
          "1 + &: s; 1: a + 10*&*s",
          "<a'*a>", 1000.0 },
    };
    flint_rand_t state;
    acb_t x, y;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        char * text = box_text(cases[i].text, NULL);
        double low = HUGE_VAL, high = -HUGE_VAL, radius;
        certified box;

        certified_init_full(&box, text);
        CU_ASSERT(!certified_value(x, &box, cases[i].observable, 12));
        CU_ASSERT(acb_is_finite(x));
        certified_clear(&box);
        flint_free(text);
        for (slong k = 0; k < 8; k++)
        {
            certified point;
            double value;

            text = box_text(cases[i].text, state);
            certified_init_full(&point, text);
            CU_ASSERT(certified_value(y, &point, cases[i].observable, 14));
            if (!acb_contains(x, y))
                printf("\n%s", text);
            CU_ASSERT(acb_contains(x, y));
            value = arf_get_d(arb_midref(acb_realref(y)), ARF_RND_NEAR);
            low = fmin(low, value);
            high = fmax(high, value);
            certified_clear(&point);
            flint_free(text);
        }
        radius = mag_get_d(arb_radref(acb_realref(x)));
        printf(" %.2g", 2.0 * radius / (high - low));
        CU_ASSERT(2.0 * radius <= cases[i].ratio * (high - low));
    }
    printf(" ");
    acb_clear(x);
    acb_clear(y);
    lb_rand_clear(state);
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
        { "modes: a; H: a'*a; 1: a; 2: a'", "does not outweigh" },
        { "modes: a; two-level: s; H: a + a'; 1: a; 1/9: a' + s'", "together" },
        { "modes: a; H: ketbra(a,0,1) + ketbra(a,1,0); 1: a", "ketbra" },
        { "modes: a; H: a + a'; 1: a^3", "mode a" },
        { "modes: a; H: a + a'; 0 +/- 0: a", "mode a" },
        { "modes: a; H: a + a'; 1: a'*a", "mode a" },
        { "modes: a; H: a'^2*a + a'*a^2; 1: a; 1: a + a'*a^2", "a'*a^2" },
        { "modes: a; H: a^2 + a'^2; 1: a; 1: a*(a - 1)", "a" },
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

/* |x| <= 10^-digits, and zero is a point of x */
static int
is_zero_to_digits(const acb_t x, slong digits)
{
    int small;
    arb_t bound;
    mag_t m;

    arb_init(bound);
    mag_init(m);
    arb_set_si(bound, 10);
    arb_pow_ui(bound, bound, (ulong) digits, 300);
    arb_inv(bound, bound, 300);
    acb_get_mag(m, x);
    arb_get_mag_lower(arb_radref(bound), bound);
    small = acb_contains_zero(x) && mag_cmp(m, arb_radref(bound)) <= 0;
    arb_clear(bound);
    mag_clear(m);
    return small;
}

/* Exact zeros are enclosed to 10^-digits without an endless search for relative
   digits: the dimension stays small. */
static void
test_exact_zeros(void)
{
    static const char * const twins
        = "modes: a b; two-level: s; H: a'^2*a^2 + b'^2*b^2; "
          "H: (a + b)*s' + h.c.; H: s'*s/5 + (a + a' + b + b')/40; 1: a; 1: b; "
          "1/3: s";
    static const char * const coherent
        = "modes: a; H: a'*a/3 + (a + a')/4; 1: a";
    static const char * const vacuum = "modes: a; H: a'*a; 1: a";
    static const char * const box
        = "modes: a; H: (0 +/- 0.00001)*a'*a + a'^2*a^2 + (a + a')/5; 1: a";
    const struct
    {
        const char * text;
        const char * value;
        slong digits, dimension; /* at most */
    } cases[] = {
        { twins, "n(a) - n(b)", 10, 500 },
        { twins, "<a'*a - b'*b>", 10, 500 },
        { twins, "log10(g2(b)/g2(a))", 10, 500 },
        { twins, "im(<a'*b>)", 10, 500 },
        { twins, "n(a)/n(b) - 1", 4, 500 },
        { coherent, "g2(a) - 1", 12, 30 }, /* zero but for the truncation */
        { coherent, "g2(a) - 1", 30, 60 },
        { coherent, "abs2(<a>)*<a'^2*a^2> - n(a)^3", 12, 30 },
        { vacuum, "n(a)", 10, 8 },
        { vacuum, "<a>", 10, 8 },
        { box, "n(a) - n(a)", 4, 12 },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        lb_expr * e = test_parse(cases[k].value);
        lb_certified_info info;
        lb_error err;
        certified c;
        acb_t x;

        acb_init(x);
        lb_error_clear(&err);
        certified_init_full(&c, cases[k].text);
        if (lb_certifier_value(x, &info, c.certifier, e, cases[k].digits, &err)
            != LB_OK)
            test_fail(cases[k].value, &err);
        if (!is_zero_to_digits(x, cases[k].digits) || !info.reached
            || info.limit != NULL || info.dimension > cases[k].dimension)
        {
            printf("\n%s: dimension %ld, %s: ", cases[k].value,
                   (long) info.dimension,
                   info.limit != NULL ? info.limit : "no limit");
            acb_printd(x, 10);
        }
        CU_ASSERT(is_zero_to_digits(x, cases[k].digits));
        CU_ASSERT(info.reached && info.limit == NULL);
        CU_ASSERT(info.dimension <= cases[k].dimension);
        certified_clear(&c);
        lb_expr_free(e);
        acb_clear(x);
    }
}

/* Values far below 10^-digits, which are not zero, have their digits: coherent
   states, <a'^k a^k> = |4 x^2|^k for the drive x. */
static void
test_small_values(void)
{
    static const char * const nearly
        = "modes: a b; H: (a + a')/5 + (1/5 + 1e-20)*(b + b'); 1: a; 1: b";
    static const char * const weak = "modes: a; H: (a + a')*1e-9; 1: a";
    const struct
    {
        const char * text;
        const char * value;
        const char * exact;
    } cases[] = {
        { nearly, "n(b) - n(a)", "4*((1/5 + 1e-20)^2 - 1/25)" },
        { nearly, "<b'*b - a'*a>", "4*((1/5 + 1e-20)^2 - 1/25)" },
        { nearly, "log10(n(b)/n(a))", "2*log10(1 + 5e-20)" },
        { weak, "<a'^3*a^3>", "64e-54" },
        { weak, "n(a)", "4e-18" },
        { weak, "<a'^2*a^2>/n(a)", "4e-18" },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        lb_expr * e = test_parse(cases[k].exact);
        lb_scope_t none;
        lb_scalar_t x;
        lb_error err;
        lb_env_t env;
        certified c;
        acb_t y;

        acb_init(y);
        lb_error_clear(&err);
        lb_scope_init(none);
        lb_scalar_init(x);
        lb_env_init(env, none, 300);
        if (lb_env_scalar(x, env, e, &err) != LB_OK)
            test_fail(cases[k].exact, &err);
        certified_init_full(&c, cases[k].text);
        CU_ASSERT(certified_value(y, &c, cases[k].value, 6));
        CU_ASSERT(acb_contains(y, x->coefficient));
        if (acb_rel_accuracy_bits(y) < 20)
            printf("\n%s: %ld bits ", cases[k].value,
                   (long) acb_rel_accuracy_bits(y));
        CU_ASSERT(acb_rel_accuracy_bits(y) >= 20);
        certified_clear(&c);
        lb_env_clear(env);
        lb_scalar_clear(x);
        lb_scope_clear(none);
        lb_expr_free(e);
        acb_clear(y);
    }
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "driven Kerr mode, exact moments", test_kerr },
        { "strongly driven Kerr mode", test_strong_kerr },
        { "displaced thermal states, exact", test_linear },
        { "coupled and correlated linear modes, exact", test_coupled },
        { "strong drive, O = a", test_strong_drive },
        { "two-level system, exact", test_two_level },
        { "weighted bound is exact where it should be", test_weighted_bound },
        { "small dimensions give true balls", test_small_dimension },
        { "different truncations overlap (random)", test_overlap },
        { "three cavities, golden value", test_three_cavity },
        { "a box contains its points", test_box },
        { "exact zeros", test_exact_zeros },
        { "small values that are not zero", test_small_values },
        { "terms outside of the class are named", test_refusals },
    };
    return lb_test_main("certify_full", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
