/* model/operator_polynomial.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Product of two factors of one subsystem.
 *
 * Mode, normal-ordered:
 *     a'^p a^q a'^r a^s = sum_k k! C(q,k) C(r,k) a'^(p+r-k) a^(q+s-k).
 * Mode, with matrix units:
 *     |m><n| a'^r a^s   = sqrt(w) |m><n-r+s|   if r <= n, else 0,
 *     a'^p a^q |m><n|   = sqrt(w) |m-q+p><n|   if q <= m, else 0,
 *     |m><n| |k><l|     = delta_nk |m><l|,
 * with w the square of the ladder factors, an integer (see `ladder`).
 * Two-level system, s^2 = 0 and s s' = 1 - s's:
 *     s'^p s^q s'^r s^t = s'^p s^t - s'^(p+1) s^(t+1)   if q = r = 1,
 *                       = s'^(p+r) s^(q+t)              otherwise,
 * where a power above 1 is zero.
 *
 * So a product of factors is a sum of pieces  integer * sqrt(square) * factor,
 * counted by k = 0, 1, ...; a product of terms runs over all combinations. */
#include <stdlib.h>
#include <string.h>

#include <lindbound/operator_polynomial.h>
#include <lindbound/text.h>

/* --- storage ------------------------------------------------------------- */

void
lb_opoly_init(lb_opoly_t p, const lb_kind * kinds, slong subsystems)
{
    p->subsystems = subsystems;
    p->kinds = kinds;
    p->length = 0;
    p->alloc = 0;
    p->factors = NULL;
    p->coefficients = NULL;
}

void
lb_opoly_clear(lb_opoly_t p)
{
    for (slong i = 0; i < p->alloc; i++)
        lb_scalar_clear(p->coefficients + i);
    flint_free(p->coefficients);
    flint_free(p->factors);
}

void
lb_opoly_swap(lb_opoly_t p, lb_opoly_t q)
{
    lb_opoly_struct t = *p;

    *p = *q;
    *q = t;
}

static size_t
row_bytes(const lb_opoly_t p)
{
    return (size_t) p->subsystems * sizeof(lb_factor);
}

static void
fit_length(lb_opoly_t p, slong length)
{
    if (length <= p->alloc)
        return;
    if (length < 2 * p->alloc)
        length = 2 * p->alloc;
    p->factors = flint_realloc(p->factors, (size_t) length * row_bytes(p) + 1);
    p->coefficients = flint_realloc(p->coefficients,
                                    (size_t) length * sizeof(lb_scalar_struct));
    for (slong i = p->alloc; i < length; i++)
        lb_scalar_init(p->coefficients + i);
    p->alloc = length;
}

static lb_factor *
row(const lb_opoly_t p, slong i)
{
    return p->factors + i * p->subsystems;
}

/* One more term with the given factors (NULL: identity), coefficient unset. */
static lb_scalar_struct *
append_term(lb_opoly_t p, const lb_factor * factors)
{
    fit_length(p, p->length + 1);
    if (p->subsystems > 0)
    {
        if (factors != NULL)
            memcpy(row(p, p->length), factors, row_bytes(p));
        else
            memset(row(p, p->length), 0, row_bytes(p));
    }
    p->length++;
    return p->coefficients + p->length - 1;
}

void
lb_opoly_set(lb_opoly_t p, const lb_opoly_t q)
{
    if (p == q)
        return;
    fit_length(p, q->length);
    if (q->length > 0 && q->subsystems > 0)
        memcpy(p->factors, q->factors, (size_t) q->length * row_bytes(q));
    for (slong i = 0; i < q->length; i++)
        lb_scalar_set(p->coefficients + i, q->coefficients + i);
    p->length = q->length;
}

void
lb_opoly_zero(lb_opoly_t p)
{
    p->length = 0;
}

static short
checked_power(slong power)
{
    if (power < 0 || power > 32767)
        flint_throw(FLINT_ERROR, "lindbound: power %wd of a ladder operator\n",
                    power);
    return (short) power;
}

/* --- order of the terms -------------------------------------------------- */

