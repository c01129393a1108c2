/* gate/judge.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing is rounded on the way to a verdict.  The answer x and the tolerance
 * are rational, the ends of a reference ball [l, u] dyadic.  What decides,
 *
 *     f(b) = |x - b| - absolute - relative |b|,
 *
 * is linear in b but for a convex kink at b = x and a concave one at b = 0.  So
 * its maximum over [l, u] is at l, at u, or at 0 if that is inside; and if x is
 * not inside, where f is concave, its minimum is at l or at u. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/ball_text.h>
#include <lindbound/judge.h>
#include <lindbound/text.h>

const char *
lb_gate_verdict_str(lb_gate_verdict verdict)
{
    static const char * const names[]
        = { "INSIDE", "PASS",       "SKIPPED", "UNDECIDED", "CLAIM-VIOLATED",
            "CUTOFF", "CONVENTION", "FAIL",    "ERRORED",   "TIMEOUT" };

    return names[verdict];
}

int
lb_gate_is_good(lb_gate_verdict verdict)
{
    return verdict == LB_GATE_INSIDE || verdict == LB_GATE_PASS;
}

void
lb_gate_result_init(lb_gate_result_t r)
{
    r->verdict = LB_GATE_SKIPPED;
    r->digits = NAN;
    r->rounded = 0;
    r->note = NULL;
}

void
lb_gate_result_clear(lb_gate_result_t r)
{
    flint_free(r->note);
}

static void
set_note(lb_gate_result_t r, char * note)
{
    flint_free(r->note);
    r->note = note;
}

/* --- intervals ----------------------------------------------------------- */

/* All points from lo to hi. */
typedef struct
{
    fmpq_t lo, hi;
} interval;

static void
interval_init(interval * v)
{
    fmpq_init(v->lo);
    fmpq_init(v->hi);
}

static void
interval_clear(interval * v)
{
    fmpq_clear(v->lo);
    fmpq_clear(v->hi);
}

