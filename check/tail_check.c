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
    const lb_proof_populations * w;
    slong prec;
    int pairs;               /* two-photon losses damp all modes       */
    lb_opoly_t h;            /* H and what [L6] moves into it          */
    lb_opoly_struct * jumps; /* without their constants, [L6]          */
    slong * shifts;          /* of the jumps                           */
    slong * mode;            /* per subsystem: its row in Gamma        */
    slong atoms;             /* q, the number of two-level systems     */
    acb_mat_t loss, gain;    /* Gamma, G^T                             */
    arb_t gain_trace, mu;    /* tr G                                   */
    arb_t once;              /* eps/eta + P: on one shell, once        */
    arb_t atom_drive;        /* E                                      */
    arb_ptr carried;         /* eps_s, s = 0 .. reach                  */
    slong reach;
    char * reason;
    size_t size;
} tail;

/* --- terms --------------------------------------------------------------- */

enum
{
    CONSTANT,
    MODE, /* a or a'                          */
    ATOM, /* s or s' of a two-level system    */
    PAIR, /* a^2                              */
    OTHER
};

/* What term i of p is; *which: its subsystem, unless CONSTANT or OTHER. */
static int
term_kind(slong * which, const lb_opoly_t p, slong i)
{
    const lb_factor * f = lb_opoly_term(p, i);
    int factors = 0;

    for (slong k = 0; k < p->subsystems; k++)
        if (f[k].matrix_unit || f[k].create || f[k].annihilate)
        {
            factors++;
            *which = k;
        }
    if (factors == 0)
        return CONSTANT;
    f += *which;
    if (factors > 1 || f->matrix_unit)
        return OTHER;
    if (f->create + f->annihilate == 1)
        return p->kinds[*which] == LB_MODE ? MODE : ATOM;
    return f->create == 0 && f->annihilate == 2 ? PAIR : OTHER;
}

static acb_ptr
coefficient(const lb_opoly_t p, slong i)
{
    return p->coefficients[i].coefficient;
}

static int
refuse(tail * t, const char * what)
{
    lb_text_append(t->reason, t->size, "%s", what);
    return 0;
}

/* --- [L6]: every jump changes N by a definite amount --------------------- */

/* h += r (i/2) (conj(alpha) c - alpha c'), the Hermitian part of
   i r conj(alpha) c */
static void
move_constant(tail * t, const lb_opoly_t c, const acb_t alpha, const arb_t r)
{
    lb_scalar_t factor;
    lb_opoly_t x;
    acb_ptr z;

    lb_scalar_init(factor);
    lb_opoly_init(x, c->kinds, c->subsystems);
    z = factor->coefficient;
    acb_conj(z, alpha);
    acb_mul_arb(z, z, r, t->prec);
    acb_mul_onei(z, z);
    lb_opoly_scalar_mul(x, c, factor, t->prec);
    lb_opoly_hermitian_part(x, x, t->prec);
    lb_opoly_add(t->h, t->h, x, t->prec);
    lb_opoly_clear(x);
    lb_scalar_clear(factor);
}

/* A jump that keeps N contributes nothing, [L2], whatever its constant. */
static int
settle_jump(tail * t, slong k)
{
    lb_opoly_struct * c = t->jumps + k;
    int settled = 1;
    lb_opoly_t zero;
    acb_t alpha;
    slong which;

    if (arb_is_zero(t->problem->rates + k)) /* no jump at all */
        return 1;
    acb_init(alpha);
    lb_opoly_init(zero, c->kinds, c->subsystems);
    lb_opoly_set(c, t->problem->jumps + k);
    for (slong i = 0; i < c->length; i++)
        if (term_kind(&which, c, i) == CONSTANT)
            acb_swap(alpha, coefficient(c, i));
    lb_opoly_add(c, c, zero, t->prec); /* drops the constant, now 0 */
    if (c->length > 0)
        t->shifts[k] = lb_opoly_term_shift(c, 0);
    for (slong i = 0; i < c->length && settled; i++)
        if (lb_opoly_term_shift(c, i) != t->shifts[k])
            settled
                = refuse(t, "[L2]: the terms of a jump change N differently");
    if (t->shifts[k] != 0)
        move_constant(t, c, alpha, t->problem->rates + k);
    lb_opoly_clear(zero);
    acb_clear(alpha);
    return settled;
}

/* --- [L3]: jumps and drives as vectors ----------------------------------- */

