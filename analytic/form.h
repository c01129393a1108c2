/* analytic/form.h -- printed closed forms and their evaluation in balls.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A form says: the `quantity` of the model, at the parameter values `at`,
 * equals the closed form -- exactly, or in the limit of weak drive.  The
 * closed form is kept as the paper prints it and, where that is wrong, also
 * mended.  File format: docs/forms.md, schema "lindbound-forms/1". */
#ifndef LB_FORM_H
#define LB_FORM_H

#include <jansson.h>
#include <lindbound/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_LIMIT_WEAK_DRIVE, /* as all drives of the model go to zero together */
    LB_LIMIT_EXACT       /* at any drive                                   */
} lb_limit;

typedef struct
{
    char * name;
    lb_expr * expr;
    char * pointer;
} lb_definition;

typedef struct
{
    char * file;
    char * id;
    char * title;
    lb_settings_t at;
    lb_definition * where;
    slong n_where;
    lb_expr * quantity;
    lb_expr * as_printed; /* NULL: only a printed number            */
    lb_expr * mended;     /* NULL: the printed formula stands       */
    char * mended_why;
    lb_limit limit;
    char * source;
    char * quotation;
    char * printed_relation; /* "=", "~", "<", ...; NULL: no number */
    char * printed_value;
    /* JSON pointers of the texts, for messages; NULL if from elsewhere */
    char * quantity_pointer;
    char * as_printed_pointer;
    char * mended_pointer;
} lb_form_struct;

typedef lb_form_struct lb_form_t[1];

typedef struct
{
    char * file;
    char * model; /* name of the built-in model */
    char * title;
    char * source;
    slong length;
    lb_form_struct * forms;
} lb_forms_struct;

typedef lb_forms_struct lb_forms_t[1];

void lb_form_init(lb_form_t f);
void lb_form_clear(lb_form_t f);
void lb_forms_init(lb_forms_t f);
void lb_forms_clear(lb_forms_t f);

/** Reads the form file @p path and checks every form against @p m: names,
 *  settings, and that quantities and formulas are numbers. */
LB_MUST_CHECK lb_status lb_forms_read(lb_forms_t f, const char * path,
                                      const lb_model_t m, lb_error * err);

/** Builds one form from texts: quantity (the name of an observable of @p m or
 *  an expression) and formula; checks it against @p m. */
LB_MUST_CHECK lb_status lb_form_set_texts(lb_form_t f, const lb_model_t m,
                                          const char * quantity,
                                          const char * formula, lb_limit limit,
                                          lb_error * err);

/**
 * Reads a quantity from elsewhere than a form file: the members `quantity`,
 * `at`, `where` and `limit` (exact unless given) of @p object, and checks
 * them against @p m.
 *
 * @param f  initialized; settings and definitions it has already apply first
 * @param object  may also be the text of the quantity alone
 */
LB_MUST_CHECK lb_status lb_form_read_quantity(lb_form_t f,
                                              const json_t * object,
                                              const char * file,
                                              const char * pointer,
                                              const lb_model_t m,
                                              lb_error * err);

/** Adds the members `at` and `where` of @p object, if any, to the initialized
 *  @p f. */
LB_MUST_CHECK lb_status lb_form_read_names(lb_form_t f, const json_t * object,
                                           const char * file,
                                           const char * pointer,
                                           lb_error * err);

/** Adds the settings and definitions of @p g to the initialized @p f, and takes
 *  its quantity and limit. */
void lb_form_take_quantity(lb_form_t f, const lb_form_t g);

/** The names a form may use: the model's at the form's settings and then at
 *  @p overrides (NULL: none), plus its definitions.  Initializes @p scope;
 *  left cleared on failure. */
LB_MUST_CHECK lb_status lb_form_scope(lb_scope_t scope, const lb_form_t f,
                                      const lb_model_t m,
                                      const lb_settings_t overrides,
                                      lb_error * err);

/** The formula that is held to be right: mended if there is one, else as
 *  printed; NULL for a form that is only a printed number. */
const lb_expr * lb_form_formula(const lb_form_t f);

/**
 * Encloses a closed form in the scope of lb_form_scope.
 *
 * @param leading_order  1: coefficient and order of the weak-drive limit;
 *                       0: the value with the drives times @p drive_scale
 * @param drive_scale    exact factor on the drives; NULL for 1
 * @return what evaluating returns; out is indeterminate on failure.  No Fock
 *         space and no state enters: an expectation value in a closed form is
 *         refused (LB_EMODEL).
 */
LB_MUST_CHECK lb_status lb_form_evaluate(lb_scalar_t out,
                                         const lb_expr * formula,
                                         const lb_scope_t scope,
                                         int leading_order,
                                         const fmpq_t drive_scale, slong prec,
                                         lb_error * err);

/** True if @p node depends on a state: it holds <...>, n(a), g2(a), P(a,n). */
int lb_node_uses_state(const lb_node * node);

/** True if @p node calls a quantity function: S, det_M, amplitude. */
int lb_node_uses_quantity(const lb_node * node);

#ifdef __cplusplus
}
#endif

#endif /* LB_FORM_H */
