#!/usr/bin/env bash
# tests/symbols.sh NM LIBRARY -- the library defines lb_* and nothing else.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# But for what GCC makes of `#pragma omp critical(lb_...)`, a lock of that name.
set -euo pipefail
export LC_ALL=C

nm=${1:?usage: symbols.sh NM LIBRARY}
library=${2:?usage: symbols.sh NM LIBRARY}

symbols=$("$nm" -D --defined-only "$library" | awk '{ print $NF }')
count=$(grep -c '^lb_' <<<"$symbols" || true)
others=$(grep -vE '^(lb_|\.gomp_critical_user_lb_)' <<<"$symbols" || true)

echo "symbols: $count of lindbound"
if [ -n "$others" ]; then
    echo "other exported symbols (make them static or give them the prefix lb_):"
    echo "$others"
    exit 1
fi
if [ "$count" -eq 0 ]; then
    echo "nothing was checked"
    exit 1
fi
