package dev.troupe.deploy.cli;

import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code troupe launch}. */
@Command(
    name = "launch",
    description = {
      "Train over several processes: start nodes here, or on other hosts over ssh, and end with them.",
      "",
      "This process coordinates and reports. Each node is a process that starts worker processes,",
      "which hold the ranks. Ctrl-C finishes the step, saves and ends them all; the same command",
      "goes on from there. With cluster.control-nodes=3 the first three nodes coordinate, one at a",
      "time: when it dies, another one takes over."
    },
    footer = {
      "",
      "Examples:",
      "  ./troupe launch --nodes 2 --ranks-per-node 2",
      "  ./troupe launch job.conf --nodes 4 parallel.dp=4 parallel.tp=1",
      "  ./troupe launch job.conf --hosts gpu1,gpu2 cluster.host=10.0.0.1",
      "",
      "Over ssh, every host needs this folder at the same path, and hosts need to reach",
      "cluster.host. For Slurm, Kubernetes and systemd see the folder deploy/."
    })
public final class LaunchCommand implements Callable<Integer>, RunFolderOwner {
  private final LaunchJob job;
  private @Nullable Path runFolder;

  @Mixin private JobArguments arguments = new JobArguments();

  @Mixin private NodeOptions nodes = new NodeOptions();

  @Option(
      names = "--from",
      paramLabel = "CHECKPOINT",
      description = "Start from this checkpoint, or the latest of this folder of them.")
  private @Nullable String from;

  /** The verb, with what launches. */
  public LaunchCommand(LaunchJob job) {
    this.job = job;
  }

  @Override
  public Integer call() {
    JobSpec spec = arguments.load(from == null ? List.of() : List.of("checkpoint.from=" + from));
    runFolder = Path.of(spec.runDir());
    return job.run(spec, nodes.hosts(), nodes.nodes(), nodes.ranksPerNode());
  }

  @Override
  public Optional<Path> runFolder() {
    return Optional.ofNullable(runFolder);
  }
}
