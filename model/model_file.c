/* model/model_file.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading goes in three steps: the JSON members into texts and expressions,
 * then the rules that need the whole file (unused names, cycles), then one
 * evaluation at CHECK_PREC bits, which finds unknown names, non-Hermitian
 * Hamiltonians and negative rates before anybody computes with the model. */
#include <string.h>

#include <lindbound/functions.h>
#include <lindbound/json_file.h>
#include <lindbound/model_file.h>
#include <lindbound/model_reader.h>
#include <lindbound/network_file.h>
#include <lindbound/text.h>

#define SCHEMA "lindbound-model/1"
#define CHECK_PREC 256
#define MAX_SUBSYSTEMS 16

/* --- reading ----------------------------------------------------------------
 */

static lb_status
parse(lb_expr ** e, const char * text, const char * pointer, lb_error * err)
{
    lb_status status = lb_expr_parse(e, text, err);

    if (status != LB_OK && err != NULL)
        lb_text_append(err->pointer, sizeof(err->pointer), "%s", pointer);
    return status;
}

lb_status
lb_reader_fail(lb_error * err, lb_status status, const char * pointer,
               const char * format, const char * name)
{
    lb_error_set(err, status, format, name);
    if (err != NULL)
        lb_text_append(err->pointer, sizeof(err->pointer), "%s", pointer);
    return status;
}

static lb_status
read_parameter(lb_model_t m, const char * name, const json_t * value,
               lb_error * err)
{
    static const char * const members[] = { "value", "unit", "doc", NULL };
    char * pointer = lb_text_print("/parameters/%s", name);
    char * value_pointer
        = lb_text_print(json_is_object(value) ? "%s/value" : "%s", pointer);
    const char *text = NULL, *unit = NULL, *doc = NULL;
    lb_expr * expr = NULL;
    lb_status status;

    if (json_is_object(value))
    {
        status = lb_json_check_members(value, members, pointer, err);
        if (status == LB_OK)
            status = lb_json_get_string(&unit, value, "unit", 0, pointer, err);
        if (status == LB_OK)
            status = lb_json_get_string(&doc, value, "doc", 0, pointer, err);
        if (status == LB_OK && json_object_get(value, "value") == NULL)
            status = lb_reader_fail(err, LB_EPARSE, pointer,
                                    "the member '%s' is missing", "value");
        if (status == LB_OK)
            status = lb_json_text(&text, json_object_get(value, "value"),
                                  value_pointer, err);
    }
    else
        status = lb_json_text(&text, value, pointer, err);
    if (status == LB_OK)
        status = parse(&expr, text, value_pointer, err);
    if (status == LB_OK)
    {
        status = lb_scope_add(m->scope, LB_SYMBOL_PARAMETER, name, expr,
                              m->file, value_pointer, err);
        if (status != LB_OK)
            lb_error_in(err, m->file, pointer);
    }
    if (status == LB_OK)
    {
        lb_symbol * symbol = m->scope->symbols + m->scope->length - 1;

        symbol->unit = lb_text_copy(unit);
        symbol->doc = lb_text_copy(doc);
    }
    lb_expr_free(expr);
    flint_free(pointer);
    flint_free(value_pointer);
    return status;
}

static lb_status
read_parameters(lb_model_t m, const json_t * root, lb_error * err)
{
    json_t * object = json_object_get(root, "parameters");
    lb_status status = LB_OK;
    const char * name;
    json_t * value;

    if (object == NULL)
        return LB_OK;
    if (!json_is_object(object))
        return lb_reader_fail(err, LB_EPARSE, "/parameters",
                              "an object of name: value is expected%s", "");
    json_object_foreach(object, name, value)
    {
        status = read_parameter(m, name, value, err);
        if (status != LB_OK)
            break;
    }
    return status;
}

