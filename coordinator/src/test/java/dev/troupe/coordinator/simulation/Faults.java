package dev.troupe.coordinator.simulation;

import static dev.troupe.coordinator.simulation.VirtualTime.SECOND;

import dev.troupe.coordinator.state.Event;
import java.util.List;
import java.util.Random;

/**
 * What goes wrong, at random moments until the scenario's end of faults; then all is mended. Its
 * random numbers are its own, so that the same faults come whatever else happens.
 */
final class Faults {
  private final World world;
  private final SimControl control;
  private final Random random;
  private boolean begun;

  Faults(World world, SimControl control) {
    this.world = world;
    this.control = control;
    this.random = new Random(world.scenario.seed() * 31 + 7);
  }

  void start() {
    next();
    world.time.after(world.scenario.faultsEnd(), this::mend);
  }

  private void next() {
    long wait =
        (long)
            (-Math.log(1 - random.nextDouble())
                * world.scenario.faultMillis()
                * VirtualTime.MILLISECOND);
    world.time.after(
        wait,
        () -> {
          if (world.time.now() < world.scenario.faultsEnd()) {
            if (world.ledger.committed() > 0 || begun) {
              begun = true; // before, what does not start is an error
              one();
            }
            next();
          }
        });
  }

  /** Something, which ends before all is to be mended. */
  private void one() {
    SimNode node = control.nodes().get(random.nextInt(control.nodes().size()));
    Seat seat = control.seats().get(random.nextInt(control.seats().size()));
    long shortly = duration(0.1, 6);
    switch (random.nextInt(20)) {
      case 0, 1 -> killNode(node, duration(0.5, 12));
      case 2, 3, 4 -> withWorker(node, worker -> node.kill(worker, "kill -9"));
      case 5 -> pauseNode(node, shortly);
      case 6 -> withWorker(node, worker -> pauseWorker(node, worker, shortly));
      case 7 -> withWorker(node, worker -> hang(node, worker));
      case 8 -> withWorker(node, worker -> slow(worker, shortly));
      case 9 -> withWorker(node, this::nan);
      case 10 -> withWorker(node, worker -> worker.nextIsDamaged = true);
      case 11 -> cut(node.host(), other(node.host()), shortly);
      case 12 -> isolate(node.host(), shortly);
      case 13 -> killSeat(seat, duration(0.2, 5));
      case 14 -> pauseSeat(seat, duration(0.5, 12));
      case 15 -> disk(shortly);
      case 16 -> asks(seat, node);
      case 17, 18, 19 -> whileCommitting(seat, node, shortly);
      default -> throw new IllegalStateException();
    }
  }

  private interface WorkerFault {
    void on(Worker worker);
  }

  private void withWorker(SimNode node, WorkerFault fault) {
    List<Worker> workers = node.workers();
    if (node.up() && !workers.isEmpty()) {
      world.trace.add("fault", "to a worker of " + node.name());
      world.ledger.rollbacks().disturbed(node.name());
      fault.on(workers.get(random.nextInt(workers.size())));
      later(duration(1, 10), () -> world.ledger.rollbacks().calm(node.name()));
    }
  }

  private void killNode(SimNode node, long down) {
    world.ledger.rollbacks().disturbed(node.name());
    node.kill();
    later(
        down,
        () -> {
          node.start();
          world.ledger.rollbacks().calm(node.name());
        });
  }

  private void pauseNode(SimNode node, long pause) {
    SimAgent agent = node.agent();
    if (agent != null && node.up()) {
      world.trace.add(node.name(), "is stopped");
      world.ledger.rollbacks().disturbed(node.name());
      boolean all = random.nextBoolean();
      List<Worker> workers = List.copyOf(node.workers());
      agent.process().pause();
      if (all) {
        workers.forEach(worker -> worker.process.pause());
      }
      later(
          pause,
          () -> {
            world.trace.add(node.name(), "goes on");
            workers.forEach(worker -> worker.process.wake());
            agent.process().wake();
            world.ledger.rollbacks().calm(node.name());
          });
    }
  }

  private void pauseWorker(SimNode node, Worker worker, long pause) {
    node.pause(worker);
    later(pause, worker.process::wake);
  }

  /** Something is wrong with it until it is ended. */
  private void hang(SimNode node, Worker worker) {
    worker.stuck = true;
    world.ledger.rollbacks().disturbed(node.name() + "'s worker");
    worker.process.whenKilled(() -> world.ledger.rollbacks().calm(node.name() + "'s worker"));
  }

  private void nan(Worker worker) {
    world.ledger.nan();
    worker.nextIsNan = true;
  }

