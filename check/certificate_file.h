/* check/certificate_file.h -- certificates (JSON, "lindbound-certificate/1").
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a certificate says, as data: a model, and proofs of values of its
 * steady state.  Nothing is believed here; check/kernel.h does the proving.
 * The format is described in docs/certificates.md. */
#ifndef LB_CERTIFICATE_FILE_H
#define LB_CERTIFICATE_FILE_H

#include <jansson.h>
#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Y and o of one Hermitian observable.  Numbers here are exact balls. */
typedef struct
{
    arb_t o;
    arb_t shift;      /* alpha: Y + alpha 1_{N<=M} is meant, [T5]   */
    const json_t * y; /* rows of the upper triangle, text; borrowed */
} lb_proof_matrix;

/* [L1]; without tail [L5]. */
typedef struct
{
    slong length;      /* M + 1                             */
    slong * exponents; /* v_n = 2^exponents[n], n = 0..M    */
    lb_proof_matrix matrix;
    int has_tail; /* the rest is there                      */
    slong start;  /* m <= M                                 */
    arb_t ratio;  /* r                                      */
    arb_t share;  /* eta                                    */
    arb_t damping; /* k                                     */
    arb_t rate;   /* c                                      */
    slong scale;  /* tau = 2^scale                          */
} lb_proof_populations;

typedef struct
{
    const char * name; /* of the quantity, for people; borrowed, or NULL */
    lb_settings_t settings;
    lb_expr * quantity;
    int full;       /* the level: full or truncated          */
    slong total;    /* largest N that is kept, -1: not given */
    slong * levels; /* per subsystem: the highest level, -1: not given */
    slong prec;     /* bits                                  */
    const char * claim; /* borrowed                          */
    int has_populations;
    lb_proof_populations populations;
    slong length; /* of the expectations */
    lb_proof_matrix * expectations;
} lb_proof_struct;

typedef struct
{
    json_t * root;
    lb_model_t model;
    slong length;
    lb_proof_struct * proofs;
} lb_certificate_struct;

typedef lb_certificate_struct lb_certificate_t[1];

void lb_certificate_init(lb_certificate_t c);
void lb_certificate_clear(lb_certificate_t c);

/**
 * Reads @p path into the initialized @p c.
 *
 * @return LB_OK; LB_EIO; LB_EPARSE and what lb_model_read returns, with file,
 *         JSON pointer or line in @p err.  On failure c is left empty.
 */
LB_MUST_CHECK lb_status lb_certificate_read(lb_certificate_t c,
                                            const char * path, lb_error * err);

/**
 * Sets the square matrix @p y to Y of @p m, exact and Hermitian.
 *
 * @return 1; 0 if the text has more rows or columns or is malformed
 */
int lb_proof_matrix_read(acb_mat_t y, const lb_proof_matrix * m);

#ifdef __cplusplus
}
#endif

#endif /* LB_CERTIFICATE_FILE_H */
