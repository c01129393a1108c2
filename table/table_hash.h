/* table/table_hash.h -- checksums of what a table is made from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SHA-256 (FIPS 180-4), by libmd. */
#ifndef LB_TABLE_HASH_H
#define LB_TABLE_HASH_H

#include <jansson.h>
#include <stddef.h>
#include <lindbound/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** 64 hexadecimal digits and their end. */
typedef char lb_hash[65];

/** The hash of @p size bytes. */
void lb_hash_bytes(lb_hash hash, const char * bytes, size_t size);

/** The hash of the file @p path; LB_EIO. */
LB_MUST_CHECK lb_status lb_hash_file(lb_hash hash, const char * path,
                                     lb_error * err);

/** "sha256:..." of @p value as text: keys sorted by their bytes, no white space,
 *  UTF-8 as it is, escapes only of quotes, backslashes and control characters
 *  (\b \f \n \r \t, else \u001F).  Members named in @p ignored (NULL-ended;
 *  NULL: none), at any depth, do not count; but the keys of parameters,
 *  observables, at and for are names that somebody chose, and these
 *  count whatever they are.  Release with flint_free. */
char * lb_hash_json(const json_t * value, const char * const * ignored);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_HASH_H */
