/* numeric/lindbladian.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lapacke.h>
#include <lindbound/lindbladian.h>

/* highest shell whose first-order response chooses the scale */
#define HIGHEST_RESPONSE 4
/* and the largest number of its states: beyond, s = 1 */
#define RESPONSE_STATES 256

/* --- choice of the scale ------------------------------------------------- */

/* Loss rate of state i, from M = -i H_eff: -2 Re M_ii. */
static double
loss(const lb_sparse_t generator, slong i)
{
    for (slong k = generator->start[i]; k < generator->start[i + 1]; k++)
        if (generator->column[k] == i)
            return -2.0 * creal(generator->value[k]);
    return 0.0;
}

/* Column 0 of @p a, restricted to the states first.. ; 1 if not zero. */
static int
vacuum_column(lb_complex * x, const lb_sparse_t a, slong first, slong n)
{
    int found = 0;

    for (slong i = 0; i < n; i++)
    {
        slong k = a->start[first + i];

        x[i] = 0.0;
        if (k < a->start[first + i + 1] && a->column[k] == 0)
        {
            x[i] = a->value[k];
            found = 1;
        }
    }
    return found;
}

static double
norm2(const lb_complex * x, slong n)
{
    double sum = 0.0;

    for (slong i = 0; i < n; i++)
        sum += creal(x[i] * conj(x[i]));
    return sum;
}

/* Norm of the first-order amplitudes in a shell, -(M_kk - M_00)^-1 M_k0, or
   infinity; @p x holds M_k0 and is overwritten. */
static double
amplitude(lb_complex * x, const lb_sparse_t m, slong first, slong n)
{
    lb_complex * a = flint_calloc((size_t) (n * n), sizeof(lb_complex));
    lapack_int * pivots = flint_malloc((size_t) n * sizeof(lapack_int));
    lb_complex vacuum = 0.0;
    double size = INFINITY;

    if (m->start[0] < m->start[1] && m->column[m->start[0]] == 0)
        vacuum = m->value[m->start[0]];
    for (slong i = 0; i < n; i++)
    {
        for (slong k = m->start[first + i]; k < m->start[first + i + 1]; k++)
            if (m->column[k] >= first && m->column[k] < first + n)
                a[i * n + m->column[k] - first] = m->value[k];
        a[i * n + i] -= vacuum;
    }
    if (LAPACKE_zgesv(LAPACK_ROW_MAJOR, (lapack_int) n, 1, a, (lapack_int) n,
                      pivots, x, 1)
        == 0)
        size = sqrt(norm2(x, n));
    flint_free(a);
    flint_free(pivots);
    return isfinite(size) ? size : INFINITY;
}

/* Response of shell k to first order: the s with sigma of order 1 there. */
static double
shell_response(const lb_lindbladian_t l, const lb_basis_t basis, slong k)
{
    slong first = basis->shell_start[k], n = basis->shell_start[k + 1] - first;
    double response = 0.0, pumped = 0.0, slowest = INFINITY, s;
    lb_complex * x;

    if (n > RESPONSE_STATES)
        return INFINITY;
    if (n == 0)
        return 0.0;
    x = flint_malloc((size_t) n * sizeof(lb_complex));
    if (vacuum_column(x, l->generator, first, n))
        response = pow(amplitude(x, l->generator, first, n), 1.0 / (double) k);

    for (slong j = 0; j < l->n_jumps; j++)
        if (vacuum_column(x, l->jumps + j, first, n))
            pumped += norm2(x, n);
    for (slong i = 0; i < n; i++)
        if (loss(l->generator, first + i) < slowest)
            slowest = loss(l->generator, first + i);
    if (pumped > 0.0)
    {
        s = pow(slowest > 0.0 ? pumped / slowest : INFINITY, 0.5 / (double) k);
        response = s > response ? s : response;
    }
    flint_free(x);
    return response;
}

