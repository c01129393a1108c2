/* tests/test_explain.c -- planted mistakes are named, accidents are not.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A planted candidate solves a model whose file says something else: another
 * parameter, another term of H, another observable, all as text.  What is asked
 * is the expanded problem of the model as it is.  So the two sides share the
 * solver, and neither the expansion nor what gate/mistake.c does to it. */
#include <math.h>
#include <string.h>

#include <lindbound/certifier.h>
#include <lindbound/closed_value.h>
#include <lindbound/estimate.h>
#include <lindbound/explain.h>
#include <lindbound/model_file.h>

#include "lb_test.h"
#include "lb_test_numeric.h"

#define MOST_VALUES 8
#define MOST_PROBLEMS 6

/* --- models -------------------------------------------------------------- */

static char *
cut_piece(const char ** texts)
{
    size_t length = strcspn(*texts, ";");
    char * piece = test_cut(*texts, *texts + length);

    *texts += length;
    *texts += **texts == ';';
    return piece;
}

static void
must(lb_status status, const lb_error * err)
{
    char text[1024];

    if (status == LB_OK)
        return;
    lb_error_format(text, sizeof(text), err);
    printf("\n%s\n", text);
    CU_FAIL_FATAL("a status");
}

/* The built-in model @p name. */
static void
read_model(lb_model_t m, const char * name)
{
    const char * data = getenv("LINDBOUND_DATA");
    char * path
        = lb_text_print("%s/%s.json", data != NULL ? data : "data", name);
    lb_error err;

    lb_error_clear(&err);
    lb_model_init(m);
    must(lb_model_read(m, path, &err), &err);
    flint_free(path);
}

static void
replace(lb_expr ** e, const char * text)
{
    lb_expr_free(*e);
    *e = test_parse(text);
}

/* "gamma = 1/2; H0: ...; rate1: ...; jump1: ...": parameters and texts. */
static void
edit_model(lb_model_t m, const char * edits)
{
    lb_error err;

    lb_error_clear(&err);
    while (*edits != '\0')
    {
        char * piece = cut_piece(&edits);
        char * colon = strchr(piece, ':');
        char name[32];
        long k = 0;

        if (colon == NULL)
        {
            char * text = strchr(piece, '=');

            CU_ASSERT_FATAL(text != NULL
                            && sscanf(piece, "%31[^ =]", name) == 1);
            must(
                lb_scope_override(m->scope, name, text + 1, "test", NULL, &err),
                &err);
        }
        else if (sscanf(piece, "H%ld", &k) == 1)
            replace(m->hamiltonian + k, colon + 1);
        else if (sscanf(piece, "rate%ld", &k) == 1)
            replace(&m->dissipators[k].rate, colon + 1);
        else if (sscanf(piece, "jump%ld", &k) == 1)
            replace(&m->dissipators[k].jump, colon + 1);
        else
            CU_FAIL_FATAL("an edit");
        flint_free(piece);
    }
}

/* "n: <a'*a>; g2: g2(a)" */
typedef struct
{
    int n;
    char * names[MOST_VALUES];
    lb_expr * exprs[MOST_VALUES];
} values_wanted;

static void
wanted_init(values_wanted * w, const char * texts)
{
    w->n = 0;
    while (*texts != '\0')
    {
        char * piece = cut_piece(&texts);
        char * colon = strchr(piece, ':');

        CU_ASSERT_FATAL(colon != NULL && w->n < MOST_VALUES);
        w->names[w->n] = test_cut(piece, colon);
        w->exprs[w->n++] = test_parse(colon + 1);
        flint_free(piece);
    }
}

static void
wanted_clear(values_wanted * w)
{
    for (int k = 0; k < w->n; k++)
    {
        flint_free(w->names[k]);
        lb_expr_free(w->exprs[k]);
    }
}

/* S, by the formulas of the network. */
static void
solve_closed(double * values, const lb_model_t m, const values_wanted * w)
{
    lb_scalar_t x;
    lb_error err;

    lb_error_clear(&err);
    lb_scalar_init(x);
    for (int k = 0; k < w->n; k++)
    {
        must(lb_closed_value_compute(x, LB_BY_MODEL, w->exprs[k], m, m->scope,
                                     0, 15, &err),
             &err);
        values[k]
            = arf_get_d(arb_midref(acb_realref(x->coefficient)), ARF_RND_NEAR);
    }
    lb_scalar_clear(x);
}

