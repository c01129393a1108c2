/* compare/verify.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/closed_value.h>
#include <lindbound/verify.h>
#include <lindbound/model_quantity.h>

/* agreement of A and B: relative, and absolute for exact zeros */
#define TIGHT 1e-12
/* how far the measured order may be from 2 */
#define ORDER_TOLERANCE 0.1
/* agreement of an exact form and the ball of a steady state */
#define EXACT_TOLERANCE 1e-6
/* digits of the steady states at smaller drives */
#define ORDER_DIGITS 10
#define PREC 256
/* how far the coefficient measured may be from the one derived, relative */
#define COEFFICIENT_TOLERANCE 0.05

void
lb_verify_row_init(lb_verify_row * row)
{
    memset(row, 0, sizeof(*row));
    lb_scalar_init(row->closed);
    lb_scalar_init(row->printed_formula);
    lb_scalar_init(row->derived);
    lb_steady_value_init(row->state);
    acb_init(row->distance);
    arb_init(row->coefficient);
    row->order = NAN;
    row->measured = NAN;
}

void
lb_verify_row_clear(lb_verify_row * row)
{
    lb_scalar_clear(row->closed);
    lb_scalar_clear(row->printed_formula);
    lb_scalar_clear(row->derived);
    lb_steady_value_clear(row->state);
    acb_clear(row->distance);
    arb_clear(row->coefficient);
}

static void
set_note(char * note, size_t size, const lb_error * err)
{
    if (note[0] == '\0')
        snprintf(note, size, "%s", err->text);
}

/* --- A and B ------------------------------------------------------------- */

/* Input that is wrong, not a method that does not apply. */
static int
is_bad_input(lb_status status)
{
    return status == LB_ENAME || status == LB_EPARSE || status == LB_EDOM;
}

static lb_status
judge_closed(lb_verify_row * row, const lb_model_t m, const lb_scope_t scope,
             slong digits, lb_error * err)
{
    const lb_form_struct * f = row->form;
    int leading = f->limit == LB_LIMIT_WEAK_DRIVE;
    const lb_expr * formula = lb_form_formula(f);
    lb_status status;

    if (formula == NULL)
        return LB_OK;
    status = lb_closed_value_compute(row->closed, LB_BY_FORMULA, formula, m,
                                     scope, leading, digits, err);
    if (is_bad_input(status))
        return status;
    row->has_closed
        = status == LB_OK && acb_is_finite(row->closed->coefficient);
    if (!row->has_closed)
        snprintf(row->closed_note, sizeof(row->closed_note), "%s",
                 status == LB_OK ? "not finite (a pole or a division by zero)"
                                 : err->text);
    if (f->mended != NULL && f->as_printed != NULL)
    {
        status = lb_closed_value_compute(row->printed_formula, LB_BY_FORMULA,
                                         f->as_printed, m, scope, leading,
                                         digits, err);
        if (is_bad_input(status))
            return status;
        row->has_printed_formula = status == LB_OK;
    }
    return LB_OK;
}

static lb_verdict
compare_scalars(const lb_scalar_t x, const lb_scalar_t y)
{
    const lb_scalar_struct * lower = x->order < y->order ? x : y;

    /* different orders are different limits, unless the lower order vanishes */
    if (x->order != y->order && !lb_scalar_is_zero(x) && !lb_scalar_is_zero(y)
        && !(acb_contains_zero(x->coefficient)
             && acb_contains_zero(y->coefficient)))
        return acb_is_finite(x->coefficient) && acb_is_finite(y->coefficient)
                       && !acb_contains_zero(lower->coefficient)
                   ? LB_DISAGREE
                   : LB_UNDECIDED;
    return lb_verdict_balls(x->coefficient, y->coefficient, TIGHT, TIGHT);
}

/* The derived leading order is a ball around zero, of an order below that of
   the closed form: it says nothing about it. */
static int
is_beyond(const lb_scalar_t closed, const lb_scalar_t derived)
{
    return derived->order < closed->order && derived->remainder
           && acb_contains_zero(derived->coefficient)
           && !acb_contains_zero(closed->coefficient);
}

