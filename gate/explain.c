/* gate/explain.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three rounds over the problems that have failed cases.  First cutoffs, and
 * the mistakes one by one; a mistake of the value costs nothing beside one of
 * the dynamics, so that these pairs are had at once.  Then, in a few of the
 * problems that are not explained, all other pairs.  Last, in the rest of them,
 * the pairs that were found.  What fits is kept with its odds; what is believed
 * is decided at the end, when it is known which mistakes explain other
 * problems. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/certifier.h>
#include <lindbound/explain.h>
#include <lindbound/mistaken.h>
#include <lindbound/text.h>

/* relative; an answer of few digits is compared no closer than that ... */
#define FIT 1e-5
/* ... and one that is wrong by less than ten times that is not explained */
#define LEAST_GAIN 0.1
#define NEAR 1e-2
#define ODDS 1e-3
/* where a mistake explains some of the wrong values only, chosen among them */
#define ODDS_OF_PART 1e-6
/* factors of answer over reference that count as the same */
#define SAME_FACTOR 1e-4
/* digits of an estimate below which it says nothing */
#define LEAST_DIGITS 3
#define FINE 1e-8
/* what is solved roughly first, to see whether it is worth more */
#define COARSE 1e-3
#define COARSE_FIT 1e-2
#define ROUGH_DIMENSION 60
#define MOST_TIES 4
#define MOST_RAISES 12

void
lb_explain_options_init(lb_explain_options * options)
{
    memset(options, 0, sizeof(*options));
    options->max_dimension = 1000;
    options->max_pair_dimension = 400;
    options->max_pair_problems = 8;
    options->jobs = 1;
}

void
lb_explain_summary_init(lb_explain_summary_t s)
{
    memset(s, 0, sizeof(*s));
}

void
lb_explain_summary_clear(lb_explain_summary_t s)
{
    for (slong k = 0; k < s->n; k++)
    {
        flint_free(s->lines[k].name);
        flint_free(s->lines[k].sentence);
    }
    flint_free(s->lines);
    lb_explain_summary_init(s);
}

/* --- a problem with failed cases ----------------------------------------- */

/* An answer of the problem. */
typedef struct
{
    lb_gate_case * c;
    int observable; /* its place in the expanded problem                     */
    double answer, reference;
    double relative, absolute; /* tolerance                                  */
    int failed; /* 0: the candidate has it right, a mistake must not spoil it */
    int trusted; /* the estimate without mistakes is the reference           */
} item;

/* One or two mistakes that fit. */
typedef struct
{
    slong first, second; /* places in the mistakes of the job; second -1      */
    char * name;
    slong n_fits;
    char * fits; /* of each item                                           */
    double * digits; /* of each item that fits                                */
    double odds; /* that this one fits by accident                         */
    slong tried; /* how many were                                          */
    int near;    /* all are close, no more                                 */
} fit;

typedef struct
{
    const lb_vector_problem * problem;
    slong n;
    item * items;
    int * observables;
    char * cutoff; /* as the solver reads it; NULL: not one for all */
    lb_mistake * mistakes;
    slong n_mistakes;
    slong dimension, rough; /* of the space for good and for rough values */
    slong n_fits;
    fit * list;
    int pairs_tried;
} job;

static slong
count_failed(const job * j)
{
    slong n = 0;

    for (slong k = 0; k < j->n; k++)
        n += j->items[k].failed && j->items[k].trusted;
    return n;
}

static void
add_explanation(lb_gate_case * c, char * text)
{
    c->explanations = flint_realloc(
        c->explanations, (size_t) (c->n_explanations + 1) * sizeof(char *));
    c->explanations[c->n_explanations++] = text;
}

/* "N<=5" and "a<=4, b<=4" as the solver reads them, "5" and "a=4,b=4"; NULL for
   NULL. */
static char *
plain_cutoff(const char * text)
{
    char *plain, *to;

    if (text == NULL)
        return NULL;
    plain = to = lb_text_copy(text);
    for (const char * from = text; *from != '\0'; from++)
    {
        if (*from == ' ' || *from == '<')
            continue;
        if (*from == 'N' && (from == text || from[-1] == ',' || from[-1] == ' ')
            && (from[1] == '<' || from[1] == '='))
        {
            from += from[1] == '<' ? 2 : 1;
            continue;
        }
        *to++ = *from;
    }
    *to = '\0';
    return plain;
}

static int
find_observable(const lb_expanded_t e, const char * name)
{
    for (int k = 0; k < e->n_observables; k++)
        if (strcmp(e->observables[k], name) == 0)
            return k;
    return -1;
}

static double
rational_double(const fmpq_t x)
{
    return fmpq_get_d(x);
}

/* FAIL with a value, and a reference to be wrong by. */
static int
has_failed(const lb_gate_case * c)
{
    return c->result->verdict == LB_GATE_FAIL
           && c->answer->kind == LB_ANSWER_VALUE && c->vector->value.known
           && c->problem->refuse == NULL;
}

static int
is_right(const lb_gate_case * c)
{
    return c->answer->kind == LB_ANSWER_VALUE && c->vector->value.known
           && (lb_gate_is_good(c->result->verdict)
               || c->result->verdict == LB_GATE_CLAIM_VIOLATED);
}

static int
is_taken(const job * j, int observable)
{
    for (slong k = 0; k < j->n; k++)
        if (j->items[k].observable == observable)
            return 1;
    return 0;
}

