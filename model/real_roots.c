/* model/real_roots.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/order_statistic.h>
#include <lindbound/real_roots.h>

/* Real roots with their multiplicities, in no order. */
typedef struct
{
    slong length;
    arb_ptr roots; /* room for as many as the degree */
} root_list;

/* Exact coefficients with a larger span of exponents are treated as balls. */
#define MAX_SPAN 20000

/* 1 and p = 2^e c for some e if all c are exact (and not too far apart). */
static int
exact_polynomial(fmpz_poly_t p, arb_srcptr c, slong n)
{
    fmpz_t mantissa, exponent;
    slong low = WORD_MAX, high = WORD_MIN;
    int exact = 1;

    for (slong k = 0; k <= n && exact; k++)
    {
        slong top;

        if (arb_is_zero(c + k))
            continue;
        exact = arb_is_exact(c + k)
                && fmpz_bits(ARF_EXPREF(arb_midref(c + k))) < 40;
        if (!exact)
            break;
        top = fmpz_get_si(ARF_EXPREF(arb_midref(c + k)));
        high = FLINT_MAX(high, top);
        low = FLINT_MIN(low, top - arb_bits(c + k));
    }
    if (!exact || high - low > MAX_SPAN)
        return 0;
    fmpz_init(mantissa);
    fmpz_init(exponent);
    for (slong k = 0; k <= n; k++)
    {
        arf_get_fmpz_2exp(mantissa, exponent, arb_midref(c + k));
        if (!fmpz_is_zero(mantissa))
            fmpz_mul_2exp(mantissa, mantissa,
                          (ulong) (fmpz_get_si(exponent) - low));
        fmpz_poly_set_coeff_fmpz(p, k, mantissa);
    }
    fmpz_clear(mantissa);
    fmpz_clear(exponent);
    return 1;
}

/* Square-free factors have simple roots, which can always be isolated. */
static void
exact_roots(root_list * list, const fmpz_poly_t p, slong prec)
{
    fmpz_poly_factor_t factors;

    fmpz_poly_factor_init(factors);
    fmpz_poly_factor_squarefree(factors, p);
    for (slong j = 0; j < factors->num; j++)
    {
        slong degree = fmpz_poly_degree(factors->p + j);
        acb_ptr z = _acb_vec_init(degree);

        arb_fmpz_poly_complex_roots(z, factors->p + j, 0, prec);
        for (slong i = 0; i < degree; i++)
            if (arb_is_zero(acb_imagref(z + i)))
                for (slong m = 0; m < factors->exp[j]; m++)
                    arb_set_round(list->roots + list->length++,
                                  acb_realref(z + i), prec);
        _acb_vec_clear(z, degree);
    }
    fmpz_poly_factor_clear(factors);
}

/* One step of Newton's method on the set x: the root in x is also in
   m - p(m)/p'(x).  Isolation leaves it n times as wide as need be. */
static void
narrow(arb_t x, const arb_poly_t p, slong prec)
{
    arb_t middle, value, slope, ignored;

    arb_init(middle);
    arb_init(value);
    arb_init(slope);
    arb_init(ignored);
    arb_get_mid_arb(middle, x);
    arb_poly_evaluate(value, p, middle, prec);
    arb_poly_evaluate2(ignored, slope, p, x, prec);
    arb_div(value, value, slope, prec);
    arb_sub(middle, middle, value, prec);
    if (arb_is_finite(middle) && !arb_intersection(x, x, middle, prec))
        arb_indeterminate(x); /* impossible: x holds a root */
    arb_clear(middle);
    arb_clear(value);
    arb_clear(slope);
    arb_clear(ignored);
}

/* 1 if all roots are isolated and it is known which of them are real. */
static int
ball_roots(root_list * list, arb_srcptr c, slong n, slong prec)
{
    acb_poly_t p;
    arb_poly_t real;
    acb_ptr z = _acb_vec_init(n);
    int proved;

    arb_poly_init2(real, n + 1);
    for (slong k = 0; k <= n; k++)
        arb_poly_set_coeff_arb(real, k, c + k);
    acb_poly_init(p);
    acb_poly_set_arb_poly(p, real);
    /* with this many steps only clusters do not converge */
    proved = acb_poly_find_roots(z, p, NULL, 60 + 8 * n, prec) == n
             && acb_poly_validate_real_roots(z, p, prec);
    for (slong i = 0; i < n && proved; i++)
        if (arb_contains_zero(acb_imagref(z + i)))
        {
            arb_set(list->roots + list->length, acb_realref(z + i));
            narrow(list->roots + list->length++, real, prec);
        }
    acb_poly_clear(p);
    arb_poly_clear(real);
    _acb_vec_clear(z, n);
    return proved;
}

int
lb_real_root(arb_t root, arb_srcptr c, slong n, slong k, slong prec)
{
    root_list list = { 0, NULL };
    fmpz_poly_t p;
    int result;

    while (n > 0 && arb_is_zero(c + n))
        n--;
    arb_indeterminate(root);
    for (slong j = 0; j <= n; j++)
        if (!arb_is_finite(c + j))
            return 0;
    if (n == 0)
        return -1;
    if (arb_contains_zero(c + n))
        return 0;

    list.roots = _arb_vec_init(n);
    fmpz_poly_init(p);
    if (exact_polynomial(p, c, n))
    {
        exact_roots(&list, p, prec);
        result = 1;
    }
    else
        result = ball_roots(&list, c, n, prec);
    if (result && k > list.length)
        result = -1;
    if (result == 1)
        lb_order_statistic(root, list.roots, list.length, k, prec);
    fmpz_poly_clear(p);
    _arb_vec_clear(list.roots, n);
    return result;
}
