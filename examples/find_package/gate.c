/* gate.c -- a solver judged from C: gate VECTORS [LEVEL]
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     gate PREFIX/share/lindbound/vectors/kerr.json 12
 *
 * The solver: one subsystem with levels up to LEVEL (8), rho from L rho = 0 and
 * tr(rho) = 1 by elimination.  What has more subsystems it leaves out. */
#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/gate.h>

typedef double complex cplx;

/* --- the solver ---------------------------------------------------------- */

/* What a'^m a^n or |m><n| makes of the level n: its new level, or -1. */
static int
act(double * amplitude, const lb_expanded_factor * f, int level)
{
    if (f->matrix_unit)
        return level == f->annihilate ? f->create : -1;
    if (level < f->annihilate)
        return -1;
    for (int k = 0; k < f->annihilate; k++)
        *amplitude *= sqrt(level--);
    for (int k = 0; k < f->create; k++)
        *amplitude *= sqrt(++level);
    return level;
}

/* The d x d matrix of an operator, row by row; release with free. */
static cplx *
matrix_of(const lb_expanded_operator * op, int d)
{
    cplx * matrix = calloc((size_t) (d * d), sizeof(cplx));

    for (int k = 0; k < op->n_terms; k++)
        for (int column = 0; column < d; column++)
        {
            const lb_expanded_term * t = op->terms + k;
            double amplitude = 1;
            int row = column;

            for (int j = 0; j < t->n_factors && row >= 0; j++)
                row = act(&amplitude, t->factors + j, row);
            if (row >= 0 && row < d)
                matrix[row * d + column] += (t->re + I * t->im) * amplitude;
        }
    return matrix;
}

/* L += factor A rho B; NULL is the identity. */
static void
add_product(cplx * l, cplx factor, const cplx * a, const cplx * b, int d)
{
    for (int i = 0; i < d; i++)
        for (int j = 0; j < d; j++)
            for (int p = 0; p < d; p++)
                for (int q = 0; q < d; q++)
                    l[(i * d + j) * d * d + p * d + q]
                        += factor * (a == NULL ? i == p : a[i * d + p])
                           * (b == NULL ? q == j : b[q * d + j]);
}

/* x = A^-1 x by elimination with partial pivoting; A is lost. */
static void
eliminate(cplx * a, cplx * x, int n)
{
    for (int k = 0; k < n; k++)
    {
        int pivot = k;
        cplx t;

        for (int i = k + 1; i < n; i++)
            if (cabs(a[i * n + k]) > cabs(a[pivot * n + k]))
                pivot = i;
        for (int j = 0; j < n; j++)
            t = a[k * n + j], a[k * n + j] = a[pivot * n + j],
            a[pivot * n + j] = t;
        t = x[k], x[k] = x[pivot], x[pivot] = t;
        for (int i = k + 1; i < n; i++)
        {
            cplx factor = a[i * n + k] / a[k * n + k];

            for (int j = k; j < n; j++)
                a[i * n + j] -= factor * a[k * n + j];
            x[i] -= factor * x[k];
        }
    }
    for (int k = n - 1; k >= 0; k--)
    {
        for (int i = k + 1; i < n; i++)
            x[k] -= a[k * n + i] * x[i];
        x[k] /= a[k * n + k];
    }
}

/* rho, row by row; release with free. */
static cplx *
steady_state(const lb_expanded_struct * e, int d)
{
    int n = d * d;
    cplx * l = calloc((size_t) (n * n), sizeof(cplx));
    cplx * rho = calloc((size_t) n, sizeof(cplx));
    cplx * h = matrix_of(&e->hamiltonian, d);

    add_product(l, -I, h, NULL, d);
    add_product(l, I, NULL, h, d);
    free(h);
    for (int k = 0; k < e->n_dissipators; k++)
    {
        cplx * c = matrix_of(&e->dissipators[k].jump, d);
        cplx * adjoint = calloc((size_t) n, sizeof(cplx));
        cplx * square = calloc((size_t) n, sizeof(cplx));

        for (int i = 0; i < n; i++)
            adjoint[i] = conj(c[i % d * d + i / d]);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < d; j++)
                square[i] += adjoint[i / d * d + j] * c[j * d + i % d];
        add_product(l, e->dissipators[k].rate, c, adjoint, d);
        add_product(l, -e->dissipators[k].rate / 2, square, NULL, d);
        add_product(l, -e->dissipators[k].rate / 2, NULL, square, d);
        free(c);
        free(adjoint);
        free(square);
    }
    for (int i = 0; i < n; i++)
        l[i] = i % (d + 1) == 0; /* tr(rho) ... */
    rho[0] = 1;                  /* ... is 1 */
    eliminate(l, rho, n);
    free(l);
    return rho;
}

