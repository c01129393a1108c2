# tests/checks.sh -- what tests of the command in bash share; to be sourced.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The test defines fail MESSAGE, which ends it, and leaves the output of the
# last command in out.txt.

checks=0

# holds WHAT COMMAND...: the command must succeed
holds()
{
    local what=$1
    shift
    checks=$((checks + 1))
    "$@" >/dev/null 2>&1 || fail "$what"
}

# says TEXT: the last command said so
says()
{
    holds "the message lacks '$1'" grep -qF -- "$1" out.txt
}

# same_as WHOLE BASE: the table BASE is WHOLE to the last bit, and done
same_as()
{
    holds "$2.json is not $1.json" cmp "$1.json" "$2.json"
    holds "$2.csv is not $1.csv" cmp "$1.csv" "$2.csv"
    holds "$2.journal is still there" test ! -e "$2.journal"
}
