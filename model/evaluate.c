/* model/evaluate.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two mutually recursive evaluators, one for numbers and one for operators;
 * lb_scope_is_operator decides which of them a node belongs to. */
#include <string.h>

#include <lindbound/evaluate.h>
#include <lindbound/functions.h>
#include <lindbound/text.h>

void
lb_env_init(lb_env_t env, const lb_scope_t scope, slong prec)
{
    memset(env, 0, sizeof(*env));
    env->scope = scope;
    env->prec = prec;
    fmpq_init(env->drive_scale);
    fmpq_one(env->drive_scale);
    env->known = flint_calloc((size_t) scope->length + 1, 1);
    env->values
        = flint_malloc((size_t) (scope->length + 1) * sizeof(lb_scalar_struct));
    for (slong k = 0; k < scope->length; k++)
        lb_scalar_init(env->values + k);
}

void
lb_env_clear(lb_env_t env)
{
    for (slong k = 0; k < env->scope->length; k++)
        lb_scalar_clear(env->values + k);
    flint_free(env->values);
    flint_free(env->known);
    fmpq_clear(env->drive_scale);
}

/* --- names --------------------------------------------------------------- */

static lb_status
unknown_name(const lb_env_t env, const char * name, lb_error * err)
{
    const char * nearest = NULL;
    char names[300];
    int best = 3;

    for (slong k = 0; k < env->scope->length; k++)
    {
        int distance = lb_text_distance(name, env->scope->symbols[k].name);

        if (distance < best && distance < (int) strlen(name))
        {
            best = distance;
            nearest = env->scope->symbols[k].name;
        }
    }
    if (nearest != NULL)
        return lb_error_set(err, LB_ENAME,
                            "unknown name '%.60s'; did you mean '%s'?", name,
                            nearest);
    lb_scope_list_names(names, sizeof(names), env->scope, -1);
    return lb_error_set(err, LB_ENAME, "unknown name '%.60s'; known names: %s",
                        name, names);
}

lb_status
lb_env_symbol(lb_scalar_t out, lb_env_t env, slong k, lb_error * err)
{
    const lb_symbol * symbol = env->scope->symbols + k;
    lb_status status;

    if (env->known[k])
    {
        lb_scalar_set(out, env->values + k);
        return LB_OK;
    }
    if (symbol->expr == NULL && symbol->value == NULL)
    {
        lb_scalar_indeterminate(out);
        return lb_error_set(err, LB_EDOM,
                            "'%s' is an operator; a number is needed here "
                            "(an expectation value is written <...>)",
                            symbol->name);
    }
    if (symbol->value != NULL)
        lb_scalar_set_acb(out, symbol->value);
    else
    {
        status = lb_env_scalar_node(out, env, symbol->expr->root, err);
        if (status != LB_OK)
        {
            lb_error_in(err, symbol->file, symbol->pointer);
            return status;
        }
    }
    if (symbol->drive)
    {
        acb_t scale;

        acb_init(scale);
        acb_set_fmpq(scale, env->drive_scale, env->prec);
        lb_scalar_mul_acb(out, out, scale, env->prec);
        acb_clear(scale);
        if (env->leading_order)
            out->order += 1;
    }
    lb_scalar_set(env->values + k, out);
    env->known[k] = 1;
    return LB_OK;
}

static lb_status
scalar_name(lb_scalar_t out, lb_env_t env, const lb_node * node, lb_error * err)
{
    slong k = lb_scope_find(env->scope, node->name);
    acb_t value;
    int constant;

    if (k >= 0)
        return lb_env_symbol(out, env, k, err);
    acb_init(value);
    constant = lb_constant(value, node->name, env->prec);
    if (constant)
        lb_scalar_set_acb(out, value);
    acb_clear(value);
    return constant ? LB_OK : unknown_name(env, node->name, err);
}

