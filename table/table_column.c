/* table/table_column.c -- the columns of a spec.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <string.h>

#include <lindbound/json_file.h>
#include <lindbound/rational.h>
#include <lindbound/table_internal.h>
#include <lindbound/text.h>

#define DIGITS 10
#define MAX_DIGITS 1000
#define CHECK_PREC 64

/* --- level and digits ---------------------------------------------------- */

const char *
lb_table_level_str(lb_table_level level)
{
    switch (level)
    {
    case LB_TABLE_CLOSED_FORM:
        return "closed-form";
    case LB_TABLE_WEAK_DRIVE:
        return "weak-drive";
    case LB_TABLE_FULL:
        return "full";
    case LB_TABLE_TRUNCATED:
        return "truncated";
    case LB_TABLE_AUTO:
        break;
    }
    return "auto";
}

static lb_status
read_level(lb_table_level * level, const json_t * object, const char * pointer,
           lb_error * err)
{
    const char * text = NULL;
    lb_status status
        = lb_json_get_string(&text, object, "level", 0, pointer, err);

    if (status != LB_OK || text == NULL)
        return status;
    for (lb_table_level l = LB_TABLE_AUTO; l <= LB_TABLE_TRUNCATED; l++)
        if (strcmp(text, lb_table_level_str(l)) == 0)
        {
            *level = l;
            return LB_OK;
        }
    return lb_json_fail(err, pointer, "level",
                        "level '%.40s' is not one of auto, closed-form, "
                        "weak-drive, full, truncated",
                        text);
}

static lb_status
read_absolute(fmpq_t absolute, const json_t * object, const char * pointer,
              lb_error * err)
{
    char * place = lb_text_print("%s/absolute", pointer);
    const char * text;
    lb_status status
        = lb_json_text(&text, json_object_get(object, "absolute"), place, err);

    if (status == LB_OK)
        status = lb_rational_read(absolute, text, err);
    if (status == LB_OK && fmpq_sgn(absolute) <= 0)
        status = lb_error_set(err, LB_EPARSE,
                              "'absolute' is the largest radius: it must be "
                              "positive");
    if (status != LB_OK)
        lb_json_error_at(err, place);
    flint_free(place);
    return status;
}

/* The members level, and digits or absolute; what is missing stays as it is. */
static lb_status
read_goal(lb_table_column * column, const json_t * object, const char * pointer,
          lb_error * err)
{
    int digits = json_object_get(object, "digits") != NULL;
    int absolute = json_object_get(object, "absolute") != NULL;
    lb_status status = read_level(&column->level, object, pointer, err);

    if (status == LB_OK && digits && absolute)
        status = lb_json_fail(err, pointer, "absolute",
                              "'digits' and 'absolute' exclude each other");
    if (status == LB_OK)
        status = lb_json_get_integer(&column->digits, object, "digits", 1,
                                     MAX_DIGITS, pointer, err);
    if (digits)
        fmpq_zero(column->absolute);
    if (status == LB_OK && absolute)
        status = read_absolute(column->absolute, object, pointer, err);
    return status;
}

/* --- names --------------------------------------------------------------- */

/* The nearest of @p n names to a misspelt one, or NULL. */
static const char *
nearest_name(const char * name, const char * (*get)(const void * of, slong k),
             const void * of, slong n)
{
    const char * nearest = NULL;
    int best = 3;

    for (slong k = 0; k < n; k++)
    {
        int distance = lb_text_distance(name, get(of, k));

        if (distance < best && distance < (int) strlen(name))
        {
            best = distance;
            nearest = get(of, k);
        }
    }
    return nearest;
}

