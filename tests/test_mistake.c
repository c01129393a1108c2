/* tests/test_mistake.c -- mistakes made in a problem and in its text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/mistake.h>

#include "lb_test.h"
#include "lb_test_numeric.h"

/* --- problems ------------------------------------------------------------ */

/* "MODEL | OBSERVABLE | OBSERVABLE ...", the model as in lb_test_numeric.h */
static void
expand(lb_expanded_t e, const char * text)
{
    char * names[] = { (char *) "x0", (char *) "x1", (char *) "x2" };
    const char * bar = strchr(text, '|');
    char * model = test_cut(text, bar);
    lb_expr * exprs[3];
    lb_error err;
    lb_model_t m;
    slong n = 0;

    lb_error_clear(&err);
    lb_expanded_init(e);
    test_model_init(m, model);
    while (bar != NULL)
    {
        const char * next = strchr(bar + 1, '|');
        char * piece
            = test_cut(bar + 1, next != NULL ? next : text + strlen(text));

        exprs[n++] = test_parse(piece);
        flint_free(piece);
        bar = next;
    }
    if (lb_expanded_from_model(e, m, m->scope, names, exprs, n, &err) != LB_OK)
        test_fail(text, &err);
    for (slong k = 0; k < n; k++)
        lb_expr_free(exprs[k]);
    lb_model_clear(m);
    flint_free(model);
}

/* The mistake @p name of @p e; 0: there is none. */
static int
find_mistake(lb_mistake * m, const lb_expanded_t e, const char * name)
{
    slong n;
    lb_mistake * list = lb_mistakes_of(&n, e);
    int found = 0;

    for (slong k = 0; k < n; k++)
    {
        char * its = lb_mistake_name(list + k, e);

        if (strcmp(its, name) == 0)
        {
            *m = list[k];
            found++;
        }
        flint_free(its);
    }
    flint_free(list);
    CU_ASSERT(found <= 1);
    return found;
}

/* Whether two sums have the same terms, in any order. */
static int
is_same_sum(const json_t * x, const json_t * y)
{
    for (size_t i = 0; i < json_array_size(x); i++)
    {
        int found = 0;

        for (size_t j = 0; j < json_array_size(y); j++)
            found |= json_equal(json_array_get(x, i), json_array_get(y, j));
        if (!found)
            return 0;
    }
    return json_array_size(x) == json_array_size(y);
}

static int
is_equal(const lb_expanded_t e, const lb_expanded_t f)
{
    json_t *x = lb_expanded_json(e), *y = lb_expanded_json(f);
    int equal = is_same_sum(json_object_get(x, "hamiltonian"),
                            json_object_get(y, "hamiltonian"));

    json_object_del(x, "hamiltonian");
    json_object_del(y, "hamiltonian");
    equal = equal && json_equal(x, y);

    json_decref(x);
    json_decref(y);
    return equal;
}

/* --- in the problem as in the text --------------------------------------- */

typedef struct
{
    const char * text;
    const char * name;
    const char * changed; /* the text with the mistake in it */
} changed_text;

#define A "modes: a; H: "
#define AS "modes: a; two-level: s; H: "

