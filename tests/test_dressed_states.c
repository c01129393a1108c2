/* tests/test_dressed_states.c -- dressed states and resonances of two atoms in
 * a resonator against the roots of its characteristic polynomial, and of a
 * ladder with known energies.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/dressed_states.h>
#include <lindbound/model_file.h>
#include <lindbound/real_roots.h>

#include "lb_test.h"

static void
read_model(lb_model_t m, const char * name)
{
    const char * data = getenv("LINDBOUND_DATA");
    char path[1000];

    lb_model_init(m);
    snprintf(path, sizeof(path), "%s/models/%s.json",
             data != NULL ? data : "data", name);
    CU_ASSERT_FATAL(lb_model_read(m, path, NULL) == LB_OK);
}

static slong
set(lb_scope_t scope, const char * name, const arb_t x)
{
    slong k = lb_scope_find(scope, name);
    acb_t z;

    CU_ASSERT_FATAL(k >= 0);
    acb_init(z);
    acb_set_arb(z, x);
    lb_scope_set_value(scope, k, z);
    acb_clear(z);
    return k;
}

static void
random_parameter(arb_t x, flint_rand_t state)
{
    arb_set_si(x, 1 + (slong) n_randint(state, 200));
    arb_mul_2exp_si(x, x, -6);
    if (n_randint(state, 4) == 0)
        arb_add_error_2exp_si(x, -20 - (slong) n_randint(state, 40));
}

/* delta^4 + DF delta^3 - 2 g^2 delta^2 - DF g^2 delta + g^4 sin^2 phi */
static void
quartic(arb_ptr c, const arb_t g, const arb_t df, const arb_t phi)
{
    arb_t g2;

    arb_init(g2);
    arb_sqr(g2, g, 300);
    arb_sin(c, phi, 300);
    arb_mul(c, c, g2, 300);
    arb_sqr(c, c, 300);
    arb_mul(c + 1, df, g2, 300);
    arb_neg(c + 1, c + 1);
    arb_mul_2exp_si(c + 2, g2, 1);
    arb_neg(c + 2, c + 2);
    arb_set(c + 3, df);
    arb_one(c + 4);
    arb_clear(g2);
}

static void
test_two_atoms(void)
{
    flint_rand_t state;
    arb_ptr c = _arb_vec_init(5);
    arb_t g, df, phi, root, x, e;
    slong compared = 0, total = 0;
    lb_model_t m;

    lb_test_rand_init(state);
    arb_init(g);
    arb_init(df);
    arb_init(phi);
    arb_init(root);
    arb_init(x);
    arb_init(e);
    read_model(m, "two_atoms");
    for (slong iter = 0; iter < lb_test_iters(40); iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 200), symbol;
        lb_scope_t scope;

        CU_ASSERT_FATAL(lb_model_scope_at(scope, m, NULL, NULL) == LB_OK);
        random_parameter(g, state);
        random_parameter(df, state);
        random_parameter(phi, state);
        set(scope, "g", g);
        set(scope, "DF", df);
        set(scope, "phi", phi);
        quartic(c, g, df, phi);
        symbol = lb_scope_find(scope, "delta");
        for (slong k = 1; k <= 4; k++)
        {
            lb_scope_t at;
            lb_status status;

            /* the root of the polynomial is the resonance */
            status = lb_resonance(x, m, scope, symbol, 1, k, prec, NULL);
            CU_ASSERT(status == LB_OK || (status == LB_EPREC && prec < 30));
            lb_real_root(root, c, 4, k, 200);
            LB_CHECK_OVERLAP(x, root, iter);
            total++;
            compared += arb_is_finite(root);
            if (prec > 100 && arb_is_exact(g) && arb_is_exact(df)
                && arb_is_exact(phi))
                CU_ASSERT(arb_rel_accuracy_bits(x) > prec - 30);

            /* there the level 5 - k has energy zero: all rise with delta */
            lb_scope_init_copy(at, scope);
            set(at, "delta", x);
            status = lb_dressed_energy(e, m, at, 1, 5 - k, prec, NULL);
            CU_ASSERT(status == LB_OK || status == LB_EPREC);
            CU_ASSERT(arb_contains_zero(e));
            if (prec > 100 && arb_is_exact(g) && arb_is_exact(df)
                && arb_is_exact(phi))
                CU_ASSERT(mag_cmp_2exp_si(arb_radref(e), 30 - prec) < 0);
            lb_scope_clear(at);
        }
        lb_scope_clear(scope);
    }
    CU_ASSERT(2 * compared > total);
    lb_model_clear(m);
    _arb_vec_clear(c, 5);
    arb_clear(g);
    arb_clear(df);
    arb_clear(phi);
    arb_clear(root);
    arb_clear(x);
    arb_clear(e);
    lb_rand_clear(state);
}

