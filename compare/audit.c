/* compare/audit.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/audit.h>
#include <lindbound/claim_job.h>
#include <lindbound/clock.h>
#include <lindbound/printed.h>
#include <lindbound/text.h>
#include <lindbound/verify.h>

#define PREC 256
/* agreement of complex numbers that are meant exactly */
#define EXACTLY 1e-12
/* digits of the closed forms that judge a printed formula */
#define FORMULA_DIGITS 15

const char *
lb_audit_verdict_str(lb_audit_verdict v)
{
    static const char * const names[LB_AUDIT_VERDICTS]
        = { "CONFIRMED", "CONSISTENT", "REFUTED", "MISPRINT", "UNDECIDED" };

    return names[v];
}

static void
result_init(lb_audit_result * r)
{
    memset(r, 0, sizeof(*r));
    acb_init(r->number);
    acb_init(r->first);
    acb_indeterminate(r->number);
    acb_indeterminate(r->first);
    r->verdict = LB_AUDIT_UNDECIDED;
}

static void
result_clear(lb_audit_result * r)
{
    acb_clear(r->number);
    acb_clear(r->first);
}

void
lb_audit_rows_init(lb_audit_row * rows, slong n)
{
    for (slong k = 0; k < n; k++)
    {
        memset(rows + k, 0, sizeof(*rows));
        result_init(&rows[k].result);
        result_init(&rows[k].correction);
    }
}

void
lb_audit_rows_clear(lb_audit_row * rows, slong n)
{
    for (slong k = 0; k < n; k++)
    {
        result_clear(&rows[k].result);
        result_clear(&rows[k].correction);
    }
}

int
lb_audit_as_recorded(const lb_audit_row * row)
{
    return row->same_verdict && row->correction_holds;
}

/* --- a task: one claim or correction, and its jobs ----------------------- */

typedef struct
{
    const lb_claim_struct * claim;
    lb_audit_result * result;
    slong * places; /* of its jobs: values within points */
} task;

static slong
points_of(const lb_claim_struct * c)
{
    return c->along != NULL ? c->n_points : 1;
}

static void
add_jobs(lb_claim_jobs_t jobs, task * t)
{
    const lb_claim_struct * c = t->claim;

    t->places = flint_calloc((size_t) (points_of(c) * c->n_values) + 1,
                             sizeof(slong));
    for (slong p = 0; p < points_of(c); p++)
        for (slong k = 0; k < c->n_values; k++)
            t->places[p * c->n_values + k]
                = lb_claim_jobs_add(jobs, c->values + k, c->along,
                                    c->along != NULL ? c->points[p] : NULL);
}

static const lb_claim_job *
job_of(const lb_claim_jobs_t jobs, const task * t, slong point, slong value)
{
    return jobs->jobs[t->places[point * t->claim->n_values + value]];
}

/* --- what is known of a number ------------------------------------------- */

/* The levels that are there, "weak-drive, full": none of the two implies the
   other.  A closed form adds nothing to another level; without one of the
   values there is nothing. */
static void
append_levels(char * text, size_t size, const int * there, const char * cutoffs)
{
    static const char * const names[]
        = { "closed-form", "weak-drive", "full", "truncated" };
    const char * separator = "";

    for (int k = LB_KNOWN_WEAK_DRIVE;
         k <= LB_KNOWN_TRUNCATED && !there[LB_KNOWN_NOT]; k++)
        if (there[k])
        {
            lb_text_append(text, size, "%s%s%s%s", separator, names[k],
                           k == LB_KNOWN_TRUNCATED ? " at " : "",
                           k == LB_KNOWN_TRUNCATED ? cutoffs : "");
            separator = ", ";
        }
    if (separator[0] == '\0')
        lb_text_append(text, size, "%s",
                       there[LB_KNOWN_NOT] ? "none" : names[0]);
}

/* Whether job k is the first one of the claim at its cutoff. */
static int
is_new_cutoff(const task * t, const lb_claim_jobs_t jobs, slong k)
{
    const char * cutoff = jobs->jobs[t->places[k]]->cutoff;

    for (slong j = 0; j < k; j++)
    {
        const lb_claim_job * other = jobs->jobs[t->places[j]];

        if (other->known == LB_KNOWN_TRUNCATED
            && strcmp(other->cutoff, cutoff) == 0)
            return 0;
    }
    return 1;
}

