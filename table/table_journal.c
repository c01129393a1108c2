/* table/table_journal.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <lindbound/clock.h>
#include <lindbound/file_write.h>
#include <lindbound/table_hash.h>
#include <lindbound/table_journal.h>
#include <lindbound/table_write.h>
#include <lindbound/text.h>

#define CHECKSUM 16 /* hexadecimal digits */

/* Where the row of a point is; size 0: nowhere. */
typedef struct
{
    off_t at;
    size_t size;
} place;

struct lb_table_journal_struct
{
    int descriptor;
    FILE * stream; /* of the descriptor, to read what is there: to close another
                      one of the same file would unlock it */
    char * path;
    char checksum[CHECKSUM + 1]; /* of the last whole line        */
    off_t end;                   /* where the last whole line ends */
    int broken;                  /* what lies after end is unknown */
    double synced;               /* when, lb_clock_seconds         */
    slong length, points;
    char * done;
    place * places;
    char * line; /* to be written, or being read */
    size_t room;
};

/* --- lines --------------------------------------------------------------- */

static void
make_room(lb_table_journal * j, size_t size)
{
    if (size <= j->room)
        return;
    j->room = size + size / 2;
    j->line = flint_realloc(j->line, j->room);
}

/* The checksum of a line after the one whose checksum is `before`. */
static void
chain(char * checksum, lb_table_journal * j, const char * before,
      const char * text, size_t size)
{
    lb_hash hash;

    make_room(j, CHECKSUM + size);
    memcpy(j->line, before, CHECKSUM);
    memcpy(j->line + CHECKSUM, text, size);
    lb_hash_bytes(hash, j->line, CHECKSUM + size);
    memcpy(checksum, hash, CHECKSUM);
    checksum[CHECKSUM] = '\0';
}

static lb_status
io_error(const lb_table_journal * j, lb_error * err, const char * what)
{
    lb_status status
        = lb_error_set(err, LB_EIO, "cannot %s: %s", what, strerror(errno));

    lb_error_in(err, j->path, NULL);
    return status;
}

static lb_status
force_to_disk(lb_table_journal * j, lb_error * err)
{
    j->synced = lb_clock_seconds();
    if (fdatasync(j->descriptor) == 0)
        return LB_OK;
    j->broken = 1;
    return io_error(j, err, "force the journal to disk");
}

/* Adds a whole line in one write, or nothing. */
static lb_status
write_line(lb_table_journal * j, const char * text, size_t size, lb_error * err)
{
    char checksum[CHECKSUM + 1];
    size_t total = CHECKSUM + 1 + size + 1, written = 0;
    ssize_t n = 0;

    chain(checksum, j, j->checksum, text, size);
    make_room(j, total);
    memcpy(j->line, checksum, CHECKSUM);
    j->line[CHECKSUM] = ' ';
    memcpy(j->line + CHECKSUM + 1, text, size);
    j->line[total - 1] = '\n';

    while (written < total && n >= 0)
    {
        n = pwrite(j->descriptor, j->line + written, total - written,
                   j->end + (off_t) written);
        if (n > 0)
            written += (size_t) n;
        else if (n < 0 && errno == EINTR)
            n = 0;
    }
    if (n < 0)
    {
        lb_error_set(err, LB_EIO,
                     "cannot write: %s; the %ld finished points are safe: make "
                     "room, and the same command goes on with the others",
                     strerror(errno), (long) j->length);
        lb_error_in(err, j->path, NULL);
        if (ftruncate(j->descriptor, j->end) != 0)
            j->broken = 1;
        return LB_EIO;
    }
    memcpy(j->checksum, checksum, CHECKSUM + 1);
    j->end += (off_t) total;
    return LB_OK;
}

/* --- reading what is there ----------------------------------------------- */

/* The first line of a journal: whose it is.  Release with free. */
static char *
first_line(const lb_table_spec_t s, const char * version)
{
    json_t * columns = lb_table_columns_json(s);
    char * columns_hash = lb_hash_json(columns, NULL);
    json_t * head = json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "schema", "lindbound-journal/1",
        "name", s->name, "spec_hash", s->spec_hash, "model_hash", s->model_hash,
        "columns_hash", columns_hash, "lindbound", version, "flint",
        flint_version, "arb", lb_arb_version);
    char * text = json_dumps(head, JSON_PRESERVE_ORDER);

    json_decref(head);
    json_decref(columns);
    flint_free(columns_hash);
    return text;
}

static lb_status
refuse(const lb_table_journal * j, long line, const char * why, lb_error * err)
{
    lb_error_set(err, LB_EPARSE,
                 "%s; delete it to begin anew, or choose another -O", why);
    lb_error_in(err, j->path, NULL);
    if (err != NULL)
        err->line = line;
    return LB_EPARSE;
}

