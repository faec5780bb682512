package dev.troupe.data.random;

import java.util.Objects;

/**
 * A seeded permutation of {@code 0 .. size - 1} that needs no memory: any element is computed on
 * its own.
 *
 * <p>A balanced Feistel network permutes the numbers of {@code 2 h} bits, where {@code h} is the
 * least for which {@code 2^(2h) >= size}. With halves {@code (l, r)}, a round maps {@code (l, r)}
 * to {@code (r, l xor F(key_i, r))}, which can be undone whatever {@code F} is, so the network is a
 * bijection. Numbers outside the range are fed in again until one is inside ("cycle walking", Black
 * and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). The walk ends, because a cycle that
 * starts inside comes back inside, and it stays a bijection. As {@code 2^(2h) < 4 size}, it takes
 * fewer than four turns on average.
 *
 * @param size number of elements, at least 1, at most 2^62
 * @param seed decides which permutation
 */
public record FeistelPermutation(long size, long seed) {
  private static final int ROUNDS = 6;

  /** Checks the size. */
  public FeistelPermutation {
    if (size < 1 || size > 1L << 62) {
      throw new IllegalArgumentException("size " + size + " is outside 1..2^62");
    }
  }

  /** The element at {@code index}, which is in {@code [0, size)}. */
  public long apply(long index) {
    Objects.checkIndex(index, size);
    int bits = Long.SIZE - Long.numberOfLeadingZeros(size - 1);
    int half = Math.max(1, (bits + 1) / 2);
    long element = index;
    do {
      element = network(element, half);
    } while (element >= size);
    return element;
  }

  private long network(long value, int half) {
    long mask = (1L << half) - 1;
    long left = value >>> half;
    long right = value & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long next = left ^ (SplitMix64.mix(SplitMix64.key(seed, round) ^ right) & mask);
      left = right;
      right = next;
    }
    return left << half | right;
  }
}
