/* gate/vectors.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/json_file.h>
#include <lindbound/judge.h>
#include <lindbound/rational.h>
#include <lindbound/settings.h>
#include <lindbound/text.h>
#include <lindbound/vectors.h>

#define SCHEMA "lindbound-vectors/1"
#define ID_BYTES                                                               \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

/* --- words --------------------------------------------------------------- */

static const char * const difficulties[] = { "lower", "average", "higher" };

/* Why a vector is there: the table in docs/vectors.md.  First those of problems
   that must be refused. */
#define REFUSAL_FLAGS 3
static const char * const flags[] = {
    "non-unique",
    "unstable",
    "non-hermitian",
    "weak-drive",
    "tiny-numerator",
    "exact-zero",
    "near-exceptional-point",
    "dark-state",
    "strong-drive",
    "thermal",
    "dephasing",
    "cross-kerr",
    "complex-coupling",
    "two-level",
    "scattering",
    "decibel",
    "coherence",
    "population",
    "dressed",
    "rounded",
};

#define N_FLAGS (sizeof(flags) / sizeof(flags[0]))

const char *
lb_difficulty_str(lb_difficulty difficulty)
{
    return difficulties[difficulty];
}

int
lb_difficulty_find(const char * text)
{
    for (int k = 0; k < 3; k++)
        if (strcmp(text, difficulties[k]) == 0)
            return k;
    return -1;
}

/* Its place in the list, or N_FLAGS. */
static size_t
find_flag(const char * flag)
{
    size_t k = 0;

    while (k < N_FLAGS && strcmp(flag, flags[k]) != 0)
        k++;
    return k;
}

int
lb_vector_flag_is_known(const char * flag)
{
    return find_flag(flag) < N_FLAGS;
}

int
lb_vector_has_flag(const lb_vector * vector, const char * flag)
{
    for (slong k = 0; k < vector->n_flags; k++)
        if (strcmp(vector->flags[k], flag) == 0)
            return 1;
    return 0;
}

/* --- memory -------------------------------------------------------------- */

void
lb_vectors_init(lb_vectors_t v)
{
    memset(v, 0, sizeof(*v));
}

static void
vector_init(lb_vector * vector)
{
    memset(vector, 0, sizeof(*vector));
    fmpq_init(vector->relative);
    fmpq_init(vector->absolute);
    lb_table_value_init(&vector->value);
    lb_table_value_init(&vector->rounded);
}

static void
vector_clear(lb_vector * vector)
{
    flint_free(vector->id);
    flint_free(vector->observable);
    flint_free(vector->expression);
    for (slong k = 0; k < vector->n_flags; k++)
        flint_free(vector->flags[k]);
    flint_free(vector->flags);
    fmpq_clear(vector->relative);
    fmpq_clear(vector->absolute);
    lb_table_value_clear(&vector->value);
    lb_table_value_clear(&vector->rounded);
    for (slong k = 0; k < vector->n_truncations; k++)
    {
        flint_free(vector->truncations[k].cutoff);
        lb_table_value_clear(&vector->truncations[k].value);
    }
    flint_free(vector->truncations);
}

static void
problem_clear(lb_vector_problem * problem)
{
    flint_free(problem->id);
    flint_free(problem->cutoff);
    flint_free(problem->refuse);
    json_decref(problem->json);
    lb_expanded_clear(problem->expanded);
}

static void
set_clear(lb_vector_set * set)
{
    flint_free(set->file);
    flint_free(set->name);
    flint_free(set->version);
    flint_free(set->title);
    json_decref(set->provenance);
}

void
lb_vectors_clear(lb_vectors_t v)
{
    for (slong k = 0; k < v->n_vectors; k++)
        vector_clear(v->vectors + k);
    for (slong k = 0; k < v->n_problems; k++)
        problem_clear(v->problems + k);
    for (slong k = 0; k < v->n_sets; k++)
        set_clear(v->sets + k);
    flint_free(v->vectors);
    flint_free(v->problems);
    flint_free(v->sets);
    lb_vectors_init(v);
}