/* Refuses @p name, which is none of @p n names of @p kind. */
static lb_status
refuse_name(const char * name, const char * kind,
            const char * (*get)(const void * of, slong k), const void * of,
            slong n, const char * pointer, lb_error * err)
{
    const char * nearest = nearest_name(name, get, of, n);
    char names[300] = "";

    if (nearest != NULL)
        lb_error_set(err, LB_ENAME,
                     "the model has no %s '%.60s'; did you mean '%s'?", kind,
                     name, nearest);
    else
    {
        for (slong k = 0; k < n; k++)
            if (get(of, k)[0] != '\0')
                lb_text_append(names, sizeof(names), "%s%s",
                               names[0] != '\0' ? ", " : "", get(of, k));
        lb_error_set(err, LB_ENAME, "the model has no %s '%.60s'; it has %s",
                     kind, name, names[0] != '\0' ? names : "none");
    }
    lb_json_error_at(err, pointer);
    return LB_ENAME;
}

static const char *
observable_name(const void * model, slong k)
{
    return ((const lb_model_struct *) model)->observables[k].name;
}

static const char *
form_id(const void * forms, slong k)
{
    return ((const lb_forms_struct *) forms)->forms[k].id;
}

static const char *
parameter_name(const void * scope, slong k)
{
    const lb_symbol * symbol = ((const lb_scope_struct *) scope)->symbols + k;

    return symbol->kind == LB_SYMBOL_PARAMETER ? symbol->name : "";
}

static lb_status
refuse_observable(const lb_table_spec_t s, const char * name,
                  const char * pointer, lb_error * err)
{
    return refuse_name(name, "observable", observable_name, s->model,
                       s->model->n_observables, pointer, err);
}

/* --- what a column is ---------------------------------------------------- */

/* Whether an expression may be no more than @p name. */
static int
knows(const lb_table_column * c, const lb_table_spec_t s, const char * name)
{
    for (slong k = 0; k < c->form->n_where; k++)
        if (strcmp(c->form->where[k].name, name) == 0)
            return 1;
    return lb_scope_find(s->model->scope, name) >= 0
           || lb_name_is_reserved(name);
}

/* The name of an observable or, where one may stand, an expression. */
static lb_status
read_value(lb_table_column * c, const lb_table_spec_t s, const char * text,
           int expression, const char * pointer, lb_error * err)
{
    json_t * quantity;
    lb_status status;

    if (lb_model_find_observable(s->model, text) < 0
        && (!expression || (lb_name_is_valid(text) && !knows(c, s, text))))
        return refuse_observable(s, text, pointer, err);
    quantity = json_string(text);
    status = lb_form_read_quantity(c->form, quantity, s->file, pointer,
                                   s->model, err);
    json_decref(quantity);
    if (status == LB_OK)
        c->expr = lb_expr_share(c->form->quantity);
    c->pointer = lb_text_copy(pointer);
    return status;
}

/* A setting of the column's own that an axis replaces has no effect; one of its
   observable or form may have been meant for another table. */
static lb_status
check_at(const lb_table_spec_t s, const json_t * object, const char * pointer,
         lb_error * err)
{
    const json_t * at = json_object_get(object, "at");

    for (slong k = 0; k < s->n_axes; k++)
        if (json_object_get(at, s->axes[k]->name) != NULL)
            return lb_json_fail(err, pointer, "at",
                                "'%.60s' is an axis of the table and cannot "
                                "be set as well",
                                s->axes[k]->name);
    return LB_OK;
}

/* The forms of the model, read once. */
typedef struct
{
    lb_forms_t forms;
    int read;
} form_shelf;

static lb_status
need_forms(form_shelf * shelf, const lb_table_spec_t s,
           const lb_table_spec_options * o, const char * pointer,
           lb_error * err)
{
    char * path;
    lb_status status;

    if (shelf->read)
        return LB_OK;
    path = o->find_forms != NULL ? o->find_forms(s->model->name) : NULL;
    if (path == NULL)
        return lb_json_fail(err, pointer, "form",
                            "there are no forms of the model '%.60s'",
                            s->model->name);
    status = lb_forms_read(shelf->forms, path, s->model, err);
    shelf->read = status == LB_OK;
    flint_free(path);
    return status;
}

