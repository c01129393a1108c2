/* gate/vector_make.h -- a vector file from its spec: every value is proved.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * File format: docs/vectors.md, schema "lindbound-vectors/1".  The file is the
 * same whatever the threads and the machine: values are rounded as those of
 * tables are. */
#ifndef LB_VECTOR_MAKE_H
#define LB_VECTOR_MAKE_H

#include <lindbound/vector_spec.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    int threads; /* problems at the same time */
    slong more;  /* digits, beyond those of the spec */
    int (*stop)(void * context); /* nonzero: no more problems; NULL: never */
    /* called after each problem, by one thread at a time; NULL: not */
    void (*progress)(void * context, slong done, slong total);
    void * context;
} lb_vector_make_options;

/**
 * Proves all values of @p s.
 *
 * @param root     the file as JSON, a new reference; NULL on failure
 * @param command  as it is recorded
 * @param version  of lindbound
 * @return LB_OK; LB_ENOCONV: a value does not get its digits, is zero without
 *         the flag or not zero with it, or its tolerance is finer than what is
 *         proved; a problem that must be refused has a value; or it was
 *         stopped; LB_EDOM: a value is one-sided or not real; or what
 *         expanding and certifying return.  The message names the vector.
 */
LB_MUST_CHECK lb_status lb_vectors_make(json_t ** root,
                                        const lb_vector_spec_t s,
                                        const char * command,
                                        const char * version,
                                        const lb_vector_make_options * o,
                                        lb_error * err);

/** The file's text: a line or two for each vector and value, so that what
 *  changes shows; release with free. */
char * lb_vectors_text(const json_t * root);

#ifdef __cplusplus
}
#endif

#endif /* LB_VECTOR_MAKE_H */
