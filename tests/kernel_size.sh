#!/usr/bin/env bash
# tests/kernel_size.sh PROGRAM -- docs/certificates.md says how large the
# kernel is, and shows a certificate that it accepts.
# SPDX-License-Identifier: GPL-3.0-or-later
set -euo pipefail
export LC_ALL=C

program=$(realpath -- "${1:?usage: kernel_size.sh PROGRAM}")
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
bad=0

# Lines that are not blank, comments or a brace alone.
count()
{
    perl -0777 -pe 's{/\*.*?\*/}{}gs' "$1" | grep -cvE '^[[:space:]]*[{}]?;?[[:space:]]*$'
}

for file in check/*.c; do
    lines=$(count "$file")
    echo "$file: $lines"
    if ! grep -qF "| \`$file\` | $lines |" docs/certificates.md; then
        echo "docs/certificates.md states another number for $file"
        bad=1
    fi
done

sed -n '/^```json$/,/^```$/p' docs/certificates.md | sed '1d;$d' \
    >"$scratch/example.json"
"$program" check "$scratch/example.json" || bad=1
exit "$bad"
