/* gate/vector_prove.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/basis.h>
#include <lindbound/form.h>
#include <lindbound/json_file.h>
#include <lindbound/model_quantity.h>
#include <lindbound/rational.h>
#include <lindbound/steady_value.h>
#include <lindbound/table_entry.h>
#include <lindbound/text.h>
#include <lindbound/vector_prove.h>

/* Digits that a closed form is asked for before it counts as zero. */
#define MOST_ZERO_DIGITS 400
/* A reference must be so much narrower than its tolerance. */
#define NARROWER 8
/* Bits at which a network is looked at that must be refused. */
#define REFUSE_PREC 256
/* A second steady state is looked for among so many excitations and states. */
#define SEVERAL_TOTAL 8
#define SEVERAL_DIMENSION 200

/* One model at one cutoff, and its certifier when it is asked for. */
typedef struct
{
    const lb_model_struct * model;
    const lb_scope_struct * scope;
    const char * cutoff; /* NULL: not truncated */
    slong max_dimension;
    lb_certifier * certifier;
} prover;

typedef struct
{
    const lb_vector_spec_struct * spec;
    const lb_spec_problem * problem;
    slong more;
    lb_scope_t scope;
    lb_expanded_t expanded;
    prover main;     /* of the values */
    slong n_cutoffs; /* of the truncated values, each cutoff once */
    prover * cutoffs;
    lb_model_t doubles; /* of `rounded` */
    lb_scope_t doubles_scope;
    prover rounded;
} work;

/* --- messages ------------------------------------------------------------ */

/* "ID: TEXT", at the place of the value in the spec. */
LB_PRINTF(5, 6)
static lb_status
fail(const work * w, const lb_spec_value * v, lb_status status, lb_error * err,
     const char * format, ...)
{
    char text[sizeof(err->text)];
    va_list ap;

    va_start(ap, format);
    vsnprintf(text, sizeof(text), format, ap);
    va_end(ap);
    lb_error_set(err, status, "%s%s%s: %s", w->problem->id,
                 v != NULL ? "/" : "", v != NULL ? v->name : "", text);
    lb_error_in(err, w->spec->file,
                v != NULL ? v->pointer : w->problem->pointer);
    return status;
}

/* The same of what has failed in its midst. */
static lb_status
fail_again(const work * w, const lb_spec_value * v, const char * what,
           lb_status status, lb_error * err)
{
    char text[sizeof(err->text)] = "";

    lb_text_append(text, sizeof(text), "%s",
                   err->text[0] != '\0' ? err->text : lb_status_str(status));
    lb_error_clear(err);
    return fail(w, v, status, err, "%s: %s", what, text);
}

/* --- certifiers ---------------------------------------------------------- */

static lb_status
need_certifier(prover * p, lb_error * err)
{
    lb_cutoff_t cutoff;
    lb_status status;

    if (p->certifier != NULL)
        return LB_OK;
    if (p->cutoff == NULL)
        return lb_certifier_new_full(&p->certifier, p->model, p->scope,
                                     p->max_dimension, err);
    lb_cutoff_init(cutoff, p->scope->kinds, p->scope->subsystems);
    status = lb_cutoff_parse(cutoff, p->cutoff, p->scope, err);
    if (status == LB_OK)
        status = lb_certifier_new_truncated(&p->certifier, p->model, p->scope,
                                            cutoff, p->max_dimension, err);
    lb_cutoff_clear(cutoff);
    return status;
}

/* The prover at @p cutoff. */
static prover *
prover_at(work * w, const char * cutoff)
{
    for (slong k = 0; k < w->n_cutoffs; k++)
        if (strcmp(w->cutoffs[k].cutoff, cutoff) == 0)
            return w->cutoffs + k;
    w->cutoffs = flint_realloc(w->cutoffs,
                               (size_t) (w->n_cutoffs + 1) * sizeof(prover));
    w->cutoffs[w->n_cutoffs] = w->main;
    w->cutoffs[w->n_cutoffs].cutoff = cutoff;
    w->cutoffs[w->n_cutoffs].certifier = NULL;
    return w->cutoffs + w->n_cutoffs++;
}

