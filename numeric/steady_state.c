/* numeric/steady_state.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With e = |vacuum><vacuum| and g a typical rate, the deflated operator
 *
 *     A(x) = L(x) + g tr(x) e
 *
 * is invertible exactly when the steady state is unique.  L preserves the
 * trace, so A(x) = g e has the solution with L(x) = 0, tr(x) = 1.
 *
 * A step computes r = g e - A(x) in long double, solves A(d) = r in double by
 * GMRES and adds d to x.  Each gains the digits GMRES is asked for, whatever
 * the condition of A leaves of them, until long double is exhausted. */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lindbound/gmres.h>
#include <lindbound/steady_state.h>

#define MAX_STEPS 12
#define STEP_TOLERANCE 1e-8
#define REFINE_TOLERANCE 1e-3
/* a step that leaves more than this of the residual is the last */
#define STAGNATION 0.3
/* a residual that is accepted although the tolerance was not reached */
#define ACCEPTABLE 1e-10
/* growth per excitation in the scaled frame at which s is chosen anew */
#define TOO_SMALL_SCALE 2.0
/* a refinement is kept although the residual grows so much (at the limit of
   rounding it may), or if it is no more than rounding in long double leaves */
#define GROWTH 10.0
#define EXHAUSTED 1e-17
/* uniqueness: distance, relative and times d, that tells two solutions apart */
#define UNIQUE 1e-2
#define UNIQUE_STEPS 4

void
lb_steady_state_init(lb_steady_state_t s)
{
    memset(s, 0, sizeof(*s));
    s->residual = (double) NAN;
}

void
lb_steady_state_clear(lb_steady_state_t s)
{
    if (s->basis != NULL)
    {
        lb_lindbladian_clear(s->lindbladian);
        lb_preconditioner_clear(s->preconditioner);
    }
    flint_free(s->sigma);
    lb_steady_state_init(s);
}

static slong
size(const lb_steady_state_t s)
{
    return s->lindbladian->dimension * s->lindbladian->dimension;
}

/* --- the deflated operator ----------------------------------------------- */

static void
apply(lb_complex * y, const lb_complex * x, void * context)
{
    lb_steady_state_struct * s = context;

    lb_lindbladian_apply(y, s->lindbladian, x);
    y[0] += s->lindbladian->damping
            * lb_lindbladian_trace_double(s->lindbladian, x);
}

static void
precondition(lb_complex * y, const lb_complex * x, void * context)
{
    lb_steady_state_struct * s = context;

    lb_preconditioner_apply(y, s->preconditioner, x);
}

static double
norm_extended(const lb_extended * x, slong n)
{
    long double sum = 0.0L;

    for (slong i = 0; i < n; i++)
        sum += creall(x[i]) * creall(x[i]) + cimagl(x[i]) * cimagl(x[i]);
    return (double) sqrtl(sum);
}

/* r = g e - A(sigma), scaled by a power of two so that its double rounding
   keeps all digits; returns the exponent e with  true residual = 2^e r.  Also
   sets s->residual. */
static int
residual(lb_complex * r, lb_steady_state_t s)
{
    slong n = size(s);
    lb_extended * y = flint_malloc((size_t) n * sizeof(lb_extended));
    double norm, scale;
    int exponent = 0;

    lb_lindbladian_apply_extended(y, s->lindbladian, s->sigma);
    y[0] += s->lindbladian->damping
            * (lb_lindbladian_trace(s->lindbladian, s->sigma) - 1.0L);
    norm = norm_extended(y, n);
    scale = fmax(1.0, norm_extended(s->sigma, n)) * s->lindbladian->damping;
    s->residual = norm / scale;
    if (isfinite(norm) && norm > 0.0)
        frexp(norm, &exponent);
    for (slong i = 0; i < n; i++)
        r[i] = CMPLX((double) -ldexpl(creall(y[i]), -exponent),
                     (double) -ldexpl(cimagl(y[i]), -exponent));
    flint_free(y);
    return exponent;
}