static void
solve(double * values, const lb_model_t m, const values_wanted * w,
      const char * cutoff)
{
    lb_approx_value x[MOST_VALUES];
    lb_estimate_options options;
    lb_estimate_info info;
    lb_error err;

    if (m->n_channels > 0)
    {
        solve_closed(values, m, w);
        return;
    }
    lb_error_clear(&err);
    lb_estimate_options_init(&options);
    options.cutoff_text = cutoff;
    options.tolerance = 1e-10;
    lb_estimate_info_init(&info);
    must(lb_estimate_approx(x, &info, m, m->scope, NULL, w->exprs, w->n,
                            &options, &err),
         &err);
    lb_estimate_info_clear(&info);
    for (int k = 0; k < w->n; k++)
    {
        CU_ASSERT(x[k].digits >= 7);
        values[k] = x[k].re;
    }
}

/* --- reports ------------------------------------------------------------- */

/* What is asked and what is answered. */
typedef struct
{
    int n_problems;
    lb_vector_problem problems[MOST_PROBLEMS];
    lb_vector vectors[MOST_PROBLEMS * MOST_VALUES];
    lb_gate_report_t report;
} setting;

static void
setting_init(setting * s)
{
    memset(s, 0, sizeof(*s));
    lb_gate_report_init(s->report);
    s->report->cases
        = flint_calloc(MOST_PROBLEMS * MOST_VALUES, sizeof(lb_gate_case));
}

static void
setting_clear(setting * s)
{
    for (slong k = 0; k < s->report->n; k++)
    {
        lb_vector * v = s->vectors + k;

        flint_free(v->id);
        flint_free(v->observable);
        fmpq_clear(v->relative);
        fmpq_clear(v->absolute);
        lb_table_value_clear(&v->value);
        lb_table_value_clear(&v->rounded);
        for (slong t = 0; t < v->n_truncations; t++)
        {
            flint_free(v->truncations[t].cutoff);
            lb_table_value_clear(&v->truncations[t].value);
        }
        flint_free(v->truncations);
    }
    for (int k = 0; k < s->n_problems; k++)
        lb_expanded_clear(s->problems[k].expanded);
    lb_gate_report_clear(s->report);
}

static void
set_ball(lb_table_value_struct * v, double x)
{
    lb_table_value_init(v);
    v->known = 1;
    v->digits = 8;
    arb_set_d(v->ball, x);
    mag_set_d(arb_radref(v->ball), 1e-9 * fabs(x));
}

static void
add_case(setting * s, const char * name, double reference)
{
    slong k = s->report->n++;
    lb_vector * v = s->vectors + k;
    lb_gate_case * c = s->report->cases + k;

    v->id = lb_text_print("p%d/%s", s->n_problems, name);
    v->observable = lb_text_copy(name);
    fmpq_init(v->relative);
    fmpq_init(v->absolute);
    fmpq_set_si(v->relative, 1, 1000000);
    set_ball(&v->value, reference);
    lb_table_value_init(&v->rounded);
    c->vector = v;
    c->problem = s->problems + s->n_problems;
    lb_answer_init(c->answer);
    lb_gate_result_init(c->result);
}

static void
set_answer(lb_gate_case * c, double value)
{
    lb_answer_set_double(c->answer, value);
    lb_gate_judge(c->result, c->vector, c->problem, c->answer, NULL);
}

/* Adds the values of @p m, right answers. */
static slong
add_model(setting * s, const lb_model_t m, const values_wanted * w)
{
    lb_vector_problem * p = s->problems + s->n_problems;
    slong first = s->report->n;
    double values[MOST_VALUES];
    lb_error err;

    lb_error_clear(&err);
    lb_expanded_init(p->expanded);
    must(lb_expanded_from_model(p->expanded, m, m->scope, w->names, w->exprs,
                                w->n, &err),
         &err);
    solve(values, m, w, NULL);
    for (int k = 0; k < w->n; k++)
    {
        add_case(s, w->names[k], values[k]);
        set_answer(s->report->cases + first + k, values[k]);
        CU_ASSERT(lb_gate_is_good(s->report->cases[first + k].result->verdict));
    }
    s->n_problems++;
    return first;
}

