package dev.troupe.coordinator;

import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.spec.JobSpec;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is about to run.
 *
 * @param job the job
 * @param epoch mesh epoch
 * @param tp tensor-parallel width
 * @param dp data-parallel width
 * @param nodes the nodes that have ranks, by name, each with its ranks
 * @param device name of rank 0's device, for people
 * @param resumeFrom checkpoint the run starts from; null: initial weights
 * @param resumeStep committed steps of that checkpoint
 */
public record RunHeader(
    JobSpec job,
    long epoch,
    int tp,
    int dp,
    Map<String, List<RankPlace>> nodes,
    String device,
    @Nullable Path resumeFrom,
    long resumeStep)
    implements RunReport {
  /** Copies the map, sorted by name. */
  public RunHeader {
    nodes = Collections.unmodifiableMap(new TreeMap<>(nodes));
  }

  @Override
  public void deliverTo(RunListener listener) {
    listener.onHeader(this);
  }
}
