/* check/certificate_file.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exact numbers are text  [-]HEX[p[-]DECIMAL], an integer in hexadecimal times
 * a power of two: "-1ap-3" is -26/8.  A row of Y holds the entries from the
 * diagonal on, separated by blanks, each "re" or "re,im"; what is missing at
 * the end of a row, or of the rows, is zero.
 */
#include <stdlib.h>
#include <string.h>

#include <lindbound/certificate_file.h>
#include <lindbound/json_file.h>
#include <lindbound/model_file.h>
#include <lindbound/text.h>

#define SCHEMA "lindbound-certificate/1"
/* Larger numbers than these prove nothing that anybody needs. */
#define MAX_HEX_DIGITS 16384
#define MAX_INTEGER 1000000

#define N_NUMBERS 4
static const char * const number_names[N_NUMBERS]
    = { "ratio", "share", "damping", "rate" };

static arb_ptr
number(lb_proof_populations * p, int k)
{
    arb_ptr numbers[N_NUMBERS] = { p->ratio, p->share, p->damping, p->rate };

    return numbers[k];
}

void
lb_certificate_init(lb_certificate_t c)
{
    memset(c, 0, sizeof(*c));
    lb_model_init(c->model);
}

static void
proof_init(lb_proof_struct * p)
{
    lb_settings_init(p->settings);
    arb_init(p->populations.matrix.o);
    arb_init(p->populations.matrix.shift);
    for (int k = 0; k < N_NUMBERS; k++)
        arb_init(number(&p->populations, k));
}

static void
proof_clear(lb_proof_struct * p)
{
    lb_settings_clear(p->settings);
    lb_expr_free(p->quantity);
    flint_free(p->levels);
    flint_free(p->populations.exponents);
    arb_clear(p->populations.matrix.o);
    arb_clear(p->populations.matrix.shift);
    for (int k = 0; k < N_NUMBERS; k++)
        arb_clear(number(&p->populations, k));
    for (slong k = 0; k < p->length; k++)
    {
        arb_clear(p->expectations[k].o);
        arb_clear(p->expectations[k].shift);
    }
    flint_free(p->expectations);
}

void
lb_certificate_clear(lb_certificate_t c)
{
    for (slong k = 0; k < c->length; k++)
        proof_clear(c->proofs + k);
    flint_free(c->proofs);
    lb_model_clear(c->model);
    json_decref(c->root);
    lb_certificate_init(c);
}

/* --- exact numbers and matrices ------------------------------------------ */

/* Reads one number from *text on; 0 if there is none. */
static int
read_exact(arb_t x, const char ** text)
{
    int negative = **text == '-';
    const char * digits = *text + negative;
    size_t n = strspn(digits, "0123456789abcdef");
    char * end = (char *) digits + n;
    long exponent = 0;
    char * copy;
    fmpz_t mantissa;

    if (n == 0 || n > MAX_HEX_DIGITS)
        return 0;
    if (*end == 'p')
    {
        if (strspn(end + 1 + (end[1] == '-'), "0123456789") == 0)
            return 0;
        exponent = strtol(end + 1, &end, 10);
    }
    if (exponent < -MAX_INTEGER || exponent > MAX_INTEGER)
        return 0;
    copy = lb_text_print("%s%.*s", negative ? "-" : "", (int) n, digits);
    fmpz_init(mantissa);
    fmpz_set_str(mantissa, copy, 16);
    arb_set_fmpz(x, mantissa);
    arb_mul_2exp_si(x, x, exponent);
    fmpz_clear(mantissa);
    flint_free(copy);
    *text = end;
    return 1;
}

/* Row i from column i on; `text` is NULL if the row is no string. */
static int
read_row(acb_mat_t y, const char * text, slong i)
{
    for (slong j = i; text != NULL && *text != '\0'; j++)
    {
        acb_ptr z;

        if (j >= acb_mat_ncols(y) || (j > i && *text++ != ' '))
            return 0;
        z = acb_mat_entry(y, i, j);
        if (!read_exact(acb_realref(z), &text))
            return 0;
        if (j > i && *text == ',')
        {
            text++;
            if (!read_exact(acb_imagref(z), &text))
                return 0;
        }
        if (j > i)
            acb_conj(acb_mat_entry(y, j, i), z);
    }
    return text != NULL;
}

int
lb_proof_matrix_read(acb_mat_t y, const lb_proof_matrix * m)
{
    slong rows = (slong) json_array_size(m->y);
    int ok = rows <= acb_mat_nrows(y);

    acb_mat_zero(y);
    for (slong i = 0; i < rows && ok; i++)
        ok = read_row(y, json_string_value(json_array_get(m->y, (size_t) i)),
                      i);
    return ok;
}

/* --- members ------------------------------------------------------------- */

/* An object that is being read.  Once `err` holds a failure nothing is read any
   more. */