static slong
automatic_scale(const lb_lindbladian_t l, const lb_basis_t basis)
{
    double s = 0.0;
    slong scale;

    for (slong k = 1; k <= HIGHEST_RESPONSE && k < basis->shells; k++)
    {
        double response = shell_response(l, basis, k);

        s = response > s ? response : s;
    }
    if (s == 0.0 || !(s < 1.0))
        return 0;
    scale = (slong) floor(-log2(s));
    return scale > LB_SCALE_MAX ? LB_SCALE_MAX : scale;
}

/* Scales a -> S^-1 a S with s = 2^-scale. */
static void
scale_shells(lb_sparse_t a, const lb_basis_t basis, slong scale)
{
    slong d = basis->dimension;
    slong * up = flint_malloc((size_t) d * sizeof(slong));
    slong * down = flint_malloc((size_t) d * sizeof(slong));

    for (slong i = 0; i < d; i++)
    {
        up[i] = scale * basis->excitations[i];
        down[i] = -up[i];
    }
    lb_sparse_scale_2exp(a, up, down);
    flint_free(up);
    flint_free(down);
}

/* --- set-up -------------------------------------------------------------- */

static void
choose_damping(lb_lindbladian_t l, const lb_basis_t basis)
{
    double size = 0.0;

    l->damping = 0.0;
    for (slong n = 1; n < basis->shells && l->damping == 0.0; n++)
        for (slong i = basis->shell_start[n]; i < basis->shell_start[n + 1];
             i++)
            if (loss(l->generator, i) > l->damping)
                l->damping = loss(l->generator, i);
    if (l->damping > 0.0 && isfinite(l->damping))
        return;
    for (slong k = 0; k < lb_sparse_nonzeros(l->generator); k++)
        size = fmax(size, cabs(l->generator->value[k]));
    l->damping = size > 0.0 && isfinite(size) ? size : 1.0;
}

/* Appends sqrt(rate) c_P to the jumps and -(r/2) c_P' c_P to M. */
static lb_status
add_jump(lb_lindbladian_t l, const lb_opoly_t jump, const arb_t rate,
         const lb_basis_t basis, lb_error * err)
{
    lb_sparse_struct * c = l->jumps + l->n_jumps;
    lb_sparse_struct * adjoint = l->jumps_adjoint + l->n_jumps;
    lb_sparse_t zero, square;
    lb_extended root;
    lb_status status;
    acb_t r;

    acb_init(r);
    acb_set_arb(r, rate);
    root = sqrtl(creall(lb_extended_from_acb(r)));
    acb_clear(r);
    if (!isfinite((double) creall(root)))
        return lb_error_set(err, LB_EPREC,
                            "a dissipator's rate has no finite square root");
    lb_sparse_init(c, l->dimension, l->dimension);
    lb_sparse_init(adjoint, l->dimension, l->dimension);
    lb_sparse_init(zero, l->dimension, l->dimension);
    lb_sparse_init(square, l->dimension, l->dimension);
    l->n_jumps++;
    status = lb_sparse_set_opoly_approx(c, jump, basis, err);
    if (status == LB_OK)
    {
        lb_sparse_add_scaled(c, zero, root, c);
        lb_sparse_adjoint(adjoint, c);
        lb_sparse_mul(square, adjoint, c);
        lb_sparse_add_scaled(l->generator, l->generator, -0.5L, square);
    }
    lb_sparse_clear(zero);
    lb_sparse_clear(square);
    if (lb_sparse_nonzeros(c) == 0)
    {
        l->n_jumps--;
        lb_sparse_clear(c);
        lb_sparse_clear(adjoint);
    }
    return status;
}

