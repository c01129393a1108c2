/* numeric/estimate.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Digits.  A state is refined until the observables do not change any more
 * beyond the tolerance, or twice; the last change measures the error of the
 * solver.  An automatic cutoff caps the total excitation number N and is
 * raised until the observables do not change any more beyond the tolerance or
 * beyond the error of the solver; the last change measures the error of the
 * truncation.  The steps are no smaller than the largest change of N by one
 * term of H or of a jump: in a model that makes photons in pairs one more
 * excitation may change nothing. */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lindbound/clock.h>
#include <lindbound/estimate.h>
#include <lindbound/steady_state.h>
#include <lindbound/text.h>

#define PREC 128
#define FIRST_TOTAL 4
#define MAX_REFINEMENTS 2
#define TEXT_IN_MESSAGE 80

/* --- options and info ---------------------------------------------------- */

void
lb_estimate_options_init(lb_estimate_options * options)
{
    memset(options, 0, sizeof(*options));
    options->max_dimension = LB_MAX_DIMENSION;
    options->digits = LB_APPROX_DIGITS;
}

void
lb_estimate_info_init(lb_estimate_info * info)
{
    memset(info, 0, sizeof(*info));
    info->residual = (double) NAN;
    info->condition = (double) NAN;
    info->preconditioner = "none";
}

void
lb_estimate_info_clear(lb_estimate_info * info)
{
    flint_free(info->cutoff);
    lb_estimate_info_init(info);
}

void
lb_estimate_info_swap(lb_estimate_info * x, lb_estimate_info * y)
{
    lb_estimate_info t = *x;

    *x = *y;
    *y = t;
}

void
lb_estimate_info_json(json_t * object, const lb_estimate_info * info)
{
    json_object_set_new(object, "cutoff",
                        info->cutoff != NULL ? json_string(info->cutoff)
                                             : json_null());
    json_object_set_new(object, "dimension", json_integer(info->dimension));
    json_object_set_new(object, "iterations", json_integer(info->iterations));
    json_object_set_new(object, "residual",
                        isfinite(info->residual) ? json_real(info->residual)
                                                 : json_null());
    json_object_set_new(object, "preconditioner",
                        json_string(info->preconditioner));
    json_object_set_new(object, "seconds", json_real(info->seconds));
}

/* --- what the observables need ------------------------------------------- */

typedef struct
{
    const lb_scope_struct * scope;
    const fmpq * drive_scale; /* NULL: 1 */
    lb_expr * const * observables;
    slong n;
    slong highest; /* total excitation number they look at */

    /* while they are evaluated in a state */
    const lb_steady_state_struct * state;
    const lb_cutoff_struct * cutoff;
    char what[TEXT_IN_MESSAGE + 32];
} session;

static void
init_env(lb_env_t env, const session * s)
{
    lb_env_init(env, s->scope, PREC);
    if (s->drive_scale != NULL)
        fmpq_set(env->drive_scale, s->drive_scale);
}

/* Hook that only looks at the operator. */
static lb_status
note_highest(lb_scalar_t out, const lb_opoly_t op, void * context, slong prec,
             lb_error * err)
{
    session * s = context;

    (void) prec;
    (void) err;
    s->highest = FLINT_MAX(s->highest, lb_opoly_highest_total(op));
    lb_scalar_zero(out);
    acb_one(out->coefficient);
    return LB_OK;
}

static lb_status
expectation(lb_scalar_t out, const lb_opoly_t op, void * context, slong prec,
            lb_error * err)
{
    const session * s = context;
    lb_extended value;
    lb_status status;

    (void) prec;
    lb_scalar_indeterminate(out);
    status = lb_basis_check_operator(s->state->basis, op, s->what, s->cutoff,
                                     s->scope, err);
    if (status == LB_OK)
        status = lb_steady_state_expectation_approx(&value, s->state, op, err);
    if (status == LB_OK)
    {
        lb_scalar_zero(out);
        lb_extended_get_acb(out->coefficient, value);
    }
    return status;
}

/* Evaluates the observables through @p hook; @p values may be NULL. */
static lb_status
evaluate(lb_approx_value * values, session * s, lb_expectation_hook hook,
         lb_error * err)
{
    lb_status status = LB_OK;
    lb_scalar_t x;
    lb_env_t env;

    lb_scalar_init(x);
    init_env(env, s);
    env->expectation = hook;
    env->expectation_context = s;
    for (slong k = 0; k < s->n && status == LB_OK; k++)
    {
        s->what[0] = '\0';
        lb_text_append(s->what, sizeof(s->what), "observable '%.*s'",
                       TEXT_IN_MESSAGE, s->observables[k]->text);
        status = lb_env_scalar(x, env, s->observables[k], err);
        if (status != LB_OK || values == NULL)
            continue;
        values[k].re = (double) NAN;
        values[k].im = (double) NAN;
        values[k].digits = 0;
        if (acb_is_finite(x->coefficient))
        {
            lb_extended z = lb_extended_from_acb(x->coefficient);

            values[k].re = (double) creall(z);
            values[k].im = (double) cimagl(z);
        }
    }
    lb_env_clear(env);
    lb_scalar_clear(x);
    return status;
}

