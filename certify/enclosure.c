/* certify/enclosure.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <fenv.h>
#include <math.h>
#include <string.h>

#include <lindbound/clock.h>
#include <lindbound/dense_correction.h>
#include <lindbound/enclosure.h>

/* The solver is not asked for more than double precision can give. */
#define SOLVER_TOLERANCE 1e-13
/* A correction that gains fewer bits than this is none. */
#define LEAST_GAIN 2
/* Refining past the boundary, a bound wider by 2^-n of it is as good. */
#define BOUNDARY_SLACK 10

/* --- Y and o ------------------------------------------------------------- */

void
lb_proposal_init(lb_proposal_t p, slong dimension)
{
    p->dimension = dimension;
    p->y = _acb_vec_init(dimension * dimension);
    arf_init(p->o);
    arf_init(p->shift);
}

void
lb_proposal_clear(lb_proposal_t p)
{
    _acb_vec_clear(p->y, p->dimension * p->dimension);
    arf_clear(p->o);
    arf_clear(p->shift);
}

void
lb_proposal_set(lb_proposal_t p, const lb_proposal_t q)
{
    lb_proposal_resize(p, q->dimension);
    _acb_vec_set(p->y, q->y, q->dimension * q->dimension);
    arf_set(p->o, q->o);
    arf_set(p->shift, q->shift);
}

void
lb_proposal_resize(lb_proposal_t p, slong dimension)
{
    slong d = p->dimension, n = FLINT_MIN(d, dimension);
    acb_ptr y;

    if (d == dimension)
        return;
    y = _acb_vec_init(dimension * dimension);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            acb_swap(y + i * dimension + j, p->y + i * d + j);
    _acb_vec_clear(p->y, d * d);
    p->y = y;
    p->dimension = dimension;
    arf_zero(p->shift);
}

int
lb_proposal_round(lb_proposal_t p)
{
    slong d = p->dimension;
    int good = lb_double_round(p->o) && lb_double_round(p->shift);

    for (slong i = 0; i < d * d && good; i++)
        good = lb_double_round(arb_midref(acb_realref(p->y + i)))
               && lb_double_round(arb_midref(acb_imagref(p->y + i)));
    return good;
}

/* --- norms --------------------------------------------------------------- */

void
lb_residual_bound_init(lb_residual_bound_t b)
{
    mag_init(b->refinable);
    mag_init(b->radius);
    mag_init(b->boundary);
}

void
lb_residual_bound_clear(lb_residual_bound_t b)
{
    mag_clear(b->refinable);
    mag_clear(b->radius);
    mag_clear(b->boundary);
}

static void
get_modulus(mag_t m, const acb_t z)
{
    acb_get_mag(m, z);
}

static void
get_radius(mag_t m, const acb_t z)
{
    mag_hypot(m, arb_radref(acb_realref(z)), arb_radref(acb_imagref(z)));
}

/* [T3]: min(Frobenius norm, largest row sum) of a Hermitian matrix, every
   step rounded up. */
static void
norm_bound(mag_t norm, acb_srcptr r, slong n,
           void (*get)(mag_t m, const acb_t z))
{
    mag_ptr row = _mag_vec_init(n);
    mag_t m, squares, largest;

    mag_init(m);
    mag_init(squares);
    mag_init(largest);
    for (slong i = 0; i < n; i++)
        for (slong j = i; j < n; j++)
        {
            get(m, r + i * n + j);
            if (mag_is_zero(m))
                continue;
            mag_add(row + i, row + i, m);
            mag_addmul(squares, m, m);
            if (j > i)
            {
                mag_add(row + j, row + j, m);
                mag_addmul(squares, m, m);
            }
        }
    for (slong i = 0; i < n; i++)
        mag_max(largest, largest, row + i);
    mag_sqrt(squares, squares);
    mag_min(norm, squares, largest);
    mag_clear(m);
    mag_clear(squares);
    mag_clear(largest);
    _mag_vec_clear(row, n);
}

void
lb_hermitian_norm_bound(mag_t norm, acb_srcptr r, slong n)
{
    norm_bound(norm, r, n, get_modulus);
}

void
lb_hermitian_radius_bound(mag_t norm, acb_srcptr r, slong n)
{
    norm_bound(norm, r, n, get_radius);
}

/* --- the residual -------------------------------------------------------- */

