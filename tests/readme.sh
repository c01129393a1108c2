#!/usr/bin/env bash
# tests/readme.sh PROGRAM -- the README shows what the program prints.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every block of README.md that begins with "    $ lindbound ..." is run; the
# lines under it must appear in the output, in that order ("..." skips lines).
# Radii of balls are not compared, as they depend on the processor's rounding,
# nor how many blanks there are, as the width of a column depends on them.
# The commands of the table of systems are run, too, and must succeed.
set -euo pipefail
export LC_ALL=C OPENBLAS_NUM_THREADS=1

program=$(realpath -- "${1:?usage: readme.sh PROGRAM}")
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

blocks=0
lines=0
failed=0
command=""

without_radius()
{
    sed 's|+/- [0-9.e+-]*|+/- R|g; s|  *| |g; s| $||'
}

# Continues in the output after the last line found.
expect_line()
{
    local found

    found=$(tail -n "+$((position + 1))" "$scratch/output" \
        | grep -nxF -- "$(without_radius <<<"$1")" | head -n 1 | cut -d: -f1) || true
    lines=$((lines + 1))
    if [ -z "$found" ]; then
        failed=$((failed + 1))
        printf 'not printed by %s:\n    %s\n' "$command" "$1"
    else
        position=$((position + found))
    fi
}

while IFS= read -r line; do
    case $line in
    "    \$ lindbound "*)
        command=${line#"    \$ "}
        ;;
    "    > "*) # a continued command
        command="${command%\\} ${line#"    > "}"
        ;;
    "    "*)
        [ -n "$command" ] || continue
        if [ "$command" != "${ran:-}" ]; then
            (export LINDBOUND_DATA="$PWD/data"
                cd -- "$scratch" # files that commands write
                eval "\"$program\" ${command#lindbound}") 2>&1 </dev/null \
                | without_radius >"$scratch/output" || true
            ran=$command
            position=0
            blocks=$((blocks + 1))
        fi
        [ "$line" = "    ..." ] || expect_line "${line#"    "}"
        ;;
    "") ;;
    *)
        command=""
        ;;
    esac
done <README.md

systems=0
while IFS= read -r command; do
    systems=$((systems + 1))
    if ! (export LINDBOUND_DATA="$PWD/data"
        lindbound() { "$program" "$@"; }
        cd -- "$scratch"
        set -e
        eval "$command") </dev/null >"$scratch/output" 2>&1; then
        failed=$((failed + 1))
        echo "fails: $command"
        cat -- "$scratch/output"
    fi
done < <(sed -n 's/^| .* | `\(lindbound .*\)` |$/\1/p' README.md)

echo "README: $systems systems, $blocks commands, $lines lines, $failed not printed"
[ "$failed" -eq 0 ] && [ "$systems" -ge 30 ] && [ "$blocks" -ge 2 ] && [ "$lines" -ge 10 ]
