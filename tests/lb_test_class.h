/* tests/lb_test_class.h -- random models of the class of level full.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * certify/tail.h says what the class is; every feature it names is here. */
#ifndef LB_TEST_CLASS_H
#define LB_TEST_CLASS_H

#include "lb_test_certify.h"

/* Random numbers stand at $ in [-2, 2], % in [0.5, 1.5], & in [0.01, 0.2]. */
typedef struct
{
    const char * text;
    slong total; /* the first M to try                                */
    int tight;   /* weakly driven: the bounds are near the populations */
} class_model;

static const class_model class_models[] = {
    { "modes: a; H: $*a'*a + $*a'^2*a^2 + &*3*(a + a'); %: a; &/2: a'", 7, 0 },
    { "modes: a b; H: $*a'*a + $*b'*b + $*(a'*b + b'*a) + $*a'^2*a^2;"
      "H: &*(a + a') + &*(b + b'); %: a; %: a + b; %: b; &/3: b'; %: a^2",
      6, 0 },
    { "modes: a; two-level: s; H: $*a'*a + $*(a'*s + s'*a) + &*2*(s + s');"
      "%: a; %: s; &: s'; %: s'*s",
      6, 0 },
    /* an undamped two-level system */
    { "modes: a; two-level: s; H: $*a'*a + $*(a'*s + s'*a) + &*2*(a + a');"
      "%: a; %: s'*s",
      6, 0 },
    /* jumps that mix a mode with it; the second is nearly dark to it */
    { "modes: a; two-level: s; H: $*a'*a + &*2*(a + a') + $*s'*s;"
      "%: a + (1/2 + i/3)*s; %: sz(s)",
      6, 0 },
    { "modes: a; two-level: s; H: &*(a + a')/4; %: a + 3*s; &: sz(s)", 44, 0 },
    /* constants beside losses */
    { "modes: a b; H: $*a'*b + h.c.; H: &*i*(a - a') + $*a'*a; %: a;"
      "%: b + & + &*i; %: a'*a",
      6, 0 },
    { "modes: a; two-level: s; H: $*i*a'*s + h.c.; %: a + i*s/2 + &*i;"
      "%: s + &",
      6, 0 },
    /* weak drives */
    { "modes: a; H: $*a'*a + $*a'^2*a^2 + &*(a + a')/2; %: a", 5, 1 },
    { "modes: a b; H: $*a'*b + h.c.; H: (&*i + &)*a' + h.c.;"
      "H: $*a'^2*a^2 + $*b'*b; %: a + i*b; %: b; %: a",
      5, 1 },
    /* drives of two photons: linear loss and a loss of pairs, the loss alone,
       correlated losses of pairs */
    { "modes: a; H: $*a'*a + $*a'^2*a^2; H: (& + &*i)*a'^2 + h.c.;"
      "H: &*(a + a'); %: a^2; %: a",
      8, 0 },
    { "modes: a; H: $*a'*a; H: (& + &*i)*a'^2 + h.c.; H: &*(a + a'); %: a^2",
      10, 0 },
    { "modes: a b; H: &*a'^2 + (&*i + &)*b'^2 + &*a' + h.c.; H: $*a'*b + h.c.;"
      "%: a^2 + i*b^2/2; %: b^2; %: a; %: b",
      7, 0 },
    { "modes: a b; H: &*(a + a'); H: &*i*b' + h.c.; %: a^2; %: b", 8, 0 },
    /* other drives that losses carry */
    { "modes: a; H: (& + i*&)*a'^2*a + h.c.; H: &*(a + a'); %: a'*a^2; %: a", 8,
      0 },
    { "modes: a; two-level: s; H: &*i*a'*s' + h.c.; H: $*a'*s + h.c.;"
      "%: a*s; %: a; %: a*s + a^2/2",
      7, 0 },
    { "modes: a; H: &*a'^3 + &*i*a'^2 + &*a' + h.c.; %: a^3; %: a^2; %: a", 9,
      0 },
    /* drives of undamped two-level systems */
    { "modes: a; two-level: s t; H: $*(a'*s + s'*a) + &*(s + s');"
      "H: &*i*(t - t'); H: $*s'*t + h.c.; %: a; %: t'*t",
      6, 0 },
    /* jumps that raise: correlated, of two-level systems, hot */
    { "modes: a b; H: $*a'*b + h.c.; H: &*(a + a'); %: a; %: b;"
      "&/3: a' + (2*i - 1)*b'/2",
      9, 0 },
    { "modes: a; two-level: s t; H: $*a'*s + h.c.; H: $*a'*t + h.c.;"
      "%: a; %: s + t; &: s' + i*t'",
      7, 0 },
    { "modes: a; H: $*a'*a; H: &*(a + a')/30; 1: a; 3/4: a'", 30, 0 },
    { "modes: a; H: $*a'*a; H: &*(a + a')/2; 1: a; 1/2: a'", 16, 0 },
    /* strong drives: f must rise below M */
    { "modes: a; H: $*a'*a/2 + (3/2)*(a + a'); 1: a", 34, 0 },
    { "modes: a; H: $*a'*a + a'^2*a^2/2 + (1 + &)*(a + a'); 1: a", 30, 0 },
};
#define N_CLASS ((slong) (sizeof(class_models) / sizeof(class_models[0])))

static inline void
class_text(char * text, slong which, flint_rand_t state)
{
    size_t n = 0;

    for (const char * p = class_models[which].text; *p != '\0'; p++)
    {
        double low = *p == '$' ? -2.0 : *p == '%' ? 0.5 : 0.01;
        double high = *p == '$' ? 2.0 : *p == '%' ? 1.5 : 0.2;

        if (*p == '$' || *p == '%' || *p == '&')
        {
            random_number(text + n, 40, low, high, state);
            n = strlen(text);
        }
        else
            text[n++] = *p;
        text[n] = '\0';
    }
}

#endif /* LB_TEST_CLASS_H */
