/* tests/test_kerr.c -- the exact steady state of one driven Kerr mode.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "lb_test_kerr.h"

#define REFERENCE_PREC 800

/* --- helpers ------------------------------------------------------------- */

/* x = a random multiple of 1/8 in [-limit, limit] */
static void
random_eighths(arb_t x, slong limit, flint_rand_t state)
{
    arb_set_si(x,
               (slong) n_randint(state, (ulong) (16 * limit + 1)) - 8 * limit);
    arb_mul_2exp_si(x, x, -3);
}

/* Exact random parameters; chi = 0 and xi = 0 occur only if @p degenerate. */
static void
random_kerr(lb_kerr_t k, int degenerate, flint_rand_t state)
{
    lb_kerr_init(k);
    do
    {
        random_eighths(k->delta, 4, state);
        random_eighths(k->chi, 4, state);
        random_eighths(acb_realref(k->xi), 2, state);
        random_eighths(acb_imagref(k->xi), 2, state);
    } while (!degenerate && (arb_is_zero(k->chi) || acb_is_zero(k->xi)));
    arb_set_si(k->gamma, 1 + (slong) n_randint(state, 16));
    arb_mul_2exp_si(k->gamma, k->gamma, -2);
    acb_mul_2exp_si(k->xi, k->xi, -(slong) n_randint(state, 20));
}

static void
print_kerr(const lb_kerr_t k)
{
    printf("\n  Delta ");
    arb_printn(k->delta, 20, 0);
    printf(" chi ");
    arb_printn(k->chi, 20, 0);
    printf(" xi ");
    acb_printn(k->xi, 20, 0);
    printf(" gamma ");
    arb_printn(k->gamma, 20, 0);
    printf("\n");
}

/* <a'^j a^c> by Drummond and Walls, from Arb's 0F2 */
static void
moment_by_0f2(acb_t value, const lb_kerr_t k, slong j, slong c, slong prec)
{
    acb_struct b[2];
    acb_t d, x, y, z;

    acb_init(b);
    acb_init(b + 1);
    acb_init(d);
    acb_init(x);
    acb_init(y);
    acb_init(z);
    arb_set(acb_realref(d), k->delta);
    arb_mul_2exp_si(acb_imagref(d), k->gamma, -1);
    arb_neg(acb_imagref(d), acb_imagref(d));
    acb_div_arb(d, d, k->chi, prec);
    acb_div_arb(x, k->xi, k->chi, prec);
    acb_neg(x, x);
    acb_conj(y, x);
    acb_mul(z, x, y, prec);
    acb_mul_2exp_si(z, z, 1);
    acb_pow_ui(value, x, (ulong) c, prec);
    acb_pow_ui(y, y, (ulong) j, prec);
    acb_mul(value, value, y, prec);
    acb_rising_ui(x, d, (ulong) c, prec);
    acb_div(value, value, x, prec);
    acb_rising_ui(x, d, (ulong) j, prec);
    acb_conj(x, x);
    acb_div(value, value, x, prec);
    for (int moment = 1; moment >= 0; moment--)
    {
        acb_add_si(b, d, moment ? j : 0, prec);
        acb_conj(b, b);
        acb_add_si(b + 1, d, moment ? c : 0, prec);
        acb_hypgeom_pfq(y, NULL, 0, b, 2, z, 0, prec);
        if (moment)
            acb_mul(value, value, y, prec);
        else
            acb_div(value, value, y, prec);
    }
    acb_clear(b);
    acb_clear(b + 1);
    acb_clear(d);
    acb_clear(x);
    acb_clear(y);
    acb_clear(z);
}

/* --- against other routes ------------------------------------------------ */

