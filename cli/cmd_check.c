/* cli/cmd_check.c -- lindbound check FILE
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/clock.h>
#include <lindbound/json_file.h>
#include <lindbound/kernel.h>

#include "cli.h"

static const char help[]
    = "Usage: lindbound check FILE... [--format text|json] [-O FILE]\n\n"
      "Proves the claims of certificates once more, with a small kernel that\n"
      "shares no code with the solver that found them. A certificate comes\n"
      "from 'lindbound solve --certificate FILE'.\n\n"
      "PROVED: the claimed ball contains the quantity, for every steady state\n"
      "and every point of the parameter balls; of the infinite-dimensional\n"
      "model at level full, of the stated cutoff at level truncated.\n"
      "REFUSED: the numbers of the certificate do not prove the claim, which\n"
      "may still be true; the line below says what fails.\n\n"
      "Examples:\n"
      "  lindbound solve nanotip --level full --digits 10 --certificate "
      "n.json\n"
      "  lindbound check n.json\n\n"
      "Exit status: 0 if all claims are proved, 1 if one is refused, 2 for a\n"
      "file that is no certificate.\n";

static const char *
level_name(const lb_proof_struct * p)
{
    return p->full ? "full" : "truncated";
}

static void
report_json(json_t * results, const char * file, const lb_certificate_t c,
            slong k, const acb_t value, const char * reason, double time)
{
    const lb_proof_struct * p = c->proofs + k;
    json_t * entry = json_object();
    json_t * proof
        = json_array_get(json_object_get(c->root, "proofs"), (size_t) k);

    json_object_set_new(entry, "file", json_string(file));
    json_object_set_new(entry, "model", json_string(c->model->name));
    json_object_set_new(entry, "name",
                        p->name != NULL ? json_string(p->name) : json_null());
    json_object_set_new(entry, "quantity", json_string(p->quantity->text));
    json_object_set_new(entry, "settings", lb_settings_json(p->settings));
    json_object_set_new(entry, "level", json_string(level_name(p)));
    json_object_set(entry, "cutoff", json_object_get(proof, "cutoff"));
    json_object_set_new(entry, "claim", json_string(p->claim));
    json_object_set_new(entry, "verdict",
                        json_string(reason[0] == '\0' ? "PROVED" : "REFUSED"));
    json_object_set_new(entry, "reason",
                        reason[0] == '\0' ? json_null() : json_string(reason));
    if (acb_is_finite(value))
        json_object_set_new(entry, "kernel",
                            lb_ball_json(value, 15, level_name(p)));
    json_object_set_new(entry, "seconds", json_real(time));
    json_array_append_new(results, entry);
}

static void
report_text(FILE * stream, const lb_proof_struct * p, const char * reason)
{
    fprintf(stream, "  %-16s %s  %s  %s",
            p->name != NULL ? p->name : p->quantity->text, p->claim,
            level_name(p), reason[0] == '\0' ? "PROVED" : "REFUSED");
    for (slong k = 0; k < p->settings->length; k++)
        fprintf(stream, "%s%s = %s", k > 0 ? ", " : "   ",
                p->settings->names[k], p->settings->texts[k]);
    fputc('\n', stream);
    if (reason[0] != '\0')
        fprintf(stream, "    %s\n", reason);
}

/* Sets *status to that of the file, if it is worse. */
static int
check_file(lb_output * out, json_t * results, const char * file, int * status)
{
    lb_certificate_t c;
    lb_error err;
    acb_t value;

    lb_error_clear(&err);
    lb_certificate_init(c);
    if (lb_certificate_read(c, file, &err) != LB_OK)
    {
        lb_certificate_clear(c);
        lb_cli_error(&err);
        return LB_EXIT_USAGE;
    }
    acb_init(value);
    if (results == NULL)
        fprintf(out->stream, "%s: %s%s%s\n", file, c->model->name,
                c->model->title[0] != '\0' ? ": " : "", c->model->title);
    for (slong k = 0; k < c->length; k++)
    {
        double start = lb_clock_seconds();
        char reason[600];

        lb_cli_progress("%s: %ld of %ld", file, (long) k + 1, (long) c->length);
        if (!lb_check_proof(value, reason, sizeof(reason), c, k))
            *status = LB_EXIT_DISAGREE;
        lb_cli_progress_end();
        if (results != NULL)
            report_json(results, file, c, k, value, reason,
                        lb_clock_seconds() - start);
        else
            report_text(out->stream, c->proofs + k, reason);
    }
    acb_clear(value);
    lb_certificate_clear(c);
    return 0;
}

static int
run(const lb_options * options)
{
    json_t * results = options->format == LB_FORMAT_JSON ? json_array() : NULL;
    int status = LB_EXIT_GOOD, bad = 0;
    lb_output out;

    if (options->n_arguments == 0)
        return lb_cli_fail("check takes certificates; see 'lindbound check "
                           "--help'");
    if (lb_output_open(&out) != 0)
        return LB_EXIT_USAGE;
    for (int k = 0; k < options->n_arguments && !bad; k++)
        bad = check_file(&out, results, options->arguments[k], &status);
    if (results != NULL)
        lb_output_json(&out, json_pack("{s:s,s:o}", "command", "check",
                                       "results", results));
    if (bad)
        return lb_output_discard(&out, bad);
    return lb_output_deliver(&out, options->output, status);
}

int
lb_cmd_check(int argc, char ** argv)
{
    return lb_cli_command(argc, argv, "check", "FO", help, run);
}
