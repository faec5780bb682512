package dev.troupe.proto.message;

/**
 * How long a rank was busy with a step, without the time it waited for others.
 *
 * @param rank the rank
 * @param seconds wall-clock seconds outside collectives
 */
public record RankTime(int rank, double seconds) {
  /** Checks the fields. */
  public RankTime {
    Checks.notNegative("rank", rank);
    if (!(seconds >= 0)) {
      throw new IllegalArgumentException("busy for " + seconds + " s");
    }
  }
}
