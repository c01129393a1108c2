/* check/kernel.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In the order of the proof: the states, L* on them, norms, populations [L1],
 * [L5], expectation values [T2], [F1]-[F3], the claim.  All bounds are upper
 * bounds: `mag` rounds up, Arb outward. */
#include <fenv.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/kernel.h>
#include <lindbound/tail_check.h>
#include <lindbound/text.h>

/* words of a dense matrix */
#define MAX_WORDS (1L << 26)
/* shells whose share in the tail of an observable is added up one by one */
#define MAX_TAIL_SHELLS 100000
/* The kernel rounds less than the program that wrote the certificate, so that
   what remains is what the numbers of the certificate leave. */
#define MORE_BITS 64

typedef struct
{
    const lb_proof_struct * proof;
    const lb_proof_populations * populations;
    lb_problem_t problem;
    slong prec;
    int infinite; /* level full of a model with modes: [F2], not [T2] */

    slong * levels;         /* of the states, row-major                  */
    slong dimension, inner; /* states with N <= J, and those of Y        */
    slong * start;          /* first state of each shell, and the end    */
    slong shells, top;      /* J + 1, M                                  */

    acb_mat_t generator; /* i H - (1/2) sum_k r_k c_k'c_k, dimension x inner */
    acb_mat_t y, r;      /* inner^2, dimension^2                             */
    acb_mat_t unit;      /* L*(1_{N<=M}), dimension^2, if infinite           */
    mag_ptr root;        /* bounds of p_n^(1/2), n = 0..J                    */

    lb_opoly_struct * known; /* the k-th is that of `expectations`[k] */
    slong n_known;
    char * reason;
    size_t size;
} kernel;

LB_PRINTF(2, 3)
static int
refuse(kernel * s, const char * format, ...)
{
    va_list ap;

    va_start(ap, format);
    if (s->reason[0] == '\0') /* the first reason is the reason */
        vsnprintf(s->reason, s->size, format, ap);
    va_end(ap);
    return 0;
}

/* --- states: by N, then lexicographically -------------------------------- */

/* Appends the states with levels[0..k-1] as they are and `left` excitations
   on the others; 0 if there are too many. */
static int
append_states(kernel * s, slong * levels, slong k, slong left)
{
    slong n = s->problem->subsystems;
    slong highest = k < n ? s->proof->levels[k] : 0;

    if (k == n && left > 0)
        return 1;
    if (k == n && s->dimension == LB_CHECK_MAX_STATES)
        return 0;
    if (k == n)
    {
        memcpy(s->levels + s->dimension++ * n, levels,
               (size_t) n * sizeof(slong));
        return 1;
    }
    if (highest < 0 || highest > left)
        highest = left;
    for (levels[k] = 0; levels[k] <= highest; levels[k]++)
        if (!append_states(s, levels, k + 1, left - levels[k]))
            return 0;
    return 1;
}

/* The states with N <= total (-1: any) and levels up to those of the cutoff. */
static int
set_states(kernel * s, slong total)
{
    slong n = s->problem->subsystems, most = 0;
    slong * levels = flint_calloc((size_t) n + 1, sizeof(slong));
    int ok = 1;

    for (slong k = 0; k < n; k++)
    {
        slong highest = s->proof->levels[k];

        if (highest < 0 && total < 0)
            ok = refuse(s, "the cutoff leaves a mode unbounded");
        most += highest < 0 ? total : highest;
    }
    if (total >= 0)
        most = FLINT_MIN(most, total);
    s->levels
        = flint_malloc((size_t) (LB_CHECK_MAX_STATES * n + 1) * sizeof(slong));
    s->start = flint_calloc(LB_CHECK_MAX_STATES + 2, sizeof(slong));
    while (ok && s->shells <= most)
    {
        if (!append_states(s, levels, 0, s->shells))
            ok = refuse(s, "more than %d states", LB_CHECK_MAX_STATES);
        s->start[++s->shells] = s->dimension;
    }
    flint_free(levels);
    return ok;
}