slong
lb_vectors_find(const lb_vectors_t v, const char * id)
{
    for (slong k = 0; k < v->n_vectors; k++)
        if (strcmp(v->vectors[k].id, id) == 0)
            return k;
    return -1;
}

static slong
find_problem(const lb_vectors_t v, const char * id)
{
    for (slong k = 0; k < v->n_problems; k++)
        if (strcmp(v->problems[k].id, id) == 0)
            return k;
    return -1;
}

/* --- members ------------------------------------------------------------- */

/* The list or object @p key, borrowed. */
static lb_status
get_member(const json_t ** out, const json_t * object, const char * key,
           json_type type, const char * pointer, lb_error * err)
{
    *out = json_object_get(object, key);
    if (*out == NULL)
        return lb_json_fail(err, pointer, NULL, "the member '%s' is missing",
                            key);
    if (json_typeof(*out) != type)
        return lb_json_fail(err, pointer, key, "%s is expected",
                            type == JSON_OBJECT ? "an object" : "a list");
    return LB_OK;
}

/* A list of texts, if it is there. */
static lb_status
check_texts(const json_t * object, const char * key, const char * pointer,
            lb_error * err)
{
    const json_t * list = json_object_get(object, key);
    size_t k;
    json_t * text;

    if (list != NULL && !json_is_array(list))
        return lb_json_fail(err, pointer, key, "a list of texts is expected");
    json_array_foreach((json_t *) list, k, text)
    {
        if (!json_is_string(text))
            return lb_json_fail(err, pointer, key,
                                "a list of texts is expected");
    }
    return LB_OK;
}

/* An exact number >= 0. */
static lb_status
read_tolerance(fmpq_t x, const json_t * object, const char * key,
               const char * pointer, lb_error * err)
{
    const char * text;
    lb_status status = lb_json_get_string(&text, object, key, 1, pointer, err);

    if (status != LB_OK)
        return status;
    if (strchr(text, '/') != NULL || lb_rational_read(x, text, NULL) != LB_OK
        || fmpq_sgn(x) < 0)
        return lb_json_fail(err, pointer, key, "'%.40s' is not a decimal >= 0",
                            text);
    return LB_OK;
}

/* "A/B" with @p parts parts, the first ones those of @p start. */
static int
is_id(const char * text, const char * start, int parts)
{
    size_t n = strlen(start);
    int found = 0;

    if (strncmp(text, start, n) != 0 || text[n] != '/')
        return 0;
    for (;;)
    {
        size_t length = strspn(text, ID_BYTES);

        if (length == 0 || (text[length] != '/' && text[length] != '\0'))
            return 0;
        found++;
        if (text[length] == '\0')
            return found == parts;
        text += length + 1;
    }
}

/* --- values -------------------------------------------------------------- */

/* Whether a candidate that hits the middle of the ball is within the tolerance
   of all of it:  radius <= absolute + relative min |b|. */
static int
is_narrow(const arb_t ball, const lb_vector * vector)
{
    fmpq_t radius, allowed;
    arf_t x;
    int narrow;

    fmpq_init(radius);
    fmpq_init(allowed);
    arf_init(x);
    arf_set_mag(x, arb_radref(ball));
    arf_get_fmpq(radius, x);
    arf_get_fmpq(allowed, arb_midref(ball));
    fmpq_abs(allowed, allowed);
    fmpq_sub(allowed, allowed, radius);
    if (fmpq_sgn(allowed) < 0)
        fmpq_zero(allowed);
    fmpq_mul(allowed, allowed, vector->relative);
    fmpq_add(allowed, allowed, vector->absolute);
    narrow = fmpq_cmp(radius, allowed) <= 0;
    fmpq_clear(radius);
    fmpq_clear(allowed);
    arf_clear(x);
    return narrow;
}

/* The member "value" or "rounded" of @p object, a ball that is proved at
   @p level. */
