/* tests/test_hierarchy.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The block-by-block solves are compared with printed and derived closed
 * forms, coded here directly in balls, at independent random precisions. */
#include <flint/fmpz_mat.h>

#include <lindbound/hierarchy.h>
#include <lindbound/scattering.h>

#include "lb_test.h"
#include "lb_test_problem.h"

/* --- helpers ------------------------------------------------------------- */

/* op = x_k'^create x_k^annihilate on subsystem k */
static void
set_normal(lb_opoly_t op, slong k, ulong create, ulong annihilate)
{
    lb_opoly_t x;

    lb_opoly_init(x, op->kinds, op->subsystems);
    lb_opoly_set_lowering(x, k);
    lb_opoly_pow_ui(op, x, create, 64);
    lb_opoly_adjoint(op, op);
    lb_opoly_pow_ui(x, x, annihilate, 64);
    lb_opoly_mul(op, op, x, 64);
    lb_opoly_clear(x);
}

/* out = <x_k'^c x_k^a> */
static lb_status
moment(lb_scalar_t out, lb_hierarchy_t h, slong k, ulong create,
       ulong annihilate, slong prec)
{
    lb_opoly_t op;
    lb_status status;

    lb_opoly_init(op, h->kinds, h->subsystems);
    set_normal(op, k, create, annihilate);
    status = lb_hierarchy_expectation(out, h, op, prec, NULL);
    lb_opoly_clear(op);
    return status;
}

/* g = <x'^n x^n>/<x'x>^n, of order 0; 0 if it could not be enclosed */
static int
correlation(arb_t g, lb_hierarchy_t h, slong k, slong n, slong prec)
{
    lb_scalar_t x, y;
    int ok;

    lb_scalar_init(x);
    lb_scalar_init(y);
    ok = moment(x, h, k, (ulong) n, (ulong) n, prec) == LB_OK
         && moment(y, h, k, 1, 1, prec) == LB_OK;
    if (ok)
    {
        CU_ASSERT(x->order == 2 * n && x->remainder);
        CU_ASSERT(y->order == 2 && y->remainder);
        lb_scalar_pow_si(y, y, n, prec);
        lb_scalar_div(x, x, y, prec);
        ok = acb_is_finite(x->coefficient);
        CU_ASSERT(!ok || x->order == 0);
        CU_ASSERT(acb_is_real(x->coefficient) || !ok);
    }
    arb_set(g, acb_realref(x->coefficient));
    lb_scalar_clear(x);
    lb_scalar_clear(y);
    return ok;
}

static void
abs2(arb_t y, const acb_t z, slong prec)
{
    arb_t t;

    arb_init(t);
    arb_sqr(t, acb_realref(z), prec);
    arb_addmul(t, acb_imagref(z), acb_imagref(z), prec);
    arb_swap(y, t);
    arb_clear(t);
}

/* z = x + i y/n */
static void
set_pole(acb_t z, const arb_t x, const arb_t y, slong n, slong prec)
{
    arb_set(acb_realref(z), x);
    arb_div_si(acb_imagref(z), y, n, prec);
}

/* --- nanotip ------------------------------------------------------------- */

typedef struct
{
    arb_t delta, gamma, chi, xi;
    acb_t j;
} tip_struct;

typedef tip_struct tip_t[1];

static void
tip_init(tip_t t)
{
    arb_init(t->delta);
    arb_init(t->gamma);
    arb_init(t->chi);
    arb_init(t->xi);
    acb_init(t->j);
}

static void
tip_clear(tip_t t)
{
    arb_clear(t->delta);
    arb_clear(t->gamma);
    arb_clear(t->chi);
    arb_clear(t->xi);
    acb_clear(t->j);
}

static void
tip_randtest(tip_t t, flint_rand_t state)
{
    lb_test_eighths(t->delta, state, 0);
    lb_test_eighths(t->gamma, state, 1);
    lb_test_eighths(t->chi, state, 0);
    lb_test_eighths(t->xi, state, 1);
    lb_test_eighths(acb_realref(t->j), state, 0);
    lb_test_eighths(acb_imagref(t->j), state, 0);
}

static lb_status
tip_hierarchy(lb_hierarchy_t h, const tip_t t, slong prec)
{
    static const lb_kind kinds[] = { LB_MODE, LB_MODE };
    lb_problem_t p;
    lb_status status;
    arb_t x;

    arb_init(x);
    lb_test_problem_init(p, kinds, 2, prec);
    for (int k = 1; k <= 2; k++)
    {
        lb_test_add_arb(p->hamiltonian, t->delta, 0, W(k, -k), 0, prec);
        lb_test_add_arb(p->hamiltonian, t->chi, 0, W(k, k, -k, -k), 0, prec);
        lb_test_jump(p, k, t->gamma, W(-k));
    }
    arb_mul_2exp_si(x, t->chi, 1);
    lb_test_add_arb(p->hamiltonian, x, 0, W(1, -1, 2, -2), 0, prec);
    lb_test_add(p->hamiltonian, t->j, 0, W(1, -2), 1, prec);
    lb_test_add_arb(p->hamiltonian, t->xi, 1, W(1), 1, prec);
    /* none of these may matter: a constant, a drive of second order */
    lb_test_add_si(p->hamiltonian, 3, 0, W(0), 0, prec);
    lb_test_add_si(p->hamiltonian, 5, 2, W(2), 1, prec);
    lb_test_add_si(p->hamiltonian, 5, 1, W(2, -2), 0, prec);

    status = lb_hierarchy_init(h, p, prec, NULL);
    lb_problem_clear(p); /* the hierarchy keeps its own copy */
    arb_clear(x);
    return status;
}

/* Eqs (5)-(7) and the other two-photon amplitudes. */
typedef struct
{
    acb_t c20, c11, c02;
    arb_t p10, p01, g2;
} tip_forms_struct;

typedef tip_forms_struct tip_forms_t[1];

static void
tip_forms_init(tip_forms_t f)
{
    acb_init(f->c20);
    acb_init(f->c11);
    acb_init(f->c02);
    arb_init(f->p10);
    arb_init(f->p01);
    arb_init(f->g2);
}

static void
tip_forms_clear(tip_forms_t f)
{
    acb_clear(f->c20);
    acb_clear(f->c11);
    acb_clear(f->c02);
    arb_clear(f->p10);
    arb_clear(f->p01);
    arb_clear(f->g2);
}

