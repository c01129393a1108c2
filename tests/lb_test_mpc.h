/* tests/lb_test_mpc.h -- a second evaluator of expressions, without balls.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walks the same tree with MPC (complex MPFR) at a fixed high precision and
 * shares no arithmetic with the library: an independent witness of what a
 * closed form is worth.  Numbers only: no operators, no expectation values. */
#ifndef LB_TEST_MPC_H
#define LB_TEST_MPC_H

#include <mpc.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/scope.h>

#define LB_TEST_MPC_PREC 400
#define LB_TEST_MPC_ARITY 18

static inline int lb_test_mpc_node(mpc_t z, const lb_scope_t scope,
                                   const lb_node * node);

static inline void
lb_test_mpc_fmpq(mpc_t z, const fmpq_t q)
{
    mpq_t gmp;

    mpq_init(gmp);
    fmpq_get_mpq(gmp, q);
    mpc_set_q(z, gmp, MPC_RNDNN);
    mpq_clear(gmp);
}

static inline int
lb_test_mpc_name(mpc_t z, const lb_scope_t scope, const char * name)
{
    static const struct
    {
        const char * name;
        const char * value;
    } si[] = {
        { "si_c", "299792458" },      { "si_h", "6.62607015e-34" },
        { "si_kB", "1.380649e-23" },  { "si_e", "1.602176634e-19" },
        { "si_eps0", "8.8541878128e-12" },
    };
    slong k = lb_scope_find(scope, name);

    if (k >= 0)
        return scope->symbols[k].expr != NULL
               && lb_test_mpc_node(z, scope, scope->symbols[k].expr->root);
    if (strcmp(name, "i") == 0)
        return mpc_set_si_si(z, 0, 1, MPC_RNDNN), 1;
    mpfr_set_zero(mpc_imagref(z), 1);
    if (strcmp(name, "pi") == 0)
        return mpfr_const_pi(mpc_realref(z), MPFR_RNDN), 1;
    if (strcmp(name, "si_hbar") == 0)
    {
        mpfr_t pi;

        mpfr_init2(pi, LB_TEST_MPC_PREC);
        mpfr_const_pi(pi, MPFR_RNDN);
        mpfr_set_str(mpc_realref(z), "6.62607015e-34", 10, MPFR_RNDN);
        mpfr_div(mpc_realref(z), mpc_realref(z), pi, MPFR_RNDN);
        mpfr_div_2ui(mpc_realref(z), mpc_realref(z), 1, MPFR_RNDN);
        mpfr_clear(pi);
        return 1;
    }
    for (size_t j = 0; j < sizeof(si) / sizeof(si[0]); j++)
        if (strcmp(name, si[j].name) == 0)
            return mpfr_set_str(mpc_realref(z), si[j].value, 10, MPFR_RNDN)
                   == 0;
    return 0;
}

/* 0F2(; b, c; x) by its series; arguments of order one */
static inline void
lb_test_mpc_hyp0f2(mpc_t z, const mpc_t b, const mpc_t c, const mpc_t x)
{
    mpc_t term, t;

    mpc_init2(term, LB_TEST_MPC_PREC);
    mpc_init2(t, LB_TEST_MPC_PREC);
    mpc_set_ui(term, 1, MPC_RNDNN);
    mpc_set_ui(z, 1, MPC_RNDNN);
    for (unsigned long k = 0; k < 400; k++)
    {
        mpc_mul(term, term, x, MPC_RNDNN);
        mpc_add_ui(t, b, k, MPC_RNDNN);
        mpc_div(term, term, t, MPC_RNDNN);
        mpc_add_ui(t, c, k, MPC_RNDNN);
        mpc_div(term, term, t, MPC_RNDNN);
        mpc_div_ui(term, term, k + 1, MPC_RNDNN);
        mpc_add(z, z, term, MPC_RNDNN);
    }
    mpc_clear(term);
    mpc_clear(t);
}

