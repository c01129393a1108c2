/* compare/witness_upper.c -- the proved upper bounds, theory.md [E2], [E3].
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lindbound/hermitian.h>
#include <lindbound/witness_internal.h>

/* of the covariances */
#define COVARIANCE_DIGITS 8
#define COVARIANCE_PREC 192
/* of the elements of the state, absolute, and of what is made of them */
#define ELEMENT_DIGITS 25
#define ELEMENT_PREC 256
/* What the proposal of [E3] leaves of each eigenvalue. */
#define SHARE 1e-13

/* <A_k> for l < 0, else <A_k A_l>, of different parties. */
static lb_status
prove_moment(arb_t value, const lb_witness_t w, lb_certifier * c, slong k,
             slong l, lb_error * err)
{
    lb_certified_info info;
    lb_status status;
    lb_opoly_t a, b;
    mag_t scale;

    mag_init(scale);
    mag_one(scale);
    lb_opoly_init(a, w->scope->kinds, w->scope->subsystems);
    lb_opoly_init(b, w->scope->kinds, w->scope->subsystems);
    lb_witness_set_observable(a, w->number[k], w->which[w->party[k]],
                              COVARIANCE_PREC);
    if (l >= 0)
    {
        lb_witness_set_observable(b, w->number[l], w->which[w->party[l]],
                                  COVARIANCE_PREC);
        lb_opoly_mul(a, a, b, COVARIANCE_PREC);
    }
    status
        = lb_certifier_mean(value, &info, c, a, COVARIANCE_DIGITS, scale, err);
    lb_opoly_clear(a);
    lb_opoly_clear(b);
    mag_clear(scale);
    return status;
}

/* cov = 4 Cov(A_k, A_l) between different parties, zero within one; the means
   as well. */
static lb_status
prove_covariances(acb_mat_t cov, arb_ptr means, const lb_witness_t w,
                  lb_certifier * c, lb_error * err)
{
    slong n = w->operators;
    lb_status status = LB_OK;

    for (slong k = 0; k < n && status == LB_OK; k++)
        status = prove_moment(means + k, w, c, k, -1, err);
    for (slong k = 0; k < n; k++)
        for (slong l = 0; l < k && status == LB_OK; l++)
        {
            arb_ptr z = acb_realref(acb_mat_entry(cov, k, l));

            if (w->party[k] == w->party[l])
                continue;
            status = prove_moment(z, w, c, k, l, err);
            arb_submul(z, means + k, means + l, COVARIANCE_PREC);
            arb_mul_2exp_si(z, z, 2);
            acb_set(acb_mat_entry(cov, l, k), acb_mat_entry(cov, k, l));
        }
    return status;
}

/* The real or imaginary part of rho_ij. */
static lb_status
prove_element(arb_t value, const lb_witness_t w, lb_certifier * c, slong i,
              slong j, int imaginary, lb_error * err)
{
    lb_certified_info info;
    lb_opoly_t op, adjoint;
    lb_status status;
    mag_t scale;
    acb_t z;

    acb_init(z);
    mag_init(scale);
    mag_one(scale);
    lb_opoly_init(op, w->scope->kinds, w->scope->subsystems);
    lb_opoly_init(adjoint, w->scope->kinds, w->scope->subsystems);
    acb_set_d_d(z, imaginary ? 0.0 : 0.5, imaginary ? 0.5 : 0.0);
    lb_witness_set_unit(op, z, w, i, j, COVARIANCE_PREC);
    lb_opoly_adjoint(adjoint, op);
    lb_opoly_add(op, op, adjoint, COVARIANCE_PREC);
    status = lb_certifier_mean(value, &info, c, op, ELEMENT_DIGITS, scale, err);
    lb_opoly_clear(op);
    lb_opoly_clear(adjoint);
    mag_clear(scale);
    acb_clear(z);
    return status;
}

/* All elements of the reduced state between the kept states. */
static lb_status
prove_state(acb_mat_t rho, const slong * place, const lb_witness_t w,
            lb_certifier * c, lb_error * err)
{
    lb_status status = LB_OK;

    for (slong i = 0; i < acb_mat_nrows(rho); i++)
        for (slong j = i; j < acb_mat_nrows(rho) && status == LB_OK; j++)
        {
            acb_ptr z = acb_mat_entry(rho, i, j);

            status = prove_element(acb_realref(z), w, c, place[i], place[j], 0,
                                   err);
            if (status == LB_OK && j > i)
                status = prove_element(acb_imagref(z), w, c, place[i], place[j],
                                       1, err);
            acb_conj(acb_mat_entry(rho, j, i), z);
        }
    return status;
}

