package dev.troupe.deploy.e2e;

import dev.troupe.deploy.Main;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Troupe, called from a folder: as a child process, or in this one where the process itself is not
 * what is tested.
 *
 * @param folder the folder it is called from
 */
record Program(Path folder) {
  /** A job whose steps take milliseconds. */
  static final List<String> TINY =
      List.of(
          "run.name=tiny",
          "log.every=1",
          "model.hidden=32",
          "model.layers=2",
          "model.heads=4",
          "model.kv-heads=4",
          "model.ffn=64",
          "model.max-seq=64",
          "train.seq-length=32",
          "train.global-batch=12",
          "data.bios.people=50");

  /** {@code train} with the tiny job and these settings laid over it. */
  static String[] tiny(String... settings) {
    return Stream.of(List.of("train"), TINY, List.of(settings))
        .flatMap(List::stream)
        .toArray(String[]::new);
  }

  /** {@code launch} with the tiny job and these settings laid over it. */
  String[] launch(int nodes, int ranksPerNode, String[] job, String... settings) {
    return Stream.of(
            List.of("launch", "--nodes=" + nodes, "--ranks-per-node=" + ranksPerNode),
            TINY,
            List.of(job),
            List.of(settings))
        .flatMap(List::stream)
        .toArray(String[]::new);
  }

  /** Starts a child process. */
  Child start(String... arguments) throws IOException {
    return Child.start(folder, command(arguments));
  }

  /** Starts a child process that may take so long, with more variables and flags of its JVM. */
  Child start(
      Map<String, String> environment, List<String> flags, long limitSeconds, String... arguments)
      throws IOException {
    List<String> command = command(arguments);
    command.addAll(1, flags);
    return Child.start(folder, command, environment, limitSeconds);
  }

  /** Runs a child process to its end. */
  Outcome run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).end();
  }

  /** As {@link #run}, where no file can grow beyond so many KiB, as if the disk was full. */
  Outcome runOnFullDisk(int kib, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", "-c"));
    command.addAll(List.of("ulimit -f " + kib + "; exec \"$@\"", "-"));
    command.addAll(command(arguments));
    return Child.start(folder, command).end();
  }

  /** Trains the tiny job in this process, with the files where a child process has them. */
  Outcome train(String... settings) {
    List<String> all = new ArrayList<>(List.of(tiny()));
    all.add("data.cache=" + folder.resolve("runs/.data"));
    all.add("run.dir=" + folder.resolve("runs/tiny"));
    Collections.addAll(all, settings);
    return call(all.toArray(String[]::new));
  }

  /** Trains a job file in this process, as a run of that name. */
  Outcome train(Path job, String run, String... settings) {
    List<String> all = new ArrayList<>();
    all.add(job.toString());
    all.add("run.dir=" + folder.resolve("runs").resolve(run));
    all.add("run.name=" + run);
    Collections.addAll(all, settings);
    return train(all.toArray(String[]::new));
  }

  /** Runs the program in this process; paths in the arguments must be absolute. */
  static Outcome call(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.commandLine(new PrintWriter(out), new PrintWriter(err), false).run(arguments);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  /** What the tiny run leaves. */
  RunFiles files() {
    return files("tiny");
  }

  /** What a run leaves. */
  RunFiles files(String run) {
    return new RunFiles(folder.resolve("runs").resolve(run));
  }

  /** This virtual machine's, less what only tests have, such as their logging. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
        .filter(entry -> !Path.of(entry).endsWith("test-classes"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** This virtual machine's own flags, less the sizes and agents that are for tests. */
  List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--") || flag.startsWith("-XX:"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx512m", "-cp", classPath()));
    command.add(Main.class.getName());
    Collections.addAll(command, arguments);
    return command;
  }
}
