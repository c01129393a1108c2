/* gate/expanded.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The struct and its JSON form.  A zeroed struct is an empty one, and a zeroed
 * tree is the number 0. */
#include <string.h>

#include <lindbound/expanded_internal.h>
#include <lindbound/text.h>

/* --- operators ----------------------------------------------------------- */

lb_expanded_term *
lb_expanded_add_term(lb_expanded_operator * op, double re, double im)
{
    lb_expanded_term * term;

    op->terms
        = flint_realloc(op->terms, (size_t) (op->n_terms + 1) * sizeof(*term));
    term = op->terms + op->n_terms++;
    term->re = re;
    term->im = im;
    term->n_factors = 0;
    term->factors = NULL;
    return term;
}

void
lb_expanded_add_factor(lb_expanded_term * term, int subsystem, int create,
                       int annihilate, int matrix_unit)
{
    lb_expanded_factor * f;

    term->factors = flint_realloc(term->factors,
                                  (size_t) (term->n_factors + 1) * sizeof(*f));
    f = term->factors + term->n_factors++;
    f->subsystem = subsystem;
    f->create = create;
    f->annihilate = annihilate;
    f->matrix_unit = matrix_unit;
}

int
lb_expanded_term_shift(const lb_expanded_term * t)
{
    int sum = 0;

    for (int k = 0; k < t->n_factors; k++)
        sum += t->factors[k].create - t->factors[k].annihilate;
    return sum;
}

void
lb_expanded_operator_clear(lb_expanded_operator * op)
{
    for (int k = 0; k < op->n_terms; k++)
        flint_free(op->terms[k].factors);
    flint_free(op->terms);
    memset(op, 0, sizeof(*op));
}

/* op, which is empty, = from */
static void
operator_set(lb_expanded_operator * op, const lb_expanded_operator * from)
{
    for (int k = 0; k < from->n_terms; k++)
    {
        const lb_expanded_term * t = from->terms + k;
        lb_expanded_term * term = lb_expanded_add_term(op, t->re, t->im);

        for (int j = 0; j < t->n_factors; j++)
            lb_expanded_add_factor(
                term, t->factors[j].subsystem, t->factors[j].create,
                t->factors[j].annihilate, t->factors[j].matrix_unit);
    }
}

/* --- trees --------------------------------------------------------------- */

void
lb_tree_set_call(lb_tree * tree, const char * function, int n)
{
    tree->kind = LB_TREE_CALL;
    tree->function = function;
    tree->n_args = n;
    tree->args = flint_calloc((size_t) n, sizeof(lb_tree));
}

void
lb_tree_clear(lb_tree * tree)
{
    for (int k = 0; k < tree->n_args; k++)
        lb_tree_clear(tree->args + k);
    flint_free(tree->args);
    lb_expanded_operator_clear(&tree->mean);
    memset(tree, 0, sizeof(*tree));
}

/* tree, which is the number 0, = from */
static void
tree_set(lb_tree * tree, const lb_tree * from)
{
    if (from->kind == LB_TREE_CALL)
        lb_tree_set_call(tree, from->function, from->n_args);
    for (int k = 0; k < from->n_args; k++)
        tree_set(tree->args + k, from->args + k);
    operator_set(&tree->mean, &from->mean);
    tree->kind = from->kind;
    tree->re = from->re;
    tree->im = from->im;
    tree->row = from->row;
    tree->column = from->column;
}

/* --- matrices ------------------------------------------------------------ */

void
lb_expanded_matrix_init(lb_expanded_matrix * m, int rows, int columns)
{
    m->rows = rows;
    m->columns = columns;
    m->entries = flint_calloc((size_t) rows * (size_t) columns + 1,
                              sizeof(double complex));
}

static void
matrix_set(lb_expanded_matrix * m, const lb_expanded_matrix * from)
{
    lb_expanded_matrix_init(m, from->rows, from->columns);
    if (from->entries != NULL)
        memcpy(m->entries, from->entries,
               (size_t) from->rows * (size_t) from->columns
                   * sizeof(double complex));
}

