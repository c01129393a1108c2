#!/usr/bin/env bash
# tests/table_kill.sh PROGRAM [SEED] -- tables that are interrupted.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Killed at random moments, stopped, out of room, started twice: no finished
# point is lost or made twice, and the table is the same to the last bit.
set -euo pipefail
export LC_ALL=C
export OPENBLAS_NUM_THREADS=1

program=$(realpath -- "${1:?usage: table_kill.sh PROGRAM [SEED]}")
seed=${2:-$(date +%s)}
RANDOM=$seed
tests=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
source "$tests/checks.sh"
export LINDBOUND_DATA=${LINDBOUND_DATA:-$tests/../data}

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
cd -- "$scratch"

fail()
{
    echo "table_kill: seed $seed: $*"
    for file in out.txt *.journal; do
        [ -e "$file" ] && echo "--- $file:" && tail -n 3 "$file"
    done
    exit 1
}

# run STATUS ARGUMENTS...: the command's exit status; its output is in out.txt
run()
{
    local wanted=$1 status=0
    shift
    "$program" table "$@" >out.txt 2>&1 || status=$?
    checks=$((checks + 1))
    [ "$status" = "$wanted" ] || fail "$*: exit status $status, not $wanted"
}

points_of()
{
    sed -n 's/^[0-9a-f]\{16\} \[\([0-9]*\),.*/\1/p' "$1"
}

cat >spec.json <<'END'
{ "schema": "lindbound-table/1", "name": "killed", "title": "killed",
  "source": "a test", "model": "three_cavity",
  "parameters": { "theta": "x*pi" },
  "axes": [
    { "name": "x", "from": "-1", "to": "1", "points": 6 },
    { "name": "kappa_b", "scale": "log", "from": "0.1", "to": "10",
      "points": 16 } ],
  "level": "truncated", "cutoff": "2", "digits": 6, "tile": 4,
  "columns": [ "T_ac", "g2_ac" ] }
END

# --- undisturbed, with any number of threads -----------------------------------
start=$(date +%s%N)
run 0 ./spec.json -O whole
whole_time=$((($(date +%s%N) - start) / 1000000))
says "96 points, 192 entries of 6 digits, 0 undecided"
for threads in 1 2 3; do
    run 0 ./spec.json -O threads.json --threads "$threads" --quiet
    same_as whole threads
    holds "--quiet is not quiet" test ! -s out.txt
    rm threads.*
done

# --- killed --------------------------------------------------------------------
# A run may be faster than its kill.
take_finished()
{
    if [ -e killed.json ] && [ ! -e killed.journal ]; then
        same_as whole killed
        rm killed.*
    fi
}

resumed=0
for kill in $(seq 20); do
    take_finished
    : >before
    if [ -e killed.journal ]; then
        # without an unfinished last line
        sed -n '$!p' killed.journal >before
        if [ -z "$(tail -c 1 killed.journal)" ]; then
            cp killed.journal before
        fi
        resumed=$((resumed + 1))
    fi
    "$program" table ./spec.json -O killed --threads 2 --quiet &
    child=$!
    pause=$((RANDOM % (whole_time / 3 + 20)))
    sleep "$((pause / 1000)).$(printf %03d $((pause % 1000)))"
    kill -KILL "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
    if [ -e killed.journal ]; then
        holds "kill $kill: rows are lost" \
            cmp -n "$(stat -c %s before)" before killed.journal
        holds "kill $kill: a point is there twice" \
            test -z "$(points_of killed.journal | sort | uniq -d)"
    elif [ ! -e killed.json ]; then
        holds "kill $kill: the journal is lost" test ! -s before
    fi
done
take_finished
run 0 ./spec.json -O killed --quiet
same_as whole killed
[ "$resumed" -ge 5 ] || fail "only $resumed runs began with a journal"

# begin BASE: starts a run in the background, until some points are there
begin()
{
    set -m # a background job of a script would ignore SIGINT
    "$program" table ./spec.json -O "$1" >out.txt 2>&1 &
    child=$!
    set +m
    until [ -e "$1.journal" ] && [ "$(wc -l <"$1.journal")" -gt 5 ]; do
        kill -0 "$child" || fail "a run has ended early"
    done
}

