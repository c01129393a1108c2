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

#include <lindbound/network_internal.h>

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
slong
lb_network_ladder(slong * mode, int * dagger, slong most, const lb_opoly_t p,
                  slong i)
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

    n = lb_network_ladder(mode, dagger, 2, h, i);
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

        if (lb_network_ladder(mode, dagger, 1, coupling, i) != 1)
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
void
lb_network_in_coefficient(acb_t z, const lb_network_t net, slong j, slong p)
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
                lb_network_in_coefficient(x, net, i, p);
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
slong
lb_network_find_parts(slong * label, slong n,
                      int (*linked)(const void *, slong, slong),
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
slong
lb_network_part_rows(slong * rows, const slong * label, slong n, slong k)
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

/* 1 if row or column p of S without the 1 is zero: the channel is shut. */
static int
is_shut(const lb_network_t net, slong p)
{
    return arb_is_zero(net->rates + p % net->channels);
}

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
        for (slong i = 0; i < n && !is_shut(net, p); i++)
        {
            lb_network_in_coefficient(z, net, rows[i], p);
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
            lb_network_in_coefficient(acb_mat_entry(in, i, q), net, rows[i],
                                      column[q]);
    }
    if (columns > 0 && !acb_mat_solve(x, part, in, prec))
        status = LB_EPREC;
    for (slong p = 0; p < ports && status == LB_OK; p++)
        for (slong i = 0; i < n && !is_shut(net, p); i++)
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

lb_status
lb_network_scattering(acb_mat_t s, const lb_network_t net, slong prec,
                      lb_error * err)
{
    slong n = 2 * net->modes, parts;
    slong * label = flint_malloc((size_t) (n + 1) * sizeof(slong));
    slong * rows = flint_malloc((size_t) (n + 1) * sizeof(slong));
    lb_status status = lb_network_require_stable(net, prec, err);
    acb_mat_t m;

    acb_mat_init(m, n, n);
    lb_network_dynamics(m, net, prec);
    for (slong i = 0; i < n; i++)
    {
        arb_ptr im = acb_imagref(acb_mat_entry(m, i, i));

        arb_add(im, im, net->frequency, prec);
    }
    acb_mat_zero(s);
    parts = lb_network_find_parts(label, n, complex_linked, m);
    for (slong k = 0; k < parts && status == LB_OK; k++)
    {
        slong count = lb_network_part_rows(rows, label, n, k);

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
void
lb_network_real_matrix(arb_mat_t r, const acb_mat_t z, slong rows,
                       slong columns, slong prec)
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

void
lb_network_real_dynamics(arb_mat_t r, const lb_network_t net, slong prec)
{
    acb_mat_t m;

    acb_mat_init(m, 2 * net->modes, 2 * net->modes);
    lb_network_dynamics(m, net, prec);
    lb_network_real_matrix(r, m, net->modes, net->modes, prec);
    acb_mat_clear(m);
}
