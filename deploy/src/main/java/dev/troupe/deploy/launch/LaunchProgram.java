package dev.troupe.deploy.launch;

import dev.troupe.coordinator.RunResult;
import dev.troupe.deploy.api.ApiServer;
import dev.troupe.deploy.chaos.plan.PlanFile;
import dev.troupe.deploy.cluster.ClusterConfig;
import dev.troupe.deploy.cluster.ListenAddress;
import dev.troupe.deploy.job.DataProgress;
import dev.troupe.deploy.job.RunSetup;
import dev.troupe.deploy.local.StopSignals;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.deploy.report.RunLogging;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.NodeGone;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * {@code troupe launch}: the coordinator in this process, and nodes that it starts here or over
 * ssh; where several of the nodes may coordinate, {@link ObservedLaunch}. The nodes end with it.
 *
 * @param program main class of the program, whose verb {@code node} is started
 * @param out the console
 * @param terminal whether the console is a terminal
 */
public record LaunchProgram(Class<?> program, PrintWriter out, boolean terminal) {
  private static final Duration UP_LIMIT = Duration.ofSeconds(30);

  /**
   * Runs the job to its end.
   *
   * @return the exit code
   */
  public int run(JobSpec job, LaunchOptions options) {
    requireReachable(job.cluster(), options);
    Optional.ofNullable(job.chaosPlan()).ifPresent(plan -> PlanFile.read(Path.of(plan)));
    RunSetup setup = RunSetup.of(job, out, terminal);
    String nothing = setup.nothingToDo();
    if (nothing != null) {
      out.println(nothing);
      return 0;
    }
    setup.prepareData(new DataProgress(out, terminal));
    RunFolder folder = RunFolder.create(job);
    try (RunLogging logging = RunLogging.to(folder.log(), job.logFormat(), null);
        RuntimeFolder runtime = RuntimeFolder.create();
        HostDriver driver = HostDriver.of(job.cluster(), Optional.empty())) {
      return launch(job, options, setup, folder, runtime, driver);
    }
  }

  private static void requireReachable(ClusterSpec cluster, LaunchOptions options) {
    boolean alone = ListenAddress.isLoopback(cluster.host());
    boolean elsewhere = options.hosts().stream().anyMatch(host -> !ListenAddress.isLoopback(host));
    if (elsewhere && alone) {
      throw TroupeException.usage(
          "--hosts needs cluster.host=ADDRESS, by which the hosts reach this machine; it is %s"
              .formatted(cluster.host()));
    }
  }

  private int launch(
      JobSpec job,
      LaunchOptions options,
      RunSetup setup,
      RunFolder folder,
      RuntimeFolder runtime,
      HostDriver driver) {
    String secret = RuntimeFolder.newSecret();
    String given = job.cluster().secretFile();
    ClusterSpec cluster =
        given == null
            ? job.cluster().withSecretFile(runtime.secret(secret).toString())
            : job.cluster();
    if (cluster.controlNodes() > 1) {
      return new ObservedLaunch(program, out).run(job, options, cluster, folder, driver);
    }
    Coordination coordination =
        new Coordination(job, folder, setup.board(), () -> setup, options.nodes());
    try (ClusterSystem system =
        ClusterSystem.start(
            ClusterConfig.of(cluster, Set.of(ClusterSystem.CONTROL), driver.directory()),
            new MemberActor.Control(coordination.behavior(), Optional.empty(), 1))) {
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
                  List.of(),
                  options.nodes()),
              cluster,
              driver,
              logs(folder),
              out,
              (name, why) -> {
                system.gone(name);
                coordinator.tell(new NodeGone(name, why));
              });
      try (nodes;
          StopSignals signals =
              new StopSignals(signal -> coordinator.tell(new RequestStop(signal)))) {
        coordination.began().toCompletableFuture().join();
        try (ApiServer api = start(options, nodes, coordination, system, coordinator)) {
          out.printf("  %-12s %s%n", "api", api.url());
          return await(coordination, system, driver, nodes);
        }
      }
    }
  }

  /** Starts the nodes and the API; where one cannot, no node is left waiting. */
  private static ApiServer start(
      LaunchOptions options,
      Nodes nodes,
      Coordination coordination,
      ClusterSystem system,
      ActorRef<CoordinatorCommand> coordinator) {
    try {
      List<String> unused = nodes.ensure(options.nodes());
      return coordination.serve(system, coordinator, nodes::ensure);
    } catch (RuntimeException e) {
      nodes.abandon();
      throw e;
    }
  }

  static Path logs(RunFolder folder) {
    try {
      return Files.createDirectories(folder.path().resolve("logs"));
    } catch (IOException e) {
      throw TroupeException.resource(
          "%s: cannot be made: %s".formatted(folder.path().resolve("logs"), e.getMessage()));
    }
  }

  private static int await(
      Coordination coordination, ClusterSystem system, HostDriver driver, Nodes nodes) {
    CompletableFuture<RunResult> result = coordination.result().toCompletableFuture();
    CompletableFuture<TroupeException> trouble = new CompletableFuture<>();
    system.onLost().thenAccept(words -> trouble.complete(lost(words)));
    driver.onEnd().thenAccept(words -> trouble.complete(lost(words)));
    coordination.onSuperseded().thenAccept(words -> trouble.complete(TroupeException.peer(words)));
    nodes.onNone().thenAccept(trouble::complete);
    CompletableFuture.anyOf(result, trouble).join();
    if (!result.isDone()) {
      nodes.abandon(); // nobody can tell them to end
      throw trouble.join();
    }
    RunResult end = result.join();
    if (end.category() != null) {
      throw new TroupeException(end.category(), end.message());
    }
    return end.exitCode();
  }

  static TroupeException lost(String words) {
    return TroupeException.peer(words + "; the same command goes on from the last checkpoint");
  }
}