static const changed_text changes[] = {
    { A "3*a'*a + 5*(a + a'); 2: a | n(a)", "kappa/2",
      A "3*a'*a + 5*(a + a'); 1: a | n(a)" },
    { A "3*a'*a + 5*(a + a'); 3: a | n(a)", "kappa^2",
      A "3*a'*a + 5*(a + a'); 9: a | n(a)" },
    { A "3*a'*a + 5*(a + a'); 2: a | n(a)", "-Delta",
      A "-3*a'*a + 5*(a + a'); 2: a | n(a)" },
    { A "3*a'*a + 4*a'^2*a^2; 2: a | n(a)", "U/2",
      A "3*a'*a + 2*a'^2*a^2; 2: a | n(a)" },
    { A "5*(a + a'); 2: a | n(a)", "i drive", A "5*i*(a' - a); 2: a | n(a)" },
    { A "(5 + 2*i)*a' + h.c.; 2: a | n(a)", "drive*",
      A "(5 - 2*i)*a' + h.c.; 2: a | n(a)" },
    { A "3*a'^2 + h.c.; 2: a | n(a)", "2 pair drive",
      A "6*a'^2 + h.c.; 2: a | n(a)" },
    { AS "3*a'*a + 4*s'*s; 2: a; 1: s | n(a)", "two-level 2 Delta",
      AS "3*a'*a + 8*s'*s; 2: a; 1: s | n(a)" },
    { AS "3*a'*a + 4*s'*s; 2: a; 1: s | n(a)", "-Delta of s",
      AS "3*a'*a - 4*s'*s; 2: a; 1: s | n(a)" },
    /* which is the same as the one before */
    { AS "3*a'*a + 4*s'*s; 2: a; 1: s | n(a)", "two-level -Delta", "" },
    { AS "3*a'*a + 4*s'*s; 2: a; 1: s | n(a)", "-Delta of a",
      AS "-3*a'*a + 4*s'*s; 2: a; 1: s | n(a)" },
    { AS "3*a'*s + h.c.; 2: a; 1: s | n(a)", "2 kappa of a",
      AS "3*a'*s + h.c.; 4: a; 1: s | n(a)" },
    { AS "3*a'*s + h.c.; 2: a; 1: s; 5: s' | n(a)", "s' for s",
      AS "3*a'*s + h.c.; 2: a; 1: s'; 5: s | n(a)" },
    { AS "3*a'*s + h.c.; 2: a; 1: s | n(a)", "s' for s",
      AS "3*a'*s + h.c.; 2: a; 1: s' | n(a)" },
    { AS "3*a'*a*s'*s + 2*(a + a'); 2: a; 1: s | n(a)", "2 cross-Kerr",
      AS "6*a'*a*s'*s + 2*(a + a'); 2: a; 1: s | n(a)" },
    { AS "(3 + i)*a'*s + h.c.; 2: a; 1: s | n(a)", "J*",
      AS "(3 - i)*a'*s + h.c.; 2: a; 1: s | n(a)" },
    { AS "s + s'; 2: a; 1: s; 3: s'*s | n(a)", "dephasing/4",
      AS "s + s'; 2: a; 1: s; 3/4: s'*s | n(a)" },
    { A "a + a'; 5: a; 2: a' | n(a)", "emission without n",
      A "a + a'; 3: a; 2: a' | n(a)" },
    { "modes: a b; H: a + a' + 3*a'*b + 3*b'*a; 1: a; 1: b | n(b)",
      "direction swapped (a, b)",
      "modes: a b; H: b + b' + 3*a'*b + 3*b'*a; 1: a; 1: b | n(a)" },
    { "modes: a b; H: a + a' + 3*a'*b + 3*b'*a; 1: a; 1: b | n(b)",
      "wrong one observed (a, b)",
      "modes: a b; H: a + a' + 3*a'*b + 3*b'*a; 1: a; 1: b | n(a)" },
    { AS "s + s'; 2: a; 1: s | <s'*s> | <s>", "|0> and |1>",
      AS "s + s'; 2: a; 1: s | 0 | 0" }, /* 1 - s's: compared by hand below */
    { A "a + a'; 1: a | g2(a)", "denominator",
      A "a + a'; 1: a | <a'^2*a^2>/<a'*a>^1" },
    { A "a + a'; 1: a | abs(<a>)", "|S|^2", A "a + a'; 1: a | abs2(<a>)" },
    { A "a + a'; 1: a | dB(n(a))", "20 log10", A "a + a'; 1: a | 2*dB(n(a))" },
    { A "a + a'; 1: a | P(a,2)", "|n + 1>", A "a + a'; 1: a | P(a,3)" },
};

#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

static void
test_texts(void)
{
    size_t compared = 0;

    for (size_t k = 0; k < COUNT(changes); k++)
    {
        const changed_text * c = changes + k;
        lb_expanded_t e, f;
        lb_mistake m;
        int found;

        expand(e, c->text);
        found = find_mistake(&m, e, c->name);
        CU_ASSERT(found == (c->changed[0] != '\0'));
        if (found != (c->changed[0] != '\0'))
            printf("\n%s: %s\n", c->text, c->name);
        if (found && strcmp(c->name, "|0> and |1>") != 0)
        {
            expand(f, c->changed);
            CU_ASSERT(!is_equal(e, f));
            CU_ASSERT(lb_mistake_make(e, &m));
            CU_ASSERT(is_equal(e, f));
            if (!is_equal(e, f))
                printf("\n%s: %s\n", c->text, c->name);
            lb_expanded_clear(f);
            compared++;
        }
        lb_expanded_clear(e);
    }
    CU_ASSERT(compared == COUNT(changes) - 2);
}

/* --- operators that come out with other terms ---------------------------- */

/* The coefficient of a_k'^m a_k^n, m = n = 0 of the identity. */
static double
coefficient(const lb_expanded_operator * op, int m, int n)
{
    double sum = 0.0;

    for (int i = 0; i < op->n_terms; i++)
    {
        const lb_expanded_term * t = op->terms + i;
        int create = 0, annihilate = 0;

        for (int j = 0; j < t->n_factors; j++)
        {
            create += t->factors[j].create;
            annihilate += t->factors[j].annihilate;
        }
        if (create == m && annihilate == n)
            sum += t->re;
    }
    return sum;
}

