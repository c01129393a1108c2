/* tests/lb_test_certificate.h -- what is certified is proved once more.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TEST_CERTIFICATE_H
#define LB_TEST_CERTIFICATE_H

#include <unistd.h>

#include <lindbound/certificate.h>
#include <lindbound/kernel.h>

#include "lb_test_certify.h"

/* A file of this process alone. */
static inline const char *
scratch_path(void)
{
    static char path[64];

    if (path[0] == '\0')
        snprintf(path, sizeof(path), "certificate_%ld.json", (long) getpid());
    return path;
}

/* Every parameter is used: else the model would not be read back. */
static inline void
use_parameters(lb_model_t m)
{
    char * sum = lb_text_copy("0");
    lb_observable * o;

    for (slong k = 0; k < m->scope->length; k++)
        if (m->scope->symbols[k].kind == LB_SYMBOL_PARAMETER)
        {
            char * longer
                = lb_text_print("%s + %s", sum, m->scope->symbols[k].name);

            flint_free(sum);
            sum = longer;
        }
    if (m->n_observables == 0)
    {
        m->observables = flint_calloc(1, sizeof(lb_observable));
        m->n_observables = 1;
        o = m->observables;
        o->name = lb_text_copy("used");
        o->pointer = lb_text_copy("");
        o->expr = test_parse(sum);
        lb_settings_init(o->at);
    }
    flint_free(sum);
}

/* Writes the certificate of the last value, that of @p text, to the scratch
   file; 0: it proves nothing. */
static inline int
write_last_certificate(certified * x, const char * text)
{
    lb_expr * e = test_parse(text);
    json_t *proof, *list = json_array();
    lb_settings_t settings;
    lb_error err;

    lb_settings_init(settings);
    lb_error_clear(&err);
    use_parameters(x->model);
    proof = lb_certificate_proof(x->certifier, NULL, e, settings,
                                 x->model->scope);
    if (proof != NULL)
        json_array_append_new(list, proof);
    if (proof != NULL
        && lb_certificate_write(scratch_path(), x->model, list, &err) != LB_OK)
        test_fail(text, &err);
    json_decref(list);
    lb_expr_free(e);
    lb_settings_clear(settings);
    return proof != NULL;
}

/* Checks the scratch file: 1 proved, 0 refused, -1 not readable; @p value is
   what the kernel proves. */
static inline int
check_file(acb_t value, char * reason, size_t size)
{
    lb_certificate_t c;
    lb_error err;
    int verdict = -1;

    lb_error_clear(&err);
    lb_certificate_init(c);
    acb_indeterminate(value);
    reason[0] = '\0';
    if (lb_certificate_read(c, scratch_path(), &err) == LB_OK)
        verdict = lb_check_proof(value, reason, size, c, 0);
    else
        lb_error_format(reason, size, &err);
    CU_ASSERT((verdict == 1) == (reason[0] == '\0'));
    lb_certificate_clear(c);
    return verdict;
}

#endif /* LB_TEST_CERTIFICATE_H */
