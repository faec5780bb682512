package dev.troupe.eval;

/** A model that is asked how well it predicts. Used by one thread at a time. */
@FunctionalInterface
public interface LossModel {
  /**
   * Losses in nats of every target of some sequences of equal length.
   *
   * @param inputs (sequences, length), row-major
   * @param targets the token after each input, in the same way
   * @return (sequences, length), row-major
   */
  float[] losses(int[] inputs, int[] targets, int sequences, int length);
}
