package dev.troupe.proto.message;

/**
 * A rank and the device it runs on.
 *
 * @param rank rank on the mesh
 * @param device index of the device on its node
 */
public record RankPlace(int rank, int device) {
  /** Checks the fields. */
  public RankPlace {
    Checks.notNegative("rank", rank);
    Checks.notNegative("device", device);
  }
}
