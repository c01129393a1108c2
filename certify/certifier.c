/* certify/certifier.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/certifier.h>
#include <lindbound/clock.h>
#include <lindbound/full.h>
#include <lindbound/steady_state.h>
#include <lindbound/text.h>
#include <lindbound/truncated.h>

/* Bits beyond those of the digits: of every expectation value, and of the
   arithmetic that evaluates its residual. */
#define GUARD_BITS 3
#define WORKING_BITS 96
/* A ball around zero that is as small as the digits ask for counts as an exact
   zero if what is solved, the model on the states that are kept, gives zero to
   so many bits more ... */
#define ZERO_BITS 334
/* ... or so many times, with more states, less by so many bits: else the value
   is small, and its digits are wanted. */
#define ENOUGH_FALLS 2
#define LEAST_FALL 8
/* Bits that a step aims at beyond those that the value needs. */
#define SLACK_BITS 8
/* Precision for the solver and for what is independent of the digits. */
#define MODEL_PREC 128
/* Bits that a higher precision must gain, or the parameters are the limit. */
#define LEAST_PRECISION_GAIN 8
/* Level full: the first truncation that is tried, and the highest. */
#define FIRST_TOTAL 4
#define LAST_TOTAL 1000
/* For the solver that estimates the populations. */
#define POPULATION_TOLERANCE 1e-12
/* So many higher truncations may bring next to nothing. */
#define MAX_STALLED 2
/* So many truncations without bounds of the populations are tried after one
   with them. */
#define MAX_LOST 3
/* Proposals are remembered up to this many matrix entries. */
#define MEMORY_ENTRIES 2000000

typedef struct
{
    lb_opoly_t op;
    lb_proposal_t proposal;
    slong refinable; /* of lb_enclosure_info */
} memory;

struct lb_certifier_struct
{
    const lb_model_struct * model;
    const lb_scope_struct * scope;
    slong max_dimension;
    int full; /* the level */
    lb_cutoff_t cutoff;

    lb_tail_t tail; /* level full */

    /* the space, and the solver on it */
    lb_basis_t basis;
    lb_basis_t outer; /* level full: the states that L* reaches */
    lb_poisson_t solver;
    int plain; /* the solver without shell scaling, after it failed with it */
    int has_populations; /* proved bounds of them */
    int hopeless;        /* there are none, and would be none higher up */
    slong stalled; /* truncations that brought less than a bit in four shells */
    lb_populations_t populations;

    /* the model at the working precision */
    slong prec; /* 0: not yet */
    lb_problem_t problem;
    lb_ball_lindbladian_t lindbladian;
    lb_full_space_t space;

    memory ** memories;
    slong n_memories;

    /* what the last value rests on, in the order in which its expression met
       the operators; each is one of the memories */
    lb_certified_part * parts;
    slong n_parts;
    acb_t last_value;

    /* what is asked: an expression, or the mean of an operator to a scale */
    const lb_expr * expression; /* NULL: the mean */
    const lb_opoly_struct * mean_of;
    mag_t scale;

    /* while it is evaluated */
    slong bits, zero_bits;
    int past_boundary;                         /* of lb_enclosure_goal */
    slong missing_precision, missing_boundary; /* bits; 0: none */
    slong needed_total; /* level full: excitations an operator looks at */
    int solver_failed;
    char what[160];
    lb_certified_info info;
};

/* --- setting up ---------------------------------------------------------- */

static lb_status
evaluate_problem(lb_problem_t p, const lb_certifier * c, slong prec,
                 lb_error * err)
{
    return lb_problem_init_at(p, c->model, c->scope, prec, err);
}

static void
forget_precision(lb_certifier * c)
{
    if (c->prec == 0)
        return;
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
    s->solver = (lb_poisson_struct *) c->solver;
}

