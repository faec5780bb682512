package dev.troupe.deploy.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe eval}. */
@Command(
    name = "eval",
    sortOptions = false,
    description = {
      "Measure how well a trained model predicts: loss, perplexity and bits a byte of texts, and"
          + " accuracy in multiple-choice tasks.",
      "",
      "Bits a byte are the loss in bits over the bytes (UTF-8) of the text, so they can be compared"
          + " between tokenizers. Results do not depend on --dp, to the last digit."
    },
    footer = {
      "",
      "Examples:",
      "  ./troupe eval --data held-out.txt other.jsonl --json",
      "  ./troupe eval --data book.txt --context 2048 --stride 512",
      "  ./troupe eval --blend deploy/blends/llama.conf --tokens 1000000 --dp 2",
      "  ./troupe eval --task arc.jsonl --task piqa.jsonl --few-shot 5 --out all.json",
      "",
      "A line of a task's file:",
      "  {\"context\": \"Rome is in\", \"choices\": [\"Italy\", \"Peru\"], \"answer\": 0}",
      "",
      "The JSON: loss, perplexity, bits_per_byte, tokens and bytes of all files",
      "together; \"files\" with the same of each; \"blend\" with its \"sources\"; \"tasks\" with",
      "n, shots, acc, acc_stderr, acc_norm and acc_norm_stderr."
    })
public final class EvalCommand implements Runnable {
  private final EvalJob job;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private CheckpointOption checkpoint = new CheckpointOption();
  @Mixin private EvalTextOptions texts = new EvalTextOptions();
  @Mixin private EvalTaskOptions tasks = new EvalTaskOptions();

  @Option(
      names = "--dp",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Share the work out over N copies of the model in this process. Default:"
              + " ${DEFAULT-VALUE}.")
  private int dp;

  @Option(
      names = "--tp",
      paramLabel = "N",
      defaultValue = "1",
      description = "Cut each copy over N ranks of this process. Default: ${DEFAULT-VALUE}.")
  private int tp;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--out", paramLabel = "FILE", description = "Write the JSON to a file, too.")
  private @Nullable Path out;

  /** The verb, with what evaluates. */
  public EvalCommand(EvalJob job) {
    this.job = job;
  }

  @Override
  public void run() {
    @Nullable ResultFile whole = out == null ? null : new ResultFile("--out", out);
    @Nullable ResultFile details = tasks.details();
    EvalJob.Texts wantedTexts = texts.texts();
    EvalJob.Tasks wantedTasks = tasks.tasks();
    EvalResult result =
        job.run(new EvalJob.Request(checkpoint.path(), wantedTexts, wantedTasks, dp, tp));
    String tree = EvalJson.of(result);
    if (whole != null) {
      whole.write(tree + "\n");
    }
    if (details != null) {
      details.write(EvalJson.details(result));
    }
    PrintWriter print = spec.commandLine().getOut();
    if (json) {
      print.println(tree);
      print.flush();
    } else {
      new EvalTable(print).print(result);
    }
  }
}
