#!/usr/bin/env bash
# tests/audit.sh [--update] PROGRAM -- judges every claim, and docs/audit.md.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# `lindbound audit` must give the verdicts recorded in data/claims, and its
# table must be docs/audit.md; radii may differ from machine to machine and are
# not compared.  --update writes docs/audit.md anew.
set -euo pipefail
export LC_ALL=C
export OPENBLAS_NUM_THREADS=1

update=0
if [ "${1:-}" = --update ]; then
    update=1
    shift
fi
program=$(realpath -- "${1:?usage: audit.sh [--update] PROGRAM}")
tests=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
export LINDBOUND_DATA=${LINDBOUND_DATA:-$tests/../data}
page=$tests/../docs/audit.md

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

"$program" audit --format markdown -O "$scratch/audit.md" || {
    status=$?
    grep 'NOT AS RECORDED' "$scratch/audit.md" || true
    echo "lindbound audit: exit status $status"
    [ "$update" -eq 1 ] || exit 1
}
if [ "$update" -eq 1 ]; then
    cp -- "$scratch/audit.md" "$page"
    exit 0
fi
without_radii()
{
    sed -E 's/ \(\+\/- [^)]*\)//g' "$1"
}
if ! diff <(without_radii "$page") <(without_radii "$scratch/audit.md"); then
    echo "docs/audit.md is not what lindbound says;" \
        "tests/audit.sh --update PROGRAM writes it anew"
    exit 1
fi
tail -n 1 "$scratch/audit.md"
