/* tests/test_near.c -- certifiers that take over the work of an anchor.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is certified near an anchor must be what a certifier of its own says,
 * to the same digits, however far the anchor is; it depends on the anchor and
 * the point alone; and the anchor stays what it was. */
#include <fenv.h>
#include <math.h>

#include "lb_test_certificate.h"

#define MAX_VALUES 3

/* x and y are the parameters of a point, x in [0, 1], y in [-1, 1]. */
static const struct
{
    const char * text;
    const char * cutoff; /* NULL: level full */
    const char * values[MAX_VALUES];
} models[] = {
    { "modes: a; x = 1/2; y = 0; H: y*a'*a + 2*x*a'^2*a^2 + (a + a')/10;"
      "1 + x: a",
      "6",
      { "<a'*a>", "g2(a)", "<a>" } },
    { "modes: a b; x = 1/2; y = 0; H: a'*b*exp(i*y) + h.c.;"
      "H: 3*a'^2*a^2 + y*b'*b + x/5*(a + a'); 1: a; 1/5 + x: b",
      "4",
      { "<b'*b>", "g2(b)", "<b'*b>/(x + 1/100)^2" } },
    /* drives beyond the reach of the graded preconditioner */
    { "modes: a; x = 1/2; y = 0; H: y*a'*a + (1 + x)*(a + a'); 1: a",
      "14",
      { "<a'*a>", "P(a,2)", "<a>" } },
    { "modes: a; two-level: s; x = 1/2; y = 0; H: y*a'*a + x*(a'*s + s'*a);"
      "H: (s + s')/7; 1: a; 1/3 + x: s; x/9: s'",
      "a=4",
      { "<s'*s>", "g2(a)", "<a'*s>" } },
    /* all states: level full */
    { "two-level: s t; x = 1/2; y = 0; H: y*s'*s + x*(s'*t + t'*s) + (s + s');"
      "1: s; x + 1/10: t",
      "",
      { "<t'*t>", "<s'*s*t'*t>", "<s'*t>" } },
    { "modes: a; x = 1/2; y = 0; H: y*a'*a + 2*x*a'^2*a^2 + (a + a')/10;"
      "1 + x: a",
      NULL,
      { "<a'*a>", "g2(a)", "<a>" } },
    { "modes: a; two-level: s; x = 1/2; y = 0; H: y*a'*a + x*(a'*s + s'*a);"
      "H: (a + a')/9; 1: a; 1/3 + x: s",
      NULL,
      { "<s'*s>", "g2(a)", "<a'*s>" } },
    /* an exact zero */
    { "modes: a; x = 1/2; y = 0; H: y*a'*a + x*(a + a'); 1: a",
      "5",
      { "<a'*a>", "<i*a^2 - i*a'^2>*0", "<a'^2*a^2>" } },
};
#define N_MODELS ((slong) (sizeof(models) / sizeof(models[0])))

/* --- points -------------------------------------------------------------- */

static void
override(lb_scope_t scope, const char * name, double value)
{
    char text[64];
    lb_error err;

    lb_error_clear(&err);
    snprintf(text, sizeof(text), "%s%.12f", value < 0.0 ? "-" : "",
             fabs(value));
    if (lb_scope_override(scope, name, text, NULL, NULL, &err) != LB_OK)
        test_fail(name, &err);
}

typedef struct
{
    double x, y;
} point;

static point
random_point(flint_rand_t state)
{
    point p = { (double) n_randint(state, 1001) / 1e3,
                (double) n_randint(state, 2001) / 1e3 - 1.0 };

    return p;
}

/* Another one at a random distance, from 1e-6 on. */
static point
point_near(point p, flint_rand_t state)
{
    double distance = pow(10.0, -(double) n_randint(state, 7));
    point q = random_point(state);

    q.x = p.x + distance * (q.x - p.x);
    q.y = p.y + distance * (q.y - p.y);
    return q;
}

static void
scope_init(lb_scope_t scope, const lb_model_t m, point p)
{
    lb_scope_init_copy(scope, m->scope);
    override(scope, "x", p.x);
    override(scope, "y", p.y);
}

