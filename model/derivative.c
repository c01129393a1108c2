/* model/derivative.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/derivative.h>
#include <lindbound/functions.h>
#include <lindbound/text.h>

/* nodes that one derivative may hold */
#define MAX_NODES 200000

typedef struct
{
    const lb_scope_struct * scope;
    slong symbol;
    slong nodes; /* made so far */
    lb_status status;
    lb_error * err;
} differentiator;

/* --- trees; NULL stands for zero ----------------------------------------- */

static lb_node *
number(slong value)
{
    lb_node * node = lb_node_new(LB_NODE_NUMBER, 0, 0);

    fmpq_set_si(node->value, value, 1);
    return node;
}

static lb_node *
unary(lb_node_kind kind, lb_node * x)
{
    lb_node * node;

    if (x == NULL)
        return NULL;
    node = lb_node_new(kind, x->column, 1);
    node->args[0] = x;
    return node;
}

static lb_node *
binary(lb_node_kind kind, lb_node * x, lb_node * y)
{
    lb_node * node = lb_node_new(kind, x->column, 2);

    node->args[0] = x;
    node->args[1] = y;
    return node;
}

static lb_node *
call(const char * name, lb_node * x)
{
    lb_node * node = unary(LB_NODE_CALL, x);

    if (node != NULL)
        node->name = lb_text_copy(name);
    return node;
}

static lb_node *
sum(lb_node * x, lb_node * y)
{
    if (x == NULL || y == NULL)
        return x == NULL ? y : x;
    return binary(LB_NODE_ADD, x, y);
}

/* x may be zero, y not */
static lb_node *
product(lb_node * x, lb_node * y)
{
    if (x != NULL)
        return binary(LB_NODE_MULTIPLY, x, y);
    lb_node_free(y);
    return NULL;
}

static lb_node *
quotient(lb_node * x, lb_node * y)
{
    if (x != NULL)
        return binary(LB_NODE_DIVIDE, x, y);
    lb_node_free(y);
    return NULL;
}

static lb_node *
power(lb_node * x, slong exponent)
{
    return binary(LB_NODE_POWER, x, number(exponent));
}

/* --- rules --------------------------------------------------------------- */

static lb_node * derive(differentiator * d, const lb_node * node);

static lb_node *
copy(differentiator * d, const lb_node * node)
{
    d->nodes += 1 + node->arity;
    if (d->nodes > MAX_NODES && d->status == LB_OK)
        d->status = lb_error_set(d->err, LB_EDIM,
                                 "the derivative has too many terms; write "
                                 "the expression with fewer definitions");
    return lb_node_copy(node);
}

static void
refuse(differentiator * d, const lb_node * node, const char * what)
{
    if (d->status != LB_OK)
        return;
    d->status = lb_error_set(d->err, LB_EMODEL, "no derivative of %s by '%s'",
                             what, d->scope->symbols[d->symbol].name);
    lb_error_at_column(d->err, node->column);
}

static lb_node *
derive_name(differentiator * d, const lb_node * node)
{
    slong k = lb_scope_find(d->scope, node->name);

    if (k == d->symbol)
        return number(1);
    if (k < 0 || d->scope->symbols[k].expr == NULL)
        return NULL; /* a constant, a subsystem, a value */
    return derive(d, d->scope->symbols[k].expr->root);
}

/* (x/y)' = x'/y - x y'/y^2 */
static lb_node *
derive_quotient(differentiator * d, const lb_node * node)
{
    const lb_node *x = node->args[0], *y = node->args[1];
    lb_node * left = derive(d, x);
    lb_node * right = derive(d, y);

    if (left != NULL)
        left = quotient(left, copy(d, y));
    if (right != NULL)
        right = quotient(product(right, copy(d, x)), power(copy(d, y), 2));
    return sum(left, unary(LB_NODE_NEGATE, right));
}

/* 3 or -3 */
static int
written_integer(slong * n, const lb_node * node)
{
    int negative = node->kind == LB_NODE_NEGATE;

    if (negative)
        node = node->args[0];
    if (node->kind != LB_NODE_NUMBER || !fmpz_is_one(fmpq_denref(node->value))
        || !fmpq_is_zero(node->radius)
        || fmpz_bits(fmpq_numref(node->value)) > 10)
        return 0;
    *n = fmpz_get_si(fmpq_numref(node->value));
    *n = negative ? -*n : *n;
    return 1;
}

/* (x^n)' = n x^(n-1) x' for a number x; an operator commutes with its
   derivative only by chance: x^n is then a product */
static lb_node *
derive_power(differentiator * d, const lb_node * node)
{
    const lb_node *x = node->args[0], *y = node->args[1];
    lb_node *inner = derive(d, x), *exponent = derive(d, y);
    slong n;

    if (inner == NULL && exponent == NULL)
        return NULL;
    if (!written_integer(&n, y) || lb_scope_is_operator(d->scope, x))
    {
        refuse(d, node,
               "a power that depends on the parameter, unless of a number by a "
               "written integer,");
        lb_node_free(inner);
        lb_node_free(exponent);
        return NULL;
    }
    if (n == 0)
    {
        lb_node_free(inner);
        return NULL;
    }
    return product(
        inner, binary(LB_NODE_MULTIPLY, number(n), power(copy(d, x), n - 1)));
}

