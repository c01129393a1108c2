/* compare/witness.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/clock.h>
#include <lindbound/text.h>
#include <lindbound/witness_internal.h>

#define INTERVAL_PREC 192

/* --- what is asked ------------------------------------------------------- */

static lb_status
add_party(lb_witness_t w, const char * name, const lb_scope_t scope,
          lb_error * err)
{
    slong k = lb_scope_find(scope, name);

    if (k < 0 || scope->symbols[k].kind != LB_SYMBOL_SUBSYSTEM)
        return lb_error_set(err, LB_ENAME, "no subsystem '%.60s'", name);
    for (slong j = 0; j < w->parties; j++)
        if (w->which[j] == scope->symbols[k].index)
            return lb_error_set(err, LB_EPARSE, "'%.60s' is given twice", name);
    if (w->parties == LB_WITNESS_MAX_PARTIES)
        return lb_error_set(err, LB_EPARSE, "more than %d parties",
                            LB_WITNESS_MAX_PARTIES);
    w->which[w->parties] = scope->symbols[k].index;
    w->kinds[w->parties++] = scope->kinds[scope->symbols[k].index];
    return LB_OK;
}

/* The numbers of the observables of every party. */
static void
list_operators(lb_witness_t w)
{
    for (slong j = 0; j < w->parties; j++)
        for (slong m = 0; m < (w->kinds[j] == LB_MODE ? 5 : 3); m++)
        {
            w->party[w->operators] = j;
            w->number[w->operators++] = m;
        }
}

lb_status
lb_witness_init(lb_witness_t w, const char * parties, const lb_scope_t scope,
                lb_error * err)
{
    lb_status status = LB_OK;

    memset(w, 0, sizeof(*w));
    w->scope = scope;
    arb_init(w->lower);
    arb_init(w->upper);
    arb_init(w->value);
    for (const char * p = parties; status == LB_OK;)
    {
        size_t n = strcspn(p, ",");
        char * name = lb_text_print("%.*s", (int) n, p);

        status = add_party(w, name, scope, err);
        flint_free(name);
        if (p[n] == '\0')
            break;
        p += n + 1;
    }
    if (status == LB_OK && w->parties < 2)
        status = lb_error_set(err, LB_EPARSE,
                              "a witness takes two subsystems or more, such as "
                              "'a,b'");
    lb_cutoff_init(w->kept, w->kinds, w->parties);
    list_operators(w);
    return status;
}

void
lb_witness_forget_proposal(lb_witness_t w)
{
    lb_basis_clear(w->part);
    flint_free(w->x);
    flint_free(w->rho);
    w->x = NULL;
    w->rho = NULL;
    w->approx = (double) NAN;
}

void
lb_witness_clear(lb_witness_t w)
{
    lb_witness_forget_proposal(w);
    lb_cutoff_clear(w->kept);
    arb_clear(w->lower);
    arb_clear(w->upper);
    arb_clear(w->value);
}

const char *
lb_witness_operator_name(const lb_witness_t w, slong k)
{
    static const char * const of_mode[]
        = { "x", "p", "x^2", "p^2", "(xp+px)/2" };
    static const char * const of_two_level[] = { "sx", "sy", "sz" };

    return w->kinds[w->party[k]] == LB_MODE ? of_mode[w->number[k]]
                                            : of_two_level[w->number[k]];
}

/* --- local observables --------------------------------------------------- */

void
lb_witness_add_multiple(lb_opoly_t r, double re, double im, const lb_opoly_t p,
                        slong prec)
{
    lb_scalar_t z;
    lb_opoly_t t;

    lb_scalar_init(z);
    lb_scalar_zero(z);
    acb_set_d_d(z->coefficient, re, im);
    lb_opoly_init(t, p->kinds, p->subsystems);
    lb_opoly_scalar_mul(t, p, z, prec);
    lb_opoly_add(r, r, t, prec);
    lb_opoly_clear(t);
    lb_scalar_clear(z);
}

/* r = z times the identity */
static void
set_number(lb_opoly_t r, double z)
{
    lb_scalar_t x;

    lb_scalar_init(x);
    lb_scalar_zero(x);
    acb_set_d(x->coefficient, z);
    lb_opoly_set_scalar(r, x);
    lb_scalar_clear(x);
}

void
lb_witness_set_observable(lb_opoly_t r, slong number, slong place, slong prec)
{
    lb_opoly_t o, od;

    lb_opoly_init(o, r->kinds, r->subsystems);
    lb_opoly_init(od, r->kinds, r->subsystems);
    lb_opoly_set_lowering(o, place);
    lb_opoly_adjoint(od, o);
    lb_opoly_zero(r);
    if (r->kinds[place] == LB_TWO_LEVEL && number == 2)
    {
        set_number(r, -1.0); /* sz = 2 s's - 1 */
        lb_opoly_mul(o, od, o, prec);
        lb_witness_add_multiple(r, 2.0, 0.0, o, prec);
    }
    else if (r->kinds[place] == LB_TWO_LEVEL)
    {
        /* sx = s + s', sy = i (s - s') */
        lb_witness_add_multiple(r, number == 0, number == 1, o, prec);
        lb_witness_add_multiple(r, number == 0, -(number == 1), od, prec);
    }
    else if (number == 4)
    {
        /* (xp + px)/2 = -i (o^2 - o'^2) */
        lb_opoly_mul(o, o, o, prec);
        lb_opoly_mul(od, od, od, prec);
        lb_witness_add_multiple(r, 0.0, -1.0, o, prec);
        lb_witness_add_multiple(r, 0.0, 1.0, od, prec);
    }
    else
    {
        /* x = o + o', p = -i (o - o') and their squares */
        lb_witness_add_multiple(r, number % 2 == 0, -(number % 2 == 1), o,
                                prec);
        lb_witness_add_multiple(r, number % 2 == 0, number % 2 == 1, od, prec);
        if (number >= 2)
            lb_opoly_mul(r, r, r, prec);
    }
    lb_opoly_clear(o);
    lb_opoly_clear(od);
}

void
lb_witness_set_party(lb_opoly_t r, const lb_witness_t w, slong j, int of_model,
                     slong prec)
{
    lb_opoly_t a;

    lb_opoly_init(a, r->kinds, r->subsystems);
    set_number(r, -w->mean[j]);
    for (slong k = 0; k < w->operators; k++)
        if (w->party[k] == j)
        {
            lb_witness_set_observable(a, w->number[k],
                                      of_model ? w->which[j] : j, prec);
            lb_witness_add_multiple(r, w->c[k], 0.0, a, prec);
        }
    lb_opoly_clear(a);
}

/* --- what is proved ------------------------------------------------------ */

lb_status
lb_witness_prove(lb_witness_t w, lb_certifier * c, slong digits, lb_error * err)
{
    lb_status status = lb_witness_prove_lower(w, c, digits, err);
    double start = lb_clock_seconds();
    arf_t lo, hi;

    arf_init(lo);
    arf_init(hi);
    if (status == LB_OK)
        status = lb_witness_prove_upper(w, c, err);
    if (status == LB_OK)
    {
        arb_get_lbound_arf(lo, w->lower, ARF_PREC_EXACT);
        arb_get_ubound_arf(hi, w->upper, ARF_PREC_EXACT);
        arb_set_interval_arf(w->value, lo, hi, INTERVAL_PREC);
    }
    else
    {
        arb_indeterminate(w->lower);
        arb_indeterminate(w->upper);
        arb_indeterminate(w->value);
    }
    arf_clear(lo);
    arf_clear(hi);
    w->seconds += lb_clock_seconds() - start;
    return status;
}