/* Adds a problem and answers of a candidate that solves it with @p edits and
   reads off @p observed (NULL: what is asked). */
static slong
add_planted(setting * s, const char * model, const char * parameters,
            const char * asked, const char * edits, const char * observed,
            const char * cutoff)
{
    double answers[MOST_VALUES];
    values_wanted w, o;
    slong first;
    lb_model_t m;

    read_model(m, model);
    edit_model(m, parameters);
    wanted_init(&w, asked);
    wanted_init(&o, observed != NULL ? observed : asked);
    CU_ASSERT_FATAL(o.n == w.n);
    first = add_model(s, m, &w);
    edit_model(m, edits);
    solve(answers, m, &o, cutoff);
    for (int k = 0; k < w.n; k++)
        set_answer(s->report->cases + first + k, answers[k]);
    wanted_clear(&o);
    wanted_clear(&w);
    lb_model_clear(m);
    return first;
}

/* --- what is expected ---------------------------------------------------- */

static slong
count(const setting * s, lb_gate_verdict verdict)
{
    slong n = 0;

    for (slong k = 0; k < s->report->n; k++)
        n += s->report->cases[k].result->verdict == verdict;
    return n;
}

static int
is_named(const lb_gate_case * c, const char * name)
{
    size_t length = strlen(name);

    return c->n_explanations > 0
           && strncmp(c->explanations[0], name, length) == 0
           && c->explanations[0][length] == ':';
}

static void
show(const setting * s, const char * what)
{
    printf("\n%s\n", what);
    for (slong k = 0; k < s->report->n; k++)
    {
        const lb_gate_case * c = s->report->cases + k;

        printf("  %s: %s, asked %.12g, answered %.12g\n", c->vector->id,
               lb_gate_verdict_str(c->result->verdict),
               arf_get_d(arb_midref(c->vector->value.ball), ARF_RND_NEAR),
               fmpq_get_d(c->answer->value));
        for (slong e = 0; e < c->n_explanations; e++)
            printf("      %s\n", c->explanations[e]);
    }
}

static void
explain(setting * s, slong pair_problems)
{
    lb_explain_summary_t summary;
    lb_explain_options options;

    lb_explain_options_init(&options);
    options.max_pair_problems = pair_problems;
    lb_explain_summary_init(summary);
    lb_gate_explain(summary, s->report, &options);
    lb_explain_summary_clear(summary);
}

/* All that failed is of that convention, named first; what is right stays. */
static void
check_named(setting * s, const char * name, slong pair_problems)
{
    slong failed = count(s, LB_GATE_FAIL), good = s->report->n - failed;
    slong named = 0, untouched = 0;

    explain(s, pair_problems);
    for (slong k = 0; k < s->report->n; k++)
    {
        const lb_gate_case * c = s->report->cases + k;

        named += c->result->verdict == LB_GATE_CONVENTION && is_named(c, name);
        untouched
            += lb_gate_is_good(c->result->verdict) && c->n_explanations == 0;
    }
    CU_ASSERT(failed > 0);
    CU_ASSERT(named == failed);
    CU_ASSERT(untouched == good);
    if (failed == 0 || named != failed || untouched != good)
        show(s, name);
}

/* --- the models ---------------------------------------------------------- */

typedef struct
{
    const char * model;
    const char * parameters;
    const char * asked;
} question;

static const question kerr = {
    "models/kerr", "gamma = 1; chi = 0.7; Delta = 0.3; xi = 0.45",
    "n: <a'*a>; g2: g2(a); g3: g3(a); P2: P(a,2); im: im(<a>); re: re(<a>)"
};
static const question cavities
    = { "models/three_cavity",
        "kappa_a = 1; kappa_b = 1.5; kappa_c = 0.8; U = 0.6; J_ab = 0.7; "
        "J_bc = 0.9; J_ac = 0.55; theta = 0.4; Delta_a = 0.3; Delta_b = -0.2; "
        "Delta_c = 0.5; Omega = 0.15; Omega_a = 0.15; Omega_c = 0",
        "n_c: <c'*c>; g2_c: g2(c); n_a: <a'*a>; re: re(<c>)" };
