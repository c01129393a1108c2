/* gate/gate_process.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/clock.h>
#include <lindbound/gate_child.h>
#include <lindbound/gate_process.h>
#include <lindbound/text.h>

#define FAILED_STARTS 3
#define STOP_SECONDS 2.0
/* Commas and opening brackets: an empty object, three bytes, takes jansson 200
   bytes. */
#define ANSWER_VALUES 100000
#define QUOTED 60

/* A problem whose answer turned out to be none when it had been judged. */
typedef struct
{
    const lb_vector_problem * problem;
    char * reason;
} late_error;

/* Of one job. */
typedef struct
{
    lb_gate_child child;
    slong seq;                      /* of the last request              */
    const lb_vector_problem * last; /* which this process has answered;
                                       NULL: none                       */
} talk;

/* Under the lock lb_gate_process: all below `talks`. */
struct lb_gate_process_struct
{
    char * command;
    char * greeting; /* the first line a process gets */
    int jobs;
    double timeout;
    talk * talks;
    char * name; /* NULL: no process has started */
    char * version;
    int failed_starts; /* in a row */
    char * failure;    /* of the last of them */
    slong n_late;
    late_error * late;
};

/* Why there is no answer; NONE: there is; SKIPPED and not said: interrupted. */
typedef struct
{
    lb_answer_kind kind;
    int is_said; /* by the candidate itself */
    char reason[512];
} trouble;

LB_PRINTF(3, 4)
static void
set_trouble(trouble * t, lb_answer_kind kind, const char * format, ...)
{
    va_list args;

    t->kind = kind;
    t->is_said = 0;
    va_start(args, format);
    vsnprintf(t->reason, sizeof(t->reason), format, args);
    va_end(args);
}

/* --- words --------------------------------------------------------------- */

typedef struct
{
    char text[QUOTED + 4];
} quotation;

/* The beginning of what a candidate wrote, fit to be printed. */
static quotation
quote(const char * bytes, size_t length)
{
    quotation q;
    size_t n = 0;

    for (size_t k = 0; k < length && k < QUOTED; k++)
        q.text[n++] = bytes[k] >= ' ' && bytes[k] <= '~' ? bytes[k] : '.';
    q.text[n] = '\0';
    if (length > QUOTED)
        lb_text_append(q.text, sizeof(q.text), "...");
    return q;
}

static quotation
quote_line(const lb_gate_child * c)
{
    return quote(c->text, lb_gate_child_line(c));
}

/* What is there, up to a newline if there is one. */
static quotation
quote_rest(const lb_gate_child * c)
{
    const char * end = c->length == 0 ? NULL : memchr(c->text, '\n', c->length);

    return quote(c->text, end == NULL ? c->length : (size_t) (end - c->text));
}

/* Why no line has come. */
static void
explain_event(trouble * t, const lb_gate_process * p, const lb_gate_child * c,
              lb_child_event event)
{
    int is_partial
        = c->length > 0 && event != LB_CHILD_FLOOD && event != LB_CHILD_STOPPED;

    switch (event)
    {
    case LB_CHILD_LINE:
        t->kind = LB_ANSWER_NONE;
        return;
    case LB_CHILD_TIMEOUT:
        set_trouble(t, LB_ANSWER_TIMEOUT, "no answer within %g s", p->timeout);
        break;
    case LB_CHILD_ENDED:
        set_trouble(t, LB_ANSWER_ERRORED,
                    "the candidate ended before it had answered: %s", c->how);
        break;
    case LB_CHILD_FLOOD:
        set_trouble(t, LB_ANSWER_ERRORED,
                    "more than 4 MiB without an end, which begin with \"%s\"",
                    quote_rest(c).text);
        break;
    case LB_CHILD_CLOSED_INPUT:
        set_trouble(t, LB_ANSWER_ERRORED,
                    "the candidate closed its standard input before it had "
                    "read the request");
        break;
    case LB_CHILD_CLOSED_OUTPUT:
        set_trouble(t, LB_ANSWER_ERRORED,
                    "the candidate closed its standard output and ran on");
        break;
    case LB_CHILD_STOPPED:
        set_trouble(t, LB_ANSWER_SKIPPED, "interrupted");
        break;
    }
    if (is_partial)
        lb_text_append(t->reason, sizeof(t->reason), "; all it wrote is \"%s\"",
                       quote_rest(c).text);
}

