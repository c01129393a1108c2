/* tests/test_populations.c -- tails and populations of the shells.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inequalities of theory.md [L1] and [L4] are judged as they stand, by
 * eigenvalues of the operators, which are built from the definition of L* and
 * share with certify/ only the matrix elements of operator polynomials. */
#include <complex.h>
#include <math.h>

#include <lapacke.h>

#include <lindbound/block_norm.h>
#include <lindbound/populations.h>

#include "lb_test_class.h"
#include "lb_test_dense.h"

#define DENSE_PREC 320

/* --- a proof of populations ---------------------------------------------- */

typedef struct
{
    lb_model_t model;
    lb_problem_t problem;
    lb_tail_t tail;
    lb_basis_t inner, outer;
    lb_ball_lindbladian_t lindbladian;
    lb_poisson_t solver;
    lb_populations_t populations;
    lb_status status; /* of the populations */
} proof;

static void
total_basis(lb_basis_t b, const lb_model_t m, slong total)
{
    lb_cutoff_t c;
    lb_error err;

    lb_cutoff_init(c, m->scope->kinds, m->scope->subsystems);
    c->total = total;
    CU_ASSERT_FATAL(lb_basis_init(b, c, 100000, &err) == LB_OK);
    lb_cutoff_clear(c);
}

static int
estimate(double * bits, const lb_problem_t p, const lb_basis_t b)
{
    lb_steady_state_options options = LB_STEADY_STATE_OPTIONS;
    lb_steady_state_t s;
    int found;

    options.check_unique = 0;
    options.tolerance = 1e-12;
    lb_steady_state_init(s);
    found = lb_steady_state_solve_approx(s, p, b, &options, NULL) == LB_OK;
    if (found)
        lb_steady_state_populations_approx(bits, s);
    lb_steady_state_clear(s);
    return found;
}

/* All of the proof for N <= total. */
static void
populations_init(proof * x, slong total)
{
    double bits[100] = { 0.0 }, weights[100];
    lb_enclosure_space space;
    lb_error err;

    lb_error_clear(&err);
    total_basis(x->inner, x->model, total);
    total_basis(x->outer, x->model,
                total + lb_ball_lindbladian_shift(x->problem));
    if (lb_ball_lindbladian_init_full(x->lindbladian, x->problem, x->inner,
                                      x->outer, 192, &err)
            != LB_OK
        || lb_poisson_init(x->solver, x->problem, x->inner, 0, &err) != LB_OK)
        test_fail("populations", &err);
    CU_ASSERT(estimate(bits, x->problem, x->inner));
    for (slong n = 0; n <= total; n++)
        weights[n] = exp2(0.5 * bits[n]);
    lb_poisson_set_weights(x->solver, weights);
    space.inner = x->inner;
    space.outer = x->outer;
    space.lindbladian = x->lindbladian;
    space.solver = x->solver;
    x->status
        = lb_populations_init(x->populations, &space, x->tail, bits, &err);
}

static void
populations_clear(proof * x)
{
    lb_populations_clear(x->populations);
    lb_poisson_clear(x->solver);
    lb_ball_lindbladian_clear(x->lindbladian);
    lb_basis_clear(x->inner);
    lb_basis_clear(x->outer);
}

/* At the first of some totals from @p total on that will do. */
static void
proof_init(proof * x, const char * text, slong total)
{
    lb_error err;

    lb_error_clear(&err);
    test_model_init(x->model, text);
    test_problem_init(x->problem, x->model);
    if (lb_tail_init(x->tail, x->problem, &err) != LB_OK)
        test_fail(text, &err);
    populations_init(x, total);
    for (int i = 0; i < 6 && x->status != LB_OK; i++)
    {
        total += 1 + total / 4;
        populations_clear(x);
        populations_init(x, total);
    }
}

static void
proof_clear(proof * x)
{
    populations_clear(x);
    lb_tail_clear(x->tail);
    lb_problem_clear(x->problem);
    lb_model_clear(x->model);
}

