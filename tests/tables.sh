#!/usr/bin/env bash
# tests/tables.sh PROGRAM DATA [SAMPLE] -- the tables of data/tables, again.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Every spec DATA/tables/NAME.json has its table, CSV and picture in
# DATA/tables/results, made from that very spec and from the model of today
# (tests/table_oracle.py); and SAMPLE points (1) of each are proved again by cold
# evaluations, and their tiles computed as they were.
set -euo pipefail
export LC_ALL=C OPENBLAS_NUM_THREADS=1

program=$(realpath -- "${1:?usage: tables.sh PROGRAM DATA [SAMPLE]}")
data=$(realpath -- "${2:?usage: tables.sh PROGRAM DATA [SAMPLE]}")
sample=${3:-1}
tests=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
export LINDBOUND_DATA=$data
results=$data/tables/results

tables=0
failed=0

complain()
{
    echo "FAIL  $1"
    failed=$((failed + 1))
}

for spec in "$data"/tables/*.json; do
    [ -e "$spec" ] || continue
    name=$(basename -- "$spec" .json)
    tables=$((tables + 1))
    for ending in json csv svg; do
        if [ ! -s "$results/$name.$ending" ]; then
            complain "$name: results/$name.$ending is missing"
        fi
    done
done
for file in "$results"/*; do
    name=$(basename -- "$file")
    if [ ! -e "$data/tables/${name%.*}.json" ]; then
        complain "results/$name: there is no spec of that name"
    fi
done
if [ "$tables" -eq 0 ]; then
    complain "$data/tables: no specs"
fi

if ! /usr/bin/env python3 "$tests/table_oracle.py" --data "$data" \
    "$results"/*.json; then
    complain "not what docs/tables.md says, or not of the spec in data/tables"
fi
# One thread each, as many tables at once as there are processors.
if ! printf '%s\0' "$results"/*.json \
    | xargs -0 -n 1 -P "$(nproc 2>/dev/null || echo 2)" \
        "$program" table --check --sample "$sample" --regenerate --threads 1; then
    complain "lindbound table --check, see above"
fi

echo "tables: $tables specs, $failed failures"
[ "$failed" -eq 0 ]