/* sigma += 2^e times the solution d of A(d) = r */
static void
correct(lb_steady_state_t s, const lb_complex * r, int exponent,
        double tolerance, slong max_iterations)
{
    slong n = size(s);
    lb_gmres_options options = LB_GMRES_OPTIONS;
    lb_gmres_report report;
    lb_complex * d = flint_malloc((size_t) n * sizeof(lb_complex));
    lb_status status;

    options.tolerance = tolerance;
    options.max_iterations = max_iterations;
    status
        = lb_gmres_approx(d, &report, r, n, apply, precondition, s, &options);
    (void) status; /* the next residual tells what was gained */
    s->iterations += report.iterations;
    for (slong i = 0; i < n; i++)
        s->sigma[i] += CMPLXL(ldexpl((long double) creal(d[i]), exponent),
                              ldexpl((long double) cimag(d[i]), exponent));
    flint_free(d);
}

/* sigma = (sigma + sigma') / 2, of trace 1 */
static void
normalize(lb_steady_state_t s)
{
    slong d = s->lindbladian->dimension;
    long double trace = creall(lb_lindbladian_trace(s->lindbladian, s->sigma));
    long double half = trace > 0.0L ? 0.5L / trace : 0.5L;

    for (slong i = 0; i < d; i++)
        for (slong j = 0; j <= i; j++)
        {
            lb_extended x
                = (s->sigma[i * d + j] + conjl(s->sigma[j * d + i])) * half;

            s->sigma[i * d + j] = x;
            s->sigma[j * d + i] = conjl(x);
        }
}

/* --- solving ------------------------------------------------------------- */

static lb_status
refuse(lb_steady_state_t s, lb_error * err)
{
    slong iterations = s->iterations, d = s->lindbladian->dimension;
    double rest = s->residual;

    lb_steady_state_clear(s);
    return lb_error_set(
        err, LB_ENOCONV,
        "no steady state found at dimension %ld: after %ld iterations the "
        "relative residual is %.1e; the drive may be too strong for the "
        "preconditioner, the cutoff too large, or there may be several steady "
        "states: try a smaller --cutoff or a weaker drive",
        (long) d, (long) iterations, rest);
}

/* Steps until the tolerance is reached, nothing is gained, or s has made
   @p most iterations. */
static void
iterate(lb_steady_state_t s, const lb_steady_state_options * options,
        slong most)
{
    lb_complex * r = flint_malloc((size_t) size(s) * sizeof(lb_complex));
    int exponent = residual(r, s);

    for (int step = 0; step < MAX_STEPS; step++)
    {
        double before = s->residual, tolerance;

        if (!(before > options->tolerance) || s->iterations >= most)
            break;
        tolerance = fmax(STEP_TOLERANCE, 0.3 * options->tolerance / before);
        correct(s, r, exponent, tolerance, most - s->iterations);
        normalize(s);
        exponent = residual(r, s);
        if (!(s->residual < STAGNATION * before))
            break;
    }
    flint_free(r);
}

static int
accepted(const lb_steady_state_t s, const lb_steady_state_options * options)
{
    return s->residual <= ACCEPTABLE || s->residual <= options->tolerance;
}

/* Solves with one scale; *growth is then the factor per excitation by which
   the populations in the scaled frame, their square roots, grow. */
static lb_status
attempt(lb_steady_state_t s, double * growth, const lb_problem_t problem,
        const lb_basis_t basis, slong scale,
        const lb_steady_state_options * options, lb_error * err)
{
    slong d = basis->dimension, iterations = s->iterations, left;
    lb_status status;

    lb_steady_state_clear(s);
    s->iterations = iterations;
    status = lb_lindbladian_init(s->lindbladian, problem, basis, scale, err);
    if (status != LB_OK)
    {
        lb_lindbladian_clear(s->lindbladian);
        return status;
    }
    s->basis = basis;
    status
        = lb_preconditioner_init_best(s->preconditioner, s->lindbladian, err);
    if (status != LB_OK)
        return status;

    s->sigma = flint_calloc((size_t) size(s), sizeof(lb_extended));
    left = options->max_iterations - iterations;
    iterate(s, options,
            iterations + lb_preconditioner_patience(s->preconditioner, left));
    if (!accepted(s, options)
        && lb_preconditioner_fall_back(s->preconditioner, s->lindbladian))
    {
        memset(s->sigma, 0, (size_t) size(s) * sizeof(lb_extended));
        iterate(s, options, options->max_iterations);
    }
    *growth = 0.0;
    for (slong i = 0; i < d; i++)
        if (basis->excitations[i] > 0)
            *growth
                = fmax(*growth, pow((double) fabsl(creall(s->sigma[i * d + i])),
                                    0.5 / (double) basis->excitations[i]));
    return accepted(s, options) ? LB_OK : LB_ENOCONV;
}