static void
add_item(job * j, lb_gate_case * c)
{
    int observable
        = find_observable(j->problem->expanded, c->vector->observable);
    const lb_vector * v = c->vector;

    if (observable < 0 || is_taken(j, observable)
        || !(has_failed(c) || is_right(c)))
        return;
    j->items = flint_realloc(j->items, (size_t) (j->n + 1) * sizeof(item));
    j->items[j->n++] = (item) {
        .c = c,
        .observable = observable,
        .answer = rational_double(c->answer->value),
        .reference = arf_get_d(arb_midref(v->value.ball), ARF_RND_NEAR),
        .relative = rational_double(v->relative),
        .absolute = rational_double(v->absolute),
        .failed = has_failed(c),
        .trusted = 1,
    };
}

/* The cutoff that all answers state, or that of the problem. */
static void
set_cutoff(job * j)
{
    const char * text = j->problem->cutoff;

    if (text == NULL && j->n > 0)
        text = j->items[0].c->answer->cutoff;
    for (slong k = 0; k < j->n && text != NULL && j->problem->cutoff == NULL;
         k++)
    {
        const char * other = j->items[k].c->answer->cutoff;

        if (other == NULL || !lb_same_cutoff(text, other))
            text = NULL;
    }
    j->cutoff = plain_cutoff(text);
}

static void
job_init(job * j, lb_gate_case * cases, slong n)
{
    memset(j, 0, sizeof(*j));
    j->problem = cases->problem;
    for (slong k = 0; k < n; k++)
        add_item(j, cases + k);
    j->observables = flint_malloc((size_t) (j->n + 1) * sizeof(int));
    for (slong k = 0; k < j->n; k++)
        j->observables[k] = j->items[k].observable;
    set_cutoff(j);
}

static void
fit_clear(fit * f)
{
    flint_free(f->name);
    flint_free(f->fits);
    flint_free(f->digits);
}

static void
job_clear(job * j)
{
    for (slong k = 0; k < j->n_fits; k++)
        fit_clear(j->list + k);
    flint_free(j->list);
    flint_free(j->mistakes);
    flint_free(j->cutoff);
    flint_free(j->observables);
    flint_free(j->items);
}

/* --- cutoffs ------------------------------------------------------------- */

/* Whether the answer of @p it is right by the enclosure @p value. */
static int
is_right_by(const item * it, const lb_table_value_struct * value)
{
    lb_vector v = *it->c->vector;
    lb_gate_result_t r;
    int good;

    v.value = *value;
    v.rounded.known = 0;
    v.n_truncations = 0;
    lb_gate_result_init(r);
    lb_gate_judge(r, &v, it->c->problem, it->c->answer, NULL);
    good = lb_gate_is_good(r->verdict) || r->verdict == LB_GATE_CLAIM_VIOLATED;
    lb_gate_result_clear(r);
    return good;
}

/* Every level of @p text, as lb_cutoff_parse reads it, raised by @p more. */
static char *
raised_cutoff(const char * text, slong more)
{
    char * raised = lb_text_copy("");

    while (*text != '\0')
    {
        size_t name = strcspn(text, "0123456789,");
        char * rest;
        char * next;

        if (text[0] != ',' && text[name] != '\0' && text[name] != ',')
        {
            slong level = strtol(text + name, &rest, 10);

            next = lb_text_print("%s%.*s%ld", raised, (int) name, text,
                                 (long) (level + more));
        }
        else
        {
            rest = (char *) text + FLINT_MAX(name, 1);
            next = lb_text_print("%s%.*s", raised, (int) (rest - text), text);
        }
        flint_free(raised);
        raised = next;
        text = rest;
    }
    return raised;
}

/* The text for people: "5" is "N<=5", "a=4,b=4" is "a<=4, b<=4". */
static char *
shown_cutoff(const char * plain, const lb_expanded_t e)
{
    lb_scope_t scope;
    lb_cutoff_t cutoff;
    char * text = NULL;

    lb_scope_init(scope);
    for (int k = 0; k < e->n_subsystems; k++)
        if (lb_scope_add_subsystem(scope, e->names[k], e->kinds[k], NULL)
            != LB_OK)
            text = lb_text_copy(plain);
    if (text == NULL)
    {
        lb_cutoff_init(cutoff, scope->kinds, scope->subsystems);
        text = lb_cutoff_parse(cutoff, plain, scope, NULL) == LB_OK
                   ? lb_cutoff_get_str(cutoff, scope)
                   : lb_text_copy(plain);
        lb_cutoff_clear(cutoff);
    }
    lb_scope_clear(scope);
    return text;
}

static double
allowed(const item * it, double value)
{
    return it->absolute + it->relative * fabs(value);
}

/* By how much @p plain must be raised until the answer would pass, or 0: not
   found.  An estimate. */
static slong
enough(const job * j, const item * it, const char * plain,
       const lb_explain_options * o)
{
    lb_reading none = { -1, -1 };
    slong found = 0;

    for (slong more = 1; more <= MOST_RAISES; more++)
    {
        char * cutoff = raised_cutoff(plain, more);
        lb_mistaken_options m = { cutoff, o->max_dimension, FINE };
        lb_approx_value x;

        lb_mistaken_values_approx(&x, NULL, NULL, j->problem->expanded,
                                  &it->observable, 1, NULL, NULL, 0, &none, 1,
                                  &m);
        flint_free(cutoff);
        if (x.digits < LEAST_DIGITS)
            break;
        if (fabs(x.re - it->reference) > allowed(it, it->reference))
            found = 0;
        else if (found > 0)
            break; /* and the next one as well: no accident */
        else
            found = more;
    }
    return found;
}

