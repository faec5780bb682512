# Becomes the JVM that runs Troupe. Sourced by ./troupe and by bin/troupe of an archive.

# Passes stderr on, less the line that the JVM prints for each incubator module and that has no
# switch. Ctrl-C is for the JVM alone: what it says on its way out must still get through.
without_incubator_warning() {
  trap '' INT TERM HUP
  local line
  while IFS= read -r line; do
    [ "$line" = 'WARNING: Using incubator modules: jdk.incubator.vector' ] && exec cat
    printf '%s\n' "$line"
  done
  printf '%s' "$line"
}

# run_java JAVA HOME CLASS_PATH FLAGS ARGUMENTS...: FLAGS are words with spaces between them.
run_java() {
  local java=$1 home=$2 class_path=$3 flags=$4
  shift 4
  # What starts this program on another host, from the same folder there.
  local launcher=$home/troupe
  [ -x "$launcher" ] || launcher=$home/bin/troupe
  # shellcheck disable=SC2086 # flags are words
  exec "$java" $flags ${TROUPE_JAVA_OPTS:-} -Dtroupe.home="$home" \
    -Dtroupe.launcher="$launcher" -cp "$class_path" \
    dev.troupe.deploy.Main "$@" 2> >(without_incubator_warning >&2)
}
