package dev.troupe.deploy.dist;

import dev.troupe.proto.error.TroupeException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an archive is made of.
 *
 * @param home the source tree
 * @param jars the program and what it uses
 * @param version of the program
 * @param flags the JVM flags of the build, words with spaces between them
 */
record DistSource(Path home, List<Path> jars, String version, String flags) {
  private static final Pattern FLAGS =
      Pattern.compile("<troupe\\.jvm\\.flags>(.*)</troupe\\.jvm\\.flags>");

  DistSource {
    jars = jars.stream().sorted().toList();
  }

  /**
   * The running program: its class path, and the source tree that it was started from.
   *
   * @param version as its jar says; null where it runs from classes
   */
  static DistSource running(String home, String classPath, String version) throws IOException {
    Path root = Path.of(home).toAbsolutePath().normalize();
    Path pom = root.resolve("pom.xml");
    List<Path> jars =
        Arrays.stream(classPath.split(File.pathSeparator, -1))
            .filter(entry -> !entry.isEmpty())
            .map(entry -> Path.of(entry).toAbsolutePath())
            .toList();
    if (!Files.isReadable(pom) || !jars.stream().allMatch(Files::isRegularFile)) {
      throw TroupeException.usage(
          "dist packs what ./troupe built, and %s is no built source tree; run ./troupe dist there"
              .formatted(root));
    }
    Matcher flags = FLAGS.matcher(Files.readString(pom));
    if (!flags.find()) {
      throw TroupeException.usage(pom + " has no line <troupe.jvm.flags>; restore it");
    }
    return new DistSource(root, jars, version, flags.group(1).strip());
  }

  /** Name of the archive and of the one folder in it: version, system, architecture. */
  String name() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch");
    return "troupe-%s-%s-%s"
        .formatted(
            version,
            system.startsWith("mac") ? "macos" : system,
            machine.equals("amd64") ? "x86_64" : machine);
  }
}