/* An exact integer in [low, high], for powers and levels. */
static lb_status
exact_integer(slong * value, lb_env_t env, const lb_node * node, slong low,
              slong high, const char * what, lb_error * err)
{
    lb_scalar_t x;
    lb_status status;

    lb_scalar_init(x);
    status = lb_env_scalar_node(x, env, node, err);
    if (status == LB_OK)
    {
        if (x->order != 0 || x->remainder || !acb_is_int(x->coefficient)
            || arf_cmp_si(arb_midref(acb_realref(x->coefficient)), low) < 0
            || arf_cmp_si(arb_midref(acb_realref(x->coefficient)), high) > 0)
        {
            status = lb_error_set(err, LB_EDOM,
                                  "%s must be an exact integer from %ld to "
                                  "%ld",
                                  what, (long) low, (long) high);
            lb_error_at_column(err, node->column);
        }
        else
            *value = arf_get_si(arb_midref(acb_realref(x->coefficient)),
                                ARF_RND_DOWN);
    }
    lb_scalar_clear(x);
    return status;
}

/* The subsystem that an argument names, of one kind unless kind < 0. */
static lb_status
subsystem_argument(slong * index, lb_env_t env, const lb_node * call, int kind,
                   lb_error * err)
{
    const lb_node * arg = call->args[0];
    slong k
        = arg->kind == LB_NODE_NAME ? lb_scope_find(env->scope, arg->name) : -1;

    if (k >= 0 && env->scope->symbols[k].kind == LB_SYMBOL_SUBSYSTEM)
    {
        *index = env->scope->symbols[k].index;
        if (kind < 0 || (int) env->scope->kinds[*index] == kind)
            return LB_OK;
    }
    lb_error_set(
        err, LB_EDOM, "the first argument of %s must be the name of a %s",
        call->name, kind == LB_TWO_LEVEL ? "two-level system" : "subsystem");
    lb_error_at_column(err, arg->column);
    return LB_EDOM;
}

/* --- expectation values -------------------------------------------------- */

lb_status
lb_expectation_unknown(lb_scalar_t out, const lb_opoly_t op, void * context,
                       slong prec, lb_error * err)
{
    (void) op;
    (void) context;
    (void) prec;
    (void) err;
    lb_scalar_indeterminate(out);
    return LB_OK;
}

lb_status
lb_quantity_unknown(lb_scalar_t out, const lb_node * call,
                    struct lb_env_struct * env, void * context, slong prec,
                    lb_error * err)
{
    (void) call;
    (void) env;
    (void) context;
    (void) prec;
    (void) err;
    lb_scalar_indeterminate(out);
    return LB_OK;
}

static lb_status
expectation(lb_scalar_t out, lb_env_t env, const lb_opoly_t op, lb_error * err)
{
    if (env->expectation == NULL)
        return lb_error_set(err, LB_EMODEL,
                            "an expectation value needs a state, and there is "
                            "none here: parameters and closed forms are "
                            "numbers");
    return env->expectation(out, op, env->expectation_context, env->prec, err);
}

/* < c'^k c^k > of the operator c */
static lb_status
normal_ordered_moment(lb_scalar_t out, lb_env_t env, const lb_opoly_t c,
                      ulong k, lb_error * err)
{
    lb_opoly_t power, adjoint;
    lb_status status;

    lb_opoly_init(power, env->scope->kinds, env->scope->subsystems);
    lb_opoly_init(adjoint, env->scope->kinds, env->scope->subsystems);
    lb_opoly_pow_ui(power, c, k, env->prec);
    lb_opoly_adjoint(adjoint, power);
    lb_opoly_mul(power, adjoint, power, env->prec);
    status = expectation(out, env, power, err);
    lb_opoly_clear(power);
    lb_opoly_clear(adjoint);
    return status;
}

