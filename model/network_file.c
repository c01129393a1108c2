/* model/network_file.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every entry of modes, couplings, ports and reservoirs may carry a loop
 * ("for"); its texts are expanded once per turn and then read as if they had
 * been written out.  Names and values that only a loop's text can get wrong
 * are reported with the turn: "/couplings/1/strength with j = 3". */
#include <ctype.h>
#include <string.h>

#include <lindbound/json_file.h>
#include <lindbound/model_reader.h>
#include <lindbound/network_file.h>
#include <lindbound/text.h>

#define SCHEMA "lindbound-network/1"
#define CHECK_PREC 128
#define MAX_MODES 256
#define MAX_INDEX 9999
#define MAX_TURNS 100000

int
lb_network_is_json(const json_t * root)
{
    const char * schema = json_string_value(json_object_get(root, "schema"));

    return schema != NULL && strcmp(schema, SCHEMA) == 0;
}

/* Adds the place if none is known; the file is the caller's. */
static void
at_pointer(lb_error * err, const char * pointer)
{
    if (err != NULL && err->file[0] == '\0' && err->pointer[0] == '\0')
        lb_text_append(err->pointer, sizeof(err->pointer), "%s", pointer);
}

/* --- loops: texts -------------------------------------------------------- */

/* A text that grows. */
typedef struct
{
    char * text;
    size_t length;
} buffer;

static void
append(buffer * b, const char * text, size_t n)
{
    b->text = flint_realloc(b->text, b->length + n + 1);
    memcpy(b->text + b->length, text, n);
    b->length += n;
    b->text[b->length] = '\0';
}

/* The value of a text without names. */
static lb_status
integer_value(slong * value, const char * text, slong low, slong high,
              lb_error * err)
{
    lb_expr * e = NULL;
    lb_scope_t empty;
    lb_env_t env;
    lb_scalar_t x;
    lb_status status = lb_expr_parse(&e, text, err);

    if (status != LB_OK)
        return status;
    lb_scope_init(empty);
    lb_env_init(env, empty, 64);
    lb_scalar_init(x);
    status = lb_env_scalar(x, env, e, err);
    if (status == LB_OK
        && (!acb_is_int(x->coefficient)
            || arf_cmp_si(arb_midref(acb_realref(x->coefficient)), low) < 0
            || arf_cmp_si(arb_midref(acb_realref(x->coefficient)), high) > 0))
        status = lb_error_set(err, LB_EDOM,
                              "'%.60s' is not an integer from %ld to %ld", text,
                              (long) low, (long) high);
    if (status == LB_OK)
        *value
            = arf_get_si(arb_midref(acb_realref(x->coefficient)), ARF_RND_DOWN);
    lb_scalar_clear(x);
    lb_env_clear(env);
    lb_scope_clear(empty);
    lb_expr_free(e);
    return status;
}

/* "[i,j]" at `s` as "_i_j"; *used characters. */
static lb_status
expand_index(buffer * b, size_t * used, const char * s, const json_t * loop,
             lb_error * err)
{
    lb_status status = LB_OK;
    size_t at = 0;

    while (status == LB_OK && (at == 0 || s[at] == ','))
    {
        size_t n = strcspn(s + at + 1, ",[]");
        char *piece, *text = NULL;
        char index[32];
        slong value;

        if (s[at + 1 + n] != ',' && s[at + 1 + n] != ']')
            return lb_error_set(err, LB_EPARSE,
                                "'[' without ']'; an index is written "
                                "a[j+1] or a[x,y]");
        piece = lb_text_print("%.*s", (int) n, s + at + 1);
        status = lb_network_expand(&text, piece, loop, err);
        if (status == LB_OK)
            status = integer_value(&value, text, 0, MAX_INDEX, err);
        if (status == LB_OK)
        {
            snprintf(index, sizeof(index), "_%ld", (long) value);
            append(b, index, strlen(index));
        }
        flint_free(piece);
        flint_free(text);
        at += 1 + n;
    }
    *used = at + 1;
    return status;
}

