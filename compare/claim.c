/* compare/claim.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <lindbound/claim_internal.h>
#include <lindbound/json_file.h>
#include <lindbound/printed.h>
#include <lindbound/text.h>

#define SCHEMA "lindbound-claims/1"
#define CHECK_PREC 64
/* digits of a value unless stated: claims print few */
#define DIGITS 8

/* --- memory -------------------------------------------------------------- */

static void
claim_clear(lb_claim_t c)
{
    flint_free(c->id);
    flint_free(c->place);
    flint_free(c->quotation);
    flint_free(c->garbled);
    flint_free(c->reading);
    flint_free(c->note);
    flint_free(c->pointer);
    for (slong k = 0; k < c->n_values; k++)
        lb_claim_value_clear(c->values + k);
    flint_free(c->values);
    lb_form_clear(c->combination);
    flint_free(c->relation);
    flint_free(c->value);
    flint_free(c->value_to);
    flint_free(c->tolerance);
    flint_free(c->along);
    for (slong k = 0; k < c->n_points; k++)
        flint_free(c->points[k]);
    flint_free(c->points);
    flint_free(c->verdict);
    flint_free(c->why);
    if (c->correction != NULL)
        claim_clear(c->correction);
    flint_free(c->correction);
}

void
lb_claims_init(lb_claims_t c)
{
    memset(c, 0, sizeof(*c));
}

void
lb_claims_clear(lb_claims_t c)
{
    for (slong k = 0; k < c->length; k++)
        claim_clear(c->claims + k);
    flint_free(c->claims);
    flint_free(c->file);
    flint_free(c->paper);
    flint_free(c->title);
    flint_free(c->source);
    lb_claims_init(c);
}

slong
lb_claims_find(const lb_claims_t c, const char * id)
{
    for (slong k = 0; k < c->length; k++)
        if (strcmp(c->claims[k].id, id) == 0)
            return k;
    return -1;
}

char *
lb_claim_printed_str(const lb_claim_struct * c)
{
    if (c->formula != NULL)
        return lb_text_copy("formula");
    if (c->along != NULL)
        return lb_text_print("%s along %s", c->relation, c->along);
    if (c->value_to != NULL)
        return lb_text_print("in [%s, %s]", c->value, c->value_to);
    return lb_text_print("%s %s", c->relation, c->value);
}

/* --- values -------------------------------------------------------------- */

/* A new value of the claim, its model found; settings of the claim's own
   objects are not yet taken. */
static lb_claim_value *
append_value(lb_claim_t c, const lb_model_struct * m)
{
    lb_claim_value * v;

    c->values = flint_realloc(c->values, (size_t) (c->n_values + 1)
                                             * sizeof(lb_claim_value));
    v = c->values + c->n_values++;
    memset(v, 0, sizeof(*v));
    lb_form_init(v->form);
    v->digits = DIGITS;
    v->model = m;
    return v;
}

/* The model that @p object names, or else @p otherwise. */
static lb_status
find_model(const lb_claim_reader * r, const lb_model_struct ** m,
           const json_t * object, const lb_model_struct * otherwise,
           const char * pointer)
{
    const char * name = NULL;
    lb_status status = LB_OK;

    if (json_is_object(object))
        status = lb_json_get_string(&name, object, "model", 0, pointer, r->err);
    *m = otherwise;
    if (status == LB_OK && name != NULL)
    {
        *m = lb_catalog_model(r->catalog, name, r->err);
        if (*m == NULL)
        {
            status = r->err != NULL ? r->err->status : LB_EPARSE;
            lb_error_in(r->err, r->file, pointer);
        }
    }
    return status;
}

/* One of "values": {NAME: text or object}. */
static lb_status
read_named_value(const lb_claim_reader * r, lb_claim_t c, const char * name,
                 const json_t * object, const char * pointer)
{
    static const char * const members[]
        = { "quantity", "model",    "at",  "where", "limit",   "cutoff",
            "digits",   "extremum", "fit", "peak",  "witness", NULL };
    const lb_model_struct * m;
    lb_claim_value * v;
    lb_status status = find_model(r, &m, object, c->model, pointer);

    if (status == LB_OK && json_is_object(object))
        status = lb_json_check_members(object, members, pointer, r->err);
    if (status == LB_OK && !json_is_object(object) && !json_is_string(object))
        status = lb_claim_fail(r, pointer, "a value is a text or an object");
    if (status != LB_OK)
        return status;
    v = append_value(c, m);
    v->name = lb_text_copy(name);
    /* what the claim says applies first; to another model it need not */
    if (m == c->model)
        lb_form_take_quantity(v->form, c->combination);
    return lb_claim_read_value(r, v, object, pointer);
}

