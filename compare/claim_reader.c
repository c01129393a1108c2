/* compare/claim_reader.c -- members of a claims file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/claim_internal.h>
#include <lindbound/json_file.h>
#include <lindbound/text.h>

lb_status
lb_claim_fail(const lb_claim_reader * r, const char * pointer,
              const char * text)
{
    lb_status status = lb_error_set(r->err, LB_EPARSE, "%s", text);

    lb_error_in(r->err, r->file, pointer);
    return status;
}

lb_status
lb_claim_get_text(const lb_claim_reader * r, char ** out, const json_t * object,
                  const char * key, int required, const char * pointer)
{
    const char * text = NULL;
    lb_status status
        = lb_json_get_string(&text, object, key, required, pointer, r->err);

    if (status == LB_OK)
        *out = lb_text_copy(text);
    return status;
}

lb_status
lb_claim_refuse(const lb_claim_reader * r, const json_t * object,
                const char * const * names, const char * where,
                const char * pointer)
{
    for (; *names != NULL; names++)
        if (json_object_get(object, *names) != NULL)
        {
            char text[120] = "";

            lb_text_append(text, sizeof(text), "'%s' has no meaning %s", *names,
                           where);
            return lb_claim_fail(r, pointer, text);
        }
    return LB_OK;
}

lb_status
lb_claim_get_integer(const lb_claim_reader * r, slong * out,
                     const json_t * object, const char * key, slong lo,
                     slong hi, const char * pointer)
{
    const json_t * value = json_object_get(object, key);
    char text[120];

    if (value == NULL)
        return LB_OK;
    if (json_is_integer(value) && json_integer_value(value) >= lo
        && json_integer_value(value) <= hi)
    {
        *out = (slong) json_integer_value(value);
        return LB_OK;
    }
    text[0] = '\0';
    lb_text_append(text, sizeof(text),
                   "'%s' must be an integer from %ld to %ld", key, (long) lo,
                   (long) hi);
    return lb_claim_fail(r, pointer, text);
}

lb_status
lb_claim_get_pair(const lb_claim_reader * r, char ** lo, char ** hi,
                  const json_t * array, const char * pointer)
{
    if (json_array_size(array) != 2 || !json_is_string(json_array_get(array, 0))
        || !json_is_string(json_array_get(array, 1)))
        return lb_claim_fail(r, pointer,
                             "two texts are expected: [\"from\", \"to\"]");
    *lo = lb_text_copy(json_string_value(json_array_get(array, 0)));
    *hi = lb_text_copy(json_string_value(json_array_get(array, 1)));
    return LB_OK;
}

lb_status
lb_claim_check_parameter(const lb_claim_reader * r, const lb_model_t m,
                         const char * name, const char * pointer)
{
    slong k = lb_scope_find(m->scope, name);
    char text[160];

    if (k >= 0 && m->scope->symbols[k].kind == LB_SYMBOL_PARAMETER)
        return LB_OK;
    text[0] = '\0';
    lb_text_append(text, sizeof(text), "%s has no parameter '%.60s'", m->name,
                   name);
    return lb_claim_fail(r, pointer, text);
}
