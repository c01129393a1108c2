/* tests/test_judge.c -- verdicts against an independent argument in exact
 * rationals, and every word of them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>
#include <time.h>

#include <lindbound/judge.h>
#include <lindbound/text.h>

#include "lb_test.h"

/* A vector and its problem, made by hand. */
typedef struct
{
    lb_vector vector;
    lb_vector_problem problem;
    lb_vector_truncation truncations[4];
    char * names[2];
    lb_kind kinds[2];
    lb_answer_t answer;
    lb_gate_result_t result;
} fixture;

static void
fixture_init(fixture * f)
{
    memset(f, 0, sizeof(*f));
    fmpq_init(f->vector.relative);
    fmpq_init(f->vector.absolute);
    lb_table_value_init(&f->vector.value);
    lb_table_value_init(&f->vector.rounded);
    for (int k = 0; k < 4; k++)
        lb_table_value_init(&f->truncations[k].value);
    f->vector.truncations = f->truncations;
    lb_answer_init(f->answer);
    lb_gate_result_init(f->result);
}

static void
fixture_clear(fixture * f)
{
    fmpq_clear(f->vector.relative);
    fmpq_clear(f->vector.absolute);
    lb_table_value_clear(&f->vector.value);
    lb_table_value_clear(&f->vector.rounded);
    for (int k = 0; k < 4; k++)
        lb_table_value_clear(&f->truncations[k].value);
    lb_answer_clear(f->answer);
    lb_gate_result_clear(f->result);
}

static void
judge(fixture * f)
{
    lb_gate_judge(f->result, &f->vector, &f->problem, f->answer, NULL);
}

static void
judge_text(fixture * f, const char * text)
{
    lb_answer_set_text(f->answer, text);
    judge(f);
}

/* mid +/- 2^exponent (0: exactly mid), of 12 digits */
static void
set_value(lb_table_value_struct * v, const char * mid, slong exponent)
{
    v->known = 1;
    v->digits = 12;
    arb_set_str(v->ball, mid, 200);
    mag_zero(arb_radref(v->ball));
    if (exponent != 0)
        mag_set_ui_2exp_si(arb_radref(v->ball), 1, exponent);
}

static void
set_tolerance(fixture * f, const char * relative, const char * absolute)
{
    lb_answer_t a;

    lb_answer_init(a);
    lb_answer_set_text(a, relative);
    fmpq_set(f->vector.relative, a->value);
    lb_answer_set_text(a, absolute);
    fmpq_set(f->vector.absolute, a->value);
    lb_answer_clear(a);
}

static void
expect(const fixture * f, lb_gate_verdict verdict, const char * note, int line)
{
    const char * said = f->result->note;

    if (f->result->verdict != verdict || (note == NULL) != (said == NULL)
        || (note != NULL && strcmp(note, said) != 0))
    {
        printf("\nline %d: %s '%s', not %s '%s'\n", line,
               lb_gate_verdict_str(f->result->verdict),
               said != NULL ? said : "-", lb_gate_verdict_str(verdict),
               note != NULL ? note : "-");
        CU_FAIL("another verdict");
    }
    CU_ASSERT(lb_gate_is_good(verdict)
              == (verdict == LB_GATE_INSIDE || verdict == LB_GATE_PASS));
}

#define EXPECT(f, verdict, note) expect(f, verdict, note, __LINE__)

/* --- random intervals ---------------------------------------------------- */

/* A reference and what is judged by it. */
typedef struct
{
    fmpq_t lo, hi, x, relative, absolute, error;
    int has_error;
} operands;

/* y = b + sign (absolute + relative |b|) */
static void
get_edge(fmpq_t y, const fmpq_t b, int sign, const operands * o)
{
    fmpq_abs(y, b);
    fmpq_mul(y, y, o->relative);
    fmpq_add(y, y, o->absolute);
    if (sign < 0)
        fmpq_neg(y, y);
    fmpq_add(y, y, b);
}

/* The point of [lo, hi] nearest to zero. */
static const fmpq *
nearest_zero(const operands * o, const fmpq_t zero)
{
    return fmpq_sgn(o->lo) > 0 ? o->lo : fmpq_sgn(o->hi) < 0 ? o->hi : zero;
}

