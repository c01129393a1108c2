/* tests/test_operator_polynomial.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The algebra is compared with an independent route: the same random
 * expression applied, letter by letter, to a Fock state held as a vector of
 * balls over enough levels. */
#include <string.h>

#include <lindbound/operator_polynomial.h>

#include "lb_test.h"

#define LEVELS 14 /* of a mode in the second route */
#define MAX_SUBSYSTEMS 3
#define MAX_STATES (LEVELS * LEVELS * 2)

/* --- random expressions and the second route ----------------------------- */

typedef enum
{
    LOWER,
    RAISE,
    KETBRA,
    NUMBER,
    SUM,
    PRODUCT
} op_kind;

typedef struct op_struct
{
    op_kind kind;
    slong which, m, n;
    acb_ptr number;
    struct op_struct * left;
    struct op_struct * right;
} op;

typedef struct
{
    slong subsystems;
    lb_kind kinds[MAX_SUBSYSTEMS];
    slong states;
} space;

static void
space_randtest(space * s, flint_rand_t state)
{
    static const lb_kind choices[5][3] = {
        { LB_MODE, LB_MODE, LB_TWO_LEVEL },
        { LB_TWO_LEVEL, LB_MODE, LB_TWO_LEVEL },
        { LB_TWO_LEVEL, LB_TWO_LEVEL, LB_TWO_LEVEL },
        { LB_MODE, LB_TWO_LEVEL, LB_MODE },
        { LB_MODE, LB_MODE, LB_TWO_LEVEL },
    };

    memcpy(s->kinds, choices[n_randint(state, 5)], sizeof(s->kinds));
    s->subsystems = 1 + (slong) n_randint(state, MAX_SUBSYSTEMS);
    s->states = 1;
    for (slong k = 0; k < s->subsystems; k++)
        s->states *= s->kinds[k] == LB_MODE ? LEVELS : 2;
}

static slong
space_index(const space * s, const slong * levels)
{
    slong index = 0;

    for (slong k = 0; k < s->subsystems; k++)
        index = index * (s->kinds[k] == LB_MODE ? LEVELS : 2) + levels[k];
    return index;
}

static void
space_levels(slong * levels, const space * s, slong index)
{
    for (slong k = s->subsystems - 1; k >= 0; k--)
    {
        slong size = s->kinds[k] == LB_MODE ? LEVELS : 2;

        levels[k] = index % size;
        index /= size;
    }
}

static void
number_randtest(acb_t z, flint_rand_t state, int integer, int wide)
{
    arb_set_si(acb_realref(z), (slong) n_randint(state, 9) - 4);
    arb_zero(acb_imagref(z));
    if (integer)
        return;
    if (n_randint(state, 2))
        arb_set_si(acb_imagref(z), (slong) n_randint(state, 9) - 4);
    acb_mul_2exp_si(z, z, (slong) n_randint(state, 4) - 2);
    if (wide && n_randint(state, 4) == 0)
        arb_add_error_2exp_si(acb_realref(z), -(slong) n_randint(state, 30));
}

/* Few enough leaves that a level never reaches LEVELS - 1. */
static op *
op_randtest(const space * s, flint_rand_t state, int depth, int integer)
{
    op * x = flint_calloc(1, sizeof(op));
    ulong choice = n_randint(state, 20);

    x->number = _acb_vec_init(1);
    if (depth > 0 && choice < 13)
    {
        x->kind = choice < 5 ? SUM : PRODUCT;
        x->left = op_randtest(s, state, depth - 1, integer);
        x->right = op_randtest(s, state, depth - 1, integer);
        return x;
    }
    x->which = (slong) n_randint(state, (ulong) s->subsystems);
    choice = n_randint(state, 10);
    if (choice < 4)
        x->kind = RAISE;
    else if (choice < 8)
        x->kind = LOWER;
    else if (choice < 9)
        x->kind = NUMBER;
    else
        x->kind = integer && s->kinds[x->which] == LB_MODE ? RAISE : KETBRA;
    x->m = (slong) n_randint(state, s->kinds[x->which] == LB_MODE ? 4 : 2);
    x->n = (slong) n_randint(state, s->kinds[x->which] == LB_MODE ? 4 : 2);
    number_randtest(x->number, state, integer, 1);
    return x;
}

static void
op_free(op * x)
{
    _acb_vec_clear(x->number, 1);
    if (x->left != NULL)
        op_free(x->left);
    if (x->right != NULL)
        op_free(x->right);
    flint_free(x);
}

