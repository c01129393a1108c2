/* tests/test_gate_process.c -- whatever a candidate does costs one problem, and
 * nothing of it is left.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <lindbound/clock.h>
#include <lindbound/gate_process.h>
#include <lindbound/text.h>

#include "lb_test.h"

#define PROBLEMS 3
#define BAD 1 /* the problem t/bad */
/* Of what must not time out, and of what must. */
#define LONG 60.0
#define SHORT 0.5

static char mark[64]; /* in the environment of all that is started */

static void
pause_for(double seconds)
{
    struct timespec t
        = { (time_t) seconds,
            (long) (1e9 * (seconds - (double) (time_t) seconds)) };

    nanosleep(&t, NULL);
}

/* --- processes ----------------------------------------------------------- */

static int
is_marked(const char * pid)
{
    char path[64], text[1 << 16];
    size_t n = 0;
    FILE * f;

    snprintf(path, sizeof(path), "/proc/%.20s/environ", pid);
    f = fopen(path, "r");
    if (f != NULL)
    {
        n = fread(text, 1, sizeof(text), f);
        fclose(f);
    }
    for (size_t k = 0; k + strlen(mark) <= n; k++)
        if (memcmp(text + k, mark, strlen(mark)) == 0)
            return 1;
    return 0;
}

/* Processes that this program or what it started has started. */
static int
count_left(void)
{
    DIR * proc = opendir("/proc");
    const struct dirent * entry;
    int n = 0;

    CU_ASSERT_FATAL(proc != NULL);
    while ((entry = readdir(proc)) != NULL)
        if (isdigit((unsigned char) entry->d_name[0])
            && atol(entry->d_name) != (long) getpid())
            n += is_marked(entry->d_name);
    closedir(proc);
    return n;
}

/* Nothing runs, not even for a moment more, and there is no zombie.  What was
   killed may be dying still where it is not our child. */
static void
check_nothing_left(const char * mode)
{
    int n = count_left();

    for (int k = 0; n != 0 && k < 100; k++)
    {
        pause_for(0.01);
        n = count_left();
    }
    if (n != 0)
        printf("\n%s: %d processes are left\n", mode, n);
    CU_ASSERT_EQUAL(n, 0);
    CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
    CU_ASSERT_EQUAL(errno, ECHILD);
}

/* --- problems ------------------------------------------------------------ */

/* Problems t/0, t/bad, t/2, ..., each with one observable x, and a report with
   a case for each. */
typedef struct
{
    slong n;
    lb_vector_problem * problems;
    lb_vector x;
    const lb_vector * asked[1];
    lb_gate_report_t report;
} fixture;

static void
fixture_init(fixture * f, slong n)
{
    f->n = n;
    f->problems = flint_calloc((size_t) n, sizeof(*f->problems));
    memset(&f->x, 0, sizeof(f->x));
    f->x.observable = (char *) "x";
    f->asked[0] = &f->x;
    lb_gate_report_init(f->report);
    f->report->n = n;
    f->report->cases = flint_calloc((size_t) n, sizeof(lb_gate_case));
    for (slong k = 0; k < n; k++)
    {
        lb_gate_case * c = f->report->cases + k;
        char * id = k == BAD ? lb_text_copy("t/bad")
                             : lb_text_print("t/%ld", (long) k);

        f->problems[k].id = id;
        f->problems[k].json = json_pack("{s:s}", "id", id);
        c->problem = f->problems + k;
        c->vector = &f->x;
        lb_answer_init(c->answer);
        lb_gate_result_init(c->result);
    }
}

static void
fixture_clear(fixture * f)
{
    for (slong k = 0; k < f->n; k++)
    {
        json_decref(f->problems[k].json);
        flint_free(f->problems[k].id);
    }
    flint_free(f->problems);
    lb_gate_report_clear(f->report);
}

/* Problem k gets a request of more than @p bytes. */
static void
enlarge(fixture * f, slong k, size_t bytes)
{
    char * text = flint_malloc(bytes + 1);

    memset(text, 'z', bytes);
    text[bytes] = '\0';
    json_object_set_new(f->problems[k].json, "model", json_string(text));
    flint_free(text);
}

static void
solve(fixture * f, slong k, int job, lb_gate_process * p)
{
    lb_gate_request request = { f->problems + k, 1, f->asked };

    lb_gate_process_solve(f->report->cases[k].answer, &request, job, p);
}

