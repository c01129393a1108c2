/* gate/vector_check.h -- a vector file, proved once more.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_VECTOR_CHECK_H
#define LB_VECTOR_CHECK_H

#include <lindbound/vector_make.h>

#ifdef __cplusplus
extern "C" {
#endif

/* At most so many failures are told. */
#define LB_VECTOR_CHECK_MESSAGES 20

typedef struct
{
    slong vectors;
    slong values;   /* of all kinds                                     */
    slong proved;   /* by a narrower ball inside the recorded one       */
    slong failures; /* what differs, and values that are not            */
    char * messages; /* a line each                                     */
} lb_vector_check_struct;

typedef lb_vector_check_struct lb_vector_check_t[1];

void lb_vector_check_init(lb_vector_check_t r);
void lb_vector_check_clear(lb_vector_check_t r);

/**
 * Checks the vector file @p path against its spec: its form, its hashes, that
 * it holds what the spec says of the model in it, and every value by an
 * evaluation with more digits, whose ball must lie inside the recorded one.
 *
 * @param spec  path of the spec
 * @param o     where models are found; options->more is not used
 * @return LB_OK, also after failures; LB_EIO, LB_EPARSE: the file or the spec
 *         cannot be read
 */
LB_MUST_CHECK lb_status lb_vectors_check(lb_vector_check_t r,
                                         const char * path, const char * spec,
                                         const lb_table_spec_options * o,
                                         const lb_vector_make_options * options,
                                         lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_VECTOR_CHECK_H */
