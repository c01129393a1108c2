/* certify/tail.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/tail.h>

#define PREC 96

/* --- exact bounds -------------------------------------------------------- */

/* x = upper endpoint, an exact number */
static void
raise_to_upper(arb_t x, slong prec)
{
    arf_t u;

    arf_init(u);
    arb_get_ubound_arf(u, x, prec);
    arb_set_arf(x, u);
    arf_clear(u);
}

static void
lower_to_lower(arb_t x, slong prec)
{
    arf_t u;

    arf_init(u);
    arb_get_lbound_arf(u, x, prec);
    arb_set_arf(x, u);
    arf_clear(u);
}

/* --- reading operators --------------------------------------------------- */

static const char *
term_text(char * buffer, size_t size, const lb_opoly_t op, slong term,
          const lb_problem_t p)
{
    lb_opoly_term_text(buffer, size, op, term, (const char * const *) p->names);
    return buffer;
}

/* The subsystem of a term that is one ladder operator, -1 for others. */
static slong
single_ladder(const lb_opoly_t op, slong term)
{
    const lb_factor * f = lb_opoly_term(op, term);
    slong which = -1;

    for (slong k = 0; k < op->subsystems; k++)
    {
        if (f[k].matrix_unit || f[k].create + f[k].annihilate > 1)
            return -1;
        if (f[k].create + f[k].annihilate == 1)
        {
            if (which >= 0)
                return -1;
            which = k;
        }
    }
    return which;
}

/* 1 if term @p i is the identity */
static int
is_constant(const lb_opoly_t op, slong i)
{
    const lb_factor * f = lb_opoly_term(op, i);

    for (slong s = 0; s < op->subsystems; s++)
        if (f[s].matrix_unit || f[s].create != 0 || f[s].annihilate != 0)
            return 0;
    return 1;
}

/* Reads a jump as constant + sum_j u_j c_j (shift -1) or sum_j u_j c_j'
   (shift 1); 0 if it is not of that form. */
static int
read_linear(acb_ptr u, acb_t constant, slong shift, const lb_opoly_t jump)
{
    _acb_vec_zero(u, jump->subsystems);
    acb_zero(constant);
    for (slong i = 0; i < jump->length; i++)
    {
        const acb_struct * c = jump->coefficients[i].coefficient;
        slong which = single_ladder(jump, i);

        if (is_constant(jump, i) && shift == -1)
            acb_set(constant, c);
        else if (which >= 0 && lb_opoly_term_shift(jump, i) == shift)
            acb_set(u + which, c);
        else
            return 0;
    }
    return 1;
}

/* The change of N that all terms of a jump share; 0 and *other set to a term
   that differs if there is none. */
static int
definite_shift(slong * shift, slong * other, const lb_opoly_t jump)
{
    *shift = jump->length > 0 ? lb_opoly_term_shift(jump, 0) : 0;
    for (*other = 1; *other < jump->length; ++*other)
        if (lb_opoly_term_shift(jump, *other) != *shift)
            return 0;
    return 1;
}

/* --- positive matrices --------------------------------------------------- */

/* 1 only if the Hermitian matrix a - shift is provably positive definite:
   Gaussian elimination in balls, all pivots positive. */
static int
is_positive(const acb_mat_t a, const arb_t shift, slong prec)
{
    slong n = acb_mat_nrows(a);
    int positive = 1;
    acb_mat_t b;
    acb_t x;

    acb_mat_init(b, n, n);
    acb_init(x);
    acb_mat_set(b, a);
    for (slong i = 0; i < n; i++)
    {
        acb_sub_arb(acb_mat_entry(b, i, i), acb_mat_entry(b, i, i), shift,
                    prec);
        arb_zero(acb_imagref(acb_mat_entry(b, i, i)));
    }
    for (slong p = 0; p < n && positive; p++)
    {
        arb_srcptr pivot = acb_realref(acb_mat_entry(b, p, p));

        positive = arb_is_positive(pivot);
        for (slong i = p + 1; i < n && positive; i++)
        {
            for (slong j = p + 1; j < n; j++)
            {
                acb_mul(x, acb_mat_entry(b, i, p), acb_mat_entry(b, p, j),
                        prec);
                acb_div_arb(x, x, pivot, prec);
                acb_sub(acb_mat_entry(b, i, j), acb_mat_entry(b, i, j), x,
                        prec);
            }
            arb_zero(acb_imagref(acb_mat_entry(b, i, i)));
        }
    }
    acb_clear(x);
    acb_mat_clear(b);
    return positive;
}