static lb_certifier *
new_cold(slong k, const lb_model_t m, const lb_scope_t scope)
{
    lb_certifier * c = NULL;
    lb_status status;
    lb_cutoff_t cutoff;
    lb_error err;

    lb_error_clear(&err);
    lb_cutoff_init(cutoff, scope->kinds, scope->subsystems);
    if (models[k].cutoff == NULL)
        status = lb_certifier_new_full(&c, m, scope, 500, &err);
    else
    {
        status = models[k].cutoff[0] != '\0'
                     ? lb_cutoff_parse(cutoff, models[k].cutoff, scope, &err)
                     : LB_OK;
        if (status == LB_OK)
            status
                = lb_certifier_new_truncated(&c, m, scope, cutoff, 500, &err);
    }
    if (status != LB_OK)
        test_fail(models[k].text, &err);
    lb_cutoff_clear(cutoff);
    return c;
}

static lb_certifier *
new_near(const lb_certifier * anchor, const lb_scope_t scope)
{
    lb_certifier * c;
    lb_error err;

    lb_error_clear(&err);
    if (lb_certifier_new_near(&c, anchor, scope, &err) != LB_OK)
        test_fail("near", &err);
    return c;
}

static int
value_of(acb_t value, lb_certifier * c, const char * text, slong digits)
{
    lb_expr * e = test_parse(text);
    lb_certified_info info;
    lb_error err;

    lb_error_clear(&err);
    if (lb_certifier_value(value, &info, c, e, digits, &err) != LB_OK)
        test_fail(text, &err);
    lb_expr_free(e);
    return info.reached;
}

/* All values of the model, in order. */
static void
all_values(acb_ptr values, lb_certifier * c, slong k, slong digits)
{
    for (slong i = 0; i < MAX_VALUES; i++)
        value_of(values + i, c, models[k].values[i], digits);
}

static int
equal_values(acb_srcptr x, acb_srcptr y)
{
    for (slong i = 0; i < MAX_VALUES; i++)
        if (!acb_equal(x + i, y + i))
            return 0;
    return 1;
}

/* --- tests --------------------------------------------------------------- */

/* The value near the anchor contains the cold one, far closer, and has as many
   digits. */
static void
test_values(void)
{
    flint_rand_t state;
    acb_t near, cold, finer;

    lb_test_rand_init(state);
    acb_init(near);
    acb_init(cold);
    acb_init(finer);
    for (slong iter = 0; iter < lb_test_iters(60); iter++)
    {
        slong k = iter % N_MODELS;
        slong digits
            = n_randint(state, 4) == 0 ? 20 : 4 + (slong) n_randint(state, 8);
        point p = random_point(state), q = point_near(p, state);
        lb_certifier *anchor, *a, *b;
        lb_scope_t at_p, at_q;
        acb_ptr values = _acb_vec_init(MAX_VALUES);
        lb_model_t m;

        test_model_init(m, models[k].text);
        scope_init(at_p, m, p);
        scope_init(at_q, m, q);
        anchor = new_cold(k, m, at_p);
        /* sometimes it has not been asked for anything, or for other digits */
        if (n_randint(state, 4) != 0)
            all_values(values, anchor, k,
                       digits - 2 + (slong) n_randint(state, 4));
        a = new_near(anchor, at_q);
        b = new_cold(k, m, at_q);
        CU_ASSERT_STRING_EQUAL(lb_certifier_level(a), lb_certifier_level(b));
        for (slong i = 0; i < MAX_VALUES; i++)
        {
            const char * text = models[k].values[i];
            int reached = value_of(near, a, text, digits);
            int good = reached == value_of(cold, b, text, digits);

            CU_ASSERT(value_of(finer, b, text, digits + 8) || !reached);
            good = good && acb_is_finite(near) && acb_overlaps(near, cold)
                   && acb_overlaps(near, finer);
            if (reached && !acb_contains_zero(finer))
                good = good
                       && acb_rel_accuracy_bits(near)
                              >= (slong) (3.32 * (double) digits);
            if (!good)
            {
                printf("\niter %ld seed %lu: model %ld, %s, x %g -> %g, "
                       "y %g -> %g, %ld digits\n  near ",
                       (long) iter, (unsigned long) lb_test_seed(), (long) k,
                       text, p.x, q.x, p.y, q.y, (long) digits);
                acb_printn(near, 30, 0);
                printf("\n  cold ");
                acb_printn(finer, 30, 0);
                printf("\n");
            }
            CU_ASSERT(good);
        }
        /* more digits of what is remembered */
        CU_ASSERT(value_of(near, a, models[k].values[0], digits + 5)
                  == value_of(cold, b, models[k].values[0], digits + 5));
        CU_ASSERT(acb_overlaps(near, cold));
        lb_certifier_free(a);
        lb_certifier_free(b);
        lb_certifier_free(anchor);
        lb_scope_clear(at_p);
        lb_scope_clear(at_q);
        lb_model_clear(m);
        _acb_vec_clear(values, MAX_VALUES);
    }
    acb_clear(near);
    acb_clear(cold);
    acb_clear(finer);
    lb_rand_clear(state);
}

