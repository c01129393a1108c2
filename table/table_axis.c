/* table/table_axis.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Value k of the n values of a linear axis is from + (to - from) k/(n - 1); of
 * a log axis it is from (to/from)^(k/(n - 1)), rounded.  Both depend on the
 * fraction k/(n - 1) alone, so that a refined axis holds the coarse one. */
#include <string.h>

#include <lindbound/functions.h>
#include <lindbound/json_file.h>
#include <lindbound/rational.h>
#include <lindbound/table_internal.h>
#include <lindbound/text.h>

#define SIGNIFICANT 6
#define MAX_SIGNIFICANT 50

void
lb_table_axis_init(lb_table_axis_t axis)
{
    memset(axis, 0, sizeof(*axis));
}

void
lb_table_axis_clear(lb_table_axis_t axis)
{
    for (slong k = 0; k < axis->count; k++)
    {
        fmpq_clear(axis->values + k);
        flint_free(axis->texts[k]);
        lb_expr_free(axis->exprs[k]);
    }
    flint_free(axis->values);
    flint_free(axis->texts);
    flint_free(axis->exprs);
    flint_free(axis->name);
    flint_free(axis->unit);
    flint_free(axis->label);
    lb_table_axis_init(axis);
}

/* room for @p count values, all zero */
static void
allocate(lb_table_axis_t axis, slong count)
{
    size_t n = (size_t) count;

    axis->count = count;
    axis->values = flint_malloc(n * sizeof(fmpq));
    axis->texts = flint_calloc(n, sizeof(char *));
    axis->exprs = flint_calloc(n, sizeof(lb_expr *));
    for (slong k = 0; k < count; k++)
        fmpq_init(axis->values + k);
}

/* --- reading ------------------------------------------------------------- */

static lb_status
read_number(fmpq_t x, const json_t * object, const char * key,
            const char * pointer, lb_error * err)
{
    const json_t * value = json_object_get(object, key);
    char * place = lb_text_print("%s/%s", pointer, key);
    const char * text = NULL;
    lb_status status;

    if (value == NULL)
        status = lb_json_fail(err, pointer, NULL, "the member '%s' is missing",
                              key);
    else
        status = lb_json_text(&text, value, place, err);
    if (status == LB_OK)
    {
        status = lb_rational_read(x, text, err);
        if (status != LB_OK)
            lb_json_error_at(err, place);
    }
    flint_free(place);
    return status;
}

static lb_status
read_name(lb_table_axis_t axis, const json_t * object, const char * pointer,
          lb_error * err)
{
    const char *name = NULL, *unit = NULL, *label = NULL;
    lb_status status
        = lb_json_get_string(&name, object, "name", 1, pointer, err);

    if (status == LB_OK)
        status = lb_json_get_string(&unit, object, "unit", 0, pointer, err);
    if (status == LB_OK)
        status = lb_json_get_string(&label, object, "label", 0, pointer, err);
    if (status != LB_OK)
        return status;
    if (!lb_name_is_valid(name) || lb_name_is_reserved(name))
        return lb_json_fail(
            err, pointer, "name",
            "'%.60s' is %s; an axis is called like a parameter", name,
            lb_name_is_valid(name) ? "reserved by the expression language"
                                   : "not a name");
    axis->name = lb_text_copy(name);
    axis->unit = lb_text_copy(unit);
    axis->label = lb_text_copy(label);
    return LB_OK;
}

/* --- values -------------------------------------------------------------- */

static lb_status
read_list(lb_table_axis_t axis, const json_t * list, slong max_points,
          const char * pointer, lb_error * err)
{
    lb_status status = LB_OK;
    size_t n = json_array_size(list);

    if (!json_is_array(list) || n == 0)
        return lb_json_fail(
            err, pointer, "values",
            "the axis '%s' is empty: 'values' must be a list of at "
            "least one exact number, such as [\"0\", \"1/2\"]",
            axis->name);
    if (n > (size_t) max_points)
        return lb_json_fail(
            err, pointer, "values",
            "%zu values are more than the %ld points allowed; raise "
            "--max-points",
            n, (long) max_points);
    allocate(axis, (slong) n);
    for (size_t k = 0; k < n && status == LB_OK; k++)
    {
        char * place = lb_text_print("%s/values/%zu", pointer, k);
        const char * text = NULL;

        status = lb_json_text(&text, json_array_get(list, k), place, err);
        if (status == LB_OK)
        {
            status = lb_rational_read(axis->values + k, text, err);
            if (status != LB_OK)
                lb_json_error_at(err, place);
        }
        flint_free(place);
    }
    return status;
}

