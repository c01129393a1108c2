/* gate/vector_manifest.h -- which vector files there are, and their checksums.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * data/vectors/manifest.json, schema "lindbound-vector-manifest/1". */
#ifndef LB_VECTOR_MANIFEST_H
#define LB_VECTOR_MANIFEST_H

#include <jansson.h>
#include <lindbound/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The manifest of the vector files FOLDER/NAME.json of @p n names, a new
 *  reference; what is no vector file is left out.  LB_EIO, LB_EPARSE; *manifest
 *  is then NULL. */
LB_MUST_CHECK lb_status lb_vector_manifest_make(json_t ** manifest,
                                                const char * folder,
                                                char * const * names, int n,
                                                lb_error * err);

/** Its text, a line for each file; release with free. */
char * lb_vector_manifest_text(const json_t * manifest);

#ifdef __cplusplus
}
#endif

#endif /* LB_VECTOR_MANIFEST_H */
