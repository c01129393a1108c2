/* gate/vector_check.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/json_file.h>
#include <lindbound/table_value.h>
#include <lindbound/text.h>
#include <lindbound/vector_check.h>

/* Digits beyond those of the spec: another precision, a narrower ball. */
#define MORE_DIGITS 3
/* Digits that a message shows beyond those of the ball. */
#define SHOWN_DIGITS 6

void
lb_vector_check_init(lb_vector_check_t r)
{
    memset(r, 0, sizeof(*r));
    r->messages = lb_text_copy("");
}

void
lb_vector_check_clear(lb_vector_check_t r)
{
    flint_free(r->messages);
}

LB_PRINTF(3, 4)
static void
complain(lb_vector_check_t r, const char * pointer, const char * format, ...)
{
    char text[600], *longer;
    va_list ap;

    if (r->failures++ >= LB_VECTOR_CHECK_MESSAGES)
        return;
    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    longer = lb_text_print("%s%s%s%s\n", r->messages, pointer,
                           pointer[0] != '\0' ? ": " : "", text);
    flint_free(r->messages);
    r->messages = longer;
}

/* --- values -------------------------------------------------------------- */

static int
is_value(const json_t * json)
{
    return json_object_get(json, "ball") != NULL
           && json_object_get(json, "lo") != NULL;
}

/* Whether the values are of the same kind: level, and cutoff of the truncated
   model, which is then part of the question. */
static int
is_same_kind(const lb_table_value_struct * a, const lb_table_value_struct * b)
{
    return a->level == b->level && (a->cutoff == NULL) == (b->cutoff == NULL)
           && (a->level != LB_TABLE_TRUNCATED || a->cutoff == NULL
               || strcmp(a->cutoff, b->cutoff) == 0);
}

static void
judge(lb_vector_check_t r, const lb_table_value_struct * recorded,
      const lb_table_value_struct * fresh, const char * pointer)
{
    if (!is_same_kind(recorded, fresh))
        complain(r, pointer, "of another level or cutoff than proved again");
    else if (recorded->digits < fresh->digits - MORE_DIGITS)
        complain(r, pointer, "fewer digits than the spec wants");
    else if (arb_contains(recorded->ball, fresh->ball))
        r->proved++;
    else
    {
        slong digits = recorded->digits + SHOWN_DIGITS;
        char * old = arb_get_str(recorded->ball, digits, ARB_STR_MORE);
        char * new = arb_get_str(fresh->ball, digits, ARB_STR_MORE);

        complain(r, pointer, "recorded %s, proved again %s: %s", old, new,
                 arb_overlaps(recorded->ball, fresh->ball) ? "not inside"
                                                           : "DISJOINT");
        flint_free(old);
        flint_free(new);
    }
}

static void
compare_values(lb_vector_check_t r, const json_t * recorded,
               const json_t * fresh, const char * pointer)
{
    lb_table_value_struct a, b;
    lb_error err;

    r->values++;
    lb_error_clear(&err);
    lb_table_value_init(&a);
    lb_table_value_init(&b);
    if (lb_table_value_read(&a, recorded, pointer, &err) != LB_OK
        || lb_table_value_read(&b, fresh, pointer, &err) != LB_OK)
        complain(r, err.pointer, "%s", err.text);
    else
        judge(r, &a, &b, pointer);
    lb_table_value_clear(&a);
    lb_table_value_clear(&b);
}

/* --- everything ---------------------------------------------------------- */

static void compare(lb_vector_check_t r, const json_t * recorded,
                    const json_t * fresh, const char * pointer);

/* What may differ: who made the file and with what. */
static int
is_circumstance(const char * pointer)
{
    return strcmp(pointer, "/provenance/command") == 0
           || strcmp(pointer, "/provenance/lindbound") == 0
           || strcmp(pointer, "/provenance/flint") == 0
           || strcmp(pointer, "/provenance/arb") == 0;
}

