#!/usr/bin/env bash
# tests/gate_examples.sh PROGRAM PYTHON -- the candidates of examples/solvers.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The right ones pass, and wrong.py fails where its mistake shows and nowhere
# else.  The vectors are made here.  QuTiP is judged if PYTHON has it, which
# scripts/setup does not see to.
set -euo pipefail
export LC_ALL=C OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1

program=$(realpath -- "${1:?usage: gate_examples.sh PROGRAM PYTHON}")
python=${2:?usage: gate_examples.sh PROGRAM PYTHON}
source=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
solvers=$source/examples/solvers
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
cd -- "$folder"

fail()
{
    cat out.txt
    echo "gate_examples: $1"
    exit 1
}
source "$source/tests/checks.sh"

cat >spec.json <<'END'
{ "schema": "lindbound-vector-spec/1", "name": "examples", "version": "1.0.0",
  "title": "Two Kerr modes", "model": "nanotip", "digits": 8,
  "problems": [
    { "name": "two", "cutoffs": ["a1=2,a2=2"],
      "parameters": { "gamma": "1", "chi": "1", "J": "1/2 - i/8", "Delta": "1/4",
                      "xi": "1/16" },
      "values": [
        "N_cw", "g2_cw",
        { "name": "level", "value": "dB(abs2(<a1>))", "flags": ["decibel"] } ] },
    { "name": "kept", "cutoff": "2", "level": "truncated",
      "parameters": { "gamma": "1", "chi": "1", "J": "1/2", "Delta": "1/4",
                      "xi": "1" },
      "values": [ "N_cw", "P20" ] } ] }
END
"$program" vectors ./spec.json -O vectors.json >out.txt 2>&1 \
    || fail "no vectors were made"

# judged EXIT CANDIDATE...: and out.txt has a line of JSON for each vector
judged()
{
    local wanted=$1 status=0
    shift
    "$program" gate ./vectors.json --format json --exec "exec $*" >out.txt 2>&1 \
        || status=$?
    [ "$status" = "$wanted" ] || fail "$*: exit status $status, not $wanted"
    checks=$((checks + 1))
}

# verdicts NAME=VERDICT...
verdicts()
{
    local pair
    for pair in "$@"; do
        holds "${pair%=*} is not ${pair#*=}" \
            grep -qE "\"examples/${pair%=*}\".*\"verdict\": ?\"${pair#*=}\"" out.txt
    done
}

good="(INSIDE|PASS)"
read -ra jansson < <(pkg-config --cflags --libs jansson)
"${CC:-cc}" -O2 -o dense "$solvers/dense.c" "${jansson[@]}" -lm 2>out.txt || fail "dense.c is not compiled"
judged 0 ./dense 4
verdicts two/{N_cw,g2_cw,level}="$good" kept/{N_cw,P20}="$good"
judged 1 ./dense 2
verdicts two/{N_cw,g2_cw,level}=CUTOFF kept/{N_cw,P20}="$good"

judged 0 "$python" "$solvers/template.py"
verdicts two/{N_cw,g2_cw,level}="$good" kept/{N_cw,P20}=SKIPPED

judged 0 "$python" "$solvers/wrong.py" --max-dimension 21 none
verdicts two/{N_cw,g2_cw,level}="$good" kept/{N_cw,P20}="$good"
for mistake in kappa-half detuning-sign cross-kerr; do
    judged 1 "$python" "$solvers/wrong.py" --max-dimension 21 "$mistake"
    verdicts two/{N_cw,g2_cw,level}=FAIL
done
judged 1 "$python" "$solvers/wrong.py" --max-dimension 21 db20
verdicts two/{N_cw,g2_cw}="$good" two/level=FAIL kept/{N_cw,P20}="$good"
judged 1 "$python" "$solvers/wrong.py" cutoff
verdicts two/{N_cw,g2_cw,level}=CUTOFF kept/{N_cw,P20}="$good"

with=
if "$python" -c 'import qutip' >/dev/null 2>&1; then
    with=", with QuTiP"
    judged 0 "$python" "$solvers/qutip_solver.py"
    verdicts two/{N_cw,g2_cw,level}="$good" kept/{N_cw,P20}="$good"
fi

echo "gate_examples: $checks checks$with"
