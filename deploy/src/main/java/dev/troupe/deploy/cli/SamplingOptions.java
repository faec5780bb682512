package dev.troupe.deploy.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How texts are continued. */
final class SamplingOptions {
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

  @Option(
      names = "--num",
      paramLabel = "N",
      defaultValue = "1",
      description = "Texts of each prompt. Default: ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End before this text. May be given several times.")
  private List<String> stops = new ArrayList<>();

  int samples() {
    return samples;
  }

  GenerateJob.Texts texts() {
    return new GenerateJob.Texts(maxTokens, temperature, topP, topK, seed, samples, stops);
  }
}