/* Why the first line, which is whole, is not `wanted`. */
static lb_status
refuse_head(const lb_table_journal * j, const char * text, const char * wanted,
            lb_error * err)
{
    static const char * const members[]
        = { "spec_hash", "model_hash", "columns_hash",
            "lindbound", "flint",      "arb" };
    static const char * const why[]
        = { "the journal is of another spec (or of other -p or --refine)",
            "the journal is of another version of the model",
            "the journal is of another version of a form",
            "the journal was made by another version of lindbound",
            "the journal was made with another version of FLINT",
            "the journal was made with another version of Arb" };
    json_t * mine = json_loads(wanted, 0, NULL);
    json_t * theirs = json_loads(text, 0, NULL);
    lb_status status = LB_OK;

    for (size_t k = 0; k < sizeof(members) / sizeof(members[0]); k++)
        if (status == LB_OK && json_is_object(theirs)
            && !json_equal(json_object_get(mine, members[k]),
                           json_object_get(theirs, members[k])))
            status = refuse(j, 1, why[k], err);
    if (status == LB_OK)
        status = refuse(j, 1, "not a journal of a table", err);
    json_decref(mine);
    json_decref(theirs);
    return status;
}

/* The number at the start of a row, -1 if there is none. */
static slong
point_of(const char * row, size_t size)
{
    slong point = 0;
    size_t k = 1;

    if (size < 3 || row[0] != '[')
        return -1;
    for (; k < size && row[k] >= '0' && row[k] <= '9' && k < 18; k++)
        point = 10 * point + (row[k] - '0');
    return k == 1 || k == size || row[k] != ',' ? -1 : point;
}

/* A row that is whole, at j->end. */
static lb_status
take_row(lb_table_journal * j, const char * row, size_t size, long line,
         lb_error * err)
{
    slong point = point_of(row, size);

    if (point < 0 || point >= j->points || j->done[point])
        return refuse(j, line,
                      point >= 0 && point < j->points
                          ? "the journal holds a point twice"
                          : "the journal is damaged: not a point of this table",
                      err);
    j->done[point] = 1;
    j->places[point].at = j->end + CHECKSUM + 1;
    j->places[point].size = size;
    j->length++;
    return LB_OK;
}

/* One whole line, its newline included: checks it and moves on. */
static lb_status
take_line(lb_table_journal * j, const char * text, size_t size, long line,
          const char * head, lb_error * err)
{
    char checksum[CHECKSUM + 1];
    const char * body = text + CHECKSUM + 1;
    lb_status status = LB_OK;

    if (size < CHECKSUM + 2 || text[CHECKSUM] != ' ')
        return refuse(j, line,
                      line == 1 ? "not a journal of a table"
                                : "the journal is damaged",
                      err);
    size -= CHECKSUM + 2;
    chain(checksum, j, j->checksum, body, size);
    if (line == 1 && (size != strlen(head) || memcmp(body, head, size) != 0))
    {
        char * copy
            = lb_text_print("%.*s", (int) FLINT_MIN(size, 100000), body);

        status = refuse_head(j, copy, head, err);
        flint_free(copy);
    }
    else if (memcmp(checksum, text, CHECKSUM) != 0)
        status = refuse(j, line,
                        "the journal is damaged: the checksum of this line "
                        "does not fit",
                        err);
    else if (line > 1)
        status = take_row(j, body, size, line, err);
    if (status != LB_OK)
        return status;
    memcpy(j->checksum, checksum, CHECKSUM + 1);
    j->end += (off_t) (size + CHECKSUM + 2);
    return LB_OK;
}

/* 1 if the unfinished first line `text` may be ours: nothing is lost. */
static int
is_begun(lb_table_journal * j, const char * text, size_t size,
         const char * head)
{
    char checksum[CHECKSUM + 1];
    char * whole;
    int begun;

    chain(checksum, j, j->checksum, head, strlen(head));
    whole = lb_text_print("%s %s", checksum, head);
    begun = size <= strlen(whole) && memcmp(text, whole, size) == 0;
    flint_free(whole);
    return begun;
}

/* Reads all lines; j->end is then the end of the last whole one. */
static lb_status
read_lines(lb_table_journal * j, const char * head, lb_error * err)
{
    char * text = NULL;
    size_t room = 0;
    ssize_t size;
    lb_status status = LB_OK;

    for (long line = 1;
         status == LB_OK && (size = getline(&text, &room, j->stream)) > 0;
         line++)
    {
        if (text[size - 1] == '\n')
            status = take_line(j, text, (size_t) size, line, head, err);
        else if (line == 1 && !is_begun(j, text, (size_t) size, head))
            status = refuse(j, line, "not a journal of a table", err);
    }
    if (status == LB_OK && ferror(j->stream))
        status = io_error(j, err, "read the journal");
    free(text);
    return status;
}

/* Checks what is there, drops an unfinished last line, begins if there is
   nothing. */
