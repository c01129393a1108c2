/* tests/test_soundness.c -- random models: no proved value may be wrong.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of every model, with one to three subsystems: enclosures of one number made
 * in different ways overlap, exact values lie inside, and an independent dense
 * solve agrees.  A ball parameter is one in the model `box` and a point of it
 * in the model `point`; what is certified of the box must hold at the point.
 *
 * Each model has a seed of its own: LB_TEST_SEED and its number, as printed by
 * a failure; LB_TEST_ONLY=number runs that model alone. */
#include <stdarg.h>

#include <lindbound/clock.h>

#include "lb_test_certificate.h"
#include "lb_test_dense.h"

#define MODELS 60
#define PREC 300
#define MAX_PARAMETERS 64
#define MAX_SUBSYSTEMS 3
#define MAX_OBSERVABLES 4
#define MAX_EXACT 5

/* --- the models ---------------------------------------------------------- */

/* A model being written.  Its numbers are parameters, so that the box and the
   point differ in their definitions alone. */
typedef struct
{
    ulong random; /* which model */
    flint_rand_t state;
    int boxed;
    slong parameters;
    char box[3000], point[3000], body[6000];

    slong subsystems, modes;
    char name[MAX_SUBSYSTEMS]; /* a, b, c: modes; s, t, u: two-level */
    char cutoff[24];
    int counter_rotating;

    slong n_observables;
    char observable[MAX_OBSERVABLES][40];

    /* expectation values and what they are, in the parameters */
    slong n_exact;
    char exact_of[MAX_EXACT][40];
    char exact[MAX_EXACT][1200];

    /* or amplitudes: -i sum_k matrix_jk <a_k> = i drive_j */
    int linear;
    char matrix[MAX_SUBSYSTEMS][MAX_SUBSYSTEMS][200];
    char drive[MAX_SUBSYSTEMS][400];
    int coherent; /* the state is a product of coherent states */
} draft;

static slong
below(draft * d, slong n)
{
    return (slong) n_randint(d->state, (ulong) n);
}

/* true once in n times */
static int
once_in(draft * d, slong n)
{
    return below(d, n) == 0;
}

/* Appends to the body. */
LB_PRINTF(2, 3)
static void
say(draft * d, const char * format, ...)
{
    size_t n = strlen(d->body);
    va_list list;
    int length;

    va_start(list, format);
    length = vsnprintf(d->body + n, sizeof(d->body) - n, format, list);
    va_end(list);
    if (length < 0 || n + (size_t) length >= sizeof(d->body))
        abort();
}

typedef struct
{
    char text[8];
} name;

/* A new parameter in [low, high]: a ball and a point of it, or one number. */
static name
parameter(draft * d, double low, double high)
{
    slong a = (slong) (low * 1000.0), b = (slong) (high * 1000.0);
    slong c = a + below(d, b - a + 1), r = 1 + below(d, 30);
    name x;

    if (d->parameters == MAX_PARAMETERS)
        abort();
    snprintf(x.text, sizeof(x.text), "p%ld", (long) d->parameters++);
    if (d->boxed && once_in(d, 3))
    {
        lb_text_append(d->box, sizeof(d->box), "%s = %s%.3f +/- %.5f; ", x.text,
                       c < 0 ? "-" : "", fabs((double) c / 1e3),
                       (double) r / 1e5);
        lb_text_append(d->point, sizeof(d->point), "%s = %ld/10000000; ",
                       x.text, (long) (c * 10000 + r * (below(d, 201) - 100)));
    }
    else
    {
        lb_text_append(d->box, sizeof(d->box), "%s = %ld/1000; ", x.text,
                       (long) c);
        lb_text_append(d->point, sizeof(d->point), "%s = %ld/1000; ", x.text,
                       (long) c);
    }
    return x;
}

static void
observe(draft * d, const char * format, char x, char y)
{
    if (d->n_observables < MAX_OBSERVABLES)
        snprintf(d->observable[d->n_observables++], 40, format, x, y);
}

