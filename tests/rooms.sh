#!/usr/bin/env bash
# tests/rooms.sh SOURCE_DIR -- who may include whom, and who may print.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# analytic/ and numeric/ never include each other: their independence is what
# makes the cross-check worth something.  check/ re-proves what certify/ proves
# and sees nothing of it but the model.  Only cli/ talks to the terminal.
set -euo pipefail
export LC_ALL=C

cd -- "${1:?usage: rooms.sh SOURCE_DIR}"

declare -A may_include=(
    [model]="model"
    [analytic]="analytic model"
    [numeric]="numeric model"
    [certify]="certify numeric model"
    [check]="check model"
    [compare]="compare certify numeric analytic model"
    [table]="table compare certify numeric analytic model"
    [gate]="gate table compare certify numeric analytic model"
    [plot]="plot table compare certify numeric analytic model"
    [report]="report table compare certify numeric analytic model"
    [cli]="cli report plot gate table compare check certify numeric analytic model"
)
needed_rooms=(
    model analytic numeric certify check compare table gate plot report cli)

includes=0
files=0
bad=0

complain()
{
    echo "$1"
    bad=$((bad + 1))
}

# The file with comments and strings blanked, its lines kept.
without_comments_and_strings()
{
    perl -0777 -pe '
        s{(/\*.*?\*/|//[^\n]*)|("(?:\\.|[^"\\\n])*")}
         { my $t = defined $1 ? $1 : "\"\""; $t =~ s/[^\n]/ /g if defined $1;
           $t }gsex' "$1"
}

declare -A room_of
for room in "${!may_include[@]}"; do
    for header in "$room"/*.h; do
        [ -e "$header" ] || continue
        name=$(basename -- "$header")
        if [ -n "${room_of[$name]:-}" ]; then
            complain "$header: a header of that name is in ${room_of[$name]}/"
        fi
        room_of[$name]=$room
    done
done

for room in "${!may_include[@]}"; do
    for file in "$room"/*.[ch]; do
        [ -e "$file" ] || continue
        files=$((files + 1))

        while IFS=: read -r line text; do
            case $text in
            *\<lindbound/*)
                name=${text#*<lindbound/}
                name=${name%%>*}
                includes=$((includes + 1))
                target=${room_of[$name]:-}
                if [ -z "$target" ]; then
                    complain "$file:$line: no room has a header $name"
                elif [[ " ${may_include[$room]} " != *" $target "* ]]; then
                    complain "$file:$line: $room/ must not include $target/$name"
                fi
                ;;
            *\"*)
                # cli's own header is private; a library room has none
                name=${text#*\"}
                name=${name%%\"*}
                if [ "$room" != cli ] || [ ! -e "cli/$name" ]; then
                    complain "$file:$line: write <lindbound/$name>"
                fi
                ;;
            esac
        done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$file" || true)

        if [ "$room" != cli ]; then
            while IFS=: read -r line text; do
                complain "$file:$line: only cli/ prints:$text"
            done < <(without_comments_and_strings "$file" | grep -nE \
                '\b(v?printf|puts|putchar|perror|flint_v?printf)[[:space:]]*\(|\b[a-z_]+_print(n|d)?[[:space:]]*\(|\b(stdout|stderr)\b' \
                | grep -vE '\blb_[a-z_]*_print[[:space:]]*\(' || true)
        fi
    done
done

for room in "${needed_rooms[@]}"; do
    compgen -G "$room/*.c" >/dev/null || complain "$room/: no sources found"
done
if [ "$files" -eq 0 ] || [ "$includes" -eq 0 ]; then
    complain "nothing was checked"
fi

echo "rooms: $files files, $includes includes, $bad violations"
[ "$bad" -eq 0 ]