static void
describe_values(const task * t, const lb_claim_jobs_t jobs)
{
    slong n = points_of(t->claim) * t->claim->n_values;
    int there[LB_KNOWN_NOT + 1] = { 0 };
    lb_audit_result * r = t->result;
    char cutoffs[sizeof(r->level)] = "";

    for (slong k = 0; k < n; k++)
    {
        const lb_claim_job * job = jobs->jobs[t->places[k]];

        r->seconds += job->seconds;
        there[job->known] = 1;
        if (job->known == LB_KNOWN_TRUNCATED && is_new_cutoff(t, jobs, k))
            lb_text_append(cutoffs, sizeof(cutoffs), "%s%s",
                           cutoffs[0] != '\0' ? " and " : "", job->cutoff);
        if (job->known == LB_KNOWN_NOT && r->note[0] == '\0')
            lb_text_append(r->note, sizeof(r->note), "%s%s%s",
                           job->value->name != NULL ? job->value->name : "",
                           job->value->name != NULL ? ": " : "", job->note);
    }
    append_levels(r->level, sizeof(r->level), there, cutoffs);
}

/* The names that the formula of a claim and what is printed may use. */
static lb_status
claim_scope(lb_scope_t scope, const task * t, const lb_claim_jobs_t jobs,
            slong point, lb_error * err)
{
    const lb_claim_struct * c = t->claim;
    lb_settings_t at;
    lb_status status;

    lb_settings_init(at);
    if (c->along != NULL)
        lb_settings_set(at, c->along, c->points[point], NULL, NULL);
    status = lb_form_scope(scope, c->combination, c->model, at, err);
    lb_settings_clear(at);
    for (slong k = 0; k < c->n_values && status == LB_OK; k++)
        if (c->values[k].name != NULL)
            status = lb_scope_add_value(scope, c->values[k].name,
                                        job_of(jobs, t, point, k)->ball, err);
    return status;
}

static lb_status
evaluate(acb_t z, const lb_expr * e, const lb_scope_t scope, lb_error * err)
{
    lb_status status;
    lb_scalar_t x;

    lb_scalar_init(x);
    status = lb_form_evaluate(x, e, scope, 0, NULL, PREC, err);
    if (status == LB_OK)
        acb_set(z, x->coefficient);
    else
        acb_indeterminate(z);
    lb_scalar_clear(x);
    return status;
}

static lb_status
number_at(acb_t z, const task * t, const lb_claim_jobs_t jobs, slong point,
          lb_error * err)
{
    const lb_claim_struct * c = t->claim;
    lb_status status;
    lb_scope_t scope;

    if (c->combination->quantity == NULL)
    {
        acb_set(z, job_of(jobs, t, point, 0)->ball);
        return LB_OK;
    }
    status = claim_scope(scope, t, jobs, point, err);
    if (status == LB_OK)
    {
        status = evaluate(z, c->combination->quantity, scope, err);
        lb_scope_clear(scope);
    }
    return status;
}

/* --- verdicts on numbers ------------------------------------------------- */

static int
needs_a_reading(const char * relation)
{
    return strcmp(relation, "~") == 0 || strcmp(relation, "<<") == 0
           || strcmp(relation, ">>") == 0 || strcmp(relation, "order") == 0;
}

static lb_audit_verdict
verdict_of(lb_finding f, int reading)
{
    if (f == LB_FINDING_HOLDS)
        return reading ? LB_AUDIT_CONSISTENT : LB_AUDIT_CONFIRMED;
    return f == LB_FINDING_FAILS ? LB_AUDIT_REFUTED : LB_AUDIT_UNDECIDED;
}

/* The printed text as a ball: a number, or an expression in the claim's
   names. */
static lb_status
printed_value(acb_t v, const char * text, const task * t,
              const lb_claim_jobs_t jobs, lb_error * err)
{
    lb_scope_t scope;
    lb_status status;
    lb_expr * e;

    acb_indeterminate(v);
    status = lb_expr_parse(&e, text, err);
    if (status != LB_OK)
        return status;
    status = claim_scope(scope, t, jobs, 0, err);
    if (status == LB_OK)
    {
        status = evaluate(v, e, scope, err);
        lb_scope_clear(scope);
    }
    lb_expr_free(e);
    return status;
}