/* What must come out, by sets: b lets pass the interval J(b) of x from
   b - s(b) to b + s(b), s = absolute + relative |b|.  All b let x pass if it is
   in the intersection of the J(b).  As they move continuously with b their
   union is an interval as well, from the least lower to the greatest upper end.
   For relative <= 1 both ends increase with b; else they turn at 0. */
static lb_gate_verdict
expected(const operands * o)
{
    int steep;
    lb_gate_verdict verdict;
    fmpq_t zero, one, low, high, least, greatest, y;

    fmpq_init(zero);
    fmpq_init(one);
    fmpq_init(low);
    fmpq_init(high);
    fmpq_init(least);
    fmpq_init(greatest);
    fmpq_init(y);
    fmpq_one(one);
    steep = fmpq_cmp(o->relative, one) > 0;

    /* intersection: [low, high] */
    get_edge(low, steep ? nearest_zero(o, zero) : o->hi, -1, o);
    get_edge(high, steep ? nearest_zero(o, zero) : o->lo, 1, o);
    /* union: [least, greatest] */
    get_edge(least, o->lo, -1, o);
    get_edge(greatest, o->hi, 1, o);
    if (steep)
    {
        get_edge(y, o->hi, -1, o);
        if (fmpq_cmp(y, least) < 0)
            fmpq_set(least, y);
        get_edge(y, o->lo, 1, o);
        if (fmpq_cmp(y, greatest) > 0)
            fmpq_set(greatest, y);
    }

    if (fmpq_cmp(o->lo, o->x) <= 0 && fmpq_cmp(o->x, o->hi) <= 0)
        verdict = LB_GATE_INSIDE;
    else if (fmpq_cmp(low, o->x) <= 0 && fmpq_cmp(o->x, high) <= 0)
    {
        fmpq_sub(low, o->lo, o->error);
        fmpq_add(high, o->hi, o->error);
        verdict
            = o->has_error
                      && (fmpq_cmp(o->x, low) < 0 || fmpq_cmp(o->x, high) > 0)
                  ? LB_GATE_CLAIM_VIOLATED
                  : LB_GATE_PASS;
    }
    else if (fmpq_cmp(o->x, least) < 0 || fmpq_cmp(o->x, greatest) > 0)
        verdict = LB_GATE_FAIL;
    else
        verdict = LB_GATE_UNDECIDED;
    fmpq_clear(zero);
    fmpq_clear(one);
    fmpq_clear(low);
    fmpq_clear(high);
    fmpq_clear(least);
    fmpq_clear(greatest);
    fmpq_clear(y);
    return verdict;
}

/* Points of the ball, its ends and 0 among them: does x pass by some, by all?
 */
static void
check_samples(const operands * o, lb_gate_verdict verdict, slong iter)
{
    int some = 0, all = 1;
    fmpq_t b, step, low, high;

    fmpq_init(b);
    fmpq_init(step);
    fmpq_init(low);
    fmpq_init(high);
    fmpq_sub(step, o->hi, o->lo);
    for (slong k = -1; k <= 16; k++)
    {
        int passes;

        fmpq_set_si(b, FLINT_MAX(k, 0), 16);
        fmpq_mul(b, b, step);
        fmpq_add(b, b, o->lo);
        if (k < 0)
            fmpq_zero(b);
        if (fmpq_cmp(b, o->lo) < 0 || fmpq_cmp(b, o->hi) > 0)
            continue;
        get_edge(low, b, -1, o);
        get_edge(high, b, 1, o);
        passes = fmpq_cmp(low, o->x) <= 0 && fmpq_cmp(o->x, high) <= 0;
        some |= passes;
        all &= passes;
    }
    if ((verdict == LB_GATE_FAIL && some) || (verdict == LB_GATE_PASS && !all)
        || (verdict == LB_GATE_CLAIM_VIOLATED && !all))
    {
        printf("\niter %ld seed %lu: %s\n", (long) iter, lb_test_seed(),
               lb_gate_verdict_str(verdict));
        CU_FAIL("a point of the ball contradicts the verdict");
    }
    fmpq_clear(b);
    fmpq_clear(step);
    fmpq_clear(low);
    fmpq_clear(high);
}