/* x' times the derivative of the function at x; both are consumed */
static lb_node *
chain(differentiator * d, const lb_node * node, lb_node * inner)
{
    const char * f = node->name;
    const lb_node * x = node->args[0];

#define IS(name) (strcmp(f, name) == 0)
#define X copy(d, x)
    if (IS("re") || IS("im") || IS("conj") || IS("dag"))
        return call(f, inner);
    if (IS("abs2")) /* 2 re(conj(x) x') */
        return product(call("re", product(inner, call("conj", X))), number(2));
    if (IS("abs")) /* re(conj(x) x')/abs(x) */
        return quotient(call("re", product(inner, call("conj", X))),
                        call("abs", X));
    if (IS("arg")) /* im(x'/x) */
        return call("im", quotient(inner, X));
    if (IS("sqrt"))
        return quotient(inner, product(number(2), call("sqrt", X)));
    if (IS("exp"))
        return product(inner, call("exp", X));
    if (IS("log"))
        return quotient(inner, X);
    if (IS("log10"))
        return quotient(inner, product(X, call("log", number(10))));
    if (IS("sin"))
        return product(inner, call("cos", X));
    if (IS("cos"))
        return unary(LB_NODE_NEGATE, product(inner, call("sin", X)));
    if (IS("tan"))
        return quotient(inner, power(call("cos", X), 2));
    if (IS("sinh"))
        return product(inner, call("cosh", X));
    if (IS("cosh"))
        return product(inner, call("sinh", X));
    if (IS("tanh"))
        return quotient(inner, power(call("cosh", X), 2));
    if (IS("asin") || IS("acos")) /* +-x'/sqrt(1 - x^2) */
    {
        inner = quotient(inner, call("sqrt", binary(LB_NODE_SUBTRACT, number(1),
                                                    power(X, 2))));
        return IS("asin") ? inner : unary(LB_NODE_NEGATE, inner);
    }
    if (IS("atan"))
        return quotient(inner, sum(number(1), power(X, 2)));
#undef IS
#undef X
    refuse(d, node, f);
    lb_node_free(inner);
    return NULL;
}

/* S(out,in) and its derivative dS(out,in,PARAMETER): of the model itself */
static lb_node *
derive_scattering(differentiator * d, const lb_node * node)
{
    lb_node * out = lb_node_new(LB_NODE_CALL, node->column, 3);

    out->name = lb_text_copy("dS");
    out->args[0] = lb_node_copy(node->args[0]);
    out->args[1] = lb_node_copy(node->args[1]);
    out->args[2] = lb_node_new(LB_NODE_NAME, node->column, 0);
    out->args[2]->name = lb_text_copy(d->scope->symbols[d->symbol].name);
    return out;
}

static lb_node *
derive_call(differentiator * d, const lb_node * node)
{
    const lb_function * f = lb_function_find(node->name);
    lb_node * inner = NULL;

    if (strcmp(node->name, "S") == 0)
        return derive_scattering(d, node);
    if (f->kind == LB_FUNCTION_STATE || f->kind == LB_FUNCTION_QUANTITY)
    {
        refuse(d, node, f->usage);
        return NULL;
    }
    for (slong k = 0; k < node->arity; k++)
    {
        lb_node_free(inner);
        inner = derive(d, node->args[k]);
        if (inner != NULL && node->arity > 1)
        {
            refuse(d, node, f->usage);
            lb_node_free(inner);
            return NULL;
        }
    }
    return inner == NULL ? NULL : chain(d, node, inner);
}

static lb_node *
derive(differentiator * d, const lb_node * node)
{
    lb_node *x, *y;

    if (d->status != LB_OK)
        return NULL;
    switch (node->kind)
    {
    case LB_NODE_NUMBER:
        return NULL;
    case LB_NODE_NAME:
        return derive_name(d, node);
    case LB_NODE_NEGATE:
    case LB_NODE_ADJOINT: /* the parameter is real */
        return unary(node->kind, derive(d, node->args[0]));
    case LB_NODE_ADD:
    case LB_NODE_SUBTRACT:
        x = derive(d, node->args[0]);
        y = derive(d, node->args[1]);
        return sum(x, node->kind == LB_NODE_ADD ? y : unary(LB_NODE_NEGATE, y));
    case LB_NODE_MULTIPLY: /* operators: the order of the factors stays */
        x = derive(d, node->args[0]);
        y = derive(d, node->args[1]);
        if (x != NULL)
            x = binary(LB_NODE_MULTIPLY, x, copy(d, node->args[1]));
        if (y != NULL)
            y = binary(LB_NODE_MULTIPLY, copy(d, node->args[0]), y);
        return sum(x, y);
    case LB_NODE_DIVIDE:
        return derive_quotient(d, node);
    case LB_NODE_POWER:
        return derive_power(d, node);
    case LB_NODE_CALL:
        return derive_call(d, node);
    case LB_NODE_EXPECTATION:
        refuse(d, node, "<...>");
        return NULL;
    case LB_NODE_PLUS_HC:
        x = derive(d, node->args[0]);
        return x == NULL ? NULL : sum(x, unary(LB_NODE_ADJOINT, copy(d, x)));
    }
    return NULL;
}

lb_status
lb_derivative(lb_node ** out, const lb_node * node, const lb_scope_t scope,
              slong symbol, lb_error * err)
{
    differentiator d = { scope, symbol, 0, LB_OK, err };

    *out = derive(&d, node);
    if (d.status != LB_OK)
    {
        lb_node_free(*out);
        *out = NULL;
    }
    return d.status;
}