/* first route: as a polynomial */
static void
op_polynomial(lb_opoly_t p, const op * x, slong prec)
{
    lb_opoly_t q;
    lb_scalar_t c;

    lb_opoly_init(q, p->kinds, p->subsystems);
    lb_scalar_init(c);
    switch (x->kind)
    {
    case LOWER:
        lb_opoly_set_lowering(p, x->which);
        break;
    case RAISE:
        lb_opoly_set_lowering(p, x->which);
        lb_opoly_adjoint(p, p);
        break;
    case KETBRA:
        lb_opoly_set_ketbra(p, x->which, x->m, x->n);
        break;
    case NUMBER:
        lb_scalar_set_acb(c, x->number);
        lb_opoly_set_scalar(p, c);
        break;
    case SUM:
        op_polynomial(p, x->left, prec);
        op_polynomial(q, x->right, prec);
        lb_opoly_add(p, p, q, prec);
        break;
    case PRODUCT:
        op_polynomial(p, x->left, prec);
        op_polynomial(q, x->right, prec);
        lb_opoly_mul(p, p, q, prec);
        break;
    }
    lb_scalar_clear(c);
    lb_opoly_clear(q);
}

/* second route: w = x v, letter by letter */
static void
op_apply(acb_ptr w, const space * s, const op * x, acb_srcptr v, slong prec)
{
    acb_ptr u;
    arb_t root;

    if (x->kind == NUMBER)
    {
        for (slong i = 0; i < s->states; i++)
            acb_mul(w + i, v + i, x->number, prec);
        return;
    }
    u = _acb_vec_init(s->states);
    if (x->kind == SUM)
    {
        op_apply(u, s, x->left, v, prec);
        op_apply(w, s, x->right, v, prec);
        _acb_vec_add(w, w, u, s->states, prec);
        _acb_vec_clear(u, s->states);
        return;
    }
    if (x->kind == PRODUCT)
    {
        op_apply(u, s, x->right, v, prec);
        op_apply(w, s, x->left, u, prec);
        _acb_vec_clear(u, s->states);
        return;
    }

    arb_init(root);
    for (slong i = 0; i < s->states; i++)
    {
        slong levels[MAX_SUBSYSTEMS];
        slong * n = levels + x->which;
        int mode = s->kinds[x->which] == LB_MODE;

        if (acb_is_zero(v + i))
            continue;
        space_levels(levels, s, i);
        arb_one(root);
        if (x->kind == LOWER)
        {
            if (*n == 0)
                continue;
            arb_sqrt_ui(root, (ulong) *n, prec);
            *n -= 1;
        }
        else if (x->kind == RAISE)
        {
            if (!mode && *n == 1)
                continue;
            *n += 1;
            CU_ASSERT_FATAL(*n < LEVELS);
            arb_sqrt_ui(root, (ulong) *n, prec);
        }
        else
        {
            if (*n != x->n)
                continue;
            *n = x->m;
        }
        acb_mul_arb(u + space_index(s, levels), v + i, root, prec);
    }
    _acb_vec_swap(w, u, s->states);
    _acb_vec_clear(u, s->states);
    arb_clear(root);
}

/* w = p |from>, by the terms of p */
static void
polynomial_apply(acb_ptr w, const space * s, const lb_opoly_t p,
                 const slong * from, slong prec)
{
    slong to[MAX_SUBSYSTEMS];
    fmpz_t weight;
    arb_t root;

    fmpz_init(weight);
    arb_init(root);
    _acb_vec_zero(w, s->states);
    for (slong i = 0; i < p->length; i++)
    {
        if (!lb_opoly_term_apply(weight, to, p, i, from))
        {
            CU_ASSERT(fmpz_is_zero(weight));
            continue;
        }
        arb_sqrt_fmpz(root, weight, prec);
        acb_addmul_arb(w + space_index(s, to), p->coefficients[i].coefficient,
                       root, prec);
    }
    fmpz_clear(weight);
    arb_clear(root);
}

static int
is_normalized(const lb_opoly_t p)
{
    for (slong i = 0; i < p->length; i++)
    {
        if (lb_scalar_is_zero(p->coefficients + i))
            return 0;
        for (slong k = 0; k < p->subsystems; k++)
        {
            const lb_factor * f = lb_opoly_term(p, i) + k;

            if (p->kinds[k] == LB_TWO_LEVEL
                && (f->matrix_unit || f->create > 1 || f->annihilate > 1))
                return 0;
        }
        for (slong j = 0; j < i; j++)
            if (memcmp(lb_opoly_term(p, i), lb_opoly_term(p, j),
                       (size_t) p->subsystems * sizeof(lb_factor))
                == 0)
                return 0;
    }
    return 1;
}

