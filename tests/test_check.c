/* tests/test_check.c -- certificates, and the kernel that proves them again.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/json_file.h>
#include <lindbound/tail.h>

/* for its static functions: the kernel has no other interface to L* */
#include "../check/kernel.c"

#include "lb_test_certificate.h"
#include "lb_test_dense.h"

/* --- making and checking certificates ------------------------------------ */

/* The certificate of <text> to that many digits, as JSON. */
static json_t *
make_certificate(certified * x, const char * text, slong digits)
{
    lb_error err;
    json_t * root;
    acb_t value;

    acb_init(value);
    lb_error_clear(&err);
    certified_value(value, x, text, digits);
    CU_ASSERT_FATAL(write_last_certificate(x, text));
    root = lb_json_read(scratch_path(), &err);
    CU_ASSERT_FATAL(root != NULL);
    acb_clear(value);
    return root;
}

static int
check_json(acb_t value, char * reason, size_t size, const json_t * root)
{
    lb_error err;

    lb_error_clear(&err);
    if (lb_json_write(scratch_path(), root, &err) != LB_OK)
        test_fail(scratch_path(), &err);
    return check_file(value, reason, size);
}

/* --- every certificate is accepted --------------------------------------- */

/* $ and % as in lb_test_dense.h; & in [0, 0.3] */
static const struct
{
    const char * text;
    const char * cutoff; /* "full" or that of level truncated */
    const char * quantities[3];
} cases[] = {
    { "modes: a; H: $*a'*a + $*a'^2*a^2 + $*(a + a') + $*i*(a - a');"
      "%: a; %/8: a'; %: a'*a",
      "8",
      { "g2(a)", "<a>", "<a'*a> + P(a,1)" } },
    { "modes: a; H: $*a'*a + &*(a^2 + a'^2); 1 + %: a^2; %: a; &: a'",
      "6",
      { "<a^2>", "<a'*a>", NULL } },
    { "modes: a; two-level: s; H: $*a'*a + $*s'*s + $*(a'*s + a*s');"
      "H: $*(a + a') + $*(s + s'); %: a; %: s; %: s'; %: sz(s)",
      "3",
      { "<a'*s>", "g2(a)", NULL } },
    { "modes: a b; H: $*a'*a + $*b'*b; H: ($ + $*i)*a'*b + h.c.;"
      "H: $*(a + a')*(b + b') + $*(a + a'); %: a; %: b; %: a + b; %/4: b'",
      "2,a=1",
      { "<a'*b>", "<a'*a>/<b'*b>", NULL } },
    { "two-level: s t u; H: $*sz(s) + $*sz(t) + $*sx(s)*sx(t) + $*sy(t)*sx(u);"
      "%: s; %: t; %: u; %: s'; %: sz(t); H: $*sx(u)",
      "full",
      { "<sz(s)*sx(t)>", "<s'*u>", NULL } },
    { "modes: a; H: $*a'*a + $*a'^2*a^2 + &*(a + a') + &*i*(a - a');"
      "1: a; &/4: a'; %: a'*a",
      "full",
      { "g2(a)", "<a>", "<a'*a> + P(a,1)" } },
    { "modes: a; H: $*a'*a + $*a'^2*a^2 + &*(a^2 + a'^2); 1 + %: a^2; 1: a",
      "full",
      { "<a^2>", "<a'*a>", NULL } },
    { "modes: a; two-level: s; H: $*a'*a + $*s'*s + $*(a'*s + a*s');"
      "H: &*(a + a')/3; 1: a; %: s; %: sz(s)",
      "full",
      { "<a'*s>", "g2(a)", NULL } },
    { "modes: a b; H: $*a'*a + $*b'*b + $*b'^2*b^2; H: ($ + $*i)*a'*b + h.c.;"
      "H: &*(a + a')/2; 1: a; 1: b; %: a + b",
      "full",
      { "<a'*b>", "<a'*a>/<b'*b>", NULL } },
    { "modes: a; H: $*a'*a + $*a'^2*a^2; 1: a + &/2; &/4: a'",
      "full",
      { "g2(a)", "<a>", NULL } },
};
#define N_CASES ((slong) (sizeof(cases) / sizeof(cases[0])))

static void
random_text(char * text, const char * p, flint_rand_t state)
{
    for (; *p != '\0'; p++)
        if (*p == '$')
            text += sprintf(text, "(%.3f)", 2.0 * uniform(state));
        else if (*p == '%')
            text
                += sprintf(text, "(%.3f)", 0.1 + 0.95 * (1.0 + uniform(state)));
        else if (*p == '&')
            text += sprintf(text, "(%.3f)", 0.15 * (1.0 + uniform(state)));
        else
            *text++ = *p;
    *text = '\0';
}

static void
test_accepted(void)
{
    slong accepted[2] = { 0, 0 };
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(3 * N_CASES); i++)
    {
        slong which = i % N_CASES;
        int full = strcmp(cases[which].cutoff, "full") == 0;
        char text[2048];
        certified x;

        random_text(text, cases[which].text, state);
        if (full)
            certified_init_full(&x, text);
        else
            certified_init_truncated(&x, text, cases[which].cutoff);
        for (int k = 0; k < 3 && cases[which].quantities[k] != NULL; k++)
        {
            slong digits = 3 + (slong) n_randint(state, 30);
            json_t * root;
            char reason[600];
            acb_t value, proved;
            int verdict;

            acb_init(value);
            acb_init(proved);
            certified_value(value, &x, cases[which].quantities[k], digits);
            if (!acb_is_finite(value))
                printf("\n%s: %s, %ld digits\n", text,
                       cases[which].quantities[k], (long) digits);
            root = make_certificate(&x, cases[which].quantities[k], digits);
            verdict = check_file(proved, reason, sizeof(reason));
            if (verdict != 1)
                printf("\n%s: %s, %ld digits: %s\n", text,
                       cases[which].quantities[k], (long) digits, reason);
            CU_ASSERT(verdict == 1);
            LB_CHECK_OVERLAP_ACB(value, proved, i);
            /* nor is a part of the bound forgotten: rounding apart, the radii
               are alike */
            lb_certifier_last_value(value, x.certifier);
            CHECK(acb_rel_accuracy_bits(value) <= 0
                      || acb_rel_accuracy_bits(proved)
                             <= acb_rel_accuracy_bits(value) + 2,
                  i, cases[which].quantities[k]);
            accepted[full] += verdict == 1;
            json_decref(root);
            acb_clear(value);
            acb_clear(proved);
        }
        certified_clear(&x);
    }
    printf(" %ld truncated, %ld full accepted ", (long) accepted[0],
           (long) accepted[1]);
    CU_ASSERT(accepted[0] >= lb_test_iters(12));
    CU_ASSERT(accepted[1] >= lb_test_iters(12));
    lb_rand_clear(state);
}

