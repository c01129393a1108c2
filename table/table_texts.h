/* table/table_texts.h -- a point of a table in the words of its model alone.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A table may add names to those of its model: axes and definitions.  For
 * whoever knows the model only, a certificate or another command, their texts
 * are put in. */
#ifndef LB_TABLE_TEXTS_H
#define LB_TABLE_TEXTS_H

#include <lindbound/table_spec.h>

#ifdef __cplusplus
extern "C" {
#endif

/** "point 17 (Delta = 1/2, kappa_b = 0)"; release with flint_free. */
char * lb_table_point_str(const lb_table_spec_t s, slong point);

/** @p text with every name that @p names sets replaced by its text in
 *  parentheses, and so on in these; release with flint_free.
 *
 *  @param names  without cycles */
char * lb_table_substitute(const char * text, const lb_settings_t names);

/** What column @p which is at @p point.
 *
 *  @param settings  initialized; gets parameters of the model, and no others
 *  @param quantity  set to the expression; release with flint_free */
void lb_table_point_texts(lb_settings_t settings, char ** quantity,
                          const lb_table_spec_t s, slong which, slong point);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_TEXTS_H */
