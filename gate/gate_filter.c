/* gate/gate_filter.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/gate_filter.h>
#include <lindbound/text.h>

static const char * const key_names[]
    = { "id", "system", "flag", "difficulty" };
#define N_KEYS (sizeof(key_names) / sizeof(key_names[0]))

void
lb_gate_filter_init(lb_gate_filter * filter)
{
    memset(filter, 0, sizeof(*filter));
}

void
lb_gate_filter_clear(lb_gate_filter * filter)
{
    for (slong t = 0; t < filter->n; t++)
    {
        for (slong k = 0; k < filter->terms[t].n; k++)
            flint_free(filter->terms[t].values[k]);
        flint_free(filter->terms[t].values);
    }
    flint_free(filter->terms);
}

/* --- reading ------------------------------------------------------------- */

static lb_status
check_value(lb_filter_key key, const char * value, lb_error * err)
{
    if (value[0] == '\0')
        return lb_error_set(err, LB_EPARSE, "a value of '%s' is empty",
                            key_names[key]);
    if (key == LB_FILTER_DIFFICULTY && lb_difficulty_find(value) < 0)
        return lb_error_set(err, LB_EPARSE,
                            "the difficulties are lower, average and higher, "
                            "not '%.60s'",
                            value);
    if (key == LB_FILTER_FLAG && strchr(value, '*') == NULL
        && !lb_vector_flag_is_known(value))
        return lb_error_set(err, LB_ENAME,
                            "no vector has a flag '%.60s'; 'lindbound gate "
                            "--list' shows them",
                            value);
    return LB_OK;
}

static lb_status
read_values(lb_filter_term * term, const char * text, size_t length,
            lb_error * err)
{
    lb_status status = LB_OK;
    const char * end = text + length;

    while (status == LB_OK)
    {
        const char * bar = memchr(text, '|', (size_t) (end - text));
        size_t n = (size_t) ((bar != NULL ? bar : end) - text);

        term->values = flint_realloc(term->values,
                                     (size_t) (term->n + 1) * sizeof(char *));
        term->values[term->n] = lb_text_print("%.*s", (int) n, text);
        status = check_value(term->key, term->values[term->n++], err);
        if (bar == NULL)
            break;
        text = bar + 1;
    }
    return status;
}

static lb_status
read_term(lb_gate_filter * filter, const char * text, size_t length,
          lb_error * err)
{
    const char * equals = memchr(text, '=', length);
    int negated = length > 0 && text[0] == '!';
    lb_filter_term * term;
    size_t key = N_KEYS, n;

    n = equals != NULL ? (size_t) (equals - text) - (size_t) negated : 0;
    for (size_t k = 0; equals != NULL && k < N_KEYS; k++)
        if (strlen(key_names[k]) == n
            && strncmp(key_names[k], text + negated, n) == 0)
            key = k;
    if (key == N_KEYS)
        return lb_error_set(err, LB_EPARSE,
                            "a term of a filter is KEY=VALUE or !KEY=VALUE, "
                            "KEY is id, system, flag or difficulty: '%.*s'",
                            (int) FLINT_MIN(length, 60), text);
    filter->terms = flint_realloc(filter->terms, (size_t) (filter->n + 1)
                                                     * sizeof(lb_filter_term));
    term = filter->terms + filter->n++;
    term->negated = negated;
    term->key = (lb_filter_key) key;
    term->n = 0;
    term->values = NULL;
    return read_values(term, equals + 1, (size_t) (text + length - equals - 1),
                       err);
}

lb_status
lb_gate_filter_add(lb_gate_filter * filter, const char * text, lb_error * err)
{
    lb_status status = LB_OK;

    while (status == LB_OK)
    {
        const char * comma = strchr(text, ',');
        size_t n = comma != NULL ? (size_t) (comma - text) : strlen(text);

        status = read_term(filter, text, n, err);
        if (comma == NULL)
            break;
        text = comma + 1;
    }
    return status;
}

/* --- matching ------------------------------------------------------------ */

/* Whether all of @p text is @p pattern with texts for its stars.  A star takes
   as little as it can, and one more whenever what follows it does not fit. */
static int
matches(const char * pattern, const char * text)
{
    const char *star = NULL, *taken = NULL;

    while (*text != '\0')
        if (*pattern == '*')
        {
            star = pattern++;
            taken = text;
        }
        else if (*pattern == *text)
        {
            pattern++;
            text++;
        }
        else if (star != NULL)
        {
            pattern = star + 1;
            text = ++taken;
        }
        else
            return 0;
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static int
has_value(const lb_filter_term * term, const char * pattern,
          const lb_vectors_struct * v, const lb_vector * vector)
{
    switch (term->key)
    {
    case LB_FILTER_ID:
        return matches(pattern, vector->id);
    case LB_FILTER_SYSTEM:
        return matches(pattern, v->sets[v->problems[vector->problem].set].name);
    case LB_FILTER_DIFFICULTY:
        return matches(pattern, lb_difficulty_str(vector->difficulty));
    default:
        for (slong k = 0; k < vector->n_flags; k++)
            if (matches(pattern, vector->flags[k]))
                return 1;
        return 0;
    }
}

int
lb_gate_filter_wants(const lb_vectors_struct * vectors, slong vector,
                     void * filter)
{
    const lb_gate_filter * f = filter;

    for (slong t = 0; t < f->n; t++)
    {
        const lb_filter_term * term = f->terms + t;
        int found = 0;

        for (slong k = 0; k < term->n && !found; k++)
            found = has_value(term, term->values[k], vectors,
                              vectors->vectors + vector);
        if (found == term->negated)
            return 0;
    }
    return 1;
}