/* --- the tail ------------------------------------------------------------ */

static slong compared_tails;

/* Fails unless x and y agree to about six digits. */
static void
check_same(const mag_t x, const mag_t y, const char * what, slong iter)
{
    double a = mag_get_d(x), b = mag_get_d(y);

    if (fabs(a - b) > 1e-6 * fmax(a, b))
        printf("\n%s: %.10g by the kernel, %.10g by certify/\n", what, a, b);
    CHECK(fabs(a - b) <= 1e-6 * fmax(a, b), iter, what);
}

/* x times 1.003, exact */
static void
enlarge(arb_t x)
{
    arf_mul_ui(arb_midref(x), arb_midref(x), 1003, 64, ARF_RND_DOWN);
    arf_div_ui(arb_midref(x), arb_midref(x), 1000, 64, ARF_RND_DOWN);
}

/* The weights that certify/tail.c proposes: proved by the kernel, with the same
   costs; refused if a little too good. */
static void
compare_tail(const lb_problem_t p, const lb_tail_t t, slong start, double ratio,
             slong iter)
{
    lb_proof_populations w;
    lb_tail_weights_t weights;
    char reason[600] = "";
    mag_ptr cost = _mag_vec_init(start + 1);
    mag_t link, other;

    memset(&w, 0, sizeof(w));
    mag_init(link);
    mag_init(other);
    arb_init(w.ratio);
    arb_init(w.share);
    arb_init(w.damping);
    arb_init(w.rate);
    lb_tail_weights_init(weights);
    arb_set_d(weights->ratio, ratio);
    arb_set_d(weights->share, arb_is_zero(t->mode_drive) ? 0.0 : 0.25);
    if (lb_tail_propose(weights, t, start))
    {
        w.start = start;
        w.scale = 3;
        arb_get_mid_arb(w.ratio, weights->ratio);
        arb_get_mid_arb(w.share, weights->share);
        arf_set_round(arb_midref(w.damping), arb_midref(weights->damping), 40,
                      ARF_RND_DOWN);
        arf_set_round(arb_midref(w.rate), arb_midref(weights->rate), 30,
                      ARF_RND_DOWN);
        CHECK(lb_tail_check(cost, link, reason, sizeof(reason), p, &w,
                            t->all_pairs)
                  == 1,
              iter, reason);
        for (slong n = 0; n <= start; n++)
        {
            lb_tail_cost(other, weights, t, start, n);
            mag_mul_2exp_si(other, other, w.scale);
            check_same(cost + n, other, "C_n", iter);
        }
        lb_tail_link(other, t);
        mag_mul_2exp_si(other, other, w.scale);
        check_same(link, other, "C'", iter);
        /* the margin of certify/tail.c is 1/1024 */
        enlarge(w.rate);
        CHECK(lb_tail_check(cost, link, reason, sizeof(reason), p, &w,
                            t->all_pairs)
                  == 0,
              iter, "too large a rate");
        arb_neg(w.rate, w.rate);
        CHECK(lb_tail_check(cost, link, reason, sizeof(reason), p, &w,
                            t->all_pairs)
                  == 0,
              iter, "a negative rate");
        arb_set_d(w.rate, 1e-9);
        enlarge(w.damping);
        CHECK(lb_tail_check(cost, link, reason, sizeof(reason), p, &w,
                            t->all_pairs)
                  == 0,
              iter, "too large a damping");
        compared_tails++;
    }
    lb_tail_weights_clear(weights);
    arb_clear(w.ratio);
    arb_clear(w.share);
    arb_clear(w.damping);
    arb_clear(w.rate);
    mag_clear(link);
    mag_clear(other);
    _mag_vec_clear(cost, start + 1);
}

static void
test_tail(void)
{
    /* every kind of term that [L3], [L4], [L6] speak of */
    static const char * const texts[] = {
        "modes: a; H: $*a'*a + $*a'^2*a^2 + $*(a + a') + $*i*(a - a');"
        "1: a; &/4: a'; %: a'*a",
        "modes: a; H: $*(a^2 + a'^2) + &*(a + a'); 1 + %: a^2",
        "modes: a b; H: $*a'*b + h.c.; H: $*i*(a^2 - a'^2) + $*(a*b + a'*b');"
        "H: &*(b + b'); %: a^2; %: a*b; %: b + a; %: a; %: b; %: a^2 + 2*a*b",
        "modes: a b; two-level: s t; H: $*(s + s') + $*i*(t - t') + &*(b + b');"
        "H: $*(a*s + a'*s'); %: a*s; 1: a; 1: b; %: a + b + i*s + t; &/9: s';"
        "&/9: s' + i*t'; &/9: a' + i*b'; %: t",
        "modes: a b; H: $*i*(a^2 - a'^2) + &*(b + b'); %: a^2 + (2 + i)*a*b;"
        "%: a^2; %: a*b; %: b^2; 1: a; 1: b",
        "modes: a; two-level: s; 1: a + $ + i*$; %: s + $; 1: a; H: a'*s + "
        "a*s';"
        "%: a'*a*sz(s); %: ketbra(a,0,2)",
        "modes: a; H: $*(a'*a^2 + a'^2*a) + $*(a + a'); %: a'*a^2; 1: a",
        "modes: a b; H: &*(a + a'); 1: a; 1: b; 3: a + i*b; 0.2: a' + i*b'",
    };
    slong n = (slong) (sizeof(texts) / sizeof(texts[0]));
    flint_rand_t state;

    lb_test_rand_init(state);
    compared_tails = 0;
    for (slong i = 0; i < lb_test_iters(30 * n); i++)
    {
        char text[2048];
        lb_problem_t p;
        lb_model_t m;
        lb_tail_t t;
        lb_error err;

        random_text(text, texts[i % n], state);
        test_model_init(m, text);
        test_problem_init(p, m);
        lb_error_clear(&err);
        if (lb_tail_init(t, p, i % 2 == 1, &err) != LB_OK)
            test_fail(text, &err);
        compare_tail(p, t, 3 + (slong) n_randint(state, 200),
                     1.0 + ldexp(1.0, (int) n_randint(state, 4) - 5), i);
        lb_tail_clear(t);
        lb_problem_clear(p);
        lb_model_clear(m);
    }
    printf(" %ld compared ", (long) compared_tails);
    CU_ASSERT(compared_tails * 2 > lb_test_iters(30 * n));
    lb_rand_clear(state);
}