/* --- comparing polynomials ----------------------------------------------- */

/* Index of the term of q with the factors of term i of p, or -1. */
static slong
find_term(const lb_opoly_t q, const lb_opoly_t p, slong i)
{
    for (slong j = 0; j < q->length; j++)
        if (memcmp(lb_opoly_term(p, i), lb_opoly_term(q, j),
                   (size_t) p->subsystems * sizeof(lb_factor))
            == 0)
            return j;
    return -1;
}

static int
half_overlaps(const lb_opoly_t p, const lb_opoly_t q)
{
    for (slong i = 0; i < p->length; i++)
    {
        slong j = find_term(q, p, i);

        if (j < 0 ? !acb_contains_zero(p->coefficients[i].coefficient)
                  : !acb_overlaps(p->coefficients[i].coefficient,
                                  q->coefficients[j].coefficient))
            return 0;
    }
    return 1;
}

static int
opoly_overlaps(const lb_opoly_t p, const lb_opoly_t q)
{
    return half_overlaps(p, q) && half_overlaps(q, p);
}

/* Same terms in the same order with identical balls. */
static int
opoly_identical(const lb_opoly_t p, const lb_opoly_t q)
{
    if (p->length != q->length)
        return 0;
    for (slong i = 0; i < p->length; i++)
        if (find_term(q, p, i) != i
            || !acb_equal(p->coefficients[i].coefficient,
                          q->coefficients[i].coefficient)
            || p->coefficients[i].order != q->coefficients[i].order)
            return 0;
    return 1;
}

static void
opoly_randtest(lb_opoly_t p, const space * s, flint_rand_t state, int depth,
               int integer, slong prec)
{
    op * x = op_randtest(s, state, depth, integer);

    op_polynomial(p, x, prec);
    op_free(x);
}

/* --- scalars ------------------------------------------------------------- */

/* Second route: Laurent polynomials in the drive with integer coefficients. */
#define SERIES 64
#define SERIES_ZERO 32

/* The statement that a scalar makes about a series. */
static int
scalar_is_true(const lb_scalar_t x, const slong * series)
{
    if (x->remainder && x->has_next)
    {
        slong k = x->order + SERIES_ZERO;
        acb_t c;
        int inside;

        acb_init(c);
        acb_set_si(c, series[k + 2]);
        inside = acb_contains(x->next, c) && series[k + 1] == 0;
        acb_clear(c);
        if (!inside)
            return 0;
    }
    for (slong k = 0; k < SERIES; k++)
    {
        if (k - SERIES_ZERO == x->order)
        {
            acb_t c;
            int inside;

            acb_init(c);
            acb_set_si(c, series[k]);
            inside = acb_contains(x->coefficient, c);
            acb_clear(c);
            if (!inside)
                return 0;
        }
        else if (series[k] != 0
                 && (k - SERIES_ZERO < x->order || !x->remainder))
            return 0;
    }
    return 1;
}

static void
test_scalar_orders(void)
{
    slong iters = lb_test_iters(3000), cancelled = 0, nexts = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong a[SERIES] = { 0 }, b[SERIES] = { 0 }, prec;
        lb_scalar_t x, y, z;

        prec = 2 + (slong) n_randint(state, 60);
        lb_scalar_init(x);
        lb_scalar_init(y);
        lb_scalar_init(z);
        for (slong step = 0; step < 6; step++)
        {
            slong c = (slong) n_randint(state, 5) - 2;
            slong m = (slong) n_randint(state, 4) - 1;

            acb_set_si(y->coefficient, c);
            y->order = m;
            y->remainder = 0;
            CU_ASSERT(lb_scalar_is_zero(y) == (c == 0));
            memset(b, 0, sizeof(b));
            if (n_randint(state, 3) == 0)
            {
                lb_scalar_mul(z, x, y, prec);
                for (slong k = 0; k < SERIES; k++)
                    if (a[k] != 0)
                        b[k + m] = a[k] * c;
            }
            else
            {
                lb_scalar_add(z, x, y, prec);
                memcpy(b, a, sizeof(b));
                b[SERIES_ZERO + m] += c;
            }
            CU_ASSERT(scalar_is_true(z, b));
            cancelled += acb_is_zero(z->coefficient) && !lb_scalar_is_zero(z);
            nexts += z->remainder && z->has_next && !acb_is_zero(z->next);
            lb_scalar_swap(x, z);
            memcpy(a, b, sizeof(a));
        }
        lb_scalar_pow_si(y, x, 2, prec);
        lb_scalar_mul(z, x, x, prec);
        CU_ASSERT(y->order == z->order);
        LB_CHECK_OVERLAP_ACB(y->coefficient, z->coefficient, iter);
        lb_scalar_div(y, z, x, prec); /* x^2 / x */
        LB_CHECK_OVERLAP_ACB(y->coefficient, x->coefficient, iter);
        CU_ASSERT(!acb_is_finite(y->coefficient) || y->order == x->order);
        lb_scalar_pow_si(z, x, -2, prec);
        lb_scalar_mul(x, x, x, prec); /* aliasing */
        lb_scalar_mul(z, z, x, prec);
        CU_ASSERT(acb_contains_int(z->coefficient));
        CU_ASSERT(!acb_is_finite(z->coefficient) || z->order == 0);
        lb_scalar_clear(x);
        lb_scalar_clear(y);
        lb_scalar_clear(z);
    }
    CU_ASSERT(cancelled > iters / 100);
    CU_ASSERT(nexts > iters / 10);
    lb_rand_clear(state);
}

