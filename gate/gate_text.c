/* gate/gate_text.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/flint_compat.h>
#include <lindbound/gate_text.h>

/* The character at s and, in *length, its bytes; 0 bytes: no UTF-8. */
static unsigned
character(const unsigned char * s, size_t * length)
{
    static const unsigned least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t n = s[0] < 0x80   ? 1
               : s[0] < 0xc0 ? 0
               : s[0] < 0xe0 ? 2
               : s[0] < 0xf0 ? 3
               : s[0] < 0xf8 ? 4
                             : 0;
    unsigned c = n <= 1 ? s[0] : s[0] & (0x7fu >> n);

    *length = 0;
    if (n == 0)
        return 0;
    for (size_t k = 1; k < n; k++)
    {
        if ((s[k] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[k] & 0x3f);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    *length = n;
    return c;
}

static int
is_control(unsigned c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c & 0xfffe) == 0xfffe
           || (c >= 0xfdd0 && c < 0xfdf0)
           /* marks that turn the direction of writing around */
           || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

char *
lb_gate_clean(const char * text, size_t max)
{
    const unsigned char * s = (const unsigned char *) (text ? text : "");
    char * clean = flint_malloc(max + 4);
    size_t used = 0, last = 0;

    while (*s != '\0')
    {
        size_t length;
        unsigned c = character(s, &length);
        int blank = *s == '\n' || *s == '\r' || *s == '\t' || c == 0x2028
                    || c == 0x2029;
        int bad = length == 0 || (!blank && is_control(c));
        const void * from = blank ? (const void *) " "
                            : bad ? (const void *) "\xef\xbf\xbd"
                                  : (const void *) s;
        size_t bytes = blank ? 1 : bad ? 3 : length;

        if (used + bytes > max)
        {
            memcpy(clean + last, "...", 3);
            used = last + 3;
            break;
        }
        memcpy(clean + used, from, bytes);
        used += bytes;
        if (used + 3 <= max)
            last = used;
        s += length > 0 ? length : 1;
    }
    clean[used] = '\0';
    return clean;
}

char *
lb_gate_escape(const char * text, const char * special,
               const char * const * replacement)
{
    size_t size = 1;
    char *escaped, *to;

    for (const char * s = text; *s != '\0'; s++)
    {
        const char * found = strchr(special, *s);

        size += found != NULL ? strlen(replacement[found - special]) : 1;
    }
    escaped = to = flint_malloc(size);
    for (const char * s = text; *s != '\0'; s++)
    {
        const char * found = strchr(special, *s);

        if (found == NULL)
            *to++ = *s;
        else
        {
            size_t n = strlen(replacement[found - special]);

            memcpy(to, replacement[found - special], n);
            to += n;
        }
    }
    *to = '\0';
    return escaped;
}
