/* compare/power_law.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <gsl/gsl_fit.h>

#include <lindbound/power_law.h>

void
lb_power_law_init(lb_power_law_t fit)
{
    arb_init(fit->exponent);
    arb_init(fit->prefactor);
    arb_init(fit->standard_error);
    arb_init(fit->largest_residual);
    arb_init(fit->r_squared);
    fit->approx_exponent = 0.0;
    fit->approx_prefactor = 0.0;
    fit->approx_standard_error = 0.0;
}

void
lb_power_law_clear(lb_power_law_t fit)
{
    arb_clear(fit->exponent);
    arb_clear(fit->prefactor);
    arb_clear(fit->standard_error);
    arb_clear(fit->largest_residual);
    arb_clear(fit->r_squared);
}

static void
indeterminate(lb_power_law_t fit)
{
    arb_indeterminate(fit->exponent);
    arb_indeterminate(fit->prefactor);
    arb_indeterminate(fit->standard_error);
    arb_indeterminate(fit->largest_residual);
    arb_indeterminate(fit->r_squared);
    fit->approx_exponent = NAN;
    fit->approx_prefactor = NAN;
    fit->approx_standard_error = NAN;
}

/* --- the estimate -------------------------------------------------------- */

static void
approx_fit(lb_power_law_t fit, arb_srcptr log_x, arb_srcptr log_y, arb_srcptr w,
           slong n)
{
    size_t count = (size_t) n;
    double * data = flint_malloc(3 * count * sizeof(double));
    double *u = data, *v = data + count, *weight = data + 2 * count;
    double c0, c1, cov00, cov01, cov11, chi2;

    for (slong i = 0; i < n; i++)
    {
        u[i] = arf_get_d(arb_midref(log_x + i), ARF_RND_NEAR);
        v[i] = arf_get_d(arb_midref(log_y + i), ARF_RND_NEAR);
        if (w != NULL)
            weight[i] = arf_get_d(arb_midref(w + i), ARF_RND_NEAR);
    }
    if (w == NULL)
        gsl_fit_linear(u, 1, v, 1, count, &c0, &c1, &cov00, &cov01, &cov11,
                       &chi2);
    else
    {
        gsl_fit_wlinear(u, 1, weight, 1, v, 1, count, &c0, &c1, &cov00, &cov01,
                        &cov11, &chi2);
        /* its weights are 1/variance; here the scatter sets the scale, as it
           does without weights */
        cov11 *= chi2 / (double) (n - 2);
    }
    fit->approx_exponent = c1;
    fit->approx_prefactor = exp(c0);
    fit->approx_standard_error = sqrt(cov11);
    flint_free(data);
}

/* --- the proof ----------------------------------------------------------- */

/* Everything that depends on the x and the weights alone: the exponent is
   sum slope_i v_i and ln A is sum offset_i v_i, v = ln y. */
typedef struct
{
    arb_ptr u; /* ln x          */
    arb_ptr w; /* weights       */
    arb_ptr slope, offset;
    arb_t spread; /* sum w (u - mean)^2 */
} design;

static void
design_init(design * d, slong n)
{
    d->u = _arb_vec_init(n);
    d->w = _arb_vec_init(n);
    d->slope = _arb_vec_init(n);
    d->offset = _arb_vec_init(n);
    arb_init(d->spread);
}

static void
design_clear(design * d, slong n)
{
    _arb_vec_clear(d->u, n);
    _arb_vec_clear(d->w, n);
    _arb_vec_clear(d->slope, n);
    _arb_vec_clear(d->offset, n);
    arb_clear(d->spread);
}

/* mean = sum w_i x_i / sum w_i; total = sum w_i */
static void
weighted_mean(arb_t mean, arb_t total, arb_srcptr w, arb_srcptr x, slong n,
              slong prec)
{
    arb_dot(mean, NULL, 0, w, 1, x, 1, n, prec);
    arb_zero(total);
    for (slong i = 0; i < n; i++)
        arb_add(total, total, w + i, prec);
    arb_div(mean, mean, total, prec);
}

/* sum w_i (x_i - mean)^2 */
static void
weighted_spread(arb_t spread, const arb_t mean, arb_srcptr w, arb_srcptr x,
                slong n, slong prec)
{
    arb_t t;

    arb_init(t);
    arb_zero(spread);
    for (slong i = 0; i < n; i++)
    {
        arb_sub(t, x + i, mean, prec);
        arb_sqr(t, t, prec);
        arb_addmul(spread, t, w + i, prec);
    }
    arb_clear(t);
}

/* slope_i = w_i (u_i - mean)/spread, offset_i = w_i/W - slope_i mean;
   0 if the spread is not provably positive */
