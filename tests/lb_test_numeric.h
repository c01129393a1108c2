/* tests/lb_test_numeric.h -- models from short texts, for the numeric tests.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "modes: a c; two-level: s; U = 5; Delta = 1/2; H: Delta*a'*a + ...;
 *  1: a; kappa: c"  is the whole of a model: subsystems, parameters, H and
 * dissipators `rate: jump`, separated by semicolons. */
#ifndef LB_TEST_NUMERIC_H
#define LB_TEST_NUMERIC_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/model.h>
#include <lindbound/steady_state.h>
#include <lindbound/text.h>

#define TEST_PREC 128

static inline void
test_fail(const char * what, const lb_error * err)
{
    char text[1024];

    lb_error_format(text, sizeof(text), err);
    printf("\n%s: %s\n", what, text);
    abort();
}

static inline lb_expr *
test_parse(const char * text)
{
    lb_error err;
    lb_expr * e;

    lb_error_clear(&err);
    if (lb_expr_parse(&e, text, &err) != LB_OK)
        test_fail(text, &err);
    return e;
}

/* Cuts blanks at both ends of [p, q). */
static inline char *
test_cut(const char * p, const char * q)
{
    while (p < q && isspace((unsigned char) *p))
        p++;
    while (q > p && isspace((unsigned char) q[-1]))
        q--;
    return lb_text_print("%.*s", (int) (q - p), p);
}

static inline void
test_add_subsystems(lb_model_t m, const char * names, lb_kind kind)
{
    char name[32];
    int used;

    while (sscanf(names, " %31s%n", name, &used) == 1)
    {
        lb_error err;

        lb_error_clear(&err);
        if (lb_scope_add_subsystem(m->scope, name, kind, &err) != LB_OK)
            test_fail(name, &err);
        names += used;
    }
}

static inline void
test_add_item(lb_model_t m, const char * left, const char * right, char sign)
{
    if (sign == '=')
    {
        lb_expr * e = test_parse(right);
        lb_error err;

        lb_error_clear(&err);
        if (lb_scope_add(m->scope, LB_SYMBOL_PARAMETER, left, e, NULL, NULL,
                         &err)
            != LB_OK)
            test_fail(left, &err);
        lb_expr_free(e);
    }
    else if (strcmp(left, "modes") == 0)
        test_add_subsystems(m, right, LB_MODE);
    else if (strcmp(left, "two-level") == 0)
        test_add_subsystems(m, right, LB_TWO_LEVEL);
    else if (strcmp(left, "drive") == 0)
        m->scope->symbols[lb_scope_find(m->scope, right)].drive = 1;
    else if (strcmp(left, "H") == 0)
        m->hamiltonian[m->n_hamiltonian++] = test_parse(right);
    else
    {
        m->dissipators[m->n_dissipators].rate = test_parse(left);
        m->dissipators[m->n_dissipators++].jump = test_parse(right);
    }
}

/* Initializes @p m from @p text; stops the program if the text is wrong. */
static inline void
test_model_init(lb_model_t m, const char * text)
{
    slong items = 1;

    lb_model_init(m);
    for (const char * p = text; *p != '\0'; p++)
        items += *p == ';';
    m->name = lb_text_copy("test");
    m->hamiltonian = flint_calloc((size_t) items, sizeof(lb_expr *));
    m->hamiltonian_pointers = flint_calloc((size_t) items, sizeof(char *));
    m->dissipators = flint_calloc((size_t) items, sizeof(lb_dissipator));
    while (*text != '\0')
    {
        size_t length = strcspn(text, ";"), sign = strcspn(text, "=:");
        char * left = test_cut(text, text + (sign < length ? sign : length));
        char * right = test_cut(text + (sign < length ? sign + 1 : length),
                                text + length);

        if (sign < length)
            test_add_item(m, left, right, text[sign]);
        flint_free(left);
        flint_free(right);
        text += length;
        text += *text == ';';
    }
}

/* H and dissipators of @p m at TEST_PREC. */
static inline void
test_problem_init(lb_problem_t p, const lb_model_t m)
{
    lb_error err;
    lb_env_t env;

    lb_error_clear(&err);
    lb_env_init(env, m->scope, TEST_PREC);
    if (lb_problem_init(p, m, env, &err) != LB_OK)
        test_fail("problem", &err);
    lb_env_clear(env);
}

/* The operator @p text of @p m; initializes @p op. */
static inline void
test_operator_init(lb_opoly_t op, const lb_model_t m, const char * text)
{
    lb_expr * e = test_parse(text);
    lb_error err;
    lb_env_t env;

    lb_error_clear(&err);
    lb_opoly_init(op, m->scope->kinds, m->scope->subsystems);
    lb_env_init(env, m->scope, TEST_PREC);
    if (lb_env_operator(op, env, e, &err) != LB_OK)
        test_fail(text, &err);
    lb_env_clear(env);
    lb_expr_free(e);
}

static inline void
test_basis_init(lb_basis_t b, const lb_model_t m, const char * cutoff)
{
    lb_error err;
    lb_cutoff_t c;

    lb_error_clear(&err);
    lb_cutoff_init(c, m->scope->kinds, m->scope->subsystems);
    if (lb_cutoff_parse(c, cutoff, m->scope, &err) != LB_OK
        || lb_basis_init(b, c, 100000, &err) != LB_OK)
        test_fail(cutoff, &err);
    lb_cutoff_clear(c);
}

/* <op> in @p s; initializes nothing, stops the program on failure. */
static inline lb_extended
test_expectation(const lb_steady_state_t s, const lb_model_t m,
                 const char * text)
{
    lb_opoly_t op;
    lb_extended x;
    lb_error err;

    lb_error_clear(&err);
    test_operator_init(op, m, text);
    if (lb_steady_state_expectation_approx(&x, s, op, &err) != LB_OK)
        test_fail(text, &err);
    lb_opoly_clear(op);
    return x;
}

/* The three cavities a, c, b; drive @p port with strength @p omega. */
static inline char *
test_three_cavities(const char * omega, const char * kappa_b,
                    const char * port)
{
    return lb_text_print(
        "modes: a c b; Omega = %s; kappa_b = %s; U = 5; J = 1/sqrt(2);"
        "Delta = 1/2; theta = -pi/4; drive: Omega;"
        "H: Delta*(a'*a + b'*b + c'*c) + U*(a'^2*a^2 + c'^2*c^2);"
        "H: J*exp(i*theta)*c'*a + J*b'*a + J*b'*c + h.c.;"
        "H: Omega*(%s' + %s); 1: a; 1: c; kappa_b: b",
        omega, kappa_b, port, port);
}

#endif /* LB_TEST_NUMERIC_H */