/* --- one cutoff ---------------------------------------------------------- */

/* Values at one cutoff; digits are those stable under refinement, change is
   the modulus of the last change. */
typedef struct
{
    lb_approx_value * values;
    double * change;
    lb_estimate_info info;
} solution;

static void
solution_init(solution * x, slong n)
{
    x->values = flint_calloc((size_t) n + 1, sizeof(lb_approx_value));
    x->change = flint_calloc((size_t) n + 1, sizeof(double));
    lb_estimate_info_init(&x->info);
}

static void
solution_clear(solution * x)
{
    flint_free(x->values);
    flint_free(x->change);
    lb_estimate_info_clear(&x->info);
}

static void
solution_swap(solution * x, solution * y)
{
    solution t = *x;

    *x = *y;
    *y = t;
}

static double
modulus(const lb_approx_value * x)
{
    return hypot(x->re, x->im);
}

static double
distance(const lb_approx_value * x, const lb_approx_value * y)
{
    return hypot(x->re - y->re, x->im - y->im);
}

/* Refines until nothing changes beyond the tolerance.  A refinement that fails
   leaves the digits of the one before: none, if it is the first. */
static lb_status
refine(solution * x, lb_steady_state_t state, session * s, double tolerance,
       lb_error * err)
{
    lb_approx_value * former
        = flint_malloc((size_t) (s->n + 1) * sizeof(lb_approx_value));
    lb_status status = evaluate(x->values, s, expectation, err);
    int stable = 0;

    for (int i = 0; i < MAX_REFINEMENTS && !stable && status == LB_OK; i++)
    {
        memcpy(former, x->values, (size_t) s->n * sizeof(lb_approx_value));
        if (lb_steady_state_refine_approx(state, NULL) != LB_OK)
            break;
        status = evaluate(x->values, s, expectation, err);
        stable = 1;
        for (slong k = 0; k < s->n && status == LB_OK; k++)
        {
            lb_approx_value * v = x->values + k;

            x->change[k] = distance(former + k, v);
            v->digits
                = lb_approx_digits(former[k].re, former[k].im, v->re, v->im);
            if (x->change[k] > 0.01 * tolerance * modulus(v))
                stable = 0;
        }
    }
    flint_free(former);
    return status;
}

static lb_status
solve(solution * x, session * s, const lb_problem_t problem,
      const lb_cutoff_t cutoff, const lb_estimate_options * options,
      int check_unique, lb_error * err)
{
    lb_steady_state_options solver = LB_STEADY_STATE_OPTIONS;
    lb_steady_state_t state;
    lb_basis_t basis;
    lb_status status;

    lb_steady_state_init(state);
    solver.check_unique = check_unique;
    status = lb_basis_init(basis, cutoff, options->max_dimension, err);
    if (status == LB_OK)
        status
            = lb_steady_state_solve_approx(state, problem, basis, &solver, err);
    if (status == LB_OK)
    {
        s->state = state;
        s->cutoff = cutoff;
        status = refine(x, state, s, options->tolerance, err);
        s->state = NULL;
        s->cutoff = NULL;
    }
    if (status == LB_OK)
    {
        lb_estimate_info_clear(&x->info);
        x->info.cutoff = lb_cutoff_get_str(cutoff, s->scope);
        x->info.dimension = basis->dimension;
        x->info.iterations = state->iterations;
        x->info.residual = state->residual;
        x->info.condition = state->preconditioner->condition;
        x->info.preconditioner = lb_preconditioner_name(state->preconditioner);
        if (options->progress != NULL)
            options->progress(options->progress_context, &x->info);
    }
    lb_steady_state_clear(state);
    lb_basis_clear(basis);
    return status;
}

/* --- the automatic cutoff ------------------------------------------------ */

/* Step of N that is sure to let more of the model in. */
static slong
smallest_step(const lb_problem_t problem)
{
    slong step = lb_opoly_largest_shift(problem->hamiltonian);

    for (slong k = 0; k < problem->n_jumps; k++)
        if (lb_opoly_largest_shift(problem->jumps + k) > step)
            step = lb_opoly_largest_shift(problem->jumps + k);
    return step > 1 ? step : 1;
}

/* Takes the digits of @p x that @p former does not confirm; 1 if the cutoff
   is high enough for all observables. */
static int
compare_cutoffs(solution * x, const solution * former, slong n,
                double tolerance)
{
    int stable = 1;

    for (slong k = 0; k < n; k++)
    {
        lb_approx_value * v = x->values + k;
        const lb_approx_value * w = former->values + k;
        slong digits = lb_approx_digits(w->re, w->im, v->re, v->im);
        double change = distance(v, w);

        if (change > tolerance * modulus(v) && change > 10.0 * x->change[k])
            stable = 0;
        v->digits = digits < v->digits ? digits : v->digits;
    }
    return stable;
}

static int
fits(lb_cutoff_t cutoff, slong total, const lb_estimate_options * options)
{
    cutoff->total = total;
    return lb_basis_count(cutoff) <= options->max_dimension;
}

