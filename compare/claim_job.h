/* compare/claim_job.h -- the values that claims need, each computed once.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A job is one value at one setting of the parameters; of a fit, one of its
 * points, or the fit made of them.  Jobs that ask for the
 * same steady state form a group, which one solver serves; groups are shared
 * out among threads. */
#ifndef LB_CLAIM_JOB_H
#define LB_CLAIM_JOB_H

#include <lindbound/claim.h>
#include <lindbound/steady_value.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How much a value says, from most to least. */
typedef enum
{
    LB_KNOWN_CLOSED_FORM,
    LB_KNOWN_WEAK_DRIVE,
    LB_KNOWN_FULL,
    LB_KNOWN_TRUNCATED,
    LB_KNOWN_NOT
} lb_known;

typedef struct
{
    const lb_claim_value * value;
    lb_settings_t settings; /* over those of the value: a point of a trend,
                               of a fit */
    slong first_point, n_points; /* of a fit: the jobs of its points; else 0 */
    /* the result */
    acb_t ball;
    lb_known known;
    char * cutoff; /* of level truncated; else NULL */
    char note[256];
    double seconds;
    lb_status status; /* not LB_OK: bad input */
    lb_error err;
} lb_claim_job;

typedef struct
{
    slong length, alloc;
    lb_claim_job ** jobs;
} lb_claim_jobs_struct;

typedef lb_claim_jobs_struct lb_claim_jobs_t[1];

void lb_claim_jobs_init(lb_claim_jobs_t j);
void lb_claim_jobs_clear(lb_claim_jobs_t j);

/** Adds a job, and those of the points if it is a fit; returns its place.
 *
 * @param parameter,text  a setting over those of the value; NULL: none */
slong lb_claim_jobs_add(lb_claim_jobs_t j, const lb_claim_value * value,
                        const char * parameter, const char * text);

/** Does all jobs.  LB_OK, or the first error of bad input. */
LB_MUST_CHECK lb_status lb_claim_jobs_run(
    lb_claim_jobs_t j, slong max_dimension, int threads,
    void (*progress)(slong done, slong all, const char * model),
    lb_error * err);

#ifdef __cplusplus
}
#endif

#endif /* LB_CLAIM_JOB_H */
