/* model/expression.c -- lexer and recursive-descent parser.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     text     = sum [ "+" "h.c." ]
 *     sum      = product { ("+" | "-") product }
 *     product  = signed { ("*" | "/") signed }
 *     signed   = "-" signed | power
 *     power    = postfix [ "^" signed ]
 *     postfix  = primary { "'" }
 *     primary  = number [ "+/-" number ] | name [ "(" sum { "," sum } ")" ]
 *              | "(" sum ")" | "<" sum ">"
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/expression.h>
#include <lindbound/functions.h>
#include <lindbound/text.h>

/* Limits that keep hostile input from exhausting stack or memory. */
#define MAX_TEXT 100000
#define MAX_NESTING 200
#define MAX_TERMS 2000
#define MAX_DIGITS 5000
#define MAX_EXPONENT 20000

typedef enum
{
    TOKEN_END,
    TOKEN_NUMBER,
    TOKEN_NAME,
    TOKEN_PLUS_MINUS, /* +/- */
    TOKEN_HC,         /* h.c. */
    TOKEN_CHARACTER   /* one of + - * / ^ ' ( ) < > , */
} token_kind;

typedef struct
{
    token_kind kind;
    const char * start;
    size_t length;
} token;

typedef struct
{
    const char * text;
    const char * next; /* first character after `current` */
    token current;
    int nesting;
    lb_error * err;
    lb_status status;
} parser;

static long
column_of(const parser * p, const char * at)
{
    return (long) (at - p->text) + 1;
}

static void
fail_at(parser * p, const char * at, const char * message)
{
    if (p->status != LB_OK)
        return;
    p->status = lb_error_set(p->err, LB_EPARSE, "%s", message);
    lb_error_at_column(p->err, column_of(p, at));
}

static void
fail_expected(parser * p, const char * expected)
{
    if (p->status != LB_OK)
        return;
    if (p->current.kind == TOKEN_END)
        p->status
            = lb_error_set(p->err, LB_EPARSE,
                           "expected %s, found the end of the text", expected);
    else
        p->status = lb_error_set(
            p->err, LB_EPARSE, "expected %s, found '%.*s'", expected,
            p->current.length > 40 ? 40 : (int) p->current.length,
            p->current.start);
    lb_error_at_column(p->err, column_of(p, p->current.start));
}

static size_t
scan_digits(const char * s)
{
    return strspn(s, "0123456789");
}

/* digits [. digits] [e [sign] digits]; 0 if malformed */
static size_t
scan_number(const char * s)
{
    size_t whole = scan_digits(s), n = whole, fraction = 0;

    if (s[n] == '.')
    {
        fraction = scan_digits(s + n + 1);
        n += 1 + fraction;
    }
    if (whole + fraction == 0)
        return 0;
    if (s[n] == 'e' || s[n] == 'E')
    {
        size_t sign = (s[n + 1] == '+' || s[n + 1] == '-') ? 1 : 0;
        size_t digits = scan_digits(s + n + 1 + sign);

        if (digits == 0)
            return 0;
        n += 1 + sign + digits;
    }
    return isalnum((unsigned char) s[n]) || s[n] == '_' || s[n] == '.' ? 0 : n;
}

static void
advance(parser * p)
{
    const char * s = p->next;
    token * t = &p->current;

    if (p->status != LB_OK)
        return;
    s += strspn(s, " \t\r\n");
    t->start = s;
    t->length = 1;
    if (*s == '\0')
    {
        t->kind = TOKEN_END;
        t->length = 0;
    }
    else if (strncmp(s, "+/-", 3) == 0)
    {
        t->kind = TOKEN_PLUS_MINUS;
        t->length = 3;
    }
    else if (strncmp(s, "h.c.", 4) == 0)
    {
        t->kind = TOKEN_HC;
        t->length = 4;
    }
    else if (isdigit((unsigned char) *s) || *s == '.')
    {
        t->kind = TOKEN_NUMBER;
        t->length = scan_number(s);
        if (t->length == 0)
        {
            fail_at(p, s,
                    "malformed number; write digits with an optional point "
                    "and exponent such as 0.25 or 1e-3, and * for products");
            t->kind = TOKEN_END;
        }
    }
    else if (isalpha((unsigned char) *s))
    {
        t->kind = TOKEN_NAME;
        while (isalnum((unsigned char) s[t->length]) || s[t->length] == '_')
            t->length++;
    }
    else if (strchr("+-*/^'()<>,", *s) != NULL)
        t->kind = TOKEN_CHARACTER;
    else
    {
        fail_at(p, s,
                (unsigned char) *s < 128
                    ? "unexpected character; the language has numbers, "
                      "names, + - * / ^ ' ( ) < > and ,"
                    : "unexpected character outside ASCII; the language is "
                      "plain ASCII (write 'theta', '*', '-')");
        t->kind = TOKEN_END;
        t->length = 0;
    }
    p->next = s + t->length;
}