/* n(a) = <a'a>, gk(a) = <a'^k a^k>/<a'a>^k */
static lb_status
correlation(lb_scalar_t out, lb_env_t env, const lb_node * call, ulong k,
            lb_error * err)
{
    lb_scalar_t mean;
    lb_opoly_t c;
    lb_status status;

    lb_scalar_init(mean);
    lb_opoly_init(c, env->scope->kinds, env->scope->subsystems);
    status = lb_env_operator_node(c, env, call->args[0], err);
    if (status == LB_OK)
        status = normal_ordered_moment(out, env, c, k, err);
    if (status == LB_OK && k > 1)
    {
        status = normal_ordered_moment(mean, env, c, 1, err);
        lb_scalar_pow_si(mean, mean, (slong) k, env->prec);
        lb_scalar_div(out, out, mean, env->prec);
    }
    lb_scalar_clear(mean);
    lb_opoly_clear(c);
    return status;
}

static lb_status
population(lb_scalar_t out, lb_env_t env, const lb_node * call, lb_error * err)
{
    lb_opoly_t projector;
    slong index, level;
    lb_status status = subsystem_argument(&index, env, call, -1, err);

    if (status == LB_OK)
        status = exact_integer(
            &level, env, call->args[1], 0,
            env->scope->kinds[index] == LB_MODE ? LB_MAX_POWER : 1, "a level",
            err);
    if (status != LB_OK)
        return status;
    lb_opoly_init(projector, env->scope->kinds, env->scope->subsystems);
    lb_opoly_set_ketbra(projector, index, level, level);
    status = expectation(out, env, projector, err);
    lb_opoly_clear(projector);
    return status;
}

static lb_status
state_function(lb_scalar_t out, lb_env_t env, const lb_node * call,
               lb_error * err)
{
    if (strcmp(call->name, "P") == 0)
        return population(out, env, call, err);
    if (strcmp(call->name, "n") == 0)
        return correlation(out, env, call, 1, err);
    return correlation(out, env, call, (ulong) (call->name[1] - '0'), err);
}

/* --- numbers ------------------------------------------------------------- */

static lb_status
number_function(lb_scalar_t out, lb_env_t env, const lb_function * f,
                const lb_node * call, lb_error * err)
{
    lb_scalar_struct x[LB_MAX_ARITY];
    lb_status status = LB_OK;

    for (slong k = 0; k < call->arity; k++)
        lb_scalar_init(x + k);
    for (slong k = 0; k < call->arity && status == LB_OK; k++)
        status = lb_env_scalar_node(x + k, env, call->args[k], err);
    if (status == LB_OK)
        status = lb_function_apply(out, f, x, call->arity,
                                   !env->leading_order && !env->continuous,
                                   env->prec, err);
    for (slong k = 0; k < call->arity; k++)
        lb_scalar_clear(x + k);
    return status;
}

static lb_status
scalar_call(lb_scalar_t out, lb_env_t env, const lb_node * call, lb_error * err)
{
    const lb_function * f = lb_function_find(call->name);
    lb_status status;

    switch (f->kind)
    {
    case LB_FUNCTION_NUMBER:
        return number_function(out, env, f, call, err);
    case LB_FUNCTION_STATE:
        return state_function(out, env, call, err);
    case LB_FUNCTION_QUANTITY:
        status = env->quantity == NULL
                     ? LB_ENAME
                     : env->quantity(out, call, env, env->quantity_context,
                                     env->prec, err);
        if (status == LB_ENAME)
            lb_error_set(err, LB_ENAME,
                         "%s is only known in the quantity of a form",
                         f->usage);
        return status;
    case LB_FUNCTION_OPERATOR:
        break;
    }
    return lb_error_set(err, LB_EDOM,
                        "%s is an operator; a number is needed here", f->usage);
}

/* z = x^y = exp(y log x) of order 0; next coefficient y x^(y-1) x'.  Where x is
   a limit on the branch cut of the logarithm nothing is proved. */