/* --- the problem --------------------------------------------------------- */

void
lb_expanded_init(lb_expanded_t e)
{
    memset(e, 0, sizeof(*e));
}

static void
clear_texts(char ** texts, int n)
{
    for (int k = 0; k < n; k++)
        flint_free(texts[k]);
    flint_free(texts);
}

void
lb_expanded_clear(lb_expanded_t e)
{
    clear_texts(e->names, e->n_subsystems);
    flint_free(e->kinds);
    lb_expanded_operator_clear(&e->hamiltonian);
    for (int k = 0; k < e->n_dissipators; k++)
    {
        lb_expanded_operator_clear(&e->dissipators[k].jump);
        flint_free(e->dissipators[k].port);
    }
    flint_free(e->dissipators);
    clear_texts(e->ports, e->n_ports);
    flint_free(e->d.entries);
    flint_free(e->c.entries);
    flint_free(e->x.entries);
    flint_free(e->b.entries);
    for (int k = 0; k < e->n_observables; k++)
        lb_tree_clear(e->trees + k);
    flint_free(e->trees);
    clear_texts(e->observables, e->n_observables);
    memset(e, 0, sizeof(*e));
}

void
lb_expanded_add_subsystem(lb_expanded_t e, const char * name, lb_kind kind)
{
    size_t n = (size_t) e->n_subsystems + 1;

    e->names = flint_realloc(e->names, n * sizeof(char *));
    e->kinds = flint_realloc(e->kinds, n * sizeof(lb_kind));
    e->names[n - 1] = lb_text_copy(name);
    e->kinds[n - 1] = kind;
    e->n_subsystems++;
}

lb_expanded_operator *
lb_expanded_add_dissipator(lb_expanded_t e, double rate, const char * port)
{
    size_t n = (size_t) e->n_dissipators + 1;
    lb_expanded_dissipator * d;

    e->dissipators = flint_realloc(e->dissipators, n * sizeof(*d));
    d = e->dissipators + n - 1;
    memset(d, 0, sizeof(*d));
    d->rate = rate;
    d->port = lb_text_copy(port);
    e->n_dissipators++;
    return &d->jump;
}

void
lb_expanded_add_port(lb_expanded_t e, const char * name)
{
    size_t n = (size_t) e->n_ports + 1;

    e->ports = flint_realloc(e->ports, n * sizeof(char *));
    e->ports[n - 1] = lb_text_copy(name);
    e->n_ports++;
}

lb_tree *
lb_expanded_add_observable(lb_expanded_t e, const char * name)
{
    size_t n = (size_t) e->n_observables + 1;

    e->observables = flint_realloc(e->observables, n * sizeof(char *));
    e->trees = flint_realloc(e->trees, n * sizeof(lb_tree));
    e->observables[n - 1] = lb_text_copy(name);
    memset(e->trees + n - 1, 0, sizeof(lb_tree));
    e->n_observables++;
    return e->trees + n - 1;
}

static void
set_scattering(lb_expanded_t e, const lb_expanded_t f)
{
    e->has_scattering = f->has_scattering;
    for (int k = 0; k < f->n_ports; k++)
        lb_expanded_add_port(e, f->ports[k]);
    matrix_set(&e->d, &f->d);
    matrix_set(&e->c, &f->c);
    matrix_set(&e->x, &f->x);
    matrix_set(&e->b, &f->b);
}

void
lb_expanded_set(lb_expanded_t e, const lb_expanded_t f)
{
    if (e == f)
        return;
    lb_expanded_clear(e);
    for (int k = 0; k < f->n_subsystems; k++)
        lb_expanded_add_subsystem(e, f->names[k], f->kinds[k]);
    operator_set(&e->hamiltonian, &f->hamiltonian);
    for (int k = 0; k < f->n_dissipators; k++)
    {
        const lb_expanded_dissipator * d = f->dissipators + k;

        operator_set(lb_expanded_add_dissipator(e, d->rate, d->port), &d->jump);
    }
    if (f->has_scattering)
        set_scattering(e, f);
    for (int k = 0; k < f->n_observables; k++)
        tree_set(lb_expanded_add_observable(e, f->observables[k]),
                 f->trees + k);
    e->rounded = f->rounded;
}

