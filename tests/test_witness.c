/* tests/test_witness.c -- a proved entanglement witness.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second route: the matrices Q and Gamma as the formula states them, in a
 * product space with room above the cutoff, of a steady state from LAPACK. */
#include <lindbound/witness.h>

#include "lb_test_certify.h"
#include "lb_test_dense.h"

#define MAX_OPERATORS (LB_WITNESS_MAX_PARTIES * LB_WITNESS_OPERATORS)

/* A model, its certifier, and a witness with its proposal. */
typedef struct
{
    certified x;
    lb_witness_t w;
} subject;

static void
subject_init(subject * s, const char * text, const char * parties,
             const char * cutoff)
{
    lb_error err;
    lb_cutoff_t c;

    lb_error_clear(&err);
    certified_init_truncated(&s->x, text, cutoff);
    lb_cutoff_init(c, s->x.model->scope->kinds, s->x.model->scope->subsystems);
    if (cutoff[0] != '\0'
        && lb_cutoff_parse(c, cutoff, s->x.model->scope, &err) != LB_OK)
        test_fail(cutoff, &err);
    if (lb_witness_init(s->w, parties, s->x.model->scope, &err) != LB_OK
        || lb_witness_propose_approx(s->w, s->x.model, c, 2000, &err) != LB_OK)
        test_fail(text, &err);
    lb_cutoff_clear(c);
}

static void
subject_clear(subject * s)
{
    lb_witness_clear(s->w);
    certified_clear(&s->x);
}

static double
lower_end(const lb_witness_t w)
{
    return arf_get_d(arb_midref(w->lower), ARF_RND_NEAR)
           - mag_get_d(arb_radref(w->lower));
}

/* The ends of what is proved. */
static void
prove(double * lower, double * upper, subject * s)
{
    lb_error err;

    lb_error_clear(&err);
    if (lb_witness_prove(s->w, s->x.certifier, 10, &err) != LB_OK)
        test_fail("prove", &err);
    *lower = lower_end(s->w);
    *upper = arf_get_d(arb_midref(s->w->upper), ARF_RND_NEAR)
             + mag_get_d(arb_radref(s->w->upper));
    CU_ASSERT(*lower <= *upper);
    CU_ASSERT(arb_overlaps(s->w->value, s->w->lower));
    CU_ASSERT(arb_overlaps(s->w->value, s->w->upper));
}

/* The lower end alone. */
static double
prove_lower(subject * s)
{
    lb_error err;

    lb_error_clear(&err);
    if (lb_witness_prove_lower(s->w, s->x.certifier, 10, &err) != LB_OK)
        test_fail("prove", &err);
    CU_ASSERT(!arb_is_finite(s->w->upper) && !arb_is_finite(s->w->value));
    return lower_end(s->w);
}

/* Another c, other means and another X. */
static void
spoil(lb_witness_t w, double amount, flint_rand_t state)
{
    slong d = w->part->dimension;

    for (slong k = 0; k < w->operators; k++)
        w->c[k] += amount * uniform(state);
    for (slong j = 0; j < w->parties; j++)
        w->mean[j] += amount * uniform(state);
    for (slong i = 0; i < d * d; i++)
        w->x[i] += amount * CMPLX(uniform(state), uniform(state));
}

/* --- the second route ---------------------------------------------------- */

/* The observable of that number of one subsystem, d x d: products are formed
   with more levels and then cut. */