static lb_gate_process *
new_process(const char * command, int jobs, double timeout)
{
    lb_gate_process_options options = {
        .command = command, .version = "0.0", .jobs = jobs, .timeout = timeout
    };
    lb_gate_process * p;
    lb_error err;

    lb_error_clear(&err);
    CU_ASSERT_EQUAL_FATAL(lb_gate_process_new(&p, &options, &err), LB_OK);
    return p;
}

static lb_gate_process *
new_nasty(const char * mode, int jobs, double timeout)
{
    char * command
        = lb_text_print("exec sh %s/gate/nasty.sh %s", LB_TESTS, mode);
    lb_gate_process * p = new_process(command, jobs, timeout);

    flint_free(command);
    return p;
}

static const char *
reason_of(const fixture * f, slong k)
{
    const char * reason = f->report->cases[k].answer->reason;

    return reason == NULL ? "" : reason;
}

static int
is_half(const fmpq_t x)
{
    return fmpz_is_one(fmpq_numref(x)) && fmpz_equal_si(fmpq_denref(x), 2);
}

/* The answer to problem k is of this kind, and its reason contains the text. */
static void
check_answer(const fixture * f, slong k, lb_answer_kind kind,
             const char * reason, const char * mode)
{
    const lb_answer_struct * a = f->report->cases[k].answer;
    int good = a->kind == kind && strstr(reason_of(f, k), reason) != NULL;

    for (const char * s = reason_of(f, k); *s != '\0'; s++)
        good = good && *s >= ' ' && *s <= '~';
    if (kind == LB_ANSWER_VALUE)
        good = good && is_half(a->value);
    if (!good)
        printf("\n%s: problem %ld: kind %d, \"%s\"; wanted: kind %d, \"%s\"\n",
               mode, (long) k, a->kind, reason_of(f, k), kind, reason);
    CU_ASSERT(good);
}

/* The report says of the problem what finish makes of a late error. */
static void
check_late(const fixture * f, slong k, const char * reason, const char * mode)
{
    const lb_gate_case * c = f->report->cases + k;

    check_answer(f, k, LB_ANSWER_ERRORED, reason, mode);
    CU_ASSERT_EQUAL(c->result->verdict, LB_GATE_ERRORED);
}

static void
check_not_late(const fixture * f, slong k)
{
    CU_ASSERT_NOT_EQUAL(f->report->cases[k].result->verdict, LB_GATE_ERRORED);
}

/* --- one bad answer ------------------------------------------------------ */

