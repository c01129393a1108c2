/* gate/gate.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include <lindbound/clock.h>
#include <lindbound/gate.h>
#include <lindbound/text.h>

void
lb_gate_options_init(lb_gate_options * options)
{
    memset(options, 0, sizeof(*options));
    options->jobs = 1;
}

/* --- cases --------------------------------------------------------------- */

static void
case_init(lb_gate_case * c, const lb_vector * vector,
          const lb_vector_problem * problem)
{
    c->vector = vector;
    c->problem = problem;
    lb_answer_init(c->answer);
    lb_gate_result_init(c->result);
    c->known = 0;
    c->explanations = NULL;
    c->n_explanations = 0;
}

static void
case_clear(lb_gate_case * c)
{
    lb_answer_clear(c->answer);
    lb_gate_result_clear(c->result);
    for (slong k = 0; k < c->n_explanations; k++)
        flint_free(c->explanations[k]);
    flint_free(c->explanations);
}

void
lb_gate_report_init(lb_gate_report_t r)
{
    memset(r, 0, sizeof(*r));
    lb_gate_report_set_candidate(r, NULL, NULL);
}

void
lb_gate_report_clear(lb_gate_report_t r)
{
    for (slong k = 0; k < r->n; k++)
        case_clear(r->cases + k);
    for (slong k = 0; k < r->n_causes; k++)
        flint_free(r->causes[k]);
    flint_free(r->causes);
    flint_free(r->cases);
    flint_free(r->candidate);
    flint_free(r->version);
}

void
lb_gate_report_set_candidate(lb_gate_report_t r, const char * name,
                             const char * version)
{
    char * new_name = lb_text_copy(name != NULL ? name : "");
    char * new_version = lb_text_copy(version != NULL ? version : "");

    flint_free(r->candidate);
    flint_free(r->version);
    r->candidate = new_name;
    r->version = new_version;
}

void
lb_gate_report_add_cause(lb_gate_report_t r, const char * cause)
{
    r->causes
        = flint_realloc(r->causes, (size_t) (r->n_causes + 1) * sizeof(char *));
    r->causes[r->n_causes++] = lb_text_copy(cause);
}

void
lb_gate_report_error(lb_gate_report_t r, const lb_vector_problem * problem,
                     const char * reason)
{
    for (slong k = 0; k < r->n; k++)
    {
        lb_gate_case * c = r->cases + k;

        if (c->problem != problem)
            continue;
        lb_answer_set_reason(c->answer, LB_ANSWER_ERRORED, reason);
        lb_gate_result_clear(c->result);
        lb_gate_result_init(c->result);
        c->result->verdict = LB_GATE_ERRORED;
        c->result->note = lb_text_copy(reason);
    }
}

static int
compare_texts(const void * a, const void * b)
{
    return strcmp(*(char * const *) a, *(char * const *) b);
}

void
lb_gate_report_set_known(lb_gate_report_t r, const lb_known_failures * known)
{
    for (slong k = 0; k < r->n; k++)
        r->cases[k].known
            = known != NULL && known->n > 0
              && bsearch(&r->cases[k].vector->id, known->ids, (size_t) known->n,
                         sizeof(char *), compare_texts)
                     != NULL;
}

/* --- running ------------------------------------------------------------- */

/* The cases of one problem, first ... first + n - 1. */
typedef struct
{
    slong first, n;
} group;

typedef struct
{
    lb_gate_report_struct * report;
    const lb_gate_options * options;
    lb_gate_solver solver;
    void * context;
    group * groups;
    slong n_groups, done;
} run_state;

static int
is_wanted(const lb_gate_options * o, const lb_vectors_t vectors, slong k)
{
    return o->wanted == NULL || o->wanted(vectors, k, o->wanted_context);
}

/* A case for each vector that is wanted, those of a problem side by side. */
static void
make_cases(run_state * s, const lb_vectors_t vectors)
{
    lb_gate_report_struct * r = s->report;

    r->cases
        = flint_malloc((size_t) (vectors->n_vectors + 1) * sizeof(*r->cases));
    s->groups
        = flint_malloc((size_t) (vectors->n_problems + 1) * sizeof(group));
    for (slong p = 0; p < vectors->n_problems; p++)
    {
        const lb_vector_problem * problem = vectors->problems + p;
        slong first = r->n;

        for (slong k = problem->first; k < problem->first + problem->n; k++)
            if (is_wanted(s->options, vectors, k))
                case_init(r->cases + r->n++, vectors->vectors + k, problem);
        if (r->n > first)
            s->groups[s->n_groups++] = (group) { first, r->n - first };
    }
}

