/* report/report_value.c -- one value of a report.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/report_internal.h>

/* digits of a value that are shown; of a complex one, of each part */
#define SHOWN_DIGITS 12
#define SHOWN_DIGITS_COMPLEX 6

const char *
lb_report_string(const json_t * object, const char * key)
{
    const char * text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}

void
lb_report_verdict(FILE * page, const char * verdict)
{
    lb_html(page, "<b class=\"v %s\">%s</b>", verdict, verdict);
}

void
lb_report_note(FILE * page, const char * word, const char * text)
{
    if (text != NULL && text[0] != '\0')
        lb_html(page, "<p><i>%s</i> %s</p>", word, text);
}

/* --- shown --------------------------------------------------------------- */

static int
is_estimate(const json_t * value)
{
    return strcmp(lb_report_string(value, "level"), "estimate") == 0;
}

/* The ball of the dump of a real value; 0 if there is none. */
static int
load(arb_t x, const json_t * value)
{
    const char * dump = lb_report_string(value, "arb");

    return dump[0] != '\0' && arb_load_str(x, dump) == 0;
}

static void
ball_text(FILE * page, const json_t * value)
{
    const json_t * re = json_object_get(value, "re");
    char * text;
    acb_t x;

    acb_init(x);
    if (re != NULL ? load(acb_realref(x), re)
                         && load(acb_imagref(x), json_object_get(value, "im"))
                   : load(acb_realref(x), value))
    {
        text = lb_ball_plain_str(x, re != NULL ? SHOWN_DIGITS_COMPLEX
                                               : SHOWN_DIGITS);
        lb_html_text(page, text);
        flint_free(text);
    }
    else
        lb_html_text(page, lb_report_string(value, "ball"));
    acb_clear(x);
}

/* The stable digits of a part of an estimate. */
static void
estimate_part(FILE * page, const json_t * part)
{
    const json_t * value = json_object_get(part, "value");
    int digits = (int) json_integer_value(json_object_get(part, "digits"));

    if (json_is_number(value))
        fprintf(page, "%.*g", digits > 0 ? digits : 1,
                json_number_value(value));
    else
        fputc('?', page);
}

static void
estimate_text(FILE * page, const json_t * value)
{
    fputs("&asymp; ", page);
    if (json_object_get(value, "re") == NULL)
    {
        estimate_part(page, value);
        return;
    }
    estimate_part(page, json_object_get(value, "re"));
    fputs(" + (", page);
    estimate_part(page, json_object_get(value, "im"));
    fputs(")*i", page);
}

/* "full", "truncated at N<=5", "weak-drive" */
static void
level_text(FILE * page, const json_t * value)
{
    const char * level = lb_report_string(value, "level");
    const char * cutoff = lb_report_string(value, "cutoff");

    lb_html_text(page, level);
    if (strcmp(level, "truncated") == 0 && cutoff[0] != '\0')
        lb_html(page, " at %s", cutoff);
}

void
lb_report_value(FILE * page, const json_t * value)
{
    json_int_t order;

    if (!json_is_object(value))
    {
        fputs("&ndash;", page);
        return;
    }
    if (is_estimate(value))
    {
        fputs("<span class=\"n estimate\">", page);
        estimate_text(page, value);
        fputs("</span><small class=\"level estimate\">estimate, no "
              "proof</small>",
              page);
        return;
    }
    fputs("<span class=\"n\">", page);
    ball_text(page, value);
    order = json_integer_value(json_object_get(
        value,
        json_object_get(value, "order") != NULL ? "order" : "drive_order"));
    if (order != 0)
        lb_html(page, " x<sup>%ld</sup>", (long) order);
    fputs("</span><small class=\"level\">", page);
    level_text(page, value);
    fputs("</small>", page);
}

/* --- exact --------------------------------------------------------------- */

static void
exact_part(FILE * page, const json_t * part)
{
    const char * dump = lb_report_string(part, "arb");

    lb_html(page, "<span><code>%s</code></span>",
            lb_report_string(part, "ball"));
    if (dump[0] != '\0')
        lb_html(page, " <span>arb <code>%s</code></span>", dump);
    lb_html(page, " <span>bounds <code>%s, %s</code></span>",
            lb_report_string(part, "lo"), lb_report_string(part, "hi"));
}

void
lb_report_exact(FILE * page, const char * name, const json_t * value)
{
    const json_t * re = json_object_get(value, "re");
    const json_t * digits;

    if (!json_is_object(value))
        return;
    digits = json_object_get(re != NULL ? re : value, "digits");
    lb_html(page, "<dt>%s <small>", name);
    level_text(page, value);
    if (json_is_integer(digits))
        lb_html(page, ", %ld digits", (long) json_integer_value(digits));
    fputs("</small></dt><dd>", page);
    if (is_estimate(value))
    {
        estimate_text(page, value);
        fputs(" has no proof and so no exact form", page);
    }
    else if (re != NULL)
    {
        fputs("re ", page);
        exact_part(page, re);
        fputs("<br>im ", page);
        exact_part(page, json_object_get(value, "im"));
    }
    else
        exact_part(page, value);
    fputs("</dd>\n", page);
}
