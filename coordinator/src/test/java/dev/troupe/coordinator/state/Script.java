package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunReport;
import dev.troupe.coordinator.RunSettings;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeReady;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.NodeRetired;
import dev.troupe.proto.message.NodeSampled;
import dev.troupe.proto.message.NodeSaved;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.NodeValidated;
import dev.troupe.proto.message.RankOrder;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankState;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.ValidationResult;
import dev.troupe.proto.message.Vote;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Plays events against a machine on one node of four devices and keeps what it wants done. The
 * journal accepts and nodes retire at once, with what {@link #held} says; neither is kept.
 */
final class Script {
  static final Fence FENCE = new Fence(1, 1);
  static final int RANKS = 4;
  static final RankSet ALL = RankSet.below(RANKS);

  final RunMachine machine;
  final List<Effect> effects = new ArrayList<>();
  final Map<String, List<Holding>> held = new HashMap<>();
  RunState state;
  long now;
  boolean journalAnswers = true;

  Script(RunSettings settings) {
    this(settings, new JournalRecord(1, 0, 0, 0, null, 0, null, List.of()));
  }

  Script(RunSettings settings, JournalRecord journal) {
    machine = new RunMachine(settings);
    state = machine.initial(journal, 0);
  }

  Script on(Event event) {
    Transition transition = machine.on(state, event, now);
    state = transition.state();
    List<Event> answers = new ArrayList<>();
    for (Effect effect : transition.effects()) {
      switch (effect) {
        case Effect.Journal journal when journalAnswers ->
            answers.add(new Event.Journalled(journal.record(), true));
        case Effect.Order(List<String> nodes, RetireRanks retire) ->
            nodes.forEach(
                node ->
                    answers.add(
                        new Event.NodeReported(
                            new NodeRetired(
                                retire.fence(), node, held.getOrDefault(node, List.of())))));
        default -> effects.add(effect);
      }
    }
    answers.forEach(this::on);
    return this;
  }

  Script on(NodeReport report) {
    return on(new Event.NodeReported(report));
  }

  /** Lets time pass until a tick at {@code seconds} from now. */
  Script after(double seconds) {
    now += (long) (seconds * 1e9);
    return on(new Event.Tick());
  }

  Script join() {
    return join("a");
  }

  Script join(String node) {
    return on(
        new Event.NodeJoined(
            new NodeInfo(
                node,
                IntStream.range(0, RANKS)
                    .mapToObj(index -> new DeviceInfo(index, "cpu", "cpu", 0))
                    .toList())));
  }

  /** Process "local" of node a holds the whole state of a step, of the first mesh. */
  Script holding(long step) {
    List<Holding> all = new ArrayList<>();
    for (int tp = 0; tp < 2; tp++) {
      for (int dp = 0; dp < 2; dp++) {
        all.add(new Holding(1, step, 2, dp, tp, "local", 0));
      }
    }
    held.put("a", all);
    return this;
  }

  Script ready(long step) {
    return on(
        new NodeReady(
            state.fence(),
            IntStream.range(0, RANKS).mapToObj(rank -> new RankState(rank, step, 10)).toList()));
  }

  Script training() {
    return join().ready(0);
  }

  Script prepared(long step) {
    return prepared(step, 1.0 / step);
  }

  Script prepared(long step, double loss) {
    return on(
        new NodePrepared(
            state.fence(),
            step,
            List.of(new Vote<>(result(loss), ALL)),
            RankSet.none(),
            List.of()));
  }

  static StepResult result(double loss) {
    return new StepResult(loss, 2.0, 1e-3, 64);
  }

  Script validated(long step) {
    ValidationResult found = new ValidationResult(3.0, List.of(2.0, Double.NaN));
    return on(new NodeValidated(state.fence(), step, List.of(new Vote<>(found, ALL))));
  }

  /** Two of the four ranks answer for one of the prompts each. */
  Script sampled(long step) {
    return sampled(step, RankSet.of(0, 1), Map.of(0, "zero"))
        .sampled(step, RankSet.of(2, 3), Map.of(1, "one"));
  }

  Script sampled(long step, RankSet ranks, Map<Integer, String> texts) {
    return on(new NodeSampled(state.fence(), step, ranks, new TreeMap<>(texts)));
  }

  Script begun(long step) {
    return on(new Event.SaveBegun(step, state.fence().epoch(), Path.of("/c/.step-" + step)));
  }

  Script saved(long step) {
    return on(new NodeSaved(state.fence(), step, ALL, new TreeMap<>()));
  }

  Script notSaved(long step, int rank, String why) {
    return on(
        new NodeSaved(
            state.fence(), step, ALL.minus(RankSet.of(rank)), new TreeMap<>(Map.of(rank, why))));
  }

  Script published(long step) {
    return on(new Event.SavePublished(step, Path.of("/c/step-" + step)));
  }

  Script stopped() {
    return on(new NodeStopped(state.fence(), ALL));
  }

  /** The effects since the last call. */
  List<Effect> take() {
    List<Effect> taken = List.copyOf(effects);
    effects.clear();
    return taken;
  }

  /** The orders to all ranks since the last call of {@link #take}. */
  List<RankOrder> orders() {
    return effects.stream()
        .filter(Effect.Order.class::isInstance)
        .map(effect -> ((Effect.Order) effect).command())
        .filter(RankOrder.class::isInstance)
        .map(RankOrder.class::cast)
        .toList();
  }

  /** The kinds of events since the last call of {@link #take}. */
  List<String> events() {
    return reports(RunEvent.class).stream().map(RunEvent::type).toList();
  }

  /** What the listener hears of one kind since the last call of {@link #take}. */
  <T extends RunReport> List<T> reports(Class<T> type) {
    return effects.stream()
        .filter(Effect.Report.class::isInstance)
        .map(effect -> ((Effect.Report) effect).report())
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }
}
