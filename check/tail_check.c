/* check/tail_check.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Written from docs/theory.md [L2]-[L4], [L6] alone. */
#include <string.h>

#include <lindbound/tail_check.h>
#include <lindbound/text.h>

typedef struct
{
    const lb_problem_struct * problem;
    slong prec, atoms;       /* atoms: two-level systems */
    int pairs;               /* two-photon losses damp all modes */
    lb_opoly_t h;            /* H and what [L6] moves into it          */
    lb_opoly_struct * jumps; /* without what [L6] moves                */
    slong * shifts;          /* of the jumps                           */
    slong * mode;            /* per subsystem: its row in Gamma, or -1 */
    acb_mat_t loss, gain;    /* Gamma, G^T                             */
    acb_mat_t drive;         /* e, a column                            */
    arb_t gain_trace, pump, constant; /* tr G, P, mu                   */
    arb_t mode_drive, atom_drive;     /* eps, E                        */
    arb_ptr carried; /* eps_s                                  */
    slong n_carried;
    char * reason;
    size_t size;
} tail;

/* --- terms --------------------------------------------------------------- */

static int
is_identity(const lb_factor * f)
{
    return !f->matrix_unit && f->create == 0 && f->annihilate == 0;
}

/* The subsystem of a term a_k (raises = 0) or a_k' (1); -1 for other terms,
   -2 for the identity. */
static slong
linear(const lb_opoly_t p, slong i, int raises)
{
    slong which = -2;

    for (slong k = 0; k < p->subsystems; k++)
    {
        const lb_factor * f = lb_opoly_term(p, i) + k;

        if (is_identity(f))
            continue;
        if (which >= 0 || f->matrix_unit || f->create != raises
            || f->annihilate != !raises)
            return -1;
        which = k;
    }
    return which;
}

static acb_ptr
coefficient(const lb_opoly_t p, slong i)
{
    return p->coefficients[i].coefficient;
}

static int
refuse(tail * t, const lb_opoly_t p, slong i, const char * what)
{
    char term[120];

    lb_opoly_term_text(term, sizeof(term), p, i,
                       (const char * const *) t->problem->names);
    lb_text_append(t->reason, t->size, "[L4]: %s %s", term, what);
    return 0;
}

/* --- [L6]: every jump changes N by a definite amount --------------------- */

/* h += r (i/2) (conj(alpha) c - alpha c') */
static void
move_constant(tail * t, const lb_opoly_t c, const acb_t alpha, const arb_t r)
{
    lb_scalar_t factor;
    lb_opoly_t x;

    lb_scalar_init(factor);
    lb_scalar_zero(factor);
    lb_opoly_init(x, c->kinds, c->subsystems);
    acb_conj(factor->coefficient, alpha);
    acb_mul_arb(factor->coefficient, factor->coefficient, r, t->prec);
    acb_mul_onei(factor->coefficient, factor->coefficient);
    acb_mul_2exp_si(factor->coefficient, factor->coefficient, -1);
    lb_opoly_scalar_mul(x, c, factor, t->prec);
    lb_opoly_add(t->h, t->h, x, t->prec);
    lb_opoly_adjoint(x, x); /* the other half */
    lb_opoly_add(t->h, t->h, x, t->prec);
    lb_opoly_clear(x);
    lb_scalar_clear(factor);
}

static int
settle_jump(tail * t, slong k)
{
    const lb_opoly_struct * jump = t->problem->jumps + k;
    slong constant = -1, shift = 0;
    lb_opoly_t zero;
    acb_t alpha;

    t->shifts[k] = 0;
    if (arb_is_zero(t->problem->rates + k)) /* no jump at all */
        return 1;
    lb_opoly_set(t->jumps + k, jump);
    for (slong i = 0; i < jump->length; i++)
        if (linear(jump, i, 0) == -2)
            constant = i;
        else
            shift = lb_opoly_term_shift(jump, i);
    t->shifts[k] = shift;
    for (slong i = 0; i < jump->length; i++)
        if (i != constant && lb_opoly_term_shift(jump, i) != shift)
            return refuse(t, jump, i,
                          "in a jump: its terms change N differently");
    if (constant < 0 || shift == 0)
        return 1;
    acb_init(alpha);
    acb_set(alpha, coefficient(jump, constant));
    acb_zero(coefficient(t->jumps + k, constant));
    lb_opoly_init(zero, jump->kinds, jump->subsystems);
    lb_opoly_add(t->jumps + k, t->jumps + k, zero, t->prec); /* drops it */
    lb_opoly_clear(zero);
    move_constant(t, t->jumps + k, alpha, t->problem->rates + k);
    acb_clear(alpha);
    return 1;
}