static int
solve_design(design * d, slong n, slong prec)
{
    arb_t mean, total;
    int positive;

    arb_init(mean);
    arb_init(total);
    weighted_mean(mean, total, d->w, d->u, n, prec);
    weighted_spread(d->spread, mean, d->w, d->u, n, prec);
    positive = arb_is_positive(d->spread) && arb_is_finite(d->spread);
    for (slong i = 0; i < n && positive; i++)
    {
        arb_sub(d->slope + i, d->u + i, mean, prec);
        arb_mul(d->slope + i, d->slope + i, d->w + i, prec);
        arb_div(d->slope + i, d->slope + i, d->spread, prec);
        arb_div(d->offset + i, d->w + i, total, prec);
        arb_submul(d->offset + i, d->slope + i, mean, prec);
    }
    arb_clear(mean);
    arb_clear(total);
    return positive;
}

/* v_j - sum_i (offset_i + slope_i u_j) v_i: each v_i is used once, so that its
   radius is not counted twice */
static void
residual(arb_t r, const design * d, arb_srcptr v, slong j, slong n, slong prec)
{
    arb_t factor;

    arb_init(factor);
    arb_zero(r);
    for (slong i = 0; i < n; i++)
    {
        arb_mul(factor, d->slope + i, d->u + j, prec);
        arb_add(factor, factor, d->offset + i, prec);
        arb_neg(factor, factor);
        if (i == j)
            arb_add_ui(factor, factor, 1, prec);
        arb_addmul(r, factor, v + i, prec);
    }
    arb_clear(factor);
}

static void
fit_residuals(lb_power_law_t fit, const design * d, arb_srcptr v, slong n,
              slong prec)
{
    arb_t chi2, r, mean, total, spread;

    arb_init(chi2);
    arb_init(r);
    arb_init(mean);
    arb_init(total);
    arb_init(spread);
    arb_zero(fit->largest_residual);
    for (slong j = 0; j < n; j++)
    {
        residual(r, d, v, j, n, prec);
        arb_abs(r, r);
        arb_max(fit->largest_residual, fit->largest_residual, r, prec);
        arb_sqr(r, r, prec);
        arb_addmul(chi2, r, d->w + j, prec);
    }
    arb_nonnegative_part(chi2, chi2);
    arb_div_si(fit->standard_error, chi2, n - 2, prec);
    arb_div(fit->standard_error, fit->standard_error, d->spread, prec);
    arb_sqrtpos(fit->standard_error, fit->standard_error, prec);
    weighted_mean(mean, total, d->w, v, n, prec);
    weighted_spread(spread, mean, d->w, v, n, prec);
    arb_div(fit->r_squared, chi2, spread, prec);
    arb_sub_ui(fit->r_squared, fit->r_squared, 1, prec);
    arb_neg(fit->r_squared, fit->r_squared);
    arb_clear(chi2);
    arb_clear(r);
    arb_clear(mean);
    arb_clear(total);
    arb_clear(spread);
}

static int
positive(const arb_t x)
{
    return arb_is_finite(x) && arb_is_positive(x);
}

static lb_status
check_data(arb_srcptr x, arb_srcptr y, arb_srcptr weights, slong n,
           lb_error * err)
{
    if (n < 3)
        return lb_error_set(err, LB_EDOM, "a fit needs at least 3 points");
    for (slong i = 0; i < n; i++)
        if (!positive(x + i) || !positive(y + i)
            || (weights != NULL && !positive(weights + i)))
            return lb_error_set(err, LB_EDOM,
                                "%s of point %ld (counted from 1) is not "
                                "provably positive and finite",
                                !positive(x + i)   ? "x"
                                : !positive(y + i) ? "y"
                                                   : "the weight",
                                (long) i + 1);
    return LB_OK;
}

lb_status
lb_power_law_fit(lb_power_law_t fit, arb_srcptr x, arb_srcptr y,
                 arb_srcptr weights, slong n, slong prec, lb_error * err)
{
    lb_status status = check_data(x, y, weights, n, err);
    arb_ptr v;
    design d;

    indeterminate(fit);
    if (status != LB_OK)
        return status;
    v = _arb_vec_init(n);
    design_init(&d, n);
    for (slong i = 0; i < n; i++)
    {
        arb_log(d.u + i, x + i, prec);
        arb_log(v + i, y + i, prec);
        if (weights != NULL)
            arb_set(d.w + i, weights + i);
        else
            arb_one(d.w + i);
    }
    if (solve_design(&d, n, prec))
    {
        arb_dot(fit->exponent, NULL, 0, d.slope, 1, v, 1, n, prec);
        arb_dot(fit->prefactor, NULL, 0, d.offset, 1, v, 1, n, prec);
        arb_exp(fit->prefactor, fit->prefactor, prec);
        fit_residuals(fit, &d, v, n, prec);
        approx_fit(fit, d.u, v, weights == NULL ? NULL : d.w, n);
    }
    else
        status = lb_error_set(err, LB_EPREC,
                              "the x of the points are not provably different");
    _arb_vec_clear(v, n);
    design_clear(&d, n);
    return status;
}