/* --- what is noticed later ----------------------------------------------- */

static void
add_late(lb_gate_process * p, const lb_vector_problem * problem,
         const char * reason)
{
#pragma omp critical(lb_gate_process)
    {
        p->late = flint_realloc(p->late,
                                (size_t) (p->n_late + 1) * sizeof(*p->late));
        p->late[p->n_late].problem = problem;
        p->late[p->n_late].reason = lb_text_copy(reason);
        p->n_late++;
    }
}

/* Its process has said something after its last answer; @p c holds it. */
static void
blame_last(lb_gate_process * p, talk * j)
{
    trouble t;

    set_trouble(&t, LB_ANSWER_ERRORED,
                "after its answer the candidate wrote \"%s\"",
                quote_rest(&j->child).text);
    if (j->last != NULL)
        add_late(p, j->last, t.reason);
    j->last = NULL;
}

/* Its process will say nothing after its last answer. */
static void
blame_end(lb_gate_process * p, talk * j)
{
    lb_child_event event = lb_gate_child_ask(&j->child, "", 0);
    trouble t;

    if (event == LB_CHILD_ENDED)
        set_trouble(&t, LB_ANSWER_ERRORED,
                    "after its answer the candidate ended: %s", j->child.how);
    else
        set_trouble(
            &t, LB_ANSWER_ERRORED,
            "after its answer the candidate closed its standard output");
    if (j->last != NULL)
        add_late(p, j->last, t.reason);
    j->last = NULL;
}

static void
drop(talk * j)
{
    lb_gate_child_kill(&j->child);
    j->last = NULL;
}

/* --- lines --------------------------------------------------------------- */

static int
has_too_many_values(const char * line, size_t length)
{
    slong n = 0;

    for (size_t k = 0; k < length; k++)
        n += line[k] == ',' || line[k] == '[' || line[k] == '{';
    return n > ANSWER_VALUES;
}

/* The object in the line that has come; NULL: there is none. */
static json_t *
parse_line(trouble * t, const lb_gate_child * c)
{
    size_t length = lb_gate_child_line(c);
    json_error_t error;
    json_t * root;

    if (length == 0)
        set_trouble(t, LB_ANSWER_ERRORED, "an empty line");
    if (length > 0 && has_too_many_values(c->text, length))
        set_trouble(t, LB_ANSWER_ERRORED,
                    "a line of more than %d values, which begins with \"%s\"",
                    ANSWER_VALUES, quote_line(c).text);
    if (t->kind != LB_ANSWER_NONE)
        return NULL;
    root = json_loadb(c->text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
                      &error);
    if (root == NULL
        && json_error_code(&error) == json_error_end_of_input_expected)
        set_trouble(t, LB_ANSWER_ERRORED,
                    "a line with more than one JSON value: \"%s\"",
                    quote_line(c).text);
    else if (root == NULL)
        set_trouble(t, LB_ANSWER_ERRORED, "a line that is no JSON: \"%s\" (%s)",
                    quote_line(c).text,
                    quote(error.text, strlen(error.text)).text);
    else if (!json_is_object(root))
    {
        set_trouble(t, LB_ANSWER_ERRORED,
                    "a line that is no JSON object: \"%s\"",
                    quote_line(c).text);
        json_decref(root);
        root = NULL;
    }
    return root;
}

/* Says @p text and takes the one line that must come; NULL: it did not.  The
   line stays in the child until next_line. */
static json_t *
exchange(trouble * t, lb_gate_process * p, talk * j, const char * text)
{
    lb_child_event event
        = lb_gate_child_ask(&j->child, text, lb_clock_seconds() + p->timeout);

    explain_event(t, p, &j->child, event);
    return t->kind == LB_ANSWER_NONE ? parse_line(t, &j->child) : NULL;
}

