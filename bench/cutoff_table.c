/* bench/cutoff_table.c -- how far from the smallest cutoff level full stays.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     cutoff_table DATA-FOLDER
 *
 * For each system and drive: the smallest total cutoff N <= M whose truncated
 * value of an observable agrees with that of the infinite-dimensional model to
 * DIGITS digits, the M that level full chose to prove as many, and the radius
 * that it proved.  Both truncated and infinite value are enclosed to
 * REFERENCE_DIGITS digits; agreement is decided on the balls. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/certifier.h>
#include <lindbound/kerr.h>
#include <lindbound/model_file.h>
#include <lindbound/text.h>

#define DIGITS 10
#define REFERENCE_DIGITS 14
#define MAX_DIMENSION 2000
#define MAX_TOTAL 100

typedef struct
{
    const char * model;
    const char * drive;
    const char * values[2]; /* of the drive, without its unit; in full */
    const char * observable;
} table_case;

static const table_case cases[] = {
    { "kerr", "xi", { "1e-5", "1e-5*gamma" }, "g2" },
    { "kerr", "xi", { "0.1", "0.1*gamma" }, "g2" },
    { "kerr", "xi", { "0.5", "0.5*gamma" }, "g2" },
    { "kerr", "xi", { "2", "2*gamma" }, "g2" },
    { "nanotip", "xi", { "1e-3", "gamma/1000" }, "g2_cw" },
    { "nanotip", "P_in", { "4 fW", "4e-15" }, "g2_cw" },
    { "three_cavity", "Omega", { "0.01", "0.01*kappa" }, "g2_ac" },
    { "three_cavity", "Omega", { "0.1", "0.1*kappa" }, "g2_ac" },
    { "three_cavity", "Omega", { "0.1", "0.1*kappa" }, "g2_ca" },
    { "three_cavity", "Omega", { "0.3", "0.3*kappa" }, "g2_ac" },
    { "two_atoms", "Omega", { "1/800", "g/800" }, "g2_cw" },
    { "two_atoms", "Omega", { "1/80", "g/80" }, "g2_cw" },
};

/* A model at the setting of one row. */
typedef struct
{
    lb_model_t model;
    lb_scope_t scope;
    const lb_expr * observable;
} row;

static lb_status
row_init(row * r, const table_case * c, const char * data, lb_error * err)
{
    char * path = lb_text_print("%s/models/%s.json", data, c->model);
    lb_settings_t at;
    lb_status status;
    slong k;

    lb_model_init(r->model);
    lb_settings_init(at);
    status = lb_model_read(r->model, path, err);
    k = status == LB_OK ? lb_model_find_observable(r->model, c->observable)
                        : -1;
    if (status == LB_OK && k < 0)
        status = lb_error_set(err, LB_ENAME, "no observable %s", c->observable);
    if (status == LB_OK)
    {
        r->observable = r->model->observables[k].expr;
        lb_settings_merge(at, r->model->observables[k].at);
        lb_settings_set(at, c->drive, c->values[1], "table", NULL);
        status = lb_model_scope_at(r->scope, r->model, at, err);
    }
    if (status != LB_OK)
        lb_model_clear(r->model);
    lb_settings_clear(at);
    flint_free(path);
    return status;
}

static void
row_clear(row * r)
{
    lb_scope_clear(r->scope);
    lb_model_clear(r->model);
}

/* The value at level full; whether all digits are there. */
static int
full_value(acb_t value, lb_certified_info * info, const row * r, slong digits,
           lb_error * err)
{
    lb_certifier * c;
    lb_status status
        = lb_certifier_new_full(&c, r->model, r->scope, MAX_DIMENSION, err);

    if (status == LB_OK)
        status = lb_certifier_value(value, info, c, r->observable, digits, err);
    if (status == LB_OK && !info->reached)
        lb_error_set(err, LB_EPREC, "%s", info->limit);
    lb_certifier_free(c);
    return status == LB_OK && info->reached;
}

/* The value at level truncated, N <= total. */
static int
truncated_value(acb_t value, const row * r, slong total, lb_error * err)
{
    lb_certified_info info;
    lb_certifier * c;
    lb_cutoff_t cutoff;
    lb_status status;

    lb_cutoff_init(cutoff, r->scope->kinds, r->scope->subsystems);
    cutoff->total = total;
    status = lb_certifier_new_truncated(&c, r->model, r->scope, cutoff,
                                        MAX_DIMENSION, err);
    if (status == LB_OK)
        status = lb_certifier_value(value, &info, c, r->observable,
                                    REFERENCE_DIGITS, err);
    lb_certifier_free(c);
    lb_cutoff_clear(cutoff);
    return status == LB_OK && info.reached;
}