/* Jumps of which [L4] does not speak are refused, beside losses that would
   carry everything. */
static void
test_class(void)
{
    static const struct
    {
        const char * jump;
        int accepted;
    } cases_of[] = {
        { "a'", 1 },
        { "s'", 1 },
        { "a*b", 1 },
        { "a'*a", 1 },
        { "a'^2", 0 },
        { "a'*b'", 0 },
        { "a' + s'", 0 },
        { "a'*s", 1 },
        { "a' + a", 0 },
        { "a + a^2", 0 },
        { "a'^2*a", 0 },
        { "ketbra(a,1,0)", 0 },
        { "ketbra(a,0,1)", 1 },
        { "a + 1", 1 },
        { "a' + s'*b", 0 },
    };

    for (size_t k = 0; k < sizeof(cases_of) / sizeof(cases_of[0]); k++)
    {
        char * text
            = lb_text_print("modes: a b; two-level: s; 1: a; 1: b; 1: s;"
                            "1e-6: %s",
                            cases_of[k].jump);
        mag_ptr cost = _mag_vec_init(11);
        lb_proof_populations w;
        char reason[600] = "";
        lb_problem_t p;
        lb_model_t m;
        mag_t link;
        int proved;

        memset(&w, 0, sizeof(w));
        mag_init(link);
        test_model_init(m, text);
        test_problem_init(p, m);
        arb_init(w.ratio);
        arb_init(w.share);
        arb_init(w.damping);
        arb_init(w.rate);
        w.start = 10;
        arb_set_d(w.ratio, 2.0);
        arb_set_d(w.share, 0.5);
        arb_set_d(w.damping, 0.125);
        arb_set_d(w.rate, 0.25);
        proved = lb_tail_check(cost, link, reason, sizeof(reason), p, &w, 0);
        if (proved != cases_of[k].accepted)
            printf("\n%s: %s\n", text, reason);
        CU_ASSERT(proved == cases_of[k].accepted);
        flint_free(text);
        arb_clear(w.ratio);
        arb_clear(w.share);
        arb_clear(w.damping);
        arb_clear(w.rate);
        mag_clear(link);
        _mag_vec_clear(cost, 11);
        lb_problem_clear(p);
        lb_model_clear(m);
    }
}

/* --- six shells of one state each, M = 4 ---------------------------------- */

static void
shells_init(kernel * s, const lb_proof_struct * proof, char * reason,
            size_t size)
{
    memset(s, 0, sizeof(*s));
    s->proof = proof;
    s->populations = &proof->populations;
    s->prec = TEST_PREC;
    s->infinite = 1;
    s->shells = s->dimension = 6;
    s->top = 4;
    s->inner = 5;
    s->reason = reason;
    s->size = size;
    s->start = flint_malloc(7 * sizeof(slong));
    for (slong n = 0; n <= 6; n++)
        s->start[n] = n;
    s->root = _mag_vec_init(6);
    acb_mat_init(s->generator, 6, 5);
    acb_mat_init(s->y, 5, 5);
    acb_mat_init(s->r, 6, 6);
}

static void
shells_clear(kernel * s)
{
    flint_free(s->start);
    kernel_clear(s);
}

/* --- the tail of an observable, [F3] -------------------------------------- */

/* The bound of p_n of test_observable_tail: M = 4, J = 5, m = 2. */
static double
expected_population(slong n)
{
    /* v_n = 4^(n+1), c tau = 12, r = 2, o = 3/2 */
    double u = (n <= 4 ? 0.5 * pow(4.0, (double) n + 1.0) : 0.0)
               + (n > 2 ? 12.0 * pow(2.0, (double) n - 3.0) : 0.0);

    return n <= 5 ? fmin(1.0, 1.5 / u) : 1.5 / u;
}

/* |z| sum_{n>J} n^(m/2) (p_n p_{n-s})^(1/2), one by one */
static double
sum_tail(double z, slong shift, slong powers)
{
    double sum = 0.0;

    for (slong n = FLINT_MAX(6, shift); n < 800; n++)
        sum += z * pow((double) n, 0.5 * (double) powers)
               * sqrt(expected_population(n) * expected_population(n - shift));
    return sum;
}

static void
test_observable_tail(void)
{
    static const struct
    {
        const char * text;
        double o;
        struct
        {
            double z;
            slong shift, powers;
        } terms[3]; /* z = 0 ends them */
    } ops[] = {
        { "a'*a", 0.5, { { 1, 0, 2 }, { 0.5, 0, 0 }, { 0, 0, 0 } } },
        { "5 - 3*a'^2*a^2", 3.0, { { 2, 0, 0 }, { 3, 0, 4 }, { 0, 0, 0 } } },
        { "2*a'^3*a*b + 2*b'*a'*a^3",
          0.0,
          { { 2, 1, 5 }, { 2, 1, 5 }, { 0, 0, 0 } } },
        { "i*b^4*s - i*b'^4*s'",
          0.0,
          { { 1, 5, 4 }, { 1, 5, 4 }, { 0, 0, 0 } } },
        { "ketbra(a,1,4)*b' + ketbra(a,4,1)*b + s'*s",
          0.25,
          { { 2, 2, 1 }, { 1, 0, 0 }, { 0.25, 0, 0 } } },
    };
    slong exponents[] = { 2, 4, 6, 8, 10 };
    char reason[100] = "";
    lb_proof_struct proof;
    lb_proof_populations * w = &proof.populations;
    lb_model_t m;
    kernel s;
    arb_t x;

    test_model_init(m, "modes: a b; two-level: s; H: a'*a + b'*b + s'*s; 1: a;"
                       "1: b; 1: s");
    memset(&proof, 0, sizeof(proof));
    proof.has_populations = 1;
    w->exponents = exponents;
    w->start = 2;
    w->scale = 4;
    arb_init(w->matrix.o);
    arb_init(w->rate);
    arb_init(w->ratio);
    arb_set_d(w->matrix.o, 1.5);
    arb_set_d(w->rate, 0.75);
    arb_set_d(w->ratio, 2.0);
    shells_init(&s, &proof, reason, sizeof(reason));
    arb_init(x);
    for (size_t k = 0; k < sizeof(ops) / sizeof(ops[0]); k++)
    {
        double expected = 0.0, got;
        lb_opoly_t text, op;
        mag_t bound;
        arb_t sum;

        mag_init(bound);
        arb_init(sum);
        arb_set_d(x, ops[k].o);
        test_operator_init(text, m, ops[k].text);
        lb_opoly_init(op, text->kinds, text->subsystems);
        subtract_number(op, text, x, TEST_PREC);
        CU_ASSERT(add_tail(sum, &s, op));
        for (int i = 0; i < 3 && ops[k].terms[i].z != 0.0; i++)
            expected += sum_tail(ops[k].terms[i].z, ops[k].terms[i].shift,
                                 ops[k].terms[i].powers);
        CU_ASSERT(bound_residual(bound, &s, op)); /* R = 0 up to J */
        got = mag_get_d(bound);
        CU_ASSERT(fabs(arf_get_d(arb_midref(sum), ARF_RND_NEAR) - got)
                  <= 1e-6 * got);
        if (!(got >= expected * (1.0 - 1e-9) && got <= 1.0001 * expected))
            printf("\n%s: %.10g, expected %.10g\n", ops[k].text, got, expected);
        CU_ASSERT(got >= expected * (1.0 - 1e-9) && got <= 1.0001 * expected);
        lb_opoly_clear(text);
        lb_opoly_clear(op);
        mag_clear(bound);
        arb_clear(sum);
    }
    /* populations that do not fall fast enough to be summed */
    arb_set_d(w->ratio, 1.00001);
    arb_one(x);
    CU_ASSERT(!add_term_tail(x, &s, x, 0, 60));
    arb_clear(x);
    shells_clear(&s);
    arb_clear(w->matrix.o);
    arb_clear(w->rate);
    arb_clear(w->ratio);
    lb_model_clear(m);
}

