/* table/table_mpi.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In every rank the computing threads and the one that communicates meet at a
 * desk: tiles lie there to be taken, rows to be sent.  Rank 0 fills and empties
 * its own desk itself.
 *
 * Messages to rank 0: WANT (one more tile), ROWS (lines of text), ALIVE (a few
 * times a second, however long a point takes), ERROR (an lb_error), BYE (the
 * last one).  From rank 0: TILE (its number, then a mark for every point that
 * is not wanted), END (no more: finish the present points, send them, and say
 * BYE).  Raw bytes: all ranks have one kind of processor.
 *
 * Messages of one rank to another arrive in the order in which they were sent
 * (MPI 3.1, 3.5), so BYE comes after the last row. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mpi.h>
#include <omp.h>

#include <lindbound/blas_threads.h>
#include <lindbound/clock.h>
#include <lindbound/table_mpi.h>
#include <lindbound/text.h>

enum
{
    TAG_WANT = 1,
    TAG_ROWS,
    TAG_ALIVE,
    TAG_ERROR,
    TAG_BYE,
    TAG_TILE,
    TAG_END
};

#define HEARTBEAT 0.25 /* seconds */

static void
sleep_a_millisecond(void)
{
    struct timespec t = { 0, 1000000 };

    nanosleep(&t, NULL);
}

/* --- the desk of a rank -------------------------------------------------- */

/* A tile to be computed, in a message or on a desk. */
typedef struct
{
    slong tile;
    char done[]; /* s->tile marks */
} tile_order;

/* All under the lock lb_table_desk. */
typedef struct
{
    const lb_table_spec_struct * spec;
    int room;             /* orders that may lie here: one a thread */
    tile_order ** orders; /* first come, first served */
    int n_orders;
    char * rows; /* lines of text that are not sent */
    size_t n_rows, rows_room;
    int ended;  /* no more, please           */
    int active; /* threads that still compute */
    lb_status status;
    lb_error error;
} desk;

static size_t
order_size(const lb_table_spec_struct * s)
{
    return sizeof(tile_order) + (size_t) s->tile;
}

static void
desk_init(desk * d, const lb_table_spec_struct * s, int threads)
{
    memset(d, 0, sizeof(*d));
    d->spec = s;
    d->room = threads;
    d->orders = flint_malloc((size_t) threads * sizeof(tile_order *));
    lb_error_clear(&d->error);
}

static void
desk_clear(desk * d)
{
    for (int k = 0; k < d->n_orders; k++)
        flint_free(d->orders[k]);
    flint_free(d->orders);
    flint_free(d->rows);
}

/* Copies the order onto the desk, which has room. */
static void
desk_put(desk * d, const tile_order * order)
{
    size_t size = order_size(d->spec);
    tile_order * copy = flint_malloc(size);

    memcpy(copy, order, size);
#pragma omp critical(lb_table_desk)
    d->orders[d->n_orders++] = copy;
}

/* How many more orders it could take; 0 if it has ended. */
static int
desk_wants(desk * d)
{
    int wants;

#pragma omp critical(lb_table_desk)
    wants = d->ended ? 0 : d->room - d->n_orders;
    return wants;
}

/* The rows that lie there; release with flint_free. */
static char *
desk_rows(desk * d, size_t * size)
{
    char * rows;

#pragma omp critical(lb_table_desk)
    {
        rows = d->rows;
        *size = d->n_rows;
        d->rows = NULL;
        d->n_rows = d->rows_room = 0;
    }
    return rows;
}

static void
desk_end(desk * d)
{
#pragma omp critical(lb_table_desk)
    d->ended = 1;
}

/* 1, and what went wrong, if a thread has failed. */
static int
desk_failed(desk * d, lb_error * err)
{
    int failed;

#pragma omp critical(lb_table_desk)
    {
        failed = d->status != LB_OK;
        *err = d->error;
    }
    return failed;
}

