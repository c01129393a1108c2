/* analytic/hierarchy.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why amplitudes suffice.  Truncate at N <= M, any M >= 1, and write the
 * steady state in blocks rho_jk between j and k excitations.  With the scaled
 * blocks R_jk = rho_jk / d^(j+k), d the drive, stationarity reads
 *
 *     0 = -i (H_eff^(j) R_jk - R_jk H_eff^(k)')
 *         -i (V R_{j-1,k} - R_{j,k-1} V') + d^2 (...),
 *
 * because V' R_{j+1,k} and R_{j,k+1} V come with d^2, and a jump that lowers N
 * by s feeds (j,k) from (j+s,k+s), with d^(2s).  Normalization: R_00 = 1 +
 * d^2 (...).  At d = 0 the system is triangular: each block follows from
 * blocks of smaller j + k.  Its diagonal part X -> -i (H_eff^(j) X - X
 * H_eff^(k)') has the eigenvalues -i (x - conj(y)), x and y eigenvalues of the
 * two blocks; as all imaginary parts are <= 0, it is singular only if both
 * blocks have the same real eigenvalue.  If no block j = 1..M has a real
 * eigenvalue (and E_0 is subtracted, so that block 0 is 0), then all diagonal
 * parts but (0,0) are invertible, R is unique and analytic in d near 0, and
 * its limit is R_jk = C^(j) C^(k)': inserting,
 *
 *     -i [(H_eff^(j) C^(j) + V C^(j-1)) C^(k)'
 *         - C^(j) (H_eff^(k) C^(k) + V C^(k-1))'] = 0.
 *
 * The limit does not depend on M.  Terms of higher order in d, in H or in the
 * jumps, do not change the system at d = 0.
 *
 * No dark state.  Let G = sum_k r_k c_k' c_k >= 0 and H = H_0 on one block of
 * size n.  If (H - iG/2) v = x v with x real, the imaginary part of <v|.|v>
 * gives <v|G|v> = 0, so G v = 0 and H v = x v: an eigenvector of H that no
 * jump touches.  Conversely such a v has a real eigenvalue.  It exists if and
 * only if K = sum_{m<n} H^m G H^m is singular: v lies in the kernel of K
 * exactly if G H^m v = 0 for all m < n, hence (Cayley-Hamilton) for all m, so
 * that the kernel is invariant under the Hermitian H and, unless it is {0},
 * holds an eigenvector of H (Kalman, Hautus).  Replacing H by (H - x)/s with
 * any real x and s > 0 does not change the kernel, and already a partial sum
 * that is positive definite proves that there is none.  Positive definiteness
 * is proved by an LDL' factorization in balls with pivots provably > 0. */
#include <string.h>

#include <lindbound/excitation_block.h>
#include <lindbound/hierarchy.h>

/* --- the model's terms --------------------------------------------------- */

static void
append_copy(lb_opoly_t r, const lb_opoly_t p, slong i, slong prec)
{
    lb_opoly_struct view = *p; /* term i alone, read only */

    view.length = 1;
    view.factors = p->factors + i * p->subsystems;
    view.coefficients = p->coefficients + i;
    lb_opoly_add(r, r, &view, prec);
}

static int
is_constant(const lb_opoly_t p, slong i)
{
    for (slong k = 0; k < p->subsystems; k++)
    {
        const lb_factor * f = lb_opoly_term(p, i) + k;

        if (f->matrix_unit || f->create != 0 || f->annihilate != 0)
            return 0;
    }
    return 1;
}

/* One ladder operator of one subsystem. */
static int
is_linear(const lb_opoly_t p, slong i)
{
    slong powers = 0;

    for (slong k = 0; k < p->subsystems; k++)
    {
        const lb_factor * f = lb_opoly_term(p, i) + k;

        if (f->matrix_unit)
            return 0;
        powers += f->create + f->annihilate;
    }
    return powers == 1;
}

static lb_status
refuse_term(const lb_problem_t problem, slong i, const char * why,
            lb_error * err)
{
    char text[128];

    lb_opoly_term_text(text, sizeof(text), problem->hamiltonian, i,
                       (const char * const *) problem->names);
    return lb_error_set(err, LB_EMODEL,
                        "no weak-drive amplitudes: the Hamiltonian term %s %s",
                        text, why);
}

