/* model/json_file.h -- reading and writing JSON files, with places.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Thin helpers on jansson.  Exact quantities are JSON strings in the
 * expression language; a JSON number in their place is refused with the
 * string to write.  Unknown members are refused, so that a misspelt one is
 * never silently ignored. */
#ifndef LB_JSON_FILE_H
#define LB_JSON_FILE_H

#include <jansson.h>
#include <lindbound/error.h>
#include <lindbound/settings.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Reads @p path; NULL with LB_EIO or LB_EPARSE in @p err (with line and
 *  column of a syntax error).  Duplicate keys are refused. */
json_t * lb_json_read(const char * path, lb_error * err);

/** Writes @p root to @p path through a temporary file that replaces it only
 *  when complete. */
LB_MUST_CHECK lb_status lb_json_write(const char * path, const json_t * root,
                                      lb_error * err);

/** Refuses members of @p object that are not in @p allowed (NULL-ended), and
 *  an @p object that is none. */
LB_MUST_CHECK lb_status lb_json_check_members(const json_t * object,
                                              const char * const * allowed,
                                              const char * pointer,
                                              lb_error * err);

/**
 * The string member @p key of @p object.
 *
 * @param required  0: *out = NULL if there is none; 1: LB_EPARSE
 */
LB_MUST_CHECK lb_status lb_json_get_string(const char ** out,
                                           const json_t * object,
                                           const char * key, int required,
                                           const char * pointer,
                                           lb_error * err);

/** A copy of the string member @p key in *out, as lb_json_get_string gives it;
 *  release with flint_free. */
LB_MUST_CHECK lb_status lb_json_copy_string(char ** out, const json_t * object,
                                            const char * key, int required,
                                            const char * pointer,
                                            lb_error * err);

/** Sets status and text of @p err and the place @p pointer, then @p member
 *  (NULL: none); returns LB_EPARSE. */
LB_PRINTF(4, 5)
lb_status lb_json_fail(lb_error * err, const char * pointer,
                        const char * member, const char * format, ...);

/** Adds the place @p pointer, if no place is known. */
void lb_json_error_at(lb_error * err, const char * pointer);

/** An integer member @p key from @p low to @p high; left alone if missing. */
LB_MUST_CHECK lb_status lb_json_get_integer(slong * count,
                                              const json_t * object,
                                              const char * key, slong low,
                                              slong high, const char * pointer,
                                              lb_error * err);

/** The text of @p value, which must be a JSON string; for a number the
 *  message shows the string to write instead. */
LB_MUST_CHECK lb_status lb_json_text(const char ** out, const json_t * value,
                                     const char * pointer, lb_error * err);

/** Adds the members of the object @p value (or none if NULL) to @p s. */
LB_MUST_CHECK lb_status lb_json_get_settings(lb_settings_t s,
                                             const json_t * value,
                                             const char * file,
                                             const char * pointer,
                                             lb_error * err);

/** {"NAME": "TEXT", ...} */
json_t * lb_settings_json(const lb_settings_t s);

/** Checks the member "schema" of @p root. */
LB_MUST_CHECK lb_status lb_json_check_schema(const json_t * root,
                                             const char * schema,
                                             lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_JSON_FILE_H */
