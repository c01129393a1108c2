/* cli/range.c -- NAME=LOW:HIGH of --maximize and --minimize
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/evaluate.h>
#include <lindbound/text.h>

#include "cli.h"

lb_status
lb_cli_read_range(char ** name, arb_t low, arb_t high, const char * text,
                  const lb_scope_t scope, slong prec, lb_error * err)
{
    const char * equals = strchr(text, '=');
    const char * colon = equals == NULL ? NULL : strchr(equals, ':');
    lb_status status;
    char *place, *first;

    *name = NULL;
    if (colon == NULL || equals == text)
        return lb_error_set(err, LB_EPARSE,
                            "--maximize and --minimize take NAME=LOW:HIGH, not "
                            "'%.60s'",
                            text);
    *name = lb_text_print("%.*s", (int) (equals - text), text);
    first = lb_text_print("%.*s", (int) (colon - equals - 1), equals + 1);
    status = lb_scope_real(low, first, scope, prec, err);
    if (status == LB_OK)
        status = lb_scope_real(high, colon + 1, scope, prec, err);
    if (status == LB_OK && !arb_lt(low, high))
        status = lb_error_set(err, LB_EDOM,
                              "the lower end is not below the upper one");
    if (status != LB_OK)
    {
        place = lb_text_print("range of %s", *name);
        lb_error_in(err, place, NULL);
        flint_free(place);
    }
    flint_free(first);
    return status;
}
