/* analytic/network.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S is computed in the basis (a, a'), stability and moments in that of the
 * quadratures R = (X, P), a = (X + iP)/sqrt(2), where everything is real:
 *
 *     dX/dt = Re(M1 + M2) X - Im(M1 - M2) P,
 *     dP/dt = Im(M1 + M2) X + Re(M1 - M2) P
 *
 * for  da/dt = M1 a + M2 a'.  Matrices are split into the parts that their
 * nonzero entries connect: smaller solves, and entries between parts are
 * exactly zero. */
#include <string.h>

#include <lindbound/network.h>

void
lb_network_init(lb_network_t net, slong modes, slong channels)
{
    net->modes = modes;
    net->channels = channels;
    acb_mat_init(net->a, modes, modes);
    acb_mat_init(net->b, modes, modes);
    acb_mat_init(net->u, channels, modes);
    acb_mat_init(net->v, channels, modes);
    net->h = _acb_vec_init(modes);
    net->rates = _arb_vec_init(channels);
    net->thermal = _arb_vec_init(channels);
    arb_init(net->frequency);
}

void
lb_network_clear(lb_network_t net)
{
    acb_mat_clear(net->a);
    acb_mat_clear(net->b);
    acb_mat_clear(net->u);
    acb_mat_clear(net->v);
    _acb_vec_clear(net->h, net->modes);
    _arb_vec_clear(net->rates, net->channels);
    _arb_vec_clear(net->thermal, net->channels);
    arb_clear(net->frequency);
}

/* --- from a model -------------------------------------------------------- */

/* The ladder operators of a term: mode[k], and dagger[k] for a creation; their
   number, or -1 if there are more than `most` or a matrix unit. */
static slong
ladder(slong * mode, int * dagger, slong most, const lb_opoly_t p, slong i)
{
    slong n = 0;

    for (int pass = 0; pass < 2; pass++) /* creations first: normal order */
        for (slong k = 0; k < p->subsystems; k++)
        {
            const lb_factor * f = lb_opoly_term(p, i) + k;
            slong count = pass == 0 ? f->create : f->annihilate;

            if (f->matrix_unit || n + count > most)
                return -1;
            for (slong c = 0; c < count; c++, n++)
            {
                mode[n] = k;
                dagger[n] = pass == 0;
            }
        }
    return n;
}

static lb_status
refuse_term(lb_error * err, const lb_opoly_t p, slong i, const char * where,
            const char * const * names, const char * why)
{
    char text[128];

    lb_opoly_term_text(text, sizeof(text), p, i, names);
    return lb_error_set(err, LB_EMODEL, "not a linear network: %s %s %s", where,
                        text, why);
}

static lb_status
add_hamiltonian_term(lb_network_t net, const lb_problem_t p, slong i,
                     slong prec, lb_error * err)
{
    const lb_opoly_struct * h = p->hamiltonian;
    const lb_scalar_struct * c = h->coefficients + i;
    const char * const * names = (const char * const *) p->names;
    slong mode[2], n;
    int dagger[2];
    acb_ptr z;

    n = ladder(mode, dagger, 2, h, i);
    if (n < 0)
        return refuse_term(err, h, i, "the Hamiltonian term", names,
                           "is not quadratic");
    if (n == 0)
        return LB_OK;
    if (n == 1)
    {
        if (dagger[0])
            acb_add(net->h + mode[0], net->h + mode[0], c->coefficient, prec);
        return LB_OK;
    }
    if (c->order != 0 || c->remainder)
        return refuse_term(err, h, i, "the Hamiltonian term", names,
                           "depends on the drive");
    if (dagger[0] && !dagger[1])
    {
        z = acb_mat_entry(net->a, mode[0], mode[1]);
        acb_add(z, z, c->coefficient, prec);
    }
    else if (dagger[0]) /* B_jk + B_kj = 2 c / 2, twice c on the diagonal */
        for (int k = 0; k < 2; k++)
        {
            z = acb_mat_entry(net->b, mode[k], mode[1 - k]);
            acb_add(z, z, c->coefficient, prec);
        }
    return LB_OK; /* a a is the adjoint of a' a' */
}

