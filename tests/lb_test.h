/* tests/lb_test.h -- helpers shared by all CUnit programs.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Environment: LB_TEST_SEED (default fixed), LB_TEST_MULTIPLIER (scales the
 * iterations of randomized loops).  A failure prints what is needed to run it
 * again: iteration, seed, operands. */
#ifndef LB_TEST_H
#define LB_TEST_H

#include <stdio.h>
#include <stdlib.h>

#include <CUnit/Basic.h>
#include <lindbound/flint_compat.h>

typedef struct
{
    const char * name;
    CU_TestFunc fn;
} lb_test_case;

/* Iterations of a randomized loop: scaled by LB_TEST_MULTIPLIER, at least 1. */
static inline slong
lb_test_iters(slong base)
{
    const char * s = getenv("LB_TEST_MULTIPLIER");
    double m = s != NULL && *s != '\0' ? strtod(s, NULL) : 1.0;
    double n = (double) base * m;

    return n >= 1.0 ? (slong) n : 1;
}

/* Fixed seed unless LB_TEST_SEED is set; printed by every failure report. */
static inline ulong
lb_test_seed(void)
{
    const char * s = getenv("LB_TEST_SEED");

    return s != NULL && *s != '\0' ? strtoul(s, NULL, 0) : 20240607UL;
}

/* A random state that depends on the seed alone. */
static inline void
lb_test_rand_init(flint_rand_t state)
{
    lb_rand_init(state);
    lb_rand_seed(state, lb_test_seed(), 1);
}

#define LB_CHECK_OVERLAP_WITH_(overlaps, printn, x, y, iter)                  \
    do                                                                        \
    {                                                                         \
        int ok_ = overlaps(x, y);                                             \
        if (!ok_)                                                             \
        {                                                                     \
            printf("\n%s:%d iter %ld seed %lu: disjoint\n  %s = ", __FILE__,  \
                   __LINE__, (long) (iter), (unsigned long) lb_test_seed(),   \
                   #x);                                                       \
            printn(x, 40, 0);                                                 \
            printf("\n  %s = ", #y);                                          \
            printn(y, 40, 0);                                                 \
            printf("\n");                                                     \
        }                                                                     \
        CU_ASSERT(ok_);                                                       \
    } while (0)

/* Fail unless two enclosures of one number overlap; shows both balls. */
#define LB_CHECK_OVERLAP(x, y, iter)                                          \
    LB_CHECK_OVERLAP_WITH_(arb_overlaps, arb_printn, x, y, iter)
#define LB_CHECK_OVERLAP_ACB(x, y, iter)                                      \
    LB_CHECK_OVERLAP_WITH_(acb_overlaps, acb_printn, x, y, iter)

/* CUnit reports failures only through its counters: turn them, and an empty
   or short suite, into an exit status that CTest can see. */
static inline int
lb_test_main(const char * suite, const lb_test_case * cases, size_t n)
{
    unsigned asserts, bad_asserts, bad, run;
    CU_pSuite s;

    if (CU_initialize_registry() != CUE_SUCCESS)
        return EXIT_FAILURE;
    s = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; s != NULL && i < n; i++)
        if (CU_add_test(s, cases[i].name, cases[i].fn) == NULL)
            s = NULL;
    if (s == NULL)
    {
        printf("%s: cannot set up the suite\n", suite);
        CU_cleanup_registry();
        return EXIT_FAILURE;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    bad = CU_get_number_of_failures() + CU_get_number_of_suites_failed();
    run = CU_get_number_of_tests_run();
    asserts = CU_get_number_of_asserts();
    bad_asserts = CU_get_number_of_failures();
    CU_cleanup_registry();
    flint_cleanup();
    if (n == 0 || run != n || asserts == 0)
    {
        printf("%s: only %u of %zu tests ran, %u assertions\n", suite, run, n,
               asserts);
        bad++;
    }
    printf("%s: %u passed, %u failed\n", suite, asserts - bad_asserts,
           bad > bad_asserts ? bad : bad_asserts);
    return bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif /* LB_TEST_H */