/* b = V (p - SHARE)^(1/2) of the eigenvectors of rho in double precision, p
   what is left of the eigenvalues: rho - b b' should be positive. */
static lb_status
choose_root(acb_mat_t b, double * p, const slong * place, const lb_witness_t w,
            lb_error * err)
{
    slong n = acb_mat_nrows(b), d = w->part->dimension;
    lb_complex * rho = flint_malloc((size_t) (n * n) * sizeof(lb_complex));
    lb_status status;
    lb_spectrum_t s;

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            rho[i * n + j] = w->rho[place[i] * d + place[j]];
    status = lb_spectrum_init_approx(s, rho, n, err);
    for (slong k = 0; k < n && status == LB_OK; k++)
    {
        p[k] = s->p[k] > 2.0 * SHARE ? s->p[k] - SHARE : 0.0;
        for (slong i = 0; i < n; i++)
        {
            lb_complex z = sqrt(p[k]) * s->vectors[i * n + k];

            acb_set_d_d(acb_mat_entry(b, i, k), creal(z), cimag(z));
        }
    }
    lb_spectrum_clear(s);
    flint_free(rho);
    return status;
}

/* Whether rho - b b' is proved to be positive. */
static int
is_below(const acb_mat_t b, const acb_mat_t rho)
{
    slong n = acb_mat_nrows(b);
    arb_ptr values = _arb_vec_init(n);
    acb_mat_t t;
    int below;

    acb_mat_init(t, n, n);
    acb_mat_conjugate_transpose(t, b);
    acb_mat_mul(t, b, t, ELEMENT_PREC);
    acb_mat_sub(t, rho, t, ELEMENT_PREC);
    below = lb_hermitian_eigenvalues(values, t, ELEMENT_PREC) == LB_OK
            && arb_is_nonnegative(values);
    acb_mat_clear(t);
    _arb_vec_clear(values, n);
    return below;
}

/* g = b' A_k b between the kept states. */
static lb_status
set_gram(acb_mat_t g, const acb_mat_t b, const slong * place,
         const lb_witness_t w, slong k, lb_error * err)
{
    slong n = acb_mat_nrows(b);
    lb_ball_sparse_t sparse;
    lb_status status;
    acb_mat_t a, t;
    lb_opoly_t op;

    acb_mat_init(a, w->part->dimension, w->part->dimension);
    acb_mat_init(t, n, n);
    lb_opoly_init(op, w->kinds, w->parties);
    lb_witness_set_observable(op, w->number[k], w->party[k], ELEMENT_PREC);
    lb_ball_sparse_init(sparse, w->part->dimension, w->part->dimension);
    status = lb_ball_sparse_set_opoly(sparse, op, w->part, w->part,
                                      ELEMENT_PREC, err);
    lb_witness_set_dense(a, sparse);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            acb_set(acb_mat_entry(t, i, j),
                    acb_mat_entry(a, place[i], place[j]));
    acb_mat_mul(t, t, b, ELEMENT_PREC);
    acb_mat_conjugate_transpose(g, b);
    acb_mat_mul(g, g, t, ELEMENT_PREC);
    acb_mat_clear(a);
    acb_mat_clear(t);
    lb_ball_sparse_clear(sparse);
    lb_opoly_clear(op);
    return status;
}

/* h_kl = -2 g_kl/(p_k + p_l), rounded and exactly Hermitian. */
static void
choose_phase(acb_mat_t h, const acb_mat_t g, const double * p)
{
    for (slong k = 0; k < acb_mat_nrows(h); k++)
        for (slong l = k; l < acb_mat_nrows(h); l++)
        {
            acb_ptr z = acb_mat_entry(h, k, l);
            double factor = p[k] + p[l] > 0.0 ? -2.0 / (p[k] + p[l]) : 0.0;
            double re
                = factor
                  * arf_get_d(arb_midref(acb_realref(acb_mat_entry(g, k, l))),
                              ARF_RND_NEAR);
            double im
                = factor
                  * arf_get_d(arb_midref(acb_imagref(acb_mat_entry(g, k, l))),
                              ARF_RND_NEAR);

            acb_set_d_d(z, re, k == l ? 0.0 : im);
            acb_conj(acb_mat_entry(h, l, k), z);
        }
}

