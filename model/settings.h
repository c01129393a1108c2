/* model/settings.h -- parameter settings "name = text".
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kept as text until they are applied to a scope: from the command line
 * (-p NAME=EXPR) and from the `at` members of observables and forms. */
#ifndef LB_SETTINGS_H
#define LB_SETTINGS_H

#include <lindbound/flint_compat.h>
#include <lindbound/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    slong length, alloc;
    char ** names;
    char ** texts;
    char ** places;   /* file or "-p NAME", for messages; may be NULL */
    char ** pointers; /* JSON pointer; may be NULL                    */
} lb_settings_struct;

typedef lb_settings_struct lb_settings_t[1];

void lb_settings_init(lb_settings_t s);
void lb_settings_clear(lb_settings_t s);
/** Adds or replaces a setting; texts are copied. */
void lb_settings_set(lb_settings_t s, const char * name, const char * text,
                     const char * place, const char * pointer);
/** Adds all of @p t to @p s (those of t win). */
void lb_settings_merge(lb_settings_t s, const lb_settings_t t);
/** Text of @p name or NULL. */
const char * lb_settings_get(const lb_settings_t s, const char * name);
/** True if both hold the same names with the same texts. */
int lb_settings_equal(const lb_settings_t s, const lb_settings_t t);

#ifdef __cplusplus
}
#endif

#endif /* LB_SETTINGS_H */
