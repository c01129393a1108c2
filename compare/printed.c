/* compare/printed.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <lindbound/expression.h>
#include <lindbound/printed.h>

#define PREC 256

const char *
lb_finding_str(lb_finding f)
{
    switch (f)
    {
    case LB_FINDING_HOLDS:
        return "holds";
    case LB_FINDING_FAILS:
        return "does not hold";
    case LB_FINDING_OPEN:
        return "open";
    case LB_FINDING_NONE:
        break;
    }
    return "";
}

int
lb_printed_relation_is_known(const char * relation)
{
    static const char * const relations[]
        = { "=", "~", "<", ">", "<=", ">=", "<<", ">>", "order", NULL };

    for (int k = 0; relations[k] != NULL; k++)
        if (strcmp(relation, relations[k]) == 0)
            return 1;
    return 0;
}

/* --- what is printed ----------------------------------------------------- */

/* The number that a text is; 0 if it is an expression. */
static int
read_number(fmpq_t q, const char * text)
{
    const lb_node * node;
    lb_expr * e;
    int good;

    if (lb_expr_parse(&e, text, NULL) != LB_OK)
        return 0;
    node = e->root;
    if (node->kind == LB_NODE_NEGATE)
        node = node->args[0];
    good = node->kind == LB_NODE_NUMBER && fmpq_is_zero(node->radius);
    if (good)
        fmpq_set(q, node->value);
    if (good && node != e->root)
        fmpq_neg(q, q);
    lb_expr_free(e);
    return good;
}

/* Half a unit in the last printed place: 0.0005 for 0.012, 5e-7 for 3.6e-5;
   0 if the text prints no digits behind its first ones.  What stands around
   the number, blanks and brackets, does not count. */
static void
half_unit(fmpq_t half, const char * text)
{
    const char * e = strpbrk(text, "eE");
    const char * point = strchr(text, '.');
    long exponent = e != NULL ? strtol(e + 1, NULL, 10) : 0;
    fmpq_t ten;

    fmpq_zero(half);
    if (point == NULL && e == NULL)
        return;
    if (point != NULL)
        exponent -= (long) strspn(point + 1, "0123456789");
    fmpq_init(ten);
    fmpq_set_si(ten, 10, 1);
    fmpq_pow_si(ten, ten, exponent);
    fmpq_set_si(half, 1, 2);
    fmpq_mul(half, half, ten);
    fmpq_clear(ten);
}

/* How far a number may be from an integer or expression v that is printed with
   ~: 0.05 max(1, |v|).  With = it is meant exactly: 1e-12 |v|, so that a small
   number is not confirmed by a wide ball; 1e-12 if v may be zero. */
static void
nearness(arb_t z, int exact, const arb_t v)
{
    arb_t t;

    arb_init(t);
    arb_one(t);
    arb_abs(z, v);
    if (!exact)
        arb_max(z, z, t, PREC);
    else if (arb_contains_zero(v))
        arb_one(z);
    arb_set_str(t, exact ? "1e-12" : "0.05", PREC);
    arb_mul(z, z, t, PREC);
    arb_clear(t);
}

/* How far a number may be from v; 0 if a tolerance is none. */
static int
allowed(arb_t z, const char * relation, const char * text, const arb_t v,
        int is_number, const char * tolerance)
{
    int good = 1;
    fmpq_t q;

    fmpq_init(q);
    if (is_number)
        half_unit(q, text);
    if (strcmp(relation, "~") == 0 && tolerance != NULL)
    {
        good = read_number(q, tolerance) && fmpq_sgn(q) > 0;
        arb_abs(z, v);
        if (arb_is_zero(z))
            arb_one(z);
        arb_mul_fmpz(z, z, fmpq_numref(q), PREC);
        arb_div_fmpz(z, z, fmpq_denref(q), PREC);
    }
    else if (!fmpq_is_zero(q))
        arb_set_fmpq(z, q, PREC);
    else
        nearness(z, strcmp(relation, "=") == 0, v);
    fmpq_clear(q);
    return good;
}

