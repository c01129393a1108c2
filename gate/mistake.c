/* gate/mistake.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order of the list is the order in which two mistakes are made: numbers
 * first, then what depends on them (the detuning that (a'a)^2 hides is made
 * of the U that was used), then what is read off. */
#include <math.h>
#include <string.h>

#include <lindbound/mistake.h>
#include <lindbound/text.h>

#define TWO_PI 6.283185307179586
#define LN_10 2.302585092994046
/* powers of a'a that are reordered: beyond, nothing is printed anywhere */
#define MAX_ORDERED 8

/* --- operators ----------------------------------------------------------- */

static void
term_clear(lb_expanded_term * t)
{
    flint_free(t->factors);
}

static lb_expanded_term
term_copy(const lb_expanded_term * t)
{
    lb_expanded_term c = *t;
    size_t size = (size_t) t->n_factors * sizeof(lb_expanded_factor);

    c.factors = flint_malloc(size + 1);
    if (size > 0)
        memcpy(c.factors, t->factors, size);
    return c;
}

/* Takes over the factors of @p t. */
static void
add_term(lb_expanded_operator * op, lb_expanded_term t)
{
    op->terms = flint_realloc(op->terms, (size_t) (op->n_terms + 1)
                                             * sizeof(lb_expanded_term));
    op->terms[op->n_terms++] = t;
}

static void
operator_swap_clear(lb_expanded_operator * op, lb_expanded_operator * next)
{
    for (int i = 0; i < op->n_terms; i++)
        term_clear(op->terms + i);
    flint_free(op->terms);
    *op = *next;
}

/* Rewrites the operator of a mean term by term: add(next, term, 0, e) adds what
   a term becomes and tells whether that is another one. */
static int
rewrite_mean(lb_tree * t, const lb_expanded_t e,
             int (*add)(lb_expanded_operator *, lb_expanded_term, int,
                        const lb_expanded_t))
{
    lb_expanded_operator next = { 0, NULL };
    int changed = 0;

    for (int i = 0; i < t->mean.n_terms; i++)
        changed = add(&next, t->mean.terms[i], 0, e) || changed;
    operator_swap_clear(&t->mean, &next);
    return changed;
}

static int
is_number_operator(const lb_expanded_factor * f)
{
    return f->create == 1 && f->annihilate == 1;
}

static int
acts_on(const lb_expanded_term * t, int subsystem)
{
    for (int i = 0; i < t->n_factors; i++)
        if (t->factors[i].subsystem == subsystem)
            return 1;
    return 0;
}

static int
acts_on_nothing_else(const lb_expanded_operator * op, int subsystem)
{
    for (int i = 0; i < op->n_terms; i++)
        for (int k = 0; k < op->terms[i].n_factors; k++)
            if (op->terms[i].factors[k].subsystem != subsystem)
                return 0;
    return op->n_terms > 0;
}

/* --- what a term of H is ------------------------------------------------- */

typedef enum
{
    DETUNING, /* a'a, s's                                        */
    KERR,     /* a'^2 a^2                                        */
    CROSS,    /* a'a b'b, a'a s's                                */
    DRIVE,    /* a, a'                                           */
    PAIR,     /* a'^2, a'b': changes the number by two           */
    COUPLING, /* whatever else is of several subsystems          */
    OTHER
} term_class;

static term_class
classify(const lb_expanded_term * t)
{
    const lb_expanded_factor * f = t->factors;
    int diagonal = 1, create = 0, annihilate = 0;

    for (int i = 0; i < t->n_factors; i++)
    {
        if (f[i].matrix_unit)
            return OTHER;
        diagonal = diagonal && is_number_operator(f + i);
        create += f[i].create;
        annihilate += f[i].annihilate;
    }
    if (t->n_factors == 0)
        return OTHER;
    if (diagonal)
        return t->n_factors == 1 ? DETUNING : t->n_factors == 2 ? CROSS : OTHER;
    if (create + annihilate == 1)
        return DRIVE;
    if (create * annihilate == 0 && create + annihilate == 2)
        return PAIR;
    if (t->n_factors > 1)
        return COUPLING;
    return create == 2 && annihilate == 2 ? KERR : OTHER;
}

/* --- S ------------------------------------------------------------------- */

/* X = damp + ham, of which ham is what H and the frequency make.  Of a network
   X = -i h - ..., D = 1; of modes that are ports themselves X = h - ..., D =
   -1; h is Hermitian, of pairs a, a' with the metric 1, -1. */

static double complex *
entry(lb_expanded_matrix * m, int i, int j)
{
    return m->entries + (slong) i * m->columns + j;
}

/* The subsystem of row @p i of X, of which the second half are adjoints. */
static int
mode_of(const lb_expanded_t e, int i)
{
    return i % e->n_subsystems;
}

static int
is_adjoint(const lb_expanded_t e, int i)
{
    return i >= e->n_subsystems;
}

