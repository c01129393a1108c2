/* table/table_value.h -- a value of a table, read back.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Members: docs/tables.md, "The table". */
#ifndef LB_TABLE_VALUE_H
#define LB_TABLE_VALUE_H

#include <lindbound/table_spec.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A value read back. */
typedef struct
{
    int known;      /* 0: the row is missing, of a table that is not complete */
    int one_sided;  /* lo or hi is infinite, there is no ball                 */
    arb_t ball;     /* of `arb`; indeterminate if there is none               */
    double lo, hi;
    slong digits;
    slong order;    /* of the drive                                           */
    lb_table_level level;
    char * cutoff;  /* NULL: none                                             */
    int undecided;
} lb_table_value_struct;

/** Not known, and the indeterminate ball. */
void lb_table_value_init(lb_table_value_struct * v);
void lb_table_value_clear(lb_table_value_struct * v);

/** Reads a value and checks that what it says agrees: `ball` contains the ball
 *  of `arb`, `lo` and `hi` are its bounds rounded outward, it proves `digits`
 *  digits.  LB_EPARSE with the pointer below @p pointer otherwise; then @p v is
 *  not known. */
LB_MUST_CHECK lb_status lb_table_value_read(lb_table_value_struct * v,
                                            const json_t * value,
                                            const char * pointer,
                                            lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_VALUE_H */