/* --- (*) of [L1] --------------------------------------------------------- */

/* [T3], [F1]: a column of four ones has the norm 2; beside the diagonal blocks
   count twice. */
static void
test_norms(void)
{
    static slong exponents[] = { 2, 4, 6, 8, 10 };
    char reason[100] = "";
    lb_proof_struct proof;
    acb_mat_t row, column;
    lb_model_t m;
    lb_opoly_t none;
    kernel s;
    mag_t norm;

    mag_init(norm);
    acb_mat_init(row, 1, 4);
    acb_mat_init(column, 4, 1);
    acb_mat_ones(row);
    acb_mat_ones(column);
    set_norm(norm, row, column);
    CU_ASSERT(fabs(mag_get_d(norm) - 2.0) < 1e-6 && mag_get_d(norm) >= 2.0);
    set_norm(norm, column, row);
    CU_ASSERT(fabs(mag_get_d(norm) - 2.0) < 1e-6 && mag_get_d(norm) >= 2.0);
    acb_mat_clear(row);
    acb_mat_clear(column);
    memset(&proof, 0, sizeof(proof));
    proof.has_populations = 1;
    proof.populations.exponents = exponents;
    test_model_init(m, "modes: a; H: a'*a; 1: a");
    lb_opoly_init(none, m->scope->kinds, 1);
    shells_init(&s, &proof, reason, sizeof(reason));
    for (slong n = 0; n < 6; n++)
        mag_set_ui_2exp_si(s.root + n, 1, -n);
    acb_set_d_d(acb_mat_entry(s.r, 1, 3), 3.0, 4.0);
    acb_set_d_d(acb_mat_entry(s.r, 3, 1), 3.0, -4.0);
    acb_set_d(acb_mat_entry(s.r, 2, 2), -7.0);
    CU_ASSERT(bound_residual(norm, &s, none));
    /* 2*5/2/8 + 7/16 */
    CU_ASSERT(fabs(mag_get_d(norm) - 1.0625) < 1e-6);
    CU_ASSERT(mag_get_d(norm) >= 1.0625);
    shells_clear(&s);
    lb_opoly_clear(none);
    lb_model_clear(m);
    mag_clear(norm);
}

/* m = 2.  E alone on one place, `size` times what (*) allows. */
static int
is_small(slong j, slong k, double size, int where)
{
    static slong exponents[] = { 0, 3, 7, 9, 12 };
    double u[6];
    char reason[200] = "";
    lb_proof_struct proof;
    mag_ptr cost = _mag_vec_init(3);
    mag_t link;
    kernel s;
    int small;

    memset(&proof, 0, sizeof(proof));
    mag_init(link);
    proof.populations.exponents = exponents;
    proof.populations.start = 2;
    proof.populations.scale = 2;
    arb_init(proof.populations.rate);
    arb_init(proof.populations.ratio);
    arb_set_d(proof.populations.rate, 0.75);
    arb_set_d(proof.populations.ratio, 8.0);
    shells_init(&s, &proof, reason, sizeof(reason));
    for (int n = 0; n < 6; n++)
        u[n] = (n <= 4 ? 0.5 * ldexp(1.0, (int) exponents[n]) : 0.0)
               + (n > 2 ? 0.75 * 4.0 * pow(8.0, n - 3) : 0.0);
    size *= sqrt(u[j] * u[k]);
    if (where == 0)
    {
        acb_set_d_d(acb_mat_entry(s.r, j, k), 0.6 * size, 0.8 * size);
        acb_conj(acb_mat_entry(s.r, k, j), acb_mat_entry(s.r, j, k));
        if (j == k)
            acb_set_d(acb_mat_entry(s.r, j, j), size);
    }
    else
        mag_set_d(where == 1 ? cost + j : link, size);
    small = prove_residual_small(&s, cost, link);
    CU_ASSERT(small == (reason[0] == '\0'));
    arb_clear(proof.populations.rate);
    arb_clear(proof.populations.ratio);
    shells_clear(&s);
    _mag_vec_clear(cost, 3);
    mag_clear(link);
    return small;
}

static void
test_inequality(void)
{
    for (slong j = 0; j < 6; j++)
        for (slong k = j; k < 6; k++)
        {
            CU_ASSERT(is_small(j, k, 0.999, 0));
            CU_ASSERT(!is_small(j, k, 1.001, 0));
        }
    for (slong n = 0; n <= 2; n++)
    {
        CU_ASSERT(is_small(n, n, 0.999, 1));
        CU_ASSERT(!is_small(n, n, 1.001, 1));
    }
    CU_ASSERT(is_small(2, 3, 0.999, 2));
    CU_ASSERT(!is_small(2, 3, 1.001, 2));
}

/* --- L* ------------------------------------------------------------------ */

static lb_complex
middle(const acb_t z)
{
    return CMPLX(arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR),
                 arf_get_d(arb_midref(acb_imagref(z)), ARF_RND_NEAR));
}

/* tr(L*(Y) x) = tr(Y L(x)), L from the textbook formula with dense matrices;
   full: on a space where its truncation is out of reach. */
