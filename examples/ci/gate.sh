#!/usr/bin/env bash
# gate.sh COMMAND [ARGUMENTS] -- lindbound's gate for a solver, on any CI.
# SPDX-License-Identifier: CC0-1.0
#
# COMMAND starts the solver (docs/vectors.md, "The protocol"); ARGUMENTS go to
# `lindbound gate`, such as kerr nanotip, --jobs 2, --filter 'difficulty=lower'.
#
#   LINDBOUND          the command (lindbound); if there is none, it is built from
#   LINDBOUND_SOURCE   a folder with lindbound's source, into
#   LINDBOUND_PREFIX   this folder (~/.cache/lindbound), which is worth caching
#   KNOWN_FAILURES     ids that may fail (known-failures.txt, if it is there)
#   REPORTS            folder for gate.xml, JUnit, and gate.md (lindbound-reports)
#
# Exit status: that of `lindbound gate`: 0 good, 1 a value is wrong or a known
# failure passes, 4 the solver crashed or timed out, 3 undecided, 2 bad input.
set -euo pipefail

command=${1:?usage: gate.sh COMMAND [ARGUMENTS]}
shift
prefix=${LINDBOUND_PREFIX:-$HOME/.cache/lindbound}
lindbound=${LINDBOUND:-lindbound}
known=${KNOWN_FAILURES:-known-failures.txt}
reports=${REPORTS:-lindbound-reports}

if ! command -v "$lindbound" >/dev/null; then
    lindbound=$prefix/bin/lindbound
fi
if [ ! -x "$(command -v "$lindbound")" ]; then
    source=${LINDBOUND_SOURCE:?no lindbound here, and no LINDBOUND_SOURCE to build it}
    bash "$source/scripts/setup" --build
    cmake -S "$source" -B "$prefix/build" -G Ninja -DCMAKE_BUILD_TYPE=Release \
        -DLB_BUILD_TESTS=OFF -DLB_BUILD_BENCH=OFF
    cmake --build "$prefix/build"
    cmake --install "$prefix/build" --prefix "$prefix"
    rm -rf -- "$prefix/build"
fi

arguments=(--exec "$command" --explain)
if [ -e "$known" ]; then
    arguments+=(--known-failures "$known")
fi
mkdir -p -- "$reports"
arguments+=(--report "junit:$reports/gate.xml" --report "markdown:$reports/gate.md")
if [ "${GITHUB_ACTIONS:-}" = true ]; then
    arguments+=(--format github)
fi

status=0
"$lindbound" gate "$@" "${arguments[@]}" || status=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -s "$reports/gate.md" ]; then
    cat -- "$reports/gate.md" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$status"
