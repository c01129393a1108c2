/* dense.c -- a candidate in C that shares nothing with lindbound but the
 * protocol. SPDX-License-Identifier: CC0-1.0
 *
 *     cc -O2 -o dense dense.c $(pkg-config --cflags --libs jansson) -lm
 *     lindbound gate kerr --exec './dense 6'
 *
 * Its argument is the highest level that is kept of each mode (5); a problem
 * with a cutoff of its own gets that.  The density matrix, row by row, solves
 * L rho = 0 with the trace in place of the first row, by elimination with
 * partial pivoting. */
#include <complex.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef double complex cplx;

#define MAX_SUBSYSTEMS 16
#define MAX_DIMENSION 32

/* Why there is no answer: static text, or NULL. */
static const char * trouble;
static int skipped; /* not attempted, in place of failed */

static void *
fail(const char * why, int skip)
{
    if (trouble == NULL)
    {
        trouble = why;
        skipped = skip;
    }
    return NULL;
}

/* --- the states that are kept -------------------------------------------- */

static int n_subsystems, dimension;
static int caps[MAX_SUBSYSTEMS], total;
static int occupation[MAX_DIMENSION][MAX_SUBSYSTEMS];

static void
enumerate(int * state, int k, int left)
{
    if (k == n_subsystems)
    {
        if (dimension == MAX_DIMENSION)
            fail("too many states for a dense solver", 1);
        else
            memcpy(occupation[dimension++], state,
                   sizeof(int) * (size_t) n_subsystems);
        return;
    }
    for (int n = 0; n <= caps[k] && n <= left && trouble == NULL; n++)
    {
        state[k] = n;
        enumerate(state, k + 1, left - n);
    }
}

/* The cutoff of the problem, "N<=5", "5", "a<=4, b<=4" or "a=4,b=4", or else
   `level` of each mode. */
static void
choose_states(const json_t * subsystems, const char * cutoff, int level)
{
    int state[MAX_SUBSYSTEMS];

    n_subsystems = (int) json_array_size(subsystems);
    dimension = 0;
    total = 1000000;
    if (n_subsystems > MAX_SUBSYSTEMS)
    {
        fail("too many subsystems", 1);
        return;
    }
    for (int k = 0; k < n_subsystems; k++)
    {
        const json_t * s = json_array_get(subsystems, (size_t) k);
        const char * kind = json_string_value(json_object_get(s, "kind"));

        caps[k] = strcmp(kind, "two-level") == 0 ? 1
                  : cutoff != NULL               ? total
                                                 : level;
    }
    while (cutoff != NULL && *cutoff != '\0')
    {
        size_t name = strcspn(cutoff, "<=,");
        const char * number = cutoff + name + strspn(cutoff + name, "<= ");

        if (cutoff[name] == ',' || cutoff[name] == '\0')
            total = atoi(cutoff);
        else if (name == 1 && *cutoff == 'N')
            total = atoi(number);
        for (int k = 0; k < n_subsystems; k++)
        {
            const char * own = json_string_value(json_object_get(
                json_array_get(subsystems, (size_t) k), "name"));

            if (strlen(own) == name && strncmp(own, cutoff, name) == 0)
                caps[k] = atoi(number);
        }
        cutoff += strcspn(cutoff, ",");
        cutoff += strspn(cutoff, ", ");
    }
    enumerate(state, 0, total);
}

static int
place_of(const int * state)
{
    for (int k = 0; k < dimension; k++)
        if (memcmp(occupation[k], state, sizeof(int) * (size_t) n_subsystems)
            == 0)
            return k;
    return -1;
}

/* --- operators ----------------------------------------------------------- */

static int
integer_at(const json_t * array, size_t k)
{
    return (int) json_integer_value(json_array_get(array, k));
}

static double
number_at(const json_t * array, size_t k)
{
    return json_number_value(json_array_get(array, k));
}

/* A product of a'^m a^n and |m><n| on a state, in place; the factor, or 0. */
static double
act(const json_t * factors, int * state)
{
    double amplitude = 1;
    const json_t * factor;
    size_t j;

    json_array_foreach(factors, j, factor)
    {
        int * n = state + integer_at(factor, 0);
        int create = integer_at(factor, 1);
        int annihilate = integer_at(factor, 2);

        if (json_array_size(factor) == 4)
        {
            if (*n != annihilate)
                return 0;
            *n = create;
            continue;
        }
        if (*n < annihilate)
            return 0;
        for (int k = 0; k < annihilate; k++)
            amplitude *= sqrt((*n)--);
        for (int k = 0; k < create; k++)
            amplitude *= sqrt(++(*n));
    }
    return amplitude;
}