/* r += alpha L*(1_P) */
static void
add_shift(acb_ptr r, const lb_ball_lindbladian_struct * l, const arf_t alpha)
{
    arb_t factor;

    if (arf_is_zero(alpha))
        return;
    arb_init(factor);
    arb_set_arf(factor, alpha);
    for (slong i = 0; i < l->outer; i++)
        for (slong k = l->unit->start[i]; k < l->unit->start[i + 1]; k++)
            acb_addmul_arb(r + i * l->outer + l->unit->column[k],
                           l->unit->entry + k, factor, l->prec);
    arb_clear(factor);
}

void
lb_enclosure_residual(acb_ptr r, const lb_enclosure_space * s,
                      const lb_ball_sparse_t op, const lb_proposal_t p)
{
    slong n = s->outer->dimension, prec = s->lindbladian->prec;

    lb_ball_lindbladian_apply_adjoint(r, s->lindbladian, p->y);
    for (slong i = 0; i < n; i++)
    {
        for (slong k = op->start[i]; k < op->start[i + 1]; k++)
            if (op->column[k] >= i)
                acb_add(r + i * n + op->column[k], r + i * n + op->column[k],
                        op->entry + k, prec);
        arb_sub_arf(acb_realref(r + i * n + i), acb_realref(r + i * n + i),
                    p->o, prec);
    }
    add_shift(r, s->lindbladian, p->shift);
    /* the residual of a Hermitian problem is Hermitian */
    for (slong i = 0; i < n; i++)
        arb_zero(acb_imagref(r + i * n + i));
}

int
lb_enclosure_residual_fast(acb_ptr r, const lb_enclosure_space * s,
                           const lb_ball_sparse_t op, lb_proposal_t p)
{
    return s->fast != NULL && lb_proposal_round(p)
           && lb_double_lindbladian_residual(r, s->fast, op, p->y, p->o,
                                             p->shift);
}

/* --- corrections --------------------------------------------------------- */

/* Exponent e with |x| < 2^e; a very small number for zero. */
static slong
exponent(const arf_t x)
{
    return arf_is_special(x) ? WORD_MIN / 4 : arf_abs_bound_lt_2exp_si(x);
}

static double
scaled(const arf_t x, slong e)
{
    double value;
    arf_t t;

    if (!arf_is_finite(x))
        return 0.0;
    arf_init(t);
    arf_mul_2exp_si(t, x, -e);
    value = arf_get_d(t, ARF_RND_NEAR);
    arf_clear(t);
    return value;
}

static void
add_scaled(arf_t x, double value, slong e, slong prec)
{
    arf_t t;

    if (value == 0.0 || !isfinite(value))
        return;
    arf_init(t);
    arf_set_d(t, value);
    arf_mul_2exp_si(t, t, e);
    arf_add(x, x, t, prec, ARF_RND_NEAR);
    arf_clear(t);
}

/* The midpoints of the inner block of r in the solver's frame, S R S, divided
   by the power of two 2^*e that brings the largest to [1/2, 1). */
static int
scale_residual(lb_complex * out, slong * e, acb_srcptr r,
               const lb_enclosure_space * s)
{
    slong d = s->inner->dimension, n = s->outer->dimension;
    slong scale = s->solver->lindbladian->scale, top = WORD_MIN / 4;
    const slong * shell = s->inner->excitations;

    for (slong i = 0; i < d; i++)
        for (slong j = i; j < d; j++)
        {
            const acb_struct * z = r + i * n + j;
            slong a = exponent(arb_midref(acb_realref(z)));
            slong b = exponent(arb_midref(acb_imagref(z)));

            a = FLINT_MAX(a, b) - scale * (shell[i] + shell[j]);
            top = FLINT_MAX(top, a);
        }
    *e = top;
    if (top < WORD_MIN / 8)
        return 0;
    for (slong i = 0; i < d; i++)
        for (slong j = i; j < d; j++)
        {
            const acb_struct * z = r + i * n + j;
            slong f = top + scale * (shell[i] + shell[j]);
            double re = scaled(arb_midref(acb_realref(z)), f);
            double im = scaled(arb_midref(acb_imagref(z)), f);

            out[i * d + j] = CMPLX(re, im);
            out[j * d + i] = CMPLX(re, -im);
        }
    return 1;
}

