#!/usr/bin/env bash
# tests/package.sh BUILD -- lindbound as other projects find it.
# SPDX-License-Identifier: GPL-3.0-or-later
#
# BUILD is installed into a temporary folder, which is then moved: nothing may
# depend on where it was.  examples/find_package is built there by CMake and by
# pkg-config, and both programs run.
set -euo pipefail
export LC_ALL=C OPENBLAS_NUM_THREADS=1
unset LINDBOUND_DATA PKG_CONFIG_PATH CMAKE_PREFIX_PATH LD_LIBRARY_PATH

build=$(realpath -- "${1:?usage: package.sh BUILD}")
source=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT

fail()
{
    cat -- "$folder/out.txt"
    echo "package: $1"
    exit 1
}
source "$source/tests/checks.sh"

# try WHAT COMMAND...: what it prints is shown only if it fails
try()
{
    local what=$1
    shift
    checks=$((checks + 1))
    "$@" >"$folder/out.txt" 2>&1 || fail "$what"
}

try "not installed" cmake --install "$build" --prefix "$folder/first"
mv -- "$folder/first" "$folder/moved"
prefix=$folder/moved
cp -R -- "$source/examples/find_package" "$folder/example"
cd -- "$folder/example"
data=$prefix/share/lindbound

try "CMake does not find it" cmake -S . -B build -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_BUILD_TYPE=Release
try "not built by CMake" cmake --build build

# another minor version, or a newer one, is not what was asked for
for version in 0.0 0.9 1.0; do
    sed "s/find_package(lindbound 0.1/find_package(lindbound $version/" \
        CMakeLists.txt >../CMakeLists.txt
    checks=$((checks + 1))
    if cmake -S .. -B ../other -DCMAKE_PREFIX_PATH="$prefix" >../out.txt 2>&1 \
        || ! grep -q 'compatible with requested version' ../out.txt; then
        fail "version $version is found as well"
    fi
done

pc=$(find "$prefix" -name lindbound.pc)
[ -n "$pc" ] || fail "no lindbound.pc"
PKG_CONFIG_PATH=$(dirname -- "$pc")
export PKG_CONFIG_PATH
try "lindbound.pc is not valid" pkg-config --validate lindbound
try "a folder of lindbound.pc is wrong" \
    test "$(realpath "$(pkg-config --variable=datadir lindbound)")" = "$prefix/share"
static=
if [ -z "$(find "$prefix" -name 'liblindbound.so*' -o -name '*.dylib')" ]; then
    static=--static
fi
try "not built by pkg-config" make STATIC="$static"

# judged EXIT PROGRAM LEVEL: the verdicts on the solver of gate.c
judged()
{
    local status=0
    "$2" "$source/tests/cli/gate-report/vectors.json" "$3" >../out.txt 2>&1 || status=$?
    checks=$((checks + 1))
    [ "$status" = "$1" ] || fail "$2 with levels up to $3: exit status $status"
}

model=$data/models/kerr.json
for folder_of in ./build .; do
    judged 0 "$folder_of/gate" 12
    judged 1 "$folder_of/gate" 2
    program=$folder_of/value
    "$program" "$model" 'g2(a)' 10 >../out.txt || fail "$program does not run"
    "$prefix/bin/lindbound" solve kerr -o g2 --digits 10 >../cli.txt
    checks=$((checks + 1))
    grep -qF "$(cat ../out.txt)" ../cli.txt \
        || fail "$program and the command do not agree"
done

echo "package: $checks checks"
