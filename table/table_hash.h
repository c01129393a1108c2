/* table/table_hash.h -- checksums of what a table is made from.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SHA-256 (FIPS 180-4), by libmd. */
#ifndef LB_TABLE_HASH_H
#define LB_TABLE_HASH_H

#include <jansson.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** 64 hexadecimal digits and their end. */
typedef char lb_hash[65];

/** The hash of @p size bytes. */
void lb_hash_bytes(lb_hash hash, const char * bytes, size_t size);

/** "sha256:..." of @p value as text with sorted keys and without white space;
 *  members named in @p ignored (NULL-ended; NULL: none), at any depth, do not
 *  count.  Release with flint_free. */
char * lb_hash_json(const json_t * value, const char * const * ignored);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_HASH_H */
