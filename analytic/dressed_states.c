/* analytic/dressed_states.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/dressed_states.h>
#include <lindbound/excitation_block.h>
#include <lindbound/hermitian.h>
#include <lindbound/model_derivative.h>

/* The scope with all drives zero. */
static void
init_undriven(lb_scope_t undriven, const lb_scope_t scope)
{
    acb_t zero;

    acb_init(zero);
    lb_scope_init_copy(undriven, scope);
    for (slong k = 0; k < undriven->length; k++)
        if (undriven->symbols[k].drive)
            lb_scope_set_value(undriven, k, zero);
    acb_clear(zero);
}

static lb_status
check_conserving(const lb_opoly_t p, const lb_scope_t scope, lb_error * err)
{
    const char ** names
        = flint_calloc((size_t) p->subsystems + 1, sizeof(char *));
    lb_status status = LB_OK;

    for (slong k = 0; k < scope->length; k++)
        if (scope->symbols[k].kind == LB_SYMBOL_SUBSYSTEM)
            names[scope->symbols[k].index] = scope->symbols[k].name;
    for (slong i = 0; i < p->length && status == LB_OK; i++)
        if (lb_opoly_term_shift(p, i) != 0)
        {
            char text[128];

            lb_opoly_term_text(text, sizeof(text), p, i, names);
            status = lb_error_set(err, LB_EMODEL,
                                  "no dressed states: the Hamiltonian term %s "
                                  "changes the number of excitations and does "
                                  "not vanish with the drive",
                                  text);
        }
    flint_free(names);
    return status;
}

/* --- the block of n excitations ------------------------------------------ */

typedef struct
{
    slong size;
    slong * levels;
    acb_mat_t constant; /* the block of H, minus the vacuum's energy */
    acb_mat_t slope;    /* the same of dH/dp; empty without p        */
} block;

static void
block_clear(block * b)
{
    flint_free(b->levels);
    acb_mat_clear(b->constant);
    acb_mat_clear(b->slope);
}

/* Clear whatever the status. */
static lb_status
block_init(block * b, const lb_scope_t scope, slong n, slong k, lb_error * err)
{
    lb_status status = lb_block_states(&b->levels, &b->size, scope->kinds,
                                       scope->subsystems, n, err);

    if (status == LB_OK && b->size > LB_DRESSED_MAX_BLOCK)
        status = lb_error_set(err, LB_EDIM,
                              "the block of %ld excitations has %ld states; at "
                              "most %d are taken",
                              (long) n, (long) b->size, LB_DRESSED_MAX_BLOCK);
    if (status == LB_OK && k > b->size)
        status = lb_error_set(err, LB_EDOM,
                              "the block of %ld excitations has %ld states: "
                              "there is no number %ld",
                              (long) n, (long) b->size, (long) k);
    if (status != LB_OK)
        b->size = 0;
    acb_mat_init(b->constant, b->size, b->size);
    acb_mat_init(b->slope, b->size, b->size);
    return status;
}

/* H on the block, at the parameters of the scope. */
static lb_status
fill_constant(block * b, const lb_model_t m, const lb_scope_t scope, slong prec,
              lb_error * err)
{
    lb_problem_t p;
    lb_status status = lb_problem_init_at(p, m, scope, prec, err);

    if (status == LB_OK)
        status = check_conserving(p->hamiltonian, scope, err);
    if (status == LB_OK)
        lb_block_matrix(b->constant, p->hamiltonian, b->levels, prec);
    lb_problem_clear(p);
    return status;
}

/* dH/dp on the block, if H is affine in p. */
static lb_status
fill_slope(block * b, const lb_model_t m, const lb_scope_t scope, slong symbol,
           slong prec, lb_error * err)
{
    lb_opoly_t slope;
    lb_env_t env;
    lb_status status;
    int affine;

    lb_env_init(env, scope, prec);
    lb_opoly_init(slope, scope->kinds, scope->subsystems);
    status = lb_hamiltonian_derivative(slope, &affine, m, env, symbol, err);
    if (status == LB_OK && !affine)
        status = lb_error_set(err, LB_EMODEL,
                              "no certified resonance: the text of the "
                              "Hamiltonian does not show that it is affine in "
                              "'%s'",
                              scope->symbols[symbol].name);
    if (status == LB_OK)
        status = check_conserving(slope, scope, err);
    if (status == LB_OK)
        lb_block_matrix(b->slope, slope, b->levels, prec);
    lb_opoly_clear(slope);
    lb_env_clear(env);
    return status;
}

static lb_status
not_proved(lb_error * err, const char * what)
{
    return lb_error_set(err, LB_EPREC, "%s at this precision", what);
}

lb_status
lb_dressed_energy(arb_t e, const lb_model_t m, const lb_scope_t scope, slong n,
                  slong k, slong prec, lb_error * err)
{
    lb_scope_t undriven;
    arb_ptr energies;
    lb_status status;
    block b;

    arb_indeterminate(e);
    init_undriven(undriven, scope);
    status = block_init(&b, undriven, n, k, err);
    if (status == LB_OK)
        status = fill_constant(&b, m, undriven, prec, err);
    energies = _arb_vec_init(b.size);
    if (status == LB_OK
        && lb_hermitian_eigenvalues(energies, b.constant, prec) != LB_OK)
        status = not_proved(err, "the energies are not enclosed");
    if (status == LB_OK)
        arb_swap(e, energies + k - 1);
    _arb_vec_clear(energies, b.size);
    block_clear(&b);
    lb_scope_clear(undriven);
    return status;
}

/* A + p B singular for the k-th smallest p, with B > 0 or, if s = -1, B < 0:
   -p (sB) x = s A x. */
static lb_status
pencil_root(arb_t x, block * b, slong k, slong prec)
{
    arb_ptr roots = _arb_vec_init(b->size);
    lb_status status = lb_hermitian_pencil(roots, b->constant, b->slope, prec);

    if (status != LB_OK)
    {
        acb_mat_neg(b->constant, b->constant);
        acb_mat_neg(b->slope, b->slope);
        status = lb_hermitian_pencil(roots, b->constant, b->slope, prec);
    }
    if (status == LB_OK)
        arb_neg(x, roots + b->size - k);
    _arb_vec_clear(roots, b->size);
    return status;
}

lb_status
lb_resonance(arb_t x, const lb_model_t m, const lb_scope_t scope, slong symbol,
             slong n, slong k, slong prec, lb_error * err)
{
    lb_scope_t undriven;
    lb_status status;
    acb_t zero;
    block b;

    arb_indeterminate(x);
    if (scope->symbols[symbol].drive)
        return lb_error_set(err, LB_EMODEL,
                            "'%s' is a drive and does not enter the dressed "
                            "states",
                            scope->symbols[symbol].name);
    init_undriven(undriven, scope);
    acb_init(zero);
    lb_scope_set_value(undriven, symbol, zero);
    status = block_init(&b, undriven, n, k, err);
    if (status == LB_OK)
        status = fill_constant(&b, m, undriven, prec, err);
    if (status == LB_OK)
        status = fill_slope(&b, m, undriven, symbol, prec, err);
    if (status == LB_OK && pencil_root(x, &b, k, prec) != LB_OK)
        status = not_proved(err, "the dependence of the block on the parameter "
                                 "is not proved definite");
    acb_clear(zero);
    block_clear(&b);
    lb_scope_clear(undriven);
    return status;
}
