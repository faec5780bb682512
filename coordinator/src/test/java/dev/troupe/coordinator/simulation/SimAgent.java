package dev.troupe.coordinator.simulation;

import static dev.troupe.coordinator.simulation.VirtualTime.MILLISECOND;
import static dev.troupe.coordinator.simulation.VirtualTime.SECOND;

import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.InjectFault;
import dev.troupe.proto.message.NodeReport;
import dev.troupe.proto.message.NodeRetired;
import dev.troupe.proto.message.RankFailed;
import dev.troupe.proto.message.RankOrder;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankReport;
import dev.troupe.proto.message.RankRetired;
import dev.troupe.proto.message.RankStopped;
import dev.troupe.proto.message.RetireRanks;
import dev.troupe.proto.message.RunEnded;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The agent of one node, as {@code NodeAgent} is one. */
final class SimAgent {
  private static final long REGISTER_EVERY = 500 * MILLISECOND;
  private static final long RETIRE_LIMIT = 5 * SECOND;

  private final World world;
  private final SimNode node;
  private final Process process;
  private final TreeMap<Integer, SimRank> ranks = new TreeMap<>();
  private final Set<Holding> held = new LinkedHashSet<>();
  private Fence fence = new Fence(0, 0);
  private Fence ranksFence = fence;
  private boolean assigned;
  private boolean retiring;
  private boolean ended;
  private AgentReports reports = new AgentReports(fence, 0);

  SimAgent(World world, SimNode node, Process process) {
    this.world = world;
    this.node = node;
    this.process = process;
    heartbeat();
  }

  Process process() {
    return process;
  }

  SimNode node() {
    return node;
  }

  Fence fence() {
    return fence;
  }

  Map<Integer, SimRank> ranks() {
    return ranks;
  }

  private void heartbeat() {
    if (!ended) {
      register();
      process.after(REGISTER_EVERY, this::heartbeat);
    }
  }

  private void register() {
    node.control().register(this, node.info());
  }

  /** A message of the coordinator. */
  void receive(AgentCommand command) {
    switch (command) {
      case RetireRanks retire when obeys(retire.fence(), false) -> retire(retire);
      case RetireRanks again when again.fence().equals(fence) -> retireAgain();
      case AssignRanks assign
          when obeys(assign.fence(), false)
              || (assign.fence().equals(fence) && !assigned && !retiring) ->
          assign(assign);
      case RunEnded over when over.fence().term() >= fence.term() -> {
        ended = true;
        node.release();
      }
      case AgentCommand other when !obeys(other.fence(), true) -> {}
      case RankOrder order -> {
        world.ledger.obeyed(this, order);
        List.copyOf(ranks.values())
            .forEach(
                rank ->
                    world.network.send(process, rank.worker().process, () -> rank.receive(order)));
      }
      case RankReport report -> throw new IllegalStateException("sent to the wrong place");
      case InjectFault fault -> throw new IllegalStateException("nobody injects: " + fault);
      case RunEnded old -> {}
      case RetireRanks old -> {}
      case AssignRanks again -> {}
    }
  }

  private boolean obeys(Fence other, boolean same) {
    return world.mutation.obeys(
        fence, other, same ? other.equals(fence) : other.compareTo(fence) > 0);
  }

  private void retire(RetireRanks order) {
    world.ledger.adopted(this, fence, order.fence());
    fence = order.fence();
    reports = new AgentReports(fence, 0);
    assigned = false;
    retiring = true;
    Set<String> asked = new HashSet<>();
    ranks.values().forEach(rank -> asked.add(rank.worker().process.name()));
    held.removeIf(holding -> asked.contains(holding.process()) || world.mutation.forgetsHoldings());
    ranks
        .values()
        .forEach(
            rank -> world.network.send(process, rank.worker().process, () -> rank.retire(order)));
    Fence mine = fence;
    process.after(RETIRE_LIMIT, () -> overdue(mine));
    retiredIfDone();
  }

  private void retireAgain() {
    if (!assigned && !retiring && !world.mutation.retiresOnce()) {
      retiring = true;
      retiredIfDone();
    }
  }

  private void retiredIfDone() {
    if (retiring && ranks.isEmpty()) {
      retiring = false;
      register();
      held.removeIf(holding -> world.ledger.worker(holding.process()) == null);
      tell(new NodeRetired(fence, node.name(), List.copyOf(held)));
    }
  }

  private void overdue(Fence of) {
    if (retiring && of.equals(fence)) {
      List.copyOf(ranks.values()).forEach(rank -> node.kill(rank.worker(), "did not end in time"));
    }
  }

  private void assign(AssignRanks assign) {
    List.copyOf(ranks.values()).forEach(SimRank::drop);
    ranks.clear();
    world.ledger.adopted(this, fence, assign.fence());
    fence = assign.fence();
    ranksFence = fence;
    assigned = true;
    retiring = false;
    reports = new AgentReports(fence, assign.ranks().size());
    for (RankPlace place : assign.ranks()) {
      Worker worker = node.workerOf(place.device());
      if (worker == null) {
        failed(place.rank(), "its process ended before it began");
      } else {
        held.removeIf(holding -> holding.process().equals(worker.process.name()));
        SimRank rank = new SimRank(world, worker, this, fence, assign.job(), place.rank());
        ranks.put(place.rank(), rank);
        worker.process.whenKilled(
            () -> process.after(world.between(5, 60), () -> gone(place.rank(), rank)));
      }
    }
  }

  /** A rank has ended, with a word or without one. */
  void gone(int number, SimRank rank) {
    if (ranks.get(number) == rank) {
      failed(number, "its process ended unexpectedly");
    }
  }

  private void failed(int number, String why) {
    report(new RankFailed(fence, number, world.mutation.endOfProcess(), why, false));
    report(new RankStopped(fence, number));
  }

  /** A report of one of its ranks. */
  void receive(RankReport report) {
    boolean late =
        retiring
            && report instanceof RankRetired retired
            && retired.fence().compareTo(ranksFence) > 0;
    if (late || report.fence().equals(fence)) {
      report(report);
    }
  }

  private void report(RankReport report) {
    switch (report) {
      case RankRetired retired -> {
        held.addAll(retired.held());
        ranks.remove(retired.rank());
        retiredIfDone();
      }
      case RankFailed failed when retiring -> {}
      case RankStopped stopped -> {
        ranks.remove(stopped.rank());
        if (retiring) {
          retiredIfDone();
        } else {
          gather(stopped);
        }
      }
      case RankReport other -> gather(other);
    }
  }

  private void gather(RankReport report) {
    NodeReport sum = reports.add(report);
    if (sum != null) {
      tell(sum);
    }
  }

  private void tell(NodeReport report) {
    node.control().report(this, report);
  }
}