static void
general_power(lb_scalar_t z, const lb_scalar_t x, const acb_t y, slong prec)
{
    acb_t next, power;
    int known, remainder = x->remainder;

    acb_init(next);
    acb_init(power);
    known = lb_scalar_get_next(next, x);
    acb_sub_ui(power, y, 1, prec);
    acb_pow(power, x->coefficient, power, prec);
    acb_mul(power, power, y, prec);
    acb_mul(next, next, power, prec);
    acb_pow(power, x->coefficient, y, prec);
    if (remainder && arb_contains_zero(acb_imagref(x->coefficient))
        && !arb_is_positive(acb_realref(x->coefficient)))
        acb_indeterminate(power);
    lb_scalar_set_acb(z, power);
    z->remainder = remainder;
    if (remainder && known)
        lb_scalar_set_next(z, next);
    acb_clear(next);
    acb_clear(power);
}

/* z = x^y: exact integer powers by repeated squaring, so that negative bases
   and orders in the drive come out right; all others exp(y log x). */
static lb_status
scalar_power(lb_scalar_t z, const lb_scalar_t x, const lb_scalar_t y,
             slong prec, lb_error * err)
{
    if (y->side == 0 && !acb_is_finite(y->coefficient))
    {
        lb_scalar_indeterminate(z); /* whatever it depends on */
        return LB_OK;
    }
    if ((y->order != 0 || y->remainder) && !lb_scalar_is_zero(y))
        return lb_error_set(err, LB_EMODEL,
                            "an exponent may not depend on the drive");
    if (acb_is_int(y->coefficient)
        && arf_cmpabs_2exp_si(arb_midref(acb_realref(y->coefficient)), 20) < 0)
    {
        lb_scalar_pow_si(
            z, x,
            arf_get_si(arb_midref(acb_realref(y->coefficient)), ARF_RND_DOWN),
            prec);
        return LB_OK;
    }
    if (x->order != 0 && !lb_scalar_is_zero(x))
        return lb_error_set(err, LB_EMODEL,
                            "a quantity that scales with the drive may only "
                            "be raised to an integer power");
    general_power(z, x, y->coefficient, prec);
    return LB_OK;
}

static lb_status
scalar_binary(lb_scalar_t out, lb_env_t env, const lb_node * node,
              lb_error * err)
{
    lb_scalar_t x, y;
    lb_status status;

    lb_scalar_init(x);
    lb_scalar_init(y);
    status = lb_env_scalar_node(x, env, node->args[0], err);
    if (status == LB_OK)
        status = lb_env_scalar_node(y, env, node->args[1], err);
    if (status == LB_OK)
    {
        switch (node->kind)
        {
        case LB_NODE_ADD:
            lb_scalar_add(out, x, y, env->prec);
            break;
        case LB_NODE_SUBTRACT:
            lb_scalar_neg(y, y);
            lb_scalar_add(out, x, y, env->prec);
            break;
        case LB_NODE_MULTIPLY:
            lb_scalar_mul(out, x, y, env->prec);
            break;
        case LB_NODE_DIVIDE:
            lb_scalar_div(out, x, y, env->prec);
            break;
        default:
            status = scalar_power(out, x, y, env->prec, err);
        }
    }
    lb_scalar_clear(x);
    lb_scalar_clear(y);
    return status;
}

/* Integers are taken exactly at any precision: they serve as powers. */
static void
scalar_literal(lb_scalar_t out, const lb_node * node, slong prec)
{
    acb_t value;
    mag_t radius;
    arb_t r;

    acb_init(value);
    if (fmpz_is_one(fmpq_denref(node->value)))
        acb_set_fmpz(value, fmpq_numref(node->value));
    else
        acb_set_fmpq(value, node->value, prec);
    if (!fmpq_is_zero(node->radius))
    {
        mag_init(radius);
        arb_init(r);
        arb_set_fmpq(r, node->radius, prec);
        arb_get_mag(radius, r);
        arb_add_error_mag(acb_realref(value), radius);
        mag_clear(radius);
        arb_clear(r);
    }
    lb_scalar_set_acb(out, value);
    acb_clear(value);
}