/* The matrix of a list of terms, row by row; release with free. */
static cplx *
matrix_of(const json_t * terms)
{
    cplx * matrix = calloc((size_t) dimension * dimension + 1, sizeof(cplx));
    const json_t * term;
    size_t k;

    json_array_foreach(terms, k, term)
    {
        for (int column = 0; column < dimension; column++)
        {
            int state[MAX_SUBSYSTEMS];
            double amplitude;
            int row;

            memcpy(state, occupation[column], sizeof state);
            amplitude = act(json_array_get(term, 2), state);
            row = amplitude == 0 ? -1 : place_of(state);
            if (row >= 0)
                matrix[row * dimension + column]
                    += (number_at(term, 0) + I * number_at(term, 1))
                       * amplitude;
        }
    }
    return matrix;
}

/* --- linear algebra ------------------------------------------------------ */

/* x = A^-1 x for n x m matrices x, by elimination; destroys A. */
static void
solve(cplx * a, cplx * x, int n, int m)
{
    for (int k = 0; k < n; k++)
    {
        int pivot = k;

        for (int i = k + 1; i < n; i++)
            if (cabs(a[i * n + k]) > cabs(a[pivot * n + k]))
                pivot = i;
        if (a[pivot * n + k] == 0)
        {
            fail("the linear system is singular", 0);
            return;
        }
        for (int j = 0; j < n && pivot != k; j++)
        {
            cplx t = a[k * n + j];
            a[k * n + j] = a[pivot * n + j];
            a[pivot * n + j] = t;
        }
        for (int j = 0; j < m && pivot != k; j++)
        {
            cplx t = x[k * m + j];
            x[k * m + j] = x[pivot * m + j];
            x[pivot * m + j] = t;
        }
        for (int i = k + 1; i < n; i++)
        {
            cplx factor = a[i * n + k] / a[k * n + k];

            if (factor == 0)
                continue;
            for (int j = k; j < n; j++)
                a[i * n + j] -= factor * a[k * n + j];
            for (int j = 0; j < m; j++)
                x[i * m + j] -= factor * x[k * m + j];
        }
    }
    for (int k = n - 1; k >= 0; k--)
        for (int j = 0; j < m; j++)
        {
            for (int i = k + 1; i < n; i++)
                x[k * m + j] -= a[k * n + i] * x[i * m + j];
            x[k * m + j] /= a[k * n + k];
        }
}

/* L += rate * (A rho B) with L a matrix on rho row by row. */
static void
add_product(cplx * l, cplx rate, const cplx * a, const cplx * b)
{
    int d = dimension, dd = d * d;

    for (int i = 0; i < d; i++)
        for (int p = 0; p < d; p++)
            for (int q = 0; q < d && (a == NULL ? i == p : a[i * d + p] != 0);
                 q++)
                for (int j = 0; j < d; j++)
                    l[(i * d + j) * dd + p * d + q]
                        += rate * (a == NULL ? 1 : a[i * d + p])
                           * (b == NULL ? q == j : b[q * d + j]);
}

/* rho, row by row; release with free. */
static cplx *
steady_state(const json_t * expanded)
{
    size_t d = (size_t) dimension;
    cplx * l = calloc(d * d * d * d, sizeof(cplx));
    cplx * rho = calloc(d * d, sizeof(cplx));
    cplx * h = matrix_of(json_object_get(expanded, "hamiltonian"));
    const json_t * dissipator;
    size_t k;

    add_product(l, -I, h, NULL);
    add_product(l, I, NULL, h);
    free(h);
    json_array_foreach(json_object_get(expanded, "dissipators"), k, dissipator)
    {
        double rate = json_number_value(json_object_get(dissipator, "rate"));
        cplx * c = matrix_of(json_object_get(dissipator, "operator"));
        cplx * adjoint = calloc(d * d, sizeof(cplx));
        cplx * square = calloc(d * d, sizeof(cplx));

        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                adjoint[i * d + j] = conj(c[j * d + i]);
        for (size_t i = 0; i < d; i++)
            for (size_t j = 0; j < d; j++)
                for (size_t m = 0; m < d; m++)
                    square[i * d + j] += adjoint[i * d + m] * c[m * d + j];
        add_product(l, rate, c, adjoint);
        add_product(l, -rate / 2, square, NULL);
        add_product(l, -rate / 2, NULL, square);
        free(c);
        free(adjoint);
        free(square);
    }
    for (size_t j = 0; j < d * d; j++)
        l[j] = j % (d + 1) == 0; /* tr(rho) ... */
    rho[0] = 1;                  /* ... = 1 */
    solve(l, rho, (int) (d * d), 1);
    free(l);
    return rho;
}