/* True if the term, which the leading order takes at the given order, has
   parts at that order + 1 or + 2. */
static int
changes_with_drive(const lb_opoly_t p, slong i, slong order)
{
    const lb_scalar_struct * c = p->coefficients + i;

    return c->order == order ? c->remainder : c->order <= order + 2;
}

static lb_status
sort_hamiltonian(lb_hierarchy_t h, const lb_problem_t problem, lb_error * err)
{
    const lb_opoly_struct * p = problem->hamiltonian;

    for (slong i = 0; i < p->length; i++)
    {
        slong order = p->coefficients[i].order;
        slong shift = lb_opoly_term_shift(p, i);

        if (shift != 0 && !((shift == 1 || shift == -1) && is_linear(p, i)))
            return refuse_term(problem, i,
                               "changes the number of excitations and is not "
                               "a linear drive",
                               err);
        if (shift != 0 && order < 1)
            return refuse_term(problem, i,
                               "is a drive term that is not proportional to "
                               "the model's drive parameters; list them in "
                               "\"drive\"",
                               err);
        if (shift == 0 && order < 0)
            return refuse_term(problem, i, "diverges as the drive vanishes",
                               err);
        if (!is_constant(p, i) && changes_with_drive(p, i, shift != 0))
            h->fixed = 0;
        if (shift == 0 && order == 0 && !is_constant(p, i))
            append_copy(h->conserving, p, i, h->prec);
        if (shift == 1 && order == 1)
            append_copy(h->creating, p, i, h->prec);
    }
    if (h->creating->length == 0)
        return lb_error_set(err, LB_EMODEL,
                            "no weak-drive amplitudes: nothing is driven; the "
                            "Hamiltonian has no linear drive term proportional "
                            "to a parameter listed in \"drive\"");
    return LB_OK;
}

static void
keep_jump(lb_hierarchy_t h, const arb_t rate, const lb_opoly_t jump)
{
    size_t n = (size_t) h->n_jumps + 1;

    h->jumps = flint_realloc(h->jumps, n * sizeof(lb_opoly_struct));
    h->rates = flint_realloc(h->rates, n * sizeof(arb_struct));
    lb_opoly_init(h->jumps + h->n_jumps, h->kinds, h->subsystems);
    lb_opoly_set(h->jumps + h->n_jumps, jump);
    arb_init(h->rates + h->n_jumps);
    arb_set(h->rates + h->n_jumps, rate);
    h->n_jumps++;
}

static lb_status
add_jump(lb_hierarchy_t h, const arb_t rate, const lb_opoly_t jump, slong index,
         lb_error * err)
{
    lb_opoly_t square, adjoint;
    lb_scalar_t r;

    if (arb_is_zero(rate) || jump->length == 0)
        return LB_OK;
    for (slong i = 0; i < jump->length; i++)
    {
        slong shift = lb_opoly_term_shift(jump, i);

        if (jump->coefficients[i].remainder)
            h->fixed = 0;
        if (jump->coefficients[i].order != 0)
            return lb_error_set(err, LB_EMODEL,
                                "no weak-drive amplitudes: dissipator %ld "
                                "(counted from 0) depends on the drive",
                                (long) index);
        if (shift >= 0 || shift != lb_opoly_term_shift(jump, 0))
            return lb_error_set(
                err, LB_EMODEL,
                "no weak-drive amplitudes: dissipator %ld (counted from 0) "
                "does not lower the number of excitations by a definite "
                "amount; quantum jumps matter at leading order there",
                (long) index);
    }

    lb_opoly_init(square, h->kinds, h->subsystems);
    lb_opoly_init(adjoint, h->kinds, h->subsystems);
    lb_scalar_init(r);
    acb_set_arb(r->coefficient, rate);
    lb_opoly_adjoint(adjoint, jump);
    lb_opoly_mul(square, adjoint, jump, h->prec);
    lb_opoly_hermitian_part(square, square, h->prec);
    lb_opoly_scalar_mul(square, square, r, h->prec);
    lb_opoly_add(h->damping, h->damping, square, h->prec);
    lb_scalar_clear(r);
    lb_opoly_clear(square);
    lb_opoly_clear(adjoint);
    if (lb_opoly_term_shift(jump, 0) == -1)
        keep_jump(h, rate, jump);
    return LB_OK;
}