/* lo <= x <= hi */
static lb_finding
between(const arb_t x, const arb_t lo, const arb_t hi)
{
    if (arb_ge(x, lo) && arb_le(x, hi))
        return LB_FINDING_HOLDS;
    return arb_lt(x, lo) || arb_gt(x, hi) ? LB_FINDING_FAILS : LB_FINDING_OPEN;
}

static int
may_be_real(const acb_t z)
{
    return arb_contains_zero(acb_imagref(z));
}

/* 1 if the imaginary part is zero or at most 2^-20 of the number (1e-12 of one
   that may be zero): a wide one does not show a real number. */
static int
is_nearly_real(const acb_t z)
{
    arb_t im, bound;
    int real;

    if (acb_is_real(z))
        return 1;
    arb_init(im);
    arb_init(bound);
    arb_abs(im, acb_imagref(z));
    acb_abs(bound, z, PREC);
    arb_mul_2exp_si(bound, bound, -20);
    if (acb_contains_zero(z))
        arb_set_d(bound, EXACTLY);
    real = arb_le(im, bound);
    arb_clear(im);
    arb_clear(bound);
    return real;
}

/* Of complex numbers only equality can be judged, as of a printed number that
   is meant exactly. */
static lb_finding
judge_complex(lb_audit_result * r, const acb_t v)
{
    if (strcmp(r->claim->relation, "=") == 0)
        switch (lb_verdict_balls(r->number, v, EXACTLY, EXACTLY))
        {
        case LB_AGREE:
            return LB_FINDING_HOLDS;
        case LB_DISAGREE:
            return LB_FINDING_FAILS;
        default:
            return LB_FINDING_OPEN;
        }
    lb_text_append(r->note, sizeof(r->note), "the number is not real");
    return LB_FINDING_OPEN;
}

static lb_status
judge_number(task * t, const lb_claim_jobs_t jobs, lb_error * err)
{
    const lb_claim_struct * c = t->claim;
    const arb_struct * x = acb_realref(t->result->number);
    lb_finding f = LB_FINDING_OPEN;
    lb_status status;
    acb_t v, w;

    acb_init(v);
    acb_init(w);
    status = printed_value(v, c->value, t, jobs, err);
    if (status == LB_OK && c->value_to != NULL)
        status = printed_value(w, c->value_to, t, jobs, err);
    if (status == LB_OK && c->value_to != NULL && !acb_is_real(w))
        status = lb_error_set(err, LB_EDOM, "'%.60s' is not real", c->value_to);
    if (status == LB_OK && (!may_be_real(t->result->number) || !may_be_real(v)))
        f = judge_complex(t->result, v);
    else if (status == LB_OK && c->value_to != NULL)
        f = between(x, acb_realref(v), acb_realref(w));
    else if (status == LB_OK)
    {
        f = lb_printed_judge(x, c->relation, c->value, acb_realref(v),
                             c->tolerance);
        if (f == LB_FINDING_NONE)
            status = lb_error_set(err, LB_EPARSE,
                                  "'tolerance' is not a positive decimal");
    }
    if (f == LB_FINDING_HOLDS && may_be_real(t->result->number)
        && !is_nearly_real(t->result->number))
        f = LB_FINDING_OPEN;
    if (status == LB_OK)
        t->result->verdict = verdict_of(f, needs_a_reading(c->relation));
    acb_clear(v);
    acb_clear(w);
    return status;
}

/* --- trends -------------------------------------------------------------- */

/* Every step has the sign wanted. */
static lb_finding
judge_steps(const acb_struct * z, slong n, int up)
{
    lb_finding f = LB_FINDING_HOLDS;

    for (slong k = 0; k + 1 < n; k++)
    {
        const arb_struct * a = acb_realref(z + k + (up ? 0 : 1));
        const arb_struct * b = acb_realref(z + k + (up ? 1 : 0));

        if (arb_ge(a, b))
            return LB_FINDING_FAILS;
        if (!arb_lt(a, b))
            f = LB_FINDING_OPEN;
    }
    return f;
}