typedef struct
{
    const json_t * object;
    char pointer[192];
    lb_error * err;
} reader;

static void
fail_at(const reader * r, const char * key, const char * text)
{
    if (r->err->status != LB_OK)
        return;
    lb_error_set(r->err, LB_EPARSE, "%s", text);
    lb_text_append(r->err->pointer, sizeof(r->err->pointer), "%s/%s",
                   r->pointer, key);
}

/* From the parent to its part `key`; 0 if that is no object of `members`. */
static int
enter(reader * r, const reader * parent, const char * key,
      const json_t * object, const char * const * members)
{
    r->object = object;
    r->err = parent->err;
    r->pointer[0] = '\0';
    lb_text_append(r->pointer, sizeof(r->pointer), "%s/%s", parent->pointer,
                   key);
    return r->err->status == LB_OK
           && lb_json_check_members(object, members, r->pointer, r->err)
                  == LB_OK;
}

/* The text of a member, one line; NULL if there is none. */
static const char *
get_text(const reader * r, const char * key)
{
    const char * text = NULL;

    if (r->err->status == LB_OK
        && lb_json_get_string(&text, r->object, key, 1, r->pointer, r->err)
               != LB_OK)
        return NULL;
    for (const char * p = text; p != NULL && *p != '\0'; p++)
        if ((unsigned char) *p < 32 || *p == 127)
            fail_at(r, key, "a control character in a text");
    return text;
}

static void
get_exact(arb_t x, const reader * r, const char * key)
{
    const char * text = get_text(r, key);

    if (text != NULL && (!read_exact(x, &text) || *text != '\0'))
        fail_at(r, key,
                "an exact number is expected, such as \"-1ap-3\" for -26/8");
}

/* `value` is the member `key`, or belongs to it. */
static slong
to_integer(const reader * r, const char * key, const json_t * value, slong low)
{
    json_int_t n = json_integer_value(value);
    char text[80] = "";

    if (json_is_integer(value) && n >= low && n <= MAX_INTEGER)
        return (slong) n;
    lb_text_append(text, sizeof(text), "an integer from %ld to %d is expected",
                   (long) low, MAX_INTEGER);
    fail_at(r, key, text);
    return low;
}

static slong
get_integer(const reader * r, const char * key, slong low)
{
    return to_integer(r, key, json_object_get(r->object, key), low);
}

static const json_t *
get_list(const reader * r, const char * key)
{
    const json_t * list = json_object_get(r->object, key);

    if (!json_is_array(list))
        fail_at(r, key, "an array is expected");
    return list;
}

static void
read_matrix(lb_proof_matrix * m, const reader * r)
{
    get_exact(m->o, r, "o");
    if (json_object_get(r->object, "shift") != NULL)
        get_exact(m->shift, r, "shift");
    m->y = get_list(r, "y");
}

static void
read_populations(lb_proof_populations * p, const reader * parent,
                 const json_t * value)
{
    static const char * const members[]
        = { "exponents", "o",       "shift", "y",     "start", "ratio",
            "share",     "damping", "rate",  "scale", NULL };
    const json_t * list;
    reader r;

    if (!enter(&r, parent, "populations", value, members))
        return;
    list = get_list(&r, "exponents");
    p->exponents = flint_calloc(json_array_size(list) + 1, sizeof(slong));
    for (; p->length < (slong) json_array_size(list); p->length++)
        p->exponents[p->length] = to_integer(
            &r, "exponents", json_array_get(list, (size_t) p->length),
            -MAX_INTEGER);
    read_matrix(&p->matrix, &r);
    p->has_tail = json_object_size(value) > 3;
    if (!p->has_tail)
        return;
    p->start = get_integer(&r, "start", 0);
    for (int k = 0; k < N_NUMBERS; k++)
        get_exact(number(p, k), &r, number_names[k]);
    p->scale = get_integer(&r, "scale", -MAX_INTEGER);
}

static void
read_expectations(lb_proof_struct * p, const reader * parent)
{
    static const char * const members[]
        = { "operator", "o", "shift", "y", NULL };
    const json_t * list = get_list(parent, "expectations");

    p->expectations
        = flint_calloc(json_array_size(list) + 1, sizeof(lb_proof_matrix));
    for (; p->length < (slong) json_array_size(list); p->length++)
    {
        lb_proof_matrix * m = p->expectations + p->length;
        char key[40] = "";
        reader r;

        arb_init(m->o);
        arb_init(m->shift);
        lb_text_append(key, sizeof(key), "expectations/%ld", (long) p->length);
        if (enter(&r, parent, key, json_array_get(list, (size_t) p->length),
                  members))
            read_matrix(m, &r);
    }
}