static lb_status
read_value(lb_table_value_struct * value, const json_t * object,
           const char * key, lb_table_level level, const char * pointer,
           lb_error * err)
{
    char * place = lb_text_print("%s/%s", pointer, key);
    const json_t * member = json_object_get(object, key);
    lb_status status = member == NULL
                           ? lb_json_fail(err, pointer, NULL,
                                          "the member '%s' is missing", key)
                           : lb_table_value_read(value, member, place, err);

    if (status == LB_OK && value->undecided)
        status = lb_json_fail(err, place, "undecided",
                              "a vector has no value that is undecided");
    else if (status == LB_OK && !arb_is_finite(value->ball))
        status = lb_json_fail(err, place, "ball", "a vector needs a number");
    else if (status == LB_OK && value->level != level)
        status = lb_json_fail(err, place, "level", "the level must be '%s'",
                              lb_table_level_str(level));
    flint_free(place);
    return status;
}

/* The value that judges, or that of the problem in doubles. */
static lb_status
read_reference(lb_table_value_struct * value, const lb_vector * vector,
               const lb_vector_problem * problem, const json_t * object,
               const char * key, lb_table_level level, const char * pointer,
               lb_error * err)
{
    lb_status status = read_value(value, object, key, level, pointer, err);

    if (status == LB_OK && problem->cutoff != NULL
        && (value->cutoff == NULL
            || !lb_same_cutoff(value->cutoff, problem->cutoff)))
        return lb_json_fail(err, pointer, key, "the value is not that at %s",
                            problem->cutoff);
    if (status == LB_OK && !is_narrow(value->ball, vector))
        return lb_json_fail(
            err, pointer, key,
            "the ball is wider than the tolerance of the vector");
    return status;
}

static lb_status
check_zero(const lb_vector * vector, const char * pointer, lb_error * err)
{
    int zero = arb_contains_zero(vector->value.ball);

    if (zero != lb_vector_has_flag(vector, "exact-zero"))
        return lb_json_fail(
            err, pointer, "flags",
            zero ? "a value that is zero has the flag 'exact-zero'"
                 : "the value is not zero as the flag 'exact-zero' says");
    if (zero && fmpq_is_zero(vector->absolute))
        return lb_json_fail(err, pointer, "absolute",
                            "a value that is zero needs an absolute tolerance");
    return LB_OK;
}

static lb_status
read_truncation(lb_vector_truncation * t, const json_t * object,
                const char * pointer, lb_error * err)
{
    static const char * const members[] = { "cutoff", "value", NULL };
    lb_status status = lb_json_check_members(object, members, pointer, err);

    if (status == LB_OK)
        status = lb_json_copy_string(&t->cutoff, object, "cutoff", 1, pointer,
                                     err);
    if (status == LB_OK)
        status = read_value(&t->value, object, "value", LB_TABLE_TRUNCATED,
                            pointer, err);
    if (status == LB_OK
        && (t->value.cutoff == NULL
            || !lb_same_cutoff(t->value.cutoff, t->cutoff)))
        status = lb_json_fail(err, pointer, "cutoff",
                              "not the cutoff at which the value is proved");
    return status;
}

static lb_status
read_truncations(lb_vector * vector, const json_t * object,
                 const char * pointer, lb_error * err)
{
    const json_t *list = json_object_get(object, "truncated"), *element;
    lb_status status = LB_OK;
    size_t k;

    if (list != NULL && !json_is_array(list))
        return lb_json_fail(err, pointer, "truncated", "a list is expected");
    vector->truncations
        = flint_calloc(json_array_size(list) + 1, sizeof(lb_vector_truncation));
    json_array_foreach((json_t *) list, k, element)
    {
        lb_vector_truncation * t = vector->truncations + k;
        char * place = lb_text_print("%s/truncated/%zu", pointer, k);

        lb_table_value_init(&t->value);
        vector->n_truncations++;
        status = read_truncation(t, element, place, err);
        for (size_t j = 0; j < k && status == LB_OK; j++)
            if (lb_same_cutoff(vector->truncations[j].cutoff, t->cutoff))
                status = lb_json_fail(err, place, "cutoff",
                                      "this cutoff comes twice");
        flint_free(place);
        if (status != LB_OK)
            return status;
    }
    return LB_OK;
}

/* --- vectors ------------------------------------------------------------- */

