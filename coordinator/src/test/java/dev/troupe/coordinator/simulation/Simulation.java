package dev.troupe.coordinator.simulation;

import static dev.troupe.coordinator.simulation.VirtualTime.SECOND;

import dev.troupe.coordinator.RunResult;
import java.util.List;

/** One run in a simulated world; everything in it follows from the seed. */
final class Simulation {
  private static final long PATIENCE = 240 * SECOND;
  private static final long MOST_EVENTS = 2_000_000;

  private final World world;
  private final SimControl control;

  Simulation(long seed, Mutation mutation, int traceLines) {
    this.world = new World(Scenario.of(seed), mutation, traceLines);
    this.control = new SimControl(world);
  }

  /** Runs it with the protocol as it is. */
  static RunResult run(long seed) {
    return new Simulation(seed, Mutation.none(), 200).run();
  }

  /**
   * Runs to the end.
   *
   * @throws Violation if an invariant does not hold
   * @throws AssertionError if anything else goes wrong
   */
  RunResult run() {
    try {
      control.start();
      control.nodes().forEach(node -> world.time.after(world.between(0, 1_500), node::start));
      new Faults(world, control).start();
      for (long i = 0; control.result() == null; i++) {
        long late = world.time.now() - world.scenario.faultsEnd();
        if (late > PATIENCE || i > MOST_EVENTS || !world.time.step()) {
          throw new Violation(Invariant.I12, "no end in sight at step " + world.ledger.committed());
        }
      }
      return control.result();
    } catch (Violation violation) {
      throw violation;
    } catch (RuntimeException | AssertionError defect) {
      throw new AssertionError("seed " + world.scenario.seed() + ": " + defect, defect);
    }
  }

  List<String> trace() {
    return world.trace.lines();
  }

  /** What was run, and where it stands, for people. */
  String describe() {
    Scenario it = world.scenario;
    return "seed %d: %d nodes of %d devices (%d a process), %d control nodes, tp=%d, shards=%d, %s; %s"
        .formatted(
            it.seed(),
            it.nodes(),
            it.devices(),
            it.devicesPerProcess(),
            it.controls(),
            it.tp(),
            it.virtualShards(),
            it.settings().job().elastic(),
            control.leader());
  }
}
