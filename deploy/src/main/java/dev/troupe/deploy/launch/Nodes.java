package dev.troupe.deploy.launch;

import dev.troupe.deploy.process.ChildProcess;
import dev.troupe.deploy.process.ProcessKeeper;
import dev.troupe.deploy.process.Restarts;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ClusterSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiConsumer;

/**
 * The nodes of a launch. One whose process ends by itself is reported and started again; one that
 * was told to end is not. Thread-safe.
 */
final class Nodes implements AutoCloseable {
  /** A node that fails so late does not fail because it cannot start. */
  private static final Duration STARTED = Duration.ofSeconds(10);

  private static final Set<Category> LACKS =
      EnumSet.of(Category.USAGE, Category.DATA, Category.RESOURCE);

  private static final int SIGNALS = 128;

  /** Its own failure, or that a signal ended what it started. */
  private static final int SSH = 255;

  private final LaunchOptions options;
  private final int restarts;
  private final NodeCommandLine commands;
  private final ClusterSpec cluster;
  private final HostDriver driver;
  private final Path logs;
  private final PrintWriter out;
  private final BiConsumer<String, String> onGone;
  private final Map<String, ProcessKeeper<NodeChild>> keepers = new LinkedHashMap<>();
  private final Set<String> leaving = new HashSet<>();
  private final Set<String> returning = new HashSet<>();
  private final CompletableFuture<TroupeException> none = new CompletableFuture<>();
  private final CompletableFuture<Boolean> allEnded = new CompletableFuture<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("node-watch").factory());

  /**
   * No node yet.
   *
   * @param restarts how often a node is started again
   * @param cluster settings with a secret
   * @param driver media driver of this machine
   * @param logs folder for their output
   * @param out shows them
   * @param onGone told the name of a node whose process ended by itself, and how
   */
  Nodes(
      LaunchOptions options,
      int restarts,
      NodeCommandLine commands,
      ClusterSpec cluster,
      HostDriver driver,
      Path logs,
      PrintWriter out,
      BiConsumer<String, String> onGone) {
    this.options = options;
    this.restarts = restarts;
    this.commands = commands;
    this.cluster = cluster;
    this.driver = driver;
    this.logs = logs;
    this.out = out;
    this.onGone = onGone;
  }

  /**
   * Starts nodes until there are so many, or every host has one.
   *
   * @return those that there are beyond that number, which the caller lets go
   */
  synchronized List<String> ensure(int count) {
    List<String> running = running();
    running.removeIf(name -> leaving.contains(name) && !returning.contains(name));
    for (String name : options.names(count)) {
      if (running.size() < count && !running.contains(name)) {
        if (leaving.contains(name)) {
          returning.add(name); // once its process has ended
        } else {
          start(name);
        }
        running.add(name);
      }
    }
    out.flush();
    List<String> more =
        List.copyOf(running.subList(Math.min(count, running.size()), running.size()));
    leaving.addAll(more);
    more.forEach(returning::remove);
    return more;
  }

  private List<String> running() {
    List<String> names = new ArrayList<>(keepers.keySet());
    names.removeIf(name -> Objects.requireNonNull(keepers.get(name)).isOver());
    return names;
  }

  private void start(String name) {
    Path log = logs.resolve(name.replaceAll("[^A-Za-z0-9._-]", "_") + ".log");
    ProcessKeeper<NodeChild> keeper =
        new ProcessKeeper<>(
            () -> child(name, log),
            (end, lived) -> ended(name, end, lived),
            new Restarts(restarts),
            clock);
    keepers.put(name, keeper);
    keeper.supervise();
    CompletionStage<Void> unused = keeper.onOver().thenAccept(end -> over(name, end));
    out.printf(
        Locale.ROOT,
        "  %-12s %d ranks, pid %d, log %s%n",
        name,
        options.ranksPerNode(),
        keeper.current().pid(),
        log);
  }

  private NodeChild child(String name, Path log) {
    String secretFile = Objects.requireNonNull(cluster.secretFile());
    boolean here = options.hosts().isEmpty();
    return NodeChild.start(
        name,
        here
            ? commands.here(name, options.index(name), secretFile, driver.directory())
            : commands.overSsh(name, Path.of("").toAbsolutePath()),
        here ? "" : read(secretFile),
        log);
  }

  private static String read(String secretFile) {
    try {
      return Files.readString(Path.of(secretFile)).strip();
    } catch (IOException e) {
      throw TroupeException.usage(
          "cluster.secret-file = %s cannot be read: %s".formatted(secretFile, e.getMessage()));
    }
  }

  /** A node that was told to end says so by exit code 0. */
  private boolean ended(String name, ChildProcess.End end, Duration lived) {
    if (end.exitCode() == 0) {
      return false;
    }
    onGone.accept(name, end.words());
    return wouldRun(end.exitCode(), lived);
  }

  /**
   * Whether it is worth another try: it was killed, or parted from its peers. What it lacks, or was
   * told wrongly, it would lack and be told again.
   */
  private static boolean wouldRun(int exitCode, Duration lived) {
    boolean ssh = exitCode == SSH;
    if (exitCode == Category.PEER.exitCode() || exitCode > SIGNALS && !ssh) {
      return true;
    }
    boolean lacks = Category.ofExitCode(exitCode).filter(LACKS::contains).isPresent();
    return !lacks && lived.compareTo(STARTED) >= 0;
  }

  private synchronized void over(String name, ChildProcess.End end) {
    leaving.remove(name);
    if (returning.remove(name) && !clock.isShutdown()) {
      start(name);
      out.flush();
      return;
    }
    if (running().isEmpty()) {
      allEnded.complete(true);
    }
    if (running().isEmpty() && end.exitCode() != 0) {
      Category category = Category.ofExitCode(end.exitCode()).orElse(Category.PEER);
      none.complete(
          new TroupeException(category, "no node is left: %s: %s".formatted(name, end.words())));
    }
  }

  /** Completes when no node runs any more and none will, though none was told to end. */
  CompletionStage<TroupeException> onNone() {
    return none.minimalCompletionStage();
  }

  /** Completes when no node runs any more, and none will. */
  CompletionStage<Boolean> onAllEnded() {
    return allEnded.minimalCompletionStage();
  }

  /** Lets them know that this process will not hear them any more: they end at once. */
  synchronized void abandon() {
    release();
    keepers.values().forEach(keeper -> keeper.current().abandon());
  }

  private void release() {
    clock.shutdownNow();
    keepers.values().forEach(ProcessKeeper::release);
  }

  /** Waits for all of them to end. */
  @Override
  public synchronized void close() {
    release();
    keepers.values().parallelStream().forEach(ProcessKeeper::close);
  }
}