static int
at_character(const parser * p, char c)
{
    return p->current.kind == TOKEN_CHARACTER && *p->current.start == c;
}

static void
expect_character(parser * p, char c, const char * expected)
{
    if (at_character(p, c))
        advance(p);
    else
        fail_expected(p, expected);
}

lb_node *
lb_node_new(lb_node_kind kind, long column, slong arity)
{
    lb_node * node = flint_calloc(1, sizeof(lb_node));

    node->kind = kind;
    node->column = column;
    fmpq_init(node->value);
    fmpq_init(node->radius);
    node->arity = arity;
    if (arity > 0)
        node->args = flint_calloc((size_t) arity, sizeof(lb_node *));
    return node;
}

void
lb_node_free(lb_node * node)
{
    if (node == NULL)
        return;
    for (slong k = 0; k < node->arity; k++)
        lb_node_free(node->args[k]);
    fmpq_clear(node->value);
    fmpq_clear(node->radius);
    flint_free(node->name);
    flint_free(node->args);
    flint_free(node);
}

lb_node *
lb_node_copy(const lb_node * node)
{
    lb_node * copy = lb_node_new(node->kind, node->column, node->arity);

    fmpq_set(copy->value, node->value);
    fmpq_set(copy->radius, node->radius);
    copy->name = lb_text_copy(node->name);
    for (slong k = 0; k < node->arity; k++)
        copy->args[k] = lb_node_copy(node->args[k]);
    return copy;
}

static lb_node *
node_new_1(lb_node_kind kind, long column, lb_node * arg)
{
    lb_node * node = lb_node_new(kind, column, 1);

    node->args[0] = arg;
    return node;
}

static lb_node *
node_new_2(lb_node_kind kind, long column, lb_node * left, lb_node * right)
{
    lb_node * node = lb_node_new(kind, column, 2);

    node->args[0] = left;
    node->args[1] = right;
    return node;
}

static char *
copy_text(const char * start, size_t length)
{
    char * copy = flint_malloc(length + 1);

    memcpy(copy, start, length);
    copy[length] = '\0';
    return copy;
}

/* The exact rational that the literal at the current token stands for. */
static void
read_literal(parser * p, fmpq_t value)
{
    const token * t = &p->current;
    char * digits;
    size_t n = 0, i = 0;
    long exponent = 0;
    int after_point = 0;
    fmpz_t power;

    if (t->length > MAX_DIGITS)
    {
        fail_at(p, t->start, "number literal with more than 5000 characters");
        return;
    }
    digits = flint_malloc(t->length + 1);
    for (; i < t->length && t->start[i] != 'e' && t->start[i] != 'E'; i++)
    {
        if (t->start[i] == '.')
            after_point = 1;
        else
        {
            digits[n++] = t->start[i];
            exponent -= after_point;
        }
    }
    digits[n] = '\0';
    if (i < t->length)
    {
        long stated = strtol(t->start + i + 1, NULL, 10);

        if (stated > MAX_EXPONENT || stated < -MAX_EXPONENT)
        {
            fail_at(p, t->start, "exponent beyond +-20000");
            flint_free(digits);
            return;
        }
        exponent += stated;
    }

    fmpz_init(power);
    fmpz_ui_pow_ui(power, 10, (ulong) labs(exponent));
    fmpz_set_str(fmpq_numref(value), digits, 10);
    fmpz_one(fmpq_denref(value));
    if (exponent >= 0)
        fmpq_mul_fmpz(value, value, power);
    else
        fmpq_div_fmpz(value, value, power);
    fmpz_clear(power);
    flint_free(digits);
}

static lb_node * parse_sum(parser * p);

