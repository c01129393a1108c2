/* bench/child_process.h -- a command as a process of its own, measured.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Include first: wait4 needs _DEFAULT_SOURCE. */
#ifndef LB_BENCH_CHILD_PROCESS_H
#define LB_BENCH_CHILD_PROCESS_H

#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static inline double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double) t.tv_sec + 1e-9 * (double) t.tv_nsec;
}

/* Starts argv[0] on one BLAS thread, its output going to the file descriptor
   `out`; -1 on failure. */
static inline pid_t
start_child(char ** argv, int out)
{
    pid_t child = fork();

    if (child == 0)
    {
        if (out < 0 || dup2(out, STDOUT_FILENO) < 0
            || setenv("OPENBLAS_NUM_THREADS", "1", 1) != 0)
            _exit(127);
        execv(argv[0], argv);
        _exit(127);
    }
    return child;
}

/* 1 if it ended with exit status 0; its peak memory raises *megabytes. */
static inline int
wait_for_child(pid_t child, double * megabytes)
{
    struct rusage usage;
    int status;

    if (child < 0 || wait4(child, &status, 0, &usage) != child
        || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return 0;
    if ((double) usage.ru_maxrss / 1024 > *megabytes)
        *megabytes = (double) usage.ru_maxrss / 1024;
    return 1;
}

/* Wall seconds of a run of argv[0], its output thrown away, or -1; its peak
   memory raises *megabytes. */
static inline double
run_child(char ** argv, double * megabytes)
{
    double start = now();
    int null = open("/dev/null", O_WRONLY);
    int good = wait_for_child(start_child(argv, null), megabytes);

    if (null >= 0)
        close(null);
    return good ? now() - start : -1;
}

#endif /* LB_BENCH_CHILD_PROCESS_H */