/* The largest minus the least value, over the largest modulus. */
static lb_finding
judge_spread(const acb_struct * z, slong n, const char * tolerance)
{
    lb_finding f = LB_FINDING_OPEN;
    arb_t most, least, size, bound;

    arb_init(most);
    arb_init(least);
    arb_init(size);
    arb_init(bound);
    arb_set(most, acb_realref(z));
    arb_set(least, acb_realref(z));
    for (slong k = 1; k < n; k++)
    {
        arb_max(most, most, acb_realref(z + k), PREC);
        arb_min(least, least, acb_realref(z + k), PREC);
    }
    arb_abs(size, most);
    arb_abs(bound, least);
    arb_max(size, size, bound, PREC);
    arb_sub(most, most, least, PREC);
    if (arb_set_str(bound, tolerance != NULL ? tolerance : "1e-6", PREC) == 0)
    {
        arb_mul(bound, bound, size, PREC);
        f = arb_le(most, bound)   ? LB_FINDING_HOLDS
            : arb_gt(most, bound) ? LB_FINDING_FAILS
                                  : LB_FINDING_OPEN;
    }
    arb_clear(most);
    arb_clear(least);
    arb_clear(size);
    arb_clear(bound);
    return f;
}

static lb_status
judge_trend(task * t, const lb_claim_jobs_t jobs, lb_error * err)
{
    const lb_claim_struct * c = t->claim;
    acb_ptr z = _acb_vec_init(c->n_points);
    lb_finding f = LB_FINDING_OPEN;
    lb_status status = LB_OK;
    int real = 1;

    for (slong p = 0; p < c->n_points && status == LB_OK; p++)
    {
        status = number_at(z + p, t, jobs, p, err);
        real = real && is_nearly_real(z + p);
    }
    if (status == LB_OK && real)
        f = strcmp(c->relation, "constant") == 0
                ? judge_spread(z, c->n_points, c->tolerance)
                : judge_steps(z, c->n_points,
                              strcmp(c->relation, "increases") == 0);
    acb_set(t->result->first, z);
    acb_set(t->result->number, z + c->n_points - 1);
    t->result->verdict = verdict_of(f, 1);
    _acb_vec_clear(z, c->n_points);
    return status;
}

static lb_status
judge(task * t, const lb_claim_jobs_t jobs, lb_error * err)
{
    lb_audit_result * r = t->result;
    lb_status status;

    describe_values(t, jobs);
    if (t->claim->along != NULL)
        status = judge_trend(t, jobs, err);
    else
    {
        status = number_at(r->number, t, jobs, 0, err);
        if (status == LB_OK)
            status = judge_number(t, jobs, err);
    }
    if (status != LB_OK)
        lb_error_in(err, t->claim->values[0].form->file, t->claim->pointer);
    return status;
}

/* --- printed formulas ---------------------------------------------------- */

/* A formula is judged by the routes of lb_verify_form that give enclosures. */
static lb_audit_verdict
formula_verdict(const lb_verify_row * row)
{
    lb_verdict v = row->derived_verdict;

    if (v == LB_NOT_JUDGED && row->has_state
        && row->state->level == LB_LEVEL_FULL)
        v = row->state_verdict;
    if (row->form->mended != NULL)
        return v == LB_AGREE && row->printed_formula_verdict == LB_DISAGREE
                   ? LB_AUDIT_MISPRINT
                   : LB_AUDIT_UNDECIDED;
    return v == LB_AGREE      ? LB_AUDIT_CONFIRMED
           : v == LB_DISAGREE ? LB_AUDIT_REFUTED
                              : LB_AUDIT_UNDECIDED;
}

static void
describe_formula(lb_audit_result * r, const lb_verify_row * row)
{
    const lb_form_struct * f = row->form;

    if (row->has_derived)
        acb_set(r->number, row->derived->coefficient);
    else if (row->has_state && row->state->level == LB_LEVEL_FULL)
        acb_set(r->number, row->state->ball);
    lb_text_append(r->level, sizeof(r->level), "%s",
                   !row->has_derived                 ? "full"
                   : f->limit == LB_LIMIT_WEAK_DRIVE ? "weak-drive"
                                                     : "closed-form");
    if (f->mended != NULL)
        lb_text_append(r->note, sizeof(r->note), "%s", f->mended_why);
    else if (r->verdict == LB_AUDIT_UNDECIDED)
        lb_text_append(r->note, sizeof(r->note), "%s%s%s", row->closed_note,
                       row->derived_note, row->state_note);
}

