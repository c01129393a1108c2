/* certify/block_norm.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/block_norm.h>

void
lb_block_norm(mag_t norm, mag_t radius, acb_srcptr r, const lb_basis_t basis,
              slong j, slong k)
{
    slong n = basis->dimension;
    slong r0 = basis->shell_start[j], r1 = basis->shell_start[j + 1];
    slong c0 = basis->shell_start[k], c1 = basis->shell_start[k + 1];
    mag_ptr rows = _mag_vec_init(r1 - r0), columns = _mag_vec_init(c1 - c0);
    mag_t m, x, y, squares;

    mag_init(m);
    mag_init(x);
    mag_init(y);
    mag_init(squares);
    mag_zero(radius);
    for (slong i = r0; i < r1; i++)
        for (slong l = c0; l < c1; l++)
        {
            /* diagonal blocks are Hermitian: entry (i, l) from (l, i) */
            const acb_struct * z = i <= l ? r + i * n + l : r + l * n + i;

            acb_get_mag(m, z);
            if (mag_is_zero(m))
                continue;
            mag_add(rows + i - r0, rows + i - r0, m);
            mag_add(columns + l - c0, columns + l - c0, m);
            mag_addmul(squares, m, m);
            mag_hypot(m, arb_radref(acb_realref(z)),
                      arb_radref(acb_imagref(z)));
            mag_addmul(radius, m, m);
        }
    for (slong i = r0; i < r1; i++)
        mag_max(x, x, rows + i - r0);
    for (slong i = c0; i < c1; i++)
        mag_max(y, y, columns + i - c0);
    mag_mul(x, x, y);
    mag_min(norm, squares, x);
    mag_sqrt(norm, norm);
    mag_sqrt(radius, radius);
    _mag_vec_clear(rows, r1 - r0);
    _mag_vec_clear(columns, c1 - c0);
    mag_clear(m);
    mag_clear(x);
    mag_clear(y);
    mag_clear(squares);
}