/* the formula of a form; its settings and definitions come first */
static lb_status
read_form(lb_table_column * c, form_shelf * shelf, const lb_table_spec_t s,
          const char * id, int as_printed, const lb_table_spec_options * o,
          const char * pointer, lb_error * err)
{
    char * place = lb_text_print("%s/form", pointer);
    lb_status status = need_forms(shelf, s, o, pointer, err);
    const lb_form_struct * form = NULL;
    const lb_expr * formula = NULL;

    for (slong k = 0; k < shelf->forms->length && status == LB_OK; k++)
        if (strcmp(shelf->forms->forms[k].id, id) == 0)
            form = shelf->forms->forms + k;
    if (status == LB_OK && form == NULL)
        status = refuse_name(id, "form", form_id, shelf->forms,
                             shelf->forms->length, place, err);
    if (status == LB_OK)
    {
        lb_form_take_quantity(c->form, form);
        c->form->file = lb_text_copy(form->file);
        formula = as_printed ? form->as_printed : lb_form_formula(form);
        if (formula == NULL)
            status = lb_json_fail(err, pointer, "form",
                                  "the form '%.60s' is a printed number and "
                                  "has no formula",
                                  id);
        else
            c->expr = lb_expr_share((lb_expr *) formula);
    }
    c->pointer = place;
    return status;
}

/* The place of the column @p name before @p c, or -1. */
static slong
column_before(const lb_table_column * c, const lb_table_spec_t s,
              const char * name)
{
    for (slong k = 0; s->columns + k < c; k++)
        if (strcmp(s->columns[k].name, name) == 0)
            return k;
    return -1;
}

static lb_status
read_of(lb_table_column * c, const lb_table_spec_t s, const json_t * list,
        const char * pointer, lb_error * err)
{
    size_t n = json_array_size(list);

    if (n == 0)
        return lb_json_fail(err, pointer, "of",
                            "'of' must be a list of columns before this one");
    c->of = flint_malloc(n * sizeof(slong));
    for (size_t k = 0; k < n; k++)
    {
        const char * name = json_string_value(json_array_get(list, k));
        slong place = name != NULL ? column_before(c, s, name) : -1;

        if (place < 0)
            return lb_json_fail(err, pointer, "of",
                                "'%.60s' is no column before this one",
                                name != NULL ? name : "");
        if (s->columns[place].level == LB_TABLE_WEAK_DRIVE)
            return lb_json_fail(err, pointer, "of",
                                "column '%.60s' is a leading order in the "
                                "drive, not a value",
                                name);
        c->of[c->n_of++] = place;
    }
    return LB_OK;
}

/* A formula of other columns, which has no state of its own. */
static lb_status
read_derived(lb_table_column * c, const lb_table_spec_t s,
             const json_t * object, const char * value, const char * pointer,
             lb_error * err)
{
    static const char * const excluded[]
        = { "form", "as_printed", "at", "where", "level", NULL };
    lb_status status
        = read_of(c, s, json_object_get(object, "of"), pointer, err);

    for (int k = 0; excluded[k] != NULL && status == LB_OK; k++)
        if (json_object_get(object, excluded[k]) != NULL)
            status
                = lb_json_fail(err, pointer, excluded[k],
                               "'of' and '%s' exclude each other", excluded[k]);
    if (status == LB_OK && value == NULL)
        status = lb_json_fail(err, pointer, "of",
                              "'value' must be a formula of the columns in "
                              "'of'");
    c->level = LB_TABLE_CLOSED_FORM;
    c->pointer = lb_text_print("%s/value", pointer);
    if (status != LB_OK)
        return status;
    status = lb_expr_parse(&c->expr, value, err);
    if (status != LB_OK)
        lb_json_error_at(err, c->pointer);
    return status;
}

