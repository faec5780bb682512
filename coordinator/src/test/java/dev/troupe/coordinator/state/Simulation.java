package dev.troupe.coordinator.state;

import dev.troupe.coordinator.CheckpointRecord;
import dev.troupe.coordinator.RunReport;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunResult.Outcome;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.TestJobs;
import dev.troupe.coordinator.state.Event.StoreOperation;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodePrepared;
import dev.troupe.proto.message.NodeStopped;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.message.Vote;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One run in a simulated world; everything in it follows from the seed. */
final class Simulation {
  static final String COORDINATOR = "coordinator";
  private static final String STORE = "store";
  private static final String OUTSIDE = "outside";
  private static final int NODES = 3;
  private static final int DEVICES = 4;
  private static final int STEPS = 40;
  private static final int MOST_EVENTS = 20_000;

  private final long seed;
  private final Random random;
  private final RunMachine machine =
      new RunMachine(TestJobs.settings(TestJobs.job(2, 5, STEPS, 7, 9), NODES));
  private final Map<String, SimulatedNode> nodes = new TreeMap<>();
  private final Map<String, Deque<Object>> links = new TreeMap<>();
  private final List<RunReport> history = new ArrayList<>();
  private final long diverges;
  private RunState state = machine.initial(new Fence(1, 0), 0);
  private long now;
  private long committed;
  private long published;
  private @Nullable RunResult result;

  Simulation(long seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.diverges = random.nextInt(10) == 0 ? 1 + random.nextInt(STEPS) : Long.MAX_VALUE;
    for (int i = 0; i < NODES; i++) {
      String name = "node-" + i;
      nodes.put(name, new SimulatedNode(this, name, random));
      send(name, COORDINATOR, new Event.NodeJoined(new NodeInfo(name, devices())));
    }
  }

  private static List<DeviceInfo> devices() {
    return IntStream.range(0, DEVICES)
        .mapToObj(index -> new DeviceInfo(index, "cpu", "cpu", 0))
        .toList();
  }

  List<RunReport> history() {
    return history;
  }

  /** What all healthy ranks find. */
  StepResult truth(long step) {
    return new StepResult(step == diverges ? Double.NaN : 1.0 / step, 1, 1e-3, 64);
  }

  /** Puts a message on the link between two; sometimes twice. */
  void send(String from, String to, Object message) {
    Deque<Object> link = links.computeIfAbsent(from + ">" + to, name -> new ArrayDeque<>());
    link.add(message);
    if (random.nextInt(20) == 0) {
      link.add(message);
    }
  }

  RunResult run() {
    for (int i = 0; result == null; i++) {
      check(i < MOST_EVENTS, "the run does not end");
      now += random.nextInt(2_000_000);
      disturb();
      deliver();
    }
    return result;
  }

  private void disturb() {
    if (random.nextInt(10) == 0) {
      on(new Event.Tick());
    }
    if (random.nextInt(15) == 0) {
      stale();
    }
    if (random.nextInt(800) == 0) {
      send(OUTSIDE, COORDINATOR, new Event.StopRequested("seed " + seed));
    }
    if (random.nextInt(3_000) == 0) {
      on(new Event.NodeLost("node-" + random.nextInt(NODES), ""));
    }
  }

  /** Words of another epoch, which must change nothing (I3). */
  private void stale() {
    RunState before = state;
    Fence other =
        List.of(new Fence(1, 0), new Fence(0, 9), new Fence(1, 2), new Fence(2, 1))
            .get(random.nextInt(4));
    RankSet all = RankSet.below(10);
    on(
        new Event.NodeReported(
            new NodePrepared(
                other,
                committed + 1,
                List.of(new Vote<>(new StepResult(9, 9, 9, 9), all)),
                RankSet.none(),
                List.of())));
    on(new Event.NodeReported(new RankFailed(other, 0, Category.INTERNAL, "stale", false)));
    on(new Event.NodeReported(new NodeStopped(other, all)));
    check(state.equals(before), "I3: a stale message had an effect");
  }

  private void deliver() {
    List<String> busy =
        links.entrySet().stream()
            .filter(entry -> !entry.getValue().isEmpty())
            .map(Map.Entry::getKey)
            .toList();
    if (busy.isEmpty()) {
      now += 1_000_000_000L; // nothing is under way: only time can help
      on(new Event.Tick());
      return;
    }
    String link = busy.get(random.nextInt(busy.size()));
    Object message = Objects.requireNonNull(links.get(link)).remove();
    switch (message) {
      case Event event -> on(event);
      case AgentCommand command ->
          Objects.requireNonNull(nodes.get(link.substring(link.indexOf('>') + 1))).receive(command);
      default -> throw new IllegalStateException(message.toString());
    }
  }

  private void on(Event event) {
    if (result == null) {
      Transition transition = machine.on(state, event, now);
      state = transition.state();
      transition.effects().forEach(this::perform);
    }
  }

  private void perform(Effect effect) {
    check(result == null, "an effect after the end: " + effect);
    switch (effect) {
      case Effect.Order order -> {
        if (order.command() instanceof CommitStep commit) {
          onCommit(commit);
        }
        order.nodes().forEach(node -> send(COORDINATOR, node, order.command()));
      }
      case Effect.BeginSave save ->
          answer(
              save.step(),
              StoreOperation.BEGIN,
              new Event.SaveBegun(save.step(), Path.of("/c/" + save.step())));
      case Effect.PublishSave save -> {
        check(save.shards().step() <= committed, "published before it was committed");
        answer(
            save.shards().step(),
            StoreOperation.PUBLISH,
            new Event.SavePublished(save.shards().step(), Path.of("/c")));
      }
      case Effect.DiscardSave save -> {}
      case Effect.Report report -> hear(report.report());
      case Effect.Finish finish -> end(finish.result());
    }
  }

  private void answer(long step, StoreOperation operation, Event good) {
    Event bad = new Event.StoreFailed(step, operation, Category.RESOURCE, "planted");
    send(STORE, COORDINATOR, random.nextInt(20) == 0 ? bad : good);
  }

  private void onCommit(CommitStep commit) {
    check(commit.step() == committed + 1, "I1/I2: commit of " + commit.step() + " at " + committed);
    check(truth(commit.step()).finite(), "I6: a non-finite step is committed");
    committed = commit.step();
  }

  private void hear(RunReport report) {
    history.add(report);
    switch (report) {
      case StepRecord step -> {
        check(step.step() == committed, "reported " + step.step() + " at " + committed);
        check(step.loss() == truth(step.step()).loss(), "I5: a damaged value is committed");
      }
      case CheckpointRecord saved -> {
        check(saved.step() > published, "checkpoints go back");
        published = saved.step();
      }
      default -> {}
    }
  }

  private void end(RunResult ended) {
    check(ended.step() == committed, "the result's step is not the last committed one");
    if (ended.outcome() == Outcome.COMPLETED || ended.outcome() == Outcome.STOPPED) {
      check(published == committed, "a good end that is not saved");
    }
    result = ended;
  }

  void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("seed " + seed + ": " + what + " in " + state);
    }
  }
}
