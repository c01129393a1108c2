/* model/file_read.h -- a file as it is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_FILE_READ_H
#define LB_FILE_READ_H

#include <stddef.h>
#include <lindbound/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The @p size bytes of the file @p path, and a NUL behind them; release with
 *  flint_free.  LB_EIO, with *text NULL, if it cannot be read, is a folder or
 *  larger than 64 MiB. */
LB_MUST_CHECK lb_status lb_file_read(char ** text, size_t * size,
                                     const char * path, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_FILE_READ_H */