static void
linear_value(fmpq_t x, const fmpq_t from, const fmpq_t to, slong k, slong last)
{
    fmpq_t t;

    fmpq_init(t);
    fmpq_set_si(t, k, (ulong) last);
    fmpq_sub(x, to, from);
    fmpq_mul(x, x, t);
    fmpq_add(x, x, from);
    fmpq_clear(t);
}

/* x = n 10^e */
static void
set_decimal(fmpq_t x, const fmpz_t n, slong e)
{
    fmpz_t power;

    fmpz_init(power);
    fmpz_ui_pow_ui(power, 10, (ulong) FLINT_ABS(e));
    fmpq_set_fmpz(x, n);
    if (e >= 0)
        fmpq_mul_fmpz(x, x, power);
    else
        fmpq_div_fmpz(x, x, power);
    fmpz_clear(power);
}

/* Tries to round the positive ball v to @p significant decimals, ties upward;
   0: v does not tell which way.  A decade that is wrong by one, as of a v next
   to a power of ten, costs or adds one decimal there.  @p force: takes the
   upper end of v if it does not tell. */
static int
round_decimal(fmpq_t x, const arb_t v, slong significant, int force, slong prec)
{
    slong decade;
    arb_t t, scale;
    fmpz_t n;
    int good;

    arb_init(t);
    arb_init(scale);
    fmpz_init(n);
    arb_log_base_ui(t, v, 10, 64);
    decade = arf_get_si(arb_midref(t), ARF_RND_FLOOR);
    arb_set_si(scale, 10);
    arb_pow_fmpz(scale, scale, (fmpz_set_si(n, significant - 1 - decade), n),
                 prec);
    arb_mul(t, v, scale, prec);
    arb_mul_2exp_si(t, t, 1);
    arb_add_ui(t, t, 1, prec);
    arb_mul_2exp_si(t, t, -1);
    if (force)
    {
        arb_get_ubound_arf(arb_midref(t), t, prec);
        mag_zero(arb_radref(t));
    }
    arb_floor(t, t, prec);
    good = arb_get_unique_fmpz(n, t);
    if (good)
        set_decimal(x, n, decade - significant + 1);
    arb_clear(t);
    arb_clear(scale);
    fmpz_clear(n);
    return good;
}

/* from (to/from)^(k/last) to so many decimals; what is not told apart from a
   tie at MAX_PREC bits is taken for one: a grid point may be any number as long
   as it is always the same one */
static void
log_value(fmpq_t x, const fmpq_t from, const fmpq_t to, slong k, slong last,
          slong significant)
{
    enum
    {
        MAX_PREC = 4096
    };
    arb_t v, t;
    fmpq_t power;
    int done = 0;

    arb_init(v);
    arb_init(t);
    fmpq_init(power);
    fmpq_set_si(power, k, (ulong) last);
    for (slong prec = 64 + 4 * significant; !done; prec *= 2)
    {
        fmpq_div(x, to, from);
        arb_set_fmpq(v, x, prec);
        arb_log(v, v, prec);
        arb_set_fmpq(t, power, prec);
        arb_mul(v, v, t, prec);
        arb_exp(v, v, prec);
        arb_set_fmpq(t, from, prec);
        arb_mul(v, v, t, prec);
        done = round_decimal(x, v, significant, prec > MAX_PREC, prec);
    }
    arb_clear(v);
    arb_clear(t);
    fmpq_clear(power);
}