static void
compare_adjoint(slong which, int full, slong iter, flint_rand_t state)
{
    char cutoff[16];
    lb_model_t model;
    lb_proof_struct proof;
    lb_basis_t basis;
    lb_complex *x, *lx;
    double sum = 0.0, other = 0.0, size = 0.0;
    kernel s;
    slong d, n;

    random_model_init(model, which, state);
    memset(&s, 0, sizeof(s));
    memset(&proof, 0, sizeof(proof));
    s.proof = &proof;
    s.prec = TEST_PREC;
    s.infinite = full;
    test_problem_init(s.problem, model);
    proof.levels = flint_malloc((size_t) s.problem->subsystems * sizeof(slong));
    for (slong k = 0; k < s.problem->subsystems; k++)
        proof.levels[k] = s.problem->kinds[k] == LB_MODE ? -1 : 1;
    proof.total = 2;
    CU_ASSERT_FATAL(set_states(&s, 2 + (full ? reach(s.problem) : 0)));
    s.inner = s.start[3];
    s.top = 2;
    kernel_init(&s);
    d = s.inner;
    /* Y in its upper left corner; L and x on the states of r (truncated) or of
       more shells (full) */
    snprintf(cutoff, sizeof(cutoff), "%ld",
             (long) (s.shells - 1 + (full ? reach(s.problem) : 0)));
    test_basis_init(basis, model, cutoff);
    n = basis->dimension;
    CU_ASSERT_FATAL(n >= s.dimension);
    CU_ASSERT(
        memcmp(basis->levels, s.levels,
               (size_t) (s.dimension * s.problem->subsystems) * sizeof(slong))
        == 0);
    x = new_dense(n * n);
    lx = new_dense(n * n);
    for (slong i = 0; i < d; i++)
        for (slong j = i; j < d; j++)
        {
            acb_set_d_d(acb_mat_entry(s.y, i, j), uniform(state),
                        i == j ? 0.0 : uniform(state));
            acb_conj(acb_mat_entry(s.y, j, i), acb_mat_entry(s.y, i, j));
        }
    random_matrix(x, n * n, state);
    apply_adjoint_lindbladian(&s);
    dense_lindbladian(lx, s.problem, basis, x);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            lb_complex r = 0.0, y = 0.0;

            if (i < s.dimension && j < s.dimension)
                r = middle(acb_mat_entry(s.r, i, j));
            if (i < d && j < d)
                y = middle(acb_mat_entry(s.y, i, j));
            sum += creal(r * x[j * n + i]);
            other += creal(y * lx[j * n + i]);
            size += cabs(r) + cabs(y * lx[j * n + i]);
        }
    CHECK(fabs(sum - other) <= 1e-12 * size, iter, "tr(L*(Y) x)");
    CHECK(size > 1.0, iter, "something was compared");
    flint_free(x);
    flint_free(lx);
    lb_basis_clear(basis);
    kernel_clear(&s);
    flint_free(s.levels);
    flint_free(s.start);
    lb_problem_clear(s.problem);
    flint_free(proof.levels);
    lb_model_clear(model);
}

static void
test_adjoint(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(60); i++)
        compare_adjoint(i % N_RANDOM_MODELS, i % 4 >= 2 ? 1 : 0, i, state);
    lb_rand_clear(state);
}

/* --- what matters may not be changed ------------------------------------- */

#define KERR                                                                   \
    "modes: a; chi = 3/4; xi = 1/5; gamma = 1; nth = 1/50;"                    \
    "H: 0.5*a'*a + chi*a'^2*a^2 + xi*(a + a'); gamma*(1 + nth): a;"            \
    "gamma*nth: a'"

static json_t *
at(json_t * root, const char * key, long index)
{
    json_t * value = key != NULL ? json_object_get(root, key)
                                 : json_array_get(root, (size_t) index);

    CU_ASSERT_FATAL(value != NULL);
    return value;
}

/* "[-]HEX[p[-]DECIMAL]", the reader's own way */
static void
read_hex(arf_t x, const char * text)
{
    int negative = text[0] == '-';
    size_t n = strspn(text + negative, "0123456789abcdef");
    char * digits = lb_text_print("%.*s", (int) n, text + negative);
    const char * p = strchr(text, 'p');
    fmpz_t mantissa;

    fmpz_init(mantissa);
    CU_ASSERT_FATAL(fmpz_set_str(mantissa, digits, 16) == 0);
    arf_set_fmpz(x, mantissa);
    arf_mul_2exp_si(x, x, p != NULL ? atol(p + 1) : 0);
    if (negative)
        arf_neg(x, x);
    fmpz_clear(mantissa);
    flint_free(digits);
}

static char *
write_exact(const arf_t x)
{
    fmpz_t mantissa, exponent;
    char *digits, *text;

    fmpz_init(mantissa);
    fmpz_init(exponent);
    arf_get_fmpz_2exp(mantissa, exponent, x);
    digits = fmpz_get_str(NULL, 16, mantissa);
    text = lb_text_print("%sp%ld", digits, (long) fmpz_get_si(exponent));
    flint_free(digits);
    fmpz_clear(mantissa);
    fmpz_clear(exponent);
    return text;
}

/* object[key] = factor object[key] + shift */
static void
change_number(json_t * object, const char * key, double factor,
              const arb_t shift)
{
    char * text;
    arf_t x, f;

    arf_init(x);
    arf_init(f);
    read_hex(x, json_string_value(at(object, key, -1)));
    arf_set_d(f, factor);
    arf_mul(x, x, f, ARF_PREC_EXACT, ARF_RND_DOWN);
    if (shift != NULL)
        arf_add(x, x, arb_midref(shift), ARF_PREC_EXACT, ARF_RND_DOWN);
    text = write_exact(x);
    json_object_set_new(object, key, json_string(text));
    flint_free(text);
    arf_clear(x);
    arf_clear(f);
}

static slong refused, unreadable;

static void
expect_refused(json_t * root, const char * what)
{
    char reason[600];
    acb_t value;
    int verdict;

    acb_init(value);
    verdict = check_json(value, reason, sizeof(reason), root);
    if (verdict == 1)
        printf("\naccepted although changed: %s\n", what);
    CU_ASSERT(verdict != 1);
    refused += verdict == 0;
    unreadable += verdict < 0;
    acb_clear(value);
    json_decref(root);
}

/* A copy of the certificate and its first proof. */
static json_t *
copy_of(json_t ** proof, const json_t * root)
{
    json_t * copy = json_deep_copy(root);

    *proof = at(at(copy, "proofs", -1), NULL, 0);
    return copy;
}

