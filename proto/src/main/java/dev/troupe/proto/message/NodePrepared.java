package dev.troupe.proto.message;

import java.util.List;

/**
 * All ranks of a node have prepared a step.
 *
 * @param fence the mesh's epoch
 * @param step the step
 * @param votes what they found; one entry where they agree
 */
public record NodePrepared(Fence fence, long step, List<Vote<StepResult>> votes)
    implements NodeReport {
  /** Copies the list and checks the fields. */
  public NodePrepared {
    Checks.positive("step", step);
    votes = List.copyOf(votes);
    Checks.notEmpty("votes", votes);
  }
}
