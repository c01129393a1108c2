/* certify/certificate.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <lindbound/certificate.h>
#include <lindbound/json_file.h>
#include <lindbound/model_file.h>
#include <lindbound/text.h>

#define SCHEMA "lindbound-certificate/1"
/* The claimed radius exceeds the proved one by this part of it, since another
   program rounds differently: 1/100. */
#define WIDER 100

/* --- exact numbers ------------------------------------------------------- */

typedef struct
{
    char * text;
    size_t length, alloc;
} buffer;

static void
append(buffer * b, const char * text)
{
    size_t n = strlen(text);

    if (b->length + n + 1 > b->alloc)
    {
        b->alloc = 2 * (b->length + n) + 256;
        b->text = flint_realloc(b->text, b->alloc);
    }
    memcpy(b->text + b->length, text, n + 1);
    b->length += n;
}

/* [-]HEX[p[-]DECIMAL], HEX odd or 0 */
static void
append_dyadic(buffer * b, const arf_t x)
{
    fmpz_t mantissa, exponent;

    fmpz_init(mantissa);
    fmpz_init(exponent);
    arf_get_fmpz_2exp(mantissa, exponent, x);
    for (int part = 0; part < 2; part++)
    {
        char * digits = fmpz_get_str(NULL, part == 0 ? 16 : 10,
                                     part == 0 ? mantissa : exponent);

        if (part == 1 && fmpz_is_zero(exponent))
            digits[0] = '\0';
        else if (part == 1)
            append(b, "p");
        append(b, digits);
        flint_free(digits);
    }
    fmpz_clear(mantissa);
    fmpz_clear(exponent);
}

static void
set_dyadic(json_t * object, const char * key, const arf_t x)
{
    buffer b = { NULL, 0, 0 };

    append_dyadic(&b, x);
    json_object_set_new(object, key, json_string(b.text));
    flint_free(b.text);
}

/* --- Y and o ------------------------------------------------------------- */

/* Row i of Y from column i to the last that is not zero. */
static json_t *
row_json(acb_srcptr y, slong i, slong d)
{
    buffer b = { NULL, 0, 0 };
    slong end = d;
    json_t * row;

    append(&b, "");
    while (end > i && acb_is_zero(y + i * d + end - 1))
        end--;
    for (slong j = i; j < end; j++)
    {
        const acb_struct * z = y + i * d + j;

        if (j > i)
            append(&b, " ");
        append_dyadic(&b, arb_midref(acb_realref(z)));
        if (arb_is_zero(acb_imagref(z)))
            continue;
        append(&b, ",");
        append_dyadic(&b, arb_midref(acb_imagref(z)));
    }
    row = json_string(b.text);
    flint_free(b.text);
    return row;
}

static void
set_matrix(json_t * object, const lb_proposal_t p)
{
    json_t * rows = json_array();
    slong d = p->dimension, end = d;

    set_dyadic(object, "o", p->o);
    if (!arf_is_zero(p->shift))
        set_dyadic(object, "shift", p->shift);
    while (end > 0
           && _acb_vec_is_zero(p->y + (end - 1) * d + end - 1, d - end + 1))
        end--;
    for (slong i = 0; i < end; i++)
        json_array_append_new(rows, row_json(p->y, i, d));
    json_object_set_new(object, "y", rows);
}

/* --- members ------------------------------------------------------------- */

static json_t *
populations_json(const lb_populations_struct * p)
{
    json_t * object = json_object();
    json_t * exponents = json_array();

    if (p == NULL)
    {
        json_decref(object);
        json_decref(exponents);
        return json_null();
    }
    for (slong n = 0; n <= p->top; n++)
        json_array_append_new(exponents, json_integer(p->exponents[n]));
    json_object_set_new(object, "exponents", exponents);
    if (p->has_tail)
    {
        json_object_set_new(object, "start", json_integer(p->start));
        set_dyadic(object, "ratio", arb_midref(p->weights->ratio));
        set_dyadic(object, "share", arb_midref(p->weights->share));
        set_dyadic(object, "damping", arb_midref(p->weights->damping));
        set_dyadic(object, "rate", arb_midref(p->weights->rate));
        json_object_set_new(object, "scale", json_integer(p->weights->scale));
    }
    set_matrix(object, p->proposal);
    return object;
}

static json_t *
cutoff_json(const lb_cutoff_struct * c, const lb_scope_t scope)
{
    json_t * object = json_object();
    json_t * levels = json_object();

    if (c->total >= 0)
        json_object_set_new(object, "total", json_integer(c->total));
    for (slong k = 0; k < c->subsystems; k++)
        if (scope->kinds[k] == LB_MODE && c->levels[k] >= 0)
            json_object_set_new(levels, lb_cutoff_subsystem_name(scope, k),
                                json_integer(c->levels[k]));
    if (json_object_size(levels) > 0)
        json_object_set(object, "levels", levels);
    json_decref(levels);
    return object;
}

