/* gate/gate_results.h -- the answers of a candidate that ran elsewhere.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Formats, CSV and JSON: docs/vectors.md, "Results from a file". */
#ifndef LB_GATE_RESULTS_H
#define LB_GATE_RESULTS_H

#include <lindbound/gate.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    const lb_vectors_struct * vectors;
    char * candidate; /* NULL: not said */
    char * version;
    json_t ** values; /* of each vector, as lb_answer_read_json takes it; NULL:
                         none */
    char ** cutoffs;  /* of each vector; NULL: not said */
} lb_gate_results_struct;

typedef lb_gate_results_struct lb_gate_results_t[1];

void lb_gate_results_init(lb_gate_results_t r);
void lb_gate_results_clear(lb_gate_results_t r);

/** Reads the file @p path into the empty @p r; a file that begins with '{' is
 *  JSON, any other one CSV.  @p vectors must outlive @p r.  LB_EIO; LB_EPARSE:
 *  malformed, an id twice; LB_ENAME: an id that is no vector; file and line, or
 *  JSON pointer, are in @p err.  On failure @p r is empty.
 *
 *  What is wrong with one value is no error: the gate judges it as ERRORED. */
LB_MUST_CHECK lb_status lb_gate_results_read(lb_gate_results_t r,
                                             const lb_vectors_t vectors,
                                             const char * path, lb_error * err);

/** An lb_gate_solver; @p results is an lb_gate_results_struct. */
void lb_gate_results_solve(lb_answer_struct * answers,
                           const lb_gate_request * request, int job,
                           void * results);

#ifdef __cplusplus
}
#endif

#endif /* LB_GATE_RESULTS_H */