static int
compare_rows(const lb_factor * x, const lb_factor * y, slong n)
{
    for (slong i = 0; i < n; i++)
    {
        if (x[i].matrix_unit != y[i].matrix_unit)
            return x[i].matrix_unit < y[i].matrix_unit ? -1 : 1;
        if (x[i].create != y[i].create)
            return x[i].create < y[i].create ? -1 : 1;
        if (x[i].annihilate != y[i].annihilate)
            return x[i].annihilate < y[i].annihilate ? -1 : 1;
    }
    return 0;
}

typedef struct
{
    const lb_factor * factors;
    slong subsystems;
    slong index;
} sort_key;

static int
compare_keys(const void * x, const void * y)
{
    const sort_key * a = x;
    const sort_key * b = y;
    int c = compare_rows(a->factors, b->factors, a->subsystems);

    return c != 0 ? c : (a->index > b->index) - (a->index < b->index);
}

/* Sorts the terms, adds up those with equal factors, drops exact zeros. */
static void
normalize(lb_opoly_t p, slong prec)
{
    sort_key * keys;
    lb_opoly_t r;

    keys = flint_malloc((size_t) (p->length + 1) * sizeof(sort_key));
    for (slong i = 0; i < p->length; i++)
    {
        keys[i].factors = row(p, i);
        keys[i].subsystems = p->subsystems;
        keys[i].index = i;
    }
    qsort(keys, (size_t) p->length, sizeof(sort_key), compare_keys);

    lb_opoly_init(r, p->kinds, p->subsystems);
    fit_length(r, p->length);
    for (slong i = 0; i < p->length;)
    {
        lb_scalar_struct * c = append_term(r, keys[i].factors);
        slong j = i;

        lb_scalar_swap(c, p->coefficients + keys[i].index);
        for (j = i + 1;
             j < p->length
             && compare_rows(keys[i].factors, keys[j].factors, p->subsystems)
                    == 0;
             j++)
            lb_scalar_add(c, c, p->coefficients + keys[j].index, prec);
        if (lb_scalar_is_zero(c))
            r->length--;
        i = j;
    }
    lb_opoly_swap(p, r);
    lb_opoly_clear(r);
    flint_free(keys);
}

/* --- simple operators ---------------------------------------------------- */

void
lb_opoly_set_scalar(lb_opoly_t p, const lb_scalar_t x)
{
    lb_opoly_zero(p);
    if (!lb_scalar_is_zero(x))
        lb_scalar_set(append_term(p, NULL), x);
}

static lb_scalar_struct *
append_one(lb_opoly_t p)
{
    lb_scalar_struct * c = append_term(p, NULL);

    lb_scalar_zero(c);
    acb_one(c->coefficient);
    return c;
}

void
lb_opoly_set_lowering(lb_opoly_t p, slong which)
{
    lb_opoly_zero(p);
    append_one(p);
    row(p, 0)[which].annihilate = 1;
}

void
lb_opoly_set_ketbra(lb_opoly_t p, slong which, slong m, slong n)
{
    lb_scalar_struct * c;

    lb_opoly_zero(p);
    append_one(p);
    if (p->kinds[which] == LB_MODE)
    {
        row(p, 0)[which].create = checked_power(m);
        row(p, 0)[which].annihilate = checked_power(n);
        row(p, 0)[which].matrix_unit = 1;
        return;
    }

    row(p, 0)[which].create = (short) (m != 0);
    row(p, 0)[which].annihilate = (short) (n != 0);
    if (m == 0 && n == 0) /* |0><0| = 1 - s's */
    {
        c = append_one(p);
        lb_scalar_neg(c, c);
        row(p, 1)[which].create = 1;
        row(p, 1)[which].annihilate = 1;
    }
}

/* --- algebra ------------------------------------------------------------- */

void
lb_opoly_add(lb_opoly_t r, const lb_opoly_t p, const lb_opoly_t q, slong prec)
{
    slong i = 0, j = 0;
    lb_opoly_t s;

    lb_opoly_init(s, p->kinds, p->subsystems);
    fit_length(s, p->length + q->length);
    while (i < p->length || j < q->length)
    {
        lb_scalar_struct * c;
        int order = i == p->length ? 1
                    : j == q->length
                        ? -1
                        : compare_rows(row(p, i), row(q, j), p->subsystems);

        c = append_term(s, order <= 0 ? row(p, i) : row(q, j));
        if (order < 0)
            lb_scalar_set(c, p->coefficients + i);
        else if (order > 0)
            lb_scalar_set(c, q->coefficients + j);
        else
            lb_scalar_add(c, p->coefficients + i, q->coefficients + j, prec);
        i += order <= 0;
        j += order >= 0;
        if (lb_scalar_is_zero(c))
            s->length--;
    }
    lb_opoly_swap(r, s);
    lb_opoly_clear(s);
}