static const struct
{
    const char * mode;
    lb_answer_kind kind;
    const char * reason;
} bad_answers[] = {
    { "none", LB_ANSWER_VALUE, "" },
    { "exit", LB_ANSWER_ERRORED,
      "ended before it had answered: exit status 3" },
    { "segv", LB_ANSWER_ERRORED, "signal 11" },
    { "garbage", LB_ANSWER_ERRORED,
      "no JSON: \"Warning: matrix is singular\"" },
    { "empty", LB_ANSWER_ERRORED, "an empty line" },
    { "utf8", LB_ANSWER_ERRORED,
      "no JSON: \"{\"seq\": 2, \"values\": {\"x..\"" },
    { "nul", LB_ANSWER_ERRORED, "no JSON" },
    { "half_exit", LB_ANSWER_ERRORED,
      "exit status 0; all it wrote is \"{\"seq\": 2, \"val\"" },
    { "no_newline", LB_ANSWER_ERRORED, "all it wrote is" },
    { "two_in_line", LB_ANSWER_ERRORED, "more than one JSON value" },
    { "two_lines", LB_ANSWER_ERRORED, "after its answer the candidate wrote" },
    { "half_more", LB_ANSWER_ERRORED, "wrote \"{\"seq\": \"" },
    { "other_seq", LB_ANSWER_ERRORED, "has not \"seq\": 2" },
    { "no_seq", LB_ANSWER_ERRORED, "has not \"seq\": 2" },
    { "text_seq", LB_ANSWER_ERRORED, "has not \"seq\": 2" },
    { "real_seq", LB_ANSWER_VALUE, "" },
    { "list", LB_ANSWER_ERRORED, "no JSON object: \"[2, 0.5]\"" },
    { "number", LB_ANSWER_ERRORED, "no JSON object: \"0.5\"" },
    { "null", LB_ANSWER_ERRORED, "no JSON object: \"null\"" },
    { "nan", LB_ANSWER_ERRORED, "near 'NaN'" },
    { "infinity", LB_ANSWER_ERRORED, "no JSON" },
    { "1e400", LB_ANSWER_ERRORED, "real number overflow" },
    { "text", LB_ANSWER_ERRORED, "about a half" },
    { "truth", LB_ANSWER_ERRORED, "true" },
    { "list_value", LB_ANSWER_ERRORED, "[0.5]" },
    { "list_values", LB_ANSWER_ERRORED, "no object \"values\"" },
    { "no_values", LB_ANSWER_ERRORED, "no object \"values\"" },
    { "twice", LB_ANSWER_ERRORED, "no JSON" },
    { "missing", LB_ANSWER_ERRORED, "no answer for x" },
    { "skip_value", LB_ANSWER_SKIPPED, "too hard" },
    { "skipped", LB_ANSWER_SKIPPED, "too big" },
    { "errored", LB_ANSWER_ERRORED, "singular" },
    { "bad_skipped", LB_ANSWER_ERRORED, "\"skipped\" without a text" },
    { "deep", LB_ANSWER_ERRORED, "no JSON: \"[[[[" },
    { "objects", LB_ANSWER_ERRORED, "more than 100000 values" },
    { "flood", LB_ANSWER_ERRORED, "more than 4 MiB without an end" },
    { "flood_lines", LB_ANSWER_ERRORED, "no JSON: \"hello\"" },
    { "flood_after", LB_ANSWER_ERRORED, "after its answer" },
    { "flood_spaces", LB_ANSWER_ERRORED, "an empty line" },
    { "close_output", LB_ANSWER_ERRORED, "closed its standard output" },
    { "children", LB_ANSWER_ERRORED, "exit status 5" },
    { "daemon", LB_ANSWER_VALUE, "" },
    { "stop_exit", LB_ANSWER_VALUE, "" },
};

/* What must be said within a time; the problems before and after it must not,
   where programs are slow. */
static const char * const slow_answers[][2] = {
    { "hang", "no answer within 0.5 s" },
    { "deaf", "no answer within 0.5 s" },
    { "half_hang", "all it wrote is \"{\"seq\": 2, \"val\"" },
    { "drip", "all it wrote is \"aaa" },
};

/* Bytes, at most; nothing is said of sanitizers, which keep what is freed. */
static long
memory_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

static void
solve_three(fixture * f, const char * mode, double timeout)
{
    lb_gate_process * p = new_nasty(mode, 1, timeout);

    fixture_init(f, PROBLEMS);
    for (slong k = 0; k < PROBLEMS; k++)
        solve(f, k, 0, p);
    lb_gate_process_finish(p, f->report);
    CU_ASSERT_STRING_EQUAL(f->report->candidate, "nasty");
    CU_ASSERT_STRING_EQUAL(f->report->version, "1.5");
    check_nothing_left(mode);
    lb_gate_process_free(p);
}

static void
test_bad_answers(void)
{
    for (size_t k = 0; k < sizeof(bad_answers) / sizeof(bad_answers[0]); k++)
    {
        const char * mode = bad_answers[k].mode;
        double start = lb_clock_seconds();
        fixture f;

        solve_three(&f, mode, LONG);
        check_answer(&f, 0, LB_ANSWER_VALUE, "", mode);
        check_answer(&f, BAD, bad_answers[k].kind, bad_answers[k].reason, mode);
        check_answer(&f, 2, LB_ANSWER_VALUE, "", mode);
        check_not_late(&f, 0);
        check_not_late(&f, 2);
        CU_ASSERT(lb_clock_seconds() - start < LONG / 2);
        fixture_clear(&f);
    }
#ifndef __SANITIZE_ADDRESS__
    CU_ASSERT(memory_kib() < 100000);
#endif
}

static void
test_slow_answers(void)
{
    for (size_t k = 0; k < sizeof(slow_answers) / sizeof(slow_answers[0]); k++)
    {
        const char * mode = slow_answers[k][0];
        fixture f;
        double seconds;

        solve_three(&f, mode, SHORT);
        check_answer(&f, 0, LB_ANSWER_VALUE, "", mode);
        check_answer(&f, BAD, LB_ANSWER_TIMEOUT, slow_answers[k][1], mode);
        check_answer(&f, 2, LB_ANSWER_VALUE, "", mode);
        seconds = f.report->cases[BAD].answer->seconds;
        CU_ASSERT(seconds >= SHORT && seconds < 4 * SHORT);
        fixture_clear(&f);
    }
}