static void
tip_forms(tip_forms_t f, const tip_t t, slong prec)
{
    acb_t d1, d2, eta1, eta2, x, jc;
    arb_t j2, u;

    acb_init(d1);
    acb_init(d2);
    acb_init(eta1);
    acb_init(eta2);
    acb_init(x);
    acb_init(jc);
    arb_init(j2);
    arb_init(u);

    /* Delta_1 = 2 Delta - i gamma, Delta_2 = Delta_1 + 2 chi,
       eta_k = 4 |J|^2 - Delta_k^2 */
    set_pole(d1, t->delta, t->gamma, -2, prec);
    acb_mul_2exp_si(d1, d1, 1);
    arb_mul_2exp_si(u, t->chi, 1);
    acb_add_arb(d2, d1, u, prec);
    abs2(j2, t->j, prec);
    acb_conj(jc, t->j);
    arb_mul_2exp_si(u, j2, 2);
    acb_mul(eta1, d1, d1, prec);
    acb_sub_arb(eta1, eta1, u, prec);
    acb_neg(eta1, eta1);
    acb_mul(eta2, d2, d2, prec);
    acb_sub_arb(eta2, eta2, u, prec);
    acb_neg(eta2, eta2);

    /* P10 = 4 xi^2 |Delta_1/eta_1|^2, P01 = 16 xi^2 |J/eta_1|^2 */
    acb_div(x, d1, eta1, prec);
    acb_mul_arb(x, x, t->xi, prec);
    acb_mul_2exp_si(x, x, 1);
    abs2(f->p10, x, prec);
    acb_div(x, t->j, eta1, prec);
    acb_mul_arb(x, x, t->xi, prec);
    acb_mul_2exp_si(x, x, 2);
    abs2(f->p01, x, prec);

    /* Delta_1 Delta_2 + 4 |J|^2 chi/Delta_2 */
    arb_mul(u, u, t->chi, prec);
    acb_set_arb(x, u);
    acb_div(x, x, d2, prec);
    acb_addmul(x, d1, d2, prec);

    /* g2 = |eta_1 x / (Delta_1^2 eta_2)|^2, C20 = 2 sqrt2 xi^2 x/(eta_1
       eta_2) */
    acb_div(f->c20, x, eta2, prec);
    acb_mul(x, f->c20, eta1, prec);
    acb_div(x, x, d1, prec);
    acb_div(x, x, d1, prec);
    abs2(f->g2, x, prec);
    acb_div(f->c20, f->c20, eta1, prec);
    arb_sqrt_ui(u, 8, prec);
    arb_mul(u, u, t->xi, prec);
    arb_mul(u, u, t->xi, prec);
    acb_mul_arb(f->c20, f->c20, u, prec);

    /* C11 = -4 J* xi^2 (Delta_1 + Delta_2)/(eta_1 eta_2),
       C02 = 4 sqrt2 J*^2 xi^2 (Delta_1 + Delta_2)/(Delta_2 eta_1 eta_2) */
    acb_add(x, d1, d2, prec);
    acb_div(x, x, eta1, prec);
    acb_div(x, x, eta2, prec);
    acb_mul(x, x, jc, prec);
    acb_mul_arb(x, x, t->xi, prec);
    acb_mul_arb(x, x, t->xi, prec);
    acb_mul_2exp_si(x, x, 2);
    acb_neg(f->c11, x);
    acb_mul(x, x, jc, prec);
    acb_div(x, x, d2, prec);
    arb_sqrt_ui(u, 2, prec);
    acb_mul_arb(f->c02, x, u, prec);

    acb_clear(d1);
    acb_clear(d2);
    acb_clear(eta1);
    acb_clear(eta2);
    acb_clear(x);
    acb_clear(jc);
    arb_clear(j2);
    arb_clear(u);
}

static void
test_nanotip_forms(void)
{
    slong iters = lb_test_iters(300), compared = 0, finite = 0;
    static const slong s20[] = { 2, 0 }, s11[] = { 1, 1 }, s02[] = { 0, 2 };
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 200);
        slong prec2 = 2 + (slong) n_randint(state, 200);
        lb_hierarchy_t h;
        tip_forms_t f;
        lb_scalar_t x;
        acb_t c;
        arb_t g;
        tip_t t;

        tip_init(t);
        tip_forms_init(f);
        lb_scalar_init(x);
        acb_init(c);
        arb_init(g);
        tip_randtest(t, state);
        CU_ASSERT(tip_hierarchy(h, t, prec) == LB_OK);
        if (n_randint(state, 4) == 0) /* a box around the same point */
            arb_add_error_2exp_si(t->chi, -(slong) n_randint(state, 40));
        tip_forms(f, t, prec2);
        if (lb_hierarchy_amplitude(c, h, s20, NULL) == LB_OK)
        {
            LB_CHECK_OVERLAP_ACB(c, f->c20, iter);
            CU_ASSERT(lb_hierarchy_amplitude(c, h, s11, NULL) == LB_OK);
            LB_CHECK_OVERLAP_ACB(c, f->c11, iter);
            CU_ASSERT(lb_hierarchy_amplitude(c, h, s02, NULL) == LB_OK);
            LB_CHECK_OVERLAP_ACB(c, f->c02, iter);
            CU_ASSERT(moment(x, h, 0, 1, 1, prec2) == LB_OK);
            CU_ASSERT(acb_is_real(x->coefficient) && x->order == 2);
            LB_CHECK_OVERLAP(acb_realref(x->coefficient), f->p10, iter);
            CU_ASSERT(moment(x, h, 1, 1, 1, prec2) == LB_OK);
            LB_CHECK_OVERLAP(acb_realref(x->coefficient), f->p01, iter);
            compared++;
            if (correlation(g, h, 0, 2, prec))
            {
                LB_CHECK_OVERLAP(g, f->g2, iter);
                finite += arb_is_finite(f->g2);
            }
        }
        else
            CU_ASSERT(!acb_is_finite(c));
        lb_hierarchy_clear(h);
        tip_clear(t);
        tip_forms_clear(f);
        lb_scalar_clear(x);
        acb_clear(c);
        arb_clear(g);
    }
    CU_ASSERT(compared * 4 > iters * 3);
    CU_ASSERT(finite * 2 > iters);
    lb_rand_clear(state);
}

/* Sigma_N = sum_{p+m=N} S(p,m) for N = 1..order, with S(0,0) = 1 and
   S(p,m) = [S(p-1,m) + S(p,m-1)] / [(p+m) e_{p+m} + |J| (p-m)],
   e_N = Delta - i gamma/2 + chi (N-1): the supermode recursion. */
static void
tip_sigma(acb_ptr sigma, const tip_t t, slong order, slong prec)
{
    acb_ptr s = _acb_vec_init(order + 2); /* s[p+1] = S(p, N-p) */
    acb_ptr next = _acb_vec_init(order + 2);
    acb_t e;
    arb_t j, u;

    acb_init(e);
    arb_init(j);
    arb_init(u);
    abs2(j, t->j, prec);
    arb_sqrtpos(j, j, prec);
    acb_one(s + 1);
    for (slong n = 1; n <= order; n++)
    {
        set_pole(e, t->delta, t->gamma, -2, prec);
        arb_mul_si(u, t->chi, n - 1, prec);
        acb_add_arb(e, e, u, prec);
        acb_mul_si(e, e, n, prec);
        acb_zero(sigma + n);
        for (slong p = 0; p <= n; p++)
        {
            acb_t d;

            acb_init(d);
            arb_mul_si(u, j, 2 * p - n, prec);
            acb_add_arb(d, e, u, prec);
            acb_add(next + p + 1, s + p, s + p + 1, prec);
            acb_div(next + p + 1, next + p + 1, d, prec);
            acb_add(sigma + n, sigma + n, next + p + 1, prec);
            acb_clear(d);
        }
        _acb_vec_set(s, next, order + 2);
    }
    _acb_vec_clear(s, order + 2);
    _acb_vec_clear(next, order + 2);
    acb_clear(e);
    arb_clear(j);
    arb_clear(u);
}

