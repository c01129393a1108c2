/* tests/test_network.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random networks with exact coefficients in eighths against a solve in
 * doubles that knows the Heisenberg equations only, and against what must
 * hold of every network: commutators, scale invariance, one Gaussian state. */
#include <complex.h>
#include <math.h>

#include <lindbound/estimate.h>
#include <lindbound/model_file.h>
#include <lindbound/network.h>
#include <lindbound/network_file.h>
#include <lindbound/model_quantity.h>

#include "lb_test.h"

#define MODES 3
#define CHANNELS 4
#define SIZE (2 * MODES)

/* n/8 with |n| <= limit */
static void
eighths(arb_t x, flint_rand_t state, slong limit)
{
    arb_set_si(x, (slong) n_randint(state, (ulong) (2 * limit + 1)) - limit);
    arb_mul_2exp_si(x, x, -3);
}

static void
complex_eighths(acb_t x, flint_rand_t state, slong limit)
{
    eighths(acb_realref(x), state, limit);
    eighths(acb_imagref(x), state, limit);
}

/* Passive, or with pairs; every mode has a loss channel of its own. */
static void
random_network(lb_network_t net, flint_rand_t state, int passive)
{
    lb_network_init(net, MODES, CHANNELS);
    for (slong i = 0; i < MODES; i++)
        for (slong j = 0; j <= i; j++)
        {
            acb_ptr z = acb_mat_entry(net->a, i, j);

            complex_eighths(z, state, 8);
            if (i == j)
                arb_zero(acb_imagref(z));
            acb_conj(acb_mat_entry(net->a, j, i), z);
            if (passive)
                continue;
            z = acb_mat_entry(net->b, i, j);
            complex_eighths(z, state, 2);
            acb_set(acb_mat_entry(net->b, j, i), z);
        }
    for (slong p = 0; p < CHANNELS; p++)
    {
        arb_set_si(net->rates + p, (slong) n_randint(state, 12) + 4);
        arb_mul_2exp_si(net->rates + p, net->rates + p, -3);
        arb_set_si(net->thermal + p, (slong) n_randint(state, 3));
        if (p < MODES)
            acb_one(acb_mat_entry(net->u, p, p));
        for (slong j = 0; p >= MODES && j < MODES; j++)
        {
            complex_eighths(acb_mat_entry(net->u, p, j), state, 8);
            if (!passive)
                complex_eighths(acb_mat_entry(net->v, p, j), state, 2);
        }
    }
    eighths(net->frequency, state, 8);
}

static double complex
number(const acb_t z)
{
    return CMPLX(arf_get_d(arb_midref(acb_realref(z)), ARF_RND_NEAR),
                 arf_get_d(arb_midref(acb_imagref(z)), ARF_RND_NEAR));
}

