/* gate/expanded_read.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The JSON form, checked: whatever is read here can be evaluated.  A number is
 * the double that the JSON reader makes of its text. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/excitation_block.h>
#include <lindbound/expanded_internal.h>
#include <lindbound/functions.h>
#include <lindbound/json_file.h>
#include <lindbound/text.h>

/* Where the reader is, as a JSON pointer. */
typedef struct
{
    lb_expanded_struct * e;
    char pointer[192];
    lb_error * err;
} reader;

LB_PRINTF(2, 3)
static lb_status
fail(const reader * r, const char * format, ...)
{
    char text[256];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    lb_error_set(r->err, LB_EPARSE, "%s", text);
    if (r->err != NULL)
        lb_text_append(r->err->pointer, sizeof(r->err->pointer), "%s",
                       r->pointer);
    return LB_EPARSE;
}

/* One step down; the return value leads back up. */
static size_t
enter(reader * r, const char * member)
{
    size_t length = strlen(r->pointer);

    lb_text_append(r->pointer, sizeof(r->pointer), "/%s", member);
    return length;
}

static size_t
enter_place(reader * r, size_t place)
{
    char number[24];

    snprintf(number, sizeof(number), "%zu", place);
    return enter(r, number);
}

static void
leave(reader * r, size_t length)
{
    r->pointer[length] = '\0';
}

/* --- lists --------------------------------------------------------------- */

typedef lb_status (*read_function)(reader * r, const json_t * json,
                                   void * context);

static lb_status
read_list(reader * r, const json_t * list, read_function read, void * context)
{
    lb_status status = LB_OK;

    if (!json_is_array(list))
        return fail(r, "an array is expected");
    for (size_t k = 0; k < json_array_size(list) && status == LB_OK; k++)
    {
        size_t back = enter_place(r, k);

        status = read(r, json_array_get(list, k), context);
        leave(r, back);
    }
    return status;
}

/* A list that is a member of the object. */
static lb_status
read_member(reader * r, const json_t * object, const char * member,
            read_function read, void * context)
{
    size_t back = enter(r, member);
    lb_status status
        = read_list(r, json_object_get(object, member), read, context);

    leave(r, back);
    return status;
}

/* --- numbers ------------------------------------------------------------- */

static lb_status
read_double(double * d, reader * r, const json_t * array, size_t place)
{
    const json_t * value = json_array_get(array, place);
    lb_status status = LB_OK;
    size_t back = enter_place(r, place);

    if (json_is_number(value))
        *d = json_number_value(value) + 0.0;
    else
        status = fail(r, "a number is expected");
    leave(r, back);
    return status;
}

static lb_status
read_int(int * i, reader * r, const json_t * array, size_t place, int low,
         int high)
{
    const json_t * value = json_array_get(array, place);
    lb_status status = LB_OK;
    size_t back = enter_place(r, place);

    if (json_is_integer(value) && json_integer_value(value) >= low
        && json_integer_value(value) <= high)
        *i = (int) json_integer_value(value);
    else
        status = fail(r, "an integer from %d to %d is expected", low, high);
    leave(r, back);
    return status;
}

/* --- operators ----------------------------------------------------------- */

static lb_status
read_factor(reader * r, const json_t * json, void * context)
{
    lb_expanded_term * term = context;
    int first = term->n_factors > 0
                    ? term->factors[term->n_factors - 1].subsystem + 1
                    : 0;
    int k = 0, power[2] = { 0, 0 }, unit = 0;
    lb_status status;
    size_t n = json_array_size(json);

    if (n != 3 && n != 4)
        return fail(r, "a factor is [k, m, n] or [k, m, n, 1]");
    if (first >= r->e->n_subsystems)
        return fail(r, "more factors than subsystems");
    status = read_int(&k, r, json, 0, first, r->e->n_subsystems - 1);
    for (size_t j = 0; j < 2 && status == LB_OK; j++)
        status = read_int(power + j, r, json, 1 + j, 0,
                          r->e->kinds[k] == LB_MODE ? LB_MAX_POWER : 1);
    if (status == LB_OK && n == 4)
        status = read_int(&unit, r, json, 3, 1, 1);
    if (status == LB_OK)
        lb_expanded_add_factor(term, k, power[0], power[1], unit);
    return status;
}

