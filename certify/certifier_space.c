/* certify/certifier_space.c -- what a certifier solves, and where.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/certifier_internal.h>
#include <lindbound/clock.h>
#include <lindbound/full.h>
#include <lindbound/steady_state.h>
#include <lindbound/truncated.h>

/* Level full: the first truncation that is tried, and the highest. */
#define FIRST_TOTAL 4
#define LAST_TOTAL 1000
/* For the solver that estimates the populations. */
#define POPULATION_TOLERANCE 1e-12

/* --- the model in balls -------------------------------------------------- */

static lb_status
evaluate_problem(lb_problem_t p, const lb_certifier * c, slong prec,
                 lb_error * err)
{
    return lb_problem_init_at(p, c->model, c->scope, prec, err);
}

static void
forget_precision(lb_certifier * c)
{
    c->balls++;
    if (c->prec == 0)
        return;
    if (c->has_fast)
        lb_double_lindbladian_clear(c->fast);
    c->has_fast = 0;
    lb_ball_lindbladian_clear(c->lindbladian);
    lb_problem_clear(c->problem);
    c->prec = 0;
}

static void
set_enclosure_space(lb_enclosure_space * s, const lb_certifier * c,
                    const lb_ball_lindbladian_t lindbladian)
{
    s->inner = c->basis;
    s->outer = c->full ? c->outer : c->basis;
    s->lindbladian = lindbladian;
    s->fast = lindbladian == c->lindbladian && c->has_fast ? c->fast : NULL;
    s->solver = (lb_poisson_struct *) c->solver;
}

/* How residuals are bounded. */
static void
set_bounds(lb_certifier * c)
{
    c->balls++;
    set_enclosure_space(&c->space->space, c, c->lindbladian);
    if (!c->has_populations)
        lb_truncated_space_set(&c->space->space);
    else if (c->full)
        lb_full_space_set(c->space, c->populations, c->tail->raises);
    else
        lb_weighted_truncated_space_set(c->space, c->populations);
}

static lb_status
lindbladian_init(lb_ball_lindbladian_t l, const lb_certifier * c,
                 const lb_problem_t problem, slong prec, lb_error * err)
{
    return c->full ? lb_ball_lindbladian_init_full(l, problem, c->basis,
                                                   c->outer, prec, err)
                   : lb_ball_lindbladian_init_truncated(l, problem, c->basis,
                                                        prec, err);
}

/* The residuals in doubles of a certifier near another one. */
static void
set_up_fast(lb_certifier * c)
{
    c->has_fast = c->anchor != NULL
                  && lb_double_lindbladian_init(c->fast, c->lindbladian);
    if (c->anchor != NULL && !c->has_fast)
        lb_double_lindbladian_clear(c->fast);
}

/* The Lindbladian of c->problem, which is at @p prec bits; clears that on
   failure. */
static lb_status
set_up_model(lb_certifier * c, slong prec, lb_error * err)
{
    lb_status status
        = lindbladian_init(c->lindbladian, c, c->problem, prec, err);

    c->prec = prec;
    if (status != LB_OK)
        forget_precision(c);
    else
        set_up_fast(c);
    return status;
}

lb_status
lb_certifier_set_precision(lb_certifier * c, slong prec, lb_error * err)
{
    lb_status status;

    if (c->prec == prec)
        return LB_OK;
    forget_precision(c);
    status = evaluate_problem(c->problem, c, prec, err);
    if (status == LB_OK)
        status = set_up_model(c, prec, err);
    else
        lb_problem_clear(c->problem);
    if (status == LB_OK)
        set_bounds(c);
    return status;
}

/* --- the solver and the populations -------------------------------------- */

/* The states on the shells that L* reaches from those of the basis. */
static lb_status
set_up_outer(lb_certifier * c, const lb_problem_t problem, lb_error * err)
{
    lb_status status;
    lb_cutoff_t cutoff;

    lb_cutoff_init(cutoff, c->scope->kinds, c->scope->subsystems);
    cutoff->total
        = c->full ? c->cutoff->total + lb_ball_lindbladian_shift(problem) : 0;
    status = lb_basis_init(c->outer, cutoff, WORD_MAX, err);
    lb_cutoff_clear(cutoff);
    return status;
}

/* The largest scale (numeric/lindbladian.h) whose frame does not weigh a shell
   much less than its population; the bits are what a correction in double
   precision has to spare. */
#define SPARE_BITS 16

static slong
choose_scale(const double * populations, slong shells)
{
    double scale = LB_SCALE_MAX;

    for (slong n = 1; n < shells; n++)
        scale = fmin(scale, (fmax(-populations[n], 0.0) + SPARE_BITS)
                                / (2.0 * (double) n));
    return shells < 2 ? 0 : (slong) scale;
}

/* log2 of estimates of the populations of the shells; 0 if there is no
   estimate. */
