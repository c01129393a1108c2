/* tests/lb_test_problem.h -- problems built by hand, without any text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LB_TEST_PROBLEM_H
#define LB_TEST_PROBLEM_H

#include <string.h>

#include <lindbound/model.h>

#define LB_TEST_MAX_JUMPS 8

/* A problem with H = 0 and no jumps; clear with lb_problem_clear. */
static inline void
lb_test_problem_init(lb_problem_t p, const lb_kind * kinds, slong n,
                     slong prec)
{
    p->subsystems = n;
    p->kinds = flint_malloc((size_t) (n + 1) * sizeof(lb_kind));
    memcpy(p->kinds, kinds, (size_t) n * sizeof(lb_kind));
    p->names = NULL;
    p->prec = prec;
    lb_opoly_init(p->hamiltonian, p->kinds, n);
    p->n_jumps = LB_TEST_MAX_JUMPS;
    p->rates_remainder = 0;
    p->rates = _arb_vec_init(LB_TEST_MAX_JUMPS);
    p->jumps = flint_malloc(LB_TEST_MAX_JUMPS * sizeof(lb_opoly_struct));
    for (slong k = 0; k < LB_TEST_MAX_JUMPS; k++)
        lb_opoly_init(p->jumps + k, p->kinds, n);
}

/* q = c drive^order times the word: letter k+1 is the raising operator of
   subsystem k, letter -(k+1) its lowering operator; 0 ends the word. */
static inline void
lb_test_word(lb_opoly_t q, const acb_t c, slong order, const int * word,
             slong prec)
{
    lb_opoly_t letter;
    lb_scalar_t x;

    lb_opoly_init(letter, q->kinds, q->subsystems);
    lb_scalar_init(x);
    lb_scalar_set_acb(x, c);
    x->order = order;
    lb_opoly_set_scalar(q, x);
    for (; *word != 0; word++)
    {
        lb_opoly_set_lowering(letter, abs(*word) - 1);
        if (*word > 0)
            lb_opoly_adjoint(letter, letter);
        lb_opoly_mul(q, q, letter, prec);
    }
    lb_opoly_clear(letter);
    lb_scalar_clear(x);
}

/* p += c drive^order word, and its adjoint if hc */
static inline void
lb_test_add(lb_opoly_t p, const acb_t c, slong order, const int * word, int hc,
            slong prec)
{
    lb_opoly_t q;

    lb_opoly_init(q, p->kinds, p->subsystems);
    lb_test_word(q, c, order, word, prec);
    lb_opoly_add(p, p, q, prec);
    if (hc)
    {
        lb_opoly_adjoint(q, q);
        lb_opoly_add(p, p, q, prec);
    }
    lb_opoly_clear(q);
}

/* As lb_test_add with a real coefficient. */
static inline void
lb_test_add_arb(lb_opoly_t p, const arb_t c, slong order, const int * word,
                int hc, slong prec)
{
    acb_t z;

    acb_init(z);
    acb_set_arb(z, c);
    lb_test_add(p, z, order, word, hc, prec);
    acb_clear(z);
}

static inline void
lb_test_add_si(lb_opoly_t p, slong c, slong order, const int * word, int hc,
               slong prec)
{
    arb_t z;

    arb_init(z);
    arb_set_si(z, c);
    lb_test_add_arb(p, z, order, word, hc, prec);
    arb_clear(z);
}

/* jump k = word, at the given rate */
static inline void
lb_test_jump(lb_problem_t p, slong k, const arb_t rate, const int * word)
{
    acb_t one;

    acb_init(one);
    acb_one(one);
    arb_set(p->rates + k, rate);
    lb_test_word(p->jumps + k, one, 0, word, p->prec);
    acb_clear(one);
}

/* x = n/8 for a random integer n of [-20, 20], or of [1, 41] */
static inline void
lb_test_eighths(arb_t x, flint_rand_t state, int positive)
{
    slong n = (slong) n_randint(state, 41);

    arb_set_si(x, positive ? n + 1 : n - 20);
    arb_mul_2exp_si(x, x, -3);
}

/* Letters of a word. */
#define W(...)                                                                \
    (const int[])                                                             \
    {                                                                         \
        __VA_ARGS__, 0                                                        \
    }

#endif /* LB_TEST_PROBLEM_H */