static void
test_scalar_special_values(void)
{
    lb_scalar_t x, y, z;

    lb_scalar_init(x);
    lb_scalar_init(y);
    lb_scalar_init(z);

    /* 1 + drive - 1 is not an exact zero, and keeps order 0 */
    acb_one(x->coefficient);
    acb_one(y->coefficient);
    y->order = 1;
    lb_scalar_add(z, x, y, 53);
    lb_scalar_neg(x, x);
    lb_scalar_add(z, z, x, 53);
    CU_ASSERT(acb_is_zero(z->coefficient) && !lb_scalar_is_zero(z));
    CU_ASSERT(z->order == 0);
    lb_scalar_add(z, z, y, 53);
    CU_ASSERT(acb_is_zero(z->coefficient) && z->order == 0);

    /* plain numbers: 1 - 1 is an exact zero */
    lb_scalar_neg(z, x);
    lb_scalar_add(z, z, x, 53);
    CU_ASSERT(lb_scalar_is_zero(z));
    lb_scalar_add(z, z, y, 53);
    CU_ASSERT(z->order == 1 && acb_is_one(z->coefficient) && !z->remainder);

    /* an indeterminate ball spreads whatever the orders */
    lb_scalar_indeterminate(x);
    x->order = 5;
    lb_scalar_add(z, x, y, 53);
    CU_ASSERT(!acb_is_finite(z->coefficient));
    lb_scalar_zero(y);
    lb_scalar_mul(z, x, y, 53);
    CU_ASSERT(!acb_is_finite(z->coefficient));
    lb_scalar_div(z, y, y, 53);
    CU_ASSERT(!acb_is_finite(z->coefficient));
    lb_scalar_pow_si(z, x, 0, 53);
    CU_ASSERT(!acb_is_finite(z->coefficient));
    lb_scalar_pow_si(z, y, -1, 53);
    CU_ASSERT(!acb_is_finite(z->coefficient));
    lb_scalar_pow_si(z, y, 0, 53);
    CU_ASSERT(acb_is_one(z->coefficient) && z->order == 0);
    lb_scalar_pow_si(z, y, 3, 53);
    CU_ASSERT(lb_scalar_is_zero(z));

    lb_scalar_clear(x);
    lb_scalar_clear(y);
    lb_scalar_clear(z);
}

/* --- operators ----------------------------------------------------------- */

static void
test_two_routes(void)
{
    slong iters = lb_test_iters(1500), compared = 0, terms = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 120);
        slong prec2 = 2 + (slong) n_randint(state, 120);
        slong from[MAX_SUBSYSTEMS];
        acb_ptr v, w;
        lb_opoly_t p;
        space s;
        op * x;

        space_randtest(&s, state);
        x = op_randtest(&s, state, 1 + (int) n_randint(state, 3), 0);
        lb_opoly_init(p, s.kinds, s.subsystems);
        v = _acb_vec_init(s.states);
        w = _acb_vec_init(s.states);

        op_polynomial(p, x, prec);
        CU_ASSERT(is_normalized(p));
        terms += p->length;
        for (slong trial = 0; trial < 3; trial++)
        {
            for (slong k = 0; k < s.subsystems; k++)
                from[k]
                    = (slong) n_randint(state, s.kinds[k] == LB_MODE ? 5 : 2);
            _acb_vec_zero(v, s.states);
            acb_one(v + space_index(&s, from));
            op_apply(v, &s, x, v, prec2);
            polynomial_apply(w, &s, p, from, prec);
            for (slong i = 0; i < s.states; i++)
            {
                if (acb_is_zero(v + i) && acb_is_zero(w + i))
                    continue;
                LB_CHECK_OVERLAP_ACB(v + i, w + i, iter);
                compared++;
            }
        }

        _acb_vec_clear(v, s.states);
        _acb_vec_clear(w, s.states);
        lb_opoly_clear(p);
        op_free(x);
    }
    CU_ASSERT(compared > iters);
    CU_ASSERT(terms > iters);
    lb_rand_clear(state);
}

