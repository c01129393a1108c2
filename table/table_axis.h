/* table/table_axis.h -- one axis of a grid: exact values of a parameter.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TABLE_AXIS_H
#define LB_TABLE_AXIS_H

#include <jansson.h>
#include <lindbound/expression.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct
{
    char * name;
    char * unit;  /* NULL: none */
    char * label; /* NULL: none */
    int log;      /* spaced, and drawn, by logarithms */
    slong count;
    fmpq * values; /* strictly increasing */
    char ** texts; /* of the values: exact, in the expression language */
    lb_expr ** exprs; /* of the texts */
} lb_table_axis_struct;

typedef lb_table_axis_struct lb_table_axis_t[1];

void lb_table_axis_init(lb_table_axis_t axis);
void lb_table_axis_clear(lb_table_axis_t axis);

/**
 * Reads an axis of a spec (docs/tables.md).
 *
 * @param refine  every interval of a linear or log axis is divided into so
 *                many, >= 1
 * @param max_points  more values than this are refused, before any is made
 * @return LB_EPARSE: not an axis, empty, not increasing, too many
 */
LB_MUST_CHECK lb_status lb_table_axis_read(lb_table_axis_t axis,
                                           const json_t * value, slong refine,
                                           slong max_points,
                                           const char * pointer,
                                           lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_AXIS_H */