/* Goes beyond the line; there must be nothing after it. */
static int
next_line(trouble * t, talk * j)
{
    lb_gate_child_next(&j->child);
    if (j->child.length == 0)
        return 1;
    set_trouble(t, LB_ANSWER_ERRORED,
                "after its answer the candidate wrote \"%s\"",
                quote_rest(&j->child).text);
    return 0;
}

/* --- start --------------------------------------------------------------- */

static int
take_greeting(trouble * t, lb_gate_process * p, const json_t * answer)
{
    const char * name = json_string_value(json_object_get(answer, "name"));
    const char * version
        = json_string_value(json_object_get(answer, "version"));

    if (name == NULL)
    {
        set_trouble(t, LB_ANSWER_ERRORED,
                    "the answer to \"start\" has no text \"name\"");
        return 0;
    }
#pragma omp critical(lb_gate_process)
    if (p->name == NULL)
    {
        p->name = lb_text_print("%.200s", name);
        p->version = lb_text_print("%.200s", version == NULL ? "" : version);
    }
    return 1;
}

static int
greet(trouble * t, lb_gate_process * p, talk * j)
{
    json_t * answer;
    int error, is_good;

    error = lb_gate_child_start(&j->child, p->command);
    if (error != 0)
    {
        set_trouble(t, LB_ANSWER_ERRORED, "no process: %s", strerror(error));
        return 0;
    }
    answer = exchange(t, p, j, p->greeting);
    is_good = answer != NULL && next_line(t, j) && take_greeting(t, p, answer);
    json_decref(answer);
    return is_good;
}

static int
has_given_up(trouble * t, lb_gate_process * p)
{
    int given_up;

#pragma omp critical(lb_gate_process)
    {
        given_up = p->failed_starts >= FAILED_STARTS;
        if (given_up)
            set_trouble(t, LB_ANSWER_ERRORED,
                        "not started again after %d failures; the last: %s",
                        FAILED_STARTS, p->failure);
    }
    return given_up;
}

static void
count_start(lb_gate_process * p, const trouble * t)
{
#pragma omp critical(lb_gate_process)
    if (t->kind == LB_ANSWER_NONE)
        p->failed_starts = 0;
    else
    {
        p->failed_starts++;
        flint_free(p->failure);
        p->failure = lb_text_copy(t->reason);
    }
}

/* A new process: 1, or what is the matter. */
static int
start(trouble * t, lb_gate_process * p, talk * j)
{
    trouble s = { .kind = LB_ANSWER_NONE };

    if (has_given_up(t, p))
        return 0;
    if (greet(&s, p, j))
    {
        count_start(p, &s);
        return 1;
    }
    drop(j);
    set_trouble(t, s.kind, "start: %.400s", s.reason);
    if (s.kind != LB_ANSWER_SKIPPED)
        count_start(p, t);
    return 0;
}

/* A process that waits for a request.  If the one that is there did anything
   but wait, its last answer was not all it said. */
static int
make_ready(trouble * t, lb_gate_process * p, talk * j)
{
    lb_gate_child * c = &j->child;

    if (c->pid != 0 && c->out >= 0)
        lb_gate_child_next(c);
    if (c->pid != 0 && c->length > 0)
    {
        blame_last(p, j);
        drop(j);
    }
    else if (c->pid != 0 && c->out < 0)
    {
        blame_end(p, j);
        drop(j);
    }
    return c->pid != 0 || start(t, p, j);
}

/* --- answers ------------------------------------------------------------- */

/* Release with flint_free. */
static char *
request_text(const lb_gate_request * request, slong seq)
{
    json_t * names = json_array();
    char *problem, *values, *text;

    for (slong k = 0; k < request->n; k++)
        json_array_append_new(names,
                              json_string(request->vectors[k]->observable));
    problem
        = json_dumps(request->problem->json, JSON_COMPACT | JSON_ENSURE_ASCII);
    values = json_dumps(names, JSON_COMPACT | JSON_ENSURE_ASCII);
    text = lb_text_print("{\"command\": \"run\", \"seq\": %ld, "
                         "\"problem\": %s, \"values\": %s}\n",
                         (long) seq, problem, values);
    free(problem);
    free(values);
    json_decref(names);
    return text;
}

