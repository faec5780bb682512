package dev.troupe.deploy.cli;

import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code troupe node}. */
@Command(
    name = "node",
    description = {
      "Offer this machine's devices to a run: join its cluster, start worker processes, watch them.",
      "",
      "A node with --control and a job may run the coordinator as well; the first of them begins",
      "the cluster, the others join by --seed. SIGTERM lets the run save before the node leaves.",
      "",
      "With cluster.control-nodes=3 start three of them, each with the addresses of all three as",
      "--seed, in the same order: the run outlives any one of them, and one that is started again",
      "joins the others."
    },
    footer = {
      "",
      "Examples, on two machines:",
      "  ./troupe node job.conf --control --ranks 2 cluster.host=10.0.0.1 cluster.port=7600 \\",
      "      cluster.secret-file=secret",
      "  ./troupe node --seed 10.0.0.1:7600 --ranks 2 cluster.host=10.0.0.2 \\",
      "      cluster.secret-file=secret"
    })
public final class NodeCommand implements Callable<Integer> {
  private final NodeJob job;

  @Mixin private JobArguments arguments = new JobArguments();

  @Option(
      names = "--seed",
      paramLabel = "HOST:PORT",
      description = "A node of the cluster to join by; may be given several times.")
  private List<String> seeds = new ArrayList<>();

  @Option(names = "--control", description = "This node may run the coordinator of the job.")
  private boolean control;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the node, unique in the cluster. Default: the host's name.")
  private @Nullable String name;

  @Option(
      names = "--ranks",
      paramLabel = "N",
      defaultValue = "1",
      description = "Ranks that it has room for. Default: 1.")
  private int ranks;

  @Option(
      names = "--first-gpu",
      paramLabel = "N",
      defaultValue = "0",
      description = "With device=cuda: number of the first GPU that it offers. Default: 0.")
  private int firstGpu;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "With --control: a job that does not fit the nodes is an error once there are so many.",
        "Default: it waits for more nodes, ten minutes long."
      })
  private int nodes;

  @Option(
      names = "--join-timeout",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description = "How long to try to join. Default: 300.")
  private int joinSeconds;

  @Option(
      names = "--aeron-dir",
      paramLabel = "DIR",
      description = "Folder of a media driver that serves this host already.")
  private @Nullable Path aeronDirectory;

  @Option(
      names = "--allow-faults",
      description = {
        "Obey orders to kill, stop and damage this node's processes, for troupe chaos.",
        "Whoever can speak to the cluster can give them: only for tests."
      })
  private boolean faults;

  @Option(names = "--child", hidden = true, description = "Started by launch; ends with it.")
  private boolean child;

  @Option(names = "--secret-from-input", hidden = true, description = "Read the secret.")
  private boolean secretFromInput;

  /** The verb, with what serves. */
  public NodeCommand(NodeJob job) {
    this.job = job;
  }

  @Override
  public Integer call() {
    JobSpec spec = arguments.load(List.of());
    return job.run(
        spec,
        new NodeJob.Options(
            Optional.ofNullable(name),
            seeds,
            ranks,
            firstGpu,
            control,
            nodes,
            Duration.ofSeconds(joinSeconds),
            Optional.ofNullable(aeronDirectory),
            child,
            faults,
            secretFromInput));
  }
}
