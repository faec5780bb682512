package dev.troupe.deploy.cli;

import dev.troupe.proto.spec.JobSpec;
import java.util.List;
import java.util.OptionalInt;

/** Runs a job over several processes. */
@FunctionalInterface
public interface LaunchJob {
  /**
   * Runs the job to its end.
   *
   * @param hosts hosts to start nodes on; empty: this one
   * @param nodes number of nodes, where given
   * @param ranksPerNode ranks a node, where given
   * @return the exit code
   */
  int run(JobSpec job, List<String> hosts, OptionalInt nodes, OptionalInt ranksPerNode);
}