static double
real_number(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

/* --- the Heisenberg equations in doubles --------------------------------- */

/* d a_k/dt = -i [a_k, H] - sum_p [a_k, L_p'](L_p/2 + b_p)
              + sum_p (L_p'/2 + b_p')[a_k, L_p],
   as rows over (a, a') and (b, b'); the adjoint gives the lower half. */
static void
heisenberg(double complex m[SIZE][SIZE], double complex f[SIZE][2 * CHANNELS],
           const lb_network_t net)
{
    for (int k = 0; k < MODES; k++)
    {
        for (int j = 0; j < MODES; j++)
        {
            m[k][j] = -I * number(acb_mat_entry(net->a, k, j));
            m[k][MODES + j] = -I * number(acb_mat_entry(net->b, k, j));
        }
        for (int p = 0; p < CHANNELS; p++)
        {
            double r = real_number(net->rates + p);
            double complex u = number(acb_mat_entry(net->u, p, k));
            double complex v = number(acb_mat_entry(net->v, p, k));

            for (int j = 0; j < MODES; j++)
            {
                double complex uj = number(acb_mat_entry(net->u, p, j));
                double complex vj = number(acb_mat_entry(net->v, p, j));

                m[k][j] += r * (-conj(u) * uj + v * conj(vj)) / 2;
                m[k][MODES + j] += r * (-conj(u) * vj + v * conj(uj)) / 2;
            }
            f[k][p] = -sqrt(r) * conj(u);
            f[k][CHANNELS + p] = sqrt(r) * v;
        }
    }
    for (int k = 0; k < MODES; k++)
    {
        for (int j = 0; j < SIZE; j++)
            m[MODES + k][(j + MODES) % SIZE] = conj(m[k][j]);
        for (int p = 0; p < 2 * CHANNELS; p++)
            f[MODES + k][(p + CHANNELS) % (2 * CHANNELS)] = conj(f[k][p]);
    }
}

/* x = m^(-1) b by elimination with pivots; b is used up. */
static void
eliminate(double complex m[SIZE][SIZE], double complex b[SIZE])
{
    for (int k = 0; k < SIZE; k++)
    {
        int best = k;

        for (int i = k; i < SIZE; i++)
            if (cabs(m[i][k]) > cabs(m[best][k]))
                best = i;
        for (int j = 0; j < SIZE; j++)
        {
            double complex t = m[k][j];

            m[k][j] = m[best][j];
            m[best][j] = t;
        }
        {
            double complex t = b[k];

            b[k] = b[best];
            b[best] = t;
        }
        for (int i = 0; i < SIZE; i++)
        {
            double complex factor = m[i][k] / m[k][k];

            if (i == k)
                continue;
            for (int j = k; j < SIZE; j++)
                m[i][j] -= factor * m[k][j];
            b[i] -= factor * b[k];
        }
    }
    for (int k = 0; k < SIZE; k++)
        b[k] /= m[k][k];
}

/* Column `in` of S: psi = -(M + iw)^(-1) f, out = in + L. */
static void
scatter(double complex out[2 * CHANNELS], const lb_network_t net, int in)
{
    double complex m[SIZE][SIZE], f[SIZE][2 * CHANNELS], psi[SIZE];

    heisenberg(m, f, net);
    for (int k = 0; k < SIZE; k++)
    {
        m[k][k] += I * real_number(net->frequency);
        psi[k] = -f[k][in];
    }
    eliminate(m, psi);
    for (int p = 0; p < CHANNELS; p++)
    {
        double root = sqrt(real_number(net->rates + p));

        out[p] = in == p;
        out[CHANNELS + p] = in == CHANNELS + p;
        for (int j = 0; j < MODES; j++)
        {
            double complex u = number(acb_mat_entry(net->u, p, j));
            double complex v = number(acb_mat_entry(net->v, p, j));

            out[p] += root * (u * psi[j] + v * psi[MODES + j]);
            out[CHANNELS + p]
                += root * (conj(v) * psi[j] + conj(u) * psi[MODES + j]);
        }
    }
}

static void
test_against_doubles(void)
{
    slong n = lb_test_iters(200), compared = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < n; i++)
    {
        double complex column[2 * CHANNELS];
        lb_network_t net;
        acb_mat_t s;

        random_network(net, state, i % 3 == 0);
        acb_mat_init(s, 2 * CHANNELS, 2 * CHANNELS);
        if (lb_network_scattering(s, net, 128, NULL) == LB_OK)
            for (int q = 0; q < 2 * CHANNELS; q++)
            {
                scatter(column, net, q);
                for (int p = 0; p < 2 * CHANNELS; p++)
                {
                    double complex z = number(acb_mat_entry(s, p, q));

                    CU_ASSERT(cabs(z - column[p]) <= 1e-9 * (1 + cabs(z)));
                    CU_ASSERT(acb_rel_accuracy_bits(acb_mat_entry(s, p, q)) > 60
                              || cabs(z) < 1e-9);
                    compared++;
                }
            }
        acb_mat_clear(s);
        lb_network_clear(net);
    }
    CU_ASSERT(compared > n * 20);
    lb_rand_clear(state);
}

/* --- commutators --------------------------------------------------------- */

