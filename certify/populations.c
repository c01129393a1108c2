/* certify/populations.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <lindbound/block_norm.h>
#include <lindbound/populations.h>

#define PREC 96
/* Corrections of Y at most, and what is asked of each. */
#define MAX_ROUNDS 8
#define SOLVER_TOLERANCE 1e-6
/* Y is good enough when its residual takes this part of the inequality (*),
   2^-x; the rest is for what leaves the shells up to M. */
#define INNER_BITS 7
/* The same where the exponents are taken over, if there is no tail: all that
   (*) needs. */
#define NEAR_INNER_BITS 1
#define NEAR_SOLVER_TOLERANCE 3e-2
/* No box of parameters makes it as large as 2^x. */
#define HOPELESS_BITS 20
/* So many ways to let the tail and Y overlap are tried. */
#define N_OVERLAPS 4
/* Estimates below 2^-x are taken for that. */
#define LEAST_ESTIMATE 1e6

/* --- the observable ------------------------------------------------------ */

/* sum_n v_n 1_{N=n} */
static void
set_observable(lb_ball_sparse_t v, const lb_populations_t p,
               const lb_enclosure_space * s)
{
    slong d = s->inner->dimension, n = s->outer->dimension;

    lb_ball_sparse_init(v, n, n);
    v->length = d;
    v->column = flint_realloc(v->column, (size_t) (d + 1) * sizeof(slong));
    v->entry = _acb_vec_init(d);
    for (slong i = 0; i < n; i++)
        v->start[i + 1] = FLINT_MIN(i + 1, d);
    for (slong i = 0; i < d; i++)
    {
        v->column[i] = i;
        acb_one(v->entry + i);
        acb_mul_2exp_si(v->entry + i, v->entry + i,
                        p->exponents[s->inner->excitations[i]]);
    }
}

/* --- the inequality (*) -------------------------------------------------- */

/* E_jk (u_j u_k)^(-1/2) without the u's of the shells above M */
typedef struct
{
    slong shells;  /* J + 1 */
    mag_ptr norms; /* E_jk of R alone, shells x shells, symmetric */
    mag_ptr roots; /* upper bounds of u_j^(-1/2)                  */
} inequality;

static void
inequality_init(inequality * q, acb_srcptr r, const lb_basis_t basis)
{
    mag_t radius;

    q->shells = basis->shells;
    q->norms = _mag_vec_init(q->shells * q->shells);
    q->roots = _mag_vec_init(q->shells);
    mag_init(radius);
    for (slong j = 0; j < q->shells; j++)
        for (slong k = j; k < q->shells; k++)
        {
            lb_block_norm(q->norms + j * q->shells + k, radius, r, basis, j, k);
            mag_set(q->norms + k * q->shells + j, q->norms + j * q->shells + k);
        }
    mag_clear(radius);
}

static void
inequality_clear(inequality * q)
{
    _mag_vec_clear(q->norms, q->shells * q->shells);
    _mag_vec_clear(q->roots, q->shells);
}

static void
set_root(mag_t root, const arb_t u)
{
    arb_t x;

    arb_init(x);
    arb_rsqrt(x, u, PREC);
    arb_get_mag(root, x);
    arb_clear(x);
}

/* u_n = v_n/2 for n <= M, plus c tau r^(n-m-1) for n > m with a tail; for
   n >= first. */
static void
set_roots(inequality * q, const lb_populations_t p, int with_tail, slong first)
{
    const lb_tail_weights_struct * w = p->weights;
    arb_t u, f;

    arb_init(u);
    arb_init(f);
    arb_mul_2exp_si(f, w->rate, w->scale);
    for (slong n = first; n < q->shells; n++)
    {
        arb_zero(u);
        if (n <= p->top)
        {
            arb_one(u);
            arb_mul_2exp_si(u, u, p->exponents[n] - 1);
        }
        if (with_tail && n > p->start)
        {
            arb_add(u, u, f, PREC);
            arb_mul(f, f, w->ratio, PREC);
        }
        set_root(q->roots + n, u);
    }
    arb_clear(u);
    arb_clear(f);
}

/* Row j of (*) over the shells up to @p last, the costs of the tail included
   if there is one. */
