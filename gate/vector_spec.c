/* gate/vector_spec.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <string.h>

#include <lindbound/cutoff.h>
#include <lindbound/evaluate.h>
#include <lindbound/form.h>
#include <lindbound/json_file.h>
#include <lindbound/model_file.h>
#include <lindbound/rational.h>
#include <lindbound/table_hash.h>
#include <lindbound/text.h>
#include <lindbound/vector_spec.h>

#define SCHEMA "lindbound-vector-spec/1"
#define DIGITS 12
#define MAX_DIGITS 1000
#define MAX_DIMENSION 1024
#define MAX_PROBLEMS 10000 /* of one object */
#define CHECK_PREC 64

/* --- init and clear ------------------------------------------------------ */

void
lb_vector_spec_init(lb_vector_spec_t s)
{
    memset(s, 0, sizeof(*s));
    lb_model_init(s->model);
}

static void
free_texts(char ** texts, slong n)
{
    for (slong k = 0; k < n; k++)
        flint_free(texts[k]);
    flint_free(texts);
}

static void
value_clear(lb_spec_value * v)
{
    flint_free(v->name);
    lb_expr_free(v->expr);
    flint_free(v->relative);
    flint_free(v->absolute);
    free_texts(v->flags, v->n_flags);
    free_texts(v->cutoffs, v->n_cutoffs);
    flint_free(v->pointer);
}

static void
problem_clear(lb_spec_problem * p)
{
    flint_free(p->id);
    lb_settings_clear(p->parameters);
    flint_free(p->cutoff);
    flint_free(p->refuse);
    for (slong k = 0; k < p->n_values; k++)
        value_clear(p->values + k);
    flint_free(p->values);
    flint_free(p->pointer);
}

void
lb_vector_spec_clear(lb_vector_spec_t s)
{
    flint_free(s->file);
    flint_free(s->name);
    flint_free(s->version);
    flint_free(s->title);
    json_decref(s->model_json);
    flint_free(s->spec_hash);
    flint_free(s->model_hash);
    lb_model_clear(s->model);
    for (slong k = 0; k < s->n_problems; k++)
        problem_clear(s->problems + k);
    flint_free(s->problems);
    lb_vector_spec_init(s);
}

slong
lb_vector_spec_length(const lb_vector_spec_t s)
{
    slong n = 0;

    for (slong k = 0; k < s->n_problems; k++)
        n += s->problems[k].n_values;
    return n;
}

/* --- lists of texts ------------------------------------------------------ */

static int
has_text(char * const * texts, slong n, const char * text)
{
    for (slong k = 0; k < n; k++)
        if (strcmp(texts[k], text) == 0)
            return 1;
    return 0;
}

int
lb_spec_value_has_flag(const lb_spec_value * value, const char * flag)
{
    return has_text(value->flags, value->n_flags, flag);
}

static void
add_text(char *** texts, slong * n, const char * text)
{
    *texts = flint_realloc(*texts, (size_t) (*n + 1) * sizeof(char *));
    (*texts)[(*n)++] = lb_text_copy(text);
}

/* A part of an id. */
static int
is_id_part(const char * text)
{
    size_t n = 0;

    while (isalnum((unsigned char) text[n])
           || (text[n] != '\0' && strchr("_.-", text[n]) != NULL))
        n++;
    return n > 0 && text[n] == '\0';
}

/* The member @p key of @p object, a list of texts, or NULL. */
static lb_status
get_texts(const json_t ** list, const json_t * object, const char * key,
          const char * pointer, lb_error * err)
{
    *list = json_object_get(object, key);
    if (*list == NULL)
        return LB_OK;
    if (!json_is_array(*list))
        return lb_json_fail(err, pointer, key, "'%s' is a list of texts", key);
    for (size_t k = 0; k < json_array_size(*list); k++)
        if (!json_is_string(json_array_get(*list, k)))
            return lb_json_fail(err, pointer, key, "'%s' is a list of texts",
                                key);
    return LB_OK;
}

/* --- what is inherited --------------------------------------------------- */

