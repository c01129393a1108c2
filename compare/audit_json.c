/* compare/audit_json.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <lindbound/audit_json.h>
#include <lindbound/ball_text.h>

static json_t *
text_json(const char * text)
{
    return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *
result_json(const lb_audit_result * r)
{
    char * printed = lb_claim_printed_str(r->claim);
    json_t * o = json_object();

    json_object_set_new(o, "printed", json_string(printed));
    json_object_set_new(o, "verdict",
                        json_string(lb_audit_verdict_str(r->verdict)));
    json_object_set_new(o, "level", json_string(r->level));
    json_object_set_new(o, "number",
                        acb_is_finite(r->number)
                            ? lb_ball_json(r->number, 15, r->level)
                            : json_null());
    if (r->claim->along != NULL)
        json_object_set_new(o, "first",
                            acb_is_finite(r->first)
                                ? lb_ball_json(r->first, 15, r->level)
                                : json_null());
    json_object_set_new(o, "note", text_json(r->note));
    json_object_set_new(o, "seconds", json_real(r->seconds));
    flint_free(printed);
    return o;
}

json_t *
lb_audit_row_json(const lb_audit_row * row, const char * paper)
{
    const lb_claim_struct * c = row->result.claim;
    json_t * o = json_object();
    json_t * right;

    json_object_set_new(o, "paper", json_string(paper));
    json_object_set_new(o, "claim", json_string(c->id));
    json_object_set_new(o, "place", json_string(c->place));
    json_object_set_new(o, "quotation", json_string(c->quotation));
    json_object_set_new(o, "garbled", text_json(c->garbled));
    json_object_set_new(o, "reading", text_json(c->reading));
    json_object_set_new(o, "remark", text_json(c->note));
    right = result_json(&row->result);
    json_object_update(o, right);
    json_decref(right);
    if (row->has_correction)
    {
        right = result_json(&row->correction);
        json_object_set_new(right, "why",
                            json_string(row->correction.claim->why));
        json_object_set_new(o, "correction", right);
    }
    json_object_set_new(o, "recorded", json_string(c->verdict));
    json_object_set_new(o, "as_recorded",
                        json_boolean(lb_audit_as_recorded(row)));
    return o;
}