/* The claim with its middle moved by `shift` and its radius times `factor`. */
static void
change_claim(json_t * proof, double shift, double factor)
{
    arb_t x, r;
    char * text;

    arb_init(x);
    arb_init(r);
    CU_ASSERT_FATAL(
        arb_set_str(x, json_string_value(at(proof, "claim", -1)), 400) == 0);
    arb_get_rad_arb(r, x);
    arb_get_mid_arb(x, x);
    {
        arb_t y;

        arb_init(y);
        arb_set_d(y, shift);
        arb_addmul(x, y, r, 400);
        arb_set_d(y, factor);
        arb_mul(r, r, y, 400);
        arb_clear(y);
    }
    arb_get_mid_arb(x, x);
    arb_get_mid_arb(r, r);
    arb_add_error(x, r);
    text = arb_get_str(x, 60, ARB_STR_MORE);
    json_object_set_new(proof, "claim", json_string(text));
    flint_free(text);
    arb_clear(x);
    arb_clear(r);
}

static void
refuse_changed_claims(const json_t * root)
{
    static const struct
    {
        double shift, factor;
    } changes[]
        = { { 0, 0.5 }, { 10, 1 }, { -10, 1 }, { 1, 0.9 }, { 0, 1e-9 } };
    char reason[600];
    json_t *copy, *proof;
    acb_t value;

    for (size_t k = 0; k < sizeof(changes) / sizeof(changes[0]); k++)
    {
        copy = copy_of(&proof, root);
        change_claim(proof, changes[k].shift, changes[k].factor);
        expect_refused(copy, "claim");
    }
    acb_init(value);
    copy = copy_of(&proof, root);
    change_claim(proof, 0.0, 2.0); /* weaker, still true */
    CU_ASSERT(check_json(value, reason, sizeof(reason), copy) == 1);
    json_object_set_new(proof, "claim", json_string("[0 +/- inf]"));
    CU_ASSERT(check_json(value, reason, sizeof(reason), copy) == 0);
    json_object_set_new(proof, "claim", json_string("nan"));
    CU_ASSERT(check_json(value, reason, sizeof(reason), copy) == 0);
    json_decref(copy);
    acb_clear(value);
}

static void
refuse_changed_model(const json_t * root)
{
    static const struct
    {
        const char *name, *text;
    } changes[] = { { "xi", "0.202" },
                    { "chi", "0.7575" },
                    { "gamma", "1.01" },
                    { "nth", "0.0202" },
                    { "gamma", "1 +/- 0.001" } };
    static const char * const others[]
        = { "<a'^2*a^2>", "<a*a'>", "1.0001*<a'*a>", "<a>" };
    json_t *copy, *proof, *list;

    for (size_t k = 0; k < sizeof(changes) / sizeof(changes[0]); k++)
    {
        copy = copy_of(&proof, root);
        json_object_set_new(at(proof, "settings", -1), changes[k].name,
                            json_string(changes[k].text));
        expect_refused(copy, "settings");
        copy = copy_of(&proof, root);
        json_object_set_new(at(at(copy, "model", -1), "parameters", -1),
                            changes[k].name, json_string(changes[k].text));
        expect_refused(copy, "parameter");
    }
    for (size_t k = 0; k < sizeof(others) / sizeof(others[0]); k++)
    {
        copy = copy_of(&proof, root);
        json_object_set_new(proof, "quantity", json_string(others[k]));
        expect_refused(copy, "quantity");
    }
    copy = copy_of(&proof, root);
    list = at(at(copy, "model", -1), "hamiltonian", -1);
    json_array_append_new(list, json_string("1e-3*a'^2*a^2"));
    expect_refused(copy, "Hamiltonian");
    copy = copy_of(&proof, root);
    list = at(at(copy, "model", -1), "dissipators", -1);
    json_array_append_new(
        list, json_pack("{s:s,s:s}", "rate", "1e-3", "operator", "a^2"));
    expect_refused(copy, "dissipator");
}

/* The obligation that fails first is this one. */
static void
expect_refused_for(json_t * root, const char * expected)
{
    char reason[600];
    acb_t value;

    acb_init(value);
    CU_ASSERT(check_json(value, reason, sizeof(reason), root) == 0);
    CU_ASSERT_STRING_EQUAL(reason, expected);
    acb_clear(value);
    json_decref(root);
}

static void
refuse_changed_frame(const json_t * root)
{
    json_t *copy, *proof, *cutoff;
    slong total;

    for (int step = -1; step <= 1; step += 2)
    {
        copy = copy_of(&proof, root);
        cutoff = at(proof, "cutoff", -1);
        total = (slong) json_integer_value(at(cutoff, "total", -1));
        json_object_set_new(cutoff, "total", json_integer(total + step));
        expect_refused(copy, "cutoff");
    }
    copy = copy_of(&proof, root);
    json_object_set_new(proof, "populations", json_null());
    expect_refused_for(copy, "level full needs populations with a tail");
    copy = copy_of(&proof, root);
    json_object_set_new(at(proof, "cutoff", -1), "levels",
                        json_pack("{s:i}", "a", 100));
    expect_refused_for(copy, "level full keeps the states with N <= total");
    copy = copy_of(&proof, root);
    json_object_set_new(proof, "precision", json_integer(8193));
    expect_refused_for(copy, "a precision above 8192 bits");
    copy = copy_of(&proof, root);
    cutoff = at(proof, "expectations", -1);
    json_array_append(cutoff, at(cutoff, NULL, 0));
    expect_refused(copy, "an expectation too many");
    copy = copy_of(&proof, root);
    json_array_clear(at(proof, "expectations", -1));
    expect_refused(copy, "no expectations");
}

