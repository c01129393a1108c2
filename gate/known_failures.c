/* gate/known_failures.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <lindbound/file_read.h>
#include <lindbound/file_write.h>
#include <lindbound/gate_names.h>
#include <lindbound/gate_text.h>
#include <lindbound/known_failures.h>
#include <lindbound/text.h>

void
lb_known_failures_init(lb_known_failures * known)
{
    memset(known, 0, sizeof(*known));
}

void
lb_known_failures_clear(lb_known_failures * known)
{
    for (slong k = 0; k < known->n; k++)
    {
        flint_free(known->ids[k]);
        flint_free(known->reasons[k]);
    }
    flint_free(known->ids);
    flint_free(known->reasons);
}

/* The place of @p id, or where it belongs. */
static slong
place_of(const lb_known_failures * known, const char * id)
{
    slong low = 0, high = known->n;

    while (low < high)
    {
        slong middle = low + (high - low) / 2;

        if (strcmp(known->ids[middle], id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int
is_at(const lb_known_failures * known, slong place, const char * id)
{
    return place < known->n && strcmp(known->ids[place], id) == 0;
}

/* Puts an id that is not there at its place; takes over @p reason. */
static void
insert(lb_known_failures * known, slong place, const char * id, char * reason)
{
    size_t room = (size_t) (known->n + 1) * sizeof(char *);
    size_t behind = (size_t) (known->n - place) * sizeof(char *);

    known->ids = flint_realloc(known->ids, room);
    known->reasons = flint_realloc(known->reasons, room);
    memmove(known->ids + place + 1, known->ids + place, behind);
    memmove(known->reasons + place + 1, known->reasons + place, behind);
    known->ids[place] = lb_text_copy(id);
    known->reasons[place] = reason;
    known->n++;
}

/* --- reading ------------------------------------------------------------- */

#define BLANKS " \t\r"

/* Cuts blanks at both ends. */
static char *
trim(char * text)
{
    size_t n;

    text += strspn(text, BLANKS);
    n = strlen(text);
    while (n > 0 && strchr(BLANKS, text[n - 1]) != NULL)
        n--;
    text[n] = '\0';
    return text;
}

static lb_status
read_line(lb_known_failures * known, const lb_vectors_t vectors, char * line,
          lb_error * err)
{
    char *reason = strchr(line, '#'), *id;
    slong place;

    if (reason != NULL)
        *reason++ = '\0';
    id = trim(line);
    if (id[0] == '\0')
        return LB_OK;
    if (id[strcspn(id, BLANKS)] != '\0')
        return lb_error_set(err, LB_EPARSE,
                            "one id per line; a comment begins with '#'");
    if (lb_vectors_find(vectors, id) < 0)
        return lb_gate_refuse_vector(vectors, id, err);
    place = place_of(known, id);
    if (is_at(known, place, id))
        return lb_error_set(err, LB_EPARSE, "'%.100s' is there twice", id);
    if (reason != NULL)
        reason = trim(reason);
    insert(known, place, id,
           reason != NULL && reason[0] != '\0' ? lb_text_copy(reason) : NULL);
    return LB_OK;
}

lb_status
lb_known_failures_read(lb_known_failures * known, const lb_vectors_t vectors,
                       const char * path, lb_error * err)
{
    lb_status status;
    char *text, *next;
    size_t size;
    long number = 0;

    status = lb_file_read(&text, &size, path, err);
    if (status != LB_OK)
        return status;
    if (memchr(text, '\0', size) != NULL)
        status = lb_error_set(err, LB_EPARSE, "is no text");
    next = strncmp(text, "\xef\xbb\xbf", 3) == 0 ? text + 3 : text;
    while (status == LB_OK && next != NULL)
    {
        char * line = next;

        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        number++;
        status = read_line(known, vectors, line, err);
    }
    flint_free(text);
    if (status != LB_OK)
    {
        lb_known_failures_clear(known);
        lb_known_failures_init(known);
        lb_error_in(err, path, NULL);
        if (err != NULL)
            err->line = number;
    }
    return status;
}

/* --- writing ------------------------------------------------------------- */

/* "FAIL: note", on one line */
static char *
reason_of(const lb_gate_case * c)
{
    const char * verdict = lb_gate_verdict_str(c->result->verdict);
    char *text, *line;

    if (c->result->note == NULL)
        return lb_text_copy(verdict);
    line = lb_gate_clean(c->result->note, 200);
    text = lb_text_print("%s: %s", verdict, line);
    flint_free(line);
    return text;
}

void
lb_known_failures_of_report(lb_known_failures * known,
                            const lb_gate_report_t report,
                            const lb_known_failures * old)
{
    for (slong k = 0; old != NULL && k < old->n; k++)
        insert(known, known->n, old->ids[k], lb_text_copy(old->reasons[k]));
    for (slong k = 0; k < report->n; k++)
    {
        const lb_gate_case * c = report->cases + k;
        slong place = place_of(known, c->vector->id);

        if (is_at(known, place, c->vector->id))
        {
            if (lb_gate_is_good(c->result->verdict))
            {
                size_t behind
                    = (size_t) (known->n - place - 1) * sizeof(char *);

                flint_free(known->ids[place]);
                flint_free(known->reasons[place]);
                memmove(known->ids + place, known->ids + place + 1, behind);
                memmove(known->reasons + place, known->reasons + place + 1,
                        behind);
                known->n--;
            }
            else if (known->reasons[place] == NULL && lb_gate_case_fails(c))
                known->reasons[place] = reason_of(c);
        }
        else if (lb_gate_case_fails(c))
            insert(known, place, c->vector->id, reason_of(c));
    }
}

lb_status
lb_known_failures_write(const lb_known_failures * known, const char * head,
                        const char * path, lb_error * err)
{
    char * line = lb_gate_clean(head, 200);
    lb_file_t file;
    lb_status status;

    status = lb_file_begin(file, path, 0, err);
    if (status == LB_OK)
    {
        fprintf(file->stream, "# %s\n", line);
        for (slong k = 0; k < known->n; k++)
            if (known->reasons[k] != NULL)
                fprintf(file->stream, "%s # %s\n", known->ids[k],
                        known->reasons[k]);
            else
                fprintf(file->stream, "%s\n", known->ids[k]);
        status = lb_file_finish(file, err);
    }
    flint_free(line);
    return status;
}