static lb_status
scalar_expectation(lb_scalar_t out, lb_env_t env, const lb_node * node,
                   lb_error * err)
{
    lb_opoly_t op;
    lb_status status;

    lb_opoly_init(op, env->scope->kinds, env->scope->subsystems);
    status = lb_env_operator_node(op, env, node->args[0], err);
    if (status == LB_OK)
        status = expectation(out, env, op, err);
    lb_opoly_clear(op);
    return status;
}

static lb_status
scalar_node(lb_scalar_t out, lb_env_t env, const lb_node * node, lb_error * err)
{
    lb_status status;

    switch (node->kind)
    {
    case LB_NODE_NUMBER:
        scalar_literal(out, node, env->prec);
        return LB_OK;
    case LB_NODE_NAME:
        return scalar_name(out, env, node, err);
    case LB_NODE_NEGATE:
        status = lb_env_scalar_node(out, env, node->args[0], err);
        lb_scalar_neg(out, out);
        return status;
    case LB_NODE_ADJOINT:
        status = lb_env_scalar_node(out, env, node->args[0], err);
        lb_scalar_conj(out, out);
        return status;
    case LB_NODE_ADD:
    case LB_NODE_SUBTRACT:
    case LB_NODE_MULTIPLY:
    case LB_NODE_DIVIDE:
    case LB_NODE_POWER:
        return scalar_binary(out, env, node, err);
    case LB_NODE_CALL:
        return scalar_call(out, env, node, err);
    case LB_NODE_EXPECTATION:
        return scalar_expectation(out, env, node, err);
    case LB_NODE_PLUS_HC:
        break;
    }
    return lb_error_set(err, LB_EDOM,
                        "'+ h.c.' follows operators, not numbers");
}

lb_status
lb_env_scalar_node(lb_scalar_t out, lb_env_t env, const lb_node * node,
                   lb_error * err)
{
    lb_status status;

    out->side = 0;
    status = scalar_node(out, env, node, err);
    if (status != LB_OK)
    {
        lb_scalar_indeterminate(out);
        lb_error_at_column(err, node->column);
    }
    return status;
}

lb_status
lb_env_scalar(lb_scalar_t out, lb_env_t env, const lb_expr * e, lb_error * err)
{
    return lb_env_scalar_node(out, env, e->root, err);
}

/* --- operators ----------------------------------------------------------- */

static lb_status
operator_name(lb_opoly_t out, lb_env_t env, const lb_node * node,
              lb_error * err)
{
    slong k = lb_scope_find(env->scope, node->name);
    const lb_symbol * symbol = env->scope->symbols + k;
    lb_status status = LB_OK;

    if (symbol->kind == LB_SYMBOL_SUBSYSTEM)
        lb_opoly_set_lowering(out, symbol->index);
    else /* only what holds a subsystem comes here, so it has a text */
    {
        status = lb_env_operator_node(out, env, symbol->expr->root, err);
        if (status != LB_OK)
            lb_error_in(err, symbol->file, symbol->pointer);
    }
    return status;
}