/* An exact number k > 0 with a - k > 0, 0 if none was found; by bisection,
   proved by is_positive. */
static int
smallest_eigenvalue(arb_t k, const acb_mat_t a, slong prec)
{
    slong n = acb_mat_nrows(a);
    arb_t low, high, middle;
    int found;

    arb_init(low);
    arb_init(high);
    arb_init(middle);
    arb_pos_inf(high);
    for (slong i = 0; i < n; i++)
    {
        arb_set(middle, acb_realref(acb_mat_entry(a, i, i)));
        lower_to_lower(middle, prec);
        arb_min(high, high, middle, prec);
    }
    found = n > 0 && arb_is_positive(high) && is_positive(a, low, prec);
    for (int i = 0; found && i < 24; i++)
    {
        arb_add(middle, low, high, prec);
        arb_mul_2exp_si(middle, middle, -1);
        lower_to_lower(middle, prec);
        arb_set(is_positive(a, middle, prec) ? low : high, middle);
    }
    arb_set(k, low);
    found = found && arb_is_positive(k);
    arb_clear(low);
    arb_clear(high);
    arb_clear(middle);
    return found;
}

/* bound = upper bound of e' Gamma^-1 e, exact; 0 if Gamma is not provably
   positive. */
static int
carried(arb_t bound, const acb_mat_t gamma, const acb_mat_t e, slong prec)
{
    slong n = acb_mat_nrows(gamma);
    int positive;
    acb_mat_t x;
    acb_t sum, z;
    arb_t zero;

    acb_mat_init(x, n, 1);
    acb_init(sum);
    acb_init(z);
    arb_init(zero);
    positive
        = is_positive(gamma, zero, prec) && acb_mat_solve(x, gamma, e, prec);
    for (slong i = 0; i < n && positive; i++)
    {
        acb_conj(z, acb_mat_entry(e, i, 0));
        acb_addmul(sum, z, acb_mat_entry(x, i, 0), prec);
    }
    arb_set(bound, acb_realref(sum));
    raise_to_upper(bound, prec);
    arb_clear(zero);
    acb_clear(sum);
    acb_clear(z);
    acb_mat_clear(x);
    return positive && arb_is_finite(bound);
}

/* --- the class: linear losses, raising jumps ----------------------------- */

/* What the class is read into. */
typedef struct
{
    lb_tail_struct * t;
    const lb_problem_struct * p;
    slong * mode;  /* of each subsystem; -1: a two-level system     */
    acb_ptr drive; /* e_j: coefficient of c_j' in H, by subsystem   */
} reader;

/* matrix += rate conj(u_j) u_l over the modes, transposed if @p raising */
static void
add_outer(acb_mat_t matrix, const reader * r, const arb_t rate, acb_srcptr u,
          int raising)
{
    acb_t x;

    acb_init(x);
    for (slong j = 0; j < r->p->subsystems; j++)
        for (slong l = 0; l < r->p->subsystems; l++)
        {
            acb_ptr z;

            if (r->mode[j] < 0 || r->mode[l] < 0)
                continue;
            z = raising ? acb_mat_entry(matrix, r->mode[l], r->mode[j])
                        : acb_mat_entry(matrix, r->mode[j], r->mode[l]);
            acb_conj(x, u + j);
            acb_mul(x, x, u + l, r->t->prec);
            acb_mul_arb(x, x, rate, r->t->prec);
            acb_add(z, z, x, r->t->prec);
        }
    acb_clear(x);
}

/* x += rate (sum of |u_j| over two-level systems)^2 */
static void
add_atoms(arb_t x, const reader * r, const arb_t rate, acb_srcptr u)
{
    arb_t sum, size;

    arb_init(sum);
    arb_init(size);
    for (slong j = 0; j < r->p->subsystems; j++)
        if (r->mode[j] < 0)
        {
            acb_abs(size, u + j, r->t->prec);
            arb_add(sum, sum, size, r->t->prec);
        }
    arb_sqr(sum, sum, r->t->prec);
    arb_addmul(x, rate, sum, r->t->prec);
    arb_clear(sum);
    arb_clear(size);
}

/* What a linear jump is made of.  An amplitude that is a ball around zero
   counts as there. */
