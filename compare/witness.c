/* compare/witness.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lindbound/ball_sparse.h>
#include <lindbound/clock.h>
#include <lindbound/hermitian.h>
#include <lindbound/text.h>
#include <lindbound/witness.h>

/* of the operator that is enclosed, beyond the digits */
#define GUARD_BITS 192
/* of what only the proposal uses */
#define MODEL_PREC 128
/* of the covariances, which only give an upper bound */
#define COVARIANCE_DIGITS 8
#define COVARIANCE_PREC 192
/* of the elements of the state, absolute, and of what is made of them */
#define ELEMENT_DIGITS 25
#define ELEMENT_PREC 256
/* What the proposal of [E3] leaves of each eigenvalue. */
#define SHARE 1e-13
/* By how much one A_j raises a level. */
#define REACH 2
/* What is proved need not be finer than this. */
#define SMALLEST_SCALE 1e-9

/* --- what is asked ------------------------------------------------------- */

static lb_status
add_party(lb_witness_t w, const char * name, const lb_scope_t scope,
          lb_error * err)
{
    slong k = lb_scope_find(scope, name);

    if (k < 0 || scope->symbols[k].kind != LB_SYMBOL_SUBSYSTEM)
        return lb_error_set(err, LB_ENAME, "no subsystem '%.60s'", name);
    for (slong j = 0; j < w->parties; j++)
        if (w->which[j] == scope->symbols[k].index)
            return lb_error_set(err, LB_EPARSE, "'%.60s' is given twice", name);
    if (w->parties == LB_WITNESS_MAX_PARTIES)
        return lb_error_set(err, LB_EPARSE, "more than %d parties",
                            LB_WITNESS_MAX_PARTIES);
    w->which[w->parties] = scope->symbols[k].index;
    w->kinds[w->parties++] = scope->kinds[scope->symbols[k].index];
    return LB_OK;
}

/* The numbers of the observables of every party. */
static void
list_operators(lb_witness_t w)
{
    for (slong j = 0; j < w->parties; j++)
        for (slong m = 0; m < (w->kinds[j] == LB_MODE ? 5 : 3); m++)
        {
            w->party[w->operators] = j;
            w->number[w->operators++] = m;
        }
}

lb_status
lb_witness_init(lb_witness_t w, const char * parties, const lb_scope_t scope,
                lb_error * err)
{
    lb_status status = LB_OK;

    memset(w, 0, sizeof(*w));
    w->scope = scope;
    arb_init(w->lower);
    arb_init(w->upper);
    arb_init(w->value);
    for (const char * p = parties; status == LB_OK;)
    {
        size_t n = strcspn(p, ",");
        char * name = lb_text_print("%.*s", (int) n, p);

        status = add_party(w, name, scope, err);
        flint_free(name);
        if (p[n] == '\0')
            break;
        p += n + 1;
    }
    if (status == LB_OK && w->parties < 2)
        status = lb_error_set(err, LB_EPARSE,
                              "a witness takes two subsystems or more, such as "
                              "'a,b'");
    lb_cutoff_init(w->kept, w->kinds, w->parties);
    list_operators(w);
    return status;
}

static void
forget_proposal(lb_witness_t w)
{
    lb_basis_clear(w->part);
    flint_free(w->x);
    flint_free(w->rho);
    w->x = NULL;
    w->rho = NULL;
    w->approx = (double) NAN;
}

void
lb_witness_clear(lb_witness_t w)
{
    forget_proposal(w);
    lb_cutoff_clear(w->kept);
    arb_clear(w->lower);
    arb_clear(w->upper);
    arb_clear(w->value);
}

const char *
lb_witness_operator_name(const lb_witness_t w, slong k)
{
    static const char * const of_mode[]
        = { "x", "p", "x^2", "p^2", "(xp+px)/2" };
    static const char * const of_two_level[] = { "sx", "sy", "sz" };

    return w->kinds[w->party[k]] == LB_MODE ? of_mode[w->number[k]]
                                            : of_two_level[w->number[k]];
}

/* --- local observables --------------------------------------------------- */

/* r += z p */
static void
add_multiple(lb_opoly_t r, double re, double im, const lb_opoly_t p, slong prec)
{
    lb_scalar_t z;
    lb_opoly_t t;

    lb_scalar_init(z);
    lb_scalar_zero(z);
    acb_set_d_d(z->coefficient, re, im);
    lb_opoly_init(t, p->kinds, p->subsystems);
    lb_opoly_scalar_mul(t, p, z, prec);
    lb_opoly_add(r, r, t, prec);
    lb_opoly_clear(t);
    lb_scalar_clear(z);
}

