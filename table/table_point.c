/* table/table_point.c -- the columns of one group at one point.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include <lindbound/certificate.h>
#include <lindbound/closed_value.h>
#include <lindbound/estimate.h>
#include <lindbound/model_quantity.h>
#include <lindbound/table_internal.h>
#include <lindbound/table_texts.h>
#include <lindbound/text.h>

/* What serves a column of level auto, decided at the first point of a tile. */
typedef enum
{
    SERVE_UNKNOWN,
    SERVE_CLOSED,
    SERVE_FULL,
    SERVE_TRUNCATED
} server;

/* A certifier of one level, or why there is none. */
typedef struct
{
    lb_certifier * certifier;
    lb_status status; /* LB_OK: there is one; it is made when asked for */
    char why[512];
    int tried;
} solver;

struct lb_table_anchor_struct
{
    int filled;
    lb_scope_t scope; /* of its point, which its certifiers refer to */
    solver full, truncated;
    char * cutoff; /* auto: "N<=8" as the estimate chose it; NULL: not chosen */
    char * why_no_cutoff;
    server * serves; /* of each column of the group */
};

/* One call of lb_table_group_values. */
typedef struct
{
    lb_table_group * group;
    lb_table_anchor * anchor;
    const lb_table_place * place;
    lb_scope_struct * scope; /* at the point */
    solver full, truncated;  /* at the point; of the anchor when it is filled */
} task;

static void
solver_clear(solver * s)
{
    lb_certifier_free(s->certifier);
    memset(s, 0, sizeof(*s));
}

lb_table_anchor *
lb_table_anchor_new(const lb_table_group * group)
{
    lb_table_anchor * a = flint_calloc(1, sizeof(*a));

    lb_scope_init(a->scope);
    a->serves = flint_calloc((size_t) group->n_columns + 1, sizeof(server));
    return a;
}

void
lb_table_anchor_free(lb_table_anchor * a)
{
    if (a == NULL)
        return;
    solver_clear(&a->full);
    solver_clear(&a->truncated);
    lb_scope_clear(a->scope);
    flint_free(a->cutoff);
    flint_free(a->why_no_cutoff);
    flint_free(a->serves);
    flint_free(a);
}

void
lb_table_anchor_pin(lb_table_anchor * a, const lb_table_group * group,
                    const lb_table_pin * pins)
{
    if (group->level != LB_TABLE_AUTO)
        return;
    for (slong k = 0; k < group->n_columns; k++)
    {
        const lb_table_pin * pin = pins + group->columns[k];

        a->serves[k] = pin->level == LB_TABLE_FULL        ? SERVE_FULL
                       : pin->level == LB_TABLE_TRUNCATED ? SERVE_TRUNCATED
                       : pin->level == LB_TABLE_AUTO      ? SERVE_UNKNOWN
                                                          : SERVE_CLOSED;
        if (a->serves[k] == SERVE_TRUNCATED && a->cutoff == NULL)
            a->cutoff = lb_text_copy(pin->cutoff != NULL ? pin->cutoff : "");
    }
}

int
lb_table_group_has_state(const lb_table_group * group)
{
    return group->level == LB_TABLE_FULL || group->level == LB_TABLE_TRUNCATED
           || group->level == LB_TABLE_AUTO;
}

static const lb_table_column *
column_of(const task * t, slong k)
{
    return t->place->spec->columns + t->group->columns[k];
}

/* --- without a Fock space ------------------------------------------------ */

/* Evaluates columns of the group, @p which of them, at one precision. */
static lb_status
evaluate_closed(lb_scalar_struct * x, const task * t, const slong * which,
                slong count, slong prec, lb_error * err)
{
    const lb_node ** roots = flint_malloc((size_t) count * sizeof(lb_node *));
    lb_status status;

    for (slong k = 0; k < count; k++)
        roots[k] = column_of(t, which[k])->expr->root;
    lb_error_clear(err);
    status = lb_model_quantity_nodes(
        x, roots, count, t->group->of_model ? t->place->spec->model : NULL,
        t->scope, t->group->level == LB_TABLE_WEAK_DRIVE, 0, prec, err);
    flint_free(roots);
    return status;
}

static int
is_finite(const lb_scalar_t x)
{
    return x->side != 0 || acb_is_finite(x->coefficient);
}

static void
settle_closed(lb_table_entry_struct * e, const task * t, slong prec)
{
    e->prec = prec;
    e->level = t->group->level == LB_TABLE_WEAK_DRIVE ? LB_TABLE_WEAK_DRIVE
                                                      : LB_TABLE_CLOSED_FORM;
}