/* --- [L3], [L4]: linear losses and gains --------------------------------- */

/* m += r x x' */
static void
add_outer(acb_mat_t m, const acb_mat_t x, const arb_t r, slong prec)
{
    acb_t z;

    acb_init(z);
    for (slong i = 0; i < acb_mat_nrows(m); i++)
        for (slong j = 0; j < acb_mat_nrows(m); j++)
        {
            acb_conj(z, acb_mat_entry(x, j, 0));
            acb_mul(z, z, acb_mat_entry(x, i, 0), prec);
            acb_mul_arb(z, z, r, prec);
            acb_add(acb_mat_entry(m, i, j), acb_mat_entry(m, i, j), z, prec);
        }
    acb_clear(z);
}

enum
{
    OTHER,
    MODES,
    ATOMS,
    MIXED
};

/* What a jump of linear terms only acts on.  x: its coefficients on modes,
   conjugated for losses (Gamma_jl = r conj(u_j) u_l), as they are for gains
   (G^T_jl = r v_j conj(v_l)); atoms: the sum of |u_j| on two-level systems. */
static int
read_linear(acb_mat_t x, arb_t atoms, const tail * t, slong k, int raises)
{
    const lb_opoly_struct * c = t->jumps + k;
    int modes = 0, others = 0;
    arb_t size;

    arb_init(size);
    for (slong i = 0; i < c->length; i++)
    {
        slong which = linear(c, i, raises);
        acb_ptr z;

        if (which < 0)
        {
            arb_clear(size);
            return OTHER;
        }
        if (t->mode[which] < 0)
        {
            acb_abs(size, coefficient(c, i), t->prec);
            arb_add(atoms, atoms, size, t->prec);
            others = 1;
            continue;
        }
        z = acb_mat_entry(x, t->mode[which], 0);
        modes = 1;
        acb_set(z, coefficient(c, i));
        if (!raises)
            acb_conj(z, z);
    }
    arb_clear(size);
    return modes && others ? MIXED : modes ? MODES : ATOMS;
}

/* A jump that changes N by one: to Gamma and, if mixed, half of it, and mu;
   to G or P.  Other losses are left out, other gains refused. */
static int
add_jump(tail * t, slong k)
{
    int raises = t->shifts[k] > 0, kind = OTHER;
    arb_t atoms, rate;
    acb_mat_t x;

    acb_mat_init(x, acb_mat_nrows(t->loss), 1);
    arb_init(atoms);
    arb_init(rate);
    arb_set(rate, t->problem->rates + k);
    if (FLINT_ABS(t->shifts[k]) == 1)
        kind = read_linear(x, atoms, t, k, raises);
    arb_sqr(atoms, atoms, t->prec);
    arb_mul(atoms, atoms, rate, t->prec);
    if (kind == MIXED)
        arb_mul_2exp_si(rate, rate, -1);
    if (!raises && (kind == MODES || kind == MIXED))
        add_outer(t->loss, x, rate, t->prec);
    if (!raises && kind == MIXED)
        arb_add(t->constant, t->constant, atoms, t->prec);
    if (raises && kind == MODES)
        add_outer(t->gain, x, rate, t->prec);
    if (raises && kind == ATOMS)
        arb_add(t->pump, t->pump, atoms, t->prec);
    arb_clear(atoms);
    arb_clear(rate);
    acb_mat_clear(x);
    return !raises || kind == MODES || kind == ATOMS
           || refuse(t, t->jumps + k, 0,
                     "raises N and is not linear on modes or on two-level "
                     "systems");
}

/* r D[u a_j^2], on a mode without linear loss or on any: r |u|^2/2 to Gamma_jj
   and mu */
