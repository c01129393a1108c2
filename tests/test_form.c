/* tests/test_form.c -- every printed form by three independent evaluations:
 * balls at random precision, MPC without balls, and the quantity derived from
 * the model.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <mpfr.h> /* before FLINT, which then offers arf_set_mpfr */
#include <string.h>

#include <lindbound/form.h>
#include <lindbound/model_file.h>
#include <lindbound/model_quantity.h>

#include "lb_test.h"
#include "lb_test_mpc.h"

static const char * const systems[]
    = { "three_cavity", "nanotip", "two_atoms" };

#define N_SYSTEMS (sizeof(systems) / sizeof(systems[0]))

typedef void (*form_visitor)(const lb_form_t form, const lb_model_t m,
                             const lb_scope_t scope, slong * count);

/* Calls visit on every built-in form; returns how many it counted. */
static slong
for_all_forms(form_visitor visit)
{
    const char * data = getenv("LINDBOUND_DATA");
    slong count = 0;

    for (size_t k = 0; k < N_SYSTEMS; k++)
    {
        char path[1000];
        lb_forms_t forms;
        lb_model_t m;
        lb_error err;

        lb_error_clear(&err);
        lb_model_init(m);
        lb_forms_init(forms);
        snprintf(path, sizeof(path), "%s/models/%s.json",
                 data != NULL ? data : "data", systems[k]);
        CU_ASSERT_FATAL(lb_model_read(m, path, &err) == LB_OK);
        snprintf(path, sizeof(path), "%s/forms/%s.json",
                 data != NULL ? data : "data", systems[k]);
        if (lb_forms_read(forms, path, m, &err) != LB_OK)
        {
            char message[1200];

            lb_error_format(message, sizeof(message), &err);
            printf("\n%s\n", message);
            CU_FAIL("form file");
        }
        for (slong j = 0; j < forms->length; j++)
        {
            lb_scope_t scope;

            CU_ASSERT_FATAL(
                lb_form_scope(scope, forms->forms + j, m, NULL, &err) == LB_OK);
            visit(forms->forms + j, m, scope, &count);
            lb_scope_clear(scope);
        }
        lb_forms_clear(forms);
        lb_model_clear(m);
    }
    return count;
}

static slong
random_precision(slong top)
{
    static flint_rand_t state;
    static int started;

    if (!started)
    {
        lb_test_rand_init(state);
        started = 1;
    }
    return 2 + (slong) n_randint(state, (ulong) top);
}

/* Closed forms in balls at random precision contain what MPC finds. */
static void
visit_mpc(const lb_form_t form, const lb_model_t m, const lb_scope_t scope,
          slong * count)
{
    const lb_expr * formulas[2] = { form->as_printed, form->mended };

    (void) m;
    for (int k = 0; k < 2; k++)
    {
        mpc_t z;
        lb_scalar_t x;
        acb_t exact;

        if (formulas[k] == NULL)
            continue;
        mpc_init2(z, LB_TEST_MPC_PREC);
        lb_scalar_init(x);
        acb_init(exact);
        if (!lb_test_mpc_node(z, scope, formulas[k]->root))
        {
            printf("\n%s: %s", form->id, formulas[k]->text);
            CU_FAIL("not known to the MPC evaluator");
        }
        arf_set_mpfr(arb_midref(acb_realref(exact)), mpc_realref(z));
        arf_set_mpfr(arb_midref(acb_imagref(exact)), mpc_imagref(z));
        /* MPC carries no error bound: allow it a quarter of its bits, of the
           modulus, and an absolute floor for exact zeros */
        if (acb_is_finite(exact))
        {
            mag_t size;

            mag_init(size);
            acb_get_mag(size, exact);
            mag_mul_2exp_si(size, size, -LB_TEST_MPC_PREC * 3 / 4);
            acb_add_error_mag(exact, size);
            mag_set_ui_2exp_si(size, 1, -LB_TEST_MPC_PREC * 3 / 4);
            acb_add_error_mag(exact, size);
            mag_clear(size);
            for (slong iter = 0; iter < lb_test_iters(20); iter++)
            {
                slong prec = random_precision(300);

                CU_ASSERT(
                    lb_form_evaluate(x, formulas[k], scope, 0, NULL, prec, NULL)
                    == LB_OK);
                if (!acb_overlaps(x->coefficient, exact))
                    printf("\n%s at %ld bits", form->id, (long) prec);
                LB_CHECK_OVERLAP_ACB(x->coefficient, exact, iter);
            }
            /* tight at high precision, unless the value is zero */
            CU_ASSERT(
                lb_form_evaluate(x, formulas[k], scope, 0, NULL, 500, NULL)
                == LB_OK);
            if (acb_rel_accuracy_bits(x->coefficient) < 400
                && !acb_contains_zero(x->coefficient))
            {
                printf("\n%s: %ld bits at 500", form->id,
                       (long) acb_rel_accuracy_bits(x->coefficient));
                CU_FAIL("not tight");
            }
            (*count)++;
        }
        mpc_clear(z);
        lb_scalar_clear(x);
        acb_clear(exact);
    }
}