/* -1: it is not among them */
static slong
find_state(const kernel * s, const slong * levels)
{
    slong n = s->problem->subsystems, total = 0;

    for (slong k = 0; k < n; k++)
        total += levels[k];
    if (total >= s->shells)
        return -1;
    for (slong i = s->start[total]; i < s->start[total + 1]; i++)
        if (memcmp(levels, s->levels + i * n, (size_t) n * sizeof(slong)) == 0)
            return i;
    return -1;
}

/* --- L* ------------------------------------------------------------------ */

/* out += factor op in, all on the states; factor: NULL for 1; in: the rows of
   the first states, zero on the others, or NULL for the identity. */
static void
add_image(acb_mat_t out, const kernel * s, const acb_struct * factor,
          const lb_opoly_t op, const acb_mat_struct * in)
{
    slong n = s->problem->subsystems, columns = acb_mat_ncols(out);
    slong rows = in != NULL ? acb_mat_nrows(in) : columns;
    slong * levels = flint_malloc((size_t) (n + 1) * sizeof(slong));
    fmpz_t weight;
    arb_t root;
    acb_t z;

    fmpz_init(weight);
    arb_init(root);
    acb_init(z);
    for (slong from = 0; from < rows; from++)
        for (slong i = 0; i < op->length; i++)
        {
            slong to = -1;

            if (lb_opoly_term_apply(weight, levels, op, i,
                                    s->levels + from * n))
                to = find_state(s, levels);
            if (to < 0)
                continue;
            arb_sqrt_fmpz(root, weight, s->prec);
            acb_mul_arb(z, op->coefficients[i].coefficient, root, s->prec);
            if (factor != NULL)
                acb_mul(z, z, factor, s->prec);
            if (in == NULL)
                acb_add(acb_mat_entry(out, to, from),
                        acb_mat_entry(out, to, from), z, s->prec);
            for (slong j = 0; in != NULL && j < columns; j++)
                if (!acb_is_zero(acb_mat_entry(in, from, j)))
                    acb_addmul(acb_mat_entry(out, to, j), z,
                               acb_mat_entry(in, from, j), s->prec);
        }
    fmpz_clear(weight);
    arb_clear(root);
    acb_clear(z);
    flint_free(levels);
}

/* Level truncated: only the states that are kept take part, so this holds
   c_P'c_P, [T2].  Full: from N <= M all states that c_k and c_k'c_k reach are
   there, [T5]. */
static void
set_generator(kernel * s)
{
    slong n = s->dimension, d = s->inner;
    lb_opoly_t adjoint;
    acb_mat_t c, loss;
    acb_t i_unit;

    acb_mat_init(c, n, d);
    acb_mat_init(loss, n, d);
    acb_init(i_unit);
    lb_opoly_init(adjoint, s->problem->kinds, s->problem->subsystems);
    acb_onei(i_unit);
    add_image(s->generator, s, i_unit, s->problem->hamiltonian, NULL);
    for (slong k = 0; k < s->problem->n_jumps; k++)
    {
        acb_mat_zero(c);
        acb_mat_zero(loss);
        lb_opoly_adjoint(adjoint, s->problem->jumps + k);
        add_image(c, s, NULL, s->problem->jumps + k, NULL);
        add_image(loss, s, NULL, adjoint, c);
        for (slong i = 0; i < d; i++) /* c'c is Hermitian */
            arb_zero(acb_imagref(acb_mat_entry(loss, i, i)));
        acb_mat_scalar_mul_arb(loss, loss, s->problem->rates + k, s->prec);
        acb_mat_scalar_mul_2exp_si(loss, loss, -1);
        acb_mat_sub(s->generator, s->generator, loss, s->prec);
    }
    acb_mat_clear(c);
    acb_mat_clear(loss);
    acb_clear(i_unit);
    lb_opoly_clear(adjoint);
}