/* k/8, so coarse that ends meet often; sometimes moved by 10^-60. */
static void
random_coarse(fmpq_t x, flint_rand_t state, slong range, int may_move)
{
    fmpq_t tiny;

    fmpq_init(tiny);
    fmpq_set_si(x, (slong) n_randint(state, (ulong) (2 * range + 1)) - range,
                8);
    if (may_move && n_randint(state, 4) == 0)
    {
        fmpz_one(fmpq_numref(tiny));
        fmpz_ui_pow_ui(fmpq_denref(tiny), 10, 60);
        if (n_randint(state, 2) == 0)
            fmpq_neg(tiny, tiny);
        fmpq_add(x, x, tiny);
    }
    fmpq_clear(tiny);
}

/* x at an end of what passes by an end of the ball, or just beside it. */
static void
random_edge(fmpq_t x, flint_rand_t state, const operands * o)
{
    fmpq_t tiny;

    fmpq_init(tiny);
    get_edge(x, n_randint(state, 2) == 0 ? o->lo : o->hi,
             n_randint(state, 2) == 0 ? 1 : -1, o);
    fmpz_set_si(fmpq_numref(tiny), (slong) n_randint(state, 3) - 1);
    fmpz_ui_pow_ui(fmpq_denref(tiny), 10, 80);
    fmpq_canonicalise(tiny);
    fmpq_add(x, x, tiny);
    fmpq_clear(tiny);
}

/* The ball of the fixture becomes random, lo and hi its ends. */
static void
random_ball(fixture * f, operands * o, flint_rand_t state, int coarse)
{
    arb_struct * ball = f->vector.value.ball;
    fmpq_t radius;
    arf_t r;

    fmpq_init(radius);
    arf_init(r);
    if (coarse)
    {
        arb_set_si(ball, (slong) n_randint(state, 33) - 16);
        mag_set_ui(arb_radref(ball), n_randint(state, 3) * n_randint(state, 9));
        arb_mul_2exp_si(ball, ball, -3);
    }
    else
        arb_randtest(ball, state, 2 + (slong) n_randint(state, 200), 12);
    arf_get_fmpq(o->lo, arb_midref(ball));
    arf_set_mag(r, arb_radref(ball));
    arf_get_fmpq(radius, r);
    fmpq_add(o->hi, o->lo, radius);
    fmpq_sub(o->lo, o->lo, radius);
    f->vector.value.known = 1;
    f->vector.value.digits = 12;
    arf_clear(r);
    fmpq_clear(radius);
}

static void
test_random(void)
{
    slong n = lb_test_iters(30000), seen[LB_GATE_TIMEOUT + 1] = { 0 };
    flint_rand_t state;
    operands o;
    fixture f;

    lb_test_rand_init(state);
    fixture_init(&f);
    fmpq_init(o.lo);
    fmpq_init(o.hi);
    fmpq_init(o.x);
    fmpq_init(o.relative);
    fmpq_init(o.absolute);
    fmpq_init(o.error);
    for (slong iter = 0; iter < n; iter++)
    {
        int coarse = n_randint(state, 2) == 0;
        lb_gate_tolerance given;
        lb_gate_verdict wanted;

        random_ball(&f, &o, state, coarse);
        fmpq_set_si(o.relative, (slong) n_randint(state, 13), 8);
        if (n_randint(state, 2) == 0)
            fmpq_div_2exp(o.relative, o.relative, n_randint(state, 60));
        random_coarse(o.absolute, state, 8, 0);
        fmpq_abs(o.absolute, o.absolute);
        if (n_randint(state, 3) == 0)
            fmpq_zero(o.absolute);
        if (coarse && n_randint(state, 3) > 0)
            random_coarse(o.x, state, 32, 1);
        else
            random_edge(o.x, state, &o);
        random_coarse(o.error, state, 8, 0);
        fmpq_abs(o.error, o.error);
        o.has_error = n_randint(state, 2) == 0;

        fmpq_set(f.vector.relative, o.relative);
        fmpq_set(f.vector.absolute, o.absolute);
        f.answer->kind = LB_ANSWER_VALUE;
        fmpq_set(f.answer->value, o.x);
        fmpq_set(f.answer->error, o.error);
        f.answer->has_error = o.has_error;
        judge(&f);
        wanted = expected(&o);
        if (f.result->verdict != wanted)
        {
            printf("\niter %ld seed %lu: %s, not %s; ball ", (long) iter,
                   lb_test_seed(), lb_gate_verdict_str(f.result->verdict),
                   lb_gate_verdict_str(wanted));
            arb_printd(f.vector.value.ball, 20);
            printf(" x ");
            fmpq_print(o.x);
            printf(" relative ");
            fmpq_print(o.relative);
            printf(" absolute ");
            fmpq_print(o.absolute);
            printf("\n");
            CU_FAIL("another verdict");
        }
        check_samples(&o, f.result->verdict, iter);
        CU_ASSERT(!isnan(f.result->digits) && f.result->digits >= 0);
        CU_ASSERT(!f.result->rounded);
        seen[wanted]++;

        /* the same tolerances, given for others */
        set_tolerance(&f, "0.37", "12.5");
        memset(&given, 0, sizeof(given));
        given.has_relative = given.has_absolute = 1;
        fmpq_init(given.relative);
        fmpq_init(given.absolute);
        fmpq_set(given.relative, o.relative);
        fmpq_set(given.absolute, o.absolute);
        lb_gate_judge(f.result, &f.vector, &f.problem, f.answer, &given);
        CU_ASSERT(f.result->verdict == wanted);
        fmpq_clear(given.relative);
        fmpq_clear(given.absolute);
    }
    CU_ASSERT(seen[LB_GATE_INSIDE] > n / 50 && seen[LB_GATE_PASS] > n / 50
              && seen[LB_GATE_FAIL] > n / 50 && seen[LB_GATE_UNDECIDED] > n / 50
              && seen[LB_GATE_CLAIM_VIOLATED] > n / 50);
    fmpq_clear(o.lo);
    fmpq_clear(o.hi);
    fmpq_clear(o.x);
    fmpq_clear(o.relative);
    fmpq_clear(o.absolute);
    fmpq_clear(o.error);
    fixture_clear(&f);
    lb_rand_clear(state);
}