static int
is_mode(const draft * d, slong k)
{
    return k < d->modes;
}

static void
choose_subsystems(draft * d, slong subsystems, slong modes)
{
    d->subsystems = subsystems;
    d->modes = modes;
    for (slong k = 0; k < subsystems; k++)
        d->name[k] = (char) (k < modes ? 'a' + k : 's' + k - modes);
    if (modes > 0)
        say(d, "modes:");
    for (slong k = 0; k < modes; k++)
        say(d, " %c", d->name[k]);
    if (modes < subsystems)
        say(d, "%stwo-level:", modes > 0 ? "; " : "");
    for (slong k = modes; k < subsystems; k++)
        say(d, " %c", d->name[k]);
}

/* Keeps a dense solve small. */
static void
choose_cutoff(draft * d)
{
    static const char * const one[] = { "a=4", "6", "a=9", "11" };
    static const char * const two[] = { "2", "3", "a=2,b=3", "3,a=2" };

    if (d->modes == 0)
        d->cutoff[0] = '\0';
    else if (d->subsystems == 1)
        snprintf(d->cutoff, sizeof(d->cutoff), "%s", one[below(d, 4)]);
    else if (d->modes == 2 && d->subsystems == 2)
        snprintf(d->cutoff, sizeof(d->cutoff), "%s", two[below(d, 4)]);
    else
        snprintf(d->cutoff, sizeof(d->cutoff), "%s",
                 d->subsystems == 2 ? "4" : "2");
}

/* --- random terms -------------------------------------------------------- */

/* Two random subsystems, as the letters of a product; equal letters only of a
   mode. */
static void
two_letters(draft * d, slong * x, slong * y)
{
    do
    {
        *x = below(d, d->subsystems);
        *y = below(d, d->subsystems);
    } while (*x == *y && !is_mode(d, *x));
    if (*x > *y)
    {
        slong t = *x;

        *x = *y;
        *y = t;
    }
}

/* Conserves N: detunings, and products of two or four operators. */
static void
conserving_terms(draft * d)
{
    slong terms = 1 + below(d, 3);

    for (slong k = 0; k < d->subsystems; k++)
    {
        name p = parameter(d, -1.5, 1.5);

        say(d, "; H: %s*%c'*%c", p.text, d->name[k], d->name[k]);
    }
    for (slong k = 0; k < terms; k++)
    {
        slong w = 0, x, y = 0, z;
        name p = parameter(d, -1.5, 1.5), q = parameter(d, -1.0, 1.0);
        int four = once_in(d, 2) && (d->subsystems > 1 || d->modes > 0);

        if (four)
        {
            two_letters(d, &w, &x);
            two_letters(d, &y, &z);
        }
        else
        {
            x = below(d, d->subsystems);
            z = below(d, d->subsystems);
        }
        if (w == y && x == z)
            say(d, "; H: %s*", p.text);
        else
            say(d, "; H: (%s + i*%s)*", p.text, q.text);
        if (four)
            say(d, "%c'*%c'*%c*%c", d->name[w], d->name[x], d->name[y],
                d->name[z]);
        else
            say(d, "%c'*%c", d->name[x], d->name[z]);
        if (w != y || x != z)
            say(d, " + h.c.");
    }
}

static void
linear_drives(draft * d)
{
    double most = once_in(d, 5) ? 0.8 : 0.25;
    slong least = below(d, d->subsystems);

    for (slong k = 0; k < d->subsystems; k++)
        if (k == least || once_in(d, 3))
        {
            name p = parameter(d, -most, most), q = parameter(d, 0.02, most);

            say(d, "; H: (%s + i*%s)*%c' + h.c.", p.text, q.text, d->name[k]);
        }
}

/* What level full refuses. */
static void
counter_rotating_terms(draft * d)
{
    name p = parameter(d, 0.05, 0.2);
    slong x, y;

    d->counter_rotating = 1;
    two_letters(d, &x, &y);
    say(d, "; H: %s*i*%c'*%c' + h.c.", p.text, d->name[x], d->name[y]);
}