/* What the spec says for all problems, a problem for its values. */
typedef struct
{
    slong digits, max_dimension;
    const char *relative, *absolute;
    lb_difficulty difficulty;
    const json_t * cutoffs; /* NULL: none */
    slong n_flags;
    char ** flags;
} goal;

/* An exact decimal >= 0, as a tolerance is. */
static lb_status
read_tolerance(const char ** out, const json_t * object, const char * key,
               const char * pointer, lb_error * err)
{
    const char * text = NULL;
    lb_status status = lb_json_get_string(&text, object, key, 0, pointer, err);
    fmpq_t x;

    if (status != LB_OK || text == NULL)
        return status;
    fmpq_init(x);
    if (strchr(text, '/') != NULL || lb_rational_read(x, text, NULL) != LB_OK
        || fmpq_sgn(x) < 0)
        status = lb_json_fail(err, pointer, key,
                              "'%.40s' is not an exact decimal >= 0 such as "
                              "1e-6",
                              text);
    fmpq_clear(x);
    *out = text;
    return status;
}

static lb_status
read_difficulty(lb_difficulty * difficulty, const json_t * object,
                const char * pointer, lb_error * err)
{
    const char * text = NULL;
    lb_status status
        = lb_json_get_string(&text, object, "difficulty", 0, pointer, err);
    int found;

    if (status != LB_OK || text == NULL)
        return status;
    found = lb_difficulty_find(text);
    if (found < 0)
        return lb_json_fail(err, pointer, "difficulty",
                            "'%.40s' is not one of lower, average, higher",
                            text);
    *difficulty = (lb_difficulty) found;
    return LB_OK;
}

/* Adds those of @p object that are new. */
static lb_status
read_flags(goal * g, const json_t * object, const char * pointer,
           lb_error * err)
{
    const json_t * list;
    lb_status status = get_texts(&list, object, "flags", pointer, err);

    for (size_t k = 0; k < json_array_size(list) && status == LB_OK; k++)
    {
        const char * flag = json_string_value(json_array_get(list, k));

        if (strcmp(flag, "rounded") == 0)
            return lb_json_fail(err, pointer, "flags",
                                "'rounded' is found by lindbound; leave it "
                                "out");
        if (!lb_vector_flag_is_known(flag))
            return lb_json_fail(err, pointer, "flags",
                                "'%.40s' is not one of the flags in "
                                "docs/vectors.md",
                                flag);
        if (!has_text(g->flags, g->n_flags, flag))
            add_text(&g->flags, &g->n_flags, flag);
    }
    return status;
}

/* What @p object says replaces what @p outer says, but flags add up.  Free
   g->flags whatever the status. */
static lb_status
read_goal(goal * g, const goal * outer, const json_t * object,
          const char * pointer, lb_error * err)
{
    const json_t * cutoffs = NULL;
    lb_status status;

    *g = *outer;
    g->flags = NULL;
    g->n_flags = 0;
    for (slong k = 0; k < outer->n_flags; k++)
        add_text(&g->flags, &g->n_flags, outer->flags[k]);
    status = lb_json_get_integer(&g->digits, object, "digits", 1, MAX_DIGITS,
                                 pointer, err);
    if (status == LB_OK)
        status = lb_json_get_integer(&g->max_dimension, object, "max_dimension",
                                     1, 1000000, pointer, err);
    if (status == LB_OK)
        status = read_tolerance(&g->relative, object, "relative", pointer, err);
    if (status == LB_OK)
        status = read_tolerance(&g->absolute, object, "absolute", pointer, err);
    if (status == LB_OK)
        status = read_difficulty(&g->difficulty, object, pointer, err);
    if (status == LB_OK)
        status = get_texts(&cutoffs, object, "cutoffs", pointer, err);
    if (cutoffs != NULL)
        g->cutoffs = cutoffs;
    if (status == LB_OK)
        status = read_flags(g, object, pointer, err);
    return status;
}

/* --- values -------------------------------------------------------------- */

