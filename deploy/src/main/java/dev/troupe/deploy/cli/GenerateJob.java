package dev.troupe.deploy.cli;

import dev.troupe.proto.error.TroupeException;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Continues a text with a trained model. */
@FunctionalInterface
public interface GenerateJob {
  /** Prints the prompt and, token by token, its continuation. */
  void run(Request request, PrintWriter out);

  /**
   * What to generate.
   *
   * @param checkpoint a checkpoint, or a folder of them
   * @param prompt text to continue
   * @param maxTokens most tokens that are added
   * @param temperature divisor of the logits; 0 always takes the likeliest token
   * @param topP smallest probability mass that is sampled from; 1 turns it off
   * @param topK number of likeliest tokens that are sampled from; 0 turns it off
   * @param seed seed of the sampling
   */
  record Request(
      Path checkpoint,
      String prompt,
      int maxTokens,
      double temperature,
      double topP,
      int topK,
      long seed) {
    public Request {
      if (prompt.isEmpty()) {
        throw TroupeException.usage("--prompt is empty; give the text to go on from");
      }
      if (maxTokens < 1) {
        throw TroupeException.usage("--max-tokens %d: give at least 1".formatted(maxTokens));
      }
      if (!(temperature >= 0) || Double.isInfinite(temperature)) {
        throw TroupeException.usage(
            "--temperature %s: give 0 (the likeliest token) or more".formatted(temperature));
      }
      if (!(topP > 0 && topP <= 1)) {
        throw TroupeException.usage(
            "--top-p %s: give more than 0 and at most 1 (off)".formatted(topP));
      }
      if (topK < 0) {
        throw TroupeException.usage("--top-k %d: give 0 (off) or more".formatted(topK));
      }
    }
  }
}