static lb_status
closed_value(lb_table_entry_struct * e, const task * t, slong k, lb_error * err)
{
    int reached;

    return lb_table_entry_closed(
        e, &reached, t->group->of_model ? t->place->spec->model : NULL,
        t->scope, t->group->level == LB_TABLE_WEAK_DRIVE, column_of(t, k),
        t->place->more, err);
}

/* The first precision that every column of the group would try. */
static slong
first_precision(const task * t)
{
    slong prec = 0;

    for (slong k = 0; k < t->group->n_columns; k++)
        prec = FLINT_MAX(prec, lb_closed_value_start(column_of(t, k)->digits
                                                     + t->place->more));
    return prec;
}

/* All columns of a group without a state in Fock space: at once, for they share
   the problem, then one by one those that need more. */
static lb_status
closed_values(lb_table_entry_struct * entries, slong * column, const task * t,
              lb_error * err)
{
    slong n = t->group->n_columns, prec = first_precision(t);
    lb_scalar_struct * x = flint_malloc((size_t) n * sizeof(*x));
    slong * which = flint_malloc((size_t) n * sizeof(slong));
    lb_status status = LB_OK;
    int together;

    for (slong k = 0; k < n; k++)
    {
        lb_scalar_init(x + k);
        which[k] = k;
    }
    together = n > 1 && evaluate_closed(x, t, which, n, prec, err) == LB_OK;
    for (slong k = 0; k < n && status == LB_OK; k++)
    {
        lb_table_entry_struct * e = entries + t->group->columns[k];

        *column = t->group->columns[k];
        if (together && lb_table_check_real(x[k].coefficient, NULL) == LB_OK
            && lb_table_entry_take(e, x + k, column_of(t, k), t->place->more))
            settle_closed(e, t, prec);
        else
            status = closed_value(e, t, k, err);
    }
    for (slong k = 0; k < n; k++)
        lb_scalar_clear(x + k);
    flint_free(x);
    flint_free(which);
    return status;
}

/* --- a formula of other columns ------------------------------------------ */

/* Gives the columns that column k is made of their values at the point; returns
   the level of the weakest. */
static lb_table_level
take_columns(slong * prec, const task * t, slong k,
             const lb_table_entry_struct * entries)
{
    const lb_table_column * c = column_of(t, k);
    lb_table_level weakest = LB_TABLE_CLOSED_FORM;
    acb_t unknown;

    acb_init(unknown);
    acb_indeterminate(unknown);
    for (slong j = 0; j < c->n_of; j++)
    {
        const lb_table_entry_struct * e = entries + c->of[j];
        const char * name = t->place->spec->columns[c->of[j]].name;

        lb_scope_set_value(t->scope, lb_scope_find(t->scope, name),
                           e->value->side == 0 ? e->value->coefficient
                                               : unknown);
        weakest = FLINT_MAX(weakest, e->level);
        *prec = FLINT_MAX(*prec, e->prec);
    }
    acb_clear(unknown);
    return weakest;
}

static lb_status
derived_value(lb_table_entry_struct * e, const task * t, slong k,
              const lb_table_entry_struct * entries, lb_error * err)
{
    const lb_table_column * c = column_of(t, k);
    slong prec = lb_closed_value_start(c->digits + t->place->more);
    lb_table_level level = take_columns(&prec, t, k, entries);
    lb_scalar_t x;
    lb_status status;

    lb_scalar_init(x);
    status = evaluate_closed(x, t, &k, 1, prec, err);
    if (status == LB_OK)
        status = lb_table_check_real(x->coefficient, err);
    if (status == LB_EPREC)
        status = LB_OK;
    if (status == LB_OK && !lb_table_entry_take(e, x, c, t->place->more))
        lb_table_entry_reason(e,
                              "the columns it is made of have too few digits");
    e->level = level;
    e->prec = prec;
    lb_scalar_clear(x);
    return status;
}

/* --- certifiers ---------------------------------------------------------- */

/* The certifier at a new point: near the anchor's if that has one. */
static lb_status
new_certifier(lb_certifier ** c, const task * t, int full,
              const lb_certifier * near, lb_error * err)
{
    const lb_table_spec_struct * s = t->place->spec;
    lb_cutoff_t cutoff;
    lb_status status = LB_OK;
    long total;

    if (near != NULL)
        return lb_certifier_new_near(c, near, t->scope, err);
    if (full)
        return lb_certifier_new_full(c, s->model, t->scope, s->max_dimension,
                                     err);
    lb_cutoff_init(cutoff, t->scope->kinds, t->scope->subsystems);
    if (s->cutoff != NULL)
        status = lb_cutoff_parse(cutoff, s->cutoff, t->scope, err);
    else if (sscanf(t->anchor->cutoff, "N<=%ld", &total) == 1)
        cutoff->total = total; /* an automatic cutoff caps N alone */
    if (status == LB_OK)
        status = lb_certifier_new_truncated(c, s->model, t->scope, cutoff,
                                            s->max_dimension, err);
    lb_cutoff_clear(cutoff);
    return status;
}