/* A crash is no refusal, an error that is said may be one: the first is made
   ERRORED whatever the judge says. */
static void
test_refusals(void)
{
    static const struct
    {
        const char * mode;
        int late;
    } modes[] = { { "exit", 1 },    { "garbage", 1 }, { "no_values", 1 },
                  { "errored", 0 }, { "skipped", 0 }, { "none", 0 } };

    for (size_t k = 0; k < sizeof(modes) / sizeof(modes[0]); k++)
    {
        fixture f;

        solve_three(&f, modes[k].mode, LONG);
        CU_ASSERT_EQUAL(f.report->cases[BAD].result->verdict == LB_GATE_ERRORED,
                        modes[k].late);
        fixture_clear(&f);
    }
}

/* --- what comes later ---------------------------------------------------- */

/* Said between two problems, or of the last one when it is told to stop. */
static void
test_late(void)
{
    static const struct
    {
        const char * mode;
        const char * reason;
    } modes[] = {
        { "late", "after its answer the candidate wrote \"cleaning up\"" },
        { "late_twice", "after its answer the candidate wrote \"{\"seq\": " },
        { "late_exit", "after its answer the candidate ended: exit status 6" },
    };

    for (size_t k = 0; k < sizeof(modes) / sizeof(modes[0]); k++)
        for (slong n = BAD + 1; n <= PROBLEMS; n++)
        {
            int by_exit = strcmp(modes[k].mode, "late_exit") == 0;
            lb_gate_process * p;
            fixture f;

            p = new_nasty(modes[k].mode, 1, LONG);
            fixture_init(&f, PROBLEMS);
            for (slong i = 0; i < n; i++)
            {
                solve(&f, i, 0, p);
                check_answer(&f, i, LB_ANSWER_VALUE, "", modes[k].mode);
                if (n == PROBLEMS)
                    pause_for(0.4);
            }
            lb_gate_process_finish(p, f.report);
            /* that it has gone before it is told to is no fault at the end */
            if (!by_exit || n == PROBLEMS)
                check_late(&f, BAD, modes[k].reason, modes[k].mode);
            else
                check_answer(&f, BAD, LB_ANSWER_VALUE, "", modes[k].mode);
            check_not_late(&f, 0);
            if (n == PROBLEMS)
                check_answer(&f, 2, LB_ANSWER_VALUE, "", modes[k].mode);
            check_nothing_left(modes[k].mode);
            lb_gate_process_free(p);
            fixture_clear(&f);
        }
}

/* The second answer comes when the next problem has been asked for: that one is
   asked again, of a new process. */
static void
test_second_answer(void)
{
    fixture f;

    solve_three(&f, "late_twice", LONG);
    check_answer(&f, 0, LB_ANSWER_VALUE, "", "late_twice");
    check_late(&f, BAD, "after its answer the candidate wrote", "late_twice");
    check_answer(&f, 2, LB_ANSWER_VALUE, "", "late_twice");
    check_not_late(&f, 2);
    fixture_clear(&f);

    /* the number of the request before, and again in the new process */
    solve_three(&f, "older_seq", LONG);
    check_late(&f, 0, "after its answer the candidate wrote", "older_seq");
    check_late(&f, BAD, "has not \"seq\": 3", "older_seq");
    check_answer(&f, 2, LB_ANSWER_VALUE, "", "older_seq");
    check_not_late(&f, 2);
    fixture_clear(&f);
}

static void
test_stop(void)
{
    double start = lb_clock_seconds();
    fixture f;

    solve_three(&f, "goodbye", LONG);
    check_answer(&f, 0, LB_ANSWER_VALUE, "", "goodbye");
    check_answer(&f, BAD, LB_ANSWER_VALUE, "", "goodbye");
    check_late(&f, 2, "after its answer the candidate wrote \"bye\"",
               "goodbye");
    fixture_clear(&f);
    CU_ASSERT(lb_clock_seconds() - start < 1.9);

    start = lb_clock_seconds();
    solve_three(&f, "stop_deaf", LONG);
    for (slong k = 0; k < PROBLEMS; k++)
        check_answer(&f, k, LB_ANSWER_VALUE, "", "stop_deaf");
    CU_ASSERT(lb_clock_seconds() - start >= 2);
    CU_ASSERT(lb_clock_seconds() - start < 5);
    fixture_clear(&f);
}

