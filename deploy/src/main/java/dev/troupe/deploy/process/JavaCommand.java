package dev.troupe.deploy.process;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The command that starts another JVM with this one's classes and flags. */
public final class JavaCommand {
  private JavaCommand() {}

  /**
   * The command.
   *
   * @param main class to start
   * @param flags flags of the JVM besides this one's own, such as {@code -Xmx256m}
   * @param arguments arguments of the program; anyone on the machine can read them
   */
  public static List<String> of(Class<?> main, List<String> flags, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(JavaCommand::handedOn)
        .forEach(command::add);
    command.addAll(flags);
    command.add("-cp");
    command.add(classPath());
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }

  /**
   * Not the sizes of this heap, nor an agent such as a debugger, which has one port, nor how far
   * this one compiles: an agent's JVM does with the first compiler, a worker's does not.
   */
  private static boolean handedOn(String flag) {
    return flag.startsWith("--")
        || flag.startsWith("-D")
        || flag.startsWith("-XX:") && !flag.startsWith("-XX:TieredStopAtLevel");
  }

  /** Without what only tests have, such as their logging. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !entry.endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }
}
