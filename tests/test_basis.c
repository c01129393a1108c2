/* tests/test_basis.c -- numeric/cutoff.c and numeric/basis.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "lb_test.h"
#include "lb_test_numeric.h"

/* --- text ---------------------------------------------------------------- */

static void
scope_init(lb_scope_t scope)
{
    lb_error err;
    int ok;

    lb_scope_init(scope);
    ok = lb_scope_add_subsystem(scope, "a", LB_MODE, &err) == LB_OK
         && lb_scope_add_subsystem(scope, "s", LB_TWO_LEVEL, &err) == LB_OK
         && lb_scope_add_subsystem(scope, "b2", LB_MODE, &err) == LB_OK;
    CU_ASSERT_FATAL(ok);
}

static void
test_cutoff_text(void)
{
    static const struct
    {
        const char * text;
        const char * back;
        slong total, a, b;
    } cases[] = {
        { "8", "N<=8", 8, -1, -1 },
        { " 8 ", "N<=8", 8, -1, -1 },
        { "a=5,b2=3", "a<=5, b2<=3", -1, 5, 3 },
        { "b2 = 3 , a = 0", "a<=0, b2<=3", -1, 0, 3 },
        { "8,a=5", "N<=8, a<=5", 8, 5, -1 },
        { "a=5,8", "N<=8, a<=5", 8, 5, -1 },
        { "s=1,2", "N<=2", 2, -1, -1 },
        { "0", "N<=0", 0, -1, -1 },
        { "N<=8", "N<=8", 8, -1, -1 },
        { "N <= 8, a <= 5", "N<=8, a<=5", 8, 5, -1 },
        { "a<=5, b2<=3", "a<=5, b2<=3", -1, 5, 3 },
    };
    lb_scope_t scope;

    scope_init(scope);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_cutoff_t c;
        lb_error err;
        char * back;

        lb_error_clear(&err);
        lb_cutoff_init(c, scope->kinds, scope->subsystems);
        CU_ASSERT(lb_cutoff_parse(c, cases[i].text, scope, &err) == LB_OK);
        CU_ASSERT(c->total == cases[i].total);
        CU_ASSERT(c->levels[0] == cases[i].a);
        CU_ASSERT(c->levels[1] == 1);
        CU_ASSERT(c->levels[2] == cases[i].b);
        back = lb_cutoff_get_str(c, scope);
        CU_ASSERT_STRING_EQUAL(back, cases[i].back);
        flint_free(back);
        lb_cutoff_clear(c);
    }
    lb_scope_clear(scope);
}

static void
test_cutoff_refused(void)
{
    static const struct
    {
        const char * text;
        lb_status status;
        long column;
        const char * message;
    } cases[] = {
        { "", LB_EPARSE, 1, "expected a level" },
        { "8,", LB_EPARSE, 3, "expected a level" },
        { "-1", LB_EPARSE, 1, "expected a level" },
        { "8;a=5", LB_EPARSE, 2, "expected ','" },
        { "8 9", LB_EPARSE, 3, "expected ','" },
        { "8,9", LB_EPARSE, 3, "second cap" },
        { "8,N<=9", LB_EPARSE, 3, "second cap" },
        { "N=8", LB_ENAME, 1, "subsystems: a, s, b2" },
        { "M<=8", LB_ENAME, 1, "subsystems: a, s, b2" },
        { "N<8", LB_ENAME, 1, "subsystems: a, s, b2" },
        { "a=", LB_EPARSE, 1, "expected a level" },
        { "a5", LB_ENAME, 1, "subsystems: a, s, b2" },
        { "8,q=3", LB_ENAME, 3, "subsystems: a, s, b2" },
        { "a=5,a=6,b2=1", LB_EPARSE, 5, "'a' is given twice" },
        { "8,s=2", LB_EDIM, 3, "two-level" },
        { "8,s=0", LB_EDIM, 3, "two-level" },
        { "a=5", LB_EDIM, 0, "mode 'b2' is unbounded" },
        { "99999999999999999999999", LB_EDIM, 1, "out of reach" },
    };
    lb_scope_t scope;

    scope_init(scope);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_cutoff_t c;
        lb_error err;
        int ok;

        lb_error_clear(&err);
        lb_cutoff_init(c, scope->kinds, scope->subsystems);
        ok = lb_cutoff_parse(c, cases[i].text, scope, &err) == cases[i].status
             && err.status == cases[i].status && err.column == cases[i].column
             && strstr(err.text, cases[i].message) != NULL;
        if (!ok)
            printf("\n'%s': status %d column %ld: %s\n", cases[i].text,
                   (int) err.status, err.column, err.text);
        CU_ASSERT(ok);
        /* on failure as after init */
        CU_ASSERT(c->total == -1 && c->levels[0] == -1 && c->levels[1] == 1);
        lb_cutoff_clear(c);
    }
    lb_scope_clear(scope);
}

