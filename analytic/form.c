/* analytic/form.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/form.h>
#include <lindbound/functions.h>
#include <lindbound/json_file.h>
#include <lindbound/text.h>

#define SCHEMA "lindbound-forms/1"
#define CHECK_PREC 64

void
lb_form_init(lb_form_t f)
{
    memset(f, 0, sizeof(*f));
    lb_settings_init(f->at);
}

void
lb_form_clear(lb_form_t f)
{
    flint_free(f->file);
    flint_free(f->id);
    flint_free(f->title);
    lb_settings_clear(f->at);
    for (slong k = 0; k < f->n_where; k++)
    {
        flint_free(f->where[k].name);
        lb_expr_free(f->where[k].expr);
        flint_free(f->where[k].pointer);
    }
    flint_free(f->where);
    lb_expr_free(f->quantity);
    lb_expr_free(f->as_printed);
    lb_expr_free(f->mended);
    flint_free(f->mended_why);
    flint_free(f->source);
    flint_free(f->quotation);
    flint_free(f->printed_relation);
    flint_free(f->printed_value);
    flint_free(f->quantity_pointer);
    flint_free(f->as_printed_pointer);
    flint_free(f->mended_pointer);
    lb_form_init(f);
}

void
lb_forms_init(lb_forms_t f)
{
    memset(f, 0, sizeof(*f));
}

void
lb_forms_clear(lb_forms_t f)
{
    for (slong k = 0; k < f->length; k++)
        lb_form_clear(f->forms + k);
    flint_free(f->forms);
    flint_free(f->file);
    flint_free(f->model);
    flint_free(f->title);
    flint_free(f->source);
    lb_forms_init(f);
}

const lb_expr *
lb_form_formula(const lb_form_t f)
{
    return f->mended != NULL ? f->mended : f->as_printed;
}

/* --- what an expression calls -------------------------------------------- */

static int
calls(const lb_node * node, lb_function_kind kind)
{
    const lb_function * f
        = node->kind == LB_NODE_CALL ? lb_function_find(node->name) : NULL;

    if (f != NULL && f->kind == kind)
        return 1;
    if (node->kind == LB_NODE_EXPECTATION && kind == LB_FUNCTION_STATE)
        return 1;
    for (slong k = 0; k < node->arity; k++)
        if (calls(node->args[k], kind))
            return 1;
    return 0;
}

int
lb_node_uses_state(const lb_node * node)
{
    return calls(node, LB_FUNCTION_STATE);
}

int
lb_node_uses_quantity(const lb_node * node)
{
    return calls(node, LB_FUNCTION_QUANTITY);
}

/* --- evaluation ---------------------------------------------------------- */

lb_status
lb_form_scope(lb_scope_t scope, const lb_form_t f, const lb_model_t m,
              const lb_settings_t overrides, lb_error * err)
{
    lb_settings_t at;
    lb_status status;

    lb_settings_init(at);
    lb_settings_merge(at, f->at);
    if (overrides != NULL)
        lb_settings_merge(at, overrides);
    status = lb_model_scope_at(scope, m, at, err);
    lb_settings_clear(at);
    if (status != LB_OK)
        return status;
    for (slong k = 0; k < f->n_where && status == LB_OK; k++)
    {
        const lb_definition * d = f->where + k;

        status = lb_scope_add(scope, LB_SYMBOL_DEFINITION, d->name, d->expr,
                              f->file, d->pointer, err);
        if (status != LB_OK)
            lb_error_in(err, f->file, d->pointer);
    }
    if (status == LB_OK)
        status = lb_scope_check_cycles(scope, err);
    if (status != LB_OK)
        lb_scope_clear(scope);
    return status;
}

lb_status
lb_form_evaluate(lb_scalar_t out, const lb_expr * formula,
                 const lb_scope_t scope, int leading_order,
                 const fmpq_t drive_scale, slong prec, lb_error * err)
{
    lb_env_t env;
    lb_status status;

    lb_env_init(env, scope, prec);
    env->leading_order = leading_order;
    if (drive_scale != NULL)
        fmpq_set(env->drive_scale, drive_scale);
    status = lb_env_scalar(out, env, formula, err);
    lb_env_clear(env);
    return status;
}

/* --- checking ------------------------------------------------------------ */

static lb_status
check_text(lb_env_t env, const lb_expr * e, const char * file,
           const char * pointer, lb_error * err)
{
    lb_status status = LB_OK;
    lb_scalar_t x;

    if (e == NULL)
        return LB_OK;
    lb_scalar_init(x);
    status = lb_env_scalar(x, env, e, err);
    if (status != LB_OK)
        lb_error_in(err, file, pointer);
    lb_scalar_clear(x);
    return status;
}