/* The products of ladder operators, all changing N by `shift`, on which losses,
   gains and drives are compared.  terms = NULL: the a_j (-1), the a_j' (1). */
typedef struct
{
    slong shift, length;
    const lb_factor ** terms; /* borrowed */
} monomials;

static slong
find_monomial(const tail * t, const monomials * m, const lb_opoly_t c, slong i)
{
    size_t bytes = (size_t) c->subsystems * sizeof(lb_factor);
    slong k = 0, which;

    if (lb_opoly_term_shift(c, i) != m->shift)
        return -1;
    if (m->terms == NULL)
        return term_kind(&which, c, i) == MODE ? t->mode[which] : -1;
    while (k < m->length
           && memcmp(m->terms[k], lb_opoly_term(c, i), bytes) != 0)
        k++;
    return k < m->length ? k : -1;
}

/* x: the coefficients u_i of c on the monomials, conjugated if they lower N,
   since Gamma_jl = r conj(u_j) u_l, but G^T_jl = r v_j conj(v_l).  atoms: the
   sum of |u| over its terms on two-level systems with that shift.  0 if c has
   other terms, too. */
static int
split(acb_mat_t x, arb_t atoms, const tail * t, const monomials * m,
      const lb_opoly_t c)
{
    int complete = 1;
    slong which;
    arb_t size;

    arb_init(size);
    arb_zero(atoms);
    acb_mat_zero(x);
    for (slong i = 0; i < c->length; i++)
    {
        slong k = find_monomial(t, m, c, i);

        if (k >= 0 && m->shift < 0)
            acb_conj(acb_mat_entry(x, k, 0), coefficient(c, i));
        else if (k >= 0)
            acb_set(acb_mat_entry(x, k, 0), coefficient(c, i));
        else if (term_kind(&which, c, i) == ATOM
                 && lb_opoly_term_shift(c, i) == m->shift)
        {
            acb_abs(size, coefficient(c, i), t->prec);
            arb_add(atoms, atoms, size, t->prec);
        }
        else
            complete = 0;
    }
    arb_clear(size);
    return complete;
}

/* m += r x x' */
static void
add_outer(acb_mat_t m, const acb_mat_t x, const arb_t r, slong prec)
{
    acb_mat_t y, z;

    acb_mat_init(y, 1, acb_mat_nrows(x));
    acb_mat_init(z, acb_mat_nrows(x), acb_mat_nrows(x));
    acb_mat_conjugate_transpose(y, x);
    acb_mat_mul(z, x, y, prec);
    acb_mat_scalar_addmul_arb(m, z, r, prec);
    acb_mat_clear(y);
    acb_mat_clear(z);
}

/* --- [L3], [L4]: linear losses and gains --------------------------------- */

/* A linear jump: to Gamma and, if mixed, half of it, and mu; to G or P.  Other
   losses are left out, other gains refused. */
static int
add_jump(tail * t, slong k)
{
    monomials m = { t->shifts[k] > 0 ? 1 : -1, 0, NULL };
    arb_t atoms, rate;
    acb_mat_t x;
    int linear, mixed;

    acb_mat_init(x, acb_mat_nrows(t->loss), 1);
    arb_init(atoms);
    arb_init(rate);
    linear = split(x, atoms, t, &m, t->jumps + k);
    mixed = !acb_mat_is_zero(x) && !arb_is_zero(atoms);
    arb_set(rate, t->problem->rates + k);
    arb_sqr(atoms, atoms, t->prec);
    arb_mul(atoms, atoms, rate, t->prec);
    if (mixed)
        arb_mul_2exp_si(rate, rate, -1);
    if (linear && t->shifts[k] < 0)
    {
        add_outer(t->loss, x, rate, t->prec);
        if (mixed)
            arb_add(t->mu, t->mu, atoms, t->prec);
    }
    if (linear && !mixed && t->shifts[k] > 0)
    {
        add_outer(t->gain, x, rate, t->prec);
        arb_add(t->once, t->once, atoms, t->prec); /* P */
    }
    arb_clear(atoms);
    arb_clear(rate);
    acb_mat_clear(x);
    return t->shifts[k] <= 0 || (linear && !mixed)
           || refuse(t,
                     "[L4]: a jump raises N and is not linear on modes or on "
                     "two-level systems");
}

/* r D[u a_j^2], for the modes j without linear loss or for all: r |u|^2/2 to
   Gamma_jj and mu */