static double
to_double(const arb_t x)
{
    return arf_get_d(arb_midref(x), ARF_RND_NEAR);
}

/* --- L* from its definition ---------------------------------------------- */

/* out += factor a b, or factor a' b; a sparse, b d x d */
static void
add_sparse_dense(acb_ptr out, const acb_t factor, const lb_ball_sparse_t a,
                 int adjoint, acb_srcptr b, slong d)
{
    acb_t x;

    acb_init(x);
    for (slong i = 0; i < d; i++)
        for (slong k = a->start[i]; k < a->start[i + 1]; k++)
        {
            slong to = adjoint ? a->column[k] : i;
            slong from = adjoint ? i : a->column[k];

            if (adjoint)
                acb_conj(x, a->entry + k);
            else
                acb_set(x, a->entry + k);
            acb_mul(x, x, factor, DENSE_PREC);
            for (slong j = 0; j < d; j++)
                if (!acb_is_zero(b + from * d + j))
                    acb_addmul(out + to * d + j, x, b + from * d + j,
                               DENSE_PREC);
        }
    acb_clear(x);
}

static void
conjugate_transpose(acb_ptr out, acb_srcptr in, slong d)
{
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
            acb_conj(out + i * d + j, in + j * d + i);
}

static void
matrix_of(lb_ball_sparse_t a, const lb_opoly_t op, const lb_basis_t b)
{
    lb_error err;

    lb_ball_sparse_init(a, b->dimension, b->dimension);
    CU_ASSERT_FATAL(lb_ball_sparse_set_opoly(a, op, b, b, DENSE_PREC, &err)
                    == LB_OK);
}

/* out = L*(y), y Hermitian: Z + Z', Z = i H y - sum r (c'c)y/2, and c'yc, with
   c'c the product of the polynomials.  Exact on the states that y's states
   and those L* leads to from there: nothing may leave the basis. */
static void
dense_adjoint_lindbladian(acb_ptr out, const lb_problem_t p,
                          const lb_basis_t b, acb_srcptr y)
{
    slong d = b->dimension;
    acb_ptr z = _acb_vec_init(d * d), t = _acb_vec_init(d * d);
    acb_ptr s = _acb_vec_init(d * d);
    lb_ball_sparse_t a;
    lb_opoly_t loss;
    acb_t factor, one;

    acb_init(factor);
    acb_init(one);
    acb_one(one);
    acb_onei(factor);
    matrix_of(a, p->hamiltonian, b);
    add_sparse_dense(z, factor, a, 0, y, d);
    lb_ball_sparse_clear(a);
    _acb_vec_zero(out, d * d);
    for (slong k = 0; k < p->n_jumps; k++)
    {
        lb_opoly_init(loss, p->kinds, p->subsystems);
        lb_opoly_adjoint(loss, p->jumps + k);
        lb_opoly_mul(loss, loss, p->jumps + k, DENSE_PREC);
        acb_set_arb(factor, p->rates + k);
        acb_mul_2exp_si(factor, factor, -1);
        acb_neg(factor, factor);
        matrix_of(a, loss, b);
        add_sparse_dense(z, factor, a, 0, y, d);
        lb_ball_sparse_clear(a);
        lb_opoly_clear(loss);
        /* c'(c'y)' = c' y c */
        acb_set_arb(factor, p->rates + k);
        matrix_of(a, p->jumps + k, b);
        _acb_vec_zero(t, d * d);
        add_sparse_dense(t, one, a, 1, y, d);
        conjugate_transpose(s, t, d);
        add_sparse_dense(out, factor, a, 1, s, d);
        lb_ball_sparse_clear(a);
    }
    conjugate_transpose(t, z, d);
    _acb_vec_add(out, out, z, d * d, DENSE_PREC);
    _acb_vec_add(out, out, t, d * d, DENSE_PREC);
    acb_clear(factor);
    acb_clear(one);
    _acb_vec_clear(z, d * d);
    _acb_vec_clear(t, d * d);
    _acb_vec_clear(s, d * d);
}

