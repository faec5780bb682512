package dev.troupe.coordinator.state;

import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.message.CommittedStep;
import dev.troupe.proto.message.RankTime;
import dev.troupe.proto.message.StepResult;
import java.util.List;

/**
 * A step that all ranks have prepared, on its way into the journal.
 *
 * @param step the step
 * @param result what the ranks found
 * @param update whether the gradient is applied
 * @param seconds how long it took
 * @param mesh whose ranks prepared it
 * @param busy how long each was at it
 */
record Committing(
    long step,
    StepResult result,
    boolean update,
    double seconds,
    MeshEpoch mesh,
    List<RankTime> busy) {
  Committing {
    busy = List.copyOf(busy);
  }

  /** The step as it is once it is committed. */
  RunState.Commit commit() {
    return new RunState.Commit(
        step,
        mesh.fence().epoch(),
        new CommittedStep(result, seconds, mesh.mesh().tp(), mesh.mesh().dp()));
  }
}
