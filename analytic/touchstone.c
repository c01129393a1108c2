/* analytic/touchstone.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include <lindbound/network.h>
#include <lindbound/text.h>
#include <lindbound/touchstone.h>

/* S is refined to this many bits, relative or absolute. */
#define START_PREC 128
#define MAX_PREC 4096
#define BITS 60

typedef struct
{
    const lb_model_struct * model;
    slong ports;
    slong * channel; /* of each port */
    char * text;
    size_t length;
    mag_t distance; /* of the printed numbers from the exact ones */
} writer;

slong
lb_touchstone_ports(const lb_model_t m)
{
    slong ports = 0;

    for (slong k = 0; k < m->n_channels; k++)
        ports += m->channels[k].name != NULL;
    return ports;
}

static void
append(writer * w, char * piece)
{
    size_t n = strlen(piece);

    w->text = flint_realloc(w->text, w->length + n + 1);
    memcpy(w->text + w->length, piece, n + 1);
    w->length += n;
    flint_free(piece);
}

/* The midpoint in 17 digits; the distance to the exact value is kept. */
static void
append_number(writer * w, const arb_t x)
{
    char number[40];
    arb_t printed;
    mag_t distance;

    snprintf(number, sizeof(number), "%.16e",
             arf_get_d(arb_midref(x), ARF_RND_NEAR));
    arb_init(printed);
    mag_init(distance);
    if (arb_set_str(printed, number, 200) != 0)
        arb_indeterminate(printed);
    arb_sub(printed, printed, x, 200);
    arb_get_mag(distance, printed);
    mag_max(w->distance, w->distance, distance);
    append(w, lb_text_print(" %24s", number));
    arb_clear(printed);
    mag_clear(distance);
}

static void
append_matrix(writer * w, const acb_mat_t s, const char * frequency)
{
    slong n = w->ports;

    append(w, lb_text_print("%s", frequency));
    for (slong i = 0; i < n; i++)
        for (slong j = 0; j < n; j++)
        {
            /* two ports stand on one line, column by column */
            slong row = n == 2 ? j : i, column = n == 2 ? i : j;
            acb_srcptr z
                = acb_mat_entry(s, w->channel[row], w->channel[column]);

            if (n > 2 && (i > 0 || j > 0) && (j == 0 || j % 4 == 0))
                append(w, lb_text_copy("\n "));
            append_number(w, acb_realref(z));
            append_number(w, acb_imagref(z));
        }
    append(w, lb_text_copy("\n"));
}

static lb_status
check_conjugate(const writer * w, const acb_mat_t s, lb_error * err)
{
    slong half = acb_mat_nrows(s) / 2;

    for (slong i = 0; i < w->ports; i++)
        for (slong j = 0; j < w->ports; j++)
            if (!acb_is_zero(
                    acb_mat_entry(s, w->channel[i], half + w->channel[j])))
                return lb_error_set(
                    err, LB_EMODEL,
                    "port %s receives the conjugate of what enters port %s: "
                    "an S matrix of amplitudes alone does not say that",
                    w->model->channels[w->channel[i]].name,
                    w->model->channels[w->channel[j]].name);
    return LB_OK;
}

static int
is_tight(const writer * w, const acb_mat_t s)
{
    for (slong i = 0; i < w->ports; i++)
        for (slong j = 0; j < w->ports; j++)
        {
            acb_srcptr z = acb_mat_entry(s, w->channel[i], w->channel[j]);

            if (mag_cmp_2exp_si(arb_radref(acb_realref(z)), -BITS) > 0
                || mag_cmp_2exp_si(arb_radref(acb_imagref(z)), -BITS) > 0)
                return 0;
        }
    return 1;
}

static lb_status
scatter(acb_mat_t s, const lb_model_t m, const lb_scope_t scope, slong prec,
        lb_error * err)
{
    lb_network_t net;
    lb_problem_t problem;
    lb_env_t env;
    lb_status status;

    lb_env_init(env, scope, prec);
    status = lb_problem_init(problem, m, env, err);
    if (status == LB_OK)
    {
        status = lb_network_from_model(net, m, problem, env, err);
        if (status == LB_OK)
            status = lb_network_scattering(s, net, prec, err);
        lb_network_clear(net);
    }
    lb_problem_clear(problem);
    lb_env_clear(env);
    return status;
}