/* --- notes and digits ---------------------------------------------------- */

static void
test_values(void)
{
    fixture f;

    fixture_init(&f);
    set_value(&f.vector.value, "0.01", -50);
    set_tolerance(&f, "1e-6", "0");
    judge_text(&f, "0.01");
    EXPECT(&f, LB_GATE_INSIDE, NULL);
    CU_ASSERT(f.result->digits == 12);
    judge_text(&f, "0.010000005");
    EXPECT(&f, LB_GATE_PASS, NULL);
    CU_ASSERT(fabs(f.result->digits - 6.301) < 1e-3);
    judge_text(&f, "0.0105");
    EXPECT(&f, LB_GATE_FAIL, "0.0105000, not 0.0100000: 1.3 correct digits");
    judge_text(&f, "-7e400");
    EXPECT(&f, LB_GATE_FAIL,
           "-7.00000e+400, not 0.0100000: 0.0 correct digits");
    CU_ASSERT(f.result->digits == 0);
    judge_text(&f, "0.010000011");
    EXPECT(&f, LB_GATE_FAIL,
           "0.010000011, not 0.010000000: 6.0 correct digits");

    lb_answer_set_text(f.answer, "0.010000005");
    lb_answer_set_error_text(f.answer, "1e-9");
    judge(&f);
    EXPECT(&f, LB_GATE_CLAIM_VIOLATED,
           "wrong by 5.00e-9, more than its own error, 1.00e-9");
    lb_answer_set_error_text(f.answer, "6e-9");
    judge(&f);
    EXPECT(&f, LB_GATE_PASS, NULL);
    lb_answer_set_text(f.answer, "0.01");
    lb_answer_set_error_text(f.answer, "0");
    judge(&f);
    EXPECT(&f, LB_GATE_INSIDE, NULL);

    /* wider than the tolerance */
    set_value(&f.vector.value, "0.5", -10);
    judge_text(&f, "0.500977");
    EXPECT(&f, LB_GATE_UNDECIDED,
           "the reference [0.50 +/- 9.77e-4] is too wide to tell");
    judge_text(&f, "0.5009");
    EXPECT(&f, LB_GATE_INSIDE, NULL);
    /* no ball at all */
    arb_indeterminate(f.vector.value.ball);
    judge_text(&f, "0.5");
    EXPECT(&f, LB_GATE_UNDECIDED, "the reference is no ball");
    f.vector.value.one_sided = 1;
    judge_text(&f, "-400");
    EXPECT(&f, LB_GATE_UNDECIDED, "the reference is no ball");
    CU_ASSERT(f.result->digits == 0);
    fixture_clear(&f);
}

