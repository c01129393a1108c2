/* tests/lb_test_vectors.h -- vector specs from texts, with the built-in models.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TEST_VECTORS_H
#define LB_TEST_VECTORS_H

#include <lindbound/vector_make.h>

#include "lb_test_table.h"

/* JSON from @p text, in which ' stands for " and ` for '. */
static inline json_t *
lb_test_json(const char * text)
{
    char *copy = lb_text_copy(text), *c;
    json_error_t where;
    json_t * json;

    for (c = copy; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c == '`' ? '\'' : *c;
    json = json_loads(copy, JSON_REJECT_DUPLICATES, &where);
    if (json == NULL)
    {
        printf("\nnot JSON: %s: %s\n", where.text, copy);
        abort();
    }
    flint_free(copy);
    return json;
}

/* Reads the spec of the built-in model @p model with the members @p members,
   written as for lb_test_json. */
static inline lb_status
lb_test_vector_spec(lb_vector_spec_t s, const char * model,
                    const char * members, lb_error * err)
{
    char * text = lb_text_print("{'schema': 'lindbound-vector-spec/1', "
                                "'name': 'test', 'version': '1.2.3', "
                                "'title': 'A test', 'model': '%s', %s}",
                                model, members);
    json_t *spec = lb_test_json(text), *json = NULL;
    char * file = NULL;
    lb_status status;

    lb_error_clear(err);
    status = lb_test_find_model(&json, &file, model, err);
    if (status == LB_OK)
        status = lb_vector_spec_from_json(s, spec, json, "test.json", err);
    json_decref(spec);
    json_decref(json);
    flint_free(file);
    flint_free(text);
    return status;
}

/* The vector file of such a spec, or NULL with @p err. */
static inline json_t *
lb_test_vectors(const char * model, const char * members, int threads,
                lb_error * err)
{
    lb_vector_make_options o = { .threads = threads };
    lb_vector_spec_t s;
    json_t * root = NULL;

    lb_vector_spec_init(s);
    if (lb_test_vector_spec(s, model, members, err) == LB_OK
        && lb_vectors_make(&root, s, "lindbound vectors test", "0.0.0", &o, err)
               != LB_OK)
        CU_ASSERT(root == NULL);
    lb_vector_spec_clear(s);
    return root;
}

/* The vector @p id of the file @p root, or NULL. */
static inline json_t *
lb_test_vector(const json_t * root, const char * id)
{
    size_t k, j;
    json_t *problem, *vector;

    json_array_foreach(json_object_get(root, "problems"), k, problem)
    {
        json_array_foreach(json_object_get(problem, "vectors"), j, vector)
        {
            if (strcmp(json_string_value(json_object_get(vector, "id")), id)
                == 0)
                return vector;
        }
    }
    return NULL;
}

/* The ball of a value. */
static inline void
lb_test_value_ball(arb_t ball, const json_t * value)
{
    const char * dump = json_string_value(json_object_get(value, "arb"));

    arb_indeterminate(ball);
    CU_ASSERT_FATAL(dump != NULL && arb_load_str(ball, dump) == 0);
}

#endif /* LB_TEST_VECTORS_H */
