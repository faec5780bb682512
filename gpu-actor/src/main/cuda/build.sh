#!/bin/sh
# Compiles the kernels with nvcc for sm_80, sm_90 and, as PTX, for what comes after.
#   build.sh TARGET     into TARGET/classes where nvcc is and the sources have changed; ptxas' report of
#                       registers and spills goes to TARGET/cuda/ptxas.txt
#   build.sh --commit   into src/main/resources, for machines without nvcc, with the hash of the sources
set -eu
here=$(cd "$(dirname "$0")" && pwd)
image=dev/troupe/kernels/cuda/kernels.fatbin

# This file is part of it: it holds nvcc's options.
hash=$(cd "$here" && LC_ALL=C && export LC_ALL && cat *.cu *.cuh build.sh | sha256sum | cut -d ' ' -f 1)

find_nvcc() {
  if command -v nvcc; then return 0; fi
  for folder in "${CUDA_HOME:-}" /usr/local/cuda; do
    if [ -x "$folder/bin/nvcc" ]; then echo "$folder/bin/nvcc"; return 0; fi
  done
  return 1
}

# compile FATBIN REPORT
compile() {
  if ! "$nvcc" -std=c++17 -O3 -fmad=false -fatbin --compress-mode=size --threads 2 -Xptxas -v \
      -gencode arch=compute_80,code=sm_80 \
      -gencode arch=compute_90,code=sm_90 \
      -gencode arch=compute_90,code=compute_90 \
      -o "$1" "$here/kernels.cu" 2> "$2"; then
    cat "$2" >&2
    exit 1
  fi
}

if [ "$1" = --commit ]; then
  nvcc=$(find_nvcc) || { echo "build.sh: no nvcc on the PATH, in \$CUDA_HOME/bin or in /usr/local/cuda/bin" >&2; exit 1; }
  resources=$here/../resources
  mkdir -p "$resources/$(dirname $image)"
  report=$(mktemp)
  compile "$resources/$image" "$report"
  rm "$report"
  echo "$hash" > "$resources/${image%.fatbin}.sha256"
  exit 0
fi

nvcc=$(find_nvcc) || exit 0
mkdir -p "$1/cuda" "$1/classes/$(dirname $image)"
if [ "$(cat "$1/cuda/kernels.sha256" 2> /dev/null)" != "$hash" ]; then
  compile "$1/cuda/kernels.fatbin" "$1/cuda/ptxas.txt"
  echo "$hash" > "$1/cuda/kernels.sha256"
fi
cmp -s "$1/cuda/kernels.fatbin" "$1/classes/$image" || cp "$1/cuda/kernels.fatbin" "$1/classes/$image"