static const question nanotip
    = { "models/nanotip",
        "gamma = 1; chi = 0.8; J = 0.6*exp(i*0.7); Delta = 0.35; xi = 0.2",
        "N: <a1'*a1>; g2: g2(a1); N2: <a2'*a2>; g22: g2(a2); P20: "
        "<proj(a1,2)*proj(a2,0)>" };
static const question atoms
    = { "models/two_atoms",
        "g = 1; kappa = 0.7; gamma = 0.4; phi = 0.6; DF = 0.3; delta = 0.45; "
        "Delta_c = 0.8; Omega = 0.1",
        "n: <a'*a>; g2: g2(a); n_b: <b'*b>; p1: <s1'*s1>; I: "
        "10*log10(<a'*a>/<b'*b>)" };

#define CIRCULATOR_READ(re, im, out, back, dB)                                 \
    "re: " re "; im: " im "; out: " out "; back: " back "; dB: " dB
static const question circulator = {
    "networks/circulator",
    "k1 = 1; k2 = 1.25; k3 = 0.75; C12 = 1.1; C23 = 0.9; C31 = 0.7; Phi = 0.9; "
    "d1 = 0.2; d2 = -0.1; d3 = 0.3",
    CIRCULATOR_READ("re(S(p2,p1))", "im(S(p2,p1))", "abs2(S(p2,p1))",
                    "abs2(S(p1,p2))", "dB(abs2(S(p2,p1))/abs2(S(p1,p2)))")
};

typedef struct
{
    const question * q;
    const char * edits;    /* NULL: none        */
    const char * observed; /* NULL: what is asked */
    const char * name;
} planted;

#define KERR_READ(n, g2, g3, P2, im, re)                                       \
    "n: " n "; g2: " g2 "; g3: " g3 "; P2: " P2 "; im: " im "; re: " re

