# Finds a JDK of the version that Troupe is built for. Sourced by ./troupe and .ci/run.
# bash 3.2 or newer, so that it runs on macOS as it comes.

JDK_VERSION=25

# Prints the homes of JDKs where people and installers put them, one a line.
usual_jdk_homes() {
  local home
  for home in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/openjdk-* \
    /opt/java/* /opt/jdk* /opt/*jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* \
    "$HOME"/.jdks/* "$HOME"/.jdk/* "$HOME"/.jabba/jdk/* \
    "$HOME"/.asdf/installs/java/* "$HOME"/.local/share/mise/installs/java/*; do
    [ -d "$home" ] && printf '%s\n' "$home"
  done
  # Maven's toolchains: those a user wrote and those that the build found.
  sed -n 's:.*<jdkHome>[[:space:]]*\(.*[^[:space:]]\)[[:space:]]*</jdkHome>.*:\1:p' \
    "$HOME/.m2/toolchains.xml" "$HOME/.m2/discovered-jdk-toolchains-cache.xml" 2>/dev/null
}

# Succeeds where $1 is the home of a complete JDK of the right version.
is_wanted_jdk() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] &&
    grep -Eq "^JAVA_VERSION=\"$JDK_VERSION([.\"+-]|\$)" "$1/release"
}

# Prints the home that a java command belongs to, symbolic links followed.
home_of_command() {
  local command=$1 link
  while [ -L "$command" ]; do
    link=$(readlink "$command")
    case $link in
      /*) command=$link ;;
      *) command=$(dirname "$command")/$link ;;
    esac
  done
  (cd "$(dirname "$command")/.." 2>/dev/null && pwd -P)
}

# Sets JDK to the home to use; says what to do and fails where there is none.
find_jdk() {
  local home on_path
  if [ -n "${TROUPE_JAVA:-}" ]; then
    home=$TROUPE_JAVA
    if [ -f "$home" ]; then
      home=$(home_of_command "$home")
    fi
    if is_wanted_jdk "$home"; then
      JDK=$home
      return 0
    fi
    printf 'troupe: TROUPE_JAVA=%s is not a JDK %s; give the folder of one, or unset it\n' \
      "$TROUPE_JAVA" "$JDK_VERSION" >&2
    return 2
  fi
  if [ -n "${JAVA_HOME:-}" ] && is_wanted_jdk "$JAVA_HOME"; then
    JDK=$JAVA_HOME
    return 0
  fi
  if on_path=$(command -v java) && home=$(home_of_command "$on_path") && is_wanted_jdk "$home"; then
    JDK=$home
    return 0
  fi
  while IFS= read -r home; do
    if is_wanted_jdk "$home"; then
      JDK=$home
      return 0
    fi
  done <<EOF
$(usual_jdk_homes)
EOF
  cat >&2 <<EOF
troupe: no JDK $JDK_VERSION found (looked at TROUPE_JAVA, JAVA_HOME, PATH and the usual folders).
  Install one, for example from https://adoptium.net, with your package manager
  (openjdk-$JDK_VERSION-jdk, temurin-$JDK_VERSION-jdk) or with SDKMAN
  (sdk install java $JDK_VERSION-tem), or point TROUPE_JAVA to the folder of one.
EOF
  return 2
}