static void
test_ring_laws(void)
{
    slong iters = lb_test_iters(1500), products = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 120);
        slong prec2 = 2 + (slong) n_randint(state, 120);
        lb_opoly_t p, q, r, x, y, z;
        space s;

        space_randtest(&s, state);
        lb_opoly_init(p, s.kinds, s.subsystems);
        lb_opoly_init(q, s.kinds, s.subsystems);
        lb_opoly_init(r, s.kinds, s.subsystems);
        lb_opoly_init(x, s.kinds, s.subsystems);
        lb_opoly_init(y, s.kinds, s.subsystems);
        lb_opoly_init(z, s.kinds, s.subsystems);
        opoly_randtest(p, &s, state, 2, 0, prec);
        opoly_randtest(q, &s, state, 2, 0, prec);
        opoly_randtest(r, &s, state, 2, 0, prec);

        /* (pq)r = p(qr) */
        lb_opoly_mul(x, p, q, prec);
        lb_opoly_mul(x, x, r, prec);
        lb_opoly_mul(y, q, r, prec2);
        lb_opoly_mul(y, p, y, prec2);
        CU_ASSERT(opoly_overlaps(x, y));
        products += x->length;

        /* p(q + r) = pq + pr */
        lb_opoly_add(x, q, r, prec);
        lb_opoly_mul(x, p, x, prec);
        lb_opoly_mul(y, p, q, prec2);
        lb_opoly_mul(z, p, r, prec2);
        lb_opoly_add(y, y, z, prec2);
        CU_ASSERT(opoly_overlaps(x, y));

        /* (pq)' = q'p', p'' = p */
        lb_opoly_mul(x, p, q, prec);
        lb_opoly_adjoint(x, x);
        CU_ASSERT(is_normalized(x));
        lb_opoly_adjoint(y, p);
        lb_opoly_adjoint(z, q);
        lb_opoly_mul(z, z, y, prec2);
        CU_ASSERT(opoly_overlaps(x, z));
        lb_opoly_adjoint(y, y);
        CU_ASSERT(opoly_identical(y, p));

        /* p^3 = p p p, p^0 = 1 */
        lb_opoly_pow_ui(x, p, 3, prec);
        lb_opoly_mul(y, p, p, prec2);
        lb_opoly_mul(y, p, y, prec2);
        CU_ASSERT(opoly_overlaps(x, y));

        /* Hermitian part: equal to its adjoint; p = h + i k */
        lb_opoly_hermitian_part(x, p, prec);
        lb_opoly_adjoint(y, x);
        CU_ASSERT(opoly_identical(x, y));
        CU_ASSERT(is_normalized(x));
        lb_opoly_add(x, x, x, prec);
        lb_opoly_adjoint(y, p);
        lb_opoly_add(y, p, y, prec2);
        CU_ASSERT(opoly_overlaps(x, y));

        /* p - p contains zero in every coefficient */
        lb_opoly_neg(x, p);
        lb_opoly_add(x, p, x, prec);
        for (slong i = 0; i < x->length; i++)
            CU_ASSERT(acb_contains_zero(x->coefficients[i].coefficient));

        lb_opoly_clear(p);
        lb_opoly_clear(q);
        lb_opoly_clear(r);
        lb_opoly_clear(x);
        lb_opoly_clear(y);
        lb_opoly_clear(z);
    }
    CU_ASSERT(products > iters);
    lb_rand_clear(state);
}