static void
add_two_photon_loss(tail * t, slong s)
{
    acb_ptr loss = acb_mat_entry(t->loss, t->mode[s], t->mode[s]);
    int counts = t->pairs || acb_is_zero(loss);
    slong which;
    arb_t x;

    arb_init(x);
    for (slong k = 0; k < t->problem->n_jumps && counts; k++)
        if (t->jumps[k].length == 1
            && term_kind(&which, t->jumps + k, 0) == PAIR && which == s)
        {
            acb_abs(x, coefficient(t->jumps + k, 0), t->prec);
            arb_sqr(x, x, t->prec);
            arb_mul(x, x, t->problem->rates + k, t->prec);
            arb_mul_2exp_si(x, x, -1);
            acb_add_arb(loss, loss, x, t->prec);
            arb_add(t->mu, t->mu, x, t->prec);
        }
    arb_clear(x);
}

/* --- [L3]: drives -------------------------------------------------------- */

/* eps = x' loss^-1 x for the part x of H on the monomials, and the `atoms` of
   that part; 0 if the losses do not carry it. */
static int
carry(arb_t eps, arb_t atoms, const tail * t, const monomials * m,
      const acb_mat_t loss)
{
    acb_mat_t x, y, adjoint, form;
    int carried;

    acb_mat_init(x, acb_mat_nrows(loss), 1);
    acb_mat_init(y, acb_mat_nrows(loss), 1);
    acb_mat_init(adjoint, 1, acb_mat_nrows(loss));
    acb_mat_init(form, 1, 1);
    split(x, atoms, t, m, t->h);
    carried = acb_mat_is_zero(x) || acb_mat_solve(y, loss, x, t->prec);
    acb_mat_conjugate_transpose(adjoint, x);
    acb_mat_mul(form, adjoint, y, t->prec);
    arb_set(eps, acb_realref(acb_mat_entry(form, 0, 0)));
    acb_mat_clear(x);
    acb_mat_clear(y);
    acb_mat_clear(adjoint);
    acb_mat_clear(form);
    return carried && arb_is_finite(eps);
}

/* once += eps/eta, and E: the linear part of H that lowers N */
static int
carry_linear(tail * t)
{
    monomials m = { -1, 0, NULL };
    arb_t eps;
    int ok;

    arb_init(eps);
    ok = carry(eps, t->atom_drive, t, &m, t->loss)
         || refuse(t, "[L3]: the linear losses do not carry the drives");
    if (ok && !arb_is_zero(eps))
    {
        arb_div(eps, eps, t->w->share, t->prec);
        arb_add(t->once, t->once, eps, t->prec);
        ok = arb_is_positive(t->w->share)
             || refuse(t, "[L3]: linear drives need share > 0");
    }
    arb_clear(eps);
    return ok;
}

/* The term lowers N by s and is not linear. */
static int
is_higher(const lb_opoly_t p, slong i, slong s)
{
    slong which;
    int kind = term_kind(&which, p, i);

    return lb_opoly_term_shift(p, i) == -s && kind != MODE && kind != ATOM;
}

static int
all_higher(const lb_opoly_t c, slong s)
{
    int all = c->length > 0;

    for (slong i = 0; i < c->length; i++)
        all = all && is_higher(c, i, s);
    return all;
}

/* Adds the terms of c that are not there yet; 1 if some were there. */
static int
join(monomials * m, const tail * t, const lb_opoly_t c, int add)
{
    int shared = 0;

    for (slong i = 0; i < c->length; i++)
        if (find_monomial(t, m, c, i) >= 0)
            shared = 1;
        else if (add && is_higher(c, i, -m->shift))
            m->terms[m->length++] = lb_opoly_term(c, i);
    return shared;
}

/* eps_s: the monomials of V_s, and with one of them all others of a jump, on
   which z_i = 0 */
static int
carry_higher(tail * t, slong s)
{
    slong n = t->problem->n_jumps, room = t->h->length + 1;
    monomials m = { -s, 0, NULL };
    arb_t ignored;
    acb_mat_t loss, x;
    int ok;

    for (slong k = 0; k < n; k++)
        room += t->jumps[k].length;
    m.terms = flint_malloc((size_t) room * sizeof(lb_factor *));
    join(&m, t, t->h, 1);
    for (slong round = 0; round < n; round++)
        for (slong k = 0; k < n; k++)
            if (all_higher(t->jumps + k, s) && join(&m, t, t->jumps + k, 0))
                join(&m, t, t->jumps + k, 1);
    acb_mat_init(loss, m.length, m.length);
    acb_mat_init(x, m.length, 1);
    arb_init(ignored);
    for (slong k = 0; k < n; k++)
        if (all_higher(t->jumps + k, s)
            && split(x, ignored, t, &m, t->jumps + k))
            add_outer(loss, x, t->problem->rates + k, t->prec);
    ok = carry(t->carried + s, ignored, t, &m, loss)
         || refuse(t, "[L3]: no loss carries the drives of H that lower N and "
                      "are not linear");
    acb_mat_clear(loss);
    acb_mat_clear(x);
    arb_clear(ignored);
    flint_free(m.terms);
    return ok;
}

