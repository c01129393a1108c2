/* certify/dense_correction.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/dense_correction.h>

/* The column of Y_ij in the matrix of
   L*(Y) = K'Y + YK + sum_k r_k c_k' Y c_k. */
static void
add_column(acb_mat_t a, const lb_ball_lindbladian_t l, slong i, slong j)
{
    const lb_ball_sparse_struct * g = l->generator;
    slong d = l->inner, column = i * d + j, prec = l->prec;
    acb_t x;

    acb_init(x);
    for (slong k = g->start[i]; k < g->start[i + 1]; k++)
        if (g->column[k] < d)
        {
            acb_ptr z = acb_mat_entry(a, g->column[k] * d + j, column);

            acb_conj(x, g->entry + k);
            acb_add(z, z, x, prec);
        }
    for (slong k = g->start[j]; k < g->start[j + 1]; k++)
        if (g->column[k] < d)
        {
            acb_ptr z = acb_mat_entry(a, i * d + g->column[k], column);

            acb_add(z, z, g->entry + k, prec);
        }
    for (slong q = 0; q < l->n_jumps; q++)
    {
        const lb_ball_sparse_struct * c = l->jumps + q;

        for (slong k = c->start[i]; k < c->start[i + 1]; k++)
            for (slong m = c->start[j]; m < c->start[j + 1]; m++)
            {
                if (c->column[k] >= d || c->column[m] >= d)
                    continue;
                acb_conj(x, c->entry + k);
                acb_mul(x, x, c->entry + m, prec);
                acb_mul_arb(x, x, l->rates + q, prec);
                acb_add(
                    acb_mat_entry(a, c->column[k] * d + c->column[m], column),
                    acb_mat_entry(a, c->column[k] * d + c->column[m], column),
                    x, prec);
            }
    }
    acb_clear(x);
}

int
lb_dense_correction_approx(acb_ptr y, acb_t o, const lb_ball_lindbladian_t l,
                           acb_srcptr r)
{
    slong d = l->inner, n = l->outer;
    acb_mat_t a, b, x;
    int solved;

    if (d > LB_DENSE_STATES)
        return 0;
    acb_mat_init(a, d * d, d * d);
    acb_mat_init(b, d * d, 1);
    acb_mat_init(x, d * d, 1);
    for (slong i = 0; i < d; i++)
        for (slong j = 0; j < d; j++)
        {
            acb_ptr z = acb_mat_entry(b, i * d + j, 0);

            if (i == 0 && j == 0) /* in the place of Y_00: o */
                for (slong k = 0; k < d; k++)
                    acb_set_si(acb_mat_entry(a, k * d + k, 0), -1);
            else
                add_column(a, l, i, j);
            if (i <= j)
                acb_neg(z, r + i * n + j);
            else
            {
                acb_conj(z, r + j * n + i);
                acb_neg(z, z);
            }
        }
    acb_mat_get_mid(a, a);
    acb_mat_get_mid(b, b);
    solved = acb_mat_approx_solve(x, a, b, l->prec);
    for (slong k = 0; k < d * d && solved; k++)
        solved = acb_is_finite(acb_mat_entry(x, k, 0));
    if (solved)
    {
        acb_get_mid(o, acb_mat_entry(x, 0, 0));
        for (slong k = 1; k < d * d; k++)
            acb_get_mid(y + k, acb_mat_entry(x, k, 0));
        acb_zero(y);
    }
    acb_mat_clear(a);
    acb_mat_clear(b);
    acb_mat_clear(x);
    return solved;
}
