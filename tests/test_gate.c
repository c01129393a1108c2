/* tests/test_gate.c -- runs of the gate, lists, results, filters, reports.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include <lindbound/gate.h>
#include <lindbound/gate_filter.h>
#include <lindbound/gate_report.h>
#include <lindbound/gate_results.h>
#include <lindbound/gate_text.h>
#include <lindbound/known_failures.h>
#include <lindbound/text.h>

#include "lb_test.h"

/* --- vectors ------------------------------------------------------------- */

#define N_PROBLEMS 24 /* the last one is to be refused */
#define N_SETS 2

static void
random_value(lb_table_value_struct * v, flint_rand_t state)
{
    slong exponent = (slong) n_randint(state, 120) - 100;

    v->known = 1;
    v->digits = 12;
    v->level = LB_TABLE_FULL;
    arb_set_ui(v->ball, 1 + n_randint(state, 1000000));
    if (n_randint(state, 2))
        arb_neg(v->ball, v->ball);
    arb_mul_2exp_si(v->ball, v->ball, exponent);
    mag_set_ui_2exp_si(arb_radref(v->ball), 1, exponent - 41);
    v->lo = arf_get_d(arb_midref(v->ball), ARF_RND_NEAR);
    v->hi = v->lo;
}

static void
make_vector(lb_vector * v, slong problem, slong k, flint_rand_t state)
{
    static const char * const flags[] = { "weak-drive", "thermal" };

    memset(v, 0, sizeof(*v));
    v->id = lb_text_print("set%ld/p%ld/v%ld", (long) (problem % N_SETS),
                          (long) problem, (long) k);
    v->observable = lb_text_print("v%ld", (long) k);
    v->expression = lb_text_copy("1");
    v->problem = problem;
    v->difficulty = (lb_difficulty) n_randint(state, 3);
    v->n_flags = (slong) n_randint(state, 3);
    v->flags = flint_malloc(2 * sizeof(char *));
    for (slong f = 0; f < v->n_flags; f++)
        v->flags[f] = lb_text_copy(flags[f]);
    fmpq_init(v->relative);
    fmpq_init(v->absolute);
    fmpq_set_si(v->relative, 1, 1000000);
    lb_table_value_init(&v->value);
    lb_table_value_init(&v->rounded);
    random_value(&v->value, state);
}

/* The same ones at every call. */
static void
make_vectors(lb_vectors_t v)
{
    flint_rand_t state;

    lb_test_rand_init(state);
    lb_vectors_init(v);
    v->n_sets = N_SETS;
    v->sets = flint_calloc(N_SETS, sizeof(lb_vector_set));
    for (slong s = 0; s < N_SETS; s++)
    {
        v->sets[s].file = lb_text_print("set%ld.json", (long) s);
        v->sets[s].name = lb_text_print("set%ld", (long) s);
        v->sets[s].version = lb_text_copy("1.0.0");
        v->sets[s].title = lb_text_copy("");
        v->sets[s].provenance = json_object();
    }
    v->n_problems = N_PROBLEMS;
    v->problems = flint_calloc(N_PROBLEMS, sizeof(lb_vector_problem));
    v->vectors = flint_malloc(5 * N_PROBLEMS * sizeof(lb_vector));
    for (slong p = 0; p < N_PROBLEMS; p++)
    {
        lb_vector_problem * problem = v->problems + p;

        problem->id
            = lb_text_print("set%ld/p%ld", (long) (p % N_SETS), (long) p);
        problem->set = p % N_SETS;
        problem->json = json_object();
        lb_expanded_init(problem->expanded);
        problem->first = v->n_vectors;
        problem->n = 1 + (slong) n_randint(state, 4);
        for (slong k = 0; k < problem->n; k++)
            make_vector(v->vectors + v->n_vectors++, p, k, state);
    }
    v->problems[N_PROBLEMS - 1].refuse = lb_text_copy("two steady states");
    flint_randclear(state);
}

/* --- candidates ---------------------------------------------------------- */

typedef enum
{
    MIDPOINT,
    HALF_TOLERANCE,
    WRONG,
    NOTHING,
    MIXED /* by the problem, in a way that does not depend on the run */
} manner;

static void
answer(lb_answer_t a, const lb_vector * v, const lb_vector_problem * p,
       manner how)
{
    double middle = arf_get_d(arb_midref(v->value.ball), ARF_RND_NEAR);

    if (how == NOTHING)
        return;
    if (p->refuse != NULL)
    {
        lb_answer_set_reason(a, LB_ANSWER_ERRORED, "singular");
        return;
    }
    lb_answer_set_double(a, how == MIDPOINT         ? middle
                            : how == HALF_TOLERANCE ? middle * (1 + 0.5e-6)
                                                    : middle * 1.25);
}