/* Adds 2^e times the solver's answer, made exactly Hermitian. */
static void
add_correction(lb_proposal_t p, const lb_complex * y, lb_complex o, slong e,
               const lb_enclosure_space * s)
{
    slong d = p->dimension, prec = s->lindbladian->prec;
    slong scale = s->solver->lindbladian->scale;
    const slong * shell = s->inner->excitations;

    for (slong i = 0; i < d; i++)
        for (slong j = i; j < d; j++)
        {
            slong f = e + scale * (shell[i] + shell[j]);
            double re = 0.5 * (creal(y[i * d + j]) + creal(y[j * d + i]));
            double im = 0.5 * (cimag(y[i * d + j]) - cimag(y[j * d + i]));
            acb_ptr z = p->y + i * d + j;

            add_scaled(arb_midref(acb_realref(z)), re, f, prec);
            if (i == j)
                continue;
            add_scaled(arb_midref(acb_imagref(z)), im, f, prec);
            acb_conj(p->y + j * d + i, z);
        }
    add_scaled(p->o, creal(o), e, prec);
}

/* Chooses alpha. */
static void
centre(lb_proposal_t p, const lb_basis_t inner)
{
    slong d = p->dimension, first = inner->shell_start[inner->shells - 1];
    arf_t low, high;

    arf_init(low);
    arf_init(high);
    arf_pos_inf(low);
    arf_neg_inf(high);
    for (slong i = first; i < d; i++)
    {
        arf_srcptr z = arb_midref(acb_realref(p->y + i * d + i));

        arf_min(low, low, z);
        arf_max(high, high, z);
    }
    arf_add(low, low, high, 53, ARF_RND_NEAR);
    arf_mul_2exp_si(low, low, -1);
    arf_neg(p->shift, low);
    if (!arf_is_finite(p->shift))
        arf_zero(p->shift);
    arf_clear(low);
    arf_clear(high);
}

int
lb_enclosure_correct(lb_proposal_t p, acb_srcptr r, double tolerance,
                     const lb_enclosure_space * s)
{
    size_t size = (size_t) (p->dimension * p->dimension) * sizeof(lb_complex);
    lb_complex * b = flint_malloc(size);
    lb_complex * y = flint_malloc(size);
    lb_complex o = 0.0;
    slong e;
    int nonzero = scale_residual(b, &e, r, s);

    if (nonzero)
    {
        lb_status ignored;

        memset(y, 0, size);
        /* not converged: still a proposal, judged by its residual */
        ignored = lb_poisson_solve_approx(y, &o, s->solver, b, tolerance, NULL);
        (void) ignored;
        add_correction(p, y, o, e, s);
        if (s->outer->dimension > s->inner->dimension)
            centre(p, s->inner);
    }
    flint_free(b);
    flint_free(y);
    return nonzero;
}

/* The same at the working precision, without the solver. */
static int
correct_dense(lb_proposal_t p, acb_srcptr r, const lb_enclosure_space * s)
{
    slong d = p->dimension, prec = s->lindbladian->prec;
    acb_ptr y = _acb_vec_init(d * d);
    acb_t o, z;
    int solved;

    acb_init(o);
    acb_init(z);
    solved = lb_dense_correction_approx(y, o, s->lindbladian, r);
    for (slong i = 0; i < d && solved; i++)
        for (slong j = i; j < d; j++)
        {
            acb_ptr to = p->y + i * d + j;

            /* the Hermitian part, exactly Hermitian after rounding */
            acb_conj(z, y + j * d + i);
            acb_add(z, z, y + i * d + j, prec);
            acb_mul_2exp_si(z, z, -1);
            acb_add(to, to, z, prec);
            acb_get_mid(to, to);
            if (i == j)
                arb_zero(acb_imagref(to));
            else
                acb_conj(p->y + j * d + i, to);
        }
    if (solved)
        arf_add(p->o, p->o, arb_midref(acb_realref(o)), prec, ARF_RND_NEAR);
    acb_clear(o);
    acb_clear(z);
    _acb_vec_clear(y, d * d);
    return solved;
}

/* --- the enclosure ------------------------------------------------------- */

static slong
log2_of(const mag_t x)
{
    if (mag_is_zero(x))
        return WORD_MIN / 4;
    if (mag_is_inf(x) || fmpz_bits(MAG_EXPREF(x)) > 40)
        return mag_cmp_2exp_si(x, 0) < 0 ? WORD_MIN / 4 : WORD_MAX / 4;
    return fmpz_get_si(MAG_EXPREF(x));
}