/* r = L*(y) = T + T' + sum_k r_k c_k'(c_k' y)', T = generator y, y Hermitian */
static void
apply_adjoint_lindbladian(kernel * s)
{
    slong n = s->dimension, d = s->inner;
    lb_opoly_t adjoint;
    acb_mat_t t, u, v;
    acb_t z;

    acb_mat_init(t, n, d);
    acb_mat_init(u, d, n);
    acb_mat_init(v, n, n);
    acb_init(z);
    lb_opoly_init(adjoint, s->problem->kinds, s->problem->subsystems);
    acb_mat_zero(s->r);
    for (slong k = 0; k < s->problem->n_jumps; k++)
    {
        acb_mat_zero(t);
        acb_mat_zero(v);
        lb_opoly_adjoint(adjoint, s->problem->jumps + k);
        add_image(t, s, NULL, adjoint, s->y);
        acb_mat_conjugate_transpose(u, t);
        add_image(v, s, NULL, adjoint, u);
        /* the rate last: what cancels in c'Yc does so before its radius */
        acb_mat_scalar_addmul_arb(s->r, v, s->problem->rates + k, s->prec);
    }
    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < d; k++)
            for (slong j = 0;
                 j < d && !acb_is_zero(acb_mat_entry(s->generator, i, k)); j++)
            {
                acb_ptr r = acb_mat_entry(s->r, i, j);
                acb_ptr adjoint_r = acb_mat_entry(s->r, j, i);

                acb_mul(z, acb_mat_entry(s->generator, i, k),
                        acb_mat_entry(s->y, k, j), s->prec);
                acb_add(r, r, z, s->prec);
                acb_conj(z, z);
                acb_add(adjoint_r, adjoint_r, z, s->prec);
            }
    acb_mat_clear(t);
    acb_mat_clear(u);
    acb_mat_clear(v);
    acb_clear(z);
    lb_opoly_clear(adjoint);
}

/* L*(1) = 0, so L*(1_{N<=M}) has no elements but between states on shells
   above M - s, [T5]; J = M + s. */
static void
set_unit(kernel * s)
{
    slong first = s->start[FLINT_MAX(0, 2 * (s->top + 1) - s->shells)];

    acb_mat_one(s->y);
    apply_adjoint_lindbladian(s);
    for (slong i = first; i < s->dimension; i++)
        for (slong j = first; j < s->dimension; j++)
            acb_set(acb_mat_entry(s->unit, i, j), acb_mat_entry(s->r, i, j));
}

/* r = L*(Y + alpha 1_{N<=M}) + op, Hermitian at every point; op: 0 if NULL.
   Truncated, L*(1) = 0 and alpha does nothing. */
static int
set_residual(kernel * s, const lb_proof_matrix * m, const lb_opoly_struct * op)
{
    if (!lb_proof_matrix_read(s->y, m))
        return refuse(s, "Y is malformed or larger than its %ld states",
                      (long) s->inner);
    apply_adjoint_lindbladian(s);
    if (s->infinite)
        acb_mat_scalar_addmul_arb(s->r, s->unit, m->shift, s->prec);
    if (op != NULL)
        add_image(s->r, s, NULL, op, NULL);
    for (slong i = 0; i < s->dimension; i++)
    {
        arb_zero(acb_imagref(acb_mat_entry(s->r, i, i)));
        for (slong j = i + 1; j < s->dimension; j++)
            acb_conj(acb_mat_entry(s->r, j, i), acb_mat_entry(s->r, i, j));
    }
    return 1;
}

/* --- norms [T3] ---------------------------------------------------------- */

/* The smaller of the Frobenius norm and (largest row sum * largest column
   sum)^(1/2); the column sums of `a` are the row sums of its adjoint. */
static void
set_norm(mag_t norm, const acb_mat_t a, const acb_mat_t adjoint)
{
    mag_t frobenius, columns;

    mag_init(frobenius);
    mag_init(columns);
    acb_mat_bound_frobenius_norm(frobenius, a);
    acb_mat_bound_inf_norm(norm, a);
    acb_mat_bound_inf_norm(columns, adjoint);
    mag_mul(norm, norm, columns);
    mag_sqrt(norm, norm);
    mag_min(norm, norm, frobenius);
    mag_clear(frobenius);
    mag_clear(columns);
}

/* The block (j, k) of r, j and k shells. */
static void
shell_norm(mag_t norm, const kernel * s, slong j, slong k)
{
    acb_mat_t block, adjoint;

    acb_mat_window_init(block, s->r, s->start[j], s->start[k], s->start[j + 1],
                        s->start[k + 1]);
    acb_mat_window_init(adjoint, s->r, s->start[k], s->start[j],
                        s->start[k + 1], s->start[j + 1]);
    set_norm(norm, block, adjoint);
    acb_mat_window_clear(block);
    acb_mat_window_clear(adjoint);
}

