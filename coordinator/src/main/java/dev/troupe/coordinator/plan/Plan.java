package dev.troupe.coordinator.plan;

/** What planning came to. */
public sealed interface Plan permits Plan.Planned, Plan.Refused {
  /**
   * There is a mesh.
   *
   * @param epoch the mesh
   */
  record Planned(MeshEpoch epoch) implements Plan {}

  /**
   * The nodes do not suffice.
   *
   * @param message what the job needs, what there is, what is missing, what to do
   */
  record Refused(String message) implements Plan {}
}