/* --- start --------------------------------------------------------------- */

static const struct
{
    const char * command; /* or a mode */
    double timeout;
    lb_answer_kind kind;
    const char * reason;
} bad_starts[] = {
    { "exec false", LONG, LB_ANSWER_ERRORED,
      "start: the candidate ended before it had answered: exit status 1" },
    { "/there/is/no/such --thing", LONG, LB_ANSWER_ERRORED,
      "exit status 127 (command not found)" },
    { "if", LONG, LB_ANSWER_ERRORED, "exit status 2" },
    { "start_exit", LONG, LB_ANSWER_ERRORED, "exit status 7" },
    { "start_hang", SHORT, LB_ANSWER_TIMEOUT, "start: no answer within 0.5 s" },
    { "start_noname", LONG, LB_ANSWER_ERRORED, "no text \"name\"" },
    { "start_twice", LONG, LB_ANSWER_ERRORED,
      "start: after its answer the candidate wrote" },
    { "banner", LONG, LB_ANSWER_ERRORED,
      "start: a line that is no JSON: \"Welcome to nasty\"" },
    { "exec cat", LONG, LB_ANSWER_ERRORED, "no text \"name\"" },
    { "exec yes", LONG, LB_ANSWER_ERRORED, "no JSON: \"y\"" },
    { "exec cat /dev/zero", LONG, LB_ANSWER_ERRORED, "more than 4 MiB" },
};

/* Three times, and no more. */
static void
test_bad_starts(void)
{
    char * counter = lb_text_print("/tmp/lb_gate_process.%ld", (long) getpid());

    for (size_t k = 0; k < sizeof(bad_starts) / sizeof(bad_starts[0]); k++)
    {
        const char * name = bad_starts[k].command;
        int is_mode = strpbrk(name, " ") == NULL && strcmp(name, "if") != 0;
        char * command
            = is_mode
                  ? lb_text_print("echo >>%s; exec sh %s/gate/nasty.sh %s",
                                  counter, LB_TESTS, name)
                  : lb_text_print("exec 2>/dev/null\necho >>%s\n%s", counter, name);
        lb_gate_process * p = new_process(command, 1, bad_starts[k].timeout);
        FILE * f;
        int starts = 0;
        fixture x;

        remove(counter);
        fixture_init(&x, 20);
        for (slong i = 0; i < 20; i++)
        {
            solve(&x, i, 0, p);
            check_answer(&x, i, i < 3 ? bad_starts[k].kind : LB_ANSWER_ERRORED,
                         bad_starts[k].reason, name);
            CU_ASSERT_EQUAL(
                strstr(reason_of(&x, i), "not started again after 3") != NULL,
                i >= 3);
        }
        lb_gate_process_finish(p, x.report);
        CU_ASSERT_STRING_EQUAL(x.report->candidate, "");
        check_nothing_left(name);
        f = fopen(counter, "r");
        while (f != NULL && fgetc(f) != EOF)
            starts++;
        if (f != NULL)
            fclose(f);
        CU_ASSERT_EQUAL(starts, 3);
        lb_gate_process_free(p);
        fixture_clear(&x);
        flint_free(command);
    }
    remove(counter);
    flint_free(counter);
}

static void
test_options(void)
{
    static const lb_gate_process_options bad[] = {
        { .command = "", .version = "", .jobs = 1, .timeout = 1 },
        { .command = "x", .version = "", .jobs = 0, .timeout = 1 },
        { .command = "x", .version = "", .jobs = 1, .timeout = 0 },
        { .command = "x", .version = "", .jobs = 1, .timeout = -1 },
    };

    for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++)
    {
        lb_gate_process * p;

        CU_ASSERT_EQUAL(lb_gate_process_new(&p, bad + k, NULL), LB_EDOM);
        CU_ASSERT_PTR_NULL(p);
    }
    lb_gate_process_free(NULL);
}

/* --- size ---------------------------------------------------------------- */