static lb_status
read_values(const lb_claim_reader * r, lb_claim_t c, const json_t * object,
            const char * pointer)
{
    const json_t * values = json_object_get(object, "values");
    lb_status status = LB_OK;
    const char * name;
    json_t * value;

    if (!json_is_object(values) || json_object_size(values) == 0)
        return lb_claim_fail(r, pointer,
                             "'values' must be an object of NAME: quantity");
    json_object_foreach((json_t *) values, name, value)
    {
        char * place = lb_text_print("%s/values/%s", pointer, name);

        status = read_named_value(r, c, name, value, place);
        flint_free(place);
        if (status != LB_OK)
            break;
    }
    return status;
}

/* --- the combination ----------------------------------------------------- */

/* The names its formula may use; values are unknown. */
static lb_status
check_combination(const lb_claim_reader * r, lb_claim_t c, const char * pointer)
{
    lb_status status;
    lb_scope_t scope;
    lb_scalar_t x;
    lb_env_t env;
    acb_t unknown;

    status = lb_form_scope(scope, c->combination, c->model, NULL, r->err);
    if (status != LB_OK)
        return status;
    acb_init(unknown);
    acb_indeterminate(unknown);
    for (slong k = 0; k < c->n_values && status == LB_OK; k++)
        status = lb_scope_add_value(scope, c->values[k].name, unknown, r->err);
    lb_scalar_init(x);
    lb_env_init(env, scope, CHECK_PREC);
    if (status == LB_OK)
        status = lb_env_scalar(x, env, c->combination->quantity, r->err);
    if (status != LB_OK)
        lb_error_in(r->err, r->file, pointer);
    lb_env_clear(env);
    lb_scalar_clear(x);
    acb_clear(unknown);
    lb_scope_clear(scope);
    return status;
}

/* Settings and definitions of the claim, which its values share. */
static lb_status
read_common(const lb_claim_reader * r, lb_claim_t c, const json_t * object,
            const char * pointer)
{
    json_t * part = json_object();
    lb_status status;

    /* a quantity there must be; the claim's own comes later */
    json_object_set_new(part, "quantity", json_string("0"));
    for (int k = 0; k < 2; k++)
    {
        const char * key = k == 0 ? "at" : "where";

        if (json_object_get(object, key) != NULL)
            json_object_set(part, key, json_object_get(object, key));
    }
    status = lb_form_read_quantity(c->combination, part, r->file, pointer,
                                   c->model, r->err);
    lb_expr_free(c->combination->quantity);
    c->combination->quantity = NULL;
    json_decref(part);
    return status;
}

static lb_status
read_combined(const lb_claim_reader * r, lb_claim_t c, const json_t * object,
              const char * pointer)
{
    static const char * const own[]
        = { "limit", "cutoff", "digits",  "extremum",
            "fit",   "peak",   "witness", NULL };
    const char * quantity = NULL;
    lb_status status = read_common(r, c, object, pointer);

    if (status == LB_OK)
        status = lb_claim_refuse(r, object, own,
                                 "beside 'values': it belongs to each of them",
                                 pointer);
    if (status == LB_OK)
        status = read_values(r, c, object, pointer);
    if (status == LB_OK)
        status = lb_json_get_string(&quantity, object, "quantity", 1, pointer,
                                    r->err);
    if (status == LB_OK)
        status = lb_expr_parse(&c->combination->quantity, quantity, r->err);
    if (status == LB_OK)
        status = check_combination(r, c, pointer);
    return status;
}

/* --- what is printed ----------------------------------------------------- */

static int
is_trend(const char * relation)
{
    return strcmp(relation, "increases") == 0
           || strcmp(relation, "decreases") == 0
           || strcmp(relation, "constant") == 0;
}

