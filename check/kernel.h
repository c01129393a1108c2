/* check/kernel.h -- re-proves a certificate.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shares no code with what found the certificate: it uses the model alone
 * (texts, balls, operator polynomials) and follows docs/theory.md line by
 * line.  docs/certificates.md says which line of it proves what. */
#ifndef LB_KERNEL_H
#define LB_KERNEL_H

#include <lindbound/certificate_file.h>

#ifdef __cplusplus
extern "C" {
#endif

/* States that the kernel looks at, at most. */
#define LB_CHECK_MAX_STATES 4096
#define LB_CHECK_MAX_PREC 8192

/**
 * Proves the claim of proof @p k of @p c, or does not.
 *
 * @param value   what is proved of the quantity, whether or not the claim
 *                contains it; indeterminate if nothing is
 * @param reason  one line: which obligation failed; "" if the claim is proved
 * @return 1 only if the claim contains the quantity for every steady state
 *         (docs/theory.md) and every point of the parameter balls; of the
 *         truncated model if that is the level
 */
int lb_check_proof(acb_t value, char * reason, size_t size,
                   const lb_certificate_t c, slong k);

#ifdef __cplusplus
}
#endif

#endif /* LB_KERNEL_H */
