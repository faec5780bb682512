package dev.troupe.deploy.gpucheck;

import dev.troupe.deploy.process.ProcessEnd;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A run of the product that may still be under way; closing it ends it by force. */
final class StartedRun implements AutoCloseable {
  private static final long POLL_MILLIS = 20;

  private final String name;
  private final Process process;
  private final Path log;
  private final Path folder;
  private final Duration limit;
  private final long started = System.nanoTime();

  StartedRun(String name, Process process, Path log, Path folder, Duration limit) {
    this.name = name;
    this.process = process;
    this.log = log;
    this.folder = folder;
    this.limit = limit;
  }

  /**
   * Waits until it has a checkpoint of {@code step} or more steps.
   *
   * @return the checkpoint's step
   * @throws TroupeException where it ends without one
   */
  int awaitCheckpoint(int step) throws InterruptedException {
    while (true) {
      OptionalInt latest = Run.checkpointStep(folder);
      if (latest.isPresent() && latest.getAsInt() >= step) {
        return latest.getAsInt();
      }
      if (process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw TroupeException.peer(
            "the run %s %s before a checkpoint of step %d%s"
                .formatted(
                    name, ProcessEnd.words(process.exitValue()), step, ProcessEnd.lastWords(log)));
      }
      checkTime();
    }
  }

  /** Asks it to end; it saves first. */
  void stop() {
    process.destroy();
  }

  /** Processes that hold its ranks and are alive. */
  List<ProcessHandle> workers() {
    return process.descendants().filter(child -> child.isAlive() && holdsRanks(child)).toList();
  }

  /** By the system's own file: what Java tells of a command line ends after some thousand bytes. */
  private static boolean holdsRanks(ProcessHandle child) {
    try {
      return Files.readString(
              Path.of("/proc", Long.toString(child.pid()), "cmdline"), StandardCharsets.ISO_8859_1)
          .contains(".WorkerMain\0");
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  /** Waits for the end. */
  Run end() throws InterruptedException {
    while (!process.waitFor(1, TimeUnit.SECONDS)) {
      checkTime();
    }
    return new Run(name, process.exitValue(), log, folder);
  }

  private void checkTime() {
    if (System.nanoTime() - started > limit.toNanos()) {
      throw TroupeException.peer(
          "the run %s did not end within %d s; it is killed%s"
              .formatted(name, limit.toSeconds(), ProcessEnd.lastWords(log)));
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
