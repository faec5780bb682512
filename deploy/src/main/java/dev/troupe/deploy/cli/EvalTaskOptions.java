package dev.troupe.deploy.cli;

import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which multiple-choice tasks {@code troupe eval} has the model answer, and how. */
final class EvalTaskOptions {
  @Option(
      names = "--task",
      arity = "1..*",
      paramLabel = "FILE",
      description =
          "Multiple-choice tasks: JSONL files whose lines have \"context\" (a text),"
              + " \"choices\" (a list of texts) and \"answer\" (the index of the right one,"
              + " from 0). Scored as by lm-evaluation-harness: acc takes the likeliest choice,"
              + " acc_norm the likeliest a character; a space is put between context and"
              + " choice. The token that begins documents, where there is one, begins each"
              + " prompt.")
  private List<Path> tasks = new ArrayList<>();

  @Option(
      names = "--few-shot",
      paramLabel = "K",
      defaultValue = "0",
      description =
          "Put K solved questions before each, with an empty line after each: the first"
              + " of the task, which are then not asked. Default: ${DEFAULT-VALUE}.")
  private int fewShot;

  @Option(
      names = "--few-shot-file",
      paramLabel = "FILE",
      description = "Take the solved questions from this JSONL file instead.")
  private @Nullable Path fewShotFile;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Draw the solved questions at random instead of taking the first.")
  private @Nullable Long seed;

  @Option(
      names = "--details",
      paramLabel = "FILE",
      description =
          "Write a line of JSON for each question: its log-likelihoods and what is right.")
  private @Nullable Path details;

  EvalJob.Tasks tasks() {
    return new EvalJob.Tasks(tasks, fewShot, fewShotFile, seed);
  }

  @Nullable ResultFile details() {
    if (details != null && tasks.isEmpty()) {
      throw TroupeException.usage("--details is of the questions of tasks; give --task FILE too");
    }
    return details == null ? null : new ResultFile("--details", details);
  }
}
