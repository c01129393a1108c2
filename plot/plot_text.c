/* plot/plot_text.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Strings are quoted singly: there gnuplot knows neither backquotes nor macros
 * nor escapes.  A single quote becomes an escape of enhanced text, so that no
 * text can end its string. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <flint/flint.h>

#include <lindbound/plot_text.h>
#include <lindbound/text.h>

/* Capitals that are also names of people, such as Xi, are left alone. */
static const struct
{
    const char *name, *letter;
} greek[] = {
    { "alpha", "α" },   { "beta", "β" },   { "gamma", "γ" }, { "delta", "δ" },
    { "epsilon", "ε" }, { "zeta", "ζ" },   { "eta", "η" },   { "theta", "θ" },
    { "kappa", "κ" },   { "lambda", "λ" }, { "mu", "μ" },    { "nu", "ν" },
    { "xi", "ξ" },      { "pi", "π" },     { "rho", "ρ" },   { "sigma", "σ" },
    { "tau", "τ" },     { "phi", "φ" },    { "chi", "χ" },   { "psi", "ψ" },
    { "omega", "ω" },   { "Gamma", "Γ" },  { "Delta", "Δ" }, { "Theta", "Θ" },
    { "Lambda", "Λ" },  { "Sigma", "Σ" },  { "Phi", "Φ" },   { "Psi", "Ψ" },
    { "Omega", "Ω" },   { "um", "µm" }, /* micrometres */
};

#define WORD_CHARACTERS                                                        \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* NULL: not the name of a letter */
static const char *
find_greek(const char * name, size_t length)
{
    for (size_t k = 0; k < sizeof(greek) / sizeof(greek[0]); k++)
        if (strlen(greek[k].name) == length
            && strncmp(greek[k].name, name, length) == 0)
            return greek[k].letter;
    return NULL;
}

static void
write_character(FILE * script, char c)
{
    if ((unsigned char) c < ' ' || c == 127)
        c = ' ';
    if (c == '\'')
    {
        fputs("\\047", script);
        return;
    }
    if (strchr("\\^_{}@&~", c) != NULL)
        fputc('\\', script);
    fputc(c, script);
    if (c == '\\')
        fputs("{}", script); /* what follows belongs to no escape, as U+41 */
}

static void
write_raw(FILE * script, const char * text, size_t length)
{
    for (size_t k = 0; k < length; k++)
        write_character(script, text[k]);
}

static void
write_name(FILE * script, const char * text, size_t length)
{
    const char * letter = find_greek(text, length);

    if (letter != NULL)
        fputs(letter, script);
    else
        write_raw(script, text, length);
}

/* The length of the name before the subscript if this word is shown with one;
   0: it is not. */
static size_t
subscript_at(const char * word, size_t length)
{
    const char * mark = length > 0 ? memchr(word, '_', length) : NULL;
    size_t base = mark != NULL ? (size_t) (mark - word) : 0;
    size_t rest = base > 0 ? length - base - 1 : 0;

    if (base == 0 || rest == 0 || rest > 6
        || memchr(mark + 1, '_', rest) != NULL
        || (base > 2 && find_greek(word, base) == NULL))
        return 0;
    return base;
}

static void
write_word(FILE * script, const char * word, size_t length)
{
    size_t base = subscript_at(word, length);

    write_name(script, word, base > 0 ? base : length);
    if (base > 0)
    {
        fputs("_{", script);
        write_name(script, word + base + 1, length - base - 1);
        fputc('}', script);
    }
}

/* Length of an exponent such as ^2 or ^-1; 0: there is none. */
static size_t
exponent_length(const char * text)
{
    size_t sign = text[0] == '^' && text[1] == '-';
    size_t digits = text[0] == '^' ? strspn(text + 1 + sign, "0123456789") : 0;

    return digits > 0 ? 1 + sign + digits : 0;
}

void
lb_plot_text(FILE * script, const char * text)
{
    while (*text != '\0')
    {
        size_t word = strspn(text, WORD_CHARACTERS),
               exponent = exponent_length(text);

        if (word > 0)
            write_word(script, text, word);
        else if (exponent > 0)
            fprintf(script, "^{%s%.*s}", text[1] == '-' ? "−" : "",
                    (int) exponent - 1 - (text[1] == '-'),
                    text + 1 + (text[1] == '-'));
        else
            write_character(script, *text);
        text += word > 0 ? word : exponent > 0 ? exponent : 1;
    }
}

/* bytes that begin a character */
static int
count_characters(const char * text, size_t length)
{
    int n = 0;

    for (size_t k = 0; k < length; k++)
        n += ((unsigned char) text[k] & 0xc0) != 0x80;
    return n;
}

int
lb_plot_text_width(const char * text)
{
    int width = 0;

    while (*text != '\0')
    {
        size_t word = strspn(text, WORD_CHARACTERS), step = word > 0 ? word : 1;
        size_t base = word > 0 ? subscript_at(text, word) : 0;
        size_t name = base > 0 ? base : word;

        width += count_characters(text, step) - (base > 0);
        if (name > 0 && find_greek(text, name) != NULL)
            width -= (int) name - 1;
        text += step;
    }
    return width;
}

size_t
lb_plot_text_line(const char * text, int width)
{
    size_t end = 0, blank = 0;
    int n = 0;

    for (; text[end] != '\0' && n <= width; end++)
    {
        if (isspace((unsigned char) text[end]))
            blank = end;
        n += ((unsigned char) text[end] & 0xc0) != 0x80;
    }
    if (text[end] == '\0' && n <= width)
        return end;
    if (blank > 0)
        return blank;
    /* no blank: between two characters */
    for (end--; end > 1 && ((unsigned char) text[end] & 0xc0) == 0x80;)
        end--;
    return end;
}

void
lb_plot_text_short(FILE * script, int width, const char * text)
{
    char * line;

    if (lb_plot_text_width(text) <= width)
    {
        lb_plot_text(script, text);
        return;
    }
    line = lb_text_print("%.*s…", (int) lb_plot_text_line(text, width), text);
    lb_plot_text(script, line);
    flint_free(line);
}

char *
lb_plot_text_xml(const char * text)
{
    char *escaped = NULL, *copy;
    size_t size;
    FILE * stream = open_memstream(&escaped, &size);

    for (; *text != '\0'; text++)
        switch (*text)
        {
        case '&':
            fputs("&amp;", stream);
            break;
        case '<':
            fputs("&lt;", stream);
            break;
        case '>':
            fputs("&gt;", stream);
            break;
        default:
            fputc((unsigned char) *text < ' ' ? ' ' : *text, stream);
        }
    fclose(stream);
    copy = lb_text_copy(escaped);
    free(escaped);
    return copy;
}
