/* model/network_file.h -- network files (JSON, schema "lindbound-network/1").
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A network is a model of modes with a quadratic Hamiltonian and channels
 * (model/model.h) that couple to linear combinations of a and a'.  The file
 * names modes, couplings, ports and reservoirs; docs/networks.md describes it.
 * lb_model_read reads both kinds of file. */
#ifndef LB_NETWORK_FILE_H
#define LB_NETWORK_FILE_H

#include <jansson.h>
#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/** 1 if @p root says that it is a network file. */
int lb_network_is_json(const json_t * root);

/** Translates the members of @p root into the initialized @p m; the rules for
 *  the whole model are left to the caller, lb_model_from_json. */
LB_MUST_CHECK lb_status lb_network_members(lb_model_t m, const json_t * root,
                                           lb_error * err);

/**
 * The text @p text with the loop variables of @p loop replaced by their values
 * and every `name[i,j]` by the name `name_i_j`.
 *
 * @param out   to be released with flint_free; NULL on failure
 * @param loop  {"j": 3, ...}, integers
 * @return LB_OK; LB_EPARSE, LB_EDOM: what stands in the brackets is no
 *         integer from 0 to 9999, with the column in @p err
 */
LB_MUST_CHECK lb_status lb_network_expand(char ** out, const char * text,
                                          const json_t * loop, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_NETWORK_FILE_H */