/* Block 0 holds the vacuum alone, with amplitude 1. */
static void
add_vacuum(lb_hierarchy_t h)
{
    lb_hierarchy_block * b = flint_malloc(sizeof(lb_hierarchy_block));

    b->size = 1;
    b->levels = flint_calloc((size_t) h->subsystems + 1, sizeof(slong));
    b->amplitudes = _acb_vec_init(1);
    acb_one(b->amplitudes);
    h->blocks = b;
    h->length = 1;
}

lb_status
lb_hierarchy_init(lb_hierarchy_t h, const lb_problem_t p, slong prec,
                  lb_error * err)
{
    lb_status status;

    h->subsystems = p->subsystems;
    h->prec = prec;
    h->kinds = flint_malloc((size_t) (p->subsystems + 1) * sizeof(lb_kind));
    if (p->subsystems > 0)
        memcpy(h->kinds, p->kinds, (size_t) p->subsystems * sizeof(lb_kind));
    lb_opoly_init(h->conserving, h->kinds, h->subsystems);
    lb_opoly_init(h->creating, h->kinds, h->subsystems);
    lb_opoly_init(h->damping, h->kinds, h->subsystems);
    h->n_jumps = 0;
    h->jumps = NULL;
    h->rates = NULL;
    h->fixed = !p->rates_remainder;
    add_vacuum(h);

    status = sort_hamiltonian(h, p, err);
    for (slong k = 0; k < p->n_jumps && status == LB_OK; k++)
        status = add_jump(h, p->rates + k, p->jumps + k, k, err);
    return status;
}

void
lb_hierarchy_clear(lb_hierarchy_t h)
{
    for (slong i = 0; i < h->length; i++)
    {
        flint_free(h->blocks[i].levels);
        _acb_vec_clear(h->blocks[i].amplitudes, h->blocks[i].size);
    }
    flint_free(h->blocks);
    for (slong k = 0; k < h->n_jumps; k++)
    {
        lb_opoly_clear(h->jumps + k);
        arb_clear(h->rates + k);
    }
    flint_free(h->jumps);
    flint_free(h->rates);
    lb_opoly_clear(h->conserving);
    lb_opoly_clear(h->creating);
    lb_opoly_clear(h->damping);
    flint_free(h->kinds);
}

/* --- the equations of a block ------------------------------------------- */

/* y = matrix of p, which maps the block `from` to the block `to`, times x */
static void
apply(acb_mat_t y, const lb_opoly_t p, const lb_hierarchy_block * to,
      const lb_hierarchy_block * from, const acb_mat_t x, slong prec)
{
    slong n = p->subsystems;
    slong * levels = flint_malloc((size_t) (n + 1) * sizeof(slong));
    fmpz_t weight;
    arb_t root;
    acb_t z;

    fmpz_init(weight);
    arb_init(root);
    acb_init(z);
    acb_mat_zero(y);
    for (slong i = 0; i < p->length; i++)
        for (slong j = 0; j < from->size; j++)
        {
            slong row;

            if (!lb_opoly_term_apply(weight, levels, p, i,
                                     from->levels + j * n))
                continue;
            row = lb_block_find(to->levels, to->size, n, levels);
            arb_sqrt_fmpz(root, weight, prec);
            acb_mul_arb(z, p->coefficients[i].coefficient, root, prec);
            for (slong c = 0; c < acb_mat_ncols(x); c++)
                acb_addmul(acb_mat_entry(y, row, c), z, acb_mat_entry(x, j, c),
                           prec);
        }
    fmpz_clear(weight);
    arb_clear(root);
    acb_clear(z);
    flint_free(levels);
}

/* H_0 - E_0 and G = sum_k r_k c_k' c_k on a block, and
   H_0 - E_0 - (i/2) G */
static void
effective_matrix(acb_mat_t effective, acb_mat_t m, acb_mat_t g,
                 const lb_hierarchy_t h, const lb_hierarchy_block * b)
{
    lb_block_matrix(m, h->conserving, b->levels, h->prec);
    lb_block_matrix(g, h->damping, b->levels, h->prec);
    acb_mat_scalar_mul_2exp_si(effective, g, -1);
    for (slong i = 0; i < b->size; i++)
        for (slong j = 0; j < b->size; j++)
            acb_div_onei(acb_mat_entry(effective, i, j),
                         acb_mat_entry(effective, i, j));
    acb_mat_add(effective, m, effective, h->prec);
}