/* C_{N,0} = sqrt(N!) (-xi/2)^N Sigma_N,
   g^(N) = (N!)^2 |Sigma_N|^2 / |Sigma_1|^(2N), N = 1..5. */
static void
test_nanotip_recursion(void)
{
    slong iters = lb_test_iters(100), compared = 0, finite = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 250);
        slong prec2 = 2 + (slong) n_randint(state, 250);
        slong levels[2] = { 0, 0 };
        acb_ptr sigma = _acb_vec_init(6);
        lb_hierarchy_t h;
        acb_t c, z;
        arb_t g, u;
        tip_t t;

        tip_init(t);
        acb_init(c);
        acb_init(z);
        arb_init(g);
        arb_init(u);
        tip_randtest(t, state);
        CU_ASSERT(tip_hierarchy(h, t, prec) == LB_OK);
        tip_sigma(sigma, t, 5, prec2);
        for (slong n = 1; n <= 5; n++)
        {
            levels[0] = n;
            if (lb_hierarchy_amplitude(c, h, levels, NULL) != LB_OK)
                break;
            arb_mul_2exp_si(u, t->xi, -1);
            arb_neg(u, u);
            arb_pow_ui(u, u, (ulong) n, prec2);
            acb_mul_arb(z, sigma + n, u, prec2);
            arb_fac_ui(u, (ulong) n, prec2);
            arb_sqrtpos(u, u, prec2);
            acb_mul_arb(z, z, u, prec2);
            LB_CHECK_OVERLAP_ACB(c, z, iter);
            compared++;

            if (!correlation(g, h, 0, n, prec))
                continue;
            arb_fac_ui(u, (ulong) n, prec2);
            acb_mul_arb(z, sigma + n, u, prec2);
            acb_pow_si(c, sigma + 1, -n, prec2);
            acb_mul(z, z, c, prec2);
            abs2(u, z, prec2);
            LB_CHECK_OVERLAP(g, u, iter);
            finite += arb_is_finite(u);
        }
        lb_hierarchy_clear(h);
        tip_clear(t);
        acb_clear(c);
        acb_clear(z);
        arb_clear(g);
        arb_clear(u);
        _acb_vec_clear(sigma, 6);
    }
    CU_ASSERT(compared > 3 * iters);
    CU_ASSERT(finite > 2 * iters);
    lb_rand_clear(state);
}

/* Blockade: C20 = 0 at chi = gamma/2, |J| = gamma, Delta = 0; and the single
   Kerr mode, g2 = 1/(4 (chi/gamma)^2 + 1) at J = Delta = 0. */
static void
test_nanotip_anchors(void)
{
    static const slong s20[] = { 2, 0 };
    lb_hierarchy_t h;
    lb_scalar_t x;
    mag_t size;
    arb_t g, u;
    acb_t c;
    tip_t t;

    tip_init(t);
    lb_scalar_init(x);
    mag_init(size);
    arb_init(g);
    arb_init(u);
    acb_init(c);
    arb_set_ui(t->gamma, 5);
    acb_set_si_si(t->j, 3, 4);
    arb_set_ui(t->chi, 5);
    arb_mul_2exp_si(t->chi, t->chi, -1);
    arb_one(t->xi);
    CU_ASSERT(tip_hierarchy(h, t, 128) == LB_OK);
    CU_ASSERT(lb_hierarchy_amplitude(c, h, s20, NULL) == LB_OK);
    CU_ASSERT(acb_contains_zero(c));
    acb_get_mag(size, c);
    CU_ASSERT(mag_cmp_2exp_si(size, -110) < 0);
    lb_hierarchy_clear(h);

    acb_zero(t->j);
    CU_ASSERT(tip_hierarchy(h, t, 128) == LB_OK);
    CU_ASSERT(correlation(g, h, 0, 2, 128));
    arb_mul_2exp_si(g, g, 1);
    CU_ASSERT(arb_contains_si(g, 1)); /* 1/(4/4 + 1) = 1/2 */
    CU_ASSERT(arb_rel_accuracy_bits(g) > 110);
    /* the other mode stays dark: exactly 0 drive^2 + o(drive^2) */
    CU_ASSERT(moment(x, h, 1, 1, 1, 128) == LB_OK);
    CU_ASSERT(acb_is_zero(x->coefficient) && !lb_scalar_is_zero(x));
    lb_hierarchy_clear(h);

    tip_clear(t);
    lb_scalar_clear(x);
    mag_clear(size);
    arb_clear(g);
    arb_clear(u);
    acb_clear(c);
}

/* --- three cavities ------------------------------------------------------ */

/* The paper's point, kappa = 1, U = 5, J = J_ac = 1/sqrt2, theta = -pi/4, at
   detuning delta and loss kappa_b; subsystem `driven` driven with 1. */
static void
ring_problem(lb_problem_t p, const arb_t delta, const arb_t kappa_b,
             slong driven, slong prec)
{
    static const lb_kind kinds[] = { LB_MODE, LB_MODE, LB_MODE };
    arb_t x;
    acb_t g;

    arb_init(x);
    acb_init(g);
    lb_test_problem_init(p, kinds, 3, prec);
    arb_one(x);
    for (int k = 1; k <= 3; k++)
    {
        lb_test_add_arb(p->hamiltonian, delta, 0, W(k, -k), 0, prec);
        lb_test_jump(p, k, k == 3 ? kappa_b : x, W(-k));
        if (k < 3)
            lb_test_add_si(p->hamiltonian, 5, 0, W(k, k, -k, -k), 0, prec);
    }
    arb_sqrt_ui(x, 2, prec);
    arb_mul_2exp_si(x, x, -1);
    lb_test_add_arb(p->hamiltonian, x, 0, W(1, -3), 1, prec);
    lb_test_add_arb(p->hamiltonian, x, 0, W(2, -3), 1, prec);
    acb_set_si_si(g, 1, -1); /* e^{-i pi/4}/sqrt2 = (1 - i)/2 */
    acb_mul_2exp_si(g, g, -1);
    lb_test_add(p->hamiltonian, g, 0, W(2, -1), 1, prec);
    lb_test_add_si(p->hamiltonian, 1, 1, W((int) driven + 1), 1, prec);
    arb_clear(x);
    acb_clear(g);
}