static lb_status
read_subsystem(lb_model_t m, const json_t * value, const char * pointer,
               lb_error * err)
{
    static const char * const members[] = { "name", "kind", "doc", NULL };
    const char *name, *kind_name, *doc;
    lb_status status = lb_json_check_members(value, members, pointer, err);
    lb_kind kind = LB_MODE;

    if (status == LB_OK)
        status = lb_json_get_string(&name, value, "name", 1, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&kind_name, value, "kind", 1, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&doc, value, "doc", 0, pointer, err);
    if (status != LB_OK)
        return status;
    if (strcmp(kind_name, "two-level") == 0)
        kind = LB_TWO_LEVEL;
    else if (strcmp(kind_name, "mode") != 0)
        return lb_reader_fail(
            err, LB_EPARSE, pointer,
            "unknown kind '%.60s'; a subsystem is a \"mode\" or a "
            "\"two-level\" system",
            kind_name);
    status = lb_scope_add_subsystem(m->scope, name, kind, err);
    if (status != LB_OK)
        lb_error_in(err, m->file, pointer);
    return status;
}

/* Calls `read` on every element of the array root[key], which may be empty or
   missing unless `required`. */
static lb_status
read_array(lb_model_t m, const json_t * root, const char * key, int required,
           lb_status (*read)(lb_model_t, const json_t *, const char *,
                             lb_error *),
           lb_error * err)
{
    const json_t * array = json_object_get(root, key);
    char * pointer = lb_text_print("/%s", key);
    lb_status status = LB_OK;

    if (array == NULL && !required)
        status = LB_OK;
    else if (!json_is_array(array) || (required && json_array_size(array) == 0))
        status = lb_reader_fail(err, LB_EPARSE, array == NULL ? "" : pointer,
                                required ? "'%s' must be a non-empty array"
                                         : "'%s' must be an array",
                                key);
    for (size_t k = 0; status == LB_OK && k < json_array_size(array); k++)
    {
        char * place = lb_text_print("%s/%zu", pointer, k);

        status = read(m, json_array_get(array, k), place, err);
        flint_free(place);
    }
    flint_free(pointer);
    return status;
}

lb_status
lb_reader_hamiltonian(lb_model_t m, const char * text, const char * pointer,
                      lb_error * err)
{
    size_t n = (size_t) m->n_hamiltonian + 1;
    lb_expr * expr = NULL;
    lb_status status = parse(&expr, text, pointer, err);

    if (status != LB_OK)
        return status;
    m->hamiltonian = flint_realloc(m->hamiltonian, n * sizeof(lb_expr *));
    m->hamiltonian_pointers
        = flint_realloc(m->hamiltonian_pointers, n * sizeof(char *));
    m->hamiltonian[n - 1] = expr;
    m->hamiltonian_pointers[n - 1] = lb_text_copy(pointer);
    m->n_hamiltonian++;
    return LB_OK;
}

static lb_status
read_hamiltonian_term(lb_model_t m, const json_t * value, const char * pointer,
                      lb_error * err)
{
    const char * text;
    lb_status status = lb_json_text(&text, value, pointer, err);

    if (status == LB_OK)
        status = lb_reader_hamiltonian(m, text, pointer, err);
    return status;
}

/* A dissipator from texts; takes the pointers over. */
static lb_status
add_dissipator(lb_model_t m, const char * rate, const char * jump,
               char * rate_pointer, char * jump_pointer, lb_error * err)
{
    size_t n = (size_t) m->n_dissipators + 1;
    lb_dissipator * d;
    lb_status status;

    m->dissipators = flint_realloc(m->dissipators, n * sizeof(lb_dissipator));
    d = m->dissipators + n - 1;
    memset(d, 0, sizeof(*d));
    m->n_dissipators++;
    d->rate_pointer = rate_pointer;
    d->jump_pointer = jump_pointer;
    status = parse(&d->rate, rate, d->rate_pointer, err);
    if (status == LB_OK)
        status = parse(&d->jump, jump, d->jump_pointer, err);
    return status;
}

/* The texts of the members rate (required), operator (required) and, unless
   NULL, thermal. */
