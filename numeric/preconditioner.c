/* numeric/preconditioner.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <complex.h>
#include <math.h>
#include <string.h>

#include <lindbound/full_sylvester.h>
#include <lindbound/graded.h>

/* With x the strength of what changes N (see strength), the graded
   preconditioner takes about 2 + 2 x times as many iterations as the full one,
   or fewer.  Measured: three cavities x = 0.1 .. 0.5, 1, 2: 2, 2.5, 3.5;
   driven atoms x = 0.5, 1.5, 5, 15: 3, 2.8, 4, 18. */
#define ITERATIONS_WEAK 2.0
#define ITERATIONS_SLOPE 2.0
/* a multiplication in small blocks takes so much longer than in large ones */
#define SMALL_BLOCKS 1.4
/* beyond, it may not converge at all */
#define STRONG 8.0
/* the driven one takes a few iterations, or is out of its range */
#define DRIVEN_PATIENCE 30
/* loss rates count as at least so much of the damping, and elements are
   compared with so many times the damping */
#define LEAST_LOSS 0.1
#define DAMPINGS 4.0

void
lb_preconditioner_init(lb_preconditioner_t p, slong dimension)
{
    p->methods = NULL;
    p->data = NULL;
    p->dimension = dimension;
    p->condition = 1.0;
}

void
lb_preconditioner_clear(lb_preconditioner_t p)
{
    if (p->methods != NULL)
        p->methods->clear(p->data);
    lb_preconditioner_init(p, p->dimension);
}

const char *
lb_preconditioner_name(const lb_preconditioner_t p)
{
    return p->methods != NULL ? p->methods->name : "none";
}

static void
copy(lb_complex * y, const lb_preconditioner_t p, const lb_complex * x)
{
    memcpy(y, x, (size_t) (p->dimension * p->dimension) * sizeof(lb_complex));
}

void
lb_preconditioner_apply(lb_complex * y, lb_preconditioner_t p,
                        const lb_complex * x)
{
    if (p->methods != NULL)
        p->methods->apply(y, x, p->data);
    else
        copy(y, p, x);
}

void
lb_preconditioner_apply_adjoint(lb_complex * y, lb_preconditioner_t p,
                                const lb_complex * x)
{
    if (p->methods != NULL)
        p->methods->apply_adjoint(y, x, p->data);
    else
        copy(y, p, x);
}

/* --- choosing ------------------------------------------------------------ */

static double
loss(const lb_sparse_t m, slong i)
{
    for (slong e = m->start[i]; e < m->start[i + 1]; e++)
        if (m->column[e] == i)
            return -2.0 * creal(m->value[e]);
    return 0.0;
}

/* The largest of the elements of M that change N, in the frame that is not
   scaled: over the sum of the loss rates of the two states, or over the
   damping, whatever is more. */
static double
strength(const lb_lindbladian_t l)
{
    const lb_sparse_struct * m = l->generator;
    double most = 0.0;

    for (slong i = 0; i < l->dimension; i++)
        for (slong e = m->start[i]; e < m->start[i + 1]; e++)
        {
            slong j = m->column[e];
            slong raised = l->excitations[i] - l->excitations[j];
            double size, losses;

            if (raised == 0)
                continue;
            size = scalbln(cabs(m->value[e]), -l->scale * raised);
            losses = fmax(loss(m, i) + loss(m, j), LEAST_LOSS * l->damping);
            most = fmax(most, size / fmin(losses, DAMPINGS * l->damping));
        }
    return most;
}

/* Multiplications per graded application over those per full one. */
static double
relative_work(const lb_lindbladian_t l)
{
    slong d = l->dimension, shells = l->excitations[d - 1] + 1;
    double * size = flint_calloc((size_t) shells, sizeof(double));
    double work = 0.0;

    for (slong i = 0; i < d; i++)
        size[l->excitations[i]] += 1.0;
    for (slong j = 0; j < shells; j++)
        for (slong k = 0; k < shells; k++)
            work += 2.0 * size[j] * size[k] * (size[j] + size[k]);
    flint_free(size);
    return work / (4.0 * pow((double) d, 3));
}

lb_status
lb_preconditioner_init_best(lb_preconditioner_t p, const lb_lindbladian_t l,
                            lb_error * err)
{
    double x = strength(l);
    double iterations = ITERATIONS_WEAK + ITERATIONS_SLOPE * x;
    lb_error refusal;

    lb_error_clear(&refusal);
    if (x <= STRONG && iterations * SMALL_BLOCKS * relative_work(l) < 1.0
        && lb_graded_init(p, l, &refusal) == LB_OK)
        return LB_OK;
    return lb_full_sylvester_init(p, l, err);
}

static int
is_graded(const lb_preconditioner_t p)
{
    return strcmp(lb_preconditioner_name(p), "graded") == 0;
}

int
lb_preconditioner_drive(lb_preconditioner_t p, const lb_lindbladian_t l)
{
    return lb_graded_drive(p, l);
}

slong
lb_preconditioner_patience(const lb_preconditioner_t p, slong most)
{
    if (strcmp(lb_preconditioner_name(p), "driven") == 0)
        return FLINT_MIN(most, DRIVEN_PATIENCE);
    return is_graded(p) ? (most + 3) / 4 : most;
}

int
lb_preconditioner_fall_back(lb_preconditioner_t p, const lb_lindbladian_t l)
{
    lb_preconditioner_t other;
    lb_error refusal;

    lb_error_clear(&refusal);
    if (lb_graded_undrive(p))
        return 1;
    if (!is_graded(p))
        return 0;
    if (lb_full_sylvester_init(other, l, &refusal) != LB_OK)
    {
        lb_preconditioner_clear(other);
        return 0;
    }
    lb_preconditioner_clear(p);
    *p = *other;
    return 1;
}
