/* compare/catalog.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/catalog.h>
#include <lindbound/text.h>

void
lb_catalog_init(lb_catalog_t c, const lb_catalog_source * source)
{
    memset(c, 0, sizeof(*c));
    c->source = source;
}

static void
entry_free(lb_catalog_entry * e)
{
    flint_free(e->name);
    lb_forms_clear(e->forms);
    lb_model_clear(e->model);
    flint_free(e);
}

void
lb_catalog_clear(lb_catalog_t c)
{
    for (slong k = 0; k < c->length; k++)
        entry_free(c->entries[k]);
    flint_free(c->entries);
    lb_catalog_init(c, c->source);
}

static lb_catalog_entry *
find(lb_catalog_t c, const char * name, lb_error * err)
{
    lb_catalog_entry * e;

    for (slong k = 0; k < c->length; k++)
        if (strcmp(c->entries[k]->name, name) == 0)
            return c->entries[k];
    e = flint_calloc(1, sizeof(*e));
    e->name = lb_text_copy(name);
    lb_model_init(e->model);
    lb_forms_init(e->forms);
    if (c->source->read_model(e->model, name, err) != LB_OK)
    {
        entry_free(e);
        return NULL;
    }
    c->entries = flint_realloc(c->entries,
                               (size_t) (c->length + 1) * sizeof(*c->entries));
    c->entries[c->length++] = e;
    return e;
}

const lb_model_struct *
lb_catalog_model(lb_catalog_t c, const char * name, lb_error * err)
{
    const lb_catalog_entry * e = find(c, name, err);

    return e != NULL ? e->model : NULL;
}

static lb_status
need_forms(lb_catalog_t c, lb_catalog_entry * e, lb_error * err)
{
    lb_status status = LB_OK;

    if (e->forms->length == 0)
    {
        char * path = c->source->forms_path(e->name);

        status = lb_forms_read(e->forms, path, e->model, err);
        flint_free(path);
    }
    return status;
}

const lb_form_struct *
lb_catalog_form(lb_catalog_t c, const char * name, const char * id,
                lb_error * err)
{
    lb_catalog_entry * e = find(c, name, err);

    if (e == NULL || need_forms(c, e, err) != LB_OK)
        return NULL;
    for (slong k = 0; k < e->forms->length; k++)
        if (strcmp(e->forms->forms[k].id, id) == 0)
            return e->forms->forms + k;
    (void) lb_error_set(err, LB_ENAME, "%s has no form '%.60s'", name, id);
    return NULL;
}