static void
test_aliasing(void)
{
    slong iters = lb_test_iters(300);
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        slong prec = 2 + (slong) n_randint(state, 120);
        lb_opoly_t p, q, r, x;
        lb_scalar_t c;
        space s;

        space_randtest(&s, state);
        lb_opoly_init(p, s.kinds, s.subsystems);
        lb_opoly_init(q, s.kinds, s.subsystems);
        lb_opoly_init(r, s.kinds, s.subsystems);
        lb_opoly_init(x, s.kinds, s.subsystems);
        lb_scalar_init(c);
        opoly_randtest(p, &s, state, 2, 0, prec);
        opoly_randtest(q, &s, state, 2, 0, prec);
        number_randtest(c->coefficient, state, 0, 1);

#define CHECK_ALIAS(expected, call)                                            \
    do                                                                         \
    {                                                                          \
        expected;                                                              \
        call;                                                                  \
        CU_ASSERT(opoly_identical(r, x));                                      \
    } while (0)

        lb_opoly_set(x, p);
        CHECK_ALIAS(lb_opoly_mul(r, p, q, prec), lb_opoly_mul(x, x, q, prec));
        lb_opoly_set(x, q);
        CHECK_ALIAS(lb_opoly_mul(r, p, q, prec), lb_opoly_mul(x, p, x, prec));
        lb_opoly_set(x, p);
        CHECK_ALIAS(lb_opoly_mul(r, p, p, prec), lb_opoly_mul(x, x, x, prec));
        lb_opoly_set(x, p);
        CHECK_ALIAS(lb_opoly_add(r, p, q, prec), lb_opoly_add(x, x, q, prec));
        lb_opoly_set(x, q);
        CHECK_ALIAS(lb_opoly_add(r, p, q, prec), lb_opoly_add(x, p, x, prec));
        lb_opoly_set(x, p);
        CHECK_ALIAS(lb_opoly_add(r, p, p, prec), lb_opoly_add(x, x, x, prec));
        lb_opoly_set(x, p);
        CHECK_ALIAS(lb_opoly_neg(r, p), lb_opoly_neg(x, x));
        lb_opoly_set(x, p);
        CHECK_ALIAS(lb_opoly_adjoint(r, p), lb_opoly_adjoint(x, x));
        lb_opoly_set(x, p);
        CHECK_ALIAS(lb_opoly_hermitian_part(r, p, prec),
                    lb_opoly_hermitian_part(x, x, prec));
        lb_opoly_set(x, p);
        CHECK_ALIAS(lb_opoly_pow_ui(r, p, 2, prec),
                    lb_opoly_pow_ui(x, x, 2, prec));
        lb_opoly_set(x, p);
        CHECK_ALIAS(lb_opoly_scalar_mul(r, p, c, prec),
                    lb_opoly_scalar_mul(x, x, c, prec));
        lb_opoly_set(x, p);
        CHECK_ALIAS(lb_opoly_set(r, p), lb_opoly_set(x, x));

        lb_scalar_clear(c);
        lb_opoly_clear(p);
        lb_opoly_clear(q);
        lb_opoly_clear(r);
        lb_opoly_clear(x);
    }
    lb_rand_clear(state);
}

/* Integer coefficients come out exact once the precision holds them. */
static void
test_tightness(void)
{
    slong iters = lb_test_iters(500), exact = 0;
    flint_rand_t state;

    lb_test_rand_init(state);
    for (slong iter = 0; iter < iters; iter++)
    {
        lb_opoly_t p;
        space s;
        op * x;

        space_randtest(&s, state);
        x = op_randtest(&s, state, 3, 1);
        lb_opoly_init(p, s.kinds, s.subsystems);
        op_polynomial(p, x, 128);
        for (slong i = 0; i < p->length; i++, exact++)
            CU_ASSERT(acb_is_exact(p->coefficients[i].coefficient)
                      && acb_is_int(p->coefficients[i].coefficient));
        lb_opoly_clear(p);
        op_free(x);
    }
    CU_ASSERT(exact > iters);
    lb_rand_clear(state);
}

/* A single polynomial whose only term is the identity times n. */
static int
is_integer(const lb_opoly_t p, slong n)
{
    if (n == 0)
        return p->length == 0;
    if (p->length != 1 || !acb_equal_si(p->coefficients[0].coefficient, n))
        return 0;
    for (slong k = 0; k < p->subsystems; k++)
        if (lb_opoly_term(p, 0)[k].create != 0
            || lb_opoly_term(p, 0)[k].annihilate != 0
            || lb_opoly_term(p, 0)[k].matrix_unit != 0)
            return 0;
    return 1;
}

