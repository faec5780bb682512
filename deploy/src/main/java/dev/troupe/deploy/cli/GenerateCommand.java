package dev.troupe.deploy.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe generate}. */
@Command(
    name = "generate",
    description = "Continue a text with a trained model.",
    footer = {
      "",
      "Examples:",
      "  ./troupe generate --prompt \"Once upon a time\"",
      "  ./troupe generate --checkpoint runs/mine/checkpoints --prompt \"To be\""
    })
public final class GenerateCommand implements Runnable {
  private final GenerateJob job;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private CheckpointOption checkpoint = new CheckpointOption();

  @Option(names = "--prompt", required = true, paramLabel = "TEXT", description = "The beginning.")
  private String prompt = "";

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "200",
      description = "Most tokens to add. Default: ${DEFAULT-VALUE}.")
  private int maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0.8",
      description = "0 always takes the likeliest token. Default: ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "0.95",
      description = "Sample from the likeliest tokens of this mass. Default: ${DEFAULT-VALUE}.")
  private double topP;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Sample from this many likeliest tokens; 0: all. Default: ${DEFAULT-VALUE}.")
  private int topK;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "Equal seeds give equal texts. Default: ${DEFAULT-VALUE}.")
  private long seed;

  /** The verb, with what generates. */
  public GenerateCommand(GenerateJob job) {
    this.job = job;
  }

  @Override
  public void run() {
    job.run(
        new GenerateJob.Request(
            checkpoint.path(), prompt, maxTokens, temperature, topP, topK, seed),
        spec.commandLine().getOut());
  }
}