/* How residuals are bounded. */
static void
set_bounds(lb_certifier * c)
{
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

/* The model and its Lindbladian at @p prec bits. */
static lb_status
set_precision(lb_certifier * c, slong prec, lb_error * err)
{
    lb_status status;

    if (c->prec == prec)
        return LB_OK;
    forget_precision(c);
    status = evaluate_problem(c->problem, c, prec, err);
    if (status != LB_OK)
    {
        lb_problem_clear(c->problem);
        return status;
    }
    status = lindbladian_init(c->lindbladian, c, c->problem, prec, err);
    c->prec = prec;
    if (status != LB_OK)
        forget_precision(c);
    else
        set_bounds(c);
    return status;
}

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
    lb_status status = lindbladian_init(l, c, problem, MODEL_PREC, err);

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

/* The bases, the solver and the populations for the present cutoff. */
static lb_status
set_up_space(lb_certifier * c, lb_error * err)
{
    double start = lb_clock_seconds();
    lb_problem_t problem;
    lb_status status;

    c->has_populations = 0;
    status = lb_basis_init(c->basis, c->cutoff, c->max_dimension, err);
    if (status != LB_OK)
        return status;
    status = evaluate_problem(problem, c, MODEL_PREC, err);
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

static void
clear_space(lb_certifier * c)
{
    forget_precision(c);
    if (c->has_populations)
        lb_populations_clear(c->populations);
    c->has_populations = 0;
    lb_poisson_clear(c->solver);
    lb_basis_clear(c->basis);
    lb_basis_clear(c->outer);
}

static void
forget(lb_certifier * c)
{
    for (slong k = 0; k < c->n_memories; k++)
    {
        lb_opoly_clear(c->memories[k]->op);
        lb_proposal_clear(c->memories[k]->proposal);
        flint_free(c->memories[k]);
    }
    flint_free(c->memories);
    c->memories = NULL;
    c->n_memories = 0;
    c->n_parts = 0;
}

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

/* The first total excitation number above which the drives are outweighed at
   all, or the first to be tried. */
static lb_status
set_up_tail(lb_certifier * c, lb_error * err)
{
    lb_problem_t problem;
    lb_status status = evaluate_problem(problem, c, MODEL_PREC, err);

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

static lb_certifier *
new_certifier(const lb_model_t m, const lb_scope_t scope, slong max_dimension)
{
    lb_certifier * c = flint_calloc(1, sizeof(lb_certifier));

    c->model = m;
    c->scope = scope;
    c->max_dimension = max_dimension;
    lb_cutoff_init(c->cutoff, scope->kinds, scope->subsystems);
    acb_init(c->last_value);
    mag_init(c->scale);
    return c;
}

static void
free_unready(lb_certifier * c)
{
    if (c->full)
        lb_tail_clear(c->tail);
    lb_cutoff_clear(c->cutoff);
    acb_clear(c->last_value);
    mag_clear(c->scale);
    flint_free(c->parts);
    flint_free(c);
}

lb_status
lb_certifier_new_truncated(lb_certifier ** out, const lb_model_t m,
                           const lb_scope_t scope, const lb_cutoff_t cutoff,
                           slong max_dimension, lb_error * err)
{
    lb_certifier * c = new_certifier(m, scope, max_dimension);
    lb_status status;

    *out = NULL;
    lb_cutoff_set(c->cutoff, cutoff);
    status = lb_check_rounding(err);
    if (status == LB_OK)
        status = set_up_space(c, err);
    if (status == LB_OK)
        *out = c;
    else
        free_unready(c);
    return status;
}

lb_status
lb_certifier_new_full(lb_certifier ** out, const lb_model_t m,
                      const lb_scope_t scope, slong max_dimension,
                      lb_error * err)
{
    lb_certifier * c = new_certifier(m, scope, max_dimension);
    lb_status status = lb_check_rounding(err);

    *out = NULL;
    /* two-level systems only: nothing is truncated, [F4] */
    if (status == LB_OK && lb_scope_has_modes(scope))
        status = set_up_tail(c, err);
    if (status == LB_OK)
        status = set_up_space(c, err);
    if (status == LB_OK)
        *out = c;
    else
        free_unready(c);
    return status;
}

void
lb_certifier_free(lb_certifier * c)
{
    if (c == NULL)
        return;
    forget(c);
    clear_space(c);
    free_unready(c);
}

/* Two-level systems only, and no cutoff keeps a state out: [F4]. */
static int
holds_all_states(const lb_certifier * c)
{
    return !lb_scope_has_modes(c->scope)
           && c->scope->subsystems < FLINT_BITS - 1
           && c->basis->dimension == (slong) 1 << c->scope->subsystems;
}

const char *
lb_certifier_level(const lb_certifier * c)
{
    return c->full || holds_all_states(c) ? "full" : "truncated";
}

const lb_cutoff_struct *
lb_certifier_cutoff(const lb_certifier * c)
{
    return c->cutoff;
}

const lb_certified_part *
lb_certifier_parts(slong * length, const lb_certifier * c)
{
    *length = c->n_parts;
    return c->parts;
}

const lb_populations_struct *
lb_certifier_populations(const lb_certifier * c)
{
    return c->has_populations ? c->populations : NULL;
}

slong
lb_certifier_prec(const lb_certifier * c)
{
    return FLINT_MAX(c->prec, MODEL_PREC);
}

void
lb_certifier_last_value(acb_t value, const lb_certifier * c)
{
    acb_set(value, c->last_value);
}

/* Level full: another truncation. */
static lb_status
set_total(lb_certifier * c, slong total, lb_error * err)
{
    slong former = c->cutoff->total;
    lb_status status;

    clear_space(c);
    c->cutoff->total = total;
    status = set_up_space(c, err);
    if (status != LB_OK)
    {
        lb_status restored;

        c->cutoff->total = former;
        restored = set_up_space(c, NULL);
        if (restored != LB_OK)
            flint_throw(FLINT_ERROR, "lindbound: a space that was there "
                                     "cannot be set up again\n");
    }
    return status;
}

/* --- expectation values -------------------------------------------------- */

static int
looks_equal(const lb_opoly_t p, const lb_opoly_t q)
{
    if (p->length != q->length)
        return 0;
    for (slong k = 0; k < p->length; k++)
        if (memcmp(lb_opoly_term(p, k), lb_opoly_term(q, k),
                   (size_t) p->subsystems * sizeof(lb_factor))
                != 0
            || !acb_overlaps(p->coefficients[k].coefficient,
                             q->coefficients[k].coefficient))
            return 0;
    return 1;
}

static memory *
find_memory(const lb_certifier * c, const lb_opoly_t op)
{
    for (slong k = 0; k < c->n_memories; k++)
        if (looks_equal(c->memories[k]->op, op))
            return c->memories[k];
    return NULL;
}

/* A start for Y: the one last used for this operator, or zero.  Which is only
   a question of speed. */
static memory *
recall(lb_certifier * c, const lb_opoly_t op)
{
    slong d = c->basis->dimension;
    memory * x = find_memory(c, op);

    if (x != NULL)
    {
        lb_proposal_resize(x->proposal, d);
        return x;
    }
    if ((c->n_memories + 1) * d * d > MEMORY_ENTRIES && c->n_memories > 1)
        forget(c);
    c->memories = flint_realloc(c->memories, (size_t) (c->n_memories + 1)
                                                 * sizeof(memory *));
    x = flint_malloc(sizeof(memory));
    c->memories[c->n_memories++] = x;
    lb_opoly_init(x->op, op->kinds, op->subsystems);
    lb_opoly_set(x->op, op);
    lb_proposal_init(x->proposal, d);
    return x;
}

/* Notes that the value rests on @p x, unless it has been noted. */
static void
add_part(lb_certifier * c, const memory * x)
{
    for (slong k = 0; k < c->n_parts; k++)
        if (c->parts[k].op == x->op)
            return;
    c->parts = flint_realloc(c->parts, (size_t) (c->n_parts + 1)
                                           * sizeof(lb_certified_part));
    c->parts[c->n_parts].op = x->op;
    c->parts[c->n_parts].proposal = x->proposal;
    c->n_parts++;
}

static void
note_limit(lb_certifier * c, const lb_enclosure_info * info)
{
    c->info.rounds += info->rounds;
    c->info.solve_seconds += info->solve_seconds;
    c->info.residual_seconds += info->residual_seconds;
    switch (info->limit)
    {
    case LB_STOP_NONE:
        break;
    case LB_STOP_PRECISION:
        c->missing_precision
            = FLINT_MAX(c->missing_precision, info->missing_bits);
        break;
    case LB_STOP_BOUNDARY:
        c->missing_boundary
            = FLINT_MAX(c->missing_boundary, info->missing_bits);
        break;
    case LB_STOP_SOLVER:
        c->solver_failed = 1;
    }
}

/* tr(rho op) of a Hermitian operator */
static lb_status
enclose_hermitian(arb_t value, lb_certifier * c, const lb_opoly_t op,
                  const mag_t reference, lb_error * err)
{
    lb_enclosure_goal goal
        = { c->bits, c->zero_bits, reference, c->past_boundary };
    lb_enclosure_info info;
    lb_status status;
    memory * x;

    if (op->length == 0)
    {
        arb_zero(value);
        return LB_OK;
    }
    x = recall(c, op);
    status = lb_enclose(value, &info, x->proposal, &c->space->space, op, &goal,
                        err);
    if (status == LB_OK)
    {
        x->refinable = info.refinable;
        add_part(c, x);
        note_limit(c, &info);
    }
    return status;
}

/* What the last enclosure says of tr(rho op) if nothing is beyond the states
   that are kept.  This proves nothing where there is. */
static void
recall_kept(arb_t value, const lb_certifier * c, const lb_opoly_t op)
{
    const memory * x = find_memory(c, op);
    mag_t refinable;

    arb_zero(value);
    if (op->length == 0)
        return;
    arb_indeterminate(value);
    if (x == NULL)
        return;
    mag_init(refinable);
    mag_set_ui_2exp_si(refinable, 1, x->refinable);
    arb_set_arf(value, x->proposal->o);
    arb_add_error_mag(value, refinable);
    mag_clear(refinable);
}

/* The Hermitian parts X, Z of op = X + i Z. */
static void
hermitian_parts(lb_opoly_t x, lb_opoly_t z, const lb_opoly_t op, slong prec)
{
    lb_scalar_t factor;

    lb_scalar_init(factor);
    lb_scalar_zero(factor);
    acb_onei(factor->coefficient);
    acb_neg(factor->coefficient, factor->coefficient);
    lb_opoly_hermitian_part(x, op, prec);
    lb_opoly_scalar_mul(z, op, factor, prec);
    lb_opoly_hermitian_part(z, z, prec);
    lb_scalar_clear(factor);
}

/* The excitations of the lowest states that @p op acts on or makes. */
static slong
highest_total(const lb_opoly_t op)
{
    slong highest = 0;

    for (slong i = 0; i < op->length; i++)
    {
        const lb_factor * f = lb_opoly_term(op, i);
        slong create = 0, annihilate = 0;

        for (slong k = 0; k < op->subsystems; k++)
        {
            create += f[k].create;
            annihilate += f[k].annihilate;
        }
        highest = FLINT_MAX(highest, FLINT_MAX(create, annihilate));
    }
    return highest;
}

/* Whether the truncation is high enough for @p op; level full raises it
   first if not. */
static int
sees(lb_certifier * c, const lb_opoly_t op)
{
    if (!c->full)
        return 1;
    c->needed_total = FLINT_MAX(c->needed_total, highest_total(op));
    return c->needed_total <= c->cutoff->total && c->has_populations;
}

/* The hook of model/evaluate.h: tr(rho op). */
static lb_status
expectation(lb_scalar_t out, const lb_opoly_t op, void * context, slong prec,
            lb_error * err)
{
    lb_certifier * c = context;
    lb_opoly_t x, z;
    lb_status status;
    arb_t re, im;
    mag_t reference;

    lb_scalar_indeterminate(out);
    if (!sees(c, op))
        return LB_OK;
    if (!c->full)
    {
        status = lb_basis_check_operator(c->basis, op, c->what, c->cutoff,
                                         c->scope, err);
        if (status != LB_OK)
            return status;
    }
    lb_opoly_init(x, op->kinds, op->subsystems);
    lb_opoly_init(z, op->kinds, op->subsystems);
    arb_init(re);
    arb_init(im);
    mag_init(reference);
    hermitian_parts(x, z, op, prec);
    status = enclose_hermitian(re, c, x, reference, err);
    arb_get_mag_lower(reference, re);
    if (status == LB_OK)
        status = enclose_hermitian(im, c, z, reference, err);
    if (status == LB_OK)
    {
        lb_scalar_zero(out);
        arb_swap(acb_realref(out->coefficient), re);
        arb_swap(acb_imagref(out->coefficient), im);
    }
    mag_clear(reference);
    arb_clear(re);
    arb_clear(im);
    lb_opoly_clear(x);
    lb_opoly_clear(z);
    return status;
}

/* The hook: tr(rho op) by recall_kept. */
static lb_status
kept_expectation(lb_scalar_t out, const lb_opoly_t op, void * context,
                 slong prec, lb_error * err)
{
    const lb_certifier * c = context;
    lb_opoly_t x, z;

    (void) err;
    lb_opoly_init(x, op->kinds, op->subsystems);
    lb_opoly_init(z, op->kinds, op->subsystems);
    hermitian_parts(x, z, op, prec);
    lb_scalar_zero(out);
    recall_kept(acb_realref(out->coefficient), c, x);
    recall_kept(acb_imagref(out->coefficient), c, z);
    lb_opoly_clear(x);
    lb_opoly_clear(z);
    return LB_OK;
}

/* --- what is asked ------------------------------------------------------- */

/* e with expectation values by @p hook */
static lb_status
evaluate_with(acb_t value, lb_certifier * c,
              lb_status (*hook)(lb_scalar_t out, const lb_opoly_t op,
                                void * context, slong prec, lb_error * err),
              lb_error * err)
{
    lb_status status;
    lb_scalar_t x;
    lb_env_t env;

    lb_scalar_init(x);
    lb_env_init(env, c->scope, c->prec);
    env->expectation = hook;
    env->expectation_context = c;
    status = lb_env_scalar(x, env, c->expression, err);
    if (status == LB_OK)
        acb_set(value, x->coefficient);
    else
        acb_indeterminate(value);
    lb_env_clear(env);
    lb_scalar_clear(x);
    return status;
}

static lb_status
evaluate_mean(acb_t value, lb_certifier * c, lb_error * err)
{
    acb_indeterminate(value);
    if (!sees(c, c->mean_of))
        return LB_OK;
    arb_zero(acb_imagref(value));
    return enclose_hermitian(acb_realref(value), c, c->mean_of, c->scale, err);
}

static lb_status
evaluate(acb_t value, lb_certifier * c, lb_error * err)
{
    lb_status status;

    c->missing_precision = 0;
    c->missing_boundary = 0;
    c->needed_total = 0;
    c->solver_failed = 0;
    c->n_parts = 0;
    status = c->expression != NULL ? evaluate_with(value, c, expectation, err)
                                   : evaluate_mean(value, c, err);
    if (status != LB_OK)
        acb_indeterminate(value);
    acb_set(c->last_value, value);
    return status;
}

/* The value on the states that are kept, as it is known. */
static lb_status
evaluate_kept(acb_t value, lb_certifier * c, lb_error * err)
{
    if (c->expression != NULL)
        return evaluate_with(value, c, kept_expectation, err);
    recall_kept(acb_realref(value), c, c->mean_of);
    arb_zero(acb_imagref(value));
    return LB_OK;
}

/* Bits relative to the value, or to the scale if that is larger. */
static slong
accuracy_bits(const lb_certifier * c, const acb_t value)
{
    slong bits = acb_rel_accuracy_bits(value);
    const mag_struct * radius = arb_radref(acb_realref(value));

    if (c->expression != NULL || mag_is_zero(c->scale)
        || !arb_is_finite(acb_realref(value)) || mag_is_zero(radius))
        return bits;
    return FLINT_MAX(bits, (slong) floor(mag_get_d_log2_approx(c->scale)
                                         - mag_get_d_log2_approx(radius)));
}

/* |z| <= 2^-bits for every point of the ball, and 0 is one of them */
static int
is_zero_to(const acb_t z, slong bits)
{
    mag_t m;
    int small;

    mag_init(m);
    acb_get_mag(m, z);
    small = acb_contains_zero(z) && mag_cmp_2exp_si(m, -bits) <= 0;
    mag_clear(m);
    return small;
}

/* e such that |z| <= 2^e, and about that */
static slong
log2_upper(const acb_t z)
{
    slong e;
    mag_t m;

    mag_init(m);
    acb_get_mag(m, z);
    e = mag_is_finite(m) && fmpz_fits_si(MAG_EXPREF(m))
            ? fmpz_get_si(MAG_EXPREF(m))
            : WORD_MAX / 4;
    if (mag_is_zero(m))
        e = WORD_MIN / 4;
    mag_clear(m);
    return e;
}

static slong
bits_of_digits(slong digits)
{
    return (slong) ceil((double) digits * 3.3219280948873626) + 1;
}

/* What the next step changes. */
typedef struct
{
    slong wanted; /* bits of the whole expression */
    slong prec;
    slong former_missing;  /* when the precision was last raised, or 0 */
    slong former_boundary; /* when the truncation was last raised, or 0 */
    slong former_total;    /* ... and what it was */
    slong former_accuracy; /* when the radii of the parameters were the limit */
    /* of a value that may be zero: log2 of what it is on the states that are
       kept, at the highest truncation so far, 0: none; and how many times in
       succession it fell */
    slong kept_size, kept_total, falls;
    slong lost; /* truncations without bounds of the populations */
    slong total;
    int plain;
    int fresh; /* started anew */
} plan;

/* Bits by which the populations fall from shell to shell, at the top. */
static double
fall_per_shell(const lb_certifier * c)
{
    const lb_populations_struct * p = c->populations;

    if (!c->has_populations || p->top < 2)
        return 1.0;
    return fmax(
        0.5, 0.5 * (double) (p->exponents[p->top] - p->exponents[p->top - 2]));
}

/* The truncation at which the boundary may be small enough. */
static int
raise_total(plan * p, lb_certifier * c, slong shortfall)
{
    slong total = c->cutoff->total, step = 1 + total / 3;

    if (c->needed_total > total)
        step = c->needed_total - total;
    else if (c->has_populations)
    {
        slong bits = FLINT_MIN(c->missing_boundary, shortfall + SLACK_BITS);

        step = FLINT_MIN(1 + (slong) ((double) bits / fall_per_shell(c)),
                         FLINT_MAX(4, total / 2));
    }
    c->cutoff->total = total + step;
    while (c->cutoff->total > total
           && lb_basis_count(c->cutoff) > c->max_dimension)
        c->cutoff->total--;
    p->total = c->cutoff->total;
    c->cutoff->total = total;
    if (p->total <= total)
        c->info.limit = "the limit of the dimension was reached; raise "
                        "--max-dimension";
    p->former_missing = 0;
    return p->total > total;
}

/* A higher truncation, unless that has not helped before. */
static int
shrink_boundary(plan * p, lb_certifier * c, slong shortfall)
{
    slong shells = c->cutoff->total - p->former_total;

    if (p->former_boundary > 0
        && c->missing_boundary > p->former_boundary - shells / 4)
        c->stalled++;
    p->former_boundary = c->missing_boundary;
    p->former_total = c->cutoff->total;
    if (c->stalled < MAX_STALLED)
        return raise_total(p, c, shortfall);
    c->info.limit = "higher truncations do not help (a model with several "
                    "steady states, or too hard for double precision)";
    return 0;
}

/* Bits by which the ball must shrink to have the digits; @p kept: what the
   value is on the states that are kept. */
static slong
find_shortfall(const plan * p, const acb_t value, const acb_t kept)
{
    slong bits;

    if (!acb_is_finite(value))
        return WORD_MAX / 4;
    if (!acb_contains_zero(value))
        bits = p->wanted - acb_rel_accuracy_bits(value);
    else
        bits = log2_upper(value) + p->wanted;
    if (bits <= 0) /* more than is wanted of zero, which it is not */
        bits = log2_upper(value) - log2_upper(kept) + p->wanted;
    return FLINT_MIN(FLINT_MAX(bits, 1), WORD_MAX / 4);
}

/* A value that is zero but for the truncation. */
static int
is_falling(plan * p, const lb_certifier * c, const acb_t kept)
{
    slong size = log2_upper(kept), total = c->cutoff->total;

    if (p->kept_total == 0 || total > p->kept_total)
    {
        p->falls = p->kept_total > 0 && size <= p->kept_size - LEAST_FALL
                       ? p->falls + 1
                       : 0;
        p->kept_size = size;
        p->kept_total = total;
    }
    return p->falls >= ENOUGH_FALLS;
}

static void
raise_bits(plan * p, lb_certifier * c, slong bits)
{
    c->bits += FLINT_MIN(bits, c->bits) + GUARD_BITS;
    p->prec = FLINT_MAX(p->prec, c->bits + WORKING_BITS);
    p->former_missing = 0;
}

/* What to do about a ball that contains zero. */
typedef enum
{
    ZERO_TAKEN,  /* it is as small as wanted; no digits are to be expected */
    ZERO_CLOSER, /* as small as wanted: look again before that is said     */
    ZERO_UNKNOWN /* it is too large, or the value is small but not zero    */
} zero_step;

static zero_step
judge_zero(plan * p, lb_certifier * c, const acb_t value, const acb_t kept)
{
    int falling, small = is_zero_to(value, p->wanted);

    if (!acb_contains_zero(kept))
    {
        c->past_boundary = 0;
        falling = c->full && is_falling(p, c, kept);
        return small && falling ? ZERO_TAKEN : ZERO_UNKNOWN;
    }
    if (!small || c->missing_precision > 0)
        return ZERO_UNKNOWN;
    return c->solver_failed || c->bits >= p->wanted + ZERO_BITS ? ZERO_TAKEN
                                                                : ZERO_CLOSER;
}

/* Decides what to do about @p value; 1: go on, 0: this is it. */
static int
next_step(plan * p, lb_certifier * c, const acb_t value, const acb_t kept)
{
    slong accuracy = accuracy_bits(c, value);
    slong shortfall = find_shortfall(p, value, kept);

    if (accuracy >= p->wanted)
    {
        c->info.reached = 1;
        return 0;
    }
    if (c->full && !c->has_populations && c->hopeless)
    {
        c->info.limit = "the populations of the shells could not be bounded "
                        "(a model with several steady states, boxes of "
                        "parameters too wide, or too hard for double "
                        "precision)";
        return 0;
    }
    if (c->full && (c->needed_total > c->cutoff->total || !c->has_populations))
    {
        if (acb_is_finite(value) && ++p->lost > MAX_LOST)
        {
            c->info.limit = "no bound of the populations of the shells could "
                            "be proved with more excitations";
            return 0;
        }
        return raise_total(p, c, shortfall);
    }
    if (acb_contains_zero(value))
        switch (judge_zero(p, c, value, kept))
        {
        case ZERO_TAKEN:
            return 0;
        case ZERO_CLOSER:
            c->past_boundary = 1;
            raise_bits(p, c, c->bits);
            return 1;
        case ZERO_UNKNOWN:
            break;
        }
    if (c->missing_precision > 0)
    {
        if (p->former_missing > 0
            && p->former_missing - c->missing_precision < LEAST_PRECISION_GAIN)
        {
            slong former = p->former_missing;

            /* radii count by the bounds of the populations, which are better
               at a higher truncation */
            if (c->full && accuracy > p->former_accuracy
                && !is_zero_to(value, p->wanted)
                && raise_total(p, c, shortfall))
            {
                p->former_accuracy = accuracy;
                p->former_missing = former;
                return 1;
            }
            c->info.limit = "the radii of the parameters are the limit";
            return 0;
        }
        p->former_missing = c->missing_precision;
        p->prec += c->missing_precision + 32;
        return 1;
    }
    if (c->missing_boundary > 0 && c->full)
        return shrink_boundary(p, c, shortfall);
    if (c->missing_boundary > 0) /* not of a truncated problem */
        c->solver_failed = 1;
    if (c->solver_failed && c->solver->lindbladian->scale > 0)
    {
        p->plain = 1;
        return 1;
    }
    if (c->solver_failed && !p->fresh)
    {
        /* perhaps only a bad start: a proposal of a lower truncation */
        forget(c);
        p->fresh = 1;
        return 1;
    }
    if (c->solver_failed)
    {
        c->info.limit = "the solver makes no progress (a model with several "
                        "steady states, or too hard for double precision)";
        return 0;
    }
    raise_bits(p, c, shortfall);
    return 1;
}

/* Upper bound of the population of what the truncation leaves out. */
static double
population_above(const lb_certifier * c)
{
    double bound = 1.0;
    mag_t m;

    if (holds_all_states(c))
        return 0.0;
    if (!c->full || !c->has_populations)
        return 1.0;
    mag_init(m);
    lb_populations_above(m, c->populations);
    /* mag_get_d is exact but where it underflows */
    bound = fmax(mag_get_d(m), 1e-300);
    mag_clear(m);
    return bound;
}

/* x is at least as tight: relatively, or of balls around zero absolutely */
static int
is_better(const acb_t x, const acb_t value)
{
    int better, zero = acb_contains_zero(x);
    mag_t m, n;

    if (!acb_is_finite(value) || !acb_is_finite(x))
        return !acb_is_finite(value);
    if (zero != acb_contains_zero(value))
        return !zero;
    if (!zero)
        return acb_rel_error_bits(x) <= acb_rel_error_bits(value);
    mag_init(m);
    mag_init(n);
    acb_get_mag(m, x);
    acb_get_mag(n, value);
    better = mag_cmp(m, n) <= 0;
    mag_clear(m);
    mag_clear(n);
    return better;
}

/* The space and the precision of a plan, and the value there. */
static lb_status
evaluate_plan(acb_t x, const plan * p, lb_certifier * c, lb_error * err)
{
    lb_status status = LB_OK;

    if (p->total != c->cutoff->total || p->plain != c->plain)
    {
        c->plain = p->plain;
        status = set_total(c, p->total, err);
    }
    if (status == LB_OK)
        status = set_precision(c, p->prec, err);
    if (status == LB_OK)
        status = evaluate(x, c, err);
    return status;
}

/* What is asked of c, in as many steps as it needs. */
static lb_status
find_value(acb_t value, lb_certified_info * info, lb_certifier * c,
           slong digits, lb_error * err)
{
    /* of making the certifier */
    double before = c->info.setup_seconds + c->info.bound_seconds;
    double start = lb_clock_seconds();
    lb_status status = LB_OK;
    plan p, best;
    acb_t x, kept;

    acb_indeterminate(value);
    acb_init(x);
    acb_init(kept);
    p.wanted = bits_of_digits(digits);
    p.former_missing = 0;
    p.former_boundary = 0;
    p.former_total = 0;
    p.former_accuracy = -ARF_PREC_EXACT;
    p.kept_size = 0;
    p.kept_total = 0;
    p.falls = 0;
    p.lost = 0;
    p.total = c->cutoff->total;
    p.plain = c->plain;
    p.fresh = 0;
    c->bits = p.wanted + GUARD_BITS;
    c->zero_bits = p.wanted + ZERO_BITS;
    c->past_boundary = 0;
    p.prec = FLINT_MAX(c->bits + WORKING_BITS, c->prec);
    best = p;
    c->info.reached = 0;
    c->info.limit = NULL;
    for (slong step = 0;; step++)
    {
        if (step == LB_CERTIFIER_MAX_STEPS || p.prec > LB_CERTIFIER_MAX_PREC)
        {
            c->info.limit = "the limit of precision or steps was reached";
            break;
        }
        status = evaluate_plan(x, &p, c, err);
        if (status != LB_OK)
            break;
        if (is_better(x, value))
        {
            acb_set(value, x);
            best = p;
        }
        acb_indeterminate(kept);
        if (acb_contains_zero(value))
            status = evaluate_kept(kept, c, err);
        if (status != LB_OK || !next_step(&p, c, value, kept))
            break;
    }
    /* 2^(1 - wanted) <= 10^-digits: bits_of_digits */
    if (is_zero_to(value, p.wanted - 1))
    {
        c->info.reached = 1;
        c->info.limit = NULL;
    }
    /* what the certifier holds at the end is to prove the value */
    if (status == LB_OK && best.total != c->cutoff->total
        && acb_is_finite(value) && !is_better(c->last_value, value))
    {
        status = evaluate_plan(x, &best, c, err);
        if (status == LB_OK && is_better(x, value))
            acb_set(value, x);
    }
    if (status != LB_OK)
        acb_indeterminate(value);
    c->info.prec = c->prec;
    c->info.dimension = c->basis->dimension;
    c->info.total = c->cutoff->total;
    c->info.above = population_above(c);
    c->info.seconds = before + lb_clock_seconds() - start;
    if (info != NULL)
        *info = c->info;
    memset(&c->info, 0, sizeof(c->info));
    acb_clear(x);
    acb_clear(kept);
    return status;
}

lb_status
lb_certifier_value(acb_t value, lb_certified_info * info, lb_certifier * c,
                   const lb_expr * e, slong digits, lb_error * err)
{
    c->expression = e;
    c->what[0] = '\0';
    lb_text_append(c->what, sizeof(c->what), "observable '%.80s'", e->text);
    return find_value(value, info, c, digits, err);
}

lb_status
lb_certifier_mean(arb_t value, lb_certified_info * info, lb_certifier * c,
                  const lb_opoly_t op, slong digits, const mag_t scale,
                  lb_error * err)
{
    lb_status status;
    acb_t z;

    acb_init(z);
    c->expression = NULL;
    c->mean_of = op;
    mag_set(c->scale, scale);
    status = find_value(z, info, c, digits, err);
    arb_swap(value, acb_realref(z));
    c->mean_of = NULL;
    acb_clear(z);
    return status;
}