/* --- states -------------------------------------------------------------- */

#define MAX_SUBSYSTEMS 4
#define MAX_TEST_LEVEL 4

static int
keeps(const lb_cutoff_t c, const slong * levels)
{
    slong total = 0;

    for (slong k = 0; k < c->subsystems; k++)
    {
        if (c->levels[k] >= 0 && levels[k] > c->levels[k])
            return 0;
        total += levels[k];
    }
    return c->total < 0 || total <= c->total;
}

/* Odometer over 0..top; 0 when it is through. */
static int
next_state(slong * levels, slong n, slong top)
{
    for (slong k = 0; k < n; k++)
    {
        if (++levels[k] <= top)
            return 1;
        levels[k] = 0;
    }
    return 0;
}

static void
check_order(const lb_basis_t b, slong iter)
{
    slong shell = 0;
    int ok
        = b->shell_start[0] == 0 && b->shell_start[b->shells] == b->dimension;

    for (slong i = 0; i < b->dimension; i++)
    {
        const slong * x = lb_basis_state(b, i);
        slong total = 0;

        for (slong k = 0; k < b->subsystems; k++)
            total += x[k];
        ok = ok && total == b->excitations[i] && total >= shell;
        ok = ok && i >= b->shell_start[total] && i < b->shell_start[total + 1];
        if (i > 0 && total == shell)
        {
            const slong * y = lb_basis_state(b, i - 1);
            slong k = 0;

            while (k < b->subsystems && x[k] == y[k])
                k++;
            ok = ok && k < b->subsystems && y[k] < x[k];
        }
        shell = total;
        ok = ok && lb_basis_find(b, x) == i;
    }
    if (!ok)
        printf("\norder: iter %ld seed %lu\n", (long) iter, lb_test_seed());
    CU_ASSERT(ok);
}

static void
test_random_bases(void)
{
    flint_rand_t state;
    slong n = lb_test_iters(300), states = 0;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < n; iter++)
    {
        slong levels[MAX_SUBSYSTEMS] = { 0 }, expected = 0, found = 0;
        slong m = 1 + (slong) n_randint(state, MAX_SUBSYSTEMS);
        lb_kind kinds[MAX_SUBSYSTEMS];
        lb_cutoff_t c;
        lb_basis_t b;
        lb_error err;
        int ok = 1;

        for (slong k = 0; k < m; k++)
            kinds[k] = n_randint(state, 3) == 0 ? LB_TWO_LEVEL : LB_MODE;
        lb_cutoff_init(c, kinds, m);
        c->total = (slong) n_randint(state, MAX_TEST_LEVEL + 3) - 2;
        if (c->total < 0)
            c->total = -1;
        for (slong k = 0; k < m; k++)
            if (kinds[k] == LB_MODE
                && (c->total < 0 || n_randint(state, 2) == 0))
                c->levels[k] = (slong) n_randint(state, MAX_TEST_LEVEL + 1);

        CU_ASSERT_FATAL(lb_basis_init(b, c, 100000, &err) == LB_OK);
        do /* also states just outside */
        {
            slong i = lb_basis_find(b, levels);
            int inside = keeps(c, levels);

            expected += inside;
            found += i >= 0;
            ok = ok && inside == (i >= 0);
        } while (next_state(levels, m, MAX_TEST_LEVEL + 1));
        ok = ok && expected == b->dimension && found == expected
             && lb_basis_count(c) == expected;
        if (!ok)
            printf("\niter %ld seed %lu: %ld states, expected %ld, count "
                   "%ld\n",
                   (long) iter, lb_test_seed(), (long) b->dimension,
                   (long) expected, (long) lb_basis_count(c));
        CU_ASSERT(ok);
        check_order(b, iter);
        states += expected;

        /* one state less is refused before anything is made */
        lb_basis_clear(b);
        CU_ASSERT(lb_basis_init(b, c, expected - 1, &err) == LB_EDIM);
        CU_ASSERT(b->dimension == 0 && b->levels == NULL);
        lb_basis_clear(b);
        lb_cutoff_clear(c);
    }
    CU_ASSERT(states > 5 * n);
    lb_rand_clear(state);
}

