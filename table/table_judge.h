/* table/table_judge.h -- an entry of a table against another evaluation of it.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both are enclosures of one number.  If they are disjoint, one is wrong; that
 * they overlap says little of a ball that claims more digits than the other
 * one has.  Only if the new ball lies inside the recorded one is this proved
 * again. */
#ifndef LB_TABLE_JUDGE_H
#define LB_TABLE_JUDGE_H

#include <lindbound/table_read.h>
#include <lindbound/table_tile.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum
{
    LB_TABLE_DISJOINT, /* or of another order in the drive, or one-sided where
                          the number is known                             */
    LB_TABLE_OVERLAP,
    LB_TABLE_INSIDE    /* the new enclosure is part of the recorded one   */
} lb_table_relation;

/** 1 if @p recorded is bounded on no side, whatever level it names. */
int lb_table_proves_nothing(const lb_table_value_struct * recorded);

/** How the evaluation @p fresh relates to the entry @p recorded. */
lb_table_relation lb_table_relate(const lb_table_value_struct * recorded,
                                  const lb_table_entry_struct * fresh);

/** 1 if @p recorded is as narrow as @p column wants it. */
int lb_table_has_digits(const lb_table_value_struct * recorded,
                        const lb_table_column * column);

/** 1 if the radius of @p ball is at most @p factor times that of @p other. */
int lb_table_is_no_wider(const arb_t ball, const arb_t other, ulong factor);

/** Both for a message, with so many digits more that disjoint balls can be told
 *  apart: "[0.97231586 +/- 1.3e-8]", "<= -312.4"; release with flint_free. */
char * lb_table_value_str(const lb_table_value_struct * recorded,
                          slong digits);
char * lb_table_entry_str(const lb_table_entry_struct * fresh, slong digits);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_JUDGE_H */