static void
answer_mixed(lb_answer_t a, const lb_vector * v, const lb_vector_problem * p)
{
    switch ((v->problem + strlen(v->id)) % 7)
    {
    case 0:
        lb_answer_set_reason(a, LB_ANSWER_TIMEOUT, "nothing within 1 s");
        break;
    case 1:
        lb_answer_set_reason(a, LB_ANSWER_ERRORED,
                             "\033[31m half \xc3 <b>&\"'\n# | %0A ::error]]>");
        break;
    case 2:
        lb_answer_set_reason(a, LB_ANSWER_SKIPPED, "no # mode");
        break;
    case 3:
        answer(a, v, p, NOTHING);
        break;
    case 4:
        answer(a, v, p, WRONG);
        lb_answer_set_cutoff(a, "N<=5|\x01");
        break;
    case 5:
        answer(a, v, p, HALF_TOLERANCE);
        lb_answer_set_error_text(a, "1e-300");
        break;
    default:
        answer(a, v, p, MIDPOINT);
    }
}

/* What is checked of the calls. */
typedef struct
{
    manner how;
    int jobs;
    atomic_int busy[16];
    atomic_int calls, overlaps, bad_jobs, bad_requests;
    atomic_int left; /* calls until a stop */
} candidate;

static void
candidate_init(candidate * c, manner how, int jobs)
{
    memset(c, 0, sizeof(*c));
    c->how = how;
    c->jobs = jobs;
    atomic_store(&c->left, 1000000);
}

static void
solve(lb_answer_struct * answers, const lb_gate_request * request, int job,
      void * context)
{
    candidate * c = context;

    atomic_fetch_add(&c->calls, 1);
    atomic_fetch_sub(&c->left, 1);
    if (job < 0 || job >= c->jobs)
        atomic_fetch_add(&c->bad_jobs, 1);
    else if (atomic_fetch_add(&c->busy[job], 1) != 0)
        atomic_fetch_add(&c->overlaps, 1);
    for (slong k = 0; k < request->n; k++)
    {
        const lb_vector * v = request->vectors[k];

        if (answers[k].kind != LB_ANSWER_NONE
            || strncmp(v->id, request->problem->id,
                       strlen(request->problem->id))
                   != 0)
            atomic_fetch_add(&c->bad_requests, 1);
        if (c->how == MIXED)
            answer_mixed(answers + k, v, request->problem);
        else
            answer(answers + k, v, request->problem, c->how);
    }
    if (job >= 0 && job < c->jobs)
        atomic_fetch_sub(&c->busy[job], 1);
}

static int
stops(void * context)
{
    return atomic_load(&((candidate *) context)->left) <= 0;
}

static void
run(lb_gate_report_t r, const lb_vectors_t v, manner how, int jobs)
{
    lb_gate_options o;
    candidate c;

    lb_gate_options_init(&o);
    o.jobs = jobs;
    candidate_init(&c, how, jobs);
    lb_gate_run(r, v, &o, solve, &c);
    CU_ASSERT(c.calls == N_PROBLEMS);
    CU_ASSERT(c.overlaps == 0 && c.bad_jobs == 0 && c.bad_requests == 0);
}

/* The report as text, without times; release with free. */
static char *
written(lb_gate_report_t r, lb_gate_format format)
{
    lb_gate_write_options w = { .known_file = "known.txt" };
    char * text = NULL;
    size_t size = 0;
    FILE * stream = open_memstream(&text, &size);

    r->seconds = 0;
    for (slong k = 0; k < r->n; k++)
        r->cases[k].answer->seconds = 0;
    lb_gate_report_write(stream, r, format, &w);
    fclose(stream);
    return text;
}

/* --- runs ---------------------------------------------------------------- */

