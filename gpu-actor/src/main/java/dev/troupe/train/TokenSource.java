package dev.troupe.train;

import java.util.Arrays;

/** Gives the sequences of a batch. Thread-safe. */
@FunctionalInterface
public interface TokenSource {
  /**
   * Fills rows of tokens, sequence after sequence.
   *
   * @param step the step, from 1
   * @param firstSequence place of the first sequence in the global batch
   * @param sequences number of sequences
   * @param inputs receives sequences * length ids
   * @param targets receives the ids that follow them
   */
  void fill(long step, int firstSequence, int sequences, int[] inputs, int[] targets);

  /**
   * Fills the place in its sequence at which each input's document begins, 0 where that is before
   * the sequence. A source that knows no documents has one a sequence.
   *
   * @param firstKeys receives sequences * length places; {@code fill} describes the others
   */
  default void firstKeys(long step, int firstSequence, int sequences, int[] firstKeys) {
    Arrays.fill(firstKeys, 0);
  }
}