/* The state of one refinement. */
typedef struct
{
    lb_residual_bound_t bound;
    mag_t total, best, tolerance, last;
    int is_best;        /* the last bound is the tightest so far     */
    lb_proposal_t kept; /* the proposal of the tightest bound before */
    slong refinable;    /* of the tightest bound, log2               */
    const lb_enclosure_goal * goal;
    slong states;
    int fast;   /* residuals in doubles, until their rounding counts */
    int dense;  /* neither does: solve at the working precision */
    int strict; /* the last correction gained little: ask the solver for all
                   it can give */
} state;

static void
state_init(state * t)
{
    lb_residual_bound_init(t->bound);
    mag_init(t->total);
    mag_init(t->best);
    mag_init(t->tolerance);
    mag_init(t->last);
    mag_inf(t->best);
    mag_inf(t->last);
    t->refinable = log2_of(t->best);
    lb_proposal_init(t->kept, 0);
}

static void
state_clear(state * t)
{
    lb_residual_bound_clear(t->bound);
    mag_clear(t->total);
    mag_clear(t->best);
    lb_proposal_clear(t->kept);
    mag_clear(t->tolerance);
    mag_clear(t->last);
}

/* Takes o +/- bound if it is the tightest so far, and sets the tolerance. */
static void
take_bound(arb_t value, state * t, const lb_proposal_t p)
{
    mag_t size;

    t->is_best = 0;
    mag_init(size);
    mag_add(t->total, t->bound->refinable, t->bound->boundary);
    if (t->goal->past_boundary && !mag_is_inf(t->best))
    {
        mag_mul_2exp_si(size, t->best, -BOUNDARY_SLACK);
        mag_add(size, size, t->best);
    }
    else
        mag_set(size, t->best);
    if (mag_cmp(t->total, size) < 0)
    {
        t->is_best = 1;
        t->refinable = log2_of(t->bound->refinable);
        mag_set(t->best, t->total);
        arf_set(arb_midref(value), p->o);
        mag_set(arb_radref(value), t->total);
    }
    arf_get_mag_lower(size, p->o);
    mag_max(size, size, t->goal->reference);
    mag_mul_2exp_si(t->tolerance, size, -t->goal->bits);
    mag_clear(size);
}

static int
contains_zero(const state * t, const lb_proposal_t p)
{
    return arf_cmpabs_mag(p->o, t->total) <= 0;
}

static int
is_reached(const state * t, const lb_proposal_t p)
{
    if (mag_cmp(t->total, t->tolerance) <= 0)
        return 1;
    return mag_cmp_2exp_si(t->total, -t->goal->zero_bits) <= 0
           && contains_zero(t, p);
}

/* Whether a better Y would tell more of the value on the inner space, and is
   asked for. */
static int
goes_past_boundary(const state * t)
{
    return t->goal->past_boundary
           && mag_cmp(t->bound->refinable, t->tolerance) > 0
           && mag_cmp_2exp_si(t->bound->refinable, -t->goal->zero_bits) > 0;
}

/* Why another correction would not help; LB_STOP_NONE if it may. */
static lb_stop
find_limit(state * t, slong round)
{
    lb_stop limit = LB_STOP_NONE;
    mag_t x;

    mag_init(x);
    mag_mul_2exp_si(x, t->bound->radius, 2);
    if (mag_cmp(x, t->bound->refinable) >= 0)
        limit = LB_STOP_PRECISION;
    mag_mul_2exp_si(x, t->bound->refinable, 4);
    if (round > 0 && mag_cmp(x, t->bound->boundary) <= 0
        && mag_cmp(t->bound->boundary, t->tolerance) > 0
        && !goes_past_boundary(t))
        limit = LB_STOP_BOUNDARY;
    mag_mul_2exp_si(x, t->bound->refinable, LEAST_GAIN);
    if (limit == LB_STOP_NONE && mag_cmp(x, t->last) > 0)
    {
        if (t->dense || (t->strict && t->states > LB_DENSE_STATES))
            limit = LB_STOP_SOLVER;
        t->dense = t->strict && t->states <= LB_DENSE_STATES;
        t->strict = 1;
    }
    if (limit == LB_STOP_NONE && round >= LB_MAX_ROUNDS)
        limit = LB_STOP_SOLVER;
    mag_clear(x);
    return limit;
}