/* sx = s + s', sy = i(s - s'), sz = 2 s's - 1, with s = |0><1| */
static lb_status
pauli(lb_opoly_t out, lb_env_t env, const lb_node * call, lb_error * err)
{
    lb_scalar_t factor;
    lb_opoly_t s, raise;
    slong index;
    lb_status status = subsystem_argument(&index, env, call, LB_TWO_LEVEL, err);

    if (status != LB_OK)
        return status;
    lb_scalar_init(factor);
    lb_opoly_init(s, env->scope->kinds, env->scope->subsystems);
    lb_opoly_init(raise, env->scope->kinds, env->scope->subsystems);
    lb_opoly_set_lowering(s, index);
    lb_opoly_adjoint(raise, s);
    switch (call->name[1])
    {
    case 'x':
        lb_opoly_add(out, s, raise, env->prec);
        break;
    case 'y':
        lb_opoly_neg(raise, raise);
        lb_opoly_add(out, s, raise, env->prec);
        acb_onei(factor->coefficient);
        lb_opoly_scalar_mul(out, out, factor, env->prec);
        break;
    default:
        lb_opoly_mul(out, raise, s, env->prec);
        acb_set_si(factor->coefficient, 2);
        lb_opoly_scalar_mul(out, out, factor, env->prec);
        acb_set_si(factor->coefficient, -1);
        lb_opoly_set_scalar(s, factor);
        lb_opoly_add(out, out, s, env->prec);
    }
    lb_scalar_clear(factor);
    lb_opoly_clear(s);
    lb_opoly_clear(raise);
    return LB_OK;
}

/* proj(a,n) = |n><n|, ketbra(a,m,n) = |m><n| */
static lb_status
matrix_unit(lb_opoly_t out, lb_env_t env, const lb_node * call, lb_error * err)
{
    slong index, m, n, high;
    lb_status status = subsystem_argument(&index, env, call, -1, err);

    if (status != LB_OK)
        return status;
    high = env->scope->kinds[index] == LB_MODE ? LB_MAX_POWER : 1;
    status = exact_integer(&m, env, call->args[1], 0, high, "a level", err);
    n = m;
    if (status == LB_OK && call->arity == 3)
        status = exact_integer(&n, env, call->args[2], 0, high, "a level", err);
    if (status == LB_OK)
        lb_opoly_set_ketbra(out, index, m, n);
    return status;
}

static lb_status
operator_call(lb_opoly_t out, lb_env_t env, const lb_node * call,
              lb_error * err)
{
    lb_status status;

    if (strcmp(call->name, "dag") == 0)
    {
        status = lb_env_operator_node(out, env, call->args[0], err);
        lb_opoly_adjoint(out, out);
        return status;
    }
    if (strcmp(call->name, "proj") == 0 || strcmp(call->name, "ketbra") == 0)
        return matrix_unit(out, env, call, err);
    return pauli(out, env, call, err);
}

/* multiplications of terms in one product of operators */
#define MAX_PRODUCTS 300000

/* Powers of ladder operators larger than a factor can hold are refused before
   they are formed. */
static lb_status
check_powers(const lb_opoly_t x, const lb_opoly_t y, lb_error * err)
{
    for (slong k = 0; k < x->subsystems; k++)
    {
        slong power
            = lb_opoly_highest_level(x, k) + lb_opoly_highest_level(y, k);

        if (x->kinds[k] == LB_MODE && power > LB_MAX_POWER)
            return lb_error_set(err, LB_EDOM,
                                "a power of a ladder operator above %d is "
                                "not supported",
                                LB_MAX_POWER);
    }
    return LB_OK;
}

/* x = x y, refused where it would exhaust memory and patience. */
static lb_status
multiply_into(lb_opoly_t x, const lb_opoly_t y, slong prec, lb_error * err)
{
    lb_status status = check_powers(x, y, err);

    if (status == LB_OK && x->length > MAX_PRODUCTS / (y->length + 1))
        status = lb_error_set(err, LB_EDIM,
                              "the operator has too many terms (a product of "
                              "%ld by %ld); write it in fewer",
                              (long) x->length, (long) y->length);
    if (status == LB_OK)
        lb_opoly_mul(x, x, y, prec);
    return status;
}