lb_status
lb_lindbladian_init(lb_lindbladian_t l, const lb_problem_t problem,
                    const lb_basis_t basis, slong scale, lb_error * err)
{
    slong d = basis->dimension;
    size_t jumps = (size_t) problem->n_jumps + 1;
    lb_status status;
    lb_sparse_t zero;

    l->dimension = d;
    l->scale = 0;
    l->damping = 1.0;
    l->excitations = flint_malloc((size_t) d * sizeof(slong));
    memcpy(l->excitations, basis->excitations, (size_t) d * sizeof(slong));
    lb_sparse_init(l->generator, d, d);
    lb_sparse_init(l->generator_adjoint, d, d);
    l->n_jumps = 0;
    l->jumps = flint_malloc(jumps * sizeof(lb_sparse_struct));
    l->jumps_adjoint = flint_malloc(jumps * sizeof(lb_sparse_struct));

    lb_sparse_init(zero, d, d);
    status = lb_sparse_set_opoly_approx(l->generator, problem->hamiltonian,
                                        basis, err);
    lb_sparse_add_scaled(l->generator, zero, CMPLXL(0.0L, -1.0L), l->generator);
    lb_sparse_clear(zero);
    for (slong k = 0; k < problem->n_jumps && status == LB_OK; k++)
        status
            = add_jump(l, problem->jumps + k, problem->rates + k, basis, err);
    if (status != LB_OK)
        return status;

    choose_damping(l, basis);
    l->scale = scale == LB_SCALE_AUTO ? automatic_scale(l, basis) : scale;
    scale_shells(l->generator, basis, l->scale);
    lb_sparse_adjoint(l->generator_adjoint, l->generator);
    for (slong k = 0; k < l->n_jumps; k++)
    {
        scale_shells(l->jumps + k, basis, l->scale);
        lb_sparse_adjoint(l->jumps_adjoint + k, l->jumps + k);
    }
    return LB_OK;
}

void
lb_lindbladian_clear(lb_lindbladian_t l)
{
    for (slong k = 0; k < l->n_jumps; k++)
    {
        lb_sparse_clear(l->jumps + k);
        lb_sparse_clear(l->jumps_adjoint + k);
    }
    flint_free(l->jumps);
    flint_free(l->jumps_adjoint);
    lb_sparse_clear(l->generator);
    lb_sparse_clear(l->generator_adjoint);
    flint_free(l->excitations);
}

/* --- application --------------------------------------------------------- */

/* y += x a, rows of length n; a complex number is two doubles */
static void
add_row(double * y, const double * x, lb_complex a, slong n)
{
    double re = creal(a), im = cimag(a);

    if (im == 0.0)
    {
        for (slong j = 0; j < 2 * n; j++)
            y[j] += re * x[j];
        return;
    }
    for (slong j = 0; j < 2 * n; j += 2)
    {
        y[j] += re * x[j] - im * x[j + 1];
        y[j + 1] += re * x[j + 1] + im * x[j];
    }
}

/* y_j += sum_l x_l conj(a_jl) for all rows j of a */
static void
add_row_times_adjoint(double * y, const double * x, const lb_sparse_t a)
{
    const double * value = (const double *) a->value;

    for (slong j = 0; j < a->rows; j++)
    {
        double re = 0.0, im = 0.0;

        for (slong k = a->start[j]; k < a->start[j + 1]; k++)
        {
            double c = value[2 * k], d = value[2 * k + 1];
            double u = x[2 * a->column[k]], v = x[2 * a->column[k] + 1];

            re += u * c + v * d;
            im += v * c - u * d;
        }
        y[2 * j] += re;
        y[2 * j + 1] += im;
    }
}

/* y = m x + x m' + sum_k c_k x c_k' */
static void
apply(lb_complex * y, const lb_sparse_t m, const lb_sparse_struct * jumps,
      slong n_jumps, const lb_complex * x)
{
    slong d = m->rows;
    double * t = flint_malloc((size_t) d * sizeof(lb_complex));

    memset(y, 0, (size_t) (d * d) * sizeof(lb_complex));
    for (slong i = 0; i < d; i++)
    {
        double * row = (double *) (y + i * d);

        for (slong k = m->start[i]; k < m->start[i + 1]; k++)
            add_row(row, (const double *) (x + m->column[k] * d), m->value[k],
                    d);
        add_row_times_adjoint(row, (const double *) (x + i * d), m);
        for (slong q = 0; q < n_jumps; q++)
        {
            const lb_sparse_struct * c = jumps + q;

            if (c->start[i] == c->start[i + 1])
                continue;
            memset(t, 0, (size_t) d * sizeof(lb_complex));
            for (slong k = c->start[i]; k < c->start[i + 1]; k++)
                add_row(t, (const double *) (x + c->column[k] * d), c->value[k],
                        d);
            add_row_times_adjoint(row, t, c);
        }
    }
    flint_free(t);
}