#define TILE 5

/* The same ball, bit by bit, alone, after others and beside them; and the
   anchor answers what it would have answered without its neighbours. */
static void
test_determinism(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(2 * N_MODELS); iter++)
    {
        slong k = iter % N_MODELS, digits = 6;
        point p = random_point(state);
        lb_certifier *anchor, *twin, *alone, *c[TILE];
        lb_scope_t at_p, at[TILE];
        acb_ptr values = _acb_vec_init(MAX_VALUES * TILE);
        acb_ptr other = _acb_vec_init(MAX_VALUES);
        slong last = TILE - 1;
        lb_model_t m;

        test_model_init(m, models[k].text);
        scope_init(at_p, m, p);
        anchor = new_cold(k, m, at_p);
        twin = new_cold(k, m, at_p);
        all_values(values, anchor, k, digits);
        all_values(other, twin, k, digits);
        CU_ASSERT(equal_values(values, other));
        for (slong i = 0; i < TILE; i++)
        {
            scope_init(at[i], m, point_near(p, state));
            c[i] = new_near(anchor, at[i]);
        }
        for (slong i = 0; i < TILE; i++)
            all_values(values + i * MAX_VALUES, c[i], k, digits);
        for (slong i = 0; i < TILE; i++)
            lb_certifier_free(c[i]);

        /* another anchor, only the last point */
        alone = new_near(twin, at[last]);
        all_values(other, alone, k, digits);
        CU_ASSERT(equal_values(other, values + last * MAX_VALUES));
        lb_certifier_free(alone);
        /* the first one, once more */
        alone = new_near(anchor, at[0]);
        all_values(other, alone, k, digits);
        CU_ASSERT(equal_values(other, values));
        lb_certifier_free(alone);
        /* the anchors */
        lb_certifier_free(twin);
        twin = new_cold(k, m, at_p);
        all_values(other, twin, k, digits);
        all_values(other, twin, k, digits + 3);
        all_values(values, anchor, k, digits + 3);
        CU_ASSERT(equal_values(values, other));

        lb_certifier_free(anchor);
        lb_certifier_free(twin);
        for (slong i = 0; i < TILE; i++)
            lb_scope_clear(at[i]);
        lb_scope_clear(at_p);
        lb_model_clear(m);
        _acb_vec_clear(values, MAX_VALUES * TILE);
        _acb_vec_clear(other, MAX_VALUES);
    }
    lb_rand_clear(state);
}

/* What is proved near an anchor is proved once more by the kernel. */
static void
test_certificates(void)
{
    flint_rand_t state;
    acb_t value, proved;

    lb_test_rand_init(state);
    acb_init(value);
    acb_init(proved);
    for (slong iter = 0; iter < lb_test_iters(2 * N_MODELS); iter++)
    {
        slong k = iter % N_MODELS;
        point p = random_point(state), q = point_near(p, state);
        acb_ptr values = _acb_vec_init(MAX_VALUES);
        char reason[1000];
        lb_certifier * anchor;
        lb_scope_t at_p;
        certified x;

        test_model_init(x.model, models[k].text);
        scope_init(at_p, x.model, p);
        override(x.model->scope, "x", q.x);
        override(x.model->scope, "y", q.y);
        anchor = new_cold(k, x.model, at_p);
        all_values(values, anchor, k, 6);
        x.certifier = new_near(anchor, x.model->scope);
        for (slong i = 0; i < MAX_VALUES; i++)
        {
            const char * text = models[k].values[i];
            int verdict;

            value_of(value, x.certifier, text, 6);
            if (!write_last_certificate(&x, text))
                continue;
            verdict = check_file(proved, reason, sizeof(reason));
            if (verdict != 1)
                printf("\niter %ld seed %lu: model %ld, %s: %s\n", (long) iter,
                       (unsigned long) lb_test_seed(), (long) k, text, reason);
            CU_ASSERT(verdict == 1);
            LB_CHECK_OVERLAP_ACB(value, proved, iter);
        }
        lb_certifier_free(x.certifier);
        lb_certifier_free(anchor);
        lb_scope_clear(at_p);
        lb_model_clear(x.model);
        _acb_vec_clear(values, MAX_VALUES);
    }
    remove(scratch_path());
    acb_clear(value);
    acb_clear(proved);
    lb_rand_clear(state);
}