/* What the values of one problem share. */
typedef struct
{
    const lb_vector_spec_struct * spec;
    const lb_scope_struct * scope; /* at the parameters of the problem */
    lb_spec_problem * problem;
} reader;

/* "N<=3" for "3"; release with flint_free. */
static lb_status
read_cutoff(char ** out, const char * text, const lb_scope_t scope,
            const char * pointer, const char * member, lb_error * err)
{
    lb_cutoff_t cutoff;
    lb_error why;
    lb_status status;

    lb_error_clear(&why);
    lb_cutoff_init(cutoff, scope->kinds, scope->subsystems);
    status = lb_cutoff_parse(cutoff, text, scope, &why);
    if (status == LB_OK)
        *out = lb_cutoff_get_str(cutoff, scope);
    else
        lb_json_fail(err, pointer, member, "cutoff '%.40s': %s", text,
                     why.text);
    lb_cutoff_clear(cutoff);
    return status;
}

static lb_status
read_cutoffs(lb_spec_value * v, const goal * g, const reader * r,
             const char * pointer, lb_error * err)
{
    lb_status status = LB_OK;

    /* without a state there is nothing to cut off */
    if (!lb_node_uses_state(v->expr->root) || r->problem->refuse != NULL)
        return LB_OK;
    for (size_t k = 0; k < json_array_size(g->cutoffs) && status == LB_OK; k++)
    {
        char * cutoff = NULL;

        status = read_cutoff(&cutoff,
                             json_string_value(json_array_get(g->cutoffs, k)),
                             r->scope, pointer, "cutoffs", err);
        if (status == LB_OK && has_text(v->cutoffs, v->n_cutoffs, cutoff))
            status = lb_json_fail(err, pointer, "cutoffs",
                                  "cutoff %s is there twice", cutoff);
        else if (status == LB_OK)
            add_text(&v->cutoffs, &v->n_cutoffs, cutoff);
        flint_free(cutoff);
    }
    return status;
}

/* An observable whose own settings are not those of the problem would be
   another quantity than its name says. */
static lb_status
check_settings(const lb_observable * o, const reader * r, lb_error * err)
{
    for (slong k = 0; k < o->at->length; k++)
    {
        const char * name = o->at->names[k];
        slong symbol = lb_scope_find(r->scope, name);
        const char * text = r->scope->symbols[symbol].expr->text;

        if (strcmp(text, o->at->texts[k]) != 0)
            return lb_error_set(err, LB_EPARSE,
                                "the observable '%.60s' is meant for %.60s = "
                                "%.60s, here it is %.60s; set the parameter, "
                                "or give the expression",
                                o->name, name, o->at->texts[k], text);
    }
    return LB_OK;
}

/* All names are known and a number is asked for; nothing is solved. */
static lb_status
check_expression(const lb_expr * e, const reader * r, lb_error * err)
{
    lb_scalar_t x;
    lb_env_t env;
    lb_status status;

    lb_scalar_init(x);
    lb_env_init(env, r->scope, CHECK_PREC);
    env->expectation = lb_expectation_unknown;
    env->quantity = lb_quantity_unknown;
    status = lb_env_scalar(x, env, e, err);
    lb_env_clear(env);
    lb_scalar_clear(x);
    return status == LB_EPREC ? LB_OK : status;
}

/* The text of an observable or an expression. */
static lb_status
read_expression(lb_spec_value * v, const char * text, const reader * r,
                lb_error * err)
{
    const lb_model_struct * m = r->spec->model;
    slong k = lb_model_find_observable(m, text);
    lb_status status = LB_OK;

    if (k >= 0)
    {
        v->expr = lb_expr_share(m->observables[k].expr);
        status = check_settings(m->observables + k, r, err);
    }
    else
        status = lb_expr_parse(&v->expr, text, err);
    if (status == LB_OK)
        status = check_expression(v->expr, r, err);
    return status;
}

