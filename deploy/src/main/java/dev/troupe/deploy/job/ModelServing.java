package dev.troupe.deploy.job;

import dev.troupe.deploy.api.ApiAccess;
import dev.troupe.deploy.cli.ServeJob;
import dev.troupe.deploy.serve.CompletionServer;
import dev.troupe.deploy.serve.ServedModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code troupe serve}.
 *
 * @param warnings hears of damaged checkpoints that were passed over
 */
public record ModelServing(Consumer<String> warnings) implements ServeJob {
  @Override
  public void run(Request request, PrintWriter out) {
    ApiAccess access =
        ApiAccess.of(request.host(), request.port(), request.tokenFile(), ApiAccess.Names.OPTIONS);
    try (LoadedModel loaded =
            LoadedModel.toGenerate(request.checkpoint(), request.tp(), request.batch(), warnings);
        Interruption interruption = new Interruption();
        CompletionServer server =
            CompletionServer.start(
                new ServedModel(
                    loaded.job().runName(), loaded.tokenizer(), loaded.model(), Instant.now()),
                access,
                request.queue())) {
      out.printf(
          "serving %s at %s, up to %d texts together; Ctrl-C ends it%n%s%n",
          loaded.job().runName(),
          server.url(),
          request.batch(),
          example(server, request.tokenFile()));
      out.flush();
      // Fails where the texts' engine has failed.
      CompletableFuture.anyOf(
              interruption.whenAsked().toCompletableFuture(), server.ended().toCompletableFuture())
          .join();
      out.println("ending");
      out.flush();
    }
  }

  private static String example(CompletionServer server, @Nullable Path tokenFile) {
    String token =
        tokenFile == null ? "" : " -H \"Authorization: Bearer $(cat '%s')\"".formatted(tokenFile);
    return """
    try: curl -N %s/v1/completions%s -H 'Content-Type: application/json' \\
      -d '{"prompt": "Once upon a time", "max_tokens": 50, "stream": true}'"""
        .formatted(server.url(), token);
  }
}