/* sum[j] += norm w_j w_k, and the same of the block (k, j) */
static void
add_block(mag_ptr sum, const mag_t norm, mag_srcptr weight, slong j, slong k)
{
    mag_t x;

    mag_init(x);
    mag_mul(x, weight + j, weight + k);
    mag_mul(x, x, norm);
    mag_add(sum + j, sum + j, x);
    if (k != j)
        mag_add(sum + k, sum + k, x);
    mag_clear(x);
}

/* sum[j] += sum_k ||R_jk|| w_j w_k */
static void
add_blocks(mag_ptr sum, const kernel * s, mag_srcptr weight)
{
    mag_t norm;

    mag_init(norm);
    for (slong j = 0; j < s->shells; j++)
        for (slong k = j; k < s->shells; k++)
        {
            shell_norm(norm, s, j, k);
            add_block(sum, norm, weight, j, k);
        }
    mag_clear(norm);
}

/* --- populations [L1], [L5] ---------------------------------------------- */

/* u_n = v_n/2 + c f(n), f(n) = tau r^(n-m-1) for n > m, else 0; [L5]: f = 0 */
static void
set_weight(arb_t u, const kernel * s, slong n)
{
    const lb_proof_populations * w = s->populations;
    arb_t f;

    arb_init(f);
    arb_set_si(u, n <= s->top);
    if (n <= s->top)
        arb_mul_2exp_si(u, u, w->exponents[n] - 1);
    if (s->infinite && n > w->start)
    {
        arb_pow_ui(f, w->ratio, (ulong) (n - w->start - 1), s->prec);
        arb_mul_2exp_si(f, f, w->scale);
        arb_addmul(u, w->rate, f, s->prec);
    }
    arb_clear(f);
}

/* (*) of [L1]: sum_k E_jk (u_j u_k)^(-1/2) <= 1 for every shell j <= J */
static int
prove_residual_small(kernel * s, mag_srcptr cost, const mag_t link)
{
    mag_ptr weight = _mag_vec_init(s->shells), sum = _mag_vec_init(s->shells);
    slong start = s->populations->start;
    int ok = 1;
    arb_t u;

    arb_init(u);
    for (slong n = 0; n < s->shells; n++)
    {
        set_weight(u, s, n);
        arb_rsqrt(u, u, s->prec);
        arb_get_mag(weight + n, u);
    }
    add_blocks(sum, s, weight);
    for (slong n = 0; s->infinite && n <= start; n++)
        add_block(sum, cost + n, weight, n, n);
    if (s->infinite && start + 1 < s->shells)
        add_block(sum, link, weight, start, start + 1);
    for (slong j = 0; j < s->shells && ok; j++)
        if (mag_cmp_2exp_si(sum + j, 0) > 0)
            ok = refuse(s,
                        "[L1]: the residual is %.3g times what it may be on "
                        "the shell %ld",
                        mag_get_d(sum + j), (long) j);
    arb_clear(u);
    _mag_vec_clear(weight, s->shells);
    _mag_vec_clear(sum, s->shells);
    return ok;
}

/* Bound of p_n^(1/2): [L1] says u_n p_n <= o.  Not cut at 1 above J, so that it
   falls geometrically there. */
static void
root_population(arb_t x, const kernel * s, slong n)
{
    arb_t one;

    arb_init(one);
    arb_one(one);
    set_weight(x, s, n);
    arb_div(x, s->populations->matrix.o, x, s->prec);
    arb_sqrt(x, x, s->prec);
    if (n < s->shells)
        arb_min(x, x, one, s->prec);
    arb_clear(one);
}

static int
prove_inequality(kernel * s, int pairs)
{
    slong start = s->populations->start;
    mag_ptr cost = _mag_vec_init(start + 1);
    mag_t link;
    int ok;

    mag_init(link);
    s->reason[0] = '\0';
    ok = !s->infinite /* [L5]: f = 0 */
         || lb_tail_check(cost, link, s->reason, s->size, s->problem,
                          s->populations, pairs);
    ok = ok && prove_residual_small(s, cost, link);
    mag_clear(link);
    _mag_vec_clear(cost, start + 1);
    return ok;
}