/* The operator for people: its products of ladder operators. */
static char *
operator_text(const lb_opoly_struct * op, const char * const * names)
{
    buffer b = { NULL, 0, 0 };

    append(&b, "");
    for (slong k = 0; k < op->length; k++)
    {
        char term[200];
        char * z = arb_get_str(acb_realref(op->coefficients[k].coefficient), 6,
                               ARB_STR_NO_RADIUS);

        lb_opoly_term_text(term, sizeof(term), op, k, names);
        append(&b, k > 0 ? " + " : "");
        if (!acb_is_one(op->coefficients[k].coefficient))
        {
            append(&b, "(");
            append(&b, z);
            if (!acb_is_real(op->coefficients[k].coefficient))
            {
                char * y
                    = arb_get_str(acb_imagref(op->coefficients[k].coefficient),
                                  6, ARB_STR_NO_RADIUS);

                append(&b, ", ");
                append(&b, y);
                flint_free(y);
            }
            append(&b, ")*");
        }
        append(&b, term);
        flint_free(z);
    }
    return b.text;
}

static json_t *
part_json(const lb_certified_part * part, const lb_scope_t scope)
{
    const char ** names
        = flint_calloc((size_t) scope->subsystems + 1, sizeof(char *));
    json_t * object = json_object();
    char * text;

    for (slong k = 0; k < scope->subsystems; k++)
        names[k] = lb_cutoff_subsystem_name(scope, k);
    text = operator_text(part->op, names);
    json_object_set_new(object, "operator", json_string(text));
    set_matrix(object, part->proposal);
    flint_free(text);
    flint_free(names);
    return object;
}

/* Decimals that contain x with its radius a little wider. */
static char *
real_claim_text(const arb_t x)
{
    slong bits = FLINT_MAX(arb_rel_accuracy_bits(x), 0);
    slong most = LB_CERTIFIER_MAX_PREC;
    char * text;
    arb_t wide;
    mag_t m;

    arb_init(wide);
    mag_init(m);
    arb_set(wide, x);
    mag_div_ui(m, arb_radref(x), WIDER);
    mag_add(arb_radref(wide), arb_radref(wide), m);
    /* four digits more than the radius leaves: 3.3220 > log2(10) */
    text = arb_get_str(wide,
                       (slong) ((double) FLINT_MIN(bits, most) / 3.3220) + 5,
                       ARB_STR_MORE);
    arb_clear(wide);
    mag_clear(m);
    return text;
}

static char *
claim_text(const acb_t x)
{
    char *re = real_claim_text(acb_realref(x)), *im, *both;

    if (acb_is_real(x))
        return re;
    im = real_claim_text(acb_imagref(x));
    both = lb_text_print("%s + %s*i", re, im);
    flint_free(re);
    flint_free(im);
    return both;
}

/* --- certificates -------------------------------------------------------- */

json_t *
lb_certificate_proof(const lb_certifier * c, const char * name,
                     const lb_expr * quantity, const lb_settings_t settings,
                     const lb_scope_t scope)
{
    const lb_certified_part * parts;
    json_t *proof, *list;
    slong length = 0;
    char * claim;
    acb_t value;

    acb_init(value);
    lb_certifier_last_value(value, c);
    if (!acb_is_finite(value))
    {
        acb_clear(value);
        return NULL;
    }
    claim = claim_text(value);
    parts = lb_certifier_parts(&length, c);
    proof = json_object();
    list = json_array();
    if (name != NULL)
        json_object_set_new(proof, "name", json_string(name));
    json_object_set_new(proof, "quantity", json_string(quantity->text));
    json_object_set_new(proof, "settings", lb_settings_json(settings));
    json_object_set_new(proof, "level", json_string(lb_certifier_level(c)));
    json_object_set_new(proof, "cutoff",
                        cutoff_json(lb_certifier_cutoff(c), scope));
    json_object_set_new(proof, "precision", json_integer(lb_certifier_prec(c)));
    json_object_set_new(proof, "claim", json_string(claim));
    json_object_set_new(proof, "populations",
                        populations_json(lb_certifier_populations(c)));
    for (slong k = 0; k < length; k++)
        json_array_append_new(list, part_json(parts + k, scope));
    json_object_set_new(proof, "expectations", list);
    flint_free(claim);
    acb_clear(value);
    return proof;
}

lb_status
lb_certificate_write(const char * path, const lb_model_t m, json_t * proofs,
                     lb_error * err)
{
    json_t * root = json_object();
    lb_status status;

    json_object_set_new(root, "schema", json_string(SCHEMA));
    json_object_set_new(root, "model", lb_model_json(m));
    json_object_set(root, "proofs", proofs);
    status = lb_json_write(path, root, err);
    json_decref(root);
    return status;
}
