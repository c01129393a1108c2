/* table/table_tile.h -- the entries of a tile of neighbouring points.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first point of a tile is solved cold, the anchor; the others take from
 * it, and from nothing else, what saves work (lb_certifier_new_near).  So a
 * row is the same whoever computes it and whatever else is computed. */
#ifndef LB_TABLE_TILE_H
#define LB_TABLE_TILE_H

#include <lindbound/table_entry.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What computes tiles of one spec: of one thread. */
typedef struct lb_table_worker_struct lb_table_worker;

/** @param s  must outlive the worker; shared among threads, only read */
lb_table_worker * lb_table_worker_new(const lb_table_spec_t s);
void lb_table_worker_free(lb_table_worker * w);

/**
 * Computes points of tile @p tile in their order.
 *
 * @param is_done  for every point of the tile 1 if it is not wanted, or NULL
 * @param emit     called after each point that is wanted with its number and
 *                 the n_columns entries; nonzero: stop, LB_OK is returned
 * @return LB_OK; bad input or a model that a level does not take at some
 *         point: the message names the point and the column.  Digits that are
 *         not reached are no error.
 */
LB_MUST_CHECK lb_status lb_table_worker_tile(
    lb_table_worker * w, slong tile, const char * is_done,
    int (*emit)(void * context, slong point,
                const lb_table_entry_struct * entries),
    void * context, lb_error * err);

/** The entries of one point solved cold, with @p more digits than the spec
 *  wants; @p entries has n_columns initialized ones. */
LB_MUST_CHECK lb_status lb_table_point(lb_table_entry_struct * entries,
                                       const lb_table_spec_t s, slong point,
                                       slong more, lb_error * err);

/* How an entry of level auto was obtained, to be obtained so again. */
typedef struct
{
    lb_table_level level; /* auto: not known, to be decided                */
    const char * cutoff; /* as an entry has it; NULL: as the spec says */
} lb_table_pin;

/**
 * The same by a worker, for many points.
 *
 * @param pins    n_columns: columns of level auto take level and cutoff from
 *                here, columns of one problem the same cutoff; or NULL: they
 *                are decided at the first point of the tile
 * @param proofs  an array that gets the proofs of the values with a Fock space
 *                (certificate.h), in terms of the model alone
 *                (table_texts.h); or NULL
 */
LB_MUST_CHECK lb_status lb_table_worker_point(lb_table_entry_struct * entries,
                                              lb_table_worker * w, slong point,
                                              slong more,
                                              const lb_table_pin * pins,
                                              json_t * proofs, lb_error * err);

/** The row of a table file (docs/tables.md), one line without its end:
 *  "[POINT, {...}, ...]"; release with flint_free. */
char * lb_table_row_text(const lb_table_spec_t s, slong point,
                         const lb_table_entry_struct * entries);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_TILE_H */