/* c = the amplitudes, as a column */
static void
column(acb_mat_t c, const lb_hierarchy_block * b)
{
    for (slong i = 0; i < b->size; i++)
        acb_set(acb_mat_entry(c, i, 0), b->amplitudes + i);
}

/* --- no dark state ------------------------------------------------------- */

/* 1: the Hermitian matrix in the lower triangle of k is proved positive
   definite; 0: not proved. */
static int
is_positive_definite(const acb_mat_t k, slong prec)
{
    slong n = acb_mat_nrows(k);
    int proved = 1;
    acb_mat_t l; /* L D below the diagonal, D on it */
    acb_t t;

    acb_mat_init(l, n, n);
    acb_init(t);
    for (slong j = 0; j < n && proved; j++)
    {
        /* D_j = K_jj - sum_i |(LD)_ji|^2 / D_i */
        arb_ptr d = acb_realref(acb_mat_entry(l, j, j));

        arb_set(d, acb_realref(acb_mat_entry(k, j, j)));
        for (slong i = 0; i < j; i++)
        {
            acb_ptr z = acb_mat_entry(l, j, i);
            arb_ptr u = acb_realref(t);

            arb_sqr(u, acb_realref(z), prec);
            arb_addmul(u, acb_imagref(z), acb_imagref(z), prec);
            arb_div(u, u, acb_realref(acb_mat_entry(l, i, i)), prec);
            arb_sub(d, d, u, prec);
        }
        proved = arb_is_positive(d);

        /* (LD)_mj = K_mj - sum_i (LD)_mi conj((LD)_ji) / D_i */
        for (slong m = j + 1; m < n && proved; m++)
        {
            acb_ptr z = acb_mat_entry(l, m, j);

            acb_set(z, acb_mat_entry(k, m, j));
            for (slong i = 0; i < j; i++)
            {
                acb_conj(t, acb_mat_entry(l, j, i));
                acb_mul(t, t, acb_mat_entry(l, m, i), prec);
                acb_div_arb(t, t, acb_realref(acb_mat_entry(l, i, i)), prec);
                acb_sub(z, z, t, prec);
            }
        }
    }
    acb_mat_clear(l);
    acb_clear(t);
    return proved;
}

/* Subtracts a number near the mean of the diagonal of the Hermitian matrix
   and divides by a power of two near its norm. */
static void
normalize_matrix(acb_mat_t m, slong prec)
{
    slong n = acb_mat_nrows(m);
    arb_t mean;
    arf_t norm;
    mag_t bound;

    arb_init(mean);
    arf_init(norm);
    mag_init(bound);
    for (slong j = 0; j < n; j++)
        arb_add(mean, mean, acb_realref(acb_mat_entry(m, j, j)), prec);
    arb_div_si(mean, mean, n, prec);
    mag_zero(arb_radref(mean)); /* any real number will do */
    for (slong j = 0; j < n; j++)
        acb_sub_arb(acb_mat_entry(m, j, j), acb_mat_entry(m, j, j), mean, prec);
    acb_mat_bound_inf_norm(bound, m);
    if (!mag_is_special(bound))
    {
        arf_set_mag(norm, bound);
        acb_mat_scalar_mul_2exp_si(m, m, -arf_abs_bound_lt_2exp_si(norm));
    }
    arb_clear(mean);
    arf_clear(norm);
    mag_clear(bound);
}

/* Proves that every state of the block decays; H and G as above, H is
   overwritten. */
static lb_status
prove_decay(acb_mat_t h, const acb_mat_t g, slong excitations, slong prec,
            lb_error * err)
{
    slong n = acb_mat_nrows(h);
    lb_status status = LB_EPREC;
    acb_mat_t k, term;

    acb_mat_init(k, n, n);
    acb_mat_init(term, n, n);
    acb_mat_set(k, g);
    acb_mat_set(term, g);
    normalize_matrix(h, prec);
    for (slong m = 0; m < n; m++)
    {
        if (m > 0)
        {
            acb_mat_mul(term, h, term, prec);
            acb_mat_mul(term, term, h, prec);
            acb_mat_add(k, k, term, prec);
        }
        if (is_positive_definite(k, prec))
        {
            status = LB_OK;
            break;
        }
    }

    if (status != LB_OK)
    {
        lb_error_set(err, LB_EPREC,
                     "it is not proved at this precision that all states of "
                     "%ld excitation%s decay",
                     (long) excitations, excitations == 1 ? "" : "s");
        /* <j|K|j> = 0 exactly: the state |j> is in the kernel of K */
        for (slong j = 0; j < n; j++)
            if (acb_is_zero(acb_mat_entry(k, j, j)))
                status = lb_error_set(
                    err, LB_EMODEL,
                    "no weak-drive amplitudes: a state of %ld excitation%s "
                    "never decays, so the limit of weak drive depends on the "
                    "past; damp every subsystem or couple it to a damped one",
                    (long) excitations, excitations == 1 ? "" : "s");
    }
    acb_mat_clear(k);
    acb_mat_clear(term);
    return status;
}

