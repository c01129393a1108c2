/* tests/test_scattering.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The certified solve is compared with the printed closed forms (13)-(15) of
 * the three-cavity paper, coded here directly in balls. */
#include <lindbound/scattering.h>

#include "lb_test.h"
#include "lb_test_problem.h"

enum
{
    A,
    C,
    B
};

/* --- the three-cavity ring ----------------------------------------------- */

typedef struct
{
    arb_t kappa[3]; /* of a, c, b                 */
    arb_t j, j_ac;
    arb_t theta_pi; /* phase of the coupling / pi */
    arb_t delta;    /* light minus cavity         */
} ring_struct;

typedef ring_struct ring_t[1];

static void
ring_init(ring_t r)
{
    for (int k = 0; k < 3; k++)
        arb_init(r->kappa[k]);
    arb_init(r->j);
    arb_init(r->j_ac);
    arb_init(r->theta_pi);
    arb_init(r->delta);
}

static void
ring_clear(ring_t r)
{
    for (int k = 0; k < 3; k++)
        arb_clear(r->kappa[k]);
    arb_clear(r->j);
    arb_clear(r->j_ac);
    arb_clear(r->theta_pi);
    arb_clear(r->delta);
}

static void
ring_randtest(ring_t r, flint_rand_t state)
{
    for (int k = 0; k < 3; k++)
        lb_test_eighths(r->kappa[k], state, 1);
    lb_test_eighths(r->j, state, 0);
    lb_test_eighths(r->j_ac, state, 0);
    lb_test_eighths(r->theta_pi, state, 0);
    lb_test_eighths(r->delta, state, 0);
}

/* g = J_ac e^{i theta} */
static void
ring_coupling(acb_t g, const ring_t r, slong prec)
{
    acb_set_arb(g, r->theta_pi);
    acb_exp_pi_i(g, g, prec);
    acb_mul_arb(g, g, r->j_ac, prec);
}

/* Eqs (1), (2) with Kerr terms and a drive, which must not matter.  Losses: a
   in one jump, b in two, c with the factor 2i in the operator. */
static void
ring_problem(lb_problem_t p, const ring_t r, slong prec)
{
    static const lb_kind kinds[] = { LB_MODE, LB_MODE, LB_MODE };
    arb_t x;
    acb_t g;

    arb_init(x);
    acb_init(g);
    lb_test_problem_init(p, kinds, 3, prec);
    arb_neg(x, r->delta);
    for (int k = 0; k < 3; k++)
        lb_test_add_arb(p->hamiltonian, x, 0, W(k + 1, -(k + 1)), 0, prec);
    ring_coupling(g, r, prec);
    lb_test_add(p->hamiltonian, g, 0, W(C + 1, -(A + 1)), 1, prec);
    lb_test_add_arb(p->hamiltonian, r->j, 0, W(A + 1, -(B + 1)), 1, prec);
    lb_test_add_arb(p->hamiltonian, r->j, 0, W(C + 1, -(B + 1)), 1, prec);
    lb_test_add_si(p->hamiltonian, 5, 0, W(A + 1, A + 1, -(A + 1), -(A + 1)), 0,
                   prec);
    lb_test_add_si(p->hamiltonian, 3, 0, W(A + 1, C + 1, -(A + 1), -(C + 1)), 0,
                   prec);
    lb_test_add_si(p->hamiltonian, 1, 1, W(A + 1), 1, prec);
    lb_test_add_si(p->hamiltonian, 7, 0, W(0), 0, prec);

    lb_test_jump(p, 0, r->kappa[A], W(-(A + 1)));
    arb_mul_2exp_si(x, r->kappa[B], -2);
    lb_test_jump(p, 1, x, W(-(B + 1)));
    arb_mul_ui(x, x, 3, prec);
    lb_test_jump(p, 2, x, W(-(B + 1)));
    arb_mul_2exp_si(p->rates + 3, r->kappa[C], -2);
    acb_set_si(g, 2);
    acb_mul_onei(g, g);
    lb_test_word(p->jumps + 3, g, 0, W(-(C + 1)), prec);
    lb_test_jump(p, 4, p->rates + 7, W(A + 1)); /* rate 0: ignored */
    arb_clear(x);
    acb_clear(g);
}