static void
add_two_photon_loss(tail * t)
{
    slong n = acb_mat_nrows(t->loss);
    arb_ptr extra = _arb_vec_init(n);
    arb_t x;

    arb_init(x);
    for (slong k = 0; k < t->problem->n_jumps; k++)
        for (slong s = 0; s < t->problem->subsystems; s++)
        {
            const lb_opoly_struct * c = t->jumps + k;
            slong j = t->mode[s], others = 0;

            if (c->length != 1 || t->shifts[k] != -2 || j < 0)
                continue;
            for (slong l = 0; l < c->subsystems; l++)
                others += l != s && !is_identity(lb_opoly_term(c, 0) + l);
            if (others > 0 || lb_opoly_term(c, 0)[s].matrix_unit
                || lb_opoly_term(c, 0)[s].create != 0
                || !(t->pairs || acb_is_zero(acb_mat_entry(t->loss, j, j))))
                continue;
            acb_abs(x, coefficient(c, 0), t->prec);
            arb_sqr(x, x, t->prec);
            arb_mul(x, x, t->problem->rates + k, t->prec);
            arb_mul_2exp_si(x, x, -1);
            arb_add(extra + j, extra + j, x, t->prec);
            arb_add(t->constant, t->constant, x, t->prec);
        }
    for (slong j = 0; j < n; j++)
        acb_add_arb(acb_mat_entry(t->loss, j, j), acb_mat_entry(t->loss, j, j),
                    extra + j, t->prec);
    arb_clear(x);
    _arb_vec_clear(extra, n);
}

/* --- [L3]: drives -------------------------------------------------------- */

/* eps = x' m^-1 x; 0 if m cannot be inverted */
static int
quadratic_form(arb_t eps, const acb_mat_t m, const acb_mat_t x, slong prec)
{
    acb_mat_t y, z;
    int solved;

    acb_mat_init(y, acb_mat_nrows(x), 1);
    acb_mat_init(z, 1, 1);
    solved = acb_mat_solve(y, m, x, prec);
    for (slong i = 0; i < acb_mat_nrows(x) && solved; i++)
    {
        acb_conj(acb_mat_entry(z, 0, 0), acb_mat_entry(x, i, 0));
        acb_mul(acb_mat_entry(z, 0, 0), acb_mat_entry(z, 0, 0),
                acb_mat_entry(y, i, 0), prec);
        arb_add(eps, eps, acb_realref(acb_mat_entry(z, 0, 0)), prec);
    }
    acb_mat_clear(y);
    acb_mat_clear(z);
    return solved && arb_is_finite(eps);
}

/* Distinct products of ladder operators. */
typedef struct
{
    slong length;
    const lb_factor ** terms; /* borrowed */
} monomials;

static slong
find_monomial(const monomials * m, const lb_opoly_t c, slong i)
{
    size_t bytes = (size_t) c->subsystems * sizeof(lb_factor);

    for (slong k = 0; k < m->length; k++)
        if (memcmp(m->terms[k], lb_opoly_term(c, i), bytes) == 0)
            return k;
    return -1;
}

/* The jump k lowers N by s and has no linear term. */
static int
may_carry(const tail * t, slong k, slong s)
{
    if (t->shifts[k] != -s)
        return 0;
    for (slong i = 0; i < t->jumps[k].length; i++)
        if (linear(t->jumps + k, i, 0) >= 0)
            return 0;
    return 1;
}

/* The m_i of V_s, and with one of them all others of a jump: z_i = 0 there */
static void
find_monomials(monomials * m, const tail * t, slong s)
{
    slong before = -1, n = t->problem->n_jumps;

    for (slong i = 0; i < t->h->length; i++)
        if (lb_opoly_term_shift(t->h, i) == -s && linear(t->h, i, 0) < 0)
            m->terms[m->length++] = lb_opoly_term(t->h, i);
    while (m->length > before)
    {
        before = m->length;
        for (slong k = 0; k < n; k++)
        {
            const lb_opoly_struct * c = t->jumps + k;
            int shared = 0;

            for (slong i = 0; i < c->length && may_carry(t, k, s); i++)
                shared |= find_monomial(m, c, i) >= 0;
            for (slong i = 0; i < c->length && shared; i++)
                if (find_monomial(m, c, i) < 0)
                    m->terms[m->length++] = lb_opoly_term(c, i);
        }
    }
}

/* x_i += coefficients of c on the monomials (conjugated); 0: c has others */
static int
add_coefficients(acb_mat_t x, const monomials * m, const lb_opoly_t c)
{
    for (slong i = 0; i < c->length; i++)
    {
        slong k = find_monomial(m, c, i);

        if (k < 0)
            return 0;
        acb_conj(acb_mat_entry(x, k, 0), coefficient(c, i));
    }
    return 1;
}