/* --- solving ------------------------------------------------------------- */

static int
all_finite(const acb_mat_t x)
{
    for (slong i = 0; i < acb_mat_nrows(x); i++)
        if (!acb_is_finite(acb_mat_entry(x, i, 0)))
            return 0;
    return 1;
}

/* Fills the amplitudes of the block next to the last known one. */
static lb_status
solve_block(lb_hierarchy_block * b, const lb_hierarchy_t h, lb_error * err)
{
    const lb_hierarchy_block * below = h->blocks + h->length - 1;
    lb_status status;
    acb_mat_t m, g, effective, c, x;

    acb_mat_init(m, b->size, b->size);
    acb_mat_init(g, b->size, b->size);
    acb_mat_init(effective, b->size, b->size);
    acb_mat_init(x, b->size, 1);
    acb_mat_init(c, below->size, 1);
    effective_matrix(effective, m, g, h, b);
    column(c, below);
    apply(x, h->creating, b, below, c, h->prec);
    acb_mat_neg(x, x);

    status = prove_decay(m, g, h->length, h->prec, err);
    if (status == LB_OK
        && (!acb_mat_solve(x, effective, x, h->prec) || !all_finite(x)))
        status = lb_error_set(err, LB_EPREC,
                              "the block of %ld excitations is not provably "
                              "invertible at this precision",
                              (long) h->length);
    if (status == LB_OK)
        for (slong i = 0; i < b->size; i++)
            acb_swap(b->amplitudes + i, acb_mat_entry(x, i, 0));
    acb_mat_clear(m);
    acb_mat_clear(g);
    acb_mat_clear(effective);
    acb_mat_clear(c);
    acb_mat_clear(x);
    return status;
}

lb_status
lb_hierarchy_extend(lb_hierarchy_t h, slong order, lb_error * err)
{
    lb_status status = LB_OK;

    while (h->length <= order && status == LB_OK)
    {
        lb_hierarchy_block b = { 0, NULL, NULL };

        status = lb_block_states(&b.levels, &b.size, h->kinds, h->subsystems,
                                 h->length, err);
        if (status != LB_OK)
            break;
        b.amplitudes = _acb_vec_init(b.size);
        if (b.size > 0)
            status = solve_block(&b, h, err);
        if (status == LB_OK)
        {
            h->blocks
                = flint_realloc(h->blocks, (size_t) (h->length + 1)
                                               * sizeof(lb_hierarchy_block));
            h->blocks[h->length++] = b;
        }
        else
        {
            flint_free(b.levels);
            _acb_vec_clear(b.amplitudes, b.size);
        }
    }
    return status;
}

/* --- known blocks --------------------------------------------------------- */

void
lb_hierarchy_column(acb_mat_t c, const lb_hierarchy_t h, slong excitations)
{
    column(c, h->blocks + excitations);
}

slong
lb_hierarchy_index(const lb_hierarchy_t h, const slong * levels,
                   slong excitations)
{
    return lb_block_find(h->blocks[excitations].levels,
                         h->blocks[excitations].size, h->subsystems, levels);
}

void
lb_hierarchy_apply(acb_mat_t y, const lb_hierarchy_t h, const lb_opoly_t p,
                   slong to, slong from, const acb_mat_t x)
{
    apply(y, p, h->blocks + to, h->blocks + from, x, h->prec);
}

void
lb_hierarchy_effective(acb_mat_t m, const lb_hierarchy_t h, slong excitations)
{
    const lb_hierarchy_block * b = h->blocks + excitations;
    acb_mat_t h0, g;

    acb_mat_init(h0, b->size, b->size);
    acb_mat_init(g, b->size, b->size);
    effective_matrix(m, h0, g, h, b);
    acb_mat_clear(h0);
    acb_mat_clear(g);
}

