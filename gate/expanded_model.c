/* gate/expanded_model.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An expanded problem in the expression language, where every double is an
 * integer times a power of two: exact, so that what is proved of the model is
 * proved of the problem. */
#include <string.h>

#include <lindbound/dressed_states.h>
#include <lindbound/expanded_internal.h>
#include <lindbound/model_file.h>
#include <lindbound/text.h>

/* Every term of H that changes the number of excitations has this factor, 1:
   the drive, which dressed states leave out. */
#define DRIVE "drive_scale"

/* --- texts --------------------------------------------------------------- */

/* *text += more, which is freed. */
static void
append(char ** text, char * more)
{
    char * joined = lb_text_print("%s%s", *text, more);

    flint_free(*text);
    flint_free(more);
    *text = joined;
}

/* The double as an exact number; in parentheses unless it is one word. */
static char *
number_text(double d)
{
    fmpz_t mantissa, exponent;
    char *digits, *text;
    arf_t x;

    fmpz_init(mantissa);
    fmpz_init(exponent);
    arf_init(x);
    arf_set_d(x, d);
    arf_get_fmpz_2exp(mantissa, exponent, x);
    digits = fmpz_get_str(NULL, 10, mantissa);
    if (fmpz_is_zero(exponent) && d >= 0)
        text = lb_text_copy(digits);
    else if (fmpz_sgn(exponent) >= 0)
        text
            = lb_text_print("(%s*2^%ld)", digits, (long) fmpz_get_si(exponent));
    else
        text = lb_text_print("(%s/2^%ld)", digits,
                             -(long) fmpz_get_si(exponent));
    flint_free(digits);
    fmpz_clear(mantissa);
    fmpz_clear(exponent);
    arf_clear(x);
    return text;
}

static char *
complex_text(double re, double im)
{
    char *x, *y, *text;

    if (im == 0)
        return number_text(re);
    x = number_text(re);
    y = number_text(im);
    text = lb_text_print("(%s + %s*i)", x, y);
    flint_free(x);
    flint_free(y);
    return text;
}

static char *
term_text(const lb_expanded_t e, const lb_expanded_term * t)
{
    char * text = complex_text(t->re, t->im);

    for (int k = 0; k < t->n_factors; k++)
    {
        const lb_expanded_factor * f = t->factors + k;
        const char * name = e->names[f->subsystem];

        if (f->matrix_unit)
            append(&text, lb_text_print("*ketbra(%s,%d,%d)", name, f->create,
                                        f->annihilate));
        else if (f->create > 0)
            append(&text, lb_text_print("*%s'^%d", name, f->create));
        if (!f->matrix_unit && f->annihilate > 0)
            append(&text, lb_text_print("*%s^%d", name, f->annihilate));
    }
    return text;
}

static char *
operator_text(const lb_expanded_t e, const lb_expanded_operator * op)
{
    char * text = lb_text_copy(op->n_terms == 0 ? "0" : "");

    for (int k = 0; k < op->n_terms; k++)
    {
        if (k > 0)
            append(&text, lb_text_copy(" + "));
        append(&text, term_text(e, op->terms + k));
    }
    return text;
}

static char * tree_text(const lb_expanded_t e, const lb_tree * t);

/* "(x+y)", "(-x)", "f(x,y)": nothing around it can bind to a part of it. */
static char *
call_text(const lb_expanded_t e, const lb_tree * t)
{
    int infix = t->n_args == 2 && strchr("+-*/^", t->function[0]) != NULL;
    int negation = strcmp(t->function, "neg") == 0;
    char * text = lb_text_print("%s(%s", infix || negation ? "" : t->function,
                                negation ? "-" : "");

    for (int k = 0; k < t->n_args; k++)
    {
        if (k > 0)
            append(&text, lb_text_copy(infix ? t->function : ","));
        append(&text, tree_text(e, t->args + k));
    }
    append(&text, lb_text_copy(")"));
    return text;
}

