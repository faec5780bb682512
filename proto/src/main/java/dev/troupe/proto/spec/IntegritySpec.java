package dev.troupe.proto.spec;

/**
 * How damage to numbers is found and met.
 *
 * @param every steps between two comparisons of the replicas' state; 0: never
 * @param nonFinite what becomes of a step whose loss or gradient is not finite
 */
public record IntegritySpec(int every, NonFinite nonFinite) {
  public IntegritySpec {
    Require.atLeast(0, "integrity.every", every);
  }

  /** What a job file without a word about it has. */
  public static IntegritySpec defaults() {
    return new IntegritySpec(10, NonFinite.RETRY);
  }
}
