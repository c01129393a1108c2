/* tests/test_certified_systems.c -- the built-in models, proved.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What level `full` must hold: the digits asked for, around values that do not
 * come from it.  These are the exact Kerr mode ([K1]), published or otherwise
 * quoted decimals, and the estimates of numeric/ to their stable digits. */
#include <math.h>
#include <string.h>

#include <lindbound/certifier.h>
#include <lindbound/estimate.h>
#include <lindbound/model_file.h>

#include "lb_test_kerr.h"

#define MAX_DIMENSION 2000
#define REFERENCE_PREC 400

/* --- a built-in model at one setting ------------------------------------- */

typedef struct
{
    lb_model_t model;
    lb_scope_t scope;
    lb_certifier * certifier; /* NULL: refused */
} built_in;

/* "name = text; ..." into s */
static void
add_settings(lb_settings_t s, const char * text)
{
    while (*text != '\0')
    {
        size_t length = strcspn(text, ";"), sign = strcspn(text, "=");
        char * name = test_cut(text, text + sign);
        char * value = test_cut(text + sign + 1, text + length);

        lb_settings_set(s, name, value, "test", NULL);
        flint_free(name);
        flint_free(value);
        text += length;
        text += *text == ';';
    }
}

/* The model @p name, with the parameters that @p observable is meant for
   (NULL: as stated) and then @p settings; @p cutoff NULL: level full. */
static void
built_in_init(built_in * s, const char * name, const char * observable,
              const char * settings, const char * cutoff)
{
    const char * data = getenv("LINDBOUND_DATA");
    char * path = lb_text_print("%s/models/%s.json",
                                data != NULL ? data : "data", name);
    lb_settings_t at;
    lb_status status;
    lb_cutoff_t c;
    lb_error err;

    lb_error_clear(&err);
    lb_model_init(s->model);
    s->certifier = NULL;
    if (lb_model_read(s->model, path, &err) != LB_OK)
        test_fail(path, &err);
    lb_settings_init(at);
    if (observable != NULL)
        lb_settings_merge(
            at,
            s->model
                ->observables[lb_model_find_observable(s->model, observable)]
                .at);
    add_settings(at, settings);
    if (lb_model_scope_at(s->scope, s->model, at, &err) != LB_OK)
        test_fail(settings, &err);
    if (cutoff == NULL)
        status = lb_certifier_new_full(&s->certifier, s->model, s->scope,
                                       MAX_DIMENSION, &err);
    else
    {
        lb_cutoff_init(c, s->scope->kinds, s->scope->subsystems);
        if (lb_cutoff_parse(c, cutoff, s->scope, &err) != LB_OK)
            test_fail(cutoff, &err);
        status = lb_certifier_new_truncated(&s->certifier, s->model, s->scope,
                                            c, MAX_DIMENSION, &err);
        lb_cutoff_clear(c);
    }
    if (status != LB_OK && status != LB_EMODEL && status != LB_EPREC)
        test_fail(name, &err);
    lb_settings_clear(at);
    flint_free(path);
}

static void
built_in_clear(built_in * s)
{
    lb_certifier_free(s->certifier);
    lb_scope_clear(s->scope);
    lb_model_clear(s->model);
}

static const lb_expr *
built_in_expr(const built_in * s, const char * observable)
{
    slong k = lb_model_find_observable(s->model, observable);

    CU_ASSERT_FATAL(k >= 0);
    return s->model->observables[k].expr;
}

static void
built_in_value(acb_t value, lb_certified_info * info, built_in * s,
               const char * observable, slong digits)
{
    lb_error err;

    lb_error_clear(&err);
    if (lb_certifier_value(value, info, s->certifier,
                           built_in_expr(s, observable), digits, &err)
        != LB_OK)
        test_fail(observable, &err);
}