/* r = z times the identity */
static void
set_number(lb_opoly_t r, double z)
{
    lb_scalar_t x;

    lb_scalar_init(x);
    lb_scalar_zero(x);
    acb_set_d(x->coefficient, z);
    lb_opoly_set_scalar(r, x);
    lb_scalar_clear(x);
}

/* The observable of that number of the subsystem at @p place. */
static void
set_observable(lb_opoly_t r, slong number, slong place, slong prec)
{
    lb_opoly_t o, od;

    lb_opoly_init(o, r->kinds, r->subsystems);
    lb_opoly_init(od, r->kinds, r->subsystems);
    lb_opoly_set_lowering(o, place);
    lb_opoly_adjoint(od, o);
    lb_opoly_zero(r);
    if (r->kinds[place] == LB_TWO_LEVEL && number == 2)
    {
        set_number(r, -1.0); /* sz = 2 s's - 1 */
        lb_opoly_mul(o, od, o, prec);
        add_multiple(r, 2.0, 0.0, o, prec);
    }
    else if (r->kinds[place] == LB_TWO_LEVEL)
    {
        /* sx = s + s', sy = i (s - s') */
        add_multiple(r, number == 0, number == 1, o, prec);
        add_multiple(r, number == 0, -(number == 1), od, prec);
    }
    else if (number == 4)
    {
        /* (xp + px)/2 = -i (o^2 - o'^2) */
        lb_opoly_mul(o, o, o, prec);
        lb_opoly_mul(od, od, od, prec);
        add_multiple(r, 0.0, -1.0, o, prec);
        add_multiple(r, 0.0, 1.0, od, prec);
    }
    else
    {
        /* x = o + o', p = -i (o - o') and their squares */
        add_multiple(r, number % 2 == 0, -(number % 2 == 1), o, prec);
        add_multiple(r, number % 2 == 0, number % 2 == 1, od, prec);
        if (number >= 2)
            lb_opoly_mul(r, r, r, prec);
    }
    lb_opoly_clear(o);
    lb_opoly_clear(od);
}

/* A_j of party j without its mean; @p of_model: among the subsystems of the
   model, else among the parties. */
static void
set_party(lb_opoly_t r, const lb_witness_t w, slong j, int of_model, slong prec)
{
    lb_opoly_t a;

    lb_opoly_init(a, r->kinds, r->subsystems);
    set_number(r, -w->mean[j]);
    for (slong k = 0; k < w->operators; k++)
        if (w->party[k] == j)
        {
            set_observable(a, w->number[k], of_model ? w->which[j] : j, prec);
            add_multiple(r, w->c[k], 0.0, a, prec);
        }
    lb_opoly_clear(a);
}

/* --- the proposal -------------------------------------------------------- */

/* The levels of the parties that are kept, and those two above. */
static lb_status
set_part(lb_witness_t w, const lb_cutoff_t cutoff, slong max_dimension,
         lb_error * err)
{
    lb_cutoff_t wider;
    lb_status status;

    forget_proposal(w);
    w->kept->total = cutoff->total;
    lb_cutoff_init(wider, w->kinds, w->parties);
    for (slong j = 0; j < w->parties; j++)
    {
        slong level = cutoff->levels[w->which[j]];

        w->kept->levels[j] = level;
        if (w->kinds[j] == LB_MODE && level >= 0)
            wider->levels[j] = level + REACH;
    }
    if (cutoff->total >= 0)
        wider->total = cutoff->total + REACH;
    status = lb_basis_init(w->part, wider, max_dimension, err);
    lb_cutoff_clear(wider);
    if (status == LB_OK)
    {
        size_t entries = (size_t) (w->part->dimension * w->part->dimension);

        w->x = flint_calloc(entries, sizeof(lb_complex));
        w->rho = flint_calloc(entries, sizeof(lb_complex));
    }
    return status;
}

/* The observable k on the states of the parties, in the basis of s. */
static lb_status
transformed_observable(lb_complex * a, const lb_witness_t w, slong k,
                       const lb_spectrum_t s, lb_error * err)
{
    lb_status status;
    lb_sparse_t sparse;
    lb_opoly_t op;

    lb_opoly_init(op, w->kinds, w->parties);
    lb_sparse_init(sparse, s->dimension, s->dimension);
    set_observable(op, w->number[k], w->party[k], MODEL_PREC);
    status = lb_sparse_set_opoly_approx(sparse, op, w->part, err);
    lb_sparse_get_dense(a, sparse);
    lb_spectrum_transform_approx(a, s, 0);
    lb_sparse_clear(sparse);
    lb_opoly_clear(op);
    return status;
}

