package dev.troupe.coordinator.plan;

import java.util.function.Supplier;

/** What planning came to. */
public sealed interface Plan permits Plan.Planned, Plan.Refused {
  /**
   * There is a mesh.
   *
   * @param epoch the mesh
   */
  record Planned(MeshEpoch epoch) implements Plan {}

  /**
   * The nodes do not suffice, for now: planning is tried with every node that comes.
   *
   * @param explanation makes the message; it names every node, so it is made when it is shown
   */
  record Refused(Supplier<String> explanation) implements Plan {
    /** What the job needs, what there is, what is missing, what to do. */
    public String message() {
      return explanation.get();
    }
  }
}