static char *
tree_text(const lb_expanded_t e, const lb_tree * t)
{
    char *op, *text;

    switch (t->kind)
    {
    case LB_TREE_NUMBER:
        return complex_text(t->re, t->im);
    case LB_TREE_MEAN:
        op = operator_text(e, &t->mean);
        text = lb_text_print("<%s>", op);
        flint_free(op);
        return text;
    case LB_TREE_CALL:
        return call_text(e, t);
    case LB_TREE_S:
        return lb_text_print("S(%d,%d)", t->row, t->column);
    case LB_TREE_DRESSED:
        return lb_text_print("dressed(%d,%d)", t->row, t->column);
    case LB_TREE_UNKNOWN:
        break;
    }
    return lb_text_copy("nan"); /* no text stands for it */
}

static int
tree_holds(const lb_tree * t, lb_tree_kind kind)
{
    if (t->kind == kind)
        return 1;
    for (int k = 0; k < t->n_args; k++)
        if (tree_holds(t->args + k, kind))
            return 1;
    return 0;
}

/* --- the model ----------------------------------------------------------- */

/* Of two terms: the one is the adjoint of the other, but for coefficients. */
static int
are_adjoint(const lb_expanded_term * s, const lb_expanded_term * t)
{
    int same = s->n_factors == t->n_factors;

    for (int k = 0; k < s->n_factors && same; k++)
    {
        const lb_expanded_factor *f = s->factors + k, *g = t->factors + k;

        same = f->subsystem == g->subsystem && f->create == g->annihilate
               && f->annihilate == g->create
               && f->matrix_unit == g->matrix_unit;
    }
    return same;
}

/* H in doubles is exactly Hermitian, or it is refused. */
static lb_status
check_hermitian(const lb_expanded_t e, lb_error * err)
{
    const lb_expanded_operator * h = &e->hamiltonian;

    for (int k = 0; k < h->n_terms; k++)
    {
        const lb_expanded_term * t = h->terms + k;
        int found = 0;

        for (int j = 0; j < h->n_terms && !found; j++)
            found = are_adjoint(t, h->terms + j) && t->re == h->terms[j].re
                    && t->im == -h->terms[j].im;
        if (!found)
            return lb_error_set(err, LB_EDOM,
                                "term %d (counted from 0) of the Hamiltonian "
                                "has no adjoint with the conjugate coefficient",
                                k);
    }
    return LB_OK;
}

/* Total power of ladder operators; 3, for many, with a matrix unit. */
static int
degree(const lb_expanded_term * t)
{
    int sum = 0;

    for (int k = 0; k < t->n_factors; k++)
        sum += t->factors[k].matrix_unit
                   ? 3
                   : t->factors[k].create + t->factors[k].annihilate;
    return sum;
}

/* Linear modes and baths with ports: a network, whose moments need no Fock
   space.  Dressed states are asked of other models. */
static int
is_network(const lb_expanded_t e)
{
    int ports = 0;

    for (int k = 0; k < e->n_subsystems; k++)
        if (e->kinds[k] != LB_MODE)
            return 0;
    for (int k = 0; k < e->hamiltonian.n_terms; k++)
        if (degree(e->hamiltonian.terms + k) > 2)
            return 0;
    for (int k = 0; k < e->n_dissipators; k++)
    {
        const lb_expanded_operator * op = &e->dissipators[k].jump;

        ports += e->dissipators[k].port != NULL;
        for (int j = 0; j < op->n_terms; j++)
            if (degree(op->terms + j) != 1)
                return 0;
    }
    for (int k = 0; k < e->n_observables; k++)
        if (tree_holds(e->trees + k, LB_TREE_DRESSED))
            return 0;
    return ports > 0;
}

/* The string `text`, which is freed. */
static json_t *
json_text(char * text)
{
    json_t * json = json_string(text);

    flint_free(text);
    return json;
}