void
lb_lindbladian_apply(lb_complex * y, const lb_lindbladian_t l,
                     const lb_complex * x)
{
    apply(y, l->generator, l->jumps, l->n_jumps, x);
}

void
lb_lindbladian_apply_adjoint(lb_complex * y, const lb_lindbladian_t l,
                             const lb_complex * x)
{
    apply(y, l->generator_adjoint, l->jumps_adjoint, l->n_jumps, x);
}

/* The same in long double. */
static void
add_row_extended(long double * y, const long double * x, lb_extended a, slong n)
{
    long double re = creall(a), im = cimagl(a);

    if (im == 0.0L)
    {
        for (slong j = 0; j < 2 * n; j++)
            y[j] += re * x[j];
        return;
    }
    for (slong j = 0; j < 2 * n; j += 2)
    {
        y[j] += re * x[j] - im * x[j + 1];
        y[j + 1] += re * x[j + 1] + im * x[j];
    }
}

static void
add_row_times_adjoint_extended(long double * y, const long double * x,
                               const lb_sparse_t a)
{
    const long double * value = (const long double *) a->extended;

    for (slong j = 0; j < a->rows; j++)
        for (slong k = a->start[j]; k < a->start[j + 1]; k++)
        {
            long double c = value[2 * k], d = value[2 * k + 1];
            long double u = x[2 * a->column[k]], v = x[2 * a->column[k] + 1];

            y[2 * j] += u * c + v * d;
            y[2 * j + 1] += v * c - u * d;
        }
}

void
lb_lindbladian_apply_extended(lb_extended * y, const lb_lindbladian_t l,
                              const lb_extended * x)
{
    const lb_sparse_struct * m = l->generator;
    slong d = m->rows;
    long double * t = flint_malloc((size_t) d * sizeof(lb_extended));

    memset(y, 0, (size_t) (d * d) * sizeof(lb_extended));
    for (slong i = 0; i < d; i++)
    {
        long double * row = (long double *) (y + i * d);

        for (slong k = m->start[i]; k < m->start[i + 1]; k++)
            add_row_extended(row, (const long double *) (x + m->column[k] * d),
                             m->extended[k], d);
        add_row_times_adjoint_extended(row, (const long double *) (x + i * d),
                                       m);
        for (slong q = 0; q < l->n_jumps; q++)
        {
            const lb_sparse_struct * c = l->jumps + q;

            if (c->start[i] == c->start[i + 1])
                continue;
            memset(t, 0, (size_t) d * sizeof(lb_extended));
            for (slong k = c->start[i]; k < c->start[i + 1]; k++)
                add_row_extended(t,
                                 (const long double *) (x + c->column[k] * d),
                                 c->extended[k], d);
            add_row_times_adjoint_extended(row, t, c);
        }
    }
    flint_free(t);
}

lb_extended
lb_lindbladian_trace(const lb_lindbladian_t l, const lb_extended * x)
{
    lb_extended sum = 0.0L;
    slong d = l->dimension;

    /* from the top shell down: small terms first */
    for (slong i = d - 1; i >= 0; i--)
    {
        slong e = -2 * l->scale * l->excitations[i];

        sum += CMPLXL(scalblnl(creall(x[i * d + i]), e),
                      scalblnl(cimagl(x[i * d + i]), e));
    }
    return sum;
}

lb_complex
lb_lindbladian_trace_double(const lb_lindbladian_t l, const lb_complex * x)
{
    lb_complex sum = 0.0;
    slong d = l->dimension;

    for (slong i = d - 1; i >= 0; i--)
    {
        slong e = -2 * l->scale * l->excitations[i];

        sum += CMPLX(scalbln(creal(x[i * d + i]), e),
                     scalbln(cimag(x[i * d + i]), e));
    }
    return sum;
}
