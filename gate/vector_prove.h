/* gate/vector_prove.h -- the values of one problem, for vector_make.c.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Not installed. */
#ifndef LB_VECTOR_PROVE_H
#define LB_VECTOR_PROVE_H

#include <lindbound/vector_spec.h>

/** The problem of a vector file with its vectors; NULL after an error, which
 *  names the vector.
 *
 *  @param more  digits, beyond those of the spec */
LB_MUST_CHECK lb_status lb_vector_problem_make(json_t ** out,
                                               const lb_vector_spec_t s,
                                               const lb_spec_problem * p,
                                               slong more, lb_error * err);

#endif /* LB_VECTOR_PROVE_H */