static lb_status
read_along(const lb_claim_reader * r, lb_claim_t c, const json_t * object,
           const char * pointer)
{
    static const char * const members[] = { "parameter", "points", NULL };
    const json_t * along = json_object_get(object, "along");
    const json_t * points = json_object_get(along, "points");
    lb_status status = lb_json_check_members(along, members, pointer, r->err);

    if (status == LB_OK)
        status
            = lb_claim_get_text(r, &c->along, along, "parameter", 1, pointer);
    if (status == LB_OK)
        status = lb_claim_check_parameter(r, c->model, c->along, pointer);
    if (status == LB_OK
        && (json_array_size(points) < 2
            || json_array_size(points) > LB_CLAIM_MAX_POINTS))
        status = lb_claim_fail(r, pointer,
                               "'points' must be an array of 2 or more");
    if (status != LB_OK)
        return status;
    c->points = flint_calloc(json_array_size(points), sizeof(char *));
    for (size_t k = 0; k < json_array_size(points); k++)
    {
        const char * text;

        status
            = lb_json_text(&text, json_array_get(points, k), pointer, r->err);
        if (status != LB_OK)
            return status;
        c->points[c->n_points++] = lb_text_copy(text);
    }
    return LB_OK;
}

static lb_status
read_relation(const lb_claim_reader * r, lb_claim_t c, const json_t * object,
              const char * pointer)
{
    static const char * const along[] = { "along", NULL };
    static const char * const tolerance[] = { "tolerance", NULL };
    const json_t * value = json_object_get(object, "value");
    lb_status status
        = lb_claim_get_text(r, &c->relation, object, "relation", 1, pointer);

    if (status == LB_OK)
        status = lb_claim_get_text(r, &c->tolerance, object, "tolerance", 0,
                                   pointer);
    if (status == LB_OK && !is_trend(c->relation))
        status
            = lb_claim_refuse(r, object, along, "with this relation", pointer);
    if (status == LB_OK && strcmp(c->relation, "~") != 0
        && strcmp(c->relation, "constant") != 0)
        status = lb_claim_refuse(r, object, tolerance, "with this relation",
                                 pointer);
    if (status != LB_OK)
        return status;
    if (is_trend(c->relation))
        return value == NULL
                   ? read_along(r, c, object, pointer)
                   : lb_claim_fail(r, pointer, "a trend has no 'value'");
    if (strcmp(c->relation, "in") == 0)
        return lb_claim_get_pair(r, &c->value, &c->value_to, value, pointer);
    if (!lb_printed_relation_is_known(c->relation))
        return lb_claim_fail(
            r, pointer,
            "'relation' is one of = ~ < > <= >= << >> order in "
            "increases decreases constant");
    return lb_claim_get_text(r, &c->value, object, "value", 1, pointer);
}

/* --- claims -------------------------------------------------------------- */

/* The claim is the printed formula of a form, or a number about its
   quantity. */
static lb_status
read_form_claim(const lb_claim_reader * r, lb_claim_t c, const json_t * object,
                const char * pointer)
{
    static const char * const other[] = { "quantity", "values", NULL };
    static const char * const of_number[]
        = { "at",        "where", "limit", "cutoff",  "digits",
            "extremum",  "fit",   "peak",  "witness", "value",
            "tolerance", "along", NULL };
    static const char * const of_relation[]
        = { "value", "tolerance", "along", NULL };
    const char *id = NULL, *relation = NULL;
    const lb_form_struct * form;
    lb_claim_value * v;
    json_t * own;
    lb_status status
        = lb_json_get_string(&id, object, "form", 1, pointer, r->err);

    if (status == LB_OK)
        status = lb_json_get_string(&relation, object, "relation", 0, pointer,
                                    r->err);
    if (status == LB_OK)
        status = lb_claim_refuse(r, object, other, "beside 'form'", pointer);
    if (status != LB_OK)
        return status;
    form = lb_catalog_form(r->catalog, c->model->name, id, r->err);
    if (form == NULL)
    {
        lb_error_in(r->err, r->file, pointer);
        return r->err != NULL ? r->err->status : LB_ENAME;
    }
    if (relation == NULL && form->as_printed != NULL)
    {
        c->formula = form;
        return lb_claim_refuse(r, object, of_number, "beside a printed formula",
                               pointer);
    }

    v = append_value(c, c->model);
    lb_form_take_quantity(v->form, form);
    /* at, where and limit of the claim come on top of the form's; a number that
       is printed of a state is one at the stated drive */
    own = json_object();
    json_object_set_new(own, "quantity", json_string(form->quantity->text));
    json_object_set_new(
        own, "limit",
        json_string(form->limit == LB_LIMIT_EXACT
                            || lb_node_uses_state(form->quantity->root)
                        ? "exact"
                        : "weak-drive"));
    for (int k = 0; k < 3; k++)
    {
        static const char * const keys[] = { "at", "where", "limit" };
        json_t * member = json_object_get(object, keys[k]);

        if (member != NULL)
            json_object_set(own, keys[k], member);
    }
    lb_expr_free(v->form->quantity);
    v->form->quantity = NULL;
    status = lb_form_read_quantity(v->form, own, r->file, pointer, c->model,
                                   r->err);
    json_decref(own);
    lb_form_take_quantity(c->combination, v->form);
    lb_expr_free(c->combination->quantity);
    c->combination->quantity = NULL;
    if (status == LB_OK)
        status = lb_claim_read_value_options(r, v, object, pointer);
    if (status != LB_OK)
        return status;
    if (relation != NULL && strcmp(relation, "printed") != 0)
        return read_relation(r, c, object, pointer);
    if (form->printed_value == NULL)
        return lb_claim_fail(r, pointer, "that form has no printed number");
    status = lb_claim_refuse(r, object, of_relation,
                             "with what the form has printed", pointer);
    if (status != LB_OK)
        return status;
    c->relation = lb_text_copy(form->printed_relation);
    c->value = lb_text_copy(form->printed_value);
    return LB_OK;
}

