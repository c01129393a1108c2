/* table/table_check.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <lindbound/blas_threads.h>
#include <lindbound/clock.h>
#include <lindbound/table_check.h>
#include <lindbound/table_hash.h>
#include <lindbound/table_judge.h>
#include <lindbound/table_open.h>
#include <lindbound/table_sheet.h>
#include <lindbound/table_texts.h>
#include <lindbound/text.h>

/* Of a sample, at most so many rows of a tile with states. */
#define ROWS_OF_A_TILE 4

/* What is wrong with a value, or, with column -1, a point. */
typedef struct
{
    slong point, column;
    char * text;
} table_failure;

typedef struct
{
    const lb_table_check_options * o;
    lb_table_check_result * result;
    const char * path;
    lb_table_t table;
    lb_table_spec_t spec;
    lb_status status; /* of reading the spec ... */
    lb_error error;   /* ... which row by row has no way to return it */
    slong last;       /* point of the last row, or -1                 */
    lb_hash * rows;   /* of the recorded rows, by point; "" if missing */
    lb_table_sheet_t sheet;
    table_failure
        failures[LB_TABLE_CHECK_MESSAGES + 1]; /* the first by place */
    slong n_failures;
    slong done, wanted; /* points */
    double told;
} table_check;

/* --- failures ------------------------------------------------------------ */

static int
is_before(const table_failure * a, const table_failure * b)
{
    return a->point != b->point ? a->point < b->point : a->column < b->column;
}

/* Counts, and keeps the first by place, whichever thread finds it when; takes
   @p text. */
static void
keep_failure(table_check * c, slong point, slong column, char * text)
{
    table_failure failure = { point, column, text };
    slong k;

#pragma omp critical(lb_table_check)
    {
        c->result->failures++;
        for (k = c->n_failures; k > 0; k--)
        {
            if (!is_before(&failure, c->failures + k - 1))
                break;
            c->failures[k] = c->failures[k - 1];
        }
        c->failures[k] = failure;
        if (c->n_failures < LB_TABLE_CHECK_MESSAGES)
            c->n_failures++;
        else
            flint_free(c->failures[LB_TABLE_CHECK_MESSAGES].text);
    }
}

/* "point 17 (Delta = 1/2), column g2: WHAT"; takes @p what. */
static void
fail_value(table_check * c, slong point, slong column, char * what)
{
    char * place = lb_table_point_str(c->spec, point);

    keep_failure(c, point, column,
                 lb_text_print("%s, column %s: %s", place,
                               c->spec->columns[column].name, what));
    flint_free(place);
    flint_free(what);
}

/* The texts as lines; releases them. */
static char *
take_messages(table_check * c)
{
    char * all = lb_text_copy("");

    for (slong k = 0; k < c->n_failures; k++)
    {
        char * longer = lb_text_print("%s%s\n", all, c->failures[k].text);

        flint_free(all);
        flint_free(c->failures[k].text);
        all = longer;
    }
    return all;
}

/* --- rows as text -------------------------------------------------------- */

/* Of the row alone, however the file is laid out. */
static void
hash_row(lb_hash hash, const json_t * row)
{
    char * text = json_dumps(row, JSON_COMPACT | JSON_PRESERVE_ORDER);

    lb_hash_bytes(hash, text, strlen(text));
    free(text);
}

static void
hash_row_text(lb_hash hash, const char * text)
{
    json_t * row = json_loads(text, 0, NULL);

    hash_row(hash, row);
    json_decref(row);
}

/* --- one point ----------------------------------------------------------- */

/* Evaluations of a point: at more digits, at still more, at those wanted; at
   these near the first point of its tile, as the entry was made. */
enum
{
    AT_MORE,
    AT_STILL_MORE,
    AT_WANTED,
    AS_MADE,
    EVALUATIONS
};

static const slong more_digits[EVALUATIONS] = { 3, 12, 0, 0 };

typedef struct
{
    table_check * check;
    lb_table_worker * worker;
    lb_table_pin * pins;
    lb_table_entry_struct * entries[EVALUATIONS]; /* one a column          */
    int there[EVALUATIONS];                       /* -1: it failed         */
    slong point;
} point_check;

