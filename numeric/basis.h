/* numeric/basis.h -- the product states that a cutoff keeps.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * States |n_0 n_1 ...> are ordered by total excitation N = sum n_k, then
 * lexicographically; the vacuum has index 0.  States of equal N form a shell:
 * shell N has the indices shell_start[N] .. shell_start[N+1] - 1 (it may be
 * empty). */
#ifndef LB_BASIS_H
#define LB_BASIS_H

#include <lindbound/cutoff.h>
#include <lindbound/operator_polynomial.h>

#ifdef __cplusplus
extern "C" {
#endif

/* default of --max-dimension */
#define LB_MAX_DIMENSION 1024

typedef struct
{
    slong subsystems;
    slong dimension;
    slong * levels;      /* dimension x subsystems, row-major         */
    slong * excitations; /* total excitation number of each state     */
    slong shells;        /* highest total excitation number, plus one */
    slong * shell_start; /* shells + 1 indices                        */
} lb_basis_struct;

typedef lb_basis_struct lb_basis_t[1];

/** Number of states that @p c keeps; -1 if a mode is unbounded, WORD_MAX if
 *  there are WORD_MAX or more.  Allocates no states. */
slong lb_basis_count(const lb_cutoff_t c);

/**
 * Initializes @p b with the states that @p c keeps; clear with lb_basis_clear
 * whatever the status.
 *
 * @return LB_OK; LB_EDIM (the basis is left empty): more than
 *         @p max_dimension states, or a mode without cutoff
 */
LB_MUST_CHECK lb_status lb_basis_init(lb_basis_t b, const lb_cutoff_t c,
                                      slong max_dimension, lb_error * err);
void lb_basis_clear(lb_basis_t b);

/** Levels of state @p i (array of length b->subsystems). */
const slong * lb_basis_state(const lb_basis_t b, slong i);

/** Index of the state with the given levels; -1 if the basis lacks it. */
slong lb_basis_find(const lb_basis_t b, const slong * levels);

/**
 * Refuses an operator that the basis cannot see: every term needs the lowest
 * state it acts on and the state it makes of it.  Without them <a'^3 a^3>
 * would be an exact zero that is only the cutoff's.
 *
 * @param what   how the message calls the operator, e.g. "observable g3"
 * @return LB_OK; LB_EDIM
 */
LB_MUST_CHECK lb_status lb_basis_check_operator(const lb_basis_t b,
                                                const lb_opoly_t op,
                                                const char * what,
                                                const lb_cutoff_t c,
                                                const lb_scope_t scope,
                                                lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_BASIS_H */
