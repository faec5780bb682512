package dev.troupe.proto.message;

import org.jspecify.annotations.Nullable;

/**
 * What a mesh is to train; the same for all of its ranks.
 *
 * @param jobText the resolved job, as HOCON
 * @param tp tensor-parallel width
 * @param dp data-parallel width
 * @param resumeFrom published checkpoint to start from; null: initial weights
 * @param resumeStep committed steps that the starting state has
 */
public record MeshJob(
    String jobText, int tp, int dp, @Nullable String resumeFrom, long resumeStep) {
  /** Checks the fields. */
  public MeshJob {
    Checks.positive("tp", tp);
    Checks.positive("dp", dp);
    Checks.notNegative("resume step", resumeStep);
    if (resumeFrom != null) {
      Checks.absolutePath("resumeFrom", resumeFrom);
    }
  }

  /** Number of ranks. */
  public int worldSize() {
    return tp * dp;
  }
}