/* Every subsystem is damped; a mode more than it is heated. */
static void
single_jumps(draft * d)
{
    for (slong k = 0; k < d->subsystems; k++)
    {
        char x = d->name[k];
        name loss = parameter(d, 0.6, 2.0);

        if (once_in(d, 6))
        {
            name p = parameter(d, -0.3, 0.3), q = parameter(d, -0.3, 0.3);

            say(d, "; %s: %c + %s + i*%s", loss.text, x, p.text, q.text);
        }
        else
            say(d, "; %s: %c", loss.text, x);
        if (once_in(d, 5))
        {
            name up = parameter(d, 0.02, is_mode(d, k) ? 0.15 : 1.0);

            say(d, "; %s: %c'", up.text, x);
        }
        if (once_in(d, 4))
        {
            name rate = parameter(d, 0.02, 1.0);

            say(d, is_mode(d, k) ? "; %s: %c'*%c" : "; %s: sz(%c)", rate.text,
                x, x);
        }
        if (is_mode(d, k) && !d->counter_rotating && once_in(d, 6))
        {
            name rate = parameter(d, 0.05, 1.0);

            say(d, "; %s: %c^2", rate.text, x);
        }
    }
}

static void
correlated_jump(draft * d)
{
    name rate = parameter(d, 0.1, 1.0);
    name p = parameter(d, -1.0, 1.0), q = parameter(d, -1.0, 1.0);
    slong x = below(d, d->subsystems);
    slong y = (x + 1 + below(d, d->subsystems - 1)) % d->subsystems;

    say(d, "; %s: %c + (%s + i*%s)*%c", rate.text, d->name[x], p.text, q.text,
        d->name[y]);
}

static void
random_observables(draft * d)
{
    slong x = below(d, d->subsystems), y = below(d, d->subsystems);

    observe(d, "<%c'*%c>", d->name[x], d->name[x]);
    if (is_mode(d, y) && once_in(d, 2))
        observe(d, once_in(d, 2) ? "<%c'^2*%c^2>" : "<%c + proj(%c,1)>",
                d->name[y], d->name[y]);
    else if (x != y)
        observe(d, "<%c'*%c>", d->name[x], d->name[y]);
    else
        observe(d, "<%c>", d->name[x], 0);
}

/* Anything goes. */
static void
write_general(draft * d)
{
    slong n = once_in(d, 5) ? 3 : 1 + below(d, 2);

    choose_subsystems(d, n, below(d, n + 1));
    choose_cutoff(d);
    conserving_terms(d);
    linear_drives(d);
    if (once_in(d, 5) && (d->modes > 0 || d->subsystems > 1))
        counter_rotating_terms(d);
    single_jumps(d);
    if (d->subsystems > 1 && once_in(d, 2))
        correlated_jump(d);
    random_observables(d);
}

/* --- models with exact values -------------------------------------------- */

LB_PRINTF(3, 4)
static void
exact_value(draft * d, const char * of, const char * format, ...)
{
    va_list list;

    snprintf(d->exact_of[d->n_exact], 40, "%s", of);
    va_start(list, format);
    vsnprintf(d->exact[d->n_exact], 1200, format, list);
    va_end(list);
    d->n_exact++;
}

/* Adds to one entry of matrix or drive. */
LB_PRINTF(2, 3)
static void
put(char * entry, const char * format, ...)
{
    size_t n = strlen(entry);
    va_list list;

    va_start(list, format);
    vsnprintf(entry + n, 200 - n, format, list);
    va_end(list);
}

