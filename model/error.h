/* model/error.h -- what went wrong, where, and the remedy.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The innermost function that notices a problem writes the text; functions
 * further out add the place they know: the column in a string, the JSON
 * pointer of that string, the file.  The first writer of a place wins, so
 * that an outer caller never overwrites a more exact one. */
#ifndef LB_ERROR_H
#define LB_ERROR_H

#include <stddef.h>
#include <lindbound/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    lb_status status;
    char file[256];    /* file name, or "-p NAME" for the command line       */
    char pointer[192]; /* JSON pointer, "" if none                           */
    long line;         /* line in the file, 0 if unknown                     */
    long column;       /* column in the line, or in the string if a pointer
                          is given; counted from 1, 0 if unknown             */
    char text[512];    /* one line: what is wrong, and the remedy            */
} lb_error;

/** Empties @p err (status LB_OK). */
void lb_error_clear(lb_error * err);

/** Writes status and text and forgets any former place; returns @p status.
 *  @p err may be NULL everywhere in the library. */
LB_PRINTF(3, 4)
lb_status lb_error_set(lb_error * err, lb_status status, const char * format,
                       ...);

/** Adds the column (from 1) if none is known. */
void lb_error_at_column(lb_error * err, long column);

/** Adds file and JSON pointer, each if none is known; NULL adds nothing. */
void lb_error_in(lb_error * err, const char * file, const char * pointer);

/** Writes the one-line message "FILE:LINE:COLUMN: text" or
 *  "FILE: /pointer: column N: text" into @p buffer. */
void lb_error_format(char * buffer, size_t size, const lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_ERROR_H */
