/* tests/lb_test_certify.h -- proved values of models from short texts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TEST_CERTIFY_H
#define LB_TEST_CERTIFY_H

#include <lindbound/certifier.h>

#include "lb_test.h"
#include "lb_test_numeric.h"

/* A model, its certifier, and what is asked of them. */
typedef struct
{
    lb_model_t model;
    lb_certifier * certifier;
} certified;

static inline void
certified_init_full(certified * x, const char * text)
{
    lb_error err;

    lb_error_clear(&err);
    test_model_init(x->model, text);
    if (lb_certifier_new_full(&x->certifier, x->model, x->model->scope, 2000,
                              &err)
        != LB_OK)
        test_fail(text, &err);
}

static inline void
certified_init_truncated(certified * x, const char * text, const char * cutoff)
{
    lb_error err;
    lb_cutoff_t c;

    lb_error_clear(&err);
    test_model_init(x->model, text);
    lb_cutoff_init(c, x->model->scope->kinds, x->model->scope->subsystems);
    if ((cutoff[0] != '\0'
         && lb_cutoff_parse(c, cutoff, x->model->scope, &err) != LB_OK)
        || lb_certifier_new_truncated(&x->certifier, x->model, x->model->scope,
                                      c, 2000, &err)
               != LB_OK)
        test_fail(text, &err);
    lb_cutoff_clear(c);
}

static inline void
certified_clear(certified * x)
{
    lb_certifier_free(x->certifier);
    lb_model_clear(x->model);
}

/* value of an expression; returns whether the digits were reached */
static inline int
certified_value(acb_t value, certified * x, const char * text, slong digits)
{
    lb_expr * e = test_parse(text);
    lb_certified_info info;
    lb_error err;

    lb_error_clear(&err);
    if (lb_certifier_value(value, &info, x->certifier, e, digits, &err)
        != LB_OK)
        test_fail(text, &err);
    lb_expr_free(e);
    return info.reached;
}

/* Fails with operands unless the ball overlaps the reference (much tighter
   than the digits) and is tight: relative radius at most 10^-digits. */
static inline void
check_value(certified * x, const char * text, slong digits,
            const acb_t reference, slong iter, const char * model)
{
    acb_t value;
    int reached, ok;

    acb_init(value);
    reached = certified_value(value, x, text, digits);
    ok = acb_overlaps(value, reference) && acb_is_finite(value);
    if (!ok || !reached
        || acb_rel_accuracy_bits(value) < (slong) (3.32 * (double) digits))
    {
        printf("\niter %ld seed %lu: <%s> of \"%s\", %ld digits, reached %d"
               "\n  got      ",
               (long) iter, (unsigned long) lb_test_seed(), text, model,
               (long) digits, reached);
        acb_printn(value, 40, 0);
        printf("\n  expected ");
        acb_printn(reference, 40, 0);
        printf("\n");
    }
    CU_ASSERT(ok);
    CU_ASSERT(reached);
    CU_ASSERT(acb_rel_accuracy_bits(value)
              >= (slong) (3.32 * (double) digits));
    acb_clear(value);
}

/* A random number of the form k/1000 in [low, high], as text and as a ball. */
static inline void
random_number(char * text, size_t size, double low, double high,
              flint_rand_t state)
{
    slong a = (slong) (low * 1000.0), b = (slong) (high * 1000.0);

    snprintf(text, size, "(%ld/1000)",
             (long) (a + (slong) n_randint(state, (ulong) (b - a + 1))));
}

#endif /* LB_TEST_CERTIFY_H */