static lb_status
judge_derived(lb_verify_row * row, const lb_model_t m, const lb_scope_t scope,
              slong digits, lb_error * err)
{
    const lb_form_struct * f = row->form;
    lb_status status;

    /* an exact statement about a state is beyond the hierarchy; a network's
       state is Gaussian and known */
    if (f->limit == LB_LIMIT_EXACT && lb_node_uses_state(f->quantity->root)
        && m->n_channels == 0)
        return LB_OK;
    status = lb_closed_value_compute(row->derived, LB_BY_MODEL, f->quantity, m,
                                     scope, f->limit == LB_LIMIT_WEAK_DRIVE,
                                     digits, err);
    if (is_bad_input(status))
        return status;
    row->has_derived
        = status == LB_OK && acb_is_finite(row->derived->coefficient);
    row->no_state = status == LB_EUNSTABLE;
    if (status != LB_OK)
        set_note(row->derived_note, sizeof(row->derived_note), err);
    else if (!row->has_derived)
        snprintf(row->derived_note, sizeof(row->derived_note),
                 "the leading orders vanish: the limit is not finite");
    else if (row->has_closed && is_beyond(row->closed, row->derived))
    {
        row->has_derived = 0;
        snprintf(row->derived_note, sizeof(row->derived_note),
                 "the leading order vanishes: the next is not derived");
    }
    if (row->has_closed && row->has_derived)
        row->derived_verdict = compare_scalars(row->closed, row->derived);
    else if (row->has_closed && status == LB_EPREC)
        row->derived_verdict = LB_UNDECIDED;
    if (row->has_printed_formula && row->has_derived)
        row->printed_formula_verdict
            = compare_scalars(row->printed_formula, row->derived);
    return LB_OK;
}

/* --- C ------------------------------------------------------------------- */

/* Whether the quantity has a steady state to be compared with: S, amplitudes
   and the Gaussian states of networks have none, nor has a network that is not
   stable: what a truncated space makes of it says nothing. */
static int
wants_state(const lb_verify_row * row, const lb_model_t m,
            const lb_verify_options * options)
{
    const lb_node * quantity = row->form->quantity->root;

    return options->steady != NULL && lb_node_uses_state(quantity)
           && !lb_node_uses_quantity(quantity)
           && !(m->n_channels > 0 && row->has_derived) && !row->no_state;
}

/* Value of the closed form with the drives times 2^-k. */
static lb_status
closed_at(acb_t value, const lb_verify_row * row, const lb_scope_t scope, int k,
          lb_error * err)
{
    lb_scalar_t x;
    lb_status status;
    fmpq_t scale;

    fmpq_init(scale);
    fmpq_set_si(scale, 1, 1UL << k);
    lb_scalar_init(x);
    status = lb_form_evaluate(x, lb_form_formula(row->form), scope, 0, scale,
                              PREC, err);
    acb_set(value, x->coefficient);
    lb_scalar_clear(x);
    fmpq_clear(scale);
    return status;
}

/* |d| with the sign of its larger part, so that real differences keep their
   sign. */
static double
signed_modulus(double re, double im)
{
    return copysign(hypot(re, im), fabs(re) >= fabs(im) ? re : im);
}

static double
upper(const mag_t x)
{
    return mag_get_d(x) * (1.0 + 0x1p-50);
}

/* The difference of C and A at drive k.  At level estimate C is a number whose
   noise is added; then nothing is proved by it. */
