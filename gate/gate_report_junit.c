/* gate/gate_report_junit.c -- XML as CI servers read it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One <testsuite> for each vector file, one <testcase> for each vector.  Known
 * failures are skipped; UNDECIDED, ERRORED and TIMEOUT are errors, what else
 * fails are failures. */
#include <string.h>

#include <lindbound/gate_report_internal.h>
#include <lindbound/text.h>

/* what a case is to JUnit */
typedef enum
{
    JUNIT_GOOD,
    JUNIT_SKIPPED,
    JUNIT_ERROR,
    JUNIT_FAILURE
} outcome;

static outcome
outcome_of(const lb_gate_case * c)
{
    if (lb_gate_case_is_mended(c))
        return JUNIT_FAILURE;
    if (lb_gate_case_is_known(c))
        return JUNIT_SKIPPED;
    switch (c->result->verdict)
    {
    case LB_GATE_INSIDE:
    case LB_GATE_PASS:
        return JUNIT_GOOD;
    case LB_GATE_SKIPPED:
        return JUNIT_SKIPPED;
    case LB_GATE_UNDECIDED:
    case LB_GATE_ERRORED:
    case LB_GATE_TIMEOUT:
        return JUNIT_ERROR;
    default:
        return JUNIT_FAILURE;
    }
}

/* Text and attributes alike; the text is clean, but for line ends of ours. */
static void
write_xml(FILE * stream, const char * text)
{
    static const char * const replacement[]
        = { "&amp;", "&lt;", "&gt;", "&quot;" };
    char * escaped = lb_gate_escape(text, "&<>\"", replacement);

    fputs(escaped, stream);
    flint_free(escaped);
}

static void
write_attribute(FILE * stream, const char * name, const char * text)
{
    char * clean = lb_gate_clean(text, 1000);

    fprintf(stream, " %s=\"", name);
    write_xml(stream, clean);
    fputc('"', stream);
    flint_free(clean);
}

/* --- suites -------------------------------------------------------------- */

typedef struct
{
    slong outcomes[JUNIT_FAILURE + 1];
    double seconds;
} sums;

/* Of one vector file, negative: all. */
static sums
add_up(const lb_gate_report_t r, slong set)
{
    sums s;

    memset(&s, 0, sizeof(s));
    for (slong k = 0; k < r->n; k++)
        if (set < 0 || r->cases[k].problem->set == set)
        {
            s.outcomes[outcome_of(r->cases + k)]++;
            s.seconds += lb_gate_seconds(r, k);
        }
    return s;
}

static slong
n_tests(const sums * s)
{
    return s->outcomes[JUNIT_GOOD] + s->outcomes[JUNIT_SKIPPED]
           + s->outcomes[JUNIT_ERROR] + s->outcomes[JUNIT_FAILURE];
}

static void
write_sums(FILE * stream, const sums * s)
{
    fprintf(stream,
            " tests=\"%ld\" failures=\"%ld\" errors=\"%ld\" skipped=\"%ld\" "
            "time=\"%.6f\">\n",
            (long) n_tests(s), (long) s->outcomes[JUNIT_FAILURE],
            (long) s->outcomes[JUNIT_ERROR], (long) s->outcomes[JUNIT_SKIPPED],
            s->seconds);
}

/* --- cases --------------------------------------------------------------- */

/* "kerr/weak_1/g2": class kerr.weak_1, name g2 */
static void
write_names(FILE * stream, const char * id)
{
    char * class = lb_text_copy(id);
    char * name = strrchr(class, '/');

    if (name != NULL)
        *name++ = '\0';
    for (char * s = class; *s != '\0'; s++)
        if (*s == '/')
            *s = '.';
    write_attribute(stream, "classname", class);
    write_attribute(stream, "name", name != NULL ? name : class);
    flint_free(class);
}

static void
write_skipped(FILE * stream, const lb_gate_case * c)
{
    const char * verdict = lb_gate_verdict_str(c->result->verdict);
    char * message = c->known && lb_gate_case_fails(c)
                         ? lb_text_print("known failure: %s", verdict)
                         : lb_gate_note_text(c);

    fputs("      <skipped", stream);
    write_attribute(stream, "message", message);
    fputs("/>\n", stream);
    flint_free(message);
}

static void
write_failed(FILE * stream, const lb_gate_case * c, outcome what,
             const lb_gate_write_options * o)
{
    const char * element = what == JUNIT_ERROR ? "error" : "failure";
    char * details = lb_gate_details_text(c, "", "\n");
    char * message
        = lb_gate_case_is_mended(c)
              ? lb_text_print("a known failure that passes now: remove it "
                              "from %s",
                              o->known_file != NULL ? o->known_file
                                                    : "the list")
              : lb_text_print("%.*s", (int) strcspn(details, "\n"), details);

    fprintf(stream, "      <%s", element);
    write_attribute(stream, "type", lb_gate_word(c));
    write_attribute(stream, "message", message);
    fputc('>', stream);
    write_xml(stream, details);
    fprintf(stream, "</%s>\n", element);
    flint_free(message);
    flint_free(details);
}

static void
write_case(FILE * stream, const lb_gate_report_t r, slong which,
           const lb_gate_write_options * o)
{
    const lb_gate_case * c = r->cases + which;
    outcome what = outcome_of(c);

    fputs("    <testcase", stream);
    write_names(stream, c->vector->id);
    fprintf(stream, " time=\"%.6f\"", lb_gate_seconds(r, which));
    if (what == JUNIT_GOOD)
    {
        fputs("/>\n", stream);
        return;
    }
    fputs(">\n", stream);
    if (what == JUNIT_SKIPPED)
        write_skipped(stream, c);
    else
        write_failed(stream, c, what, o);
    fputs("    </testcase>\n", stream);
}

void
lb_gate_write_junit(FILE * stream, const lb_gate_report_t r,
                    const lb_gate_write_options * o)
{
    sums all = add_up(r, -1);

    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<testsuites name=\"lindbound gate\"",
          stream);
    write_sums(stream, &all);
    for (slong s = 0; r->n > 0 && s < r->vectors->n_sets; s++)
    {
        sums suite = add_up(r, s);

        if (n_tests(&suite) == 0)
            continue;
        fputs("  <testsuite", stream);
        write_attribute(stream, "name", r->vectors->sets[s].name);
        write_sums(stream, &suite);
        for (slong k = 0; k < r->n; k++)
            if (r->cases[k].problem->set == s)
                write_case(stream, r, k, o);
        fputs("  </testsuite>\n", stream);
    }
    fputs("</testsuites>\n", stream);
}