static int
is_seq(const json_t * answer, slong seq)
{
    const json_t * value = json_object_get(answer, "seq");

    return json_is_number(value) && json_number_value(value) == (double) seq;
}

/* Something that has to be said of all values: 1.  Else "values" is there. */
static int
is_for_all(trouble * t, const json_t * answer)
{
    static const struct
    {
        const char * key;
        lb_answer_kind kind;
    } all[] = { { "errored", LB_ANSWER_ERRORED },
                { "skipped", LB_ANSWER_SKIPPED } };

    for (size_t k = 0; k < sizeof(all) / sizeof(all[0]); k++)
    {
        const json_t * reason = json_object_get(answer, all[k].key);

        if (reason == NULL)
            continue;
        if (json_is_string(reason))
        {
            set_trouble(t, all[k].kind, "%s", json_string_value(reason));
            t->is_said = 1;
        }
        else
            set_trouble(t, LB_ANSWER_ERRORED, "\"%s\" without a text as reason",
                        all[k].key);
        return 1;
    }
    if (json_is_object(json_object_get(answer, "values")))
        return 0;
    set_trouble(t, LB_ANSWER_ERRORED, "the answer has no object \"values\"");
    return 1;
}

static void
read_values(lb_answer_struct * answers, const lb_gate_request * request,
            const json_t * values)
{
    for (slong k = 0; k < request->n; k++)
    {
        const char * name = request->vectors[k]->observable;
        const json_t * value = json_object_get(values, name);
        trouble t;

        if (value != NULL)
            lb_answer_read_json(answers + k, value);
        else
        {
            set_trouble(&t, LB_ANSWER_ERRORED, "no answer for %s", name);
            lb_answer_set_reason(answers + k, t.kind, t.reason);
        }
    }
}

static void
read_answer(trouble * t, lb_answer_struct * answers,
            const lb_gate_request * request, const json_t * answer)
{
    char * cutoff = lb_answer_cutoff_text(json_object_get(answer, "cutoff"));

    if (!is_for_all(t, answer))
        read_values(answers, request, json_object_get(answer, "values"));
    for (slong k = 0; cutoff != NULL && k < request->n; k++)
        lb_answer_set_cutoff(answers + k, cutoff);
    flint_free(cutoff);
}

/* The answer to a request that this process has answered before. */
static int
is_second_answer(const talk * j, const json_t * answer)
{
    return j->last != NULL && answer != NULL && is_seq(answer, j->seq - 1);
}

/* The process may be asked again: 1. */
static int
take_answer(trouble * t, lb_answer_struct * answers,
            const lb_gate_request * request, talk * j, const json_t * answer)
{
    if (!is_seq(answer, j->seq))
    {
        set_trouble(t, LB_ANSWER_ERRORED,
                    "the answer has not \"seq\": %ld, which was asked: \"%s\"",
                    (long) j->seq, quote_line(&j->child).text);
        return 0;
    }
    if (!next_line(t, j))
        return 0;
    j->last = request->problem;
    read_answer(t, answers, request, answer);
    return 1;
}

static void
ask(trouble * t, lb_answer_struct * answers, const lb_gate_request * request,
    lb_gate_process * p, talk * j)
{
    json_t * answer = NULL;
    int was_second = 0;

    do
    {
        char * text;

        json_decref(answer);
        if (was_second)
        {
            /* nothing has been said to this request: a new process */
            blame_last(p, j);
            drop(j);
        }
        if (!make_ready(t, p, j))
            return;
        j->seq++;
        text = request_text(request, j->seq);
        answer = exchange(t, p, j, text);
        flint_free(text);
        was_second = is_second_answer(j, answer);
    } while (was_second);
    if (answer == NULL || !take_answer(t, answers, request, j, answer))
        drop(j);
    json_decref(answer);
}