static void
explain_cutoff(const job * j, item * it, const char * plain, int stated,
               const char * proved, const lb_explain_options * o)
{
    slong more = enough(j, it, plain, o);
    char * cut = shown_cutoff(plain, j->problem->expanded);
    char * raised = raised_cutoff(plain, more);
    char * better = shown_cutoff(raised, j->problem->expanded);
    char advice[256] = "";

    it->c->result->verdict = LB_GATE_CUTOFF;
    it->failed = 0;
    it->trusted = 0;
    if (more == 0)
        lb_text_append(advice, sizeof(advice), "raise the cutoff");
    else
        lb_text_append(advice, sizeof(advice),
                       "enough would be %s (an estimate)", better);
    add_explanation(
        it->c, lb_text_print("%s %s: the model truncated there has this "
                             "value%s%s (proved); %s",
                             stated ? "cut at" : "as if cut at", cut,
                             proved[0] != '\0' ? ", " : "", proved, advice));
    flint_free(better);
    flint_free(raised);
    flint_free(cut);
}

/* Encloses the value of @p it at the cutoff @p plain; 0: not done. */
static int
enclose_at(lb_table_value_struct * value, const job * j, const item * it,
           const char * plain, slong max_dimension)
{
    slong digits
        = it->relative > 0.0 ? (slong) ceil(-log10(it->relative)) + 3 : 12;
    lb_certifier * certifier = NULL;
    slong place = -1;
    lb_cutoff_t cutoff;
    lb_model_t m;
    acb_t z;

    acb_init(z);
    lb_model_init(m);
    value->known = 0;
    if (lb_expanded_model(m, j->problem->expanded, NULL) == LB_OK)
        place = lb_model_find_observable(
            m, j->problem->expanded->observables[it->observable]);
    lb_cutoff_init(cutoff, m->scope->kinds, m->scope->subsystems);
    if (place >= 0 && lb_cutoff_parse(cutoff, plain, m->scope, NULL) == LB_OK
        && lb_certifier_new_truncated(&certifier, m, m->scope, cutoff,
                                      max_dimension, NULL)
               == LB_OK
        && lb_certifier_value(z, NULL, certifier, m->observables[place].expr,
                              FLINT_MAX(digits, 6), NULL)
               == LB_OK
        && acb_is_finite(z))
    {
        value->known = 1;
        arb_set(value->ball, acb_realref(z));
        value->digits = digits;
    }
    lb_certifier_free(certifier);
    lb_cutoff_clear(cutoff);
    lb_model_clear(m);
    acb_clear(z);
    return value->known;
}

/* The candidate says where it cut. */
static void
check_stated(job * j, item * it, const lb_explain_options * o)
{
    char * plain = plain_cutoff(it->c->answer->cutoff);
    lb_table_value_struct value;
    char * text;

    lb_table_value_init(&value);
    if (enclose_at(&value, j, it, plain, o->max_dimension)
        && is_right_by(it, &value))
    {
        text = arb_get_str(value.ball, 6, ARB_STR_NO_RADIUS);
        explain_cutoff(j, it, plain, 1, text, o);
        flint_free(text);
    }
    lb_table_value_clear(&value);
    flint_free(plain);
}

/* The value of @p it at @p cutoff as the vectors have it, or NULL. */
static const lb_table_value_struct *
recorded_at(const item * it, const char * cutoff)
{
    const lb_vector * v = it->c->vector;

    for (slong k = 0; k < v->n_truncations; k++)
        if (lb_same_cutoff(v->truncations[k].cutoff, cutoff))
            return &v->truncations[k].value;
    return NULL;
}

/* Whether all answers look like those of the model at @p cutoff; the failed
   ones that do are marked in @p fits. */
static int
looks_cut(char * fits, const job * j, const char * cutoff)
{
    double odds = 1.0;
    slong n = 0;

    for (slong k = 0; k < j->n; k++)
    {
        const item * it = j->items + k;
        const lb_table_value_struct * value = recorded_at(it, cutoff);
        double off = fabs(it->answer - it->reference);

        fits[k] = 0;
        if (value == NULL)
            continue;
        if (is_right_by(it, value))
        {
            fits[k] = (char) it->failed;
            if (it->failed)
                odds *= fmin(1.0, 2.0 * allowed(it, it->answer) / off);
            n += it->failed;
        }
        else if (!it->failed)
            return 0;
    }
    return n > 0 && odds * (double) j->items[0].c->vector->n_truncations < ODDS;
}

/* It does not: the cutoffs that the vectors record. */
static void
check_recorded(job * j, item * it, const lb_explain_options * o)
{
    const lb_vector * v = it->c->vector;
    char * fits = flint_malloc((size_t) j->n + 1);

    for (slong t = 0; t < v->n_truncations && it->failed; t++)
    {
        const char * cutoff = v->truncations[t].cutoff;
        char * plain;

        if (!looks_cut(fits, j, cutoff) || !fits[it - j->items])
            continue;
        plain = plain_cutoff(cutoff);
        for (slong k = 0; k < j->n; k++)
            if (fits[k])
            {
                char * text
                    = arb_get_str(recorded_at(j->items + k, cutoff)->ball, 6,
                                  ARB_STR_NO_RADIUS);

                explain_cutoff(j, j->items + k, plain, 0, text, o);
                flint_free(text);
            }
        flint_free(plain);
    }
    flint_free(fits);
}