/* --- observables --------------------------------------------------------- */

static cplx
mean(const json_t * terms, const cplx * rho)
{
    cplx * op = matrix_of(terms);
    cplx sum = 0;

    for (int i = 0; i < dimension; i++)
        for (int j = 0; j < dimension; j++)
            sum += rho[i * dimension + j] * op[j * dimension + i];
    free(op);
    return sum;
}

static cplx *
read_matrix(const json_t * rows, int * n, int * m)
{
    cplx * a;

    *n = (int) json_array_size(rows);
    *m = (int) json_array_size(json_array_get(rows, 0));
    a = calloc((size_t) *n * (size_t) *m + 1, sizeof(cplx));
    for (int i = 0; i < *n; i++)
        for (int j = 0; j < *m; j++)
        {
            const json_t * z
                = json_array_get(json_array_get(rows, (size_t) i), (size_t) j);
            a[i * *m + j] = number_at(z, 0) + I * number_at(z, 1);
        }
    return a;
}

/* S(out,in) of D + C X^-1 B. */
static cplx
scattering(const json_t * matrices, int out, int in)
{
    int n, m, states;
    cplx * d = read_matrix(json_object_get(matrices, "D"), &n, &m);
    cplx * x = read_matrix(json_object_get(matrices, "X"), &states, &states);
    cplx * c = read_matrix(json_object_get(matrices, "C"), &n, &states);
    cplx * b = read_matrix(json_object_get(matrices, "B"), &states, &m);
    cplx s = d[out * m + in];

    solve(x, b, states, m);
    for (int k = 0; k < states; k++)
        s += c[out * states + k] * b[k * m + in];
    free(d);
    free(x);
    free(c);
    free(b);
    return s;
}

/* x^y; whole powers by products, which are exact for 0 and for 1. */
static cplx
power(cplx x, cplx y)
{
    cplx product = 1;

    if (cimag(y) != 0 || creal(y) != floor(creal(y)) || cabs(y) > 100)
        return cpow(x, y);
    for (int k = 0; k < (int) fabs(creal(y)); k++)
        product *= x;
    return creal(y) < 0 ? 1 / product : product;
}

static cplx
evaluate(const json_t * tree, const json_t * expanded, const cplx * rho)
{
    const char * f;
    cplx x, y = 0;

    if (json_is_number(tree))
        return json_number_value(tree);
    f = json_string_value(json_array_get(tree, 0));
    if (f == NULL)
        return fail("not expanded", 1), 0;
    if (strcmp(f, "complex") == 0)
        return number_at(tree, 1) + I * number_at(tree, 2);
    if (strcmp(f, "mean") == 0)
        return mean(json_array_get(tree, 1), rho);
    if (strcmp(f, "S") == 0)
        return scattering(json_object_get(expanded, "scattering"),
                          integer_at(tree, 1), integer_at(tree, 2));
    if (strcmp(f, "dressed") == 0)
        return fail("energies of dressed states", 1), 0;
    x = evaluate(json_array_get(tree, 1), expanded, rho);
    if (json_array_size(tree) == 3)
        y = evaluate(json_array_get(tree, 2), expanded, rho);
    if (strcmp(f, "+") == 0)
        return x + y;
    if (strcmp(f, "-") == 0)
        return x - y;
    if (strcmp(f, "*") == 0)
        return x * y;
    if (strcmp(f, "/") == 0)
        return x / y;
    if (strcmp(f, "^") == 0)
        return power(x, y);
    if (strcmp(f, "neg") == 0)
        return -x;
    if (strcmp(f, "re") == 0)
        return creal(x);
    if (strcmp(f, "im") == 0)
        return cimag(x);
    if (strcmp(f, "conj") == 0)
        return conj(x);
    if (strcmp(f, "abs") == 0)
        return cabs(x);
    if (strcmp(f, "abs2") == 0)
        return creal(x * conj(x));
    if (strcmp(f, "sqrt") == 0)
        return csqrt(x);
    if (strcmp(f, "log10") == 0)
        return clog(x) / log(10);
    if (strcmp(f, "dB") == 0)
        return 10 * log10(creal(x));
    return fail("a function that dense.c does not know", 1), 0;
}