static lb_status
read_term(reader * r, const json_t * json, void * context)
{
    double re = 0, im = 0;
    lb_status status;
    size_t back;

    if (json_array_size(json) != 3)
        return fail(r, "a term is [re, im, [factors]]");
    status = read_double(&re, r, json, 0);
    if (status == LB_OK)
        status = read_double(&im, r, json, 1);
    if (status != LB_OK)
        return status;
    back = enter(r, "2");
    status = read_list(r, json_array_get(json, 2), read_factor,
                       lb_expanded_add_term(context, re, im));
    leave(r, back);
    return status;
}

/* --- trees --------------------------------------------------------------- */

/* Static text for a function of n arguments; NULL: there is none. */
static const char *
find_function(const char * name, size_t n)
{
    static const char * const binary[] = { "+", "-", "*", "/", "^" };
    const lb_function * f;

    for (size_t k = 0; k < sizeof(binary) / sizeof(binary[0]); k++)
        if (strcmp(name, binary[k]) == 0)
            return n == 2 ? binary[k] : NULL;
    if (strcmp(name, "neg") == 0)
        return n == 1 ? "neg" : NULL;
    f = lb_function_find(name);
    if (f == NULL || f->kind != LB_FUNCTION_NUMBER || n < (size_t) f->min_arity
        || n > (size_t) f->max_arity)
        return NULL;
    return f->name;
}

static lb_status
read_mean(lb_tree * t, reader * r, const json_t * json)
{
    size_t back = enter(r, "1");
    lb_status status;

    t->kind = LB_TREE_MEAN;
    status = read_list(r, json_array_get(json, 1), read_term, &t->mean);
    leave(r, back);
    return status;
}

static lb_status
read_scattered(lb_tree * t, reader * r, const json_t * json)
{
    lb_status status;

    if (!r->e->has_scattering)
        return fail(r, "S, but there is no member 'scattering'");
    t->kind = LB_TREE_S;
    status = read_int(&t->row, r, json, 1, 0, r->e->d.rows - 1);
    if (status == LB_OK)
        status = read_int(&t->column, r, json, 2, 0, r->e->d.columns - 1);
    return status;
}

static lb_status
read_dressed(lb_tree * t, reader * r, const json_t * json)
{
    lb_status status = read_int(&t->row, r, json, 1, 0, LB_BLOCK_MAX);

    t->kind = LB_TREE_DRESSED;
    if (status == LB_OK)
        status = read_int(&t->column, r, json, 2, 1, LB_BLOCK_MAX);
    return status;
}

static lb_status read_tree(lb_tree * t, reader * r, const json_t * json);

static lb_status
read_call(lb_tree * t, reader * r, const json_t * json, const char * name)
{
    size_t n = json_array_size(json) - 1;
    const char * function = find_function(name, n);
    lb_status status = LB_OK;

    if (function == NULL)
        return fail(r, "no function '%.40s' of %zu arguments", name, n);
    lb_tree_set_call(t, function, (int) n);
    for (size_t k = 0; k < n && status == LB_OK; k++)
    {
        size_t back = enter_place(r, k + 1);

        status = read_tree(t->args + k, r, json_array_get(json, k + 1));
        leave(r, back);
    }
    return status;
}