static int
prove_populations(kernel * s)
{
    const lb_proof_populations * w = s->populations;
    arb_t x;
    int ok;

    if (w->length != s->top + 1)
        return refuse(s, "%ld exponents for the shells 0..%ld",
                      (long) w->length, (long) s->top);
    if (!arb_is_nonnegative(w->matrix.o))
        return refuse(s, "[L1] needs o >= 0");
    if (s->infinite && w->start > s->top)
        return refuse(s, "[L1] needs m <= M");
    arb_init(x);
    ok = set_residual(s, &w->matrix, NULL);
    for (slong n = 0; n < s->shells; n++)
        for (slong i = s->start[n]; i < s->start[n + 1]; i++)
        {
            acb_ptr z = acb_mat_entry(s->r, i, i);

            arb_set_si(x, n <= s->top); /* v_n */
            if (n <= s->top)
                arb_mul_2exp_si(x, x, w->exponents[n]);
            arb_sub(x, x, w->matrix.o, s->prec);
            arb_add(acb_realref(z), acb_realref(z), x, s->prec);
        }
    /* in one of the two readings of [L3] */
    ok = ok && (prove_inequality(s, 0) || prove_inequality(s, 1));
    for (slong n = 0; n < s->shells && ok; n++)
    {
        root_population(x, s, n);
        arb_get_mag(s->root + n, x);
    }
    arb_clear(x);
    return ok;
}

/* --- expectation values -------------------------------------------------- */

/* t_n of [F3] without |z|: n^(m/2) (p_n p_{n-s})^(1/2) */
static void
set_tail_term(arb_t t, const kernel * s, slong n, slong shift, slong powers)
{
    arb_t x;

    arb_init(x);
    arb_set_si(t, n);
    arb_pow_ui(t, t, (ulong) powers, s->prec);
    arb_sqrt(t, t, s->prec);
    root_population(x, s, n);
    arb_mul(t, t, x, s->prec);
    root_population(x, s, n - shift);
    arb_mul(t, t, x, s->prec);
    arb_clear(x);
}

/* [F3] for one term: |z| sum_{n>J} t_n.  Once n - s > J, what follows t_n is at
   most t_n q/(1 - q), q = t_{n+1}/t_n. */
static int
add_term_tail(arb_t sum, kernel * s, const arb_t size, slong shift,
              slong powers)
{
    slong n = FLINT_MAX(s->shells, shift), end = n + MAX_TAIL_SHELLS;
    arb_ptr part = _arb_vec_init(4);
    arb_ptr t = part + 1, next = part + 2, rest = part + 3;
    int found = 0;

    set_tail_term(t, s, n, shift, powers);
    for (; n < end && !found; n++)
    {
        arb_add(part, part, t, s->prec);
        set_tail_term(next, s, n + 1, shift, powers);
        arb_sub(rest, t, next, s->prec);
        found = n - shift >= s->shells && arb_is_positive(rest);
        arb_div(rest, next, rest, s->prec);
        arb_mul(rest, rest, t, s->prec); /* t_n q/(1 - q) */
        arb_mul_2exp_si(t, rest, 20);
        found = found && arb_le(t, part); /* it hardly matters */
        arb_swap(t, next);
    }
    arb_add(part, part, rest, s->prec);
    arb_addmul(sum, part, size, s->prec);
    _arb_vec_clear(part, 4);
    return found || refuse(s, "[F3]: the tail of an observable does not fall");
}

/* [F2], the blocks of op beyond J */
static int
add_tail(arb_t sum, kernel * s, const lb_opoly_t op)
{
    int ok = 1;
    arb_t size;

    arb_init(size);
    for (slong i = 0; i < op->length && ok; i++)
    {
        const lb_factor * f = lb_opoly_term(op, i);
        slong powers = 0;

        for (slong k = 0; k < op->subsystems; k++)
            if (!f[k].matrix_unit && op->kinds[k] == LB_MODE)
                powers += f[k].create + f[k].annihilate;
        acb_abs(size, op->coefficients[i].coefficient, s->prec);
        ok = add_term_tail(sum, s, size, FLINT_ABS(lb_opoly_term_shift(op, i)),
                           powers);
    }
    arb_clear(size);
    return ok;
}

