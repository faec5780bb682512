package dev.troupe.deploy.cli;

import picocli.CommandLine.Option;

/** How texts are generated together. */
final class DecodingOptions {
  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "8",
      description = "Most texts that are generated together. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--tp",
      paramLabel = "N",
      defaultValue = "1",
      description = "Cut the model over N ranks of this process. Default: ${DEFAULT-VALUE}.")
  private int tp;

  int batch() {
    return batch;
  }

  int tp() {
    return tp;
  }
}