  private void slow(Worker worker, long pause) {
    worker.slowness = 2 + random.nextInt(8);
    later(pause, () -> worker.slowness = 1);
  }

  private int other(int host) {
    int hosts = control.seats().size() + control.nodes().size();
    return (host + 1 + random.nextInt(hosts - 1)) % hosts;
  }

  private void cut(int one, int other, long pause) {
    boolean both = random.nextBoolean();
    boolean loses = random.nextBoolean();
    world.trace.add("network", "cut " + one + (both ? " <-> " : " -> ") + other);
    disturb(one, true);
    disturb(other, true);
    world.network.cut(one, other, loses);
    if (both) {
      world.network.cut(other, one, loses);
    }
    later(
        pause,
        () -> {
          world.trace.add("network", "heal " + one + " - " + other);
          world.network.heal(one, other);
          world.network.heal(other, one);
          disturb(one, false);
          disturb(other, false);
        });
  }

  private void isolate(int host, long pause) {
    int hosts = control.seats().size() + control.nodes().size();
    boolean loses = random.nextBoolean();
    boolean in = random.nextInt(3) > 0;
    boolean out = !in || random.nextBoolean();
    world.trace.add("network", "isolate " + host + (in ? " in" : "") + (out ? " out" : ""));
    disturb(host, true);
    for (int other = 0; other < hosts; other++) {
      if (in) {
        world.network.cut(other, host, loses);
      }
      if (out) {
        world.network.cut(host, other, loses);
      }
    }
    later(
        pause,
        () -> {
          world.trace.add("network", "heal " + host);
          for (int other = 0; other < hosts; other++) {
            world.network.heal(other, host);
            world.network.heal(host, other);
          }
          disturb(host, false);
        });
  }

  private void disturb(int host, boolean begin) {
    for (SimNode node : control.nodes()) {
      if (node.host() == host && begin) {
        world.ledger.rollbacks().disturbed(node.name());
      } else if (node.host() == host) {
        world.ledger.rollbacks().calm(node.name());
      }
    }
  }

  private void killSeat(Seat seat, long down) {
    world.trace.add(seat.name(), "is killed");
    seat.process().kill();
    later(down, seat::restart);
  }

  private void pauseSeat(Seat seat, long pause) {
    Process process = seat.process();
    world.trace.add(seat.name(), "is stopped");
    process.pause();
    later(
        pause,
        () -> {
          world.trace.add(seat.name(), "goes on");
          process.wake();
        });
  }

  private void disk(long pause) {
    if (random.nextBoolean()) {
      world.trace.add("disk", "is full");
      world.disk.full(true);
      later(pause, () -> world.disk.full(false));
    } else {
      world.trace.add("disk", "a checkpoint is damaged");
      world.disk.damage(random, random.nextInt(6) == 0);
    }
  }

  /** The moment between the journal and the order to commit. */
  private void whileCommitting(Seat seat, SimNode node, long pause) {
    int what = random.nextInt(4);
    control.atNextCommit(
        () -> {
          if (world.time.now() < world.scenario.faultsEnd()) {
            SimCoordinator leader = control.leader();
            switch (what) {
              case 0 -> killSeat(leader == null ? seat : control.seatOf(leader), pause);
              case 1 -> pauseSeat(leader == null ? seat : control.seatOf(leader), pause);
              case 2 -> isolate(node.host(), pause);
              default -> killNode(node, pause);
            }
          }
        });
  }

  private void asks(Seat seat, SimNode node) {
    switch (random.nextInt(6)) {
      case 0 -> {
        world.ledger.stopAsked();
        control.ask(new Event.StopRequested("somebody"));
      }
      case 1, 2 ->
          control.ask(
              new Event.ScaleRequested(1 + random.nextInt(control.nodes().size()), "somebody"));
      case 3 -> {
        world.ledger.stopAsked(); // where it cannot go on without
        control.ask(new Event.DrainRequested(node.name(), "somebody"));
      }
      default -> {
        if (seat.process().running()) {
          world.trace.add(seat.name(), "coordinates, too");
          control.elect(seat);
        }
      }
    }
  }

  private long duration(double least, double most) {
    return (long) ((least + random.nextDouble() * (most - least)) * SECOND);
  }

  private void later(long wait, Runnable task) {
    long left = world.scenario.faultsEnd() - world.time.now();
    world.time.after(Math.min(wait, left), task);
  }

  /** Whatever is down comes back. */
  private void mend() {
    world.trace.add("faults", "end");
    control.seats().forEach(Seat::restart);
    for (SimNode node : control.nodes()) {
      node.start();
      node.workers().forEach(worker -> worker.slowness = 1);
    }
  }
}
