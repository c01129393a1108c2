/* gate/mistaken.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The changed problem becomes a model with one observable for every tree that
 * is different, so that the state is solved for once and all of them are read
 * off it. */
#include <math.h>
#include <string.h>

#include <lindbound/estimate.h>
#include <lindbound/expanded_internal.h>
#include <lindbound/mistaken.h>
#include <lindbound/text.h>

#define CLOSED_PREC 192
/* of a value that was proved, not estimated, in doubles */
#define CLOSED_DIGITS 15

/* What is to be evaluated: sheet, with an observable for each place. */
typedef struct
{
    lb_expanded_t sheet;
    slong n;
    slong * places; /* in values */
    lb_approx_value * values;
    const lb_mistaken_options * options;
    slong dimension;
} session;

static void
set_unknown(lb_approx_value * x)
{
    x->re = (double) NAN;
    x->im = (double) NAN;
    x->digits = 0;
}

/* --- what is read off ---------------------------------------------------- */

static void
drop_observables(lb_expanded_t e)
{
    for (int k = 0; k < e->n_observables; k++)
    {
        lb_tree_clear(e->trees + k);
        flint_free(e->observables[k]);
    }
    e->n_observables = 0;
}

/* Moves the tree of observable @p which of @p f to the sheet. */
static void
take_tree(session * s, lb_expanded_t f, int which, slong place)
{
    char * name = lb_text_print("x%ld", (long) s->n);
    lb_tree * t = lb_expanded_add_observable(s->sheet, name);

    *t = f->trees[which];
    memset(f->trees + which, 0, sizeof(lb_tree));
    flint_free(name);
    s->places = flint_realloc(s->places, (size_t) (s->n + 1) * sizeof(slong));
    s->places[s->n++] = place;
}

static int
make_reading(lb_expanded_t f, int which, const lb_mistake * mistakes,
             const lb_reading * r)
{
    int first
        = r->first < 0
          || lb_mistake_make_in_tree(f->trees + which, f, mistakes + r->first);
    int second
        = r->second < 0
          || lb_mistake_make_in_tree(f->trees + which, f, mistakes + r->second);

    return first && second;
}

/* --- values -------------------------------------------------------------- */

static void
set_closed(session * s, int which)
{
    lb_approx_value * x = s->values + s->places[which];
    acb_t z;

    acb_init(z);
    if (lb_expanded_closed(z, s->sheet, which, CLOSED_PREC, NULL) == LB_OK
        && acb_is_finite(z))
    {
        x->re = arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR);
        x->im = arf_get_d(arb_midref(acb_imagref(z)), ARF_RND_NEAR);
        x->digits
            = FLINT_MIN(CLOSED_DIGITS, acb_rel_accuracy_bits(z) * 301 / 1000);
        /* a zero that is proved has no relative accuracy */
        if (acb_is_zero(z))
            x->digits = CLOSED_DIGITS;
        if (x->digits < 0)
            set_unknown(x);
    }
    acb_clear(z);
}

static lb_status
estimate(lb_approx_value * values, session * s, const lb_model_t m,
         lb_expr * const * exprs, slong n)
{
    lb_estimate_options options;
    lb_estimate_info info;
    lb_status status;

    lb_estimate_options_init(&options);
    options.cutoff_text = s->options->cutoff;
    options.max_dimension = s->options->max_dimension;
    options.tolerance = s->options->tolerance;
    lb_estimate_info_init(&info);
    status = lb_estimate_approx(values, &info, m, m->scope, NULL, exprs, n,
                                &options, NULL);
    if (status == LB_OK && info.dimension > s->dimension)
        s->dimension = info.dimension;
    lb_estimate_info_clear(&info);
    return status;
}

/* Those that need a state; which[k] is the observable of exprs[k]. */
static void
estimate_all(session * s, const lb_model_t m, lb_expr * const * exprs,
             const int * which, slong n)
{
    lb_approx_value * values
        = flint_malloc((size_t) (n + 1) * sizeof(lb_approx_value));
    lb_status status = n > 0 ? estimate(values, s, m, exprs, n) : LB_OK;

    for (slong k = 0; k < n; k++)
    {
        lb_approx_value * x = s->values + s->places[which[k]];

        if (status == LB_OK)
            *x = values[k];
        /* an observable that the cutoff cannot see takes no other with it */
        else if (status != LB_EDIM || n == 1
                 || estimate(x, s, m, exprs + k, 1) != LB_OK)
            set_unknown(x);
    }
    flint_free(values);
}

static void
evaluate(session * s)
{
    lb_expr ** exprs = flint_malloc((size_t) (s->n + 1) * sizeof(lb_expr *));
    int * which = flint_malloc((size_t) (s->n + 1) * sizeof(int));
    slong n = 0;
    lb_model_t m;

    lb_model_init(m);
    if (lb_expanded_model(m, s->sheet, NULL) == LB_OK)
    {
        for (int k = 0; k < s->n; k++)
        {
            slong place = lb_model_find_observable(m, s->sheet->observables[k]);

            if (place >= 0)
            {
                exprs[n] = m->observables[place].expr;
                which[n++] = k;
            }
            else
                set_closed(s, k);
        }
        estimate_all(s, m, exprs, which, n);
    }
    lb_model_clear(m);
    flint_free(which);
    flint_free(exprs);
}

void
lb_mistaken_values_approx(lb_approx_value * values, char * changed,
                          slong * dimension, const lb_expanded_t e,
                          const int * observables, slong n_observables,
                          const lb_mistake * mistakes, const slong * dynamics,
                          slong n_dynamics, const lb_reading * readings,
                          slong n_readings, const lb_mistaken_options * options)
{
    session s = { .values = values, .options = options };
    lb_expanded_t base, f;

    lb_expanded_init(base);
    lb_expanded_init(f);
    lb_expanded_init(s.sheet);
    lb_expanded_set(base, e);
    for (slong k = 0; k < n_dynamics; k++)
        lb_mistake_make(base, mistakes + dynamics[k]);
    lb_expanded_set(s.sheet, base);
    drop_observables(s.sheet);
    for (slong r = 0; r < n_readings; r++)
    {
        lb_expanded_set(f, base);
        for (slong k = 0; k < n_observables; k++)
        {
            slong place = r * n_observables + k;
            int different
                = make_reading(f, observables[k], mistakes, readings + r);

            set_unknown(values + place);
            if (changed != NULL)
                changed[place] = different != 0;
            if (different)
                take_tree(&s, f, observables[k], place);
        }
    }
    evaluate(&s);
    if (dimension != NULL)
        *dimension = s.dimension;
    flint_free(s.places);
    lb_expanded_clear(s.sheet);
    lb_expanded_clear(f);
    lb_expanded_clear(base);
}
