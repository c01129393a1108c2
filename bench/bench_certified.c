/* bench/bench_certified.c -- where proved values spend their time.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     bench_certified PATH-OF-LINDBOUND [RUNS]
 *
 * Runs `solve` with --format json RUNS times (default 5) on one thread and
 * prints, of the run with the median wall time, how that splits into
 * decompositions, the bounds of the populations, corrections and residuals;
 * and the peak resident memory of all runs. */
#include "child_process.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#define MAX_ARGS 16
#define MAX_RUNS 100

static const struct
{
    const char * name;
    const char * args[MAX_ARGS];
    const char * goal;
} cases[] = {
    { "three cavities, one direction, g2, 10 digits",
      { "three_cavity", "--level", "full", "--digits", "10", "-o", "g2_ac" },
      "8 s, 400 MB" },
    { "three cavities, both directions, T and g2, 12 digits",
      { "three_cavity", "--level", "full", "--digits", "12", "-o", "T_ac", "-o",
        "g2_ac", "-o", "T_ca", "-o", "g2_ca" },
      "-" },
    { "three cavities, all observables, 15 digits",
      { "three_cavity", "--level", "full", "--digits", "15" },
      "-" },
    { "nanotip, all observables, 12 digits",
      { "nanotip", "--level", "full", "--digits", "12" },
      "2 s" },
    { "nanotip, all observables, 15 digits",
      { "nanotip", "--level", "full", "--digits", "15" },
      "-" },
    { "two atoms in a resonator, I_c and I_n, 10 digits",
      { "two_atoms", "--level", "full", "--digits", "10", "-o", "I_c", "-o",
        "I_n" },
      "-" },
    { "two-qubit diode, all observables, 30 digits",
      { "two_qubit_diode", "--level", "full", "--digits", "30" },
      "-" },
    { "one Kerr mode, drive 2 gamma, 30 digits",
      { "kerr", "-p", "xi=2*gamma", "-p", "chi=gamma", "--level", "full",
        "--digits", "30" },
      "-" },
    { "three cavities, g2 truncated at N<=8, 12 digits",
      { "three_cavity", "--level", "truncated", "--cutoff", "8", "--digits",
        "12", "-o", "g2_ac" },
      "-" },
    { "three cavities, g2 truncated at N<=8, 50 digits",
      { "three_cavity", "--level", "truncated", "--cutoff", "8", "--digits",
        "50", "-o", "g2_ac" },
      "6 times the row above" },
};

static const char * const parts[]
    = { "setup_seconds", "bound_seconds", "solve_seconds", "residual_seconds" };
#define N_PARTS 4

typedef struct
{
    double seconds;
    double part[N_PARTS];
} run;

static void
add_parts(run * r, const json_t * value)
{
    const json_t * child;
    const char * key;
    size_t i;

    if (json_is_array(value))
        json_array_foreach(value, i, child) add_parts(r, child);
    if (!json_is_object(value))
        return;
    json_object_foreach((json_t *) value, key, child)
    {
        for (int k = 0; k < N_PARTS; k++)
            if (strcmp(key, parts[k]) == 0)
                r->part[k] += json_number_value(child);
        add_parts(r, child);
    }
}

/* 0 if the command failed. */
static int
run_once(run * r, const char * program, const char * const * args,
         double * megabytes)
{
    char * argv[MAX_ARGS + 6];
    double start = now();
    json_t * root;
    int n = 0, ends[2], good;
    FILE * out;
    pid_t child;

    memset(r, 0, sizeof(*r));
    argv[n++] = (char *) program;
    argv[n++] = (char *) "solve";
    for (int k = 0; k < MAX_ARGS && args[k] != NULL; k++)
        argv[n++] = (char *) args[k];
    argv[n++] = (char *) "--format";
    argv[n++] = (char *) "json";
    argv[n] = NULL;
    if (pipe(ends) != 0)
        return 0;
    child = start_child(argv, ends[1]);
    close(ends[1]);
    out = fdopen(ends[0], "r");
    root = out != NULL ? json_loadf(out, 0, NULL) : NULL;
    if (out != NULL)
        fclose(out);
    good = wait_for_child(child, megabytes) && root != NULL;
    r->seconds = now() - start;
    add_parts(r, root);
    json_decref(root);
    return good;
}

static int
compare_runs(const void * a, const void * b)
{
    const run *x = a, *y = b;

    return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

int
main(int argc, char ** argv)
{
    int runs = argc > 2 ? atoi(argv[2]) : 5;
    int failed = 0;

    if (argc < 2 || runs < 1 || runs > MAX_RUNS)
    {
        fprintf(stderr, "usage: bench_certified PATH-OF-LINDBOUND [RUNS]\n");
        return 2;
    }
    printf("| case | median s | decomposition | bound | solves | residuals "
           "| peak MB | goal |\n|---|---|---|---|---|---|---|---|\n");
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        run all[MAX_RUNS];
        double megabytes = 0;
        int good = 1;

        for (int i = 0; i < runs && good; i++)
            good = run_once(all + i, argv[1], cases[k].args, &megabytes);
        if (!good)
        {
            printf("| %s | failed | | | | | | %s |\n", cases[k].name,
                   cases[k].goal);
            failed = 1;
            continue;
        }
        qsort(all, (size_t) runs, sizeof(run), compare_runs);
        printf("| %s | %.3f ", cases[k].name, all[runs / 2].seconds);
        for (int i = 0; i < N_PARTS; i++)
            printf("| %.3f ", all[runs / 2].part[i]);
        printf("| %.0f | %s |\n", megabytes, cases[k].goal);
        fflush(stdout);
    }
    return failed;
}
