/* bench/bench_commands.c -- whole-process time and memory of the commands.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     bench_commands PATH-OF-LINDBOUND [RUNS]
 *
 * Runs every case RUNS times (default 5) after one warm-up, start-up included,
 * on one thread, and prints the median and the extremes of the wall time, the
 * peak resident memory and the project's goal. */
#include "child_process.h"

#include <stdio.h>

#define MAX_ARGS 9
#define MAX_RUNS 100

static const struct
{
    const char * name;
    const char * args[MAX_ARGS];
    const char * goal;
} cases[] = {
    { "three cavities, both directions, N<=8 (d = 165)",
      { "solve", "three_cavity", "--cutoff", "8", "--level", "estimate", NULL },
      "0.5 s" },
    { "three cavities, both directions, levels <= 5 (d = 216)",
      { "solve", "three_cavity", "--cutoff", "a=5,b=5,c=5", "--level",
        "estimate", NULL },
      "2 s, 150 MB" },
    { "verify, both systems, estimates",
      { "verify", "--level", "estimate", NULL },
      "20 s" },
    { "verify, both systems, proved", { "verify", NULL }, "-" },
    { "nanotip, estimates, automatic cutoff",
      { "solve", "nanotip", "--level", "estimate", NULL },
      "-" },
    { "nanotip, weak-drive limits, 50 digits",
      { "solve", "nanotip", "--level", "weak-drive", "--digits", "50", NULL },
      "-" },
};

/* Wall seconds of one run, or -1; the peak memory in MB grows in *megabytes. */
static double
run_once(const char * program, const char * const * args, double * megabytes)
{
    char * argv[MAX_ARGS + 2];
    int n = 0;

    argv[n++] = (char *) program;
    for (int k = 0; args[k] != NULL; k++)
        argv[n++] = (char *) args[k];
    argv[n] = NULL;
    return run_child(argv, megabytes);
}

static int
compare_doubles(const void * a, const void * b)
{
    double x = *(const double *) a, y = *(const double *) b;

    return (x > y) - (x < y);
}

int
main(int argc, char ** argv)
{
    int runs = argc > 2 ? atoi(argv[2]) : 5;
    int failed = 0;

    if (argc < 2 || runs < 1 || runs > MAX_RUNS)
    {
        fprintf(stderr, "usage: bench_commands PATH-OF-LINDBOUND [RUNS]\n");
        return 2;
    }
    printf("| case | median s | min s | max s | peak MB | goal |\n"
           "|---|---|---|---|---|---|\n");
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        double seconds[MAX_RUNS], megabytes = 0;
        int good = run_once(argv[1], cases[k].args, &megabytes) >= 0;

        for (int r = 0; r < runs && good; r++)
        {
            seconds[r] = run_once(argv[1], cases[k].args, &megabytes);
            good = seconds[r] >= 0;
        }
        if (!good)
        {
            printf("| %s | failed | | | | %s |\n", cases[k].name,
                   cases[k].goal);
            failed = 1;
            continue;
        }
        qsort(seconds, (size_t) runs, sizeof(double), compare_doubles);
        printf("| %s | %.3f | %.3f | %.3f | %.0f | %s |\n", cases[k].name,
               seconds[runs / 2], seconds[0], seconds[runs - 1], megabytes,
               cases[k].goal);
        fflush(stdout);
    }
    return failed;
}