static void
test_zero(void)
{
    fixture f;

    fixture_init(&f);
    set_value(&f.vector.value, "0", 0);
    set_tolerance(&f, "1e-6", "1e-10");
    judge_text(&f, "0");
    EXPECT(&f, LB_GATE_INSIDE, NULL);
    CU_ASSERT(f.result->digits == 12);
    judge_text(&f, "-1e-10");
    EXPECT(&f, LB_GATE_PASS, NULL);
    CU_ASSERT(fabs(f.result->digits - 10) < 1e-12);
    judge_text(&f, "1.0000001e-10");
    EXPECT(&f, LB_GATE_FAIL, "1.00000010000e-10, not 0: 10.0 correct digits");
    judge_text(&f, "25");
    EXPECT(&f, LB_GATE_FAIL, "25.0000, not 0: 0.0 correct digits");
    /* a ball around zero knows its size */
    set_value(&f.vector.value, "0", -20);
    judge_text(&f, "0.0001");
    CU_ASSERT(fabs(f.result->digits - 4) < 1e-12);
    judge_text(&f, "1e-7");
    EXPECT(&f, LB_GATE_INSIDE, NULL);
    CU_ASSERT(fabs(f.result->digits - 20 * log10(2)) < 1e-12);
    fixture_clear(&f);
}

/* Sizes far beyond those of doubles, and what they cost. */
static void
test_sizes(void)
{
    static const char * const answers[]
        = { "1e99999", "-1e-99999", "-0x1p99999", "0x1p-99999" };
    clock_t begin = clock();
    fixture f;

    fixture_init(&f);
    set_tolerance(&f, "1e-6", "0");
    f.vector.value.known = 1;
    f.vector.value.digits = 15;
    for (slong e = -200000; e <= 200000; e += 100000)
    {
        arb_set_ui(f.vector.value.ball, 1);
        arb_mul_2exp_si(f.vector.value.ball, f.vector.value.ball, e);
        arf_get_fmpq(f.answer->value, arb_midref(f.vector.value.ball));
        f.answer->kind = LB_ANSWER_VALUE;
        judge(&f);
        EXPECT(&f, LB_GATE_INSIDE, NULL);
        CU_ASSERT(f.result->digits == 15);
        for (int k = 0; k < 2; k++) /* 1 + 2^-10, then 1 + 2^-20 */
        {
            fmpz_set_ui(fmpq_numref(f.answer->value), k == 0 ? 1025 : 1048577);
            fmpz_set_ui(fmpq_denref(f.answer->value), k == 0 ? 1024 : 1048576);
            if (e > 0)
                fmpq_mul_2exp(f.answer->value, f.answer->value, (ulong) e);
            else
                fmpq_div_2exp(f.answer->value, f.answer->value, (ulong) -e);
            judge(&f);
            CU_ASSERT(f.result->verdict
                      == (k == 0 ? LB_GATE_FAIL : LB_GATE_PASS));
            CU_ASSERT(fabs(f.result->digits - 10 * (k + 1) * log10(2)) < 1e-9);
        }
        for (size_t k = 0; k < sizeof(answers) / sizeof(answers[0]); k++)
        {
            judge_text(&f, answers[k]);
            CU_ASSERT(f.result->verdict == LB_GATE_FAIL);
            CU_ASSERT(f.result->digits < 1e-12);
        }
    }
    CU_ASSERT((double) (clock() - begin) / CLOCKS_PER_SEC < 20);
    fixture_clear(&f);
}

/* --- other kinds of answers ---------------------------------------------- */

