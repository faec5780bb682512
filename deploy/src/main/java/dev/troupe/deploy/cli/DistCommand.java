package dev.troupe.deploy.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe dist}. */
@Command(
    name = "dist",
    description = {
      "Pack the program and a Java runtime into one archive for machines like this one.",
      "",
      "It unpacks anywhere, needs no Java there, and holds the files for Slurm, Kubernetes,",
      "Docker and systemd in share/."
    },
    footer = {
      "",
      "Example:",
      "  ./troupe dist --out troupe.tar.gz && tar -xzf troupe.tar.gz && troupe-*/bin/troupe doctor",
      "  ./troupe dist --gpu-check   # there: tar -xJf troupe-gpu-check-*.tar.xz, then run gpu-check"
    })
public final class DistCommand implements Runnable {
  private final DistJob job;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The archive. Default: deploy/target/troupe-VERSION-SYSTEM-MACHINE.tar.gz.")
  private @Nullable Path out;

  @Option(
      names = "--gpu-check",
      description = {
        "Pack the GPU check alone, for a Linux machine with a GPU:",
        "deploy/target/troupe-gpu-check-VERSION.tar.xz."
      })
  private boolean gpuCheck;

  /** The verb, with what packs. */
  public DistCommand(DistJob job) {
    this.job = job;
  }

  @Override
  public void run() {
    job.run(
        new DistJob.Request(out, gpuCheck, RootCommand.Version.number()),
        spec.commandLine().getOut());
  }
}
