/* compare/audit_json.h -- a judged claim as JSON.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_AUDIT_JSON_H
#define LB_AUDIT_JSON_H

#include <jansson.h>
#include <lindbound/audit.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @p row of the paper @p paper, as `lindbound audit --format json` writes it. */
json_t * lb_audit_row_json(const lb_audit_row * row, const char * paper);

#ifdef __cplusplus
}
#endif

#endif /* LB_AUDIT_JSON_H */