/* The jump sum_j u_j a_j + alpha enters the equations of the amplitudes. */
static void
linear_loss(draft * d)
{
    name rate = parameter(d, 0.1, 1.0);
    char u[MAX_SUBSYSTEMS][40], alpha[40];
    name p, q;

    say(d, "; %s: ", rate.text);
    for (slong j = 0; j < d->modes; j++)
    {
        p = parameter(d, -1.0, 1.0);
        q = parameter(d, -1.0, 1.0);
        snprintf(u[j], sizeof(u[j]), "(%s + i*%s)", p.text, q.text);
        say(d, "%s*%c + ", u[j], d->name[j]);
    }
    p = parameter(d, -0.2, 0.2);
    snprintf(alpha, sizeof(alpha), "%s", p.text);
    say(d, "%s", alpha);
    for (slong j = 0; j < d->modes; j++)
    {
        for (slong k = 0; k < d->modes; k++)
            put(d->matrix[j][k], " - i/2*%s*conj(%s)*%s", rate.text, u[j],
                u[k]);
        put(d->drive[j], " - i/2*%s*%s*conj(%s)", rate.text, alpha, u[j]);
    }
}

/* Linear modes: d<a>/dt = -i (h - i/2 (Gamma - heating)) <a> - i e. */
static void
write_linear(draft * d)
{
    slong n = 1 + below(d, MAX_SUBSYSTEMS);
    int heated = 0;

    choose_subsystems(d, n, n);
    choose_cutoff(d);
    d->linear = 1;
    for (slong j = 0; j < n; j++)
    {
        char x = d->name[j];
        name delta = parameter(d, -1.5, 1.5), loss = parameter(d, 0.6, 2.0);
        double most = n == 1 ? 0.6 : 0.24 / (double) n;
        name p = parameter(d, -most, most), q = parameter(d, -most, most);

        say(d, "; H: %s*%c'*%c; %s: %c; H: (%s + i*%s)*%c' + h.c.", delta.text,
            x, x, loss.text, x, p.text, q.text, x);
        put(d->matrix[j][j], "%s - i/2*%s", delta.text, loss.text);
        put(d->drive[j], "%s + i*%s", p.text, q.text);
        if (once_in(d, 3))
        {
            name up = parameter(d, 0.01, n == 1 ? 0.2 : 0.05);

            heated = 1;
            say(d, "; %s: %c'", up.text, x);
            put(d->matrix[j][j], " + i/2*%s", up.text);
            if (n == 1)
                exact_value(d, "<a'*a>",
                            "abs2((%s + i*%s)/(%s - i/2*(%s - %s)))"
                            " + %s/(%s - %s)",
                            p.text, q.text, delta.text, loss.text, up.text,
                            up.text, loss.text, up.text);
        }
        for (slong k = 0; k < j; k++)
        {
            name g = parameter(d, -1.0, 1.0), h = parameter(d, -1.0, 1.0);

            say(d, "; H: (%s + i*%s)*%c'*%c + h.c.", g.text, h.text, x,
                d->name[k]);
            put(d->matrix[j][k], "%s + i*%s", g.text, h.text);
            put(d->matrix[k][j], "%s - i*%s", g.text, h.text);
        }
    }
    /* one mode: its population would need the jump's constant, too */
    if (d->n_exact == 0 && once_in(d, 2))
        linear_loss(d);
    d->coherent = !heated;
    observe(d, "<%c'*%c>", d->name[n - 1], d->name[n - 1]);
    observe(d, "<%c'*%c>", d->name[0], d->name[n - 1]);
}

/* [K1] of theory.md: one driven Kerr mode at any drive. */
static void
write_kerr(draft * d)
{
    name delta = parameter(d, -2.0, 2.0), chi = parameter(d, 0.2, 3.0);
    name xi = parameter(d, 0.02, once_in(d, 4) ? 0.9 : 0.3);
    name gamma = parameter(d, 0.5, 2.0);
    const char *x = xi.text, *c = chi.text;
    char b[80];

    choose_subsystems(d, 1, 1);
    choose_cutoff(d);
    say(d, "; H: %s*a'*a + %s*a'^2*a^2 + %s*(a + a'); %s: a", delta.text, c, x,
        gamma.text);
    snprintf(b, sizeof(b), "((%s - i*%s/2)/%s)", delta.text, gamma.text, c);
    for (int k = 1; k <= 2; k++)
        exact_value(d, k == 1 ? "<a'*a>" : "<a'^2*a^2>",
                    "re((%s/%s)^%d/abs2(rising(%s,%d))"
                    "*hyp0f2(%s + %d, conj(%s) + %d, 2*(%s/%s)^2)"
                    "/hyp0f2(%s, conj(%s), 2*(%s/%s)^2))",
                    x, c, 2 * k, b, k, b, k, b, k, x, c, b, b, x, c);
    observe(d, "<%c'*%c>", 'a', 'a');
    observe(d, "<%c'^2*%c^2>", 'a', 'a');
}

