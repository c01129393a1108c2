/* model/scope.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/functions.h>
#include <lindbound/scope.h>
#include <lindbound/text.h>

void
lb_scope_init(lb_scope_t s)
{
    memset(s, 0, sizeof(*s));
}

/* what it stands for */
static void
symbol_forget(lb_symbol * symbol)
{
    lb_expr_free(symbol->expr);
    if (symbol->value != NULL)
        _acb_vec_clear(symbol->value, 1);
    symbol->expr = NULL;
    symbol->value = NULL;
}

static void
symbol_clear(lb_symbol * symbol)
{
    flint_free(symbol->name);
    flint_free(symbol->file);
    flint_free(symbol->pointer);
    flint_free(symbol->unit);
    flint_free(symbol->doc);
    symbol_forget(symbol);
}

void
lb_scope_clear(lb_scope_t s)
{
    for (slong k = 0; k < s->length; k++)
        symbol_clear(s->symbols + k);
    flint_free(s->symbols);
    flint_free(s->kinds);
    lb_scope_init(s);
}

void
lb_scope_init_copy(lb_scope_t s, const lb_scope_t t)
{
    *s = *t;
    s->alloc = t->length;
    s->symbols = flint_malloc((size_t) (t->length + 1) * sizeof(lb_symbol));
    for (slong k = 0; k < t->length; k++)
    {
        const lb_symbol * from = t->symbols + k;
        lb_symbol * to = s->symbols + k;

        *to = *from;
        to->name = lb_text_copy(from->name);
        to->file = lb_text_copy(from->file);
        to->pointer = lb_text_copy(from->pointer);
        to->unit = lb_text_copy(from->unit);
        to->doc = lb_text_copy(from->doc);
        if (from->expr != NULL)
            to->expr = lb_expr_share(from->expr);
        if (from->value != NULL)
        {
            to->value = _acb_vec_init(1);
            acb_set(to->value, from->value);
        }
    }
    s->kinds = flint_malloc((size_t) (t->subsystems + 1) * sizeof(lb_kind));
    if (t->subsystems > 0)
        memcpy(s->kinds, t->kinds, (size_t) t->subsystems * sizeof(lb_kind));
}

void
lb_scope_set_value(lb_scope_t s, slong which, const acb_t value)
{
    acb_ptr copy = _acb_vec_init(1);

    acb_set(copy, value); /* it may be the symbol's own */
    symbol_forget(s->symbols + which);
    s->symbols[which].value = copy;
}

int
lb_scope_has_modes(const lb_scope_t s)
{
    for (slong k = 0; k < s->subsystems; k++)
        if (s->kinds[k] == LB_MODE)
            return 1;
    return 0;
}

void
lb_scope_set_expr(lb_scope_t s, slong which, lb_expr * expr)
{
    lb_expr * shared = lb_expr_share(expr); /* it may be the symbol's own */

    symbol_forget(s->symbols + which);
    s->symbols[which].expr = shared;
}

slong
lb_scope_find(const lb_scope_t s, const char * name)
{
    for (slong k = 0; k < s->length; k++)
        if (strcmp(s->symbols[k].name, name) == 0)
            return k;
    return -1;
}

static lb_status
check_new_name(const lb_scope_t s, const char * name, lb_error * err)
{
    if (!lb_name_is_valid(name))
        return lb_error_set(err, LB_ENAME,
                            "'%.60s' is not a name; use a letter, then "
                            "letters, digits and '_'",
                            name);
    if (lb_name_is_reserved(name))
        return lb_error_set(err, LB_ENAME,
                            "'%s' is reserved by the expression language; "
                            "choose another name",
                            name);
    if (lb_scope_find(s, name) >= 0)
        return lb_error_set(err, LB_ENAME, "the name '%.60s' is already used",
                            name);
    return LB_OK;
}

static lb_symbol *
append(lb_scope_t s, lb_symbol_kind kind, const char * name)
{
    lb_symbol * symbol;

    if (s->length >= s->alloc)
    {
        s->alloc = 2 * s->length + 8;
        s->symbols
            = flint_realloc(s->symbols, (size_t) s->alloc * sizeof(lb_symbol));
    }
    symbol = s->symbols + s->length++;
    memset(symbol, 0, sizeof(*symbol));
    symbol->kind = kind;
    symbol->name = lb_text_copy(name);
    return symbol;
}

lb_status
lb_scope_add_subsystem(lb_scope_t s, const char * name, lb_kind kind,
                       lb_error * err)
{
    lb_status status = check_new_name(s, name, err);

    if (status != LB_OK)
        return status;
    append(s, LB_SYMBOL_SUBSYSTEM, name)->index = s->subsystems;
    s->kinds = flint_realloc(s->kinds,
                             (size_t) (s->subsystems + 1) * sizeof(lb_kind));
    s->kinds[s->subsystems++] = kind;
    return LB_OK;
}

lb_status
lb_scope_add(lb_scope_t s, lb_symbol_kind kind, const char * name,
             lb_expr * expr, const char * file, const char * pointer,
             lb_error * err)
{
    lb_status status = check_new_name(s, name, err);
    lb_symbol * symbol;

    if (status != LB_OK)
        return status;
    symbol = append(s, kind, name);
    symbol->expr = lb_expr_share(expr);
    symbol->file = lb_text_copy(file);
    symbol->pointer = lb_text_copy(pointer);
    return LB_OK;
}

lb_status
lb_scope_add_value(lb_scope_t s, const char * name, const acb_t value,
                   lb_error * err)
{
    lb_status status = check_new_name(s, name, err);

    if (status != LB_OK)
        return status;
    append(s, LB_SYMBOL_DEFINITION, name);
    lb_scope_set_value(s, s->length - 1, value);
    return LB_OK;
}

