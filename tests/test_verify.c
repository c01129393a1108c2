/* tests/test_verify.c -- verdicts come out as they must, and can fail.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/model_file.h>
#include <lindbound/verify.h>

#include "lb_test.h"

static void
read_model(lb_model_t m, const char * name)
{
    const char * data = getenv("LINDBOUND_DATA");
    char path[1000];
    lb_error err;

    lb_error_clear(&err);
    lb_model_init(m);
    snprintf(path, sizeof(path), "%s/models/%s.json",
             data != NULL ? data : "data", name);
    CU_ASSERT_FATAL(lb_model_read(m, path, &err) == LB_OK);
}

/* How the steady states below are found. */
static lb_level level = LB_LEVEL_ESTIMATE;
static const char * cutoff = NULL;

static double
state(const lb_verify_row * row)
{
    if (row->state->level == LB_LEVEL_ESTIMATE)
        return row->state->approx.re;
    return arf_get_d(arb_midref(acb_realref(row->state->ball)), ARF_RND_NEAR);
}

/* Judges one formula; the caller clears the row and the form. */
static void
judge(lb_verify_row * row, lb_form_t form, const lb_model_t m,
      const char * quantity, const char * formula, lb_limit limit,
      const char * set_name, const char * set_text)
{
    lb_estimate_options estimate;
    lb_steady_options steady = { level, 12, 512, &estimate };
    lb_settings_t overrides;
    lb_verify_options options = { 15, &steady, overrides };
    lb_error err;

    lb_error_clear(&err);
    lb_estimate_options_init(&estimate);
    estimate.cutoff_text = cutoff;
    lb_settings_init(overrides);
    if (set_name != NULL)
        lb_settings_set(overrides, set_name, set_text, "test", NULL);
    lb_form_init(form);
    lb_verify_row_init(row);
    CU_ASSERT_FATAL(lb_form_set_texts(form, m, quantity, formula, limit, &err)
                    == LB_OK);
    if (lb_verify_form(row, form, m, &options, &err) != LB_OK)
    {
        printf("\n%s: %s\n", formula, err.text);
        CU_FAIL("verify");
    }
    lb_settings_clear(overrides);
}

#define JUDGE(quantity, formula, limit, name, text)                            \
    judge(&row, form, m, quantity, formula, limit, name, text)
#define DONE()                                                                 \
    do                                                                         \
    {                                                                          \
        lb_verify_row_clear(&row);                                             \
        lb_form_clear(form);                                                   \
    } while (0)