/* Resonance fluorescence, pumped and dephased: the rate equation of the
   excited state with the transition rate W. */
static void
write_fluorescence(draft * d)
{
    name delta = parameter(d, -2.0, 2.0), e = parameter(d, 0.05, 2.0);
    name down = parameter(d, 0.3, 2.0), up = parameter(d, 0.02, 1.0);
    name dephasing = parameter(d, 0.02, 1.0);
    char g[40], w[120];

    choose_subsystems(d, 1, 0);
    say(d, "; H: %s*s'*s + %s*(s + s'); %s: s; %s: s'; %s: s'*s", delta.text,
        e.text, down.text, up.text, dephasing.text);
    snprintf(g, sizeof(g), "((%s + %s + %s)/2)", down.text, up.text,
             dephasing.text);
    snprintf(w, sizeof(w), "(2*%s^2*%s/(%s^2 + %s^2))", e.text, g, g,
             delta.text);
    exact_value(d, "<s'*s>", "(%s + %s)/(%s + %s + 2*%s)", up.text, w, up.text,
                down.text, w);
    observe(d, "<%c'*%c>", 's', 's');
    observe(d, "<%c>", 's', 0);
}

/* The generator's first numbers hardly depend on a small seed: mixes it. */
static ulong
mixed(ulong x)
{
    x += 0x9e3779b97f4a7c15UL;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9UL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebUL;
    return x ^ (x >> 31);
}

static void
draft_init(draft * d, slong which)
{
    ulong seed = mixed(lb_test_seed() + mixed((ulong) which));

    memset(d, 0, sizeof(*d));
    d->random = (ulong) which;
    lb_rand_init(d->state);
    lb_rand_seed(d->state, seed, mixed(seed));
    d->boxed = once_in(d, 4);
    switch (below(d, 8))
    {
    case 0:
        write_linear(d);
        break;
    case 1:
        write_kerr(d);
        break;
    case 2:
        write_fluorescence(d);
        break;
    default:
        write_general(d);
    }
    lb_text_append(d->box, sizeof(d->box), "%s", d->body);
    lb_text_append(d->point, sizeof(d->point), "%s", d->body);
}

static void
draft_clear(draft * d)
{
    lb_rand_clear(d->state);
}

/* --- counting ------------------------------------------------------------ */

typedef struct
{
    slong models, boxes, violations;
    slong truncated, truncated_answered, dense; /* pairs */
    slong full_models, full, full_answered, refused;
    slong exact, exact_answered;
    slong certificates;
} tally;

/* An enclosure that says something: two digits, or a small zero. */
static int
is_answer(const acb_t x)
{
    mag_t size;
    int small;

    mag_init(size);
    acb_get_mag(size, x);
    small = acb_contains_zero(x) && mag_cmp_2exp_si(size, -20) < 0;
    mag_clear(size);
    return acb_is_finite(x) && (acb_rel_accuracy_bits(x) >= 7 || small);
}

static void
violation(tally * t, const draft * d, const char * what, const char * of,
          const acb_t x, const acb_t y)
{
    t->violations++;
    printf("\nVIOLATION model %lu seed %lu: %s, %s\n  box   %s\n  point %s\n  ",
           d->random, lb_test_seed(), what, of, d->box, d->point);
    acb_printn(x, 30, 0);
    printf("\n  ");
    acb_printn(y, 30, 0);
    printf("\n");
    CU_FAIL("violation");
}

