/* certify/double_lindbladian.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The numbers of the lemma [T6] of theory.md: all doubles that are multiplied
 * are zero or have moduli from 2^-LIMIT to 2^LIMIT, bounds of moduli and
 * weights are zero or at least 2^-LEAST_WEIGHT, so that nothing over- or
 * underflows; no sum has more than MOST_TERMS terms. */
#include <float.h>
#include <math.h>
#include <string.h>

#include <lindbound/double_lindbladian.h>

#define LIMIT 250
#define LEAST_WEIGHT 300
#define MOST_TERMS (1L << 20)
/* Roundings of a term beside those of the additions that [T6] counts. */
#define OTHER_ROUNDINGS 16
/* Makes up for the roundings of what only bounds: of a few operations, and of
   as many as 2^30. */
#define FEW_ROUNDINGS (1.0 + 0x1p-50)
#define MANY_ROUNDINGS (1.0 + 0x1p-20)

/* --- numbers ------------------------------------------------------------- */

int
lb_double_round(arf_t x)
{
    if (!arf_is_finite(x))
        return 0;
    if (arf_cmpabs_2exp_si(x, -LIMIT) < 0)
        arf_zero(x);
    arf_set_round(x, x, DBL_MANT_DIG, ARF_RND_NEAR);
    return arf_cmpabs_2exp_si(x, LIMIT) <= 0;
}

/* x as a double, if it is one that lb_double_round leaves alone. */
static int
get_double(double * y, const arf_t x)
{
    *y = 0.0;
    if (arf_is_zero(x))
        return 1;
    if (!arf_is_finite(x) || arf_bits(x) > DBL_MANT_DIG
        || arf_cmpabs_2exp_si(x, -LIMIT) < 0
        || arf_cmpabs_2exp_si(x, LIMIT) > 0)
        return 0;
    *y = arf_get_d(x, ARF_RND_NEAR);
    return 1;
}

/* y >= x, a weight; 0: too large */
static int
get_weight(double * y, const mag_t x)
{
    *y = 0.0;
    if (mag_is_zero(x))
        return 1;
    if (mag_cmp_2exp_si(x, LIMIT) > 0)
        return 0;
    *y = mag_cmp_2exp_si(x, -LEAST_WEIGHT) <= 0 ? ldexp(1.0, -LEAST_WEIGHT)
                                                : mag_get_d(x);
    return 1;
}

/* The middle of a ball as a double, and in @p error what that and the radius
   leave open; 0: too large. */
static int
split(double * middle, mag_t error, const arb_t x)
{
    arf_t y, rest;
    mag_t m;
    int good;

    arf_init(y);
    arf_init(rest);
    mag_init(m);
    arf_set(y, arb_midref(x));
    good = lb_double_round(y) && mag_is_finite(arb_radref(x))
           && get_double(middle, y);
    if (good)
    {
        arf_sub(rest, arb_midref(x), y, MAG_BITS, ARF_RND_UP);
        arf_get_mag(m, rest);
        mag_add(error, m, arb_radref(x));
    }
    arf_clear(y);
    arf_clear(rest);
    mag_clear(m);
    return good;
}

/* An entry: its middle, upper bounds of the modulus of that, and of the
   distance of the points of the ball from it. */
static int
split_complex(double middle[2], mag_t modulus, mag_t error, const acb_t z)
{
    mag_t re, im;
    int good;

    mag_init(re);
    mag_init(im);
    good = split(middle, re, acb_realref(z))
           && split(middle + 1, im, acb_imagref(z));
    if (good)
    {
        mag_hypot(error, re, im);
        mag_set_d(re, middle[0]);
        mag_set_d(im, middle[1]);
        mag_hypot(modulus, re, im);
    }
    mag_clear(re);
    mag_clear(im);
    return good;
}

/* --- sparse matrices ----------------------------------------------------- */

static void
init_pattern(lb_double_sparse_struct * a, const lb_ball_sparse_struct * b)
{
    slong length = b->start[b->rows]; /* b->length may be more */

    a->rows = b->rows;
    a->columns = b->columns;
    a->start = flint_malloc((size_t) (b->rows + 1) * sizeof(slong));
    a->column = flint_malloc((size_t) (length + 1) * sizeof(slong));
    a->middle = flint_calloc((size_t) (length + 1), 2 * sizeof(double));
    a->size = flint_calloc((size_t) (length + 1), sizeof(double));
    a->doubt = flint_calloc((size_t) (length + 1), sizeof(double));
    memcpy(a->start, b->start, (size_t) (b->rows + 1) * sizeof(slong));
    if (length > 0)
        memcpy(a->column, b->column, (size_t) length * sizeof(slong));
}