lb_status
lb_network_expand(char ** out, const char * text, const json_t * loop,
                  lb_error * err)
{
    buffer b = { NULL, 0 };
    lb_status status = LB_OK;
    size_t at = 0;

    append(&b, "", 0);
    while (status == LB_OK && text[at] != '\0')
    {
        const char * s = text + at;
        size_t n = 0, used = 0;
        int word = isalpha((unsigned char) s[0]);
        char * name;
        const json_t * value;

        if (!word && !isdigit((unsigned char) s[0]))
        {
            append(&b, s, 1);
            at++;
            continue;
        }
        while (isalnum((unsigned char) s[n]) || s[n] == '_')
            n++;
        name = lb_text_print("%.*s", (int) n, s);
        value = word ? json_object_get(loop, name) : NULL;
        if (value != NULL && s[n] != '[')
        {
            long k = (long) json_integer_value(value);

            flint_free(name);
            name = lb_text_print(k < 0 ? "(%ld)" : "%ld", k);
        }
        append(&b, name, strlen(name));
        if (word && s[n] == '[')
        {
            status = expand_index(&b, &used, s + n, loop, err);
            if (status != LB_OK && err != NULL)
                err->column = (long) (at + n) + 1;
        }
        flint_free(name);
        at += n + used;
    }
    *out = b.text;
    if (status != LB_OK)
    {
        flint_free(b.text);
        *out = NULL;
    }
    return status;
}

/* Every string in `value`, expanded; a new reference, NULL on failure. */
static json_t *
expand_json(const json_t * value, const json_t * loop, const char * pointer,
            lb_error * err)
{
    json_t *copy = NULL, *entry, *part;
    const char * key;
    size_t k;

    if (json_is_string(value))
    {
        char * text;

        if (lb_network_expand(&text, json_string_value(value), loop, err)
            != LB_OK)
        {
            at_pointer(err, pointer);
            return NULL;
        }
        copy = json_string(text);
        flint_free(text);
        return copy;
    }
    if (json_is_object(value))
    {
        copy = json_object();
        json_object_foreach((json_t *) value, key, entry)
        {
            char * place = lb_text_print("%s/%s", pointer, key);

            /* a sentence is no expression */
            part = strcmp(key, "doc") == 0
                       ? json_incref(entry)
                       : expand_json(entry, loop, place, err);
            flint_free(place);
            if (part == NULL)
            {
                json_decref(copy);
                return NULL;
            }
            json_object_set_new(copy, key, part);
        }
        return copy;
    }
    if (json_is_array(value))
    {
        copy = json_array();
        json_array_foreach((json_t *) value, k, entry)
        {
            char * place = lb_text_print("%s/%zu", pointer, k);

            part = expand_json(entry, loop, place, err);
            flint_free(place);
            if (part == NULL)
            {
                json_decref(copy);
                return NULL;
            }
            json_array_append_new(copy, part);
        }
        return copy;
    }
    return json_incref((json_t *) value);
}

/* --- loops: turns -------------------------------------------------------- */

typedef lb_status (*add_entry)(lb_model_t m, const json_t * entry,
                               const char * pointer, const char * note,
                               lb_error * err);

typedef struct
{
    lb_model_struct * m;
    const json_t * entry; /* without "for" */
    const json_t * ranges;
    const char * pointer;
    add_entry add;
    json_t * loop; /* the variables so far */
    slong turns;
} loops;

static char *
turn_note(const json_t * loop)
{
    char note[200] = "";
    const char * name;
    json_t * value;

    json_object_foreach((json_t *) loop, name, value) lb_text_append(
        note, sizeof(note), "%s%s = %ld", note[0] == '\0' ? " with " : ", ",
        name, (long) json_integer_value(value));
    return lb_text_copy(note);
}