lb_status
lb_scope_override(lb_scope_t s, const char * name, const char * text,
                  const char * file, const char * pointer, lb_error * err)
{
    slong k = lb_scope_find(s, name);
    lb_status status;
    lb_expr * expr;

    if (k < 0 || s->symbols[k].kind != LB_SYMBOL_PARAMETER)
    {
        char names[300];

        lb_scope_list_names(names, sizeof(names), s, LB_SYMBOL_PARAMETER);
        status = lb_error_set(err, LB_ENAME,
                              "no parameter is called '%.60s'; parameters: %s",
                              name, names);
        lb_error_in(err, file, pointer);
        return status;
    }
    status = lb_expr_parse(&expr, text, err);
    if (status != LB_OK)
    {
        lb_error_in(err, file, pointer);
        return status;
    }
    symbol_forget(s->symbols + k);
    s->symbols[k].expr = expr;
    flint_free(s->symbols[k].file);
    flint_free(s->symbols[k].pointer);
    s->symbols[k].file = lb_text_copy(file);
    s->symbols[k].pointer = lb_text_copy(pointer);
    return LB_OK;
}

/* depth bounds the walk even if definitions form a cycle */
static int
is_operator(const lb_scope_t s, const lb_node * node, slong depth)
{
    const lb_function * f;
    slong k;

    switch (node->kind)
    {
    case LB_NODE_NUMBER:
    case LB_NODE_EXPECTATION:
        return 0;
    case LB_NODE_NAME:
        k = lb_scope_find(s, node->name);
        if (k < 0)
            return 0;
        if (s->symbols[k].kind == LB_SYMBOL_SUBSYSTEM)
            return 1;
        return s->symbols[k].kind == LB_SYMBOL_DEFINITION && depth > 0
               && s->symbols[k].expr != NULL
               && is_operator(s, s->symbols[k].expr->root, depth - 1);
    case LB_NODE_CALL:
        f = lb_function_find(node->name);
        if (f != NULL && f->kind != LB_FUNCTION_OPERATOR)
            return 0;
        break;
    default:
        break;
    }
    for (slong j = 0; j < node->arity; j++)
        if (is_operator(s, node->args[j], depth))
            return 1;
    return 0;
}

int
lb_scope_is_operator(const lb_scope_t s, const lb_node * node)
{
    return is_operator(s, node, s->length);
}

void
lb_scope_mark_used(char * used, const lb_scope_t s, const lb_node * node)
{
    if (node->kind == LB_NODE_NAME)
    {
        slong k = lb_scope_find(s, node->name);

        if (k < 0 || used[k])
            return;
        used[k] = 1;
        if (s->symbols[k].expr != NULL)
            lb_scope_mark_used(used, s, s->symbols[k].expr->root);
        return;
    }
    for (slong j = 0; j < node->arity; j++)
        lb_scope_mark_used(used, s, node->args[j]);
}

/* Depth-first search for a cycle. */
typedef struct
{
    char * state; /* per symbol: 0 new, 1 on the path, 2 done */
    slong * path; /* symbols from the start to here           */
    slong depth;
    slong closing; /* where on the path a cycle closes, or -1  */
} cycle_search;

static void
search_node(cycle_search * c, const lb_scope_t s, const lb_node * node);

static void
search_symbol(cycle_search * c, const lb_scope_t s, slong k)
{
    if (c->closing >= 0 || s->symbols[k].expr == NULL || c->state[k] == 2)
        return;
    if (c->state[k] == 1)
    {
        for (c->closing = 0; c->path[c->closing] != k; c->closing++)
            ;
        return;
    }
    c->state[k] = 1;
    c->path[c->depth++] = k;
    search_node(c, s, s->symbols[k].expr->root);
    if (c->closing >= 0)
        return; /* keep the path for the message */
    c->depth--;
    c->state[k] = 2;
}

static void
search_node(cycle_search * c, const lb_scope_t s, const lb_node * node)
{
    if (node->kind == LB_NODE_NAME)
    {
        slong k = lb_scope_find(s, node->name);

        if (k >= 0)
            search_symbol(c, s, k);
        return;
    }
    for (slong j = 0; j < node->arity; j++)
        search_node(c, s, node->args[j]);
}

lb_status
lb_scope_check_cycles(const lb_scope_t s, lb_error * err)
{
    size_t n = (size_t) s->length + 1;
    cycle_search c
        = { flint_calloc(n, 1), flint_calloc(n, sizeof(slong)), 0, -1 };
    lb_status status = LB_OK;

    for (slong k = 0; k < s->length && c.closing < 0; k++)
        search_symbol(&c, s, k);
    if (c.closing >= 0)
    {
        const lb_symbol * first = s->symbols + c.path[c.closing];
        char way[300] = "";

        for (slong k = c.closing; k < c.depth; k++)
            lb_text_append(way, sizeof(way), "%s -> ",
                           s->symbols[c.path[k]].name);
        status = lb_error_set(err, LB_EDOM,
                              "'%s' is defined through itself (%s%s); break "
                              "the cycle",
                              first->name, way, first->name);
        lb_error_in(err, first->file, first->pointer);
    }
    flint_free(c.state);
    flint_free(c.path);
    return status;
}

void
lb_scope_list_names(char * buffer, size_t size, const lb_scope_t s, int kind)
{
    const char * separator = "";

    buffer[0] = '\0';
    for (slong k = 0; k < s->length; k++)
    {
        if (kind >= 0 && (int) s->symbols[k].kind != kind)
            continue;
        lb_text_append(buffer, size, "%s%s", separator, s->symbols[k].name);
        separator = ", ";
    }
    if (separator[0] == '\0')
        lb_text_append(buffer, size, "none");
}