static void
read_cutoff(lb_proof_struct * p, const reader * parent, const lb_scope_t scope)
{
    static const char * const members[] = { "total", "levels", NULL };
    const json_t * value = json_object_get(parent->object, "cutoff");
    json_t *levels = json_object_get(value, "levels"), *level;
    const char * name;
    reader r;

    p->levels = flint_malloc((size_t) (scope->subsystems + 1) * sizeof(slong));
    for (slong k = 0; k < scope->subsystems; k++)
        p->levels[k] = scope->kinds[k] == LB_TWO_LEVEL ? 1 : -1;
    if (!enter(&r, parent, "cutoff", value, members))
        return;
    p->total = -1;
    if (json_object_get(value, "total") != NULL)
        p->total = get_integer(&r, "total", 0);
    if (levels != NULL && !json_is_object(levels))
        fail_at(&r, "levels", "an object is expected");
    json_object_foreach(levels, name, level)
    {
        slong k = lb_scope_find(scope, name);

        if (k >= 0 && scope->symbols[k].kind == LB_SYMBOL_SUBSYSTEM
            && scope->kinds[scope->symbols[k].index] == LB_MODE)
            p->levels[scope->symbols[k].index]
                = to_integer(&r, "levels", level, 0);
        else
            fail_at(&r, "levels", "not the name of a mode");
    }
}

static void
read_proof(lb_proof_struct * p, const reader * parent, const char * key,
           const json_t * value, const lb_model_t model)
{
    static const char * const members[]
        = { "name",      "settings", "quantity",    "level",        "cutoff",
            "precision", "claim",    "populations", "expectations", NULL };
    const json_t * populations = json_object_get(value, "populations");
    const char *quantity, *level;
    char * place;
    reader r;

    if (!enter(&r, parent, key, value, members))
        return;
    if (json_object_get(value, "name") != NULL)
        p->name = get_text(&r, "name");
    p->claim = get_text(&r, "claim");
    p->prec = get_integer(&r, "precision", 2);
    quantity = get_text(&r, "quantity");
    level = get_text(&r, "level");
    p->full = level != NULL && strcmp(level, "full") == 0;
    if (level != NULL && !p->full && strcmp(level, "truncated") != 0)
        fail_at(&r, "level", "the level is 'full' or 'truncated'");
    read_cutoff(p, &r, model->scope);
    p->has_populations = populations != NULL && !json_is_null(populations);
    if (p->has_populations)
        read_populations(&p->populations, &r, populations);
    read_expectations(p, &r);
    place = lb_text_print("%s/settings", r.pointer);
    if (r.err->status == LB_OK
        && lb_json_get_settings(p->settings, json_object_get(value, "settings"),
                                model->file, place, r.err)
               == LB_OK
        && lb_expr_parse(&p->quantity, quantity, r.err) != LB_OK)
        lb_text_append(r.err->pointer, sizeof(r.err->pointer), "%s/quantity",
                       r.pointer);
    flint_free(place);
}

static void
read_model(lb_certificate_t c, const char * path, const reader * r)
{
    char pointer[sizeof(r->pointer)] = "";

    if (lb_model_from_json(c->model, json_object_get(c->root, "model"), path,
                           r->err)
            == LB_OK
        || strcmp(r->err->file, path) != 0)
        return;
    lb_text_append(pointer, sizeof(pointer), "/model%s", r->err->pointer);
    memcpy(r->err->pointer, pointer, sizeof(pointer));
}

static void
read_certificate(lb_certificate_t c, const char * path, lb_error * err)
{
    static const char * const members[] = { "schema", "model", "proofs", NULL };
    reader r = { c->root, "", err };
    const json_t * list;

    if (lb_json_check_schema(c->root, SCHEMA, err) == LB_OK
        && lb_json_check_members(c->root, members, "", err) == LB_OK)
        read_model(c, path, &r);
    list = get_list(&r, "proofs");
    if (json_array_size(list) == 0)
        fail_at(&r, "proofs", "there is no proof");
    c->proofs
        = flint_calloc(json_array_size(list) + 1, sizeof(lb_proof_struct));
    for (; c->length < (slong) json_array_size(list); c->length++)
    {
        char key[40] = "";

        lb_text_append(key, sizeof(key), "proofs/%ld", (long) c->length);
        proof_init(c->proofs + c->length);
        read_proof(c->proofs + c->length, &r, key,
                   json_array_get(list, (size_t) c->length), c->model);
    }
}

lb_status
lb_certificate_read(lb_certificate_t c, const char * path, lb_error * err)
{
    lb_error own;

    lb_error_clear(&own);
    c->root = lb_json_read(path, &own);
    if (own.status == LB_OK)
        read_certificate(c, path, &own);
    if (own.status != LB_OK)
    {
        lb_error_in(&own, path, NULL);
        lb_certificate_clear(c);
    }
    if (err != NULL)
        *err = own;
    return own.status;
}