static const planted singles[] = {
    { &kerr, "gamma = 1/2", NULL, "kappa/2" },
    { &kerr, "gamma = 2", NULL, "2 kappa" },
    { &kerr, "gamma = 2*pi", NULL, "2 pi kappa" },
    { &kerr, "gamma = 1/(2*pi)", NULL, "kappa/(2 pi)" },
    { &kerr, "Delta = -0.3", NULL, "-Delta" },
    { &kerr, "Delta = 2*pi*0.3", NULL, "2 pi Delta" },
    { &kerr, "Delta = 0.3/(2*pi)", NULL, "Delta/(2 pi)" },
    { &kerr, "chi = 0.35", NULL, "U/2" },
    { &kerr, "chi = 1.4", NULL, "2 U" },
    { &kerr, "chi = -0.7", NULL, "-U" },
    { &kerr, "H0: Delta*a'*a + chi*(a'*a)^2", NULL, "U (a'a)^2" },
    { &kerr, "xi = 0.225", NULL, "drive/2" },
    { &kerr, "xi = 0.9", NULL, "2 drive" },
    { &kerr, "xi = 2*pi*0.45", NULL, "2 pi drive" },
    { &kerr, "xi = -0.45", NULL, "-drive" },
    { &kerr, "xi = 0.45*i", NULL, "i drive" },
    { &kerr, "xi = -0.45*i", NULL, "-i drive" },
    { &kerr, "",
      KERR_READ("<a'*a>", "<(a'*a)^2>/<a'*a>^2", "<(a'*a)^3>/<a'*a>^3",
                "P(a,2)", "im(<a>)", "re(<a>)"),
      "(a'a)^m" },
    { &kerr, "",
      KERR_READ("<a'*a>", "<a'^2*a^2>/<a'*a>", "<a'^3*a^3>/<a'*a>^2", "P(a,2)",
                "im(<a>)", "re(<a>)"),
      "denominator" },
    { &kerr, "",
      KERR_READ("<a'*a>", "g2(a)", "g3(a)", "P(a,1)", "im(<a>)", "re(<a>)"),
      "|n - 1>" },
    { &kerr, "",
      KERR_READ("<a'*a>", "g2(a)", "g3(a)", "P(a,2)", "-im(<a>)", "re(<a>)"),
      "conjugate" },
    { &cavities, "kappa_a = 1/2; kappa_b = 0.75; kappa_c = 0.4", NULL,
      "kappa/2" },
    { &cavities, "kappa_b = 3", NULL, "2 kappa of b" },
    { &cavities, "kappa_b = 2.25; kappa_c = 0.64", NULL, "kappa^2" },
    { &cavities, "Delta_c = -0.5", NULL, "-Delta of c" },
    { &cavities, "theta = -0.4", NULL, "J*" },
    { &cavities, "J_ab = -0.7; J_bc = -0.9; J_ac = -0.55", NULL, "-J" },
    { &cavities, "Omega_a = 0; Omega_c = 0.15",
      "n_c: <a'*a>; g2_c: g2(a); n_a: <c'*c>; re: re(<a>)",
      "direction swapped (a, c)" },
    { &cavities, "Omega_a = 0; Omega_c = 0.15", NULL,
      "wrong one driven (a, c)" },
    { &cavities, "", "n_c: <b'*b>; g2_c: g2(b); n_a: <a'*a>; re: re(<b>)",
      "wrong one observed (c, b)" },
    { &nanotip, "H2: chi*(a1'^2*a1^2 + a2'^2*a2^2) + chi*a1'*a1*a2'*a2", NULL,
      "cross-Kerr/2" },
    { &nanotip, "H2: chi*(a1'^2*a1^2 + a2'^2*a2^2) + 4*chi*a1'*a1*a2'*a2", NULL,
      "2 cross-Kerr" },
    { &nanotip, "H2: chi*(a1'^2*a1^2 + a2'^2*a2^2)", NULL, "no cross-Kerr" },
    { &nanotip, "J = 0.3*exp(i*0.7)", NULL, "J/2" },
    { &atoms, "gamma = 0.2", NULL, "two-level kappa/2" },
    { &atoms, "delta = -0.45", NULL, "two-level -Delta" },
    { &atoms, "H1: delta*(sz(s1) + sz(s2))", NULL, "two-level 2 Delta" },
    { &atoms, "",
      "n: <a'*a>; g2: g2(a); n_b: <b'*b>; p1: <proj(s1,0)>; I: "
      "10*log10(<a'*a>/<b'*b>)",
      "|0> and |1>" },
    { &atoms, "",
      "n: <a'*a>; g2: g2(a); n_b: <b'*b>; p1: <s1'*s1>; I: "
      "20*log10(<a'*a>/<b'*b>)",
      "20 log10" },
    { &atoms, "",
      "n: <a'*a>; g2: g2(a); n_b: <b'*b>; p1: <s1'*s1>; I: "
      "5*log10(<a'*a>/<b'*b>)",
      "10 log10 for 20" },
    { &atoms, "",
      "n: <a'*a>; g2: g2(a); n_b: <b'*b>; p1: <s1'*s1>; I: "
      "10*log(<a'*a>/<b'*b>)",
      "ln for log10" },
    { &atoms, "",
      "n: <a'*a>; g2: g2(a); n_b: <b'*b>; p1: <s1'*s1>; I: "
      "10*log10(<b'*b>/<a'*a>)",
      "-dB" },
    { &atoms, "jump2: s1'; jump3: s2'", NULL, "s' for s" },
    /* C12 k1 k2, the coupling, stays */
    { &circulator,
      "k1 = 0.5; k2 = 0.625; k3 = 0.375; C12 = 4.4; C23 = 3.6; C31 = 2.8", NULL,
      "kappa/2" },
    { &circulator, "k2 = 2.5; C12 = 0.55; C23 = 0.45", NULL, "2 kappa of a2" },
    { &circulator, "d1 = -0.2; d2 = 0.1; d3 = -0.3", NULL, "-Delta" },
    { &circulator, "d3 = -0.3", NULL, "-Delta of a3" },
    { &circulator, "C12 = 0.275; C23 = 0.225; C31 = 0.175", NULL, "J/2" },
    { &circulator, "",
      CIRCULATOR_READ("re(S(p2,p1))", "-im(S(p2,p1))", "abs2(S(p2,p1))",
                      "abs2(S(p1,p2))", "dB(abs2(S(p2,p1))/abs2(S(p1,p2)))"),
      "conjugate" },
    { &circulator, "",
      CIRCULATOR_READ("-re(S(p2,p1))", "-im(S(p2,p1))", "abs2(S(p2,p1))",
                      "abs2(S(p1,p2))", "dB(abs2(S(p2,p1))/abs2(S(p1,p2)))"),
      "-S" },
    { &circulator, "",
      CIRCULATOR_READ("re(S(p2,p1))", "im(S(p2,p1))", "abs(S(p2,p1))",
                      "abs(S(p1,p2))", "dB(abs(S(p2,p1))/abs(S(p1,p2)))"),
      "|S|" },
};

