/* cli/verifier.c -- forms judged one by one, for verify and report.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <unistd.h>

#include <lindbound/blas_threads.h>
#include <lindbound/text.h>

#include "cli.h"

/* of a steady state, at most */
#define STATE_DIGITS 12

/* --- options ------------------------------------------------------------- */

static int
read_level(lb_level * level, const char * text)
{
    *level = LB_LEVEL_AUTO;
    if (text == NULL)
        return 0;
    for (lb_level l = LB_LEVEL_AUTO; l <= LB_LEVEL_ESTIMATE; l++)
        if (strcmp(text, lb_level_str(l)) == 0)
        {
            *level = l;
            return 0;
        }
    return lb_cli_fail("--level is 'auto', 'full', 'truncated' or 'estimate', "
                       "not '%s'",
                       text);
}

int
lb_verifier_init(lb_verifier * v, const lb_options * options)
{
    memset(v, 0, sizeof(*v));
    if (read_level(&v->steady.level, options->level) != 0)
        return -1;
    lb_estimate_options_init(&v->estimate);
    v->estimate.max_dimension = options->max_dimension;
    v->estimate.cutoff_text = options->cutoff;
    v->steady.digits = FLINT_MIN(options->digits, STATE_DIGITS);
    /* a proof costs more than an estimate of the same dimension */
    v->steady.max_dimension = FLINT_MAX(1, options->max_dimension / 2);
    v->steady.estimate = &v->estimate;
    v->verify.digits = options->digits;
    v->verify.steady = &v->steady;
    v->verify.overrides = (lb_settings_struct *) options->settings;
    lb_blas_set_threads(FLINT_MAX(1, options->threads));
    return 0;
}

/* --- forms --------------------------------------------------------------- */

/* 0, or -1 after a message */
static int
judge(const lb_verifier * v, const lb_form_t form, const lb_model_t m)
{
    lb_verify_row row;
    lb_error err;
    int bad = 0;

    lb_error_clear(&err);
    lb_verify_row_init(&row);
    lb_cli_progress("%s: %s ...", m->name, form->id);
    if (lb_verify_form(&row, form, m, &v->verify, &err) == LB_OK)
        v->row(v->context, m, &row);
    else
    {
        lb_error_in(&err, form->file, form->quantity_pointer);
        lb_cli_error(&err);
        bad = -1;
    }
    lb_cli_progress_end();
    lb_verify_row_clear(&row);
    return bad;
}

int
lb_verifier_forms(const lb_verifier * v, const lb_model_t m,
                  const char * source, const lb_form_struct * forms, slong n)
{
    int bad = 0;

    v->begin(v->context, m, source);
    for (slong k = 0; k < n && !bad; k++)
        bad = judge(v, forms + k, m);
    v->end(v->context);
    return bad;
}

/* --- systems ------------------------------------------------------------- */

static int
verify_system(const lb_verifier * v, const char * name)
{
    char * path = lb_data_forms(name);
    lb_forms_t forms;
    lb_model_t m;
    lb_error err;
    int bad;

    lb_error_clear(&err);
    lb_model_init(m);
    lb_forms_init(forms);
    bad = lb_cli_read_model(m, name);
    if (!bad && access(path, F_OK) != 0)
        bad = lb_cli_fail("'%s' has no built-in forms; use --form EXPR "
                          "--observable OBS",
                          name);
    else if (!bad && lb_forms_read(forms, path, m, &err) != LB_OK)
        bad = lb_cli_error(&err);
    if (!bad)
        bad = lb_verifier_forms(v, m, forms->source, forms->forms,
                                forms->length);
    lb_forms_clear(forms);
    lb_model_clear(m);
    flint_free(path);
    return bad;
}

static int
verify_all(const lb_verifier * v)
{
    int count, bad = 0;
    char ** names = lb_data_list("forms", &count);

    if (names == NULL)
        return -1;
    if (count == 0)
        bad = lb_cli_fail("the data folder holds no forms");
    for (int k = 0; k < count && !bad; k++)
        bad = verify_system(v, names[k]);
    lb_data_list_free(names, count);
    return bad;
}

int
lb_verifier_systems(const lb_verifier * v, const char * const * names, int n)
{
    int bad = 0;

    if (n == 0)
        return verify_all(v);
    for (int k = 0; k < n && !bad; k++)
        bad = verify_system(v, names[k]);
    return bad;
}
