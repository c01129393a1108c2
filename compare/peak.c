/* compare/peak.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/clock.h>
#include <lindbound/closed_value.h>
#include <lindbound/continuous.h>
#include <lindbound/form.h>
#include <lindbound/peak.h>
#include <lindbound/text.h>
#include <lindbound/model_quantity.h>

/* bits of closed quantities, of doubles and of their proof beyond its digits */
#define PREC 128
/* of the bracket: the best that doubles can tell of a parabola's top */
#define DOUBLE_RESOLUTION 4e-8
#define MAX_BRENT 60
/* triples of enclosures, and how many in a row may prove nothing */
#define MAX_ROUNDS 16
#define MAX_FAILURES 6

lb_peak_options
lb_peak_defaults(void)
{
    lb_peak_options options;

    memset(&options, 0, sizeof(options));
    options.digits = LB_PEAK_DIGITS;
    options.level = LB_LEVEL_AUTO;
    options.max_dimension = LB_MAX_DIMENSION;
    return options;
}

static void
indeterminate(lb_peak_t p)
{
    arb_indeterminate(p->location);
    arb_indeterminate(p->x);
    arb_indeterminate(p->value_there);
    arb_indeterminate(p->value);
    p->reached = 0;
    flint_free(p->cutoff);
    p->cutoff = NULL;
}

void
lb_peak_init(lb_peak_t p)
{
    memset(p, 0, sizeof(*p));
    arb_init(p->location);
    arb_init(p->x);
    arb_init(p->value_there);
    arb_init(p->value);
    indeterminate(p);
}

void
lb_peak_clear(lb_peak_t p)
{
    arb_clear(p->location);
    arb_clear(p->x);
    arb_clear(p->value_there);
    arb_clear(p->value);
    flint_free(p->cutoff);
}

/* --- values at one parameter --------------------------------------------- */

typedef struct
{
    lb_peak_struct * peak;
    const lb_peak_options * options;
    const lb_model_struct * model;
    lb_scope_t scope; /* a copy, whose parameter is set */
    slong symbol;
    const char * name; /* of the parameter */
    lb_expr * e;
    const arb_struct * low;
    const arb_struct * high;
    int closed;
    lb_level level;   /* of proofs; auto as long as it is open             */
    char * cutoff;    /* of doubles, and of level truncated; NULL: chosen  */
    lb_status status; /* of the doubles: the first error, with its text  */
    lb_error * err;
} search;

static void
set_parameter(search * s, const arb_t at)
{
    acb_t z;

    acb_init(z);
    acb_set_arb(z, at);
    lb_scope_set_value(s->scope, s->symbol, z);
    acb_clear(z);
}

static void
report(const search * s, const char * step)
{
    const lb_peak_options * o = s->options;

    if (o->progress != NULL)
        o->progress(step, s->peak->evaluations + s->peak->proofs,
                    o->progress_context);
}

static lb_status
closed_value(acb_t value, const search * s, slong prec, lb_error * err)
{
    const lb_node * root = s->e->root;
    lb_scalar_t x;
    lb_status status;

    lb_scalar_init(x);
    status = lb_model_quantity_nodes(x, &root, 1, s->model, s->scope, 0, 0,
                                     prec, err);
    acb_indeterminate(value);
    if (status == LB_OK && x->order == 0)
        acb_swap(value, x->coefficient);
    lb_scalar_clear(x);
    return status == LB_EPREC ? LB_OK : status;
}

static void
steady_options(lb_steady_options * steady, lb_estimate_options * estimate,
               const search * s, lb_level level, slong digits)
{
    lb_estimate_options_init(estimate);
    estimate->max_dimension = s->options->max_dimension;
    estimate->cutoff_text = s->cutoff;
    steady->level = level;
    steady->digits = digits;
    steady->max_dimension = s->options->max_dimension;
    steady->estimate = estimate;
}

/* Whether the truncated model is the one of the first proof, and of that level:
   values of different ones are not compared. */
static int
is_same_cutoff(const search * s, const lb_steady_value_t v)
{
    if (v->level != LB_LEVEL_TRUNCATED)
        return 0;
    if (s->peak->cutoff == NULL)
        s->peak->cutoff = lb_text_copy(v->cutoff);
    return strcmp(s->peak->cutoff, v->cutoff) == 0;
}

