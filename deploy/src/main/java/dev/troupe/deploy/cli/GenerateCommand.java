package dev.troupe.deploy.cli;

import dev.troupe.proto.error.TroupeException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe generate}. */
@Command(
    name = "generate",
    description = {
      "Continue texts with a trained model.",
      "",
      "One text appears as it is generated. Several (--prompts, --num) are generated together"
          + " and come as JSON lines, in order: prompt, sample, text, finish_reason (stop or"
          + " length), prompt_tokens, tokens."
    },
    footer = {
      "",
      "Examples:",
      "  ./troupe generate --prompt \"Once upon a time\"",
      "  ./troupe generate --checkpoint runs/mine/checkpoints --prompt \"To be\" --stop .",
      "  ./troupe generate --prompts questions.txt --batch 16 --out answers.jsonl",
      "  echo '{\"prompt\": \"To be\"}' | ./troupe generate --prompts - --num 3"
    })
public final class GenerateCommand implements Callable<Integer> {
  /** What a shell calls a program that SIGINT ended. */
  private static final int INTERRUPTED = 130;

  private final GenerateJob job;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private CheckpointOption checkpoint = new CheckpointOption();
  @Mixin private DecodingOptions decoding = new DecodingOptions();

  @Option(names = "--prompt", paramLabel = "TEXT", description = "The text to go on from.")
  private @Nullable String prompt;

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description = {
        "A file with a prompt on each line, or a JSON object with a \"prompt\" on each.",
        "-: standard input."
      })
  private @Nullable Path prompts;

  @Mixin private SamplingOptions sampling = new SamplingOptions();

  @Option(
      names = "--echo",
      negatable = true,
      description = "Begin each text with its prompt, or not. Default: not in JSON.")
  private @Nullable Boolean echo;

  @Option(names = "--json", description = "Print JSON lines, for one text as well.")
  private boolean json;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the JSON lines to this file. One that is there is replaced.")
  private @Nullable Path out;

  /** The verb, with what generates. */
  public GenerateCommand(GenerateJob job) {
    this.job = job;
  }

  @Override
  public Integer call() {
    GenerateJob.Prompts from = from();
    boolean lines = json || out != null || prompts != null || sampling.samples() > 1;
    GenerateJob.Output output = new GenerateJob.Output(lines, echo == null ? !lines : echo, out);
    GenerateJob.Texts texts = sampling.texts();
    boolean complete =
        job.run(
            new GenerateJob.Request(
                checkpoint.path(), decoding.tp(), decoding.batch(), from, texts, output),
            spec.commandLine().getOut());
    return complete ? 0 : INTERRUPTED;
  }

  private GenerateJob.Prompts from() {
    if (prompt != null && prompts == null) {
      return new GenerateJob.Prompts.One(prompt);
    }
    if (prompts != null && prompt == null) {
      return new GenerateJob.Prompts.Listed(prompts);
    }
    throw TroupeException.usage("give either --prompt TEXT or --prompts FILE");
  }
}
