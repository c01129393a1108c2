/* numeric/preconditioner.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/preconditioner.h>

void
lb_preconditioner_init(lb_preconditioner_t p, slong dimension)
{
    p->methods = NULL;
    p->data = NULL;
    p->dimension = dimension;
    p->condition = 1.0;
}

void
lb_preconditioner_clear(lb_preconditioner_t p)
{
    if (p->methods != NULL)
        p->methods->clear(p->data);
    lb_preconditioner_init(p, p->dimension);
}

const char *
lb_preconditioner_name(const lb_preconditioner_t p)
{
    return p->methods != NULL ? p->methods->name : "none";
}

static void
copy(lb_complex * y, const lb_preconditioner_t p, const lb_complex * x)
{
    memcpy(y, x,
           (size_t) (p->dimension * p->dimension) * sizeof(lb_complex));
}

void
lb_preconditioner_apply(lb_complex * y, lb_preconditioner_t p,
                        const lb_complex * x)
{
    if (p->methods != NULL)
        p->methods->apply(y, x, p->data);
    else
        copy(y, p, x);
}

void
lb_preconditioner_apply_adjoint(lb_complex * y, lb_preconditioner_t p,
                                const lb_complex * x)
{
    if (p->methods != NULL)
        p->methods->apply_adjoint(y, x, p->data);
    else
        copy(y, p, x);
}
