/* tests/test_table_journal.c -- no point is lost, none is taken that is not
 * ours: journals cut, edited, mixed, killed, on full disks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <lindbound/table_journal.h>
#include <lindbound/text.h>

#include "lb_test.h"

#define POINTS 40

static char path[64];

/* As much of a spec as a journal looks at. */
static void
make_spec(lb_table_spec_t s, const char * hash, slong points)
{
    memset(s, 0, sizeof(s[0]));
    s->name = (char *) "journal";
    s->spec_hash = (char *) hash;
    s->model_hash = (char *) "sha256:2";
    s->points = points;
}

/* The row of a point: of a length that differs. */
static char *
row_of(slong point)
{
    static const char filler[] = "0123456789012345678901234567890123456789";

    return lb_text_print("[%ld, {\"ball\": \"%.*s\"}]", (long) point,
                         (int) ((point * 7) % 40), filler);
}

static lb_status
append(lb_table_journal * j, slong point, lb_error * err)
{
    char * row = row_of(point);
    lb_status status = lb_table_journal_append(j, point, row, err);

    flint_free(row);
    return status;
}

static slong
file_size(void)
{
    struct stat st;

    return stat(path, &st) == 0 ? (slong) st.st_size : -1;
}

static char *
read_file(size_t * size)
{
    FILE * f = fopen(path, "r");
    char * text = flint_calloc(1, 100000);

    *size = f == NULL ? 0 : fread(text, 1, 99999, f);
    if (f != NULL)
        fclose(f);
    return text;
}

