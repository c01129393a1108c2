/* cli/solve_closed.c -- what solve proves without a Fock space.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/form.h>
#include <lindbound/model_quantity.h>

#include "solve.h"

/* Precision is doubled until the digits are there, up to this many bits. */
#define MAX_PREC 16384
#define CLOSED_MAX_PREC 2048

/* The digits asked for; of a ball around zero, as many places. */
static int
enough_digits(const lb_scalar_t x, slong digits)
{
    slong bits = digits * 10 / 3 + 4;
    mag_t size;
    int small;

    if (acb_rel_accuracy_bits(x->coefficient) >= bits)
        return 1;
    mag_init(size);
    acb_get_mag(size, x->coefficient);
    small = acb_contains_zero(x->coefficient)
            && mag_cmp_2exp_si(size, -2 * bits) < 0;
    mag_clear(size);
    return small;
}

/* The limit of weak drive, or the value at the stated drive. */
static lb_status
refine(lb_scalar_t x, const lb_solve_session * s, const lb_solve_task * t,
       int leading_order, lb_error * err)
{
    slong start = s->options->digits * 10 / 3 + 64;
    slong most = FLINT_MAX(leading_order ? MAX_PREC : CLOSED_MAX_PREC, start);
    lb_status status;
    lb_scope_t scope;

    lb_error_clear(err);
    status = lb_model_scope_at(scope, s->model, t->at, err);
    if (status != LB_OK)
        return status;
    for (slong prec = start; prec <= most; prec *= 2)
    {
        lb_error_clear(err);
        status = lb_model_quantity(x, t->expr, s->model, scope, leading_order,
                                   prec, err);
        if ((status != LB_OK && status != LB_EPREC)
            || (status == LB_OK && enough_digits(x, s->options->digits)))
            break;
    }
    lb_scope_clear(scope);
    return status;
}

static void
report(lb_solve_session * s, const lb_solve_task * t, const lb_scalar_t x,
       const char * name)
{
    char * text;

    if (!acb_is_finite(x->coefficient) && x->side == 0)
        s->undecided = 1;
    if (s->results != NULL)
    {
        json_t * entry = lb_scalar_json(x, s->options->digits, name);

        if (strcmp(name, "weak-drive") == 0)
            json_object_set_new(entry, "drive_order", json_integer(x->order));
        lb_solve_add_result(s, t, entry);
        return;
    }
    text = lb_scalar_str(x, s->options->digits);
    fprintf(s->out.stream, "  %-14s %s", t->name, text);
    if (x->order != 0)
        fprintf(s->out.stream, " x^%ld", (long) x->order);
    fprintf(s->out.stream, "  %s", name);
    lb_solve_print_at(s->out.stream, t->at);
    fputc('\n', s->out.stream);
    flint_free(text);
}

int
lb_solve_weak(lb_solve_session * s, const lb_solve_task * t)
{
    lb_scalar_t x;
    lb_error err;
    lb_status status;
    int bad = 0;

    lb_scalar_init(x);
    status = refine(x, s, t, 1, &err);
    if (status != LB_OK && status != LB_EPREC)
    {
        lb_error_in(&err, t->file, t->pointer);
        bad = lb_cli_error(&err);
    }
    else
        report(s, t, x, "weak-drive");
    lb_scalar_clear(x);
    return bad;
}

/* Quantities such as S need no state; the state of a linear network is
   Gaussian and known by its moments.  What the network lacks -- a projector, a
   nonlinear term -- is left to the Fock space, but not a state that is proved
   not to be there: a truncated space always has one. */
int
lb_solve_closed(lb_solve_session * s, lb_solve_task * t)
{
    int quantity = lb_node_uses_quantity(t->expr->root);
    lb_scalar_t x;
    lb_error err;
    lb_status status;
    int bad = 0;

    if (!quantity
        && (s->model->n_channels == 0 || !lb_node_uses_state(t->expr->root)
            || s->level != LB_SOLVE_AUTO || s->options->cutoff != NULL))
        return 0;
    lb_scalar_init(x);
    status = refine(x, s, t, 0, &err);
    t->done = quantity || status == LB_OK || status == LB_EUNSTABLE;
    if (t->done && status != LB_OK && status != LB_EPREC)
    {
        lb_error_in(&err, t->file, t->pointer);
        bad = lb_cli_error(&err);
    }
    else if (t->done)
        report(s, t, x, "closed-form");
    lb_scalar_clear(x);
    return bad;
}
