/* table/table_tile.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/table_internal.h>
#include <lindbound/text.h>

struct lb_table_worker_struct
{
    const lb_table_spec_struct * spec;
    lb_status status; /* of making it ... */
    lb_error error;   /* ... told when a tile is asked for */
    slong n_groups;
    lb_table_group * groups;
    lb_table_entry_struct * entries; /* of one point */
};

/* --- groups -------------------------------------------------------------- */

static int
same_where(const lb_form_t f, const lb_form_t g)
{
    if (f->n_where != g->n_where)
        return 0;
    for (slong k = 0; k < f->n_where; k++)
        if (strcmp(f->where[k].name, g->where[k].name) != 0
            || strcmp(f->where[k].expr->text, g->where[k].expr->text) != 0)
            return 0;
    return 1;
}

/* The level of the group that a column belongs to: auto is settled where no
   state is needed. */
static lb_table_level
level_of(const lb_table_column * c, lb_table_needs needs)
{
    if (c->level == LB_TABLE_AUTO && !needs.state)
        return LB_TABLE_CLOSED_FORM;
    return c->level;
}

/* The group that column @p c fits in, or NULL. */
static lb_table_group *
find_group(lb_table_worker * w, const lb_table_column * c, lb_table_level level,
           int of_model)
{
    for (slong k = 0; k < w->n_groups; k++)
    {
        lb_table_group * g = w->groups + k;
        const lb_table_column * first = w->spec->columns + g->columns[0];

        if (g->level == level && g->of_model == of_model && c->n_of == 0
            && first->n_of == 0
            && lb_settings_equal(first->form->at, c->form->at)
            && same_where(first->form, c->form))
            return g;
    }
    return NULL;
}

static lb_status
add_column(lb_table_worker * w, slong which, lb_error * err)
{
    const lb_table_column * c = w->spec->columns + which;
    lb_table_needs needs;
    lb_table_level level;
    lb_table_group * g;
    lb_scope_t scope;
    lb_status status = lb_table_scope(scope, w->spec, c, err);

    if (status != LB_OK)
        return status;
    needs = lb_table_column_needs(scope, c);
    level = level_of(c, needs);
    g = find_group(w, c, level, needs.state || needs.quantity);
    if (g == NULL)
    {
        g = w->groups + w->n_groups++;
        g->level = level;
        g->of_model = needs.state || needs.quantity;
        *g->scope = *scope;
        g->columns = flint_malloc((size_t) w->spec->n_columns * sizeof(slong));
    }
    else
        lb_scope_clear(scope);
    g->columns[g->n_columns++] = which;
    return LB_OK;
}

lb_table_worker *
lb_table_worker_new(const lb_table_spec_t s)
{
    size_t n = (size_t) s->n_columns;
    lb_table_worker * w = flint_calloc(1, sizeof(*w));

    w->spec = s;
    w->groups = flint_calloc(n, sizeof(lb_table_group));
    w->entries = flint_malloc(n * sizeof(lb_table_entry_struct));
    for (slong k = 0; k < s->n_columns; k++)
        lb_table_entry_init(w->entries + k);
    for (slong k = 0; k < s->n_columns && w->status == LB_OK; k++)
        w->status = add_column(w, k, &w->error);
    return w;
}

void
lb_table_worker_free(lb_table_worker * w)
{
    if (w == NULL)
        return;
    for (slong k = 0; k < w->n_groups; k++)
    {
        flint_free(w->groups[k].columns);
        lb_scope_clear(w->groups[k].scope);
    }
    flint_free(w->groups);
    for (slong k = 0; k < w->spec->n_columns; k++)
        lb_table_entry_clear(w->entries + k);
    flint_free(w->entries);
    flint_free(w);
}

/* --- points -------------------------------------------------------------- */

/* Puts "point 17 (x = 1/2), column T: " before the message. */
static lb_status
fail_at(lb_error * err, const lb_table_spec_t s, slong point, slong column,
        lb_status status)
{
    const lb_table_column * c = s->columns + column;
    char where[300] = "";
    lb_error inner;

    if (err == NULL)
        return status;
    inner = *err;
    for (slong k = 0; k < s->n_axes; k++)
        lb_text_append(where, sizeof(where), "%s%s = %s", k > 0 ? ", " : "",
                       s->axes[k]->name,
                       s->axes[k]->texts[lb_table_axis_index(s, k, point)]);
    lb_error_set(err, status, "point %ld (%s), column %.60s: %s", (long) point,
                 where, c->name, inner.text);
    lb_error_in(err, inner.file[0] != '\0' ? inner.file : s->file,
                inner.pointer[0] != '\0' ? inner.pointer : c->pointer);
    return status;
}

static void
forget(lb_table_entry_struct * e)
{
    flint_free(e->cutoff);
    flint_free(e->undecided);
    e->cutoff = NULL;
    e->undecided = NULL;
    e->dimension = 0;
}