/* f(n), n <= K, for n > K: f(K) */
static void
tail_weight(arb_t f, const lb_tail_weights_t w, slong start, slong n, slong top)
{
    arb_zero(f);
    if (n > top)
        n = top;
    if (n <= start)
        return;
    arb_pow_ui(f, w->ratio, (ulong) (n - start - 1), DENSE_PREC);
    arb_mul_2exp_si(f, f, w->scale);
}

/* The largest eigenvalue of the part of x on the states below @p n, in the
   frame w_i^(-1/2) x_ij w_j^(-1/2), w by shell, over 1 + the largest modulus */
static double
largest_eigenvalue(acb_srcptr x, const lb_basis_t b, slong n, arb_srcptr w)
{
    slong d = b->dimension;
    lb_complex * a = new_dense(n * n);
    double * values = flint_malloc((size_t) n * sizeof(double)), largest;
    arb_t r;
    acb_t z;

    arb_init(r);
    acb_init(z);
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            arb_mul(r, w + b->excitations[i], w + b->excitations[j],
                    DENSE_PREC);
            arb_rsqrt(r, r, DENSE_PREC);
            acb_mul_arb(z, x + i * d + j, r, DENSE_PREC);
            a[i * n + j] = CMPLX(to_double(acb_realref(z)),
                                 to_double(acb_imagref(z)));
        }
    CU_ASSERT_FATAL(LAPACKE_zheev(LAPACK_ROW_MAJOR, 'N', 'U', (lapack_int) n, a,
                                  (lapack_int) n, values)
                    == 0);
    largest = values[n - 1] / (1.0 + fabs(values[0]));
    arb_clear(r);
    acb_clear(z);
    flint_free(a);
    flint_free(values);
    return largest;
}

/* --- [L1]: the inequality for Y ------------------------------------------ */

/* L*(Y + f(N)) - o + sum v_n/2 + c sum f(n), which must not be positive, on
   all that L* reaches with f constant above K. */
static double
excess_of_populations(const proof * x, slong top)
{
    const lb_populations_struct * p = x->populations;
    slong m = x->inner->dimension, d;
    arb_ptr frame;
    acb_ptr y, r;
    lb_basis_t b;
    arb_t f, last;
    double excess;

    total_basis(b, x->model, top + lb_ball_lindbladian_shift(x->problem));
    d = b->dimension;
    y = _acb_vec_init(d * d);
    r = _acb_vec_init(d * d);
    frame = _arb_vec_init(b->shells);
    arb_init(f);
    arb_init(last);
    for (slong i = 0; i < m; i++)
        for (slong j = 0; j < m; j++)
            acb_set(y + i * d + j, p->proposal->y + i * m + j);
    tail_weight(last, p->weights, p->start, top, top);
    for (slong i = 0; i < d; i++)
    {
        tail_weight(f, p->weights, p->start, b->excitations[i], top);
        arb_sub(f, f, last, DENSE_PREC); /* finite support: L*(1) = 0 */
        acb_add_arb(y + i * d + i, y + i * d + i, f, DENSE_PREC);
    }
    dense_adjoint_lindbladian(r, x->problem, b, y);
    for (slong n = 0; n < b->shells; n++)
    {
        tail_weight(f, p->weights, p->start, n, top);
        arb_mul(frame + n, f, p->weights->rate, DENSE_PREC);
        if (n > p->top)
            continue;
        arb_one(f);
        arb_mul_2exp_si(f, f, p->exponents[n] - 1);
        arb_add(frame + n, frame + n, f, DENSE_PREC);
    }
    for (slong i = 0; i < d; i++)
    {
        slong n = b->excitations[i];

        arb_sub_arf(acb_realref(r + i * d + i), acb_realref(r + i * d + i),
                    p->proposal->o, DENSE_PREC);
        if (n <= top)
            acb_add_arb(r + i * d + i, r + i * d + i, frame + n, DENSE_PREC);
    }
    excess = largest_eigenvalue(r, b, d, frame);
    _acb_vec_clear(y, d * d);
    _acb_vec_clear(r, d * d);
    _arb_vec_clear(frame, b->shells);
    arb_clear(f);
    arb_clear(last);
    lb_basis_clear(b);
    return excess;
}