static void
refuse_changed_weights(const json_t * root)
{
    static const struct
    {
        const char * name;
        double factor;
    } changes[] = { { "ratio", 4.0 },    { "ratio", 0.01 }, { "damping", 4.0 },
                    { "damping", -1.0 }, { "rate", 4.0 },   { "rate", -1.0 },
                    { "share", -1.0 },   { "share", 0.0 },  { "o", 0.5 },
                    { "o", -1.0 },       { "o", 4.0 } };
    json_t *copy, *proof, *p, *list;

    for (size_t k = 0; k < sizeof(changes) / sizeof(changes[0]); k++)
    {
        copy = copy_of(&proof, root);
        p = at(proof, "populations", -1);
        change_number(p, changes[k].name, changes[k].factor, NULL);
        expect_refused(copy, changes[k].name);
    }
    for (int step = -8; step <= 8; step += 16)
    {
        copy = copy_of(&proof, root);
        p = at(proof, "populations", -1);
        json_object_set_new(
            p, "scale",
            json_integer(json_integer_value(at(p, "scale", -1)) + step));
        expect_refused(copy, "scale");
    }
    copy = copy_of(&proof, root);
    list = at(at(proof, "populations", -1), "exponents", -1);
    json_array_append_new(list, json_integer(1));
    expect_refused(copy, "an exponent too many");
    copy = copy_of(&proof, root);
    json_object_set_new(at(proof, "populations", -1), "start",
                        json_integer(1000));
    expect_refused_for(copy, "[L1] needs m <= M");
    copy = copy_of(&proof, root);
    json_object_set_new(at(proof, "populations", -1), "o",
                        json_string("-1p-9"));
    expect_refused_for(copy, "[L1] needs o >= 0");
    list = at(
        at(at(at((json_t *) root, "proofs", -1), NULL, 0), "populations", -1),
        "exponents", -1);
    for (size_t n = 0; n < json_array_size(list); n++)
    {
        json_t * other;

        copy = copy_of(&proof, root);
        other = at(at(proof, "populations", -1), "exponents", -1);
        json_array_set_new(
            other, n,
            json_integer(json_integer_value(json_array_get(list, n)) + 3));
        expect_refused(copy, "exponent");
    }
}

/* Changes entry j of row i, part (0: re, 1: im), by a power of two times the
   size of Y there. */
static int
change_entry(json_t * rows, slong i, slong j, int part, slong e)
{
    char * text
        = lb_text_copy(json_string_value(json_array_get(rows, (size_t) i)));
    char *p = text, *end, *middle, *new_text, *number;
    arf_t x, y;

    for (slong k = 0; k < j && p != NULL; k++)
        p = (p = strchr(p, ' ')) != NULL ? p + 1 : NULL;
    if (p == NULL)
    {
        flint_free(text);
        return 0;
    }
    end = p + strcspn(p, " ");
    middle = p + strcspn(p, ", ");
    if (part == 1)
        p = *middle == ',' ? middle + 1 : end;
    else
        end = middle;
    arf_init(x);
    arf_init(y);
    number = lb_text_print("%.*s", (int) (end - p), p);
    if (number[0] != '\0')
        read_hex(x, number);
    arf_one(y);
    arf_mul_2exp_si(y, y, e);
    arf_add(x, x, y, ARF_PREC_EXACT, ARF_RND_DOWN);
    flint_free(number);
    number = write_exact(x);
    new_text = lb_text_print("%.*s%s%s%s", (int) (p - text), text,
                             part == 1 && p[-1] != ',' ? "," : "", number, end);
    json_array_set_new(rows, (size_t) i, json_string(new_text));
    flint_free(number);
    flint_free(new_text);
    flint_free(text);
    arf_clear(x);
    arf_clear(y);
    return 1;
}

/* Every entry of Y, changed by something that matters: of the populations,
   64 times what (*) allows on its shells; of an expectation value, what moves
   the bound by 100 radii. */
static void
refuse_changed_matrices(const json_t * root)
{
    json_t *copy, *proof, *list;
    arb_t claim;
    slong bits, n, entries = 0;

    arb_init(claim);
    proof = at(at((json_t *) root, "proofs", -1), NULL, 0);
    list = at(at(proof, "populations", -1), "exponents", -1);
    n = (slong) json_array_size(list); /* one mode: a shell is a state */
    CU_ASSERT_FATAL(
        arb_set_str(claim, json_string_value(at(proof, "claim", -1)), 400)
        == 0);
    bits = (slong) ceil(log2(mag_get_d(arb_radref(claim)))) + 8;
    for (slong i = 0; i < n; i++)
        for (slong j = 0; i + j < n; j++)
            for (int part = 0; part < 2 && (part == 0 || j > 0); part++)
            {
                slong e = (slong) (json_integer_value(
                                       json_array_get(list, (size_t) i))
                                   + json_integer_value(
                                       json_array_get(list, (size_t) (i + j))))
                          / 2;

                copy = copy_of(&proof, root);
                if (change_entry(at(at(proof, "populations", -1), "y", -1), i,
                                 j, part, e + 6))
                {
                    expect_refused(copy, "Y of the populations");
                    entries++;
                }
                else
                    json_decref(copy);
                copy = copy_of(&proof, root);
                if (change_entry(
                        at(at(at(proof, "expectations", -1), NULL, 0), "y", -1),
                        i, j, part, e + bits + 6))
                {
                    expect_refused(copy, "Y of an expectation value");
                    entries++;
                }
                else
                    json_decref(copy);
            }
    CU_ASSERT(entries > n * n);
    arb_clear(claim);
}

static void
refuse_changed_values(const json_t * root)
{
    json_t *copy, *proof;
    arb_t claim, shift;

    arb_init(claim);
    arb_init(shift);
    proof = at(at((json_t *) root, "proofs", -1), NULL, 0);
    CU_ASSERT_FATAL(
        arb_set_str(claim, json_string_value(at(proof, "claim", -1)), 400)
        == 0);
    arb_get_rad_arb(shift, claim);
    arb_mul_si(shift, shift, 100, 64);
    arb_get_mid_arb(shift, shift);
    for (int sign = 0; sign < 2; sign++)
    {
        copy = copy_of(&proof, root);
        change_number(at(at(proof, "expectations", -1), NULL, 0), "o", 1.0,
                      shift);
        expect_refused(copy, "o");
        arb_neg(shift, shift);
    }
    arb_clear(claim);
    arb_clear(shift);
}

/* A complex value: both parts are claimed. */
static void
refuse_changed_parts(certified * x)
{
    json_t * root = make_certificate(x, "<a>", 6);
    json_t *copy, *proof;
    const char *claim, *im;
    char *text, reason[600];
    acb_t value;

    acb_init(value);
    CU_ASSERT(check_json(value, reason, sizeof(reason), root) == 1);
    proof = at(at(root, "proofs", -1), NULL, 0);
    claim = json_string_value(at(proof, "claim", -1));
    im = strstr(claim, " + ");
    CU_ASSERT_FATAL(im != NULL);
    for (int k = 0; k < 4; k++)
    {
        copy = copy_of(&proof, root);
        text = k == 0   ? lb_text_print("%.*s", (int) (im - claim), claim)
               : k == 1 ? lb_text_print("%.*s + %.*s*i", (int) (im - claim),
                                        claim, (int) (im - claim), claim)
               : k == 2 ? lb_text_print("[-0.1 +/- 1e-7]%s", im)
                        : lb_text_print("%s + [0 +/- 1]*i", claim);
        json_object_set_new(proof, "claim", json_string(text));
        expect_refused(copy, text);
        flint_free(text);
    }
    json_decref(root);
    acb_clear(value);
}