/* --- what a value must be ------------------------------------------------ */

static arb_srcptr
ball_of(const lb_table_entry_struct * e)
{
    return acb_realref(e->value->coefficient);
}

/* "[0.25 +/- 1e-9]"; release with flint_free. */
static char *
entry_text(const lb_table_entry_struct * e)
{
    return lb_scalar_str(e->value, e->digits);
}

static lb_status
check_reached(const work * w, const lb_spec_value * v, const char * what,
              const lb_table_entry_struct * e, int reached, lb_error * err)
{
    char * text;

    if (reached && e->value->side == 0)
        return LB_OK;
    text = entry_text(e);
    if (e->value->side != 0)
        fail(w, v, LB_EDOM, err,
             "%s is %s, a one-sided value; a vector needs a number", what,
             text);
    else
        fail(w, v, LB_ENOCONV, err,
             "%s is only known to be %s, not to %ld digits: %s", what, text,
             (long) e->digits, e->undecided != NULL ? e->undecided : "?");
    flint_free(text);
    return err != NULL ? err->status : LB_ENOCONV;
}

static lb_status
check_zero(const work * w, const lb_spec_value * v,
           const lb_table_entry_struct * e, lb_error * err)
{
    int zero = arb_contains_zero(ball_of(e));
    lb_status status = LB_OK;
    char * text;

    if (zero == lb_spec_value_has_flag(v, "exact-zero"))
        return LB_OK;
    text = entry_text(e);
    if (zero)
        status = fail(w, v, LB_ENOCONV, err,
                      "the value is %s; a value that is exactly zero has the "
                      "flag exact-zero and an absolute tolerance",
                      text);
    else
        status = fail(w, v, LB_ENOCONV, err,
                      "the value is %s, not zero as the flag exact-zero says",
                      text);
    flint_free(text);
    return status;
}

/* NARROWER radius <= absolute + relative |x| for all points x of the ball. */
static lb_status
check_tolerance(const work * w, const lb_spec_value * v,
                const lb_table_entry_struct * e, lb_error * err)
{
    arb_t tolerance, x, radius;
    lb_status status = LB_OK;
    fmpq_t q;

    fmpq_init(q);
    arb_init(tolerance);
    arb_init(x);
    arb_init(radius);
    arb_get_abs_lbound_arf(arb_midref(x), ball_of(e), 64);
    arb_get_rad_arb(radius, ball_of(e));
    arb_mul_ui(radius, radius, NARROWER, 64);
    if (lb_rational_read(q, v->relative, NULL) == LB_OK)
    {
        arb_set_fmpq(tolerance, q, 64);
        arb_mul(tolerance, tolerance, x, 64);
    }
    if (lb_rational_read(q, v->absolute, NULL) == LB_OK)
    {
        arb_set_fmpq(x, q, 64);
        arb_add(tolerance, tolerance, x, 64);
    }
    if (!arb_le(radius, tolerance))
        status = fail(w, v, LB_ENOCONV, err,
                      "the tolerance, relative %.40s and absolute %.40s, is "
                      "finer than what is proved; raise it or 'digits'",
                      v->relative, v->absolute);
    arb_clear(tolerance);
    arb_clear(x);
    arb_clear(radius);
    fmpq_clear(q);
    return status;
}

/* --- values -------------------------------------------------------------- */

static void
make_column(lb_table_column * c, const lb_spec_value * v)
{
    memset(c, 0, sizeof(*c));
    c->expr = v->expr;
    c->digits = v->digits;
}

/* Without a Fock space.  A small value is only taken for zero if it is said to
   be, or many more digits do not tell it from that. */
