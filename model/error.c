/* model/error.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/error.h>

void
lb_error_clear(lb_error * err)
{
    if (err != NULL)
        memset(err, 0, sizeof(*err));
}

/* Messages are one line whatever the input held. */
static void
replace_control_characters(char * text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char) *text < 32 || *text == 127)
            *text = ' ';
}

lb_status
lb_error_set(lb_error * err, lb_status status, const char * format, ...)
{
    va_list ap;

    if (err == NULL)
        return status;
    lb_error_clear(err);
    err->status = status;
    va_start(ap, format);
    vsnprintf(err->text, sizeof(err->text), format, ap);
    va_end(ap);
    replace_control_characters(err->text);
    return status;
}

void
lb_error_at_column(lb_error * err, long column)
{
    if (err != NULL && err->column == 0)
        err->column = column;
}

void
lb_error_in(lb_error * err, const char * file, const char * pointer)
{
    if (err == NULL)
        return;
    if (err->file[0] == '\0' && file != NULL)
    {
        snprintf(err->file, sizeof(err->file), "%s", file);
        replace_control_characters(err->file);
        /* a pointer belongs to the file it comes with */
        if (err->pointer[0] == '\0' && pointer != NULL)
        {
            snprintf(err->pointer, sizeof(err->pointer), "%s", pointer);
            replace_control_characters(err->pointer);
        }
    }
}

void
lb_error_format(char * buffer, size_t size, const lb_error * err)
{
    char place[sizeof(err->file) + sizeof(err->pointer) + 96];
    size_t n = 0;

    place[0] = '\0';
    if (err->file[0] != '\0')
        n += (size_t) snprintf(place + n, sizeof(place) - n, "%s:", err->file);
    if (err->line > 0)
        n += (size_t) snprintf(place + n, sizeof(place) - n, "%ld:", err->line);
    if (err->line > 0 && err->column > 0)
        n += (size_t) snprintf(place + n, sizeof(place) - n,
                               "%ld:", err->column);
    if (err->pointer[0] != '\0')
        n += (size_t) snprintf(place + n, sizeof(place) - n,
                               " %s:", err->pointer);
    if (err->line == 0 && err->column > 0)
        n += (size_t) snprintf(place + n, sizeof(place) - n,
                               " column %ld:", err->column);
    (void) n;
    snprintf(buffer, size, "%s%s%s", place, place[0] != '\0' ? " " : "",
             err->text[0] != '\0' ? err->text : lb_status_str(err->status));
}
