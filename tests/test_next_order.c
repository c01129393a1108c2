/* tests/test_next_order.c -- the weak-drive expansion to its second order.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Compared with the exact Kerr mode, expanded by hand, and with proved steady
 * states at small drives. */
#include <lindbound/next_order.h>
#include <lindbound/model_quantity.h>

#include "lb_test.h"
#include "lb_test_certify.h"
#include "lb_test_kerr.h"

/* --- helpers ------------------------------------------------------------- */

static lb_status
expand(lb_scalar_t x, const lb_model_t m, const char * text, int orders,
       slong prec, lb_error * err)
{
    lb_expr * e = test_parse(text);
    lb_status status;

    lb_error_clear(err);
    status = lb_model_quantity(x, e, m, m->scope, orders, prec, err);
    lb_expr_free(e);
    return status;
}

/* A text with random numbers at $ in [-2, 2] and % in [0.2, 2], and the drive
   at @. */
static char *
fill(const char * pattern, const char * drive, flint_rand_t state)
{
    size_t n = 0;
    char text[4096];

    for (const char * p = pattern; *p != '\0'; p++)
        if (*p == '$' || *p == '%')
        {
            random_number(text + n, 40, *p == '$' ? -2.0 : 0.2, 2.0, state);
            n += strlen(text + n);
        }
        else
            text[n++] = *p;
    text[n] = '\0';
    return lb_text_print("d = %s; drive: d; %s", drive, text);
}

/* --- one Kerr mode ------------------------------------------------------- */

/* 1/(|d_j| |d_k|)-like product: z = 1/(conj(d_j) d_k), d_m = Delta + chi m
   - i gamma/2 */
static void
inverse_product(acb_t z, const lb_kerr_t kerr, slong j, slong k, slong prec)
{
    acb_t d[2];
    slong m[2] = { j, k };

    for (int i = 0; i < 2; i++)
    {
        acb_init(d[i]);
        arb_mul_si(acb_realref(d[i]), kerr->chi, m[i], prec);
        arb_add(acb_realref(d[i]), acb_realref(d[i]), kerr->delta, prec);
        arb_mul_2exp_si(acb_imagref(d[i]), kerr->gamma, -1);
        arb_neg(acb_imagref(d[i]), acb_imagref(d[i]));
    }
    acb_conj(d[0], d[0]);
    acb_mul(z, d[0], d[1], prec);
    acb_inv(z, z, prec);
    acb_clear(d[0]);
    acb_clear(d[1]);
}

/* [K1]: <a'^j a^k> = A_jk F_jk/F_00 with F_jk = 1 + t/(conj(d_j) d_k) + ...,
   t = 2 |xi|^2, so that next/coefficient = t (1/(conj(d_j) d_k) - 1/|d_0|^2).
   The leading coefficient itself has another test. */