/* Makes the certifier of a level at the point unless it was tried.  That it
   cannot be made is no error here. */
static solver *
need_solver(task * t, int full)
{
    solver * at_anchor = full ? &t->anchor->full : &t->anchor->truncated;
    solver * s = full ? &t->full : &t->truncated;
    const lb_certifier * near = NULL;
    lb_error err;

    if (s->tried)
        return s;
    if (t->anchor->filled && !t->place->cold)
        near = at_anchor->certifier;
    lb_error_clear(&err);
    s->tried = 1;
    s->status = new_certifier(&s->certifier, t, full, near, &err);
    s->why[0] = '\0';
    lb_text_append(s->why, sizeof(s->why), "%s",
                   err.text[0] != '\0' ? err.text : lb_status_str(s->status));
    return s;
}

/* What proves the last value of @p c, in terms of the model alone. */
static void
add_proof(const task * t, slong k, const lb_certifier * c)
{
    const lb_table_spec_struct * s = t->place->spec;
    lb_settings_t settings;
    char * quantity;
    json_t * proof;

    if (t->place->proofs == NULL)
        return;
    lb_settings_init(settings);
    lb_table_point_texts(settings, &quantity, s, t->group->columns[k],
                         t->place->point);
    proof = lb_certificate_proof(c, column_of(t, k)->name,
                                 column_of(t, k)->expr, settings, t->scope);
    if (proof != NULL)
    {
        json_object_set_new(proof, "quantity", json_string(quantity));
        json_array_append_new(t->place->proofs, proof);
    }
    flint_free(quantity);
    lb_settings_clear(settings);
}

/* Whether the work failed as it may at one point of many. */
static int
is_undecided(lb_status status, int full)
{
    return status == LB_EPREC || status == LB_ENOCONV
           || (full && status == LB_EDIM);
}

/* Column k at a level that is settled. */
static lb_status
proved_value(lb_table_entry_struct * e, task * t, slong k, int full,
             int * reached, lb_error * err)
{
    solver * s = need_solver(t, full);
    lb_table_level level = full ? LB_TABLE_FULL : LB_TABLE_TRUNCATED;
    lb_status status = s->status;
    char * why;

    *reached = 0;
    lb_error_clear(err);
    if (status == LB_OK)
    {
        status = lb_table_entry_certified(e, reached, s->certifier, t->scope,
                                          column_of(t, k), t->place->more, err);
        if (status == LB_OK)
            add_proof(t, k, s->certifier);
    }
    else
        lb_error_set(err, status, "%s", s->why);
    if (!is_undecided(status, full))
        return status;
    why = lb_text_copy(err != NULL ? err->text : s->why);
    lb_table_entry_nothing(e, column_of(t, k), t->place->more, level, 0, why);
    flint_free(why);
    return LB_OK;
}

/* --- level auto ---------------------------------------------------------- */

/* The cutoff at which estimates of the group's columns are stable, unless the
   spec states one. */
static void
choose_cutoff(const task * t)
{
    const lb_table_spec_struct * s = t->place->spec;
    slong n = t->group->n_columns;
    lb_expr ** exprs = flint_malloc((size_t) n * sizeof(lb_expr *));
    lb_approx_value * values
        = flint_malloc((size_t) n * sizeof(lb_approx_value));
    lb_table_anchor * a = t->anchor;
    lb_estimate_options options;
    lb_estimate_info info;
    lb_error err;

    if (s->cutoff == NULL && a->cutoff == NULL && a->why_no_cutoff == NULL)
    {
        for (slong k = 0; k < n; k++)
            exprs[k] = column_of(t, k)->expr;
        lb_estimate_options_init(&options);
        options.max_dimension = s->max_dimension;
        lb_estimate_info_init(&info);
        lb_error_clear(&err);
        if (lb_estimate_approx(values, &info, s->model, t->scope, NULL, exprs,
                               n, &options, &err)
            == LB_OK)
            a->cutoff = lb_text_copy(info.cutoff);
        else
            a->why_no_cutoff = lb_text_copy(err.text);
        lb_estimate_info_clear(&info);
    }
    flint_free(exprs);
    flint_free(values);
}

