/* certify/truncated.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/truncated.h>

void
lb_truncated_bound(lb_residual_bound_t b, acb_srcptr r, const lb_opoly_t op,
                   const arf_t o, void * context)
{
    const lb_enclosure_space * space = context;
    slong d = space->outer->dimension;

    (void) op;
    (void) o;
    lb_hermitian_norm_bound(b->refinable, r, d); /* [T2] */
    lb_hermitian_radius_bound(b->radius, r, d);
    mag_zero(b->boundary);
}

void
lb_truncated_space_set(lb_enclosure_space * space)
{
    space->bound = lb_truncated_bound;
    space->context = space;
}