/* --- the relations ------------------------------------------------------- */

static lb_finding
decide(int proved, int refuted)
{
    return proved    ? LB_FINDING_HOLDS
           : refuted ? LB_FINDING_FAILS
                     : LB_FINDING_OPEN;
}

/* |x - v| <= bound */
static lb_finding
judge_near(const arb_t x, const arb_t v, const arb_t bound)
{
    lb_finding f;
    arb_t d;

    arb_init(d);
    arb_sub(d, x, v, PREC);
    arb_abs(d, d);
    f = decide(arb_le(d, bound), arb_gt(d, bound));
    arb_clear(d);
    return f;
}

/* |x| <= |v|/10, or with more: |x| >= 10 |v| */
static lb_finding
judge_factor(const arb_t x, const arb_t v, int more)
{
    lb_finding f;
    arb_t a, b;

    arb_init(a);
    arb_init(b);
    arb_abs(a, more ? v : x);
    arb_abs(b, more ? x : v);
    arb_mul_ui(a, a, 10, PREC);
    f = decide(arb_le(a, b), arb_gt(a, b));
    arb_clear(a);
    arb_clear(b);
    return f;
}

/* v^2/10 <= x^2 <= 10 v^2 */
static lb_finding
judge_order(const arb_t x, const arb_t v)
{
    arb_t a, b, c;
    lb_finding f;

    arb_init(a);
    arb_init(b);
    arb_init(c);
    arb_sqr(a, x, PREC);
    arb_sqr(b, v, PREC);
    arb_mul_ui(c, b, 10, PREC);
    arb_div_ui(b, b, 10, PREC);
    f = decide(arb_le(b, a) && arb_le(a, c), arb_lt(a, b) || arb_gt(a, c));
    arb_clear(a);
    arb_clear(b);
    arb_clear(c);
    return f;
}

static lb_finding
judge(const arb_t x, const char * relation, const char * text, const arb_t v,
      int is_number, const char * tolerance)
{
    int exact = strcmp(relation, "=") == 0;
    lb_finding f = LB_FINDING_NONE;
    fmpq_t digits;
    arb_t bound;

    if (strcmp(relation, "<") == 0)
        return decide(arb_lt(x, v), arb_ge(x, v));
    if (strcmp(relation, ">") == 0)
        return decide(arb_gt(x, v), arb_le(x, v));
    if (strcmp(relation, "<=") == 0)
        return decide(arb_le(x, v), arb_gt(x, v));
    if (strcmp(relation, ">=") == 0)
        return decide(arb_ge(x, v), arb_lt(x, v));
    if (strcmp(relation, "<<") == 0 || strcmp(relation, ">>") == 0)
        return judge_factor(x, v, relation[0] == '>');
    if (strcmp(relation, "order") == 0)
        return judge_order(x, v);
    if (!exact && strcmp(relation, "~") != 0)
        return LB_FINDING_NONE;

    arb_init(bound);
    fmpq_init(digits);
    if (is_number)
        half_unit(digits, text);
    if (allowed(bound, relation, text, v, is_number, tolerance))
    {
        f = judge_near(x, v, bound);
        /* meant exactly: disjoint enclosures are a proof, however near */
        if (exact && fmpq_is_zero(digits) && !arb_overlaps(x, v))
            f = LB_FINDING_FAILS;
    }
    fmpq_clear(digits);
    arb_clear(bound);
    return f;
}

lb_finding
lb_printed_judge(const arb_t x, const char * relation, const char * text,
                 const arb_t value, const char * tolerance)
{
    lb_finding f = LB_FINDING_NONE;
    int is_number;
    fmpq_t q;
    arb_t v;

    fmpq_init(q);
    arb_init(v);
    is_number = read_number(q, text);
    if (is_number)
        arb_set_fmpq(v, q, PREC);
    else if (value != NULL)
        arb_set(v, value);
    if (is_number || value != NULL)
        f = judge(x, relation, text, v, is_number, tolerance);
    fmpq_clear(q);
    arb_clear(v);
    return f;
}
