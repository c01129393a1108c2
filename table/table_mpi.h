/* table/table_mpi.h -- all tiles of a table, on many machines.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rank 0 has the files and gives out tiles; every rank, rank 0 too, computes
 * with threads of its own while its main thread exchanges messages.  A rank
 * asks for a tile before it has finished the one at hand, and sends points as
 * soon as they are there.  A rank that says nothing for too long is given up:
 * what it has not sent is computed by others.  No common file system is
 * needed.
 *
 * Built with -D LB_MPI=ON only; all functions are for the main thread. */
#ifndef LB_TABLE_MPI_H
#define LB_TABLE_MPI_H

#include <lindbound/table_run.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Starts MPI.  LB_EMODEL: it has no support for threads. */
LB_MUST_CHECK lb_status lb_table_mpi_begin(int * rank, int * ranks,
                                           lb_error * err);

/** Ends MPI; if ranks are @p lost, which would be waited for without end, the
 *  whole job, this process included, with @p exit_status. */
void lb_table_mpi_end(int lost, int exit_status);

/** Rank 0: tells all others the spec, or by NULL that there is nothing to
 *  do. */
void lb_table_mpi_send_spec(const lb_table_spec_struct * s);

/** The other ranks: takes it.
 *
 *  @param given  set to 0 if there is nothing to do
 *  @param o      for its forms; nothing else is changed
 *  @return what lb_table_spec_read_json returns; LB_EMODEL: this rank has
 *          another version of lindbound or of its data */
LB_MUST_CHECK lb_status lb_table_mpi_take_spec(int * given, lb_table_spec_t s,
                                               const lb_table_spec_options * o,
                                               lb_error * err);

typedef struct
{
    lb_table_run_options run; /* threads: of this rank */
    double timeout;           /* seconds of silence, > 0 */
    /* told of a rank that is given up; context of run */
    void (*lost)(void * context, int rank, double seconds);
} lb_table_mpi_options;

/** Rank 0: as lb_table_run, by all ranks.
 *
 *  @param lost  set to the number of ranks that were given up */
LB_MUST_CHECK lb_status lb_table_mpi_run(int * lost, const lb_table_spec_t s,
                                         lb_table_journal * j,
                                         const lb_table_mpi_options * o,
                                         lb_error * err);

/** The other ranks: compute what rank 0 gives out, until that says that all is
 *  done.  Errors go to rank 0.
 *
 *  @param s  NULL: there is none because of @p err, which goes to rank 0 */
void lb_table_mpi_serve(const lb_table_spec_struct * s, int threads,
                        const lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_TABLE_MPI_H */
