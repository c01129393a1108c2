/* table/table_open.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/table_open.h>
#include <lindbound/table_write.h>
#include <lindbound/text.h>

/* A member of the file that its spec and model do not give. */
static lb_status
refuse_member(const char * name, const char * path, lb_error * err)
{
    char pointer[40] = "";

    lb_text_append(pointer, sizeof(pointer), "/%s", name);
    lb_error_set(err, LB_EPARSE,
                 "not what the spec and the model in the file say%s",
                 strcmp(name, "columns") == 0
                     ? " (or a form that a column names is another one now)"
                     : "");
    lb_error_in(err, path, pointer);
    return LB_EPARSE;
}

static lb_status
check_hash(const json_t * provenance, const char * name, const char * hash,
           const char * path, lb_error * err)
{
    char pointer[40] = "";

    if (strcmp(json_string_value(json_object_get(provenance, name)), hash) == 0)
        return LB_OK;
    lb_text_append(pointer, sizeof(pointer), "/provenance/%s", name);
    lb_error_set(err, LB_EPARSE, "the %s in the file has the hash %s",
                 name[0] == 's' ? "spec" : "model", hash);
    lb_error_in(err, path, pointer);
    return LB_EPARSE;
}

lb_status
lb_table_open_spec(lb_table_spec_t s, const lb_table_t t, const char * path,
                   const lb_table_spec_options * o, lb_error * err)
{
    const json_t * provenance = json_object_get(t->json, "provenance");
    lb_table_spec_options as_it_is = *o;
    const char * name;
    json_t *head, *member;
    lb_status status;

    as_it_is.settings = NULL;
    as_it_is.refine = 1;
    as_it_is.max_points = FLINT_MAX(t->points, 1);
    status = lb_table_spec_read_json(s, json_object_get(t->json, "spec"),
                                     json_object_get(t->json, "model"), path,
                                     &as_it_is, err);
    if (status == LB_OK)
        status = check_hash(provenance, "spec_hash", s->spec_hash, path, err);
    if (status == LB_OK)
        status = check_hash(provenance, "model_hash", s->model_hash, path, err);
    if (status != LB_OK)
        return status;
    head = lb_table_head_json(s, t->complete, lb_table_command(t), "");
    json_object_foreach(head, name, member)
    {
        if (strcmp(name, "provenance") != 0
            && !json_equal(member, json_object_get(t->json, name)))
        {
            status = refuse_member(name, path, err);
            break;
        }
    }
    json_decref(head);
    return status;
}

lb_status
lb_table_open(lb_table_t t, lb_table_spec_t s, const char * path,
              const lb_table_spec_options * o, lb_error * err)
{
    lb_status status = lb_table_read(t, path, err);

    if (status == LB_OK)
        status = lb_table_open_spec(s, t, path, o, err);
    if (status != LB_OK)
        lb_error_in(err, path, NULL);
    return status;
}

const char *
lb_table_command(const lb_table_t t)
{
    return json_string_value(
        json_object_get(json_object_get(t->json, "provenance"), "command"));
}
