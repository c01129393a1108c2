/* certify/truncated.h -- the bound behind level `truncated`.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TRUNCATED_H
#define LB_TRUNCATED_H

#include <lindbound/enclosure.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The member `bound` of an lb_enclosure_space whose inner and outer basis are
 *  the same: |tr(rho R)| <= ||R|| for every density matrix rho on the
 *  truncated space, theory.md [T2].  Nothing is boundary; @p context is
 *  the space. */
void lb_truncated_bound(lb_residual_bound_t b, acb_srcptr r,
                        const lb_opoly_t op, const arf_t o, void * context);

/** Makes @p space, whose other members are set, bound residuals like that. */
void lb_truncated_space_set(lb_enclosure_space * space);

#ifdef __cplusplus
}
#endif

#endif /* LB_TRUNCATED_H */
