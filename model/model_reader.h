/* model/model_reader.h -- the parts that model and network files share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What model/model_file.c and model/network_file.c build a model from.  Every
 * function adds to the initialized model m and leaves file,
 * JSON pointer and column of what is wrong in err. */
#ifndef LB_MODEL_READER_H
#define LB_MODEL_READER_H

#include <jansson.h>
#include <lindbound/model.h>

/** Error at a place that is not a string's column; returns @p status.
 *  @p format has one %s, for @p name. */
lb_status lb_reader_fail(lb_error * err, lb_status status,
                         const char * pointer, const char * format,
                         const char * name);

/** Schema, allowed members (NULL-ended), name, title, source, conventions. */
LB_MUST_CHECK lb_status lb_reader_head(lb_model_t m, const json_t * root,
                                       const char * schema,
                                       const char * const * members,
                                       lb_error * err);

/** Members parameters, drive and drive_unit. */
LB_MUST_CHECK lb_status lb_reader_parameters(lb_model_t m, const json_t * root,
                                             lb_error * err);

/** Member frequency: the name of a parameter. */
LB_MUST_CHECK lb_status lb_reader_frequency(lb_model_t m, const json_t * root,
                                            lb_error * err);

/** One text of the Hamiltonian. */
LB_MUST_CHECK lb_status lb_reader_hamiltonian(lb_model_t m, const char * text,
                                              const char * pointer,
                                              lb_error * err);

/** A channel and its dissipators from the members rate, operator and thermal
 *  of @p value; @p name NULL: a reservoir.  @p note follows the pointers in
 *  messages. */
LB_MUST_CHECK lb_status lb_reader_channel(lb_model_t m, const char * name,
                                          const json_t * value,
                                          const char * pointer,
                                          const char * note, lb_error * err);

/** Member observables. */
LB_MUST_CHECK lb_status lb_reader_observables(lb_model_t m,
                                              const json_t * root,
                                              lb_error * err);

#endif /* LB_MODEL_READER_H */
