package dev.troupe.deploy.cli;

import dev.troupe.deploy.host.HostMemory;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.train.MemoryPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code troupe train}. */
@Command(
    name = "train",
    description = {
      "Train a model, or go on with a run from its last checkpoint.",
      "",
      "Without arguments: a small LLaMA on four ranks of this machine, on built-in data.",
      "Ctrl-C finishes the step, saves and ends; the same command goes on from there."
    },
    footer = {
      "",
      "Examples:",
      "  ./troupe train",
      "  ./troupe train data.path=my-texts train.steps=1000 run.name=mine",
      "  ./troupe train job.conf parallel.tp=1 parallel.dp=4",
      "  ./troupe train --from runs/mine/checkpoints run.name=mine-again",
      "",
      "All keys, with their meaning and defaults, are in",
      "proto/src/main/resources/dev/troupe/proto/config/reference.conf."
    })
public final class TrainCommand implements Callable<Integer>, RunFolderOwner {
  private final TrainJob job;
  private final Supplier<HostMemory> memory;
  private @Nullable Path runFolder;

  @Mixin private JobArguments arguments = new JobArguments();

  @Option(
      names = "--from",
      paramLabel = "CHECKPOINT",
      description = "Start from this checkpoint, or the latest of this folder of them.")
  private @Nullable String from;

  @Option(
      names = "--profile",
      description = {
        "Trace three steps to <run.dir>/profile, for chrome://tracing or ui.perfetto.dev;",
        "profile.first and profile.steps choose others."
      })
  private boolean profile;

  /**
   * The verb.
   *
   * @param job what trains
   * @param memory tells the memory of this host
   */
  public TrainCommand(TrainJob job, Supplier<HostMemory> memory) {
    this.job = job;
    this.memory = memory;
  }

  @Override
  public Integer call() {
    List<String> extra = new ArrayList<>();
    if (from != null) {
      extra.add("checkpoint.from=" + from);
    }
    if (profile) {
      extra.add("profile.steps=3");
    }
    JobSpec spec = arguments.load(extra);
    if (spec.device().equals("cpu")) { // a GPU's memory is asked for when it is opened
      MemoryPlan.of(spec).checkFits(spec.parallel().worldSize(), memory.get().available());
    }
    runFolder = Path.of(spec.runDir());
    return job.run(spec);
  }

  @Override
  public Optional<Path> runFolder() {
    return Optional.ofNullable(runFolder);
  }
}
