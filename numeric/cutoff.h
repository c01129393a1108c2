/* numeric/cutoff.h -- which part of Fock space is kept.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A cutoff N means highest level N: `a=5` keeps the levels 0..5 of the mode a,
 * `8` alone keeps the product states with at most 8 excitations in total.
 * Both may be given; a state is kept if it respects all of them. */
#ifndef LB_CUTOFF_H
#define LB_CUTOFF_H

#include <lindbound/error.h>
#include <lindbound/scope.h>

#ifdef __cplusplus
extern "C" {
#endif

/* larger levels are refused: no dense method gets there */
#define LB_MAX_LEVEL 100000

typedef struct
{
    slong subsystems;
    slong * levels; /* highest level per subsystem, -1: none given;
                       two-level systems have 1                    */
    slong total;    /* cap on the total excitation number, -1: none */
} lb_cutoff_struct;

typedef lb_cutoff_struct lb_cutoff_t[1];

/** No cutoff for modes, level 1 for two-level systems. */
void lb_cutoff_init(lb_cutoff_t c, const lb_kind * kinds, slong subsystems);
void lb_cutoff_clear(lb_cutoff_t c);
/** c = d; both initialized for the same number of subsystems. */
void lb_cutoff_set(lb_cutoff_t c, const lb_cutoff_t d);

/**
 * Reads the text of `--cutoff`: "8", "a=5,b=5" or "8,a=5"; and what
 * lb_cutoff_get_str writes, "N<=8, a<=5".
 *
 * @param c      initialized for the subsystems of @p scope; on failure it is
 *               as after lb_cutoff_init
 * @return LB_OK; LB_EPARSE (malformed, or given twice), LB_ENAME (no such
 *         subsystem), LB_EDIM (a mode stays unbounded, a level is too high)
 */
LB_MUST_CHECK lb_status lb_cutoff_parse(lb_cutoff_t c, const char * text,
                                        const lb_scope_t scope,
                                        lb_error * err);

/** The highest level of subsystem @p which that the cutoff lets through,
 *  -1 if it is unbounded. */
slong lb_cutoff_level(const lb_cutoff_t c, slong which);

/** "N<=8", "a<=5, b<=5", "N<=8, a<=5"; "all levels" if there are only
 *  two-level systems and no cap.  Release with flint_free. */
char * lb_cutoff_get_str(const lb_cutoff_t c, const lb_scope_t scope);

/** Name of the subsystem at place @p which of the basis; "?" if none. */
const char * lb_cutoff_subsystem_name(const lb_scope_t scope, slong which);

#ifdef __cplusplus
}
#endif

#endif /* LB_CUTOFF_H */