static void
test_verdicts(void)
{
    static const struct
    {
        manner how;
        lb_gate_verdict verdict, refused;
        int status;
    } cases[] = {
        { MIDPOINT, LB_GATE_INSIDE, LB_GATE_PASS, 0 },
        { HALF_TOLERANCE, LB_GATE_PASS, LB_GATE_PASS, 0 },
        { WRONG, LB_GATE_FAIL, LB_GATE_PASS, 1 },
        { NOTHING, LB_GATE_SKIPPED, LB_GATE_SKIPPED, 2 },
    };
    lb_vectors_t v;

    make_vectors(v);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        lb_gate_report_t r;

        lb_gate_report_init(r);
        run(r, v, cases[i].how, 1);
        CU_ASSERT_EQUAL(r->n, v->n_vectors);
        for (slong k = 0; k < r->n; k++)
        {
            const lb_gate_case * c = r->cases + k;

            CU_ASSERT_PTR_EQUAL(c->vector, v->vectors + k);
            CU_ASSERT_EQUAL(c->result->verdict, c->problem->refuse != NULL
                                                    ? cases[i].refused
                                                    : cases[i].verdict);
            if (cases[i].how == NOTHING)
                CU_ASSERT_STRING_EQUAL(c->result->note, "no answer");
        }
        CU_ASSERT_EQUAL(lb_gate_report_status(r), cases[i].status);
        lb_gate_report_clear(r);
    }
    lb_vectors_clear(v);
}

static void
test_jobs(void)
{
    lb_vectors_t v;
    flint_rand_t state;

    make_vectors(v);
    lb_test_rand_init(state);
    for (slong i = 0; i < lb_test_iters(20); i++)
    {
        int jobs = 1 + (int) n_randint(state, 12);
        lb_gate_report_t one, many;

        lb_gate_report_init(one);
        lb_gate_report_init(many);
        run(one, v, MIXED, 1);
        run(many, v, MIXED, jobs);
        for (int f = 0; f <= LB_GATE_FORMAT_GITHUB; f++)
        {
            char * x = written(one, (lb_gate_format) f);
            char * y = written(many, (lb_gate_format) f);

            CU_ASSERT_STRING_EQUAL(x, y);
            CU_ASSERT(strlen(x) > 100);
            free(x);
            free(y);
        }
        lb_gate_report_clear(one);
        lb_gate_report_clear(many);
    }
    flint_randclear(state);
    lb_vectors_clear(v);
}

typedef struct
{
    slong calls, last, total;
} progress_seen;

static void
see_progress(void * context, slong done, slong total)
{
    progress_seen * p = context;

    CU_ASSERT_EQUAL(done, p->last + 1);
    p->calls++;
    p->last = done;
    p->total = total;
}

static void
test_stop(void)
{
    lb_vectors_t v;

    make_vectors(v);
    for (int after = 0; after <= N_PROBLEMS; after += 6)
    {
        progress_seen seen = { 0, 0, 0 };
        lb_gate_options o;
        lb_gate_report_t r;
        candidate c;
        slong skipped = 0;

        candidate_init(&c, MIDPOINT, 1);
        atomic_store(&c.left, after);
        lb_gate_options_init(&o);
        o.stop = stops;
        o.stop_context = &c;
        o.progress = see_progress;
        o.progress_context = &seen;
        lb_gate_report_init(r);
        lb_gate_run(r, v, &o, solve, &c);
        CU_ASSERT_EQUAL(c.calls, after);
        CU_ASSERT_EQUAL(r->n, v->n_vectors);
        CU_ASSERT(r->stopped);
        for (slong k = 0; k < r->n; k++)
            skipped += r->cases[k].result->verdict == LB_GATE_SKIPPED;
        CU_ASSERT_EQUAL(skipped == 0, after == N_PROBLEMS);
        CU_ASSERT_EQUAL(lb_gate_report_status(r), after == 0 ? 2 : 1);
        CU_ASSERT_EQUAL(seen.calls, after == 0 ? 0 : after - 1);
        lb_gate_report_clear(r);
    }
    lb_vectors_clear(v);
}

static void
test_late_error(void)
{
    lb_gate_report_t r;
    lb_vectors_t v;

    make_vectors(v);
    lb_gate_report_init(r);
    run(r, v, MIDPOINT, 2);
    /* a refusal that is no answer does not pass either */
    for (slong p = N_PROBLEMS - 2; p < N_PROBLEMS; p++)
    {
        lb_gate_report_error(r, v->problems + p, "a second answer");
        for (slong k = 0; k < r->n; k++)
            CU_ASSERT_EQUAL(r->cases[k].result->verdict == LB_GATE_ERRORED,
                            r->cases[k].problem >= v->problems + N_PROBLEMS - 2
                                && r->cases[k].problem <= v->problems + p);
    }
    CU_ASSERT_EQUAL(lb_gate_report_status(r), 4);
    lb_gate_report_clear(r);
    lb_vectors_clear(v);
}

/* --- status -------------------------------------------------------------- */