static void
check_cutoffs(job * j, const lb_explain_options * o)
{
    if (j->problem->cutoff != NULL)
        return;
    for (slong k = 0; k < j->n; k++)
        if (j->items[k].failed && j->items[k].c->answer->cutoff != NULL)
            check_stated(j, j->items + k, o);
        else if (j->items[k].failed)
            check_recorded(j, j->items + k, o);
}

/* Cases that the judge found to be right at their cutoff. */
static void
explain_judged(lb_gate_case * c, const lb_explain_options * o)
{
    job j;
    char * plain = plain_cutoff(c->answer->cutoff);
    item it = { .c = c,
                .observable
                = find_observable(c->problem->expanded, c->vector->observable),
                .answer = rational_double(c->answer->value),
                .reference
                = arf_get_d(arb_midref(c->vector->value.ball), ARF_RND_NEAR),
                .relative = rational_double(c->vector->relative),
                .absolute = rational_double(c->vector->absolute) };

    memset(&j, 0, sizeof(j));
    j.problem = c->problem;
    if (it.observable >= 0 && plain != NULL)
        explain_cutoff(&j, &it, plain, 1, "", o);
    flint_free(plain);
}

/* --- what fits ----------------------------------------------------------- */

/* How many digits of the answer are those of @p value. */
static double
common_digits(double answer, double value)
{
    double d = fabs(answer - value), size = fabs(value);

    if (d == 0.0)
        return LB_APPROX_DIGITS;
    return size > 0.0 ? fmax(0.0, fmin(LB_APPROX_DIGITS, -log10(d / size)))
                      : 0.0;
}

/* The odds that the answer of item @p k is as close to @p value by accident. */
static double
item_odds(const item * it, const lb_approx_value * value)
{
    double off = fabs(it->answer - it->reference);
    double d = fmax(fabs(it->answer - value->re),
                    fabs(value->re) * pow(10.0, -(double) value->digits));

    return off > 0.0 ? fmin(1.0, 2.0 * d / off) : 1.0;
}

static int
is_same_factor(const item * x, const item * y)
{
    double p = x->answer * y->reference, q = y->answer * x->reference;

    return fabs(p - q) <= SAME_FACTOR * fmax(fabs(p), fabs(q));
}

/* Values that are wrong by one factor say the same: the best of them counts. */
static double
all_odds(const job * j, const char * fits, const double * odds)
{
    double all = 1.0;

    for (slong k = 0; k < j->n; k++)
    {
        double best = 1.0;
        int first = 1;

        if (!fits[k])
            continue;
        for (slong l = 0; l < j->n; l++)
            if (fits[l]
                && (l == k || is_same_factor(j->items + k, j->items + l)))
            {
                best = fmin(best, odds[l]);
                first = first && l >= k;
            }
        if (first)
            all *= best;
    }
    return all;
}

typedef enum
{
    MISS,
    CLOSE,
    HIT
} nearness;

static nearness
compare(const item * it, const lb_approx_value * value, double wanted)
{
    double d = fabs(it->answer - value->re), size = fabs(value->re);

    if (value->digits < LEAST_DIGITS || !isfinite(value->re))
        return MISS;
    if (it->failed && d > LEAST_GAIN * fabs(it->answer - it->reference))
        return MISS;
    if (d <= fmax(allowed(it, size), wanted * size))
        return HIT;
    return d <= NEAR * size ? CLOSE : MISS;
}

/* Compares all answers with @p values; 0: nothing fits, or something that is
   right would be wrong.  @p f has fits, digits and odds of its items. */
static int
compare_all(fit * f, const job * j, const lb_approx_value * values)
{
    double * odds = flint_malloc((size_t) (j->n + 1) * sizeof(double));
    slong hits = 0, close = 0, n = count_failed(j);
    int spoiled = 0;

    f->n_fits = 0;
    for (slong k = 0; k < j->n; k++)
    {
        const item * it = j->items + k;
        nearness how = it->trusted ? compare(it, values + k, FIT) : MISS;

        f->fits[k] = 0;
        if (!it->trusted)
            continue;
        spoiled = spoiled || (!it->failed && how != HIT);
        if (!it->failed || how == MISS)
            continue;
        f->fits[k] = (char) how;
        f->digits[k] = common_digits(it->answer, values[k].re);
        odds[k] = item_odds(it, values + k);
        hits += how == HIT;
        close += how == CLOSE;
    }
    f->near = close > 0 && hits + close == n;
    for (slong k = 0; k < j->n; k++)
        f->fits[k] = f->near ? f->fits[k] != 0 : f->fits[k] == HIT;
    f->n_fits = f->near ? n : hits;
    f->odds = all_odds(j, f->fits, odds);
    flint_free(odds);
    return f->n_fits > 0 && !spoiled;
}

static char *
pair_name(const job * j, slong first, slong second)
{
    char * name = lb_mistake_name(j->mistakes + first, j->problem->expanded);
    char *other, *both;

    if (second < 0)
        return name;
    other = lb_mistake_name(j->mistakes + second, j->problem->expanded);
    both = lb_text_print("%s and %s", name, other);
    flint_free(name);
    flint_free(other);
    return both;
}