static void
local_matrix(lb_complex * a, lb_kind kind, slong number, slong d)
{
    slong n = kind == LB_MODE ? d + 4 : 2;
    lb_complex *o = new_dense(n * n), *q = new_dense(n * n),
               *p = new_dense(n * n), *t = new_dense(n * n);

    for (slong i = 0; i + 1 < n; i++)
    {
        o[i * n + i + 1] = sqrt((double) (i + 1));
        q[i * n + i + 1] = q[(i + 1) * n + i] = o[i * n + i + 1];
        p[i * n + i + 1] = CMPLX(0.0, -creal(o[i * n + i + 1]));
        p[(i + 1) * n + i] = conj(p[i * n + i + 1]);
    }
    if (kind == LB_TWO_LEVEL && number == 1)
        for (slong i = 0; i < n * n; i++)
            t[i] = -p[i]; /* sy = i (s - s') */
    else if (kind == LB_TWO_LEVEL && number == 2)
    {
        t[0] = -1.0;
        t[3] = 1.0;
    }
    else if (number < 2)
        memcpy(t, number == 0 ? q : p, (size_t) (n * n) * sizeof(lb_complex));
    else if (number < 4)
        add_product(t, 1.0, number == 2 ? q : p, number == 2 ? q : p, n);
    else
    {
        add_product(t, 0.5, q, p, n);
        add_product(t, 0.5, p, q, n);
    }
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
            a[i * d + j] = t[i * n + j];
    flint_free(o);
    flint_free(q);
    flint_free(p);
    flint_free(t);
}

/* Levels of one party in the product space: so many of a mode that products of
   two observables stay inside. */
static slong
room(lb_kind kind, slong highest)
{
    return kind == LB_MODE ? highest + 5 : 2;
}

typedef struct
{
    slong d, size[LB_WITNESS_MAX_PARTIES];
    lb_complex * rho;
    lb_complex * a[MAX_OPERATORS];
} dense;

/* The reduced state in the product space, from the state of the basis. */
static void
reduce(dense * x, const lb_witness_t w, const lb_basis_t b,
       const lb_complex * rho)
{
    slong n = b->subsystems;

    for (slong i = 0; i < b->dimension; i++)
        for (slong j = 0; j < b->dimension; j++)
        {
            slong row = 0, column = 0;
            int same = 1;

            for (slong k = 0; k < n; k++)
            {
                int mine = 0;

                for (slong p = 0; p < w->parties; p++)
                    mine |= w->which[p] == k;
                same &= mine || b->levels[i * n + k] == b->levels[j * n + k];
            }
            for (slong p = 0; p < w->parties; p++)
            {
                row = row * x->size[p] + b->levels[i * n + w->which[p]];
                column = column * x->size[p] + b->levels[j * n + w->which[p]];
            }
            if (same)
                x->rho[row * x->d + column] += rho[i * b->dimension + j];
        }
}

/* a[k] on the product space */
static void
extend(dense * x, const lb_witness_t w, slong k)
{
    slong p = w->party[k], n = x->size[p], right = 1, d = x->d;
    lb_complex * local = new_dense(n * n);

    local_matrix(local, w->kinds[p], w->number[k], n);
    for (slong q = p + 1; q < w->parties; q++)
        right *= x->size[q];
    x->a[k] = new_dense(d * d);
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
            if (i % right == j % right && i / right / n == j / right / n)
                x->a[k][i * d + j] = local[(i / right % n) * n + j / right % n];
    flint_free(local);
}

static void
dense_init(dense * x, const subject * s, const char * cutoff)
{
    const lb_witness_struct * w = s->w;
    lb_problem_t problem;
    lb_complex * rho;
    lb_cutoff_t c;
    lb_basis_t b;
    lb_error err;

    lb_error_clear(&err);
    lb_cutoff_init(c, s->x.model->scope->kinds, s->x.model->scope->subsystems);
    if ((cutoff[0] != '\0'
         && lb_cutoff_parse(c, cutoff, s->x.model->scope, &err) != LB_OK)
        || lb_basis_init(b, c, 1000, &err) != LB_OK)
        test_fail(cutoff, &err);
    test_problem_init(problem, s->x.model);
    rho = new_dense(b->dimension * b->dimension);
    dense_steady_state(rho, problem, b);
    x->d = 1;
    for (slong p = 0; p < w->parties; p++)
    {
        x->size[p] = room(w->kinds[p], lb_cutoff_level(c, w->which[p]));
        x->d *= x->size[p];
    }
    x->rho = new_dense(x->d * x->d);
    reduce(x, w, b, rho);
    for (slong k = 0; k < w->operators; k++)
        extend(x, w, k);
    flint_free(rho);
    lb_problem_clear(problem);
    lb_basis_clear(b);
    lb_cutoff_clear(c);
}