static lb_status
read_object(lb_table_column * c, form_shelf * shelf, const lb_table_spec_t s,
            const json_t * object, const lb_table_spec_options * o,
            const char * pointer, lb_error * err)
{
    static const char * const members[]
        = { "name",       "value", "where",  "at",       "form",
            "as_printed", "level", "digits", "absolute", "unit",
            "label",      "of",    NULL };
    const json_t * as_printed = json_object_get(object, "as_printed");
    const char *name = NULL, *value = NULL, *form = NULL, *unit = NULL,
               *label = NULL;
    lb_status status = lb_json_check_members(object, members, pointer, err);
    char * place;

    if (status == LB_OK)
        status = lb_json_get_string(&name, object, "name", 1, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&value, object, "value", 0, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&form, object, "form", 0, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&unit, object, "unit", 0, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&label, object, "label", 0, pointer, err);
    if (status == LB_OK)
        status = read_goal(c, object, pointer, err);
    c->name = lb_text_copy(name);
    c->unit = lb_text_copy(unit);
    c->label = lb_text_copy(label);
    if (status == LB_OK && json_object_get(object, "of") != NULL)
        return read_derived(c, s, object, value, pointer, err);
    if (status == LB_OK && value != NULL && form != NULL)
        return lb_json_fail(err, pointer, "form",
                            "'value' and 'form' exclude each other");
    if (status == LB_OK && as_printed != NULL
        && (form == NULL || !json_is_boolean(as_printed)))
        return lb_json_fail(err, pointer, "as_printed",
                            "'as_printed' is true or false, of a form");
    if (status == LB_OK && form != NULL)
        status = read_form(c, shelf, s, form, json_is_true(as_printed), o,
                           pointer, err);
    if (status == LB_OK)
        status = lb_form_read_names(c->form, object, s->file, pointer, err);
    if (status == LB_OK)
        status = check_at(s, object, pointer, err);
    if (status == LB_OK && form == NULL)
    {
        place
            = lb_text_print("%s/%s", pointer, value != NULL ? "value" : "name");
        status = read_value(c, s, value != NULL ? value : name, value != NULL,
                            place, err);
        flint_free(place);
    }
    return status;
}

/* --- checks -------------------------------------------------------------- */

static int
is_word(const char * text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz_"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    return n > 0 && text[n] == '\0';
}

/* The fields of column @p a in the CSV: the name and these. */
static int
takes_field(const char * a, const char * name)
{
    static const char * const ends[] = { "", "_radius", "_digits", "_level" };
    size_t n = strlen(a);

    if (strncmp(a, name, n) == 0)
        for (int k = 0; k < 4; k++)
            if (strcmp(name + n, ends[k]) == 0)
                return 1;
    return 0;
}

static lb_status
check_name(const lb_table_spec_t s, slong which, const char * pointer,
           lb_error * err)
{
    const char * name = s->columns[which].name;

    if (!is_word(name))
        return lb_json_fail(err, pointer, "name",
                            "'%.60s' is not a word of letters, digits and "
                            "'_'",
                            name);
    for (slong k = 0; k < s->n_axes; k++)
        if (takes_field(name, s->axes[k]->name))
            return lb_json_fail(err, pointer, "name",
                                "the column '%.60s' and the axis '%.60s' "
                                "share a name in the CSV file",
                                name, s->axes[k]->name);
    for (slong k = 0; k < which; k++)
        if (strcmp(name, s->columns[k].name) == 0)
            return lb_json_fail(err, pointer, "name",
                                "there are two columns '%.60s'", name);
        else if (takes_field(name, s->columns[k].name)
                 || takes_field(s->columns[k].name, name))
            return lb_json_fail(err, pointer, "name",
                                "the columns '%.60s' and '%.60s' share a "
                                "name in the CSV file",
                                s->columns[k].name, name);
    return LB_OK;
}