static void
keep_fit(job * j, fit f)
{
    f.name = pair_name(j, f.first, f.second);
    j->list = flint_realloc(j->list, (size_t) (j->n_fits + 1) * sizeof(fit));
    j->list[j->n_fits++] = f;
}

/* Keeps the mistakes if the values they give fit. */
static void
try_values(job * j, slong first, slong second, slong tried,
           const lb_approx_value * values)
{
    fit f = { .first = first, .second = second, .tried = tried };

    f.fits = flint_calloc((size_t) j->n + 1, 1);
    f.digits = flint_calloc((size_t) j->n + 1, sizeof(double));
    if (compare_all(&f, j, values))
        keep_fit(j, f);
    else
        fit_clear(&f);
}

/* Whether the mistakes explain all failed cases of the problem beyond doubt. */
static int
explains_all(const job * j, const fit * f)
{
    return !f->near && f->n_fits == count_failed(j)
           && f->odds * (double) f->tried < ODDS;
}

static int
is_explained(const job * j)
{
    for (slong k = 0; k < j->n_fits; k++)
        if (explains_all(j, j->list + k))
            return 1;
    return count_failed(j) == 0;
}

/* --- one mistake, and those that come with it ---------------------------- */

/* The readings: none, each mistake of the value, and two of them. */
typedef struct
{
    slong n, singles; /* the first of them are at most one mistake */
    lb_reading * list;
} readings;

static void
readings_init(readings * r, const job * j)
{
    slong n = j->n_mistakes;

    r->list = flint_malloc((size_t) (1 + n + n * n) * sizeof(lb_reading));
    r->n = 0;
    r->list[r->n++] = (lb_reading) { -1, -1 };
    for (slong a = 0; a < n; a++)
        if (lb_mistake_is_of_value(j->mistakes + a))
            r->list[r->n++] = (lb_reading) { a, -1 };
    r->singles = r->n;
    for (slong a = 1; a < r->singles; a++)
        for (slong b = a + 1; b < r->singles; b++)
            r->list[r->n++]
                = (lb_reading) { r->list[a].first, r->list[b].first };
}

/* A mistake that makes a drive strong must not cost a thousand of the others:
   at first it gets twice what the problem needs. */
static slong
rough_dimension(const job * j, const lb_explain_options * o)
{
    return FLINT_MIN(o->max_dimension,
                     FLINT_MAX(ROUGH_DIMENSION, 2 * j->rough));
}

/* The values of the problem with the mistake @p dynamics (-1: none), under the
   first @p n readings. */
static void
solve_readings(lb_approx_value * values, job * j, slong dynamics,
               const readings * r, slong n, double tolerance,
               const lb_explain_options * o)
{
    lb_mistaken_options m
        = { j->cutoff,
            dynamics >= 0 && tolerance == COARSE ? rough_dimension(j, o)
                                                 : o->max_dimension,
            tolerance };
    char * changed = flint_malloc((size_t) (n * j->n) + 1);
    slong dimension;

    lb_mistaken_values_approx(values, changed, &dimension, j->problem->expanded,
                              j->observables, j->n, j->mistakes, &dynamics,
                              dynamics >= 0, r->list, n, &m);
    if (dynamics < 0)
        *(tolerance == COARSE ? &j->rough : &j->dimension) = dimension;
    for (slong v = 1; v < n; v++)
        for (slong k = 0; k < j->n; k++)
            if (!changed[v * j->n + k])
            {
                lb_reading one = { r->list[v].first, -1 };
                slong from = 0;

                /* of two mistakes, one may change it */
                for (slong w = 1; w < r->singles && r->list[v].second >= 0; w++)
                    if ((r->list[w].first == one.first
                         || r->list[w].first == r->list[v].second)
                        && changed[w * j->n + k])
                        from = w;
                values[v * j->n + k] = values[from * j->n + k];
            }
    flint_free(changed);
}

/* Values that the estimate without mistakes does not reach are left out; at a
   cutoff that the candidate chose they need not be the reference. */
static void
check_trust(job * j, const lb_approx_value * values)
{
    for (slong k = 0; k < j->n; k++)
    {
        item * it = j->items + k;
        double off = fabs(values[k].re - it->reference);

        if (!it->trusted)
            continue;
        it->trusted
            = values[k].digits >= LEAST_DIGITS && isfinite(values[k].re);
        if (j->cutoff == NULL || j->problem->cutoff != NULL)
            it->trusted = it->trusted
                          && off <= fmax(allowed(it, it->reference),
                                         FIT * fabs(it->reference));
    }
}

/* Whether rough values could be those of the candidate. */
static int
is_hopeful(const job * j, const lb_approx_value * values)
{
    slong fitting = 0;

    for (slong k = 0; k < j->n; k++)
    {
        const item * it = j->items + k;
        double size = fabs(values[k].re);
        int close = fabs(it->answer - values[k].re)
                    <= fmax(allowed(it, size), COARSE_FIT * size);

        if (!it->trusted)
            continue;
        if (!it->failed && !close)
            return 0;
        fitting += it->failed && close;
    }
    /* one of several is never believed, see is_believed */
    return fitting > 1 || fitting == count_failed(j);
}

