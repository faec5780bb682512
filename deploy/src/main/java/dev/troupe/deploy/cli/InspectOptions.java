package dev.troupe.deploy.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code troupe data inspect} is told. */
final class InspectOptions {
  @Parameters(paramLabel = "PREFIX", description = "Prefix of a .bin/.idx pair.")
  private Path prefix = Path.of("");

  @Option(
      names = "--samples",
      defaultValue = "3",
      paramLabel = "N",
      description = "How many documents to show, spread evenly. Default: ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--tokenizer",
      paramLabel = "T",
      description = "Decode with this one. Default: the one that PREFIX.json names.")
  private @Nullable String tokenizer;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  InspectJob.Request request() {
    return new InspectJob.Request(prefix, samples, tokenizer, json);
  }
}
