/* analytic/next_order.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/next_order.h>

void
lb_next_order_init(lb_next_order_t x, lb_hierarchy_t h)
{
    x->hierarchy = h;
    lb_opoly_init(x->annihilating, h->kinds, h->subsystems);
    lb_opoly_adjoint(x->annihilating, h->creating);
    x->length = 0;
    x->blocks = NULL;
}

void
lb_next_order_clear(lb_next_order_t x)
{
    for (slong i = 0; i < x->length; i++)
        acb_mat_clear(x->blocks + i);
    flint_free(x->blocks);
    lb_opoly_clear(x->annihilating);
}

/* --- the right-hand side ------------------------------------------------- */

static slong
size_of(const lb_next_order_t x, slong excitations)
{
    return x->hierarchy->blocks[excitations].size;
}

static acb_mat_struct *
known_block(const lb_next_order_t x, slong j, slong k)
{
    return x->blocks + k * (k + 1) / 2 + j;
}

/* f += factor (u v') for columns u and v */
static void
add_product(acb_mat_t f, const acb_mat_t u, const acb_mat_t v,
            const acb_t factor, slong prec)
{
    acb_mat_t adjoint, product;

    acb_mat_init(adjoint, 1, acb_mat_nrows(v));
    acb_mat_init(product, acb_mat_nrows(f), acb_mat_ncols(f));
    acb_mat_conjugate_transpose(adjoint, v);
    acb_mat_mul(product, u, adjoint, prec);
    acb_mat_scalar_mul_acb(product, product, factor, prec);
    acb_mat_add(f, f, product, prec);
    acb_mat_clear(adjoint);
    acb_mat_clear(product);
}

/* f += factor (p C^(j+1)) (q C^(k+1))', p and q operators that lower N by one
   or NULL: then C^(j) or C^(k) itself */
static void
add_amplitudes(acb_mat_t f, const lb_next_order_t x, slong j, slong k,
               const lb_opoly_struct * p, const lb_opoly_struct * q,
               const acb_t factor)
{
    const lb_opoly_struct * operators[2] = { p, q };
    const slong excitations[2] = { j, k };
    acb_mat_t sides[2];

    for (int i = 0; i < 2; i++)
    {
        slong n = excitations[i];
        acb_mat_t above;

        acb_mat_init(sides[i], size_of(x, n), 1);
        if (operators[i] == NULL)
            lb_hierarchy_column(sides[i], x->hierarchy, n);
        else
        {
            acb_mat_init(above, size_of(x, n + 1), 1);
            lb_hierarchy_column(above, x->hierarchy, n + 1);
            lb_hierarchy_apply(sides[i], x->hierarchy, operators[i], n, n + 1,
                               above);
            acb_mat_clear(above);
        }
    }
    add_product(f, sides[0], sides[1], factor, x->hierarchy->prec);
    acb_mat_clear(sides[0]);
    acb_mat_clear(sides[1]);
}

/* f -= V R_{j-1,k}, and f += R_{j,k-1} V' */
static void
add_driven(acb_mat_t f, const lb_next_order_t x, slong j, slong k)
{
    lb_hierarchy_struct * h = x->hierarchy;
    acb_mat_t term, adjoint, source;

    if (j > 0)
    {
        acb_mat_init(term, size_of(x, j), size_of(x, k));
        lb_hierarchy_apply(term, h, h->creating, j, j - 1,
                           known_block(x, j - 1, k));
        acb_mat_sub(f, f, term, h->prec);
        acb_mat_clear(term);
    }
    if (k > 0) /* R_{j,k-1} V' = (V R_{k-1,j})', and R_{k-1,j} = R_{j,k-1}' */
    {
        acb_mat_init(source, size_of(x, k - 1), size_of(x, j));
        acb_mat_init(term, size_of(x, k), size_of(x, j));
        acb_mat_init(adjoint, size_of(x, j), size_of(x, k));
        if (j < k)
            acb_mat_conjugate_transpose(source, known_block(x, j, k - 1));
        else
            acb_mat_set(source, known_block(x, k - 1, j));
        lb_hierarchy_apply(term, h, h->creating, k, k - 1, source);
        acb_mat_conjugate_transpose(adjoint, term);
        acb_mat_add(f, f, adjoint, h->prec);
        acb_mat_clear(source);
        acb_mat_clear(term);
        acb_mat_clear(adjoint);
    }
}

