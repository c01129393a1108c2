/* gate/gate_names.h -- ids that are misspelt, for the sources of this room.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_GATE_NAMES_H
#define LB_GATE_NAMES_H

#include <lindbound/vectors.h>

/** LB_ENAME: @p id is none of the vectors; did you mean ...? */
lb_status lb_gate_refuse_vector(const lb_vectors_t vectors, const char * id,
                                lb_error * err);
/** The same of a problem. */
lb_status lb_gate_refuse_problem(const lb_vectors_t vectors, const char * id,
                                 lb_error * err);
/** The problem @p id, or -1. */
slong lb_gate_find_problem(const lb_vectors_t vectors, const char * id);

/** LB_ENAME: @p name is no @p kind; the nearest of @p n names get(of, k) is
 *  proposed. */
lb_status lb_gate_refuse_name(const char * kind, const char * name,
                              const char * (*get)(const void * of, slong k),
                              const void * of, slong n, lb_error * err);

#endif /* LB_GATE_NAMES_H */