static lb_node *
parse_number(parser * p)
{
    lb_node * node
        = lb_node_new(LB_NODE_NUMBER, column_of(p, p->current.start), 0);

    read_literal(p, node->value);
    advance(p);
    if (p->current.kind == TOKEN_PLUS_MINUS)
    {
        advance(p);
        if (p->current.kind == TOKEN_NUMBER)
        {
            read_literal(p, node->radius);
            advance(p);
        }
        else
            fail_expected(p, "a number literal after '+/-'");
    }
    return node;
}

/* NaN and infinities are not numbers of this language. */
static int
names_no_number(const char * name)
{
    static const char * const refused[] = { "nan", "inf", "infinity" };
    size_t i, n = strlen(name);

    for (size_t k = 0; k < sizeof(refused) / sizeof(refused[0]); k++)
    {
        if (strlen(refused[k]) != n)
            continue;
        for (i = 0; i < n; i++)
            if (tolower((unsigned char) name[i]) != refused[k][i])
                break;
        if (i == n)
            return 1;
    }
    return 0;
}

static void
parse_arguments(parser * p, lb_node * call)
{
    advance(p); /* ( */
    if (!at_character(p, ')'))
    {
        for (;;)
        {
            lb_node * arg = parse_sum(p);

            call->args = flint_realloc(call->args, (size_t) (call->arity + 1)
                                                       * sizeof(lb_node *));
            call->args[call->arity++] = arg;
            if (!at_character(p, ',') || p->status != LB_OK)
                break;
            advance(p);
        }
    }
    expect_character(p, ')', "',' or ')'");
}

static void
check_call(parser * p, const lb_node * call, const char * at)
{
    const lb_function * f = lb_function_find(call->name);

    if (p->status != LB_OK)
        return;
    if (f == NULL)
        p->status = lb_error_set(p->err, LB_ENAME,
                                 "unknown function '%.60s' (products need a "
                                 "'*'; functions: sqrt, exp, abs2, ..., see "
                                 "docs/language.md)",
                                 call->name);
    else if (call->arity < f->min_arity || call->arity > f->max_arity)
        p->status = lb_error_set(p->err, LB_EPARSE,
                                 "%s takes %ld argument%s, not %ld: write %s",
                                 f->name, (long) f->min_arity,
                                 f->max_arity == 1             ? ""
                                 : f->max_arity > f->min_arity ? "s or more"
                                                               : "s",
                                 (long) call->arity, f->usage);
    else
        return;
    lb_error_at_column(p->err, column_of(p, at));
}

static lb_node *
parse_name(parser * p)
{
    const char * at = p->current.start;
    lb_node * node = lb_node_new(LB_NODE_NAME, column_of(p, at), 0);

    node->name = copy_text(at, p->current.length);
    if (names_no_number(node->name))
        fail_at(p, at,
                "NaN and infinities are not accepted; write a finite exact "
                "number");
    advance(p);
    if (at_character(p, '('))
    {
        node->kind = LB_NODE_CALL;
        parse_arguments(p, node);
        check_call(p, node, at);
    }
    else if (lb_function_find(node->name) != NULL)
        fail_expected(p, "'(' after the name of a function");
    return node;
}

static lb_node *
parse_primary(parser * p)
{
    long column = column_of(p, p->current.start);
    lb_node * node;

    switch (p->current.kind)
    {
    case TOKEN_NUMBER:
        return parse_number(p);
    case TOKEN_NAME:
        return parse_name(p);
    default:
        break;
    }
    if (at_character(p, '('))
    {
        advance(p);
        node = parse_sum(p);
        expect_character(p, ')', "an operator or ')'");
        return node;
    }
    if (at_character(p, '<'))
    {
        advance(p);
        node = node_new_1(LB_NODE_EXPECTATION, column, parse_sum(p));
        expect_character(p, '>', "an operator or '>'");
        return node;
    }
    fail_expected(p, "a number, a name, '(' or '<'");
    return NULL;
}

static lb_node *
parse_postfix(parser * p)
{
    lb_node * node = parse_primary(p);
    int marks = 0;

    while (at_character(p, '\'') && p->status == LB_OK)
    {
        if (++marks > MAX_NESTING)
            fail_at(p, p->current.start, "too many adjoints");
        node
            = node_new_1(LB_NODE_ADJOINT, column_of(p, p->current.start), node);
        advance(p);
    }
    return node;
}

static lb_node * parse_signed(parser * p);