/* The estimate of @p observable as a ball of its stable digits. */
static void
built_in_estimate(acb_t value, const built_in * s, const char * observable)
{
    lb_expr * e = lb_expr_share((lb_expr *) built_in_expr(s, observable));
    lb_approx_value x;
    lb_estimate_info info;
    lb_error err;
    mag_t radius;

    lb_error_clear(&err);
    lb_estimate_info_init(&info);
    mag_init(radius);
    if (lb_estimate_approx(&x, &info, s->model, s->scope, NULL, &e, 1, NULL,
                           &err)
        != LB_OK)
        test_fail(observable, &err);
    CU_ASSERT(x.digits >= 6);
    acb_set_d_d(value, x.re, x.im);
    mag_set_d(radius, hypot(x.re, x.im) * pow(10.0, 1.0 - (double) x.digits));
    arb_add_error_mag(acb_realref(value), radius);
    arb_add_error_mag(acb_imagref(value), radius);
    mag_clear(radius);
    lb_estimate_info_clear(&info);
    lb_expr_free(e);
}

/* Fails, with operands, unless the value at level full is there to the digits
   and overlaps all of the n references. */
static void
check_full_all(built_in * s, const char * observable, slong digits,
               acb_srcptr references, slong n, const char * what)
{
    lb_certified_info info;
    acb_t value;
    slong bits;
    int good;

    acb_init(value);
    CU_ASSERT_FATAL(s->certifier != NULL);
    CU_ASSERT_STRING_EQUAL(lb_certifier_level(s->certifier), "full");
    built_in_value(value, &info, s, observable, digits);
    bits = acb_rel_accuracy_bits(value);
    good = info.reached && acb_is_finite(value)
           && bits >= (slong) (3.32 * (double) digits);
    if (!good)
    {
        printf("\n%s of %s, %ld digits: %s, %ld bits, N<=%ld: ", observable,
               what, (long) digits, info.reached ? "reached" : info.limit,
               (long) bits, (long) info.total);
        acb_printn(value, 40, 0);
        printf("\n");
    }
    CU_ASSERT(good);
    CU_ASSERT(n > 0);
    for (slong k = 0; k < n; k++)
        LB_CHECK_OVERLAP_ACB(value, references + k, k);
    acb_clear(value);
}

static void
check_full(built_in * s, const char * observable, slong digits,
           const acb_t reference, const char * what)
{
    check_full_all(s, observable, digits, reference, 1, what);
}

/* One observable in its own direction, against a quoted decimal (NULL: none)
   and, if @p estimate, against the estimate. */
static void
check_quoted(const char * model, const char * settings, const char * observable,
             slong digits, const char * quoted, int estimate)
{
    acb_ptr x = _acb_vec_init(2);
    slong n = 0;
    built_in s;

    built_in_init(&s, model, observable, settings, NULL);
    if (quoted != NULL)
        test_number(x + n++, quoted, REFERENCE_PREC);
    if (estimate)
        built_in_estimate(x + n++, &s, observable);
    check_full_all(&s, observable, digits, x, n, model);
    built_in_clear(&s);
    _acb_vec_clear(x, 2);
}

/* --- one Kerr mode, exact ------------------------------------------------ */

static void
check_kerr(const char * delta, const char * chi, const char * xi, slong digits)
{
    static const char * const observables[] = { "n", "g2", "g3" };
    char * settings
        = lb_text_print("Delta = %s; chi = %s; xi = %s", delta, chi, xi);
    lb_kerr_t k;
    built_in s;
    acb_t x;

    acb_init(x);
    test_kerr_init(k, delta, chi, xi, "1", REFERENCE_PREC);
    built_in_init(&s, "kerr", NULL, settings, NULL);
    for (slong order = 1; order <= 3; order++)
    {
        test_kerr_correlation(x, k, order, REFERENCE_PREC);
        check_full(&s, observables[order - 1], digits, x, settings);
    }
    CU_ASSERT(lb_kerr_moment(x, k, 0, 1, REFERENCE_PREC) == LB_OK);
    check_full(&s, "amplitude", digits, x, settings);
    CU_ASSERT(lb_kerr_element(x, k, 2, 2, REFERENCE_PREC) == LB_OK);
    check_full(&s, "P2", digits, x, settings);
    built_in_clear(&s);
    lb_kerr_clear(k);
    acb_clear(x);
    flint_free(settings);
}

static void
test_kerr_weak(void)
{
    check_kerr("0", "1", "1e-5", 30);
    check_kerr("0", "1", "1e-8", 30);
    check_kerr("-5", "5", "1e-8", 30);  /* two photons in resonance */
    check_kerr("1/3", "5", "1e-5", 30); /* detuned                  */
    check_kerr("1/2", "1", "1e-5*exp(i/3)", 30);
    check_kerr("0", "0", "1e-5", 30); /* a linear mode            */
}

