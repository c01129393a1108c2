/* tests/test_proposals.c -- what proposes Y and o cannot make a bound wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * certify/enclosure.c and certify/certifier_space.c are compiled a second time
 * into this program, with the solver in double precision and its preparation
 * replaced by the two functions below (see CMakeLists.txt): they run the real
 * ones under another rounding mode and spoil what comes out.  Everything that
 * certifies runs under round-to-nearest, as it insists. */
#include <complex.h>
#include <fenv.h>
#include <math.h>

#include <lindbound/blas_threads.h>

#include "lb_test_certify.h"

/* --- the saboteur -------------------------------------------------------- */

typedef enum
{
    HONEST,
    NOISE,   /* relative noise on every entry             */
    ZEROS,   /* no proposal at all                        */
    OPPOSED, /* the wrong sign                            */
    NANS     /* some entries are not numbers, or infinite */
} spoiling;

static struct
{
    int rounding;
    spoiling spoil;
    double noise;
    flint_rand_t state;
    slong set_up, solved; /* calls */
    int differs;          /* an answer was not that of round-to-nearest */
} sabotage;

lb_status
test_poisson_init(lb_poisson_t p, const lb_problem_t problem,
                  const lb_basis_t basis, slong scale, lb_error * err);
lb_status test_poisson_solve_approx(lb_complex * y, lb_complex * o,
                                    lb_poisson_t p, const lb_complex * r,
                                    double tolerance, lb_error * err);

lb_status
test_poisson_init(lb_poisson_t p, const lb_problem_t problem,
                  const lb_basis_t basis, slong scale, lb_error * err)
{
    lb_status status;

    sabotage.set_up++;
    fesetround(sabotage.rounding);
    status = lb_poisson_init(p, problem, basis, scale, err);
    fesetround(FE_TONEAREST);
    return status;
}

static double
random_unit(void)
{
    return (double) n_randint(sabotage.state, 2000001) / 1e6 - 1.0;
}

static lb_complex
spoiled(lb_complex z, double size)
{
    switch (sabotage.spoil)
    {
    case HONEST:
        break;
    case NOISE:
        return z
               + CMPLX(random_unit() * sabotage.noise * size,
                       random_unit() * sabotage.noise * size);
    case ZEROS:
        return 0.0;
    case OPPOSED:
        return -z;
    case NANS:
        if (n_randint(sabotage.state, 5) == 0)
            return CMPLX((double) NAN, (double) INFINITY);
    }
    return z;
}

/* Solves again under round-to-nearest. */
static void
note_difference(const lb_complex * y, lb_poisson_t p, const lb_complex * r,
                double tolerance, slong n)
{
    lb_complex * z = flint_malloc((size_t) n * sizeof(lb_complex));
    lb_complex o;
    lb_status ignored;

    ignored = lb_poisson_solve_approx(z, &o, p, r, tolerance, NULL);
    (void) ignored;
    for (slong i = 0; i < n; i++)
        sabotage.differs |= creal(z[i]) != creal(y[i]);
    flint_free(z);
}

lb_status
test_poisson_solve_approx(lb_complex * y, lb_complex * o, lb_poisson_t p,
                          const lb_complex * r, double tolerance,
                          lb_error * err)
{
    slong n = p->basis->dimension * p->basis->dimension;
    double size = 0.0;
    lb_status status;

    sabotage.solved++;
    fesetround(sabotage.rounding);
    status = lb_poisson_solve_approx(y, o, p, r, tolerance, err);
    fesetround(FE_TONEAREST);
    if (sabotage.rounding != FE_TONEAREST && !sabotage.differs)
        note_difference(y, p, r, tolerance, n);
    for (slong i = 0; i < n; i++)
        size = fmax(size, fmax(fabs(creal(y[i])), fabs(cimag(y[i]))));
    for (slong i = 0; i < n; i++)
        y[i] = spoiled(y[i], size);
    *o = spoiled(*o, cabs(*o));
    return status;
}

static void
sabotage_set(int rounding, spoiling spoil, double noise)
{
    sabotage.rounding = rounding;
    sabotage.spoil = spoil;
    sabotage.noise = noise;
    sabotage.set_up = 0;
    sabotage.solved = 0;
    sabotage.differs = 0;
}

/* --- what is asked ------------------------------------------------------- */

