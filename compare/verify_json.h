/* compare/verify_json.h -- a judged form as JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_VERIFY_JSON_H
#define LB_VERIFY_JSON_H

#include <jansson.h>
#include <lindbound/verify.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @p row of the model @p model, as `lindbound verify --format json` writes it:
 *  every value with its ball, @p digits digits of it and its level. */
json_t * lb_verify_row_json(const lb_verify_row * row, const char * model,
                            slong digits);

#ifdef __cplusplus
}
#endif

#endif /* LB_VERIFY_JSON_H */