/* eps_s = x' (Gamma^s)^-1 x, x_i = conj(z_i) */
static int
carry(tail * t, slong s)
{
    slong n = t->problem->n_jumps, room = t->h->length + 1;
    acb_mat_t loss, x;
    monomials m;
    int ok = 1;

    for (slong k = 0; k < n; k++)
        room += t->jumps[k].length;
    m.length = 0;
    m.terms = flint_malloc((size_t) room * sizeof(lb_factor *));
    find_monomials(&m, t, s);
    acb_mat_init(loss, m.length, m.length);
    acb_mat_init(x, m.length, 1);
    for (slong k = 0; k < n && m.length > 0; k++)
    {
        acb_mat_zero(x);
        if (may_carry(t, k, s) && add_coefficients(x, &m, t->jumps + k))
            add_outer(loss, x, t->problem->rates + k, t->prec);
    }
    acb_mat_zero(x);
    for (slong i = 0; i < t->h->length; i++)
    {
        slong k = find_monomial(&m, t->h, i);

        if (k >= 0)
            acb_conj(acb_mat_entry(x, k, 0), coefficient(t->h, i));
    }
    if (m.length > 0 && !quadratic_form(t->carried + s, loss, x, t->prec))
    {
        ok = 0;
        lb_text_append(t->reason, t->size,
                       "[L3]: no loss carries the drives of H that lower N "
                       "by %ld and are not linear",
                       (long) s);
    }
    acb_mat_clear(loss);
    acb_mat_clear(x);
    flint_free(m.terms);
    return ok;
}

/* e and E, the linear part of H that lowers N */
static void
add_linear_drives(tail * t)
{
    arb_t x;

    arb_init(x);
    for (slong i = 0; i < t->h->length; i++)
    {
        slong which = linear(t->h, i, 0);

        if (which < 0)
            continue;
        if (t->mode[which] >= 0) /* V = sum conj(e_j) a_j */
            acb_conj(acb_mat_entry(t->drive, t->mode[which], 0),
                     coefficient(t->h, i));
        else
        {
            acb_abs(x, coefficient(t->h, i), t->prec);
            arb_add(t->atom_drive, t->atom_drive, x, t->prec);
        }
    }
    arb_clear(x);
}

static int
add_drives(tail * t)
{
    for (slong i = 0; i < t->h->length; i++)
        t->n_carried
            = FLINT_MAX(t->n_carried, 1 - lb_opoly_term_shift(t->h, i));
    t->carried = _arb_vec_init(t->n_carried);
    add_linear_drives(t);
    if (!acb_mat_is_zero(t->drive)
        && !quadratic_form(t->mode_drive, t->loss, t->drive, t->prec))
    {
        lb_text_append(t->reason, t->size,
                       "[L3]: the linear losses do not carry the drives");
        return 0;
    }
    for (slong s = 1; s < t->n_carried; s++)
        if (!carry(t, s))
            return 0;
    return 1;
}

static int
classify(tail * t)
{
    const lb_problem_struct * p = t->problem;

    lb_opoly_set(t->h, p->hamiltonian);
    for (slong k = 0; k < p->n_jumps; k++)
        if (!settle_jump(t, k))
            return 0;
    for (slong k = 0; k < p->n_jumps; k++)
        if (!add_jump(t, k))
            return 0;
    add_two_photon_loss(t);
    for (slong j = 0; j < acb_mat_nrows(t->gain); j++)
        arb_add(t->gain_trace, t->gain_trace,
                acb_realref(acb_mat_entry(t->gain, j, j)), t->prec);
    return add_drives(t);
}

/* --- [L4]: the inequalities ---------------------------------------------- */

/* The Hermitian matrix a is positive definite: elimination has positive pivots.
   Destroys a. */
static int
is_positive(acb_mat_t a, slong prec)
{
    slong n = acb_mat_nrows(a);
    int positive = 1;
    acb_t z;

    acb_init(z);
    for (slong p = 0; p < n && positive; p++)
    {
        arb_srcptr pivot = acb_realref(acb_mat_entry(a, p, p));

        positive = arb_is_positive(pivot);
        for (slong i = p + 1; i < n && positive; i++)
        {
            for (slong j = p + 1; j < n; j++)
            {
                acb_mul(z, acb_mat_entry(a, i, p), acb_mat_entry(a, p, j),
                        prec);
                acb_div_arb(z, z, pivot, prec);
                acb_sub(acb_mat_entry(a, i, j), acb_mat_entry(a, i, j), z,
                        prec);
            }
            arb_zero(acb_imagref(acb_mat_entry(a, i, i))); /* Hermitian */
        }
    }
    acb_clear(z);
    return positive;
}

