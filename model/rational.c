/* model/rational.c
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include <lindbound/expression.h>
#include <lindbound/rational.h>
#include <lindbound/text.h>

/* a literal without radius, perhaps with signs; 0 if the node is none */
static int
literal(fmpq_t x, const lb_node * node)
{
    if (node->kind == LB_NODE_NEGATE)
    {
        if (!literal(x, node->args[0]))
            return 0;
        fmpq_neg(x, x);
        return 1;
    }
    if (node->kind != LB_NODE_NUMBER || !fmpq_is_zero(node->radius))
        return 0;
    fmpq_set(x, node->value);
    return 1;
}

static int
quotient(fmpq_t x, const lb_node * node)
{
    fmpq_t y;
    int good;

    if (node->kind == LB_NODE_NEGATE)
    {
        good = quotient(x, node->args[0]);
        fmpq_neg(x, x);
        return good;
    }
    if (node->kind != LB_NODE_DIVIDE)
        return literal(x, node);
    fmpq_init(y);
    good = literal(x, node->args[0]) && literal(y, node->args[1])
           && !fmpq_is_zero(y);
    if (good)
        fmpq_div(x, x, y);
    fmpq_clear(y);
    return good;
}

lb_status
lb_rational_read(fmpq_t x, const char * text, lb_error * err)
{
    lb_expr * e = NULL;
    int good = lb_expr_parse(&e, text, NULL) == LB_OK && quotient(x, e->root);

    lb_expr_free(e);
    if (good)
        return LB_OK;
    fmpq_zero(x);
    return lb_error_set(err, LB_EPARSE,
                        "'%.60s' is not an exact number; write a decimal "
                        "such as -0.25 or a quotient such as 1/3",
                        text);
}

/* |x| 10^places, an integer, as a decimal with that many places */
static char *
decimal_text(const fmpz_t scaled, size_t places, int negative)
{
    static const char zeros[] = "0000000000000000000000000000000000000000";
    char *digits = fmpz_get_str(NULL, 10, scaled), *text;
    const char * sign = negative ? "-" : "";
    size_t n = strlen(digits);

    if (places == 0)
        text = lb_text_print("%s%s", sign, digits);
    else if (n > places)
        text = lb_text_print("%s%.*s.%s", sign, (int) (n - places), digits,
                             digits + n - places);
    else
        text = lb_text_print("%s0.%.*s%s", sign, (int) (places - n), zeros,
                             digits);
    flint_free(digits);
    return text;
}

char *
lb_rational_text(const fmpq_t x)
{
    char *digits, *text;
    fmpz_t scaled, power;
    size_t places;

    fmpz_init(power);
    fmpz_init(scaled);
    fmpz_one(power);
    for (places = 0; places < 40 && !fmpz_divisible(power, fmpq_denref(x));
         places++)
        fmpz_mul_ui(power, power, 10);
    if (!fmpz_divisible(power, fmpq_denref(x)))
    {
        digits = fmpq_get_str(NULL, 10, x);
        text = lb_text_copy(digits);
        flint_free(digits);
    }
    else
    {
        fmpz_divexact(scaled, power, fmpq_denref(x));
        fmpz_mul(scaled, scaled, fmpq_numref(x));
        fmpz_abs(scaled, scaled);
        text = decimal_text(scaled, places, fmpq_sgn(x) < 0);
    }
    fmpz_clear(power);
    fmpz_clear(scaled);
    return text;
}