/* Digits after the point that a radius below @p tolerance has, and more. */
static slong
zero_digits(const char * tolerance)
{
    enum
    {
        MORE = 2
    };
    slong digits = 0;
    fmpq_t x;
    arb_t t;

    fmpq_init(x);
    arb_init(t);
    if (lb_rational_read(x, tolerance, NULL) == LB_OK && fmpq_sgn(x) > 0)
    {
        arb_set_fmpq(t, x, 64);
        arb_log_base_ui(t, t, 10, 64);
        digits = MORE - arf_get_si(arb_midref(t), ARF_RND_FLOOR);
    }
    fmpq_clear(x);
    arb_clear(t);
    return FLINT_MAX(digits, 1);
}

static lb_status
check_value(const lb_spec_value * v, const reader * r, const char * pointer,
            lb_error * err)
{
    const lb_spec_problem * p = r->problem;
    int state = lb_node_uses_state(v->expr->root);

    if (!is_id_part(v->name))
        return lb_json_fail(err, pointer, NULL,
                            "'%.60s' cannot be the end of an id; give the "
                            "value a name of letters, digits, '_', '.' and "
                            "'-': {\"name\": ..., \"value\": ...}",
                            v->name);
    for (slong k = 0; k < p->n_values - 1; k++)
        if (strcmp(p->values[k].name, v->name) == 0)
            return lb_json_fail(err, pointer, NULL,
                                "the problem has two values '%.60s'", v->name);
    if (!state && p->level != LB_TABLE_CLOSED_FORM && p->refuse == NULL)
        return lb_json_fail(err, pointer, NULL,
                            "'%.60s' needs no Fock space: it belongs in a "
                            "problem of level closed-form",
                            v->name);
    if (lb_spec_value_has_flag(v, "exact-zero") && p->refuse == NULL
        && strspn(v->absolute, "0.") == strlen(v->absolute))
        return lb_json_fail(err, pointer, NULL,
                            "a value that is exactly zero needs an absolute "
                            "tolerance");
    return LB_OK;
}

static lb_status
read_value(reader * r, const goal * outer, const json_t * object,
           const char * pointer, lb_error * err)
{
    static const char * const members[]
        = { "name",       "value", "digits",  "relative", "absolute",
            "difficulty", "flags", "cutoffs", NULL };
    lb_spec_problem * p = r->problem;
    lb_spec_value * v = p->values + p->n_values;
    const char *name = json_string_value(object), *text = NULL;
    json_t * empty = json_object();
    goal g = *outer;
    lb_status status = LB_OK;

    memset(v, 0, sizeof(*v));
    p->n_values++;
    if (name == NULL)
    {
        status = lb_json_check_members(object, members, pointer, err);
        if (status == LB_OK)
            status = lb_json_get_string(&name, object, "name", 1, pointer, err);
        if (status == LB_OK)
            status
                = lb_json_get_string(&text, object, "value", 0, pointer, err);
    }
    v->pointer = lb_text_print("%s%s", pointer, text != NULL ? "/value" : "");
    g.flags = NULL;
    g.n_flags = 0;
    if (status == LB_OK)
        status = read_goal(&g, outer, json_is_object(object) ? object : empty,
                           pointer, err);
    v->flags = g.flags;
    v->n_flags = g.n_flags;
    if (status == LB_OK)
    {
        v->name = lb_text_copy(name);
        v->digits = g.digits;
        v->relative = lb_text_copy(g.relative);
        v->absolute = lb_text_copy(g.absolute);
        v->difficulty = g.difficulty;
        if (lb_spec_value_has_flag(v, "exact-zero"))
            v->digits = FLINT_MAX(v->digits, zero_digits(v->absolute));
        status = read_expression(v, text != NULL ? text : name, r, err);
        if (status != LB_OK)
            lb_json_error_at(err, v->pointer);
    }
    if (status == LB_OK)
        status = check_value(v, r, pointer, err);
    if (status == LB_OK)
        status = read_cutoffs(v, &g, r, pointer, err);
    json_decref(empty);
    return status;
}

/* --- a problem ----------------------------------------------------------- */

