/* model/flint_compat.h -- one face for FLINT 2.9 + Arb 2.23 and for FLINT 3.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * FLINT 3 contains Arb and moves its headers to <flint/...>; FLINT 3.2 renames
 * the random-state functions.  Everything else lindbound uses is common. */
#ifndef LB_FLINT_COMPAT_H
#define LB_FLINT_COMPAT_H

#include <flint/flint.h>
#include <flint/fmpz.h>
#include <flint/fmpq.h>

#if __FLINT_VERSION >= 3
#include <flint/acb.h>
#include <flint/acb_hypgeom.h>
#include <flint/acb_mat.h>
#include <flint/acb_poly.h>
#include <flint/arb.h>
#include <flint/arb_fmpz_poly.h>
#include <flint/arb_mat.h>
#include <flint/mag.h>
#define lb_arb_version flint_version
#else
#include <acb.h>
#include <acb_hypgeom.h>
#include <acb_mat.h>
#include <acb_poly.h>
#include <arb.h>
#include <arb_fmpz_poly.h>
#include <arb_mat.h>
#include <mag.h>
#define lb_arb_version arb_version
#endif

#if __FLINT_VERSION > 3 || (__FLINT_VERSION == 3 && __FLINT_VERSION_MINOR >= 2)
#define lb_rand_init flint_rand_init
#define lb_rand_clear flint_rand_clear
#define lb_rand_seed flint_rand_set_seed
#else
#define lb_rand_init flint_randinit
#define lb_rand_clear flint_randclear
#define lb_rand_seed flint_randseed
#endif

#endif /* LB_FLINT_COMPAT_H */