# --- stopped: a partial table, and the same command goes on ----------------------
for signal in INT TERM; do
    status=0
    begin stopped
    kill -"$signal" "$child"
    wait "$child" || status=$?
    wanted=$((128 + $(kill -l "$signal")))
    [ "$status" = "$wanted" ] || fail "SIG$signal: exit status $status"
    says "of 96 points, which are in stopped.journal"
    said=$(sed -n 's/.*stopped with \([0-9]*\) of.*/\1/p' out.txt)
    holds "the partial table is not valid" python3 - "$said" <<'END'
import csv, json, sys
table = json.load(open("stopped.json"))
rows = [row for row in csv.reader(open("stopped.csv")) if row[0][0] != "#"]
assert table["complete"] is False and table["points"] == 96
assert 0 < len(table["rows"]) == int(sys.argv[1]) == len(rows) - 1 < 96
points = [row[0] for row in table["rows"]]
assert points == sorted(set(points))
END
    rows=$(points_of stopped.journal | wc -l)
    [ "$rows" = "$said" ] || fail "$said points said, $rows in the journal"
    run 0 ./spec.json -O stopped
    says "$((96 - said)) points in"
    same_as whole stopped
    rm stopped.*
done

# --- no room ---------------------------------------------------------------------
(ulimit -f 8 && run 2 ./spec.json -O full && says "points are safe: make room")
holds "points are lost on a full disk" test "$(points_of full.journal | wc -l)" -ge 5
holds "a row is torn on a full disk" test -z "$(tail -c 1 full.journal)"
holds "a table on a full disk" test ! -e full.json
run 0 ./spec.json -O full
same_as whole full
rm full.*

# room for the journal, but not for the table
(ulimit -f "$(($(stat -c %s whole.json) / 1024 - 1))" \
    && run 2 ./spec.json -O full && says "cannot write: File too large")
holds "half a table on a full disk" test ! -e full.json
holds "leftovers on a full disk" test "$(echo full*)" = full.journal
run 0 ./spec.json -O full
says "; 0 points in"
same_as whole full
rm full.*

# --- two at once -----------------------------------------------------------------
begin twice
run 2 ./spec.json -O twice
says "twice.journal: another run is making this table"
wait "$child" || fail "the first of two runs was disturbed"
same_as whole twice

# --- journals that do not fit ------------------------------------------------------
begin j
kill -KILL "$child"
wait "$child" 2>/dev/null || true
lines=$(wc -l <j.journal)
[ "$lines" -ge 5 ] || fail "only $lines lines in a journal"
cp j.journal good

# refused LINE TEXT ARGUMENTS...: and nothing is touched
refused()
{
    local line=$1 text=$2
    shift 2
    cp j.journal was
    run 2 ./spec.json -O j "$@"
    says "j.journal:$line: $text"
    says "delete it to begin anew, or choose another -O"
    holds "the refused journal was touched" cmp was j.journal
    holds "a table in spite of the refusal" test ! -e j.json
    cp good j.journal
}

sed '4s/"ball": "\[0\../"ball": "[0.5/' good >j.journal
refused 4 "the journal is damaged"
sed '3d' good >j.journal
refused 3 "the journal is damaged"
sed '3{h;d};4{G}' good >j.journal
refused 3 "the journal is damaged"
sed '$p' good >j.journal
refused "$((lines + 1))" "the journal is damaged"
head -c 500 good >j.journal
tail -c 1000 good >>j.journal
refused 2 "the journal is damaged"
refused 1 "the journal is of another spec" -p U=4
refused 1 "the journal is of another spec" --refine 2
echo "a letter" >j.journal
refused 1 "not a journal of a table"

head -c -7 good >j.journal
run 0 ./spec.json -O j
same_as whole j

# --- what is there is not replaced ---------------------------------------------
run 2 ./spec.json -O whole
says "whole.json: is there already; --force replaces it"
run 2 ./spec.json -O whole.csv
run 0 ./spec.json -O whole.json --force
mkdir folder
run 0 ./spec.json -O folder/ --quiet
holds "a folder as BASE" cmp whole.json folder/killed.json
same_as whole twice
sed -i 's/"complete": true/"complete": false/' twice.json
run 2 ./spec.json -O twice
says "--force replaces it"

echo "table_kill: seed $seed: $checks checks, $resumed of 20 kills resumed"
