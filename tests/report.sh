#!/usr/bin/env bash
# tests/report.sh PROGRAM PYTHON -- the page of `lindbound report`.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A page of some systems, claims and two tables made here holds every number of
# `verify`, `audit` and the tables, leads nowhere outside itself
# (tests/report_page.py), comes out the same twice, and Chromium lays it out on
# 360 pixels without scrolling sideways, with all exact forms open, and without
# errors.
set -euo pipefail
export LC_ALL=C OPENBLAS_NUM_THREADS=1
unset SOURCE_DATE_EPOCH

program=$(realpath -- "${1:?usage: report.sh PROGRAM PYTHON}")
python=${2:?usage: report.sh PROGRAM PYTHON}
tests=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
export LINDBOUND_DATA=${LINDBOUND_DATA:-$tests/../data}
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
cd -- "$scratch"

systems=(dark_dimer circulator cavity_cascade emitter_pair)
claims=(three_cavity/g2_five_orders three_cavity/eq12_S21
    three_cavity/lossless_b_T_optimum)

# --- the page and what it is made from ---------------------------------------
mkdir tables
for table in map curve; do
    "$program" table "$tests/report/$table.json" --plot --quiet \
        -O "tables/$table"
done
"$program" verify "${systems[@]}" --format json -O verify.json
"$program" audit "${claims[@]}" --format json -O audit.json
for page in one two; do
    "$program" report "${systems[@]}" "${claims[@]}" --tables tables \
        -O "$page.html" >"$page.txt"
done
cat one.txt
cmp one.html two.html
"$python" "$tests/report_page.py" one.html verify.json audit.json \
    tables/map.json tables/curve.json

SOURCE_DATE_EPOCH=86400 "$program" report --no-verify --no-audit \
    --tables tables -O dated.html >/dev/null
if ! grep -q '1970-01-02' dated.html || grep -q '1970-01-02' one.html; then
    echo "the date is not that of SOURCE_DATE_EPOCH"
    exit 1
fi

# --- laid out ----------------------------------------------------------------
for name in chromium chromium-browser google-chrome ""; do
    if [ -z "$name" ]; then
        echo "SKIPPED: no Chromium, the page was not laid out"
        exit 0
    fi
    command -v "$name" >/dev/null && break
done

# Opens everything and tells what came of it.  A window of Chromium is 500 pixels
# wide at least, so that the page stands in a frame.
"$python" - one.html phone.html <<'EOF'
import sys
page = open(sys.argv[1], encoding="utf-8").read()
page = page.replace("<head>", """<head><script>
var errors = [];
window.onerror = function (text) { errors.push(text); };
window.addEventListener('load', function () {
  document.querySelectorAll('details').forEach(function (d) { d.open = true; });
  setTimeout(function () {
    parent.postMessage('window ' + window.innerWidth + ', page '
      + document.documentElement.scrollWidth + ', buttons '
      + (document.querySelectorAll('button').length > 100) + ', errors '
      + errors.length, '*');
  }, 500);
});
</script>""", 1)
open(sys.argv[2], "w", encoding="utf-8").write(page)
EOF
cat >frame.html <<'EOF'
<!DOCTYPE html><title></title>
<script>onmessage = function (e) { document.title = e.data; };</script>
<iframe src="phone.html" width="360" height="800" style="border: 0"></iframe>
EOF
"$name" --headless --no-sandbox --disable-gpu --user-data-dir="$scratch/profile" \
    --hide-scrollbars --window-size=800,900 --virtual-time-budget=10000 --dump-dom \
    "file://$scratch/frame.html" >dom.html 2>chromium.txt || {
    cat chromium.txt
    exit 1
}
title=$(sed -n 's|.*<title>\(.*\)</title>.*|\1|p' dom.html | head -n 1)
echo "laid out: $title"
if [ "$title" != "window 360, page 360, buttons true, errors 0" ]; then
    echo "expected: window 360, page 360, buttons true, errors 0"
    exit 1
fi