static void
test_against_0f2(void)
{
    flint_rand_t state;
    acb_t x, y;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    for (slong i = 0; i < lb_test_iters(2000); i++)
    {
        slong prec = 2 + (slong) n_randint(state, i % 5 == 0 ? 300 : 12);
        slong j = (slong) n_randint(state, 5), c = (slong) n_randint(state, 5);
        /* bits: a quotient of positive sums, or cancellation off the diagonal
         */
        slong lost = i % 2 == 0 ? 14 : 40;
        lb_status status;
        lb_kerr_t k;

        if (i % 2 == 0)
            c = j;
        random_kerr(k, 0, state);
        status = lb_kerr_moment(x, k, j, c, prec);
        CU_ASSERT(status == LB_OK || (status == LB_EPREC && prec < 8));
        CU_ASSERT(status == LB_OK || !acb_is_finite(x));
        moment_by_0f2(y, k, j, c, REFERENCE_PREC);
        CU_ASSERT(acb_rel_accuracy_bits(y) > REFERENCE_PREC / 2);
        LB_CHECK_OVERLAP_ACB(x, y, i);
        if (status == LB_OK && acb_rel_accuracy_bits(x) < prec - lost)
        {
            printf("\niter %ld seed %lu: %ld bits of %ld, j %ld c %ld",
                   (long) i, (unsigned long) lb_test_seed(),
                   (long) acb_rel_accuracy_bits(x), (long) prec, (long) j,
                   (long) c);
            print_kerr(k);
        }
        if (status == LB_OK)
        {
            CU_ASSERT(acb_rel_accuracy_bits(x) >= prec - lost);
            CU_ASSERT(j != c || arb_is_zero(acb_imagref(x)));
        }
        lb_kerr_clear(k);
    }
    acb_clear(x);
    acb_clear(y);
    lb_rand_clear(state);
}

/* y += factor <a'^j a^c> */
static void
add_moment(acb_t y, const acb_t factor, const lb_kerr_t k, slong j, slong c,
           slong prec)
{
    acb_t x;

    acb_init(x);
    CU_ASSERT(lb_kerr_moment(x, k, j, c, prec) == LB_OK);
    acb_addmul(y, factor, x, prec);
    acb_clear(x);
}

/* i L*(a'^j a^c) has the expectation value zero: the master equation itself,
   nothing of the closed form.  It is
     (c d_{c-1} - j conj(d_{j-1})) a'^j a^c + 2 (c - j) chi a'^{j+1} a^{c+1}
     + c xi a'^j a^{c-1} - j conj(xi) a'^{j-1} a^c. */
static void
test_moment_equations(void)
{
    slong prec = 200;
    flint_rand_t state;
    acb_t f, sum;
    mag_t size;

    lb_test_rand_init(state);
    acb_init(f);
    acb_init(sum);
    mag_init(size);
    for (slong i = 0; i < lb_test_iters(100); i++)
    {
        slong j = (slong) n_randint(state, 4), c = (slong) n_randint(state, 4);
        lb_kerr_t k;

        random_kerr(k, 1, state);
        acb_zero(sum);
        /* c Delta + chi c (c-1) - i gamma c/2 less the conjugate with j */
        arb_mul_si(acb_realref(f), k->delta, c - j, prec);
        arb_addmul_si(acb_realref(f), k->chi, c * (c - 1) - j * (j - 1), prec);
        arb_mul_si(acb_imagref(f), k->gamma, -(c + j), prec);
        arb_mul_2exp_si(acb_imagref(f), acb_imagref(f), -1);
        add_moment(sum, f, k, j, c, prec);
        acb_set_arb(f, k->chi);
        acb_mul_si(f, f, 2 * (c - j), prec);
        add_moment(sum, f, k, j + 1, c + 1, prec);
        acb_mul_si(f, k->xi, c, prec);
        if (c > 0)
            add_moment(sum, f, k, j, c - 1, prec);
        acb_conj(f, k->xi);
        acb_mul_si(f, f, -j, prec);
        if (j > 0)
            add_moment(sum, f, k, j - 1, c, prec);
        if (!acb_contains_zero(sum))
        {
            printf("\niter %ld seed %lu: j %ld c %ld, residual ", (long) i,
                   (unsigned long) lb_test_seed(), (long) j, (long) c);
            acb_printn(sum, 20, 0);
            print_kerr(k);
        }
        CU_ASSERT(acb_contains_zero(sum));
        acb_get_mag(size, sum);
        CU_ASSERT(mag_cmp_2exp_si(size, -130) < 0);
        lb_kerr_clear(k);
    }
    acb_clear(f);
    acb_clear(sum);
    mag_clear(size);
    lb_rand_clear(state);
}