static void
must_overlap(tally * t, const draft * d, const char * what, const char * of,
             const acb_t x, const acb_t y)
{
    CU_ASSERT(1); /* counted */
    if (!acb_overlaps(x, y))
        violation(t, d, what, of, x, y);
}

/* The kernel must prove the certificate of the last value, and prove nothing
   else of it. */
static void
check_certificate(const acb_t value, tally * t, const draft * d, certified * x,
                  const char * of)
{
    char reason[600];
    acb_t proved;

    acb_init(proved);
    if (write_last_certificate(x, of))
    {
        t->certificates++;
        if (check_file(proved, reason, sizeof(reason)) != 1)
        {
            printf("\n%s", reason);
            violation(t, d, "a certificate is refused", of, value, proved);
        }
        else
            must_overlap(t, d, "certifier and kernel", of, value, proved);
        unlink(scratch_path());
    }
    acb_clear(proved);
}

/* Every certified value of this program passes here. */
static void
take_value(acb_t value, tally * t, const draft * d, certified * x,
           const char * of, slong digits)
{
    int reached = certified_value(value, x, of, digits);

    /* what is said of the digits must be true */
    if (reached && acb_rel_accuracy_bits(value) < (slong) (3.32 * digits)
        && !acb_contains_zero(value))
        violation(t, d, "digits said to be there", of, value, value);
    check_certificate(value, t, d, x, of);
}

/* --- the checks ---------------------------------------------------------- */

/* <op> of a state on a basis; @p of is "<...>" */
static lb_complex
dense_expectation(const lb_model_t m, const lb_basis_t b,
                  const lb_complex * rho, const char * of)
{
    lb_complex sum = 0.0;
    char text[40];
    lb_opoly_t op;
    lb_sparse_t a;
    lb_error err;
    slong n = b->dimension;

    snprintf(text, sizeof(text), "%.*s", (int) strlen(of) - 2, of + 1);
    test_operator_init(op, m, text);
    lb_sparse_init(a, n, n);
    CU_ASSERT_FATAL(lb_sparse_set_opoly_approx(a, op, b, &err) == LB_OK);
    for (slong j = 0; j < n; j++)
        for (slong q = a->start[j]; q < a->start[j + 1]; q++)
            sum += a->value[q] * rho[a->column[q] * n + j];
    lb_sparse_clear(a);
    lb_opoly_clear(op);
    return sum;
}

static void
check_dense(tally * t, const draft * d, const lb_model_t m,
            const lb_complex * rho, const lb_basis_t b, const char * of,
            const acb_t value)
{
    lb_complex z = dense_expectation(m, b, rho, of);
    mag_t radius;
    acb_t x;

    acb_init(x);
    mag_init(radius);
    acb_set_d_d(x, creal(z), cimag(z));
    mag_set_d(radius, 1e-8 * fmax(1.0, cabs(z)));
    acb_add_error_mag(x, radius);
    must_overlap(t, d, "truncated and dense", of, value, x);
    t->dense++;
    mag_clear(radius);
    acb_clear(x);
}

/* Level truncated: two precisions, the box, LAPACK. */
static void
check_truncated(tally * t, draft * d)
{
    certified one, other, box;
    lb_complex * rho;
    lb_problem_t p;
    lb_basis_t b;
    acb_t x, y;

    acb_init(x);
    acb_init(y);
    certified_init_truncated(&one, d->point, d->cutoff);
    certified_init_truncated(&other, d->point, d->cutoff);
    if (d->boxed)
        certified_init_truncated(&box, d->box, d->cutoff);
    test_problem_init(p, one.model);
    if (d->cutoff[0] != '\0')
        test_basis_init(b, one.model, d->cutoff);
    else
    {
        lb_error err;

        CU_ASSERT_FATAL(
            lb_basis_init(b, lb_certifier_cutoff(one.certifier), 1000, &err)
            == LB_OK);
    }
    rho = new_dense(b->dimension * b->dimension);
    dense_steady_state(rho, p, b);
    for (slong k = 0; k < d->n_observables; k++)
    {
        const char * of = d->observable[k];

        take_value(x, t, d, &one, of, 10 + below(d, 6));
        take_value(y, t, d, &other, of, 1 + below(d, 35));
        must_overlap(t, d, "truncated at two precisions", of, x, y);
        t->truncated++;
        t->truncated_answered += is_answer(x);
        if (is_answer(x))
            check_dense(t, d, one.model, rho, b, of, x);
        if (d->boxed)
        {
            take_value(y, t, d, &box, of, 6);
            must_overlap(t, d, "truncated box and point", of, x, y);
        }
    }
    flint_free(rho);
    lb_basis_clear(b);
    lb_problem_clear(p);
    if (d->boxed)
        certified_clear(&box);
    certified_clear(&one);
    certified_clear(&other);
    acb_clear(x);
    acb_clear(y);
}