/* The largest of the c is positive: c and -c are as good. */
static void
fix_sign(lb_witness_t w)
{
    double largest = 0.0;

    for (slong k = 0; k < w->operators; k++)
        if (fabs(w->c[k]) > fabs(largest) * (1.0 + 1e-6))
            largest = w->c[k];
    for (slong k = 0; k < w->operators && largest < 0.0; k++)
        w->c[k] = -w->c[k];
}

/* c, the means and X, from the observables a[k] in the basis of s. */
static lb_status
choose(lb_witness_t w, lb_complex * const * a, const lb_spectrum_t s,
       lb_error * err)
{
    slong n = w->operators, d = s->dimension;
    double * q = flint_calloc((size_t) (n * n), sizeof(double));
    lb_complex * sum = flint_calloc((size_t) (d * d), sizeof(lb_complex));
    lb_status status;

    for (slong k = 0; k < n; k++)
        for (slong l = 0; l < n; l++)
        {
            q[k * n + l] = lb_fisher_approx(a[k], a[l], s);
            if (w->party[k] == w->party[l])
                q[k * n + l] -= 4.0 * lb_covariance_approx(a[k], a[l], s);
        }
    status = lb_largest_eigenvalue_approx(&w->approx, w->c, q, n, err);
    fix_sign(w);
    memset(w->mean, 0, sizeof(w->mean));
    for (slong k = 0; k < n && status == LB_OK; k++)
    {
        for (slong i = 0; i < d * d; i++)
            sum[i] += w->c[k] * a[k][i];
        for (slong i = 0; i < d; i++)
            w->mean[w->party[k]] += w->c[k] * s->p[i] * creal(a[k][i * d + i]);
    }
    if (status == LB_OK)
    {
        lb_sld_approx(w->x, sum, s);
        lb_spectrum_transform_approx(w->x, s, 1);
    }
    flint_free(q);
    flint_free(sum);
    return status;
}

static lb_status
choose_from_state(lb_witness_t w, const lb_steady_state_t state, lb_error * err)
{
    slong d = w->part->dimension;
    lb_complex ** a = flint_calloc((size_t) w->operators, sizeof(*a));
    lb_status status;
    lb_spectrum_t s;

    lb_reduced_state_approx(w->rho, w->part, w->which, state);
    status = lb_spectrum_init_approx(s, w->rho, d, err);
    for (slong k = 0; k < w->operators && status == LB_OK; k++)
    {
        a[k] = flint_malloc((size_t) (d * d) * sizeof(lb_complex));
        status = transformed_observable(a[k], w, k, s, err);
    }
    if (status == LB_OK)
        status = choose(w, a, s, err);
    for (slong k = 0; k < w->operators; k++)
        flint_free(a[k]);
    flint_free(a);
    lb_spectrum_clear(s);
    return status;
}

lb_status
lb_witness_propose_approx(lb_witness_t w, const lb_model_t m,
                          const lb_cutoff_t cutoff, slong max_dimension,
                          lb_error * err)
{
    double start = lb_clock_seconds();
    lb_steady_state_t state;
    lb_problem_t problem;
    lb_status status;
    lb_basis_t basis;

    status = lb_basis_init(basis, cutoff, max_dimension, err);
    if (status != LB_OK)
        return status;
    status = set_part(w, cutoff, max_dimension, err);
    if (status == LB_OK)
    {
        lb_steady_state_init(state);
        status = lb_problem_init_at(problem, m, w->scope, MODEL_PREC, err);
        if (status == LB_OK)
            status = lb_steady_state_solve_approx(state, problem, basis, NULL,
                                                  err);
        if (status == LB_OK)
            status = choose_from_state(w, state, err);
        lb_steady_state_clear(state);
        lb_problem_clear(problem);
    }
    lb_basis_clear(basis);
    w->seconds += lb_clock_seconds() - start;
    return status;
}

/* --- the lower bound ----------------------------------------------------- */

/* Indices in w->part of the states that the cutoff keeps; returns how many. */
static slong
kept_states(slong * place, const lb_witness_t w)
{
    slong n = 0;

    for (slong i = 0; i < w->part->dimension; i++)
    {
        const slong * levels = lb_basis_state(w->part, i);
        int kept
            = w->kept->total < 0 || w->part->excitations[i] <= w->kept->total;

        for (slong j = 0; j < w->parties && kept; j++)
            kept = w->kept->levels[j] < 0 || levels[j] <= w->kept->levels[j];
        if (kept)
            place[n++] = i;
    }
    return n;
}

