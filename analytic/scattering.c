/* analytic/scattering.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Heisenberg equations du/dt = -i M u + sqrt(Gamma) u_in (eq (9)) have, in
 * the frame of the light, the stationary solution u = -i M^(-1) sqrt(Gamma)
 * u_in, and u_out = -u_in + sqrt(Gamma) u.  M^(-1) sqrt(Gamma) comes from a
 * certified linear solve; nothing is truncated. */
#include <lindbound/scattering.h>

static void
indeterminate_matrix(acb_mat_t s)
{
    for (slong i = 0; i < acb_mat_nrows(s); i++)
        for (slong j = 0; j < acb_mat_ncols(s); j++)
            acb_indeterminate(acb_mat_entry(s, i, j));
}

/* z = -delta - i root * x */
static void
scattering_entry(acb_t z, int delta, const arb_t root, const acb_t x,
                 slong prec)
{
    acb_mul_arb(z, x, root, prec);
    acb_div_onei(z, z);
    if (delta)
        acb_sub_ui(z, z, 1, prec);
}

lb_status
lb_scattering_matrix(acb_mat_t s, const acb_mat_t m, arb_srcptr gamma,
                     slong prec)
{
    slong n = acb_mat_nrows(m);
    lb_status status = LB_OK;
    acb_mat_t b, x;
    arb_ptr roots;

    if (acb_mat_ncols(m) != n || acb_mat_nrows(s) != n || acb_mat_ncols(s) != n)
        status = LB_EDIM;
    for (slong j = 0; j < n && status == LB_OK; j++)
        if (!arb_is_nonnegative(gamma + j))
            status = LB_EDOM;
    if (status != LB_OK)
    {
        indeterminate_matrix(s);
        return status;
    }

    acb_mat_init(b, n, n);
    acb_mat_init(x, n, n);
    roots = _arb_vec_init(n);
    for (slong j = 0; j < n; j++)
    {
        arb_sqrtpos(roots + j, gamma + j, prec);
        acb_set_arb(acb_mat_entry(b, j, j), roots + j);
    }
    if (acb_mat_solve(x, m, b, prec))
        for (slong i = 0; i < n; i++)
            for (slong j = 0; j < n; j++)
                scattering_entry(acb_mat_entry(s, i, j), i == j, roots + i,
                                 acb_mat_entry(x, i, j), prec);
    else
    {
        indeterminate_matrix(s);
        status = LB_EPREC;
    }
    acb_mat_clear(b);
    acb_mat_clear(x);
    _arb_vec_clear(roots, n);
    return status;
}

/* (gamma_j'/gamma_j + gamma_k'/gamma_k)/2 */
static void
port_change(arb_t change, arb_srcptr gamma, arb_srcptr dgamma, slong j, slong k,
            slong prec)
{
    slong ports[2] = { j, k };
    arb_t t;

    arb_init(t);
    arb_zero(change);
    for (int i = 0; i < 2; i++)
        if (!arb_is_zero(dgamma + ports[i]))
        {
            arb_div(t, dgamma + ports[i], gamma + ports[i], prec);
            arb_add(change, change, t, prec);
        }
    arb_mul_2exp_si(change, change, -1);
    arb_clear(t);
}

void
lb_scattering_derivative(acb_mat_t ds, const acb_mat_t m, arb_srcptr gamma,
                         const acb_mat_t dm, arb_srcptr dgamma, slong prec)
{
    slong n = acb_mat_nrows(m);
    acb_mat_t inverse, t;
    arb_t root, change;

    acb_mat_init(inverse, n, n);
    acb_mat_init(t, n, n);
    arb_init(root);
    arb_init(change);
    if (!acb_mat_inv(inverse, m, prec))
        indeterminate_matrix(inverse);
    acb_mat_mul(t, inverse, dm, prec);
    acb_mat_mul(t, t, inverse, prec);
    for (slong j = 0; j < n; j++)
        for (slong k = 0; k < n; k++)
        {
            acb_ptr z = acb_mat_entry(t, j, k);

            port_change(change, gamma, dgamma, j, k, prec);
            acb_submul_arb(z, acb_mat_entry(inverse, j, k), change, prec);
            arb_mul(root, gamma + j, gamma + k, prec);
            arb_sqrt(root, root, prec);
            acb_mul_arb(z, z, root, prec);
            acb_mul_onei(acb_mat_entry(ds, j, k), z);
        }
    acb_mat_clear(inverse);
    acb_mat_clear(t);
    arb_clear(root);
    arb_clear(change);
}

void
lb_scattering_determinant(acb_t det, const acb_mat_t m, slong prec)
{
    acb_mat_det(det, m, prec);
}

/* --- from a problem ------------------------------------------------------ */

/* Number of creations and annihilations; the mode of the last one of each.
   0 if the term holds a matrix unit. */