static int
has_split(const lb_expanded_t e)
{
    return e->has_scattering && e->n_subsystems > 0
           && (e->x.rows == e->n_subsystems || e->x.rows == 2 * e->n_subsystems)
           && e->n_ports > 0 && e->x.columns == e->x.rows
           && e->c.columns == e->x.rows && e->b.rows == e->x.rows;
}

/* What ham is multiplied with to be h. */
static double complex
turn_of(const lb_expanded_t e)
{
    return creal(e->d.entries[0]) > 0.0 ? I : 1.0;
}

/* What H makes of entry (i, j), given that of (j, i). */
static double complex
hamiltonian_part(const lb_expanded_t e, double complex x_ij,
                 double complex x_ji, int i, int j)
{
    double sign = is_adjoint(e, i) == is_adjoint(e, j) ? 1.0 : -1.0;
    double complex turn = turn_of(e);

    return 0.5 * (x_ij + sign * conj(turn) / turn * conj(x_ji));
}

typedef double complex (*number_change)(double complex z, double factor);

/* Changes the entries of X that terms of @p what are, on subsystem @p k (-1:
   all); of the diagonal the frequency as well, which is a detuning. */
static int
change_x(lb_expanded_t e, term_class what, int two_level, int k,
         number_change change, double factor)
{
    int n = e->x.rows, changed = 0;
    double complex turn;

    if (!has_split(e) || two_level
        || (what != DETUNING && what != COUPLING && what != PAIR))
        return 0;
    turn = turn_of(e);
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
        {
            term_class its = i == j                                 ? DETUNING
                             : is_adjoint(e, i) == is_adjoint(e, j) ? COUPLING
                                                                    : PAIR;
            double complex *x = entry(&e->x, i, j), *y = entry(&e->x, j, i);
            double complex p, q, p2, q2;

            if (its != what
                || (k >= 0 && mode_of(e, i) != k && mode_of(e, j) != k))
                continue;
            p = hamiltonian_part(e, *x, *y, i, j);
            q = hamiltonian_part(e, *y, *x, j, i);
            p2 = change(turn * p, factor) / turn;
            q2 = change(turn * q, factor) / turn;
            if (p2 == p && q2 == q)
                continue;
            *x += p2 - p;
            if (i != j)
                *y += q2 - q;
            changed = 1;
        }
    return changed;
}

/* Scales the rates of subsystem @p k (-1: all) in X, C and B. */
static int
change_losses(lb_expanded_t e, int k, double factor)
{
    int n = e->x.rows;

    if (!has_split(e))
        return 0;
    for (int i = 0; i < n; i++)
        for (int j = i; j < n; j++)
        {
            double complex *x = entry(&e->x, i, j), *y = entry(&e->x, j, i);
            int both = k < 0 || (mode_of(e, i) == k && mode_of(e, j) == k);
            int one = k < 0 || mode_of(e, i) == k || mode_of(e, j) == k;
            double s = both ? factor : one ? sqrt(factor) : 1.0;
            double complex p = hamiltonian_part(e, *x, *y, i, j);
            double complex q = hamiltonian_part(e, *y, *x, j, i);

            *x = p + s * (*x - p);
            if (i != j)
                *y = q + s * (*y - q);
        }
    for (int i = 0; i < n; i++)
        if (k < 0 || mode_of(e, i) == k)
        {
            for (int p = 0; p < e->c.rows; p++)
                *entry(&e->c, p, i) *= sqrt(factor);
            for (int p = 0; p < e->b.columns; p++)
                *entry(&e->b, i, p) *= sqrt(factor);
        }
    return 1;
}

/* --- kinds --------------------------------------------------------------- */

typedef enum
{
    ALL,  /* everywhere                                    */
    EACH, /* everywhere, or where one subsystem is alone   */
    TWO   /* exchanges two subsystems of the same kind     */
} reach;

typedef struct recipe_struct
{
    const char * name;
    const char * sentence;
    reach reach;
    /* of the dynamics, or of the tree of one observable; TWO may have both */
    int (*dynamics)(lb_expanded_t e, const struct recipe_struct * kind, int k,
                    int l);
    int (*tree)(lb_tree * t, const lb_expanded_t e,
                const struct recipe_struct * kind, int k, int l);
    term_class terms; /* those of H it changes              */
    int two_level;    /* only of two-level systems          */
    number_change change;
    double factor;
} recipe;

static double complex
scaled(double complex z, double factor)
{
    return factor * z;
}

static double complex
conjugated(double complex z, double factor)
{
    (void) factor;
    return conj(z);
}

/* --- of H ---------------------------------------------------------------- */

static int
change_terms(lb_expanded_t e, const recipe * kind, int k, int l)
{
    lb_expanded_operator * h = &e->hamiltonian;
    int changed = 0;

    (void) l;
    for (int i = 0; i < h->n_terms; i++)
    {
        lb_expanded_term * t = h->terms + i;
        double complex z = t->re + I * t->im, y;

        if (classify(t) != kind->terms || (k >= 0 && !acts_on(t, k))
            || (kind->two_level
                && e->kinds[t->factors[0].subsystem] != LB_TWO_LEVEL))
            continue;
        y = kind->change(z, kind->factor);
        changed = changed || y != z;
        t->re = creal(y);
        t->im = cimag(y);
    }
    return change_x(e, kind->terms, kind->two_level, k, kind->change,
                    kind->factor)
           || changed;
}