static void
right_hand_side(acb_mat_t f, const lb_next_order_t x, slong j, slong k)
{
    lb_hierarchy_struct * h = x->hierarchy;
    acb_t factor;

    acb_init(factor);
    acb_mat_zero(f);
    add_driven(f, x, j, k);
    acb_set_si(factor, -1);
    add_amplitudes(f, x, j, k, x->annihilating, NULL, factor);
    acb_one(factor);
    add_amplitudes(f, x, j, k, NULL, x->annihilating, factor);
    for (slong l = 0; l < h->n_jumps; l++)
    {
        acb_zero(factor);
        arb_neg(acb_imagref(factor), h->rates + l);
        add_amplitudes(f, x, j, k, h->jumps + l, h->jumps + l, factor);
    }
    acb_clear(factor);
}

/* --- solving ------------------------------------------------------------- */

/* Solves a r - r b' = f for r, which replaces f: one linear system in the
   elements of r, row by row. */
static int
solve_sylvester(acb_mat_t f, const acb_mat_t a, const acb_mat_t b, slong prec)
{
    slong m = acb_mat_nrows(a), n = acb_mat_nrows(b);
    acb_mat_t system, elements;
    acb_t z;
    int solved;

    acb_mat_init(system, m * n, m * n);
    acb_mat_init(elements, m * n, 1);
    acb_init(z);
    for (slong i = 0; i < m; i++)
        for (slong j = 0; j < n; j++)
        {
            slong row = i * n + j;

            acb_set(acb_mat_entry(elements, row, 0), acb_mat_entry(f, i, j));
            for (slong k = 0; k < m; k++)
                acb_set(acb_mat_entry(system, row, k * n + j),
                        acb_mat_entry(a, i, k));
            for (slong k = 0; k < n; k++)
            {
                acb_ptr s = acb_mat_entry(system, row, i * n + k);

                acb_conj(z, acb_mat_entry(b, j, k));
                acb_sub(s, s, z, prec);
            }
        }
    solved = acb_mat_solve(elements, system, elements, prec);
    for (slong i = 0; i < m && solved; i++)
        for (slong j = 0; j < n; j++)
        {
            acb_swap(acb_mat_entry(f, i, j),
                     acb_mat_entry(elements, i * n + j, 0));
            solved = solved && acb_is_finite(acb_mat_entry(f, i, j));
        }
    acb_mat_clear(system);
    acb_mat_clear(elements);
    acb_clear(z);
    return solved;
}

/* R_00 = - |C^(1)|^2: the trace of rho is 1. */
static void
vacuum_block(acb_mat_t r, const lb_next_order_t x)
{
    const lb_hierarchy_block * b = x->hierarchy->blocks + 1;
    slong prec = x->hierarchy->prec;
    arb_ptr sum = acb_realref(acb_mat_entry(r, 0, 0));

    acb_mat_zero(r);
    for (slong i = 0; i < b->size; i++)
    {
        arb_submul(sum, acb_realref(b->amplitudes + i),
                   acb_realref(b->amplitudes + i), prec);
        arb_submul(sum, acb_imagref(b->amplitudes + i),
                   acb_imagref(b->amplitudes + i), prec);
    }
}