static void
dense_clear(dense * x, const lb_witness_t w)
{
    for (slong k = 0; k < w->operators; k++)
        flint_free(x->a[k]);
    flint_free(x->rho);
}

static double
dense_mean(const dense * x, const lb_complex * a, const lb_complex * b)
{
    slong d = x->d;
    lb_complex sum = 0.0;

    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
            if (x->rho[i * d + j] != 0.0 && b == NULL)
                sum += x->rho[i * d + j] * a[j * d + i];
            else if (x->rho[i * d + j] != 0.0)
                for (slong k = 0; k < d; k++)
                    sum += x->rho[i * d + j] * a[j * d + k] * b[k * d + i];
    return creal(sum);
}

/* Q and Gamma by their formulas, and the largest eigenvalue of Q - 4 Gamma;
   Q - 4 Gamma is left in q. */
static double
dense_witness(double * q, const dense * x, const lb_witness_t w)
{
    slong d = x->d, n = w->operators;
    lb_complex * v = new_dense(d * d);
    double * p = flint_malloc((size_t) (d + n) * sizeof(double));
    double * t = flint_malloc((size_t) (n * n) * sizeof(double));
    lb_complex ** e = flint_malloc((size_t) n * sizeof(*e));
    double value;

    memcpy(v, x->rho, (size_t) (d * d) * sizeof(lb_complex));
    CU_ASSERT_FATAL(LAPACKE_zheevd(LAPACK_ROW_MAJOR, 'V', 'L', (lapack_int) d,
                                   v, (lapack_int) d, p)
                    == 0);
    for (slong k = 0; k < n; k++)
    {
        lb_complex *left = new_dense(d * d), *half = new_dense(d * d);

        e[k] = new_dense(d * d);
        dense_adjoint(left, v, d);
        add_product(half, 1.0, x->a[k], v, d);
        add_product(e[k], 1.0, left, half, d);
        flint_free(left);
        flint_free(half);
    }
    for (slong k = 0; k < n; k++)
        for (slong l = 0; l < n; l++)
        {
            double sum = 0.0;

            for (slong i = 0; i < d; i++)
                for (slong j = 0; j < d; j++)
                    if (p[i] + p[j] > 1e-14)
                        sum += 2.0 * (p[i] - p[j]) * (p[i] - p[j])
                               / (p[i] + p[j])
                               * creal(e[k][i * d + j] * e[l][j * d + i]);
            if (w->party[k] == w->party[l])
                sum -= 4.0
                       * (dense_mean(x, x->a[k], x->a[l])
                          - dense_mean(x, x->a[k], NULL)
                                * dense_mean(x, x->a[l], NULL));
            q[k * n + l] = sum;
        }
    memcpy(t, q, (size_t) (n * n) * sizeof(double));
    CU_ASSERT_FATAL(LAPACKE_dsyev(LAPACK_ROW_MAJOR, 'N', 'U', (lapack_int) n, t,
                                  (lapack_int) n, p)
                    == 0);
    value = p[n - 1];
    for (slong k = 0; k < n; k++)
        flint_free(e[k]);
    flint_free(e);
    flint_free(v);
    flint_free(t);
    flint_free(p);
    return value;
}

/* W(c)/|c|^2 */
static double
dense_at(const double * q, const lb_witness_t w)
{
    double sum = 0.0, norm = 0.0;

    for (slong k = 0; k < w->operators; k++)
    {
        norm += w->c[k] * w->c[k];
        for (slong l = 0; l < w->operators; l++)
            sum += w->c[k] * q[k * w->operators + l] * w->c[l];
    }
    return sum / norm;
}

/* --- the tests ----------------------------------------------------------- */

