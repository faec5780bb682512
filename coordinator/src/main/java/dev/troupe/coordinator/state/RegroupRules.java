package dev.troupe.coordinator.state;

import dev.troupe.coordinator.CheckpointStore;
import dev.troupe.coordinator.RunEvent.Severity;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.plan.MeshPlanner;
import dev.troupe.coordinator.plan.Place;
import dev.troupe.coordinator.plan.Plan;
import dev.troupe.coordinator.plan.Wish;
import dev.troupe.coordinator.state.Phase.Regrouping;
import dev.troupe.coordinator.state.Phase.Stage;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RetireRanks;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one way into a mesh: a new epoch, the old ranks retire, a plan over who is there, and the
 * state from memory if all of it is there, else from disk.
 */
final class RegroupRules {
  /** Meshes in a row that end before they commit a step; then something is wrong for good. */
  private static final int LIMIT = 12;

  private RegroupRules() {}

  /** The mesh cannot go on: makes a new one, from the last committed step. */
  static void failed(Turn turn, Category category, String reason, RankSet distrusted) {
    Phase phase = turn.state.phase();
    if (phase instanceof Regrouping regrouping) {
      turn.state = turn.state.with(regrouping.distrusting(distrusted));
      return;
    }
    if (over(phase)) {
      return;
    }
    long began = phase instanceof Phase.Training training ? training.began() : turn.now;
    turn.state = turn.state.with(turn.state.health().failed(began, turn.state.committed() + 1));
    if (turn.state.health().regroups() > LIMIT) {
      EndRules.fail(
          turn,
          category,
          "%s; no step could be committed through %d meshes in a row".formatted(reason, LIMIT));
      return;
    }
    begin(turn, Severity.WARNING, reason, distrusted);
  }

  /** Another mesh is wanted; nothing is wrong with this one. */
  static void planned(Turn turn, String reason) {
    if (!(turn.state.phase() instanceof Regrouping) && !over(turn.state.phase())) {
      begin(turn, Severity.INFO, reason, RankSet.none());
    }
  }

  private static boolean over(Phase phase) {
    return phase instanceof Phase.Stopping
        || phase instanceof Phase.Finished
        || phase instanceof Phase.Superseded;
  }

  private static void begin(Turn turn, Severity severity, String reason, RankSet distrusted) {
    boolean first = turn.state.phase() instanceof Phase.Gathering start && start.before().isEmpty();
    if (!first) {
      turn.event(
          severity,
          "regrouping",
          "reason",
          reason,
          "step",
          turn.state.committed(),
          "epoch",
          turn.state.fence().epoch());
    }
    if (turn.state.phase() instanceof Phase.Gathering) {
      StepRules.report(turn); // the coordinator before may not have come to it
    }
    MeshEpoch mesh = turn.state.phase().mesh();
    Set<String> current =
        turn.state.phase() instanceof Phase.Gathering gathering
            ? gathering.before()
            : mesh == null ? Set.of() : mesh.byNode().keySet();
    SaveRules.meshEnded(turn);
    turn.state =
        turn.state
            .withNothingBetween()
            .with(Pace.none())
            .with(
                new Regrouping(
                    Stage.JOURNAL,
                    reason,
                    distrusted,
                    Set.of(),
                    new TreeMap<>(),
                    current,
                    Long.MAX_VALUE));
    JournalRules.epoch(turn);
  }

  /** The epoch is in the journal: every node hears of it. */
  static void retire(Turn turn, Regrouping regrouping, Fence fence) {
    Set<String> nodes = turn.state.nodes().byName().keySet();
    turn.state =
        turn.state
            .with(fence)
            .with(
                regrouping
                    .asking(nodes)
                    .at(Stage.RETIRING, turn.deadline(turn.settings.timeouts().retire())));
    ask(turn, List.copyOf(nodes), regrouping);
    placeIfAllAnswered(turn);
  }

  private static void ask(Turn turn, List<String> nodes, Regrouping regrouping) {
    turn.add(
        new Effect.Order(
            nodes,
            new RetireRanks(
                turn.state.fence(),
                turn.state.committed(),
                turn.state.last().epoch(),
                regrouping.distrusted(),
                regrouping.reason())));
  }

  /** A node came, or came back, meanwhile. */
  static void joined(Turn turn, Regrouping regrouping, String node) {
    if (regrouping.stage() != Stage.JOURNAL) {
      Set<String> asked = new HashSet<>(regrouping.asked());
      asked.add(node);
      turn.state = turn.state.with(regrouping.asking(asked));
      ask(turn, List.of(node), regrouping);
    }
  }

  /** A node that has not answered is alive: what it was told may have been lost. */
  static void heard(Turn turn, String node) {
    if (turn.state.phase() instanceof Regrouping regrouping
        && regrouping.stage() == Stage.WAITING
        && regrouping.asked().contains(node)) {
      ask(turn, List.of(node), regrouping);
    }
  }

  static void lost(Turn turn, Regrouping regrouping, String node) {
    Set<String> asked = new HashSet<>(regrouping.asked());
    asked.remove(node);
    TreeMap<String, List<Holding>> held = new TreeMap<>(regrouping.held());
    held.remove(node);
    turn.state = turn.state.with(regrouping.asking(asked).holding(held));
    placeIfAllAnswered(turn);
  }

