package dev.troupe.deploy.cli;

import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe gpu-check}. */
@Command(
    name = "gpu-check",
    description = {
      "Prove that training on this machine's GPU is right, and measure how fast it is.",
      "",
      "Sections:",
      "  a  the GPU, its driver and libraries; memory and streams",
      "  b  every kernel and matrix product against the CPU",
      "  c  a small model's losses against the CPU, in fp32 and bf16",
      "  d  2 and 4 ranks as processes that share one GPU over NCCL; one of them killed",
      "  e  memory in use against the plan",
      "  f  speed: LLaMA 7B and 1.1B beside PyTorch, and each kernel against its floor",
      "",
      "Each check prints its figure, its bound, and ok, FAILED or skipped with the",
      "reason. All go to a JSON file, too: keep it, or send it with a bug report."
    },
    footer = {
      "",
      "Exit codes: 0 where sections a to e ran and nothing failed, 1 where something",
      "failed or did not run, 4 where there is no GPU that can be used.",
      "",
      "Examples:",
      "  ./troupe gpu-check",
      "  ./troupe gpu-check --only a,b --out kernels.json",
      "",
      "CUDA's libraries are looked for in the folder that TROUPE_CUDA_PATH names, in",
      "Python's NVIDIA packages and where the system has them; ./troupe doctor shows",
      "which were found. PyTorch is asked of python3, or of what TROUPE_PYTHON names."
    })
public final class GpuCheckCommand implements Callable<Integer> {
  private final GpuCheckJob job;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--only",
      split = ",",
      defaultValue = "a,b,c,d,e,f",
      paramLabel = "LETTER",
      description = "Sections to run, with commas between them. Default: all.")
  private List<String> only = List.of();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "gpu-check.json",
      description = "The JSON file. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("gpu-check.json");

  @Option(names = "--small", description = "Tiny sizes, for slow devices.")
  private boolean small;

  @Option(
      names = "--python",
      paramLabel = "COMMAND",
      defaultValue = "${env:TROUPE_PYTHON:-python3}",
      description = "The Python that may have PyTorch. Default: python3.")
  private String python = "python3";

  /** The verb, with what checks. */
  public GpuCheckCommand(GpuCheckJob job) {
    this.job = job;
  }

  @Override
  public Integer call() {
    Set<Character> letters = only.stream().map(GpuCheckCommand::letter).collect(Collectors.toSet());
    return job.run(
        new GpuCheckJob.Options(
            letters, out.toAbsolutePath(), small, python, RootCommand.Version.number()),
        spec.commandLine().getOut());
  }

  private static char letter(String text) {
    if (text.strip().length() != 1) {
      throw TroupeException.usage(
          "--only %s: give letters with commas between them, such as --only a,b".formatted(text));
    }
    return text.strip().charAt(0);
  }
}