/* (1 - eta)(1 - 1/r) Gamma - (r-1) G^T - k > 0 */
static int
damping_wins(const tail * t, const arb_t r, const lb_proof_populations * w)
{
    slong n = acb_mat_nrows(t->loss), prec = t->prec;
    acb_mat_t a, lift;
    arb_t x, y;
    int positive;

    acb_mat_init(a, n, n);
    acb_mat_init(lift, n, n);
    arb_init(x);
    arb_init(y);
    arb_sub_ui(x, r, 1, prec);
    acb_mat_scalar_mul_arb(lift, t->gain, x, prec);
    arb_div(x, x, r, prec); /* 1 - 1/r */
    arb_set_arf(y, w->share);
    arb_sub_ui(y, y, 1, prec);
    arb_neg(y, y);
    arb_mul(x, x, y, prec);
    acb_mat_scalar_mul_arb(a, t->loss, x, prec);
    acb_mat_sub(a, a, lift, prec);
    for (slong j = 0; j < n; j++)
        arb_sub_arf(acb_realref(acb_mat_entry(a, j, j)),
                    acb_realref(acb_mat_entry(a, j, j)), w->damping, prec);
    positive = is_positive(a, prec);
    acb_mat_clear(a);
    acb_mat_clear(lift);
    arb_clear(x);
    arb_clear(y);
    return positive;
}

/* eps/eta, 0 without linear drives */
static int
carried_linearly(arb_t x, const tail * t, const lb_proof_populations * w)
{
    arb_set(x, t->mode_drive);
    if (arb_is_zero(x))
        return 1;
    if (arf_sgn(w->share) <= 0)
        return 0;
    arb_div_arf(x, x, w->share, t->prec);
    return 1;
}

/* k (m + 1 - q) >= 2c + (r-1)(eps/eta + tr G + P) + sum_s 2 (r^s - 1) eps_s
   + mu + 2 E (r^(1/2) - r^(-1/2)) */
static int
tail_inequality(const tail * t, const arb_t r, const arb_t linear_drive,
                const lb_proof_populations * w)
{
    slong prec = t->prec;
    arb_t left, right, x, y;
    int holds;

    arb_init(left);
    arb_init(right);
    arb_init(x);
    arb_init(y);
    arb_set_arf(left, w->damping);
    arb_mul_si(left, left, w->start + 1 - t->atoms, prec);
    arb_set_arf(right, w->rate);
    arb_mul_2exp_si(right, right, 1);
    arb_add(x, linear_drive, t->gain_trace, prec);
    arb_add(x, x, t->pump, prec);
    arb_sub_ui(y, r, 1, prec);
    arb_addmul(right, x, y, prec);
    for (slong s = 1; s < t->n_carried; s++)
    {
        arb_pow_ui(y, r, (ulong) s, prec);
        arb_sub_ui(y, y, 1, prec);
        arb_mul_2exp_si(y, y, 1);
        arb_addmul(right, t->carried + s, y, prec);
    }
    arb_add(right, right, t->constant, prec);
    arb_sqrt(x, r, prec);
    arb_inv(y, x, prec);
    arb_sub(x, x, y, prec);
    arb_mul_2exp_si(x, x, 1);
    arb_addmul(right, t->atom_drive, x, prec);
    holds = arb_ge(left, right);
    if (!holds)
    {
        char * l = arb_get_str(left, 6, ARB_STR_NO_RADIUS);
        char * g = arb_get_str(right, 6, ARB_STR_NO_RADIUS);

        lb_text_append(t->reason, t->size,
                       "[L4]: k (m+1-q) = %s is not at least %s", l, g);
        flint_free(l);
        flint_free(g);
    }
    arb_clear(left);
    arb_clear(right);
    arb_clear(x);
    arb_clear(y);
    return holds;
}