static lb_status
solve_block(acb_mat_t r, const lb_next_order_t x, slong j, slong k,
            lb_error * err)
{
    lb_hierarchy_struct * h = x->hierarchy;
    slong m = size_of(x, j), n = size_of(x, k);
    lb_status status = LB_OK;
    acb_mat_t a, b;

    if (m * n > LB_NEXT_ORDER_MAX_ELEMENTS)
        return lb_error_set(err, LB_EDIM,
                            "the next order in the drive: the block between "
                            "%ld and %ld excitations has more than %d "
                            "elements",
                            (long) j, (long) k, LB_NEXT_ORDER_MAX_ELEMENTS);
    acb_mat_init(a, m, m);
    acb_mat_init(b, n, n);
    lb_hierarchy_effective(a, h, j);
    lb_hierarchy_effective(b, h, k);
    right_hand_side(r, x, j, k);
    if (m * n > 0 && !solve_sylvester(r, a, b, h->prec))
        status = lb_error_set(err, LB_EPREC,
                              "the next order in the drive: the block between "
                              "%ld and %ld excitations is not provably "
                              "solvable at this precision",
                              (long) j, (long) k);
    acb_mat_clear(a);
    acb_mat_clear(b);
    return status;
}

static void
fit_blocks(lb_next_order_t x, slong length)
{
    if (length <= x->length)
        return;
    x->blocks
        = flint_realloc(x->blocks, (size_t) length * sizeof(acb_mat_struct));
    for (; x->length < length; x->length++)
        acb_mat_init(x->blocks + x->length, 0, 0);
}

/* Makes R_jk known, j <= k, and all it follows from. */
static lb_status
need_block(lb_next_order_t x, slong j, slong k, lb_error * err)
{
    lb_status status = LB_OK;
    acb_mat_t r;

    fit_blocks(x, (k + 1) * (k + 2) / 2);
    if (acb_mat_nrows(known_block(x, j, k)) > 0)
        return LB_OK;
    if (j > 0)
        status = need_block(x, j - 1, k, err);
    if (status == LB_OK && j < k)
        status = need_block(x, j, k - 1, err);
    if (status == LB_OK)
        status = lb_hierarchy_extend(x->hierarchy, k + 1, err);
    if (status != LB_OK)
        return status;
    acb_mat_init(r, size_of(x, j), size_of(x, k));
    if (k == 0)
        vacuum_block(r, x);
    else
        status = solve_block(r, x, j, k, err);
    if (status == LB_OK)
        acb_mat_swap(known_block(x, j, k), r);
    acb_mat_clear(r);
    return status;
}

/* --- expectation values -------------------------------------------------- */

static slong
sum_of(const slong * levels, slong n)
{
    slong sum = 0;

    for (slong k = 0; k < n; k++)
        sum += levels[k];
    return sum;
}

/* z += sqrt(weight) <from| rho |to> at leading order, for the term of op that
   maps |from> to sqrt(weight) |to>; nothing if it annihilates |from> or there
   is no such state. */
static void
add_leading(acb_t z, lb_next_order_t x, const lb_opoly_t op, slong i,
            const slong * from, slong prec)
{
    const lb_hierarchy_struct * h = x->hierarchy;
    slong n = h->subsystems, p, q;
    slong * to = flint_malloc((size_t) (n + 1) * sizeof(slong));
    fmpz_t weight;
    arb_t root;
    acb_t c;

    fmpz_init(weight);
    arb_init(root);
    acb_init(c);
    if (lb_opoly_term_apply(weight, to, op, i, from))
    {
        q = sum_of(from, n);
        p = sum_of(to, n);
        acb_conj(c, h->blocks[p].amplitudes + lb_hierarchy_index(h, to, p));
        acb_mul(c, c, h->blocks[q].amplitudes + lb_hierarchy_index(h, from, q),
                prec);
        arb_sqrt_fmpz(root, weight, prec);
        acb_addmul_arb(z, c, root, prec);
    }
    fmpz_clear(weight);
    arb_clear(root);
    acb_clear(c);
    flint_free(to);
}

/* z = sqrt(weight) <q| R |p> for the term of op that maps |q> to
   sqrt(weight) |p>, q its annihilations */