static lb_status
operator_power(lb_opoly_t out, lb_env_t env, const lb_node * node,
               lb_error * err)
{
    slong power;
    lb_opoly_t base;
    lb_scalar_t one;
    lb_status status;

    status = exact_integer(&power, env, node->args[1], 0, LB_MAX_POWER,
                           "the power of an operator", err);
    if (status != LB_OK)
        return status;
    lb_opoly_init(base, env->scope->kinds, env->scope->subsystems);
    lb_scalar_init(one);
    acb_one(one->coefficient);
    lb_opoly_set_scalar(out, one);
    status = lb_env_operator_node(base, env, node->args[0], err);
    for (slong k = 0; k < power && status == LB_OK; k++)
        status = multiply_into(out, base, env->prec, err);
    lb_scalar_clear(one);
    lb_opoly_clear(base);
    return status;
}

static lb_status
operator_quotient(lb_opoly_t out, lb_env_t env, const lb_node * node,
                  lb_error * err)
{
    lb_scalar_t x, one;
    lb_status status;

    if (lb_scope_is_operator(env->scope, node->args[1]))
        return lb_error_set(err, LB_EDOM,
                            "division by an operator is not defined");
    lb_scalar_init(x);
    lb_scalar_init(one);
    acb_one(one->coefficient);
    status = lb_env_operator_node(out, env, node->args[0], err);
    if (status == LB_OK)
        status = lb_env_scalar_node(x, env, node->args[1], err);
    if (status == LB_OK)
    {
        lb_scalar_div(x, one, x, env->prec);
        lb_opoly_scalar_mul(out, out, x, env->prec);
    }
    lb_scalar_clear(x);
    lb_scalar_clear(one);
    return status;
}

static lb_status
operator_binary(lb_opoly_t out, lb_env_t env, const lb_node * node,
                lb_error * err)
{
    lb_opoly_t x, y;
    lb_status status;

    lb_opoly_init(x, env->scope->kinds, env->scope->subsystems);
    lb_opoly_init(y, env->scope->kinds, env->scope->subsystems);
    status = lb_env_operator_node(x, env, node->args[0], err);
    if (status == LB_OK)
        status = lb_env_operator_node(y, env, node->args[1], err);
    if (status == LB_OK && node->kind == LB_NODE_MULTIPLY)
        status = multiply_into(x, y, env->prec, err);
    else if (status == LB_OK)
    {
        if (node->kind == LB_NODE_SUBTRACT)
            lb_opoly_neg(y, y);
        lb_opoly_add(x, x, y, env->prec);
    }
    if (status == LB_OK)
        lb_opoly_swap(out, x);
    lb_opoly_clear(x);
    lb_opoly_clear(y);
    return status;
}

/* True if p consists of the same products of ladder operators as its adjoint,
   with equal coefficients as far as the balls can tell. */
static int
looks_hermitian(const lb_opoly_t p)
{
    lb_opoly_t q;
    int same;

    lb_opoly_init(q, p->kinds, p->subsystems);
    lb_opoly_adjoint(q, p);
    same = p->length == q->length && p->length > 0;
    for (slong k = 0; k < p->length && same; k++)
        same = memcmp(lb_opoly_term(p, k), lb_opoly_term(q, k),
                      (size_t) p->subsystems * sizeof(lb_factor))
                   == 0
               && acb_overlaps(p->coefficients[k].coefficient,
                               q->coefficients[k].coefficient);
    lb_opoly_clear(q);
    return same;
}

/* Refuses a term that '+ h.c.' would double. */
static lb_status
check_terms_not_hermitian(lb_env_t env, const lb_node * node, lb_error * err)
{
    lb_opoly_t term;
    lb_status status;

    if (node->kind == LB_NODE_ADD || node->kind == LB_NODE_SUBTRACT)
    {
        status = check_terms_not_hermitian(env, node->args[0], err);
        if (status == LB_OK)
            status = check_terms_not_hermitian(env, node->args[1], err);
        return status;
    }
    lb_opoly_init(term, env->scope->kinds, env->scope->subsystems);
    status = lb_env_operator_node(term, env, node, err);
    if (status == LB_OK && looks_hermitian(term))
    {
        status = lb_error_set(err, LB_EDOM,
                              "this term is already Hermitian and '+ h.c.' "
                              "would double it; move it to a text of its own");
        lb_error_at_column(err, node->column);
    }
    lb_opoly_clear(term);
    return status;
}

