/* table/table_internal.h -- what the sources of this room share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TABLE_INTERNAL_H
#define LB_TABLE_INTERNAL_H

#include <lindbound/table_tile.h>

/* What a column is made of, definitions looked through. */
typedef struct
{
    int state;    /* an expectation value                */
    int quantity; /* S and its like: asked of the model  */
} lb_table_needs;

lb_table_needs lb_table_column_needs(const lb_scope_t scope,
                                     const lb_table_column * column);

/** Reads the member `columns` of @p root, and what it says for all of them,
 *  after all else of @p s.
 *
 *  @param n_model  number of the model's own names; those after them are axes */
LB_MUST_CHECK lb_status lb_table_columns_read(lb_table_spec_t s,
                                              const json_t * root,
                                              slong n_model,
                                              const lb_table_spec_options * o,
                                              lb_error * err);

/* --- entries (table_entry.c) --------------------------------------------- */

/** Rounds: y contains x, and both its midpoint and its radius are multiples of
 *  2^place, or of a larger unit if the radius of x is far larger; the radius is
 *  at least one unit unless y = x exactly.  What is not finite, or beyond
 *  2^(2^18), becomes [0 +/- inf]; the unit is at least 2^-(2^18). */
void lb_table_round(arb_t y, const arb_t x, slong place);

/** Why the digits of @p e were not reached; NULL: they were. */
void lb_table_entry_reason(lb_table_entry_t e, const char * reason);

/** An entry is the real part of a value; LB_EDOM if the imaginary part is
 *  provably not zero. */
LB_MUST_CHECK lb_status lb_table_check_real(const acb_t x, lb_error * err);

/* --- values at a point (table_point.c) ----------------------------------- */

/* Columns that share settings, definitions and level: one problem and one
   steady state serve them all. */
typedef struct
{
    lb_table_level level; /* wanted; auto: a state, perhaps of a network     */
    int of_model;         /* a state, or S and its like: not a mere formula  */
    slong n_columns;
    slong * columns;      /* their places in the spec                        */
    lb_scope_t scope;     /* their names, at the point last asked for        */
} lb_table_group;

/* What the first point of a tile leaves to the others, of one group. */
typedef struct lb_table_anchor_struct lb_table_anchor;

/* What is wanted at a point. */
typedef struct
{
    const lb_table_spec_struct * spec;
    slong point;
    slong more; /* digits, beyond those of the spec */
    int cold;   /* takes from the anchor only what was decided: the level and
                   the cutoff of level auto                                  */
    json_t * proofs; /* gets those of certified values; NULL: not wanted    */
} lb_table_place;

/** @p anchor of @p group, with nothing in it. */
lb_table_anchor * lb_table_anchor_new(const lb_table_group * group);
void lb_table_anchor_free(lb_table_anchor * anchor);
/** Has the columns of level auto served as @p pins say, one for each column of
 *  the spec, instead of deciding. */
void lb_table_anchor_pin(lb_table_anchor * anchor, const lb_table_group * group,
                         const lb_table_pin * pins);

/**
 * Fills the entries of the columns of @p group, whose scope is at the point.
 *
 * @param entries  n_columns of the spec; those of other groups are left alone
 * @param anchor   of this group and tile; the first call fills it
 * @param column   on failure the column at fault
 */
LB_MUST_CHECK lb_status lb_table_group_values(lb_table_entry_struct * entries,
                                              slong * column,
                                              lb_table_group * group,
                                              lb_table_anchor * anchor,
                                              const lb_table_place * place,
                                              lb_error * err);

/** 1: the group has a state in Fock space, and then anchors matter. */
int lb_table_group_has_state(const lb_table_group * group);

#endif /* LB_TABLE_INTERNAL_H */