/* For K = J, the least of [L1], and some above. */
static void
test_inequality(void)
{
    flint_rand_t state;
    slong compared = 0, overlapping = 0;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(2 * N_CLASS); i++)
    {
        slong which = i % N_CLASS, top;
        char text[2000];
        proof x;

        class_text(text, which, state);
        proof_init(&x, text, class_models[which].total);
        CHECK(x.status == LB_OK, i, text);
        CHECK(x.populations->start <= x.populations->top
                  && arf_sgn(x.populations->proposal->o) >= 0,
              i, text);
        top = x.outer->shells - 1; /* J */
        for (slong extra = 0; extra < 4 && x.status == LB_OK;
             extra += 1 + 2 * (i % 2))
        {
            double excess = excess_of_populations(&x, top + extra);

            if (!(excess <= 1e-11))
                printf("\nm %ld M %ld K %ld: excess %g ",
                       (long) x.populations->start, (long) x.populations->top,
                       (long) (top + extra), excess);
            CHECK(excess <= 1e-11, i, text);
            compared++;
        }
        overlapping += x.populations->start < x.populations->top;
        proof_clear(&x);
    }
    CU_ASSERT(overlapping > 0);
    printf(" %ld comparisons, m < M in %ld ", (long) compared,
           (long) overlapping);
    lb_rand_clear(state);
}

/* --- the bounds against populations -------------------------------------- */

/* Of a numerical steady state at a larger cutoff, below M and above. */
static void
test_bounds(void)
{
    flint_rand_t state;
    slong compared = 0;
    double worst = 0.0;

    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(4 * N_CLASS); i++)
    {
        slong which = i % N_CLASS, top;
        char text[2000];
        lb_steady_state_t s;
        lb_error err;
        lb_basis_t b;
        mag_t bound;
        proof x;

        mag_init(bound);
        class_text(text, which, state);
        proof_init(&x, text, class_models[which].total);
        top = x.populations->top;
        CHECK(x.status == LB_OK, i, text);
        total_basis(b, x.model, top + 4);
        lb_steady_state_init(s);
        if (lb_steady_state_solve_approx(s, x.problem, b, NULL, &err) == LB_OK)
            for (slong n = 0; n < b->shells; n++)
            {
                double p = 0.0, proved;

                for (slong k = b->shell_start[n]; k < b->shell_start[n + 1];
                     k++)
                    p += (double) creall(
                        lb_steady_state_element_approx(s, k, k));
                lb_populations_bound(bound, x.populations, n);
                proved = mag_get_d(bound);
                if (!(p <= proved * (1.0 + 1e-6) + 1e-14))
                    printf("\np_%ld = %g > %g ", (long) n, p, proved);
                CHECK(p <= proved * (1.0 + 1e-6) + 1e-14, i, text);
                CU_ASSERT(proved <= 1.0);
                compared++;
                if (class_models[which].tight && n <= top && p > 1e-13)
                {
                    worst = fmax(worst, proved / p / (double) (top + 1));
                    CHECK(proved <= 100.0 * (double) (top + 1) * p, i, text);
                }
            }
        lb_steady_state_clear(s);
        lb_basis_clear(b);
        proof_clear(&x);
        mag_clear(bound);
    }
    CU_ASSERT(compared >= lb_test_iters(100));
    printf(" %ld comparisons, at most %.2g (M+1) p_n ", (long) compared, worst);
    lb_rand_clear(state);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "populations below their bounds (random)", test_bounds },
        { "the inequality for Y by eigenvalues (random)", test_inequality },
    };
    return lb_test_main("populations", cases, sizeof(cases) / sizeof(cases[0]));
}