#define COUNT(x) ((slong) (sizeof(x) / sizeof((x)[0])))

static void
run_planted(const planted * p, slong pair_problems)
{
    setting s;

    setting_init(&s);
    add_planted(&s, p->q->model, p->q->parameters, p->q->asked, p->edits,
                p->observed, NULL);
    check_named(&s, p->name, pair_problems);
    setting_clear(&s);
}

/* Three modes, or two and two atoms, take seconds each: a third of them, all in
   the long tier. */
static int
is_taken(const planted * p, flint_rand_t state)
{
    int dear = p->q == &cavities || p->q == &atoms;

    return !dear || (slong) n_randint(state, 9) < lb_test_iters(3);
}

static void
test_singles(void)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong k = 0; k < COUNT(singles); k++)
        if (is_taken(singles + k, state))
            run_planted(singles + k, 0);
    lb_rand_clear(state);
}

/* --- two mistakes -------------------------------------------------------- */

static const planted pairs[] = {
    { &kerr, "gamma = 1/2; Delta = -0.3", NULL, "kappa/2 and -Delta" },
    { &kerr, "gamma = 2; chi = 0.35", NULL, "2 kappa and U/2" },
    { &kerr, "Delta = -0.3; H0: Delta*a'*a + chi*(a'*a)^2", NULL,
      "-Delta and U (a'a)^2" },
    { &kerr, "chi = 1.4; H0: Delta*a'*a + chi*(a'*a)^2", NULL,
      "2 U and U (a'a)^2" },
    { &kerr, "xi = 0.9*i", NULL, "2 drive and i drive" },
    { &kerr, "xi = 0.225",
      KERR_READ("<a'*a>", "<(a'*a)^2>/<a'*a>^2", "<(a'*a)^3>/<a'*a>^3",
                "P(a,2)", "im(<a>)", "re(<a>)"),
      "drive/2 and (a'a)^m" },
    { &kerr, "",
      KERR_READ("<a'*a>", "<(a'*a)^2>/<a'*a>", "<(a'*a)^3>/<a'*a>^2", "P(a,2)",
                "im(<a>)", "re(<a>)"),
      "(a'a)^m and denominator" },
    { &nanotip,
      "gamma = 1/2; H2: chi*(a1'^2*a1^2 + a2'^2*a2^2) + chi*a1'*a1*a2'*a2",
      NULL, "kappa/2 and cross-Kerr/2" },
    { &nanotip, "J = 0.3*exp(i*0.7); Delta = -0.35", NULL, "-Delta and J/2" },
};

static void
test_pairs(void)
{
    for (slong k = 0; k < COUNT(pairs); k++)
        run_planted(pairs + k, 1);
}

/* --- cutoffs ------------------------------------------------------------- */

static slong
count_of(const setting * s, const char * text)
{
    slong n = 0;

    for (slong k = 0; k < s->report->n; k++)
        if (s->report->cases[k].n_explanations > 0)
            n += strstr(s->report->cases[k].explanations[0], text) != NULL;
    return n;
}

/* Values of the truncated model, proved, as the vectors record them. */
static void
record(setting * s, const question * q, const char * cutoff_text,
       const char * plain)
{
    values_wanted w;
    lb_certifier * certifier;
    lb_cutoff_t cutoff;
    lb_model_t m;
    lb_error err;

    lb_error_clear(&err);
    read_model(m, q->model);
    edit_model(m, q->parameters);
    wanted_init(&w, q->asked);
    lb_cutoff_init(cutoff, m->scope->kinds, m->scope->subsystems);
    must(lb_cutoff_parse(cutoff, plain, m->scope, &err), &err);
    must(lb_certifier_new_truncated(&certifier, m, m->scope, cutoff, 200, &err),
         &err);
    for (int k = 0; k < w.n; k++)
    {
        lb_vector * v = s->vectors + k;
        acb_t z;

        acb_init(z);
        must(lb_certifier_value(z, NULL, certifier, w.exprs[k], 12, &err),
             &err);
        v->n_truncations = 1;
        v->truncations = flint_malloc(sizeof(lb_vector_truncation));
        v->truncations->cutoff = lb_text_copy(cutoff_text);
        lb_table_value_init(&v->truncations->value);
        v->truncations->value.known = 1;
        v->truncations->value.digits = 12;
        arb_set(v->truncations->value.ball, acb_realref(z));
        acb_clear(z);
    }
    lb_certifier_free(certifier);
    lb_cutoff_clear(cutoff);
    wanted_clear(&w);
    lb_model_clear(m);
}

