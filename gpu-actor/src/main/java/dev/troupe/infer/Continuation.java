package dev.troupe.infer;

import dev.troupe.data.random.SplitMix64;
import java.util.SplittableRandom;

/**
 * A prompt to go on from.
 *
 * @param prompt its tokens
 * @param maxTokens most tokens that are added, 1 or more; fewer where the model has no positions
 *     left
 * @param sampling how they are chosen
 * @param seed seed of the choices
 * @param index which of the texts of that seed it is; each has random numbers of its own
 */
public record Continuation(int[] prompt, int maxTokens, Sampling sampling, long seed, long index) {
  /** Checks the ranges. */
  public Continuation {
    if (maxTokens < 1 || index < 0) {
      throw new IllegalArgumentException(
          "maxTokens %d must be >= 1, index %d >= 0".formatted(maxTokens, index));
    }
  }

  /** A new stream of random numbers, which depends on the seed and the index alone. */
  SplittableRandom random() {
    return new SplittableRandom(index == 0 ? seed : SplitMix64.key(seed, index));
  }
}
