package dev.troupe.deploy.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which nodes a verb starts. */
final class NodeOptions {
  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "Number of nodes, as processes of this machine. Default: 1.")
  private @Nullable Integer nodes;

  @Option(
      names = "--ranks-per-node",
      paramLabel = "R",
      description = "Ranks that each node has room for. Default: as many as the job needs.")
  private @Nullable Integer ranksPerNode;

  @Option(
      names = "--hosts",
      split = ",",
      paramLabel = "HOST",
      description = "Hosts to start a node on each, over ssh; separated by commas.")
  private List<String> hosts = new ArrayList<>();

  /** {@code --nodes}. */
  OptionalInt nodes() {
    return optional(nodes);
  }

  /** {@code --ranks-per-node}. */
  OptionalInt ranksPerNode() {
    return optional(ranksPerNode);
  }

  /** {@code --hosts}; empty: nodes are processes of this machine. */
  List<String> hosts() {
    return hosts;
  }

  /** What was given, as arguments again. */
  List<String> toArguments() {
    List<String> given = new ArrayList<>();
    if (nodes != null) {
      given.add("--nodes=" + nodes);
    }
    if (ranksPerNode != null) {
      given.add("--ranks-per-node=" + ranksPerNode);
    }
    if (!hosts.isEmpty()) {
      given.add("--hosts=" + String.join(",", hosts));
    }
    return given;
  }

  private static OptionalInt optional(@Nullable Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