/* X, exactly Hermitian. */
static void
set_x(acb_mat_t x, const lb_witness_t w)
{
    slong d = w->part->dimension;

    for (slong i = 0; i < d; i++)
        for (slong j = i; j < d; j++)
        {
            acb_ptr z = acb_mat_entry(x, i, j);

            acb_set_d_d(z, creal(w->x[i * d + j]),
                        i == j ? 0.0 : cimag(w->x[i * d + j]));
            acb_conj(acb_mat_entry(x, j, i), z);
        }
}

static void
set_dense(acb_mat_t a, const lb_ball_sparse_t sparse)
{
    acb_mat_zero(a);
    for (slong i = 0; i < sparse->rows; i++)
        for (slong k = sparse->start[i]; k < sparse->start[i + 1]; k++)
            acb_set(acb_mat_entry(a, i, sparse->column[k]), sparse->entry + k);
}

/* The sum of all A_j on the states of the parties. */
static lb_status
set_sum(acb_mat_t a, const lb_witness_t w, slong prec, lb_error * err)
{
    lb_opoly_t sum, op;
    lb_ball_sparse_t sparse;
    lb_status status;

    lb_opoly_init(sum, w->kinds, w->parties);
    lb_opoly_init(op, w->kinds, w->parties);
    for (slong j = 0; j < w->parties; j++)
    {
        set_party(op, w, j, 0, prec);
        lb_opoly_add(sum, sum, op, prec);
    }
    lb_ball_sparse_init(sparse, w->part->dimension, w->part->dimension);
    status = lb_ball_sparse_set_opoly(sparse, sum, w->part, w->part, prec, err);
    set_dense(a, sparse);
    lb_ball_sparse_clear(sparse);
    lb_opoly_clear(sum);
    lb_opoly_clear(op);
    return status;
}

/* g = the block of 2i (A X - X A) - X^2 between the kept states, [E1]: the
   states of X are all that is summed over, so nothing is left out. */
static void
set_block(acb_mat_t g, const acb_mat_t a, const acb_mat_t x,
          const slong * place, slong prec)
{
    slong n = acb_mat_nrows(g), d = acb_mat_nrows(x);
    acb_mat_t rows, columns, t;

    acb_mat_init(rows, n, d);
    acb_mat_init(columns, d, n);
    acb_mat_init(t, n, n);
    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < d; k++)
        {
            acb_set(acb_mat_entry(rows, i, k), acb_mat_entry(a, place[i], k));
            acb_set(acb_mat_entry(columns, k, i),
                    acb_mat_entry(x, k, place[i]));
        }
    acb_mat_mul(t, rows, columns, prec); /* A X */
    for (slong i = 0; i < n; i++)
        for (slong k = 0; k < d; k++)
            acb_set(acb_mat_entry(rows, i, k), acb_mat_entry(x, place[i], k));
    acb_mat_mul(g, rows, columns, prec); /* X^2 */
    acb_mat_neg(g, g);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            acb_t z; /* (A X - X A)_ij, X A = (A X)' */

            acb_init(z);
            acb_conj(z, acb_mat_entry(t, j, i));
            acb_sub(z, acb_mat_entry(t, i, j), z, prec);
            acb_mul_onei(z, z);
            acb_mul_2exp_si(z, z, 1);
            acb_add(acb_mat_entry(g, i, j), acb_mat_entry(g, i, j), z, prec);
            acb_clear(z);
        }
    acb_mat_clear(rows);
    acb_mat_clear(columns);
    acb_mat_clear(t);
}

/* r = z |i><j| of the parties, identity elsewhere. */
static void
set_unit(lb_opoly_t r, const acb_t z, const lb_witness_t w, slong i, slong j,
         slong prec)
{
    lb_scalar_t x;
    lb_opoly_t u;

    lb_scalar_init(x);
    lb_scalar_set_acb(x, z);
    lb_opoly_init(u, r->kinds, r->subsystems);
    lb_opoly_set_scalar(r, x);
    for (slong k = 0; k < w->parties; k++)
    {
        lb_opoly_set_ketbra(u, w->which[k], lb_basis_state(w->part, i)[k],
                            lb_basis_state(w->part, j)[k]);
        lb_opoly_mul(r, r, u, prec);
    }
    lb_opoly_clear(u);
    lb_scalar_clear(x);
}

/* r = sum over the rows from lo to hi - 1 of g_ij |i><j|, j > i, and of half
   of g_ii |i><i|; halves first, so that few long sums are made. */