/* Indeterminate if nothing could be proved at this level. */
static lb_status
steady_value(acb_t value, const search * s, lb_level level, slong digits,
             lb_error * err)
{
    lb_steady_options steady;
    lb_estimate_options estimate;
    lb_steady_value_t v;
    lb_status status;

    steady_options(&steady, &estimate, s, level, digits);
    lb_steady_value_init(v);
    status
        = lb_steady_value_compute(v, s->model, s->scope, 0, s->e, &steady, err);
    acb_indeterminate(value);
    if (status == LB_OK && (level == LB_LEVEL_FULL || is_same_cutoff(s, v)))
        acb_swap(value, v->ball);
    lb_steady_value_clear(v);
    return status == LB_ENOCONV ? LB_OK : status;
}

/* An enclosure for every point of `at`.  The first one settles the level. */
static lb_status
prove(arb_t value, search * s, const arb_t at, slong digits)
{
    lb_status status;
    lb_error why;
    acb_t z;

    lb_error_clear(&why);
    acb_init(z);
    acb_indeterminate(z);
    set_parameter(s, at);
    report(s, "proof");
    s->peak->proofs++;
    if (s->closed)
        status = closed_value(z, s, PREC + digits * 10 / 3, &why);
    else if (s->level != LB_LEVEL_AUTO)
        status = steady_value(z, s, s->level, digits, &why);
    else
    {
        status = steady_value(z, s, LB_LEVEL_FULL, digits, &why);
        s->level = LB_LEVEL_FULL;
        if (status == LB_OK && !acb_is_finite(z))
        {
            s->level = LB_LEVEL_TRUNCATED;
            status = steady_value(z, s, s->level, digits, &why);
        }
    }
    if (status == LB_OK && acb_is_finite(z)
        && !arb_contains_zero(acb_imagref(z)))
        status = lb_error_set(&why, LB_EDOM,
                              "a peak is sought of a real quantity; use "
                              "re(...) or abs2(...)");
    arb_set(value, acb_realref(z));
    if (s->options->minimize)
        arb_neg(value, value);
    if (status != LB_OK)
        arb_indeterminate(value);
    if (status != LB_OK && s->err != NULL)
        *s->err = why;
    acb_clear(z);
    return status;
}

/* --- the search, in doubles ---------------------------------------------- */

static lb_status
estimate_approx(double * value, const search * s, lb_error * err)
{
    lb_estimate_options options;
    lb_estimate_info info;
    lb_approx_value x;
    lb_status status;

    lb_estimate_options_init(&options);
    options.max_dimension = s->options->max_dimension;
    options.cutoff_text = s->cutoff;
    lb_estimate_info_init(&info);
    status = lb_estimate_approx(&x, &info, s->model, s->scope, NULL, &s->e, 1,
                                &options, err);
    *value = status == LB_OK && x.digits > 0 ? x.re : (double) NAN;
    lb_estimate_info_clear(&info);
    return status;
}

/* -f(x) of a maximum, f(x) of a minimum: GSL minimizes. */
static double
height_approx(double x, void * context)
{
    search * s = context;
    double value = (double) NAN;
    lb_status status = LB_OK;
    arb_t at;

    if (s->status != LB_OK)
        return value;
    arb_init(at);
    arb_set_d(at, x);
    set_parameter(s, at);
    report(s, "search");
    s->peak->evaluations++;
    if (s->closed)
    {
        acb_t z;

        acb_init(z);
        status = closed_value(z, s, PREC, s->err);
        if (acb_is_finite(z))
            value = arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR);
        acb_clear(z);
    }
    else
        status = estimate_approx(&value, s, s->err);
    arb_clear(at);
    s->status = status;
    return s->options->minimize ? value : -value;
}