static lb_status
add_difference(lb_verify_row * row, const lb_steady_value_t c,
               const lb_scope_t scope, lb_error * err)
{
    int k = row->n_drives;
    double noise = 0.0, size;
    acb_t a, d, unit;
    lb_status status;
    mag_t m;

    acb_init(a);
    acb_init(d);
    acb_init(unit);
    mag_init(m);
    if (c->level == LB_LEVEL_ESTIMATE)
        acb_set_d_d(d, c->approx.re, c->approx.im);
    else
        acb_set(d, c->ball);
    if (c->level != LB_LEVEL_FULL)
        noise = lb_steady_value_noise(c);
    status = closed_at(a, row, scope, k, err);
    if (k == 0)
        row->relative = !acb_contains_zero(row->closed->coefficient)
                        && !acb_contains_zero(a);
    row->scale[k] = ldexp(1.0, -k);
    acb_sub(d, d, a, PREC);
    if (row->relative)
        acb_abs(acb_realref(unit), a, PREC);
    else /* a zero of order n in the drive: compare with drive^n */
    {
        acb_one(unit);
        acb_mul_2exp_si(unit, unit, -k * row->closed->order);
    }
    acb_div(d, d, unit, PREC);
    if (k == 0 && c->level != LB_LEVEL_ESTIMATE)
    {
        row->has_distance = status == LB_OK;
        acb_set(row->distance, d);
    }
    size = arf_get_d(arb_midref(acb_realref(unit)), ARF_RND_NEAR);
    row->difference[k]
        = signed_modulus(arf_get_d(arb_midref(acb_realref(d)), ARF_RND_NEAR),
                         arf_get_d(arb_midref(acb_imagref(d)), ARF_RND_NEAR));
    mag_hypot(m, arb_radref(acb_realref(d)), arb_radref(acb_imagref(d)));
    row->noise[k] = upper(m) + noise / size;
    row->n_drives++;
    acb_clear(a);
    acb_clear(d);
    acb_clear(unit);
    mag_clear(m);
    return status;
}

/* The steady state with the drives halved once more. */
static lb_status
add_drive(lb_verify_row * row, const lb_model_t m, const lb_scope_t scope,
          const lb_verify_options * options, lb_error * err)
{
    int k = row->n_drives;
    lb_steady_options steady = *options->steady;
    lb_steady_value_t value;
    lb_status status;

    lb_steady_value_init(value);
    if (k > 0)
        steady.digits = FLINT_MIN(steady.digits, ORDER_DIGITS);
    status = lb_steady_value_compute(value, m, scope, k, row->form->quantity,
                                     &steady, err);
    if (status == LB_OK)
        row->all_full
            = (k == 0 || row->all_full) && value->level == LB_LEVEL_FULL;
    if (status == LB_OK && row->has_closed)
        status = add_difference(row, value, scope, err);
    if (status == LB_OK && k == 0)
    {
        row->has_state = 1;
        lb_steady_value_swap(row->state, value);
    }
    lb_steady_value_clear(value);
    return status;
}

/* An exact form and the ball of a steady state, or the digits it has. */
static lb_status
judge_exact_state(lb_verify_row * row, const lb_scope_t scope, lb_error * err)
{
    double difference = fabs(row->difference[0]), noise = row->noise[0];
    lb_status status = LB_OK;
    acb_t a;

    if (row->state->level == LB_LEVEL_FULL)
    {
        acb_init(a);
        status = closed_at(a, row, scope, 0, err);
        row->state_verdict = lb_verdict_balls(a, row->state->ball,
                                              EXACT_TOLERANCE, EXACT_TOLERANCE);
        acb_clear(a);
    }
    else if (!isfinite(difference))
        row->state_verdict = LB_UNDECIDED;
    else if (row->state->approx.digits < 6 && row->relative)
        row->state_verdict = LB_UNDECIDED;
    else
        /* the last stable digit may be rounded either way; else it may be the
           truncation that differs */
        row->state_verdict = difference <= 10 * noise ? LB_AGREE : LB_UNDECIDED;
    return status;
}

/* The order between the last two drives; the noise of the differences leaves a
   radius. */
static void
set_order(lb_verify_row * row)
{
    int k = row->n_drives - 1;
    double d = fabs(row->difference[k - 1]), n = row->noise[k - 1];
    double e = fabs(row->difference[k]), m = row->noise[k];

    row->order = log2(d / e);
    row->order_radius = fmax(log2((d + n) / (e - m)) - row->order,
                             row->order - log2((d - n) / (e + m)));
}

static int
order_is_two(const lb_verify_row * row)
{
    return fabs(row->order - 2) + row->order_radius <= ORDER_TOLERANCE;
}

