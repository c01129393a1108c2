/* table/table_run.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/blas_threads.h>
#include <lindbound/clock.h>
#include <lindbound/table_run.h>

/* --- one thread ---------------------------------------------------------- */

typedef struct
{
    const lb_table_spec_struct * spec;
    const lb_table_source * source;
    int ended;
} one_thread;

/* A finished point. */
static int
emit(void * context, slong point, const lb_table_entry_struct * entries)
{
    one_thread * t = context;
    char * row = lb_table_row_text(t->spec, point, entries);

    t->ended = t->source->keep(t->source->context, point, row) != 0;
    flint_free(row);
    return t->ended;
}

void
lb_table_work(const lb_table_spec_t s, const lb_table_source * source)
{
    one_thread t = { s, source, 0 };
    lb_table_worker * w = lb_table_worker_new(s);
    char * done = flint_malloc((size_t) s->tile);
    slong tile;

    while (!t.ended && (tile = source->next(source->context, done)) >= 0)
    {
        lb_error err;
        lb_status status;

        lb_error_clear(&err);
        status = lb_table_worker_tile(w, tile, done, emit, &t, &err);
        if (status != LB_OK)
            source->fail(source->context, status, &err);
        t.ended = t.ended || status != LB_OK;
    }
    flint_free(done);
    lb_table_worker_free(w);
}

/* --- all threads --------------------------------------------------------- */

/* What the threads share; all but `failed` under the lock lb_table_run. */
typedef struct
{
    const lb_table_spec_struct * spec;
    const lb_table_run_options * options;
    lb_table_journal * journal;
    slong next; /* tile to be given out */
    int failed; /* atomic               */
    lb_status status;
    lb_error error;
    double told; /* when progress was reported */
} shared_run;

static int
must_stop(shared_run * r)
{
    const lb_table_run_options * o = r->options;
    int failed;

#pragma omp atomic read
    failed = r->failed;
    return failed || (o->stop != NULL && o->stop(o->context));
}

/* Keeps the first error: the others are its like. */
static void
set_failed(shared_run * r, lb_status status, const lb_error * err)
{
    if (r->status == LB_OK)
    {
        r->status = status;
        r->error = *err;
    }
#pragma omp atomic write
    r->failed = 1;
}

static void
fail(void * context, lb_status status, const lb_error * err)
{
#pragma omp critical(lb_table_run)
    set_failed(context, status, err);
}

static void
tell(shared_run * r)
{
    const lb_table_run_options * o = r->options;
    double now = lb_clock_seconds();

    if (o->progress == NULL || now - r->told < 0.1)
        return;
    r->told = now;
    o->progress(o->context, lb_table_journal_length(r->journal),
                r->spec->points);
}

static int
keep(void * context, slong point, const char * row)
{
    shared_run * r = context;

#pragma omp critical(lb_table_run)
    {
        lb_error err;
        lb_status status;

        lb_error_clear(&err);
        status = lb_table_journal_append(r->journal, point, row, &err);
        if (status != LB_OK)
            set_failed(r, status, &err);
        else
            tell(r);
    }
    return must_stop(r);
}

/* The next tile with a point that is wanted. */
static slong
next(void * context, char * done)
{
    shared_run * r = context;
    const char * known = lb_table_journal_done(r->journal);
    slong tiles = lb_table_tiles(r->spec), tile = -1;

    if (must_stop(r))
        return -1;
#pragma omp critical(lb_table_run)
    while (tile < 0 && r->next < tiles)
    {
        slong first, count;

        lb_table_tile_points(&first, &count, r->spec, r->next);
        memcpy(done, known + first, (size_t) count);
        if (memchr(done, 0, (size_t) count) != NULL)
            tile = r->next;
        r->next++;
    }
    return tile;
}

lb_status
lb_table_run(const lb_table_spec_t s, lb_table_journal * j,
             const lb_table_run_options * o, lb_error * err)
{
    shared_run r;
    lb_table_source source = { next, keep, fail, &r };

    memset(&r, 0, sizeof(r));
    r.spec = s;
    r.options = o;
    r.journal = j;
    lb_error_clear(&r.error);
    lb_blas_set_threads(1);
#pragma omp parallel num_threads(o->threads)
    lb_table_work(s, &source);
    if (r.status != LB_OK && err != NULL)
        *err = r.error;
    return r.status;
}
