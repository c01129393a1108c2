/* analytic/network_moments.c -- the Gaussian steady state of a network.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/network_internal.h>

/* --- moments ------------------------------------------------------------- */

#define MAX_PART 44

void
lb_moments_init(lb_moments_t g, slong modes)
{
    g->modes = modes;
    g->mean = _acb_vec_init(modes);
    acb_mat_init(g->number, modes, modes);
    acb_mat_init(g->pair, modes, modes);
}

void
lb_moments_clear(lb_moments_t g)
{
    _acb_vec_clear(g->mean, g->modes);
    acb_mat_clear(g->number);
    acb_mat_clear(g->pair);
}

/* F N F' in quadratures, N = thermal + 1/2. */
static void
diffusion(arb_mat_t d, const lb_network_t net, slong prec)
{
    slong n = net->modes, c = net->channels;
    acb_mat_t f;
    arb_mat_t r, w, transpose;

    acb_mat_init(f, n, 2 * c);
    arb_mat_init(r, 2 * n, 2 * c);
    arb_mat_init(w, 2 * n, 2 * c);
    arb_mat_init(transpose, 2 * c, 2 * n);
    for (slong j = 0; j < n; j++)
        for (slong p = 0; p < 2 * c; p++)
            lb_network_in_coefficient(acb_mat_entry(f, j, p), net, j, p);
    lb_network_real_matrix(r, f, n, c, prec);
    for (slong p = 0; p < 2 * c; p++)
    {
        arb_t weight;

        arb_init(weight);
        arb_set_d(weight, 0.5);
        arb_add(weight, weight, net->thermal + p % c, prec);
        arb_mul(weight, weight, net->rates + p % c, prec);
        for (slong i = 0; i < 2 * n; i++)
            arb_mul(arb_mat_entry(w, i, p), arb_mat_entry(r, i, p), weight,
                    prec);
        arb_clear(weight);
    }
    arb_mat_transpose(transpose, r);
    arb_mat_mul(d, w, transpose, prec);
    arb_mat_clear(transpose);
    acb_mat_clear(f);
    arb_mat_clear(r);
    arb_mat_clear(w);
}

typedef struct
{
    const arb_mat_struct *m, *d;
} lyapunov;

static int
lyapunov_linked(const void * context, slong i, slong j)
{
    const lyapunov * l = context;

    return !arb_is_zero(arb_mat_entry(l->m, i, j))
           || !arb_is_zero(arb_mat_entry(l->d, i, j));
}

/* Number of the unknown V_ij = V_ji. */
static slong
unknown(slong i, slong j)
{
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

/* Sets the entries `rows` of V: m V + V m^T + d = 0. */
static int
solve_lyapunov(arb_mat_t v, const lyapunov * l, const slong * rows, slong n,
               slong prec)
{
    slong size = n * (n + 1) / 2;
    arb_mat_t a, b, x;
    int good;

    arb_mat_init(a, size, size);
    arb_mat_init(b, size, 1);
    arb_mat_init(x, size, 1);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j <= i; j++)
        {
            slong e = unknown(i, j);

            for (slong k = 0; k < n; k++)
            {
                arb_ptr z = arb_mat_entry(a, e, unknown(k, j));

                arb_add(z, z, arb_mat_entry(l->m, rows[i], rows[k]), prec);
                z = arb_mat_entry(a, e, unknown(i, k));
                arb_add(z, z, arb_mat_entry(l->m, rows[j], rows[k]), prec);
            }
            arb_neg(arb_mat_entry(b, e, 0),
                    arb_mat_entry(l->d, rows[i], rows[j]));
        }
    good = arb_mat_solve(x, a, b, prec);
    for (slong i = 0; i < n && good; i++)
        for (slong j = 0; j < n; j++)
            arb_set(arb_mat_entry(v, rows[i], rows[j]),
                    arb_mat_entry(x, unknown(i, j), 0));
    arb_mat_clear(a);
    arb_mat_clear(b);
    arb_mat_clear(x);
    return good;
}

/* <a_j' a_k> = (V_XX + V_PP + i (V_XP - V_PX))/2 - delta/2 and
   <a_j a_k> = (V_XX - V_PP + i (V_XP + V_PX))/2 */
static void
set_moments(lb_moments_t g, const arb_mat_t v, slong prec)
{
    slong n = g->modes;

    for (slong j = 0; j < n; j++)
        for (slong k = 0; k < n; k++)
        {
            arb_srcptr xx = arb_mat_entry(v, j, k);
            arb_srcptr pp = arb_mat_entry(v, n + j, n + k);
            arb_srcptr xp = arb_mat_entry(v, j, n + k);
            arb_srcptr px = arb_mat_entry(v, n + j, k);
            acb_ptr number = acb_mat_entry(g->number, j, k);
            acb_ptr pair = acb_mat_entry(g->pair, j, k);

            arb_add(acb_realref(number), xx, pp, prec);
            if (j == k)
            {
                arb_sub_ui(acb_realref(number), acb_realref(number), 1, prec);
                arb_zero(acb_imagref(number));
            }
            else
                arb_sub(acb_imagref(number), xp, px, prec);
            acb_mul_2exp_si(number, number, -1);
            arb_sub(acb_realref(pair), xx, pp, prec);
            arb_add(acb_imagref(pair), xp, px, prec);
            acb_mul_2exp_si(pair, pair, -1);
        }
}