static lb_status
add_turn(loops * l, lb_error * err)
{
    char * note = turn_note(l->loop);
    json_t * entry;
    lb_status status = LB_OK;

    if (l->turns++ >= MAX_TURNS)
        status = lb_reader_fail(err, LB_EDIM, l->pointer,
                                "more than 100000 turns of a loop%s", "");
    if (status == LB_OK)
    {
        entry = expand_json(l->entry, l->loop, l->pointer, err);
        if (entry == NULL)
        {
            status = err != NULL ? err->status : LB_EPARSE;
            if (err != NULL)
                lb_text_append(err->pointer, sizeof(err->pointer), "%s", note);
        }
        else
            status = l->add(l->m, entry, l->pointer, note, err);
        json_decref(entry);
    }
    flint_free(note);
    return status;
}

/* "1..N-1" -> 1, N-1 with the variables of the loops outside */
static lb_status
read_range(slong * low, slong * high, const char * text, const json_t * loop,
           lb_error * err)
{
    const char * dots = strstr(text, "..");
    char *part, *plain = NULL;
    lb_status status = LB_OK;

    if (dots == NULL)
        return lb_error_set(err, LB_EPARSE,
                            "a range is written \"1..20\", not \"%.40s\"",
                            text);
    for (int end = 0; end < 2 && status == LB_OK; end++)
    {
        part = end == 0 ? lb_text_print("%.*s", (int) (dots - text), text)
                        : lb_text_copy(dots + 2);
        status = lb_network_expand(&plain, part, loop, err);
        if (status == LB_OK)
            status = integer_value(end == 0 ? low : high, plain, -MAX_INDEX,
                                   MAX_INDEX, err);
        flint_free(part);
        flint_free(plain);
        plain = NULL;
    }
    return status;
}

static lb_status
check_variable(const loops * l, const char * name, const char * pointer,
               lb_error * err)
{
    if (!lb_name_is_valid(name) || lb_name_is_reserved(name)
        || lb_scope_find(l->m->scope, name) >= 0)
        return lb_reader_fail(err, LB_ENAME, pointer,
                              "'%.60s' cannot be a loop variable: it is no "
                              "name, or already has a meaning",
                              name);
    return LB_OK;
}

/* Runs the loops from the iterator `at` of the ranges on. */
static lb_status
run_loops(loops * l, void * at, lb_error * err)
{
    const char * name;
    json_t * range;
    char * pointer;
    slong low = 1, high = 0;
    lb_status status;

    if (at == NULL)
        return add_turn(l, err);
    name = json_object_iter_key(at);
    range = json_object_iter_value(at);
    pointer = lb_text_print("%s/for/%s", l->pointer, name);
    status = check_variable(l, name, pointer, err);
    if (status == LB_OK && !json_is_string(range))
        status = lb_reader_fail(err, LB_EPARSE, pointer,
                                "a range is a string such as \"1..20\"%s", "");
    if (status == LB_OK)
    {
        status
            = read_range(&low, &high, json_string_value(range), l->loop, err);
        if (status != LB_OK)
        {
            if (err != NULL)
                err->column = 0;
            at_pointer(err, pointer);
        }
    }
    for (slong k = low; k <= high && status == LB_OK; k++)
    {
        json_object_set_new(l->loop, name, json_integer(k));
        status = run_loops(l, json_object_iter_next((json_t *) l->ranges, at),
                           err);
    }
    json_object_del(l->loop, name);
    flint_free(pointer);
    return status;
}

