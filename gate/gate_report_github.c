/* gate/gate_report_github.c -- workflow commands: annotations on GitHub.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/gate_report_internal.h>

/* GitHub shows no more of one step. */
#define MAX_ERRORS 10

static void
write_escaped(FILE * stream, const char * text, const char * special)
{
    static const char * const replacement[]
        = { "%25", "%0D", "%0A", "%3A", "%2C" };
    char * escaped = lb_gate_escape(text, special, replacement);

    fputs(escaped, stream);
    flint_free(escaped);
}

#define IN_MESSAGE "%\r\n"
#define IN_PROPERTY "%\r\n:,"

static void
write_command(FILE * stream, const char * command, const char * word,
              const char * name, const char * message)
{
    fprintf(stream, "::%s title=", command);
    write_escaped(stream, word, IN_PROPERTY);
    fputc(' ', stream);
    write_escaped(stream, name, IN_PROPERTY);
    fputs("::", stream);
    write_escaped(stream, message, IN_MESSAGE);
    fputc('\n', stream);
}

static void
write_failure(FILE * stream, const lb_gate_case * c)
{
    char * details = lb_gate_details_text(c, "", "\n");
    size_t n = strlen(details);

    if (n > 0)
        details[n - 1] = '\0';
    write_command(stream, "error", lb_gate_word(c), c->vector->id, details);
    flint_free(details);
}

void
lb_gate_write_github(FILE * stream, const lb_gate_report_t r,
                     const lb_gate_write_options * o)
{
    char * mended = lb_gate_mended_text(r, o);
    char * summary = lb_gate_summary(r);
    slong n = 0;

    for (slong k = 0; k < r->n; k++)
        if (lb_gate_is_failure(r->cases + k) && n++ < MAX_ERRORS)
            write_failure(stream, r->cases + k);
    if (mended != NULL)
        write_command(stream, "warning", "lindbound", "gate", mended);
    write_command(stream, "notice", "lindbound", "gate", summary);
    flint_free(mended);
    flint_free(summary);
}
