package dev.troupe.coordinator.state;

import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.plan.Plan;
import java.util.HashSet;
import java.util.Set;

/** Whether nodes that came, or are to leave, call for another mesh at a step's end. */
enum Change {
  /** The mesh stays. */
  NONE,
  /** Another mesh, at once: those that stay hold the whole state in memory. */
  NOW,
  /**
   * Another mesh, once the state is saved: those that leave may hold a part that nobody else has.
   */
  WHEN_SAVED;

  static Change of(Turn turn, MeshEpoch mesh) {
    if (!turn.state.nodes().changed()) {
      return NONE;
    }
    if (!(MemberRules.replan(turn) instanceof Plan.Planned planned)
        || same(planned.epoch(), mesh)) {
      turn.state = turn.state.with(turn.state.nodes().changed(false));
      MemberRules.tellSpares(turn, mesh);
      return NONE;
    }
    Set<String> leaving = new HashSet<>(mesh.byNode().keySet());
    leaving.removeAll(planned.epoch().byNode().keySet());
    return leaving.isEmpty() || (leaving.size() == 1 && copied(turn, mesh)) ? NOW : WHEN_SAVED;
  }

  private static boolean same(MeshEpoch next, MeshEpoch mesh) {
    return next.mesh().equals(mesh.mesh()) && next.places().equals(mesh.places());
  }

  /**
   * Whether every rank's state has a copy on another node than its own. Tensor-parallel groups are
   * each on one node, so a data-parallel group is on all nodes of the mesh.
   */
  private static boolean copied(Turn turn, MeshEpoch mesh) {
    return turn.settings.job().elastic().copies() && mesh.byNode().size() > 1;
  }
}
