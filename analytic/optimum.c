/* analytic/optimum.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The box is the image of the unit cube under x_i = low_i + t_i (high_i -
 * low_i); its parts are exact dyadic boxes in t.  A minimum is the maximum of
 * -f. */
#include <lindbound/optimum.h>

#define MAX_N LB_OPTIMUM_MAX_PARAMETERS

/* A part t0_i 2^-level_i <= t_i <= (t0_i + 1) 2^-level_i; a face of the cube,
   t_i = 0 or 1, if level_i is FACE. */
#define FACE (-1)
#define MAX_LEVEL 60

typedef struct
{
    ulong start[MAX_N];
    int level[MAX_N];
    int steepest; /* where to cut, or -1: nowhere */
    arf_t bound;  /* f <= bound on the part */
} part;

typedef struct
{
    lb_objective_hook f;
    void * context;
    arb_srcptr low, high;
    slong n, boxes;
    const lb_optimum_options * options;
    arf_t best;   /* f >= best somewhere */
    part * queue; /* a heap: the largest bound first */
    slong length, alloc;
    lb_error * err;
} search;

lb_optimum_options
lb_optimum_defaults(void)
{
    lb_optimum_options options = { 0, 6, 100000, 80, NULL, NULL };

    return options;
}

/* --- the queue ----------------------------------------------------------- */

static void
swap_parts(part * p, part * q)
{
    part t = *p;

    *p = *q;
    *q = t;
}

static void
queue_push(search * s, const part * p)
{
    slong k = s->length++;

    if (s->length > s->alloc)
    {
        s->alloc = 2 * s->length + 64;
        s->queue = flint_realloc(s->queue, (size_t) s->alloc * sizeof(part));
    }
    s->queue[k] = *p;
    for (; k > 0 && arf_cmp(s->queue[(k - 1) / 2].bound, s->queue[k].bound) < 0;
         k = (k - 1) / 2)
        swap_parts(s->queue + k, s->queue + (k - 1) / 2);
}

/* Takes the part with the largest bound; the caller clears it. */
static void
queue_pop(part * p, search * s)
{
    slong k = 0;

    *p = s->queue[0];
    s->queue[0] = s->queue[--s->length];
    for (;;)
    {
        slong child = 2 * k + 1;

        if (child + 1 < s->length
            && arf_cmp(s->queue[child + 1].bound, s->queue[child].bound) > 0)
            child++;
        if (child >= s->length
            || arf_cmp(s->queue[child].bound, s->queue[k].bound) <= 0)
            return;
        swap_parts(s->queue + k, s->queue + child);
        k = child;
    }
}

/* --- one part ------------------------------------------------------------ */

/* x_i at t_i = t 2^-level */
static void
point(arb_t x, const search * s, slong i, ulong t, int level)
{
    slong prec = s->options->prec;
    arb_t step;

    arb_init(step);
    arb_sub(step, s->high + i, s->low + i, prec);
    arb_mul_ui(step, step, t, prec);
    arb_mul_2exp_si(step, step, -level);
    arb_add(x, s->low + i, step, prec);
    arb_clear(step);
}

/* A ball from the lower end of x to the upper end of y or a little further:
   the lower end stays as it is, so that what is >= 0 remains so. */