/* An observable of rho; NaN: not known here. */
static cplx
value_of(const lb_tree * t, const cplx * rho, int d)
{
    cplx x, y, sum = 0;
    cplx * op;

    if (t->kind == LB_TREE_NUMBER)
        return t->re + I * t->im;
    if (t->kind == LB_TREE_MEAN)
    {
        op = matrix_of(&t->mean, d);
        for (int i = 0; i < d * d; i++)
            sum += rho[i] * op[i % d * d + i / d];
        free(op);
        return sum;
    }
    if (t->kind != LB_TREE_CALL || t->n_args > 2)
        return NAN;
    x = value_of(t->args, rho, d);
    y = t->n_args == 2 ? value_of(t->args + 1, rho, d) : 0;
    if (strcmp(t->function, "+") == 0)
        return x + y;
    if (strcmp(t->function, "-") == 0)
        return x - y;
    if (strcmp(t->function, "*") == 0)
        return x * y;
    if (strcmp(t->function, "/") == 0)
        return x / y;
    if (strcmp(t->function, "^") == 0)
        return cpow(x, y);
    if (strcmp(t->function, "re") == 0)
        return creal(x);
    if (strcmp(t->function, "im") == 0)
        return cimag(x);
    if (strcmp(t->function, "abs2") == 0)
        return creal(x * conj(x));
    return NAN;
}

/* As lb_gate_run wants it; the context is the highest level. */
static void
solve(lb_answer_struct * answers, const lb_gate_request * request, int job,
      void * context)
{
    const lb_expanded_struct * e = request->problem->expanded;
    int d = e->n_subsystems == 1 && e->kinds[0] == LB_TWO_LEVEL
                ? 2
                : *(const int *) context + 1;
    cplx * rho;

    (void) job;
    if (e->n_subsystems != 1 || request->problem->cutoff != NULL)
        return; /* no answer: SKIPPED */
    rho = steady_state(e, d);
    for (slong k = 0; k < request->n; k++)
        for (int j = 0; j < e->n_observables; j++)
            if (strcmp(e->observables[j], request->vectors[k]->observable) == 0)
            {
                char cutoff[64];
                double value = creal(value_of(e->trees + j, rho, d));

                if (isnan(value))
                    continue;
                snprintf(cutoff, sizeof cutoff, "%.32s=%d", e->names[0], d - 1);
                lb_answer_set_double(answers + k, value);
                if (e->kinds[0] != LB_TWO_LEVEL)
                    lb_answer_set_cutoff(answers + k, cutoff);
            }
    free(rho);
}

/* --- the verdicts -------------------------------------------------------- */

int
main(int argc, char ** argv)
{
    int level = argc > 2 ? atoi(argv[2]) : 8;
    lb_vectors_t vectors;
    lb_gate_options options;
    lb_gate_report_t report;
    lb_error err;
    int status = 2;

    if (argc < 2 || level < 1)
    {
        fprintf(stderr, "usage: gate VECTORS [LEVEL]\n");
        return 2;
    }
    lb_error_clear(&err);
    lb_vectors_init(vectors);
    lb_gate_report_init(report);
    if (lb_vectors_read(vectors, argv[1], &err) == LB_OK)
    {
        lb_gate_options_init(&options);
        lb_gate_run(report, vectors, &options, solve, &level);
        for (slong k = 0; k < report->n; k++)
        {
            const lb_gate_case * c = report->cases + k;

            printf("%-10s %-24s %s\n", lb_gate_verdict_str(c->result->verdict),
                   c->vector->id,
                   c->result->note != NULL ? c->result->note : "");
        }
        status = lb_gate_report_status(report);
    }
    else
        fprintf(stderr, "%s: %s\n", argv[1], err.text);
    lb_gate_report_clear(report);
    lb_vectors_clear(vectors);
    flint_cleanup_master();
    return status;
}