static lb_status
set_coupling(lb_network_t net, slong k, const lb_opoly_t coupling,
             const char * const * names, slong prec, lb_error * err)
{
    for (slong i = 0; i < coupling->length; i++)
    {
        const lb_scalar_struct * c = coupling->coefficients + i;
        slong mode[1];
        int dagger[1];
        acb_ptr z;

        if (ladder(mode, dagger, 1, coupling, i) != 1)
            return refuse_term(err, coupling, i, "the coupling term", names,
                               "of a port or reservoir is not a or a'");
        if (c->order != 0 || c->remainder)
            return refuse_term(err, coupling, i, "the coupling term", names,
                               "depends on the drive");
        z = acb_mat_entry(dagger[0] ? net->v : net->u, k, mode[0]);
        acb_add(z, z, c->coefficient, prec);
    }
    return LB_OK;
}

static lb_status
set_frequency(lb_network_t net, const lb_model_t m, lb_env_t env,
              lb_error * err)
{
    lb_status status;
    lb_scalar_t x;

    if (m->frequency == NULL)
        return LB_OK;
    lb_scalar_init(x);
    status
        = lb_env_symbol(x, env, lb_scope_find(env->scope, m->frequency), err);
    if (status == LB_OK && (!acb_is_real(x->coefficient) || x->order != 0))
        status = lb_error_set(err, LB_EDOM, "the frequency '%s' is not real",
                              m->frequency);
    arb_set(net->frequency, acb_realref(x->coefficient));
    lb_scalar_clear(x);
    return status;
}

lb_status
lb_network_from_model(lb_network_t net, const lb_model_t m,
                      const lb_problem_t p, lb_env_t env, lb_error * err)
{
    lb_status status = LB_OK;
    lb_opoly_t coupling;

    lb_network_init(net, p->subsystems, m->n_channels);
    for (slong k = 0; k < p->subsystems && status == LB_OK; k++)
        if (p->kinds[k] != LB_MODE)
            status = lb_error_set(err, LB_EMODEL,
                                  "not a linear network: '%s' is a two-level "
                                  "system",
                                  p->names[k]);
    for (slong k = 0; k < m->n_dissipators && status == LB_OK; k++)
        if (!m->dissipators[k].of_channel && !arb_is_zero(p->rates + k))
            status = lb_error_set(err, LB_EMODEL,
                                  "not a linear network: dissipator %ld "
                                  "(counted from 0) is neither a port nor a "
                                  "reservoir",
                                  (long) k);
    for (slong i = 0; i < p->hamiltonian->length && status == LB_OK; i++)
        status = add_hamiltonian_term(net, p, i, env->prec, err);
    lb_opoly_init(coupling, p->kinds, p->subsystems);
    for (slong k = 0; k < m->n_channels && status == LB_OK; k++)
    {
        status = lb_channel_evaluate(net->rates + k, net->thermal + k, coupling,
                                     m, k, env, err);
        if (status == LB_OK)
            status
                = set_coupling(net, k, coupling,
                               (const char * const *) p->names, env->prec, err);
    }
    lb_opoly_clear(coupling);
    if (status == LB_OK)
        status = set_frequency(net, m, env, err);
    return status;
}

/* --- matrices ------------------------------------------------------------ */

int
lb_network_is_passive(const lb_network_t net)
{
    return acb_mat_is_zero(net->b) && acb_mat_is_zero(net->v);
}

/* Entry (p, j) of U without the root: rows p < P are L, the others L'. */
static void
out_coefficient(acb_t z, const lb_network_t net, slong p, slong j)
{
    slong channels = net->channels, modes = net->modes;
    int lower = p >= channels, right = j >= modes;
    const acb_struct * x = acb_mat_entry(lower == right ? net->u : net->v,
                                         p % channels, j % modes);

    if (lower)
        acb_conj(z, x);
    else
        acb_set(z, x);
}

/* Entry (j, p) of F = sz U' sz without the root. */
static void
in_coefficient(acb_t z, const lb_network_t net, slong j, slong p)
{
    out_coefficient(z, net, p, j);
    acb_conj(z, z);
    if ((j >= net->modes) != (p >= net->channels))
        acb_neg(z, z);
}