static lb_status
check_form(const lb_form_t f, const lb_model_t m, lb_error * err)
{
    lb_scope_t scope;
    lb_env_t env;
    lb_status status = lb_form_scope(scope, f, m, NULL, err);

    if (status != LB_OK)
    {
        lb_error_in(err, f->file, f->quantity_pointer);
        return status;
    }
    lb_env_init(env, scope, CHECK_PREC);
    status
        = check_text(env, f->as_printed, f->file, f->as_printed_pointer, err);
    if (status == LB_OK)
        status = check_text(env, f->mended, f->file, f->mended_pointer, err);
    env->expectation = lb_expectation_unknown;
    env->quantity = lb_quantity_unknown;
    if (status == LB_OK)
        status
            = check_text(env, f->quantity, f->file, f->quantity_pointer, err);
    lb_env_clear(env);
    lb_scope_clear(scope);
    return status;
}

/* --- reading ------------------------------------------------------------- */

/* Sets the quantity from an expression or from the name of an observable,
   whose settings come under those of the form. */
static lb_status
set_quantity(lb_form_t f, const lb_model_t m, const char * text, lb_error * err)
{
    slong k = lb_model_find_observable(m, text);

    if (k >= 0)
    {
        lb_settings_t at;

        f->quantity = lb_expr_share(m->observables[k].expr);
        lb_settings_init(at);
        lb_settings_merge(at, m->observables[k].at);
        lb_settings_merge(at, f->at);
        lb_settings_clear(f->at);
        *f->at = *at;
        return LB_OK;
    }
    return lb_expr_parse(&f->quantity, text, err);
}

static lb_status
read_expression(lb_expr ** e, char ** place, const json_t * object,
                const char * key, const char * pointer, lb_error * err)
{
    const json_t * value = json_object_get(object, key);
    const char * text;
    lb_status status;

    if (value == NULL)
        return LB_OK;
    *place = lb_text_print("%s/%s", pointer, key);
    status = lb_json_text(&text, value, *place, err);
    if (status == LB_OK)
    {
        status = lb_expr_parse(e, text, err);
        if (status != LB_OK && err != NULL)
            lb_text_append(err->pointer, sizeof(err->pointer), "%s", *place);
    }
    return status;
}

static lb_status
read_where(lb_form_t f, const json_t * object, const char * pointer,
           lb_error * err)
{
    lb_status status = LB_OK;
    const char * name;
    json_t * value;

    if (object == NULL)
        return LB_OK;
    if (!json_is_object(object))
        return lb_error_set(err, LB_EPARSE,
                            "'where' must be an object of name: expression");
    json_object_foreach((json_t *) object, name, value)
    {
        lb_definition * d;

        f->where = flint_realloc(f->where, (size_t) (f->n_where + 1)
                                               * sizeof(lb_definition));
        d = f->where + f->n_where++;
        memset(d, 0, sizeof(*d));
        d->name = lb_text_copy(name);
        status = read_expression(&d->expr, &d->pointer, object, name, pointer,
                                 err);
        if (status != LB_OK)
            break;
    }
    return status;
}

static lb_status
read_settings(lb_settings_t s, const json_t * object, const char * file,
              const char * parent, lb_error * err)
{
    char * pointer = lb_text_print("%s/at", parent);
    lb_status status = lb_json_get_settings(s, json_object_get(object, "at"),
                                            file, pointer, err);

    flint_free(pointer);
    return status;
}

static lb_status
read_definitions(lb_form_t f, const json_t * object, const char * parent,
                 lb_error * err)
{
    char * pointer = lb_text_print("%s/where", parent);
    lb_status status
        = read_where(f, json_object_get(object, "where"), pointer, err);

    flint_free(pointer);
    return status;
}

lb_status
lb_form_read_names(lb_form_t f, const json_t * object, const char * file,
                   const char * pointer, lb_error * err)
{
    lb_status status = read_settings(f->at, object, file, pointer, err);

    if (status == LB_OK)
        status = read_definitions(f, object, pointer, err);
    return status;
}

static lb_status
copy_string(char ** out, const json_t * object, const char * key, int required,
            const char * pointer, lb_error * err)
{
    const char * text = NULL;
    lb_status status
        = lb_json_get_string(&text, object, key, required, pointer, err);

    if (status == LB_OK)
        *out = lb_text_copy(text);
    return status;
}