/* Requests and answers larger than any pipe holds, at the same time. */
static void
test_large(void)
{
    static const struct
    {
        const char * mode;
        double timeout;
        lb_answer_kind kind;
        const char * reason;
    } modes[] = {
        { "eager", LONG, LB_ANSWER_VALUE, "" },
        { "close_input", LONG, LB_ANSWER_ERRORED,
          "closed its standard input before" },
        { "lazy", SHORT, LB_ANSWER_TIMEOUT, "no answer within 0.5 s" },
        { "none", LONG, LB_ANSWER_VALUE, "" },
    };

    for (size_t k = 0; k < sizeof(modes) / sizeof(modes[0]); k++)
    {
        lb_gate_process * p = new_nasty(modes[k].mode, 1, modes[k].timeout);
        double start = lb_clock_seconds();
        fixture f;

        fixture_init(&f, 1);
        enlarge(&f, 0, 300000);
        solve(&f, 0, 0, p);
        check_answer(&f, 0, modes[k].kind, modes[k].reason, modes[k].mode);
        lb_gate_process_finish(p, f.report);
        check_nothing_left(modes[k].mode);
        CU_ASSERT(lb_clock_seconds() - start < LONG / 2);
        lb_gate_process_free(p);
        fixture_clear(&f);
    }
}

#define VALUES 10000

static void
test_many_values(void)
{
    lb_gate_process * p = new_process(
        "read -r s; echo '{\"name\": \"many\"}'; read -r s\n"
        "{ printf '{\"seq\": 1, \"cutoff\": {\"a\": 4, \"b\": 5}, \"values\": "
        "{'\n"
        "  seq -s , -f '\"v%.0f\": {\"value\": 1, \"error\": 1e-9}' 0 9999\n"
        "  echo '}}'; } | tr -d '\\n'; echo; read -r s",
        1, LONG);
    lb_gate_report_t report;
    lb_vector_problem problem;
    lb_vector * vectors = flint_calloc(VALUES, sizeof(*vectors));
    const lb_vector ** asked = flint_calloc(VALUES, sizeof(*asked));
    lb_answer_struct * answers = flint_calloc(VALUES, sizeof(*answers));
    lb_gate_request request = { &problem, VALUES, asked };
    slong good = 0;

    memset(&problem, 0, sizeof(problem));
    problem.json = json_pack("{s:s}", "id", "many");
    for (slong k = 0; k < VALUES; k++)
    {
        vectors[k].observable = lb_text_print("v%ld", (long) k);
        asked[k] = vectors + k;
        lb_answer_init(answers + k);
    }
    lb_gate_process_solve(answers, &request, 0, p);
    for (slong k = 0; k < VALUES; k++)
        good += answers[k].kind == LB_ANSWER_VALUE && answers[k].has_error
                && answers[k].cutoff != NULL
                && strcmp(answers[k].cutoff, "a=4,b=5") == 0;
    if (good != VALUES)
        printf("\n%s\n", answers[0].reason == NULL ? "" : answers[0].reason);
    CU_ASSERT_EQUAL(good, VALUES);
    lb_gate_report_init(report);
    lb_gate_process_finish(p, report);
    CU_ASSERT_STRING_EQUAL(report->candidate, "many");
    CU_ASSERT_STRING_EQUAL(report->version, "");
    check_nothing_left("many values");
    lb_gate_process_free(p);
    lb_gate_report_clear(report);
    for (slong k = 0; k < VALUES; k++)
    {
        flint_free(vectors[k].observable);
        lb_answer_clear(answers + k);
    }
    json_decref(problem.json);
    flint_free(vectors);
    flint_free(asked);
    flint_free(answers);
}

/* --- jobs, and ends of this program -------------------------------------- */

/* Jobs do not hold each other's pipes: each process ends by the end of its
   input, which it would not see otherwise. */