/* a' with i and a with -i: i (a' - a) for a' + a */
static int
turn_drive(lb_expanded_t e, const recipe * kind, int k, int l)
{
    lb_expanded_operator * h = &e->hamiltonian;
    int changed = 0;

    (void) k;
    (void) l;
    for (int i = 0; i < h->n_terms; i++)
    {
        lb_expanded_term * t = h->terms + i;
        double complex turn = t->n_factors > 0 && t->factors[0].create ? I : -I;
        double complex z = (t->re + I * t->im) * turn * kind->factor;

        if (classify(t) != DRIVE)
            continue;
        changed = 1;
        t->re = creal(z);
        t->im = cimag(z);
    }
    return changed;
}

/* U (a'a)^2 = U a'^2 a^2 + U a'a */
static int
disorder_kerr(lb_expanded_t e, const recipe * kind, int k, int l)
{
    lb_expanded_operator * h = &e->hamiltonian;
    int n = h->n_terms, changed = 0;

    (void) kind;
    (void) k;
    (void) l;
    for (int i = 0; i < n; i++)
    {
        lb_expanded_term t;

        if (classify(h->terms + i) != KERR)
            continue;
        t = term_copy(h->terms + i);
        t.factors[0].create = t.factors[0].annihilate = 1;
        add_term(h, t);
        changed = 1;
    }
    return changed;
}

static int
exchanged(int subsystem, int k, int l)
{
    return subsystem == k ? l : subsystem == l ? k : subsystem;
}

/* What drives k and what drives l, exchanged; changes nothing if they are
   alike, which only comparing the sums could tell: such a mistake explains
   nothing. */
static int
exchange_drives(lb_expanded_t e, const recipe * kind, int k, int l)
{
    lb_expanded_operator * h = &e->hamiltonian;
    int changed = 0;

    (void) kind;
    for (int i = 0; i < h->n_terms; i++)
        if (classify(h->terms + i) == DRIVE)
        {
            lb_expanded_factor * f = h->terms[i].factors;

            changed = changed || exchanged(f->subsystem, k, l) != f->subsystem;
            f->subsystem = exchanged(f->subsystem, k, l);
        }
    return changed;
}

/* --- of the dissipators -------------------------------------------------- */

static int
is_dephasing(const lb_expanded_operator * op)
{
    for (int i = 0; i < op->n_terms; i++)
        for (int k = 0; k < op->terms[i].n_factors; k++)
        {
            const lb_expanded_factor * f = op->terms[i].factors + k;

            if (f->create != f->annihilate)
                return 0;
        }
    return 1;
}

static int
set_rate(lb_expanded_dissipator * d, double rate)
{
    int changed = rate != d->rate;

    d->rate = rate;
    return changed;
}

/* Whether the dissipator is one of subsystem @p k, or of a two-level system; of
   neither, any is. */
static int
is_of(const lb_expanded_t e, const lb_expanded_dissipator * d, int two_level,
      int k)
{
    const lb_expanded_operator * op = &d->jump;

    if (k >= 0)
        return acts_on_nothing_else(op, k) && !is_dephasing(op);
    if (!two_level)
        return 1;
    for (int i = 0; i < e->n_subsystems; i++)
        if (e->kinds[i] == LB_TWO_LEVEL && acts_on_nothing_else(op, i))
            return !is_dephasing(op);
    return 0;
}

static int
scale_rates(lb_expanded_t e, const recipe * kind, int k, int l)
{
    int changed = 0;

    (void) l;
    for (int i = 0; i < e->n_dissipators; i++)
    {
        lb_expanded_dissipator * d = e->dissipators + i;

        if (is_of(e, d, kind->two_level, k))
            changed = set_rate(d, d->rate * kind->factor) || changed;
    }
    if (changed && !kind->two_level)
        change_losses(e, k, kind->factor);
    return changed;
}

/* kappa c in the dissipator where sqrt(kappa) c is meant.  Not in S, whose
   author needs the root for the ports and knows it. */
static int
square_rates(lb_expanded_t e, const recipe * kind, int k, int l)
{
    int changed = 0;

    (void) kind;
    (void) k;
    (void) l;
    for (int i = 0; i < e->n_dissipators; i++)
    {
        lb_expanded_dissipator * d = e->dissipators + i;

        changed = set_rate(d, d->rate * d->rate) || changed;
    }
    return changed;
}

