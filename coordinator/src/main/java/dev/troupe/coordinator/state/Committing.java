package dev.troupe.coordinator.state;

import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.proto.message.RankTime;
import dev.troupe.proto.message.StepResult;
import java.util.List;

/**
 * A step that all ranks have prepared, on its way into the journal.
 *
 * @param step the step
 * @param result what the ranks found
 * @param update whether the gradient is applied
 * @param began when the step began
 * @param mesh whose ranks prepared it
 * @param busy how long each was at it
 */
record Committing(
    long step, StepResult result, boolean update, long began, MeshEpoch mesh, List<RankTime> busy) {
  Committing {
    busy = List.copyOf(busy);
  }
}
