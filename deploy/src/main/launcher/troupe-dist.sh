#!/usr/bin/env bash
# Runs Troupe with the Java runtime that lies beside it. Variable: TROUPE_JAVA_OPTS (more JVM
# flags). bash 3.2 or newer.
set -u

self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname "$self")/$link ;;
  esac
done
root=$(cd "$(dirname "$self")/.." && pwd -P) || exit 2
. "$root/lib/run-java.sh"

# The flags of the build, one line.
IFS= read -r flags <"$root/lib/jvm.flags" || exit 70
run_java "$root/runtime/bin/java" "$root" "$root/lib/*" "$flags" "$@"