static int
desk_active(desk * d)
{
    int active;

#pragma omp critical(lb_table_desk)
    active = d->active;
    return active;
}

/* Waits for a tile. */
static slong
desk_next(void * context, char * done)
{
    desk * d = context;

    for (;;)
    {
        tile_order * order = NULL;
        int ended;

#pragma omp critical(lb_table_desk)
        {
            ended = d->ended;
            if (!ended && d->n_orders > 0)
            {
                order = d->orders[0];
                d->n_orders--;
                memmove(d->orders, d->orders + 1,
                        (size_t) d->n_orders * sizeof(tile_order *));
            }
        }
        if (order != NULL)
        {
            slong tile = order->tile;

            memcpy(done, order->done, (size_t) d->spec->tile);
            flint_free(order);
            return tile;
        }
        if (ended)
            return -1;
        sleep_a_millisecond();
    }
}

static int
desk_keep(void * context, slong point, const char * row)
{
    desk * d = context;
    size_t size = strlen(row);
    int ended;

    (void) point;
#pragma omp critical(lb_table_desk)
    {
        if (d->n_rows + size + 1 > d->rows_room)
        {
            d->rows_room = 2 * (d->n_rows + size + 1);
            d->rows = flint_realloc(d->rows, d->rows_room);
        }
        memcpy(d->rows + d->n_rows, row, size);
        d->rows[d->n_rows + size] = '\n';
        d->n_rows += size + 1;
        ended = d->ended;
    }
    return ended;
}

static void
desk_fail(void * context, lb_status status, const lb_error * err)
{
    desk * d = context;

#pragma omp critical(lb_table_desk)
    {
        if (d->status == LB_OK)
        {
            d->status = status;
            d->error = *err;
        }
        d->ended = 1;
    }
}

/* Those that will compute. */
static void
count_threads(desk * d)
{
    lb_error err;

    d->active = omp_get_num_threads() - 1;
    if (d->active > 0)
        return;
    lb_error_clear(&err);
    lb_error_set(&err, LB_EMODEL,
                 "a rank needs two threads, of which OpenMP grants one "
                 "(OMP_THREAD_LIMIT)");
    desk_fail(d, LB_EMODEL, &err);
}

/* All threads of the process: the main one does `main_part`, the others
   compute. */
static void
open_desk(desk * d, void (*main_part)(void * context), void * context)
{
    lb_table_source source = { desk_next, desk_keep, desk_fail, d };

    lb_blas_set_threads(1);
#pragma omp parallel num_threads(d->room + 1)
    {
#pragma omp single
        count_threads(d);
        if (omp_get_thread_num() == 0)
            main_part(context);
        else
        {
            lb_table_work(d->spec, &source);
#pragma omp critical(lb_table_desk)
            d->active--;
        }
    }
}

/* --- beginning and end --------------------------------------------------- */

lb_status
lb_table_mpi_begin(int * rank, int * ranks, lb_error * err)
{
    int provided;

    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, rank);
    MPI_Comm_size(MPI_COMM_WORLD, ranks);
    if (provided >= MPI_THREAD_FUNNELED)
        return LB_OK;
    return lb_error_set(err, LB_EMODEL,
                        "this MPI does not support threads "
                        "(MPI_THREAD_FUNNELED)");
}

void
lb_table_mpi_end(int lost, int exit_status)
{
    if (lost > 0)
        MPI_Abort(MPI_COMM_WORLD, exit_status);
    else
        MPI_Finalize();
}

/* --- the spec ------------------------------------------------------------ */