/* 1, and a certifier of level full; 0 where the level does not apply */
static int
try_full(certified * x, const char * text, slong max_dimension)
{
    lb_status status;
    lb_error err;

    lb_error_clear(&err);
    test_model_init(x->model, text);
    status = lb_certifier_new_full(&x->certifier, x->model, x->model->scope,
                                   max_dimension, &err);
    /* LB_EDIM: the tail starts beyond what this dimension holds */
    if (status != LB_OK && status != LB_EMODEL && status != LB_EPREC
        && status != LB_EDIM)
        test_fail(text, &err);
    if (status != LB_OK)
        lb_model_clear(x->model);
    return status == LB_OK;
}

/* The value of a text at the point, in balls. */
static void
point_value(acb_t value, const lb_model_t m, const char * text)
{
    lb_expr * e = test_parse(text);
    lb_scalar_t y;
    lb_error err;
    lb_env_t env;

    lb_error_clear(&err);
    lb_scalar_init(y);
    lb_env_init(env, m->scope, PREC);
    if (lb_env_scalar(y, env, e, &err) != LB_OK)
        test_fail(text, &err);
    acb_set(value, y->coefficient);
    lb_env_clear(env);
    lb_scalar_clear(y);
    lb_expr_free(e);
}

static void
check_exact(tally * t, draft * d, certified * c, const char * of,
            const acb_t exact)
{
    acb_t x;

    acb_init(x);
    take_value(x, t, d, c, of, 5);
    must_overlap(t, d, "full and exact", of, x, exact);
    t->exact++;
    t->exact_answered += is_answer(x);
    acb_clear(x);
}

/* The amplitudes of linear modes by a linear solve in balls. */
static void
check_linear(tally * t, draft * d, certified * c, const lb_model_t point)
{
    slong n = d->modes;
    acb_mat_t m, v;
    acb_t x;

    acb_init(x);
    acb_mat_init(m, n, n);
    acb_mat_init(v, n, 1);
    for (slong j = 0; j < n; j++)
    {
        for (slong k = 0; k < n; k++)
            point_value(acb_mat_entry(m, j, k), point, d->matrix[j][k]);
        point_value(acb_mat_entry(v, j, 0), point, d->drive[j]);
    }
    acb_mat_neg(v, v);
    CU_ASSERT_FATAL(acb_mat_solve(v, m, v, PREC));
    for (slong j = 0; j < n; j++)
    {
        char of[40];

        snprintf(of, sizeof(of), "<%c>", d->name[j]);
        check_exact(t, d, c, of, acb_mat_entry(v, j, 0));
    }
    if (d->coherent)
    {
        char of[40];

        acb_conj(x, acb_mat_entry(v, 0, 0));
        acb_mul(x, x, acb_mat_entry(v, n - 1, 0), PREC);
        snprintf(of, sizeof(of), "<%c'*%c>", d->name[0], d->name[n - 1]);
        check_exact(t, d, c, of, x);
    }
    acb_mat_clear(m);
    acb_mat_clear(v);
    acb_clear(x);
}