static void
test_kerr_moderate(void)
{
    check_kerr("0", "1", "1/10", 30);
    check_kerr("-1", "1", "1/2", 30);
    check_kerr("3/2", "1/5", "1/4", 30);
}

/* xi = 2 gamma, chi = gamma: about one photon, far from any weak drive. */
static void
test_kerr_strong(void)
{
    check_kerr("0", "1", "2", 30);
    check_kerr("-2", "1", "2", 30);
}

/* --- two qubits at a waveguide ------------------------------------------- */

/* Quoted, here and below: the 16 x 16 problem solved by mpmath, an LU
   decomposition with 60 to 80 digits. */
static void
test_diode(void)
{
    static const char * const tuned
        = "theta = 0.9*pi; delta_1 = 0; delta_2 = 1; power = 1/10";
    static const char * const symmetric
        = "theta = 0.94*pi; delta_1 = 1/10; delta_2 = -1/10; power = 1/10";

    check_quoted("two_qubit_diode", tuned, "T_R", 30,
                 "0.219941153396079618680286906584 +/- 1e-30", 1);
    check_quoted("two_qubit_diode", tuned, "T_L", 30,
                 "0.145398480913386710609305120373 +/- 1e-30", 1);
    check_quoted("two_qubit_diode", symmetric, "T_R", 30,
                 "0.0481642002004435334760096765188 +/- 1e-31", 1);
    check_quoted("two_qubit_diode", symmetric, "T_L", 30,
                 "0.489989253874934477098974371465 +/- 1e-30", 1);
    /* a drive of the wrong sign cancels: T = 1 and no excitation */
    check_quoted("two_qubit_diode", tuned, "p1_R", 30, "0.151 +/- 0.001", 1);
    check_quoted("two_qubit_diode", symmetric, "p2_L", 30, "0.296 +/- 0.001",
                 1);
    /* what does not pass is reflected */
    check_quoted("two_qubit_diode", tuned, "B_R", 30,
                 "1 - 0.219941153396079618680286906584 +/- 1e-30", 0);
    check_quoted("two_qubit_diode", tuned, "B_L", 30,
                 "1 - 0.145398480913386710609305120373 +/- 1e-30", 0);
}

/* Near the dark state, where the Liouvillian is nearly singular and doubles
   give 0.665 to -0.97 for T_L; in the limit 2/3, and 0 for T_R. */
static void
test_diode_dark_state(void)
{
    static const char * const near
        = "theta = pi - 1e-7; delta_1 = 0.5e-7; delta_2 = -0.5e-7;"
          "power = 1e-5";

    check_quoted("two_qubit_diode", near, "T_L", 30,
                 "0.666656666638899064801522814749882 +/- 1e-32", 0);
    check_quoted("two_qubit_diode", near, "T_R", 30,
                 "3.99994500116662366701140209691357e-10 +/- 1e-41", 0);
    check_quoted("two_qubit_diode", near, "p1_R", 30,
                 "5.00009999600001083388335202697833e-6 +/- 1e-37", 0);
    check_quoted("two_qubit_diode", near, "p1_L", 30,
                 "0.333329999836116421353769871943637 +/- 1e-32", 0);
}

/* The certified transmission minus the limit law, theta = pi - P^2,
   delta_1 = -delta_2 = x gamma P^2. */
static void
diode_excess(arb_t excess, const char * observable, const char * power,
             const char * x, int sign)
{
    char * settings
        = lb_text_print("power = %s; theta = pi - power^2;"
                        "delta_1 = (%s)*power^2; delta_2 = -delta_1",
                        power, x);
    char * text = sign < 0 ? lb_text_print("(2*(%s) - 1)^2", x)
                           : lb_text_print("(2*(%s) + 1)^2", x);
    lb_certified_info info;
    acb_t value, law, t;
    built_in s;

    acb_init(value);
    acb_init(law);
    acb_init(t);
    built_in_init(&s, "two_qubit_diode", observable, settings, NULL);
    built_in_value(value, &info, &s, observable, 15);
    CU_ASSERT(info.reached);
    test_number(law, text, REFERENCE_PREC);
    acb_add_ui(t, law, 2, REFERENCE_PREC);
    acb_div(law, law, t, REFERENCE_PREC);
    acb_sub(value, value, law, REFERENCE_PREC);
    arb_set(excess, acb_realref(value));
    built_in_clear(&s);
    acb_clear(value);
    acb_clear(law);
    acb_clear(t);
    flint_free(settings);
    flint_free(text);
}

