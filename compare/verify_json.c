/* compare/verify_json.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include <lindbound/ball_text.h>
#include <lindbound/json_file.h>
#include <lindbound/verify_json.h>

static json_t *
scalar_json(int has, const lb_scalar_t x, const char * level, slong digits)
{
    json_t * object;

    if (!has)
        return json_null();
    object = lb_scalar_json(x, digits, level);
    json_object_set_new(object, "drive_order", json_integer(x->order));
    return object;
}

static json_t *
text_json(const char * text)
{
    return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *
real_json(double x)
{
    return isfinite(x) ? json_real(x) : json_null();
}

static json_t *
value_json(const lb_steady_value_t v, slong digits)
{
    json_t * object;

    if (v->level == LB_LEVEL_ESTIMATE)
    {
        object = lb_approx_value_json(&v->approx);
        lb_estimate_info_json(object, &v->info);
    }
    else
    {
        object = lb_ball_json(v->ball, digits, lb_level_str(v->level));
        json_object_set_new(object, "reached",
                            json_boolean(v->certified.reached));
        json_object_set_new(object, "cutoff", json_string(v->cutoff));
        json_object_set_new(object, "dimension", json_integer(v->dimension));
        json_object_set_new(object, "precision",
                            json_integer(v->certified.prec));
        json_object_set_new(object, "rounds",
                            json_integer(v->certified.rounds));
        json_object_set_new(object, "seconds", json_real(v->seconds));
    }
    json_object_set_new(object, "note", text_json(v->note));
    return object;
}

static json_t *
state_json(const lb_verify_row * row, slong digits)
{
    json_t *object, *drives;

    if (!row->has_state)
        return json_null();
    object = value_json(row->state, digits);
    drives = json_array();
    for (int k = 0; k < row->n_drives; k++)
        json_array_append_new(
            drives, json_pack("{s:f,s:o,s:o}", "scale", row->scale[k],
                              "difference", real_json(row->difference[k]),
                              "noise", real_json(row->noise[k])));
    json_object_set_new(object, "relative", json_boolean(row->relative));
    json_object_set_new(object, "drives", drives);
    json_object_set_new(object, "order", real_json(row->order));
    json_object_set_new(object, "order_radius", real_json(row->order_radius));
    json_object_set_new(object, "coefficient", real_json(row->measured));
    json_object_set_new(object, "coefficient_of", text_json(row->drive_text));
    json_object_set_new(object, "distance",
                        row->has_distance
                            ? lb_ball_json(row->distance, digits,
                                           lb_level_str(row->state->level))
                            : json_null());
    json_object_set_new(object, "verdict",
                        json_string(lb_verdict_str(row->state_verdict)));
    return object;
}

static json_t *
coefficient_json(const lb_verify_row * row, slong digits)
{
    json_t * object;
    acb_t x;

    if (!row->has_coefficient)
        return json_null();
    acb_init(x);
    acb_set_arb(x, row->coefficient);
    object = lb_ball_json(x, digits, "weak-drive");
    json_object_set_new(object, "of", json_string(row->drive_text));
    acb_clear(x);
    return object;
}

json_t *
lb_verify_row_json(const lb_verify_row * row, const char * model, slong digits)
{
    const lb_form_struct * f = row->form;
    const lb_expr * formula = lb_form_formula(f);
    const char * level
        = f->limit == LB_LIMIT_EXACT ? "closed-form" : "weak-drive";
    json_t * o = json_object();

    json_object_set_new(o, "model", json_string(model));
    json_object_set_new(o, "form", json_string(f->id));
    json_object_set_new(o, "source", text_json(f->source));
    json_object_set_new(o, "quantity", json_string(f->quantity->text));
    json_object_set_new(o, "at", lb_settings_json(f->at));
    json_object_set_new(o, "formula",
                        text_json(formula != NULL ? formula->text : NULL));
    json_object_set_new(
        o, "closed_form",
        scalar_json(row->has_closed, row->closed, "closed-form", digits));
    json_object_set_new(
        o, "derived",
        scalar_json(row->has_derived, row->derived, level, digits));
    json_object_set_new(o, "derived_note", text_json(row->derived_note));
    json_object_set_new(o, "derived_verdict",
                        json_string(lb_verdict_str(row->derived_verdict)));
    if (row->has_printed_formula)
        json_object_set_new(
            o, "as_printed",
            json_pack(
                "{s:s,s:s,s:o,s:s}", "formula", f->as_printed->text, "mended",
                f->mended_why, "value",
                scalar_json(1, row->printed_formula, "closed-form", digits),
                "verdict", lb_verdict_str(row->printed_formula_verdict)));
    json_object_set_new(o, "coefficient_ball", coefficient_json(row, digits));
    json_object_set_new(o, "coefficient_note",
                        text_json(row->coefficient_note));
    json_object_set_new(o, "steady_state", state_json(row, digits));
    json_object_set_new(o, "steady_state_note", text_json(row->state_note));
    if (f->printed_value != NULL)
        json_object_set_new(o, "printed",
                            json_pack("{s:s,s:s,s:s}", "relation",
                                      f->printed_relation, "value",
                                      f->printed_value, "finding",
                                      lb_finding_str(row->finding)));
    json_object_set_new(o, "verdict",
                        json_string(lb_verdict_str(row->verdict)));
    return o;
}
