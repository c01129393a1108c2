/* compare/steady_value.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/clock.h>
#include <lindbound/steady_state.h>
#include <lindbound/steady_value.h>
#include <lindbound/text.h>

/* of the model where no digits depend on it */
#define PREC 128

const char *
lb_level_str(lb_level level)
{
    switch (level)
    {
    case LB_LEVEL_AUTO:
        return "auto";
    case LB_LEVEL_FULL:
        return "full";
    case LB_LEVEL_TRUNCATED:
        return "truncated";
    case LB_LEVEL_ESTIMATE:
        break;
    }
    return "estimate";
}

static void
no_approx(lb_approx_value * x)
{
    x->re = (double) NAN;
    x->im = (double) NAN;
    x->digits = 0;
}

void
lb_steady_value_init(lb_steady_value_t v)
{
    memset(v, 0, sizeof(*v));
    v->level = LB_LEVEL_ESTIMATE;
    acb_init(v->ball);
    acb_indeterminate(v->ball);
    no_approx(&v->approx);
    lb_estimate_info_init(&v->info);
}

void
lb_steady_value_clear(lb_steady_value_t v)
{
    acb_clear(v->ball);
    lb_estimate_info_clear(&v->info);
    flint_free(v->cutoff);
}

void
lb_steady_value_swap(lb_steady_value_t x, lb_steady_value_t y)
{
    lb_steady_value_struct t = *x;

    *x = *y;
    *y = t;
}

static double
radius(const acb_t x)
{
    return hypot(mag_get_d(arb_radref(acb_realref(x))),
                 mag_get_d(arb_radref(acb_imagref(x))))
           * (1.0 + 0x1p-50);
}

double
lb_steady_value_noise(const lb_steady_value_t v)
{
    double noise = 0.0;

    if (v->level != LB_LEVEL_ESTIMATE)
        noise = radius(v->ball);
    /* what the cutoff leaves out */
    if (v->level != LB_LEVEL_FULL)
        noise += hypot(v->approx.re, v->approx.im)
                 * pow(10.0, (double) -v->approx.digits);
    return noise;
}

/* --- several steady states ----------------------------------------------- */

int
lb_several_steady_states_approx(const lb_model_t m, const lb_scope_t scope,
                                const lb_cutoff_t cutoff, slong max_dimension)
{
    lb_steady_state_options options = LB_STEADY_STATE_OPTIONS;
    lb_steady_state_t state;
    lb_problem_t problem;
    lb_basis_t basis;
    int several = 0;

    options.check_unique = 0;
    lb_steady_state_init(state);
    if (lb_problem_init_at(problem, m, scope, PREC, NULL) == LB_OK)
    {
        if (lb_basis_init(basis, cutoff, max_dimension, NULL) == LB_OK
            && lb_steady_state_solve_approx(state, problem, basis, &options,
                                            NULL)
                   == LB_OK)
            several = !lb_steady_state_is_unique_approx(state);
        lb_steady_state_clear(state);
        lb_basis_clear(basis);
    }
    lb_problem_clear(problem);
    return several;
}

int
lb_ball_is_wide(const acb_t x)
{
    return mag_cmp_2exp_si(arb_radref(acb_realref(x)), -20) > 0
           || mag_cmp_2exp_si(arb_radref(acb_imagref(x)), -20) > 0;
}

char *
lb_several_steady_states_str(const char * name)
{
    return lb_text_print("the model has several steady states (diagnosed in "
                         "double precision, not proved): %s differs between "
                         "them",
                         name);
}

/* --- proofs -------------------------------------------------------------- */

/* The drives times 2^-halvings, as texts of the scope. */
static lb_status
scale_drives(lb_scope_t scope, slong halvings, lb_error * err)
{
    lb_status status = LB_OK;

    for (slong k = 0; k < scope->length && status == LB_OK && halvings > 0; k++)
    {
        const lb_symbol * symbol = scope->symbols + k;
        char * text;

        if (!symbol->drive)
            continue;
        if (symbol->value != NULL)
        {
            acb_mul_2exp_si(symbol->value, symbol->value, -halvings);
            continue;
        }
        text = lb_text_print("(%s)/2^%ld", symbol->expr->text, (long) halvings);
        status = lb_scope_override(scope, scope->symbols[k].name, text, NULL,
                                   NULL, err);
        flint_free(text);
    }
    return status;
}

/* The largest modulus and radius of the coefficients of an operator. */
static void
largest(mag_t size, mag_t rad, const lb_opoly_t op)
{
    mag_t t;

    mag_init(t);
    for (slong i = 0; i < op->length; i++)
    {
        const acb_struct * z = op->coefficients[i].coefficient;

        acb_get_mag(t, z);
        mag_max(size, size, t);
        mag_max(rad, rad, arb_radref(acb_realref(z)));
        mag_max(rad, rad, arb_radref(acb_imagref(z)));
    }
    mag_clear(t);
}

