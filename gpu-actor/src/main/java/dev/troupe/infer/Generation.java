package dev.troupe.infer;

import dev.troupe.model.KeyValueCache;
import dev.troupe.proto.error.TroupeException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;

/**
 * Token by token continuation of a prompt.
 *
 * @param model the model
 * @param sampling how tokens are chosen
 * @param seed seed of the choices
 */
public record Generation(InferenceModel model, Sampling sampling, long seed) {

  /**
   * Continues {@code prompt} by at most {@code maxTokens} tokens.
   *
   * @param vocab ids from here on are never chosen: padding of the model's vocabulary that the
   *     tokenizer does not know
   * @param accept is given each token; false ends the generation
   * @return the number of tokens given
   * @throws TroupeException where the prompt leaves no room
   */
  public int run(int[] prompt, int maxTokens, int vocab, IntPredicate accept) {
    int room = model.maxPositions() - prompt.length;
    if (prompt.length == 0 || room < 1) {
      throw TroupeException.usage(
          "the prompt has %d tokens; the model takes 1 to %d"
              .formatted(prompt.length, model.maxPositions() - 1));
    }
    int limit = Math.min(maxTokens, room);
    int known = Math.min(vocab, model.spec().vocab());
    SplittableRandom random = new SplittableRandom(seed);
    try (KeyValueCache cache = model.newCache(prompt.length + limit)) {
      int[] next = prompt;
      for (int given = 0; given < limit; given++) {
        float[] logits = model.extend(cache, next);
        int token = sampling.choose(Arrays.copyOf(logits, known), random);
        if (!accept.test(token)) {
          return given + 1;
        }
        next = new int[] {token};
      }
      return limit;
    }
  }
}
