/* model/file_write.h -- a file is written whole or not at all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_FILE_WRITE_H
#define LB_FILE_WRITE_H

#include <stddef.h>
#include <stdio.h>
#include <lindbound/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A file that is being written, beside the one it is to replace. */
typedef struct
{
    FILE * stream; /* write to it; _sync and _finish tell of errors */
    char * path;
    char * temporary;
} lb_file_struct;

typedef lb_file_struct lb_file_t[1];

/** Opens a temporary file beside @p path.
 *
 *  @param alone  nobody else writes to @p path now: the file is PATH.part,
 *                which replaces what a killed process has left of it; else
 *                its name is new
 *  @return LB_EIO on failure: nothing is left; else end with lb_file_finish or
 *          _drop */
LB_MUST_CHECK lb_status lb_file_begin(lb_file_t file, const char * path,
                                      int alone, lb_error * err);

/** Forces what is written to disk.  LB_EIO if something could not be written;
 *  end then with lb_file_drop. */
LB_MUST_CHECK lb_status lb_file_sync(lb_file_t file, lb_error * err);

/** Renames the file to its path when all of it is on disk.  LB_EIO if something
 *  could not be written: then the path is as it was and the temporary file is
 *  gone. */
LB_MUST_CHECK lb_status lb_file_finish(lb_file_t file, lb_error * err);

/** Removes the temporary file instead; the path is as it was. */
void lb_file_drop(lb_file_t file);

/** Writes @p size bytes as @p path by these two. */
LB_MUST_CHECK lb_status lb_file_write(const char * path, const char * bytes,
                                      size_t size, lb_error * err);

/** Has the folder of @p path forced to disk: that @p path is, or is no longer,
 *  in it.  File systems that cannot do that are let be. */
void lb_file_sync_folder(const char * path);

#ifdef __cplusplus
}
#endif

#endif /* LB_FILE_WRITE_H */