/* T(a->c) and T(c->a) as expectation values, against |S|^2. */
static void
test_ring_transmission(void)
{
    slong iters = lb_test_iters(100), compared = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 150);
        slong prec2 = 2 + (slong) n_randint(state, 150);
        slong driven = (slong) n_randint(state, 2);
        arb_ptr gamma = _arb_vec_init(3);
        lb_problem_t p, q;
        lb_hierarchy_t h;
        lb_scalar_t x;
        acb_mat_t s;
        arb_t delta, kappa_b;

        arb_init(delta);
        arb_init(kappa_b);
        acb_mat_init(s, 3, 3);
        lb_scalar_init(x);
        lb_test_eighths(delta, state, 0);
        lb_test_eighths(kappa_b, state, 1);
        ring_problem(p, delta, kappa_b, driven, prec);
        ring_problem(q, delta, kappa_b, driven, prec2);
        CU_ASSERT(lb_hierarchy_init(h, p, prec, NULL) == LB_OK);
        CU_ASSERT(lb_scattering_from_problem(s, gamma, q, prec2, NULL)
                  == LB_OK);
        if (lb_scattering_matrix(s, s, gamma, prec2) == LB_OK
            && moment(x, h, 1 - driven, 1, 1, prec) == LB_OK)
        {
            abs2(delta, acb_mat_entry(s, 1 - driven, driven), prec2);
            LB_CHECK_OVERLAP(acb_realref(x->coefficient), delta, iter);
            compared++;
        }
        lb_hierarchy_clear(h);
        lb_problem_clear(p);
        lb_problem_clear(q);
        arb_clear(delta);
        arb_clear(kappa_b);
        acb_mat_clear(s);
        lb_scalar_clear(x);
        _arb_vec_clear(gamma, 3);
    }
    CU_ASSERT(compared * 2 > iters);
    lb_rand_clear(state);
}

static void
check_golden(lb_hierarchy_t h, slong k, slong n, const char * expected,
             slong prec)
{
    arb_t g, x;

    arb_init(g);
    arb_init(x);
    CU_ASSERT(correlation(g, h, k, n, prec));
    CU_ASSERT_FATAL(arb_set_str(x, expected, prec) == 0);
    LB_CHECK_OVERLAP(g, x, n);
    CU_ASSERT(arb_rel_accuracy_bits(g) > prec - 30);
    arb_clear(g);
    arb_clear(x);
}

/* Limits of the master equation (QuTiP, extrapolated and by sectors). */
static void
test_ring_golden(void)
{
    arb_t delta, kappa_b;
    lb_problem_t p;
    lb_hierarchy_t h;
    lb_scalar_t x;

    arb_init(delta);
    arb_init(kappa_b);
    lb_scalar_init(x);
    arb_one(delta);
    arb_mul_2exp_si(delta, delta, -1);

    arb_set_ui(kappa_b, 5);
    arb_mul_2exp_si(kappa_b, kappa_b, -2);
    ring_problem(p, delta, kappa_b, 1, 128);
    CU_ASSERT(lb_hierarchy_init(h, p, 128, NULL) == LB_OK);
    check_golden(h, 0, 2, "1.880681643 +/- 6e-10", 128);
    check_golden(h, 0, 3, "0.2758519905 +/- 6e-11", 128);
    lb_hierarchy_clear(h);
    lb_problem_clear(p);

    arb_one(kappa_b);
    ring_problem(p, delta, kappa_b, 0, 128);
    CU_ASSERT(lb_hierarchy_init(h, p, 128, NULL) == LB_OK);
    check_golden(h, 1, 2, "0.01061608075 +/- 6e-12", 128);
    check_golden(h, 1, 3, "6.184792756e-6 +/- 6e-16", 128);
    CU_ASSERT(h->length == 4);
    CU_ASSERT(h->blocks[3].size == 10);
    lb_hierarchy_clear(h);
    lb_problem_clear(p);

    /* driven at c, mode a is isolated: <a'a> contains 0, g2 is indeterminate
       rather than wrong */
    ring_problem(p, delta, kappa_b, 1, 128);
    CU_ASSERT(lb_hierarchy_init(h, p, 128, NULL) == LB_OK);
    CU_ASSERT(moment(x, h, 0, 1, 1, 128) == LB_OK);
    CU_ASSERT(acb_contains_zero(x->coefficient));
    CU_ASSERT(!lb_scalar_is_zero(x));
    CU_ASSERT(!correlation(delta, h, 0, 2, 128));
    lb_hierarchy_clear(h);
    lb_problem_clear(p);

    arb_clear(delta);
    arb_clear(kappa_b);
    lb_scalar_clear(x);
}

/* --- two-level systems, matrix units, other jumps ------------------------ */

/* H = Delta s's + e s' + e* s:  <s's> = |e|^2/(Delta^2 + gamma^2/4) drive^2,
   <s> = -e/(Delta - i gamma/2) drive. */
static void
test_two_level(void)
{
    static const lb_kind kinds[] = { LB_TWO_LEVEL };
    slong iters = lb_test_iters(200), compared = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 150);
        slong prec2 = 2 + (slong) n_randint(state, 150);
        arb_t delta, gamma, u, v;
        lb_problem_t p;
        lb_hierarchy_t h;
        lb_scalar_t x;
        acb_t e, d;

        arb_init(delta);
        arb_init(gamma);
        arb_init(u);
        arb_init(v);
        acb_init(e);
        acb_init(d);
        lb_scalar_init(x);
        lb_test_eighths(delta, state, 0);
        lb_test_eighths(gamma, state, 1);
        lb_test_eighths(acb_realref(e), state, 1);
        lb_test_eighths(acb_imagref(e), state, 0);
        lb_test_problem_init(p, kinds, 1, prec);
        lb_test_add_arb(p->hamiltonian, delta, 0, W(1, -1), 0, prec);
        lb_test_add(p->hamiltonian, e, 1, W(1), 1, prec);
        lb_test_jump(p, 0, gamma, W(-1));
        CU_ASSERT(lb_hierarchy_init(h, p, prec, NULL) == LB_OK);
        if (moment(x, h, 0, 1, 1, prec) == LB_OK)
        {
            set_pole(d, delta, gamma, -2, prec2);
            abs2(u, e, prec2);
            abs2(v, d, prec2);
            arb_div(u, u, v, prec2);
            LB_CHECK_OVERLAP(acb_realref(x->coefficient), u, iter);
            CU_ASSERT(x->order == 2 && x->remainder);

            CU_ASSERT(moment(x, h, 0, 0, 1, prec) == LB_OK);
            acb_div(d, e, d, prec2);
            acb_neg(d, d);
            LB_CHECK_OVERLAP_ACB(x->coefficient, d, iter);
            CU_ASSERT(x->order == 1);
            CU_ASSERT(moment(x, h, 0, 1, 0, prec) == LB_OK);
            acb_conj(d, d);
            LB_CHECK_OVERLAP_ACB(x->coefficient, d, iter);
            compared++;
        }
        /* no state holds two excitations */
        if (lb_hierarchy_extend(h, 4, NULL) == LB_OK)
        {
            CU_ASSERT(h->blocks[1].size == 1 && h->blocks[2].size == 0
                      && h->blocks[4].size == 0);
        }
        lb_hierarchy_clear(h);
        lb_problem_clear(p);
        arb_clear(delta);
        arb_clear(gamma);
        arb_clear(u);
        arb_clear(v);
        acb_clear(e);
        acb_clear(d);
        lb_scalar_clear(x);
    }
    CU_ASSERT(compared * 2 > iters);
    lb_rand_clear(state);
}

