package dev.troupe.proto.message;

/**
 * What a committed step came to, for whoever has to write it down.
 *
 * @param result what the ranks found
 * @param seconds from its order to its commit
 * @param tp tensor-parallel width of the mesh that committed it
 * @param dp data-parallel width
 */
public record CommittedStep(StepResult result, double seconds, int tp, int dp) {
  /** Checks the fields. */
  public CommittedStep {
    Checks.positive("tp", tp);
    Checks.positive("dp", dp);
  }
}
