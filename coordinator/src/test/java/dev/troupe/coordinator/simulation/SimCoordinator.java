package dev.troupe.coordinator.simulation;

import static dev.troupe.coordinator.simulation.VirtualTime.MILLISECOND;

import dev.troupe.coordinator.state.Effect;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.Liveness;
import dev.troupe.coordinator.state.Phase;
import dev.troupe.coordinator.state.RunMachine;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.RunEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One coordinator: the production machine in a shell like {@code CoordinatorActor}. */
final class SimCoordinator {
  private static final long TICK = 250 * MILLISECOND;

  private final World world;
  private final SimControl control;
  private final Process process;
  private final int number;
  private final String name;
  private final RunMachine machine;
  private final SimJournal journal;
  private final SimStore store;
  private final Liveness liveness;
  private final Map<String, SimAgent> agents = new TreeMap<>();
  private final List<Runnable> early = new ArrayList<>();
  private @Nullable RunState state;
  private boolean over;

  SimCoordinator(World world, SimControl control, Process process, int number, List<Seat> seats) {
    this.world = world;
    this.control = control;
    this.process = process;
    this.number = number;
    this.name = "k" + number;
    this.machine = new RunMachine(world.scenario.settings());
    this.journal = new SimJournal(world, process, name, seats);
    this.store = new SimStore(world, process, this::on);
    this.liveness = new Liveness(world.scenario.settings().timeouts().silence());
  }

  Process process() {
    return process;
  }

  /** Greater than that of all that began before. */
  int number() {
    return number;
  }

  String name() {
    return name;
  }

  /** Whether it coordinates, or will. */
  boolean works() {
    return process.running() && !over;
  }

  /** Its term; 0: it has none yet. */
  long term() {
    RunState now = state;
    return now == null ? 0 : now.fence().term();
  }

  @Nullable RunState state() {
    return state;
  }

  void start() {
    journal.open(this::opened);
  }

  private void opened(JournalRecord read) {
    world.trace.add(name, read);
    world.ledger.opened(read);
    JournalRecord record = world.mutation.opened(read);
    state = machine.initial(record, world.time.now());
    early.forEach(Runnable::run);
    early.clear();
    tick();
  }

  private void tick() {
    if (!over) {
      for (String node : liveness.silent(world.time.now())) {
        agents.remove(node);
        on(new Event.NodeLost(node, "no sign of life"));
      }
      on(new Event.Tick());
      process.after(TICK, this::tick);
    }
  }

  void registered(SimAgent agent, NodeInfo info) {
    whenOpen(
        () -> {
          SimAgent known = agents.put(info.node(), agent);
          liveness.heard(info.node(), world.time.now());
          if (known != null && known != agent) {
            on(new Event.NodeLost(info.node(), "it was started anew"));
          }
          if (known != agent) {
            agent.process().whenKilled(() -> watch(agent));
          }
          on(new Event.NodeJoined(info));
        });
  }

  /** The end of an agent's process is seen after a while, if the network lets it be seen. */
  private void watch(SimAgent agent) {
    if (world.chance(0.7)) {
      process.after(
          world.between(100, 4_000),
          () -> {
            if (agents.remove(agent.node().name(), agent)) {
              liveness.forget(agent.node().name());
              on(new Event.NodeLost(agent.node().name(), "its process ended"));
            }
          });
    }
  }

  void nodeGone(SimNode node) {
    whenOpen(
        () -> {
          liveness.forget(node.name());
          if (agents.remove(node.name()) != null) { // that one never came ends the run by design
            on(new Event.NodeLost(node.name(), "killed"));
          }
        });
  }

  void reported(NodeReport report) {
    whenOpen(() -> on(new Event.NodeReported(report)));
  }

  void asked(Event event) {
    whenOpen(() -> on(event));
  }

  private void whenOpen(Runnable task) {
    if (state == null) {
      early.add(task);
    } else {
      task.run();
    }
  }

  private void on(Event event) {
    RunState before = state;
    if (over || before == null) {
      return;
    }
    if (!(event instanceof Event.Tick)
        && !(event instanceof Event.NodeJoined joined
            && joined.member().equals(before.members().get(joined.member().node())))) {
      world.trace.add(name, event);
    }
    Transition transition = world.mutation.on(machine, before, event, world.time.now());
    state = transition.state();
    world.ledger.saw(term(), before, event, transition);
    transition.effects().forEach(this::perform);
  }

  private void perform(Effect effect) {
    world.trace.add(name, effect);
    switch (effect) {
      case Effect.Order order -> send(order);
      case Effect.BeginSave save -> store.begin(save.step(), save.epoch());
      case Effect.PublishSave save -> store.publish(save.shards());
      case Effect.DiscardSave save -> store.discard(save.step(), save.epoch());
      case Effect.FindCheckpoint find -> store.find(find.step());
      case Effect.Journal append -> {
        if (append.record().epoch() == fence().epoch()) {
          control.commits();
        }
        journal.append(
            append.record(), accepted -> on(new Event.Journalled(append.record(), accepted)));
      }
      case Effect.Report report -> world.ledger.reported(term(), report.report());
      case Effect.StepDown down -> end();
      case Effect.Finish finish -> {
        RunEnded ended =
            new RunEnded(fence(), finish.result().exitCode(), finish.result().message());
        agents.values().forEach(agent -> send(agent, ended));
        end();
        control.finished(this, finish.result());
      }
    }
  }

  private Fence fence() {
    RunState now = state;
    if (now == null) {
      throw new IllegalStateException("not open");
    }
    return now.fence();
  }

  private void send(Effect.Order order) {
    world.ledger.ordered(order.command());
    for (String node : order.nodes()) {
      SimAgent agent = agents.get(node);
      if (agent != null) {
        send(agent, order.command());
      }
    }
  }

  private void send(SimAgent agent, AgentCommand command) {
    world.network.send(process, agent.process(), () -> agent.receive(command));
  }

  private void end() {
    over = true;
    journal.close();
  }

  /** Where it stands, for people. */
  @Override
  public String toString() {
    RunState now = state;
    Phase phase = now == null ? null : now.phase();
    return name + " in " + process + ": " + phase;
  }
}