/* x, y from  a x + b y = r,  b x + c y = s,  by Cramer's rule */
static void
solve_two(acb_t x, acb_t y, const acb_t a, const acb_t b, const acb_t c,
          const acb_t r, const acb_t s, slong prec)
{
    acb_t det, u, v;

    acb_init(det);
    acb_init(u);
    acb_init(v);
    acb_mul(det, a, c, prec);
    acb_submul(det, b, b, prec);
    acb_mul(u, r, c, prec);
    acb_submul(u, b, s, prec);
    acb_mul(v, a, s, prec);
    acb_submul(v, b, r, prec);
    acb_div(x, u, det, prec);
    acb_div(y, v, det, prec);
    acb_clear(det);
    acb_clear(u);
    acb_clear(v);
}

/* Jaynes-Cummings, both parts driven; every other time the atom has no decay of
   its own.  With A = Delta_a - i kappa/2, B = Delta_s - i gamma/2:
     A C10 + g C01 = -Oa,                 g C10 + B C01 = -Os,
     2A C20 + sqrt2 g C11 = -sqrt2 Oa C10,
     sqrt2 g C20 + (A+B) C11 = -Oa C01 - Os C10. */
static void
test_jaynes_cummings(void)
{
    static const lb_kind kinds[] = { LB_MODE, LB_TWO_LEVEL };
    static const slong states[4][2]
        = { { 1, 0 }, { 0, 1 }, { 2, 0 }, { 1, 1 } };
    slong iters = lb_test_iters(600), compared = 0, undamped = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, iter % 2 ? 20 : 150);
        slong prec2 = iter % 2 ? 200 : 2 + (slong) n_randint(state, 150);
        acb_ptr c = _acb_vec_init(4);
        arb_ptr v = _arb_vec_init(8); /* Da kappa Ds gamma g Oa Os 2^(1/2) */
        acb_t a, b, g, r, s, z;
        lb_problem_t p;
        lb_hierarchy_t h;
        lb_scalar_t n;
        int all = 1;

        acb_init(a);
        acb_init(b);
        acb_init(g);
        acb_init(r);
        acb_init(s);
        acb_init(z);
        lb_scalar_init(n);
        for (slong k = 0; k < 7; k++)
            lb_test_eighths(v + k, state, k == 1 || k >= 3);
        if (iter % 4 >= 2)
            arb_zero(v + 3);
        lb_test_problem_init(p, kinds, 2, prec);
        lb_test_add_arb(p->hamiltonian, v + 0, 0, W(1, -1), 0, prec);
        lb_test_add_arb(p->hamiltonian, v + 2, 0, W(2, -2), 0, prec);
        lb_test_add_arb(p->hamiltonian, v + 4, 0, W(1, -2), 1, prec);
        lb_test_add_arb(p->hamiltonian, v + 5, 1, W(1), 1, prec);
        lb_test_add_arb(p->hamiltonian, v + 6, 1, W(2), 1, prec);
        lb_test_jump(p, 0, v + 1, W(-1));
        lb_test_jump(p, 1, v + 3, W(-2));
        CU_ASSERT(lb_hierarchy_init(h, p, prec, NULL) == LB_OK);

        set_pole(a, v + 0, v + 1, -2, prec2);
        set_pole(b, v + 2, v + 3, -2, prec2);
        arb_sqrt_ui(v + 7, 2, prec2);
        acb_set_arb(g, v + 4);
        acb_set_arb(r, v + 5);
        acb_set_arb(s, v + 6);
        acb_neg(r, r);
        acb_neg(s, s);
        solve_two(c + 0, c + 1, a, g, b, r, s, prec2);
        acb_mul(z, r, c + 1, prec2);
        acb_addmul(z, s, c + 0, prec2);
        acb_mul(r, r, c + 0, prec2);
        acb_mul_arb(r, r, v + 7, prec2);
        acb_mul_arb(g, g, v + 7, prec2);
        acb_add(b, a, b, prec2);
        acb_mul_2exp_si(a, a, 1);
        solve_two(c + 2, c + 3, a, g, b, r, z, prec2);

        for (slong k = 0; k < 4; k++)
        {
            if (lb_hierarchy_amplitude(z, h, states[k], NULL) == LB_OK)
                LB_CHECK_OVERLAP_ACB(z, c + k, iter);
            else
                all = 0;
        }
        compared += all;
        undamped += all && iter % 4 >= 2;

        /* <a's>, of complex coefficient; and <a's + a> = <a> + o(drive) */
        if (all)
        {
            lb_opoly_t op;

            lb_opoly_init(op, kinds, 2);
            lb_test_add_si(op, 3, 0, W(1, -2), 0, prec);
            CU_ASSERT(lb_hierarchy_expectation(n, h, op, prec, NULL) == LB_OK);
            acb_conj(z, c + 0);
            acb_mul(z, z, c + 1, prec2);
            acb_mul_ui(z, z, 3, prec2);
            LB_CHECK_OVERLAP_ACB(n->coefficient, z, iter);
            CU_ASSERT(n->order == 2);
            lb_test_add_si(op, 1, 0, W(-1), 0, prec);
            CU_ASSERT(lb_hierarchy_expectation(n, h, op, prec, NULL) == LB_OK);
            LB_CHECK_OVERLAP_ACB(n->coefficient, c + 0, iter);
            CU_ASSERT(n->order == 1 && n->remainder);
            lb_opoly_clear(op);
        }

        lb_hierarchy_clear(h);
        lb_problem_clear(p);
        acb_clear(a);
        acb_clear(b);
        acb_clear(g);
        acb_clear(r);
        acb_clear(s);
        acb_clear(z);
        lb_scalar_clear(n);
        _acb_vec_clear(c, 4);
        _arb_vec_clear(v, 8);
    }
    CU_ASSERT(compared * 2 > iters);
    CU_ASSERT(undamped * 16 > iters);
    lb_rand_clear(state);
}

/* One mode: H = Delta a'a + 7 |0><0| + chi |2><2| + a' + a, losses a (gamma)
   and a^2 (kappa).  |0><0| lifts the vacuum:
     C1 = -1/(Delta - 7 - i gamma/2),
     C2 = -sqrt2 C1/(2 Delta + chi - 7 - i gamma - i kappa). */