void
lb_network_dynamics(acb_mat_t m, const lb_network_t net, slong prec)
{
    slong n = net->modes;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < 2 * n; j++)
        {
            acb_ptr z = acb_mat_entry(m, i, j);

            acb_div_onei(z, j < n ? acb_mat_entry(net->a, i, j)
                                  : acb_mat_entry(net->b, i, j - n));
            for (slong p = 0; p < 2 * net->channels; p++)
            {
                in_coefficient(x, net, i, p);
                out_coefficient(y, net, p, j);
                if (acb_is_zero(x) || acb_is_zero(y))
                    continue;
                acb_mul(x, x, y, prec);
                acb_mul_arb(x, x, net->rates + p % net->channels, prec);
                acb_mul_2exp_si(x, x, -1);
                acb_sub(z, z, x, prec);
            }
        }
    /* the lower half is the adjoint of the upper one */
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            acb_conj(acb_mat_entry(m, n + i, n + j), acb_mat_entry(m, i, j));
            acb_conj(acb_mat_entry(m, n + i, j), acb_mat_entry(m, i, n + j));
        }
    acb_clear(x);
    acb_clear(y);
}

/* Rows i with label[i] = k make up part k; the number of parts.  `linked`
   says whether i and j interact. */
static slong
find_parts(slong * label, slong n, int (*linked)(const void *, slong, slong),
           const void * context)
{
    slong * stack = flint_malloc((size_t) (n + 1) * sizeof(slong));
    slong parts = 0;

    for (slong i = 0; i < n; i++)
        label[i] = -1;
    for (slong i = 0; i < n; i++)
    {
        slong depth = 0;

        if (label[i] >= 0)
            continue;
        label[i] = parts;
        stack[depth++] = i;
        while (depth > 0)
        {
            slong j = stack[--depth];

            for (slong k = 0; k < n; k++)
                if (label[k] < 0
                    && (linked(context, j, k) || linked(context, k, j)))
                {
                    label[k] = parts;
                    stack[depth++] = k;
                }
        }
        parts++;
    }
    flint_free(stack);
    return parts;
}

/* The rows of part k; their number. */
static slong
part_rows(slong * rows, const slong * label, slong n, slong k)
{
    slong count = 0;

    for (slong i = 0; i < n; i++)
        if (label[i] == k)
            rows[count++] = i;
    return count;
}

static int
complex_linked(const void * context, slong i, slong j)
{
    const acb_mat_struct * m = context;

    return !acb_is_zero(acb_mat_entry(m, i, j));
}

/* --- scattering ---------------------------------------------------------- */

/* Adds U (M + iw)^(-1) F of the part `rows` to S (without the roots). */
static lb_status
scatter_part(acb_mat_t s, const acb_mat_t m, const slong * rows, slong n,
             const lb_network_t net, slong prec)
{
    slong ports = 2 * net->channels, columns = 0;
    slong * column = flint_malloc((size_t) (ports + 1) * sizeof(slong));
    acb_mat_t part, in, x;
    lb_status status = LB_OK;
    acb_t z;

    acb_init(z);
    for (slong p = 0; p < ports; p++)
        for (slong i = 0; i < n; i++)
        {
            in_coefficient(z, net, rows[i], p);
            if (!acb_is_zero(z))
            {
                column[columns++] = p;
                break;
            }
        }
    acb_mat_init(part, n, n);
    acb_mat_init(in, n, columns);
    acb_mat_init(x, n, columns);
    for (slong i = 0; i < n; i++)
    {
        for (slong j = 0; j < n; j++)
            acb_set(acb_mat_entry(part, i, j),
                    acb_mat_entry(m, rows[i], rows[j]));
        for (slong q = 0; q < columns; q++)
            in_coefficient(acb_mat_entry(in, i, q), net, rows[i], column[q]);
    }
    if (columns > 0 && !acb_mat_solve(x, part, in, prec))
        status = LB_EPREC;
    for (slong p = 0; p < ports && status == LB_OK; p++)
        for (slong i = 0; i < n; i++)
        {
            out_coefficient(z, net, p, rows[i]);
            if (acb_is_zero(z))
                continue;
            for (slong q = 0; q < columns; q++)
                acb_addmul(acb_mat_entry(s, p, column[q]), z,
                           acb_mat_entry(x, i, q), prec);
        }
    acb_mat_clear(part);
    acb_mat_clear(in);
    acb_mat_clear(x);
    acb_clear(z);
    flint_free(column);
    return status;
}

