/* report/html.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include <lindbound/html.h>

/* --- text ---------------------------------------------------------------- */

static void
put_escaped(FILE * page, char c)
{
    switch (c)
    {
    case '&':
        fputs("&amp;", page);
        break;
    case '<':
        fputs("&lt;", page);
        break;
    case '>':
        fputs("&gt;", page);
        break;
    case '"':
        fputs("&quot;", page);
        break;
    case '\'':
        fputs("&#39;", page);
        break;
    default:
        /* HTML knows no other control characters */
        fputc((unsigned char) c < ' ' && c != '\n' && c != '\t' ? ' ' : c,
              page);
    }
}

void
lb_html_text(FILE * page, const char * text)
{
    for (; text != NULL && *text != '\0'; text++)
        put_escaped(page, *text);
}

void
lb_html(FILE * page, const char * format, ...)
{
    va_list ap;

    va_start(ap, format);
    for (; *format != '\0'; format++)
        if (*format != '%')
            fputc(*format, page);
        else if (*++format == 's')
            lb_html_text(page, va_arg(ap, const char *));
        else if (*format == 'l')
        {
            format++; /* the d */
            fprintf(page, "%ld", va_arg(ap, long));
        }
        else
            fputc(*format, page);
    va_end(ap);
}

/* --- ids ----------------------------------------------------------------- */

static void
put_name(FILE * page, const char * name)
{
    for (; *name != '\0'; name++)
        if (isalnum((unsigned char) *name) || *name == '_')
            fputc(*name, page);
        else
            fprintf(page, ".%02x", (unsigned char) *name);
}

void
lb_html_id(FILE * page, const char * kind, const char * name, const char * part)
{
    fprintf(page, "%s-", kind);
    put_name(page, name);
    if (part == NULL)
        return;
    fputc('-', page);
    put_name(page, part);
}

/* --- pictures ------------------------------------------------------------ */

typedef struct
{
    FILE * page;
    const char * at;
    const char * prefix;
    lb_error * err;
} picture;

static int
same_word(const char * word, size_t n, const char * expected)
{
    if (strlen(expected) != n)
        return 0;
    for (size_t k = 0; k < n; k++)
        if (tolower((unsigned char) word[k]) != expected[k])
            return 0;
    return 1;
}

/* Elements that draw.  Others may run, load or restyle something. */
static int
is_drawing(const char * name, size_t n)
{
    static const char * const names[]
        = { "svg",      "g",       "defs",          "path",           "rect",
            "circle",   "ellipse", "line",          "polyline",       "polygon",
            "text",     "tspan",   "title",         "desc",           "use",
            "clippath", "mask",    "pattern",       "image",          "symbol",
            "filter",   "feflood", "fecomposite",   "lineargradient", "stop",
            "textpath", "a",       "radialgradient" };

    for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
        if (same_word(name, n, names[k]))
            return 1;
    return 0;
}

static lb_status
refuse(const picture * p, const char * what, const char * text, size_t n)
{
    return lb_error_set(p->err, LB_EPARSE, "the picture has %s '%.*s'", what,
                        (int) (n < 60 ? n : 60), text);
}

/* Writes a value, the prefix put behind every '#' that follows "url(". */
static lb_status
put_value(const picture * p, const char * value, size_t n)
{
    for (size_t k = 0; k < n; k++)
    {
        fputc(value[k], p->page);
        if (k < 3 || memcmp(value + k - 3, "url(", 4) != 0)
            continue;
        if (k + 1 == n || value[k + 1] != '#')
            return refuse(p, "the reference", value, n);
        fprintf(p->page, "#%s", p->prefix);
        k++;
    }
    return LB_OK;
}

static lb_status
put_link(const picture * p, const char * value, size_t n)
{
    static const char data[] = "data:image/png;base64,";

    if (n > 0 && value[0] == '#')
    {
        fprintf(p->page, "#%s%.*s", p->prefix, (int) n - 1, value + 1);
        return LB_OK;
    }
    if (n < sizeof(data) || memcmp(value, data, sizeof(data) - 1) != 0)
        return refuse(p, "the reference", value, n);
    fwrite(value, 1, n, p->page);
    return LB_OK;
}

/* One attribute: NAME="VALUE" or NAME='VALUE', p->at behind it. */
static lb_status
put_attribute(picture * p)
{
    const char *name = p->at, *value, *end;
    size_t length = strcspn(name, "= \t\r\n/><\"'"), n;
    const char * equals = name + length + strspn(name + length, " \t\r\n");
    lb_status status = LB_OK;
    char quote;

    value = *equals == '=' ? equals + 1 : "";
    value += strspn(value, " \t\r\n");
    quote = *value;
    end = quote == '"' || quote == '\'' ? strchr(value + 1, quote) : NULL;
    if (length == 0 || end == NULL)
        return refuse(p, "the attribute", name, strcspn(name, ">"));
    n = (size_t) (end - ++value);
    if (memchr(value, '<', n) != NULL)
        return refuse(p, "the attribute", name, length);
    if (length > 2 && same_word(name, 2, "on"))
        return refuse(p, "the handler", name, length);
    fprintf(p->page, "%.*s=%c", (int) length, name, quote);
    if (same_word(name, length, "id"))
        fprintf(p->page, "%s%.*s", p->prefix, (int) n, value);
    else if (same_word(name, length, "href")
             || same_word(name, length, "xlink:href"))
        status = put_link(p, value, n);
    else
        status = put_value(p, value, n);
    fputc(quote, p->page);
    p->at = end + 1;
    return status;
}

/* A tag from its '<' to its '>'. */
static lb_status
put_tag(picture * p)
{
    int closing = p->at[1] == '/';
    const char * name = p->at + 1 + closing;
    size_t n = strcspn(name, " \t\r\n/>"), blank;
    lb_status status = LB_OK;

    if (!is_drawing(name, n))
        return refuse(p, "the element", name, n);
    fprintf(p->page, "<%s%.*s", closing ? "/" : "", (int) n, name);
    p->at = name + n;
    while (status == LB_OK && *p->at != '>')
    {
        blank = strspn(p->at, " \t\r\n");
        p->at += blank;
        if (*p->at == '>')
            break;
        if (p->at[0] == '/' && p->at[1] == '>')
        {
            fputc('/', p->page);
            p->at++;
            break;
        }
        fputc(' ', p->page);
        status = put_attribute(p);
    }
    if (status == LB_OK)
        fputc(*p->at++, p->page);
    return status;
}

static lb_status
skip_comment(picture * p)
{
    const char * end = strstr(p->at, "-->");

    if (end == NULL)
        return refuse(p, "the comment", p->at, strlen(p->at));
    p->at = end + 3;
    return LB_OK;
}

lb_status
lb_html_svg(FILE * page, const char * svg, const char * prefix, lb_error * err)
{
    picture p = { page, strstr(svg, "<svg"), prefix, err };
    const char * end = NULL;
    lb_status status = LB_OK;

    for (const char * s = p.at; s != NULL; s = strstr(s + 1, "</svg>"))
        end = s;
    if (p.at == NULL || end == p.at)
        return lb_error_set(err, LB_EPARSE, "not an SVG picture");
    while (status == LB_OK && p.at <= end)
        if (strncmp(p.at, "<!--", 4) == 0)
            status = skip_comment(&p);
        else if (*p.at == '<')
            status = put_tag(&p);
        else
            fputc(*p.at++, page);
    return status;
}