/* A cutoff that serves in the middle of the interval. */
static lb_status
choose_cutoff(search * s, const arb_t middle)
{
    lb_estimate_options options;
    lb_estimate_info info;
    lb_approx_value x;
    lb_status status;
    long total;

    s->cutoff = lb_text_copy(s->options->cutoff);
    if (s->closed || s->cutoff != NULL || !lb_scope_has_modes(s->scope))
        return LB_OK;
    set_parameter(s, middle);
    lb_estimate_options_init(&options);
    options.max_dimension = s->options->max_dimension;
    lb_estimate_info_init(&info);
    status = lb_estimate_approx(&x, &info, s->model, s->scope, NULL, &s->e, 1,
                                &options, s->err);
    if (status == LB_OK && sscanf(info.cutoff, "N<=%ld", &total) == 1)
        s->cutoff = lb_text_print("%ld", total);
    lb_estimate_info_clear(&info);
    return status;
}

typedef struct
{
    double left, middle, right;
    double y_left, y_middle, y_right; /* of height_approx */
} bracket;

/* The best of equidistant points that is better than both neighbours. */
static int
scan(bracket * b, double left, double right, search * s)
{
    double x[LB_PEAK_SCAN], y[LB_PEAK_SCAN];
    int best = -1, n = LB_PEAK_SCAN, end;

    for (int k = 0; k < n; k++)
    {
        x[k] = left + (right - left) * k / (n - 1);
        y[k] = height_approx(x[k], s);
    }
    s->peak->peaks = 0;
    for (int k = 1; k < n - 1; k++)
        if (y[k] < y[k - 1] && y[k] < y[k + 1])
        {
            s->peak->peaks++;
            if (best < 0 || y[k] < y[best])
                best = k;
        }
    end = y[n - 1] < y[0] ? n - 1 : 0;
    if (best < 0 || y[end] < y[best])
        s->peak->end = end == 0 ? -1 : 1;
    if (best < 0)
    {
        /* the better end, and its neighbour */
        int next = end == 0 ? 1 : n - 2;

        b->left = FLINT_MIN(x[end], x[next]);
        b->right = FLINT_MAX(x[end], x[next]);
        b->middle = x[end];
        b->y_middle = y[end];
        return 0;
    }
    b->left = x[best - 1];
    b->middle = x[best];
    b->right = x[best + 1];
    b->y_left = y[best - 1];
    b->y_middle = y[best];
    b->y_right = y[best + 1];
    return 1;
}

/* A peak between the better end and its neighbour is looked for once more. */
static lb_status
find_bracket(bracket * b, double low, double high, search * s)
{
    double end, height;
    int found = scan(b, low, high, s);

    end = b->middle;
    height = s->options->minimize ? b->y_middle : -b->y_middle;
    if (!found && isfinite(b->y_middle))
    {
        found = scan(b, b->left, b->right, s);
        s->peak->end = 0;
    }
    if (s->status != LB_OK)
        return s->status;
    if (found)
        return LB_OK;
    return lb_error_set(s->err, LB_ENOCONV,
                        "no %s is seen between the ends; the %s value, about "
                        "%.6g, is at the end %s = %.10g",
                        s->options->minimize ? "minimum" : "maximum",
                        s->options->minimize ? "smallest" : "largest", height,
                        s->name, end);
}

/* A function of the distance from the middle of the bracket: the steps of GSL's
   minimizer are a fraction of its argument. */
typedef struct
{
    search * s;
    double middle;
} shifted;

static double
shifted_height_approx(double u, void * context)
{
    const shifted * f = context;

    return height_approx(f->middle + u, f->s);
}

/* Narrows the bracket by GSL's minimizer of Brent. */
static double
brent_approx(const bracket * b, search * s)
{
    shifted context = { s, b->middle };
    gsl_function f = { shifted_height_approx, &context };
    gsl_min_fminimizer * g = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    double resolution = DOUBLE_RESOLUTION * (b->right - b->left), u = 0.0;
    int status;

    if (g == NULL)
        return b->middle;
    status = gsl_min_fminimizer_set_with_values(
        g, &f, 0.0, b->y_middle, b->left - b->middle, b->y_left,
        b->right - b->middle, b->y_right);
    for (int k = 0; k < MAX_BRENT && status == GSL_SUCCESS; k++)
    {
        status = gsl_min_fminimizer_iterate(g);
        u = gsl_min_fminimizer_x_minimum(g);
        if (gsl_min_test_interval(gsl_min_fminimizer_x_lower(g),
                                  gsl_min_fminimizer_x_upper(g), resolution,
                                  0.0)
            == GSL_SUCCESS)
            break;
    }
    gsl_min_fminimizer_free(g);
    return b->middle + u;
}

