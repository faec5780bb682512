package dev.troupe.proto.message;

import java.util.List;

/**
 * All ranks of a node have computed the held-out loss.
 *
 * @param fence the mesh's epoch
 * @param step the committed step
 * @param votes what they found; one entry where they agree
 */
public record NodeValidated(Fence fence, long step, List<Vote<ValidationResult>> votes)
    implements NodeReport {
  /** Copies the list and checks the fields. */
  public NodeValidated {
    Checks.positive("step", step);
    votes = List.copyOf(votes);
    Checks.notEmpty("votes", votes);
  }
}