/* The candidate keeps too few levels; it says so (@p stated), or the vectors
   hold the values there (@p recorded). */
static void
run_cutoff(const question * q, const char * cutoff, const char * stated,
           const char * recorded, const char * text)
{
    slong failed;
    setting s;

    setting_init(&s);
    add_planted(&s, q->model, q->parameters, q->asked, "", NULL, cutoff);
    if (recorded != NULL)
        record(&s, q, recorded, cutoff);
    for (slong k = 0; k < s.report->n; k++)
        if (stated != NULL)
            lb_answer_set_cutoff(s.report->cases[k].answer, stated);
    failed = count(&s, LB_GATE_FAIL);
    explain(&s, 1);
    CU_ASSERT(failed > 1);
    CU_ASSERT(count(&s, LB_GATE_CUTOFF) == failed);
    CU_ASSERT(count_of(&s, text) == failed);
    CU_ASSERT(count_of(&s, "enough would be N<=") == failed
              || strchr(cutoff, '=') != NULL);
    if (count(&s, LB_GATE_CUTOFF) != failed || count_of(&s, text) != failed)
        show(&s, text);
    setting_clear(&s);
}

static void
test_cutoffs(void)
{
    run_cutoff(&kerr, "3", "N<=3", NULL, "cut at N<=3: ");
    run_cutoff(&kerr, "a=4", "a<=4", NULL, "cut at a<=4: ");
    run_cutoff(&kerr, "3", NULL, "N<=3", "as if cut at N<=3: ");
    run_cutoff(&nanotip, "2", "2", NULL, "cut at N<=2: ");
    run_cutoff(&nanotip, "a1=2,a2=2", "a1=2, a2=2", NULL,
               "cut at a1<=2, a2<=2: ");
}

/* A mistake at a cutoff that the candidate states: both are seen. */
static void
test_mistake_at_cutoff(void)
{
    setting s;

    setting_init(&s);
    add_planted(&s, kerr.model, kerr.parameters, kerr.asked, "gamma = 1/2",
                NULL, "4");
    for (slong k = 0; k < s.report->n; k++)
        lb_answer_set_cutoff(s.report->cases[k].answer, "N<=4");
    check_named(&s, "kappa/2", 0);
    setting_clear(&s);
}

/* --- what is right, and what is wrong by accident ------------------------ */

static void
test_right(void)
{
    setting s;

    setting_init(&s);
    add_planted(&s, kerr.model, kerr.parameters, kerr.asked, "", NULL, NULL);
    for (slong k = 0; k < s.report->n; k++)
        set_answer(s.report->cases + k,
                   fmpq_get_d(s.report->cases[k].answer->value)
                       * (1.0 + 0.49e-6));
    explain(&s, 8);
    for (slong k = 0; k < s.report->n; k++)
    {
        CU_ASSERT(lb_gate_is_good(s.report->cases[k].result->verdict));
        CU_ASSERT(s.report->cases[k].n_explanations == 0);
    }
    setting_clear(&s);
}

/* Answers are wrong by 1 to 50 percent, each by another factor: whatever is
   explained of that is explained wrongly. */
static void
perturb(setting * s, slong n, flint_rand_t state)
{
    for (slong k = 0; k < n; k++)
    {
        lb_gate_case * c = s->report->cases + k;
        double x = arf_get_d(arb_midref(c->vector->value.ball), ARF_RND_NEAR);
        double by = 0.01 + 0.49 * (double) n_randint(state, 1000001) * 1e-6;

        if (n_randint(state, 2))
            by = -by;
        set_answer(c, x * (1.0 + by));
    }
}

/* The first @p n values of @p q, perturbed @p trials times; returns how many
   were explained. */
