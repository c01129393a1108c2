/* numeric/poisson.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With e = |vacuum><vacuum| and g the typical rate of the Lindbladian, the
 * adjoint of the deflated operator of numeric/steady_state.c is, in the
 * scaled frame,
 *
 *     A*(x) = L*(x) + g x_00 S^2 .
 *
 * L*(S^2) = 0, so for x = z + x_00 S^2, where z has the vacuum entry 0,
 *
 *     A*(x) = L*(z) + g x_00 S^2 :
 *
 * the unknowns z and o = -g x_00 of the header.  GMRES works on one array
 * that holds z and, in the place of its vacuum entry, x_00; a preconditioner
 * of A* becomes one of this operator by z = x - x_00 S^2 on the other
 * entries.  What GMRES minimizes is then the residual of the very numbers
 * that are returned.
 *
 * Digits.  Let r be normalized as S O S / ||S O S||.  A bound on the error of
 * o is the sum over shells of ||R_jk|| sqrt(p_j p_k), of populations p_j that
 * fall like s^(2j); in the scaled frame all its terms weigh alike, and the
 * Frobenius norm that GMRES minimizes is the right one: a residual of 1e-13
 * leaves 13 digits of o / ||S O S||, whatever the drive.
 *
 * Where populations fall differently, weights u take their place: with the
 * diagonal V = U S^-1, GMRES solves  V A*(x) V = -V r V,  preconditioned by
 * the preconditioner applied to V^-1 . V^-1.  Its Krylov vectors and norms are
 * then those of weighted residuals. */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lindbound/gmres.h>
#include <lindbound/poisson.h>

#define MAX_ITERATIONS 1000
/* a residual that rounding may leave: no other preconditioner does better */
#define ROUNDING 1e-8
/* the smallest weight of a shell is 2^-LEAST_WEIGHT: products of two weights
   and their inverses are far from the limits of doubles */
#define LEAST_WEIGHT 400

typedef struct
{
    lb_poisson_struct * p;
    double * one;   /* the diagonal of S^2          */
    lb_complex * t; /* scratch matrix               */
} equation;

lb_status
lb_poisson_init(lb_poisson_t p, const lb_problem_t problem,
                const lb_basis_t basis, slong scale, lb_error * err)
{
    lb_status status;

    p->basis = basis;
    p->iterations = 0;
    p->residual = (double) NAN;
    p->weight = NULL;
    lb_preconditioner_init(p->preconditioner, basis->dimension);
    status = lb_lindbladian_init(p->lindbladian, problem, basis, scale, err);
    if (status != LB_OK)
        return status;
    return lb_preconditioner_init_best(p->preconditioner, p->lindbladian, err);
}

void
lb_poisson_clear(lb_poisson_t p)
{
    lb_preconditioner_clear(p->preconditioner);
    lb_lindbladian_clear(p->lindbladian);
    flint_free(p->weight);
    p->weight = NULL;
    p->basis = NULL;
}

void
lb_poisson_set_weights(lb_poisson_t p, const double * shell_weight)
{
    const lb_lindbladian_struct * l = p->lindbladian;

    flint_free(p->weight);
    p->weight = NULL;
    if (shell_weight == NULL)
        return;
    p->weight = flint_malloc((size_t) l->dimension * sizeof(double));
    for (slong i = 0; i < l->dimension; i++)
    {
        double u = shell_weight[l->excitations[i]];
        slong e = -LEAST_WEIGHT;

        if (u > 0.0 && isfinite(u))
            e = (slong) floor(log2(u) + 0.5) + l->scale * l->excitations[i];
        if (e < -LEAST_WEIGHT)
            e = -LEAST_WEIGHT;
        p->weight[i] = scalbln(1.0, e < LEAST_WEIGHT ? e : LEAST_WEIGHT);
    }
}

/* y = V^sign x V^sign; may alias */
static void
weigh(lb_complex * y, const lb_complex * x, const lb_poisson_t p, int sign)
{
    slong d = p->lindbladian->dimension;

    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
        {
            double v = p->weight[i] * p->weight[j];

            y[i * d + j] = x[i * d + j] * (sign > 0 ? v : 1.0 / v);
        }
}

