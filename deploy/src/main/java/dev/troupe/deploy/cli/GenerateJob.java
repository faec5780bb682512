package dev.troupe.deploy.cli;

import dev.troupe.proto.error.TroupeException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Continues texts with a trained model. */
@FunctionalInterface
public interface GenerateJob {
  /**
   * Prints the prompt and, as it comes, its continuation, or a JSON line for each text.
   *
   * @return whether all texts are complete; false where Ctrl-C ended it before
   */
  boolean run(Request request, PrintWriter out);

  /**
   * What to generate.
   *
   * @param checkpoint a checkpoint, or a folder of them
   * @param tp ranks that the model is cut over
   * @param batch most texts that are generated together
   * @param prompts what to go on from
   * @param texts how to go on
   * @param output where the texts go
   */
  record Request(Path checkpoint, int tp, int batch, Prompts prompts, Texts texts, Output output) {
    static final int LARGEST_BATCH = 512;

    public Request {
      if (tp < 1) {
        throw TroupeException.usage("--tp %d: give at least 1".formatted(tp));
      }
      if (batch < 1 || batch > LARGEST_BATCH) {
        throw TroupeException.usage("--batch %d: give 1 to %d".formatted(batch, LARGEST_BATCH));
      }
    }
  }

  /** What texts go on from. */
  sealed interface Prompts {
    /** A text. */
    record One(String text) implements Prompts {
      public One {
        if (text.isEmpty()) {
          throw TroupeException.usage("--prompt is empty; give the text to go on from");
        }
      }
    }

    /** A file with a text on each line, or a JSON object with one; {@code -} is standard input. */
    record Listed(Path file) implements Prompts {}
  }

  /**
   * How texts go on.
   *
   * @param maxTokens most tokens that are added
   * @param temperature divisor of the logits; 0 always takes the likeliest token
   * @param topP smallest probability mass that is sampled from; 1 turns it off
   * @param topK number of likeliest tokens that are sampled from; 0 turns it off
   * @param seed seed of the sampling
   * @param samples how many texts of each prompt
   * @param stops texts that end one; they are not a part of it
   */
  record Texts(
      int maxTokens,
      double temperature,
      double topP,
      int topK,
      long seed,
      int samples,
      List<String> stops) {
    static final int MOST_SAMPLES = 10_000;

    public Texts {
      stops = List.copyOf(stops);
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
      if (samples < 1 || samples > MOST_SAMPLES) {
        throw TroupeException.usage("--num %d: give 1 to %d".formatted(samples, MOST_SAMPLES));
      }
      if (stops.contains("")) {
        throw TroupeException.usage("--stop is empty; give the text that ends a continuation");
      }
    }
  }

  /**
   * Where texts go.
   *
   * @param lines a JSON line for each text, rather than the text itself
   * @param echo whether a text begins with its prompt
   * @param file a file for the lines; null for standard output
   */
  record Output(boolean lines, boolean echo, @Nullable Path file) {}
}