static void
test_kerr_moments(void)
{
    slong iters = lb_test_iters(12);
    flint_rand_t state;
    lb_scalar_t x;
    lb_error err;
    acb_t expected, z;

    lb_test_rand_init(state);
    lb_scalar_init(x);
    acb_init(expected);
    acb_init(z);
    for (slong iter = 0; iter < iters; iter++)
    {
        char delta[40], chi[40], re[40], im[40], gamma[40];
        char *text, *xi;
        slong prec = 80 + (slong) n_randint(state, 200);
        lb_kerr_t kerr;
        lb_model_t m;

        random_number(delta, sizeof(delta), -2, 2, state);
        random_number(chi, sizeof(chi), -2, 2, state);
        random_number(re, sizeof(re), -1, 1, state);
        random_number(im, sizeof(im), 0.1, 1, state);
        random_number(gamma, sizeof(gamma), 0.2, 2, state);
        xi = lb_text_print("(%s + %s*i)", re, im);
        text = lb_text_print("modes: a; d = 1; drive: d;"
                             "H: %s*a'*a + %s*a'^2*a^2;"
                             "H: d*%s*a' + h.c.; %s: a",
                             delta, chi, xi, gamma);
        test_model_init(m, text);
        test_kerr_init(kerr, delta, chi, xi, gamma, prec);
        for (slong j = 0; j <= 4; j++)
            for (slong k = 0; k <= 4; k++)
            {
                char * moment;

                if (j + k == 0)
                    continue;
                moment = lb_text_print("<a'^%ld*a^%ld>", (long) j, (long) k);
                CU_ASSERT_FATAL(expand(x, m, moment, 2, prec, &err) == LB_OK);
                CU_ASSERT_FATAL(x->order == j + k && x->has_next);
                inverse_product(expected, kerr, j, k, prec);
                inverse_product(z, kerr, 0, 0, prec);
                acb_sub(expected, expected, z, prec);
                acb_mul(z, kerr->xi, x->coefficient, prec);
                acb_mul(expected, expected, z, prec);
                acb_conj(z, kerr->xi);
                acb_mul(expected, expected, z, prec);
                acb_mul_2exp_si(expected, expected, 1);
                LB_CHECK_OVERLAP_ACB(x->next, expected, iter);
                CU_ASSERT(acb_rel_accuracy_bits(x->next) > prec - 40);
                CU_ASSERT(j != k || acb_is_real(x->next));
                flint_free(moment);
            }
        /* populations: 1 in all, so that the orders cancel */
        CU_ASSERT(expand(x, m, "P(a,0) + P(a,1)", 2, prec, &err) == LB_OK);
        CU_ASSERT(x->order == 0 && x->has_next);
        CU_ASSERT(acb_contains_zero(x->next));
        CU_ASSERT(expand(x, m, "P(a,1)/n(a)", 2, prec, &err) == LB_OK);
        CU_ASSERT(x->order == 0 && x->has_next
                  && arb_is_negative(acb_realref(x->next)));
        lb_kerr_clear(kerr);
        lb_model_clear(m);
        flint_free(text);
        flint_free(xi);
    }
    lb_scalar_clear(x);
    acb_clear(expected);
    acb_clear(z);
    lb_rand_clear(state);
}

/* The value of a number expression over the parameters of m. */
static void
formula_value(acb_t z, const lb_model_t m, const char * text, slong prec)
{
    lb_expr * e = test_parse(text);
    lb_scalar_t x;
    lb_error err;
    lb_env_t env;

    lb_error_clear(&err);
    lb_scalar_init(x);
    lb_env_init(env, m->scope, prec);
    if (lb_env_scalar(x, env, e, &err) != LB_OK)
        test_fail(text, &err);
    acb_set(z, x->coefficient);
    lb_env_clear(env);
    lb_scalar_clear(x);
    lb_expr_free(e);
}

/* On resonance, gamma = 1: n = 4 x^2 (1 + rn + ...) and g2 = g (1 + rg + ...),
   worked out by hand, and what functions make of them. */
