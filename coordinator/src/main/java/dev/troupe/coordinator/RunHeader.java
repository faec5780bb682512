package dev.troupe.coordinator;

import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is about to run.
 *
 * @param job the job
 * @param epoch mesh epoch
 * @param tp tensor-parallel width
 * @param dp data-parallel width
 * @param nodes names of the nodes that have ranks
 * @param resumeFrom checkpoint the run starts from; null: initial weights
 * @param resumeStep committed steps of that checkpoint
 */
public record RunHeader(
    JobSpec job,
    long epoch,
    int tp,
    int dp,
    List<String> nodes,
    @Nullable Path resumeFrom,
    long resumeStep)
    implements RunReport {
  /** Copies the list. */
  public RunHeader {
    nodes = List.copyOf(nodes);
  }

  @Override
  public void deliverTo(RunListener listener) {
    listener.onHeader(this);
  }
}