static void
write_file(const char * text, size_t size)
{
    FILE * f = fopen(path, "w");

    CU_ASSERT_FATAL(f != NULL);
    CU_ASSERT_EQUAL(fwrite(text, 1, size, f), size);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

typedef struct
{
    slong count, last;
    int good;
} rows_seen;

static int
see_row(void * context, slong point, const char * row)
{
    rows_seen * seen = context;
    char * wanted = row_of(point);

    seen->good = seen->good && point > seen->last && strcmp(row, wanted) == 0;
    seen->last = point;
    seen->count++;
    flint_free(wanted);
    return 0;
}

/* All rows come in order and as they were put in. */
static void
check_rows(lb_table_journal * j)
{
    rows_seen seen = { 0, -1, 1 };
    slong marked = 0;

    CU_ASSERT_EQUAL(lb_table_journal_rows(j, see_row, &seen, NULL), LB_OK);
    CU_ASSERT(seen.good);
    CU_ASSERT_EQUAL(seen.count, lb_table_journal_length(j));
    for (slong k = 0; k < POINTS; k++)
        marked += lb_table_journal_done(j)[k];
    CU_ASSERT_EQUAL(marked, seen.count);
}

static lb_table_journal *
open_good(const lb_table_spec_t s)
{
    lb_table_journal * j;
    lb_error err;

    lb_error_clear(&err);
    CU_ASSERT_EQUAL(lb_table_journal_open(&j, path, s, "1", &err), LB_OK);
    if (j == NULL)
        printf("\n%s\n", err.text);
    CU_ASSERT_FATAL(j != NULL);
    return j;
}

/* Writes the points in a random order, opening the journal anew in between. */
static void
make_journal(const lb_table_spec_t s, slong points, flint_rand_t state)
{
    lb_table_journal * j;
    slong order[POINTS];

    unlink(path);
    for (slong k = 0; k < POINTS; k++)
    {
        slong at = (slong) n_randint(state, (ulong) k + 1);

        order[k] = order[at];
        order[at] = k;
    }
    j = open_good(s);
    for (slong k = 0; k < points; k++)
    {
        CU_ASSERT_EQUAL(append(j, order[k], NULL), LB_OK);
        if (n_randint(state, 4) == 0)
        {
            lb_table_journal_close(j, 0);
            j = open_good(s);
            CU_ASSERT_EQUAL(lb_table_journal_length(j), k + 1);
        }
    }
    check_rows(j);
    lb_table_journal_close(j, 0);
}

static void
test_round_trip(void)
{
    flint_rand_t state;
    lb_table_spec_t s;

    lb_test_rand_init(state);
    make_spec(s, "sha256:1", POINTS);
    for (slong iter = 0; iter < lb_test_iters(20); iter++)
    {
        slong points = 1 + (slong) n_randint(state, POINTS);
        lb_table_journal * j;

        make_journal(s, points, state);
        j = open_good(s);
        CU_ASSERT_EQUAL(lb_table_journal_length(j), points);
        check_rows(j);
        /* a point twice, a row of another point, a row in two lines */
        CU_ASSERT_EQUAL(append(j, POINTS, NULL), LB_EIO);
        CU_ASSERT_EQUAL(lb_table_journal_append(j, 1, "[2, {}]", NULL), LB_EIO);
        CU_ASSERT_EQUAL(
            lb_table_journal_append(j, POINTS - 1, "[39,\n1]", NULL), LB_EIO);
        for (slong k = 0; k < POINTS; k++)
        {
            int there = lb_table_journal_done(j)[k];

            CU_ASSERT_EQUAL(append(j, k, NULL), there ? LB_EIO : LB_OK);
        }
        check_rows(j);
        lb_table_journal_close(j, 1);
        CU_ASSERT_EQUAL(file_size(), -1);
    }
    lb_rand_clear(state);
}

/* The journal in the file is refused, at `line` (0: any), and left as it is. */
static void
expect_refusal(const lb_table_spec_t s, const char * version, long line,
               const char * why)
{
    lb_table_journal * j;
    lb_error err;
    size_t before, after;
    char *was = read_file(&before), *is;
    lb_status status;

    lb_error_clear(&err);
    status = lb_table_journal_open(&j, path, s, version, &err);
    CU_ASSERT_EQUAL(status, LB_EPARSE);
    CU_ASSERT(j == NULL);
    CU_ASSERT(line == 0 || err.line == line);
    CU_ASSERT(strstr(err.text, why) != NULL);
    CU_ASSERT(strstr(err.text, "delete it") != NULL);
    if (status != LB_EPARSE || strstr(err.text, why) == NULL)
        printf("\nline %ld: %s\n", err.line, err.text);
    if (j != NULL)
        lb_table_journal_close(j, 0);
    is = read_file(&after);
    CU_ASSERT(before == after && memcmp(was, is, before) == 0);
    flint_free(was);
    flint_free(is);
}

/* Any byte changed is seen, but for the end of the last line, whose point is
   lost. */
static void
test_edited(void)
{
    flint_rand_t state;
    lb_table_spec_t s;
    char * text;
    size_t size;

    lb_test_rand_init(state);
    make_spec(s, "sha256:1", POINTS);
    make_journal(s, 20, state);
    text = read_file(&size);
    for (slong iter = 0; iter < lb_test_iters(2000); iter++)
    {
        static const char favourites[] = "\n [0,\t";
        size_t at = n_randint(state, size);
        char was = text[at];

        do
            text[at] = n_randint(state, 2) ? (char) n_randint(state, 256)
                                           : favourites[n_randint(state, 6)];
        while (text[at] == was);
        write_file(text, size);
        text[at] = was;
        if (at + 1 < size)
            expect_refusal(s, "1", 0, "journal");
        else
        {
            lb_table_journal * j = open_good(s);

            CU_ASSERT_EQUAL(lb_table_journal_length(j), 19);
            lb_table_journal_close(j, 0);
        }
    }
    flint_free(text);
    lb_rand_clear(state);
}

/* Cut anywhere: the whole lines stay, and the run can go on. */
static void
test_torn(void)
{
    flint_rand_t state;
    lb_table_spec_t s;
    char * text;
    size_t size;

    lb_test_rand_init(state);
    make_spec(s, "sha256:1", POINTS);
    make_journal(s, 6, state);
    text = read_file(&size);
    for (size_t cut = 0; cut <= size; cut++)
    {
        slong lines = 0, whole = 0;
        lb_table_journal * j;

        for (size_t k = 0; k < cut; k++)
            if (text[k] == '\n')
            {
                lines++;
                whole = (slong) k + 1;
            }
        write_file(text, cut);
        j = open_good(s);
        CU_ASSERT(lines == 0 || file_size() == whole);
        CU_ASSERT_EQUAL(lb_table_journal_length(j), FLINT_MAX(0, lines - 1));
        for (slong k = 0; k < POINTS; k++)
            if (!lb_table_journal_done(j)[k])
                CU_ASSERT_EQUAL(append(j, k, NULL), LB_OK);
        check_rows(j);
        lb_table_journal_close(j, 0);
        j = open_good(s);
        CU_ASSERT_EQUAL(lb_table_journal_length(j), POINTS);
        lb_table_journal_close(j, 1);
    }
    flint_free(text);
    lb_rand_clear(state);
}

/* Lines taken out, exchanged, doubled, or of another journal. */
static void
test_mixed(void)
{
    flint_rand_t state;
    lb_table_spec_t s;

    lb_test_rand_init(state);
    make_spec(s, "sha256:1", POINTS);
    for (slong iter = 0; iter < lb_test_iters(100); iter++)
    {
        char *text, *line[22], *mixed;
        size_t size, n = 0, length = 0;
        ulong from, to;

        make_journal(s, 20, state);
        text = read_file(&size);
        mixed = flint_calloc(1, 2 * size);
        for (char * t = strtok(text, "\n"); t != NULL; t = strtok(NULL, "\n"))
            line[n++] = t;
        CU_ASSERT_EQUAL_FATAL(n, 21);
        from = 1 + n_randint(state, 19);
        to = from + 1 + n_randint(state, 20 - from);
        for (ulong k = 0; k < n; k++)
        {
            ulong what = iter % 3 == 1 && k == from ? to
                         : iter % 3 == 1 && k == to ? from
                                                    : k;

            if (iter % 3 == 0 && k == from)
                continue;
            length += (size_t) sprintf(mixed + length, "%s\n", line[what]);
            if (iter % 3 == 2 && k == to)
                length += (size_t) sprintf(mixed + length, "%s\n", line[from]);
        }
        write_file(mixed, length);
        expect_refusal(s, "1", (long) (iter % 3 == 2 ? to + 2 : from + 1),
                       "checksum");
        flint_free(text);
        flint_free(mixed);
    }
    lb_rand_clear(state);
}

/* a column that is 2 */
static void
make_column(lb_table_column * c)
{
    memset(c, 0, sizeof(*c));
    c->name = (char *) "two";
    lb_form_init(c->form);
    CU_ASSERT_EQUAL(lb_expr_parse(&c->expr, "2", NULL), LB_OK);
}

static void
test_of_another(void)
{
    flint_rand_t state;
    lb_table_spec_t s, other;
    lb_table_column column[1];

    lb_test_rand_init(state);
    make_spec(s, "sha256:1", POINTS);
    make_journal(s, 20, state);
    make_spec(other, "sha256:3", POINTS);
    expect_refusal(other, "1", 1, "another spec");
    make_spec(other, "sha256:1", POINTS);
    other->model_hash = (char *) "sha256:4";
    expect_refusal(other, "1", 1, "version of the model");
    expect_refusal(s, "2", 1, "version of lindbound");
    make_spec(other, "sha256:1", POINTS);
    make_column(column);
    other->n_columns = 1;
    other->columns = column;
    expect_refusal(other, "1", 1, "version of a form");
    lb_expr_free(column->expr);
    lb_form_clear(column->form);
    write_file("a letter to a friend", 20);
    expect_refusal(s, "1", 1, "not a journal");
    write_file("a letter to a friend\n", 21);
    expect_refusal(s, "1", 1, "not a journal");
    unlink(path);
    lb_rand_clear(state);
}

/* A second process is refused while the first has the journal, also after the
   first has read it back. */
static void
test_locked(void)
{
    lb_table_spec_t s;
    lb_table_journal * j;
    pid_t child;
    int status;

    make_spec(s, "sha256:1", POINTS);
    j = open_good(s);
    CU_ASSERT_EQUAL(append(j, 3, NULL), LB_OK);
    check_rows(j);
    for (int again = 0; again < 2; again++)
    {
        fflush(stdout);
        child = fork();
        if (child == 0)
        {
            lb_error err;

            lb_error_clear(&err);
            _exit(lb_table_journal_open(&j, path, s, "1", &err) == LB_EIO
                          && strstr(err.text, "another run") != NULL
                      ? 7
                      : 1);
        }
        CU_ASSERT(waitpid(child, &status, 0) == child && WIFEXITED(status)
                  && WEXITSTATUS(status) == 7);
    }
    lb_table_journal_close(j, 0);
    j = open_good(s);
    CU_ASSERT_EQUAL(lb_table_journal_length(j), 1);
    lb_table_journal_close(j, 1);
}

/* No room in the middle of a row: the rows before are safe, the file ends after
   them, and the same journal goes on when there is room. */
static void
test_full_disk(void)
{
    struct rlimit old, small;
    lb_table_spec_t s;

    signal(SIGXFSZ, SIG_IGN);
    CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &old), 0);
    make_spec(s, "sha256:1", POINTS);
    for (slong room = 1; room < 60; room++)
    {
        lb_table_journal * j = open_good(s);
        lb_error err;
        slong before, k = 0;

        lb_error_clear(&err);
        for (; k < 10; k++)
            CU_ASSERT_EQUAL(append(j, k, NULL), LB_OK);
        before = file_size();
        small = old;
        small.rlim_cur = (rlim_t) (before + room);
        CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &small), 0);
        while (append(j, k, &err) == LB_OK)
        {
            before = file_size();
            k++;
        }
        CU_ASSERT(strstr(err.text, "finished points are safe") != NULL);
        CU_ASSERT_EQUAL(file_size(), before);
        CU_ASSERT_EQUAL(lb_table_journal_length(j), k);
        CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &old), 0);
        check_rows(j);
        if (room % 2 == 0)
        {
            lb_table_journal_close(j, 0);
            j = open_good(s);
            CU_ASSERT_EQUAL(lb_table_journal_length(j), k);
        }
        for (; k < POINTS; k++)
            CU_ASSERT_EQUAL(append(j, k, NULL), LB_OK);
        check_rows(j);
        lb_table_journal_close(j, 1);
    }
}