/* The points of the ball, exactly; 0 if it is not finite. */
static int
interval_set(interval * v, const arb_t ball)
{
    arf_t end, radius;

    if (!arb_is_finite(ball))
        return 0;
    arf_init(end);
    arf_init(radius);
    arf_set_mag(radius, arb_radref(ball));
    arf_sub(end, arb_midref(ball), radius, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_get_fmpq(v->lo, end);
    arf_add(end, arb_midref(ball), radius, ARF_PREC_EXACT, ARF_RND_DOWN);
    arf_get_fmpq(v->hi, end);
    arf_clear(end);
    arf_clear(radius);
    return 1;
}

static int
contains(const interval * v, const fmpq_t x)
{
    return fmpq_cmp(v->lo, x) <= 0 && fmpq_cmp(x, v->hi) <= 0;
}

static int
contains_zero(const interval * v)
{
    return fmpq_sgn(v->lo) <= 0 && fmpq_sgn(v->hi) >= 0;
}

/* d = the distance of x from the nearest point */
static void
get_distance(fmpq_t d, const fmpq_t x, const interval * v)
{
    fmpq_zero(d);
    if (fmpq_cmp(x, v->lo) < 0)
        fmpq_sub(d, v->lo, x);
    else if (fmpq_cmp(x, v->hi) > 0)
        fmpq_sub(d, x, v->hi);
}

/* --- the tolerance ------------------------------------------------------- */

typedef struct
{
    const fmpq *relative, *absolute;
} limits;

static limits
get_limits(const lb_vector * vector, const lb_gate_tolerance * tolerance)
{
    limits t = { vector->relative, vector->absolute };

    if (tolerance != NULL && tolerance->has_relative)
        t.relative = tolerance->relative;
    if (tolerance != NULL && tolerance->has_absolute)
        t.absolute = tolerance->absolute;
    return t;
}

/* The sign of f(b). */
static int
sign_of_excess(const fmpq_t x, const fmpq_t b, limits t)
{
    fmpq_t allowed, difference;
    int sign;

    fmpq_init(allowed);
    fmpq_init(difference);
    fmpq_abs(allowed, b);
    fmpq_mul(allowed, allowed, t.relative);
    fmpq_add(allowed, allowed, t.absolute);
    fmpq_sub(difference, x, b);
    fmpq_abs(difference, difference);
    sign = fmpq_cmp(difference, allowed);
    fmpq_clear(allowed);
    fmpq_clear(difference);
    return sign;
}

/* Whether x is within the tolerance of every point. */
static int
is_within(const fmpq_t x, const interval * v, limits t)
{
    fmpq_t zero;
    int within
        = sign_of_excess(x, v->lo, t) <= 0 && sign_of_excess(x, v->hi, t) <= 0;

    fmpq_init(zero);
    if (within && contains_zero(v))
        within = sign_of_excess(x, zero, t) <= 0;
    fmpq_clear(zero);
    return within;
}

/* Whether x is within the tolerance of no point. */
static int
is_outside(const fmpq_t x, const interval * v, limits t)
{
    return !contains(v, x) && sign_of_excess(x, v->lo, t) > 0
           && sign_of_excess(x, v->hi, t) > 0;
}

/* Whether every point of @p v is within the tolerance of every point of @p w:
   f is convex in x. */
static int
all_within(const interval * v, const interval * w, limits t)
{
    return is_within(v->lo, w, t) && is_within(v->hi, w, t);
}

/* --- correct digits, for the report -------------------------------------- */

/* log10 |x|, of x != 0 */
static double
log10_abs(const fmpq_t x)
{
    arb_t y, ten;
    double value;

    arb_init(y);
    arb_init(ten);
    arb_set_fmpq(y, x, 64);
    arb_abs(y, y);
    arb_log(y, y, 64);
    arb_set_ui(ten, 10);
    arb_log(ten, ten, 64);
    arb_div(y, y, ten, 64);
    value = arf_get_d(arb_midref(y), ARF_RND_NEAR);
    arb_clear(y);
    arb_clear(ten);
    return value;
}

/* How many digits of x are right, as far as the reference goes. */
static double
correct_digits(const fmpq_t x, const interval * v, slong stated)
{
    double known = (double) stated, digits;
    fmpq_t mid, error;

    fmpq_init(mid);
    fmpq_init(error);
    fmpq_add(mid, v->lo, v->hi);
    fmpq_div_2exp(mid, mid, 1);
    fmpq_sub(error, x, mid);
    if (!contains_zero(v))
        fmpq_div(error, error, mid);
    else if (!fmpq_equal(v->lo, v->hi)) /* about its radius around zero */
        known = -log10_abs(fmpq_sgn(mid) < 0 ? v->lo : v->hi);
    digits = contains(v, x) ? known : -log10_abs(error);
    fmpq_clear(mid);
    fmpq_clear(error);
    return fmax(0, fmin(digits, known));
}

/* --- words --------------------------------------------------------------- */

/* x in decimals, for people; release with flint_free */
static char *
number_text(const fmpq_t x, slong digits)
{
    arb_t y;
    char * text;

    arb_init(y);
    arb_set_fmpq(y, x, 4 * digits + 32);
    text = arb_get_str(y, digits, ARB_STR_NO_RADIUS);
    arb_clear(y);
    return text;
}

/* The middle of the ball likewise. */
static char *
ball_text(const arb_t ball, slong digits)
{
    char * text;
    fmpq_t x;

    fmpq_init(x);
    arf_get_fmpq(x, arb_midref(ball));
    text = number_text(x, digits);
    fmpq_clear(x);
    return text;
}

/* Enough digits to tell two numbers apart that share so many. */
static slong
digits_to_tell(double shared)
{
    return (slong) fmin(fmax(6, shared + 3), 40);
}

/* --- cutoffs ------------------------------------------------------------- */

#define MAX_LEVELS 64

typedef struct
{
    const char * name;
    size_t length;
    slong level;
} level;

/* What a text says is kept. */
typedef struct
{
    slong total; /* -1: none */
    int n;
    level levels[MAX_LEVELS];
} cutoff;

static const char *
skip_space(const char * text)
{
    return text + strspn(text, " \t");
}

static slong
find_level(const cutoff * c, const char * name, size_t length)
{
    for (int k = 0; k < c->n; k++)
        if (c->levels[k].length == length
            && memcmp(c->levels[k].name, name, length) == 0)
            return k;
    return -1;
}

/* "N<=8", "8" or "a=5" from *text on, which is moved behind it. */
static int
read_level(cutoff * c, const char ** text)
{
    const char *name = *text, *at = name;
    size_t length = 0, digits;
    slong value;

    if (isalpha((unsigned char) *name) || *name == '_')
    {
        while (isalnum((unsigned char) name[length]) || name[length] == '_')
            length++;
        at = skip_space(name + length);
        at += *at == '<';
        if (*at++ != '=')
            return 0;
    }
    at = skip_space(at);
    digits = strspn(at, "0123456789");
    if (digits == 0 || digits > 9)
        return 0;
    value = (slong) strtol(at, NULL, 10);
    *text = skip_space(at + digits);
    if (length == 0 || (length == 1 && *name == 'N'))
    {
        if (c->total >= 0)
            return 0;
        c->total = value;
        return 1;
    }
    if (c->n == MAX_LEVELS || find_level(c, name, length) >= 0)
        return 0;
    c->levels[c->n++] = (level) { name, length, value };
    return 1;
}

/* 0: the text is none */
static int
read_cutoff(cutoff * c, const char * text)
{
    c->total = -1;
    c->n = 0;
    for (;;)
    {
        text = skip_space(text);
        if (!read_level(c, &text))
            return 0;
        if (*text == '\0')
            return 1;
        if (*text++ != ',')
            return 0;
    }
}

/* Whether they name the same: "N" or not, and the same subsystems. */
static int
same_form(const cutoff * c, const cutoff * d)
{
    if ((c->total >= 0) != (d->total >= 0) || c->n != d->n)
        return 0;
    for (int k = 0; k < c->n; k++)
        if (find_level(d, c->levels[k].name, c->levels[k].length) < 0)
            return 0;
    return 1;
}

static int
equal_cutoffs(const cutoff * c, const cutoff * d)
{
    if (!same_form(c, d) || c->total != d->total)
        return 0;
    for (int k = 0; k < c->n; k++)
    {
        slong j = find_level(d, c->levels[k].name, c->levels[k].length);

        if (d->levels[j].level != c->levels[k].level)
            return 0;
    }
    return 1;
}

int
lb_same_cutoff(const char * x, const char * y)
{
    cutoff c, d;

    if (!read_cutoff(&c, x) || !read_cutoff(&d, y))
        return strcmp(x, y) == 0;
    return equal_cutoffs(&c, &d);
}

/* Says the same in one way only: two-level systems have both levels anyhow, and
   the level of the only mode there is is the excitation number. */
static void
reduce(cutoff * c, const lb_expanded_t e)
{
    for (int k = 0; k < e->n_subsystems; k++)
    {
        slong j = find_level(c, e->names[k], strlen(e->names[k]));
        int mode = e->kinds[k] == LB_MODE;

        if (j < 0 || (mode ? e->n_subsystems > 1 : c->levels[j].level < 1))
            continue;
        if (mode && (c->total < 0 || c->levels[j].level < c->total))
            c->total = c->levels[j].level;
        c->levels[j] = c->levels[--c->n];
    }
}

/* The cutoff of a problem that @p text says; NULL or no cutoff: 0. */
static int
read_reduced(cutoff * c, const char * text, const lb_vector_problem * problem)
{
    if (text == NULL || !read_cutoff(c, text))
        return 0;
    reduce(c, problem->expanded);
    return 1;
}

static slong
size_of(const cutoff * c)
{
    slong size = FLINT_MAX(c->total, 0);

    for (int k = 0; k < c->n; k++)
        size += c->levels[k].level;
    return size;
}

/* --- one answer, one reference ------------------------------------------- */

/* The verdict by one value; its note is left alone. */
static lb_gate_verdict
judge_by(const fmpq_t x, const fmpq * error, const interval * v, limits t)
{
    lb_gate_verdict verdict = LB_GATE_UNDECIDED;
    fmpq_t distance;

    if (contains(v, x))
        return LB_GATE_INSIDE;
    fmpq_init(distance);
    get_distance(distance, x, v);
    if (is_within(x, v, t))
        verdict = error != NULL && fmpq_cmp(distance, error) > 0
                      ? LB_GATE_CLAIM_VIOLATED
                      : LB_GATE_PASS;
    else if (is_outside(x, v, t))
        verdict = LB_GATE_FAIL;
    fmpq_clear(distance);
    return verdict;
}

static void
write_note(lb_gate_result_t r, const lb_answer_t answer,
           const lb_table_value_struct * value, const interval * v)
{
    slong digits = digits_to_tell(r->digits);
    char *said = number_text(answer->value, digits), *other = NULL;
    fmpq_t distance;

    fmpq_init(distance);
    switch (r->verdict)
    {
    case LB_GATE_UNDECIDED:
        other = lb_ball_str(value->ball, digits);
        set_note(r,
                 lb_text_print("the reference %s is too wide to tell", other));
        break;
    case LB_GATE_CLAIM_VIOLATED:
        get_distance(distance, answer->value, v);
        flint_free(said);
        said = number_text(distance, 3);
        other = number_text(answer->error, 3);
        set_note(r, lb_text_print("wrong by %s, more than its own error, %s",
                                  said, other));
        break;
    case LB_GATE_FAIL:
        other = ball_text(value->ball, digits);
        set_note(r, lb_text_print("%s, not %s: %.1f correct digits", said,
                                  other, r->digits));
        break;
    default:
        break;
    }
    fmpq_clear(distance);
    flint_free(said);
    flint_free(other);
}

/* Judges a value by one reference. */
static void
judge_value(lb_gate_result_t r, const lb_answer_t answer,
            const lb_table_value_struct * value, limits t)
{
    interval v;

    interval_init(&v);
    if (!interval_set(&v, value->ball))
    {
        r->verdict = LB_GATE_UNDECIDED;
        r->digits = 0;
        set_note(r, lb_text_copy("the reference is no ball"));
    }
    else
    {
        r->verdict = judge_by(answer->value,
                              answer->has_error ? answer->error : NULL, &v, t);
        r->digits = correct_digits(answer->value, &v, value->digits);
        write_note(r, answer, value, &v);
    }
    interval_clear(&v);
}

/* --- the candidate's cutoff ---------------------------------------------- */

/* Whether the answer passes by the value at a cutoff. */
static int
passes_at(const lb_answer_t answer, const lb_vector_truncation * truncation,
          limits t)
{
    interval v;
    int good;

    interval_init(&v);
    good = interval_set(&v, truncation->value.ball)
           && lb_gate_is_good(judge_by(answer->value, NULL, &v, t));
    interval_clear(&v);
    return good;
}

/* Whether the value at a cutoff is right for the full model. */
static int
is_enough(const lb_vector_truncation * truncation, const lb_vector * vector,
          limits t)
{
    interval v, w;
    int good;

    interval_init(&v);
    interval_init(&w);
    good = interval_set(&v, truncation->value.ball)
           && interval_set(&w, vector->value.ball) && all_within(&v, &w, t);
    interval_clear(&v);
    interval_clear(&w);
    return good;
}

/* Of the truncations in the form of @p said: the smallest from which on all are
   enough, or NULL; *largest is the largest. */
static const lb_vector_truncation *
find_enough(const lb_vector_truncation ** largest, const lb_vector * vector,
            const lb_vector_problem * problem, const cutoff * said, limits t)
{
    const lb_vector_truncation * best = NULL;
    slong best_size = 0, worst_size = -1, largest_size = -1;
    cutoff c;

    for (slong k = 0; k < vector->n_truncations; k++)
    {
        const lb_vector_truncation * at = vector->truncations + k;

        if (!read_reduced(&c, at->cutoff, problem) || !same_form(&c, said))
            continue;
        if (size_of(&c) > largest_size)
        {
            *largest = at;
            largest_size = size_of(&c);
        }
        if (!is_enough(at, vector, t))
            worst_size = FLINT_MAX(worst_size, size_of(&c));
    }
    for (slong k = 0; k < vector->n_truncations; k++)
    {
        const lb_vector_truncation * at = vector->truncations + k;

        if (read_reduced(&c, at->cutoff, problem) && same_form(&c, said)
            && size_of(&c) > worst_size
            && (best == NULL || size_of(&c) < best_size))
        {
            best = at;
            best_size = size_of(&c);
        }
    }
    return best;
}

static void
write_cutoff_note(lb_gate_result_t r, const lb_vector * vector,
                  const lb_vector_problem * problem, const cutoff * said,
                  const lb_vector_truncation * at, limits t)
{
    const lb_vector_truncation * largest = at;
    const lb_vector_truncation * enough
        = find_enough(&largest, vector, problem, said, t);
    char * full = ball_text(vector->value.ball, digits_to_tell(r->digits));

    set_note(r,
             lb_text_print("right for the model truncated at %s; the full "
                           "value is %s; raise the cutoff %s %s%s",
                           at->cutoff, full, enough != NULL ? "to" : "beyond",
                           enough != NULL ? enough->cutoff : largest->cutoff,
                           enough != NULL ? " or more" : ""));
    flint_free(full);
}

/* FAIL becomes CUTOFF if that is what is wrong. */
static void
judge_cutoff(lb_gate_result_t r, const lb_vector * vector,
             const lb_vector_problem * problem, const lb_answer_t answer,
             limits t)
{
    cutoff said, c;

    if (!read_reduced(&said, answer->cutoff, problem))
        return;
    for (slong k = 0; k < vector->n_truncations; k++)
    {
        const lb_vector_truncation * at = vector->truncations + k;

        if (read_reduced(&c, at->cutoff, problem) && equal_cutoffs(&c, &said)
            && passes_at(answer, at, t))
        {
            r->verdict = LB_GATE_CUTOFF;
            write_cutoff_note(r, vector, problem, &said, at, t);
            return;
        }
    }
}

/* Of a problem that is a truncated model. */
static void
compare_cutoff(lb_gate_result_t r, const lb_vector_problem * problem,
               const lb_answer_t answer)
{
    cutoff wanted, said;

    if (problem->cutoff == NULL
        || !read_reduced(&wanted, problem->cutoff, problem)
        || !read_reduced(&said, answer->cutoff, problem)
        || equal_cutoffs(&wanted, &said))
        return;
    set_note(r, lb_text_print("%s; the problem is cut off at %s, the answer at "
                              "%.40s",
                              r->note, problem->cutoff, answer->cutoff));
}

/* --- one answer ---------------------------------------------------------- */

/* There is no value. */
static void
judge_no_value(lb_gate_result_t r, const lb_answer_t answer)
{
    const char * reason = answer->reason;

    r->verdict = answer->kind == LB_ANSWER_ERRORED   ? LB_GATE_ERRORED
                 : answer->kind == LB_ANSWER_TIMEOUT ? LB_GATE_TIMEOUT
                                                     : LB_GATE_SKIPPED;
    if (reason == NULL && answer->kind == LB_ANSWER_NONE)
        reason = "no answer";
    set_note(r, lb_text_copy(reason));
}

/* The problem is to be refused. */
static void
judge_refusal(lb_gate_result_t r, const lb_vector_problem * problem,
              const lb_answer_t answer)
{
    char * said;

    switch (answer->kind)
    {
    case LB_ANSWER_VALUE:
        r->verdict = LB_GATE_FAIL;
        said = number_text(answer->value, 6);
        set_note(r, lb_text_print("%s, but there is no value: %s", said,
                                  problem->refuse));
        flint_free(said);
        break;
    case LB_ANSWER_SKIPPED:
    case LB_ANSWER_ERRORED:
        r->verdict = LB_GATE_PASS;
        set_note(r, lb_text_print("refused, as it must be: %s",
                                  answer->reason != NULL ? answer->reason
                                                         : problem->refuse));
        break;
    default:
        judge_no_value(r, answer);
    }
}

/* By the value of the problem in doubles, if that is better. */
static void
judge_rounded(lb_gate_result_t r, const lb_vector * vector,
              const lb_answer_t answer, limits t)
{
    lb_gate_result_t other;

    lb_gate_result_init(other);
    judge_value(other, answer, &vector->rounded, t);
    if (other->verdict < r->verdict)
    {
        lb_gate_result_clear(r);
        *r = *other;
        r->rounded = 1;
    }
    else
        lb_gate_result_clear(other);
}

void
lb_gate_judge(lb_gate_result_t r, const lb_vector * vector,
              const lb_vector_problem * problem, const lb_answer_t answer,
              const lb_gate_tolerance * tolerance)
{
    limits t = get_limits(vector, tolerance);

    lb_gate_result_clear(r);
    lb_gate_result_init(r);
    if (problem->refuse != NULL)
        judge_refusal(r, problem, answer);
    else if (answer->kind != LB_ANSWER_VALUE)
        judge_no_value(r, answer);
    else
    {
        judge_value(r, answer, &vector->value, t);
        if (vector->rounded.known)
            judge_rounded(r, vector, answer, t);
        if (r->verdict == LB_GATE_FAIL)
        {
            compare_cutoff(r, problem, answer);
            judge_cutoff(r, vector, problem, answer, t);
        }
    }
}