static void
test_dimensions(void)
{
    static const struct
    {
        slong modes, total, level, count;
    } cases[] = {
        { 3, 8, -1, 165 },
        { 3, 16, -1, 969 },
        { 3, -1, 5, 216 },
        { 1, 100000, -1, 100001 },
        { 10, -1, 1000, WORD_MAX },
        { 40, -1, 1, 1099511627776 },
        { 8, 100000, -1, WORD_MAX },
        { 7, -1, 9, 10000000 },
        { 0, 5, -1, 1 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_kind kinds[40] = { LB_MODE };
        lb_cutoff_t c;
        lb_basis_t b;
        lb_error err;
        slong count;

        lb_cutoff_init(c, kinds, cases[i].modes);
        c->total = cases[i].total;
        for (slong k = 0; k < cases[i].modes; k++)
            c->levels[k] = cases[i].level;
        count = lb_basis_count(c);
        if (count != cases[i].count)
            printf("\ncase %zu: %ld\n", i, (long) count);
        CU_ASSERT(count == cases[i].count);
        if (count > 1000)
        {
            CU_ASSERT(lb_basis_init(b, c, 1000, &err) == LB_EDIM);
            CU_ASSERT(strstr(err.text, "1000; lower --cutoff") != NULL);
            lb_basis_clear(b);
        }
        lb_cutoff_clear(c);
    }
}

/* --- what a basis can see ------------------------------------------------ */

static void
test_operators_seen(void)
{
    static const struct
    {
        const char * cutoff;
        const char * op;
        const char * message; /* NULL: seen */
    } cases[] = {
        { "a=3,c=1", "a'^3*a^3", NULL },
        { "a=2,c=1", "a'^3*a^3",
          "X needs level 3 of a; the cutoff keeps 0..2: raise --cutoff" },
        { "a=2,c=1", "a'*a + a^3", "X needs level 3 of a" },
        { "a=2,c=1", "a'^3", "X needs level 3 of a" },
        { "2", "a'*c'*a*c", NULL },
        { "2", "a'^2*c'*a*c",
          "X needs 3 excitations in total; the cutoff "
          "keeps 2: raise --cutoff" },
        { "2", "c'*a*c*s", "X needs 3 excitations" },
        { "2", "proj(c,3)", "X needs level 3 of c" },
        { "2", "proj(c,2)", NULL },
        { "0", "1", NULL },
        { "0", "s'*s", "X needs level 1 of s" },
    };
    lb_model_t m;

    test_model_init(m, "modes: a c; two-level: s");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_cutoff_t c;
        lb_basis_t b;
        lb_opoly_t op;
        lb_error err;
        lb_status status;
        int ok;

        lb_error_clear(&err);
        lb_cutoff_init(c, m->scope->kinds, m->scope->subsystems);
        CU_ASSERT_FATAL(lb_cutoff_parse(c, cases[i].cutoff, m->scope, &err)
                        == LB_OK);
        CU_ASSERT_FATAL(lb_basis_init(b, c, 1000, &err) == LB_OK);
        test_operator_init(op, m, cases[i].op);
        status = lb_basis_check_operator(b, op, "X", c, m->scope, &err);
        ok = cases[i].message == NULL
                 ? status == LB_OK
                 : status == LB_EDIM
                       && strstr(err.text, cases[i].message) != NULL;
        if (!ok)
            printf("\ncase %zu: status %d: %s\n", i, (int) status, err.text);
        CU_ASSERT(ok);
        lb_opoly_clear(op);
        lb_basis_clear(b);
        lb_cutoff_clear(c);
    }
    lb_model_clear(m);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "cutoff texts", test_cutoff_text },
        { "refused cutoff texts", test_cutoff_refused },
        { "random bases against enumeration", test_random_bases },
        { "dimensions, also beyond all limits", test_dimensions },
        { "operators that a basis can see", test_operators_seen },
    };

    return lb_test_main("basis", cases, sizeof(cases) / sizeof(cases[0]));
}
