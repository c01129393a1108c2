/* numeric/cutoff.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <string.h>

#include <lindbound/cutoff.h>
#include <lindbound/text.h>

void
lb_cutoff_init(lb_cutoff_t c, const lb_kind * kinds, slong subsystems)
{
    c->subsystems = subsystems;
    c->total = -1;
    c->levels = flint_malloc((size_t) (subsystems + 1) * sizeof(slong));
    for (slong k = 0; k < subsystems; k++)
        c->levels[k] = kinds[k] == LB_TWO_LEVEL ? 1 : -1;
}

void
lb_cutoff_clear(lb_cutoff_t c)
{
    flint_free(c->levels);
}

void
lb_cutoff_set(lb_cutoff_t c, const lb_cutoff_t d)
{
    c->total = d->total;
    for (slong k = 0; k < c->subsystems; k++)
        c->levels[k] = d->levels[k];
}

slong
lb_cutoff_level(const lb_cutoff_t c, slong which)
{
    slong level = c->levels[which];

    return c->total >= 0 && (level < 0 || level > c->total) ? c->total : level;
}

const char *
lb_cutoff_subsystem_name(const lb_scope_t scope, slong which)
{
    for (slong k = 0; k < scope->length; k++)
        if (scope->symbols[k].kind == LB_SYMBOL_SUBSYSTEM
            && scope->symbols[k].index == which)
            return scope->symbols[k].name;
    return "?";
}

static void
skip_space(const char ** p)
{
    while (isspace((unsigned char) **p))
        (*p)++;
}

/* Sets *level; LB_EPARSE if there is no integer, LB_EDIM if it is too large */
static lb_status
read_level(slong * level, const char ** p, lb_error * err)
{
    slong value = 0;

    skip_space(p);
    if (!isdigit((unsigned char) **p))
        return lb_error_set(err, LB_EPARSE,
                            "expected a level (an integer >= 0), as in 8 or "
                            "a=5");
    while (isdigit((unsigned char) **p))
    {
        value = 10 * value + (**p - '0');
        if (value > LB_MAX_LEVEL)
            return lb_error_set(err, LB_EDIM,
                                "a cutoff above %d is out of reach; lower it",
                                LB_MAX_LEVEL);
        (*p)++;
    }
    *level = value;
    return LB_OK;
}

static lb_status
set_total(lb_cutoff_t c, const char ** p, lb_error * err)
{
    skip_space(p);
    if (c->total >= 0 && isdigit((unsigned char) **p))
        return lb_error_set(err, LB_EPARSE,
                            "a second cap on the total excitation number; "
                            "give one number, and levels as a=5");
    return read_level(&c->total, p, err);
}

static lb_status
set_level(lb_cutoff_t c, char * given, const char ** p, const lb_scope_t scope,
          lb_error * err)
{
    char name[64] = "", known[300];
    lb_status status;
    slong symbol, level = 0, which;
    size_t n = 0;

    while (isalnum((unsigned char) **p) || **p == '_')
    {
        if (n + 1 < sizeof(name))
            name[n++] = **p;
        (*p)++;
    }
    name[n] = '\0';
    symbol = lb_scope_find(scope, name);
    skip_space(p);
    if (strncmp(*p, "<=", 2) == 0 && symbol < 0 && strcmp(name, "N") == 0)
    {
        *p += 2;
        return set_total(c, p, err);
    }
    if (symbol < 0 || scope->symbols[symbol].kind != LB_SYMBOL_SUBSYSTEM)
    {
        lb_scope_list_names(known, sizeof(known), scope, LB_SYMBOL_SUBSYSTEM);
        return lb_error_set(err, LB_ENAME,
                            "'%s' is not a subsystem of this model; its "
                            "subsystems: %s",
                            name, known);
    }
    which = scope->symbols[symbol].index;
    if (strncmp(*p, "<=", 2) == 0)
        (*p)++;
    else if (**p != '=')
        return lb_error_set(err, LB_EPARSE,
                            "expected '=' and the highest level after '%s'",
                            name);
    (*p)++;
    status = read_level(&level, p, err);
    if (status != LB_OK)
        return status;
    if (given[which])
        return lb_error_set(err, LB_EPARSE, "'%s' is given twice", name);
    given[which] = 1;
    if (scope->kinds[which] == LB_TWO_LEVEL && level != 1)
        return lb_error_set(err, LB_EDIM,
                            "'%s' is a two-level system: its highest level "
                            "is always 1; leave it out",
                            name);
    c->levels[which] = level;
    return LB_OK;
}

static lb_status
check_bounded(const lb_cutoff_t c, const lb_scope_t scope, lb_error * err)
{
    for (slong k = 0; k < c->subsystems; k++)
        if (lb_cutoff_level(c, k) < 0)
        {
            const char * name = lb_cutoff_subsystem_name(scope, k);

            return lb_error_set(err, LB_EDIM,
                                "the mode '%s' is unbounded; add %s=LEVEL or "
                                "a cap on the total excitation number, as in "
                                "--cutoff 8",
                                name, name);
        }
    return LB_OK;
}

lb_status
lb_cutoff_parse(lb_cutoff_t c, const char * text, const lb_scope_t scope,
                lb_error * err)
{
    const char * p = text;
    char * given = flint_calloc((size_t) scope->subsystems + 1, 1);
    lb_status status = LB_OK;
    long column = 1;

    lb_cutoff_clear(c);
    lb_cutoff_init(c, scope->kinds, scope->subsystems);
    for (;;)
    {
        skip_space(&p);
        column = (long) (p - text) + 1;
        if (isalpha((unsigned char) *p))
            status = set_level(c, given, &p, scope, err);
        else
            status = set_total(c, &p, err);
        skip_space(&p);
        if (status != LB_OK || *p != ',')
            break;
        p++;
    }
    if (status == LB_OK && *p != '\0')
    {
        column = (long) (p - text) + 1;
        status = lb_error_set(err, LB_EPARSE,
                              "expected ',' or the end of the cutoff");
    }
    if (status != LB_OK)
        lb_error_at_column(err, column);
    else
        status = check_bounded(c, scope, err);
    if (status != LB_OK)
    {
        lb_cutoff_clear(c);
        lb_cutoff_init(c, scope->kinds, scope->subsystems);
    }
    flint_free(given);
    return status;
}

char *
lb_cutoff_get_str(const lb_cutoff_t c, const lb_scope_t scope)
{
    size_t size = 64;
    char * text;

    for (slong k = 0; k < c->subsystems; k++)
        size += strlen(lb_cutoff_subsystem_name(scope, k)) + 32;
    text = flint_malloc(size);
    text[0] = '\0';
    if (c->total >= 0)
        lb_text_append(text, size, "N<=%ld", (long) c->total);
    for (slong k = 0; k < c->subsystems; k++)
        if (scope->kinds[k] == LB_MODE && c->levels[k] >= 0)
            lb_text_append(text, size, "%s%s<=%ld", text[0] == '\0' ? "" : ", ",
                           lb_cutoff_subsystem_name(scope, k),
                           (long) c->levels[k]);
    if (text[0] == '\0')
        lb_text_append(text, size, "all levels");
    return text;
}
