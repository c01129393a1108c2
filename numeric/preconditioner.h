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

void lb_preconditioner_apply(lb_complex * y, lb_preconditioner_t p,
                             const lb_complex * x);
void lb_preconditioner_apply_adjoint(lb_complex * y, lb_preconditioner_t p,
                                     const lb_complex * x);

#ifdef __cplusplus
}
#endif

#endif /* LB_PRECONDITIONER_H */