static lb_status
closed_value(lb_table_entry_t e, int * reached, const prover * p,
             const work * w, const lb_spec_value * v, lb_expr * expr,
             lb_error * err)
{
    lb_table_column column;
    slong more = w->more;
    lb_status status;

    make_column(&column, v);
    column.expr = expr;
    for (;;)
    {
        status = lb_table_entry_closed(e, reached, p->model, p->scope, 0,
                                       &column, more, err);
        if (status != LB_OK || !*reached || e->value->side != 0
            || !arb_contains_zero(ball_of(e)) || arb_is_zero(ball_of(e))
            || lb_spec_value_has_flag(v, "exact-zero")
            || more > MOST_ZERO_DIGITS)
            return status;
        more = 2 * more + v->digits;
    }
}

/* A proof that happens to end in the ball 0 may not do so at another precision:
   what is recorded is 0 +/- one unit of a digit that nobody asked for, so that
   it can be proved again. */
static void
loosen_zero(lb_table_entry_t e, slong digits)
{
    if (arb_is_zero(ball_of(e)))
        arb_add_error_2exp_si(acb_realref(e->value->coefficient),
                              -(slong) (3.33 * (double) digits) - 8);
}

static lb_status
certified_value(lb_table_entry_t e, int * reached, prover * p, const work * w,
                const lb_spec_value * v, lb_expr * expr, lb_error * err)
{
    lb_table_column column;
    lb_status status = need_certifier(p, err);

    make_column(&column, v);
    column.expr = expr;
    if (status == LB_OK)
        status = lb_table_entry_certified(e, reached, p->certifier, p->scope,
                                          &column, w->more, err);
    if (status == LB_OK)
        loosen_zero(e, v->digits + w->more);
    return status;
}

/* At the level of the problem. */
static lb_status
value_of(lb_table_entry_t e, int * reached, prover * p, const work * w,
         const lb_spec_value * v, lb_expr * expr, lb_error * err)
{
    if (w->problem->level == LB_TABLE_CLOSED_FORM)
        return closed_value(e, reached, p, w, v, expr, err);
    return certified_value(e, reached, p, w, v, expr, err);
}

/* As JSON, a new reference. */
static json_t *
entry_json(const lb_table_entry_struct * e)
{
    char * text = lb_table_entry_text(e);
    json_t * value = json_loads(text, 0, NULL);

    flint_free(text);
    return value;
}

static lb_status
add_value(json_t * vector, work * w, const lb_spec_value * v, lb_error * err)
{
    lb_table_entry_t e;
    lb_status status;
    int reached = 0;

    lb_table_entry_init(e);
    status = value_of(e, &reached, &w->main, w, v, v->expr, err);
    if (status != LB_OK)
        status = fail_again(w, v, "the value", status, err);
    else
        status = check_reached(w, v, "the value", e, reached, err);
    if (status == LB_OK)
        status = check_zero(w, v, e, err);
    if (status == LB_OK)
        status = check_tolerance(w, v, e, err);
    if (status == LB_OK)
        json_object_set_new(vector, "value", entry_json(e));
    lb_table_entry_clear(e);
    return status;
}

/* A cutoff that the operators of the value do not fit in is left out. */
static lb_status
add_truncation(json_t * list, work * w, const lb_spec_value * v,
               const char * cutoff, lb_error * err)
{
    prover * p = prover_at(w, cutoff);
    char * what = lb_text_print("the value at %s", cutoff);
    lb_table_entry_t e;
    lb_status status = need_certifier(p, err);
    int reached = 0, fits = 1;

    lb_table_entry_init(e);
    if (status == LB_OK)
    {
        status = certified_value(e, &reached, p, w, v, v->expr, err);
        fits = status != LB_EDIM;
    }
    if (status == LB_OK)
        status = check_reached(w, v, what, e, reached, err);
    else if (fits)
        status = fail_again(w, v, what, status, err);
    if (!fits)
        status = LB_OK;
    else if (status == LB_OK)
        json_array_append_new(list, json_pack("{s:s,s:o}", "cutoff", cutoff,
                                              "value", entry_json(e)));
    lb_table_entry_clear(e);
    flint_free(what);
    return status;
}