static lb_status
read_flags(lb_vector * vector, const lb_vector_problem * problem,
           const json_t * object, const char * pointer, lb_error * err)
{
    const json_t *list, *element;
    lb_status status
        = get_member(&list, object, "flags", JSON_ARRAY, pointer, err);
    size_t k;

    if (status != LB_OK)
        return status;
    vector->flags
        = flint_calloc(json_array_size(list) + 1, sizeof(vector->flags[0]));
    json_array_foreach((json_t *) list, k, element)
    {
        const char * flag = json_string_value(element);
        size_t place = flag != NULL ? find_flag(flag) : N_FLAGS;

        if (place == N_FLAGS)
            return lb_json_fail(err, pointer, "flags", "'%.40s' is no flag",
                                flag != NULL ? flag : "?");
        if (lb_vector_has_flag(vector, flag))
            return lb_json_fail(err, pointer, "flags", "'%s' comes twice",
                                flag);
        if (place < REFUSAL_FLAGS && problem->refuse == NULL)
            return lb_json_fail(err, pointer, "flags",
                                "'%s' is a flag of problems with 'refuse'",
                                flag);
        vector->flags[vector->n_flags++] = lb_text_copy(flag);
    }
    return LB_OK;
}

static lb_status
read_difficulty(lb_vector * vector, const json_t * object, const char * pointer,
                lb_error * err)
{
    const char * text;
    lb_status status
        = lb_json_get_string(&text, object, "difficulty", 1, pointer, err);
    int found;

    if (status != LB_OK)
        return status;
    found = lb_difficulty_find(text);
    if (found < 0)
        return lb_json_fail(err, pointer, "difficulty",
                            "'%.40s' is not lower, average or higher", text);
    vector->difficulty = (lb_difficulty) found;
    return LB_OK;
}

/* No value, or all that there must be. */
static lb_status
read_values(lb_vector * vector, const lb_vector_problem * problem,
            lb_table_level level, const json_t * object, const char * pointer,
            lb_error * err)
{
    static const char * const values[]
        = { "value", "rounded", "truncated", NULL };
    int rounded = lb_vector_has_flag(vector, "rounded");
    lb_status status;

    if (problem->refuse != NULL)
    {
        for (int k = 0; values[k] != NULL; k++)
            if (json_object_get(object, values[k]) != NULL)
                return lb_json_fail(
                    err, pointer, values[k],
                    "a problem that must be refused has no value");
        return LB_OK;
    }
    status = read_reference(&vector->value, vector, problem, object, "value",
                            level, pointer, err);
    if (status == LB_OK)
        status = check_zero(vector, pointer, err);
    if (status == LB_OK && !rounded && json_object_get(object, "rounded"))
        return lb_json_fail(err, pointer, "rounded",
                            "the flag 'rounded' is missing");
    if (status == LB_OK && rounded)
        status = read_reference(&vector->rounded, vector, problem, object,
                                "rounded", level, pointer, err);
    if (status == LB_OK)
        status = read_truncations(vector, object, pointer, err);
    return status;
}

/* The expanded problem knows the observable, and no other vector has it. */
static lb_status
check_observable(const lb_vectors_t v, const lb_vector * vector,
                 const lb_vector_problem * problem, const char * pointer,
                 lb_error * err)
{
    int known = 0;

    for (int k = 0; k < problem->expanded->n_observables; k++)
        known |= strcmp(problem->expanded->observables[k], vector->observable)
                 == 0;
    if (!known)
        return lb_json_fail(err, pointer, "observable",
                            "'%.60s' is not in the expanded problem",
                            vector->observable);
    for (slong k = problem->first; v->vectors + k < vector; k++)
        if (strcmp(v->vectors[k].observable, vector->observable) == 0)
            return lb_json_fail(err, pointer, "observable",
                                "another vector of this problem has '%.60s'",
                                vector->observable);
    return LB_OK;
}