/* The status that the header promises, by another route. */
static int
expected_status(const lb_gate_report_t r)
{
    int judged = 0, one = r->stopped, three = 0, four = 0;

    for (slong k = 0; k < r->n; k++)
    {
        const lb_gate_case * c = r->cases + k;
        const char * word = lb_gate_verdict_str(c->result->verdict);
        int good = strstr("INSIDE PASS", word) != NULL;

        if (strcmp(word, "SKIPPED") == 0)
            continue;
        judged = 1;
        if (good || c->known)
            one |= good && c->known;
        else if (strcmp(word, "UNDECIDED") == 0)
            three = 1;
        else if (strcmp(word, "ERRORED") == 0 || strcmp(word, "TIMEOUT") == 0)
            four = 1;
        else
            one = 1;
    }
    return !judged ? 2 : one ? 1 : four ? 4 : three ? 3 : 0;
}

static void
test_status(void)
{
    int seen[5] = { 0 };
    lb_gate_report_t r;
    lb_vectors_t v;
    flint_rand_t state;

    make_vectors(v);
    lb_test_rand_init(state);
    lb_gate_report_init(r);
    run(r, v, MIDPOINT, 1);
    for (slong iter = 0; iter < 3000; iter++)
    {
        slong sum, n = r->n;
        /* few verdicts at a time, or 1 would be all there is */
        lb_gate_verdict common = (lb_gate_verdict) n_randint(state, 3);
        lb_gate_verdict rare
            = (lb_gate_verdict) n_randint(state, LB_GATE_TIMEOUT + 1);
        lb_gate_verdict other
            = (lb_gate_verdict) n_randint(state, LB_GATE_TIMEOUT + 1);

        r->stopped = n_randint(state, 10) == 0;
        for (slong k = 0; k < n; k++)
        {
            ulong dice = n_randint(state, 100);

            r->cases[k].result->verdict = dice == 0   ? rare
                                          : dice == 1 ? other
                                                      : common;
            r->cases[k].known
                = n_randint(state, 20) == 0
                  && !lb_gate_is_good(r->cases[k].result->verdict);
        }
        if (n_randint(state, 10) == 0)
            r->cases[0].known = 1;
        CU_ASSERT_EQUAL(lb_gate_report_status(r), expected_status(r));
        seen[lb_gate_report_status(r)]++;
        sum = lb_gate_report_known(r);
        for (int k = 0; k <= LB_GATE_TIMEOUT; k++)
            sum += lb_gate_report_count(r, (lb_gate_verdict) k);
        CU_ASSERT_EQUAL(sum, n);
    }
    for (int k = 0; k < 5; k++)
        CU_ASSERT(seen[k] > 50);
    lb_gate_report_clear(r);
    lb_gate_report_init(r);
    CU_ASSERT_EQUAL(lb_gate_report_status(r), 2);
    lb_gate_report_clear(r);
    flint_randclear(state);
    lb_vectors_clear(v);
}

/* --- files --------------------------------------------------------------- */

/* A new file with @p text; release the path with flint_free, and unlink. */
static char *
new_file(const char * text)
{
    char * path = lb_text_copy("/tmp/lb_test_gate_XXXXXX");
    int descriptor = mkstemp(path);
    FILE * stream = fdopen(descriptor, "w");

    fputs(text, stream);
    fclose(stream);
    return path;
}

static void
drop_file(char * path)
{
    unlink(path);
    flint_free(path);
}

static void
expect_error(const lb_error * err, const char * path, long line,
             const char * pointer, const char * text)
{
    int good = strcmp(err->file, path) == 0 && err->line == line
               && strcmp(err->pointer, pointer) == 0
               && strstr(err->text, text) != NULL;

    if (!good)
        printf("\n%s:%ld:%s: %s\n  expected line %ld, %s, %s\n", err->file,
               err->line, err->pointer, err->text, line, pointer, text);
    CU_ASSERT(good);
}

