/* value.c -- a proved value from C: value MODEL EXPRESSION DIGITS
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     value PREFIX/share/lindbound/models/kerr.json 'g2(a)' 10 */
#include <stdio.h>
#include <stdlib.h>

#include <lindbound/ball_text.h>
#include <lindbound/certifier.h>
#include <lindbound/model_file.h>

/* Encloses the value of @p text in the steady state of the model without any
   cutoff. */
static lb_status
prove(acb_t value, lb_certified_info * info, const lb_model_t model,
      const char * text, slong digits, lb_error * err)
{
    lb_scope_t scope;
    lb_certifier * certifier = NULL;
    lb_expr * expression = NULL;
    lb_status status = lb_model_scope_at(scope, model, NULL, err);

    if (status != LB_OK)
        return status;
    status = lb_expr_parse(&expression, text, err);
    if (status == LB_OK)
        status = lb_certifier_new_full(&certifier, model, scope, 1024, err);
    if (status == LB_OK)
        status = lb_certifier_value(value, info, certifier, expression, digits,
                                    err);
    lb_certifier_free(certifier);
    lb_expr_free(expression);
    lb_scope_clear(scope);
    return status;
}

int
main(int argc, char ** argv)
{
    lb_model_t model;
    lb_error err;
    lb_certified_info info;
    lb_status status;
    acb_t value;
    slong digits;

    if (argc != 4 || (digits = atol(argv[3])) < 1)
    {
        fprintf(stderr, "usage: value MODEL EXPRESSION DIGITS\n");
        return 2;
    }
    lb_error_clear(&err);
    acb_init(value);
    lb_model_init(model);
    status = lb_model_read(model, argv[1], &err);
    if (status == LB_OK)
        status = prove(value, &info, model, argv[2], digits, &err);
    if (status == LB_OK)
    {
        char * text = lb_ball_complex_str(value, digits);
        printf("%s\n", text);
        flint_free(text);
        if (!info.reached)
            status = LB_EPREC;
    }
    else
        fprintf(stderr, "%s: %s\n", argv[1], err.text);
    acb_clear(value);
    lb_model_clear(model);
    flint_cleanup_master();
    return status == LB_OK ? 0 : 1;
}