static void
test_commutators(void)
{
    slong n = lb_test_iters(300), solved = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < n; i++)
    {
        slong prec = 20 + (slong) n_randint(state, 200);
        slong size = 2 * CHANNELS;
        acb_mat_t s, adjoint, product;
        lb_network_t net;

        random_network(net, state, i % 3 == 0);
        if (i % 4 == 0) /* a ball around each coefficient */
            for (slong k = 0; k < MODES; k++)
                arb_add_error_2exp_si(acb_realref(acb_mat_entry(net->a, k, k)),
                                      -10 - (slong) n_randint(state, 60));
        acb_mat_init(s, size, size);
        acb_mat_init(adjoint, size, size);
        acb_mat_init(product, size, size);
        if (lb_network_scattering(s, net, prec, NULL) == LB_OK)
        {
            solved++;
            acb_mat_conjugate_transpose(adjoint, s);
            for (slong p = 0; p < size; p++)
                for (slong q = 0; q < size; q++)
                    if (p >= CHANNELS) /* sz S' */
                        acb_neg(acb_mat_entry(adjoint, p, q),
                                acb_mat_entry(adjoint, p, q));
            acb_mat_mul(product, s, adjoint, 256);
            for (slong p = 0; p < size; p++)
                for (slong q = 0; q < size; q++)
                {
                    acb_t expected;

                    acb_init(expected);
                    acb_set_si(expected, p != q ? 0 : p < CHANNELS ? 1 : -1);
                    LB_CHECK_OVERLAP_ACB(acb_mat_entry(product, p, q), expected,
                                         i);
                    acb_clear(expected);
                }
        }
        acb_mat_clear(s);
        acb_mat_clear(adjoint);
        acb_mat_clear(product);
        lb_network_clear(net);
    }
    CU_ASSERT(solved > n / 3);
    lb_rand_clear(state);
}

/* Other parameters inside the balls give entries inside the enclosure. */
static void
test_balls_contain(void)
{
    slong n = lb_test_iters(100), compared = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < n; i++)
    {
        slong size = 2 * CHANNELS, bits = 8 + (slong) n_randint(state, 40);
        lb_network_t net;
        acb_mat_t wide, point;
        arb_ptr x;

        random_network(net, state, i % 2);
        acb_mat_init(wide, size, size);
        acb_mat_init(point, size, size);
        x = i % 3 == 0   ? net->rates
            : i % 3 == 1 ? net->frequency
                         : acb_realref(acb_mat_entry(net->u, MODES, 0));
        arb_add_error_2exp_si(x, -bits);
        if (lb_network_scattering(wide, net, 100, NULL) == LB_OK)
        {
            mag_zero(arb_radref(x));
            arb_mul_2exp_si(x, x, bits);
            arb_add_si(x, x, i % 5 == 0 ? 1 : -1, 200);
            arb_mul_2exp_si(x, x, -bits);
            if (lb_network_scattering(point, net, 200, NULL) == LB_OK)
            {
                CU_ASSERT(acb_mat_overlaps(wide, point));
                compared++;
            }
        }
        acb_mat_clear(wide);
        acb_mat_clear(point);
        lb_network_clear(net);
    }
    CU_ASSERT(compared > n / 4);
    lb_rand_clear(state);
}

/* k_j -> s_j k_j, couplings -> sqrt(s_i s_j) times: S(0) stays, s_j = t_j^2 */
static void
test_scale_invariance(void)
{
    slong n = lb_test_iters(50), compared = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < n; i++)
    {
        slong size = 2 * CHANNELS, t[MODES];
        acb_mat_t before, after;
        lb_network_t net;

        random_network(net, state, 0);
        arb_zero(net->frequency);
        arb_zero(net->rates + MODES); /* channels of single modes only */
        acb_mat_init(before, size, size);
        acb_mat_init(after, size, size);
        for (int k = 0; k < MODES; k++)
            t[k] = 1 + (slong) n_randint(state, 5);
        if (lb_network_scattering(before, net, 128, NULL) == LB_OK)
        {
            for (int j = 0; j < MODES; j++)
            {
                arb_mul_si(net->rates + j, net->rates + j, t[j] * t[j], 128);
                for (int k = 0; k < MODES; k++)
                {
                    acb_ptr a = acb_mat_entry(net->a, j, k);
                    acb_ptr b = acb_mat_entry(net->b, j, k);

                    acb_mul_si(a, a, t[j] * t[k], 128);
                    acb_mul_si(b, b, t[j] * t[k], 128);
                }
            }
            /* stability is another matter: it does depend on the scale */
            if (lb_network_scattering(after, net, 128, NULL) == LB_OK)
            {
                CU_ASSERT(acb_mat_overlaps(before, after));
                compared++;
            }
        }
        acb_mat_clear(before);
        acb_mat_clear(after);
        lb_network_clear(net);
    }
    CU_ASSERT(compared > n / 5);
    lb_rand_clear(state);
}

