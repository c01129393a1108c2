/* numeric/preconditioner.h -- approximate inverses of a Lindbladian.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One interface for all of them.  A preconditioner approximates the inverse of
 * the *deflated* Lindbladian of the solver (numeric/steady_state.c),
 *
 *     x -> L(x) + damping * tr(x) |vacuum><vacuum|,
 *
 * or of its adjoint, in the scaled frame of the Lindbladian it was made from.
 * It need not be accurate: it decides how fast a solution is found, never what
 * is found. */
#ifndef LB_PRECONDITIONER_H
#define LB_PRECONDITIONER_H

#include <lindbound/lindbladian.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    const char * name;
    /* y = approximate inverse applied to x; dense d x d, not overlapping */
    void (*apply)(lb_complex * y, const lb_complex * x, void * data);
    void (*apply_adjoint)(lb_complex * y, const lb_complex * x, void * data);
    void (*clear)(void * data);
} lb_preconditioner_methods;

typedef struct
{
    const lb_preconditioner_methods * methods; /* NULL: the identity        */
    void * data;                               /* of the implementation     */
    slong dimension;
    double condition; /* of the eigenvectors behind it, 1-norm; 1 if none    */
} lb_preconditioner_struct;

typedef lb_preconditioner_struct lb_preconditioner_t[1];

/** The identity. */
void lb_preconditioner_init(lb_preconditioner_t p, slong dimension);
void lb_preconditioner_clear(lb_preconditioner_t p);

/** "none" for the identity. */
const char * lb_preconditioner_name(const lb_preconditioner_t p);

/**
 * Initializes @p p with the implementation that is expected to solve the
 * equations of @p l (which may be cleared afterwards) soonest; clear with
 * lb_preconditioner_clear whatever the status.
 *
 * Graded (numeric/graded.h) if what changes N in H_eff is weak enough for its
 * cheaper applications to outweigh their greater number, and if the drive-free
 * model has one stationary state; else full Sylvester
 * (numeric/full_sylvester.h).
 *
 * @return LB_OK; LB_ENOCONV: LAPACK failed (p is then the identity)
 */
LB_MUST_CHECK lb_status lb_preconditioner_init_best(lb_preconditioner_t p,
                                                    const lb_lindbladian_t l,
                                                    lb_error * err);

/** Makes @p p, made by lb_preconditioner_init_best from @p l, one for weak
 *  drives (lb_graded_drive), which lb_preconditioner_fall_back gives up first;
 *  0: it is of another kind, and as before. */
int lb_preconditioner_drive(lb_preconditioner_t p, const lb_lindbladian_t l);

/** How many iterations, of the @p most that are allowed, may pass before
 *  lb_preconditioner_fall_back should be tried. */
slong lb_preconditioner_patience(const lb_preconditioner_t p, slong most);

/** Replaces @p p, made by lb_preconditioner_init_best from @p l, by a slower
 *  and stronger one; 0 if there is none (p is then as before). */
int lb_preconditioner_fall_back(lb_preconditioner_t p,
                                const lb_lindbladian_t l);

/* Not const: implementations keep scratch space. */
void lb_preconditioner_apply(lb_complex * y, lb_preconditioner_t p,
                             const lb_complex * x);
void lb_preconditioner_apply_adjoint(lb_complex * y, lb_preconditioner_t p,
                                     const lb_complex * x);

#ifdef __cplusplus
}
#endif

#endif /* LB_PRECONDITIONER_H */
