/* compare/claim_job.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/blas_threads.h>
#include <lindbound/claim_job.h>
#include <lindbound/claim_value.h>
#include <lindbound/clock.h>
#include <lindbound/closed_value.h>
#include <lindbound/peak.h>
#include <lindbound/power_law.h>
#include <lindbound/text.h>

/* of a fit */
#define PREC 256

void
lb_claim_jobs_init(lb_claim_jobs_t j)
{
    memset(j, 0, sizeof(*j));
}

void
lb_claim_jobs_clear(lb_claim_jobs_t j)
{
    for (slong k = 0; k < j->length; k++)
    {
        lb_claim_job * job = j->jobs[k];

        lb_settings_clear(job->settings);
        acb_clear(job->ball);
        flint_free(job->cutoff);
        flint_free(job);
    }
    flint_free(j->jobs);
    lb_claim_jobs_init(j);
}

static lb_claim_job *
append_job(lb_claim_jobs_t j, const lb_claim_value * value,
           const char * parameter, const char * text)
{
    lb_claim_job * job = flint_calloc(1, sizeof(*job));

    job->value = value;
    lb_settings_init(job->settings);
    if (parameter != NULL)
        lb_settings_set(job->settings, parameter, text, NULL, NULL);
    acb_init(job->ball);
    acb_indeterminate(job->ball);
    job->known = LB_KNOWN_NOT;
    if (j->length >= j->alloc)
    {
        j->alloc = 2 * j->length + 16;
        j->jobs = flint_realloc(j->jobs, (size_t) j->alloc * sizeof(*j->jobs));
    }
    j->jobs[j->length++] = job;
    return job;
}

/* Point k of a uniform grid, as an expression. */
static char *
grid_point(const lb_claim_value * v, slong k)
{
    return lb_text_print("(%s) + ((%s) - (%s))*%ld/%ld", v->from[0], v->to[0],
                         v->from[0], (long) k, (long) (v->points - 1));
}

slong
lb_claim_jobs_add(lb_claim_jobs_t j, const lb_claim_value * value,
                  const char * parameter, const char * text)
{
    slong place = j->length;
    lb_claim_job * fit = append_job(j, value, parameter, text);

    if (value->kind != LB_VALUE_FIT)
        return place;
    fit->first_point = j->length;
    fit->n_points = value->points - value->skip;
    for (slong k = value->skip; k < value->points; k++)
    {
        char * at = grid_point(value, k);
        lb_claim_job * point = append_job(j, value, parameter, text);

        lb_settings_set(point->settings, value->over[0], at, NULL, NULL);
        flint_free(at);
    }
    return place;
}

/* --- one job ------------------------------------------------------------- */

static int
needs_steady_state(const lb_claim_value * v)
{
    return v->form->limit == LB_LIMIT_EXACT && v->kind != LB_VALUE_PEAK
           && lb_node_uses_state(v->form->quantity->root);
}

/* Input that is wrong, not a value that cannot be had. */
static int
is_bad_input(lb_status status)
{
    return status == LB_ENAME || status == LB_EPARSE || status == LB_EDOM;
}

/* Keeps an error of bad input; anything else becomes a note. */
static void
finish(lb_claim_job * job, lb_status status, const lb_error * err, double start)
{
    if (is_bad_input(status))
    {
        job->status = status;
        job->err = *err;
        lb_error_in(&job->err, job->value->form->file,
                    job->value->form->quantity_pointer);
    }
    else if (status != LB_OK)
        lb_text_append(job->note, sizeof(job->note), "%s", err->text);
    if (!acb_is_finite(job->ball))
        job->known = LB_KNOWN_NOT;
    job->seconds = lb_clock_seconds() - start;
}

/* A job that shares no steady state with others. */
static void
run_alone(lb_claim_job * job, slong max_dimension)
{
    const lb_claim_value * v = job->value;
    double start = lb_clock_seconds();
    lb_status status;
    lb_scope_t scope;
    lb_error err;

    lb_error_clear(&err);
    status = lb_form_scope(scope, v->form, v->model, job->settings, &err);
    if (status == LB_OK)
    {
        status = lb_claim_value_alone(job, scope, max_dimension, &err);
        lb_scope_clear(scope);
    }
    finish(job, status, &err, start);
}

