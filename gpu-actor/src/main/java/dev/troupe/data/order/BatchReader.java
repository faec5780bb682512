package dev.troupe.data.order;

/** Sequences that are read by step and place in the global batch. Immutable and thread-safe. */
public sealed interface BatchReader permits Batches, BlendedBatches {

  /** Sequences a step. */
  int globalBatch();

  /**
   * Reads a part of a step's batch.
   *
   * @param step 1, 2, ...
   * @param firstSequence first sequence of the global batch to read
   * @param sequences how many, B
   * @param inputs (B, seqLength), row-major, filled from index 0
   * @param targets (B, seqLength), row-major, filled from index 0
   */
  void fill(long step, int firstSequence, int sequences, int[] inputs, int[] targets);

  /**
   * Reads where the document of each input begins, as a place in its sequence: 0 where that is
   * before the sequence.
   *
   * @param firstKeys (B, seqLength), row-major, filled from index 0; {@link #fill} describes the
   *     others
   */
  void firstKeys(long step, int firstSequence, int sequences, int[] firstKeys);
}