static json_t *
subsystems_json(const lb_expanded_t e)
{
    json_t * list = json_array();

    for (int k = 0; k < e->n_subsystems; k++)
        json_array_append_new(
            list,
            json_pack("{s:s,s:s}", "name", e->names[k], "kind",
                      e->kinds[k] == LB_TWO_LEVEL ? "two-level" : "mode"));
    return list;
}

/* *driven = 1 if a term has the factor DRIVE. */
static json_t *
hamiltonian_json(int * driven, const lb_expanded_t e)
{
    json_t * list = json_array();

    *driven = 0;
    /* a subsystem that no term holds is there all the same */
    for (int k = 0; k < e->n_subsystems; k++)
        json_array_append_new(list, json_text(lb_text_print(
                                        "0*%s'*%s", e->names[k], e->names[k])));
    for (int k = 0; k < e->hamiltonian.n_terms; k++)
    {
        const lb_expanded_term * t = e->hamiltonian.terms + k;
        char * text = term_text(e, t);

        if (lb_expanded_term_shift(t) != 0)
        {
            append(&text, lb_text_copy("*" DRIVE));
            *driven = 1;
        }
        json_array_append_new(list, json_text(text));
    }
    return list;
}

static json_t *
dissipators_json(const lb_expanded_t e)
{
    json_t * list = json_array();

    for (int k = 0; k < e->n_dissipators; k++)
    {
        const lb_expanded_dissipator * d = e->dissipators + k;
        json_t * entry;

        if (d->rate == 0 || d->jump.n_terms == 0)
            continue;
        entry = json_object();
        json_object_set_new(entry, "rate", json_text(number_text(d->rate)));
        json_object_set_new(entry, "operator",
                            json_text(operator_text(e, &d->jump)));
        json_array_append_new(list, entry);
    }
    return list;
}

static int
is_expressible(const lb_tree * t)
{
    return !tree_holds(t, LB_TREE_S) && !tree_holds(t, LB_TREE_UNKNOWN);
}

/* With names o0, o1, ...: those of the problem may be any texts. */
static json_t *
observables_json(const lb_expanded_t e)
{
    json_t * object = json_object();

    for (int k = 0; k < e->n_observables; k++)
        if (is_expressible(e->trees + k))
        {
            char * name = lb_text_print("o%d", k);

            json_object_set_new(object, name,
                                json_text(tree_text(e, e->trees + k)));
            flint_free(name);
        }
    return object;
}

static json_t *
model_json(const lb_expanded_t e)
{
    json_t * root = json_pack("{s:s,s:s}", "schema", "lindbound-model/1",
                              "name", "expanded");
    int driven;

    json_object_set_new(root, "subsystems", subsystems_json(e));
    json_object_set_new(root, "hamiltonian", hamiltonian_json(&driven, e));
    if (driven)
    {
        json_object_set_new(root, "drive", json_pack("[s]", DRIVE));
        json_object_set_new(root, "parameters", json_pack("{s:s}", DRIVE, "1"));
    }
    json_object_set_new(root, is_network(e) ? "reservoirs" : "dissipators",
                        dissipators_json(e));
    json_object_set_new(root, "observables", observables_json(e));
    return root;
}

lb_status
lb_expanded_model(lb_model_t m, const lb_expanded_t e, lb_error * err)
{
    lb_status status = check_hermitian(e, err);
    json_t * root;
    slong next = 0;

    if (status != LB_OK)
        return status;
    root = model_json(e);
    status = lb_model_from_json(m, root, "expanded problem", err);
    json_decref(root);
    for (int k = 0; k < e->n_observables && status == LB_OK; k++)
        if (is_expressible(e->trees + k))
        {
            char ** name = &m->observables[next++].name;

            flint_free(*name);
            *name = lb_text_copy(e->observables[k]);
        }
    return status;
}

/* --- values without a state ---------------------------------------------- */

typedef struct
{
    const lb_expanded_struct * e;
    int has_s;
    acb_mat_t s; /* if has_s */
} closed;