/* y = L*(z) + g x_00 S^2, where x holds z and x_00 */
static void
apply(lb_complex * y, const lb_complex * x, void * context)
{
    equation * q = context;
    const lb_lindbladian_struct * l = q->p->lindbladian;
    slong d = l->dimension;

    memcpy(q->t, x, (size_t) (d * d) * sizeof(lb_complex));
    q->t[0] = 0.0;
    lb_lindbladian_apply_adjoint(y, l, q->t);
    for (slong i = 0; i < d; i++)
        y[i * d + i] += l->damping * q->one[i] * x[0];
    if (q->p->weight != NULL)
        weigh(y, y, q->p, 1);
}

static void
precondition(lb_complex * y, const lb_complex * x, void * context)
{
    equation * q = context;
    slong d = q->p->lindbladian->dimension;

    if (q->p->weight != NULL)
    {
        weigh(q->t, x, q->p, -1);
        x = q->t;
    }
    lb_preconditioner_apply_adjoint(y, q->p->preconditioner, x);
    for (slong i = 1; i < d; i++)
        y[i * d + i] -= y[0] * q->one[i];
}

/* The exponent e with 2^(e-1) <= largest part of x < 2^e; 0 if x is zero or
   not finite. */
static int
exponent_of(const lb_complex * x, slong n)
{
    double size = 0.0;
    int e = 0;

    for (slong i = 0; i < n; i++)
        size = fmax(size, fmax(fabs(creal(x[i])), fabs(cimag(x[i]))));
    if (size > 0.0 && isfinite(size))
        frexp(size, &e);
    return e;
}

static void
scale_2exp(lb_complex * y, const lb_complex * x, slong n, int e)
{
    for (slong i = 0; i < n; i++)
        y[i] = CMPLX(ldexp(creal(x[i]), e), ldexp(cimag(x[i]), e));
}

lb_status
lb_poisson_solve_approx(lb_complex * y, lb_complex * o, lb_poisson_t p,
                        const lb_complex * r, double tolerance, lb_error * err)
{
    const lb_lindbladian_struct * l = p->lindbladian;
    slong d = l->dimension, n = d * d;
    int e;
    lb_gmres_options options = LB_GMRES_OPTIONS;
    lb_gmres_report report;
    lb_complex * right = flint_malloc((size_t) n * sizeof(lb_complex));
    lb_status status;
    equation q;

    q.p = p;
    q.one = flint_malloc((size_t) d * sizeof(double));
    q.t = flint_malloc((size_t) n * sizeof(lb_complex));
    for (slong i = 0; i < d; i++)
        q.one[i] = scalbln(1.0, -2 * l->scale * l->excitations[i]);

    for (slong i = 0; i < n; i++)
        right[i] = -r[i];
    if (p->weight != NULL)
        weigh(right, right, p, 1);
    /* entries near 1: no inner product underflows */
    e = exponent_of(right, n);
    scale_2exp(right, right, n, -e);
    options.tolerance = tolerance;
    for (;;)
    {
        options.max_iterations
            = lb_preconditioner_patience(p->preconditioner, MAX_ITERATIONS);
        status = lb_gmres_approx(y, &report, right, n, apply, precondition, &q,
                                 &options);
        p->iterations += report.iterations;
        p->residual = report.residual;
        if (status == LB_OK || report.iterations == 0
            || report.residual <= ROUNDING
            || !lb_preconditioner_fall_back(p->preconditioner, l))
            break;
    }
    scale_2exp(y, y, n, e);
    *o = -l->damping * y[0];
    y[0] = 0.0;

    flint_free(right);
    flint_free(q.one);
    flint_free(q.t);
    if (status != LB_OK)
        return lb_error_set(err, LB_ENOCONV,
                            "the adjoint equation (dimension %ld) was solved "
                            "to a relative residual of %.1e only, in %ld "
                            "iterations",
                            (long) d, p->residual, (long) report.iterations);
    return LB_OK;
}
