/* bench/bench_near.c -- what a point of a map costs, cold and near an anchor.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     bench_near DATA-FOLDER [cold|near]
 *
 * A row of the map of three_cavity over the loss of the cavity between, T and
 * g2 in one direction after the other, DIGITS digits, level truncated with
 * N <= TOTAL: first with a certifier of its own at each point, then in tiles of
 * TILE points with an anchor each.  CPU time, one thread. */
#define _DEFAULT_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <lindbound/certifier.h>
#include <lindbound/model_file.h>
#include <lindbound/text.h>

#define POINTS 101
#define TILE 16
#define DIGITS 6
#define TOTAL 5
#define MAX_DIMENSION 2000

static const char * const observables[2][2]
    = { { "T_ac", "g2_ac" }, { "T_ca", "g2_ca" } };

/* Of all points of one way to compute them. */
typedef struct
{
    slong points, anchors, failures;
    double seconds, anchor_seconds;
    slong rounds; /* of what is not an anchor */
} tally;

static double
cpu_seconds(void)
{
    return (double) clock() / (double) CLOCKS_PER_SEC;
}

static lb_status
set_scope(lb_scope_t scope, const lb_model_t m, slong observable, slong point,
          lb_error * err)
{
    char * text = lb_text_print("%ld/25*kappa", (long) point);
    lb_settings_t at;
    lb_status status;

    lb_settings_init(at);
    lb_settings_merge(at, m->observables[observable].at);
    lb_settings_set(at, "kappa_b", text, "bench", NULL);
    status = lb_model_scope_at(scope, m, at, err);
    lb_settings_clear(at);
    flint_free(text);
    return status;
}

static lb_status
new_cold(lb_certifier ** c, const lb_model_t m, const lb_scope_t scope,
         lb_error * err)
{
    lb_status status;
    lb_cutoff_t cutoff;

    lb_cutoff_init(cutoff, scope->kinds, scope->subsystems);
    cutoff->total = TOTAL;
    status
        = lb_certifier_new_truncated(c, m, scope, cutoff, MAX_DIMENSION, err);
    lb_cutoff_clear(cutoff);
    return status;
}

/* Both observables of one direction. */
static lb_status
evaluate(tally * t, lb_certifier * c, const lb_model_t m, int direction,
         int is_anchor, lb_error * err)
{
    lb_status status = LB_OK;
    acb_t value;

    acb_init(value);
    for (int i = 0; i < 2 && status == LB_OK; i++)
    {
        slong k = lb_model_find_observable(m, observables[direction][i]);
        lb_certified_info info;

        status = lb_certifier_value(value, &info, c, m->observables[k].expr,
                                    DIGITS, err);
        if (status != LB_OK)
            break;
        t->failures += !info.reached;
        if (!is_anchor)
            t->rounds += info.rounds;
    }
    acb_clear(value);
    return status;
}

/* One row in one direction; @p tile 1: all points are cold. */
static lb_status
run_row(tally * t, const lb_model_t m, int direction, slong tile,
        lb_error * err)
{
    slong k = lb_model_find_observable(m, observables[direction][0]);
    lb_certifier *anchor = NULL, *c;
    lb_status status = LB_OK;
    lb_scope_t scopes[POINTS];
    slong ready = 0;

    for (slong i = 0; i < POINTS && status == LB_OK; i++)
    {
        int is_anchor = i % tile == 0;
        double start = cpu_seconds();

        status = set_scope(scopes[i], m, k, i, err);
        if (status != LB_OK)
            break;
        ready++;
        if (is_anchor)
        {
            lb_certifier_free(anchor);
            anchor = NULL;
            status = new_cold(&anchor, m, scopes[i], err);
            c = anchor;
        }
        else
            status = lb_certifier_new_near(&c, anchor, scopes[i], err);
        if (status == LB_OK)
            status = evaluate(t, c, m, direction, tile > 1 && is_anchor, err);
        if (c != anchor)
            lb_certifier_free(c);
        t->points++;
        t->seconds += cpu_seconds() - start;
        if (is_anchor)
        {
            t->anchors++;
            t->anchor_seconds += cpu_seconds() - start;
        }
    }
    lb_certifier_free(anchor);
    for (slong i = 0; i < ready; i++)
        lb_scope_clear(scopes[i]);
    return status;
}

static double
peak_megabytes(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double) usage.ru_maxrss / 1024;
}

static int
print_row(const char * name, const lb_model_t m, slong tile)
{
    tally t;
    lb_error err;
    double others;

    memset(&t, 0, sizeof(t));
    lb_error_clear(&err);
    for (int direction = 0; direction < 2; direction++)
        if (run_row(&t, m, direction, tile, &err) != LB_OK)
        {
            fprintf(stderr, "bench_near: %s\n", err.text);
            return 0;
        }
    others = (double) (tile > 1 ? t.points - t.anchors : t.points);
    printf("| %s | %.1f | %.1f | %.2f | %ld | %.0f |\n", name,
           1e3 * t.seconds / (double) t.points,
           1e3 * (tile > 1 ? t.seconds - t.anchor_seconds : t.seconds) / others,
           (double) t.rounds / others, (long) t.failures, peak_megabytes());
    fflush(stdout);
    return 1;
}

int
main(int argc, char ** argv)
{
    const char * which = argc > 2 ? argv[2] : "";
    int good = 1;
    lb_model_t m;
    lb_error err;
    char * path;

    if (argc < 2)
    {
        fprintf(stderr, "usage: bench_near DATA-FOLDER [cold|near]\n");
        return 2;
    }
    lb_error_clear(&err);
    lb_model_init(m);
    path = lb_text_print("%s/models/three_cavity.json", argv[1]);
    if (lb_model_read(m, path, &err) != LB_OK)
    {
        fprintf(stderr, "bench_near: %s\n", err.text);
        return 2;
    }
    flint_free(path);
    printf("| points | ms, all | ms, but anchors | corrections | short of "
           "digits | peak MB |\n|---|---|---|---|---|---|\n");
    /* near first: the peak of memory is that of the process so far */
    if (strcmp(which, "cold") != 0)
        good &= print_row("in tiles of 16", m, TILE);
    if (strcmp(which, "near") != 0)
        good &= print_row("cold", m, 1);
    lb_model_clear(m);
    flint_cleanup();
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
