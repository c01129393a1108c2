/* check/kernel.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In the order of the proof: the states, the matrices of H and c_k on them,
 * L*, norms, populations [L1], [L5], expectation values [T2], [F1]-[F3], the
 * claim.  All bounds are upper bounds: `mag` rounds up, Arb outward. */
#include <fenv.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/kernel.h>
#include <lindbound/tail_check.h>
#include <lindbound/text.h>

/* entries of a sparse matrix, at most */
#define MAX_ENTRIES (1L << 23)
/* words of a dense one */
#define MAX_WORDS (1L << 26)
/* shells whose share in the tail of an observable is added up one by one */
#define MAX_TAIL_SHELLS 100000
#define MAX_CLAIM 20000
/* The kernel rounds less than the program that wrote the certificate, so that
   what remains is what the numbers of the certificate leave. */
#define MORE_BITS 64

/* A matrix on the outer states. */
typedef struct
{
    slong length, alloc;
    slong *row, *column;
    acb_ptr entry;
} matrix;

/* An expectation value already proved. */
typedef struct
{
    lb_opoly_t op;
    slong which; /* which entry of `expectations` proved it */
    arb_t value;
} known;

typedef struct
{
    const lb_proof_struct * proof;
    lb_problem_t problem;
    slong prec;
    int infinite; /* level full of a model with modes: [F2], not [T2] */

    slong * levels;         /* of the states, row-major                       */
    slong dimension, inner; /* states with N <= J, and those of Y     */
    slong * start;          /* first state of each shell                      */
    slong shells, top;      /* J + 1, M                                    */

    matrix h, *jumps;
    acb_ptr generator; /* dimension x inner                          */
    acb_ptr y, r;      /* inner^2, dimension^2                       */

    mag_ptr p;   /* bounds of p_0..p_J            */
    mag_t first; /* of p_{m+1}, not cut at 1      */
    mag_t fall;  /* upper bound of 1/r            */

    known * known;
    slong n_known, used;
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
append_states(kernel * s, const slong * high, slong * levels, slong k,
              slong left)
{
    slong n = s->problem->subsystems, rest = 0;

    if (k == n)
    {
        if (s->dimension == LB_CHECK_MAX_STATES)
            return 0;
        memcpy(s->levels + s->dimension++ * n, levels,
               (size_t) n * sizeof(slong));
        return 1;
    }
    for (slong j = k + 1; j < n; j++)
        rest += high[j];
    levels[k] = left > rest ? left - rest : 0;
    for (; levels[k] <= high[k] && levels[k] <= left; levels[k]++)
        if (!append_states(s, high, levels, k + 1, left - levels[k]))
            return 0;
    return 1;
}

/* The states with N <= total and levels up to those of the cutoff. */
static int
set_states(kernel * s, slong total)
{
    slong n = s->problem->subsystems, most = 0;
    slong * high = flint_calloc((size_t) n + 1, sizeof(slong));
    slong * levels = flint_calloc((size_t) n + 1, sizeof(slong));
    int ok = 1;

    s->levels
        = flint_malloc((size_t) (LB_CHECK_MAX_STATES * n + 1) * sizeof(slong));
    s->start = flint_malloc((LB_CHECK_MAX_STATES + 2) * sizeof(slong));
    for (slong k = 0; k < n && ok; k++)
    {
        slong level = s->proof->levels[k];

        high[k] = level < 0 || (total >= 0 && total < level) ? total : level;
        if (high[k] < 0)
            ok = refuse(s, "the cutoff leaves a mode unbounded");
        most += high[k];
    }
    if (total >= 0)
        most = FLINT_MIN(most, total);
    for (s->shells = 0; ok && s->shells <= most; s->shells++)
    {
        s->start[s->shells] = s->dimension;
        if (!append_states(s, high, levels, 0, s->shells))
            ok = refuse(s, "more than %d states", LB_CHECK_MAX_STATES);
    }
    s->start[s->shells] = s->dimension;
    flint_free(high);
    flint_free(levels);
    return ok;
}

static slong
find_state(const kernel * s, const slong * levels)
{
    slong n = s->problem->subsystems, total = 0, low, high;

    for (slong k = 0; k < n; k++)
        total += levels[k];
    if (total >= s->shells)
        return -1;
    low = s->start[total];
    high = s->start[total + 1];
    while (low < high)
    {
        slong middle = (low + high) / 2, k = 0;
        const slong * other = s->levels + middle * n;

        while (k < n && levels[k] == other[k])
            k++;
        if (k == n)
            return middle;
        if (levels[k] < other[k])
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

/* --- matrices ------------------------------------------------------------ */

static void
matrix_clear(matrix * a)
{
    _acb_vec_clear(a->entry, a->alloc);
    flint_free(a->row);
    flint_free(a->column);
}

static void
append_entry(matrix * a, slong row, slong column)
{
    if (a->length == a->alloc)
    {
        slong alloc = 2 * a->alloc + 64;

        a->row = flint_realloc(a->row, (size_t) alloc * sizeof(slong));
        a->column = flint_realloc(a->column, (size_t) alloc * sizeof(slong));
        a->entry = flint_realloc(a->entry, (size_t) alloc * sizeof(acb_struct));
        for (slong k = a->alloc; k < alloc; k++)
            acb_init(a->entry + k);
        a->alloc = alloc;
    }
    a->row[a->length] = row;
    a->column[a->length] = column;
    a->length++;
}

/* The elements <row|op|column> between the states, each once; 0: too many. */
static int
matrix_of(matrix * a, kernel * s, const lb_opoly_t op)
{
    slong n = s->problem->subsystems, first;
    slong * to = flint_malloc((size_t) (n + 1) * sizeof(slong));
    fmpz_t weight;
    arb_t root;

    memset(a, 0, sizeof(*a));
    fmpz_init(weight);
    arb_init(root);
    for (slong column = 0; column < s->dimension && a->length <= MAX_ENTRIES;
         column++)
    {
        first = a->length;
        for (slong i = 0; i < op->length; i++)
        {
            slong row = -1, k = first;

            if (lb_opoly_term_apply(weight, to, op, i, s->levels + column * n))
                row = find_state(s, to);
            if (row < 0)
                continue;
            while (k < a->length && a->row[k] != row)
                k++;
            if (k == a->length)
                append_entry(a, row, column);
            arb_sqrt_fmpz(root, weight, s->prec);
            acb_addmul_arb(a->entry + k, op->coefficients[i].coefficient, root,
                           s->prec);
        }
    }
    fmpz_clear(weight);
    arb_clear(root);
    flint_free(to);
    return a->length <= MAX_ENTRIES
           || refuse(s, "an operator with too many matrix elements");
}

/* out += factor a in, or factor a' in; `in` has `rows` rows (those below are
   zero), both have `columns` columns. */
static void
multiply(acb_ptr out, const acb_t factor, const matrix * a, int adjoint,
         acb_srcptr in, slong rows, slong columns, slong prec)
{
    acb_t z;

    acb_init(z);
    for (slong k = 0; k < a->length; k++)
    {
        slong to = adjoint ? a->column[k] : a->row[k];
        slong from = adjoint ? a->row[k] : a->column[k];

        if (from >= rows)
            continue;
        acb_set(z, a->entry + k);
        if (adjoint)
            acb_conj(z, z);
        acb_mul(z, z, factor, prec);
        for (slong j = 0; j < columns; j++)
            if (!acb_is_zero(in + from * columns + j))
                acb_addmul(out + to * columns + j, z, in + from * columns + j,
                           prec);
    }
    acb_clear(z);
}

/* b = a', a of m rows and n columns */
static void
set_adjoint(acb_ptr b, acb_srcptr a, slong m, slong n)
{
    for (slong i = 0; i < m; i++)
        for (slong j = 0; j < n; j++)
            acb_conj(b + j * m + i, a + i * n + j);
}

/* b += a, of which the columns of Y's states are taken */
static void
add_matrix(acb_ptr b, const kernel * s, const acb_t factor, const matrix * a)
{
    for (slong k = 0; k < a->length; k++)
        if (a->column[k] < s->inner)
            acb_addmul(b + a->row[k] * s->inner + a->column[k], factor,
                       a->entry + k, s->prec);
}

/* generator = i H - (1/2) sum_k r_k c_k'c_k.  Level truncated: only the states
   that are kept take part, so that is c_P'c_P, [T2].  Full: from N <= M all
   states that c_k and c_k'c_k reach are there, [T5]. */
static void
set_generator(kernel * s)
{
    slong n = s->dimension, d = s->inner;
    acb_ptr c = _acb_vec_init(n * d), loss = _acb_vec_init(n * d);
    acb_t factor, one;

    acb_init(factor);
    acb_init(one);
    acb_one(one);
    acb_onei(factor);
    s->generator = _acb_vec_init(n * d);
    add_matrix(s->generator, s, factor, &s->h);
    for (slong k = 0; k < s->problem->n_jumps; k++)
    {
        _acb_vec_zero(c, n * d);
        _acb_vec_zero(loss, n * d);
        add_matrix(c, s, one, s->jumps + k);
        multiply(loss, one, s->jumps + k, 1, c, n, d, s->prec);
        for (slong i = 0; i < d; i++) /* c'c is Hermitian */
            arb_zero(acb_imagref(loss + i * d + i));
        acb_set_arb(factor, s->problem->rates + k);
        acb_mul_2exp_si(factor, factor, -1);
        for (slong i = 0; i < n * d; i++)
            if (!acb_is_zero(loss + i))
                acb_submul(s->generator + i, loss + i, factor, s->prec);
    }
    acb_clear(factor);
    acb_clear(one);
    _acb_vec_clear(c, n * d);
    _acb_vec_clear(loss, n * d);
}

/* r = L*(y) = T + T' + sum_k r_k c_k'(c_k' y)', T = generator y, y Hermitian */
static void
apply_adjoint_lindbladian(kernel * s)
{
    slong n = s->dimension, d = s->inner, prec = s->prec;
    acb_ptr t = _acb_vec_init(n * d), u = _acb_vec_init(d * n);
    acb_t factor;

    acb_init(factor);
    _acb_vec_zero(s->r, n * n);
    for (slong k = 0; k < s->problem->n_jumps; k++)
    {
        acb_one(factor);
        _acb_vec_zero(t, n * d);
        multiply(t, factor, s->jumps + k, 1, s->y, d, d, prec); /* c'y */
        set_adjoint(u, t, n, d);
        acb_set_arb(factor, s->problem->rates + k);
        multiply(s->r, factor, s->jumps + k, 1, u, d, n, prec);
    }
    _acb_vec_zero(t, n * d);
    for (slong i = 0; i < n * d; i++)
        for (slong j = 0; j < d && !acb_is_zero(s->generator + i); j++)
            acb_addmul(t + i / d * d + j, s->generator + i,
                       s->y + i % d * d + j, prec);
    set_adjoint(u, t, n, d);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            acb_ptr z = s->r + i * n + j;

            if (j < d)
                acb_add(z, z, t + i * d + j, prec);
            if (i < d)
                acb_add(z, z, u + i * n + j, prec);
        }
    acb_clear(factor);
    _acb_vec_clear(t, n * d);
    _acb_vec_clear(u, d * n);
}

/* r = L*(Y) - o on all shells that r has, Hermitian at every point */
static int
set_residual(kernel * s, const lb_proof_matrix * m)
{
    _acb_vec_zero(s->y, s->inner * s->inner);
    if (!lb_proof_matrix_read(s->y, m, s->inner))
        return refuse(s, "Y is malformed or larger than its %ld states",
                      (long) s->inner);
    apply_adjoint_lindbladian(s);
    for (slong i = 0; i < s->dimension; i++)
    {
        acb_ptr z = s->r + i * s->dimension + i;

        arb_sub_arf(acb_realref(z), acb_realref(z), m->o, s->prec);
        arb_zero(acb_imagref(z));
        for (slong j = i + 1; j < s->dimension; j++)
            acb_conj(s->r + j * s->dimension + i, s->r + i * s->dimension + j);
    }
    return 1;
}

/* --- norms [T3] ---------------------------------------------------------- */

/* The block of rows r0.. and columns c0..: the smaller of the Frobenius norm
   and (largest row sum * largest column sum)^(1/2). */
static void
block_norm(mag_t norm, const kernel * s, slong r0, slong r1, slong c0, slong c1)
{
    mag_ptr columns = _mag_vec_init(c1 - c0 + 1);
    mag_t m, row, most, squares;

    mag_init(m);
    mag_init(row);
    mag_init(most);
    mag_init(squares);
    for (slong i = r0; i < r1; i++)
    {
        mag_zero(row);
        for (slong j = c0; j < c1; j++)
        {
            acb_get_mag(m, s->r + i * s->dimension + j);
            mag_add(row, row, m);
            mag_add(columns + j - c0, columns + j - c0, m);
            mag_addmul(squares, m, m);
        }
        mag_max(most, most, row);
    }
    mag_zero(row);
    for (slong j = c0; j < c1; j++)
        mag_max(row, row, columns + j - c0);
    mag_mul(most, most, row);
    mag_min(norm, most, squares);
    mag_sqrt(norm, norm);
    mag_clear(m);
    mag_clear(row);
    mag_clear(most);
    mag_clear(squares);
    _mag_vec_clear(columns, c1 - c0 + 1);
}

static void
shell_norm(mag_t norm, const kernel * s, slong j, slong k)
{
    block_norm(norm, s, s->start[j], s->start[j + 1], s->start[k],
               s->start[k + 1]);
}

/* --- populations [L1], [L5] ---------------------------------------------- */

/* u_n^(-1/2), u_n = v_n/2 + c f(n), f(n) = tau r^(n-m-1) for n > m, else 0 */
static void
set_weights(mag_ptr weight, const kernel * s)
{
    const lb_proof_populations * w = &s->proof->populations;
    arb_t u, x, y;

    arb_init(u);
    arb_init(x);
    arb_init(y);
    for (slong n = 0; n < s->shells; n++)
    {
        arb_zero(u);
        if (n <= s->top)
        {
            arb_one(u);
            arb_mul_2exp_si(u, u, w->exponents[n] - 1);
        }
        if (s->infinite && n > w->start)
        {
            arb_set_arf(x, w->ratio);
            arb_pow_ui(x, x, (ulong) (n - w->start - 1), s->prec);
            arb_set_arf(y, w->rate);
            arb_mul_2exp_si(y, y, w->scale);
            arb_addmul(u, x, y, s->prec);
        }
        arb_rsqrt(u, u, s->prec);
        arb_get_mag(weight + n, u);
    }
    arb_clear(u);
    arb_clear(x);
    arb_clear(y);
}

/* (*) of [L1]: sum_k E_jk (u_j u_k)^(-1/2) <= 1 for every shell j <= J */
static int
prove_residual_small(kernel * s, mag_srcptr cost, const mag_t link)
{
    mag_ptr weight = _mag_vec_init(s->shells), sum = _mag_vec_init(s->shells);
    slong start = s->proof->populations.start;
    mag_t norm;
    int ok = 1;

    mag_init(norm);
    set_weights(weight, s);
    for (slong j = 0; j < s->shells; j++)
        for (slong k = j; k < s->shells; k++)
        {
            shell_norm(norm, s, j, k);
            if (s->infinite && j == k && j <= start)
                mag_add(norm, norm, cost + j);
            if (s->infinite && j == start && k == j + 1)
                mag_add(norm, norm, link);
            mag_mul(norm, norm, weight + j);
            mag_mul(norm, norm, weight + k);
            mag_add(sum + j, sum + j, norm);
            if (k > j)
                mag_add(sum + k, sum + k, norm);
        }
    for (slong j = 0; j < s->shells && ok; j++)
        if (mag_cmp_2exp_si(sum + j, 0) > 0)
            ok = refuse(s,
                        "[L1]: on the shell %ld the residual of the "
                        "populations is %.3g times what it may be",
                        (long) j, mag_get_d(sum + j));
    mag_clear(norm);
    _mag_vec_clear(weight, s->shells);
    _mag_vec_clear(sum, s->shells);
    return ok;
}

/* (o/(c tau)) r^(m+1-n) */
static void
falling_population(mag_t p, const kernel * s, slong n)
{
    mag_pow_ui(p, s->fall, (ulong) (n - s->proof->populations.start - 1));
    mag_mul(p, p, s->first);
}

/* p_n <= 2 o/v_n for n <= M, p_n <= (o/(c tau)) r^(m+1-n) for n > m, and at
   most 1 */
static void
set_populations(kernel * s)
{
    const lb_proof_populations * w = &s->proof->populations;
    mag_t o, x;
    arb_t y;

    mag_init(o);
    mag_init(x);
    arb_init(y);
    arf_get_mag(o, w->matrix.o);
    if (s->infinite)
    {
        arb_set_arf(y, w->rate);
        arb_inv(y, y, s->prec);
        arb_get_mag(s->first, y);
        mag_mul(s->first, s->first, o);
        mag_mul_2exp_si(s->first, s->first, -w->scale);
        arb_set_arf(y, w->ratio);
        arb_inv(y, y, s->prec);
        arb_get_mag(s->fall, y);
    }
    for (slong n = 0; n < s->shells; n++)
    {
        mag_one(s->p + n);
        if (n <= s->top)
        {
            mag_mul_2exp_si(x, o, 1 - w->exponents[n]);
            mag_min(s->p + n, s->p + n, x);
        }
        if (s->infinite && n > w->start)
        {
            falling_population(x, s, n);
            mag_min(s->p + n, s->p + n, x);
        }
    }
    mag_clear(o);
    mag_clear(x);
    arb_clear(y);
}

static int
prove_inequality(kernel * s, int pairs)
{
    const lb_proof_populations * w = &s->proof->populations;
    mag_ptr cost = _mag_vec_init(w->start + 1);
    mag_t link;
    int ok;

    mag_init(link);
    s->reason[0] = '\0';
    ok = !s->infinite /* [L5]: f = 0 */
         || lb_tail_check(cost, link, s->reason, s->size, s->problem, w, pairs);
    ok = ok && prove_residual_small(s, cost, link);
    mag_clear(link);
    _mag_vec_clear(cost, w->start + 1);
    return ok;
}

static int
prove_populations(kernel * s)
{
    const lb_proof_populations * w = &s->proof->populations;
    arb_t v;
    int ok;

    if (w->length != s->top + 1)
        return refuse(s, "%ld exponents for the shells 0..%ld",
                      (long) w->length, (long) s->top);
    if (arf_sgn(w->matrix.o) < 0)
        return refuse(s, "[L1] needs o >= 0");
    if (s->infinite && w->start > s->top)
        return refuse(s, "[L1] needs m <= M");
    ok = set_residual(s, &w->matrix);
    arb_init(v);
    for (slong n = 0; n <= s->top && ok; n++)
        for (slong i = s->start[n]; i < s->start[n + 1]; i++)
        {
            acb_ptr z = s->r + i * s->dimension + i;

            arb_one(v);
            arb_mul_2exp_si(v, v, w->exponents[n]);
            arb_add(acb_realref(z), acb_realref(z), v, s->prec);
        }
    arb_clear(v);
    /* in one of the two readings of [L3] */
    ok = ok && (prove_inequality(s, 0) || prove_inequality(s, 1));
    if (ok)
        set_populations(s);
    return ok;
}

/* --- expectation values -------------------------------------------------- */

/* [F1]: sum_jk ||R_jk|| (p_j p_k)^(1/2) */
static void
weighted_bound(mag_t sum, const kernel * s)
{
    mag_t norm, weight;

    mag_init(norm);
    mag_init(weight);
    mag_zero(sum);
    for (slong j = 0; j < s->shells; j++)
        for (slong k = j; k < s->shells; k++)
        {
            shell_norm(norm, s, j, k);
            mag_mul(weight, s->p + j, s->p + k);
            mag_sqrt(weight, weight);
            if (k > j) /* and the block (k, j) */
                mag_mul_2exp_si(weight, weight, 1);
            mag_addmul(sum, norm, weight);
        }
    mag_clear(norm);
    mag_clear(weight);
}

/* The bound of p_n, n = J + 1, ...: not cut at 1, so that it may be continued
   geometrically; below J the bounds of s->p. */
static void
population(mag_t p, const kernel * s, slong n)
{
    if (n < s->shells)
        mag_set(p, s->p + n);
    else
        falling_population(p, s, n);
}

/* [F3] for one term: |z| sum_{n>J} t_n, t_n = n^(m/2) (p_n p_{n-s})^(1/2).
   Once n - s > J, t_{n+1} <= q t_n with q = ((n+1)/n)^(m/2)/r, and q falls. */
static int
add_term_tail(mag_t sum, kernel * s, const mag_t size, slong shift,
              slong powers)
{
    mag_t part, t, p, q, one, rest;
    slong n;
    int found = mag_is_zero(size);

    mag_init(part);
    mag_init(t);
    mag_init(p);
    mag_init(q);
    mag_init(one);
    mag_init(rest);
    mag_one(one);
    for (n = FLINT_MAX(s->shells, shift);
         !found && n < s->shells + MAX_TAIL_SHELLS; n++)
    {
        population(t, s, n);
        population(p, s, n - shift);
        mag_mul(t, t, p);
        mag_set_ui(p, (ulong) n);
        mag_pow_ui(p, p, (ulong) powers);
        mag_mul(t, t, p);
        mag_sqrt(t, t);
        mag_set_ui(q, (ulong) n + 1);
        mag_set_ui_lower(p, (ulong) n);
        mag_div(q, q, p);
        mag_pow_ui(q, q, (ulong) powers);
        mag_sqrt(q, q);
        mag_mul(q, q, s->fall);
        mag_sub_lower(p, one, q);
        mag_div(rest, t, p); /* from n on, if the bounds are geometric */
        mag_mul_2exp_si(p, rest, 20);
        found = n - shift >= s->shells && mag_is_finite(rest)
                && mag_cmp(p, part) <= 0;
        mag_add(part, part, found ? rest : t);
        if (n - shift >= s->shells && mag_is_zero(t))
            found = 1;
    }
    mag_addmul(sum, part, size);
    mag_clear(part);
    mag_clear(t);
    mag_clear(p);
    mag_clear(q);
    mag_clear(one);
    mag_clear(rest);
    return found || refuse(s, "[F3]: the tail of an observable does not fall");
}

/* [F2], the blocks of O - o beyond J */
static int
add_tail(mag_t sum, kernel * s, const lb_opoly_t op, const arf_t o)
{
    mag_t size;
    acb_t z;
    int ok = 1, subtracted = 0;

    mag_init(size);
    acb_init(z);
    for (slong i = 0; i <= op->length && ok; i++)
    {
        slong powers = 0, others = 0, shift = 0;

        if (i == op->length && subtracted)
            break;
        acb_zero(z);
        if (i < op->length)
        {
            const lb_factor * f = lb_opoly_term(op, i);

            acb_set(z, op->coefficients[i].coefficient);
            shift = FLINT_ABS(lb_opoly_term_shift(op, i));
            for (slong k = 0; k < op->subsystems; k++)
            {
                others += f[k].matrix_unit || f[k].create || f[k].annihilate;
                if (!f[k].matrix_unit && op->kinds[k] == LB_MODE)
                    powers += f[k].create + f[k].annihilate;
            }
        }
        if (others == 0) /* the identity: z - o, at the end if z = 0 */
        {
            arb_sub_arf(acb_realref(z), acb_realref(z), o, s->prec);
            subtracted = 1;
        }
        acb_get_mag(size, z);
        ok = add_term_tail(sum, s, size, shift, powers);
    }
    mag_clear(size);
    acb_clear(z);
    return ok;
}

/* |tr(rho R)| for r = L*(Y) + O - o */
static int
bound_residual(mag_t bound, kernel * s, const lb_opoly_t op, const arf_t o)
{
    mag_t plain;
    int ok = 1;

    if (s->proof->has_populations)
        weighted_bound(bound, s);
    else
        mag_inf(bound);
    if (s->infinite)
        return add_tail(bound, s, op, o);
    mag_init(plain);
    block_norm(plain, s, 0, s->dimension, 0, s->dimension); /* [T2] */
    mag_min(bound, bound, plain);
    mag_clear(plain);
    return ok;
}

/* tr(rho op) = o +/- bound, by entry `which` of the certificate */
static int
prove_expectation(arb_t value, kernel * s, const lb_opoly_t op, slong which)
{
    const lb_proof_matrix * m = s->proof->expectations + which;
    matrix a;
    int ok;

    if (which >= s->proof->length)
        return refuse(s, "only %ld expectations, the quantity needs more",
                      (long) s->proof->length);
    ok = matrix_of(&a, s, op) && set_residual(s, m);
    for (slong k = 0; k < a.length && ok; k++)
    {
        acb_ptr z = s->r + a.row[k] * s->dimension + a.column[k];

        acb_add(z, z, a.entry + k, s->prec);
    }
    matrix_clear(&a);
    arb_set_arf(value, m->o);
    ok = ok && bound_residual(arb_radref(value), s, op, m->o);
    if (ok && !arb_is_finite(value))
        ok = refuse(s, "nothing is proved of an expectation value");
    return ok;
}

/* The same products; `exactly`: with the same balls. */
static int
same_operator(const lb_opoly_t p, const lb_opoly_t q, int exactly)
{
    if (p->length != q->length)
        return 0;
    for (slong k = 0; k < p->length; k++)
    {
        acb_srcptr x = p->coefficients[k].coefficient;
        acb_srcptr y = q->coefficients[k].coefficient;

        if (memcmp(lb_opoly_term(p, k), lb_opoly_term(q, k),
                   (size_t) p->subsystems * sizeof(lb_factor))
                != 0
            || !(exactly ? acb_equal(x, y) : acb_overlaps(x, y)))
            return 0;
    }
    return 1;
}

/* Finds or takes the entry of the Hermitian operator op. */
static int
hermitian_expectation(arb_t value, kernel * s, const lb_opoly_t op)
{
    slong which = -1;
    known * x;

    arb_zero(value);
    if (op->length == 0)
        return 1;
    for (slong k = 0; k < s->n_known; k++)
    {
        if (!same_operator(s->known[k].op, op, 0))
            continue;
        which = s->known[k].which;
        if (same_operator(s->known[k].op, op, 1))
        {
            arb_set(value, s->known[k].value);
            return 1;
        }
    }
    if (which < 0)
        which = s->used++;
    if (!prove_expectation(value, s, op, which))
        return 0;
    s->known
        = flint_realloc(s->known, (size_t) (s->n_known + 1) * sizeof(known));
    x = s->known + s->n_known++;
    lb_opoly_init(x->op, op->kinds, op->subsystems);
    lb_opoly_set(x->op, op);
    x->which = which;
    arb_init(x->value);
    arb_set(x->value, value);
    return 1;
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
    lb_scalar_zero(factor);
    lb_opoly_init(x, op->kinds, op->subsystems);
    lb_opoly_init(z, op->kinds, op->subsystems);
    acb_init(value);
    acb_onei(factor->coefficient);
    acb_neg(factor->coefficient, factor->coefficient);
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

/* A decimal number and nothing else, as a ball that contains it. */
static int
read_decimal(arb_t x, const char * text, slong prec)
{
    return text[strspn(text, "0123456789.e+-")] == '\0'
           && arb_set_str(x, text, prec) == 0 && arb_is_finite(x);
}

/* `text` is "x", "[x +/- r]" or "[+/- r]": 1 only if x - r <= every point of
   value <= x + r, whatever the decimals are rounded to. */
static int
part_contains(const char * text, const arb_t value, slong prec)
{
    char * copy = lb_text_copy(text);
    char * sign = strstr(copy, "+/- ");
    size_t length = strlen(copy);
    arb_t middle, radius;
    int ok = 1;

    arb_init(middle);
    arb_init(radius);
    if (sign == NULL)
        ok = read_decimal(middle, copy, prec);
    else
    {
        ok = copy[0] == '[' && copy[length - 1] == ']';
        copy[length - 1] = '\0';
        ok = ok && read_decimal(radius, sign + 4, prec);
        if (ok && sign > copy + 1)
        {
            sign[-1] = '\0'; /* the blank before it */
            ok = read_decimal(middle, copy + 1, prec);
        }
    }
    arb_sub(middle, value, middle, prec);
    arb_abs(middle, middle);
    ok = ok && arb_is_finite(middle) && arb_le(middle, radius);
    arb_clear(middle);
    arb_clear(radius);
    flint_free(copy);
    return ok;
}

/* "re" or "re + im*i" */
static int
claim_contains(const char * text, const acb_t value, slong prec)
{
    char * re = lb_text_copy(text);
    char * im = strstr(re, " + ");
    size_t length = strlen(re);
    int ok;

    if (im == NULL)
        ok = acb_is_real(value);
    else
    {
        ok = length > 2 && strcmp(re + length - 2, "*i") == 0;
        re[length - FLINT_MIN(length, 2)] = '\0';
        *im = '\0';
        ok = ok && part_contains(im + 3, acb_imagref(value), prec);
    }
    ok = ok && part_contains(re, acb_realref(value), prec);
    flint_free(re);
    return ok;
}

/* --- the proof ----------------------------------------------------------- */

/* s of [T5]: the largest |change of N| by a term of H, c_k, c_k'c_k */
static slong
reach(const lb_problem_t p)
{
    slong most = 0;

    for (slong i = 0; i < p->hamiltonian->length; i++)
        most = FLINT_MAX(most,
                         FLINT_ABS(lb_opoly_term_shift(p->hamiltonian, i)));
    for (slong k = 0; k < p->n_jumps; k++)
        for (slong i = 0; i < p->jumps[k].length; i++)
            for (slong j = 0; j < p->jumps[k].length; j++)
            {
                slong x = lb_opoly_term_shift(p->jumps + k, i);
                slong y = lb_opoly_term_shift(p->jumps + k, j);

                most = FLINT_MAX(most, FLINT_MAX(FLINT_ABS(x), x - y));
            }
    return most;
}

/* The states of Y and of R; what a level asks of the cutoff. */
static int
set_space(kernel * s)
{
    const lb_proof_struct * p = s->proof;
    slong modes = 0, words, atoms = 0;
    int capped = 0;

    for (slong k = 0; k < s->problem->subsystems; k++)
    {
        modes += s->problem->kinds[k] == LB_MODE;
        atoms += s->problem->kinds[k] != LB_MODE;
        capped |= s->problem->kinds[k] == LB_MODE && p->levels[k] >= 0;
    }
    s->infinite = p->full && modes > 0;
    if (s->infinite && (p->total < 0 || capped))
        return refuse(s, "level full keeps the states with N <= total");
    if (s->infinite && !(p->has_populations && p->populations.has_tail))
        return refuse(s, "level full needs populations with a tail");
    if (p->full && modes == 0 && p->total >= 0 && p->total < atoms)
        return refuse(s, "level full keeps all states, [F4]");
    if (!set_states(s, p->total + (s->infinite ? reach(s->problem) : 0)))
        return 0;
    s->top = s->infinite ? p->total : s->shells - 1;
    s->inner = s->start[s->top + 1];
    words = s->dimension * s->dimension * (s->prec / 32 + 12);
    if (words > MAX_WORDS)
        return refuse(s, "%ld states at %ld bits are too much",
                      (long) s->dimension, (long) s->prec);
    return 1;
}

static int
set_operators(kernel * s)
{
    slong n = s->problem->n_jumps;
    int ok = matrix_of(&s->h, s, s->problem->hamiltonian);

    s->jumps = flint_calloc((size_t) n + 1, sizeof(matrix));
    for (slong k = 0; k < n && ok; k++)
        ok = matrix_of(s->jumps + k, s, s->problem->jumps + k);
    if (ok)
        set_generator(s);
    s->y = _acb_vec_init(s->inner * s->inner);
    s->r = _acb_vec_init(s->dimension * s->dimension);
    s->p = _mag_vec_init(s->shells);
    return ok;
}

static int
prove(acb_t value, kernel * s, lb_env_t env)
{
    const lb_proof_struct * p = s->proof;
    lb_scalar_t x;
    lb_error err;
    int ok;

    if (!set_space(s) || !set_operators(s)
        || (p->has_populations && !prove_populations(s)))
        return 0;
    lb_error_clear(&err);
    env->expectation = expectation;
    env->expectation_context = s;
    lb_scalar_init(x);
    ok = lb_env_scalar(x, env, p->quantity, &err) == LB_OK
         || refuse(s, "the quantity: %s", err.text);
    acb_set(value, x->coefficient);
    lb_scalar_clear(x);
    if (ok && s->used != p->length)
        ok = refuse(s, "%ld expectations, the quantity needs %ld",
                    (long) p->length, (long) s->used);
    if (ok && !acb_is_finite(value))
        ok = refuse(s, "the quantity is indeterminate");
    if (ok && !claim_contains(p->claim, value, s->prec))
    {
        char * text = acb_is_real(value)
                          ? arb_get_str(acb_realref(value), 20, ARB_STR_MORE)
                          : NULL;

        ok = refuse(s, "the claim does not contain what is proved%s%s",
                    text != NULL ? ", " : "", text != NULL ? text : "");
        flint_free(text);
    }
    return ok;
}

static void
kernel_clear(kernel * s)
{
    matrix_clear(&s->h);
    for (slong k = 0; s->jumps != NULL && k < s->problem->n_jumps; k++)
        matrix_clear(s->jumps + k);
    flint_free(s->jumps);
    if (s->generator != NULL)
        _acb_vec_clear(s->generator, s->dimension * s->inner);
    if (s->y != NULL)
        _acb_vec_clear(s->y, s->inner * s->inner);
    if (s->r != NULL)
        _acb_vec_clear(s->r, s->dimension * s->dimension);
    if (s->p != NULL)
        _mag_vec_clear(s->p, s->shells);
    mag_clear(s->first);
    mag_clear(s->fall);
    for (slong k = 0; k < s->n_known; k++)
    {
        lb_opoly_clear(s->known[k].op);
        arb_clear(s->known[k].value);
    }
    flint_free(s->known);
    flint_free(s->levels);
    flint_free(s->start);
    lb_problem_clear(s->problem);
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
    s.prec = p->prec + MORE_BITS;
    s.reason = reason;
    s.size = size;
    reason[0] = '\0';
    acb_indeterminate(value);
    lb_error_clear(&err);
    /* Arb's bounds of magnitudes pass through doubles in places */
    if (fegetround() != FE_TONEAREST)
        return refuse(&s, "floating-point numbers are not rounded to nearest");
    if (p->prec > LB_CHECK_MAX_PREC || strlen(p->claim) > MAX_CLAIM)
        return refuse(&s, "a precision above %d bits, or a very long claim",
                      LB_CHECK_MAX_PREC);
    if (lb_model_scope_at(scope, c->model, p->settings, &err) != LB_OK)
        return refuse(&s, "the settings: %s", err.text);
    mag_init(s.first);
    mag_init(s.fall);
    lb_env_init(env, scope, s.prec);
    ok = lb_problem_init(s.problem, c->model, env, &err) == LB_OK
         || refuse(&s, "the model: %s", err.text);
    ok = ok && prove(value, &s, env);
    kernel_clear(&s);
    lb_env_clear(env);
    lb_scope_clear(scope);
    return ok;
}