static void
test_refused(void)
{
    char reason[600];
    certified x;
    json_t * root;
    acb_t value;

    acb_init(value);
    certified_init_full(&x, KERR);
    root = make_certificate(&x, "<a'*a>", 6);
    CU_ASSERT(check_json(value, reason, sizeof(reason), root) == 1);
    refuse_changed_claims(root);
    refuse_changed_model(root);
    refuse_changed_frame(root);
    refuse_changed_weights(root);
    refuse_changed_values(root);
    refuse_changed_matrices(root);
    refuse_changed_parts(&x);
    printf(" %ld refused, %ld not readable ", (long) refused,
           (long) unreadable);
    CU_ASSERT(refused > 100);
    json_decref(root);
    certified_clear(&x);
    acb_clear(value);
}

/* --- hostile files ------------------------------------------------------- */

/* Bytes of a certificate changed at random: never a crash; and what is still
   accepted must be true of the model that it now states. */
static void
check_truth(const acb_t claim, slong iter)
{
    lb_certificate_t c;
    lb_error err;
    lb_certifier * certifier = NULL;
    lb_certified_info info;
    lb_scope_t scope;
    acb_t value;

    acb_init(value);
    lb_error_clear(&err);
    lb_certificate_init(c);
    CU_ASSERT_FATAL(lb_certificate_read(c, scratch_path(), &err) == LB_OK);
    CU_ASSERT_FATAL(
        lb_model_scope_at(scope, c->model, c->proofs->settings, &err) == LB_OK);
    if (c->proofs->full)
    {
        if (lb_certifier_new_full(&certifier, c->model, scope, 200, &err)
            != LB_OK)
            test_fail("hostile", &err);
    }
    else
    {
        lb_cutoff_t cutoff;

        lb_cutoff_init(cutoff, scope->kinds, scope->subsystems);
        cutoff->total = c->proofs->total;
        for (slong k = 0; k < scope->subsystems; k++)
            cutoff->levels[k] = c->proofs->levels[k];
        if (lb_certifier_new_truncated(&certifier, c->model, scope, cutoff, 200,
                                       &err)
            != LB_OK)
            test_fail("hostile", &err);
        lb_cutoff_clear(cutoff);
    }
    if (lb_certifier_value(value, &info, certifier, c->proofs->quantity, 8,
                           &err)
        != LB_OK)
        test_fail("hostile", &err);
    LB_CHECK_OVERLAP_ACB(value, claim, iter);
    lb_certifier_free(certifier);
    lb_scope_clear(scope);
    lb_certificate_clear(c);
    acb_clear(value);
}

static void
mutate(char * text, size_t length, flint_rand_t state)
{
    static const char letters[] = "0123456789abcdef-p, []{}\":+*/'<>x";

    for (slong k = 1 + (slong) n_randint(state, 3); k > 0; k--)
    {
        size_t i = n_randint(state, length);

        text[i] = n_randint(state, 8) == 0
                      ? (char) (1 + n_randint(state, 255))
                      : letters[n_randint(state, sizeof(letters) - 1)];
    }
}

static void
fuzz(const json_t * root, slong iterations, flint_rand_t state, slong * counts)
{
    char * text = json_dumps(root, JSON_INDENT(1));
    size_t length = strlen(text);
    char * copy = flint_malloc(length + 1);
    char reason[600];
    acb_t value;

    acb_init(value);
    for (slong i = 0; i < iterations; i++)
    {
        FILE * stream = fopen(scratch_path(), "wb");
        int verdict;

        memcpy(copy, text, length + 1);
        mutate(copy, length, state);
        CU_ASSERT_FATAL(stream != NULL);
        fwrite(copy, 1, n_randint(state, 50) == 0 ? length / 2 : length,
               stream);
        fclose(stream);
        verdict = check_file(value, reason, sizeof(reason));
        counts[verdict + 1]++;
        if (verdict == 1)
            check_truth(value, i);
    }
    acb_clear(value);
    flint_free(copy);
    free(text);
}

static void
test_hostile(void)
{
    slong counts[3] = { 0, 0, 0 };
    flint_rand_t state;
    certified x;
    json_t * root;

    lb_test_rand_init(state);
    certified_init_full(&x, KERR);
    root = make_certificate(&x, "<a'*a>", 5);
    fuzz(root, lb_test_iters(1500), state, counts);
    json_decref(root);
    certified_clear(&x);
    certified_init_truncated(&x, KERR, "3");
    root = make_certificate(&x, "<a>", 5);
    fuzz(root, lb_test_iters(1500), state, counts);
    json_decref(root);
    certified_clear(&x);
    printf(" %ld not readable, %ld refused, %ld accepted ", (long) counts[0],
           (long) counts[1], (long) counts[2]);
    CU_ASSERT(counts[0] > 0 && counts[1] > 0 && counts[2] > 0);
    lb_rand_clear(state);
    unlink(scratch_path());
}

/* Two-level systems only: level full is a statement about all states, [F4].
   What holds at N <= 1 is not that, whatever the cutoff says. */
static void
test_all_states(void)
{
    certified x;
    char reason[600];
    json_t *root, *proof;
    acb_t value;

    acb_init(value);
    certified_init_truncated(
        &x, "two-level: s t; H: s'*s + (s + s') + (t + t')/2; 1: s; 2: t", "1");
    root = make_certificate(&x, "<s'*s>", 8);
    CU_ASSERT(check_json(value, reason, sizeof(reason), root) == 1);
    proof = json_array_get(json_object_get(root, "proofs"), 0);
    json_object_set_new(proof, "level", json_string("full"));
    CU_ASSERT(check_json(value, reason, sizeof(reason), root) == 0);
    json_decref(root);
    certified_clear(&x);
    acb_clear(value);
}

int
main(void)
{
    static const lb_test_case tests[] = {
        { "L* of the kernel against dense matrices", test_adjoint },
        { "the tail of the kernel against that of certify/", test_tail },
        { "the tail of an observable", test_observable_tail },
        { "which jumps [L4] speaks of", test_class },
        { "norms", test_norms },
        { "(*) of [L1]", test_inequality },
        { "what the solver certifies is accepted", test_accepted },
        { "what matters may not be changed", test_refused },
        { "hostile files", test_hostile },
        { "level full of two-level systems", test_all_states },
    };

    return lb_test_main("check", tests, sizeof(tests) / sizeof(tests[0]));
}
