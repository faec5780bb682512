package dev.troupe.deploy.launch;

import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ClusterSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiConsumer;

/** The nodes of a launch. Used by one thread. */
final class Nodes implements AutoCloseable {
  private final NodeCommandLine commands;
  private final ClusterSpec cluster;
  private final HostDriver driver;
  private final Path logs;
  private final List<NodeChild> children = new ArrayList<>();
  private volatile boolean closing;

  /**
   * No node yet.
   *
   * @param cluster settings with a secret
   * @param driver media driver of this machine
   * @param logs folder for their output
   */
  Nodes(NodeCommandLine commands, ClusterSpec cluster, HostDriver driver, Path logs) {
    this.commands = commands;
    this.cluster = cluster;
    this.driver = driver;
    this.logs = logs;
  }

  /** Starts them all and shows them. */
  void start(LaunchOptions options, PrintWriter out) {
    for (String name : options.names()) {
      Path log = logs.resolve(name.replaceAll("[^A-Za-z0-9._-]", "_") + ".log");
      String secretFile = Objects.requireNonNull(cluster.secretFile());
      boolean here = options.hosts().isEmpty();
      NodeChild child =
          NodeChild.start(
              name,
              here
                  ? commands.here(name, children.size(), secretFile, driver.directory())
                  : commands.overSsh(name, Path.of("").toAbsolutePath()),
              here ? "" : read(secretFile),
              log);
      children.add(child);
      out.printf(
          Locale.ROOT,
          "  %-12s %d ranks, pid %d, log %s%n",
          name,
          options.ranksPerNode(),
          child.pid(),
          log);
    }
    out.flush();
  }

  private static String read(String secretFile) {
    try {
      return Files.readString(Path.of(secretFile)).strip();
    } catch (IOException e) {
      throw TroupeException.usage(
          "cluster.secret-file = %s cannot be read: %s".formatted(secretFile, e.getMessage()));
    }
  }

  /** Tells {@code onEnd} the name of a node whose process ends before the run does, and how. */
  void watch(BiConsumer<String, String> onEnd) {
    for (NodeChild child : children) {
      child
          .onEnd()
          .thenAccept(
              why -> {
                if (!closing) {
                  onEnd.accept(child.name(), why);
                }
              });
    }
  }

  /** Lets them know that this process will not hear them any more: they end at once. */
  void abandon() {
    closing = true;
    children.forEach(NodeChild::abandon);
  }

  /** Waits for all of them to end. */
  @Override
  public void close() {
    closing = true;
    children.parallelStream().forEach(NodeChild::close);
  }
}
