package dev.troupe.deploy.launch;

import dev.troupe.deploy.cluster.ClusterConfig;
import dev.troupe.deploy.local.StopSignals;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DrainNode;
import dev.troupe.proto.message.NodeGone;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.JobSpec;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * A launch in which the nodes coordinate: the first {@code cluster.control-nodes} of them may, and
 * this process starts them, starts again those that end, and shows the console of whichever
 * coordinates. It is a member of their cluster, by which they join, but has no say in the run.
 *
 * @param program main class of the program, whose verb {@code node} is started
 * @param out the console
 */
record ObservedLaunch(Class<?> program, PrintWriter out) {
  private static final Duration UP_LIMIT = Duration.ofSeconds(30);

  /**
   * Runs the job to its end.
   *
   * @param cluster its settings, with a secret
   * @return the exit code
   */
  int run(
      JobSpec job,
      LaunchOptions options,
      ClusterSpec cluster,
      RunFolder folder,
      HostDriver driver) {
    int control = cluster.controlNodes();
    if (options.nodes() < control) {
      throw TroupeException.usage(
          "cluster.control-nodes = %d needs as many nodes, but there are %d; give --nodes %d, or cluster.control-nodes=1"
              .formatted(control, options.nodes(), control));
    }
    Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    try (ConsoleTail console = ConsoleTail.of(folder.console(), out);
        ClusterSystem system =
            ClusterSystem.start(
                ClusterConfig.of(cluster, Set.of("launch"), driver.directory()),
                MemberActor.Control.none(control))) {
      system.join(List.of());
      ActorRef<CoordinatorCommand> coordinator = system.awaitUp(List.of(), UP_LIMIT);
      Nodes nodes =
          new Nodes(
              options,
              job.elastic().restarts(),
              new NodeCommandLine(
                  program,
                  job,
                  system.address(),
                  options.ranksPerNode(),
                  options.names(options.nodes()).subList(0, control),
                  options.nodes()),
              cluster,
              driver,
              LaunchProgram.logs(folder),
              out,
              (name, why) -> {
                system.gone(name);
                coordinator.tell(new NodeGone(name, why));
              });
      try (nodes;
          StopSignals signals =
              new StopSignals(signal -> coordinator.tell(new RequestStop(signal)))) {
        start(nodes, options);
        try (WantedNodes wanted =
            WantedNodes.watch(
                folder.events(), start, count -> scale(count, job, nodes, coordinator))) {
          await(system, driver, nodes);
        }
      }
    }
    return EndOfRun.read(folder.events(), start)
        .orElseThrow(
            () ->
                TroupeException.peer(
                    "the nodes ended and left no word of the run's end; see %s. The same command goes on"
                        .formatted(folder.path().resolve("logs"))))
        .orThrow();
  }

  private static void start(Nodes nodes, LaunchOptions options) {
    try {
      List<String> unused = nodes.ensure(options.nodes());
    } catch (RuntimeException e) {
      nodes.abandon();
      throw e;
    }
  }

  /** Nodes that may coordinate stay, even where none of their ranks trains. */
  private static void scale(
      int count, JobSpec job, Nodes nodes, ActorRef<CoordinatorCommand> coordinator) {
    int all = Math.max(count + job.elastic().spares(), job.cluster().controlNodes());
    for (String superfluous : nodes.ensure(all)) {
      coordinator.tell(new DrainNode(superfluous, "troupe scale"));
    }
  }

  private static void await(ClusterSystem system, HostDriver driver, Nodes nodes) {
    CompletableFuture<Boolean> ended = nodes.onAllEnded().toCompletableFuture();
    CompletableFuture<TroupeException> trouble = new CompletableFuture<>();
    system.onLost().thenAccept(words -> trouble.complete(LaunchProgram.lost(words)));
    driver.onEnd().thenAccept(words -> trouble.complete(LaunchProgram.lost(words)));
    nodes.onNone().thenAccept(trouble::complete);
    CompletableFuture.anyOf(ended, trouble).join();
    if (trouble.isDone()) {
      nodes.abandon(); // nobody can tell them to end
      throw trouble.join();
    }
  }
}