/* The first of closed-form, full and truncated that answers column k serves it
   in this tile; if none does, the first that proves anything.
   @p e is left with the value. */
static lb_status
decide(lb_table_entry_struct * e, task * t, slong k, lb_error * err)
{
    server * serves = t->anchor->serves + k;
    lb_status status;
    int reached = 0, applies;
    lb_table_entry_t wide;

    *serves = SERVE_CLOSED;
    if (t->place->spec->model->n_channels > 0)
    {
        status = closed_value(e, t, k, err);
        if (status != LB_EMODEL)
            return status;
    }
    *serves = SERVE_FULL;
    applies = need_solver(t, 1)->status != LB_EMODEL;
    if (applies)
    {
        status = proved_value(e, t, k, 1, &reached, err);
        if (status != LB_OK || reached)
            return status;
    }
    choose_cutoff(t);
    if (t->anchor->why_no_cutoff != NULL)
    {
        if (!applies)
            lb_table_entry_nothing(e, column_of(t, k), t->place->more,
                                   LB_TABLE_FULL, 0, t->full.why);
        return LB_OK;
    }
    lb_table_entry_init(wide);
    status = proved_value(wide, t, k, 0, &reached, err);
    if (status == LB_OK && (reached || !is_finite(e->value) || !applies))
    {
        lb_table_entry_struct other = *e;

        *e = *wide;
        *wide = other;
        *serves = SERVE_TRUNCATED;
    }
    lb_table_entry_clear(wide);
    return status;
}

static lb_status
auto_value(lb_table_entry_struct * e, task * t, slong k, lb_error * err)
{
    int reached;

    switch (t->anchor->serves[k])
    {
    case SERVE_UNKNOWN:
        return decide(e, t, k, err);
    case SERVE_CLOSED:
        return closed_value(e, t, k, err);
    case SERVE_FULL:
        return proved_value(e, t, k, 1, &reached, err);
    case SERVE_TRUNCATED:
        break;
    }
    return proved_value(e, t, k, 0, &reached, err);
}

/* --- the group ----------------------------------------------------------- */

static lb_status
column_value(lb_table_entry_struct * e, task * t, slong k, lb_error * err)
{
    int reached;

    if (t->group->level == LB_TABLE_AUTO)
        return auto_value(e, t, k, err);
    return proved_value(e, t, k, t->group->level == LB_TABLE_FULL, &reached,
                        err);
}

/* Whether level full serves a column at the first point of the tile, and does
   not apply to the model here. */
static int
is_of_another_class(task * t)
{
    int full = 0;

    if (t->group->level != LB_TABLE_AUTO || !t->anchor->filled)
        return 0;
    for (slong k = 0; k < t->group->n_columns; k++)
        full = full || t->anchor->serves[k] == SERVE_FULL;
    return full && need_solver(t, 1)->status == LB_EMODEL;
}

static lb_status
state_values(lb_table_entry_struct * entries, slong * column, task * t,
             lb_error * err)
{
    lb_status status = LB_OK;

    for (slong k = 0; k < t->group->n_columns && status == LB_OK; k++)
    {
        *column = t->group->columns[k];
        status = column_value(entries + *column, t, k, err);
    }
    return status;
}

lb_status
lb_table_group_values(lb_table_entry_struct * entries, slong * column,
                      lb_table_group * group, lb_table_anchor * anchor,
                      const lb_table_place * place, lb_error * err)
{
    task t = { group, anchor, place, group->scope, { 0 }, { 0 } };
    lb_status status;

    *column = group->columns[0];
    if (column_of(&t, 0)->n_of > 0) /* it is alone in its group */
        return derived_value(entries + *column, &t, 0, entries, err);
    if (!lb_table_group_has_state(group))
        return closed_values(entries, column, &t, err);
    if (!anchor->filled)
    {
        lb_scope_init_copy(anchor->scope, group->scope);
        t.scope = anchor->scope;
        status = state_values(entries, column, &t, err);
        anchor->full = t.full;
        anchor->truncated = t.truncated;
        anchor->filled = 1;
        return status;
    }
    if (is_of_another_class(&t))
    {
        lb_table_anchor * own = lb_table_anchor_new(group);

        status = lb_table_group_values(entries, column, group, own, place, err);
        lb_table_anchor_free(own);
    }
    else
        status = state_values(entries, column, &t, err);
    solver_clear(&t.full);
    solver_clear(&t.truncated);
    return status;
}