static lb_status
operator_plus_hc(lb_opoly_t out, lb_env_t env, const lb_node * node,
                 lb_error * err)
{
    lb_opoly_t adjoint;
    lb_status status = check_terms_not_hermitian(env, node->args[0], err);

    if (status == LB_OK)
        status = lb_env_operator_node(out, env, node->args[0], err);
    if (status != LB_OK)
        return status;
    lb_opoly_init(adjoint, env->scope->kinds, env->scope->subsystems);
    lb_opoly_adjoint(adjoint, out);
    lb_opoly_add(out, out, adjoint, env->prec);
    lb_opoly_clear(adjoint);
    return LB_OK;
}

static lb_status
operator_node(lb_opoly_t out, lb_env_t env, const lb_node * node,
              lb_error * err)
{
    lb_status status;

    if (!lb_scope_is_operator(env->scope, node))
    {
        lb_scalar_t x;

        lb_scalar_init(x);
        status = lb_env_scalar_node(x, env, node, err);
        if (status == LB_OK)
            lb_opoly_set_scalar(out, x);
        lb_scalar_clear(x);
        return status;
    }
    switch (node->kind)
    {
    case LB_NODE_NAME:
        return operator_name(out, env, node, err);
    case LB_NODE_NEGATE:
        status = lb_env_operator_node(out, env, node->args[0], err);
        lb_opoly_neg(out, out);
        return status;
    case LB_NODE_ADJOINT:
        status = lb_env_operator_node(out, env, node->args[0], err);
        lb_opoly_adjoint(out, out);
        return status;
    case LB_NODE_ADD:
    case LB_NODE_SUBTRACT:
    case LB_NODE_MULTIPLY:
        return operator_binary(out, env, node, err);
    case LB_NODE_DIVIDE:
        return operator_quotient(out, env, node, err);
    case LB_NODE_POWER:
        return operator_power(out, env, node, err);
    case LB_NODE_CALL:
        return operator_call(out, env, node, err);
    case LB_NODE_PLUS_HC:
        return operator_plus_hc(out, env, node, err);
    case LB_NODE_NUMBER:
    case LB_NODE_EXPECTATION:
        break; /* never operators */
    }
    return LB_EDOM;
}

lb_status
lb_env_operator_node(lb_opoly_t out, lb_env_t env, const lb_node * node,
                     lb_error * err)
{
    lb_status status = operator_node(out, env, node, err);

    if (status != LB_OK)
    {
        lb_opoly_zero(out);
        lb_error_at_column(err, node->column);
    }
    return status;
}

lb_status
lb_env_operator(lb_opoly_t out, lb_env_t env, const lb_expr * e, lb_error * err)
{
    return lb_env_operator_node(out, env, e->root, err);
}

/* --- texts --------------------------------------------------------------- */

lb_status
lb_scope_real(arb_t x, const char * text, const lb_scope_t scope, slong prec,
              lb_error * err)
{
    lb_status status;
    lb_scalar_t z;
    lb_env_t env;
    lb_expr * e;

    arb_indeterminate(x);
    status = lb_expr_parse(&e, text, err);
    if (status != LB_OK)
        return status;
    lb_scalar_init(z);
    lb_env_init(env, scope, prec);
    status = lb_env_scalar(z, env, e, err);
    if (status == LB_OK
        && (!acb_is_finite(z->coefficient) || !acb_is_real(z->coefficient)))
        status = lb_error_set(err, LB_EDOM,
                              "'%.60s' must be a finite real number", text);
    if (status == LB_OK)
        arb_set(x, acb_realref(z->coefficient));
    lb_env_clear(env);
    lb_scalar_clear(z);
    lb_expr_free(e);
    return status;
}
