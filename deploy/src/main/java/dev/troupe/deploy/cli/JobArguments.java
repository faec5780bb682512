package dev.troupe.deploy.cli;

import dev.troupe.data.tokenizer.Tokenizers;
import dev.troupe.proto.config.JobConfig;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

/** The arguments that describe a job: at most one file, and {@code key=value} pairs. */
public final class JobArguments {
  @Parameters(
      arity = "0..*",
      paramLabel = "JOB.conf|key=value",
      description = {
        "A job file (HOCON) and settings laid over it, such as",
        "model.preset=llama-tiny parallel.tp=2 train.steps=200."
      })
  private List<String> arguments = new ArrayList<>();

  /**
   * Reads the job.
   *
   * @param extra settings that win over the given ones
   */
  JobSpec load(List<String> extra) {
    return load(arguments, extra);
  }

  /**
   * Reads the job that arguments describe.
   *
   * @param extra settings that win over the given ones
   */
  public static JobSpec load(List<String> arguments, List<String> extra) {
    @Nullable Path file = null;
    List<String> overrides = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.contains("=")) {
        overrides.add(argument);
      } else if (file == null) {
        file = Path.of(argument);
      } else {
        throw TroupeException.usage(
            "two job files: %s and %s; give one, and settings as key=value"
                .formatted(file, argument));
      }
    }
    overrides.addAll(extra);
    return JobConfig.load(
        file, overrides, data -> OptionalInt.of(Tokenizers.open(data).vocabSize()));
  }
}