/* All columns at one point, or only those with a state, for an anchor. */
static lb_status
point_values(lb_table_entry_struct * entries, lb_table_worker * w,
             lb_table_anchor ** anchors, const lb_table_place * place,
             int states_only, lb_error * err)
{
    lb_status status = LB_OK;

    for (slong k = 0; k < w->spec->n_columns; k++)
        forget(entries + k);
    for (slong k = 0; k < w->n_groups && status == LB_OK; k++)
    {
        lb_table_group * g = w->groups + k;
        slong column = 0;

        if (states_only && !lb_table_group_has_state(g))
            continue;
        lb_table_scope_move(g->scope, w->spec, place->point);
        status = lb_table_group_values(entries, &column, g, anchors[k], place,
                                       err);
        if (status != LB_OK)
            return fail_at(err, w->spec, place->point, column, status);
    }
    lb_error_clear(err); /* of attempts that gave way to others */
    return status;
}

static lb_table_anchor **
new_anchors(const lb_table_worker * w)
{
    lb_table_anchor ** anchors
        = flint_malloc((size_t) (w->n_groups + 1) * sizeof(*anchors));

    for (slong k = 0; k < w->n_groups; k++)
        anchors[k] = lb_table_anchor_new(w->groups + k);
    return anchors;
}

static void
free_anchors(lb_table_anchor ** anchors, const lb_table_worker * w)
{
    for (slong k = 0; k < w->n_groups; k++)
        lb_table_anchor_free(anchors[k]);
    flint_free(anchors);
}

/* --- tiles --------------------------------------------------------------- */

static lb_status
worker_status(const lb_table_worker * w, lb_error * err)
{
    if (w->status != LB_OK && err != NULL)
        *err = w->error;
    return w->status;
}

static int
is_wanted(const char * is_done, slong k)
{
    return is_done == NULL || !is_done[k];
}

lb_status
lb_table_worker_tile(lb_table_worker * w, slong tile, const char * is_done,
                     int (*emit)(void * context, slong point,
                                 const lb_table_entry_struct * entries),
                     void * context, lb_error * err)
{
    lb_table_anchor ** anchors;
    lb_table_place place = { w->spec, 0, 0, 0, NULL };
    slong first, count, wanted = 0;
    lb_status status = worker_status(w, err);

    if (status != LB_OK)
        return status;
    lb_table_tile_points(&first, &count, w->spec, tile);
    for (slong k = 0; k < count; k++)
        wanted += is_wanted(is_done, k);
    anchors = new_anchors(w);
    for (slong k = 0; k < count && wanted > 0 && status == LB_OK; k++)
    {
        int emitted = is_wanted(is_done, k);

        if (!emitted && k > 0)
            continue;
        place.point = first + k;
        status = point_values(w->entries, w, anchors, &place, !emitted, err);
        wanted -= emitted;
        if (status == LB_OK && emitted
            && emit(context, place.point, w->entries) != 0)
            break;
    }
    free_anchors(anchors, w);
    return status;
}

/* The tile that holds @p point starts at */
static slong
first_of_tile(const lb_table_spec_t s, slong point)
{
    slong length = s->axes[s->n_axes - 1]->count;

    return point - point % length % s->tile;
}

/* Whether a level is decided at the first point of a tile. */
static int
decides(const lb_table_worker * w)
{
    for (slong k = 0; k < w->n_groups; k++)
        if (w->groups[k].level == LB_TABLE_AUTO)
            return 1;
    return 0;
}

lb_status
lb_table_worker_point(lb_table_entry_struct * entries, lb_table_worker * w,
                      slong point, slong more, const lb_table_pin * pins,
                      json_t * proofs, lb_error * err)
{
    lb_table_place place
        = { w->spec, first_of_tile(w->spec, point), 0, 1, NULL };
    lb_table_anchor ** anchors = new_anchors(w);
    lb_status status = worker_status(w, err);

    for (slong k = 0; pins != NULL && k < w->n_groups; k++)
        lb_table_anchor_pin(anchors[k], w->groups + k, pins);
    if (status == LB_OK && pins == NULL && decides(w))
        status = point_values(entries, w, anchors, &place, 1, err);
    place.point = point;
    place.more = more;
    place.proofs = proofs;
    if (status == LB_OK)
        status = point_values(entries, w, anchors, &place, 0, err);
    free_anchors(anchors, w);
    return status;
}

lb_status
lb_table_point(lb_table_entry_struct * entries, const lb_table_spec_t s,
               slong point, slong more, lb_error * err)
{
    lb_table_worker * w = lb_table_worker_new(s);
    lb_status status
        = lb_table_worker_point(entries, w, point, more, NULL, NULL, err);

    lb_table_worker_free(w);
    return status;
}