/* --- results ------------------------------------------------------------- */

lb_status
lb_hierarchy_amplitude(acb_t c, lb_hierarchy_t h, const slong * levels,
                       lb_error * err)
{
    slong excitations = 0;
    lb_status status = LB_OK;

    for (slong k = 0; k < h->subsystems; k++)
    {
        if (levels[k] < 0 || (h->kinds[k] == LB_TWO_LEVEL && levels[k] > 1))
            status = lb_error_set(err, LB_EDOM,
                                  "subsystem %ld (counted from 0) has no "
                                  "level %ld",
                                  (long) k, (long) levels[k]);
        excitations += levels[k];
    }
    if (status == LB_OK)
        status = lb_hierarchy_extend(h, excitations, err);
    if (status == LB_OK)
    {
        const lb_hierarchy_block * b = h->blocks + excitations;

        acb_set(c,
                b->amplitudes
                    + lb_block_find(b->levels, b->size, h->subsystems, levels));
    }
    else
        acb_indeterminate(c);
    return status;
}

lb_status
lb_hierarchy_term(lb_scalar_t x, lb_hierarchy_t h, const lb_opoly_t op, slong i,
                  slong prec, lb_error * err)
{
    slong n = h->subsystems;
    slong * levels = flint_malloc((size_t) (2 * n + 1) * sizeof(slong));
    slong * p = levels;
    slong * q = levels + n;
    lb_status status;
    fmpz_t weight, factorial;
    arb_t root;
    acb_t c;

    fmpz_init(weight);
    fmpz_init(factorial);
    arb_init(root);
    acb_init(c);

    fmpz_one(weight);
    x->order = 0;
    for (slong k = 0; k < n; k++)
    {
        const lb_factor * f = lb_opoly_term(op, i) + k;

        p[k] = f->create;
        q[k] = f->annihilate;
        x->order += p[k] + q[k];
        if (!f->matrix_unit) /* a^q |q> = sqrt(q!) |0> */
        {
            fmpz_fac_ui(factorial, (ulong) p[k]);
            fmpz_mul(weight, weight, factorial);
            fmpz_fac_ui(factorial, (ulong) q[k]);
            fmpz_mul(weight, weight, factorial);
        }
    }
    x->remainder = !is_constant(op, i); /* <1> = 1 exactly */
    x->has_next = 0;

    status = lb_hierarchy_amplitude(c, h, q, err);
    if (status == LB_OK && memcmp(p, q, (size_t) n * sizeof(slong)) == 0)
    {
        arb_ptr re = acb_realref(x->coefficient);

        arb_sqr(re, acb_realref(c), prec);
        arb_addmul(re, acb_imagref(c), acb_imagref(c), prec);
        arb_zero(acb_imagref(x->coefficient));
    }
    else if (status == LB_OK)
    {
        status = lb_hierarchy_amplitude(x->coefficient, h, p, err);
        acb_conj(x->coefficient, x->coefficient);
        acb_mul(x->coefficient, x->coefficient, c, prec);
    }
    arb_sqrt_fmpz(root, weight, prec);
    acb_mul_arb(x->coefficient, x->coefficient, root, prec);

    fmpz_clear(weight);
    fmpz_clear(factorial);
    arb_clear(root);
    acb_clear(c);
    flint_free(levels);
    return status;
}

lb_status
lb_hierarchy_expectation(lb_scalar_t out, lb_hierarchy_t h, const lb_opoly_t op,
                         slong prec, lb_error * err)
{
    lb_status status = LB_OK;
    lb_scalar_t sum, x;

    lb_scalar_init(sum);
    lb_scalar_init(x);
    for (slong i = 0; i < op->length && status == LB_OK; i++)
    {
        status = lb_hierarchy_term(x, h, op, i, prec, err);
        lb_scalar_mul(x, x, op->coefficients + i, prec);
        lb_scalar_add(sum, sum, x, prec);
    }
    if (status == LB_OK)
        lb_scalar_swap(out, sum);
    else
        lb_scalar_indeterminate(out);
    lb_scalar_clear(sum);
    lb_scalar_clear(x);
    return status;
}