static int
scale_dephasing(lb_expanded_t e, const recipe * kind, int k, int l)
{
    int changed = 0;

    (void) k;
    (void) l;
    for (int i = 0; i < e->n_dissipators; i++)
    {
        lb_expanded_dissipator * d = e->dissipators + i;

        if (is_dephasing(&d->jump))
            changed = set_rate(d, d->rate * kind->factor) || changed;
    }
    return changed;
}

/* The factor of an operator that is one a or a' and nothing else, or NULL. */
static lb_expanded_factor *
single_ladder(const lb_expanded_operator * op)
{
    lb_expanded_factor * f;

    if (op->n_terms != 1 || op->terms[0].n_factors != 1)
        return NULL;
    f = op->terms[0].factors;
    return !f->matrix_unit && f->create + f->annihilate == 1 ? f : NULL;
}

/* Loss and gain of one subsystem by the same bath: rates g (n + 1) and g n. */
static int
is_thermal(const lb_expanded_dissipator * loss,
           const lb_expanded_dissipator * gain)
{
    const lb_expanded_factor * f = single_ladder(&loss->jump);
    const lb_expanded_factor * g = single_ladder(&gain->jump);

    return f != NULL && g != NULL && f->subsystem == g->subsystem
           && f->annihilate && g->create && loss->rate > gain->rate
           && gain->rate > 0.0;
}

typedef enum
{
    COLD,        /* g and 0         */
    NO_GAIN,     /* g (n + 1) and 0 */
    EMISSION_ONE /* g and g n       */
} thermal_change;

static int
change_thermal(lb_expanded_t e, const recipe * kind, int k, int l)
{
    thermal_change how = (thermal_change) kind->factor;
    int changed = 0;

    (void) k;
    (void) l;
    for (int i = 0; i < e->n_dissipators; i++)
        for (int j = 0; j < e->n_dissipators; j++)
        {
            lb_expanded_dissipator *loss = e->dissipators + i,
                                   *gain = e->dissipators + j;

            if (!is_thermal(loss, gain))
                continue;
            if (how != NO_GAIN)
                loss->rate -= gain->rate;
            if (how != EMISSION_ONE)
                gain->rate = 0.0;
            changed = 1;
            break;
        }
    return changed;
}

static int
raise_two_levels(lb_expanded_t e, const recipe * kind, int k, int l)
{
    int changed = 0;

    (void) kind;
    (void) k;
    (void) l;
    for (int i = 0; i < e->n_dissipators; i++)
    {
        lb_expanded_factor * f = single_ladder(&e->dissipators[i].jump);

        if (f == NULL || e->kinds[f->subsystem] != LB_TWO_LEVEL
            || e->dissipators[i].rate == 0.0)
            continue;
        f->create = 1 - f->create;
        f->annihilate = 1 - f->annihilate;
        changed = 1;
    }
    return changed;
}

/* --- of a tree ----------------------------------------------------------- */

/* The node becomes function(node), or factor * node. */
static void
wrap(lb_tree * t, const char * function, int with_factor, double factor)
{
    lb_tree inner = *t;

    memset(t, 0, sizeof(*t));
    t->kind = LB_TREE_CALL;
    t->function = function;
    t->n_args = 1 + with_factor;
    t->args = flint_calloc((size_t) t->n_args, sizeof(lb_tree));
    if (with_factor)
    {
        t->args[0].kind = LB_TREE_NUMBER;
        t->args[0].re = factor;
    }
    t->args[with_factor] = inner;
}

static int
is_call(const lb_tree * t, const char * function)
{
    return t->kind == LB_TREE_CALL && strcmp(t->function, function) == 0;
}

/* Applies @p kind to every node, the leaves first, so that what it puts there
   is not met again. */
static int
change_nodes(lb_tree * t, const lb_expanded_t e, const recipe * kind, int k,
             int l,
             int (*change)(lb_tree *, const lb_expanded_t,
                           const struct recipe_struct *, int, int))
{
    int changed = 0;

    for (int i = 0; i < t->n_args; i++)
        changed = change_nodes(t->args + i, e, kind, k, l, change) || changed;
    return change(t, e, kind, k, l) || changed;
}

#define NODE_CHANGE(name)                                                      \
    static int name##_node(lb_tree * t, const lb_expanded_t e,                 \
                           const recipe * kind, int k, int l);                 \
    static int name(lb_tree * t, const lb_expanded_t e, const recipe * kind,   \
                    int k, int l)                                              \
    {                                                                          \
        return change_nodes(t, e, kind, k, l, name##_node);                    \
    }                                                                          \
    static int name##_node(lb_tree * t, const lb_expanded_t e,                 \
                           const recipe * kind, int k, int l)

#define UNUSED_HERE                                                            \
    (void) e;                                                                  \
    (void) kind;                                                               \
    (void) k;                                                                  \
    (void) l

NODE_CHANGE(scale_logarithms)
{
    UNUSED_HERE;
    if (!is_call(t, "dB") && !is_call(t, "log10"))
        return 0;
    wrap(t, "*", 1, kind->factor);
    return 1;
}