/* A mistake of the dynamics, alone and with one of the value. */
static void
try_dynamics(lb_approx_value * values, job * j, slong a, const readings * r,
             const lb_explain_options * o)
{
    slong pairs = j->n_mistakes * j->n_mistakes;
    int hopeful = 0;

    solve_readings(values, j, a, r, r->singles, COARSE, o);
    for (slong v = 0; v < r->singles; v++)
        hopeful = hopeful || is_hopeful(j, values + v * j->n);
    if (!hopeful)
        return;
    solve_readings(values, j, a, r, r->singles, FINE, o);
    for (slong v = 0; v < r->singles; v++)
        try_values(j, a, r->list[v].first, v == 0 ? j->n_mistakes : pairs,
                   values + v * j->n);
}

static void
try_singles(job * j, const lb_explain_options * o)
{
    lb_approx_value * values;
    readings r;
    slong pairs;

    readings_init(&r, j);
    pairs = j->n_mistakes * j->n_mistakes;
    values = flint_malloc((size_t) (r.n * j->n + 1) * sizeof(lb_approx_value));
    solve_readings(values, j, -1, &r, 1, COARSE, o);
    solve_readings(values, j, -1, &r, r.n, FINE, o);
    check_trust(j, values);
    for (slong v = 1; v < r.n && count_failed(j) > 0; v++)
        try_values(j, r.list[v].first, r.list[v].second,
                   v < r.singles ? j->n_mistakes : pairs, values + v * j->n);
    for (slong a = 0; a < j->n_mistakes && count_failed(j) > 0; a++)
        if (!lb_mistake_is_of_value(j->mistakes + a)
            && (o->stop == NULL || !o->stop(o->progress_context)))
            try_dynamics(values, j, a, &r, o);
    flint_free(values);
    flint_free(r.list);
}

/* --- two mistakes -------------------------------------------------------- */

/* Solves with two mistakes; first roughly, unless they were seen to fit. */
static void
try_pair(job * j, slong first, slong second, int seen, slong tried,
         const lb_explain_options * o)
{
    lb_mistaken_options m = { j->cutoff, rough_dimension(j, o), COARSE };
    lb_approx_value * values
        = flint_malloc((size_t) (j->n + 1) * sizeof(lb_approx_value));
    lb_reading none = { -1, -1 };
    slong both[2] = { first, second };

    if (!seen)
        lb_mistaken_values_approx(values, NULL, NULL, j->problem->expanded,
                                  j->observables, j->n, j->mistakes, both, 2,
                                  &none, 1, &m);
    if (seen || is_hopeful(j, values))
    {
        m.tolerance = FINE;
        m.max_dimension = o->max_dimension;
        lb_mistaken_values_approx(values, NULL, NULL, j->problem->expanded,
                                  j->observables, j->n, j->mistakes, both, 2,
                                  &none, 1, &m);
        try_values(j, first, second, tried, values);
    }
    flint_free(values);
}

/* Whether the pair came with a mistake of the dynamics, or with none. */
static int
is_tried(const job * j, slong a, slong b)
{
    return lb_mistake_is_of_value(j->mistakes + a)
           || lb_mistake_is_of_value(j->mistakes + b);
}

static void
try_pairs(job * j, const lb_explain_options * o)
{
    slong tried = j->n_mistakes * j->n_mistakes;

    j->pairs_tried = 1;
    for (slong a = 0; a < j->n_mistakes; a++)
        for (slong b = a + 1; b < j->n_mistakes; b++)
            if (!is_tried(j, a, b)
                && (o->stop == NULL || !o->stop(o->progress_context)))
                try_pair(j, a, b, 0, tried, o);
}

/* --- what is believed ---------------------------------------------------- */

/* How many failed cases a mistake explains, over all problems. */
typedef struct
{
    char * name;
    char * sentence;
    slong fits;
    int pair;
} total;

typedef struct
{
    slong n;
    total * list;
} totals;

static total *
find_total(const totals * t, const char * name)
{
    for (slong k = 0; k < t->n; k++)
        if (strcmp(t->list[k].name, name) == 0)
            return t->list + k;
    return NULL;
}

static char *
sentence_of(const job * j, const fit * f)
{
    const char * first = lb_mistake_sentence(j->mistakes + f->first);

    if (f->second < 0)
        return lb_text_copy(first);
    return lb_text_print("%s; and %s", first,
                         lb_mistake_sentence(j->mistakes + f->second));
}

static void
add_total(totals * t, const job * j, const fit * f)
{
    total * at = find_total(t, f->name);

    if (at == NULL)
    {
        t->list = flint_realloc(t->list, (size_t) (t->n + 1) * sizeof(total));
        at = t->list + t->n++;
        *at = (total) { lb_text_copy(f->name), sentence_of(j, f), 0,
                        f->second >= 0 };
    }
    at->fits += f->n_fits;
}

static void
totals_clear(totals * t)
{
    for (slong k = 0; k < t->n; k++)
    {
        flint_free(t->list[k].name);
        flint_free(t->list[k].sentence);
    }
    flint_free(t->list);
    t->list = NULL;
    t->n = 0;
}

/* Values that are wrong by different factors. */
static slong
count_factors(const job * j, const fit * f)
{
    slong n = 0;

    for (slong k = 0; k < j->n; k++)
    {
        int first = f->fits[k];

        for (slong l = 0; l < k; l++)
            if (f->fits[l] && is_same_factor(j->items + k, j->items + l))
                first = 0;
        n += first;
    }
    return n;
}

