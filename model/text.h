/* model/text.h -- small helpers on C strings.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TEXT_H
#define LB_TEXT_H

#include <stddef.h>
#include <lindbound/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Copy of @p text (NULL for NULL); release with flint_free. */
char * lb_text_copy(const char * text);

/** New string by printf rules; release with flint_free. */
LB_PRINTF(1, 2)
char * lb_text_print(const char * format, ...);

/** Appends by printf rules to @p buffer of @p size bytes, cutting what does
 *  not fit; the result always ends in a NUL. */
LB_PRINTF(3, 4)
void lb_text_append(char * buffer, size_t size, const char * format, ...);

/** Number of single-character edits between two short names. */
int lb_text_distance(const char * a, const char * b);

#ifdef __cplusplus
}
#endif

#endif /* LB_TEXT_H */