/* @p vector, initialized, is the last of those of @p v. */
static lb_status
read_vector(lb_vectors_t v, lb_vector * vector,
            const lb_vector_problem * problem, lb_table_level level,
            const json_t * object, const char * pointer, lb_error * err)
{
    static const char * const members[]
        = { "id",         "observable", "expression", "flags",
            "difficulty", "relative",   "absolute",   "value",
            "rounded",    "truncated",  NULL };
    lb_status status = lb_json_check_members(object, members, pointer, err);

    if (status == LB_OK)
        status
            = lb_json_copy_string(&vector->id, object, "id", 1, pointer, err);
    if (status == LB_OK && !is_id(vector->id, problem->id, 3))
        status = lb_json_fail(
            err, pointer, "id",
            "'%.60s' is not the problem's id, a slash and a name", vector->id);
    if (status == LB_OK
        && v->vectors + lb_vectors_find(v, vector->id) != vector)
        status = lb_json_fail(err, pointer, "id", "'%.60s' is there already",
                              vector->id);
    if (status == LB_OK)
        status = lb_json_copy_string(&vector->observable, object, "observable",
                                     1, pointer, err);
    if (status == LB_OK)
        status = check_observable(v, vector, problem, pointer, err);
    if (status == LB_OK)
        status = lb_json_copy_string(&vector->expression, object, "expression",
                                     1, pointer, err);
    if (status == LB_OK)
        status = read_flags(vector, problem, object, pointer, err);
    if (status == LB_OK)
        status = read_difficulty(vector, object, pointer, err);
    if (status == LB_OK)
        status = read_tolerance(vector->relative, object, "relative", pointer,
                                err);
    if (status == LB_OK)
        status = read_tolerance(vector->absolute, object, "absolute", pointer,
                                err);
    if (status == LB_OK)
        status = read_values(vector, problem, level, object, pointer, err);
    return status;
}

/* --- problems ------------------------------------------------------------ */

static lb_status
read_level(lb_table_level * level, const lb_vector_problem * problem,
           const json_t * object, const char * pointer, lb_error * err)
{
    const char * text;
    lb_status status
        = lb_json_get_string(&text, object, "level", 1, pointer, err);

    if (status != LB_OK)
        return status;
    if (strcmp(text, lb_table_level_str(LB_TABLE_FULL)) == 0)
        *level = LB_TABLE_FULL;
    else if (strcmp(text, lb_table_level_str(LB_TABLE_CLOSED_FORM)) == 0)
        *level = LB_TABLE_CLOSED_FORM;
    else if (strcmp(text, lb_table_level_str(LB_TABLE_TRUNCATED)) == 0)
        *level = LB_TABLE_TRUNCATED;
    else
        return lb_json_fail(err, pointer, "level",
                            "'%.40s' is not full, closed-form or truncated",
                            text);
    if ((*level == LB_TABLE_TRUNCATED) != (problem->cutoff != NULL))
        return lb_json_fail(
            err, pointer, "level",
            "a problem has a 'cutoff' if, and only if, its level is "
            "'truncated'");
    return LB_OK;
}

static lb_status
check_parameters(const json_t * object, const char * pointer, lb_error * err)
{
    char * place = lb_text_print("%s/parameters", pointer);
    const json_t * member;
    lb_settings_t settings;
    lb_status status
        = get_member(&member, object, "parameters", JSON_OBJECT, pointer, err);

    lb_settings_init(settings);
    if (status == LB_OK)
        status = lb_json_get_settings(settings, member, NULL, place, err);
    lb_settings_clear(settings);
    flint_free(place);
    return status;
}

static lb_status
read_expanded(lb_vector_problem * problem, const json_t * object,
              const char * pointer, lb_error * err)
{
    char * place = lb_text_print("%s/expanded", pointer);
    const json_t * member;
    lb_status status
        = get_member(&member, object, "expanded", JSON_OBJECT, pointer, err);

    if (status == LB_OK)
        status = lb_expanded_read(problem->expanded, member, place, err);
    flint_free(place);
    return status;
}

/* What a candidate gets: no values, and not that the problem must be
   refused. */
static json_t *
problem_json(const json_t * object, const json_t * model)
{
    static const char * const members[]
        = { "id", "parameters", "level", "cutoff", "expanded", NULL };
    json_t * json = json_object();

    for (int k = 0; members[k] != NULL; k++)
    {
        json_t * member = json_object_get(object, members[k]);

        if (member != NULL)
            json_object_set(json, members[k], member);
        if (k == 0)
            json_object_set(json, "model", (json_t *) model);
    }
    return json;
}