/* --- the proof ----------------------------------------------------------- */

/* f at x-h, x, x+h, of a minimum -f. */
typedef struct
{
    arb_t x;
    slong exponent; /* h = 2^exponent */
    arb_t left, middle, right;
} triple;

static void
triple_init(triple * t)
{
    arb_init(t->x);
    arb_init(t->left);
    arb_init(t->middle);
    arb_init(t->right);
}

static void
triple_clear(triple * t)
{
    arb_clear(t->x);
    arb_clear(t->left);
    arb_clear(t->middle);
    arb_clear(t->right);
}

/* x + sign h, exactly */
static void
beside(arb_t y, const triple * t, int sign)
{
    arf_t h;

    arf_init(h);
    arf_set_si_2exp_si(h, sign, t->exponent);
    arb_set(y, t->x);
    arf_add(arb_midref(y), arb_midref(y), h, ARF_PREC_EXACT, ARF_RND_NEAR);
    arf_clear(h);
}

/* Whether x-h and x+h provably lie in the interval. */
static int
is_inside(const search * s, const triple * t)
{
    arb_t y;
    int inside;

    arb_init(y);
    beside(y, t, -1);
    inside = arb_ge(y, s->low);
    beside(y, t, 1);
    inside = inside && arb_le(y, s->high);
    arb_clear(y);
    return inside;
}

static lb_status
prove_triple(int * proved, triple * t, search * s, slong digits)
{
    lb_status status;
    arb_t y;

    arb_init(y);
    status = prove(t->middle, s, t->x, digits);
    beside(y, t, -1);
    if (status == LB_OK)
        status = prove(t->left, s, y, digits);
    beside(y, t, 1);
    if (status == LB_OK)
        status = prove(t->right, s, y, digits);
    *proved = status == LB_OK && arb_gt(t->middle, t->left)
              && arb_gt(t->middle, t->right);
    arb_clear(y);
    return status;
}

/* To a multiple of h/4: what is beyond it would be the rounding of doubles. */
static void
shorten(triple * t)
{
    arf_t half;

    arf_init(half);
    arf_set_d(half, 0.5);
    arb_mul_2exp_si(t->x, t->x, 2 - t->exponent);
    arf_add(arb_midref(t->x), arb_midref(t->x), half, ARF_PREC_EXACT,
            ARF_RND_NEAR);
    arf_floor(arb_midref(t->x), arb_midref(t->x));
    arb_mul_2exp_si(t->x, t->x, t->exponent - 2);
    arf_clear(half);
}

/* To the top of the parabola through the three midpoints, at most 4h away. */
static void
improve(triple * t, slong prec)
{
    arb_t bend, shift;

    arb_init(bend);
    arb_init(shift);
    /* h (right - left) / (2 (2 middle - left - right)) */
    arb_mul_2exp_si(bend, t->middle, 1);
    arb_sub(bend, bend, t->left, prec);
    arb_sub(bend, bend, t->right, prec);
    arb_mul_2exp_si(bend, bend, 1);
    arb_get_mid_arb(bend, bend);
    arb_sub(shift, t->right, t->left, prec);
    arb_get_mid_arb(shift, shift);
    if (arb_is_finite(bend) && arb_is_finite(shift) && arb_is_positive(bend))
    {
        arb_div(shift, shift, bend, prec);
        arb_get_mid_arb(shift, shift);
        if (arf_cmpabs_2exp_si(arb_midref(shift), 2) <= 0)
        {
            arb_mul_2exp_si(shift, shift, t->exponent);
            arb_add(t->x, t->x, shift, prec);
            arb_get_mid_arb(t->x, t->x);
        }
    }
    arb_clear(bend);
    arb_clear(shift);
}

static void
interval_of(arb_t box, const triple * t)
{
    mag_t h;

    mag_init(h);
    mag_set_ui_2exp_si(h, 1, t->exponent); /* exact */
    arb_set(box, t->x);
    arb_add_error_mag(box, h);
    mag_clear(h);
}