static void
find_kinds(int * modes, int * atoms, const reader * r, acb_srcptr u)
{
    *modes = 0;
    *atoms = 0;
    for (slong j = 0; j < r->p->subsystems; j++)
        if (!acb_is_zero(u + j))
            *(r->mode[j] >= 0 ? modes : atoms) = 1;
}

/* Loss constant + sum_j u_j c_j: [L3], the constant moved into H by [L6]. */
static void
add_loss(const reader * r, const arb_t rate, acb_srcptr u, const acb_t constant)
{
    slong prec = r->t->prec;
    int modes, atoms;
    arb_t part;
    acb_t x;

    acb_init(x);
    arb_init(part);
    for (slong j = 0; j < r->p->subsystems; j++)
    {
        /* e_j += -(i/2) rate constant conj(u_j) */
        acb_conj(x, u + j);
        acb_mul(x, x, constant, prec);
        acb_mul_arb(x, x, rate, prec);
        acb_mul_2exp_si(x, x, -1);
        acb_div_onei(x, x);
        acb_add(r->drive + j, r->drive + j, x, prec);
    }
    find_kinds(&modes, &atoms, r, u);
    arb_set(part, rate);
    if (modes && atoms)
    {
        arb_mul_2exp_si(part, part, -1);
        add_atoms(r->t->constant, r, rate, u);
    }
    add_outer(r->t->loss, r, part, u, 0);
    arb_clear(part);
    acb_clear(x);
}

/* A jump sum_j v_j c_j' on modes alone or on two-level systems alone. */
static int
add_gain(const reader * r, const arb_t rate, acb_srcptr v)
{
    int modes, atoms;

    find_kinds(&modes, &atoms, r, v);
    r->t->raises = 1;
    if (modes && atoms)
        return 0;
    if (modes)
        add_outer(r->t->gain, r, rate, v, 1);
    else
        add_atoms(r->t->pump, r, rate, v);
    return 1;
}

static lb_status
read_jump(const reader * r, slong which, lb_error * err)
{
    const lb_opoly_struct * jump = r->p->jumps + which;
    const arb_struct * rate = r->p->rates + which;
    acb_ptr u = _acb_vec_init(jump->subsystems);
    lb_status status = LB_OK;
    char text[160], differs[160];
    slong shift, other;
    acb_t constant;

    acb_init(constant);
    if (jump->length == 0 || arb_is_zero(rate))
        ;
    else if (read_linear(u, constant, -1, jump))
        add_loss(r, rate, u, constant);
    else if (!definite_shift(&shift, &other, jump))
        status = lb_error_set(
            err, LB_EMODEL,
            "level full: the jump operator number %ld "
            "changes the excitation number by different "
            "amounts in its terms %s and %s",
            (long) which + 1, term_text(text, sizeof(text), jump, 0, r->p),
            term_text(differs, sizeof(differs), jump, other, r->p));
    else if (shift > 0 && !(shift == 1 && read_linear(u, constant, 1, jump)))
        status = lb_error_set(err, LB_EMODEL,
                              "level full: the term %s of jump operator "
                              "number %ld raises the excitation number and is "
                              "not linear",
                              term_text(text, sizeof(text), jump, 0, r->p),
                              (long) which + 1);
    else if (shift > 0 && !add_gain(r, rate, u))
        status = lb_error_set(err, LB_EMODEL,
                              "level full: the jump operator number %ld "
                              "raises modes and two-level systems together",
                              (long) which + 1);
    acb_clear(constant);
    _acb_vec_clear(u, jump->subsystems);
    return status;
}

/* The subsystem j of a jump u c_j^2, -1 for others. */
static slong
single_pair(const lb_opoly_t jump)
{
    slong which = -1;

    if (jump->length != 1)
        return -1;
    for (slong s = 0; s < jump->subsystems; s++)
    {
        const lb_factor * f = lb_opoly_term(jump, 0) + s;

        if (f->matrix_unit || f->create > 0)
            return -1;
        if (f->annihilate == 2)
            which = s;
        else if (f->annihilate > 0)
            return -1;
    }
    return which;
}

