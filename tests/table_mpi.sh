#!/usr/bin/env bash
# tests/table_mpi.sh PROGRAM MPIRUN -- tables made by several ranks.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# With any ranks and threads, with one stopped, killed or interrupted: the table
# is that of a serial run, to the last bit.
set -euo pipefail
export LC_ALL=C
export OPENBLAS_NUM_THREADS=1

program=$(realpath -- "${1:?usage: table_mpi.sh PROGRAM MPIRUN}")
mpirun=${2:?usage: table_mpi.sh PROGRAM MPIRUN}
tests=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
source "$tests/checks.sh"
export LINDBOUND_DATA=${LINDBOUND_DATA:-$tests/../data}
# more ranks than processors, in a container too
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

scratch=$(mktemp -d)
child=
trap 'kill -KILL $child 2>/dev/null || true; rm -rf -- "$scratch"' EXIT
cd -- "$scratch"
export TMPDIR=$scratch # Open MPI's session folder

fail()
{
    echo "table_mpi: $*"
    [ ! -e out.txt ] || cat out.txt
    exit 1
}

# ranks N ARGUMENTS...: the exit status in $status, the output in out.txt
ranks()
{
    local n=$1
    shift
    status=0
    "$mpirun" --oversubscribe -n "$n" "$program" table "$@" >out.txt 2>&1 \
        || status=$?
}

# ends STATUS
ends()
{
    checks=$((checks + 1))
    [ "$status" = "$1" ] || fail "exit status $status, not $1"
}

# begin BASE OPTIONS...: three ranks in the background, until some points are
# there; the processes of ranks 1 and 2 are then in $other and $victim
begin()
{
    local base=$1 process
    shift
    "$mpirun" "$@" --oversubscribe -n 3 "$program" table "$spec" \
        -O "$base" --rank-timeout 2 >out.txt 2>&1 &
    child=$!
    other= victim=
    while [ -z "$other" ] || [ -z "$victim" ]; do
        kill -0 "$child" || fail "a run has ended early"
        for process in $(ps -o pid= --ppid "$child"); do
            case $(tr '\0' '\n' 2>/dev/null <"/proc/$process/environ" \
                | grep '^OMPI_COMM_WORLD_RANK=') in
            *=1) other=$process ;;
            *=2) victim=$process ;;
            esac
        done
    done
    until [ -e "$base.journal" ] && [ "$(wc -l <"$base.journal")" -gt 6 ]; do
        kill -0 "$child" || fail "a run has ended early"
    done
}

spec=./spec.json
finish()
{
    status=0
    wait "$child" || status=$?
    child=
}

cat >spec.json <<'END'
{ "schema": "lindbound-table/1", "name": "ranks", "title": "ranks",
  "source": "a test", "model": "three_cavity",
  "parameters": { "theta": "x*pi" },
  "axes": [
    { "name": "x", "from": "-1", "to": "1", "points": 12 },
    { "name": "kappa_b", "scale": "log", "from": "0.1", "to": "10",
      "points": 24 } ],
  "level": "truncated", "cutoff": "3", "digits": 6, "tile": 4,
  "columns": [ "T_ac", "g2_ac", { "name": "U_3", "value": "T_ac",
    "at": { "U": "3*kappa" } }, { "name": "formula", "form": "T_ac",
    "level": "closed-form" } ] }
END
"$program" table ./spec.json -O serial --quiet

# --- undisturbed -----------------------------------------------------------------
for n in 1 3; do
    ranks "$n" ./spec.json -O many
    ends 0
    says "288 points, 1152 entries"
    same_as serial many
    rm many.*
done
ranks 2 ./spec.json -O many --threads 2 --quiet
ends 0
same_as serial many

# --- refused before anything is computed ---------------------------------------------
ranks 3 ./spec.json -O many
ends 2
says "many.json: is there already"
sed 's/"T_ac", "g2_ac"/"T_ca", "g2_xy"/' spec.json >wrong.json
ranks 3 ./wrong.json -O wrong_table
ends 2
says "g2_xy"
holds "every rank complains" test "$(grep -c '^lindbound:' out.txt)" = 1