static void
point_check_init(point_check * p, table_check * c)
{
    slong n = c->spec->n_columns;

    memset(p, 0, sizeof(*p));
    p->check = c;
    p->worker = lb_table_worker_new(c->spec);
    p->pins = flint_calloc((size_t) n, sizeof(lb_table_pin));
    for (int k = 0; k < EVALUATIONS; k++)
    {
        p->entries[k] = flint_calloc((size_t) n, sizeof(lb_table_entry_struct));
        for (slong i = 0; i < n; i++)
            lb_table_entry_init(p->entries[k] + i);
    }
}

static void
point_check_clear(point_check * p)
{
    for (int k = 0; k < EVALUATIONS; k++)
    {
        for (slong i = 0; i < p->check->spec->n_columns; i++)
            lb_table_entry_clear(p->entries[k] + i);
        flint_free(p->entries[k]);
    }
    flint_free(p->pins);
    lb_table_worker_free(p->worker);
}

/* Copies what is judged of the entries of the point. */
static int
copy_entries(void * context, slong point, const lb_table_entry_struct * entries)
{
    point_check * p = context;

    (void) point;
    for (slong k = 0; k < p->check->spec->n_columns; k++)
    {
        lb_table_entry_struct * e = p->entries[AS_MADE] + k;

        lb_table_entry_clear(e);
        lb_table_entry_init(e);
        lb_scalar_set(e->value, entries[k].value);
        e->level = entries[k].level;
        e->cutoff = lb_text_copy(entries[k].cutoff);
        e->undecided = lb_text_copy(entries[k].undecided);
    }
    return 0;
}

static lb_status
make_again(point_check * p, lb_error * err)
{
    const lb_table_spec_struct * s = p->check->spec;
    slong length = s->axes[s->n_axes - 1]->count;
    slong tiles_of_row = lb_table_tiles(s) / (s->points / length);
    slong tile = p->point / length * tiles_of_row + p->point % length / s->tile;
    slong first, count;
    char * is_done;
    lb_status status;

    lb_table_tile_points(&first, &count, s, tile);
    is_done = flint_malloc((size_t) count);
    memset(is_done, 1, (size_t) count);
    is_done[p->point - first] = 0;
    status
        = lb_table_worker_tile(p->worker, tile, is_done, copy_entries, p, err);
    flint_free(is_done);
    return status;
}

/* The entries of one evaluation, made when first asked for; NULL if there are
   none: then the point has failed. */
static const lb_table_entry_struct *
evaluate(point_check * p, int which)
{
    lb_error err;

    if (p->there[which] == 0)
    {
        lb_error_clear(&err);
        if ((which == AS_MADE ? make_again(p, &err)
                              : lb_table_worker_point(
                                  p->entries[which], p->worker, p->point,
                                  more_digits[which], p->pins, NULL, &err))
            == LB_OK)
            p->there[which] = 1;
        else
        {
            p->there[which] = -1;
            /* the message names the place */
            keep_failure(
                p->check, p->point, -1,
                lb_text_print("%s (at the level that is recorded)", err.text));
        }
    }
    return p->there[which] > 0 ? p->entries[which] : NULL;
}

/* "recorded A, computed again B: PROBLEM" */
static char *
both(const lb_table_value_struct * v, const lb_table_entry_struct * fresh,
     slong digits, const char * problem)
{
    char * old = lb_table_value_str(v, digits);
    char * new = lb_table_entry_str(fresh, digits);
    char * text = lb_text_print("recorded %s (%s), computed again %s (%s): %s",
                                old, lb_table_level_str(v->level), new,
                                lb_table_level_str(fresh->level), problem);

    flint_free(old);
    flint_free(new);
    return text;
}

/* Whether an entry of @p column may have the level @p level: of a formula of
   other columns, that of the weakest; full instead of truncated if the cutoff
   leaves nothing out. */
static int
level_fits(lb_table_level level, const lb_table_column * column,
           lb_table_level fresh)
{
    if (column->n_of > 0)
        return level == fresh;
    if (column->level == LB_TABLE_AUTO)
        return level != LB_TABLE_WEAK_DRIVE;
    return level == column->level
           || (column->level == LB_TABLE_TRUNCATED && level == fresh);
}