/* r += 4 Re tr(x y) */
static void
add_trace(arb_t r, const acb_mat_t x, const acb_mat_t y)
{
    acb_t sum;

    acb_init(sum);
    for (slong i = 0; i < acb_mat_nrows(x); i++)
        for (slong j = 0; j < acb_mat_nrows(x); j++)
            acb_addmul(sum, acb_mat_entry(x, i, j), acb_mat_entry(y, j, i),
                       ELEMENT_PREC);
    acb_mul_2exp_si(sum, sum, 2);
    arb_add(r, r, acb_realref(sum), ELEMENT_PREC);
    acb_clear(sum);
}

/* m += 4 <A_k><A_l> + 4 Re tr(g_k h_l + h_k g_l + h_k b'b h_l), [E3] */
static void
add_improvement(acb_mat_t m, arb_srcptr means, const acb_mat_t b,
                const acb_mat_struct * g, const acb_mat_struct * h)
{
    slong n = acb_mat_nrows(b);
    acb_mat_t gram, t;
    arb_t z;

    arb_init(z);
    acb_mat_init(gram, n, n);
    acb_mat_init(t, n, n);
    acb_mat_conjugate_transpose(t, b);
    acb_mat_mul(gram, t, b, ELEMENT_PREC);
    for (slong k = 0; k < acb_mat_nrows(m); k++)
    {
        acb_mat_mul(t, h + k, gram, ELEMENT_PREC);
        for (slong l = 0; l <= k; l++)
        {
            arb_mul(z, means + k, means + l, ELEMENT_PREC);
            arb_mul_2exp_si(z, z, 2);
            add_trace(z, g + k, h + l);
            add_trace(z, h + k, g + l);
            add_trace(z, t, h + l);
            acb_add_arb(acb_mat_entry(m, k, l), acb_mat_entry(m, k, l), z,
                        ELEMENT_PREC);
            acb_set(acb_mat_entry(m, l, k), acb_mat_entry(m, k, l));
        }
    }
    arb_clear(z);
    acb_mat_clear(gram);
    acb_mat_clear(t);
}

/* m, the matrix of [E2], becomes that of [E3]; *better says whether it does. */
static lb_status
improve(acb_mat_t m, int * better, arb_srcptr means, const lb_witness_t w,
        lb_certifier * c, lb_error * err)
{
    slong * place = flint_malloc((size_t) w->part->dimension * sizeof(slong));
    slong n = lb_witness_kept_states(place, w);
    double * p = flint_calloc((size_t) n, sizeof(double));
    acb_mat_struct g[LB_WITNESS_MAX_PARTIES * LB_WITNESS_OPERATORS];
    acb_mat_struct h[LB_WITNESS_MAX_PARTIES * LB_WITNESS_OPERATORS];
    lb_status status = LB_OK;
    acb_mat_t rho, b;

    acb_mat_init(rho, n, n);
    acb_mat_init(b, n, n);
    for (slong k = 0; k < w->operators; k++)
    {
        acb_mat_init(g + k, n, n);
        acb_mat_init(h + k, n, n);
    }
    *better = 0;
    if (n <= LB_WITNESS_STATES)
    {
        status = prove_state(rho, place, w, c, err);
        if (status == LB_OK)
            status = choose_root(b, p, place, w, err);
        *better = status == LB_OK && is_below(b, rho);
    }
    for (slong k = 0; k < w->operators && status == LB_OK && *better; k++)
    {
        status = set_gram(g + k, b, place, w, k, err);
        choose_phase(h + k, g + k, p);
    }
    if (status == LB_OK && *better)
        add_improvement(m, means, b, g, h);
    for (slong k = 0; k < w->operators; k++)
    {
        acb_mat_clear(g + k);
        acb_mat_clear(h + k);
    }
    acb_mat_clear(rho);
    acb_mat_clear(b);
    flint_free(place);
    flint_free(p);
    return status;
}

lb_status
lb_witness_prove_upper(lb_witness_t w, lb_certifier * c, lb_error * err)
{
    slong n = w->operators;
    arb_ptr means = _arb_vec_init(2 * n), values = means + n;
    lb_status status;
    int better = 0;
    acb_mat_t m;

    acb_mat_init(m, n, n);
    status = prove_covariances(m, means, w, c, err);
    if (status == LB_OK)
        status = lb_hermitian_eigenvalues(values, m, COVARIANCE_PREC);
    if (status == LB_OK)
        arb_set(w->upper, values + n - 1);
    if (status == LB_OK)
        status = improve(m, &better, means, w, c, err);
    if (status == LB_OK && better
        && lb_hermitian_eigenvalues(values, m, ELEMENT_PREC) == LB_OK)
        arb_min(w->upper, w->upper, values + n - 1, ELEMENT_PREC);
    _arb_vec_clear(means, 2 * n);
    acb_mat_clear(m);
    return status;
}