/* Route 1: the linear solve. */
static lb_status
ring_solve(acb_mat_t s, acb_t det, const ring_t r, slong prec)
{
    lb_problem_t p;
    acb_mat_t m;
    arb_ptr gamma = _arb_vec_init(3);
    lb_status status;

    acb_mat_init(m, 3, 3);
    ring_problem(p, r, prec);
    status = lb_scattering_from_problem(m, gamma, p, prec, NULL);
    CU_ASSERT(status == LB_OK);
    if (status == LB_OK)
    {
        lb_scattering_determinant(det, m, prec);
        status = lb_scattering_matrix(s, m, gamma, prec);
    }
    lb_problem_clear(p);
    acb_mat_clear(m);
    _arb_vec_clear(gamma, 3);
    return status;
}

/* Route 2: eqs (13)-(15) as printed.  0 if D contains zero. */
static int
ring_closed_form(acb_t s_ca, acb_t s_ac, acb_t d, const ring_t r, slong prec)
{
    acb_t x[3], g, t;
    arb_t u;
    int ok;

    for (int k = 0; k < 3; k++) /* delta + i kappa/2 */
    {
        acb_init(x[k]);
        arb_set(acb_realref(x[k]), r->delta);
        arb_mul_2exp_si(acb_imagref(x[k]), r->kappa[k], -1);
    }
    acb_init(g);
    acb_init(t);
    arb_init(u);
    ring_coupling(g, r, prec);

    /* D = 2 cos(theta) J^2 J_ac + J_ac^2 x_b + J^2 x_c
           - x_a (-J^2 + x_b x_c) */
    acb_mul(d, x[B], x[C], prec);
    arb_sqr(u, r->j, prec);
    acb_sub_arb(d, d, u, prec);
    acb_mul(d, d, x[A], prec);
    acb_neg(d, d);
    acb_addmul_arb(d, x[C], u, prec);
    arb_mul(u, u, acb_realref(g), prec);
    arb_mul_2exp_si(u, u, 1);
    acb_add_arb(d, d, u, prec);
    arb_sqr(u, r->j_ac, prec);
    acb_addmul_arb(d, x[B], u, prec);

    /* S = -i sqrt(kappa_a kappa_c) (J^2 + e^{+-i theta} J_ac x_b) / D */
    arb_sqr(u, r->j, prec);
    acb_mul(s_ca, g, x[B], prec);
    acb_add_arb(s_ca, s_ca, u, prec);
    acb_conj(g, g);
    acb_mul(s_ac, g, x[B], prec);
    acb_add_arb(s_ac, s_ac, u, prec);
    arb_mul(u, r->kappa[A], r->kappa[C], prec);
    arb_sqrtpos(u, u, prec);
    acb_set_arb(t, u);
    acb_div_onei(t, t);
    acb_div(t, t, d, prec);
    acb_mul(s_ca, s_ca, t, prec);
    acb_mul(s_ac, s_ac, t, prec);

    ok = acb_is_finite(t);
    for (int k = 0; k < 3; k++)
        acb_clear(x[k]);
    acb_clear(g);
    acb_clear(t);
    arb_clear(u);
    return ok;
}

static void
test_two_routes(void)
{
    slong iters = lb_test_iters(2000), compared = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 200);
        slong prec2 = 2 + (slong) n_randint(state, 200);
        acb_t s_ca, s_ac, d, det;
        acb_mat_t s, t;
        ring_t r;

        ring_init(r);
        acb_mat_init(s, 3, 3);
        acb_mat_init(t, 3, 3);
        acb_init(s_ca);
        acb_init(s_ac);
        acb_init(d);
        acb_init(det);
        ring_randtest(r, state);
        if (ring_solve(s, det, r, prec) == LB_OK)
        {
            if (ring_closed_form(s_ca, s_ac, d, r, prec2))
            {
                LB_CHECK_OVERLAP_ACB(acb_mat_entry(s, C, A), s_ca, iter);
                LB_CHECK_OVERLAP_ACB(acb_mat_entry(s, A, C), s_ac, iter);
                compared++;
            }
            LB_CHECK_OVERLAP_ACB(det, d, iter);

            /* wider input: still an enclosure of the same point */
            arb_add_error_2exp_si(r->delta, -(slong) n_randint(state, 40));
            arb_add_error_2exp_si(r->kappa[B],
                                  -4 - (slong) n_randint(state, 40));
            if (ring_solve(t, det, r, prec2) == LB_OK)
            {
                CU_ASSERT(acb_mat_overlaps(s, t));
            }
        }
        else
            CU_ASSERT(!acb_is_finite(acb_mat_entry(s, 0, 0)));
        ring_clear(r);
        acb_mat_clear(s);
        acb_mat_clear(t);
        acb_clear(s_ca);
        acb_clear(s_ac);
        acb_clear(d);
        acb_clear(det);
    }
    CU_ASSERT(compared * 3 > iters * 2);
    lb_rand_clear(state);
}