/* Whether parameters are balls that are more than rounding: then the digits
   are theirs, and a number at their midpoints would be no answer. */
static int
is_box(const lb_model_t m, const lb_scope_t scope)
{
    lb_problem_t p;
    mag_t size, rad, t;
    int box = 0;

    mag_init(size);
    mag_init(rad);
    mag_init(t);
    if (lb_problem_init_at(p, m, scope, PREC, NULL) == LB_OK)
    {
        largest(size, rad, p->hamiltonian);
        for (slong k = 0; k < p->n_jumps; k++)
        {
            largest(size, rad, p->jumps + k);
            arb_get_mag(t, p->rates + k);
            mag_max(size, size, t);
            mag_max(rad, rad, arb_radref(p->rates + k));
        }
        mag_mul_2exp_si(size, size, -PREC / 2);
        box = mag_cmp(rad, size) > 0;
    }
    lb_problem_clear(p);
    mag_clear(size);
    mag_clear(rad);
    mag_clear(t);
    return box;
}

static int
is_answer(const acb_t x, const lb_certified_info * info, const lb_model_t m,
          const lb_scope_t scope)
{
    slong bits = acb_rel_accuracy_bits(x);

    if (!acb_is_finite(x))
        return 0;
    return info->reached || bits >= 10 * LB_STEADY_LEAST_DIGITS / 3 + 1
           || is_box(m, scope);
}

/* --- the solver ---------------------------------------------------------- */

struct lb_steady_solver_struct
{
    const lb_model_struct * model;
    lb_scope_t scope;
    lb_steady_options options;
    int tried_full;
    lb_certifier * full; /* NULL: not tried, or it does not apply because */
    char why_not_full[512];
    lb_certifier * truncated; /* at the cutoff last asked for, or NULL */
    char * truncated_at;
};

/* Why a ball does not answer. */
static void
note_failure(lb_steady_value_t v, const lb_steady_solver * s, lb_certifier * c,
             const lb_expr * e, lb_level level, const acb_t x,
             const lb_certified_info * info)
{
    char * why = lb_text_copy(info->limit != NULL ? info->limit : "?");

    if (lb_ball_is_wide(x)
        && lb_several_steady_states_approx(
            s->model, s->scope, lb_certifier_cutoff(c), info->dimension))
    {
        flint_free(why);
        why = lb_several_steady_states_str(e->text);
    }
    lb_text_append(v->note, sizeof(v->note), "%snot %d digits at level %s: %s",
                   v->note[0] != '\0' ? "; " : "", LB_STEADY_LEAST_DIGITS,
                   lb_level_str(level), why);
    flint_free(why);
}

/* Takes the certifier's value if it answers; 0 and a note if it does not. */
static lb_status
take_ball(int * good, lb_steady_value_t v, const lb_steady_solver * s,
          lb_certifier * c, const lb_expr * e, lb_level level, lb_error * err)
{
    lb_certified_info info;
    lb_status status;
    acb_t x;

    *good = 0;
    acb_init(x);
    status = lb_certifier_value(x, &info, c, e, s->options.digits, err);
    if (status == LB_OK && is_answer(x, &info, s->model, s->scope))
    {
        *good = 1;
        v->level = level;
        acb_swap(v->ball, x);
        v->certified = info;
        flint_free(v->cutoff);
        v->cutoff = lb_cutoff_get_str(lb_certifier_cutoff(c), s->scope);
        v->dimension = info.dimension;
    }
    else if (status == LB_OK)
        note_failure(v, s, c, e, level, x, &info);
    acb_clear(x);
    return status;
}

static lb_status
need_full(lb_steady_solver * s, lb_error * err)
{
    lb_status status;
    lb_error why;

    if (s->tried_full)
        return LB_OK;
    lb_error_clear(&why);
    status = lb_certifier_new_full(&s->full, s->model, s->scope,
                                   s->options.max_dimension, &why);
    if (status == LB_EMODEL || status == LB_EPREC || status == LB_EDIM)
    {
        lb_text_append(s->why_not_full, sizeof(s->why_not_full), "%s",
                       why.text);
        status = LB_OK;
    }
    s->tried_full = status == LB_OK;
    if (status != LB_OK && err != NULL)
        *err = why;
    return status;
}

static lb_status
try_full(int * good, lb_steady_value_t v, lb_steady_solver * s,
         const lb_expr * e, lb_error * err)
{
    lb_status status = need_full(s, err);

    *good = 0;
    if (status == LB_OK && s->full != NULL)
        return take_ball(good, v, s, s->full, e, LB_LEVEL_FULL, err);
    lb_text_append(v->note, sizeof(v->note), "%s", s->why_not_full);
    return status;
}

