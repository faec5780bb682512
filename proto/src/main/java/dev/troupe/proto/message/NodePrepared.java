package dev.troupe.proto.message;

import java.util.List;

/**
 * All ranks of a node have prepared a step.
 *
 * @param fence the mesh's epoch
 * @param step the step
 * @param votes what they found; one entry where they agree
 * @param suspects ranks whose state differs from that of their replicas
 * @param busy how long each of the node's ranks was at it
 */
public record NodePrepared(
    Fence fence, long step, List<Vote<StepResult>> votes, RankSet suspects, List<RankTime> busy)
    implements NodeReport {
  /** Copies the list and checks the fields. */
  public NodePrepared {
    Checks.positive("step", step);
    votes = List.copyOf(votes);
    busy = List.copyOf(busy);
    Checks.notEmpty("votes", votes);
  }
}