/* Halves the drive until the order of the difference has settled at 2, or the
   steady state no longer resolves the difference, or the halvings are used
   up. */
static lb_status
measure_order(lb_verify_row * row, const lb_model_t m, const lb_scope_t scope,
              const lb_verify_options * options, lb_error * err)
{
    lb_status status = LB_OK;
    int settled = 0, resolved = fabs(row->difference[0]) > 10 * row->noise[0];

    while (status == LB_OK && resolved && row->n_drives < LB_VERIFY_DRIVES
           && !(settled && row->n_drives >= 3))
    {
        int k;

        status = add_drive(row, m, scope, options, err);
        if (status != LB_OK)
            break;
        k = row->n_drives - 1;
        resolved = fabs(row->difference[k]) > 30 * row->noise[k];
        if (resolved)
        {
            set_order(row);
            settled = order_is_two(row);
        }
    }
    if (status != LB_OK)
        return status;

    if (settled)
        row->state_verdict = LB_AGREE;
    else if (row->n_drives >= 3 && resolved
             && row->order + row->order_radius < 1)
        /* well resolved, yet it does not vanish with the drive: of the model,
           or of its truncation */
        row->state_verdict = row->all_full ? LB_DISAGREE : LB_UNDECIDED;
    else if (!resolved && row->n_drives == 1)
        row->state_verdict = fabs(row->difference[0]) <= 10 * row->noise[0]
                                 ? LB_AGREE
                                 : LB_UNDECIDED;
    else
        row->state_verdict = LB_UNDECIDED;
    return LB_OK;
}

/* --- the coefficient of drive^2 ------------------------------------------ */

static void
add_squared_modulus(arb_t sum, const acb_t x, slong prec)
{
    arb_addmul(sum, acb_realref(x), acb_realref(x), prec);
    arb_addmul(sum, acb_imagref(x), acb_imagref(x), prec);
}

/* The square of drive/unit at the stated drive, and its name. */
static lb_status
drive_square(arb_t square, char * text, size_t size, const lb_model_t m,
             const lb_scope_t scope, slong prec, lb_error * err)
{
    lb_status status = LB_OK;
    const char * name = NULL;
    lb_scalar_t x;
    lb_env_t env;
    arb_t unit;
    int drives = 0;

    arb_init(unit);
    arb_zero(square);
    lb_scalar_init(x);
    lb_env_init(env, scope, prec);
    for (slong k = 0; k < scope->length && status == LB_OK; k++)
    {
        if (!scope->symbols[k].drive)
            continue;
        status = lb_env_symbol(x, env, k, err);
        drives++;
        name = scope->symbols[k].name;
        add_squared_modulus(square, x->coefficient, prec);
    }
    if (status == LB_OK && m->drive_unit != NULL)
    {
        status = lb_env_scalar(x, env, m->drive_unit, err);
        add_squared_modulus(unit, x->coefficient, prec);
        arb_div(square, square, unit, prec);
    }
    if (drives != 1)
        snprintf(text, size, "drive^2");
    else if (m->drive_unit != NULL)
        snprintf(text, size, "(%s/%s)^2", name, m->drive_unit->text);
    else
        snprintf(text, size, "%s^2", name);
    lb_env_clear(env);
    lb_scalar_clear(x);
    arb_clear(unit);
    return status;
}

/* |d| with the sign of its larger part, as signed_modulus: 0 if the ball does
   not tell which part that is. */
static int
signed_modulus_ball(arb_t z, const acb_t d, slong prec)
{
    arb_t re, im;
    int known = 1;

    if (acb_is_real(d))
    {
        arb_set(z, acb_realref(d));
        return 1;
    }
    arb_init(re);
    arb_init(im);
    arb_abs(re, acb_realref(d));
    arb_abs(im, acb_imagref(d));
    acb_abs(z, d, prec);
    if (arb_gt(re, im))
        arb_sgn(re, acb_realref(d));
    else if (arb_gt(im, re))
        arb_sgn(re, acb_imagref(d));
    else
        known = 0;
    arb_mul(z, z, re, prec);
    arb_clear(re);
    arb_clear(im);
    return known;
}