static lb_status
take_over(lb_table_journal * j, const lb_table_spec_t s, const char * version,
          lb_error * err)
{
    char * head = first_line(s, version);
    struct stat st;
    lb_status status = LB_OK;

    j->stream = fdopen(j->descriptor, "r+");
    if (j->stream == NULL)
        status = io_error(j, err, "read the journal");
    else
        status = read_lines(j, head, err);

    if (status == LB_OK && fstat(j->descriptor, &st) == 0 && st.st_size > j->end
        && ftruncate(j->descriptor, j->end) != 0)
        status = io_error(j, err, "drop an unfinished line of the journal");
    if (status == LB_OK && j->end == 0)
    {
        status = write_line(j, head, strlen(head), err);
        lb_file_sync_folder(j->path);
    }
    free(head);
    return status;
}

/* --- opening and closing ------------------------------------------------- */

/* Takes the lock, of the file that has the name now: another run may have
   finished, and removed its journal, between our open and our lock. */
static lb_status
open_locked(lb_table_journal * j, lb_error * err)
{
    for (;;)
    {
        struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
        struct stat mine, named;

        j->descriptor = open(j->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (j->descriptor < 0)
            return io_error(j, err, "write the journal");
        if (fcntl(j->descriptor, F_SETLK, &lock) != 0)
        {
            if (errno != EACCES && errno != EAGAIN)
                return io_error(j, err, "lock the journal");
            lb_error_set(err, LB_EIO,
                         "another run is making this table; wait for it, or "
                         "choose another -O");
            lb_error_in(err, j->path, NULL);
            return LB_EIO;
        }
        if (fstat(j->descriptor, &mine) == 0 && stat(j->path, &named) == 0
            && mine.st_ino == named.st_ino && mine.st_dev == named.st_dev)
            return LB_OK;
        close(j->descriptor);
    }
}

static void
release(lb_table_journal * j)
{
    if (j->stream != NULL)
        fclose(j->stream);
    else if (j->descriptor >= 0)
        close(j->descriptor);
    flint_free(j->path);
    flint_free(j->done);
    flint_free(j->places);
    flint_free(j->line);
    flint_free(j);
}

lb_status
lb_table_journal_open(lb_table_journal ** j, const char * path,
                      const lb_table_spec_t s, const char * version,
                      lb_error * err)
{
    lb_table_journal * t = flint_calloc(1, sizeof(*t));
    lb_status status;

    *j = NULL;
    t->path = lb_text_copy(path);
    t->points = s->points;
    t->done = flint_calloc((size_t) s->points, 1);
    t->places = flint_calloc((size_t) s->points, sizeof(place));
    memset(t->checksum, '0', CHECKSUM);
    t->synced = lb_clock_seconds();
    status = open_locked(t, err);
    if (status == LB_OK)
        status = take_over(t, s, version, err);
    if (status == LB_OK)
        *j = t;
    else
        release(t);
    return status;
}

void
lb_table_journal_close(lb_table_journal * j, int finished)
{
    if (j == NULL)
        return;
    if (finished || j->length == 0)
        unlink(j->path); /* while it is locked */
    else
        (void) force_to_disk(j, NULL);
    release(j);
}

slong
lb_table_journal_length(const lb_table_journal * j)
{
    return j->length;
}

const char *
lb_table_journal_done(const lb_table_journal * j)
{
    return j->done;
}

/* --- rows ---------------------------------------------------------------- */

lb_status
lb_table_journal_append(lb_table_journal * j, slong point, const char * row,
                        lb_error * err)
{
    size_t size = strlen(row);
    off_t at = j->end + CHECKSUM + 1;
    lb_status status;

    if (j->broken || point_of(row, size) != point || point >= j->points
        || j->done[point] || strchr(row, '\n') != NULL)
    {
        lb_error_set(err, LB_EIO,
                     j->broken ? "the journal cannot be written any more"
                               : "the journal does not take this row");
        lb_error_in(err, j->path, NULL);
        return LB_EIO;
    }
    status = write_line(j, row, size, err);
    if (status != LB_OK)
        return status;
    j->done[point] = 1;
    j->places[point].at = at;
    j->places[point].size = size;
    j->length++;
    if (lb_clock_seconds() - j->synced < 1)
        return LB_OK;
    return force_to_disk(j, err);
}

lb_status
lb_table_journal_rows(lb_table_journal * j,
                      int (*take)(void * context, slong point,
                                  const char * row),
                      void * context, lb_error * err)
{
    for (slong point = 0; point < j->points; point++)
    {
        const place * p = j->places + point;
        ssize_t n;

        if (!j->done[point])
            continue;
        make_room(j, p->size + 1);
        n = pread(j->descriptor, j->line, p->size, p->at);
        if (n < 0)
            return io_error(j, err, "read the journal");
        j->line[n] = '\0';
        if ((size_t) n != p->size || point_of(j->line, p->size) != point)
        {
            lb_error_set(err, LB_EIO, "the journal was changed meanwhile");
            lb_error_in(err, j->path, NULL);
            return LB_EIO;
        }
        if (take(context, point, j->line) != 0)
            return LB_OK;
    }
    return LB_OK;
}