static void
test_commutators(void)
{
    static const lb_kind kinds[] = { LB_MODE, LB_TWO_LEVEL, LB_MODE };
    lb_opoly_t x[3], xd[3], p, q;

    lb_opoly_init(p, kinds, 3);
    lb_opoly_init(q, kinds, 3);
    for (slong k = 0; k < 3; k++)
    {
        lb_opoly_init(x[k], kinds, 3);
        lb_opoly_init(xd[k], kinds, 3);
        lb_opoly_set_lowering(x[k], k);
        lb_opoly_adjoint(xd[k], x[k]);
    }
    for (slong j = 0; j < 3; j++)
        for (slong k = 0; k < 3; k++)
        {
            int fermionic = j == 1 && k == 1;

            /* [x_j, x_k'], for the two-level system {s, s'} */
            lb_opoly_mul(p, x[j], xd[k], 2);
            lb_opoly_mul(q, xd[k], x[j], 2);
            if (!fermionic)
                lb_opoly_neg(q, q);
            lb_opoly_add(p, p, q, 2);
            CU_ASSERT(is_integer(p, j == k));

            /* [x_j, x_k] = 0, s^2 = 0 */
            lb_opoly_mul(p, x[j], x[k], 2);
            lb_opoly_mul(q, x[k], x[j], 2);
            lb_opoly_neg(q, q);
            lb_opoly_add(q, p, q, 2);
            CU_ASSERT(is_integer(q, 0));
            CU_ASSERT((p->length == 0) == fermionic);
        }

    /* <0|(a + a')^8|0> = 7!! = 105, the constant of the normal-ordered form */
    lb_opoly_add(p, x[0], xd[0], 53);
    lb_opoly_pow_ui(p, p, 8, 53);
    for (slong i = 0, found = 0; i <= p->length; i++)
    {
        const lb_factor * f = i < p->length ? lb_opoly_term(p, i) : NULL;

        if (f == NULL)
            CU_ASSERT(found == 1);
        if (f != NULL && f[0].create == 0 && f[0].annihilate == 0)
        {
            CU_ASSERT(acb_equal_si(p->coefficients[i].coefficient, 105));
            found++;
        }
    }
    CU_ASSERT(lb_opoly_highest_level(p, 0) == 8);
    CU_ASSERT(lb_opoly_highest_level(p, 1) == 0);

    /* shifts */
    lb_opoly_mul(p, xd[0], xd[0], 53);
    lb_opoly_mul(p, p, x[1], 53);
    CU_ASSERT(p->length == 1 && lb_opoly_term_shift(p, 0) == 1);

    lb_opoly_clear(p);
    lb_opoly_clear(q);
    for (slong k = 0; k < 3; k++)
    {
        lb_opoly_clear(x[k]);
        lb_opoly_clear(xd[k]);
    }
}

static void
test_matrix_units(void)
{
    static const lb_kind kinds[] = { LB_MODE, LB_TWO_LEVEL };
    lb_opoly_t p, q, r, a;
    fmpz_t weight;

    lb_opoly_init(p, kinds, 2);
    lb_opoly_init(q, kinds, 2);
    lb_opoly_init(r, kinds, 2);
    lb_opoly_init(a, kinds, 2);
    fmpz_init(weight);

    /* |k><l| |m><n| = delta_lm |k><n| */
    for (slong which = 0; which < 2; which++)
        for (slong code = 0; code < 16; code++)
        {
            slong k = code & 1, l = (code >> 1) & 1;
            slong m = (code >> 2) & 1, n = (code >> 3) & 1;

            lb_opoly_set_ketbra(p, which, k, l);
            lb_opoly_set_ketbra(q, which, m, n);
            lb_opoly_mul(p, p, q, 53);
            lb_opoly_set_ketbra(r, which, k, n);
            if (l != m)
                lb_opoly_zero(r);
            CU_ASSERT(opoly_identical(p, r));
        }

    /* two-level: |0><0| + |1><1| = 1 */
    lb_opoly_set_ketbra(p, 1, 0, 0);
    lb_opoly_set_ketbra(q, 1, 1, 1);
    lb_opoly_add(p, p, q, 53);
    CU_ASSERT(is_integer(p, 1));

    /* a^2 |4><4| a'^2 = 12 |2><2|, exactly */
    lb_opoly_set_lowering(a, 0);
    lb_opoly_pow_ui(a, a, 2, 53);
    lb_opoly_set_ketbra(p, 0, 4, 4);
    lb_opoly_mul(q, a, p, 128);
    lb_opoly_adjoint(a, a);
    lb_opoly_mul(q, q, a, 128);
    CU_ASSERT(q->length == 1);
    CU_ASSERT(lb_opoly_term(q, 0)->matrix_unit == 1
              && lb_opoly_term(q, 0)->create == 2
              && lb_opoly_term(q, 0)->annihilate == 2);
    lb_opoly_set_ketbra(r, 0, 2, 2);
    CU_ASSERT(acb_contains_int(q->coefficients[0].coefficient));
    CU_ASSERT(acb_rel_accuracy_bits(q->coefficients[0].coefficient) > 120);
    {
        acb_t twelve;

        acb_init(twelve);
        acb_set_ui(twelve, 12);
        LB_CHECK_OVERLAP_ACB(q->coefficients[0].coefficient, twelve, 0);
        acb_clear(twelve);
    }

    /* texts for messages */
    {
        static const char * const names[] = { "a", "s" };
        char text[64], small[4];

        lb_opoly_set_lowering(a, 0);
        lb_opoly_adjoint(q, a);
        lb_opoly_mul(q, q, a, 53);
        lb_opoly_mul(q, q, a, 53);
        lb_opoly_set_lowering(a, 1);
        lb_opoly_mul(q, q, a, 53);
        lb_opoly_term_text(text, sizeof(text), q, 0, names);
        CU_ASSERT_STRING_EQUAL(text, "a'*a^2*s");
        lb_opoly_term_text(text, sizeof(text), q, 0, NULL);
        CU_ASSERT_STRING_EQUAL(text, "c0'*c0^2*c1");
        lb_opoly_term_text(small, sizeof(small), q, 0, NULL);
        CU_ASSERT_STRING_EQUAL(small, "c0'");
        lb_opoly_term_text(text, sizeof(text), r, 0, names);
        CU_ASSERT_STRING_EQUAL(text, "ketbra(a,2,2)");
        lb_opoly_pow_ui(q, q, 0, 53);
        lb_opoly_term_text(text, sizeof(text), q, 0, names);
        CU_ASSERT_STRING_EQUAL(text, "1");
    }

    /* <n|a' vanishes for n = 0; a|0> = 0 */
    lb_opoly_set_lowering(a, 0);
    lb_opoly_set_ketbra(p, 0, 0, 0);
    lb_opoly_mul(q, a, p, 53);
    CU_ASSERT(q->length == 0);
    lb_opoly_adjoint(a, a);
    lb_opoly_mul(q, p, a, 53);
    CU_ASSERT(q->length == 0);

    /* aliasing of to and from; perfect squares are exact */
    {
        slong levels[2] = { 9, 1 };

        lb_opoly_mul(q, a, a, 53); /* a'^2 |9> = sqrt(110) |11> */
        CU_ASSERT(lb_opoly_term_apply(weight, levels, q, 0, levels) == 1);
        CU_ASSERT(fmpz_equal_ui(weight, 110));
        CU_ASSERT(levels[0] == 11 && levels[1] == 1);
    }

    fmpz_clear(weight);
    lb_opoly_clear(p);
    lb_opoly_clear(q);
    lb_opoly_clear(r);
    lb_opoly_clear(a);
}