/* --- exact anchors ------------------------------------------------------- */

/* kappa_a = kappa_c = 1, J = J_ac = -1/(2 sin theta),
   delta = 1/(2 tan theta), theta = n pi/8: eq (16) for kappa_b = 1. */
static void
ring_optimum(ring_t r, slong n, slong prec)
{
    arb_t s, c;

    arb_init(s);
    arb_init(c);
    for (int k = 0; k < 3; k++)
        arb_one(r->kappa[k]);
    arb_set_si(r->theta_pi, n);
    arb_mul_2exp_si(r->theta_pi, r->theta_pi, -3);
    arb_sin_cos_pi(s, c, r->theta_pi, prec);
    arb_mul_2exp_si(s, s, 1);
    arb_div(r->delta, c, s, prec);
    arb_inv(r->j, s, prec);
    arb_neg(r->j, r->j);
    arb_set(r->j_ac, r->j);
    arb_clear(s);
    arb_clear(c);
}

static void
check_small(const acb_t x, slong prec)
{
    mag_t m;

    mag_init(m);
    CU_ASSERT(acb_contains_zero(x));
    acb_get_mag(m, x);
    CU_ASSERT(mag_cmp_2exp_si(m, 12 - prec) < 0);
    mag_clear(m);
}

/* Eq (16): S_ca = -1 and S_ac = 0, at every phase; and tight. */
static void
test_ideal_isolation(void)
{
    static const slong precs[] = { 53, 128, 1000 };
    acb_mat_t s;
    acb_t det;
    ring_t r;

    ring_init(r);
    acb_mat_init(s, 3, 3);
    acb_init(det);
    for (size_t i = 0; i < sizeof(precs) / sizeof(precs[0]); i++)
        for (slong n = -7; n <= 7; n++)
        {
            slong prec = precs[i];

            if (n == 0)
                continue;
            ring_optimum(r, n, prec);
            CU_ASSERT(ring_solve(s, det, r, prec) == LB_OK);
            acb_add_ui(acb_mat_entry(s, C, A), acb_mat_entry(s, C, A), 1, prec);
            check_small(acb_mat_entry(s, C, A), prec);
            check_small(acb_mat_entry(s, A, C), prec);
        }
    ring_clear(r);
    acb_mat_clear(s);
    acb_clear(det);
}

/* At theta = -pi/4 for any kappa_b:
   T_ac = 1, T_ca = ((1 - kappa_b)/(1 + kappa_b))^2. */
static void
test_any_loss_of_b(void)
{
    slong iters = lb_test_iters(300), compared = 0;
    flint_rand_t state;
    acb_mat_t s;
    acb_t det;
    arb_t x, y, z;
    ring_t r;

    lb_test_rand_init(state);
    ring_init(r);
    acb_mat_init(s, 3, 3);
    acb_init(det);
    arb_init(x);
    arb_init(y);
    arb_init(z);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 200);

        ring_optimum(r, -2, 2 + (slong) n_randint(state, 200));
        lb_test_eighths(r->kappa[B], state, 1);
        if (iter == 0) /* kappa_b = 5/4: 1/81 */
        {
            arb_set_ui(r->kappa[B], 5);
            arb_mul_2exp_si(r->kappa[B], r->kappa[B], -2);
        }
        if (ring_solve(s, det, r, prec) != LB_OK)
            continue;
        compared++;
        acb_abs(x, acb_mat_entry(s, C, A), prec);
        CU_ASSERT(arb_contains_si(x, 1));
        acb_abs(x, acb_mat_entry(s, A, C), prec);
        arb_sqr(x, x, prec);
        arb_sub_ui(y, r->kappa[B], 1, 300);
        arb_add_ui(z, r->kappa[B], 1, 300);
        arb_div(y, y, z, 300);
        arb_sqr(y, y, 300);
        LB_CHECK_OVERLAP(x, y, iter);
        if (iter == 0)
        {
            arb_set_ui(x, 81);
            arb_inv(x, x, 300);
            LB_CHECK_OVERLAP(x, y, iter);
        }
    }
    CU_ASSERT(compared * 3 > iters);
    ring_clear(r);
    acb_mat_clear(s);
    acb_clear(det);
    arb_clear(x);
    arb_clear(y);
    arb_clear(z);
    lb_rand_clear(state);
}