static void
row_sum(mag_t sum, const inequality * q, const lb_populations_t p,
        const lb_tail_struct * tail, slong j, slong last)
{
    mag_t e, extra;

    mag_init(e);
    mag_init(extra);
    mag_zero(sum);
    for (slong k = 0; k <= last; k++)
    {
        mag_set(e, q->norms + j * q->shells + k);
        mag_zero(extra);
        if (tail != NULL && j == k && j <= p->start)
            lb_tail_cost(extra, p->weights, tail, p->start, j);
        else if (tail != NULL && FLINT_MIN(j, k) == p->start
                 && FLINT_MAX(j, k) == p->start + 1)
            lb_tail_link(extra, tail);
        mag_mul_2exp_si(extra, extra, p->weights->scale);
        mag_add(e, e, extra);
        mag_mul(e, e, q->roots + k);
        mag_add(sum, sum, e);
    }
    mag_mul(sum, sum, q->roots + j);
    mag_clear(e);
    mag_clear(extra);
}

/* The largest row sum over the shells up to @p last. */
static void
largest_row(mag_t largest, const inequality * q, const lb_populations_t p,
            const lb_tail_struct * tail, slong last)
{
    mag_t sum;

    mag_init(sum);
    mag_zero(largest);
    for (slong j = 0; j <= last; j++)
    {
        row_sum(sum, q, p, tail, j, last);
        mag_max(largest, largest, sum);
    }
    mag_clear(sum);
}

static int
holds(const inequality * q, const lb_populations_t p,
      const lb_tail_struct * tail, slong last)
{
    mag_t sum;
    int good = 1;

    mag_init(sum);
    for (slong j = last; j >= 0 && good; j--)
    {
        row_sum(sum, q, p, tail, j, last);
        good = mag_cmp_2exp_si(sum, 0) <= 0;
    }
    mag_clear(sum);
    return good;
}

/* --- the weights of the tail --------------------------------------------- */

/* o / (c f(n)), n > m; not cut at 1 */
static void
bound_by_tail(arb_t x, const lb_populations_t p, slong n)
{
    arb_t y;

    arb_init(y);
    arb_set_arf(x, p->proposal->o);
    arb_div(x, x, p->weights->rate, PREC);
    arb_mul_2exp_si(x, x, -p->weights->scale);
    arb_pow_ui(y, p->weights->ratio, (ulong) (n - p->start - 1), PREC);
    arb_div(x, x, y, PREC);
    arb_clear(y);
}

static double
log2_of(const mag_t x)
{
    return mag_is_special(x) ? (mag_is_zero(x) ? -1e15 : 1e15)
                             : log2(ldexp((double) MAG_MAN(x), -MAG_BITS))
                                   + fmpz_get_d(MAG_EXPREF(x));
}

static double
log2_of_arb(const arb_t x)
{
    mag_t m;
    double value;

    mag_init(m);
    arb_get_mag(m, x);
    value = log2_of(m);
    mag_clear(m);
    return value;
}

/* So many powers of two are tried for tau. */
#define SCALES 90

/* The largest tau for which (*) holds with the r, k, c there are. */
static int
find_scale(lb_populations_t p, inequality * q, const lb_tail_t tail)
{
    slong start = p->exponents[p->top] + SCALES / 3;

    for (slong i = 0; i < SCALES; i++)
    {
        p->weights->scale = start - i;
        set_roots(q, p, 1, p->start + 1); /* those below stay */
        if (holds(q, p, tail, q->shells - 1))
            return 1;
    }
    return 0;
}

/* Smaller is better: what the weights say about p_{M+1} and p_{M+2}. */
static double
score(const lb_populations_t p)
{
    double first;
    arb_t x;

    arb_init(x);
    bound_by_tail(x, p, p->top + 1);
    first = log2_of_arb(x);
    arb_clear(x);
    return 1.5 * first - 0.5 * log2_of_arb(p->weights->ratio);
}

static void
copy_weights(lb_tail_weights_t to, const lb_tail_weights_t from)
{
    arb_set(to->ratio, from->ratio);
    arb_set(to->share, from->share);
    arb_set(to->damping, from->damping);
    arb_set(to->rate, from->rate);
    to->scale = from->scale;
}

/* r - 1 = 2^(i/2) for these i, and these eta */
#define LEAST_RATIO (-12)
#define LARGEST_RATIO 240

static int
find_weights(lb_populations_t p, inequality * q, const lb_tail_t tail)
{
    static const double shares[] = { 0.5, 0.125, 0.03125 };
    int n_shares = tail->raises ? 3 : 1, found = 0;
    double least = 0.0;
    lb_tail_weights_t best;

    set_roots(q, p, 0, 0);
    lb_tail_weights_init(best);
    for (int h = 0; h < n_shares; h++)
        for (int i = LEAST_RATIO; i <= LARGEST_RATIO; i++)
        {
            arb_set_d(p->weights->ratio, 1.0 + exp2(0.5 * i));
            arb_set_d(p->weights->share,
                      arb_is_zero(tail->mode_drive) ? 0.0 : shares[h]);
            if (!lb_tail_propose(p->weights, tail, p->start)
                || !find_scale(p, q, tail)
                || !lb_tail_prove(p->weights, tail, p->start)
                || (found && score(p) >= least))
                continue;
            found = 1;
            least = score(p);
            copy_weights(best, p->weights);
        }
    copy_weights(p->weights, best);
    lb_tail_weights_clear(best);
    return found;
}

