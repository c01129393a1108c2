/* model/settings.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/settings.h>
#include <lindbound/text.h>

void
lb_settings_init(lb_settings_t s)
{
    memset(s, 0, sizeof(*s));
}

void
lb_settings_clear(lb_settings_t s)
{
    for (slong k = 0; k < s->length; k++)
    {
        flint_free(s->names[k]);
        flint_free(s->texts[k]);
        flint_free(s->places[k]);
        flint_free(s->pointers[k]);
    }
    flint_free(s->names);
    flint_free(s->texts);
    flint_free(s->places);
    flint_free(s->pointers);
    lb_settings_init(s);
}

static slong
find(const lb_settings_t s, const char * name)
{
    for (slong k = 0; k < s->length; k++)
        if (strcmp(s->names[k], name) == 0)
            return k;
    return -1;
}

void
lb_settings_set(lb_settings_t s, const char * name, const char * text,
                const char * place, const char * pointer)
{
    slong k = find(s, name);

    if (k >= 0)
    {
        flint_free(s->texts[k]);
        flint_free(s->places[k]);
        flint_free(s->pointers[k]);
    }
    else
    {
        if (s->length == s->alloc)
        {
            size_t bytes;

            s->alloc = 2 * s->alloc + 4;
            bytes = (size_t) s->alloc * sizeof(char *);
            s->names = flint_realloc(s->names, bytes);
            s->texts = flint_realloc(s->texts, bytes);
            s->places = flint_realloc(s->places, bytes);
            s->pointers = flint_realloc(s->pointers, bytes);
        }
        k = s->length++;
        s->names[k] = lb_text_copy(name);
    }
    s->texts[k] = lb_text_copy(text);
    s->places[k] = lb_text_copy(place);
    s->pointers[k] = lb_text_copy(pointer);
}

void
lb_settings_merge(lb_settings_t s, const lb_settings_t t)
{
    for (slong k = 0; k < t->length; k++)
        lb_settings_set(s, t->names[k], t->texts[k], t->places[k],
                        t->pointers[k]);
}

const char *
lb_settings_get(const lb_settings_t s, const char * name)
{
    slong k = find(s, name);

    return k < 0 ? NULL : s->texts[k];
}

int
lb_settings_equal(const lb_settings_t s, const lb_settings_t t)
{
    if (s->length != t->length)
        return 0;
    for (slong k = 0; k < s->length; k++)
    {
        const char * text = lb_settings_get(t, s->names[k]);

        if (text == NULL || strcmp(text, s->texts[k]) != 0)
            return 0;
    }
    return 1;
}
