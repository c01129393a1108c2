/* gate/vector_manifest.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/json_file.h>
#include <lindbound/table_hash.h>
#include <lindbound/text.h>
#include <lindbound/vector_manifest.h>

#define SCHEMA "lindbound-vector-manifest/1"
#define OF_VECTORS "lindbound-vectors/1"

static size_t
count_vectors(const json_t * problems)
{
    size_t n = 0, k;
    json_t * problem;

    json_array_foreach((json_t *) problems, k, problem)
    {
        n += json_array_size(json_object_get(problem, "vectors"));
    }
    return n;
}

/* The entry of @p path, or NULL with LB_OK if it is no vector file. */
static lb_status
make_entry(json_t ** entry, const char * path, lb_error * err)
{
    json_t * root = lb_json_read(path, err);
    const char *schema = "", *name, *version;
    json_t * problems;
    lb_status status = LB_OK;
    lb_hash hash;
    char * sum;

    *entry = NULL;
    if (root == NULL)
        return err != NULL ? err->status : LB_EPARSE;
    json_unpack(root, "{s:s}", "schema", &schema);
    if (strcmp(schema, OF_VECTORS) == 0)
    {
        status = lb_hash_file(hash, path, err);
        if (status == LB_OK
            && json_unpack(root, "{s:s,s:s,s:o}", "name", &name, "version",
                           &version, "problems", &problems)
                   != 0)
        {
            status = lb_error_set(err, LB_EPARSE, "not a vector file");
            lb_error_in(err, path, NULL);
        }
        if (status == LB_OK)
        {
            sum = lb_text_print("sha256:%s", hash);
            *entry = json_pack("{s:s,s:s,s:s,s:I,s:I}", "name", name, "version",
                               version, "sha256", sum, "problems",
                               (json_int_t) json_array_size(problems),
                               "vectors", (json_int_t) count_vectors(problems));
            flint_free(sum);
        }
    }
    json_decref(root);
    return status;
}

static json_int_t
sum_of(const json_t * files, const char * name)
{
    json_int_t sum = 0;
    size_t k;
    json_t * file;

    json_array_foreach((json_t *) files, k, file)
    {
        sum += json_integer_value(json_object_get(file, name));
    }
    return sum;
}

lb_status
lb_vector_manifest_make(json_t ** manifest, const char * folder,
                        char * const * names, int n, lb_error * err)
{
    json_t * files = json_array();
    lb_status status = LB_OK;

    *manifest = NULL;
    for (int k = 0; k < n && status == LB_OK; k++)
    {
        char * path = lb_text_print("%s/%s.json", folder, names[k]);
        json_t * entry;

        status = make_entry(&entry, path, err);
        if (entry != NULL)
            json_array_append_new(files, entry);
        flint_free(path);
    }
    if (status == LB_OK)
        *manifest = json_pack("{s:s,s:I,s:I,s:O}", "schema", SCHEMA, "problems",
                              sum_of(files, "problems"), "vectors",
                              sum_of(files, "vectors"), "files", files);
    json_decref(files);
    return status;
}

char *
lb_vector_manifest_text(const json_t * manifest)
{
    const json_t * files = json_object_get(manifest, "files");
    json_t * head = json_copy((json_t *) manifest);
    char *text = NULL, *first;
    size_t size, k;
    json_t * file;
    FILE * stream = open_memstream(&text, &size);

    if (stream == NULL)
        flint_abort();
    json_object_del(head, "files");
    first = json_dumps(head, JSON_PRESERVE_ORDER | JSON_INDENT(2));
    /* without the brace that ends it */
    fwrite(first, 1, strlen(first) - strlen("\n}"), stream);
    free(first);
    json_decref(head);
    fputs(",\n  \"files\": [", stream);
    json_array_foreach((json_t *) files, k, file)
    {
        fputs(k > 0 ? ",\n    " : "\n    ", stream);
        json_dumpf(file, stream, JSON_PRESERVE_ORDER);
    }
    fputs("\n  ]\n}\n", stream);
    fclose(stream);
    return text;
}