/* Random models: the bound is tight, and sound whatever is proposed. */
static void
test_dense_route(void)
{
    static const struct
    {
        const char * text; /* NULL: one of random_models */
        slong model;
        const char * parties;
        const char * cutoff;
    } cases[] = {
        { NULL, 2, "a,s", NULL },
        { NULL, 3, "b,a", NULL },
        { NULL, 4, "s,u", NULL },
        { NULL, 4, "u,t,s", NULL },
        { NULL, 5, "a,b", NULL },
        /* close to a dark state of two qubits in a cascade */
        { "two-level: s t; H: $*s'*s - $*t'*t - i/2*t'*s + i/2*s'*t;"
          "H: %*(sx(s) + sx(t)); 1: s + t; %/50: s",
          -1, "s,t", "" },
        /* two-mode squeezing by loss, and a spectator */
        { "modes: a b; two-level: s; H: $*a'*a + $*s'*s + $*(a'*s + a*s');"
          "1: a + %/4*b'; 1: b + %/4*a'; %: s",
          -1, "a,b", "3" },
        { "modes: a; two-level: s; H: $*(a'*s + a*s') + $*a'*a + $*(s + s');"
          "%/30: a; %/30: s",
          -1, "s,a", "2" },
    };
    slong n_cases = (slong) (sizeof(cases) / sizeof(cases[0]));
    slong iters = lb_test_iters(24);
    flint_rand_t state;
    slong positive = 0, tight = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong k = iter % n_cases, own = cases[k].text != NULL;
        const char * cutoff
            = own ? cases[k].cutoff : random_models[cases[k].model].cutoff;
        double q[MAX_OPERATORS * MAX_OPERATORS], exact, lower, upper;
        char text[2048];
        subject s;
        dense x;

        fill_random_text(
            text, own ? cases[k].text : random_models[cases[k].model].text,
            state);
        subject_init(&s, text, cases[k].parties, cutoff);
        dense_init(&x, &s, cutoff);
        exact = dense_witness(q, &x, s.w);
        prove(&lower, &upper, &s);
        positive += lower > 0.0;
        CHECK(lower <= exact + 1e-10 * (1.0 + fabs(exact)), iter, "unsound");
        CHECK(lower >= exact - 1e-6 * fabs(exact) - 1e-10, iter, "not tight");
        CHECK(upper >= exact - 1e-10, iter, "upper bound unsound");
        tight += upper <= exact + 1e-6 * (1.0 + fabs(exact));
        CHECK(s.w->reached, iter, "digits");

        /* another W(c) has its own bound, below that of the best X */
        for (double amount = 1e-3; amount < 2.0; amount *= 30.0)
        {
            spoil(s.w, amount, state);
            lower = prove_lower(&s);
            CHECK(lower < dense_at(q, s.w) + 1e-10, iter, "spoiled: unsound");
            CHECK(lower > dense_at(q, s.w) - 1e4 * (1.0 + amount * amount),
                  iter, "spoiled: vacuous");
        }
        dense_clear(&x, s.w);
        subject_clear(&s);
    }
    CHECK(4 * tight >= 3 * iters, tight, "the upper bound is not tight");
    CHECK(positive >= iters / 8, positive, "hardly ever entangled");
    lb_rand_clear(state);
}

/* lambda |S><S| + (1 - lambda)/4 with the singlet |S>: jumps |S><k| and |j><k|
   make it. */
static void
werner_text(char * text, slong g, slong h)
{
    text += sprintf(text, "two-level: s t; ");
    for (int k = 0; k < 4; k++)
    {
        text += sprintf(text,
                        "%ld/2: ketbra(s,1,%d)*ketbra(t,0,%d)"
                        " - ketbra(s,0,%d)*ketbra(t,1,%d); ",
                        (long) g, k / 2, k % 2, k / 2, k % 2);
        for (int j = 0; j < 4; j++)
            text += sprintf(text, "%ld/4: ketbra(s,%d,%d)*ketbra(t,%d,%d); ",
                            (long) h, j / 2, k / 2, j % 2, k % 2);
    }
}

/* Of A = (n.s - n.t)/sqrt(2) the singlet and a triplet are coupled with
   |<S|A|T>|^2 = 2, their weights are (1 + 3 lambda)/4 and (1 - lambda)/4, and
   each variance is 1/2: W = 16 lambda^2/(1 + lambda) - 4.  The upper bound is
   [E3], or [E2] where the state is pure. */