lb_table_needs
lb_table_column_needs(const lb_scope_t scope, const lb_table_column * column)
{
    char * used = flint_calloc((size_t) scope->length + 1, 1);
    const lb_node * root = column->expr->root;
    lb_table_needs needs
        = { lb_node_uses_state(root), lb_node_uses_quantity(root) };

    lb_scope_mark_used(used, scope, root);
    for (slong k = 0; k < scope->length; k++)
    {
        const lb_expr * e = scope->symbols[k].expr;

        if (!used[k] || e == NULL)
            continue;
        needs.state |= lb_node_uses_state(e->root);
        needs.quantity |= lb_node_uses_quantity(e->root);
    }
    flint_free(used);
    return needs;
}

static lb_status
check_level(const lb_table_column * c, const lb_scope_t scope,
            const lb_table_spec_t s, const char * pointer, lb_error * err)
{
    lb_table_needs needs = lb_table_column_needs(scope, c);
    int network = s->model->n_channels > 0;
    int fock = c->level == LB_TABLE_FULL || c->level == LB_TABLE_TRUNCATED;

    if (c->n_of > 0 && (needs.state || needs.quantity))
        return lb_json_fail(err, pointer, "value",
                            "column '%.60s' is a formula of other columns: "
                            "it cannot ask for a state or for S",
                            c->name);
    if (c->level == LB_TABLE_TRUNCATED && s->cutoff == NULL)
        return lb_json_fail(err, pointer, "level",
                            "level truncated needs a 'cutoff' of the table, "
                            "such as \"5\"");
    if (fock && (needs.quantity || !needs.state))
        return lb_json_fail(err, pointer, "level",
                            "column '%.60s' %s: level %s does not apply; "
                            "give it level closed-form",
                            c->name,
                            needs.quantity ? "asks for S or its like"
                                           : "needs no state",
                            lb_table_level_str(c->level));
    if (c->level == LB_TABLE_CLOSED_FORM && needs.state && !network)
        return lb_json_fail(err, pointer, "level",
                            "column '%.60s' needs a state, which has a "
                            "closed form in a network with ports only; use "
                            "level full, truncated or weak-drive",
                            c->name);
    if (c->level == LB_TABLE_AUTO && needs.state && needs.quantity && !network)
        return lb_json_fail(err, pointer, "level",
                            "column '%.60s' mixes a state with S or its "
                            "like, which no level but weak-drive takes",
                            c->name);
    return LB_OK;
}

/* Evaluates all parameters and the column itself, without a model. */
static lb_status
check_texts(const lb_table_column * c, const lb_scope_t scope, lb_error * err)
{
    lb_status status = LB_OK;
    lb_scalar_t x;
    lb_env_t env;

    lb_scalar_init(x);
    lb_env_init(env, scope, CHECK_PREC);
    for (slong k = 0; k < scope->length && status == LB_OK; k++)
        if (scope->symbols[k].kind == LB_SYMBOL_PARAMETER)
            status = lb_env_symbol(x, env, k, err);
    env->expectation = lb_expectation_unknown;
    env->quantity = lb_quantity_unknown;
    if (status == LB_OK)
    {
        status = lb_env_scalar(x, env, c->expr, err);
        if (status != LB_OK)
            lb_json_error_at(err, c->pointer);
    }
    lb_env_clear(env);
    lb_scalar_clear(x);
    return status;
}

/* Marks the axes that the column's names depend on. */
static void
mark_axes(char * axes, const lb_table_spec_t s, const lb_table_column * c,
          const lb_scope_t scope)
{
    char * used = flint_calloc((size_t) scope->length + 1, 1);

    lb_scope_mark_used(used, scope, c->expr->root);
    for (slong k = 0; k < scope->length; k++)
        if (scope->symbols[k].expr != NULL)
            lb_scope_mark_used(used, scope, scope->symbols[k].expr->root);
    for (slong k = 0; k < s->n_axes; k++)
        axes[k] |= used[lb_scope_find(scope, s->axes[k]->name)];
    flint_free(used);
}

