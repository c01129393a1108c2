#!/usr/bin/env bash
# tests/cli.sh [--update] PROGRAM [NAME...] -- runs the command line cases.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tests/cli/CASE/   args     one line, words quoted as in a shell
#                   exit     expected exit status (0 if there is no such file)
#                   stdout, stderr   expected text, exact; empty if absent
#                   filter   optional sed script, applied to both streams and
#                            to what is expected of them (times, versions)
# tests/bad/CASE/   args
#                   expected expected stderr; the exit status must be 2, stdout
#                            empty, and no file may be left behind
#
# Every other file of a case is input.  A case runs in a fresh copy of its
# input files.  With NAMEs only those cases run.  --update rewrites the
# expectations; read the difference before you keep it.
set -euo pipefail
export LC_ALL=C
export OPENBLAS_NUM_THREADS=1

update=0
if [ "${1:-}" = --update ]; then
    update=1
    shift
fi
program=$(realpath -- "${1:?usage: cli.sh [--update] PROGRAM [NAME...]}")
shift
wanted=("$@")

tests=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
export LINDBOUND_DATA=${LINDBOUND_DATA:-$tests/../data}
seconds=120

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

passed=0
failed=0
problems=""

# The folder's files, without those that state what is expected.
inputs_of()
{
    (cd -- "$1" && find . -mindepth 1 | sort \
        | grep -vxE '\./(args|exit|stdout|stderr|filter|expected)' || true)
}

is_wanted()
{
    local name
    [ "${#wanted[@]}" -eq 0 ] && return 0
    for name in "${wanted[@]}"; do
        [ "$name" = "$1" ] && return 0
    done
    return 1
}

# Sets status, and the files $scratch/stdout, $scratch/stderr, $scratch/after.
run_case()
{
    local folder=$1 words
    local work=$scratch/work

    rm -rf -- "$work"
    mkdir -- "$work"
    cp -R -- "$folder/." "$work"
    rm -f -- "$work"/{args,exit,stdout,stderr,filter,expected}
    words=$(cat -- "$folder/args")

    status=0
    (
        cd -- "$work"
        set -f
        eval "set -- $words"
        exec timeout "$seconds" "$program" "$@"
    ) >"$scratch/stdout.raw" 2>"$scratch/stderr.raw" </dev/null || status=$?

    for stream in stdout stderr; do
        if [ -e "$folder/filter" ]; then
            sed -f "$folder/filter" "$scratch/$stream.raw" >"$scratch/$stream"
        else
            cp -- "$scratch/$stream.raw" "$scratch/$stream"
        fi
    done
    inputs_of "$work" >"$scratch/after"
}

problem()
{
    problems+="    $1"$'\n'
}

# expect_text WHAT FILE ACTUAL FILTER
expect_text()
{
    local what=$1 file=$2 actual=$3 filter=$4
    local expected=$scratch/expected_text

    : >"$expected"
    if [ -e "$file" ]; then
        if [ -e "$filter" ]; then
            sed -f "$filter" "$file" >"$expected"
        else
            cp -- "$file" "$expected"
        fi
    fi
    if ! cmp -s -- "$expected" "$actual"; then
        problem "$what differs (- expected, + actual):"
        problems+=$(diff -u -- "$expected" "$actual" | sed '1,2d' \
            | head -n 40 | sed 's/^/    /' || true)$'\n'
    fi
}

report()
{
    if [ -z "$problems" ]; then
        passed=$((passed + 1))
        echo "pass  $1"
    else
        failed=$((failed + 1))
        echo "FAIL  $1"
        printf '%s' "$problems"
    fi
}

# keep TEXT FILE: the new expectation, no file for an empty text
keep()
{
    if [ -s "$1" ]; then
        cp -- "$1" "$2"
    else
        rm -f -- "$2"
    fi
}

cli_case()
{
    local folder=$1 wanted_status=0

    problems=""
    run_case "$folder"
    if [ "$update" -eq 1 ]; then
        echo "$status" >"$folder/exit"
        keep "$scratch/stdout" "$folder/stdout"
        keep "$scratch/stderr" "$folder/stderr"
    fi
    if [ -e "$folder/exit" ]; then
        wanted_status=$(tr -d '[:space:]' <"$folder/exit")
    fi
    if [ "$status" != "$wanted_status" ]; then
        problem "exit status $status, expected $wanted_status"
    fi
    expect_text stdout "$folder/stdout" "$scratch/stdout" "$folder/filter"
    expect_text stderr "$folder/stderr" "$scratch/stderr" "$folder/filter"
}

bad_case()
{
    local folder=$1

    problems=""
    run_case "$folder"
    if [ "$update" -eq 1 ]; then
        cp -- "$scratch/stderr" "$folder/expected"
    fi
    if [ "$status" != 2 ]; then
        problem "exit status $status, expected 2"
    fi
    if [ -s "$scratch/stdout" ]; then
        problem "something on stdout:"
        problems+=$(head -n 10 "$scratch/stdout" | sed 's/^/    /')$'\n'
    fi
    if [ ! -e "$folder/expected" ]; then
        problem "the file 'expected' is missing"
    elif [ ! -s "$folder/expected" ]; then
        problem "a refusal without a message"
    fi
    expect_text stderr "$folder/expected" "$scratch/stderr" "$folder/filter"
    if ! diff -- <(inputs_of "$folder") "$scratch/after" >"$scratch/left"; then
        problem "files left behind or removed:"
        problems+=$(sed 's/^/    /' "$scratch/left")$'\n'
    fi
}

for kind in cli bad; do
    found=0
    for args in "$tests/$kind"/*/args; do
        [ -e "$args" ] || continue
        folder=$(dirname -- "$args")
        name=$kind/$(basename -- "$folder")
        is_wanted "$name" || continue
        found=$((found + 1))
        "${kind}_case" "$folder"
        report "$name"
    done
    for folder in "$tests/$kind"/*/; do
        if [ -d "$folder" ] && [ ! -e "$folder/args" ] \
            && [ "${#wanted[@]}" -eq 0 ]; then
            problems="    the file 'args' is missing"$'\n'
            report "$kind/$(basename -- "$folder")"
        fi
    done
    if [ "$found" -eq 0 ] && [ "${#wanted[@]}" -eq 0 ]; then
        failed=$((failed + 1))
        echo "FAIL  $kind/: no cases"
    fi
done

echo "command line: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
