/* compare/catalog.h -- built-in models and forms by name, each read once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_CATALOG_H
#define LB_CATALOG_H

#include <lindbound/form.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where the files are: the caller knows. */
typedef struct
{
    /** Reads the model or network @p name. */
    lb_status (*read_model)(lb_model_t m, const char * name, lb_error * err);
    /** Path of its form file; release with flint_free. */
    char * (*forms_path)(const char * name);
} lb_catalog_source;

typedef struct
{
    char * name;
    lb_model_t model;
    lb_forms_t forms; /* length 0: not read yet */
} lb_catalog_entry;

typedef struct
{
    const lb_catalog_source * source;
    slong length;
    lb_catalog_entry ** entries; /* addresses that stay */
} lb_catalog_struct;

typedef lb_catalog_struct lb_catalog_t[1];

/** @p source must outlive the catalog. */
void lb_catalog_init(lb_catalog_t c, const lb_catalog_source * source);
void lb_catalog_clear(lb_catalog_t c);

/** The model @p name, valid as long as the catalog; NULL with the reason in
 *  @p err. */
const lb_model_struct * lb_catalog_model(lb_catalog_t c, const char * name,
                                         lb_error * err);

/** The form @p id of the model @p name, valid as long as the catalog; NULL
 *  with the reason in @p err. */
const lb_form_struct * lb_catalog_form(lb_catalog_t c, const char * name,
                                       const char * id, lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_CATALOG_H */