/* --- proposing and proving ----------------------------------------------- */

/* v_n near the estimates of 1/p_n, constant from the shell @p flat on */
static void
set_exponents(lb_populations_t p, const double * estimate, slong flat)
{
    for (slong n = 0; n <= p->top; n++)
    {
        double e = estimate[FLINT_MIN(n, flat)];

        e = isfinite(e) ? e : -LEAST_ESTIMATE;
        e = fmin(0.0, fmax(e, -LEAST_ESTIMATE));
        p->exponents[n] = (slong) floor(-e);
    }
}

/* The residual of the Y there is: q is set from it, *inner to the largest row
   of (*) over the shells up to M. */
static void
judge(mag_t inner, inequality * q, acb_ptr r, const lb_ball_sparse_t v,
      lb_populations_t p, const lb_enclosure_space * s)
{
    if (!lb_enclosure_residual_fast(r, s, v, p->proposal))
        lb_enclosure_residual(r, s, v, p->proposal);
    inequality_clear(q);
    inequality_init(q, r, s->outer);
    set_roots(q, p, 0, 0);
    largest_row(inner, q, p, NULL, p->top);
}

/* What is asked of Y. */
typedef struct
{
    slong inner_bits; /* its residual takes at most 2^-x of (*) */
    double tolerance; /* of corrections                         */
} demand;

/* Y and o for the exponents, judged. */
static void
propose(mag_t inner, inequality * q, acb_ptr r, const lb_ball_sparse_t v,
        lb_populations_t p, const lb_enclosure_space * s, const demand * want)
{
    mag_t former;

    mag_init(former);
    judge(inner, q, r, v, p, s);
    for (int round = 0; round < MAX_ROUNDS; round++)
    {
        mag_set(former, inner);
        if (mag_cmp_2exp_si(inner, -want->inner_bits) <= 0
            || !lb_enclosure_correct(p->proposal, r, want->tolerance, s))
            break;
        judge(inner, q, r, v, p, s);
        if (round > 0 && mag_cmp(inner, former) >= 0)
            break;
    }
    mag_clear(former);
}

/* p_n <= 2 o / v_n, and o / (c f(n)) for n > m */
static void
bound_populations(lb_populations_t p)
{
    arb_t x;
    mag_t m;

    arb_init(x);
    mag_init(m);
    for (slong n = 0; n <= p->top; n++)
    {
        arf_get_mag(p->inner + n, p->proposal->o);
        mag_mul_2exp_si(p->inner + n, p->inner + n, 1 - p->exponents[n]);
        if (p->has_tail && n > p->start)
        {
            bound_by_tail(x, p, n);
            arb_get_mag(m, x);
            mag_min(p->inner + n, p->inner + n, m);
        }
        if (mag_cmp_2exp_si(p->inner + n, 0) > 0)
            mag_one(p->inner + n);
    }
    if (p->has_tail)
    {
        bound_by_tail(x, p, p->top + 1);
        arb_get_mag(p->first, x);
    }
    arb_clear(x);
    mag_clear(m);
}

static void
init(lb_populations_t p, slong top, int has_tail)
{
    p->top = top;
    p->start = top;
    p->has_tail = has_tail;
    p->exponents = flint_calloc((size_t) top + 1, sizeof(slong));
    p->inner = _mag_vec_init(top + 1);
    mag_init(p->first);
    mag_inf(p->first);
    lb_proposal_init(p->proposal, 0);
    lb_tail_weights_init(p->weights);
    for (slong n = 0; n <= top; n++)
        mag_one(p->inner + n);
}

/* How far an attempt came. */
typedef enum
{
    HOPELESS,    /* Y is not even nearly a solution */
    NO_PROPOSAL, /* the residual of Y is too large */
    NO_TAIL,     /* no weights above M were found  */
    PROVED
} outcome;

