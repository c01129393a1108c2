/* gate/gate_text.h -- texts of a candidate, made harmless.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a candidate says may hold any bytes: control sequences of a terminal,
 * half a character, line ends that would begin a command of a CI. */
#ifndef LB_GATE_TEXT_H
#define LB_GATE_TEXT_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @p text (NULL: "") as one line of valid UTF-8 of at most @p max bytes:
 *  blanks and line ends become spaces; control characters, noncharacters and
 *  bytes that are no UTF-8 become U+FFFD; what is cut ends in "...".  Release
 *  with flint_free. */
char * lb_gate_clean(const char * text, size_t max);

/** The clean @p text with every character of @p special written as
 *  replacement[k]; release with flint_free. */
char * lb_gate_escape(const char * text, const char * special,
                      const char * const * replacement);

#ifdef __cplusplus
}
#endif

#endif /* LB_GATE_TEXT_H */
