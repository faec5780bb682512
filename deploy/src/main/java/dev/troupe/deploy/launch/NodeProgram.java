package dev.troupe.deploy.launch;

import dev.troupe.actor.NodeAgent;
import dev.troupe.deploy.cli.NodeJob;
import dev.troupe.deploy.cluster.ClusterConfig;
import dev.troupe.deploy.cluster.DriverDirectory;
import dev.troupe.deploy.host.HostMemory;
import dev.troupe.deploy.job.DataProgress;
import dev.troupe.deploy.job.RunSetup;
import dev.troupe.deploy.local.StopSignals;
import dev.troupe.deploy.process.PrivateFolder;
import dev.troupe.deploy.report.RunFolder;
import dev.troupe.deploy.worker.Workers;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.CoordinatorCommand;
import dev.troupe.proto.message.DrainNode;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RequestStop;
import dev.troupe.proto.message.RunEnded;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.JobSpec;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.ActorRef;

/** {@code troupe node}: an agent that offers this machine's devices to a run. */
public final class NodeProgram {
  private final JobSpec job;
  private final NodeJob.Options options;
  private final PrintWriter out;
  private final boolean terminal;

  /**
   * A node for {@code job}'s cluster.
   *
   * @param out the console
   * @param terminal whether it is a terminal
   */
  public NodeProgram(JobSpec job, NodeJob.Options options, PrintWriter out, boolean terminal) {
    this.job = job;
    this.options = options;
    this.out = out;
    this.terminal = terminal;
  }

  /**
   * Serves until the run is over.
   *
   * @return the exit code
   */
  public int run() {
    if (options.control() && job.chaosPlan() != null && !options.faults()) {
      throw TroupeException.usage(
          "chaos.plan = %s: start the nodes with --allow-faults, or leave the plan out"
              .formatted(job.chaosPlan()));
    }
    if (!options.control()) {
      return run(Optional.empty());
    }
    // A child's job is its parent's, and the parent shows what all of them say.
    RunFolder run = options.child() ? new RunFolder(Path.of(job.runDir())) : RunFolder.create(job);
    try (PrintWriter console = options.child() ? append(run.console()) : out) {
      RunSetup own = RunSetup.of(job, console, terminal);
      String nothing = own.nothingToDo();
      if (nothing != null) {
        tell(nothing);
        return 0;
      }
      own.prepareData(new DataProgress(console, terminal));
      return run(
          Optional.of(
              new ControlNode(
                  job,
                  run,
                  console,
                  new Coordination(
                      job,
                      run,
                      own.board(),
                      () -> RunSetup.of(job, console, terminal),
                      options.nodes()))));
    }
  }