static lb_status
read_number_claim(const lb_claim_reader * r, lb_claim_t c,
                  const json_t * object, const char * pointer)
{
    lb_status status;

    if (json_object_get(object, "values") != NULL)
        status = read_combined(r, c, object, pointer);
    else
    {
        lb_claim_value * v = append_value(c, c->model);

        status = read_common(r, c, object, pointer);
        if (status == LB_OK)
            status = lb_claim_read_value(r, v, object, pointer);
    }
    return status == LB_OK ? read_relation(r, c, object, pointer) : status;
}

static lb_status
read_claim(const lb_claim_reader * r, lb_claim_t c, const json_t * object,
           const lb_model_struct * otherwise, const char * pointer)
{
    lb_status status = find_model(r, &c->model, object, otherwise, pointer);

    lb_form_init(c->combination);
    c->pointer = lb_text_copy(pointer);
    if (status == LB_OK && c->model == NULL)
        status
            = lb_claim_fail(r, pointer, "no 'model' is named, nor by the file");
    if (status == LB_OK)
        status = lb_claim_get_text(r, &c->id, object, "id", 1, pointer);
    if (status == LB_OK)
        status = lb_claim_get_text(r, &c->place, object, "place", 1, pointer);
    if (status == LB_OK)
        status = lb_claim_get_text(r, &c->quotation, object, "quotation", 1,
                                   pointer);
    if (status == LB_OK)
        status
            = lb_claim_get_text(r, &c->garbled, object, "garbled", 0, pointer);
    if (status == LB_OK)
        status
            = lb_claim_get_text(r, &c->reading, object, "reading", 0, pointer);
    if (status == LB_OK)
        status = lb_claim_get_text(r, &c->note, object, "note", 0, pointer);
    if (status != LB_OK)
        return status;
    if (json_object_get(object, "form") != NULL)
        return read_form_claim(r, c, object, pointer);
    return read_number_claim(r, c, object, pointer);
}

/* The claim with the members that its correction changes; those of at, where
   and values one by one; null takes a member away. */
static json_t *
corrected(const json_t * object, const json_t * correction)
{
    json_t * o = json_deep_copy(object);
    const char * key;
    json_t * value;

    json_object_del(o, "correction");
    json_object_del(o, "verdict");
    json_object_del(o, "reading");
    json_object_foreach((json_t *) correction, key, value)
    {
        json_t * old = json_object_get(o, key);

        if (strcmp(key, "why") == 0 || strcmp(key, "misprint") == 0)
            continue;
        if (json_is_null(value))
            json_object_del(o, key);
        else if (json_is_object(value) && json_is_object(old))
            json_object_update(old, value);
        else
            json_object_set_new(o, key, json_deep_copy(value));
    }
    return o;
}

static const char * const claim_members[]
    = { "id",         "place",  "quotation", "garbled",  "reading", "note",
        "model",      "at",     "where",     "quantity", "limit",   "cutoff",
        "digits",     "values", "extremum",  "fit",      "peak",    "witness",
        "relation",   "value",  "tolerance", "along",    "form",    "verdict",
        "correction", NULL };