/* Asks for the values of one problem; the answers go into its cases. */
static void
ask(const run_state * s, const group * g, int job)
{
    lb_gate_case * cases = s->report->cases + g->first;
    const lb_vector ** vectors
        = flint_malloc((size_t) g->n * sizeof(lb_vector *));
    lb_answer_struct * answers
        = flint_malloc((size_t) g->n * sizeof(lb_answer_struct));
    lb_gate_request request
        = { .problem = cases->problem, .n = g->n, .vectors = vectors };
    double start, seconds;

    for (slong k = 0; k < g->n; k++)
    {
        vectors[k] = cases[k].vector;
        lb_answer_init(answers + k);
    }
    start = lb_clock_seconds();
    s->solver(answers, &request, job, s->context);
    seconds = lb_clock_seconds() - start;
    for (slong k = 0; k < g->n; k++)
    {
        lb_answer_struct old = cases[k].answer[0];

        cases[k].answer[0] = answers[k];
        answers[k] = old;
        lb_answer_clear(answers + k);
        cases[k].answer->seconds = seconds;
        lb_gate_judge(cases[k].result, cases[k].vector, cases[k].problem,
                      cases[k].answer, s->options->tolerance);
    }
    flint_free(answers);
    flint_free(vectors);
}

/* That a problem was not asked for is no refusal: the judge is not called. */
static void
skip(const run_state * s, const group * g)
{
    for (slong k = g->first; k < g->first + g->n; k++)
    {
        lb_gate_case * c = s->report->cases + k;

        lb_answer_set_reason(c->answer, LB_ANSWER_SKIPPED, "stopped");
        c->result->verdict = LB_GATE_SKIPPED;
        c->result->digits = NAN;
        c->result->note = lb_text_copy("stopped");
    }
}

/* Asks whether to stop, and once that was said not again. */
static int
is_stopped(run_state * s)
{
    const lb_gate_options * o = s->options;
    int stopped;

#pragma omp critical(lb_gate_callback)
    {
        if (!s->report->stopped && o->stop != NULL)
            s->report->stopped = o->stop(o->stop_context) != 0;
        stopped = s->report->stopped;
    }
    return stopped;
}

static void
run_group(run_state * s, const group * g, int job)
{
    const lb_gate_options * o = s->options;

    if (is_stopped(s))
    {
        skip(s, g);
        return;
    }
    ask(s, g, job);
    /* a solver that heard of it may have left answers out */
    if (is_stopped(s))
        return;
#pragma omp critical(lb_gate_callback)
    {
        s->done++;
        if (o->progress != NULL)
            o->progress(o->progress_context, s->done, s->n_groups);
    }
}

void
lb_gate_run(lb_gate_report_t r, const lb_vectors_t vectors,
            const lb_gate_options * options, lb_gate_solver solver,
            void * context)
{
    run_state s = {
        .report = r, .options = options, .solver = solver, .context = context
    };
    double start = lb_clock_seconds();

    lb_gate_report_clear(r);
    lb_gate_report_init(r);
    r->vectors = vectors;
    make_cases(&s, vectors);
#pragma omp parallel num_threads(options->jobs)
    {
#pragma omp for schedule(dynamic, 1)
        for (slong k = 0; k < s.n_groups; k++)
            run_group(&s, s.groups + k, omp_get_thread_num());
        /* what FLINT keeps for a thread is lost if the thread ends */
        if (omp_get_thread_num() != 0)
            flint_cleanup();
    }
    flint_free(s.groups);
    lb_gate_report_set_known(r, options->known);
    r->seconds = lb_clock_seconds() - start;
}

/* --- sums ---------------------------------------------------------------- */

int
lb_gate_case_fails(const lb_gate_case * c)
{
    return !lb_gate_is_good(c->result->verdict)
           && c->result->verdict != LB_GATE_SKIPPED;
}

int
lb_gate_case_is_known(const lb_gate_case * c)
{
    return c->known && lb_gate_case_fails(c);
}

int
lb_gate_case_is_mended(const lb_gate_case * c)
{
    return c->known && lb_gate_is_good(c->result->verdict);
}

slong
lb_gate_report_count(const lb_gate_report_t r, lb_gate_verdict verdict)
{
    slong n = 0;

    for (slong k = 0; k < r->n; k++)
        n += r->cases[k].result->verdict == verdict
             && !lb_gate_case_is_known(r->cases + k);
    return n;
}

static slong
count_cases(const lb_gate_report_t r, int (*counts)(const lb_gate_case *))
{
    slong n = 0;

    for (slong k = 0; k < r->n; k++)
        n += counts(r->cases + k);
    return n;
}

slong
lb_gate_report_known(const lb_gate_report_t r)
{
    return count_cases(r, lb_gate_case_is_known);
}

slong
lb_gate_report_mended(const lb_gate_report_t r)
{
    return count_cases(r, lb_gate_case_is_mended);
}

int
lb_gate_report_status(const lb_gate_report_t r)
{
    if (lb_gate_report_count(r, LB_GATE_SKIPPED) == r->n)
        return 2;
    if (r->stopped || lb_gate_report_mended(r) > 0
        || lb_gate_report_count(r, LB_GATE_FAIL) > 0
        || lb_gate_report_count(r, LB_GATE_CUTOFF) > 0
        || lb_gate_report_count(r, LB_GATE_CONVENTION) > 0
        || lb_gate_report_count(r, LB_GATE_CLAIM_VIOLATED) > 0)
        return 1;
    if (lb_gate_report_count(r, LB_GATE_ERRORED) > 0
        || lb_gate_report_count(r, LB_GATE_TIMEOUT) > 0)
        return 4;
    return lb_gate_report_count(r, LB_GATE_UNDECIDED) > 0 ? 3 : 0;
}
