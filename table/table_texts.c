/* table/table_texts.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/table_texts.h>
#include <lindbound/text.h>

char *
lb_table_point_str(const lb_table_spec_t s, slong point)
{
    char * text = lb_text_print("point %ld (", (long) point);

    for (slong k = 0; k < s->n_axes; k++)
    {
        slong index = lb_table_axis_index(s, k, point);
        char * longer = lb_text_print("%s%s = %s%s", text, s->axes[k]->name,
                                      s->axes[k]->texts[index],
                                      k + 1 < s->n_axes ? ", " : ")");

        flint_free(text);
        text = longer;
    }
    return text;
}

/* --- names replaced by texts --------------------------------------------- */

/* Length of the number that @p text starts with, 0 if none does: the e of 1e5
   is no name. */
static size_t
number_length(const char * text)
{
    size_t n = strspn(text, "0123456789.");

    if (n == 0 || (text[n] != 'e' && text[n] != 'E'))
        return n;
    if (isdigit((unsigned char) text[n + 1]))
        return n + 1 + strspn(text + n + 1, "0123456789");
    if ((text[n + 1] == '+' || text[n + 1] == '-')
        && isdigit((unsigned char) text[n + 2]))
        return n + 2 + strspn(text + n + 2, "0123456789");
    return n;
}

static size_t
name_length(const char * text)
{
    return isalpha((unsigned char) *text)
               ? strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789"
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
               : 0;
}

static void
write_replaced(FILE * stream, const char * text, const lb_settings_t names)
{
    while (*text != '\0')
    {
        size_t n = strncmp(text, "h.c.", 4) == 0 ? 4 : number_length(text);
        size_t word = n == 0 ? name_length(text) : 0;
        char * name = lb_text_print("%.*s", (int) word, text);
        const char * value = word > 0 ? lb_settings_get(names, name) : NULL;

        flint_free(name);
        n = n + word > 0 ? n + word : 1;
        if (value == NULL)
            fwrite(text, 1, n, stream);
        else
        {
            fputc('(', stream);
            write_replaced(stream, value, names);
            fputc(')', stream);
        }
        text += n;
    }
}

char *
lb_table_substitute(const char * text, const lb_settings_t names)
{
    char *written = NULL, *copy;
    size_t size = 0;
    FILE * stream = open_memstream(&written, &size);

    write_replaced(stream, text, names);
    fclose(stream);
    copy = lb_text_copy(written);
    free(written);
    return copy;
}

/* --- a column at a point ------------------------------------------------- */

static const char *
axis_text(const lb_table_spec_t s, slong axis, slong point)
{
    return s->axes[axis]->texts[lb_table_axis_index(s, axis, point)];
}

/* Whether the axis is a name that the model lacks. */
static int
is_added(const lb_table_spec_t s, slong axis)
{
    const json_t * parameters = json_object_get(s->model_json, "parameters");

    return json_object_get(parameters, s->axes[axis]->name) == NULL;
}

void
lb_table_point_texts(lb_settings_t settings, char ** quantity,
                     const lb_table_spec_t s, slong which, slong point)
{
    const lb_table_column * c = s->columns + which;
    lb_settings_t names, stated;

    lb_settings_init(names);
    lb_settings_init(stated);
    for (slong k = 0; k < s->n_axes; k++)
        if (is_added(s, k))
            lb_settings_set(names, s->axes[k]->name, axis_text(s, k, point),
                            NULL, NULL);
    for (slong k = 0; k < c->form->n_where; k++)
        lb_settings_set(names, c->form->where[k].name,
                        c->form->where[k].expr->text, NULL, NULL);

    lb_settings_merge(stated, s->parameters);
    lb_settings_merge(stated, c->form->at);
    for (slong k = 0; k < s->n_axes; k++)
        lb_settings_set(stated, s->axes[k]->name, axis_text(s, k, point), NULL,
                        NULL);
    for (slong k = 0; k < stated->length; k++)
        if (lb_settings_get(names, stated->names[k]) == NULL)
        {
            char * text = lb_table_substitute(stated->texts[k], names);

            lb_settings_set(settings, stated->names[k], text, NULL, NULL);
            flint_free(text);
        }
    *quantity = lb_table_substitute(c->expr->text, names);
    lb_settings_clear(names);
    lb_settings_clear(stated);
}