/* Two-photon losses damp the modes that have no linear loss, or all. */
static void
add_pair_losses(const reader * r)
{
    slong prec = r->t->prec;
    char * lossless = flint_calloc((size_t) r->t->modes + 1, 1);
    arb_t x;

    arb_init(x);
    for (slong m = 0; m < r->t->modes; m++)
        lossless[m] = acb_is_zero(acb_mat_entry(r->t->loss, m, m)) != 0;
    r->t->has_pairs = 0;
    for (slong k = 0; k < r->p->n_jumps; k++)
    {
        slong j = single_pair(r->p->jumps + k);

        if (j < 0 || r->mode[j] < 0)
            continue;
        r->t->has_pairs |= !lossless[r->mode[j]];
        if (!lossless[r->mode[j]] && !r->t->all_pairs)
            continue;
        acb_abs(x, r->p->jumps[k].coefficients[0].coefficient, prec);
        arb_sqr(x, x, prec);
        arb_mul(x, x, r->p->rates + k, prec);
        arb_mul_2exp_si(x, x, -1);
        acb_add_arb(acb_mat_entry(r->t->loss, r->mode[j], r->mode[j]),
                    acb_mat_entry(r->t->loss, r->mode[j], r->mode[j]), x, prec);
        arb_add(r->t->constant, r->t->constant, x, prec);
    }
    arb_clear(x);
    flint_free(lossless);
}

/* Every mode must be damped; says which is not. */
static lb_status
check_damped(const reader * r, lb_error * err)
{
    for (slong j = 0; j < r->p->subsystems; j++)
    {
        slong m = r->mode[j];

        if (m >= 0
            && !arb_is_positive(acb_realref(acb_mat_entry(r->t->loss, m, m))))
            return lb_error_set(err, LB_EMODEL,
                                "level full: the mode %s has neither a linear "
                                "loss nor a two-photon loss",
                                r->p->names != NULL ? r->p->names[j] : "?");
    }
    return LB_OK;
}

/* --- the class: drives --------------------------------------------------- */

/* The monomials of one change of N, and the losses among them. */
typedef struct
{
    slong length;
    const lb_factor ** monomials; /* borrowed */
} span;

static slong
find_monomial(const span * s, const lb_factor * f, slong subsystems)
{
    for (slong i = 0; i < s->length; i++)
        if (memcmp(s->monomials[i], f, (size_t) subsystems * sizeof(lb_factor))
            == 0)
            return i;
    return -1;
}

/* 1 if a jump is a loss of the kind that carries drives of @p shift: it lowers
   N by that and has no linear term. */
static int
carries(const lb_opoly_t jump, const arb_t rate, slong shift)
{
    if (jump->length == 0 || arb_is_zero(rate))
        return 0;
    for (slong i = 0; i < jump->length; i++)
        if (lb_opoly_term_shift(jump, i) != -shift
            || single_ladder(jump, i) >= 0)
            return 0;
    return 1;
}

/* Adds the terms of the jumps that share a monomial until none is new. */
static void
close_span(span * s, const reader * r, slong shift)
{
    slong n = r->p->subsystems, before;

    do
    {
        before = s->length;
        for (slong k = 0; k < r->p->n_jumps; k++)
        {
            const lb_opoly_struct * jump = r->p->jumps + k;
            int shares = 0;

            if (!carries(jump, r->p->rates + k, shift))
                continue;
            for (slong i = 0; i < jump->length; i++)
                shares |= find_monomial(s, lb_opoly_term(jump, i), n) >= 0;
            for (slong i = 0; i < jump->length && shares; i++)
                if (find_monomial(s, lb_opoly_term(jump, i), n) < 0)
                    s->monomials[s->length++] = lb_opoly_term(jump, i);
        }
    } while (s->length > before);
}

/* Gamma^s on the span. */
static void
set_span_loss(acb_mat_t gamma, const span * s, const reader * r, slong shift)
{
    slong n = r->p->subsystems, prec = r->t->prec;
    acb_t x;

    acb_init(x);
    for (slong k = 0; k < r->p->n_jumps; k++)
    {
        const lb_opoly_struct * jump = r->p->jumps + k;

        if (!carries(jump, r->p->rates + k, shift)
            || find_monomial(s, lb_opoly_term(jump, 0), n) < 0)
            continue;
        for (slong i = 0; i < jump->length; i++)
            for (slong j = 0; j < jump->length; j++)
            {
                slong a = find_monomial(s, lb_opoly_term(jump, i), n);
                slong b = find_monomial(s, lb_opoly_term(jump, j), n);

                acb_conj(x, jump->coefficients[i].coefficient);
                acb_mul(x, x, jump->coefficients[j].coefficient, prec);
                acb_mul_arb(x, x, r->p->rates + k, prec);
                acb_add(acb_mat_entry(gamma, a, b), acb_mat_entry(gamma, a, b),
                        x, prec);
            }
    }
    acb_clear(x);
}