/* C_n and C' */
static void
set_costs(mag_ptr cost, mag_t link, const tail * t, const arb_t r,
          const arb_t linear_drive, const lb_proof_populations * w)
{
    slong prec = t->prec;
    arb_t sum, x;

    arb_init(sum);
    arb_init(x);
    for (slong n = 0; n <= w->start; n++)
    {
        arb_zero(sum);
        for (slong s = w->start - n + 1; s < t->n_carried; s++)
        {
            arb_pow_ui(x, r, (ulong) (n + s - w->start - 1), prec);
            arb_mul_2exp_si(x, x, 1);
            arb_addmul(sum, t->carried + s, x, prec);
        }
        if (n == w->start)
        {
            arb_add(sum, sum, linear_drive, prec);
            arb_addmul_ui(sum, t->gain_trace, (ulong) w->start + 1, prec);
            arb_add(sum, sum, t->pump, prec);
        }
        arb_get_mag(cost + n, sum);
        mag_mul_2exp_si(cost + n, cost + n, w->scale);
    }
    arb_get_mag(link, t->atom_drive);
    mag_mul_2exp_si(link, link, w->scale);
    arb_clear(sum);
    arb_clear(x);
}

static int
prove(mag_ptr cost, mag_t link, tail * t, const lb_proof_populations * w)
{
    arb_t r, linear_drive;
    int proved = 0;

    arb_init(r);
    arb_init(linear_drive);
    arb_set_arf(r, w->ratio);
    if (arf_cmp_si(w->ratio, 1) <= 0 || arf_sgn(w->damping) <= 0
        || arf_sgn(w->rate) <= 0 || arf_sgn(w->share) < 0
        || arf_cmp_si(w->share, 1) >= 0)
        lb_text_append(t->reason, t->size,
                       "[L4] needs ratio > 1, damping > 0, rate > 0 and "
                       "0 <= share < 1");
    else if (classify(t))
    {
        if (!carried_linearly(linear_drive, t, w))
            lb_text_append(t->reason, t->size,
                           "[L3]: linear drives need share > 0");
        else if (!damping_wins(t, r, w))
            lb_text_append(t->reason, t->size,
                           "[L4]: (1-eta)(1-1/r) Gamma - (r-1) G^T - k is not "
                           "provably positive");
        else
            proved = tail_inequality(t, r, linear_drive, w);
    }
    if (proved)
        set_costs(cost, link, t, r, linear_drive, w);
    arb_clear(r);
    arb_clear(linear_drive);
    return proved;
}

/* --- the check ----------------------------------------------------------- */

static void
tail_init(tail * t, const lb_problem_t p)
{
    slong modes = 0;

    memset(t, 0, sizeof(*t));
    t->problem = p;
    t->prec = p->prec;
    t->mode = flint_malloc((size_t) (p->subsystems + 1) * sizeof(slong));
    for (slong k = 0; k < p->subsystems; k++)
        t->mode[k] = p->kinds[k] == LB_MODE ? modes++ : -1;
    t->atoms = p->subsystems - modes;
    lb_opoly_init(t->h, p->kinds, p->subsystems);
    t->jumps
        = flint_malloc((size_t) (p->n_jumps + 1) * sizeof(lb_opoly_struct));
    t->shifts = flint_calloc((size_t) p->n_jumps + 1, sizeof(slong));
    for (slong k = 0; k < p->n_jumps; k++)
        lb_opoly_init(t->jumps + k, p->kinds, p->subsystems);
    acb_mat_init(t->loss, modes, modes);
    acb_mat_init(t->gain, modes, modes);
    acb_mat_init(t->drive, modes, 1);
    arb_init(t->gain_trace);
    arb_init(t->pump);
    arb_init(t->constant);
    arb_init(t->mode_drive);
    arb_init(t->atom_drive);
}

static void
tail_clear(tail * t)
{
    flint_free(t->mode);
    lb_opoly_clear(t->h);
    for (slong k = 0; k < t->problem->n_jumps; k++)
        lb_opoly_clear(t->jumps + k);
    flint_free(t->jumps);
    flint_free(t->shifts);
    acb_mat_clear(t->loss);
    acb_mat_clear(t->gain);
    acb_mat_clear(t->drive);
    arb_clear(t->gain_trace);
    arb_clear(t->pump);
    arb_clear(t->constant);
    arb_clear(t->mode_drive);
    arb_clear(t->atom_drive);
    _arb_vec_clear(t->carried, t->n_carried);
}

int
lb_tail_check(mag_ptr cost, mag_t link, char * reason, size_t size,
              const lb_problem_t p, const lb_proof_populations * w, int pairs)
{
    int proved;
    tail t;

    tail_init(&t, p);
    t.pairs = pairs;
    t.reason = reason;
    t.size = size;
    proved = prove(cost, link, &t, w);
    tail_clear(&t);
    return proved;
}
