/* table/table_hash.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sha2.h>

#include <lindbound/table_hash.h>
#include <lindbound/text.h>

void
lb_hash_bytes(lb_hash hash, const char * bytes, size_t size)
{
    SHA256Data((const uint8_t *) bytes, size, hash);
}

lb_status
lb_hash_file(lb_hash hash, const char * path, lb_error * err)
{
    if (SHA256File(path, hash) != NULL)
        return LB_OK;
    lb_error_set(err, LB_EIO, "cannot read: %s", strerror(errno));
    lb_error_in(err, path, NULL);
    return LB_EIO;
}

/* --- what does not count ------------------------------------------------- */

static int
is_among(const char * name, const char * const * names)
{
    for (; names != NULL && *names != NULL; names++)
        if (strcmp(*names, name) == 0)
            return 1;
    return 0;
}

/* A copy without the members to ignore.  In an object @p of_names the keys are
   names that somebody chose: a parameter called `unit` counts. */
static json_t *
without(const json_t * value, const char * const * ignored, int of_names)
{
    static const char * const maps[]
        = { "parameters", "observables", "at", "for", NULL };
    json_t * copy;
    const char * key;
    json_t * member;
    size_t index;

    if (json_is_array(value))
    {
        copy = json_array();
        json_array_foreach(value, index, member)
            json_array_append_new(copy, without(member, ignored, 0));
        return copy;
    }
    if (!json_is_object(value))
        return json_deep_copy(value);
    copy = json_object();
    json_object_foreach((json_t *) value, key, member)
    {
        int maps_names = !of_names && is_among(key, maps);

        if (of_names || !is_among(key, ignored))
            json_object_set_new(copy, key,
                                without(member, ignored, maps_names));
    }
    return copy;
}

char *
lb_hash_json(const json_t * value, const char * const * ignored)
{
    json_t * copy = without(value, ignored, 0);
    char * text
        = json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    lb_hash hash;

    lb_hash_bytes(hash, text, strlen(text));
    json_decref(copy);
    free(text);
    return lb_text_print("sha256:%s", hash);
}