void
lb_opoly_neg(lb_opoly_t r, const lb_opoly_t p)
{
    lb_opoly_set(r, p);
    for (slong i = 0; i < r->length; i++)
        lb_scalar_neg(r->coefficients + i, r->coefficients + i);
}

/* x *= n (n-1) ... (n-k+1), for 0 <= k <= n */
static void
mul_falling(fmpz_t x, slong n, slong k)
{
    for (slong i = 0; i < k; i++)
        fmpz_mul_ui(x, x, (ulong) (n - i));
}

/* a'^p a^q |n> = sqrt(w) |n-q+p>: multiplies weight by w and sets *to, or
   returns 0 if the state is annihilated.  w = [n]_q [n-q+p]_p in falling
   powers. */
static int
ladder(fmpz_t weight, slong * to, slong p, slong q, slong n)
{
    if (n < q)
        return 0;
    mul_falling(weight, n, q);
    *to = n - q + p;
    mul_falling(weight, *to, p);
    return 1;
}

/* Number of pieces k = 0, 1, ... in the product x y. */
static slong
pieces(lb_kind kind, const lb_factor * x, const lb_factor * y)
{
    if (x->matrix_unit || y->matrix_unit)
        return 1;
    if (kind == LB_TWO_LEVEL)
        return x->annihilate == 1 && y->create == 1 ? 2 : 1;
    return 1 + (x->annihilate < y->create ? x->annihilate : y->create);
}

/* Piece k of the product x y on a two-level system. */
static int
two_level_piece(lb_factor * z, fmpz_t integer, const lb_factor * x,
                const lb_factor * y, slong k)
{
    slong create = x->create + y->create - k;
    slong annihilate = x->annihilate + y->annihilate - k;

    /* s s' = 1 - s's: k = 1 is the contraction, k = 0 changes sign */
    if (x->annihilate == 1 && y->create == 1 && k == 0)
        fmpz_neg(integer, integer);
    z->create = (short) create;
    z->annihilate = (short) annihilate;
    z->matrix_unit = 0;
    return create <= 1 && annihilate <= 1;
}

/* Piece k of the product x y on a mode; one of them a matrix unit. */
static int
matrix_unit_piece(lb_factor * z, fmpz_t square, const lb_factor * x,
                  const lb_factor * y)
{
    slong level = 0;
    int nonzero;

    *z = *x;
    z->matrix_unit = 1;
    if (x->matrix_unit && y->matrix_unit)
    {
        z->annihilate = y->annihilate;
        return x->annihilate == y->create;
    }
    if (x->matrix_unit) /* <n| a'^r a^s is the adjoint of a'^s a^r |n> */
    {
        nonzero
            = ladder(square, &level, y->annihilate, y->create, x->annihilate);
        z->annihilate = checked_power(level);
    }
    else
    {
        nonzero = ladder(square, &level, x->create, x->annihilate, y->create);
        z->create = checked_power(level);
        z->annihilate = y->annihilate;
    }
    return nonzero;
}

/* Piece k of x y: sets z, multiplies integer and square; 0 if it vanishes. */
static int
piece(lb_factor * z, fmpz_t integer, fmpz_t square, lb_kind kind,
      const lb_factor * x, const lb_factor * y, slong k)
{
    if (kind == LB_TWO_LEVEL)
        return two_level_piece(z, integer, x, y, k);
    if (x->matrix_unit || y->matrix_unit)
        return matrix_unit_piece(z, square, x, y);

    /* k! C(q,k) C(r,k) = [q]_k C(r,k) */
    if (k > 0)
    {
        fmpz_t binomial;

        fmpz_init(binomial);
        fmpz_bin_uiui(binomial, (ulong) y->create, (ulong) k);
        fmpz_mul(integer, integer, binomial);
        fmpz_clear(binomial);
        mul_falling(integer, x->annihilate, k);
    }
    z->create = checked_power(x->create + y->create - k);
    z->annihilate = checked_power(x->annihilate + y->annihilate - k);
    z->matrix_unit = 0;
    return 1;
}

