package dev.troupe.proto.message;

/**
 * What a rank that is ready holds.
 *
 * @param rank rank on the mesh
 * @param step committed steps of its state
 * @param memoryBytes bytes it has allocated on its device
 */
public record RankState(int rank, long step, long memoryBytes) {
  /** Checks the fields. */
  public RankState {
    Checks.notNegative("rank", rank);
    Checks.notNegative("step", step);
    Checks.notNegative("memory", memoryBytes);
  }
}
