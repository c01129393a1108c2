/* cli/auditor.c -- papers judged claim by claim, for audit and report.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <unistd.h>

#include <lindbound/text.h>

#include "cli.h"

/* --- life ---------------------------------------------------------------- */

void
lb_auditor_init(lb_auditor * a, const lb_options * options)
{
    static const lb_catalog_source source
        = { lb_data_read_model, lb_data_forms };

    memset(a, 0, sizeof(*a));
    lb_catalog_init(a->catalog, &source);
    a->max_dimension = options->max_dimension;
    a->threads = lb_options_threads(options);
}

void
lb_auditor_clear(lb_auditor * a)
{
    lb_catalog_clear(a->catalog);
}

/* --- papers -------------------------------------------------------------- */

static void
show_progress(slong done, slong all, const char * model)
{
    lb_cli_progress("%ld of %ld (%s)", (long) done, (long) all, model);
}

/* Judges the claim @p id of a file, or all if NULL. */
static int
audit_claims(lb_auditor * a, const lb_claims_t claims, const char * id)
{
    slong n = id == NULL ? claims->length : 1;
    slong first = id == NULL ? 0 : lb_claims_find(claims, id);
    const lb_claim_struct ** chosen;
    lb_audit_options options;
    lb_audit_row * rows;
    lb_error err;
    int bad = 0;

    if (first < 0)
        return lb_cli_fail("%s has no claim '%s'", claims->paper, id);
    lb_error_clear(&err);
    /* a proof costs more than an estimate of the same dimension */
    options.max_dimension = FLINT_MAX(1, a->max_dimension / 2);
    options.threads = a->threads;
    options.progress = show_progress;
    chosen = flint_malloc((size_t) n * sizeof(*chosen));
    rows = flint_malloc((size_t) n * sizeof(*rows));
    for (slong k = 0; k < n; k++)
        chosen[k] = claims->claims + first + k;
    lb_audit_rows_init(rows, n);
    if (lb_audit(rows, chosen, n, &options, &err) != LB_OK)
        bad = lb_cli_error(&err);
    lb_cli_progress_end();
    if (!bad)
        a->rows(a->context, claims, rows, n);
    lb_audit_rows_clear(rows, n);
    flint_free(rows);
    flint_free(chosen);
    return bad;
}

static int
audit_file(lb_auditor * a, const char * path, const char * id)
{
    lb_claims_t claims;
    lb_error err;
    int bad;

    lb_error_clear(&err);
    lb_claims_init(claims);
    if (lb_claims_read(claims, path, a->catalog, &err) != LB_OK)
        return lb_cli_error(&err);
    bad = audit_claims(a, claims, id);
    lb_claims_clear(claims);
    return bad;
}

/* PAPER, PAPER/CLAIM or a path that ends in .json */
static int
audit_argument(lb_auditor * a, const char * argument)
{
    size_t n = strlen(argument);
    const char * slash = strchr(argument, '/');
    size_t length = slash != NULL ? (size_t) (slash - argument) : n;
    char *paper, *path;
    int bad;

    if (n > 5 && strcmp(argument + n - 5, ".json") == 0)
        return audit_file(a, argument, NULL);
    paper = lb_text_print("%.*s", (int) length, argument);
    path = lb_data_file("claims", paper);
    if (access(path, F_OK) != 0)
        bad = lb_cli_fail("no paper is called '%s'; 'lindbound audit' "
                          "without arguments judges all of them, a file of "
                          "your own must end in '.json'",
                          paper);
    else
        bad = audit_file(a, path, slash != NULL ? slash + 1 : NULL);
    flint_free(path);
    flint_free(paper);
    return bad;
}

static int
audit_all(lb_auditor * a)
{
    int count, bad = 0;
    char ** names = lb_data_list("claims", &count);

    if (names == NULL)
        return -1;
    for (int k = 0; k < count && !bad; k++)
        bad = audit_argument(a, names[k]);
    lb_data_list_free(names, count);
    return bad;
}

int
lb_auditor_papers(lb_auditor * a, const char * const * papers, int n)
{
    int bad = 0;

    if (n == 0)
        return audit_all(a);
    for (int k = 0; k < n && !bad; k++)
        bad = audit_argument(a, papers[k]);
    return bad;
}