static int
parameter(arb_t x, const row * r, const char * name, slong prec)
{
    lb_expr * e;
    lb_scalar_t y;
    lb_env_t env;
    int good;

    if (lb_expr_parse(&e, name, NULL) != LB_OK)
        return 0;
    lb_scalar_init(y);
    lb_env_init(env, r->scope, prec);
    good = lb_env_scalar(y, env, e, NULL) == LB_OK;
    acb_get_real(x, y->coefficient);
    lb_env_clear(env);
    lb_scalar_clear(y);
    lb_expr_free(e);
    return good;
}

/* g2 of the model kerr, exactly */
static int
kerr_value(acb_t value, const row * r)
{
    slong prec = 200;
    lb_kerr_t k;
    acb_t n;
    int good;

    lb_kerr_init(k);
    acb_init(n);
    good = parameter(k->delta, r, "Delta", prec)
           && parameter(k->chi, r, "chi", prec)
           && parameter(k->gamma, r, "gamma", prec)
           && parameter(acb_realref(k->xi), r, "xi", prec)
           && lb_kerr_moment(value, k, 2, 2, prec) == LB_OK
           && lb_kerr_moment(n, k, 1, 1, prec) == LB_OK;
    acb_mul(n, n, n, prec);
    acb_div(value, value, n, prec);
    lb_kerr_clear(k);
    acb_clear(n);
    return good;
}

/* |x - y| <= 10^-DIGITS |y| for all points of the balls */
static int
agree(const acb_t x, const acb_t y)
{
    slong prec = 200;
    mag_t difference, tolerance;
    acb_t z;
    int good;

    mag_init(difference);
    mag_init(tolerance);
    acb_init(z);
    acb_sub(z, x, y, prec);
    acb_get_mag(difference, z);
    acb_set(z, y);
    for (int i = 0; i < DIGITS; i++)
        acb_div_ui(z, z, 10, prec);
    acb_get_mag_lower(tolerance, z);
    good = mag_cmp(difference, tolerance) <= 0;
    mag_clear(difference);
    mag_clear(tolerance);
    acb_clear(z);
    return good;
}

/* The smallest M that agrees, and whose successor does; -1 if none does. */
static slong
smallest_cutoff(const row * r, const acb_t reference)
{
    slong found = -1;
    acb_t value;

    acb_init(value);
    for (slong total = 1; total <= MAX_TOTAL; total++)
    {
        lb_error err;

        lb_error_clear(&err);
        if (!truncated_value(value, r, total, &err) || !agree(value, reference))
            found = -1;
        else if (found < 0)
            found = total;
        else
            break;
    }
    acb_clear(value);
    return found;
}

static int
print_row(const table_case * c, const char * data)
{
    lb_certified_info info, reference_info;
    acb_t value, reference;
    lb_error err;
    slong needed;
    int good;
    row r;

    lb_error_clear(&err);
    printf("| %s | %s = %s | %s |", c->model, c->drive, c->values[0],
           c->observable);
    fflush(stdout);
    if (row_init(&r, c, data, &err) != LB_OK)
    {
        printf(" %s |\n", err.text);
        return 0;
    }
    acb_init(value);
    acb_init(reference);
    good = full_value(value, &info, &r, DIGITS, &err)
           && (strcmp(c->model, "kerr") == 0
                   ? kerr_value(reference, &r)
                   : full_value(reference, &reference_info, &r,
                                REFERENCE_DIGITS, &err));
    if (!good)
        printf(" %s |\n", err.text);
    else
    {
        needed = smallest_cutoff(&r, reference);
        printf(" %ld | %ld | %ld | %.1e | %ld | %.2f |\n", (long) needed,
               (long) info.total, (long) (info.total - needed),
               mag_get_d(arb_radref(acb_realref(value)))
                   / arf_get_d(arb_midref(acb_realref(value)), ARF_RND_NEAR),
               (long) info.dimension, info.seconds);
        good = needed > 0;
    }
    acb_clear(value);
    acb_clear(reference);
    row_clear(&r);
    return good;
}

int
main(int argc, char ** argv)
{
    int good = 1;

    if (argc != 2)
    {
        fprintf(stderr, "usage: cutoff_table DATA-FOLDER\n");
        return 2;
    }
    printf("| system | drive | observable | M with %d digits | M of level full "
           "| more | relative radius | dimension | s |\n"
           "|---|---|---|---|---|---|---|---|---|\n",
           DIGITS);
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        good &= print_row(cases + k, argv[1]);
        fflush(stdout);
    }
    flint_cleanup();
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