/* m R = -c, with c the constant of dR/dt: da/dt has -i h. */
static int
set_means(lb_moments_t g, const lb_network_t net, const arb_mat_t m, slong prec)
{
    slong n = net->modes;
    arb_mat_t c, x;
    int good = 1;

    if (_acb_vec_is_zero(net->h, n))
        return 1;
    arb_mat_init(c, 2 * n, 1);
    arb_mat_init(x, 2 * n, 1);
    for (slong j = 0; j < n; j++)
    {
        arb_neg(arb_mat_entry(c, j, 0), acb_imagref(net->h + j));
        arb_set(arb_mat_entry(c, n + j, 0), acb_realref(net->h + j));
    }
    good = arb_mat_solve(x, m, c, prec);
    for (slong j = 0; j < n; j++)
        acb_set_arb_arb(g->mean + j, arb_mat_entry(x, j, 0),
                        arb_mat_entry(x, n + j, 0));
    arb_mat_clear(c);
    arb_mat_clear(x);
    return good;
}

lb_status
lb_network_moments(lb_moments_t g, const lb_network_t net, slong prec,
                   lb_error * err)
{
    slong n = 2 * net->modes, parts;
    slong * label = flint_malloc((size_t) (n + 1) * sizeof(slong));
    slong * rows = flint_malloc((size_t) (n + 1) * sizeof(slong));
    lb_status status = lb_network_require_stable(net, prec, err);
    arb_mat_t m, d, v;
    lyapunov l = { m, d };

    arb_mat_init(m, n, n);
    arb_mat_init(d, n, n);
    arb_mat_init(v, n, n);
    lb_network_real_dynamics(m, net, prec);
    diffusion(d, net, prec);
    parts = lb_network_find_parts(label, n, lyapunov_linked, &l);
    for (slong k = 0; k < parts && status == LB_OK; k++)
    {
        slong count = lb_network_part_rows(rows, label, n, k);

        if (count > MAX_PART)
            status = lb_error_set(err, LB_EDIM,
                                  "moments of a network of more than %d "
                                  "connected modes are not computed",
                                  MAX_PART / 2);
        else if (!solve_lyapunov(v, &l, rows, count, prec))
            status = lb_error_set(err, LB_EPREC,
                                  "the Lyapunov equation is not provably "
                                  "solvable at this precision");
    }
    if (status == LB_OK && !set_means(g, net, m, prec))
        status = lb_error_set(err, LB_EPREC,
                              "M is not provably invertible at this precision");
    if (status == LB_OK)
        set_moments(g, v, prec);
    arb_mat_clear(m);
    arb_mat_clear(d);
    arb_mat_clear(v);
    flint_free(label);
    flint_free(rows);
    return status;
}

/* --- Wick's theorem ------------------------------------------------------ */

#define MAX_LADDER 12

/* <:x_j x_k:> of the fluctuations */
static void
contraction(acb_t z, const lb_moments_t g, const slong * mode,
            const int * dagger, slong j, slong k)
{
    if (dagger[j] && dagger[k])
        acb_conj(z, acb_mat_entry(g->pair, mode[j], mode[k]));
    else if (dagger[j])
        acb_set(z, acb_mat_entry(g->number, mode[j], mode[k]));
    else if (dagger[k])
        acb_set(z, acb_mat_entry(g->number, mode[k], mode[j]));
    else
        acb_set(z, acb_mat_entry(g->pair, mode[j], mode[k]));
}

/* Mean of the normal-ordered product of the operators still `open`: the first
   one is its mean, or contracted with one of the others. */
static void
wick(acb_t z, const lb_moments_t g, const slong * mode, const int * dagger,
     slong n, unsigned open, slong prec)
{
    slong j = 0;
    acb_t x, rest;

    while (j < n && !(open >> j & 1u))
        j++;
    if (j == n)
    {
        acb_one(z);
        return;
    }
    acb_init(x);
    acb_init(rest);
    open &= ~(1u << j);
    acb_zero(z);
    for (slong k = j; k < n; k++)
    {
        if (k == j)
        {
            acb_set(x, g->mean + mode[j]);
            if (dagger[j])
                acb_conj(x, x);
        }
        else if (open >> k & 1u)
            contraction(x, g, mode, dagger, j, k);
        else
            continue;
        if (acb_is_zero(x))
            continue;
        wick(rest, g, mode, dagger, n, k == j ? open : open & ~(1u << k), prec);
        acb_addmul(z, x, rest, prec);
    }
    acb_clear(x);
    acb_clear(rest);
}

lb_status
lb_moments_expectation(lb_scalar_t out, const lb_moments_t g,
                       const lb_opoly_t op, slong prec, lb_error * err)
{
    lb_status status = LB_OK;
    acb_t sum, term;

    acb_init(sum);
    acb_init(term);
    for (slong i = 0; i < op->length && status == LB_OK; i++)
    {
        slong mode[MAX_LADDER];
        int dagger[MAX_LADDER];
        slong n = lb_network_ladder(mode, dagger, MAX_LADDER, op, i);

        if (n < 0)
        {
            status = lb_error_set(err, LB_EMODEL,
                                  "no Gaussian moment: a projector, or a "
                                  "product of more than %d ladder operators",
                                  MAX_LADDER);
            break;
        }
        wick(term, g, mode, dagger, n, (1u << n) - 1u, prec);
        acb_addmul(sum, op->coefficients[i].coefficient, term, prec);
    }
    if (status == LB_OK)
        lb_scalar_set_acb(out, sum);
    else
        lb_scalar_indeterminate(out);
    acb_clear(sum);
    acb_clear(term);
    return status;
}
