package dev.troupe.coordinator;

import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a coordinator is to run.
 *
 * @param job the job
 * @param jobText the same, resolved, as HOCON: what travels to other processes
 * @param resumeFrom published checkpoint to start from; null: initial weights
 * @param resumeStep committed steps of that checkpoint
 * @param expectedNodes a mesh that cannot be planned is an error once so many nodes are there
 * @param timeouts how long to wait
 * @param rankMemory bytes that a rank will allocate; 0 where unknown
 * @param token random text of the run: ranks of a mesh show each other a part of it
 */
public record RunSettings(
    JobSpec job,
    String jobText,
    @Nullable Path resumeFrom,
    long resumeStep,
    int expectedNodes,
    Timeouts timeouts,
    long rankMemory,
    String token) {
  /** Makes the path absolute and checks that the step fits it. */
  public RunSettings {
    if (resumeFrom != null) {
      resumeFrom = resumeFrom.toAbsolutePath().normalize();
    } else if (resumeStep != 0) {
      throw new IllegalArgumentException("resumeStep=" + resumeStep + " without a checkpoint");
    }
  }

  /** A run in one process: nobody connects, and its memory is checked by who starts it. */
  public RunSettings(
      JobSpec job,
      String jobText,
      @Nullable Path resumeFrom,
      long resumeStep,
      int expectedNodes,
      Timeouts timeouts) {
    this(job, jobText, resumeFrom, resumeStep, expectedNodes, timeouts, 0, "");
  }
}