/* The enclosure over all of the interval, and with it [X1]: keeps the result,
   if it is finite. */
static lb_status
keep(int * kept, search * s, const triple * t, slong prec)
{
    lb_peak_struct * p = s->peak;
    arb_t box, all;
    arf_t top;
    lb_status status;

    arb_init(box);
    arb_init(all);
    arf_init(top);
    interval_of(box, t);
    status = prove(all, s, box,
                   FLINT_MAX(s->options->digits + 1, LB_STEADY_LEAST_DIGITS));
    *kept = status == LB_OK && arb_is_finite(all);
    if (*kept)
        status = lb_continuous_along(s->model, s->scope, s->symbol, s->e, prec,
                                     s->err);
    *kept = *kept && status == LB_OK;
    if (*kept)
    {
        /* from f(x) up to the upper end of `all` */
        arb_get_ubound_arf(top, all, prec);
        arb_set_arf(all, top);
        arb_union(p->value, t->middle, all, prec);
        arb_set(p->value_there, t->middle);
        if (s->options->minimize)
        {
            arb_neg(p->value, p->value);
            arb_neg(p->value_there, p->value_there);
        }
        arb_set(p->location, box);
        arb_set(p->x, t->x);
    }
    arb_clear(box);
    arb_clear(all);
    arf_clear(top);
    return status;
}

/* Digits that tell f(x) from f(x+h), if the bracket is a parabola. */
static slong
digits_needed(const bracket * b, double h)
{
    double width = (b->right - b->left) / 2.0;
    double drop = FLINT_MIN(b->y_left, b->y_right) - b->y_middle;
    double part = fabs(b->y_middle) / drop * (width / h) * (width / h);

    if (!(part > 1.0) || !isfinite(part))
        part = 1.0;
    return LB_STEADY_LEAST_DIGITS + (slong) ceil(log10(part));
}

/* The largest power of two that is at most 10^-digits of |x| or of the
   interval. */
static slong
wanted_exponent(const search * s, double x, double length)
{
    double scale = FLINT_MAX(fabs(x), length);
    double bits = log2(scale) - (double) s->options->digits * log2(10.0);

    return (slong) floor(bits);
}

/* The digits are there; of a value around zero, as many places. */
static int
is_tight(const arb_t x, slong digits)
{
    acb_t z;
    int tight;

    acb_init(z);
    acb_set_arb(z, x);
    tight = lb_closed_value_is_tight(z, digits);
    acb_clear(z);
    return tight;
}

/* The exponent of the next h: as the location needs it and the value, whose
   radius is proportional to h; at a time as far as the parabola is to be
   trusted. */
static slong
closer(const search * s, slong h, slong wanted)
{
    slong next = h;

    if (!is_tight(s->peak->value, s->options->digits))
        next = h + arb_rel_accuracy_bits(s->peak->value)
               - s->options->digits * 10 / 3 - 3;
    return FLINT_MAX(FLINT_MIN(FLINT_MIN(next, wanted), h - 1), h - 12);
}

/* The same after a failure: at least where the parabola of the bracket has
   dropped by more than the radius of the enclosures. */
static slong
farther(const triple * t, const bracket * b)
{
    double width = (b->right - b->left) / 2.0;
    double drop = FLINT_MIN(b->y_left, b->y_right) - b->y_middle;
    double h = width * sqrt(4.0 * mag_get_d(arb_radref(t->middle)) / drop);
    slong next = t->exponent + 4;

    return h > 0.0 && isfinite(h) ? FLINT_MAX(next, (slong) ceil(log2(h)))
                                  : next;
}

/* Begins with the smallest h that doubles can resolve; larger if that cannot be
   proved, smaller while location or value have too few digits. */