static lb_status
read_limit(lb_form_t f, const json_t * object, int required,
           const char * pointer, lb_error * err)
{
    const char * limit = NULL;
    lb_status status
        = lb_json_get_string(&limit, object, "limit", required, pointer, err);

    if (status != LB_OK)
        return status;
    f->limit = LB_LIMIT_EXACT;
    if (limit == NULL)
        return LB_OK;
    if (strcmp(limit, "weak-drive") == 0)
        f->limit = LB_LIMIT_WEAK_DRIVE;
    else if (strcmp(limit, "exact") != 0)
        return lb_error_set(err, LB_EPARSE,
                            "limit '%.40s' is not \"weak-drive\" or \"exact\"",
                            limit);
    return LB_OK;
}

static lb_status
read_mended(lb_form_t f, const json_t * object, const char * parent,
            lb_error * err)
{
    static const char * const members[] = { "formula", "why", NULL };
    const json_t * mended = json_object_get(object, "mended");
    char * pointer;
    lb_status status;

    if (mended == NULL)
        return LB_OK;
    pointer = lb_text_print("%s/mended", parent);
    status = lb_json_check_members(mended, members, pointer, err);
    if (status == LB_OK)
        status = copy_string(&f->mended_why, mended, "why", 1, pointer, err);
    if (status == LB_OK)
        status = read_expression(&f->mended, &f->mended_pointer, mended,
                                 "formula", pointer, err);
    if (status == LB_OK && f->mended == NULL)
        status
            = lb_error_set(err, LB_EPARSE, "the member 'formula' is missing");
    flint_free(pointer);
    return status;
}

static lb_status
read_printed(lb_form_t f, const json_t * object, const char * parent,
             lb_error * err)
{
    static const char * const members[] = { "relation", "value", NULL };
    static const char * const relations[]
        = { "=", "~", "<", ">", "<<", ">>", NULL };
    const json_t * printed = json_object_get(object, "printed");
    char * pointer;
    lb_status status;
    size_t k;

    if (printed == NULL)
        return LB_OK;
    pointer = lb_text_print("%s/printed", parent);
    status = lb_json_check_members(printed, members, pointer, err);
    if (status == LB_OK)
        status = copy_string(&f->printed_relation, printed, "relation", 1,
                             pointer, err);
    if (status == LB_OK)
        status
            = copy_string(&f->printed_value, printed, "value", 1, pointer, err);
    flint_free(pointer);
    if (status != LB_OK)
        return status;
    for (k = 0;
         relations[k] != NULL && strcmp(relations[k], f->printed_relation) != 0;
         k++)
        ;
    if (relations[k] == NULL)
        return lb_error_set(err, LB_EPARSE,
                            "relation '%.20s' is not one of = ~ < > << >>",
                            f->printed_relation);
    return LB_OK;
}

static lb_status
read_form(lb_form_t f, const json_t * root, const json_t * object,
          const char * file, const char * pointer, const lb_model_t m,
          lb_error * err)
{
    static const char * const members[]
        = { "id",     "title", "at",     "where",     "quantity", "as_printed",
            "mended", "limit", "source", "quotation", "printed",  NULL };
    const char * quantity = NULL;
    lb_status status = lb_json_check_members(object, members, pointer, err);

    f->file = lb_text_copy(file);
    f->quantity_pointer = lb_text_print("%s/quantity", pointer);
    if (status == LB_OK)
        status = copy_string(&f->id, object, "id", 1, pointer, err);
    if (status == LB_OK)
        status = copy_string(&f->title, object, "title", 0, pointer, err);
    if (status == LB_OK)
        status = copy_string(&f->source, object, "source", 1, pointer, err);
    if (status == LB_OK)
        status
            = copy_string(&f->quotation, object, "quotation", 0, pointer, err);
    if (status == LB_OK)
        status = read_limit(f, object, 1, pointer, err);
    if (status == LB_OK)
        status = lb_form_read_names(f, root, file, "", err);
    if (status == LB_OK)
        status = lb_form_read_names(f, object, file, pointer, err);
    if (status == LB_OK)
        status = read_expression(&f->as_printed, &f->as_printed_pointer, object,
                                 "as_printed", pointer, err);
    if (status == LB_OK)
        status = read_mended(f, object, pointer, err);
    if (status == LB_OK)
        status = read_printed(f, object, pointer, err);
    if (status == LB_OK && f->as_printed == NULL && f->printed_value == NULL)
        status = lb_error_set(err, LB_EPARSE,
                              "a form needs 'as_printed' or 'printed'");
    if (status == LB_OK)
        status = lb_json_get_string(&quantity, object, "quantity", 1, pointer,
                                    err);
    if (status == LB_OK)
        status = set_quantity(f, m, quantity, err);
    if (status == LB_OK)
        status = check_form(f, m, err);
    if (status != LB_OK)
        lb_error_in(err, file, pointer);
    return status;
}