/* |tr(rho R)| for r = L*(Y) + op, op = O - o */
static int
bound_residual(mag_t bound, kernel * s, const lb_opoly_t op)
{
    mag_ptr sum = _mag_vec_init(s->shells);
    int ok = 1;
    arb_t tail;

    arb_init(tail);
    if (s->proof->has_populations) /* [F1] */
    {
        mag_zero(bound);
        add_blocks(sum, s, s->root);
        for (slong j = 0; j < s->shells; j++)
            mag_add(bound, bound, sum + j);
    }
    else
        mag_inf(bound);
    if (s->infinite) /* [F2] */
    {
        ok = add_tail(tail, s, op);
        arb_get_mag(sum, tail);
        mag_add(bound, bound, sum);
    }
    else /* [T2], [F4] */
    {
        set_norm(sum, s->r, s->r);
        mag_min(bound, bound, sum);
    }
    arb_clear(tail);
    _mag_vec_clear(sum, s->shells);
    return ok;
}

/* x = op - o */
static void
subtract_number(lb_opoly_t x, const lb_opoly_t op, const arb_t o, slong prec)
{
    lb_scalar_t z;

    lb_scalar_init(z);
    arb_neg(acb_realref(z->coefficient), o);
    lb_opoly_set_scalar(x, z);
    lb_opoly_add(x, x, op, prec);
    lb_scalar_clear(z);
}

/* tr(rho op) = o +/- bound, by entry `which` of the certificate */
static int
prove_expectation(arb_t value, kernel * s, const lb_opoly_t op, slong which)
{
    const lb_proof_matrix * m = s->proof->expectations + which;
    lb_opoly_t rest;
    int ok;

    if (which >= s->proof->length)
        return refuse(s, "only %ld expectations, the quantity needs more",
                      (long) s->proof->length);
    lb_opoly_init(rest, op->kinds, op->subsystems);
    subtract_number(rest, op, m->o, s->prec);
    arb_set(value, m->o);
    ok = set_residual(s, m, rest) && bound_residual(arb_radref(value), s, rest);
    lb_opoly_clear(rest);
    if (ok && !arb_is_finite(value))
        ok = refuse(s, "nothing is proved of an expectation value");
    return ok;
}

/* Perhaps the same operator: the same products with coefficients that overlap.
 */
static int
same_operator(const lb_opoly_t p, const lb_opoly_t q)
{
    int same = p->length == q->length;

    for (slong k = 0; k < p->length && same; k++)
        same = memcmp(lb_opoly_term(p, k), lb_opoly_term(q, k),
                      (size_t) p->subsystems * sizeof(lb_factor))
                   == 0
               && acb_overlaps(p->coefficients[k].coefficient,
                               q->coefficients[k].coefficient);
    return same;
}

/* By the entry of the Hermitian operator op, or the next one. */
static int
hermitian_expectation(arb_t value, kernel * s, const lb_opoly_t op)
{
    slong which = 0;

    if (op->length == 0)
        return 1;
    while (which < s->n_known && !same_operator(s->known + which, op))
        which++;
    if (which == s->n_known)
    {
        s->known = flint_realloc(s->known, (size_t) (++s->n_known)
                                               * sizeof(lb_opoly_struct));
        lb_opoly_init(s->known + which, op->kinds, op->subsystems);
        lb_opoly_set(s->known + which, op);
    }
    return prove_expectation(value, s, op, which);
}