/* The matrix elements add up to the moments: trace, <a'^2 a^2>, <a>. */
static void
test_elements(void)
{
    slong prec = 200, top = 120;
    flint_rand_t state;
    acb_t x, trace, pairs, amplitude;
    arb_t f;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(trace);
    acb_init(pairs);
    acb_init(amplitude);
    arb_init(f);
    for (slong i = 0; i < lb_test_iters(12); i++)
    {
        lb_kerr_t k;

        random_kerr(k, 1, state);
        arb_add_ui(k->gamma, k->gamma, 1, prec); /* few photons above top */
        acb_zero(trace);
        acb_zero(pairs);
        acb_zero(amplitude);
        for (slong n = 0; n < top; n++)
        {
            CU_ASSERT(lb_kerr_element(x, k, n, n, prec) == LB_OK);
            CU_ASSERT(!arb_is_negative(acb_realref(x)));
            acb_add(trace, trace, x, prec);
            acb_mul_si(x, x, n * (n - 1), prec);
            acb_add(pairs, pairs, x, prec);
            CU_ASSERT(lb_kerr_element(x, k, n + 1, n, prec) == LB_OK);
            arb_sqrt_ui(f, (ulong) n + 1, prec);
            acb_mul_arb(x, x, f, prec);
            acb_add(amplitude, amplitude, x, prec);
        }
        arb_set_str(f, "0 +/- 1e-25", prec); /* what is above top */
        arb_add(acb_realref(trace), acb_realref(trace), f, prec);
        arb_add(acb_realref(pairs), acb_realref(pairs), f, prec);
        arb_add(acb_realref(amplitude), acb_realref(amplitude), f, prec);
        arb_add(acb_imagref(amplitude), acb_imagref(amplitude), f, prec);
        acb_one(x);
        LB_CHECK_OVERLAP_ACB(trace, x, i);
        CU_ASSERT(acb_rel_accuracy_bits(trace) > 80);
        CU_ASSERT(lb_kerr_moment(x, k, 2, 2, prec) == LB_OK);
        LB_CHECK_OVERLAP_ACB(pairs, x, i);
        CU_ASSERT(lb_kerr_moment(x, k, 0, 1, prec) == LB_OK);
        LB_CHECK_OVERLAP_ACB(amplitude, x, i);
        /* Hermitian */
        CU_ASSERT(lb_kerr_element(x, k, 1, 3, prec) == LB_OK);
        CU_ASSERT(lb_kerr_element(pairs, k, 3, 1, prec) == LB_OK);
        acb_conj(pairs, pairs);
        CU_ASSERT(acb_equal(x, pairs));
        lb_kerr_clear(k);
    }
    acb_clear(x);
    acb_clear(trace);
    acb_clear(pairs);
    acb_clear(amplitude);
    arb_clear(f);
    lb_rand_clear(state);
}

/* --- limits -------------------------------------------------------------- */

/* chi = 0: the coherent state of amplitude -xi/(Delta - i gamma/2); a ball
   around chi = 0 contains it and stays narrow. */
static void
test_linear_mode(void)
{
    slong prec = 300;
    flint_rand_t state;
    acb_t x, y, alpha;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    acb_init(alpha);
    for (slong i = 0; i < lb_test_iters(60); i++)
    {
        slong j = (slong) n_randint(state, 5), c = (slong) n_randint(state, 5);
        lb_kerr_t k;

        random_kerr(k, 0, state);
        arb_zero(k->chi);
        arb_set(acb_realref(alpha), k->delta);
        arb_mul_2exp_si(acb_imagref(alpha), k->gamma, -1);
        arb_neg(acb_imagref(alpha), acb_imagref(alpha));
        acb_div(alpha, k->xi, alpha, prec);
        acb_neg(alpha, alpha);
        acb_pow_ui(y, alpha, (ulong) c, prec);
        acb_conj(alpha, alpha);
        acb_pow_ui(x, alpha, (ulong) j, prec);
        acb_mul(y, y, x, prec);
        CU_ASSERT(lb_kerr_moment(x, k, j, c, prec) == LB_OK);
        LB_CHECK_OVERLAP_ACB(x, y, i);
        CU_ASSERT(acb_rel_accuracy_bits(x) > 200);
        mag_set_ui_2exp_si(arb_radref(k->chi), 1, -100);
        CU_ASSERT(lb_kerr_moment(x, k, j, c, prec) == LB_OK);
        CU_ASSERT(acb_contains(x, y) || acb_overlaps(x, y));
        CU_ASSERT(acb_rel_accuracy_bits(x) > 50);
        lb_kerr_clear(k);
    }
    acb_clear(x);
    acb_clear(y);
    acb_clear(alpha);
    lb_rand_clear(state);
}

/* No drive: the vacuum, exactly.  A drive of 1e-8 gamma: the leading orders
   to the square of the drive, with all bits. */