static int
classify(tail * t)
{
    const lb_problem_struct * p = t->problem;
    int ok = 1;

    lb_opoly_set(t->h, p->hamiltonian);
    for (slong k = 0; k < p->n_jumps && ok; k++)
        ok = settle_jump(t, k);
    for (slong k = 0; k < p->n_jumps && ok; k++)
        ok = add_jump(t, k);
    for (slong s = 0; s < p->subsystems; s++)
        if (p->kinds[s] == LB_MODE)
            add_two_photon_loss(t, s);
    for (slong j = 0; j < acb_mat_nrows(t->gain); j++)
        arb_add(t->gain_trace, t->gain_trace,
                acb_realref(acb_mat_entry(t->gain, j, j)), t->prec);
    for (slong i = 0; i < t->h->length; i++)
        t->reach = FLINT_MAX(t->reach, -lb_opoly_term_shift(t->h, i));
    t->carried = _arb_vec_init(t->reach + 1);
    ok = ok && carry_linear(t);
    for (slong s = 1; s <= t->reach && ok; s++)
        ok = carry_higher(t, s);
    return ok;
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
        for (slong i = p + 1; i < n; i++)
            for (slong j = p + 1; j < n; j++)
            {
                acb_mul(z, acb_mat_entry(a, i, p), acb_mat_entry(a, p, j),
                        prec);
                acb_div_arb(z, z, pivot, prec);
                acb_sub(acb_mat_entry(a, i, j), acb_mat_entry(a, i, j), z,
                        prec);
                if (i == j) /* Hermitian */
                    arb_zero(acb_imagref(acb_mat_entry(a, i, i)));
            }
    }
    acb_clear(z);
    return positive;
}

/* (1 - eta)(1 - 1/r) Gamma - (r-1) G^T - k > 0 */
static int
damping_wins(tail * t)
{
    slong n = acb_mat_nrows(t->loss), prec = t->prec;
    acb_mat_t a;
    arb_t x, lift;
    int positive;

    acb_mat_init(a, n, n);
    arb_init(x);
    arb_init(lift);
    arb_sub_ui(lift, t->w->ratio, 1, prec);
    arb_neg(lift, lift);
    acb_mat_scalar_addmul_arb(a, t->gain, lift, prec);
    arb_sub_ui(x, t->w->share, 1, prec);
    arb_mul(x, x, lift, prec);
    arb_div(x, x, t->w->ratio, prec); /* (1 - eta)(r - 1)/r */
    acb_mat_scalar_addmul_arb(a, t->loss, x, prec);
    for (slong j = 0; j < n; j++)
        acb_sub_arb(acb_mat_entry(a, j, j), acb_mat_entry(a, j, j),
                    t->w->damping, prec);
    positive = is_positive(a, prec)
               || refuse(t, "[L4]: (1-eta)(1-1/r) Gamma - (r-1) G^T - k is not "
                            "provably positive");
    acb_mat_clear(a);
    arb_clear(x);
    arb_clear(lift);
    return positive;
}

/* k (m + 1 - q) >= 2c + (r-1)(eps/eta + tr G + P) + sum_s 2 (r^s - 1) eps_s
   + mu + 2 E (r^(1/2) - r^(-1/2)) */
