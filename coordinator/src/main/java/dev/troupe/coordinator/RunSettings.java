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
 */
public record RunSettings(
    JobSpec job,
    String jobText,
    @Nullable Path resumeFrom,
    long resumeStep,
    int expectedNodes,
    Timeouts timeouts) {
  /** Makes the path absolute and checks that the step fits it. */
  public RunSettings {
    if (resumeFrom != null) {
      resumeFrom = resumeFrom.toAbsolutePath().normalize();
    } else if (resumeStep != 0) {
      throw new IllegalArgumentException("resumeStep=" + resumeStep + " without a checkpoint");
    }
  }
}