static void
test_werner(void)
{
    for (slong g = 1; g <= 10; g += g < 9 ? 2 : 1)
    {
        slong h = 10 - g;
        char text[2048];
        subject s;
        double lower, upper;
        arb_t exact, below, above;

        werner_text(text, g, h);
        subject_init(&s, text, "s,t", "");
        prove(&lower, &upper, &s);
        arb_init(exact);
        arb_init(below);
        arb_init(above);
        /* 16 g^2 / ((g + h)(2 g + h)) - 4 */
        arb_set_si(exact, 16 * g * g);
        arb_div_si(exact, exact, (g + h) * (2 * g + h), 128);
        arb_sub_si(exact, exact, 4, 128);
        CHECK(arb_is_positive(s.w->lower) == (g > 6), g, "not decided");
        arb_sub(below, s.w->lower, exact, 128);
        CHECK(!arb_is_positive(below), g, "lower: unsound");
        arb_add_error_2exp_si(below, -30);
        CHECK(arb_contains_zero(below), g, "lower: not tight");
        arb_sub(above, s.w->upper, exact, 128);
        CHECK(!arb_is_negative(above), g, "upper: unsound");
        arb_add_error_2exp_si(above, -20);
        CHECK(arb_contains_zero(above), g, "upper: not tight");
        CHECK(strcmp(lb_certifier_level(s.x.certifier), "full") == 0, g,
              "level");
        arb_clear(exact);
        arb_clear(below);
        arb_clear(above);
        subject_clear(&s);
    }
}

/* Product states, and classical correlations: never W > 0. */
static void
test_separable(void)
{
    static const struct
    {
        const char * text;
        const char * parties;
        const char * cutoff;
        int correlated;
    } cases[] = {
        { "modes: a; two-level: s; H: $*a'*a + $*(a + a') + $*a'^2*a^2;"
          "H: $*sz(s) + $*sx(s); %: a; %: s; %: s'; %/4: a'",
          "a,s", "a=4", 0 },
        { "modes: a b; H: $*a'*a + $*(a^2 + a'^2) + $*b'*b + $*(b + b');"
          "%: a; %: b; %: b^2",
          "b,a", "a=4,b=3", 0 },
        { "two-level: s t u; H: $*sx(s) + $*sy(t) + $*sx(u) + $*sz(u);"
          "%: s; %: t; %: u; %: t'",
          "s,t,u", "", 0 },
        /* |01> and |10> are made together, without coherence */
        { "two-level: s t; %: ketbra(s,1,0)*ketbra(t,0,0);"
          "%: ketbra(s,0,0)*ketbra(t,1,0); %: ketbra(s,0,1)*ketbra(t,0,0);"
          "%: ketbra(s,0,0)*ketbra(t,0,1); %/8: s*t; %/8: s; %/8: t",
          "s,t", "", 1 },
    };
    slong n_cases = (slong) (sizeof(cases) / sizeof(cases[0]));
    slong iters = lb_test_iters(12);
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong k = iter % n_cases;
        char text[2048];
        double lower, upper;
        subject s;

        fill_random_text(text, cases[k].text, state);
        subject_init(&s, text, cases[k].parties, cases[k].cutoff);
        prove(&lower, &upper, &s);
        CHECK(!arb_is_positive(s.w->lower), iter, "a separable state");
        CHECK(lower <= 0.0, iter, "a separable state");
        CHECK(lower > -40.0, iter, "vacuous");
        if (!cases[k].correlated)
            CHECK(upper < 1e-6, iter, "covariances of a product");
        else
            CHECK(upper > 1e-3, iter, "no correlations");
        for (double amount = 1e-6; amount < 2.0; amount *= 30.0)
        {
            spoil(s.w, amount, state);
            lower = prove_lower(&s);
            CHECK(lower <= 0.0, iter, "a separable state, spoiled");
        }
        subject_clear(&s);
    }
    lb_rand_clear(state);
}

/* A two-mode state with parameters that are balls: the bound holds for each of
   them; and the mean of an operator against its expression. */