static void
clear_sparse(lb_double_sparse_struct * a)
{
    flint_free(a->start);
    flint_free(a->column);
    flint_free(a->middle);
    flint_free(a->size);
    flint_free(a->doubt);
}

/* Entry k of @p a from the ball @p z: doubt >= gamma |middle| + error
   + theta size; @p share is raised to error/size. */
static int
set_entry(lb_double_sparse_struct * a, slong k, const acb_t z,
          const mag_t gamma, const mag_t theta, mag_t share)
{
    mag_t modulus, error, size, doubt;
    int good;

    mag_init(modulus);
    mag_init(error);
    mag_init(size);
    mag_init(doubt);
    good = split_complex(a->middle + 2 * k, modulus, error, z);
    mag_add(size, modulus, error);
    mag_mul(doubt, gamma, modulus);
    mag_add(doubt, doubt, error);
    mag_addmul(doubt, theta, size);
    good = good && get_weight(a->size + k, size)
           && get_weight(a->doubt + k, doubt);
    if (good && !mag_is_zero(error))
    {
        mag_div(error, error, size);
        mag_max(share, share, error);
    }
    mag_clear(modulus);
    mag_clear(error);
    mag_clear(size);
    mag_clear(doubt);
    return good;
}

static int
set_sparse(lb_double_sparse_struct * a, const lb_ball_sparse_struct * b,
           const mag_t gamma, const mag_t theta, mag_t share)
{
    int good = 1;

    init_pattern(a, b);
    for (slong k = 0; k < b->start[b->rows] && good; k++)
        good = set_entry(a, k, b->entry + k, gamma, theta, share);
    return good;
}

/* rate * conj(c), its doubts with those of c */
static int
set_left(lb_double_sparse_struct * a, const lb_ball_sparse_struct * c,
         const arb_t rate, const mag_t gamma, const mag_t theta, slong prec)
{
    int good = 1;
    mag_t share;
    acb_t z;

    mag_init(share);
    acb_init(z);
    init_pattern(a, c);
    for (slong k = 0; k < c->start[c->rows] && good; k++)
    {
        acb_conj(z, c->entry + k);
        acb_mul_arb(z, z, rate, prec);
        good = set_entry(a, k, z, gamma, theta, share);
    }
    mag_clear(share);
    acb_clear(z);
    return good;
}

/* The largest number of entries in a column. */
static slong
fullest_column(const lb_ball_sparse_struct * a)
{
    slong * count = flint_calloc((size_t) a->columns + 1, sizeof(slong));
    slong most = 0;

    for (slong k = 0; k < a->start[a->rows]; k++)
        most = FLINT_MAX(most, ++count[a->column[k]]);
    flint_free(count);
    return most;
}

/* --- set-up -------------------------------------------------------------- */

/* N of [T6] */
static slong
count_roundings(const lb_ball_lindbladian_struct * l)
{
    slong longest = fullest_column(l->generator), added = 0;

    for (slong k = 0; k < l->n_jumps; k++)
    {
        slong entries = fullest_column(l->jumps + k);

        longest = FLINT_MAX(longest, entries);
        added += entries;
    }
    return longest + added + OTHER_ROUNDINGS;
}