/* For d, gamma dtheta << P << gamma the transmissions depend only on
   x = d/(gamma dtheta): (2x - 1)^2/((2x - 1)^2 + 2) to the right, with + to
   the left.  Found in numbers, not derived: what is certified here is how
   three powers approach it, linearly in P (and T_R at x = 1/2, where the law
   is 0, in P^2). */
static void
test_diode_limit(void)
{
    static const char * const powers[] = { "1e-4", "1e-5", "1e-6" };
    static const char * const ratios[] = { "1/2", "1/5", "2" };

    for (int k = 0; k < 3; k++)
        for (int sign = -1; sign <= 1; sign += 2)
        {
            double ratio, expected = k == 0 && sign < 0 ? 100 : 10;
            acb_t bound;
            arb_t e, f;

            arb_init(e);
            arb_init(f);
            acb_init(bound);
            for (int i = 0; i < 3; i++)
            {
                diode_excess(f, sign < 0 ? "T_R" : "T_L", powers[i], ratios[k],
                             sign);
                /* |T - law| <= 5 P */
                test_number(bound, powers[i], REFERENCE_PREC);
                acb_mul_ui(bound, bound, 5, REFERENCE_PREC);
                arb_abs(e, f);
                CU_ASSERT(arb_le(e, acb_realref(bound)));
            }
            diode_excess(e, sign < 0 ? "T_R" : "T_L", powers[1], ratios[k],
                         sign);
            arb_div(f, e, f, REFERENCE_PREC);
            CU_ASSERT(arb_rel_accuracy_bits(f) > 15);
            ratio = arf_get_d(arb_midref(f), ARF_RND_NEAR);
            if (fabs(ratio / expected - 1) > 1e-3)
                printf("\nx = %s, %s: %.6f ", ratios[k],
                       sign < 0 ? "T_R" : "T_L", ratio);
            CU_ASSERT_DOUBLE_EQUAL(ratio / expected, 1, 1e-3);
            arb_clear(e);
            arb_clear(f);
            acb_clear(bound);
        }
}

/* --- exact zeros --------------------------------------------------------- */

/* Zero by symmetry, by interference and by a dark state: enclosed to
   10^-digits, without a search for relative digits that has no end. */
static void
test_zeros(void)
{
    static const struct
    {
        const char * model;
        const char * observable;
        const char * settings;
        const char * cutoff; /* NULL: level full */
        slong dimension;     /* at most */
    } cases[] = {
        { "dark_dimer", "flux", "", "2", 4 },
        { "two_atoms", "I_c", "DF = 0", NULL, 400 },
        { "two_atoms", "I_c", "DF = 0", "3", 50 },
        { "chiral_resonator", "T_ccw", "g_b = 0; Delta = 0", NULL, 250 },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        lb_certified_info info;
        built_in s;
        acb_t x;

        acb_init(x);
        built_in_init(&s, cases[k].model, cases[k].observable,
                      cases[k].settings, cases[k].cutoff);
        built_in_value(x, &info, &s, cases[k].observable, 10);
        if (!info.reached || info.dimension > cases[k].dimension)
            printf("\n%s of %s: dimension %ld, %s ", cases[k].observable,
                   cases[k].model, (long) info.dimension,
                   info.limit != NULL ? info.limit : "reached");
        CU_ASSERT(info.reached && info.limit == NULL);
        CU_ASSERT(info.dimension <= cases[k].dimension);
        CU_ASSERT(acb_contains_zero(x));
        CU_ASSERT(mag_cmp_2exp_si(arb_radref(acb_realref(x)), -33) <= 0);
        CU_ASSERT(mag_cmp_2exp_si(arb_radref(acb_imagref(x)), -33) <= 0);
        built_in_clear(&s);
        acb_clear(x);
    }
}