/* Calls `add` for every turn of every entry of the array root[key]. */
static lb_status
read_entries(lb_model_t m, const json_t * root, const char * key, int required,
             add_entry add, lb_error * err)
{
    const json_t * array = json_object_get(root, key);
    char * place = lb_text_print("/%s", key);
    lb_status status = LB_OK;

    if (array == NULL && required)
        status = lb_reader_fail(err, LB_EPARSE, "",
                                "the member '%s' is missing", key);
    else if (array != NULL
             && (!json_is_array(array)
                 || (required && json_array_size(array) == 0)))
        status = lb_reader_fail(err, LB_EPARSE, place,
                                required ? "'%s' must be a non-empty array"
                                         : "'%s' must be an array",
                                key);
    for (size_t k = 0; status == LB_OK && k < json_array_size(array); k++)
    {
        json_t * entry = json_array_get(array, k);
        char * pointer = lb_text_print("/%s/%zu", key, k);
        json_t * plain = json_copy(entry);
        loops l = { m,       plain, json_object_get(entry, "for"),
                    pointer, add,   json_object(),
                    0 };

        json_object_del(plain, "for");
        if (l.ranges != NULL && !json_is_object(l.ranges))
            status
                = lb_reader_fail(err, LB_EPARSE, pointer,
                                 "'%s' is an object of variable: range", "for");
        else
            status = run_loops(&l, json_object_iter((json_t *) l.ranges), err);
        json_decref(l.loop);
        json_decref(plain);
        flint_free(pointer);
    }
    flint_free(place);
    return status;
}

/* --- entries ------------------------------------------------------------- */

/* The text of a number in the finished scope of parameters: unknown names are
   found here, where column and place are those of the file. */
static lb_status
number_text(const char ** text, lb_model_t m, const json_t * entry,
            const char * key, const char * pointer, const char * note,
            lb_error * err)
{
    char * place = lb_text_print("%s/%s%s", pointer, key, note);
    lb_expr * e = NULL;
    lb_scalar_t x;
    lb_env_t env;
    lb_status status
        = lb_json_text(text, json_object_get(entry, key), place, err);

    lb_scalar_init(x);
    if (status == LB_OK)
        status = lb_expr_parse(&e, *text, err);
    if (status == LB_OK)
    {
        lb_env_init(env, m->scope, CHECK_PREC);
        status = lb_env_scalar(x, env, e, err);
        lb_env_clear(env);
    }
    if (status != LB_OK)
        at_pointer(err, place);
    lb_scalar_clear(x);
    lb_expr_free(e);
    flint_free(place);
    return status;
}

static lb_status
add_mode(lb_model_t m, const json_t * entry, const char * pointer,
         const char * note, lb_error * err)
{
    static const char * const members[] = { "name", "detuning", "doc", NULL };
    char * place = lb_text_print("%s%s", pointer, note);
    const char * name = NULL;
    lb_status status = lb_json_check_members(entry, members, pointer, err);

    if (status == LB_OK)
        status = lb_json_get_string(&name, entry, "name", 1, pointer, err);
    if (status == LB_OK && m->scope->subsystems >= MAX_MODES)
        status = lb_reader_fail(err, LB_EDIM, "/modes", "more than 256 modes%s",
                                "");
    if (status == LB_OK)
    {
        status = lb_scope_add_subsystem(m->scope, name, LB_MODE, err);
        if (status != LB_OK)
            at_pointer(err, place);
    }
    flint_free(place);
    return status;
}

static lb_status
add_detuning(lb_model_t m, const json_t * entry, const char * pointer,
             const char * note, lb_error * err)
{
    const char *name = json_string_value(json_object_get(entry, "name")), *text;
    char *term, *place;
    lb_status status;

    if (json_object_get(entry, "detuning") == NULL)
        return LB_OK;
    status = number_text(&text, m, entry, "detuning", pointer, note, err);
    if (status != LB_OK)
        return status;
    term = lb_text_print("(%s)*%s'*%s", text, name, name);
    place = lb_text_print("%s/detuning%s", pointer, note);
    status = lb_reader_hamiltonian(m, term, place, err);
    flint_free(term);
    flint_free(place);
    return status;
}

typedef enum
{
    BEAM_SPLITTER,
    TWO_MODE_SQUEEZING,
    SQUEEZING,
    COUPLING_KINDS
} coupling_kind;

static const char * const kind_names[COUPLING_KINDS]
    = { "beam-splitter", "two-mode-squeezing", "squeezing" };