static void
set_rows(lb_opoly_t r, const acb_mat_t g, const lb_witness_t w,
         const slong * place, slong lo, slong hi, slong prec)
{
    lb_opoly_t other;
    acb_t z;

    lb_opoly_init(other, r->kinds, r->subsystems);
    acb_init(z);
    lb_opoly_zero(r);
    if (hi - lo > 1)
    {
        set_rows(r, g, w, place, lo, (lo + hi) / 2, prec);
        set_rows(other, g, w, place, (lo + hi) / 2, hi, prec);
        lb_opoly_add(r, r, other, prec);
    }
    else
        for (slong j = lo; j < acb_mat_ncols(g); j++)
        {
            acb_set(z, acb_mat_entry(g, lo, j));
            if (acb_is_zero(z))
                continue;
            if (j == lo)
            {
                arb_zero(acb_imagref(z));
                acb_mul_2exp_si(z, z, -1);
            }
            set_unit(other, z, w, place[lo], place[j], prec);
            lb_opoly_add(r, r, other, prec);
        }
    acb_clear(z);
    lb_opoly_clear(other);
}

/* r = 2i [A, X] - X^2 - 4 sum_j A_j^2 on the kept states. */
static lb_status
set_witness(lb_opoly_t r, const lb_witness_t w, slong prec, lb_error * err)
{
    slong d = w->part->dimension, n;
    slong * place = flint_malloc((size_t) d * sizeof(slong));
    acb_mat_t a, x, g;
    lb_status status;
    lb_opoly_t op;

    n = kept_states(place, w);
    acb_mat_init(a, d, d);
    acb_mat_init(x, d, d);
    acb_mat_init(g, n, n);
    lb_opoly_init(op, r->kinds, r->subsystems);
    set_x(x, w);
    status = set_sum(a, w, prec, err);
    if (status == LB_OK)
    {
        set_block(g, a, x, place, prec);
        set_rows(r, g, w, place, 0, n, prec);
        lb_opoly_adjoint(op, r);
        lb_opoly_add(r, r, op, prec);
    }
    for (slong j = 0; j < w->parties && status == LB_OK; j++)
    {
        set_party(op, w, j, 1, prec);
        lb_opoly_mul(op, op, op, prec);
        add_multiple(r, -4.0, 0.0, op, prec);
    }
    acb_mat_clear(a);
    acb_mat_clear(x);
    acb_mat_clear(g);
    lb_opoly_clear(op);
    flint_free(place);
    return status;
}

static void
take_info(lb_witness_t w, const lb_certified_info * info)
{
    w->reached = info->reached;
    w->limit = info->limit;
}

lb_status
lb_witness_prove_lower(lb_witness_t w, lb_certifier * c, slong digits,
                       lb_error * err)
{
    double start = lb_clock_seconds();
    slong prec = digits * 10 / 3 + GUARD_BITS;
    lb_certified_info info;
    lb_status status;
    lb_opoly_t op;
    mag_t scale;
    arb_t norm, square;

    mag_init(scale);
    arb_init(norm);
    arb_init(square);
    arb_indeterminate(w->lower);
    arb_indeterminate(w->upper);
    arb_indeterminate(w->value);
    lb_opoly_init(op, w->scope->kinds, w->scope->subsystems);
    mag_set_d(scale, fmax(fabs(w->approx), SMALLEST_SCALE));
    status = set_witness(op, w, prec, err);
    if (status == LB_OK)
        status = lb_certifier_mean(w->lower, &info, c, op, digits, scale, err);
    if (status == LB_OK)
        take_info(w, &info);
    for (slong k = 0; k < w->operators; k++)
    {
        arb_set_d(square, w->c[k]);
        arb_sqr(square, square, prec);
        arb_add(norm, norm, square, prec);
    }
    arb_div(w->lower, w->lower, norm, prec);
    w->seconds += lb_clock_seconds() - start;
    lb_opoly_clear(op);
    mag_clear(scale);
    arb_clear(norm);
    arb_clear(square);
    return status;
}

/* --- the upper bound ----------------------------------------------------- */

