/* table/table_journal.h -- finished points, safe from interruption.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text file: a line that names the spec and the program, then a line per
 * finished point, in the order in which they were finished,
 *
 *   CHECKSUM ROW
 *
 * ROW as in the table file, CHECKSUM the first 16 hexadecimal digits of the
 * SHA-256 of the former line's checksum and ROW.  So whatever is changed, cut
 * out or put in shows.  Only a last line without its end may be there, of a run
 * that was killed while it wrote: it is dropped. */
#ifndef LB_TABLE_JOURNAL_H
#define LB_TABLE_JOURNAL_H

#include <lindbound/table_spec.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lb_table_journal_struct lb_table_journal;

/**
 * Opens the journal @p path of @p s, or makes it, and locks it against other
 * processes (fcntl: opening and closing the same file elsewhere in this process
 * would unlock it).
 *
 * @param j        set to NULL on failure; close with lb_table_journal_close
 * @param version  of lindbound: rows of another one are not mixed in
 * @return LB_EIO (the file; or another run has it locked), LB_EPARSE: not a
 *         journal, of another spec, or damaged: the message names the line and
 *         the file is untouched
 */
LB_MUST_CHECK lb_status lb_table_journal_open(lb_table_journal ** j,
                                              const char * path,
                                              const lb_table_spec_t s,
                                              const char * version,
                                              lb_error * err);

/** Closes; @p finished: the file is removed, as it is if it holds no point. */
void lb_table_journal_close(lb_table_journal * j, int finished);

/** How many points it holds. */
slong lb_table_journal_length(const lb_table_journal * j);
/** 1 for every point that it holds; s->points entries. */
const char * lb_table_journal_done(const lb_table_journal * j);

/** Appends the row of a point that it does not hold, in one write; once a
 *  second all is forced to the disk.  Not for several threads at once.  LB_EIO:
 *  the disk is full, say; then the file ends after the row before. */
LB_MUST_CHECK lb_status lb_table_journal_append(lb_table_journal * j,
                                                slong point, const char * row,
                                                lb_error * err);

/** The rows in the order of the points, one call each; a nonzero return of
 *  @p take stops.  LB_EIO: the file cannot be read back. */
LB_MUST_CHECK lb_status lb_table_journal_rows(
    lb_table_journal * j,
    int (*take)(void * context, slong point, const char * row), void * context,
    lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_JOURNAL_H */