/* S = 1 + sqrt(r) S sqrt(r) */
static void
finish_scattering(acb_mat_t s, const lb_network_t net, slong prec)
{
    arb_ptr roots = _arb_vec_init(net->channels);

    for (slong p = 0; p < net->channels; p++)
        arb_sqrtpos(roots + p, net->rates + p, prec);
    for (slong p = 0; p < 2 * net->channels; p++)
        for (slong q = 0; q < 2 * net->channels; q++)
        {
            acb_ptr z = acb_mat_entry(s, p, q);

            if (p % net->channels == q % net->channels)
                acb_mul_arb(z, z, net->rates + p % net->channels, prec);
            else
            {
                acb_mul_arb(z, z, roots + p % net->channels, prec);
                acb_mul_arb(z, z, roots + q % net->channels, prec);
            }
            if (p == q)
                acb_add_ui(z, z, 1, prec);
        }
    _arb_vec_clear(roots, net->channels);
}

static lb_status
require_stable(const lb_network_t net, slong prec, lb_error * err)
{
    int stable = lb_network_is_passive(net) ? 1 : lb_network_stable(net, prec);

    if (stable < 0)
        return lb_error_set(err, LB_EUNSTABLE,
                            "the network is provably not stable (an eigenvalue "
                            "of its dynamics has a real part >= 0): it has no "
                            "steady state and no stationary scattering");
    if (stable == 0)
        return lb_error_set(err, LB_EPREC,
                            "the network is not provably stable at this "
                            "precision");
    return LB_OK;
}

lb_status
lb_network_scattering(acb_mat_t s, const lb_network_t net, slong prec,
                      lb_error * err)
{
    slong n = 2 * net->modes, parts;
    slong * label = flint_malloc((size_t) (n + 1) * sizeof(slong));
    slong * rows = flint_malloc((size_t) (n + 1) * sizeof(slong));
    lb_status status = require_stable(net, prec, err);
    acb_mat_t m;

    acb_mat_init(m, n, n);
    lb_network_dynamics(m, net, prec);
    for (slong i = 0; i < n; i++)
    {
        arb_ptr im = acb_imagref(acb_mat_entry(m, i, i));

        arb_add(im, im, net->frequency, prec);
    }
    acb_mat_zero(s);
    parts = find_parts(label, n, complex_linked, m);
    for (slong k = 0; k < parts && status == LB_OK; k++)
    {
        slong count = part_rows(rows, label, n, k);

        status = scatter_part(s, m, rows, count, net, prec);
        if (status != LB_OK)
            lb_error_set(err, status,
                         "M + i w is not provably invertible at this "
                         "precision");
    }
    finish_scattering(s, net, prec);
    if (status != LB_OK)
        acb_mat_indeterminate(s);
    acb_mat_clear(m);
    flint_free(label);
    flint_free(rows);
    return status;
}

/* --- quadratures --------------------------------------------------------- */

/* The real matrix of the rows (z1, z2) acting on (a, a') -> (X, P); rows and
   columns X first.  rows x columns of z1 and z2 alike. */
static void
real_matrix(arb_mat_t r, const acb_mat_t z, slong rows, slong columns,
            slong prec)
{
    for (slong i = 0; i < rows; i++)
        for (slong j = 0; j < columns; j++)
        {
            acb_srcptr z1 = acb_mat_entry(z, i, j);
            acb_srcptr z2 = acb_mat_entry(z, i, columns + j);

            arb_add(arb_mat_entry(r, i, j), acb_realref(z1), acb_realref(z2),
                    prec);
            arb_sub(arb_mat_entry(r, i, columns + j), acb_imagref(z2),
                    acb_imagref(z1), prec);
            arb_add(arb_mat_entry(r, rows + i, j), acb_imagref(z1),
                    acb_imagref(z2), prec);
            arb_sub(arb_mat_entry(r, rows + i, columns + j), acb_realref(z1),
                    acb_realref(z2), prec);
        }
}