  static void retired(Turn turn, String node, List<Holding> holdings) {
    if (!(turn.state.phase() instanceof Regrouping regrouping)
        || !regrouping.asked().contains(node)) {
      return;
    }
    Set<String> asked = new HashSet<>(regrouping.asked());
    asked.remove(node);
    TreeMap<String, List<Holding>> held = new TreeMap<>(regrouping.held());
    held.put(node, holdings);
    turn.state = turn.state.with(regrouping.asking(asked).holding(held));
    placeIfAllAnswered(turn);
  }

  private static void placeIfAllAnswered(Turn turn) {
    if (turn.state.phase() instanceof Regrouping regrouping
        && (regrouping.stage() == Stage.RETIRING || regrouping.stage() == Stage.WAITING)
        && regrouping.asked().isEmpty()) {
      place(turn, regrouping);
    }
  }

  private static void place(Turn turn, Regrouping regrouping) {
    forgetWishesOfAnEarlierRun(turn, regrouping);
    if (plan(turn, regrouping) instanceof Plan.Planned planned) {
      LoadRules.load(turn, regrouping, planned.epoch());
    } else if (regrouping.stage() != Stage.WAITING) {
      turn.state =
          turn.state.with(
              regrouping.at(Stage.WAITING, turn.deadline(turn.settings.timeouts().register())));
      turn.event(
          Severity.WARNING,
          "waiting-for-nodes",
          "nodes",
          (long) regrouping.held().size(),
          "needed",
          (long) turn.settings.job().elastic().minNodes());
    }
  }

  /** A journal tells of a run that went on until now only if somebody still holds its state. */
  private static void forgetWishesOfAnEarlierRun(Turn turn, Regrouping regrouping) {
    boolean first = turn.state.health().fresh();
    if (first && regrouping.held().values().stream().allMatch(List::isEmpty)) {
      turn.state = turn.state.with(RunState.Wishes.none());
    }
    turn.state = turn.state.with(turn.state.health().started());
  }

  /** The mesh over the nodes that have answered. */
  static Plan plan(Turn turn, Regrouping regrouping) {
    SortedMap<String, NodeInfo> members = turn.state.nodes().staying();
    members.keySet().retainAll(regrouping.held().keySet());
    return plan(turn, regrouping, members, turn.state.wishes().nodes());
  }

  /** The mesh over these nodes, of {@code nodes} of them; 0: as many as the job says. */
  static Plan plan(
      Turn turn, Regrouping regrouping, SortedMap<String, NodeInfo> members, int nodes) {
    return MeshPlanner.plan(
        members.values(),
        turn.settings.job(),
        turn.state.fence(),
        turn.settings.rankMemory(),
        new Wish(
            nodes,
            regrouping.current(),
            1,
            turn.state.health().avoided(),
            holders(turn, regrouping)));
  }

  /** The devices whose processes have a part of the committed state. */
  private static Set<Place> holders(Turn turn, Regrouping regrouping) {
    Set<String> processes =
        regrouping.holdings().stream()
            .filter(holding -> holding.step() == turn.state.committed())
            .map(Holding::process)
            .collect(Collectors.toSet());
    Set<Place> places = new HashSet<>();
    for (NodeInfo node : turn.state.members().values()) {
      for (DeviceInfo device : node.devices()) {
        if (processes.contains(device.process())) {
          places.add(new Place(node.node(), device.index()));
        }
      }
    }
    return places;
  }

  /** The newest checkpoint is known; steps after it are computed again. */
  static void found(Turn turn, CheckpointStore.@Nullable Found found) {
    if (!(turn.state.phase() instanceof Regrouping regrouping)
        || regrouping.stage() != Stage.FINDING) {
      return;
    }
    RunState.Disk disk =
        found == null
            ? new RunState.Disk(turn.settings.resumeFrom(), turn.settings.resumeStep())
            : new RunState.Disk(found.path(), found.step());
    long committed = turn.state.committed();
    turn.state = turn.state.rolledBack(disk);
    if (disk.step() < committed) {
      // Ranks that load from disk give up what their memory holds: not without the journal's leave.
      turn.event(Severity.WARNING, "rolled-back", "from", committed, "to", disk.step());
      turn.state = turn.state.with(regrouping.at(Stage.JOURNAL, Long.MAX_VALUE));
      JournalRules.epoch(turn);
    } else if (plan(turn, regrouping) instanceof Plan.Planned planned) {
      MeshRules.start(turn, planned.epoch(), List.of());
    } else {
      place(turn, regrouping.at(Stage.RETIRING, 0));
    }
  }

  /** A wait of the regrouping has lasted too long. */
  static void overdue(Turn turn, Regrouping regrouping) {
    switch (regrouping.stage()) {
      case JOURNAL -> {}
      case RETIRING -> {
        for (String node : List.copyOf(regrouping.asked())) {
          MemberRules.lost(turn, node, "its ranks did not end in time");
        }
      }
      case FINDING ->
          EndRules.finish(
              turn,
              RunResult.failed(
                  turn.state.committed(),
                  Category.RESOURCE,
                  "the checkpoints could not be read in time"));
      case WAITING -> EndRules.finish(turn, noMesh(turn, regrouping));
    }
  }

  private static RunResult noMesh(Turn turn, Regrouping regrouping) {
    Plan plan = plan(turn, regrouping);
    boolean broke = turn.state.health().regroups() > 0;
    return RunResult.failed(
        turn.state.committed(),
        broke ? Category.PEER : Category.RESOURCE,
        (broke ? regrouping.reason() + "; no mesh could be made since: " : "")
            + (plan instanceof Plan.Refused refused ? refused.message() : "nodes did not answer.")
            + " "
            + turn.state.lastCheckpoint()
            + ".");
  }
}