static int
count_ladder(slong * creations, slong * annihilations, slong * created,
             slong * annihilated, const lb_opoly_t p, slong i)
{
    *creations = *annihilations = *created = *annihilated = 0;
    for (slong k = 0; k < p->subsystems; k++)
    {
        const lb_factor * f = lb_opoly_term(p, i) + k;

        if (f->matrix_unit)
            return 0;
        *creations += f->create;
        *annihilations += f->annihilate;
        if (f->create > 0)
            *created = k;
        if (f->annihilate > 0)
            *annihilated = k;
    }
    return 1;
}

/* An ordinary number: it neither scales with the drive nor has a remainder. */
static int
is_plain(const lb_scalar_struct * c)
{
    return c->order == 0 && !c->remainder;
}

static lb_status
add_hamiltonian(acb_mat_t m, const lb_problem_t p, slong prec, lb_error * err)
{
    const lb_opoly_struct * h = p->hamiltonian;

    for (slong i = 0; i < h->length; i++)
    {
        const lb_scalar_struct * c = h->coefficients + i;
        slong creations, annihilations, j, k;
        int known = count_ladder(&creations, &annihilations, &j, &k, h, i);
        char text[128];

        if (known && creations + annihilations <= 1)
            continue; /* constant, linear drive */
        if (known && creations >= 2 && annihilations >= 2
            && creations == annihilations)
            continue; /* vanishes on one excitation */
        if (known && creations == 1 && annihilations == 1 && is_plain(c))
        {
            acb_add(acb_mat_entry(m, j, k), acb_mat_entry(m, j, k),
                    c->coefficient, prec);
            continue;
        }
        lb_opoly_term_text(text, sizeof(text), h, i,
                           (const char * const *) p->names);
        return lb_error_set(
            err, LB_EMODEL, "no scattering matrix: the Hamiltonian term %s %s",
            text,
            creations == 1 && annihilations == 1 ? "depends on the drive"
                                                 : "is not of the form a'*b");
    }
    return LB_OK;
}

static lb_status
add_jump(arb_ptr gamma, const arb_t rate, const lb_opoly_t jump, slong index,
         slong prec, lb_error * err)
{
    slong creations, annihilations, j, k;
    int nonnegative;
    arb_t weight;

    if (arb_is_zero(rate) || jump->length == 0)
        return LB_OK;
    if (jump->length != 1 || !is_plain(jump->coefficients)
        || !count_ladder(&creations, &annihilations, &j, &k, jump, 0)
        || creations != 0 || annihilations != 1)
        return lb_error_set(err, LB_EMODEL,
                            "no scattering matrix: dissipator %ld (counted "
                            "from 0) is not the loss of a single mode",
                            (long) index);
    arb_init(weight);
    arb_sqr(weight, acb_realref(jump->coefficients[0].coefficient), prec);
    arb_addmul(weight, acb_imagref(jump->coefficients[0].coefficient),
               acb_imagref(jump->coefficients[0].coefficient), prec);
    nonnegative = arb_is_nonnegative(rate) && arb_is_nonnegative(gamma + k);
    arb_addmul(gamma + k, weight, rate, prec);
    if (nonnegative) /* rounding may have let the ball reach below zero */
        arb_nonnegative_part(gamma + k, gamma + k);
    arb_clear(weight);
    return LB_OK;
}

lb_status
lb_scattering_from_problem(acb_mat_t m, arb_ptr gamma, const lb_problem_t p,
                           slong prec, lb_error * err)
{
    slong n = p->subsystems;
    lb_status status = LB_OK;
    arb_t half;

    if (acb_mat_nrows(m) != n || acb_mat_ncols(m) != n)
        status = lb_error_set(err, LB_EDIM,
                              "the matrix does not match the %ld subsystems",
                              (long) n);
    else
        acb_mat_zero(m);
    _arb_vec_zero(gamma, n);
    for (slong j = 0; j < n && status == LB_OK; j++)
        if (p->kinds[j] != LB_MODE)
            status = lb_error_set(err, LB_EMODEL,
                                  "no scattering matrix: subsystem %ld "
                                  "(counted from 0) is a two-level system, "
                                  "not a mode",
                                  (long) j);
    if (status == LB_OK)
        status = add_hamiltonian(m, p, prec, err);
    for (slong k = 0; k < p->n_jumps && status == LB_OK; k++)
        status = add_jump(gamma, p->rates + k, p->jumps + k, k, prec, err);

    if (status == LB_OK)
    {
        arb_init(half);
        for (slong j = 0; j < n; j++)
        {
            acb_ptr diagonal = acb_mat_entry(m, j, j);

            arb_mul_2exp_si(half, gamma + j, -1);
            arb_sub(acb_imagref(diagonal), acb_imagref(diagonal), half, prec);
        }
        arb_clear(half);
    }
    else
    {
        indeterminate_matrix(m);
        _arb_vec_indeterminate(gamma, n);
    }
    return status;
}