static lb_status
read_level(lb_spec_problem * p, const json_t * object, const lb_vector_spec_t s,
           const char * pointer, lb_error * err)
{
    static const lb_table_level levels[]
        = { LB_TABLE_FULL, LB_TABLE_CLOSED_FORM, LB_TABLE_TRUNCATED };
    const char * text = NULL;
    lb_status status
        = lb_json_get_string(&text, object, "level", 0, pointer, err);

    p->level = p->cutoff != NULL          ? LB_TABLE_TRUNCATED
               : s->model->n_channels > 0 ? LB_TABLE_CLOSED_FORM
                                          : LB_TABLE_FULL;
    if (status != LB_OK || text == NULL)
        return status;
    for (size_t k = 0; k < sizeof(levels) / sizeof(levels[0]); k++)
        if (strcmp(text, lb_table_level_str(levels[k])) == 0)
        {
            p->level = levels[k];
            if ((p->level == LB_TABLE_TRUNCATED) != (p->cutoff != NULL))
                return lb_json_fail(err, pointer, "level",
                                    "level truncated and 'cutoff' go "
                                    "together");
            return LB_OK;
        }
    return lb_json_fail(err, pointer, "level",
                        "level '%.40s' is not one of full, closed-form, "
                        "truncated",
                        text);
}

/* The members but for those of `for` and `values`. */
static lb_status
read_problem_members(reader * r, const json_t * object, const char * pointer,
                     lb_error * err)
{
    lb_spec_problem * p = r->problem;
    const char *cutoff = NULL, *refuse = NULL;
    lb_status status
        = lb_json_get_string(&refuse, object, "refuse", 0, pointer, err);

    p->refuse = lb_text_copy(refuse);
    if (status == LB_OK)
        status = lb_json_get_string(&cutoff, object, "cutoff", 0, pointer, err);
    if (status == LB_OK && cutoff != NULL)
        status
            = read_cutoff(&p->cutoff, cutoff, r->scope, pointer, "cutoff", err);
    if (status == LB_OK)
        status = read_level(p, object, r->spec, pointer, err);
    return status;
}

/* One problem: @p object at the parameters of r->problem. */
static lb_status
read_problem(reader * r, const goal * outer, const json_t * object,
             const char * pointer, lb_error * err)
{
    const json_t * values = json_object_get(object, "values");
    size_t n = json_array_size(values);
    lb_status status;
    lb_scope_t scope;
    goal g;

    if (n == 0)
        return lb_json_fail(err, pointer, "values",
                            "'values' must be a list of observables and "
                            "expressions");
    status
        = lb_model_scope_at(scope, r->spec->model, r->problem->parameters, err);
    if (status != LB_OK)
        return status;
    r->scope = scope;
    r->problem->values = flint_calloc(n, sizeof(lb_spec_value));
    status = read_problem_members(r, object, pointer, err);
    g = *outer;
    g.flags = NULL;
    g.n_flags = 0;
    if (status == LB_OK)
        status = read_goal(&g, outer, object, pointer, err);
    r->problem->max_dimension = g.max_dimension;
    for (size_t k = 0; k < n && status == LB_OK; k++)
    {
        char * place = lb_text_print("%s/values/%zu", pointer, k);

        status = read_value(r, &g, json_array_get(values, k), place, err);
        flint_free(place);
    }
    free_texts(g.flags, g.n_flags);
    lb_scope_clear(scope);
    return status;
}

/* --- combinations -------------------------------------------------------- */

/* The lists of `for`; their number of combinations, 1 without. */
static lb_status
count_combinations(slong * count, const json_t * lists, const char * pointer,
                   lb_error * err)
{
    const char * name;
    json_t * list;

    *count = 1;
    if (lists != NULL && (!json_is_object(lists) || !json_object_size(lists)))
        return lb_json_fail(err, pointer, "for",
                            "'for' has lists of values, {\"F\": [\"1\", "
                            "\"2\"]}");
    json_object_foreach((json_t *) lists, name, list)
    {
        const json_t * texts;
        lb_status status = get_texts(&texts, lists, name, pointer, err);
        slong n = (slong) json_array_size(texts);

        if (status != LB_OK)
            return status;
        if (n == 0 || n > MAX_PROBLEMS / *count)
            return lb_json_fail(err, pointer, "for",
                                "'%.60s' must have at least one value, and "
                                "all together at most %d combinations",
                                name, MAX_PROBLEMS);
        *count *= n;
    }
    return LB_OK;
}

