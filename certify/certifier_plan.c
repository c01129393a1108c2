/* certify/certifier_plan.c -- the steps by which a value gets its digits.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/certifier_internal.h>
#include <lindbound/clock.h>

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
/* Bits that a higher precision must gain, or the parameters are the limit. */
#define LEAST_PRECISION_GAIN 8
/* More bits than that beyond those of the digits are not what another point
   needs. */
#define MOST_GUARD_BITS 64
/* So many higher truncations may bring next to nothing. */
#define MAX_STALLED 2
/* So many truncations without bounds of the populations are tried after one
   with them. */
#define MAX_LOST 3

/* --- sizes of balls ------------------------------------------------------ */

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

/* --- steps --------------------------------------------------------------- */

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
        lb_certifier_forget(c);
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

/* --- the value ----------------------------------------------------------- */

/* Upper bound of the population of what the truncation leaves out. */
static double
population_above(const lb_certifier * c)
{
    double bound = 1.0;
    mag_t m;

    if (lb_certifier_holds_all_states(c))
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
        status = lb_certifier_set_total(c, p->total, err);
    }
    if (status == LB_OK)
        status = lb_certifier_set_precision(c, p->prec, err);
    if (status == LB_OK)
        status = lb_certifier_evaluate(x, c, err);
    return status;
}

/* What the anchor needed, of its most demanding value. */
static slong
first_guard(const lb_certifier * c)
{
    return c->anchor != NULL ? FLINT_MAX(GUARD_BITS, c->anchor->most_guard)
                             : GUARD_BITS;
}

lb_status
lb_certifier_find_value(acb_t value, lb_certified_info * info, lb_certifier * c,
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
    c->bits = p.wanted + first_guard(c);
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
            status = lb_certifier_evaluate_kept(kept, c, err);
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
    if (c->info.reached && c->bits - p.wanted <= MOST_GUARD_BITS)
        c->most_guard = FLINT_MAX(c->most_guard, c->bits - p.wanted);
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