static void
test_kerr_correlations(void)
{
    static const char * const chis[] = { "0", "1/4", "1", "-7/3", "40" };
    static const struct
    {
        const char *quantity, *next;
    } cases[] = {
        { "n(a)", "4*x^2*rn" },
        { "g2(a)", "g*rg" },
        { "-g2(a) - 2", "0 - g*rg" },
        { "log(g2(a)^2)", "2*rg" },
        { "log10(g2(a))", "rg/log(10)" },
        { "sqrt(n(a))", "x*rn" },
        { "exp(g2(a))", "exp(g)*g*rg" },
        { "n(a)^(-3)", "-3*rn/(4*x^2)^3" },
        { "g2(a)^(1/3)", "g^(1/3)*rg/3" },
        { "(n(a) - 4*x^2)/x^2 + 1", "4*rn" },
        { "abs2((1+i)*g2(a))", "4*g^2*rg" },
        { "abs(i*n(a))", "4*x^2*rn" },
        { "im(i*n(a))", "4*x^2*rn" },
        { "re(i*n(a))", "0" },
        { "conj(i*n(a))", "-4*i*x^2*rn" },
        { "g2(a) + 3*x^2 + 5*x^4", "g*rg + 3*x^2" },
        { "n(a)*(1 + 2*x^2)/(1 - x^2)", "4*x^2*(rn + 3*x^2)" },
        { "<a'*a*a'*a>", "4*x^2*rn + 16*x^4*g" },
        { "<(1 + x^2)*a'*a^2*a'>", "8*x^2*(rn + x^2) + 16*x^4*g" },
    };
    lb_scalar_t x;
    acb_t expected;
    lb_error err;

    lb_scalar_init(x);
    acb_init(expected);
    for (size_t c = 0; c < sizeof(chis) / sizeof(chis[0]); c++)
    {
        char * text
            = lb_text_print("modes: a; x = 1/5; chi = %s; drive: x;"
                            "g = 1/(4*chi^2+1);"
                            "rn = x^2*(2/(chi^2+1/4) - 8);"
                            "rg = x^2*(8 + 2/(4*chi^2+1/4) - 4/(chi^2+1/4));"
                            "H: chi*a'^2*a^2 + x*(a + a'); 1: a",
                            chis[c]);
        lb_model_t m;

        test_model_init(m, text);
        for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
        {
            formula_value(expected, m, cases[k].next, 200);
            if (expand(x, m, cases[k].quantity, 2, 150, &err) != LB_OK
                || !x->has_next || !acb_overlaps(x->next, expected)
                || (!acb_contains_zero(expected)
                    && acb_rel_accuracy_bits(x->next) < 110))
            {
                printf("\n%s at chi = %s: ", cases[k].quantity, chis[c]);
                acb_printn(x->next, 20, 0);
                printf(", expected ");
                acb_printn(expected, 20, 0);
                CU_FAIL("next coefficient");
            }
            else
                CU_PASS("next coefficient");
        }
        /* a term between the orders leaves the next one unknown, and so do
           functions without a rule; the leading order alone has none */
        CU_ASSERT(expand(x, m, "g2(a) + x", 2, 150, &err) == LB_OK
                  && !x->has_next);
        CU_ASSERT(expand(x, m, "sin(g2(a))", 2, 150, &err) == LB_OK
                  && !x->has_next && acb_is_finite(x->coefficient));
        CU_ASSERT(expand(x, m, "g2(a)", 1, 150, &err) == LB_OK && !x->has_next);
        /* on a branch cut a limit proves nothing */
        CU_ASSERT(expand(x, m, "(0-g2(a))^(1/3)", 2, 150, &err) == LB_OK
                  && !acb_is_finite(x->coefficient));
        lb_model_clear(m);
        flint_free(text);
    }
    lb_scalar_clear(x);
    acb_clear(expected);
}

/* --- proved steady states at small drives -------------------------------- */

#define MAX_QUANTITIES 6

static const struct
{
    const char * text;
    const char * cutoff; /* one shell more than the quantities need */
    const char * quantities[MAX_QUANTITIES];
} models[] = {
    { "modes: a; H: $*a'*a + $*a'^2*a^2; H: ($*i + %)*d*a' + h.c.;"
      "%: a; %: a^2",
      "4",
      { "n(a)", "g2(a)", "<a>", "<a'^3*a>", "P(a,2)", "g3(a)" } },
    /* two modes, correlated and nonlinear loss */
    { "modes: a b; H: $*a'*a + $*b'*b + $*a'^2*a^2 + $*a'*a*b'*b;"
      "H: ($ + $*i)*a'*b + h.c.; H: %*d*a' + $*d*i*b' + h.c.;"
      "%: a + i*b/2; %: b; %: a*b; %: a; %: b*a'*a",
      "3",
      { "n(b)", "g2(a)", "<a'*b>", "<a^2*b'>", "<ketbra(a,2,0)>",
        "<a'*b'*a*b>/(n(a)*n(b))" } },
    /* a mode and a two-level system */
    { "modes: a; two-level: s; H: $*a'*a + $*s'*s + %*(a'*s + a*s');"
      "H: $*d*(a + a'); H: ($*i + %)*d*s' + h.c.; %: a + s; %: s; %: a*s",
      "3",
      { "n(a)", "g2(a)", "<s'*s>", "<s>", "<a'*a*s'*s>", "<sz(s)>" } },
    /* two-level systems only: no truncation at all */
    { "two-level: s t u; H: $*s'*s + $*t'*t; H: %*s'*t + $*i*t'*u + h.c.;"
      "H: %*d*s' + ($ + $*i)*d*u' + h.c.; %: s; %: t + i*u; %: u",
      "",
      { "<s'*s>", "<t>", "<s'*t>", "<s'*s*u'*u>", "<s*t*u>", "P(u,0)" } },
    /* three modes, an undamped one among them; matrix units in H and jumps */
    { "modes: a c b; H: $*a'*a + $*c'^2*c^2 + $*proj(a,2) + $*proj(b,1);"
      "H: %*a'*b + %*b'*c + h.c.; H: %*d*(a + a'); %: a; %: c;"
      "%: ketbra(c,0,1)",
      "3",
      { "n(b)", "g2(c)", "<a'*c>", "P(b,1)", "<a*c>", "<a'*a*c'*c>" } },
};
#define N_MODELS ((slong) (sizeof(models) / sizeof(models[0])))