/* Values with an exact result, and others; no cutoff: level full. */
static const struct
{
    const char * model;
    const char * cutoff;
    const char * of;
    const char * exact; /* NULL: compared with an honest run */
} questions[] = {
    { "two-level: s; H: s'*s/3 + (s + s')*7/5; 2: s; 1/7: s'; 1/2: s'*s", "",
      "<s'*s>",
      "(1/7 + 49/25*4/2*(2 + 1/7 + 1/2)/2/(((2 + 1/7 + 1/2)/2)^2 + 1/9))"
      "/(1/7 + 2 + 2*49/25*4/2*(2 + 1/7 + 1/2)/2"
      "/(((2 + 1/7 + 1/2)/2)^2 + 1/9))" },
    { "modes: a; H: a'*a/2 + (a + a')/5; 1: a", NULL, "<a>",
      "-i/5/(i/2 + 1/2)" },
    { "modes: a; H: a'*a/2 + (a + a')/5; 1: a; 1/10: a'", NULL, "<a'*a>",
      "abs2(1/5/(i/2 + 9/20)) + 1/9" },
    { "modes: a; H: a'*a/2 + 3*a'^2*a^2 + (a + a')/10; 1: a", NULL, "g2(a)",
      "re((1/abs2(rising((1/2 - i/2)/3,2))"
      "*hyp0f2((1/2 - i/2)/3 + 2, (1/2 + i/2)/3 + 2, 2/900)"
      "*hyp0f2((1/2 - i/2)/3, (1/2 + i/2)/3, 2/900))"
      "/(1/abs2((1/2 - i/2)/3)"
      "*hyp0f2((1/2 - i/2)/3 + 1, (1/2 + i/2)/3 + 1, 2/900))^2)" },
    { "modes: a b; H: a'*a/2 - b'*b/3; H: (3/4 + i/5)*a'*b + h.c.;"
      "H: (a + a')/4; 1: a; 3: b",
      NULL, "<a>", "-i/4/((i/2 + 1/2) + abs2(3/4 + i/5)/(-i/3 + 3/2))" },
    { "modes: a; H: a'*a/2 + (a^2 + a'^2)/5 + (a + a')/5; 1: a", "7", "g2(a)",
      NULL },
    { "modes: a; two-level: s; H: a'*a/3 + a'*s + a*s' + (a + a')/3;"
      "1: a; 1/2: s; 1/9: a'",
      "a=4", "<a'*s>", NULL },
    { "modes: a b; H: a'*a + b'*b/2; H: (3/4 + i/5)*a'*b + h.c.;"
      "H: (a + a')*(b + b')/3 + (a + a')/9; 1: a; 1/2: b; 1: a + b",
      "3", "<a'^2*a^2>", NULL },
};
#define QUESTIONS ((slong) (sizeof(questions) / sizeof(questions[0])))

/* Answers question k, with a certifier of its own. */
static int
answer(acb_t value, slong k, slong digits)
{
    certified c;
    int reached;

    if (questions[k].cutoff == NULL)
        certified_init_full(&c, questions[k].model);
    else
        certified_init_truncated(&c, questions[k].model, questions[k].cutoff);
    reached = certified_value(value, &c, questions[k].of, digits);
    certified_clear(&c);
    return reached;
}

/* The exact value, or what an honest proposal proves to 25 digits. */
static void
reference(acb_t value, slong k)
{
    lb_expr * e;
    lb_scope_t scope;
    lb_scalar_t y;
    lb_error err;
    lb_env_t env;

    lb_blas_set_threads(1);
    sabotage_set(FE_TONEAREST, HONEST, 0.0);
    if (questions[k].exact == NULL)
    {
        CU_ASSERT_FATAL(answer(value, k, 25));
        return;
    }
    lb_error_clear(&err);
    e = test_parse(questions[k].exact);
    lb_scope_init(scope);
    lb_scalar_init(y);
    lb_env_init(env, scope, 300);
    if (lb_env_scalar(y, env, e, &err) != LB_OK)
        test_fail(questions[k].exact, &err);
    acb_set(value, y->coefficient);
    lb_env_clear(env);
    lb_scalar_clear(y);
    lb_scope_clear(scope);
    lb_expr_free(e);
}

/* Asks everything with the solver as it is now; returns how often the digits
   were reached. */
static slong
ask_all(acb_srcptr expected, slong digits, const char * how)
{
    slong reached = 0;
    acb_t value;

    acb_init(value);
    for (slong k = 0; k < QUESTIONS; k++)
    {
        int ok;

        reached += answer(value, k, digits);
        ok = acb_overlaps(value, expected + k);
        if (!ok)
        {
            printf("\nseed %lu, %s: <%s> of \"%s\"\n  got      ",
                   lb_test_seed(), how, questions[k].of, questions[k].model);
            acb_printn(value, 30, 0);
            printf("\n  expected ");
            acb_printn(expected + k, 30, 0);
            printf("\n");
        }
        CU_ASSERT(ok);
    }
    acb_clear(value);
    CU_ASSERT(sabotage.set_up >= QUESTIONS);
    CU_ASSERT(sabotage.solved >= QUESTIONS);
    return reached;
}