# --- a point that fails, in whichever rank -------------------------------------------
sed 's/"from": "-1", "to": "1", "points": 12/"values": ["-1", "0", "2"]/
     s/"theta": "x\*pi"/"kappa_c": "1 - x"/' spec.json >negative.json
ranks 3 ./negative.json -O rates
ends 2
says "(x = 2, kappa_b = "
says "column T_ac: the rate is negative"
holds "every rank complains" test "$(grep -c '^lindbound:' out.txt)" = 1
holds "a table in spite of an error" test ! -e rates.json

# --- a rank without its data -------------------------------------------------------------
status=0
"$mpirun" --oversubscribe -n 2 "$program" table ./spec.json -O poor \
    : -n 1 -x LINDBOUND_DATA=/nowhere "$program" table ./spec.json \
    >out.txt 2>&1 || status=$?
ends 2
says "/nowhere/forms/three_cavity.json: cannot read"
holds "every rank complains" test "$(grep -c '^lindbound:' out.txt)" = 1

# --- a rank without threads -------------------------------------------------------------
OMP_THREAD_LIMIT=1 ranks 2 ./spec.json -O poor
ends 2
says "a rank needs two threads"

# --- ranks that are stopped: rank 0 does their work -----------------------------------
begin stopped
kill -STOP "$other" "$victim"
finish
ends 0
says "rank 1 is given up: not a word for 2 s; its points go to the others"
says "rank 2 is given up: not a word for 2 s; its points go to the others"
same_as serial stopped
for wait in $(seq 50); do
    kill -0 "$other" 2>/dev/null || kill -0 "$victim" 2>/dev/null || break
    sleep 0.1
done
holds "a stopped rank is still there" \
    test ! -e "/proc/$victim" -a ! -e "/proc/$other"

# --- one that stops for a moment --------------------------------------------------------
begin paused
kill -STOP "$victim"
sleep 1
kill -CONT "$victim"
finish
ends 0
same_as serial paused

# --- one that is busy with a long point is not silent ------------------------------------
sed 's/"points": 12/"points": 2/; s/"points": 24/"points": 2/
     s/"to": "10"/"to": "0.2"/; s/"cutoff": "3"/"cutoff": "9"/
     s/"tile": 4/"tile": 1/' spec.json >slow.json
ranks 2 ./slow.json -O slow_table --rank-timeout 1
ends 0
holds "a busy rank is given up" test "$(grep -c 'given up' out.txt)" = 0

# --- one that is killed: mpirun ends the others, the same command goes on -----------------
begin killed
kill -KILL "$victim"
finish
[ "$status" != 0 ] || fail "a killed rank is not noticed"
holds "points are lost" test "$(wc -l <killed.journal)" -gt 6
cp killed.journal before
ranks 3 ./spec.json -O killed
ends 0
same_as serial killed

# --- or, if mpirun is told to, the others do its work -------------------------------------
begin recovered --enable-recovery
kill -KILL "$victim"
finish
ends 0
says "rank 2 is given up"
same_as serial recovered

# --- a serial run goes on where ranks ended, and the other way round ---------------------
for way in "serial ranks" "ranks serial"; do
    cp before mixed.journal
    case $way in
    serial*) "$program" table ./spec.json -O mixed --quiet ;;
    *) ranks 2 ./spec.json -O mixed ;;
    esac
    same_as serial mixed
    rm mixed.*
done

# --- stopped by a signal: rank 0 leaves a partial table ------------------------------------
# mpirun takes its time to tell the ranks: these points are slow
sed 's/"points": 12/"points": 6/; s/"points": 24/"points": 4/
     s/"cutoff": "3"/"cutoff": "6"/; s/"tile": 4/"tile": 1/' spec.json >long.json
"$program" table ./long.json -O serial --quiet --force
spec=./long.json
begin ended
kill -TERM "$child"
finish
[ "$status" != 0 ] || fail "an interrupted run ends with status 0"
holds "points are lost" test "$(wc -l <ended.journal)" -gt 6
ranks 2 ./long.json -O ended
ends 0
same_as serial ended

echo "table_mpi: $checks checks"