/* <A_k> for l < 0, else <A_k A_l>, of different parties. */
static lb_status
prove_moment(arb_t value, const lb_witness_t w, lb_certifier * c, slong k,
             slong l, lb_error * err)
{
    lb_certified_info info;
    lb_status status;
    lb_opoly_t a, b;
    mag_t scale;

    mag_init(scale);
    mag_one(scale);
    lb_opoly_init(a, w->scope->kinds, w->scope->subsystems);
    lb_opoly_init(b, w->scope->kinds, w->scope->subsystems);
    set_observable(a, w->number[k], w->which[w->party[k]], COVARIANCE_PREC);
    if (l >= 0)
    {
        set_observable(b, w->number[l], w->which[w->party[l]], COVARIANCE_PREC);
        lb_opoly_mul(a, a, b, COVARIANCE_PREC);
    }
    status
        = lb_certifier_mean(value, &info, c, a, COVARIANCE_DIGITS, scale, err);
    lb_opoly_clear(a);
    lb_opoly_clear(b);
    mag_clear(scale);
    return status;
}

/* cov = 4 Cov(A_k, A_l) between different parties, zero within one; the means
   as well. */
static lb_status
prove_covariances(acb_mat_t cov, arb_ptr means, const lb_witness_t w,
                  lb_certifier * c, lb_error * err)
{
    slong n = w->operators;
    lb_status status = LB_OK;

    for (slong k = 0; k < n && status == LB_OK; k++)
        status = prove_moment(means + k, w, c, k, -1, err);
    for (slong k = 0; k < n; k++)
        for (slong l = 0; l < k && status == LB_OK; l++)
        {
            arb_ptr z = acb_realref(acb_mat_entry(cov, k, l));

            if (w->party[k] == w->party[l])
                continue;
            status = prove_moment(z, w, c, k, l, err);
            arb_submul(z, means + k, means + l, COVARIANCE_PREC);
            arb_mul_2exp_si(z, z, 2);
            acb_set(acb_mat_entry(cov, l, k), acb_mat_entry(cov, k, l));
        }
    return status;
}

/* The real or imaginary part of rho_ij. */
static lb_status
prove_element(arb_t value, const lb_witness_t w, lb_certifier * c, slong i,
              slong j, int imaginary, lb_error * err)
{
    lb_certified_info info;
    lb_opoly_t op, adjoint;
    lb_status status;
    mag_t scale;
    acb_t z;

    acb_init(z);
    mag_init(scale);
    mag_one(scale);
    lb_opoly_init(op, w->scope->kinds, w->scope->subsystems);
    lb_opoly_init(adjoint, w->scope->kinds, w->scope->subsystems);
    acb_set_d_d(z, imaginary ? 0.0 : 0.5, imaginary ? 0.5 : 0.0);
    set_unit(op, z, w, i, j, COVARIANCE_PREC);
    lb_opoly_adjoint(adjoint, op);
    lb_opoly_add(op, op, adjoint, COVARIANCE_PREC);
    status = lb_certifier_mean(value, &info, c, op, ELEMENT_DIGITS, scale, err);
    lb_opoly_clear(op);
    lb_opoly_clear(adjoint);
    mag_clear(scale);
    acb_clear(z);
    return status;
}

/* All elements of the reduced state between the kept states. */
static lb_status
prove_state(acb_mat_t rho, const slong * place, const lb_witness_t w,
            lb_certifier * c, lb_error * err)
{
    lb_status status = LB_OK;

    for (slong i = 0; i < acb_mat_nrows(rho); i++)
        for (slong j = i; j < acb_mat_nrows(rho) && status == LB_OK; j++)
        {
            acb_ptr z = acb_mat_entry(rho, i, j);

            status = prove_element(acb_realref(z), w, c, place[i], place[j], 0,
                                   err);
            if (status == LB_OK && j > i)
                status = prove_element(acb_imagref(z), w, c, place[i], place[j],
                                       1, err);
            acb_conj(acb_mat_entry(rho, j, i), z);
        }
    return status;
}

/* b = V (p - SHARE)^(1/2) of the eigenvectors of rho in double precision, p
   what is left of the eigenvalues: rho - b b' should be positive. */
static lb_status
choose_root(acb_mat_t b, double * p, const slong * place, const lb_witness_t w,
            lb_error * err)
{
    slong n = acb_mat_nrows(b), d = w->part->dimension;
    lb_complex * rho = flint_malloc((size_t) (n * n) * sizeof(lb_complex));
    lb_status status;
    lb_spectrum_t s;

    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            rho[i * n + j] = w->rho[place[i] * d + place[j]];
    status = lb_spectrum_init_approx(s, rho, n, err);
    for (slong k = 0; k < n && status == LB_OK; k++)
    {
        p[k] = s->p[k] > 2.0 * SHARE ? s->p[k] - SHARE : 0.0;
        for (slong i = 0; i < n; i++)
        {
            lb_complex z = sqrt(p[k]) * s->vectors[i * n + k];

            acb_set_d_d(acb_mat_entry(b, i, k), creal(z), cimag(z));
        }
    }
    lb_spectrum_clear(s);
    flint_free(rho);
    return status;
}

