#!/bin/sh
# Builds and runs the emulator's own test: selftest.sh OUT, where OUT is what build.sh has filled.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(cd "$1" && pwd)
hash=$(cat "$here/selftest.sh" "$here"/selftest/* "$here"/*/api.h | sha256sum | cut -d ' ' -f 1)
if [ ! -f "$out/selftest" ] || [ "$(cat "$out/.selftest.hash" 2> /dev/null)" != "$hash" ]; then
  g++ -std=c++17 -O1 -g1 -Wall -Wextra -pthread -o "$out/.selftest.$$" "$here"/selftest/*.cpp \
      -L"$out" -l:libcuda.so.1 -l:libcublasLt.so.13 -l:libnccl.so.2 -Wl,-rpath,'$ORIGIN'
  mv "$out/.selftest.$$" "$out/selftest"
  echo "$hash" > "$out/.selftest.hash"
fi
exec timeout 120 "$out/selftest"