/* --- any number of modes ------------------------------------------------- */

/* S S' = 1 if M = Hermitian - i Gamma/2: every loss is a port. */
static void
test_unitarity(void)
{
    slong iters = lb_test_iters(500), compared = 0, tight = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 200);
        slong n = 1 + (slong) n_randint(state, 5);
        acb_mat_t m, s, t, one;
        arb_ptr gamma = _arb_vec_init(n);

        acb_mat_init(m, n, n);
        acb_mat_init(s, n, n);
        acb_mat_init(t, n, n);
        acb_mat_init(one, n, n);
        acb_mat_one(one);
        for (slong i = 0; i < n; i++)
        {
            lb_test_eighths(gamma + i, state, 1);
            lb_test_eighths(acb_realref(acb_mat_entry(m, i, i)), state, 0);
            arb_mul_2exp_si(acb_imagref(acb_mat_entry(m, i, i)), gamma + i, -1);
            arb_neg(acb_imagref(acb_mat_entry(m, i, i)),
                    acb_imagref(acb_mat_entry(m, i, i)));
            for (slong j = 0; j < i; j++)
            {
                acb_ptr z = acb_mat_entry(m, i, j);

                lb_test_eighths(acb_realref(z), state, 0);
                lb_test_eighths(acb_imagref(z), state, 0);
                acb_conj(acb_mat_entry(m, j, i), z);
            }
        }
        if (lb_scattering_matrix(s, m, gamma, prec) == LB_OK)
        {
            acb_mat_conjugate_transpose(t, s);
            acb_mat_mul(t, s, t, 2 * prec);
            CU_ASSERT(acb_mat_overlaps(t, one));
            compared++;
            if (prec > 100)
            {
                acb_mat_sub(t, t, one, prec);
                for (slong i = 0; i < n; i++)
                    check_small(acb_mat_entry(t, i, i), prec - 40);
                tight++;
            }

            /* aliasing */
            CU_ASSERT(lb_scattering_matrix(m, m, gamma, prec) == LB_OK);
            CU_ASSERT(acb_mat_equal(m, s));
        }
        acb_mat_clear(m);
        acb_mat_clear(s);
        acb_mat_clear(t);
        acb_mat_clear(one);
        _arb_vec_clear(gamma, n);
    }
    CU_ASSERT(compared * 4 > iters * 3);
    CU_ASSERT(tight * 4 > iters);
    lb_rand_clear(state);
}

/* --- failures ------------------------------------------------------------ */

static int
all_indeterminate(const acb_mat_t s)
{
    for (slong i = 0; i < acb_mat_nrows(s); i++)
        for (slong j = 0; j < acb_mat_ncols(s); j++)
            if (arb_is_finite(acb_realref(acb_mat_entry(s, i, j)))
                || arb_is_finite(acb_imagref(acb_mat_entry(s, i, j))))
                return 0;
    return 1;
}

static void
test_failures_are_indeterminate(void)
{
    arb_ptr gamma = _arb_vec_init(2);
    acb_mat_t m, s, wrong;

    acb_mat_init(m, 2, 2);
    acb_mat_init(s, 2, 2);
    acb_mat_init(wrong, 2, 3);
    acb_mat_one(m);
    arb_set_si(gamma + 1, -1);
    CU_ASSERT(lb_scattering_matrix(s, m, gamma, 64) == LB_EDOM);
    CU_ASSERT(all_indeterminate(s));

    acb_mat_zero(s);
    arb_zero(gamma + 1);
    arb_add_error_2exp_si(gamma + 1, -100);
    CU_ASSERT(lb_scattering_matrix(s, m, gamma, 64) == LB_EDOM);
    CU_ASSERT(all_indeterminate(s));

    acb_mat_zero(s);
    arb_one(gamma + 1);
    acb_one(acb_mat_entry(m, 0, 1));
    acb_one(acb_mat_entry(m, 1, 0));
    CU_ASSERT(lb_scattering_matrix(s, m, gamma, 64) == LB_EPREC);
    CU_ASSERT(all_indeterminate(s));

    CU_ASSERT(lb_scattering_matrix(wrong, m, gamma, 64) == LB_EDIM);
    CU_ASSERT(all_indeterminate(wrong));
    CU_ASSERT(lb_scattering_matrix(s, wrong, gamma, 64) == LB_EDIM);
    acb_mat_clear(m);
    acb_mat_clear(s);
    acb_mat_clear(wrong);
    _arb_vec_clear(gamma, 2);
}

