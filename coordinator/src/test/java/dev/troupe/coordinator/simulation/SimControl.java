package dev.troupe.coordinator.simulation;

import static dev.troupe.coordinator.simulation.VirtualTime.MILLISECOND;

import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.state.Event;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.NodeReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The control nodes: who coordinates, who takes over when that one is not heard of any more, and
 * whom each agent believes to be the coordinator. The one that was given up may go on all the same.
 */
final class SimControl {
  private static final long LOOK = 500 * MILLISECOND;

  private final World world;
  private final List<Seat> seats = new ArrayList<>();
  private final List<SimNode> nodes = new ArrayList<>();
  private final Map<SimAgent, SimCoordinator> views = new HashMap<>();
  private @Nullable SimCoordinator leader;
  private @Nullable RunResult result;
  private @Nullable Runnable atNextCommit;
  private long badSince = -1;
  private int count;

  SimControl(World world) {
    this.world = world;
  }

  /** The first coordinator begins. */
  void start() {
    Scenario scenario = world.scenario;
    for (int i = 0; i < scenario.controls(); i++) {
      seats.add(new Seat(world, "c" + i, i));
    }
    for (int i = 0; i < scenario.nodes(); i++) {
      nodes.add(new SimNode(world, this, "n" + i, scenario.controls() + i));
    }
    elect(seats.getFirst());
    look();
  }

  List<Seat> seats() {
    return seats;
  }

  List<SimNode> nodes() {
    return nodes;
  }

  /** Where a coordinator runs, or ran. */
  Seat seatOf(SimCoordinator coordinator) {
    return seats.stream()
        .filter(seat -> seat.host() == coordinator.process().host())
        .findFirst()
        .orElseThrow();
  }

  @Nullable SimCoordinator leader() {
    return leader;
  }

  /** How the run ended; null: it has not. */
  @Nullable RunResult result() {
    return result;
  }

  void finished(SimCoordinator by, RunResult how) {
    if (world.ledger.finished(by.term(), how)) {
      result = how;
    }
  }

  private void look() {
    SimCoordinator now = leader;
    if (now != null && now.works() && hears(now.process())) {
      badSince = -1;
    } else if (badSince < 0) {
      badSince = world.time.now();
    } else if (world.time.now() - badSince > world.between(1_500, 4_000)) {
      List<Seat> able = seats.stream().filter(this::able).toList();
      if (!able.isEmpty()) {
        elect(able.get(world.random.nextInt(able.size())));
      }
    }
    world.time.after(LOOK, this::look);
  }

  private boolean able(Seat seat) {
    return seat.process().running() && hears(seat.process());
  }

  /** Whether a process hears a majority of the control nodes. */
  private boolean hears(Process process) {
    long heard =
        seats.stream()
            .filter(seat -> seat.process().running())
            .filter(seat -> world.network.connected(seat.host(), process.host()))
            .count();
    return heard > seats.size() / 2;
  }

  /** Makes a control node coordinate, whatever others do. */
  void elect(Seat seat) {
    badSince = -1;
    count++;
    SimCoordinator next = new SimCoordinator(world, this, seat.process(), count, seats);
    world.trace.add(seat.name(), next.name() + " begins to coordinate");
    leader = next;
    next.start();
    for (SimNode node : nodes) {
      SimAgent agent = node.agent();
      if (agent != null) {
        agent
            .process()
            .after(world.between(10, 1_500), () -> views.merge(agent, next, SimControl::newer));
      }
    }
  }

  private static SimCoordinator newer(SimCoordinator one, SimCoordinator other) {
    return one.number() > other.number() ? one : other;
  }

  private @Nullable SimCoordinator view(SimAgent agent) {
    SimCoordinator now = leader;
    return now == null ? null : views.computeIfAbsent(agent, key -> now);
  }

  void register(SimAgent agent, NodeInfo info) {
    toCoordinator(agent, coordinator -> coordinator.registered(agent, info));
    if (world.chance(0.02)) {
      toCoordinator(agent, coordinator -> coordinator.registered(agent, info));
    }
  }

  void report(SimAgent agent, NodeReport report) {
    toCoordinator(agent, coordinator -> coordinator.reported(report));
  }

  private void toCoordinator(SimAgent agent, Consumer<SimCoordinator> message) {
    SimCoordinator coordinator = view(agent);
    if (coordinator != null) {
      world.network.send(agent.process(), coordinator.process(), () -> message.accept(coordinator));
    }
  }

  /** Does {@code fault} a moment after a coordinator next writes a step into the journal. */
  void atNextCommit(Runnable fault) {
    atNextCommit = fault;
  }

  /** A coordinator writes a step into the journal. */
  void commits() {
    Runnable fault = atNextCommit;
    if (fault != null) {
      atNextCommit = null;
      world.time.after(world.between(0, 6), fault);
    }
  }

  /** Who started a node sees its end, sometimes before anybody else. */
  void saw(SimNode node) {
    SimCoordinator now = leader;
    if (now != null && world.chance(0.5)) {
      now.process().after(world.between(20, 500), () -> now.nodeGone(node));
    }
  }

  /** Somebody asks for something; a request reaches the coordinator of the moment, or nobody. */
  void ask(Event event) {
    SimCoordinator now = leader;
    if (now != null) {
      now.process().after(world.between(1, 50), () -> now.asked(event));
    }
  }
}