static void
test_kinds(void)
{
    fixture f;

    fixture_init(&f);
    set_value(&f.vector.value, "0.01", -50);
    set_tolerance(&f, "1e-6", "0");
    judge(&f);
    EXPECT(&f, LB_GATE_SKIPPED, "no answer");
    CU_ASSERT(isnan(f.result->digits));
    lb_answer_set_reason(f.answer, LB_ANSWER_SKIPPED, "too large");
    judge(&f);
    EXPECT(&f, LB_GATE_SKIPPED, "too large");
    lb_answer_set_reason(f.answer, LB_ANSWER_SKIPPED, NULL);
    judge(&f);
    EXPECT(&f, LB_GATE_SKIPPED, NULL);
    lb_answer_set_reason(f.answer, LB_ANSWER_ERRORED, "exit status 127");
    judge(&f);
    EXPECT(&f, LB_GATE_ERRORED, "exit status 127");
    lb_answer_set_reason(f.answer, LB_ANSWER_TIMEOUT, "60 s");
    judge(&f);
    EXPECT(&f, LB_GATE_TIMEOUT, "60 s");

    f.problem.refuse = (char *) "several steady states";
    lb_table_value_clear(&f.vector.value);
    lb_table_value_init(&f.vector.value);
    judge(&f);
    EXPECT(&f, LB_GATE_TIMEOUT, "60 s");
    lb_answer_set_reason(f.answer, LB_ANSWER_NONE, NULL);
    judge(&f);
    EXPECT(&f, LB_GATE_SKIPPED, "no answer");
    lb_answer_set_reason(f.answer, LB_ANSWER_ERRORED, "singular matrix");
    judge(&f);
    EXPECT(&f, LB_GATE_PASS, "refused, as it must be: singular matrix");
    lb_answer_set_reason(f.answer, LB_ANSWER_SKIPPED, NULL);
    judge(&f);
    EXPECT(&f, LB_GATE_PASS, "refused, as it must be: several steady states");
    judge_text(&f, "0.25");
    EXPECT(&f, LB_GATE_FAIL,
           "0.250000, but there is no value: several steady states");
    CU_ASSERT(isnan(f.result->digits));
    fixture_clear(&f);
}

/* The value of the problem in doubles counts as well. */
static void
test_rounded(void)
{
    fixture f;

    fixture_init(&f);
    set_value(&f.vector.value, "1", -60);
    set_value(&f.vector.rounded, "1.001", -60);
    set_tolerance(&f, "1e-6", "0");
    judge_text(&f, "1");
    EXPECT(&f, LB_GATE_INSIDE, NULL);
    CU_ASSERT(!f.result->rounded);
    judge_text(&f, "1.001");
    EXPECT(&f, LB_GATE_INSIDE, NULL);
    CU_ASSERT(f.result->rounded && f.result->digits == 12);
    judge_text(&f, "1.0010001");
    EXPECT(&f, LB_GATE_PASS, NULL);
    CU_ASSERT(f.result->rounded);
    judge_text(&f, "1.0005");
    EXPECT(&f, LB_GATE_FAIL, "1.00050, not 1.00000: 3.3 correct digits");
    CU_ASSERT(!f.result->rounded);
    /* outside its error by one, inside the other */
    set_value(&f.vector.rounded, "1.0000001", -60);
    lb_answer_set_text(f.answer, "1.0000001");
    lb_answer_set_error_text(f.answer, "1e-12");
    judge(&f);
    EXPECT(&f, LB_GATE_INSIDE, NULL);
    CU_ASSERT(f.result->rounded);
    lb_answer_set_text(f.answer, "1.00000005");
    lb_answer_set_error_text(f.answer, "1e-12");
    judge(&f);
    CU_ASSERT(f.result->verdict == LB_GATE_CLAIM_VIOLATED);
    fixture_clear(&f);
}

/* --- cutoffs ------------------------------------------------------------- */

static void
test_same_cutoff(void)
{
    static const char * const same[][2] = {
        { "N<=5", "5" },
        { "N<=5", " N <= 5 " },
        { "a<=4, b<=4", "b=4,a=4" },
        { "a=4", "a <= 4" },
        { "N<=8, a<=5", "a=5,8" },
        { "N=5", "5" },
        { "all levels", "all levels" },
        { "a_1=3,B=2", "B<=2,a_1<=3" },
    };
    static const char * const other[][2] = {
        { "N<=5", "6" },
        { "N<=5", "a<=5" },
        { "a=4,b=4", "a=4,b=5" },
        { "a=4,b=4", "a=4" },
        { "a=4", "a=4,b=4" },
        { "N<=5", "" },
        { "", "N<=5" },
        { "N<=5", "5," },
        { "N<=5", "5,5" },
        { "a=4", "a=4,a=4" },
        { "a=4", "a==4" },
        { "a=4", "a<4" },
        { "a=4", "ab=4" },
        { "N<=5", "N<=5x" },
        { "N<=5", "-5" },
        { "N<=5", "N<=5.0" },
        { "N<=5", "99999999995" },
        { "N<=8, a<=5", "N<=8" },
        { "a=4,a=4", "a=4,b=4" },
        { "99999999999999999999995", "99999999999999999999994" },
        { "a=4,b=5", "a=5,b=4" },
    };
    size_t size = 200000;
    char * text = flint_malloc(size * 5 + 1);

    for (size_t k = 0; k < sizeof(same) / sizeof(same[0]); k++)
    {
        CU_ASSERT(lb_same_cutoff(same[k][0], same[k][1]));
        CU_ASSERT(lb_same_cutoff(same[k][1], same[k][0]));
    }
    for (size_t k = 0; k < sizeof(other) / sizeof(other[0]); k++)
    {
        if (lb_same_cutoff(other[k][0], other[k][1]))
            printf("\n'%s' '%s'\n", other[k][0], other[k][1]);
        CU_ASSERT(!lb_same_cutoff(other[k][0], other[k][1]));
        CU_ASSERT(!lb_same_cutoff(other[k][1], other[k][0]));
    }
    /* a megabyte of levels is no cutoff, and known at once to be none */
    for (size_t k = 0; k < size; k++)
        snprintf(text + 5 * k, 6, "%c%c=1,", 'a' + (int) (k % 26),
                 'a' + (int) (k / 26 % 26));
    CU_ASSERT(!lb_same_cutoff(text, "N<=5"));
    flint_free(text);
}