static void
test_known_failures(void)
{
    static const struct
    {
        const char * text;
        long line;
        const char * message;
    } bad[] = {
        { "set0/p0/v0\nset0/p00/v0\n", 2, "did you mean 'set0/p0/v0'" },
        { "# one\n\nset1/p99/nothing_alike\n", 3, "no vector is called" },
        { "set0/p0/v0 set1/p1/v0\n", 1, "one id per line" },
        { "set0/p0/v0\n#\nset0/p0/v0 # again\n", 3, "twice" },
    };
    lb_known_failures known, more;
    lb_vectors_t v;
    lb_error err;
    char * path;

    make_vectors(v);
    for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
    {
        path = new_file(bad[k].text);
        lb_known_failures_init(&known);
        lb_error_clear(&err);
        CU_ASSERT(lb_known_failures_read(&known, v, path, &err) != LB_OK);
        CU_ASSERT_EQUAL(known.n, 0);
        expect_error(&err, path, bad[k].line, "", bad[k].message);
        drop_file(path);
    }

    path = new_file("\xef\xbb\xbf# list\r\n\r\n  set1/p1/v0 \t#  phase #2 \r\n"
                    "set0/p0/v0\n set0/p2/v0#\nset0/p22/v0");
    lb_known_failures_init(&known);
    lb_error_clear(&err);
    CU_ASSERT(lb_known_failures_read(&known, v, path, &err) == LB_OK);
    CU_ASSERT_EQUAL(known.n, 4);
    CU_ASSERT_STRING_EQUAL(known.ids[0], "set0/p0/v0");
    CU_ASSERT_STRING_EQUAL(known.ids[1], "set0/p2/v0");
    CU_ASSERT_STRING_EQUAL(known.ids[2], "set0/p22/v0");
    CU_ASSERT_STRING_EQUAL(known.ids[3], "set1/p1/v0");
    CU_ASSERT_PTR_NULL(known.reasons[0]);
    CU_ASSERT_PTR_NULL(known.reasons[1]);
    CU_ASSERT_STRING_EQUAL(known.reasons[3], "phase #2");

    lb_known_failures_init(&more);
    CU_ASSERT(lb_known_failures_write(&known, "he\nad", path, &err) == LB_OK);
    CU_ASSERT(lb_known_failures_read(&more, v, path, &err) == LB_OK);
    CU_ASSERT_EQUAL(more.n, known.n);
    for (slong k = 0; k < more.n; k++)
    {
        CU_ASSERT_STRING_EQUAL(more.ids[k], known.ids[k]);
        CU_ASSERT_EQUAL(more.reasons[k] == NULL, known.reasons[k] == NULL);
        if (more.reasons[k] != NULL)
            CU_ASSERT_STRING_EQUAL(more.reasons[k], known.reasons[k]);
    }
    lb_known_failures_clear(&more);
    lb_known_failures_clear(&known);
    drop_file(path);
    lb_vectors_clear(v);
}

static slong
find(const lb_known_failures * known, const char * id)
{
    for (slong k = 0; k < known->n; k++)
        if (strcmp(known->ids[k], id) == 0)
            return k;
    return -1;
}

/* What becomes of a list that is written anew. */
static void
test_known_renewed(void)
{
    char * path = new_file("set0/p0/v0 # mine\nset1/p1/v0\n");
    lb_known_failures old, new;
    lb_gate_report_t r;
    lb_vectors_t v;
    lb_error err;

    make_vectors(v);
    lb_known_failures_init(&old);
    CU_ASSERT(lb_known_failures_read(&old, v, path, &err) == LB_OK);
    lb_gate_report_init(r);
    for (int how = MIDPOINT; how <= MIXED; how++)
    {
        slong fails = 0;

        run(r, v, (manner) how, 3);
        lb_known_failures_init(&new);
        lb_known_failures_of_report(&new, r, &old);
        for (slong k = 0; k < r->n; k++)
        {
            const lb_gate_case * c = r->cases + k;
            int was = find(&old, c->vector->id) >= 0;
            slong place = find(&new, c->vector->id);
            /* one that was not judged stays in the list */
            int expected = lb_gate_case_fails(c)
                           || (was && c->result->verdict == LB_GATE_SKIPPED);

            CU_ASSERT_EQUAL(place >= 0, expected);
            fails += expected;
            if (place >= 0 && strcmp(c->vector->id, "set0/p0/v0") == 0)
            {
                CU_ASSERT_STRING_EQUAL(new.reasons[place], "mine");
            }
            else if (place >= 0 && lb_gate_case_fails(c))
            {
                const char * word = lb_gate_verdict_str(c->result->verdict);

                CU_ASSERT(strncmp(new.reasons[place], word, strlen(word)) == 0);
            }
        }
        CU_ASSERT_EQUAL(new.n, fails);
        for (slong k = 1; k < new.n; k++)
            CU_ASSERT(strcmp(new.ids[k - 1], new.ids[k]) < 0);
        lb_gate_report_set_known(r, &new);
        CU_ASSERT_EQUAL(lb_gate_report_status(r), how == NOTHING ? 2 : 0);
        CU_ASSERT_EQUAL(lb_gate_report_mended(r), 0);
        lb_known_failures_clear(&new);

        lb_gate_report_set_known(r, &old);
        CU_ASSERT_EQUAL(lb_gate_report_mended(r),
                        how == MIDPOINT || how == HALF_TOLERANCE ? 2 : 0);
    }
    lb_gate_report_clear(r);
    lb_known_failures_clear(&old);
    drop_file(path);
    lb_vectors_clear(v);
}

