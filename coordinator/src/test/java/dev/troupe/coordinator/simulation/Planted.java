package dev.troupe.coordinator.simulation;

import java.util.Set;
import java.util.stream.Stream;

/**
 * A bug that is planted to see whether the invariants catch it.
 *
 * @param name what is wrong
 * @param mutation plants it
 * @param caughtBy the invariants that may tell of it
 */
record Planted(String name, Mutation mutation, Set<Invariant> caughtBy) {

  static Planted of(String name, Mutation mutation, Invariant... caughtBy) {
    return new Planted(name, mutation, Set.of(caughtBy));
  }

  /** All of them. */
  static Stream<Planted> all() {
    return Stream.of(MachineBugs.all(), JournalBugs.all(), NodeBugs.all()).flatMap(bugs -> bugs);
  }

  @Override
  public String toString() {
    return name;
  }
}