/* Combination @p k: the last name is the fastest. */
static void
set_combination(lb_settings_t parameters, const json_t * lists, slong k,
                slong count, const char * file, const char * pointer)
{
    char * place = lb_text_print("%s/for", pointer);
    const char * name;
    json_t * list;

    json_object_foreach((json_t *) lists, name, list)
    {
        slong n = (slong) json_array_size(list);

        count /= n;
        lb_settings_set(
            parameters, name,
            json_string_value(json_array_get(list, (size_t) (k / count % n))),
            file, place);
    }
    flint_free(place);
}

/* No parameter is both fixed and run through. */
static lb_status
check_parameters(const json_t * object, const char * pointer, lb_error * err)
{
    const json_t * fixed = json_object_get(object, "parameters");
    json_t * lists = json_object_get(object, "for");
    const char * name;
    json_t * list;

    json_object_foreach(lists, name, list)
    {
        if (json_object_get(fixed, name) != NULL)
            return lb_json_fail(err, pointer, "for",
                                "'%.60s' is in 'parameters' as well", name);
    }
    return LB_OK;
}

static lb_spec_problem *
add_problem(lb_vector_spec_t s, const char * name, slong k, int many,
            const char * pointer)
{
    lb_spec_problem * p;

    s->problems = flint_realloc(s->problems, (size_t) (s->n_problems + 1)
                                                 * sizeof(lb_spec_problem));
    p = s->problems + s->n_problems++;
    memset(p, 0, sizeof(*p));
    lb_settings_init(p->parameters);
    p->pointer = lb_text_copy(pointer);
    p->id = many ? lb_text_print("%s/%s_%ld", s->name, name, (long) k + 1)
                 : lb_text_print("%s/%s", s->name, name);
    return p;
}

static lb_status
check_id(const lb_vector_spec_t s, const char * pointer, lb_error * err)
{
    const char * id = s->problems[s->n_problems - 1].id;

    for (slong k = 0; k < s->n_problems - 1; k++)
        if (strcmp(s->problems[k].id, id) == 0)
            return lb_json_fail(err, pointer, "name",
                                "there are two problems %.100s", id);
    return LB_OK;
}

/* The problems of one object. */
static lb_status
read_problems(lb_vector_spec_t s, const goal * outer, const json_t * object,
              const char * pointer, lb_error * err)
{
    static const char * const members[]
        = { "name",     "for",      "parameters",    "values",     "level",
            "cutoff",   "cutoffs",  "max_dimension", "refuse",     "digits",
            "relative", "absolute", "flags",         "difficulty", NULL };
    const json_t * lists = json_object_get(object, "for");
    char * place = lb_text_print("%s/parameters", pointer);
    const char * name = NULL;
    slong count = 0;
    lb_status status = lb_json_check_members(object, members, pointer, err);

    if (status == LB_OK)
        status = lb_json_get_string(&name, object, "name", 1, pointer, err);
    if (status == LB_OK && !is_id_part(name))
        status = lb_json_fail(err, pointer, "name",
                              "'%.60s' cannot be a part of an id; use "
                              "letters, digits, '_', '.' and '-'",
                              name);
    if (status == LB_OK)
        status = count_combinations(&count, lists, pointer, err);
    if (status == LB_OK)
        status = check_parameters(object, pointer, err);
    for (slong k = 0; k < count && status == LB_OK; k++)
    {
        reader r = { s, NULL, NULL };

        r.problem = add_problem(s, name, k, lists != NULL, pointer);
        status = check_id(s, pointer, err);
        if (status == LB_OK)
            status = lb_json_get_settings(r.problem->parameters,
                                          json_object_get(object, "parameters"),
                                          s->file, place, err);
        set_combination(r.problem->parameters, lists, k, count, s->file,
                        pointer);
        if (status == LB_OK)
            status = read_problem(&r, outer, object, pointer, err);
    }
    flint_free(place);
    return status;
}

