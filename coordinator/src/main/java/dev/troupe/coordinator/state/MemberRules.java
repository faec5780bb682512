package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent.Severity;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.plan.MeshPlanner;
import dev.troupe.coordinator.plan.Plan;
import dev.troupe.coordinator.plan.Wish;
import dev.troupe.coordinator.state.Members.Member;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RunEnded;
import dev.troupe.proto.spec.ElasticSpec;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Nodes that come, change, leave and are lost. */
final class MemberRules {
  private MemberRules() {}

  static void joined(Turn turn, NodeInfo info) {
    if (turn.state.nodes().lastWords(info.node(), turn.now)) {
      return;
    }
    Member known = turn.state.nodes().byName().get(info.node());
    if (known != null && known.info().equals(info)) {
      RegroupRules.heard(turn, info.node());
      return;
    }
    turn.state = turn.state.with(turn.state.nodes().with(info, known != null && known.leaving()));
    if (known == null) {
      turn.event(
          Severity.INFO,
          "node-joined",
          "node",
          info.node(),
          "devices",
          (long) info.devices().size());
    } else if (loses(turn.state.phase().mesh(), known.info(), info)) {
      RegroupRules.failed(
          turn,
          Category.PEER,
          "node " + info.node() + " lost devices that the mesh needs",
          RankSet.none());
    }
    switch (turn.state.phase()) {
      case Phase.Gathering gathering -> MeshRules.gather(turn, gathering, false);
      case Phase.Regrouping regrouping -> RegroupRules.joined(turn, regrouping, info.node());
      default -> {}
    }
  }

  /** Whether a device with a rank is gone, or its process is another one now. */
  private static boolean loses(@Nullable MeshEpoch mesh, NodeInfo before, NodeInfo after) {
    List<RankPlace> places = mesh == null ? null : mesh.byNode().get(after.node());
    if (places == null) {
      return false;
    }
    for (RankPlace place : places) {
      for (DeviceInfo device : before.devices()) {
        if (device.index() == place.device() && !after.devices().contains(device)) {
          return true;
        }
      }
    }
    return false;
  }

  /** A node's agent is gone: its ranks count as stopped and failed. */
  static void lost(Turn turn, String node, String why) {
    if (!turn.state.nodes().byName().containsKey(node)) {
      return;
    }
    turn.state = turn.state.with(turn.state.nodes().without(node));
    turn.event(Severity.WARNING, "node-lost", "node", node, "why", why);
    if (turn.state.phase() instanceof Phase.Regrouping regrouping) {
      RegroupRules.lost(turn, regrouping, node);
      return;
    }
    MeshEpoch mesh = turn.state.phase().mesh();
    List<RankPlace> places = mesh == null ? null : mesh.byNode().get(node);
    if (places == null) {
      return;
    }
    RankSet gone = RankSet.of(places.stream().map(RankPlace::rank).toList());
    if (turn.state.phase() instanceof Phase.Stopping) {
      EndRules.stopped(turn, gone);
    } else {
      RegroupRules.failed(
          turn,
          Category.PEER,
          "node " + node + " is gone, with ranks " + gone + (why.isEmpty() ? "" : ": " + why),
          RankSet.none());
    }
  }

  /** A process that was to become a node has ended before it did. */
  static void neverCame(Turn turn, String node, String why) {
    if (turn.state.phase() instanceof Phase.Gathering gathering && gathering.before().isEmpty()) {
      EndRules.fail(turn, Category.PEER, "node " + node + " did not start: " + why);
    }
  }

  /** A node is to be freed: the next mesh is made without it, where there is one. */
  static void drain(Turn turn, String node, String reason) {
    turn.event(Severity.INFO, "drain-requested", "node", node, "reason", reason);
    Member member = turn.state.nodes().byName().get(node);
    if (member == null) {
      return;
    }
    turn.state = turn.state.with(turn.state.nodes().with(member.info(), true));
    MeshEpoch mesh = turn.state.phase().mesh();
    if (mesh != null && !mesh.byNode().containsKey(node)) {
      if (!(turn.state.phase() instanceof Phase.Starting)) {
        release(turn, node);
      }
    } else if (!(replan(turn) instanceof Plan.Planned)) {
      turn.state = turn.state.with(turn.state.nodes().with(member.info(), false)); // until the end
      if (turn.state.stop() == null) {
        EndRules.stopRequested(turn, "node " + node + " is drained (" + reason + ")");
      }
    }
  }

  /**
   * Nodes that leave and have no rank in a mesh that has its state have nothing more to do. Until
   * then, what they hold in memory may be the only copy of what another node loses.
   */
  static void releaseLeaving(Turn turn, MeshEpoch mesh) {
    for (Member member : List.copyOf(turn.state.nodes().byName().values())) {
      if (member.leaving() && !mesh.byNode().containsKey(member.info().node())) {
        release(turn, member.info().node());
      }
    }
  }

  private static void release(Turn turn, String node) {
    turn.state = turn.state.with(turn.state.nodes().release(node, turn.now));
    turn.add(new Effect.Order(List.of(node), new RunEnded(turn.state.fence(), 0, "drained")));
    turn.event(Severity.INFO, "node-released", "node", node);
  }

  static void scale(Turn turn, int nodes, String reason) {
    ElasticSpec elastic = turn.settings.job().elastic();
    boolean allowed =
        nodes >= elastic.minNodes() && (elastic.maxNodes() == 0 || nodes <= elastic.maxNodes());
    turn.event(
        allowed ? Severity.INFO : Severity.WARNING,
        allowed ? "scale-requested" : "scale-refused",
        "nodes",
        (long) nodes,
        "reason",
        reason);
    if (allowed) {
      turn.state =
          turn.state
              .with(new RunState.Wishes(turn.state.stop(), nodes))
              .with(turn.state.nodes().changed(true));
    }
  }

  /** The mesh that the nodes that are there now would be given. */
  static Plan replan(Turn turn) {
    return plan(turn, 1);
  }

  /** The same, of data-parallel width {@code least} or more. */
  static Plan plan(Turn turn, int least) {
    SortedMap<String, NodeInfo> members = turn.state.nodes().staying();
    return MeshPlanner.plan(
        members.values(),
        turn.settings.job(),
        turn.state.fence(),
        turn.settings.rankMemory(),
        wish(turn, least));
  }

  private static Wish wish(Turn turn, int least) {
    MeshEpoch mesh = turn.state.phase().mesh();
    return new Wish(
        turn.state.wishes().nodes(),
        mesh == null ? Set.of() : mesh.byNode().keySet(),
        least,
        turn.state.health().avoided(),
        mesh == null ? Set.of() : Set.copyOf(mesh.places()));
  }

  /** Tells of nodes that were to train, and cannot in a mesh as wide as there are shards. */
  static void tellSpares(Turn turn, MeshEpoch mesh) {
    List<String> spares =
        MeshPlanner.beyondShards(
            turn.state.nodes().staying().values(),
            turn.settings.job(),
            turn.settings.rankMemory(),
            wish(turn, 1),
            mesh);
    if (!spares.isEmpty()) {
      turn.event(
          Severity.WARNING,
          "nodes-spare",
          "nodes",
          String.join(", ", spares),
          "dp",
          (long) mesh.mesh().dp());
    }
  }
}
