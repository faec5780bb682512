#!/bin/sh
# Checks the CUDA backend on this machine's GPU, with the Java runtime that lies beside it. Needs
# nothing but this shell. Variable: TROUPE_JAVA_OPTS (more JVM flags).
set -u

case $0 in
  */*) root=${0%/*} ;;
  *) root=. ;;
esac
root=$(cd -P -- "$root" && pwd -P) || exit 2
# The flags of the build, one line.
IFS= read -r flags <"$root/lib/jvm.flags" || exit 70
# shellcheck disable=SC2086 # flags are words
exec "$root/runtime/bin/java" $flags ${TROUPE_JAVA_OPTS:-} -Dtroupe.home="$root" \
  -Dtroupe.launcher="$root/gpu-check" -cp "$root/lib/*" dev.troupe.deploy.Main gpu-check "$@"
