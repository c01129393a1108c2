/* model/model.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/model.h>
#include <lindbound/text.h>

void
lb_model_init(lb_model_t m)
{
    memset(m, 0, sizeof(*m));
    lb_scope_init(m->scope);
}

void
lb_model_clear(lb_model_t m)
{
    flint_free(m->file);
    flint_free(m->name);
    flint_free(m->title);
    flint_free(m->source);
    for (slong k = 0; k < m->n_conventions; k++)
        flint_free(m->conventions[k]);
    flint_free(m->conventions);
    lb_scope_clear(m->scope);
    lb_expr_free(m->drive_unit);
    for (slong k = 0; k < m->n_hamiltonian; k++)
    {
        lb_expr_free(m->hamiltonian[k]);
        flint_free(m->hamiltonian_pointers[k]);
    }
    flint_free(m->hamiltonian);
    flint_free(m->hamiltonian_pointers);
    for (slong k = 0; k < m->n_dissipators; k++)
    {
        lb_expr_free(m->dissipators[k].rate);
        lb_expr_free(m->dissipators[k].jump);
        flint_free(m->dissipators[k].rate_pointer);
        flint_free(m->dissipators[k].jump_pointer);
    }
    flint_free(m->dissipators);
    for (slong k = 0; k < m->n_channels; k++)
    {
        flint_free(m->channels[k].name);
        lb_expr_free(m->channels[k].rate);
        lb_expr_free(m->channels[k].coupling);
        lb_expr_free(m->channels[k].thermal);
        flint_free(m->channels[k].pointer);
        flint_free(m->channels[k].note);
    }
    flint_free(m->channels);
    flint_free(m->frequency);
    for (slong k = 0; k < m->n_observables; k++)
    {
        flint_free(m->observables[k].name);
        lb_expr_free(m->observables[k].expr);
        flint_free(m->observables[k].pointer);
        flint_free(m->observables[k].doc);
        lb_settings_clear(m->observables[k].at);
    }
    flint_free(m->observables);
    lb_model_init(m);
}

slong
lb_model_find_observable(const lb_model_t m, const char * name)
{
    for (slong k = 0; k < m->n_observables; k++)
        if (strcmp(m->observables[k].name, name) == 0)
            return k;
    return -1;
}

slong
lb_model_find_port(const lb_model_t m, const char * name)
{
    for (slong k = 0; k < m->n_channels; k++)
        if (m->channels[k].name != NULL
            && strcmp(m->channels[k].name, name) == 0)
            return k;
    return -1;
}

lb_status
lb_model_scope_at(lb_scope_t scope, const lb_model_t m,
                  const lb_settings_t settings, lb_error * err)
{
    lb_status status = LB_OK;

    lb_scope_init_copy(scope, m->scope);
    for (slong k = 0; settings != NULL && k < settings->length; k++)
    {
        status = lb_scope_override(scope, settings->names[k],
                                   settings->texts[k], settings->places[k],
                                   settings->pointers[k], err);
        if (status != LB_OK)
            break;
    }
    if (status == LB_OK)
        status = lb_scope_check_cycles(scope, err);
    if (status != LB_OK)
        lb_scope_clear(scope);
    return status;
}

/* --- H and the dissipators at one precision ------------------------------ */

/* Refuses H if some coefficient of H - H' provably differs from zero. */
static lb_status
check_hermitian(const lb_opoly_t h, const lb_model_t m,
                const char * const * names, slong prec, lb_error * err)
{
    lb_opoly_t difference;
    lb_status status = LB_OK;

    lb_opoly_init(difference, h->kinds, h->subsystems);
    lb_opoly_adjoint(difference, h);
    lb_opoly_neg(difference, difference);
    lb_opoly_add(difference, h, difference, prec);
    for (slong k = 0; k < difference->length && status == LB_OK; k++)
    {
        char name[200] = "";

        if (acb_contains_zero(difference->coefficients[k].coefficient))
            continue;
        lb_opoly_term_text(name, sizeof(name), difference, k, names);
        status = lb_error_set(err, LB_EDOM,
                              "the Hamiltonian is not Hermitian: the "
                              "coefficients of %s and of its adjoint are not "
                              "conjugate; add the adjoint term or '+ h.c.'",
                              name);
        lb_error_in(err, m->file, "/hamiltonian");
    }
    lb_opoly_clear(difference);
    return status;
}

static lb_status
check_finite(const lb_opoly_t p, lb_error * err)
{
    for (slong k = 0; k < p->length; k++)
        if (!acb_is_finite(p->coefficients[k].coefficient))
            return lb_error_set(err, LB_EPREC,
                                "a coefficient is not finite (a division by "
                                "zero, or too little precision)");
    return LB_OK;
}

static lb_status
evaluate_hamiltonian(lb_opoly_t h, const lb_model_t m,
                     const char * const * names, lb_env_t env, lb_error * err)
{
    lb_status status = LB_OK;
    lb_opoly_t term;

    lb_opoly_init(term, h->kinds, h->subsystems);
    for (slong k = 0; k < m->n_hamiltonian && status == LB_OK; k++)
    {
        status = lb_env_operator(term, env, m->hamiltonian[k], err);
        if (status == LB_OK)
            status = check_finite(term, err);
        if (status != LB_OK)
            lb_error_in(err, m->file, m->hamiltonian_pointers[k]);
        lb_opoly_add(h, h, term, env->prec);
    }
    lb_opoly_clear(term);
    if (status == LB_OK)
        status = check_hermitian(h, m, names, env->prec, err);
    lb_opoly_hermitian_part(h, h, env->prec);
    return status;
}

