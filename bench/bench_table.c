/* bench/bench_table.c -- what a point of a table costs, on one thread.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *     bench_table DATA-FOLDER
 *
 * Prints the processor time of a point with the text of its row: of closed
 * forms, and of steady states solved cold and inside their tile. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <lindbound/json_file.h>
#include <lindbound/table_tile.h>
#include <lindbound/text.h>

static const char * data;

#define AXES(name, points)                                                     \
    "\"axes\": [{\"name\": \"" name "\", \"from\": \"-1\", \"to\": \"1\", "    \
    "\"points\": " points "}]"

static const struct
{
    const char * name;
    const char * members;
    int cold; /* also point by point, cold */
} cases[] = {
    { "a formula, |S21|^2 of three cavities, 15 digits",
      "\"model\": \"three_cavity\", \"level\": \"closed-form\", \"digits\": "
      "15, " AXES("Delta", "5000") ", \"columns\": [{\"name\": \"T\", "
                                   "\"form\": \"T_ac\"}]",
      0 },
    { "the same from the model",
      "\"model\": \"three_cavity\", \"level\": \"closed-form\", \"digits\": "
      "15, " AXES("Delta", "5000") ", \"columns\": [{\"name\": \"T\", "
                                   "\"value\": \"abs2(S(c,a))\"}]",
      0 },
    { "|S21|^2 of a network of three modes, 15 digits",
      "\"model\": \"circulator\", \"level\": \"closed-form\", \"digits\": "
      "15, " AXES("omega", "5000") ", \"columns\": [{\"name\": \"T\", "
                                   "\"value\": \"abs2(S(p2,p1))\"}]",
      0 },
    { "three cavities, T and g2 at N<=5, 6 digits",
      "\"model\": \"three_cavity\", \"level\": \"truncated\", "
      "\"cutoff\": \"5\", \"digits\": 6, " AXES(
          "Delta", "48") ", \"columns\": [\"T_ac\", \"g2_ac\"]",
      1 },
};

static lb_status
find_model(json_t ** json, char ** file, const char * name, lb_error * err)
{
    static const char * const folders[] = { "models", "networks" };

    for (int k = 0; k < 2; k++)
    {
        *file = lb_text_print("%s/%s/%s.json", data, folders[k], name);
        *json = lb_json_read(*file, err);
        if (*json != NULL)
            return LB_OK;
        flint_free(*file);
    }
    *file = NULL;
    return err->status;
}

static char *
find_forms(const char * model)
{
    return lb_text_print("%s/forms/%s.json", data, model);
}

static void
stop_at(lb_status status, const lb_error * err)
{
    char message[1200];

    if (status == LB_OK)
        return;
    lb_error_format(message, sizeof(message), err);
    fprintf(stderr, "bench_table: %s\n", message);
    exit(2);
}

static int
write_row(void * context, slong point, const lb_table_entry_struct * entries)
{
    char * text = lb_table_row_text(context, point, entries);

    flint_free(text);
    return 0;
}

static double
microseconds(clock_t start, slong points)
{
    return 1e6 * (double) (clock() - start) / CLOCKS_PER_SEC / (double) points;
}

static double
in_tiles(lb_table_spec_t s)
{
    lb_table_worker * w = lb_table_worker_new(s);
    clock_t start = clock();
    lb_error err;

    for (slong t = 0; t < lb_table_tiles(s); t++)
        stop_at(lb_table_worker_tile(w, t, NULL, write_row, s, &err), &err);
    lb_table_worker_free(w);
    return microseconds(start, s->points);
}

static double
cold(lb_table_spec_t s)
{
    lb_table_entry_struct * entries
        = flint_malloc((size_t) s->n_columns * sizeof(lb_table_entry_struct));
    clock_t start;
    lb_error err;
    double cost;

    for (slong k = 0; k < s->n_columns; k++)
        lb_table_entry_init(entries + k);
    start = clock();
    for (slong p = 0; p < s->points; p++)
        stop_at(lb_table_point(entries, s, p, 0, &err), &err);
    cost = microseconds(start, s->points);
    for (slong k = 0; k < s->n_columns; k++)
        lb_table_entry_clear(entries + k);
    flint_free(entries);
    return cost;
}

int
main(int argc, char ** argv)
{
    lb_table_spec_options o = { NULL, 1, 0, find_model, find_forms };

    if (argc != 2)
    {
        fprintf(stderr, "usage: bench_table DATA-FOLDER\n");
        return 2;
    }
    data = argv[1];
    printf("%-52s %12s %12s\n", "processor time of a point, microseconds",
           "in a tile", "cold");
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
    {
        char * text = lb_text_print("{\"schema\": \"lindbound-table/1\", "
                                    "\"name\": \"bench\", %s}",
                                    cases[k].members);
        json_t * json = json_loads(text, 0, NULL);
        lb_table_spec_t s;
        lb_error err;

        lb_error_clear(&err);
        lb_table_spec_init(s);
        stop_at(lb_table_spec_read_json(s, json, NULL, "bench", &o, &err),
                &err);
        printf("%-52s %12.0f", cases[k].name, in_tiles(s));
        if (cases[k].cold)
            printf(" %12.0f", cold(s));
        printf("\n");
        fflush(stdout);
        lb_table_spec_clear(s);
        json_decref(json);
        flint_free(text);
    }
    return 0;
}