/* New text of the term of the Hamiltonian. */
static char *
coupling_text(coupling_kind kind, const char * strength,
              const char * const * modes)
{
    switch (kind)
    {
    case BEAM_SPLITTER:
        return lb_text_print("(%s)*%s'*%s + h.c.", strength, modes[0],
                             modes[1]);
    case TWO_MODE_SQUEEZING:
        return lb_text_print("(%s)*%s'*%s' + h.c.", strength, modes[0],
                             modes[1]);
    default:
        return lb_text_print("(%s)/2*%s'^2 + h.c.", strength, modes[0]);
    }
}

static lb_status
mode_names(const char ** names, lb_model_t m, const json_t * entry,
           size_t count, const char * pointer, const char * note,
           lb_error * err)
{
    const json_t * modes = json_object_get(entry, "modes");
    char * place = lb_text_print("%s/modes%s", pointer, note);
    lb_status status = LB_OK;

    if (!json_is_array(modes) || json_array_size(modes) != count)
        status = lb_reader_fail(err, LB_EPARSE, place,
                                count == 1 ? "one mode is expected: [\"a\"]%s"
                                           : "two modes are expected: [\"a\", "
                                             "\"b\"]%s",
                                "");
    for (size_t k = 0; k < count && status == LB_OK; k++)
    {
        slong symbol;

        names[k] = json_string_value(json_array_get(modes, k));
        symbol = names[k] == NULL ? -1 : lb_scope_find(m->scope, names[k]);
        if (symbol < 0 || m->scope->symbols[symbol].kind != LB_SYMBOL_SUBSYSTEM)
            status = lb_reader_fail(
                err, LB_ENAME, place, "'%.60s' is not the name of a mode",
                names[k] == NULL ? "(no string)" : names[k]);
    }
    if (status == LB_OK && count == 2 && strcmp(names[0], names[1]) == 0)
        status = lb_reader_fail(err, LB_EDOM, place,
                                "the modes of a coupling differ; write a "
                                "detuning or the kind \"squeezing\" for "
                                "'%.60s' alone",
                                names[0]);
    flint_free(place);
    return status;
}

static lb_status
add_coupling(lb_model_t m, const json_t * entry, const char * pointer,
             const char * note, lb_error * err)
{
    static const char * const members[]
        = { "kind", "modes", "strength", "doc", NULL };
    int k = 0;
    const char *kind, *strength, *names[2] = { NULL, "" };
    char *term, *place;
    lb_status status = lb_json_check_members(entry, members, pointer, err);

    if (status == LB_OK)
        status = lb_json_get_string(&kind, entry, "kind", 1, pointer, err);
    if (status != LB_OK)
        return status;
    while (k < COUPLING_KINDS && strcmp(kind_names[k], kind) != 0)
        k++;
    if (k == COUPLING_KINDS)
        return lb_reader_fail(err, LB_EPARSE, pointer,
                              "unknown kind '%.60s'; a coupling is a "
                              "\"beam-splitter\", \"two-mode-squeezing\" or "
                              "\"squeezing\"",
                              kind);
    status = mode_names(names, m, entry, k == SQUEEZING ? 1 : 2, pointer, note,
                        err);
    if (status == LB_OK)
        status
            = number_text(&strength, m, entry, "strength", pointer, note, err);
    if (status != LB_OK)
        return status;
    term = coupling_text((coupling_kind) k, strength, names);
    place = lb_text_print("%s/strength%s", pointer, note);
    status = lb_reader_hamiltonian(m, term, place, err);
    flint_free(term);
    flint_free(place);
    return status;
}

static lb_status
add_port(lb_model_t m, const json_t * entry, const char * pointer,
         const char * note, lb_error * err)
{
    static const char * const members[]
        = { "name", "rate", "operator", "thermal", "doc", NULL };
    const char * name = NULL;
    lb_status status = lb_json_check_members(entry, members, pointer, err);

    if (status == LB_OK)
        status = lb_json_get_string(&name, entry, "name", 1, pointer, err);
    if (status == LB_OK)
        status = lb_reader_channel(m, name, entry, pointer, note, err);
    return status;
}