static int
same_text(const char * a, const char * b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* NULL, or why the recorded level or cutoff is not what the spec says. */
static char *
level_problem(const lb_table_value_struct * v, const lb_table_column * column,
              const lb_table_entry_struct * fresh)
{
    if (!level_fits(v->level, column, fresh->level))
        return lb_text_print(
            "its level is %s, the spec says %s", lb_table_level_str(v->level),
            lb_table_level_str(column->n_of > 0 ? fresh->level
                                                : column->level));
    if (v->level != LB_TABLE_FULL && !lb_table_proves_nothing(v)
        && !same_text(v->cutoff, fresh->cutoff))
        return lb_text_print("its cutoff is %s, not %s",
                             v->cutoff != NULL ? v->cutoff : "missing",
                             fresh->cutoff != NULL ? fresh->cutoff : "there");
    return NULL;
}

static int
proves_the_same(const lb_table_value_struct * v,
                const lb_table_entry_struct * fresh)
{
    return fresh->level == v->level
           && (v->level == LB_TABLE_FULL
               || same_text(v->cutoff, fresh->cutoff));
}

static int
is_one_sided(const lb_table_entry_struct * e)
{
    return e->value->side != 0;
}

/* What an evaluation says of a value. */
typedef enum
{
    PROVES,
    ALLOWS, /* it overlaps, and is about as narrow */
    DOUBTS, /* it overlaps a narrower claim        */
    REFUTES,
    NOT_THERE
} verdict;

static verdict
ask(const lb_table_entry_struct ** fresh, point_check * p, int which,
    slong column, const lb_table_value_struct * v)
{
    const lb_table_entry_struct * e = evaluate(p, which);

    if (e == NULL)
        return NOT_THERE;
    e += column;
    /* near the first point level auto may choose differently by now, and that
       is about something else */
    if (which == AS_MADE && !proves_the_same(v, e))
        return DOUBTS;
    *fresh = e;
    switch (lb_table_relate(v, e))
    {
    case LB_TABLE_DISJOINT:
        return REFUTES;
    case LB_TABLE_INSIDE:
        return PROVES;
    case LB_TABLE_OVERLAP:
        break;
    }
    return (e->undecided == NULL || v->undecided) && !v->one_sided
                   && !is_one_sided(e)
                   && lb_table_is_no_wider(acb_realref(e->value->coefficient),
                                           v->ball, 2)
               ? ALLOWS
               : DOUBTS;
}

/* A value that AT_MORE neither refutes nor proves.  Widths depend on the way to
   them where the space is too small: there, near the first point of its tile,
   an entry may be proved that is out of reach for the point alone. */
static char *
judge_further(slong * proved, slong * overlapping, point_check * p,
              slong column, const lb_table_value_struct * v)
{
    static const int ways[] = { AT_STILL_MORE, AT_WANTED, AS_MADE };
    const lb_table_entry_struct * fresh = NULL;

    for (int k = v->undecided ? 1 : 0; k < 3; k++)
        switch (ask(&fresh, p, ways[k], column, v))
        {
        case PROVES:
            *proved += !v->undecided;
            return NULL;
        case ALLOWS:
            if (ways[k] == AT_STILL_MORE)
                break;
            *overlapping += !v->undecided;
            return NULL;
        case REFUTES:
            return both(v, fresh, p->check->spec->columns[column].digits,
                        "they are disjoint");
        case NOT_THERE:
            return NULL;
        case DOUBTS:
            break;
        }
    return both(v, fresh, p->check->spec->columns[column].digits,
                "it claims more than can be proved again");
}

/* Judges one value: NULL, or what is wrong. */
static char *
judge(slong * proved, slong * overlapping, slong * undecided, point_check * p,
      slong column)
{
    const lb_table_column * wanted = p->check->spec->columns + column;
    const lb_table_value_struct * v
        = lb_table_at(p->check->table, p->point, column);
    const lb_table_entry_struct * fresh = p->entries[AT_MORE] + column;
    lb_table_relation relation = lb_table_relate(v, fresh);
    char * problem = level_problem(v, wanted, fresh);

    if (problem != NULL)
        return problem;
    if (relation == LB_TABLE_DISJOINT)
        return both(v, fresh, wanted->digits, "they are disjoint");
    if (v->undecided)
    {
        (*undecided)++;
        return relation == LB_TABLE_INSIDE
                   ? NULL
                   : judge_further(proved, overlapping, p, column, v);
    }
    if (!lb_table_has_digits(v, wanted))
        return both(v, fresh, wanted->digits,
                    "it lacks digits and is not marked 'undecided'");
    if (v->one_sided && !is_one_sided(fresh))
    {
        const lb_table_entry_struct * again = evaluate(p, AT_WANTED);

        if (again != NULL && !is_one_sided(again + column))
            return both(v, again + column, wanted->digits,
                        "it is known, and the record only bounds it");
    }
    if (relation != LB_TABLE_INSIDE)
        return judge_further(proved, overlapping, p, column, v);
    (*proved)++;
    return NULL;
}

static void
check_point(point_check * p, slong point)
{
    table_check * c = p->check;
    lb_table_check_result * r = c->result;
    slong proved = 0, overlapping = 0, undecided = 0, n = c->spec->n_columns;

    p->point = point;
    memset(p->there, 0, sizeof(p->there));
    lb_table_pins(p->pins, c->table, c->spec, point);
    if (evaluate(p, AT_MORE) != NULL)
        for (slong k = 0; k < n; k++)
        {
            char * problem = judge(&proved, &overlapping, &undecided, p, k);

            if (problem != NULL)
                fail_value(c, point, k, problem);
        }
#pragma omp critical(lb_table_check)
    {
        r->checked += n;
        r->proved += proved;
        r->overlapping += overlapping;
        r->undecided += undecided;
    }
}

/* --- points and tiles, on all cores -------------------------------------- */

static int
must_stop(table_check * c)
{
    if (c->o->stop == NULL || !c->o->stop(c->o->context))
        return 0;
#pragma omp atomic write
    c->result->stopped = 1;
    return 1;
}

/* Another point is done. */
static void
tell(table_check * c)
{
#pragma omp critical(lb_table_check)
    {
        double now = lb_clock_seconds();

        c->done++;
        if (c->o->progress != NULL && now - c->told >= 0.1)
        {
            c->told = now;
            c->o->progress(c->o->context, c->done, c->wanted);
        }
    }
}

static void
check_points(table_check * c, const slong * points, slong n)
{
#pragma omp parallel num_threads(c->o->threads)
    {
        point_check p;

        point_check_init(&p, c);
#pragma omp for schedule(dynamic, 1)
        for (slong k = 0; k < n; k++)
            if (!must_stop(c))
            {
                check_point(&p, points[k]);
                tell(c);
            }
        point_check_clear(&p);
    }
}

/* A row that was computed as it was. */
static int
compare_row(void * context, slong point, const lb_table_entry_struct * entries)
{
    table_check * c = context;
    char * row = lb_table_row_text(c->spec, point, entries);
    int same;
    lb_hash hash;

    hash_row_text(hash, row);
    flint_free(row);
    same = strcmp(hash, c->rows[point]) == 0;
    for (slong k = 0; k < c->spec->n_columns && !same; k++)
    {
        const lb_table_value_struct * v = lb_table_at(c->table, point, k);

        if (!is_one_sided(entries + k) && !v->one_sided
            && !lb_table_is_no_wider(acb_realref(entries[k].value->coefficient),
                                     v->ball, 2))
            fail_value(c, point, k,
                       both(v, entries + k, c->spec->columns[k].digits,
                            "more than twice as wide as it was"));
    }
#pragma omp critical(lb_table_check)
    {
        c->result->regenerated++;
        c->result->different += !same;
    }
    tell(c);
    return must_stop(c);
}

/* Whether point k of @p count of the tile that begins at @p first is computed
   again: of a sample, if its columns have states, a few, for a row is a
   function of the first point of its tile and of itself. */
static int
is_made_again(const table_check * c, slong first, slong count, slong k)
{
    slong step = (count + ROWS_OF_A_TILE - 2) / (ROWS_OF_A_TILE - 1);
    int states = 0;

    if (c->rows[first + k][0] == '\0')
        return 0;
    for (slong j = 0; j < c->spec->n_columns; j++)
        states |= c->spec->columns[j].level != LB_TABLE_CLOSED_FORM
                  && c->spec->columns[j].level != LB_TABLE_WEAK_DRIVE;
    return c->o->sample == 0 || !states || k % step == 0 || k == count - 1;
}

/* The rows of a tile that are computed again. */
static void
regenerate_tile(table_check * c, lb_table_worker * w, slong tile)
{
    char * is_done;
    slong first, count;
    lb_error err;

    lb_error_clear(&err);
    lb_table_tile_points(&first, &count, c->spec, tile);
    is_done = flint_calloc((size_t) count, 1);
    for (slong k = 0; k < count; k++)
        is_done[k] = (char) !is_made_again(c, first, count, k);
    if (lb_table_worker_tile(w, tile, is_done, compare_row, c, &err) != LB_OK)
        fail_value(
            c, first, -1,
            lb_text_print("its tile cannot be computed again: %s", err.text));
    flint_free(is_done);
}

static void
regenerate(table_check * c, const slong * tiles, slong n)
{
#pragma omp parallel num_threads(c->o->threads)
    {
        lb_table_worker * w = lb_table_worker_new(c->spec);

#pragma omp for schedule(dynamic, 1)
        for (slong k = 0; k < n; k++)
            if (!must_stop(c))
                regenerate_tile(c, w, tiles[k]);
        lb_table_worker_free(w);
    }
}

/* --- what is looked at --------------------------------------------------- */

/* The points that the table has, or so many of them from the first to the
   last. */
static slong *
choose_points(slong * n, const table_check * c)
{
    slong * points = flint_malloc((size_t) c->spec->points * sizeof(slong));
    slong all = 0;

    for (slong k = 0; k < c->spec->points; k++)
        if (c->rows[k][0] != '\0')
            points[all++] = k;
    *n = c->o->sample == 0 ? all : FLINT_MIN(all, c->o->sample);
    /* what is moved stands behind its new place */
    for (slong k = 1; k < *n; k++)
        points[k] = points[k * (all - 1) / (*n - 1)];
    return points;
}

/* The tiles that hold the n points, which increase. */
static slong *
tiles_of(slong * n_tiles, slong * rows, const table_check * c,
         const slong * points, slong n)
{
    slong all = lb_table_tiles(c->spec), k = 0;
    slong * tiles = flint_malloc((size_t) all * sizeof(slong));

    *n_tiles = *rows = 0;
    for (slong tile = 0; tile < all && k < n; tile++)
    {
        slong first, count;

        lb_table_tile_points(&first, &count, c->spec, tile);
        if (points[k] >= first + count)
            continue;
        tiles[(*n_tiles)++] = tile;
        for (slong i = 0; i < count; i++)
            *rows += is_made_again(c, first, count, i);
        while (k < n && points[k] < first + count)
            k++;
    }
    return tiles;
}

static void
check_values(table_check * c)
{
    slong n, n_tiles, rows;
    slong * points = choose_points(&n, c);
    slong * tiles = tiles_of(&n_tiles, &rows, c, points, n);

    lb_blas_set_threads(1);
    c->wanted = c->o->regenerate ? n + rows : n;
    check_points(c, points, n);
    if (c->o->regenerate)
        regenerate(c, tiles, n_tiles);
    flint_free(tiles);
    flint_free(points);
}

/* --- reading ------------------------------------------------------------- */

/* The spec, before the first row. */
static void
begin_rows(table_check * c)
{
    lb_error_clear(&c->error);
    lb_table_spec_clear(c->spec);
    c->status = lb_table_open_spec(c->spec, c->table, c->path, &c->o->spec,
                                   &c->error);
    c->last = -1;
    if (c->status != LB_OK)
        return;
    flint_free(c->rows);
    c->rows = flint_calloc((size_t) c->spec->points, sizeof(lb_hash));
    lb_table_sheet_clear(c->sheet);
    lb_table_sheet_init(c->sheet, c->path);
    lb_table_sheet_head(c->sheet, c->spec, lb_table_command(c->table));
}

/* A row whose values are read. */
static void
take_row(void * context, slong point, const json_t * row)
{
    table_check * c = context;

    if (c->last < 0 || point <= c->last) /* the first, perhaps once more */
        begin_rows(c);
    c->last = point;
    if (c->status != LB_OK)
        return;
    hash_row(c->rows[point], row);
    lb_table_sheet_row(c->sheet, c->spec, point, row);
}

/* Form, hashes, head and CSV. */
static lb_status
read_table(table_check * c, lb_error * err)
{
    lb_status status = lb_table_read_rows(c->table, c->path, take_row, c, err);

    if (status == LB_OK && c->last < 0)
        begin_rows(c);
    if (status == LB_OK && c->status != LB_OK)
    {
        status = c->status;
        *err = c->error;
    }
    if (status == LB_OK)
        lb_table_sheet_line(c->sheet, NULL);
    if (status == LB_OK && c->sheet->error.status != LB_OK)
    {
        status = c->sheet->error.status;
        *err = c->sheet->error;
    }
    lb_error_in(err, c->path, NULL);
    return status;
}

/* --- all of it ----------------------------------------------------------- */

void
lb_table_pins(lb_table_pin * pins, const lb_table_t t, const lb_table_spec_t s,
              slong point)
{
    for (slong k = 0; k < s->n_columns; k++)
    {
        const lb_table_value_struct * v = lb_table_at(t, point, k);

        pins[k].level = lb_table_proves_nothing(v) ? LB_TABLE_AUTO : v->level;
        pins[k].cutoff = v->cutoff;
    }
}

/* The name of the built-in model if that is not the one in the table. */
static char *
find_changed(const table_check * c)
{
    const char * name
        = json_string_value(json_object_get(c->spec->json, "model"));
    json_t * model = NULL;
    char *file = NULL, *hash, *changed = NULL;
    lb_error err;

    lb_error_clear(&err);
    if (c->o->spec.find_model == NULL
        || c->o->spec.find_model(&model, &file, name, &err) != LB_OK)
        return NULL;
    hash = lb_table_model_hash(model);
    if (strcmp(hash, c->spec->model_hash) != 0)
        changed = lb_text_copy(name);
    json_decref(model);
    flint_free(file);
    flint_free(hash);
    return changed;
}

void
lb_table_check_result_init(lb_table_check_result * result)
{
    memset(result, 0, sizeof(*result));
    result->messages = lb_text_copy("");
}

void
lb_table_check_result_clear(lb_table_check_result * result)
{
    flint_free(result->messages);
    flint_free(result->model_changed);
}

static void
count_rows(table_check * c)
{
    lb_table_check_result * r = c->result;

    r->points = c->spec->points;
    for (slong k = 0; k < r->points; k++)
        r->missing += c->rows[k][0] == '\0';
    r->values = (r->points - r->missing) * c->spec->n_columns;
    r->accept_undecided = c->spec->accept_undecided;
    r->no_csv = c->sheet->stream == NULL;
}

lb_status
lb_table_check(lb_table_check_result * result, const char * path,
               const lb_table_check_options * o, lb_error * err)
{
    table_check c;
    lb_status status;

    memset(&c, 0, sizeof(c));
    c.o = o;
    c.result = result;
    c.path = path;
    c.last = -1;
    lb_error_clear(&c.error);
    lb_table_init(c.table);
    lb_table_spec_init(c.spec);
    status = read_table(&c, err);
    if (status == LB_OK)
    {
        count_rows(&c);
        result->model_changed = find_changed(&c);
        check_values(&c);
        flint_free(result->messages);
        result->messages = take_messages(&c);
    }
    lb_table_clear(c.table);
    lb_table_spec_clear(c.spec);
    lb_table_sheet_clear(c.sheet);
    flint_free(c.rows);
    return status;
}