/* The hook of model/evaluate.h: <O> = <X> + i<Z>, O = X + iZ, [T4] */
static lb_status
expectation(lb_scalar_t out, const lb_opoly_t op, void * context, slong prec,
            lb_error * err)
{
    kernel * s = context;
    lb_scalar_t factor;
    lb_opoly_t x, z;
    acb_t value;
    int ok;

    lb_scalar_init(factor);
    lb_opoly_init(x, op->kinds, op->subsystems);
    lb_opoly_init(z, op->kinds, op->subsystems);
    acb_init(value);
    acb_set_si_si(factor->coefficient, 0, -1);
    lb_opoly_hermitian_part(x, op, prec);
    lb_opoly_scalar_mul(z, op, factor, prec);
    lb_opoly_hermitian_part(z, z, prec);
    ok = hermitian_expectation(acb_realref(value), s, x)
         && hermitian_expectation(acb_imagref(value), s, z);
    if (!ok)
        acb_indeterminate(value);
    lb_scalar_set_acb(out, value);
    acb_clear(value);
    lb_opoly_clear(x);
    lb_opoly_clear(z);
    lb_scalar_clear(factor);
    return ok ? LB_OK : lb_error_set(err, LB_EPREC, "%s", s->reason);
}

/* --- the claim ----------------------------------------------------------- */

/* Skips `word`; 0 if the text does not go on with it. */
static int
skip(const char ** text, const char * word)
{
    size_t n = strlen(word);
    int found = strncmp(*text, word, n) == 0;

    *text += found ? n : 0;
    return found;
}

/* Reads a decimal number as a ball that contains it. */
static int
read_decimal(arb_t x, const char ** text, slong prec)
{
    size_t n = strspn(*text, "0123456789.e+-");
    char * copy = lb_text_print("%.*s", (int) n, *text);
    int ok = n > 0 && arb_set_str(x, copy, prec) == 0 && arb_is_finite(x);

    flint_free(copy);
    *text += n;
    return ok;
}

/* Reads "x", "[x +/- r]" or "[+/- r]": 1 only if x - r <= every point of value
   <= x + r, whatever the decimals are rounded to. */
static int
read_containing(const char ** text, const arb_t value, slong prec)
{
    arb_t middle, radius;
    int ok;

    arb_init(middle);
    arb_init(radius);
    if (!skip(text, "["))
        ok = read_decimal(middle, text, prec);
    else
        ok = (skip(text, "+/- ")
              || (read_decimal(middle, text, prec) && skip(text, " +/- ")))
             && read_decimal(radius, text, prec) && skip(text, "]");
    arb_sub(middle, value, middle, prec);
    arb_abs(middle, middle);
    ok = ok && arb_is_finite(middle) && arb_le(middle, radius);
    arb_clear(middle);
    arb_clear(radius);
    return ok;
}

/* "re" or "re + im*i" */
static int
claim_contains(const char * text, const acb_t value, slong prec)
{
    int ok = read_containing(&text, acb_realref(value), prec);

    if (skip(&text, " + "))
        ok = ok && read_containing(&text, acb_imagref(value), prec)
             && skip(&text, "*i");
    else
        ok = ok && acb_is_real(value);
    return ok && *text == '\0';
}

/* --- the proof ----------------------------------------------------------- */

/* s of [T5]: the largest |change of N| by a term of H, c_k, c_k'c_k.  The terms
   of H come with their adjoints; those of c_k change N by `low` to `high`. */
static slong
reach(const lb_problem_t p)
{
    slong most = 0;

    for (slong i = 0; i < p->hamiltonian->length; i++)
        most = FLINT_MAX(most, lb_opoly_term_shift(p->hamiltonian, i));
    for (slong k = 0; k < p->n_jumps; k++)
    {
        slong low = 0, high = 0;

        for (slong i = 0; i < p->jumps[k].length; i++)
        {
            low = FLINT_MIN(low, lb_opoly_term_shift(p->jumps + k, i));
            high = FLINT_MAX(high, lb_opoly_term_shift(p->jumps + k, i));
        }
        most = FLINT_MAX(most, high - low);
    }
    return most;
}

/* The states of Y and of R; what a level asks of the cutoff. */
static int
set_space(kernel * s)
{
    const lb_proof_struct * p = s->proof;
    slong total = p->total;
    int modes = 0, capped = 0;

    for (slong k = 0; k < s->problem->subsystems; k++)
        if (s->problem->kinds[k] == LB_MODE)
        {
            modes = 1;
            capped |= p->levels[k] >= 0;
        }
    s->infinite = p->full && modes;
    if (s->infinite && (total < 0 || capped))
        return refuse(s, "level full keeps the states with N <= total");
    if (s->infinite && !(p->has_populations && p->populations.has_tail))
        return refuse(s, "level full needs populations with a tail");
    if (s->infinite)
        total += reach(s->problem);
    else if (p->full)
        total = -1; /* all states, [F4] */
    if (!set_states(s, total))
        return 0;
    s->top = s->infinite ? p->total : s->shells - 1;
    s->inner = s->start[s->top + 1];
    return s->dimension * s->dimension * (s->prec / 32 + 12) <= MAX_WORDS
           || refuse(s, "%ld states at %ld bits are too much",
                     (long) s->dimension, (long) s->prec);
}