/* The ball of one operator is not taken for that of another one whose
   coefficients overlap: x is in [1/2 - 1e-9, 1/2 + 1e-9].  The population is
   near 1, so that nothing but the radius of x widens the ball. */
static void
test_overlapping_operators(void)
{
    certified c, exact;
    acb_t value, end;

    acb_init(value);
    acb_init(end);
    certified_init_truncated(
        &c, "two-level: s; x = 0.5 +/- 1e-9; 100: s'; 1: s", "");
    certified_init_truncated(&exact, "two-level: s; 100: s'; 1: s", "");
    CU_ASSERT(certified_value(value, &c, "<x*s'*s>", 7));
    CU_ASSERT(certified_value(end, &exact, "<(1/2 + 1e-9)*s'*s>", 12));
    CU_ASSERT(acb_overlaps(value, end));
    CU_ASSERT(certified_value(end, &exact, "<(1/2 + 2.9e-9)*s'*s>", 12));
    CU_ASSERT(!acb_overlaps(value, end)); /* else the next proves nothing */
    certified_value(value, &c, "<(x + 1.9e-9)*s'*s>", 7);
    CU_ASSERT(acb_overlaps(value, end));
    certified_clear(&c);
    certified_clear(&exact);
    acb_clear(value);
    acb_clear(end);
}

/* Nothing under another rounding mode, also of what is remembered. */
static void
test_rounding(void)
{
    static const int modes[] = { FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };
    lb_expr * e = test_parse("<a'*a>");
    point p = { 0.5, 0.5 }, q = { 0.4, 0.4 };
    lb_certifier *anchor, *c, *none;
    lb_scope_t at_p, at_q;
    lb_model_t m;
    acb_t value;
    lb_error err;

    lb_error_clear(&err);
    acb_init(value);
    test_model_init(m, models[0].text);
    scope_init(at_p, m, p);
    scope_init(at_q, m, q);
    anchor = new_cold(0, m, at_p);
    c = new_near(anchor, at_q);
    CU_ASSERT(value_of(value, c, "<a'*a>", 6));
    for (int j = 0; j < 3; j++)
    {
        lb_status status, again;

        acb_zero(value);
        fesetround(modes[j]);
        status = lb_certifier_new_near(&none, anchor, at_q, &err);
        again = lb_certifier_value(value, NULL, c, e, 6, &err);
        fesetround(FE_TONEAREST);
        CU_ASSERT(status == LB_EDOM);
        CU_ASSERT(none == NULL);
        CU_ASSERT(again == LB_EDOM);
        CU_ASSERT(!acb_is_finite(value));
    }
    CU_ASSERT(value_of(value, c, "<a'*a>", 6));
    lb_certifier_free(c);
    lb_certifier_free(anchor);
    lb_scope_clear(at_p);
    lb_scope_clear(at_q);
    lb_model_clear(m);
    lb_expr_free(e);
    acb_clear(value);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "the values of a certifier of its own (random)", test_values },
        { "one answer, whatever else was computed (random)", test_determinism },
        { "certificates are proved once more (random)", test_certificates },
        { "operators that only overlap", test_overlapping_operators },
        { "other rounding modes are refused", test_rounding },
    };

    return lb_test_main("near", cases, sizeof(cases) / sizeof(cases[0]));
}