/* Without coupling the energies are sums of detunings; with it, two
   excitations have the trace that they have without. */
static void
test_levels(void)
{
    /* modes 2 delta + 2 DF and 2 delta, atoms delta; delta = 1, DF = 1/4 */
    static const int uncoupled[] = { 8, 12, 12, 14, 14, 16, 18, 20 };
    lb_scope_t scope;
    lb_model_t m;
    arb_t x, e, sum, trace;

    arb_init(x);
    arb_init(e);
    arb_init(sum);
    arb_init(trace);
    read_model(m, "two_atoms");
    CU_ASSERT_FATAL(lb_model_scope_at(scope, m, NULL, NULL) == LB_OK);
    arb_one(x);
    set(scope, "delta", x);
    arb_mul_2exp_si(x, x, -2);
    set(scope, "DF", x);
    for (int coupled = 0; coupled < 2; coupled++)
    {
        arb_set_si(x, coupled);
        set(scope, "g", x);
        arb_zero(sum);
        for (slong k = 1; k <= 8; k++)
        {
            CU_ASSERT(lb_dressed_energy(e, m, scope, 2, k, 80, NULL) == LB_OK);
            CU_ASSERT(arb_rel_accuracy_bits(e) > 60);
            arb_add(sum, sum, e, 80);
            if (coupled)
                continue;
            arb_mul_2exp_si(e, e, 2);
            CU_ASSERT(arb_contains_si(e, uncoupled[k - 1]));
            arb_add_si(trace, trace, uncoupled[k - 1], 80);
        }
        arb_mul_2exp_si(sum, sum, 2);
        CU_ASSERT(arb_overlaps(sum, trace));
    }
    CU_ASSERT(lb_dressed_energy(e, m, scope, 0, 1, 80, NULL) == LB_OK);
    CU_ASSERT(arb_is_zero(e));
    lb_scope_clear(scope);
    lb_model_clear(m);
    arb_clear(x);
    arb_clear(e);
    arb_clear(sum);
    arb_clear(trace);
}

static void
test_refused(void)
{
    lb_scope_t scope;
    lb_model_t m;
    lb_error err;
    arb_t x;

    arb_init(x);
    lb_error_clear(&err);
    read_model(m, "two_atoms");
    CU_ASSERT_FATAL(lb_model_scope_at(scope, m, NULL, NULL) == LB_OK);
#define RESONANCE(name, k)                                                     \
    lb_resonance(x, m, scope, lb_scope_find(scope, name), 1, k, 80, &err)
    CU_ASSERT(RESONANCE("delta", 5) == LB_EDOM);
    CU_ASSERT(strstr(err.text, "4 states") != NULL);
    CU_ASSERT(RESONANCE("phi", 1) == LB_EMODEL);
    CU_ASSERT(strstr(err.text, "affine in 'phi'") != NULL);
    CU_ASSERT(RESONANCE("Omega", 1) == LB_EMODEL);
    CU_ASSERT(strstr(err.text, "drive") != NULL);
    /* delta is defined by DF, with a root; without that dH/dDF is only
       semidefinite */
    CU_ASSERT(RESONANCE("DF", 1) == LB_EMODEL);
    arb_one(x);
    set(scope, "delta", x);
    CU_ASSERT(RESONANCE("DF", 1) == LB_EPREC);
    CU_ASSERT(!arb_is_finite(x));
    CU_ASSERT(lb_dressed_energy(x, m, scope, 8, 1, 80, &err) == LB_OK);
    CU_ASSERT(lb_dressed_energy(x, m, scope, 60, 1, 80, &err) == LB_EDIM);
    lb_scope_clear(scope);
    lb_model_clear(m);

    /* a two-photon drive is no drive once it is not a parameter listed as
       one: set to a value it stays, and the term is named */
    read_model(m, "two_photon_kerr");
    CU_ASSERT_FATAL(lb_model_scope_at(scope, m, NULL, NULL) == LB_OK);
    CU_ASSERT(lb_dressed_energy(x, m, scope, 1, 1, 80, &err) == LB_OK);
    for (slong k = 0; k < scope->length; k++)
        scope->symbols[k].drive = 0;
    CU_ASSERT(lb_dressed_energy(x, m, scope, 1, 1, 80, &err) == LB_EMODEL);
    CU_ASSERT(strstr(err.text, "a^2") != NULL
              || strstr(err.text, "a'^2") != NULL);
    lb_scope_clear(scope);
    lb_model_clear(m);
    arb_clear(x);
#undef RESONANCE
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "two atoms: resonances by two routes", test_two_atoms },
        { "levels of two excitations", test_levels },
        { "what is refused", test_refused },
    };

    return lb_test_main("dressed_states", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