NODE_CHANGE(take_amplitudes)
{
    UNUSED_HERE;
    if (!is_call(t, "abs2"))
        return 0;
    t->function = "abs";
    return 1;
}

NODE_CHANGE(take_intensities)
{
    UNUSED_HERE;
    if (!is_call(t, "abs"))
        return 0;
    t->function = "abs2";
    return 1;
}

NODE_CHANGE(lower_denominators)
{
    lb_tree * power;

    UNUSED_HERE;
    if (!is_call(t, "/") || !is_call(t->args + 1, "^"))
        return 0;
    power = t->args[1].args + 1;
    if (t->args[1].args[0].kind != LB_TREE_MEAN || power->kind != LB_TREE_NUMBER
        || power->re < 2.0)
        return 0;
    power->re -= 1.0;
    return 1;
}

/* (a'a)^m = sum_j S(m, j) a'^j a^j, Stirling numbers of the second kind */
static double
stirling(int m, int j)
{
    if (m == j)
        return 1.0;
    return j < 1 || j > m ? 0.0
                          : j * stirling(m - 1, j) + stirling(m - 1, j - 1);
}

static int
is_ordered_power(const lb_expanded_factor * f, const lb_expanded_t e)
{
    return !f->matrix_unit && f->create == f->annihilate && f->create >= 2
           && f->create <= MAX_ORDERED && e->kinds[f->subsystem] == LB_MODE;
}

/* Adds @p t to @p op with the factors from @p which on without their order. */
static int
add_disordered(lb_expanded_operator * op, lb_expanded_term t, int which,
               const lb_expanded_t e)
{
    lb_expanded_factor f;

    if (which == t.n_factors)
    {
        add_term(op, term_copy(&t));
        return 0;
    }
    f = t.factors[which];
    if (!is_ordered_power(&f, e))
        return add_disordered(op, t, which + 1, e);
    for (int j = f.create; j >= 1; j--)
    {
        lb_expanded_term s = t;
        double count = stirling(f.create, j);

        s.re *= count;
        s.im *= count;
        s.factors[which].create = s.factors[which].annihilate = j;
        (void) add_disordered(op, s, which + 1, e);
    }
    t.factors[which] = f;
    return 1;
}

NODE_CHANGE(disorder_means)
{
    UNUSED_HERE;
    return t->kind == LB_TREE_MEAN && rewrite_mean(t, e, add_disordered);
}

NODE_CHANGE(conjugate_leaves)
{
    UNUSED_HERE;
    if (t->kind != LB_TREE_S && t->kind != LB_TREE_MEAN)
        return 0;
    wrap(t, "conj", 0, 0.0);
    return 1;
}

NODE_CHANGE(negate_output)
{
    UNUSED_HERE;
    if (t->kind != LB_TREE_S)
        return 0;
    wrap(t, "neg", 0, 0.0);
    return 1;
}

NODE_CHANGE(transpose)
{
    int row = t->row, from, shift;

    UNUSED_HERE;
    if (t->kind != LB_TREE_S)
        return 0;
    /* columns from n_ports on are the adjoint inputs */
    shift = t->column >= e->n_ports ? e->n_ports : 0;
    from = t->column - shift;
    if (row == from)
        return 0;
    t->row = from;
    t->column = row + shift;
    return 1;
}

NODE_CHANGE(exchange_observed)
{
    int changed = 0;

    UNUSED_HERE;
    if (t->kind != LB_TREE_MEAN)
        return 0;
    for (int i = 0; i < t->mean.n_terms; i++)
        for (int j = 0; j < t->mean.terms[i].n_factors; j++)
        {
            lb_expanded_factor * f = t->mean.terms[i].factors + j;

            changed = changed || exchanged(f->subsystem, k, l) != f->subsystem;
            f->subsystem = exchanged(f->subsystem, k, l);
        }
    return changed;
}

NODE_CHANGE(shift_levels)
{
    int shift = (int) kind->factor, changed = 0;

    UNUSED_HERE;
    if (t->kind != LB_TREE_MEAN)
        return 0;
    for (int i = 0; i < t->mean.n_terms; i++)
        for (int j = 0; j < t->mean.terms[i].n_factors; j++)
        {
            lb_expanded_factor * f = t->mean.terms[i].factors + j;

            if (!f->matrix_unit || e->kinds[f->subsystem] != LB_MODE
                || f->create + shift < 0 || f->annihilate + shift < 0)
                continue;
            f->create += shift;
            f->annihilate += shift;
            changed = 1;
        }
    return changed;
}

/* Adds @p t with |0> and |1> of every two-level system exchanged; s's becomes
   1 - s's. */