/* The tail begins where the weights are flat, or at M. */
static outcome
prove(lb_populations_t p, inequality * q, const mag_t inner,
      const lb_tail_struct * tail, slong flat)
{
    if (mag_cmp_2exp_si(inner, HOPELESS_BITS) > 0)
        return HOPELESS;
    if (mag_cmp_2exp_si(inner, -1) > 0 || arf_sgn(p->proposal->o) < 0)
        return NO_PROPOSAL;
    if (tail == NULL)
        return holds(q, p, NULL, p->top) ? PROVED : NO_PROPOSAL;
    p->start = flat;
    if (find_weights(p, q, tail))
        return PROVED;
    p->start = p->top;
    return flat < p->top && find_weights(p, q, tail) ? PROVED : NO_TAIL;
}

/* One proposal, proved or not. */
static outcome
attempt(lb_populations_t p, const lb_enclosure_space * s,
        const lb_tail_struct * tail, slong flat, const demand * want)
{
    slong n = s->outer->dimension;
    acb_ptr r = _acb_vec_init(n * n);
    lb_ball_sparse_t v;
    inequality q;
    mag_t inner;
    outcome result;

    mag_init(inner);
    inequality_init(&q, r, s->outer);
    set_observable(v, p, s);
    lb_proposal_resize(p->proposal, s->inner->dimension);
    propose(inner, &q, r, v, p, s, want);
    result = prove(p, &q, inner, tail, flat);
    if (result == PROVED)
        bound_populations(p);
    inequality_clear(&q);
    lb_ball_sparse_clear(v);
    mag_clear(inner);
    _acb_vec_clear(r, n * n);
    return result;
}

/* The bound of p_{M+1} is as good as can be expected of the estimate of p_M. */
#define GOOD_BITS 7.0

static int
is_good(const lb_populations_t p, const double * estimate)
{
    return !p->has_tail || log2_of(p->first) <= estimate[p->top] + GOOD_BITS;
}

static void
swap(lb_populations_t p, lb_populations_t q)
{
    lb_populations_struct t = *p;

    *p = *q;
    *q = t;
}

lb_status
lb_populations_init(lb_populations_t p, const lb_enclosure_space * space,
                    const lb_tail_struct * tail, const double * estimate,
                    lb_error * err)
{
    slong top = space->inner->shells - 1;
    slong overlaps[N_OVERLAPS] = { 0, top / 3, 2 * top / 3, top - 1 };
    demand want = { INNER_BITS, SOLVER_TOLERANCE };
    outcome best = HOPELESS, result = NO_PROPOSAL;
    int good = 0;
    lb_status status;
    lb_populations_t next;

    init(p, top, tail != NULL);
    p->all_pairs = tail != NULL && tail->all_pairs;
    status = lb_check_rounding(err);
    if (status != LB_OK)
        return status;
    /* flatter weights where drives are strong, so that the tail overlaps with
       Y, and where parameter boxes are wide */
    for (int i = 0; i < N_OVERLAPS && !good && result != HOPELESS
                    && (i < 2 || result != NO_TAIL)
                    && (i == 0 || overlaps[i] > overlaps[i - 1]);
         i++)
    {
        init(next, top, tail != NULL);
        next->all_pairs = p->all_pairs;
        set_exponents(next, estimate, top - overlaps[i]);
        result = attempt(next, space, tail, top - overlaps[i], &want);
        if (result == PROVED)
        {
            good = best == PROVED || is_good(next, estimate);
            if (best != PROVED || mag_cmp(next->first, p->first) < 0)
                swap(p, next);
        }
        best = FLINT_MAX(best, result);
        lb_populations_clear(next);
    }
    if (best <= NO_PROPOSAL)
        return lb_error_set(err, LB_ENOCONV,
                            "the populations of the shells could not be "
                            "bounded: the model has several steady states, "
                            "its parameter boxes are too wide, or it is too "
                            "hard for double precision");
    if (best != PROVED)
        return lb_error_set(err, LB_EPREC,
                            "the populations of the shells could not be "
                            "bounded with %ld excitations",
                            (long) top);
    return LB_OK;
}

lb_status
lb_populations_init_near(lb_populations_t p, const lb_enclosure_space * space,
                         const lb_tail_struct * tail,
                         const lb_populations_t near, lb_error * err)
{
    demand want = { INNER_BITS, SOLVER_TOLERANCE };
    lb_status status;

    init(p, near->top, tail != NULL);
    p->all_pairs = tail != NULL && tail->all_pairs;
    for (slong n = 0; n <= p->top; n++)
        p->exponents[n] = near->exponents[n];
    if (tail == NULL)
    {
        want.inner_bits = NEAR_INNER_BITS;
        want.tolerance = NEAR_SOLVER_TOLERANCE;
    }
    status = lb_check_rounding(err);
    if (status == LB_OK
        && attempt(p, space, tail, near->start, &want) != PROVED)
        status = lb_error_set(err, LB_EPREC,
                              "the populations of the shells could not be "
                              "bounded as at other parameters");
    return status;
}

