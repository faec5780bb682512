package dev.troupe.train;

/**
 * A fault of one rank's memory, made on purpose to see whether it is found. Places count elements
 * from 0 and are taken modulo the number of elements that there are.
 */
public sealed interface Damage {
  /**
   * Flips a bit of one of the parameters that this rank computes with: where it owns the element
   * and parameters are float32, of the master weight, too.
   *
   * @param element which of the rank's parameters, in the order of its buckets
   * @param bit which bit, from the lowest; taken modulo the bits of an element
   */
  record ParameterBit(long element, int bit) implements Damage {
    /** Checks the place. */
    public ParameterBit {
      requirePlace(element, bit);
    }
  }

  /**
   * Flips a bit of AdamW's first moment in the slices that this rank owns.
   *
   * @param element which of the owned elements
   * @param bit which of the 32 bits, from the lowest; taken modulo 32
   */
  record MomentBit(long element, int bit) implements Damage {
    /** Checks the place. */
    public MomentBit {
      requirePlace(element, bit);
    }
  }

  /** Makes one element of the next gradient that this rank computes not a number. */
  record NonFiniteGradient() implements Damage {}

  private static void requirePlace(long element, int bit) {
    if (element < 0 || bit < 0) {
      throw new IllegalArgumentException("no bit " + bit + " of element " + element);
    }
  }
}