static void
test_jobs(void)
{
    const int jobs = 4;
    lb_gate_process * p = new_process(
        "read -r s; echo '{\"name\": \"jobs\"}'\n"
        "while read -r s; do case $s in *run*) s=${s#*\\\"seq\\\": }\n"
        "echo \"{\\\"seq\\\": ${s%%,*}, \\\"values\\\": {\\\"x\\\": 0.5}}\";;\n"
        "esac; done; exec true",
        jobs, LONG);
    fixture f;
    double start;

    fixture_init(&f, 80);
#pragma omp parallel for schedule(static, 1) num_threads(jobs)
    for (slong k = 0; k < 80; k++)
        solve(&f, k, (int) (k % jobs), p);
    for (slong k = 0; k < 80; k++)
        check_answer(&f, k, LB_ANSWER_VALUE, "", "jobs");
    start = lb_clock_seconds();
    lb_gate_process_finish(p, f.report);
    CU_ASSERT(lb_clock_seconds() - start < 1.5);
    check_nothing_left("jobs");
    lb_gate_process_free(p);
    fixture_clear(&f);
}

static double stop_time;

static int
is_late(void * context)
{
    (void) context;
    return lb_clock_seconds() > stop_time;
}

static void
test_interrupted(void)
{
    char * command = lb_text_print("exec sh %s/gate/nasty.sh hang", LB_TESTS);
    lb_gate_process_options options = { .command = command,
                                        .version = "0.0",
                                        .jobs = 1,
                                        .timeout = LONG,
                                        .stop = is_late };
    lb_gate_process * p;
    fixture f;

    CU_ASSERT_EQUAL_FATAL(lb_gate_process_new(&p, &options, NULL), LB_OK);
    stop_time = lb_clock_seconds() + 0.5;
    fixture_init(&f, PROBLEMS);
    for (slong k = 0; k < PROBLEMS; k++)
        solve(&f, k, 0, p);
    CU_ASSERT(lb_clock_seconds() < stop_time + 1);
    check_answer(&f, BAD, LB_ANSWER_NONE, "interrupted", "interrupted");
    check_answer(&f, 2, LB_ANSWER_NONE, "interrupted", "interrupted");
    lb_gate_process_finish(p, f.report);
    check_not_late(&f, BAD);
    check_nothing_left("interrupted");
    lb_gate_process_free(p);
    fixture_clear(&f);
    flint_free(command);
}

/* free alone kills. */
static void
test_free(void)
{
    lb_gate_process * p = new_nasty("daemon", 1, LONG);
    fixture f;

    fixture_init(&f, PROBLEMS);
    solve(&f, BAD, 0, p);
    check_answer(&f, BAD, LB_ANSWER_VALUE, "", "free");
    CU_ASSERT(count_left() > 1);
    lb_gate_process_free(p);
    check_nothing_left("free");
    fixture_clear(&f);
}

/* This program, killed in the middle of an answer. */
static void
test_killed(void)
{
    static const int signals[] = { SIGKILL, SIGTERM, SIGINT, SIGSEGV };

    for (size_t k = 0; k < sizeof(signals) / sizeof(signals[0]); k++)
    {
        int status, running = 0;
        pid_t child = fork();

        CU_ASSERT_FATAL(child >= 0);
        if (child == 0)
        {
            lb_gate_process * p = new_nasty("deaf", 1, LONG);
            fixture f;

            signal(signals[k], SIG_DFL);
            fixture_init(&f, PROBLEMS);
            solve(&f, BAD, 0, p);
            _exit(0);
        }
        /* the guard, the shell and its sleep; the fork has our environment of
           the beginning, without the mark */
        for (int i = 0; running < 3 && i < 500; i++)
        {
            pause_for(0.02);
            running = count_left();
        }
        CU_ASSERT_EQUAL(running, 3);
        kill(child, signals[k]);
        CU_ASSERT_EQUAL(waitpid(child, &status, 0), child);
        CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == signals[k]);
        check_nothing_left("killed");
    }
}

int
main(void)
{
    static const lb_test_case cases[] = {
        { "one bad answer", test_bad_answers },
        { "no answer in time", test_slow_answers },
        { "refusals", test_refusals },
        { "what is said later", test_late },
        { "a second answer", test_second_answer },
        { "stop", test_stop },
        { "bad starts", test_bad_starts },
        { "options", test_options },
        { "large requests and answers", test_large },
        { "many values", test_many_values },
        { "jobs", test_jobs },
        { "interrupted", test_interrupted },
        { "free", test_free },
        { "killed", test_killed },
    };

    snprintf(mark, sizeof(mark), "LB_TEST_MARK=%ld", (long) getpid());
    setenv("LB_TEST_MARK", mark + strlen("LB_TEST_MARK="), 1);
    return lb_test_main("gate_process", cases,
                        sizeof(cases) / sizeof(cases[0]));
}