static lb_status
read_tree(lb_tree * t, reader * r, const json_t * json)
{
    size_t n = json_array_size(json);
    const char * name = json_string_value(json_array_get(json, 0));
    lb_status status;

    if (json_is_number(json))
    {
        t->re = json_number_value(json) + 0.0;
        return LB_OK;
    }
    if (name == NULL)
        return fail(r, "a number or [\"FUNCTION\", ...] is expected");
    if (strcmp(name, "complex") == 0 && n == 3)
    {
        status = read_double(&t->re, r, json, 1);
        return status == LB_OK ? read_double(&t->im, r, json, 2) : status;
    }
    if (strcmp(name, "mean") == 0 && n == 2)
        return read_mean(t, r, json);
    if (strcmp(name, "S") == 0 && n == 3)
        return read_scattered(t, r, json);
    if (strcmp(name, "dressed") == 0 && n == 3)
        return read_dressed(t, r, json);
    return read_call(t, r, json, name);
}

static lb_status
read_observables(reader * r, const json_t * object)
{
    lb_status status = LB_OK;
    size_t back = enter(r, "observables");
    const char * name;
    json_t * value;

    if (!json_is_object(object))
        status = fail(r, "an object of name: tree is expected");
    else
        json_object_foreach((json_t *) object, name, value)
        {
            lb_tree * t = lb_expanded_add_observable(r->e, name);
            size_t here = enter(r, name);

            if (json_is_null(value))
                t->kind = LB_TREE_UNKNOWN;
            else
                status = read_tree(t, r, value);
            leave(r, here);
            if (status != LB_OK)
                break;
        }
    leave(r, back);
    return status;
}

/* --- the scattering matrices --------------------------------------------- */

static lb_status
read_port(reader * r, const json_t * json, void * context)
{
    (void) context;
    if (!json_is_string(json))
        return fail(r, "the name of a port is expected");
    lb_expanded_add_port(r->e, json_string_value(json));
    return LB_OK;
}

static lb_status
read_row(double complex * entries, reader * r, const json_t * row, int n)
{
    lb_status status = LB_OK;

    if (json_array_size(row) != (size_t) n)
        return fail(r, "a row of %d entries is expected", n);
    for (int j = 0; j < n && status == LB_OK; j++)
    {
        const json_t * entry = json_array_get(row, (size_t) j);
        size_t back = enter_place(r, (size_t) j);
        double re = 0, im = 0;

        if (json_array_size(entry) != 2)
            status = fail(r, "an entry is [re, im]");
        if (status == LB_OK)
            status = read_double(&re, r, entry, 0);
        if (status == LB_OK)
            status = read_double(&im, r, entry, 1);
        entries[j] = CMPLX(re, im);
        leave(r, back);
    }
    return status;
}

/* rows or columns < 0: any number of them, at least one */
static lb_status
read_matrix(lb_expanded_matrix * m, reader * r, const json_t * object,
            const char * member, int rows, int columns)
{
    const json_t * json = json_object_get(object, member);
    size_t back = enter(r, member);
    lb_status status = LB_OK;

    if (rows < 0)
        rows = (int) json_array_size(json);
    if (columns < 0)
        columns = (int) json_array_size(json_array_get(json, 0));
    if (rows == 0 || columns == 0 || json_array_size(json) != (size_t) rows)
        status = fail(r, "a matrix of %d rows is expected", rows);
    else
        lb_expanded_matrix_init(m, rows, columns);
    for (int i = 0; i < rows && status == LB_OK; i++)
    {
        size_t here = enter_place(r, (size_t) i);

        status = read_row(m->entries + i * columns, r,
                          json_array_get(json, (size_t) i), columns);
        leave(r, here);
    }
    leave(r, back);
    return status;
}

