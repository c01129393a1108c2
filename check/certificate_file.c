/* check/certificate_file.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exact numbers are text  [-]HEX[p[-]DECIMAL], an integer in hexadecimal times
 * a power of two: "-1ap-3" is -26/8.  A row of Y holds the entries from the
 * diagonal on, separated by blanks, each "re" or "re,im"; what is missing at
 * the end of a row, or of the rows, is zero. */
#include <stdlib.h>
#include <string.h>

#include <lindbound/certificate_file.h>
#include <lindbound/json_file.h>
#include <lindbound/model_file.h>
#include <lindbound/text.h>

#define SCHEMA "lindbound-certificate/1"
/* Larger numbers than these prove nothing that anybody needs. */
#define MAX_EXPONENT 1000000
#define MAX_HEX_DIGITS 16384
#define MAX_INTEGER 1000000

void
lb_certificate_init(lb_certificate_t c)
{
    memset(c, 0, sizeof(*c));
    lb_model_init(c->model);
}

static void
proof_init(lb_proof_struct * p)
{
    memset(p, 0, sizeof(*p));
    lb_settings_init(p->settings);
    arf_init(p->populations.matrix.o);
    arf_init(p->populations.ratio);
    arf_init(p->populations.share);
    arf_init(p->populations.damping);
    arf_init(p->populations.rate);
}