  private static PrintWriter append(Path file) {
    try {
      Files.createDirectories(file.getParent());
      return new PrintWriter(
          Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND),
          true);
    } catch (IOException e) {
      throw TroupeException.resource("%s: %s".formatted(file, e));
    }
  }

  private int run(Optional<ControlNode> control) {
    try (RuntimeFolder folder = RuntimeFolder.create()) {
      ClusterSpec cluster = cluster(folder);
      ParentWatch.startIf(options.child(), folder);
      try (HostDriver driver = HostDriver.of(cluster, options.aeronDirectory())) {
        return serve(cluster, folder, driver, control);
      }
    }
  }

  private ClusterSpec cluster(RuntimeFolder folder) {
    if (!options.secretFromInput()) {
      return job.cluster();
    }
    return job.cluster().withSecretFile(folder.secret(ParentWatch.firstLine()).toString());
  }

  private int serve(
      ClusterSpec cluster, RuntimeFolder folder, HostDriver driver, Optional<ControlNode> control) {
    String name = options.name().orElseGet(() -> defaultName(cluster));
    // The processes start while this one joins.
    try (Workers workers = Workers.start(start(name, cluster, folder, driver));
        ClusterSystem system =
            ClusterSystem.start(
                ClusterConfig.of(cluster, roles(name), driver.directory()),
                control
                    .map(own -> own.part(name))
                    .orElseGet(() -> MemberActor.Control.none(cluster.controlNodes())))) {
      system.join(options.seeds());
      ActorRef<CoordinatorCommand> coordinator =
          system.awaitUp(options.seeds(), options.joinTimeout());
      CompletableFuture<RunEnded> ended = startAgent(name, system, workers);
      try (StopSignals signals = signals(name, coordinator);
          ApiWhereCoordinated api = new ApiWhereCoordinated(control, system, coordinator)) {
        return await(system, workers, driver, ended, control);
      }
    }
  }

  private CompletableFuture<RunEnded> startAgent(
      String name, ClusterSystem system, Workers workers) {
    workers.await();
    CompletableFuture<RunEnded> ended = new CompletableFuture<>();
    system.startAgent(way -> NodeAgent.create(workers, way, ended::complete));
    tell(
        "node %s at %s offers %d %s devices by %s"
            .formatted(
                name,
                system.address(),
                options.ranks(),
                job.device(),
                String.join(", ", workers.describe())));
    return ended;
  }

  private Set<String> roles(String name) {
    String node = ClusterSystem.NODE + name;
    return options.control() ? Set.of(node, ClusterSystem.CONTROL) : Set.of(node);
  }

  private Workers.Start start(
      String name, ClusterSpec cluster, RuntimeFolder folder, HostDriver driver) {
    Optional<Path> memory =
        cluster.sharedMemory()
            ? Optional.of(PrivateFolder.of(DriverDirectory.root().resolve("memory")))
            : Optional.empty();
    return new Workers.Start(
        new NodeInfo(
            name,
            HostIdentity.current(),
            Runtime.getRuntime().availableProcessors(),
            HostMemory.read().available(),
            List.of()),
        job.device(),
        options.ranks(),
        options.firstGpu(),
        job.cuda(),
        cluster,
        job.elastic(),
        folder.path(),
        driver.directory(),
        memory,
        options.faults());
  }

  /** Two nodes of one machine have different ports, or are different processes. */
  private static String defaultName(ClusterSpec cluster) {
    String host = HostIdentity.hostName();
    return cluster.port() == 0 ? host + "-" + ProcessHandle.current().pid() : host;
  }

  /**
   * Ctrl-C and SIGTERM take the node out of the run at its next step; a second one ends it at once.
   * Without the only node that may coordinate there is no run: it is saved and ends.
   */
  private StopSignals signals(String name, ActorRef<CoordinatorCommand> coordinator) {
    boolean[] asked = new boolean[1];
    return new StopSignals(
        signal -> {
          if (options.child() && !signal.equals("SIGTERM")) {
            return; // a terminal's, which goes to every process; who started this one decides
          }
          if (asked[0]) {
            Runtime.getRuntime().halt(130);
          }
          asked[0] = true;
          if (options.control() && job.cluster().controlNodes() == 1) {
            tell(
                signal
                    + ": the run ends with the node that coordinates it, after its step is saved");
            coordinator.tell(new RequestStop(signal));
            return;
          }
          tell(signal + ": this node leaves; the run goes on without it");
          coordinator.tell(new DrainNode(name, signal));
        });
  }

  private int await(
      ClusterSystem system,
      Workers workers,
      HostDriver driver,
      CompletableFuture<RunEnded> ended,
      Optional<ControlNode> control) {
    CompletableFuture<TroupeException> trouble = new CompletableFuture<>();
    workers.onEnd().thenAccept(words -> trouble.complete(TroupeException.resource(words)));
    driver.onEnd().thenAccept(words -> trouble.complete(TroupeException.peer(words)));
    system.onLost().thenAccept(words -> trouble.complete(TroupeException.peer(words)));
    control.ifPresent(
        own -> own.onTrouble().thenAccept(words -> trouble.complete(TroupeException.peer(words))));
    CompletableFuture.anyOf(ended, trouble).join();
    workers.close(); // first of all: leaving the cluster may take seconds
    if (ended.isDone()) {
      RunEnded end = ended.join();
      control.ifPresent(ControlNode::awaitLastWord);
      tell(end.message().isEmpty() ? "the run is over" : "the run is over: " + end.message());
      return options.child() ? 0 : end.exitCode(); // who started it knows how the run ended
    }
    throw trouble.join();
  }

  private void tell(String text) {
    out.println(text);
    out.flush();
  }
}