/* The value at a cutoff. */
static void
set_truncation(fixture * f, int k, const char * cutoff, const char * value)
{
    f->truncations[k].cutoff = (char *) cutoff;
    set_value(&f->truncations[k].value, value, -60);
    f->vector.n_truncations = FLINT_MAX(f->vector.n_truncations, k + 1);
}

static void
judge_at(fixture * f, const char * text, const char * cutoff)
{
    lb_answer_set_cutoff(f->answer, cutoff);
    judge_text(f, text);
}

static void
test_cutoff(void)
{
    fixture f;

    fixture_init(&f);
    f.names[0] = (char *) "a";
    f.names[1] = (char *) "s";
    f.kinds[0] = LB_MODE;
    f.kinds[1] = LB_TWO_LEVEL;
    set_value(&f.vector.value, "0.25", -60);
    set_tolerance(&f, "1e-6", "0");
    set_truncation(&f, 0, "N<=2", "0.125");
    set_truncation(&f, 1, "N<=6", "0.2500000001");
    set_truncation(&f, 2, "N<=4", "0.249");
    judge_text(&f, "0.125");
    EXPECT(&f, LB_GATE_FAIL, "0.125000, not 0.250000: 0.3 correct digits");
    judge_at(&f, "0.125", "2");
    EXPECT(&f, LB_GATE_CUTOFF,
           "right for the model truncated at N<=2; the full value is 0.250000; "
           "raise the cutoff to N<=6 or more");
    CU_ASSERT(fabs(f.result->digits - log10(2)) < 1e-12);
    /* the tolerance is that of the truncated value */
    judge_at(&f, "0.12500012", "2");
    CU_ASSERT(f.result->verdict == LB_GATE_CUTOFF);
    judge_at(&f, "0.12500013", "2");
    CU_ASSERT(f.result->verdict == LB_GATE_FAIL);
    judge_at(&f, "0.125", "4");
    CU_ASSERT(f.result->verdict == LB_GATE_FAIL);
    judge_at(&f, "0.249", "N<=4");
    CU_ASSERT(f.result->verdict == LB_GATE_CUTOFF);
    judge_at(&f, "0.25", "N<=4");
    EXPECT(&f, LB_GATE_INSIDE, NULL);
    judge_at(&f, "0.2500000001", "N<=6");
    EXPECT(&f, LB_GATE_PASS, NULL);

    /* by chance right at N<=2 as well: wrong at 4 all the same */
    set_truncation(&f, 0, "N<=2", "0.2500000001");
    judge_at(&f, "0.249", "N<=4");
    EXPECT(&f, LB_GATE_CUTOFF,
           "right for the model truncated at N<=4; the full value is 0.250000; "
           "raise the cutoff to N<=6 or more");
    /* none is enough */
    set_truncation(&f, 1, "N<=6", "0.2499");
    judge_at(&f, "0.249", "N<=4");
    EXPECT(&f, LB_GATE_CUTOFF,
           "right for the model truncated at N<=4; the full value is 0.250000; "
           "raise the cutoff beyond N<=6");
    /* nor is a ball that sticks out of the tolerance at one end */
    set_value(&f.truncations[1].value, "0.2499998", -22);
    judge_at(&f, "0.249", "N<=4");
    CU_ASSERT(f.result->verdict == LB_GATE_CUTOFF
              && strstr(f.result->note, "beyond N<=6") != NULL);
    set_value(&f.truncations[1].value, "0.2500002", -22);
    judge_at(&f, "0.249", "N<=4");
    CU_ASSERT(f.result->verdict == LB_GATE_CUTOFF
              && strstr(f.result->note, "beyond N<=6") != NULL);
    set_value(&f.truncations[1].value, "0.25", -22);
    judge_at(&f, "0.249", "N<=4");
    CU_ASSERT(f.result->verdict == LB_GATE_CUTOFF
              && strstr(f.result->note, "to N<=6 or") != NULL);

    /* levels of modes are compared with levels of modes */
    set_truncation(&f, 0, "a<=3, b<=2", "0.125");
    set_truncation(&f, 1, "N<=20", "0.24");
    set_truncation(&f, 2, "a<=5, b<=5", "0.25");
    judge_at(&f, "0.125", "b=2,a=3");
    EXPECT(&f, LB_GATE_CUTOFF,
           "right for the model truncated at a<=3, b<=2; the full value is "
           "0.250000; raise the cutoff to a<=5, b<=5 or more");
    judge_at(&f, "0.125", "b=3,a=2");
    CU_ASSERT(f.result->verdict == LB_GATE_FAIL);

    /* a two-level system has both levels; the only mode has all excitations */
    f.problem.expanded->n_subsystems = 2;
    f.problem.expanded->names = f.names;
    f.problem.expanded->kinds = f.kinds;
    set_truncation(&f, 0, "a<=3", "0.125");
    judge_at(&f, "0.125", "a=3,s=1");
    CU_ASSERT(f.result->verdict == LB_GATE_CUTOFF);
    judge_at(&f, "0.125", "a=3,s=0");
    CU_ASSERT(f.result->verdict == LB_GATE_FAIL);
    judge_at(&f, "0.125", "N<=3");
    CU_ASSERT(f.result->verdict == LB_GATE_FAIL);
    f.problem.expanded->n_subsystems = 1;
    judge_at(&f, "0.125", "N<=3");
    CU_ASSERT(f.result->verdict == LB_GATE_CUTOFF);
    set_truncation(&f, 0, "N<=3", "0.125");
    judge_at(&f, "0.125", "{}");
    CU_ASSERT(f.result->verdict == LB_GATE_FAIL);
    judge_at(&f, "0.125", "a<=3");
    CU_ASSERT(f.result->verdict == LB_GATE_CUTOFF);
    fixture_clear(&f);
}