lb_status
lb_steady_state_solve_approx(lb_steady_state_t s, const lb_problem_t problem,
                             const lb_basis_t basis,
                             const lb_steady_state_options * options,
                             lb_error * err)
{
    static const lb_steady_state_options defaults = LB_STEADY_STATE_OPTIONS;
    slong scale, used;
    double growth;
    lb_status status;

    if (options == NULL)
        options = &defaults;
    scale = options->scale;
    lb_steady_state_clear(s);
    for (;;)
    {
        growth = 0.0;
        status = attempt(s, &growth, problem, basis, scale, options, err);
        used = s->basis != NULL ? s->lindbladian->scale : 0;
        if (options->scale != LB_SCALE_AUTO || used == 0
            || (status != LB_OK && status != LB_ENOCONV)
            || (status == LB_OK && growth < TOO_SMALL_SCALE))
            break;
        /* s is too small: the state is stronger than its first order */
        scale = status == LB_OK && isfinite(growth)
                    ? used - (slong) ceil(log2(growth))
                    : 0;
        if (scale < 0)
            scale = 0;
    }
    if (status == LB_ENOCONV && s->sigma != NULL)
        return refuse(s, err);
    if (status != LB_OK)
    {
        lb_steady_state_clear(s);
        return status;
    }
    if (options->check_unique && !lb_steady_state_is_unique_approx(s))
    {
        lb_steady_state_clear(s);
        return lb_error_set(err, LB_ENOCONV,
                            "the truncated model has several steady states, "
                            "or approaches its steady state extremely slowly: "
                            "its observables are not determined; is a "
                            "subsystem undamped?");
    }
    return LB_OK;
}

lb_status
lb_steady_state_refine_approx(lb_steady_state_t s, lb_error * err)
{
    slong n;
    lb_extended * former;
    lb_complex * r;
    double before;
    int exponent, kept;

    if (s->sigma == NULL)
        return lb_error_set(err, LB_ENOCONV, "there is no steady state");
    n = size(s);
    former = flint_malloc((size_t) n * sizeof(lb_extended));
    r = flint_malloc((size_t) n * sizeof(lb_complex));
    memcpy(former, s->sigma, (size_t) n * sizeof(lb_extended));
    exponent = residual(r, s);
    before = s->residual;
    correct(s, r, exponent, REFINE_TOLERANCE, 200);
    normalize(s);
    residual(r, s);
    kept = s->residual <= GROWTH * before || s->residual <= EXHAUSTED;
    if (!kept)
    {
        memcpy(s->sigma, former, (size_t) n * sizeof(lb_extended));
        s->residual = before;
    }
    flint_free(former);
    flint_free(r);
    return kept ? LB_OK
                : lb_error_set(err, LB_ENOCONV,
                               "refining failed; the relative residual stays "
                               "%.1e",
                               before);
}

/* --- uniqueness ---------------------------------------------------------- */

/* A Hermitian matrix of pseudo-random entries, the same in every run. */
static void
pseudo_random(lb_complex * z, slong d)
{
    ulong state = 88172645463325252UL;

    for (slong i = 0; i < d; i++)
        for (slong j = 0; j <= i; j++)
        {
            double x[2];

            for (int k = 0; k < 2; k++)
            {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                x[k] = (double) (state >> 40) / (double) (1 << 23) - 1.0;
            }
            z[i * d + j] = CMPLX(x[0], i == j ? 0.0 : x[1]);
            z[j * d + i] = conj(z[i * d + j]);
        }
}

static double
norm_double(const lb_complex * x, slong n)
{
    double sum = 0.0;

    for (slong i = 0; i < n; i++)
        sum += creal(x[i]) * creal(x[i]) + cimag(x[i]) * cimag(x[i]);
    return sqrt(sum);
}

/* Solving A y = A z for a random z gives z back if A is invertible; else a
   component in the null space of A is lost. */
