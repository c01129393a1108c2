/* model/functions.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/functions.h>
#include <lindbound/real_roots.h>

#define NUMBER_FUNCTION(name)                                                  \
    static lb_status name(acb_t z, const acb_struct * x, slong n, slong prec,  \
                          lb_error * err)

/* One-argument functions that Arb has under the same name. */
#define FROM_ARB(function)                                                     \
    NUMBER_FUNCTION(number_##function)                                         \
    {                                                                          \
        (void) n;                                                              \
        (void) err;                                                            \
        acb_##function(z, x, prec);                                            \
        return LB_OK;                                                          \
    }

FROM_ARB(sqrt)
FROM_ARB(exp)
FROM_ARB(log)
FROM_ARB(sin)
FROM_ARB(cos)
FROM_ARB(tan)
FROM_ARB(asin)
FROM_ARB(acos)
FROM_ARB(atan)
FROM_ARB(sinh)
FROM_ARB(cosh)
FROM_ARB(tanh)

NUMBER_FUNCTION(number_log10)
{
    arb_t ten;

    (void) n;
    (void) err;
    arb_init(ten);
    arb_const_log10(ten, prec);
    acb_log(z, x, prec);
    acb_div_arb(z, z, ten, prec);
    arb_clear(ten);
    return LB_OK;
}

/* 10 log10 x; where x may be zero lb_function_apply gives the bound */
NUMBER_FUNCTION(number_dB)
{
    if (acb_is_finite(x)
        && (!acb_is_real(x) || arb_is_negative(acb_realref(x))))
        return lb_error_set(err, LB_EDOM,
                            "dB(x) = 10 log10 x takes a real x >= 0, such as "
                            "abs2(...)");
    arb_set(acb_realref(z), acb_realref(x));
    arb_zero(acb_imagref(z));
    (void) number_log10(z, z, n, prec, err); /* cannot fail */
    acb_mul_ui(z, z, 10, prec);
    return LB_OK;
}

/* dB of a ball around zero: at most that of its upper end. */
static void
dB_bound(lb_scalar_t z, const acb_t x, slong prec)
{
    arb_t top;
    arf_t bound;
    acb_t value;

    arb_init(top);
    arf_init(bound);
    acb_init(value);
    arb_get_ubound_arf(arb_midref(top), acb_realref(x), prec);
    acb_set_arb(value, top);
    if (arb_is_positive(top) && number_dB(value, value, 1, prec, NULL) == LB_OK)
        arb_get_ubound_arf(bound, acb_realref(value), prec);
    else
        arf_neg_inf(bound);
    lb_scalar_one_sided(z, -1, bound);
    arb_clear(top);
    arf_clear(bound);
    acb_clear(value);
}

NUMBER_FUNCTION(number_abs)
{
    (void) n;
    (void) err;
    acb_abs(acb_realref(z), x, prec);
    arb_zero(acb_imagref(z));
    return LB_OK;
}

NUMBER_FUNCTION(number_abs2)
{
    arb_t t;

    (void) n;
    (void) err;
    arb_init(t);
    arb_sqr(t, acb_realref(x), prec);
    arb_sqr(acb_imagref(z), acb_imagref(x), prec);
    arb_add(acb_realref(z), t, acb_imagref(z), prec);
    arb_zero(acb_imagref(z));
    arb_clear(t);
    return LB_OK;
}

NUMBER_FUNCTION(number_re)
{
    (void) n;
    (void) err;
    arb_set_round(acb_realref(z), acb_realref(x), prec);
    arb_zero(acb_imagref(z));
    return LB_OK;
}

NUMBER_FUNCTION(number_im)
{
    (void) n;
    (void) err;
    arb_set_round(acb_realref(z), acb_imagref(x), prec);
    arb_zero(acb_imagref(z));
    return LB_OK;
}

NUMBER_FUNCTION(number_conj)
{
    (void) n;
    (void) err;
    (void) prec;
    acb_conj(z, x);
    return LB_OK;
}

NUMBER_FUNCTION(number_arg)
{
    (void) n;
    (void) err;
    /* arg 0 is not defined: a ball that contains 0 proves nothing */
    if (acb_contains_zero(x))
        acb_indeterminate(z);
    else
    {
        acb_arg(acb_realref(z), x, prec);
        arb_zero(acb_imagref(z));
    }
    return LB_OK;
}

static lb_status
real_extremum(acb_t z, const acb_struct * x, slong n, slong prec,
              lb_error * err,
              void (*choose)(arb_t, const arb_t, const arb_t, slong))
{
    for (slong k = 0; k < n; k++)
        if (!acb_is_finite(x + k))
        {
            acb_indeterminate(z);
            return LB_OK;
        }
    for (slong k = 0; k < n; k++)
        if (!acb_is_real(x + k))
            return lb_error_set(err, LB_EDOM,
                                "argument %ld is not real; min and max "
                                "compare real numbers (use re(...) or "
                                "abs(...))",
                                (long) k + 1);
    choose(acb_realref(z), acb_realref(x), acb_realref(x + 1), prec);
    for (slong k = 2; k < n; k++)
        choose(acb_realref(z), acb_realref(z), acb_realref(x + k), prec);
    arb_zero(acb_imagref(z));
    return LB_OK;
}

NUMBER_FUNCTION(number_min)
{
    return real_extremum(z, x, n, prec, err, arb_min);
}

NUMBER_FUNCTION(number_max)
{
    return real_extremum(z, x, n, prec, err, arb_max);
}

/* 1 and the value if x is an exact integer in [0, limit]. */
static int
small_integer(ulong * k, const acb_t x, ulong limit)
{
    if (!acb_is_int(x) || arb_is_negative(acb_realref(x))
        || arf_cmp_si(arb_midref(acb_realref(x)), (slong) limit) > 0)
        return 0;
    *k = (ulong) arf_get_si(arb_midref(acb_realref(x)), ARF_RND_DOWN);
    return 1;
}

NUMBER_FUNCTION(number_factorial)
{
    ulong k;

    (void) n;
    (void) err;
    if (small_integer(&k, x, 100000))
    {
        arb_fac_ui(acb_realref(z), k, prec);
        arb_zero(acb_imagref(z));
    }
    else
    {
        acb_add_ui(z, x, 1, prec);
        acb_gamma(z, z, prec);
    }
    return LB_OK;
}

NUMBER_FUNCTION(number_binomial)
{
    ulong k;
    acb_t t;

    (void) n;
    if (!small_integer(&k, x + 1, 10000))
        return lb_error_set(err, LB_EDOM,
                            "the second argument of binomial must be an "
                            "exact integer from 0 to 10000");
    /* x (x-1) ... (x-k+1) / k! */
    acb_init(t);
    acb_sub_ui(t, x, k, prec);
    acb_add_ui(t, t, 1, prec);
    acb_rising_ui(t, t, k, prec);
    arb_fac_ui(acb_realref(z), k, prec);
    arb_zero(acb_imagref(z));
    acb_div(z, t, z, prec);
    acb_clear(t);
    return LB_OK;
}

NUMBER_FUNCTION(number_rising)
{
    ulong k;

    (void) n;
    if (!small_integer(&k, x + 1, 10000))
        return lb_error_set(err, LB_EDOM,
                            "the second argument of rising must be an exact "
                            "integer from 0 to 10000");
    acb_rising_ui(z, x, k, prec);
    return LB_OK;
}

/* 0F2(; b1, b2; z), the series of the driven Kerr oscillator's moments */
NUMBER_FUNCTION(number_hyp0f2)
{
    (void) n;
    (void) err;
    acb_hypgeom_pfq(z, NULL, 0, x, 2, x + 2, 0, prec);
    return LB_OK;
}

/* x[0] = k, then the coefficients from the constant one up */
NUMBER_FUNCTION(number_real_root)
{
    arb_struct c[LB_MAX_ARITY];
    ulong k;

    if (!small_integer(&k, x, 1000) || k == 0)
        return lb_error_set(err, LB_EDOM,
                            "the first argument of real_root must be an exact "
                            "integer from 1: which real root, 1 the smallest");
    acb_indeterminate(z);
    for (slong j = 1; j < n; j++)
    {
        if (!acb_is_finite(x + j))
            return LB_OK;
        if (!acb_is_real(x + j))
            return lb_error_set(err, LB_EDOM,
                                "argument %ld is not real; real_root takes "
                                "real coefficients (use re(...))",
                                (long) j + 1);
        c[j - 1] = *acb_realref(x + j); /* read only: a shallow view */
    }
    if (lb_real_root(acb_realref(z), c, n - 2, (slong) k, prec) < 0)
        return lb_error_set(err, LB_EDOM,
                            "the polynomial is constant or has fewer than %lu "
                            "real roots",
                            (unsigned long) k);
    arb_zero(acb_imagref(z));
    return LB_OK;
}

#undef FROM_ARB
#undef NUMBER_FUNCTION

static const lb_function functions[] = {
    { "sqrt", LB_FUNCTION_NUMBER, 1, 1, number_sqrt, "sqrt(x)", 0 },
    { "exp", LB_FUNCTION_NUMBER, 1, 1, number_exp, "exp(x)", 0 },
    { "log", LB_FUNCTION_NUMBER, 1, 1, number_log, "log(x)", 0 },
    { "log10", LB_FUNCTION_NUMBER, 1, 1, number_log10, "log10(x)", 0 },
    { "sin", LB_FUNCTION_NUMBER, 1, 1, number_sin, "sin(x)", 0 },
    { "cos", LB_FUNCTION_NUMBER, 1, 1, number_cos, "cos(x)", 0 },
    { "tan", LB_FUNCTION_NUMBER, 1, 1, number_tan, "tan(x)", 0 },
    { "asin", LB_FUNCTION_NUMBER, 1, 1, number_asin, "asin(x)", 0 },
    { "acos", LB_FUNCTION_NUMBER, 1, 1, number_acos, "acos(x)", 0 },
    { "atan", LB_FUNCTION_NUMBER, 1, 1, number_atan, "atan(x)", 0 },
    { "sinh", LB_FUNCTION_NUMBER, 1, 1, number_sinh, "sinh(x)", 0 },
    { "cosh", LB_FUNCTION_NUMBER, 1, 1, number_cosh, "cosh(x)", 0 },
    { "tanh", LB_FUNCTION_NUMBER, 1, 1, number_tanh, "tanh(x)", 0 },
    { "dB", LB_FUNCTION_NUMBER, 1, 1, number_dB, "dB(x)", 0 },
    { "abs", LB_FUNCTION_NUMBER, 1, 1, number_abs, "abs(x)", 0 },
    { "abs2", LB_FUNCTION_NUMBER, 1, 1, number_abs2, "abs2(x)", 0 },
    { "re", LB_FUNCTION_NUMBER, 1, 1, number_re, "re(x)", 0 },
    { "im", LB_FUNCTION_NUMBER, 1, 1, number_im, "im(x)", 0 },
    { "conj", LB_FUNCTION_NUMBER, 1, 1, number_conj, "conj(x)", 0 },
    { "arg", LB_FUNCTION_NUMBER, 1, 1, number_arg, "arg(x)", 0 },
    { "min", LB_FUNCTION_NUMBER, 2, 4, number_min, "min(x,y)", 0 },
    { "max", LB_FUNCTION_NUMBER, 2, 4, number_max, "max(x,y)", 0 },
    { "factorial", LB_FUNCTION_NUMBER, 1, 1, number_factorial, "factorial(n)",
      0 },
    { "binomial", LB_FUNCTION_NUMBER, 2, 2, number_binomial, "binomial(x,k)",
      0 },
    { "rising", LB_FUNCTION_NUMBER, 2, 2, number_rising, "rising(x,k)", 0 },
    { "hyp0f2", LB_FUNCTION_NUMBER, 3, 3, number_hyp0f2, "hyp0f2(b1,b2,z)", 0 },
    { "real_root", LB_FUNCTION_NUMBER, 3, LB_MAX_ARITY, number_real_root,
      "real_root(k,c0,c1,...)", 0 },
    { "dag", LB_FUNCTION_OPERATOR, 1, 1, NULL, "dag(a)", 0 },
    { "sx", LB_FUNCTION_OPERATOR, 1, 1, NULL, "sx(s)", 0 },
    { "sy", LB_FUNCTION_OPERATOR, 1, 1, NULL, "sy(s)", 0 },
    { "sz", LB_FUNCTION_OPERATOR, 1, 1, NULL, "sz(s)", 0 },
    { "proj", LB_FUNCTION_OPERATOR, 2, 2, NULL, "proj(a,n)", 0 },
    { "ketbra", LB_FUNCTION_OPERATOR, 3, 3, NULL, "ketbra(a,m,n)", 0 },
    { "n", LB_FUNCTION_STATE, 1, 1, NULL, "n(a)", 0 },
    { "g2", LB_FUNCTION_STATE, 1, 1, NULL, "g2(a)", 0 },
    { "g3", LB_FUNCTION_STATE, 1, 1, NULL, "g3(a)", 0 },
    { "g4", LB_FUNCTION_STATE, 1, 1, NULL, "g4(a)", 0 },
    { "P", LB_FUNCTION_STATE, 2, 2, NULL, "P(a,n)", 0 },
    { "S", LB_FUNCTION_QUANTITY, 2, 2, NULL, "S(out,in)", 1 },
    { "S_conj", LB_FUNCTION_QUANTITY, 2, 2, NULL, "S_conj(out,in)", 1 },
    { "S_xx", LB_FUNCTION_QUANTITY, 2, 2, NULL, "S_xx(out,in)", 1 },
    { "S_xp", LB_FUNCTION_QUANTITY, 2, 2, NULL, "S_xp(out,in)", 1 },
    { "S_px", LB_FUNCTION_QUANTITY, 2, 2, NULL, "S_px(out,in)", 1 },
    { "S_pp", LB_FUNCTION_QUANTITY, 2, 2, NULL, "S_pp(out,in)", 1 },
    { "noise_out", LB_FUNCTION_QUANTITY, 1, 1, NULL, "noise_out(port)", 1 },
    { "noise_x", LB_FUNCTION_QUANTITY, 1, 1, NULL, "noise_x(port)", 1 },
    { "noise_p", LB_FUNCTION_QUANTITY, 1, 1, NULL, "noise_p(port)", 1 },
    { "thermal_out", LB_FUNCTION_QUANTITY, 1, 1, NULL, "thermal_out(port)", 1 },
    { "dS", LB_FUNCTION_QUANTITY, 3, 3, NULL, "dS(out,in,PARAMETER)", 0 },
    { "dressed", LB_FUNCTION_QUANTITY, 2, 2, NULL, "dressed(n,k)", 0 },
    { "resonance", LB_FUNCTION_QUANTITY, 3, 3, NULL, "resonance(n,k,PARAMETER)",
      0 },
    { "stability", LB_FUNCTION_QUANTITY, 0, 0, NULL, "stability()", 0 },
    { "det_M", LB_FUNCTION_QUANTITY, 0, 0, NULL, "det_M()", 0 },
    { "amplitude", LB_FUNCTION_QUANTITY, 1, 16, NULL, "amplitude(m,n,...)", 0 },
    { NULL, LB_FUNCTION_NUMBER, 0, 0, NULL, NULL, 0 }
};

const lb_function *
lb_function_find(const char * name)
{
    for (const lb_function * f = functions; f->name != NULL; f++)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

/* The degree by which |f| scales when its argument does, times two. */
static int
homogeneous(const lb_function * f, slong * twice_degree)
{
    if (f->number == number_abs || f->number == number_re
        || f->number == number_im || f->number == number_conj)
        *twice_degree = 2;
    else if (f->number == number_abs2)
        *twice_degree = 4;
    else if (f->number == number_sqrt)
        *twice_degree = 1;
    else
        return 0;
    return 1;
}

/* Entire and not zero at 0: f(o(1)) = f(0) + o(1) is a leading order. */
static int
has_limit_at_zero(const lb_function * f)
{
    return f->number == number_exp || f->number == number_cos
           || f->number == number_cosh;
}

/* True unless x is provably off the branch cuts of f.  (real_root is not
   continuous in all its arguments: it takes no limits at all.) */
static int
on_branch_cut(const lb_function * f, const acb_t x)
{
    acb_t t;
    int cut = 0;

    acb_init(t);
    if (f->number == number_sqrt || f->number == number_log
        || f->number == number_log10 || f->number == number_arg)
        acb_set(t, x); /* cut: the negative real axis */
    else if (f->number == number_asin || f->number == number_acos)
    {
        acb_mul(t, x, x, 64); /* cuts: x^2 in [1, inf) */
        acb_sub_ui(t, t, 1, 64);
        acb_neg(t, t);
    }
    else if (f->number == number_atan)
    {
        acb_mul(t, x, x, 64); /* cuts: x^2 in (-inf, -1] */
        acb_add_ui(t, t, 1, 64);
    }
    else
        acb_one(t);
    cut = arb_contains_zero(acb_imagref(t))
          && !arb_is_nonnegative(acb_realref(t));
    acb_clear(t);
    return cut;
}

/* next = what f makes of the next coefficient of its argument x = c d^m, of
   which z = f(c) is known; 0 if it is not known. */
static int
next_value(acb_t next, const lb_function * f, const lb_scalar_t x,
           const acb_t z, slong prec)
{
    int known;
    acb_t t;

    acb_init(t);
    known = lb_scalar_get_next(next, x);
    if (has_limit_at_zero(f) && x->order > 0)
    {
        /* exp(c d^2) = 1 + c d^2 + ... */
        acb_set(next, x->coefficient);
        known = f->number == number_exp && x->order == 2;
    }
    else if (f->number == number_re)
        arb_zero(acb_imagref(next));
    else if (f->number == number_im)
    {
        arb_swap(acb_realref(next), acb_imagref(next));
        arb_zero(acb_imagref(next));
    }
    else if (f->number == number_conj)
        acb_conj(next, next);
    else if (f->number == number_abs2 || f->number == number_abs)
    {
        /* |c + e d^2|^2 = |c|^2 + 2 Re(conj(c) e) d^2 + ... */
        acb_conj(t, x->coefficient);
        acb_mul(next, next, t, prec);
        arb_zero(acb_imagref(next));
        if (f->number == number_abs2)
            acb_mul_2exp_si(next, next, 1);
        else
            acb_div(next, next, z, prec);
    }
    else if (f->number == number_sqrt)
    {
        acb_mul_2exp_si(t, z, 1);
        acb_div(next, next, t, prec);
    }
    else if (f->number == number_exp)
        acb_mul(next, next, z, prec);
    else if (f->number == number_log || f->number == number_log10)
    {
        acb_div(next, next, x->coefficient, prec);
        if (f->number == number_log10)
        {
            arb_const_log10(acb_realref(t), prec);
            acb_div_arb(next, next, acb_realref(t), prec);
        }
    }
    else
        known = 0;
    acb_clear(t);
    return known;
}

lb_status
lb_function_apply(lb_scalar_t z, const lb_function * f,
                  const lb_scalar_struct * x, slong n, int exact_branch,
                  slong prec, lb_error * err)
{
    acb_struct args[LB_MAX_ARITY];
    slong order = 0, twice_degree;
    int remainder = 0;
    lb_status status;
    acb_t value, zero, next;
    int vanishes, known;

    if (homogeneous(f, &twice_degree))
    {
        order = lb_scalar_is_zero(x) ? 0 : x->order * twice_degree;
        if (order % 2 != 0)
            return lb_error_set(err, LB_EMODEL,
                                "%s of an odd power of the drive has no "
                                "leading order in integer powers",
                                f->name);
        order /= 2;
    }
    else
    {
        for (slong k = 0; k < n; k++)
            if (x[k].order != 0 && !lb_scalar_is_zero(x + k)
                && !(x[k].order > 0 && has_limit_at_zero(f)))
                return lb_error_set(err, LB_EMODEL,
                                    "%s of a quantity that scales as "
                                    "drive^%ld has no weak-drive limit here",
                                    f->name, (long) x[k].order);
    }

    acb_init(value);
    acb_init(zero);
    for (slong k = 0; k < n; k++)
    {
        vanishes = has_limit_at_zero(f) && x[k].order > 0
                   && !lb_scalar_is_zero(x + k)
                   && acb_is_finite(x[k].coefficient);
        args[k] = vanishes ? *zero : *x[k].coefficient; /* shallow views */
        remainder |= vanishes || x[k].remainder;
    }
    if (!exact_branch
        && (f->number == number_real_root ? remainder : on_branch_cut(f, args)))
    {
        acb_indeterminate(value);
        status = LB_OK;
    }
    else
        status = f->number(value, args, n, prec, err);

    acb_init(next);
    known = status == LB_OK && n == 1 && next_value(next, f, x, value, prec);
    if (status == LB_OK)
    {
        lb_scalar_set_acb(z, value);
        z->order = order;
        z->remainder = remainder;
        if (remainder && known)
            lb_scalar_set_next(z, next);
        if (f->number == number_dB && acb_is_finite(args)
            && !arb_is_positive(acb_realref(args)))
            dB_bound(z, args, prec);
    }
    else
        lb_scalar_indeterminate(z);
    acb_clear(zero);
    acb_clear(value);
    acb_clear(next);
    return status;
}

/* Exact decimals.  c, h, k_B and e are exact by definition of the SI units;
   eps_0 is the recommended value of CODATA 2018, 8.8541878128(13)e-12. */
static const struct
{
    const char * name;
    const char * digits;
    slong exponent;
} si_constants[] = {
    { "si_c", "299792458", 0 },        { "si_h", "662607015", -42 },
    { "si_hbar", "662607015", -42 }, /* divided by 2 pi below */
    { "si_kB", "1380649", -29 },       { "si_e", "1602176634", -28 },
    { "si_eps0", "88541878128", -22 },
};

int
lb_constant(acb_t z, const char * name, slong prec)
{
    size_t k, count = sizeof(si_constants) / sizeof(si_constants[0]);
    fmpz_t digits, scale;
    arb_t two_pi;

    if (strcmp(name, "i") == 0)
    {
        acb_onei(z);
        return 1;
    }
    if (strcmp(name, "pi") == 0)
    {
        acb_const_pi(z, prec);
        return 1;
    }
    for (k = 0; k < count && strcmp(name, si_constants[k].name) != 0; k++)
        ;
    if (k == count)
        return 0;

    fmpz_init(digits);
    fmpz_init(scale);
    fmpz_set_str(digits, si_constants[k].digits, 10);
    fmpz_ui_pow_ui(scale, 10, (ulong) -si_constants[k].exponent);
    arb_zero(acb_imagref(z));
    arb_fmpz_div_fmpz(acb_realref(z), digits, scale, prec);
    if (strcmp(name, "si_hbar") == 0)
    {
        arb_init(two_pi);
        arb_const_pi(two_pi, prec);
        arb_mul_2exp_si(two_pi, two_pi, 1);
        arb_div(acb_realref(z), acb_realref(z), two_pi, prec);
        arb_clear(two_pi);
    }
    fmpz_clear(digits);
    fmpz_clear(scale);
    return 1;
}
