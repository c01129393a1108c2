#!/bin/sh
# tests/gate/nasty.sh MODE -- a candidate that misbehaves.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# It does what MODE says at the problem t/bad, or before that at its start, and
# answers x = 0.5 to everything else.
mode=$1
seq=0

answer()
{
    printf '{"seq": %s, "values": {"x": 0.5, "more": 1}}\n' "$seq"
}

values()
{
    printf '{"seq": %s, "values": %s}\n' "$seq" "$1"
}

# repeat BYTES TEXT: the text, over and over
repeat()
{
    yes "$2" | tr -d '\n' | head -c "$1"
}

misbehave()
{
    case $mode in
    exit) exit 3 ;;
    segv) kill -SEGV $$ ;;
    hang) sleep 100 ;;
    deaf) trap '' HUP INT TERM; sleep 100; sleep 100 ;;
    garbage) echo "Warning: matrix is singular" ;;
    empty) echo ;;
    utf8) printf '{"seq": %s, "values": {"x\377\376": 0.5}}\n' "$seq" ;;
    nul) printf '{"seq": %s, \0"values": {"x": 0.5}}\n' "$seq" ;;
    half_exit) printf '{"seq": %s, "val' "$seq"; exit 0 ;;
    half_hang) printf '{"seq": %s, "val' "$seq"; sleep 100 ;;
    no_newline) answer | tr -d '\n'; exit 0 ;;
    two_in_line) echo "$(answer)$(answer)" ;;
    two_lines) printf '%s\n%s\n' "$(answer)" "$(answer)" ;;
    half_more) printf '%s\n{"seq": ' "$(answer)" ;;
    other_seq) seq=77; answer ;;
    no_seq) echo '{"values": {"x": 0.5}}' ;;
    text_seq) seq="\"$seq\""; answer ;;
    real_seq) seq=$seq.0; answer ;;
    older_seq) seq=$((seq - 1)); answer ;;
    list) echo "[$seq, 0.5]" ;;
    number) echo 0.5 ;;
    null) echo null ;;
    nan) values '{"x": NaN}' ;;
    infinity) values '{"x": -Infinity}' ;;
    1e400) values '{"x": 1e400}' ;;
    text) values '{"x": "about a half"}' ;;
    truth) values '{"x": true}' ;;
    list_value) values '{"x": [0.5]}' ;;
    list_values) values '[0.5]' ;;
    no_values) echo "{\"seq\": $seq}" ;;
    twice) values '{"x": 0.5, "x": 0.25}' ;;
    missing) values '{"X": 0.5}' ;;
    skip_value) values '{"x": {"skipped": "too hard"}}' ;;
    skipped) echo "{\"seq\": $seq, \"skipped\": \"too big\"}" ;;
    errored) echo "{\"seq\": $seq, \"errored\": \"singular\"}" ;;
    bad_skipped) echo "{\"seq\": $seq, \"skipped\": true}" ;;
    cutoff) printf '{"seq": %s, "values": {"x": 0.5}, "cutoff": %s}\n' \
        "$seq" '{"a": 4, "b": 5}' ;;
    deep) repeat 100000 '['; echo ;;
    objects) printf '{"x": ['; repeat 4000000 '{},'; echo '0]}' ;;
    flood) repeat 1000000000 a ;;
    flood_lines) yes hello | head -c 1000000000 ;;
    flood_after) answer; yes '{"seq": 2}' | head -c 1000000000 ;;
    flood_spaces) yes '' | head -c 1000000000 ;;
    close_output) exec >&-; sleep 100 ;;
    drip) while :; do printf a; sleep 0.02; done ;;
    children) sleep 100 & exit 5 ;;
    daemon) (sleep 100 &); answer ;;
    late) answer; sleep 0.1; echo "cleaning up" ;;
    late_twice) answer; sleep 0.1; answer ;;
    late_exit) answer; exit 6 ;;
    *) answer ;;
    esac
}

# Reads no more than some bytes of a request.
start_badly()
{
    case $mode in
    eager)
        head -c 100 >/dev/null
        printf '{"seq": 1, "values": {"x": 0.5'
        repeat 2000000 ' '
        printf '}}\n'
        read -r line
        ;;
    close_input) head -c 100 >/dev/null; exec <&-; sleep 100 ;;
    lazy) sleep 100 ;;
    esac
}

start()
{
    case $mode in
    start_exit) exit 7 ;;
    start_hang) sleep 100 ;;
    start_noname) echo '{"version": "1"}' ;;
    start_twice) printf '{"name": "nasty"}\n{"seq": 1, "values": {"x": 0.5}}\n' ;;
    *) echo '{"name": "nasty", "version": "1.5"}' ;;
    esac
    start_badly
}

case $mode in
banner) echo "Welcome to nasty" ;;
esac

while read -r line; do
    seq=${line#*\"seq\": }
    seq=${seq%%,*}
    case $line in
    '{"command": "start", "protocol": 1, "lindbound": "0.0"}') start ;;
    '{"command": "run", '*'"id":"t/bad"'*) misbehave ;;
    '{"command": "run", '*) answer ;;
    '{"command": "stop"}')
        case $mode in
        goodbye) echo "bye" ;;
        stop_deaf) trap '' TERM; sleep 100 ;;
        stop_exit) exit 9 ;;
        esac
        ;;
    *) echo "not understood: $line"; exit 99 ;;
    esac
done
