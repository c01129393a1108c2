/* model/json_file.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/file_read.h>
#include <lindbound/file_write.h>
#include <lindbound/json_file.h>
#include <lindbound/text.h>

json_t *
lb_json_read(const char * path, lb_error * err)
{
    json_error_t where;
    json_t * root;
    char * text;
    size_t size;

    if (lb_file_read(&text, &size, path, err) != LB_OK)
        return NULL;
    root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &where);
    flint_free(text);
    if (root == NULL)
    {
        lb_error_set(err, LB_EPARSE, "not valid JSON: %s", where.text);
        if (err != NULL)
        {
            err->line = where.line > 0 ? where.line : 1;
            err->column = where.column > 0 ? where.column : 1;
        }
        lb_error_in(err, path, NULL);
    }
    return root;
}

lb_status
lb_json_write(const char * path, const json_t * root, lb_error * err)
{
    char * text = json_dumps(root, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    char * line;
    lb_status status;

    if (text == NULL)
        return lb_error_set(err, LB_EMEM, "out of memory");
    line = lb_text_print("%s\n", text);
    status = lb_file_write(path, line, strlen(line), err);
    flint_free(line);
    free(text);
    return status;
}

/* Error at pointer/key (key NULL: at pointer). */
static lb_status
fail_at(lb_error * err, const char * pointer, const char * key,
        const char * format, const char * a, const char * b)
{
    if (err == NULL)
        return LB_EPARSE;
    lb_error_set(err, LB_EPARSE, format, a, b);
    lb_text_append(err->pointer, sizeof(err->pointer), "%s%s%s", pointer,
                   key != NULL ? "/" : "", key != NULL ? key : "");
    return LB_EPARSE;
}

static const char *
type_name(const json_t * value)
{
    if (value == NULL)
        return "nothing";
    switch (json_typeof(value))
    {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    case JSON_NULL:
        break;
    }
    return "null";
}

lb_status
lb_json_check_members(const json_t * object, const char * const * allowed,
                      const char * pointer, lb_error * err)
{
    const char * key;
    json_t * value;

    if (!json_is_object(object))
        return fail_at(err, pointer, NULL, "an object is expected, not %s%s",
                       type_name(object), "");
    json_object_foreach((json_t *) object, key, value)
    {
        char known[300] = "";
        size_t k;

        for (k = 0; allowed[k] != NULL && strcmp(allowed[k], key) != 0; k++)
            lb_text_append(known, sizeof(known), "%s%s", k > 0 ? ", " : "",
                           allowed[k]);
        if (allowed[k] == NULL)
            return fail_at(err, pointer, NULL,
                           "unknown member '%.60s'; members here: %s", key,
                           known);
    }
    return LB_OK;
}

lb_status
lb_json_text(const char ** out, const json_t * value, const char * pointer,
             lb_error * err)
{
    char literal[64];

    *out = NULL;
    if (json_is_string(value))
    {
        *out = json_string_value(value);
        return LB_OK;
    }
    if (json_is_integer(value))
        snprintf(literal, sizeof(literal), "%" JSON_INTEGER_FORMAT,
                 json_integer_value(value));
    else if (json_is_real(value))
    {
        snprintf(literal, sizeof(literal), "%.15g", json_real_value(value));
        if (strtod(literal, NULL) != json_real_value(value))
            snprintf(literal, sizeof(literal), "%.17g", json_real_value(value));
    }
    else
        return fail_at(err, pointer, NULL, "a string is expected, not %s%s",
                       type_name(value), "");
    return fail_at(err, pointer, NULL,
                   "a JSON number is not exact; write the string \"%s\"%s",
                   literal, "");
}

lb_status
lb_json_get_string(const char ** out, const json_t * object, const char * key,
                   int required, const char * pointer, lb_error * err)
{
    const json_t * value = json_object_get(object, key);

    *out = NULL;
    if (value == NULL)
        return required ? fail_at(err, pointer, NULL,
                                  "the member '%s' is missing%s", key, "")
                        : LB_OK;
    if (!json_is_string(value))
        return fail_at(err, pointer, key, "a string is expected, not %s%s",
                       type_name(value), "");
    *out = json_string_value(value);
    return LB_OK;
}

lb_status
lb_json_get_settings(lb_settings_t s, const json_t * value, const char * file,
                     const char * pointer, lb_error * err)
{
    lb_status status = LB_OK;
    const char * key;
    json_t * entry;

    if (value == NULL)
        return LB_OK;
    if (!json_is_object(value))
        return fail_at(err, pointer, NULL,
                       "an object of name: text is expected, not %s%s",
                       type_name(value), "");
    json_object_foreach((json_t *) value, key, entry)
    {
        char * place = lb_text_print("%s/%s", pointer, key);
        const char * text;

        status = lb_json_text(&text, entry, place, err);
        if (status == LB_OK)
            lb_settings_set(s, key, text, file, place);
        flint_free(place);
        if (status != LB_OK)
            break;
    }
    return status;
}

json_t *
lb_settings_json(const lb_settings_t s)
{
    json_t * object = json_object();

    for (slong k = 0; k < s->length; k++)
        json_object_set_new(object, s->names[k], json_string(s->texts[k]));
    return object;
}

lb_status
lb_json_check_schema(const json_t * root, const char * schema, lb_error * err)
{
    const char * stated;
    lb_status status;

    if (!json_is_object(root))
        return fail_at(err, "", NULL, "a JSON object is expected, not %s%s",
                       type_name(root), "");
    status = lb_json_get_string(&stated, root, "schema", 1, "", err);
    if (status == LB_OK && strcmp(stated, schema) != 0)
        status = fail_at(err, "", "schema",
                         "schema '%.60s' is not known here; expected '%s'",
                         stated, schema);
    return status;
}

lb_status
lb_json_fail(lb_error * err, const char * pointer, const char * member,
             const char * format, ...)
{
    char text[sizeof(err->text)];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    lb_error_set(err, LB_EPARSE, "%s", text);
    if (err != NULL)
        lb_text_append(err->pointer, sizeof(err->pointer), "%s%s%s", pointer,
                       member != NULL ? "/" : "", member != NULL ? member : "");
    return LB_EPARSE;
}

void
lb_json_error_at(lb_error * err, const char * pointer)
{
    if (err != NULL && err->file[0] == '\0' && err->pointer[0] == '\0')
        lb_text_append(err->pointer, sizeof(err->pointer), "%s", pointer);
}

lb_status
lb_json_get_integer(slong * count, const json_t * object, const char * key,
                    slong low, slong high, const char * pointer, lb_error * err)
{
    const json_t * value = json_object_get(object, key);

    if (value == NULL)
        return LB_OK;
    if (!json_is_integer(value) || json_integer_value(value) < low)
        return lb_json_fail(err, pointer, key,
                            "'%s' must be an integer, at least %ld", key,
                            (long) low);
    if (json_integer_value(value) > high)
        return lb_json_fail(err, pointer, key, "'%s' must be at most %ld", key,
                            (long) high);
    *count = (slong) json_integer_value(value);
    return LB_OK;
}

lb_status
lb_json_copy_string(char ** out, const json_t * object, const char * key,
                    int required, const char * pointer, lb_error * err)
{
    const char * text = NULL;
    lb_status status
        = lb_json_get_string(&text, object, key, required, pointer, err);

    *out = status == LB_OK ? lb_text_copy(text) : NULL;
    return status;
}