static int
add_flipped(lb_expanded_operator * op, lb_expanded_term t, int which,
            const lb_expanded_t e)
{
    lb_expanded_factor * f = t.factors + which;
    lb_expanded_term s;
    int other;

    if (which == t.n_factors)
    {
        add_term(op, term_copy(&t));
        return 0;
    }
    if (e->kinds[f->subsystem] != LB_TWO_LEVEL
        || (f->create + f->annihilate == 0 && !f->matrix_unit))
        return add_flipped(op, t, which + 1, e);
    s = term_copy(&t);
    if (!f->matrix_unit && is_number_operator(f))
    {
        s.re = -s.re;
        s.im = -s.im;
        (void) add_flipped(op, s, which + 1, e);
        s.re = t.re;
        s.im = t.im;
        s.factors[which].create = s.factors[which].annihilate = 0;
        (void) add_flipped(op, s, which + 1, e);
    }
    else
    {
        other = s.factors[which].create;
        s.factors[which].create = f->matrix_unit ? 1 - other : f->annihilate;
        s.factors[which].annihilate
            = f->matrix_unit ? 1 - f->annihilate : other;
        (void) add_flipped(op, s, which + 1, e);
    }
    term_clear(&s);
    return 1;
}

NODE_CHANGE(flip_two_levels)
{
    UNUSED_HERE;
    return t->kind == LB_TREE_MEAN && rewrite_mean(t, e, add_flipped);
}

/* --- the list ------------------------------------------------------------ */

#define H_TERMS(name, sentence, reach, terms, two_level, change, factor)       \
    {                                                                          \
        name, sentence, reach, change_terms, NULL, terms, two_level, change,   \
            factor                                                             \
    }
#define DYNAMICS(name, sentence, reach, function, factor)                      \
    {                                                                          \
        name, sentence, reach, function, NULL, OTHER, 0, NULL, factor          \
    }
#define VALUE(name, sentence, reach, function, factor)                         \
    {                                                                          \
        name, sentence, reach, NULL, function, OTHER, 0, NULL, factor          \
    }