/* The part of H that lowers N by @p shift by terms that are not linear. */
static int
is_other_drive(const lb_opoly_t h, slong term, slong shift)
{
    return lb_opoly_term_shift(h, term) == -shift && single_ladder(h, term) < 0;
}

static lb_status
add_drive(const reader * r, slong shift, lb_error * err)
{
    const lb_opoly_struct * h = r->p->hamiltonian;
    lb_tail_drive * drive = r->t->drives + r->t->n_drives;
    slong room = h->length, first = -1;
    lb_status status = LB_OK;
    acb_mat_t gamma, e;
    char text[160];
    span s;

    for (slong k = 0; k < r->p->n_jumps; k++)
        room += r->p->jumps[k].length;
    s.length = 0;
    s.monomials = flint_malloc((size_t) room * sizeof(s.monomials[0]));
    for (slong i = 0; i < h->length; i++)
        if (is_other_drive(h, i, shift))
        {
            first = first < 0 ? i : first;
            s.monomials[s.length++] = lb_opoly_term(h, i);
        }
    close_span(&s, r, shift);
    acb_mat_init(gamma, s.length, s.length);
    acb_mat_init(e, s.length, 1);
    set_span_loss(gamma, &s, r, shift);
    for (slong i = 0; i < h->length; i++)
        if (is_other_drive(h, i, shift)) /* w_i = conj(z_i) */
            acb_conj(acb_mat_entry(e,
                                   find_monomial(&s, lb_opoly_term(h, i),
                                                 r->p->subsystems),
                                   0),
                     h->coefficients[i].coefficient);
    arb_init(drive->cost);
    drive->shift = shift;
    r->t->n_drives++;
    if (!carried(drive->cost, gamma, e, r->t->prec))
        status = lb_error_set(err, LB_EMODEL,
                              "level full: the term %s of the Hamiltonian "
                              "changes the excitation number, is not a linear "
                              "drive, and no loss of the same operators "
                              "outweighs it",
                              term_text(text, sizeof(text), h, first, r->p));
    acb_mat_clear(gamma);
    acb_mat_clear(e);
    flint_free(s.monomials);
    return status;
}

static lb_status
read_hamiltonian(const reader * r, lb_error * err)
{
    const lb_opoly_struct * h = r->p->hamiltonian;
    lb_status status = LB_OK;
    slong largest = 0;

    for (slong i = 0; i < h->length; i++)
    {
        slong shift = lb_opoly_term_shift(h, i), which = single_ladder(h, i);

        if (shift > 0 && which >= 0)
            acb_add(r->drive + which, r->drive + which,
                    h->coefficients[i].coefficient, r->t->prec);
        largest = FLINT_MAX(largest, -shift);
    }
    r->t->drives = flint_malloc((size_t) (largest + 1) * sizeof(lb_tail_drive));
    for (slong s = 1; s <= largest && status == LB_OK; s++)
        for (slong i = 0; i < h->length; i++)
            if (is_other_drive(h, i, s))
            {
                status = add_drive(r, s, err);
                break;
            }
    return status;
}

/* eps and E of the linear drives, after all jumps are read. */
static lb_status
bound_linear_drives(const reader * r, lb_error * err)
{
    slong prec = r->t->prec;
    lb_status status = LB_OK;
    int driven = 0;
    acb_mat_t e;
    arb_t size;

    arb_init(size);
    acb_mat_init(e, r->t->modes, 1);
    for (slong j = 0; j < r->p->subsystems; j++)
        if (r->mode[j] >= 0)
        {
            acb_set(acb_mat_entry(e, r->mode[j], 0), r->drive + j);
            driven |= !acb_is_zero(r->drive + j);
        }
        else
        {
            acb_abs(size, r->drive + j, prec);
            arb_add(r->t->atom_drive, r->t->atom_drive, size, prec);
        }
    raise_to_upper(r->t->atom_drive, prec);
    if (driven && !carried(r->t->mode_drive, r->t->loss, e, prec))
        status = lb_error_set(err, LB_EPREC,
                              "level full: the damping is not provably "
                              "positive in every direction");
    acb_mat_clear(e);
    arb_clear(size);
    return status;
}