static void
test_weak_drives(void)
{
    slong prec = 200;
    lb_kerr_t k;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    test_kerr_init(k, "1/3", "2", "0", "1", prec);
    CU_ASSERT(lb_kerr_moment(x, k, 0, 0, prec) == LB_OK && acb_is_one(x));
    CU_ASSERT(lb_kerr_moment(x, k, 2, 2, prec) == LB_OK && acb_is_zero(x));
    CU_ASSERT(lb_kerr_moment(x, k, 0, 3, prec) == LB_OK && acb_is_zero(x));
    CU_ASSERT(lb_kerr_element(x, k, 0, 0, prec) == LB_OK && acb_is_one(x));
    CU_ASSERT(lb_kerr_element(x, k, 1, 0, prec) == LB_OK && acb_is_zero(x));
    lb_kerr_clear(k);

    test_kerr_init(k, "0", "2", "1e-8", "1", prec);
    test_kerr_correlation(x, k, 1, prec); /* 4 xi^2 (1 - ...) */
    CU_ASSERT(acb_rel_accuracy_bits(x) > prec - 14);
    test_number(y, "4e-16*(1 +/- 1e-14)", prec);
    CU_ASSERT(acb_contains(y, x));
    test_kerr_correlation(x, k, 2, prec); /* gamma^2/(4 chi^2 + gamma^2) */
    CU_ASSERT(acb_rel_accuracy_bits(x) > prec - 14);
    test_number(y, "1/17*(1 +/- 1e-14)", prec);
    CU_ASSERT(acb_contains(y, x));
    lb_kerr_clear(k);

    /* a ball of drives around none */
    test_kerr_init(k, "0", "2", "0 +/- 1e-8", "1", prec);
    CU_ASSERT(lb_kerr_moment(x, k, 1, 1, prec) == LB_OK);
    CU_ASSERT(acb_contains_zero(x));
    test_number(y, "0 +/- 4.1e-16", prec);
    CU_ASSERT(acb_contains(y, x));
    lb_kerr_clear(k);
    acb_clear(x);
    acb_clear(y);
}

/* Many terms and a resonance that several photons reach together. */
static void
test_strong_drives(void)
{
    static const char * const cases[][4] = {
        { "0", "1", "2", "1" },
        { "-3", "1", "2", "1" },
        { "0", "1/100", "5", "1" },
        { "-7", "1/2", "12", "1/2" },
        { "2", "-1/3", "4*i", "1/4" },
        { "0", "1", "40", "1" },
        /* terms of 1e-49 before a resonance makes them matter */
        { "-20", "1", "1", "1e-15" },
    };
    slong prec = 150;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_kerr_t k;

        test_kerr_init(k, cases[i][0], cases[i][1], cases[i][2], cases[i][3],
                       REFERENCE_PREC);
        for (slong j = 1; j <= 3; j++)
        {
            CU_ASSERT(lb_kerr_moment(x, k, j, j, prec) == LB_OK);
            CU_ASSERT(acb_rel_accuracy_bits(x) > prec - 24);
            moment_by_0f2(y, k, j, j, REFERENCE_PREC);
            LB_CHECK_OVERLAP_ACB(x, y, (slong) i);
            CU_ASSERT(acb_rel_accuracy_bits(y) > prec);
        }
        lb_kerr_clear(k);
    }
    acb_clear(x);
    acb_clear(y);
}

/* --- balls and refusals -------------------------------------------------- */