static lb_node *
parse_power(parser * p)
{
    lb_node * node = parse_postfix(p);
    long column = column_of(p, p->current.start);

    if (!at_character(p, '^') || p->status != LB_OK)
        return node;
    advance(p);
    return node_new_2(LB_NODE_POWER, column, node, parse_signed(p));
}

static lb_node *
parse_signed(parser * p)
{
    long column = column_of(p, p->current.start);
    lb_node * node = NULL;

    if (++p->nesting > MAX_NESTING)
        fail_at(p, p->current.start, "nested too deeply");
    else if (at_character(p, '-'))
    {
        advance(p);
        node = node_new_1(LB_NODE_NEGATE, column, parse_signed(p));
    }
    else
        node = parse_power(p);
    p->nesting--;
    return node;
}

static lb_node *
parse_product(parser * p)
{
    lb_node * node = parse_signed(p);
    int factors = 1;

    while (p->status == LB_OK && (at_character(p, '*') || at_character(p, '/')))
    {
        lb_node_kind kind
            = at_character(p, '*') ? LB_NODE_MULTIPLY : LB_NODE_DIVIDE;
        long column = column_of(p, p->current.start);

        if (++factors > MAX_TERMS)
            fail_at(p, p->current.start, "more than 2000 factors");
        advance(p);
        node = node_new_2(kind, column, node, parse_signed(p));
    }
    return node;
}

static lb_node *
parse_sum(parser * p)
{
    lb_node * node = parse_product(p);
    int terms = 1;

    while (p->status == LB_OK && (at_character(p, '+') || at_character(p, '-')))
    {
        lb_node_kind kind
            = at_character(p, '+') ? LB_NODE_ADD : LB_NODE_SUBTRACT;
        long column = column_of(p, p->current.start);

        if (++terms > MAX_TERMS)
            fail_at(p, p->current.start,
                    "more than 2000 terms; split the text");
        advance(p);
        if (kind == LB_NODE_ADD && p->current.kind == TOKEN_HC)
        {
            advance(p);
            if (p->current.kind != TOKEN_END)
                fail_expected(p, "the end of the text after '+ h.c.'");
            return node_new_1(LB_NODE_PLUS_HC, column, node);
        }
        node = node_new_2(kind, column, node, parse_product(p));
    }
    return node;
}

lb_status
lb_expr_parse(lb_expr ** out, const char * text, lb_error * err)
{
    lb_node * root = NULL;
    parser p;

    *out = NULL;
    memset(&p, 0, sizeof(p));
    p.text = text;
    p.next = text;
    p.err = err;
    if (strlen(text) > MAX_TEXT)
        fail_at(&p, text, "expression longer than 100000 characters");
    advance(&p);
    if (p.status == LB_OK)
        root = parse_sum(&p);
    if (p.status == LB_OK && p.current.kind == TOKEN_HC)
        fail_at(&p, p.current.start, "'h.c.' may only end a text, after a '+'");
    if (p.status == LB_OK && p.current.kind != TOKEN_END)
        fail_expected(&p, "an operator or the end of the text");
    if (p.status != LB_OK)
    {
        lb_node_free(root);
        return p.status;
    }

    *out = flint_malloc(sizeof(lb_expr));
    (*out)->references = 1;
    (*out)->text = copy_text(text, strlen(text));
    (*out)->root = root;
    return LB_OK;
}

lb_expr *
lb_expr_share(lb_expr * e)
{
    __atomic_add_fetch(&e->references, 1, __ATOMIC_RELAXED);
    return e;
}

void
lb_expr_free(lb_expr * e)
{
    if (e == NULL
        || __atomic_sub_fetch(&e->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    lb_node_free(e->root);
    flint_free(e->text);
    flint_free(e);
}

int
lb_name_is_valid(const char * name)
{
    if (!isalpha((unsigned char) *name))
        return 0;
    for (; *name != '\0'; name++)
        if (!isalnum((unsigned char) *name) && *name != '_')
            return 0;
    return 1;
}

int
lb_name_is_reserved(const char * name)
{
    acb_t z;
    int reserved;

    if (lb_function_find(name) != NULL || names_no_number(name)
        || strncmp(name, "si_", 3) == 0)
        return 1;
    acb_init(z);
    reserved = lb_constant(z, name, 2);
    acb_clear(z);
    return reserved;
}