static lb_status
add_truncations(json_t * vector, work * w, const lb_spec_value * v,
                lb_error * err)
{
    json_t * list = json_array();
    lb_status status = LB_OK;

    for (slong k = 0; k < v->n_cutoffs && status == LB_OK; k++)
        status = add_truncation(list, w, v, v->cutoffs[k], err);
    if (status == LB_OK && json_array_size(list) > 0)
        json_object_set(vector, "truncated", list);
    json_decref(list);
    return status;
}

/* --- the problem in doubles ---------------------------------------------- */

static int
has_kind(const lb_tree * tree, lb_tree_kind kind)
{
    int has = tree->kind == kind;

    for (int k = 0; k < tree->n_args && !has; k++)
        has = has_kind(tree->args + k, kind);
    return has;
}

/* Whether doubles state observable @p which of the problem, but not exactly: of
   one that is not expanded there is only the exact text. */
static int
is_rounded(const work * w, int which)
{
    return w->expanded->rounded && w->problem->refuse == NULL
           && !has_kind(w->expanded->trees + which, LB_TREE_UNKNOWN);
}

/* Doubles the precision until the digits are there. */
static lb_status
closed_in_doubles(lb_table_entry_t e, int * reached, const work * w,
                  const lb_spec_value * v, int which, lb_error * err)
{
    enum
    {
        START_PREC = 128,
        END_PREC = 4096
    };
    lb_table_column column;
    lb_status status = LB_OK;
    lb_scalar_t x;

    make_column(&column, v);
    lb_scalar_init(x);
    *reached = 0;
    for (slong prec = START_PREC; prec <= END_PREC && !*reached; prec *= 2)
    {
        lb_error_clear(err);
        lb_scalar_zero(x);
        status
            = lb_expanded_closed(x->coefficient, w->expanded, which, prec, err);
        if (status != LB_OK && status != LB_EPREC)
            break;
        *reached
            = status == LB_OK && lb_table_entry_take(e, x, &column, w->more);
        e->prec = prec;
    }
    e->level = LB_TABLE_CLOSED_FORM;
    lb_scalar_clear(x);
    return status == LB_EPREC ? LB_OK : status;
}

/* Observable @p which of the problem in doubles. */
static lb_status
value_in_doubles(lb_table_entry_t e, int * reached, work * w,
                 const lb_spec_value * v, int which, lb_error * err)
{
    const lb_tree * tree = w->expanded->trees + which;
    slong k;

    if (!has_kind(tree, LB_TREE_MEAN))
        return closed_in_doubles(e, reached, w, v, which, err);
    k = lb_model_find_observable(w->doubles, v->name);
    if (k < 0)
        return lb_error_set(err, LB_EMODEL,
                            "the observable needs both a state and S");
    return value_of(e, reached, &w->rounded, w, v,
                    w->doubles->observables[k].expr, err);
}

static lb_status
add_rounded(json_t * vector, work * w, const lb_spec_value * v, int which,
            lb_error * err)
{
    static const char what[] = "the value of the problem in doubles";
    lb_table_entry_t e;
    lb_status status;
    int reached = 0;

    lb_table_entry_init(e);
    status = value_in_doubles(e, &reached, w, v, which, err);
    if (status != LB_OK)
        status = fail_again(w, v, what, status, err);
    else
        status = check_reached(w, v, what, e, reached, err);
    if (status == LB_OK)
        status = check_tolerance(w, v, e, err);
    if (status == LB_OK)
        json_object_set_new(vector, "rounded", entry_json(e));
    lb_table_entry_clear(e);
    return status;
}

/* --- problems that must be refused --------------------------------------- */

