package dev.troupe.data.order;

import dev.troupe.data.random.FeistelPermutation;
import dev.troupe.data.random.SplitMix64;
import dev.troupe.proto.spec.DataOrder;

/**
 * Which sample has which global number. Global sample number {@code g} (0, 1, ...) is at position
 * {@code g mod samples} of epoch {@code g / samples}. In a sequential order, the sample at a
 * position is the position; in a shuffled one, it is a permutation of it, another one each epoch,
 * that depends on {@code (seed, epoch)} only. Nothing has to be kept to go on from any step.
 *
 * @param samples samples an epoch, at least 1
 * @param order sequential or shuffled
 * @param seed seed of the shuffle
 */
public record SampleOrder(long samples, DataOrder order, long seed) {
  /** Checks the number of samples. */
  public SampleOrder {
    if (samples < 1) {
      throw new IllegalArgumentException("samples " + samples + " must be at least 1");
    }
  }

  /** The epoch, from 0, in which a global sample number lies. */
  public long epoch(long globalSample) {
    return globalSample / samples;
  }

  /** The sample, in {@code [0, samples)}, that a global sample number stands for. */
  public long sample(long globalSample) {
    if (globalSample < 0) {
      throw new IllegalArgumentException("global sample " + globalSample + " is negative");
    }
    long position = globalSample % samples;
    return switch (order) {
      case SEQUENTIAL -> position;
      case SHUFFLED ->
          new FeistelPermutation(samples, SplitMix64.key(seed, epoch(globalSample)))
              .apply(position);
    };
  }
}
