/* cli/solve_task.c -- what solve computes, and one entry of what it says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/json_file.h>
#include <lindbound/text.h>

#include "solve.h"

/* --- what to compute ----------------------------------------------------- */

static lb_solve_task *
add_task(lb_solve_session * s, const char * name, lb_expr * e)
{
    lb_solve_task * t = s->tasks + s->n_tasks++;

    t->name = lb_text_copy(name);
    t->expr = lb_expr_share(e);
    t->file = "-o";
    t->done = 0;
    t->pointer = NULL;
    lb_settings_init(t->at);
    lb_settings_merge(t->at, s->options->settings);
    return t;
}

static void
add_observable(lb_solve_session * s, slong k)
{
    const lb_observable * o = s->model->observables + k;
    lb_solve_task * t = add_task(s, o->name, o->expr);

    t->file = s->model->file;
    t->pointer = o->pointer;
    lb_settings_merge(t->at, o->at);
    lb_settings_merge(t->at, s->options->settings); /* -p wins */
}

static int
add_stated(lb_solve_session * s, const char * text)
{
    const lb_model_struct * m = s->model;
    slong k = lb_model_find_observable(m, text);
    lb_expr * e = NULL;
    lb_error err;

    if (k >= 0)
    {
        add_observable(s, k);
        return 0;
    }
    lb_error_clear(&err);
    if (lb_expr_parse(&e, text, &err) != LB_OK)
    {
        lb_error_in(&err,
                    lb_name_is_valid(text) ? "-o (no such observable)" : "-o",
                    NULL);
        return lb_cli_error(&err);
    }
    if (lb_name_is_valid(text) && lb_scope_find(m->scope, text) < 0)
    {
        char names[400] = "";

        for (slong j = 0; j < m->n_observables; j++)
            lb_text_append(names, sizeof(names), "%s%s", j > 0 ? ", " : "",
                           m->observables[j].name);
        lb_expr_free(e);
        return lb_cli_fail("-o %s: the model has no such observable; it has "
                           "%s",
                           text, names[0] ? names : "none");
    }
    add_task(s, text, e);
    lb_expr_free(e);
    return 0;
}

int
lb_solve_make_tasks(lb_solve_session * s)
{
    const lb_model_struct * m = s->model;
    slong n = s->options->n_observables;
    int bad = 0;

    s->tasks = flint_calloc((size_t) (n + m->n_observables + 1),
                            sizeof(lb_solve_task));
    for (slong k = 0; k < n && !bad; k++)
        bad = add_stated(s, s->options->observables[k]);
    for (slong k = 0; n == 0 && k < m->n_observables; k++)
        add_observable(s, k);
    if (!bad && s->n_tasks == 0)
        bad = lb_cli_fail("the model defines no observables; name one with "
                          "-o");
    return bad;
}

void
lb_solve_free_tasks(lb_solve_session * s)
{
    for (slong k = 0; k < s->n_tasks; k++)
    {
        flint_free(s->tasks[k].name);
        lb_expr_free(s->tasks[k].expr);
        lb_settings_clear(s->tasks[k].at);
    }
    flint_free(s->tasks);
}

slong
lb_solve_take_group(slong * which, lb_expr ** exprs, lb_solve_session * s,
                    slong first)
{
    const lb_settings_struct * at = s->tasks[first].at;
    slong n = 0;

    for (slong k = first; k < s->n_tasks; k++)
        if (!s->tasks[k].done && lb_settings_equal(s->tasks[k].at, at))
        {
            which[n] = k;
            exprs[n++] = s->tasks[k].expr;
            s->tasks[k].done = 1;
        }
    return n;
}

/* --- results ------------------------------------------------------------- */

void
lb_solve_print_at(FILE * stream, const lb_settings_t at)
{
    for (slong k = 0; k < at->length; k++)
        fprintf(stream, "%s%s = %s", k > 0 ? ", " : "   ", at->names[k],
                at->texts[k]);
}

void
lb_solve_add_result(lb_solve_session * s, const lb_solve_task * t,
                    json_t * entry)
{
    json_object_set_new(entry, "observable", json_string(t->name));
    json_object_set_new(entry, "expression", json_string(t->expr->text));
    json_object_set_new(entry, "at", lb_settings_json(t->at));
    json_array_append_new(s->results, entry);
}

int
lb_solve_fail_in_model(const lb_solve_session * s, lb_error * err)
{
    /* which of the observables is not known: the text names it */
    err->column = err->pointer[0] != '\0' ? err->column : 0;
    lb_error_in(err, s->model->file, NULL);
    return lb_cli_error(err);
}