static lb_status
read_range(lb_table_axis_t axis, const json_t * object, slong refine,
           slong max_points, const char * pointer, lb_error * err)
{
    slong points = 0, significant = SIGNIFICANT, last;
    lb_status status;
    fmpq_t from, to;

    fmpq_init(from);
    fmpq_init(to);
    status = read_number(from, object, "from", pointer, err);
    if (status == LB_OK)
        status = read_number(to, object, "to", pointer, err);
    if (status == LB_OK)
        status = lb_json_get_integer(&points, object, "points", 2, WORD_MAX,
                                     pointer, err);
    if (status == LB_OK && points == 0)
        status = lb_json_fail(err, pointer, NULL,
                              "the member 'points' is missing");
    if (status == LB_OK)
        status = lb_json_get_integer(&significant, object, "significant", 1,
                                     MAX_SIGNIFICANT, pointer, err);
    if (status == LB_OK && fmpq_cmp(from, to) >= 0)
        status = lb_json_fail(
            err, pointer, "from",
            "the axis '%s' does not increase: 'from' must be less "
            "than 'to'",
            axis->name);
    if (status == LB_OK && axis->log && fmpq_sgn(from) <= 0)
        status = lb_json_fail(err, pointer, "from",
                              "a logarithmic axis has positive ends");
    if (status == LB_OK && points - 1 > (max_points - 1) / refine)
        status = lb_json_fail(
            err, pointer, "points",
            "the axis '%s' has more than the %ld points allowed; "
            "raise --max-points",
            axis->name, (long) max_points);
    if (status == LB_OK)
    {
        last = (points - 1) * refine;
        allocate(axis, last + 1);
        for (slong k = 0; k <= last; k++)
            if (axis->log && k > 0 && k < last)
                log_value(axis->values + k, from, to, k, last, significant);
            else
                linear_value(axis->values + k, from, to, k, last);
    }
    fmpq_clear(from);
    fmpq_clear(to);
    return status;
}

/* Texts of the values, which must increase. */
static lb_status
finish(lb_table_axis_t axis, const char * pointer, lb_error * err)
{
    lb_status status = LB_OK;

    for (slong k = 0; k < axis->count && status == LB_OK; k++)
    {
        axis->texts[k] = lb_rational_text(axis->values + k);
        status = lb_expr_parse(axis->exprs + k, axis->texts[k], err);
        if (status != LB_OK)
            lb_json_error_at(err, pointer);
        else if (k > 0 && fmpq_cmp(axis->values + k - 1, axis->values + k) >= 0)
            status = lb_json_fail(
                err, pointer, axis->log ? "significant" : "values",
                "the axis '%s' does not increase from %.60s to "
                "%.60s%s",
                axis->name, axis->texts[k - 1], axis->texts[k],
                axis->log ? "; raise 'significant', the decimals its "
                            "values are rounded to"
                          : "");
    }
    return status;
}

lb_status
lb_table_axis_read(lb_table_axis_t axis, const json_t * value, slong refine,
                   slong max_points, const char * pointer, lb_error * err)
{
    static const char * const common[]
        = { "name", "unit", "label", "values", "scale", NULL };
    static const char * const linear[]
        = { "name", "unit", "label", "scale", "from", "to", "points", NULL };
    static const char * const log[]
        = { "name", "unit",   "label",       "scale", "from",
            "to",   "points", "significant", NULL };
    const char * scale = NULL;
    const json_t * list = json_object_get(value, "values");
    lb_status status = LB_OK;

    if (json_is_object(value))
        status = lb_json_get_string(&scale, value, "scale", 0, pointer, err);
    if (status == LB_OK && scale != NULL && strcmp(scale, "linear") != 0
        && strcmp(scale, "log") != 0)
        status
            = lb_json_fail(err, pointer, "scale",
                           "scale '%.40s' is not \"linear\" or \"log\"", scale);
    axis->log = scale != NULL && strcmp(scale, "log") == 0;
    if (status == LB_OK)
        status = lb_json_check_members(value,
                                       list != NULL ? common
                                       : axis->log  ? log
                                                    : linear,
                                       pointer, err);
    if (status == LB_OK)
        status = read_name(axis, value, pointer, err);
    if (status == LB_OK && list != NULL)
        status = read_list(axis, list, max_points, pointer, err);
    else if (status == LB_OK)
        status = read_range(axis, value, refine, max_points, pointer, err);
    if (status == LB_OK)
        status = finish(axis, pointer, err);
    return status;
}
