package dev.troupe.train;

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
}