int
lb_steady_state_is_unique_approx(lb_steady_state_t s)
{
    slong n, d;
    lb_gmres_options options = LB_GMRES_OPTIONS;
    lb_gmres_report report;
    lb_complex *rest, *r, *y;
    double start;
    int unique = 0;

    if (s->sigma == NULL)
        return 0;
    n = size(s);
    d = s->lindbladian->dimension;
    rest = flint_malloc((size_t) n * sizeof(lb_complex)); /* z - y so far */
    r = flint_malloc((size_t) n * sizeof(lb_complex));
    y = flint_malloc((size_t) n * sizeof(lb_complex));
    pseudo_random(rest, d);
    start = norm_double(rest, n);
    options.tolerance = 1e-6;
    for (int step = 0; step < UNIQUE_STEPS && !unique; step++)
    {
        lb_status status;

        apply(r, rest, s);
        status = lb_gmres_approx(y, &report, r, n, apply, precondition, s,
                                 &options);
        (void) status; /* judged by what is left */
        s->iterations += report.iterations;
        for (slong i = 0; i < n; i++)
            rest[i] -= y[i];
        unique = norm_double(rest, n) <= UNIQUE * start / (double) d;
    }
    flint_free(rest);
    flint_free(r);
    flint_free(y);
    return unique;
}

/* --- expectation values -------------------------------------------------- */

/* Relative to the largest shell of sigma: below this it is rounding. */
#define NOISE_BITS 50.0

void
lb_steady_state_populations_approx(double * bits, const lb_steady_state_t s)
{
    const lb_basis_struct * b = s->basis;
    double largest = -INFINITY, fall = NOISE_BITS;
    slong n;

    for (n = 0; n < b->shells; n++)
    {
        double sum = 0.0;

        for (slong i = b->shell_start[n]; i < b->shell_start[n + 1]; i++)
            sum += (double) creall(s->sigma[i * b->dimension + i]);
        bits[n] = sum > 0.0 ? log2(sum) : -INFINITY;
        largest = fmax(largest, bits[n]);
    }
    /* the lowest shell may be empty: then it is taken for noise */
    bits[0] = fmax(bits[0], largest - NOISE_BITS);
    for (n = 1; n < b->shells && bits[n] > largest - NOISE_BITS; n++)
        ;
    if (n >= 3)
        fall = fmax(0.0, 0.5 * (bits[n - 3] - bits[n - 1]));
    else if (n == 2)
        fall = fmax(0.0, bits[0] - bits[1]);
    for (; n < b->shells; n++)
        bits[n] = bits[n - 1] - fall;
    for (n = 0; n < b->shells; n++)
        bits[n] -= 2.0 * (double) (n * s->lindbladian->scale);
}

lb_extended
lb_steady_state_element_approx(const lb_steady_state_t s, slong i, slong j)
{
    const lb_lindbladian_struct * l = s->lindbladian;
    lb_extended x;
    slong e;

    if (s->sigma == NULL)
        return CMPLXL((long double) NAN, (long double) NAN);
    x = s->sigma[i * l->dimension + j];
    e = -l->scale * (l->excitations[i] + l->excitations[j]);
    return CMPLXL(scalblnl(creall(x), e), scalblnl(cimagl(x), e));
}

lb_status
lb_steady_state_expectation_approx(lb_extended * value,
                                   const lb_steady_state_t s,
                                   const lb_opoly_t op, lb_error * err)
{
    lb_extended sum = 0.0L;
    lb_sparse_t o;
    lb_status status;

    *value = CMPLXL((long double) NAN, (long double) NAN);
    if (s->sigma == NULL)
        return lb_error_set(err, LB_ENOCONV, "there is no steady state");
    lb_sparse_init(o, s->basis->dimension, s->basis->dimension);
    status = lb_sparse_set_opoly_approx(o, op, s->basis, err);
    /* from the top shell down: the small terms first */
    for (slong i = o->rows - 1; i >= 0; i--)
        for (slong k = o->start[i + 1] - 1; k >= o->start[i]; k--)
        {
            lb_extended x = lb_steady_state_element_approx(s, o->column[k], i);
            long double a = creall(x), b = cimagl(x);
            long double c = creall(o->extended[k]);
            long double d = cimagl(o->extended[k]);

            sum += CMPLXL(a * c - b * d, a * d + b * c);
        }
    lb_sparse_clear(o);
    if (status == LB_OK)
        *value = sum;
    return status;
}