static void
real_dynamics(arb_mat_t r, const lb_network_t net, slong prec)
{
    acb_mat_t m;

    acb_mat_init(m, 2 * net->modes, 2 * net->modes);
    lb_network_dynamics(m, net, prec);
    real_matrix(r, m, net->modes, net->modes, prec);
    acb_mat_clear(m);
}

static int
real_linked(const void * context, slong i, slong j)
{
    const arb_mat_struct * m = context;

    return !arb_is_zero(arb_mat_entry(m, i, j));
}

/* --- stability ----------------------------------------------------------- */

/* Routh: 1 if all roots of the real polynomial with these coefficients (low
   powers first, leading one positive) have negative real parts, -1 if provably
   not all, 0 if open.  Two rows of Routh's table; c is used up. */
static int
routh(arb_ptr c, slong degree, slong prec)
{
    slong width = degree / 2 + 1;
    arb_ptr row[2];
    int answer = 1;
    arb_t ratio;

    row[0] = _arb_vec_init(width + 1);
    row[1] = _arb_vec_init(width + 1);
    arb_init(ratio);
    for (slong k = degree; k >= 0; k--)
    {
        slong from_top = degree - k;

        /* a polynomial with negative roots only has positive coefficients */
        if (arb_is_nonpositive(c + k))
            answer = -1;
        arb_set(row[from_top % 2] + from_top / 2, c + k);
    }
    for (slong step = 0; step < degree && answer == 1; step++)
    {
        arb_ptr top = row[step % 2], next = row[(step + 1) % 2];

        if (arb_is_nonpositive(next))
            answer = -1;
        else if (!arb_is_positive(next))
            answer = 0;
        if (answer != 1)
            break;
        /* the row after next replaces the top one */
        arb_div(ratio, top, next, prec);
        for (slong k = 0; k + 1 <= width; k++)
        {
            arb_set(top + k, top + k + 1);
            arb_submul(top + k, ratio, next + k + 1, prec);
        }
        arb_zero(top + width);
    }
    _arb_vec_clear(row[0], width + 1);
    _arb_vec_clear(row[1], width + 1);
    arb_clear(ratio);
    return answer;
}

/* Routh's answer for the roots with s added: 1 if all real parts are < s. */
static int
routh_at(const arb_poly_t p, const arb_t s, slong prec)
{
    slong degree = arb_poly_degree(p);
    arb_ptr c = _arb_vec_init(degree + 1);
    int answer;

    _arb_vec_set(c, p->coeffs, degree + 1);
    _arb_poly_taylor_shift(c, s, degree + 1, prec);
    answer = routh(c, degree, prec);
    _arb_vec_clear(c, degree + 1);
    return answer;
}

/* Characteristic polynomials of the parts of the real dynamics. */
static slong
characteristic_polynomials(arb_poly_struct ** p, const lb_network_t net,
                           slong prec)
{
    slong n = 2 * net->modes, parts;
    slong * label = flint_malloc((size_t) (n + 1) * sizeof(slong));
    slong * rows = flint_malloc((size_t) (n + 1) * sizeof(slong));
    arb_mat_t m, part;

    arb_mat_init(m, n, n);
    real_dynamics(m, net, prec);
    parts = find_parts(label, n, real_linked, m);
    *p = flint_malloc((size_t) (parts + 1) * sizeof(arb_poly_struct));
    for (slong k = 0; k < parts; k++)
    {
        slong count = part_rows(rows, label, n, k);

        arb_mat_init(part, count, count);
        for (slong i = 0; i < count; i++)
            for (slong j = 0; j < count; j++)
                arb_set(arb_mat_entry(part, i, j),
                        arb_mat_entry(m, rows[i], rows[j]));
        arb_poly_init(*p + k);
        arb_mat_charpoly(*p + k, part, prec);
        arb_mat_clear(part);
    }
    arb_mat_clear(m);
    flint_free(label);
    flint_free(rows);
    return parts;
}

