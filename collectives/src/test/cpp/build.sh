#!/bin/sh
# Builds the emulated GPU: build.sh OUT [KERNELS.cu]
# OUT then holds libcuda.so.1 and the libraries above it, with libkernels.so when kernels are given.
# What is up to date stays; two builds at once wait for each other.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
kernels=${2:-}
compiler=$(g++ --version | head -n 1)

exec 9> "$out/.lock"
if command -v flock > /dev/null; then flock 9; fi

# build NAME ARGUMENTS... < its sources: under a name of its own, then put in place
build() {
  name=$1; shift
  hash=$( { echo "$compiler $*" | sed "s|$out|OUT|g"; cat - "$here/build.sh"; } | sha256sum | cut -d ' ' -f 1)
  if [ -f "$out/$name" ] && [ "$(cat "$out/.$name.hash" 2> /dev/null)" = "$hash" ]; then return 0; fi
  g++ -std=c++17 -O2 -g1 -Wall -Wextra -fPIC -shared -fno-strict-aliasing -pthread -Wl,-soname,"$name" -o "$out/.$name.$$" "$@" -ldl
  mv "$out/.$name.$$" "$out/$name"
  echo "$hash" > "$out/.$name.hash"
}

# A library that only its name and the version of its symbols are asked of.
empty() {
  echo "$1 { global: emulated_nothing; };" > "$out/.$1.map"
  build "$1" -x c++ /dev/null -Wl,--version-script="$out/.$1.map" < "$out/.$1.map"
}

# A library that puts its work in the emulated driver's streams.
above() {
  cat "$here/$2.cpp" "$here/$2.map" "$here/$2"/* | build "$1" -fvisibility=hidden "$here/$2.cpp" \
      -L"$out" -l:libcuda.so.1 -Wl,-rpath,'$ORIGIN' -Wl,--version-script="$here/$2.map"
}

kernel_library() {
  folder=$(cd "$(dirname "$kernels")" && pwd)
  { echo "#include \"$folder/$(basename "$kernels")\""
    cat "$folder"/*.cu* | sed -n 's/^KERNEL( *\([A-Za-z0-9_]*\) *,.*/EXPORT_KERNEL(\1)/p'
  } > "$out/.kernels.cpp"
  cat "$out/.kernels.cpp" "$here/shim.h" "$here/launch.h" "$folder"/*.cu* | build libkernels.so -I"$here" "$out/.kernels.cpp"
}

kernel_job=
if [ -n "$kernels" ]; then
  kernel_library &
  kernel_job=$!
fi
cat "$here/driver.cpp" "$here/launch.h" "$here"/driver/* | build libcuda.so.1 -fvisibility=hidden "$here/driver.cpp"
empty libcudart.so.13
empty libcublas.so.13
for library in cublaslt:libcublasLt.so.13 nccl:libnccl.so.2; do
  if [ -f "$here/${library%%:*}.cpp" ]; then above "${library#*:}" "${library%%:*}"; fi
done
if [ -n "$kernel_job" ]; then wait "$kernel_job"; fi
