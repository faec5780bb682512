package dev.troupe.deploy.gpucheck;

import dev.troupe.deploy.process.JavaCommand;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the product itself, in child processes with this one's classes.
 *
 * @param program class to start
 * @param folder where they run and leave their files
 * @param limit after which a run counts as hung, and is killed
 */
record Runs(Class<?> program, Path folder, Duration limit) {

  /** {@code troupe train} to its end; ranks are threads of one process. */
  Run train(String name, List<String> settings) throws InterruptedException {
    try (StartedRun run = start(name, List.of("train"), settings)) {
      return run.end();
    }
  }

  /** {@code troupe launch} of one node to its end; every rank is a process. */
  Run launch(String name, int ranks, List<String> settings) throws InterruptedException {
    try (StartedRun run = startLaunch(name, ranks, settings)) {
      return run.end();
    }
  }

  /** Starts {@code troupe launch}. */
  StartedRun startLaunch(String name, int ranks, List<String> settings) {
    List<String> verb = List.of("launch", "--nodes=1", "--ranks-per-node=" + ranks);
    List<String> all = new ArrayList<>(List.of("worker.devices-per-process=1"));
    all.addAll(settings);
    return start(name, verb, all);
  }

  /** Any verb to its end. */
  Run program(String name, List<String> arguments) throws InterruptedException {
    try (StartedRun run = start(name, arguments)) {
      return run.end();
    }
  }

  private StartedRun start(String name, List<String> verb, List<String> settings) {
    List<String> arguments = new ArrayList<>(verb);
    arguments.add("run.name=" + name);
    arguments.addAll(settings);
    return start(name, arguments);
  }

  private StartedRun start(String name, List<String> arguments) {
    Path log = folder.resolve(name + ".log");
    try {
      Process process =
          new ProcessBuilder(JavaCommand.of(program, List.of(), arguments))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new StartedRun(name, process, log, folder.resolve("runs").resolve(name), limit);
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE, "the run %s cannot be started: %s".formatted(name, e), e);
    }
  }
}