lb_status
lb_form_read_quantity(lb_form_t f, const json_t * object, const char * file,
                      const char * pointer, const lb_model_t m, lb_error * err)
{
    const char * quantity = NULL;
    lb_status status = LB_OK;

    flint_free(f->file);
    flint_free(f->quantity_pointer);
    f->file = lb_text_copy(file);
    if (json_is_string(object))
    {
        f->limit = LB_LIMIT_EXACT;
        quantity = json_string_value(object);
        f->quantity_pointer = lb_text_copy(pointer);
    }
    else
    {
        f->quantity_pointer = lb_text_print("%s/quantity", pointer);
        status = read_limit(f, object, 0, pointer, err);
        if (status == LB_OK)
            status = lb_form_read_names(f, object, file, pointer, err);
        if (status == LB_OK)
            status = lb_json_get_string(&quantity, object, "quantity", 1,
                                        pointer, err);
    }
    if (status == LB_OK)
        status = set_quantity(f, m, quantity, err);
    if (status == LB_OK)
        status = check_form(f, m, err);
    if (status != LB_OK)
        lb_error_in(err, file, f->quantity_pointer);
    return status;
}

void
lb_form_take_quantity(lb_form_t f, const lb_form_t g)
{
    lb_settings_merge(f->at, g->at);
    f->where = flint_realloc(f->where, (size_t) (f->n_where + g->n_where + 1)
                                           * sizeof(lb_definition));
    for (slong k = 0; k < g->n_where; k++)
    {
        lb_definition * d = f->where + f->n_where++;

        d->name = lb_text_copy(g->where[k].name);
        d->expr = lb_expr_share(g->where[k].expr);
        d->pointer = lb_text_copy(g->where[k].pointer);
    }
    lb_expr_free(f->quantity);
    f->quantity = g->quantity != NULL ? lb_expr_share(g->quantity) : NULL;
    f->limit = g->limit;
}

static lb_status
read_forms(lb_forms_t f, const json_t * root, const lb_model_t m,
           lb_error * err)
{
    static const char * const members[] = { "schema", "model", "title",
                                            "source", "at",    "where",
                                            "forms",  NULL };
    const json_t * array = json_object_get(root, "forms");
    lb_status status = lb_json_check_schema(root, SCHEMA, err);

    if (status == LB_OK)
        status = lb_json_check_members(root, members, "", err);
    if (status == LB_OK)
        status = copy_string(&f->model, root, "model", 1, "", err);
    if (status == LB_OK)
        status = copy_string(&f->title, root, "title", 0, "", err);
    if (status == LB_OK)
        status = copy_string(&f->source, root, "source", 0, "", err);
    if (status == LB_OK
        && (!json_is_array(array) || json_array_size(array) == 0))
        status
            = lb_error_set(err, LB_EPARSE, "'forms' must be a non-empty array");
    if (status != LB_OK)
        return status;

    f->forms = flint_malloc(json_array_size(array) * sizeof(lb_form_struct));
    for (size_t k = 0; k < json_array_size(array) && status == LB_OK; k++)
    {
        char * pointer = lb_text_print("/forms/%zu", k);

        lb_form_init(f->forms + f->length);
        status = read_form(f->forms + f->length, root, json_array_get(array, k),
                           f->file, pointer, m, err);
        f->length++;
        flint_free(pointer);
    }
    return status;
}

lb_status
lb_forms_read(lb_forms_t f, const char * path, const lb_model_t m,
              lb_error * err)
{
    json_t * root = lb_json_read(path, err);
    lb_status status;

    if (root == NULL)
        return err != NULL ? err->status : LB_EPARSE;
    f->file = lb_text_copy(path);
    status = read_forms(f, root, m, err);
    if (status != LB_OK)
    {
        lb_error_in(err, path, NULL);
        lb_forms_clear(f);
    }
    json_decref(root);
    return status;
}

lb_status
lb_form_set_texts(lb_form_t f, const lb_model_t m, const char * quantity,
                  const char * formula, lb_limit limit, lb_error * err)
{
    lb_status status;

    f->id = lb_text_copy("form");
    f->source = lb_text_copy("command line");
    f->file = lb_text_copy("command line");
    f->limit = limit;
    f->as_printed_pointer = lb_text_copy("--form");
    f->quantity_pointer = lb_text_copy("--observable");
    status = lb_expr_parse(&f->as_printed, formula, err);
    if (status != LB_OK)
        lb_error_in(err, f->file, f->as_printed_pointer);
    else
    {
        status = set_quantity(f, m, quantity, err);
        if (status != LB_OK)
            lb_error_in(err, f->file, f->quantity_pointer);
    }
    return status == LB_OK ? check_form(f, m, err) : status;
}