/* --- results ------------------------------------------------------------- */

static void
expect_answer(const lb_answer_t a, lb_answer_kind kind, const char * text,
              const char * cutoff)
{
    CU_ASSERT_EQUAL(a->kind, kind);
    if (kind == LB_ANSWER_VALUE)
        CU_ASSERT_STRING_EQUAL(a->text, text);
    CU_ASSERT_EQUAL(a->cutoff == NULL, cutoff == NULL);
    if (cutoff != NULL && a->cutoff != NULL)
        CU_ASSERT_STRING_EQUAL(a->cutoff, cutoff);
}

static void
read_results(lb_gate_report_t r, const lb_vectors_t v, const char * text)
{
    char * path = new_file(text);
    lb_gate_results_t results;
    lb_gate_options o;
    lb_error err;

    lb_gate_options_init(&o);
    lb_error_clear(&err);
    lb_gate_results_init(results);
    if (lb_gate_results_read(results, v, path, &err) != LB_OK)
    {
        printf("\n%s:%ld: %s", err.file, err.line, err.text);
        CU_FAIL("good results are refused");
    }
    else
        lb_gate_run(r, v, &o, lb_gate_results_solve, results);
    lb_gate_results_clear(results);
    drop_file(path);
}

static void
test_results(void)
{
    lb_gate_report_t r;
    lb_vectors_t v;

    make_vectors(v);
    lb_gate_report_init(r);
    read_results(r, v,
                 "\xef\xbb\xbf# made by hand\r\n\"id\",value , error,cutoff\r\n"
                 "\r\nset0/p0/v0, 0.25 ,,\r\n"
                 "\"set1/p1/v0\",\"1e-3\",1e-9,\"a<=4, \"\"b\"\"\"\r\n"
                 "#set0/p2/v0,1\r\n"
                 "set0/p2/v0,,,N<=3\nset1/p3/v0,nan,1\nset0/p4/v0,7");
    expect_answer(r->cases[v->problems[0].first].answer, LB_ANSWER_VALUE,
                  "0.25", NULL);
    expect_answer(r->cases[v->problems[1].first].answer, LB_ANSWER_VALUE,
                  "1e-3", "a<=4, \"b\"");
    CU_ASSERT(r->cases[v->problems[1].first].answer->has_error);
    expect_answer(r->cases[v->problems[2].first].answer, LB_ANSWER_SKIPPED,
                  NULL, "N<=3");
    expect_answer(r->cases[v->problems[3].first].answer, LB_ANSWER_ERRORED,
                  NULL, NULL);
    expect_answer(r->cases[v->problems[4].first].answer, LB_ANSWER_VALUE, "7",
                  NULL);
    expect_answer(r->cases[v->problems[5].first].answer, LB_ANSWER_NONE, NULL,
                  NULL);

    read_results(r, v,
                 "{\"name\": \"x\", \"results\": {\"set0/p0/v0\": 0.25,"
                 "\"set1/p1/v0\": {\"value\": \"1e-3\", \"error\": 1},"
                 "\"set0/p2/v0\": {\"skipped\": \"no\"},"
                 "\"set1/p3/v0\": [1]}, \"cutoffs\": {\"set0/p0\": \"N<=5\","
                 "\"set1/p1\": {\"a\": 4}}}");
    expect_answer(r->cases[v->problems[0].first].answer, LB_ANSWER_VALUE,
                  "0.25", "N<=5");
    CU_ASSERT_EQUAL(r->cases[v->problems[1].first].answer->kind,
                    LB_ANSWER_VALUE);
    CU_ASSERT(
        lb_same_cutoff(r->cases[v->problems[1].first].answer->cutoff, "a<=4"));
    expect_answer(r->cases[v->problems[2].first].answer, LB_ANSWER_SKIPPED,
                  NULL, NULL);
    expect_answer(r->cases[v->problems[3].first].answer, LB_ANSWER_ERRORED,
                  NULL, NULL);
    lb_gate_report_clear(r);
    lb_vectors_clear(v);
}