/* --- stability ----------------------------------------------------------- */

/* Against certified eigenvalues, where those are simple. */
static void
test_abscissa(void)
{
    slong n = lb_test_iters(60), compared = 0, unstable = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < n; i++)
    {
        lb_network_t net;
        acb_mat_t m, r;
        acb_ptr e = _acb_vec_init(SIZE), guess = _acb_vec_init(SIZE);
        arb_t x, most;
        int stable;

        random_network(net, state, i % 4 == 0);
        if (i % 2 == 1) /* stronger pairs */
            acb_mat_scalar_mul_2exp_si(net->b, net->b, 2);
        acb_mat_init(m, SIZE, SIZE);
        acb_mat_init(r, SIZE, SIZE);
        arb_init(x);
        arb_init(most);
        lb_network_abscissa(x, net, 150);
        stable = lb_network_stable(net, 150);
        CU_ASSERT(stable != 1 || !arb_is_nonnegative(x));
        CU_ASSERT(stable != -1 || !arb_is_negative(x));
        unstable += stable == -1;
        lb_network_dynamics(m, net, 150);
        if (acb_mat_approx_eig_qr(guess, NULL, r, m, NULL, 0, 150)
            && acb_mat_eig_simple(e, NULL, NULL, m, guess, r, 150))
        {
            for (int k = 0; k < SIZE; k++)
                if (k == 0)
                    arb_set(most, acb_realref(e));
                else
                    arb_max(most, most, acb_realref(e + k), 150);
            LB_CHECK_OVERLAP(x, most, i);
            CU_ASSERT(arb_rel_accuracy_bits(x) > 40);
            compared++;
        }
        acb_mat_clear(m);
        acb_mat_clear(r);
        arb_clear(x);
        arb_clear(most);
        _acb_vec_clear(e, SIZE);
        _acb_vec_clear(guess, SIZE);
        lb_network_clear(net);
    }
    CU_ASSERT(compared > n / 2);
    CU_ASSERT(unstable > 0 && unstable < n);
    lb_rand_clear(state);
}

/* A one-way chain: bond j is H = (i/2) a_{j+1}' a_j + h.c. with D[a_j +
   a_{j+1}], and the ends lose one more.  M is triangular with equal diagonal
   entries: an exceptional point of order MODES, max Re eig = -1 exactly. */
static void
test_exceptional_point(void)
{
    lb_network_t net;
    arb_t x;

    lb_network_init(net, MODES, MODES + 1);
    arb_init(x);
    for (slong j = 0; j + 1 < MODES; j++)
    {
        acb_ptr z = acb_mat_entry(net->a, j + 1, j);

        acb_onei(z);
        acb_mul_2exp_si(z, z, -1);
        acb_conj(acb_mat_entry(net->a, j, j + 1), z);
        acb_one(acb_mat_entry(net->u, j, j));
        acb_one(acb_mat_entry(net->u, j, j + 1));
        arb_one(net->rates + j);
    }
    acb_one(acb_mat_entry(net->u, MODES - 1, 0));
    acb_one(acb_mat_entry(net->u, MODES, MODES - 1));
    arb_one(net->rates + MODES - 1);
    arb_one(net->rates + MODES);
    lb_network_abscissa(x, net, 200);
    CU_ASSERT(arb_contains_si(x, -1));
    CU_ASSERT(arb_rel_accuracy_bits(x) > 40);
    CU_ASSERT(lb_network_stable(net, 200) == 1);
    /* pump the middle beyond its loss: provably unstable */
    acb_one(acb_mat_entry(net->v, 0, 0));
    acb_zero(acb_mat_entry(net->u, 0, 0));
    arb_set_si(net->rates, 8);
    CU_ASSERT(lb_network_stable(net, 200) == -1);
    arb_clear(x);
    lb_network_clear(net);
}