/* What the expansions of the quantity and of the closed form leave of the
   difference at drive^2, relative as the differences are. */
static lb_status
expand_difference(acb_t d, const lb_verify_row * row, const lb_model_t m,
                  const lb_scope_t scope, slong prec, lb_error * err)
{
    lb_scalar_t state, closed;
    lb_status status;
    acb_t next;
    arb_t unit;

    lb_scalar_init(state);
    lb_scalar_init(closed);
    acb_init(next);
    arb_init(unit);
    status = lb_form_evaluate(closed, lb_form_formula(row->form), scope, 1,
                              NULL, prec, err);
    if (status == LB_OK)
        status = lb_model_quantity(state, row->form->quantity, m, scope, 2,
                                   prec, err);
    if (status == LB_OK
        && (!lb_scalar_get_next(d, state) || !lb_scalar_get_next(next, closed)
            || state->order != closed->order))
        status = lb_error_set(err, LB_EMODEL,
                              "the expansion in the drive is not known to the "
                              "second order");
    if (status == LB_OK)
    {
        acb_sub(d, d, next, prec);
        acb_abs(unit, closed->coefficient, prec);
        if (row->relative)
            acb_div_arb(d, d, unit, prec);
    }
    lb_scalar_clear(state);
    lb_scalar_clear(closed);
    acb_clear(next);
    arb_clear(unit);
    return status;
}

/* The coefficient in balls, as tight as A and B. */
static lb_status
derive_coefficient(lb_verify_row * row, const lb_model_t m,
                   const lb_scope_t scope, slong digits, lb_error * err)
{
    lb_status status = LB_EPREC;
    arb_t square;
    acb_t d;

    arb_init(square);
    acb_init(d);
    for (slong prec = lb_closed_value_start(digits);
         prec <= lb_closed_value_end(digits); prec *= 2)
    {
        lb_error_clear(err);
        status = drive_square(square, row->drive_text, sizeof(row->drive_text),
                              m, scope, prec, err);
        if (status == LB_OK)
            status = expand_difference(d, row, m, scope, prec, err);
        if (status != LB_OK && status != LB_EPREC)
            break;
        acb_div_arb(d, d, square, prec);
        row->has_coefficient
            = status == LB_OK && acb_is_finite(d)
              && signed_modulus_ball(row->coefficient, d, prec);
        if (row->has_coefficient && lb_closed_value_is_tight(d, digits))
            break;
    }
    arb_clear(square);
    acb_clear(d);
    return status;
}

/* Derived where closed form and quantity have the same limit. */
static lb_status
judge_coefficient(lb_verify_row * row, const lb_model_t m,
                  const lb_scope_t scope, const lb_verify_options * options,
                  lb_error * err)
{
    lb_status status;

    if (!wants_state(row, m, options) || row->form->limit != LB_LIMIT_WEAK_DRIVE
        || !row->has_closed || row->derived_verdict != LB_AGREE)
        return LB_OK;
    if (row->n_drives == 0)
        row->relative = !acb_contains_zero(row->closed->coefficient);
    status = derive_coefficient(row, m, scope, options->digits, err);
    if (is_bad_input(status))
        return status;
    if (status != LB_OK)
        set_note(row->coefficient_note, sizeof(row->coefficient_note), err);
    return LB_OK;
}

/* difference / x^2 at drive k */
static double
reduced(const lb_verify_row * row, double square, int k)
{
    return row->difference[k] / (square * pow(row->scale[k], 2));
}

/* difference / x^2 = c + O(x^2): Richardson extrapolation of the last two and,
   if there are, three drives. */