static lb_status
check_column(char * axes, const lb_table_spec_t s, const lb_table_column * c,
             const char * pointer, lb_error * err)
{
    lb_scope_t scope;
    lb_status status = lb_table_scope(scope, s, c, err);

    if (status != LB_OK)
        return status;
    status = check_texts(c, scope, err);
    if (status == LB_OK)
        status = check_level(c, scope, s, pointer, err);
    if (status == LB_OK)
        mark_axes(axes, s, c, scope);
    lb_scope_clear(scope);
    return status;
}

/* An axis that the model lacks and nothing refers to is a misspelt one; those
   of the model come before the ones that the axes added. */
static lb_status
check_axes(const char * used, const lb_table_spec_t s, slong n_model,
           lb_error * err)
{
    for (slong k = 0; k < s->n_axes; k++)
    {
        char * pointer;

        if (used[k]
            || lb_scope_find(s->model->scope, s->axes[k]->name) < n_model)
            continue;
        pointer = lb_text_print("/axes/%ld/name", (long) k);
        refuse_name(s->axes[k]->name, "parameter", parameter_name,
                    s->model->scope, n_model, pointer, err);
        flint_free(pointer);
        return LB_ENAME;
    }
    return LB_OK;
}

/* --- all of them --------------------------------------------------------- */

static lb_status
read_column(lb_table_spec_t s, form_shelf * shelf, const json_t * value,
            const lb_table_column * defaults, const lb_table_spec_options * o,
            const char * pointer, lb_error * err)
{
    lb_table_column * c = s->columns + s->n_columns++;
    lb_status status;

    memset(c, 0, sizeof(*c));
    lb_form_init(c->form);
    fmpq_init(c->absolute);
    c->level = defaults->level;
    c->digits = defaults->digits;
    fmpq_set(c->absolute, defaults->absolute);
    if (json_is_string(value))
    {
        c->name = lb_text_copy(json_string_value(value));
        status = read_value(c, s, c->name, 0, pointer, err);
    }
    else
        status = read_object(c, shelf, s, value, o, pointer, err);
    return status;
}

static lb_status
read_columns(lb_table_spec_t s, form_shelf * shelf, const json_t * root,
             const lb_table_column * defaults, const lb_table_spec_options * o,
             slong n_model, lb_error * err)
{
    const json_t * list = json_object_get(root, "columns");
    char used[LB_TABLE_MAX_AXES] = { 0 };
    lb_status status = LB_OK;

    if (!json_is_array(list) || json_array_size(list) == 0)
        return lb_json_fail(err, "", "columns",
                            "'columns' must be a list of at least one");
    s->columns = flint_malloc(json_array_size(list) * sizeof(lb_table_column));
    for (size_t k = 0; k < json_array_size(list) && status == LB_OK; k++)
    {
        char * pointer = lb_text_print("/columns/%zu", k);

        status = read_column(s, shelf, json_array_get(list, k), defaults, o,
                             pointer, err);
        if (status == LB_OK)
            status = check_name(s, (slong) k, pointer, err);
        if (status == LB_OK)
            status = check_column(used, s, s->columns + k, pointer, err);
        flint_free(pointer);
    }
    if (status == LB_OK)
        status = check_axes(used, s, n_model, err);
    return status;
}

lb_status
lb_table_columns_read(lb_table_spec_t s, const json_t * root, slong n_model,
                      const lb_table_spec_options * o, lb_error * err)
{
    lb_table_column defaults;
    form_shelf shelf;
    lb_status status;

    memset(&defaults, 0, sizeof(defaults));
    fmpq_init(defaults.absolute);
    defaults.digits = DIGITS;
    lb_forms_init(shelf.forms);
    shelf.read = 0;
    status = read_goal(&defaults, root, "", err);
    if (status == LB_OK)
        status = read_columns(s, &shelf, root, &defaults, o, n_model, err);
    lb_forms_clear(shelf.forms);
    fmpq_clear(defaults.absolute);
    return status;
}
