/* tests/lb_test_kerr.h -- exact values of one driven Kerr mode from texts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TEST_KERR_H
#define LB_TEST_KERR_H

#include <lindbound/kerr.h>

#include "lb_test.h"
#include "lb_test_numeric.h"

/* The value of a number expression. */
static inline void
test_number(acb_t x, const char * text, slong prec)
{
    lb_expr * e = test_parse(text);
    lb_scope_t scope;
    lb_scalar_t y;
    lb_error err;
    lb_env_t env;

    lb_error_clear(&err);
    lb_scope_init(scope);
    lb_scalar_init(y);
    lb_env_init(env, scope, prec);
    if (lb_env_scalar(y, env, e, &err) != LB_OK)
        test_fail(text, &err);
    acb_set(x, y->coefficient);
    lb_env_clear(env);
    lb_scalar_clear(y);
    lb_scope_clear(scope);
    lb_expr_free(e);
}

static inline void
test_kerr_init(lb_kerr_t k, const char * delta, const char * chi,
               const char * xi, const char * gamma, slong prec)
{
    acb_t x;

    acb_init(x);
    lb_kerr_init(k);
    test_number(x, delta, prec);
    arb_set(k->delta, acb_realref(x));
    test_number(x, chi, prec);
    arb_set(k->chi, acb_realref(x));
    test_number(x, gamma, prec);
    arb_set(k->gamma, acb_realref(x));
    test_number(k->xi, xi, prec);
    acb_clear(x);
}

/* <a'^order a^order>; for order >= 2 over <a'a>^order: g2, g3, ... */
static inline void
test_kerr_correlation(acb_t value, const lb_kerr_t k, slong order, slong prec)
{
    acb_t n;

    acb_init(n);
    CU_ASSERT_FATAL(lb_kerr_moment(n, k, 1, 1, prec) == LB_OK);
    CU_ASSERT_FATAL(lb_kerr_moment(value, k, order, order, prec) == LB_OK);
    if (order > 1)
    {
        acb_pow_ui(n, n, (ulong) order, prec);
        acb_div(value, value, n, prec);
    }
    acb_clear(n);
}

#endif /* LB_TEST_KERR_H */
