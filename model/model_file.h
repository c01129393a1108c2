/* model/model_file.h -- model files (JSON, schema "lindbound-model/1").
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_MODEL_FILE_H
#define LB_MODEL_FILE_H

#include <jansson.h>
#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Reads and checks the model in @p path into the initialized @p m.
 * Refused, before any computing: malformed JSON, unknown or missing members,
 * exact numbers written as JSON reals, unknown names, parameters nobody uses,
 * cycles, a non-Hermitian Hamiltonian, rates not provably real and >= 0.
 *
 * @return LB_OK; LB_EIO (cannot read), LB_EPARSE, LB_ENAME, LB_EDOM; file,
 *         JSON pointer or line, and column are in @p err.  On failure m is
 *         left empty.
 */
LB_MUST_CHECK lb_status lb_model_read(lb_model_t m, const char * path,
                                      lb_error * err);

/** The same from JSON that is already in memory; @p file names it in messages,
 *  JSON pointers start at @p root. */
LB_MUST_CHECK lb_status lb_model_from_json(lb_model_t m, const json_t * root,
                                           const char * file, lb_error * err);

/** @p m as JSON that reads back as the same model; a new reference. */
json_t * lb_model_json(const lb_model_t m);

/** Writes @p m to @p path as a model file that reads back as the same model.
 *  LB_EIO on failure; a half-written file is never left behind. */
LB_MUST_CHECK lb_status lb_model_write(const char * path, const lb_model_t m,
                                       lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_MODEL_FILE_H */