void
lb_table_mpi_send_spec(const lb_table_spec_struct * s)
{
    json_t * all;
    char * text;
    unsigned long size = 0;

    if (s == NULL)
    {
        MPI_Bcast(&size, 1, MPI_UNSIGNED_LONG, 0, MPI_COMM_WORLD);
        return;
    }
    all = json_pack("{s:O,s:O,s:s,s:s,s:s}", "spec", s->json, "model",
                    s->model_json, "file", s->file, "spec_hash", s->spec_hash,
                    "model_hash", s->model_hash);
    text = json_dumps(all, JSON_COMPACT | JSON_PRESERVE_ORDER);
    size = strlen(text);
    MPI_Bcast(&size, 1, MPI_UNSIGNED_LONG, 0, MPI_COMM_WORLD);
    MPI_Bcast(text, (int) size, MPI_CHAR, 0, MPI_COMM_WORLD);
    json_decref(all);
    free(text);
}

lb_status
lb_table_mpi_take_spec(int * given, lb_table_spec_t s,
                       const lb_table_spec_options * o, lb_error * err)
{
    lb_table_spec_options plain = *o;
    const char *file, *spec_hash, *model_hash;
    json_t *all, *spec, *model;
    unsigned long size;
    char * text;
    lb_status status;

    MPI_Bcast(&size, 1, MPI_UNSIGNED_LONG, 0, MPI_COMM_WORLD);
    *given = size > 0;
    if (size == 0)
        return LB_OK;
    text = flint_malloc(size);
    MPI_Bcast(text, (int) size, MPI_CHAR, 0, MPI_COMM_WORLD);
    all = json_loadb(text, size, 0, NULL);
    flint_free(text);
    if (json_unpack(all, "{s:o,s:o,s:s,s:s,s:s}", "spec", &spec, "model",
                    &model, "file", &file, "spec_hash", &spec_hash,
                    "model_hash", &model_hash)
        != 0)
    {
        json_decref(all);
        return lb_error_set(err, LB_EMODEL,
                            "this rank has another version of lindbound");
    }
    /* what the command line changed is in the spec */
    plain.settings = NULL;
    plain.refine = 1;
    status = lb_table_spec_read_json(s, spec, model, file, &plain, err);
    if (status == LB_OK
        && (strcmp(spec_hash, s->spec_hash) != 0
            || strcmp(model_hash, s->model_hash) != 0))
        status = lb_error_set(err, LB_EMODEL,
                              "this rank has another version of lindbound");
    json_decref(all);
    return status;
}

/* --- the other ranks ----------------------------------------------------- */

typedef struct
{
    desk desk;
    int ended; /* rank 0 has said END */
} serving;

static void
tell_rank_0(int tag, const void * bytes, size_t size)
{
    MPI_Send(bytes, (int) size, MPI_BYTE, 0, tag, MPI_COMM_WORLD);
}

/* Sends what lies on the desk; 1 if there was anything. */
static int
send_rows(desk * d)
{
    size_t size;
    char * rows = desk_rows(d, &size);

    if (size > 0)
        tell_rank_0(TAG_ROWS, rows, size);
    flint_free(rows);
    return size > 0;
}

/* Takes what rank 0 says; 1 if it said anything.  *asked: orders that are still
   to come; *ended: set at END. */