static void
test_mpc(void)
{
    CU_ASSERT(for_all_forms(visit_mpc) >= 60);
    mpfr_free_cache();
}

/* The right formula and the derived quantity overlap at any two precisions;
   at high precision a misprinted one is provably something else. */
static void
visit_derived(const lb_form_t form, const lb_model_t m, const lb_scope_t scope,
              slong * count)
{
    const lb_expr * formula = lb_form_formula(form);
    int leading = form->limit == LB_LIMIT_WEAK_DRIVE;
    slong compared = 0;
    lb_scalar_t x, y;

    if (formula == NULL
        || (!leading && lb_node_uses_state(form->quantity->root)))
        return;
    lb_scalar_init(x);
    lb_scalar_init(y);
    for (slong iter = 0; iter < lb_test_iters(12); iter++)
    {
        slong p = random_precision(200), q = random_precision(200);
        lb_status status;

        CU_ASSERT(lb_form_evaluate(x, formula, scope, leading, NULL, p, NULL)
                  == LB_OK);
        status
            = lb_model_quantity(y, form->quantity, m, scope, leading, q, NULL);
        CU_ASSERT(status == LB_OK || status == LB_EPREC);
        if (!acb_overlaps(x->coefficient, y->coefficient))
            printf("\n%s at %ld and %ld bits", form->id, (long) p, (long) q);
        LB_CHECK_OVERLAP_ACB(x->coefficient, y->coefficient, iter);
        compared += status == LB_OK;
    }
    CU_ASSERT(lb_form_evaluate(x, formula, scope, leading, NULL, 400, NULL)
              == LB_OK);
    CU_ASSERT(lb_model_quantity(y, form->quantity, m, scope, leading, 400, NULL)
              == LB_OK);
    LB_CHECK_OVERLAP_ACB(x->coefficient, y->coefficient, -1);
    if (!acb_contains_zero(x->coefficient))
    {
        CU_ASSERT(acb_rel_accuracy_bits(x->coefficient) > 300);
        CU_ASSERT(acb_rel_accuracy_bits(y->coefficient) > 300);
        CU_ASSERT(x->order == y->order);
    }
    if (form->mended != NULL && form->as_printed != NULL)
    {
        CU_ASSERT(lb_form_evaluate(x, form->as_printed, scope, leading, NULL,
                                   400, NULL)
                  == LB_OK);
        if (acb_overlaps(x->coefficient, y->coefficient))
        {
            printf("\n%s: the misprinted form agrees", form->id);
            CU_FAIL("no misprint");
        }
    }
    if (compared > 0)
        (*count)++;
    lb_scalar_clear(x);
    lb_scalar_clear(y);
}

static void
test_derived(void)
{
    CU_ASSERT(for_all_forms(visit_derived) >= 48);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "closed forms in balls against MPC", test_mpc },
        { "closed forms against the model", test_derived },
    };

    return lb_test_main("form", cases, sizeof(cases) / sizeof(cases[0]));
}
