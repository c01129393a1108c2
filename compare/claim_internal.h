/* compare/claim_internal.h -- what the files that read claims share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Not installed.  claim_reader.c reads members, claim_read_value.c the values
 * that a claim is made of, claim.c claims. */
#ifndef LB_CLAIM_INTERNAL_H
#define LB_CLAIM_INTERNAL_H

#include <jansson.h>
#include <lindbound/claim.h>

#ifdef __cplusplus
extern "C" {
#endif

/* points of a trend or fit */
#define LB_CLAIM_MAX_POINTS 1000

typedef struct
{
    const char * file;
    lb_catalog_struct * catalog;
    const char * model; /* of the file, NULL: none */
    lb_error * err;
} lb_claim_reader;

/** LB_EPARSE with @p text at @p pointer. */
lb_status lb_claim_fail(const lb_claim_reader * r, const char * pointer,
                        const char * text);

/** A copy of the string member @p key; NULL if there is none, which is an error
 *  if it is @p required. */
LB_MUST_CHECK lb_status lb_claim_get_text(const lb_claim_reader * r,
                                          char ** out, const json_t * object,
                                          const char * key, int required,
                                          const char * pointer);

/** Refuses members that would go unheard; @p names end in NULL, @p where says
 *  why they have no meaning. */
LB_MUST_CHECK lb_status lb_claim_refuse(const lb_claim_reader * r,
                                        const json_t * object,
                                        const char * const * names,
                                        const char * where,
                                        const char * pointer);

/** A JSON integer from lo to hi; *out stays as it is if there is none. */
LB_MUST_CHECK lb_status lb_claim_get_integer(const lb_claim_reader * r,
                                             slong * out,
                                             const json_t * object,
                                             const char * key, slong lo,
                                             slong hi, const char * pointer);

/** ["lo", "hi"] */
LB_MUST_CHECK lb_status lb_claim_get_pair(const lb_claim_reader * r,
                                          char ** lo, char ** hi,
                                          const json_t * array,
                                          const char * pointer);

/** LB_EPARSE unless @p name is a parameter of @p m. */
LB_MUST_CHECK lb_status lb_claim_check_parameter(const lb_claim_reader * r,
                                                 const lb_model_t m,
                                                 const char * name,
                                                 const char * pointer);

/** Reads the quantity, settings, definitions and options of @p v, whose model
 *  is set, from a text or an object. */
LB_MUST_CHECK lb_status lb_claim_read_value(const lb_claim_reader * r,
                                            lb_claim_value * v,
                                            const json_t * object,
                                            const char * pointer);
/** Of these only what stands beside the quantity. */
LB_MUST_CHECK lb_status lb_claim_read_value_options(const lb_claim_reader * r,
                                                    lb_claim_value * v,
                                                    const json_t * object,
                                                    const char * pointer);

void lb_claim_value_clear(lb_claim_value * v);

#ifdef __cplusplus
}
#endif

#endif /* LB_CLAIM_INTERNAL_H */