static slong
explain_accidents(const question * q, slong n, slong trials,
                  slong pair_problems, flint_rand_t state)
{
    slong explained = 0;

    for (slong t = 0; t < trials; t++)
    {
        setting s;

        setting_init(&s);
        add_planted(&s, q->model, q->parameters, q->asked, "", NULL, NULL);
        perturb(&s, n, state);
        explain(&s, pair_problems);
        if (count(&s, LB_GATE_CONVENTION) + count(&s, LB_GATE_CUTOFF) > 0)
        {
            show(&s, "an accident");
            explained++;
        }
        setting_clear(&s);
    }
    return explained;
}

static void
test_accidents(void)
{
    slong trials = lb_test_iters(10), one, three;
    flint_rand_t state;

    lb_test_rand_init(state);
    three = explain_accidents(&kerr, 3, trials, 1, state)
            + explain_accidents(&kerr, 6, trials, 1, state)
            + explain_accidents(&nanotip, 5, trials / 10, 0, state);
    one = explain_accidents(&kerr, 1, trials, 0, state);
    CU_ASSERT(three == 0);
    CU_ASSERT(one == 0);
    printf(" %ld of %ld with three values and more, %ld of %ld with one: ",
           (long) three, (long) (2 * trials + trials / 10), (long) one,
           (long) trials);
    lb_rand_clear(state);
}

/* --- reports of several problems ----------------------------------------- */

/* What several problems say decides where one says nothing: with one real
   drive, and no phase to see, -drive and others do the same. */
static void
test_summary(void)
{
    lb_explain_summary_t summary;
    slong failed;
    setting s;

    setting_init(&s);
    add_planted(&s, kerr.model, kerr.parameters, "n: <a'*a>; g2: g2(a)",
                "gamma = 1/2", NULL, NULL);
    add_planted(&s, kerr.model, "gamma = 1; chi = 0.9; Delta = 0.1; xi = 0.3",
                kerr.asked, "gamma = 1/2", NULL, NULL);
    add_planted(&s, nanotip.model, nanotip.parameters, nanotip.asked,
                "gamma = 1/2", NULL, NULL);
    failed = count(&s, LB_GATE_FAIL);
    lb_explain_summary_init(summary);
    lb_gate_explain(summary, s.report, NULL);
    CU_ASSERT(summary->failures == failed);
    CU_ASSERT(summary->convention == failed);
    CU_ASSERT(summary->cutoff == 0);
    CU_ASSERT_FATAL(summary->n >= 1);
    CU_ASSERT(strcmp(summary->lines[0].name, "kappa/2") == 0);
    CU_ASSERT(summary->lines[0].fits == failed);
    for (slong k = 0; k < s.report->n; k++)
        CU_ASSERT(is_named(s.report->cases + k, "kappa/2"));
    lb_explain_summary_clear(summary);
    setting_clear(&s);
}

/* One real number cannot tell S(i,j) of couplings with the other phase from
   S(j,i): nor can three, of three modes.  Both are said. */
static void
test_ties(void)
{
    slong failed;
    setting s;

    setting_init(&s);
    add_planted(&s, circulator.model, circulator.parameters, circulator.asked,
                "Phi = -0.9", NULL, NULL);
    failed = count(&s, LB_GATE_FAIL);
    explain(&s, 1);
    CU_ASSERT(failed == 5);
    CU_ASSERT(count(&s, LB_GATE_CONVENTION) == failed);
    CU_ASSERT(count_of(&s, "others fit equally well") == failed);
    for (slong k = 0; k < s.report->n; k++)
    {
        const lb_gate_case * c = s.report->cases + k;
        int phase = 0, transposed = 0;

        for (slong i = 0; i < c->n_explanations; i++)
        {
            phase |= strncmp(c->explanations[i], "J*:", 3) == 0;
            transposed |= strncmp(c->explanations[i], "S(j,i):", 7) == 0;
        }
        CU_ASSERT(phase && transposed);
    }
    if (count(&s, LB_GATE_CONVENTION) != failed)
        show(&s, "ties");
    setting_clear(&s);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "one mistake", test_singles },
        { "two mistakes", test_pairs },
        { "cutoffs", test_cutoffs },
        { "a mistake at a cutoff", test_mistake_at_cutoff },
        { "what is right", test_right },
        { "accidents", test_accidents },
        { "several problems", test_summary },
        { "two explanations", test_ties },
    };

    return lb_test_main("explain", cases, sizeof(cases) / sizeof(cases[0]));
}