static void
test_bad_results(void)
{
    static const struct
    {
        const char *text, *pointer;
        long line;
        const char * message;
    } cases[] = {
        { "", "", 1, "begins with the line 'id,value'" },
        { "name,value\n", "", 1, "begins with" },
        { "id\n", "", 1, "begins with" },
        { "id,value\nset0/p00/v0,1\n", "", 2, "did you mean 'set0/p0/v0'" },
        { "id,value\n\n# c\nset0/p0/v0,1\nset0/p0/v0,2\n", "", 5, "twice" },
        { "id,value\nset0/p0/v0,\nset0/p0/v0,2\n", "", 3, "twice" },
        { "id,value\nset0/p0/v0,1,2\n", "", 2, "3 fields, the header 2" },
        { "id,value,error\nset0/p0/v0\n", "", 2, "1 fields" },
        { "id,value\nset0/p0/v0,\"1\n\n\n", "", 2, "not closed" },
        { "id,value\nset0/p0/v0,\"1\"2\n", "", 2, "ends at its" },
        { "id,value\nset0/p0/v0,1,2,3,4,5\n", "", 2, "more than 4 fields" },
        { "id,value,error,cutoff\n\"set0/p0/v0\n\",1\n", "", 2,
          "no vector is called" },
        { "{\"results\": {\"set0/p00/v0\": 1}}", "/results", 0,
          "did you mean 'set0/p0/v0'" },
        { "{\"results\": []}", "/results", 0, "must be an object" },
        { "{\"results\": {}, \"cutoffs\": {\"set0/p00\": \"5\"}}", "/cutoffs",
          0, "did you mean 'set0/p0'" },
        { "{\"results\": {}, \"cutoffs\": {\"set0/p0\": 5.5}}", "/cutoffs", 0,
          "is a text" },
        { "{\"result\": {}}", "", 0, "unknown member 'result'" },
        { "{\"results\": {\"set0/p0/v0\": 1, \"set0/p0/v0\": 2}}", "", 1,
          "duplicate" },
    };
    lb_vectors_t v;

    make_vectors(v);
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        char * path = new_file(cases[k].text);
        lb_gate_results_t results;
        lb_error err;

        lb_gate_results_init(results);
        lb_error_clear(&err);
        CU_ASSERT(lb_gate_results_read(results, v, path, &err) != LB_OK);
        CU_ASSERT_PTR_NULL(results->values);
        expect_error(&err, path, cases[k].line, cases[k].pointer,
                     cases[k].message);
        lb_gate_results_clear(results);
        drop_file(path);
    }
    lb_vectors_clear(v);
}

/* --- filters ------------------------------------------------------------- */

/* Vectors of which the filter holds; -1: it is malformed. */
static slong
count_wanted(const lb_vectors_t v, const char * text)
{
    lb_gate_filter f;
    lb_error err;
    slong n = 0;

    lb_gate_filter_init(&f);
    if (lb_gate_filter_add(&f, text, &err) != LB_OK)
        n = -1;
    else
        for (slong k = 0; k < v->n_vectors; k++)
            n += lb_gate_filter_wants(v, k, &f);
    lb_gate_filter_clear(&f);
    return n;
}