/* One refused term in H or one refused jump; the message must name it. */
static void
check_refused(int two_level, int jump, const int * word, slong order,
              const char * needle)
{
    lb_kind kinds[] = { LB_MODE, LB_MODE };
    arb_ptr gamma = _arb_vec_init(2);
    lb_problem_t p;
    acb_mat_t m;
    lb_error err;

    if (two_level)
        kinds[1] = LB_TWO_LEVEL;
    lb_test_problem_init(p, kinds, 2, 64);
    acb_mat_init(m, 2, 2);
    if (jump)
    {
        arb_one(p->rates + 2);
        lb_test_add_si(p->jumps + 2, 1, order, word, 0, 64);
    }
    else if (word != NULL)
        lb_test_add_si(p->hamiltonian, 1, order, word, 1, 64);
    CU_ASSERT(lb_scattering_from_problem(m, gamma, p, 64, &err) == LB_EMODEL);
    CU_ASSERT(err.status == LB_EMODEL);
    if (strstr(err.text, needle) == NULL)
    {
        printf("\n'%s' lacks '%s'\n", err.text, needle);
        CU_FAIL("message");
    }
    CU_ASSERT(all_indeterminate(m));
    CU_ASSERT(!arb_is_finite(gamma) && !arb_is_finite(gamma + 1));
    acb_mat_clear(m);
    lb_problem_clear(p);
    _arb_vec_clear(gamma, 2);
}

static void
test_refusals(void)
{
    arb_ptr gamma = _arb_vec_init(2);
    static const lb_kind kinds[] = { LB_MODE, LB_MODE };
    lb_problem_t p;
    acb_mat_t m;

    check_refused(0, 0, W(-1, -1), 0, "c0");
    check_refused(0, 0, W(-1, -2), 0, "c0*c1");
    check_refused(0, 0, W(1, -2, -2), 0, "c0*c1'^2");
    check_refused(0, 0, W(1, 1, -2, -2, -2), 0, "c0^2*c1'^3");
    check_refused(0, 0, W(1, -2), 1, "depends on the drive");
    check_refused(1, 0, NULL, 0, "is a two-level system");
    check_refused(0, 1, W(1), 0, "dissipator 2");
    check_refused(0, 1, W(1, -1), 0, "dissipator 2");
    check_refused(0, 1, W(-1, -1), 0, "dissipator 2");
    check_refused(0, 1, W(-1), 1, "dissipator 2");

    /* correlated loss a + b; matrix units; wrong dimensions */
    lb_test_problem_init(p, kinds, 2, 64);
    acb_mat_init(m, 2, 2);
    arb_one(p->rates + 0);
    lb_test_add_si(p->jumps + 0, 1, 0, W(-1), 0, 64);
    lb_test_add_si(p->jumps + 0, 1, 0, W(-2), 0, 64);
    CU_ASSERT(lb_scattering_from_problem(m, gamma, p, 64, NULL) == LB_EMODEL);
    CU_ASSERT(all_indeterminate(m));
    lb_opoly_set_ketbra(p->jumps + 0, 0, 0, 1);
    CU_ASSERT(lb_scattering_from_problem(m, gamma, p, 64, NULL) == LB_EMODEL);
    lb_opoly_zero(p->jumps + 0);
    CU_ASSERT(lb_scattering_from_problem(m, gamma, p, 64, NULL) == LB_OK);
    lb_opoly_set_ketbra(p->hamiltonian, 0, 1, 1);
    CU_ASSERT(lb_scattering_from_problem(m, gamma, p, 64, NULL) == LB_EMODEL);
    CU_ASSERT(all_indeterminate(m));
    lb_opoly_zero(p->hamiltonian);
    acb_mat_clear(m);
    acb_mat_init(m, 3, 3);
    CU_ASSERT(lb_scattering_from_problem(m, gamma, p, 64, NULL) == LB_EDIM);
    CU_ASSERT(all_indeterminate(m));
    acb_mat_clear(m);
    lb_problem_clear(p);
    _arb_vec_clear(gamma, 2);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "ideal isolation, eq (16) (exact)", test_ideal_isolation },
        { "any loss of b (exact)", test_any_loss_of_b },
        { "closed forms (13)-(15) (random)", test_two_routes },
        { "unitarity, n modes (random)", test_unitarity },
        { "failures give indeterminate balls",
          test_failures_are_indeterminate },
        { "refused models", test_refusals },
    };

    return lb_test_main("scattering", cases, sizeof(cases) / sizeof(cases[0]));
}