static lb_status
judge_formula(task * t, slong max_dimension, lb_error * err)
{
    const lb_form_struct * f = t->claim->formula;
    int of_state
        = f->limit == LB_LIMIT_EXACT && lb_node_uses_state(f->quantity->root);
    lb_estimate_options estimate;
    lb_steady_options steady
        = { LB_LEVEL_AUTO, FORMULA_DIGITS, max_dimension, &estimate };
    lb_verify_options options
        = { FORMULA_DIGITS, of_state ? &steady : NULL, NULL };
    double start = lb_clock_seconds();
    lb_verify_row row;
    lb_status status;

    lb_estimate_options_init(&estimate);
    estimate.max_dimension = max_dimension;
    lb_verify_row_init(&row);
    status = lb_verify_form(&row, f, t->claim->model, &options, err);
    if (status == LB_OK)
    {
        t->result->verdict = formula_verdict(&row);
        describe_formula(t->result, &row);
    }
    else
        lb_error_in(err, f->file, f->quantity_pointer);
    t->result->seconds = lb_clock_seconds() - start;
    lb_verify_row_clear(&row);
    return status;
}

/* --- all of them --------------------------------------------------------- */

static int
is_good(lb_audit_verdict v)
{
    return v == LB_AUDIT_CONFIRMED || v == LB_AUDIT_CONSISTENT;
}

static void
conclude(lb_audit_row * row)
{
    const lb_claim_struct * c = row->result.claim;

    if (row->has_correction && c->correction->misprint
        && row->result.verdict == LB_AUDIT_REFUTED
        && is_good(row->correction.verdict))
        row->result.verdict = LB_AUDIT_MISPRINT;
    row->same_verdict
        = strcmp(c->verdict, lb_audit_verdict_str(row->result.verdict)) == 0;
    row->correction_holds
        = !row->has_correction || is_good(row->correction.verdict);
}

static slong
make_tasks(task * tasks, lb_audit_row * rows,
           const lb_claim_struct * const * claims, slong n)
{
    slong length = 0;

    for (slong k = 0; k < n; k++)
    {
        rows[k].result.claim = claims[k];
        tasks[length++] = (task) { claims[k], &rows[k].result, NULL };
        rows[k].has_correction = claims[k]->correction != NULL;
        if (!rows[k].has_correction)
            continue;
        rows[k].correction.claim = claims[k]->correction;
        tasks[length++]
            = (task) { claims[k]->correction, &rows[k].correction, NULL };
    }
    return length;
}

/* The first error wins. */
static lb_status
judge_formulas(task * tasks, slong n, const lb_audit_options * options,
               lb_error * err)
{
    lb_status first = LB_OK;

#pragma omp parallel for schedule(dynamic, 1) num_threads(options->threads)
    for (slong k = 0; k < n; k++)
    {
        lb_status status;
        lb_error mine;

        if (tasks[k].claim->formula == NULL)
            continue;
        lb_error_clear(&mine);
        status = judge_formula(tasks + k, options->max_dimension, &mine);
        if (status == LB_OK)
            continue;
#pragma omp critical
        {
            if (first == LB_OK && err != NULL)
                *err = mine;
            first = status;
        }
    }
    return first;
}

lb_status
lb_audit(lb_audit_row * rows, const lb_claim_struct * const * claims, slong n,
         const lb_audit_options * options, lb_error * err)
{
    task * tasks = flint_malloc((size_t) (2 * n + 1) * sizeof(task));
    slong length = make_tasks(tasks, rows, claims, n);
    lb_claim_jobs_t jobs;
    lb_status status;

    lb_claim_jobs_init(jobs);
    for (slong k = 0; k < length; k++)
        if (tasks[k].claim->formula == NULL)
            add_jobs(jobs, tasks + k);
    status = lb_claim_jobs_run(jobs, options->max_dimension, options->threads,
                               options->progress, err);
    if (status == LB_OK)
        status = judge_formulas(tasks, length, options, err);
    for (slong k = 0; k < length && status == LB_OK; k++)
        if (tasks[k].claim->formula == NULL)
            status = judge(tasks + k, jobs, err);
    for (slong k = 0; k < n; k++)
        conclude(rows + k);
    for (slong k = 0; k < length; k++)
        flint_free(tasks[k].places);
    lb_claim_jobs_clear(jobs);
    flint_free(tasks);
    return status;
}