static lb_status
add_reservoir(lb_model_t m, const json_t * entry, const char * pointer,
              const char * note, lb_error * err)
{
    static const char * const members[]
        = { "rate", "operator", "thermal", "doc", NULL };
    lb_status status = lb_json_check_members(entry, members, pointer, err);

    if (status == LB_OK)
        status = lb_reader_channel(m, NULL, entry, pointer, note, err);
    return status;
}

static lb_status
add_term(lb_model_t m, const json_t * entry, const char * pointer,
         const char * note, lb_error * err)
{
    const char * text;
    lb_status status = lb_json_text(&text, entry, pointer, err);

    (void) note;
    if (status == LB_OK)
        status = lb_reader_hamiltonian(m, text, pointer, err);
    return status;
}

/* --- the whole file ------------------------------------------------------ */

/* Refuses terms of more than two ladder operators. */
static lb_status
check_quadratic(const lb_model_t m, lb_error * err)
{
    lb_problem_t p;
    lb_status status = lb_problem_init_at(p, m, m->scope, CHECK_PREC, err);

    for (slong i = 0; status == LB_OK && i < p->hamiltonian->length; i++)
    {
        const lb_factor * f = lb_opoly_term(p->hamiltonian, i);
        slong degree = 0;
        char text[128];

        for (slong k = 0; k < p->subsystems; k++)
            degree += f[k].matrix_unit ? 3 : f[k].create + f[k].annihilate;
        if (degree <= 2)
            continue;
        lb_opoly_term_text(text, sizeof(text), p->hamiltonian, i,
                           (const char * const *) p->names);
        status = lb_reader_fail(err, LB_EDOM, "/hamiltonian",
                                "a network is linear: %s is a product of more "
                                "than two ladder operators; write a model "
                                "file",
                                text);
    }
    lb_problem_clear(p);
    return status;
}

static lb_status
read_observables(lb_model_t m, const json_t * root, lb_error * err)
{
    json_t * loop = json_object();
    json_t * copy = expand_json(json_object_get(root, "observables"), loop,
                                "/observables", err);
    json_t * holder = json_object();
    lb_status status;

    if (copy == NULL)
        status = json_object_get(root, "observables") == NULL ? LB_OK
                 : err != NULL                                ? err->status
                                                              : LB_EPARSE;
    else
    {
        json_object_set_new(holder, "observables", copy);
        status = lb_reader_observables(m, holder, err);
    }
    json_decref(holder);
    json_decref(loop);
    return status;
}

lb_status
lb_network_members(lb_model_t m, const json_t * root, lb_error * err)
{
    static const char * const members[]
        = { "schema",      "name",       "title",       "source",
            "conventions", "drive",      "drive_unit",  "parameters",
            "frequency",   "modes",      "couplings",   "hamiltonian",
            "ports",       "reservoirs", "observables", NULL };
    lb_status status = lb_reader_head(m, root, SCHEMA, members, err);

    if (status == LB_OK)
        status = read_entries(m, root, "modes", 1, add_mode, err);
    if (status == LB_OK)
        status = lb_reader_parameters(m, root, err);
    if (status == LB_OK)
        status = lb_scope_check_cycles(m->scope, err);
    if (status == LB_OK)
        status = lb_reader_frequency(m, root, err);
    if (status == LB_OK)
        status = read_entries(m, root, "modes", 1, add_detuning, err);
    if (status == LB_OK)
        status = read_entries(m, root, "couplings", 0, add_coupling, err);
    if (status == LB_OK)
        status = read_entries(m, root, "hamiltonian", 0, add_term, err);
    if (status == LB_OK)
        status = read_entries(m, root, "ports", 1, add_port, err);
    if (status == LB_OK)
        status = read_entries(m, root, "reservoirs", 0, add_reservoir, err);
    if (status == LB_OK)
        status = check_quadratic(m, err);
    if (status == LB_OK)
        status = read_observables(m, root, err);
    return status;
}