static lb_status
corrected(acb_t z, lb_next_order_t x, const lb_opoly_t op, slong i,
          const slong * q, slong prec, lb_error * err)
{
    const lb_hierarchy_struct * h = x->hierarchy;
    slong n = h->subsystems, row, column, j, k;
    slong * p = flint_malloc((size_t) (n + 1) * sizeof(slong));
    lb_status status;
    fmpz_t weight;
    arb_t root;

    fmpz_init(weight);
    arb_init(root);
    acb_zero(z);
    lb_opoly_term_apply(weight, p, op, i, q);
    j = sum_of(q, n);
    k = sum_of(p, n);
    status = need_block(x, FLINT_MIN(j, k), FLINT_MAX(j, k), err);
    if (status == LB_OK)
    {
        row = lb_hierarchy_index(h, q, j);
        column = lb_hierarchy_index(h, p, k);
        if (j <= k)
            acb_set(z, acb_mat_entry(known_block(x, j, k), row, column));
        else
            acb_conj(z, acb_mat_entry(known_block(x, k, j), column, row));
        arb_sqrt_fmpz(root, weight, prec);
        acb_mul_arb(z, z, root, prec);
    }
    fmpz_clear(weight);
    arb_clear(root);
    flint_free(p);
    return status;
}

/* The next coefficient of <F>, F = a'^p a^q the factors of term i: R between
   q and p, and the leading order between q + 1 and p + 1 in any subsystem. */
static lb_status
next_of_term(acb_t z, lb_next_order_t x, const lb_opoly_t op, slong i,
             slong prec, lb_error * err)
{
    const lb_hierarchy_struct * h = x->hierarchy;
    slong n = h->subsystems;
    slong * q = flint_malloc((size_t) (n + 1) * sizeof(slong));
    lb_status status;
    int hermitian = 1;

    for (slong k = 0; k < n; k++)
    {
        const lb_factor * f = lb_opoly_term(op, i) + k;

        q[k] = f->annihilate;
        hermitian = hermitian && f->create == f->annihilate;
    }
    status = corrected(z, x, op, i, q, prec, err);
    for (slong k = 0; k < n && status == LB_OK; k++)
    {
        if (h->kinds[k] == LB_TWO_LEVEL && q[k] == 1)
            continue;
        q[k]++;
        add_leading(z, x, op, i, q, prec);
        q[k]--;
    }
    if (hermitian)
        arb_zero(acb_imagref(z));
    flint_free(q);
    return status;
}

static lb_status
term_expectation(lb_scalar_t out, lb_next_order_t x, const lb_opoly_t op,
                 slong i, slong prec, lb_error * err)
{
    lb_status status = lb_hierarchy_term(out, x->hierarchy, op, i, prec, err);
    acb_t next;

    if (status != LB_OK || !out->remainder)
        return status;
    acb_init(next);
    status = next_of_term(next, x, op, i, prec, err);
    if (status == LB_OK)
        lb_scalar_set_next(out, next);
    acb_clear(next);
    return status;
}

lb_status
lb_next_order_expectation(lb_scalar_t out, lb_next_order_t x,
                          const lb_opoly_t op, slong prec, lb_error * err)
{
    lb_status status = LB_OK;
    lb_scalar_t sum, term;

    if (!x->hierarchy->fixed)
        status = lb_error_set(err, LB_EMODEL,
                              "the next order in the drive is not derived: "
                              "the Hamiltonian, a jump or a rate depends on "
                              "the drive beyond its drive terms");
    lb_scalar_init(sum);
    lb_scalar_init(term);
    for (slong i = 0; i < op->length && status == LB_OK; i++)
    {
        status = term_expectation(term, x, op, i, prec, err);
        lb_scalar_mul(term, term, op->coefficients + i, prec);
        lb_scalar_add(sum, sum, term, prec);
    }
    if (status == LB_OK)
        lb_scalar_swap(out, sum);
    else
        lb_scalar_indeterminate(out);
    lb_scalar_clear(sum);
    lb_scalar_clear(term);
    return status;
}
