/* analytic/kerr.h -- the steady state of one driven Kerr mode, exactly.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Model    H = Delta a'a + chi a'^2 a^2 + xi a' + conj(xi) a, loss
 *          gamma (a rho a' - {a'a, rho}/2), gamma > 0.
 * Source   P. D. Drummond and D. F. Walls, J. Phys. A 13, 725 (1980); derived
 *          anew in theory.md [K1].
 * Units    Delta, chi, xi and gamma share one unit.
 * Sign     Delta = omega_mode - omega_drive.
 *
 * No Fock space and no division by chi or xi: a linear mode (a coherent
 * state), no drive (the vacuum) and balls around chi = 0 or xi = 0 are points
 * like others. */
#ifndef LB_KERR_H
#define LB_KERR_H

#include <lindbound/flint_compat.h>
#include <lindbound/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Terms of a series at most: about 8 |xi|^2 / gamma^2 are needed. */
#define LB_KERR_MAX_TERMS 1000000

typedef struct
{
    arb_t delta;
    arb_t chi;
    arb_t gamma;
    acb_t xi;
} lb_kerr_struct;

typedef lb_kerr_struct lb_kerr_t[1];

/** All parameters exactly zero: set gamma before asking anything. */
void lb_kerr_init(lb_kerr_t k);
void lb_kerr_clear(lb_kerr_t k);

/**
 * Encloses the normally ordered moment <a'^create a^annihilate>.
 *
 * For every choice of points in the balls of @p k the exact moment lies in
 * @p value; the tail of the series is part of its radius.
 *
 * @param create,annihilate  >= 0
 * @return LB_OK; LB_EDOM: gamma is not provably > 0, or a power is negative;
 *         LB_EPREC: no finite ball at this precision or within
 *         LB_KERR_MAX_TERMS.  On failure value is indeterminate.
 */
LB_MUST_CHECK lb_status lb_kerr_moment(acb_t value, const lb_kerr_t k,
                                       slong create, slong annihilate,
                                       slong prec);

/** Encloses the matrix element <row| rho |column> of the steady state between
 *  photon numbers >= 0.  Statuses as of lb_kerr_moment. */
LB_MUST_CHECK lb_status lb_kerr_element(acb_t value, const lb_kerr_t k,
                                        slong row, slong column, slong prec);

#ifdef __cplusplus
}
#endif

#endif /* LB_KERR_H */
