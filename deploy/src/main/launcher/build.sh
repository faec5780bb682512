# Builds Troupe where its classes are missing or older than its sources. Sourced by ./troupe with
# $root (the source tree) and $JDK set.

# Succeeds where nothing changed since the last build. A deleted file shows as a newer folder.
is_built() {
  [ -f "$root/deploy/target/built" ] &&
    [ -z "$(find "$root"/pom.xml "$root"/*/pom.xml "$root"/*/src/main \
      -newer "$root/deploy/target/built" -print 2>/dev/null | head -n 1)" ]
}

# Two calls at once would write the same files: the second waits for the first.
lock_build() {
  local owner said=
  mkdir -p "$root/deploy/target"
  until (set -C && printf '%s\n' "$$" >"$lock") 2>/dev/null; do
    owner=$(cat "$lock" 2>/dev/null)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      rm -f "$lock"
      continue
    fi
    [ -n "$said" ] || printf 'troupe: waiting for another build (process %s)\n' "$owner" >&2
    said=yes
    sleep 1
  done
  trap 'rm -f "$lock"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
}

unlock_build() {
  rm -f "$lock"
  trap - EXIT INT TERM
}

build() {
  local started=$root/deploy/target/build-started
  printf 'troupe: building with the JDK in %s (the first time takes some minutes)\n' "$JDK" >&2
  touch "$started"
  rm -rf "$root/deploy/target/lib"
  if ! (
    cd "$root" || exit
    # Maven's own libraries make a new JDK warn of what nobody here can change.
    quiet="--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
    JAVA_HOME=$JDK MAVEN_OPTS="$quiet ${MAVEN_OPTS:-}" \
      ./mvnw -q -DskipTests -Dspotless.check.skip=true package >&2
  ); then
    printf 'troupe: the build failed; its messages are above\n' >&2
    return 70
  fi
  # The time at which the build started: what was saved meanwhile counts as newer.
  mv "$started" "$root/deploy/target/built"
}

build_if_needed() {
  local status=0 lock=$root/deploy/target/build-lock
  is_built && return 0
  lock_build
  # The build that was waited for may have done it.
  is_built || build || status=$?
  unlock_build
  return $status
}