/* All of the problem but its vectors. */
static lb_status
read_problem_head(lb_vectors_t v, lb_vector_problem * problem,
                  lb_table_level * level, const char * name,
                  const json_t * object, const char * pointer, lb_error * err)
{
    static const char * const members[]
        = { "id",     "parameters", "level",   "cutoff",
            "refuse", "expanded",   "vectors", NULL };
    lb_status status = lb_json_check_members(object, members, pointer, err);

    if (status == LB_OK)
        status
            = lb_json_copy_string(&problem->id, object, "id", 1, pointer, err);
    if (status == LB_OK && !is_id(problem->id, name, 2))
        status = lb_json_fail(
            err, pointer, "id",
            "'%.60s' is not the name of the file, a slash and a name",
            problem->id);
    if (status == LB_OK
        && v->problems + find_problem(v, problem->id) != problem)
        status = lb_json_fail(err, pointer, "id", "'%.60s' is there already",
                              problem->id);
    if (status == LB_OK)
        status = check_parameters(object, pointer, err);
    if (status == LB_OK)
        status = lb_json_copy_string(&problem->cutoff, object, "cutoff", 0,
                                     pointer, err);
    if (status == LB_OK)
        status = lb_json_copy_string(&problem->refuse, object, "refuse", 0,
                                     pointer, err);
    if (status == LB_OK)
        status = read_level(level, problem, object, pointer, err);
    if (status == LB_OK)
        status = read_expanded(problem, object, pointer, err);
    return status;
}

/* A new vector at the end, initialized. */
static lb_vector *
add_vector(lb_vectors_t v)
{
    lb_vector * vector;

    v->vectors = flint_realloc(v->vectors,
                               (size_t) (v->n_vectors + 1) * sizeof(lb_vector));
    vector = v->vectors + v->n_vectors++;
    vector_init(vector);
    vector->problem = v->n_problems - 1;
    return vector;
}

/* @p problem, initialized, is the last of those of @p v. */
static lb_status
read_problem(lb_vectors_t v, lb_vector_problem * problem, const char * name,
             const json_t * object, const json_t * model, const char * pointer,
             lb_error * err)
{
    const json_t *list, *element;
    lb_table_level level = LB_TABLE_FULL;
    lb_status status
        = read_problem_head(v, problem, &level, name, object, pointer, err);
    size_t k;

    if (status == LB_OK)
        status = get_member(&list, object, "vectors", JSON_ARRAY, pointer, err);
    if (status == LB_OK && json_array_size(list) == 0)
        status = lb_json_fail(err, pointer, "vectors",
                              "a problem without vectors");
    if (status != LB_OK)
        return status;
    problem->json = problem_json(object, model);
    problem->first = v->n_vectors;
    json_array_foreach((json_t *) list, k, element)
    {
        char * place = lb_text_print("%s/vectors/%zu", pointer, k);

        status = read_vector(v, add_vector(v), problem, level, element, place,
                             err);
        flint_free(place);
        if (status != LB_OK)
            return status;
        problem->n++;
    }
    return LB_OK;
}

/* --- files --------------------------------------------------------------- */

static lb_status
read_provenance(lb_vector_set * set, const json_t * root, lb_error * err)
{
    static const char * const members[]
        = { "command",   "lindbound",  "flint", "arb",
            "spec_hash", "model_hash", NULL };
    const json_t * object;
    const char * text;
    lb_status status
        = get_member(&object, root, "provenance", JSON_OBJECT, "", err);

    if (status == LB_OK)
        status = lb_json_check_members(object, members, "/provenance", err);
    for (int k = 0; members[k] != NULL && status == LB_OK; k++)
        status = lb_json_get_string(&text, object, members[k], 1, "/provenance",
                                    err);
    if (status == LB_OK)
        set->provenance = json_incref((json_t *) object);
    return status;
}