/* The parametric amplifier at, below and above its threshold nu = 1/2. */
static void
test_threshold(void)
{
    static const struct
    {
        double nu;
        int stable;
        lb_status status;
    } cases[] = { { 0.4999, 1, LB_OK },
                  { 0.5001, -1, LB_EUNSTABLE },
                  { 0.5, -1, LB_EUNSTABLE } };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        lb_network_t net;
        lb_error err;
        acb_mat_t s;

        lb_network_init(net, 2, 2);
        acb_mat_init(s, 4, 4);
        acb_set_d(acb_mat_entry(net->b, 0, 1), cases[k].nu);
        acb_set(acb_mat_entry(net->b, 1, 0), acb_mat_entry(net->b, 0, 1));
        for (slong j = 0; j < 2; j++)
        {
            acb_one(acb_mat_entry(net->u, j, j));
            arb_one(net->rates + j);
        }
        lb_error_clear(&err);
        CU_ASSERT(lb_network_stable(net, 128) == cases[k].stable);
        CU_ASSERT(lb_network_scattering(s, net, 128, &err) == cases[k].status);
        CU_ASSERT(acb_is_finite(acb_mat_entry(s, 0, 0))
                  == (cases[k].status == LB_OK));
        /* a ball that straddles the threshold decides nothing */
        arb_add_error_2exp_si(acb_realref(acb_mat_entry(net->b, 0, 1)), -8);
        acb_set(acb_mat_entry(net->b, 1, 0), acb_mat_entry(net->b, 0, 1));
        CU_ASSERT(lb_network_stable(net, 128) == 0);
        CU_ASSERT(lb_network_scattering(s, net, 128, &err) == LB_EPREC);
        acb_mat_clear(s);
        lb_network_clear(net);
    }
}

/* --- moments ------------------------------------------------------------- */

/* In a passive network with equal baths every mode has the photons of the
   baths, whatever the couplings. */
static void
test_equilibrium(void)
{
    slong n = lb_test_iters(40);
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < n; i++)
    {
        lb_network_t net;
        lb_moments_t g;
        mag_t distance;

        mag_init(distance);
        random_network(net, state, 1);
        for (slong p = 0; p < CHANNELS; p++)
            arb_set_d(net->thermal + p, 0.75);
        lb_moments_init(g, MODES);
        CU_ASSERT(lb_network_moments(g, net, 128, NULL) == LB_OK);
        for (slong j = 0; j < MODES; j++)
            for (slong k = 0; k < MODES; k++)
            {
                acb_t expected;

                acb_init(expected);
                acb_set_d(expected, j == k ? 0.75 : 0);
                LB_CHECK_OVERLAP_ACB(acb_mat_entry(g->number, j, k), expected,
                                     i);
                acb_zero(expected);
                LB_CHECK_OVERLAP_ACB(acb_mat_entry(g->pair, j, k), expected, i);
                acb_set_d(expected, j == k ? 0.75 : 0);
                acb_sub(expected, expected, acb_mat_entry(g->number, j, k),
                        128);
                acb_get_mag(distance, expected);
                CU_ASSERT(mag_cmp_2exp_si(distance, -60) < 0);
                acb_clear(expected);
            }
        mag_clear(distance);
        lb_moments_clear(g);
        lb_network_clear(net);
    }
    lb_rand_clear(state);
}

/* The moments are stationary: d<a_j' a_k>/dt and d<a_j a_k>/dt vanish, written
   out from the master equation. */