/* Residuals in balls from here on, as if there had been no correction. */
static void
leave_doubles(state * t)
{
    t->fast = 0;
    t->strict = 0;
    t->dense = 0;
    mag_inf(t->last);
}

/* The relative accuracy worth asking of the next correction. */
static double
next_tolerance(const state * t)
{
    slong gain = log2_of(t->bound->refinable) - log2_of(t->tolerance) + 6;

    if (gain > 60 || t->strict)
        return SOLVER_TOLERANCE;
    return fmax(SOLVER_TOLERANCE, ldexp(1.0, gain > 8 ? -(int) gain : -8));
}

/* A ball around zero is measured by what is wanted of an exact zero: its
   midpoint is noise, and shrinks with the bound. */
static void
fill_info(lb_enclosure_info * info, const state * t, const arb_t value,
          lb_stop limit, slong rounds)
{
    slong tolerance = arb_contains_zero(value) ? -t->goal->zero_bits
                                               : log2_of(t->tolerance);

    info->limit = limit;
    info->rounds += rounds;
    info->refinable = t->refinable;
    info->missing_bits = 0;
    if (limit != LB_STOP_NONE)
        info->missing_bits = FLINT_MAX(1, log2_of(t->best) - tolerance + 1);
}

lb_status
lb_check_rounding(lb_error * err)
{
    if (fegetround() == FE_TONEAREST)
        return LB_OK;
    return lb_error_set(err, LB_EDOM,
                        "nothing is certified unless floating-point numbers "
                        "are rounded to nearest");
}

lb_status
lb_enclose(arb_t value, lb_enclosure_info * info, lb_proposal_t p,
           const lb_enclosure_space * s, const lb_opoly_t op,
           const lb_enclosure_goal * goal, lb_error * err)
{
    slong n = s->outer->dimension, rounds = 0;
    lb_stop limit = LB_STOP_NONE;
    lb_ball_sparse_t observable;
    lb_status status;
    acb_ptr r;
    state t;

    memset(info, 0, sizeof(*info));
    arb_indeterminate(value);
    status = lb_check_rounding(err);
    if (status != LB_OK)
        return status;
    lb_ball_sparse_init(observable, n, n);
    status = lb_ball_sparse_set_opoly(observable, op, s->outer, s->outer,
                                      s->lindbladian->prec, err);
    if (status != LB_OK)
    {
        lb_ball_sparse_clear(observable);
        return status;
    }
    state_init(&t);
    t.goal = goal;
    t.strict = 0;
    t.dense = 0;
    t.fast = 1;
    t.states = s->inner->dimension;
    r = _acb_vec_init(n * n);
    for (;;)
    {
        double start = lb_clock_seconds();

        t.fast = t.fast && lb_enclosure_residual_fast(r, s, observable, p);
        if (!t.fast)
            lb_enclosure_residual(r, s, observable, p);
        s->bound(t.bound, r, op, p->o, s->context);
        take_bound(value, &t, p);
        info->residual_seconds += lb_clock_seconds() - start;
        if (is_reached(&t, p))
            break;
        limit = find_limit(&t, rounds);
        if (t.fast && limit != LB_STOP_NONE && limit != LB_STOP_BOUNDARY)
        {
            leave_doubles(&t);
            limit = LB_STOP_NONE;
            continue; /* with the same Y */
        }
        if (limit != LB_STOP_NONE)
            break;
        mag_set(t.last, t.bound->refinable);
        if (t.is_best)
            lb_proposal_set(t.kept, p);
        start = lb_clock_seconds();
        if (!(t.dense ? correct_dense(p, r, s)
                      : lb_enclosure_correct(p, r, next_tolerance(&t), s)))
        {
            /* the midpoints vanish: radii or boundary are what is left */
            limit = t.dense                          ? LB_STOP_SOLVER
                    : mag_is_zero(t.bound->boundary) ? LB_STOP_PRECISION
                                                     : LB_STOP_BOUNDARY;
            break;
        }
        info->solve_seconds += lb_clock_seconds() - start;
        rounds++;
    }
    if (!t.is_best && t.kept->dimension > 0)
        lb_proposal_set(p, t.kept);
    fill_info(info, &t, value, limit, rounds);
    if (!arb_is_finite(value))
        arb_indeterminate(value);
    state_clear(&t);
    _acb_vec_clear(r, n * n);
    lb_ball_sparse_clear(observable);
    return LB_OK;
}