static void
proof_clear(lb_proof_struct * p)
{
    lb_settings_clear(p->settings);
    lb_expr_free(p->quantity);
    flint_free(p->levels);
    flint_free(p->populations.exponents);
    arf_clear(p->populations.matrix.o);
    arf_clear(p->populations.ratio);
    arf_clear(p->populations.share);
    arf_clear(p->populations.damping);
    arf_clear(p->populations.rate);
    for (slong k = 0; k < p->length; k++)
        arf_clear(p->expectations[k].o);
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

/* --- exact numbers ------------------------------------------------------- */

/* Reads one number from *text on; 0 if there is none. */
static int
read_dyadic(arf_t x, const char ** text)
{
    const char * p = *text;
    char digits[MAX_HEX_DIGITS + 1];
    size_t n = strspn(p += *p == '-', "0123456789abcdef");
    long exponent = 0;
    fmpz_t mantissa;

    if (n == 0 || n > MAX_HEX_DIGITS)
        return 0;
    memcpy(digits, p, n);
    digits[n] = '\0';
    p += n;
    if (*p == 'p')
    {
        int negative = *++p == '-';
        size_t length = strspn(p += negative, "0123456789");

        if (length == 0 || length > 7)
            return 0;
        exponent = negative ? -strtol(p, NULL, 10) : strtol(p, NULL, 10);
        p += length;
    }
    if (exponent < -MAX_EXPONENT || exponent > MAX_EXPONENT)
        return 0;
    fmpz_init(mantissa);
    n = fmpz_set_str(mantissa, digits, 16) == 0;
    arf_set_fmpz(x, mantissa);
    arf_mul_2exp_si(x, x, exponent);
    if (**text == '-')
        arf_neg(x, x);
    fmpz_clear(mantissa);
    *text = p;
    return n != 0;
}

static lb_status
fail_at(lb_error * err, const char * pointer, const char * key,
        const char * text)
{
    lb_error_set(err, LB_EPARSE, "%s", text);
    if (err != NULL)
        lb_text_append(err->pointer, sizeof(err->pointer), "%s/%s", pointer,
                       key);
    return LB_EPARSE;
}

static lb_status
get_dyadic(arf_t x, const json_t * object, const char * key,
           const char * pointer, lb_error * err)
{
    const char * text;
    lb_status status = lb_json_get_string(&text, object, key, 1, pointer, err);

    if (status == LB_OK && (!read_dyadic(x, &text) || *text != '\0'))
        return fail_at(err, pointer, key,
                       "an exact number is expected, such as \"-1ap-3\" for "
                       "-26/8");
    return status;
}

static lb_status
to_integer(slong * x, const json_t * value, slong low, const char * pointer,
           const char * key, lb_error * err)
{
    json_int_t n = json_integer_value(value);
    char text[80] = "";

    if (json_is_integer(value) && n >= low && n <= MAX_INTEGER)
    {
        *x = (slong) n;
        return LB_OK;
    }
    lb_text_append(text, sizeof(text), "an integer from %ld to %d is expected",
                   (long) low, MAX_INTEGER);
    return fail_at(err, pointer, key, text);
}

static lb_status
get_integer(slong * x, const json_t * object, const char * key, slong low,
            const char * pointer, lb_error * err)
{
    return to_integer(x, json_object_get(object, key), low, pointer, key, err);
}

/* --- matrices ------------------------------------------------------------ */

static lb_status
get_matrix(lb_proof_matrix * m, const json_t * object, const char * pointer,
           lb_error * err)
{
    lb_status status = get_dyadic(m->o, object, "o", pointer, err);

    m->y = json_object_get(object, "y");
    if (status == LB_OK && !json_is_array(m->y))
        return fail_at(err, pointer, "y", "an array of rows is expected");
    for (size_t k = 0; status == LB_OK && k < json_array_size(m->y); k++)
        if (!json_is_string(json_array_get(m->y, k)))
            return fail_at(err, pointer, "y", "a row of Y must be a string");
    return status;
}

/* Row i from column i on. */
static int
read_row(acb_ptr y, const char * text, slong i, slong d)
{
    for (slong j = i; *text != '\0'; j++)
    {
        acb_ptr z = y + i * d + j;

        if (j > i && *text++ != ' ')
            return 0;
        if (j == d || !read_dyadic(arb_midref(acb_realref(z)), &text))
            return 0;
        if (*text == ',')
        {
            text++;
            if (i == j || !read_dyadic(arb_midref(acb_imagref(z)), &text))
                return 0;
        }
        if (j > i)
            acb_conj(y + j * d + i, z);
    }
    return 1;
}

int
lb_proof_matrix_read(acb_ptr y, const lb_proof_matrix * m, slong d)
{
    size_t rows = json_array_size(m->y);

    if (rows > (size_t) d)
        return 0;
    for (size_t i = 0; i < rows; i++)
        if (!read_row(y, json_string_value(json_array_get(m->y, i)), (slong) i,
                      d))
            return 0;
    return 1;
}

/* --- members ------------------------------------------------------------- */

static lb_status
read_populations(lb_proof_populations * p, const json_t * value,
                 const char * pointer, lb_error * err)
{
    static const char * const members[]
        = { "exponents", "o",       "y",    "start", "ratio",
            "share",     "damping", "rate", "scale", NULL };
    const json_t * list = json_object_get(value, "exponents");
    lb_status status = lb_json_check_members(value, members, pointer, err);

    if (status == LB_OK && !json_is_array(list))
        status = fail_at(err, pointer, "exponents",
                         "an array of integers is expected");
    p->exponents = flint_calloc(json_array_size(list) + 1, sizeof(slong));
    for (; status == LB_OK && p->length < (slong) json_array_size(list);
         p->length++)
        status = to_integer(p->exponents + p->length,
                            json_array_get(list, (size_t) p->length),
                            -MAX_INTEGER, pointer, "exponents", err);
    if (status == LB_OK)
        status = get_matrix(&p->matrix, value, pointer, err);
    p->has_tail = json_object_size(value) > 3;
    if (status != LB_OK || !p->has_tail)
        return status;
    status = get_integer(&p->start, value, "start", 0, pointer, err);
    if (status == LB_OK)
        status = get_dyadic(p->ratio, value, "ratio", pointer, err);
    if (status == LB_OK)
        status = get_dyadic(p->share, value, "share", pointer, err);
    if (status == LB_OK)
        status = get_dyadic(p->damping, value, "damping", pointer, err);
    if (status == LB_OK)
        status = get_dyadic(p->rate, value, "rate", pointer, err);
    if (status == LB_OK)
        status = get_integer(&p->scale, value, "scale", -MAX_INTEGER, pointer,
                             err);
    return status;
}

static lb_status
read_expectations(lb_proof_struct * p, const json_t * list,
                  const char * pointer, lb_error * err)
{
    static const char * const members[] = { "operator", "o", "y", NULL };
    lb_status status = LB_OK;

    if (!json_is_array(list))
        return fail_at(err, pointer, "expectations", "an array is expected");
    p->expectations
        = flint_calloc(json_array_size(list) + 1, sizeof(lb_proof_matrix));
    for (size_t k = 0; k < json_array_size(list) && status == LB_OK; k++)
    {
        const json_t * value = json_array_get(list, k);
        char * place = lb_text_print("%s/expectations/%zu", pointer, k);
        lb_proof_matrix * m = p->expectations + p->length++;
        const char * ignored;

        arf_init(m->o);
        status = lb_json_check_members(value, members, place, err);
        if (status == LB_OK)
            status = lb_json_get_string(&ignored, value, "operator", 0, place,
                                        err);
        if (status == LB_OK)
            status = get_matrix(m, value, place, err);
        flint_free(place);
    }
    return status;
}

static lb_status
read_cutoff(lb_proof_struct * p, const json_t * value, const lb_scope_t scope,
            const char * pointer, lb_error * err)
{
    static const char * const members[] = { "total", "levels", NULL };
    json_t * levels = json_object_get(value, "levels");
    lb_status status = lb_json_check_members(value, members, pointer, err);
    const char * name;
    json_t * level;

    p->total = -1;
    p->levels = flint_malloc((size_t) (scope->subsystems + 1) * sizeof(slong));
    for (slong k = 0; k < scope->subsystems; k++)
        p->levels[k] = scope->kinds[k] == LB_TWO_LEVEL ? 1 : -1;
    if (status == LB_OK && json_object_get(value, "total") != NULL)
        status = get_integer(&p->total, value, "total", 0, pointer, err);
    if (status == LB_OK && levels != NULL && !json_is_object(levels))
        status = fail_at(err, pointer, "levels", "an object is expected");
    if (status != LB_OK)
        return status;
    json_object_foreach(levels, name, level)
    {
        slong k = lb_scope_find(scope, name);

        if (k < 0 || scope->symbols[k].kind != LB_SYMBOL_SUBSYSTEM
            || scope->kinds[scope->symbols[k].index] != LB_MODE)
            return fail_at(err, pointer, "levels", "not the name of a mode");
        status = to_integer(p->levels + scope->symbols[k].index, level, 0,
                            pointer, "levels", err);
        if (status != LB_OK)
            return status;
    }
    return LB_OK;
}

static lb_status
read_texts(lb_proof_struct * p, const json_t * value, const char * file,
           const char * pointer, lb_error * err)
{
    char * place = lb_text_print("%s/settings", pointer);
    const char *quantity, *level = NULL;
    lb_status status = lb_json_get_settings(
        p->settings, json_object_get(value, "settings"), file, place, err);

    flint_free(place);
    if (status == LB_OK)
        status
            = lb_json_get_string(&quantity, value, "quantity", 1, pointer, err);
    if (status == LB_OK)
    {
        status = lb_expr_parse(&p->quantity, quantity, err);
        if (status != LB_OK && err != NULL)
            lb_text_append(err->pointer, sizeof(err->pointer), "%s/quantity",
                           pointer);
    }
    if (status == LB_OK)
        status = lb_json_get_string(&level, value, "level", 1, pointer, err);
    if (status == LB_OK && strcmp(level, "full") != 0
        && strcmp(level, "truncated") != 0)
        status = fail_at(err, pointer, "level",
                         "the level is 'full' or 'truncated'");
    p->full = level != NULL && strcmp(level, "full") == 0;
    if (status == LB_OK)
        status = lb_json_get_string(&p->claim, value, "claim", 1, pointer, err);
    return status;
}

static lb_status
read_proof(lb_proof_struct * p, const json_t * value, const lb_model_t model,
           const char * pointer, lb_error * err)
{
    static const char * const members[]
        = { "settings", "quantity",    "level",        "cutoff", "precision",
            "claim",    "populations", "expectations", NULL };
    const json_t * populations = json_object_get(value, "populations");
    char * place = lb_text_print("%s/cutoff", pointer);
    lb_status status = lb_json_check_members(value, members, pointer, err);

    if (status == LB_OK)
        status = read_texts(p, value, model->file, pointer, err);
    if (status == LB_OK)
        status = get_integer(&p->prec, value, "precision", 2, pointer, err);
    if (status == LB_OK)
        status = read_cutoff(p, json_object_get(value, "cutoff"), model->scope,
                             place, err);
    flint_free(place);
    if (status == LB_OK && populations != NULL && !json_is_null(populations))
    {
        p->has_populations = 1;
        place = lb_text_print("%s/populations", pointer);
        status = read_populations(&p->populations, populations, place, err);
        flint_free(place);
    }
    if (status == LB_OK)
        status = read_expectations(p, json_object_get(value, "expectations"),
                                   pointer, err);
    return status;
}

static lb_status
read_model(lb_certificate_t c, const char * path, lb_error * err)
{
    lb_status status = lb_model_from_json(
        c->model, json_object_get(c->root, "model"), path, err);

    if (status != LB_OK && err != NULL && strcmp(err->file, path) == 0)
    {
        char * pointer = lb_text_copy(err->pointer);

        err->pointer[0] = '\0';
        lb_text_append(err->pointer, sizeof(err->pointer), "/model%s", pointer);
        flint_free(pointer);
    }
    return status;
}

static lb_status
read_members(lb_certificate_t c, const char * path, lb_error * err)
{
    static const char * const members[] = { "schema", "model", "proofs", NULL };
    const json_t * list = json_object_get(c->root, "proofs");
    lb_status status = lb_json_check_schema(c->root, SCHEMA, err);

    if (status == LB_OK)
        status = lb_json_check_members(c->root, members, "", err);
    if (status == LB_OK)
        status = read_model(c, path, err);
    if (status == LB_OK && json_array_size(list) == 0)
        status = fail_at(err, "", "proofs", "a non-empty array is expected");
    c->proofs
        = flint_calloc(json_array_size(list) + 1, sizeof(lb_proof_struct));
    for (size_t k = 0; k < json_array_size(list) && status == LB_OK; k++)
    {
        char * pointer = lb_text_print("/proofs/%zu", k);

        proof_init(c->proofs + c->length++);
        status = read_proof(c->proofs + k, json_array_get(list, k), c->model,
                            pointer, err);
        flint_free(pointer);
    }
    return status;
}

lb_status
lb_certificate_read(lb_certificate_t c, const char * path, lb_error * err)
{
    lb_status status;

    c->root = lb_json_read(path, err);
    if (c->root == NULL)
        return err != NULL ? err->status : LB_EPARSE;
    status = read_members(c, path, err);
    if (status != LB_OK)
    {
        lb_error_in(err, path, NULL);
        lb_certificate_clear(c);
    }
    return status;
}
