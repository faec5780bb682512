package dev.troupe.proto.spec;

/**
 * A trace of some steps.
 *
 * @param first first step of the trace, counted from the run's start in this process, from 1
 * @param steps number of steps; 0: no trace
 */
public record ProfileSpec(int first, int steps) {
  public ProfileSpec {
    Require.atLeast(1, "profile.first", first);
    Require.atLeast(0, "profile.steps", steps);
  }

  /** No trace. */
  public static ProfileSpec off() {
    return new ProfileSpec(3, 0);
  }
}
