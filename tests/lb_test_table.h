/* tests/lb_test_table.h -- tables from texts, with the built-in models.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TEST_TABLE_H
#define LB_TEST_TABLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/json_file.h>
#include <lindbound/table_tile.h>
#include <lindbound/text.h>

static inline char *
lb_test_data(const char * folder, const char * name)
{
    const char * data = getenv("LINDBOUND_DATA");

    return lb_text_print("%s/%s/%s.json", data != NULL ? data : "data", folder,
                         name);
}

static inline lb_status
lb_test_find_model(json_t ** json, char ** file, const char * name,
                   lb_error * err)
{
    static const char * const folders[] = { "models", "networks" };

    for (int k = 0; k < 2; k++)
    {
        *file = lb_test_data(folders[k], name);
        *json = lb_json_read(*file, err);
        if (*json != NULL)
            return LB_OK;
        flint_free(*file);
        *file = NULL;
    }
    return lb_error_set(err, LB_ENAME, "no model %s", name);
}

static inline char *
lb_test_find_forms(const char * model)
{
    return lb_test_data("forms", model);
}

/* Options with the built-in models. */
static inline lb_table_spec_options
lb_test_table_options(void)
{
    lb_table_spec_options o
        = { NULL, 1, 0, lb_test_find_model, lb_test_find_forms };

    return o;
}

/* Reads the spec with the members @p members, in which ' stands for ". */
static inline lb_status
lb_test_table_read(lb_table_spec_t s, const char * members,
                   const lb_table_spec_options * o, lb_error * err)
{
    char * text = lb_text_print("{'schema': 'lindbound-table/1', "
                                "'name': 'test', %s}",
                                members);
    json_error_t where;
    json_t * json;
    lb_status status;

    /* <a'*a> keeps its quote: it is written <a`*a> */
    for (char * c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c == '`' ? '\'' : *c;
    json = json_loads(text, JSON_REJECT_DUPLICATES, &where);
    if (json == NULL)
    {
        printf("\nnot JSON: %s: %s\n", where.text, text);
        abort();
    }
    lb_error_clear(err);
    status = lb_table_spec_read_json(s, json, NULL, "test.json", o, err);
    json_decref(json);
    flint_free(text);
    return status;
}

#endif /* LB_TEST_TABLE_H */