/* Whether rho - b b' is proved to be positive. */
static int
is_below(const acb_mat_t b, const acb_mat_t rho)
{
    slong n = acb_mat_nrows(b);
    arb_ptr values = _arb_vec_init(n);
    acb_mat_t t;
    int below;

    acb_mat_init(t, n, n);
    acb_mat_conjugate_transpose(t, b);
    acb_mat_mul(t, b, t, ELEMENT_PREC);
    acb_mat_sub(t, rho, t, ELEMENT_PREC);
    below = lb_hermitian_eigenvalues(values, t, ELEMENT_PREC) == LB_OK
            && arb_is_nonnegative(values);
    acb_mat_clear(t);
    _arb_vec_clear(values, n);
    return below;
}

/* g = b' A_k b between the kept states. */
static lb_status
set_gram(acb_mat_t g, const acb_mat_t b, const slong * place,
         const lb_witness_t w, slong k, lb_error * err)
{
    slong n = acb_mat_nrows(b);
    lb_ball_sparse_t sparse;
    lb_status status;
    acb_mat_t a, t;
    lb_opoly_t op;

    acb_mat_init(a, w->part->dimension, w->part->dimension);
    acb_mat_init(t, n, n);
    lb_opoly_init(op, w->kinds, w->parties);
    set_observable(op, w->number[k], w->party[k], ELEMENT_PREC);
    lb_ball_sparse_init(sparse, w->part->dimension, w->part->dimension);
    status = lb_ball_sparse_set_opoly(sparse, op, w->part, w->part,
                                      ELEMENT_PREC, err);
    set_dense(a, sparse);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
            acb_set(acb_mat_entry(t, i, j),
                    acb_mat_entry(a, place[i], place[j]));
    acb_mat_mul(t, t, b, ELEMENT_PREC);
    acb_mat_conjugate_transpose(g, b);
    acb_mat_mul(g, g, t, ELEMENT_PREC);
    acb_mat_clear(a);
    acb_mat_clear(t);
    lb_ball_sparse_clear(sparse);
    lb_opoly_clear(op);
    return status;
}

/* h_kl = -2 g_kl/(p_k + p_l), rounded and exactly Hermitian. */
static void
choose_phase(acb_mat_t h, const acb_mat_t g, const double * p)
{
    for (slong k = 0; k < acb_mat_nrows(h); k++)
        for (slong l = k; l < acb_mat_nrows(h); l++)
        {
            acb_ptr z = acb_mat_entry(h, k, l);
            double factor = p[k] + p[l] > 0.0 ? -2.0 / (p[k] + p[l]) : 0.0;
            double re
                = factor
                  * arf_get_d(arb_midref(acb_realref(acb_mat_entry(g, k, l))),
                              ARF_RND_NEAR);
            double im
                = factor
                  * arf_get_d(arb_midref(acb_imagref(acb_mat_entry(g, k, l))),
                              ARF_RND_NEAR);

            acb_set_d_d(z, re, k == l ? 0.0 : im);
            acb_conj(acb_mat_entry(h, l, k), z);
        }
}

/* r += 4 Re tr(x y) */
static void
add_trace(arb_t r, const acb_mat_t x, const acb_mat_t y)
{
    acb_t sum;

    acb_init(sum);
    for (slong i = 0; i < acb_mat_nrows(x); i++)
        for (slong j = 0; j < acb_mat_nrows(x); j++)
            acb_addmul(sum, acb_mat_entry(x, i, j), acb_mat_entry(y, j, i),
                       ELEMENT_PREC);
    acb_mul_2exp_si(sum, sum, 2);
    arb_add(r, r, acb_realref(sum), ELEMENT_PREC);
    acb_clear(sum);
}

