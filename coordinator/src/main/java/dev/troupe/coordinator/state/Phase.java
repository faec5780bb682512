package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.Tally;
import org.jspecify.annotations.Nullable;

/** Where a run is. Deadlines are in nanoseconds of the machine's clock. */
public sealed interface Phase {

  /** The mesh under way; null before there is one and after the end. */
  default @Nullable MeshEpoch mesh() {
    return null;
  }

  /**
   * Waiting for nodes.
   *
   * @param deadline when to give up
   */
  record Gathering(long deadline) implements Phase {}

  /**
   * Ranks allocate and load.
   *
   * @param mesh the mesh
   * @param began when they were told to
   * @param ready the ranks that are done
   * @param deadline when to give up
   */
  record Starting(MeshEpoch mesh, long began, ReadyRanks ready, long deadline) implements Phase {}

  /**
   * The step after the last committed one is under way.
   *
   * @param mesh the mesh
   * @param began when the step began
   * @param prepared what ranks found so far
   * @param deadline when to give up
   */
  record Training(MeshEpoch mesh, long began, Tally<StepResult> prepared, long deadline)
      implements Phase {}

  /**
   * No step is under way any more; the last validation and the last checkpoint are.
   *
   * @param mesh the mesh
   * @param result how the run ends if they succeed
   * @param deadline when to give up a validation
   */
  record Concluding(MeshEpoch mesh, RunResult result, long deadline) implements Phase {}

  /**
   * Ranks free everything.
   *
   * @param mesh the mesh
   * @param result how the run ends
   * @param consequence whether the result is a failure that another failure must have caused
   * @param stopped the ranks that are done
   * @param deadline when to leave them behind
   */
  record Stopping(
      MeshEpoch mesh, RunResult result, boolean consequence, RankSet stopped, long deadline)
      implements Phase {}

  /**
   * Over.
   *
   * @param result how it ended
   */
  record Finished(RunResult result) implements Phase {}
}