/* A box contains the value at each of its points. */
static void
test_box(void)
{
    slong prec = 120;
    flint_rand_t state;
    acb_t x, y;

    lb_test_rand_init(state);
    acb_init(x);
    acb_init(y);
    for (slong i = 0; i < lb_test_iters(100); i++)
    {
        slong j = (slong) n_randint(state, 4), c = (slong) n_randint(state, 4);
        slong width = -10 - (slong) n_randint(state, 20);
        lb_kerr_t box, k;

        random_kerr(box, 1, state);
        lb_kerr_init(k);
        mag_set_ui_2exp_si(arb_radref(box->delta), 1, width);
        mag_set_ui_2exp_si(arb_radref(box->chi), 1, width);
        mag_set_ui_2exp_si(arb_radref(box->gamma), 1, width);
        mag_set_ui_2exp_si(arb_radref(acb_realref(box->xi)), 1, width);
        CU_ASSERT(lb_kerr_moment(x, box, j, c, prec) == LB_OK);
        /* the corner */
        for (int sign = -1; sign <= 1; sign += 2)
        {
            arb_t shift;

            arb_init(shift);
            arb_set_si(shift, sign);
            arb_mul_2exp_si(shift, shift, width);
            arb_get_mid_arb(k->delta, box->delta);
            arb_add(k->delta, k->delta, shift, prec);
            arb_get_mid_arb(k->chi, box->chi);
            arb_add(k->chi, k->chi, shift, prec);
            arb_get_mid_arb(k->gamma, box->gamma);
            arb_sub(k->gamma, k->gamma, shift, prec);
            acb_get_mid(k->xi, box->xi);
            arb_add(acb_realref(k->xi), acb_realref(k->xi), shift, prec);
            CU_ASSERT(lb_kerr_moment(y, k, j, c, 2 * prec) == LB_OK);
            LB_CHECK_OVERLAP_ACB(x, y, i);
            arb_clear(shift);
        }
        lb_kerr_clear(box);
        lb_kerr_clear(k);
    }
    acb_clear(x);
    acb_clear(y);
    lb_rand_clear(state);
}

/* Detunings that straddle zero by more than the linewidth. */
static void
test_wide_box(void)
{
    lb_kerr_t k;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    test_kerr_init(k, "0 +/- 2", "1 +/- 1", "1/100", "1", 100);
    CU_ASSERT(lb_kerr_moment(x, k, 1, 1, 100) == LB_OK);
    test_number(y, "0 +/- 4.1e-4", 100);
    CU_ASSERT(acb_contains(y, x));
    arb_zero(k->delta);
    CU_ASSERT(lb_kerr_moment(y, k, 1, 1, 100) == LB_OK);
    CU_ASSERT(acb_contains(x, y));
    test_number(y, "2", 100);
    acb_get_real(k->delta, y);
    CU_ASSERT(lb_kerr_moment(y, k, 1, 1, 100) == LB_OK);
    CU_ASSERT(acb_contains(x, y));
    CU_ASSERT(lb_kerr_moment(x, k, 0, 2, 100) == LB_OK);
    lb_kerr_clear(k);
    acb_clear(x);
    acb_clear(y);
}

static void
test_refused(void)
{
    slong prec = 100;
    lb_kerr_t k;
    acb_t x;

    acb_init(x);
    test_kerr_init(k, "0", "1", "1", "0", prec);
    CU_ASSERT(lb_kerr_moment(x, k, 1, 1, prec) == LB_EDOM);
    CU_ASSERT(!acb_is_finite(x));
    test_number(x, "0.1 +/- 0.2", prec);
    arb_set(k->gamma, acb_realref(x));
    CU_ASSERT(lb_kerr_moment(x, k, 1, 1, prec) == LB_EDOM);
    CU_ASSERT(!acb_is_finite(x));
    arb_set_si(k->gamma, 1);
    CU_ASSERT(lb_kerr_moment(x, k, -1, 1, prec) == LB_EDOM);
    CU_ASSERT(!acb_is_finite(x));
    acb_zero(x);
    CU_ASSERT(lb_kerr_element(x, k, 0, -1, prec) == LB_EDOM);
    CU_ASSERT(!acb_is_finite(x));
    arb_indeterminate(k->chi);
    CU_ASSERT(lb_kerr_moment(x, k, 1, 1, prec) == LB_EPREC);
    CU_ASSERT(!acb_is_finite(x));
    arb_set_si(k->chi, 0);
    acb_set_si(k->xi, 1000000); /* more terms than allowed */
    CU_ASSERT(lb_kerr_moment(x, k, 1, 1, 30) == LB_EPREC);
    CU_ASSERT(!acb_is_finite(x));
    lb_kerr_clear(k);
    acb_clear(x);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "moments against 0F2 (random)", test_against_0f2 },
        { "moment equations (random)", test_moment_equations },
        { "matrix elements add up (random)", test_elements },
        { "linear mode: coherent state (random)", test_linear_mode },
        { "no drive and weak drives", test_weak_drives },
        { "strong drives", test_strong_drives },
        { "a box contains its points (random)", test_box },
        { "a box wider than the line", test_wide_box },
        { "refusals", test_refused },
    };

    return lb_test_main("kerr", cases, sizeof(cases) / sizeof(cases[0]));
}