static lb_status
read_correction(const lb_claim_reader * r, lb_claim_t c, const json_t * object,
                const lb_model_struct * otherwise, const char * parent)
{
    const json_t * correction = json_object_get(object, "correction");
    char * pointer;
    json_t * merged;
    lb_status status;

    if (correction == NULL)
        return LB_OK;
    pointer = lb_text_print("%s/correction", parent);
    if (!json_is_object(correction))
        status = lb_claim_fail(r, pointer, "'correction' must be an object");
    else
    {
        c->correction = flint_calloc(1, sizeof(lb_claim_struct));
        c->correction->misprint
            = json_is_true(json_object_get(correction, "misprint"));
        merged = corrected(object, correction);
        status = lb_claim_get_text(r, &c->correction->why, correction, "why", 1,
                                   pointer);
        if (status == LB_OK)
            status
                = lb_json_check_members(merged, claim_members, pointer, r->err);
        if (status == LB_OK)
            status = read_claim(r, c->correction, merged, otherwise, pointer);
        json_decref(merged);
    }
    flint_free(pointer);
    return status;
}

static lb_status
read_whole_claim(const lb_claim_reader * r, lb_claim_t c, const json_t * object,
                 const char * pointer)
{
    const lb_model_struct * otherwise = NULL;
    lb_status status
        = lb_json_check_members(object, claim_members, pointer, r->err);

    memset(c, 0, sizeof(*c));
    lb_form_init(c->combination);
    if (status == LB_OK && r->model != NULL)
    {
        otherwise = lb_catalog_model(r->catalog, r->model, r->err);
        if (otherwise == NULL)
            status = r->err != NULL ? r->err->status : LB_EPARSE;
    }
    if (status == LB_OK)
        status = read_claim(r, c, object, otherwise, pointer);
    if (status == LB_OK)
        status
            = lb_claim_get_text(r, &c->verdict, object, "verdict", 1, pointer);
    if (status == LB_OK)
        status = read_correction(r, c, object, otherwise, pointer);
    if (status != LB_OK)
        lb_error_in(r->err, r->file, pointer);
    return status;
}

static lb_status
read_claims(lb_claim_reader * r, lb_claims_t c, const json_t * root)
{
    static const char * const members[]
        = { "schema", "paper", "title", "source", "model", "claims", NULL };
    const json_t * array = json_object_get(root, "claims");
    lb_status status = lb_json_check_schema(root, SCHEMA, r->err);

    if (status == LB_OK)
        status = lb_json_check_members(root, members, "", r->err);
    if (status == LB_OK)
        status = lb_claim_get_text(r, &c->paper, root, "paper", 1, "");
    if (status == LB_OK)
        status = lb_claim_get_text(r, &c->title, root, "title", 1, "");
    if (status == LB_OK)
        status = lb_claim_get_text(r, &c->source, root, "source", 1, "");
    if (status == LB_OK)
        status = lb_json_get_string(&r->model, root, "model", 0, "", r->err);
    if (status == LB_OK
        && (!json_is_array(array) || json_array_size(array) == 0))
        status
            = lb_claim_fail(r, "/claims", "'claims' must be a non-empty array");
    if (status != LB_OK)
        return status;

    c->claims = flint_malloc(json_array_size(array) * sizeof(lb_claim_struct));
    for (size_t k = 0; k < json_array_size(array) && status == LB_OK; k++)
    {
        char * pointer = lb_text_print("/claims/%zu", k);

        status = read_whole_claim(r, c->claims + k, json_array_get(array, k),
                                  pointer);
        if (status == LB_OK && lb_claims_find(c, c->claims[k].id) >= 0)
            status = lb_claim_fail(r, pointer, "two claims have this id");
        c->length++;
        flint_free(pointer);
    }
    return status;
}

lb_status
lb_claims_read(lb_claims_t c, const char * path, lb_catalog_t catalog,
               lb_error * err)
{
    lb_claim_reader r = { path, catalog, NULL, err };
    json_t * root = lb_json_read(path, err);
    lb_status status;

    if (root == NULL)
        return err != NULL ? err->status : LB_EPARSE;
    c->file = lb_text_copy(path);
    status = read_claims(&r, c, root);
    if (status != LB_OK)
    {
        lb_error_in(err, path, NULL);
        lb_claims_clear(c);
    }
    json_decref(root);
    return status;
}