int
lb_double_lindbladian_init(lb_double_lindbladian_t x,
                           const lb_ball_lindbladian_t l)
{
    slong roundings = count_roundings(l);
    int good = FLT_EVAL_METHOD == 0 && DBL_MANT_DIG == 53
               && roundings <= MOST_TERMS && l->outer <= MOST_TERMS;
    mag_t gamma, zero, share;

    memset(x, 0, sizeof(*x));
    x->inner = l->inner;
    x->outer = l->outer;
    x->prec = l->prec;
    x->right = flint_calloc((size_t) l->n_jumps + 1,
                            sizeof(lb_double_sparse_struct));
    x->left = flint_calloc((size_t) l->n_jumps + 1,
                           sizeof(lb_double_sparse_struct));
    if (!good)
        return 0;
    mag_init(gamma);
    mag_init(zero);
    mag_init(share);
    /* N u / (1 - N u) <= (1 + 2^-20) N u, u = 2^-53 */
    x->unit_roundings = ldexp((double) roundings, -53) * MANY_ROUNDINGS;
    mag_set_d(gamma, x->unit_roundings);
    good = set_sparse(x->generator, l->generator, gamma, zero, share)
           && set_sparse(x->unit, l->unit, gamma, zero, share);
    for (slong k = 0; k < l->n_jumps && good; k++)
    {
        slong n = x->n_jumps;

        if (arb_is_zero(l->rates + k))
            continue;
        x->n_jumps++;
        mag_zero(share);
        good = set_sparse(x->right + n, l->jumps + k, gamma, zero, share)
               && set_left(x->left + n, l->jumps + k, l->rates + k, gamma,
                           share, l->prec);
    }
    mag_clear(gamma);
    mag_clear(zero);
    mag_clear(share);
    return good;
}

void
lb_double_lindbladian_clear(lb_double_lindbladian_t x)
{
    clear_sparse(x->generator);
    clear_sparse(x->unit);
    for (slong k = 0; k < x->n_jumps; k++)
    {
        clear_sparse(x->right + k);
        clear_sparse(x->left + k);
    }
    flint_free(x->right);
    flint_free(x->left);
}

/* --- the residual -------------------------------------------------------- */

/* The upper triangle of the residual, and its bound. */
typedef struct
{
    slong d, n;
    double * y;       /* d x d, two doubles an entry              */
    double * modulus; /* d x d, upper bounds of |y|               */
    double * t;       /* d x n, two doubles an entry: y a         */
    double * s;       /* d x n: its bound, or that of its modulus */
    double * r;       /* n x n, two doubles an entry              */
    double * e;       /* n x n                                    */
} work;

static double *
new_doubles(slong rows, slong columns)
{
    return flint_calloc((size_t) (rows * columns) + 1, sizeof(double));
}

static void
work_init(work * w, slong d, slong n)
{
    w->d = d;
    w->n = n;
    w->y = new_doubles(d, 2 * d);
    w->modulus = new_doubles(d, d);
    w->t = new_doubles(d, 2 * n);
    w->s = new_doubles(d, n);
    w->r = new_doubles(n, 2 * n);
    w->e = new_doubles(n, n);
}

static void
work_clear(work * w)
{
    flint_free(w->y);
    flint_free(w->modulus);
    flint_free(w->t);
    flint_free(w->s);
    flint_free(w->r);
    flint_free(w->e);
}

static int
set_y(work * w, acb_srcptr y)
{
    for (slong i = 0; i < w->d * w->d; i++)
    {
        double * z = w->y + 2 * i;

        if (!get_double(z, arb_midref(acb_realref(y + i)))
            || !get_double(z + 1, arb_midref(acb_imagref(y + i))))
            return 0;
        w->modulus[i] = sqrt(z[0] * z[0] + z[1] * z[1]) * FEW_ROUNDINGS;
    }
    return 1;
}

/* t = y a, s = |y| weight, a row of them at a time */
static void
multiply(work * w, const lb_double_sparse_struct * a, const double * weight)
{
    memset(w->t, 0, (size_t) (2 * w->d * w->n) * sizeof(double));
    memset(w->s, 0, (size_t) (w->d * w->n) * sizeof(double));
    for (slong i = 0; i < w->d; i++)
    {
        double * t = w->t + 2 * i * w->n;
        double * s = w->s + i * w->n;

        for (slong q = 0; q < w->d; q++)
        {
            double re = w->y[2 * (i * w->d + q)];
            double im = w->y[2 * (i * w->d + q) + 1];
            double modulus = w->modulus[i * w->d + q];

            if (modulus == 0.0)
                continue;
            for (slong k = a->start[q]; k < a->start[q + 1]; k++)
            {
                slong j = a->column[k];
                double u = a->middle[2 * k], v = a->middle[2 * k + 1];

                t[2 * j] += re * u - im * v;
                t[2 * j + 1] += re * v + im * u;
                s[j] += modulus * weight[k];
            }
        }
    }
}

