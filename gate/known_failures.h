/* gate/known_failures.h -- lists of vectors that are known to fail.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With a list a project can adopt the gate before it passes: what is in it may
 * fail, what is not must not, and what does not fail any more must be taken
 * out.  A file has one id per line; '#' begins a comment, and the one behind an
 * id is kept as its reason. */
#ifndef LB_KNOWN_FAILURES_H
#define LB_KNOWN_FAILURES_H

#include <lindbound/gate.h>

#ifdef __cplusplus
extern "C" {
#endif

void lb_known_failures_init(lb_known_failures * known);
void lb_known_failures_clear(lb_known_failures * known);

/** Reads the file @p path into the empty @p known.  LB_EIO; LB_ENAME: an id
 *  that is none of @p vectors; LB_EPARSE: more than one word on a line, an id
 *  twice; file and line are in @p err.  On failure @p known is empty. */
LB_MUST_CHECK lb_status lb_known_failures_read(lb_known_failures * known,
                                               const lb_vectors_t vectors,
                                               const char * path,
                                               lb_error * err);

/**
 * Fills the empty @p known by the cases of @p report that fail, each with its
 * verdict as reason.
 *
 * @param old  a list that is to be renewed; NULL: none.  The reasons in it are
 *             kept, and its ids that @p report did not judge.
 */
void lb_known_failures_of_report(lb_known_failures * known,
                                 const lb_gate_report_t report,
                                 const lb_known_failures * old);

/** Writes @p known as the file @p path, which lb_known_failures_read reads
 *  back; @p head, one line, stands above as a comment.  LB_EIO. */
LB_MUST_CHECK lb_status lb_known_failures_write(const lb_known_failures * known,
                                                const char * head,
                                                const char * path,
                                                lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_KNOWN_FAILURES_H */