/* @p known: mistakes that explain other problems, which are tried as few; NULL:
   none yet. */
static int
is_believed(const job * j, const fit * f, const totals * known)
{
    const total * at = known != NULL ? find_total(known, f->name) : NULL;
    slong tried = f->tried;

    if (f->near)
        return 0;
    if (at != NULL && at->fits > f->n_fits)
        tried = FLINT_MIN(tried, known->n);
    if (f->n_fits == count_failed(j))
        return f->odds * (double) tried < ODDS;
    return count_factors(j, f) > 1 && f->odds * (double) tried < ODDS_OF_PART;
}

/* The explanations of a problem, the best first. */
typedef struct
{
    const job * j;
    const totals * totals;
    const fit * f;
} ranked;

static int
compare_ranked(const void * a, const void * b)
{
    const ranked *x = a, *y = b;
    const total * s = find_total(x->totals, x->f->name);
    const total * t = find_total(y->totals, y->f->name);
    slong p = s != NULL ? s->fits : 0, q = t != NULL ? t->fits : 0;

    if (x->f->n_fits != y->f->n_fits)
        return x->f->n_fits > y->f->n_fits ? -1 : 1;
    if ((x->f->second < 0) != (y->f->second < 0))
        return x->f->second < 0 ? -1 : 1;
    if (p != q)
        return p > q ? -1 : 1;
    return x->f < y->f ? -1 : x->f > y->f;
}

/* Those that are believed; a pair only if no single mistake does as much. */
static slong
rank(ranked * list, const job * j, const totals * known, const totals * all)
{
    slong n = 0, keep = 0;

    for (slong k = 0; k < j->n_fits; k++)
        if (is_believed(j, j->list + k, known))
            list[n++] = (ranked) { j, all, j->list + k };
    qsort(list, (size_t) n, sizeof(ranked), compare_ranked);
    while (keep < n && list[keep].f->n_fits == list[0].f->n_fits
           && (list[keep].f->second < 0) == (list[0].f->second < 0))
        keep++;
    return keep;
}

static void
sum_totals(totals * t, const job * jobs, slong n, const totals * known)
{
    for (slong i = 0; i < n; i++)
    {
        const job * j = jobs + i;
        ranked * list = flint_malloc((size_t) (j->n_fits + 1) * sizeof(ranked));
        slong length = rank(list, j, known, t);

        for (slong k = 0; k < length; k++)
            add_total(t, j, list[k].f);
        flint_free(list);
    }
}

static void
write_explanation(item * it, const job * j, const fit * f, slong k,
                  slong others)
{
    char * sentence = sentence_of(j, f);
    slong n = count_failed(j);

    add_explanation(
        it->c,
        lb_text_print(
            "%s: %s (fits %ld of %ld wrong values of the problem, this one to "
            "%.0f digits; an estimate%s)",
            f->name, sentence, (long) f->n_fits, (long) n, floor(f->digits[k]),
            others > 0 ? "; others fit equally well" : ""));
    flint_free(sentence);
}

/* One that is close, if nothing fits: no proof and no verdict. */
static void
write_near(job * j)
{
    const fit * best = NULL;

    for (slong k = 0; k < j->n_fits; k++)
    {
        const fit * f = j->list + k;

        if (f->near && f->second < 0 && f->odds * (double) f->tried < ODDS
            && (best == NULL || f->odds < best->odds))
            best = f;
    }
    for (slong k = 0; k < j->n && best != NULL; k++)
        if (best->fits[k])
            add_explanation(
                j->items[k].c,
                lb_text_print("perhaps %s: %s (a near match, to %.1f digits; "
                              "it proves nothing)",
                              best->name,
                              lb_mistake_sentence(j->mistakes + best->first),
                              best->digits[k]));
}

static void
write_job(job * j, const totals * known, const totals * all)
{
    ranked * list = flint_malloc((size_t) (j->n_fits + 1) * sizeof(ranked));
    slong n = rank(list, j, known, all);

    for (slong k = 0; k < j->n; k++)
    {
        item * it = j->items + k;
        slong fitting = 0, written = 0;

        for (slong r = 0; r < n; r++)
            fitting += list[r].f->fits[k];
        for (slong r = 0; r < n && written < MOST_TIES; r++)
            if (list[r].f->fits[k])
            {
                write_explanation(it, j, list[r].f, k, fitting - 1);
                written++;
            }
        if (fitting > MOST_TIES)
            add_explanation(it->c, lb_text_print("and %ld more",
                                                 (long) (fitting - MOST_TIES)));
        if (fitting > 0)
            it->c->result->verdict = LB_GATE_CONVENTION;
    }
    if (n == 0)
        write_near(j);
    flint_free(list);
}

/* --- rounds -------------------------------------------------------------- */

typedef struct
{
    const lb_explain_options * o;
    slong n;
    job * jobs;
    totals found; /* pairs that fit somewhere */
} session;

static void
try_found(job * j, const session * s)
{
    for (slong a = 0; a < j->n_mistakes; a++)
        for (slong b = a + 1; b < j->n_mistakes; b++)
        {
            char * name;

            if (is_tried(j, a, b))
                continue;
            name = pair_name(j, a, b);
            if (find_total(&s->found, name) != NULL)
                try_pair(j, a, b, 1, j->n_mistakes * j->n_mistakes, s->o);
            flint_free(name);
        }
}