static int
tail_inequality(tail * t)
{
    slong prec = t->prec;
    arb_ptr left = _arb_vec_init(4);
    arb_ptr right = left + 1, x = left + 2, y = left + 3;
    int holds;

    arb_mul_si(left, t->w->damping, t->w->start + 1 - t->atoms, prec);
    arb_sqrt(x, t->w->ratio, prec);
    arb_inv(y, x, prec);
    arb_sub(x, x, y, prec);
    arb_mul(right, x, t->atom_drive, prec);
    arb_add(right, right, t->w->rate, prec);
    for (slong s = 1; s <= t->reach; s++)
    {
        arb_pow_ui(x, t->w->ratio, (ulong) s, prec);
        arb_sub_ui(x, x, 1, prec);
        arb_addmul(right, x, t->carried + s, prec);
    }
    arb_mul_2exp_si(right, right, 1); /* up to here */
    arb_sub_ui(x, t->w->ratio, 1, prec);
    arb_add(y, t->once, t->gain_trace, prec);
    arb_addmul(right, x, y, prec);
    arb_add(right, right, t->mu, prec);
    holds = arb_ge(left, right);
    if (!holds)
        lb_text_append(t->reason, t->size,
                       "[L4]: k (m+1-q) = %.6g is not at least %.6g",
                       arf_get_d(arb_midref(left), ARF_RND_NEAR),
                       arf_get_d(arb_midref(right), ARF_RND_NEAR));
    _arb_vec_clear(left, 4);
    return holds;
}

/* C_n and C' */
static void
set_costs(mag_ptr cost, mag_t link, const tail * t)
{
    slong m = t->w->start;
    arb_t sum, x;

    arb_init(sum);
    arb_init(x);
    for (slong n = 0; n <= m; n++)
    {
        arb_zero(sum);
        for (slong s = m - n + 1; s <= t->reach; s++)
        {
            arb_pow_ui(x, t->w->ratio, (ulong) (n + s - m - 1), t->prec);
            arb_mul_2exp_si(x, x, 1);
            arb_addmul(sum, t->carried + s, x, t->prec);
        }
        if (n == m)
        {
            arb_add(sum, sum, t->once, t->prec);
            arb_addmul_ui(sum, t->gain_trace, (ulong) m + 1, t->prec);
        }
        arb_get_mag(cost + n, sum);
        mag_mul_2exp_si(cost + n, cost + n, t->w->scale);
    }
    arb_get_mag(link, t->atom_drive);
    mag_mul_2exp_si(link, link, t->w->scale);
    arb_clear(sum);
    arb_clear(x);
}

/* r > 1, k > 0, c > 0, 0 <= eta < 1 */
static int
check_numbers(tail * t)
{
    const lb_proof_populations * w = t->w;
    int ok = arb_is_positive(w->damping) && arb_is_positive(w->rate)
             && arb_is_nonnegative(w->share);
    arb_t one;

    arb_init(one);
    arb_one(one);
    ok = (ok && arb_gt(w->ratio, one) && arb_lt(w->share, one))
         || refuse(t, "[L4] needs ratio > 1, damping > 0, rate > 0 and "
                      "0 <= share < 1");
    arb_clear(one);
    return ok;
}

/* --- the check ----------------------------------------------------------- */

static void
tail_init(tail * t, const lb_problem_t p)
{
    slong modes = 0;

    memset(t, 0, sizeof(*t));
    t->problem = p;
    t->prec = p->prec;
    t->mode = flint_calloc((size_t) p->subsystems + 1, sizeof(slong));
    for (slong k = 0; k < p->subsystems; k++)
        if (p->kinds[k] == LB_MODE)
            t->mode[k] = modes++;
    t->atoms = p->subsystems - modes;
    lb_opoly_init(t->h, p->kinds, p->subsystems);
    t->jumps
        = flint_malloc((size_t) (p->n_jumps + 1) * sizeof(lb_opoly_struct));
    t->shifts = flint_calloc((size_t) p->n_jumps + 1, sizeof(slong));
    for (slong k = 0; k < p->n_jumps; k++)
        lb_opoly_init(t->jumps + k, p->kinds, p->subsystems);
    acb_mat_init(t->loss, modes, modes);
    acb_mat_init(t->gain, modes, modes);
    arb_init(t->gain_trace);
    arb_init(t->mu);
    arb_init(t->once);
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
    arb_clear(t->gain_trace);
    arb_clear(t->mu);
    arb_clear(t->once);
    arb_clear(t->atom_drive);
    if (t->carried != NULL)
        _arb_vec_clear(t->carried, t->reach + 1);
}

int
lb_tail_check(mag_ptr cost, mag_t link, char * reason, size_t size,
              const lb_problem_t p, const lb_proof_populations * w, int pairs)
{
    int proved;
    tail t;

    tail_init(&t, p);
    t.w = w;
    t.pairs = pairs;
    t.reason = reason;
    t.size = size;
    proved = check_numbers(&t) && classify(&t) && damping_wins(&t)
             && tail_inequality(&t);
    if (proved)
        set_costs(cost, link, &t);
    tail_clear(&t);
    return proved;
}
