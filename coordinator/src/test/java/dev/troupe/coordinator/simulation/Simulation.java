package dev.troupe.coordinator.simulation;

import static dev.troupe.coordinator.simulation.VirtualTime.SECOND;

import dev.troupe.coordinator.RunResult;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** One run in a simulated world; everything in it follows from the seed. */
final class Simulation {
  /** How long a run may take once all is well, in virtual time. */
  private static final long PATIENCE = 240 * SECOND;

  private static final long MOST_EVENTS = 2_000_000;
  private static final int TRACE_LINES = 200;

  private final World world;
  private final SimControl control;

  /** A world in which nothing has happened yet; remembers the last things that happen. */
  Simulation(long seed, Mutation mutation) {
    this(seed, mutation, TRACE_LINES);
  }

  Simulation(long seed, Mutation mutation, int traceLines) {
    this.world = new World(Scenario.of(seed), mutation, traceLines);
    this.control = new SimControl(world);
  }

  /**
   * Runs to the end.
   *
   * @throws Violation if an invariant does not hold
   * @throws IllegalStateException if something goes wrong that no invariant speaks of
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
      return Objects.requireNonNull(control.result());
    } catch (Violation violation) {
      throw violation.in(world.scenario.seed(), describe(), trace());
    } catch (RuntimeException defect) {
      throw new IllegalStateException(describe() + "\n" + String.join("\n", trace()), defect);
    }
  }

  /** What happened, as {@link World#trace} remembers it. */
  List<String> trace() {
    return world.trace.lines();
  }

  /** What kinds of things happened. */
  Set<String> happened() {
    return world.ledger.happened();
  }

  /** What was run, and where it stands, for people. */
  String describe() {
    Scenario it = world.scenario;
    return ("seed %d: %d nodes of %d devices, %d a process, %d control nodes, tp=%d, %d shards, %s;"
            + " %s")
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