/* Whether a second steady state shows at a low cutoff. */
static int
has_several_states(const work * w)
{
    lb_cutoff_t cutoff;
    int several;

    lb_cutoff_init(cutoff, w->scope->kinds, w->scope->subsystems);
    cutoff->total = SEVERAL_TOTAL;
    while (cutoff->total > 1 && lb_basis_count(cutoff) > SEVERAL_DIMENSION)
        cutoff->total--;
    several = lb_several_steady_states_approx(w->spec->model, w->scope, cutoff,
                                              SEVERAL_DIMENSION);
    lb_cutoff_clear(cutoff);
    return several;
}

static lb_status
check_unstable(const work * w, const lb_spec_value * v, lb_error * err)
{
    lb_scalar_t x;
    lb_status status;

    lb_scalar_init(x);
    lb_error_clear(err);
    status = lb_model_quantity(x, v->expr, w->spec->model, w->scope, 0,
                               REFUSE_PREC, err);
    lb_scalar_clear(x);
    if (status == LB_OK || status == LB_EPREC)
        return fail(w, v, LB_ENOCONV, err,
                    "the problem is not proved to be unstable, as its flag "
                    "says");
    if (status != LB_EUNSTABLE)
        return fail_again(w, v, "the problem must be unstable", status, err);
    lb_error_clear(err);
    return LB_OK;
}

/* The level of the problem must give no value: one that all steady states
   share, say, need not be refused. */
static lb_status
check_no_value(work * w, const lb_spec_value * v, lb_error * err)
{
    lb_table_entry_t e;
    lb_status status;
    int reached = 0;

    lb_table_entry_init(e);
    status = value_of(e, &reached, &w->main, w, v, v->expr, err);
    lb_error_clear(err);
    if (status == LB_OK && reached)
    {
        char * text = entry_text(e);

        status = fail(w, v, LB_ENOCONV, err,
                      "the problem must be refused, but this value is "
                      "proved: %s",
                      text);
        flint_free(text);
    }
    else
        status = LB_OK;
    lb_table_entry_clear(e);
    return status;
}

static lb_status
check_refused(work * w, const lb_spec_value * v, lb_error * err)
{
    lb_status status = LB_OK;

    if (lb_spec_value_has_flag(v, "unstable"))
        return check_unstable(w, v, err);
    if (lb_spec_value_has_flag(v, "non-unique") && !has_several_states(w))
        status = fail(w, v, LB_ENOCONV, err,
                      "no second steady state is found, as the flag "
                      "non-unique says");
    if (status == LB_OK)
        status = check_no_value(w, v, err);
    return status;
}

/* --- a vector ------------------------------------------------------------ */

static json_t *
flags_json(const work * w, int which)
{
    const lb_spec_value * v = w->problem->values + which;
    json_t * flags = json_array();

    for (slong k = 0; k < v->n_flags; k++)
        json_array_append_new(flags, json_string(v->flags[k]));
    if (is_rounded(w, which))
        json_array_append_new(flags, json_string("rounded"));
    return flags;
}

static lb_status
add_vector(json_t * list, work * w, int which, lb_error * err)
{
    const lb_spec_value * v = w->problem->values + which;
    char * id = lb_text_print("%s/%s", w->problem->id, v->name);
    json_t * vector = json_pack(
        "{s:s,s:s,s:s,s:o,s:s,s:s,s:s}", "id", id, "observable", v->name,
        "expression", v->expr->text, "flags", flags_json(w, which),
        "difficulty", lb_difficulty_str(v->difficulty), "relative", v->relative,
        "absolute", v->absolute);
    lb_status status = LB_OK;

    flint_free(id);
    if (w->problem->refuse != NULL)
        status = check_refused(w, v, err);
    else
    {
        status = add_value(vector, w, v, err);
        if (status == LB_OK && is_rounded(w, which))
            status = add_rounded(vector, w, v, which, err);
        if (status == LB_OK)
            status = add_truncations(vector, w, v, err);
    }
    if (status == LB_OK)
        json_array_append(list, vector);
    json_decref(vector);
    return status;
}

/* --- the problem --------------------------------------------------------- */

