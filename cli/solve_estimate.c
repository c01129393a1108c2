/* cli/solve_estimate.c -- solve --level estimate: numbers without proof.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/estimate.h>

#include "solve.h"

static void
report_estimate(lb_solve_session * s, const lb_solve_task * t,
                const lb_approx_value * value, const lb_estimate_info * info)
{
    char text[LB_APPROX_TEXT];

    if (value->digits == 0)
        s->undecided = 1;
    if (s->results != NULL)
    {
        json_t * entry = lb_approx_value_json(value);

        lb_estimate_info_json(entry, info);
        lb_solve_add_result(s, t, entry);
        return;
    }
    lb_approx_value_str(text, sizeof(text), value, s->options->digits);
    fprintf(s->out.stream, "  %-14s %-24s estimate", t->name, text);
    lb_solve_print_at(s->out.stream, t->at);
    fputc('\n', s->out.stream);
}

/* One steady state serves all tasks with the same settings, from `first` on. */
static int
solve_group(lb_solve_session * s, slong first,
            const lb_estimate_options * estimate)
{
    lb_approx_value * values
        = flint_calloc((size_t) s->n_tasks, sizeof(lb_approx_value));
    lb_expr ** exprs = flint_calloc((size_t) s->n_tasks, sizeof(lb_expr *));
    slong * which = flint_calloc((size_t) s->n_tasks, sizeof(slong));
    const lb_solve_task * t = s->tasks + first;
    lb_estimate_info info;
    lb_scope_t scope;
    lb_error err;
    slong n = lb_solve_take_group(which, exprs, s, first);
    int bad = 0;

    lb_error_clear(&err);
    lb_estimate_info_init(&info);
    if (lb_model_scope_at(scope, s->model, t->at, &err) != LB_OK)
        bad = lb_cli_error(&err);
    else
    {
        if (lb_estimate_approx(values, &info, s->model, scope, NULL, exprs, n,
                               estimate, &err)
            != LB_OK)
            bad = lb_solve_fail_in_model(s, &err);
        lb_scope_clear(scope);
    }
    s->seconds += info.seconds;
    if (!bad && s->results == NULL)
        fprintf(s->out.stream, "cutoff %s, dimension %ld, residual %.1e, %s\n",
                info.cutoff, (long) info.dimension, info.residual,
                info.preconditioner);
    for (slong k = 0; k < n && !bad; k++)
        report_estimate(s, s->tasks + which[k], values + k, &info);
    lb_estimate_info_clear(&info);
    flint_free(values);
    flint_free(exprs);
    flint_free(which);
    return bad;
}

int
lb_solve_estimates(lb_solve_session * s)
{
    lb_estimate_options estimate;
    int bad = 0;

    lb_estimate_options_init(&estimate);
    estimate.max_dimension = s->options->max_dimension;
    estimate.cutoff_text = s->options->cutoff;
    for (slong k = 0; k < s->n_tasks && !bad; k++)
        if (!s->tasks[k].done)
            bad = solve_group(s, k, &estimate);
    return bad;
}
