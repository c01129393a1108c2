/* tests/test_onsager.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The networks with a synthetic flux: S at the reversed flux is the transpose
 * of S, which a form at one flux cannot say; and the phases of the lattice
 * enclose the flux that its file promises. */
#include <lindbound/model_file.h>
#include <lindbound/network.h>
#include <lindbound/text.h>

#include "lb_test.h"

#define DRAWS 4
#define PREC 128

/* Reads the network, at `settings`, off its file. */
static void
read_network(lb_network_t net, lb_model_t m, const char * name,
             const lb_settings_t settings)
{
    const char * data = getenv("LINDBOUND_DATA");
    char * path = lb_text_print("%s/networks/%s.json",
                                data != NULL ? data : "data", name);
    lb_scope_t scope;
    lb_problem_t p;
    lb_env_t env;

    lb_model_init(m);
    CU_ASSERT_FATAL(lb_model_read(m, path, NULL) == LB_OK);
    CU_ASSERT_FATAL(lb_model_scope_at(scope, m, settings, NULL) == LB_OK);
    CU_ASSERT_FATAL(lb_problem_init_at(p, m, scope, PREC, NULL) == LB_OK);
    lb_env_init(env, scope, PREC);
    CU_ASSERT_FATAL(lb_network_from_model(net, m, p, env, NULL) == LB_OK);
    lb_env_clear(env);
    lb_problem_clear(p);
    lb_scope_clear(scope);
    flint_free(path);
}

/* --- reversal of the flux ------------------------------------------------ */

/* Initializes s as S with `sign` times the flux; the named channels, `ports`
   of them, come first. */
static void
scattering(acb_mat_t s, slong * ports, const char * name,
           const char * parameter, const char * flux, int sign,
           const char * omega)
{
    char * text = lb_text_print("%s(%s)", sign < 0 ? "-" : "", flux);
    lb_settings_t settings;
    lb_network_t net;
    lb_model_t m;

    lb_settings_init(settings);
    lb_settings_set(settings, parameter, text, "test", NULL);
    lb_settings_set(settings, "omega", omega, "test", NULL);
    read_network(net, m, name, settings);
    *ports = 0;
    while (*ports < m->n_channels && m->channels[*ports].name != NULL)
        ++*ports;
    acb_mat_init(s, 2 * m->n_channels, 2 * m->n_channels);
    CU_ASSERT_FATAL(lb_network_scattering(s, net, PREC, NULL) == LB_OK);
    lb_network_clear(net);
    lb_model_clear(m);
    lb_settings_clear(settings);
    flint_free(text);
}

static void
test_network(const char * name, const char * parameter, flint_rand_t state)
{
    for (slong iter = 0; iter < lb_test_iters(DRAWS); iter++)
    {
        char * flux
            = lb_text_print("%lu/32", (unsigned long) n_randint(state, 90) + 2);
        char * omega
            = lb_text_print("%ld/16", (long) n_randint(state, 49) - 24);
        slong ports, nonreciprocal = 0;
        acb_mat_t s, reversed;

        scattering(s, &ports, name, parameter, flux, 1, omega);
        scattering(reversed, &ports, name, parameter, flux, -1, omega);
        CU_ASSERT(ports >= 2);
        for (slong i = 0; i < ports; i++)
            for (slong j = 0; j < ports; j++)
            {
                LB_CHECK_OVERLAP_ACB(acb_mat_entry(s, i, j),
                                     acb_mat_entry(reversed, j, i), iter);
                CU_ASSERT(acb_rel_accuracy_bits(acb_mat_entry(s, i, j)) > 40
                          || acb_contains_zero(acb_mat_entry(s, i, j)));
                nonreciprocal += !acb_overlaps(acb_mat_entry(s, i, j),
                                               acb_mat_entry(s, j, i));
            }
        CU_ASSERT(nonreciprocal > 0);
        acb_mat_clear(s);
        acb_mat_clear(reversed);
        flint_free(flux);
        flint_free(omega);
    }
}

static void
test_reversal(void)
{
    static const char * const networks[][2]
        = { { "circulator", "Phi" },
            { "two_mechanical_modes", "phi" },
            { "optomechanical_circulator", "phi" },
            { "plaquette", "Phi" },
            { "harper_hofstadter", "B" } };
    flint_rand_t state;

    lb_test_rand_init(state);
    for (size_t k = 0; k < sizeof(networks) / sizeof(networks[0]); k++)
        test_network(networks[k][0], networks[k][1], state);
    lb_rand_clear(state);
}

/* --- the flux of the lattice --------------------------------------------- */

#define SIDE 8

/* z times the amplitude of the hop from site (x, y) to (to_x, to_y). */
static void
hop(acb_t z, const lb_network_t net, slong x, slong y, slong to_x, slong to_y)
{
    acb_mul(z, z, acb_mat_entry(net->a, to_x * SIDE + to_y, x * SIDE + y),
            PREC);
}

/* Around every plaquette, against the clock: exp(i B). */
static void
test_flux(void)
{
    lb_settings_t settings;
    lb_network_t net;
    lb_model_t m;
    acb_t loop, flux;
    slong hops = 0;

    acb_init(loop);
    acb_init(flux);
    lb_settings_init(settings);
    lb_settings_set(settings, "B", "5/7", "test", NULL);
    read_network(net, m, "harper_hofstadter", settings);
    CU_ASSERT_FATAL(net->modes == SIDE * SIDE);
    acb_set_si(flux, 5);
    acb_div_si(flux, flux, 7, PREC);
    acb_mul_onei(flux, flux);
    acb_exp(flux, flux, PREC);
    for (slong x = 0; x + 1 < SIDE; x++)
        for (slong y = 0; y + 1 < SIDE; y++)
        {
            acb_one(loop);
            hop(loop, net, x, y, x + 1, y);
            hop(loop, net, x + 1, y, x + 1, y + 1);
            hop(loop, net, x + 1, y + 1, x, y + 1);
            hop(loop, net, x, y + 1, x, y);
            LB_CHECK_OVERLAP_ACB(loop, flux, x * SIDE + y);
        }
    for (slong j = 0; j < net->modes; j++)
        for (slong k = 0; k < net->modes; k++)
            hops += !acb_is_zero(acb_mat_entry(net->a, j, k));
    CU_ASSERT(hops == 2 * 2 * SIDE * (SIDE - 1));
    acb_clear(loop);
    acb_clear(flux);
    lb_network_clear(net);
    lb_model_clear(m);
    lb_settings_clear(settings);
}

int
main(void)
{
    static const lb_test_case cases[]
        = { { "the reversed flux transposes S", test_reversal },
            { "the flux through every plaquette", test_flux } };

    return lb_test_main("onsager", cases, sizeof(cases) / sizeof(cases[0]));
}