/* m += 4 <A_k><A_l> + 4 Re tr(g_k h_l + h_k g_l + h_k b'b h_l), [E3] */
static void
add_improvement(acb_mat_t m, arb_srcptr means, const acb_mat_t b,
                const acb_mat_struct * g, const acb_mat_struct * h)
{
    slong n = acb_mat_nrows(b);
    acb_mat_t gram, t;
    arb_t z;

    arb_init(z);
    acb_mat_init(gram, n, n);
    acb_mat_init(t, n, n);
    acb_mat_conjugate_transpose(t, b);
    acb_mat_mul(gram, t, b, ELEMENT_PREC);
    for (slong k = 0; k < acb_mat_nrows(m); k++)
    {
        acb_mat_mul(t, h + k, gram, ELEMENT_PREC);
        for (slong l = 0; l <= k; l++)
        {
            arb_mul(z, means + k, means + l, ELEMENT_PREC);
            arb_mul_2exp_si(z, z, 2);
            add_trace(z, g + k, h + l);
            add_trace(z, h + k, g + l);
            add_trace(z, t, h + l);
            acb_add_arb(acb_mat_entry(m, k, l), acb_mat_entry(m, k, l), z,
                        ELEMENT_PREC);
            acb_set(acb_mat_entry(m, l, k), acb_mat_entry(m, k, l));
        }
    }
    arb_clear(z);
    acb_mat_clear(gram);
    acb_mat_clear(t);
}

/* m, the matrix of [E2], becomes that of [E3]; *better says whether it does. */
static lb_status
improve(acb_mat_t m, int * better, arb_srcptr means, const lb_witness_t w,
        lb_certifier * c, lb_error * err)
{
    slong * place = flint_malloc((size_t) w->part->dimension * sizeof(slong));
    slong n = kept_states(place, w);
    double * p = flint_calloc((size_t) n, sizeof(double));
    acb_mat_struct g[LB_WITNESS_MAX_PARTIES * LB_WITNESS_OPERATORS];
    acb_mat_struct h[LB_WITNESS_MAX_PARTIES * LB_WITNESS_OPERATORS];
    lb_status status = LB_OK;
    acb_mat_t rho, b;

    acb_mat_init(rho, n, n);
    acb_mat_init(b, n, n);
    for (slong k = 0; k < w->operators; k++)
    {
        acb_mat_init(g + k, n, n);
        acb_mat_init(h + k, n, n);
    }
    *better = 0;
    if (n <= LB_WITNESS_STATES)
    {
        status = prove_state(rho, place, w, c, err);
        if (status == LB_OK)
            status = choose_root(b, p, place, w, err);
        *better = status == LB_OK && is_below(b, rho);
    }
    for (slong k = 0; k < w->operators && status == LB_OK && *better; k++)
    {
        status = set_gram(g + k, b, place, w, k, err);
        choose_phase(h + k, g + k, p);
    }
    if (status == LB_OK && *better)
        add_improvement(m, means, b, g, h);
    for (slong k = 0; k < w->operators; k++)
    {
        acb_mat_clear(g + k);
        acb_mat_clear(h + k);
    }
    acb_mat_clear(rho);
    acb_mat_clear(b);
    flint_free(place);
    flint_free(p);
    return status;
}

/* The smaller of the largest eigenvalues of the matrices of [E2] and [E3]. */
static lb_status
prove_upper(lb_witness_t w, lb_certifier * c, lb_error * err)
{
    slong n = w->operators;
    arb_ptr means = _arb_vec_init(2 * n), values = means + n;
    lb_status status;
    int better = 0;
    acb_mat_t m;

    acb_mat_init(m, n, n);
    status = prove_covariances(m, means, w, c, err);
    if (status == LB_OK)
        status = lb_hermitian_eigenvalues(values, m, COVARIANCE_PREC);
    if (status == LB_OK)
        arb_set(w->upper, values + n - 1);
    if (status == LB_OK)
        status = improve(m, &better, means, w, c, err);
    if (status == LB_OK && better
        && lb_hermitian_eigenvalues(values, m, ELEMENT_PREC) == LB_OK)
        arb_min(w->upper, w->upper, values + n - 1, ELEMENT_PREC);
    _arb_vec_clear(means, 2 * n);
    acb_mat_clear(m);
    return status;
}

lb_status
lb_witness_prove(lb_witness_t w, lb_certifier * c, slong digits, lb_error * err)
{
    lb_status status = lb_witness_prove_lower(w, c, digits, err);
    double start = lb_clock_seconds();
    arf_t lo, hi;

    arf_init(lo);
    arf_init(hi);
    if (status == LB_OK)
        status = prove_upper(w, c, err);
    if (status == LB_OK)
    {
        arb_get_lbound_arf(lo, w->lower, ARF_PREC_EXACT);
        arb_get_ubound_arf(hi, w->upper, ARF_PREC_EXACT);
        arb_set_interval_arf(w->value, lo, hi, COVARIANCE_PREC);
    }
    else
    {
        arb_indeterminate(w->lower);
        arb_indeterminate(w->upper);
        arb_indeterminate(w->value);
    }
    arf_clear(lo);
    arf_clear(hi);
    w->seconds += lb_clock_seconds() - start;
    return status;
}