static int
estimate_populations(double * bits, const lb_certifier * c,
                     const lb_problem_t problem)
{
    lb_steady_state_options options = LB_STEADY_STATE_OPTIONS;
    lb_steady_state_t state;
    int found;

    options.check_unique = 0;
    options.tolerance = POPULATION_TOLERANCE;
    lb_steady_state_init(state);
    found
        = lb_steady_state_solve_approx(state, problem, c->basis, &options, NULL)
          == LB_OK;
    if (found)
        lb_steady_state_populations_approx(bits, state);
    lb_steady_state_clear(state);
    return found;
}

/* Proved bounds of the populations, if there are any. */
static lb_status
set_up_populations(lb_certifier * c, const lb_problem_t problem,
                   const double * estimate, lb_error * err)
{
    lb_ball_lindbladian_t l;
    lb_enclosure_space space;
    lb_status status
        = lindbladian_init(l, c, problem, LB_CERTIFIER_MODEL_PREC, err);

    set_enclosure_space(&space, c, l);
    if (status == LB_OK)
    {
        status = lb_populations_init(c->populations, &space,
                                     c->full ? c->tail : NULL, estimate, err);
        c->has_populations = status == LB_OK;
        if (status != LB_OK)
            lb_populations_clear(c->populations);
    }
    c->hopeless = status == LB_ENOCONV;
    /* else a higher truncation may do; a truncated model needs none */
    if (status == LB_EPREC || status == LB_ENOCONV)
        status = LB_OK;
    lb_ball_lindbladian_clear(l);
    return status;
}

/* The solver, its frame and weights, and the populations. */
static lb_status
set_up_solver(lb_certifier * c, const lb_problem_t problem, lb_error * err)
{
    slong shells = c->basis->shells;
    double * bits = flint_calloc((size_t) shells, sizeof(double));
    double * weights = flint_malloc((size_t) shells * sizeof(double));
    int known = estimate_populations(bits, c, problem);
    slong scale = known && !c->plain ? choose_scale(bits, shells) : 0;
    lb_status status
        = lb_poisson_init(c->solver, problem, c->basis, scale, err);

    if (status == LB_ENOCONV) /* slower, not wrong */
        status = LB_OK;
    for (slong n = 0; n < shells; n++)
        weights[n] = exp2(0.5 * bits[n]);
    if (known && status == LB_OK)
        lb_poisson_set_weights(c->solver, weights);
    c->hopeless = !known;
    if (known && status == LB_OK)
    {
        double start = lb_clock_seconds(), passed;

        status = set_up_populations(c, problem, bits, err);
        passed = lb_clock_seconds() - start;
        c->info.bound_seconds += passed;
        c->info.setup_seconds -= passed;
    }
    if (status != LB_OK)
        lb_poisson_clear(c->solver);
    flint_free(bits);
    flint_free(weights);
    return status;
}

/* --- near an anchor ------------------------------------------------------ */

/* Whether the space of the anchor is the one that is wanted, and there is
   something to take over. */
static int
is_near(const lb_certifier * c)
{
    const lb_certifier * a = c->anchor;

    return a != NULL && c->plain == a->plain
           && c->cutoff->total == a->cutoff->total
           && (a->has_populations || !c->full);
}

/* The bounds of the populations, if the anchor has some. */
static lb_status
set_up_populations_near(lb_certifier * c, lb_error * err)
{
    double start = lb_clock_seconds(), passed;
    lb_enclosure_space space;
    lb_status status;

    if (!c->anchor->has_populations)
        return LB_OK;
    set_enclosure_space(&space, c, c->lindbladian);
    status = lb_populations_init_near(c->populations, &space,
                                      c->full ? c->tail : NULL,
                                      c->anchor->populations, err);
    c->has_populations = status == LB_OK;
    if (status != LB_OK)
        lb_populations_clear(c->populations);
    passed = lb_clock_seconds() - start;
    c->info.bound_seconds += passed;
    c->info.setup_seconds -= passed;
    return status;
}

/* The solver, with the frame and the weights of the anchor's.  Its
   decomposition is made anew: that takes less time than a preconditioner that
   does not fit costs iterations. */
static lb_status
set_up_solver_near(lb_certifier * c, lb_error * err)
{
    const lb_poisson_struct * near = c->anchor->solver;
    size_t size = (size_t) c->basis->dimension * sizeof(double);
    lb_status status = lb_poisson_init(c->solver, c->problem, c->basis,
                                       near->lindbladian->scale, err);

    if (status == LB_OK)
        lb_preconditioner_drive(c->solver->preconditioner,
                                c->solver->lindbladian);
    if (near->weight == NULL || status != LB_OK)
        return status;
    c->solver->weight = flint_malloc(size);
    memcpy(c->solver->weight, near->weight, size);
    return status;
}

/* The space like that of the anchor, and the model at its precision; nothing
   is left to clear on failure, which may be because the anchor is too far. */