/* Appends coefficient * (product of the factor rows x and y). */
static void
append_product(lb_opoly_t r, const lb_scalar_t coefficient, const lb_factor * x,
               const lb_factor * y, slong prec)
{
    slong n = r->subsystems;
    size_t count = (size_t) (n + 1);
    slong * k = flint_calloc(count, sizeof(slong));
    lb_factor * z = flint_calloc(count, sizeof(lb_factor));
    fmpz_t integer, square;
    acb_t factor;
    slong i;

    fmpz_init(integer);
    fmpz_init(square);
    acb_init(factor);
    do
    {
        fmpz_one(integer);
        fmpz_one(square);
        for (i = 0; i < n; i++)
            if (!piece(z + i, integer, square, r->kinds[i], x + i, y + i, k[i]))
                break;
        if (i == n)
        {
            lb_scalar_struct * c = append_term(r, z);

            lb_scalar_set(c, coefficient);
            if (!fmpz_is_one(integer) || !fmpz_is_one(square))
            {
                arb_sqrt_fmpz(acb_realref(factor), square, prec);
                acb_mul_fmpz(factor, factor, integer, prec);
                lb_scalar_mul_acb(c, c, factor, prec);
            }
        }
        for (i = 0; i < n && ++k[i] == pieces(r->kinds[i], x + i, y + i); i++)
            k[i] = 0;
    } while (i < n);
    fmpz_clear(integer);
    fmpz_clear(square);
    acb_clear(factor);
    flint_free(k);
    flint_free(z);
}

void
lb_opoly_mul(lb_opoly_t r, const lb_opoly_t p, const lb_opoly_t q, slong prec)
{
    lb_scalar_t c;
    lb_opoly_t s;

    lb_opoly_init(s, p->kinds, p->subsystems);
    lb_scalar_init(c);
    for (slong i = 0; i < p->length; i++)
        for (slong j = 0; j < q->length; j++)
        {
            lb_scalar_mul(c, p->coefficients + i, q->coefficients + j, prec);
            append_product(s, c, row(p, i), row(q, j), prec);
        }
    normalize(s, prec);
    lb_opoly_swap(r, s);
    lb_scalar_clear(c);
    lb_opoly_clear(s);
}

void
lb_opoly_scalar_mul(lb_opoly_t r, const lb_opoly_t p, const lb_scalar_t x,
                    slong prec)
{
    lb_opoly_t s;

    lb_opoly_init(s, p->kinds, p->subsystems);
    fit_length(s, p->length);
    for (slong i = 0; i < p->length; i++)
    {
        lb_scalar_struct * c = append_term(s, row(p, i));

        lb_scalar_mul(c, p->coefficients + i, x, prec);
        if (lb_scalar_is_zero(c))
            s->length--;
    }
    lb_opoly_swap(r, s);
    lb_opoly_clear(s);
}

void
lb_opoly_pow_ui(lb_opoly_t r, const lb_opoly_t p, ulong n, slong prec)
{
    lb_opoly_t s;

    lb_opoly_init(s, p->kinds, p->subsystems);
    append_one(s);
    for (ulong i = 0; i < n && s->length > 0; i++)
    {
        if (i == 0)
            lb_opoly_set(s, p);
        else
            lb_opoly_mul(s, s, p, prec);
    }
    lb_opoly_swap(r, s);
    lb_opoly_clear(s);
}

void
lb_opoly_adjoint(lb_opoly_t r, const lb_opoly_t p)
{
    lb_opoly_set(r, p);
    for (slong i = 0; i < r->length; i++)
    {
        lb_scalar_conj(r->coefficients + i, r->coefficients + i);
        for (slong k = 0; k < r->subsystems; k++)
        {
            lb_factor * f = row(r, i) + k;
            short create = f->create;

            f->create = f->annihilate;
            f->annihilate = create;
        }
    }
    normalize(r, ARF_PREC_EXACT); /* no two rows are equal: only sorted */
}

static int
row_is_self_adjoint(const lb_factor * f, slong n)
{
    for (slong k = 0; k < n; k++)
        if (f[k].create != f[k].annihilate)
            return 0;
    return 1;
}