static void
span(arb_t z, const arb_t x, const arb_t y, slong prec)
{
    arf_t low, high;

    arf_init(low);
    arf_init(high);
    arb_get_lbound_arf(low, x, prec);
    arb_get_ubound_arf(high, y, prec);
    arf_sub(high, high, low, prec, ARF_RND_CEIL);
    arf_mul_2exp_si(high, high, -1);
    arf_get_mag(arb_radref(z), high);
    arf_set_mag(high, arb_radref(z));
    arf_add(arb_midref(z), low, high, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_clear(low);
    arf_clear(high);
}

/* x over the part, or in its middle */
static void
position(arb_ptr x, const search * s, const part * p, int middle)
{
    arb_t low, high;

    arb_init(low);
    arb_init(high);
    for (slong i = 0; i < s->n; i++)
        if (p->level[i] == FACE)
            arb_set(x + i, p->start[i] ? s->high + i : s->low + i);
        else if (middle)
            point(x + i, s, i, 2 * p->start[i] + 1, p->level[i] + 1);
        else
        {
            point(low, s, i, p->start[i], p->level[i]);
            point(high, s, i, p->start[i] + 1, p->level[i]);
            span(x + i, low, high, s->options->prec);
        }
    arb_clear(low);
    arb_clear(high);
}

static lb_status
evaluate(arb_t value, arb_ptr gradient, const search * s, arb_srcptr x)
{
    lb_status status
        = s->f(value, gradient, x, s->context, s->options->prec, s->err);

    if (s->options->minimize)
    {
        arb_neg(value, value);
        for (slong i = 0; i < s->n && gradient != NULL; i++)
            arb_neg(gradient + i, gradient + i);
    }
    return status;
}

/* Upper end of x; +inf if x is not finite. */
static void
upper_end(arf_t bound, const arb_t x, slong prec)
{
    if (arb_is_finite(x))
        arb_get_ubound_arf(bound, x, prec);
    else
        arf_pos_inf(bound);
}

/* Where f rises or falls all over the part, only the face at the end of the
   cube can hold a maximum.  0 if the part holds none; *reduced is set if it
   has become a face. */
static int
reduce_to_faces(part * p, int * reduced, const search * s, arb_srcptr gradient)
{
    for (slong i = 0; i < s->n; i++)
    {
        int rising = arb_is_positive(gradient + i);
        int falling = arb_is_negative(gradient + i);

        if (p->level[i] == FACE || (!rising && !falling))
            continue;
        if (rising ? p->start[i] + 1 != UWORD(1) << p->level[i]
                   : p->start[i] != 0)
            return 0;
        p->level[i] = FACE;
        p->start[i] = rising ? 1 : 0;
        *reduced = 1;
    }
    return 1;
}

/* x - m + (f(m), gradient) give the mean value form; it sets where to cut */
static void
mean_value_bound(arf_t bound, part * p, const search * s, arb_srcptr x,
                 arb_srcptr m, const arb_t centre, arb_srcptr gradient)
{
    slong prec = s->options->prec;
    arb_t sum, t;
    arf_t end;
    mag_t size, largest;

    arb_init(sum);
    arb_init(t);
    arf_init(end);
    mag_init(size);
    mag_init(largest);
    arb_set(sum, centre);
    for (slong i = 0; i < s->n; i++)
    {
        arb_sub(t, x + i, m + i, prec);
        arb_mul(t, t, gradient + i, prec);
        arb_get_mag(size, t);
        if (p->level[i] != FACE && p->level[i] < MAX_LEVEL
            && mag_cmp(size, largest) >= 0)
        {
            mag_set(largest, size);
            p->steepest = (int) i;
        }
        arb_add(sum, sum, t, prec);
    }
    upper_end(end, sum, prec);
    arf_min(bound, bound, end);
    arb_clear(sum);
    arb_clear(t);
    arf_clear(end);
    mag_clear(size);
    mag_clear(largest);
}

/* The coordinate that was cut least; -1 if none can be cut any more. */
static int
widest(const part * p, slong n)
{
    int best = -1;

    for (int i = 0; i < n; i++)
        if (p->level[i] != FACE && p->level[i] < MAX_LEVEL
            && (best < 0 || p->level[i] < p->level[best]))
            best = i;
    return best;
}

static int
all_finite(arb_srcptr x, slong n)
{
    for (slong i = 0; i < n; i++)
        if (!arb_is_finite(x + i))
            return 0;
    return 1;
}

/* Bounds the part; *keep = 0 if it cannot hold the maximum. */
static lb_status
bound_part(part * p, int * keep, search * s)
{
    slong n = s->n, prec = s->options->prec;
    arb_ptr x = _arb_vec_init(n), m = _arb_vec_init(n);
    arb_ptr gradient = _arb_vec_init(n);
    arb_t value, centre;
    arf_t least;
    lb_status status;
    int reduced = 0;

    arb_init(value);
    arb_init(centre);
    arf_init(least);
    s->boxes++;
    *keep = 1;
    position(x, s, p, 0);
    status = evaluate(value, gradient, s, x);
    if (status == LB_OK && all_finite(gradient, n))
        *keep = reduce_to_faces(p, &reduced, s, gradient);
    if (status == LB_OK && *keep && reduced)
    {
        position(x, s, p, 0);
        status = evaluate(value, gradient, s, x);
    }
    if (status == LB_OK && *keep)
    {
        upper_end(p->bound, value, prec);
        p->steepest = widest(p, n);
        *keep = arf_cmp(p->bound, s->best) >= 0;
    }
    if (status == LB_OK && *keep)
    {
        position(m, s, p, 1);
        status = evaluate(centre, NULL, s, m);
        if (status == LB_OK && arb_is_finite(centre))
        {
            arb_get_lbound_arf(least, centre, prec);
            arf_max(s->best, s->best, least);
            if (all_finite(gradient, n))
                mean_value_bound(p->bound, p, s, x, m, centre, gradient);
        }
        *keep = arf_cmp(p->bound, s->best) >= 0;
    }
    _arb_vec_clear(x, n);
    _arb_vec_clear(m, n);
    _arb_vec_clear(gradient, n);
    arb_clear(value);
    arb_clear(centre);
    arf_clear(least);
    return status;
}

/* --- the search ---------------------------------------------------------- */

static lb_status
look_at(search * s, const part * from, int cut, int half)
{
    part p = *from;
    lb_status status;
    int keep;

    arf_init(p.bound);
    if (cut >= 0)
    {
        p.level[cut]++;
        p.start[cut] = 2 * p.start[cut] + (ulong) half;
    }
    status = bound_part(&p, &keep, s);
    if (status == LB_OK && keep)
        queue_push(s, &p);
    else
        arf_clear(p.bound);
    return status;
}

/* [best, largest bound] */
static void
enclosure(arb_t optimum, const search * s)
{
    if (s->length == 0 || !arf_is_finite(s->best)
        || !arf_is_finite(s->queue[0].bound)
        || arf_cmp(s->best, s->queue[0].bound) > 0) /* f contradicts itself */
        arb_indeterminate(optimum);
    else
        arb_set_interval_arf(optimum, s->best, s->queue[0].bound,
                             s->options->prec);
    if (s->options->minimize)
        arb_neg(optimum, optimum);
}

static int
narrow_enough(const arb_t optimum, slong digits)
{
    mag_t width, size;
    int narrow;

    if (!arb_is_finite(optimum))
        return 0;
    mag_init(width);
    mag_init(size);
    mag_set_ui(width, 10);
    mag_pow_ui(width, width, (ulong) digits);
    mag_mul(width, width, arb_radref(optimum));
    mag_mul_2exp_si(width, width, 1);
    if (arb_contains_zero(optimum))
        mag_one(size);
    else
        arb_get_mag_lower(size, optimum);
    narrow = mag_cmp(width, size) <= 0;
    mag_clear(width);
    mag_clear(size);
    return narrow;
}

/* Parts that were kept when less was known are left out. */
static void
hull(arb_ptr location, const search * s)
{
    arb_ptr x = _arb_vec_init(s->n);
    int first = 1;

    for (slong k = 0; k < s->length; k++)
    {
        if (arf_cmp(s->queue[k].bound, s->best) < 0)
            continue;
        position(x, s, s->queue + k, 0);
        for (slong i = 0; i < s->n; i++)
            if (first)
                arb_set(location + i, x + i);
            else
                arb_union(location + i, location + i, x + i, s->options->prec);
        first = 0;
    }
    _arb_vec_clear(x, s->n);
}

static lb_status
refine(arb_t optimum, search * s)
{
    lb_status status = LB_OK;

    for (slong step = 0; status == LB_OK; step++)
    {
        part p;

        enclosure(optimum, s);
        if (narrow_enough(optimum, s->options->digits))
            return LB_OK;
        if (s->options->progress != NULL && step % 64 == 0)
            s->options->progress(s->boxes, optimum,
                                 s->options->progress_context);
        if (s->length == 0 || s->boxes >= s->options->max_boxes
            || s->queue[0].steepest < 0)
            return lb_error_set(s->err, LB_ENOCONV,
                                "the optimum is not enclosed to %ld digits "
                                "after %ld boxes",
                                (long) s->options->digits, (long) s->boxes);
        queue_pop(&p, s);
        for (int half = 0; half < 2 && status == LB_OK; half++)
            status = look_at(s, &p, p.steepest, half);
        arf_clear(p.bound);
    }
    return status;
}

lb_status
lb_optimum(arb_t optimum, arb_ptr location, slong * boxes, lb_objective_hook f,
           void * context, arb_srcptr low, arb_srcptr high, slong n,
           const lb_optimum_options * options, lb_error * err)
{
    search s
        = { f, context, low, high, n, 0, options, { { 0 } }, NULL, 0, 0, err };
    part all = { { 0 }, { 0 }, -1, { { 0 } } };
    lb_status status = LB_OK;

    arb_indeterminate(optimum);
    _arb_vec_indeterminate(location, n);
    if (n < 1 || n > MAX_N)
        return lb_error_set(err, LB_EDOM,
                            "an optimum is sought over 1 to %d "
                            "parameters",
                            MAX_N);
    for (slong i = 0; i < n; i++)
        if (!arb_lt(low + i, high + i) || !arb_is_finite(low + i)
            || !arb_is_finite(high + i))
            return lb_error_set(err, LB_EDOM,
                                "interval %ld is not provably longer than zero",
                                (long) i + 1);
    arf_init(s.best);
    arf_neg_inf(s.best);
    status = look_at(&s, &all, -1, 0);
    if (status == LB_OK)
        status = refine(optimum, &s);
    if (status == LB_OK || status == LB_ENOCONV)
        hull(location, &s);
    else
        arb_indeterminate(optimum);
    for (slong k = 0; k < s.length; k++)
        arf_clear(s.queue[k].bound);
    flint_free(s.queue);
    arf_clear(s.best);
    if (boxes != NULL)
        *boxes = s.boxes;
    return status;
}
