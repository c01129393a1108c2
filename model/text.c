/* model/text.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/flint_compat.h>
#include <lindbound/text.h>

char *
lb_text_copy(const char * text)
{
    char * copy;
    size_t n;

    if (text == NULL)
        return NULL;
    n = strlen(text) + 1;
    copy = flint_malloc(n);
    memcpy(copy, text, n);
    return copy;
}

char *
lb_text_print(const char * format, ...)
{
    va_list ap, again;
    char * text;
    int n;

    va_start(ap, format);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    text = flint_malloc((size_t) n + 1);
    vsnprintf(text, (size_t) n + 1, format, again);
    va_end(again);
    return text;
}

void
lb_text_append(char * buffer, size_t size, const char * format, ...)
{
    size_t used = strlen(buffer);
    va_list ap;

    if (used + 1 >= size)
        return;
    va_start(ap, format);
    vsnprintf(buffer + used, size - used, format, ap);
    va_end(ap);
}

#define LONGEST_NAME 48

int
lb_text_distance(const char * a, const char * b)
{
    int row[LONGEST_NAME + 1], na, nb;

    /* what both begin with costs no edit */
    while (*a != '\0' && *a == *b)
    {
        a++;
        b++;
    }
    na = (int) strlen(a);
    nb = (int) strlen(b);
    if (na > LONGEST_NAME || nb > LONGEST_NAME)
        return LONGEST_NAME;
    for (int j = 0; j <= nb; j++)
        row[j] = j;
    for (int i = 1; i <= na; i++)
    {
        int diagonal = row[0];

        row[0] = i;
        for (int j = 1; j <= nb; j++)
        {
            int change = diagonal + (a[i - 1] != b[j - 1]);

            diagonal = row[j];
            row[j] = row[j] + 1 < row[j - 1] + 1 ? row[j] + 1 : row[j - 1] + 1;
            if (change < row[j])
                row[j] = change;
        }
    }
    return row[nb];
}