/* --- three cavities, the nanotip ----------------------------------------- */

/* Quoted: a general-purpose sparse solver at N <= 10 and beyond. */
static void
test_three_cavity(void)
{
    check_quoted("three_cavity", "", "T_ac", 12, "0.97231585893 +/- 1e-11", 1);
    check_quoted("three_cavity", "", "g2_ac", 12, "0.0109471169 +/- 1e-10", 1);
    check_quoted("three_cavity", "", "T_ca", 12, "2.41983972135e-3 +/- 1e-14",
                 1);
    check_quoted("three_cavity", "", "g2_ca", 12, "72.8671623191 +/- 1e-10", 1);
}

/* The photon-number distributions, as the same solver has them, and their
   relative deviations from the Poisson distribution of the same mean. */
static void
test_three_cavity_distribution(void)
{
    static const struct
    {
        const char * settings;
        const char * observable;
        const char * quoted;
    } cases[] = {
        { "", "P1_ac", "9.7221e-3 +/- 5e-8" },
        { "", "P2_ac", "5.175e-7 +/- 5e-11" },
        { "", "P3_ac", "1.0495e-12 +/- 5e-17" },
        { "", "P1_ca", "2.4156e-5 +/- 5e-10" },
        { "", "P2_ca", "2.133e-8 +/- 5e-12" },
        { "", "P3_ca", "2.270e-13 +/- 5e-17" },
        { "", "dP1_ac", "0.00966 +/- 5e-6" },
        { "", "dP2_ac", "-0.989 +/- 5e-4" },
        { "", "dP1_ca", "-0.0017 +/- 5e-5" },
        { "", "dP2_ca", "71.9 +/- 0.05" },
        { "", "dP3_ca", "95.1 +/- 0.05" },
        { "kappa_b = 5/4", "dP1_ca", "-5.5e-5 +/- 5e-7" },
        { "kappa_b = 5/4", "dP2_ca", "0.391 +/- 5e-4" },
        { "kappa_b = 5/4", "dP3_ca", "-0.824 +/- 5e-4" },
        { "kappa_b = 5/4", "dP4_ca", "-0.996 +/- 5e-4" },
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
        check_quoted("three_cavity", cases[k].settings, cases[k].observable, 5,
                     cases[k].quoted, 1);
}

/* The stated parameters are the paper's, 4 fW of input.  Without
   backscattering the driven mode is alone: exact. */
static void
test_nanotip(void)
{
    static const char * const names[] = { "chi", "gamma", "Delta", "xi" };
    arb_ptr parameters[4];
    lb_kerr_t k;
    built_in s;
    acb_t x;

    check_quoted("nanotip", "", "N_cw", 15, "0.12471 +/- 1e-5", 1);
    check_quoted("nanotip", "", "N_ccw", 15, NULL, 1);
    check_quoted("nanotip", "", "g2_cw", 15, NULL, 1);
    check_quoted("nanotip", "", "purity", 8, "0.9879965 +/- 5e-8", 1);
    check_quoted("nanotip", "", "P10", 15, "0.1245 +/- 5e-5", 1);

    acb_init(x);
    lb_kerr_init(k);
    parameters[0] = k->chi;
    parameters[1] = k->gamma;
    parameters[2] = k->delta;
    parameters[3] = acb_realref(k->xi);
    built_in_init(&s, "nanotip", NULL, "J = 0", NULL);
    for (int i = 0; i < 4; i++)
    {
        lb_expr * e = test_parse(names[i]);
        lb_scalar_t y;
        lb_error err;
        lb_env_t env;

        lb_error_clear(&err);
        lb_scalar_init(y);
        lb_env_init(env, s.scope, REFERENCE_PREC);
        if (lb_env_scalar(y, env, e, &err) != LB_OK)
            test_fail(names[i], &err);
        arb_set(parameters[i], acb_realref(y->coefficient));
        lb_env_clear(env);
        lb_scalar_clear(y);
        lb_expr_free(e);
    }
    test_kerr_correlation(x, k, 1, REFERENCE_PREC);
    check_full(&s, "N_cw", 15, x, "nanotip, J = 0");
    test_kerr_correlation(x, k, 2, REFERENCE_PREC);
    check_full(&s, "g2_cw", 15, x, "nanotip, J = 0");
    test_kerr_correlation(x, k, 3, REFERENCE_PREC);
    check_full(&s, "g3_cw", 15, x, "nanotip, J = 0");
    built_in_clear(&s);
    lb_kerr_clear(k);
    acb_clear(x);
}

/* --- two atoms ----------------------------------------------------------- */

/* The paper prints 65.7 dB and 17.3 dB. */
static void
test_two_atoms(void)
{
    check_quoted("two_atoms", "DF = 0.9; phi = pi/2", "I_c", 10,
                 "65.73757 +/- 1e-5", 1);
    check_quoted("two_atoms", "DF = 0.9; phi = pi/2", "I_n", 10,
                 "17.274 +/- 5e-4", 1);
}

/* --- many steady states -------------------------------------------------- */

/* Even and odd photon numbers have steady states of their own: a ball that
   told them apart would be wrong.  P1 is 0 in the even one; with
   |alpha|^2 = 5^(-1/2) of the coherent amplitudes it is
   |alpha|^2/sinh(|alpha|^2) = 0.967 in the odd one. */
static void
check_undetermined(built_in * s, const char * observable, const char * even,
                   const char * odd)
{
    lb_certified_info info;
    acb_t value, x;

    acb_init(value);
    acb_init(x);
    built_in_value(value, &info, s, observable, 6);
    CU_ASSERT(!info.reached);
    CU_ASSERT(info.limit != NULL);
    test_number(x, even, 64);
    LB_CHECK_OVERLAP_ACB(value, x, 0);
    test_number(x, odd, 64);
    LB_CHECK_OVERLAP_ACB(value, x, 1);
    acb_clear(value);
    acb_clear(x);
}

/* What all steady states share may be answered, and then rightly: <a^2> =
   alpha^2 = -e/(U - i kappa_2/2) = -2/5 - i/5. */
static void
check_shared(built_in * s, const char * observable, const char * exact)
{
    lb_certified_info info;
    acb_t value, x;

    acb_init(value);
    acb_init(x);
    built_in_value(value, &info, s, observable, 6);
    test_number(x, exact, 64);
    LB_CHECK_OVERLAP_ACB(value, x, 0);
    acb_clear(value);
    acb_clear(x);
}

static void
test_many_steady_states(void)
{
    /* NULL: level full, if it applies */
    static const char * const cutoffs[] = { "8", "11", NULL };

    for (size_t i = 0; i < sizeof(cutoffs) / sizeof(cutoffs[0]); i++)
    {
        built_in s;

        built_in_init(&s, "two_photon_kerr", NULL, "", cutoffs[i]);
        CU_ASSERT(s.certifier != NULL || cutoffs[i] == NULL);
        if (s.certifier != NULL)
        {
            check_undetermined(&s, "P0", "0.91 +/- 0.01", "0");
            check_undetermined(&s, "P1", "0", "0.967 +/- 0.001");
            check_undetermined(&s, "n", "0.188 +/- 0.001", "1.065 +/- 0.001");
            /* 1e-4: what the cutoff changes */
            check_shared(&s, "pairs", "0.2 +/- 1e-4");
            check_shared(&s, "pair_amplitude",
                         "-0.4 - 0.2*i + (0 +/- 1e-4)*(1 + i)");
        }
        built_in_clear(&s);
    }
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "Kerr mode, weak drives, 30 digits", test_kerr_weak },
        { "Kerr mode, moderate drives, 30 digits", test_kerr_moderate },
        { "Kerr mode, strong drives, 30 digits", test_kerr_strong },
        { "two-qubit diode, 30 digits", test_diode },
        { "two-qubit diode near its dark state", test_diode_dark_state },
        { "two qubits at a waveguide, the limit law", test_diode_limit },
        { "exact zeros", test_zeros },
        { "three cavities, 12 digits", test_three_cavity },
        { "three cavities, photon numbers", test_three_cavity_distribution },
        { "nanotip at 4 fW, 15 digits", test_nanotip },
        { "two atoms, 10 digits", test_two_atoms },
        { "many steady states", test_many_steady_states },
    };

    return lb_test_main("certified_systems", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