static void
test_matrix_units_and_pair_loss(void)
{
    static const lb_kind kinds[] = { LB_MODE };
    slong iters = lb_test_iters(150), compared = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 150);
        slong prec2 = 2 + (slong) n_randint(state, 150);
        slong one[1] = { 1 }, two[1] = { 2 };
        arb_t delta, chi, gamma, kappa, u;
        lb_problem_t p;
        lb_hierarchy_t h;
        lb_opoly_t unit;
        lb_scalar_t x;
        acb_t c1, c2, c;

        arb_init(delta);
        arb_init(chi);
        arb_init(gamma);
        arb_init(kappa);
        arb_init(u);
        acb_init(c1);
        acb_init(c2);
        acb_init(c);
        lb_scalar_init(x);
        lb_test_eighths(delta, state, 0);
        lb_test_eighths(chi, state, 0);
        lb_test_eighths(gamma, state, 1);
        lb_test_eighths(kappa, state, 1);
        lb_test_problem_init(p, kinds, 1, prec);
        lb_opoly_init(unit, kinds, 1);
        lb_test_add_arb(p->hamiltonian, delta, 0, W(1, -1), 0, prec);
        lb_test_add_si(p->hamiltonian, 1, 1, W(1), 1, prec);
        acb_set_ui(x->coefficient, 7);
        lb_opoly_set_ketbra(unit, 0, 0, 0);
        lb_opoly_scalar_mul(unit, unit, x, prec);
        lb_opoly_add(p->hamiltonian, p->hamiltonian, unit, prec);
        acb_set_arb(x->coefficient, chi);
        lb_opoly_set_ketbra(unit, 0, 2, 2);
        lb_opoly_scalar_mul(unit, unit, x, prec);
        lb_opoly_add(p->hamiltonian, p->hamiltonian, unit, prec);
        lb_test_jump(p, 0, gamma, W(-1));
        lb_test_jump(p, 1, kappa, W(-1, -1));
        CU_ASSERT(lb_hierarchy_init(h, p, prec, NULL) == LB_OK);

        arb_sub_ui(u, delta, 7, prec2);
        set_pole(c1, u, gamma, -2, prec2);
        acb_inv(c1, c1, prec2);
        acb_neg(c1, c1);
        arb_add(u, u, delta, prec2);
        arb_add(u, u, chi, prec2);
        arb_add(gamma, gamma, kappa, prec2);
        set_pole(c2, u, gamma, -1, prec2);
        acb_div(c2, c1, c2, prec2);
        arb_sqrt_ui(u, 2, prec2);
        acb_mul_arb(c2, c2, u, prec2);
        acb_neg(c2, c2);
        if (lb_hierarchy_amplitude(c, h, two, NULL) == LB_OK)
        {
            LB_CHECK_OVERLAP_ACB(c, c2, iter);
            CU_ASSERT(lb_hierarchy_amplitude(c, h, one, NULL) == LB_OK);
            LB_CHECK_OVERLAP_ACB(c, c1, iter);
            compared++;

            /* <|2><1|> = conj(C2) C1 drive^3; <|0><0|> = 1 + o(1) */
            lb_opoly_set_ketbra(unit, 0, 2, 1);
            CU_ASSERT(lb_hierarchy_expectation(x, h, unit, prec, NULL)
                      == LB_OK);
            acb_conj(c2, c2);
            acb_mul(c, c2, c1, prec2);
            LB_CHECK_OVERLAP_ACB(c, x->coefficient, iter);
            CU_ASSERT(x->order == 3 && x->remainder);
            lb_opoly_set_ketbra(unit, 0, 0, 0);
            CU_ASSERT(lb_hierarchy_expectation(x, h, unit, prec, NULL)
                      == LB_OK);
            CU_ASSERT(acb_is_one(x->coefficient) && x->remainder);
            lb_opoly_pow_ui(unit, unit, 0, prec);
            CU_ASSERT(lb_hierarchy_expectation(x, h, unit, prec, NULL)
                      == LB_OK);
            CU_ASSERT(acb_is_one(x->coefficient) && !x->remainder);
        }
        lb_hierarchy_clear(h);
        lb_problem_clear(p);
        lb_opoly_clear(unit);
        arb_clear(delta);
        arb_clear(chi);
        arb_clear(gamma);
        arb_clear(kappa);
        arb_clear(u);
        acb_clear(c1);
        acb_clear(c2);
        acb_clear(c);
        lb_scalar_clear(x);
    }
    CU_ASSERT(compared * 2 > iters);
    lb_rand_clear(state);
}

/* --- refusals ------------------------------------------------------------ */

/* A driven damped mode c0 and a damped mode c1. */
static void
plain_problem(lb_problem_t p, int driven)
{
    static const lb_kind kinds[] = { LB_MODE, LB_MODE };
    arb_t one;

    arb_init(one);
    arb_one(one);
    lb_test_problem_init(p, kinds, 2, 64);
    lb_test_add_si(p->hamiltonian, 2, 0, W(1, -1), 0, 64);
    if (driven)
        lb_test_add_si(p->hamiltonian, 1, 1, W(1), 1, 64);
    lb_test_jump(p, 0, one, W(-1));
    lb_test_jump(p, 1, one, W(-2));
    arb_clear(one);
}

static void
check_message(const lb_error * err, const char * needle)
{
    CU_ASSERT(err->status == LB_EMODEL);
    if (strstr(err->text, needle) == NULL)
    {
        printf("\n'%s' lacks '%s'\n", err->text, needle);
        CU_FAIL("message");
    }
}

static void
check_refused(const int * term, slong order, const int * jump, slong jump_order,
              const char * needle)
{
    lb_problem_t p;
    lb_hierarchy_t h;
    lb_error err;

    plain_problem(p, term != NULL || jump != NULL);
    if (term != NULL)
        lb_test_add_si(p->hamiltonian, 3, order, term, 1, 64);
    if (jump != NULL)
    {
        arb_one(p->rates + 3);
        lb_test_add_si(p->jumps + 3, 1, jump_order, jump, 0, 64);
    }
    CU_ASSERT(lb_hierarchy_init(h, p, 64, &err) == LB_EMODEL);
    check_message(&err, needle);
    lb_hierarchy_clear(h);
    lb_problem_clear(p);
}