static void
first_round(job * j, const session * s)
{
    check_cutoffs(j, s->o);
    if (count_failed(j) == 0)
        return;
    j->mistakes = lb_mistakes_of(&j->n_mistakes, j->problem->expanded);
    try_singles(j, s->o);
}

static void
second_round(job * j, const session * s)
{
    try_pairs(j, s->o);
}

static void
run_round(session * s, void (*round)(job *, const session *), job ** jobs,
          slong n)
{
    slong done = 0;

#pragma omp parallel num_threads(s->o->jobs)
    {
#pragma omp for schedule(dynamic, 1)
        for (slong k = 0; k < n; k++)
        {
            if (s->o->stop == NULL || !s->o->stop(s->o->progress_context))
                round(jobs[k], s);
#pragma omp critical(lb_explain)
            {
                done++;
                if (s->o->progress != NULL)
                    s->o->progress(s->o->progress_context, done, n);
            }
        }
        /* what FLINT keeps for a thread is lost if the thread ends */
        if (omp_get_thread_num() != 0)
            flint_cleanup();
    }
}

/* Most failed cases first, and the smallest space. */
static int
compare_jobs(const void * a, const void * b)
{
    const job *x = *(job *const *) a, *y = *(job *const *) b;
    slong p = count_failed(x), q = count_failed(y);

    if (p != q)
        return p > q ? -1 : 1;
    if (x->dimension != y->dimension)
        return x->dimension < y->dimension ? -1 : 1;
    return x < y ? -1 : x > y;
}

static void
run_rounds(session * s)
{
    job ** jobs = flint_malloc((size_t) (s->n + 1) * sizeof(job *));
    slong n = 0, first;

    for (slong k = 0; k < s->n; k++)
        jobs[k] = s->jobs + k;
    run_round(s, first_round, jobs, s->n);
    for (slong k = 0; k < s->n; k++)
        if (!is_explained(s->jobs + k)
            && s->jobs[k].dimension <= s->o->max_pair_dimension)
            jobs[n++] = s->jobs + k;
    qsort(jobs, (size_t) n, sizeof(job *), compare_jobs);
    first = FLINT_MIN(n, s->o->max_pair_problems);
    run_round(s, second_round, jobs, first);
    sum_totals(&s->found, s->jobs, s->n, NULL);
    run_round(s, try_found, jobs + first, n - first);
    flint_free(jobs);
}

/* --- all together -------------------------------------------------------- */

static int
compare_lines(const void * a, const void * b)
{
    const lb_explain_line *x = a, *y = b;

    if (x->fits != y->fits)
        return x->fits > y->fits ? -1 : 1;
    return strcmp(x->name, y->name);
}

static void
summarize(lb_explain_summary_t summary, const lb_gate_report_t report,
          totals * t)
{
    summary->cutoff = summary->convention = 0;
    for (slong k = 0; k < report->n; k++)
    {
        summary->cutoff += report->cases[k].result->verdict == LB_GATE_CUTOFF;
        summary->convention
            += report->cases[k].result->verdict == LB_GATE_CONVENTION;
    }
    summary->n = t->n;
    summary->lines
        = flint_malloc((size_t) (t->n + 1) * sizeof(lb_explain_line));
    for (slong k = 0; k < t->n; k++)
    {
        summary->lines[k]
            = (lb_explain_line) { t->list[k].name, t->list[k].sentence,
                                  t->list[k].fits };
        t->list[k].name = NULL;
        t->list[k].sentence = NULL;
    }
    qsort(summary->lines, (size_t) t->n, sizeof(lb_explain_line),
          compare_lines);
}

static void
make_jobs(session * s, lb_gate_report_t report)
{
    s->jobs = flint_malloc((size_t) (report->n + 1) * sizeof(job));
    for (slong k = 0, n; k < report->n; k += n)
    {
        job * j = s->jobs + s->n;

        for (n = 1;
             k + n < report->n
             && report->cases[k + n].problem == report->cases[k].problem;)
            n++;
        job_init(j, report->cases + k, n);
        if (count_failed(j) > 0)
            s->n++;
        else
            job_clear(j);
    }
}

void
lb_gate_explain(lb_explain_summary_t summary, lb_gate_report_t report,
                const lb_explain_options * options)
{
    lb_explain_options standard;
    totals known = { 0, NULL }, all = { 0, NULL };
    session s;

    lb_explain_options_init(&standard);
    memset(&s, 0, sizeof(s));
    s.o = options != NULL ? options : &standard;
    lb_explain_summary_clear(summary);
    for (slong k = 0; k < report->n; k++)
        summary->failures
            += has_failed(report->cases + k)
               || report->cases[k].result->verdict == LB_GATE_CUTOFF;
    make_jobs(&s, report);
    for (slong k = 0; k < report->n; k++)
        if (report->cases[k].result->verdict == LB_GATE_CUTOFF)
            explain_judged(report->cases + k, s.o);
    run_rounds(&s);
    sum_totals(&known, s.jobs, s.n, NULL);
    sum_totals(&all, s.jobs, s.n, &known);
    for (slong k = 0; k < s.n; k++)
    {
        write_job(s.jobs + k, &known, &all);
        job_clear(s.jobs + k);
    }
    flint_free(s.jobs);
    summarize(summary, report, &all);
    totals_clear(&s.found);
    totals_clear(&known);
    totals_clear(&all);
}
