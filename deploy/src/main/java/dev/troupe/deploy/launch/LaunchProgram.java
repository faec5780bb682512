package dev.troupe.deploy.launch;

import dev.troupe.coordinator.RunResult;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * {@code troupe launch}: the coordinator in this process, and nodes that it starts here or over
 * ssh. The nodes end with it.
 *
 * @param out the console
 * @param terminal whether the console is a terminal
 */
public record LaunchProgram(PrintWriter out, boolean terminal) {
  private static final Duration UP_LIMIT = Duration.ofSeconds(30);

  /**
   * Runs the job to its end.
   *
   * @return the exit code
   */
  public int run(JobSpec job, LaunchOptions options) {
    RunSetup setup = RunSetup.of(job, out, terminal);
    String nothing = setup.nothingToDo();
    if (nothing != null) {
      out.println(nothing);
      return 0;
    }
    requireReachable(job.cluster(), options);
    setup.prepareData(new DataProgress(out, terminal));
    RunFolder folder = RunFolder.create(job);
    try (RunLogging logging = RunLogging.to(folder.log());
        RuntimeFolder runtime = RuntimeFolder.create();
        HostDriver driver = HostDriver.of(job.cluster(), java.util.Optional.empty())) {
      return launch(job, options, setup, folder, runtime, driver);
    }
  }

  private static void requireReachable(ClusterSpec cluster, LaunchOptions options) {
    boolean elsewhere = options.hosts().stream().anyMatch(host -> !ListenAddress.isLoopback(host));
    if (elsewhere && ListenAddress.isLoopback(cluster.host())) {
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
    Coordination coordination = new Coordination(job, setup, options.nodes());
    try (ClusterSystem system =
        ClusterSystem.start(
            ClusterConfig.of(cluster, Set.of(ClusterSystem.CONTROL), driver.directory()),
            coordination.behavior())) {
      system.join(List.of());
      ActorRef<CoordinatorCommand> coordinator = system.awaitUp(List.of(), UP_LIMIT);
      Nodes nodes =
          new Nodes(
              new NodeCommandLine(job, system.address(), options.ranksPerNode()),
              cluster,
              driver,
              logs(folder));
      try (nodes;
          StopSignals signals =
              new StopSignals(signal -> coordinator.tell(new RequestStop(signal)))) {
        nodes.start(options, out);
        nodes.watch((name, why) -> coordinator.tell(new NodeGone(name, why)));
        driver.onEnd().thenAccept(why -> coordinator.tell(new RequestStop(why)));
        return await(coordination, system);
      }
    }
  }

  private static Path logs(RunFolder folder) {
    try {
      return Files.createDirectories(folder.path().resolve("logs"));
    } catch (IOException e) {
      throw TroupeException.resource(
          "%s: cannot be made: %s".formatted(folder.path().resolve("logs"), e.getMessage()));
    }
  }

  private static int await(Coordination coordination, ClusterSystem system) {
    CompletableFuture<RunResult> result = coordination.result().toCompletableFuture();
    CompletableFuture<String> lost = system.onLost().toCompletableFuture();
    CompletableFuture.anyOf(result, lost).join();
    if (!result.isDone()) {
      throw TroupeException.peer(lost.join());
    }
    RunResult end = result.join();
    if (end.category() != null) {
      throw new TroupeException(end.category(), end.message());
    }
    return end.exitCode();
  }
}