static void
test_orders(void)
{
    lb_expanded_t e;
    lb_mistake m;

    /* (a'a)^3 = a'^3 a^3 + 3 a'^2 a^2 + a'a */
    expand(e, A "7*a'^2*a^2 + 2*a'*a; 1: a | <a'^3*a^3> | <a'^2*a^2>");
    CU_ASSERT_FATAL(find_mistake(&m, e, "(a'a)^m"));
    CU_ASSERT(lb_mistake_make(e, &m));
    CU_ASSERT(coefficient(&e->trees[0].mean, 3, 3) == 1.0);
    CU_ASSERT(coefficient(&e->trees[0].mean, 2, 2) == 3.0);
    CU_ASSERT(coefficient(&e->trees[0].mean, 1, 1) == 1.0);
    CU_ASSERT(coefficient(&e->trees[1].mean, 2, 2) == 1.0);
    CU_ASSERT(coefficient(&e->trees[1].mean, 1, 1) == 1.0);
    CU_ASSERT_FATAL(find_mistake(&m, e, "U (a'a)^2"));
    CU_ASSERT(lb_mistake_make(e, &m));
    CU_ASSERT(coefficient(&e->hamiltonian, 2, 2) == 7.0);
    CU_ASSERT(coefficient(&e->hamiltonian, 1, 1) == 9.0);
    lb_expanded_clear(e);

    expand(e, AS "s + s'; 2: a; 1: s | <s'*s> | <s> | <proj(s,0)>");
    CU_ASSERT_FATAL(find_mistake(&m, e, "|0> and |1>"));
    CU_ASSERT(lb_mistake_make(e, &m));
    CU_ASSERT(coefficient(&e->trees[0].mean, 1, 1) == -1.0);
    CU_ASSERT(coefficient(&e->trees[0].mean, 0, 0) == 1.0);
    CU_ASSERT(coefficient(&e->trees[1].mean, 1, 0) == 1.0);
    CU_ASSERT(coefficient(&e->trees[1].mean, 0, 1) == 0.0);
    CU_ASSERT(coefficient(&e->trees[2].mean, 1, 1) == 1.0);
    CU_ASSERT(coefficient(&e->trees[2].mean, 0, 0) == 0.0);
    lb_expanded_clear(e);
}

/* --- all of them --------------------------------------------------------- */

/* Each that is listed changes the problem, to one that no other makes; the sign
   and the exchange of anything, made twice, change nothing. */
static void
test_all(void)
{
    static const char * const texts[]
        = { A "3*a'*a + 4*a'^2*a^2 + (2 + i)*a' + (2 - i)*a; 5: a; 2: a' | "
              "g2(a) | P(a,2) | im(<a>)",
            AS "3*a'*a + 2*s'*s + s + s' + (1 + 2*i)*a'*s + (1 - 2*i)*s'*a; 2: "
               "a; 3: s; 1: s'*s | <s'*s> | 10*log10(n(a)) | abs2(<a>)",
            "modes: a b c; H: a + a' + 3*a'*b + 3*b'*a + 2*b'*c + 2*c'*b + "
            "a'*a*b'*b + a'*c' + a*c; 1: a; 2: b; 3: c | n(b) | n(c)" };
    static const char * const twice[]
        = { "-Delta", "-U", "-drive", "drive*", "J*", "-J", "-cross-Kerr" };
    slong undone = 0;

    for (size_t i = 0; i < COUNT(texts); i++)
    {
        lb_expanded_t e, f, g;
        lb_mistake * list;
        slong n;

        expand(e, texts[i]);
        lb_expanded_init(f);
        lb_expanded_init(g);
        list = lb_mistakes_of(&n, e);
        CU_ASSERT(n > 15);
        for (slong k = 0; k < n; k++)
        {
            char * name = lb_mistake_name(list + k, e);

            lb_expanded_set(f, e);
            CU_ASSERT(lb_mistake_make(f, list + k));
            CU_ASSERT(!is_equal(e, f));
            CU_ASSERT(strlen(lb_mistake_sentence(list + k)) > 10);
            for (slong l = 0; l < k; l++)
            {
                lb_expanded_set(g, e);
                CU_ASSERT(lb_mistake_make(g, list + l));
                CU_ASSERT(!is_equal(f, g));
            }
            for (size_t t = 0; t < COUNT(twice); t++)
                if (strcmp(name, twice[t]) == 0)
                {
                    CU_ASSERT(lb_mistake_make(f, list + k));
                    CU_ASSERT(is_equal(e, f));
                    undone++;
                }
            flint_free(name);
        }
        /* what is not listed changes nothing, or what another one does */
        for (int kind = 0; kind < lb_mistake_kinds(); kind++)
        {
            lb_mistake m = { kind, -1, -1 };

            lb_expanded_set(f, e);
            if (!lb_mistake_make(f, &m))
                CU_ASSERT(is_equal(e, f));
        }
        flint_free(list);
        lb_expanded_clear(g);
        lb_expanded_clear(f);
        lb_expanded_clear(e);
    }
    CU_ASSERT(undone >= 8);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "as in the text", test_texts },
        { "orders and levels", test_orders },
        { "all of them", test_all },
    };

    return lb_test_main("mistake", cases, sizeof(cases) / sizeof(cases[0]));
}