/* q = (<E> d^-order - coefficient) / d^2 at the drive d = 2^-k: next + O(d^2)
 */
static void
measured_next(acb_t q, const lb_scalar_t x, const char * pattern,
              const char * cutoff, const char * quantity, ulong k, ulong seed)
{
    char * drive = lb_text_print("1/2^%lu", (unsigned long) k);
    flint_rand_t state;
    certified c;
    char * text;

    lb_rand_init(state);
    lb_rand_seed(state, seed, 1);
    text = fill(pattern, drive, state);
    certified_init_truncated(&c, text, cutoff);
    certified_value(q, &c, quantity, 40);
    acb_mul_2exp_si(q, q, (slong) k * x->order);
    acb_sub(q, q, x->coefficient, 256);
    acb_mul_2exp_si(q, q, 2 * (slong) k);
    certified_clear(&c);
    lb_rand_clear(state);
    flint_free(text);
    flint_free(drive);
}

static void
test_steady_states(void)
{
    slong iters = lb_test_iters(2);
    flint_rand_t state;
    lb_scalar_t x;
    acb_t p, q;
    arf_t error, size;

    lb_test_rand_init(state);
    lb_scalar_init(x);
    acb_init(p);
    acb_init(q);
    arf_init(error);
    arf_init(size);
    for (slong iter = 0; iter < iters * N_MODELS; iter++)
    {
        slong which = iter % N_MODELS;
        ulong seed = n_randint(state, 1000000000);
        flint_rand_t fixed;
        lb_model_t m;
        char * text;

        lb_rand_init(fixed);
        lb_rand_seed(fixed, seed, 1);
        text = fill(models[which].text, "1", fixed);
        test_model_init(m, text);
        for (int k = 0; k < MAX_QUANTITIES; k++)
        {
            const char * quantity = models[which].quantities[k];
            lb_error err;
            arb_t r;

            arb_init(r);
            if (expand(x, m, quantity, 2, 256, &err) != LB_OK)
                test_fail(text, &err);
            CU_ASSERT_FATAL(x->has_next);
            CU_ASSERT(acb_rel_accuracy_bits(x->next) > 150);
            measured_next(p, x, models[which].text, models[which].cutoff,
                          quantity, 12, seed);
            measured_next(q, x, models[which].text, models[which].cutoff,
                          quantity, 13, seed);
            /* (4 q - p)/3 = next + O(d^4), d^4 = 2^-48 */
            acb_mul_2exp_si(q, q, 2);
            acb_sub(q, q, p, 256);
            acb_div_ui(q, q, 3, 256);
            acb_sub(q, q, x->next, 256);
            acb_abs(r, q, 64);
            arb_get_ubound_arf(error, r, 64);
            acb_abs(r, x->next, 64);
            arb_add_ui(r, r, 1, 64);
            arb_get_lbound_arf(size, r, 64);
            arf_mul_2exp_si(size, size, -28);
            if (arf_cmp(error, size) > 0)
            {
                printf("\n%s of %s: next ", quantity, text);
                acb_printn(x->next, 20, 0);
                printf(", from steady states off by ");
                acb_printn(q, 5, 0);
                printf("\n");
                CU_FAIL("steady states");
            }
            else
                CU_PASS("steady states");
            arb_clear(r);
        }
        lb_model_clear(m);
        lb_rand_clear(fixed);
        flint_free(text);
    }
    lb_scalar_clear(x);
    acb_clear(p);
    acb_clear(q);
    arf_clear(error);
    arf_clear(size);
    lb_rand_clear(state);
}

/* --- limits -------------------------------------------------------------- */

static void
check_status(const char * text, const char * quantity, int orders,
             lb_status expected, const char * needle)
{
    lb_scalar_t x;
    lb_model_t m;
    lb_error err;
    lb_status status;

    lb_scalar_init(x);
    test_model_init(m, text);
    status = expand(x, m, quantity, orders, 128, &err);
    if (status != expected
        || (status != LB_OK && strstr(err.text, needle) == NULL))
    {
        printf("\n%s of %s: %s\n", quantity, text,
               status == LB_OK ? "LB_OK" : err.text);
        CU_FAIL("status");
    }
    else
        CU_PASS("status");
    CU_ASSERT(status == LB_OK
              || (!acb_is_finite(x->coefficient) && !x->has_next));
    lb_model_clear(m);
    lb_scalar_clear(x);
}

