/* check/tail_check.h -- the tail of [L4], proved once more.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TAIL_CHECK_H
#define LB_TAIL_CHECK_H

#include <lindbound/certificate_file.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Proves theory.md [L4] for the model @p p above the shell m of @p w.
 *
 * @param pairs   whether two-photon losses damp modes with a linear loss, too:
 *                both readings of [L3] are valid
 * @param cost    upper bounds of C_0..C_m, if proved
 * @param link    upper bound of C', if proved
 * @param reason  why not
 * @return 1 only if the hypotheses of [L4] hold, at every point of the balls
 */
int lb_tail_check(mag_ptr cost, mag_t link, char * reason, size_t size,
                  const lb_problem_t p, const lb_proof_populations * w,
                  int pairs);

#ifdef __cplusplus
}
#endif

#endif /* LB_TAIL_CHECK_H */