static lb_status
read_bath(const char ** rate, const char ** jump, const char ** thermal,
          const json_t * value, const char * pointer, lb_error * err)
{
    char * rate_pointer = lb_text_print("%s/rate", pointer);
    lb_status status = LB_OK;

    if (json_object_get(value, "rate") == NULL)
        status = lb_reader_fail(err, LB_EPARSE, pointer,
                                "the member '%s' is missing", "rate");
    if (status == LB_OK)
        status = lb_json_text(rate, json_object_get(value, "rate"),
                              rate_pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(jump, value, "operator", 1, pointer, err);
    if (status == LB_OK && thermal != NULL)
    {
        char * thermal_pointer = lb_text_print("%s/thermal", pointer);

        *thermal = NULL;
        if (json_object_get(value, "thermal") != NULL)
            status = lb_json_text(thermal, json_object_get(value, "thermal"),
                                  thermal_pointer, err);
        flint_free(thermal_pointer);
    }
    flint_free(rate_pointer);
    return status;
}

static lb_status
read_dissipator(lb_model_t m, const json_t * value, const char * pointer,
                lb_error * err)
{
    static const char * const members[] = { "rate", "operator", "doc", NULL };
    lb_status status = lb_json_check_members(value, members, pointer, err);
    const char *rate = NULL, *jump = NULL;

    if (status == LB_OK)
        status = read_bath(&rate, &jump, NULL, value, pointer, err);
    if (status == LB_OK)
        status
            = add_dissipator(m, rate, jump, lb_text_print("%s/rate", pointer),
                             lb_text_print("%s/operator", pointer), err);
    return status;
}

/* --- channels ------------------------------------------------------------ */

/* One of the dissipators of a channel: rate (thermal + 1) D[L] or, of the
   adjoint, rate thermal D[L']. */
static lb_status
add_channel_dissipator(lb_model_t m, const lb_channel * c, int adjoint,
                       lb_error * err)
{
    const char * rate = c->rate->text;
    char *product, *jump;
    lb_status status;

    if (c->thermal == NULL)
        product = lb_text_copy(rate);
    else
        product = lb_text_print(adjoint ? "(%s)*(%s)" : "(%s)*((%s) + 1)", rate,
                                c->thermal->text);
    jump = lb_text_print(adjoint ? "(%s)'" : "%s", c->coupling->text);
    status = add_dissipator(
        m, product, jump,
        lb_text_print("%s/%s%s", c->pointer, adjoint ? "thermal" : "rate",
                      c->note),
        lb_text_print("%s/operator%s", c->pointer, c->note), err);
    m->dissipators[m->n_dissipators - 1].of_channel = 1;
    flint_free(product);
    flint_free(jump);
    return status;
}

static lb_status
check_port_name(const lb_model_t m, const char * name, const char * pointer,
                lb_error * err)
{
    if (name == NULL)
        return LB_OK;
    if (!lb_name_is_valid(name))
        return lb_reader_fail(err, LB_ENAME, pointer,
                              "'%.60s' is not a name; use a letter, then "
                              "letters, digits and '_'",
                              name);
    if (lb_model_find_port(m, name) >= 0)
        return lb_reader_fail(err, LB_ENAME, pointer,
                              "a port is already called '%.60s'", name);
    return LB_OK;
}

lb_status
lb_reader_channel(lb_model_t m, const char * name, const json_t * value,
                  const char * pointer, const char * note, lb_error * err)
{
    const char *rate = NULL, *coupling = NULL, *thermal = NULL;
    size_t n = (size_t) m->n_channels + 1;
    lb_status status = check_port_name(m, name, pointer, err);
    lb_channel * c;

    if (status == LB_OK)
        status = read_bath(&rate, &coupling, &thermal, value, pointer, err);
    if (status != LB_OK)
        return status;
    m->channels = flint_realloc(m->channels, n * sizeof(lb_channel));
    c = m->channels + n - 1;
    memset(c, 0, sizeof(*c));
    m->n_channels++;
    c->name = lb_text_copy(name);
    c->pointer = lb_text_copy(pointer);
    c->note = lb_text_copy(note);
    status = lb_expr_parse(&c->rate, rate, err);
    if (status == LB_OK)
        status = lb_expr_parse(&c->coupling, coupling, err);
    if (status == LB_OK && thermal != NULL)
        status = lb_expr_parse(&c->thermal, thermal, err);
    if (status != LB_OK)
    {
        const char * member = c->rate == NULL       ? "rate"
                              : c->coupling == NULL ? "operator"
                                                    : "thermal";
        char * place = lb_text_print("%s/%s%s", pointer, member, note);

        lb_error_in(err, m->file, place);
        flint_free(place);
    }
    if (status == LB_OK)
        status = add_channel_dissipator(m, c, 0, err);
    if (status == LB_OK && thermal != NULL)
        status = add_channel_dissipator(m, c, 1, err);
    return status;
}

static lb_status
read_port(lb_model_t m, const json_t * value, const char * pointer,
          lb_error * err)
{
    static const char * const members[]
        = { "name", "rate", "operator", "thermal", "doc", NULL };
    const char * name = NULL;
    lb_status status = lb_json_check_members(value, members, pointer, err);

    if (status == LB_OK)
        status = lb_json_get_string(&name, value, "name", 1, pointer, err);
    if (status == LB_OK)
        status = lb_reader_channel(m, name, value, pointer, "", err);
    return status;
}

static lb_status
read_reservoir(lb_model_t m, const json_t * value, const char * pointer,
               lb_error * err)
{
    static const char * const members[]
        = { "rate", "operator", "thermal", "doc", NULL };
    lb_status status = lb_json_check_members(value, members, pointer, err);

    if (status == LB_OK)
        status = lb_reader_channel(m, NULL, value, pointer, "", err);
    return status;
}

lb_status
lb_reader_frequency(lb_model_t m, const json_t * root, lb_error * err)
{
    const char * name = NULL;
    lb_status status = lb_json_get_string(&name, root, "frequency", 0, "", err);
    slong k;

    if (status != LB_OK || name == NULL)
        return status;
    k = lb_scope_find(m->scope, name);
    if (k < 0 || m->scope->symbols[k].kind != LB_SYMBOL_PARAMETER)
        return lb_reader_fail(err, LB_ENAME, "/frequency",
                              "'%.60s' is not the name of a parameter", name);
    m->frequency = lb_text_copy(name);
    return LB_OK;
}

/* --- observables --------------------------------------------------------- */

static lb_status
read_observable(lb_model_t m, const char * name, const json_t * value,
                lb_error * err)
{
    static const char * const members[] = { "value", "at", "doc", NULL };
    size_t n = (size_t) m->n_observables + 1;
    char * pointer = lb_text_print("/observables/%s", name);
    char * at_pointer = lb_text_print("%s/at", pointer);
    const char *text = NULL, *doc = NULL;
    lb_status status = LB_OK;
    lb_observable * o;

    m->observables = flint_realloc(m->observables, n * sizeof(lb_observable));
    o = m->observables + n - 1;
    memset(o, 0, sizeof(*o));
    lb_settings_init(o->at);
    m->n_observables++;
    o->name = lb_text_copy(name);
    o->pointer
        = lb_text_print(json_is_object(value) ? "%s/value" : "%s", pointer);
    if (!lb_name_is_valid(name))
        status = lb_reader_fail(
            err, LB_ENAME, "/observables",
            "'%.60s' is not a name; use a letter, then letters, "
            "digits and '_'",
            name);
    if (status == LB_OK && json_is_object(value))
    {
        status = lb_json_check_members(value, members, pointer, err);
        if (status == LB_OK)
            status = lb_json_get_string(&text, value, "value", 1, pointer, err);
        if (status == LB_OK)
            status = lb_json_get_string(&doc, value, "doc", 0, pointer, err);
        if (status == LB_OK)
            status = lb_json_get_settings(o->at, json_object_get(value, "at"),
                                          m->file, at_pointer, err);
        o->doc = lb_text_copy(doc);
    }
    else if (status == LB_OK)
        status = lb_json_text(&text, value, pointer, err);
    if (status == LB_OK)
        status = parse(&o->expr, text, o->pointer, err);
    flint_free(pointer);
    flint_free(at_pointer);
    return status;
}

lb_status
lb_reader_observables(lb_model_t m, const json_t * root, lb_error * err)
{
    json_t * object = json_object_get(root, "observables");
    lb_status status = LB_OK;
    const char * name;
    json_t * value;

    if (object == NULL)
        return LB_OK;
    if (!json_is_object(object))
        return lb_reader_fail(err, LB_EPARSE, "/observables",
                              "an object of name: expression is expected%s",
                              "");
    json_object_foreach(object, name, value)
    {
        status = read_observable(m, name, value, err);
        if (status != LB_OK)
            break;
    }
    return status;
}

static lb_status
read_drives(lb_model_t m, const json_t * root, lb_error * err)
{
    const json_t * array = json_object_get(root, "drive");

    if (array == NULL)
        return LB_OK;
    if (!json_is_array(array))
        return lb_reader_fail(err, LB_EPARSE, "/drive",
                              "an array of parameter names is expected%s", "");
    for (size_t k = 0; k < json_array_size(array); k++)
    {
        const char * name = json_string_value(json_array_get(array, k));
        slong symbol = name == NULL ? -1 : lb_scope_find(m->scope, name);

        if (symbol < 0 || m->scope->symbols[symbol].kind != LB_SYMBOL_PARAMETER)
            return lb_reader_fail(err, LB_ENAME, "/drive",
                                  "'%.60s' is not the name of a parameter",
                                  name == NULL ? "(no string)" : name);
        m->scope->symbols[symbol].drive = 1;
    }
    return LB_OK;
}

static lb_status
read_drive_unit(lb_model_t m, const json_t * root, lb_error * err)
{
    const json_t * value = json_object_get(root, "drive_unit");
    const char * text = NULL;
    lb_status status;

    if (value == NULL)
        return LB_OK;
    status = lb_json_text(&text, value, "/drive_unit", err);
    if (status == LB_OK)
        status = parse(&m->drive_unit, text, "/drive_unit", err);
    return status;
}

static lb_status
read_conventions(lb_model_t m, const json_t * root, lb_error * err)
{
    const json_t * array = json_object_get(root, "conventions");
    size_t n = json_array_size(array);

    if (array == NULL)
        return LB_OK;
    m->conventions = flint_calloc(n + 1, sizeof(char *));
    for (size_t k = 0; k < n; k++)
    {
        const char * text = json_string_value(json_array_get(array, k));

        if (text == NULL)
            return lb_reader_fail(err, LB_EPARSE, "/conventions",
                                  "an array of sentences is expected%s", "");
        m->conventions[m->n_conventions++] = lb_text_copy(text);
    }
    return LB_OK;
}

lb_status
lb_reader_head(lb_model_t m, const json_t * root, const char * schema,
               const char * const * members, lb_error * err)
{
    const char *name = NULL, *title = NULL, *source = NULL;
    lb_status status = lb_json_check_schema(root, schema, err);

    if (status == LB_OK)
        status = lb_json_check_members(root, members, "", err);
    if (status == LB_OK)
        status = lb_json_get_string(&name, root, "name", 1, "", err);
    if (status == LB_OK)
        status = lb_json_get_string(&title, root, "title", 0, "", err);
    if (status == LB_OK)
        status = lb_json_get_string(&source, root, "source", 0, "", err);
    m->name = lb_text_copy(name != NULL ? name : "");
    m->title = lb_text_copy(title != NULL ? title : "");
    m->source = lb_text_copy(source != NULL ? source : "");
    if (status == LB_OK)
        status = read_conventions(m, root, err);
    return status;
}

lb_status
lb_reader_parameters(lb_model_t m, const json_t * root, lb_error * err)
{
    lb_status status = read_parameters(m, root, err);

    if (status == LB_OK)
        status = read_drives(m, root, err);
    if (status == LB_OK)
        status = read_drive_unit(m, root, err);
    return status;
}

static lb_status
read_members(lb_model_t m, const json_t * root, lb_error * err)
{
    static const char * const members[]
        = { "schema",      "name",       "title",       "source",
            "conventions", "drive",      "drive_unit",  "parameters",
            "subsystems",  "frequency",  "hamiltonian", "dissipators",
            "ports",       "reservoirs", "observables", NULL };
    int channels = json_object_get(root, "ports") != NULL
                   || json_object_get(root, "reservoirs") != NULL;
    lb_status status = lb_reader_head(m, root, SCHEMA, members, err);

    if (status == LB_OK)
        status = read_array(m, root, "subsystems", 1, read_subsystem, err);
    if (status == LB_OK && m->scope->subsystems > MAX_SUBSYSTEMS && !channels)
        status = lb_reader_fail(err, LB_EDIM, "/subsystems",
                                "more than 16 subsystems%s", "");
    if (status == LB_OK)
        status = lb_reader_parameters(m, root, err);
    if (status == LB_OK)
        status = lb_reader_frequency(m, root, err);
    if (status == LB_OK)
        status = read_array(m, root, "hamiltonian", !channels,
                            read_hamiltonian_term, err);
    if (status == LB_OK)
        status = read_array(m, root, "dissipators", !channels, read_dissipator,
                            err);
    if (status == LB_OK)
        status = read_array(m, root, "ports", 0, read_port, err);
    if (status == LB_OK)
        status = read_array(m, root, "reservoirs", 0, read_reservoir, err);
    if (status == LB_OK)
        status = lb_reader_observables(m, root, err);
    return status;
}

/* --- rules for the whole file ------------------------------------------------
 */

static void
mark_settings_used(char * used, const lb_scope_t scope,
                   const lb_settings_t settings)
{
    for (slong k = 0; k < settings->length; k++)
    {
        lb_expr * e;

        if (lb_expr_parse(&e, settings->texts[k], NULL) != LB_OK)
            continue; /* reported when the settings are applied */
        lb_scope_mark_used(used, scope, e->root);
        lb_expr_free(e);
    }
}

static lb_status
check_unused(const lb_model_t m, lb_error * err)
{
    char * used = flint_calloc((size_t) m->scope->length + 1, 1);
    lb_status status = LB_OK;

    for (slong k = 0; k < m->n_hamiltonian; k++)
        lb_scope_mark_used(used, m->scope, m->hamiltonian[k]->root);
    for (slong k = 0; k < m->n_dissipators; k++)
    {
        lb_scope_mark_used(used, m->scope, m->dissipators[k].rate->root);
        lb_scope_mark_used(used, m->scope, m->dissipators[k].jump->root);
    }
    for (slong k = 0; k < m->n_observables; k++)
    {
        lb_scope_mark_used(used, m->scope, m->observables[k].expr->root);
        mark_settings_used(used, m->scope, m->observables[k].at);
    }
    if (m->frequency != NULL)
    {
        slong k = lb_scope_find(m->scope, m->frequency);

        used[k] = 1;
        lb_scope_mark_used(used, m->scope, m->scope->symbols[k].expr->root);
    }
    for (slong k = 0; k < m->scope->length && status == LB_OK; k++)
        if (!used[k])
        {
            const lb_symbol * s = m->scope->symbols + k;

            status = lb_reader_fail(
                err, LB_ENAME, s->pointer != NULL ? s->pointer : "/subsystems",
                s->kind == LB_SYMBOL_PARAMETER
                    ? "parameter '%s' is used by no Hamiltonian term, "
                      "dissipator or observable; remove it or use it"
                    : "subsystem '%s' is used by no Hamiltonian term, "
                      "dissipator or observable; remove it or use it",
                s->name);
        }
    flint_free(used);
    return status;
}

/* A drive that depends on another drive would be scaled twice. */
static lb_status
check_drives(const lb_model_t m, lb_error * err)
{
    const lb_scope_struct * s = m->scope;
    char * used = flint_calloc((size_t) s->length + 1, 1);
    lb_status status = LB_OK;

    for (slong k = 0; k < s->length && status == LB_OK; k++)
    {
        if (!s->symbols[k].drive)
            continue;
        memset(used, 0, (size_t) s->length);
        lb_scope_mark_used(used, s, s->symbols[k].expr->root);
        for (slong j = 0; j < s->length; j++)
            if (used[j] && s->symbols[j].drive)
                status
                    = lb_reader_fail(err, LB_EDOM, "/drive",
                                     "the drive '%s' depends on another drive; "
                                     "list only the independent ones",
                                     s->symbols[k].name);
    }
    flint_free(used);
    return status;
}

/* --- one evaluation ---------------------------------------------------------
 */

static lb_status
check_parameters(const lb_model_t m, lb_env_t env, lb_error * err)
{
    lb_status status = LB_OK;
    lb_scalar_t x;

    lb_scalar_init(x);
    for (slong k = 0; k < env->scope->length && status == LB_OK; k++)
    {
        const lb_symbol * symbol = env->scope->symbols + k;

        if (symbol->kind != LB_SYMBOL_PARAMETER)
            continue;
        status = lb_env_symbol(x, env, k, err);
        if (status == LB_OK && !acb_is_finite(x->coefficient))
        {
            status = lb_error_set(err, LB_EDOM,
                                  "the value of '%s' is not finite (a "
                                  "division by zero?)",
                                  symbol->name);
            lb_error_in(err, symbol->file, symbol->pointer);
        }
        if (status != LB_OK)
            lb_error_in(err, m->file, symbol->pointer);
    }
    lb_scalar_clear(x);
    return status;
}

/* A quantity of the model (S and the like) when only texts are checked. */
static lb_status
any_quantity(lb_scalar_t out, const lb_node * call, struct lb_env_struct * env,
             void * context, slong prec, lb_error * err)
{
    const lb_model_struct * m = context;
    const lb_function * f = lb_function_find(call->name);

    (void) env;
    (void) prec;
    lb_scalar_indeterminate(out);
    for (slong k = 0; f->of_ports && m->n_channels > 0 && k < call->arity; k++)
        if (call->args[k]->kind != LB_NODE_NAME
            || lb_model_find_port(m, call->args[k]->name) < 0)
        {
            lb_error_set(err, LB_ENAME, "%s: not the name of a port", f->usage);
            lb_error_at_column(err, call->args[k]->column);
            return LB_EDOM;
        }
    return LB_OK;
}

static lb_status
check_channels(const lb_model_t m, lb_env_t env, lb_error * err)
{
    lb_status status = LB_OK;
    lb_opoly_t coupling;
    arb_t rate, thermal;

    arb_init(rate);
    arb_init(thermal);
    lb_opoly_init(coupling, env->scope->kinds, env->scope->subsystems);
    for (slong k = 0; k < m->n_channels && status == LB_OK; k++)
        status = lb_channel_evaluate(rate, thermal, coupling, m, k, env, err);
    lb_opoly_clear(coupling);
    arb_clear(rate);
    arb_clear(thermal);
    return status;
}

/* Evaluates everything with the settings of one observable (NULL: as the
   file stands). */
static lb_status
check_at(const lb_model_t m, const lb_observable * o, lb_error * err)
{
    lb_problem_t problem;
    lb_scope_t scope;
    lb_scalar_t x;
    lb_env_t env;
    lb_status status
        = lb_model_scope_at(scope, m, o == NULL ? NULL : o->at, err);

    if (status != LB_OK)
        return status;
    lb_env_init(env, scope, CHECK_PREC);
    lb_scalar_init(x);
    status = check_parameters(m, env, err);
    if (status == LB_OK)
        status = check_channels(m, env, err);
    if (status == LB_OK)
    {
        status = lb_problem_init(problem, m, env, err);
        lb_problem_clear(problem);
    }
    if (status == LB_OK && m->drive_unit != NULL)
    {
        status = lb_env_scalar(x, env, m->drive_unit, err);
        if (status != LB_OK)
            lb_error_in(err, m->file, "/drive_unit");
    }
    if (status == LB_OK && o != NULL)
    {
        env->expectation = lb_expectation_unknown;
        env->quantity = any_quantity;
        env->quantity_context = (void *) m;
        status = lb_env_scalar(x, env, o->expr, err);
        if (status != LB_OK)
            lb_error_in(err, m->file, o->pointer);
    }
    lb_scalar_clear(x);
    lb_env_clear(env);
    lb_scope_clear(scope);
    return status;
}

static lb_status
check_model(const lb_model_t m, lb_error * err)
{
    lb_status status = lb_scope_check_cycles(m->scope, err);

    if (status == LB_OK)
        status = check_at(m, NULL, err);
    for (slong k = 0; k < m->n_observables && status == LB_OK; k++)
        status = check_at(m, m->observables + k, err);
    if (status == LB_OK)
        status = check_drives(m, err);
    if (status == LB_OK)
        status = check_unused(m, err);
    return status;
}

lb_status
lb_model_from_json(lb_model_t m, const json_t * root, const char * file,
                   lb_error * err)
{
    lb_status status;

    m->file = lb_text_copy(file);
    if (lb_network_is_json(root))
        status = lb_network_members(m, root, err);
    else
        status = read_members(m, root, err);
    if (status == LB_OK)
        status = check_model(m, err);
    if (status != LB_OK)
    {
        if (err != NULL && err->file[0] == '\0')
            lb_text_append(err->file, sizeof(err->file), "%s", file);
        lb_model_clear(m);
    }
    return status;
}

lb_status
lb_model_read(lb_model_t m, const char * path, lb_error * err)
{
    json_t * root = lb_json_read(path, err);
    lb_status status;

    if (root == NULL)
        return err != NULL ? err->status : LB_EPARSE;
    status = lb_model_from_json(m, root, path, err);
    json_decref(root);
    return status;
}

/* --- writing ------------------------------------------------------------- */

static void
set_text(json_t * object, const char * key, const char * text)
{
    if (text != NULL && text[0] != '\0')
        json_object_set_new(object, key, json_string(text));
}

static void
write_symbols(json_t * root, const lb_scope_t s)
{
    json_t * drives = json_array();
    json_t * parameters = json_object();
    json_t * subsystems = json_array();

    for (slong k = 0; k < s->length; k++)
    {
        const lb_symbol * symbol = s->symbols + k;
        json_t * entry = json_object();

        if (symbol->kind == LB_SYMBOL_SUBSYSTEM)
        {
            set_text(entry, "name", symbol->name);
            set_text(entry, "kind",
                     s->kinds[symbol->index] == LB_MODE ? "mode" : "two-level");
            json_array_append_new(subsystems, entry);
            continue;
        }
        set_text(entry, "value", symbol->expr->text);
        set_text(entry, "unit", symbol->unit);
        set_text(entry, "doc", symbol->doc);
        json_object_set_new(parameters, symbol->name, entry);
        if (symbol->drive)
            json_array_append_new(drives, json_string(symbol->name));
    }
    json_object_set_new(root, "drive", drives);
    json_object_set_new(root, "parameters", parameters);
    json_object_set_new(root, "subsystems", subsystems);
}

static void
write_channels(json_t * root, const lb_model_t m)
{
    json_t * ports = json_array();
    json_t * reservoirs = json_array();

    for (slong k = 0; k < m->n_channels; k++)
    {
        const lb_channel * c = m->channels + k;
        json_t * entry = json_object();

        set_text(entry, "name", c->name);
        set_text(entry, "rate", c->rate->text);
        set_text(entry, "operator", c->coupling->text);
        if (c->thermal != NULL)
            set_text(entry, "thermal", c->thermal->text);
        json_array_append_new(c->name != NULL ? ports : reservoirs, entry);
    }
    set_text(root, "frequency", m->frequency);
    if (json_array_size(ports) > 0)
        json_object_set(root, "ports", ports);
    if (json_array_size(reservoirs) > 0)
        json_object_set(root, "reservoirs", reservoirs);
    json_decref(ports);
    json_decref(reservoirs);
}

json_t *
lb_model_json(const lb_model_t m)
{
    json_t * root = json_object();
    json_t * list = json_array();

    set_text(root, "schema", SCHEMA);
    set_text(root, "name", m->name);
    set_text(root, "title", m->title);
    set_text(root, "source", m->source);
    if (m->drive_unit != NULL)
        set_text(root, "drive_unit", m->drive_unit->text);
    for (slong k = 0; k < m->n_conventions; k++)
        json_array_append_new(list, json_string(m->conventions[k]));
    json_object_set_new(root, "conventions", list);
    write_symbols(root, m->scope);

    list = json_array();
    for (slong k = 0; k < m->n_hamiltonian; k++)
        json_array_append_new(list, json_string(m->hamiltonian[k]->text));
    json_object_set_new(root, "hamiltonian", list);

    list = json_array();
    for (slong k = 0; k < m->n_dissipators; k++)
    {
        json_t * entry;

        if (m->dissipators[k].of_channel)
            continue;
        entry = json_object();
        set_text(entry, "rate", m->dissipators[k].rate->text);
        set_text(entry, "operator", m->dissipators[k].jump->text);
        json_array_append_new(list, entry);
    }
    json_object_set_new(root, "dissipators", list);
    write_channels(root, m);

    list = json_object();
    for (slong k = 0; k < m->n_observables; k++)
    {
        const lb_observable * o = m->observables + k;
        json_t * entry = json_object();

        set_text(entry, "value", o->expr->text);
        if (o->at->length > 0)
            json_object_set_new(entry, "at", lb_settings_json(o->at));
        set_text(entry, "doc", o->doc);
        json_object_set_new(list, o->name, entry);
    }
    json_object_set_new(root, "observables", list);
    return root;
}

lb_status
lb_model_write(const char * path, const lb_model_t m, lb_error * err)
{
    json_t * root = lb_model_json(m);
    lb_status status = lb_json_write(path, root, err);

    json_decref(root);
    return status;
}
