#!/usr/bin/env bash
# tests/vector_files.sh PROGRAM -- the vectors of data/vectors are those that their
# specs make: some cheap ones, to the last bit, and by 'vectors --check'; the
# manifest is that of the files.
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
export LC_ALL=C
export OPENBLAS_NUM_THREADS=1

program=$(realpath -- "${1:?usage: vector_files.sh PROGRAM}")
tests=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
export LINDBOUND_DATA=${LINDBOUND_DATA:-$tests/../data}
vectors=$(realpath -- "$LINDBOUND_DATA/vectors")
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
cd -- "$scratch"

fail()
{
    echo "FAIL $1"
    cat out.txt
    exit 1
}
# shellcheck source=tests/checks.sh
source "$tests/checks.sh"

# without who made them and with what
plain()
{
    sed -E 's/"(lindbound|flint|arb)": "[0-9.]*"/"\1": "#"/' "$1"
}

: >out.txt
for name in chiral_emitter emitter_pair plaquette two_mechanical_modes; do
    for threads in 1 3; do
        "$program" vectors "$name" --threads $threads -O "$name.$threads.json" \
            >out.txt 2>&1 || fail "$name cannot be made"
    done
    holds "$name depends on the threads" cmp "$name.1.json" "$name.3.json"
    plain "$name.1.json" >made.json
    plain "$vectors/$name.json" >recorded.json
    holds "$name is not what its spec makes" cmp made.json recorded.json
done
"$program" vectors --check chiral_emitter plaquette >out.txt 2>&1 \
    || fail "they are not proved again"
says " 0 failures"

# A copy of all files has the manifest of the files.
mkdir copy
cp "$vectors"/*.json copy
rm copy/manifest.json
"$program" vectors emitter_pair -O copy/ >out.txt 2>&1 || fail "no manifest"
says "copy/manifest.json"
for file in copy/*.json; do
    name=$(basename -- "$file" .json)
    if [ "$name" != manifest ] && [ "$name" != emitter_pair ]; then
        holds "$name is not in the manifest with its checksum" \
            grep -qF "\"$(sha256sum <"$file" | cut -d' ' -f1 \
                | sed 's/^/sha256:/')\"" "$vectors/manifest.json"
    fi
done
holds "the manifest lists other files" test \
    "$(grep -c '"sha256"' "$vectors/manifest.json")" = \
    "$(($(find "$vectors" -maxdepth 1 -name '*.json' | wc -l) - 1))"

# -O into a folder that is not there, and what is no spec, are refused.
! "$program" vectors emitter_pair -O nowhere/ >out.txt 2>&1 || fail "nowhere/"
says "nowhere/emitter_pair.json: cannot write"
! "$program" vectors "$vectors/emitter_pair.json" >out.txt 2>&1 \
    || fail "vectors are a spec"
says "schema"

echo "vector_files: $checks checks passed"