/* --- as JSON ------------------------------------------------------------- */

static json_t *
operator_json(const lb_expanded_operator * op)
{
    json_t * terms = json_array();

    for (int k = 0; k < op->n_terms; k++)
    {
        const lb_expanded_term * t = op->terms + k;
        json_t * factors = json_array();

        for (int j = 0; j < t->n_factors; j++)
        {
            const lb_expanded_factor * f = t->factors + j;
            json_t * factor
                = json_pack("[i,i,i]", f->subsystem, f->create, f->annihilate);

            if (f->matrix_unit)
                json_array_append_new(factor, json_integer(1));
            json_array_append_new(factors, factor);
        }
        json_array_append_new(terms,
                              json_pack("[f,f,o]", t->re, t->im, factors));
    }
    return terms;
}

static json_t *
tree_json(const lb_tree * t)
{
    json_t * call;

    switch (t->kind)
    {
    case LB_TREE_NUMBER:
        return t->im == 0 ? json_real(t->re)
                          : json_pack("[s,f,f]", "complex", t->re, t->im);
    case LB_TREE_MEAN:
        return json_pack("[s,o]", "mean", operator_json(&t->mean));
    case LB_TREE_CALL:
        call = json_pack("[s]", t->function);
        for (int k = 0; k < t->n_args; k++)
            json_array_append_new(call, tree_json(t->args + k));
        return call;
    case LB_TREE_S:
        return json_pack("[s,i,i]", "S", t->row, t->column);
    case LB_TREE_DRESSED:
        return json_pack("[s,i,i]", "dressed", t->row, t->column);
    case LB_TREE_UNKNOWN:
        break;
    }
    return json_null();
}

static json_t *
matrix_json(const lb_expanded_matrix * m)
{
    json_t * rows = json_array();

    for (int i = 0; i < m->rows; i++)
    {
        json_t * row = json_array();

        for (int j = 0; j < m->columns; j++)
        {
            double complex z = m->entries[i * m->columns + j];

            json_array_append_new(row, json_pack("[f,f]", creal(z), cimag(z)));
        }
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *
scattering_json(const lb_expanded_t e)
{
    json_t * ports = json_array();

    for (int k = 0; k < e->n_ports; k++)
        json_array_append_new(ports, json_string(e->ports[k]));
    return json_pack("{s:o,s:o,s:o,s:o,s:o}", "ports", ports, "D",
                     matrix_json(&e->d), "C", matrix_json(&e->c), "X",
                     matrix_json(&e->x), "B", matrix_json(&e->b));
}

json_t *
lb_expanded_json(const lb_expanded_t e)
{
    json_t * root = json_object();
    json_t * list = json_array();

    for (int k = 0; k < e->n_subsystems; k++)
        json_array_append_new(
            list,
            json_pack("{s:s,s:s}", "name", e->names[k], "kind",
                      e->kinds[k] == LB_TWO_LEVEL ? "two-level" : "mode"));
    json_object_set_new(root, "subsystems", list);
    json_object_set_new(root, "hamiltonian", operator_json(&e->hamiltonian));

    list = json_array();
    for (int k = 0; k < e->n_dissipators; k++)
    {
        const lb_expanded_dissipator * d = e->dissipators + k;
        json_t * entry = json_pack("{s:f,s:o}", "rate", d->rate, "operator",
                                   operator_json(&d->jump));

        if (d->port != NULL)
            json_object_set_new(entry, "port", json_string(d->port));
        json_array_append_new(list, entry);
    }
    json_object_set_new(root, "dissipators", list);
    if (e->has_scattering)
        json_object_set_new(root, "scattering", scattering_json(e));

    list = json_object();
    for (int k = 0; k < e->n_observables; k++)
        json_object_set_new(list, e->observables[k], tree_json(e->trees + k));
    json_object_set_new(root, "observables", list);
    return root;
}