/* r = y K + (y K)' */
static void
set_generator_part(work * w, const lb_double_sparse_struct * generator)
{
    slong n = w->n, d = w->d;

    multiply(w, generator, generator->doubt);
    for (slong i = 0; i < d; i++)
        for (slong j = i; j < n; j++)
        {
            double * r = w->r + 2 * (i * n + j);
            const double * t = w->t + 2 * (i * n + j);

            r[0] = t[0];
            r[1] = t[1];
            w->e[i * n + j] = w->s[i * n + j];
            if (j < d)
            {
                t = w->t + 2 * (j * n + i);
                r[0] += t[0];
                r[1] -= t[1];
                w->e[i * n + j] += w->s[j * n + i];
            }
        }
}

/* r += rate c' y c */
static void
add_jump(work * w, const lb_double_sparse_struct * left,
         const lb_double_sparse_struct * right)
{
    slong n = w->n;

    multiply(w, right, right->size);
    for (slong p = 0; p < w->d; p++)
        for (slong k = left->start[p]; k < left->start[p + 1]; k++)
        {
            slong i = left->column[k];
            double u = left->middle[2 * k], v = left->middle[2 * k + 1];
            double doubt = left->doubt[k];
            const double * t = w->t + 2 * p * n;
            const double * s = w->s + p * n;
            double * r = w->r + 2 * i * n;
            double * e = w->e + i * n;

            for (slong j = i; j < n; j++)
            {
                r[2 * j] += u * t[2 * j] - v * t[2 * j + 1];
                r[2 * j + 1] += u * t[2 * j + 1] + v * t[2 * j];
                e[j] += doubt * s[j];
            }
        }
}

/* r += factor a */
static void
add_sparse(work * w, const lb_double_sparse_struct * a, double factor)
{
    for (slong i = 0; i < w->n; i++)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
        {
            slong j = i * w->n + a->column[k];

            if (a->column[k] < i)
                continue;
            w->r[2 * j] += factor * a->middle[2 * k];
            w->r[2 * j + 1] += factor * a->middle[2 * k + 1];
            w->e[j] += fabs(factor) * a->doubt[k];
        }
}

static void
subtract_number(work * w, double o, double gamma)
{
    for (slong i = 0; i < w->n; i++)
    {
        w->r[2 * i * (w->n + 1)] -= o;
        w->e[i * (w->n + 1)] += fabs(o) * gamma;
    }
}

/* The balls; the residual of a Hermitian problem is Hermitian. */
static void
get_balls(acb_ptr r, const work * w)
{
    for (slong i = 0; i < w->n; i++)
        for (slong j = i; j < w->n; j++)
        {
            slong k = i * w->n + j;
            arb_ptr re = acb_realref(r + k), im = acb_imagref(r + k);

            arf_set_d(arb_midref(re), w->r[2 * k]);
            mag_set_d(arb_radref(re), w->e[k] * MANY_ROUNDINGS);
            if (i == j)
            {
                arb_zero(im);
                continue;
            }
            arf_set_d(arb_midref(im), w->r[2 * k + 1]);
            mag_set(arb_radref(im), arb_radref(re));
        }
}

int
lb_double_lindbladian_residual(acb_ptr r, const lb_double_lindbladian_t x,
                               const lb_ball_sparse_t op, acb_srcptr y,
                               const arf_t o, const arf_t shift)
{
    lb_double_sparse_t observable;
    mag_t gamma, zero, share;
    double number, alpha;
    int good;
    work w;

    mag_init(gamma);
    mag_init(zero);
    mag_init(share);
    mag_set_d(gamma, x->unit_roundings);
    work_init(&w, x->inner, x->outer);
    good = set_sparse(observable, op, gamma, zero, share) && set_y(&w, y)
           && get_double(&number, o) && get_double(&alpha, shift);
    if (good)
    {
        set_generator_part(&w, x->generator);
        for (slong k = 0; k < x->n_jumps; k++)
            add_jump(&w, x->left + k, x->right + k);
        if (alpha != 0.0)
            add_sparse(&w, x->unit, alpha);
        add_sparse(&w, observable, 1.0);
        subtract_number(&w, number, x->unit_roundings);
        get_balls(r, &w);
    }
    work_clear(&w);
    clear_sparse(observable);
    mag_clear(gamma);
    mag_clear(zero);
    mag_clear(share);
    return good;
}