void
lb_gate_process_solve(lb_answer_struct * answers,
                      const lb_gate_request * request, int job, void * context)
{
    lb_gate_process * p = context;
    double start_time = lb_clock_seconds();
    trouble t = { .kind = LB_ANSWER_NONE };
    int is_stopped;

    ask(&t, answers, request, p, p->talks + job);
    is_stopped = t.kind == LB_ANSWER_SKIPPED && !t.is_said;
    /* a crash does not refuse a problem, as an error that is said does */
    if (t.kind == LB_ANSWER_ERRORED && !t.is_said)
        add_late(p, request->problem, t.reason);
    for (slong k = 0; k < request->n; k++)
    {
        if (is_stopped)
            lb_answer_set_reason(answers + k, LB_ANSWER_NONE, t.reason);
        else if (t.kind != LB_ANSWER_NONE)
            lb_answer_set_reason(answers + k, t.kind, t.reason);
        answers[k].seconds = lb_clock_seconds() - start_time;
    }
}

/* --- life ---------------------------------------------------------------- */

lb_status
lb_gate_process_new(lb_gate_process ** process,
                    const lb_gate_process_options * options, lb_error * err)
{
    lb_gate_process * p;

    *process = NULL;
    if (options->command[0] == '\0')
        return lb_error_set(err, LB_EDOM, "the command is empty");
    if (options->jobs < 1)
        return lb_error_set(err, LB_EDOM, "there must be at least one job");
    if (!(options->timeout > 0))
        return lb_error_set(err, LB_EDOM, "the timeout must be above 0 s");
    p = flint_calloc(1, sizeof(*p));
    p->command = lb_text_copy(options->command);
    p->greeting = lb_text_print("{\"command\": \"start\", \"protocol\": 1, "
                                "\"lindbound\": \"%s\"}\n",
                                options->version);
    p->jobs = options->jobs;
    p->timeout = options->timeout;
    p->talks = flint_calloc((size_t) p->jobs, sizeof(*p->talks));
    for (int k = 0; k < p->jobs; k++)
    {
        lb_gate_child_init(&p->talks[k].child);
        p->talks[k].child.stop = options->stop;
        p->talks[k].child.stop_context = options->stop_context;
    }
    *process = p;
    return LB_OK;
}

/* What comes until it ends is too much. */
static void
finish_talk(lb_gate_process * p, talk * j, double deadline)
{
    lb_gate_child * c = &j->child;

    if (c->pid == 0)
        return;
    c->stop = NULL;
    lb_gate_child_ask(c, "", deadline);
    if (c->length > 0)
        blame_last(p, j);
    drop(j);
}

void
lb_gate_process_finish(lb_gate_process * p, lb_gate_report_t r)
{
    double deadline = lb_clock_seconds() + STOP_SECONDS;

    for (int k = 0; k < p->jobs; k++)
        if (p->talks[k].child.pid != 0)
            lb_gate_child_dismiss(&p->talks[k].child,
                                  "{\"command\": \"stop\"}\n");
    for (int k = 0; k < p->jobs; k++)
        finish_talk(p, p->talks + k, deadline);
    for (slong k = 0; k < p->n_late; k++)
        lb_gate_report_error(r, p->late[k].problem, p->late[k].reason);
    if (p->name != NULL)
        lb_gate_report_set_candidate(r, p->name, p->version);
}

void
lb_gate_process_free(lb_gate_process * p)
{
    if (p == NULL)
        return;
    for (int k = 0; k < p->jobs; k++)
        lb_gate_child_clear(&p->talks[k].child);
    for (slong k = 0; k < p->n_late; k++)
        flint_free(p->late[k].reason);
    flint_free(p->late);
    flint_free(p->talks);
    flint_free(p->failure);
    flint_free(p->name);
    flint_free(p->version);
    flint_free(p->greeting);
    flint_free(p->command);
    flint_free(p);
}