static void
compare_objects(lb_vector_check_t r, const json_t * recorded,
                const json_t * fresh, const char * pointer)
{
    const char * name;
    json_t * member;

    json_object_foreach((json_t *) fresh, name, member)
    {
        const json_t * old = json_object_get(recorded, name);
        char * place = lb_text_print("%s/%s", pointer, name);

        if (old == NULL)
            complain(r, place, "this member is missing");
        else
            compare(r, old, member, place);
        flint_free(place);
    }
    json_object_foreach((json_t *) recorded, name, member)
    {
        if (json_object_get(fresh, name) == NULL)
            complain(r, pointer,
                     "the member '%.60s' is not in what the spec "
                     "makes",
                     name);
    }
}

static void
compare_lists(lb_vector_check_t r, const json_t * recorded,
              const json_t * fresh, const char * pointer)
{
    size_t n = json_array_size(fresh);

    if (json_array_size(recorded) != n)
    {
        complain(r, pointer, "%zu elements, the spec makes %zu",
                 json_array_size(recorded), n);
        return;
    }
    for (size_t k = 0; k < n; k++)
    {
        char * place = lb_text_print("%s/%zu", pointer, k);

        compare(r, json_array_get(recorded, k), json_array_get(fresh, k),
                place);
        flint_free(place);
    }
}

/* Equal, or of values: proved again. */
static void
compare(lb_vector_check_t r, const json_t * recorded, const json_t * fresh,
        const char * pointer)
{
    if (is_circumstance(pointer))
        return;
    if (is_value(fresh) && is_value(recorded))
        compare_values(r, recorded, fresh, pointer);
    else if (json_is_object(fresh) && json_is_object(recorded))
        compare_objects(r, recorded, fresh, pointer);
    else if (json_is_array(fresh) && json_is_array(recorded))
        compare_lists(r, recorded, fresh, pointer);
    else if (!json_equal(recorded, fresh))
        complain(r, pointer, "not what the spec says");
}

/* --- the file ------------------------------------------------------------ */

/* The model that the spec names is the one in the file. */
static void
check_model(lb_vector_check_t r, const json_t * root, const char * path,
            const lb_table_spec_options * o)
{
    lb_vector_spec_t s;
    const char * hash = "";
    lb_error err;

    lb_error_clear(&err);
    lb_vector_spec_init(s);
    json_unpack((json_t *) root, "{s:{s:s}}", "provenance", "model_hash",
                &hash);
    if (lb_vector_spec_read(s, path, o, &err) != LB_OK)
        complain(r, "", "the spec and its model: %s", err.text);
    else if (strcmp(s->model_hash, hash) != 0)
        complain(r, "/provenance/model_hash",
                 "the model has changed since: its hash is %s", s->model_hash);
    lb_vector_spec_clear(s);
}

static lb_status
prove_again(lb_vector_check_t r, const json_t * root, const json_t * spec,
            const char * path, const lb_vector_make_options * options,
            lb_error * err)
{
    lb_vector_make_options o = *options;
    json_t * fresh = NULL;
    lb_vector_spec_t s;
    lb_status status;

    o.more = MORE_DIGITS;
    lb_vector_spec_init(s);
    status = lb_vector_spec_from_json(s, spec, json_object_get(root, "model"),
                                      path, err);
    if (status == LB_OK)
    {
        r->vectors = lb_vector_spec_length(s);
        status = lb_vectors_make(&fresh, s, "", "", &o, err);
    }
    if (status == LB_OK)
        compare(r, root, fresh, "");
    json_decref(fresh);
    lb_vector_spec_clear(s);
    return status;
}

lb_status
lb_vectors_check(lb_vector_check_t r, const char * path, const char * spec,
                 const lb_table_spec_options * o,
                 const lb_vector_make_options * options, lb_error * err)
{
    json_t *root = NULL, *of = NULL;
    lb_vectors_t vectors;
    lb_status status;

    lb_vectors_init(vectors);
    status = lb_vectors_read(vectors, path, err);
    lb_vectors_clear(vectors);
    if (status == LB_OK)
        root = lb_json_read(path, err);
    if (root != NULL)
        of = lb_json_read(spec, err);
    if (status == LB_OK && of == NULL)
        status = err != NULL ? err->status : LB_EPARSE;
    if (status == LB_OK)
    {
        check_model(r, root, spec, o);
        status = prove_again(r, root, of, path, options, err);
    }
    json_decref(root);
    json_decref(of);
    return status;
}