void
lb_opoly_hermitian_part(lb_opoly_t r, const lb_opoly_t p, slong prec)
{
    lb_opoly_t s;

    lb_opoly_init(s, p->kinds, p->subsystems);
    lb_opoly_adjoint(s, p);
    lb_opoly_add(s, p, s, prec);
    for (slong i = 0; i < s->length; i++)
    {
        lb_scalar_struct * c = s->coefficients + i;

        acb_mul_2exp_si(c->coefficient, c->coefficient, -1);
        acb_mul_2exp_si(c->next, c->next, -1);
        /* c + conj(c) is real at every point of the ball c */
        if (row_is_self_adjoint(row(s, i), s->subsystems))
        {
            arb_zero(acb_imagref(c->coefficient));
            arb_zero(acb_imagref(c->next));
        }
    }
    normalize(s, prec);
    lb_opoly_swap(r, s);
    lb_opoly_clear(s);
}

/* --- looking at terms ---------------------------------------------------- */

slong
lb_opoly_highest_level(const lb_opoly_t p, slong which)
{
    slong highest = 0;

    for (slong i = 0; i < p->length; i++)
    {
        const lb_factor * f = row(p, i) + which;

        if (f->create > highest)
            highest = f->create;
        if (f->annihilate > highest)
            highest = f->annihilate;
    }
    return highest;
}

const lb_factor *
lb_opoly_term(const lb_opoly_t p, slong i)
{
    return row(p, i);
}

slong
lb_opoly_term_shift(const lb_opoly_t p, slong i)
{
    slong shift = 0;

    for (slong k = 0; k < p->subsystems; k++)
        shift += row(p, i)[k].create - row(p, i)[k].annihilate;
    return shift;
}

/* "x^power", "x'^power" */
static void
append_power(char * buffer, size_t size, const char * name, const char * prime,
             short power)
{
    if (power == 0)
        return;
    lb_text_append(buffer, size, "%s%s%s", buffer[0] != '\0' ? "*" : "", name,
                   prime);
    if (power > 1)
        lb_text_append(buffer, size, "^%d", power);
}

slong
lb_opoly_largest_shift(const lb_opoly_t p)
{
    slong largest = 0;

    for (slong i = 0; i < p->length; i++)
        largest = FLINT_MAX(largest, FLINT_ABS(lb_opoly_term_shift(p, i)));
    return largest;
}

slong
lb_opoly_highest_total(const lb_opoly_t p)
{
    slong highest = 0;

    for (slong i = 0; i < p->length; i++)
    {
        const lb_factor * f = lb_opoly_term(p, i);
        slong create = 0, annihilate = 0;

        for (slong k = 0; k < p->subsystems; k++)
        {
            create += f[k].create;
            annihilate += f[k].annihilate;
        }
        highest = FLINT_MAX(highest, FLINT_MAX(create, annihilate));
    }
    return highest;
}

void
lb_opoly_term_text(char * buffer, size_t size, const lb_opoly_t p, slong i,
                   const char * const * names)
{
    if (size == 0)
        return;
    buffer[0] = '\0';
    for (slong k = 0; k < p->subsystems; k++)
    {
        const lb_factor * f = row(p, i) + k;
        char number[32] = "";
        const char * name = names != NULL ? names[k] : number;

        lb_text_append(number, sizeof(number), "c%ld", (long) k);
        if (f->matrix_unit)
        {
            lb_text_append(buffer, size, "%sketbra(%s,%d,%d)",
                           buffer[0] != '\0' ? "*" : "", name, f->create,
                           f->annihilate);
            continue;
        }
        append_power(buffer, size, name, "'", f->create);
        append_power(buffer, size, name, "", f->annihilate);
    }
    if (buffer[0] == '\0')
        lb_text_append(buffer, size, "1");
}

int
lb_opoly_term_apply(fmpz_t weight, slong * to, const lb_opoly_t p, slong i,
                    const slong * from)
{
    fmpz_one(weight);
    for (slong k = 0; k < p->subsystems; k++)
    {
        const lb_factor * f = row(p, i) + k;
        slong level = from[k];
        int nonzero;

        if (f->matrix_unit)
        {
            nonzero = level == f->annihilate;
            to[k] = f->create;
        }
        else
        {
            nonzero = ladder(weight, to + k, f->create, f->annihilate, level);
            if (p->kinds[k] == LB_TWO_LEVEL && nonzero)
                nonzero = to[k] <= 1;
        }
        if (!nonzero)
        {
            fmpz_zero(weight);
            return 0;
        }
    }
    return 1;
}