static void
test_stationary(void)
{
    slong n = lb_test_iters(60), solved = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong i = 0; i < n; i++)
    {
        double complex m[SIZE][SIZE], f[SIZE][2 * CHANNELS];
        lb_network_t net;
        lb_moments_t g;

        random_network(net, state, i % 4 == 0);
        lb_moments_init(g, MODES);
        if (lb_network_moments(g, net, 128, NULL) == LB_OK)
        {
            solved++;
            heisenberg(m, f, net);
            for (int j = 0; j < MODES; j++)
                for (int k = 0; k < MODES; k++)
                {
                    double complex rate = 0, pairs = 0;

                    for (int l = 0; l < MODES; l++)
                    {
                        /* <x_l y> of a_l and a_l' with a_k, a_j', ordered as
                           they stand */
                        double complex njl
                            = number(acb_mat_entry(g->number, j, l));
                        double complex nlk
                            = number(acb_mat_entry(g->number, l, k));
                        double complex plk
                            = number(acb_mat_entry(g->pair, l, k));
                        double complex pjl
                            = number(acb_mat_entry(g->pair, j, l));
                        double complex nlj
                            = number(acb_mat_entry(g->number, l, j));

                        rate += conj(m[j][l]) * nlk
                                + conj(m[j][MODES + l]) * plk + m[k][l] * njl
                                + m[k][MODES + l] * conj(pjl);
                        pairs += m[j][l] * plk + m[j][MODES + l] * nlk
                                 + m[k][l] * pjl
                                 + m[k][MODES + l] * (nlj + (l == j));
                    }
                    for (int p = 0; p < CHANNELS; p++)
                    {
                        double t = real_number(net->thermal + p);

                        rate += conj(f[j][p]) * f[k][p] * t
                                + conj(f[j][CHANNELS + p]) * f[k][CHANNELS + p]
                                      * (t + 1);
                        pairs += f[j][p] * f[k][CHANNELS + p] * (t + 1)
                                 + f[j][CHANNELS + p] * f[k][p] * t;
                    }
                    CU_ASSERT(cabs(rate) < 1e-8
                                               * (1
                                                  + cabs(number(acb_mat_entry(
                                                      g->number, j, j)))));
                    CU_ASSERT(cabs(pairs) < 1e-8
                                                * (1
                                                   + cabs(number(acb_mat_entry(
                                                       g->number, j, j)))));
                }
        }
        lb_moments_clear(g);
        lb_network_clear(net);
    }
    CU_ASSERT(solved > n / 3);
    lb_rand_clear(state);
}

/* The Gaussian moments, up to products of four ladder operators, against the
   steady state in a truncated Fock space; the pair coupling is weak enough
   that the cutoff changes them by less than the tolerance. */
static void
test_against_fock(void)
{
    static const char * const texts[]
        = { "<a1'*a1>", "<a1*a2>",         "<a1'*a2>",
            "g2(a1)",   "<a1'*a2'*a1*a2>", "<a1^2*a2^2>" };
    enum
    {
        COUNT = sizeof(texts) / sizeof(texts[0])
    };
    lb_approx_value values[COUNT];
    lb_expr * exprs[COUNT];
    lb_estimate_options options;
    lb_estimate_info info;
    lb_settings_t at;
    lb_scope_t scope;
    char path[1000];
    lb_model_t m;
    lb_scalar_t x;

    lb_model_init(m);
    lb_settings_init(at);
    lb_scalar_init(x);
    lb_estimate_info_init(&info);
    lb_estimate_options_init(&options);
    options.cutoff_text = "16";
    snprintf(path, sizeof(path), "%s/networks/parametric_amplifier.json",
             getenv("LINDBOUND_DATA"));
    CU_ASSERT_FATAL(lb_model_read(m, path, NULL) == LB_OK);
    lb_settings_set(at, "nu", "0.1 + 0.05*i", NULL, NULL);
    lb_settings_set(at, "k2", "1.2", NULL, NULL);
    CU_ASSERT_FATAL(lb_model_scope_at(scope, m, at, NULL) == LB_OK);
    for (int k = 0; k < COUNT; k++)
        CU_ASSERT_FATAL(lb_expr_parse(exprs + k, texts[k], NULL) == LB_OK);
    CU_ASSERT_FATAL(lb_estimate_approx(values, &info, m, scope, NULL, exprs,
                                       COUNT, &options, NULL)
                    == LB_OK);
    for (int k = 0; k < COUNT; k++)
    {
        CU_ASSERT(lb_model_quantity(x, exprs[k], m, scope, 0, 128, NULL)
                  == LB_OK);
        CU_ASSERT(acb_is_finite(x->coefficient));
        CU_ASSERT(
            cabs(number(x->coefficient) - CMPLX(values[k].re, values[k].im))
            < 1e-7);
        CU_ASSERT(k == 2 || cabs(number(x->coefficient)) > 1e-3);
        lb_expr_free(exprs[k]);
    }
    lb_scope_clear(scope);
    lb_estimate_info_clear(&info);
    lb_settings_clear(at);
    lb_scalar_clear(x);
    lb_model_clear(m);
}