lb_status
lb_tail_init(lb_tail_t t, const lb_problem_t p, int all_pairs, lb_error * err)
{
    slong n = p->subsystems;
    lb_status status;
    reader r;

    t->prec = FLINT_MAX(PREC, p->prec);
    t->modes = 0;
    t->n_drives = 0;
    t->drives = NULL;
    t->raises = 0;
    t->has_pairs = 0;
    t->all_pairs = all_pairs;
    r.t = t;
    r.p = p;
    r.mode = flint_malloc((size_t) n * sizeof(slong));
    r.drive = _acb_vec_init(n);
    for (slong j = 0; j < n; j++)
        r.mode[j] = p->kinds[j] == LB_MODE ? t->modes++ : -1;
    t->q = n - t->modes;
    acb_mat_init(t->loss, t->modes, t->modes);
    acb_mat_init(t->gain, t->modes, t->modes);
    arb_init(t->gain_trace);
    arb_init(t->pump);
    arb_init(t->constant);
    arb_init(t->mode_drive);
    arb_init(t->atom_drive);
    status = read_hamiltonian(&r, err);
    for (slong k = 0; k < p->n_jumps && status == LB_OK; k++)
        status = read_jump(&r, k, err);
    if (status == LB_OK)
    {
        add_pair_losses(&r);
        status = check_damped(&r, err);
    }
    if (status == LB_OK)
        status = bound_linear_drives(&r, err);
    for (slong m = 0; m < t->modes; m++)
        arb_add(t->gain_trace, t->gain_trace,
                acb_realref(acb_mat_entry(t->gain, m, m)), t->prec);
    _acb_vec_clear(r.drive, n);
    flint_free(r.mode);
    return status;
}

void
lb_tail_clear(lb_tail_t t)
{
    for (slong k = 0; k < t->n_drives; k++)
        arb_clear(t->drives[k].cost);
    flint_free(t->drives);
    acb_mat_clear(t->loss);
    acb_mat_clear(t->gain);
    arb_clear(t->gain_trace);
    arb_clear(t->pump);
    arb_clear(t->constant);
    arb_clear(t->mode_drive);
    arb_clear(t->atom_drive);
}

/* --- the inequality of [L4] ---------------------------------------------- */

void
lb_tail_weights_init(lb_tail_weights_t w)
{
    arb_init(w->ratio);
    arb_init(w->share);
    arb_init(w->damping);
    arb_init(w->rate);
    w->scale = 0;
}

void
lb_tail_weights_clear(lb_tail_weights_t w)
{
    arb_clear(w->ratio);
    arb_clear(w->share);
    arb_clear(w->damping);
    arb_clear(w->rate);
}

/* a = (1 - eta)(1 - 1/r) Gamma - (r - 1) G^T */
static void
net_damping(acb_mat_t a, const lb_tail_weights_t w, const lb_tail_t t)
{
    slong prec = t->prec;
    acb_mat_t up;
    arb_t x, y;

    arb_init(x);
    arb_init(y);
    acb_mat_init(up, t->modes, t->modes);
    arb_sub_ui(x, w->ratio, 1, prec);
    arb_div(x, x, w->ratio, prec);
    arb_sub_ui(y, w->share, 1, prec);
    arb_mul(x, x, y, prec);
    arb_neg(x, x);
    acb_mat_scalar_mul_arb(a, t->loss, x, prec);
    arb_sub_ui(x, w->ratio, 1, prec);
    acb_mat_scalar_mul_arb(up, t->gain, x, prec);
    acb_mat_sub(a, a, up, prec);
    acb_mat_clear(up);
    arb_clear(x);
    arb_clear(y);
}

/* eps/eta + quanta tr G + P */
static void
linear_cost(arb_t x, const lb_tail_weights_t w, const lb_tail_t t, slong quanta)
{
    if (arb_is_zero(t->mode_drive))
        arb_zero(x);
    else
        arb_div(x, t->mode_drive, w->share, t->prec);
    arb_addmul_ui(x, t->gain_trace, (ulong) quanta, t->prec);
    arb_add(x, x, t->pump, t->prec);
}

/* k (m+1-q) - (r-1)(eps/eta + tr G + P) - sum 2 (r^s - 1) eps_s - mu
   - 2 E (r^(1/2) - r^(-1/2)) */