static void
test_refusals(void)
{
    lb_problem_t p;
    lb_hierarchy_t h;
    lb_error err;

    check_refused(NULL, 0, NULL, 0, "nothing is driven");
    check_refused(W(1, 2), 0, NULL, 0, "c0*c1"); /* counter-rotating */
    check_refused(W(1, 1), 1, NULL, 0, "c0^2");  /* squeezing */
    check_refused(W(1, 1), 2, NULL, 0, "c0^2");
    check_refused(W(1, 2, -2), 1, NULL, 0, "c0*c1'*c1");
    check_refused(W(1, 1, -2), 0, NULL, 0, "c0^2*c1'");
    check_refused(W(2), 0, NULL, 0, "list them in \"drive\"");
    check_refused(W(2), -1, NULL, 0, "list them in \"drive\"");
    check_refused(W(2, -2), -1, NULL, 0, "diverges");
    check_refused(NULL, 0, W(2, -2), 0, "dissipator 3"); /* dephasing */
    check_refused(NULL, 0, W(1), 0, "dissipator 3");     /* thermal */
    check_refused(NULL, 0, W(-1), 1, "depends on the drive");
    check_refused(NULL, 0, W(1, 2, -1), 0, "quantum jumps matter");

    /* jumps of two different shifts, a + a b; rate 0 is ignored */
    plain_problem(p, 1);
    arb_one(p->rates + 2);
    lb_test_add_si(p->jumps + 2, 1, 0, W(-1), 0, 64);
    lb_test_add_si(p->jumps + 2, 1, 0, W(-1, -2), 0, 64);
    CU_ASSERT(lb_hierarchy_init(h, p, 64, &err) == LB_EMODEL);
    check_message(&err, "dissipator 2");
    lb_hierarchy_clear(h);
    arb_zero(p->rates + 2);
    CU_ASSERT(lb_hierarchy_init(h, p, 64, &err) == LB_OK);
    lb_hierarchy_clear(h);

    /* a drive |1><0| is not linear */
    lb_opoly_set_ketbra(p->hamiltonian, 0, 1, 0);
    p->hamiltonian->coefficients[0].order = 1;
    CU_ASSERT(lb_hierarchy_init(h, p, 64, &err) == LB_EMODEL);
    check_message(&err, "ketbra(c0,1,0)");
    lb_hierarchy_clear(h);
    lb_problem_clear(p);
}

/* Status of the first block of a plain problem with coupling g, detuning
   delta of c1, loss of c1 or not, and a common loss a + b or not. */
static lb_status
first_block(slong delta, slong g, int damped, int common, slong prec)
{
    static const slong levels[] = { 0, 1 };
    lb_problem_t p;
    lb_hierarchy_t h;
    lb_scalar_t x;
    lb_status status;
    acb_t c;

    acb_init(c);
    lb_scalar_init(x);
    plain_problem(p, 1);
    if (!damped)
        arb_zero(p->rates + 1);
    if (common)
    {
        lb_opoly_zero(p->jumps + 0);
        lb_test_add_si(p->jumps + 0, 1, 0, W(-1), 0, prec);
        lb_test_add_si(p->jumps + 0, 1, 0, W(-2), 0, prec);
    }
    lb_test_add_si(p->hamiltonian, 2 + delta, 0, W(2, -2), 0, prec);
    lb_test_add_si(p->hamiltonian, g, 0, W(1, -2), 1, prec);
    CU_ASSERT(lb_hierarchy_init(h, p, prec, NULL) == LB_OK);
    status = lb_hierarchy_amplitude(c, h, levels, NULL);
    CU_ASSERT(acb_is_finite(c) == (status == LB_OK));
    CU_ASSERT(h->length == (status == LB_OK ? 2 : 1));
    CU_ASSERT(moment(x, h, 0, 1, 1, prec) == status);
    CU_ASSERT(acb_is_finite(x->coefficient) == (status == LB_OK));
    lb_hierarchy_clear(h);
    lb_problem_clear(p);
    acb_clear(c);
    lb_scalar_clear(x);
    return status;
}

/* Undamped modes are fine as long as every state decays through others. */
static void
test_dark_states(void)
{
    CU_ASSERT(first_block(1, 0, 1, 0, 64) == LB_OK);
    CU_ASSERT(first_block(1, 0, 0, 0, 64) == LB_EMODEL); /* c1 alone */
    CU_ASSERT(first_block(1, 3, 0, 0, 64) == LB_OK);     /* decays through c0 */
    CU_ASSERT(first_block(0, 3, 0, 0, 64) == LB_OK);
    CU_ASSERT(first_block(1, 0, 0, 1, 64) == LB_OK);
    CU_ASSERT(first_block(1, 3, 0, 1, 64) == LB_OK);
    CU_ASSERT(first_block(0, 3, 0, 1, 64) == LB_EPREC); /* a - b is dark */
    CU_ASSERT(first_block(0, 3, 0, 1, 500) == LB_EPREC);
    CU_ASSERT(first_block(0, 3, 1, 1, 64) == LB_OK);
}

/* c1 undamped and detuned by 1 at optical frequencies: the proof must not
   depend on the origin of energies. */
static void
test_decay_at_large_detuning(void)
{
    static const slong levels[] = { 1, 0 };
    lb_problem_t p;
    lb_hierarchy_t h;
    acb_t c;

    acb_init(c);
    plain_problem(p, 1);
    arb_zero(p->rates + 1);
    lb_test_add_si(p->hamiltonian, WORD(1) << 40, 0, W(1, -1), 0, 64);
    lb_test_add_si(p->hamiltonian, (WORD(1) << 40) + 1, 0, W(2, -2), 0, 64);
    lb_test_add_si(p->hamiltonian, 1, 0, W(1, -2), 1, 64);
    CU_ASSERT(lb_hierarchy_init(h, p, 64, NULL) == LB_OK);
    CU_ASSERT(lb_hierarchy_amplitude(c, h, levels, NULL) == LB_OK);
    lb_hierarchy_clear(h);
    lb_problem_clear(p);
    acb_clear(c);
}

/* c = u i^(-gauge) */
static void
set_phased(acb_t c, slong u, slong gauge)
{
    acb_set_si(c, u);
    for (; gauge % 4 != 0; gauge++)
        acb_mul_onei(c, c);
}

/* One excitation in n modes, small integers for H and for the jump vectors u:
   all states decay if and only if u, u H, u H^2, ... have rank n, which is
   decided exactly over the integers.  The rates are 1/3, so that no pivot is
   exact; a change of the modes' phases by powers of i makes H complex. */