/* --- files --------------------------------------------------------------- */

static void
test_expand(void)
{
    static const struct
    {
        const char *text, *expected;
        long j, k;
    } cases[] = { { "a[j+1]'*a[j]", "a_4'*a_3", 3, 0 },
                  { "exp(2*pi*i*(j - 1)/k)*jk + j2 + 1e5*j",
                    "exp(2*pi*i*(3 - 1)/7)*jk + j2 + 1e5*3", 3, 7 },
                  { "a[j,k] - g[2*j]*j", "a_2_5 - g_4*2", 2, 5 },
                  { "k*j", "5*(-2)", -2, 5 },
                  { "a[j", NULL, 1, 1 },
                  { "a[j/2]", NULL, 1, 1 },
                  { "a[j - 2]", NULL, 1, 1 },
                  { "a[x]", NULL, 1, 1 },
                  { "a[]", NULL, 1, 1 } };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        json_t * loop = json_pack("{s:I,s:I}", "j", (json_int_t) cases[i].j,
                                  "k", (json_int_t) cases[i].k);
        char * text;
        lb_status status = lb_network_expand(&text, cases[i].text, loop, NULL);

        CU_ASSERT((status == LB_OK) == (cases[i].expected != NULL));
        CU_ASSERT((text == NULL) == (cases[i].expected == NULL));
        if (text != NULL && cases[i].expected != NULL)
            CU_ASSERT_STRING_EQUAL(text, cases[i].expected);
        flint_free(text);
        json_decref(loop);
    }
}

/* A network written out as a model reads back as the same network. */
static void
test_written_model(void)
{
    char path[1000];
    lb_model_t m, copy;
    lb_scope_t scope;
    lb_scalar_t x, y;
    json_t * root;

    lb_model_init(m);
    lb_model_init(copy);
    lb_scalar_init(x);
    lb_scalar_init(y);
    snprintf(path, sizeof(path), "%s/networks/four_modes.json",
             getenv("LINDBOUND_DATA"));
    CU_ASSERT_FATAL(lb_model_read(m, path, NULL) == LB_OK);
    CU_ASSERT(m->scope->subsystems == 4 && m->n_channels == 8);
    CU_ASSERT(lb_model_find_port(m, "p_3") >= 0);
    root = lb_model_json(m);
    CU_ASSERT_FATAL(lb_model_from_json(copy, root, "copy", NULL) == LB_OK);
    CU_ASSERT(copy->n_dissipators == m->n_dissipators);
    for (slong k = 0; k < m->n_observables; k++)
    {
        CU_ASSERT(lb_model_scope_at(scope, m, NULL, NULL) == LB_OK);
        CU_ASSERT(
            lb_model_quantity(x, m->observables[k].expr, m, scope, 0, 128, NULL)
            == LB_OK);
        CU_ASSERT(lb_model_quantity(y, m->observables[k].expr, copy, scope, 0,
                                    128, NULL)
                  == LB_OK);
        CU_ASSERT(acb_equal(x->coefficient, y->coefficient));
        lb_scope_clear(scope);
    }
    json_decref(root);
    lb_scalar_clear(x);
    lb_scalar_clear(y);
    lb_model_clear(m);
    lb_model_clear(copy);
}

int
main(void)
{
    static const lb_test_case cases[]
        = { { "S against a solve in doubles", test_against_doubles },
            { "S sz S' = sz", test_commutators },
            { "S of a ball contains S of its points", test_balls_contain },
            { "S(0) knows ratios of rates alone", test_scale_invariance },
            { "max Re eig against certified eigenvalues", test_abscissa },
            { "an exceptional point", test_exceptional_point },
            { "at the threshold", test_threshold },
            { "equal baths: equilibrium", test_equilibrium },
            { "moments are stationary", test_stationary },
            { "moments against a Fock space", test_against_fock },
            { "loops in network files", test_expand },
            { "a network as a model file", test_written_model } };

    return lb_test_main("network", cases, sizeof(cases) / sizeof(cases[0]));
}
