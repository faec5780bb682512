package dev.troupe.deploy.job;

import dev.troupe.data.tokenizer.StreamingDecoder;
import dev.troupe.deploy.cli.GenerateJob;
import dev.troupe.infer.Generation;
import dev.troupe.infer.Sampling;
import java.io.PrintWriter;
import java.util.function.Consumer;

/**
 * {@code troupe generate}: prints the prompt and its continuation as it comes.
 *
 * @param warnings hears of damaged checkpoints that were passed over
 */
public record TextGeneration(Consumer<String> warnings) implements GenerateJob {
  @Override
  public void run(Request request, PrintWriter out) {
    try (LoadedModel loaded = LoadedModel.open(request.checkpoint(), warnings)) {
      int[] prompt = loaded.tokenizer().encodePrompt(request.prompt());
      Sampling sampling = new Sampling(request.temperature(), request.topK(), request.topP());
      StreamingDecoder decoder =
          request.prompt().isEmpty()
              ? new StreamingDecoder(loaded.tokenizer())
              : StreamingDecoder.goingOn(loaded.tokenizer());
      out.print(request.prompt());
      out.flush();
      new Generation(loaded.model(), sampling, request.seed())
          .run(
              prompt,
              request.maxTokens(),
              loaded.tokenizer().vocabSize(),
              token -> {
                if (token == loaded.tokenizer().endOfDocument()) {
                  return false;
                }
                out.print(decoder.accept(token));
                out.flush();
                return true;
              });
      out.println(decoder.finish());
      out.flush();
    }
  }
}