static lb_status
append_point(writer * w, const lb_settings_t settings, const char * frequency,
             lb_error * err)
{
    slong size = 2 * w->model->n_channels;
    lb_settings_t at;
    lb_scope_t scope;
    lb_status status;
    lb_scalar_t x;
    lb_env_t env;
    acb_mat_t s;

    lb_settings_init(at);
    lb_settings_merge(at, settings);
    lb_settings_set(at, w->model->frequency, frequency, NULL, NULL);
    status = lb_model_scope_at(scope, w->model, at, err);
    lb_settings_clear(at);
    if (status != LB_OK)
        return status;
    acb_mat_init(s, size, size);
    status = LB_EPREC;
    for (slong prec = START_PREC; prec <= MAX_PREC; prec *= 2)
    {
        status = scatter(s, w->model, scope, prec, err);
        if ((status != LB_OK && status != LB_EPREC)
            || (status == LB_OK && is_tight(w, s)))
            break;
    }
    if (status == LB_OK)
        status = check_conjugate(w, s, err);
    if (status == LB_OK)
    {
        char number[40];

        lb_scalar_init(x);
        lb_env_init(env, scope, START_PREC);
        status = lb_env_symbol(x, env,
                               lb_scope_find(scope, w->model->frequency), err);
        snprintf(
            number, sizeof(number), "%.16e",
            arf_get_d(arb_midref(acb_realref(x->coefficient)), ARF_RND_NEAR));
        if (status == LB_OK)
            append_matrix(w, s, number);
        lb_env_clear(env);
        lb_scalar_clear(x);
    }
    acb_mat_clear(s);
    lb_scope_clear(scope);
    return status;
}

/* The head of the file, when the distance is known. */
static char *
head(const writer * w)
{
    char ports[400] = "", bound[32];
    arf_t d;

    for (slong k = 0; k < w->ports; k++)
        lb_text_append(ports, sizeof(ports), "%s%ld = %s", k > 0 ? ", " : "",
                       (long) k + 1, w->model->channels[w->channel[k]].name);
    arf_init(d);
    arf_set_mag(d, w->distance);
    snprintf(bound, sizeof(bound), "%.1e", 1.1 * arf_get_d(d, ARF_RND_UP));
    arf_clear(d);
    return lb_text_print(
        "! %s, written by lindbound\n"
        "! ports: %s\n"
        "! b_out = b_in + L, fields ~ exp(-i w t): the complex conjugate of\n"
        "! the engineers' S, fields ~ exp(+j w t)\n"
        "! frequency: the parameter %s, angular, light minus carrier, in the\n"
        "! unit of the model, whatever the option line says\n"
        "! every number of S is within %s of the exact one (proved)\n"
        "# HZ S RI R 50\n",
        w->model->name, ports, w->model->frequency, bound);
}

lb_status
lb_touchstone_text(char ** text, const lb_model_t m,
                   const lb_settings_t settings, char * const * points,
                   slong count, lb_error * err)
{
    writer w = { m, lb_touchstone_ports(m), NULL, NULL, 0, { { 0, 0 } } };
    lb_status status = LB_OK;

    *text = NULL;
    if (w.ports == 0 || m->frequency == NULL)
        return lb_error_set(err, LB_EMODEL,
                            "a Touchstone file needs a network with ports and "
                            "a \"frequency\"");
    mag_init(w.distance);
    w.channel = flint_malloc((size_t) w.ports * sizeof(slong));
    for (slong k = 0, p = 0; k < m->n_channels; k++)
        if (m->channels[k].name != NULL)
            w.channel[p++] = k;
    for (slong k = 0; k < count && status == LB_OK; k++)
        status = append_point(&w, settings, points[k], err);
    if (status == LB_OK)
    {
        char * top = head(&w);

        *text = lb_text_print("%s%s", top, w.text);
        flint_free(top);
    }
    flint_free(w.text);
    flint_free(w.channel);
    mag_clear(w.distance);
    return status;
}
