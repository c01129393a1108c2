/* certify/certificate.h -- proofs as plain data.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A certificate holds what a certified value was proved from, the exact
 * numbers Y, o and the weights: enough to prove it again without any solver
 * (check/kernel.h).  The format is described in docs/certificates.md. */
#ifndef LB_CERTIFICATE_H
#define LB_CERTIFICATE_H

#include <jansson.h>
#include <lindbound/certifier.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The proof of the last value of @p c, as JSON; a new reference.
 *
 * @param name      of the quantity, for people; or NULL
 * @param quantity  the expression that was evaluated
 * @param settings  what @p scope was made with
 * @return NULL if that value proves nothing
 */
json_t * lb_certificate_proof(const lb_certifier * c, const char * name,
                              const lb_expr * quantity,
                              const lb_settings_t settings,
                              const lb_scope_t scope);

/** Writes a certificate of @p proofs (an array of the above; borrowed) about
 *  @p m.  LB_EIO on failure; a half-written file is never left behind. */
LB_MUST_CHECK lb_status lb_certificate_write(const char * path,
                                             const lb_model_t m,
                                             json_t * proofs, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_CERTIFICATE_H */