static lb_status
set_up_space_near(lb_certifier * c, lb_error * err)
{
    slong prec = FLINT_MAX(c->anchor->prec, LB_CERTIFIER_MODEL_PREC);
    lb_status status;

    memset(c->outer, 0, sizeof(c->outer));
    status = lb_basis_init(c->basis, c->cutoff, c->max_dimension, err);
    if (status != LB_OK)
        return status;
    status = evaluate_problem(c->problem, c, prec, err);
    if (status == LB_OK)
        status = set_up_outer(c, c->problem, err);
    if (status == LB_OK)
        status = set_up_model(c, prec, err);
    else
        lb_problem_clear(c->problem);
    if (status == LB_OK)
    {
        status = set_up_solver_near(c, err);
        if (status == LB_OK)
            status = set_up_populations_near(c, err);
        if (status == LB_OK)
            set_bounds(c);
        else
            lb_poisson_clear(c->solver);
    }
    if (status != LB_OK)
    {
        forget_precision(c);
        lb_basis_clear(c->basis);
        lb_basis_clear(c->outer);
    }
    return status;
}

/* --- the space ----------------------------------------------------------- */

lb_status
lb_certifier_set_up_space(lb_certifier * c, lb_error * err)
{
    double start = lb_clock_seconds();
    lb_problem_t problem;
    lb_status status;

    c->has_populations = 0;
    if (is_near(c))
    {
        status = set_up_space_near(c, NULL);
        c->info.setup_seconds += lb_clock_seconds() - start;
        if (status == LB_OK)
            return LB_OK;
        start = lb_clock_seconds();
    }
    status = lb_basis_init(c->basis, c->cutoff, c->max_dimension, err);
    if (status != LB_OK)
        return status;
    status = evaluate_problem(problem, c, LB_CERTIFIER_MODEL_PREC, err);
    if (status == LB_OK)
        status = set_up_outer(c, problem, err);
    else
        memset(c->outer, 0, sizeof(c->outer));
    if (status == LB_OK)
        status = set_up_solver(c, problem, err);
    lb_problem_clear(problem);
    if (status != LB_OK)
    {
        lb_basis_clear(c->basis);
        lb_basis_clear(c->outer);
    }
    c->info.setup_seconds += lb_clock_seconds() - start;
    return status;
}

void
lb_certifier_clear_space(lb_certifier * c)
{
    forget_precision(c);
    if (c->has_populations)
        lb_populations_clear(c->populations);
    c->has_populations = 0;
    lb_poisson_clear(c->solver);
    lb_basis_clear(c->basis);
    lb_basis_clear(c->outer);
}

lb_status
lb_certifier_set_total(lb_certifier * c, slong total, lb_error * err)
{
    slong former = c->cutoff->total;
    lb_status status;

    lb_certifier_clear_space(c);
    c->cutoff->total = total;
    status = lb_certifier_set_up_space(c, err);
    if (status != LB_OK)
    {
        lb_status restored;

        c->cutoff->total = former;
        restored = lb_certifier_set_up_space(c, NULL);
        if (restored != LB_OK)
            flint_throw(FLINT_ERROR, "lindbound: a space that was there "
                                     "cannot be set up again\n");
    }
    return status;
}

int
lb_certifier_holds_all_states(const lb_certifier * c)
{
    return !lb_scope_has_modes(c->scope)
           && c->scope->subsystems < FLINT_BITS - 1
           && c->basis->dimension == (slong) 1 << c->scope->subsystems;
}

/* --- level full: the first truncation ------------------------------------ */

static slong
first_total(lb_certifier * c, const lb_tail_t tail)
{
    c->cutoff->total = FIRST_TOTAL;
    while (c->cutoff->total > 1 && lb_basis_count(c->cutoff) > c->max_dimension)
        c->cutoff->total--;
    return lb_tail_start(tail, c->cutoff->total, LAST_TOTAL);
}

/* The class of the model, read in the way that needs fewer excitations. */
static lb_status
choose_tail(lb_certifier * c, const lb_problem_t problem, lb_error * err)
{
    lb_status status = lb_tail_init(c->tail, problem, 0, err);
    slong total, other;

    c->full = status == LB_OK;
    if (status != LB_OK)
    {
        lb_tail_clear(c->tail);
        return status;
    }
    total = first_total(c, c->tail);
    if (c->tail->has_pairs)
    {
        lb_tail_t tail;

        status = lb_tail_init(tail, problem, 1, err);
        other = status == LB_OK ? first_total(c, tail) : -1;
        if (other >= 0 && (total < 0 || other < total))
        {
            lb_tail_struct t = *c->tail;

            *c->tail = *tail;
            *tail = t;
            total = other;
        }
        lb_tail_clear(tail);
    }
    c->cutoff->total = total;
    return status;
}

lb_status
lb_certifier_set_up_tail(lb_certifier * c, lb_error * err)
{
    lb_problem_t problem;
    lb_status status
        = evaluate_problem(problem, c, LB_CERTIFIER_MODEL_PREC, err);

    if (status == LB_OK)
        status = choose_tail(c, problem, err);
    lb_problem_clear(problem);
    if (status != LB_OK)
        return status;
    if (c->cutoff->total < 0)
        return lb_error_set(err, LB_EPREC,
                            "level full: the damping does not outweigh what "
                            "raises the excitation number up to %d "
                            "excitations",
                            LAST_TOTAL);
    return LB_OK;
}