/* Drives of different order: the lower one wins, also inside polynomials. */
static void
test_orders_in_polynomials(void)
{
    static const lb_kind kinds[] = { LB_MODE };
    lb_opoly_t p, q;
    lb_scalar_t c;

    lb_opoly_init(p, kinds, 1);
    lb_opoly_init(q, kinds, 1);
    lb_scalar_init(c);
    lb_opoly_set_lowering(p, 0);
    acb_set_si(c->coefficient, 3);
    c->order = 1;
    lb_opoly_scalar_mul(q, p, c, 53); /* 3 drive a */
    lb_opoly_add(p, p, q, 53);        /* (1 + 3 drive) a */
    CU_ASSERT(p->length == 1 && p->coefficients[0].order == 0);
    CU_ASSERT(acb_is_one(p->coefficients[0].coefficient));
    lb_opoly_mul(p, q, q, 53);
    CU_ASSERT(p->length == 1 && p->coefficients[0].order == 2);
    CU_ASSERT(acb_equal_si(p->coefficients[0].coefficient, 9));

    /* drive a + drive^2 a - drive a is not the zero operator */
    lb_opoly_scalar_mul(p, q, c, 53);
    lb_opoly_add(p, q, p, 53);
    lb_opoly_neg(q, q);
    lb_opoly_add(p, p, q, 53);
    CU_ASSERT(p->length == 1 && p->coefficients[0].order == 1);
    CU_ASSERT(acb_is_zero(p->coefficients[0].coefficient));

    lb_scalar_clear(c);
    lb_opoly_clear(p);
    lb_opoly_clear(q);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "scalars against Laurent polynomials", test_scalar_orders },
        { "scalars: zeros and indeterminate balls",
          test_scalar_special_values },
        { "commutators and normal order", test_commutators },
        { "matrix units", test_matrix_units },
        { "polynomials against Fock vectors (random)", test_two_routes },
        { "ring laws (random)", test_ring_laws },
        { "aliasing", test_aliasing },
        { "integers come out exact", test_tightness },
        { "orders in the drive", test_orders_in_polynomials },
    };

    return lb_test_main("operator_polynomial", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