static const recipe recipes[] = {
    /* rates */
    DYNAMICS("kappa/2",
             "dissipators are half as strong as stated (a rate of energy taken "
             "for one of the amplitude, or the other way round)",
             EACH, scale_rates, 0.5),
    DYNAMICS("2 kappa",
             "dissipators are twice as strong as stated (D[c] without its "
             "factor 1/2, or a rate of the amplitude taken for one of energy)",
             EACH, scale_rates, 2.0),
    { "two-level kappa/2", "two-level systems decay at half the stated rate",
      ALL, scale_rates, NULL, OTHER, 1, NULL, 0.5 },
    { "two-level 2 kappa", "two-level systems decay at twice the stated rate",
      ALL, scale_rates, NULL, OTHER, 1, NULL, 2.0 },
    DYNAMICS("2 pi kappa", "rates in Hz beside angular frequencies", ALL,
             scale_rates, TWO_PI),
    DYNAMICS("kappa/(2 pi)", "frequencies in Hz beside angular rates", ALL,
             scale_rates, 1.0 / TWO_PI),
    DYNAMICS("kappa^2", "the jump operator is kappa c instead of sqrt(kappa) c",
             ALL, square_rates, 0.0),
    DYNAMICS("dephasing/2", "dephasing is half as strong as stated", ALL,
             scale_dephasing, 0.5),
    DYNAMICS("2 dephasing", "dephasing is twice as strong as stated", ALL,
             scale_dephasing, 2.0),
    DYNAMICS("dephasing/4",
             "dephasing is a quarter of what is stated (D[s's] for D[sz])", ALL,
             scale_dephasing, 0.25),
    DYNAMICS("4 dephasing",
             "dephasing is four times what is stated (D[sz] for D[s's])", ALL,
             scale_dephasing, 4.0),
    DYNAMICS("no thermal photons", "all baths are at zero temperature", ALL,
             change_thermal, COLD),
    DYNAMICS("no absorption", "thermal baths emit but are not absorbed from",
             ALL, change_thermal, NO_GAIN),
    DYNAMICS("emission without n",
             "loss to a thermal bath is kappa instead of kappa (n + 1)", ALL,
             change_thermal, EMISSION_ONE),
    DYNAMICS("s' for s", "two-level systems jump up where they should decay",
             ALL, raise_two_levels, 0.0),

    /* detunings */
    H_TERMS("-Delta", "detunings have the other sign", EACH, DETUNING, 0,
            scaled, -1.0),
    H_TERMS("two-level -Delta",
            "detunings of two-level systems have the other sign (-sz)", ALL,
            DETUNING, 1, scaled, -1.0),
    H_TERMS("two-level Delta/2",
            "detunings of two-level systems are halved (Delta/4 sz)", ALL,
            DETUNING, 1, scaled, 0.5),
    H_TERMS("two-level 2 Delta",
            "detunings of two-level systems are doubled (Delta sz for "
            "Delta/2 sz)",
            ALL, DETUNING, 1, scaled, 2.0),
    H_TERMS("2 pi Delta", "detunings are 2 pi times what is stated", ALL,
            DETUNING, 0, scaled, TWO_PI),
    H_TERMS("Delta/(2 pi)", "detunings are stated angular and used in Hz", ALL,
            DETUNING, 0, scaled, 1.0 / TWO_PI),

    /* interactions */
    H_TERMS("U/2", "the Kerr term is U/2 a'^2 a^2 instead of U a'^2 a^2", ALL,
            KERR, 0, scaled, 0.5),
    H_TERMS("2 U", "the Kerr term is 2 U a'^2 a^2 instead of U a'^2 a^2", ALL,
            KERR, 0, scaled, 2.0),
    H_TERMS("-U", "the Kerr term has the other sign", ALL, KERR, 0, scaled,
            -1.0),
    H_TERMS("cross-Kerr/2", "the cross-Kerr term is half (chi for 2 chi)", ALL,
            CROSS, 0, scaled, 0.5),
    H_TERMS("2 cross-Kerr", "the cross-Kerr term is doubled (4 chi for 2 chi)",
            ALL, CROSS, 0, scaled, 2.0),
    H_TERMS("no cross-Kerr", "the cross-Kerr term is missing", ALL, CROSS, 0,
            scaled, 0.0),
    H_TERMS("-cross-Kerr", "the cross-Kerr term has the other sign", ALL, CROSS,
            0, scaled, -1.0),

    /* drives */
    H_TERMS("drive/2", "drives are half as strong as stated", ALL, DRIVE, 0,
            scaled, 0.5),
    H_TERMS("2 drive",
            "drives are twice as strong as stated (h.c. counted twice)", ALL,
            DRIVE, 0, scaled, 2.0),
    H_TERMS("2 pi drive", "drives are 2 pi times what is stated", ALL, DRIVE, 0,
            scaled, TWO_PI),
    H_TERMS("drive/(2 pi)", "drives are stated angular and used in Hz", ALL,
            DRIVE, 0, scaled, 1.0 / TWO_PI),
    H_TERMS("-drive", "drives have the other sign", ALL, DRIVE, 0, scaled,
            -1.0),
    H_TERMS("drive*", "the phase of the drive has the other sign", ALL, DRIVE,
            0, conjugated, 0.0),
    DYNAMICS("i drive", "the drive is i (a' - a) instead of a' + a", ALL,
             turn_drive, 1.0),
    DYNAMICS("-i drive", "the drive is i (a - a') instead of a' + a", ALL,
             turn_drive, -1.0),
    H_TERMS("pair drive/2", "terms that create pairs are halved", ALL, PAIR, 0,
            scaled, 0.5),
    H_TERMS("2 pair drive", "terms that create pairs are doubled", ALL, PAIR, 0,
            scaled, 2.0),
    H_TERMS("-pair drive", "terms that create pairs have the other sign", ALL,
            PAIR, 0, scaled, -1.0),

    /* couplings */
    H_TERMS("J*",
            "the phase of the couplings has the other sign (exp(i theta) for "
            "exp(-i theta))",
            ALL, COUPLING, 0, conjugated, 0.0),
    H_TERMS("J/2", "couplings are halved", ALL, COUPLING, 0, scaled, 0.5),
    H_TERMS("2 J", "couplings are doubled (h.c. counted twice)", ALL, COUPLING,
            0, scaled, 2.0),
    H_TERMS("-J", "couplings have the other sign", ALL, COUPLING, 0, scaled,
            -1.0),
    H_TERMS("2 pi J", "couplings are 2 pi times what is stated", ALL, COUPLING,
            0, scaled, TWO_PI),
    H_TERMS("J/(2 pi)", "couplings are stated angular and used in Hz", ALL,
            COUPLING, 0, scaled, 1.0 / TWO_PI),

    /* made of the numbers above */
    DYNAMICS("U (a'a)^2",
             "the Kerr term is not normal-ordered, which shifts the detuning "
             "by U",
             ALL, disorder_kerr, 0.0),
    DYNAMICS("wrong one driven", "the drives of two subsystems are exchanged",
             TWO, exchange_drives, 0.0),
    { "direction swapped", "driven and observed subsystem are exchanged", TWO,
      exchange_drives, exchange_observed, OTHER, 0, NULL, 0.0 },

    /* what is read off */
    VALUE("wrong one observed", "one subsystem is observed instead of another",
          TWO, exchange_observed, 0.0),
    VALUE("(a'a)^m",
          "a'^m a^m in the observable is not normal-ordered: (a'a)^m", ALL,
          disorder_means, 0.0),
    VALUE("denominator",
          "the denominator has one power of the mean number too few (g2 over "
          "<a'a> instead of <a'a>^2)",
          ALL, lower_denominators, 0.0),
    VALUE("|n - 1>", "levels are counted from 1: P(n - 1) instead of P(n)", ALL,
          shift_levels, -1.0),
    VALUE("|n + 1>", "levels are counted from -1: P(n + 1) instead of P(n)",
          ALL, shift_levels, 1.0),
    VALUE("|0> and |1>",
          "ground and excited state of two-level systems are exchanged in the "
          "observable (sz has the other sign)",
          ALL, flip_two_levels, 0.0),
    VALUE("S(j,i)", "direction swapped: S(i,j) and S(j,i) are exchanged", ALL,
          transpose, 0.0),
    VALUE("-S", "the output field has the other sign", ALL, negate_output, 0.0),
    VALUE("conjugate", "amplitudes are conjugate (fields ~ exp(+i omega t))",
          ALL, conjugate_leaves, 0.0),
    VALUE("|S|", "an amplitude where an intensity is asked for: abs for abs2",
          ALL, take_amplitudes, 0.0),
    VALUE("|S|^2", "an intensity where an amplitude is asked for: abs2 for abs",
          ALL, take_intensities, 0.0),
    VALUE("20 log10", "20 log10 where 10 log10 is meant", ALL, scale_logarithms,
          2.0),
    VALUE("10 log10 for 20",
          "half the decibels: 10 log10 where 20 log10 is "
          "meant",
          ALL, scale_logarithms, 0.5),
    VALUE("ln for log10", "the natural logarithm", ALL, scale_logarithms,
          LN_10),
    VALUE("-dB", "the ratio in a logarithm is upside down", ALL,
          scale_logarithms, -1.0),
};