static int
take_orders(desk * d, tile_order * order, int * asked, int * ended)
{
    int there, heard = 0;
    MPI_Status status;

    for (;;)
    {
        MPI_Iprobe(0, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
        if (!there)
            return heard;
        heard = 1;
        MPI_Recv(order, (int) order_size(d->spec), MPI_BYTE, 0, status.MPI_TAG,
                 MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        if (status.MPI_TAG == TAG_END)
        {
            desk_end(d);
            *ended = 1;
        }
        else
        {
            desk_put(d, order);
            --*asked;
        }
    }
}

/* The main thread of a rank, until its threads have ended. */
static void
communicate(void * context)
{
    serving * s = context;
    desk * d = &s->desk;
    tile_order * order = flint_malloc(order_size(d->spec));
    double said = lb_clock_seconds();
    int asked = 0, told = 0, active;

    do
    {
        lb_error err;
        int busy;

        active = desk_active(d); /* before the rows: none is left behind */
        busy = send_rows(d);
        for (; asked < desk_wants(d); asked++, busy = 1)
            tell_rank_0(TAG_WANT, NULL, 0);
        if (!told && desk_failed(d, &err))
        {
            tell_rank_0(TAG_ERROR, &err, sizeof(err));
            told = 1;
        }
        if (lb_clock_seconds() - said > HEARTBEAT)
        {
            tell_rank_0(TAG_ALIVE, NULL, 0);
            said = lb_clock_seconds();
        }
        if (!take_orders(d, order, &asked, &s->ended) && !busy && active > 0)
            sleep_a_millisecond();
    } while (active > 0);
    flint_free(order);
}

/* Takes whatever comes until rank 0 has said END, so that nothing is under way
   when MPI ends. */
static void
wait_for_end(void)
{
    int there, ended = 0;
    double said = lb_clock_seconds();
    MPI_Status status;

    while (!ended)
    {
        MPI_Iprobe(0, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
        if (there)
        {
            int size;
            char * bytes;

            MPI_Get_count(&status, MPI_BYTE, &size);
            bytes = flint_malloc((size_t) size + 1);
            MPI_Recv(bytes, size, MPI_BYTE, 0, status.MPI_TAG, MPI_COMM_WORLD,
                     MPI_STATUS_IGNORE);
            flint_free(bytes);
            ended = status.MPI_TAG == TAG_END;
        }
        else if (lb_clock_seconds() - said > HEARTBEAT)
        {
            tell_rank_0(TAG_ALIVE, NULL, 0);
            said = lb_clock_seconds();
        }
        else
            sleep_a_millisecond();
    }
}

void
lb_table_mpi_serve(const lb_table_spec_struct * s, int threads,
                   const lb_error * err)
{
    serving r = { .ended = 0 };

    if (s == NULL)
        tell_rank_0(TAG_ERROR, err, sizeof(*err));
    else
    {
        desk_init(&r.desk, s, threads);
        open_desk(&r.desk, communicate, &r);
        desk_clear(&r.desk);
    }
    /* the threads may have ended by an error of their own */
    if (!r.ended)
        wait_for_end();
    tell_rank_0(TAG_BYE, NULL, 0);
}

/* --- rank 0 -------------------------------------------------------------- */

enum
{
    NOBODY = -1
};

/* What rank 0 knows of another one. */
typedef struct
{
    double heard;       /* when, lb_clock_seconds               */
    int wants;          /* orders it has asked for and not got  */
    int lost, gone;     /* given up; has said BYE */
    tile_order * order; /* the last one sent, and its request */
    MPI_Request sent;
} colleague;

typedef struct
{
    const lb_table_spec_struct * spec;
    const lb_table_mpi_options * options;
    lb_table_journal * journal;
    int ranks;
    colleague * others; /* of every rank; that of rank 0 is not used */
    int * owner;        /* of every tile: a rank or NOBODY */
    slong next;         /* no tile before it is to be given out */
    desk own;
    int ended; /* END has been sent */
    lb_status status;
    lb_error error;
    double told; /* progress */
} head_office;

static void
office_fail(head_office * h, lb_status status, const lb_error * err)
{
    if (h->status == LB_OK)
    {
        h->status = status;
        h->error = *err;
    }
}

/* Fills in an order for a tile that nobody has and that has points to do; 0 if
   there is none. */
static int
make_order(tile_order * order, head_office * h, int rank)
{
    const char * done = lb_table_journal_done(h->journal);
    slong tiles = lb_table_tiles(h->spec);

    for (; h->next < tiles; h->next++)
    {
        slong first, count;

        if (h->owner[h->next] != NOBODY)
            continue;
        lb_table_tile_points(&first, &count, h->spec, h->next);
        if (memchr(done + first, 0, (size_t) count) == NULL)
            continue;
        memset(order, 0, order_size(h->spec));
        order->tile = h->next;
        memcpy(order->done, done + first, (size_t) count);
        h->owner[h->next++] = rank;
        return 1;
    }
    return 0;
}

/* Lines of text from a rank.  A point may come twice: from a rank that was
   given up and woke again.  Its row is the same. */
static void
keep_rows(head_office * h, char * rows, size_t size)
{
    const char * done = lb_table_journal_done(h->journal);
    char * end = rows + size;

    while (rows < end && h->status == LB_OK)
    {
        char * line_end = memchr(rows, '\n', (size_t) (end - rows));
        slong point = strtol(rows + 1, NULL, 10);
        lb_error err;
        lb_status status = LB_OK;

        *line_end = '\0';
        lb_error_clear(&err);
        if (point >= h->spec->points || !done[point])
            status = lb_table_journal_append(h->journal, point, rows, &err);
        if (status != LB_OK)
            office_fail(h, status, &err);
        rows = line_end + 1;
    }
}

static void
send_order(head_office * h, int rank)
{
    colleague * c = h->others + rank;

    int free;

    MPI_Test(&c->sent, &free, MPI_STATUS_IGNORE);
    if (!free || !make_order(c->order, h, rank))
        return;
    MPI_Isend(c->order, (int) order_size(h->spec), MPI_BYTE, rank, TAG_TILE,
              MPI_COMM_WORLD, &c->sent);
    c->wants--;
}

static void
take_message(head_office * h, const MPI_Status * status)
{
    colleague * c = h->others + status->MPI_SOURCE;
    int size;
    char * bytes;

    MPI_Get_count(status, MPI_BYTE, &size);
    bytes = flint_malloc((size_t) size + 1);
    MPI_Recv(bytes, size, MPI_BYTE, status->MPI_SOURCE, status->MPI_TAG,
             MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    c->heard = lb_clock_seconds();
    if (status->MPI_TAG == TAG_WANT)
        c->wants++;
    else if (status->MPI_TAG == TAG_ROWS)
        keep_rows(h, bytes, (size_t) size);
    else if (status->MPI_TAG == TAG_BYE)
        c->gone = 1;
    else if (status->MPI_TAG == TAG_ERROR && !c->lost)
    {
        lb_error err;

        memcpy(&err, bytes, sizeof(err));
        office_fail(h, err.status, &err);
    }
    flint_free(bytes);
}

/* 1 if there were any. */
static int
take_messages(head_office * h)
{
    int there, heard = 0;
    MPI_Status status;

    for (;;)
    {
        MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &there,
                   &status);
        if (!there)
            return heard;
        take_message(h, &status);
        heard = 1;
    }
}

/* Its tiles go to others. */
static void
give_up(head_office * h, int rank, double seconds)
{
    slong tiles = lb_table_tiles(h->spec);

    h->others[rank].lost = 1;
    for (slong k = tiles - 1; k >= 0; k--)
        if (h->owner[k] == rank)
        {
            h->owner[k] = NOBODY;
            h->next = FLINT_MIN(h->next, k);
        }
    if (h->options->lost != NULL)
        h->options->lost(h->options->run.context, rank, seconds);
}

/* Only when all messages are read: this process may have slept itself. */
static void
look_for_the_silent(head_office * h)
{
    double now = lb_clock_seconds();

    for (int k = 1; k < h->ranks; k++)
    {
        const colleague * c = h->others + k;

        if (!c->lost && !c->gone && now - c->heard > h->options->timeout)
            give_up(h, k, now - c->heard);
    }
}

/* What there is for the threads of this rank, and from them. */
static int
serve_own_desk(head_office * h, tile_order * order)
{
    size_t size;
    char * rows = desk_rows(&h->own, &size);
    lb_error err;

    if (size > 0)
        keep_rows(h, rows, size);
    flint_free(rows);
    for (int wants = desk_wants(&h->own); wants > 0; wants--)
        if (make_order(order, h, 0))
            desk_put(&h->own, order);
        else
            break;
    if (desk_failed(&h->own, &err))
        office_fail(h, err.status, &err);
    return size > 0;
}

static void
serve_others(head_office * h)
{
    for (int k = 1; k < h->ranks; k++)
        for (int wants = h->others[k].wants; wants > 0; wants--)
            if (!h->others[k].lost)
                send_order(h, k);
}

static void
tell(head_office * h)
{
    const lb_table_run_options * o = &h->options->run;
    double now = lb_clock_seconds();

    if (o->progress == NULL || now - h->told < 0.1)
        return;
    h->told = now;
    o->progress(o->context, lb_table_journal_length(h->journal),
                h->spec->points);
}

/* Nothing more is given out. */
static void
end_all(head_office * h)
{
    desk_end(&h->own);
    for (int k = 1; k < h->ranks; k++)
    {
        MPI_Request request;

        MPI_Isend(NULL, 0, MPI_BYTE, k, TAG_END, MPI_COMM_WORLD, &request);
        MPI_Request_free(&request);
    }
    h->ended = 1;
}

static int
all_gone(const head_office * h)
{
    for (int k = 1; k < h->ranks; k++)
        if (!h->others[k].lost && !h->others[k].gone)
            return 0;
    return 1;
}

/* The main thread of rank 0. */
static void
preside(void * context)
{
    head_office * h = context;
    const lb_table_run_options * o = &h->options->run;
    tile_order * order = flint_malloc(order_size(h->spec));
    int active;

    do
    {
        int busy;

        active = desk_active(&h->own); /* before its rows are taken */
        busy = take_messages(h);
        if (!busy)
            look_for_the_silent(h);
        if (serve_own_desk(h, order))
            busy = 1;
        if (!h->ended
            && (h->status != LB_OK
                || lb_table_journal_length(h->journal) == h->spec->points
                || (o->stop != NULL && o->stop(o->context))))
            end_all(h);
        if (!h->ended)
            serve_others(h);
        tell(h);
        if (!busy)
            sleep_a_millisecond();
    } while (!h->ended || active > 0 || !all_gone(h));
    flint_free(order);
}

static void
office_init(head_office * h, const lb_table_spec_t s, lb_table_journal * j,
            const lb_table_mpi_options * o)
{
    slong tiles = lb_table_tiles(s);

    memset(h, 0, sizeof(*h));
    h->spec = s;
    h->journal = j;
    h->options = o;
    lb_error_clear(&h->error);
    MPI_Comm_size(MPI_COMM_WORLD, &h->ranks);
    h->owner = flint_malloc((size_t) tiles * sizeof(int));
    for (slong k = 0; k < tiles; k++)
        h->owner[k] = NOBODY;
    h->others = flint_calloc((size_t) h->ranks, sizeof(colleague));
    for (int k = 0; k < h->ranks; k++)
    {
        h->others[k].heard = lb_clock_seconds();
        h->others[k].order = flint_malloc(order_size(s));
        h->others[k].sent = MPI_REQUEST_NULL;
    }
    desk_init(&h->own, s, o->run.threads);
}

static void
office_clear(head_office * h)
{
    for (int k = 0; k < h->ranks; k++)
        if (!h->others[k].lost) /* else the message may be under way */
            flint_free(h->others[k].order);
    flint_free(h->others);
    flint_free(h->owner);
    desk_clear(&h->own);
}

lb_status
lb_table_mpi_run(int * lost, const lb_table_spec_t s, lb_table_journal * j,
                 const lb_table_mpi_options * o, lb_error * err)
{
    head_office h;

    office_init(&h, s, j, o);
    open_desk(&h.own, preside, &h);
    *lost = 0;
    for (int k = 1; k < h.ranks; k++)
        *lost += h.others[k].lost;
    if (h.status != LB_OK && err != NULL)
        *err = h.error;
    office_clear(&h);
    return h.status;
}