/* The problem is a truncated model. */
static void
test_wanted_cutoff(void)
{
    fixture f;

    fixture_init(&f);
    f.problem.cutoff = (char *) "N<=3";
    set_value(&f.vector.value, "0.25", -60);
    set_tolerance(&f, "1e-6", "0");
    judge_at(&f, "0.25", "N<=5");
    EXPECT(&f, LB_GATE_INSIDE, NULL);
    judge_at(&f, "0.26", "N<=5");
    EXPECT(&f, LB_GATE_FAIL,
           "0.260000, not 0.250000: 1.4 correct digits; the problem is cut off "
           "at N<=3, the answer at N<=5");
    judge_at(&f, "0.26", "3");
    EXPECT(&f, LB_GATE_FAIL, "0.260000, not 0.250000: 1.4 correct digits");
    fixture_clear(&f);
}

static void
test_names(void)
{
    static const char * const names[]
        = { "INSIDE", "PASS",       "SKIPPED", "UNDECIDED", "CLAIM-VIOLATED",
            "CUTOFF", "CONVENTION", "FAIL",    "ERRORED",   "TIMEOUT" };

    for (int k = LB_GATE_INSIDE; k <= LB_GATE_TIMEOUT; k++)
        CU_ASSERT(strcmp(lb_gate_verdict_str((lb_gate_verdict) k), names[k])
                  == 0);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "random", test_random },
        { "values", test_values },
        { "zero", test_zero },
        { "sizes", test_sizes },
        { "kinds", test_kinds },
        { "rounded", test_rounded },
        { "same cutoff", test_same_cutoff },
        { "cutoff", test_cutoff },
        { "wanted cutoff", test_wanted_cutoff },
        { "names", test_names },
    };

    return lb_test_main("judge", cases, sizeof(cases) / sizeof(cases[0]));
}