static void
test_three_cavity(void)
{
    lb_verify_row row;
    lb_form_t form;
    lb_model_t m;

    read_model(m, "three_cavity");

    /* The model at drive 0.1, to the digits that solvers without refinement
       get: they leave 3e-12 in T_ac and 2e-9 in g3. */
    JUDGE("T_ac", "1", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT(row.verdict == LB_AGREE && row.derived_verdict == LB_AGREE);
    CU_ASSERT(row.state->approx.digits >= 12);
    CU_ASSERT_DOUBLE_EQUAL(state(&row), 0.97231585893, 5e-12);
    CU_ASSERT(row.n_drives >= 3);
    CU_ASSERT_DOUBLE_EQUAL(row.order, 2, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(row.measured, -2.836286, 2e-3);
    DONE();
    JUDGE("T_ca", "0", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT(row.verdict == LB_AGREE && !row.relative);
    CU_ASSERT_DOUBLE_EQUAL(state(&row), 2.41983972135e-3, 5e-15);
    CU_ASSERT_DOUBLE_EQUAL(row.measured, 0.248869, 1e-4);
    DONE();
    JUDGE("T_ca", "((kappa-kappa_b)/(kappa+kappa_b))^2", LB_LIMIT_WEAK_DRIVE,
          "kappa_b", "1.25");
    CU_ASSERT(row.verdict == LB_AGREE && row.relative);
    CU_ASSERT_DOUBLE_EQUAL(row.measured * (1.0 / 81), 0.189078, 2e-4);
    DONE();

    /* the right number with the wrong power of the drive */
    JUDGE("n_c", "kappa^2/100", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT(row.derived_verdict == LB_DISAGREE);
    DONE();
    JUDGE("n_c", "Omega^2/kappa^2", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT(row.derived_verdict == LB_AGREE);
    DONE();

    /* a wrong formula is a disagreement, proved by A and B alone */
    JUDGE("T_ca", "((kappa-kappa_b)/(kappa+kappa_b))^2*1.0000000001",
          LB_LIMIT_WEAK_DRIVE, "kappa_b", "1.25");
    CU_ASSERT(row.derived_verdict == LB_DISAGREE && row.verdict == LB_DISAGREE);
    DONE();
    JUDGE("T_ac", "0.99", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    /* an estimate alone refutes nothing */
    CU_ASSERT(row.state_verdict == LB_UNDECIDED && row.verdict == LB_DISAGREE);
    DONE();

    /* at the optimum g2_ca diverges as drive -> 0: nothing is derived */
    JUDGE("g2_ca", "1", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT(!row.has_derived && row.derived_note[0] != '\0');
    CU_ASSERT(row.verdict != LB_AGREE);
    CU_ASSERT_DOUBLE_EQUAL(state(&row), 72.8671623191, 2e-9);
    DONE();
    JUDGE("g2_ac", "1", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT_DOUBLE_EQUAL(state(&row), 0.0109471169, 5e-11);
    CU_ASSERT(row.verdict == LB_DISAGREE);
    DONE();
    JUDGE("g2_ca", "1", LB_LIMIT_WEAK_DRIVE, "kappa_b", "1.25");
    CU_ASSERT_DOUBLE_EQUAL(state(&row), 1.390913774, 1e-9);
    DONE();
    JUDGE("g3_ca", "1", LB_LIMIT_WEAK_DRIVE, "kappa_b", "1.25");
    CU_ASSERT_DOUBLE_EQUAL(state(&row), 0.17586632, 1e-8);
    DONE();
    lb_model_clear(m);
}

/* Fails unless the coefficient derived overlaps the value of a formula over
   the model's parameters, and is tight. */
static void
check_coefficient(const lb_verify_row * row, const lb_model_t m,
                  const char * formula)
{
    lb_expr * e = NULL;
    lb_scalar_t x;
    lb_error err;
    lb_env_t env;

    lb_error_clear(&err);
    lb_scalar_init(x);
    lb_env_init(env, m->scope, 200);
    CU_ASSERT_FATAL(lb_expr_parse(&e, formula, &err) == LB_OK);
    CU_ASSERT_FATAL(lb_env_scalar(x, env, e, &err) == LB_OK);
    CU_ASSERT(row->has_coefficient);
    LB_CHECK_OVERLAP(row->coefficient, acb_realref(x->coefficient), 0);
    CU_ASSERT(arb_rel_accuracy_bits(row->coefficient) > 50);
    lb_env_clear(env);
    lb_scalar_clear(x);
    lb_expr_free(e);
}

/* The coefficient of drive^2 of one Kerr mode, as [K1] expands by hand. */
static void
test_coefficients(void)
{
    static const char g2[]
        = "(8 + 2/(4*(chi/gamma)^2 + 1/4) - 4/((chi/gamma)^2 + 1/4))";
    char text[300];
    lb_verify_row row;
    lb_form_t form;
    lb_model_t m;

    read_model(m, "nanotip");
    level = LB_LEVEL_FULL;
    JUDGE("g2_cw", "1/(4*(chi/gamma)^2+1)", LB_LIMIT_WEAK_DRIVE, "J", "0");
    CU_ASSERT(row.verdict == LB_AGREE && row.relative);
    check_coefficient(&row, m, g2);
    CU_ASSERT_DOUBLE_EQUAL(row.measured,
                           arf_get_d(arb_midref(row.coefficient), ARF_RND_NEAR),
                           1e-4);
    CU_ASSERT_STRING_EQUAL(row.drive_text, "(xi/gamma)^2");
    /* the distance is the proved state minus the form */
    CU_ASSERT(row.has_distance && acb_rel_accuracy_bits(row.distance) > 25);
    CU_ASSERT_DOUBLE_EQUAL(
        arf_get_d(arb_midref(acb_realref(row.distance)), ARF_RND_NEAR),
        state(&row)
                / arf_get_d(arb_midref(acb_realref(row.closed->coefficient)),
                            ARF_RND_NEAR)
            - 1,
        1e-12);
    DONE();
    JUDGE("N_cw", "4*(xi/gamma)^2", LB_LIMIT_WEAK_DRIVE, "J", "0");
    CU_ASSERT(row.verdict == LB_AGREE && row.relative);
    check_coefficient(&row, m, "2/((chi/gamma)^2 + 1/4) - 8");
    DONE();
    /* a closed form that changes with the drive */
    JUDGE("g2_cw", "(1 + 3*(xi/gamma)^2)/(4*(chi/gamma)^2+1)",
          LB_LIMIT_WEAK_DRIVE, "J", "0");
    CU_ASSERT(row.verdict == LB_AGREE && row.relative);
    snprintf(text, sizeof(text), "%s - 3", g2);
    check_coefficient(&row, m, text);
    DONE();
    /* modulus of a complex difference, with the sign of its larger part */
    JUDGE("-2*i*g2(a1)", "0 - 2*i/(4*(chi/gamma)^2+1)", LB_LIMIT_WEAK_DRIVE,
          "J", "0");
    CU_ASSERT(row.verdict == LB_AGREE);
    snprintf(text, sizeof(text), "-%s", g2);
    check_coefficient(&row, m, text);
    DONE();
    /* a form of which the next order is not known: measured, and said so */
    JUDGE("g2_cw", "(1 + xi/gamma - xi/gamma)/(4*(chi/gamma)^2+1)",
          LB_LIMIT_WEAK_DRIVE, "J", "0");
    CU_ASSERT(row.verdict == LB_AGREE && !row.has_coefficient);
    CU_ASSERT(strstr(row.coefficient_note, "second order") != NULL);
    CU_ASSERT(isfinite(row.measured));
    DONE();
    /* nothing is derived of a form that is wrong */
    JUDGE("g2_cw", "2/(4*(chi/gamma)^2+1)", LB_LIMIT_WEAK_DRIVE, "J", "0");
    CU_ASSERT(row.verdict == LB_DISAGREE && !row.has_coefficient);
    DONE();
    /* an amplitude is a coefficient itself */
    JUDGE("amplitude(1,0)", "2*xi/(i*gamma)", LB_LIMIT_WEAK_DRIVE, "J", "0");
    CU_ASSERT(row.derived_verdict == LB_AGREE && !row.has_coefficient);
    DONE();
    /* an estimate has no distance */
    level = LB_LEVEL_ESTIMATE;
    JUDGE("g2_cw", "1/(4*(chi/gamma)^2+1)", LB_LIMIT_WEAK_DRIVE, "J", "0");
    CU_ASSERT(row.has_coefficient && !row.has_distance);
    DONE();
    lb_model_clear(m);

    /* a zero: absolute */
    read_model(m, "three_cavity");
    JUDGE("T_ca", "0", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT(row.has_coefficient && !row.relative);
    CU_ASSERT_DOUBLE_EQUAL(arf_get_d(arb_midref(row.coefficient), ARF_RND_NEAR),
                           row.measured, 1e-5);
    DONE();
    lb_model_clear(m);
}

static void
test_nanotip(void)
{
    lb_verify_row row;
    lb_form_t form;
    lb_model_t m;

    read_model(m, "nanotip");
    JUDGE("g2_cw",
          "abs2((4*abs2(J)-(2*Delta-i*gamma)^2)*((2*Delta-i*gamma)"
          "*(2*Delta-i*gamma+2*chi)+4*abs2(J)*chi/(2*Delta-i*gamma+2*chi))"
          "/((2*Delta-i*gamma)^2*(4*abs2(J)-(2*Delta-i*gamma+2*chi)^2)))",
          LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT(row.verdict == LB_AGREE);
    CU_ASSERT_DOUBLE_EQUAL(state(&row), 0.012003547, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(
        arf_get_d(arb_midref(acb_realref(row.closed->coefficient)),
                  ARF_RND_NEAR),
        0.0090742, 1e-7);
    CU_ASSERT_DOUBLE_EQUAL(row.measured, 7.541, 1e-3);
    DONE();

    /* an exact form of a finite drive: a mode without backscattering */
    JUDGE("N_cw", "1", LB_LIMIT_EXACT, "J", "0");
    CU_ASSERT(row.state_verdict == LB_UNDECIDED);
    DONE();
    lb_model_clear(m);
}

/* The hierarchy finds that an order vanishes, not what comes after it. */
static void
test_vanishing_order(void)
{
    /* at delta_1 = 0 transmission begins with the power */
    const char * quantity = "<(alpha + sqrt(gamma/2)*(phase*s1 + s2))'"
                            "*(alpha + sqrt(gamma/2)*(phase*s1 + s2))>/alpha^4";
    const char * right
        = "2*(2*(delta_2/gamma)^4 + (1 + sin(theta)^2)"
          "*((1 + 2*sin(theta)^2)*(delta_2/gamma)^2"
          " + sin(theta)*cos(theta)*delta_2/gamma + sin(theta)^2))"
          "/((1 + (delta_2/gamma)^2)*((delta_2/gamma)^2"
          " + sin(theta)^2*(1 + sin(theta)^2)))/gamma*%s";
    char formula[600];
    lb_verify_row row;
    lb_form_t form;
    lb_model_t m;

    read_model(m, "two_qubit_diode");
    level = LB_LEVEL_FULL;
    snprintf(formula, sizeof(formula), right, "1");
    JUDGE(quantity, formula, LB_LIMIT_WEAK_DRIVE, "delta_1", "0");
    CU_ASSERT(!row.has_derived && row.derived_verdict == LB_NOT_JUDGED);
    CU_ASSERT(strstr(row.derived_note, "the next is not derived") != NULL);
    CU_ASSERT(row.state_verdict == LB_AGREE && row.verdict == LB_AGREE);
    DONE();
    snprintf(formula, sizeof(formula), right, "2");
    JUDGE(quantity, formula, LB_LIMIT_WEAK_DRIVE, "delta_1", "0");
    CU_ASSERT(!row.has_derived && row.verdict == LB_DISAGREE);
    DONE();
    /* a lower order that does not vanish is still a contradiction */
    JUDGE(quantity, "1", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT(row.has_derived && row.derived_verdict == LB_DISAGREE);
    DONE();
    lb_model_clear(m);
    level = LB_LEVEL_ESTIMATE;
}

/* Steady states with proofs: what they say and when they contradict. */
static void
test_levels(void)
{
    /* [K1] of theory.md for the mode without backscattering */
    const char * exact
        = "abs2(xi/(Delta - i*gamma/2))"
          "*re(hyp0f2((Delta - i*gamma/2)/chi + 1, (Delta + i*gamma/2)/chi + 1,"
          " 2*(xi/chi)^2)"
          "/hyp0f2((Delta - i*gamma/2)/chi, (Delta + i*gamma/2)/chi,"
          " 2*(xi/chi)^2))*%s";
    char formula[400];
    lb_verify_row row;
    lb_form_t form;
    lb_model_t m;
    double lo, hi;

    level = LB_LEVEL_AUTO;
    read_model(m, "three_cavity");
    JUDGE("T_ac", "1", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT(row.state->level == LB_LEVEL_FULL && row.verdict == LB_AGREE);
    CU_ASSERT(acb_rel_accuracy_bits(row.state->ball) >= 38);
    CU_ASSERT_DOUBLE_EQUAL(state(&row), 0.97231585892644, 1e-12);
    CU_ASSERT(row.n_drives >= 3 && row.noise[0] < 1e-11);
    CU_ASSERT(row.order_radius < 1e-3);
    CU_ASSERT_DOUBLE_EQUAL(row.order, 2, 0.1);
    CU_ASSERT_DOUBLE_EQUAL(row.measured, -2.836286, 2e-3);
    DONE();
    JUDGE("T_ac", "0.99", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    CU_ASSERT(row.state->level == LB_LEVEL_FULL);
    CU_ASSERT(row.state_verdict == LB_DISAGREE);
    DONE();

    /* an undamped mode: not full, and said so */
    JUDGE("g2_ac", "1", LB_LIMIT_WEAK_DRIVE, "kappa_b", "0");
    CU_ASSERT(row.state->level == LB_LEVEL_TRUNCATED);
    CU_ASSERT(strstr(row.state->note, "neither a linear loss") != NULL);
    CU_ASSERT_DOUBLE_EQUAL(state(&row), 0.00803686678533, 1e-13);
    DONE();
    level = LB_LEVEL_FULL;
    JUDGE("g2_ac", "1", LB_LIMIT_WEAK_DRIVE, "kappa_b", "0");
    CU_ASSERT(!row.has_state && row.state_verdict == LB_UNDECIDED);
    CU_ASSERT(strstr(row.state_note, "neither a linear loss") != NULL);
    DONE();
    lb_model_clear(m);

    read_model(m, "nanotip");
    level = LB_LEVEL_AUTO;
    cutoff = "5";
    JUDGE("N_cw", "1", LB_LIMIT_EXACT, "J", "0");
    CU_ASSERT(row.state->level == LB_LEVEL_TRUNCATED);
    CU_ASSERT_STRING_EQUAL(row.state->cutoff, "N<=5");
    CU_ASSERT(row.state_verdict == LB_UNDECIDED);
    DONE();
    cutoff = NULL;
    level = LB_LEVEL_TRUNCATED;
    snprintf(formula, sizeof(formula), exact, "1");
    JUDGE("N_cw", formula, LB_LIMIT_EXACT, "J", "0");
    CU_ASSERT(row.state->level == LB_LEVEL_TRUNCATED);
    CU_ASSERT(row.state_verdict == LB_AGREE);
    DONE();

    /* level full: agreement and contradiction are proved */
    level = LB_LEVEL_FULL;
    JUDGE("N_cw", formula, LB_LIMIT_EXACT, "J", "0");
    CU_ASSERT(row.state->level == LB_LEVEL_FULL);
    CU_ASSERT(row.state_verdict == LB_AGREE && row.verdict == LB_AGREE);
    CU_ASSERT(fabs(row.difference[0]) <= row.noise[0] && row.noise[0] < 1e-11);
    DONE();
    snprintf(formula, sizeof(formula), exact, "(1 + 1e-10)");
    JUDGE("N_cw", formula, LB_LIMIT_EXACT, "J", "0");
    CU_ASSERT(row.state_verdict == LB_DISAGREE && row.verdict == LB_DISAGREE);
    DONE();
    /* a ball of parameters: overlap, but of what? */
    snprintf(formula, sizeof(formula), exact, "1");
    JUDGE("N_cw", formula, LB_LIMIT_EXACT, "J", "0.00001 +/- 0.00001");
    CU_ASSERT(row.state_verdict != LB_DISAGREE);
    DONE();
    level = LB_LEVEL_AUTO;
    JUDGE("g2_cw", "1", LB_LIMIT_WEAK_DRIVE, "P_in", "4e-15 +/- 1e-20");
    CU_ASSERT(row.state->level == LB_LEVEL_FULL);
    lb_ball_bounds(&lo, &hi, acb_realref(row.state->ball));
    CU_ASSERT(lo < 0.0120035469452 && hi > 0.0120035469452 && hi < 0.0121);
    DONE();
    level = LB_LEVEL_FULL;
    /* what is shown of the state contains the printed number's judgement */
    JUDGE("g2_cw", "1", LB_LIMIT_WEAK_DRIVE, NULL, NULL);
    lb_ball_bounds(&lo, &hi, acb_realref(row.state->ball));
    CU_ASSERT(lo <= 0.0120035469452 + 1e-13 && hi >= 0.0120035469452 - 1e-13);
    CU_ASSERT(hi - lo < 1e-13);
    DONE();
    lb_model_clear(m);
    level = LB_LEVEL_ESTIMATE;
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "three cavities", test_three_cavity },
        { "nanotip", test_nanotip },
        { "coefficients of drive^2", test_coefficients },
        { "an order that vanishes", test_vanishing_order },
        { "levels of the steady state", test_levels },
    };

    return lb_test_main("verify", cases, sizeof(cases) / sizeof(cases[0]));
}
