/* bench/bench_ranks.c -- a table by more and more threads and ranks.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     bench_ranks PATH-OF-LINDBOUND [PATH-OF-MPIRUN [POINTS]]
 *
 * Three cavities at N<=5 (d = 56), T and g2, 6 digits, POINTS x POINTS points
 * (default 20), in a folder of its own under /tmp.  Wall time, speed-up against
 * one thread, processor time of all processes, and the peak memory of the
 * largest of them.  Only a machine that is otherwise idle gives a speed-up. */
#include "child_process.h"

#include <stdio.h>
#include <string.h>

#define MAX_ARGS 16

static const char spec[]
    = "{ \"schema\": \"lindbound-table/1\", \"name\": \"bench_ranks\",\n"
      "  \"title\": \"bench\", \"source\": \"-\", \"model\": "
      "\"three_cavity\",\n"
      "  \"parameters\": { \"theta\": \"x*pi\" },\n"
      "  \"axes\": [\n"
      "    { \"name\": \"x\", \"from\": \"-1\", \"to\": \"1\", \"points\": %d "
      "},\n"
      "    { \"name\": \"kappa_b\", \"scale\": \"log\", \"from\": \"0.1\",\n"
      "      \"to\": \"10\", \"points\": %d } ],\n"
      "  \"level\": \"truncated\", \"cutoff\": \"5\", \"digits\": 6,\n"
      "  \"columns\": [ \"T_ac\", \"g2_ac\" ] }\n";

static const struct
{
    const char *threads, *ranks; /* no ranks: without mpirun */
} cases[] = { { "1", NULL }, { "2", NULL }, { "1", "1" }, { "1", "2" } };

/* User and system seconds of all children that have ended. */
static double
processor_seconds(void)
{
    struct rusage u;

    getrusage(RUSAGE_CHILDREN, &u);
    return (double) (u.ru_utime.tv_sec + u.ru_stime.tv_sec)
           + 1e-6 * (double) (u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

/* One table; its wall seconds, or -1. */
static double
run_case(const char * program, const char * mpirun, const char * threads,
         const char * ranks, double * megabytes)
{
    char * argv[MAX_ARGS];
    int n = 0;

    if (ranks != NULL)
    {
        const char * const words[]
            = { mpirun, "--oversubscribe", "--bind-to", "none", "-n", ranks };

        for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
            argv[n++] = (char *) words[k];
    }
    {
        const char * const words[]
            = { program,   "table",   "./spec.json", "-O",   "table",
                "--force", "--quiet", "--threads",   threads };

        for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
            argv[n++] = (char *) words[k];
    }
    argv[n] = NULL;
    return run_child(argv, megabytes);
}

/* A new folder with the spec in it becomes the working folder. */
static int
make_folder(char * folder, int points)
{
    FILE * f;

    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return 0;
    f = fopen("spec.json", "w");
    if (f == NULL)
        return 0;
    fprintf(f, spec, points, points);
    return fclose(f) == 0;
}

int
main(int argc, char ** argv)
{
    char * program = argc > 1 ? realpath(argv[1], NULL) : NULL;
    const char * mpirun = argc > 2 ? argv[2] : NULL;
    int points = argc > 3 ? atoi(argv[3]) : 20, failed = 0;
    char folder[] = "/tmp/bench_ranks_XXXXXX";
    double one = 0;

    if (program == NULL || points < 2 || !make_folder(folder, points))
    {
        fprintf(stderr, "usage: bench_ranks PATH-OF-LINDBOUND "
                        "[PATH-OF-MPIRUN [POINTS]]\n");
        return 2;
    }
    printf("| threads | ranks | s | speed-up | processor s | ms per point | "
           "peak MB |\n|---|---|---|---|---|---|---|\n");
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        double megabytes = 0, before = processor_seconds(), seconds;

        if (cases[k].ranks != NULL && mpirun == NULL)
            continue;
        seconds = run_case(program, mpirun, cases[k].threads, cases[k].ranks,
                           &megabytes);
        if (seconds < 0)
        {
            printf("| %s | %s | failed |\n", cases[k].threads,
                   cases[k].ranks != NULL ? cases[k].ranks : "-");
            failed = 1;
            continue;
        }
        if (k == 0)
            one = seconds;
        printf("| %s | %s | %.2f | %.2f | %.2f | %.2f | %.0f |\n",
               cases[k].threads, cases[k].ranks != NULL ? cases[k].ranks : "-",
               seconds, one / seconds, processor_seconds() - before,
               1000 * seconds / (points * points), megabytes);
        fflush(stdout);
    }
    unlink("spec.json");
    unlink("table.json");
    unlink("table.csv");
    rmdir(folder);
    free(program);
    return failed;
}
