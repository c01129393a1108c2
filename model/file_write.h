/* model/file_write.h -- a file is written whole or not at all.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_FILE_WRITE_H
#define LB_FILE_WRITE_H

#include <stddef.h>
#include <lindbound/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Writes @p size bytes to a temporary file beside @p path and renames it to
 *  @p path when all of it is on disk.  LB_EIO on failure: then @p path is as
 *  it was and the temporary file is gone. */
LB_MUST_CHECK lb_status lb_file_write(const char * path, const char * bytes,
                                      size_t size, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_FILE_WRITE_H */