static lb_status
prove_peak(search * s, const bracket * b, double approx, double length)
{
    double width = b->right - b->left;
    slong wanted = wanted_exponent(s, approx, length);
    slong h = (slong) ceil(log2(width * DOUBLE_RESOLUTION * 4.0));
    int failures = 0, found = 0;
    lb_status status = LB_OK;
    triple t;

    triple_init(&t);
    arb_set_d(t.x, approx);
    for (int round = 0;
         round < MAX_ROUNDS && failures < (found ? 2 : MAX_FAILURES); round++)
    {
        slong digits = digits_needed(b, ldexp(1.0, (int) h)) + 3 * failures;
        slong prec = PREC + 2 * digits * 10 / 3;
        int proved = 0, kept = 0;

        t.exponent = h;
        shorten(&t);
        if (!is_inside(s, &t))
            break;
        status = prove_triple(&proved, &t, s, digits);
        if (status == LB_OK && proved)
            status = keep(&kept, s, &t, prec);
        if (status != LB_OK)
            break;
        found |= kept;
        s->peak->reached = kept && h <= wanted
                           && is_tight(s->peak->value, s->options->digits);
        if (s->peak->reached)
            break;
        failures = kept ? 0 : failures + 1;
        improve(&t, prec);
        if (kept)
            h = closer(s, h, wanted);
        else
            h = proved ? h - 4 : farther(&t, b);
    }
    if (status == LB_OK && !found)
        status = lb_error_set(
            s->err, LB_ENOCONV,
            "a %s is seen near %s = %.10g, but the enclosures do not prove it",
            s->options->minimize ? "minimum" : "maximum", s->name, approx);
    triple_clear(&t);
    return status;
}

/* --- all of it ----------------------------------------------------------- */

/* A quantity of the model, or the moments of a linear network where they need
   no Fock space. */
static int
is_closed(search * s, const arb_t middle)
{
    int open = s->options->level == LB_LEVEL_AUTO && s->options->cutoff == NULL;
    lb_status status;
    acb_t z;

    if (!lb_node_uses_state(s->e->root))
        return 1;
    if (s->model->n_channels == 0 || !open)
        return 0;
    acb_init(z);
    set_parameter(s, middle);
    status = closed_value(z, s, PREC, NULL);
    acb_clear(z);
    /* of a network that is not stable a truncated space would have a state */
    return status == LB_OK || status == LB_EUNSTABLE;
}

static lb_status
find(search * s)
{
    double low = arf_get_d(arb_midref(s->low), ARF_RND_CEIL);
    double high = arf_get_d(arb_midref(s->high), ARF_RND_FLOOR);
    lb_status status;
    bracket b;
    arb_t middle;

    arb_init(middle);
    arb_set_d(middle, low + (high - low) / 2.0);
    s->closed = is_closed(s, middle);
    s->level = s->options->level;
    if (s->level == LB_LEVEL_AUTO && s->options->cutoff != NULL)
        s->level = LB_LEVEL_TRUNCATED;
    status = choose_cutoff(s, middle);
    if (status == LB_OK)
        status = find_bracket(&b, low, high, s);
    if (status == LB_OK)
    {
        double x = brent_approx(&b, s);

        status = s->status;
        if (status == LB_OK)
            status = prove_peak(s, &b, x, high - low);
    }
    arb_clear(middle);
    return status;
}

lb_status
lb_peak_find(lb_peak_t p, const lb_model_t m, const lb_scope_t scope,
             slong symbol, const arb_t low, const arb_t high, lb_expr * e,
             const lb_peak_options * options, lb_error * err)
{
    double start = lb_clock_seconds();
    lb_status status;
    lb_error ignored;
    search s;

    lb_error_clear(&ignored);
    lb_peak_clear(p);
    lb_peak_init(p);
    if (!arb_is_finite(low) || !arb_is_finite(high) || !arb_lt(low, high))
        return lb_error_set(err, LB_EDOM,
                            "the lower end is not below the upper one");
    memset(&s, 0, sizeof(s));
    s.peak = p;
    s.options = options;
    s.model = m;
    s.symbol = symbol;
    s.name = scope->symbols[symbol].name;
    s.e = e;
    s.low = low;
    s.high = high;
    s.err = err != NULL ? err : &ignored;
    lb_scope_init_copy(s.scope, scope);
    status = find(&s);
    p->closed = s.closed;
    p->level = s.level;
    if (status != LB_OK)
        indeterminate(p);
    lb_scope_clear(s.scope);
    flint_free(s.cutoff);
    p->seconds = lb_clock_seconds() - start;
    return status;
}
