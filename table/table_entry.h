/* table/table_entry.h -- one value: proved, rounded, written.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entries are rounded so that what doubles do differently on another machine
 * does not show: the file is the same everywhere. */
#ifndef LB_TABLE_ENTRY_H
#define LB_TABLE_ENTRY_H

#include <lindbound/certifier.h>
#include <lindbound/scalar.h>
#include <lindbound/table_spec.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    lb_scalar_t value;     /* real; order: of the drive, at weak-drive  */
    lb_table_level level;  /* obtained: never auto                      */
    slong digits;          /* wanted; of an absolute radius what it is worth */
    slong prec;            /* bits                                      */
    char * cutoff;         /* NULL: no Fock space                       */
    slong dimension;
    char * undecided; /* why the digits were not reached; NULL: they were */
} lb_table_entry_struct;

typedef lb_table_entry_struct lb_table_entry_t[1];

void lb_table_entry_init(lb_table_entry_t e);
void lb_table_entry_clear(lb_table_entry_t e);

/**
 * Makes @p x, of which the real part is meant, the value of @p e, rounded as
 * far as @p column with @p more digits needs it.
 *
 * @return 1 if that proves what is wanted; 0: it does not
 */
int lb_table_entry_take(lb_table_entry_t e, const lb_scalar_t x,
                        const lb_table_column * column, slong more);

/** Nothing is proved at @p level, because of @p reason. */
void lb_table_entry_nothing(lb_table_entry_t e, const lb_table_column * column,
                            slong more, lb_table_level level, slong prec,
                            const char * reason);

/**
 * The value of the column's expression without a Fock space, at growing
 * precision.
 *
 * @param m              NULL: a mere formula
 * @param leading_order  1: level weak-drive; 0: closed-form
 * @param reached        1: it has the digits; 0: e->undecided says why not
 * @return LB_OK; LB_EDOM: the value is provably not real; LB_EMODEL: it needs a
 *         state; or what lb_model_quantity returns, but LB_EPREC and
 *         LB_EUNSTABLE, which leave an entry that proves nothing
 */
LB_MUST_CHECK lb_status lb_table_entry_closed(
    lb_table_entry_t e, int * reached, const lb_model_struct * m,
    const lb_scope_t scope, int leading_order, const lb_table_column * column,
    slong more, lb_error * err);

/** The same by @p c, of the model at @p scope.  LB_OK also if the digits were
 *  not reached, or what lb_certifier_value returns. */
LB_MUST_CHECK lb_status lb_table_entry_certified(
    lb_table_entry_t e, int * reached, lb_certifier * c,
    const lb_scope_t scope, const lb_table_column * column, slong more,
    lb_error * err);

/** The value as docs/tables.md has it, an object on one line; release with
 *  flint_free. */
char * lb_table_entry_text(const lb_table_entry_t e);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_ENTRY_H */