static lb_status
read_head(lb_vector_set * set, const json_t * root, lb_error * err)
{
    static const char * const members[]
        = { "schema",      "name",       "version", "title",    "source",
            "conventions", "provenance", "model",   "problems", NULL };
    const char * source;
    lb_status status = lb_json_check_schema(root, SCHEMA, err);

    if (status == LB_OK)
        status = lb_json_check_members(root, members, "", err);
    if (status == LB_OK)
        status = lb_json_copy_string(&set->name, root, "name", 1, "", err);
    if (status == LB_OK
        && (set->name[0] == '\0'
            || set->name[strspn(set->name, ID_BYTES)] != '\0'))
        status
            = lb_json_fail(err, "", "name",
                           "a name has letters, digits, '_', '.' and '-' only");
    if (status == LB_OK)
        status
            = lb_json_copy_string(&set->version, root, "version", 1, "", err);
    if (status == LB_OK && !lb_table_is_version(set->version))
        status = lb_json_fail(err, "", "version",
                              "'%.40s' is not a version such as 1.0.0",
                              set->version);
    if (status == LB_OK)
        status = lb_json_copy_string(&set->title, root, "title", 1, "", err);
    if (status == LB_OK)
        status = lb_json_get_string(&source, root, "source", 0, "", err);
    if (status == LB_OK)
        status = check_texts(root, "conventions", "", err);
    if (status == LB_OK)
        status = read_provenance(set, root, err);
    return status;
}

/* A new problem at the end, initialized. */
static lb_vector_problem *
add_problem(lb_vectors_t v)
{
    lb_vector_problem * problem;

    v->problems = flint_realloc(v->problems, (size_t) (v->n_problems + 1)
                                                 * sizeof(lb_vector_problem));
    problem = v->problems + v->n_problems++;
    memset(problem, 0, sizeof(*problem));
    lb_expanded_init(problem->expanded);
    problem->set = v->n_sets - 1;
    problem->first = v->n_vectors;
    return problem;
}

/* @p set, all zero, is the last of those of @p v. */
static lb_status
read_set(lb_vectors_t v, lb_vector_set * set, const json_t * root,
         lb_error * err)
{
    const json_t *model, *list, *element;
    lb_status status = read_head(set, root, err);
    size_t k;

    if (status == LB_OK)
        status = get_member(&model, root, "model", JSON_OBJECT, "", err);
    if (status == LB_OK)
        status = get_member(&list, root, "problems", JSON_ARRAY, "", err);
    if (status == LB_OK && json_array_size(list) == 0)
        status = lb_json_fail(err, "", "problems", "a file without problems");
    if (status != LB_OK)
        return status;
    json_array_foreach((json_t *) list, k, element)
    {
        char * place = lb_text_print("/problems/%zu", k);

        status = read_problem(v, add_problem(v), set->name, element, model,
                              place, err);
        flint_free(place);
        if (status != LB_OK)
            return status;
    }
    return LB_OK;
}

/* Forgets all that came after so many. */
static void
cut(lb_vectors_t v, slong sets, slong problems, slong vectors)
{
    while (v->n_vectors > vectors)
        vector_clear(v->vectors + --v->n_vectors);
    while (v->n_problems > problems)
        problem_clear(v->problems + --v->n_problems);
    while (v->n_sets > sets)
        set_clear(v->sets + --v->n_sets);
}

lb_status
lb_vectors_read(lb_vectors_t v, const char * path, lb_error * err)
{
    slong sets = v->n_sets, problems = v->n_problems, vectors = v->n_vectors;
    json_t * root;
    lb_vector_set * set;
    lb_status status;
    lb_error own;

    if (err == NULL)
        err = &own;
    lb_error_clear(err);
    root = lb_json_read(path, err);
    if (root == NULL)
        return err->status;
    v->sets = flint_realloc(v->sets,
                            (size_t) (v->n_sets + 1) * sizeof(lb_vector_set));
    set = v->sets + v->n_sets++;
    memset(set, 0, sizeof(*set));
    set->file = lb_text_copy(path);
    status = read_set(v, set, root, err);
    if (status != LB_OK)
    {
        cut(v, sets, problems, vectors);
        lb_error_in(err, path, NULL);
    }
    json_decref(root);
    return status;
}