/* b (b+1) ... (b+k-1) */
static inline void
lb_test_mpc_rising(mpc_t z, const mpc_t b, unsigned long k)
{
    mpc_t t;

    mpc_init2(t, LB_TEST_MPC_PREC);
    mpc_set_ui(z, 1, MPC_RNDNN);
    for (unsigned long j = 0; j < k; j++)
    {
        mpc_add_ui(t, b, j, MPC_RNDNN);
        mpc_mul(z, z, t, MPC_RNDNN);
    }
    mpc_clear(t);
}

static inline int
lb_test_mpc_compare(const void * x, const void * y)
{
    return mpfr_cmp(mpc_realref((mpc_srcptr) x), mpc_realref((mpc_srcptr) y));
}

/* x[0] = k, then coefficients: simple roots, by Weierstrass's iteration of all
   of them; real are those with an imaginary part below 2^-200 */
static inline int
lb_test_mpc_real_root(mpc_t z, mpc_t * x, slong n)
{
    slong degree = n - 2, k = mpfr_get_si(mpc_realref(x[0]), MPFR_RNDN);
    mpc_t roots[LB_TEST_MPC_ARITY], value, t;
    slong real = 0;

    mpc_init2(value, LB_TEST_MPC_PREC);
    mpc_init2(t, LB_TEST_MPC_PREC);
    mpc_set_d_d(t, 0.4, 0.9, MPC_RNDNN);
    for (slong i = 0; i < degree; i++)
    {
        mpc_init2(roots[i], LB_TEST_MPC_PREC);
        mpc_pow_si(roots[i], t, i, MPC_RNDNN);
    }
    for (int step = 0; step < 300; step++)
        for (slong i = 0; i < degree; i++)
        {
            mpc_set(value, x[n - 1], MPC_RNDNN);
            for (slong j = n - 2; j >= 1; j--)
            {
                mpc_mul(value, value, roots[i], MPC_RNDNN);
                mpc_add(value, value, x[j], MPC_RNDNN);
            }
            mpc_div(value, value, x[n - 1], MPC_RNDNN);
            for (slong j = 0; j < degree; j++)
                if (j != i)
                {
                    mpc_sub(t, roots[i], roots[j], MPC_RNDNN);
                    mpc_div(value, value, t, MPC_RNDNN);
                }
            mpc_sub(roots[i], roots[i], value, MPC_RNDNN);
        }
    for (slong i = 0; i < degree; i++)
        if (mpfr_zero_p(mpc_imagref(roots[i]))
            || mpfr_get_exp(mpc_imagref(roots[i])) < -200)
            mpc_swap(roots[real++], roots[i]);
    qsort(roots, (size_t) real, sizeof(roots[0]), lb_test_mpc_compare);
    if (k <= real)
        mpfr_set(mpc_realref(z), mpc_realref(roots[k - 1]), MPFR_RNDN);
    for (slong i = 0; i < degree; i++)
        mpc_clear(roots[i]);
    mpc_clear(value);
    mpc_clear(t);
    return k <= real;
}