static void
surplus(arb_t x, const lb_tail_weights_t w, const lb_tail_t t, slong start)
{
    slong prec = t->prec;
    arb_t y, z;

    arb_init(y);
    arb_init(z);
    arb_mul_si(x, w->damping, start + 1 - t->q, prec);
    linear_cost(y, w, t, 1);
    arb_sub_ui(z, w->ratio, 1, prec);
    arb_submul(x, y, z, prec);
    for (slong k = 0; k < t->n_drives; k++)
    {
        arb_pow_ui(z, w->ratio, (ulong) t->drives[k].shift, prec);
        arb_sub_ui(z, z, 1, prec);
        arb_mul_2exp_si(z, z, 1);
        arb_submul(x, z, t->drives[k].cost, prec);
    }
    arb_sub(x, x, t->constant, prec);
    arb_sqrt(y, w->ratio, prec);
    arb_inv(z, y, prec);
    arb_sub(y, y, z, prec);
    arb_mul_2exp_si(y, y, 1);
    arb_submul(x, y, t->atom_drive, prec);
    arb_clear(y);
    arb_clear(z);
}

/* A little less than the most: whoever checks the inequalities again, with
   other roundings, must find them to hold, too. */
static void
leave_margin(arb_t x, slong prec)
{
    arb_mul_ui(x, x, 1023, prec);
    arb_mul_2exp_si(x, x, -10);
    lower_to_lower(x, prec);
}

int
lb_tail_propose(lb_tail_weights_t w, const lb_tail_t t, slong start)
{
    acb_mat_t a;
    int found;

    acb_mat_init(a, t->modes, t->modes);
    net_damping(a, w, t);
    found = smallest_eigenvalue(w->damping, a, t->prec);
    if (found)
    {
        leave_margin(w->damping, t->prec);
        surplus(w->rate, w, t, start);
        leave_margin(w->rate, t->prec);
        arb_mul_2exp_si(w->rate, w->rate, -1);
        found = arb_is_positive(w->rate);
    }
    acb_mat_clear(a);
    return found;
}

slong
lb_tail_start(const lb_tail_t t, slong first, slong last)
{
    lb_tail_weights_t w;
    slong found = -1;

    lb_tail_weights_init(w);
    for (slong start = first; start <= last && found < 0; start++)
        for (int i = 6; i >= -8 && found < 0; i--)
        {
            arb_set_d(w->ratio, 1.0 + ldexp(1.0, i));
            arb_set_d(w->share, arb_is_zero(t->mode_drive) ? 0.0
                                : t->raises                ? 0.125
                                                           : 0.5);
            if (lb_tail_propose(w, t, start))
                found = start;
        }
    lb_tail_weights_clear(w);
    return found;
}

int
lb_tail_prove(const lb_tail_weights_t w, const lb_tail_t t, slong start)
{
    int proved;
    acb_mat_t a;
    arb_t x, y;

    arb_init(x);
    arb_init(y);
    acb_mat_init(a, t->modes, t->modes);
    arb_one(y);
    proved = t->modes > 0 && arb_is_exact(w->ratio) && arb_is_exact(w->damping)
             && arb_is_exact(w->rate) && arb_is_exact(w->share)
             && arb_is_nonnegative(w->share) && arb_lt(w->share, y)
             && arb_gt(w->ratio, y) && arb_is_positive(w->damping)
             && arb_is_positive(w->rate);
    if (proved)
    {
        net_damping(a, w, t);
        surplus(x, w, t, start);
        arb_mul_2exp_si(y, w->rate, 1);
        proved = is_positive(a, w->damping, t->prec) && arb_ge(x, y);
    }
    acb_mat_clear(a);
    arb_clear(x);
    arb_clear(y);
    return proved;
}

void
lb_tail_cost(mag_t cost, const lb_tail_weights_t w, const lb_tail_t t,
             slong start, slong n)
{
    slong prec = t->prec;
    arb_t x, y;

    arb_init(x);
    arb_init(y);
    if (n == start)
        linear_cost(x, w, t, start + 1);
    for (slong k = 0; k < t->n_drives; k++)
        if (n <= start && n > start - t->drives[k].shift)
        {
            arb_pow_ui(y, w->ratio,
                       (ulong) (n + t->drives[k].shift - start - 1), prec);
            arb_mul_2exp_si(y, y, 1);
            arb_addmul(x, y, t->drives[k].cost, prec);
        }
    arb_get_mag(cost, x);
    arb_clear(x);
    arb_clear(y);
}

void
lb_tail_link(mag_t cost, const lb_tail_t t)
{
    arb_get_mag(cost, t->atom_drive);
}