/* remainder |= the rate is only a limit; NULL: not asked */
static lb_status
evaluate_rate(arb_t rate, int * remainder, const lb_expr * text,
              const char * what, lb_env_t env, lb_error * err)
{
    lb_scalar_t x;
    lb_status status;

    lb_scalar_init(x);
    status = lb_env_scalar(x, env, text, err);
    if (status == LB_OK && x->order != 0 && !lb_scalar_is_zero(x))
        status = lb_error_set(err, LB_EMODEL,
                              "a %s that scales with the drive has no "
                              "weak-drive limit",
                              what);
    else if (status == LB_OK && !acb_is_real(x->coefficient))
        status = lb_error_set(err, LB_EDOM,
                              "the %s is not provably real; use re(...) or "
                              "abs2(...)",
                              what);
    else if (status == LB_OK && arb_is_negative(acb_realref(x->coefficient)))
        status = lb_error_set(err, LB_EDOM, "the %s is negative; %ss are >= 0",
                              what, what);
    else if (status == LB_OK
             && (!arb_is_nonnegative(acb_realref(x->coefficient))
                 || !acb_is_finite(x->coefficient)))
        status = lb_error_set(err, LB_EPREC,
                              "the %s is not provably finite and >= 0; "
                              "narrow the ball parameters it uses",
                              what);
    if (status == LB_OK)
        arb_set(rate, acb_realref(x->coefficient));
    if (remainder != NULL)
        *remainder |= x->remainder;
    lb_scalar_clear(x);
    return status;
}

static char **
subsystem_names(const lb_scope_t scope)
{
    char ** names
        = flint_calloc((size_t) scope->subsystems + 1, sizeof(char *));

    for (slong k = 0; k < scope->length; k++)
        if (scope->symbols[k].kind == LB_SYMBOL_SUBSYSTEM)
            names[scope->symbols[k].index]
                = lb_text_copy(scope->symbols[k].name);
    return names;
}

lb_status
lb_problem_init(lb_problem_t p, const lb_model_t m, lb_env_t env,
                lb_error * err)
{
    slong n = env->scope->subsystems;
    lb_status status;

    p->subsystems = n;
    p->prec = env->prec;
    p->kinds = flint_malloc((size_t) (n + 1) * sizeof(lb_kind));
    if (n > 0)
        memcpy(p->kinds, env->scope->kinds, (size_t) n * sizeof(lb_kind));
    p->names = subsystem_names(env->scope);
    lb_opoly_init(p->hamiltonian, p->kinds, n);
    p->n_jumps = m->n_dissipators;
    p->rates_remainder = 0;
    p->rates = _arb_vec_init(p->n_jumps);
    p->jumps
        = flint_malloc((size_t) (p->n_jumps + 1) * sizeof(lb_opoly_struct));
    for (slong k = 0; k < p->n_jumps; k++)
    {
        lb_opoly_init(p->jumps + k, p->kinds, n);
        arb_indeterminate(p->rates + k);
    }

    status = evaluate_hamiltonian(p->hamiltonian, m,
                                  (const char * const *) p->names, env, err);
    for (slong k = 0; k < p->n_jumps && status == LB_OK; k++)
    {
        const lb_dissipator * d = m->dissipators + k;

        status = evaluate_rate(p->rates + k, &p->rates_remainder, d->rate,
                               "rate", env, err);
        if (status != LB_OK)
        {
            lb_error_in(err, m->file, d->rate_pointer);
            break;
        }
        status = lb_env_operator(p->jumps + k, env, d->jump, err);
        if (status == LB_OK)
            status = check_finite(p->jumps + k, err);
        if (status != LB_OK)
            lb_error_in(err, m->file, d->jump_pointer);
    }
    return status;
}

lb_status
lb_problem_init_at(lb_problem_t p, const lb_model_t m, const lb_scope_t scope,
                   slong prec, lb_error * err)
{
    lb_status status;
    lb_env_t env;

    lb_env_init(env, scope, prec);
    status = lb_problem_init(p, m, env, err);
    lb_env_clear(env);
    return status;
}

void
lb_problem_clear(lb_problem_t p)
{
    lb_opoly_clear(p->hamiltonian);
    for (slong k = 0; k < p->n_jumps; k++)
        lb_opoly_clear(p->jumps + k);
    flint_free(p->jumps);
    _arb_vec_clear(p->rates, p->n_jumps);
    for (slong k = 0; p->names != NULL && k < p->subsystems; k++)
        flint_free(p->names[k]);
    flint_free(p->names);
    flint_free(p->kinds);
}

lb_status
lb_channel_evaluate(arb_t rate, arb_t thermal, lb_opoly_t coupling,
                    const lb_model_t m, slong k, lb_env_t env, lb_error * err)
{
    const lb_channel * c = m->channels + k;
    const char * member = "rate";
    lb_status status = evaluate_rate(rate, NULL, c->rate, "rate", env, err);

    arb_zero(thermal);
    if (status == LB_OK && c->thermal != NULL)
    {
        member = "thermal";
        status = evaluate_rate(thermal, NULL, c->thermal, "thermal occupation",
                               env, err);
    }
    if (status == LB_OK)
    {
        member = "operator";
        status = lb_env_operator(coupling, env, c->coupling, err);
        if (status == LB_OK)
            status = check_finite(coupling, err);
    }
    if (status != LB_OK)
    {
        char * pointer = lb_text_print("%s/%s%s", c->pointer, member, c->note);

        lb_error_in(err, m->file, pointer);
        flint_free(pointer);
        arb_indeterminate(rate);
        arb_indeterminate(thermal);
    }
    return status;
}