static int
needs_state(const json_t * tree)
{
    const json_t * part;
    size_t k;

    if (!json_is_array(tree))
        return 0;
    if (strcmp(json_string_value(json_array_get(tree, 0)), "mean") == 0)
        return 1;
    json_array_foreach(tree, k, part) if (k > 0 && needs_state(part)) return 1;
    return 0;
}

/* --- the protocol -------------------------------------------------------- */

/* "a<=5, b<=5", or the cutoff of the problem; a new reference. */
static json_t *
cutoff_kept(const json_t * subsystems, const char * cutoff)
{
    json_t * levels = json_object();

    if (cutoff != NULL)
    {
        json_decref(levels);
        return json_string(cutoff);
    }
    for (int k = 0; k < n_subsystems; k++)
    {
        const json_t * s = json_array_get(subsystems, (size_t) k);
        const char * kind = json_string_value(json_object_get(s, "kind"));

        if (strcmp(kind, "mode") == 0)
            json_object_set_new(levels,
                                json_string_value(json_object_get(s, "name")),
                                json_integer(caps[k]));
    }
    return levels;
}

static json_t *
answer(const json_t * request, int level)
{
    const json_t * problem = json_object_get(request, "problem");
    const json_t * expanded = json_object_get(problem, "expanded");
    const json_t * trees = json_object_get(expanded, "observables");
    const json_t * subsystems = json_object_get(expanded, "subsystems");
    const json_t * wanted = json_object_get(request, "values");
    const char * cutoff = json_string_value(json_object_get(problem, "cutoff"));
    json_t * reply = json_pack("{s:O}", "seq", json_object_get(request, "seq"));
    json_t * values = json_object();
    const json_t * name;
    cplx * rho = NULL;
    int stateful = 0;
    size_t k;

    trouble = NULL;
    json_array_foreach(wanted, k, name) stateful
        |= needs_state(json_object_get(trees, json_string_value(name)));
    if (stateful)
    {
        choose_states(subsystems, cutoff, level);
        if (trouble == NULL)
            rho = steady_state(expanded);
    }
    if (trouble == NULL)
    {
        if (stateful)
            json_object_set_new(reply, "cutoff",
                                cutoff_kept(subsystems, cutoff));
        json_object_set(reply, "values", values);
    }
    else
        json_object_set_new(reply, skipped ? "skipped" : "errored",
                            json_string(trouble));
    json_array_foreach(wanted, k, name)
    {
        const char * observable = json_string_value(name);
        double value;

        if (trouble != NULL)
            break;
        value = creal(
            evaluate(json_object_get(trees, observable), expanded, rho));
        if (trouble == NULL && !isfinite(value))
            fail("the value is not finite", 0);
        json_object_set_new(
            values, observable,
            trouble == NULL
                ? json_real(value)
                : json_pack("{s:s}", skipped ? "skipped" : "errored", trouble));
        trouble = NULL;
    }
    free(rho);
    json_decref(values);
    return reply;
}

int
main(int argc, char ** argv)
{
    int level = argc > 1 ? atoi(argv[1]) : 5;
    char * line = NULL;
    size_t size = 0;

    while (getline(&line, &size, stdin) > 0)
    {
        json_t * request = json_loads(line, 0, NULL);
        const char * command
            = json_string_value(json_object_get(request, "command"));
        json_t * reply = NULL;

        if (command != NULL && strcmp(command, "start") == 0)
            reply = json_pack("{s:s,s:s}", "name", "dense", "version", "1");
        else if (command != NULL && strcmp(command, "run") == 0)
            reply = answer(request, level);
        json_decref(request);
        if (reply == NULL)
            break;
        json_dumpf(reply, stdout, JSON_COMPACT | JSON_REAL_PRECISION(17));
        putchar('\n');
        fflush(stdout);
        json_decref(reply);
    }
    free(line);
    return 0;
}