/* Of a steady state, only what is proved. */
static void
run_steady(lb_claim_job * job, lb_steady_solver * solver)
{
    double start = lb_clock_seconds();
    lb_steady_value_t x;
    lb_status status;
    lb_error err;

    lb_error_clear(&err);
    lb_steady_value_init(x);
    status
        = lb_steady_solver_value(x, solver, job->value->form->quantity, &err);
    if (status == LB_OK && x->level == LB_LEVEL_ESTIMATE)
        lb_text_append(job->note, sizeof(job->note), "%s", x->note);
    else if (status == LB_OK)
    {
        acb_swap(job->ball, x->ball);
        job->known
            = x->level == LB_LEVEL_FULL ? LB_KNOWN_FULL : LB_KNOWN_TRUNCATED;
        if (x->level != LB_LEVEL_FULL)
            job->cutoff = lb_text_copy(x->cutoff);
    }
    lb_steady_value_clear(x);
    finish(job, status, &err, start);
}

/* --- groups -------------------------------------------------------------- */

static void
append_text(char ** text, const char * name, const char * value)
{
    char * longer = lb_text_print("%s%s=%s\n", *text, name, value);

    flint_free(*text);
    *text = longer;
}

/* Equal for jobs that ask for the same steady state, or the same peak, in the
   same words. */
static char *
group_key(const lb_claim_job * job)
{
    const lb_claim_value * v = job->value;
    char * key
        = lb_text_print("%s digits=%ld cutoff=%s\n", v->model->name,
                        (long) v->digits, v->cutoff != NULL ? v->cutoff : "");
    lb_settings_t all;

    lb_settings_init(all);
    lb_settings_merge(all, v->form->at);
    lb_settings_merge(all, job->settings);
    for (slong k = 0; k < all->length; k++)
        append_text(&key, all->names[k], all->texts[k]);
    for (slong k = 0; k < v->form->n_where; k++)
        append_text(&key, v->form->where[k].name, v->form->where[k].expr->text);
    if (v->kind == LB_VALUE_PEAK)
    {
        append_text(&key, v->minimize ? "minimum" : "maximum",
                    v->form->quantity->text);
        append_text(&key, v->over[0], v->from[0]);
        append_text(&key, "to", v->to[0]);
    }
    lb_settings_clear(all);
    return key;
}

typedef struct
{
    char * key; /* NULL: one job, without a steady state */
    slong length;
    lb_claim_job ** jobs;
} group;

typedef struct
{
    slong length;
    group * groups;
} grouping;

static group *
append_group(grouping * g, char * key)
{
    group * last;

    g->groups
        = flint_realloc(g->groups, (size_t) (g->length + 1) * sizeof(group));
    last = g->groups + g->length++;
    memset(last, 0, sizeof(*last));
    last->key = key;
    return last;
}

static void
sort_in(grouping * g, lb_claim_job * job)
{
    int shared
        = needs_steady_state(job->value) || job->value->kind == LB_VALUE_PEAK;
    char * key = shared ? group_key(job) : NULL;
    group * mine = NULL;

    for (slong k = 0; k < g->length && key != NULL && mine == NULL; k++)
        if (g->groups[k].key != NULL && strcmp(g->groups[k].key, key) == 0)
            mine = g->groups + k;
    if (mine == NULL)
        mine = append_group(g, key);
    else
        flint_free(key);
    mine->jobs = flint_realloc(mine->jobs, (size_t) (mine->length + 1)
                                               * sizeof(lb_claim_job *));
    mine->jobs[mine->length++] = job;
}

static void
grouping_clear(grouping * g)
{
    for (slong k = 0; k < g->length; k++)
    {
        flint_free(g->groups[k].key);
        flint_free(g->groups[k].jobs);
    }
    flint_free(g->groups);
}

/* Copies the result of an earlier job of the group for the same quantity. */
static int
take_known(const group * g, slong k)
{
    lb_claim_job * job = g->jobs[k];

    for (slong j = 0; j < k; j++)
    {
        const lb_claim_job * other = g->jobs[j];

        if (strcmp(other->value->form->quantity->text,
                   job->value->form->quantity->text)
            != 0)
            continue;
        acb_set(job->ball, other->ball);
        job->known = other->known;
        job->cutoff = lb_text_copy(other->cutoff);
        memcpy(job->note, other->note, sizeof(job->note));
        job->seconds = other->seconds;
        job->status = other->status;
        job->err = other->err;
        return 1;
    }
    return 0;
}

