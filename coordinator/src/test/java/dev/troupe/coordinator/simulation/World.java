package dev.troupe.coordinator.simulation;

import java.util.Random;

/** What all parts of one simulated run share. */
final class World {
  final VirtualTime time = new VirtualTime();
  final Scenario scenario;
  final Mutation mutation;
  final Random random;
  final Trace trace;
  final Network network;
  final Fabric fabric;
  final SimDisk disk = new SimDisk();
  final Ledger ledger;

  World(Scenario scenario, Mutation mutation, int traceLines) {
    this.scenario = scenario;
    this.mutation = mutation;
    this.random = new Random(scenario.seed() ^ 0x5DEECE66DL);
    this.trace = new Trace(time, traceLines);
    this.network = new Network(time, random);
    this.fabric = new Fabric(time, network, random);
    this.ledger = new Ledger(this);
  }

  /** A while between two bounds in milliseconds. */
  long between(int least, int most) {
    return least * VirtualTime.MILLISECOND
        + (long) (random.nextDouble() * (most - least) * VirtualTime.MILLISECOND);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }
}