static inline int
lb_test_mpc_call(mpc_t z, const char * name, mpc_t * x, slong n)
{
    static const struct
    {
        const char * name;
        int (*function)(mpc_ptr, mpc_srcptr, mpc_rnd_t);
    } functions[] = {
        { "sqrt", mpc_sqrt },   { "exp", mpc_exp },   { "log", mpc_log },
        { "log10", mpc_log10 }, { "sin", mpc_sin },   { "cos", mpc_cos },
        { "tan", mpc_tan },     { "asin", mpc_asin }, { "acos", mpc_acos },
        { "atan", mpc_atan },   { "sinh", mpc_sinh }, { "cosh", mpc_cosh },
        { "tanh", mpc_tanh },   { "conj", mpc_conj },
    };

    for (size_t k = 0; k < sizeof(functions) / sizeof(functions[0]); k++)
        if (strcmp(name, functions[k].name) == 0)
            return functions[k].function(z, x[0], MPC_RNDNN), 1;
    mpfr_set_zero(mpc_imagref(z), 1);
    if (strcmp(name, "abs") == 0)
        mpc_abs(mpc_realref(z), x[0], MPFR_RNDN);
    else if (strcmp(name, "abs2") == 0)
        mpc_norm(mpc_realref(z), x[0], MPFR_RNDN);
    else if (strcmp(name, "re") == 0)
        mpfr_set(mpc_realref(z), mpc_realref(x[0]), MPFR_RNDN);
    else if (strcmp(name, "im") == 0)
        mpfr_set(mpc_realref(z), mpc_imagref(x[0]), MPFR_RNDN);
    else if (strcmp(name, "arg") == 0)
        mpc_arg(mpc_realref(z), x[0], MPFR_RNDN);
    else if (strcmp(name, "min") == 0)
        mpfr_min(mpc_realref(z), mpc_realref(x[0]), mpc_realref(x[1]),
                 MPFR_RNDN);
    else if (strcmp(name, "max") == 0)
        mpfr_max(mpc_realref(z), mpc_realref(x[0]), mpc_realref(x[1]),
                 MPFR_RNDN);
    else if (strcmp(name, "factorial") == 0)
        mpfr_fac_ui(mpc_realref(z), mpfr_get_ui(mpc_realref(x[0]), MPFR_RNDN),
                    MPFR_RNDN);
    else if (strcmp(name, "hyp0f2") == 0)
        lb_test_mpc_hyp0f2(z, x[0], x[1], x[2]);
    else if (strcmp(name, "real_root") == 0)
        return lb_test_mpc_real_root(z, x, n);
    else if (strcmp(name, "rising") == 0)
        lb_test_mpc_rising(z, x[0],
                           mpfr_get_ui(mpc_realref(x[1]), MPFR_RNDN));
    else
        return 0;
    return 1;
}

static inline int
lb_test_mpc_power(mpc_t z, mpc_t * x)
{
    if (mpfr_zero_p(mpc_imagref(x[1])) && mpfr_integer_p(mpc_realref(x[1])))
        mpc_pow_si(z, x[0], mpfr_get_si(mpc_realref(x[1]), MPFR_RNDN),
                   MPC_RNDNN);
    else
        mpc_pow(z, x[0], x[1], MPC_RNDNN);
    return 1;
}

/* 1 and the value, or 0 if the tree holds something this evaluator lacks. */
static inline int
lb_test_mpc_node(mpc_t z, const lb_scope_t scope, const lb_node * node)
{
    mpc_t x[LB_TEST_MPC_ARITY];
    int good = node->arity <= LB_TEST_MPC_ARITY;

    if (!good)
        return 0;
    for (slong k = 0; k < node->arity; k++)
        mpc_init2(x[k], LB_TEST_MPC_PREC);
    for (slong k = 0; k < node->arity; k++)
        good = good && lb_test_mpc_node(x[k], scope, node->args[k]);
    if (good)
        switch (node->kind)
        {
        case LB_NODE_NUMBER:
            good = fmpq_is_zero(node->radius);
            lb_test_mpc_fmpq(z, node->value);
            break;
        case LB_NODE_NAME:
            good = lb_test_mpc_name(z, scope, node->name);
            break;
        case LB_NODE_NEGATE:
            mpc_neg(z, x[0], MPC_RNDNN);
            break;
        case LB_NODE_ADD:
            mpc_add(z, x[0], x[1], MPC_RNDNN);
            break;
        case LB_NODE_SUBTRACT:
            mpc_sub(z, x[0], x[1], MPC_RNDNN);
            break;
        case LB_NODE_MULTIPLY:
            mpc_mul(z, x[0], x[1], MPC_RNDNN);
            break;
        case LB_NODE_DIVIDE:
            mpc_div(z, x[0], x[1], MPC_RNDNN);
            break;
        case LB_NODE_POWER:
            good = lb_test_mpc_power(z, x);
            break;
        case LB_NODE_ADJOINT:
            mpc_conj(z, x[0], MPC_RNDNN);
            break;
        case LB_NODE_CALL:
            good = lb_test_mpc_call(z, node->name, x, node->arity);
            break;
        case LB_NODE_EXPECTATION:
        case LB_NODE_PLUS_HC:
            good = 0;
        }
    for (slong k = 0; k < node->arity; k++)
        mpc_clear(x[k]);
    return good;
}

#endif /* LB_TEST_MPC_H */