/* A certifier at the cutoff asked for, or at the one of the estimate. */
static lb_status
need_truncated(lb_steady_solver * s, const char * estimated, lb_error * err)
{
    const char * wanted = s->options.estimate->cutoff_text;
    lb_status status = LB_OK;
    lb_cutoff_t cutoff;
    long total;

    if (wanted == NULL)
        wanted = estimated;
    if (s->truncated != NULL && strcmp(wanted, s->truncated_at) == 0)
        return LB_OK;
    lb_certifier_free(s->truncated);
    flint_free(s->truncated_at);
    s->truncated = NULL;
    s->truncated_at = lb_text_copy(wanted);
    lb_cutoff_init(cutoff, s->scope->kinds, s->scope->subsystems);
    if (s->options.estimate->cutoff_text != NULL)
        status = lb_cutoff_parse(cutoff, wanted, s->scope, err);
    else if (sscanf(wanted, "N<=%ld", &total) == 1)
        cutoff->total = total; /* an automatic cutoff caps N alone */
    if (status == LB_OK)
        status
            = lb_certifier_new_truncated(&s->truncated, s->model, s->scope,
                                         cutoff, s->options.max_dimension, err);
    lb_cutoff_clear(cutoff);
    return status;
}

static lb_status
try_truncated(int * good, lb_steady_value_t v, lb_steady_solver * s,
              const lb_expr * e, lb_error * err)
{
    lb_status status = need_truncated(s, v->info.cutoff, err);

    *good = 0;
    if (status == LB_OK)
        return take_ball(good, v, s, s->truncated, e, LB_LEVEL_TRUNCATED, err);
    if (status == LB_EDIM)
    {
        lb_text_append(v->note, sizeof(v->note), "%slevel truncated: %s",
                       v->note[0] != '\0' ? "; " : "",
                       err != NULL ? err->text : "too large");
        status = LB_OK;
    }
    return status;
}

/* --- levels -------------------------------------------------------------- */

static lb_status
estimate(lb_steady_value_t v, lb_steady_solver * s, lb_expr * e, lb_error * err)
{
    lb_status status
        = lb_estimate_approx(&v->approx, &v->info, s->model, s->scope, NULL, &e,
                             1, s->options.estimate, err);

    if (status == LB_OK)
    {
        v->level = LB_LEVEL_ESTIMATE;
        v->cutoff = lb_text_copy(v->info.cutoff);
        v->dimension = v->info.dimension;
    }
    return status;
}

static lb_status
compute(lb_steady_value_t v, lb_steady_solver * s, lb_expr * e, lb_error * err)
{
    lb_level level = s->options.level;
    lb_status status = LB_OK;
    int good = 0;

    if (level == LB_LEVEL_FULL
        || (level == LB_LEVEL_AUTO && s->options.estimate->cutoff_text == NULL))
        status = try_full(&good, v, s, e, err);
    if (status == LB_OK && !good && level != LB_LEVEL_FULL)
    {
        status = estimate(v, s, e, err);
        if (status == LB_OK && level != LB_LEVEL_ESTIMATE)
            status = try_truncated(&good, v, s, e, err);
        good |= level == LB_LEVEL_AUTO || level == LB_LEVEL_ESTIMATE;
    }
    if (status == LB_OK && !good)
        status = lb_error_set(err, LB_ENOCONV, "%s", v->note);
    return status;
}

lb_status
lb_steady_solver_new(lb_steady_solver ** s, const lb_model_t m,
                     const lb_scope_t scope, slong halvings,
                     const lb_steady_options * options, lb_error * err)
{
    lb_status status;

    *s = flint_calloc(1, sizeof(**s));
    (*s)->model = m;
    (*s)->options = *options;
    lb_scope_init_copy((*s)->scope, scope);
    status = scale_drives((*s)->scope, halvings, err);
    if (status != LB_OK)
    {
        lb_steady_solver_free(*s);
        *s = NULL;
    }
    return status;
}

void
lb_steady_solver_free(lb_steady_solver * s)
{
    if (s == NULL)
        return;
    lb_certifier_free(s->full);
    lb_certifier_free(s->truncated);
    flint_free(s->truncated_at);
    lb_scope_clear(s->scope);
    flint_free(s);
}

lb_status
lb_steady_solver_value(lb_steady_value_t v, lb_steady_solver * s, lb_expr * e,
                       lb_error * err)
{
    double start = lb_clock_seconds();
    lb_status status;

    lb_steady_value_clear(v);
    lb_steady_value_init(v);
    status = compute(v, s, e, err);
    v->seconds = lb_clock_seconds() - start;
    return status;
}

lb_status
lb_steady_value_compute(lb_steady_value_t v, const lb_model_t m,
                        const lb_scope_t scope, slong halvings, lb_expr * e,
                        const lb_steady_options * options, lb_error * err)
{
    lb_steady_solver * s;
    lb_status status;

    lb_steady_value_clear(v);
    lb_steady_value_init(v);
    status = lb_steady_solver_new(&s, m, scope, halvings, options, err);
    if (status == LB_OK)
        status = lb_steady_solver_value(v, s, e, err);
    lb_steady_solver_free(s);
    return status;
}