static lb_status
measure_coefficient(lb_verify_row * row, const lb_model_t m,
                    const lb_scope_t scope, lb_error * err)
{
    int k = row->n_drives - 1;
    double square, last, before;
    lb_status status;
    arb_t ball;

    arb_init(ball);
    status = drive_square(ball, row->drive_text, sizeof(row->drive_text), m,
                          scope, 64, err);
    square = arf_get_d(arb_midref(ball), ARF_RND_NEAR);
    arb_clear(ball);
    if (status != LB_OK || row->state_verdict != LB_AGREE || k < 1
        || square == 0 || isnan(row->order))
        return status;
    last = (4 * reduced(row, square, k) - reduced(row, square, k - 1)) / 3;
    row->measured = last;
    if (k >= 2)
    {
        before = (4 * reduced(row, square, k - 1) - reduced(row, square, k - 2))
                 / 3;
        row->measured = (16 * last - before) / 15;
    }
    return LB_OK;
}

/* The coefficient measured must be near the one derived. */
static void
compare_coefficients(lb_verify_row * row)
{
    double derived;

    if (!row->has_coefficient || isnan(row->measured))
        return;
    derived = arf_get_d(arb_midref(row->coefficient), ARF_RND_NEAR);
    if (fabs(row->measured - derived) <= COEFFICIENT_TOLERANCE * fabs(derived))
        return;
    row->state_verdict = LB_UNDECIDED;
    snprintf(row->coefficient_note, sizeof(row->coefficient_note),
             "derived as %.6g, but %.6g is measured", derived, row->measured);
}

static lb_status
judge_state(lb_verify_row * row, const lb_model_t m, const lb_scope_t scope,
            const lb_verify_options * options, lb_error * err)
{
    lb_status status;

    if (!wants_state(row, m, options))
        return LB_OK;
    status = add_drive(row, m, scope, options, err);
    if (status == LB_OK && row->n_drives == 1)
    {
        if (row->form->limit == LB_LIMIT_EXACT)
            status = judge_exact_state(row, scope, err);
        else
        {
            status = measure_order(row, m, scope, options, err);
            if (status == LB_OK)
                status = measure_coefficient(row, m, scope, err);
        }
    }
    if (status == LB_ENOCONV || status == LB_EDIM || status == LB_EMEM)
    {
        set_note(row->state_note, sizeof(row->state_note), err);
        row->state_verdict = LB_UNDECIDED;
        status = LB_OK;
    }
    return status;
}

/* --- the printed number -------------------------------------------------- */

static void
judge_printed(lb_verify_row * row)
{
    const lb_form_struct * f = row->form;
    arb_t x;

    if (f->printed_value == NULL)
        return;
    arb_init(x);
    arb_indeterminate(x);
    if (row->has_state && row->state->level == LB_LEVEL_FULL)
        arb_set(x, acb_realref(row->state->ball));
    else if (row->has_state)
    {
        arb_set_d(x, row->state->approx.re);
        mag_set_d(arb_radref(x), lb_steady_value_noise(row->state));
    }
    else if (row->has_derived && row->derived->order == 0)
        arb_set(x, acb_realref(row->derived->coefficient));
    else if (row->has_closed && row->closed->order == 0)
        arb_set(x, acb_realref(row->closed->coefficient));
    row->finding = lb_printed_judge(x, f->printed_relation, f->printed_value,
                                    NULL, NULL);
    arb_clear(x);
}

lb_status
lb_verify_form(lb_verify_row * row, const lb_form_t form, const lb_model_t m,
               const lb_verify_options * options, lb_error * err)
{
    lb_scope_t scope;
    lb_error local;
    lb_status status;

    if (err == NULL)
        err = &local;
    row->form = form;
    status = lb_form_scope(scope, form, m, options->overrides, err);
    if (status != LB_OK)
        return status;
    status = judge_closed(row, m, scope, options->digits, err);
    if (status == LB_OK)
        status = judge_derived(row, m, scope, options->digits, err);
    if (status == LB_OK)
        status = judge_state(row, m, scope, options, err);
    if (status == LB_OK)
        status = judge_coefficient(row, m, scope, options, err);
    if (status == LB_OK)
    {
        compare_coefficients(row);
        judge_printed(row);
        row->verdict
            = lb_verdict_worst(row->derived_verdict, row->state_verdict);
    }
    lb_scope_clear(scope);
    return status;
}