static int
prove_quantity(acb_t value, kernel * s, lb_env_t env)
{
    const lb_proof_struct * p = s->proof;
    lb_scalar_t x;
    lb_error err;
    int ok;

    if (p->has_populations && !prove_populations(s))
        return 0;
    lb_error_clear(&err);
    env->expectation = expectation;
    env->expectation_context = s;
    lb_scalar_init(x);
    ok = lb_env_scalar(x, env, p->quantity, &err) == LB_OK
         || refuse(s, "the quantity: %s", err.text);
    acb_set(value, x->coefficient);
    lb_scalar_clear(x);
    if (ok && s->n_known != p->length)
        ok = refuse(s, "%ld expectations, the quantity needs %ld",
                    (long) p->length, (long) s->n_known);
    if (ok && !acb_is_finite(value))
        ok = refuse(s, "the quantity is indeterminate");
    if (ok && !claim_contains(p->claim, value, s->prec))
    {
        char * text = arb_get_str(acb_realref(value), 20, ARB_STR_MORE);

        ok = refuse(s, "the claim does not contain what is proved, %s%s", text,
                    acb_is_real(value) ? "" : " in its real part");
        flint_free(text);
    }
    return ok;
}

static void
kernel_init(kernel * s)
{
    acb_mat_init(s->generator, s->dimension, s->inner);
    acb_mat_init(s->y, s->inner, s->inner);
    acb_mat_init(s->r, s->dimension, s->dimension);
    acb_mat_init(s->unit, s->dimension, s->dimension);
    s->root = _mag_vec_init(s->shells);
    set_generator(s);
    if (s->infinite)
        set_unit(s);
}

static void
kernel_clear(kernel * s)
{
    acb_mat_clear(s->generator);
    acb_mat_clear(s->y);
    acb_mat_clear(s->r);
    acb_mat_clear(s->unit);
    _mag_vec_clear(s->root, s->shells);
    for (slong k = 0; k < s->n_known; k++)
        lb_opoly_clear(s->known + k);
    flint_free(s->known);
}

int
lb_check_proof(acb_t value, char * reason, size_t size,
               const lb_certificate_t c, slong k)
{
    const lb_proof_struct * p = c->proofs + k;
    lb_scope_t scope;
    lb_error err;
    lb_env_t env;
    kernel s;
    int ok;

    memset(&s, 0, sizeof(s));
    s.proof = p;
    s.populations = &p->populations;
    s.prec = p->prec + MORE_BITS;
    s.reason = reason;
    s.size = size;
    reason[0] = '\0';
    acb_indeterminate(value);
    lb_error_clear(&err);
    /* Arb's bounds of magnitudes pass through doubles in places */
    if (fegetround() != FE_TONEAREST)
        return refuse(&s, "floating-point numbers are not rounded to nearest");
    if (p->prec > LB_CHECK_MAX_PREC)
        return refuse(&s, "a precision above %d bits", LB_CHECK_MAX_PREC);
    if (lb_model_scope_at(scope, c->model, p->settings, &err) != LB_OK)
        return refuse(&s, "the settings: %s", err.text);
    lb_env_init(env, scope, s.prec);
    ok = lb_problem_init(s.problem, c->model, env, &err) == LB_OK
         || refuse(&s, "the model: %s", err.text);
    ok = ok && set_space(&s);
    if (ok)
    {
        kernel_init(&s);
        ok = prove_quantity(value, &s, env);
        kernel_clear(&s);
    }
    flint_free(s.levels);
    flint_free(s.start);
    lb_problem_clear(s.problem);
    lb_env_clear(env);
    lb_scope_clear(scope);
    return ok;
}