static void
test_balls_and_means(void)
{
    static const char text[]
        = "modes: a b; g = 3/10 +/- 0.0001; H: a'*a/3 - b'*b/5;"
          "H: g*(a*b + a'*b') + (a + a')/7; 1: a; 1/2: b";
    static const char exact[] = "modes: a b; g = 0.30007; H: a'*a/3 - b'*b/5;"
                                "H: g*(a*b + a'*b') + (a + a')/7; 1: a; 1/2: b";
    double q[MAX_OPERATORS * MAX_OPERATORS], lower, upper, best;
    lb_certified_info info;
    subject s, t;
    lb_opoly_t op;
    lb_error err;
    mag_t scale;
    acb_t value;
    arb_t mean;
    dense x;

    lb_error_clear(&err);
    subject_init(&s, text, "a,b", "3");
    subject_init(&t, exact, "a,b", "3");
    prove(&lower, &upper, &s);
    dense_init(&x, &t, "3");
    best = dense_witness(q, &x, t.w);
    CU_ASSERT(lower <= best && lower > best - 1e-3);
    CU_ASSERT(upper >= best);
    CU_ASSERT(!s.w->reached && s.w->limit != NULL);

    acb_init(value);
    arb_init(mean);
    mag_init(scale);
    test_operator_init(op, t.x.model, "a*b + h.c.");
    certified_value(value, &t.x, "<a*b + a'*b'>", 20);
    CU_ASSERT(lb_certifier_mean(mean, &info, t.x.certifier, op, 20, scale, &err)
              == LB_OK);
    CU_ASSERT(info.reached && arb_rel_accuracy_bits(mean) > 60);
    LB_CHECK_OVERLAP(mean, acb_realref(value), 0);
    mag_set_ui(scale, 1000000);
    CU_ASSERT(lb_certifier_mean(mean, &info, t.x.certifier, op, 3, scale, &err)
              == LB_OK);
    CU_ASSERT(info.reached);
    LB_CHECK_OVERLAP(mean, acb_realref(value), 1);

    lb_opoly_clear(op);
    acb_clear(value);
    arb_clear(mean);
    mag_clear(scale);
    dense_clear(&x, t.w);
    subject_clear(&s);
    subject_clear(&t);
}

/* What is refused. */
static void
test_refusals(void)
{
    static const char * const bad[]
        = { "a", "a,a", "a,b,", ",a", "", "a,c", "a, b", "a,g" };
    lb_cutoff_t c;
    lb_witness_t w;
    lb_model_t m;
    lb_error err;

    lb_error_clear(&err);
    test_model_init(m, "modes: a b; g = 1; H: g*(a + a'); 1: a; 1: b");
    for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
    {
        CU_ASSERT(lb_witness_init(w, bad[k], m->scope, &err) != LB_OK);
        lb_witness_clear(w);
    }
    CU_ASSERT(lb_witness_init(w, "b,a", m->scope, &err) == LB_OK);
    CU_ASSERT(w->parties == 2 && w->which[0] == 1 && w->which[1] == 0);
    CU_ASSERT(w->operators == 10);
    CU_ASSERT_STRING_EQUAL(lb_witness_operator_name(w, 8), "p^2");
    lb_cutoff_init(c, m->scope->kinds, m->scope->subsystems);
    CU_ASSERT(lb_witness_propose_approx(w, m, c, 100, &err) == LB_EDIM);
    CU_ASSERT(lb_cutoff_parse(c, "9", m->scope, &err) == LB_OK);
    CU_ASSERT(lb_witness_propose_approx(w, m, c, 20, &err) == LB_EDIM);
    CU_ASSERT(lb_witness_propose_approx(w, m, c, 100, &err) == LB_OK);
    lb_cutoff_clear(c);
    lb_witness_clear(w);
    lb_model_clear(m);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "a Werner state: known exactly", test_werner },
        { "against Q and Gamma, dense (random)", test_dense_route },
        { "separable states are never entangled (random)", test_separable },
        { "parameters that are balls, means of operators",
          test_balls_and_means },
        { "what is refused", test_refusals },
    };
    return lb_test_main("witness", cases, sizeof(cases) / sizeof(cases[0]));
}