static void
test_filter(void)
{
    static const char * const malformed[] = { "",
                                              "kerr",
                                              "flag",
                                              "=x",
                                              "flag=",
                                              "id=a||b",
                                              "flag=a,,",
                                              "colour=red",
                                              "!",
                                              "!!flag=x",
                                              "flag=|",
                                              "difficulty=hard",
                                              "flags=weak-drive",
            "flag=weak" };
    slong weak = 0, strong_first = 0, lower_or_higher = 0;
    lb_gate_options o;
    lb_gate_filter f;
    lb_gate_report_t r;
    candidate c;
    lb_vectors_t v;
    slong n;

    make_vectors(v);
    n = v->n_vectors;
    for (slong k = 0; k < n; k++)
    {
        const lb_vector * x = v->vectors + k;
        int is_weak = lb_vector_has_flag(x, "weak-drive");

        weak += is_weak;
        strong_first += !is_weak && x->problem % 2 == 0;
        lower_or_higher += x->difficulty != LB_AVERAGE;
    }
    CU_ASSERT(weak > 5 && weak < n - 5 && strong_first > 2);
    CU_ASSERT_EQUAL(count_wanted(v, "flag=weak-drive"), weak);
    CU_ASSERT_EQUAL(count_wanted(v, "!flag=weak-drive"), n - weak);
    CU_ASSERT_EQUAL(count_wanted(v, "!flag=weak-drive,system=set0"),
                    strong_first);
    CU_ASSERT_EQUAL(count_wanted(v, "difficulty=lower|higher"),
                    lower_or_higher);
    CU_ASSERT_EQUAL(count_wanted(v, "id=*"), n);
    CU_ASSERT_EQUAL(count_wanted(v, "id=set0/*|set1/*"), n);
    CU_ASSERT_EQUAL(count_wanted(v, "id=set0/p0/*"), v->problems[0].n);
    CU_ASSERT_EQUAL(count_wanted(v, "id=*/p0/*"), v->problems[0].n);
    CU_ASSERT_EQUAL(count_wanted(v, "id=s*0*p0*v0"), 1);
    CU_ASSERT_EQUAL(count_wanted(v, "id=set0/p0"), 0);
    CU_ASSERT_EQUAL(count_wanted(v, "id=set0/p0/v0"), 1);
    CU_ASSERT_EQUAL(count_wanted(v, "id=et0/p0/v0"), 0);
    CU_ASSERT_EQUAL(count_wanted(v, "system=set1,system=set0"), 0);
    for (size_t k = 0; k < sizeof(malformed) / sizeof(malformed[0]); k++)
        CU_ASSERT_EQUAL(count_wanted(v, malformed[k]), -1);

    /* the gate asks for no others */
    lb_gate_filter_init(&f);
    CU_ASSERT(lb_gate_filter_add(&f, "id=*/v1", NULL) == LB_OK);
    lb_gate_options_init(&o);
    o.wanted = lb_gate_filter_wants;
    o.wanted_context = &f;
    candidate_init(&c, MIDPOINT, 1);
    lb_gate_report_init(r);
    lb_gate_run(r, v, &o, solve, &c);
    CU_ASSERT_EQUAL(r->n, count_wanted(v, "id=*/v1"));
    CU_ASSERT_EQUAL(r->n, c.calls);
    for (slong k = 0; k < r->n; k++)
        CU_ASSERT_STRING_EQUAL(r->cases[k].vector->observable, "v1");
    lb_gate_report_clear(r);
    lb_gate_filter_clear(&f);
    lb_vectors_clear(v);
}

/* --- texts --------------------------------------------------------------- */

static int
is_clean(const char * text)
{
    json_t * json = json_string(text); /* NULL: no UTF-8 */
    int clean = json != NULL;

    for (const char * s = text; *s != '\0'; s++)
        clean &= (unsigned char) *s >= 0x20 && *s != 0x7f;
    json_decref(json);
    return clean;
}

static void
test_clean(void)
{
    static const char * const pairs[][2]
        = { { "plain", "plain" },
            { "a\tb\r\nc", "a b  c" },
            { "\033[31m", "\xef\xbf\xbd[31m" },
            { "\xc3\xa9", "\xc3\xa9" },
            { "\xc3", "\xef\xbf\xbd" },
            { "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd" },
            { "\xc2\x9b", "\xef\xbf\xbd" },
            { "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
            { "\xef\xbf\xbe", "\xef\xbf\xbd" },
            { "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
            { "\xf4\x90\x80\x80",
              "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
            { "0123456789012345678901234567890123456789X",
              "0123456789012345678901234567890123456..." },
            { NULL, "" } };
    flint_rand_t state;
    slong cut = 0;

    for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++)
    {
        char * clean = lb_gate_clean(pairs[k][0], 40);

        CU_ASSERT_STRING_EQUAL(clean, pairs[k][1]);
        flint_free(clean);
    }
    lb_test_rand_init(state);
    for (slong iter = 0; iter < lb_test_iters(20000); iter++)
    {
        char text[65];
        size_t n = n_randint(state, 64), max = 10 + n_randint(state, 200);
        char *clean, *again;

        for (size_t k = 0; k < n; k++)
            text[k] = (char) (1 + n_randint(state, 255));
        text[n] = '\0';
        clean = lb_gate_clean(text, max);
        again = lb_gate_clean(clean, max);
        CU_ASSERT(is_clean(clean));
        CU_ASSERT(strlen(clean) <= max);
        CU_ASSERT_STRING_EQUAL(clean, again);
        cut += strlen(clean) < n;
        flint_free(clean);
        flint_free(again);
    }
    CU_ASSERT(cut > 100);
    flint_randclear(state);
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "verdicts of good, nearly good and wrong candidates", test_verdicts },
        { "the same report whatever the jobs", test_jobs },
        { "stopped", test_stop },
        { "errors that are noticed late", test_late_error },
        { "exit status", test_status },
        { "lists of known failures", test_known_failures },
        { "lists of known failures, renewed", test_known_renewed },
        { "results as CSV and JSON", test_results },
        { "bad results", test_bad_results },
        { "filters", test_filter },
        { "texts of candidates", test_clean },
    };

    return lb_test_main("gate", cases, sizeof(cases) / sizeof(cases[0]));
}
