package dev.troupe.deploy.dist;

import dev.troupe.proto.error.TroupeException;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;

/** A Java runtime with the modules that some jars need, made by the running JDK's own tools. */
final class RuntimeImage {
  /** What jdeps cannot see: reached by name, or for people who look into a running process. */
  private static final Set<String> BESIDES =
      Set.of("java.management", "java.net.http", "jdk.jcmd", "jdk.jfr", "jdk.management");

  /**
   * What libraries name for callers that have them, and do without: annotation processors (Agrona),
   * JavaBeans (the configuration library, Commons Math's pictures), dates of databases (Gson).
   */
  private static final Set<String> WITHOUT = Set.of("java.compiler", "java.desktop", "java.sql");

  private RuntimeImage() {}

  /** Names of the modules that the jars need. */
  static Set<String> modules(List<Path> jars) throws IOException {
    List<String> paths = new ArrayList<>();
    for (Path jar : jars) {
      if (hasClasses(jar)) { // a jar of native libraries may name modules that nobody has
        paths.add(jar.toString());
      }
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--multi-release",
                Integer.toString(Runtime.version().feature()),
                "--ignore-missing-deps",
                "--list-deps",
                "--class-path",
                String.join(File.pathSeparator, paths)));
    arguments.addAll(paths);
    // A line is a module, or a module and an internal package of it; warnings have spaces.
    Set<String> modules =
        call("jdeps", arguments)
            .lines()
            .map(line -> line.strip().replaceFirst("/.*", ""))
            .filter(line -> line.matches("[a-z.]+"))
            .collect(Collectors.toCollection(TreeSet::new));
    modules.addAll(BESIDES);
    modules.removeAll(WITHOUT);
    return modules;
  }

  private static boolean hasClasses(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .map(entry -> entry.getName())
          .anyMatch(name -> name.endsWith(".class") && !name.endsWith("module-info.class"));
    }
  }

  /** Writes the image into {@code folder}, which is not there yet. */
  static void link(Set<String> modules, Path folder) {
    call(
        "jlink",
        List.of(
            "--add-modules",
            String.join(",", modules),
            "--strip-java-debug-attributes",
            "--no-header-files",
            "--no-man-pages",
            "--compress",
            "zip-0", // the archive is compressed as a whole, and that is smaller
            "--output",
            folder.toString()));
  }

  private static String call(String name, List<String> arguments) {
    ToolProvider tool =
        ToolProvider.findFirst(name)
            .orElseThrow(
                () ->
                    TroupeException.usage(
                        "%s has no %s; point TROUPE_JAVA to a complete JDK"
                            .formatted(System.getProperty("java.home"), name)));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        tool.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(new String[0]));
    if (status != 0) {
      throw TroupeException.resource("%s failed: %s%s".formatted(name, out, err));
    }
    return out.toString();
  }
}