static void
free_polynomials(arb_poly_struct * p, slong parts)
{
    for (slong k = 0; k < parts; k++)
        arb_poly_clear(p + k);
    flint_free(p);
}

/* 1 if all parts say 1, -1 if one says -1. */
static int
all_below(const arb_poly_struct * p, slong parts, const arb_t s, slong prec)
{
    int answer = 1;

    for (slong k = 0; k < parts; k++)
    {
        int one = routh_at(p + k, s, prec);

        if (one < 0)
            return -1;
        if (one == 0)
            answer = 0;
    }
    return answer;
}

int
lb_network_stable(const lb_network_t net, slong prec)
{
    arb_poly_struct * p;
    slong parts = characteristic_polynomials(&p, net, prec);
    int answer;
    arb_t s;

    arb_init(s);
    answer = all_below(p, parts, s, prec);
    arb_clear(s);
    free_polynomials(p, parts);
    return answer;
}

/* A point of [low, high]: low + (high - low) num/16, with few bits. */
static void
between(arb_t s, const arf_t low, const arf_t high, ulong num, slong prec)
{
    arf_t t;

    arf_init(t);
    arf_sub(t, high, low, prec, ARF_RND_DOWN);
    arf_mul_ui(t, t, num, prec, ARF_RND_DOWN);
    arf_mul_2exp_si(t, t, -4);
    arb_zero(s);
    arf_add(arb_midref(s), low, t, prec, ARF_RND_DOWN);
    arf_clear(t);
}

void
lb_network_abscissa(arb_t x, const lb_network_t net, slong prec)
{
    static const ulong places[] = { 8, 5, 11, 2, 14 };
    arb_poly_struct * p;
    slong parts = characteristic_polynomials(&p, net, prec);
    arf_t low, high;
    arb_mat_t m;
    arb_t s;
    mag_t norm;
    int decided = 1;

    arf_init(low);
    arf_init(high);
    arb_init(s);
    mag_init(norm);
    arb_mat_init(m, 2 * net->modes, 2 * net->modes);
    real_dynamics(m, net, prec);
    arb_mat_bound_inf_norm(norm, m);
    arf_set_mag(high, norm);
    arf_add_ui(high, high, 1, prec, ARF_RND_UP);
    arf_neg(low, high);
    for (slong step = 0; step < 2 * prec && decided; step++)
    {
        decided = 0;
        for (size_t k = 0; k < sizeof(places) / sizeof(places[0]) && !decided;
             k++)
        {
            between(s, low, high, places[k], prec);
            if (arf_cmp(arb_midref(s), low) <= 0
                || arf_cmp(arb_midref(s), high) >= 0)
                break;
            decided = all_below(p, parts, s, prec);
            if (decided > 0)
                arf_set(high, arb_midref(s));
            else if (decided < 0)
                arf_set(low, arb_midref(s));
        }
    }
    arb_set_interval_arf(x, low, high, prec);
    if (!mag_is_finite(norm))
        arb_indeterminate(x);
    free_polynomials(p, parts);
    arf_clear(low);
    arf_clear(high);
    arb_clear(s);
    mag_clear(norm);
    arb_mat_clear(m);
}

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
            in_coefficient(acb_mat_entry(f, j, p), net, j, p);
    real_matrix(r, f, n, c, prec);
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
    lb_status status = require_stable(net, prec, err);
    arb_mat_t m, d, v;
    lyapunov l = { m, d };

    arb_mat_init(m, n, n);
    arb_mat_init(d, n, n);
    arb_mat_init(v, n, n);
    real_dynamics(m, net, prec);
    diffusion(d, net, prec);
    parts = find_parts(label, n, lyapunov_linked, &l);
    for (slong k = 0; k < parts && status == LB_OK; k++)
    {
        slong count = part_rows(rows, label, n, k);

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
        slong n = ladder(mode, dagger, MAX_LADDER, op, i);

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