static void
test_dark_states_exactly(void)
{
    static const lb_kind kinds[] = { LB_MODE, LB_MODE, LB_MODE, LB_MODE };
    slong iters = lb_test_iters(400), dark = 0, deep = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong n = 2 + (slong) n_randint(state, 3);
        slong jumps = 1 + (slong) n_randint(state, 2);
        slong levels[4] = { 1, 0, 0, 0 }, gauge[4];
        fmpz_mat_t hm, um, all;
        lb_problem_t p;
        lb_hierarchy_t h;
        lb_status status;
        arb_t third;
        acb_t c;

        fmpz_mat_init(hm, n, n);
        fmpz_mat_init(um, jumps, n);
        fmpz_mat_init(all, n * jumps, n);
        arb_init(third);
        acb_init(c);
        lb_test_problem_init(p, kinds, n, 256);
        arb_set_ui(third, 3);
        arb_inv(third, third, 256);
        lb_test_add_si(p->hamiltonian, 1, 1, W(1), 1, 256);
        for (slong j = 0; j < n; j++)
        {
            gauge[j] = (slong) n_randint(state, 4);
            for (slong k = 0; k <= j; k++)
            {
                slong x = (slong) n_randint(state, 3) - 1;

                if (n_randint(state, 2))
                    x = 0;
                fmpz_set_si(fmpz_mat_entry(hm, j, k), x);
                fmpz_set_si(fmpz_mat_entry(hm, k, j), x);
                set_phased(c, x, gauge[k] - gauge[j]);
                lb_test_add(p->hamiltonian, c, 0,
                            W((int) j + 1, -((int) k + 1)), j != k, 256);
            }
            for (slong k = 0; k < jumps; k++)
            {
                slong x = (slong) n_randint(state, 3) - 1;

                fmpz_set_si(fmpz_mat_entry(um, k, j), x);
                set_phased(c, x, gauge[j]);
                arb_set(p->rates + k, third);
                lb_test_add(p->jumps + k, c, 0, W(-((int) j + 1)), 0, 256);
            }
        }
        for (slong m = 0; m < n; m++)
        {
            for (slong k = 0; k < jumps; k++)
                for (slong j = 0; j < n; j++)
                    fmpz_set(fmpz_mat_entry(all, m * jumps + k, j),
                             fmpz_mat_entry(um, k, j));
            fmpz_mat_mul(um, um, hm);
        }

        CU_ASSERT(lb_hierarchy_init(h, p, 256, NULL) == LB_OK);
        status = lb_hierarchy_amplitude(c, h, levels, NULL);
        if (fmpz_mat_rank(all) == n)
        {
            CU_ASSERT(status == LB_OK);
            deep += n > 2 * jumps; /* at least H^2 is needed */
        }
        else
        {
            CU_ASSERT(status == LB_EPREC || status == LB_EMODEL);
            dark++;
        }
        lb_hierarchy_clear(h);
        lb_problem_clear(p);
        fmpz_mat_clear(hm);
        fmpz_mat_clear(um);
        fmpz_mat_clear(all);
        arb_clear(third);
        acb_clear(c);
    }
    CU_ASSERT(dark * 5 > iters && dark * 5 < 4 * iters);
    CU_ASSERT(deep * 40 > iters);
    lb_rand_clear(state);
}

static void
test_failures_are_indeterminate(void)
{
    static const slong bad[2][2] = { { -1, 0 }, { 2, 2 } };
    static const lb_kind kinds[] = { LB_MODE, LB_TWO_LEVEL };
    lb_problem_t p;
    lb_hierarchy_t h;
    lb_error err;
    acb_t c;
    arb_t one;

    arb_init(one);
    arb_one(one);
    acb_init(c);
    lb_test_problem_init(p, kinds, 2, 64);
    lb_test_add_si(p->hamiltonian, 1, 1, W(1), 1, 64);
    lb_test_jump(p, 0, one, W(-1));
    lb_test_jump(p, 1, one, W(-2));
    CU_ASSERT(lb_hierarchy_init(h, p, 64, &err) == LB_OK);
    for (slong k = 0; k < 2; k++)
    {
        acb_zero(c);
        CU_ASSERT(lb_hierarchy_amplitude(c, h, bad[k], &err) == LB_EDOM);
        CU_ASSERT(!arb_is_finite(acb_realref(c))
                  && !arb_is_finite(acb_imagref(c)));
    }
    /* the vacuum has amplitude 1, exactly; blocks come when asked for */
    CU_ASSERT(h->length == 1);
    CU_ASSERT(lb_hierarchy_amplitude(c, h, (slong[]) { 0, 0 }, &err) == LB_OK);
    CU_ASSERT(acb_is_one(c) && h->length == 1);
    CU_ASSERT(lb_hierarchy_amplitude(c, h, (slong[]) { 2, 1 }, &err) == LB_OK);
    CU_ASSERT(h->length == 4 && h->blocks[3].size == 2);
    CU_ASSERT(lb_hierarchy_amplitude(c, h, (slong[]) { 1, 0 }, &err) == LB_OK);
    CU_ASSERT(acb_contains_zero(c) == 0 && h->length == 4);
    lb_hierarchy_clear(h);
    lb_problem_clear(p);

    /* a block of six modes and 16 excitations is too large */
    {
        static const lb_kind modes[]
            = { LB_MODE, LB_MODE, LB_MODE, LB_MODE, LB_MODE, LB_MODE };
        lb_hierarchy_block empty = { 0, NULL, NULL };

        lb_test_problem_init(p, modes, 6, 64);
        lb_test_add_si(p->hamiltonian, 1, 1, W(1), 1, 64);
        CU_ASSERT(lb_hierarchy_init(h, p, 64, &err) == LB_OK);
        h->blocks = flint_realloc(h->blocks, 16 * sizeof(empty));
        for (; h->length < 16; h->length++)
            h->blocks[h->length] = empty;
        CU_ASSERT(lb_hierarchy_extend(h, 16, &err) == LB_EDIM);
        CU_ASSERT(h->length == 16);
        lb_hierarchy_clear(h);
        lb_problem_clear(p);
    }
    acb_clear(c);
    arb_clear(one);
}

/* The precision asked for comes out, less a few bits. */
static void
test_tightness(void)
{
    static const slong precs[] = { 53, 200, 1000 };
    slong checked = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (size_t k = 0; k < sizeof(precs) / sizeof(precs[0]); k++)
        for (slong iter = 0; iter < 10; iter++)
        {
            slong prec = precs[k];
            lb_hierarchy_t h;
            acb_t c;
            tip_t t;

            acb_init(c);
            tip_init(t);
            tip_randtest(t, state);
            lb_test_eighths(acb_realref(t->j), state, 1);
            CU_ASSERT(tip_hierarchy(h, t, prec) == LB_OK);
            CU_ASSERT(lb_hierarchy_extend(h, 4, NULL) == LB_OK);
            for (slong n = 1; n < h->length; n++)
                for (slong i = 0; i < h->blocks[n].size; i++, checked++)
                    CU_ASSERT(acb_rel_accuracy_bits(h->blocks[n].amplitudes + i)
                              >= prec - 40);
            lb_hierarchy_clear(h);
            tip_clear(t);
            acb_clear(c);
        }
    CU_ASSERT(checked == 30 * (2 + 3 + 4 + 5));
    lb_rand_clear(state);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "nanotip: exact anchors", test_nanotip_anchors },
        { "nanotip: eqs (5)-(7) (random)", test_nanotip_forms },
        { "nanotip: supermode recursion (random)", test_nanotip_recursion },
        { "three cavities: golden limits", test_ring_golden },
        { "three cavities: T against S (random)", test_ring_transmission },
        { "driven two-level system (random)", test_two_level },
        { "Jaynes-Cummings, two drives (random)", test_jaynes_cummings },
        { "matrix units and pair loss (random)",
          test_matrix_units_and_pair_loss },
        { "refused models", test_refusals },
        { "dark states", test_dark_states },
        { "decay at optical frequencies", test_decay_at_large_detuning },
        { "dark states against exact rank (random)", test_dark_states_exactly },
        { "failures give indeterminate balls",
          test_failures_are_indeterminate },
        { "tightness", test_tightness },
    };

    return lb_test_main("hierarchy", cases, sizeof(cases) / sizeof(cases[0]));
}