static acb_ptr
all_references(void)
{
    acb_ptr expected = _acb_vec_init(QUESTIONS);

    for (slong k = 0; k < QUESTIONS; k++)
        reference(expected + k, k);
    return expected;
}

/* --- tests --------------------------------------------------------------- */

static void
test_rounding(void)
{
    static const struct
    {
        int mode;
        const char * name;
    } modes[] = { { FE_UPWARD, "upward" },
                  { FE_DOWNWARD, "downward" },
                  { FE_TOWARDZERO, "toward zero" } };
    acb_ptr expected = all_references();

    for (int k = 0; k < 3; k++)
    {
        lb_blas_set_threads(1 << k);
        sabotage_set(modes[k].mode, HONEST, 0.0);
        CU_ASSERT(ask_all(expected, 10, modes[k].name) == QUESTIONS);
        CU_ASSERT(sabotage.differs);
    }
    lb_blas_set_threads(1);
    _acb_vec_clear(expected, QUESTIONS);
}

static void
test_threads(void)
{
    acb_ptr expected = all_references();

    for (int threads = 1; threads <= 4; threads *= 2)
    {
        lb_blas_set_threads(threads);
        sabotage_set(FE_TONEAREST, HONEST, 0.0);
        CU_ASSERT(ask_all(expected, 12, "threads") == QUESTIONS);
    }
    lb_blas_set_threads(1);
    _acb_vec_clear(expected, QUESTIONS);
}

static void
test_spoiled(void)
{
    acb_ptr expected = all_references();
    slong few;

    for (double noise = 1e-9; noise < 0.1; noise *= 100.0)
        for (slong i = 0; i < lb_test_iters(3); i++)
        {
            sabotage_set(FE_TONEAREST, NOISE, noise);
            few = ask_all(expected, 8, "noise");
            /* every round still gains: refinement removes small noise */
            if (noise < 1e-4)
                CU_ASSERT(few == QUESTIONS);
        }
    sabotage_set(FE_TONEAREST, NOISE, 1.0);
    ask_all(expected, 8, "noise as large as the proposal");
    sabotage_set(FE_UPWARD, NANS, 0.0);
    ask_all(expected, 8, "not numbers");
    sabotage_set(FE_TONEAREST, OPPOSED, 0.0);
    ask_all(expected, 8, "wrong sign");
    sabotage_set(FE_TONEAREST, ZEROS, 0.0);
    ask_all(expected, 8, "no proposal");
    _acb_vec_clear(expected, QUESTIONS);
}

/* Nothing is certified under another rounding mode. */
static void
test_refusal(void)
{
    static const int modes[] = { FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };

    sabotage_set(FE_TONEAREST, HONEST, 0.0);
    for (slong k = 0; k < QUESTIONS; k++)
    {
        lb_expr * e = test_parse(questions[k].of);
        certified c;
        acb_t value;

        acb_init(value);
        if (questions[k].cutoff == NULL)
            certified_init_full(&c, questions[k].model);
        else
            certified_init_truncated(&c, questions[k].model,
                                     questions[k].cutoff);
        for (int j = 0; j < 3; j++)
        {
            lb_status status;
            lb_error err;

            lb_error_clear(&err);
            acb_zero(value);
            fesetround(modes[j]);
            status = lb_certifier_value(value, NULL, c.certifier, e, 5, &err);
            fesetround(FE_TONEAREST);
            CU_ASSERT(status == LB_EDOM);
            CU_ASSERT(strstr(err.text, "rounded to nearest") != NULL);
            CU_ASSERT(!acb_is_finite(value));
        }
        /* and again under the right one */
        CU_ASSERT(certified_value(value, &c, questions[k].of, 5));
        certified_clear(&c);
        lb_expr_free(e);
        acb_clear(value);
    }
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "the solver under other rounding modes", test_rounding },
        { "numbers of threads", test_threads },
        { "spoiled proposals (random)", test_spoiled },
        { "certifying refuses other rounding modes", test_refusal },
    };
    int status;

    lb_test_rand_init(sabotage.state);
    status = lb_test_main("proposals", cases, sizeof(cases) / sizeof(cases[0]));
    lb_rand_clear(sabotage.state);
    return status;
}
