/* compare/printed.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/printed.h>

const char *
lb_finding_str(lb_finding f)
{
    switch (f)
    {
    case LB_FINDING_HOLDS:
        return "holds";
    case LB_FINDING_FAILS:
        return "does not hold";
    case LB_FINDING_OPEN:
        return "open";
    case LB_FINDING_NONE:
        break;
    }
    return "";
}

/* Half a unit in the last printed place: 0.0005 for 0.012, 5e-7 for 3.6e-5,
   0.5 for 1. */
static double
half_unit(const char * text)
{
    const char * e = strpbrk(text, "eE");
    const char * point = strchr(text, '.');
    size_t end = e != NULL ? (size_t) (e - text) : strlen(text);
    long exponent = e != NULL ? strtol(e + 1, NULL, 10) : 0;

    if (point != NULL)
        exponent -= (long) (end - (size_t) (point - text)) - 1;
    return 0.5 * pow(10.0, (double) exponent);
}

static lb_finding
decide(int proved, int refuted)
{
    return proved    ? LB_FINDING_HOLDS
           : refuted ? LB_FINDING_FAILS
                     : LB_FINDING_OPEN;
}

lb_finding
lb_printed_judge(double lo, double hi, const char * relation, const char * text)
{
    int integer = strspn(text, "-0123456789") == strlen(text);
    double value, half;
    char * end;

    value = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(value))
        return LB_FINDING_NONE;
    if (isnan(lo) || isnan(hi))
        return LB_FINDING_OPEN;
    half = integer ? 0.05 * fmax(1, fabs(value)) : half_unit(text);
    half *= 1 + 1e-9; /* a hair for the rounding of value and half */

    if (strcmp(relation, "=") == 0 && integer)
    {
        double tiny = 1e-12 * (fabs(value) > 1 ? fabs(value) : 1);

        return decide(lo >= value - tiny && hi <= value + tiny,
                      lo > value || hi < value);
    }
    if (strcmp(relation, "=") == 0 || strcmp(relation, "~") == 0)
        return decide(lo >= value - half && hi <= value + half,
                      lo > value + half || hi < value - half);
    if (strcmp(relation, "<") == 0)
        return decide(hi < value, lo >= value);
    if (strcmp(relation, ">") == 0)
        return decide(lo > value, hi <= value);
    if (strcmp(relation, "<<") == 0)
        return decide(hi <= value / 10, lo > value / 10);
    if (strcmp(relation, ">>") == 0)
        return decide(lo >= value * 10, hi < value * 10);
    return LB_FINDING_NONE;
}