/* --- the whole ----------------------------------------------------------- */

static lb_status
read_head(lb_vector_spec_t s, const json_t * root, lb_error * err)
{
    static const char * const members[]
        = { "schema",     "name",          "version",  "title",    "model",
            "problems",   "digits",        "relative", "absolute", "flags",
            "difficulty", "max_dimension", "cutoffs",  NULL };
    lb_status status = lb_json_check_schema(root, SCHEMA, err);

    if (status == LB_OK)
        status = lb_json_check_members(root, members, "", err);
    if (status == LB_OK)
        status = lb_json_copy_string(&s->name, root, "name", 1, "", err);
    if (status == LB_OK)
        status = lb_table_check_name(s->name, err);
    if (status == LB_OK)
        status = lb_json_copy_string(&s->version, root, "version", 1, "", err);
    if (status == LB_OK)
        status = lb_table_check_version(s->version, err);
    if (status == LB_OK)
        status = lb_json_copy_string(&s->title, root, "title", 1, "", err);
    return status;
}

static lb_status
read_all_problems(lb_vector_spec_t s, const json_t * root, lb_error * err)
{
    static const goal defaults = { .digits = DIGITS,
                                   .max_dimension = MAX_DIMENSION,
                                   .relative = "1e-6",
                                   .absolute = "0",
                                   .difficulty = LB_LOWER };
    const json_t * list = json_object_get(root, "problems");
    lb_status status;
    goal g;

    if (json_array_size(list) == 0)
        return lb_json_fail(err, "", "problems",
                            "'problems' must be a list of problems");
    status = read_goal(&g, &defaults, root, "", err);
    for (size_t k = 0; k < json_array_size(list) && status == LB_OK; k++)
    {
        char * pointer = lb_text_print("/problems/%zu", k);

        status = read_problems(s, &g, json_array_get(list, k), pointer, err);
        if (status != LB_OK)
            lb_json_error_at(err, pointer);
        flint_free(pointer);
    }
    free_texts(g.flags, g.n_flags);
    return status;
}

lb_status
lb_vector_spec_from_json(lb_vector_spec_t s, const json_t * spec,
                         const json_t * model, const char * file,
                         lb_error * err)
{
    lb_status status;

    lb_vector_spec_clear(s);
    s->file = lb_text_copy(file);
    s->model_json = json_deep_copy(model);
    status = lb_model_from_json(s->model, s->model_json, file, err);
    if (status == LB_OK)
        status = read_head(s, spec, err);
    if (status == LB_OK)
        status = read_all_problems(s, spec, err);
    if (status == LB_OK)
    {
        s->spec_hash = lb_hash_json(spec, NULL);
        s->model_hash = lb_table_model_hash(model);
    }
    else
    {
        lb_error_in(err, file, NULL);
        lb_vector_spec_clear(s);
    }
    return status;
}

lb_status
lb_vector_spec_read(lb_vector_spec_t s, const char * path,
                    const lb_table_spec_options * o, lb_error * err)
{
    json_t *spec = lb_json_read(path, err), *model = NULL;
    const char * name = NULL;
    char * file = NULL;
    lb_status status;

    lb_vector_spec_clear(s);
    if (spec == NULL)
        return err != NULL ? err->status : LB_EPARSE;
    status = lb_json_check_schema(spec, SCHEMA, err);
    if (status == LB_OK)
        status = lb_json_get_string(&name, spec, "model", 1, "", err);
    if (status != LB_OK)
    {
        lb_error_in(err, path, NULL);
        json_decref(spec);
        return status;
    }
    status = lb_table_find_model(&model, &file, name, path, o, err);
    if (status != LB_OK)
        lb_json_error_at(err, "/model");
    if (status == LB_OK)
        status = lb_vector_spec_from_json(s, spec, model, path, err);
    else
        lb_error_in(err, path, NULL);
    json_decref(model);
    json_decref(spec);
    flint_free(file);
    return status;
}