/* Only one cutoff was possible: compares it with a lower one, if there is one
   that the observables can do with; else no digit is known to be stable. */
static void
compare_below(solution * best, session * s, const lb_problem_t problem,
              lb_cutoff_t cutoff, slong total, slong step,
              const lb_estimate_options * options)
{
    solution lower;

    solution_init(&lower, s->n);
    cutoff->total = total - step;
    if (cutoff->total >= s->highest && cutoff->total >= 1
        && solve(&lower, s, problem, cutoff, options, 0, NULL) == LB_OK)
        compare_cutoffs(best, &lower, s->n, options->tolerance);
    else
        for (slong k = 0; k < s->n; k++)
            best->values[k].digits = 0;
    solution_clear(&lower);
}

static lb_status
solve_automatic(solution * best, session * s, const lb_problem_t problem,
                const lb_estimate_options * options, lb_error * err)
{
    slong step = smallest_step(problem), solved = 0, total, last = 0;
    lb_status status = LB_OK;
    lb_cutoff_t cutoff;
    solution next;
    int stable = 0;

    lb_cutoff_init(cutoff, s->scope->kinds, s->scope->subsystems);
    solution_init(&next, s->n);
    total = s->highest > FIRST_TOTAL ? s->highest : FIRST_TOTAL;
    while (total > s->highest && total > 1 && !fits(cutoff, total, options))
        total--;

    while (!stable && status == LB_OK)
    {
        cutoff->total = total;
        status = solve(&next, s, problem, cutoff, options, solved == 0, err);
        if (status != LB_OK)
            break;
        if (solved > 0)
            stable = compare_cutoffs(&next, best, s->n, options->tolerance);
        solution_swap(best, &next);
        solved++;
        last = total;
        total += step > total / 6 ? step : total / 6;
        if (!fits(cutoff, total, options))
            total = last + step;
        if (!fits(cutoff, total, options))
            break;
    }
    /* a higher cutoff that cannot be solved does not take away a lower one */
    if (status == LB_ENOCONV && solved > 0)
        status = LB_OK;
    if (status == LB_OK && solved == 1)
        compare_below(best, s, problem, cutoff, last, step, options);
    solution_clear(&next);
    lb_cutoff_clear(cutoff);
    return status;
}

/* --- all together -------------------------------------------------------- */

static lb_status
solve_all(solution * best, session * s, const lb_model_t m,
          const lb_estimate_options * options, lb_error * err)
{
    lb_status status = LB_OK;
    lb_problem_t problem;
    lb_cutoff_t cutoff;
    lb_env_t env;

    lb_cutoff_init(cutoff, s->scope->kinds, s->scope->subsystems);
    if (options->cutoff_text != NULL)
    {
        status = lb_cutoff_parse(cutoff, options->cutoff_text, s->scope, err);
        if (status != LB_OK)
            lb_error_in(err, "--cutoff", NULL);
    }
    if (status == LB_OK)
        status = evaluate(NULL, s, note_highest, err);
    if (status == LB_OK)
    {
        init_env(env, s);
        status = lb_problem_init(problem, m, env, err);
        if (status == LB_OK
            && (options->cutoff_text != NULL || !lb_scope_has_modes(s->scope)))
            status = solve(best, s, problem, cutoff, options, 1, err);
        else if (status == LB_OK)
            status = solve_automatic(best, s, problem, options, err);
        lb_problem_clear(problem);
        lb_env_clear(env);
    }
    lb_cutoff_clear(cutoff);
    return status;
}

lb_status
lb_estimate_approx(lb_approx_value * values, lb_estimate_info * info,
                   const lb_model_t m, const lb_scope_t scope,
                   const fmpq_t drive_scale, lb_expr * const * observables,
                   slong n, const lb_estimate_options * options, lb_error * err)
{
    double start = lb_clock_seconds();
    lb_estimate_options all;
    solution best;
    session s;
    lb_status status;

    if (options != NULL)
        all = *options;
    else
        lb_estimate_options_init(&all);
    if (all.digits > LB_APPROX_DIGITS || all.digits < 1)
        all.digits = LB_APPROX_DIGITS;
    if (!(all.tolerance > 0.0))
        all.tolerance = fmax(1e-12, pow(10.0, -1.0 - (double) all.digits));

    memset(&s, 0, sizeof(s));
    s.scope = scope;
    s.drive_scale = drive_scale;
    s.observables = observables;
    s.n = n;
    solution_init(&best, n);
    status = solve_all(&best, &s, m, &all, err);
    for (slong k = 0; k < n; k++)
    {
        values[k].re = (double) NAN;
        values[k].im = (double) NAN;
        values[k].digits = 0;
        if (status == LB_OK)
            values[k] = best.values[k];
        if (values[k].digits > all.digits)
            values[k].digits = all.digits;
        if (!isfinite(values[k].re) || !isfinite(values[k].im))
            values[k].digits = 0;
    }
    if (status == LB_OK)
        lb_estimate_info_swap(info, &best.info);
    info->seconds = lb_clock_seconds() - start;
    solution_clear(&best);
    return status;
}