static lb_status
expand(work * w, lb_error * err)
{
    const lb_spec_problem * p = w->problem;
    size_t n = (size_t) p->n_values;
    char ** names = flint_malloc(n * sizeof(char *));
    lb_expr ** exprs = flint_malloc(n * sizeof(lb_expr *));
    lb_status status;

    for (size_t k = 0; k < n; k++)
    {
        names[k] = p->values[k].name;
        exprs[k] = p->values[k].expr;
    }
    status = lb_expanded_from_model(w->expanded, w->spec->model, w->scope,
                                    names, exprs, p->n_values, err);
    if (status != LB_OK)
        status = fail_again(w, NULL, "the expanded problem", status, err);
    flint_free(names);
    flint_free(exprs);
    return status;
}

/* The model of the doubles, if they are not those of the spec. */
static lb_status
prepare_rounded(work * w, lb_error * err)
{
    lb_status status;

    if (!w->expanded->rounded || w->problem->refuse != NULL)
        return LB_OK;
    status = lb_expanded_model(w->doubles, w->expanded, err);
    if (status != LB_OK)
        return fail_again(w, NULL, "the problem in doubles", status, err);
    lb_scope_clear(w->doubles_scope);
    lb_scope_init_copy(w->doubles_scope, w->doubles->scope);
    w->rounded = w->main;
    w->rounded.model = w->doubles;
    w->rounded.scope = w->doubles_scope;
    return LB_OK;
}

static json_t *
problem_json(const work * w, json_t * vectors)
{
    const lb_spec_problem * p = w->problem;
    json_t * problem = json_pack("{s:s,s:o,s:s}", "id", p->id, "parameters",
                                 lb_settings_json(p->parameters), "level",
                                 lb_table_level_str(p->level));

    if (p->cutoff != NULL)
        json_object_set_new(problem, "cutoff", json_string(p->cutoff));
    if (p->refuse != NULL)
        json_object_set_new(problem, "refuse", json_string(p->refuse));
    json_object_set_new(problem, "expanded", lb_expanded_json(w->expanded));
    json_object_set(problem, "vectors", vectors);
    return problem;
}

static lb_status
work_init(work * w, const lb_vector_spec_t s, const lb_spec_problem * p,
          slong more, lb_error * err)
{
    memset(w, 0, sizeof(*w));
    w->spec = s;
    w->problem = p;
    w->more = more;
    lb_expanded_init(w->expanded);
    lb_model_init(w->doubles);
    lb_scope_init(w->doubles_scope);
    w->main.model = s->model;
    w->main.scope = w->scope;
    w->main.cutoff = p->cutoff;
    w->main.max_dimension = p->max_dimension;
    return lb_model_scope_at(w->scope, s->model, p->parameters, err);
}

static void
work_clear(work * w)
{
    lb_certifier_free(w->main.certifier);
    lb_certifier_free(w->rounded.certifier);
    for (slong k = 0; k < w->n_cutoffs; k++)
        lb_certifier_free(w->cutoffs[k].certifier);
    flint_free(w->cutoffs);
    lb_expanded_clear(w->expanded);
    lb_scope_clear(w->doubles_scope);
    lb_model_clear(w->doubles);
    lb_scope_clear(w->scope);
}

lb_status
lb_vector_problem_make(json_t ** out, const lb_vector_spec_t s,
                       const lb_spec_problem * p, slong more, lb_error * err)
{
    json_t * vectors = json_array();
    lb_status status;
    lb_error own;
    work w;

    *out = NULL;
    if (err == NULL)
        err = &own;
    lb_error_clear(err);
    status = work_init(&w, s, p, more, err);
    if (status == LB_OK)
        status = expand(&w, err);
    if (status == LB_OK)
        status = prepare_rounded(&w, err);
    for (slong k = 0; k < p->n_values && status == LB_OK; k++)
        status = add_vector(vectors, &w, (int) k, err);
    if (status == LB_OK)
        *out = problem_json(&w, vectors);
    json_decref(vectors);
    work_clear(&w);
    return status;
}