static void
matrix_balls(acb_mat_t z, const lb_expanded_matrix * m)
{
    acb_mat_init(z, m->rows, m->columns);
    for (int i = 0; i < m->rows; i++)
        for (int j = 0; j < m->columns; j++)
        {
            double complex entry = m->entries[i * m->columns + j];

            acb_set_d_d(acb_mat_entry(z, i, j), creal(entry), cimag(entry));
        }
}

/* S = D + C X^(-1) B */
static lb_status
need_s(closed * c, slong prec, lb_error * err)
{
    acb_mat_t out, x, b;
    int solved;

    if (c->has_s)
        return LB_OK;
    matrix_balls(c->s, &c->e->d);
    matrix_balls(out, &c->e->c);
    matrix_balls(x, &c->e->x);
    matrix_balls(b, &c->e->b);
    c->has_s = 1;
    solved = acb_mat_solve(b, x, b, prec);
    if (solved)
    {
        acb_mat_t product;

        acb_mat_init(product, c->e->d.rows, c->e->d.columns);
        acb_mat_mul(product, out, b, prec);
        acb_mat_add(c->s, c->s, product, prec);
        acb_mat_clear(product);
    }
    acb_mat_clear(out);
    acb_mat_clear(x);
    acb_mat_clear(b);
    return solved ? LB_OK
                  : lb_error_set(err, LB_EPREC,
                                 "X is not provably invertible at this "
                                 "precision");
}

static lb_status
dressed_energy(arb_t energy, const lb_expanded_t e, slong n, slong k,
               slong prec, lb_error * err)
{
    lb_status status;
    lb_model_t m;

    lb_model_init(m);
    status = lb_expanded_model(m, e, err);
    if (status == LB_OK)
        status = lb_dressed_energy(energy, m, m->scope, n, k, prec, err);
    lb_model_clear(m);
    return status;
}

/* S(row,column) and dressed(n,k), as tree_text writes them */
static lb_status
closed_quantity(lb_scalar_t out, const lb_node * call,
                struct lb_env_struct * env, void * context, slong prec,
                lb_error * err)
{
    slong row = fmpz_get_si(fmpq_numref(call->args[0]->value));
    slong column = fmpz_get_si(fmpq_numref(call->args[1]->value));
    closed * c = context;
    lb_status status;

    (void) env;
    lb_scalar_zero(out);
    if (strcmp(call->name, "S") == 0)
    {
        status = need_s(c, prec, err);
        if (status == LB_OK)
            lb_scalar_set_acb(out, acb_mat_entry(c->s, row, column));
    }
    else
        status = dressed_energy(acb_realref(out->coefficient), c->e, row,
                                column, prec, err);
    if (status != LB_OK)
        lb_scalar_indeterminate(out);
    return status;
}

lb_status
lb_expanded_closed(acb_t x, const lb_expanded_t e, int which, slong prec,
                   lb_error * err)
{
    const lb_tree * tree = e->trees + which;
    closed c = { .e = e };
    lb_status status;
    lb_scope_t scope;
    lb_scalar_t value;
    lb_expr * expr;
    lb_env_t env;
    char * text;

    acb_indeterminate(x);
    if (tree_holds(tree, LB_TREE_MEAN) || tree_holds(tree, LB_TREE_UNKNOWN))
        return lb_error_set(err, LB_EMODEL, "'%.60s' %s", e->observables[which],
                            tree->kind == LB_TREE_UNKNOWN ? "is not expanded"
                                                          : "needs a state");
    text = tree_text(e, tree);
    status = lb_expr_parse(&expr, text, err);
    flint_free(text);
    if (status != LB_OK)
        return status;
    lb_scalar_init(value);
    lb_scope_init(scope);
    lb_env_init(env, scope, prec);
    env->quantity = closed_quantity;
    env->quantity_context = &c;
    status = lb_env_scalar(value, env, expr, err);
    if (status == LB_OK)
        acb_set(x, value->coefficient);
    if (c.has_s)
        acb_mat_clear(c.s);
    lb_env_clear(env);
    lb_scope_clear(scope);
    lb_scalar_clear(value);
    lb_expr_free(expr);
    return status;
}
