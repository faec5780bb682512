package dev.troupe.deploy.cluster;

import dev.troupe.proto.error.TroupeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Aeron media driver in a process of its own, which the processes of a host share; it ends with
 * this one. Thread-safe.
 */
public final class MediaDriverProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MediaDriverProcess.class);
  private static final int MIB = 20;
  private static final long START_SECONDS = 10;
  private static final long END_SECONDS = 5;
  private static final long LEAST_SPACE = 64L << 20;
  private static final int LAST_LINES = 20;
  private static final List<String> FLAGS =
      List.of(
          "-Xmx64m",
          "-Xss256k",
          "-XX:+UseSerialGC",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

  private final Path directory;
  private final Process process;

  private MediaDriverProcess(Path directory, Process process) {
    this.directory = directory;
    this.process = process;
  }

  /**
   * Starts a driver and waits until it serves. What a killed one left in the folder is removed.
   *
   * @param directory its folder, as {@link DriverDirectory#of} gives it; not {@linkplain
   *     DriverDirectory#active in use}
   * @throws TroupeException (resource) where it does not come up within 10 s
   */
  public static MediaDriverProcess start(Path directory) {
    if (DriverDirectory.active(directory)) {
      throw TroupeException.resource(
          "a media driver serves " + directory + " already. Use it, or wait until it has ended.");
    }
    Path home = Objects.requireNonNull(directory.toAbsolutePath().getParent(), "a folder's parent");
    try {
      long space = Files.getFileStore(home).getUsableSpace();
      if (space < LEAST_SPACE) {
        throw failed(home, "has no room to start");
      }
      Process process = new ProcessBuilder(command(directory)).redirectErrorStream(true).start();
      return await(new MediaDriverProcess(directory, process), home);
    } catch (IOException cannot) {
      throw new UncheckedIOException(cannot);
    }
  }

  private static List<String> command(Path directory) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(MediaDriverMain.class.getName());
    command.add(directory.toAbsolutePath().toString());
    return command;
  }

  private static MediaDriverProcess await(MediaDriverProcess driver, Path home) {
    CompletableFuture<Start> start = new CompletableFuture<>();
    Thread.ofPlatform().daemon().name("media-driver-output").start(() -> driver.read(start));
    try {
      return switch (start.get(START_SECONDS, TimeUnit.SECONDS)) {
        case Serves serves -> driver;
        case Ended ended -> throw failed(home, "ended at once:\n" + ended.lastLines() + "\n");
      };
    } catch (TimeoutException late) {
      driver.process.destroyForcibly();
      throw failed(home, "did not come up within " + START_SECONDS + " s");
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    } catch (InterruptedException interrupted) {
      driver.process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a media driver started", interrupted);
    }
  }

  /** Reads what the process prints, to its end: the first line says that it serves. */
  private void read(CompletableFuture<Start> start) {
    Deque<String> last = new ArrayDeque<>();
    try (BufferedReader lines = process.inputReader()) {
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.startsWith(MediaDriverMain.READY)) {
          start.complete(new Serves());
        } else if (start.isDone()) {
          LOG.warn("media driver: {}", line);
        } else {
          last.addLast(line);
          if (last.size() > LAST_LINES) {
            last.removeFirst();
          }
        }
      }
    } catch (IOException ended) {
      LOG.debug("the media driver's output ended", ended);
    }
    start.complete(new Ended(String.join("\n", last)));
  }

  private static TroupeException failed(Path home, String what) {
    String free = "an unknown number of bytes";
    try {
      free = (Files.getFileStore(home).getUsableSpace() >> MIB) + " MiB";
    } catch (IOException unknown) {
      LOG.debug("no free space known of {}", home, unknown);
    }
    return TroupeException.resource(
        "the media driver %s; %s has %s free and it takes %d MiB and more. Make room there (in a container: --shm-size), or set cluster.transport = tcp."
            .formatted(what, home, free, LEAST_SPACE >> MIB));
  }

  /** The folder that it serves. */
  public Path directory() {
    return directory;
  }

  /** The process's id. */
  public long pid() {
    return process.pid();
  }

  /** Completes with the exit code when the process has ended, for whatever reason. */
  public CompletableFuture<Integer> onExit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /** Ends it and removes its folder; by force where it does not end within 5 s. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (IOException ended) {
      LOG.debug("the media driver was gone already", ended);
    } catch (InterruptedException interrupted) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    IoUtil.delete(directory.toFile(), true);
  }

  /** How a start went. */
  private sealed interface Start {}

  private record Serves() implements Start {}

  private record Ended(String lastLines) implements Start {}
}
