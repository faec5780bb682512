package dev.troupe.deploy.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code troupe serve}. */
@Command(
    name = "serve",
    description = {
      "Answer requests for texts over HTTP, as OpenAI's completions API does, to try a checkpoint.",
      "",
      "POST /v1/completions (also \"stream\": true), GET /v1/models, GET /health. What different"
          + " callers ask for is generated together. Ctrl-C ends it."
    },
    footer = {
      "",
      "Examples:",
      "  ./troupe serve",
      "  ./troupe serve --checkpoint runs/mine/checkpoints --port 8080 --batch 16",
      "  curl http://127.0.0.1:8000/v1/completions \\",
      "    -d '{\"prompt\": \"Once upon a time\", \"max_tokens\": 50}'"
    })
public final class ServeCommand implements Runnable {
  private final ServeJob job;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private CheckpointOption checkpoint = new CheckpointOption();
  @Mixin private DecodingOptions decoding = new DecodingOptions();

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = {
        "Address to listen on. Default: ${DEFAULT-VALUE}.",
        "One that other hosts reach needs --token-file."
      })
  private String host = "";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8000",
      description = "Port to listen on; 0: any free one. Default: ${DEFAULT-VALUE}.")
  private int port;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the token that callers must give (OpenAI's clients: API key).")
  private @Nullable Path tokenFile;

  @Option(
      names = "--queue",
      paramLabel = "N",
      defaultValue = "256",
      description = {
        "Most texts that wait for their turn. Default: ${DEFAULT-VALUE}.",
        "Callers beyond that are told to try again later (HTTP 429)."
      })
  private int queue;

  /** The verb, with what serves. */
  public ServeCommand(ServeJob job) {
    this.job = job;
  }

  @Override
  public void run() {
    job.run(
        new ServeJob.Request(
            checkpoint.path(), host, port, tokenFile, decoding.tp(), decoding.batch(), queue),
        spec.commandLine().getOut());
  }
}