/* A process killed at a random moment has lost nothing that it said was
   done. */
static void
test_killed(void)
{
    flint_rand_t state;
    lb_table_spec_t s;

    lb_test_rand_init(state);
    make_spec(s, "sha256:1", POINTS);
    for (slong iter = 0; iter < lb_test_iters(40); iter++)
    {
        int pipe_ends[2];
        struct timespec pause = { 0, 1 + (long) n_randint(state, 3000000) };
        pid_t child;
        slong said = 0;
        char point;
        lb_table_journal * j;

        CU_ASSERT_EQUAL_FATAL(pipe(pipe_ends), 0);
        fflush(stdout);
        child = fork();
        if (child == 0)
        {
            lb_status status = lb_table_journal_open(&j, path, s, "1", NULL);

            for (;;)
                for (point = 0; status == LB_OK && point < POINTS; point++)
                    if (!lb_table_journal_done(j)[(int) point]
                        && (append(j, point, NULL) != LB_OK
                            || write(pipe_ends[1], &point, 1) != 1))
                        _exit(1);
        }
        close(pipe_ends[1]);
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        j = open_good(s);
        while (read(pipe_ends[0], &point, 1) == 1)
        {
            CU_ASSERT(lb_table_journal_done(j)[(int) point]);
            said++;
        }
        CU_ASSERT(lb_table_journal_length(j) <= said + 1);
        check_rows(j);
        close(pipe_ends[0]);
        lb_table_journal_close(j, 1);
    }
    lb_rand_clear(state);
}

int
main(void)
{
    static const lb_test_case cases[]
        = { { "rows in any order, opened anew", test_round_trip },
            { "any byte changed is refused", test_edited },
            { "cut anywhere", test_torn },
            { "lines taken out, exchanged, doubled", test_mixed },
            { "of another spec, model, program", test_of_another },
            { "one process at a time", test_locked },
            { "a full disk", test_full_disk },
            { "killed", test_killed } };
    int status;

    snprintf(path, sizeof(path), "/tmp/lb_test_journal_%ld", (long) getpid());
    status = lb_test_main("table_journal", cases,
                          sizeof(cases) / sizeof(cases[0]));
    unlink(path);
    return status;
}
