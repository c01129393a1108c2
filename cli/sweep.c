/* cli/sweep.c -- -p NAME=FROM:TO:STEP
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/rational.h>
#include <lindbound/text.h>

#include "cli.h"

#define MAX_POINTS 100000

static int
make_points(lb_sweep * sweep, const fmpq_t from, const fmpq_t to,
            const fmpq_t step)
{
    fmpq_t t;
    fmpz_t count;
    int bad = 0;

    fmpq_init(t);
    fmpz_init(count);
    fmpq_sub(t, to, from);
    fmpq_div(t, t, step);
    fmpz_fdiv_q(count, fmpq_numref(t), fmpq_denref(t));
    if (fmpz_sgn(count) < 0 || fmpz_cmp_si(count, MAX_POINTS) >= 0)
        bad = lb_cli_fail("-p %s: a sweep has from 1 to %d points", sweep->name,
                          MAX_POINTS);
    else
    {
        sweep->falling = fmpq_sgn(step) < 0;
        sweep->count = fmpz_get_si(count) + 1;
        sweep->points = flint_calloc((size_t) sweep->count, sizeof(char *));
        fmpq_set(t, from);
        for (slong k = 0; k < sweep->count; k++)
        {
            sweep->points[k] = lb_rational_text(t);
            fmpq_add(t, t, step);
        }
    }
    fmpq_clear(t);
    fmpz_clear(count);
    return bad;
}

static int
read_sweep(lb_sweep * sweep, const char * name, const char * text)
{
    const char * first = strchr(text, ':');
    const char * second = strchr(first + 1, ':');
    fmpq_t x[3];
    int bad = 0;

    for (int k = 0; k < 3; k++)
        fmpq_init(x[k]);
    sweep->name = lb_text_copy(name);
    if (second != NULL)
    {
        char * part[3]
            = { lb_text_print("%.*s", (int) (first - text), text),
                lb_text_print("%.*s", (int) (second - first - 1), first + 1),
                lb_text_copy(second + 1) };

        for (int k = 0; k < 3; k++)
        {
            bad = bad || lb_rational_read(x[k], part[k], NULL) != LB_OK;
            flint_free(part[k]);
        }
    }
    if (second == NULL || bad || fmpq_is_zero(x[2]))
        bad = lb_cli_fail("-p %s: a sweep is FROM:TO:STEP, three exact "
                          "numbers such as -2:2:0.1, not '%.60s'",
                          name, text);
    else
        bad = make_points(sweep, x[0], x[1], x[2]);
    for (int k = 0; k < 3; k++)
        fmpq_clear(x[k]);
    return bad;
}

int
lb_sweep_read(lb_sweep * sweep, const lb_settings_t settings)
{
    memset(sweep, 0, sizeof(*sweep));
    for (slong k = 0; k < settings->length; k++)
    {
        if (strchr(settings->texts[k], ':') == NULL)
            continue;
        if (sweep->name != NULL)
            return lb_cli_fail("-p %s: one parameter can be swept at a time, "
                               "and %s is already",
                               settings->names[k], sweep->name);
        if (read_sweep(sweep, settings->names[k], settings->texts[k]) != 0)
            return LB_EXIT_USAGE;
    }
    return 0;
}

void
lb_sweep_clear(lb_sweep * sweep)
{
    for (slong k = 0; k < sweep->count; k++)
        flint_free(sweep->points[k]);
    flint_free(sweep->points);
    flint_free(sweep->name);
}