static lb_status
read_scattering(reader * r, const json_t * json)
{
    static const char * const members[] = { "ports", "D", "C", "X", "B", NULL };
    size_t back = enter(r, "scattering");
    lb_expanded_struct * e = r->e;
    lb_status status = lb_json_check_members(json, members, r->pointer, r->err);

    e->has_scattering = 1;
    if (status == LB_OK)
        status = read_member(r, json, "ports", read_port, NULL);
    if (status == LB_OK)
        status = read_matrix(&e->d, r, json, "D", e->n_ports, -1);
    if (status == LB_OK)
        status = read_matrix(&e->x, r, json, "X", -1,
                             (int) json_array_size(json_object_get(json, "X")));
    if (status == LB_OK)
        status = read_matrix(&e->c, r, json, "C", e->n_ports, e->x.rows);
    if (status == LB_OK)
        status = read_matrix(&e->b, r, json, "B", e->x.rows, e->d.columns);
    leave(r, back);
    return status;
}

/* --- the problem --------------------------------------------------------- */

static lb_status
read_subsystem(reader * r, const json_t * json, void * context)
{
    static const char * const members[] = { "name", "kind", NULL };
    const char *name = NULL, *kind = NULL;
    lb_status status = lb_json_check_members(json, members, r->pointer, r->err);

    (void) context;
    if (status == LB_OK)
        status = lb_json_get_string(&name, json, "name", 1, r->pointer, r->err);
    if (status == LB_OK)
        status = lb_json_get_string(&kind, json, "kind", 1, r->pointer, r->err);
    if (status != LB_OK)
        return status;
    if (strcmp(kind, "mode") != 0 && strcmp(kind, "two-level") != 0)
        return fail(r, "'%.40s' is not a kind: \"mode\" or \"two-level\"",
                    kind);
    if (!lb_name_is_valid(name) || lb_name_is_reserved(name))
        return fail(r, "'%.40s' cannot be the name of a subsystem", name);
    for (int k = 0; k < r->e->n_subsystems; k++)
        if (strcmp(name, r->e->names[k]) == 0)
            return fail(r, "two subsystems are called '%.40s'", name);
    lb_expanded_add_subsystem(r->e, name,
                              kind[0] == 'm' ? LB_MODE : LB_TWO_LEVEL);
    return LB_OK;
}

static lb_status
read_dissipator(reader * r, const json_t * json, void * context)
{
    static const char * const members[] = { "rate", "operator", "port", NULL };
    const json_t * rate = json_object_get(json, "rate");
    const char * port = NULL;
    lb_status status = lb_json_check_members(json, members, r->pointer, r->err);
    size_t back;

    (void) context;
    if (status == LB_OK)
        status = lb_json_get_string(&port, json, "port", 0, r->pointer, r->err);
    if (status != LB_OK)
        return status;
    if (!json_is_number(rate) || !(json_number_value(rate) >= 0))
    {
        back = enter(r, "rate");
        status = fail(r, "a number >= 0 is expected");
        leave(r, back);
        return status;
    }
    return read_member(
        r, json, "operator", read_term,
        lb_expanded_add_dissipator(r->e, json_number_value(rate) + 0.0, port));
}

lb_status
lb_expanded_read(lb_expanded_t e, const json_t * json, const char * pointer,
                 lb_error * err)
{
    static const char * const members[]
        = { "subsystems", "hamiltonian", "dissipators",
            "scattering", "observables", NULL };
    const json_t * scattering = json_object_get(json, "scattering");
    reader r = { .e = e, .err = err };
    lb_status status;

    lb_expanded_clear(e);
    lb_text_append(r.pointer, sizeof(r.pointer), "%s", pointer);
    status = lb_json_check_members(json, members, r.pointer, err);
    if (status == LB_OK)
        status = read_member(&r, json, "subsystems", read_subsystem, NULL);
    if (status == LB_OK)
        status
            = read_member(&r, json, "hamiltonian", read_term, &e->hamiltonian);
    if (status == LB_OK)
        status = read_member(&r, json, "dissipators", read_dissipator, NULL);
    if (status == LB_OK && scattering != NULL)
        status = read_scattering(&r, scattering);
    if (status == LB_OK)
        status = read_observables(&r, json_object_get(json, "observables"));
    if (status != LB_OK)
        lb_expanded_clear(e);
    return status;
}
