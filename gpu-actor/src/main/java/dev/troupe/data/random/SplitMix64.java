package dev.troupe.data.random;

/**
 * Steele, Lea and Flood's SplitMix64 ("Fast Splittable Pseudorandom Number Generators", 2014). The
 * algorithm is written out here because data made from it must never change with the Java release.
 * Not thread-safe.
 */
public final class SplitMix64 {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  /** A generator whose numbers depend on {@code seed} only. */
  public SplitMix64(long seed) {
    this.state = seed;
  }

  /** The next 64 random bits. */
  public long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  /** A number in {@code [0, bound)}; {@code bound} > 0. The bias is below {@code bound / 2^63}. */
  public int nextInt(int bound) {
    return (int) ((nextLong() >>> 1) % bound);
  }

  /** A key derived from two numbers; different pairs give unrelated keys. */
  public static long key(long a, long b) {
    return mix(mix(a + GAMMA) ^ (b * GAMMA + GAMMA));
  }

  /** The finalizer: a bijection of 64-bit numbers in which each bit depends on every other. */
  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