/* A network that is not stable has no steady state, but a truncated one has. */
static lb_status
refuse_unstable(const lb_claim_value * v, const lb_scope_t scope,
                lb_error * err)
{
    lb_status status = LB_OK;
    lb_scalar_t x;

    if (v->model->n_channels == 0 || v->cutoff != NULL)
        return LB_OK;
    lb_scalar_init(x);
    status = lb_closed_value_compute(x, LB_BY_MODEL, v->form->quantity,
                                     v->model, scope, 0, v->digits, err);
    lb_scalar_clear(x);
    if (status == LB_EUNSTABLE)
        return status;
    lb_error_clear(err); /* the Fock space decides */
    return LB_OK;
}

static lb_status
solve_group(const group * g, slong max_dimension, lb_error * err)
{
    const lb_claim_value * v = g->jobs[0]->value;
    lb_estimate_options estimate;
    lb_steady_options options
        = { LB_LEVEL_AUTO, v->digits, max_dimension, &estimate };
    lb_steady_solver * solver = NULL;
    lb_scope_t scope;
    lb_status status
        = lb_form_scope(scope, v->form, v->model, g->jobs[0]->settings, err);

    if (status != LB_OK)
        return status;
    status = refuse_unstable(v, scope, err);
    lb_estimate_options_init(&estimate);
    estimate.max_dimension = max_dimension;
    estimate.cutoff_text = v->cutoff;
    /* an estimate only chooses the cutoff of a proof */
    estimate.digits = FLINT_MIN(v->digits, estimate.digits);
    if (status == LB_OK)
        status
            = lb_steady_solver_new(&solver, v->model, scope, 0, &options, err);
    for (slong k = 0; k < g->length && status == LB_OK; k++)
        if (!take_known(g, k))
            run_steady(g->jobs[k], solver);
    lb_steady_solver_free(solver);
    lb_scope_clear(scope);
    return status;
}

static lb_status
find_peak(lb_peak_t p, const lb_claim_job * job, slong max_dimension,
          lb_error * err)
{
    const lb_claim_value * v = job->value;
    lb_peak_options options = lb_peak_defaults();
    lb_status status;
    lb_scope_t scope;
    arb_t low, high;

    options.minimize = v->minimize;
    options.digits = v->digits;
    options.cutoff = v->cutoff;
    options.max_dimension = max_dimension;
    status = lb_form_scope(scope, v->form, v->model, job->settings, err);
    if (status != LB_OK)
        return status;
    arb_init(low);
    arb_init(high);
    status = lb_claim_range_end(low, v->from[0], scope, err);
    if (status == LB_OK)
        status = lb_claim_range_end(high, v->to[0], scope, err);
    if (status == LB_OK)
        status
            = lb_peak_find(p, v->model, scope, lb_scope_find(scope, v->over[0]),
                           low, high, v->form->quantity, &options, err);
    arb_clear(low);
    arb_clear(high);
    lb_scope_clear(scope);
    return status;
}

/* One peak; each job wants its value or its place. */
static void
run_peak(const group * g, slong max_dimension)
{
    double start = lb_clock_seconds();
    lb_status status;
    lb_error err;
    lb_peak_t p;

    lb_error_clear(&err);
    lb_peak_init(p);
    status = find_peak(p, g->jobs[0], max_dimension, &err);
    for (slong k = 0; k < g->length; k++)
    {
        lb_claim_job * job = g->jobs[k];

        acb_set_arb(job->ball, job->value->peak_value ? p->value : p->location);
        job->known = p->closed                        ? LB_KNOWN_CLOSED_FORM
                     : p->level == LB_LEVEL_TRUNCATED ? LB_KNOWN_TRUNCATED
                                                      : LB_KNOWN_FULL;
        job->cutoff = lb_text_copy(p->cutoff);
        finish(job, status, &err, start);
    }
    lb_peak_clear(p);
}

