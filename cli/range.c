/* cli/range.c -- NAME=LOW:HIGH of --maximize and --minimize
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/evaluate.h>
#include <lindbound/text.h>

#include "cli.h"

/* One end of an interval: a real expression. */
static lb_status
read_end(arb_t x, const char * text, const lb_scope_t scope, slong prec,
         lb_error * err)
{
    lb_expr * e = NULL;
    lb_env_t env;
    lb_scalar_t z;
    lb_status status = lb_expr_parse(&e, text, err);

    if (status != LB_OK)
        return status;
    lb_scalar_init(z);
    lb_env_init(env, scope, prec);
    status = lb_env_scalar(z, env, e, err);
    if (status == LB_OK
        && (!acb_is_finite(z->coefficient) || !acb_is_real(z->coefficient)))
        status = lb_error_set(err, LB_EDOM, "an end must be a real number");
    arb_set(x, acb_realref(z->coefficient));
    lb_env_clear(env);
    lb_scalar_clear(z);
    lb_expr_free(e);
    return status;
}

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
    status = read_end(low, first, scope, prec, err);
    if (status == LB_OK)
        status = read_end(high, colon + 1, scope, prec, err);
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