static void
test_refusals(void)
{
    static const char drive[] = "modes: a b; d = 1; drive: d; %s";
    static const struct
    {
        const char * rest;
        lb_status leading, next;
        const char * needle;
    } cases[] = {
        { "H: d*(a + a') + a'*a; 1: a; 1: b", LB_OK, LB_OK, "" },
        /* dephasing and thermal photons */
        { "H: d*(a + a'); 1: a; 1: b; 1: a'*a", LB_EMODEL, LB_EMODEL,
          "dissipator 2" },
        { "H: d*(a + a'); 1: a; 1: b; 1: b'", LB_EMODEL, LB_EMODEL,
          "dissipator 2" },
        /* a state that never decays one shell above what is asked for */
        { "H: d*(a + a'); 1: a; 1: b - b'*b*b", LB_OK, LB_EMODEL,
          "2 excitations never decays" },
        /* more of the drive than its drive terms */
        { "H: d*(a + a') + d*a'*a; 1: a; 1: b", LB_OK, LB_EMODEL, "beyond" },
        { "H: d*(a + a') + (1 + d^2)*a'*a; 1: a; 1: b", LB_OK, LB_EMODEL,
          "beyond" },
        { "H: d*(a + a') + d^2*b'*b; 1: a; 1: b", LB_OK, LB_EMODEL, "beyond" },
        { "H: d*(a + a') + d^3*(b + b'); 1: a; 1: b", LB_OK, LB_EMODEL,
          "beyond" },
        { "H: (d + d^3)*(a + a'); 1: a; 1: b", LB_OK, LB_EMODEL, "beyond" },
        { "H: d*(a + a') + d^2*(b + b'); 1: a; 1: b", LB_OK, LB_EMODEL,
          "beyond" },
        { "H: d*(a + a'); 1: a; 1 + d^2: b", LB_OK, LB_EMODEL, "beyond" },
        { "H: d*(a + a'); 1: (1 + d)*a; 1: b", LB_OK, LB_EMODEL, "beyond" },
        /* what does not matter at this order */
        { "H: d*(a + a') + d^3*a'*a; 1: a; 1: b", LB_OK, LB_OK, "" },
        { "H: d*(a + a') + d^4*(b + b') + d*2; 1: a; 1: b", LB_OK, LB_OK, "" },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        char * text = lb_text_print(drive, cases[k].rest);

        check_status(text, "n(a)", 1, cases[k].leading, cases[k].needle);
        check_status(text, "n(a)", 2, cases[k].next, cases[k].needle);
        flint_free(text);
    }
    /* the same orders say the same of a state that needs no drive */
    check_status("modes: a b c e; d = 1; drive: d; H: d*(a + a');"
                 "H: a'*b + b'*c + c'*e + h.c.; 1: a; 1: b; 1: c; 1: e",
                 "g4(a)", 2, LB_EDIM, "elements");
}

/* Three modes, blocks of 6 states: few bits are lost, and more bits help. */
static void
test_tightness(void)
{
    char * text = test_three_cavities("1/10", "3", "a");
    lb_scalar_t x;
    lb_model_t m;
    lb_error err;

    lb_scalar_init(x);
    test_model_init(m, text);
    for (slong prec = 64; prec <= 1024; prec *= 4)
    {
        CU_ASSERT_FATAL(expand(x, m, "g2(c)", 2, prec, &err) == LB_OK);
        CU_ASSERT(x->has_next && acb_is_real(x->next));
        CU_ASSERT(acb_rel_accuracy_bits(x->next) > prec - 40);
    }
    lb_model_clear(m);
    lb_scalar_clear(x);
    flint_free(text);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "moments of a Kerr mode", test_kerr_moments },
        { "correlations of a Kerr mode", test_kerr_correlations },
        { "proved steady states at small drives", test_steady_states },
        { "limits and refusals", test_refusals },
        { "tightness", test_tightness },
    };

    return lb_test_main("next_order", cases, sizeof(cases) / sizeof(cases[0]));
}