static void
run_group(const group * g, slong max_dimension)
{
    double start = lb_clock_seconds();
    lb_error err;

    if (g->key == NULL)
    {
        run_alone(g->jobs[0], max_dimension);
        return;
    }
    if (g->jobs[0]->value->kind == LB_VALUE_PEAK)
    {
        run_peak(g, max_dimension);
        return;
    }
    lb_error_clear(&err);
    if (solve_group(g, max_dimension, &err) != LB_OK)
        for (slong k = 0; k < g->length; k++)
            finish(g->jobs[k], err.status, &err, start);
}

/* --- fits ---------------------------------------------------------------- */

/* The level of a fit is that of its worst point. */
static void
take_level(lb_claim_job * fit, const lb_claim_job * point)
{
    if (point->known > fit->known)
    {
        fit->known = point->known;
        flint_free(fit->cutoff);
        fit->cutoff = lb_text_copy(point->cutoff);
    }
    fit->seconds += point->seconds;
}

static const arb_struct *
fit_result(const lb_power_law_t law, lb_fit_result which)
{
    switch (which)
    {
    case LB_FIT_EXPONENT:
        return law->exponent;
    case LB_FIT_PREFACTOR:
        return law->prefactor;
    case LB_FIT_RESIDUAL:
        return law->largest_residual;
    case LB_FIT_EXPONENT_ERROR:
        break;
    }
    return law->standard_error;
}

/* x and |y| of the points of a fit. */
static lb_status
fit_points(arb_ptr x, arb_ptr y, lb_claim_job * fit, const lb_claim_jobs_t j,
           lb_error * err)
{
    const lb_claim_value * v = fit->value;
    lb_status status = LB_OK;

    fit->known = LB_KNOWN_CLOSED_FORM;
    for (slong k = 0; k < fit->n_points && status == LB_OK; k++)
    {
        const lb_claim_job * point = j->jobs[fit->first_point + k];
        const char * at = lb_settings_get(point->settings, v->over[0]);
        lb_scope_t scope;

        take_level(fit, point);
        acb_abs(y + k, point->ball, PREC);
        status = lb_form_scope(scope, v->form, v->model, fit->settings, err);
        if (status == LB_OK)
        {
            status = lb_claim_range_end(x + k, at, scope, err);
            lb_scope_clear(scope);
        }
    }
    return status;
}

static void
run_fit(lb_claim_job * fit, const lb_claim_jobs_t j)
{
    double start = lb_clock_seconds();
    arb_ptr x = _arb_vec_init(2 * fit->n_points), y = x + fit->n_points;
    lb_power_law_t law;
    lb_status status;
    lb_error err;

    lb_error_clear(&err);
    lb_power_law_init(law);
    status = fit_points(x, y, fit, j, &err);
    if (status == LB_OK && fit->known != LB_KNOWN_NOT)
    {
        status = lb_power_law_fit(law, x, y, NULL, fit->n_points, PREC, &err);
        /* a point that is not known well enough to be positive */
        if (status == LB_EDOM)
            status = LB_EPREC;
        arb_set(acb_realref(fit->ball), fit_result(law, fit->value->gives));
        arb_zero(acb_imagref(fit->ball));
    }
    lb_power_law_clear(law);
    _arb_vec_clear(x, 2 * fit->n_points);
    start -= fit->seconds; /* of its points */
    finish(fit, status, &err, start);
}

lb_status
lb_claim_jobs_run(lb_claim_jobs_t j, slong max_dimension, int threads,
                  void (*progress)(slong done, slong all, const char * model),
                  lb_error * err)
{
    lb_status status = LB_OK;
    grouping g = { 0, NULL };
    slong done = 0;

    for (slong k = 0; k < j->length; k++)
        if (j->jobs[k]->n_points == 0)
            sort_in(&g, j->jobs[k]);
    /* one thread a group: the groups are many, their matrices small */
    lb_blas_set_threads(1);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (slong k = 0; k < g.length; k++)
    {
        run_group(g.groups + k, max_dimension);
#pragma omp critical
        {
            done++;
            if (progress != NULL)
                progress(done, g.length,
                         g.groups[k].jobs[0]->value->model->name);
        }
    }
    grouping_clear(&g);
    for (slong k = 0; k < j->length; k++)
        if (j->jobs[k]->n_points > 0)
            run_fit(j->jobs[k], j);
    for (slong k = 0; k < j->length && status == LB_OK; k++)
    {
        status = j->jobs[k]->status;
        if (status != LB_OK && err != NULL)
            *err = j->jobs[k]->err;
    }
    return status;
}