#define N_RECIPES ((int) (sizeof(recipes) / sizeof(recipes[0])))

int
lb_mistake_kinds(void)
{
    return N_RECIPES;
}

int
lb_mistake_is_of_value(const lb_mistake * m)
{
    return recipes[m->kind].dynamics == NULL;
}

int
lb_mistake_make_in_tree(lb_tree * tree, const lb_expanded_t e,
                        const lb_mistake * m)
{
    const recipe * kind = recipes + m->kind;

    return kind->tree != NULL && kind->tree(tree, e, kind, m->first, m->second);
}

int
lb_mistake_make(lb_expanded_t e, const lb_mistake * m)
{
    const recipe * kind = recipes + m->kind;
    int changed = 0;

    if (kind->dynamics != NULL)
    {
        changed = kind->dynamics(e, kind, m->first, m->second);
        if (!changed)
            return 0; /* both are swapped, or none */
    }
    for (int i = 0; i < e->n_observables; i++)
        changed = lb_mistake_make_in_tree(e->trees + i, e, m) || changed;
    return changed;
}

/* --- those of a problem -------------------------------------------------- */

typedef struct
{
    lb_mistake * list;
    slong n;
    json_t * outcomes; /* of each, what became of the problem */
} mistake_list;

static int
is_there(const json_t * outcomes, const json_t * outcome)
{
    for (size_t k = 0; k < json_array_size(outcomes); k++)
        if (json_equal(json_array_get(outcomes, k), outcome))
            return 1;
    return 0;
}

/* Adds the mistake if it changes the problem, and to one that is not there. */
static void
add_mistake(mistake_list * all, const lb_expanded_t e, lb_mistake m)
{
    json_t * outcome = NULL;
    lb_expanded_t f;

    lb_expanded_init(f);
    lb_expanded_set(f, e);
    if (lb_mistake_make(f, &m))
        outcome = lb_expanded_json(f);
    lb_expanded_clear(f);
    if (outcome != NULL && !is_there(all->outcomes, outcome))
    {
        json_array_append(all->outcomes, outcome);
        all->list = flint_realloc(all->list,
                                  (size_t) (all->n + 1) * sizeof(lb_mistake));
        all->list[all->n++] = m;
    }
    json_decref(outcome);
}

static void
add_kind(mistake_list * all, const lb_expanded_t e, int which)
{
    lb_mistake m = { which, -1, -1 };
    reach where = recipes[which].reach;

    if (where != TWO)
        add_mistake(all, e, m);
    if (where == EACH)
        for (m.first = 0; m.first < e->n_subsystems; m.first++)
            add_mistake(all, e, m);
    if (where == TWO)
        for (m.first = 0; m.first < e->n_subsystems; m.first++)
            for (m.second = m.first + 1; m.second < e->n_subsystems; m.second++)
                if (e->kinds[m.first] == e->kinds[m.second])
                    add_mistake(all, e, m);
}

lb_mistake *
lb_mistakes_of(slong * n, const lb_expanded_t e)
{
    mistake_list all = { NULL, 0, json_array() };

    /* what is no mistake: the problem itself */
    json_array_append_new(all.outcomes, lb_expanded_json(e));
    for (int which = 0; which < N_RECIPES; which++)
        add_kind(&all, e, which);
    json_decref(all.outcomes);
    *n = all.n;
    return all.list;
}

char *
lb_mistake_name(const lb_mistake * m, const lb_expanded_t e)
{
    const char * name = recipes[m->kind].name;

    if (m->second >= 0)
        return lb_text_print("%s (%s, %s)", name, e->names[m->first],
                             e->names[m->second]);
    if (m->first >= 0)
        return lb_text_print("%s of %s", name, e->names[m->first]);
    return lb_text_copy(name);
}

const char *
lb_mistake_sentence(const lb_mistake * m)
{
    return recipes[m->kind].sentence;
}