/* Level full: two dimensions and numbers of digits, the box, exact values. */
static void
check_full(tally * t, draft * d)
{
    certified one, other, box;
    int in_class = try_full(&one, d->point, 90), boxed;
    acb_t x, y;

    if (!in_class)
    {
        t->refused++;
        return;
    }
    t->full_models++;
    acb_init(x);
    acb_init(y);
    /* at strong drives the tail may begin beyond 30 states */
    CU_ASSERT_FATAL(try_full(&other, d->point, 30)
                    || try_full(&other, d->point, 90));
    boxed = d->boxed && try_full(&box, d->box, 60);
    for (slong k = 0; k < d->n_observables; k++)
    {
        const char * of = d->observable[k];

        take_value(x, t, d, &one, of, 4 + below(d, 6));
        take_value(y, t, d, &other, of, 1 + below(d, 12));
        must_overlap(t, d, "full at two dimensions", of, x, y);
        t->full++;
        t->full_answered += is_answer(x);
        if (boxed)
        {
            take_value(y, t, d, &box, of, 4);
            must_overlap(t, d, "full box and point", of, x, y);
        }
    }
    for (slong k = 0; k < d->n_exact; k++)
    {
        point_value(y, one.model, d->exact[k]);
        check_exact(t, d, &one, d->exact_of[k], y);
        if (boxed)
            check_exact(t, d, &box, d->exact_of[k], y);
    }
    if (d->linear)
        check_linear(t, d, boxed ? &box : &one, one.model);
    if (boxed)
        certified_clear(&box);
    certified_clear(&one);
    certified_clear(&other);
    acb_clear(x);
    acb_clear(y);
}

static void
test_random(void)
{
    const char * only = getenv("LB_TEST_ONLY");
    slong first = 0, last = lb_test_iters(MODELS);
    double start = lb_clock_seconds(), slowest = 0.0;
    tally t;

    memset(&t, 0, sizeof(t));
    if (only != NULL && *only != '\0')
    {
        first = strtol(only, NULL, 10);
        last = first + 1;
    }
    for (slong i = first; i < last; i++)
    {
        double before = lb_clock_seconds();
        draft d;

        draft_init(&d, i);
        if (only != NULL)
            printf("\nmodel %ld\n  box   %s\n  point %s\n", (long) i, d.box,
                   d.point);
        t.models++;
        t.boxes += d.boxed;
        check_truncated(&t, &d);
        check_full(&t, &d);
        draft_clear(&d);
        slowest = fmax(slowest, lb_clock_seconds() - before);
    }
    printf("\n    models %ld (%ld with boxes), seed %lu: truncated pairs %ld "
           "(%ld answered), dense %ld,\n    full models %ld, refused %ld, full "
           "pairs %ld (%ld answered), exact %ld (%ld answered),\n    "
           "certificates proved %ld, violations %ld; %.1f s, slowest model "
           "%.1f s\n    ",
           (long) t.models, (long) t.boxes, lb_test_seed(), (long) t.truncated,
           (long) t.truncated_answered, (long) t.dense, (long) t.full_models,
           (long) t.refused, (long) t.full, (long) t.full_answered,
           (long) t.exact, (long) t.exact_answered, (long) t.certificates,
           (long) t.violations, lb_clock_seconds() - start, slowest);
    CU_ASSERT(t.violations == 0);
    CU_ASSERT(t.certificates > t.truncated);
    if (t.models < MODELS)
        return; /* the shares below are of many models */
    /* balls that contain everything are no success */
    CU_ASSERT(10 * t.truncated_answered >= 9 * t.truncated);
    CU_ASSERT(10 * t.full_models >= 7 * t.models);
    CU_ASSERT(10 * t.full_answered >= 6 * t.full);
    CU_ASSERT(3 * t.exact >= t.models);
    CU_ASSERT(10 * t.exact_answered >= 6 * t.exact);
    CU_ASSERT(t.refused > 0 && t.boxes > 0);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "random models (random)", test_random },
    };
    return lb_test_main("soundness", cases, sizeof(cases) / sizeof(cases[0]));
}