void
lb_populations_clear(lb_populations_t p)
{
    flint_free(p->exponents);
    _mag_vec_clear(p->inner, p->top + 1);
    mag_clear(p->first);
    lb_proposal_clear(p->proposal);
    lb_tail_weights_clear(p->weights);
}

/* --- what follows -------------------------------------------------------- */

void
lb_populations_bound(mag_t bound, const lb_populations_t p, slong n)
{
    arb_t x;

    mag_one(bound);
    if (n <= p->top)
        mag_set(bound, p->inner + n);
    else if (p->has_tail)
    {
        arb_init(x);
        bound_by_tail(x, p, n);
        arb_get_mag(bound, x);
        if (mag_cmp_2exp_si(bound, 0) > 0)
            mag_one(bound);
        arb_clear(x);
    }
}

void
lb_populations_above(mag_t bound, const lb_populations_t p)
{
    arb_t x, y;

    mag_one(bound);
    if (!p->has_tail)
        return;
    arb_init(x);
    arb_init(y);
    bound_by_tail(x, p, p->top + 1);
    arb_sub_ui(y, p->weights->ratio, 1, PREC);
    arb_div(y, p->weights->ratio, y, PREC);
    arb_mul(x, x, y, PREC);
    arb_get_mag(bound, x);
    if (mag_cmp_2exp_si(bound, 0) > 0)
        mag_one(bound);
    arb_clear(x);
    arb_clear(y);
}

/* n^(power/2) */
static void
half_power(arb_t x, slong n, slong power)
{
    arb_set_si(x, n);
    arb_pow_ui(x, x, (ulong) power, PREC);
    arb_sqrt(x, x, PREC);
}

/* sum of t_n over n > last, [F3] */
static void
term_tail(arb_t sum, const lb_populations_t p, slong power, slong shift,
          slong last)
{
    slong n = last + 1;
    arb_t x, y;
    mag_t a, b;

    arb_init(x);
    arb_init(y);
    mag_init(a);
    mag_init(b);
    arb_zero(sum);
    for (; n - shift <= p->top; n++)
    {
        /* a block whose lower shell is not above M */
        if (n < shift)
            continue;
        lb_populations_bound(a, p, n);
        lb_populations_bound(b, p, n - shift);
        mag_mul(a, a, b);
        mag_sqrt(a, a);
        arf_set_mag(arb_midref(y), a);
        mag_zero(arb_radref(y));
        half_power(x, n, power);
        arb_addmul(sum, x, y, PREC);
    }
    /* t_n, then q */
    bound_by_tail(x, p, n);
    bound_by_tail(y, p, n - shift);
    arb_mul(x, x, y, PREC);
    arb_sqrt(x, x, PREC);
    half_power(y, n, power);
    arb_mul(x, x, y, PREC);
    arb_set_si(y, n + 1);
    arb_div_si(y, y, n, PREC);
    arb_pow_ui(y, y, (ulong) power, PREC);
    arb_sqrt(y, y, PREC);
    arb_div(y, y, p->weights->ratio, PREC);
    arb_sub_ui(y, y, 1, PREC);
    arb_neg(y, y);
    if (arb_is_positive(y))
    {
        arb_div(x, x, y, PREC);
        arb_add(sum, sum, x, PREC);
    }
    else
        arb_pos_inf(sum);
    arb_clear(x);
    arb_clear(y);
    mag_clear(a);
    mag_clear(b);
}

void
lb_populations_tail(mag_t sum, const lb_populations_t p, const lb_opoly_t op,
                    const arf_t o, slong last)
{
    arb_t total, c, x;

    arb_init(total);
    arb_init(c);
    arb_init(x);
    for (slong i = 0; i < op->length; i++)
    {
        const lb_factor * f = lb_opoly_term(op, i);
        slong shift = lb_opoly_term_shift(op, i), power = 0;

        for (slong k = 0; k < op->subsystems; k++)
            if (!f[k].matrix_unit && op->kinds[k] == LB_MODE)
                power += f[k].create + f[k].annihilate;
        acb_abs(c, op->coefficients[i].coefficient, PREC);
        term_tail(x, p, power, shift < 0 ? -shift : shift, last);
        arb_addmul(total, c, x, PREC);
    }
    arb_set_arf(c, o);
    arb_abs(c, c);
    term_tail(x, p, 0, 0, last);
    arb_addmul(total, c, x, PREC);
    arb_get_mag(sum, total);
    arb_clear(total);
    arb_clear(c);
    arb_clear(x);
}
